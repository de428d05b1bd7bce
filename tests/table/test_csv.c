#include "testing.h"

#include "table/csv.h"
#include <fcntl.h>

/* A source that gives `at_most` bytes at a time and fails when `fail_after` bytes are gone. */
struct dripping {
    mr_str rest;
    size_t at_most, fail_after;
};

static ptrdiff_t drip(void *self, char *out, size_t size)
{
    struct dripping *d = self;
    size_t n = d->rest.len < size ? d->rest.len : size;
    if (n > d->at_most) n = d->at_most;
    if (d->fail_after < n) return -1;
    d->fail_after -= n;
    if (n) memcpy(out, d->rest.ptr, n);
    d->rest = mr_str_from(d->rest, n);
    return (ptrdiff_t)n;
}

static void put_row(mr_buf *b, const mr_csv_row *row)
{
    mr_buf_format(b, "%d/%d", (int)row->number, (int)row->line);
    for (size_t i = 0; i < row->count || i < row->given; i++) {
        mr_buf_puts(b, i < row->count ? "|" : "+");
        mr_buf_put(b, row->cells[i]);
    }
    if (row->fault) mr_buf_format(b, " !%s@%zu", mr_csv_fault_name(row->fault), row->fault_column);
    mr_buf_putc(b, '\n');
}

/* The table in one text: the header's names, then a line for each row: "number/line|cell|cell+surplus !fault@column"; an error as
 * "error: message (place)". */
static void put_table(mr_buf *b, mr_csv_source source)
{
    MR_CLEANUP(mr_csv_close) mr_csv_reader r = {0};
    struct mr_err err;
    const mr_csv_row *row = NULL;
    int code = mr_csv_open(&r, source, &err);
    for (size_t i = 0; code == MR_OK && i < r.column_count; i++) {
        if (i) mr_buf_puts(b, "|");
        mr_buf_put(b, r.columns[i]);
    }
    if (code == MR_OK) mr_buf_puts(b, "\n");
    if (code == MR_OK && r.encoding == MR_CSV_WINDOWS_1252) mr_buf_puts(b, "windows-1252\n");
    while (code == MR_OK && (code = mr_csv_next(&r, &row, &err)) == MR_OK && row) put_row(b, row);
    if (code) mr_buf_format(b, "%s: %s (%s)\n", mr_code_name((mr_code)code), err.message, err.pointer);
}

struct table_case {
    mr_str table;
    const char *wanted;
};

/* Every case at once and in drops of 1, 2, 3 and 7 bytes. */
static void check_tables(const struct table_case *cases, size_t count)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < count; i++) {
        static const size_t drops[] = {1, 2, 3, 7, 1 << 20};
        for (size_t k = 0; k < 5; k++) {
            struct dripping d = {cases[i].table, drops[k], SIZE_MAX};
            mr_buf_clear(&b);
            put_table(&b, (mr_csv_source){drip, &d});
            if (!mr_str_is(mr_buf_str(&b), cases[i].wanted))
                fail_msg("case %zu in drops of %zu\n  got: %.*s\n  wanted: %s", i, drops[k], MR_STR_ARG(mr_buf_str(&b)),
                         cases[i].wanted);
        }
    }
}

#define CHECK(cases) check_tables((cases), sizeof(cases) / sizeof *(cases))

static void test_csv_next__reads_what_rfc_4180_describes(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("a,b,c\r\n1,2,3\r\nx,y,z\r\n"), "a|b|c\n2/2|1|2|3\n3/3|x|y|z\n"},
        {MR_STR_INIT("a,b,c\r\n1,2,3"), "a|b|c\n2/2|1|2|3\n"},     /* rule 2: the last line end may be missing */
        {MR_STR_INIT("a,b\r\n 1 , 2 \r\n"), "a|b\n2/2| 1 | 2 \n"}, /* rule 4: blanks belong to the cell */
        {MR_STR_INIT("a,b\r\n\"1\",\"2\"\r\n"), "a|b\n2/2|1|2\n"},
        {MR_STR_INIT("a,b\r\n\"x,y\",\"\"\r\n"), "a|b\n2/2|x,y|\n"},
        {MR_STR_INIT("a,b\r\n\"say \"\"hi\"\"\",\"\"\"\"\r\n"), "a|b\n2/2|say \"hi\"|\"\n"}, /* rule 7 */
        {MR_STR_INIT("\"a\",\"b \"\"x\"\"\"\r\n1,2\r\n"), "a|b \"x\"\n2/2|1|2\n"},
        {MR_STR_INIT("a,b"), "a|b\n"},
        {MR_STR_INIT("a\n1\n2"), "a\n2/2|1\n3/3|2\n"},
    };
    CHECK(cases);
}

