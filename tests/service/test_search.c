/* The catalogue: words are found in their inflected forms, in the language of each text; filters; paging; hostile questions; and 20,000 specifications. */
#include "placing.h"

#include <time.h>

/* Slugs of what is found, with blanks between. */
static mr_str found(struct world *w, struct mr_question q)
{
    struct mr_err err = {0};
    struct mr_found f;
    mr_str all = MR_STR("");
    if (!q.most) q.most = 50;
    assert_ok(mr_search_find(w->s, &w->a, &q, &f, &err), err);
    for (size_t i = 0; i < f.count; i++)
        all = mr_arena_format(&w->a, "%.*s%s%.*s", MR_STR_ARG(all), i ? " " : "", MR_STR_ARG(f.list[i].slug));
    return all;
}
#define FIND(...) found(w, (struct mr_question){__VA_ARGS__})

static void test_search__finds_inflected_words_by_the_rules_of_each_language(void **state)
{
    struct world *w = *state;
    publish(w, "care", "en", "Treating chronic wounds", "Choose a dressing for a wound", "");
    publish(w, "hus", "da", "Husene i byen", "Beskrive bygningers historie", "");
    publish(w, "talo", "fi", "Talojen rakentaminen", "Suunnitella taloissa tarvittavat rakenteet", "");
    publish(w, "haus", "de", "Häuser energetisch sanieren", "Gebäude beurteilen", "");
    publish(w, "maja", "et", "Majade ehitamine", "Kavandada puitmaju", "");
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"wound", "care"},        {"treated", "care"},
        {"TREATMENTS wound", ""}, {"dressings", "care"},
        {"hus", "hus"},           {"huset", "hus"},
        {"bygning", "hus"},       {"bygningerne", "hus"},
        {"talossa", "talo"},      {"taloissa", "talo"},
        {"talojen", "talo"},      {"rakenteita", "talo"},
        {"haus", "haus"},         {"Häusern", "haus"},
        {"hausern", "haus"},      {"Gebäuden", "haus"},
        {"sanieren", "haus"},     {"majade", "maja"},
        {"MAJADE", "maja"},       {"ehitami", "maja"} /* begins so */,
        {"husene wound", ""},     {"chronic   wounds", "care"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str got = FIND(.text = mr_str_of(cases[i].text));
        if (mr_str_is(got, cases[i].wanted)) continue;
        print_error("\"%s\" finds \"%.*s\", wanted \"%s\"\n", cases[i].text, MR_STR_ARG(got), cases[i].wanted);
        fail();
    }
}

static void test_search__a_text_in_two_languages_is_found_in_both(void **state)
{
    struct world *w = *state;
    mr_db_tx *tx = begin(w);
    put(w, tx, w->org, "both",
        MR_STR("{\"specification\":\"1\",\"id\":\"both\",\"version\":\"1\",\"title\":{\"da\":\"Læsning af tegninger\","
               "\"en\":\"Reading drawings\"},\"provider\":{\"name\":{\"da\":\"Skolen\"},\"country\":\"DK\"}}"));
    end(tx);
    assert_str(FIND(.text = MR_STR("tegning")), "both");
    assert_str(FIND(.text = MR_STR("drawing")), "both");
    assert_str(FIND(.text = MR_STR("laesning")), "");
}

static void test_search__the_title_counts_more(void **state)
{
    struct world *w = *state;
    publish(w, "a-rest", "en", "Something else", "Welding", ",\"description\":{\"en\":\"With ethics in it.\"}");
    publish(w, "b-title", "en", "Ethics", "Judging", "");
    publish(w, "c-outcome", "en", "Judgement", "Use ethics", "");
    assert_str(FIND(.text = MR_STR("ethics")), "b-title c-outcome a-rest");
    assert_str(FIND(.text = MR_STR("ethics"), .by_title = true), "b-title c-outcome a-rest");
    assert_str(FIND(.text = MR_STR("")), "b-title c-outcome a-rest");
}

