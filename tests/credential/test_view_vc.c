/* What badges and other credentials say: exactly that, in the answers of Annex I where they have one. */
#include "testing.h"

#include "base/limits.h"
#include "credential/view_vc.h"

struct bench {
    mr_arena a;
    mr_view view;
};

static void read_text(struct bench *b, mr_str text, const char *language)
{
    struct mr_err err = {0};
    const mr_json *root;
    assert_ok(mr_json_parse(&b->a, text, NULL, &root, &err), err);
    assert_ok(mr_view_read_vc(&b->a, root, mr_language_find(mr_str_of(language)), &b->view, &err), err);
}

/* Single quotes stand for double ones. */
static void read_quoted(struct bench *b, const char *document)
{
    char *text = (char *)(uintptr_t)mr_arena_cstr(&b->a, mr_str_of(document));
    for (char *p = text; *p; p++)
        if (*p == '\'') *p = '"';
    read_text(b, mr_str_of(text), "en");
}

static void read_suite(struct bench *b, const char *file)
{
    read_text(b, test_read_file(&b->a, test_suite(&b->a, file)), "en");
}

/* "code: value | value", a line for each element that is answered, in the order of Annex I. */
static mr_str answers(struct bench *b)
{
    mr_str all = MR_STR("");
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        const struct mr_view_answer *x = &b->view.answers[e];
        assert_int_equal(x->answered, x->value_count > 0);
        for (size_t i = 0; i < x->value_count; i++)
            all = mr_arena_format(&b->a, "%.*s%s%s%.*s", MR_STR_ARG(all), i ? " | " : mr_element_info(e)->code,
                                  i ? "" : ": ", MR_STR_ARG(x->values[i]));
        if (x->value_count) all = mr_arena_format(&b->a, "%.*s\n", MR_STR_ARG(all));
    }
    return all;
}

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    if (!b) return -1;
    mr_arena_init(&b->a, MR_LIMIT_DOCUMENT_MEMORY);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    mr_arena_done(&b->a);
    free(b);
    return 0;
}

/* ---- badges of others ---- */

static void test_view_read_vc__a_complete_badge(void **state)
{
    struct bench *b = *state;
    read_suite(b, "ob30-1edtech-validator/complete.json");
    assert_str(b->view.title, "1EdTech University Degree");
    assert_str(b->view.issuer, "1EdTech University");
    assert_str(b->view.issuer_country, "US");
    assert_str(b->view.workload, "36 credits");
    assert_true(b->view.not_annex);
    assert_str(answers(b), "learner: student@1edtech.edu\n"
                           "title: 1EdTech University Degree\n"
                           "country: United States\n"
                           "awarding_body: 1EdTech University\n"
                           "date: 1 January 2010\n"
                           "workload: 36 credits | Credit awarded: 42 credits\n"
                           "grade: Final Project Grade: A\n"
                           "further_information: 1EdTech University Degree Description | Kind of achievement: Degree "
                           "| What was asked for: # Degree Requirements\nStudents must complete... | Field of study: "
                           "Research | Specialisation: Computer Science Research | There is a final project report "
                           "and source code evidence. | Evidence: Final Project Report | Evidence: Final Project "
                           "Code\n");
}

static void test_view_read_vc__a_badge_of_version_1(void **state)
{
    struct bench *b = *state;
    read_suite(b, "ob30-1edtech-validator/simple_v1.json");
    assert_str(answers(b), "title: Teamwork\n"
                           "awarding_body: Example Corp\n"
                           "date: 1 January 2010\n"
                           "further_information: This badge recognizes the development of the capacity to "
                           "collaborate within a group environment. | What was asked for: Team members are nominated "
                           "for this badge by their peers and recognized upon review by Example Corp management.\n");
}

