#include "testing.h"

#include "base/limits.h"
#include "credential/elm.h"
#include "credential/open_badges.h"
#include "credential/open_badges_terms.h"
#include "credential/specification_file.h"
#include "credential/view_vc.h"
#include "crypto/authority.h"

/* 2026-11-20T12:00:00Z */
#define NOW INT64_C(1795176000000)
#define DID "did:example:school"

struct world {
    mr_arena arena;
    mr_env env;
    struct mr_authority authority;
    struct mr_seal_key seal;
    mr_specification specification;
    mr_buf out;
    struct mr_err err;
};

static void open_world(struct world *w, const char *example)
{
    memset(w, 0, sizeof *w);
    mr_arena_init(&w->arena, 64 * MR_MIB);
    mr_buf_init(&w->out, 4 * MR_MIB);
    w->env = test_env_fixed(NOW, 3);
    assert_ok(mr_authority_new(&w->env, &w->authority, &w->err), w->err);
    const struct mr_seal_subject subject = {.organisation = MR_STR("Aarhus School of Nursing (invented)"),
                                            .organisation_identifier = MR_STR("VATDK-00000000"),
                                            .country = MR_STR("DK"),
                                            .common_name = MR_STR("TEST seal")};
    assert_ok(mr_authority_issue_seal(&w->authority, &w->env, &subject, MR_KEY_P256, &w->seal, &w->err), w->err);
    struct mr_findings findings;
    mr_findings_init(&findings, &w->arena);
    mr_str text = test_read_file(&w->arena, test_path(&w->arena, MERIT_SOURCE_ROOT "/docs/examples", example));
    assert_ok(mr_specification_read(&w->arena, text, &w->specification, &findings, &w->err), w->err);
}

static void close_world(struct world *w)
{
    mr_seal_key_done(&w->seal);
    mr_authority_done(&w->authority);
    mr_buf_done(&w->out);
    mr_arena_done(&w->arena);
}

static mr_achievement an_achievement(void)
{
    return (mr_achievement){.id = "00000000-0000-4000-8000-000000000001",
                            .learner = {.full_name = MR_STR("Íris \"Invented\" Þórsdóttir"),
                                        .given_name = MR_STR("Íris"),
                                        .family_name = MR_STR("Þórsdóttir"),
                                        .birth_date = {1990, 2, 28}},
                            .awarded_on = {2026, 10, 14},
                            .place = MR_STR("Aarhus"),
                            .grade = MR_STR("12"),
                            .supervision = MR_SUPERVISION_IDENTITY_ONLINE};
}

static const mr_json *write_badge(struct world *w, const mr_achievement *x, mr_str subject)
{
    const struct mr_elm_issuing i = {
        .specification = &w->specification, .certificate = w->seal.certificate, .now = NOW, .issuer_id = MR_STR(DID)};
    const mr_elm_template *t;
    const mr_json *document;
    assert_ok(mr_open_badges_prepare(&w->arena, &i, subject, &t, &w->err), w->err);
    mr_buf_clear(&w->out);
    assert_ok(mr_elm_fill(t, x, NOW, MR_STR_EMPTY, &w->out, &w->err), w->err);
    assert_ok(mr_json_parse(&w->arena, mr_arena_dup(&w->arena, mr_buf_str(&w->out)), NULL, &document, &w->err), w->err);
    return document;
}

static mr_view view_of_badge(struct world *w, const mr_json *badge, const char *language)
{
    mr_view view;
    assert_ok(mr_view_read_vc(&w->arena, badge, mr_language_find(mr_str_of(language)), &view, &w->err), w->err);
    return view;
}

static mr_view view_of_elm(struct world *w, const mr_achievement *x, const char *language)
{
    const struct mr_elm_issuing i = {
        .specification = &w->specification, .certificate = w->seal.certificate, .now = NOW, .issuer_id = MR_STR(DID)};
    const mr_json *document;
    mr_view view;
    mr_buf_clear(&w->out);
    assert_ok(mr_elm_write_vc2(&i, x, &w->out, &w->err), w->err);
    assert_ok(mr_json_parse(&w->arena, mr_arena_dup(&w->arena, mr_buf_str(&w->out)), NULL, &document, &w->err), w->err);
    assert_ok(mr_view_read(&w->arena, document, mr_language_find(mr_str_of(language)), &view, &w->err), w->err);
    return view;
}

