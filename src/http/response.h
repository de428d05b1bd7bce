/* The answer as the server sees it: what a handler filled in, and the bytes that go out. */
#ifndef MR_HTTP_RESPONSE_H
#define MR_HTTP_RESPONSE_H

#include "http/http.h"

enum { MR_RESPONSE_HEADERS = 32 };

struct mr_http_response {
    int status;
    struct {
        const char *name; /* borrowed from the caller: a literal */
        mr_str value;     /* in the arena */
    } headers[MR_RESPONSE_HEADERS];
    size_t header_count;
    bool wrong; /* the handler made a mistake */
    mr_buf body;
    mr_arena *arena;
};

/* a: for header values; must live until the response is written. */
void mr_http_response_init(mr_http_response *r, mr_arena *a);
void mr_http_response_done(mr_http_response *r);
/* The handler's mistakes: a bad header, a body beyond its limit. */
bool mr_http_response_is_wrong(const mr_http_response *r);
/* Status line and header fields with the empty line.
 *   seconds  since 1970, for Date (RFC 9110 6.6.1) */
void mr_http_response_write_head(const mr_http_response *r, bool close, int64_t seconds, mr_buf *out);
/* The phrase of a status, "" when it has none. */
const char *mr_http_reason(int status);
/* Some statuses have no body (RFC 9110 6.4.1). */
bool mr_http_response_has_body(const mr_http_response *r);

#endif
