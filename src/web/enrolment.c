/* Enrolments in the office, and the public page on which people enrol themselves.
 *
 *   GET  /provider/enrolments                          of all specifications; with ?specification=SLUG of one, with its forms
 *   POST /provider/enrolments/<slug>/add|file|page     somebody by hand, a file, the public page
 *   POST /provider/enrolments/<slug>/results           results of those that the page showed; `hand_in`: and all of them become a batch
 *   POST /provider/enrolments/<id>/move                taken, or withdrawn
 *   GET, POST /enrol/<slug or opportunity>             for everybody */
#include "web/enrolment.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "service/enrolment.h"
#include "service/profile.h"
#include "web/office.h"
#include "web/privacy.h"
#include "web/specification.h"
#include "web/upload.h"

static const char *const states[] = {"applied", "enrolled", "completed", "withdrawn", "not_passed"};

/* ---- what was typed, and what is wrong with it ---- */

struct typed {
    const char *form; /* which of the forms on the page: "add", "file", "page", "results", "join" */
    mr_str sentence;  /* what is wrong as a whole; may be empty */
    const struct mr_findings *findings;
    const struct mr_enrolment_new *learner;
    const struct mr_enrolment_file *file;
    const struct mr_findings *rows; /* of the results, one for each enrolment that was sent */
    const mr_str *row_ids;
    size_t row_count;
};

static struct mr_enrolment_new learner_of(mr_page *p)
{
    return (struct mr_enrolment_new){.full_name = mr_str_trim(mr_http_form(p->request, "name")),
                                     .given_name = mr_str_trim(mr_http_form(p->request, "given_name")),
                                     .family_name = mr_str_trim(mr_http_form(p->request, "family_name")),
                                     .birth_date = mr_str_trim(mr_http_form(p->request, "birth_date")),
                                     .email = mr_str_trim(mr_http_form(p->request, "email")),
                                     .student_number = mr_str_trim(mr_http_form(p->request, "student_number")),
                                     .language = mr_str_trim(mr_http_form(p->request, "language"))};
}

/* The fields of the form of one learner: {"fields": [{"code", "label", "value", "wrong"}]}, and the list of faults. */
static void put_learner(mr_page *p, const struct typed *typed)
{
    static const mr_result_field fields[] = {MR_FIELD_GIVEN, MR_FIELD_FAMILY, MR_FIELD_EMAIL, MR_FIELD_BIRTH,
                                             MR_FIELD_STUDENT};
    static const char *const kinds[] = {"given-name", "family-name", "email", "bday", "off"};
    const struct mr_enrolment_new none = {0}, *x = typed && typed->learner ? typed->learner : &none;
    const mr_str values[] = {x->given_name, x->family_name, x->email, x->birth_date, x->student_number};
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "fields");
    mr_json_begin_array(v);
    for (size_t i = 0; i < 5; i++) {
        const char *code = mr_field_code(fields[i]);
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "code", code);
        mr_json_put_member(v, "label",
                           mr_message_str(p->language, mr_arena_format(p->arena, "mapping.field.%s", code)));
        mr_json_put_member(v, "value", values[i]);
        mr_json_put_member_c(v, "autocomplete", kinds[i]);
        mr_json_put_flag(v, "is_email", fields[i] == MR_FIELD_EMAIL);
        for (size_t k = 0; typed && typed->learner && typed->findings && k < typed->findings->count; k++) {
            const struct mr_finding *f = &typed->findings->items[k];
            bool here =
                strcmp(f->element, code) == 0 || (fields[i] == MR_FIELD_GIVEN && strcmp(f->element, "name") == 0);
            if (!here) continue;
            mr_json_put_member(v, "wrong", mr_finding_say(p->arena, p->language, f));
            break;
        }
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static void put_faults(mr_page *p, const struct typed *typed)
{
    mr_json_writer *v = &p->view;
    if (!typed) return;
    mr_http_set_status(p->response, 422);
    mr_json_put_flag(v, mr_arena_format(p->arena, "wrong_%s", typed->form).ptr, true);
    mr_json_put_flag(v, "is_wrong", true);
    mr_json_put_name(v, "faults");
    mr_json_begin_array(v);
    if (typed->sentence.len) mr_json_put_str(v, typed->sentence);
    for (size_t i = 0; typed->findings && i < typed->findings->count; i++)
        mr_json_put_str(v, mr_finding_say(p->arena, p->language, &typed->findings->items[i]));
    mr_json_end_array(v);
}

