/* The head of an HTTP/1.x request: request line and header fields, read strictly. Everything that two readers could understand in two
 * ways is refused, because a proxy in front might take the other one (request smuggling). A pure function of its bytes. */
#ifndef MR_HTTP_HEAD_H
#define MR_HTTP_HEAD_H

#include "http/http.h"

struct mr_http_head {
    mr_http_method method;
    mr_str path, query; /* as in mr_http_request */
    struct mr_http_header *headers;
    size_t header_count;
    uint64_t length; /* of the body, when not chunked */
    bool chunked;
    bool waits;      /* Expect: 100-continue */
    bool keep_alive; /* the client lets the connection stay */
};

/* Look for the end of a head.
 *   scanned  in and out: how far earlier calls have looked (0 at first)
 *   ret      length of the head with its empty line; 0: more bytes are needed; -1: a line does not end with CR LF */
ptrdiff_t mr_http_head_end(mr_str bytes, size_t *scanned);

/* Read a head of the length that mr_http_head_end gave.
 *   bytes    outlives *ret, whose texts point into it or into the arena
 *   ret      filled as far as it could be read, also on refusal, so that the refusal can be in the reader's language
 *   returns  0, or the HTTP status that answers it: 400, 414, 417, 431, 501, 505; 503 when memory is short
 *   source   RFC 9112 sections 2 to 6; RFC 9110 sections 5.5, 5.6.2, 7.2, 8.6, 10.1.1 */
int mr_http_head_parse(mr_arena *a, mr_str bytes, struct mr_http_head *ret);

#endif
