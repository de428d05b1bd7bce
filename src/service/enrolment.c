/* What somebody writes about a learner is put into a table of one row and read as results are, so that one rule says what a name, a day or an address is. */
#include "service/enrolment.h"

#include "base/limits.h"
#include "credential/wording.h"
#include "json/write.h"
#include "service/audit.h"
#include "service/event.h"
#include "service/installation.h"
#include "service/jobs.h"
#include "service/mail.h"
#include "service/opportunity.h"
#include "service/upload.h"
#include "store/opportunity.h"
#include "store/session.h"
#include "store/organisation.h"

#include <stdio.h>

#define MAILS_A_DAY 10 /* to one address, about what was enrolled by the public page */

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

static void results_cleanup(mr_results **results)
{
    mr_results_close(*results);
}

/* ---- one learner ---- */

static void write_learner(const struct mr_enrolment_new *x, mr_buf *out)
{
    enum { FIELDS = 7 };
    static const mr_result_field fields[FIELDS] = {MR_FIELD_NAME,  MR_FIELD_GIVEN,   MR_FIELD_FAMILY,  MR_FIELD_BIRTH,
                                                   MR_FIELD_EMAIL, MR_FIELD_STUDENT, MR_FIELD_LANGUAGE};
    const mr_str values[FIELDS] = {x->full_name, x->given_name,     x->family_name, x->birth_date,
                                   x->email,     x->student_number, x->language};
    for (size_t i = 0; i < FIELDS; i++) mr_csv_put_cell(out, mr_str_of(mr_field_name(fields[i])), ',');
    mr_csv_end_row(out);
    for (size_t i = 0; i < FIELDS; i++) mr_csv_put_cell(out, values[i], ',');
    mr_csv_end_row(out);
}

/* What was written, as a row; faults are copied to `findings`. */
static int read_learner(mr_service *s, mr_arena *a, const struct mr_enrolment_new *x, struct mr_findings *findings,
                        struct mr_result_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    MR_CLEANUP(mr_table_close) mr_table table = {0};
    MR_CLEANUP(results_cleanup) mr_results *results = NULL;
    bool has_row;
    mr_buf_init(&text, MR_LIMIT_TABLE_ROW);
    write_learner(x, &text);
    MR_TRY(mr_table_open(&table, mr_buf_str(&text), MR_STR_EMPTY, err));
    MR_TRY(mr_results_open_table(a, &table, NULL, s->env, &results, err));
    MR_TRY(mr_results_next(results, a, ret, &has_row, err));
    if (!has_row) { /* a row of empty cells is none */
        mr_findings_add(findings, mr_field_code(MR_FIELD_NAME), "result.name.missing", MR_STR_EMPTY);
        return MR_FAIL(err, MR_E_FORMAT, "the learner has no name", MR_NOWHERE);
    }
    for (size_t i = 0; i < ret->findings.count; i++) {
        const struct mr_finding *f = &ret->findings.items[i];
        struct mr_finding *copy = mr_findings_add(findings, f->element, f->id, f->value);
        copy->expected = f->expected;
        memcpy(copy->pointer, f->pointer, sizeof copy->pointer);
    }
    return ret->findings.faults ? MR_FAIL(err, MR_E_FORMAT, "the learner is not well described", MR_NOWHERE) : MR_OK;
}

/* Only opportunities of the specification itself are meant. */
static int check_opportunity(mr_db_tx *tx, mr_arena *a, const struct mr_published *published, mr_str id,
                             struct mr_err *err)
{
    struct mr_offered one;
    if (!id.len) return MR_OK;
    MR_TRY(mr_opportunity_find_in(tx, a, id, &one, err));
    if (mr_str_eq(one.org_id, published->org_id) && mr_str_eq(one.opportunity.specification, published->slug))
        return MR_OK;
    return MR_FAIL(err, MR_E_NOT_FOUND, "this specification has no such opportunity", MR_NOWHERE);
}

