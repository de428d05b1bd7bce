#include "web/correction.h"

#include "service/correction.h"
#include "service/mail.h"
#include "web/office.h"

#define SHOWN 100

static void put_one(mr_page *p, const struct mr_correction_row *row)
{
    mr_json_writer *v = &p->view;
    mr_json_begin_object(v);
    mr_json_put_member(v, "id", row->id);
    mr_json_put_member(v, "path",
                       mr_arena_format(p->arena, "/provider/achievements/%.*s", MR_STR_ARG(row->achievement_id)));
    mr_json_put_member(v, "learner", row->learner);
    mr_json_put_member(v, "right_name", row->right_name);
    mr_json_put_member(v, "remark", row->remark);
    mr_json_put_member(v, "when", mr_say_day(p->arena, p->language, row->asked_at));
    mr_json_put_flag(&p->view, "may_replace", mr_actor_may(p->actor, MR_MAY_ACHIEVEMENT_REPLACE));
    mr_json_end_object(v);
}

int mr_web_put_corrections(mr_page *p, mr_str org_id, mr_str batch_id, struct mr_err *err)
{
    struct mr_correction_row *list;
    size_t count;
    if (!mr_actor_may(p->actor, MR_MAY_ACHIEVEMENT_READ)) return MR_OK;
    MR_TRY(mr_correction_list(p->service, p->actor, p->arena, org_id, batch_id, SHOWN, &list, &count, err));
    mr_json_put_flag(&p->view, "has_corrections", count > 0);
    mr_json_put_name(&p->view, "corrections");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) put_one(p, &list[i]);
    mr_json_end_array(&p->view);
    return MR_OK;
}

int mr_web_put_correction(mr_page *p, mr_str achievement_id, const char *wrong, struct mr_err *err)
{
    struct mr_correction_row row;
    MR_TRY(mr_correction_asked(p->service, p->arena, achievement_id, &row, err));
    if (!mr_str_is(row.state, "open")) return MR_OK;
    mr_json_put_name(&p->view, "correction");
    put_one(p, &row);
    if (wrong) mr_json_put_member(&p->view, "correction_wrong", mr_message(p->language, wrong));
    return MR_OK;
}

void mr_web_corrections(mr_page *p)
{
    struct mr_err err = {0};
    mr_str org;
    mr_page_begin(p, "correction.title", "provider.start");
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK) code = mr_web_put_corrections(p, org, MR_STR_EMPTY, &err);
    if (code == MR_OK)
        mr_page_show_private(p, "corrections");
    else
        mr_page_fail(p, &err);
}

void mr_web_correction_refuse(mr_page *p)
{
    struct mr_err err = {0};
    mr_str answer = mr_http_form(p->request, "answer");
    int code = mr_correction_refuse(p->service, p->actor, p->arena, p->part[0], answer, &err);
    if (code == MR_OK || code == MR_E_STATE)
        mr_http_redirect(p->response, MR_STR("/provider/corrections"));
    else
        mr_page_fail(p, &err);
}
