#include "store/api_token.h"
#include "base/id.h"
#include "base/time.h"

#define COLUMNS                                                                                                        \
    "t.id, t.org_id, o.name, t.name, t.hash, t.scopes, t.created_by, t.created_at, t.last_used_at, t.expires_at, "     \
    "t.revoked_at, o.closed_at FROM api_token t JOIN organisation o ON o.id = t.org_id"

static mr_db_value time_or_null(const char *name, int64_t at)
{
    return at == MR_TIME_NONE ? (mr_db_value)MR_DB_N(name) : (mr_db_value)MR_DB_I(name, at);
}

static int64_t time_of(const mr_db_cursor *c, int column)
{
    return mr_db_is_null(c, column) ? MR_TIME_NONE : mr_db_int(c, column);
}

static struct mr_api_token_row row_of(const mr_db_cursor *c, mr_arena *a)
{
    return (struct mr_api_token_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .organisation = mr_arena_dup(a, mr_db_text(c, 2)),
        .name = mr_arena_dup(a, mr_db_text(c, 3)),
        .hash = mr_arena_dup(a, mr_db_text(c, 4)),
        .scopes = mr_arena_dup(a, mr_db_text(c, 5)),
        .created_by = mr_arena_dup(a, mr_db_text(c, 6)),
        .created_at = mr_db_int(c, 7),
        .last_used_at = time_of(c, 8),
        .expires_at = time_of(c, 9),
        .revoked_at = time_of(c, 10),
        .closed = !mr_db_is_null(c, 11),
    };
}

int mr_store_api_token_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_api_token_row *row,
                           mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(
        mr_db_run(tx,
                  "INSERT INTO api_token (id, org_id, name, hash, scopes, created_by, created_at, expires_at) "
                  "VALUES ($id, $org, $name, $hash, $scopes, $by, $now, $expires)",
                  MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", row->org_id), MR_DB_T("name", row->name),
                             MR_DB_T("hash", row->hash), MR_DB_T("scopes", row->scopes), MR_DB_T("by", row->created_by),
                             MR_DB_I("now", mr_env_now(env)), time_or_null("expires", row->expires_at)),
                  NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

int mr_store_api_token_find(mr_db_tx *tx, mr_arena *a, mr_str hash_or_id, struct mr_api_token_row *ret,
                            struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS " WHERE t.hash = $key OR t.id = $key",
                       MR_DB_ARGS(MR_DB_T("key", hash_or_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? row_of(c, a) : (struct mr_api_token_row){0};
    return MR_OK;
}

int mr_store_api_token_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, size_t limit, struct mr_api_token_row **ret,
                            size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_api_token_row *rows = MR_NEW_ARRAY(a, struct mr_api_token_row, limit);
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS " WHERE $org = '' OR t.org_id = $org ORDER BY t.id DESC LIMIT $most",
                       MR_DB_ARGS(MR_DB_T("org", org_id.ptr ? org_id : MR_STR("")), MR_DB_I("most", (int64_t)limit)),
                       &c, err));
    for (*ret_count = 0; *ret_count < limit;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        rows[(*ret_count)++] = row_of(c, a);
    }
    *ret = rows;
    return MR_OK;
}

int mr_store_api_token_touch(mr_db_tx *tx, mr_str id, int64_t now, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE api_token SET last_used_at = $now WHERE id = $id",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("id", id)), NULL, err);
}

int mr_store_api_token_revoke(mr_db_tx *tx, mr_str id, int64_t now, bool *ret_moved, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx, "UPDATE api_token SET revoked_at = $now WHERE id = $id AND revoked_at IS NULL",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("id", id)), &changed, err));
    *ret_moved = changed > 0;
    return MR_OK;
}
