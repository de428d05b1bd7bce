/* The office's outbox: what was sent to whom, what did not arrive and why, in plain words; sending again; and the page on which a recipient stops reminders. */
#include "service/mail.h"
#include "base/limits.h"
#include "web/office.h"

#define AT_ONCE 40 /* mails on one page */

/* ---- why it did not arrive ---- */

/* What a server's code, or the enhanced one behind it (RFC 3463), means to somebody who sent a mail. */
static const char *reason_of(const struct mr_queued_mail *m)
{
    mr_str s = m->answer;
    if (m->state == MR_MAIL_SENT || m->state == MR_MAIL_WAITING) return NULL;
    if (mr_str_is(s, "no SMTPUTF8")) return "mail.why.utf8";
    if (mr_str_is(s, "too late")) return "mail.why.late";
    if (mr_str_has_prefix(s, MR_STR("5")) && s.len > 4 && s.ptr[3] == ' ') s = mr_str_from(s, 4);
    static const struct {
        const char *begins, *id;
    } known[] = {{"5.1.", "mail.why.address"}, {"5.2.1", "mail.why.address"}, {"5.2.2", "mail.why.full"},
                 {"4.2.2", "mail.why.full"},   {"5.4.4", "mail.why.address"}, {"5.7.", "mail.why.policy"},
                 {"5.3.4", "mail.why.large"},  {"4.7.", "mail.why.policy"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (mr_str_has_prefix(s, mr_str_of(known[i].begins))) return known[i].id;
    if (m->answer_code == 550 || m->answer_code == 551 || m->answer_code == 553) return "mail.why.address";
    if (m->answer_code == 552) return "mail.why.full";
    if (m->answer_code == 554) return "mail.why.policy";
    return m->state == MR_MAIL_GIVEN_UP ? "mail.why.given_up" : "mail.why.other";
}

/* ---- one mail in a view ---- */

static void put_state(mr_page *p, const struct mr_queued_mail *m)
{
    static const char *const looks[] = {"unchecked", "passed", "failed", "failed", "failed"};
    static const char *const ids[] = {"mail.state.waiting", "mail.state.sent", "mail.state.refused",
                                      "mail.state.returned", "mail.state.given_up"};
    mr_json_put_member(&p->view, "state", mr_message(p->language, ids[m->state]));
    mr_json_put_flag(&p->view, looks[m->state], true);
}

static void put_mail(mr_page *p, const struct mr_queued_mail *m)
{
    mr_json_writer *v = &p->view;
    int64_t when = m->state == MR_MAIL_SENT || m->state == MR_MAIL_RETURNED ? m->sent_at : m->created_at;
    mr_json_put_member(v, "id", m->id);
    mr_json_put_member(v, "to", m->to);
    mr_json_put_member(v, "kind", mr_mail_kind_say(p->arena, p->language, m->kind));
    mr_json_put_member(v, "when", mr_say_time(p->arena, p->language, when));
    put_state(p, m);
    const char *why = reason_of(m);
    if (why) mr_json_put_member(v, "why", mr_message_str(p->language, mr_str_of(why)));
    if (m->state == MR_MAIL_WAITING && m->attempts)
        mr_json_put_member(v, "put_off",
                           MR_SAY(p->arena, p->language, "mail.put_off",
                                  {"count", mr_say_count(p->arena, p->language, m->attempts)},
                                  {"again_at", mr_say_time(p->arena, p->language, m->next_at)}));
}

/* ---- the list ---- */

static int put_way(mr_page *p, struct mr_err *err)
{
    struct mr_mail_way_now way;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_mail_way(p->service, p->arena, &way, err));
    mr_json_put_flag(v, "no_server", !way.is_configured);
    if (!way.trouble.len) return MR_OK;
    mr_json_put_name(v, "trouble");
    mr_json_begin_object(v);
    mr_json_put_member(v, "since", mr_say_time(p->arena, p->language, way.trouble_since));
    mr_json_put_member(v, "answer", way.trouble);
    mr_json_end_object(v);
    return MR_OK;
}

static int put_filters(mr_page *p, mr_str org, mr_mail_state chosen, struct mr_err *err)
{
    static const char *const ids[] = {"mail.filter.waiting",  "mail.filter.sent",     "mail.filter.refused",
                                      "mail.filter.returned", "mail.filter.given_up", "mail.filter.all"};
    int64_t counts[MR_MAIL_STATES + 1] = {0};
    mr_json_writer *v = &p->view;
    MR_TRY(mr_mail_counts(p->service, p->actor, org, counts, err));
    for (size_t i = 0; i < MR_MAIL_STATES; i++) counts[MR_MAIL_STATES] += counts[i];
    mr_json_put_name(v, "filters");
    mr_json_begin_array(v);
    for (size_t k = 0; k <= MR_MAIL_STATES; k++) {
        size_t i = k == 0 ? MR_MAIL_STATES : k - 1; /* all of them first */
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "query", i < MR_MAIL_STATES ? mr_mail_state_word((mr_mail_state)i) : "");
        mr_json_put_member(v, "name", mr_message_str(p->language, mr_str_of(ids[i])));
        mr_json_put_member(v, "count", mr_say_count(p->arena, p->language, counts[i]));
        mr_json_put_flag(v, "current", i == (size_t)chosen);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(v, "any", counts[MR_MAIL_STATES] > 0);
    return MR_OK;
}

static int put_list(mr_page *p, mr_str org, mr_mail_state state, struct mr_err *err)
{
    struct mr_queued_mail *list;
    size_t count;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_mail_list(p->service, p->actor, p->arena, org, state, mr_http_query(p->request, "after"), AT_ONCE + 1,
                        &list, &count, err));
    mr_json_put_name(v, "mails");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count && i < AT_ONCE; i++) {
        mr_json_begin_object(v);
        put_mail(p, &list[i]);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(v, "shows_any", count > 0);
    if (count > AT_ONCE) mr_json_put_member(v, "next", list[AT_ONCE - 1].id);
    mr_json_put_member_c(v, "state", state < MR_MAIL_STATES ? mr_mail_state_word(state) : "");
    return MR_OK;
}

