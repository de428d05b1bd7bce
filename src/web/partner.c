/* Other awarding bodies and their consent.
 *
 *   GET, POST /provider/partners             those that were asked, those that ask; ask another
 *   POST /provider/partners/<id>/answer      the fields `answer`: "yes" or "no"
 *   POST /provider/partners/<id>/withdraw
 *   GET, POST /consent/<id>/<token>          behind the mailed link, for whoever has it */
#include "service/catalogue.h"
#include "service/organisation.h"
#include "service/partner.h"
#include "web/fields.h"
#include "web/provider.h"
#include "web/specification.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct mr_field fields[] = {
    {"email", "partner.email", MR_FIELD_EMAIL},
    {"name", "organisation.name", MR_FIELD_TEXTS},
    {"country", "organisation.country", MR_FIELD_SELECT, .scheme = MR_SCHEME_COUNTRY},
    {"eidas", "organisation.eidas", MR_FIELD_TEXT},
    {"vat", "organisation.vat", MR_FIELD_TEXT},
};

/* State in a sentence: who said what, when. */
static mr_str tell_state(mr_page *p, const struct mr_partner_row *row)
{
    bool over = mr_str_is(row->state, "asked") && !mr_partner_is_waiting(p->service, row);
    mr_str id =
        over ? MR_STR("partner.state.over") : mr_arena_format(p->arena, "partner.state.%.*s", MR_STR_ARG(row->state));
    mr_str when = mr_str_is(row->state, "asked")
                      ? mr_say_day(p->arena, p->language, over ? row->expires_at : row->asked_at)
                  : mr_str_is(row->state, "withdrawn") ? mr_say_day(p->arena, p->language, row->withdrawn_at)
                                                       : mr_say_day(p->arena, p->language, row->answered_at);
    return MR_SAY(p->arena, p->language, mr_arena_cstr(p->arena, id), {"date", when});
}

static const char *look_of(mr_page *p, const struct mr_partner_row *row)
{
    if (mr_str_is(row->state, "consented")) return "passed";
    if (mr_str_is(row->state, "refused")) return "failed";
    return mr_partner_is_waiting(p->service, row) ? "unchecked" : "na";
}

static void put_state(mr_page *p, const struct mr_partner_row *row)
{
    static const char *const looks[] = {"passed", "failed", "unchecked", "na"};
    mr_json_put_member(&p->view, "state", tell_state(p, row));
    for (size_t i = 0; i < COUNT(looks); i++)
        mr_json_put_flag(&p->view, looks[i], strcmp(look_of(p, row), looks[i]) == 0);
    mr_json_put_name(&p->view, "by");
    if (row->answer_name.len)
        mr_json_put_str(&p->view, MR_SAY(p->arena, p->language, "partner.by", {"name", row->answer_name},
                                         {"function", row->answer_function}));
    else
        mr_json_put_bool(&p->view, false);
}

/* ---- the office ---- */

static void put_row(mr_page *p, const struct mr_organisation_shown *o, const struct mr_partner_row *row)
{
    bool theirs = !mr_str_eq(row->org_id, o->id);
    struct mr_organisation_shown asker;
    mr_str name = row->name;
    if (theirs && mr_organisation_find(p->service, p->arena, row->org_id, &asker, NULL) == MR_OK)
        name = mr_texts_get(asker.identity.name, mr_language_tag(p->language), NULL);
    bool live = mr_str_is(row->state, "asked") || mr_str_is(row->state, "consented");
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "id", row->id);
    mr_json_put_member(&p->view, "partner", name);
    mr_json_put_member(&p->view, "specification", mr_web_title_of(p, row->slug));
    put_state(p, row);
    mr_json_put_flag(&p->view, "may_answer",
                     theirs && mr_partner_is_waiting(p->service, row) &&
                         mr_authorise(p->actor, MR_MAY_PARTNER_CONSENT, o->id, NULL) == MR_OK);
    mr_json_put_flag(&p->view, "may_withdraw",
                     live && !(theirs && mr_str_is(row->state, "asked")) &&
                         mr_authorise(p->actor, theirs ? MR_MAY_PARTNER_CONSENT : MR_MAY_PARTNER_ASK, o->id, NULL) ==
                             MR_OK);
    mr_json_end_object(&p->view);
}

