#include "store/evidence_file.h"
#include "base/id.h"

#define COLUMNS "id, org_id, object_kind, object_id, name, type, size, sha256, added_at, added_by"

int mr_store_evidence_file_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_evidence_file_row *r,
                               mr_str content, mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(
        tx,
        "INSERT INTO evidence_file (id, org_id, object_kind, object_id, name, type, size, sha256, content, "
        "added_at, added_by) VALUES ($id, $org, $kind, $object, $name, $type, $size, $sha256, $content, $now, "
        "$by)",
        MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", r->org_id), MR_DB_T("kind", r->object_kind),
                   MR_DB_T("object", r->object_id), MR_DB_T("name", r->name), MR_DB_T("type", r->type),
                   MR_DB_I("size", (int64_t)content.len), MR_DB_T("sha256", r->sha256), MR_DB_B("content", content),
                   MR_DB_I("now", mr_env_now(env)), mr_db_text_or_null("by", r->added_by)),
        NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_evidence_file_row *ret)
{
    *ret = (struct mr_evidence_file_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .object_kind = mr_arena_dup(a, mr_db_text(c, 2)),
        .object_id = mr_arena_dup(a, mr_db_text(c, 3)),
        .name = mr_arena_dup(a, mr_db_text(c, 4)),
        .type = mr_arena_dup(a, mr_db_text(c, 5)),
        .size = mr_db_int(c, 6),
        .sha256 = mr_arena_dup(a, mr_db_text(c, 7)),
        .added_at = mr_db_int(c, 8),
        .added_by = mr_arena_dup(a, mr_db_text(c, 9)),
    };
}

int mr_store_evidence_file_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_evidence_file_row *ret,
                                mr_str *ret_content, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS ", content FROM evidence_file WHERE id = $id",
                       MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_evidence_file_row){0};
    if (!row) return MR_OK;
    take(c, a, ret);
    if (!ret_content) return MR_OK;
    *ret_content = mr_arena_dup(a, mr_db_text(c, 10));
    return ret_content->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the file", MR_NOWHERE);
}

int mr_store_evidence_file_list(mr_db_tx *tx, mr_arena *a, mr_str object_id, size_t limit,
                                struct mr_evidence_file_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_evidence_file_row *rows = mr_arena_alloc(a, limit * sizeof *rows); /* each is set when it is read */
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS " FROM evidence_file WHERE object_id = $object ORDER BY id LIMIT $limit",
                       MR_DB_ARGS(MR_DB_T("object", object_id), MR_DB_I("limit", (int64_t)limit)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        take(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_evidence_file_remove(mr_db_tx *tx, mr_str id, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM evidence_file WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), NULL, err);
}
