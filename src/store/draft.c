#include "store/draft.h"

#include "base/id.h"
#include "base/time.h"

#define COLUMNS                                                                                                        \
    "id, org_id, slug, version, languages, document, state, revision, based_on, specification_id, submitted_kind, "    \
    "submitted_by, submitted_at, decided_kind, decided_by, decided_at, reason, created_at, updated_at"

int mr_store_draft_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_draft_row *row, mr_str *ret_id,
                       struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(
        mr_db_run(tx,
                  "INSERT INTO specification_draft (id, org_id, slug, version, languages, document, state, revision, "
                  "based_on, created_at, updated_at) VALUES ($id, $org, $slug, $version, $languages, $document, "
                  "'draft', 1, $based_on, $now, $now)",
                  MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", row->org_id),
                             mr_db_text_or_null("slug", row->slug), mr_db_text_or_null("version", row->version),
                             MR_DB_T("languages", row->languages), MR_DB_B("document", row->document),
                             mr_db_text_or_null("based_on", row->based_on), MR_DB_I("now", mr_env_now(env))),
                  NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return ret_id->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the draft", MR_NOWHERE);
}

static mr_str text(const mr_db_cursor *c, mr_arena *a, int column)
{
    return mr_db_is_null(c, column) ? MR_STR_EMPTY : mr_arena_dup(a, mr_db_text(c, column));
}

static int64_t moment(const mr_db_cursor *c, int column)
{
    return mr_db_is_null(c, column) ? MR_TIME_NONE : mr_db_int(c, column);
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_draft_row *ret)
{
    *ret = (struct mr_draft_row){
        .id = text(c, a, 0),
        .org_id = text(c, a, 1),
        .slug = text(c, a, 2),
        .version = text(c, a, 3),
        .languages = text(c, a, 4),
        .document = text(c, a, 5),
        .state = text(c, a, 6),
        .revision = mr_db_int(c, 7),
        .based_on = text(c, a, 8),
        .specification_id = text(c, a, 9),
        .submitted_kind = text(c, a, 10),
        .submitted_by = text(c, a, 11),
        .submitted_at = moment(c, 12),
        .decided_kind = text(c, a, 13),
        .decided_by = text(c, a, 14),
        .decided_at = moment(c, 15),
        .reason = text(c, a, 16),
        .created_at = mr_db_int(c, 17),
        .updated_at = mr_db_int(c, 18),
    };
}

int mr_store_draft_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_draft_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS " FROM specification_draft WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)),
                       &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_draft_row){0};
    if (row) take(c, a, ret);
    return MR_OK;
}

/* Each combination of filters that is asked for all the time has its own text, so that each finds its own index. */
#define BEHIND "(updated_at, id) < ($at, $id) ORDER BY updated_at DESC, id DESC LIMIT $limit"
static int query_list(mr_db_tx *tx, const struct mr_draft_filter *f, mr_db_cursor **c, struct mr_err *err)
{
    bool begins = !f->after.id.len;
    const mr_db_value at = MR_DB_I("at", begins ? INT64_MAX : f->after.updated_at),
                      id = MR_DB_T("id", begins ? MR_STR("g") : f->after.id), l = MR_DB_I("limit", (int64_t)f->limit),
                      o = MR_DB_T("org", f->org_id), s = MR_DB_T("state", f->state);
    if (f->org_id.len && f->state.len)
        return mr_db_query(
            tx, "SELECT " COLUMNS " FROM specification_draft WHERE org_id = $org AND state = $state AND " BEHIND,
            MR_DB_ARGS(o, s, at, id, l), c, err);
    if (f->org_id.len)
        return mr_db_query(tx, "SELECT " COLUMNS " FROM specification_draft WHERE org_id = $org AND " BEHIND,
                           MR_DB_ARGS(o, at, id, l), c, err);
    return mr_db_query(tx,
                       "SELECT " COLUMNS " FROM specification_draft WHERE ($state = '' OR state = $state) AND " BEHIND,
                       MR_DB_ARGS(s, at, id, l), c, err);
}

