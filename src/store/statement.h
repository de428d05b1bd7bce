/* What providers say about themselves in public: recognition policy and quality assurance, each version a row. */
#ifndef MR_STORE_STATEMENT_H
#define MR_STORE_STATEMENT_H

#include "base/env.h"
#include "db/db.h"

struct mr_statement_row {
    mr_str id, org_id;
    mr_str kind;       /* "recognition", "quality" */
    mr_str version;    /* as the provider calls it */
    mr_str valid_from; /* day */
    mr_str texts;      /* JSON, a text in several languages */
    mr_str url;        /* of the whole document; may be empty */
    int64_t published_at;
};
/* Keep a new version. Errors: MR_E_EXISTS for one that is there. */
int mr_store_statement_add(mr_db_tx *tx, const mr_env *env, const struct mr_statement_row *row,
                           struct mr_err *err) MR_MUST_CHECK;
/* All versions of an organisation, of both kinds, the newest first; at most 200.
 *   ret  in the arena */
int mr_store_statement_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_statement_row **ret, size_t *ret_count,
                            struct mr_err *err) MR_MUST_CHECK;

#endif
