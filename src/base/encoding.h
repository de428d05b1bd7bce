/* base64, base64url and hexadecimal: strict (RFC 4648: right alphabet, right padding, zero tail bits), because two texts
 * for one value would let a sealed file be changed without breaking its seal. */
#ifndef MR_BASE_ENCODING_H
#define MR_BASE_ENCODING_H

#include "base/buf.h"
#include "base/err.h"

static inline size_t mr_base64url_size(size_t bytes)
{
    return (bytes * 4 + 2) / 3;
}
/* Without padding. */
void mr_base64url_put(mr_buf *b, mr_str bytes);
/* With padding. */
void mr_base64_put(mr_buf *b, mr_str bytes);
void mr_hex_put(mr_buf *b, mr_str bytes); /* lower case */

/* Decoded bytes in the arena. Errors: MR_E_ENCODING with the position of the first wrong character, MR_E_NOMEM. */
int mr_base64url_read(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
int mr_base64_read(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* Digits of either case. */
int mr_hex_read(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
