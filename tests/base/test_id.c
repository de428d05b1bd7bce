#include "testing.h"

#include "base/encoding.h"
#include "base/id.h"

/* The example of RFC 9562 appendix A.6: the time, and the random bytes that fall between version and variant. */
static int64_t example_now(void *self)
{
    return INT64_C(0x017F22E279B0);
}
static void example_random(void *self, void *out, size_t size)
{
    static const unsigned char bytes[] = {0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
    assert_int_equal(size, sizeof bytes);
    memcpy(out, bytes, size);
}

static void test_id_new__makes_the_uuid_of_the_standard(void **state)
{
    const mr_env env = {example_now, example_random, NULL};
    char id[37];
    mr_id_new(&env, id);
    assert_string_equal(id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

static void test_id_new__is_ordered_by_time_and_never_the_same(void **state)
{
    mr_env env = test_env_fixed(1800000000000, 1);
    char earlier[37], later[37], same_time[37];
    mr_id_new(&env, earlier);
    mr_id_new(&env, same_time);
    assert_string_not_equal(earlier, same_time);
    test_env_set_time(&env, 1800000000001);
    mr_id_new(&env, later);
    assert_true(strcmp(earlier, later) < 0);
    assert_true(mr_id_is_uuid(mr_str_of(later)));
}

static void test_id_new_after__goes_on_when_the_clock_went_back(void **state)
{
    mr_env env = test_env_fixed(1800000000000, 1);
    char last[37], next[37];
    mr_id_new_after(&env, MR_STR_EMPTY, last);
    test_env_set_time(&env, 1700000000000);
    for (int i = 0; i < 1000; i++) {
        mr_id_new_after(&env, mr_str_of(last), next);
        assert_true(strcmp(last, next) < 0);
        assert_true(mr_id_is_uuid(mr_str_of(next)));
        assert_int_equal(next[14], '7');
        assert_non_null(strchr("89ab", next[19]));
        strcpy(last, next);
    }
    test_env_set_time(&env, 1800000000001);
    mr_id_new_after(&env, mr_str_of(last), next);
    assert_memory_not_equal(last, next, 13); /* of its own time again */
    static const char *const carried[][2] = {
        {"017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c073990"},
        {"017f22e2-79b0-7cc3-98c4-ffffffffffff", "017f22e2-79b0-7cc3-98c5-000000000000"},
        {"017f22e2-79b0-7cc3-9fff-ffffffffffff", "017f22e2-79b0-7cc4-9000-000000000000"},
        {"017f22e2-79b0-7fff-9fff-ffffffffffff", "017f22e2-79b1-7000-9000-000000000000"},
    };
    test_env_set_time(&env, 0);
    for (size_t i = 0; i < sizeof carried / sizeof *carried; i++) {
        mr_id_new_after(&env, mr_str_of(carried[i][0]), next);
        assert_string_equal(next, carried[i][1]);
    }
}

static void test_id_random__has_version_and_variant(void **state)
{
    mr_env env = test_env_fixed(0, 2);
    for (int i = 0; i < 1000; i++) {
        char id[37];
        mr_id_random(&env, id);
        assert_true(mr_id_is_uuid(mr_str_of(id)));
        assert_int_equal(id[14], '4');
        assert_non_null(strchr("89ab", id[19]));
    }
}

static void test_id_token__is_base64url_of_24_bytes(void **state)
{
    mr_env env = test_env_fixed(0, 3), again = test_env_fixed(0, 3);
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 100);
    char token[33], other[33], bytes[24];
    mr_id_token(&env, token);
    mr_env_random(&again, bytes, sizeof bytes);
    mr_base64url_put(&b, mr_str_make(bytes, sizeof bytes));
    assert_str(mr_buf_str(&b), token);
    mr_id_token(&env, other);
    assert_string_not_equal(token, other);
}

static void test_id_is_uuid__takes_only_the_written_form(void **state)
{
    assert_true(mr_id_is_uuid(MR_STR("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")));
    assert_true(
        mr_id_is_uuid(MR_STR("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"))); /* RFC 9562 section 4: either case is read */
    static const char *const refused[] = {"",
                                          "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
                                          "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
                                          "017f22e279b07cc398c4dc0c0c07398f",
                                          "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
                                          "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                                          "017f22e2a79b0-7cc3-98c4-dc0c0c07398f"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (mr_id_is_uuid(mr_str_of(refused[i]))) fail_msg("'%s' was taken", refused[i]);
}

static void test_env_system__has_a_clock_and_randomness(void **state)
{
    const mr_env *env = mr_env_system();
    assert_true(mr_env_now(env) > INT64_C(1700000000000));
    unsigned char a[64] = {0}, b[64] = {0};
    mr_env_random(env, a, sizeof a);
    mr_env_random(env, b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_new__makes_the_uuid_of_the_standard),
        cmocka_unit_test(test_id_new__is_ordered_by_time_and_never_the_same),
        cmocka_unit_test(test_id_new_after__goes_on_when_the_clock_went_back),
        cmocka_unit_test(test_id_random__has_version_and_variant),
        cmocka_unit_test(test_id_token__is_base64url_of_24_bytes),
        cmocka_unit_test(test_id_is_uuid__takes_only_the_written_form),
        cmocka_unit_test(test_env_system__has_a_clock_and_randomness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
