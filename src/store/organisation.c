#include "store/organisation.h"
#include "base/id.h"
#include "base/time.h"

#define COLUMNS "o.id, o.slug, o.name, o.kind, o.parent_id, o.profile, o.created_at, o.closed_at"

static int find(mr_db_tx *tx, mr_arena *a, mr_str slug, mr_str name, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT id FROM organisation WHERE slug = $slug OR (name = $name AND parent_id IS NULL) "
                       "ORDER BY CASE WHEN name = $name THEN 0 ELSE 1 END, id LIMIT 1",
                       MR_DB_ARGS(MR_DB_T("slug", slug), MR_DB_T("name", name)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret_id = row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    return MR_OK;
}

int mr_store_organisation_ensure(mr_db_tx *tx, mr_arena *a, const mr_env *env, mr_str slug, mr_str name, mr_str *ret_id,
                                 struct mr_err *err)
{
    MR_TRY(find(tx, a, slug, name, ret_id, err));
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

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_organisation_row *ret)
{
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
}

static int find_by(mr_db_tx *tx, mr_arena *a, const char *sql, mr_str key, struct mr_organisation_row *ret,
                   struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_organisation_row){0};
    MR_TRY(mr_db_query(tx, sql, MR_DB_ARGS(MR_DB_T("key", key)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take(c, a, ret);
    return MR_OK;
}

int mr_store_organisation_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_organisation_row *ret,
                               struct mr_err *err)
{
    return find_by(tx, a, "SELECT " COLUMNS " FROM organisation o WHERE o.id = $key", id, ret, err);
}

int mr_store_organisation_find_slug(mr_db_tx *tx, mr_arena *a, mr_str slug, struct mr_organisation_row *ret,
                                    struct mr_err *err)
{
    return find_by(tx, a, "SELECT " COLUMNS " FROM organisation o WHERE o.slug = $key", slug, ret, err);
}

int mr_store_organisation_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_organisation_row *row,
                              mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    const mr_db_value profile =
        row->profile.len ? (mr_db_value)MR_DB_B("profile", row->profile) : (mr_db_value)MR_DB_N("profile");
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO organisation (id, slug, name, kind, parent_id, profile, created_at) "
                     "VALUES ($id, $slug, $name, $kind, $parent, $profile, $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("slug", row->slug), MR_DB_T("name", row->name),
                                MR_DB_T("kind", row->kind), mr_db_text_or_null("parent", row->parent_id), profile,
                                MR_DB_I("now", mr_env_now(env))),
                     NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

int mr_store_organisation_set(mr_db_tx *tx, const struct mr_organisation_row *row, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE organisation SET name = $name, kind = $kind, profile = $profile WHERE id = $id",
                     MR_DB_ARGS(MR_DB_T("id", row->id), MR_DB_T("name", row->name), MR_DB_T("kind", row->kind),
                                MR_DB_B("profile", row->profile)),
                     NULL, err);
}

int mr_store_organisation_close(mr_db_tx *tx, mr_str id, int64_t at, struct mr_err *err)
{
    const mr_db_value when = at == MR_TIME_NONE ? (mr_db_value)MR_DB_N("at") : (mr_db_value)MR_DB_I("at", at);
    return mr_db_run(tx, "UPDATE organisation SET closed_at = $at WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id), when),
                     NULL, err);
}

#define LISTED_ALL                                                                                                     \
    "SELECT " COLUMNS " FROM organisation o WHERE ((($of = '' AND o.closed_at IS NULL)) OR o.parent_id = $of) AND "    \
    "($after = '' OR o.id > (SELECT b.id FROM organisation b WHERE b.slug = $after)) ORDER BY o.id LIMIT $most"
#define LISTED_PUBLISHERS                                                                                              \
    "SELECT " COLUMNS " FROM organisation o WHERE ($of = '' OR o.parent_id = $of) AND o.closed_at IS NULL AND "        \
    "EXISTS (SELECT 1 FROM catalogue_entry e WHERE e.org_id = o.id) AND ($after = '' OR (o.name, o.slug) > "           \
    "(SELECT b.name, b.slug FROM organisation b WHERE b.slug = $after)) ORDER BY o.name, o.slug LIMIT $most"

int mr_store_organisation_page(mr_db_tx *tx, mr_arena *a, mr_organisation_list which, mr_str of, mr_str after,
                               size_t most, struct mr_organisation_row **ret, size_t *ret_count, struct mr_err *err)
{
    static const char *const statements[] = {LISTED_ALL, LISTED_PUBLISHERS};
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    size_t count = 0;
    struct mr_organisation_row *rows = MR_NEW_ARRAY(a, struct mr_organisation_row, most);
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx, statements[which],
                       MR_DB_ARGS(MR_DB_T("of", of), MR_DB_T("after", after), MR_DB_I("most", (int64_t)most)), &c,
                       err));
    for (;;) {
        bool row;
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == most) break;
        take(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

/* Only what a list to choose from shows. */
int mr_store_organisation_list(mr_db_tx *tx, mr_arena *a, size_t limit, struct mr_organisation_row **ret,
                               size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_organisation_row *rows = MR_NEW_ARRAY(a, struct mr_organisation_row, limit);
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(
        tx, "SELECT id, slug, name, kind FROM organisation WHERE closed_at IS NULL ORDER BY name, id LIMIT $most",
        MR_DB_ARGS(MR_DB_I("most", (int64_t)limit)), &c, err));
    for (*ret_count = 0; *ret_count < limit;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        rows[(*ret_count)++] = (struct mr_organisation_row){.id = mr_arena_dup(a, mr_db_text(c, 0)),
                                                            .slug = mr_arena_dup(a, mr_db_text(c, 1)),
                                                            .name = mr_arena_dup(a, mr_db_text(c, 2)),
                                                            .kind = mr_arena_dup(a, mr_db_text(c, 3)),
                                                            .created_at = MR_TIME_NONE,
                                                            .closed_at = MR_TIME_NONE};
    }
    *ret = rows;
    return MR_OK;
}

int mr_store_organisation_first(mr_db_tx *tx, mr_arena *a, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT id FROM organisation WHERE closed_at IS NULL ORDER BY created_at, id LIMIT 1", NULL,
                       0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret_id = row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    return MR_OK;
}
