/* The audit log: what somebody did is written in the transaction that does it. */
#ifndef MR_SERVICE_AUDIT_H
#define MR_SERVICE_AUDIT_H

#include "service/actor.h"
#include "service/service.h"
#include "store/audit.h"

/*   object_id  what it was done to; empty when that says nothing
 *   detail     codes and numbers ("revoked", "rows=60"), never a name or an address; may be empty */
int mr_audit(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, mr_action action, mr_str org_id,
             mr_str object_id, mr_str detail, struct mr_err *err) MR_MUST_CHECK;
/* What the operator did to files of the installation, in a transaction of its own; nothing when the service works without a database. */
int mr_audit_files(mr_service *s, mr_action action, mr_str detail, struct mr_err *err) MR_MUST_CHECK;

/* Rows of the organisation that the filter names (every one: its org_id empty, for administrators of the installation), newest first; `before` as in store/audit.h. */
int mr_audit_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_audit_filter *filter,
                  mr_str before, size_t limit, struct mr_audit_row **ret, size_t *ret_count,
                  struct mr_err *err) MR_MUST_CHECK;
/* The same rows as CSV with a byte order mark, or as JSON lines; at most MR_LIMIT_AUDIT_EXPORT of them (*ret_more: there are more; the rest comes with `before` the last one). That somebody took
 * them is itself written into the log. */
typedef enum mr_audit_form { MR_AUDIT_CSV, MR_AUDIT_JSON_LINES } mr_audit_form;
int mr_audit_export(mr_service *s, const struct mr_actor *actor, const struct mr_audit_filter *filter,
                    mr_audit_form form, mr_buf *out, bool *ret_more, struct mr_err *err) MR_MUST_CHECK;

/* Has the log only grown? Every checkpoint (one an hour, by a job) is made anew from the rows and compared.
 *   ret_since  rows after the last checkpoint, that nothing covers yet
 *   errors     MR_E_SIGNATURE: rows were changed, removed or put in between; the detail names the checkpoint */
int mr_audit_check(mr_service *s, int64_t *ret_checkpoints, int64_t *ret_rows, int64_t *ret_since,
                   struct mr_err *err) MR_MUST_CHECK;
/* The same in a transaction, where no service is open; secret: the 32 octets of the data folder's file. */
int mr_audit_check_in(mr_db_tx *tx, mr_str secret, int64_t *ret_checkpoints, int64_t *ret_rows, int64_t *ret_since,
                      struct mr_err *err) MR_MUST_CHECK;

#endif
