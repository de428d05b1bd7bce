/* Learning platforms (LTI 1.3): registrations, sign-ins that were begun, places in courses and who came to them. */
#ifndef MR_STORE_LTI_H
#define MR_STORE_LTI_H

#include "base/env.h"
#include "db/db.h"

struct mr_lti_platform_row {
    mr_str id, org_id, name, issuer, client_id, auth_url, token_url, jwks_url;
    mr_str deployments; /* ids with line breaks between; empty: any */
    int64_t created_at; /* ms */
};
/* Errors: MR_E_EXISTS when this issuer has this client already. */
int mr_store_lti_platform_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_lti_platform_row *row,
                              mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* By id; ret->id empty when there is none. */
int mr_store_lti_platform_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_lti_platform_row *ret,
                               struct mr_err *err) MR_MUST_CHECK;
/* By issuer and client; client_id empty: the issuer's only one. ret->id empty when there is none, or more than one. */
int mr_store_lti_platform_match(mr_db_tx *tx, mr_arena *a, mr_str issuer, mr_str client_id,
                                struct mr_lti_platform_row *ret, struct mr_err *err) MR_MUST_CHECK;
/* Of an organisation (empty: of all), by id, at most `limit`. */
int mr_store_lti_platform_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, size_t limit, struct mr_lti_platform_row **ret,
                               size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* With all that hangs on it. */
int mr_store_lti_platform_remove(mr_db_tx *tx, mr_str id, struct mr_err *err) MR_MUST_CHECK;

/* A sign-in begins; older ones that have ended by `now` are forgotten. */
int mr_store_lti_state_add(mr_db_tx *tx, mr_str state, mr_str platform_id, mr_str nonce, int64_t expires_at,
                           int64_t now, struct mr_err *err) MR_MUST_CHECK;
/* And is used, once: both empty when there is none that has not ended. */
int mr_store_lti_state_take(mr_db_tx *tx, mr_arena *a, mr_str state, int64_t now, mr_str *ret_platform_id,
                            mr_str *ret_nonce, struct mr_err *err) MR_MUST_CHECK;

struct mr_lti_link_row {
    mr_str id, org_id, platform_id, deployment, resource_id, title;
    mr_str specification_slug;             /* empty: nobody has said which */
    mr_str line_item_url, memberships_url; /* of the platform's services; may be empty */
};
/* Keep what a launch told of a place; fills id and specification_slug. */
int mr_store_lti_link_save(mr_db_tx *tx, mr_arena *a, const mr_env *env, struct mr_lti_link_row *row,
                           struct mr_err *err) MR_MUST_CHECK;
/* By id; ret->id empty when there is none. */
int mr_store_lti_link_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_lti_link_row *ret,
                           struct mr_err *err) MR_MUST_CHECK;
int mr_store_lti_link_set(mr_db_tx *tx, mr_str id, mr_str specification_slug, struct mr_err *err) MR_MUST_CHECK;

struct mr_lti_member_row {
    mr_str link_id, org_id, subject, name, email;
    bool completed; /* once it is, it stays so, and with it the name and address of that moment */
};
int mr_store_lti_member_save(mr_db_tx *tx, const struct mr_lti_member_row *row, struct mr_err *err) MR_MUST_CHECK;
/* ret->subject empty when there is none. */
int mr_store_lti_member_find(mr_db_tx *tx, mr_arena *a, mr_str link_id, mr_str subject, struct mr_lti_member_row *ret,
                             struct mr_err *err) MR_MUST_CHECK;
/* The newest achievement of a learner by the slug of the specification; empty when there is none. */
int mr_store_lti_achievement(mr_db_tx *tx, mr_arena *a, mr_str slug, mr_str learner_key, mr_str *ret_id,
                             int64_t *ret_claim_turn, struct mr_err *err) MR_MUST_CHECK;

/* An instructor's page may go on for so long; `hash` is of its token. Those that have ended by `now` are forgotten. */
int mr_store_lti_session_add(mr_db_tx *tx, mr_str hash, mr_str link_id, int64_t expires_at, int64_t now,
                             struct mr_err *err) MR_MUST_CHECK;
/* Empty when there is none that has not ended. */
int mr_store_lti_session_find(mr_db_tx *tx, mr_arena *a, mr_str hash, int64_t now, mr_str *ret_link_id,
                              struct mr_err *err) MR_MUST_CHECK;

/* The key, encrypted; empty when there is none. */
int mr_store_lti_key_find(mr_db_tx *tx, mr_arena *a, mr_str *ret_pem, struct mr_err *err) MR_MUST_CHECK;
/* Nothing happens when there is one. */
int mr_store_lti_key_add(mr_db_tx *tx, mr_str pem, int64_t now, struct mr_err *err) MR_MUST_CHECK;

#endif
