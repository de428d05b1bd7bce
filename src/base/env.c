#include "base/env.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static int64_t system_now(void *self)
{
    (void)self;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void system_random(void *self, void *out, size_t size)
{
    (void)self;
    for (char *at = out; size > 0;) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) abort(); /* without randomness no key or token may be made */
        at += got;
        size -= (size_t)got;
    }
}

static int64_t system_uptime(void *self)
{
    struct timespec t;
    (void)self;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static const mr_env system_env = {system_now, system_random, NULL, system_uptime};

const mr_env *mr_env_system(void)
{
    return &system_env;
}
