/* Re-description: what Merit issued comes back as the specification that it was issued from; what others issued comes back as far as they said it, and
 * every gap is named. */
#include "testing.h"

#include "base/limits.h"
#include "credential/convert.h"
#include "credential/elm.h"
#include "credential/redescribe.h"
#include "credential/results.h"
#include "credential/specification_file.h"
#include "credential/specification_write.h"
#include "crypto/authority.h"

/* 2026-11-20T12:00:00Z */
#define NOW INT64_C(1795176000000)

struct bench {
    mr_arena a;
    mr_env env;
    struct mr_authority authority;
    struct mr_seal_key seal;
    mr_redescription r;
};

static int setup(void **state)
{
    static struct bench b;
    struct mr_err err = {0};
    b = (struct bench){.env = test_env_fixed(NOW, 3)};
    mr_arena_init(&b.a, 4 * MR_LIMIT_DOCUMENT_MEMORY);
    assert_ok(mr_authority_new(&b.env, &b.authority, &err), err);
    *state = &b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    mr_seal_key_done(&b->seal);
    mr_authority_done(&b->authority);
    mr_arena_done(&b->a);
    return 0;
}

static void seal_for(struct bench *b, const char *organisation, const char *identifier, const char *country)
{
    struct mr_err err = {0};
    const struct mr_seal_subject subject = {.organisation = mr_str_of(organisation),
                                            .organisation_identifier = mr_str_of(identifier),
                                            .country = mr_str_of(country),
                                            .common_name = MR_STR("TEST seal")};
    mr_seal_key_done(&b->seal);
    assert_ok(mr_authority_issue_seal(&b->authority, &b->env, &subject, MR_KEY_P256, &b->seal, &err), err);
}

/* Single quotes stand for double ones. */
static mr_str quoted(struct bench *b, const char *text)
{
    char *copy = (char *)(uintptr_t)mr_arena_cstr(&b->a, mr_str_of(text));
    for (char *p = copy; *p; p++)
        if (*p == '\'') *p = '"';
    return mr_str_of(copy);
}

static mr_specification read_spec(struct bench *b, mr_str text)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_specification s = {0};
    mr_findings_init(&findings, &b->a);
    assert_ok(mr_specification_read(&b->a, text, &s, &findings, &err), err);
    assert_int_equal(findings.faults, 0);
    return s;
}

static mr_str write_spec(struct bench *b, const mr_specification *s)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_specification_write(s, &out);
    assert_false(mr_buf_failed(&out));
    return mr_arena_dup(&b->a, mr_buf_str(&out));
}

static void redescribe(struct bench *b, mr_str document)
{
    struct mr_err err = {0};
    const mr_json *root;
    assert_ok(mr_json_parse(&b->a, document, NULL, &root, &err), err);
    assert_ok(mr_redescribe(&b->a, root, &b->r, &err), err);
}

/* "element id | element id", faults with an exclamation mark. */
static mr_str gaps(struct bench *b)
{
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; i < b->r.gaps.count; i++) {
        const struct mr_finding *f = &b->r.gaps.items[i];
        all = mr_arena_format(&b->a, "%.*s%s%s%s %s", MR_STR_ARG(all), i ? " | " : "", f->warning ? "" : "!",
                              f->element, f->id);
    }
    return all;
}

/* ---- what Merit issued ---- */

static mr_achievement an_achievement(void)
{
    return (mr_achievement){.id = "01934567-89ab-7cde-8f01-23456789abcd",
                            .learner = {.full_name = MR_STR("Søren \"Æ\" Kierke\\gård"),
                                        .given_name = MR_STR("Søren"),
                                        .family_name = MR_STR("Kierkegård-Test"),
                                        .birth_date = {1994, 5, 5}},
                            .awarded_on = {2026, 10, 14},
                            .place = MR_STR("Aarhus"),
                            .grade = MR_STR("12"),
                            .ects_awarded = 150};
}

