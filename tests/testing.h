/* What tests share: cmocka in its order of includes, the official data, a fixed world, and assertions that print both values.
 *
 * Official data is not part of the source tree. It is looked for where the environment says (MERIT_SUITES, MERIT_ELM,
 * MERIT_VOCAB, MERIT_TOOLS), else beside the source tree; a test that needs what is not there skips itself, visibly:
 *
 *   static void test_json_parse__follows_the_suite(void **state)
 *   {
 *       const char *suites = test_suites();
 *       if (!suites) test_skip("the suites are not here (MERIT_SUITES)"); */
#ifndef MR_TESTING_H
#define MR_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/env.h"
#include "base/file.h"

#include <ftw.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MERIT_SOURCE_ROOT
#define MERIT_SOURCE_ROOT "."
#endif

/* The folder that `variable` names, else `fallback`; NULL when there is no such folder. */
static inline const char *test_folder(const char *variable, const char *fallback)
{
    struct stat st;
    const char *named = getenv(variable), *folder = named && *named ? named : fallback;
    return stat(folder, &st) == 0 && S_ISDIR(st.st_mode) ? folder : NULL;
}

/* Standards' own test suites; the ELM model, its shapes and samples; controlled vocabularies; verifiers and peers. */
static inline const char *test_suites(void)
{
    return test_folder("MERIT_SUITES", MERIT_SOURCE_ROOT "/../shared/data/suites");
}
static inline const char *test_elm(void)
{
    return test_folder("MERIT_ELM", MERIT_SOURCE_ROOT "/../shared/data/elm");
}
static inline const char *test_vocab(void)
{
    return test_folder("MERIT_VOCAB", MERIT_SOURCE_ROOT "/../shared/data/vocab");
}
static inline const char *test_tools(void)
{
    return test_folder("MERIT_TOOLS", MERIT_SOURCE_ROOT "/../shared/tools");
}

/* Leave the running test as skipped and say why. */
#define test_skip(why)                                                                                                 \
    do {                                                                                                               \
        printf("# skipped: %s\n", (why));                                                                              \
        skip();                                                                                                        \
    } while (0)

/* "folder/name" in the arena. */
static inline const char *test_path(mr_arena *a, const char *folder, const char *name)
{
    const char *path = mr_arena_format(a, "%s/%s", folder, name).ptr;
    assert_non_null(path);
    return path;
}

/* The path of one suite, or of a file of it, in test_suites(); when it is not there the running test is left as skipped, for a folder may
 * hold some of the suites only. */
static inline const char *test_suite(mr_arena *a, const char *name)
{
    struct stat st;
    char path[PATH_MAX];
    if (!test_suites()) test_skip("the suites are not here (MERIT_SUITES)");
    snprintf(path, sizeof path, "%s/%s", test_suites(), name);
    if (stat(path, &st) != 0) {
        snprintf(path, sizeof path, "%s is not in MERIT_SUITES", name);
        test_skip(path);
    }
    return test_path(a, test_suites(), name);
}

/* What a suite came to, in the form that tests/suites.py counts: "# rdf-canon: 66 passed of 66". Before the assertion that none failed. */
static inline void test_suite_count(const char *suite, size_t passed, size_t count, size_t skipped)
{
    printf("# %s: %zu passed of %zu", suite, passed, count);
    if (skipped) printf(" (%zu skipped)", skipped);
    printf("\n");
}

/* The whole file; the test fails when it cannot be read. */
static inline mr_str test_read_file(mr_arena *a, const char *path)
{
    struct mr_err err = {0};
    mr_str text = MR_STR_EMPTY;
    if (mr_file_read(a, path, 256 * 1024 * 1024, &text, &err) != MR_OK) fail_msg("%s: %s", err.message, err.detail);
    return text;
}

struct test_world {
    int64_t ms;
    uint64_t state;
};

static inline int64_t test_world_now(void *self)
{
    return ((struct test_world *)self)->ms;
}

/* SplitMix64 (Steele, Lea and Flood 2014): the same seed, the same bytes. */
static inline void test_world_random(void *self, void *out, size_t size)
{
    struct test_world *w = self;
    for (size_t i = 0; i < size; i++) {
        uint64_t z = (w->state += UINT64_C(0x9E3779B97F4A7C15));
        z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
        ((unsigned char *)out)[i] = (unsigned char)(z ^ z >> 31);
    }
}

