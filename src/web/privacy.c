/* Privacy in the office: restricted records, how long what is kept is kept, the record of processing and the agreement with whoever runs the installation, and closing an
 * organisation. */
#include "web/privacy.h"

#include "service/organisation.h"
#include "service/personal_data.h"
#include "service/restriction.h"
#include "service/retention.h"
#include "web/office.h"
#include "web/sealing.h"

#define HERE MR_STR("/provider/privacy")
#define SHOWN 100

/* ---- restricted records ---- */

mr_str mr_web_name_or_restricted(mr_page *p, mr_str name)
{
    return name.len ? name : mr_message(p->language, "privacy.restricted.name");
}

int mr_web_put_restriction(mr_page *p, mr_str achievement_id, bool *ret_forgotten, struct mr_err *err)
{
    struct mr_restriction_row row;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_restriction_get(p->service, p->actor, p->arena, achievement_id, &row, err));
    *ret_forgotten = row.since != MR_TIME_NONE && !mr_str_is(row.what, "asked");
    if (row.since == MR_TIME_NONE) return MR_OK;
    mr_json_put_name(v, "restriction");
    mr_json_begin_object(v);
    mr_json_put_member(v, "text",
                       MR_SAY(p->arena, p->language,
                              mr_arena_format(p->arena, "privacy.restricted.%.*s", MR_STR_ARG(row.what)).ptr,
                              {"date", mr_say_day(p->arena, p->language, row.since)}));
    mr_json_put_member(v, "remark", row.remark);
    mr_json_put_flag(&p->view, "may_lift",
                     mr_str_is(row.what, "asked") && mr_actor_may(p->actor, MR_MAY_ACHIEVEMENT_REPLACE));
    mr_json_end_object(v);
    return MR_OK;
}

void mr_web_restriction_lift(mr_page *p)
{
    struct mr_err err = {0};
    mr_str id = p->part[0], answer = mr_http_form(p->request, "answer");
    int code = mr_restriction_lift(p->service, p->actor, p->arena, id, answer, &err);
    if (code == MR_OK || code == MR_E_STATE)
        mr_http_redirect(p->response, mr_arena_format(p->arena, "/provider/achievements/%.*s", MR_STR_ARG(id)));
    else
        mr_page_fail(p, &err);
}

/* ---- how long, and for what ---- */

static int put_asked(mr_page *p, struct mr_err *err)
{
    struct mr_restriction_row *list = NULL;
    size_t count = 0;
    mr_json_writer *v = &p->view;
    if (mr_actor_may(p->actor, MR_MAY_ACHIEVEMENT_READ))
        MR_TRY(mr_restriction_list(p->service, p->actor, p->arena, mr_office_org(p), SHOWN, &list, &count, err));
    mr_json_put_flag(&p->view, "has_restrictions", count > 0);
    mr_json_put_name(v, "restrictions");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(
            v, "path", mr_arena_format(p->arena, "/provider/achievements/%.*s", MR_STR_ARG(list[i].achievement_id)));
        mr_json_put_member(v, "since", mr_say_day(p->arena, p->language, list[i].since));
        mr_json_put_member(v, "remark", list[i].remark);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    return MR_OK;
}

static void put_period(mr_page *p, const char *field, int64_t months)
{
    mr_str typed = mr_http_form(p->request, field);
    mr_json_put_member(&p->view, field, typed.len ? typed : mr_arena_format(p->arena, "%lld", (long long)months));
}

static void show(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    struct mr_retention_row row;
    mr_page_begin(p, "privacy.office.title", "provider.privacy");
    int code = mr_retention_get(p->service, p->actor, p->arena, mr_office_org(p), &row, &err);
    if (code == MR_OK) code = put_asked(p, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    put_period(p, "record_months", row.record_months);
    put_period(p, "evidence_months", row.evidence_months);
    put_period(p, "enrolment_months", row.enrolment_months);
    mr_str contact = mr_http_form(p->request, "contact");
    mr_json_put_member(&p->view, "contact", contact.len ? contact : row.contact);
    mr_json_put_flag(&p->view, "saved", mr_http_query(p->request, "saved").len > 0);
    mr_json_put_flag(&p->view, "may_edit", mr_actor_may(p->actor, MR_MAY_ORGANISATION_EDIT));
    if (wrong) {
        mr_page_say(p, "wrong", wrong);
        mr_http_set_status(p->response, 422);
    }
    mr_page_show_private(p, "privacy");
}

void mr_web_privacy(mr_page *p)
{
    show(p, NULL);
}

/* Empty: 0. */
static bool read_months(mr_page *p, const char *field, int64_t *ret)
{
    mr_str text = mr_str_trim(mr_http_form(p->request, field));
    uint64_t months = 0;
    if (text.len && !mr_str_to_u64(text, &months)) return false;
    *ret = months > 1000000 ? -1 : (int64_t)months;
    return true;
}

void mr_web_privacy_save(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_retention_row row = {.contact = mr_http_form(p->request, "contact")};
    bool read = read_months(p, "record_months", &row.record_months) &&
                read_months(p, "evidence_months", &row.evidence_months) &&
                read_months(p, "enrolment_months", &row.enrolment_months);
    int code = read ? mr_retention_set(p->service, p->actor, mr_office_org(p), &row, &err) : MR_E_FORMAT;
    if (code == MR_OK)
        mr_http_redirect(p->response, MR_STR("/provider/privacy?saved=1"));
    else if (code == MR_E_FORMAT)
        show(p, "privacy.office.wrong");
    else
        mr_page_fail(p, &err);
}

/* ---- to print ---- */

/* Who answers for it, and who works for them. */
static int put_parties(mr_page *p, struct mr_err *err)
{
    struct mr_organisation_shown o;
    struct mr_retention_row row;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_organisation_find(p->service, p->arena, mr_office_org(p), &o, err));
    MR_TRY(mr_retention_get(p->service, p->actor, p->arena, mr_office_org(p), &row, err));
    mr_json_put_member(v, "controller", mr_texts_get(o.identity.name, mr_language_tag(p->language), NULL));
    mr_json_put_member(v, "controller_email", o.identity.email);
    mr_json_put_member(v, "controller_url", o.identity.homepage);
    mr_json_put_member(v, "contact", row.contact);
    mr_json_put_member(v, "host", mr_service_public_url(p->service));
    mr_json_put_member(v, "today", mr_say_day(p->arena, p->language, mr_env_now(mr_service_env(p->service))));
    int64_t days = mr_service_backup_days(p->service);
    if (days) mr_json_put_member(v, "backup_days", mr_say_count(p->arena, p->language, days));
    return MR_OK;
}

