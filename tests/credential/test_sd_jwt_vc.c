/* SD-JWT VCs of both types: what stands in clear, what can be hidden, what is never in them; read back for people; and what is told of faulty ones. */
#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/sd_jwt_vc.h"
#include "credential/specification_file.h"
#include "crypto/authority.h"

/* 2026-11-20T12:34:56Z, and the last second of 2028-11-20 */
#define NOW INT64_C(1795178096000)
#define EXPIRES INT64_C(1858377599000)

struct world {
    mr_arena a;
    mr_env env;
    struct mr_authority authority;
    struct mr_seal_key seal;
    mr_key *holder;
    mr_specification specification;
    mr_achievement achievement;
    mr_jose_signer signer;
    struct mr_sd_jwt_vc_issuing issuing;
    mr_buf out;
    struct mr_err err;
};

static void read_specification(struct world *w, const char *name)
{
    struct mr_findings findings;
    mr_findings_init(&findings, &w->a);
    mr_str text = test_read_file(&w->a, mr_arena_format(&w->a, "%s/docs/examples/%s", MERIT_SOURCE_ROOT, name).ptr);
    assert_ok(mr_specification_read(&w->a, text, &w->specification, &findings, &w->err), w->err);
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    const struct mr_seal_subject subject = {.organisation = MR_STR("Aarhus School of Nursing (invented)"),
                                            .organisation_identifier = MR_STR("VATDK-00000000"),
                                            .country = MR_STR("DK"),
                                            .common_name = MR_STR("TEST seal")};
    if (!w) return -1;
    mr_arena_init(&w->a, 64 * MR_MIB);
    mr_buf_init(&w->out, MR_MIB);
    w->env = test_env_fixed(NOW - 2 * MR_DAY_MS, 5);
    assert_ok(mr_authority_new(&w->env, &w->authority, &w->err), w->err);
    assert_ok(mr_authority_issue_seal(&w->authority, &w->env, &subject, MR_KEY_P256, &w->seal, &w->err), w->err);
    test_env_set_time(&w->env, NOW);
    assert_ok(mr_key_generate(MR_KEY_P256, 0, &w->holder, &w->err), w->err);
    assert_ok(mr_sd_jwt_vc_signer_init(&w->signer, &w->a, &w->seal, &w->err), w->err);
    read_specification(w, "wound-care.json");
    w->achievement = (mr_achievement){.id = "0192f7a0-0000-4000-8000-00000000cafe",
                                      .learner = {.full_name = MR_STR("\xC3\x8Dris \xC3\x9E\xC3\xB3rsd\xC3\xB3ttir"),
                                                  .given_name = MR_STR("\xC3\x8Dris"),
                                                  .family_name = MR_STR("\xC3\x9E\xC3\xB3rsd\xC3\xB3ttir"),
                                                  .birth_date = {1990, 2, 28},
                                                  .email = MR_STR("iris@example.org"),
                                                  .student_number = MR_STR("280290-4242")},
                                      .awarded_on = {2026, 10, 14},
                                      .place = MR_STR("Aarhus"),
                                      .grade = MR_STR("12")};
    w->issuing = (struct mr_sd_jwt_vc_issuing){.specification = &w->specification,
                                               .certificate = w->seal.certificate,
                                               .status_base = MR_STR("https://merit.example.org/status/1"),
                                               .status_index = 4242,
                                               .holder = w->holder,
                                               .now = NOW,
                                               .expires = EXPIRES};
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    mr_key_free(w->holder);
    mr_seal_key_done(&w->seal);
    mr_authority_done(&w->authority);
    mr_buf_done(&w->out);
    mr_arena_done(&w->a);
    free(w);
    return 0;
}

