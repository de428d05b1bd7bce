/* Lists of trusted entities in JSON: the part of the suite eu-trusted-lists that is not XML. */
#include "testing.h"

#include "base/limits.h"
#include "credential/lote.h"
#include "json/json.h"

static const struct {
    const char *id, *file;
    bool is_json, is_valid;
} cases[] = {
    {"lote-json-valid", "lote-json/valid.json", true, true},
    {"lote-json-valid-full", "lote-json/valid-full.json", true, true},
    {"lote-json-Mock_PID_Provider_List_v0.0.2", "lote-json/Mock_PID_Provider_List_v0.0.2.json", true, true},
    {"lote-json-Mock_PID_Provider_List_v0.0.1", "lote-json/Mock_PID_Provider_List_v0.0.1.json", false, false},
    {"lote-json-valid-emptyTE", "lote-json/valid-emptyTE.json", true, true},
    {"lote-json-invalid", "lote-json/invalid.json", true, false},
};

static bool run(size_t i)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const mr_json *root;
    struct mr_err err = {0};
    int64_t faults = -1;
    mr_arena_init(&a, 64 * MR_MIB);
    mr_buf_init(&out, 8 * MR_MIB);
    mr_str text = test_read_file(&a, test_path(&a, test_suite(&a, "eu-trusted-lists"), cases[i].file));
    int code = mr_lote_read(&a, text, NULL, 0, 0, &out, &err);
    if ((code == MR_OK) != cases[i].is_json) return false;
    if (code != MR_OK) return code == MR_E_JSON && out.len == 0;
    assert_ok(mr_json_parse(&a, mr_buf_str(&out), NULL, &root, &err), err);
    assert_true(mr_json_to_int64(mr_json_get(root, "fault_count"), &faults));
    if ((faults == 0) != cases[i].is_valid) print_error("%.*s\n", MR_STR_ARG(mr_buf_str(&out)));
    return (faults == 0) == cases[i].is_valid;
}

static void test_lote__gets_the_verdicts_of_the_suite(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    size_t passed = 0, count = sizeof cases / sizeof *cases;
    mr_arena_init(&a, MR_MIB);
    test_suite(&a, "eu-trusted-lists");
    for (size_t i = 0; i < count; i++) {
        bool good = run(i);
        if (!good) print_error("%s\n", cases[i].id);
        passed += good;
    }
    test_suite_count("eu-trusted-lists", passed, count, 0);
    assert_int_equal(passed, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lote__gets_the_verdicts_of_the_suite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
