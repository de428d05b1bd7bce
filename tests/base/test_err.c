#include "testing.h"

static void test_err_set__fills_every_field(void **state)
{
    struct mr_err e;
    memset(&e, 0xAA, sizeof e);
    assert_int_equal(MR_FAIL(&e, MR_E_JSON, "a comma is missing", 17), MR_E_JSON);
    assert_int_equal(e.code, MR_E_JSON);
    assert_string_equal(e.message, "a comma is missing");
    assert_int_equal(e.position, 17);
    assert_string_equal(e.pointer, "");
    assert_string_equal(e.detail, "");
    assert_non_null(strstr(e.file, "test_err.c"));
    assert_true(e.line > 0);
    assert_int_equal(MR_FAIL(NULL, MR_E_JSON, "nobody asks", 0), MR_E_JSON);
    assert_int_equal(MR_FAIL_DETAIL(NULL, MR_E_IO, "nobody asks", "%d", 1), MR_E_IO);
}

static void test_err_detail__is_cut_between_characters(void **state)
{
    struct mr_err e;
    char text[300];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'x', sizeof text);
        for (size_t at = shift; at + 4 < sizeof text; at += 4) memcpy(text + at, "\xF0\x9F\x8E\x93", 4);
        text[sizeof text - 1] = '\0';
        assert_int_equal(MR_FAIL_DETAIL(&e, MR_E_IO, "cannot be opened", "%s", text), MR_E_IO);
        size_t length = strlen(e.detail);
        assert_in_range(length, sizeof e.detail - 5, sizeof e.detail - 1);
        assert_int_equal(mr_utf8_check(mr_str_of(e.detail)), length);
        assert_memory_equal(e.detail, text, length);
    }
    assert_int_equal(MR_FAIL_DETAIL(&e, MR_E_IO, "m", "\xF0\x9F\x8E\x93"), MR_E_IO);
    assert_string_equal(e.detail, "\xF0\x9F\x8E\x93"); /* what fits is not touched */
    assert_int_equal(MR_FAIL_DETAIL(&e, MR_E_IO, "m", "again: %s", e.detail), MR_E_IO);
    assert_string_equal(e.detail, "again: \xF0\x9F\x8E\x93"); /* its own detail may be an argument */
}

static int passes_on(int code)
{
    MR_TRY(code);
    return -1;
}

static void test_err_try__passes_an_error_on_and_success_by(void **state)
{
    assert_int_equal(passes_on(MR_E_LIMIT), MR_E_LIMIT);
    assert_int_equal(passes_on(MR_OK), -1);
}

static void test_err_detail__is_always_text(void **state)
{
    static const struct {
        const char *given, *wanted;
    } cases[] = {{"a\xFF"
                  "b",
                  "a?b"},
                 {"\xC3\xA6\xC3", "\xC3\xA6"},
                 {"\xED\xA0\x80.", "???."}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err e = {0};
        (void)MR_FAIL_DETAIL(&e, MR_E_IO, "x", "%s", cases[i].given);
        assert_true(mr_utf8_check(mr_str_of(e.detail)) == strlen(e.detail));
        assert_string_equal(e.detail, cases[i].wanted);
    }
}

static void test_code__tells_name_status_and_exit(void **state)
{
    assert_string_equal(mr_code_name(MR_OK), "ok");
    assert_int_equal(mr_code_exit(MR_OK), 0);
    assert_string_equal(mr_code_name(MR_E_JSON_DUPLICATE), "json_duplicate");
    assert_int_equal(mr_code_http(MR_E_NOT_FOUND), 404);
    assert_int_equal(mr_code_exit(MR_E_NOT_FOUND), 2);
    assert_int_equal(mr_code_exit(MR_E_FORMAT), 1);
    assert_non_null(mr_code_text((mr_code)9999)); /* never beyond the table */
}

static void test_code__names_are_unique(void **state)
{
    static const char *const names[] = {
#define MR_ERROR(name, code, http, exit, text) code,
#include "base/errors.def"
#undef MR_ERROR
    };
    size_t count = sizeof names / sizeof *names;
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(mr_code_name((mr_code)(i + 1)), names[i]);
        for (size_t k = i + 1; k < count; k++) assert_string_not_equal(names[i], names[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_err_set__fills_every_field),
        cmocka_unit_test(test_err_detail__is_cut_between_characters),
        cmocka_unit_test(test_err_detail__is_always_text),
        cmocka_unit_test(test_err_try__passes_an_error_on_and_success_by),
        cmocka_unit_test(test_code__tells_name_status_and_exit),
        cmocka_unit_test(test_code__names_are_unique),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
