/* Threads that take jobs from the table.
 *
 * Invariants
 *  1. A job that runs here is leased for LEASE_MS from its last beat; a node that is lost loses its jobs when the lease ends, and a node that starts again
 *     takes up at once what it had.
 *  2. A job ends, is postponed or keeps its row as it was: in one transaction, and only while the lease is ours.
 *  3. Nothing is kept in memory that is needed after a stop.
 *
 * Clocks jump: somebody sets one, a virtual machine sleeps, the battery of another is empty. Each look at the table compares the clock with the time since the machine
 * started, which does not jump. After a jump what runs here keeps its lease; forward by more than a day, what forgets and reminds rests for a day, so that a
 * wrong year removes nobody's data; the same after a start when nobody was at work for more than a day. Back, what was put off by the wrong clock is due. */
#include "service/jobs.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/time.h"
#include "service/installation.h"
#include "store/job.h"
#include "store/mail.h"
#include "store/webhook.h"

#include <stdio.h>
#include <time.h>

#define LEASE_MS 60000
#define POLL_MS 2000
#define SOON_MS 200 /* a transaction that adds work ends in, mostly */
#define FIRST_RETRY_MS 30000
#define LAST_RETRY_MS 3600000
#define JUMP_MS 5000
#define REST_MS MR_DAY_MS
#define RESTS_EVERY_MS 3600000                  /* kinds that run as seldom as this forget or remind */
#define PUT_OFF_MOST_MS (INT64_C(24) * 3600000) /* no mail, event or job that was tried before is put off for longer */
#define JOB_MEMORY (64 * MR_MIB)

static const struct kind {
    const char *word;
    mr_job_handler *handler;
    int64_t attempts, every_ms;
} kinds[] = {
#define MR_JOB(word, handler, attempts, every_ms) {word, handler, attempts, every_ms},
#include "service/jobs.def"
#undef MR_JOB
};
#define KINDS (sizeof kinds / sizeof *kinds)

static const struct kind *kind_of(mr_str word)
{
    for (size_t i = 0; i < KINDS; i++)
        if (mr_str_is(word, kinds[i].word)) return &kinds[i];
    return NULL;
}

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_job_add(mr_service *s, mr_db_tx *tx, const struct mr_job_order *order, struct mr_err *err)
{
    const struct mr_job_row row = {.kind = mr_str_of(order->kind),
                                   .key = order->key,
                                   .org_id = order->org_id,
                                   .object_id = order->object_id,
                                   .payload = order->payload,
                                   .run_at = order->at ? order->at : mr_env_now(s->env)};
    return mr_store_job_add(tx, NULL, s->env, &row, NULL, err);
}

void mr_jobs_init(mr_service *s)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->jobs.lock, NULL);
    pthread_cond_init(&s->jobs.changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

void mr_jobs_wake(mr_service *s)
{
    pthread_mutex_lock(&s->jobs.lock);
    s->jobs.wake++;
    pthread_cond_broadcast(&s->jobs.changed);
    pthread_mutex_unlock(&s->jobs.lock);
}

/* Not the time of day: people set that. */
static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void mr_jobs_expect(mr_service *s)
{
    int64_t now = now_ms();
    pthread_mutex_lock(&s->jobs.lock);
    bool is_new = s->jobs.look_at <= now;
    if (is_new) s->jobs.look_at = now + SOON_MS;
    if (is_new) pthread_cond_broadcast(&s->jobs.changed);
    pthread_mutex_unlock(&s->jobs.lock);
}

bool mr_jobs_stopping(mr_service *s)
{
    pthread_mutex_lock(&s->jobs.lock);
    bool stopping = s->jobs.stopping;
    pthread_mutex_unlock(&s->jobs.lock);
    return stopping;
}

int mr_job_beat_in(mr_service *s, mr_db_tx *tx, struct mr_job *job, int64_t done_steps, int64_t all_steps,
                   bool *ret_ours, struct mr_err *err)
{
    return mr_store_job_beat(tx, job->id, s->jobs.node, mr_env_now(s->env) + LEASE_MS, done_steps, all_steps, ret_ours,
                             err);
}

int mr_job_beat(mr_service *s, struct mr_job *job, int64_t done_steps, int64_t all_steps, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    bool ours;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_job_beat_in(s, tx, job, done_steps, all_steps, &ours, err));
    MR_TRY(commit(&tx, err));
    if (!ours) return MR_FAIL(err, MR_E_STATE, "another node has taken this job up", MR_NOWHERE);
    if (mr_jobs_stopping(s)) return MR_FAIL(err, MR_E_STATE, "the service stops", MR_NOWHERE);
    return MR_OK;
}