/* ---- the list ---- */

static const struct mr_findings *faults_of(const struct typed *typed, mr_str id)
{
    for (size_t i = 0; typed && i < typed->row_count; i++)
        if (mr_str_eq(typed->row_ids[i], id) && typed->rows[i].count) return &typed->rows[i];
    return NULL;
}

/* What stands in a field of the grid: as it was just typed, else as it is kept. */
static mr_str grid_value(mr_page *p, const struct typed *typed, const char *field, mr_str id, mr_str kept)
{
    if (!typed || !typed->row_count) return kept;
    return mr_http_form(p->request, mr_arena_format(p->arena, "%s_%.*s", field, MR_STR_ARG(id)).ptr);
}

static void put_result(mr_page *p, const struct typed *typed, const mr_enrolment *e)
{
    mr_json_writer *v = &p->view;
    mr_str passed = grid_value(p, typed, "passed", e->id,
                               e->passed < 0   ? MR_STR_EMPTY
                               : e->passed > 0 ? MR_STR("yes")
                                               : MR_STR("no"));
    const struct mr_findings *wrong = faults_of(typed, e->id);
    mr_json_put_member(v, "grade", grid_value(p, typed, "grade", e->id, e->grade));
    mr_json_put_member(v, "awarded_on", grid_value(p, typed, "on", e->id, e->awarded_on));
    mr_json_put_flag(v, "is_passed", mr_str_is(passed, "yes"));
    mr_json_put_flag(v, "is_not_passed", mr_str_is(passed, "no"));
    if (wrong) mr_json_put_member(v, "wrong", mr_finding_say(p->arena, p->language, &wrong->items[0]));
}

/* title: of its specification; empty where the page is about one. */
static void put_enrolment(mr_page *p, const struct typed *typed, const mr_enrolment *e, mr_str title)
{
    static const char *const looks[] = {"unchecked", "na", "passed", "na", "failed"};
    mr_json_writer *v = &p->view;
    bool enrolled = mr_str_is(e->state, "enrolled"), applied = mr_str_is(e->state, "applied");
    mr_json_begin_object(v);
    mr_json_put_member(v, "id", e->id);
    mr_json_put_member(v, "name", mr_web_name_or_restricted(p, e->full_name));
    mr_json_put_member(v, "email", e->email);
    mr_json_put_member(v, "number", e->student_number);
    mr_json_put_member(v, "specification", e->specification_slug);
    mr_json_put_member(v, "title", title);
    mr_json_put_member(v, "when", mr_say_day(p->arena, p->language, e->created_at));
    mr_json_put_member(
        v, "source",
        mr_message_str(p->language, mr_arena_format(p->arena, "enrolment.source.%.*s", MR_STR_ARG(e->source))));
    mr_json_put_member(
        v, "state",
        mr_message_str(p->language, mr_arena_format(p->arena, "enrolment.state.%.*s", MR_STR_ARG(e->state))));
    for (size_t i = 0; i < 5; i++)
        if (mr_str_is(e->state, states[i])) mr_json_put_flag(v, looks[i], true);
    mr_json_put_flag(v, "may_withdraw", enrolled || applied);
    mr_json_put_flag(v, "may_take", applied);
    mr_json_put_flag(v, "may_result", enrolled);
    if (enrolled) put_result(p, typed, e);
    mr_json_end_object(v);
}

