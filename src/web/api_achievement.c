/* Achievements in the API: what a learner decided, the sealed forms, and whether the credential is still good. */
#include "base/limits.h"
#include "service/award.h"
#include "service/catalogue.h"
#include "service/claim.h"
#include "service/status.h"
#include "web/api.h"

struct form {
    const char *name, *type;
    mr_str content;
};
enum { FORMS = 4 };

static void forms_of(const struct mr_claim *c, struct form ret[FORMS])
{
    ret[0] = (struct form){"european", "application/jose+json", c->elm};
    ret[1] = (struct form){"jwt", "application/vc+jwt", c->jwt};
    ret[2] = (struct form){"badge", "application/vc", c->badge};
    ret[3] = (struct form){"wallet", "application/dc+sd-jwt", c->wallet};
}

/* The achievement that the address names, when the caller may; false after it has answered. Of one that lives in files there is nothing to tell here. */
static bool find(mr_page *p, mr_action action, struct mr_achievement_status *ret)
{
    struct mr_err err = {0};
    struct mr_published published;
    int code = mr_status_find(p->service, p->actor, p->arena, p->part[0], ret, &err);
    if (code == MR_OK && !ret->batch_id.len) code = MR_FAIL(&err, MR_E_NOT_FOUND, "it lives in files", MR_NOWHERE);
    if (code == MR_OK) code = mr_catalogue_get(p->service, p->arena, ret->specification_id, &published, &err);
    if (code == MR_OK) return mr_api_may(p, action, published.org_id);
    mr_api_fail(p, &err);
    return false;
}

/* What the learner sees; MR_E_STATE when nobody decided in time. */
static int open_claim(mr_page *p, mr_str id, mr_str *ret_path, struct mr_claim *ret, struct mr_err *err)
{
    MR_TRY(mr_claim_look(p->service, p->arena, id, ret, err));
    *ret_path = mr_claim_path(p->service, p->arena, id, ret->turn);
    return MR_OK;
}

static void put_achievement(mr_page *p, const struct mr_achievement_status *now, const struct mr_claim *c, mr_str path)
{
    static const char *const words[] = {"open", "accepted", "declined"};
    mr_json_writer *v = &p->view;
    struct form forms[FORMS];
    mr_str site = mr_service_public_url(p->service);
    forms_of(c, forms);
    mr_json_put_member(v, "id", now->achievement_id);
    mr_json_put_member(v, "learner", c->learner);
    if (c->email.len) mr_json_put_member(v, "email", c->email);
    mr_json_put_member_c(v, "claim", words[c->state]);
    mr_api_put_time(p, "claim_until", c->until);
    mr_json_put_member(v, "claim_link", mr_arena_format(p->arena, "%.*s%.*s", MR_STR_ARG(site), MR_STR_ARG(path)));
    mr_json_put_member_c(v, "status", mr_status_name(now->status));
    mr_json_put_name(v, "forms");
    mr_json_begin_array(v);
    for (size_t i = 0; i < FORMS; i++)
        if (forms[i].content.len) mr_json_put_cstr(v, forms[i].name);
    mr_json_end_array(v);
}

static void put_record(mr_page *p, const struct mr_award_record *record)
{
    mr_json_writer *v = &p->view;
    mr_json_put_member(v, "specification", record->specification_id);
    mr_json_put_member(v, "batch", record->batch_id);
    mr_api_put_time(p, "ends", record->expires_at);
    mr_json_put_member_if(&p->view, "replaces", record->replaces);
    mr_json_put_member_if(&p->view, "replaced_by", record->replaced_by);
    mr_json_put_member_if(&p->view, "renews", record->renews);
    mr_json_put_member_if(&p->view, "validation", record->validation_id);
    mr_json_put_name(v, "result");
    mr_json_begin_object(v);
    mr_award_fields_put(v, &record->fields);
    mr_json_end_object(v);
}

void mr_api_achievement(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_award_record record;
    struct mr_achievement_status now;
    struct mr_claim claim;
    mr_str path;
    if (!find(p, MR_MAY_ACHIEVEMENT_READ, &now)) return;
    if (open_claim(p, now.achievement_id, &path, &claim, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    if (mr_award_find(p->service, p->actor, p->arena, now.achievement_id, &record, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    put_achievement(p, &now, &claim, path);
    put_record(p, &record);
    mr_api_show(p, 200);
}

void mr_api_achievement_file(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_achievement_status now;
    struct mr_claim claim;
    struct form forms[FORMS];
    mr_str path;
    if (!find(p, MR_MAY_ACHIEVEMENT_READ, &now)) return;
    if (open_claim(p, now.achievement_id, &path, &claim, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    forms_of(&claim, forms);
    for (size_t i = 0; i < FORMS; i++) {
        if (!mr_str_is(p->part[1], forms[i].name) || !forms[i].content.len) continue;
        mr_api_give(p, forms[i].type, forms[i].content);
        return;
    }
    mr_api_problem(p, 404, MR_STR("not_found"), "");
}

/* ---- status ---- */

static void put_history(mr_page *p, const struct mr_status_step *steps, size_t count)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "history");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "status", mr_status_name(steps[i].status));
        mr_api_put_time(p, "at", steps[i].at);
        if (steps[i].reason.len) mr_json_put_member(v, "reason", steps[i].reason);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static void show_status(mr_page *p, const struct mr_achievement_status *now)
{
    struct mr_err err = {0};
    mr_json_writer *v = &p->view;
    struct mr_status_step *steps;
    size_t count;
    if (mr_status_history(p->service, p->actor, p->arena, now->achievement_id, &steps, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_member_c(v, "status", mr_status_name(now->status));
    mr_api_put_time(p, "changed_at", now->changed_at);
    if (now->reason.len) mr_json_put_member(v, "reason", now->reason);
    if (now->replaced_by.len) mr_json_put_member(v, "replaced_by", now->replaced_by);
    put_history(p, steps, count);
    mr_api_show(p, 200);
}

void mr_api_status(mr_page *p)
{
    struct mr_achievement_status now;
    if (find(p, MR_MAY_ACHIEVEMENT_READ, &now)) show_status(p, &now);
}

void mr_api_status_change(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_achievement_status now;
    const mr_json *body = mr_api_body(p);
    if (!body || !find(p, MR_MAY_ACHIEVEMENT_STATUS, &now)) return;
    mr_str word = mr_json_get_str(body, "status"), reason = mr_str_trim(mr_json_get_str(body, "reason"));
    mr_str successor = mr_json_get_str(body, "replaced_by");
    mr_status to = mr_status_of_word(word);
    const struct mr_status_order order = {.to = to,
                                          .code = mr_json_get_str(body, "code"),
                                          .reason = reason,
                                          .mail = mr_json_is(mr_json_get(body, "mail"), MR_JSON_TRUE)};
    int code = MR_OK;
    if (!reason.len) code = MR_FAIL(&err, MR_E_FORMAT, "a reason is missing", MR_NOWHERE);
    if (code == MR_OK && successor.len && to != MR_STATUS_REVOKED)
        code = MR_FAIL(&err, MR_E_FORMAT, "only what is revoked can be replaced", MR_NOWHERE);
    if (code == MR_OK && successor.len)
        code = mr_status_replace(p->service, p->actor, now.achievement_id, successor, reason, &err);
    else if (code == MR_OK)
        code = mr_status_set(p->service, p->actor, now.achievement_id, &order, &err);
    if (code == MR_OK) code = mr_status_find(p->service, p->actor, p->arena, now.achievement_id, &now, &err);
    if (code == MR_OK)
        show_status(p, &now);
    else
        mr_api_fail(p, &err);
}
