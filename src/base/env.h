/* What the program takes from the world, as a table handed down, so that tests fix the time and the random numbers. */
#ifndef MR_BASE_ENV_H
#define MR_BASE_ENV_H

#include "base/err.h"

typedef struct mr_env {
    /* Milliseconds since 1970-01-01T00:00:00Z. */
    int64_t (*now)(void *self);
    /* Fill `size` unpredictable bytes; never fails (the process ends when the system has no randomness). */
    void (*random)(void *self, void *out, size_t size);
    void *self;
    /* Milliseconds since the machine started, which nobody sets, by which a clock that jumps is noticed; NULL: the clock is believed. */
    int64_t (*uptime)(void *self);
} mr_env;

/* The real clock and the system's random numbers. */
const mr_env *mr_env_system(void);

static inline int64_t mr_env_now(const mr_env *e)
{
    return e->now(e->self);
}
static inline void mr_env_random(const mr_env *e, void *out, size_t size)
{
    e->random(e->self, out, size);
}

#endif
