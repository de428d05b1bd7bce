/* Webhooks: addresses of other systems that are told what happens in an organisation. Signed as Standard Webhooks 1.0 (symmetric, "v1") describes; docs/webhooks.md.
 *
 * active   events are sent
 * paused   by a person: events wait
 * disabled by Merit, because the receiver answered nothing good for MR_LIMIT_WEBHOOK_RETRY_MS, or that it is gone: events wait
 * What waits for 30 days is forgotten. The secret is made from the installation's own, so that a copy of the database can sign nothing. */
#ifndef MR_SERVICE_WEBHOOK_H
#define MR_SERVICE_WEBHOOK_H

#include "service/actor.h"
#include "service/service.h"

typedef enum mr_webhook_state { MR_WEBHOOK_ACTIVE, MR_WEBHOOK_PAUSED, MR_WEBHOOK_DISABLED } mr_webhook_state;
const char *mr_webhook_state_word(mr_webhook_state state);

/* Types of service/events.def, in its order. */
const char *const *mr_event_types(size_t *ret_count);
/* Is this type among the events of a webhook ("a.b c.d")? The test event goes to every one. */
bool mr_webhook_wants(mr_str events, mr_str type);

struct mr_webhook {
    mr_str id, org_id, url;
    mr_str events;  /* types with blanks between them */
    mr_str contact; /* e-mail address that is told when it is disabled; may be empty */
    mr_webhook_state state;
    int64_t failing_since; /* MR_TIME_NONE: it answers */
    int64_t created_at;
};
int mr_webhook_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, struct mr_webhook **ret,
                    size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
int mr_webhook_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_webhook *ret,
                   struct mr_err *err) MR_MUST_CHECK;
/* Make one from url, events and contact.
 *   ret_secret  "whsec_..."; may be made anew, and is shown nowhere else
 *   errors      MR_E_FORMAT (pointer: "/url", "/events" or "/contact"), MR_E_LIMIT (MR_LIMIT_WEBHOOKS) */
int mr_webhook_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id,
                   const struct mr_webhook *webhook, mr_str *ret_id, mr_str *ret_secret,
                   struct mr_err *err) MR_MUST_CHECK;
/* Write its url, events and contact anew. */
int mr_webhook_change(mr_service *s, const struct mr_actor *actor, const struct mr_webhook *webhook,
                      struct mr_err *err) MR_MUST_CHECK;
/* ACTIVE sends what waits at once; PAUSED. */
int mr_webhook_set_state(mr_service *s, const struct mr_actor *actor, mr_str id, mr_webhook_state state,
                         struct mr_err *err) MR_MUST_CHECK;
/* The old one counts no longer. */
int mr_webhook_new_secret(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_str *ret_secret,
                          struct mr_err *err) MR_MUST_CHECK;
int mr_webhook_remove(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* Send it an event of type "test". */
int mr_webhook_test(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;

typedef enum mr_delivery_state { MR_DELIVERY_WAITS, MR_DELIVERY_DELIVERED, MR_DELIVERY_GIVEN_UP } mr_delivery_state;
struct mr_delivery {
    mr_str id, event_id, type, answer;
    mr_delivery_state state;
    int64_t attempts, next_at, answer_code, created_at, ended_at; /* answer_code: HTTP status; 0: none came */
};
const char *mr_delivery_state_word(mr_delivery_state state);
/* Newest first, older than `after` (empty: from the newest). */
int mr_webhook_deliveries(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str webhook_id, mr_str after,
                          size_t limit, struct mr_delivery **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Send one again, with the same id. */
int mr_webhook_send_again(mr_service *s, const struct mr_actor *actor, mr_str webhook_id, mr_str delivery_id,
                          struct mr_err *err) MR_MUST_CHECK;

/* The signature of a message, "v1,<base64>": HMAC-SHA-256 under the secret's octets over "id.seconds.body".
 *   source  Standard Webhooks 1.0, "Verifying webhook authenticity" */
int mr_webhook_sign(mr_arena *a, mr_str secret, mr_str id, int64_t seconds, mr_str body, mr_str *ret,
                    struct mr_err *err) MR_MUST_CHECK;

#endif
