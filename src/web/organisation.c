/* The office's pages about the organisation itself. They are about the organisation that the person acts for, or the one of ?organisation=, for its units.
 *
 *   GET, POST /provider/organisation                        who it is
 *   GET, POST /provider/organisation/statements/<kind>      a new version of what it says about recognition or quality, and the older ones
 *   GET, POST /provider/organisation/units                  its units
 *   POST      /provider/organisation/units/<slug>/close|open
 *   GET, POST /provider/organisation/assessors              assessors outside
 *   POST      /provider/organisation/assessors/<id>/remove */
#include "service/organisation.h"
#include "web/fields.h"
#include "web/provider.h"
#include "web/specification.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

#define IDENTITY                                                                                                       \
    {"name", "organisation.name", MR_FIELD_TEXTS, .required = true},                                                   \
        {"country", "organisation.country", MR_FIELD_SELECT, .required = true, .scheme = MR_SCHEME_COUNTRY},           \
        {"address", "organisation.address", MR_FIELD_AREAS}, {"homepage", "organisation.homepage", MR_FIELD_URL},      \
        {"email", "organisation.email", MR_FIELD_EMAIL}, {"registration", "organisation.registration", MR_FIELD_TEXT}, \
        {"vat", "organisation.vat", MR_FIELD_TEXT}, {"eidas", "organisation.eidas", MR_FIELD_TEXT},                    \
        {"deqar", "organisation.deqar", MR_FIELD_TEXT}, {"ror", "organisation.ror", MR_FIELD_TEXT},                    \
        {"schac", "organisation.schac", MR_FIELD_TEXT}, {"linkedin", "organisation.linkedin", MR_FIELD_TEXT},          \
    {                                                                                                                  \
        "did", "organisation.did", MR_FIELD_TEXT                                                                       \
    }
static const struct mr_field identity_fields[] = {IDENTITY};
static const struct mr_field unit_fields[] = {
    {"name", "organisation.name", MR_FIELD_TEXTS, .required = true},
    {"address", "organisation.address", MR_FIELD_AREAS},
    {"homepage", "organisation.homepage", MR_FIELD_URL},
    {"email", "organisation.email", MR_FIELD_EMAIL},
};
static const struct mr_field assessor_fields[] = {
    {"name", "organisation.name", MR_FIELD_TEXTS, .required = true},
    {"country", "organisation.country", MR_FIELD_SELECT, .required = true, .scheme = MR_SCHEME_COUNTRY},
    {"homepage", "organisation.homepage", MR_FIELD_URL},
    {"registration", "organisation.registration", MR_FIELD_TEXT},
    {"eidas", "organisation.eidas", MR_FIELD_TEXT},
    {"deqar", "organisation.deqar", MR_FIELD_TEXT},
};
static const struct mr_field statement_fields[] = {
    {"version", "statement.version", MR_FIELD_TEXT, .required = true},
    {"valid_from", "statement.valid_from", MR_FIELD_DATE, .required = true},
    {"url", "statement.url", MR_FIELD_URL},
    {"text", "statement.text", MR_FIELD_AREAS, .required = true},
};

/* ---- what the pages share ---- */

static mr_str asked_slug(mr_page *p)
{
    mr_str slug = mr_http_form(p->request, "organisation");
    return slug.len ? slug : mr_http_query(p->request, "organisation");
}

bool mr_web_open_organisation(mr_page *p, struct mr_organisation_shown *ret)
{
    struct mr_err err = {0};
    if (mr_organisation_open(p->service, p->arena, p->actor, asked_slug(p), ret, &err) == MR_OK) return true;
    mr_page_fail(p, &err);
    return false;
}

/* The same as mr_web_open_organisation, with a page of its own for who has none. */
static bool open(mr_page *p, struct mr_organisation_shown *ret)
{
    struct mr_err err = {0};
    if (mr_organisation_open(p->service, p->arena, p->actor, asked_slug(p), ret, &err) == MR_OK) return true;
    if (err.code == MR_E_NOT_FOUND && !asked_slug(p).len) {
        mr_page_begin(p, "organisation.title", "provider.organisation");
        mr_page_show_private(p, "organisation_none");
    } else
        mr_page_fail(p, &err);
    return false;
}