static void test_view_read_vc__a_named_learner(void **state)
{
    struct bench *b = *state;
    read_suite(b, "dcc-vc-test-fixtures/verifiableCredentials/v2/dataIntegrityProof/didKey/"
                  "legacyRegistry-noStatus-noExpiry-achievementTypeExample.json");
    assert_str(answers(b), "learner: Sam Salmon\n"
                           "title: OBv3 achievementType example\n"
                           "awarding_body: Example Corp\n"
                           "date: 1 January 2010\n"
                           "further_information: Kind of achievement: Award | This badge recognizes the development "
                           "of the capacity to collaborate within a group environment. | What was asked for: Team "
                           "members are nominated for this badge by their peers and recognized upon review by "
                           "Example Corp management.\n");
}

static void test_view_read_vc__a_record(void **state)
{
    struct bench *b = *state;
    read_suite(b, "clr20-1edtech-validator/simple.json");
    assert_str(answers(b), "title: Sample Transcript\n"
                           "awarding_body: Example University\n"
                           "date: 1 January 2010\n"
                           "further_information: Contains: Achievement 1 | Contains: Achievement 2 | Contains: "
                           "Teamwork | “Achievement 1” contains “Achievement 2”\n");
    assert_int_equal(b->view.part_count, 3);
    assert_int_equal(b->view.part_credentials, 1);
    assert_str(b->view.parts[0].title, "Teamwork");
    assert_str(b->view.parts[0].issuer, "Example Corp");
    assert_str(b->view.parts[1].title, "Achievement 1");
    assert_str(b->view.parts[1].issuer, "Example University"); /* whose record it is */
    assert_str(b->view.parts[2].title, "Achievement 2");
}

static void test_view_read_vc__a_credential_that_is_no_badge(void **state)
{
    struct bench *b = *state;
    read_suite(b, "vc-jose-cose/input/credential-minimal.json");
    assert_str(answers(b), "title: ExampleAlumniCredential\n"
                           "date: 1 January 2010\n"
                           "further_information: degree: Bachelor of Science and Arts\n");
}

/* ---- one by one ---- */

#define BADGE(subject)                                                                                                 \
    "{'@context':['https://www.w3.org/ns/credentials/v2'],'type':['VerifiableCredential','OpenBadgeCredential'],"      \
    "'issuer':'did:e:i','credentialSubject':{" subject "}}"
#define ACHIEVEMENT(more) BADGE("'achievement':{" more "}")

