#include "json/write.h"
#include "testing.h"

#include "base/limits.h"

#include <float.h>
#include <math.h>

static int canonicalise(mr_arena *a, mr_str text, mr_buf *out, struct mr_err *err)
{
    const mr_json *root = NULL;
    assert_ok(mr_json_parse(a, text, NULL, &root, err), *err);
    return mr_json_canonicalise(root, out, err);
}

static void assert_canonical(const char *text, const char *wanted)
{
    mr_arena a;
    mr_buf out;
    struct mr_err err = {0};
    mr_arena_init(&a, 16 * MR_MIB);
    mr_buf_init(&out, MR_MIB);
    assert_ok(canonicalise(&a, mr_str_of(text), &out, &err), err);
    assert_str(mr_buf_str(&out), wanted);
    mr_buf_done(&out);
    mr_arena_done(&a);
}

static void test_json_canonicalise__removes_white_space_and_escapes(void **state)
{
    assert_canonical(" { \"b\" : [ ] , \"a\" : { } , \"c\" : [ true , null , false ] } ",
                     "{\"a\":{},\"b\":[],\"c\":[true,null,false]}");
    assert_canonical("\"\\u20ac\\/\\u000f\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\"",
                     "\"\xe2\x82\xac/\\u000f\\nA'B\\\"\\\\\\\\\\\"\"");
    assert_canonical("\"\"", "\"\"");
    assert_canonical("[[],{},[[]]]", "[[],{},[[]]]");
}

/* RFC 8785 section 3.2.3: code units, not code points, and a prefix before what it begins. */
static void test_json_canonicalise__sorts_by_utf16_code_units(void **state)
{
    assert_canonical("{\"\\ufffd\":1,\"\\ud83d\\ude00\":2,\"\\ue000\":3,\"z\":4,\"\\u20ac\":5,\"\\ud7ff\":6,\"\":7,"
                     "\"zz\":8,\"Z\":9}",
                     "{\"\":7,\"Z\":9,\"z\":4,\"zz\":8,\"\xe2\x82\xac\":5,\"\xed\x9f\xbf\":6,\"\xf0\x9f\x98\x80\":2,"
                     "\"\xee\x80\x80\":3,"
                     "\"\xef\xbf\xbd\":1}");
    assert_canonical("{\"a\\ufb33\":1,\"a\\ud83d\\ude01\":2,\"a\\ud83d\\ude00\":3}",
                     "{\"a\xf0\x9f\x98\x80\":3,\"a\xf0\x9f\x98\x81\":2,\"a\xef\xac\xb3\":1}");
}

static void test_json_canonicalise__sorts_objects_of_every_size(void **state)
{
    mr_arena a;
    mr_arena_init(&a, 64 * MR_MIB);
    for (size_t count = 0; count < 300; count += count < 40 ? 1 : 37) {
        mr_buf text, wanted, out;
        struct mr_err err = {0};
        mr_buf_init(&text, MR_MIB);
        mr_buf_init(&wanted, MR_MIB);
        mr_buf_init(&out, MR_MIB);
        for (size_t i = 0; i < count; i++) {
            size_t mixed = count % 7 ? (i * 7 + 3) % count : count - 1 - i; /* each index once */
            mr_buf_format(&text, "%c\"%04zu\":[{}]", i ? ',' : '{', mixed);
            mr_buf_format(&wanted, "%c\"%04zu\":[{}]", i ? ',' : '{', i);
        }
        if (count == 0) mr_buf_putc(&text, '{'), mr_buf_putc(&wanted, '{');
        mr_buf_putc(&text, '}');
        mr_buf_putc(&wanted, '}');
        assert_ok(canonicalise(&a, mr_buf_str(&text), &out, &err), err);
        assert_str_eq(mr_buf_str(&out), mr_buf_str(&wanted));
        mr_buf_done(&text);
        mr_buf_done(&wanted);
        mr_buf_done(&out);
    }
    mr_arena_done(&a);
}