/* Titles of the specifications that are listed, each asked for once. */
static void find_titles(mr_page *p, const mr_enrolment *list, size_t count, mr_str *ret)
{
    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        while (!mr_str_eq(list[same].specification_slug, list[i].specification_slug)) same++;
        ret[i] = same < i ? ret[same] : mr_web_title_of(p, list[i].specification_slug);
    }
}

static int put_list(mr_page *p, const struct typed *typed, mr_str org_id, mr_str slug, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    mr_enrolment *list;
    size_t count;
    mr_str state = mr_http_query(p->request, "state"), after = mr_http_query(p->request, "after");
    MR_TRY(mr_enrolment_list(p->service, p->actor, p->arena, org_id, slug, state, after, MR_LIMIT_OFFICE_ROWS + 1,
                             &list, &count, err));
    bool more = count > MR_LIMIT_OFFICE_ROWS, results = false;
    if (more) count = MR_LIMIT_OFFICE_ROWS;
    mr_str titles[MR_LIMIT_OFFICE_ROWS] = {0};
    if (!slug.len) find_titles(p, list, count, titles);
    mr_json_put_name(v, "enrolments");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        put_enrolment(p, typed, &list[i], titles[i]);
        results |= mr_str_is(list[i].state, "enrolled");
    }
    mr_json_end_array(v);
    mr_json_put_flag(v, "has_enrolments", count > 0);
    mr_json_put_flag(v, "has_results", results && slug.len);
    if (more) mr_json_put_member(v, "next", list[count - 1].id);
    mr_json_put_member(v, "shown_state", state);
    return MR_OK;
}

static int put_counts(mr_page *p, mr_str org_id, mr_str slug, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    mr_str shown = mr_http_query(p->request, "state");
    int64_t counts[5];
    MR_TRY(mr_enrolment_count(p->service, p->actor, org_id, slug, counts, err));
    mr_json_put_name(v, "counts");
    mr_json_begin_array(v);
    for (size_t i = 0; i < 5; i++) {
        if (counts[i] == 0) continue;
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "word", states[i]);
        mr_json_put_member(v, "state",
                           mr_message_str(p->language, mr_arena_format(p->arena, "enrolment.state.%s", states[i])));
        mr_json_put_member(v, "count", mr_say_count(p->arena, p->language, counts[i]));
        mr_json_put_flag(v, "current", mr_str_is(shown, states[i]));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(v, "all_states", shown.len == 0);
    return MR_OK;
}

