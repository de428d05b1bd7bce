/* One learner at a time: the form that awards, the page of one achievement, the form that corrects it.
 *
 * Who may do both, sign off and seal, awards at once; for others the form makes a batch of one row, which an assessor signs off. */
#include "service/award.h"

#include "base/limits.h"
#include "service/claim.h"
#include "service/status.h"
#include "web/correction.h"
#include "web/privacy.h"
#include "web/sealing.h"

static mr_str award_path(mr_page *p, mr_str slug)
{
    return mr_arena_format(p->arena, "/provider/specifications/%.*s/award", MR_STR_ARG(slug));
}

static mr_str achievement_path(mr_page *p, mr_str id, const char *more)
{
    return mr_arena_format(p->arena, "/provider/achievements/%.*s%s", MR_STR_ARG(id), more);
}

/* ---- awarding ---- */

static void show_award(mr_page *p, const struct mr_award_fields *fields, const struct mr_findings *findings,
                       const struct mr_err *there)
{
    struct mr_err err = {0};
    struct mr_published published;
    bool is_free = false;
    int code = mr_catalogue_get(p->service, p->arena, p->part[0], &published, &err);
    if (code == MR_OK) code = mr_authorise(p->actor, MR_MAY_RESULT_ENTER, published.org_id, &err);
    if (code == MR_OK) code = mr_award_is_free(p->service, p->actor, published.org_id, &is_free, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "award.title", "provider.specifications");
    mr_json_put_member(&p->view, "address", award_path(p, published.slug));
    mr_office_put_specification(p, &published);
    mr_office_put_award_fields(p, fields, findings);
    mr_json_put_flag(&p->view, "is_free", is_free);
    mr_json_put_flag(&p->view, "mail", p->request->method != MR_POST || mr_http_form(p->request, "mail").len > 0);
    if (there) {
        mr_json_put_member(&p->view, "there", achievement_path(p, mr_str_of(there->detail), ""));
        mr_http_set_status(p->response, 422);
    }
    mr_page_show_private(p, "award");
}

void mr_web_award_form(mr_page *p)
{
    const struct mr_award_fields none = {0};
    show_award(p, &none, NULL, NULL);
}

/* Others sign it off: a batch of one row. */
static int upload_one(mr_page *p, const struct mr_award_order *order, struct mr_findings *findings, mr_str *ret_path,
                      struct mr_err *err)
{
    mr_str id;
    MR_TRY(mr_award_hand_in(p->service, p->actor, p->arena, order, mr_message(p->language, "award.by_hand"), findings,
                            &id, err));
    *ret_path = mr_office_batch_path(p, id, "");
    return MR_OK;
}

void mr_web_award(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_published published;
    struct mr_awarded awarded;
    const struct mr_award_order order = {.specification = p->part[0],
                                         .fields = mr_office_award_fields(p),
                                         .mail = mr_http_form(p->request, "mail").len > 0};
    bool is_free = false;
    mr_str to = MR_STR_EMPTY;
    mr_findings_init(&findings, p->arena);
    int code = mr_catalogue_get(p->service, p->arena, p->part[0], &published, &err);
    if (code == MR_OK) code = mr_award_is_free(p->service, p->actor, published.org_id, &is_free, &err);
    if (code == MR_OK && !is_free) {
        code = upload_one(p, &order, &findings, &to, &err);
    } else if (code == MR_OK) {
        code = mr_award(p->service, p->actor, p->arena, &order, &findings, &awarded, &err);
        if (code == MR_OK) to = achievement_path(p, awarded.id, "?fresh=1");
    }
    if (code == MR_OK)
        mr_http_redirect(p->response, to);
    else if (findings.count)
        show_award(p, &order.fields, &findings, NULL);
    else if (code == MR_E_EXISTS)
        show_award(p, &order.fields, NULL, &err);
    else
        mr_page_fail(p, &err);
}

/* ---- one achievement ---- */

static void put_facts(mr_page *p, const struct mr_award_record *record)
{
    static const char *const shown[] = {"birth_date", "email", "language", "student_number", "grade",
                                        "date",       "place", "ects",     "supervision"};
    struct mr_award_fields fields = record->fields;
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "facts");
    mr_json_begin_array(v);
    for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
        for (size_t i = 0; i < MR_AWARD_FIELDS; i++) {
            mr_str value = *mr_award_field_at(&fields, i);
            if (strcmp(mr_award_field_name(i), shown[k]) != 0 || value.len == 0) continue;
            if (strcmp(shown[k], "supervision") == 0)
                value =
                    mr_message_str(p->language, mr_arena_format(p->arena, "award.supervision.%.*s", MR_STR_ARG(value)));
            if (strcmp(shown[k], "language") == 0 && mr_language_find(value))
                value = mr_language_own_name(mr_language_find(value));
            if (strcmp(shown[k], "birth_date") == 0 || strcmp(shown[k], "date") == 0)
                value = mr_office_say_day(p, value);
            mr_json_begin_object(v);
            mr_json_put_member(v, "name",
                               mr_message_str(p->language, mr_arena_format(p->arena, "award.field.%s", shown[k])));
            mr_json_put_member(v, "value", value);
            mr_json_end_object(v);
        }
    mr_json_end_array(v);
}

static void put_relation(mr_page *p, const char *name, mr_str id)
{
    if (id.len) mr_json_put_member(&p->view, name, achievement_path(p, id, ""));
}

