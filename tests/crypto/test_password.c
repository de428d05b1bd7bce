/* Passwords: a hash made elsewhere, our own, older costs, and nobody's. */
#include "crypto/password.h"
#include "testing.h"

#include <time.h>

/* from the test vectors of the reference implementation (phc-winner-argon2, src/test.c): "password", "somesalt", t=2, m=2^16, p=1 */
static const char elsewhere[] =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

static bool verify(const char *hash, const char *password, bool *ret_stale)
{
    struct mr_err err = {0};
    bool right;
    assert_ok(mr_password_verify(mr_str_of(hash), mr_str_of(password), &right, ret_stale, &err), err);
    return right;
}

static void test_password_verify__takes_a_hash_of_the_reference_implementation(void **state)
{
    (void)state;
    bool stale;
    assert_true(verify(elsewhere, "password", &stale));
    assert_false(stale);
    assert_false(verify(elsewhere, "Password", NULL));
    assert_false(verify(elsewhere, "", NULL));
}

static void test_password_hash__is_salted_and_costs_what_it_should(void **state)
{
    (void)state;
    struct mr_err err = {0};
    char one[MR_PASSWORD_HASH], two[MR_PASSWORD_HASH];
    bool stale;
    assert_ok(mr_password_hash(MR_STR("fire graa katte"), one, &err), err);
    assert_ok(mr_password_hash(MR_STR("fire graa katte"), two, &err), err);
    assert_string_not_equal(one, two);
    assert_true(mr_str_has_prefix(mr_str_of(one), MR_STR("$argon2id$v=19$m=65536,t=2,p=1$")));
    assert_true(verify(one, "fire graa katte", &stale));
    assert_false(stale);
    assert_false(verify(one, "fire graa katt", NULL));
}

static void test_password_verify__tells_of_older_costs(void **state)
{
    (void)state;
    bool stale;
    /* from the test vectors of the reference implementation: t=2, m=2^8 */
    assert_true(verify("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                       "password", &stale));
    assert_true(stale);
}

static double seconds(const char *hash)
{
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    assert_false(verify(hash, "not the password", NULL));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static void test_password_verify__takes_as_long_for_nobody(void **state)
{
    (void)state;
    double somebody = 1e9, nobody = 1e9;
    for (int i = 0; i < 3; i++) { /* the smallest of three: other work on the machine only adds */
        double s = seconds(elsewhere), n = seconds("");
        somebody = s < somebody ? s : somebody;
        nobody = n < nobody ? n : nobody;
    }
    if (nobody < somebody / 2 || nobody > somebody * 2) fail_msg("nobody %.3f s, somebody %.3f s", nobody, somebody);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_password_verify__takes_a_hash_of_the_reference_implementation),
        cmocka_unit_test(test_password_hash__is_salted_and_costs_what_it_should),
        cmocka_unit_test(test_password_verify__tells_of_older_costs),
        cmocka_unit_test(test_password_verify__takes_as_long_for_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