static const mr_json *parse(mr_page *p, mr_str text)
{
    const mr_json *root = NULL;
    return mr_json_parse(p->arena, text, NULL, &root, NULL) == MR_OK ? root : NULL;
}

/* "/provider/organisation/units?organisation=x" */
static mr_str path_of(mr_page *p, const struct mr_organisation_shown *o, const char *more, bool done)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 1 << 16);
    mr_buf_format(&b, "/provider/organisation%s", more);
    if (asked_slug(p).len) mr_web_put_query(&b, "organisation", o->slug);
    if (done) mr_web_put_query(&b, "done", MR_STR("1"));
    return mr_arena_dup(p->arena, mr_buf_str(&b));
}

static void begin(mr_page *p, const char *title, const struct mr_organisation_shown *o)
{
    mr_page_begin(p, title, "provider.organisation");
    mr_json_put_member(&p->view, "slug", o->slug);
    mr_json_put_member(&p->view, "name", mr_texts_get(o->identity.name, mr_language_tag(p->language), NULL));
    mr_json_put_member(&p->view, "public", mr_web_provider_path(p, o->slug));
    mr_json_put_member(&p->view, "organisation_path", path_of(p, o, "", false));
    mr_json_put_member(&p->view, "units_path", path_of(p, o, "/units", false));
    mr_json_put_member(&p->view, "assessors_path", path_of(p, o, "/assessors", false));
    mr_json_put_member(&p->view, "branding_path", path_of(p, o, "/branding", false));
    mr_json_put_member(&p->view, "recognition_path", path_of(p, o, "/statements/recognition", false));
    mr_json_put_member(&p->view, "quality_path", path_of(p, o, "/statements/quality", false));
    mr_json_put_flag(&p->view, "is_unit", o->parent_id.len > 0);
    mr_json_put_flag(&p->view, "may_edit", mr_authorise(p->actor, MR_MAY_ORGANISATION_EDIT, o->id, NULL) == MR_OK);
    mr_json_put_flag(&p->view, "done", mr_http_query(p->request, "done").len > 0);
}

/* What came of a change: the page again, the form with what is wrong, or the page of an error. */
typedef void show_again(mr_page *p, const struct mr_organisation_shown *o, const mr_json *values,
                        const struct mr_findings *findings);
static void finish(mr_page *p, int code, const struct mr_err *err, const struct mr_organisation_shown *o,
                   const char *more, show_again *again, mr_str sent, const struct mr_findings *findings)
{
    if (code == MR_OK)
        mr_http_redirect(p->response, path_of(p, o, more, true));
    else if (code == MR_E_SPECIFICATION)
        again(p, o, parse(p, sent), findings);
    else
        mr_page_fail(p, err);
}

/* ---- who it is ---- */

static void put_kind(mr_page *p, const struct mr_organisation_shown *o)
{
    const struct mr_field kind = {"kind",
                                  "organisation.kind",
                                  MR_FIELD_SELECT,
                                  .required = true,
                                  .words = o->parent_id.len ? mr_organisation_unit_kinds : mr_organisation_kinds,
                                  .words_say = "organisation.kind"};
    mr_str sent = mr_http_form(p->request, "kind");
    mr_fields_put_options(p, "kinds", &kind, sent.len ? sent : o->kind);
}

static void show_identity(mr_page *p, const struct mr_organisation_shown *o, const mr_json *values,
                          const struct mr_findings *findings)
{
    begin(p, "organisation.title", o);
    put_kind(p, o);
    mr_fields_put(p, identity_fields, COUNT(identity_fields), values, findings);
    mr_page_show_private(p, "organisation");
}

void mr_web_organisation(mr_page *p)
{
    struct mr_organisation_shown o;
    if (open(p, &o)) show_identity(p, &o, parse(p, o.profile), NULL);
}

void mr_web_organisation_save(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_findings findings;
    mr_str sent = mr_fields_read(p, identity_fields, COUNT(identity_fields));
    if (!open(p, &o)) return;
    if (mr_fields_wants_tongue(p)) {
        show_identity(p, &o, parse(p, sent), NULL);
        return;
    }
    mr_findings_init(&findings, p->arena);
    int code = mr_organisation_save(p->service, p->arena, p->actor, o.id, mr_http_form(p->request, "kind"), sent,
                                    &findings, &err);
    finish(p, code, &err, &o, "", show_identity, sent, &findings);
}

