#include "testing.h"

#include "base/log.h"
#include <fcntl.h>

/* Run `speak` with standard error going to a file, and give back what it wrote. */
static mr_str heard(mr_arena *a, void (*speak)(void))
{
    const char *path = test_path(a, test_temp_folder(), "stderr");
    int before = dup(STDERR_FILENO), file = open(path, O_CREAT | O_WRONLY | O_APPEND, 0600);
    assert_true(before >= 0 && file >= 0);
    dup2(file, STDERR_FILENO);
    speak();
    dup2(before, STDERR_FILENO);
    close(before);
    close(file);
    return test_read_file(a, path);
}

/* The line behind its time, which is always as long as this one. */
static mr_str behind_time(mr_str line)
{
    return mr_str_from(line, sizeof "{\"at\":\"2026-10-14T09:12:00Z\"" - 1);
}

static void speak_pairs(void)
{
    mr_log(MR_LOG_INFO, "batch.sealed", "batch", "b-1", "text", "say \"hi\"\\\n\x7F\xC3\xB8\xFF", "none",
           (const char *)NULL, NULL);
}

static void test_log__writes_one_json_object_a_line(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 24);
    mr_str line = heard(&a, speak_pairs);
    assert_true(mr_str_has_prefix(line, MR_STR("{\"at\":\"2")));
    assert_str(behind_time(line), ",\"level\":\"info\",\"event\":\"batch.sealed\",\"batch\":\"b-1\","
                                  "\"text\":\"say \\\"hi\\\"\\\\\\u000a\\u007f\xC3\xB8\xEF\xBF\xBD\",\"none\":null}\n");
}

static void speak_below_level(void)
{
    mr_log(MR_LOG_DEBUG, "too.quiet", NULL);
    mr_log_set_level(MR_LOG_ERROR);
    mr_log(MR_LOG_WARNING, "still.too.quiet", NULL);
    mr_log(MR_LOG_ERROR, "loud", NULL);
    mr_log_set_level(MR_LOG_INFO);
}

static void test_log__keeps_quiet_below_its_level(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 24);
    assert_str(behind_time(heard(&a, speak_below_level)), ",\"level\":\"error\",\"event\":\"loud\"}\n");
}

static void speak_error(void)
{
    struct mr_err err;
    int code = MR_FAIL_DETAIL(&err, MR_E_IO, "a file cannot be opened", "%s", "seal.pem");
    err.position = 12;
    err.line = 7;
    err.file = "x.c";
    if (code) mr_log_err(MR_LOG_WARNING, "seal.unreadable", &err);
}

static void test_log_err__tells_code_message_and_place(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 24);
    assert_str(
        behind_time(heard(&a, speak_error)),
        ",\"level\":\"warning\",\"event\":\"seal.unreadable\",\"code\":\"io\",\"message\":\"a file cannot be opened\","
        "\"detail\":\"seal.pem\",\"position\":\"12\",\"file\":\"x.c\",\"line\":\"7\"}\n");
}

static void speak_too_much(void)
{
    static char text[10000];
    memset(text, '"', sizeof text - 1);
    mr_log(MR_LOG_INFO, "long", "first", text, "second", text, "third", "x", NULL);
    memset(text, 0xC3, sizeof text - 1);
    mr_log(MR_LOG_INFO, "long", "first", text, NULL);
}

static void test_log__cuts_long_values_but_never_the_form(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 24);
    mr_str rest = heard(&a, speak_too_much), line;
    for (int i = 0; i < 2; i++) {
        assert_true(mr_str_split(&rest, '\n', &line));
        assert_in_range(line.len, 3500, 4095);
        assert_true(mr_str_has_suffix(line, MR_STR("\"}")));
        assert_int_equal(mr_utf8_check(line), line.len);
        /* A value of quotation marks alone ends in an escaped one: \\"" and not \\" */
        if (i == 0) assert_true(mr_str_has_suffix(line, MR_STR("\\\"\\\"\"}")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log__writes_one_json_object_a_line),
        cmocka_unit_test(test_log__keeps_quiet_below_its_level),
        cmocka_unit_test(test_log_err__tells_code_message_and_place),
        cmocka_unit_test(test_log__cuts_long_values_but_never_the_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
