/* What a batch needs on its way from preview to sealed: sign-off, a time, mailing; and what became of its achievements. */
#ifndef MR_STORE_SEALING_H
#define MR_STORE_SEALING_H

#include "base/env.h"
#include "db/db.h"

struct mr_sealing_row {
    mr_str batch_id, org_id, specification_id, state;
    mr_str kind;                   /* "results", "single" */
    int64_t signed_at;             /* MR_TIME_NONE: not signed off */
    mr_str signed_by, signed_name; /* by empty: the operator */
    mr_str sealed_by;              /* who had it sealed; empty: the operator, or nobody yet */
    int64_t seal_at;               /* MR_TIME_NONE: at no set time */
    mr_str seal_zone;              /* in which zone that time was given */
    mr_str supervision;            /* code, for rows that say none; empty: as the specification says */
    mr_str mailing;                /* "now", "later", "queued" */
};
/* ret->batch_id empty when there is none. */
int mr_store_sealing_find(mr_db_tx *tx, mr_arena *a, mr_str batch_id, struct mr_sealing_row *ret,
                          struct mr_err *err) MR_MUST_CHECK;
/* Record who signed off the results, in preview and once. *ret_done false: it was signed before, or is in another state. at MR_TIME_NONE takes it back. */
int mr_store_sealing_sign(mr_db_tx *tx, mr_str batch_id, int64_t at, mr_str by, mr_str name, bool *ret_done,
                          struct mr_err *err) MR_MUST_CHECK;
/* In preview: when to seal, MR_TIME_NONE for at no set time; and by whom it was decided. */
int mr_store_sealing_schedule(mr_db_tx *tx, mr_str batch_id, int64_t at, mr_str zone, mr_str by, bool *ret_done,
                              struct mr_err *err) MR_MUST_CHECK;
int mr_store_sealing_set_supervision(mr_db_tx *tx, mr_str batch_id, mr_str code, bool *ret_done,
                                     struct mr_err *err) MR_MUST_CHECK;
int mr_store_sealing_set_sealed_by(mr_db_tx *tx, mr_str batch_id, mr_str by, struct mr_err *err) MR_MUST_CHECK;
int mr_store_sealing_set_mailing(mr_db_tx *tx, mr_str batch_id, mr_str mailing, struct mr_err *err) MR_MUST_CHECK;
/* The batch that takes what is awarded one by one of this version; made when there is none. */
int mr_store_sealing_single(mr_db_tx *tx, mr_arena *a, const mr_env *env, mr_str org_id, mr_str specification_id,
                            mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;

struct mr_batch_counts {
    int64_t sealed, with_address, mailed, claimed, declined, undecided, over, expired, suspended, revoked;
};
/*   now  undecided ones whose time is over are counted as over */
int mr_store_sealing_count(mr_db_tx *tx, mr_str batch_id, int64_t now, struct mr_batch_counts *ret,
                           struct mr_err *err) MR_MUST_CHECK;

#endif
