#include "testing.h"

#include "base/limits.h"
#include "model/achievement.h"

static void test_findings_add__counts_faults_and_keeps_the_first(void **state)
{
    mr_arena a;
    mr_arena_init(&a, MR_MIB);
    struct mr_findings f;
    mr_findings_init(&f, &a);
    for (size_t i = 0; i < MR_LIMIT_FINDINGS + 50; i++) {
        struct mr_finding *one = i % 10 == 9 ? mr_findings_warn(&f, "level", "a.warning", MR_STR("x"))
                                             : mr_findings_add(&f, "title", "a.fault", MR_STR("y"));
        assert_non_null(one);
        one->expected = MR_STR("z");
    }
    assert_int_equal(f.count, MR_LIMIT_FINDINGS);
    assert_int_equal(f.faults, (MR_LIMIT_FINDINGS + 50) / 10 * 9);
    assert_false(f.items[0].warning);
    assert_true(f.items[9].warning);
    assert_string_equal(f.items[9].element, "level");
    assert_str(f.items[199].expected, "z");
    mr_arena_done(&a);
}

static void test_findings_add__never_null_when_memory_is_short(void **state)
{
    mr_arena a;
    mr_arena_init(&a, 0);
    struct mr_findings f;
    mr_findings_init(&f, &a);
    assert_non_null(mr_findings_add(&f, "title", "a.fault", MR_STR("y")));
    assert_int_equal(f.faults, 1);
    assert_int_equal(f.count, 0);
    mr_arena_done(&a);
}

static void test_findings_add__value_is_cut_and_printable(void **state)
{
    mr_arena a;
    mr_arena_init(&a, MR_MIB);
    struct mr_findings f;
    mr_findings_init(&f, &a);
    assert_str(mr_findings_add(&f, "t", "i",
                               MR_STR("a\033[31mb\x7F\xC2\x9B"
                                      "c\n"))
                   ->value,
               "a�[31mb��c�");
    char much[MR_LIMIT_FINDING_VALUE + 2];
    memset(much, 'x', sizeof much);
    memcpy(much + MR_LIMIT_FINDING_VALUE - 1, "\xC3\xA5", 2); /* å across the limit goes whole */
    mr_str value = mr_findings_add(&f, "t", "i", mr_str_make(much, sizeof much))->value;
    assert_int_equal(value.len, MR_LIMIT_FINDING_VALUE - 1);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_findings_add__counts_faults_and_keeps_the_first),
        cmocka_unit_test(test_findings_add__never_null_when_memory_is_short),
        cmocka_unit_test(test_findings_add__value_is_cut_and_printable),
    };
    return cmocka_run_group_tests_name("model/achievement", tests, NULL, NULL);
}
