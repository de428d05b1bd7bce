/* The fetcher with a memory.
 *
 * A table of a fixed number of answers, searched from end to end: that is nothing beside what it saves. The lock covers the table alone; while one
 * thread waits for an answer the others go on, and when two ask for the same at once both ask the other side.
 *
 * Invariants: `octets` is the sum of what all entries hold; an entry is in use when it has a name; what is too old is never given, and is the
 * first to go. An answer larger than a quarter of the room is not kept, so that no single one sweeps the table. */
#include "net/fetch.h"

#include "base/buf.h"
#include "base/limits.h"
#include "net/client.h"

#include <pthread.h>
#include <stdio.h>

struct entry {
    mr_buf name; /* the URL, a line feed, the accepted types */
    mr_buf body;
    int code;         /* MR_OK or MR_E_NET */
    char detail[200]; /* of MR_E_NET */
    int64_t at;
};

struct mr_net_fetcher {
    mr_arena arena; /* holds this struct */
    mr_fetch fetch;
    struct mr_net_fetcher_options options;
    pthread_mutex_t lock;
    struct entry entries[MR_LIMIT_FETCH_KEPT];
    size_t octets;
};

static void forget(mr_net_fetcher *f, struct entry *e)
{
    f->octets -= e->name.len + e->body.len;
    mr_buf_done(&e->name);
    mr_buf_done(&e->body);
    *e = (struct entry){.at = 0};
}

/* A clock that was set back makes an answer too old, not young for ever. */
static bool is_fresh(const struct entry *e, int64_t now)
{
    int64_t most = e->code == MR_OK ? MR_LIMIT_FETCH_AGE_MS : MR_LIMIT_FETCH_FAILED_AGE_MS;
    return e->name.len && now >= e->at && now - e->at < most;
}

static struct entry *find(mr_net_fetcher *f, mr_str name, int64_t now)
{
    for (size_t i = 0; i < MR_LIMIT_FETCH_KEPT; i++)
        if (mr_str_eq(mr_buf_str(&f->entries[i].name), name) && is_fresh(&f->entries[i], now)) return &f->entries[i];
    return NULL;
}

static struct entry *free_place(mr_net_fetcher *f)
{
    for (size_t i = 0; i < MR_LIMIT_FETCH_KEPT; i++)
        if (!f->entries[i].name.len) return &f->entries[i];
    return NULL;
}

static struct entry *oldest(mr_net_fetcher *f)
{
    struct entry *found = NULL;
    for (size_t i = 0; i < MR_LIMIT_FETCH_KEPT; i++)
        if (f->entries[i].name.len && (!found || f->entries[i].at < found->at)) found = &f->entries[i];
    return found;
}

/* A free place with room for so many octets, which are at most a quarter of all: when the last one in use has gone there is room. */
static struct entry *make_room(mr_net_fetcher *f, size_t octets, int64_t now)
{
    struct entry *place;
    for (size_t i = 0; i < MR_LIMIT_FETCH_KEPT; i++)
        if (!is_fresh(&f->entries[i], now)) forget(f, &f->entries[i]);
    while (!(place = free_place(f)) || octets > MR_LIMIT_FETCH_KEPT_OCTETS - f->octets) forget(f, oldest(f));
    return place;
}

static void keep(mr_net_fetcher *f, mr_str name, int code, mr_str body, const char *detail)
{
    size_t octets = name.len + body.len;
    int64_t now = mr_env_now(f->options.env);
    if (octets > MR_LIMIT_FETCH_KEPT_OCTETS / 4) return;
    pthread_mutex_lock(&f->lock);
    struct entry *e = find(f, name, now); /* another thread was quicker */
    if (e) forget(f, e);
    e = make_room(f, octets, now);
    mr_buf_init(&e->name, name.len);
    mr_buf_init(&e->body, body.len);
    mr_buf_put(&e->name, name);
    mr_buf_put(&e->body, body);
    e->code = code;
    e->at = now;
    snprintf(e->detail, sizeof e->detail, "%s", detail);
    f->octets += e->name.len + e->body.len;
    if (mr_buf_failed(&e->name) || mr_buf_failed(&e->body)) forget(f, e);
    pthread_mutex_unlock(&f->lock);
}

/* What is remembered: true with the code. */
static bool recall(mr_net_fetcher *f, mr_arena *a, mr_str name, size_t max, mr_str *ret, int *ret_code,
                   struct mr_err *err)
{
    pthread_mutex_lock(&f->lock);
    const struct entry *e = find(f, name, mr_env_now(f->options.env));
    if (e && e->code != MR_OK) {
        *ret_code = MR_FAIL_DETAIL(err, (mr_code)e->code, "the request failed a moment ago", "%s", e->detail);
    } else if (e && e->body.len > max) {
        *ret_code = MR_FAIL(err, MR_E_LIMIT, "the answer is larger than allowed", MR_NOWHERE);
    } else if (e) {
        mr_str copy = mr_arena_dup(a, mr_buf_str(&e->body));
        *ret_code = copy.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the answer", MR_NOWHERE);
        if (copy.ptr) *ret = copy;
    }
    pthread_mutex_unlock(&f->lock);
    return e != NULL;
}

static int get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    mr_net_fetcher *f = self;
    struct mr_err why = {0};
    mr_str allowed = f->options.allow_private;
    struct mr_net_request request = {
        .url = url,
        .configured = allowed.len && mr_str_has_prefix(url, allowed),
        .accept = accept,
        .max_answer = max,
        .timeout_ms = f->options.timeout_ms,
    };
    mr_str name = mr_arena_format(a, "%.*s\n%s", MR_STR_ARG(url), accept ? accept : "");
    int code;
    if (!name.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a request", MR_NOWHERE);
    if (recall(f, a, name, max, ret, &code, err)) return code;
    code = mr_net_fetch(a, &request, ret, &why);
    if (code == MR_OK) keep(f, name, code, *ret, "");
    if (code == MR_E_NET) keep(f, name, code, MR_STR_EMPTY, why.detail);
    if (code != MR_OK && err) *err = why;
    return code;
}

int mr_net_fetcher_new(const struct mr_net_fetcher_options *options, mr_net_fetcher **ret, struct mr_err *err)
{
    mr_arena arena;
    mr_arena_init(&arena, 2 * sizeof(mr_net_fetcher) + MR_KIB);
    mr_net_fetcher *f = MR_NEW(&arena, mr_net_fetcher);
    if (!f || pthread_mutex_init(&f->lock, NULL) != 0) {
        mr_arena_done(&arena);
        return MR_FAIL(err, MR_E_NOMEM, "no memory for a fetcher", MR_NOWHERE);
    }
    f->arena = arena;
    f->fetch = (mr_fetch){.get = get, .self = f};
    if (options) f->options = *options;
    if (!f->options.env) f->options.env = mr_env_system();
    if (!f->options.timeout_ms) f->options.timeout_ms = MR_LIMIT_FETCH_MS;
    *ret = f;
    return MR_OK;
}

void mr_net_fetcher_free(mr_net_fetcher *f)
{
    if (!f) return;
    for (size_t i = 0; i < MR_LIMIT_FETCH_KEPT; i++) forget(f, &f->entries[i]);
    pthread_mutex_destroy(&f->lock);
    mr_arena arena = f->arena;
    mr_arena_done(&arena);
}

const mr_fetch *mr_net_fetcher_fetch(const mr_net_fetcher *f)
{
    return &f->fetch;
}
