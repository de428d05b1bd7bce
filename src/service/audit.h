/* The audit log: what somebody did is written in the transaction that does it. */
#ifndef MR_SERVICE_AUDIT_H
#define MR_SERVICE_AUDIT_H

#include "service/actor.h"
#include "service/service.h"

/*   object_id  what it was done to; empty when that says nothing
 *   detail     codes and numbers ("revoked", "rows=60"), never a name or an address; may be empty */
int mr_audit(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, mr_action action, mr_str org_id,
             mr_str object_id, mr_str detail, struct mr_err *err) MR_MUST_CHECK;

#endif
