#include "service/webhook.h"

#include "base/encoding.h"
#include "base/id.h"
#include "base/limits.h"
#include "crypto/hmac.h"
#include "model/contact.h"
#include "service/audit.h"
#include "service/jobs.h"
#include "service/webhook_inside.h"
#include "store/job.h"

#include <stdio.h>

#define TEST "test"

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

/* ---- words ---- */

static const char *const types[] = {
#define MR_EVENT(type, when) type,
#include "service/events.def"
#undef MR_EVENT
};
static const char *const states[] = {"active", "paused", "disabled"};
static const char *const delivery_states[] = {"waiting", "delivered", "given_up"};

const char *const *mr_event_types(size_t *ret_count)
{
    *ret_count = sizeof types / sizeof *types;
    return types;
}
const char *mr_webhook_state_word(mr_webhook_state state)
{
    return states[state];
}
const char *mr_delivery_state_word(mr_delivery_state state)
{
    return delivery_states[state];
}

static unsigned find_word(const char *const *words, unsigned count, mr_str word)
{
    unsigned i = 0;
    while (i + 1 < count && !mr_str_is(word, words[i])) i++;
    return i;
}

bool mr_webhook_wants(mr_str events, mr_str type)
{
    mr_str one;
    if (mr_str_is(type, TEST)) return true;
    while (mr_str_split(&events, ' ', &one))
        if (mr_str_eq(one, type)) return true;
    return false;
}

/* ---- secrets and signatures ---- */

int mr_webhook_secret(mr_service *s, mr_arena *a, const struct mr_webhook_row *row, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    char mac[33];
    mr_str octets;
    mr_buf_init(&text, 100);
    mr_service_mac(s, "webhook", mr_arena_format(a, "%.*s.%.*s", MR_STR_ARG(row->id), MR_STR_ARG(row->salt)), mac);
    MR_TRY(mr_base64url_read(a, mr_str_of(mac), &octets, err));
    mr_buf_puts(&text, "whsec_");
    mr_base64_put(&text, octets);
    *ret = mr_arena_dup(a, mr_buf_str(&text));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a secret", MR_NOWHERE);
}

int mr_webhook_sign(mr_arena *a, mr_str secret, mr_str id, int64_t seconds, mr_str body, mr_str *ret,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    uint8_t mac[32];
    mr_str key;
    mr_buf_init(&text, body.len + 200);
    if (!mr_str_has_prefix(secret, MR_STR("whsec_")))
        return MR_FAIL(err, MR_E_FORMAT, "this is no secret of a webhook", MR_NOWHERE);
    MR_TRY(mr_base64_read(a, mr_str_from(secret, 6), &key, err));
    mr_buf_format(&text, "%.*s.%lld.", MR_STR_ARG(id), (long long)seconds);
    mr_buf_put(&text, body);
    if (mr_buf_failed(&text)) return MR_FAIL(err, MR_E_LIMIT, "the message is too large to sign", MR_NOWHERE);
    mr_hmac_sha256(key, mr_buf_str(&text), mac);
    mr_buf_clear(&text);
    mr_buf_puts(&text, "v1,");
    mr_base64_put(&text, mr_str_make((const char *)mac, sizeof mac));
    *ret = mr_arena_dup(a, mr_buf_str(&text));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a signature", MR_NOWHERE);
}

/* ---- webhooks ---- */

static struct mr_webhook webhook_of(const struct mr_webhook_row *r)
{
    return (struct mr_webhook){.id = r->id,
                               .org_id = r->org_id,
                               .url = r->url,
                               .events = r->events,
                               .contact = r->contact,
                               .state = (mr_webhook_state)find_word(states, 3, r->state),
                               .failing_since = r->failing_since,
                               .created_at = r->created_at};
}

/* The one with this id, if the actor may. */
static int find(mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_str id, struct mr_webhook_row *ret,
                struct mr_err *err)
{
    MR_TRY(mr_store_webhook_find(tx, a, id, ret, err));
    if (!ret->id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such webhook", MR_NOWHERE);
    return mr_authorise(actor, MR_MAY_INTEGRATION_EDIT, ret->org_id, err);
}

int mr_webhook_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, struct mr_webhook **ret,
                    size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_webhook_row *rows;
    size_t count;
    MR_TRY(mr_authorise(actor, MR_MAY_INTEGRATION_EDIT, org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_webhook_list(tx, a, org_id, &rows, &count, err));
    struct mr_webhook *list = MR_NEW_ARRAY(a, struct mr_webhook, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) list[i] = webhook_of(&rows[i]);
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_webhook_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_webhook *ret,
                   struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_webhook_row row;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find(tx, a, actor, id, &row, err));
    *ret = webhook_of(&row);
    return MR_OK;
}

