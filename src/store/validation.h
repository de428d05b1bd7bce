/* Validations of prior learning: what was claimed, what was decided and why. */
#ifndef MR_STORE_VALIDATION_H
#define MR_STORE_VALIDATION_H

#include "base/env.h"
#include "db/db.h"

struct mr_validation_row {
    mr_str id, org_id, specification_id, learner_name, learner_email;
    mr_str source;                  /* the learner, as JSON */
    mr_str claim;                   /* what the learner says to have learned, and where */
    mr_str state;                   /* "open", "accepted", "refused" */
    mr_str reasons, assessor;       /* of the decision; empty while open */
    mr_str decided_by;              /* id of the person; empty: the operator */
    mr_str achievement_id;          /* ACCEPTED: what was awarded */
    int64_t decided_at, created_at; /* decided_at MR_TIME_NONE: open */
    int64_t restricted_at;          /* it, or what was awarded on it; MR_TIME_NONE: it is not */
};
/* Keep a new one, open. */
int mr_store_validation_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_validation_row *row,
                            mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. */
int mr_store_validation_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_validation_row *ret,
                             struct mr_err *err) MR_MUST_CHECK;
/* Of a specification, all its versions, newest first. before: id, empty from the newest. */
int mr_store_validation_list(mr_db_tx *tx, mr_arena *a, mr_str slug, mr_str before, size_t limit,
                             struct mr_validation_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Decide an open one; *ret_done false: it was decided before. Uses state, reasons, assessor, decided_by, decided_at, achievement_id. */
int mr_store_validation_decide(mr_db_tx *tx, const struct mr_validation_row *row, bool *ret_done,
                               struct mr_err *err) MR_MUST_CHECK;
/* What an accepted one led to. */
int mr_store_validation_set_achievement(mr_db_tx *tx, mr_str id, mr_str achievement_id,
                                        struct mr_err *err) MR_MUST_CHECK;

/* Migration 20: the addresses of validations that were written before it, out of their `source`; the others stay as they are. */
int mr_store_validation_fill_addresses(mr_db_tx *tx, struct mr_err *err) MR_MUST_CHECK;

#endif
