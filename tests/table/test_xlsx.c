/* Workbooks in: what openpyxl and others write, against lists of what stands in them; and files that are made to do harm. Workbooks out: read by openpyxl. */
#include "table/reader.h"
#include "table/xlsx_write.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>

static const char *python; /* that has openpyxl; NULL: none */

static int set_up(void **state)
{
    static const char *const candidates[] = {"/usr/bin/python3", "python3"};
    char command[1024];
    for (size_t i = 0; i < 2 && !python; i++) {
        snprintf(command, sizeof command, "%s -c 'import openpyxl' 2>/dev/null", candidates[i]);
        if (system(command) == 0) python = candidates[i];
    }
    if (!python) return 0;
    const char *folder = test_temp_folder();
    snprintf(command, sizeof command, "%s '%s/tests/table/workbooks.py' '%s'", python, MERIT_SOURCE_ROOT, folder);
    *state = (void *)(uintptr_t)folder;
    return system(command);
}

static int tear_down(void **state)
{
    (void)state;
    test_temp_remove();
    return 0;
}

static mr_str file_of(mr_arena *a, void **state, const char *name, const char *ending)
{
    return test_read_file(a, mr_arena_format(a, "%s/%s.%s", (const char *)*state, name, ending).ptr);
}

/* A row as the lists write it. */
static void put_row(mr_buf *out, const mr_csv_row *row)
{
    mr_buf_format(out, "%llu", (unsigned long long)row->number);
    for (size_t i = 0; i < row->count; i++) mr_buf_format(out, "\t%.*s", MR_STR_ARG(row->cells[i]));
    if (row->fault) mr_buf_format(out, "\t!%s", mr_csv_fault_name(row->fault));
    mr_buf_putc(out, '\n');
}

static void test_xlsx__reads_what_programs_write(void **state)
{
    static const char *const names[] = {"openpyxl", "hidden", "foreign", "columns", "words", "merged"};
    if (!python) skip();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        MR_CLEANUP(mr_table_close) mr_table table = {0};
        MR_CLEANUP(mr_buf_done) mr_buf got;
        const mr_csv_row *row;
        struct mr_err err = {0};
        mr_arena_init(&a, 64 << 20);
        mr_buf_init(&got, 1 << 20);
        assert_ok(mr_table_open(&table, file_of(&a, state, names[i], "xlsx"), MR_STR_EMPTY, &err), err);
        assert_str(table.columns[0], "name");
        for (;;) {
            assert_ok(mr_table_next(&table, &row, &err), err);
            if (!row) break;
            put_row(&got, row);
        }
        mr_str wanted = file_of(&a, state, names[i], "tsv");
        if (!mr_str_eq(mr_buf_str(&got), wanted))
            fail_msg("%s: wanted\n%.*s\ngot\n%.*s", names[i], MR_STR_ARG(wanted), MR_STR_ARG(mr_buf_str(&got)));
    }
}

static void test_xlsx__names_its_sheets(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    const mr_str *sheets;
    mr_xlsx *x = NULL;
    if (!python) skip();
    mr_arena_init(&a, 64 << 20);
    mr_str content = file_of(&a, state, "hidden", "xlsx");
    assert_ok(mr_xlsx_open(content, MR_STR_EMPTY, &x, &err), err);
    assert_int_equal(mr_xlsx_sheets(x, &sheets), 1);
    assert_str(sheets[0], "Ærø");
    assert_str(mr_xlsx_sheet(x), "Ærø");
    mr_xlsx_close(x);
    assert_ok(mr_xlsx_open(content, MR_STR("hidden"), &x, &err), err); /* a chosen one may be hidden */
    mr_xlsx_close(x);
    assert_code(mr_xlsx_open(content, MR_STR("none"), &x, &err), MR_E_CSV, err);
}

/* Opened or read to the end, whichever refuses it. */
static int read_all(mr_str content, struct mr_err *err)
{
    MR_CLEANUP(mr_table_close) mr_table table = {0};
    const mr_csv_row *row = NULL;
    MR_TRY(mr_table_open(&table, content, MR_STR_EMPTY, err));
    do MR_TRY(mr_table_next(&table, &row, err));
    while (row);
    return MR_OK;
}

