/* Workbooks in.
 *
 * Idea: small parts (relationships, list of sheets, styles, shared strings) are read at once; the sheet is streamed twice: for merged cells, which stand behind
 * the rows in the file and tell why cells are empty, and then row by row: the parser is stopped at the end of each row and goes on when the next
 * one is asked for. Memory: the shared strings, one row, one piece of the sheet.
 *
 * Why not a library: there is none in Debian for C that reads workbooks; unpacking is libarchive's and XML is expat's, both opened on first use.
 *
 * Invariants:
 *   1. a document type declaration ends the reading, so that no entity is ever declared;
 *   2. names of parts are compared with those that relationships give and are never paths;
 *   3. every text handed out is UTF-8 without NUL (expat gives no other; "_x0000_" becomes U+FFFD). */
#include "table/xlsx.h"

#include "base/lazy.h"
#include "base/time.h"
#include "base/unzip.h"

#include <expat.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define EXPAT_FUNCTIONS(F)                                                                                             \
    F(XML_ParserCreate)                                                                                                \
    F(XML_ParserFree)                                                                                                  \
    F(XML_SetUserData)                                                                                                 \
    F(XML_SetElementHandler)                                                                                           \
    F(XML_SetCharacterDataHandler)                                                                                     \
    F(XML_SetStartDoctypeDeclHandler)                                                                                  \
    F(XML_StopParser)                                                                                                  \
    F(XML_ResumeParser)                                                                                                \
    F(XML_GetBuffer)                                                                                                   \
    F(XML_ParseBuffer)                                                                                                 \
    F(XML_GetErrorCode)
MR_LAZY_LIBRARY(expat, "libexpat.so.1", EXPAT_FUNCTIONS)

#define PIECE (64 * 1024)
#define SHEETS_MOST 256
#define FORMATS_MOST 65536 /* cell formats of a workbook */
#define MERGED_MOST 10000  /* merged ranges that are looked at */

struct sheet {
    mr_str name, relation;
    bool hidden;
};
struct merged {
    uint32_t row, last_row, column, last_column; /* rows from 1, columns from 0 */
};
enum { FORMAT_DATE = 1, FORMAT_TIME = 2 };

struct mr_xlsx {
    mr_arena arena;  /* names, shared strings */
    mr_arena in_row; /* texts of the row */
    mr_str content;
    mr_unzip part;
    XML_Parser parser;
    bool suspended, at_end;
    unsigned depth;
    const char *stop;  /* why a handler stopped the parser; NULL: it did not */
    mr_code stop_code; /* and which kind of error that is */
    /* the workbook */
    bool from_1904;
    struct sheet sheets[SHEETS_MOST];
    mr_str visible[SHEETS_MOST];
    size_t sheet_count, visible_count;
    size_t chosen;
    mr_str target, wanted; /* of the relationship that is looked for, and its type or id */
    mr_str strings_path, styles_path;
    /* styles */
    struct custom {
        uint32_t id;
        uint8_t kind;
    } * customs;
    size_t custom_count;
    uint8_t *formats; /* for each cell format: FORMAT_ flags */
    size_t format_count;
    bool in_formats;
    /* shared strings */
    mr_str *strings;
    size_t string_count, string_room;
    bool in_string, in_text, in_phonetic;
    mr_buf text; /* being gathered */
    /* merged cells */
    struct merged *merged; /* by their first row */
    size_t merged_count, merged_next;
    struct merged cover; /* of those that began above the row, the one that reaches furthest down */
    /* the row */
    uint64_t number;
    size_t next_column, at_column;
    char type[12];
    uint32_t style;
    bool in_cell, in_value, has_formula, row_ready;
    mr_csv_row row;
    mr_str cells[MR_LIMIT_TABLE_COLUMNS];
    const mr_str *columns;
    size_t column_count;
};

/* ---- parsing with expat ---- */

static const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

static bool is(const char *name, const char *wanted)
{
    return strcmp(local(name), wanted) == 0;
}

static mr_str attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i]; i += 2)
        if (is(attributes[i], name)) return mr_str_of(attributes[i + 1]);
    return MR_STR_EMPTY;
}

static void halt(mr_xlsx *x, mr_code code, const char *why)
{
    if (!x->stop) x->stop = why, x->stop_code = code;
    expat_table.XML_StopParser(x->parser, XML_FALSE);
}

