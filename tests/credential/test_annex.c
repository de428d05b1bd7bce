#include "testing.h"

#include "base/limits.h"
#include "credential/annex.h"
#include "text/messages.h"

static void test_element_info__eleven_mandatory_and_five_optional(void **state)
{
    static const char *const codes[] = {"learner",
                                        "title",
                                        "country",
                                        "awarding_body",
                                        "date",
                                        "learning_outcomes",
                                        "workload",
                                        "level",
                                        "assessment",
                                        "participation",
                                        "quality_assurance",
                                        "prerequisites",
                                        "supervision",
                                        "grade",
                                        "stackability",
                                        "further_information"};
    size_t mandatory = 0;
    assert_int_equal(MR_ELEMENT_COUNT, sizeof codes / sizeof *codes);
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        const struct mr_element_info *info = mr_element_info(e);
        assert_string_equal(info->code, codes[e]); /* in the order of the Recommendation */
        mandatory += info->mandatory;
        if (info->mandatory) assert_true(e < MR_ELEMENTS_MANDATORY);
    }
    assert_int_equal(mandatory, MR_ELEMENTS_MANDATORY);
    assert_int_equal(MR_ELEMENT_COUNT - mandatory, MR_ELEMENTS_OPTIONAL);
}

static void test_element_info__every_element_has_its_words(void **state)
{
    static const char *const languages[] = {"en", "da"};
    static const char *const endings[] = {"", ".why", ".help"};
    mr_arena a;
    mr_arena_init(&a, MR_MIB);
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        const struct mr_element_info *info = mr_element_info(e);
        for (size_t l = 0; l < 2; l++) {
            for (size_t i = 0; i < (info->mandatory ? 3u : 1u); i++) {
                mr_str id = mr_arena_format(&a, "element.%s%s", info->code, endings[i]);
                if (!mr_message_exists(mr_language_find(mr_str_of(languages[l])), id))
                    fail_msg("%.*s has no text in %s", MR_STR_ARG(id), languages[l]);
            }
        }
    }
    mr_arena_done(&a);
}

static void test_annex_check__an_empty_specification_answers_nothing(void **state)
{
    mr_arena a;
    mr_specification s = {0};
    struct mr_findings f;
    mr_arena_init(&a, MR_MIB);
    mr_findings_init(&f, &a);
    mr_annex_check(&s, &f);
    assert_int_equal(f.faults, 9); /* learner and date are of the results */
    for (size_t i = 0; i < f.count; i++) assert_string_equal(f.items[i].id, "spec.missing");
    mr_arena_done(&a);
}

static void test_annex_check__is_silent_about_what_has_a_fault(void **state)
{
    mr_arena a;
    mr_specification s = {0};
    struct mr_findings f;
    mr_arena_init(&a, MR_MIB);
    mr_findings_init(&f, &a);
    mr_findings_add(&f, "level", "spec.code", MR_STR("9"));
    mr_findings_warn(&f, "workload", "spec.ects.unusual", MR_STR("90"));
    mr_annex_check(&s, &f);
    assert_int_equal(f.faults, 1 + 8); /* a warning is no fault: the workload is missed */
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_element_info__eleven_mandatory_and_five_optional),
        cmocka_unit_test(test_element_info__every_element_has_its_words),
        cmocka_unit_test(test_annex_check__an_empty_specification_answers_nothing),
        cmocka_unit_test(test_annex_check__is_silent_about_what_has_a_fault),
    };
    return cmocka_run_group_tests_name("credential/annex", tests, NULL, NULL);
}