static void test_csv_next__reads_every_kind_of_line_end(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("a,b\n1,2\n3,4\n"), "a|b\n2/2|1|2\n3/3|3|4\n"},
        {MR_STR_INIT("a,b\r1,2\r3,4\r"), "a|b\n2/2|1|2\n3/3|3|4\n"},
        {MR_STR_INIT("a,b\r\n1,2\n3,4\r5,6"), "a|b\n2/2|1|2\n3/3|3|4\n4/4|5|6\n"},
    };
    CHECK(cases);
}

static void test_csv_next__counts_lines_inside_quotation_marks(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("a,b\r\n\"one\r\ntwo\nthree\rfour\",x\r\ny,z\r\n"),
         "a|b\n2/2|one\r\ntwo\nthree\rfour|x\n3/6|y|z\n"},
        {MR_STR_INIT("\"a\nb\",c\n1,2\n"), "a\nb|c\n2/3|1|2\n"},
    };
    CHECK(cases);
}

static void test_csv_next__skips_blank_rows_but_counts_them(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("\n\na,b\n\n1,2\n,\n , \n\xC2\xA0,\n\"\",\"\"\n3,4\n\n\n"), "a|b\n5/5|1|2\n10/10|3|4\n"},
        {MR_STR_INIT(";;\r\n;name;\r\n;x;\r\n"), "|name\n3/3||x+\n"},
    };
    CHECK(cases);
}

static void test_csv_next__reads_rows_that_break_anywhere(void **state)
{
    static const char body[] =
        "1,2,3\r\n\"a\"\"b\",\"c\r\nd\",e\r\n\r\n\"x\"y,\xC3\xB8\xE2\x82\xAC,19\"\r1,2,3,4\n\xF8,'=1,\"'\"\"\"\n"
        "\"\",\"\"\"\",\"\"\r\r\n\xF0\x9F\x8E\x93,last,\"one\"";
    static const size_t drops[] = {1, 2, 3, 5, 7, 64, 16384};
    MR_CLEANUP(mr_buf_done) mr_buf table;
    MR_CLEANUP(mr_buf_done) mr_buf wanted;
    MR_CLEANUP(mr_buf_done) mr_buf got;
    mr_buf_init(&table, 1 << 20), mr_buf_init(&wanted, 1 << 20), mr_buf_init(&got, 1 << 20);
    mr_buf_puts(&table, "a,b,c\n"); /* the blank rows are more than what the reader takes in one go */
    for (int i = 0; i < 66000; i++) mr_buf_putc(&table, '\n');
    mr_buf_put(&table, MR_STR(body));
    for (size_t i = 0; i < sizeof drops / sizeof *drops; i++) {
        struct dripping d = {mr_buf_str(&table), drops[i], SIZE_MAX};
        mr_str whole = mr_buf_str(&table);
        mr_buf_clear(&wanted), put_table(&wanted, mr_csv_from_text(&whole));
        mr_buf_clear(&got), put_table(&got, (mr_csv_source){drip, &d});
        assert_str_eq(mr_buf_str(&got), mr_buf_str(&wanted));
    }
    assert_str(
        mr_buf_str(&got),
        "a|b|c\n66002/66002|1|2|3\n66003/66003|a\"b|c\r\nd|e\n"
        "66005/66006|\"x\"y|\xC3\xB8\xE2\x82\xAC|19\" !text_behind_quote@0\n66006/66007|1|2|3+4 !surplus_cell@3\n"
        "66007/66008|?|=1|'\" !not_a_character@0\n66008/66009||\"|\n"
        "66010/66011|\xF0\x9F\x8E\x93|last|one\n");
}

