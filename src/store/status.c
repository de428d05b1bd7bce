/* Entries are spread at random over their list. What that costs is one insert that fails now and then: with at most half of a list taken, every
 * second try at worst; MOST_TRIES in a row do not happen. */
#include "store/status.h"

#include "base/id.h"
#include "store/count.h"
#include "base/time.h"

#include <stdio.h>

#define MOST_TRIES 200

static int64_t time_at(const mr_db_cursor *c, int column)
{
    return mr_db_is_null(c, column) ? MR_TIME_NONE : mr_db_int(c, column);
}

/* ---- lists ---- */

#define LIST_COLUMNS "id, org_id, issuer, base, size, used, changes, created_at"

static void take_list(const mr_db_cursor *c, mr_arena *a, struct mr_status_list_row *ret)
{
    *ret = (struct mr_status_list_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .issuer = mr_arena_dup(a, mr_db_text(c, 2)),
        .base = mr_arena_dup(a, mr_db_text(c, 3)),
        .size = mr_db_int(c, 4),
        .used = mr_db_int(c, 5),
        .changes = mr_db_int(c, 6),
        .created_at = mr_db_int(c, 7),
    };
}

static int take_one_list(mr_db_cursor *c, mr_arena *a, struct mr_status_list_row *ret, struct mr_err *err)
{
    bool row;
    *ret = (struct mr_status_list_row){0};
    MR_TRY(mr_db_next(c, &row, err));
    if (!row) return MR_OK;
    take_list(c, a, ret);
    return ret->base.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the status list", MR_NOWHERE);
}

int mr_store_status_list_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_status_list_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT " LIST_COLUMNS " FROM status_list WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c,
                       err));
    return take_one_list(c, a, ret, err);
}

static int count_of(mr_db_tx *tx, const char *sql, const mr_db_value *args, size_t arg_count, int64_t *ret,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, sql, args, arg_count, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

int mr_store_status_list_all(mr_db_tx *tx, mr_arena *a, struct mr_status_list_row **ret, size_t *ret_count,
                             struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    int64_t most;
    size_t count = 0;
    bool row;
    MR_TRY(count_of(tx, "SELECT COUNT(*) FROM status_list", NULL, 0, &most, err));
    struct mr_status_list_row *rows = MR_NEW_ARRAY(a, struct mr_status_list_row, (size_t)most);
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the lists", MR_NOWHERE);
    MR_TRY(mr_db_query(tx, "SELECT " LIST_COLUMNS " FROM status_list ORDER BY id", NULL, 0, &c, err));
    while (count < (size_t)most) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        take_list(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_status_list_read(mr_db_tx *tx, mr_str list_id, uint8_t *octets, size_t count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT idx, state FROM status_entry WHERE list_id = $list AND state <> 'active'",
                       MR_DB_ARGS(MR_DB_T("list", list_id)), &c, err));
    for (;;) {
        bool row;
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) return MR_OK;
        int64_t index = mr_db_int(c, 0);
        if (index >= 0 && (uint64_t)index < count) octets[index] = mr_str_is(mr_db_text(c, 1), "revoked") ? 1 : 2;
    }
}

static int find_open_list(mr_db_tx *tx, mr_arena *a, const struct mr_status_taking *where,
                          struct mr_status_list_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(
        tx,
        "SELECT " LIST_COLUMNS
        " FROM status_list WHERE issuer = $issuer AND base = $base AND state = 'open' AND org_id = $org "
        "ORDER BY id LIMIT 1",
        MR_DB_ARGS(MR_DB_T("issuer", where->issuer), MR_DB_T("base", where->base), MR_DB_T("org", where->org_id)), &c,
        err));
    return take_one_list(c, a, ret, err);
}

static int open_list(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_status_taking *where,
                     struct mr_status_list_row *ret, struct mr_err *err)
{
    char id[37];
    MR_TRY(find_open_list(tx, a, where, ret, err));
    if (ret->id.len) return MR_OK;
    mr_id_new(env, id);
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO status_list (id, org_id, issuer, base, size, used, state, changes, created_at) "
                     "VALUES ($id, $org, $issuer, $base, $size, 0, 'open', 0, $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", where->org_id),
                                MR_DB_T("issuer", where->issuer), MR_DB_T("base", where->base),
                                MR_DB_I("size", where->size), MR_DB_I("now", mr_env_now(env))),
                     NULL, err));
    return mr_store_status_list_find(tx, a, mr_str_of(id), ret, err);
}

