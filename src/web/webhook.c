/* Webhooks of an organisation: made, changed, tried, and what became of each event. A secret is shown once, on the page that answers the form which made it. */
#include "service/webhook.h"
#include "base/limits.h"
#include "service/mail.h"
#include "web/office.h"
#include "web/session.h"

#define AT_ONCE 30 /* deliveries on one page */

static mr_str event_name(mr_page *p, mr_str type)
{
    return mr_message_str(p->language, mr_arena_format(p->arena, "webhook.event.%.*s", MR_STR_ARG(type)));
}

static void put_state(mr_page *p, mr_webhook_state state)
{
    static const char *const looks[] = {"passed", "na", "failed"};
    static const char *const ids[] = {"webhook.state.active", "webhook.state.paused", "webhook.state.disabled"};
    mr_json_put_member(&p->view, "state", mr_message_str(p->language, mr_str_of(ids[state])));
    mr_json_put_flag(&p->view, looks[state], true);
}

/* Every event, with a tick where it is chosen. */
static void put_choices(mr_page *p, mr_str chosen)
{
    size_t count;
    const char *const *types = mr_event_types(&count);
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "choices");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "type", types[i]);
        mr_json_put_member(v, "name", event_name(p, mr_str_of(types[i])));
        mr_json_put_flag(v, "chosen", mr_webhook_wants(chosen, mr_str_of(types[i])));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

/* What the form says: its fields are one for each event, since a form's field of many values is read as one. */
static struct mr_webhook read_form(mr_page *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf events;
    size_t count;
    const char *const *types = mr_event_types(&count);
    mr_buf_init(&events, MR_KIB);
    for (size_t i = 0; i < count; i++) {
        if (!mr_http_form(p->request, types[i]).len) continue;
        if (events.len) mr_buf_putc(&events, ' ');
        mr_buf_puts(&events, types[i]);
    }
    return (struct mr_webhook){.id = p->part[0],
                               .url = mr_str_trim(mr_http_form(p->request, "url")),
                               .contact = mr_str_trim(mr_http_form(p->request, "contact")),
                               .events = mr_arena_dup(p->arena, mr_buf_str(&events))};
}

static void put_form(mr_page *p, const struct mr_webhook *w, const struct mr_err *wrong)
{
    static const struct {
        const char *pointer, *flag, *id;
    } fields[] = {{"/url", "wrong_url", "webhook.wrong.url"},
                  {"/events", "wrong_events", "webhook.wrong.events"},
                  {"/contact", "wrong_contact", "mail.wrong.address"}};
    mr_json_writer *v = &p->view;
    mr_json_put_member(v, "url", w->url);
    mr_json_put_member(v, "contact", w->contact);
    put_choices(p, w->events);
    if (!wrong) return;
    mr_http_set_status(p->response, 422);
    const char *id = "webhook.wrong.many";
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(wrong->pointer, fields[i].pointer) != 0) continue;
        mr_json_put_flag(v, fields[i].flag, true);
        id = fields[i].id;
    }
    mr_json_put_member(v, "wrong", mr_message_str(p->language, mr_str_of(id)));
}

/* ---- the list ---- */

static int put_webhooks(mr_page *p, mr_str org, struct mr_err *err)
{
    struct mr_webhook *list;
    size_t count;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_webhook_list(p->service, p->actor, p->arena, org, &list, &count, err));
    mr_json_put_name(v, "webhooks");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_str rest = list[i].events, type;
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", list[i].id);
        mr_json_put_member(v, "address", list[i].url);
        put_state(p, list[i].state);
        mr_json_put_name(v, "events");
        mr_json_begin_array(v);
        while (mr_str_split(&rest, ' ', &type)) mr_json_put_str(v, event_name(p, type));
        mr_json_end_array(v);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(v, "any", count > 0);
    return MR_OK;
}

static void show_list(mr_page *p, const struct mr_webhook *typed, const struct mr_err *wrong)
{
    struct mr_err err = {0};
    mr_str org;
    mr_page_begin(p, "webhook.title", "provider.webhooks");
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK) code = put_webhooks(p, org, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    put_form(p, typed, wrong);
    mr_page_show_private(p, "webhooks");
}

void mr_web_webhooks(mr_page *p)
{
    const struct mr_webhook fresh = {.events = MR_STR("achievement.awarded achievement.status")};
    show_list(p, &fresh, NULL);
}

/* ---- one ---- */

