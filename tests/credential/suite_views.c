/* What is told of badges and records of others, against a second, plain reading of the same files: the values that the standard's names have in them (Open
 * Badges 3.0 appendix B, CLR 2.0 appendix B), and for the Dutch fields what their glossary says that they mean. The makers of the files
 * publish no answers in terms of Annex I; which element a value answers is read out of the standards here. */
#include "testing.h"

#include "base/limits.h"
#include "credential/redescribe.h"
#include "credential/view_vc.h"

#include <math.h>

struct bench {
    mr_arena memory, a;
    const char *path;
    const mr_json *document, *achievement, *subject, *issuer;
    mr_view view;
    bool good;
};

/* ---- the plain reading ---- */

static const mr_json *first(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_ARRAY) ? mr_json_at(v, 0) : v;
}

static const mr_json *member(const mr_json *object, const char *name)
{
    return mr_json_get(first(object), name);
}

static mr_str text(const mr_json *object, const char *name)
{
    return mr_str_trim(mr_json_str(first(member(object, name))));
}

static void fail_at(struct bench *b, const char *what, mr_str got, mr_str wanted)
{
    print_error("%s: %s: got “%.*s”, wanted “%.*s”\n", b->path, what, (int)got.len, got.len ? got.ptr : "",
                (int)wanted.len, wanted.len ? wanted.ptr : "");
    b->good = false;
}

static void want(struct bench *b, const char *what, mr_str got, mr_str wanted)
{
    if (!mr_str_eq(got, wanted)) fail_at(b, what, got, wanted);
}

static const struct mr_view_answer *answer(struct bench *b, mr_element e)
{
    return &b->view.answers[e];
}

static mr_str only_value(struct bench *b, mr_element e)
{
    const struct mr_view_answer *a = answer(b, e);
    return a->value_count ? a->values[0] : MR_STR("");
}

/* Is it among the values, alone or behind a label? */
static void want_among(struct bench *b, mr_element e, mr_str wanted)
{
    const struct mr_view_answer *a = answer(b, e);
    if (wanted.len == 0) return;
    for (size_t i = 0; i < a->value_count; i++)
        if (mr_str_find(a->values[i], wanted) >= 0) return;
    fail_at(b, mr_element_info(e)->code, MR_STR(""), wanted);
}

static void want_no(struct bench *b, mr_element e)
{
    if (answer(b, e)->answered) fail_at(b, mr_element_info(e)->code, answer(b, e)->values[0], MR_STR(""));
}

static bool open_file(struct bench *b, const char *path)
{
    struct mr_err err = {0};
    mr_arena_reset(&b->a);
    b->good = true;
    b->path = path;
    assert_ok(mr_json_parse(&b->a, test_read_file(&b->a, path), NULL, &b->document, &err), err);
    assert_ok(mr_view_read_vc(&b->a, b->document, mr_language_english(), &b->view, &err), err);
    b->subject = first(member(b->document, "credentialSubject"));
    b->achievement = first(member(b->subject, "achievement"));
    b->issuer = first(member(b->document, "issuer"));
    return true;
}

/* ---- what every badge must be told by ---- */

static void check_date(struct bench *b)
{
    static const char *const names[] = {"awardedDate", "validFrom", "issuanceDate"};
    mr_str said = MR_STR("");
    mr_date day;
    for (size_t i = 0; i < 3 && said.len == 0; i++) said = text(b->document, names[i]);
    if (said.len < 10) return;
    assert_int_equal(mr_date_parse(mr_str_make(said.ptr, 10), &day, NULL), MR_OK);
    want(b, "date", only_value(b, MR_ELEMENT_DATE), mr_say_date(&b->a, mr_language_english(), day));
}

static void check_learner(struct bench *b)
{
    mr_str name = text(b->subject, "name");
    if (name.len) want(b, "learner", only_value(b, MR_ELEMENT_LEARNER), name);
}