/* ---- statements ---- */

static bool is_quality(const mr_page *p)
{
    return mr_str_is(p->part[0], "quality");
}

static void put_versions(mr_page *p, const struct mr_organisation_shown *o)
{
    struct mr_statement *list;
    size_t count = 0;
    bool any = false;
    if (mr_organisation_statements(p->service, p->arena, o->id, &list, &count, NULL) != MR_OK) count = 0;
    mr_json_put_name(&p->view, "versions");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        if (!mr_str_eq(list[i].kind, p->part[0])) continue;
        any = true;
        mr_str language, text = mr_texts_get(list[i].texts, mr_language_tag(p->language), &language);
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "version", list[i].version);
        mr_json_put_member(&p->view, "from", mr_say_date(p->arena, p->language, list[i].valid_from));
        mr_json_put_member(&p->view, "text", text);
        mr_json_put_member(&p->view, "lang", language);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "has_versions", any);
}

static void show_statement(mr_page *p, const struct mr_organisation_shown *o, const mr_json *values,
                           const struct mr_findings *findings)
{
    begin(p, is_quality(p) ? "statement.quality.title" : "statement.recognition.title", o);
    mr_json_put_flag(&p->view, "is_quality", is_quality(p));
    mr_json_put_member(&p->view, "action",
                       path_of(p, o, is_quality(p) ? "/statements/quality" : "/statements/recognition", false));
    put_versions(p, o);
    mr_fields_put(p, statement_fields, COUNT(statement_fields), values, findings);
    mr_page_show_private(p, "organisation_statement");
}

static bool open_statement(mr_page *p, struct mr_organisation_shown *ret)
{
    if (is_quality(p) || mr_str_is(p->part[0], "recognition")) return open(p, ret);
    mr_page_not_found(p);
    return false;
}

void mr_web_statement(mr_page *p)
{
    struct mr_organisation_shown o;
    if (open_statement(p, &o)) show_statement(p, &o, NULL, NULL);
}

void mr_web_statement_publish(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_findings findings;
    MR_CLEANUP(mr_buf_done) mr_buf texts;
    mr_json_writer w;
    mr_str sent = mr_fields_read(p, statement_fields, COUNT(statement_fields));
    mr_buf_init(&texts, 1 << 22);
    if (!open_statement(p, &o)) return;
    const mr_json *values = parse(p, sent), *text = mr_json_get(values, "text");
    if (mr_fields_wants_tongue(p)) {
        show_statement(p, &o, values, NULL);
        return;
    }
    mr_findings_init(&findings, p->arena);
    mr_json_writer_init(&w, &texts, 0);
    if (text)
        mr_json_put_value(&w, text);
    else
        mr_buf_puts(&texts, "{}");
    const struct mr_statement_order order = {.kind = p->part[0],
                                             .version = mr_json_get_str(values, "version"),
                                             .valid_from = mr_json_get_str(values, "valid_from"),
                                             .texts = mr_buf_str(&texts),
                                             .url = mr_json_get_str(values, "url")};
    int code = mr_organisation_publish_statement(p->service, p->arena, p->actor, o.id, &order, &findings, &err);
    if (code == MR_E_EXISTS) {
        struct mr_finding *f =
            mr_findings_add(&findings, "statement.version", "statement.version.exists", order.version);
        memcpy(f->pointer, "/version", sizeof "/version");
        code = MR_E_SPECIFICATION;
    }
    finish(p, code, &err, &o, is_quality(p) ? "/statements/quality" : "/statements/recognition", show_statement, sent,
           &findings);
}

/* ---- units ---- */