static int put_deliveries(mr_page *p, struct mr_err *err)
{
    static const char *const looks[] = {"unchecked", "passed", "failed"};
    static const char *const ids[] = {"webhook.delivery.waiting", "webhook.delivery.delivered",
                                      "webhook.delivery.given_up"};
    struct mr_delivery *list;
    size_t count;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_webhook_deliveries(p->service, p->actor, p->arena, p->part[0], mr_http_query(p->request, "after"),
                                 AT_ONCE + 1, &list, &count, err));
    mr_json_put_name(v, "deliveries");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count && i < AT_ONCE; i++) {
        const struct mr_delivery *d = &list[i];
        mr_json_begin_object(v);
        mr_json_put_member(v, "delivery", d->id);
        mr_json_put_member(v, "event", d->event_id);
        mr_json_put_member(v, "name", event_name(p, d->type));
        mr_json_put_member(v, "when", mr_say_time(p->arena, p->language, d->created_at));
        mr_json_put_member(v, "delivery_state", mr_message_str(p->language, mr_str_of(ids[d->state])));
        for (mr_delivery_state k = 0; k < 3; k++)
            mr_json_put_flag(v, looks[k], k == d->state); /* over the webhook's own */
        mr_str status = d->answer_code ? mr_arena_format(p->arena, "%lld ", (long long)d->answer_code) : MR_STR_EMPTY;
        if (d->attempts)
            mr_json_put_member(v, "answer",
                               mr_arena_format(p->arena, "%.*s%.*s", MR_STR_ARG(status), MR_STR_ARG(d->answer)));
        if (d->state == MR_DELIVERY_WAITS && d->attempts)
            mr_json_put_member(v, "again_at", mr_say_time(p->arena, p->language, d->next_at));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(v, "any", count > 0);
    if (count > AT_ONCE) mr_json_put_member(v, "next", list[AT_ONCE - 1].id);
    return MR_OK;
}

/* secret: one that was just made, or empty. */
static void show_one(mr_page *p, const struct mr_webhook *typed, const struct mr_err *wrong, mr_str secret)
{
    struct mr_err err = {0};
    struct mr_webhook w;
    mr_json_writer *v = &p->view;
    if (mr_webhook_get(p->service, p->actor, p->arena, p->part[0], &w, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "webhook.title", "provider.webhooks");
    mr_json_put_member(v, "id", w.id);
    mr_json_put_member(v, "address", w.url);
    put_state(p, w.state);
    mr_json_put_flag(v, "is_active", w.state == MR_WEBHOOK_ACTIVE);
    mr_json_put_flag(v, "is_disabled", w.state == MR_WEBHOOK_DISABLED);
    mr_json_put_member(v, "secret", secret);
    if (w.failing_since != MR_TIME_NONE)
        mr_json_put_member(v, "failing_since", mr_say_time(p->arena, p->language, w.failing_since));
    put_form(p, typed ? typed : &w, wrong);
    if (put_deliveries(p, &err) != MR_OK)
        mr_page_fail(p, &err);
    else
        mr_page_show_private(p, "webhook");
}

void mr_web_webhook(mr_page *p)
{
    show_one(p, NULL, NULL, MR_STR_EMPTY);
}

static bool is_form_fault(int code)
{
    return code == MR_E_FORMAT || code == MR_E_LIMIT;
}

void mr_web_webhook_add(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_webhook typed = read_form(p);
    mr_str org, secret;
    if (!mr_web_is_fresh(p, MR_STR("/provider/webhooks"))) return;
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK) code = mr_webhook_add(p->service, p->actor, p->arena, org, &typed, &p->part[0], &secret, &err);
    if (code == MR_OK)
        show_one(p, NULL, NULL, secret);
    else if (is_form_fault(code))
        show_list(p, &typed, &err);
    else
        mr_page_fail(p, &err);
}

static void back(mr_page *p, int code, const struct mr_err *err)
{
    if (code != MR_OK)
        mr_page_fail(p, err);
    else
        mr_http_redirect(p->response, mr_arena_format(p->arena, "/provider/webhooks/%.*s", MR_STR_ARG(p->part[0])));
}

void mr_web_webhook_change(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_webhook typed = read_form(p);
    int code = mr_webhook_change(p->service, p->actor, &typed, &err);
    if (is_form_fault(code))
        show_one(p, &typed, &err, MR_STR_EMPTY);
    else
        back(p, code, &err);
}

void mr_web_webhook_do(mr_page *p)
{
    struct mr_err err = {0};
    mr_str act = mr_http_form(p->request, "do"), secret;
    if (mr_str_is(act, "secret")) {
        if (!mr_web_is_fresh(p, mr_arena_format(p->arena, "/provider/webhooks/%.*s", MR_STR_ARG(p->part[0])))) return;
        if (mr_webhook_new_secret(p->service, p->actor, p->arena, p->part[0], &secret, &err) != MR_OK)
            mr_page_fail(p, &err);
        else
            show_one(p, NULL, NULL, secret);
    } else if (mr_str_is(act, "remove")) {
        if (mr_webhook_remove(p->service, p->actor, p->part[0], &err) != MR_OK)
            mr_page_fail(p, &err);
        else
            mr_http_redirect(p->response, MR_STR("/provider/webhooks"));
    } else if (mr_str_is(act, "test")) {
        back(p, mr_webhook_test(p->service, p->actor, p->part[0], &err), &err);
    } else if (mr_str_is(act, "active") || mr_str_is(act, "paused")) {
        mr_webhook_state to = mr_str_is(act, "active") ? MR_WEBHOOK_ACTIVE : MR_WEBHOOK_PAUSED;
        back(p, mr_webhook_set_state(p->service, p->actor, p->part[0], to, &err), &err);
    } else {
        mr_page_not_found(p);
    }
}

void mr_web_webhook_send_again(mr_page *p)
{
    struct mr_err err = {0};
    back(p, mr_webhook_send_again(p->service, p->actor, p->part[0], p->part[1], &err), &err);
}