static mr_str issue(struct bench *b, const mr_specification *s, const mr_achievement *a, mr_elm_kind kind, bool sealed)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    const struct mr_elm_issuing i = {
        .specification = s, .certificate = sealed ? b->seal.certificate : NULL, .now = NOW};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (kind == MR_ELM_EDC)
        assert_ok(mr_elm_write_edc(&i, a, MR_STR("image"), &out, &err), err);
    else
        assert_ok(mr_elm_write_vc2(&i, a, &out, &err), err);
    return mr_arena_dup(&b->a, mr_buf_str(&out));
}

static void check_achievement(struct bench *b, const mr_achievement *wanted)
{
    const mr_achievement *got = &b->r.achievement;
    assert_str_eq(got->learner.full_name, wanted->learner.full_name);
    assert_str_eq(got->learner.given_name, wanted->learner.given_name);
    assert_str_eq(got->learner.family_name, wanted->learner.family_name);
    assert_int_equal(mr_date_compare(got->learner.birth_date, wanted->learner.birth_date), 0);
    assert_int_equal(mr_date_compare(got->awarded_on, wanted->awarded_on), 0);
    assert_str_eq(got->place, wanted->place);
    assert_str_eq(got->grade, wanted->grade);
    assert_int_equal(got->ects_awarded, wanted->ects_awarded);
}

static void check_round_trip(struct bench *b, mr_str file)
{
    static const mr_elm_kind kinds[] = {MR_ELM_EDC, MR_ELM_VC2, MR_ELM_EDC};
    mr_specification s = read_spec(b, file);
    mr_achievement a = an_achievement(), bare = a;
    bare.grade = bare.place = MR_STR_EMPTY;
    bare.ects_awarded = 0;
    for (int i = 0; i < 3; i++) {
        const mr_achievement *one = i == 1 ? &bare : &a;
        redescribe(b, issue(b, &s, one, kinds[i], i < 2));
        assert_str_eq(write_spec(b, &b->r.specification), write_spec(b, &s));
        check_achievement(b, one);
        assert_str(b->r.source, "urn:credential:01934567-89ab-7cde-8f01-23456789abcd");
        assert_int_equal(b->r.gaps.faults, 0);
    }
}

static void test_redescribe__what_merit_issued_comes_back(void **state)
{
    static const struct {
        const char *name, *organisation, *identifier, *country;
    } examples[] = {
        {"circular-textiles", "Hogeschool Waterland (verzonnen)", "NTRNL-00000000", "NL"},
        {"data-ethics", "Öresunds högskola (påhittad)", "VATSE-000000000001", "SE"},
        {"wound-care", "Aarhus School of Nursing (invented)", "VATDK-00000000", "DK"},
    };
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        print_message("# %s\n", examples[i].name);
        seal_for(b, examples[i].organisation, examples[i].identifier, examples[i].country);
        mr_str path = mr_arena_format(&b->a, MERIT_SOURCE_ROOT "/docs/examples/%s.json", examples[i].name);
        check_round_trip(b, test_read_file(&b->a, path.ptr));
    }
}