static int fail_at(struct mr_err *err, const char *what, const char *pointer)
{
    int code = MR_FAIL(err, MR_E_FORMAT, what, MR_NOWHERE);
    if (err) snprintf(err->pointer, sizeof err->pointer, "%s", pointer);
    return code;
}

static int check(mr_service *s, const struct mr_webhook *w, struct mr_err *err)
{
    mr_str rest = w->events, type;
    bool configured = s->fetch_from.len && mr_str_has_prefix(w->url, s->fetch_from);
    if (!mr_contact_is_url(w->url, configured)) return fail_at(err, "a webhook needs an https address", "/url");
    while (mr_str_split(&rest, ' ', &type)) {
        bool known = false;
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) known = known || mr_str_is(type, types[i]);
        if (!known) return fail_at(err, "a webhook needs events that Merit knows", "/events");
    }
    if (w->events.len == 0) return fail_at(err, "a webhook needs at least one event", "/events");
    if (w->contact.len && !mr_contact_is_email(w->contact))
        return fail_at(err, "this is no e-mail address", "/contact");
    return MR_OK;
}

static int check_count(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_err *err)
{
    struct mr_webhook_row *rows;
    size_t count;
    MR_TRY(mr_store_webhook_list(tx, a, org_id, &rows, &count, err));
    if (count < MR_LIMIT_WEBHOOKS) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_LIMIT, "an organisation has no more webhooks", "%d", MR_LIMIT_WEBHOOKS);
}

int mr_webhook_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id,
                   const struct mr_webhook *webhook, mr_str *ret_id, mr_str *ret_secret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    char id[37], salt[33];
    MR_TRY(mr_authorise(actor, MR_MAY_INTEGRATION_EDIT, org_id, err));
    MR_TRY(check(s, webhook, err));
    mr_id_new(s->env, id);
    mr_id_token(s->env, salt);
    const struct mr_webhook_row row = {.id = mr_arena_dup(a, mr_str_of(id)),
                                       .org_id = org_id,
                                       .url = webhook->url,
                                       .events = webhook->events,
                                       .contact = webhook->contact,
                                       .salt = mr_str_of(salt),
                                       .created_at = mr_env_now(s->env)};
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(check_count(tx, a, org_id, err));
    MR_TRY(mr_store_webhook_add(tx, &row, err));
    MR_TRY(mr_webhook_secret(s, a, &row, ret_secret, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_INTEGRATION_EDIT, org_id, row.id, MR_STR("webhook=added"), err));
    *ret_id = row.id;
    return commit(&tx, err);
}

/* What is done to one: its row may be changed by `act`, and is written. */
struct changing {
    const struct mr_webhook *to; /* NULL: these stay */
    int state;                   /* -1: stays */
    bool new_salt;
    const char *audit;
};

static int change(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, const struct changing *c,
                  struct mr_webhook_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    char salt[33];
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(find(tx, a, actor, id, ret, err));
    if (c->to) ret->url = c->to->url, ret->events = c->to->events, ret->contact = c->to->contact;
    if (c->new_salt) {
        mr_id_token(s->env, salt);
        ret->salt = mr_arena_dup(a, mr_str_of(salt));
    }
    if (c->state >= 0) {
        ret->state = mr_str_of(states[c->state]);
        ret->failing_since = MR_TIME_NONE;
        if (c->state == MR_WEBHOOK_ACTIVE) MR_TRY(mr_store_delivery_all_again(tx, id, mr_env_now(s->env), err));
    }
    MR_TRY(mr_store_webhook_change(tx, ret, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_INTEGRATION_EDIT, ret->org_id, id, mr_str_of(c->audit), err));
    MR_TRY(mr_store_job_hasten(tx, MR_STR("webhook.deliver"), mr_env_now(s->env), err));
    MR_TRY(commit(&tx, err));
    mr_jobs_wake(s);
    return MR_OK;
}