/* RFC 8785 appendix B, the boundaries of ECMA-262 7.1.12.1, and texts that are the same number. */
static void test_json_canonicalise__writes_numbers_as_ecmascript_does(void **state)
{
    static const char *const cases[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"-0.0", "0"},
        {"2.50", "2.5"},
        {"1E2", "100"},
        {"100", "100"},
        {"999999999999999", "999999999999999"},
        {"1234567890123456", "1234567890123456"},
        {"9007199254740993", "9007199254740992"},
        {"12345678901234567890", "12345678901234567000"},
        {"1e20", "100000000000000000000"},
        {"999999999999999999999", "1e+21"},
        {"1e21", "1e+21"},
        {"123456789012345678901234", "1.2345678901234569e+23"},
        {"0.000001", "0.000001"},
        {"0.0000001", "1e-7"},
        {"0.00000123456", "0.00000123456"},
        {"1.5e-7", "1.5e-7"},
        {"4.50", "4.5"},
        {"2e-3", "0.002"},
        {"333333333.33333329", "333333333.3333333"},
        {"0.1", "0.1"},
        {"0.30000000000000004", "0.30000000000000004"},
        {"-1e-400", "0"},
        {"5e-324", "5e-324"},
        {"-5e-324", "-5e-324"},
        {"1.7976931348623157e308", "1.7976931348623157e+308"},
        {"9007199254740991.5", "9007199254740992"},
        {"295147905179352830000", "295147905179352830000"},
        {"5.6843418860808015e-14", "5.684341886080802e-14"}, /* 2^-44 */
        {"9.5367431640625e-7", "9.5367431640625e-7"},
        {"1e23", "1e+23"},
        {"9.999999999999997e22", "9.999999999999997e+22"},
        {"1.0000000000000001e23", "1.0000000000000001e+23"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_canonical(cases[i][0], cases[i][1]);
}

static void test_json_canonicalise__refuses_what_no_double_can_hold(void **state)
{
    mr_arena a;
    mr_buf out;
    struct mr_err err = {0};
    mr_arena_init(&a, MR_MIB);
    mr_buf_init(&out, MR_MIB);
    assert_code(canonicalise(&a, MR_STR("{\"a\":[1, 1E400]}"), &out, &err), MR_E_JSON, err);
    assert_int_equal(err.position, 9);
    mr_buf_done(&out);
    mr_arena_done(&a);
}

static void test_json_canonicalise__says_when_the_buffer_is_too_small(void **state)
{
    mr_arena a;
    mr_buf out;
    struct mr_err err = {0};
    mr_arena_init(&a, MR_MIB);
    mr_buf_init(&out, 12);
    assert_ok(canonicalise(&a, MR_STR("{\"a\":[1,23]}"), &out, &err), err);
    mr_buf_clear(&out);
    assert_code(canonicalise(&a, MR_STR("{\"a\":[1,234]}"), &out, &err), MR_E_LIMIT, err);
    mr_buf_done(&out);
    mr_arena_done(&a);
}

static double read_double(const char *text)
{
    mr_json node = {.ptr = text, .len = (uint32_t)strlen(text), .skip = 1, .type = MR_JSON_NUMBER};
    double value = 0;
    assert_true(mr_json_to_double(&node, &value));
    return value;
}

/* Shortest: no text of one digit less reads as the same double. Checked against the C library, in its own locale. */
static void assert_shortest(double value)
{
    char text[33], shorter[64];
    size_t len = mr_json_number_write(value, text), digits = 0;
    text[len] = 0;
    if (strtod(text, NULL) != value || read_double(text) != value) fail_msg("%a: %s is another number", value, text);
    for (const char *p = text; *p && *p != 'e'; p++) digits += *p >= '0' && *p <= '9' && (digits || *p != '0');
    for (const char *p = text + strcspn(text, "e") - 1; !strchr(text, '.') && p > text && *p == '0'; p--) digits--;
    if (digits < 2) return;
    snprintf(shorter, sizeof shorter, "%.*e", (int)digits - 2, value);
    if (strtod(shorter, NULL) == value) fail_msg("%a: %s is shorter than %s", value, shorter, text);
}

static void test_json_number__is_the_shortest_that_reads_back(void **state)
{
    mr_env env = test_env_fixed(0, 8785);
    for (int exponent = -1074; exponent < 1024; exponent++) { /* powers of two and their neighbours */
        double value = ldexp(1, exponent);
        assert_shortest(value);
        assert_shortest(nextafter(value, INFINITY));
        if (exponent > -1074) assert_shortest(nextafter(value, 0));
    }
    for (int exponent = -323; exponent < 309; exponent++) {
        char text[16];
        snprintf(text, sizeof text, "1e%d", exponent);
        double value = read_double(text);
        assert_shortest(value);
        assert_shortest(nextafter(value, 0));
        assert_shortest(nextafter(value, INFINITY));
    }
    for (int i = 0; i < 20000; i++) {
        double value;
        mr_env_random(&env, &value, sizeof value);
        if (isfinite(value) && value != 0) assert_shortest(value);
    }
    assert_shortest(DBL_MAX);
    assert_shortest(DBL_MIN);
}

/* Digits without end, ties and near-ties: the same as the C library's strtod, which rounds right. */
static void test_json_number__reads_like_strtod(void **state)
{
    mr_env env = test_env_fixed(0, 754);
    char text[1600];
    for (int i = 0; i < 20000; i++) {
        uint64_t random[4];
        mr_env_random(&env, random, sizeof random);
        double value;
        memcpy(&value, &random[0], sizeof value);
        if (!isfinite(value)) continue;
        value = fabs(value);
        switch (random[1] % 4) {
        case 0: snprintf(text, sizeof text, "%.*e", (int)(random[2] % 25), value); break;
        case 1: /* exactly half way to the next double, and the same with a digit far behind */
            if (value > 1e300 || value < 1e-300) value = 1 + (double)(random[2] % 1000) / 7;
            snprintf(text, sizeof text, "%.1100Lf", ((long double)value + nextafter(value, INFINITY)) / 2);
            if (random[3] % 2) text[strlen(text) - 1] = '1';
            break;
        case 2:
            snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)random[2], (unsigned long long)random[3],
                     (int)(random[0] % 640) - 330);
            break;
        default: snprintf(text, sizeof text, "%lluE-%d", (unsigned long long)random[2], (int)(random[0] % 345)); break;
        }
        double wanted = strtod(text, NULL), got = INFINITY;
        mr_json node = {.ptr = text, .len = (uint32_t)strlen(text), .skip = 1, .type = MR_JSON_NUMBER};
        bool inside = mr_json_to_double(&node, &got);
        if (inside != !isinf(wanted) || (inside && got != wanted)) fail_msg("%s: got %a, wanted %a", text, got, wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_canonicalise__removes_white_space_and_escapes),
        cmocka_unit_test(test_json_canonicalise__sorts_by_utf16_code_units),
        cmocka_unit_test(test_json_canonicalise__sorts_objects_of_every_size),
        cmocka_unit_test(test_json_canonicalise__writes_numbers_as_ecmascript_does),
        cmocka_unit_test(test_json_canonicalise__refuses_what_no_double_can_hold),
        cmocka_unit_test(test_json_canonicalise__says_when_the_buffer_is_too_small),
        cmocka_unit_test(test_json_number__is_the_shortest_that_reads_back),
        cmocka_unit_test(test_json_number__reads_like_strtod),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
