#include "store/session.h"
#include "base/id.h"
#include "base/time.h"

#define SESSION "token_hash, id, person_id, org_id, agent, created_at, seen_at, fresh_at"
#define PASSKEY "id, person_id, name, public_key, algorithm, counter, created_at, used_at"

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_session_row *ret)
{
    *ret = (struct mr_session_row){.token_hash = mr_arena_dup(a, mr_db_text(c, 0)),
                                   .id = mr_arena_dup(a, mr_db_text(c, 1)),
                                   .person_id = mr_arena_dup(a, mr_db_text(c, 2)),
                                   .org_id = mr_arena_dup(a, mr_db_text(c, 3)),
                                   .agent = mr_arena_dup(a, mr_db_text(c, 4)),
                                   .created_at = mr_db_int(c, 5),
                                   .seen_at = mr_db_int(c, 6),
                                   .fresh_at = mr_db_int(c, 7)};
}

int mr_store_session_add(mr_db_tx *tx, const mr_env *env, const struct mr_session_row *row, struct mr_err *err)
{
    char id[37];
    mr_id_random(env, id);
    return mr_db_run(tx,
                     "INSERT INTO session (token_hash, id, person_id, org_id, agent, created_at, seen_at, fresh_at) "
                     "VALUES ($hash, $id, $person, $org, $agent, $now, $now, $now)",
                     MR_DB_ARGS(MR_DB_T("hash", row->token_hash), MR_DB_T("id", mr_str_of(id)),
                                MR_DB_T("person", row->person_id), mr_db_text_or_null("org", row->org_id),
                                MR_DB_T("agent", row->agent), MR_DB_I("now", mr_env_now(env))),
                     NULL, err);
}

int mr_store_session_find(mr_db_tx *tx, mr_arena *a, mr_str token_hash, int64_t idle_since, int64_t made_since,
                          int64_t made_until, struct mr_session_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_session_row){0};
    MR_TRY(mr_db_query(tx,
                       "SELECT " SESSION " FROM session WHERE token_hash = $hash AND seen_at >= $idle AND "
                       "created_at >= $made AND created_at <= $latest",
                       MR_DB_ARGS(MR_DB_T("hash", token_hash), MR_DB_I("idle", idle_since), MR_DB_I("made", made_since),
                                  MR_DB_I("latest", made_until)),
                       &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take(c, a, ret);
    return MR_OK;
}

int mr_store_session_list(mr_db_tx *tx, mr_arena *a, mr_str person_id, int64_t idle_since, int64_t made_since,
                          size_t most, struct mr_session_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret_count = 0;
    *ret = mr_arena_zalloc(a, most, sizeof **ret);
    if (!*ret) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT " SESSION " FROM session WHERE person_id = $person AND seen_at >= $idle AND "
                       "created_at >= $made ORDER BY seen_at DESC, id LIMIT $most",
                       MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_I("idle", idle_since),
                                  MR_DB_I("made", made_since), MR_DB_I("most", (int64_t)most)),
                       &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || *ret_count == most) return MR_OK;
        take(c, a, &(*ret)[(*ret_count)++]);
    }
}

int mr_store_session_knows(mr_db_tx *tx, mr_str person_id, mr_str agent, bool *ret_knows, bool *ret_any,
                           struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret_knows = *ret_any = false;
    MR_TRY(mr_db_query(tx, "SELECT DISTINCT agent FROM session WHERE person_id = $person",
                       MR_DB_ARGS(MR_DB_T("person", person_id)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) return MR_OK;
        *ret_any = true;
        if (mr_str_eq(mr_db_text(c, 0), agent)) *ret_knows = true;
    }
}

int mr_store_session_see(mr_db_tx *tx, mr_str id, int64_t now, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE session SET seen_at = $now WHERE id = $id",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("id", id)), NULL, err);
}

int mr_store_session_act_for(mr_db_tx *tx, mr_str id, mr_str org_id, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE session SET org_id = $org WHERE id = $id",
                     MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_T("id", id)), NULL, err);
}

int mr_store_session_end(mr_db_tx *tx, mr_str person_id, mr_str id, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM session WHERE person_id = $person AND id = $id",
                     MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_T("id", id)), NULL, err);
}

