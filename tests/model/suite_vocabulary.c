/* Our tables of controlled vocabularies beside the official lists: every URI of ours is there, and of the closed lists none is left out. */
#include "testing.h"

#include "model/vocabulary.h"

static const struct {
    mr_scheme_code scheme;
    const char *file;
    bool whole;     /* every concept of the official list is in ours */
    bool own_words; /* its labels say nothing to people: ours are others */
} lists[] = {
    {MR_SCHEME_COUNTRY, "country.tsv",
     false}, /* without Clipperton and "provisional data", which have no two-letter code */
    {MR_SCHEME_LANGUAGE, "language.tsv", false},
    {MR_SCHEME_EQF, "eqf.tsv", true},
    {MR_SCHEME_ISCED_F, "isced-f.tsv", true},
    {MR_SCHEME_ASSESSMENT, "assessment.tsv", true},
    {MR_SCHEME_MODE, "mode.tsv", true},
    {MR_SCHEME_SETTING, "learning-setting.tsv", true},
    {MR_SCHEME_LEARNING_TYPE, "learning-opportunity.tsv", true},
    {MR_SCHEME_ACCREDITATION, "accreditation.tsv", true},
    {MR_SCHEME_CREDIT, "education-credit.tsv", true},
    {MR_SCHEME_SUPERVISION, "supervision-verification.tsv", true},
    {MR_SCHEME_SKILL_TYPE, "skill-type.tsv", true},
    {MR_SCHEME_REUSE_LEVEL, "skill-reuse-level.tsv", true},
    {MR_SCHEME_SCHEDULE, "learning-schedule.tsv", true},
    {MR_SCHEME_TARGET_GROUP, "target-group.tsv", true},
    {MR_SCHEME_CREDENTIAL_PROFILE, "credential.tsv", true},
    {MR_SCHEME_EVIDENCE, "evidence-type.tsv", true},
    {MR_SCHEME_ENCODING, "encoding.tsv", true},
    {MR_SCHEME_FILE_TYPE, "file-type.tsv", false},
    {MR_SCHEME_NQF, "nqf.tsv", true},
    {MR_SCHEME_ENTITLEMENT, "entitlement.tsv", true},
    {MR_SCHEME_CURRENCY, "currency.tsv", false},
    {MR_SCHEME_JURISDICTION, "atu.tsv", false}, /* without regions */
    {MR_SCHEME_ENTITLEMENT_STATUS, "entitlement-status.tsv", true},
    {MR_SCHEME_ACTIVITY, "learning-activity.tsv", true},
    {MR_SCHEME_SEX, "human-sex.tsv", true},
    {MR_SCHEME_VERIFICATION, "verification.tsv", true},
    {MR_SCHEME_VERIFICATION_STATUS, "verification-status.tsv", true, .own_words = true}, /* colours of lamps */
    {MR_SCHEME_ACCREDITATION_STATUS, "status.tsv", true},
};
_Static_assert(sizeof lists / sizeof *lists == MR_SCHEME_COUNT_, "every scheme is compared");

struct official {
    mr_str uri, label;
};

static size_t read_official(mr_arena *a, const char *folder, const char *file, struct official **ret)
{
    mr_str rest = test_read_file(a, test_path(a, folder, file)), line;
    struct official *rows = MR_NEW_ARRAY(a, struct official, 10000);
    size_t count = 0;
    assert_non_null(rows);
    while (mr_str_split(&rest, '\n', &line)) {
        mr_str uri, code, label;
        if (!mr_str_split(&line, '\t', &uri) || !mr_str_split(&line, '\t', &code) || !mr_str_split(&line, '\t', &label))
            continue;
        if (mr_str_is(uri, "uri")) continue;
        assert_true(count < 10000);
        rows[count++] = (struct official){uri, mr_str_trim(label)};
    }
    *ret = rows;
    return count;
}

static const struct official *find(const struct official *rows, size_t count, const char *uri)
{
    for (size_t i = 0; i < count; i++) {
        if (mr_str_is(rows[i].uri, uri)) return &rows[i];
    }
    return NULL;
}

static void test_vocabulary__agrees_with_the_official_lists(void **state)
{
    const char *folder = test_vocab();
    if (!folder) test_skip("the vocabularies are not here (MERIT_VOCAB)");
    mr_arena a;
    mr_arena_init(&a, 16 * 1024 * 1024);
    size_t faults = 0, lists_wrong = 0;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct official *rows;
        size_t before = faults, count = read_official(&a, folder, lists[i].file, &rows);
        assert_true(count > 0);
        const mr_scheme *scheme = mr_scheme_get(lists[i].scheme);
        for (size_t j = 0; j < scheme->count; j++) {
            const mr_concept *c = &scheme->concepts[j];
            const struct official *o = find(rows, count, c->uri);
            bool same = o && (o->label.len == 0 || lists[i].own_words || mr_str_is(o->label, c->label[0]));
            if (!same) print_error("%s: %s (%s) is not as in the official list\n", lists[i].file, c->uri, c->label[0]);
            faults += !same;
        }
        for (size_t j = 0; lists[i].whole && j < count; j++) {
            bool ours = mr_concept_find_uri(lists[i].scheme, rows[j].uri) != NULL;
            if (!ours) print_error("%s: %.*s is missing\n", lists[i].file, MR_STR_ARG(rows[j].uri));
            faults += !ours;
        }
        lists_wrong += faults > before;
        mr_arena_reset(&a);
    }
    test_suite_count("vocabularies", MR_SCHEME_COUNT_ - lists_wrong, MR_SCHEME_COUNT_, 0);
    mr_arena_done(&a);
    assert_int_equal(faults, 0);
}

static void test_vocabulary__names_the_official_schemes(void **state)
{
    const char *folder = test_vocab();
    if (!folder) test_skip("the vocabularies are not here (MERIT_VOCAB)");
    mr_arena a;
    mr_arena_init(&a, 1024 * 1024);
    size_t seen = 0;
    mr_str rest = test_read_file(&a, test_path(&a, folder, "schemes.tsv")), line;
    while (mr_str_split(&rest, '\n', &line)) {
        mr_str file, uri;
        if (!mr_str_split(&line, '\t', &file) || !mr_str_split(&line, '\t', &uri)) continue;
        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
            if (!mr_str_is(file, lists[i].file)) continue;
            assert_str(uri, mr_scheme_get(lists[i].scheme)->uri);
            seen++;
        }
    }
    assert_int_equal(seen, MR_SCHEME_COUNT_);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vocabulary__agrees_with_the_official_lists),
        cmocka_unit_test(test_vocabulary__names_the_official_schemes),
    };
    return cmocka_run_group_tests_name("suites/vocabulary", tests, NULL, NULL);
}