static void refuse_doctype(void *self, const XML_Char *name, const XML_Char *system, const XML_Char *public, int inside)
{
    (void)name, (void)system, (void)public, (void)inside;
    halt(self, MR_E_CSV, "the workbook is damaged: it holds a document type declaration");
}

/* Text of the element that is being gathered. */
static void on_text(void *self, const XML_Char *text, int length)
{
    mr_xlsx *x = self;
    if (!x->in_text) return;
    mr_buf_put(&x->text, mr_str_make(text, (size_t)length));
    if (mr_buf_failed(&x->text)) halt(x, MR_E_LIMIT, "a cell is longer than allowed");
}

static int fail_at(const mr_xlsx *x, mr_code code, const char *message, struct mr_err *err, int place)
{
    mr_err_set(err, code, message, MR_NOWHERE, __FILE__, place);
    if (err && x->number) snprintf(err->pointer, sizeof err->pointer, "row %llu", (unsigned long long)x->number);
    return code;
}
#define FAIL(x, err, code, message) fail_at((x), (code), (message), (err), __LINE__)

/* What is wrong with the archive, said of the workbook that it is. */
static int of_archive(const mr_xlsx *x, int code, struct mr_err *err)
{
    if (code == MR_E_FORMAT) return FAIL(x, err, MR_E_CSV, "the workbook is damaged");
    if (code == MR_E_UNSUPPORTED) return FAIL(x, err, MR_E_CSV, "the workbook is protected with a password");
    return code;
}

static void parser_done(mr_xlsx *x)
{
    if (x->parser) expat_table.XML_ParserFree(x->parser);
    x->parser = NULL;
    mr_unzip_close(&x->part);
}

static int parser_open(mr_xlsx *x, XML_StartElementHandler start, XML_EndElementHandler end, struct mr_err *err)
{
    MR_TRY(expat_load(err));
    if (x->parser) expat_table.XML_ParserFree(x->parser);
    x->parser = expat_table.XML_ParserCreate(NULL);
    if (!x->parser) return FAIL(x, err, MR_E_NOMEM, "no memory to read a workbook");
    expat_table.XML_SetUserData(x->parser, x);
    expat_table.XML_SetElementHandler(x->parser, start, end);
    expat_table.XML_SetCharacterDataHandler(x->parser, on_text);
    expat_table.XML_SetStartDoctypeDeclHandler(x->parser, refuse_doctype);
    x->suspended = x->at_end = x->in_text = false;
    x->depth = 0;
    x->stop = NULL;
    return MR_OK;
}

/* One piece more, or on from where a handler stopped. */
static int parse_on(mr_xlsx *x, struct mr_err *err)
{
    enum XML_Status status;
    if (x->suspended) {
        x->suspended = false;
        status = expat_table.XML_ResumeParser(x->parser);
    } else {
        size_t size = 0;
        void *piece = expat_table.XML_GetBuffer(x->parser, PIECE);
        if (!piece) return FAIL(x, err, MR_E_NOMEM, "no memory to read a workbook");
        MR_TRY(of_archive(x, mr_unzip_read(&x->part, piece, PIECE, &size, err), err));
        x->at_end = size == 0;
        status = expat_table.XML_ParseBuffer(x->parser, (int)size, size == 0);
    }
    x->suspended = status == XML_STATUS_SUSPENDED;
    if (x->stop) return FAIL(x, err, x->stop_code, x->stop);
    return status == XML_STATUS_ERROR ? FAIL(x, err, MR_E_CSV, "the workbook is damaged") : MR_OK;
}

/* Names of parts are compared without regard to the case of letters (ECMA-376 part 2, 6.2.2.3). *ret_found false when there is none. */
static int open_part(mr_xlsx *x, mr_str name, bool *ret_found, struct mr_err *err)
{
    mr_str path;
    MR_TRY(of_archive(x, mr_unzip_open(&x->part, x->content, MR_LIMIT_XLSX_UNPACKED, err), err));
    do {
        MR_TRY(of_archive(x, mr_unzip_next(&x->part, &path, err), err));
    } while (path.ptr && !mr_str_eq_ascii_nocase(path, name));
    *ret_found = path.ptr != NULL;
    return MR_OK;
}

