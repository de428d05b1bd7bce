#include "store/batch.h"
#include "base/id.h"
#include "store/upload.h"
#include "base/time.h"

#define COLUMNS                                                                                                        \
    "id, org_id, specification_id, state, file_name, error, rows_read, rows_ready, rows_sealed, created_at, sealed_at"

int mr_store_batch_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_batch_row *row, mr_str content,
                       mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO batch (id, org_id, specification_id, specification_slug, state, file_name, content, "
                     "rows_read, rows_ready, rows_sealed, created_at) VALUES ($id, $org, $specification, (SELECT "
                     "s.slug FROM specification s WHERE s.id = $specification), 'preview', $file, $content, $read, "
                     "$ready, 0, $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", row->org_id),
                                MR_DB_T("specification", row->specification_id), MR_DB_T("file", row->file_name),
                                MR_DB_B("content", content), MR_DB_I("read", row->rows_read),
                                MR_DB_I("ready", row->rows_ready), MR_DB_I("now", mr_env_now(env))),
                     NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_batch_row *ret)
{
    *ret = (struct mr_batch_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .specification_id = mr_arena_dup(a, mr_db_text(c, 2)),
        .state = mr_arena_dup(a, mr_db_text(c, 3)),
        .file_name = mr_arena_dup(a, mr_db_text(c, 4)),
        .error = mr_arena_dup(a, mr_db_text(c, 5)),
        .rows_read = mr_db_int(c, 6),
        .rows_ready = mr_db_int(c, 7),
        .rows_sealed = mr_db_int(c, 8),
        .created_at = mr_db_int(c, 9),
        .sealed_at = mr_db_is_null(c, 10) ? MR_TIME_NONE : mr_db_int(c, 10),
    };
}

int mr_store_batch_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_batch_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS " FROM batch WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row)
        take(c, a, ret);
    else
        *ret = (struct mr_batch_row){0};
    return MR_OK;
}

int mr_store_batch_content(mr_db_tx *tx, mr_arena *a, mr_str id, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT content FROM batch WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = MR_STR_EMPTY;
    if (!row) return MR_OK;
    *ret = mr_arena_dup(a, mr_db_text(c, 0));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the uploaded table", MR_NOWHERE);
}

static int list_batches(mr_db_tx *tx, mr_arena *a, const char *sql, const mr_db_value *args, size_t arg_count,
                        size_t limit, struct mr_batch_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_batch_row *rows = mr_arena_alloc(a, limit * sizeof *rows); /* each is set when it is read */
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx, sql, args, arg_count, &c, err));
    for (; count < limit; count++) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        take(c, a, &rows[count]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_batch_list(mr_db_tx *tx, mr_arena *a, mr_str slug, mr_str before, size_t limit, struct mr_batch_row **ret,
                        size_t *ret_count, struct mr_err *err)
{
    return list_batches(tx, a,
                        "SELECT " COLUMNS " FROM batch WHERE specification_slug = $slug AND id < $before ORDER BY id "
                        "DESC LIMIT $limit",
                        MR_DB_ARGS(MR_DB_T("slug", slug), MR_DB_T("before", before.len ? before : MR_STR("g")),
                                   MR_DB_I("limit", (int64_t)limit)),
                        limit, ret, ret_count, err);
}

int mr_store_batch_waiting(mr_db_tx *tx, mr_arena *a, mr_str org_id, size_t limit, struct mr_batch_row **ret,
                           size_t *ret_count, struct mr_err *err)
{
    const mr_db_value most = MR_DB_I("limit", (int64_t)limit);
#define WAITING "SELECT " COLUMNS " FROM batch WHERE state IN ('preview', 'failed')"
#define NEWEST " ORDER BY id DESC LIMIT $limit"
    if (org_id.len)
        return list_batches(tx, a, WAITING " AND org_id = $org" NEWEST, MR_DB_ARGS(most, MR_DB_T("org", org_id)), limit,
                            ret, ret_count, err);
    return list_batches(tx, a, WAITING NEWEST, MR_DB_ARGS(most), limit, ret, ret_count, err);
#undef WAITING
#undef NEWEST
}

int mr_store_batch_move(mr_db_tx *tx, mr_str id, mr_str from, mr_str to, bool *ret_moved, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx, "UPDATE batch SET state = $to WHERE id = $id AND state = $from",
                     MR_DB_ARGS(MR_DB_T("to", to), MR_DB_T("id", id), MR_DB_T("from", from)), &changed, err));
    *ret_moved = changed == 1;
    return MR_OK;
}

int mr_store_batch_set_sealed_rows(mr_db_tx *tx, mr_str id, int64_t rows, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE batch SET rows_sealed = $rows WHERE id = $id",
                     MR_DB_ARGS(MR_DB_I("rows", rows), MR_DB_T("id", id)), NULL, err);
}

int mr_store_batch_set_ready_rows(mr_db_tx *tx, mr_str id, int64_t rows, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE batch SET rows_ready = $rows WHERE id = $id",
                     MR_DB_ARGS(MR_DB_I("rows", rows), MR_DB_T("id", id)), NULL, err);
}

int mr_store_batch_discard(mr_db_tx *tx, mr_str id, struct mr_err *err)
{
    MR_TRY(mr_store_upload_empty(tx, id, err));
    MR_TRY(mr_db_run(tx, "DELETE FROM evidence_file WHERE object_kind = 'batch' AND object_id = $id",
                     MR_DB_ARGS(MR_DB_T("id", id)), NULL, err));
    return mr_db_run(tx, "UPDATE batch SET state = 'discarded', content = NULL, error = NULL WHERE id = $id",
                     MR_DB_ARGS(MR_DB_T("id", id)), NULL, err);
}

int mr_store_batch_over(mr_db_tx *tx, mr_arena *a, int64_t before, size_t limit, struct mr_batch_row **ret,
                        size_t *ret_count, struct mr_err *err)
{
    return list_batches(tx, a,
                        "SELECT " COLUMNS " FROM batch WHERE state IN ('preview', 'failed') AND created_at < $before "
                        "AND COALESCE(seal_at, 0) < $before LIMIT $limit",
                        MR_DB_ARGS(MR_DB_I("before", before), MR_DB_I("limit", (int64_t)limit)), limit, ret, ret_count,
                        err);
}

int mr_store_batch_finish(mr_db_tx *tx, mr_str id, int64_t now, mr_str error, struct mr_err *err)
{
    if (error.len)
        return mr_db_run(tx, "UPDATE batch SET state = 'failed', error = $error WHERE id = $id",
                         MR_DB_ARGS(MR_DB_T("error", error), MR_DB_T("id", id)), NULL, err);
    MR_TRY(mr_store_upload_empty(tx, id, err));
    return mr_db_run(tx,
                     "UPDATE batch SET state = 'sealed', sealed_at = $now, content = NULL, error = NULL WHERE id = $id",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("id", id)), NULL, err);
}