static void put_specifications(mr_page *p, mr_str org_id, mr_str slug)
{
    struct mr_published *list;
    size_t count;
    mr_json_writer *v = &p->view;
    const struct mr_specification_filter own = {
        .org_id = p->actor->org_id.len ? org_id : MR_STR_EMPTY, .newest_first = true, .limit = MR_LIMIT_OFFICE_CHOICES};
    if (mr_catalogue_list(p->service, p->arena, &own, &list, &count, NULL) != MR_OK) return;
    mr_json_put_name(v, "specifications");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "slug", list[i].slug);
        mr_json_put_member(v, "title", mr_texts_get(list[i].specification.title, mr_language_tag(p->language), NULL));
        mr_json_put_flag(v, "chosen", mr_str_eq(list[i].slug, slug));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static void put_file(mr_page *p, const struct mr_enrolment_file *file)
{
    mr_json_writer *v = &p->view;
    if (!file) return;
    mr_json_put_name(v, "file");
    mr_json_begin_object(v);
    mr_json_put_member(v, "added", mr_office_count(p, "enrolment.file.added", file->added));
    if (file->left_out) mr_json_put_member(v, "left", mr_office_count(p, "enrolment.file.left", file->left_out));
    if (file->refused_table.len) {
        /* Nothing of a refused row is kept here, so the page itself carries the table. */
        MR_CLEANUP(mr_buf_done) mr_buf table;
        mr_buf_init(&table, 4 * MR_LIMIT_TABLE);
        mr_base64_put(&table, file->refused_table);
        if (!mr_buf_failed(&table)) mr_json_put_member(v, "table", mr_buf_str(&table));
    }
    mr_json_put_name(v, "rows");
    mr_json_begin_array(v);
    for (size_t i = 0; i < file->refused_count; i++) {
        const struct mr_enrolment_refused *r = &file->refused[i];
        mr_json_begin_object(v);
        mr_json_put_number(v, "number", r->number);
        mr_json_put_member(v, "name", r->name.len ? r->name : mr_message(p->language, "batch.no_name"));
        mr_json_put_name(v, "reasons");
        mr_json_begin_array(v);
        if (r->is_there) mr_json_put_str(v, mr_message(p->language, "enrolment.there"));
        for (size_t k = 0; k < r->findings.count; k++)
            mr_json_put_str(v, mr_finding_say(p->arena, p->language, &r->findings.items[k]));
        mr_json_end_array(v);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_end_object(v);
}

/* The one specification that the page is about, and its public page. */
static int put_chosen(mr_page *p, const struct typed *typed, mr_str slug, struct mr_err *err)
{
    struct mr_enrolment_page page;
    mr_json_writer *v = &p->view;
    mr_str language;
    MR_TRY(mr_enrolment_page_get(p->service, p->actor, p->arena, slug, MR_STR_EMPTY, &page, err));
    mr_json_put_name(v, "chosen");
    mr_json_begin_object(v);
    mr_json_put_member(v, "slug", page.published.slug);
    mr_json_put_member(v, "title",
                       mr_texts_get(page.published.specification.title, mr_language_tag(p->language), &language));
    mr_json_put_member(v, "lang", language);
    mr_json_put_flag(v, "is_open", page.link.is_open);
    mr_json_put_member(v, "link",
                       mr_arena_format(p->arena, "%.*s/enrol/%.*s", MR_STR_ARG(mr_service_public_url(p->service)),
                                       MR_STR_ARG(page.published.slug)));
    mr_str seats = page.link.id.len && page.link.seats >= 0
                       ? mr_arena_format(p->arena, "%lld", (long long)page.link.seats)
                       : MR_STR_EMPTY;
    mr_json_put_member(v, "seats", seats);
    mr_json_put_member(v, "keep",
                       mr_arena_format(p->arena, "%lld", (long long)(page.link.id.len ? page.link.keep_months : 12)));
    if (page.link.id.len) mr_json_put_member(v, "taken", mr_office_count(p, "enrolment.taken", page.taken));
    put_learner(p, typed);
    mr_page_put_languages(p, typed && typed->learner ? typed->learner->language : MR_STR_EMPTY);
    mr_json_end_object(v);
    return MR_OK;
}

static int show(mr_page *p, mr_str slug, const struct typed *typed, struct mr_err *err)
{
    struct mr_published published;
    mr_str org_id = MR_STR_EMPTY;
    if (slug.len) {
        MR_TRY(mr_catalogue_get(p->service, p->arena, slug, &published, err));
        org_id = published.org_id;
    } else {
        MR_TRY(mr_profile_organisation(p->service, p->actor, p->arena, &org_id, err));
    }
    mr_page_begin(p, "enrolment.title", "provider.enrolments");
    if (typed && (typed->findings || typed->sentence.len)) put_faults(p, typed);
    put_specifications(p, org_id, slug);
    if (slug.len) MR_TRY(put_chosen(p, typed, slug, err));
    put_file(p, typed ? typed->file : NULL);
    MR_TRY(put_counts(p, org_id, slug, err));
    MR_TRY(put_list(p, typed, org_id, slug, err));
    mr_page_show_private(p, "enrolments");
    return MR_OK;
}

static void show_or_fail(mr_page *p, mr_str slug, const struct typed *typed)
{
    struct mr_err err = {0};
    if (show(p, slug, typed, &err) != MR_OK) mr_page_fail(p, &err);
}

void mr_web_enrolments(mr_page *p)
{
    show_or_fail(p, mr_http_query(p->request, "specification"), NULL);
}

static void back(mr_page *p, mr_str slug)
{
    mr_http_redirect(p->response,
                     mr_arena_format(p->arena, "/provider/enrolments?specification=%.*s", MR_STR_ARG(slug)));
}

/* ---- by hand, by file, the public page ---- */

void mr_web_enrolment_add(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_enrolment_new x = learner_of(p);
    mr_str id;
    mr_findings_init(&findings, p->arena);
    x.specification = p->part[0];
    int code = mr_enrolment_add(p->service, p->actor, p->arena, &x, "hand", &findings, &id, &err);
    struct typed typed = {.form = "add", .findings = &findings, .learner = &x};
    if (code == MR_E_EXISTS) typed.sentence = mr_message(p->language, "enrolment.there");
    if (code == MR_OK)
        back(p, p->part[0]);
    else if (code == MR_E_FORMAT || code == MR_E_EXISTS)
        show_or_fail(p, p->part[0], &typed);
    else
        mr_page_fail(p, &err);
}

void mr_web_enrolment_file(mr_page *p)
{
    const struct mr_http_part *file = mr_office_file(p, "file");
    struct mr_err err = {0};
    struct mr_enrolment_file *result = MR_NEW(p->arena, struct mr_enrolment_file);
    struct typed typed = {.form = "file"};
    if (!result) return;
    int code = file ? mr_enrolment_add_file(p->service, p->actor, p->arena, p->part[0], file->content, p->language,
                                            result, &err)
                    : MR_E_CSV;
    if (code == MR_OK)
        typed.file = result;
    else if (code == MR_E_CSV || code == MR_E_LIMIT)
        typed.sentence = file ? mr_upload_table_fault(p, &err) : mr_message(p->language, "upload.nothing");
    else {
        mr_page_fail(p, &err);
        return;
    }
    show_or_fail(p, p->part[0], &typed);
}

int mr_web_enrolment_save_page(mr_page *p, mr_str slug, mr_str id, bool *ret_wrong, struct mr_err *err)
{
    uint64_t seats = 0, keep = 0;
    mr_str typed = mr_str_trim(mr_http_form(p->request, "seats"));
    bool fine = typed.len == 0 || (mr_str_to_u64(typed, &seats) && seats <= 1000000);
    fine &= mr_str_to_u64(mr_str_trim(mr_http_form(p->request, "keep")), &keep) && keep >= 1 && keep <= 120;
    *ret_wrong = !fine;
    if (!fine) return MR_OK;
    return mr_enrolment_page_set(p->service, p->actor, p->arena, slug, id, mr_http_form(p->request, "open").len > 0,
                                 typed.len ? (int64_t)seats : -1, (int64_t)keep, err);
}

void mr_web_enrolment_page(mr_page *p)
{
    struct mr_err err = {0};
    bool is_wrong;
    const struct typed wrong = {.form = "page", .sentence = mr_message(p->language, "enrolment.page.wrong")};
    int code = mr_web_enrolment_save_page(p, p->part[0], MR_STR_EMPTY, &is_wrong, &err);
    if (is_wrong)
        show_or_fail(p, p->part[0], &wrong);
    else if (code == MR_OK)
        back(p, p->part[0]);
    else
        mr_page_fail(p, &err);
}

/* ---- of an opportunity ---- */

bool mr_web_enrolment_is_open(mr_page *p, mr_str key)
{
    return mr_enrolment_is_open(p->service, key);
}

void mr_web_put_enrolment_page(mr_page *p, mr_str slug, mr_str id, bool wrong)
{
    struct mr_enrolment_page page;
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "enrolment");
    if (!id.len || mr_enrolment_page_get(p->service, p->actor, p->arena, slug, id, &page, NULL) != MR_OK) {
        mr_json_put_bool(v, false);
        return;
    }
    mr_json_begin_object(v);
    mr_json_put_member(v, "path", mr_arena_format(p->arena, "/provider/opportunities/%.*s/enrolment", MR_STR_ARG(id)));
    mr_json_put_member(
        v, "link",
        mr_arena_format(p->arena, "%.*s/enrol/%.*s", MR_STR_ARG(mr_service_public_url(p->service)), MR_STR_ARG(id)));
    mr_json_put_flag(v, "is_open", page.is_open);
    mr_json_put_flag(v, "waits", page.link.is_open && !page.is_open);
    mr_json_put_flag(v, "is_chosen", wrong ? mr_http_form(p->request, "open").len > 0 : page.link.is_open);
    mr_json_put_flag(v, "wrong", wrong);
    mr_json_put_flag(v, "may", mr_authorise(p->actor, MR_MAY_ENROLMENT_EDIT, page.published.org_id, NULL) == MR_OK);
    mr_str seats = page.link.id.len && page.link.seats >= 0
                       ? mr_arena_format(p->arena, "%lld", (long long)page.link.seats)
                       : MR_STR_EMPTY;
    mr_str keep = mr_arena_format(p->arena, "%lld", (long long)(page.link.id.len ? page.link.keep_months : 12));
    mr_json_put_member(v, "seats", wrong ? mr_http_form(p->request, "seats") : seats);
    mr_json_put_member(v, "keep", wrong ? mr_http_form(p->request, "keep") : keep);
    if (page.link.id.len) mr_json_put_member(v, "taken", mr_office_count(p, "enrolment.taken", page.taken));
    mr_json_end_object(v);
}

