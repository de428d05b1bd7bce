/* API tokens: a program acts in one organisation with the roles that its scopes stand for (service/permission.def). A token is "merit_" and 256 random bits in
 * base64url; it is shown once, and only its SHA-256 is kept. */
#ifndef MR_SERVICE_API_TOKEN_H
#define MR_SERVICE_API_TOKEN_H

#include "service/actor.h"
#include "service/service.h"

#define MR_API_TOKEN_PREFIX "merit_"
#define MR_API_TOKEN_NAME 80       /* most code points of a name */
#define MR_API_TOKEN_LISTED 200    /* most of a list */
#define MR_API_TOKEN_HOLDERS 1000  /* organisations to choose from */
#define MR_API_TOKEN_DAYS_MOST 730 /* until it must be replaced */

/* "read", "describe", "award", "sign", "manage"; NULL for MR_SCOPE_NONE. */
const char *mr_scope_word(mr_scope scope);
/* Words with blanks or commas between them, as bits 1 << scope; READ is always among them. False: one is no scope. */
bool mr_scopes_read(mr_str words, unsigned *ret);

struct mr_api_token {
    mr_str id, org_id, organisation, name;
    unsigned scopes; /* bits 1 << scope */
    int64_t created_at, last_used_at, expires_at,
        revoked_at; /* ms; MR_TIME_NONE: never. last_used_at is exact to the hour */
};
struct mr_api_token_order {
    mr_str org_id;
    mr_str name; /* what people call it: "Student system" */
    unsigned scopes;
    int64_t days; /* it is good for; 0: until it is revoked */
};
struct mr_api_token_holder {
    mr_str id, slug, name;
};
/* The organisations for which this actor may make tokens, by name; for the operator all that are open. */
int mr_api_token_holders(mr_service *s, const struct mr_actor *actor, mr_arena *a, struct mr_api_token_holder **ret,
                         size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Make one.
 *   ret_token  the token itself, in `a`; it is never to be had again
 *   errors     MR_E_FORMAT (name: pointer "/name"; days: "/days"), MR_E_NOT_FOUND (organisation), those of mr_authorise */
int mr_api_token_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_api_token_order *order,
                     mr_str *ret_id, mr_str *ret_token, struct mr_err *err) MR_MUST_CHECK;
/* Those of an organisation, newest first, also the revoked ones; org_id empty: of all, for the operator. */
int mr_api_token_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id,
                      struct mr_api_token **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* At once and for good; the same again changes nothing. Errors: MR_E_NOT_FOUND. */
int mr_api_token_revoke(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* Who a token is now, by its id; a stranger when there is none, or it ended. In `a`. */
int mr_api_token_load_actor(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_actor *ret,
                            struct mr_err *err) MR_MUST_CHECK;
/* Whose token this is.
 *   ret     in `a`; kind STRANGER when it is none, or no longer one
 *   errors  MR_E_DB */
int mr_api_token_find_actor(mr_service *s, mr_arena *a, mr_str token, struct mr_actor *ret,
                            struct mr_err *err) MR_MUST_CHECK;

#endif