/* Numbers stand as they are; nothing makes ECTS of them. */
static void check_credits(struct bench *b)
{
    const mr_json *offered = member(b->achievement, "creditsAvailable");
    if (mr_json_is(offered, MR_JSON_NUMBER))
        want(b, "credits", only_value(b, MR_ELEMENT_WORKLOAD),
             mr_arena_format(&b->a, "%.*s credits", MR_STR_ARG(mr_json_text(offered))));
    else if (!member(b->achievement, "ECTS") && !member(b->achievement, "SBU") &&
             !member(b->achievement, "timeInvestment") && !member(b->subject, "creditsEarned"))
        want_no(b, MR_ELEMENT_WORKLOAD);
}

static void check_badge(struct bench *b)
{
    mr_str criteria = text(member(b->achievement, "criteria"), "narrative");
    want(b, "title", only_value(b, MR_ELEMENT_TITLE), text(b->achievement, "name"));
    want(b, "awarding body", only_value(b, MR_ELEMENT_AWARDING_BODY), text(b->issuer, "name"));
    check_date(b);
    check_learner(b);
    check_credits(b);
    want_among(b, MR_ELEMENT_FURTHER, text(b->achievement, "description"));
    want_among(b, MR_ELEMENT_FURTHER, criteria);
    want_among(b, MR_ELEMENT_FURTHER, text(b->achievement, "fieldOfStudy"));
    want_among(b, MR_ELEMENT_FURTHER, text(b->achievement, "achievementType"));
    MR_JSON_EACH (result, member(b->subject, "result")) want_among(b, MR_ELEMENT_GRADE, text(result, "value"));
    MR_JSON_EACH (evidence, member(b->document, "evidence")) want_among(b, MR_ELEMENT_FURTHER, text(evidence, "name"));
}

/* ---- edubadges ---- */

static const struct term {
    const char *term, *told;
} terms[] = {
    {"online", "Online"},
    {"onsite or blended", "On site or blended"},
    {"testing", "Testing"},
    {"application of a skill", "Application of a skill"},
    {"supervised online", "Supervised online"},
    {"onsite with identity verification", "On site, with identity check"},
};

static mr_str told(mr_str term)
{
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        if (mr_str_is(term, terms[i].term)) return mr_str_of(terms[i].told);
    return term;
}

static double number(const mr_json *object, const char *name)
{
    double n = 0;
    (void)!mr_json_to_double(member(object, name), &n);
    return n;
}

static mr_str workload_of(struct bench *b)
{
    double ects = number(b->achievement, "ECTS"), hours = number(b->achievement, "SBU");
    if (hours == 0) hours = number(b->achievement, "timeInvestment");
    if (ects > 0) return mr_arena_format(&b->a, "%g ECTS", ects);
    if (hours >= 1000) return mr_arena_format(&b->a, "%d,%03d hours", (int)hours / 1000, (int)hours % 1000);
    return hours > 0 ? mr_arena_format(&b->a, "%g hours", hours) : MR_STR("");
}

static const mr_json *alignment_of(struct bench *b, const char *type)
{
    MR_JSON_EACH (alignment, member(b->achievement, "alignment"))
        if (mr_str_is(text(alignment, "targetType"), type)) return alignment;
    return NULL;
}

