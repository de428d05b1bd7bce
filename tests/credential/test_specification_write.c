/* Specification files that are written are read back as the same specification, and say what the file said that they came from. */
#include "testing.h"

#include "base/limits.h"
#include "credential/specification_file.h"
#include "credential/specification_write.h"
#include "json/write.h"

struct bench {
    mr_arena a;
    mr_buf out;
};

static int setup(void **state)
{
    static struct bench b;
    mr_arena_init(&b.a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&b.out, MR_LIMIT_DOCUMENT);
    *state = &b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    mr_buf_done(&b->out);
    mr_arena_done(&b->a);
    return 0;
}

static mr_specification read_spec(struct bench *b, mr_str text, bool complete)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_specification s = {0};
    mr_findings_init(&findings, &b->a);
    assert_ok(mr_specification_read(&b->a, text, &s, &findings, &err), err);
    for (size_t i = 0; complete && i < findings.count; i++)
        if (!findings.items[i].warning)
            fail_msg("%s %s %.*s", findings.items[i].pointer, findings.items[i].id,
                     MR_STR_ARG(findings.items[i].value));
    return s;
}

static mr_str write_spec(struct bench *b, const mr_specification *s)
{
    mr_buf_clear(&b->out);
    mr_specification_write(s, &b->out);
    assert_false(mr_buf_failed(&b->out));
    return mr_arena_dup(&b->a, mr_buf_str(&b->out));
}

static mr_str canonical(struct bench *b, mr_str text)
{
    struct mr_err err = {0};
    const mr_json *root;
    assert_ok(mr_json_parse(&b->a, text, NULL, &root, &err), err);
    mr_buf_clear(&b->out);
    assert_ok(mr_json_canonicalise(root, &b->out, &err), err);
    return mr_arena_dup(&b->a, mr_buf_str(&b->out));
}

/* Not only "read back the same", which a writer passes that loses something: the very members of the file. */
static void check_round_trip(struct bench *b, mr_str file)
{
    mr_specification s = read_spec(b, file, true);
    mr_str written = write_spec(b, &s);
    assert_str_eq(canonical(b, written), canonical(b, file));
    mr_specification again = read_spec(b, written, true);
    assert_str_eq(write_spec(b, &again), written);
}

static void test_specification_write__says_what_the_examples_say(void **state)
{
    static const char *const names[] = {"circular-textiles", "data-ethics", "wound-care"};
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_round_trip(
            b, test_read_file(&b->a, mr_arena_format(&b->a, MERIT_SOURCE_ROOT "/docs/examples/%s.json", names[i]).ptr));
}

/* Every member that a file can have, in its plainest form. */
static const char everything[] =
    "{'specification':'1','id':'a-1','version':'2026.1','title':{'da':'Titel','en':'Title'},'description':{'da':'D'},"
    "'provider':{'name':{'da':'Skole'},'country':'DK','address':{'da':'Vej 1'},'registration':'1','vat':'DK12345678',"
    "'eidas':'VATDK-12345678','homepage':'https://school.example/','email':'a@school.example','deqar':'D1',"
    "'schac':'school.example','ror':'https://ror.org/1'},"
    "'awarding_bodies':['provider',{'name':{'da':'Anden'},'country':'GR'}],"
    "'learning_outcomes':[{'title':{'da':'Kan'},'description':{'da':'Mere'},'type':'skill','reuse':'cross-sector',"
    "'skills':[{'uri':'http://data.europa.eu/esco/skill/1','label':{'da':'evne'}}]}],"
    "'workload':{'ects':2.25,'hours':1.67,'other':{'da':'To uger'}},"
    "'level':{'eqf':6,'basis':'referenced','nqf':'c_c392e7a2','authority':'Styrelse','since':'2026-01-01',"
    "'cycle':{'da':'Første'}},"
    "'assessment':[{'type':'portfolio','title':{'da':'Mappe'},'mode':'online','grading':{'da':'Bestået'},"
    "'assessor':{'name':{'da':'Censor'},'country':'SE'}}],"
    "'participation':{'modes':['online','work-based']},"
    "'quality_assurance':[{'kind':'internal'},{'kind':'institution','title':{'da':'Akk'},'by':{'name':{'da':'Agentur'},"
    "'country':'DK'},'reference':'1','valid_from':'2024-01-01','valid_until':'2029-12-31','conditional':true}],"
    "'prerequisites':{'da':'P'},'supervision':'none','stackability':{'da':'S'},'further_information':{'da':'F'},"
    "'type':'mooc','setting':'formal','fields':['0913'],'languages':['da','en'],'schedule':'part-time-light',"
    "'content':{'da':'C'},'purpose':{'da':'Pu'},'target_group':{'da':'T'},'price':{'da':'Pr'},'funding':{'da':'Fu'},"
    "'recognition_policy':{'da':'R'},'regulated_profession':{'da':'Re'},'homepage':'https://school.example/a',"
    "'review_by':'2028-01-01','valid_months':24,'partial_qualification':true}";

static mr_str quoted(struct bench *b, const char *text)
{
    char *copy = (char *)(uintptr_t)mr_arena_cstr(&b->a, mr_str_of(text));
    for (char *p = copy; *p; p++)
        if (*p == '\'') *p = '"';
    return mr_str_of(copy);
}

static void test_specification_write__says_every_member(void **state)
{
    struct bench *b = *state;
    check_round_trip(b, quoted(b, everything));
}

static void test_specification_write__keeps_minutes(void **state)
{
    struct bench *b = *state;
    for (int64_t minutes = 1; minutes < 500; minutes++) {
        mr_specification s = {.workload_minutes = minutes};
        mr_specification again = read_spec(b, write_spec(b, &s), false);
        assert_int_equal(again.workload_minutes, minutes);
    }
}

/* What is not answered is not there, and the reader tells so. */
static void test_specification_write__leaves_out_what_is_not_said(void **state)
{
    struct bench *b = *state;
    mr_specification s = {.id = MR_STR("a")};
    assert_str(canonical(b, write_spec(b, &s)), "{\"id\":\"a\",\"provider\":{},\"specification\":\"1\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_specification_write__says_what_the_examples_say, setup, teardown),
        cmocka_unit_test_setup_teardown(test_specification_write__says_every_member, setup, teardown),
        cmocka_unit_test_setup_teardown(test_specification_write__keeps_minutes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_specification_write__leaves_out_what_is_not_said, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
