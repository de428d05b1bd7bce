/* Tables that people upload, whatever they were saved as: CSV (table/csv.h) or a workbook (table/xlsx.h). One row at a time, in rows of the same form.
 *
 *   MR_CLEANUP(mr_table_close) mr_table table = {0};
 *   MR_TRY(mr_table_open(&table, content, MR_STR_EMPTY, err));
 *   for (const mr_csv_row *row;;) {
 *       MR_TRY(mr_table_next(&table, &row, err));
 *       if (!row) break;
 *   } */
#ifndef MR_TABLE_READER_H
#define MR_TABLE_READER_H

#include "table/csv.h"
#include "table/xlsx.h"

typedef struct mr_table {
    mr_csv_reader *csv; /* one of both */
    mr_xlsx *xlsx;
    const mr_str *columns; /* names in the header, trimmed; valid until close */
    size_t column_count;
    /* of mr_table_open */
    mr_str rest;
    mr_csv_reader *own;
} mr_table;

/* Open what was uploaded.
 *   content  borrowed until mr_table_close
 *   sheet    of a workbook; empty: the first that is visible
 *   errors   those of mr_csv_open and mr_xlsx_open */
int mr_table_open(mr_table *t, mr_str content, mr_str sheet, struct mr_err *err) MR_MUST_CHECK;
/* The table of an open CSV reader, which stays its owner's. */
mr_table mr_table_of_csv(mr_csv_reader *csv);
void mr_table_close(mr_table *t);

/* The next row that is not blank; NULL behind the last. */
int mr_table_next(mr_table *t, const mr_csv_row **ret, struct mr_err *err) MR_MUST_CHECK;
/* Index of the column of this name, as mr_csv_column. */
int mr_table_column(const mr_table *t, mr_str name);

#endif
