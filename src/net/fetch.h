/* A mr_fetch over the guarded client, with a memory: a page of credentials of one issuer asks for one document many times. */
#ifndef MR_NET_FETCH_H
#define MR_NET_FETCH_H

#include "base/env.h"
#include "base/fetch.h"

struct mr_net_fetcher_options {
    const mr_env *env;
    mr_str
        allow_private; /* beginning of URLs that may be http and lead to addresses that are not public ("http://127.0.0.1:8500/"); empty: none */
    long timeout_ms;   /* of one answer; 0: MR_LIMIT_FETCH_MS */
};
typedef struct mr_net_fetcher
    mr_net_fetcher; /* safe to use from several threads; each waits for its own answers only */

/* Fetch over https, from public addresses, without following redirections.
 * Answers are remembered for MR_LIMIT_FETCH_AGE_MS, refusals of the other side (MR_E_NET) for MR_LIMIT_FETCH_FAILED_AGE_MS, by URL and accepted types; at
 * most MR_LIMIT_FETCH_KEPT of them and MR_LIMIT_FETCH_KEPT_OCTETS together.
 *   options  env and allow_private are borrowed; NULL, or env NULL: the system's clock, and nothing private
 *   errors   MR_E_NOMEM. Those of a fetch are in base/fetch.h; MR_E_LIBRARY besides. Their detail says which it was: "HTTP status 404", "HTTP status 302 to URL" (a
 *            redirection), "no answer within 10000 ms", "not a public address", or what libcurl says */
int mr_net_fetcher_new(const struct mr_net_fetcher_options *options, mr_net_fetcher **ret,
                       struct mr_err *err) MR_MUST_CHECK;
void mr_net_fetcher_free(mr_net_fetcher *f); /* NULL is fine */
/* Lives as long as `f`. */
const mr_fetch *mr_net_fetcher_fetch(const mr_net_fetcher *f);

#endif
