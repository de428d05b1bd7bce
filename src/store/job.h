/* Background work, as rows. */
#ifndef MR_STORE_JOB_H
#define MR_STORE_JOB_H

#include "base/env.h"
#include "db/db.h"

struct mr_job_row {
    mr_str id, kind, key, org_id, object_id, payload, state, node, error;
    int64_t run_at, attempts, leased_until, done_steps, all_steps, created_at, ended_at;
};
/* Add a waiting one; with a key that an unfinished job has already, nothing happens and ret_id (may be NULL) is that one's. */
int mr_store_job_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_job_row *row, mr_str *ret_id,
                     struct mr_err *err) MR_MUST_CHECK;
/* Take the next job that is due, or whose node has lost it (the lease is over, or so long that a wrong clock gave it), for `node` until `leased_until`; ret->id empty when there is none. In a transaction that writes. */
int mr_store_job_take(mr_db_tx *tx, mr_arena *a, mr_str node, int64_t now, int64_t leased_until, struct mr_job_row *ret,
                      struct mr_err *err) MR_MUST_CHECK;
/* What this node has it has until then: after its clock went forward. */
int mr_store_job_keep(mr_db_tx *tx, mr_str node, int64_t leased_until, struct mr_err *err) MR_MUST_CHECK;
/* After a clock went back: the waiting job with this key, or with an empty key every one that was tried before, that is due after `latest`, is due now. */
int mr_store_job_bring_forward(mr_db_tx *tx, mr_str key, int64_t now, int64_t latest, struct mr_err *err) MR_MUST_CHECK;
/* The waiting job with this key is due at `at` at the latest. */
int mr_store_job_hasten(mr_db_tx *tx, mr_str key, int64_t at, struct mr_err *err) MR_MUST_CHECK;
/* Still at it: progress, and a longer lease. *ret_ours false: another node has taken it up. */
int mr_store_job_beat(mr_db_tx *tx, mr_str id, mr_str node, int64_t leased_until, int64_t done_steps, int64_t all_steps,
                      bool *ret_ours, struct mr_err *err) MR_MUST_CHECK;
/* To waiting again at run_at, or to "done" or "failed" for good (the key is free again). Only by the node that has it. */
int mr_store_job_postpone(mr_db_tx *tx, mr_str id, mr_str node, int64_t run_at, mr_str error,
                          struct mr_err *err) MR_MUST_CHECK;
int mr_store_job_end(mr_db_tx *tx, mr_str id, mr_str node, const char *state, int64_t now, mr_str error,
                     struct mr_err *err) MR_MUST_CHECK;
/* What this node had when it stopped is due at once. */
int mr_store_job_release(mr_db_tx *tx, mr_str node, struct mr_err *err) MR_MUST_CHECK;
/* The newest job of a kind about an object; ret->id empty when there is none. */
int mr_store_job_find(mr_db_tx *tx, mr_arena *a, mr_str kind, mr_str object_id, struct mr_job_row *ret,
                      struct mr_err *err) MR_MUST_CHECK;
/* When the next waiting one is due, or the lease of one that runs ends; INT64_MAX when there is neither. */
int mr_store_job_next_at(mr_db_tx *tx, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;
int mr_store_job_forget(mr_db_tx *tx, int64_t ended_before, struct mr_err *err) MR_MUST_CHECK;

#endif