static mr_sd_jwt issue(struct world *w, mr_vct type)
{
    mr_sd_jwt s;
    mr_buf_clear(&w->out);
    assert_ok(mr_sd_jwt_vc_issue(&w->signer, type, &w->issuing, &w->achievement, &w->env, &w->a, &w->out, &w->err),
              w->err);
    assert_ok(mr_sd_jwt_read(&w->a, mr_arena_dup(&w->a, mr_buf_str(&w->out)), &s, &w->err), w->err);
    assert_ok(mr_jws_verify(&s.jws, mr_certificate_key(w->seal.certificate), &w->err), w->err);
    return s;
}

/* ---- issuing ---- */

struct member {
    const char *name, *json; /* value, as it stands in the text of the claims */
    bool in_clear;
};

static void assert_members(struct world *w, const mr_sd_jwt *s, const struct member *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mr_str wanted = mr_arena_format(&w->a, "\"%s\":%s", members[i].name, members[i].json);
        printf("# %s\n", members[i].name);
        if (mr_str_find(s->claims_text, wanted) < 0) fail_msg("there is no %.*s", MR_STR_ARG(wanted));
        assert_int_equal(mr_json_get(s->payload, members[i].name) != NULL, members[i].in_clear);
    }
}

static void test_sd_jwt_vc_issue__our_own_type(void **state)
{
    struct world *w = *state;
    static const struct member members[] = {
        {"vct", "\"urn:merit:micro-credential:1\"", true},
        {"iat", "1795132800", true}, /* midnight */
        {"exp", "1858377600", true},
        {"status", "{\"status_list\":{\"idx\":4242,\"uri\":\"https://merit.example.org/status/1/token\"}}", true},
        {"cnf", "{\"jwk\":{", true},
        {"language_of_texts", "\"en\"", true},
        {"issuing_authority", "\"Aarhus School of Nursing (invented)\"", true},
        {"issuing_country", "\"DK\"", true},
        {"achievement_title", "\"Wound care with digital follow-up\"", true},
        {"date_of_issuance", "\"2026-10-14\"", true},
        {"name", "\"\xC3\x8Dris \xC3\x9E\xC3\xB3rsd\xC3\xB3ttir\"", false},
        {"family_name", "\"\xC3\x9E\xC3\xB3rsd\xC3\xB3ttir\"", false},
        {"given_name", "\"\xC3\x8Dris\"", false},
        {"birthdate", "\"1990-02-28\"", false},
        {"achievement_description", "\"For nurses", false},
        {"awarding_bodies", "[\"Aarhus School of Nursing (invented)\"]", false},
        {"place_of_awarding", "\"Aarhus\"", false},
        {"learning_outcomes", "[\"Assess and stage chronic wounds\",\"Plan follow-up", false},
        {"expected_study_time", "\"2 ECTS, 56 hours\"", false},
        {"ects_credits", "2", false},
        {"level_of_learning_experience", "6", false},
        {"level_statements", "[\"The level is declared by the provider\"]", false},
        {"types_of_assessment", "[\"Practical examination at the bedside (", false},
        {"forms_of_participation", "[\"Blended\"]", false},
        {"language_of_classes", "[\"da\",\"en\"]", false},
        {"types_of_quality_assurance",
         "[\"Internal review of the course, 2026 (Internal quality assurance), until 31 December 2028\"]", false},
        {"prerequisites_to_enroll", "[\"Authorisation as a nurse.\"]", false},
        {"supervision", "\"Supervised on site, identity checked\"", false},
        {"assessment_grade", "\"12\"", false},
        {"stackability", "\"May count towards", false},
        {"further_information", "[\"Ask the course office", false},
    };
    mr_sd_jwt s = issue(w, MR_VCT_IS_MICRO_CREDENTIAL);
    assert_members(w, &s, members, sizeof members / sizeof *members);
    assert_null(mr_json_get(s.claims, "iss"));
    assert_null(mr_json_get(s.claims, "jti"));
    assert_null(mr_json_get(s.claims, "date_of_expiry")); /* the achievement has none */
    assert_null(mr_json_get(s.claims, "issued_on_behalf_of"));
    assert_int_equal(s.disclosure_count, 21);
    assert_int_equal(s.hidden_count, 0);
    mr_sd_jwt_done(&s);
}

