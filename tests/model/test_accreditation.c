/* Does an accreditation cover an achievement? Every limit from both sides, and every day around each date. */
#include "testing.h"

#include "model/accreditation.h"

#include <string.h>

static mr_date day(const char *text)
{
    mr_date d = {0};
    if (text) assert_int_equal(mr_date_parse(mr_str_of(text), &d, NULL), MR_OK);
    return d;
}

static mr_strs strs(mr_arena *a, const char *words)
{
    mr_strs all = {MR_NEW_ARRAY(a, mr_str, 16), 0};
    mr_str rest = mr_str_of(words), word;
    while (words && mr_str_split(&rest, ' ', &word))
        if (word.len) all.items[all.count++] = word;
    return all;
}

static mr_texts english(mr_arena *a, const char *text)
{
    struct mr_localised *one = MR_NEW(a, struct mr_localised);
    *one = (struct mr_localised){MR_STR("en"), mr_str_of(text)};
    return (mr_texts){one, text ? 1 : 0};
}

/* Identifiers as "scheme=value scheme=value". */
static mr_party party(mr_arena *a, const char *name, const char *identifiers)
{
    mr_party p = {.names = english(a, name)};
    mr_strs all = strs(a, identifiers);
    for (size_t i = 0; i < all.count; i++) {
        ptrdiff_t at = mr_str_find_char(all.items[i], '=');
        assert_true(at > 0);
        mr_party_add(a, &p, mr_str_make(all.items[i].ptr, (size_t)at), mr_str_from(all.items[i], (size_t)at + 1));
    }
    return p;
}

static void test_party_compare__identifiers_decide_and_names_do_not(void **state)
{
    static const struct {
        const char *name, *identifiers, *other_name, *other_identifiers;
        mr_same_party same;
    } cases[] = {
        {"A", "vat=DK12345678", "B", "vat=DK12345678", MR_PARTY_SAME},
        {"A", "vat=DK12345678", "A", "vat=DK87654321", MR_PARTY_OTHER},
        {"A", "eidas=VATDK-12345678", "A", "vat=DK12345678", MR_PARTY_SAME},
        {"A", "eidas=VATDK-12345678", "A", "vat=DK87654321", MR_PARTY_OTHER},
        {"A", "eidas=NTRDK-123", "B", "registration=DK:123", MR_PARTY_SAME},
        {"A", "eidas=NTRDK-123", "B", "registration=SE:123", MR_PARTY_OTHER},
        {"A", "ror=r1", "B", "ror=r1 vat=DK1", MR_PARTY_SAME},
        {"A", "ror=r1 vat=DK12345678", "B", "ror=r1 vat=DK87654321", MR_PARTY_OTHER}, /* borrowed register entry */
        {"A", "ror=r1", "A", "vat=DK12345678", MR_PARTY_NAME_ONLY},
        {"A", "", "a", "", MR_PARTY_NAME_ONLY},
        {"A", "", "B", "", MR_PARTY_OTHER},
        {"A", "did=did:web:a did=did:key:x", "B", "did=did:key:x", MR_PARTY_SAME},
        {NULL, "", NULL, "", MR_PARTY_OTHER},
    };
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_party one = party(&a, cases[i].name, cases[i].identifiers),
                 two = party(&a, cases[i].other_name, cases[i].other_identifiers);
        if (mr_party_compare(&one, &two) != cases[i].same || mr_party_compare(&two, &one) != cases[i].same)
            fail_msg("case %zu: %d", i, (int)mr_party_compare(&one, &two));
    }
}

/* Everything that can differ; NULL is as in `usual`. */
struct covers_case {
    const char *what;
    mr_coverage wanted;
    const char *body, *day, *fields, *places, *types, *ids, *title;
    int level;
    const char *limit_fields, *limit_places, *limit_types, *limit_ids, *limit_title;
    unsigned limit_levels;
    const char *issued, *from, *until, *withdrawn, *suspended, *suspended_until;
    mr_decision decision;
    bool nobody; /* no day of awarding */
};
#define LEVELS_6_7 (1u << 6 | 1u << 7)

static mr_coverage ask(mr_arena *a, const struct covers_case *c)
{
    mr_party accredited[2] = {party(a, "Another", "vat=SE1111111111"),
                              party(a, "A school (invented)", "vat=DK12345678 ror=r1")};
    mr_party body = party(a, "A school (invented)", c->body ? c->body : "vat=DK12345678");
    body.places = strs(a, c->places ? c->places : "DNK");
    struct mr_named_programme programme = {strs(a, c->limit_ids), english(a, c->limit_title)};
    mr_accreditation r = {.decision = c->decision,
                          .organisations = accredited,
                          .organisation_count = 2,
                          .issued = day(c->issued),
                          .valid_from = day(c->from),
                          .valid_until = day(c->until),
                          .withdrawn = day(c->withdrawn),
                          .suspended_from = day(c->suspended),
                          .suspended_until = day(c->suspended_until),
                          .limits = {.fields = strs(a, c->limit_fields),
                                     .levels = c->limit_levels,
                                     .jurisdictions = strs(a, c->limit_places),
                                     .types = strs(a, c->limit_types),
                                     .programmes = &programme,
                                     .programme_count = c->limit_ids || c->limit_title ? 1 : 0}};
    struct mr_coverage_question q = {.body = &body,
                                     .day = c->nobody ? (mr_date){0} : day(c->day ? c->day : "2026-05-01"),
                                     .fields = strs(a, c->fields),
                                     .level = c->level,
                                     .types = strs(a, c->types),
                                     .programme_ids = strs(a, c->ids),
                                     .programme_title = english(a, c->title)};
    return mr_accreditation_covers(&r, &q);
}

