/* Awards one by one, corrections, statuses of many, what ends soon: for programs. */
#include "service/award.h"
#include "base/limits.h"
#include "service/renewal.h"
#include "service/status.h"
#include "web/api.h"
#include "web/sealing.h"

static bool is_true(const mr_json *body, const char *member)
{
    return mr_json_is(mr_json_get(body, member), MR_JSON_TRUE);
}

/* An achievement that there is already: its id, so that a client can go on with it. */
static void fail(mr_page *p, const struct mr_findings *findings, const struct mr_err *err)
{
    if (findings->count)
        mr_api_fail_findings(p, err, findings);
    else
        mr_api_fail(p, err);
}

static void show_awarded(mr_page *p, const struct mr_awarded *awarded)
{
    mr_json_writer *v = &p->view;
    mr_api_begin(p);
    mr_json_put_member(v, "id", awarded->id);
    mr_json_put_member(v, "link", awarded->url);
    if (awarded->renews.len) mr_json_put_member(v, "renews", awarded->renews);
    mr_api_show(p, 201);
}

void mr_api_award(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_awarded awarded;
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    const struct mr_award_order order = {.specification = mr_json_get_str(body, "specification"),
                                         .fields = mr_award_fields_get(body),
                                         .mail = is_true(body, "mail")};
    mr_findings_init(&findings, p->arena);
    if (mr_award(p->service, p->actor, p->arena, &order, &findings, &awarded, &err) == MR_OK)
        show_awarded(p, &awarded);
    else
        fail(p, &findings, &err);
}

void mr_api_replace(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_awarded awarded;
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    struct mr_award_fields fields = mr_award_fields_get(body);
    mr_findings_init(&findings, p->arena);
    if (mr_award_replace(p->service, p->actor, p->arena, p->part[0], &fields, mr_json_get_str(body, "reason"),
                         &findings, &awarded, &err) == MR_OK)
        show_awarded(p, &awarded);
    else
        fail(p, &findings, &err);
}

/* ---- statuses ---- */

/* false after it has answered with what is wrong. */
static bool read_order(mr_page *p, const mr_json *body, struct mr_status_order *ret)
{
    struct mr_err err = {0};
    mr_str to = mr_json_get_str(body, "status");
    *ret = (struct mr_status_order){.code = mr_json_get_str(body, "code"),
                                    .reason = mr_json_get_str(body, "reason"),
                                    .mail = is_true(body, "mail")};
    for (mr_status s = MR_STATUS_ACTIVE; s <= MR_STATUS_REVOKED; s++) {
        if (!mr_str_is(to, mr_status_name(s))) continue;
        ret->to = s;
        return true;
    }
    (void)mr_err_detail(&err, MR_E_FORMAT, "no such status", __FILE__, __LINE__,
                        "status: active, suspended or revoked");
    mr_api_fail(p, &err);
    return false;
}

void mr_api_status_many(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_status_order order;
    struct mr_status_many result;
    const mr_json *body = mr_api_body(p);
    size_t count = 0;
    if (!body || !read_order(p, body, &order)) return;
    const mr_json *list = mr_json_get(body, "ids");
    mr_str *ids = MR_NEW_ARRAY(p->arena, mr_str, mr_json_count(list));
    MR_JSON_EACH (id, list)
        if (ids) ids[count++] = mr_json_str(id);
    if (mr_status_set_many(p->service, p->actor, ids, count, &order, &result, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_number(&p->view, "changed", (int64_t)result.changed);
    mr_json_put_number(&p->view, "unchanged", (int64_t)result.unchanged);
    mr_api_show(p, 200);
}

void mr_api_batch_status(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_status_order order;
    const mr_json *body = mr_api_body(p);
    if (!body || !read_order(p, body, &order)) return;
    if (mr_status_set_batch(p->service, p->actor, p->part[0], &order, &err) == MR_OK)
        mr_api_done(p);
    else
        mr_api_fail(p, &err);
}

/* ---- what ends ---- */

void mr_api_ending(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_ending *rows;
    size_t count;
    uint64_t days = 90;
    mr_json_writer *v = &p->view;
    if (!mr_str_to_u64(mr_http_query(p->request, "days"), &days) || days < 1 || days > 3650) days = 90;
    if (mr_renewal_list(p->service, p->actor, p->arena, mr_office_org(p), (int64_t)days, NULL, MR_LIMIT_STATUS_MANY,
                        &rows, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(v, "items");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", rows[i].achievement_id);
        mr_json_put_member(v, "learner", rows[i].learner);
        mr_json_put_member_if(&p->view, "email", rows[i].email);
        mr_json_put_member(v, "specification", rows[i].specification_id);
        mr_api_put_time(p, "ends", rows[i].expires_at);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_api_show(p, 200);
}
