/* Sign-off, times, mail and what became of batches; evidence; how a provider awards: for programs. */
#include "base/encoding.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/zone.h"
#include "service/award_setting.h"
#include "web/api.h"
#include "web/sealing.h"

void mr_api_batch_sign(mr_page *p)
{
    struct mr_err err = {0};
    mr_api_answer(p, mr_batch_sign(p->service, p->actor, p->part[0], &err), &err);
}
void mr_api_batch_unsign(mr_page *p)
{
    struct mr_err err = {0};
    mr_api_answer(p, mr_batch_unsign(p->service, p->actor, p->part[0], &err), &err);
}
void mr_api_batch_unschedule(mr_page *p)
{
    struct mr_err err = {0};
    mr_api_answer(p, mr_batch_unschedule(p->service, p->actor, p->part[0], &err), &err);
}
void mr_api_batch_mail(mr_page *p)
{
    struct mr_err err = {0};
    mr_api_answer(p, mr_batch_mail(p->service, p->actor, p->part[0], &err), &err);
}

void mr_api_batch_supervision(mr_page *p)
{
    struct mr_err err = {0};
    mr_supervision supervision;
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    int code = mr_supervision_find(mr_json_get_str(body, "supervision"), &supervision)
                   ? mr_batch_set_supervision(p->service, p->actor, p->part[0], supervision, &err)
                   : MR_FAIL_DETAIL(&err, MR_E_FORMAT, "no such supervision", "%s",
                                    "none, supervised, identity-online, identity-on-site, or empty");
    mr_api_answer(p, code, &err);
}

void mr_api_batch_schedule(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    int64_t at;
    if (!body) return;
    mr_str zone = mr_json_get_str(body, "zone");
    int code = mr_time_parse(mr_json_get_str(body, "at"), &at, &err);
    if (code == MR_OK && zone.len && !mr_zone_find(zone))
        code = MR_FAIL_DETAIL(&err, MR_E_TIME, "this time zone is not known", "%.*s", MR_STR_ARG(zone));
    if (code == MR_OK)
        code = mr_batch_schedule(p->service, p->actor, p->part[0], at, zone.len ? zone : MR_STR("UTC"),
                                 mr_json_is(mr_json_get(body, "mail"), MR_JSON_TRUE), &err);
    mr_api_answer(p, code, &err);
}

void mr_api_batch_counts(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_batch_counts c;
    if (mr_batch_count(p->service, p->actor, p->part[0], &c, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_number(&p->view, "awarded", c.sealed), mr_json_put_number(&p->view, "mailed", c.mailed),
        mr_json_put_number(&p->view, "claimed", c.claimed);
    mr_json_put_number(&p->view, "declined", c.declined), mr_json_put_number(&p->view, "undecided", c.undecided),
        mr_json_put_number(&p->view, "over", c.over);
    mr_json_put_number(&p->view, "expired", c.expired), mr_json_put_number(&p->view, "suspended", c.suspended),
        mr_json_put_number(&p->view, "revoked", c.revoked);
    mr_api_show(p, 200);
}

/* ---- evidence ---- */

void mr_api_evidence_add(mr_page *p)
{
    static const char *const kinds[] = {"batch", "achievement", "validation"};
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    size_t kind = 0;
    mr_str id, content = MR_STR_EMPTY;
    if (!body) return;
    while (kind < 3 && !mr_str_is(mr_json_get_str(body, "kind"), kinds[kind])) kind++;
    int code = kind < 3 ? mr_base64_read(p->arena, mr_json_get_str(body, "content"), &content, &err)
                        : MR_FAIL_DETAIL(&err, MR_E_FORMAT, "no such kind", "%s", "batch, achievement, validation");
    if (code == MR_OK)
        code = mr_evidence_file_add(p->service, p->actor, p->arena, (mr_evidence_object)kind,
                                    mr_json_get_str(body, "object"), mr_json_get_str(body, "name"), content, &id, &err);
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_member(&p->view, "id", id);
    mr_api_show(p, 201);
}

void mr_api_evidence_remove(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_evidence_file_row file;
    mr_api_answer(p, mr_evidence_file_remove(p->service, p->actor, p->arena, p->part[0], &file, &err), &err);
}

/* ---- settings ---- */

void mr_api_award_setting(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_award_setting setting;
    mr_json_writer *v = &p->view;
    if (mr_award_setting_get(p->service, p->actor, mr_office_org(p), &setting, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_flag(&p->view, "same_person", setting.same_person);
    mr_json_put_flag(&p->view, "page_image", setting.page_image);
    mr_json_put_name(v, "formats");
    mr_json_begin_array(v);
    for (size_t i = 0; i < MR_FORMAT_COUNT; i++)
        if (setting.formats & mr_format_at(i)) mr_json_put_cstr(v, mr_format_name(mr_format_at(i)));
    mr_json_end_array(v);
    mr_json_put_number(&p->view, "renew_days", setting.renew_days);
    mr_json_put_name(v, "remind_days");
    mr_json_begin_array(v);
    for (size_t i = 0; i < MR_REMINDERS_MOST && setting.remind_days[i]; i++) mr_json_put_int(v, setting.remind_days[i]);
    mr_json_end_array(v);
    mr_api_show(p, 200);
}

void mr_api_award_setting_save(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_award_setting setting = {.formats = MR_FORMAT_ELM};
    const mr_json *body = mr_api_body(p);
    size_t count = 0;
    if (!body) return;
    setting.same_person = mr_json_is(mr_json_get(body, "same_person"), MR_JSON_TRUE);
    setting.page_image = mr_json_is(mr_json_get(body, "page_image"), MR_JSON_TRUE);
    MR_JSON_EACH (f, mr_json_get(body, "formats")) setting.formats |= mr_format_find(mr_json_str(f));
    if (!mr_json_to_int64(mr_json_get(body, "renew_days"), &setting.renew_days)) setting.renew_days = -1;
    MR_JSON_EACH (d, mr_json_get(body, "remind_days"))
        if (count < MR_REMINDERS_MOST && !mr_json_to_int64(d, &setting.remind_days[count++]))
            setting.remind_days[count - 1] = -1;
    mr_api_answer(p, mr_award_setting_save(p->service, p->actor, mr_office_org(p), &setting, &err), &err);
}