static void run(const struct covers_case *cases, size_t count)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 8 << 20);
    for (size_t i = 0; i < count; i++) {
        mr_coverage got = ask(&a, &cases[i]);
        if (got != cases[i].wanted)
            fail_msg("%s: got %d (%s), wanted %d (%s)", cases[i].what, (int)got, mr_coverage_name(got),
                     (int)cases[i].wanted, mr_coverage_name(cases[i].wanted));
    }
}
#define RUN(cases) run((cases), sizeof(cases) / sizeof *(cases))

static void test_covers__days_from_both_sides(void **state)
{
    static const struct covers_case cases[] = {
        {.what = "no dates", .wanted = MR_COVERS},
        {.what = "the day before the first", .wanted = MR_OUTSIDE_EARLY, .from = "2026-05-02"},
        {.what = "the first day", .wanted = MR_COVERS, .from = "2026-05-01"},
        {.what = "the day before the decision", .wanted = MR_OUTSIDE_EARLY, .issued = "2026-05-02"},
        {.what = "the day of the decision", .wanted = MR_COVERS, .issued = "2026-05-01"},
        {.what = "decided later, and said to hold before",
         .wanted = MR_COVERS,
         .issued = "2026-06-01",
         .from = "2026-01-01"},
        {.what = "the last day", .wanted = MR_COVERS, .until = "2026-05-01"},
        {.what = "the day after the last", .wanted = MR_OUTSIDE_EXPIRED, .until = "2026-04-30"},
        {.what = "the day before it was withdrawn", .wanted = MR_COVERS, .withdrawn = "2026-05-02"},
        {.what = "the day it was withdrawn", .wanted = MR_OUTSIDE_WITHDRAWN, .withdrawn = "2026-05-01"},
        {.what = "the day after it was withdrawn", .wanted = MR_OUTSIDE_WITHDRAWN, .withdrawn = "2026-04-30"},
        {.what = "the day before the suspension", .wanted = MR_COVERS, .suspended = "2026-05-02"},
        {.what = "the first day of the suspension", .wanted = MR_OUTSIDE_SUSPENDED, .suspended = "2026-05-01"},
        {.what = "the last day of the suspension",
         .wanted = MR_OUTSIDE_SUSPENDED,
         .suspended = "2026-04-01",
         .suspended_until = "2026-05-01"},
        {.what = "the day after the suspension",
         .wanted = MR_COVERS,
         .suspended = "2026-04-01",
         .suspended_until = "2026-04-30"},
        {.what = "a suspension without end", .wanted = MR_OUTSIDE_SUSPENDED, .suspended = "2020-01-01"},
        {.what = "no day of awarding", .wanted = MR_UNDECIDED_DAY, .until = "2026-05-01", .nobody = true},
        {.what = "no day, and none asked for", .wanted = MR_COVERS, .nobody = true},
        {.what = "leap day", .wanted = MR_COVERS, .day = "2028-02-29", .until = "2028-02-29"},
        {.what = "the day after a leap day", .wanted = MR_OUTSIDE_EXPIRED, .day = "2028-03-01", .until = "2028-02-29"},
    };
    (void)state;
    RUN(cases);
}