static int tell(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_published *published,
                const mr_enrolment *enrolment, mr_str id, struct mr_err *err)
{
    mr_str data =
        mr_arena_format(a, "\"specification\":\"%.*s\",\"state\":\"%.*s\",\"source\":\"%.*s\"",
                        MR_STR_ARG(published->id), MR_STR_ARG(enrolment->state), MR_STR_ARG(enrolment->source));
    if (enrolment->opportunity_id.len)
        data = mr_arena_format(a, "%.*s,\"opportunity\":\"%.*s\"", MR_STR_ARG(data),
                               MR_STR_ARG(enrolment->opportunity_id));
    return mr_event(s, tx, published->org_id, "enrolment.created", id, data, err);
}

static int add_row(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_published *published,
                   const struct mr_result_row *row, const struct mr_enrolment_new *x, const char *source,
                   mr_str *ret_id, struct mr_err *err)
{
    const mr_learner *l = &row->achievement.learner;
    char key[33], birth[11] = "";
    mr_upload_learner_key(s, row->learner_key, key);
    if (mr_date_is_set(l->birth_date)) mr_date_write(l->birth_date, birth);
    const mr_enrolment enrolment = {.org_id = published->org_id,
                                    .specification_slug = published->slug,
                                    .opportunity_id = x->opportunity_id,
                                    .learner_key = mr_str_of(key),
                                    .given_name = l->given_name,
                                    .family_name = l->family_name,
                                    .full_name = l->full_name,
                                    .email = l->email,
                                    .student_number = l->student_number,
                                    .birth_date = mr_str_of(birth),
                                    .state = x->applied ? MR_STR("applied") : MR_STR("enrolled"),
                                    .source = mr_str_of(source),
                                    .language = l->language};
    MR_TRY(mr_store_enrolment_add(tx, a, s->env, &enrolment, ret_id, err));
    return tell(s, tx, a, published, &enrolment, *ret_id, err);
}

int mr_enrolment_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_enrolment_new *enrolment,
                     const char *source, struct mr_findings *findings, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_published published;
    struct mr_result_row row;
    MR_TRY(mr_catalogue_get(s, a, enrolment->specification, &published, err));
    MR_TRY(mr_authorise(actor, MR_MAY_ENROLMENT_EDIT, published.org_id, err));
    MR_TRY(read_learner(s, a, enrolment, findings, &row, err));
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(check_opportunity(tx, a, &published, enrolment->opportunity_id, err));
    MR_TRY(add_row(s, tx, a, &published, &row, enrolment, source, ret_id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ENROLMENT_EDIT, published.org_id, *ret_id, MR_STR("added"), err));
    return commit(&tx, err);
}

/* ---- a file ---- */

/* Why a row was left out, all in one cell. */
static mr_str reason_of(mr_arena *a, const mr_language *l, const struct mr_result_row *row, bool is_there)
{
    mr_str reason = is_there ? mr_message(l, "enrolment.there") : MR_STR_EMPTY;
    for (size_t i = 0; i < row->findings.count; i++) {
        const mr_str parts[] = {reason, MR_STR(" "), mr_finding_say(a, l, &row->findings.items[i])};
        reason = reason.len ? mr_arena_concat(a, parts, 3) : parts[2];
    }
    return reason;
}

/* Where the rows that are left out are written, and in which language it is said why. */
struct giving_back {
    mr_results *results;
    const mr_language *l;
    mr_buf table;
};

static void leave_out(struct mr_enrolment_file *f, struct giving_back *back, mr_arena *a,
                      const struct mr_result_row *row, bool is_there)
{
    if (f->left_out++ == 0)
        mr_results_write_refused(back->results, NULL, mr_message(back->l, "batch.reason"), true, &back->table);
    mr_results_write_refused(back->results, row, reason_of(a, back->l, row, is_there), false, &back->table);
    if (f->refused_count == sizeof f->refused / sizeof *f->refused) return;
    struct mr_enrolment_refused *r = &f->refused[f->refused_count++];
    *r = (struct mr_enrolment_refused){.number = (int64_t)row->number,
                                       .name = mr_arena_dup(a, row->achievement.learner.full_name),
                                       .is_there = is_there,
                                       .findings = row->findings};
}

