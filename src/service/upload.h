/* Results uploaded and looked at, before they are sealed (service/batch.h): a table is read once, with the mapping that fits it, and each of its rows is kept with
 * its fate until the batch is sealed or discarded. The table itself is kept as long, so that it can be read again with another mapping. */
#ifndef MR_SERVICE_UPLOAD_H
#define MR_SERVICE_UPLOAD_H

#include "credential/results.h"
#include "service/actor.h"
#include "service/service.h"
#include "store/upload.h"
#include "text/messages.h"

struct mr_upload {
    mr_str specification_id; /* slug or id */
    mr_str file_name, content;
    mr_str sheet; /* of a workbook; empty: the first that is visible */
    mr_str
        profile_id; /* of a mapping to read it with; empty: the one remembered for its header, else the names of its columns */
    bool by_form; /* it was written from a form of Merit's */
};
/* Keep a table and read it. When nobody can tell which column holds the names, or two seem to hold the same, it is kept without rows until mr_upload_map says how it is to be
 * read.
 *   errors  MR_E_CSV (nothing is kept; position, detail), MR_E_LIMIT (rows, octets), MR_E_NOT_FOUND (specification, profile), those of mr_authorise */
int mr_upload_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_upload *upload,
                  mr_str *ret_batch_id, struct mr_err *err) MR_MUST_CHECK;
/* Read the kept table again. Only in preview, else MR_E_STATE.
 *   sheet     empty: as before
 *   remember  for the next table with this header
 *   errors    MR_E_CSV: no column holds the learners' names; nothing is changed */
int mr_upload_map(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id, const mr_mapping *mapping,
                  mr_str sheet, bool remember, struct mr_err *err) MR_MUST_CHECK;

struct mr_upload_view {
    mr_str batch_id, org_id, specification_id, file_name;
    bool needs_mapping;                      /* no row is read yet */
    bool latin1;                             /* the file was not UTF-8 and was read as Windows-1252 */
    mr_str sheet;                            /* that was read; empty: no workbook */
    const mr_str *sheets, *columns, *unused; /* unused: columns that mean nothing to Merit */
    size_t sheet_count, column_count, unused_count;
    mr_mapping mapping;
    mr_str source;                            /* as in store/upload.h */
    int64_t counts[MR_UPLOAD_NOT_PASSED + 1]; /* rows, by enum mr_upload_group */
};
/* Errors: MR_E_NOT_FOUND, MR_E_STATE (no longer in preview), those of mr_authorise. */
int mr_upload_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id, struct mr_upload_view *ret,
                  struct mr_err *err) MR_MUST_CHECK;

struct mr_upload_item {
    int64_t number, first_number; /* as a spreadsheet shows them; first_number: of the row that a duplicate repeats */
    enum mr_upload_group fate;    /* READY, REFUSED, DUPLICATE, HAS_IT, NOT_PASSED */
    mr_str name, email, grade;
    mr_str had_on; /* HAS_IT: awarded on, "2026-06-12" */
    struct mr_findings findings;
};
/* Rows of a group, passing over `skip` of them. */
int mr_upload_rows(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id,
                   enum mr_upload_group group, int64_t skip, size_t limit, struct mr_upload_item **ret,
                   size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* "ready", "refused", "duplicate", "has_it", "not_passed". */
const char *mr_upload_fate_word(enum mr_upload_group fate);
/* Why a row is left out, all reasons in one text; empty when it is ready. */
mr_str mr_upload_reason(mr_arena *a, const mr_language *l, const struct mr_upload_item *item);
/* The first rows of the kept table as they stand, for whoever has to say what a column holds: `*ret_rows` rows of as many cells as the view has columns. */
enum { MR_UPLOAD_SAMPLES = 3 };
int mr_upload_samples(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id, const mr_str **ret,
                      size_t *ret_rows, struct mr_err *err) MR_MUST_CHECK;

/* The rows that are not ready, as they were, with one column more: the reason. Mended, the file can be given in again. */
int mr_upload_write_left_out(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id,
                             const mr_language *l, bool as_workbook, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* A workbook to begin with: columns with notes and choices, and one example. */
int mr_upload_write_template(const mr_language *l, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* The page image of the first ready row, PNG: how the certificates will look. Errors: MR_E_STATE (no row is ready). */
int mr_upload_draw_sample(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id, mr_buf *out,
                          struct mr_err *err) MR_MUST_CHECK;
/* What the credential of the first ready row would have against the official shapes, and who has not consented to be named in it (mr_maker_check): none as a rule.
 * Errors: MR_E_STATE (no row is ready), MR_E_FORBIDDEN. */
int mr_upload_check(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id,
                    struct mr_findings *findings, struct mr_err *err) MR_MUST_CHECK;

/* ---- for sealing ---- */

/* The next rows that are to be sealed, behind row `after`: those that are ready and whose learner was not awarded this before. Number, learner_key and
 * achievement are filled. */
int mr_upload_next_ready(mr_db_tx *tx, mr_arena *a, mr_str batch_id, int64_t now, int64_t after, size_t most,
                         struct mr_result_row *ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Results are handed over to be sealed: in the transaction that does it, enrolments of its learners become completed, or not passed. */
int mr_upload_settle(mr_service *s, mr_db_tx *tx, mr_str batch_id, struct mr_err *err) MR_MUST_CHECK;
/* The learner's key as it is stored: nobody without the installation's secret can tell a name from it. key: as mr_results_next gives it. */
void mr_upload_learner_key(const mr_service *s, const char *key, char out[33]);

#endif
