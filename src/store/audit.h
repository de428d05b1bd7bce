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
int mr_store_audit_add(mr_db_tx *tx, const mr_env *env, const struct mr_audit_row *row,
                       struct mr_err *err) MR_MUST_CHECK;

#endif
