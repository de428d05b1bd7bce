#include "testing.h"

#include "base/set.h"

/* Expected values from the reference implementation's vectors: key 00..0f, input 00 01 02 .. of length n. */
static void test_siphash__follows_the_vectors_of_its_authors(void **state)
{
    static const uint64_t wanted[] = {
        UINT64_C(0x726fdb47dd0e0e31), UINT64_C(0x74f839c593dc67fd), UINT64_C(0x0d6c8009d9a94f5a),
        UINT64_C(0x85676696d7fb7e2d), UINT64_C(0xcf2794e0277187b7), UINT64_C(0x18765564cd99a68d),
        UINT64_C(0xcbc9466e58fee3ce), UINT64_C(0xab0200f58b01d137), UINT64_C(0x93f5f5799a932462)};
    uint8_t key[16];
    char input[64];
    for (int i = 0; i < 16; i++) key[i] = (uint8_t)i;
    for (int i = 0; i < 64; i++) input[i] = (char)i;
    for (size_t n = 0; n < sizeof wanted / sizeof *wanted; n++)
        if (mr_siphash(key, mr_str_make(input, n)) != wanted[n]) fail_msg("length %zu", n);
    /* The example of the paper's appendix A. */
    assert_true(mr_siphash(key, mr_str_make(input, 15)) == UINT64_C(0xa129ca6149be45e5));
}

static void test_set_add__knows_what_it_has_seen(void **state)
{
    MR_CLEANUP(mr_set_done) mr_set s;
    mr_env env = test_env_fixed(0, 9);
    struct mr_err err;
    char text[20];
    mr_set_init(&s, &env, 100000);
    assert_false(mr_set_has(&s, MR_STR("row 1")));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 20000; i++) {
            bool was_there;
            int length = snprintf(text, sizeof text, "row %d", i);
            assert_ok(mr_set_add(&s, mr_str_make(text, (size_t)length), &was_there, &err), err);
            assert_int_equal(was_there, round);
        }
    }
    assert_int_equal(s.count, 20000);
    assert_true(mr_set_has(&s, MR_STR("row 19999")));
    assert_false(mr_set_has(&s, MR_STR("row 20000")));
    assert_true(s.capacity * sizeof *s.slots <= 20000 * 32);
}

static void test_set_add__stops_at_its_maximum(void **state)
{
    MR_CLEANUP(mr_set_done) mr_set s;
    mr_env env = test_env_fixed(0, 10);
    struct mr_err err;
    bool was_there;
    mr_set_init(&s, &env, 2);
    assert_ok(mr_set_add(&s, MR_STR("a"), &was_there, &err), err);
    assert_ok(mr_set_add(&s, MR_STR(""), &was_there, &err), err);
    assert_code(mr_set_add(&s, MR_STR("c"), &was_there, &err), MR_E_LIMIT, err);
    assert_ok(mr_set_add(&s, MR_STR("a"), &was_there, &err), err); /* a member is no new one */
    assert_true(was_there);
    assert_false(mr_set_has(&s, MR_STR("c")));
}

static void test_set_init__takes_another_key_each_time(void **state)
{
    MR_CLEANUP(mr_set_done) mr_set a;
    MR_CLEANUP(mr_set_done) mr_set b;
    mr_set_init(&a, mr_env_system(), 1);
    mr_set_init(&b, mr_env_system(), 1);
    assert_memory_not_equal(a.key, b.key, sizeof a.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_siphash__follows_the_vectors_of_its_authors),
        cmocka_unit_test(test_set_add__knows_what_it_has_seen),
        cmocka_unit_test(test_set_add__stops_at_its_maximum),
        cmocka_unit_test(test_set_init__takes_another_key_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