static void test_csv_open__finds_the_separator(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("a;b;c\n1,5;2;3\n"), "a|b|c\n2/2|1,5|2|3\n"},
        {MR_STR_INIT("a\tb\n1,5\t2;3\n"), "a|b\n2/2|1,5|2;3\n"},
        {MR_STR_INIT("\"a;b;c\",d\n1,2\n"), "a;b;c|d\n2/2|1|2\n"}, /* not inside quotation marks */
        {MR_STR_INIT("only\n1;2\n"), "only\n2/2|1;2\n"},
        {MR_STR_INIT("\r\n;;\r\na;b;c,d\r\n1;2;3\n"), "a|b|c,d\n4/4|1|2|3\n"},
    };
    CHECK(cases);
}

static void test_csv_open__honours_the_separator_line_of_excel(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("sep=;\r\na,x;b\r\n1;2\r\n"), "a,x|b\n2/3|1|2\n"},
        {MR_STR_INIT("\xEF\xBB\xBFSEP=,\na;x,b;y,c\n1,2,3\n"), "a;x|b;y|c\n2/3|1|2|3\n"},
        {MR_STR_INIT("sep=|\na|b\n1|2\n"), "a|b\n2/3|1|2\n"},
        {MR_STR_INIT("sep=;x\n1\n"), "sep=|x\n2/2|1|\n"}, /* a header that only looks like it */
        {MR_STR_INIT("sep=;"), "csv: the table is empty ()\n"},
    };
    CHECK(cases);
}

static void test_csv_open__takes_off_a_byte_order_mark(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("\xEF\xBB\xBF\"n\xC3\xA5me\",b\n\xC3\x85se,2\n"), "n\xC3\xA5me|b\n2/2|\xC3\x85se|2\n"},
        {MR_STR_INIT("\xEF\xBB\xBF"), "csv: the table is empty ()\n"},
    };
    CHECK(cases);
}

static void test_csv_open__reads_windows_1252_and_says_so(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("name;by\nS\xF8ren \x96 \x80;\xC5rhus\n"),
         "name|by\nwindows-1252\n2/2|S\xC3\xB8ren \xE2\x80\x93 \xE2\x82\xAC|\xC3\x85rhus\n"},
        {MR_STR_INIT("n\xF8gle\nx\n"), "n\xC3\xB8gle\nwindows-1252\n2/2|x\n"},
        {MR_STR_INIT("a;b\n\x81x;1\ny;2\n"),
         "a|b\nwindows-1252\n2/2|\xEF\xBF\xBDx|1 !not_a_character@0\n3/3|y|2\n"}, /* 0x81 is no character there */
        {MR_STR_INIT("a;b\n\xC3\xA6 and \xE6;1\n"),
         "a|b\nwindows-1252\n2/2|\xC3\x83\xC2\xA6 and \xC3\xA6|1\n"}, /* decided for the whole file, never mixed */
    };
    CHECK(cases);
}

static void test_csv_next__marks_rows_with_octets_that_are_not_utf_8(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("\xEF\xBB\xBF"
                     "a,b\n1,2\nx,B\xF8 \xC3\n\xC3\xB8,4\n"),
         "a|b\n2/2|1|2\n3/3|x|B? ? !not_a_character@1\n4/4|\xC3\xB8|4\n"},
    };
    CHECK(cases);
}

/* A table larger than what is looked at first, with a wrong octet at `at`. */
static mr_str large_table(mr_arena *a, size_t at, const char *octets)
{
    size_t size = 200 * 1024;
    char *text = mr_arena_alloc(a, size);
    assert_non_null(text);
    memset(text, 'x', size);
    for (size_t i = 99; i < size; i += 100) text[i] = '\n';
    memcpy(text, "name", 4);
    memcpy(text + at, octets, strlen(octets));
    return mr_str_make(text, size);
}

