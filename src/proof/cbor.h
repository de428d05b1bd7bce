/* CBOR (RFC 8949), in the few forms that proofs are made of: unsigned integers, byte and text strings, arrays, maps. The caller asks for what must come
 * next, so that nothing nests deeper than its code does. */
#ifndef MR_PROOF_CBOR_H
#define MR_PROOF_CBOR_H

#include "base/buf.h"
#include "base/err.h"

typedef struct mr_cbor {
    mr_str input;
    size_t at;
} mr_cbor;

/* Read the next item; strings point into the input. On an error nothing is read. Only the deterministic encoding is read (section 4.2.1: shortest heads, definite lengths), and no
 * tags, negative numbers, floating-point numbers or simple values: two texts for one value serve nobody here.
 *   errors  MR_E_FORMAT (another item, another encoding, cut off; position = offset of the item), MR_E_UTF8 (a text that is none) */
int mr_cbor_read_uint(mr_cbor *c, uint64_t *ret, struct mr_err *err) MR_MUST_CHECK;
int mr_cbor_read_bytes(mr_cbor *c, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
int mr_cbor_read_text(mr_cbor *c, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* The head of an array or map: its elements, or pairs, follow. A count that the rest of the input has no room for is refused, so that memory may be
 * taken for it. */
int mr_cbor_read_array(mr_cbor *c, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
int mr_cbor_read_map(mr_cbor *c, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* MR_E_FORMAT when something follows. */
int mr_cbor_read_end(const mr_cbor *c, struct mr_err *err) MR_MUST_CHECK;

/* Write the same, in the same encoding; the keys of a map are the caller's to sort. */
void mr_cbor_put_uint(mr_buf *out, uint64_t value);
void mr_cbor_put_bytes(mr_buf *out, mr_str bytes);
void mr_cbor_put_text(mr_buf *out, mr_str text);
void mr_cbor_put_array(mr_buf *out, size_t count);
void mr_cbor_put_map(mr_buf *out, size_t count);

#endif
