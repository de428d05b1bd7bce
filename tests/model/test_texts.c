#include "testing.h"

#include "model/specification.h"

static const struct mr_localised danish_english[] = {
    {MR_STR_INIT("da"), MR_STR_INIT("Sårpleje")},
    {MR_STR_INIT("en"), MR_STR_INIT("Wound care")},
    {MR_STR_INIT("sv"), MR_STR_INIT("Sårvård")},
};
static const struct mr_localised dutch_greek[] = {
    {MR_STR_INIT("nl"), MR_STR_INIT("Wondzorg")},
    {MR_STR_INIT("el"), MR_STR_INIT("Φροντίδα")},
};

static void test_texts_get__asked_then_english_then_first(void **state)
{
    static const struct {
        mr_texts texts;
        const char *asked, *text, *language;
    } cases[] = {
        {{danish_english, 3}, "sv", "Sårvård", "sv"},    {{danish_english, 3}, "da", "Sårpleje", "da"},
        {{danish_english, 3}, "fi", "Wound care", "en"}, {{dutch_greek, 2}, "fi", "Wondzorg", "nl"},
        {{dutch_greek, 2}, "el", "Φροντίδα", "el"},      {{NULL, 0}, "en", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str language;
        assert_str(mr_texts_get(cases[i].texts, mr_str_of(cases[i].asked), &language), cases[i].text);
        assert_str(language, cases[i].language);
    }
}

static void test_texts_find__only_the_very_language(void **state)
{
    mr_texts texts = {danish_english, 3};
    assert_str(mr_texts_find(texts, MR_STR("en")), "Wound care");
    assert_str(mr_texts_find(texts, MR_STR("nl")), "");
}

static void test_specification_primary_language__is_that_of_the_title(void **state)
{
    mr_specification s = {.title = {dutch_greek, 2}}, empty = {0};
    assert_str(mr_specification_primary_language(&s), "nl");
    assert_str(mr_specification_primary_language(&empty), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_get__asked_then_english_then_first),
        cmocka_unit_test(test_texts_find__only_the_very_language),
        cmocka_unit_test(test_specification_primary_language__is_that_of_the_title),
    };
    return cmocka_run_group_tests_name("model/texts", tests, NULL, NULL);
}