/* Every member that a file can have. */
static void test_redescribe__every_member_comes_back(void **state)
{
    struct bench *b = *state;
    seal_for(b, "Skole", "VATDK-12345678", "DK");
    check_round_trip(
        b, quoted(b, "{'specification':'1','id':'a-1','version':'2026.1','title':{'da':'Titel','en':'Title'},"
                     "'description':{'da':'D'},"
                     "'provider':{'name':{'da':'Skole'},'country':'DK','address':{'da':'Vej 1'},'registration':'1',"
                     "'vat':'DK12345678','eidas':'VATDK-12345678','homepage':'https://school.example/','email':"
                     "'a@school.example','deqar':'D1','schac':'school.example','ror':'https://ror.org/1'},"
                     "'awarding_bodies':['provider',{'name':{'da':'Anden'},'country':'GR'}],"
                     "'learning_outcomes':[{'title':{'da':'Kan'},'description':{'da':'Mere'},'type':'skill','reuse':"
                     "'cross-sector','skills':[{'uri':'http://data.europa.eu/esco/skill/1','label':{'da':'evne'}}]}],"
                     "'workload':{'ects':2.25,'hours':1.5,'other':{'da':'To uger'}},"
                     "'level':{'eqf':6,'basis':'referenced','nqf':'c_c392e7a2','authority':'Styrelse, den','since':"
                     "'2026-01-01','cycle':{'da':'Første'}},"
                     "'assessment':[{'type':'portfolio','title':{'da':'Mappe'},'mode':'online','grading':{'da':"
                     "'Bestået'},'assessor':{'name':{'da':'Censor'},'country':'SE'}},{'title':{'da':'Andet'}}],"
                     "'participation':{'modes':['online','work-based']},"
                     "'quality_assurance':[{'kind':'internal'},{'kind':'institution','title':{'da':'Akk'},'by':{'name':"
                     "{'da':'Agentur'},'country':'DK'},'reference':'1','valid_from':'2024-01-01','valid_until':"
                     "'2029-12-31','conditional':true},{'kind':'label','by':{'name':{'da':'Agentur'},'country':'DK'},"
                     "'reference':'https://agency.example/1'}],"
                     "'prerequisites':{'da':'P'},'supervision':'none','stackability':{'da':'S'},"
                     "'further_information':{'da':'F'},'type':'mooc','setting':'formal','fields':['0913'],'languages':"
                     "['da','en'],'schedule':'part-time-light','content':{'da':'C'},'purpose':{'da':'Pu'},"
                     "'target_group':{'da':'T'},'price':{'da':'Pr'},'funding':{'da':'Fu'},'recognition_policy':{'da':"
                     "'R'},'regulated_profession':{'da':'Re'},'homepage':'https://school.example/a','review_by':"
                     "'2028-01-01','valid_months':24,'partial_qualification':true}"));
}

static void test_redescribe__answers_that_do_not_apply_come_back(void **state)
{
    struct bench *b = *state;
    seal_for(b, "Skole", "VATDK-12345678", "DK");
    check_round_trip(
        b, quoted(b, "{'specification':'1','id':'a','version':'1','title':{'sv':'T'},'provider':{'name':{'sv':'Skole'},"
                     "'country':'DK'},'learning_outcomes':[{'title':{'sv':'Kan'}}],'workload':{'hours':0.75},'level':{"
                     "'does_not_apply':{'sv':'N'}},'assessment':[{'type':'portfolio'}],'participation':{"
                     "'does_not_apply':{'sv':'V'}},'quality_assurance':[{'kind':'external','by':{'name':{'sv':'B'},"
                     "'country':'SE'}}],'supervision':'identity-online','type':'short-programme'}"));
}

/* ---- what others issued ---- */

#define BADGE(achievement)                                                                                             \
    "{'@context':['https://www.w3.org/ns/credentials/v2'],'id':'urn:badge:1','type':['VerifiableCredential',"          \
    "'OpenBadgeCredential'],'issuer':{'id':'did:e:i','name':'Vakschool (verzonnen)','url':'https://vak.example/',"     \
    "'address':{'addressCountryCode':'NL','streetAddress':'Laan 1','postalCode':'1000 AA','addressLocality':'Dorp'}}," \
    "'validFrom':'2024-08-30T00:00:00Z','validUntil':'2029-08-30T00:00:00Z','credentialSubject':{'type':["             \
    "'AchievementSubject'],'name':'Ana Andromeda','result':{'value':'8.5'},'achievement':{" achievement "}}}"

