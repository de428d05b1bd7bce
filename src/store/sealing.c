#include "store/sealing.h"
#include "base/id.h"
#include "base/time.h"

static int64_t time_of(const mr_db_cursor *c, int column)
{
    return mr_db_is_null(c, column) ? MR_TIME_NONE : mr_db_int(c, column);
}

static mr_db_value time_or_null(const char *name, int64_t time)
{
    if (time == MR_TIME_NONE) return (mr_db_value)MR_DB_N(name);
    return (mr_db_value)MR_DB_I(name, time);
}

int mr_store_sealing_find(mr_db_tx *tx, mr_arena *a, mr_str batch_id, struct mr_sealing_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(
        mr_db_query(tx,
                    "SELECT id, org_id, specification_id, state, kind, signed_at, signed_by, signed_name, sealed_by, "
                    "seal_at, seal_zone, supervision, mailing FROM batch WHERE id = $id",
                    MR_DB_ARGS(MR_DB_T("id", batch_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_sealing_row){0};
    if (!row) return MR_OK;
    *ret = (struct mr_sealing_row){
        .batch_id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .specification_id = mr_arena_dup(a, mr_db_text(c, 2)),
        .state = mr_arena_dup(a, mr_db_text(c, 3)),
        .kind = mr_arena_dup(a, mr_db_text(c, 4)),
        .signed_at = time_of(c, 5),
        .signed_by = mr_arena_dup(a, mr_db_text(c, 6)),
        .signed_name = mr_arena_dup(a, mr_db_text(c, 7)),
        .sealed_by = mr_arena_dup(a, mr_db_text(c, 8)),
        .seal_at = time_of(c, 9),
        .seal_zone = mr_arena_dup(a, mr_db_text(c, 10)),
        .supervision = mr_arena_dup(a, mr_db_text(c, 11)),
        .mailing = mr_arena_dup(a, mr_db_text(c, 12)),
    };
    return MR_OK;
}

int mr_store_sealing_sign(mr_db_tx *tx, mr_str batch_id, int64_t at, mr_str by, mr_str name, bool *ret_done,
                          struct mr_err *err)
{
    int64_t changed = 0;
    if (at == MR_TIME_NONE)
        MR_TRY(mr_db_run(tx,
                         "UPDATE batch SET signed_at = NULL, signed_by = NULL, signed_name = NULL, seal_at = NULL, "
                         "seal_zone = NULL WHERE id = $id AND state = 'preview' AND signed_at IS NOT NULL",
                         MR_DB_ARGS(MR_DB_T("id", batch_id)), &changed, err));
    else
        MR_TRY(
            mr_db_run(tx,
                      "UPDATE batch SET signed_at = $at, signed_by = $by, signed_name = $name WHERE id = $id AND state "
                      "= 'preview' AND signed_at IS NULL",
                      MR_DB_ARGS(MR_DB_I("at", at), mr_db_text_or_null("by", by), mr_db_text_or_null("name", name),
                                 MR_DB_T("id", batch_id)),
                      &changed, err));
    *ret_done = changed == 1;
    return MR_OK;
}

int mr_store_sealing_schedule(mr_db_tx *tx, mr_str batch_id, int64_t at, mr_str zone, mr_str by, bool *ret_done,
                              struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(
        tx, "UPDATE batch SET seal_at = $at, seal_zone = $zone, sealed_by = $by WHERE id = $id AND state = 'preview'",
        MR_DB_ARGS(time_or_null("at", at), mr_db_text_or_null("zone", zone), mr_db_text_or_null("by", by),
                   MR_DB_T("id", batch_id)),
        &changed, err));
    *ret_done = changed == 1;
    return MR_OK;
}

int mr_store_sealing_set_supervision(mr_db_tx *tx, mr_str batch_id, mr_str code, bool *ret_done, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx,
                     "UPDATE batch SET supervision = $code WHERE id = $id AND state = 'preview' AND signed_at IS NULL",
                     MR_DB_ARGS(mr_db_text_or_null("code", code), MR_DB_T("id", batch_id)), &changed, err));
    *ret_done = changed == 1;
    return MR_OK;
}

