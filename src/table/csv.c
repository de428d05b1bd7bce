/* CSV in and out.
 *
 * Why not libcsv: it hands out cells without row and line numbers, has no limits, no notion of encodings, and cannot tell
 * a stray quotation mark from a meant one; what was left to add was longer than the reader.
 *
 * Idea: the bytes of one row are gathered in `text`; scan_row() finds its cells without changing a byte, so that it can
 * simply be run again from the start of the row when the row turns out to be incomplete. Each refill doubles what there is
 * of the row, so scanning anew costs no more than reading did. Only when the row is whole does finish_row() make text
 * of it: doubled quotation marks become single ones, in place.
 *
 * Encoding is decided once, on the first SNIFFED bytes: a byte order mark or well-formed UTF-8 makes the table UTF-8,
 * anything else Windows-1252, which is converted as it is read; behind this point there is only UTF-8.
 *
 * Invariants:
 *   1. text.ptr[at .. text.len) is what is not yet handed out; everything before belongs to the row handed out last;
 *   2. number and line are those of the row at `at`;
 *   3. every cell handed out is well-formed UTF-8 without NUL.
 *
 * Sources: RFC 4180; WHATWG Encoding Standard, index windows-1252. */
#include "table/csv.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define SNIFFED (64 * MR_KIB) /* what is looked at before anything is decided */
#define REFILL (64 * MR_KIB)  /* most that is asked for at once */

enum { RAW_PIECE = 16 * 1024 };

/* ---- sources ---- */

static ptrdiff_t read_text(void *self, char *out, size_t size)
{
    mr_str *rest = self;
    size_t n = rest->len < size ? rest->len : size;
    if (n) memcpy(out, rest->ptr, n);
    *rest = mr_str_from(*rest, n);
    return (ptrdiff_t)n;
}

static ptrdiff_t read_fd(void *self, char *out, size_t size)
{
    for (;;) {
        ssize_t n = read((int)(intptr_t)self, out, size);
        if (n >= 0 || errno != EINTR) return n;
    }
}

mr_csv_source mr_csv_from_text(mr_str *rest)
{
    return (mr_csv_source){read_text, rest};
}
mr_csv_source mr_csv_from_fd(int fd)
{
    return (mr_csv_source){read_fd, (void *)(intptr_t)fd};
}

/* ---- faults ---- */

static const struct {
    const char *name, *text;
} faults[] = {
    [MR_CSV_FINE] = {"fine", "Nothing is wrong with the form of this row."},
    [MR_CSV_SURPLUS_CELL] = {"surplus_cell", "The row has more cells than the header has columns."},
    [MR_CSV_STRAY_QUOTE] = {"stray_quote", "A quotation mark stands inside a cell that does not begin with one."},
    [MR_CSV_TEXT_BEHIND] = {"text_behind_quote", "Text follows a closing quotation mark within a cell."},
    [MR_CSV_NOT_A_CHARACTER] = {"not_a_character",
                                "The row holds bytes that are no characters in the table's encoding."},
    [MR_CSV_ERROR_VALUE] = {"error_value", "A formula of the row came to an error."},
    [MR_CSV_NO_VALUE] = {"no_value", "A formula of the row was saved without its value."},
    [MR_CSV_MERGED] = {"merged", "A cell of the row is merged with another."},
};

const char *mr_csv_fault_name(mr_csv_fault fault)
{
    return faults[fault].name;
}
const char *mr_csv_fault_text(mr_csv_fault fault)
{
    return faults[fault].text;
}

static void note_fault(mr_csv_row *row, mr_csv_fault fault, size_t column)
{
    if (row->fault) return;
    row->fault = fault;
    row->fault_column = column;
}

/* ---- bytes in ---- */

/* An error of the row that begins at `at`. */
#define FAIL_ROW(r, err, code, message) fail_row((err), (code), (message), (r)->number, (r)->line, __LINE__)
static int fail_row(struct mr_err *err, mr_code code, const char *message, uint64_t row, uint64_t line, int place)
{
    mr_err_set(err, code, message, MR_NOWHERE, __FILE__, place);
    if (err)
        snprintf(err->pointer, sizeof err->pointer, "row %llu, line %llu", (unsigned long long)row,
                 (unsigned long long)line);
    return code;
}