static void test_redescribe__a_badge_as_far_as_it_goes(void **state)
{
    struct bench *b = *state;
    redescribe(b, quoted(b, BADGE("'type':['Achievement','EducredentialAchievement'],'name':'Lassen','inLanguage':"
                                  "'nl-NL','description':'Leer lassen.','criteria':{'narrative':'Een las maken.'},"
                                  "'ECTS':2.5,'SBU':70,'participationType':'online','assessmentType':"
                                  "'application of a skill','supervisionType':'supervised online','identityChecked':"
                                  "true,'alignment':[{'targetType':'ext:EQF','targetCode':'4'},{'targetType':"
                                  "'ext:ESCOAlignment','targetName':'lassen','targetUrl':"
                                  "'http://data.europa.eu/esco/skill/1'}]")));
    assert_str(
        write_spec(b, &b->r.specification),
        "{\n  \"specification\": \"1\",\n  \"id\": \"lassen\",\n  \"version\": \"1\",\n  \"title\": {\n    \"nl\": "
        "\"Lassen\"\n  },\n  \"description\": {\n    \"nl\": \"Leer lassen.\"\n  },\n  \"provider\": {\n    "
        "\"name\": {\n      \"nl\": \"Vakschool (verzonnen)\"\n    },\n    \"country\": \"NL\",\n    \"address\": "
        "{\n      \"nl\": \"Laan 1, 1000 AA Dorp\"\n    },\n    \"homepage\": \"https://vak.example/\"\n  },\n  "
        "\"learning_outcomes\": [\n    {\n      \"title\": {\n        \"nl\": \"lassen\"\n      },\n      "
        "\"skills\": [\n        {\n          \"uri\": \"http://data.europa.eu/esco/skill/1\",\n          "
        "\"label\": {\n            \"nl\": \"lassen\"\n          }\n        }\n      ]\n    }\n  ],\n  "
        "\"workload\": {\n    \"ects\": 2.5,\n    \"hours\": 70\n  },\n  \"level\": {\n    \"eqf\": 4\n  },\n  "
        "\"assessment\": [\n    {\n      \"type\": \"practical-assessment\",\n      \"grading\": {\n        "
        "\"nl\": \"Een las maken.\"\n      }\n    }\n  ],\n  \"participation\": {\n    \"modes\": [\n      "
        "\"online\"\n    ]\n  },\n  \"supervision\": \"identity-online\",\n  \"languages\": [\n    \"nl\"\n  "
        "],\n  \"valid_months\": 60\n}\n");
    assert_str(gaps(b), " convert.named | !quality_assurance spec.missing | !level spec.level.basis");
    assert_str(b->r.achievement.learner.full_name, "Ana Andromeda");
    assert_str(b->r.achievement.grade, "8.5");
    assert_int_equal(b->r.achievement.awarded_on.year, 2024);
    assert_str(b->r.issuer, "Vakschool (verzonnen)");
}

/* Nothing is made up: what has no word of ours is told with its own. */
static void test_redescribe__names_what_it_cannot_carry_over(void **state)
{
    static const struct {
        const char *document, *gap;
    } cases[] = {
        {BADGE("'name':'A'"), "title convert.language"},
        {BADGE("'name':'A','inLanguage':'nl','participationType':'onsite or blended'"),
         "!participation convert.unclear"},
        {BADGE("'name':'A','creditsAvailable':5"), "!workload convert.unclear"},
        {BADGE("'name':'A','ECTS':5,'creditsAvailable':5"), "workload convert.lost"},
        {BADGE("'name':'A','alignment':{'targetType':'ext:QualityAssurance','targetName':'Review'}"),
         "!quality_assurance convert.unclear"},
        {BADGE("'name':'A','supervisionType':'onsite with identity verification','identityChecked':false"),
         "supervision convert.unclear_optional"},
        {BADGE("'name':'A','educationProgramIdentifier':7"), " convert.lost"},
        {BADGE("'name':'A','alignment':{'targetName':'Course'}"), " convert.lost"},
        {BADGE("'description':'D'"), "!title spec.missing"},
        {BADGE("'name':'A'"), "!learning_outcomes spec.missing"},
        {"{'@context':['https://www.w3.org/ns/credentials/v2'],'credentialSubject':{'achievement':{'name':'A'}}}",
         "!learner convert.missing | !date convert.missing"},
        {"{'@context':['https://www.w3.org/ns/credentials/v2'],'issuer':{'name':'I','address':{'addressCountry':"
         "'Naboo'}},'credentialSubject':{'achievement':{'name':'A'}}}",
         "!country convert.unclear"},
    };
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        redescribe(b, quoted(b, cases[i].document));
        if (mr_str_find(gaps(b), mr_str_of(cases[i].gap)) < 0)
            fail_msg("%s\n  got: %.*s\n  wanted: %s", cases[i].document, MR_STR_ARG(gaps(b)), cases[i].gap);
    }
}

