/* Any bytes as a workbook: never a crash; rows come in their order, and every cell is UTF-8 without NUL. */
#include "table/reader.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mr_xlsx *x = NULL;
    const mr_csv_row *row = NULL;
    const mr_str *columns;
    uint64_t last = 0;
    if (mr_xlsx_open(mr_str_make((const char *)data, size), MR_STR_EMPTY, &x, NULL) != MR_OK) return 0;
    require(mr_xlsx_columns(x, &columns) > 0);
    while (mr_xlsx_next(x, &row, NULL) == MR_OK && row) {
        require(row->number > last && row->given <= MR_LIMIT_TABLE_COLUMNS);
        last = row->number;
        for (size_t i = 0; i < row->count; i++)
            require(mr_utf8_check(row->cells[i]) == row->cells[i].len && mr_str_find_char(row->cells[i], '\0') < 0);
    }
    mr_xlsx_close(x);
    return 0;
}