static mr_str at(const mr_json *root, const char *pointer)
{
    return mr_json_str(mr_json_find(root, mr_str_of(pointer)));
}

/* A grade of a badge has a label, and what is further said of it may be more. */
static void assert_same_answers(const mr_view *badge, const mr_view *elm)
{
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        const struct mr_view_answer *a = &badge->answers[e], *b = &elm->answers[e];
        if (a->answered != b->answered) fail_msg("%s is answered by one only", mr_element_info(e)->code);
        if (e == MR_ELEMENT_GRADE) continue;
        if (e != MR_ELEMENT_FURTHER && a->value_count != b->value_count)
            fail_msg("%s: %zu and %zu values, the last \"%.*s\"", mr_element_info(e)->code, a->value_count,
                     b->value_count, MR_STR_ARG(b->values[b->value_count - 1]));
        for (size_t i = 0; i < b->value_count; i++) assert_str_eq(a->values[i], b->values[i]);
    }
}

static void test_open_badges__answers_as_the_elm_document_does(void **state)
{
    static const char *const examples[] = {"wound-care.json", "data-ethics.json", "circular-textiles.json"};
    static const char *const languages[] = {"en", "da"};
    for (size_t i = 0; i < 3; i++) {
        for (size_t l = 0; l < 2; l++) {
            struct world w;
            open_world(&w, examples[i]);
            mr_achievement x = an_achievement();
            mr_view badge = view_of_badge(&w, write_badge(&w, &x, MR_STR_EMPTY), languages[l]),
                    elm = view_of_elm(&w, &x, languages[l]);
            assert_same_answers(&badge, &elm);
            assert_str_eq(badge.title, elm.title);
            assert_str_eq(badge.learner, elm.learner);
            assert_str_eq(badge.workload, elm.workload);
            assert_str_eq(badge.level, elm.level);
            assert_str_eq(badge.awarding_body, elm.awarding_body);
            assert_str_eq(badge.on_behalf_of, elm.on_behalf_of);
            assert_str_eq(badge.issuer_identifier, elm.issuer_identifier);
            assert_str_eq(badge.issuer_country, elm.issuer_country);
            assert_int_equal(badge.claims_accreditation, elm.claims_accreditation);
            assert_int_equal(badge.mandate_missing, elm.mandate_missing);
            assert_int_equal(badge.others_award, elm.others_award);
            assert_memory_equal(&badge.birth_date, &elm.birth_date, sizeof badge.birth_date);
            assert_memory_equal(&badge.awarded_on, &elm.awarded_on, sizeof badge.awarded_on);
            assert_int_equal(badge.valid_until, elm.valid_until);
            assert_false(badge.not_annex);
            close_world(&w);
        }
    }
}

static void test_open_badges__writes_the_members_that_badges_have(void **state)
{
    struct world w;
    open_world(&w, "wound-care.json");
    mr_achievement x = an_achievement();
    x.ects_awarded = 150;
    const mr_json *b = write_badge(&w, &x, MR_STR("did:example:holder"));
    assert_int_equal(mr_json_count(mr_json_get(b, "@context")), 2);
    assert_str(at(b, "/id"), "urn:credential:00000000-0000-4000-8000-000000000001");
    assert_str(at(b, "/type/1"), "OpenBadgeCredential");
    assert_str(at(b, "/issuer/id"), DID);
    assert_str(at(b, "/issuer/address/addressCountryCode"), "DK");
    assert_str(at(b, "/awardedDate"), "2026-10-14T00:00:00Z");
    assert_str(at(b, "/credentialSubject/id"), "did:example:holder");
    assert_str(at(b, "/credentialSubject/identifier/0/identityHash"), "Íris \"Invented\" Þórsdóttir");
    assert_str(at(b, "/credentialSubject/result/0/value"), "12");
    assert_str(at(b, "/credentialSubject/result/0/resultDescription"), "urn:epass:resultDescription:1");
    assert_str(mr_json_text(mr_json_find(b, MR_STR("/credentialSubject/creditsEarned"))), "1.5");
    assert_str(mr_json_text(mr_json_find(b, MR_STR("/credentialSubject/achievement/creditsAvailable"))), "2");
    assert_str(at(b, "/credentialSubject/achievement/id"),
               "urn:merit:specification:VATDK-00000000:wound-care-2026:2026.1");
    assert_str(at(b, "/credentialSubject/achievement/achievementType"), "MicroCredential");
    assert_str(at(b, "/credentialSubject/achievement/alignment/0/targetUrl"), "http://data.europa.eu/snb/eqf/6");
    close_world(&w);
}