static void show_units(mr_page *p, const struct mr_organisation_shown *o, const mr_json *values,
                       const struct mr_findings *findings)
{
    struct mr_err err = {0};
    struct mr_organisation_shown *units;
    size_t count;
    if (mr_organisation_units(p->service, p->arena, o->id, true, &units, &count, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    begin(p, "organisation.units", o);
    mr_json_put_name(&p->view, "units");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        MR_CLEANUP(mr_buf_done) mr_buf b;
        mr_buf_init(&b, 1 << 16);
        mr_buf_puts(&b, "/provider/organisation");
        mr_web_put_query(&b, "organisation", units[i].slug);
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "unit", units[i].slug);
        mr_json_put_member(&p->view, "path", mr_buf_str(&b));
        mr_json_put_member(&p->view, "unit_name",
                           mr_texts_get(units[i].identity.name, mr_language_tag(p->language), NULL));
        mr_json_put_member(&p->view, "kind",
                           mr_message_str(p->language, mr_arena_format(p->arena, "organisation.kind.%.*s",
                                                                       MR_STR_ARG(units[i].kind))));
        mr_json_put_flag(&p->view, "closed", units[i].closed_at != MR_TIME_NONE);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "has_units", count > 0);
    const struct mr_field kind = {"kind",
                                  "organisation.kind",
                                  MR_FIELD_SELECT,
                                  .required = true,
                                  .words = mr_organisation_unit_kinds,
                                  .words_say = "organisation.kind"};
    mr_str sent = mr_http_form(p->request, "kind");
    mr_fields_put_options(p, "kinds", &kind, sent.len ? sent : MR_STR("department"));
    mr_fields_put(p, unit_fields, COUNT(unit_fields), values, findings);
    mr_page_show_private(p, "organisation_units");
}

void mr_web_units(mr_page *p)
{
    struct mr_organisation_shown o;
    if (open(p, &o)) show_units(p, &o, NULL, NULL);
}

void mr_web_unit_add(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_findings findings;
    mr_str sent = mr_fields_read(p, unit_fields, COUNT(unit_fields)), slug;
    if (!open(p, &o)) return;
    if (mr_fields_wants_tongue(p)) {
        show_units(p, &o, parse(p, sent), NULL);
        return;
    }
    mr_findings_init(&findings, p->arena);
    int code = mr_organisation_add_unit(p->service, p->arena, p->actor, o.id, mr_http_form(p->request, "kind"), sent,
                                        &findings, &slug, &err);
    finish(p, code, &err, &o, "/units", show_units, sent, &findings);
}

static void close_unit(mr_page *p, bool closed)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    if (!open(p, &o)) return;
    int code = mr_organisation_close_unit(p->service, p->arena, p->actor, p->part[0], closed, &err);
    finish(p, code, &err, &o, "/units", show_units, MR_STR_EMPTY, NULL);
}

void mr_web_unit_close(mr_page *p)
{
    close_unit(p, true);
}
void mr_web_unit_open(mr_page *p)
{
    close_unit(p, false);
}

/* ---- assessors ---- */

static void show_assessors(mr_page *p, const struct mr_organisation_shown *o, const mr_json *values,
                           const struct mr_findings *findings)
{
    struct mr_err err = {0};
    struct mr_assessor_row *rows;
    size_t count;
    if (mr_organisation_assessors(p->service, p->arena, p->actor, o->id, &rows, &count, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    begin(p, "assessors.title", o);
    mr_json_put_name(&p->view, "assessors");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "id", rows[i].id);
        mr_json_put_member(&p->view, "assessor", rows[i].name);
        mr_json_put_member(&p->view, "profile", rows[i].profile);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "has_assessors", count > 0);
    mr_fields_put(p, assessor_fields, COUNT(assessor_fields), values, findings);
    mr_page_show_private(p, "organisation_assessors");
}

void mr_web_assessors(mr_page *p)
{
    struct mr_organisation_shown o;
    if (open(p, &o)) show_assessors(p, &o, NULL, NULL);
}

void mr_web_assessor_add(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_findings findings;
    mr_str sent = mr_fields_read(p, assessor_fields, COUNT(assessor_fields)), id;
    if (!open(p, &o)) return;
    if (mr_fields_wants_tongue(p)) {
        show_assessors(p, &o, parse(p, sent), NULL);
        return;
    }
    mr_findings_init(&findings, p->arena);
    int code = mr_organisation_add_assessor(p->service, p->arena, p->actor, o.id, sent, &findings, &id, &err);
    finish(p, code, &err, &o, "/assessors", show_assessors, sent, &findings);
}

void mr_web_assessor_remove(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    if (!open(p, &o)) return;
    int code = mr_organisation_remove_assessor(p->service, p->actor, o.id, p->part[0], &err);
    finish(p, code, &err, &o, "/assessors", show_assessors, MR_STR_EMPTY, NULL);
}
