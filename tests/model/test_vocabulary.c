#include "testing.h"

#include "model/vocabulary.h"

static void test_concept_find__code_without_case(void **state)
{
    static const struct {
        mr_scheme_code scheme;
        const char *code, *uri, *danish;
    } cases[] = {
        {MR_SCHEME_COUNTRY, "DK", "http://publications.europa.eu/resource/authority/country/DNK", "Danmark"},
        {MR_SCHEME_COUNTRY, "gr", "http://publications.europa.eu/resource/authority/country/GRC", "Grækenland"},
        {MR_SCHEME_COUNTRY, "XK", "http://publications.europa.eu/resource/authority/country/1A0", "Kosovo"},
        {MR_SCHEME_LANGUAGE, "uk", "http://publications.europa.eu/resource/authority/language/UKR", "ukrainsk"},
        {MR_SCHEME_EQF, "6", "http://data.europa.eu/snb/eqf/6", "Niveau 6"},
        {MR_SCHEME_ISCED_F, "0913", "http://data.europa.eu/snb/isced-f/0913", "Sygepleje og jordemoderkundskab"},
        {MR_SCHEME_ASSESSMENT, "Written-Examination", "http://data.europa.eu/snb/assessment/6e6cb2cc78",
         "skriftlig eksamen"},
        {MR_SCHEME_MODE, "blended", "http://data.europa.eu/snb/learning-assessment/e92d221e4d",
         "Blandet (fremmøde og online)"},
        {MR_SCHEME_LEARNING_TYPE, "short-programme", "http://data.europa.eu/snb/learning-opportunity/74a4a268e8",
         "Kort uddannelsesforløb"},
        {MR_SCHEME_NQF, "c_c392e7a2", "http://data.europa.eu/snb/qdr/c_c392e7a2", "RQF Level 6"},
        {MR_SCHEME_CREDIT, "ects", "http://data.europa.eu/snb/education-credit/6fcec5c5af",
         "Det europæiske meritoverførselssystem (ECTS)"},
        {MR_SCHEME_SUPERVISION, "none", "http://data.europa.eu/snb/supervision-verification/c598449d64",
         "Uden tilsyn og uden identitetskontrol"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_concept *c = mr_concept_find(cases[i].scheme, mr_str_of(cases[i].code));
        if (!c) fail_msg("%s is not found", cases[i].code);
        assert_string_equal(c->uri, cases[i].uri);
        assert_ptr_equal(mr_concept_find_uri(cases[i].scheme, mr_str_of(cases[i].uri)), c);
        assert_int_equal(c->scheme, cases[i].scheme);
        assert_str(mr_concept_label(c, MR_STR("da-DK")), cases[i].danish);
    }
    assert_null(mr_concept_find(MR_SCHEME_COUNTRY, MR_STR("EL"))); /* only VAT numbers say EL */
    assert_null(mr_concept_find(MR_SCHEME_COUNTRY, MR_STR("")));
}

static void test_concept_label__english_else_code(void **state)
{
    const mr_concept *c = mr_concept_find(MR_SCHEME_MODE, MR_STR("online"));
    assert_str(mr_concept_label(c, MR_STR("fi")), "Online");
    static const mr_concept bare = {MR_SCHEME_NQF, "c_1", "urn:x", {NULL, NULL, NULL, NULL}};
    assert_str(mr_concept_label(&bare, MR_STR("en")), "c_1");
}

static void test_concept_guess__nearest_first(void **state)
{
    static const struct {
        mr_scheme_code scheme;
        const char *typed, *best;
    } cases[] = {
        {MR_SCHEME_MODE, "blendet", "blended"},
        {MR_SCHEME_MODE, "bleneded", "blended"},
        {MR_SCHEME_ASSESSMENT, "written exam", "written-examination"},
        {MR_SCHEME_ASSESSMENT, "potrfolio", "portfolio"},
        {MR_SCHEME_ASSESSMENT, "mundtlig eksamen", "oral-examination"},
        {MR_SCHEME_COUNTRY, "Danmark", "DK"},
        {MR_SCHEME_COUNTRY, "Netherland", "NL"},
        {MR_SCHEME_LANGUAGE, "swedish", "sv"},
        {MR_SCHEME_ISCED_F, "nursing", "0913"},
        {MR_SCHEME_LEARNING_TYPE, "short_programme", "short-programme"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_concept *found[3];
        size_t n = mr_concept_guess(cases[i].scheme, mr_str_of(cases[i].typed), found, 3);
        if (n == 0) fail_msg("nothing is near %s", cases[i].typed);
        assert_string_equal(found[0]->code, cases[i].best);
    }
}

static void test_concept_guess__nothing_for_nonsense(void **state)
{
    const mr_concept *found[3];
    assert_int_equal(mr_concept_guess(MR_SCHEME_MODE, MR_STR("zzzzqqqqxxxx"), found, 3), 0);
    assert_int_equal(mr_concept_guess(MR_SCHEME_MODE, MR_STR("  "), found, 3), 0);
    assert_int_equal(mr_concept_guess(MR_SCHEME_MODE, MR_STR("blended"), found, 0), 0);
    char much[5000];
    memset(much, 'a', sizeof much);
    assert_int_equal(mr_concept_guess(MR_SCHEME_NQF, mr_str_make(much, sizeof much), found, 3), 0);
}

static void test_scheme_get__is_complete(void **state)
{
    for (mr_scheme_code s = 0; s < MR_SCHEME_COUNT_; s++) {
        const mr_scheme *scheme = mr_scheme_get(s);
        assert_true(scheme->count > 0);
        assert_ptr_equal(mr_scheme_find(mr_str_of(scheme->name)), scheme);
        for (size_t i = 0; i < scheme->count; i++) {
            const mr_concept *c = &scheme->concepts[i];
            assert_int_equal(c->scheme, s);
            assert_non_null(c->label[0]);
            if (s != MR_SCHEME_NQF && !(c->label[1] && c->label[2] && c->label[3]))
                fail_msg("%s lacks a label", c->uri);
            for (size_t l = MR_LABEL_COLUMNS; s != MR_SCHEME_NQF && l < MR_LABEL_LANGUAGES; l++)
                if (!mr_concept_label_in(c, mr_str_of(mr_label_languages[l])).len)
                    fail_msg("%s lacks a label in %s", c->uri, mr_label_languages[l]);
            assert_ptr_equal(mr_concept_find(s, mr_str_of(c->code)), c); /* the code is unique */
        }
    }
    assert_null(mr_scheme_find(MR_STR("nonsense")));
}

/* What the shapes of credentials ask for can be chosen, but for what is too large (ESCO) or has no concepts that anybody published. */
static void test_scheme_get__has_every_scheme_of_the_shapes(void **state)
{
    static const char *const others[] = {"http://data.europa.eu/esco/concept-scheme/occupations",
                                         "http://data.europa.eu/esco/concept-scheme/skills",
                                         "http://data.europa.eu/snb/claim-type/25831c2"};
    mr_arena a;
    size_t count = 0;
    mr_arena_init(&a, 1024 * 1024);
    mr_str rest = test_read_file(&a, MERIT_SOURCE_ROOT "/spec/shapes/edc-generic-full.shapes"), line;
    while (mr_str_split(&rest, '\n', &line)) {
        ptrdiff_t at = mr_str_find(line, MR_STR("hasValue <"));
        bool known = false;
        if (at < 0) continue;
        mr_str uri = mr_str_from(line, (size_t)at + strlen("hasValue <"));
        uri.len = (size_t)mr_str_find_char(uri, '>');
        for (mr_scheme_code s = 0; s < MR_SCHEME_COUNT_; s++) known |= mr_str_is(uri, mr_scheme_get(s)->uri);
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) known |= mr_str_is(uri, others[i]);
        if (!known) fail_msg("%.*s is not in our tables", MR_STR_ARG(uri));
        count++;
    }
    assert_int_equal(count, 19);
    mr_arena_done(&a);
}

/* Names of countries and languages in every language of the Union; four have columns in the tables themselves. */
static void test_vocabulary_label__speaks_further_languages(void **state)
{
    static const struct {
        mr_scheme_code scheme;
        const char *code, *language, *label;
    } cases[] = {{MR_SCHEME_COUNTRY, "AD", "bg", "Андора"},      {MR_SCHEME_COUNTRY, "GR", "el", "Ελλάδα"},
                 {MR_SCHEME_COUNTRY, "GR", "el-GR", "Ελλάδα"},   {MR_SCHEME_LANGUAGE, "sv", "fi", "ruotsi"},
                 {MR_SCHEME_LANGUAGE, "zu", "sl", "zulujščina"}, {MR_SCHEME_COUNTRY, "DK", "da", "Danmark"},
                 {MR_SCHEME_COUNTRY, "DK", "xx", "Denmark"},     {MR_SCHEME_COUNTRY, "DK", "x/../el", "Denmark"},
                 {MR_SCHEME_COUNTRY, "DK", "", "Denmark"},       {MR_SCHEME_EQF, "6", "mt", "6"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_concept *c = mr_concept_find(cases[i].scheme, mr_str_of(cases[i].code));
        assert_non_null(c);
        mr_str label = mr_concept_label(c, mr_str_of(cases[i].language));
        if (cases[i].scheme == MR_SCHEME_EQF ? !label.len : !mr_str_is(label, cases[i].label))
            fail_msg("%s in %s: %.*s", cases[i].code, cases[i].language, MR_STR_ARG(label));
    }
    const mr_concept *greece = mr_concept_find(MR_SCHEME_COUNTRY, MR_STR("GR"));
    assert_str(mr_concept_label_in(greece, MR_STR("el")), "Ελλάδα");
    assert_str(mr_concept_label_in(greece, MR_STR("sv")), "Grekland");
    assert_str(mr_concept_label_in(greece, MR_STR("xx")), ""); /* and not English */
    static const char *const languages[] = {"bg", "cs", "de", "el", "es", "et", "fi", "fr", "ga", "hr",
                                            "hu", "it", "lt", "lv", "mt", "pl", "pt", "ro", "sk", "sl"};
    const mr_concept *germany = mr_concept_find(MR_SCHEME_COUNTRY, MR_STR("DE"));
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (mr_str_is(mr_concept_label(germany, mr_str_of(languages[i])), "Germany")) fail_msg("%s", languages[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vocabulary_label__speaks_further_languages),
        cmocka_unit_test(test_concept_find__code_without_case),
        cmocka_unit_test(test_concept_label__english_else_code),
        cmocka_unit_test(test_concept_guess__nearest_first),
        cmocka_unit_test(test_concept_guess__nothing_for_nonsense),
        cmocka_unit_test(test_scheme_get__is_complete),
        cmocka_unit_test(test_scheme_get__has_every_scheme_of_the_shapes),
    };
    return cmocka_run_group_tests_name("model/vocabulary", tests, NULL, NULL);
}
