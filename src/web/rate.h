/* How often somebody may ask: token buckets in the memory of this server. Several servers behind one name each count for themselves, so that the whole allows as
 * many times more (docs/api.md says so): a shared count would cost a write of the database for each request. */
#ifndef MR_WEB_RATE_H
#define MR_WEB_RATE_H

#include "base/arena.h"
#include "base/env.h"

struct mr_rate_policy {
    const char *name;
    int64_t burst;      /* requests at once */
    int64_t per_minute; /* and so many come back */
};
struct mr_rate_left {
    int64_t remaining; /* requests */
    int64_t wait_s;    /* until the next one is allowed; 0 when this one was */
};
typedef struct mr_rates mr_rates; /* safe to use from several threads */

/* In the arena, which must outlive it. NULL when memory is short. */
mr_rates *mr_rates_new(mr_arena *a, const mr_env *env);
void mr_rates_done(mr_rates *r);
/* Count one request. Somebody who was not seen for long, or was pushed out by others (there is room for MR_LIMIT_RATE_KEPT), begins anew with a full bucket.
 *   who      token id or address
 *   now      ms
 *   returns  false: too many */
bool mr_rates_take(mr_rates *r, const struct mr_rate_policy *policy, mr_str who, int64_t now, struct mr_rate_left *ret);
/* Whom an address counts as: an IPv6 one is cut to its /64, which one line of a customer has. In the arena. */
mr_str mr_rate_address(mr_arena *a, mr_str address);
bool mr_rate_is_loopback(mr_str address);

#endif
