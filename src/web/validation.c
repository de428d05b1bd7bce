/* Prior learning: the list of a specification with the form that opens a validation; one validation with its evidence, decision and award. */
#include "service/validation.h"

#include "base/limits.h"
#include "web/privacy.h"
#include "web/sealing.h"

static mr_str list_path(mr_page *p, mr_str slug)
{
    return mr_arena_format(p->arena, "/provider/specifications/%.*s/validations", MR_STR_ARG(slug));
}

static mr_str one_path(mr_page *p, mr_str id)
{
    return mr_arena_format(p->arena, "/provider/validations/%.*s", MR_STR_ARG(id));
}

static void put_state(mr_page *p, const struct mr_validation_row *row)
{
    const char *look = mr_str_is(row->state, "accepted")  ? "passed"
                       : mr_str_is(row->state, "refused") ? "failed"
                                                          : "na";
    mr_json_put_member(
        &p->view, "state",
        mr_message_str(p->language, mr_arena_format(p->arena, "validation.state.%.*s", MR_STR_ARG(row->state))));
    mr_json_put_flag(&p->view, look, true);
}

static void show_list(mr_page *p, const struct mr_award_fields *fields, const struct mr_findings *findings,
                      const char *wrong)
{
    struct mr_err err = {0};
    struct mr_published published;
    struct mr_validation_row *rows;
    size_t count;
    mr_json_writer *v = &p->view;
    int code = mr_catalogue_get(p->service, p->arena, p->part[0], &published, &err);
    if (code == MR_OK)
        code = mr_validation_list(p->service, p->actor, p->arena, p->part[0], mr_http_query(p->request, "before"),
                                  MR_LIMIT_OFFICE_ROWS, &rows, &count, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "validation.list.title", "provider.specifications");
    mr_office_put_specification(p, &published);
    mr_json_put_member(v, "address", list_path(p, published.slug));
    mr_json_put_name(v, "validations");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "path", one_path(p, rows[i].id));
        mr_json_put_member(
            v, "learner",
            mr_web_name_or_restricted(p, rows[i].restricted_at == MR_TIME_NONE ? rows[i].learner_name : MR_STR_EMPTY));
        mr_json_put_member(v, "when", mr_say_time(p->arena, p->language, rows[i].created_at));
        put_state(p, &rows[i]);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "has_validations", count > 0);
    if (count == MR_LIMIT_OFFICE_ROWS) mr_json_put_member(v, "before", rows[count - 1].id);
    mr_json_put_flag(&p->view, "may_open", mr_actor_may(p->actor, MR_MAY_VALIDATION_EDIT));
    mr_office_put_award_fields(p, fields, findings);
    mr_json_put_member(v, "claim", mr_http_form(p->request, "claim"));
    if (wrong) {
        mr_json_put_member(v, "wrong_claim", mr_message(p->language, wrong));
        mr_http_set_status(p->response, 422);
    }
    mr_page_show_private(p, "validations");
}

void mr_web_validations(mr_page *p)
{
    const struct mr_award_fields none = {0};
    show_list(p, &none, NULL, NULL);
}

void mr_web_validation_open(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_award_fields fields = mr_office_award_fields(p);
    mr_str id;
    mr_findings_init(&findings, p->arena);
    int code = mr_validation_open(p->service, p->actor, p->arena, p->part[0], &fields,
                                  mr_http_form(p->request, "claim"), &findings, &id, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, one_path(p, id));
    else if (findings.count)
        show_list(p, &fields, &findings, NULL);
    else if (code == MR_E_USAGE || code == MR_E_LIMIT)
        show_list(p, &fields, NULL, code == MR_E_USAGE ? "validation.wrong.claim" : "validation.wrong.long");
    else
        mr_page_fail(p, &err);
}

