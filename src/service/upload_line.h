/* Rows of results as they are kept until they are sealed: JSON in the columns of store/upload.h. Private to the layer. */
#ifndef MR_SERVICE_UPLOAD_LINE_H
#define MR_SERVICE_UPLOAD_LINE_H

#include "credential/results.h"
#include "store/upload.h"

/* Fill achievement, findings, cells, name, email, fate and numbers of a line; texts in `a`.
 *   cells   of the row, `count` of them
 *   errors  MR_E_NOMEM */
int mr_upload_line_write(mr_arena *a, const struct mr_result_row *row, const mr_str *cells, size_t count,
                         struct mr_upload_line *ret, struct mr_err *err) MR_MUST_CHECK;
/* The row of a line that can be sealed: number, learner_key (as mr_results_next gave it) and achievement. */
int mr_upload_line_row(mr_arena *a, const struct mr_upload_line *line, struct mr_result_row *ret,
                       struct mr_err *err) MR_MUST_CHECK;
/* Why a line is left out; none for others. */
int mr_upload_line_findings(mr_arena *a, const struct mr_upload_line *line, struct mr_findings *ret,
                            struct mr_err *err) MR_MUST_CHECK;
/* A list of texts as JSON, and back. */
int mr_upload_list_write(mr_arena *a, const mr_str *texts, size_t count, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
int mr_upload_list_read(mr_arena *a, mr_str json, const mr_str **ret, size_t *ret_count,
                        struct mr_err *err) MR_MUST_CHECK;

#endif
