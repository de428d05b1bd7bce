/* Enrolments for programs: the same use cases as the pages in web/enrolment.c. */
#include "base/limits.h"
#include "service/enrolment.h"
#include "service/profile.h"
#include "web/api.h"

static void put_enrolment(mr_page *p, const mr_enrolment *e)
{
    mr_json_writer *v = &p->view;
    mr_json_put_member(v, "id", e->id);
    mr_json_put_member(v, "specification", e->specification_slug);
    mr_json_put_member_if(v, "opportunity", e->opportunity_id);
    mr_json_put_member(v, "name", e->full_name);
    mr_json_put_member_if(v, "given_name", e->given_name);
    mr_json_put_member_if(v, "family_name", e->family_name);
    mr_json_put_member_if(v, "birth_date", e->birth_date);
    mr_json_put_member_if(v, "email", e->email);
    mr_json_put_member_if(v, "student_number", e->student_number);
    mr_json_put_member(v, "state", e->state);
    mr_json_put_member(v, "source", e->source);
    mr_json_put_member_if(v, "grade", e->grade);
    if (e->passed >= 0) {
        mr_json_put_flag(v, "passed", e->passed > 0);
    }
    mr_json_put_member_if(v, "awarded_on", e->awarded_on);
    mr_json_put_member_if(v, "batch", e->batch_id);
    mr_api_put_time(p, "created_at", e->created_at);
}

static void answer(mr_page *p, mr_str id, int status)
{
    struct mr_err err = {0};
    mr_enrolment e;
    if (mr_enrolment_get(p->service, p->actor, p->arena, id, &e, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    put_enrolment(p, &e);
    mr_api_show(p, status);
}

void mr_api_enrolments(mr_page *p)
{
    enum { PAGE = 100 };
    struct mr_err err = {0};
    mr_enrolment *list;
    size_t count;
    mr_str org_id;
    mr_json_writer *v = &p->view;
    int code = mr_profile_organisation(p->service, p->actor, p->arena, &org_id, &err);
    if (code == MR_OK)
        code = mr_enrolment_list(p->service, p->actor, p->arena, org_id, mr_http_query(p->request, "specification"),
                                 mr_http_query(p->request, "state"), mr_http_query(p->request, "after"), PAGE + 1,
                                 &list, &count, &err);
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(v, "items");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count && i < PAGE; i++) {
        mr_json_begin_object(v);
        put_enrolment(p, &list[i]);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    if (count > PAGE) mr_json_put_member(v, "next", list[PAGE - 1].id);
    mr_api_show(p, 200);
}

void mr_api_enrolment(mr_page *p)
{
    answer(p, p->part[0], 200);
}

void mr_api_enrolment_add(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str id;
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    mr_findings_init(&findings, p->arena);
    const struct mr_enrolment_new x = {.specification = mr_json_get_str(body, "specification"),
                                       .opportunity_id = mr_json_get_str(body, "opportunity"),
                                       .full_name = mr_json_get_str(body, "name"),
                                       .given_name = mr_json_get_str(body, "given_name"),
                                       .family_name = mr_json_get_str(body, "family_name"),
                                       .birth_date = mr_json_get_str(body, "birth_date"),
                                       .email = mr_json_get_str(body, "email"),
                                       .student_number = mr_json_get_str(body, "student_number"),
                                       .language = mr_json_get_str(body, "language"),
                                       .applied = mr_str_is(mr_json_get_str(body, "state"), "applied")};
    int code = mr_enrolment_add(p->service, p->actor, p->arena, &x, "api", &findings, &id, &err);
    if (code == MR_E_FORMAT)
        mr_api_fail_findings(p, &err, &findings);
    else if (code != MR_OK)
        mr_api_fail(p, &err);
    else
        answer(p, id, 201);
}

/* {"state"}: moved; {"passed", "grade", "awarded_on"}: a result written down. */
void mr_api_enrolment_change(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    mr_findings_init(&findings, p->arena);
    mr_str state = mr_json_get_str(body, "state");
    const mr_json *passed = mr_json_get(body, "passed");
    int code = state.len ? mr_enrolment_move(p->service, p->actor, p->arena, p->part[0], state, &err) : MR_OK;
    if (code == MR_OK && passed)
        code = mr_enrolment_set_result(p->service, p->actor, p->arena, p->part[0], mr_json_get_str(body, "grade"),
                                       mr_json_is(passed, MR_JSON_TRUE)    ? 1
                                       : mr_json_is(passed, MR_JSON_FALSE) ? 0
                                                                           : -1,
                                       mr_json_get_str(body, "awarded_on"), &findings, &err);
    if (code == MR_E_FORMAT)
        mr_api_fail_findings(p, &err, &findings);
    else if (code != MR_OK)
        mr_api_fail(p, &err);
    else
        answer(p, p->part[0], 200);
}

void mr_api_enrolment_hand_in(mr_page *p)
{
    struct mr_err err = {0};
    mr_str batch;
    int64_t not_passed;
    if (mr_enrolment_hand_in(p->service, p->actor, p->arena, p->part[0], &batch, &not_passed, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_member_if(&p->view, "batch", batch);
    mr_json_put_number(&p->view, "not_passed", not_passed);
    mr_api_show(p, 201);
}

void mr_api_enrolment_page(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p), *open, *number;
    int64_t seats = -1, keep = 12;
    if (!body) return;
    open = mr_json_get(body, "open");
    number = mr_json_get(body, "seats");
    if (number && !mr_json_to_int64(number, &seats)) seats = -2;
    number = mr_json_get(body, "keep_months");
    if (number && !mr_json_to_int64(number, &keep)) keep = 0;
    if (mr_enrolment_page_set(p->service, p->actor, p->arena, p->part[0], mr_json_get_str(body, "opportunity"),
                              mr_json_is(open, MR_JSON_TRUE), seats, keep, &err) != MR_OK)
        mr_api_fail(p, &err);
    else
        mr_api_done(p);
}
