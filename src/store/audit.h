/* The audit log: rows are added, and read. There is no function that changes or removes one. */
#ifndef MR_STORE_AUDIT_H
#define MR_STORE_AUDIT_H

#include "base/env.h"
#include "db/db.h"

struct mr_audit_row {
    mr_str id, org_id, actor_kind, actor_id, action, object_id;
    mr_str detail; /* codes and numbers, never a name or an address */
    int64_t at;
};
/* Its id is greater than that of every row before it, also when the clock was put back. In a transaction that writes. */
int mr_store_audit_add(mr_db_tx *tx, const mr_env *env, const struct mr_audit_row *row,
                       struct mr_err *err) MR_MUST_CHECK;

/* Which rows; what is empty or 0 limits nothing. */
struct mr_audit_filter {
    mr_str org_id; /* empty: of every organisation */
    mr_str actor_id, action, object_id;
    int64_t from, until; /* ms; until is the first moment that is not wanted any more */
};
/* Newest first, those older than the row `before` (empty: from the newest on), at most `limit`. */
int mr_store_audit_list(mr_db_tx *tx, mr_arena *a, const struct mr_audit_filter *filter, mr_str before, size_t limit,
                        struct mr_audit_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Oldest first, after the row `after` (empty: from the first), at most `limit`: of every organisation, for checkpoints. */
int mr_store_audit_walk(mr_db_tx *tx, mr_arena *a, mr_str after, size_t limit, struct mr_audit_row **ret,
                        size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

/* A proof that the rows up to `up_to` are those that were there. */
struct mr_audit_checkpoint_row {
    mr_str id, up_to, digest; /* digest: hexadecimal */
    int64_t at, row_count;
};
int mr_store_audit_checkpoint_add(mr_db_tx *tx, const mr_env *env, const struct mr_audit_checkpoint_row *row,
                                  struct mr_err *err) MR_MUST_CHECK;
/* In their order, after `after` (empty: from the first), at most `limit`; last: the newest, ret->id empty when there is none. */
int mr_store_audit_checkpoints(mr_db_tx *tx, mr_arena *a, mr_str after, size_t limit,
                               struct mr_audit_checkpoint_row **ret, size_t *ret_count,
                               struct mr_err *err) MR_MUST_CHECK;
int mr_store_audit_checkpoint_last(mr_db_tx *tx, mr_arena *a, struct mr_audit_checkpoint_row *ret,
                                   struct mr_err *err) MR_MUST_CHECK;

#endif
