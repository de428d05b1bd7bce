#include "store/enrolment.h"

#include "base/id.h"
#include "store/count.h"

#define COLUMNS                                                                                                        \
    "id, org_id, specification_slug, opportunity_id, learner_key, given_name, family_name, full_name, email, "         \
    "student_number, birth_date, state, source, language, grade, awarded_on, batch_id, passed, created_at, changed_at"
/* The same for lists: of a restricted one that is over only that there is one. */
#define OPEN(column) "CASE WHEN restricted_at IS NULL OR state IN ('applied', 'enrolled') THEN " column " ELSE '' END, "
#define LISTED                                                                                                         \
    "id, org_id, specification_slug, opportunity_id, learner_key, " OPEN("given_name") OPEN("family_name")             \
        OPEN("full_name") OPEN("email") OPEN("student_number")                                                         \
            OPEN("birth_date") "state, source, language, grade, awarded_on, batch_id, passed, created_at, changed_at"

int mr_store_enrolment_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_enrolment_row *row,
                           mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(
        tx,
        "INSERT INTO enrolment (id, org_id, specification_slug, opportunity_id, learner_key, given_name, family_name, "
        "full_name, email, student_number, birth_date, state, source, language, created_at, changed_at) VALUES ($id, "
        "$org, $slug, $opportunity, $key, $given, $family, $name, $email, $number, $birth, $state, $source, $language, "
        "$now, $now)",
        MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", row->org_id), MR_DB_T("slug", row->specification_slug),
                   mr_db_text_or_null("opportunity", row->opportunity_id), MR_DB_T("key", row->learner_key),
                   mr_db_text_or_null("given", row->given_name), mr_db_text_or_null("family", row->family_name),
                   MR_DB_T("name", row->full_name), mr_db_text_or_null("email", row->email),
                   mr_db_text_or_null("number", row->student_number), mr_db_text_or_null("birth", row->birth_date),
                   MR_DB_T("state", row->state), MR_DB_T("source", row->source),
                   mr_db_text_or_null("language", row->language), MR_DB_I("now", mr_env_now(env))),
        NULL, err));
    MR_TRY(mr_count_enrolment(tx, mr_str_of(id), 1, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_enrolment_row *ret)
{
    mr_str *const texts[] = {&ret->id,
                             &ret->org_id,
                             &ret->specification_slug,
                             &ret->opportunity_id,
                             &ret->learner_key,
                             &ret->given_name,
                             &ret->family_name,
                             &ret->full_name,
                             &ret->email,
                             &ret->student_number,
                             &ret->birth_date,
                             &ret->state,
                             &ret->source,
                             &ret->language,
                             &ret->grade,
                             &ret->awarded_on,
                             &ret->batch_id};
    int count = (int)(sizeof texts / sizeof *texts);
    for (int i = 0; i < count; i++) *texts[i] = mr_arena_dup(a, mr_db_text(c, i));
    ret->passed = mr_db_is_null(c, count) ? -1 : mr_db_int(c, count) != 0;
    ret->created_at = mr_db_int(c, count + 1);
    ret->changed_at = mr_db_int(c, count + 2);
}

int mr_store_enrolment_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_enrolment_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS " FROM enrolment WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_enrolment_row){0};
    if (row) take(c, a, ret);
    return MR_OK;
}

/* Each combination of filters has its own text, so that each finds its own index. */
static int query_list(mr_db_tx *tx, const struct mr_enrolment_filter *f, size_t limit, mr_db_cursor **c,
                      struct mr_err *err)
{
    const mr_db_value a = MR_DB_T("after", f->after), l = MR_DB_I("limit", (int64_t)limit),
                      o = MR_DB_T("org", f->org_id), g = MR_DB_T("slug", f->slug), s = MR_DB_T("state", f->state);
#define OLDEST " AND id > $after ORDER BY id LIMIT $limit"
    if (f->slug.len && f->state.len)
        return mr_db_query(
            tx,
            "SELECT " LISTED
            " FROM enrolment WHERE specification_slug = $slug AND state = $state AND org_id = $org" OLDEST,
            MR_DB_ARGS(g, s, o, a, l), c, err);
    if (f->slug.len)
        return mr_db_query(tx,
                           "SELECT " LISTED " FROM enrolment WHERE specification_slug = $slug AND org_id = $org" OLDEST,
                           MR_DB_ARGS(g, o, a, l), c, err);
    if (f->state.len)
        return mr_db_query(tx, "SELECT " LISTED " FROM enrolment WHERE org_id = $org AND state = $state" OLDEST,
                           MR_DB_ARGS(o, s, a, l), c, err);
    return mr_db_query(tx, "SELECT " LISTED " FROM enrolment WHERE org_id = $org" OLDEST, MR_DB_ARGS(o, a, l), c, err);
#undef OLDEST
}