static int put_reminders(mr_page *p, struct mr_err *err)
{
    bool remind;
    mr_str org;
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, err);
    if (code == MR_E_NOT_FOUND) return MR_OK;
    MR_TRY(code);
    MR_TRY(mr_mail_reminds(p->service, p->actor, org, &remind, err));
    mr_json_put_name(&p->view, "reminders");
    mr_json_begin_object(&p->view);
    mr_json_put_flag(&p->view, "on", remind);
    mr_json_end_object(&p->view);
    return MR_OK;
}

/* wrong: what is wrong with the address that a test was asked for, or NULL. */
static void show_list(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    mr_str org = p->actor->org_id;
    mr_mail_state state = mr_mail_state_find(mr_http_query(p->request, "state"));
    mr_page_begin(p, "mail.title", "provider.mail");
    int code = put_way(p, &err);
    if (code == MR_OK) code = put_filters(p, org, state, &err);
    if (code == MR_OK) code = put_list(p, org, state, &err);
    if (code == MR_OK) code = put_reminders(p, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_flag(&p->view, "may_edit", mr_actor_may(p->actor, MR_MAY_MAIL_EDIT));
    mr_json_put_flag(&p->view, "tested", mr_http_query(p->request, "tested").len > 0);
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_json_put_member(&p->view, "wrong", mr_message(p->language, wrong));
        mr_json_put_member(&p->view, "test_to", mr_http_form(p->request, "to"));
    }
    mr_page_show_private(p, "mail");
}

void mr_web_mail(mr_page *p)
{
    show_list(p, NULL);
}