static void test_open_badges__grade_and_place_may_be_missing(void **state)
{
    struct world w;
    open_world(&w, "wound-care.json");
    mr_achievement x = an_achievement();
    x.grade = x.place = x.learner.given_name = MR_STR_EMPTY;
    x.learner.birth_date = (mr_date){0};
    mr_view badge = view_of_badge(&w, write_badge(&w, &x, MR_STR_EMPTY), "en"), elm = view_of_elm(&w, &x, "en");
    assert_same_answers(&badge, &elm);
    assert_str(badge.answers[MR_ELEMENT_GRADE].values[0], "Grade: Passed");
    close_world(&w);
}

static void test_open_badges__a_seal_of_another_party_has_a_mandate(void **state)
{
    struct world w;
    open_world(&w, "data-ethics.json");
    mr_achievement x = an_achievement();
    const mr_json *b = write_badge(&w, &x, MR_STR_EMPTY);
    mr_view view = view_of_badge(&w, b, "en");
    assert_str(at(b, "/evidence/0/type/0"), "Evidence");
    assert_true(at(b, "/evidence/0/narrative").len > 0);
    assert_true(view.on_behalf_of.len > 0);
    assert_true(view.others_award);
    assert_false(view.mandate_missing);
    close_world(&w);
}

/* ---- the table ---- */

/* "elm:mode" as the prefixes of the official context have it. */
static mr_str expand(mr_arena *a, const mr_json *context, mr_str compact)
{
    ptrdiff_t colon = mr_str_find_char(compact, ':');
    mr_str prefix = mr_json_str(mr_json_find_member(context, mr_str_make(compact.ptr, (size_t)colon)));
    return mr_arena_concat(a, (const mr_str[]){prefix, mr_str_from(compact, (size_t)colon + 1)}, 2);
}

static void test_open_badges_terms__are_those_of_the_elm_context(void **state)
{
    static const char *const terms[] = {
#define MR_BADGE_TERM(term, iri, form) #term,
#define MR_BADGE_TYPE(name, iri)
#include "credential/open_badges.def"
#undef MR_BADGE_TERM
#undef MR_BADGE_TYPE
    };
    static const char *const types[] = {
#define MR_BADGE_TERM(term, iri, form)
#define MR_BADGE_TYPE(name, iri) #name,
#include "credential/open_badges.def"
#undef MR_BADGE_TERM
#undef MR_BADGE_TYPE
    };
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err;
    const mr_json *root;
    mr_arena_init(&a, 16 * MR_MIB);
    if (!test_elm()) test_skip("the ELM context is not here (MERIT_ELM)");
    mr_str text = test_read_file(&a, test_path(&a, test_elm(), "context/edc-ap-context.jsonld"));
    assert_ok(mr_json_parse(&a, text, NULL, &root, &err), err);
    const mr_json *context = mr_json_get(root, "@context");
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        mr_str id = mr_json_get_str(mr_json_get(context, terms[i]), "@id");
        assert_str_eq(mr_badge_iri_of_term(mr_str_of(terms[i])), expand(&a, context, id));
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const mr_json *v = mr_json_get(context, types[i]);
        mr_str id = mr_json_is(v, MR_JSON_STRING) ? mr_json_text(v) : mr_json_get_str(v, "@id");
        assert_str_eq(mr_badge_iri_of_type(mr_str_of(types[i])), expand(&a, context, id));
    }
}

