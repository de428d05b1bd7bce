/* Opportunities for programs. */
#include "service/opportunity.h"
#include "service/organisation.h"
#include "web/api.h"

#define PAGE 50
#define PAGE_MOST 200

static void put_one(mr_page *p, const struct mr_offered *one)
{
    mr_json_put_member(&p->view, "id", one->id);
    mr_json_put_number(&p->view, "revision", one->revision);
    mr_opportunity_write(&one->opportunity, &p->view);
}

void mr_api_opportunities(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_offered *list;
    size_t count = 0, most = mr_api_limit(p, PAGE, PAGE_MOST);
    int code =
        mr_organisation_open(p->service, p->arena, p->actor, mr_http_query(p->request, "organisation"), &o, &err);
    if (code == MR_OK)
        code = mr_opportunity_list(p->service, p->arena, p->actor, o.id, mr_http_query(p->request, "specification"),
                                   mr_http_query(p->request, "after"), most + 1, &list, &count, &err);
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count && i < most; i++) {
        mr_json_begin_object(&p->view);
        put_one(p, &list[i]);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    if (count > most) mr_json_put_member(&p->view, "next", list[most - 1].id);
    mr_api_show(p, 200);
}

void mr_api_opportunity(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_offered one;
    if (mr_opportunity_get(p->service, p->arena, p->actor, p->part[0], &one, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    put_one(p, &one);
    mr_api_show(p, 200);
}

static void refuse(mr_page *p, const struct mr_err *err, const struct mr_findings *findings)
{
    if (err->code == MR_E_SPECIFICATION)
        mr_api_fail_findings(p, err, findings);
    else
        mr_api_fail(p, err);
}

void mr_api_opportunity_add(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str id;
    mr_findings_init(&findings, p->arena);
    if (!mr_api_body(p)) return;
    if (mr_opportunity_add(p->service, p->arena, p->actor, p->request->body, &findings, &id, &err) == MR_OK)
        mr_api_made(p, id);
    else
        refuse(p, &err, &findings);
}

void mr_api_opportunity_save(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    uint64_t revision;
    bool given = mr_str_to_u64(mr_http_query(p->request, "revision"), &revision) && revision <= INT64_MAX;
    mr_findings_init(&findings, p->arena);
    if (!mr_api_body(p)) return;
    if (mr_opportunity_set(p->service, p->arena, p->actor, p->part[0], given ? (int64_t)revision : -1, p->request->body,
                           &findings, &err) == MR_OK)
        mr_api_opportunity(p);
    else
        refuse(p, &err, &findings);
}