static void put_side(mr_page *p, const char *name, const struct mr_organisation_shown *o,
                     const struct mr_partner_row *rows, size_t count, bool asked)
{
    bool any = false;
    mr_json_put_name(&p->view, name);
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        if (mr_str_eq(rows[i].org_id, o->id) != asked) continue;
        any = true;
        put_row(p, o, &rows[i]);
    }
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, mr_arena_format(p->arena, "has_%s", name).ptr, any);
}

/* Other providers of this installation to choose from. */
static void put_others(mr_page *p, const struct mr_organisation_shown *o, mr_str chosen)
{
    struct mr_organisation_shown *list;
    size_t count;
    if (mr_organisation_publishers(p->service, p->arena, MR_STR_EMPTY, 200, &list, &count, NULL) != MR_OK) count = 0;
    mr_json_put_name(&p->view, "others");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        if (mr_str_eq(list[i].id, o->id)) continue;
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "value", list[i].slug);
        mr_json_put_member(&p->view, "label", mr_texts_get(list[i].identity.name, mr_language_tag(p->language), NULL));
        mr_json_put_flag(&p->view, "chosen", mr_str_eq(list[i].slug, chosen));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

static void show(mr_page *p, const struct mr_organisation_shown *o, const mr_json *values,
                 const struct mr_findings *findings, const char *wrong)
{
    struct mr_err err = {0};
    struct mr_partner_row *rows;
    size_t count;
    if (mr_partner_list(p->service, p->arena, p->actor, o->id, &rows, &count, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "partners.title", "provider.organisation");
    mr_json_put_member(&p->view, "name", mr_texts_get(o->identity.name, mr_language_tag(p->language), NULL));
    mr_json_put_member(&p->view, "slug", o->slug);
    mr_json_put_flag(&p->view, "done", mr_http_query(p->request, "done").len > 0);
    mr_json_put_flag(&p->view, "may_ask", mr_authorise(p->actor, MR_MAY_PARTNER_ASK, o->id, NULL) == MR_OK);
    put_side(p, "asked", o, rows, count, true);
    put_side(p, "asking", o, rows, count, false);
    put_others(p, o, mr_http_form(p->request, "partner"));
    mr_str specification = mr_http_form(p->request, "specification");
    if (!specification.len) specification = mr_http_query(p->request, "specification");
    mr_json_put_member(&p->view, "asked_specification", specification);
    mr_json_put_name(&p->view, "wrong");
    if (wrong) {
        mr_json_put_str(&p->view, mr_message(p->language, wrong));
        mr_http_set_status(p->response, 422);
    } else
        mr_json_put_bool(&p->view, false);
    mr_fields_put(p, fields, COUNT(fields), values, findings);
    mr_page_show_private(p, "partners");
}

void mr_web_partners(mr_page *p)
{
    struct mr_organisation_shown o;
    if (mr_web_open_organisation(p, &o)) show(p, &o, NULL, NULL, NULL);
}

static const mr_json *parse(mr_page *p, mr_str text)
{
    const mr_json *root = NULL;
    return mr_json_parse(p->arena, text, NULL, &root, NULL) == MR_OK ? root : NULL;
}

/* What was sent without the address, which belongs to the request and not to the body's profile. */
static mr_str profile_of(mr_page *p, const mr_json *values)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_json_writer w;
    mr_buf_init(&b, 1 << 22);
    mr_json_writer_init(&w, &b, 0);
    mr_json_begin_object(&w);
    MR_JSON_EACH_MEMBER (name, values) {
        if (mr_str_is(mr_json_text(name), "email")) continue;
        mr_json_put_name_str(&w, mr_json_text(name));
        mr_json_put_value(&w, name + 1);
    }
    mr_json_end_object(&w);
    return mr_arena_dup(p->arena, mr_buf_str(&b));
}