static int put_achievement(mr_page *p, const struct mr_award_record *record, struct mr_err *err)
{
    static const char *const looks[] = {"passed", "unchecked", "failed"};
    static const char *const ids[] = {"office.status.active", "office.status.suspended", "office.status.revoked"};
    struct mr_published published;
    struct mr_achievement_status status;
    bool is_forgotten;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_catalogue_get(p->service, p->arena, record->specification_id, &published, err));
    MR_TRY(mr_status_find(p->service, p->actor, p->arena, record->id, &status, err));
    mr_office_put_specification(p, &published);
    mr_json_put_member(v, "address", achievement_path(p, record->id, ""));
    mr_json_put_member(v, "batch", mr_office_batch_path(p, record->batch_id, ""));
    mr_str name = record->fields.name.len ? record->fields.name : status.learner;
    mr_json_put_member(v, "learner", mr_web_name_or_restricted(p, name));
    mr_json_put_flag(&p->view, looks[status.status], true);
    mr_str since =
        status.changed_at == MR_TIME_NONE ? MR_STR_EMPTY : mr_say_day(p->arena, p->language, status.changed_at);
    mr_json_put_member(v, "state", MR_SAY(p->arena, p->language, ids[status.status], {"date", since}));
    MR_TRY(mr_web_put_restriction(p, record->id, &is_forgotten, err));
    if (!is_forgotten)
        mr_json_put_member(
            v, "link",
            mr_arena_format(p->arena, "%.*s%.*s", MR_STR_ARG(mr_service_public_url(p->service)),
                            MR_STR_ARG(mr_claim_path(p->service, p->arena, record->id, record->claim_turn))));
    if (record->expires_at != MR_TIME_NONE)
        mr_json_put_member(v, "ends", mr_say_day(p->arena, p->language, record->expires_at));
    put_relation(p, "replaces", record->replaces);
    put_relation(p, "renews", record->renews);
    put_relation(p, "replaced_by", status.replaced_by);
    if (record->validation_id.len)
        mr_json_put_member(v, "validation",
                           mr_arena_format(p->arena, "/provider/validations/%.*s", MR_STR_ARG(record->validation_id)));
    mr_json_put_flag(&p->view, "may_replace",
                     status.status != MR_STATUS_REVOKED && !is_forgotten &&
                         mr_actor_may(p->actor, MR_MAY_ACHIEVEMENT_REPLACE));
    mr_json_put_flag(&p->view, "may_change",
                     status.status != MR_STATUS_REVOKED && mr_actor_may(p->actor, MR_MAY_ACHIEVEMENT_STATUS));
    put_facts(p, record);
    return mr_web_put_correction(p, record->id, NULL, err);
}

void mr_web_achievement(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_award_record record;
    int code = mr_award_find(p->service, p->actor, p->arena, p->part[0], &record, &err);
    mr_page_begin(p, "achievement.title", "provider.specifications");
    if (code == MR_OK) code = put_achievement(p, &record, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_flag(&p->view, "fresh", mr_http_query(p->request, "fresh").len > 0);
    mr_office_put_evidence(p, MR_EVIDENCE_ACHIEVEMENT, record.id, achievement_path(p, record.id, ""));
    mr_page_show_private(p, "achievement");
}

/* ---- correcting ---- */

/* wrong: message of what is wrong beside the fields, or NULL. */
static void show_replace(mr_page *p, const struct mr_award_fields *typed, const struct mr_findings *findings,
                         const char *wrong)
{
    struct mr_err err = {0};
    struct mr_award_record record;
    int code = mr_award_find(p->service, p->actor, p->arena, p->part[0], &record, &err);
    mr_page_begin(p, "replace.title", "provider.specifications");
    if (code == MR_OK) code = put_achievement(p, &record, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_office_put_award_fields(p, typed ? typed : &record.fields, findings);
    mr_json_put_member(&p->view, "reason", mr_http_form(p->request, "reason"));
    if (wrong) {
        mr_json_put_member(&p->view, "wrong", mr_message(p->language, wrong));
        mr_http_set_status(p->response, 422);
    }
    mr_page_show_private(p, "replace");
}

void mr_web_replace_form(mr_page *p)
{
    show_replace(p, NULL, NULL, NULL);
}

void mr_web_replace(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_awarded awarded;
    struct mr_award_fields fields = mr_office_award_fields(p);
    mr_str reason = mr_str_trim(mr_http_form(p->request, "reason"));
    mr_findings_init(&findings, p->arena);
    if (!reason.len || mr_utf8_length(reason) > MR_LIMIT_STATUS_REASON) {
        show_replace(p, &fields, NULL, reason.len ? "office.status.wrong.long" : "office.status.wrong.reason");
        return;
    }
    int code = mr_award_replace(p->service, p->actor, p->arena, p->part[0], &fields, reason, &findings, &awarded, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, achievement_path(p, awarded.id, "?fresh=1"));
    else if (findings.count)
        show_replace(p, &fields, &findings, NULL);
    else if (code == MR_E_EXISTS)
        show_replace(p, &fields, NULL, "replace.exists");
    else if (code == MR_E_STATE)
        mr_http_redirect(p->response, achievement_path(p, p->part[0], ""));
    else
        mr_page_fail(p, &err);
}