void mr_web_mail_test(mr_page *p)
{
    struct mr_err err = {0};
    mr_str org, kind = mr_http_form(p->request, "kind"), language = mr_http_form(p->request, "language");
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK)
        code = mr_mail_test(p->service, p->actor, org, kind.len ? kind : MR_STR("test"),
                            language.len ? language : mr_language_tag(p->language),
                            mr_str_trim(mr_http_form(p->request, "to")), &err);
    if (code == MR_E_FORMAT)
        show_list(p, "mail.wrong.address");
    else if (code != MR_OK)
        mr_page_fail(p, &err);
    else
        mr_http_redirect(p->response, MR_STR("/provider/mail?tested=1"));
}

void mr_web_mail_reminders(mr_page *p)
{
    struct mr_err err = {0};
    mr_str org;
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK)
        code =
            mr_mail_set_reminds(p->service, p->actor, org, mr_str_is(mr_http_form(p->request, "remind"), "on"), &err);
    if (code != MR_OK)
        mr_page_fail(p, &err);
    else
        mr_http_redirect(p->response, MR_STR("/provider/mail"));
}

/* ---- one ---- */

static void show_one(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    struct mr_queued_mail m;
    mr_json_writer *v = &p->view;
    if (mr_mail_get(p->service, p->actor, p->arena, p->part[0], &m, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "mail.one.title", "provider.mail");
    put_mail(p, &m);
    mr_json_put_member(v, "answer", m.answer);
    const char *why = reason_of(&m);
    if (why) mr_json_put_member(v, "do", mr_message_str(p->language, mr_arena_format(p->arena, "%s.do", why)));
    mr_json_put_flag(v, "can_be_sent", m.can_be_sent && mr_actor_may(p->actor, MR_MAY_MAIL_SEND));
    mr_json_put_flag(v, "is_gone", !m.can_be_sent);
    mr_str typed = mr_http_form(p->request, "to");
    mr_json_put_member(v, "address", wrong ? typed : m.to);
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_json_put_member(v, "wrong", mr_message(p->language, wrong));
    }
    mr_page_show_private(p, "mail_one");
}

void mr_web_mail_one(mr_page *p)
{
    show_one(p, NULL);
}

void mr_web_mail_again(mr_page *p)
{
    struct mr_err err = {0};
    mr_str to = mr_str_trim(mr_http_form(p->request, "to"));
    int code = mr_mail_again(p->service, p->actor, p->part[0], to, &err);
    if (code == MR_E_FORMAT)
        show_one(p, "mail.wrong.address");
    else if (code != MR_OK && code != MR_E_STATE) /* meanwhile kept no longer: its page says so */
        mr_page_fail(p, &err);
    else
        mr_http_redirect(p->response, mr_arena_format(p->arena, "/provider/mail/%.*s", MR_STR_ARG(p->part[0])));
}

/* ---- for recipients ---- */

static void show_stop(mr_page *p, bool stopped)
{
    mr_page_begin(p, "mail.stop.title", "");
    mr_json_put_member(
        &p->view, "address",
        mr_arena_format(p->arena, "/mail/stop/%.*s/%.*s", MR_STR_ARG(p->part[0]), MR_STR_ARG(p->part[1])));
    mr_json_put_flag(&p->view, "stopped", stopped);
    mr_page_show_private(p, "mail_stop");
}

/* A link in a mail is opened by programs as well, so opening it changes nothing. */
void mr_web_mail_stop_ask(mr_page *p)
{
    struct mr_err err = {0};
    if (mr_mail_stop_is(p->service, p->part[0], p->part[1], &err) == MR_OK)
        show_stop(p, false);
    else
        mr_page_not_found(p);
}

void mr_web_mail_stop(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_mail_stop(p->service, p->part[0], p->part[1], &err);
    if (code == MR_OK)
        show_stop(p, true);
    else if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else
        mr_page_fail(p, &err);
}