int mr_job_progress(mr_service *s, mr_arena *a, const char *kind, mr_str object_id, struct mr_job_progress *ret,
                    struct mr_err *err)
{
    static const char *const words[] = {"", "waiting", "running", "done", "failed"};
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_job_row row;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_job_find(tx, a, mr_str_of(kind), object_id, &row, err));
    *ret = (struct mr_job_progress){.done_steps = row.done_steps,
                                    .all_steps = row.all_steps,
                                    .attempts = row.attempts,
                                    .next_at = row.run_at,
                                    .error = row.error};
    for (mr_job_state state = MR_JOB_WAITING; row.id.len && state <= MR_JOB_FAILED; state++)
        if (mr_str_is(row.state, words[state])) ret->state = state;
    return MR_OK;
}

/* ---- one job ---- */

static int64_t retry_after(int64_t attempts)
{
    int64_t wait = FIRST_RETRY_MS;
    for (int64_t i = 1; i < attempts && wait < LAST_RETRY_MS; i++) wait *= 2;
    return wait < LAST_RETRY_MS ? wait : LAST_RETRY_MS;
}

/* Is anything due, and if not, in how many milliseconds? Asked without keeping others from writing, since mostly nothing is. */
static int look(mr_service *s, int64_t *ret_wait, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t next, now = mr_env_now(s->env);
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_job_next_at(tx, &next, err));
    *ret_wait = next <= now ? 0 : next - now < POLL_MS ? next - now : POLL_MS;
    return MR_OK;
}

static int take(mr_service *s, mr_arena *a, struct mr_job_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t now = mr_env_now(s->env);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_job_take(tx, a, s->jobs.node, now, now + LEASE_MS, ret, err));
    return ret->id.len ? commit(&tx, err) : MR_OK;
}

static int settle(mr_service *s, const struct kind *k, const struct mr_job *job, int code, const struct mr_err *why,
                  struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t now = mr_env_now(s->env);
    mr_str text = MR_STR_EMPTY;
    if (code != MR_OK)
        text = mr_arena_format(job->arena, "%s: %s: %s", mr_code_name(why->code), why->message, why->detail);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    if (code == MR_E_STATE && mr_jobs_stopping(s))
        MR_TRY(mr_store_job_postpone(tx, job->id, s->jobs.node, now, MR_STR_EMPTY, err));
    else if (code == MR_OK && job->again_at)
        MR_TRY(mr_store_job_postpone(tx, job->id, s->jobs.node, job->again_at, MR_STR_EMPTY, err));
    else if (k->every_ms)
        MR_TRY(mr_store_job_postpone(tx, job->id, s->jobs.node, now + k->every_ms, text, err));
    else if (code != MR_OK && !job->last)
        MR_TRY(mr_store_job_postpone(tx, job->id, s->jobs.node, now + retry_after(job->attempt), text, err));
    else
        MR_TRY(mr_store_job_end(tx, job->id, s->jobs.node, code == MR_OK ? "done" : "failed", now, text, err));
    return commit(&tx, err);
}

/* ---- clocks ---- */

/* What a clock that was ahead put off is due at its time again. */
static int bring_forward(mr_db_tx *tx, int64_t now, struct mr_err *err)
{
    for (size_t i = 0; i < KINDS; i++)
        if (kinds[i].every_ms)
            MR_TRY(
                mr_store_job_bring_forward(tx, mr_str_of(kinds[i].word), now, now + kinds[i].every_ms + JUMP_MS, err));
    MR_TRY(mr_store_job_bring_forward(tx, MR_STR_EMPTY, now, now + PUT_OFF_MOST_MS, err));
    MR_TRY(mr_store_mail_bring_forward(tx, now, now + PUT_OFF_MOST_MS, err));
    return mr_store_delivery_bring_forward(tx, now, now + PUT_OFF_MOST_MS, err);
}