/* A world in which it is always `ms` milliseconds since 1970 and random bytes follow from `seed`. Lives as long as the test
 * program; at most 64 of them. */
static inline mr_env test_env_fixed(int64_t ms, uint64_t seed)
{
    static struct test_world worlds[64];
    static size_t used;
    assert_true(used < sizeof worlds / sizeof *worlds);
    struct test_world *w = &worlds[used++];
    *w = (struct test_world){ms, seed};
    return (mr_env){test_world_now, test_world_random, w};
}

static inline int64_t test_next_now(void *self)
{
    static _Atomic int64_t last;
    (void)self;
    int64_t seen = atomic_load(&last), now;
    do {
        now = mr_env_now(mr_env_system());
        if (now <= seen) now = seen + 1;
    } while (!atomic_compare_exchange_weak(&last, &seen, now));
    return now;
}

/* The real world, but no two looks at the clock show the same millisecond: what is made later is listed as later, on the fastest machine too. */
static inline const mr_env *test_env_in_order(void)
{
    static mr_env env;
    env = *mr_env_system();
    env.now = test_next_now;
    return &env;
}

/* Move the clock of such a world. */
static inline void test_env_set_time(mr_env *env, int64_t ms)
{
    ((struct test_world *)env->self)->ms = ms;
}

static inline void test_assert_str(mr_str got, mr_str wanted, const char *expression, const char *file, int line)
{
    if (mr_str_eq(got, wanted)) return;
    print_error("%s is not as expected\n  got (%zu): %.*s\n  wanted (%zu): %.*s\n", expression, got.len,
                MR_STR_ARG(got), wanted.len, MR_STR_ARG(wanted));
    _fail(file, line);
}

/* got: mr_str; wanted: C string, or for bytes with NUL an mr_str through assert_str_eq. */
#define assert_str(got, wanted) test_assert_str((got), mr_str_of(wanted), #got, __FILE__, __LINE__)
#define assert_str_eq(got, wanted) test_assert_str((got), (wanted), #got, __FILE__, __LINE__)

static inline void test_assert_code(int got, int wanted, const struct mr_err *e, const char *expression,
                                    const char *file, int line)
{
    if (got == wanted) return;
    print_error("%s\n  got: %s (%s %s at %zd %s)\n  wanted: %s\n", expression, mr_code_name((mr_code)got),
                got && e->message ? e->message : "", got ? e->detail : "", got ? (ssize_t)e->position : -1,
                got ? e->pointer : "", mr_code_name((mr_code)wanted));
    _fail(file, line);
}

/* The call succeeds, or fails with this code; a failure of the test prints the error. err: struct mr_err that the call fills. */
#define assert_ok(call, err) test_assert_code((call), MR_OK, &(err), #call, __FILE__, __LINE__)
#define assert_code(call, code, err) test_assert_code((call), (code), &(err), #call, __FILE__, __LINE__)

static inline int test_remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

/* The folders of test_temp_folder, for the way out. */
struct test_temp {
    char names[64][PATH_MAX];
    size_t count;
    pid_t owner;
};

static inline struct test_temp *test_temp(void)
{
    static struct test_temp t;
    return &t;
}

static inline void test_temp_remove(void)
{
    struct test_temp *t = test_temp();
    if (t->owner != getpid()) return;
    for (size_t i = 0; i < t->count; i++) nftw(t->names[i], test_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A new private folder in $TMPDIR, removed with all that is in it when the test program ends; at most 64. */
static inline const char *test_temp_folder(void)
{
    struct test_temp *t = test_temp();
    const char *parent = getenv("TMPDIR");
    assert_true(t->count < 64);
    if (t->count == 0) {
        t->owner = getpid();
        atexit(test_temp_remove);
    }
    char *name = t->names[t->count];
    snprintf(name, PATH_MAX, "%s/merit-test-XXXXXX", parent && *parent ? parent : "/tmp");
    assert_non_null(mkdtemp(name));
    t->count++;
    return name;
}

#endif