static int refuse_nul(mr_str bytes, uint64_t offset, struct mr_err *err)
{
    ptrdiff_t at = mr_str_find_char(bytes, '\0');
    return at < 0 ? MR_OK : MR_FAIL(err, MR_E_CSV, "a NUL byte: this is no table of text", offset + (size_t)at);
}

/* Code points of the bytes 0x80 to 0x9F; the rest of Windows-1252 equals ISO 8859-1. 0xFFFD where there is no character. */
static const uint16_t windows_1252[32] = {0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                          0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
                                          0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                          0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

static void put_windows_1252(mr_buf *b, mr_str raw)
{
    char *start = mr_buf_reserve(b, raw.len * 3), *out = start;
    if (!out) return;
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.ptr[i];
        if (c < 0x80)
            *out++ = (char)c;
        else
            out += mr_utf8_write(c < 0xA0 ? windows_1252[c - 0x80] : c, out);
    }
    b->len += (size_t)(out - start);
}

/* One read from the source, converted when need be. */
static int read_piece(mr_csv_reader *r, struct mr_err *err)
{
    char raw[RAW_PIECE];
    bool convert = r->encoding == MR_CSV_WINDOWS_1252;
    char *out = convert ? raw : mr_buf_reserve(&r->text, RAW_PIECE);
    if (!out) return FAIL_ROW(r, err, MR_E_NOMEM, "no memory for a row");
    ptrdiff_t n = r->source.read(r->source.self, out, RAW_PIECE);
    if (n < 0) return FAIL_ROW(r, err, MR_E_IO, "the table cannot be read");
    if (r->number) MR_TRY(refuse_nul(mr_str_make(out, (size_t)n), r->offset, err)); /* the first bytes: see sniff() */
    r->at_end = n == 0;
    r->offset += (size_t)n;
    if (convert)
        put_windows_1252(&r->text, mr_str_make(raw, (size_t)n));
    else
        r->text.len += (size_t)n;
    return mr_buf_failed(&r->text) ? FAIL_ROW(r, err, MR_E_NOMEM, "no memory for a row") : MR_OK;
}

/* Drop what has been handed out, then take at least `more` bytes, or all to the end of the source. */
static int refill(mr_csv_reader *r, size_t more, struct mr_err *err)
{
    if (r->at) {
        memmove(r->text.ptr, r->text.ptr + r->at, r->text.len - r->at);
        r->text.len -= r->at;
        r->at = 0;
    }
    for (size_t wanted = r->text.len + more; r->text.len < wanted && !r->at_end;) MR_TRY(read_piece(r, err));
    return MR_OK;
}

/* More of a row that is not whole: as much again as there is of it, so that scanning anew costs no more than reading. */
static int refill_row(mr_csv_reader *r, struct mr_err *err)
{
    size_t length = r->text.len - r->at;
    if (length > MR_LIMIT_TABLE_ROW)
        return FAIL_ROW(r, err, MR_E_LIMIT, "a row is longer than allowed; perhaps a quotation mark is not closed");
    return refill(r, length < 1 ? 1 : length > REFILL ? REFILL : length, err);
}

/* ---- one row ---- */

enum scan { SCAN_ROW, SCAN_INCOMPLETE, SCAN_UNCLOSED };

/* Line ends in a cell: CR LF, LF and CR are one each. */
static uint64_t count_lines(const char *p, const char *end)
{
    uint64_t lines = 0;
    for (; p < end; p++) lines += *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] != '\n'));
    return lines;
}

/* Cell without quotation marks, or what follows a closing one: up to a separator or line end. */
static const char *scan_bare(mr_csv_reader *r, const char *p, const char *end)
{
    for (;; p++) {
        while (p < end && !r->special[(unsigned char)*p]) p++;
        if (p == end || *p != '"') return p;
        note_fault(&r->row, MR_CSV_STRAY_QUOTE, r->row.given);
    }
}

/* From behind the opening quotation mark to the closing one; NULL when there is none yet. */
static const char *scan_quoted(const char *p, const char *end, bool at_end, bool *ret_doubled)
{
    while ((p = memchr(p, '"', (size_t)(end - p)))) {
        if (p + 1 == end) return at_end ? p : NULL;
        if (p[1] != '"') return p;
        *ret_doubled = true;
        p += 2;
    }
    return NULL;
}

