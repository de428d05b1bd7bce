#include "testing.h"

static void test_str_compare__orders_by_bytes_then_length(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
    } cases[] = {{"", "", 0},    {"", "a", -1},   {"a", "", 1},       {"a", "b", -1},       {"b", "a", 1},
                 {"ab", "a", 1}, {"a", "ab", -1}, {"abc", "abd", -1}, {"\xC3\xA6", "z", 1}, {"same", "same", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int order = mr_str_compare(mr_str_of(cases[i].a), mr_str_of(cases[i].b));
        if ((order > 0) - (order < 0) != cases[i].order) fail_msg("'%s' and '%s': %d", cases[i].a, cases[i].b, order);
    }
}

static void test_str_eq_ascii_nocase__folds_ascii_letters_only(void **state)
{
    assert_true(mr_str_eq_ascii_nocase(MR_STR("Content-TYPE"), MR_STR("content-type")));
    assert_false(mr_str_eq_ascii_nocase(MR_STR("abc"), MR_STR("abcd")));
    assert_false(mr_str_eq_ascii_nocase(MR_STR("\xC3\x86"), MR_STR("\xC3\xA6")));
    assert_false(mr_str_eq_ascii_nocase(MR_STR("@"), MR_STR("`"))); /* 0x20 apart but no letters */
}

static void test_str_find__gives_the_first_place_or_minus_one(void **state)
{
    assert_int_equal(mr_str_find(MR_STR("banana"), MR_STR("ana")), 1);
    assert_int_equal(mr_str_find(MR_STR("banana"), MR_STR("anab")), -1);
    assert_int_equal(mr_str_find(MR_STR("banana"), MR_STR("")), 0);
    assert_int_equal(mr_str_find(MR_STR_EMPTY, MR_STR("a")), -1);
    assert_int_equal(mr_str_find_char(MR_STR("banana"), 'n'), 2);
    assert_int_equal(mr_str_find_char(MR_STR_EMPTY, 'n'), -1);
}

static void test_str_trim__takes_off_what_spreadsheets_leave(void **state)
{
    assert_str(mr_str_trim(MR_STR("  Anna Berg \t\r\n")), "Anna Berg");
    assert_str(mr_str_trim(MR_STR("\xC2\xA0"
                                  "Anna \xC2\xA0")),
               "Anna");
    assert_str(mr_str_trim(MR_STR("\xEF\xBB\xBFname")), "name");
    assert_str(mr_str_trim(MR_STR("\xC2\xA0 \xEF\xBB\xBF")), "");
    assert_str(mr_str_trim(MR_STR("\xC3\xA0")), "\xC3\xA0"); /* its last octet is also that of U+00A0 */
}

static void test_str_split__returns_every_part(void **state)
{
    static const char *const wanted[] = {"a", "", "b", ""};
    mr_str rest = MR_STR("a,,b,"), part;
    for (size_t i = 0; i < 4; i++) {
        assert_true(mr_str_split(&rest, ',', &part));
        assert_str(part, wanted[i]);
    }
    assert_false(mr_str_split(&rest, ',', &part));
    rest = MR_STR("");
    assert_true(mr_str_split(&rest, ',', &part));
    assert_int_equal(part.len, 0);
    assert_false(mr_str_split(&rest, ',', &part));
}

static void test_str_to_u64__takes_digits_only(void **state)
{
    static const char *const refused[] = {
        "", "-1", "+1", " 1", "1 ", "0x10", "1.0", "18446744073709551616", "99999999999999999999999"};
    uint64_t value = 7;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (mr_str_to_u64(mr_str_of(refused[i]), &value)) fail_msg("'%s' was taken", refused[i]);
    assert_int_equal(value, 7);
    assert_true(mr_str_to_u64(MR_STR("18446744073709551615"), &value));
    assert_true(value == UINT64_MAX);
    assert_true(mr_str_to_u64(MR_STR("007"), &value));
    assert_int_equal(value, 7);
}

