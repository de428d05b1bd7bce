/* Batches: how they stand. Uploading and preview are service/upload.c, sealing and what comes after service/sealing.c. */
#include "service/batch.h"

#include "base/limits.h"
#include "base/log.h"
#include "service/claim.h"
#include "service/installation.h"
#include "service/jobs.h"
#include "service/share.h"
#include "store/batch.h"

int mr_job_house_keep(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    int64_t removed;
    (void)job;
    MR_TRY(mr_claim_remove_unclaimed(s, &removed, err));
    if (removed) mr_log(MR_LOG_INFO, "claim.unclaimed_removed", NULL);
    MR_TRY(mr_share_forget(s, &removed, err));
    return MR_OK;
}

/* ---- reading batches ---- */

static mr_batch_state state_of(mr_str name)
{
    static const char *const names[] = {"preview", "sealing", "sealed", "failed", "discarded"};
    for (int i = 0; i < 5; i++)
        if (mr_str_is(name, names[i])) return (mr_batch_state)i;
    return MR_BATCH_FAILED;
}

static struct mr_batch batch_of(const struct mr_batch_row *r)
{
    return (struct mr_batch){
        .id = r->id,
        .specification_id = r->specification_id,
        .file_name = r->file_name,
        .error = r->error,
        .state = state_of(r->state),
        .rows_read = r->rows_read,
        .rows_ready = r->rows_ready,
        .rows_sealed = r->rows_sealed,
        .created_at = r->created_at,
        .sealed_at = r->sealed_at,
    };
}

static int batches_of(mr_arena *a, const struct mr_batch_row *rows, size_t count, struct mr_batch **ret,
                      struct mr_err *err)
{
    struct mr_batch *list = MR_NEW_ARRAY(a, struct mr_batch, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) list[i] = batch_of(&rows[i]);
    *ret = list;
    return MR_OK;
}

static int find_row(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_batch_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_batch_find(tx, a, id, ret, err));
    return ret->id.len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "no such batch", MR_NOWHERE);
}

int mr_batch_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_batch *ret,
                 struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_batch_row row;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_row(tx, a, id, &row, err));
    MR_TRY(mr_authorise(actor, MR_MAY_BATCH_READ, row.org_id, err));
    *ret = batch_of(&row);
    return MR_OK;
}

int mr_batch_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification_id, mr_str before,
                  size_t limit, struct mr_batch **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_kept_specification *specification;
    struct mr_batch_row *rows;
    size_t count;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_kept_specification_get(&s->kept, tx, a, specification_id, &specification, err));
    MR_TRY(mr_authorise(actor, MR_MAY_BATCH_READ, specification->org_id, err));
    MR_TRY(mr_store_batch_list(tx, a, specification->slug, before, limit, &rows, &count, err));
    *ret_count = count;
    return batches_of(a, rows, count, ret, err);
}

int mr_batch_list_waiting(mr_service *s, const struct mr_actor *actor, mr_arena *a, size_t limit, struct mr_batch **ret,
                          size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_batch_row *rows;
    MR_TRY(mr_authorise(actor, MR_MAY_BATCH_READ, actor->org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_batch_waiting(tx, a, actor->org_id, limit, &rows, ret_count, err));
    return batches_of(a, rows, *ret_count, ret, err);
}
