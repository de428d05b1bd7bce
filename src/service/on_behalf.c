#include "service/on_behalf.h"

#include "base/log.h"
#include "base/time.h"
#include "service/api_token.h"
#include "service/audit.h"
#include "service/session.h"
#include "store/organisation.h"

/* Who that id is now; ids of persons and tokens are never the same. */
static int find_actor(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str by, struct mr_actor *ret, struct mr_err *err)
{
    *ret = mr_actor_operator;
    if (!by.len) return MR_OK;
    MR_TRY(mr_session_person_actor(tx, a, by, ret, err));
    return ret->kind == MR_ACTOR_STRANGER ? mr_api_token_load_actor(s, tx, a, by, ret, err) : MR_OK;
}

int mr_on_behalf_check(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str by, mr_action action, mr_str org_id,
                       struct mr_err *err)
{
    struct mr_organisation_row org;
    struct mr_actor actor;
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &org, err));
    if (!org.id.len || org.closed_at != MR_TIME_NONE)
        return MR_FAIL_DETAIL(err, MR_E_FORBIDDEN, "the organisation was closed", "%s", "closed");
    MR_TRY(find_actor(s, tx, a, by, &actor, err));
    if (mr_authorise(&actor, action, org_id, NULL) == MR_OK) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_FORBIDDEN, "who ordered it may no longer do so", "%.*s",
                          MR_STR_ARG(mr_action_word(action)));
}

int mr_on_behalf_refuse(mr_service *s, mr_db_tx *tx, mr_action action, mr_str org_id, mr_str object_id,
                        const struct mr_err *why, struct mr_err *err)
{
    mr_log_err(MR_LOG_WARNING, "job.refused", why);
    return mr_audit(s, tx, &mr_actor_system, action, org_id, object_id,
                    strcmp(why->detail, "closed") == 0 ? MR_STR("refused: closed") : MR_STR("refused: role"), err);
}
