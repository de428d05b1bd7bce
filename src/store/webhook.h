/* Webhooks, events, and their way to receivers. */
#ifndef MR_STORE_WEBHOOK_H
#define MR_STORE_WEBHOOK_H

#include "base/env.h"
#include "db/db.h"

struct mr_webhook_row {
    mr_str id, org_id, url, events, contact, salt, state;
    int64_t failing_since, created_at; /* failing_since MR_TIME_NONE: it answers */
};
/* In state "active". */
int mr_store_webhook_add(mr_db_tx *tx, const struct mr_webhook_row *row, struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none, or it was removed. */
int mr_store_webhook_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_webhook_row *ret,
                          struct mr_err *err) MR_MUST_CHECK;
/* Of one organisation, oldest first; at most MR_LIMIT_WEBHOOKS. */
int mr_store_webhook_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_webhook_row **ret, size_t *ret_count,
                          struct mr_err *err) MR_MUST_CHECK;
/* Of one organisation and the one above it. */
int mr_store_webhook_of(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_webhook_row **ret, size_t *ret_count,
                        struct mr_err *err) MR_MUST_CHECK;
/* Write url, events, contact, salt, state and failing_since anew. */
int mr_store_webhook_change(mr_db_tx *tx, const struct mr_webhook_row *row, struct mr_err *err) MR_MUST_CHECK;
/* For good; what waits for it waits no longer. */
int mr_store_webhook_remove(mr_db_tx *tx, mr_str id, int64_t now, struct mr_err *err) MR_MUST_CHECK;

struct mr_event_row {
    mr_str id, org_id, type, object_id, payload;
    int64_t created_at;
};
int mr_store_event_add(mr_db_tx *tx, const struct mr_event_row *row, struct mr_err *err) MR_MUST_CHECK;
/* Events from before then, with their deliveries. */
int mr_store_event_forget(mr_db_tx *tx, int64_t before, struct mr_err *err) MR_MUST_CHECK;

struct mr_delivery_row {
    mr_str id, webhook_id, event_id, org_id, state, answer;
    mr_str type, payload; /* of its event; payload only where it is due */
    int64_t attempts, next_at, answer_code, created_at, ended_at;
};
/* Waiting, due at once. */
int mr_store_delivery_add(mr_db_tx *tx, const mr_env *env, mr_str webhook_id, mr_str event_id, mr_str org_id,
                          struct mr_err *err) MR_MUST_CHECK;
/* The next that is due and whose webhook is active; ret->id empty when none is. */
int mr_store_delivery_due(mr_db_tx *tx, mr_arena *a, int64_t now, struct mr_delivery_row *ret,
                          struct mr_err *err) MR_MUST_CHECK;
/* When the next one is due; INT64_MAX when none waits. */
/* After a clock went back: what was tried before and waits until after `latest` is due now. */
int mr_store_delivery_bring_forward(mr_db_tx *tx, int64_t now, int64_t latest, struct mr_err *err) MR_MUST_CHECK;
int mr_store_delivery_next_at(mr_db_tx *tx, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;
/* What became of a try: state, attempts, next_at, answer, answer_code and ended_at as in the row, while it still waits. */
int mr_store_delivery_settle(mr_db_tx *tx, const struct mr_delivery_row *row, struct mr_err *err) MR_MUST_CHECK;
/* All that waits for this webhook is due at `at` at the earliest. */
int mr_store_delivery_put_off(mr_db_tx *tx, mr_str webhook_id, int64_t at, struct mr_err *err) MR_MUST_CHECK;
/* Waiting again, due now. */
int mr_store_delivery_again(mr_db_tx *tx, mr_str id, int64_t now, struct mr_err *err) MR_MUST_CHECK;
int mr_store_delivery_all_again(mr_db_tx *tx, mr_str webhook_id, int64_t now, struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. */
int mr_store_delivery_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_delivery_row *ret,
                           struct mr_err *err) MR_MUST_CHECK;
/* Of a webhook, newest first, older than `after` (empty: from the newest). */
int mr_store_delivery_list(mr_db_tx *tx, mr_arena *a, mr_str webhook_id, mr_str after, size_t limit,
                           struct mr_delivery_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

#endif