static void test_sd_jwt_vc_issue__the_commissions_type(void **state)
{
    struct world *w = *state;
    static const struct member members[] = {
        {"vct", "\"urn:eu.europa.ec.eudi:learning:credential:1\"", true},
        {"jti", "\"", true},
        {"iss", "\"https://nursing.example.org\"", true},
        {"cnf", "{\"jwk\":{", true},
        {"issuing_authority", "\"Aarhus School of Nursing (invented)\"", true},
        {"date_of_issuance", "\"2026-10-14\"", true},
        {"achievement_title", "\"Wound care with digital follow-up\"", true},
        {"achievement_description", "\"For nurses", true},
        {"language_of_classes", "[\"da\",\"en\"]", true},
        {"family_name", "\"\xC3\x9E\xC3\xB3rsd\xC3\xB3ttir\"", false},
        {"given_name", "\"\xC3\x8Dris\"", false},
        {"learner_identification", "\"0192f7a0-0000-4000-8000-00000000cafe\"", false},
        {"expected_study_time", "\"2 ECTS, 56 hours\"", false},
        {"level_of_learning_experience", "6", false},
        {"types_of_quality_assurance", "[\"Internal quality assurance\"]", false},
        {"integration_stackability_options", "true", false},
    };
    w->issuing.iss = MR_STR("https://nursing.example.org");
    mr_sd_jwt s = issue(w, MR_VCT_IS_EU_LEARNING);
    assert_members(w, &s, members, sizeof members / sizeof *members);
    mr_sd_jwt_done(&s);
    w->issuing.iss = MR_STR_EMPTY;
    s = issue(w, MR_VCT_IS_EU_LEARNING);
    assert_true(mr_str_has_prefix(mr_json_get_str(s.claims, "iss"), MR_STR("ni:///sha-256;")));
    mr_sd_jwt_done(&s);
}

static void test_sd_jwt_vc_issue__never_holds_numbers_of_the_learner(void **state)
{
    struct world *w = *state;
    for (mr_vct type = MR_VCT_IS_MICRO_CREDENTIAL; type <= MR_VCT_IS_EU_LEARNING; type++) {
        mr_sd_jwt s = issue(w, type);
        assert_true(mr_str_find(s.claims_text, MR_STR("280290")) < 0);
        assert_true(mr_str_find(s.claims_text, MR_STR("iris@")) < 0);
        mr_sd_jwt_done(&s);
    }
}

/* HAIP 1.0 section 6.1: the chain without its anchor. */
static void test_sd_jwt_vc_signer_init__leaves_the_anchor_out(void **state)
{
    struct world *w = *state;
    mr_sd_jwt s = issue(w, MR_VCT_IS_MICRO_CREDENTIAL);
    assert_str(s.jws.typ, "dc+sd-jwt");
    assert_int_equal(s.jws.certificate_count, 1);
    assert_null(s.jws.jwk);
    mr_sd_jwt_done(&s);
}

static void test_sd_jwt_vc_issue__times_are_whole_days(void **state)
{
    struct world *w = *state;
    static const struct {
        int64_t expires, exp;
    } cases[] = {{EXPIRES, 1858377600}, {INT64_C(1858377600000), 1858377600}, {INT64_C(1858377600001), 1858464000}};
    for (size_t i = 0; i < 3; i++) {
        int64_t exp = 0;
        w->issuing.expires = cases[i].expires;
        mr_sd_jwt s = issue(w, MR_VCT_IS_MICRO_CREDENTIAL);
        assert_true(mr_json_to_int64(mr_json_get(s.payload, "exp"), &exp));
        assert_int_equal(exp, cases[i].exp);
        mr_sd_jwt_done(&s);
    }
}