static const struct said {
    const char *document;
    mr_element element;
    const char *first, *second;
    size_t more;
} cases[] = {
    {BADGE("'givenName':'Ana','familyName':'Andromeda'"), MR_ELEMENT_LEARNER, "Ana Andromeda", NULL},
    {BADGE("'familyName':'Andromeda'"), MR_ELEMENT_LEARNER, "Andromeda", NULL},
    {BADGE("'id':'did:e:s'"), MR_ELEMENT_LEARNER, NULL, NULL}, /* an identifier is no name */
    {BADGE(
         "'identifier':[{'identityHash':'a@e.org','identityType':'emailAddress','hashed':false},{'identityHash':'Ana',"
         "'identityType':'name','hashed':false}]"),
     MR_ELEMENT_LEARNER, "Ana", NULL},
    {BADGE("'identifier':{'identityHash':'sha256$1','identityType':'emailAddress','hashed':true}"), MR_ELEMENT_LEARNER,
     NULL, NULL},
    /* levels by URL, by framework, and what is none */
    {ACHIEVEMENT("'alignment':[{'targetName':'Six','targetUrl':'http://data.europa.eu/snb/eqf/6'}]"), MR_ELEMENT_LEVEL,
     "EQF 6", NULL},
    {ACHIEVEMENT("'alignment':{'targetCode':'5','targetFramework':'European Qualifications Framework (EQF)'}"),
     MR_ELEMENT_LEVEL, "EQF 5", NULL},
    {ACHIEVEMENT("'alignment':{'targetCode':'11','targetFramework':'EQF'}"), MR_ELEMENT_LEVEL, NULL, NULL},
    {ACHIEVEMENT("'alignment':{'targetCode':'6','targetFramework':'Our course catalogue'}"), MR_ELEMENT_LEVEL, NULL,
     NULL},
    /* outcomes */
    {ACHIEVEMENT(
         "'alignment':[{'targetName':'draw blood','targetUrl':'http://data.europa.eu/esco/skill/1'},{'targetName':"
         "'Course'}]"),
     MR_ELEMENT_OUTCOMES, "draw blood", NULL},
    {ACHIEVEMENT("'alignment':{'targetName':'draw blood','targetType':'ceasn:Competency'}"), MR_ELEMENT_OUTCOMES,
     "draw blood", NULL},
    {ACHIEVEMENT("'criteria':{'narrative':'Come along.'}"), MR_ELEMENT_OUTCOMES, NULL, NULL},
    {ACHIEVEMENT("'criteria':{'narrative':'Come along.'}"), MR_ELEMENT_FURTHER, "What was asked for: Come along.",
     NULL},
    /* credits are no ECTS */
    {BADGE("'creditsEarned':2.5,'achievement':{'creditsAvailable':5}"), MR_ELEMENT_WORKLOAD, "5 credits",
     "Credit awarded: 2.5 credits"},
    {BADGE("'creditsEarned':5,'achievement':{'creditsAvailable':5}"), MR_ELEMENT_WORKLOAD, "5 credits", NULL},
    {ACHIEVEMENT("'creditsAvailable':'many'"), MR_ELEMENT_WORKLOAD, NULL, NULL},
    /* results, with and without their descriptions */
    {BADGE("'result':[{'value':'A','resultDescription':'urn:g'},{'value':'Pass'}],'achievement':{'resultDescription':[{"
           "'id':'urn:g','name':'Final grade'}]}"),
     MR_ELEMENT_GRADE, "Final grade: A", "Pass"},
    {BADGE("'result':{'value':'8.0','resultDescription':'urn:g'},'achievement':{'resultDescription':{'id':'urn:g',"
           "'valueMin':'1','valueMax':'10','requiredValue':'6'}}"),
     MR_ELEMENT_GRADE, "8.0 (from 1 to 10, 6 needed to pass)", NULL},
    {BADGE("'result':{'achievedLevel':'urn:l','resultDescription':'urn:g'},'achievement':{'resultDescription':{'id':'"
           "urn:g',"
           "'name':'Project','rubricCriterionLevel':[{'id':'urn:l','name':'Mastered'}]}}"),
     MR_ELEMENT_GRADE, "Project: Mastered", NULL},
    /* the Dutch fields */
    {ACHIEVEMENT("'ECTS':2.5,'SBU':70"), MR_ELEMENT_WORKLOAD, "2.5 ECTS, 70 hours", NULL},
    {ACHIEVEMENT("'timeInvestment':13"), MR_ELEMENT_WORKLOAD, "13 hours", NULL},
    {ACHIEVEMENT("'ECTS':'3'"), MR_ELEMENT_WORKLOAD, NULL, NULL},
    {ACHIEVEMENT("'ECTS':0.001"), MR_ELEMENT_WORKLOAD, NULL, NULL},
    {ACHIEVEMENT("'alignment':{'targetType':'ext:EQF','targetCode':'4','targetName':'EQF level 4'}"), MR_ELEMENT_LEVEL,
     "EQF 4", NULL},
    {ACHIEVEMENT("'alignment':{'targetType':'ext:EQF','targetCode':'9'}"), MR_ELEMENT_LEVEL, NULL, NULL},
    {ACHIEVEMENT("'alignment':{'targetType':'ext:QualityAssurance','targetName':'Review','targetCode':'AV-1'}"),
     MR_ELEMENT_QUALITY, "Review, AV-1", NULL},
    {ACHIEVEMENT("'alignment':{'targetType':'ext:ESCOAlignment','targetName':'draw blood'}"), MR_ELEMENT_OUTCOMES,
     "draw blood", NULL},
    {ACHIEVEMENT("'participationType':'onsite or blended'"), MR_ELEMENT_PARTICIPATION, "On site or blended", NULL},
    {ACHIEVEMENT("'participationType':'by letter'"), MR_ELEMENT_PARTICIPATION, "by letter", NULL},
    {ACHIEVEMENT("'assessmentType':'application of a skill'"), MR_ELEMENT_ASSESSMENT, "Application of a skill", NULL},
    {ACHIEVEMENT("'supervisionType':'onsite with identity verification','identityChecked':true"),
     MR_ELEMENT_SUPERVISION, "On site, with identity check", NULL},
    {ACHIEVEMENT("'supervisionType':'onsite with identity verification','identityChecked':false"),
     MR_ELEMENT_SUPERVISION, "On site, with identity check", "The learner's identity was not checked"},
    {ACHIEVEMENT("'supervisionType':'supervised online','identityChecked':true"), MR_ELEMENT_SUPERVISION,
     "Supervised online", "The learner's identity was checked"},
    {ACHIEVEMENT("'inLanguage':'nl-NL','educationProgramIdentifier':[1,'2']"), MR_ELEMENT_FURTHER, "Language: Dutch",
     "Number of the education programme: 1", 1},
    /* countries by their code, else as they are written */
    {"{'@context':['https://www.w3.org/ns/credentials/v2'],'issuer':{'address':{'addressCountryCode':'XX',"
     "'addressCountry':'Naboo'}}}",
     MR_ELEMENT_COUNTRY, "Naboo", NULL},
    /* texts with languages */
    {ACHIEVEMENT("'name':[{'@value':'Hund','@language':'da'},{'@value':'Dog','@language':'en'}]"), MR_ELEMENT_TITLE,
     "Dog", NULL},
    {ACHIEVEMENT("'name':[{'@value':'Hund','@language':'da'},{'@value':'Chien','@language':'fr'}]"), MR_ELEMENT_TITLE,
     "Hund", NULL},
    {BADGE("'id':'did:e:s'"), MR_ELEMENT_TITLE, "OpenBadgeCredential", NULL},
    /* claims of something unknown */
    {BADGE("'degree':{'type':'D','name':'Bachelor'},'colour':['red','red']"), MR_ELEMENT_FURTHER, "degree: Bachelor",
     "colour: red"},
    {BADGE("'alumniOf':{'id':'did:e:u'},'paid':true,'nothing':null"), MR_ELEMENT_FURTHER, "alumniOf: did:e:u",
     "paid: true"},
};