static void test_csv_open__decides_the_encoding_on_the_first_64_kib(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    static const struct {
        size_t at;
        const char *octets;
        mr_csv_encoding encoding;
        size_t faulty;
    } cases[] = {
        {65000, "\xF8", MR_CSV_WINDOWS_1252, 0}, {150000, "\xF8", MR_CSV_UTF8, 1},
        {65535, "\xC3\xB8", MR_CSV_UTF8, 0}, /* a character across the border */
        {65534, "\xE2\x82\xAC", MR_CSV_UTF8, 0}, {65533, "\xF0\x9F\x8E\x93", MR_CSV_UTF8, 0},
        {65535, "\x81", MR_CSV_WINDOWS_1252, 1},
    };
    mr_arena_init(&a, 1 << 24);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MR_CLEANUP(mr_csv_close) mr_csv_reader r = {0};
        struct mr_err err;
        size_t rows = 0, faulty = 0;
        mr_str table = large_table(&a, cases[i].at, cases[i].octets);
        assert_ok(mr_csv_open(&r, mr_csv_from_text(&table), &err), err);
        for (const mr_csv_row *row;; rows++) {
            assert_ok(mr_csv_next(&r, &row, &err), err);
            if (!row) break;
            faulty += row->fault == MR_CSV_NOT_A_CHARACTER;
            if (row->fault) assert_int_equal(row->line, cases[i].at / 100 + 1);
        }
        if (r.encoding != cases[i].encoding || faulty != cases[i].faulty)
            fail_msg("case %zu: encoding %d, %zu faulty rows", i, r.encoding, faulty);
        assert_int_equal(rows, 200 * 1024 / 100 - 1); /* without the header */
    }
}

static void test_csv_open__refuses_what_is_no_table_of_text(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("\xFF\xFEn\0a\0"), "csv: the table is UTF-16 text; save it as \"CSV UTF-8\" ()\n"},
        {MR_STR_INIT("\xFE\xFF\0n\0a"), "csv: the table is UTF-16 text; save it as \"CSV UTF-8\" ()\n"},
        {MR_STR_INIT("n\0a\0m\0e\0"), "csv: the table is UTF-16 text; save it as \"CSV UTF-8\" ()\n"},
        {MR_STR_INIT("\0n\0a\0m\0e"), "csv: the table is UTF-16 text; save it as \"CSV UTF-8\" ()\n"},
        {MR_STR_INIT("PK\x03\x04 and so on"),
         "csv: this is a workbook (XLSX or ODS), not a CSV table; save it as \"CSV UTF-8\" ()\n"},
        {MR_STR_INIT("%PDF-1.7\n"), "csv: this is a PDF, not a CSV table ()\n"},
        {MR_STR_INIT("\xFF\xD8\xFF\xE0"), "csv: this is an image, not a CSV table ()\n"},
        {MR_STR_INIT("name,b\nAn\0na,x\n"), "csv: a NUL byte: this is no table of text ()\n"},
        {MR_STR_INIT(""), "csv: the table is empty ()\n"},
        {MR_STR_INIT("\n\r\n ,,\n"), "csv: the table is empty ()\n"},
    };
    CHECK(cases);
}

static void test_csv_next__tells_where_a_nul_byte_is(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_csv_close) mr_csv_reader r = {0};
    struct mr_err err;
    const mr_csv_row *row;
    mr_arena_init(&a, 1 << 24);
    mr_str table = large_table(&a, 150001, "x");
    ((char *)(uintptr_t)table.ptr)[150001] = '\0';
    assert_ok(mr_csv_open(&r, mr_csv_from_text(&table), &err), err);
    int code;
    while ((code = mr_csv_next(&r, &row, &err)) == MR_OK) assert_non_null(row);
    assert_int_equal(code, MR_E_CSV);
    assert_int_equal(err.position, 150001);
}

static void test_csv_next__names_the_row_where_an_open_quotation_began(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("a,b\n1,2\n\n\"x\ny\",\"never closed\n5,6\n7,8\n"),
         "a|b\n2/2|1|2\ncsv: a quotation mark is not closed (row 4, line 4)\n"},
        {MR_STR_INIT("a,b\n1,\""), "a|b\ncsv: a quotation mark is not closed (row 2, line 2)\n"},
        {MR_STR_INIT("a,\"b\n1,2"), "csv: a quotation mark is not closed (row 1, line 1)\n"},
        {MR_STR_INIT("a,b\n1,\"\"\"\n"), "a|b\ncsv: a quotation mark is not closed (row 2, line 2)\n"},
    };
    CHECK(cases);
}

