#include "store/webhook.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/time.h"

#define WEBHOOK "id, org_id, url, events, contact, salt, state, failing_since, created_at"
#define DELIVERY                                                                                                       \
    "d.id, d.webhook_id, d.event_id, d.org_id, d.state, d.answer, e.type, d.attempts, d.next_at, d.answer_code, "      \
    "d.created_at, d.ended_at"

static int64_t time_of(const mr_db_cursor *c, int column)
{
    return mr_db_is_null(c, column) ? MR_TIME_NONE : mr_db_int(c, column);
}

static mr_db_value time_or_null(const char *name, int64_t at)
{
    return at == MR_TIME_NONE ? (mr_db_value)MR_DB_N(name) : (mr_db_value)MR_DB_I(name, at);
}

/* ---- webhooks ---- */

int mr_store_webhook_add(mr_db_tx *tx, const struct mr_webhook_row *r, struct mr_err *err)
{
    return mr_db_run(
        tx,
        "INSERT INTO webhook (id, org_id, url, events, contact, salt, state, created_at) VALUES ($id, $org, "
        "$url, $events, $contact, $salt, 'active', $now)",
        MR_DB_ARGS(MR_DB_T("id", r->id), MR_DB_T("org", r->org_id), MR_DB_T("url", r->url),
                   MR_DB_T("events", r->events), mr_db_text_or_null("contact", r->contact), MR_DB_T("salt", r->salt),
                   MR_DB_I("now", r->created_at)),
        NULL, err);
}

static void take_webhook(const mr_db_cursor *c, mr_arena *a, struct mr_webhook_row *ret)
{
    *ret = (struct mr_webhook_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .url = mr_arena_dup(a, mr_db_text(c, 2)),
        .events = mr_arena_dup(a, mr_db_text(c, 3)),
        .contact = mr_arena_dup(a, mr_db_text(c, 4)),
        .salt = mr_arena_dup(a, mr_db_text(c, 5)),
        .state = mr_arena_dup(a, mr_db_text(c, 6)),
        .failing_since = time_of(c, 7),
        .created_at = mr_db_int(c, 8),
    };
}

static int take_webhooks(mr_db_cursor *c, mr_arena *a, struct mr_webhook_row **ret, size_t *ret_count,
                         struct mr_err *err)
{
    enum { MOST = 2 * MR_LIMIT_WEBHOOKS };
    struct mr_webhook_row *rows = MR_NEW_ARRAY(a, struct mr_webhook_row, MOST);
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == MOST) break;
        take_webhook(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_webhook_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_webhook_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT " WEBHOOK " FROM webhook WHERE id = $id AND removed_at IS NULL",
                       MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_webhook_row){0};
    if (row) take_webhook(c, a, ret);
    return MR_OK;
}

int mr_store_webhook_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_webhook_row **ret, size_t *ret_count,
                          struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT " WEBHOOK " FROM webhook WHERE org_id = $org AND removed_at IS NULL ORDER BY id",
                       MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    return take_webhooks(c, a, ret, ret_count, err);
}

int mr_store_webhook_of(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_webhook_row **ret, size_t *ret_count,
                        struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx,
                       "SELECT " WEBHOOK " FROM webhook WHERE removed_at IS NULL AND (org_id = $org OR org_id IN "
                       "(SELECT parent_id FROM organisation WHERE id = $org)) ORDER BY id",
                       MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    return take_webhooks(c, a, ret, ret_count, err);
}

int mr_store_webhook_change(mr_db_tx *tx, const struct mr_webhook_row *r, struct mr_err *err)
{
    return mr_db_run(
        tx,
        "UPDATE webhook SET url = $url, events = $events, contact = $contact, salt = $salt, state = $state, "
        "failing_since = $since WHERE id = $id AND removed_at IS NULL",
        MR_DB_ARGS(MR_DB_T("url", r->url), MR_DB_T("events", r->events), mr_db_text_or_null("contact", r->contact),
                   MR_DB_T("salt", r->salt), MR_DB_T("state", r->state), time_or_null("since", r->failing_since),
                   MR_DB_T("id", r->id)),
        NULL, err);
}