static void test_view_read_vc__answers_what_is_said(void **state)
{
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("# %s\n", cases[i].document);
        read_quoted(b, cases[i].document);
        const struct mr_view_answer *x = &b->view.answers[cases[i].element];
        assert_int_equal(cases[i].more + (cases[i].first != NULL) + (cases[i].second != NULL), x->value_count);
        if (cases[i].first) assert_str(x->values[0], cases[i].first);
        if (cases[i].second) assert_str(x->values[1], cases[i].second);
    }
}

#define DATED(context, dates)                                                                                          \
    "{'@context':['" context "'],'type':['VerifiableCredential'],'issuer':'did:e:i'," dates "}"
#define V1 "https://www.w3.org/2018/credentials/v1"
#define V2 "https://www.w3.org/ns/credentials/v2"

static const struct dated {
    const char *document;
    int64_t from, until;
    bool unreadable;
} dates[] = {
    {DATED(V2, "'validFrom':'2020-01-01T00:00:00Z','validUntil':'2021-01-01T00:00:00Z'"), INT64_C(1577836800000),
     INT64_C(1609459200000), false},
    /* the names of 1.1 mean nothing in 2.0 */
    {DATED(V2, "'issuanceDate':'2020-01-01T00:00:00Z','expirationDate':'2021-01-01T00:00:00Z'"), MR_TIME_NONE,
     MR_TIME_NONE, false},
    {DATED(V1, "'issuanceDate':'2020-01-01T00:00:00Z','expirationDate':'2021-01-01T00:00:00Z'"), INT64_C(1577836800000),
     INT64_C(1609459200000), false},
    /* the first end counts */
    {DATED(V1, "'validUntil':'2020-01-01T00:00:00Z','expirationDate':'2021-01-01T00:00:00Z'"), MR_TIME_NONE,
     INT64_C(1577836800000), false},
    {DATED(V2, "'validUntil':'soon'"), MR_TIME_NONE, MR_TIME_NONE, true},
    {DATED(V2, "'validUntil':['2020-01-01T00:00:00Z']"), MR_TIME_NONE, MR_TIME_NONE, true},
};

