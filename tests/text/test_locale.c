/* How languages write dates and numbers, beside ICU: the facts in web/i18n are CLDR's. */
#include "testing.h"

#include "text/compiled.h"
#include "text/messages.h"

#include <unicode/udat.h>
#include <unicode/unum.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

static const char *const tags[] = {"bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr",
                                   "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv"};
static mr_arena arena;

static const char *locale_of(const char *tag)
{
    return strcmp(tag, "pt") == 0 ? "pt_PT" : strcmp(tag, "en") == 0 ? "en_GB" : tag;
}

static mr_str utf8(const UChar *text, int32_t length)
{
    UErrorCode status = U_ZERO_ERROR;
    char *out = mr_arena_alloc(&arena, (size_t)length * 4 + 1);
    int32_t n;
    u_strToUTF8(out, length * 4, &n, text, length, &status);
    assert_true(U_SUCCESS(status));
    return mr_str_make(out, (size_t)n);
}

static void test_locale__dates_and_numbers_are_written_as_cldr_says(void **state)
{
    mr_arena_init(&arena, 1 << 22);
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        UErrorCode status = U_ZERO_ERROR;
        const mr_language *l = mr_language_find_any(mr_str_of(tags[i]));
        if (!l) fail_msg("there is no %s", tags[i]);
        UDateFormat *dates = udat_open(UDAT_NONE, UDAT_LONG, locale_of(tags[i]), u"UTC", -1, NULL, 0, &status);
        UNumberFormat *numbers = unum_open(UNUM_DECIMAL, NULL, 0, locale_of(tags[i]), NULL, &status);
        for (uint8_t month = 1; month <= 12; month++) {
            UChar out[100];
            const mr_date date = {2026, month, 14};
            mr_str ours = mr_say_date(&arena, l, date);
            mr_str theirs = utf8(out, udat_format(dates, (UDate)mr_date_to_time(date), out, 100, NULL, &status));
            if (!mr_str_eq(ours, theirs))
                fail_msg("%s: %.*s, in CLDR %.*s", tags[i], MR_STR_ARG(ours), MR_STR_ARG(theirs));
        }
        for (int64_t n = 7; n < 20000000; n *= 12) {
            UChar out[100];
            mr_str ours = mr_say_count(&arena, l, n);
            mr_str theirs = utf8(out, unum_formatInt64(numbers, n, out, 100, NULL, &status));
            if (!mr_str_eq(ours, theirs))
                fail_msg("%s: %.*s, in CLDR %.*s", tags[i], MR_STR_ARG(ours), MR_STR_ARG(theirs));
        }
        assert_true(U_SUCCESS(status));
        udat_close(dates);
        unum_close(numbers);
    }
    mr_arena_done(&arena);
}

/* Two numbers take the same form of ours just when they have the same category of CLDR; that of whole millions in some languages ("un million de ...") is left out,
 * as gettext does. */
static void test_locale__plural_forms_are_the_categories_of_cldr(void **state)
{
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        UErrorCode status = U_ZERO_ERROR;
        const mr_language *l = mr_language_find_any(mr_str_of(tags[i]));
        UPluralRules *rules = uplrules_open(locale_of(tags[i]), &status);
        char category_of_form[8][16] = {{0}};
        unsigned form_of_category[8], categories = 0;
        for (int n = 0; n <= 1000; n++) {
            UChar name[16];
            char category[16];
            int32_t length = uplrules_select(rules, n, name, 16, &status);
            assert_true(U_SUCCESS(status));
            u_UCharsToChars(name, category, length + 1);
            unsigned form = l->form((unsigned long)n);
            if (form >= 8) fail_msg("%s: %d takes form %u", tags[i], n, form);
            if (!category_of_form[form][0]) {
                for (unsigned k = 0; k < categories; k++)
                    if (strcmp(category_of_form[form_of_category[k]], category) == 0)
                        fail_msg("%s: %d takes form %u, others of its category form %u", tags[i], n, form,
                                 form_of_category[k]);
                form_of_category[categories++] = form;
                memcpy(category_of_form[form], category, sizeof category);
            } else if (strcmp(category_of_form[form], category) != 0) {
                fail_msg("%s: %d takes form %u as %s does, and is %s", tags[i], n, form, category_of_form[form],
                         category);
            }
        }
        uplrules_close(rules);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_locale__dates_and_numbers_are_written_as_cldr_says),
                                       cmocka_unit_test(test_locale__plural_forms_are_the_categories_of_cldr)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