static int live_with_jump(mr_service *s, int64_t now, bool is_back, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_job_keep(tx, s->jobs.node, now + LEASE_MS, err));
    if (is_back) MR_TRY(bring_forward(tx, now, err));
    return commit(&tx, err);
}

/* Has the clock jumped since the last look? */
static int look_at_clock(mr_service *s, struct mr_err *err)
{
    char seconds[24];
    if (!s->env->uptime) return MR_OK;
    int64_t now = mr_env_now(s->env), up = s->env->uptime(s->env->self);
    pthread_mutex_lock(&s->jobs.lock);
    int64_t jump = s->jobs.is_clock_known ? now - up - s->jobs.clock_ahead : 0;
    s->jobs.clock_ahead = now - up;
    s->jobs.is_clock_known = true;
    if (jump > REST_MS) s->jobs.rest_until = up + REST_MS;
    if (jump < -REST_MS) s->jobs.rest_until = 0;
    pthread_mutex_unlock(&s->jobs.lock);
    if (jump > -JUMP_MS && jump < JUMP_MS) return MR_OK;
    snprintf(seconds, sizeof seconds, "%lld", (long long)(jump / 1000));
    mr_log(MR_LOG_WARNING, "clock.jumped", "seconds", seconds, "resting", jump > REST_MS ? "yes" : "no", NULL);
    return live_with_jump(s, now, jump < 0, err);
}

static bool is_resting(mr_service *s, const struct kind *k)
{
    if (!s->env->uptime) return false;
    pthread_mutex_lock(&s->jobs.lock);
    bool is_doubted = s->jobs.rest_until > s->env->uptime(s->env->self);
    pthread_mutex_unlock(&s->jobs.lock);
    return is_doubted && k->every_ms >= RESTS_EVERY_MS;
}

/* ---- doing it ---- */

static int handle(mr_service *s, const struct kind *k, struct mr_job *job, struct mr_err *err)
{
    if (!k) return MR_FAIL(err, MR_E_UNSUPPORTED, "this program knows no such kind of job", MR_NOWHERE);
    return is_resting(s, k) ? MR_OK : k->handler(s, job, err);
}

static void run(mr_service *s, mr_arena *a, const struct mr_job_row *row)
{
    struct mr_err err = {0}, late = {0};
    const struct kind *k = kind_of(row->kind);
    struct mr_job job = {.id = row->id,
                         .kind = row->kind,
                         .org_id = row->org_id,
                         .object_id = row->object_id,
                         .payload = row->payload,
                         .attempt = row->attempts,
                         .last = !k || row->attempts >= k->attempts,
                         .arena = a};
    static const struct kind unknown = {"", NULL, 1, 0};
    int code = handle(s, k, &job, &err);
    if (code != MR_OK && !(code == MR_E_STATE && mr_jobs_stopping(s)))
        mr_log_err(job.last ? MR_LOG_ERROR : MR_LOG_WARNING, "job.failed", &err);
    if (settle(s, k ? k : &unknown, &job, code, &err, &late) != MR_OK)
        mr_log_err(MR_LOG_ERROR, "job.not_settled", &late);
}

/* ---- the threads ---- */

/* Until somebody wakes us or it is time to look again: in `wait` milliseconds, or when work is expected. Under the lock. */
static void sleep_a_while(mr_service *s, unsigned seen, int64_t wait)
{
    int64_t began = now_ms(), end = began + wait;
    while (s->jobs.wake == seen && !s->jobs.stopping) {
        int64_t at = s->jobs.look_at > began && s->jobs.look_at < end ? s->jobs.look_at : end;
        const struct timespec until = {.tv_sec = at / 1000, .tv_nsec = at % 1000 * 1000000};
        if (pthread_cond_timedwait(&s->jobs.changed, &s->jobs.lock, &until) != 0) break;
    }
}

