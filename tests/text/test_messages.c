#include "testing.h"

#include "text/messages.h"

#include <pthread.h>
#include <time.h>

static mr_arena arena;

static int make_arena(void **state)
{
    mr_arena_init(&arena, 1 << 20);
    return 0;
}

static int drop_arena(void **state)
{
    mr_arena_done(&arena);
    return 0;
}

static void *first_use(void *ret)
{
    mr_str text = mr_message(mr_language_find(MR_STR("da")), "month.10");
    memcpy(ret, &text, sizeof text);
    return NULL;
}

/* Runs first: the languages are not read yet. */
static void test_messages__first_use_by_several_threads(void **state)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    mr_str texts[THREADS];
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, first_use, &texts[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_str(texts[i], "oktober");
        assert_ptr_equal(texts[i].ptr, texts[0].ptr);
    }
}

static void test_messages_language__is_found_by_tag(void **state)
{
    static const char *const cases[][2] = {{"en", "en"}, {"da", "da"}, {"DA", "da"}, {"da-DK", "da"}, {"en_GB", "en"},
                                           {"dan", ""},  {"d", ""},    {"", ""},     {"-", ""},       {"tlh", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_language *l = mr_language_find(mr_str_of(cases[i][0]));
        mr_str tag = l ? mr_language_tag(l) : MR_STR_EMPTY;
        if (!mr_str_is(tag, cases[i][1])) fail_msg("%s: %.*s", cases[i][0], MR_STR_ARG(tag));
    }
    assert_str(mr_language_tag(mr_languages()[0]), "en");
    assert_str(mr_language_own_name(mr_language_find(MR_STR("da"))), "Dansk");
}

static void test_messages_accept__follows_the_header(void **state)
{
    static const char *const cases[][2] = {
        {"", "en"},
        {"da", "da"},
        {"da-DK, da;q=0.9, en;q=0.8", "da"},
        {"en-GB,en;q=0.9,da;q=0.8", "en"},
        {"en;q=0.5,da;q=0.7", "da"},
        {"fr, da;q=0.1", "da"},
        {"xx", "en"},
        {"*", "en"},
        {"*;q=0.5, da;q=0.4", "en"},
        {"*;q=0.1, da;q=0.4", "da"},
        {"da;q=0, en;q=0.1", "en"},
        {"da;q=0", "en"},
        {"da;q=0.5,en;q=0.5", "da"}, /* the first among equals */
        {"en;q=0.5,da;q=0.5", "en"},
        {"en;q=0.999,da;q=1.000", "da"},
        {"  DA-dk ; q=0.3 ,", "da"},
        {",,, da", "da"},
        {"da;q=1.5,en;q=0.2", "en"}, /* nonsense weighs nothing */
        {"da;q=x,en;q=0.2", "en"},
        {"da;level=1,en;q=0.2", "en"},
        {"da;q=0.1234,en;q=0.01", "en"},
        {"da;q=", "en"},
        {";q=1", "en"},
        {"\xff\xfe", "en"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str tag = mr_language_tag(mr_language_accept(mr_str_of(cases[i][0])));
        if (!mr_str_is(tag, cases[i][1])) fail_msg("%s: %.*s", cases[i][0], MR_STR_ARG(tag));
    }
    mr_buf b;
    mr_buf_init(&b, 1 << 20);
    while (b.len < 1 << 19) mr_buf_puts(&b, "x,");
    mr_buf_puts(&b, "da");
    assert_str(mr_language_tag(mr_language_accept(mr_buf_str(&b))), "en"); /* nobody asks for so much */
    mr_buf_done(&b);
}

static void test_messages_say__fills_placeholders(void **state)
{
    const mr_language *da = mr_language_find(MR_STR("da"));
    assert_str(MR_SAY(&arena, da, "date.format", {"year", MR_STR("2026")}, {"day", MR_STR("1")},
                      {"month", MR_STR("{day}")}, {"x", MR_STR("y")}),
               "1. {day} 2026");
    assert_str(MR_SAY(&arena, da, "date.format", {"day", MR_STR("1")}), "1. {month} {year}");
    assert_str(mr_say(&arena, da, "month.1", NULL, 0), "januar");
    assert_str(mr_message(da, "no.such.message"), "no.such.message");
    assert_true(mr_message_exists(da, MR_STR("month.1")));
    assert_false(mr_message_exists(da, MR_STR("no.such.message")));
    mr_arena small;
    mr_arena_init(&small, 0);
    assert_int_equal(mr_say(&small, da, "month.1", NULL, 0).len, 0);
}

static void test_messages_say__dates_times_and_counts(void **state)
{
    const mr_language *en = mr_language_english(), *da = mr_language_find(MR_STR("da"));
    const mr_date date = {2026, 10, 14};
    const int64_t time = mr_date_to_time(date) + (9 * 60 + 12) * 60000 + 59999;
    assert_str(mr_say_date(&arena, en, date), "14 October 2026");
    assert_str(mr_say_date(&arena, da, date), "14. oktober 2026");
    assert_str(mr_say_date(&arena, da, (mr_date){0}), "");
    assert_str(mr_say_time(&arena, en, time), "14 October 2026 at 09:12 (UTC)");
    assert_str(mr_say_time(&arena, da, time), "14. oktober 2026 kl. 09.12 (UTC)");
    assert_str(mr_say_time(&arena, en, -1), "31 December 1969 at 23:59 (UTC)");
    assert_str(mr_say_time(&arena, en, MR_TIME_NONE), "");
    static const struct {
        int64_t n;
        const char *en, *da;
    } counts[] = {{0, "0", "0"},
                  {7, "7", "7"},
                  {999, "999", "999"},
                  {1284, "1,284", "1.284"},
                  {-1284, "-1,284", "-1.284"},
                  {-128, "-128", "-128"},
                  {1000000, "1,000,000", "1.000.000"},
                  {INT64_MIN, "-9,223,372,036,854,775,808", "-9.223.372.036.854.775.808"}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        assert_str(mr_say_count(&arena, en, counts[i].n), counts[i].en);
        assert_str(mr_say_count(&arena, da, counts[i].n), counts[i].da);
    }
}

/* What is shown chooses the form, also with signs between thousands; what is no whole number takes the last one. */
static void test_messages_say__takes_the_form_that_goes_with_the_number(void **state)
{
    static const struct {
        const char *language, *count, *said;
    } cases[] = {{"en", "0", "0 hours"},         {"en", "1", "1 hour"},       {"en", "2", "2 hours"},
                 {"en", "5", "5 hours"},         {"en", "-1", "-1 hour"},     {"en", "1.5", "1.5 hours"},
                 {"en", "1,001", "1,001 hours"}, {"en", "", " hours"},        {"da", "0", "0 timer"},
                 {"da", "1", "1 time"},          {"da", "2", "2 timer"},      {"da", "1,5", "1,5 timer"},
                 {"da", "1.001", "1.001 timer"}, {"da", "many", "many timer"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_language *l = mr_language_find(mr_str_of(cases[i].language));
        mr_str said = MR_SAY(&arena, l, "say.hours", {"count", mr_str_of(cases[i].count)});
        if (!mr_str_is(said, cases[i].said)) fail_msg("%s: %.*s", cases[i].said, MR_STR_ARG(said));
    }
    assert_str(mr_message(mr_language_english(), "say.hours"), "{count} hours");
    assert_str(MR_SAY(&arena, mr_language_english(), "front.all", {"x", MR_STR("1")}), "All {count}");
}

static void test_messages_language__begun_ones_are_there_for_who_asks(void **state)
{
    assert_str(mr_language_tag(mr_language_find(MR_STR("en-XA"))), "en"); /* a region like another */
    assert_str(mr_language_tag(mr_language_find_any(MR_STR("en-XA"))), "en-XA");
    assert_str(mr_language_tag(mr_language_find_any(MR_STR("EN-xa"))), "en-XA");
    assert_str(mr_language_tag(mr_language_find_any(MR_STR("da-DK"))), "da");
    assert_null(mr_language_find(MR_STR("mt")));
    const mr_language *mt = mr_language_find_any(MR_STR("mt-MT"));
    assert_non_null(mt);
    assert_str(mr_language_own_name(mt), "Malti");
    assert_str(mr_say_date(&arena, mt, (mr_date){2026, 10, 14}), "14 ta’ Ottubru 2026");
    assert_str(MR_SAY(&arena, mt, "say.hours", {"count", MR_STR("1")}), "1 hour"); /* English by the English rule */
    assert_str(MR_SAY(&arena, mr_language_find_any(MR_STR("en-XA")), "say.hours", {"count", MR_STR("1")}), "1 ĥóóúúŕ");
}

int main(void)
{
#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, drop_arena)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages__first_use_by_several_threads),
        cmocka_unit_test(test_messages_language__is_found_by_tag),
        cmocka_unit_test(test_messages_accept__follows_the_header),
        WITH_ARENA(test_messages_say__fills_placeholders),
        WITH_ARENA(test_messages_say__dates_times_and_counts),
        WITH_ARENA(test_messages_say__takes_the_form_that_goes_with_the_number),
        WITH_ARENA(test_messages_language__begun_ones_are_there_for_who_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