/* A whole part. *ret_found false when there is none. */
static int parse_part(mr_xlsx *x, mr_str name, XML_StartElementHandler start, XML_EndElementHandler end,
                      bool *ret_found, struct mr_err *err)
{
    MR_TRY(open_part(x, name, ret_found, err));
    if (!*ret_found) return MR_OK;
    MR_TRY(parser_open(x, start, end, err));
    while (!x->at_end) MR_TRY(parse_on(x, err));
    return MR_OK;
}

static mr_str keep(mr_xlsx *x, mr_str text)
{
    mr_str kept = mr_arena_dup(&x->arena, text);
    if (!kept.ptr) halt(x, MR_E_LIMIT, "the workbook holds more text than allowed");
    return kept;
}

/* ---- relationships, list of sheets ---- */

static void on_relation(void *self, const XML_Char *name, const XML_Char **attributes)
{
    mr_xlsx *x = self;
    if (!is(name, "Relationship")) return;
    mr_str type = attribute(attributes, "Type"), id = attribute(attributes, "Id");
    mr_str target = attribute(attributes, "Target");
    if (mr_str_has_suffix(type, x->wanted) || mr_str_eq(id, x->wanted)) x->target = keep(x, target);
    if (mr_str_has_suffix(type, MR_STR("/sharedStrings"))) x->strings_path = keep(x, target);
    if (mr_str_has_suffix(type, MR_STR("/styles"))) x->styles_path = keep(x, target);
}

static void on_sheet(void *self, const XML_Char *name, const XML_Char **attributes)
{
    mr_xlsx *x = self;
    if (is(name, "workbookPr")) {
        mr_str epoch = attribute(attributes, "date1904");
        x->from_1904 = mr_str_is(epoch, "1") || mr_str_is(epoch, "true");
    }
    if (!is(name, "sheet") || x->sheet_count == SHEETS_MOST) return;
    struct sheet *s = &x->sheets[x->sheet_count++];
    *s = (struct sheet){.name = keep(x, attribute(attributes, "name")),
                        .relation = keep(x, attribute(attributes, "id")),
                        .hidden = attribute(attributes, "state").len > 0 &&
                                  !mr_str_is(attribute(attributes, "state"), "visible")};
    if (!s->hidden) x->visible[x->visible_count++] = s->name;
}

/* The path of a target that a part in `folder` names: absolute within the package, or beside that part. */
static mr_str path_of(mr_xlsx *x, mr_str folder, mr_str target)
{
    if (target.len && target.ptr[0] == '/') return mr_str_from(target, 1);
    const mr_str parts[] = {folder, target};
    return mr_arena_concat(&x->arena, parts, 2);
}

static int read_workbook(mr_xlsx *x, mr_str sheet, mr_str *ret_path, struct mr_err *err)
{
    bool found;
    x->wanted = MR_STR("/officeDocument");
    MR_TRY(parse_part(x, MR_STR("_rels/.rels"), on_relation, NULL, &found, err));
    mr_str workbook = found && x->target.len ? path_of(x, MR_STR_EMPTY, x->target) : MR_STR("xl/workbook.xml");
    if (mr_str_has_suffix(workbook, MR_STR(".bin"))) return FAIL(x, err, MR_E_CSV, "this is a binary workbook (XLSB)");
    MR_TRY(parse_part(x, workbook, on_sheet, NULL, &found, err));
    if (!found || x->sheet_count == 0) return FAIL(x, err, MR_E_CSV, "this is a ZIP archive that holds no workbook");
    for (x->chosen = 0; x->chosen < x->sheet_count; x->chosen++) {
        const struct sheet *s = &x->sheets[x->chosen];
        if (sheet.len ? mr_str_eq(s->name, sheet) : !s->hidden) break;
    }
    if (x->chosen == x->sheet_count) return FAIL(x, err, MR_E_CSV, "the workbook has no such sheet");
    size_t slash = workbook.len;
    while (slash > 0 && workbook.ptr[slash - 1] != '/') slash--;
    mr_str folder = mr_str_make(workbook.ptr, slash);
    const mr_str parts[] = {folder, MR_STR("_rels/"), mr_str_from(workbook, slash), MR_STR(".rels")};
    x->wanted = x->sheets[x->chosen].relation;
    x->target = MR_STR_EMPTY;
    MR_TRY(parse_part(x, mr_arena_concat(&x->arena, parts, 4), on_relation, NULL, &found, err));
    if (!x->target.len) return FAIL(x, err, MR_E_CSV, "the workbook is damaged");
    *ret_path = path_of(x, folder, x->target);
    x->strings_path = path_of(x, folder, x->strings_path.len ? x->strings_path : MR_STR("sharedStrings.xml"));
    x->styles_path = path_of(x, folder, x->styles_path.len ? x->styles_path : MR_STR("styles.xml"));
    return MR_OK;
}

