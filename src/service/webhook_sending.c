/* The job that sends events to webhooks.
 *
 * One delivery after the other, each settled before the next. A receiver is waited for MR_LIMIT_WEBHOOK_MS; when nothing came at all, everything that waits for it is
 * put off together, so that one receiver that hangs does not hold up the others. A delivery is good with any 2xx. It is tried for three days; a receiver
 * that has answered nothing good for as long is disabled, one that says that it is gone (410) at once, and whoever looks after it is told by mail. */
#include "base/limits.h"
#include "base/log.h"
#include "net/client.h"
#include "service/jobs.h"
#include "service/mail.h"
#include "service/recipients.h"
#include "service/webhook.h"
#include "service/webhook_inside.h"

#define FORGET_MS (30 * MR_DAY_MS)

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

/* After so many tries in vain. */
static int64_t wait_after(int64_t attempts)
{
    static const int64_t minutes[] = {1, 5, 30, 120, 300, 600};
    size_t last = sizeof minutes / sizeof *minutes - 1;
    return minutes[attempts - 1 < (int64_t)last ? (size_t)(attempts - 1) : last] * 60000;
}

/* What a receiver said: the status, or why there is none. */
struct answer {
    long status;
    mr_str text;
};

static int send(mr_service *s, mr_arena *a, const struct mr_delivery_row *d, const struct mr_webhook_row *w,
                struct answer *ret, struct mr_err *err)
{
    struct mr_err why = {0};
    mr_str secret, signature, body = MR_STR_EMPTY;
    int64_t seconds = mr_env_now(s->env) / 1000;
    MR_TRY(mr_webhook_secret(s, a, w, &secret, err));
    MR_TRY(mr_webhook_sign(a, secret, d->event_id, seconds, d->payload, &signature, err));
    const struct mr_net_header headers[] = {{"webhook-id", d->event_id.ptr},
                                            {"webhook-timestamp", mr_arena_format(a, "%lld", (long long)seconds).ptr},
                                            {"webhook-signature", signature.ptr}};
    const struct mr_net_request request = {.url = w->url,
                                           .configured = s->fetch_from.len && mr_str_has_prefix(w->url, s->fetch_from),
                                           .type = "application/json",
                                           .body = d->payload,
                                           .max_answer = MR_LIMIT_WEBHOOK_ANSWER,
                                           .timeout_ms = MR_LIMIT_WEBHOOK_MS,
                                           .headers = headers,
                                           .header_count = 3,
                                           .ret_status = &ret->status};
    ret->status = 0;
    int code = mr_net_fetch(a, &request, &body, &why);
    if (code == MR_E_NOMEM || code == MR_E_LIBRARY) {
        *err = why;
        return code;
    }
    MR_CLEANUP(mr_buf_done) mr_buf visible;
    mr_buf_init(&visible, 2 * MR_KIB);
    mr_str said = code == MR_OK ? body : mr_str_of(why.detail[0] ? why.detail : why.message);
    mr_buf_put_visible(&visible, said.len > 300 ? mr_str_make(said.ptr, 300) : said);
    ret->text = mr_arena_dup(a, mr_buf_str(&visible));
    return MR_OK;
}

static int mail_to(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_webhook_row *w,
                   const struct answer *answer, const struct mr_recipient *to, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf data;
    mr_json_writer v;
    char since[21];
    mr_buf_init(&data, 8 * MR_KIB);
    mr_time_write(w->failing_since, since);
    mr_json_writer_init(&v, &data, 0);
    mr_json_begin_object(&v);
    mr_json_put_member(&v, "name", to->name);
    mr_json_put_member(&v, "url", w->url);
    mr_json_put_member_c(&v, "since", since);
    mr_json_put_member(&v, "answer",
                       answer->status ? mr_arena_format(a, "%ld %.*s", answer->status, MR_STR_ARG(answer->text))
                                      : answer->text);
    mr_json_put_member(&v, "link",
                       mr_arena_format(a, "%.*s/provider/webhooks/%.*s", MR_STR_ARG(s->public_url), MR_STR_ARG(w->id)));
    mr_json_end_object(&v);
    const struct mr_mail mail = {.template_name = "webhook_disabled",
                                 .org_id = w->org_id,
                                 .to = to->email,
                                 .object_id = w->id,
                                 .language = to->language.len ? to->language : MR_STR("en"),
                                 .data = mr_buf_str(&data)};
    return mr_mail_queue(s, tx, a, &mail, NULL, err);
}

