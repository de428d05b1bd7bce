/* Sealing with several threads.
 *
 * A run hands out one award after the other, under the lock; whoever is free takes the next. What was begun is ended, so that after a run everything before the
 * first award that failed is made. Each thread has a maker and memory of its own; results go to the place of their award, which keeps the order.
 *
 * Helpers are nicer than the threads that answer requests: pages come first. */
#include "service/seal_pool.h"

#include "base/limits.h"
#include "base/log.h"
#include "service/installation.h"
#include "service/jobs.h"

#include <sys/resource.h>
#include <unistd.h>

#define ROWS_PER_HELPER 32 /* opening a maker costs as much as sealing some rows */
#define HELPER_NICE 5

struct worker {
    mr_seal_pool *pool;
    mr_maker *maker;
    mr_arena documents;
    pthread_t thread;
};

struct mr_seal_pool {
    mr_arena arena; /* holds the pool itself */
    mr_service *s;
    mr_str specification_id;
    struct worker workers[MR_LIMIT_SEAL_THREADS]; /* the first is the caller's */
    size_t count;
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t changed;
    bool closing;
    /* of the run */
    const struct mr_making *makings;
    struct mr_made *made;
    size_t rows, next, octets, most;
    int64_t until;
    size_t busy;     /* helpers that are sealing */
    unsigned number; /* of the run */
    size_t failed;   /* the first that could not be sealed; rows: none */
    int code;
    struct mr_err err; /* of that one */
};

/* Under the lock. */
static bool has_more(const mr_seal_pool *p)
{
    if (p->next >= p->rows || p->failed < p->rows) return false;
    if (p->next == 0) return true;
    return p->octets < p->most && mr_env_now(p->s->env) < p->until && !mr_jobs_stopping(p->s);
}

static void seal_some(struct worker *w)
{
    mr_seal_pool *p = w->pool;
    pthread_mutex_lock(&p->lock);
    while (has_more(p)) {
        struct mr_err err = {0};
        size_t i = p->next++;
        pthread_mutex_unlock(&p->lock);
        int code = mr_maker_seal(w->maker, &w->documents, &p->makings[i], &p->made[i], &err);
        pthread_mutex_lock(&p->lock);
        if (code == MR_OK)
            p->octets += p->made[i].octets;
        else if (i < p->failed)
            p->failed = i, p->code = code, p->err = err;
    }
    pthread_mutex_unlock(&p->lock);
}

static void *help(void *self)
{
    struct worker *w = self;
    mr_seal_pool *p = w->pool;
    struct mr_err err = {0};
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), HELPER_NICE);
    if (mr_maker_open(p->s, p->specification_id, false, &w->maker, &err) != MR_OK) {
        mr_log_err(MR_LOG_WARNING, "batch.helper", &err); /* the caller goes on by itself, and tells of it when it cannot */
        return NULL;
    }
    pthread_mutex_lock(&p->lock);
    for (unsigned seen = 0; !p->closing;) {
        if (seen == p->number || !p->makings) { /* nothing to do, or woken when all was done */
            pthread_cond_wait(&p->changed, &p->lock);
            continue;
        }
        seen = p->number;
        p->busy++;
        pthread_mutex_unlock(&p->lock);
        mr_arena_reset(&w->documents);
        seal_some(w);
        pthread_mutex_lock(&p->lock);
        p->busy--;
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---- opening ---- */

static size_t count_workers(const mr_service *s, int64_t rows)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t count = s->seal_threads ? s->seal_threads : processors > 0 ? (size_t)processors : 1;
    size_t useful = (size_t)(rows / ROWS_PER_HELPER) + 1;
    if (count > useful) count = useful;
    return count < MR_LIMIT_SEAL_THREADS ? count : MR_LIMIT_SEAL_THREADS;
}

static void start_helpers(mr_seal_pool *p, size_t count)
{
    while (p->count < count) {
        struct worker *w = &p->workers[p->count];
        *w = (struct worker){.pool = p};
        mr_arena_init(&w->documents, MR_LIMIT_DOCUMENT_MEMORY + MR_MADE_FORMS * MR_LIMIT_DOCUMENT);
        if (pthread_create(&w->thread, NULL, help, w) != 0) return; /* it goes with fewer */
        p->count++;
    }
}

int mr_seal_pool_open(mr_service *s, mr_str specification_id, int64_t rows, mr_seal_pool **ret, struct mr_err *err)
{
    mr_maker *maker;
    mr_arena arena;
    MR_TRY(mr_maker_open(s, specification_id, false, &maker, err));
    mr_arena_init(&arena, MR_MIB);
    mr_seal_pool *p = MR_NEW(&arena, mr_seal_pool);
    if (!p) {
        mr_maker_close(maker);
        return MR_FAIL(err, MR_E_NOMEM, "no memory to seal", MR_NOWHERE);
    }
    p->specification_id = mr_arena_dup(&arena, specification_id);
    p->arena = arena;
    p->s = s;
    p->workers[0] = (struct worker){.pool = p, .maker = maker};
    mr_arena_init(&p->workers[0].documents, MR_LIMIT_DOCUMENT_MEMORY + MR_MADE_FORMS * MR_LIMIT_DOCUMENT);
    p->count = 1;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    start_helpers(p, count_workers(s, rows));
    *ret = p;
    return MR_OK;
}

void mr_seal_pool_close(mr_seal_pool *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->closing = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 1; i < p->count; i++) pthread_join(p->workers[i].thread, NULL);
    for (size_t i = 0; i < p->count; i++) {
        mr_maker_close(p->workers[i].maker);
        mr_arena_done(&p->workers[i].documents);
    }
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    mr_arena arena = p->arena;
    mr_arena_done(&arena);
}

mr_maker *mr_seal_pool_maker(mr_seal_pool *p)
{
    return p->workers[0].maker;
}

int mr_seal_pool_run(mr_seal_pool *p, const struct mr_making *makings, size_t count, size_t octets, int64_t until,
                     struct mr_made *made, size_t *ret_made, struct mr_err *err)
{
    mr_arena_reset(&p->workers[0].documents);
    pthread_mutex_lock(&p->lock);
    p->makings = makings, p->made = made, p->rows = count;
    p->next = 0, p->octets = 0, p->most = octets, p->until = until;
    p->failed = count, p->code = MR_OK;
    p->number++;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    seal_some(&p->workers[0]);
    pthread_mutex_lock(&p->lock);
    while (p->busy) pthread_cond_wait(&p->changed, &p->lock);
    p->makings = NULL;
    *ret_made = p->failed < p->next ? p->failed : p->next;
    int code = p->code;
    if (code != MR_OK && err) *err = p->err;
    pthread_mutex_unlock(&p->lock);
    return code;
}