/* The achievement's end, the token's, and for a type that demands one the certificate's. */
static void test_sd_jwt_vc_issue__ends_with_what_ends_first(void **state)
{
    struct world *w = *state;
    const int64_t none = MR_TIME_NONE, certificate = mr_certificate_not_after(w->seal.certificate) / MR_DAY_MS * 86400;
    const struct {
        mr_vct type;
        int months;
        int64_t expires, exp;
        const char *day;
    } cases[] = {
        {MR_VCT_IS_MICRO_CREDENTIAL, 12, none, 1823558400, "2027-10-14"},
        {MR_VCT_IS_MICRO_CREDENTIAL, 12, EXPIRES, 1823558400, "2027-10-14"},
        {MR_VCT_IS_MICRO_CREDENTIAL, 120, EXPIRES, 1858377600, "2036-10-14"},
        {MR_VCT_IS_EU_LEARNING, 0, none, certificate, NULL},
        {MR_VCT_IS_EU_LEARNING, 12, none, 1823558400, "2027-10-14"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t exp = 0;
        w->specification.valid_months = cases[i].months;
        w->issuing.expires = cases[i].expires;
        mr_sd_jwt s = issue(w, cases[i].type);
        assert_true(mr_json_to_int64(mr_json_get(s.payload, "exp"), &exp));
        assert_int_equal(exp, cases[i].exp);
        if (cases[i].day)
            assert_str(mr_json_get_str(s.payload, "date_of_expiry"), cases[i].day);
        else
            assert_null(mr_json_get(s.payload, "date_of_expiry"));
        mr_sd_jwt_done(&s);
    }
}

/* On the day on which the seal was made, the token is not older than it. */
static void test_sd_jwt_vc_issue__is_not_older_than_the_seal(void **state)
{
    struct world *w = *state;
    int64_t iat = 0, made = mr_certificate_not_before(w->seal.certificate);
    w->issuing.now = made + 1000;
    mr_sd_jwt s = issue(w, MR_VCT_IS_MICRO_CREDENTIAL);
    assert_true(mr_json_to_int64(mr_json_get(s.payload, "iat"), &iat));
    assert_int_equal(iat, made / 1000);
    mr_sd_jwt_done(&s);
}

static void test_sd_jwt_vc_issue__leaves_out_what_is_not_there(void **state)
{
    struct world *w = *state;
    static const char *const absent[] = {"exp", "cnf", "status", "birthdate", "family_name", "place_of_awarding"};
    w->issuing.status_base = MR_STR_EMPTY;
    w->issuing.holder = NULL;
    w->issuing.expires = MR_TIME_NONE;
    w->achievement.learner.birth_date = (mr_date){0};
    w->achievement.learner.family_name = MR_STR_EMPTY;
    w->achievement.place = MR_STR_EMPTY;
    w->achievement.grade = MR_STR_EMPTY;
    mr_sd_jwt s = issue(w, MR_VCT_IS_MICRO_CREDENTIAL);
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) assert_null(mr_json_get(s.claims, absent[i]));
    assert_str(mr_json_get_str(s.claims, "assessment_grade"), "Passed");
    mr_sd_jwt_done(&s);
}

static void test_sd_jwt_vc_issue__tells_what_the_commissions_type_lacks(void **state)
{
    struct world *w = *state;
    const mr_specification specification = w->specification;
    static const char *const wanted[] = {"level_of_learning_experience", "language_of_classes",
                                         "types_of_quality_assurance"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        w->specification = specification;
        if (i == 0) w->specification.eqf = NULL;
        if (i == 1) w->specification.language_count = 0;
        if (i == 2) w->specification.quality_count = 0;
        mr_buf_clear(&w->out);
        assert_code(mr_sd_jwt_vc_issue(&w->signer, MR_VCT_IS_EU_LEARNING, &w->issuing, &w->achievement, &w->env, &w->a,
                                       &w->out, &w->err),
                    MR_E_UNSUPPORTED, w->err);
        assert_string_equal(w->err.detail, wanted[i]);
        assert_int_equal(w->out.len, 0);
    }
    assert_code(
        mr_sd_jwt_vc_issue(&w->signer, MR_VCT_NONE, &w->issuing, &w->achievement, &w->env, &w->a, &w->out, &w->err),
        MR_E_UNSUPPORTED, w->err);
}