static void test_csv_next__reports_faults_and_goes_on(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("a,b\n1\n1,2\n1,2,\n1,2, ,3\n,,x\n"),
         "a|b\n2/2|1|\n3/3|1|2\n4/4|1|2+\n5/5|1|2+ +3 !surplus_cell@3\n6/6||+x !surplus_cell@2\n"},
        {MR_STR_INIT("a,b\n19\" wide,2\n1,2\n"), "a|b\n2/2|19\" wide|2 !stray_quote@0\n3/3|1|2\n"},
        {MR_STR_INIT("a,b\n1, \"x\"\n1,2\n"), "a|b\n2/2|1| \"x\" !stray_quote@1\n3/3|1|2\n"},
        {MR_STR_INIT("a,b\n\"x\"y,2\n\"x\" ,3\n1,2\n"),
         "a|b\n2/2|\"x\"y|2 !text_behind_quote@0\n3/3|\"x\" |3 !text_behind_quote@0\n4/4|1|2\n"},
        {MR_STR_INIT("a,b\n\"x\"\"y\"z\"w,2\n"), "a|b\n2/2|\"x\"\"y\"z\"w|2 !text_behind_quote@0\n"},
    };
    CHECK(cases);
    for (int fault = MR_CSV_FINE; fault <= MR_CSV_NOT_A_CHARACTER; fault++) {
        assert_true(strlen(mr_csv_fault_text((mr_csv_fault)fault)) > 10);
        for (int other = 0; other < fault; other++)
            assert_string_not_equal(mr_csv_fault_name((mr_csv_fault)fault), mr_csv_fault_name((mr_csv_fault)other));
    }
}

static void test_csv_open__refuses_a_faulty_header(void **state)
{
    static const struct table_case cases[] = {
        {MR_STR_INIT("\na,b\"c\n1,2\n"),
         "csv: A quotation mark stands inside a cell that does not begin with one. (row 2, line 2)\n"},
        {MR_STR_INIT("\xEF\xBB\xBF"
                     "a,\xF8\n"),
         "csv: The row holds bytes that are no characters in the table's encoding. (row 1, line 1)\n"},
    };
    CHECK(cases);
}

/* `cells` cells of `text`, with commas between them, and a line feed. */
static void put_cells(mr_buf *b, size_t cells, const char *text)
{
    for (size_t i = 0; i < cells; i++) {
        if (i) mr_buf_putc(b, ',');
        mr_buf_puts(b, text);
    }
    mr_buf_putc(b, '\n');
}

static void test_csv_open__limits_the_columns(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    struct mr_err err;
    const mr_csv_row *row;
    for (size_t more = 0; more <= 1; more++) {
        MR_CLEANUP(mr_csv_close) mr_csv_reader r = {0};
        mr_buf_init(&b, 1 << 20);
        put_cells(&b, MR_LIMIT_TABLE_COLUMNS + more, "name");
        put_cells(&b, MR_LIMIT_TABLE_COLUMNS, "x");
        put_cells(&b, MR_LIMIT_TABLE_COLUMNS + 1, "x");
        put_cells(&b, MR_LIMIT_TABLE_COLUMNS * 20, "");
        put_cells(&b, 1, "last");
        mr_str table = mr_buf_str(&b);
        assert_code(mr_csv_open(&r, mr_csv_from_text(&table), &err), more ? MR_E_LIMIT : MR_OK, err);
        for (int i = 0; !more && i < 3; i++) {
            assert_ok(mr_csv_next(&r, &row, &err), err);
            assert_non_null(row);
            assert_int_equal(row->number, i == 2 ? 5 : i + 2);
            assert_int_equal(row->fault, i == 1 ? MR_CSV_SURPLUS_CELL : MR_CSV_FINE);
        }
        mr_buf_done(&b);
    }
}