static int add_rows(mr_service *s, mr_db_tx *tx, mr_arena *a, struct giving_back *back,
                    const struct mr_published *published, struct mr_enrolment_file *ret, struct mr_err *err)
{
    const struct mr_enrolment_new nothing = {0};
    struct mr_result_row row;
    bool has_row;
    for (int64_t rows = 0;; rows++) {
        mr_str id, there = MR_STR_EMPTY;
        char key[33];
        MR_TRY(mr_results_next(back->results, a, &row, &has_row, err));
        if (!has_row) return MR_OK;
        if (rows == MR_LIMIT_ENROLMENT_ROWS)
            return MR_FAIL(err, MR_E_LIMIT, "more rows than one upload may have", MR_NOWHERE);
        mr_upload_learner_key(s, row.learner_key, key);
        if (row.fate == MR_ROW_READY)
            MR_TRY(mr_store_enrolment_match(tx, a, published->slug, mr_str_of(key), MR_STR_EMPTY, MR_STR_EMPTY, &there,
                                            err));
        if (row.fate != MR_ROW_READY || there.len) {
            leave_out(ret, back, a, &row, row.fate == MR_ROW_DUPLICATE || there.len > 0);
            continue;
        }
        MR_TRY(add_row(s, tx, a, published, &row, &nothing, "file", &id, err));
        ret->added++;
    }
}

static void giving_back_done(struct giving_back *back)
{
    mr_buf_done(&back->table);
}

int mr_enrolment_add_file(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification,
                          mr_str content, const mr_language *l, struct mr_enrolment_file *ret, struct mr_err *err)
{
    MR_CLEANUP(giving_back_done) struct giving_back back = {.l = l};
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_table_close) mr_table table = {0};
    MR_CLEANUP(results_cleanup) mr_results *results = NULL;
    struct mr_published published;
    *ret = (struct mr_enrolment_file){0};
    MR_TRY(mr_catalogue_get(s, a, specification, &published, err));
    MR_TRY(mr_authorise(actor, MR_MAY_ENROLMENT_EDIT, published.org_id, err));
    MR_TRY(mr_table_open(&table, content, MR_STR_EMPTY, err));
    MR_TRY(mr_results_open_table(a, &table, NULL, s->env, &results, err));
    mr_buf_init(&back.table, 2 * MR_LIMIT_TABLE);
    back.results = results;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(add_rows(s, tx, a, &back, &published, ret, err));
    if (mr_buf_failed(&back.table)) return MR_FAIL(err, MR_E_LIMIT, "too many rows are left out", MR_NOWHERE);
    ret->refused_table = mr_arena_dup(a, mr_buf_str(&back.table));
    if (ret->added + ret->left_out == 0)
        return MR_FAIL(err, MR_E_CSV, "the table has a header and no rows", MR_NOWHERE);
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ENROLMENT_EDIT, published.org_id, published.id,
                    mr_arena_format(a, "rows=%lld", (long long)ret->added), err));
    return commit(&tx, err);
}

/* ---- members of a course elsewhere ---- */

int mr_enrolment_add_members(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_published *published,
                             mr_str text, int64_t *ret_added, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena scratch;
    MR_CLEANUP(mr_table_close) mr_table table = {0};
    MR_CLEANUP(results_cleanup) mr_results *results = NULL;
    const struct mr_enrolment_new nothing = {0};
    *ret_added = 0;
    mr_arena_init(&scratch, MR_LIMIT_DOCUMENT_MEMORY);
    MR_TRY(mr_table_open(&table, text, MR_STR_EMPTY, err));
    MR_TRY(mr_results_open_table(a, &table, NULL, s->env, &results, err));
    for (bool has_row = true;;) {
        struct mr_result_row row;
        bool is_known;
        char key[33];
        mr_str id;
        mr_arena_reset(&scratch);
        MR_TRY(mr_results_next(results, &scratch, &row, &has_row, err));
        if (!has_row) return MR_OK;
        if (row.fate != MR_ROW_READY) continue;
        mr_upload_learner_key(s, row.learner_key, key);
        MR_TRY(mr_store_enrolment_is_known(tx, published->slug, mr_str_of(key), &is_known, err));
        if (is_known) continue;
        MR_TRY(add_row(s, tx, &scratch, published, &row, &nothing, "lti", &id, err));
        ++*ret_added;
    }
}

/* ---- looking, moving ---- */