static void test_redescribe__keeps_every_language(void **state)
{
    struct bench *b = *state;
    redescribe(b, quoted(b, BADGE("'name':[{'@value':'Svejsning','@language':'da'},{'@value':'Welding','@language':"
                                  "'en'}],'description':[{'@value':'D','@language':'da-DK'},{'@value':'X','@language':"
                                  "'tlh'}]")));
    assert_str(mr_texts_find(b->r.specification.title, MR_STR("da")), "Svejsning");
    assert_str(mr_texts_find(b->r.specification.title, MR_STR("en")), "Welding");
    assert_int_equal(b->r.specification.description.count, 1);
    assert_str(mr_texts_find(b->r.specification.description, MR_STR("da")), "D");
}

/* Merit's own claims for wallets: texts in one language; codes where a label tells them. */
static void test_redescribe__claims_of_a_wallet(void **state)
{
    struct bench *b = *state;
    redescribe(b, quoted(b, "{'vct':'urn:merit:micro-credential:1','language_of_texts':'da','name':'Ana Prøve',"
                            "'birthdate':'1994-05-05','achievement_title':'Sårpleje','issuing_country':'DK',"
                            "'issuing_authority':'Skole','awarding_bodies':['Skole'],'date_of_issuance':'2026-10-14',"
                            "'learning_outcomes':['Vurdere sår'],'expected_study_time':'2 ECTS, 56 timer',"
                            "'ects_credits':2,'level_of_learning_experience':6,'level_statements':['Niveauet er "
                            "angivet af udbyderen'],'types_of_assessment':['portfolio','Prøve hos patienten'],"
                            "'forms_of_participation':['Blandet (fremmøde og online)'],'types_of_quality_assurance':["
                            "'Intern kvalitetssikring'],'assessment_grade':'Bestået','language_of_classes':['da']}"));
    const mr_specification *s = &b->r.specification;
    assert_str(gaps(b), " convert.named");
    assert_int_equal(s->ects_hundredths, 200);
    assert_str(mr_texts_find(s->workload_other, MR_STR("da")), "56 timer");
    assert_string_equal(s->eqf->code, "6");
    assert_int_equal(s->level_basis, MR_LEVEL_DECLARED);
    assert_string_equal(s->assessments[0].type->code, "portfolio");
    assert_str(mr_texts_find(s->assessments[1].title, MR_STR("da")), "Prøve hos patienten");
    assert_string_equal(s->modes[0]->code, "blended");
    assert_int_equal(s->quality[0].kind, MR_QUALITY_INTERNAL);
    assert_int_equal(b->r.achievement.grade.len, 0);
    assert_int_equal(b->r.achievement.learner.birth_date.year, 1994);
}

static void test_redescribe__refuses_what_has_no_one_achievement(void **state)
{
    static const struct {
        const char *document, *message;
    } cases[] = {
        {"[]", "convert.no_object"},
        {"{}", "convert.no_achievement"},
        {"{'credentialSubject':{'degree':'B'}}", "convert.no_achievement"},
        {"{'credentialSubject':{'achievement':[{'name':'A'},{'name':'B'}]}}", "convert.several"},
        {"{'credentialSubject':[{'achievement':{'name':'A'}},{'achievement':{'name':'B'}}]}", "convert.several"},
        {"{'type':['ClrCredential'],'credentialSubject':{'achievement':{'name':'A'}}}", "convert.several"},
    };
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        const mr_json *root;
        assert_ok(mr_json_parse(&b->a, quoted(b, cases[i].document), NULL, &root, &err), err);
        assert_code(mr_redescribe(&b->a, root, &b->r, &err), MR_E_FORMAT, err);
        assert_string_equal(err.message, cases[i].message);
    }
}

/* ---- written again ---- */

static mr_str convert(struct bench *b, const char *format)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    assert_ok(mr_converting_find(mr_str_of(format))->write(&b->a, &b->r, &b->env, &out, &err), err);
    return mr_arena_dup(&b->a, mr_buf_str(&out));
}

