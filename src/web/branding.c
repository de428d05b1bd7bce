/* How an organisation's certificates look. The organisation is that which the person acts for, or the one of ?organisation=, for its units.
 *
 *   GET, POST /provider/organisation/branding                     colours and signatory; the pictures, and what comes of it
 *   POST      /provider/organisation/branding/<picture>           a picture given in; <picture>: logo, signature
 *   POST      /provider/organisation/branding/<picture>/remove
 *   GET       /provider/organisation/branding/<picture>
 *   GET       /provider/organisation/branding/sample.pdf, .png    an invented certificate */
#include "service/branding.h"

#include "json/write.h"
#include "service/certificate.h"
#include "service/organisation.h"
#include "web/fields.h"
#include "web/provider.h"
#include "web/specification.h"

static const struct mr_field fields[] = {
    {"accent", "branding.accent", MR_FIELD_TEXT},
    {"line", "branding.line", MR_FIELD_TEXT},
    {"signatory", "branding.signatory", MR_FIELD_TEXT},
    {"role", "branding.role", MR_FIELD_TEXT},
};
#define COUNT (sizeof fields / sizeof *fields)

static mr_str path_of(mr_page *p, const struct mr_organisation_shown *o, const char *more, bool done)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 1 << 16);
    mr_buf_format(&b, "/provider/organisation%s", more);
    if (mr_http_query(p->request, "organisation").len) mr_web_put_query(&b, "organisation", o->slug);
    if (done) mr_web_put_query(&b, "done", MR_STR("1"));
    return mr_arena_dup(p->arena, mr_buf_str(&b));
}

static void put_picture(mr_page *p, const struct mr_organisation_shown *o, const char *which, bool there)
{
    mr_json_begin_object(&p->view);
    mr_json_put_member_c(&p->view, "picture", which);
    mr_json_put_member(&p->view, "heading",
                       mr_message_str(p->language, mr_arena_format(p->arena, "branding.%s", which)));
    mr_json_put_member(&p->view, "text",
                       mr_message_str(p->language, mr_arena_format(p->arena, "branding.%s.hint", which)));
    mr_json_put_member(&p->view, "path", path_of(p, o, mr_arena_format(p->arena, "/branding/%s", which).ptr, false));
    mr_json_put_member(&p->view, "remove_path",
                       path_of(p, o, mr_arena_format(p->arena, "/branding/%s/remove", which).ptr, false));
    mr_json_put_flag(&p->view, "there", there);
    mr_json_end_object(&p->view);
}

/* What is kept, as the form takes it. */
static const mr_json *kept(mr_page *p, const struct mr_branding_row *row)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    const mr_json *root = NULL;
    mr_json_writer w;
    mr_buf_init(&text, 1 << 16);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "accent", row->accent);
    mr_json_put_member(&w, "line", row->line);
    mr_json_put_member(&w, "signatory", row->signatory);
    mr_json_put_member(&w, "role", row->role);
    mr_json_end_object(&w);
    return mr_json_parse(p->arena, mr_arena_dup(p->arena, mr_buf_str(&text)), NULL, &root, NULL) == MR_OK ? root : NULL;
}

