/* gzip (RFC 1952) and zlib (RFC 1950) texts, and the raw deflate (RFC 1951) and check sums that pictures are made of: all that Merit asks of zlib, which is
 * loaded on first use. */
#ifndef MR_BASE_COMPRESSION_H
#define MR_BASE_COMPRESSION_H

#include "base/buf.h"
#include "base/err.h"

typedef enum mr_compression { MR_GZIP, MR_ZLIB } mr_compression;

/* Append to `out`. The same text gives the same octets (no time, no name). Errors: MR_E_LIBRARY, MR_E_NOMEM, MR_E_LIMIT (the buffer's maximum). */
int mr_compress(mr_compression kind, mr_str text, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* The text, in `a`. One member, nothing behind it.
 *   max     most octets of the text: a bomb ends in MR_E_LIMIT before it takes memory
 *   errors  MR_E_FORMAT, MR_E_LIMIT, MR_E_LIBRARY, MR_E_NOMEM */
int mr_inflate(mr_arena *a, mr_compression kind, mr_str compressed, size_t max, mr_str *ret,
               struct mr_err *err) MR_MUST_CHECK;

/* A part of a raw deflate stream that refers to nothing before it, so that parts can be put together in any combination.
 *   last       it ends the stream
 *   level      1 to 9, as zlib's
 *   out        appended to
 *   ret_adler  check sum of `text` (RFC 1950 section 8.2), for mr_adler32_join
 *   errors     MR_E_LIBRARY, MR_E_NOMEM */
int mr_deflate_part(mr_str text, bool last, int level, mr_buf *out, uint32_t *ret_adler,
                    struct mr_err *err) MR_MUST_CHECK;
/* Check sums. Only where mr_deflate_part or mr_check_sums_load has succeeded before: they cannot say that zlib is missing. */
int mr_check_sums_load(struct mr_err *err) MR_MUST_CHECK; /* Errors: MR_E_LIBRARY */
uint32_t mr_adler32_join(uint32_t first, uint32_t second, size_t second_size);
uint32_t mr_crc32(mr_str text);

#endif
