/* Re-description: what Merit issued comes back as the specification that it was issued from; what others issued comes back as far as they said it, and
 * every gap is named. */
#include "testing.h"

#include "base/limits.h"
#include "credential/elm.h"
#include "credential/redescribe.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_redescribe__what_merit_issued_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_redescribe__every_member_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_redescribe__answers_that_do_not_apply_come_back, setup, teardown),
    };
    (void)gaps;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