static void show(mr_page *p, const struct mr_organisation_shown *o, const mr_json *values,
                 const struct mr_findings *findings, const char *wrong)
{
    struct mr_err err = {0};
    struct mr_branding_row row;
    if (mr_branding_get(p->service, p->arena, o->id, &row, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "branding.title", "provider.organisation");
    mr_json_put_member(&p->view, "name", mr_texts_get(o->identity.name, mr_language_tag(p->language), NULL));
    mr_json_put_member(&p->view, "organisation_path", path_of(p, o, "", false));
    mr_json_put_member(&p->view, "action", path_of(p, o, "/branding", false));
    mr_json_put_member(&p->view, "sample_pdf", path_of(p, o, "/branding/sample.pdf", false));
    mr_json_put_member(&p->view, "sample_png", path_of(p, o, "/branding/sample.png", false));
    mr_json_put_flag(&p->view, "may_edit", mr_authorise(p->actor, MR_MAY_ORGANISATION_EDIT, o->id, NULL) == MR_OK);
    mr_json_put_flag(&p->view, "done", mr_http_query(p->request, "done").len > 0);
    mr_json_put_flag(&p->view, "refused", wrong != NULL);
    if (wrong) {
        mr_json_put_member(&p->view, "wrong", mr_message(p->language, wrong));
        mr_http_set_status(p->response, 422);
    }
    mr_json_put_name(&p->view, "pictures");
    mr_json_begin_array(&p->view);
    put_picture(p, o, "logo", row.logo.len > 0);
    put_picture(p, o, "signature", row.signature.len > 0);
    mr_json_end_array(&p->view);
    mr_fields_put(p, fields, COUNT, values ? values : kept(p, &row), findings);
    mr_page_show_private(p, "branding");
}

void mr_web_branding(mr_page *p)
{
    struct mr_organisation_shown o;
    if (mr_web_open_organisation(p, &o)) show(p, &o, NULL, NULL, NULL);
}

void mr_web_branding_save(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_findings findings;
    const mr_json *sent = NULL;
    if (!mr_web_open_organisation(p, &o)) return;
    if (mr_json_parse(p->arena, mr_fields_read(p, fields, COUNT), NULL, &sent, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    const struct mr_branding_row chosen = {.accent = mr_json_get_str(sent, "accent"),
                                           .line = mr_json_get_str(sent, "line"),
                                           .signatory = mr_json_get_str(sent, "signatory"),
                                           .role = mr_json_get_str(sent, "role")};
    mr_findings_init(&findings, p->arena);
    int code = mr_branding_save(p->service, p->arena, p->actor, o.id, &chosen, &findings, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, path_of(p, &o, "/branding", true));
    else if (code == MR_E_SPECIFICATION)
        show(p, &o, sent, &findings, NULL);
    else
        mr_page_fail(p, &err);
}

/* ---- pictures ---- */

static bool which_picture(mr_page *p, mr_branding_picture *ret)
{
    *ret = mr_str_is(p->part[0], "logo") ? MR_BRANDING_LOGO : MR_BRANDING_SIGNATURE;
    if (*ret == MR_BRANDING_LOGO || mr_str_is(p->part[0], "signature")) return true;
    mr_page_not_found(p);
    return false;
}

static void set_picture(mr_page *p, mr_str file)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    mr_branding_picture which;
    if (!which_picture(p, &which) || !mr_web_open_organisation(p, &o)) return;
    int code = mr_branding_set_picture(p->service, p->arena, p->actor, o.id, which, file, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, path_of(p, &o, "/branding", true));
    else if (err.message && mr_message_exists(mr_language_english(), mr_str_of(err.message)))
        show(p, &o, NULL, NULL, err.message);
    else
        mr_page_fail(p, &err);
}

static mr_str sent_file(const mr_page *p)
{
    struct mr_http_part *parts;
    size_t count;
    if (mr_http_parts(p->request, &parts, &count, NULL) != MR_OK) return MR_STR_EMPTY;
    for (size_t i = 0; i < count; i++)
        if (mr_str_is(parts[i].name, "file")) return parts[i].content;
    return MR_STR_EMPTY;
}

void mr_web_branding_picture_set(mr_page *p)
{
    struct mr_organisation_shown o;
    mr_str file = sent_file(p);
    if (file.len)
        set_picture(p, file);
    else if (mr_web_open_organisation(p, &o))
        show(p, &o, NULL, NULL, "branding.no_file");
}

void mr_web_branding_picture_remove(mr_page *p)
{
    set_picture(p, MR_STR_EMPTY);
}

/* ---- what comes of it ---- */

static void answer(mr_page *p, const char *type, mr_str content)
{
    mr_http_set_type(p->response, type);
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
    mr_buf_put(mr_http_body(p->response), content);
}

static void show_sample(mr_page *p, const struct mr_organisation_shown *o, mr_certificate_form form)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, MR_LIMIT_PDF);
    if (mr_certificate_sample(p->service, p->arena, o->id, p->language, form, &out, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    if (form == MR_CERTIFICATE_PDF)
        mr_page_download(p, "application/pdf", MR_STR("sample.pdf"), mr_buf_str(&out));
    else
        answer(p, "image/png", mr_buf_str(&out));
}

void mr_web_branding_picture(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_branding_row row;
    mr_branding_picture which;
    bool pdf = mr_str_is(p->part[0], "sample.pdf");
    if (pdf || mr_str_is(p->part[0], "sample.png")) {
        if (mr_web_open_organisation(p, &o)) show_sample(p, &o, pdf ? MR_CERTIFICATE_PDF : MR_CERTIFICATE_PICTURE);
        return;
    }
    if (!which_picture(p, &which) || !mr_web_open_organisation(p, &o)) return;
    if (mr_branding_get(p->service, p->arena, o.id, &row, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_str picture = which == MR_BRANDING_LOGO ? row.logo : row.signature;
    if (picture.len)
        answer(p, "image/png", picture);
    else
        mr_page_not_found(p);
}
