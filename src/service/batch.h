/* One batch of results: how it stands. Uploaded and looked at by service/upload.h, sealed and followed by service/sealing.h. */
#ifndef MR_SERVICE_BATCH_H
#define MR_SERVICE_BATCH_H

#include "credential/results.h"
#include "credential/status.h"
#include "service/catalogue.h"
#include "service/sealing.h"
#include "service/upload.h"

typedef enum mr_batch_state {
    MR_BATCH_PREVIEW,
    MR_BATCH_SEALING,
    MR_BATCH_SEALED,
    MR_BATCH_FAILED,
    MR_BATCH_DISCARDED
} mr_batch_state;
struct mr_batch {
    mr_str id, specification_id, file_name;
    mr_str error; /* FAILED: "code: row 5: what experts need to know" */
    mr_batch_state state;
    int64_t rows_read;
    int64_t rows_ready; /* when uploaded; from the start of sealing on, those that are sealed */
    int64_t rows_sealed;
    int64_t created_at, sealed_at;
};
/* Action BATCH_READ. Errors: MR_E_NOT_FOUND. */
int mr_batch_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_batch *ret,
                 struct mr_err *err) MR_MUST_CHECK;
/* Of all versions of a specification, the newest first, those older than the batch `before` (empty: from the newest), at most `limit` (BATCH_READ).
 * Errors: MR_E_NOT_FOUND: no such specification. */
int mr_batch_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification_id, mr_str before,
                  size_t limit, struct mr_batch **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Those of the organisation that they act for (the operator: of all) that are in preview or have stopped, the newest first, at most `limit` (BATCH_READ). */
int mr_batch_list_waiting(mr_service *s, const struct mr_actor *actor, mr_arena *a, size_t limit, struct mr_batch **ret,
                          size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

#endif
