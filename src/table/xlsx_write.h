/* Workbooks (.xlsx) out, row by row. Every cell is a text: nothing that somebody typed can become a formula. */
#ifndef MR_TABLE_XLSX_WRITE_H
#define MR_TABLE_XLSX_WRITE_H

#include "base/buf.h"
#include "base/err.h"

typedef struct mr_xlsx_writer mr_xlsx_writer;

/* Begin a workbook of one sheet.
 *   sheet   its name, at most 31 characters, without []:*?/\
 *   errors  MR_E_LIBRARY, MR_E_NOMEM, MR_E_IO */
int mr_xlsx_write_open(const char *sheet, mr_xlsx_writer **ret, struct mr_err *err) MR_MUST_CHECK;
/* The next row. Texts are cut at 32767 characters, the most that a cell holds; control characters become U+FFFD.
 *   is_header  bold, kept in sight when scrolling */
void mr_xlsx_write_row(mr_xlsx_writer *w, const mr_str *cells, size_t count, bool is_header);
/* Below the header, so many rows of a column offer these values to choose from (each at most 255 characters in all); ends with NULL. */
void mr_xlsx_write_choices(mr_xlsx_writer *w, size_t column, size_t rows, const char *const *values);
/* A note at a cell of the header. */
void mr_xlsx_write_note(mr_xlsx_writer *w, size_t column, mr_str text);
/* Width of a column, in characters. */
void mr_xlsx_write_width(mr_xlsx_writer *w, size_t column, unsigned characters);
/* Append the workbook to `out`; w is gone in either case. Errors: MR_E_IO, MR_E_LIMIT (the buffer's maximum), MR_E_NOMEM. */
int mr_xlsx_write_close(mr_xlsx_writer *w, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* Give it up. */
void mr_xlsx_write_drop(mr_xlsx_writer *w);

#endif
