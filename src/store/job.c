#include "store/job.h"
#include "base/id.h"
#include "base/time.h"

#define COLUMNS                                                                                                        \
    "id, kind, key, org_id, object_id, payload, state, node, error, run_at, attempts, leased_until, done_steps, "      \
    "all_steps, created_at, ended_at"

/* Clocks of nodes may be this far apart; a lease that is longer by more was given by one that was wrong. */
#define CLOCKS_APART_MS (5 * 60 * 1000)

static int64_t time_of(const mr_db_cursor *c, int column)
{
    return mr_db_is_null(c, column) ? MR_TIME_NONE : mr_db_int(c, column);
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_job_row *ret)
{
    *ret = (struct mr_job_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .kind = mr_arena_dup(a, mr_db_text(c, 1)),
        .key = mr_arena_dup(a, mr_db_text(c, 2)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 3)),
        .object_id = mr_arena_dup(a, mr_db_text(c, 4)),
        .payload = mr_arena_dup(a, mr_db_text(c, 5)),
        .state = mr_arena_dup(a, mr_db_text(c, 6)),
        .node = mr_arena_dup(a, mr_db_text(c, 7)),
        .error = mr_arena_dup(a, mr_db_text(c, 8)),
        .run_at = mr_db_int(c, 9),
        .attempts = mr_db_int(c, 10),
        .leased_until = time_of(c, 11),
        .done_steps = mr_db_int(c, 12),
        .all_steps = mr_db_int(c, 13),
        .created_at = mr_db_int(c, 14),
        .ended_at = time_of(c, 15),
    };
}

static int one(mr_db_cursor *c, mr_arena *a, struct mr_job_row *ret, struct mr_err *err)
{
    bool row;
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_job_row){0};
    if (row) take(c, a, ret);
    return MR_OK;
}

int mr_store_job_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_job_row *row, mr_str *ret_id,
                     struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(
        tx,
        "INSERT INTO job (id, kind, key, org_id, object_id, payload, state, run_at, attempts, done_steps, all_steps, "
        "created_at) VALUES ($id, $kind, $key, $org, $object, $payload, 'waiting', $run_at, 0, 0, $all, $now) "
        "ON CONFLICT (key) DO NOTHING",
        MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("kind", row->kind), mr_db_text_or_null("key", row->key),
                   mr_db_text_or_null("org", row->org_id), mr_db_text_or_null("object", row->object_id),
                   MR_DB_B("payload", row->payload), MR_DB_I("run_at", row->run_at), MR_DB_I("all", row->all_steps),
                   MR_DB_I("now", mr_env_now(env))),
        NULL, err));
    if (!ret_id) return MR_OK;
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    if (!row->key.len) return MR_OK;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool found;
    MR_TRY(mr_db_query(tx, "SELECT id FROM job WHERE key = $key", MR_DB_ARGS(MR_DB_T("key", row->key)), &c, err));
    MR_TRY(mr_db_next(c, &found, err));
    if (found) *ret_id = mr_arena_dup(a, mr_db_text(c, 0));
    return MR_OK;
}

#define CHOOSE                                                                                                         \
    "SELECT " COLUMNS " FROM job WHERE (state = 'waiting' AND run_at <= $now) OR (state = 'running' AND "              \
    "(leased_until < $now OR (leased_until > $most AND node <> $node))) ORDER BY run_at, id LIMIT 1"

/* The named exception to one SQL text: PostgreSQL lets several nodes choose at once, each passing over what another is choosing. */
static const char *choose(mr_db_tx *tx)
{
    return mr_db_engine_of(tx) == MR_DB_POSTGRESQL ? CHOOSE " FOR UPDATE SKIP LOCKED" : CHOOSE;
}

int mr_store_job_take(mr_db_tx *tx, mr_arena *a, mr_str node, int64_t now, int64_t leased_until, struct mr_job_row *ret,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(
        tx, choose(tx),
        MR_DB_ARGS(MR_DB_I("now", now), MR_DB_I("most", leased_until + CLOCKS_APART_MS), MR_DB_T("node", node)), &c,
        err));
    MR_TRY(one(c, a, ret, err));
    if (!ret->id.len) return MR_OK;
    ret->attempts++;
    return mr_db_run(tx,
                     "UPDATE job SET state = 'running', node = $node, leased_until = $until, attempts = $attempts "
                     "WHERE id = $id",
                     MR_DB_ARGS(MR_DB_T("node", node), MR_DB_I("until", leased_until),
                                MR_DB_I("attempts", ret->attempts), MR_DB_T("id", ret->id)),
                     NULL, err);
}

