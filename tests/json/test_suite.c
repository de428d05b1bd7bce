/* The official cases: the JSON parsing suite (names begin with y: must be accepted, n: must be refused, i: free choice)
 * and the test data of RFC 8785. */
#include "json/write.h"
#include "testing.h"

#include "base/limits.h"

#define MEMORY (64 * MR_MIB)

/* The free cases: what we do and why. */
static const struct choice {
    const char *name;
    int code;
    const char *why;
} choices[] = {
    {"i_number_huge_exp.json", MR_OK, "the text of a number is kept; its range matters where it is used"},
    {"i_number_neg_int_huge_exp.json", MR_OK, "same"},
    {"i_number_pos_double_huge_exp.json", MR_OK, "same"},
    {"i_number_real_pos_overflow.json", MR_OK, "same"},
    {"i_number_real_underflow.json", MR_OK, "same"},
    {"i_number_too_big_neg_int.json", MR_OK, "same"},
    {"i_number_too_big_pos_int.json", MR_OK, "same"},
    {"i_number_very_big_negative_int.json", MR_OK, "same"},
    {"i_object_key_lone_2nd_surrogate.json", MR_E_JSON, "RFC 7493 2.1: no lone surrogates; they have no UTF-8 to sign"},
    {"i_string_1st_valid_surrogate_2nd_invalid.json", MR_E_JSON, "same"},
    {"i_string_incomplete_surrogate_and_escape_valid.json", MR_E_JSON, "same"},
    {"i_string_incomplete_surrogate_pair.json", MR_E_JSON, "same"},
    {"i_string_incomplete_surrogates_escape_valid.json", MR_E_JSON, "same"},
    {"i_string_invalid_lonely_surrogate.json", MR_E_JSON, "same"},
    {"i_string_inverted_surrogates_U+1D11E.json", MR_E_JSON, "same"},
    {"i_string_lone_second_surrogate.json", MR_E_JSON, "same"},
    {"i_string_UTF8_surrogate_U+D800.json", MR_E_UTF8, "RFC 3629 section 3: surrogates are not well-formed UTF-8"},
    {"i_string_invalid_utf-8.json", MR_E_UTF8, "RFC 8259 8.1: UTF-8; replacing octets would change what was signed"},
    {"i_string_iso_latin_1.json", MR_E_UTF8, "same"},
    {"i_string_lone_utf8_continuation_byte.json", MR_E_UTF8, "same"},
    {"i_string_not_in_unicode_range.json", MR_E_UTF8, "same"},
    {"i_string_overlong_sequence_2_bytes.json", MR_E_UTF8, "same: one text, one form"},
    {"i_string_overlong_sequence_6_bytes.json", MR_E_UTF8, "same"},
    {"i_string_overlong_sequence_6_bytes_null.json", MR_E_UTF8, "same"},
    {"i_string_truncated-utf-8.json", MR_E_UTF8, "same"},
    {"i_string_UTF-16LE_with_BOM.json", MR_E_UTF8, "RFC 8259 8.1: UTF-8 only"},
    {"i_string_utf16BE_no_BOM.json", MR_E_UTF8, "same"},
    {"i_string_utf16LE_no_BOM.json", MR_E_UTF8, "same"},
    {"i_structure_500_nested_arrays.json", MR_E_LIMIT, "deeper than any credential; a caller may allow it"},
    {"i_structure_UTF-8_BOM_empty_object.json", MR_E_JSON, "RFC 8259 8.1: no byte order mark; it would be signed, too"},
};

static const struct choice *find_choice(const char *name)
{
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (strcmp(choices[i].name, name) == 0) return &choices[i];
    return NULL;
}

/* Reads with the defaults; objects with two equal names are grammatical, so in those cases with both kept. */
static int read_case(mr_arena *a, mr_str text, const char *name, struct mr_err *err)
{
    const mr_json *root;
    mr_json_options options = {.allow_duplicates = strstr(name, "duplicated_key") != NULL};
    int code = mr_json_parse(a, text, &options, &root, err);
    if (code == MR_OK && options.allow_duplicates) {
        struct mr_err twice;
        assert_code(mr_json_parse(a, text, NULL, &root, &twice), MR_E_JSON_DUPLICATE, twice);
    }
    return code;
}

static bool is_as_wanted(const char *name, int code)
{
    const struct choice *choice = find_choice(name);
    switch (name[0]) {
    case 'y': return code == MR_OK;
    case 'n': return code != MR_OK;
    default: return !choice || choice->code == code;
    }
}

