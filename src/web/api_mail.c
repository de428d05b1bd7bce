/* The outbox, a provider's own words and its reminders, for programs. */
#include "base/limits.h"
#include "service/claim_code.h"
#include "service/mail.h"
#include "web/api.h"

#define AT_ONCE 100

static void put_mail(mr_page *p, const struct mr_queued_mail *m)
{
    mr_json_writer *v = &p->view;
    mr_json_put_member(v, "id", m->id);
    mr_json_put_member(v, "kind", m->kind);
    mr_json_put_member(v, "language", m->language);
    mr_json_put_member(v, "to", m->to);
    mr_json_put_member_c(v, "state", mr_mail_state_word(m->state));
    if (m->object_id.len) mr_json_put_member(v, "about", m->object_id);
    mr_json_put_number(v, "attempts", m->attempts);
    mr_api_put_time(p, "queued_at", m->created_at);
    mr_api_put_time(p, "sent_at", m->sent_at);
    if (m->state == MR_MAIL_WAITING) mr_api_put_time(p, "next_at", m->next_at);
    if (m->answer.len) mr_json_put_member(v, "answer", m->answer);
}

void mr_api_mails(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_queued_mail *list;
    size_t count;
    mr_str state = mr_http_query(p->request, "state");
    mr_mail_state only = mr_mail_state_find(state);
    if (state.len && only == MR_MAIL_STATES) {
        (void)MR_FAIL_DETAIL(&err, MR_E_USAGE, "there is no such state of mail", "state");
        mr_api_fail(p, &err);
        return;
    }
    if (mr_mail_list(p->service, p->actor, p->arena, p->actor->org_id, only, mr_http_query(p->request, "after"),
                     AT_ONCE + 1, &list, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count && i < AT_ONCE; i++) {
        mr_json_begin_object(&p->view);
        put_mail(p, &list[i]);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    if (count > AT_ONCE) mr_json_put_member(&p->view, "next", list[AT_ONCE - 1].id);
    mr_api_show(p, 200);
}

void mr_api_mail(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_queued_mail m;
    if (mr_mail_get(p->service, p->actor, p->arena, p->part[0], &m, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    put_mail(p, &m);
    mr_api_show(p, 200);
}

void mr_api_mail_again(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    mr_api_answer(p, mr_mail_again(p->service, p->actor, p->part[0], mr_json_get_str(body, "to"), &err), &err);
}

void mr_api_mail_test(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    mr_str org;
    if (!body) return;
    mr_str kind = mr_json_get_str(body, "kind"), language = mr_json_get_str(body, "language");
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK)
        code = mr_mail_test(p->service, p->actor, org, kind.len ? kind : MR_STR("test"),
                            language.len ? language : MR_STR("en"), mr_json_get_str(body, "to"), &err);
    mr_api_answer(p, code, &err);
}

/* ---- words ---- */

void mr_api_mail_words(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_mail_words words, own;
    mr_str org;
    const struct mr_mail_kind *kind = mr_mail_kind_find(p->part[0]);
    const mr_language *l = mr_language_find(p->part[1]);
    int code = kind && l && kind->whose != MR_MAIL_MERIT
                   ? mr_mail_org(p->service, p->actor, p->arena, &org, &err)
                   : MR_FAIL(&err, MR_E_NOT_FOUND, "there is no mail of this kind that a provider words", MR_NOWHERE);
    if (code == MR_OK)
        code = mr_mail_words_find(p->service, p->actor, p->arena, org, p->part[0], p->part[1], &words, &err);
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    own = mr_mail_words_own(p->arena, l, kind, MR_STR_EMPTY);
    mr_api_begin(p);
    mr_json_put_member(&p->view, "subject", words.subject.len ? words.subject : own.subject);
    mr_json_put_member(&p->view, "introduction", words.subject.len ? words.introduction : own.introduction);
    mr_json_put_flag(&p->view, "own", words.subject.len > 0);
    mr_api_show(p, 200);
}

static void set_words(mr_page *p, const struct mr_mail_words *words)
{
    struct mr_err err = {0};
    mr_str org;
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK) code = mr_mail_words_set(p->service, p->actor, org, p->part[0], p->part[1], words, &err);
    mr_api_answer(p, code, &err);
}

void mr_api_mail_words_set(mr_page *p)
{
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    const struct mr_mail_words words = {mr_json_get_str(body, "subject"), mr_json_get_str(body, "introduction")};
    set_words(p, &words);
}

void mr_api_mail_words_remove(mr_page *p)
{
    const struct mr_mail_words none = {0};
    set_words(p, &none);
}

/* ---- reminders ---- */

void mr_api_mail_reminders(mr_page *p)
{
    struct mr_err err = {0};
    mr_str org;
    bool remind = false;
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK) code = mr_mail_reminds(p->service, p->actor, org, &remind, &err);
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_flag(&p->view, "remind", remind);
    mr_api_show(p, 200);
}

void mr_api_mail_reminders_set(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    mr_str org;
    if (!body) return;
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK)
        code =
            mr_mail_set_reminds(p->service, p->actor, org, mr_json_is(mr_json_get(body, "remind"), MR_JSON_TRUE), &err);
    mr_api_answer(p, code, &err);
}

/* ---- codes on paper ---- */

void mr_api_batch_codes(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_claim_slip *slips;
    size_t count;
    bool more;
    int64_t after = 0;
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    mr_json_to_int64(mr_json_get(body, "after"), &after);
    if (mr_claim_codes_make(p->service, p->actor, p->arena, p->part[0],
                            mr_json_is(mr_json_get(body, "everybody"), MR_JSON_TRUE), after, &slips, &count, &more,
                            &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "achievement", slips[i].achievement_id);
        mr_json_put_member(&p->view, "learner", slips[i].learner);
        mr_json_put_member(&p->view, "code", slips[i].code);
        mr_json_put_member(&p->view, "url", slips[i].url);
        mr_api_put_time(p, "until", slips[i].until);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    if (more) mr_json_put_number(&p->view, "next", slips[count - 1].row_number);
    mr_api_show(p, 200);
}