static void test_xlsx__refuses_harm_and_other_kinds(void **state)
{
    static const struct {
        const char *name;
        mr_code code;
        const char *message;
    } cases[] = {
        {"doctype", MR_E_CSV, "document type declaration"},
        {"bomb", MR_E_LIMIT, "unpacks to more"},
        {"deep", MR_E_LIMIT, "nested deeper"},
        {"long", MR_E_LIMIT, "a cell is longer"},
        {"string_index", MR_E_CSV, "damaged"},
        {"rows", MR_E_LIMIT, "more rows"},
        {"many", MR_E_LIMIT, "more parts"},
        {"no_sheet", MR_E_CSV, "damaged"},
        {"empty", MR_E_CSV, "the table is empty"},
        {"overlap", MR_E_CSV, "damaged"},
        {"locked", MR_E_CSV, "protected with a password"},
        {"cut", MR_E_CSV, "damaged"},
        {"tail", MR_E_CSV, "damaged"},
        {"ole", MR_E_CSV, "an old workbook"},
        {"protected", MR_E_CSV, "protected with a password"},
        {"ods", MR_E_CSV, "OpenDocument"},
        {"document", MR_E_CSV, "holds no workbook"},
    };
    if (!python) skip();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        struct mr_err err = {0};
        mr_arena_init(&a, 64 << 20);
        int code = read_all(file_of(&a, state, cases[i].name, "xlsx"), &err);
        if (code != (int)cases[i].code || !strstr(err.message ? err.message : "", cases[i].message))
            fail_msg("%s: %s: %s", cases[i].name, mr_code_name((mr_code)code), err.message ? err.message : "");
    }
}

static void test_xlsx_write__every_cell_is_a_text(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    MR_CLEANUP(mr_table_close) mr_table table = {0};
    static const char *const choices[] = {"none", "supervised", NULL};
    const mr_str header[] = {MR_STR("name"), MR_STR("reason")};
    const mr_str cells[] = {MR_STR("=HYPERLINK(\"http://example.org\")"), MR_STR("+1\x01 ø")};
    const mr_csv_row *row;
    struct mr_err err = {0};
    mr_xlsx_writer *w;
    char command[2048];
    mr_buf_init(&out, 1 << 20);
    assert_ok(mr_xlsx_write_open("Merit", &w, &err), err);
    mr_xlsx_write_note(w, 0, MR_STR("A note"));
    mr_xlsx_write_row(w, header, 2, true);
    mr_xlsx_write_row(w, cells, 2, false);
    mr_xlsx_write_choices(w, 1, 10, choices);
    assert_ok(mr_xlsx_write_close(w, &out, &err), err);
    assert_ok(mr_table_open(&table, mr_buf_str(&out), MR_STR_EMPTY, &err), err);
    assert_ok(mr_table_next(&table, &row, &err), err);
    assert_str(row->cells[0], cells[0].ptr);
    assert_str(row->cells[1], "+1\xEF\xBF\xBD ø");
    if (!python) return;
    snprintf(command, sizeof command, "%s/out.xlsx", (const char *)*state);
    FILE *file = fopen(command, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(out.ptr, 1, out.len, file), out.len);
    fclose(file);
    snprintf(command, sizeof command,
             "%s -c 'import openpyxl; s = openpyxl.load_workbook(\"%s/out.xlsx\").active; "
             "assert s[\"A2\"].data_type == \"s\" and s[\"A2\"].value.startswith(\"=HYPER\") and s[\"A1\"].comment; "
             "assert s.data_validations.dataValidation[0].formula1.count(\"supervised\")'",
             python, (const char *)*state);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xlsx__reads_what_programs_write),
        cmocka_unit_test(test_xlsx__names_its_sheets),
        cmocka_unit_test(test_xlsx__refuses_harm_and_other_kinds),
        cmocka_unit_test(test_xlsx_write__every_cell_is_a_text),
    };
    return cmocka_run_group_tests_name("xlsx", tests, set_up, tear_down);
}
