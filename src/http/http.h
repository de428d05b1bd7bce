/* The HTTP server behind one small interface; libevent's evhttp sits inside http/ only and could be exchanged. It listens on one address,
 * runs one event loop and a pool of worker threads that call the handler, and guards what evhttp does not (facts in the essay of server.c).
 * It knows nothing of Merit. */
#ifndef MR_HTTP_HTTP_H
#define MR_HTTP_HTTP_H

#include "base/buf.h"
#include "base/err.h"

typedef enum mr_http_method { MR_GET, MR_HEAD, MR_POST, MR_PUT, MR_DELETE } mr_http_method;

struct mr_http_header {
    mr_str name, value;
};

/* A request, whole; everything in it lives until the handler returns. */
typedef struct mr_http_request {
    mr_http_method method;
    mr_str path;   /* percent-decoded, no "..", no NUL, begins with "/" */
    mr_str query;  /* raw, without "?" */
    mr_str body;
    const struct mr_http_header *headers;
    size_t header_count;
    mr_str peer;   /* address of the other side */
    mr_arena *arena; /* for the handler's work on this request */
} mr_http_request;

/* Value of a header by name, without case; empty when absent. */
mr_str mr_http_header(const mr_http_request *r, const char *name);
/* A field of a query or of an application/x-www-form-urlencoded body, decoded in the request's arena; empty when absent. */
mr_str mr_http_query(const mr_http_request *r, const char *name);
mr_str mr_http_form(const mr_http_request *r, const char *name);
mr_str mr_http_cookie(const mr_http_request *r, const char *name);

/* Parts of a multipart/form-data body (RFC 7578), in order. */
struct mr_http_part {
    mr_str name, file_name, type, content;
    bool is_file; /* has a file name, even an empty one */
};
/* Errors: MR_E_FORMAT (no such body, or malformed), MR_E_LIMIT (more than 64 parts). */
int mr_http_parts(const mr_http_request *r, struct mr_http_part **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

/* The answer; a fresh one is 200 with an empty body. Header values are checked: a line break in one is the caller's mistake and ends in 500. */
typedef struct mr_http_response mr_http_response;
void mr_http_set_status(mr_http_response *r, int status);
void mr_http_set_header(mr_http_response *r, const char *name, mr_str value); /* replaces; Set-Cookie adds */
mr_buf *mr_http_body(mr_http_response *r);
void mr_http_set_type(mr_http_response *r, const char *content_type);
void mr_http_redirect(mr_http_response *r, mr_str location); /* 303 */

typedef void mr_http_handler(void *self, const mr_http_request *request, mr_http_response *response);

typedef struct mr_http_server mr_http_server;
struct mr_http_config {
    const char *address;  /* "127.0.0.1", "::1", "0.0.0.0" ... */
    unsigned short port;  /* 0: any free one */
    unsigned workers;     /* threads that call the handler; 0: two */
    size_t max_body;      /* bytes; 0: MR_LIMIT_HTTP_BODY */
    mr_http_handler *handler; /* called from worker threads, several at once */
    void *self;
    /* Answers that the server gives by itself (400, 408, 413, 503) as pages: may be NULL for plain text. */
    void (*refuse)(void *self, int status, const char *accept_language, mr_http_response *response);
};
/* Errors: MR_E_NET (address in use and the like; detail names it), MR_E_LIBRARY. */
int mr_http_open(const struct mr_http_config *config, mr_http_server **ret, struct mr_err *err) MR_MUST_CHECK;
unsigned short mr_http_port(const mr_http_server *s);
/* Serve until mr_http_stop; running requests are finished first. */
int mr_http_run(mr_http_server *s, struct mr_err *err) MR_MUST_CHECK;
/* Ask it to stop; from a signal handler or another thread. */
void mr_http_stop(mr_http_server *s);
void mr_http_close(mr_http_server *s);

#endif