static void test_csv_next__limits_the_length_of_a_row(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    struct mr_err err;
    const mr_csv_row *row;
    for (size_t more = 0; more <= 1; more++) {
        for (size_t drop = 1000; drop <= 1000000; drop *= 1000) {
            MR_CLEANUP(mr_csv_close) mr_csv_reader r = {0};
            mr_buf_init(&b, 1 << 22);
            mr_buf_puts(&b, "name\nfirst\n");
            for (size_t i = 1; i < MR_LIMIT_TABLE_ROW + more; i++) mr_buf_putc(&b, 'x');
            mr_buf_puts(&b, "\nlast\n");
            struct dripping d = {mr_buf_str(&b), drop, SIZE_MAX};
            assert_ok(mr_csv_open(&r, (mr_csv_source){drip, &d}, &err), err);
            assert_ok(mr_csv_next(&r, &row, &err), err);
            assert_code(mr_csv_next(&r, &row, &err), more ? MR_E_LIMIT : MR_OK, err);
            if (more)
                assert_string_equal(err.pointer, "row 3, line 3");
            else
                assert_int_equal(row->cells[0].len, MR_LIMIT_TABLE_ROW - 1);
            mr_buf_done(&b);
        }
    }
}

static void test_csv_next__stops_an_endless_quotation(void **state)
{
    MR_CLEANUP(mr_csv_close) mr_csv_reader r = {0};
    struct mr_err err;
    const mr_csv_row *row;
    size_t size = 8 * MR_MIB;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, 'x', size);
    memcpy(text, "a,b\n1,\"", 7);
    mr_str table = mr_str_make(text, size);
    assert_ok(mr_csv_open(&r, mr_csv_from_text(&table), &err), err);
    assert_code(mr_csv_next(&r, &row, &err), MR_E_LIMIT, err);
    assert_true(table.len > size / 2); /* long before its end */
    free(text);
}

static void test_csv_next__reads_large_tables_in_constant_memory(void **state)
{
    MR_CLEANUP(mr_csv_close) mr_csv_reader r = {0};
    char name[PATH_MAX];
    struct mr_err err;
    snprintf(name, sizeof name, "%s/large.csv", test_temp_folder());
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs("name;number\r\n", f);
    for (int i = 0; i < 300000; i++) fprintf(f, "\"Lind; \"\"Bo\"\" %d\";%d\r\n", i, i);
    assert_int_equal(fclose(f), 0);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_ok(mr_csv_open(&r, mr_csv_from_fd(fd), &err), err);
    uint64_t count = 0, number;
    for (const mr_csv_row *row;; count++) {
        char wanted[40];
        assert_ok(mr_csv_next(&r, &row, &err), err);
        if (!row) break;
        snprintf(wanted, sizeof wanted, "Lind; \"Bo\" %d", (int)count);
        assert_str(row->cells[0], wanted);
        assert_true(mr_str_to_u64(mr_csv_cell(row, 1), &number) && number == count && row->number == count + 2);
    }
    close(fd);
    assert_int_equal(count, 300000);
    assert_true(r.text.cap < MR_MIB);
}

static void test_csv_next__passes_on_that_reading_failed(void **state)
{
    struct mr_err err;
    const mr_csv_row *row;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 24);
    mr_str table = large_table(&a, 10, "x");
    for (size_t after = 0; after <= 100000; after += 100000) {
        MR_CLEANUP(mr_csv_close) mr_csv_reader r = {0};
        struct dripping d = {table, 1000, after};
        int code = mr_csv_open(&r, (mr_csv_source){drip, &d}, &err);
        assert_int_equal(code, after ? MR_OK : MR_E_IO);
        while (code == MR_OK && (code = mr_csv_next(&r, &row, &err)) == MR_OK) assert_non_null(row);
        assert_int_equal(code, MR_E_IO);
    }
    MR_CLEANUP(mr_csv_close) mr_csv_reader closed = {0};
    assert_code(mr_csv_open(&closed, mr_csv_from_fd(-1), &err), MR_E_IO, err);
}

