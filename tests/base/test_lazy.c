#include "testing.h"

#include "base/lazy.h"

double cos(double);
int merit_has_no_such_function(int);

#define MATHS_FUNCTIONS(F) F(cos)
MR_LAZY_LIBRARY(maths, "libm.so.6", MATHS_FUNCTIONS)

#define ABSENT_FUNCTIONS(F) F(cos)
MR_LAZY_LIBRARY(absent, "libmerit-absent.so.77", ABSENT_FUNCTIONS)

#define OLD_FUNCTIONS(F) F(cos) F(merit_has_no_such_function)
MR_LAZY_LIBRARY(old, "libm.so.6", OLD_FUNCTIONS)

static void test_lazy_load__fills_the_table(void **state)
{
    struct mr_err err;
    assert_null(maths_table.cos);
    assert_ok(maths_load(&err), err);
    assert_ok(maths_load(&err), err);
    assert_true(maths_table.cos(0) == 1);
}

static void test_lazy_load__names_what_is_missing(void **state)
{
    struct mr_err err;
    assert_code(absent_load(&err), MR_E_LIBRARY, err);
    assert_string_equal(err.detail, "libmerit-absent.so.77");
    assert_null(absent_table.cos);
    assert_code(old_load(&err), MR_E_LIBRARY, err);
    assert_non_null(strstr(err.detail, "merit_has_no_such_function"));
    assert_null(old_table.cos); /* all or nothing */
    assert_null(old_table.merit_has_no_such_function);
}

static void *load_in_thread(void *ret)
{
    struct mr_err err;
    *(int *)ret = maths_load(&err) == MR_OK && maths_table.cos(0) == 1;
    return NULL;
}

static void test_lazy_load__may_be_called_from_many_threads(void **state)
{
    pthread_t threads[8];
    int good[8] = {0};
    for (int i = 0; i < 8; i++) assert_int_equal(pthread_create(&threads[i], NULL, load_in_thread, &good[i]), 0);
    for (int i = 0; i < 8; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < 8; i++) assert_int_equal(good[i], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lazy_load__fills_the_table),
        cmocka_unit_test(test_lazy_load__names_what_is_missing),
        cmocka_unit_test(test_lazy_load__may_be_called_from_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