static mr_str message_of(mr_page *p, size_t i, const char *what)
{
    return mr_message_str(p->language, mr_arena_format(p->arena, "privacy.%s.%s", mr_purposes[i].word, what));
}

static mr_str months_of(mr_page *p, int64_t months)
{
    if (!months) return mr_message(p->language, "privacy.months.none");
    return mr_office_count(p, "privacy.months", months);
}

/* The period that the provider has set stands beside what Merit says of every installation. */
static mr_str period_of(mr_page *p, mr_purpose purpose, const struct mr_retention_row *row)
{
    if (purpose == MR_PURPOSE_AWARD) return months_of(p, row->record_months);
    if (purpose == MR_PURPOSE_ENROLMENT) return months_of(p, row->enrolment_months);
    return MR_STR_EMPTY;
}

static int put_purposes(mr_page *p, struct mr_err *err)
{
    static const char *const whose[] = {"privacy.whose.learner", "privacy.whose.member", "privacy.whose.other"};
    struct mr_retention_row row;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_retention_get(p->service, p->actor, p->arena, mr_office_org(p), &row, err));
    mr_json_put_name(v, "purposes");
    mr_json_begin_array(v);
    for (size_t i = 0; i < MR_PURPOSE_COUNT; i++) {
        const struct mr_purpose_row *r = &mr_purposes[i];
        if (r->keeper != MR_KEEPER_PROVIDER) continue;
        mr_json_begin_object(v);
        mr_json_put_member(v, "what", message_of(p, i, "what"));
        mr_json_put_member(v, "why", message_of(p, i, "why"));
        mr_json_put_member(v, "long", message_of(p, i, "long"));
        mr_json_put_member(v, "period", period_of(p, (mr_purpose)i, &row));
        mr_json_put_member(v, "whose", mr_message(p->language, whose[r->whose]));
        mr_json_put_member(v, "ground", mr_message(p->language, mr_purpose_ground_message(r)));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    return MR_OK;
}

static void show_paper(mr_page *p, const char *title, const char *template)
{
    struct mr_err err = {0};
    mr_page_begin(p, title, "provider.privacy");
    int code = put_parties(p, &err);
    if (code == MR_OK) code = put_purposes(p, &err);
    if (code == MR_OK)
        mr_page_show_private(p, template);
    else
        mr_page_fail(p, &err);
}

void mr_web_privacy_record(mr_page *p)
{
    show_paper(p, "privacy.record.title", "privacy_record");
}

void mr_web_privacy_agreement(mr_page *p)
{
    show_paper(p, "privacy.agreement.title", "privacy_agreement");
}

/* ---- closing ---- */

static void show_close(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    mr_page_begin(p, "close.title", "provider.organisation");
    if (mr_organisation_find(p->service, p->arena, mr_office_org(p), &o, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_member(&p->view, "name", mr_texts_get(o.identity.name, mr_language_tag(p->language), NULL));
    mr_json_put_member(&p->view, "slug", o.slug);
    if (wrong) {
        mr_page_say(p, "wrong", wrong);
        mr_http_set_status(p->response, 422);
    }
    mr_page_show_private(p, "organisation_close");
}

void mr_web_organisation_close_ask(mr_page *p)
{
    show_close(p, NULL);
}

/* The short name that is typed shows that it is meant. */
void mr_web_organisation_close(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    mr_str typed = mr_str_trim(mr_http_form(p->request, "slug"));
    int code = mr_organisation_find(p->service, p->arena, mr_office_org(p), &o, &err);
    if (code == MR_OK && !mr_str_eq(typed, o.slug)) {
        show_close(p, "close.wrong");
        return;
    }
    if (code == MR_OK) code = mr_organisation_close(p->service, p->arena, p->actor, o.id, true, &err);
    if (code == MR_OK || code == MR_E_STATE)
        mr_http_redirect(p->response, mr_arena_format(p->arena, "/providers/%.*s", MR_STR_ARG(o.slug)));
    else
        mr_page_fail(p, &err);
}
