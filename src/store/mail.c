#include "store/mail.h"
#include "base/id.h"

int mr_store_mail_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_mail_row *row, mr_str *ret_id,
                      struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(
        tx,
        "INSERT INTO mail (id, org_id, template, language, recipient, object_id, data, state, attempts, next_at, "
        "created_at) VALUES ($id, $org, $template, $language, $recipient, $object, $data, 'waiting', 0, $next, $now)",
        MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), mr_db_text_or_null("org", row->org_id),
                   MR_DB_T("template", row->template_name), MR_DB_T("language", row->language),
                   MR_DB_T("recipient", row->recipient), mr_db_text_or_null("object", row->object_id),
                   MR_DB_B("data", row->data), MR_DB_I("next", row->next_at), MR_DB_I("now", mr_env_now(env))),
        NULL, err));
    if (ret_id) *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}
