/* Over libxlsxwriter, opened on first use. It writes files; ours lies in memory (memfd_create), and rows go to a temporary file of the library as they come, so that
 * memory does not grow with them. */
#include "table/xlsx_write.h"

#include "base/lazy.h"
#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define XLSX_FUNCTIONS(F)                                                                                              \
    F(workbook_new_opt)                                                                                                \
    F(workbook_add_worksheet)                                                                                          \
    F(workbook_add_format)                                                                                             \
    F(workbook_close)                                                                                                  \
    F(format_set_bold)                                                                                                 \
    F(format_set_num_format)                                                                                           \
    F(worksheet_write_string)                                                                                          \
    F(worksheet_freeze_panes)                                                                                          \
    F(worksheet_set_column)                                                                                            \
    F(worksheet_data_validation_range)                                                                                 \
    F(worksheet_write_comment)
MR_LAZY_LIBRARY(xlsx, "libxlsxwriter.so.4", XLSX_FUNCTIONS)

#define CELL_MOST 32767 /* characters of a cell */

struct mr_xlsx_writer {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *bold, *plain;
    mr_arena cell;
    lxw_row_t row;
    int file;
    bool failed;
};

static void writer_free(mr_xlsx_writer *w)
{
    if (w->file >= 0) close(w->file);
    mr_arena_done(&w->cell);
    free(w);
}

static bool start(mr_xlsx_writer *w, const char *sheet)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", w->file);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    w->book = xlsx_table.workbook_new_opt(path, &options);
    if (!w->book) return false;
    w->sheet = xlsx_table.workbook_add_worksheet(w->book, sheet);
    w->bold = xlsx_table.workbook_add_format(w->book);
    w->plain = xlsx_table.workbook_add_format(w->book);
    if (!w->sheet || !w->bold || !w->plain) return false;
    xlsx_table.format_set_bold(w->bold);
    xlsx_table.format_set_num_format(w->plain,
                                     "@"); /* text, also for what is typed there later: no date is turned about */
    return true;
}

int mr_xlsx_write_open(const char *sheet, mr_xlsx_writer **ret, struct mr_err *err)
{
    MR_TRY(xlsx_load(err));
    mr_xlsx_writer *w = calloc(1, sizeof *w);
    if (!w) return MR_FAIL(err, MR_E_NOMEM, "no memory to write a workbook", MR_NOWHERE);
    mr_arena_init(&w->cell, MR_LIMIT_TABLE_ROW * 4);
    w->file = memfd_create("workbook", MFD_CLOEXEC);
    if (w->file < 0 || !start(w, sheet)) {
        mr_xlsx_write_drop(w);
        return MR_FAIL(err, MR_E_IO, "a workbook could not be begun", MR_NOWHERE);
    }
    *ret = w;
    return MR_OK;
}

/* A C string of a cell, of characters that XML can hold, at most CELL_MOST of them. */
static const char *clean(mr_arena *a, mr_str text)
{
    char *out = mr_arena_alloc(a, text.len * 3 + 1);
    size_t n = 0, characters = 0;
    if (!out) return NULL;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c & 0xC0) != 0x80 && ++characters > CELL_MOST) break;
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') {
            memcpy(out + n, "\xEF\xBF\xBD", 3);
            n += 3;
        } else {
            out[n++] = (char)c;
        }
    }
    out[n] = '\0';
    return out;
}

void mr_xlsx_write_row(mr_xlsx_writer *w, const mr_str *cells, size_t count, bool is_header)
{
    mr_arena_reset(&w->cell);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].len == 0) continue;
        const char *text = clean(&w->cell, cells[i]);
        w->failed |= !text || xlsx_table.worksheet_write_string(w->sheet, w->row, (lxw_col_t)i, text,
                                                                is_header ? w->bold : w->plain) != LXW_NO_ERROR;
    }
    if (is_header) xlsx_table.worksheet_freeze_panes(w->sheet, w->row + 1, 0);
    w->row++;
}

void mr_xlsx_write_choices(mr_xlsx_writer *w, size_t column, size_t rows, const char *const *values)
{
    lxw_data_validation validation = {.validate = LXW_VALIDATION_TYPE_LIST, .value_list = (char **)(uintptr_t)values};
    w->failed |= xlsx_table.worksheet_data_validation_range(w->sheet, 1, (lxw_col_t)column, (lxw_row_t)rows,
                                                            (lxw_col_t)column, &validation) != LXW_NO_ERROR;
}

void mr_xlsx_write_note(mr_xlsx_writer *w, size_t column, mr_str text)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 64 * MR_KIB);
    const char *note = clean(&a, text);
    w->failed |= !note || xlsx_table.worksheet_write_comment(w->sheet, 0, (lxw_col_t)column, note) != LXW_NO_ERROR;
}

void mr_xlsx_write_width(mr_xlsx_writer *w, size_t column, unsigned characters)
{
    w->failed |= xlsx_table.worksheet_set_column(w->sheet, (lxw_col_t)column, (lxw_col_t)column, characters,
                                                 w->plain) != LXW_NO_ERROR;
}

static int take_file(int file, mr_buf *out, struct mr_err *err)
{
    struct stat found;
    if (fstat(file, &found) != 0) return MR_FAIL(err, MR_E_IO, "a workbook could not be written", MR_NOWHERE);
    size_t size = (size_t)found.st_size, done = 0;
    char *at = mr_buf_reserve(out, size);
    if (!at) return MR_FAIL(err, MR_E_LIMIT, "the workbook is too large", MR_NOWHERE);
    while (done < size) {
        ssize_t n = pread(file, at + done, size - done, (off_t)done);
        if (n <= 0) return MR_FAIL(err, MR_E_IO, "a workbook could not be written", MR_NOWHERE);
        done += (size_t)n;
    }
    out->len += size;
    return MR_OK;
}

int mr_xlsx_write_close(mr_xlsx_writer *w, mr_buf *out, struct mr_err *err)
{
    bool failed = w->failed;
    failed |= xlsx_table.workbook_close(w->book) != LXW_NO_ERROR;
    int code =
        failed ? MR_FAIL(err, MR_E_IO, "a workbook could not be written", MR_NOWHERE) : take_file(w->file, out, err);
    writer_free(w);
    return code;
}

void mr_xlsx_write_drop(mr_xlsx_writer *w)
{
    if (!w) return;
    if (w->book) (void)!xlsx_table.workbook_close(w->book);
    writer_free(w);
}