int mr_enrolment_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, mr_str specification,
                      mr_str state, mr_str after, size_t limit, mr_enrolment **ret, size_t *ret_count,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_ENROLMENT_READ, org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    const struct mr_enrolment_filter filter = {org_id, specification, state, after};
    return mr_store_enrolment_list(tx, a, &filter, limit, ret, ret_count, err);
}

int mr_enrolment_count(mr_service *s, const struct mr_actor *actor, mr_str org_id, mr_str specification, int64_t ret[5],
                       struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_ENROLMENT_READ, org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    return mr_store_enrolment_count(tx, org_id, specification, ret, err);
}

static int find(mr_db_tx *tx, const struct mr_actor *actor, mr_action action, mr_arena *a, mr_str id, mr_enrolment *ret,
                struct mr_err *err)
{
    MR_TRY(mr_store_enrolment_find(tx, a, id, ret, err));
    if (!ret->id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such enrolment", MR_NOWHERE);
    return mr_authorise(actor, action, ret->org_id, err);
}

int mr_enrolment_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_enrolment *ret,
                     struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    return find(tx, actor, MR_MAY_ENROLMENT_READ, a, id, ret, err);
}

static bool is_open(const mr_enrolment *e)
{
    return mr_str_is(e->state, "applied") || mr_str_is(e->state, "enrolled");
}

int mr_enrolment_move(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_str state,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_enrolment e;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(find(tx, actor, MR_MAY_ENROLMENT_EDIT, a, id, &e, err));
    bool may =
        mr_str_is(state, "withdrawn") ? is_open(&e) : mr_str_is(state, "enrolled") && mr_str_is(e.state, "applied");
    if (!may) return MR_FAIL(err, MR_E_STATE, "the enrolment is in another state", MR_NOWHERE);
    MR_TRY(mr_store_enrolment_set_state(tx, id, state, mr_env_now(s->env), err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ENROLMENT_EDIT, e.org_id, id, state, err));
    return commit(&tx, err);
}

/* ---- results ---- */

/* A day that was, as "2026-06-26". */
static int take_day(mr_service *s, mr_arena *a, mr_str text, struct mr_findings *findings, mr_str *ret,
                    struct mr_err *err)
{
    mr_date day, today = mr_date_of_time(mr_env_now(s->env) + 14 * (int64_t)3600000);
    char iso[11];
    *ret = MR_STR_EMPTY;
    if (text.len == 0) return MR_OK;
    const char *wrong = mr_date_parse(text, &day, NULL) != MR_OK ? "result.date"
                        : mr_date_compare(day, today) > 0        ? "result.date.future"
                        : day.year < 1900                        ? "result.date.early"
                                                                 : NULL;
    if (wrong) {
        mr_findings_add(findings, mr_field_code(MR_FIELD_DATE), wrong, text);
        return MR_FAIL(err, MR_E_FORMAT, "the day cannot be", MR_NOWHERE);
    }
    mr_date_write(day, iso);
    *ret = mr_arena_dup(a, mr_str_of(iso));
    return MR_OK;
}

int mr_enrolment_set_result(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_str grade,
                            int passed, mr_str awarded_on, struct mr_findings *findings, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_enrolment e;
    mr_str day;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(find(tx, actor, MR_MAY_RESULT_ENTER, a, id, &e, err));
    if (!mr_str_is(e.state, "enrolled")) return MR_FAIL(err, MR_E_STATE, "not enrolled any more", MR_NOWHERE);
    if (mr_utf8_length(grade) > MR_LIMIT_NAME) {
        mr_findings_add(findings, mr_field_code(MR_FIELD_GRADE), "result.long", grade)->expected =
            mr_arena_format(a, "%d", MR_LIMIT_NAME);
        return MR_FAIL(err, MR_E_FORMAT, "the grade is too long", MR_NOWHERE);
    }
    MR_TRY(take_day(s, a, mr_str_trim(awarded_on), findings, &day, err));
    MR_TRY(mr_store_enrolment_set_result(tx, id, mr_str_trim(grade), passed, day, mr_env_now(s->env), err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_RESULT_ENTER, e.org_id, id, MR_STR("result"), err));
    return commit(&tx, err);
}

static void write_result(const mr_enrolment *e, mr_buf *out)
{
    const mr_str cells[] = {e->full_name,      e->given_name, e->family_name, e->birth_date, e->email,
                            e->student_number, e->grade,      e->awarded_on,  e->language};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) mr_csv_put_cell(out, cells[i], ',');
    mr_csv_end_row(out);
}

