#include "web/rate.h"

#include "base/limits.h"

#include <arpa/inet.h>
#include <pthread.h>

#define WAYS 8 /* places that one key may have */
#define SETS (MR_LIMIT_RATE_KEPT / WAYS)
#define UNIT 60000 /* a request in the bucket's count: so that per_minute is what flows in each ms */

struct bucket {
    uint64_t key;  /* 0: free */
    int64_t level; /* UNITs that are left, at `at` */
    int64_t at;    /* ms */
};
struct mr_rates {
    pthread_mutex_t lock;
    uint64_t seed; /* or strangers could choose keys that push each other out */
    struct bucket buckets[SETS][WAYS];
};

mr_rates *mr_rates_new(mr_arena *a, const mr_env *env)
{
    mr_rates *r = MR_NEW(a, mr_rates);
    if (!r) return NULL;
    pthread_mutex_init(&r->lock, NULL);
    mr_env_random(env, &r->seed, sizeof r->seed);
    return r;
}

void mr_rates_done(mr_rates *r)
{
    pthread_mutex_destroy(&r->lock);
}

/* FNV-1a from a secret start, stirred, so that the sets are used evenly. */
static uint64_t mix(uint64_t h, mr_str text)
{
    for (size_t i = 0; i < text.len; i++) h = (h ^ (unsigned char)text.ptr[i]) * 0x100000001b3u;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    return h ^ h >> 32;
}

/* The bucket of this key, or the one that was not used for longest, emptied for it. */
static struct bucket *find(struct bucket set[WAYS], uint64_t key, const struct mr_rate_policy *policy, int64_t now)
{
    struct bucket *oldest = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (set[i].key == key) return &set[i];
        if (oldest->key && (!set[i].key || set[i].at < oldest->at)) oldest = &set[i];
    }
    *oldest = (struct bucket){.key = key, .level = policy->burst * UNIT, .at = now};
    return oldest;
}

bool mr_rates_take(mr_rates *r, const struct mr_rate_policy *policy, mr_str who, int64_t now, struct mr_rate_left *ret)
{
    pthread_mutex_lock(&r->lock);
    uint64_t key = mix(mix(r->seed, mr_str_of(policy->name)), who) | 1;
    struct bucket *b = find(r->buckets[(key >> 8) % SETS], key, policy, now);
    int64_t most = policy->burst * UNIT,
            passed = now > b->at ? now - b->at : 0; /* a clock that jumps back gives nothing */
    if (passed > most / policy->per_minute) passed = most / policy->per_minute + 1;
    b->level += passed * policy->per_minute;
    if (b->level > most) b->level = most;
    b->at = now;
    bool allowed = b->level >= UNIT;
    if (allowed) b->level -= UNIT;
    ret->remaining = b->level / UNIT;
    ret->wait_s = allowed ? 0 : (UNIT - b->level + policy->per_minute * 1000 - 1) / (policy->per_minute * 1000);
    pthread_mutex_unlock(&r->lock);
    return allowed;
}

mr_str mr_rate_address(mr_arena *a, mr_str address)
{
    struct in6_addr six;
    char text[INET6_ADDRSTRLEN];
    if (address.len >= sizeof text) return address;
    memcpy(text, address.ptr, address.len);
    text[address.len] = '\0';
    if (inet_pton(AF_INET6, text, &six) != 1 || IN6_IS_ADDR_V4MAPPED(&six)) return address;
    memset(six.s6_addr + 8, 0, 8);
    return inet_ntop(AF_INET6, &six, text, sizeof text) ? mr_arena_dup(a, mr_str_of(text)) : address;
}

bool mr_rate_is_loopback(mr_str address)
{
    return mr_str_has_prefix(address, MR_STR("127.")) || mr_str_is(address, "::1") ||
           mr_str_has_prefix(address, MR_STR("::ffff:127."));
}