/* A row of results says the same learner, day, place and grade. */
static void test_convert__results_are_read_back(void **state)
{
    struct bench *b = *state;
    struct mr_err err = {0};
    struct mr_csv_reader csv = {0};
    struct mr_result_row row;
    mr_results *results;
    bool any = false;
    b->r = (mr_redescription){.achievement = an_achievement()};
    b->r.achievement.supervision = MR_SUPERVISION_IDENTITY_ON_SITE;
    b->r.achievement.learner.email = MR_STR("soren@school.example");
    mr_str text = convert(b, "results");
    assert_ok(mr_csv_open(&csv, mr_csv_from_text(&text), &err), err);
    assert_ok(mr_results_open(&b->a, &csv, &b->env, &results, &err), err);
    assert_ok(mr_results_next(results, &b->a, &row, &any, &err), err);
    assert_true(any);
    assert_int_equal(row.fate, MR_ROW_READY);
    const mr_achievement wanted = b->r.achievement;
    b->r.achievement = row.achievement;
    check_achievement(b, &wanted);
    assert_str_eq(row.achievement.learner.email, wanted.learner.email);
    assert_int_equal(row.achievement.supervision, wanted.supervision);
    mr_results_close(results);
    mr_csv_close(&csv);
}

/* The document for upload says what it is, and says the rest as the source does. */
static void test_convert__an_unsealed_document_says_that_it_is_a_redescription(void **state)
{
    struct bench *b = *state;
    redescribe(b, quoted(b, BADGE("'name':'Svejsning','inLanguage':'da','ECTS':2")));
    mr_str document = convert(b, "elm");
    assert_true(mr_str_has_prefix(document, MR_STR("{\"credential\":{")));
    redescribe(b, document);
    assert_int_equal(b->r.specification.ects_hundredths, 200);
    assert_str(mr_texts_find(b->r.specification.title, MR_STR("da")), "Svejsning");
    mr_str note = mr_texts_find(b->r.specification.further, MR_STR("da"));
    assert_true(mr_str_find(note, MR_STR("Gengivet på ny")) >= 0 && mr_str_find(note, MR_STR("urn:badge:1")) >= 0);
    assert_true(mr_texts_find(b->r.specification.further, MR_STR("en")).len > 0);
    b->r.specification.title.count = 0;
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_MIB);
    assert_code(mr_converting_find(MR_STR("elm"))->write(&b->a, &b->r, &b->env, &out, &err), MR_E_FORMAT, err);
}

/* A specification has no learner; a row of results has nothing but. */
static void test_convert__asks_for_what_the_format_has(void **state)
{
    struct bench *b = *state;
    const mr_converting *specification = mr_converting_find(MR_STR("specification")),
                        *results = mr_converting_find(MR_STR("results")), *elm = mr_converting_find(MR_STR("elm"));
    redescribe(b, quoted(b, "{'@context':['https://www.w3.org/ns/credentials/v2'],'credentialSubject':{'achievement':{"
                            "'name':'A'}}}"));
    assert_int_equal(mr_converting_gaps(results, &b->r), 2);
    assert_int_equal(mr_converting_gaps(elm, &b->r), b->r.gaps.faults);
    assert_int_equal(mr_converting_gaps(specification, &b->r), b->r.gaps.faults - 2);
    assert_null(mr_converting_find(MR_STR("pdf")));
    for (size_t i = 0; mr_converting_at(i); i++)
        assert_ptr_equal(mr_converting_find(mr_str_of(mr_converting_at(i)->name)), mr_converting_at(i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_redescribe__what_merit_issued_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_redescribe__every_member_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_redescribe__answers_that_do_not_apply_come_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_redescribe__a_badge_as_far_as_it_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_redescribe__names_what_it_cannot_carry_over, setup, teardown),
        cmocka_unit_test_setup_teardown(test_redescribe__keeps_every_language, setup, teardown),
        cmocka_unit_test_setup_teardown(test_redescribe__claims_of_a_wallet, setup, teardown),
        cmocka_unit_test_setup_teardown(test_redescribe__refuses_what_has_no_one_achievement, setup, teardown),
        cmocka_unit_test_setup_teardown(test_convert__results_are_read_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_convert__an_unsealed_document_says_that_it_is_a_redescription, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_convert__asks_for_what_the_format_has, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