/* ---- what others may write ---- */

#define ELM "http://data.europa.eu/snb/model/elm/"
#define DC "http://purl.org/dc/terms/"
#define BADGE(members)                                                                                                 \
    "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"type\":[\"VerifiableCredential\"],"                    \
    "\"issuer\":{\"id\":\"" DID "\",\"name\":\"School\"},\"credentialSubject\":{\"achievement\":{"                     \
    "\"achievementType\":\"MicroCredential\",\"name\":\"Short\"" members "}}}"

static void test_open_badges_view__takes_what_can_be_read(void **state)
{
    static const struct {
        const char *badge, *outcome, *title;
    } cases[] = {
        {BADGE(""), "", "Short"},
        {BADGE(",\"" ELM "learningOutcome\":{\"" DC "title\":{\"@value\":\"Cleans\",\"@language\":\"en\"}}"), "Cleans",
         "Short"},
        {BADGE(",\"" ELM "learningOutcome\":[{\"" DC "title\":\"Cleans\"}]"), "Cleans", "Short"},
        {BADGE(",\"" ELM "learningOutcome\":[{\"" DC "title\":[{\"@value\":\"Renser\",\"@language\":\"da\"},"
               "{\"@value\":\"Cleans\",\"@language\":\"en\"},{\"@value\":\"Again\",\"@language\":\"en\"}]}]"),
         "Cleans", "Short"},
        {BADGE(",\"" ELM "learningOutcome\":[1,null,true,\"x\",[],{}]"), "", "Short"},
        {BADGE(",\"" DC "title\":[{\"@value\":\"Long\",\"@language\":\"en\"}]"), "", "Long"},
        {BADGE(",\"" DC "title\":[[],{\"@language\":\"en\"}]"), "", "Short"},
        {BADGE(",\"" ELM "volumeOfLearning\":{\"@value\":{}}"), "", "Short"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        struct mr_err err;
        const mr_json *badge;
        mr_view view;
        mr_arena_init(&a, 4 * MR_MIB);
        assert_ok(mr_json_parse(&a, mr_str_of(cases[i].badge), NULL, &badge, &err), err);
        assert_ok(mr_view_read_vc(&a, badge, mr_language_english(), &view, &err), err);
        assert_str(view.answers[MR_ELEMENT_OUTCOMES].values[0], cases[i].outcome);
        assert_str(view.title, cases[i].title);
    }
}

static void test_open_badges_view__does_not_follow_without_end(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_err err;
    const mr_json *badge;
    mr_view view;
    mr_arena_init(&a, 16 * MR_MIB);
    mr_buf_init(&text, 4 * MR_MIB);
    mr_buf_puts(&text, "{\"credentialSubject\":{\"achievement\":{\"name\":\"Deep\"");
    for (int i = 0; i < 40; i++) mr_buf_puts(&text, ",\"" ELM "mode\":{\"x\":1");
    for (int i = 0; i < 40; i++) mr_buf_puts(&text, "}");
    mr_buf_puts(&text, "}}}");
    assert_ok(mr_json_parse(&a, mr_buf_str(&text), NULL, &badge, &err), err);
    assert_ok(mr_view_read_vc(&a, badge, mr_language_english(), &view, &err), err);
    assert_str(view.title, "Deep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_badges__answers_as_the_elm_document_does),
        cmocka_unit_test(test_open_badges__writes_the_members_that_badges_have),
        cmocka_unit_test(test_open_badges__grade_and_place_may_be_missing),
        cmocka_unit_test(test_open_badges__a_seal_of_another_party_has_a_mandate),
        cmocka_unit_test(test_open_badges_terms__are_those_of_the_elm_context),
        cmocka_unit_test(test_open_badges_view__takes_what_can_be_read),
        cmocka_unit_test(test_open_badges_view__does_not_follow_without_end),
    };
    return cmocka_run_group_tests_name("credential/open_badges", tests, NULL, NULL);
}
