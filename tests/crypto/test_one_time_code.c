/* Codes of authenticator apps against the table of RFC 6238, base32 against RFC 4648. */
#include "crypto/one_time_code.h"
#include "testing.h"

static const mr_str secret = {"12345678901234567890", 20};

static void test_one_time_code__is_that_of_the_rfc(void **state)
{
    (void)state;
    /* RFC 6238 appendix B, SHA-1 */
    static const struct {
        int64_t seconds;
        const char *code;
    } cases[] = {{59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
                 {1234567890, "89005924"}, {2000000000, "69279037"}, {INT64_C(20000000000), "65353130"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char code[9];
        mr_one_time_code(secret, mr_one_time_step(cases[i].seconds * 1000), 8, code);
        assert_string_equal(code, cases[i].code);
        mr_one_time_code(secret, mr_one_time_step(cases[i].seconds * 1000), 6, code);
        assert_string_equal(code, cases[i].code + 2);
    }
}

static void test_one_time_find__takes_the_neighbours_and_nothing_else(void **state)
{
    (void)state;
    const int64_t now = INT64_C(1111111109000);
    assert_int_equal(mr_one_time_find(secret, MR_STR("081804"), now), mr_one_time_step(now));
    assert_int_equal(mr_one_time_find(secret, MR_STR("081 804"), now), mr_one_time_step(now));
    assert_int_equal(mr_one_time_find(secret, MR_STR("050471"), now), mr_one_time_step(now) + 1);
    assert_int_equal(mr_one_time_find(secret, MR_STR("081804"), now + 30000), mr_one_time_step(now));
    assert_int_equal(mr_one_time_find(secret, MR_STR("081804"), now + 90000), 0);
    static const char *const wrong[] = {"", "81804", "0818040", "07081804", "08180a", "-81804", "000000"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(mr_one_time_find(secret, mr_str_of(wrong[i]), now), 0);
}

static void test_base32__is_that_of_the_rfc(void **state)
{
    (void)state;
    /* RFC 4648 section 10, without padding */
    static const char *const cases[][2] = {{"", ""},
                                           {"f", "MY"},
                                           {"fo", "MZXQ"},
                                           {"foo", "MZXW6"},
                                           {"foob", "MZXW6YQ"},
                                           {"fooba", "MZXW6YTB"},
                                           {"foobar", "MZXW6YTBOI"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MR_CLEANUP(mr_buf_done) mr_buf out;
        mr_buf_init(&out, 64);
        mr_base32_put(&out, mr_str_of(cases[i][0]));
        assert_str(mr_buf_str(&out), cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_time_code__is_that_of_the_rfc),
        cmocka_unit_test(test_one_time_find__takes_the_neighbours_and_nothing_else),
        cmocka_unit_test(test_base32__is_that_of_the_rfc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
