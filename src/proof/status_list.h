/* Status lists as bits: Bitstring Status List 1.0 and its elders, and Token Status List. The bit orders are opposite: in the first, index 0 is the most
 * significant bit of the first octet; in the second, the least.
 * source  Bitstring Status List 1.0 sections 2.2, 3.3 and 3.4; Token Status List section 4 */
#ifndef MR_PROOF_STATUS_LIST_H
#define MR_PROOF_STATUS_LIST_H

#include "base/buf.h"
#include "base/err.h"

typedef enum mr_status_list_kind {
    MR_BITSTRING,        /* multibase "u", gzip (W3C Bitstring Status List 1.0) */
    MR_STATUS_LIST_2021, /* base64url, gzip (StatusList2021) */
    MR_REVOCATION_LIST_2020, /* base64url, zlib (RevocationList2020). On reading, both take either alphabet, padded or not, gzip or zlib */
    MR_TOKEN_STATUS_LIST, /* base64url, zlib (Token Status List) */
} mr_status_list_kind;

/* A list, inflated. */
typedef struct mr_status_list {
    mr_status_list_kind kind;
    uint8_t width; /* bits of an entry: 1, 2, 4, 8; in the W3C's lists any from 1 to 8 */
    mr_str octets;
} mr_status_list;

/*   text    encodedList or lst
 *   errors  MR_E_ENCODING, MR_E_UNSUPPORTED (multibase), MR_E_FORMAT (no gzip or zlib; width), MR_E_LIMIT (more than MR_LIMIT_STATUS_LIST octets; for MR_BITSTRING fewer
 *           than 131,072 entries, message "STATUS_LIST_LENGTH_ERROR"), MR_E_LIBRARY, MR_E_NOMEM */
int mr_status_list_read(mr_arena *a, mr_status_list_kind kind, uint8_t width, mr_str text, mr_status_list *ret,
                        struct mr_err *err) MR_MUST_CHECK;
uint64_t mr_status_list_count(const mr_status_list *l);
/* false: beyond the end (RANGE_ERROR). */
bool mr_status_list_get(const mr_status_list *l, uint64_t index, uint8_t *ret);
/* Set an entry of a list being made, whose octets are the caller's: kind and width tell where its bits are. */
void mr_status_list_set(mr_status_list_kind kind, uint8_t width, uint8_t *octets, uint64_t index, uint8_t value);
/* encodedList or lst, appended. */
int mr_status_list_write(const mr_status_list *l, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

#endif