/* ---- styles: which numbers are dates (ECMA-376 part 1, 18.8.30) ---- */

static uint8_t builtin_kind(uint32_t id)
{
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58)) return FORMAT_DATE;
    if (id == 22) return FORMAT_DATE | FORMAT_TIME;
    return (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) ? FORMAT_TIME : 0;
}

/* Of a format like "dd/mm/yyyy;@": letters that stand for parts of a date, outside texts and brackets. */
static uint8_t code_kind(mr_str code)
{
    uint8_t kind = 0;
    bool month = false;
    for (size_t i = 0; i < code.len && code.ptr[i] != ';'; i++) {
        char c = code.ptr[i];
        if (c == '"')
            for (i++; i < code.len && code.ptr[i] != '"'; i++) {
            }
        else if (c == '[')
            for (i++; i < code.len && code.ptr[i] != ']'; i++) {
            }
        else if (c == '\\' || c == '_' || c == '*')
            i++;
        else if (strchr("yYdD", c))
            kind |= FORMAT_DATE;
        else if (strchr("hHsS", c))
            kind |= FORMAT_TIME;
        else if (c == 'm' || c == 'M')
            month = true;
        else if (mr_str_has_prefix(mr_str_from(code, i), MR_STR("General")))
            i += 6;
    }
    return kind == 0 && month ? FORMAT_DATE : kind;
}

static uint32_t number_of(mr_str text, uint32_t otherwise)
{
    uint64_t value;
    return mr_str_to_u64(text, &value) && value < UINT32_MAX ? (uint32_t)value : otherwise;
}

static void on_style(void *self, const XML_Char *name, const XML_Char **attributes)
{
    mr_xlsx *x = self;
    if (is(name, "numFmt") && x->custom_count < 4096) {
        if (!x->customs) x->customs = MR_NEW_ARRAY(&x->arena, struct custom, 4096);
        if (!x->customs) {
            halt(x, MR_E_LIMIT, "the workbook holds more text than allowed");
            return;
        }
        x->customs[x->custom_count++] = (struct custom){number_of(attribute(attributes, "numFmtId"), UINT32_MAX),
                                                        code_kind(attribute(attributes, "formatCode"))};
    }
    if (is(name, "cellXfs")) x->in_formats = true;
    if (!is(name, "xf") || !x->in_formats || x->format_count == FORMATS_MOST) return;
    if (!x->formats) x->formats = mr_arena_zalloc(&x->arena, FORMATS_MOST, 1);
    if (!x->formats) {
        halt(x, MR_E_LIMIT, "the workbook holds more text than allowed");
        return;
    }
    uint32_t id = number_of(attribute(attributes, "numFmtId"), 0);
    uint8_t kind = builtin_kind(id);
    for (size_t i = 0; i < x->custom_count; i++)
        if (x->customs[i].id == id) kind = x->customs[i].kind;
    x->formats[x->format_count++] = kind;
}

static void on_style_end(void *self, const XML_Char *name)
{
    mr_xlsx *x = self;
    if (is(name, "cellXfs")) x->in_formats = false;
}

/* ---- shared strings ---- */

