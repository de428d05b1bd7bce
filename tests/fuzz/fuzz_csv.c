/* Reads any bytes as a table, writes it and reads it again: never a crash, never text that is not UTF-8, never a cell that changes on
 * the way. The first byte chooses how many bytes the source gives at a time, and whether a blank row of 64 KiB, which the
 * reader takes in one go, comes behind the first line; without them small tables would never break within a row. */
#include "table/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BLANK_ROW = 65536 };

struct dripping {
    mr_str rest;
    size_t blank_from, blank; /* how many blanks, the last a line feed, to put in after so many bytes */
    size_t at_most;
};

static ptrdiff_t drip(void *self, char *out, size_t size)
{
    struct dripping *d = self;
    bool blank = d->blank_from == 0 && d->blank;
    size_t left = blank ? d->blank : d->blank_from ? d->blank_from : d->rest.len;
    size_t n = left < size ? left : size;
    if (blank) {
        memset(out, ' ', n);
        d->blank -= n;
        if (d->blank == 0) out[n - 1] = '\n';
        return (ptrdiff_t)n;
    }
    if (n > d->at_most) n = d->at_most;
    if (n) memcpy(out, d->rest.ptr, n);
    if (d->blank_from) d->blank_from -= n;
    d->rest = mr_str_from(d->rest, n);
    return (ptrdiff_t)n;
}

static struct dripping dripping(mr_str text, uint8_t choice)
{
    struct dripping d = {.rest = text, .at_most = (size_t)(choice & 0x7F) + 1};
    ptrdiff_t line = mr_str_find_char(text, '\n');
    bool quoted = line >= 0 && mr_str_find_char(mr_str_make(text.ptr, (size_t)line), '"') >= 0;
    if (choice & 0x80 && line >= 0 && !quoted) {
        d.blank_from = (size_t)line + 1;
        d.blank = BLANK_ROW;
    }
    return d;
}

static void require(bool truth)
{
    if (!truth) abort();
}

static bool is_blank(const mr_csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (mr_str_trim(row->cells[i]).len) return false;
    return true;
}

/* Appends the cells of named columns to out; whether the table was read to its end. */
static bool copy(mr_csv_reader *r, mr_buf *out)
{
    uint64_t number = 0;
    struct mr_err err;
    const mr_csv_row *row;
    int code;
    while ((code = mr_csv_next(r, &row, &err)) == MR_OK && row) {
        require(row->number > number && row->line >= row->number);
        number = row->number;
        for (size_t i = 0; i < row->count || i < row->given; i++)
            require(mr_utf8_check(row->cells[i]) == row->cells[i].len);
        if (is_blank(row)) continue; /* it has surplus cells only */
        for (size_t i = 0; i < row->count; i++) mr_csv_put_cell(out, row->cells[i], r->separator);
        mr_csv_end_row(out);
    }
    return code == MR_OK;
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
    struct dripping d = dripping(mr_str_make((const char *)data + 1, size - 1), data[0]);
    if (mr_csv_open(&first, (mr_csv_source){drip, &d}, &err) != MR_OK) return 0;
    require(first.column_count > 0 && first.column_count <= MR_LIMIT_TABLE_COLUMNS);
    put_header(&first, &once);
    if (!copy(&first, &once)) return 0;
    require(!mr_buf_failed(&once));

    struct dripping again = dripping(mr_buf_str(&once), data[0] ^ 0x80);
    if (mr_csv_open(&second, (mr_csv_source){drip, &again}, &err) != MR_OK)
        return 0;                                      /* "%PDF-" is a name, but no table */
    if (second.separator != first.separator) return 0; /* a header without any separator tells none */
    put_header(&second, &twice);
    if (!copy(&second, &twice)) return 0; /* a row that quotation marks made too long */
    require(mr_str_eq(mr_buf_str(&once), mr_buf_str(&twice)));
    return 0;
}
