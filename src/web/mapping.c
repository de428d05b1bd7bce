/* How the columns of an uploaded table are read: asked when nobody can tell, and changed by whoever knows better. And the profiles of an organisation. */
#include "base/limits.h"
#include "credential/specification_values.h"
#include "service/profile.h"
#include "web/office.h"
#include "web/upload.h"

/* ---- the form of one upload ---- */

static void put_options(mr_page *p, const struct mr_upload_view *u, mr_str chosen)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "options");
    mr_json_begin_array(v);
    for (size_t i = 0; i < u->column_count; i++) {
        if (!u->columns[i].len) continue;
        mr_json_begin_object(v);
        mr_json_put_member(v, "column", u->columns[i]);
        mr_json_put_flag(v, "chosen", chosen.len && mr_csv_is_same_name(u->columns[i], chosen));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static void put_fields(mr_page *p, const struct mr_upload_view *u, const mr_mapping *m)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "fields");
    mr_json_begin_array(v);
    for (mr_result_field f = 0; f < MR_FIELD_COUNT; f++) {
        bool constant = f >= MR_FIELD_GRADE; /* what can hold for everybody */
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "code", mr_field_code(f));
        mr_json_put_member(
            v, "label", mr_message_str(p->language, mr_arena_format(p->arena, "mapping.field.%s", mr_field_code(f))));
        mr_json_put_flag(v, "may_be_constant", constant);
        mr_json_put_member(v, "constant", m->constants[f]);
        put_options(p, u, m->columns[f]);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static mr_str shortened(mr_page *p, mr_str value)
{
    size_t size = 60;
    if (value.len <= size) return value;
    while (size > 0 && ((unsigned char)value.ptr[size] & 0xC0) == 0x80) size--;
    return mr_arena_format(p->arena, "%.*s…", (int)size, value.ptr);
}

/* The columns with their first values. */
static int put_samples(mr_page *p, const struct mr_upload_view *u, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    const mr_str *cells;
    size_t rows;
    MR_TRY(mr_upload_samples(p->service, p->actor, p->arena, u->batch_id, &cells, &rows, err));
    mr_json_put_name(v, "columns");
    mr_json_begin_array(v);
    for (size_t i = 0; i < u->column_count; i++) {
        if (!u->columns[i].len) continue;
        mr_json_begin_object(v);
        mr_json_put_member(v, "column", u->columns[i]);
        mr_json_put_name(v, "values");
        mr_json_begin_array(v);
        for (size_t row = 0; row < rows; row++) {
            mr_str value = cells[row * u->column_count + i];
            if (value.len) mr_json_put_str(v, shortened(p, value));
        }
        mr_json_end_array(v);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    return MR_OK;
}

static void put_grades(mr_page *p, const char *name, const mr_str *list, size_t count)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, 64 * MR_KIB);
    for (size_t i = 0; i < count; i++) {
        if (i) mr_buf_puts(&text, ", ");
        mr_buf_put(&text, list[i]);
    }
    mr_json_put_member(&p->view, name, mr_buf_str(&text));
}

static void put_bound(mr_page *p, const char *name, const mr_mapping *m, int64_t hundredths)
{
    if (!m->to) return;
    mr_json_put_member(&p->view, name,
                       hundredths % 100 ? mr_arena_format(p->arena, "%lld.%02lld", (long long)(hundredths / 100),
                                                          (long long)(hundredths % 100))
                                        : mr_arena_format(p->arena, "%lld", (long long)(hundredths / 100)));
}

int mr_upload_put_profiles(mr_page *p, mr_str org_id, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    struct mr_profile *list;
    size_t count;
    MR_TRY(mr_profile_list(p->service, p->actor, p->arena, org_id, &list, &count, err));
    mr_json_put_flag(v, "has_profiles", count > 0);
    mr_json_put_name(v, "profiles");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", list[i].id);
        mr_json_put_member(v, "name", list[i].name);
        mr_json_put_member(v, "when", mr_say_time(p->arena, p->language, list[i].changed_at));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    return MR_OK;
}