static void check_dutch_view(struct bench *b)
{
    const mr_json *level = alignment_of(b, "ext:EQF"), *quality = alignment_of(b, "ext:QualityAssurance");
    mr_str code = text(member(b->issuer, "address"), "addressCountryCode");
    want(b, "country", only_value(b, MR_ELEMENT_COUNTRY), mr_str_of(mr_str_is(code, "NL") ? "Netherlands" : "Naboo"));
    want(b, "workload", only_value(b, MR_ELEMENT_WORKLOAD), workload_of(b));
    want(b, "level", only_value(b, MR_ELEMENT_LEVEL),
         level ? mr_arena_format(&b->a, "EQF %.*s", MR_STR_ARG(text(level, "targetCode"))) : MR_STR(""));
    want(b, "assessment", only_value(b, MR_ELEMENT_ASSESSMENT), told(text(b->achievement, "assessmentType")));
    want(b, "participation", only_value(b, MR_ELEMENT_PARTICIPATION), told(text(b->achievement, "participationType")));
    want(b, "supervision", only_value(b, MR_ELEMENT_SUPERVISION), told(text(b->achievement, "supervisionType")));
    if (!quality) want_no(b, MR_ELEMENT_QUALITY);
    if (quality) want_among(b, MR_ELEMENT_QUALITY, text(quality, "targetName"));
    if (quality) want_among(b, MR_ELEMENT_QUALITY, text(quality, "targetCode"));
    if (b->view.claims_accreditation != (quality != NULL)) fail_at(b, "accreditation", MR_STR(""), MR_STR(""));
    want_no(b, MR_ELEMENT_OUTCOMES); /* criteria are none */
    want_no(b, MR_ELEMENT_LEARNER);  /* an identifier is no name */
    if (b->view.not_annex != !strstr(b->path, "_microcredential_")) fail_at(b, "kind", MR_STR(""), MR_STR(""));
}

static bool has_gap(const mr_redescription *r, const char *element)
{
    for (size_t i = 0; i < r->gaps.count; i++)
        if (!r->gaps.items[i].warning && strcmp(r->gaps.items[i].element, element) == 0) return true;
    return false;
}

/* A gap for each element that the file does not answer in a way a specification can hold, and for no other. */
static void check_dutch_gaps(struct bench *b, const mr_redescription *r)
{
    bool online = mr_str_is(text(b->achievement, "participationType"), "online");
    const struct {
        const char *element;
        bool wanted;
    } gaps[] = {
        {"title", false},
        {"awarding_body", false},
        {"date", false},
        {"learner", true},
        {"learning_outcomes", true},
        {"country", !mr_str_is(text(member(b->issuer, "address"), "addressCountryCode"), "NL")},
        {"workload", workload_of(b).len == 0},
        {"level", true}, /* none, or without its basis */
        {"assessment", text(b->achievement, "assessmentType").len == 0},
        {"participation", !online},
        {"quality_assurance", true}, /* none, or by nobody who is named */
    };
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++)
        if (has_gap(r, gaps[i].element) != gaps[i].wanted)
            fail_at(b, gaps[i].element, mr_str_of(has_gap(r, gaps[i].element) ? "a gap" : "no gap"),
                    mr_str_of(gaps[i].wanted ? "a gap" : "no gap"));
}

static void check_dutch_model(struct bench *b)
{
    struct mr_err err = {0};
    mr_redescription r;
    const mr_json *level = alignment_of(b, "ext:EQF");
    assert_ok(mr_redescribe(&b->a, b->document, &r, &err), err);
    const mr_specification *s = &r.specification;
    mr_str language = mr_str_make(text(b->achievement, "inLanguage").ptr, 2);
    double hours = number(b->achievement, "SBU");
    if (hours == 0) hours = number(b->achievement, "timeInvestment");
    want(b, "title as a text", mr_texts_find(s->title, language), text(b->achievement, "name"));
    want(b, "criteria as a text", mr_texts_find(s->assessment_count ? s->assessments[0].grading : s->further, language),
         text(member(b->achievement, "criteria"), "narrative"));
    want(b, "grade", r.achievement.grade, text(first(member(b->subject, "result")), "value"));
    if (s->ects_hundredths != llround(100 * number(b->achievement, "ECTS"))) fail_at(b, "ECTS", MR_STR(""), MR_STR(""));
    if (s->workload_minutes != llround(60 * hours)) fail_at(b, "hours", MR_STR(""), MR_STR(""));
    want(b, "EQF", mr_str_of(s->eqf ? s->eqf->code : ""), level ? text(level, "targetCode") : MR_STR(""));
    check_dutch_gaps(b, &r);
}

