/* The chunked transfer coding, read strictly. */
#ifndef MR_HTTP_CHUNKS_H
#define MR_HTTP_CHUNKS_H

#include "base/buf.h"

struct mr_http_chunks {
    uint64_t left; /* of the present chunk */
    uint32_t line; /* octets of the present line of size, or of the trailers together */
    uint8_t state, digits;
};

/* Take what is there of a body; start with a zeroed reader.
 *   in        bytes as received; *ret_used of them were taken (all, unless the body ended)
 *   body      the data are appended; its maximum is the body's limit
 *   ret_done  the body is complete
 *   returns   0, 400 (malformed) or 413 (body is full)
 *   source    RFC 9112 section 7.1; chunk extensions and trailers are checked for length and passed over */
int mr_http_chunks_read(struct mr_http_chunks *c, mr_str in, mr_buf *body, size_t *ret_used, bool *ret_done);

#endif