/* ---- entries ---- */

#define ENTRY_COLUMNS                                                                                                  \
    "e.achievement_id, l.org_id, l.issuer, l.base || '/' || l.id, l.id, e.idx, e.state, e.changed_at FROM "            \
    "status_entry e JOIN status_list l ON l.id = e.list_id"

static int take_entry(mr_db_cursor *c, mr_arena *a, struct mr_status_entry_row *ret, struct mr_err *err)
{
    bool row;
    *ret = (struct mr_status_entry_row){0};
    MR_TRY(mr_db_next(c, &row, err));
    if (!row) return MR_OK;
    *ret = (struct mr_status_entry_row){
        .achievement_id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .issuer = mr_arena_dup(a, mr_db_text(c, 2)),
        .list = mr_arena_dup(a, mr_db_text(c, 3)),
        .list_id = mr_arena_dup(a, mr_db_text(c, 4)),
        .index = mr_db_int(c, 5),
        .state = mr_arena_dup(a, mr_db_text(c, 6)),
        .changed_at = time_at(c, 7),
    };
    return ret->state.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the status", MR_NOWHERE);
}

int mr_store_status_find(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, struct mr_status_entry_row *ret,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT " ENTRY_COLUMNS " WHERE e.achievement_id = $achievement",
                       MR_DB_ARGS(MR_DB_T("achievement", achievement_id)), &c, err));
    return take_entry(c, a, ret, err);
}

static int find_by_key(mr_db_tx *tx, mr_arena *a, mr_str award_key, struct mr_status_entry_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT " ENTRY_COLUMNS " WHERE e.award_key = $key", MR_DB_ARGS(MR_DB_T("key", award_key)),
                       &c, err));
    return take_entry(c, a, ret, err);
}

/* Unpredictable, so that the index tells nothing about who was awarded before or after (Token Status List, section 13.2). */
static int64_t any_index(const mr_env *env, int64_t size)
{
    uint64_t bits;
    mr_env_random(env, &bits, sizeof bits);
    return (int64_t)(bits % (uint64_t)size);
}

static int put_entry(mr_db_tx *tx, const mr_env *env, const struct mr_status_list_row *list, mr_str achievement_id,
                     mr_str award_key, struct mr_err *err)
{
    for (int i = 0; i < MOST_TRIES; i++) {
        int64_t inserted = 0;
        MR_TRY(mr_db_run(tx,
                         "INSERT INTO status_entry (list_id, idx, achievement_id, award_key, state) VALUES "
                         "($list, $index, $achievement, $key, 'active') ON CONFLICT (list_id, idx) DO NOTHING",
                         MR_DB_ARGS(MR_DB_T("list", list->id), MR_DB_I("index", any_index(env, list->size)),
                                    MR_DB_T("achievement", achievement_id), MR_DB_T("key", award_key)),
                         &inserted, err));
        if (inserted) return MR_OK;
    }
    return MR_FAIL(err, MR_E_DB, "no free place was found in a status list", MR_NOWHERE);
}

int mr_store_status_take(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_status_taking *where,
                         mr_str award_key, struct mr_status_entry_row *ret, struct mr_err *err)
{
    struct mr_status_list_row list;
    char id[37];
    MR_TRY(find_by_key(tx, a, award_key, ret, err));
    if (ret->list_id.len) return MR_OK;
    MR_TRY(open_list(tx, a, env, where, &list, err));
    mr_id_new(env, id);
    MR_TRY(put_entry(tx, env, &list, mr_str_of(id), award_key, err));
    MR_TRY(mr_db_run(tx,
                     "UPDATE status_list SET used = used + 1, state = CASE WHEN (used + 1) * 2 >= size THEN 'full' "
                     "ELSE 'open' END WHERE id = $list",
                     MR_DB_ARGS(MR_DB_T("list", list.id)), NULL, err));
    return mr_store_status_find(tx, a, mr_str_of(id), ret, err);
}

/* ---- changes ---- */

