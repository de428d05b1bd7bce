#include "store/claim_code.h"

int mr_store_claim_code_set(mr_db_tx *tx, mr_str achievement_id, mr_str org_id, mr_str hash, int64_t now,
                            struct mr_err *err)
{
    return mr_db_run(
        tx,
        "INSERT INTO claim_code (achievement_id, org_id, hash, made_at) VALUES ($achievement, $org, $hash, "
        "$now) ON CONFLICT (achievement_id) DO UPDATE SET hash = excluded.hash, made_at = excluded.made_at",
        MR_DB_ARGS(MR_DB_T("achievement", achievement_id), MR_DB_T("org", org_id), MR_DB_T("hash", hash),
                   MR_DB_I("now", now)),
        NULL, err);
}

int mr_store_claim_code_find(mr_db_tx *tx, mr_arena *a, mr_str hash, mr_str *ret_achievement_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT achievement_id FROM claim_code WHERE hash = $hash",
                       MR_DB_ARGS(MR_DB_T("hash", hash)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret_achievement_id = row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    return MR_OK;
}

int mr_store_claim_code_counts(mr_db_tx *tx, mr_str batch_id, int64_t now, struct mr_claim_code_counts *ret,
                               struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT COUNT(*), COUNT(CASE WHEN a.learner_email IS NULL OR a.learner_email = '' THEN 1 END), "
                       "COUNT(k.achievement_id) FROM achievement a LEFT JOIN claim_code k ON k.achievement_id = a.id "
                       "WHERE a.batch_id = $batch AND a.claim_state = 'open' AND a.claim_until > $now "
                       "AND a.status = 'active'",
                       MR_DB_ARGS(MR_DB_T("batch", batch_id), MR_DB_I("now", now)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_claim_code_counts){0};
    if (row)
        *ret = (struct mr_claim_code_counts){
            .open = mr_db_int(c, 0), .without_email = mr_db_int(c, 1), .printed = mr_db_int(c, 2)};
    return MR_OK;
}

int mr_store_claim_tries(mr_db_tx *tx, mr_str peer, int64_t since, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT tries FROM claim_try WHERE peer = $peer AND since > $since",
                       MR_DB_ARGS(MR_DB_T("peer", peer), MR_DB_I("since", since)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

int mr_store_claim_try_add(mr_db_tx *tx, mr_str peer, int64_t since, int64_t now, struct mr_err *err)
{
    MR_TRY(
        mr_db_run(tx, "DELETE FROM claim_try WHERE since <= $since", MR_DB_ARGS(MR_DB_I("since", since)), NULL, err));
    return mr_db_run(tx,
                     "INSERT INTO claim_try (peer, tries, since) VALUES ($peer, 1, $now) ON CONFLICT (peer) DO UPDATE "
                     "SET tries = claim_try.tries + 1",
                     MR_DB_ARGS(MR_DB_T("peer", peer), MR_DB_I("now", now)), NULL, err);
}
