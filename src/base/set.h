/* A set of 64-bit fingerprints: "has this row been seen?" in 16 bytes a row. Text goes in through a keyed hash (SipHash-2-4), so that
 * a hostile file cannot make rows collide. */
#ifndef MR_BASE_SET_H
#define MR_BASE_SET_H

#include "base/env.h"

typedef struct mr_set {
    uint64_t *slots;
    size_t count, capacity, max;
    uint8_t key[16];
} mr_set;

/* max: most members; the key comes from env. */
void mr_set_init(mr_set *s, const mr_env *env, size_t max);
void mr_set_done(mr_set *s);
/* Add; *ret_was_there tells whether it was a member. Errors: MR_E_LIMIT, MR_E_NOMEM. */
int mr_set_add(mr_set *s, mr_str text, bool *ret_was_there, struct mr_err *err) MR_MUST_CHECK;
bool mr_set_has(const mr_set *s, mr_str text);
/* SipHash-2-4 (Aumasson and Bernstein 2012). */
uint64_t mr_siphash(const uint8_t key[16], mr_str text);

#endif
