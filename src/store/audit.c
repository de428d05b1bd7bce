#include "store/audit.h"
#include "base/id.h"

/* The order of ids is that in which rows were kept, whatever clocks say: writers take turns, and each goes behind the last one. */
static int next_id(mr_db_tx *tx, const mr_env *env, const char *last, char out[37], struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, last, NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    mr_id_new_after(env, row ? mr_db_text(c, 0) : MR_STR_EMPTY, out);
    return MR_OK;
}

int mr_store_audit_add(mr_db_tx *tx, const mr_env *env, const struct mr_audit_row *row, struct mr_err *err)
{
    char id[37];
    MR_TRY(next_id(tx, env, "SELECT id FROM audit ORDER BY id DESC LIMIT 1", id, err));
    return mr_db_run(tx,
                     "INSERT INTO audit (id, org_id, at, actor_kind, actor_id, action, object_id, detail) "
                     "VALUES ($id, $org, $at, $kind, $actor, $action, $object, $detail)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), mr_db_text_or_null("org", row->org_id),
                                MR_DB_I("at", mr_env_now(env)), MR_DB_T("kind", row->actor_kind),
                                mr_db_text_or_null("actor", row->actor_id), MR_DB_T("action", row->action),
                                mr_db_text_or_null("object", row->object_id),
                                mr_db_text_or_null("detail", row->detail)),
                     NULL, err);
}

#define COLUMNS "id, org_id, actor_kind, actor_id, action, object_id, detail, at"

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_audit_row *ret)
{
    *ret = (struct mr_audit_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .actor_kind = mr_arena_dup(a, mr_db_text(c, 2)),
        .actor_id = mr_arena_dup(a, mr_db_text(c, 3)),
        .action = mr_arena_dup(a, mr_db_text(c, 4)),
        .object_id = mr_arena_dup(a, mr_db_text(c, 5)),
        .detail = mr_arena_dup(a, mr_db_text(c, 6)),
        .at = mr_db_int(c, 7),
    };
}

static int take_all(mr_db_cursor *c, mr_arena *a, size_t limit, struct mr_audit_row **ret, size_t *ret_count,
                    struct mr_err *err)
{
    struct mr_audit_row *rows = MR_NEW_ARRAY(a, struct mr_audit_row, limit ? limit : 1);
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    *ret_count = 0;
    while (*ret_count < limit) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        take(c, a, &rows[(*ret_count)++]);
    }
    *ret = rows;
    return MR_OK;
}

/* Every condition stands in the text; those that are not asked for are switched off by a parameter. Only the organisation has a text of its own, for its index. */
#define FILTER(organisation)                                                                                           \
    "SELECT " COLUMNS " FROM audit WHERE " organisation                                                                \
    " AND ($actor = '' OR actor_id = $actor) AND ($action = '' OR "                                                    \
    "action = $action) AND ($object = '' OR object_id = $object) AND at >= $from AND at < $until AND ($before = '' "   \
    "OR "                                                                                                              \
    "id < $before) ORDER BY id DESC LIMIT $limit"

int mr_store_audit_list(mr_db_tx *tx, mr_arena *a, const struct mr_audit_filter *f, mr_str before, size_t limit,
                        struct mr_audit_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    const char *sql = f->org_id.len ? FILTER("org_id = $org") : FILTER("$org = ''");
    MR_TRY(mr_db_query(tx, sql,
                       MR_DB_ARGS(MR_DB_T("org", f->org_id), MR_DB_T("actor", f->actor_id),
                                  MR_DB_T("action", f->action), MR_DB_T("object", f->object_id),
                                  MR_DB_I("from", f->from), MR_DB_I("until", f->until ? f->until : INT64_MAX),
                                  MR_DB_T("before", before), MR_DB_I("limit", (int64_t)limit)),
                       &c, err));
    return take_all(c, a, limit, ret, ret_count, err);
}

int mr_store_audit_walk(mr_db_tx *tx, mr_arena *a, mr_str after, size_t limit, struct mr_audit_row **ret,
                        size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS " FROM audit WHERE id > $after ORDER BY id LIMIT $limit",
                       MR_DB_ARGS(MR_DB_T("after", after), MR_DB_I("limit", (int64_t)limit)), &c, err));
    return take_all(c, a, limit, ret, ret_count, err);
}

/* ---- checkpoints ---- */

int mr_store_audit_checkpoint_add(mr_db_tx *tx, const mr_env *env, const struct mr_audit_checkpoint_row *row,
                                  struct mr_err *err)
{
    char id[37];
    MR_TRY(next_id(tx, env, "SELECT id FROM audit_checkpoint ORDER BY id DESC LIMIT 1", id, err));
    return mr_db_run(tx,
                     "INSERT INTO audit_checkpoint (id, at, up_to, row_count, digest) "
                     "VALUES ($id, $at, $up_to, $count, $digest)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_I("at", mr_env_now(env)),
                                MR_DB_T("up_to", row->up_to), MR_DB_I("count", row->row_count),
                                MR_DB_T("digest", row->digest)),
                     NULL, err);
}

static void take_checkpoint(const mr_db_cursor *c, mr_arena *a, struct mr_audit_checkpoint_row *ret)
{
    *ret = (struct mr_audit_checkpoint_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .at = mr_db_int(c, 1),
        .up_to = mr_arena_dup(a, mr_db_text(c, 2)),
        .row_count = mr_db_int(c, 3),
        .digest = mr_arena_dup(a, mr_db_text(c, 4)),
    };
}

int mr_store_audit_checkpoints(mr_db_tx *tx, mr_arena *a, mr_str after, size_t limit,
                               struct mr_audit_checkpoint_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_audit_checkpoint_row *rows = MR_NEW_ARRAY(a, struct mr_audit_checkpoint_row, limit);
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT id, at, up_to, row_count, digest FROM audit_checkpoint WHERE id > $after ORDER BY id "
                       "LIMIT $limit",
                       MR_DB_ARGS(MR_DB_T("after", after), MR_DB_I("limit", (int64_t)limit)), &c, err));
    *ret_count = 0;
    while (*ret_count < limit) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        take_checkpoint(c, a, &rows[(*ret_count)++]);
    }
    *ret = rows;
    return MR_OK;
}

int mr_store_audit_checkpoint_last(mr_db_tx *tx, mr_arena *a, struct mr_audit_checkpoint_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT id, at, up_to, row_count, digest FROM audit_checkpoint ORDER BY id DESC LIMIT 1",
                       NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_audit_checkpoint_row){0};
    if (row) take_checkpoint(c, a, ret);
    return MR_OK;
}