void mr_web_partner_ask(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_findings findings;
    mr_str id;
    if (!mr_web_open_organisation(p, &o)) return;
    const mr_json *values = parse(p, mr_fields_read(p, fields, COUNT(fields)));
    if (mr_fields_wants_tongue(p)) {
        show(p, &o, values, NULL, NULL);
        return;
    }
    mr_findings_init(&findings, p->arena);
    const struct mr_partner_order order = {.org_id = o.id,
                                           .specification = mr_str_trim(mr_http_form(p->request, "specification")),
                                           .partner = mr_http_form(p->request, "partner"),
                                           .profile = profile_of(p, values),
                                           .email = mr_json_get_str(values, "email"),
                                           .language = mr_language_tag(p->language)};
    int code = mr_partner_ask(p->service, p->arena, p->actor, &order, &findings, &id, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, MR_STR("/provider/partners?done=1"));
    else if (code == MR_E_SPECIFICATION)
        show(p, &o, values, &findings, NULL);
    else if (code == MR_E_EXISTS)
        show(p, &o, values, NULL, "partners.exists");
    else
        mr_page_fail(p, &err);
}

static void finish(mr_page *p, int code, const struct mr_err *err)
{
    if (code == MR_OK || code == MR_E_STATE) /* answered meanwhile: the list tells */
        mr_http_redirect(p->response, MR_STR("/provider/partners"));
    else
        mr_page_fail(p, err);
}

void mr_web_partner_answer(mr_page *p)
{
    struct mr_err err = {0};
    bool consents = mr_str_is(mr_http_form(p->request, "answer"), "yes");
    int code = mr_partner_answer(p->service, p->arena, p->actor, p->part[0], consents, &err);
    finish(p, code, &err);
}

void mr_web_partner_withdraw(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_partner_withdraw(p->service, p->arena, p->actor, p->part[0], &err);
    finish(p, code, &err);
}

/* ---- behind the mailed link ---- */

static void show_consent(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    struct mr_partner_row row;
    struct mr_organisation_shown asker;
    int code = mr_partner_open(p->service, p->arena, p->part[0], p->part[1], &row, &err);
    if (code == MR_OK) code = mr_organisation_find(p->service, p->arena, row.org_id, &asker, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_str asker_name = mr_texts_get(asker.identity.name, mr_language_tag(p->language), NULL);
    mr_page_begin(p, "consent.title", "");
    mr_json_put_member(&p->view, "asker", asker_name);
    mr_json_put_member(&p->view, "partner", row.name);
    mr_json_put_member(&p->view, "specification", mr_web_title_of(p, row.slug));
    mr_json_put_member(&p->view, "slug", row.slug);
    mr_json_put_member(&p->view, "until", mr_say_day(p->arena, p->language, row.expires_at));
    put_state(p, &row);
    mr_json_put_flag(&p->view, "waiting", mr_partner_is_waiting(p->service, &row));
    mr_json_put_flag(&p->view, "consented", mr_str_is(row.state, "consented"));
    mr_json_put_member(&p->view, "typed_name", mr_http_form(p->request, "name"));
    mr_json_put_member(&p->view, "typed_function", mr_http_form(p->request, "function"));
    mr_json_put_name(&p->view, "wrong");
    if (wrong) {
        mr_json_put_str(&p->view, mr_message(p->language, wrong));
        mr_http_set_status(p->response, 422);
    } else
        mr_json_put_bool(&p->view, false);
    mr_page_show_private(p, "consent");
}

void mr_web_consent(mr_page *p)
{
    show_consent(p, NULL);
}

void mr_web_consent_answer(mr_page *p)
{
    struct mr_err err = {0};
    mr_str answer = mr_http_form(p->request, "answer");
    int code;
    if (mr_str_is(answer, "withdraw"))
        code = mr_partner_withdraw_link(p->service, p->arena, p->part[0], p->part[1], &err);
    else if (mr_str_is(answer, "yes") || mr_str_is(answer, "no"))
        code = mr_partner_answer_link(p->service, p->arena, p->part[0], p->part[1], mr_str_is(answer, "yes"),
                                      mr_http_form(p->request, "name"), mr_http_form(p->request, "function"), &err);
    else
        code = MR_FAIL(&err, MR_E_USAGE, "no answer was chosen", MR_NOWHERE);
    if (code == MR_E_USAGE)
        show_consent(p, "consent.wrong");
    else if (code == MR_OK || code == MR_E_STATE)
        mr_http_redirect(p->response, p->request->path);
    else
        mr_page_fail(p, &err);
}