void mr_web_enrolment_move(mr_page *p)
{
    struct mr_err err = {0};
    mr_enrolment e;
    int code = mr_enrolment_get(p->service, p->actor, p->arena, p->part[0], &e, &err);
    if (code == MR_OK)
        code = mr_enrolment_move(p->service, p->actor, p->arena, e.id, mr_http_form(p->request, "to"), &err);
    if (code == MR_OK || code == MR_E_STATE)
        back(p, e.specification_slug);
    else
        mr_page_fail(p, &err);
}

/* ---- results ---- */

/* The grid, row by row: what is right is kept, whatever the others are. */
static int save_results(mr_page *p, struct mr_findings *rows, mr_str *ids, size_t *ret_count, bool *ret_wrong,
                        struct mr_err *err)
{
    mr_str rest = mr_http_form(p->request, "rows"), id;
    while (*ret_count < MR_LIMIT_OFFICE_ROWS && mr_str_split(&rest, ' ', &id)) {
        if (!id.len) continue;
        struct mr_findings *wrong = &rows[*ret_count];
        mr_findings_init(wrong, p->arena);
        ids[(*ret_count)++] = id;
        mr_str grade = mr_http_form(p->request, mr_arena_format(p->arena, "grade_%.*s", MR_STR_ARG(id)).ptr);
        mr_str passed = mr_http_form(p->request, mr_arena_format(p->arena, "passed_%.*s", MR_STR_ARG(id)).ptr);
        mr_str on = mr_http_form(p->request, mr_arena_format(p->arena, "on_%.*s", MR_STR_ARG(id)).ptr);
        if (mr_str_trim(grade).len && !passed.len) {
            mr_findings_add(wrong, "grade", "enrolment.passed.missing", grade);
            *ret_wrong = true;
            continue;
        }
        int code = mr_enrolment_set_result(p->service, p->actor, p->arena, id, grade,
                                           mr_str_is(passed, "yes")  ? 1
                                           : mr_str_is(passed, "no") ? 0
                                                                     : -1,
                                           on, wrong, err);
        *ret_wrong |= code == MR_E_FORMAT;
        if (code != MR_OK && code != MR_E_FORMAT && code != MR_E_STATE) return code;
    }
    return MR_OK;
}