int mr_store_draft_list(mr_db_tx *tx, mr_arena *a, const struct mr_draft_filter *filter, struct mr_draft_row **ret,
                        size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_draft_row *rows = mr_arena_alloc(a, filter->limit * sizeof *rows); /* each is set when it is read */
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(query_list(tx, filter, &c, err));
    for (; count < filter->limit; count++) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        take(c, a, &rows[count]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_draft_count(mr_db_tx *tx, mr_str org_id, mr_str person_id, struct mr_draft_counts *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    const mr_db_value p = MR_DB_T("person", person_id);
#define COUNTS                                                                                                         \
    "SELECT COUNT(*) FILTER (WHERE state = 'submitted' AND COALESCE(submitted_by, '-') <> $person), "                  \
    "COUNT(*) FILTER (WHERE state = 'draft' AND submitted_by = $person AND reason <> ''), COUNT(*) "                   \
    "FROM specification_draft WHERE state IN ('draft', 'submitted')"
    if (org_id.len)
        MR_TRY(mr_db_query(tx, COUNTS " AND org_id = $org", MR_DB_ARGS(p, MR_DB_T("org", org_id)), &c, err));
    else
        MR_TRY(mr_db_query(tx, COUNTS, MR_DB_ARGS(p), &c, err));
#undef COUNTS
    *ret = (struct mr_draft_counts){0};
    MR_TRY(mr_db_next(c, &row, err));
    if (row) *ret = (struct mr_draft_counts){mr_db_int(c, 0), mr_db_int(c, 1), mr_db_int(c, 2)};
    return MR_OK;
}

int mr_store_draft_begun(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str based_on, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT id FROM specification_draft WHERE org_id = $org AND state IN ('draft', 'submitted') "
                       "AND based_on = $based_on ORDER BY updated_at DESC, id DESC LIMIT 1",
                       MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_T("based_on", based_on)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    return MR_OK;
}

static mr_db_value moment_or_null(const char *name, int64_t at)
{
    return at == MR_TIME_NONE ? (mr_db_value)MR_DB_N(name) : (mr_db_value)MR_DB_I(name, at);
}

int mr_store_draft_change(mr_db_tx *tx, const mr_env *env, const struct mr_draft_row *row, struct mr_err *err)
{
    int64_t changed;
    MR_TRY(mr_db_run(
        tx,
        "UPDATE specification_draft SET slug = $slug, version = $version, languages = $languages, document = "
        "$document, "
        "state = $state, revision = revision + 1, specification_id = $specification, submitted_kind = $submitted_kind, "
        "submitted_by = $submitted_by, submitted_at = $submitted_at, decided_kind = $decided_kind, "
        "decided_by = $decided_by, decided_at = $decided_at, reason = $reason, updated_at = $now "
        "WHERE id = $id AND revision = $revision",
        MR_DB_ARGS(
            mr_db_text_or_null("slug", row->slug), mr_db_text_or_null("version", row->version),
            MR_DB_T("languages", row->languages), MR_DB_B("document", row->document), MR_DB_T("state", row->state),
            mr_db_text_or_null("specification", row->specification_id),
            mr_db_text_or_null("submitted_kind", row->submitted_kind),
            mr_db_text_or_null("submitted_by", row->submitted_by), moment_or_null("submitted_at", row->submitted_at),
            mr_db_text_or_null("decided_kind", row->decided_kind), mr_db_text_or_null("decided_by", row->decided_by),
            moment_or_null("decided_at", row->decided_at), mr_db_text_or_null("reason", row->reason),
            MR_DB_I("now", mr_env_now(env)), MR_DB_T("id", row->id), MR_DB_I("revision", row->revision)),
        &changed, err));
    return changed ? MR_OK : MR_FAIL(err, MR_E_STATE, "somebody else has changed it meanwhile", MR_NOWHERE);
}

int mr_store_draft_remove(mr_db_tx *tx, mr_str id, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx, "DELETE FROM draft_comment WHERE draft_id = $id", MR_DB_ARGS(MR_DB_T("id", id)), NULL, err));
    MR_TRY(mr_db_run(tx, "DELETE FROM draft_editor WHERE draft_id = $id", MR_DB_ARGS(MR_DB_T("id", id)), NULL, err));
    return mr_db_run(tx, "DELETE FROM specification_draft WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), NULL, err);
}

/* Never NULL, because it is part of a key: the operator's is the empty text. */
static mr_db_value actor_value(mr_str actor_id)
{
    return (mr_db_value)MR_DB_T("actor", actor_id.len ? actor_id : MR_STR(""));
}

int mr_store_draft_edited(mr_db_tx *tx, const mr_env *env, const struct mr_draft_row *row, mr_str kind, mr_str actor_id,
                          struct mr_err *err)
{
    return mr_db_run(tx,
                     "INSERT INTO draft_editor (draft_id, org_id, actor_kind, actor_id, last_at) VALUES ($draft, $org, "
                     "$kind, $actor, $now) ON CONFLICT (draft_id, actor_kind, actor_id) DO UPDATE SET last_at = $now",
                     MR_DB_ARGS(MR_DB_T("draft", row->id), MR_DB_T("org", row->org_id), MR_DB_T("kind", kind),
                                actor_value(actor_id), MR_DB_I("now", mr_env_now(env))),
                     NULL, err);
}

int mr_store_draft_has_other_editor(mr_db_tx *tx, mr_str id, mr_str kind, mr_str actor_id, bool *ret,
                                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx,
                       "SELECT 1 FROM draft_editor WHERE draft_id = $draft AND (actor_kind <> $kind OR actor_id <> "
                       "$actor) LIMIT 1",
                       MR_DB_ARGS(MR_DB_T("draft", id), MR_DB_T("kind", kind), actor_value(actor_id)), &c, err));
    return mr_db_next(c, ret, err);
}

int mr_store_draft_comment_add(mr_db_tx *tx, const mr_env *env, const struct mr_draft_row *draft,
                               const struct mr_draft_comment_row *comment, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    return mr_db_run(tx,
                     "INSERT INTO draft_comment (id, draft_id, org_id, element, remark, actor_kind, actor_id, "
                     "created_at) VALUES ($id, $draft, $org, $element, $remark, $kind, $actor, $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("draft", draft->id),
                                MR_DB_T("org", draft->org_id), mr_db_text_or_null("element", comment->element),
                                MR_DB_T("remark", comment->remark), MR_DB_T("kind", comment->kind),
                                mr_db_text_or_null("actor", comment->actor_id), MR_DB_I("now", mr_env_now(env))),
                     NULL, err);
}

int mr_store_draft_comment_list(mr_db_tx *tx, mr_arena *a, mr_str draft_id, size_t most,
                                struct mr_draft_comment_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_draft_comment_row *rows = MR_NEW_ARRAY(a, struct mr_draft_comment_row, most);
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT id, element, remark, actor_kind, actor_id, created_at FROM draft_comment WHERE draft_id "
                       "= $draft ORDER BY created_at, id LIMIT $most",
                       MR_DB_ARGS(MR_DB_T("draft", draft_id), MR_DB_I("most", (int64_t)most)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == most) break;
        rows[count++] = (struct mr_draft_comment_row){.id = text(c, a, 0),
                                                      .element = text(c, a, 1),
                                                      .remark = text(c, a, 2),
                                                      .kind = text(c, a, 3),
                                                      .actor_id = text(c, a, 4),
                                                      .created_at = mr_db_int(c, 5)};
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}