static void add_cell(mr_csv_reader *r, const char *from, const char *to, bool doubled)
{
    size_t index = r->row.given++;
    if (index >= MR_LIMIT_TABLE_COLUMNS) {
        if (to > from) note_fault(&r->row, MR_CSV_SURPLUS_CELL, index);
        return;
    }
    r->cells[index] = mr_str_make(from, (size_t)(to - from));
    r->doubled[index] = doubled;
}

/* One cell at *p, which moves behind it. */
static enum scan scan_cell(mr_csv_reader *r, const char **p, const char *end, uint64_t *lines)
{
    const char *from = *p, *to;
    if (from == end || *from != '"') {
        to = scan_bare(r, from, end);
        if (to == end && !r->at_end) return SCAN_INCOMPLETE;
        add_cell(r, from, to, false);
        *p = to;
        return SCAN_ROW;
    }
    bool doubled = false;
    to = scan_quoted(from + 1, end, r->at_end, &doubled);
    if (!to) return r->at_end ? SCAN_UNCLOSED : SCAN_INCOMPLETE;
    *lines += count_lines(from, to);
    *p = to + 1;
    if (*p == end && !r->at_end) return SCAN_INCOMPLETE;
    if (*p == end || (r->special[(unsigned char)**p] && **p != '"')) {
        add_cell(r, from + 1, to, doubled);
        return SCAN_ROW;
    }
    note_fault(&r->row, MR_CSV_TEXT_BEHIND, r->row.given);
    *p = scan_bare(r, *p, end);
    if (*p == end && !r->at_end) return SCAN_INCOMPLETE;
    add_cell(r, from, *p, false);
    return SCAN_ROW;
}

/* Find the cells of the row at `at` into r->row and r->cells, as they stand.
 *   ret_next   offset of the next row
 *   ret_lines  physical lines that the row takes */
static enum scan scan_row(mr_csv_reader *r, size_t *ret_next, uint64_t *ret_lines)
{
    const char *p = r->text.ptr + r->at, *end = r->text.ptr + r->text.len;
    uint64_t lines = 1;
    r->row = (mr_csv_row){.cells = r->cells, .number = r->number, .line = r->line};
    for (;; p++) {
        enum scan result = scan_cell(r, &p, end, &lines);
        if (result != SCAN_ROW) return result;
        if (p == end || *p != r->separator) break;
    }
    if (p < end && *p == '\r') {
        if (p + 1 == end && !r->at_end) return SCAN_INCOMPLETE;
        if (p + 1 < end && p[1] == '\n') p++;
    }
    *ret_next = (size_t)(p - r->text.ptr) + (p < end);
    *ret_lines = lines;
    return SCAN_ROW;
}

/* Doubled quotation marks to single ones, in place. */
static mr_str undouble(mr_str cell)
{
    char *start = (char *)(uintptr_t)cell.ptr, *out = start; /* the text is in our own buffer */
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] == '"') i++;
        *out++ = cell.ptr[i];
    }
    return mr_str_make(start, (size_t)(out - start));
}

/* Bytes that are not UTF-8 become "?", so that nobody behind this point meets them. */
static void mask_foreign(mr_str text)
{
    char *start = (char *)(uintptr_t)text.ptr; /* the text is in our own buffer */
    for (size_t at = mr_utf8_check(text); at < text.len; at += mr_utf8_check(mr_str_from(text, at))) start[at] = '?';
}

static bool begins_formula(mr_str s)
{
    return s.len && memchr("=+-@\t\r", s.ptr[0], 6);
}

/* The writer puts an apostrophe before a formula, and one more before a text that has such apostrophes of its own. */
static bool is_guarded(mr_str cell)
{
    mr_str rest = cell;
    while (rest.len && rest.ptr[0] == '\'') rest = mr_str_from(rest, 1);
    return rest.len < cell.len && begins_formula(rest);
}

static const mr_str replacement_character = MR_STR_INIT("\xEF\xBF\xBD");

static bool has_foreign(const mr_csv_reader *r, mr_str text)
{
    if (r->encoding == MR_CSV_WINDOWS_1252) return mr_str_find(text, replacement_character) >= 0;
    return mr_utf8_check(text) < text.len;
}