/* One look at the table; false when nothing was due, and then *ret_wait says for how many milliseconds. */
static bool work_once(mr_service *s, int64_t *ret_wait)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_job_row row = {0};
    struct mr_err err = {0};
    *ret_wait = POLL_MS;
    mr_arena_init(&a, JOB_MEMORY);
    int code = look_at_clock(s, &err);
    if (code == MR_OK) code = look(s, ret_wait, &err);
    if (code == MR_OK && *ret_wait == 0) code = take(s, &a, &row, &err);
    if (*ret_wait == 0) *ret_wait = POLL_MS; /* somebody else was faster */
    if (code != MR_OK) {
        mr_log_err(MR_LOG_ERROR, "job.not_taken", &err);
        return false;
    }
    if (!row.id.len) return false;
    run(s, &a, &row);
    return true;
}

static void *work(void *self)
{
    mr_service *s = self;
    pthread_mutex_lock(&s->jobs.lock);
    while (!s->jobs.stopping) {
        unsigned seen = s->jobs.wake;
        int64_t wait;
        s->jobs.busy++;
        pthread_mutex_unlock(&s->jobs.lock);
        bool did = work_once(s, &wait);
        pthread_mutex_lock(&s->jobs.lock);
        s->jobs.busy--;
        if (did) continue;
        s->jobs.idle_at = seen;
        pthread_cond_broadcast(&s->jobs.changed);
        sleep_a_while(s, seen, wait);
    }
    pthread_mutex_unlock(&s->jobs.lock);
    return NULL;
}

/* Started after more than a day without anybody at work: a long weekend, or a clock that is wrong. */
static int doubt_a_gap(mr_service *s, mr_db_tx *tx, struct mr_err *err)
{
    int64_t next;
    MR_TRY(mr_store_job_next_at(tx, &next, err));
    if (!s->env->uptime || next >= mr_env_now(s->env) - REST_MS) return MR_OK;
    s->jobs.rest_until = s->env->uptime(s->env->self) + REST_MS; /* no thread runs yet */
    mr_log(MR_LOG_INFO, "clock.gap", "resting", "yes", NULL);
    return MR_OK;
}

static int prepare(mr_service *s, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_job_release(tx, s->jobs.node, err));
    MR_TRY(doubt_a_gap(s, tx, err));
    MR_TRY(bring_forward(tx, mr_env_now(s->env), err));
    MR_TRY(mr_store_job_forget(tx, mr_env_now(s->env) - MR_LIMIT_JOB_KEPT_MS, err));
    for (size_t i = 0; i < KINDS; i++) {
        const struct mr_job_order order = {.kind = kinds[i].word, .key = mr_str_of(kinds[i].word)};
        if (kinds[i].every_ms) MR_TRY(mr_job_add(s, tx, &order, err));
    }
    return commit(&tx, err);
}

int mr_jobs_start(mr_service *s, unsigned threads, struct mr_err *err)
{
    MR_TRY(prepare(s, err));
    s->jobs.wake = 1;
    for (unsigned i = 0; i < threads && i < MR_LIMIT_JOB_THREADS; i++) {
        if (pthread_create(&s->jobs.threads[i], NULL, work, s) != 0)
            return MR_FAIL(err, MR_E_NOMEM, "no thread for background work", MR_NOWHERE);
        s->jobs.count++;
    }
    return MR_OK;
}

void mr_jobs_stop(mr_service *s)
{
    pthread_mutex_lock(&s->jobs.lock);
    s->jobs.stopping = true;
    pthread_cond_broadcast(&s->jobs.changed);
    pthread_mutex_unlock(&s->jobs.lock);
    for (unsigned i = 0; i < s->jobs.count; i++) pthread_join(s->jobs.threads[i], NULL);
    s->jobs.count = 0;
}

void mr_jobs_wait(mr_service *s)
{
    pthread_mutex_lock(&s->jobs.lock);
    unsigned seen = ++s->jobs.wake;
    pthread_cond_broadcast(&s->jobs.changed);
    while (s->jobs.count && !s->jobs.stopping && (s->jobs.idle_at < seen || s->jobs.busy > 0))
        pthread_cond_wait(&s->jobs.changed, &s->jobs.lock);
    pthread_mutex_unlock(&s->jobs.lock);
}