int mr_store_webhook_remove(mr_db_tx *tx, mr_str id, int64_t now, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx,
                     "UPDATE delivery SET state = 'given_up', ended_at = $now WHERE webhook_id = $id AND state = "
                     "'waiting'",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("id", id)), NULL, err));
    return mr_db_run(tx, "UPDATE webhook SET removed_at = $now WHERE id = $id AND removed_at IS NULL",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("id", id)), NULL, err);
}

/* ---- events ---- */

int mr_store_event_add(mr_db_tx *tx, const struct mr_event_row *r, struct mr_err *err)
{
    return mr_db_run(tx,
                     "INSERT INTO event (id, org_id, type, object_id, payload, created_at) VALUES ($id, $org, $type, "
                     "$object, $payload, $now)",
                     MR_DB_ARGS(MR_DB_T("id", r->id), MR_DB_T("org", r->org_id), MR_DB_T("type", r->type),
                                mr_db_text_or_null("object", r->object_id), MR_DB_B("payload", r->payload),
                                MR_DB_I("now", r->created_at)),
                     NULL, err);
}

int mr_store_event_forget(mr_db_tx *tx, int64_t before, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx, "DELETE FROM delivery WHERE event_id IN (SELECT id FROM event WHERE created_at < $before)",
                     MR_DB_ARGS(MR_DB_I("before", before)), NULL, err));
    return mr_db_run(tx, "DELETE FROM event WHERE created_at < $before", MR_DB_ARGS(MR_DB_I("before", before)), NULL,
                     err);
}

/* ---- deliveries ---- */

int mr_store_delivery_add(mr_db_tx *tx, const mr_env *env, mr_str webhook_id, mr_str event_id, mr_str org_id,
                          struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    return mr_db_run(tx,
                     "INSERT INTO delivery (id, webhook_id, event_id, org_id, state, attempts, next_at, created_at) "
                     "VALUES ($id, $webhook, $event, $org, 'waiting', 0, $now, $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("webhook", webhook_id),
                                MR_DB_T("event", event_id), MR_DB_T("org", org_id), MR_DB_I("now", mr_env_now(env))),
                     NULL, err);
}

static void take_delivery(const mr_db_cursor *c, mr_arena *a, struct mr_delivery_row *ret)
{
    *ret = (struct mr_delivery_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .webhook_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .event_id = mr_arena_dup(a, mr_db_text(c, 2)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 3)),
        .state = mr_arena_dup(a, mr_db_text(c, 4)),
        .answer = mr_arena_dup(a, mr_db_text(c, 5)),
        .type = mr_arena_dup(a, mr_db_text(c, 6)),
        .attempts = mr_db_int(c, 7),
        .next_at = mr_db_int(c, 8),
        .answer_code = mr_db_int(c, 9),
        .created_at = mr_db_int(c, 10),
        .ended_at = time_of(c, 11),
    };
}

int mr_store_delivery_due(mr_db_tx *tx, mr_arena *a, int64_t now, struct mr_delivery_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT " DELIVERY
                       ", e.payload FROM delivery d JOIN webhook w ON w.id = d.webhook_id JOIN event e ON e.id = "
                       "d.event_id WHERE d.state = 'waiting' AND d.next_at <= $now AND w.state = 'active' AND "
                       "w.removed_at IS NULL ORDER BY d.next_at, d.id LIMIT 1",
                       MR_DB_ARGS(MR_DB_I("now", now)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_delivery_row){0};
    if (!row) return MR_OK;
    take_delivery(c, a, ret);
    ret->payload = mr_arena_dup(a, mr_db_text(c, 12));
    return MR_OK;
}