void mr_web_enrolment_results(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings *rows = MR_NEW_ARRAY(p->arena, struct mr_findings, MR_LIMIT_OFFICE_ROWS);
    mr_str *ids = MR_NEW_ARRAY(p->arena, mr_str, MR_LIMIT_OFFICE_ROWS), batch = MR_STR_EMPTY;
    struct typed typed = {.form = "results", .rows = rows, .row_ids = ids};
    bool wrong = false;
    int64_t not_passed = 0;
    if (!rows || !ids) return;
    int code = save_results(p, rows, ids, &typed.row_count, &wrong, &err);
    if (code == MR_OK && wrong) {
        typed.sentence = mr_message(p->language, "enrolment.results.wrong");
        show_or_fail(p, p->part[0], &typed);
        return;
    }
    if (code == MR_OK && mr_http_form(p->request, "hand_in").len) {
        code = mr_enrolment_hand_in(p->service, p->actor, p->arena, p->part[0], &batch, &not_passed, &err);
        if (code == MR_E_STATE) {
            typed.sentence = mr_message(p->language, "enrolment.results.none");
            show_or_fail(p, p->part[0], &typed);
            return;
        }
    }
    if (code != MR_OK)
        mr_page_fail(p, &err);
    else if (batch.len)
        mr_http_redirect(p->response, mr_office_batch_path(p, batch, ""));
    else
        back(p, p->part[0]);
}