/* ---- reading for people ---- */

static void assert_answer(const mr_view *v, mr_element e, const char *first)
{
    if (first) assert_str(v->answers[e].values[0], first);
    assert_int_equal(v->answers[e].answered, first != NULL);
}

static void test_sd_jwt_vc_view__our_own_type_answers_everything(void **state)
{
    struct world *w = *state;
    mr_view v;
    mr_sd_jwt s = issue(w, MR_VCT_IS_MICRO_CREDENTIAL);
    assert_ok(mr_sd_jwt_vc_view(&w->a, s.claims, mr_language_find(MR_STR("da")), &v, &w->err), w->err);
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        if (!v.answers[e].answered) fail_msg("%s is not answered", mr_element_info(e)->code);
    }
    assert_answer(&v, MR_ELEMENT_LEARNER, "\xC3\x8Dris \xC3\x9E\xC3\xB3rsd\xC3\xB3ttir");
    assert_int_equal(v.answers[MR_ELEMENT_LEARNER].value_count, 2);
    assert_str(v.answers[MR_ELEMENT_LEARNER].values[1], "f\xC3\xB8"
                                                        "dt 28. februar 1990");
    assert_answer(&v, MR_ELEMENT_COUNTRY, "Danmark");
    assert_answer(&v, MR_ELEMENT_DATE, "14. oktober 2026");
    assert_answer(&v, MR_ELEMENT_OUTCOMES, "Assess and stage chronic wounds");
    assert_int_equal(v.answers[MR_ELEMENT_OUTCOMES].value_count, 3);
    assert_str(v.answers[MR_ELEMENT_OUTCOMES].language, "en");
    assert_str(v.title, "Wound care with digital follow-up");
    assert_str(v.issuer, "Aarhus School of Nursing (invented)");
    assert_str(v.awarding_body, "Aarhus School of Nursing (invented)");
    assert_str(v.issuer_country, "DK");
    assert_str(v.workload, "2 ECTS, 56 hours");
    assert_true(v.birth_date.year == 1990 && v.awarded_on.day == 14);
    assert_int_equal(v.issued, INT64_C(1795132800000));
    assert_int_equal(v.valid_until, INT64_C(1858377600000));
    assert_false(v.claims_accreditation || v.others_award || v.mandate_missing || v.dates_unreadable);
    mr_sd_jwt_done(&s);
}

static void test_sd_jwt_vc_view__an_issuer_on_behalf_and_an_accreditation(void **state)
{
    struct world *w = *state;
    mr_view v;
    mr_organisation other = {.name = w->specification.title};
    w->specification.awarding_bodies = &other;
    w->specification.quality[0].kind = MR_QUALITY_PROGRAMME;
    w->specification.quality[0].by = other;
    w->specification.quality[0].reference = MR_STR("A-123");
    mr_sd_jwt s = issue(w, MR_VCT_IS_MICRO_CREDENTIAL);
    assert_non_null(mr_json_get(s.payload, "issued_on_behalf_of"));
    assert_ok(mr_sd_jwt_vc_view(&w->a, s.claims, mr_language_english(), &v, &w->err), w->err);
    assert_str(v.on_behalf_of, "Wound care with digital follow-up");
    assert_true(v.others_award && v.claims_accreditation);
    assert_true(mr_str_find(v.answers[MR_ELEMENT_QUALITY].values[0],
                            MR_STR("(Programme accreditation), Wound care with digital follow-up, A-123")) > 0);
    mr_sd_jwt_done(&s);
}

