/* Results uploaded and looked at: one batch. What comes then is service/sealing.h. */
#ifndef MR_SERVICE_BATCH_H
#define MR_SERVICE_BATCH_H

#include "credential/results.h"
#include "credential/status.h"
#include "service/catalogue.h"
#include "service/sealing.h"

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
/* A row of the preview. */
typedef enum mr_preview_fate {
    MR_PREVIEW_READY,
    MR_PREVIEW_REFUSED,
    MR_PREVIEW_DUPLICATE,
    MR_PREVIEW_HAS_IT
} mr_preview_fate;
struct mr_preview_row {
    size_t number, first_number;
    mr_preview_fate fate;
    mr_str name, email;
    mr_str had_on; /* HAS_IT: awarded on, "2026-06-12" */
    struct mr_findings findings;
};
enum { MR_PREVIEW_COLUMNS = 8 };
struct mr_preview {
    struct mr_preview_row *rows;
    size_t count;
    size_t ready, refused, duplicate, has_it;
    bool latin1;                       /* the file was not UTF-8 and was read as Latin-1 */
    mr_str unused[MR_PREVIEW_COLUMNS]; /* columns that mean nothing to Merit, the first of them */
    size_t unused_count;               /* all of them */
};

/* Keep an uploaded table and count its rows. Errors: MR_E_CSV (nothing is kept; position, detail), MR_E_LIMIT (rows), MR_E_NOT_FOUND (specification). */
int mr_batch_upload(mr_service *s, mr_arena *a, mr_str specification_id, mr_str file_name, mr_str content,
                    mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
int mr_batch_get(mr_service *s, mr_arena *a, mr_str id, struct mr_batch *ret, struct mr_err *err) MR_MUST_CHECK;
int mr_batch_list(mr_service *s, mr_arena *a, mr_str specification_id, struct mr_batch **ret, size_t *ret_count,
                  struct mr_err *err) MR_MUST_CHECK;
/* Every row's fate, read anew from the kept table (state PREVIEW only, else MR_E_STATE). */
int mr_batch_preview(mr_service *s, mr_arena *a, mr_str id, struct mr_preview *ret, struct mr_err *err) MR_MUST_CHECK;
/* The rows that are not ready, as CSV with a reason column in this language. */
int mr_batch_write_refused(mr_service *s, mr_arena *a, mr_str id, const mr_language *l, mr_buf *out,
                           struct mr_err *err) MR_MUST_CHECK;
/* The page image of the first ready row, PNG: how the certificates will look. */
int mr_batch_draw_sample(mr_service *s, mr_arena *a, mr_str id, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* What the credential of the first ready row would have against the official shapes: none as a rule. Errors: MR_E_STATE (no row is ready). */
int mr_batch_check(mr_service *s, mr_arena *a, mr_str id, struct mr_findings *findings,
                   struct mr_err *err) MR_MUST_CHECK;

#endif
