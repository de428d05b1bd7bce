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

/* base58btc, the bitcoin alphabet (Controlled Identifiers 1.0 section 2.4): for keys and signatures. Its cost grows with the square of the
 * length: texts have at most MR_LIMIT_BASE58 octets, MR_E_LIMIT beyond; the buffer fails on more bytes than such a text always holds. */
void mr_base58btc_put(mr_buf *b, mr_str bytes);
int mr_base58btc_read(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* Multibase: "z" and base58btc, or "u" and base64url. Errors also: MR_E_UNSUPPORTED (another base, or none). */
void mr_multibase_put(mr_buf *b, char base, mr_str bytes);
int mr_multibase_read(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

/* A text as one value of a query or one part of a path: all but unreserved characters become %XX (RFC 3986 section 2). */
void mr_percent_put(mr_buf *b, mr_str text);

#endif