static const mr_json *parse(struct world *w, const char *text)
{
    const mr_json *root;
    assert_ok(mr_json_parse(&w->a, mr_str_of(text), NULL, &root, &w->err), w->err);
    return root;
}

static void test_sd_jwt_vc_view__says_only_what_is_shown(void **state)
{
    struct world *w = *state;
    mr_view v;
    const mr_json *claims = parse(
        w,
        "{\"vct\":\"urn:eu.europa.ec.eudi:learning:credential:1\",\"issuing_authority\":\"U\",\"given_name\":\"Ana\","
        "\"level_of_learning_experience\":9,\"integration_stackability_options\":false,\"issuing_country\":\"XX\","
        "\"exp\":\"soon\",\"learning_outcomes\":\"one\",\"date_of_issuance\":\"2026-02-30\",\"date_of_expiry\":\"2027-"
        "01-31\"}");
    assert_ok(mr_sd_jwt_vc_view(&w->a, claims, mr_language_english(), &v, &w->err), w->err);
    assert_answer(&v, MR_ELEMENT_LEARNER, "Ana");
    assert_answer(&v, MR_ELEMENT_LEVEL, NULL);
    assert_answer(&v, MR_ELEMENT_DATE, NULL);
    assert_answer(&v, MR_ELEMENT_COUNTRY, "XX");
    assert_answer(&v, MR_ELEMENT_OUTCOMES, "one");
    assert_answer(&v, MR_ELEMENT_QUALITY, NULL);
    assert_answer(&v, MR_ELEMENT_AWARDING_BODY, "U");
    assert_answer(&v, MR_ELEMENT_STACKABILITY, "No options to combine it with other credentials.");
    assert_true(v.dates_unreadable);
    assert_int_equal(v.valid_until, INT64_C(1801440000000)); /* 2027-02-01 */
    assert_code(mr_sd_jwt_vc_view(&w->a, parse(w, "[]"), mr_language_english(), &v, &w->err), MR_E_FORMAT, w->err);
}

static void test_sd_jwt_vc_view__counts_what_has_no_room(void **state)
{
    struct world *w = *state;
    mr_view v;
    mr_str list = MR_STR("\"1\"");
    for (int i = 2; i <= 30; i++) list = mr_arena_format(&w->a, "%.*s,\"%d\"", MR_STR_ARG(list), i);
    const mr_json *claims = parse(w, mr_arena_format(&w->a, "{\"learning_outcomes\":[%.*s]}", MR_STR_ARG(list)).ptr);
    assert_ok(mr_sd_jwt_vc_view(&w->a, claims, mr_language_english(), &v, &w->err), w->err);
    assert_int_equal(v.answers[MR_ELEMENT_OUTCOMES].value_count, 24);
    assert_str(v.answers[MR_ELEMENT_OUTCOMES].values[23], "and 7 more");
}

/* ---- keeping to the type ---- */

static void add_told(void *self, const char *message, mr_str claim)
{
    mr_buf *b = self;
    if (b->len) mr_buf_putc(b, ' ');
    mr_buf_puts(b, message);
    mr_buf_putc(b, ':');
    mr_buf_put(b, claim);
}

#define OWN "\"vct\":\"urn:merit:micro-credential:1\","
/* What is in clear and mandatory. */
#define CLEAR                                                                                                          \
    OWN "\"iat\":1,\"language_of_texts\":\"en\",\"achievement_title\":\"T\",\"issuing_country\":\"DK\",\"issuing_"     \
        "authority\":\"U\",\"date_of_issuance\":\"2026-10-14\","
#define SHOWN                                                                                                          \
    CLEAR "\"name\":\"N\",\"awarding_bodies\":[],\"learning_outcomes\":[\"a\"],\"expected_study_time\":\"1\",\"types_" \
          "of_assessment\":[],"                                                                                        \
          "\"forms_of_participation\":[],\"types_of_quality_assurance\":[]"