/* What RFC 3629 section 3 and 4 allow, asked one octet after the other in the plainest way: the oracle. */
static size_t plain_check(mr_str s)
{
    for (size_t i = 0; i < s.len;) {
        const unsigned char *p = (const unsigned char *)s.ptr + i;
        size_t left = s.len - i, more = p[0] < 0x80       ? 0
                                        : p[0] >> 5 == 6  ? 1
                                        : p[0] >> 4 == 14 ? 2
                                        : p[0] >> 3 == 30 ? 3
                                                          : 9;
        if (more >= left) return i;
        uint32_t c = more == 0 ? p[0] : p[0] & (0x3Fu >> more);
        for (size_t k = 1; k <= more; k++) {
            if (p[k] >> 6 != 2) return i;
            c = c << 6 | (p[k] & 0x3F);
        }
        static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
        if (c < least[more] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return i;
        i += more + 1;
    }
    return s.len;
}

static void test_utf8_is_plain__knows_what_reads_other_than_it_is_written(void **state)
{
    static const struct {
        const char *text;
        bool line, text_too;
    } cases[] = {
        {"", true, true},
        {"Łucja Žitnik", true, true},
        {"شهادة", true, true},
        {"two\nlines", false, true},
        {"two\r\nlines", false, false},
        {"tab\there", false, false},
        {"\x1b[31mred", false, false},
        {"\x7f", false, false},
        {"\xC2\x9B", false, false}, /* a control character of Latin 1 */
        {"\xC2\xA0", true, true},   /* a blank that does not break */
        {"gnp.\xE2\x80\xAE"
         "exe",
         false, false}, /* U+202E */
        {"\xE2\x80\xAA", false, false},
        {"\xE2\x81\xA6", false, false},
        {"\xE2\x81\xA9", false, false},
        {"\xE2\x80\xA9", true, true}, /* the neighbours */
        {"\xE2\x81\xAA", true, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(mr_utf8_is_plain(mr_str_of(cases[i].text), true), cases[i].line);
        assert_int_equal(mr_utf8_is_plain(mr_str_of(cases[i].text), false), cases[i].text_too);
    }
}

static void test_utf8_check__finds_the_first_wrong_octet(void **state)
{
    static const struct {
        mr_str text;
        size_t at;
    } cases[] = {
        {MR_STR_INIT(""), 0},
        {MR_STR_INIT("plain"), 5},
        {MR_STR_INIT("K\xC3\xB8"
                     "benhavn"),
         10},
        {MR_STR_INIT("\xF0\x9F\x8E\x93"), 4},
        {MR_STR_INIT("ab\x80"), 2},           /* a tail alone */
        {MR_STR_INIT("\xC0\x80"), 0},         /* overlong NUL */
        {MR_STR_INIT("\xC1\xBF"), 0},         /* overlong DEL */
        {MR_STR_INIT("\xE0\x9F\xBF"), 0},     /* overlong U+07FF */
        {MR_STR_INIT("\xF0\x8F\xBF\xBF"), 0}, /* overlong U+FFFF */
        {MR_STR_INIT("x\xED\xA0\x80"), 1},    /* U+D800 */
        {MR_STR_INIT("x\xED\x9F\xBF"), 4},    /* U+D7FF */
        {MR_STR_INIT("\xF4\x8F\xBF\xBF"), 4}, /* U+10FFFF */
        {MR_STR_INIT("\xF4\x90\x80\x80"), 0}, /* U+110000 */
        {MR_STR_INIT("\xF5\x80\x80\x80"), 0},
        {MR_STR_INIT("\xFF"), 0},
        {MR_STR_INIT("abc\xE2\x82"), 3}, /* cut */
        {MR_STR_INIT("abcdefghijklmnopqrstuvwxyz\xE2\x82\xAC\xE2\x28"), 29},
        {MR_STR_INIT("\0"), 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at = mr_utf8_check(cases[i].text);
        if (at != cases[i].at) fail_msg("case %zu: %zu, not %zu", i, at, cases[i].at);
    }
}

static void test_utf8_check__agrees_with_the_plain_reading_everywhere(void **state)
{
    mr_env env = test_env_fixed(0, 3629);
    char text[200];
    size_t wrong = 0;
    for (int round = 0; round < 200000; round++) {
        uint8_t r[4];
        mr_env_random(&env, r, sizeof r);
        memset(text, 'a', sizeof text);
        size_t length = 100 + r[0] % 100, at = 0;
        /* Well-formed text with one octet changed, now and then. */
        while (at + 4 < length) {
            mr_env_random(&env, r, sizeof r);
            uint32_t c = r[0] & 1 ? r[1] & 0x7F : ((uint32_t)r[1] << 16 | (uint32_t)r[2] << 8 | r[3]) % 0x110000;
            if (c >= 0xD800 && c <= 0xDFFF) c = 'x';
            at += mr_utf8_write(c, text + at);
        }
        mr_env_random(&env, r, sizeof r);
        if (r[0] & 1) text[r[1] % length] = (char)r[2];
        mr_str s = mr_str_make(text + r[3] % 8, length - r[3] % 8);
        size_t got = mr_utf8_check(s), want = plain_check(s);
        if (got != want) fail_msg("round %d: %zu, not %zu", round, got, want);
        wrong += want < s.len;
    }
    assert_in_range(wrong, 1000, 199000); /* both kinds were seen */
}

static void test_utf8_write__writes_the_shortest_form(void **state)
{
    static const struct {
        uint32_t c;
        const char *text;
    } cases[] = {{'A', "A"},
                 {0x7F, "\x7F"},
                 {0x80, "\xC2\x80"},
                 {0x7FF, "\xDF\xBF"},
                 {0x800, "\xE0\xA0\x80"},
                 {0xFFFF, "\xEF\xBF\xBF"},
                 {0x10000, "\xF0\x90\x80\x80"},
                 {0x10FFFF, "\xF4\x8F\xBF\xBF"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[4];
        size_t length = mr_utf8_write(cases[i].c, out);
        assert_str(mr_str_make(out, length), cases[i].text);
        assert_int_equal(mr_utf8_length(mr_str_make(out, length)), 1);
    }
    assert_int_equal(mr_utf8_length(MR_STR("\xC3\x85se \xF0\x9F\x8E\x93")), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_str_compare__orders_by_bytes_then_length),
        cmocka_unit_test(test_str_eq_ascii_nocase__folds_ascii_letters_only),
        cmocka_unit_test(test_str_find__gives_the_first_place_or_minus_one),
        cmocka_unit_test(test_str_trim__takes_off_what_spreadsheets_leave),
        cmocka_unit_test(test_str_split__returns_every_part),
        cmocka_unit_test(test_str_to_u64__takes_digits_only),
        cmocka_unit_test(test_utf8_is_plain__knows_what_reads_other_than_it_is_written),
        cmocka_unit_test(test_utf8_check__finds_the_first_wrong_octet),
        cmocka_unit_test(test_utf8_check__agrees_with_the_plain_reading_everywhere),
        cmocka_unit_test(test_utf8_write__writes_the_shortest_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