/* ---- for everybody ---- */

static int show_join(mr_page *p, const struct typed *typed, mr_enrolment_joined done, bool sent, struct mr_err *err)
{
    struct mr_enrolment_page page;
    mr_json_writer *v = &p->view;
    mr_str language;
    MR_TRY(mr_enrolment_page(p->service, p->arena, p->part[0], &page, err));
    const mr_specification *s = &page.published.specification;
    mr_page_begin(p, "enrol.title", "find");
    mr_json_put_member(v, "key", p->part[0]);
    mr_json_put_member(v, "slug", page.published.slug);
    mr_json_put_member(v, "specification", mr_texts_get(s->title, mr_language_tag(p->language), &language));
    mr_json_put_member(v, "specification_lang", language);
    mr_json_put_member(v, "provider", mr_texts_get(s->provider.name, mr_language_tag(p->language), NULL));
    mr_json_put_member(v, "keep", mr_office_count(p, "enrol.keep", page.link.keep_months));
    bool full = page.seats >= 0 && page.taken >= page.seats;
    mr_json_put_flag(v, "full", full && !(sent && done != MR_ENROLMENT_FULL));
    mr_json_put_flag(v, "joined", sent && done == MR_ENROLMENT_JOINED);
    mr_json_put_flag(v, "there", sent && done == MR_ENROLMENT_THERE);
    mr_json_put_flag(v, "form", !sent && !full);
    if (page.seats >= 0 && !full)
        mr_json_put_member(v, "seats", mr_office_count(p, "enrol.seats", page.seats - page.taken));
    put_faults(p, typed);
    put_learner(p, typed);
    mr_page_show_private(p, "enrol");
    return MR_OK;
}

void mr_web_enrol(mr_page *p)
{
    struct mr_err err = {0};
    if (show_join(p, NULL, MR_ENROLMENT_JOINED, false, &err) != MR_OK) mr_page_fail(p, &err);
}

void mr_web_enrol_send(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_enrolment_new x = learner_of(p);
    x.language = mr_language_tag(p->language); /* whoever enrols is written to as she reads */
    mr_enrolment_joined done = MR_ENROLMENT_JOINED;
    struct typed typed = {.form = "join", .findings = &findings, .learner = &x};
    mr_findings_init(&findings, p->arena);
    bool agrees = mr_http_form(p->request, "agree").len > 0;
    if (!agrees) {
        typed.sentence = mr_message(p->language, "enrol.agree.missing");
        if (show_join(p, &typed, done, false, &err) != MR_OK) mr_page_fail(p, &err);
        return;
    }
    int code = mr_enrolment_join(p->service, p->arena, p->part[0], &x, &findings, &done, &err);
    if (code == MR_OK)
        code = show_join(p, NULL, done, true, &err);
    else if (code == MR_E_FORMAT)
        code = show_join(p, &typed, done, false, &err);
    if (code != MR_OK) mr_page_fail(p, &err);
}