static void test_search__filters(void **state)
{
    struct world *w = *state;
    publish(w, "one", "en", "One", "x",
            ",\"fields\":[\"0913\"],\"languages\":[\"da\",\"en\"],\"level\":{\"eqf\":6},\"workload\":{\"ects\":2.5},"
            "\"participation\":{\"modes\":[\"online\"]}");
    publish(w, "two", "en", "Two", "x",
            ",\"fields\":[\"0611\"],\"languages\":[\"en\"],\"level\":{\"eqf\":5},\"workload\":{\"ects\":10},"
            "\"participation\":{\"modes\":[\"blended\"]}");
    publish(w, "three", "en", "Third", "x", ",\"workload\":{\"hours\":12}");
    assert_str(FIND(.field = MR_STR("09")), "one");
    assert_str(FIND(.field = MR_STR("0913")), "one");
    assert_str(FIND(.field = MR_STR("061")), "two");
    assert_str(FIND(.language = MR_STR("en")), "one two");
    assert_str(FIND(.language = MR_STR("da")), "one");
    assert_str(FIND(.level = MR_STR("5")), "two");
    assert_str(FIND(.mode = MR_STR("blended")), "two");
    assert_str(FIND(.size = MR_STR("small")), "one");
    assert_str(FIND(.size = MR_STR("medium")), "two");
    assert_str(FIND(.size = MR_STR("hours")), "three");
    assert_str(FIND(.provider = MR_STR("sondre-fagskole-opdigtet")), "one three two");
    assert_str(FIND(.provider = MR_STR("kaupunkikorkeakoulu-keksitty")), "");
    assert_str(FIND(.provider = MR_STR("nobody")), "");
    assert_str(FIND(.language = MR_STR("en"), .level = MR_STR("5"), .text = MR_STR("two")), "two");
}

static void offer(struct world *w, const char *slug, const char *more)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str id;
    mr_findings_init(&findings, &w->a);
    mr_str text =
        mr_arena_format(&w->a, "{\"specification\":\"%s\",\"mode\":\"online\",\"languages\":[\"en\"]%s}", slug, more);
    assert_ok(mr_opportunity_add(w->s, &w->a, as(w, w->org, MR_ROLE_DESIGNER), text, &findings, &id, &err), err);
}

static void test_search__price_and_start_are_those_of_open_opportunities(void **state)
{
    struct world *w = *state;
    publish(w, "free", "en", "A", "x", "");
    publish(w, "paid", "en", "B", "x", "");
    publish(w, "past", "en", "C", "x", "");
    publish(w, "draft", "en", "D", "x", "");
    offer(w, "free", ",\"state\":\"open\",\"start\":\"2027-02-01\",\"price\":0");
    offer(w, "paid", ",\"state\":\"open\",\"price\":1200.50,\"currency\":\"DKK\"");
    offer(w, "past", ",\"state\":\"open\",\"start\":\"2026-09-01\",\"price\":0");
    offer(w, "draft", ",\"start\":\"2027-02-01\",\"price\":0");
    assert_str(FIND(.price = MR_STR("free")), "free");
    assert_str(FIND(.price = MR_STR("paid")), "paid");
    assert_str(FIND(.starts = MR_STR("2027-02-01")), "free paid");
    assert_str(FIND(.starts = MR_STR("2027-01-31")), "paid");
    assert_str(FIND(.starts = MR_STR("tomorrow")), "");
    assert_str(FIND(.price = MR_STR("cheap")), "");
}

static void test_search__pages_by_the_last_one_shown(void **state)
{
    struct world *w = *state;
    static const bool by_title[] = {true, false};
    for (int i = 0; i < 7; i++)
        publish(w, mr_arena_format(&w->a, "s%d", i).ptr, "en", i % 2 ? "Same title word" : "Word first", "x", "");
    for (size_t k = 0; k < 2; k++) {
        mr_str all = found(w, (struct mr_question){.text = MR_STR("word"), .by_title = by_title[k]}),
               after = MR_STR("");
        mr_str pieces = MR_STR("");
        for (int page = 0; page < 4; page++) {
            struct mr_err err = {0};
            struct mr_found f;
            struct mr_question q = {.text = MR_STR("word"), .by_title = by_title[k], .most = 2, .after = after};
            assert_ok(mr_search_find(w->s, &w->a, &q, &f, &err), err);
            assert_int_equal(f.all, 7);
            assert_int_equal(f.count, page < 3 ? 2 : 1);
            assert_int_equal(f.next.len > 0, page < 3);
            for (size_t i = 0; i < f.count; i++)
                pieces = mr_arena_format(&w->a, "%.*s%s%.*s", MR_STR_ARG(pieces), pieces.len ? " " : "",
                                         MR_STR_ARG(f.list[i].slug));
            after = f.next;
        }
        assert_str_eq(pieces, all);
    }
}