static void test_covers__each_limit_from_both_sides(void **state)
{
    static const struct covers_case cases[] = {
        {.what = "another body", .wanted = MR_OUTSIDE_ORGANISATION, .body = "vat=DK99999999"},
        {.what = "a name only", .wanted = MR_UNDECIDED_ORGANISATION, .body = "did=did:key:x"},
        {.what = "a register only", .wanted = MR_COVERS, .body = "ror=r1"},
        {.what = "negative", .wanted = MR_OUTSIDE_DECISION, .decision = MR_DECISION_NEGATIVE},
        {.what = "conditional", .wanted = MR_COVERS_WITH_CONDITIONS, .decision = MR_DECISION_CONDITIONAL},
        {.what = "an unknown decision", .wanted = MR_UNDECIDED_DECISION, .decision = MR_DECISION_UNKNOWN},
        /* fields */
        {.what = "the field", .wanted = MR_COVERS, .fields = "0913", .limit_fields = "0913"},
        {.what = "the narrow field above", .wanted = MR_COVERS, .fields = "0913", .limit_fields = "091"},
        {.what = "the broad field above", .wanted = MR_COVERS, .fields = "0913", .limit_fields = "01 09"},
        {.what = "the field beside", .wanted = MR_OUTSIDE_FIELD, .fields = "0912", .limit_fields = "0913"},
        {.what = "another broad field", .wanted = MR_OUTSIDE_FIELD, .fields = "0613", .limit_fields = "09"},
        {.what = "a broader field", .wanted = MR_UNDECIDED_FIELD, .fields = "09", .limit_fields = "0913"},
        {.what = "no field", .wanted = MR_UNDECIDED_FIELD, .limit_fields = "0913"},
        {.what = "two fields, both inside", .wanted = MR_COVERS, .fields = "0913 0923", .limit_fields = "09"},
        {.what = "two fields, one outside", .wanted = MR_OUTSIDE_FIELD, .fields = "0913 0613", .limit_fields = "09"},
        {.what = "no limit of fields", .wanted = MR_COVERS, .fields = "0613"},
        /* levels */
        {.what = "the level", .wanted = MR_COVERS, .level = 6, .limit_levels = LEVELS_6_7},
        {.what = "the other level", .wanted = MR_COVERS, .level = 7, .limit_levels = LEVELS_6_7},
        {.what = "below", .wanted = MR_OUTSIDE_LEVEL, .level = 5, .limit_levels = LEVELS_6_7},
        {.what = "above", .wanted = MR_OUTSIDE_LEVEL, .level = 8, .limit_levels = LEVELS_6_7},
        {.what = "no EQF level", .wanted = MR_UNDECIDED_LEVEL, .limit_levels = LEVELS_6_7},
        {.what = "no limit of levels", .wanted = MR_COVERS},
        /* places */
        {.what = "the country", .wanted = MR_COVERS, .limit_places = "DNK"},
        {.what = "another country", .wanted = MR_OUTSIDE_JURISDICTION, .limit_places = "SWE NOR"},
        {.what = "a part of the country", .wanted = MR_COVERS, .places = "IRL_CTH_DUB", .limit_places = "IRL"},
        {.what = "only a part", .wanted = MR_UNDECIDED_JURISDICTION, .places = "IRL", .limit_places = "IRL_CTH_DUB"},
        {.what = "no part but a prefix", .wanted = MR_OUTSIDE_JURISDICTION, .places = "IRLX", .limit_places = "IRL"},
        {.what = "the Union", .wanted = MR_COVERS, .places = "IRL_CTH_DUB", .limit_places = "EUR"},
        {.what = "outside the Union", .wanted = MR_OUTSIDE_JURISDICTION, .places = "NOR", .limit_places = "EUR"},
        {.what = "the kingdom", .wanted = MR_COVERS, .places = "SCT", .limit_places = "GBR"},
        {.what = "a part of the kingdom", .wanted = MR_OUTSIDE_JURISDICTION, .places = "ENG", .limit_places = "SCT"},
        {.what = "two places, one outside",
         .wanted = MR_OUTSIDE_JURISDICTION,
         .places = "DNK SWE",
         .limit_places = "DNK"},
        /* types */
        {.what = "one of the types", .wanted = MR_COVERS, .types = "a b", .limit_types = "b c"},
        {.what = "none of the types", .wanted = MR_OUTSIDE_TYPE, .types = "a b", .limit_types = "c"},
        {.what = "no types", .wanted = MR_UNDECIDED_TYPE, .limit_types = "c"},
        /* programmes */
        {.what = "the programme", .wanted = MR_COVERS, .ids = "x urn:1", .limit_ids = "urn:1"},
        {.what = "another programme", .wanted = MR_OUTSIDE_PROGRAMME, .ids = "x", .limit_ids = "urn:1"},
        {.what = "a programme by title only",
         .wanted = MR_UNDECIDED_PROGRAMME,
         .title = "T",
         .limit_ids = "urn:1",
         .limit_title = "T"},
        {.what = "the title", .wanted = MR_COVERS, .title = "wound care", .limit_title = "Wound care"},
        {.what = "another title",
         .wanted = MR_OUTSIDE_PROGRAMME,
         .title = "Wound care II",
         .limit_title = "Wound care"},
        /* more than one */
        {.what = "outside is told before undecided",
         .wanted = MR_OUTSIDE_LEVEL,
         .level = 5,
         .limit_levels = LEVELS_6_7,
         .limit_fields = "0913"},
        {.what = "conditions do not help outside",
         .wanted = MR_OUTSIDE_FIELD,
         .decision = MR_DECISION_CONDITIONAL,
         .fields = "0613",
         .limit_fields = "09"},
        {.what = "everything inside",
         .wanted = MR_COVERS,
         .fields = "0913",
         .limit_fields = "09",
         .level = 6,
         .limit_levels = LEVELS_6_7,
         .limit_places = "DNK",
         .types = "g",
         .limit_types = "g",
         .ids = "p",
         .limit_ids = "p",
         .from = "2026-01-01",
         .until = "2026-12-31"},
    };
    (void)state;
    RUN(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_party_compare__identifiers_decide_and_names_do_not),
        cmocka_unit_test(test_covers__days_from_both_sides),
        cmocka_unit_test(test_covers__each_limit_from_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
