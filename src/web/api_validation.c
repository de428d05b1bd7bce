/* Validation of prior learning: for programs. */
#include "service/validation.h"
#include "web/api.h"

void mr_api_validation_open(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    const mr_json *body = mr_api_body(p);
    mr_str id;
    if (!body) return;
    struct mr_award_fields learner = mr_award_fields_get(body);
    mr_findings_init(&findings, p->arena);
    int code = mr_validation_open(p->service, p->actor, p->arena, p->part[0], &learner, mr_json_get_str(body, "claim"),
                                  &findings, &id, &err);
    if (code == MR_OK) {
        mr_api_begin(p);
        mr_json_put_member(&p->view, "id", id);
        mr_api_show(p, 201);
    } else if (findings.count) {
        mr_api_fail_findings(p, &err, &findings);
    } else {
        mr_api_fail(p, &err);
    }
}

void mr_api_validation(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_validation x;
    if (mr_validation_find(p->service, p->actor, p->arena, p->part[0], &x, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_member(&p->view, "id", x.row.id);
    mr_json_put_member(&p->view, "specification", x.row.specification_id);
    mr_json_put_member(&p->view, "state", x.row.state);
    mr_json_put_member(&p->view, "learner", x.row.learner_name);
    mr_json_put_member(&p->view, "claim", x.row.claim);
    mr_json_put_member_if(&p->view, "reasons", x.row.reasons);
    mr_json_put_member_if(&p->view, "assessor", x.row.assessor);
    mr_json_put_member_if(&p->view, "achievement", x.row.achievement_id);
    if (x.row.restricted_at != MR_TIME_NONE) mr_api_put_time(p, "restricted_at", x.row.restricted_at);
    mr_api_show(p, 200);
}

void mr_api_validation_decide(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    const mr_json *accept = mr_json_get(body, "accept");
    int code = mr_json_is(accept, MR_JSON_TRUE) || mr_json_is(accept, MR_JSON_FALSE)
                   ? mr_validation_decide(p->service, p->actor, p->part[0], mr_json_is(accept, MR_JSON_TRUE),
                                          mr_json_get_str(body, "assessor"), mr_json_get_str(body, "reasons"), &err)
                   : MR_FAIL_DETAIL(&err, MR_E_FORMAT, "a decision is missing", "%s", "accept: true or false");
    if (code == MR_OK)
        mr_api_done(p);
    else
        mr_api_fail(p, &err);
}

void mr_api_validation_award(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_awarded awarded;
    if (mr_validation_award(p->service, p->actor, p->arena, p->part[0], true, &awarded, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_member(&p->view, "id", awarded.id);
    mr_json_put_member(&p->view, "link", awarded.url);
    mr_api_show(p, 201);
}