/* The list's count of changes tells those who keep a published form that theirs is old. A revoked award is over: its key is let go. */
static int change_entry(mr_db_tx *tx, const struct mr_status_change_row *r, struct mr_err *err)
{
    MR_TRY(mr_db_run(
        tx,
        "UPDATE status_entry SET state = $to, changed_at = $at, award_key = CASE WHEN $to = 'revoked' "
        "THEN NULL ELSE award_key END WHERE achievement_id = $achievement",
        MR_DB_ARGS(MR_DB_T("to", r->to), MR_DB_I("at", r->changed_at), MR_DB_T("achievement", r->achievement_id)), NULL,
        err));
    return mr_db_run(tx,
                     "UPDATE status_list SET changes = changes + 1 WHERE id = (SELECT list_id FROM status_entry WHERE "
                     "achievement_id = $achievement)",
                     MR_DB_ARGS(MR_DB_T("achievement", r->achievement_id)), NULL, err);
}

static int last_change(mr_db_tx *tx, mr_str achievement_id, char ret[37], struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT MAX(id) FROM status_change WHERE achievement_id = $achievement",
                       MR_DB_ARGS(MR_DB_T("achievement", achievement_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    mr_str id = row && !mr_db_is_null(c, 0) ? mr_db_text(c, 0) : MR_STR_EMPTY;
    snprintf(ret, 37, "%.*s", MR_STR_ARG(id));
    return MR_OK;
}

int mr_store_status_change(mr_db_tx *tx, const mr_env *env, const struct mr_status_change_row *r, struct mr_err *err)
{
    char id[37], last[37];
    MR_TRY(last_change(tx, r->achievement_id, last, err));
    mr_id_new_after(env, mr_str_of(last), id); /* their order is that of their ids */
    MR_TRY(change_entry(tx, r, err));
    MR_TRY(mr_count_achievement(tx, r->achievement_id, -1, err));
    MR_TRY(mr_db_run(
        tx, "UPDATE achievement SET status = $to, status_changed_at = $at WHERE id = $achievement",
        MR_DB_ARGS(MR_DB_T("to", r->to), MR_DB_I("at", r->changed_at), MR_DB_T("achievement", r->achievement_id)), NULL,
        err));
    MR_TRY(mr_count_achievement(tx, r->achievement_id, 1, err));
    return mr_db_run(
        tx,
        "INSERT INTO status_change (id, org_id, issuer, achievement_id, from_state, to_state, changed_at, "
        "reason, replaced_by, reason_code) VALUES ($id, $org, $issuer, $achievement, $from, $to, $at, $reason, "
        "NULLIF($successor, ''), $code)",
        MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", r->org_id), MR_DB_T("issuer", r->issuer),
                   MR_DB_T("achievement", r->achievement_id), MR_DB_T("from", r->from), MR_DB_T("to", r->to),
                   MR_DB_I("at", r->changed_at), MR_DB_T("reason", r->reason), MR_DB_T("successor", r->replaced_by),
                   mr_db_text_or_null("code", r->reason_code)),
        NULL, err);
}

int mr_store_status_last_change(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, struct mr_status_change_row *ret,
                                struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT org_id, issuer, achievement_id, from_state, to_state, reason, changed_at, replaced_by, "
                       "reason_code FROM "
                       "status_change WHERE achievement_id = $achievement ORDER BY changed_at DESC, id DESC LIMIT 1",
                       MR_DB_ARGS(MR_DB_T("achievement", achievement_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_status_change_row){0};
    if (!row) return MR_OK;
    *ret = (struct mr_status_change_row){
        .org_id = mr_arena_dup(a, mr_db_text(c, 0)),
        .issuer = mr_arena_dup(a, mr_db_text(c, 1)),
        .achievement_id = mr_arena_dup(a, mr_db_text(c, 2)),
        .from = mr_arena_dup(a, mr_db_text(c, 3)),
        .to = mr_arena_dup(a, mr_db_text(c, 4)),
        .reason = mr_arena_dup(a, mr_db_text(c, 5)),
        .changed_at = mr_db_int(c, 6),
        .replaced_by = mr_arena_dup(a, mr_db_text(c, 7)),
        .reason_code = mr_arena_dup(a, mr_db_text(c, 8)),
    };
    return MR_OK;
}

int mr_store_status_changes(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, size_t limit,
                            struct mr_status_change_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_status_change_row *rows = MR_NEW_ARRAY(a, struct mr_status_change_row, limit);
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT from_state, to_state, reason, changed_at, replaced_by FROM status_change "
                       "WHERE achievement_id = $achievement ORDER BY changed_at DESC, id DESC LIMIT $most",
                       MR_DB_ARGS(MR_DB_T("achievement", achievement_id), MR_DB_I("most", (int64_t)limit)), &c, err));
    for (*ret_count = 0; *ret_count < limit;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        rows[(*ret_count)++] = (struct mr_status_change_row){.achievement_id = achievement_id,
                                                             .from = mr_arena_dup(a, mr_db_text(c, 0)),
                                                             .to = mr_arena_dup(a, mr_db_text(c, 1)),
                                                             .reason = mr_arena_dup(a, mr_db_text(c, 2)),
                                                             .changed_at = mr_db_int(c, 3),
                                                             .replaced_by = mr_arena_dup(a, mr_db_text(c, 4))};
    }
    *ret = rows;
    return MR_OK;
}

