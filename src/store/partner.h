/* Other awarding bodies and their consent, and assessors outside. */
#ifndef MR_STORE_PARTNER_H
#define MR_STORE_PARTNER_H

#include "base/env.h"
#include "db/db.h"

struct mr_partner_row {
    mr_str id, org_id;
    mr_str partner_id;    /* of this installation; empty: asked by mail */
    mr_str slug;          /* of the specification it is asked for */
    mr_str name, profile; /* profile: JSON, as "awarding_bodies" in specification files */
    mr_str email;
    mr_str token; /* digest of the secret in the mailed link */
    mr_str state; /* "asked", "consented", "refused", "withdrawn" */
    int64_t asked_at, expires_at;
    int64_t answered_at, withdrawn_at; /* MR_TIME_NONE: not yet */
    mr_str answered_by;                /* person of this installation */
    mr_str answer_name, answer_function;
};
/* Fills ret_id. */
int mr_store_partner_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_partner_row *row, mr_str *ret_id,
                         struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. */
int mr_store_partner_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_partner_row *ret,
                          struct mr_err *err) MR_MUST_CHECK;
/* From "asked" to another state, with who and when. Errors: MR_E_STATE when it is not "asked" any more. */
int mr_store_partner_answer(mr_db_tx *tx, const struct mr_partner_row *row, struct mr_err *err) MR_MUST_CHECK;
/* From "asked" or "consented" to "withdrawn". Errors: MR_E_STATE. */
int mr_store_partner_withdraw(mr_db_tx *tx, mr_str id, int64_t at, struct mr_err *err) MR_MUST_CHECK;
/* Those that an organisation asked, and those that it was asked for; the newest first, at most 200.
 *   slug  of one specification; empty: all */
int mr_store_partner_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str slug, struct mr_partner_row **ret,
                          size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

struct mr_assessor_row {
    mr_str id, org_id, name, profile; /* profile: JSON, as "assessor" in specification files */
};
/* Fills ret_id. */
int mr_store_assessor_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_assessor_row *row,
                          mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* Of this organisation only. Errors: MR_E_NOT_FOUND. */
int mr_store_assessor_remove(mr_db_tx *tx, mr_str org_id, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* By name, at most 200. */
int mr_store_assessor_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_assessor_row **ret, size_t *ret_count,
                           struct mr_err *err) MR_MUST_CHECK;

#endif
