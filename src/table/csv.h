/* Comma-separated values: tables of text as registrars' spreadsheets save them. The reader works in constant memory, tells rows
 * by the number that a spreadsheet shows, and returns what is wrong with a row as a value, so that the good rows go on.
 *
 *   MR_CLEANUP(mr_csv_close) mr_csv_reader reader = {0};
 *   MR_TRY(mr_csv_open(&reader, mr_csv_from_text(&text), err));
 *   int email = mr_csv_column(&reader, "e-mail");
 *   for (const mr_csv_row *row;;) {
 *       MR_TRY(mr_csv_next(&reader, &row, err));
 *       if (!row) break;
 *       if (row->fault) ... mr_csv_fault_text(row->fault) ...
 *       mr_str address = mr_csv_cell(row, email);
 *   }
 *
 * Sources: RFC 4180; for the rest (encodings, separators, line ends) what LibreOffice Calc and Microsoft Excel write. */
#ifndef MR_TABLE_CSV_H
#define MR_TABLE_CSV_H

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

/* Where the bytes come from. read: at most `size` bytes to `out`; returns their number, 0 at the end, -1 on an error (errno). */
typedef struct mr_csv_source {
    ptrdiff_t (*read)(void *self, char *out, size_t size);
    void *self;
} mr_csv_source;

/* Text in memory. `rest` is borrowed until the reader is closed and moves with what has been read. */
mr_csv_source mr_csv_from_text(mr_str *rest);
/* An open file or pipe; the caller closes it. */
mr_csv_source mr_csv_from_fd(int fd);

typedef enum mr_csv_encoding {
    MR_CSV_UTF8,
    MR_CSV_WINDOWS_1252 /* taken for it because the text is not UTF-8: worth a word to the user */
} mr_csv_encoding;

/* What is wrong with a row. */
typedef enum mr_csv_fault {
    MR_CSV_FINE = 0,
    MR_CSV_SURPLUS_CELL, /* a cell with text in no column of the header */
    MR_CSV_STRAY_QUOTE,  /* a quotation mark inside a cell that does not begin with one (RFC 4180 section 2 rule 5) */
    MR_CSV_TEXT_BEHIND,  /* text between a closing quotation mark and the end of the cell */
    MR_CSV_NOT_A_CHARACTER, /* bytes that are no text in the table's encoding; they read as "?" or U+FFFD */
    MR_CSV_ERROR_VALUE,     /* of workbooks: a formula that came to an error; the cell reads "#N/A" or the like */
    MR_CSV_NO_VALUE,        /* of workbooks: a formula that was saved without its value */
    MR_CSV_MERGED           /* of workbooks: a cell that another is merged over */
} mr_csv_fault;

/* The stable code ("surplus_cell") and what it means, in English. */
const char *mr_csv_fault_name(mr_csv_fault fault);
const char *mr_csv_fault_text(mr_csv_fault fault);

/* One row; valid until the next call with its reader.
 *   cells         text in UTF-8, with its blanks; always `count` of them, and the surplus up to `given`
 *   count         columns of the header
 *   given         cells that the row has; when fewer than `count`, the missing ones are empty
 *   number        of the row as a spreadsheet shows it: the header is usually 1; blank rows count, a "sep=" line does not
 *   line          physical line, from 1, on which the row begins
 *   fault         the first fault; MR_CSV_FINE when there is none
 *   fault_column  index of the cell with the fault */
typedef struct mr_csv_row {
    const mr_str *cells;
    size_t count, given;
    uint64_t number, line;
    mr_csv_fault fault;
    size_t fault_column;
} mr_csv_row;

/* Fields up to the blank line are for the user of the reader to look at. */
typedef struct mr_csv_reader {
    mr_csv_encoding encoding;
    char separator;
    size_t column_count;
    const mr_str *columns; /* trimmed; an empty name where the header has none; valid until close */

    mr_csv_source source;
    mr_buf text; /* UTF-8 or presumed so; at .. text.len is not yet read */
    size_t at;
    uint64_t offset;       /* bytes taken from the source */
    uint64_t number, line; /* of the row that begins at `at` */
    bool at_end;           /* the source has no more */
    uint8_t special[256];  /* 1: a byte that a bare cell cannot run over */
    mr_arena names;
    mr_csv_row row;
    mr_str cells[MR_LIMIT_TABLE_COLUMNS];
    bool doubled[MR_LIMIT_TABLE_COLUMNS]; /* the cell has doubled quotation marks */
} mr_csv_reader;

/* Find encoding and separator and read the header, the first row that is not blank. mr_csv_close may follow in any case.
 *   errors  MR_E_CSV: empty, UTF-16, a workbook, NUL bytes, a faulty header, an unclosed quotation mark; MR_E_LIMIT: a row longer than
 *           MR_LIMIT_TABLE_ROW bytes or a header of more than MR_LIMIT_TABLE_COLUMNS columns; MR_E_IO; MR_E_NOMEM. The pointer says
 *           "row 3, line 4": where that row begins. */
int mr_csv_open(mr_csv_reader *r, mr_csv_source source, struct mr_err *err) MR_MUST_CHECK;
void mr_csv_close(mr_csv_reader *r);

/* The next row that is not blank (a row of empty cells is blank).
 *   ret     NULL behind the last row
 *   errors  as mr_csv_open; there is no reading on after one */
int mr_csv_next(mr_csv_reader *r, const mr_csv_row **ret, struct mr_err *err) MR_MUST_CHECK;

/* How far the reading is, in bytes of the source: for a progress bar; exact in UTF-8. */
uint64_t mr_csv_progress(const mr_csv_reader *r);

/* No column, and more than one, of a name. */
enum { MR_CSV_NO_COLUMN = -1, MR_CSV_TWO_COLUMNS = -2 };
/* Index of the column with this name, without regard to case (of Latin letters up to U+00FF, Greek and Cyrillic), accents of Greek, outer blanks, and the
 * difference between blanks, "_" and "-". */
int mr_csv_column(const mr_csv_reader *r, const char *name);
/* The same among names of columns. */
int mr_csv_find_column(const mr_str *columns, size_t count, mr_str name);
/* Are these the same name in that sense? */
bool mr_csv_is_same_name(mr_str a, mr_str b);

/* The trimmed text of a cell; empty when `column` is negative. */
mr_str mr_csv_cell(const mr_csv_row *row, int column);

/* Append one cell and the separator, in quotation marks when it needs them. Text that a spreadsheet would run as a formula (it begins
 * with = + - @, a tab or a carriage return, and is no plain number) gets an apostrophe in front, which the reader takes off again. */
void mr_csv_put_cell(mr_buf *b, mr_str cell, char separator);
/* End the row: the last separator becomes CR LF (RFC 4180 section 2 rule 1). */
void mr_csv_end_row(mr_buf *b);

#endif
