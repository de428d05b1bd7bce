/* Results: a table of learners who achieved a specification, one row each. Columns (any order, names without case; more in docs/results.md):
 * name, or given name and family name; birth date; e-mail; student number; grade; date (of awarding); place; ects; supervision; language. */
#ifndef MR_CREDENTIAL_RESULTS_H
#define MR_CREDENTIAL_RESULTS_H

#include "base/env.h"
#include "credential/mapping.h"
#include "model/achievement.h"
#include "table/reader.h"

/* A reader of result rows over an open CSV reader. */
typedef struct mr_results mr_results;
/* Reads the header's meaning. Errors: MR_E_CSV (detail: the missing column, or the one that is there twice), MR_E_NOMEM.
 *   defaults  awarding date for rows that give none: its now; rows dated after it are faults */
int mr_results_open(mr_arena *a, struct mr_csv_reader *csv, const mr_env *env, mr_results **ret,
                    struct mr_err *err) MR_MUST_CHECK;
/* The same over any table, and with a mapping; NULL: columns are told by their names. Both are borrowed; the table until mr_results_close.
 * A column that the mapping names and the table lacks is none. */
int mr_results_open_table(mr_arena *a, mr_table *table, const mr_mapping *mapping, const mr_env *env, mr_results **ret,
                          struct mr_err *err) MR_MUST_CHECK;
void mr_results_close(mr_results *r);
/* The columns that mean nothing to Merit, as the header names them: worth a word, in case one is mistyped. Returns how many there are; the first
 * `max` are put into `out`. */
size_t mr_results_unused(const mr_results *r, mr_str *out, size_t max);

typedef enum mr_row_fate {
    MR_ROW_READY,
    MR_ROW_REFUSED,
    MR_ROW_DUPLICATE, /* same learner earlier in this file */
    MR_ROW_NOT_PASSED /* by the mapping's scale of grades */
} mr_row_fate;
struct mr_result_row {
    size_t number; /* as a spreadsheet shows it: the header is row 1 */
    mr_row_fate fate;
    mr_achievement achievement;  /* id empty: given when awarded */
    struct mr_findings findings; /* why, when not ready */
    size_t first_number;         /* of a duplicate: the row that is used */
    char learner_key[33]; /* the same learner in the same words gives the same key: hash of name, birth date, e-mail */
};
/* The next row; texts live in `a` until the caller resets it. ret_row false at the end. Errors: MR_E_CSV (the file cannot be read on), MR_E_IO. */
int mr_results_next(mr_results *r, mr_arena *a, struct mr_result_row *ret, bool *ret_row,
                    struct mr_err *err) MR_MUST_CHECK;
/* The cells of the row that was read last, as they stand: as many as the row or the header has. Valid until the next row. */
size_t mr_results_cells(const mr_results *r, const mr_str **ret);
/* A table of these achievements, with its header, as `merit issue` reads it. A supervision or credit that is that of the specification is left out. */
void mr_results_write(const mr_achievement *achievements, size_t count, mr_buf *out);
/* The sample that `merit results template` writes. */
void mr_results_write_template(mr_buf *out);
/* The row that was read last, as it was read, and one column more: the reason; for the file of refused rows. header: writes the header line instead
 * (row is NULL, reason the name of the new column; a column of that name, from an earlier round, is replaced). Mended, the file can be
 * given in again. */
void mr_results_write_refused(mr_results *r, const struct mr_result_row *row, mr_str reason, bool header, mr_buf *out);

#endif
