/* Webhooks, for programs. */
#include "base/limits.h"
#include "service/mail.h"
#include "service/webhook.h"
#include "web/api.h"

#define AT_ONCE 100

static void put_webhook(mr_page *p, const struct mr_webhook *w)
{
    mr_json_writer *v = &p->view;
    mr_str rest = w->events, type;
    mr_json_put_member(v, "id", w->id);
    mr_json_put_member(v, "url", w->url);
    mr_json_put_name(v, "events");
    mr_json_begin_array(v);
    while (mr_str_split(&rest, ' ', &type)) mr_json_put_str(v, type);
    mr_json_end_array(v);
    if (w->contact.len) mr_json_put_member(v, "contact", w->contact);
    mr_json_put_member_c(v, "state", mr_webhook_state_word(w->state));
    mr_api_put_time(p, "failing_since", w->failing_since);
    mr_api_put_time(p, "created_at", w->created_at);
}

/* url, events and contact of the body; false after it has answered. */
static bool read_body(mr_page *p, struct mr_webhook *ret)
{
    MR_CLEANUP(mr_buf_done) mr_buf events;
    const mr_json *body = mr_api_body(p);
    mr_buf_init(&events, 4 * MR_KIB);
    if (!body) return false;
    MR_JSON_EACH (event, mr_json_get(body, "events")) {
        if (events.len) mr_buf_putc(&events, ' ');
        mr_buf_put(&events, mr_json_str(event));
    }
    *ret = (struct mr_webhook){.id = p->part[0],
                               .url = mr_json_get_str(body, "url"),
                               .contact = mr_json_get_str(body, "contact"),
                               .events = mr_arena_dup(p->arena, mr_buf_str(&events))};
    return true;
}

void mr_api_webhooks(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_webhook *list;
    size_t count;
    mr_str org;
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK) code = mr_webhook_list(p->service, p->actor, p->arena, org, &list, &count, &err);
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        put_webhook(p, &list[i]);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_api_show(p, 200);
}

static void show_webhook(mr_page *p, int status, mr_str secret)
{
    struct mr_err err = {0};
    struct mr_webhook w;
    if (mr_webhook_get(p->service, p->actor, p->arena, p->part[0], &w, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    put_webhook(p, &w);
    if (secret.len) mr_json_put_member(&p->view, "secret", secret);
    p->is_secret = secret.len > 0;
    mr_api_show(p, status);
}

void mr_api_webhook(mr_page *p)
{
    show_webhook(p, 200, MR_STR_EMPTY);
}

void mr_api_webhook_add(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_webhook w;
    mr_str org, secret;
    if (!read_body(p, &w)) return;
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK) code = mr_webhook_add(p->service, p->actor, p->arena, org, &w, &p->part[0], &secret, &err);
    if (code == MR_OK)
        show_webhook(p, 201, secret);
    else
        mr_api_fail(p, &err);
}

void mr_api_webhook_change(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_webhook w;
    if (!read_body(p, &w)) return;
    mr_api_answer(p, mr_webhook_change(p->service, p->actor, &w, &err), &err);
}

void mr_api_webhook_remove(mr_page *p)
{
    struct mr_err err = {0};
    mr_api_answer(p, mr_webhook_remove(p->service, p->actor, p->part[0], &err), &err);
}

void mr_api_webhook_state(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    mr_str state = mr_json_get_str(body, "state");
    int code;
    if (mr_str_is(state, "active"))
        code = mr_webhook_set_state(p->service, p->actor, p->part[0], MR_WEBHOOK_ACTIVE, &err);
    else if (mr_str_is(state, "paused"))
        code = mr_webhook_set_state(p->service, p->actor, p->part[0], MR_WEBHOOK_PAUSED, &err);
    else
        code = MR_FAIL_DETAIL(&err, MR_E_USAGE, "a webhook is set active or paused", "state");
    mr_api_answer(p, code, &err);
}

void mr_api_webhook_secret(mr_page *p)
{
    struct mr_err err = {0};
    mr_str secret;
    if (mr_webhook_new_secret(p->service, p->actor, p->arena, p->part[0], &secret, &err) != MR_OK)
        mr_api_fail(p, &err);
    else
        show_webhook(p, 200, secret);
}

void mr_api_webhook_test(mr_page *p)
{
    struct mr_err err = {0};
    mr_api_answer(p, mr_webhook_test(p->service, p->actor, p->part[0], &err), &err);
}

void mr_api_webhook_deliveries(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_delivery *list;
    size_t count;
    mr_json_writer *v = &p->view;
    if (mr_webhook_deliveries(p->service, p->actor, p->arena, p->part[0], mr_http_query(p->request, "after"),
                              AT_ONCE + 1, &list, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(v, "items");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count && i < AT_ONCE; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", list[i].id);
        mr_json_put_member(v, "event", list[i].event_id);
        mr_json_put_member(v, "type", list[i].type);
        mr_json_put_member_c(v, "state", mr_delivery_state_word(list[i].state));
        mr_json_put_number(v, "attempts", list[i].attempts);
        if (list[i].answer_code) mr_json_put_number(v, "status", list[i].answer_code);
        if (list[i].answer.len) mr_json_put_member(v, "answer", list[i].answer);
        mr_api_put_time(p, "created_at", list[i].created_at);
        mr_api_put_time(p, "ended_at", list[i].ended_at);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    if (count > AT_ONCE) mr_json_put_member(v, "next", list[AT_ONCE - 1].id);
    mr_api_show(p, 200);
}

void mr_api_webhook_send_again(mr_page *p)
{
    struct mr_err err = {0};
    mr_api_answer(p, mr_webhook_send_again(p->service, p->actor, p->part[0], p->part[1], &err), &err);
}