static void show_one(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    struct mr_validation x;
    struct mr_published published;
    mr_json_writer *v = &p->view;
    int code = mr_validation_find(p->service, p->actor, p->arena, p->part[0], &x, &err);
    if (code == MR_OK) code = mr_catalogue_get(p->service, p->arena, x.row.specification_id, &published, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    bool is_open = mr_str_is(x.row.state, "open"), is_accepted = mr_str_is(x.row.state, "accepted"),
         is_restricted = x.row.restricted_at != MR_TIME_NONE;
    mr_page_begin(p, "validation.title", "provider.specifications");
    mr_office_put_specification(p, &published);
    mr_json_put_member(v, "address", one_path(p, x.row.id));
    mr_json_put_member(v, "learner", mr_web_name_or_restricted(p, x.row.learner_name));
    if (is_restricted)
        mr_json_put_member(v, "restriction",
                           MR_SAY(p->arena, p->language,
                                  x.row.learner_name.len ? "privacy.restricted.claim" : "privacy.restricted.claim_over",
                                  {"date", mr_say_day(p->arena, p->language, x.row.restricted_at)}));
    mr_json_put_member(v, "birth_date", mr_office_say_day(p, x.learner.birth_date));
    mr_json_put_member(v, "email", x.learner.email);
    mr_json_put_member(v, "claim", x.row.claim);
    put_state(p, &x.row);
    mr_json_put_flag(&p->view, "is_open", is_open);
    mr_json_put_flag(&p->view, "may_decide", is_open && mr_actor_may(p->actor, MR_MAY_VALIDATION_DECIDE));
    mr_json_put_flag(&p->view, "may_award",
                     is_accepted && !is_restricted && !x.row.achievement_id.len &&
                         mr_actor_may(p->actor, MR_MAY_ACHIEVEMENT_AWARD));
    mr_json_put_member(v, "reasons", is_open ? mr_http_form(p->request, "reasons") : x.row.reasons);
    mr_json_put_member(v, "assessor", is_open ? mr_http_form(p->request, "assessor") : x.row.assessor);
    if (!is_open) mr_json_put_member(v, "decided", mr_say_time(p->arena, p->language, x.row.decided_at));
    if (x.row.achievement_id.len)
        mr_json_put_member(v, "achievement",
                           mr_arena_format(p->arena, "/provider/achievements/%.*s", MR_STR_ARG(x.row.achievement_id)));
    if (wrong) {
        mr_json_put_member(v, "wrong", mr_message(p->language, wrong));
        mr_http_set_status(p->response, 422);
    }
    mr_office_put_evidence(p, MR_EVIDENCE_VALIDATION, x.row.id, one_path(p, x.row.id));
    mr_page_show_private(p, "validation");
}

void mr_web_validation(mr_page *p)
{
    show_one(p, NULL);
}

void mr_web_validation_decide(mr_page *p)
{
    struct mr_err err = {0};
    mr_str decision = mr_http_form(p->request, "decision");
    bool accept = mr_str_is(decision, "accept");
    if (!accept && !mr_str_is(decision, "refuse")) {
        show_one(p, "validation.wrong.decision");
        return;
    }
    int code = mr_validation_decide(p->service, p->actor, p->part[0], accept, mr_http_form(p->request, "assessor"),
                                    mr_http_form(p->request, "reasons"), &err);
    if (code == MR_OK || code == MR_E_STATE)
        mr_http_redirect(p->response, one_path(p, p->part[0]));
    else if (code == MR_E_USAGE || code == MR_E_LIMIT)
        show_one(p, code == MR_E_USAGE ? "validation.wrong.reasons" : "validation.wrong.long");
    else
        mr_page_fail(p, &err);
}

void mr_web_validation_award(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_awarded awarded;
    int code = mr_validation_award(p->service, p->actor, p->arena, p->part[0], mr_http_form(p->request, "mail").len > 0,
                                   &awarded, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response,
                         mr_arena_format(p->arena, "/provider/achievements/%.*s?fresh=1", MR_STR_ARG(awarded.id)));
    else if (code == MR_E_EXISTS)
        show_one(p, "validation.exists");
    else if (code == MR_E_STATE)
        mr_http_redirect(p->response, one_path(p, p->part[0]));
    else
        mr_page_fail(p, &err);
}

/* Addresses that only forms lead to, opened otherwise. */
void mr_web_validation_back(mr_page *p)
{
    mr_http_redirect(p->response, one_path(p, p->part[0]));
}
