/* How the library reaches the network: only through a function that its user hands in. */
#ifndef MR_BASE_FETCH_H
#define MR_BASE_FETCH_H

#include "base/arena.h"
#include "base/err.h"

/* Get what stands at a URL.
 *   accept  media types, or NULL
 *   max     most octets of the answer
 *   ret     the body of a 200 answer, in `a`
 *   errors  MR_E_NET (unreachable, another status, a redirect, an address that is not allowed; detail), MR_E_STATE (nobody was asked: the network is off for
 *           this address, which reads like having no mr_fetch at all), MR_E_LIMIT (larger than max), MR_E_NOMEM */
typedef struct mr_fetch {
    int (*get)(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err);
    void *self;
} mr_fetch;

/* Why an answer did not come, as far as the error of `get` tells. Its detail is "HTTP status N", "HTTP status N to URL" for a redirection whose place fits
 * in, or begins with MR_FETCH_SLOW; anything else tells only that nobody could be reached. */
#define MR_FETCH_SLOW "no answer within "
struct mr_fetch_failure {
    int status; /* of HTTP; 0: there was no answer */
    bool slow;  /* it took longer than is waited */
    mr_str
        moved_to; /* an absolute URL, where it says that the thing is; empty: it does not say. Points into the error */
};
struct mr_fetch_failure mr_fetch_explain(const struct mr_err *e);

#endif