int mr_store_session_end_others(mr_db_tx *tx, mr_str person_id, mr_str id, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM session WHERE person_id = $person AND id <> $id",
                     MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_T("id", id)), NULL, err);
}

int mr_store_session_forget(mr_db_tx *tx, int64_t idle_since, int64_t made_since, int64_t now, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx, "DELETE FROM session WHERE seen_at < $idle OR created_at < $made",
                     MR_DB_ARGS(MR_DB_I("idle", idle_since), MR_DB_I("made", made_since)), NULL, err));
    MR_TRY(mr_db_run(tx, "DELETE FROM single_use WHERE expires_at < $now", MR_DB_ARGS(MR_DB_I("now", now)), NULL, err));
    return mr_db_run(tx, "DELETE FROM attempt WHERE last_at < $since", MR_DB_ARGS(MR_DB_I("since", now - MR_DAY_MS)),
                     NULL, err);
}

/* ---- what counts once ---- */

/* Nothing that counts once lasts as long as a day: what ends later was made while a clock was wrong, and would last too long. */
#define MADE_IN_TIME "expires_at >= $now AND expires_at <= $latest"

int mr_store_single_use_add(mr_db_tx *tx, const struct mr_single_use_row *row, struct mr_err *err)
{
    return mr_db_run(tx,
                     "INSERT INTO single_use (token_hash, kind, person_id, data, tries, expires_at) "
                     "VALUES ($hash, $kind, $person, $data, 0, $until)",
                     MR_DB_ARGS(MR_DB_T("hash", row->token_hash), MR_DB_T("kind", row->kind),
                                mr_db_text_or_null("person", row->person_id), mr_db_text_or_null("data", row->data),
                                MR_DB_I("until", row->expires_at)),
                     NULL, err);
}

int mr_store_single_use_find(mr_db_tx *tx, mr_arena *a, mr_str token_hash, int64_t now, struct mr_single_use_row *ret,
                             struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_single_use_row){0};
    MR_TRY(mr_db_query(tx,
                       "SELECT token_hash, kind, person_id, data, tries, expires_at FROM single_use "
                       "WHERE token_hash = $hash AND " MADE_IN_TIME,
                       MR_DB_ARGS(MR_DB_T("hash", token_hash), MR_DB_I("now", now), MR_DB_I("latest", now + MR_DAY_MS)),
                       &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row) return MR_OK;
    *ret = (struct mr_single_use_row){.token_hash = mr_arena_dup(a, mr_db_text(c, 0)),
                                      .kind = mr_arena_dup(a, mr_db_text(c, 1)),
                                      .person_id = mr_arena_dup(a, mr_db_text(c, 2)),
                                      .data = mr_arena_dup(a, mr_db_text(c, 3)),
                                      .tries = mr_db_int(c, 4),
                                      .expires_at = mr_db_int(c, 5)};
    return MR_OK;
}

int mr_store_single_use_try(mr_db_tx *tx, mr_str token_hash, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE single_use SET tries = tries + 1 WHERE token_hash = $hash",
                     MR_DB_ARGS(MR_DB_T("hash", token_hash)), NULL, err);
}

int mr_store_single_use_take(mr_db_tx *tx, mr_str token_hash, bool *ret_ours, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx, "DELETE FROM single_use WHERE token_hash = $hash", MR_DB_ARGS(MR_DB_T("hash", token_hash)),
                     &changed, err));
    *ret_ours = changed == 1;
    return MR_OK;
}

