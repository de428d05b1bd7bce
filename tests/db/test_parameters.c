#include "testing.h"

#include "db/parameters.h"

static void test_parameters_rewrite__names_become_numbers_outside_quotes(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *wanted;
        size_t count;
    } cases[] = {
        {"SELECT 1", "SELECT 1", 0},
        {"SELECT $a, $b, $a", "SELECT $1, $2, $1", 2},
        {"SELECT $ab,$a", "SELECT $1,$2", 2},
        {"SELECT '$a''$b' || $c", "SELECT '$a''$b' || $1", 1},
        {"SELECT \"$a\" = $b -- $c\n + $d", "SELECT \"$a\" = $1 -- $c\n + $2", 2},
        {"SELECT /* $a ' */ $b", "SELECT /* $a ' */ $1", 1},
        {"SELECT 4 - $a / $b", "SELECT 4 - $1 / $2", 2},
        {"SELECT 'open $a", "SELECT 'open $a", 0},
        {"$a", "$1", 1},
        {"", "", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MR_CLEANUP(mr_buf_done) mr_buf out;
        struct mr_db_parameters p;
        struct mr_err err = {0};
        mr_buf_init(&out, 1000);
        assert_ok(mr_db_parameters_rewrite(mr_str_of(cases[i].sql), &out, &p, &err), err);
        assert_str(mr_buf_str(&out), cases[i].wanted);
        assert_int_equal(p.count, cases[i].count);
    }
}

static void test_parameters_rewrite__refuses_too_many_and_nameless(void **state)
{
    (void)state;
    MR_CLEANUP(mr_buf_done) mr_buf out, sql;
    struct mr_db_parameters p;
    struct mr_err err = {0};
    mr_buf_init(&out, 10000);
    mr_buf_init(&sql, 10000);
    for (int i = 0; i < MR_DB_PARAMETERS_MOST; i++) mr_buf_format(&sql, "$p%d,", i);
    assert_ok(mr_db_parameters_rewrite(mr_buf_str(&sql), &out, &p, &err), err);
    mr_buf_puts(&sql, "$one_more");
    assert_code(mr_db_parameters_rewrite(mr_buf_str(&sql), &out, &p, &err), MR_E_DB, err);
    assert_code(mr_db_parameters_rewrite(MR_STR("SELECT $ a"), &out, &p, &err), MR_E_DB, err);
    assert_int_equal(err.position, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parameters_rewrite__names_become_numbers_outside_quotes),
        cmocka_unit_test(test_parameters_rewrite__refuses_too_many_and_nameless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