/* Make text of the cells that scan_row found; raw: the row as it stands. */
static void finish_row(mr_csv_reader *r, mr_str raw)
{
    size_t held = r->row.given < MR_LIMIT_TABLE_COLUMNS ? r->row.given : MR_LIMIT_TABLE_COLUMNS;
    bool foreign = has_foreign(r, raw);
    for (size_t i = 0; i < held; i++) {
        mr_str *cell = &r->cells[i];
        if (r->doubled[i]) *cell = undouble(*cell);
        if (is_guarded(*cell)) *cell = mr_str_from(*cell, 1);
        if (!foreign || !has_foreign(r, *cell)) continue;
        if (r->encoding == MR_CSV_UTF8) mask_foreign(*cell);
        note_fault(&r->row, MR_CSV_NOT_A_CHARACTER, i);
    }
    if (foreign) note_fault(&r->row, MR_CSV_NOT_A_CHARACTER, held); /* behind the cells that are held */
}

/* After finish_row: a row of empty cells. */
static bool is_blank(const mr_csv_reader *r)
{
    if (r->row.fault) return false;
    for (size_t i = 0; i < r->row.given && i < MR_LIMIT_TABLE_COLUMNS; i++)
        if (mr_str_trim(r->cells[i]).len) return false;
    return true;
}

/* The next row, blank or not, with its cells as given; *ret_any false at the end. */
static int read_row(mr_csv_reader *r, bool *ret_any, struct mr_err *err)
{
    size_t next = 0;
    uint64_t lines = 0;
    for (;;) {
        *ret_any = r->at < r->text.len;
        enum scan result = *ret_any ? scan_row(r, &next, &lines) : SCAN_INCOMPLETE;
        if (result == SCAN_ROW) break;
        if (result == SCAN_UNCLOSED) return FAIL_ROW(r, err, MR_E_CSV, "a quotation mark is not closed");
        if (r->at_end) return MR_OK;
        MR_TRY(refill_row(r, err));
    }
    if (next - r->at > MR_LIMIT_TABLE_ROW)
        return FAIL_ROW(r, err, MR_E_LIMIT, "a row is longer than allowed; perhaps a quotation mark is not closed");
    finish_row(r, mr_str_make(r->text.ptr + r->at, next - r->at));
    r->at = next;
    r->number++;
    r->line += lines;
    return MR_OK;
}

static int read_filled_row(mr_csv_reader *r, bool *ret_any, struct mr_err *err)
{
    do MR_TRY(read_row(r, ret_any, err));
    while (*ret_any && is_blank(r));
    return MR_OK;
}

int mr_csv_next(mr_csv_reader *r, const mr_csv_row **ret, struct mr_err *err)
{
    bool any;
    MR_TRY(read_filled_row(r, &any, err));
    r->row.count = r->column_count;
    for (size_t i = r->row.given; any && i < r->column_count; i++) r->cells[i] = MR_STR_EMPTY;
    if (r->row.given > MR_LIMIT_TABLE_COLUMNS) r->row.given = MR_LIMIT_TABLE_COLUMNS;
    for (size_t i = r->column_count; any && i < r->row.given; i++)
        if (mr_str_trim(r->cells[i]).len) note_fault(&r->row, MR_CSV_SURPLUS_CELL, i);
    *ret = any ? &r->row : NULL;
    return MR_OK;
}

/* ---- beginning: encoding, separator, header ---- */

/* Files that people take for tables, told by their first bytes. */
static const struct {
    const char *bytes;
    size_t size;
    const char *message;
} other_kinds[] = {
    {"\xFF\xFE", 2, "the table is UTF-16 text; save it as \"CSV UTF-8\""},
    {"\xFE\xFF", 2, "the table is UTF-16 text; save it as \"CSV UTF-8\""},
    {"PK\x03\x04", 4, "this is a workbook (XLSX or ODS), not a CSV table; save it as \"CSV UTF-8\""},
    {"\xD0\xCF\x11\xE0", 4, "this is a workbook (XLS), not a CSV table; save it as \"CSV UTF-8\""},
    {"%PDF-", 5, "this is a PDF, not a CSV table"},
    {"\x89PNG", 4, "this is an image, not a CSV table"},
    {"\xFF\xD8\xFF", 3, "this is an image, not a CSV table"},
};

static const char *other_kind(mr_str start)
{
    for (size_t i = 0; i < sizeof other_kinds / sizeof *other_kinds; i++)
        if (mr_str_has_prefix(start, mr_str_make(other_kinds[i].bytes, other_kinds[i].size)))
            return other_kinds[i].message;
    /* UTF-16 without a byte order mark: every other byte of plain letters is 0. */
    if (start.len >= 2 && (!start.ptr[0]) != (!start.ptr[1])) return other_kinds[0].message;
    return NULL;
}