static const struct checking {
    const char *payload, *claims; /* as signed, as processed */
    const char *told;
} checkings[] = {
    {"{" CLEAR "\"_sd\":[1,2,3,4,5,6,7],\"_sd_alg\":\"sha-256\"}", "{" SHOWN "}", ""},
    {"{\"a\":1}", "{\"a\":1}", "vct.unknown:"},
    {"{\"vct\":\"urn:x\"}", "{\"vct\":\"urn:x\"}", "vct.unknown:urn:x"},
    {"{\"vct\":\"urn:x\",\"iss\":\"a\",\"_sd\":[1]}", "{\"vct\":\"urn:x\",\"iss\":\"a\",\"exp\":1}",
     "vct.unknown:urn:x vct.disclosable:exp"},
    {"{\"vct\":\"urn:x\",\"aka_vcts\":[\"urn:merit:micro-credential:1\"]}",
     "{\"vct\":\"urn:x\",\"aka_vcts\":[\"urn:merit:micro-credential:1\"]}",
     "vct.missing:iat vct.missing:language_of_texts vct.missing:name vct.missing:achievement_title "
     "vct.missing:issuing_country vct.missing:issuing_authority "
     "vct.missing:awarding_bodies vct.missing:date_of_issuance vct.missing:learning_outcomes "
     "vct.missing:expected_study_time vct.missing:types_of_assessment "
     "vct.missing:forms_of_participation vct.missing:types_of_quality_assurance"},
    {"{" SHOWN "}", "{" SHOWN "}",
     "vct.in_clear:name vct.in_clear:awarding_bodies vct.in_clear:learning_outcomes vct.in_clear:expected_study_time "
     "vct.in_clear:types_of_assessment "
     "vct.in_clear:forms_of_participation vct.in_clear:types_of_quality_assurance"},
    {"{" CLEAR "\"_sd\":[1,2,3,4,5,6,7]}", "{" CLEAR "\"name\":\"N\"}",
     "vct.hidden:awarding_bodies vct.hidden:learning_outcomes vct.hidden:expected_study_time "
     "vct.hidden:types_of_assessment vct.hidden:forms_of_participation "
     "vct.hidden:types_of_quality_assurance"},
    {"{" CLEAR "\"_sd\":[1,2,3,4,5,6,7,8,9]}", "{" SHOWN ",\"status\":{},\"date_of_expiry\":\"2027-01-01\"}",
     "vct.disclosable:date_of_expiry vct.disclosable:status"},
    {"{" CLEAR "\"exp\":\"1\",\"cnf\":{},\"_sd\":[1,2,3,4,5,6,7,8,9]}",
     "{" SHOWN ",\"exp\":\"1\",\"cnf\":{},\"birthdate\":\"1.1.2000\",\"level_of_learning_experience\":0}",
     "vct.kind:exp vct.kind:cnf vct.kind:birthdate vct.kind:level_of_learning_experience"},
    {"{\"vct\":\"urn:x\",\"cnf\":{\"_sd\":[]},\"status\":[{\"...\":\"x\"}]}",
     "{\"vct\":\"urn:x\",\"cnf\":{},\"status\":[]}", "vct.unknown:urn:x vct.disclosable:cnf vct.disclosable:status"},
    {"{" CLEAR "\"issued_on_behalf_of\":{\"_sd\":[]},\"_sd\":[1,2,3,4,5,6,7]}",
     "{" SHOWN ",\"issued_on_behalf_of\":\"B\"}", "vct.disclosable:issued_on_behalf_of"},
    {"{" CLEAR "\"_sd\":[1,2,3,4,5,6,7,8]}", "{" SHOWN ",\"further_information\":[1]}", "vct.kind:further_information"},
};

