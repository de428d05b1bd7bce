#include "store/mapping.h"

#include "base/id.h"

#define COLUMNS "id, org_id, header_key, name, document, changed_at"
#define LIST_MOST 100

int mr_store_mapping_put(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_mapping_row *row, mr_str *ret_id,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    char id[37];
    bool any;
    mr_id_new(env, id);
    const char *by_name = "INSERT INTO mapping (id, org_id, name, document, changed_at) VALUES ($id, $org, $what, "
                          "$document, $now) ON CONFLICT (org_id, name) DO UPDATE SET document = excluded.document, "
                          "changed_at = excluded.changed_at RETURNING id";
    const char *by_header =
        "INSERT INTO mapping (id, org_id, header_key, document, changed_at) VALUES ($id, $org, $what, $document, $now) "
        "ON CONFLICT (org_id, header_key) DO UPDATE SET document = excluded.document, changed_at = excluded.changed_at "
        "RETURNING id";
    MR_TRY(mr_db_query(tx, row->name.len ? by_name : by_header,
                       MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", row->org_id),
                                  MR_DB_T("what", row->name.len ? row->name : row->header_key),
                                  MR_DB_B("document", row->document), MR_DB_I("now", mr_env_now(env))),
                       &c, err));
    MR_TRY(mr_db_next(c, &any, err));
    *ret_id = any ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    return MR_OK;
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_mapping_row *ret)
{
    *ret = (struct mr_mapping_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .header_key = mr_arena_dup(a, mr_db_text(c, 2)),
        .name = mr_arena_dup(a, mr_db_text(c, 3)),
        .document = mr_arena_dup(a, mr_db_text(c, 4)),
        .changed_at = mr_db_int(c, 5),
    };
}

static int take_first(mr_db_cursor *c, mr_arena *a, struct mr_mapping_row *ret, struct mr_err *err)
{
    bool row;
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_mapping_row){0};
    if (row) take(c, a, ret);
    return MR_OK;
}

int mr_store_mapping_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_mapping_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS " FROM mapping WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    return take_first(c, a, ret, err);
}

int mr_store_mapping_find_header(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str header_key,
                                 struct mr_mapping_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS " FROM mapping WHERE org_id = $org AND header_key = $key",
                       MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_T("key", header_key)), &c, err));
    return take_first(c, a, ret, err);
}

int mr_store_mapping_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_mapping_row **ret, size_t *ret_count,
                          struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_mapping_row *rows = MR_NEW_ARRAY(a, struct mr_mapping_row, LIST_MOST);
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT " COLUMNS " FROM mapping WHERE org_id = $org AND name IS NOT NULL ORDER BY name "
                       "LIMIT 100",
                       MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    for (; count < LIST_MOST; count++) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        take(c, a, &rows[count]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_mapping_remove(mr_db_tx *tx, mr_str id, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM mapping WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), NULL, err);
}