int mr_store_delivery_bring_forward(mr_db_tx *tx, int64_t now, int64_t latest, struct mr_err *err)
{
    return mr_db_run(
        tx, "UPDATE delivery SET next_at = $now WHERE state = 'waiting' AND attempts > 0 AND next_at > $latest",
        MR_DB_ARGS(MR_DB_I("now", now), MR_DB_I("latest", latest)), NULL, err);
}

int mr_store_delivery_next_at(mr_db_tx *tx, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT MIN(d.next_at) FROM delivery d JOIN webhook w ON w.id = d.webhook_id WHERE d.state = "
                       "'waiting' AND w.state = 'active' AND w.removed_at IS NULL",
                       NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row && !mr_db_is_null(c, 0) ? mr_db_int(c, 0) : INT64_MAX;
    return MR_OK;
}

int mr_store_delivery_settle(mr_db_tx *tx, const struct mr_delivery_row *r, struct mr_err *err)
{
    return mr_db_run(
        tx,
        "UPDATE delivery SET state = $state, attempts = $attempts, next_at = $next, answer = $answer, "
        "answer_code = $code, ended_at = $ended WHERE id = $id AND state = 'waiting'",
        MR_DB_ARGS(MR_DB_T("state", r->state), MR_DB_I("attempts", r->attempts), MR_DB_I("next", r->next_at),
                   mr_db_text_or_null("answer", r->answer),
                   r->answer_code ? (mr_db_value)MR_DB_I("code", r->answer_code) : (mr_db_value)MR_DB_N("code"),
                   time_or_null("ended", r->ended_at), MR_DB_T("id", r->id)),
        NULL, err);
}

int mr_store_delivery_put_off(mr_db_tx *tx, mr_str webhook_id, int64_t at, struct mr_err *err)
{
    return mr_db_run(
        tx,
        "UPDATE delivery SET next_at = $at WHERE webhook_id = $webhook AND state = 'waiting' AND next_at < "
        "$at",
        MR_DB_ARGS(MR_DB_I("at", at), MR_DB_T("webhook", webhook_id)), NULL, err);
}

int mr_store_delivery_again(mr_db_tx *tx, mr_str id, int64_t now, struct mr_err *err)
{
    return mr_db_run(tx,
                     "UPDATE delivery SET state = 'waiting', attempts = 0, next_at = $now, ended_at = NULL WHERE id = "
                     "$id",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("id", id)), NULL, err);
}

int mr_store_delivery_all_again(mr_db_tx *tx, mr_str webhook_id, int64_t now, struct mr_err *err)
{
    return mr_db_run(tx,
                     "UPDATE delivery SET attempts = 0, next_at = $now WHERE webhook_id = $webhook AND state = "
                     "'waiting' AND next_at > $now",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("webhook", webhook_id)), NULL, err);
}

int mr_store_delivery_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_delivery_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT " DELIVERY " FROM delivery d JOIN event e ON e.id = d.event_id WHERE d.id = $id",
                       MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_delivery_row){0};
    if (row) take_delivery(c, a, ret);
    return MR_OK;
}

int mr_store_delivery_list(mr_db_tx *tx, mr_arena *a, mr_str webhook_id, mr_str after, size_t limit,
                           struct mr_delivery_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_delivery_row *rows = MR_NEW_ARRAY(a, struct mr_delivery_row, limit);
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT " DELIVERY " FROM delivery d JOIN event e ON e.id = d.event_id WHERE d.webhook_id = "
                       "$webhook AND d.id < $after ORDER BY d.id DESC LIMIT $limit",
                       MR_DB_ARGS(MR_DB_T("webhook", webhook_id), MR_DB_T("after", after.len ? after : MR_STR("g")),
                                  MR_DB_I("limit", (int64_t)limit)),
                       &c, err));
    for (*ret_count = 0; *ret_count < limit; ++*ret_count) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        take_delivery(c, a, &rows[*ret_count]);
    }
    *ret = rows;
    return MR_OK;
}
