#include "store/audit.h"
#include "base/id.h"

int mr_store_audit_add(mr_db_tx *tx, const mr_env *env, const struct mr_audit_row *row, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    return mr_db_run(tx,
                     "INSERT INTO audit (id, org_id, at, actor_kind, actor_id, action, object_id, detail) "
                     "VALUES ($id, $org, $at, $kind, $actor, $action, $object, $detail)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), mr_db_text_or_null("org", row->org_id),
                                MR_DB_I("at", mr_env_now(env)), MR_DB_T("kind", row->actor_kind),
                                mr_db_text_or_null("actor", row->actor_id), MR_DB_T("action", row->action),
                                mr_db_text_or_null("object", row->object_id),
                                mr_db_text_or_null("detail", row->detail)),
                     NULL, err);
}
