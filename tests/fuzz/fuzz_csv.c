/* Reads any bytes as a table, writes it and reads it again: never a crash, never text that is not UTF-8, never a cell that changes on
 * the way. The first byte chooses how many bytes the source gives at a time, so that rows break anywhere. */
#include "table/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct dripping {
    mr_str rest;
    size_t at_most;
};

static ptrdiff_t drip(void *self, char *out, size_t size)
{
    struct dripping *d = self;
    size_t n = d->rest.len < size ? d->rest.len : size;
    if (n > d->at_most) n = d->at_most;
    if (n) memcpy(out, d->rest.ptr, n);
    d->rest = mr_str_from(d->rest, n);
    return (ptrdiff_t)n;
}

static void require(bool truth)
{
    if (!truth) abort();
}

/* Appends the rows without fault to out. */
static uint64_t copy(mr_csv_reader *r, mr_buf *out)
{
    uint64_t rows = 0, number = 0;
    struct mr_err err;
    for (const mr_csv_row *row; mr_csv_next(r, &row, &err) == MR_OK && row; rows++) {
        require(row->number > number && row->line >= row->number);
        number = row->number;
        for (size_t i = 0; i < row->count || i < row->given; i++)
            require(mr_utf8_check(row->cells[i]) == row->cells[i].len);
        for (size_t i = 0; i < row->count; i++) mr_csv_put_cell(out, row->cells[i], r->separator);
        mr_csv_end_row(out);
    }
    return rows;
}

static void put_header(const mr_csv_reader *r, mr_buf *out)
{
    for (size_t i = 0; i < r->column_count; i++) {
        mr_csv_put_cell(out, r->columns[i], r->separator);
        require(mr_csv_column(r, "name") < (int)r->column_count);
    }
    mr_csv_end_row(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mr_err err;
    MR_CLEANUP(mr_csv_close) mr_csv_reader first = {0};
    MR_CLEANUP(mr_csv_close) mr_csv_reader second = {0};
    MR_CLEANUP(mr_buf_done) mr_buf once;
    MR_CLEANUP(mr_buf_done) mr_buf twice;
    mr_buf_init(&once, 64 * MR_MIB);
    mr_buf_init(&twice, 64 * MR_MIB);
    if (size < 1) return 0;
    struct dripping d = {{(const char *)data + 1, size - 1}, (size_t)data[0] + 1};
    if (mr_csv_open(&first, (mr_csv_source){drip, &d}, &err) != MR_OK) return 0;
    require(first.column_count > 0 && first.column_count <= MR_LIMIT_TABLE_COLUMNS);
    put_header(&first, &once);
    uint64_t rows = copy(&first, &once);
    require(!mr_buf_failed(&once));

    struct dripping again = {mr_buf_str(&once), 4096};
    if (mr_csv_open(&second, (mr_csv_source){drip, &again}, &err) != MR_OK) return 0;
    if (second.separator != first.separator) return 0; /* a header without any separator tells none */
    put_header(&second, &twice);
    require(copy(&second, &twice) <= rows); /* a row of surplus cells alone becomes blank */
    require(second.column_count == first.column_count);
    return 0;
}
