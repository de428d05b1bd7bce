#include "service/audit.h"
#include "store/audit.h"

int mr_audit(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, mr_action action, mr_str org_id,
             mr_str object_id, mr_str detail, struct mr_err *err)
{
    const struct mr_audit_row row = {.org_id = org_id,
                                     .actor_kind = mr_str_of(mr_actor_word(actor)),
                                     .actor_id = actor->id,
                                     .action = mr_action_word(action),
                                     .object_id = object_id,
                                     .detail = detail};
    return mr_store_audit_add(tx, mr_service_env(s), &row, err);
}
