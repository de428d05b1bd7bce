/* Mail that waits to be sent, or was. */
#ifndef MR_STORE_MAIL_H
#define MR_STORE_MAIL_H

#include "base/env.h"
#include "db/db.h"

struct mr_mail_row {
    mr_str id, org_id, template_name, language, recipient, object_id, data, state, answer;
    int64_t attempts, next_at, created_at, sent_at;
};
int mr_store_mail_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_mail_row *row, mr_str *ret_id,
                      struct mr_err *err) MR_MUST_CHECK;

#endif