static void test_csv_column__finds_names_as_people_write_them(void **state)
{
    MR_CLEANUP(mr_csv_close) mr_csv_reader r = {0};
    struct mr_err err;
    mr_str table = MR_STR(" Family Name ,BIRTH_DATE,e-mail,F\xC3\x98"
                          "DSELSDATO,,Grade,grade,ΗΜΕΡΟΜΗΝΙΑ ΓΕΝΝΗΣΗΣ,Ѝмя ЩЯ,日付\n1,2,3,4,5,6,7,8,9,10\n");
    assert_ok(mr_csv_open(&r, mr_csv_from_text(&table), &err), err);
    static const struct {
        const char *name;
        int column;
    } cases[] = {{"family name", 0},
                 {"family_name", 0},
                 {"FAMILY-NAME", 0},
                 {" family  name", 0},
                 {"familyname", MR_CSV_NO_COLUMN},
                 {"birth date", 1},
                 {"E mail", 2},
                 {"email", MR_CSV_NO_COLUMN},
                 {"f\xC3\xB8"
                  "dselsdato",
                  3},
                 {"grade", MR_CSV_TWO_COLUMNS},
                 {"ημερομηνία_γέννησης", 7},
                 {"ημερομηνια γεννησησ", 7},
                 {"ѝМЯ щя", 8},
                 {"имя щя", MR_CSV_NO_COLUMN},
                 {"日付", 9},
                 {"日仙", MR_CSV_NO_COLUMN},
                 {"grad", MR_CSV_NO_COLUMN},
                 {"grades", MR_CSV_NO_COLUMN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int column = mr_csv_column(&r, cases[i].name);
        if (column != cases[i].column) fail_msg("'%s': %d, not %d", cases[i].name, column, cases[i].column);
    }
}

static void test_csv_cell__trims_and_answers_for_absent_columns(void **state)
{
    MR_CLEANUP(mr_csv_close) mr_csv_reader r = {0};
    struct mr_err err;
    const mr_csv_row *row;
    mr_str table = MR_STR("name,grade\n \xC2\xA0 Anna ,x,\n");
    assert_ok(mr_csv_open(&r, mr_csv_from_text(&table), &err), err);
    assert_ok(mr_csv_next(&r, &row, &err), err);
    assert_str(mr_csv_cell(row, 0), "Anna");
    assert_str(mr_csv_cell(row, mr_csv_column(&r, "grade")), "x");
    assert_str(mr_csv_cell(row, mr_csv_column(&r, "nothing")), "");
    assert_str(mr_csv_cell(row, 2), "");
}

static const struct {
    const char *cell, *written;
} written_cells[] = {
    {"", ""},
    {"plain", "plain"},
    {"a,b", "\"a,b\""},
    {"a;b", "\"a;b\""},
    {"say \"hi\"", "\"say \"\"hi\"\"\""},
    {"\"", "\"\"\"\""},
    {"two\nlines", "\"two\nlines\""},
    {" outer blanks ", "\" outer blanks \""},
    {"=1+1", "'=1+1"},
    {"@SUM(A1)", "'@SUM(A1)"},
    {"+45 12 34 56 78", "'+45 12 34 56 78"},
    {"-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"},
    {"\t=1", "\"'\t=1\""},
    {"\r=1", "\"'\r=1\""},
    {"=HYPERLINK(\"http://example.org\")", "\"'=HYPERLINK(\"\"http://example.org\"\")\""},
    {"-3", "-3"}, /* a grade of the Danish scale stays a number */
    {"+2,5", "\"+2,5\""},
    {"-", "'-"},
    {"--3", "'--3"},
    {"'quoted'", "'quoted'"},
    {"'=1", "''=1"},
    {"x=1", "x=1"},
};

static void test_csv_put_cell__quotes_and_guards(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 1 << 16);
    for (size_t i = 0; i < sizeof written_cells / sizeof *written_cells; i++) {
        mr_buf_clear(&b);
        mr_csv_put_cell(&b, mr_str_of(written_cells[i].cell), ',');
        mr_csv_put_cell(&b, MR_STR("next"), ',');
        mr_csv_end_row(&b);
        char wanted[200];
        snprintf(wanted, sizeof wanted, "%s,next\r\n", written_cells[i].written);
        assert_str(mr_buf_str(&b), wanted);
    }
}