int mr_store_enrolment_list(mr_db_tx *tx, mr_arena *a, const struct mr_enrolment_filter *filter, size_t limit,
                            struct mr_enrolment_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_enrolment_row *rows = mr_arena_alloc(a, limit * sizeof *rows); /* each is set when it is read */
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(query_list(tx, filter, limit, &c, err));
    for (; count < limit; count++) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        take(c, a, &rows[count]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_enrolment_count(mr_db_tx *tx, mr_str org_id, mr_str slug, int64_t ret[5], struct mr_err *err)
{
    static const char *const words[] = {"applied", "enrolled", "completed", "withdrawn", "not_passed"};
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    memset(ret, 0, 5 * sizeof *ret);
    if (slug.len)
        MR_TRY(mr_db_query(tx,
                           "SELECT state, enrolments FROM enrolment_count WHERE org_id = $org AND "
                           "specification_slug = $slug",
                           MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_T("slug", slug)), &c, err));
    else
        MR_TRY(mr_db_query(tx,
                           "SELECT state, CAST(SUM(enrolments) AS BIGINT) FROM enrolment_count WHERE org_id = $org "
                           "GROUP BY state",
                           MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) return MR_OK;
        for (int i = 0; i < 5; i++)
            if (mr_str_is(mr_db_text(c, 0), words[i])) ret[i] = mr_db_int(c, 1);
    }
}

int mr_store_enrolment_count_seats(mr_db_tx *tx, mr_str slug, mr_str opportunity_id, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT COUNT(*) FROM enrolment WHERE specification_slug = $slug AND "
                       "COALESCE(opportunity_id, '') = $opportunity AND state IN ('applied', 'enrolled')",
                       MR_DB_ARGS(MR_DB_T("slug", slug), MR_DB_T("opportunity", opportunity_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

/* By one thing that is known; empty unless exactly one fits. */
static int match_by(mr_db_tx *tx, mr_arena *a, const char *sql, mr_str slug, mr_str what, mr_str *ret_id,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    if (what.len == 0 || ret_id->len) return MR_OK;
    MR_TRY(mr_db_query(tx, sql, MR_DB_ARGS(MR_DB_T("slug", slug), MR_DB_T("what", what)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row) return MR_OK;
    mr_str id = mr_arena_dup(a, mr_db_text(c, 0));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row) *ret_id = id;
    return MR_OK;
}

#define MATCH "SELECT id FROM enrolment WHERE specification_slug = $slug AND state IN ('applied', 'enrolled') AND "

int mr_store_enrolment_match(mr_db_tx *tx, mr_arena *a, mr_str slug, mr_str learner_key, mr_str student_number,
                             mr_str email, mr_str *ret_id, struct mr_err *err)
{
    *ret_id = MR_STR_EMPTY;
    MR_TRY(match_by(tx, a, MATCH "learner_key = $what LIMIT 2", slug, learner_key, ret_id, err));
    MR_TRY(match_by(tx, a, MATCH "student_number = $what LIMIT 2", slug, student_number, ret_id, err));
    return match_by(tx, a, MATCH "LOWER(email) = LOWER($what) LIMIT 2", slug, email, ret_id, err);
}

int mr_store_enrolment_is_known(mr_db_tx *tx, mr_str slug, mr_str learner_key, bool *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT 1 FROM enrolment WHERE specification_slug = $slug AND learner_key = $key LIMIT 1",
                       MR_DB_ARGS(MR_DB_T("slug", slug), MR_DB_T("key", learner_key)), &c, err));
    return mr_db_next(c, ret, err);
}

int mr_store_enrolment_set_state(mr_db_tx *tx, mr_str id, mr_str state, int64_t now, struct mr_err *err)
{
    MR_TRY(mr_count_enrolment(tx, id, -1, err));
    MR_TRY(mr_db_run(tx, "UPDATE enrolment SET state = $state, changed_at = $now WHERE id = $id",
                     MR_DB_ARGS(MR_DB_T("state", state), MR_DB_I("now", now), MR_DB_T("id", id)), NULL, err));
    return mr_count_enrolment(tx, id, 1, err);
}

int mr_store_enrolment_set_result(mr_db_tx *tx, mr_str id, mr_str grade, int passed, mr_str awarded_on, int64_t now,
                                  struct mr_err *err)
{
    mr_db_value value = {.name = "passed", .type = passed < 0 ? MR_DB_NULL : MR_DB_BOOL, .number = passed > 0};
    return mr_db_run(tx,
                     "UPDATE enrolment SET grade = $grade, passed = CAST($passed AS BOOLEAN), awarded_on = $on, "
                     "changed_at = $now WHERE id = $id",
                     MR_DB_ARGS(mr_db_text_or_null("grade", grade), value, mr_db_text_or_null("on", awarded_on),
                                MR_DB_I("now", now), MR_DB_T("id", id)),
                     NULL, err);
}

int mr_store_enrolment_set_batch(mr_db_tx *tx, mr_str id, mr_str batch_id, int64_t now, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE enrolment SET batch_id = $batch, changed_at = $now WHERE id = $id",
                     MR_DB_ARGS(MR_DB_T("batch", batch_id), MR_DB_I("now", now), MR_DB_T("id", id)), NULL, err);
}

/* a month: 1/12 of 365.25 days */
#define OVER                                                                                                           \
    "source = 'link' AND state IN ('completed', 'withdrawn', 'not_passed') AND changed_at < $now - (SELECT "           \
    "l.keep_months * 2629800000 FROM enrolment_link l WHERE l.id = COALESCE(enrolment.opportunity_id, "                \
    "enrolment.specification_slug))"

int mr_store_enrolment_forget(mr_db_tx *tx, int64_t now, int64_t *ret_removed, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx, MR_COUNT_ENROLMENTS("state", "-1", OVER), MR_DB_ARGS(MR_DB_I("now", now)), NULL, err));
    return mr_db_run(tx, "DELETE FROM enrolment WHERE " OVER, MR_DB_ARGS(MR_DB_I("now", now)), ret_removed, err);
}