/* ---- what was revoked ---- */

int mr_store_status_revoked_count(mr_db_tx *tx, mr_str issuer, int64_t *ret, struct mr_err *err)
{
    return count_of(tx, "SELECT COUNT(*) FROM status_change WHERE issuer = $issuer AND to_state = 'revoked'",
                    MR_DB_ARGS(MR_DB_T("issuer", issuer)), ret, err);
}

int mr_store_status_revoked(mr_db_tx *tx, mr_arena *a, mr_str issuer, mr_str **ret, size_t *ret_count,
                            struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    int64_t most;
    size_t count = 0;
    bool row;
    MR_TRY(mr_store_status_revoked_count(tx, issuer, &most, err));
    mr_str *ids = MR_NEW_ARRAY(a, mr_str, (size_t)most);
    if (!ids) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(
        tx, "SELECT achievement_id FROM status_change WHERE issuer = $issuer AND to_state = 'revoked' ORDER BY id",
        MR_DB_ARGS(MR_DB_T("issuer", issuer)), &c, err));
    while (count < (size_t)most) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        ids[count++] = mr_arena_dup(a, mr_db_text(c, 0));
    }
    *ret = ids, *ret_count = count;
    return MR_OK;
}

/* ---- page by page ---- */

/* A credential is revoked once. */
#define SUCCESSOR(id) "(SELECT MAX(c.replaced_by) FROM status_change c WHERE c.achievement_id = " id ")"

int mr_store_status_page(mr_db_tx *tx, mr_arena *a, mr_str after, size_t limit, struct mr_status_row **ret,
                         size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_status_row *rows = MR_NEW_ARRAY(a, struct mr_status_row, limit);
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(
        tx,
        "SELECT e.achievement_id, e.state, e.changed_at, CASE WHEN n.restricted_at IS NULL THEN n.learner_name ELSE '' "
        "END, 1, " SUCCESSOR(
            "e.achievement_id") " FROM status_entry e LEFT JOIN achievement n ON n.id = e.achievement_id WHERE "
                                "e.achievement_id > $after "
                                "UNION ALL SELECT n.id, n.status, n.status_changed_at, CASE WHEN n.restricted_at IS "
                                "NULL THEN n.learner_name ELSE '' END, 0, " SUCCESSOR(
                                    "n.id") " FROM achievement n WHERE n.id > "
                                            "$after AND NOT EXISTS (SELECT 1 FROM status_entry e WHERE "
                                            "e.achievement_id = n.id) ORDER BY 1 LIMIT $limit",
        MR_DB_ARGS(MR_DB_T("after", after), MR_DB_I("limit", (int64_t)limit)), &c, err));
    while (count < limit) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        rows[count++] = (struct mr_status_row){
            .achievement_id = mr_arena_dup(a, mr_db_text(c, 0)),
            .state = mr_arena_dup(a, mr_db_text(c, 1)),
            .changed_at = time_at(c, 2),
            .learner_name = mr_arena_dup(a, mr_db_text(c, 3)),
            .is_listed = mr_db_int(c, 4) == 1,
            .replaced_by = mr_arena_dup(a, mr_db_text(c, 5)),
        };
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}
