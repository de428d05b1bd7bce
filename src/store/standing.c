#include "store/standing.h"

static int count_states(mr_db_tx *tx, mr_arena *a, const char *sql, struct mr_standing_count *ret, size_t *ret_count,
                        struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret_count = 0;
    MR_TRY(mr_db_query(tx, sql, NULL, 0, &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || *ret_count == MR_STANDING_STATES) return MR_OK;
        ret[(*ret_count)++] = (struct mr_standing_count){mr_arena_dup(a, mr_db_text(c, 0)), mr_db_int(c, 1)};
    }
}

static int number(mr_db_tx *tx, const char *sql, const mr_db_value *args, size_t count, int64_t none, int64_t *ret,
                  struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, sql, args, count, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row && !mr_db_is_null(c, 0) ? mr_db_int(c, 0) : none;
    return MR_OK;
}

int mr_store_standing(mr_db_tx *tx, mr_arena *a, int64_t now, struct mr_standing_row *ret, struct mr_err *err)
{
    MR_TRY(count_states(tx, a, "SELECT state, COUNT(*) FROM job GROUP BY state ORDER BY state", ret->jobs,
                        &ret->job_states, err));
    MR_TRY(count_states(
        tx, a,
        "SELECT 'waiting', COALESCE(CAST(SUM(mails) AS BIGINT), 0) FROM mail_count WHERE state = 'waiting' "
        "UNION ALL SELECT 'not_delivered', COALESCE(CAST(SUM(mails) AS BIGINT), 0) FROM mail_count "
        "WHERE state IN ('refused', 'returned', 'given_up')",
        ret->mails, &ret->mail_states, err));
    MR_TRY(number(tx, "SELECT MIN(run_at) FROM job WHERE state = 'waiting' AND run_at <= $now",
                  MR_DB_ARGS(MR_DB_I("now", now)), INT64_MAX, &ret->oldest_due_job, err));
    return number(tx, "SELECT CAST(SUM(used) AS BIGINT) FROM status_list", NULL, 0, 0, &ret->achievements, err);
}
