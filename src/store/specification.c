#include "store/specification.h"
#include "base/id.h"
#include "base/time.h"

#define COLUMNS                                                                                                        \
    "s.id, s.org_id, s.slug, s.version, NULL, s.published_at, COALESCE((SELECT n.awarded FROM specification_count n "  \
    "WHERE n.specification_id = s.id), 0), s.archived_at"

int mr_store_specification_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_specification_row *row,
                               mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO specification (id, org_id, slug, version, document, published_at) "
                     "VALUES ($id, $org, $slug, $version, $document, $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", row->org_id), MR_DB_T("slug", row->slug),
                                MR_DB_T("version", row->version), MR_DB_B("document", row->document),
                                MR_DB_I("now", mr_env_now(env))),
                     NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_specification_row *ret)
{
    *ret = (struct mr_specification_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .slug = mr_arena_dup(a, mr_db_text(c, 2)),
        .version = mr_arena_dup(a, mr_db_text(c, 3)),
        .document = mr_arena_dup(a, mr_db_text(c, 4)),
        .published_at = mr_db_int(c, 5),
        .awarded = mr_db_int(c, 6),
        .archived_at = mr_db_is_null(c, 7) ? MR_TIME_NONE : mr_db_int(c, 7),
    };
}

static int find_one(mr_db_tx *tx, mr_arena *a, const char *sql, mr_str key, struct mr_specification_row *ret,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_specification_row){0};
    MR_TRY(mr_db_query(tx, sql, MR_DB_ARGS(MR_DB_T("key", key)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take(c, a, ret);
    return MR_OK;
}

/* One after the other: either has its index, and asked for with OR both would be sorted. */
int mr_store_specification_find(mr_db_tx *tx, mr_arena *a, mr_str slug_or_id, struct mr_specification_row *ret,
                                struct mr_err *err)
{
    MR_TRY(find_one(tx, a,
                    "SELECT " COLUMNS
                    " FROM specification s WHERE s.slug = $key ORDER BY s.published_at DESC, s.id DESC LIMIT 1",
                    slug_or_id, ret, err));
    if (ret->id.len) return MR_OK;
    return find_one(tx, a, "SELECT " COLUMNS " FROM specification s WHERE s.id = $key", slug_or_id, ret, err);
}

/* Of each only the newest version, of one organisation or of all. */
#define LIST                                                                                                           \
    "SELECT " COLUMNS                                                                                                  \
    " FROM specification s WHERE NOT EXISTS (SELECT 1 FROM specification n WHERE n.slug = s.slug AND "                 \
    "(n.published_at > s.published_at OR (n.published_at = s.published_at AND n.id > s.id))) AND CASE WHEN $which = "  \
    "'offered' THEN s.archived_at IS NULL WHEN $which = 'archived' THEN s.archived_at IS NOT NULL ELSE TRUE END AND "
#define OLDEST "s.id > $after ORDER BY s.id LIMIT $limit"
#define NEWEST "s.id < $after ORDER BY s.id DESC LIMIT $limit"
#define OF_ORG "s.org_id = $org AND "

int mr_store_specification_list(mr_db_tx *tx, mr_arena *a, const struct mr_specification_filter *f,
                                struct mr_specification_row **ret, size_t *ret_count, struct mr_err *err)
{
    static const char *const words[] = {"offered", "archived", "all"};
    static const char *const texts[2][2] = {{LIST OLDEST, LIST NEWEST}, {LIST OF_ORG OLDEST, LIST OF_ORG NEWEST}};
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_specification_row *rows = mr_arena_alloc(a, f->limit * sizeof *rows); /* each is set when it is read */
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    const mr_str first = f->newest_first ? MR_STR("g") : MR_STR(""); /* ids are hexadecimal */
    const mr_db_value args[] = {MR_DB_T("which", mr_str_of(words[f->which])),
                                MR_DB_T("after", f->after.len ? f->after : first), MR_DB_I("limit", (int64_t)f->limit),
                                MR_DB_T("org", f->org_id)};
    MR_TRY(mr_db_query(tx, texts[f->org_id.len > 0][f->newest_first], args, f->org_id.len ? 4 : 3, &c, err));
    for (; count < f->limit; count++) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        take(c, a, &rows[count]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_specification_count(mr_db_tx *tx, mr_str org_id, int64_t *ret_published, int64_t *ret_awarded,
                                 struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    /* texts of their own: an index is used only where its column is asked for and nothing else might be meant */
#define COUNTED(own)                                                                                                   \
    "SELECT (SELECT COUNT(DISTINCT s.slug) FROM specification s WHERE s.archived_at IS NULL" own                       \
    "), (SELECT CAST(COALESCE(SUM(c.awarded), 0) AS BIGINT) FROM specification s JOIN specification_count c ON "       \
    "c.specification_id = s.id WHERE TRUE" own ")"
    if (org_id.len)
        MR_TRY(mr_db_query(tx, COUNTED(" AND s.org_id = $org"), MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    else
        MR_TRY(mr_db_query(tx, COUNTED(""), NULL, 0, &c, err));
#undef COUNTED
    MR_TRY(mr_db_next(c, &row, err));
    *ret_published = row ? mr_db_int(c, 0) : 0;
    *ret_awarded = row ? mr_db_int(c, 1) : 0;
    return MR_OK;
}

int mr_store_specification_versions(mr_db_tx *tx, mr_arena *a, mr_str slug, size_t most,
                                    struct mr_specification_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_specification_row *rows = mr_arena_alloc(a, most * sizeof *rows); /* each is set when it is read */
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT " COLUMNS
                       " FROM specification s WHERE s.slug = $slug ORDER BY s.published_at DESC, s.id DESC LIMIT $most",
                       MR_DB_ARGS(MR_DB_T("slug", slug), MR_DB_I("most", (int64_t)most)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == most) break;
        take(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_specification_archive(mr_db_tx *tx, mr_str slug, int64_t at, struct mr_err *err)
{
    if (at == MR_TIME_NONE)
        return mr_db_run(tx, "UPDATE specification SET archived_at = NULL WHERE slug = $slug",
                         MR_DB_ARGS(MR_DB_T("slug", slug)), NULL, err);
    return mr_db_run(tx, "UPDATE specification SET archived_at = $at WHERE slug = $slug",
                     MR_DB_ARGS(MR_DB_T("slug", slug), MR_DB_I("at", at)), NULL, err);
}

int mr_store_specification_get(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_specification_row *ret,
                               struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_specification_row){0};
    MR_TRY(mr_db_query(
        tx,
        "SELECT id, org_id, slug, version, document, published_at, 0, archived_at FROM specification WHERE id = $id",
        MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take(c, a, ret);
    return MR_OK;
}
