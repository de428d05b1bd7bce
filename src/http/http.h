/* The HTTP/1.1 server behind one small interface. It listens on one address, runs one event loop and a pool of worker threads that call the
 * handler, and guards against hostile clients (what and how: the essays of server.c, connection.c and head.c). It knows nothing of Merit;
 * TLS, HTTP/2 and public addresses belong to nginx or HAProxy in front. */
#ifndef MR_HTTP_HTTP_H
#define MR_HTTP_HTTP_H

#include "base/buf.h"
#include "base/err.h"

typedef enum mr_http_method { MR_GET, MR_HEAD, MR_POST, MR_PUT, MR_DELETE, MR_PATCH } mr_http_method;
/* "GET" ... */
const char *mr_http_method_name(mr_http_method method);

/* One header; the name as it was sent. */
struct mr_http_header {
    mr_str name, value;
};

/* A request, whole; everything in it lives until the handler returns. */
typedef struct mr_http_request {
    mr_http_method method;
    mr_str
        path; /* percent-decoded UTF-8, NUL-terminated; begins with one "/"; no ".." or ".", no control character, no backslash */
    mr_str query; /* raw, without "?" */
    mr_str body;
    const struct mr_http_header *headers;
    size_t header_count;
    mr_str peer;     /* address of the other side, or of whom a proxy that is believed speaks */
    mr_arena *arena; /* for the handler's work on this request */
} mr_http_request;

/* Value of a header by name, without case; empty when absent. */
mr_str mr_http_header(const mr_http_request *r, const char *name);
/* The first such field of a query or of an application/x-www-form-urlencoded body, decoded in the request's arena; empty when absent, not UTF-8
 * or holding a NUL. */
mr_str mr_http_query(const mr_http_request *r, const char *name);
mr_str mr_http_form(const mr_http_request *r, const char *name);
mr_str mr_http_cookie(const mr_http_request *r, const char *name);

/* Parts of a multipart/form-data body (RFC 7578), in order. */
struct mr_http_part {
    mr_str name, file_name, type, content;
    bool is_file; /* has a file name, even an empty one */
};
/* Names and file names are UTF-8 (RFC 7578 5.1.3) without control characters, a file name without the path that some browsers put before it;
 * contents point into the body. Errors: MR_E_FORMAT (no such body, or malformed), MR_E_LIMIT (more than 64 parts), MR_E_NOMEM. */
int mr_http_parts(const mr_http_request *r, struct mr_http_part **ret, size_t *ret_count,
                  struct mr_err *err) MR_MUST_CHECK;

/* The answer; a fresh one is 200 with an empty body and the type text/plain. Names are literals, values are copied and checked: a line break in one,
 * or a Content-Length, is the caller's mistake and ends in 500. HEAD is answered like GET, the server leaves the body out. */
typedef struct mr_http_response mr_http_response;
void mr_http_set_status(mr_http_response *r, int status);
int mr_http_status(const mr_http_response *r);
void mr_http_set_header(mr_http_response *r, const char *name, mr_str value); /* replaces; Set-Cookie adds */
mr_buf *mr_http_body(mr_http_response *r);
void mr_http_set_type(mr_http_response *r, const char *content_type);
void mr_http_redirect(mr_http_response *r, mr_str location); /* 303 */

/* Answers a request; self is what the configuration says. */
typedef void mr_http_handler(void *self, const mr_http_request *request, mr_http_response *response);

typedef struct mr_http_server mr_http_server;
struct mr_http_config {
    const char *address; /* "127.0.0.1", "::1", "0.0.0.0" ... */
    unsigned short port; /* 0: any free one */
    int listener; /* a socket that listens already, in the place of address and port, and is taken over; 0: none */
    const char *proxies;  /* addresses, with blanks between, whose X-Forwarded-For names the other side; NULL: none */
    unsigned workers;     /* threads that call the handler; 0: two */
    size_t max_body;      /* bytes; 0: MR_LIMIT_HTTP_BODY */
    unsigned connections; /* at most; 0: MR_LIMIT_HTTP_CONNECTIONS */
    unsigned
        per_address; /* connections of one address (IPv6: of one /64); 0: MR_LIMIT_HTTP_PER_ADDRESS, but loopback is free (a proxy) */
    int64_t
        request_ms; /* wall-clock time of one request; 0: MR_LIMIT_HTTP_REQUEST_MS; a smaller one also caps the other waits */
    mr_http_handler *handler; /* called from worker threads, several at once */
    void *self;
    /* Answers that the server gives by itself (400, 408, 413, 414, 417, 431, 500, 501, 503, 505) as pages: may be NULL for plain text.
     * Called from the loop and from workers; accept_language is "" when the request could not be read that far. */
    void (*refuse)(void *self, int status, const char *accept_language, mr_http_response *response);
};
/* Listen. The config is copied, its address is not used afterwards. Errors: MR_E_NET (address in use and the like; detail names it). */
int mr_http_open(const struct mr_http_config *config, mr_http_server **ret, struct mr_err *err) MR_MUST_CHECK;
unsigned short mr_http_port(const mr_http_server *s);
/* Serve until mr_http_stop: then no new connection is taken, requests being received have MR_LIMIT_HTTP_STOP_MS to arrive, running ones are
 * finished and their answers sent. Call it once. Errors: MR_E_NET. */
int mr_http_run(mr_http_server *s, struct mr_err *err) MR_MUST_CHECK;
/* Ask it to stop; from a signal handler or another thread, also before mr_http_run. */
void mr_http_stop(mr_http_server *s);
void mr_http_close(mr_http_server *s);

#endif