static bool take_hex(mr_str s, size_t at, uint32_t *ret)
{
    uint32_t value = 0;
    if (s.len < at + 7 || s.ptr[at] != '_' || s.ptr[at + 1] != 'x' || s.ptr[at + 6] != '_') return false;
    for (size_t i = at + 2; i < at + 6; i++) {
        char c = s.ptr[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return false;
        value = value * 16 + (uint32_t)digit;
    }
    *ret = value;
    return true;
}

/* "_x000D_" stands for a character that XML cannot hold (ECMA-376 part 1, 22.9.2.19). In `a`; ptr NULL when memory is short. */
static mr_str unescape(mr_arena *a, mr_str s)
{
    uint32_t code;
    if (mr_str_find(s, MR_STR("_x")) < 0) return mr_arena_dup(a, s);
    char *out = mr_arena_alloc(a, s.len + 1);
    size_t n = 0;
    if (!out) return MR_STR_EMPTY;
    for (size_t i = 0; i < s.len;) {
        if (!take_hex(s, i, &code)) {
            out[n++] = s.ptr[i++];
            continue;
        }
        n += mr_utf8_write(code == 0 || (code >= 0xD800 && code < 0xE000) ? 0xFFFD : code, out + n);
        i += 7;
    }
    out[n] = '\0';
    return mr_str_make(out, n);
}

static void on_string(void *self, const XML_Char *name, const XML_Char **attributes)
{
    mr_xlsx *x = self;
    (void)attributes;
    if (is(name, "si")) {
        x->in_string = true;
        mr_buf_clear(&x->text);
    }
    x->in_phonetic |= is(name, "rPh"); /* how it is spoken, not what it says */
    x->in_text = x->in_string && !x->in_phonetic && is(name, "t");
}

static void add_string(mr_xlsx *x)
{
    if (x->string_count == MR_LIMIT_XLSX_STRINGS) {
        halt(x, MR_E_LIMIT, "the workbook holds more text than allowed");
        return;
    }
    if (x->string_count == x->string_room) {
        size_t room = x->string_room ? 2 * x->string_room : 1024;
        mr_str *more = MR_NEW_ARRAY(&x->arena, mr_str, room);
        if (!more) {
            halt(x, MR_E_LIMIT, "the workbook holds more text than allowed");
            return;
        }
        if (x->string_count) memcpy(more, x->strings, x->string_count * sizeof *more);
        x->strings = more, x->string_room = room;
    }
    mr_str text = unescape(&x->arena, mr_buf_str(&x->text));
    if (!text.ptr) halt(x, MR_E_LIMIT, "the workbook holds more text than allowed");
    x->strings[x->string_count++] = text;
}

static void on_string_end(void *self, const XML_Char *name)
{
    mr_xlsx *x = self;
    if (is(name, "t")) x->in_text = false;
    if (is(name, "rPh")) x->in_phonetic = false;
    if (!is(name, "si")) return;
    x->in_string = false;
    add_string(x);
}

/* ---- merged cells ---- */

/* "AB12": column from 0, row from 1; false when it is none. The rest stays in *s. */
static bool take_place(mr_str *s, uint32_t *ret_column, uint32_t *ret_row)
{
    uint64_t column = 0, row = 0;
    size_t i = 0;
    for (; i < s->len && s->ptr[i] == '$'; i++) {
    }
    for (; i < s->len && s->ptr[i] >= 'A' && s->ptr[i] <= 'Z' && column < 1000000; i++)
        column = column * 26 + (uint64_t)(s->ptr[i] - 'A') + 1;
    for (; i < s->len && s->ptr[i] == '$'; i++) {
    }
    for (; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9' && row < 100000000; i++)
        row = row * 10 + (uint64_t)(s->ptr[i] - '0');
    *s = mr_str_from(*s, i);
    *ret_column = (uint32_t)column - 1, *ret_row = (uint32_t)row;
    return column > 0 && row > 0;
}

static void on_merged(void *self, const XML_Char *name, const XML_Char **attributes)
{
    mr_xlsx *x = self;
    struct merged m;
    if (!is(name, "mergeCell") || x->merged_count == MERGED_MOST) return;
    mr_str at = attribute(attributes, "ref");
    if (!take_place(&at, &m.column, &m.row) || at.len == 0 || at.ptr[0] != ':') return;
    at = mr_str_from(at, 1);
    if (!take_place(&at, &m.last_column, &m.last_row)) return;
    if (m.last_column < m.column || m.last_row < m.row) return;
    if (!x->merged) x->merged = MR_NEW_ARRAY(&x->arena, struct merged, MERGED_MOST);
    if (x->merged)
        x->merged[x->merged_count++] = m;
    else
        halt(x, MR_E_LIMIT, "the workbook holds more text than allowed");
}

/* ---- rows ---- */

static void note_fault(mr_xlsx *x, mr_csv_fault fault, size_t column)
{
    if (x->row.fault) return;
    x->row.fault = fault;
    x->row.fault_column = column;
}

static void begin_row(mr_xlsx *x, const XML_Char **attributes)
{
    uint64_t number;
    x->number = mr_str_to_u64(attribute(attributes, "r"), &number) && number > x->number ? number : x->number + 1;
    if (x->number > MR_LIMIT_XLSX_ROWS) halt(x, MR_E_LIMIT, "the workbook has more rows than allowed");
    mr_arena_reset(&x->in_row);
    x->next_column = 0;
    x->row = (mr_csv_row){.cells = x->cells, .number = x->number, .line = x->number};
    memset(x->cells, 0, sizeof x->cells);
}

static void begin_cell(mr_xlsx *x, const XML_Char **attributes)
{
    mr_str place = attribute(attributes, "r"), type = attribute(attributes, "t");
    uint32_t column, row;
    x->at_column = take_place(&place, &column, &row) ? column : x->next_column;
    x->next_column = x->at_column + 1;
    snprintf(x->type, sizeof x->type, "%.*s", (int)(type.len < 11 ? type.len : 11), type.len ? type.ptr : "");
    x->style = number_of(attribute(attributes, "s"), 0);
    x->in_cell = true;
    x->has_formula = x->in_value = false;
    mr_buf_clear(&x->text);
}

static void on_cell(void *self, const XML_Char *name, const XML_Char **attributes)
{
    mr_xlsx *x = self;
    if (++x->depth > MR_LIMIT_XML_DEPTH) halt(x, MR_E_LIMIT, "the workbook is nested deeper than allowed");
    if (is(name, "row")) begin_row(x, attributes);
    if (is(name, "c")) begin_cell(x, attributes);
    if (!x->in_cell) return;
    x->in_phonetic |= is(name, "rPh");
    x->has_formula |= is(name, "f");
    x->in_text = !x->in_phonetic && (is(name, "v") || is(name, "t"));
    x->in_value |= x->in_text;
}

/* Days since 30 December 1899 or 1 January 1904, as a day, and with the time when the format shows one. Excel's 29 February 1900 shifts only days
 * before 1 March 1900, which no living learner was born on; they come out as they were meant. */
static mr_str date_text(mr_xlsx *x, double serial, uint8_t kind)
{
    char day[11];
    double whole = floor(serial);
    int64_t minutes = (int64_t)floor((serial - whole) * 1440 + 0.5);
    if (minutes == 1440) whole += 1, minutes = 0;
    if (x->from_1904) whole += 1462;
    if (whole < 1 || whole > 2958465) return MR_STR_EMPTY;
    if (whole < 61) whole += 1;
    mr_date_write(mr_date_of_time(((int64_t)whole - 25569) * MR_DAY_MS), day);
    if (!(kind & FORMAT_TIME) || minutes == 0) return mr_arena_dup(&x->in_row, mr_str_of(day));
    return mr_arena_format(&x->in_row, "%s %02d:%02d", day, (int)(minutes / 60), (int)(minutes % 60));
}

/* As a person would write it: 15 digits are what spreadsheets keep and show. What is no number stays as it is. Never a part of `raw`, which the next cell overwrites. */
static mr_str number_text(mr_xlsx *x, mr_str raw)
{
    char *end;
    const char *text = mr_arena_cstr(&x->in_row, raw);
    double value = text ? strtod(text, &end) : 0;
    if (!text) return MR_STR_EMPTY;
    if (end == text || *end || !isfinite(value)) return mr_str_make(text, raw.len);
    uint8_t kind = x->style < x->format_count ? x->formats[x->style] : 0;
    if (kind & FORMAT_DATE) {
        mr_str date = date_text(x, value, kind);
        if (date.len) return date;
    }
    return mr_arena_format(&x->in_row, "%.15g", value);
}

static mr_str cell_text(mr_xlsx *x)
{
    mr_str raw = mr_buf_str(&x->text);
    uint64_t index;
    if (strcmp(x->type, "s") == 0) {
        if (mr_str_to_u64(mr_str_trim(raw), &index) && index < x->string_count) return x->strings[index];
        halt(x, MR_E_CSV, "the workbook is damaged");
        return MR_STR_EMPTY;
    }
    if (strcmp(x->type, "b") == 0) return mr_str_is(mr_str_trim(raw), "1") ? MR_STR("true") : MR_STR("false");
    if (strcmp(x->type, "inlineStr") == 0 || strcmp(x->type, "str") == 0) return unescape(&x->in_row, raw);
    if (strcmp(x->type, "e") == 0 || strcmp(x->type, "d") == 0) return mr_arena_dup(&x->in_row, raw);
    return number_text(x, mr_str_trim(raw));
}

static void end_cell(mr_xlsx *x)
{
    size_t column = x->at_column;
    x->in_cell = false;
    bool is_error = strcmp(x->type, "e") == 0;
    if (x->text.len == 0) {
        if (x->has_formula && strcmp(x->type, "str") != 0) note_fault(x, MR_CSV_NO_VALUE, column);
        return;
    }
    mr_str text = cell_text(x);
    if (!text.ptr) halt(x, MR_E_LIMIT, "a row is longer than allowed");
    if (text.len == 0) return;
    if (column >= MR_LIMIT_TABLE_COLUMNS) {
        note_fault(x, MR_CSV_SURPLUS_CELL, column);
        return;
    }
    x->cells[column] = text;
    if (column >= x->row.given) x->row.given = column + 1;
    if (is_error) note_fault(x, MR_CSV_ERROR_VALUE, column);
}

static void on_cell_end(void *self, const XML_Char *name)
{
    mr_xlsx *x = self;
    x->depth--;
    if (is(name, "v") || is(name, "t")) x->in_text = false;
    if (is(name, "rPh")) x->in_phonetic = false;
    if (is(name, "c") && x->in_cell) end_cell(x);
    if (!is(name, "row")) return;
    x->row_ready = true;
    expat_table.XML_StopParser(x->parser, XML_TRUE);
}

static int compare_merged(const void *a, const void *b)
{
    const struct merged *x = a, *y = b;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Cells under a merged one are empty; the person who looks at the table sees a value there. Each range is looked at once, when the rows come to it: a workbook may have
 * as many ranges as it likes, and as many rows. */
static void note_merged(mr_xlsx *x)
{
    if (!x->column_count) return; /* the header itself */
    if (x->number <= x->cover.last_row) note_fault(x, MR_CSV_MERGED, x->cover.column);
    for (; x->merged_next < x->merged_count && x->merged[x->merged_next].row <= x->number; x->merged_next++) {
        const struct merged *m = &x->merged[x->merged_next];
        size_t column = m->column + (x->number == m->row);
        if (m->column >= x->column_count) continue;
        if (x->number <= m->last_row && column <= m->last_column && column < x->column_count)
            note_fault(x, MR_CSV_MERGED, column);
        if (m->last_row > x->cover.last_row) x->cover = *m;
    }
}

static bool is_blank(const mr_xlsx *x)
{
    if (x->row.fault) return false;
    for (size_t i = 0; i < x->row.given; i++)
        if (mr_str_trim(x->cells[i]).len) return false;
    return true;
}

/* The next row with anything in it; *ret_any false at the end. */
static int read_row(mr_xlsx *x, bool *ret_any, struct mr_err *err)
{
    do {
        x->row_ready = false;
        while (!x->row_ready && !x->at_end) MR_TRY(parse_on(x, err));
        if (x->row_ready) note_merged(x);
    } while (x->row_ready && is_blank(x));
    *ret_any = x->row_ready;
    return MR_OK;
}

static int read_header(mr_xlsx *x, struct mr_err *err)
{
    bool any;
    MR_TRY(read_row(x, &any, err));
    if (!any) return FAIL(x, err, MR_E_CSV, "the table is empty");
    if (x->row.fault == MR_CSV_SURPLUS_CELL)
        return FAIL(x, err, MR_E_LIMIT, "the header has more columns than allowed");
    if (x->row.fault) return FAIL(x, err, MR_E_CSV, mr_csv_fault_text(x->row.fault));
    mr_str *columns = MR_NEW_ARRAY(&x->arena, mr_str, x->row.given);
    for (size_t i = 0; columns && i < x->row.given; i++) columns[i] = mr_arena_dup(&x->arena, mr_str_trim(x->cells[i]));
    if (!columns) return FAIL(x, err, MR_E_NOMEM, "no memory for the header");
    x->columns = columns;
    x->column_count = x->row.given;
    return MR_OK;
}

/* ---- opening ---- */

bool mr_xlsx_is(mr_str s)
{
    return mr_str_has_prefix(s, MR_STR("PK\x03\x04")) || mr_str_has_prefix(s, MR_STR("\xD0\xCF\x11\xE0"));
}

/* What is no workbook of the kind that is read here. */
static int check_kind(mr_xlsx *x, struct mr_err *err)
{
    static const char wide[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e"; /* as names stand in OLE files */
    mr_str s = x->content;
    if (mr_str_has_prefix(s, MR_STR("\xD0\xCF\x11\xE0"))) {
        if (mr_str_find(s, mr_str_make(wide, sizeof wide - 1)) >= 0)
            return FAIL(x, err, MR_E_CSV, "the workbook is protected with a password");
        return FAIL(x, err, MR_E_CSV, "this is an old workbook (XLS)");
    }
    mr_str start = mr_str_make(s.ptr, s.len < 200 ? s.len : 200);
    if (mr_str_find(start, MR_STR("mimetypeapplication/vnd.oasis.opendocument")) >= 0)
        return FAIL(x, err, MR_E_CSV, "this is an OpenDocument table (ODS)");
    return of_archive(x, mr_unzip_check(s, MR_LIMIT_XLSX_UNPACKED, err), err);
}

static int open_sheet(mr_xlsx *x, mr_str sheet, struct mr_err *err)
{
    mr_str path = MR_STR_EMPTY;
    bool found;
    MR_TRY(check_kind(x, err));
    MR_TRY(read_workbook(x, sheet, &path, err));
    MR_TRY(parse_part(x, x->styles_path, on_style, on_style_end, &found, err));
    MR_TRY(parse_part(x, x->strings_path, on_string, on_string_end, &found, err));
    MR_TRY(parse_part(x, path, on_merged, NULL, &found, err));
    if (!found) return FAIL(x, err, MR_E_CSV, "the workbook is damaged");
    if (x->merged_count) qsort(x->merged, x->merged_count, sizeof *x->merged, compare_merged);
    MR_TRY(open_part(x, path, &found, err));
    MR_TRY(parser_open(x, on_cell, on_cell_end, err));
    return read_header(x, err);
}

int mr_xlsx_open(mr_str content, mr_str sheet, mr_xlsx **ret, struct mr_err *err)
{
    mr_xlsx *x = calloc(1, sizeof *x);
    if (!x) return MR_FAIL(err, MR_E_NOMEM, "no memory to read a workbook", MR_NOWHERE);
    mr_arena_init(&x->arena, MR_LIMIT_XLSX_TEXT);
    mr_arena_init(&x->in_row, 4 * MR_LIMIT_TABLE_ROW);
    mr_buf_init(&x->text, MR_LIMIT_TABLE_ROW);
    x->content = content;
    int code = open_sheet(x, sheet, err);
    if (code != MR_OK) {
        mr_xlsx_close(x);
        return code;
    }
    *ret = x;
    return MR_OK;
}

void mr_xlsx_close(mr_xlsx *x)
{
    if (!x) return;
    parser_done(x);
    mr_buf_done(&x->text);
    mr_arena_done(&x->in_row);
    mr_arena_done(&x->arena);
    free(x);
}

size_t mr_xlsx_columns(const mr_xlsx *x, const mr_str **ret)
{
    *ret = x->columns;
    return x->column_count;
}

size_t mr_xlsx_sheets(const mr_xlsx *x, const mr_str **ret)
{
    *ret = x->visible;
    return x->visible_count;
}

mr_str mr_xlsx_sheet(const mr_xlsx *x)
{
    return x->sheets[x->chosen].name;
}

int mr_xlsx_next(mr_xlsx *x, const mr_csv_row **ret, struct mr_err *err)
{
    bool any;
    MR_TRY(read_row(x, &any, err));
    x->row.count = x->column_count;
    for (size_t i = x->column_count; any && i < x->row.given; i++)
        if (mr_str_trim(x->cells[i]).len) note_fault(x, MR_CSV_SURPLUS_CELL, i);
    *ret = any ? &x->row : NULL;
    return MR_OK;
}