static void test_view_read_vc__knows_which_dates_count(void **state)
{
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        print_message("# %s\n", dates[i].document);
        read_quoted(b, dates[i].document);
        assert_int_equal(b->view.valid_from, dates[i].from);
        assert_int_equal(b->view.valid_until, dates[i].until);
        assert_int_equal(b->view.dates_unreadable, dates[i].unreadable);
    }
    read_quoted(b, DATED(V2, "'validFrom':'2020-01-01T00:00:00Z','awardedDate':'2019-12-24T10:00:00Z'"));
    assert_int_equal(b->view.awarded_on.year, 2019);
    assert_int_equal(b->view.awarded_on.day, 24);
}

static void test_view_read_vc__annex_i_asks_micro_credentials_only(void **state)
{
    struct bench *b = *state;
    read_quoted(b, ACHIEVEMENT("'achievementType':'MicroCredential'"));
    assert_false(b->view.not_annex);
    read_quoted(b, ACHIEVEMENT("'achievementType':'ext:Microcredential'"));
    assert_false(b->view.not_annex);
    read_quoted(b,
                "{'credentialSchema':[{'id':'https://e.org/schemas/microcredential_ects.json'}],'credentialSubject':{"
                "'achievement':{'type':['Achievement','EducredentialAchievement']}}}");
    assert_false(b->view.not_annex);
    read_quoted(b, ACHIEVEMENT("'achievementType':'Badge'"));
    assert_true(b->view.not_annex);
    read_quoted(b, ACHIEVEMENT("'name':'N'"));
    assert_true(b->view.not_annex);
}

/* More of everything than there is room for. */
static void test_view_read_vc__keeps_to_its_limits(void **state)
{
    struct bench *b = *state;
    mr_str results = MR_STR_EMPTY;
    for (int i = 0; i < 100; i++)
        results = mr_arena_format(&b->a, "%.*s%s{'value':'%d'}", MR_STR_ARG(results), i ? "," : "", i);
    read_quoted(b, mr_arena_format(&b->a, BADGE("'result':[%.*s],'achievement':{}"), MR_STR_ARG(results)).ptr);
    assert_int_equal(b->view.answers[MR_ELEMENT_GRADE].value_count, 24);
}

static void test_view_read_vc__refuses_what_is_no_object(void **state)
{
    struct bench *b = *state;
    struct mr_err err = {0};
    const mr_json *root;
    assert_ok(mr_json_parse(&b->a, MR_STR("[]"), NULL, &root, &err), err);
    assert_code(mr_view_read_vc(&b->a, root, mr_language_english(), &b->view, &err), MR_E_FORMAT, err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_view_read_vc__a_complete_badge, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_read_vc__a_badge_of_version_1, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_read_vc__a_named_learner, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_read_vc__a_record, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_read_vc__a_credential_that_is_no_badge, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_read_vc__answers_what_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_read_vc__knows_which_dates_count, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_read_vc__annex_i_asks_micro_credentials_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_read_vc__keeps_to_its_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view_read_vc__refuses_what_is_no_object, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