int mr_store_job_keep(mr_db_tx *tx, mr_str node, int64_t leased_until, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE job SET leased_until = $until WHERE node = $node AND state = 'running'",
                     MR_DB_ARGS(MR_DB_I("until", leased_until), MR_DB_T("node", node)), NULL, err);
}

int mr_store_job_bring_forward(mr_db_tx *tx, mr_str key, int64_t now, int64_t latest, struct mr_err *err)
{
    return mr_db_run(tx,
                     "UPDATE job SET run_at = $now WHERE state = 'waiting' AND run_at > $latest AND (key = $key OR "
                     "($key = '' AND attempts > 0))",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_I("latest", latest), MR_DB_T("key", key)), NULL, err);
}

int mr_store_job_hasten(mr_db_tx *tx, mr_str key, int64_t at, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE job SET run_at = $at WHERE key = $key AND state = 'waiting' AND run_at > $at",
                     MR_DB_ARGS(MR_DB_I("at", at), MR_DB_T("key", key)), NULL, err);
}

int mr_store_job_beat(mr_db_tx *tx, mr_str id, mr_str node, int64_t leased_until, int64_t done_steps, int64_t all_steps,
                      bool *ret_ours, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx,
                     "UPDATE job SET leased_until = $until, done_steps = $done, all_steps = $all WHERE id = $id AND "
                     "node = $node AND state = 'running'",
                     MR_DB_ARGS(MR_DB_I("until", leased_until), MR_DB_I("done", done_steps), MR_DB_I("all", all_steps),
                                MR_DB_T("id", id), MR_DB_T("node", node)),
                     &changed, err));
    *ret_ours = changed == 1;
    return MR_OK;
}

int mr_store_job_postpone(mr_db_tx *tx, mr_str id, mr_str node, int64_t run_at, mr_str error, struct mr_err *err)
{
    return mr_db_run(
        tx,
        "UPDATE job SET state = 'waiting', node = NULL, leased_until = NULL, run_at = $at, error = $error "
        "WHERE id = $id AND node = $node AND state = 'running'",
        MR_DB_ARGS(MR_DB_I("at", run_at), mr_db_text_or_null("error", error), MR_DB_T("id", id), MR_DB_T("node", node)),
        NULL, err);
}

int mr_store_job_end(mr_db_tx *tx, mr_str id, mr_str node, const char *state, int64_t now, mr_str error,
                     struct mr_err *err)
{
    return mr_db_run(tx,
                     "UPDATE job SET state = $state, key = NULL, payload = NULL, node = NULL, leased_until = NULL, "
                     "ended_at = $now, error = $error WHERE id = $id AND node = $node AND state = 'running'",
                     MR_DB_ARGS(MR_DB_T("state", mr_str_of(state)), MR_DB_I("now", now),
                                mr_db_text_or_null("error", error), MR_DB_T("id", id), MR_DB_T("node", node)),
                     NULL, err);
}

int mr_store_job_release(mr_db_tx *tx, mr_str node, struct mr_err *err)
{
    return mr_db_run(tx,
                     "UPDATE job SET state = 'waiting', node = NULL, leased_until = NULL WHERE node = $node AND state "
                     "= 'running'",
                     MR_DB_ARGS(MR_DB_T("node", node)), NULL, err);
}

int mr_store_job_find(mr_db_tx *tx, mr_arena *a, mr_str kind, mr_str object_id, struct mr_job_row *ret,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(
        tx, "SELECT " COLUMNS " FROM job WHERE object_id = $object AND kind = $kind ORDER BY id DESC LIMIT 1",
        MR_DB_ARGS(MR_DB_T("object", object_id), MR_DB_T("kind", kind)), &c, err));
    return one(c, a, ret, err);
}

int mr_store_job_next_at(mr_db_tx *tx, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT (SELECT MIN(run_at) FROM job WHERE state = 'waiting'), (SELECT MIN(leased_until) FROM "
                       "job WHERE state = 'running')",
                       NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row && !mr_db_is_null(c, 0) ? mr_db_int(c, 0) : INT64_MAX;
    if (row && !mr_db_is_null(c, 1) && mr_db_int(c, 1) + 1 < *ret) *ret = mr_db_int(c, 1) + 1;
    return MR_OK;
}

int mr_store_job_forget(mr_db_tx *tx, int64_t ended_before, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM job WHERE ended_at < $before", MR_DB_ARGS(MR_DB_I("before", ended_before)), NULL,
                     err);
}
