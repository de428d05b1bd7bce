#include "store/numbers.h"

int mr_store_numbers_list(mr_db_tx *tx, mr_arena *a, mr_str slug, int64_t now, size_t limit,
                          struct mr_numbers_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_numbers_row *rows = mr_arena_alloc(a, limit * sizeof *rows); /* each is set when it is read */
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the numbers", MR_NOWHERE);
    MR_TRY(mr_db_query(
        tx,
        "SELECT s.version, n.month, n.awarded, n.mailed, n.claimed, n.declined, n.awarded - n.claimed - n.declined, "
        "(SELECT CAST(COALESCE(SUM(e.achievements), 0) AS BIGINT) FROM expiry_count e WHERE e.specification_id = "
        "n.of_id AND e.month = n.month AND e.expires_at < $now), n.suspended, n.revoked FROM "
        "achievement_count n JOIN specification s ON s.id = n.of_id WHERE s.slug = $slug AND n.awarded <> 0 "
        "ORDER BY n.month, s.version LIMIT $limit",
        MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("slug", slug), MR_DB_I("limit", (int64_t)limit)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        rows[count++] = (struct mr_numbers_row){
            .version = mr_arena_dup(a, mr_db_text(c, 0)),
            .month = mr_arena_dup(a, mr_db_text(c, 1)),
            .awarded = mr_db_int(c, 2),
            .mailed = mr_db_int(c, 3),
            .claimed = mr_db_int(c, 4),
            .declined = mr_db_int(c, 5),
            .undecided = mr_db_int(c, 6),
            .expired = mr_db_int(c, 7),
            .suspended = mr_db_int(c, 8),
            .revoked = mr_db_int(c, 9),
        };
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}
