#include "store/achievement.h"
#include "base/limits.h"
#include "base/time.h"
#include "store/body.h"

#define COLUMNS                                                                                                        \
    "id, org_id, specification_id, batch_id, learner_key, learner_name, learner_email, awarded_on, claim_state, "      \
    "claim_until, claimed_at, created_at, row_number, status, status_changed_at"

int mr_store_achievement_add(mr_db_tx *tx, const struct mr_achievement_row *r, struct mr_err *err)
{
    return mr_db_run(
        tx,
        "INSERT INTO achievement (id, org_id, specification_id, batch_id, row_number, learner_key, learner_name, "
        "learner_email, awarded_on, "
        "claim_state, claim_until, created_at) VALUES ($id, $org, $specification, $batch, $row, $key, $name, "
        "$email, $awarded, 'open', $until, $now)",
        MR_DB_ARGS(MR_DB_T("id", r->id), MR_DB_T("org", r->org_id), MR_DB_T("specification", r->specification_id),
                   MR_DB_T("batch", r->batch_id), MR_DB_I("row", r->row_number), MR_DB_T("key", r->learner_key),
                   MR_DB_T("name", r->learner_name), MR_DB_T("email", r->learner_email),
                   MR_DB_T("awarded", r->awarded_on), MR_DB_I("until", r->claim_until), MR_DB_I("now", r->created_at)),
        NULL, err);
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_achievement_row *ret)
{
    *ret = (struct mr_achievement_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .specification_id = mr_arena_dup(a, mr_db_text(c, 2)),
        .batch_id = mr_arena_dup(a, mr_db_text(c, 3)),
        .learner_key = mr_arena_dup(a, mr_db_text(c, 4)),
        .learner_name = mr_arena_dup(a, mr_db_text(c, 5)),
        .learner_email = mr_arena_dup(a, mr_db_text(c, 6)),
        .awarded_on = mr_arena_dup(a, mr_db_text(c, 7)),
        .claim_state = mr_arena_dup(a, mr_db_text(c, 8)),
        .claim_until = mr_db_int(c, 9),
        .claimed_at = mr_db_is_null(c, 10) ? MR_TIME_NONE : mr_db_int(c, 10),
        .created_at = mr_db_int(c, 11),
        .row_number = mr_db_int(c, 12),
        .status = mr_arena_dup(a, mr_db_text(c, 13)),
        .status_changed_at = mr_db_is_null(c, 14) ? MR_TIME_NONE : mr_db_int(c, 14),
    };
}

int mr_store_achievement_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_achievement_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(
        mr_db_query(tx, "SELECT " COLUMNS " FROM achievement WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row)
        take(c, a, ret);
    else
        *ret = (struct mr_achievement_row){0};
    return MR_OK;
}

int mr_store_achievement_awarded_on(mr_db_tx *tx, mr_arena *a, mr_str specification_id, mr_str learner_key, mr_str *ret,
                                    mr_str *ret_batch_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(
        tx,
        "SELECT awarded_on, batch_id FROM achievement WHERE specification_id = $specification AND learner_key = $key",
        MR_DB_ARGS(MR_DB_T("specification", specification_id), MR_DB_T("key", learner_key)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    if (ret_batch_id) *ret_batch_id = row ? mr_arena_dup(a, mr_db_text(c, 1)) : MR_STR_EMPTY;
    return MR_OK;
}

int mr_store_achievement_list(mr_db_tx *tx, mr_arena *a, mr_str batch_id, int64_t after_row, size_t limit,
                              struct mr_achievement_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_achievement_row *rows = MR_NEW_ARRAY(a, struct mr_achievement_row, limit);
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(
        tx,
        "SELECT " COLUMNS
        " FROM achievement WHERE batch_id = $batch AND row_number > $after ORDER BY row_number LIMIT $limit",
        MR_DB_ARGS(MR_DB_T("batch", batch_id), MR_DB_I("after", after_row), MR_DB_I("limit", (int64_t)limit)), &c,
        err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        take(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_achievement_count(mr_db_tx *tx, mr_str batch_id, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT COUNT(*) FROM achievement WHERE batch_id = $batch",
                       MR_DB_ARGS(MR_DB_T("batch", batch_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

int mr_store_achievement_claim(mr_db_tx *tx, mr_str id, mr_str to, int64_t now, bool *ret_moved, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(
        tx, "UPDATE achievement SET claim_state = $to, claimed_at = $now WHERE id = $id AND claim_state = 'open'",
        MR_DB_ARGS(MR_DB_T("to", to), MR_DB_I("now", now), MR_DB_T("id", id)), &changed, err));
    *ret_moved = changed == 1;
    return MR_OK;
}

int mr_store_credential_add_packed(mr_db_tx *tx, mr_str achievement_id, mr_str org_id, mr_str format, mr_str packed,
                                   int64_t now, struct mr_err *err)
{
    return mr_db_run(tx,
                     "INSERT INTO credential (achievement_id, org_id, format, content, created_at) VALUES "
                     "($achievement, $org, $format, $content, $now)",
                     MR_DB_ARGS(MR_DB_T("achievement", achievement_id), MR_DB_T("org", org_id),
                                MR_DB_T("format", format), MR_DB_B("content", packed), MR_DB_I("now", now)),
                     NULL, err);
}

int mr_store_credential_add(mr_db_tx *tx, mr_str achievement_id, mr_str org_id, mr_str format, mr_str content,
                            int64_t now, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf packed;
    mr_buf_init(&packed, 2 * MR_LIMIT_DOCUMENT);
    MR_TRY(mr_body_pack(format, content, &packed, err));
    return mr_store_credential_add_packed(tx, achievement_id, org_id, format, mr_buf_str(&packed), now, err);
}

int mr_store_credential_find(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, mr_str format, mr_str *ret,
                             struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT content FROM credential WHERE achievement_id = $achievement AND format = $format",
                       MR_DB_ARGS(MR_DB_T("achievement", achievement_id), MR_DB_T("format", format)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = MR_STR_EMPTY;
    if (!row) return MR_OK;
    return mr_body_unpack(a, mr_db_text(c, 0), ret, err);
}

int mr_store_credential_remove(mr_db_tx *tx, mr_str achievement_id, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM credential WHERE achievement_id = $achievement",
                     MR_DB_ARGS(MR_DB_T("achievement", achievement_id)), NULL, err);
}

int mr_store_credential_remove_unclaimed(mr_db_tx *tx, int64_t until, int64_t *ret_removed, struct mr_err *err)
{
    return mr_db_run(tx,
                     "DELETE FROM credential WHERE achievement_id IN (SELECT id FROM achievement WHERE claim_state = "
                     "'open' AND claim_until < $until)",
                     MR_DB_ARGS(MR_DB_I("until", until)), ret_removed, err);
}
