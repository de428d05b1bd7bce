/* Evidence files of batches, achievements and validations. */
#ifndef MR_STORE_EVIDENCE_FILE_H
#define MR_STORE_EVIDENCE_FILE_H

#include "base/env.h"
#include "db/db.h"

struct mr_evidence_file_row {
    mr_str id, org_id;
    mr_str object_kind; /* "batch", "achievement", "validation" */
    mr_str object_id, name, type, sha256, added_by;
    int64_t size, added_at;
};
int mr_store_evidence_file_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_evidence_file_row *row,
                               mr_str content, mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none; ret_content (may be NULL): its bytes. */
int mr_store_evidence_file_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_evidence_file_row *ret,
                                mr_str *ret_content, struct mr_err *err) MR_MUST_CHECK;
/* Of one object, in the order in which they were added, at most `limit`. */
int mr_store_evidence_file_list(mr_db_tx *tx, mr_arena *a, mr_str object_id, size_t limit,
                                struct mr_evidence_file_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
int mr_store_evidence_file_remove(mr_db_tx *tx, mr_str id, struct mr_err *err) MR_MUST_CHECK;

#endif
