#include "store/organisation.h"
#include "base/id.h"
#include "base/time.h"

static int find(mr_db_tx *tx, mr_arena *a, mr_str slug, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(
        mr_db_query(tx, "SELECT id FROM organisation WHERE slug = $slug", MR_DB_ARGS(MR_DB_T("slug", slug)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret_id = row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    return MR_OK;
}

int mr_store_organisation_ensure(mr_db_tx *tx, mr_arena *a, const mr_env *env, mr_str slug, mr_str name, mr_str *ret_id,
                                 struct mr_err *err)
{
    MR_TRY(find(tx, a, slug, ret_id, err));
    if (ret_id->len) return MR_OK;
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(tx, "INSERT INTO organisation (id, slug, name, created_at) VALUES ($id, $slug, $name, $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("slug", slug), MR_DB_T("name", name),
                                MR_DB_I("now", mr_env_now(env))),
                     NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

int mr_store_organisation_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_organisation_row *ret,
                               struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT id, slug, name, kind, parent_id, profile, created_at, closed_at FROM organisation "
                       "WHERE id = $id",
                       MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_organisation_row){0};
    if (!row) return MR_OK;
    *ret = (struct mr_organisation_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .slug = mr_arena_dup(a, mr_db_text(c, 1)),
        .name = mr_arena_dup(a, mr_db_text(c, 2)),
        .kind = mr_arena_dup(a, mr_db_text(c, 3)),
        .parent_id = mr_arena_dup(a, mr_db_text(c, 4)),
        .profile = mr_arena_dup(a, mr_db_text(c, 5)),
        .created_at = mr_db_int(c, 6),
        .closed_at = mr_db_is_null(c, 7) ? MR_TIME_NONE : mr_db_int(c, 7),
    };
    return MR_OK;
}

int mr_store_organisation_first(mr_db_tx *tx, mr_arena *a, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT id FROM organisation ORDER BY id LIMIT 1", NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret_id = row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    return MR_OK;
}