static void put_sheets(mr_page *p, const struct mr_upload_view *u)
{
    mr_json_writer *v = &p->view;
    mr_json_put_flag(v, "has_sheets", u->sheet_count > 1);
    mr_json_put_name(v, "sheets");
    mr_json_begin_array(v);
    for (size_t i = 0; i < u->sheet_count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "name", u->sheets[i]);
        mr_json_put_flag(v, "chosen", mr_str_eq(u->sheets[i], u->sheet));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

/* wrong: sentence about what was just sent; empty: nothing is. */
static int show_form(mr_page *p, const mr_mapping *typed, mr_str wrong, struct mr_err *err)
{
    static const char *const dates[] = {"day_first", "month_first", "digits"};
    static const char *const names[] = {"as_written", "family_first", "split"};
    struct mr_upload_view u;
    struct mr_published published;
    mr_json_writer *v = &p->view;
    mr_str language;
    MR_TRY(mr_upload_get(p->service, p->actor, p->arena, p->part[0], &u, err));
    MR_TRY(mr_catalogue_get(p->service, p->arena, u.specification_id, &published, err));
    const mr_mapping *m = typed ? typed : &u.mapping;
    mr_page_begin(p, "mapping.title", "provider.specifications");
    mr_json_put_member(v, "address", mr_office_batch_path(p, u.batch_id, ""));
    mr_json_put_member(v, "file", u.file_name);
    mr_json_put_member(v, "slug", published.slug);
    mr_json_put_member(v, "specification",
                       mr_texts_get(published.specification.title, mr_language_tag(p->language), &language));
    mr_json_put_member(v, "specification_lang", language);
    mr_json_put_flag(v, "first_time", u.needs_mapping);
    if (wrong.len) {
        mr_json_put_member(v, "wrong", wrong);
        mr_http_set_status(p->response, 422);
    }
    put_fields(p, &u, m);
    put_sheets(p, &u);
    mr_json_put_flag(v, mr_arena_format(p->arena, "dates_%s", dates[m->dates]).ptr, true);
    mr_json_put_flag(v, mr_arena_format(p->arena, "names_%s", names[m->names]).ptr, true);
    put_grades(p, "passed", m->passed, m->passed_count);
    put_grades(p, "not_passed", m->not_passed, m->not_passed_count);
    mr_json_put_flag(v, "has_scale", mr_mapping_has_scale(m));
    put_bound(p, "lowest", m, m->lowest);
    put_bound(p, "from", m, m->from);
    put_bound(p, "to", m, m->to);
    MR_TRY(put_samples(p, &u, err));
    MR_TRY(mr_upload_put_profiles(p, u.org_id, err));
    mr_page_show_private(p, "mapping");
    return MR_OK;
}

void mr_web_mapping(mr_page *p)
{
    struct mr_err err = {0};
    int code = show_form(p, NULL, MR_STR_EMPTY, &err);
    if (code == MR_E_STATE)
        mr_http_redirect(p->response, mr_office_batch_path(p, p->part[0], ""));
    else if (code != MR_OK)
        mr_page_fail(p, &err);
}

/* ---- what was sent ---- */

static void put_list(mr_json_writer *w, const char *name, mr_str text)
{
    mr_str part;
    mr_json_put_name(w, name);
    mr_json_begin_array(w);
    while (mr_str_split(&text, ',', &part))
        if (mr_str_trim(part).len) mr_json_put_str(w, mr_str_trim(part));
    mr_json_end_array(w);
}

/* The form as the JSON of a mapping, so that one reader checks both. */
static mr_str form_json(mr_page *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    static const char *const bounds[] = {"lowest", "from", "to"};
    mr_json_writer w;
    mr_buf_init(&text, MR_LIMIT_MAPPING * 2);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    for (int constants = 0; constants < 2; constants++) {
        mr_json_put_name(&w, constants ? "constants" : "columns");
        mr_json_begin_object(&w);
        for (mr_result_field f = 0; f < MR_FIELD_COUNT; f++) {
            mr_str name = mr_arena_format(p->arena, constants ? "constant_%s" : "column_%s", mr_field_code(f));
            mr_json_put_member(&w, mr_field_code(f), mr_str_trim(mr_http_form(p->request, name.ptr)));
        }
        mr_json_end_object(&w);
    }
    mr_str dates = mr_http_form(p->request, "dates"), names = mr_http_form(p->request, "names");
    if (dates.len) mr_json_put_member(&w, "dates", dates);
    if (names.len) mr_json_put_member(&w, "names", names);
    mr_json_put_name(&w, "grades");
    mr_json_begin_object(&w);
    put_list(&w, "passed", mr_http_form(p->request, "passed"));
    put_list(&w, "not_passed", mr_http_form(p->request, "not_passed"));
    for (size_t i = 0; i < 3; i++) {
        mr_str bound = mr_str_trim(mr_http_form(p->request, bounds[i]));
        if (bound.len) mr_json_put_member(&w, bounds[i], bound);
    }
    mr_json_end_object(&w);
    mr_json_end_object(&w);
    return mr_arena_dup(p->arena, mr_buf_str(&text));
}

/* A mapping that is no mapping: shown with the form as it was before. */
static mr_str fault_sentence(mr_page *p, const struct mr_err *err)
{
    if (err->code == MR_E_CSV) return mr_upload_table_fault(p, err);
    return MR_SAY(p->arena, p->language, "mapping.wrong", {"what", mr_str_of(err->message)},
                  {"where", mr_str_of(err->pointer)}, {"known", mr_str_of(err->detail)});
}

static bool has_name(const mr_mapping *m)
{
    return m->columns[MR_FIELD_NAME].len || m->columns[MR_FIELD_GIVEN].len || m->columns[MR_FIELD_FAMILY].len;
}

static int read_form(mr_page *p, mr_mapping *ret, struct mr_err *err)
{
    struct mr_profile profile;
    mr_str id = mr_http_form(p->request, "profile");
    if (!id.len) return mr_mapping_parse(p->arena, form_json(p), ret, err);
    MR_TRY(mr_profile_get(p->service, p->actor, p->arena, id, &profile, err));
    return mr_mapping_parse(p->arena, profile.document, ret, err);
}

void mr_web_mapping_change(mr_page *p)
{
    struct mr_err err = {0}, wrong = {0};
    mr_mapping mapping = {0};
    bool remember = mr_http_form(p->request, "remember").len > 0;
    int code = read_form(p, &mapping, &wrong);
    if (code == MR_OK && !has_name(&mapping))
        code = MR_FAIL(&wrong, MR_E_CSV, "no column holds the learners' names", MR_NOWHERE);
    if (code == MR_OK)
        code = mr_upload_map(p->service, p->actor, p->arena, p->part[0], &mapping, mr_http_form(p->request, "sheet"),
                             remember, &wrong);
    if (code == MR_OK || code == MR_E_STATE) {
        mr_http_redirect(p->response, mr_office_batch_path(p, p->part[0], ""));
        return;
    }
    if (code == MR_E_CSV || code == MR_E_FORMAT || code == MR_E_LIMIT)
        code = show_form(p, &mapping, fault_sentence(p, &wrong), &err);
    else
        err = wrong;
    if (code != MR_OK) mr_page_fail(p, &err);
}

/* ---- profiles ---- */

static void put_examples(mr_page *p)
{
    mr_str documents[MR_PROFILE_EXAMPLES];
    mr_json_writer *v = &p->view;
    size_t count = mr_profile_examples(documents);
    mr_json_put_name(v, "examples");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_mapping m;
        if (mr_mapping_parse(p->arena, documents[i], &m, NULL) != MR_OK) continue;
        mr_json_begin_object(v);
        mr_json_put_member(v, "name", m.name);
        mr_json_put_member(v, "document", documents[i]);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static int show_profiles(mr_page *p, mr_str document, mr_str wrong, struct mr_err *err)
{
    mr_str org_id;
    MR_TRY(mr_profile_organisation(p->service, p->actor, p->arena, &org_id, err));
    mr_page_begin(p, "profiles.title", "provider.imports");
    if (wrong.len) {
        mr_json_put_member(&p->view, "wrong", wrong);
        mr_http_set_status(p->response, 422);
    }
    mr_json_put_member(&p->view, "document", document);
    MR_TRY(mr_upload_put_profiles(p, org_id, err));
    put_examples(p);
    mr_page_show_private(p, "profiles");
    return MR_OK;
}

void mr_web_profiles(mr_page *p)
{
    struct mr_err err = {0};
    if (show_profiles(p, MR_STR_EMPTY, MR_STR_EMPTY, &err) != MR_OK) mr_page_fail(p, &err);
}

void mr_web_profile(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_profile profile;
    int code = mr_profile_get(p->service, p->actor, p->arena, p->part[0], &profile, &err);
    if (code == MR_OK) code = show_profiles(p, profile.document, MR_STR_EMPTY, &err);
    if (code != MR_OK) mr_page_fail(p, &err);
}

void mr_web_profile_save(mr_page *p)
{
    struct mr_err err = {0}, wrong = {0};
    mr_str document = mr_http_form(p->request, "document"), org_id, id;
    int code = mr_profile_organisation(p->service, p->actor, p->arena, &org_id, &wrong);
    if (code == MR_OK) code = mr_profile_save(p->service, p->actor, p->arena, org_id, document, &id, &wrong);
    if (code == MR_OK) {
        mr_http_redirect(p->response, MR_STR("/provider/profiles"));
        return;
    }
    if (mr_code_http(code) == 400 || code == MR_E_LIMIT)
        code = show_profiles(p, document, fault_sentence(p, &wrong), &err);
    else
        err = wrong;
    if (code != MR_OK) mr_page_fail(p, &err);
}

void mr_web_profile_remove(mr_page *p)
{
    struct mr_err err = {0};
    if (mr_profile_remove(p->service, p->actor, p->arena, p->part[0], &err) == MR_OK)
        mr_http_redirect(p->response, MR_STR("/provider/profiles"));
    else
        mr_page_fail(p, &err);
}