static void test_search__counts_what_can_be_chosen(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_found f;
    publish(w, "one", "en", "One", "x", ",\"languages\":[\"da\",\"en\"]");
    publish(w, "two", "en", "Two", "x", ",\"languages\":[\"en\"]");
    assert_ok(mr_search_find(w->s, &w->a, &(struct mr_question){.most = 1}, &f, &err), err);
    int64_t english = 0, danish = 0;
    for (size_t i = 0; i < f.count_count; i++) {
        if (!mr_str_is(f.counts[i].kind, "language")) continue;
        if (mr_str_is(f.counts[i].code, "en")) english = f.counts[i].count;
        if (mr_str_is(f.counts[i].code, "da")) danish = f.counts[i].count;
    }
    assert_int_equal(f.all, 2);
    assert_int_equal(english, 2);
    assert_int_equal(danish, 1);
}

static void test_search__no_question_is_an_error(void **state)
{
    struct world *w = *state;
    publish(w, "one", "en", "Wound care OR ethics", "x", "");
    MR_CLEANUP(mr_buf_done) mr_buf long_text, long_word, many;
    mr_buf_init(&long_text, MR_MIB);
    mr_buf_init(&long_word, MR_MIB);
    mr_buf_init(&many, MR_MIB);
    for (int i = 0; i < 1024; i++) mr_buf_puts(&long_text, "wound\" OR \"");
    for (int i = 0; i < 10240; i++) mr_buf_putc(&long_word, 'w');
    for (int i = 0; i < 5000; i++) mr_buf_puts(&many, "\xC3\xA6 ");
    static const char *const hostile[] = {
        "\"",
        "'",
        "\"\"\"",
        "wound\"",
        "wound AND",
        "NOT",
        "OR OR",
        "NEAR(wound care, 5)",
        "*",
        "wound*",
        "^wound",
        "title : wound",
        "{title} : wound",
        "(((",
        ")",
        "wound -care",
        "\\",
        "%",
        "_",
        "'; DROP TABLE specification; --",
        "\x02"
        "da\x02"
        "wound",
        "a:b & c | !d <-> e",
        "–",
        "„“",
        "\xF0\x9F\x8E\x93",
        "\xD0\xA1\xD1\x82\xD1\x80",
        "\xE4\xB8\xAD\xE6\x96\x87",
        "\xFF\xFE",
    };
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) (void)FIND(.text = mr_str_of(hostile[i]));
    assert_str(FIND(.text = MR_STR("\"wound\" (care)")), "one");
    assert_str(FIND(.text = MR_STR("wound OR ethics")), "one"); /* "or" is a word like others */
    assert_str(FIND(.text = MR_STR("\xFF\xFE")), "");
    assert_str(FIND(.text = MR_STR("—")), "");
    (void)FIND(.text = mr_buf_str(&long_text));
    assert_str(FIND(.text = mr_buf_str(&long_word)), "");
    assert_str(FIND(.text = mr_buf_str(&many)), "");
    (void)FIND(.field = MR_STR("' OR 1=1"), .after = MR_STR("'"), .provider = MR_STR("\""));
}

static void test_search__follows_versions_and_can_be_made_anew(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    size_t count;
    publish(w, "one", "en", "Old title", "x", "");
    clock_now += 1000;
    mr_db_tx *tx = begin(w);
    struct mr_specification_row row = {.org_id = w->org,
                                       .slug = MR_STR("one"),
                                       .version = MR_STR("2"),
                                       .document = document(&w->a, "one", "en", "New name", "x", "")};
    mr_str id;
    assert_ok(mr_store_specification_add(tx, &w->a, &env, &row, &id, &err), err);
    assert_ok(mr_search_update(w->s, tx, MR_STR("one"), &err), err);
    end(tx);
    assert_str(FIND(.text = MR_STR("old")), "");
    assert_str(FIND(.text = MR_STR("name")), "one");
    tx = begin(w);
    assert_ok(mr_store_search_remove(tx, MR_STR("one"), &err), err);
    end(tx);
    assert_str(FIND(.text = MR_STR("name")), "");
    assert_str(FIND(.text = MR_STR("")), "");
    assert_ok(mr_search_rebuild(w->s, &count, &err), err);
    assert_int_equal(count, 1);
    assert_str(FIND(.text = MR_STR("name")), "one");
}