int mr_store_sealing_set_sealed_by(mr_db_tx *tx, mr_str batch_id, mr_str by, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE batch SET sealed_by = $by, seal_at = NULL, seal_zone = NULL WHERE id = $id",
                     MR_DB_ARGS(mr_db_text_or_null("by", by), MR_DB_T("id", batch_id)), NULL, err);
}

int mr_store_sealing_set_mailing(mr_db_tx *tx, mr_str batch_id, mr_str mailing, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE batch SET mailing = $mailing WHERE id = $id",
                     MR_DB_ARGS(MR_DB_T("mailing", mailing), MR_DB_T("id", batch_id)), NULL, err);
}

static int find_single(mr_db_tx *tx, mr_arena *a, mr_str specification_id, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT id FROM batch WHERE specification_id = $specification AND kind = 'single'",
                       MR_DB_ARGS(MR_DB_T("specification", specification_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret_id = row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    return MR_OK;
}

int mr_store_sealing_single(mr_db_tx *tx, mr_arena *a, const mr_env *env, mr_str org_id, mr_str specification_id,
                            mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    MR_TRY(find_single(tx, a, specification_id, ret_id, err));
    if (ret_id->len) return MR_OK;
    mr_id_new(env, id);
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO batch (id, org_id, specification_id, specification_slug, state, file_name, "
                     "rows_read, rows_ready, rows_sealed, created_at, sealed_at, kind, mailing) VALUES ($id, $org, "
                     "$specification, (SELECT s.slug FROM specification s WHERE s.id = $specification), 'sealed', "
                     "'', 0, 0, 0, $now, $now, 'single', 'now') ON CONFLICT DO NOTHING",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", org_id),
                                MR_DB_T("specification", specification_id), MR_DB_I("now", mr_env_now(env))),
                     NULL, err));
    return find_single(tx, a, specification_id, ret_id, err);
}

/* "SELECT COUNT(*) ..." */
static int count_of(mr_db_tx *tx, const char *sql, mr_str batch_id, int64_t now, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, sql, MR_DB_ARGS(MR_DB_T("batch", batch_id), MR_DB_I("now", now)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

int mr_store_sealing_count(mr_db_tx *tx, mr_str batch_id, int64_t now, struct mr_batch_counts *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_batch_counts){0};
    MR_TRY(mr_db_query(tx,
                       "SELECT awarded, addressed, mailed, claimed, declined, suspended, revoked FROM "
                       "achievement_count WHERE of_id = $batch AND month = ''",
                       MR_DB_ARGS(MR_DB_T("batch", batch_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row) return MR_OK;
    *ret = (struct mr_batch_counts){.sealed = mr_db_int(c, 0),
                                    .with_address = mr_db_int(c, 1),
                                    .mailed = mr_db_int(c, 2),
                                    .claimed = mr_db_int(c, 3),
                                    .declined = mr_db_int(c, 4),
                                    .suspended = mr_db_int(c, 5),
                                    .revoked = mr_db_int(c, 6)};
    /* what the clock changes, from indexes that hold nothing else */
    MR_TRY(count_of(tx,
                    "SELECT COUNT(*) FROM achievement WHERE batch_id = $batch AND claim_state = 'open' AND "
                    "claim_until < $now",
                    batch_id, now, &ret->over, err));
    MR_TRY(count_of(tx,
                    "SELECT COUNT(*) FROM achievement WHERE batch_id = $batch AND expires_at IS NOT NULL AND "
                    "expires_at < $now",
                    batch_id, now, &ret->expired, err));
    ret->undecided = ret->sealed - ret->claimed - ret->declined - ret->over;
    return MR_OK;
}
