/* Achievements and their sealed credentials. */
#ifndef MR_STORE_ACHIEVEMENT_H
#define MR_STORE_ACHIEVEMENT_H

#include "db/db.h"

struct mr_achievement_row {
    mr_str id, org_id, specification_id, batch_id, learner_key, learner_name, learner_email, awarded_on, claim_state;
    int64_t claim_until, claimed_at, created_at; /* claimed_at MR_TIME_NONE while open */
    int64_t row_number;                          /* in the table of results, as a spreadsheet shows it */
    mr_str status;             /* "active", "suspended", "revoked" (store/status.h); a new one is active */
    int64_t status_changed_at; /* MR_TIME_NONE: never */
};
/* Errors: MR_E_EXISTS when this learner has this specification already. */
int mr_store_achievement_add(mr_db_tx *tx, const struct mr_achievement_row *row, struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. */
int mr_store_achievement_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_achievement_row *ret,
                              struct mr_err *err) MR_MUST_CHECK;
/* When this learner was awarded this specification, "2026-06-12"; empty when never. ret_batch_id (may be NULL): in which batch. */
int mr_store_achievement_awarded_on(mr_db_tx *tx, mr_arena *a, mr_str specification_id, mr_str learner_key, mr_str *ret,
                                    mr_str *ret_batch_id, struct mr_err *err) MR_MUST_CHECK;
/* Of one batch, in the order of its table, after row `after_row` (0: from the start), at most `limit`. */
int mr_store_achievement_list(mr_db_tx *tx, mr_arena *a, mr_str batch_id, int64_t after_row, size_t limit,
                              struct mr_achievement_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
int mr_store_achievement_count(mr_db_tx *tx, mr_str batch_id, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;
/* From "open" to another claim state; *ret_moved false when it was not open. */
int mr_store_achievement_claim(mr_db_tx *tx, mr_str id, mr_str to, int64_t now, bool *ret_moved,
                               struct mr_err *err) MR_MUST_CHECK;

/* Keep sealed bytes (compressed: store/body.h). Errors: MR_E_EXISTS when the format is there; those of mr_body_pack. */
int mr_store_credential_add(mr_db_tx *tx, mr_str achievement_id, mr_str org_id, mr_str format, mr_str content,
                            int64_t now, struct mr_err *err) MR_MUST_CHECK;
/* The same of bytes that mr_body_pack has packed, which takes a millisecond and is better done before the transaction, in which others wait. */
int mr_store_credential_add_packed(mr_db_tx *tx, mr_str achievement_id, mr_str org_id, mr_str format, mr_str packed,
                                   int64_t now, struct mr_err *err) MR_MUST_CHECK;
/* Sealed bytes, octet for octet; empty when there are none. Errors: those of mr_body_unpack. */
int mr_store_credential_find(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, mr_str format, mr_str *ret,
                             struct mr_err *err) MR_MUST_CHECK;
int mr_store_credential_remove(mr_db_tx *tx, mr_str achievement_id, struct mr_err *err) MR_MUST_CHECK;
/* Those of achievements that nobody decided on until then. */
int mr_store_credential_remove_unclaimed(mr_db_tx *tx, int64_t until, int64_t *ret_removed,
                                         struct mr_err *err) MR_MUST_CHECK;

#endif