/* ---- many ---- */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void test_search__twenty_thousand(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    static const char *const nouns[] = {"wounds",   "houses",   "batteries", "forests", "contracts",
                                        "networks", "tourists", "bridges",   "soils",   "languages"};
    static const char *const verbs[] = {"Managing", "Planning",  "Measuring", "Repairing",
                                        "Teaching", "Designing", "Judging"};
    enum { MANY = 20000 };
    mr_db_tx *tx = begin(w);
    double start = seconds();
    for (int i = 0; i < MANY; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        mr_arena_init(&a, MR_MIB);
        mr_str slug = mr_arena_format(&a, "s-%d", i), id;
        mr_str title = mr_arena_format(&a, "%s %s, part %d", verbs[i % 7], nouns[i % 10], i);
        mr_str more = mr_arena_format(&a,
                                      ",\"fields\":[\"%s\"],\"languages\":[\"%s\"],\"level\":{\"eqf\":%d},"
                                      "\"workload\":{\"ects\":%d},\"participation\":{\"modes\":[\"%s\"]}",
                                      i % 3 ? "0913" : "0611", i % 2 ? "da" : "en", 3 + i % 4, 1 + i % 15,
                                      i % 5 ? "online" : "blended");
        const struct mr_specification_row row = {
            .org_id = i % 2 ? w->org : w->other,
            .slug = slug,
            .version = MR_STR("1"),
            .document = document(&a, slug.ptr, "en", title.ptr, "Do it well and safely", more.ptr)};
        assert_ok(mr_store_specification_add(tx, &a, &env, &row, &id, &err), err);
    }
    end(tx);
    print_message("# %d specifications written: %.1f s\n", MANY, seconds() - start);
    start = seconds();
    assert_ok(mr_search_rebuild(w->s, NULL, &err), err);
    print_message("# catalogue made of them: %.1f s\n", seconds() - start);
    const struct {
        const char *what;
        struct mr_question q;
        int64_t all;
    } asked[] = {
        {"first page, no question", {.most = 20}, MANY},
        {"page 500, by title", {.most = 20, .after = MR_STR("s-9996"), .by_title = true}, MANY},
        {"one word", {.text = MR_STR("wound"), .most = 20}, MANY / 10},
        {"two words and two filters",
         {.text = MR_STR("managing wounds"), .level = MR_STR("3"), .language = MR_STR("en"), .most = 20},
         143},
        {"a filter", {.field = MR_STR("06"), .most = 20}, 6667},
        {"begins so", {.text = MR_STR("batter"), .most = 20}, MANY / 10},
        {"nothing", {.text = MR_STR("zebra"), .most = 20}, 0},
        {"open opportunity", {.price = MR_STR("free"), .most = 20}, 0},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct mr_found f;
        for (int again = 0; again < 2; again++) { /* the second time counts: statements are prepared then */
            start = seconds();
            assert_ok(mr_search_find(w->s, &w->a, &asked[i].q, &f, &err), err);
        }
        print_message("# %s: %lld found, %.1f ms\n", asked[i].what, (long long)f.all, 1000 * (seconds() - start));
        assert_int_equal(f.all, asked[i].all);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_search__finds_inflected_words_by_the_rules_of_each_language),
        TEST(test_search__a_text_in_two_languages_is_found_in_both),
        TEST(test_search__the_title_counts_more),
        TEST(test_search__filters),
        TEST(test_search__price_and_start_are_those_of_open_opportunities),
        TEST(test_search__pages_by_the_last_one_shown),
        TEST(test_search__counts_what_can_be_chosen),
        TEST(test_search__no_question_is_an_error),
        TEST(test_search__follows_versions_and_can_be_made_anew),
        TEST(test_search__twenty_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