int mr_webhook_change(mr_service *s, const struct mr_actor *actor, const struct mr_webhook *webhook, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_webhook_row row;
    const struct changing c = {.to = webhook, .state = -1, .audit = "webhook=changed"};
    mr_arena_init(&a, MR_MIB);
    MR_TRY(check(s, webhook, err));
    return change(s, actor, &a, webhook->id, &c, &row, err);
}

int mr_webhook_set_state(mr_service *s, const struct mr_actor *actor, mr_str id, mr_webhook_state state,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_webhook_row row;
    const struct changing c = {.state = state,
                               .audit = state == MR_WEBHOOK_ACTIVE ? "webhook=active" : "webhook=paused"};
    mr_arena_init(&a, MR_MIB);
    if (state == MR_WEBHOOK_DISABLED) return MR_FAIL(err, MR_E_USAGE, "only Merit disables a webhook", MR_NOWHERE);
    return change(s, actor, &a, id, &c, &row, err);
}

int mr_webhook_new_secret(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_str *ret_secret,
                          struct mr_err *err)
{
    struct mr_webhook_row row;
    const struct changing c = {.state = -1, .new_salt = true, .audit = "webhook=new_secret"};
    MR_TRY(change(s, actor, a, id, &c, &row, err));
    return mr_webhook_secret(s, a, &row, ret_secret, err);
}

int mr_webhook_remove(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_webhook_row row;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(find(tx, &a, actor, id, &row, err));
    MR_TRY(mr_store_webhook_remove(tx, id, mr_env_now(s->env), err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_INTEGRATION_EDIT, row.org_id, id, MR_STR("webhook=removed"), err));
    return commit(&tx, err);
}

int mr_webhook_test(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_webhook_row row;
    mr_str event;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(find(tx, &a, actor, id, &row, err));
    MR_TRY(mr_event_add(s, tx, &a, row.org_id, TEST, id, MR_STR_EMPTY, &event, err));
    MR_TRY(mr_store_delivery_add(tx, s->env, id, event, row.org_id, err));
    MR_TRY(mr_store_job_hasten(tx, MR_STR("webhook.deliver"), mr_env_now(s->env), err));
    MR_TRY(commit(&tx, err));
    mr_jobs_wake(s);
    return MR_OK;
}

/* ---- deliveries ---- */

int mr_webhook_deliveries(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str webhook_id, mr_str after,
                          size_t limit, struct mr_delivery **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_webhook_row webhook;
    struct mr_delivery_row *rows;
    size_t count;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find(tx, a, actor, webhook_id, &webhook, err));
    MR_TRY(mr_store_delivery_list(tx, a, webhook_id, after, limit, &rows, &count, err));
    struct mr_delivery *list = MR_NEW_ARRAY(a, struct mr_delivery, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct mr_delivery){.id = rows[i].id,
                                       .event_id = rows[i].event_id,
                                       .type = rows[i].type,
                                       .answer = rows[i].answer,
                                       .state = (mr_delivery_state)find_word(delivery_states, 3, rows[i].state),
                                       .attempts = rows[i].attempts,
                                       .next_at = rows[i].next_at,
                                       .answer_code = rows[i].answer_code,
                                       .created_at = rows[i].created_at,
                                       .ended_at = rows[i].ended_at};
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_webhook_send_again(mr_service *s, const struct mr_actor *actor, mr_str webhook_id, mr_str delivery_id,
                          struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_webhook_row webhook;
    struct mr_delivery_row row;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(find(tx, &a, actor, webhook_id, &webhook, err));
    MR_TRY(mr_store_delivery_find(tx, &a, delivery_id, &row, err));
    if (!row.id.len || !mr_str_eq(row.webhook_id, webhook_id))
        return MR_FAIL(err, MR_E_NOT_FOUND, "no such delivery", MR_NOWHERE);
    MR_TRY(mr_store_delivery_again(tx, delivery_id, mr_env_now(s->env), err));
    MR_TRY(mr_store_job_hasten(tx, MR_STR("webhook.deliver"), mr_env_now(s->env), err));
    MR_TRY(commit(&tx, err));
    mr_jobs_wake(s);
    return MR_OK;
}
