/* How a provider awards: its settings. */
#include "service/award_setting.h"

#include "base/limits.h"
#include "web/sealing.h"

static void put_formats(mr_page *p, unsigned chosen)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "formats");
    mr_json_begin_array(v);
    for (size_t i = 0; i < MR_FORMAT_COUNT; i++) {
        mr_format f = mr_format_at(i);
        if (!(mr_award_setting_formats() & f) || f == MR_FORMAT_ELM) continue;
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "code", mr_format_name(f));
        mr_json_put_member(
            v, "text",
            mr_message_str(p->language, mr_arena_format(p->arena, "award_setting.format.%s", mr_format_name(f))));
        mr_json_put_flag(&p->view, "chosen", chosen & f);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static void show(mr_page *p, const struct mr_award_setting *setting, const char *wrong)
{
    MR_CLEANUP(mr_buf_done) mr_buf days;
    mr_buf_init(&days, MR_KIB);
    for (size_t i = 0; i < MR_REMINDERS_MOST && setting->remind_days[i]; i++)
        mr_buf_format(&days, "%s%lld", i ? ", " : "", (long long)setting->remind_days[i]);
    mr_page_begin(p, "award_setting.title", "provider.award_setting");
    mr_json_put_flag(&p->view, "same_person", setting->same_person);
    mr_json_put_flag(&p->view, "page_image", setting->page_image);
    put_formats(p, setting->formats);
    mr_str typed = mr_http_form(p->request, "remind"), renew = mr_http_form(p->request, "renew");
    mr_json_put_member(&p->view, "remind", typed.len ? typed : mr_buf_str(&days));
    mr_json_put_member(&p->view, "renew",
                       renew.len ? renew : mr_arena_format(p->arena, "%lld", (long long)setting->renew_days));
    mr_json_put_flag(&p->view, "saved", mr_http_query(p->request, "saved").len > 0);
    mr_json_put_flag(&p->view, "may_edit", mr_actor_may(p->actor, MR_MAY_ORGANISATION_EDIT));
    if (wrong) {
        mr_json_put_member(&p->view, "wrong", mr_message(p->language, wrong));
        mr_http_set_status(p->response, 422);
    }
    mr_page_show_private(p, "award_setting");
}

void mr_web_award_setting(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_award_setting setting;
    if (mr_award_setting_get(p->service, p->actor, mr_office_org(p), &setting, &err) == MR_OK)
        show(p, &setting, NULL);
    else
        mr_page_fail(p, &err);
}

/* "90, 30, 7"; false: no list of numbers. */
static bool read_days(mr_str text, int64_t ret[MR_REMINDERS_MOST])
{
    mr_str part;
    size_t count = 0;
    uint64_t days;
    memset(ret, 0, MR_REMINDERS_MOST * sizeof *ret);
    if (mr_str_trim(text).len == 0) return true;
    while (mr_str_split(&text, ',', &part)) {
        if (count == MR_REMINDERS_MOST || !mr_str_to_u64(mr_str_trim(part), &days) || days == 0 || days > 3650)
            return false;
        ret[count++] = (int64_t)days;
    }
    return true;
}

void mr_web_award_setting_save(mr_page *p)
{
    struct mr_err err = {0};
    uint64_t renew = 0;
    struct mr_award_setting setting = {.same_person = mr_http_form(p->request, "same_person").len > 0,
                                       .page_image = mr_http_form(p->request, "page_image").len > 0,
                                       .formats = MR_FORMAT_ELM};
    for (size_t i = 0; i < MR_FORMAT_COUNT; i++) {
        mr_format f = mr_format_at(i);
        mr_str field = mr_arena_format(p->arena, "format_%s", mr_format_name(f));
        if (mr_http_form(p->request, field.ptr).len) setting.formats |= f;
    }
    bool is_read = mr_str_to_u64(mr_str_trim(mr_http_form(p->request, "renew")), &renew) && renew <= 3650 &&
                   read_days(mr_http_form(p->request, "remind"), setting.remind_days);
    setting.renew_days = (int64_t)renew;
    int code = is_read ? mr_award_setting_save(p->service, p->actor, mr_office_org(p), &setting, &err) : MR_E_LIMIT;
    if (code == MR_OK)
        mr_http_redirect(p->response, MR_STR("/provider/award-settings?saved=1"));
    else if (code == MR_E_LIMIT)
        show(p, &setting, "award_setting.wrong");
    else
        mr_page_fail(p, &err);
}
