/* Consents of other awarding bodies for programs. */
#include "base/buf.h"
#include "service/organisation.h"
#include "service/partner.h"
#include "web/api.h"

static void put_row(mr_page *p, const struct mr_partner_row *row)
{
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "id", row->id);
    mr_json_put_member(&p->view, "organisation", row->org_id);
    if (row->partner_id.len) mr_json_put_member(&p->view, "partner", row->partner_id);
    mr_json_put_member(&p->view, "specification", row->slug);
    mr_json_put_name(&p->view, "profile");
    mr_json_put_raw(&p->view, row->profile);
    mr_json_put_member(&p->view, "state", row->state);
    mr_api_put_time(p, "asked", row->asked_at);
    mr_api_put_time(p, "expires", row->expires_at);
    mr_api_put_time(p, "answered", row->answered_at);
    mr_api_put_time(p, "withdrawn", row->withdrawn_at);
    if (row->answer_name.len) mr_json_put_member(&p->view, "name", row->answer_name);
    if (row->answer_function.len) mr_json_put_member(&p->view, "function", row->answer_function);
    mr_json_end_object(&p->view);
}

void mr_api_partners(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_partner_row *rows;
    size_t count;
    if (!mr_api_open_organisation(p, &o)) return;
    if (mr_partner_list(p->service, p->arena, p->actor, o.id, &rows, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) put_row(p, &rows[i]);
    mr_json_end_array(&p->view);
    mr_api_show(p, 200);
}

void mr_api_partner_ask(mr_page *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf profile;
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_findings findings;
    mr_json_writer w;
    mr_str id;
    const mr_json *body = mr_api_body(p), *given;
    mr_buf_init(&profile, 1 << 22);
    if (!body || !mr_api_open_organisation(p, &o)) return;
    mr_json_writer_init(&w, &profile, 0);
    given = mr_json_get(body, "profile");
    if (given)
        mr_json_put_value(&w, given);
    else
        mr_buf_puts(&profile, "{}");
    mr_findings_init(&findings, p->arena);
    mr_str language = mr_json_get_str(body, "language");
    const struct mr_partner_order order = {.org_id = o.id,
                                           .specification = mr_json_get_str(body, "specification"),
                                           .partner = mr_json_get_str(body, "partner"),
                                           .profile = mr_buf_str(&profile),
                                           .email = mr_json_get_str(body, "email"),
                                           .language = language.len ? language : MR_STR("en")};
    if (mr_partner_ask(p->service, p->arena, p->actor, &order, &findings, &id, &err) == MR_OK)
        mr_api_made(p, id);
    else if (err.code == MR_E_SPECIFICATION)
        mr_api_fail_findings(p, &err, &findings);
    else
        mr_api_fail(p, &err);
}

void mr_api_partner_answer(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    bool consents = mr_json_is(mr_json_get(body, "consents"), MR_JSON_TRUE);
    if (mr_partner_answer(p->service, p->arena, p->actor, p->part[0], consents, &err) == MR_OK)
        mr_api_done(p);
    else
        mr_api_fail(p, &err);
}

void mr_api_partner_withdraw(mr_page *p)
{
    struct mr_err err = {0};
    if (mr_partner_withdraw(p->service, p->arena, p->actor, p->part[0], &err) == MR_OK)
        mr_api_done(p);
    else
        mr_api_fail(p, &err);
}
