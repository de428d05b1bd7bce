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
/* Errors: MR_E_NOT_FOUND, also for a batch of an organisation that the actor has nothing to do with; MR_E_FORBIDDEN without MR_MAY_BATCH_READ there. */
int mr_batch_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_batch *ret,
                 struct mr_err *err) MR_MUST_CHECK;
int mr_batch_list(mr_service *s, mr_arena *a, mr_str specification_id, struct mr_batch **ret, size_t *ret_count,
                  struct mr_err *err) MR_MUST_CHECK;

#endif