/* Everybody who is enrolled and has a result: passed ones into the table, the others not passed. */
static int gather(mr_service *s, mr_db_tx *tx, const struct mr_published *published, mr_buf *table, int64_t *ret_passed,
                  int64_t *ret_not_passed, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena piece;
    enum { PIECE = 200 };
    char after[37] = "";
    mr_arena_init(&piece, MR_LIMIT_DOCUMENT_MEMORY);
    for (size_t count = PIECE; count == PIECE;) {
        mr_enrolment *list;
        mr_arena_reset(&piece);
        const struct mr_enrolment_filter filter = {published->org_id, published->slug, MR_STR("enrolled"),
                                                   mr_str_of(after)};
        MR_TRY(mr_store_enrolment_list(tx, &piece, &filter, PIECE, &list, &count, err));
        for (size_t i = 0; i < count; i++) {
            snprintf(after, sizeof after, "%.*s", MR_STR_ARG(list[i].id));
            if (list[i].passed < 0 || list[i].batch_id.len) continue;
            if (list[i].passed) {
                write_result(&list[i], table);
                ++*ret_passed;
                continue;
            }
            MR_TRY(mr_store_enrolment_set_state(tx, list[i].id, MR_STR("not_passed"), mr_env_now(s->env), err));
            ++*ret_not_passed;
        }
    }
    return mr_buf_failed(table) ? MR_FAIL(err, MR_E_LIMIT, "too many results at once", MR_NOWHERE) : MR_OK;
}

int mr_enrolment_hand_in(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification,
                         mr_str *ret_batch_id, int64_t *ret_not_passed, struct mr_err *err)
{
    static const mr_result_field fields[] = {MR_FIELD_NAME,  MR_FIELD_GIVEN, MR_FIELD_FAMILY,
                                             MR_FIELD_BIRTH, MR_FIELD_EMAIL, MR_FIELD_STUDENT,
                                             MR_FIELD_GRADE, MR_FIELD_DATE,  MR_FIELD_LANGUAGE};
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf table;
    struct mr_published published;
    int64_t passed = 0, not_passed = 0;
    mr_buf_init(&table, MR_LIMIT_TABLE);
    MR_TRY(mr_catalogue_get(s, a, specification, &published, err));
    MR_TRY(mr_authorise(actor, MR_MAY_RESULT_ENTER, published.org_id, err));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        mr_csv_put_cell(&table, mr_str_of(mr_field_name(fields[i])), ',');
    mr_csv_end_row(&table);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(gather(s, tx, &published, &table, &passed, &not_passed, err));
    if (passed + not_passed == 0) return MR_FAIL(err, MR_E_STATE, "no result is written down", MR_NOWHERE);
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_RESULT_ENTER, published.org_id, published.id,
                    mr_arena_format(a, "passed=%lld not_passed=%lld", (long long)passed, (long long)not_passed), err));
    MR_TRY(commit(&tx, err));
    *ret_batch_id = MR_STR_EMPTY;
    *ret_not_passed = not_passed;
    if (passed == 0) return MR_OK;
    const struct mr_upload upload = {.specification_id = published.id,
                                     .file_name = MR_STR("results.csv"),
                                     .content = mr_buf_str(&table),
                                     .by_form = true};
    return mr_upload_add(s, actor, a, &upload, ret_batch_id, err);
}

/* ---- the public page ---- */

/* Its link, and how it stands now: seats and dates of an opportunity hold for its page, too. */
static int find_page(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str key, struct mr_enrolment_page *ret,
                     struct mr_err *err)
{
    struct mr_offered one;
    ret->seats = -1;
    MR_TRY(mr_store_enrolment_link_find(tx, a, key, &ret->link, err));
    if (!ret->link.id.len) return MR_OK;
    struct mr_organisation_row org;
    MR_TRY(mr_store_organisation_find(tx, a, ret->link.org_id, &org, err));
    ret->is_open = ret->link.is_open && org.closed_at == MR_TIME_NONE, ret->seats = ret->link.seats;
    if (ret->link.opportunity_id.len) {
        MR_TRY(mr_opportunity_find_in(tx, a, ret->link.opportunity_id, &one, err));
        const mr_opportunity *o = &one.opportunity;
        ret->is_open = ret->is_open && mr_opportunity_is_open(s, o);
        if (o->seats > 0 && (ret->seats < 0 || o->seats < ret->seats)) ret->seats = o->seats;
    }
    return mr_store_enrolment_count_seats(tx, ret->link.specification_slug, ret->link.opportunity_id, &ret->taken, err);
}

