#include "testing.h"

#include "text/collate.h"

/* The same names stand in another order in each language; where ICU is not installed that cannot be seen. */
static void test_collate__sorts_as_readers_of_the_language_look(void **state)
{
    static const struct {
        const char *language;
        const char *sorted[4];
    } cases[] = {{"en", {"Ärzte", "Oslo", "Österreich", "Zypern"}},  {"de", {"Ärzte", "Oslo", "Österreich", "Zypern"}},
                 {"sv", {"Oslo", "Zypern", "Ärzte", "Österreich"}},  {"da", {"Oslo", "Zypern", "Ærø", "Aarhus"}},
                 {"cs", {"Cyklus", "Haag", "Chata", "Jan"}},         {"el", {"Άνδρος", "Ανέμη", "Βόλος", "Ωμέγα"}},
                 {"bg", {"Австрия", "България", "Швеция", "Ямайка"}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_named names[4];
        for (size_t k = 0; k < 4; k++)
            names[k] = (struct mr_named){mr_str_of(cases[i].sorted[3 - k]), &cases[i].sorted[3 - k]};
        mr_collate(mr_language_find_any(mr_str_of(cases[i].language)), names, 4);
        for (size_t k = 0; k < 4; k++) {
            if (!mr_str_is(names[k].name, cases[i].sorted[k]))
                fail_msg("%s: %.*s stands where %s is expected", cases[i].language, MR_STR_ARG(names[k].name),
                         cases[i].sorted[k]);
            assert_ptr_equal(names[k].what, &cases[i].sorted[k]);
        }
    }
    mr_collate(mr_language_english(), NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_collate__sorts_as_readers_of_the_language_look)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
