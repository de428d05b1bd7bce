/* What learners ask a provider to correct, and its answers. */
#ifndef MR_STORE_CORRECTION_H
#define MR_STORE_CORRECTION_H

#include "base/env.h"
#include "db/db.h"

struct mr_correction_row {
    mr_str id, org_id, achievement_id;
    mr_str right_name, remark; /* remark, answer: may be empty */
    mr_str language;           /* of the learner's page: the answer is mailed in it */
    mr_str state;              /* "open", "corrected", "refused" */
    mr_str answer;
    int64_t asked_at, answered_at;                     /* MR_TIME_NONE: open */
    mr_str learner, specification_id, batch_id, email; /* read along, of the achievement */
};
/* A new one; id and asked_at are made here. Errors: MR_E_EXISTS: one is open for this achievement. */
int mr_store_correction_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_correction_row *row,
                            mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. */
int mr_store_correction_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_correction_row *ret,
                             struct mr_err *err) MR_MUST_CHECK;
/* The newest of an achievement. */
int mr_store_correction_of(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, struct mr_correction_row *ret,
                           struct mr_err *err) MR_MUST_CHECK;
/* Those of an organisation that are open, the oldest first; of one batch, or of all (batch_id empty). */
int mr_store_correction_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str batch_id, size_t limit,
                             struct mr_correction_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* From open to another state. *ret_moved false: it was not open. */
int mr_store_correction_answer(mr_db_tx *tx, mr_str id, mr_str state, mr_str answer, mr_str by, int64_t now,
                               bool *ret_moved, struct mr_err *err) MR_MUST_CHECK;

#endif
