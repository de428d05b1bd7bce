/* Results uploaded, looked at, sealed: one batch. Sealing runs in the background and survives a restart. */
#ifndef MR_SERVICE_BATCH_H
#define MR_SERVICE_BATCH_H

#include "credential/results.h"
#include "credential/status.h"
#include "service/catalogue.h"
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
int mr_batch_get(mr_service *s, mr_arena *a, mr_str id, struct mr_batch *ret, struct mr_err *err) MR_MUST_CHECK;
int mr_batch_list(mr_service *s, mr_arena *a, mr_str specification_id, struct mr_batch **ret, size_t *ret_count,
                  struct mr_err *err) MR_MUST_CHECK;
/* Start sealing, or go on with a batch that failed; MR_E_STATE unless it is in preview with at least one ready row, or failed. With faults of mr_upload_check
 * MR_E_SPECIFICATION, and the batch stays in preview. Returns at once. */
int mr_batch_seal(mr_service *s, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* Give up a batch in preview; its table is not kept any longer. Errors: MR_E_STATE. */
int mr_batch_discard(mr_service *s, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* Wait until no batch is being sealed (demo data, tests). */
void mr_batch_wait(mr_service *s);

struct mr_claim_link {
    mr_str achievement_id, learner, email, claim_state, url;
    mr_status status;
    int64_t until; /* the end of the learner's time to decide */
};
int mr_batch_links(mr_service *s, mr_arena *a, mr_str id, struct mr_claim_link **ret, size_t *ret_count,
                   struct mr_err *err) MR_MUST_CHECK;
/* What became of a link, in words: "not decided yet", "accepted" ...; and of the credential, when it was withdrawn or suspended. */
mr_str mr_claim_link_state(const mr_service *s, const mr_language *l, const struct mr_claim_link *link);
/* The links as CSV for a mail merge, with a byte order mark, or spreadsheets read it wrongly. Errors also: MR_E_LIMIT. */
int mr_batch_write_links(mr_service *s, mr_arena *a, mr_str id, const mr_language *l, mr_buf *out,
                         struct mr_err *err) MR_MUST_CHECK;

#endif
