/* The one client for the network: libcurl (loaded on first use), guarded: size and time limits, no redirects, no cookies, no proxy from
 * the environment; and for addresses that strangers give, https and public addresses only, judged on the address that is really
 * connected to, so that no name can lead into the operator's own network (SSRF). */
#ifndef MR_NET_CLIENT_H
#define MR_NET_CLIENT_H

#include "base/arena.h"
#include "base/err.h"

struct mr_net_header {
    const char *name, *value; /* one line each */
};
struct mr_net_request {
    mr_str url;
    bool configured; /* the operator gave the URL: http, loopback and private addresses are allowed */
    bool
        plain; /* http is allowed, for what is signed itself (RFC 5280 4.2.2.1, 4.2.1.13); the address must be public all the same */
    const char *type;   /* Content-Type of the body; NULL: GET */
    const char *accept; /* Accept, or NULL */
    mr_str body;
    mr_str bearer; /* access token for the Authorization header; empty: none */
    mr_str *
        ret_next; /* where the answer's Link of relation "next" leads (RFC 8288), in `a`; empty when it has none. NULL: not asked */
    size_t max_answer; /* bytes */
    long timeout_ms;
    const struct mr_net_header *headers; /* beside those above */
    size_t header_count;
    long *ret_status; /* not NULL: every answer is taken, not only a 200, and its status told here */
};
/* Where the first link of relation "next" leads in the value of a Link header; empty when it has none. Points into `value`.
 *   source  RFC 8288 section 3 */
mr_str mr_net_next_link(mr_str value);
/* The body of a 200 answer, in `a`. Errors: MR_E_NET (detail: the status, "not a public address", or what libcurl says), MR_E_LIMIT, MR_E_LIBRARY. */
int mr_net_fetch(mr_arena *a, const struct mr_net_request *request, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