int mr_store_enrolment_link_put(mr_db_tx *tx, const struct mr_enrolment_link_row *row, struct mr_err *err)
{
    mr_db_value seats = MR_DB_I("seats", row->seats);
    if (row->seats < 0) seats.type = MR_DB_NULL;
    return mr_db_run(tx,
                     "INSERT INTO enrolment_link (id, org_id, specification_slug, opportunity_id, is_open, seats, "
                     "keep_months, changed_at) VALUES ($id, $org, $slug, $opportunity, $open, CAST($seats AS BIGINT), "
                     "$keep, $now) ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, seats = excluded.seats, "
                     "keep_months = excluded.keep_months, changed_at = excluded.changed_at",
                     MR_DB_ARGS(MR_DB_T("id", row->id), MR_DB_T("org", row->org_id),
                                MR_DB_T("slug", row->specification_slug),
                                mr_db_text_or_null("opportunity", row->opportunity_id),
                                {.name = "open", .type = MR_DB_BOOL, .number = row->is_open}, seats,
                                MR_DB_I("keep", row->keep_months), MR_DB_I("now", row->changed_at)),
                     NULL, err);
}

int mr_store_enrolment_link_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_enrolment_link_row *ret,
                                 struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT id, org_id, specification_slug, opportunity_id, is_open, seats, keep_months, changed_at "
                       "FROM enrolment_link WHERE id = $id",
                       MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_enrolment_link_row){0};
    if (!row) return MR_OK;
    *ret = (struct mr_enrolment_link_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .specification_slug = mr_arena_dup(a, mr_db_text(c, 2)),
        .opportunity_id = mr_arena_dup(a, mr_db_text(c, 3)),
        .is_open = mr_db_int(c, 4) != 0,
        .seats = mr_db_is_null(c, 5) ? -1 : mr_db_int(c, 5),
        .keep_months = mr_db_int(c, 6),
        .changed_at = mr_db_int(c, 7),
    };
    return MR_OK;
}