/* Without the octets of a last character that goes on behind the end. */
static mr_str whole_characters(mr_str s)
{
    for (size_t back = 1; back <= 3 && back <= s.len; back++) {
        unsigned char c = (unsigned char)s.ptr[s.len - back];
        if (c < 0x80) break;
        if (c < 0xC0) continue;
        size_t length = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        if (length > back) s.len -= back;
        break;
    }
    return s;
}

/* What the source has given so far was not UTF-8 after all. */
static int convert_start(mr_csv_reader *r, struct mr_err *err)
{
    mr_buf converted;
    mr_buf_init(&converted, r->text.max);
    put_windows_1252(&converted, mr_buf_str(&r->text));
    mr_buf_done(&r->text);
    r->text = converted;
    r->encoding = MR_CSV_WINDOWS_1252;
    return mr_buf_failed(&converted) ? FAIL_ROW(r, err, MR_E_NOMEM, "no memory for a row") : MR_OK;
}

/* Look at the first bytes: is it a table, and in which encoding? */
static int sniff(mr_csv_reader *r, struct mr_err *err)
{
    MR_TRY(refill(r, SNIFFED, err));
    mr_str start = mr_buf_str(&r->text);
    const char *kind = other_kind(start);
    if (kind) return MR_FAIL(err, MR_E_CSV, kind, 0);
    MR_TRY(refuse_nul(start, 0, err));
    if (mr_str_has_prefix(start, MR_STR("\xEF\xBB\xBF"))) {
        r->at = 3;
        return MR_OK;
    }
    if (!r->at_end) start = whole_characters(start);
    return mr_utf8_check(start) == start.len ? MR_OK : convert_start(r, err);
}

/* Excel's own first line "sep=;" names the separator and is no row. */
static bool take_separator_line(mr_csv_reader *r)
{
    mr_str text = mr_str_make(r->text.ptr + r->at, r->text.len - r->at);
    if (text.len < 5 || !mr_str_eq_ascii_nocase(mr_str_make(text.ptr, 4), MR_STR("sep="))) return false;
    if (!memchr(",;\t|", text.ptr[4], 4)) return false;
    size_t end = 5;
    if (end < text.len && text.ptr[end] == '\r') end++;
    if (end < text.len && text.ptr[end] == '\n') end++;
    if (end == 5 && end < text.len) return false;
    r->separator = text.ptr[4];
    r->at += end;
    r->line++;
    return true;
}

/* The separator that stands most often outside quotation marks in the first line with any text; comma when none does. */
static char find_separator(mr_str text)
{
    static const char candidates[] = ",;\t";
    size_t counts[3] = {0}, line = 0, best = 0, i = 0;
    bool quoted = false;
    for (; i < text.len && memchr("\r\n ,;\t", text.ptr[i], 6); i++)
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n') line = i + 1;
    for (i = line; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\r' || c == '\n') break;
        for (size_t k = 0; k < 3; k++) counts[k] += c == candidates[k];
    }
    for (size_t k = 1; k < 3; k++)
        if (counts[k] > counts[best]) best = k;
    return candidates[best];
}

static int fail_header(const mr_csv_reader *r, mr_code code, const char *message, struct mr_err *err)
{
    return fail_row(err, code, message, r->row.number, r->row.line, __LINE__);
}

static int read_header(mr_csv_reader *r, struct mr_err *err)
{
    bool any;
    MR_TRY(read_filled_row(r, &any, err));
    if (!any) return MR_FAIL(err, MR_E_CSV, "the table is empty", MR_NOWHERE);
    if (r->row.fault == MR_CSV_SURPLUS_CELL)
        return fail_header(r, MR_E_LIMIT, "the header has more columns than allowed", err);
    if (r->row.fault) return fail_header(r, MR_E_CSV, mr_csv_fault_text(r->row.fault), err);
    size_t count = r->row.given < MR_LIMIT_TABLE_COLUMNS ? r->row.given : MR_LIMIT_TABLE_COLUMNS;
    mr_str *columns = MR_NEW_ARRAY(&r->names, mr_str, count);
    for (size_t i = 0; columns && i < count; i++) {
        columns[i] = mr_arena_dup(&r->names, mr_str_trim(r->cells[i]));
        if (!columns[i].ptr) columns = NULL;
    }
    if (!columns) return fail_header(r, MR_E_NOMEM, "no memory for the header", err);
    while (columns[count - 1].len == 0) count--; /* ends: the row is not blank */
    r->columns = columns;
    r->column_count = count;
    return MR_OK;
}