static void test_csv_put_cell__comes_back_as_it_was(void **state)
{
    static const char separators[] = ",;\t|";
    for (const char *separator = separators; *separator; separator++) {
        MR_CLEANUP(mr_buf_done) mr_buf b;
        MR_CLEANUP(mr_csv_close) mr_csv_reader r = {0};
        struct mr_err err;
        const mr_csv_row *row;
        size_t count = sizeof written_cells / sizeof *written_cells;
        mr_buf_init(&b, 1 << 16);
        if (*separator == '|') mr_buf_puts(&b, "sep=|\r\n");
        mr_csv_put_cell(&b, MR_STR("cell"), *separator);
        mr_csv_put_cell(&b, MR_STR("next"), *separator);
        mr_csv_end_row(&b);
        for (size_t i = 0; i < count; i++) {
            mr_csv_put_cell(&b, mr_str_of(written_cells[i].cell), *separator);
            mr_csv_put_cell(&b, MR_STR("next"), *separator);
            mr_csv_end_row(&b);
        }
        mr_str table = mr_buf_str(&b);
        assert_ok(mr_csv_open(&r, mr_csv_from_text(&table), &err), err);
        for (size_t i = 0; i < count; i++) {
            assert_ok(mr_csv_next(&r, &row, &err), err);
            assert_non_null(row);
            assert_int_equal(row->fault, MR_CSV_FINE);
            assert_str(row->cells[0], written_cells[i].cell);
        }
        assert_ok(mr_csv_next(&r, &row, &err), err);
        assert_null(row);
    }
}

static void test_csv_end_row__keeps_quiet_about_a_full_buffer(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 5);
    mr_csv_put_cell(&b, MR_STR("too long"), ',');
    mr_csv_end_row(&b);
    assert_true(mr_buf_failed(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv_next__reads_what_rfc_4180_describes),
        cmocka_unit_test(test_csv_next__reads_every_kind_of_line_end),
        cmocka_unit_test(test_csv_next__counts_lines_inside_quotation_marks),
        cmocka_unit_test(test_csv_next__skips_blank_rows_but_counts_them),
        cmocka_unit_test(test_csv_next__reads_rows_that_break_anywhere),
        cmocka_unit_test(test_csv_open__finds_the_separator),
        cmocka_unit_test(test_csv_open__honours_the_separator_line_of_excel),
        cmocka_unit_test(test_csv_open__takes_off_a_byte_order_mark),
        cmocka_unit_test(test_csv_open__reads_windows_1252_and_says_so),
        cmocka_unit_test(test_csv_next__marks_rows_with_octets_that_are_not_utf_8),
        cmocka_unit_test(test_csv_open__decides_the_encoding_on_the_first_64_kib),
        cmocka_unit_test(test_csv_open__refuses_what_is_no_table_of_text),
        cmocka_unit_test(test_csv_next__tells_where_a_nul_byte_is),
        cmocka_unit_test(test_csv_next__names_the_row_where_an_open_quotation_began),
        cmocka_unit_test(test_csv_next__reports_faults_and_goes_on),
        cmocka_unit_test(test_csv_open__refuses_a_faulty_header),
        cmocka_unit_test(test_csv_open__limits_the_columns),
        cmocka_unit_test(test_csv_next__limits_the_length_of_a_row),
        cmocka_unit_test(test_csv_next__stops_an_endless_quotation),
        cmocka_unit_test(test_csv_next__reads_large_tables_in_constant_memory),
        cmocka_unit_test(test_csv_next__passes_on_that_reading_failed),
        cmocka_unit_test(test_csv_column__finds_names_as_people_write_them),
        cmocka_unit_test(test_csv_cell__trims_and_answers_for_absent_columns),
        cmocka_unit_test(test_csv_put_cell__quotes_and_guards),
        cmocka_unit_test(test_csv_put_cell__comes_back_as_it_was),
        cmocka_unit_test(test_csv_end_row__keeps_quiet_about_a_full_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