int mr_store_single_use_count(mr_db_tx *tx, mr_str kind, mr_str person_id, int64_t now, int64_t *ret,
                              struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT COUNT(*) FROM single_use WHERE kind = $kind AND person_id = $person AND " MADE_IN_TIME,
                       MR_DB_ARGS(MR_DB_T("kind", kind), MR_DB_T("person", person_id), MR_DB_I("now", now),
                                  MR_DB_I("latest", now + MR_DAY_MS)),
                       &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

/* ---- attempts ---- */

int mr_store_attempt_get(mr_db_tx *tx, mr_str key, int64_t since, int64_t *ret_failures, int64_t *ret_wait_until,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT failures, wait_until FROM attempt WHERE key = $key AND last_at >= $since",
                       MR_DB_ARGS(MR_DB_T("key", key), MR_DB_I("since", since)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret_failures = row ? mr_db_int(c, 0) : 0;
    *ret_wait_until = row ? mr_db_int(c, 1) : 0;
    return MR_OK;
}

int mr_store_attempt_set(mr_db_tx *tx, mr_str key, int64_t failures, int64_t now, int64_t wait_until,
                         struct mr_err *err)
{
    if (!failures)
        return mr_db_run(tx, "DELETE FROM attempt WHERE key = $key", MR_DB_ARGS(MR_DB_T("key", key)), NULL, err);
    return mr_db_run(tx,
                     "INSERT INTO attempt (key, failures, last_at, wait_until) VALUES ($key, $failures, $now, $until) "
                     "ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, "
                     "wait_until = excluded.wait_until",
                     MR_DB_ARGS(MR_DB_T("key", key), MR_DB_I("failures", failures), MR_DB_I("now", now),
                                MR_DB_I("until", wait_until)),
                     NULL, err);
}

/* ---- passkeys ---- */

static void take_passkey(const mr_db_cursor *c, mr_arena *a, struct mr_passkey_row *ret)
{
    *ret = (struct mr_passkey_row){.id = mr_arena_dup(a, mr_db_text(c, 0)),
                                   .person_id = mr_arena_dup(a, mr_db_text(c, 1)),
                                   .name = mr_arena_dup(a, mr_db_text(c, 2)),
                                   .public_key = mr_arena_dup(a, mr_db_text(c, 3)),
                                   .algorithm = mr_db_int(c, 4),
                                   .counter = mr_db_int(c, 5),
                                   .created_at = mr_db_int(c, 6),
                                   .used_at = mr_db_is_null(c, 7) ? MR_TIME_NONE : mr_db_int(c, 7)};
}

int mr_store_passkey_add(mr_db_tx *tx, const struct mr_passkey_row *row, struct mr_err *err)
{
    return mr_db_run(tx,
                     "INSERT INTO passkey (id, person_id, name, algorithm, public_key, counter, created_at) "
                     "VALUES ($id, $person, $name, $algorithm, $key, $counter, $now)",
                     MR_DB_ARGS(MR_DB_T("id", row->id), MR_DB_T("person", row->person_id), MR_DB_T("name", row->name),
                                MR_DB_I("algorithm", row->algorithm), MR_DB_B("key", row->public_key),
                                MR_DB_I("counter", row->counter), MR_DB_I("now", row->created_at)),
                     NULL, err);
}

int mr_store_passkey_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_passkey_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_passkey_row){0};
    MR_TRY(mr_db_query(tx, "SELECT " PASSKEY " FROM passkey WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take_passkey(c, a, ret);
    return MR_OK;
}

int mr_store_passkey_list(mr_db_tx *tx, mr_arena *a, mr_str person_id, size_t most, struct mr_passkey_row **ret,
                          size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret_count = 0;
    *ret = mr_arena_zalloc(a, most, sizeof **ret);
    if (!*ret) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT " PASSKEY " FROM passkey WHERE person_id = $person ORDER BY created_at, id LIMIT $most",
                       MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_I("most", (int64_t)most)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || *ret_count == most) return MR_OK;
        take_passkey(c, a, &(*ret)[(*ret_count)++]);
    }
}

int mr_store_passkey_used(mr_db_tx *tx, mr_str id, int64_t counter, int64_t now, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE passkey SET counter = $counter, used_at = $now WHERE id = $id",
                     MR_DB_ARGS(MR_DB_I("counter", counter), MR_DB_I("now", now), MR_DB_T("id", id)), NULL, err);
}

int mr_store_passkey_remove(mr_db_tx *tx, mr_str person_id, mr_str id, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM passkey WHERE person_id = $person AND id = $id",
                     MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_T("id", id)), NULL, err);
}

int mr_store_passkey_remove_all(mr_db_tx *tx, mr_str person_id, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM passkey WHERE person_id = $person", MR_DB_ARGS(MR_DB_T("person", person_id)),
                     NULL, err);
}