static void check_edubadge(struct bench *b)
{
    check_badge(b);
    check_dutch_view(b);
    check_dutch_model(b);
}

/* ---- records ---- */

/* As many parts as there are credentials, and achievements that are in none of them; each with the name that stands in it. */
static void check_record(struct bench *b)
{
    size_t at = 0;
    const mr_json *credentials = member(b->subject, "verifiableCredential");
    MR_JSON_EACH (credential, credentials) {
        const mr_json *achievement = first(member(member(credential, "credentialSubject"), "achievement"));
        if (at == b->view.part_count) break;
        want(b, "part", b->view.parts[at].title, text(achievement, "name"));
        want(b, "part's issuer", b->view.parts[at++].issuer, text(member(credential, "issuer"), "name"));
    }
    want(b, "title", b->view.title, text(b->document, "name"));
    if (at != b->view.part_credentials || at != mr_json_count(credentials))
        fail_at(b, "credentials", MR_STR(""), MR_STR(""));
    for (; at < b->view.part_count; at++) {
        bool found = false;
        MR_JSON_EACH (achievement, member(b->subject, "achievement"))
            found |= mr_str_eq(b->view.parts[at].title, text(achievement, "name"));
        if (!found) fail_at(b, "achievement", b->view.parts[at].title, MR_STR(""));
    }
    MR_JSON_EACH (association, member(b->subject, "association")) {
        bool parent = mr_str_is(text(association, "associationType"), "isParentOf");
        if (parent) want_among(b, MR_ELEMENT_FURTHER, MR_STR("” contains “"));
    }
}

/* ---- walking ---- */

static struct {
    struct bench *bench;
    size_t count, passed;
    bool records;
    void (*check)(struct bench *b);
} walking;

static int visit(const char *path, const struct stat *st, int type, struct FTW *where)
{
    struct bench *b = walking.bench;
    (void)st, (void)where;
    if (type != FTW_F || !mr_str_has_suffix(mr_str_of(path), MR_STR(".json"))) return 0;
    open_file(b, path);
    if (!walking.records && !b->achievement) return 0; /* an endorsement, or something else that is no badge */
    walking.check(b);
    walking.count++, walking.passed += b->good;
    return 0;
}

static void walk(struct bench *b, const char *suite, const char *folder, bool records, void (*check)(struct bench *))
{
    walking.bench = b, walking.count = walking.passed = 0, walking.records = records, walking.check = check;
    nftw(test_suite(&b->memory, folder), visit, 16, FTW_PHYS);
    test_suite_count(suite, walking.passed, walking.count, 0);
    assert_int_equal(walking.passed, walking.count);
    assert_true(walking.count > 0);
}

static void test_view_read_vc__edubadges(void **state)
{
    walk(*state, "edubadges ob3", "edubadges/ob3-examples", false, check_edubadge);
}

static void test_view_read_vc__badges_of_the_validator(void **state)
{
    walk(*state, "ob30 views", "ob30-1edtech-validator", false, check_badge);
}

static void test_view_read_vc__badges_of_the_dcc(void **state)
{
    walk(*state, "dcc views", "dcc-vc-test-fixtures/verifiableCredentials", false, check_badge);
}

static void test_view_read_vc__records_of_the_validator(void **state)
{
    walk(*state, "clr20 contents", "clr20-1edtech-validator", true, check_record);
}

static int setup(void **state)
{
    static struct bench b;
    mr_arena_init(&b.memory, MR_MIB);
    mr_arena_init(&b.a, MR_LIMIT_DOCUMENT_MEMORY);
    *state = &b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    mr_arena_done(&b->a);
    mr_arena_done(&b->memory);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_view_read_vc__edubadges, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_read_vc__badges_of_the_validator, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_read_vc__badges_of_the_dcc, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_read_vc__records_of_the_validator, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
