/* Workbooks (.xlsx) read a row at a time, as spreadsheets save them: the first visible sheet, or a chosen one. Rows look like those of a CSV table, so that
 * whoever reads results need not know which it was (table/reader.h): dates are ISO texts, numbers are written as a person would, booleans are
 * "true" and "false", a formula is the value that was saved with it.
 *
 * Sources: ECMA-376 part 1 (SpreadsheetML) sections 18.2 to 18.8, part 2 (packages); for the rest what Microsoft Excel, LibreOffice Calc and openpyxl write. */
#ifndef MR_TABLE_XLSX_H
#define MR_TABLE_XLSX_H

#include "table/csv.h"

typedef struct mr_xlsx mr_xlsx;

/* What a file is, told by its first bytes: a ZIP archive (a workbook, perhaps), and an OLE file (an older or a protected one). */
bool mr_xlsx_is(mr_str content);

/* Open a workbook, check the whole of its package and read the header, the first row of the sheet that is not blank.
 *   content  borrowed until mr_xlsx_close
 *   sheet    name of the sheet; empty: the first that is visible
 *   errors   MR_E_CSV: it is another kind of file (old .xls, protected with a password, .ods, .xlsb, no workbook), it is damaged, it holds a document type
 *            declaration, the sheet is missing, empty, or its header has a fault; MR_E_LIMIT: it holds more than it may (octets, entries, shared
 *            strings, rows, columns, a cell), or unpacks to a multiple of its size that no table does; MR_E_NOMEM, MR_E_LIBRARY. The
 *            pointer says "row 3" where that is known. */
int mr_xlsx_open(mr_str content, mr_str sheet, mr_xlsx **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_xlsx_close(mr_xlsx *x);

/* Names of the columns, trimmed; an empty name where the header has none; valid until close. */
size_t mr_xlsx_columns(const mr_xlsx *x, const mr_str **ret);
/* Names of the visible sheets in their order, the one that is read among them; valid until close. */
size_t mr_xlsx_sheets(const mr_xlsx *x, const mr_str **ret);
mr_str mr_xlsx_sheet(const mr_xlsx *x);

/* The next row that is not blank; NULL behind the last. Valid until the next call. Errors as mr_xlsx_open; there is no reading on after one. */
int mr_xlsx_next(mr_xlsx *x, const mr_csv_row **ret, struct mr_err *err) MR_MUST_CHECK;

#endif
