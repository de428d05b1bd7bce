/* Codes on paper, and wrong ones that were tried. */
#ifndef MR_STORE_CLAIM_CODE_H
#define MR_STORE_CLAIM_CODE_H

#include "db/db.h"

/* Keep the code of an achievement in the place of any earlier one. Errors: MR_E_EXISTS (another achievement has this very code). */
int mr_store_claim_code_set(mr_db_tx *tx, mr_str achievement_id, mr_str org_id, mr_str hash, int64_t now,
                            struct mr_err *err) MR_MUST_CHECK;
/* Whose code it is; empty: nobody's. */
int mr_store_claim_code_find(mr_db_tx *tx, mr_arena *a, mr_str hash, mr_str *ret_achievement_id,
                             struct mr_err *err) MR_MUST_CHECK;
/* Achievements of a batch that are still undecided: all of them, those without e-mail, and those that have a code already. */
struct mr_claim_code_counts {
    int64_t open, without_email, printed;
};
int mr_store_claim_code_counts(mr_db_tx *tx, mr_str batch_id, int64_t now, struct mr_claim_code_counts *ret,
                               struct mr_err *err) MR_MUST_CHECK;

/* Wrong codes from a peer (a keyed hash) since `since`. */
int mr_store_claim_tries(mr_db_tx *tx, mr_str peer, int64_t since, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;
/* One more; counted anew when the last count began before `since`. Counts that began before it are forgotten, whoever's they are. */
int mr_store_claim_try_add(mr_db_tx *tx, mr_str peer, int64_t since, int64_t now, struct mr_err *err) MR_MUST_CHECK;

#endif
