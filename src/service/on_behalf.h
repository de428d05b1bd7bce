/* Work that somebody ordered and that a job does later. They must be allowed to when it is done, as they were when they ordered it: who lost the role meanwhile, or
 * whose organisation was closed, has nothing more done. Jobs of Merit itself (mail, webhooks, what forgets) act as mr_actor_system and ask nobody. */
#ifndef MR_SERVICE_ON_BEHALF_H
#define MR_SERVICE_ON_BEHALF_H

#include "service/actor.h"
#include "service/service.h"

/* May whoever ordered it still do this?
 *   by      id of the person or the API token that ordered it; empty: whoever runs the program on the machine, or Merit itself
 *   errors  MR_E_FORBIDDEN: no longer (detail: the action, or "closed"), MR_E_DB, MR_E_NOMEM */
int mr_on_behalf_check(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str by, mr_action action, mr_str org_id,
                       struct mr_err *err) MR_MUST_CHECK;
/* Write down that nothing was done, with its reason: what mr_on_behalf_check said. */
int mr_on_behalf_refuse(mr_service *s, mr_db_tx *tx, mr_action action, mr_str org_id, mr_str object_id,
                        const struct mr_err *why, struct mr_err *err) MR_MUST_CHECK;

#endif