static void test_vct_check__tells_each_fault(void **state)
{
    struct world *w = *state;
    MR_CLEANUP(mr_buf_done) mr_buf told;
    mr_buf_init(&told, MR_MIB);
    for (size_t i = 0; i < sizeof checkings / sizeof *checkings; i++) {
        const mr_sd_jwt s = {.payload = parse(w, checkings[i].payload), .claims = parse(w, checkings[i].claims)};
        mr_buf_clear(&told);
        assert_ok(mr_vct_check(&w->a, &s, add_told, &told, &w->err), w->err);
        assert_str(mr_buf_str(&told), checkings[i].told);
    }
}

static void test_vct_check__finds_nothing_in_ours(void **state)
{
    struct world *w = *state;
    MR_CLEANUP(mr_buf_done) mr_buf told;
    mr_buf_init(&told, MR_MIB);
    for (size_t i = 0; i < 4; i++) {
        w->issuing.holder = i < 2 ? w->holder : NULL; /* a file may be without the key of a wallet */
        mr_sd_jwt s = issue(w, i % 2 ? MR_VCT_IS_EU_LEARNING : MR_VCT_IS_MICRO_CREDENTIAL);
        assert_ok(mr_vct_check(&w->a, &s, add_told, &told, &w->err), w->err);
        assert_str(mr_buf_str(&told), "");
        mr_sd_jwt_done(&s);
    }
}

/* ---- type metadata ---- */

static void test_vct_write_metadata__has_every_claim_in_every_language(void **state)
{
    struct world *w = *state;
    size_t languages = 0;
    for (const mr_language *const *l = mr_languages(); *l; l++) languages++;
    for (mr_vct type = MR_VCT_IS_MICRO_CREDENTIAL; type <= MR_VCT_IS_EU_LEARNING; type++) {
        mr_buf_clear(&w->out);
        mr_vct_write_metadata(type, &w->out);
        const mr_json *root = parse(w, mr_arena_dup(&w->a, mr_buf_str(&w->out)).ptr);
        mr_sd_jwt s = issue(w, type);
        assert_int_equal(mr_vct_find(mr_json_get_str(root, "vct")), type);
        assert_int_equal(mr_json_count(mr_json_get(root, "display")), languages);
        assert_str(mr_json_str(mr_json_find(root, MR_STR("/display/0/rendering/simple/text_color"))), "#ffffff");
        MR_JSON_EACH_MEMBER (name, s.claims) {
            bool found = mr_str_is(mr_json_text(name), "status"); /* which belongs to every type */
            MR_JSON_EACH (claim, mr_json_get(root, "claims")) {
                const mr_json *path = mr_json_get(claim, "path");
                if (mr_json_count(path) != 1 || !mr_str_eq(mr_json_str(mr_json_at(path, 0)), mr_json_text(name)))
                    continue;
                found = true;
                assert_int_equal(mr_json_count(mr_json_get(claim, "display")), languages);
                MR_JSON_EACH (display, mr_json_get(claim, "display"))
                    assert_true(!mr_str_has_prefix(mr_json_get_str(display, "label"), MR_STR("vct.claim.")));
            }
            if (!found) fail_msg("no metadata of %.*s", MR_STR_ARG(mr_json_text(name)));
        }
        mr_sd_jwt_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_issue__our_own_type, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_issue__the_commissions_type, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_issue__never_holds_numbers_of_the_learner, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_signer_init__leaves_the_anchor_out, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_issue__times_are_whole_days, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_issue__ends_with_what_ends_first, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_issue__is_not_older_than_the_seal, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_issue__leaves_out_what_is_not_there, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_issue__tells_what_the_commissions_type_lacks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_view__our_own_type_answers_everything, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_view__an_issuer_on_behalf_and_an_accreditation, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_view__says_only_what_is_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_vc_view__counts_what_has_no_room, setup, teardown),
        cmocka_unit_test_setup_teardown(test_vct_check__tells_each_fault, setup, teardown),
        cmocka_unit_test_setup_teardown(test_vct_check__finds_nothing_in_ours, setup, teardown),
        cmocka_unit_test_setup_teardown(test_vct_write_metadata__has_every_claim_in_every_language, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