/* The organisation's administrators in their languages; and the address that was given for it, in that of the first of them. */
static int tell(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_webhook_row *w, const struct answer *answer,
                struct mr_err *err)
{
    struct mr_recipients to = {0};
    bool is_told = w->contact.len == 0;
    MR_TRY(mr_recipients_add_role(tx, a, w->org_id, MR_ROLE_ADMINISTRATOR, &to, err));
    for (size_t i = 0; i < to.count; i++) {
        if (mr_str_eq(to.list[i].email, w->contact)) is_told = true;
        MR_TRY(mail_to(s, tx, a, w, answer, &to.list[i], err));
    }
    const struct mr_recipient contact = {.email = w->contact,
                                         .language = to.count ? to.list[0].language : MR_STR_EMPTY};
    return is_told ? MR_OK : mail_to(s, tx, a, w, answer, &contact, err);
}

/* It did not go well: again later, or no more. */
static int settle_failure(mr_service *s, mr_db_tx *tx, mr_arena *a, struct mr_delivery_row *d, struct mr_webhook_row *w,
                          const struct answer *answer, struct mr_err *err)
{
    int64_t now = mr_env_now(s->env);
    d->next_at = now + wait_after(d->attempts);
    if (now - d->created_at > MR_LIMIT_WEBHOOK_RETRY_MS && d->attempts > 5)
        d->state = MR_STR("given_up"), d->ended_at = now;
    if (w->failing_since == MR_TIME_NONE) w->failing_since = now;
    bool gone = answer->status == 410 || now - w->failing_since > MR_LIMIT_WEBHOOK_RETRY_MS;
    if (gone) {
        w->state = MR_STR("disabled");
        mr_log(MR_LOG_WARNING, "webhook.disabled", "id", mr_arena_cstr(a, w->id), NULL);
        MR_TRY(tell(s, tx, a, w, answer, err));
    }
    MR_TRY(mr_store_webhook_change(tx, w, err));
    MR_TRY(mr_store_delivery_settle(tx, d, err));
    return answer->status ? MR_OK : mr_store_delivery_put_off(tx, w->id, d->next_at, err);
}

static int settle(mr_service *s, mr_arena *a, struct mr_delivery_row *d, const struct answer *answer,
                  struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_webhook_row w;
    d->attempts++;
    d->answer_code = answer->status;
    d->answer = answer->text;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_webhook_find(tx, a, d->webhook_id, &w, err));
    if (!w.id.len) return MR_OK; /* removed meanwhile, and its deliveries with it */
    if (answer->status >= 200 && answer->status < 300) {
        d->state = MR_STR("delivered"), d->ended_at = mr_env_now(s->env);
        MR_TRY(mr_store_delivery_settle(tx, d, err));
        bool recovered = w.failing_since != MR_TIME_NONE;
        w.failing_since = MR_TIME_NONE;
        if (recovered) MR_TRY(mr_store_webhook_change(tx, &w, err));
    } else {
        MR_TRY(settle_failure(s, tx, a, d, &w, answer, err));
    }
    return commit(&tx, err);
}

/* The next that is due, with its webhook; *ret->id empty when none is, and then the job knows when to look again. */
static int find_due(mr_service *s, mr_arena *a, struct mr_job *job, struct mr_delivery_row *ret,
                    struct mr_webhook_row *ret_webhook, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t now = mr_env_now(s->env), next;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_delivery_due(tx, a, now, ret, err));
    if (ret->id.len) return mr_store_webhook_find(tx, a, ret->webhook_id, ret_webhook, err);
    MR_TRY(mr_store_delivery_next_at(tx, &next, err));
    if (next < now + 60000) job->again_at = next;
    return MR_OK;
}

static int forget(mr_service *s, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_event_forget(tx, mr_env_now(s->env) - FORGET_MS, err));
    return commit(&tx, err);
}

int mr_job_webhook_deliver(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    for (int64_t sent = 0;; sent++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        struct mr_delivery_row delivery;
        struct mr_webhook_row webhook;
        struct answer answer;
        mr_arena_init(&a, 4 * MR_MIB);
        MR_TRY(find_due(s, &a, job, &delivery, &webhook, err));
        if (!delivery.id.len) {
            int64_t soon = mr_env_now(s->env) + 1000; /* what happened while this ran found no waiting job to hasten */
            if (sent && (!job->again_at || job->again_at > soon)) job->again_at = soon;
            return sent ? forget(s, err) : MR_OK;
        }
        MR_TRY(mr_job_beat(s, job, sent, 0, err));
        if (!webhook.id.len) continue;
        MR_TRY(send(s, &a, &delivery, &webhook, &answer, err));
        MR_TRY(settle(s, &a, &delivery, &answer, err));
    }
}