static void test_json_parse__follows_the_parsing_suite(void **state)
{
    mr_arena a, memory;
    mr_str *names;
    size_t count, wrong = 0, kinds[128] = {0};
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    mr_arena_init(&memory, MEMORY);
    const char *folder = test_suite(&a, "json-parsing");
    assert_ok(mr_file_list(&a, folder, ".json", 1000, &names, &count, &err), err);
    for (size_t i = 0; i < count; i++) {
        mr_arena_reset(&memory);
        mr_str text = test_read_file(&memory, test_path(&memory, folder, names[i].ptr));
        int code = read_case(&memory, text, names[i].ptr, &err);
        kinds[names[i].ptr[0] & 127]++;
        if (is_as_wanted(names[i].ptr, code)) continue;
        wrong++;
        print_error("%s: %s (%s at %zu)\n", names[i].ptr, mr_code_name((mr_code)code), code ? err.message : "",
                    err.position);
    }
    printf("# accepted %zu, refused %zu, our choice %zu\n", kinds['y'], kinds['n'], kinds['i']);
    test_suite_count("json-parsing", count - wrong, count, 0);
    assert_int_equal(wrong, 0);
    assert_true(kinds['y'] > 0 && kinds['n'] > 0);
    mr_arena_done(&a);
    mr_arena_done(&memory);
}

static void test_json_parse__reads_the_500_arrays_when_allowed(void **state)
{
    mr_arena a;
    const mr_json *root;
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    mr_str text = test_read_file(&a, test_suite(&a, "json-parsing/i_structure_500_nested_arrays.json"));
    assert_ok(mr_json_parse(&a, text, &(mr_json_options){.max_depth = 500}, &root, &err), err);
    assert_int_equal(root->skip, 500);
    assert_code(mr_json_parse(&a, text, &(mr_json_options){.max_depth = 499}, &root, &err), MR_E_LIMIT, err);
    assert_int_equal(err.position, 499);
    mr_arena_done(&a);
}

/* One input, canonicalised, beside its published output. */
static bool canonical_agrees(mr_arena *a, const char *folder, const char *name)
{
    const mr_json *root;
    struct mr_err err = {0};
    mr_buf out;
    mr_buf_init(&out, MR_MIB);
    mr_str input = test_read_file(a, mr_arena_format(a, "%s/input/%s", folder, name).ptr);
    mr_str wanted = test_read_file(a, mr_arena_format(a, "%s/output/%s", folder, name).ptr);
    assert_ok(mr_json_parse(a, input, NULL, &root, &err), err);
    assert_ok(mr_json_canonicalise(root, &out, &err), err);
    bool same = mr_str_eq(mr_buf_str(&out), wanted);
    if (!same) print_error("%s: got %.*s\n  wanted %.*s\n", name, MR_STR_ARG(mr_buf_str(&out)), MR_STR_ARG(wanted));
    mr_buf_done(&out);
    return same;
}

static void test_json_canonicalise__gives_the_published_outputs(void **state)
{
    mr_arena a;
    mr_str *names;
    size_t count, wrong = 0;
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    const char *folder = test_suite(&a, "rfc8785-jcs");
    assert_ok(mr_file_list(&a, test_path(&a, folder, "input"), ".json", 100, &names, &count, &err), err);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) wrong += !canonical_agrees(&a, folder, names[i].ptr);
    test_suite_count("rfc8785-jcs", count - wrong, count, 0);
    assert_int_equal(wrong, 0);
    mr_arena_done(&a);
}

/* One line: the bits of a double in hexadecimal, a comma, its text. Returns whether ours is the same, both ways. */
static bool number_agrees(mr_str line)
{
    mr_str bits;
    uint64_t word = 0;
    double value, back;
    char text[32];
    assert_true(mr_str_split(&line, ',', &bits));
    for (size_t i = 0; i < bits.len; i++) {
        char c = bits.ptr[i];
        word = word << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    memcpy(&value, &word, sizeof value);
    mr_str got = mr_str_make(text, mr_json_number_write(value, text));
    mr_json node = {.ptr = got.ptr, .len = (uint32_t)got.len, .skip = 1, .type = MR_JSON_NUMBER};
    bool same = mr_str_eq(got, line) && mr_json_to_double(&node, &back) && back == value;
    if (!same)
        print_error("%016llx: got %.*s, wanted %.*s\n", (unsigned long long)word, MR_STR_ARG(got), MR_STR_ARG(line));
    return same;
}

static void test_json_number__agrees_with_the_ecmascript_file(void **state)
{
    mr_arena a;
    mr_str line;
    size_t count = 0, wrong = 0;
    mr_arena_init(&a, MEMORY);
    mr_str text = test_read_file(&a, test_suite(&a, "rfc8785-jcs/es6numbers-10000.txt"));
    while (mr_str_split(&text, '\n', &line))
        if (line.len) count++, wrong += !number_agrees(line);
    test_suite_count("rfc8785-jcs numbers", count - wrong, count, 0);
    assert_int_equal(wrong, 0);
    assert_true(count > 0);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_parse__follows_the_parsing_suite),
        cmocka_unit_test(test_json_parse__reads_the_500_arrays_when_allowed),
        cmocka_unit_test(test_json_canonicalise__gives_the_published_outputs),
        cmocka_unit_test(test_json_number__agrees_with_the_ecmascript_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