int mr_enrolment_page(mr_service *s, mr_arena *a, mr_str key, struct mr_enrolment_page *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    *ret = (struct mr_enrolment_page){0};
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_page(s, tx, a, key, ret, err));
    if (!ret->is_open) return MR_FAIL(err, MR_E_NOT_FOUND, "nobody can enrol here", MR_NOWHERE);
    return mr_catalogue_get(s, a, ret->link.specification_slug, &ret->published, err);
}

bool mr_enrolment_is_open(mr_service *s, mr_str key)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_enrolment_page page = {0};
    mr_arena_init(&a, 4 * MR_MIB);
    return mr_db_begin(s->db, false, &tx, NULL) == MR_OK && find_page(s, tx, &a, key, &page, NULL) == MR_OK &&
           page.is_open;
}

int mr_enrolment_page_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification,
                          mr_str opportunity_id, struct mr_enrolment_page *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    *ret = (struct mr_enrolment_page){0};
    MR_TRY(mr_catalogue_get(s, a, specification, &ret->published, err));
    MR_TRY(mr_authorise(actor, MR_MAY_ENROLMENT_READ, ret->published.org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(check_opportunity(tx, a, &ret->published, opportunity_id, err));
    return find_page(s, tx, a, opportunity_id.len ? opportunity_id : ret->published.slug, ret, err);
}

int mr_enrolment_page_set(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification,
                          mr_str opportunity_id, bool is_open_now, int64_t seats, int64_t keep_months,
                          struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_published published;
    MR_TRY(mr_catalogue_get(s, a, specification, &published, err));
    MR_TRY(mr_authorise(actor, MR_MAY_ENROLMENT_EDIT, published.org_id, err));
    if (seats < -1 || seats > 1000000 || keep_months < 1 || keep_months > 120)
        return MR_FAIL(err, MR_E_FORMAT, "seats or months out of range", MR_NOWHERE);
    const struct mr_enrolment_link_row row = {.id = opportunity_id.len ? opportunity_id : published.slug,
                                              .org_id = published.org_id,
                                              .specification_slug = published.slug,
                                              .opportunity_id = opportunity_id,
                                              .is_open = is_open_now,
                                              .seats = seats,
                                              .keep_months = keep_months,
                                              .changed_at = mr_env_now(s->env)};
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(check_opportunity(tx, a, &published, opportunity_id, err));
    MR_TRY(mr_store_enrolment_link_put(tx, &row, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ENROLMENT_EDIT, published.org_id, row.id,
                    is_open_now ? MR_STR("opened") : MR_STR("closed"), err));
    return commit(&tx, err);
}

/* When it starts and where it is, as far as the opportunity says. */
static int put_opportunity(mr_db_tx *tx, mr_arena *a, mr_str opportunity_id, mr_json_writer *w, struct mr_err *err)
{
    struct mr_opportunity_row row;
    if (!opportunity_id.len) return MR_OK;
    MR_TRY(mr_store_opportunity_find(tx, a, opportunity_id, &row, err));
    if (row.start_on.len) mr_json_put_member(w, "starts", row.start_on);
    const char *between = row.place.len && row.address.len ? ", " : "";
    if (row.place.len || row.address.len)
        mr_json_put_member(w, "place",
                           mr_arena_format(a, "%.*s%s%.*s", MR_STR_ARG(row.place), between, MR_STR_ARG(row.address)));
    return MR_OK;
}

static int queue_mail(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_enrolment_page *page,
                      const struct mr_result_row *row, mr_str language, mr_str enrolment_id, struct mr_err *err)
{
    const struct mr_published *published = &page->published;
    MR_CLEANUP(mr_buf_done) mr_buf data;
    mr_json_writer w;
    mr_str mail_id;
    const mr_specification *spec = &published->specification;
    mr_buf_init(&data, MR_MIB);
    mr_json_writer_init(&w, &data, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "learner", row->achievement.learner.full_name);
    mr_json_put_member(&w, "title", mr_texts_get(spec->title, language, NULL));
    mr_json_put_member(&w, "provider", mr_texts_get(spec->provider.name, language, NULL));
    mr_json_put_member(
        &w, "link",
        mr_arena_format(a, "%.*s/specifications/%.*s", MR_STR_ARG(s->public_url), MR_STR_ARG(published->slug)));
    MR_TRY(put_opportunity(tx, a, page->link.opportunity_id, &w, err));
    mr_json_end_object(&w);
    const struct mr_mail mail = {.template_name = "enrolled",
                                 .org_id = published->org_id,
                                 .to = row->achievement.learner.email,
                                 .language = language,
                                 .object_id = enrolment_id,
                                 .data = mr_buf_str(&data)};
    return mr_mail_queue(s, tx, a, &mail, &mail_id, err);
}

/* The form is anybody's, and so is the address in it: nobody is to get a mail for every name that a stranger thinks of. Counted as attempts are, for a day, by a key that
 * tells no address. */
static int may_mail(mr_service *s, mr_db_tx *tx, mr_str email, bool *ret, struct mr_err *err)
{
    char small[256], key[33];
    int64_t now = mr_env_now(s->env), count, wait;
    size_t len = email.len < sizeof small ? email.len : sizeof small;
    for (size_t i = 0; i < len; i++)
        small[i] = email.ptr[i] >= 'A' && email.ptr[i] <= 'Z' ? (char)(email.ptr[i] + 32) : email.ptr[i];
    mr_service_mac(s, "enrolment mail", mr_str_make(small, len), key);
    MR_TRY(mr_store_attempt_get(tx, mr_str_of(key), now - MR_DAY_MS, &count, &wait, err));
    *ret = count < MAILS_A_DAY;
    return *ret ? mr_store_attempt_set(tx, mr_str_of(key), count + 1, now, 0, err) : MR_OK;
}

int mr_enrolment_join(mr_service *s, mr_arena *a, mr_str key, const struct mr_enrolment_new *enrolment,
                      struct mr_findings *findings, mr_enrolment_joined *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_enrolment_page page;
    struct mr_result_row row;
    struct mr_enrolment_new x = *enrolment;
    mr_str id, there;
    bool may;
    char learner[33];
    MR_TRY(mr_enrolment_page(s, a, key, &page, err));
    x.opportunity_id = page.link.opportunity_id;
    if (!mr_str_trim(x.email).len) mr_findings_add(findings, mr_field_code(MR_FIELD_EMAIL), "enrol.email", x.email);
    MR_TRY(read_learner(s, a, &x, findings, &row, err));
    if (findings->faults) return MR_FAIL(err, MR_E_FORMAT, "the learner is not well described", MR_NOWHERE);
    mr_upload_learner_key(s, row.learner_key, learner);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_enrolment_match(tx, a, page.published.slug, mr_str_of(learner), MR_STR_EMPTY, MR_STR_EMPTY, &there,
                                    err));
    MR_TRY(find_page(s, tx, a, key, &page, err));
    *ret = there.len ? MR_ENROLMENT_THERE : MR_ENROLMENT_FULL;
    if (there.len || !page.is_open || (page.seats >= 0 && page.taken >= page.seats)) return MR_OK;
    MR_TRY(add_row(s, tx, a, &page.published, &row, &x, "link", &id, err));
    MR_TRY(may_mail(s, tx, row.achievement.learner.email, &may, err));
    if (may) MR_TRY(queue_mail(s, tx, a, &page, &row, row.achievement.learner.language, id, err));
    MR_TRY(
        mr_audit(s, tx, &mr_actor_stranger, MR_MAY_ENROLMENT_EDIT, page.published.org_id, id, MR_STR("joined"), err));
    *ret = MR_ENROLMENT_JOINED;
    return commit(&tx, err);
}

/* Once a day: what the public pages promised. */
int mr_job_enrolment_forget(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t removed = 0;
    (void)job;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_enrolment_forget(tx, mr_env_now(s->env), &removed, err));
    return commit(&tx, err);
}