int mr_csv_open(mr_csv_reader *r, mr_csv_source source, struct mr_err *err)
{
    *r = (mr_csv_reader){.source = source};
    mr_buf_init(&r->text, MR_LIMIT_TABLE_ROW + 3 * SNIFFED + REFILL + (size_t)3 * RAW_PIECE);
    mr_arena_init(&r->names, 4 * MR_LIMIT_TABLE_ROW);
    MR_TRY(sniff(r, err));
    r->number = r->line = 1;
    if (!take_separator_line(r)) r->separator = find_separator(mr_str_make(r->text.ptr + r->at, r->text.len - r->at));
    for (const char *c = "\"\r\n"; *c; c++) r->special[(unsigned char)*c] = 1;
    r->special[(unsigned char)r->separator] = 1;
    return read_header(r, err);
}

void mr_csv_close(mr_csv_reader *r)
{
    mr_buf_done(&r->text);
    mr_arena_done(&r->names);
}

/* ---- columns ---- */

/* The next letter of a name in the form in which names are compared; 0 at the end. */
static uint32_t next_letter(mr_str *s)
{
    size_t blanks = 0;
    while (s->len && strchr(" _-", s->ptr[0])) {
        *s = mr_str_from(*s, 1);
        blanks++;
    }
    return blanks ? '_' : mr_str_take_letter(s);
}

bool mr_csv_is_same_name(mr_str a, mr_str b)
{
    uint32_t x, y;
    do {
        x = next_letter(&a);
        y = next_letter(&b);
        if (x != y) return false;
    } while (x);
    return true;
}

uint64_t mr_csv_progress(const mr_csv_reader *r)
{
    uint64_t waiting = r->text.len - r->at;
    return waiting < r->offset ? r->offset - waiting : 0;
}

int mr_csv_find_column(const mr_str *columns, size_t count, mr_str name)
{
    int found = MR_CSV_NO_COLUMN;
    mr_str wanted = mr_str_trim(name);
    for (size_t i = 0; i < count; i++) {
        if (!mr_csv_is_same_name(columns[i], wanted)) continue;
        if (found >= 0) return MR_CSV_TWO_COLUMNS;
        found = (int)i;
    }
    return found;
}

int mr_csv_column(const mr_csv_reader *r, const char *name)
{
    return mr_csv_find_column(r->columns, r->column_count, mr_str_of(name));
}

mr_str mr_csv_cell(const mr_csv_row *row, int column)
{
    return column >= 0 && (size_t)column < row->count ? mr_str_trim(row->cells[column]) : MR_STR_EMPTY;
}

/* ---- bytes out ---- */

/* "-3" and "+2,5" are values, not formulas. */
static bool is_number(mr_str s)
{
    size_t digits = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c >= '0' && c <= '9')
            digits++;
        else if (c != '.' && c != ',' && (i > 0 || (c != '-' && c != '+')))
            return false;
    }
    return digits > 0;
}

static bool needs_quotes(mr_str s, char separator)
{
    if (s.len == 0) return false;
    if (s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' ') return true;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == separator || memchr("\"\r\n,;\t", s.ptr[i], 6)) return true;
    return false;
}

void mr_csv_put_cell(mr_buf *b, mr_str cell, char separator)
{
    bool guard = (begins_formula(cell) && !is_number(cell)) || is_guarded(cell), quotes = needs_quotes(cell, separator);
    if (quotes) mr_buf_putc(b, '"');
    if (guard) mr_buf_putc(b, '\'');
    for (mr_str rest = cell, part; quotes && mr_str_split(&rest, '"', &part);) {
        mr_buf_put(b, part);
        mr_buf_put(b, rest.ptr ? MR_STR("\"\"") : MR_STR("\""));
    }
    if (!quotes) mr_buf_put(b, cell);
    mr_buf_putc(b, separator);
}

void mr_csv_end_row(mr_buf *b)
{
    if (mr_buf_failed(b)) return;
    if (b->len) b->len--;
    mr_buf_put(b, MR_STR("\r\n"));
}
