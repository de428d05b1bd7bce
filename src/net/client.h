/* The one client for the network: https by libcurl (loaded on first use), guarded: only https unless the address was configured by the operator, no redirects,
 * size and time limits, no proxy from the environment, no cookies. */
#ifndef MR_NET_CLIENT_H
#define MR_NET_CLIENT_H

#include "base/arena.h"
#include "base/err.h"

struct mr_net_request {
    mr_str url;          /* configured by the operator: http and loopback addresses are allowed */
    const char *type;    /* Content-Type of the body; NULL: GET */
    const char *accept;  /* Accept, or NULL */
    mr_str body;
    size_t max_answer;   /* bytes */
    long timeout_ms;
};
/* The body of a 200 answer, in `a`. Errors: MR_E_NET (detail: status or what libcurl says), MR_E_LIMIT, MR_E_LIBRARY. */
int mr_net_fetch(mr_arena *a, const struct mr_net_request *request, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
