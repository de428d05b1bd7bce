/* Mappings of tables: those that are remembered for a header, and profiles, which have a name. */
#ifndef MR_STORE_MAPPING_H
#define MR_STORE_MAPPING_H

#include "base/env.h"
#include "db/db.h"

struct mr_mapping_row {
    mr_str id, org_id;
    mr_str header_key, name; /* one of both */
    mr_str document;         /* JSON */
    int64_t changed_at;
};
/* Keep it; one of the same header or name is replaced. Its id in `a`. */
int mr_store_mapping_put(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_mapping_row *row, mr_str *ret_id,
                         struct mr_err *err) MR_MUST_CHECK;
/* By id, or by header; ret->id empty when there is none. */
int mr_store_mapping_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_mapping_row *ret,
                          struct mr_err *err) MR_MUST_CHECK;
int mr_store_mapping_find_header(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str header_key,
                                 struct mr_mapping_row *ret, struct mr_err *err) MR_MUST_CHECK;
/* The profiles of an organisation by name, at most 100. */
int mr_store_mapping_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_mapping_row **ret, size_t *ret_count,
                          struct mr_err *err) MR_MUST_CHECK;
int mr_store_mapping_remove(mr_db_tx *tx, mr_str id, struct mr_err *err) MR_MUST_CHECK;

#endif
