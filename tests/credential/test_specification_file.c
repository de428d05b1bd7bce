#include "testing.h"

#include "base/limits.h"
#include "credential/specification_file.h"
#include "text/messages.h"

/* A whole specification; every case below changes one thing. Apostrophes stand for quotation marks. */
static const char good[] =
    "{'specification':'1','id':'wound-care','version':'1','title':{'en':'Wound care','da':'Sårpleje'},"
    "'provider':{'name':{'en':'School','da':'Skole'},'country':'DK','vat':'DK12345678','eidas':'VATDK-12345678',"
    "'homepage':'https://school.example.org','email':'study@example.org'},"
    "'learning_outcomes':[{'title':{'en':'Assess a wound'},'type':'skill','reuse':'occupation-specific',"
    "'skills':[{'uri':'http://data.europa.eu/esco/skill/1','label':{'en':'wound care'}}]}],"
    "'workload':{'ects':2,'hours':56},'level':{'eqf':6,'basis':'declared'},'assessment':[{'type':'portfolio','mode':'"
    "online'}],"
    "'participation':{'modes':['blended']},'quality_assurance':[{'kind':'internal'}],'supervision':'identity-online',"
    "'fields':['0913'],'languages':['da','en'],'valid_months':24,'review_by':'2028-12-31'}";

struct reading {
    mr_arena arena;
    mr_specification specification;
    struct mr_findings findings;
    struct mr_err err;
};

static mr_str quoted(mr_arena *a, const char *text)
{
    mr_str copy = mr_arena_dup(a, mr_str_of(text));
    assert_non_null(copy.ptr);
    for (char *c = (char *)(uintptr_t)copy.ptr; *c; c++)
        if (*c == '\'') *c = '"';
    return copy;
}

/* The text with its first `from` replaced. */
static const char *changed(mr_arena *a, const char *from, const char *to)
{
    const char *at = strstr(good, from);
    if (!at) fail_msg("the good specification has no %s", from);
    return mr_arena_format(a, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from)).ptr;
}

static int read_text(struct reading *r, const char *text)
{
    mr_arena_init(&r->arena, 64 * MR_MIB);
    mr_findings_init(&r->findings, &r->arena);
    r->err = (struct mr_err){0};
    return mr_specification_read(&r->arena, quoted(&r->arena, text), &r->specification, &r->findings, &r->err);
}

static void say_all(struct reading *r)
{
    for (size_t i = 0; i < r->findings.count; i++)
        print_error("  %s %s\n", r->findings.items[i].id, r->findings.items[i].pointer);
}

static const struct mr_finding *find(const struct reading *r, const char *id, const char *pointer)
{
    for (size_t i = 0; i < r->findings.count; i++) {
        const struct mr_finding *f = &r->findings.items[i];
        if (strcmp(f->id, id) == 0 && strcmp(f->pointer, pointer) == 0) return f;
    }
    return NULL;
}

static void test_specification_read__takes_a_whole_one(void **state)
{
    struct reading r;
    assert_ok(read_text(&r, good), r.err);
    if (r.findings.count) say_all(&r);
    assert_int_equal(r.findings.count, 0);
    const mr_specification *s = &r.specification;
    assert_str(s->id, "wound-care");
    assert_str(mr_specification_primary_language(s), "en");
    assert_str(mr_texts_find(s->title, MR_STR("da")), "Sårpleje");
    assert_string_equal(s->provider.country->code, "DK");
    assert_int_equal(s->awarding_body_count, 1);
    assert_str(mr_texts_find(s->awarding_bodies[0].name, MR_STR("en")), "School");
    assert_int_equal(s->outcome_count, 1);
    assert_string_equal(s->outcomes[0].type->code, "skill");
    assert_str(s->outcomes[0].skills[0].uri, "http://data.europa.eu/esco/skill/1");
    assert_int_equal(s->ects_hundredths, 200);
    assert_int_equal(s->workload_minutes, 56 * 60);
    assert_string_equal(s->eqf->code, "6");
    assert_int_equal(s->level_basis, MR_LEVEL_DECLARED);
    assert_true(mr_specification_is_qualification(s));
    assert_string_equal(s->assessments[0].mode->code, "online");
    assert_string_equal(s->modes[0]->code, "blended");
    assert_int_equal(s->quality[0].kind, MR_QUALITY_INTERNAL);
    assert_str(mr_texts_find(s->quality[0].by.name, MR_STR("en")), "School");
    assert_int_equal(s->supervision, MR_SUPERVISION_IDENTITY_ONLINE);
    assert_string_equal(s->type->code, "short-programme"); /* unless said otherwise */
    assert_int_equal(s->language_count, 2);
    assert_int_equal(s->valid_months, 24);
    assert_int_equal(s->review_by.year, 2028);
    mr_arena_done(&r.arena);
}

/* One change, one finding, at its place, with a sentence in both languages that has no hole left. */
static const struct {
    const char *from, *to, *id, *pointer;
    bool warning;
} cases[] = {
    {"'title':{'en':'Wound care','da':'Sårpleje'},", "", "spec.missing", "/title"},
    {"'title':{'en':'Wound care','da':'Sårpleje'}", "'title':'Wound care'", "spec.text.plain", "/title"},
    {"'title':{'en'", "'title':{'EN'", "spec.language.guess", "/title/EN"},
    {"'title':{'en'", "'title':{'en-GB'", "spec.language.guess", "/title/en-GB"},
    {"'da':'Sårpleje'", "'qqq':'x'", "spec.language", "/title/qqq"},
    {"'da':'Sårpleje'", "'da':''", "spec.text.empty", "/title/da"},
    {"'da':'Sårpleje'", "'da':'a\\nb'", "spec.text.control", "/title/da"},
    {"'da':'Sårpleje'", "'da':'a\\u202eb'", "spec.text.control", "/title/da"},
    {"'da':'Sårpleje'", "'da':5", "spec.form.text", "/title/da"},
    {"{'en':'Assess a wound'}", "{'da':'Vurdere et sår'}", "spec.text.primary", "/learning_outcomes/0/title"},
    {"{'en':'Assess a wound'}", "7", "spec.form.texts", "/learning_outcomes/0/title"},
    {"'title':{'en':'Assess a wound'},", "", "spec.outcome.title", "/learning_outcomes/0"},
    {"'type':'skill'", "'type':'skil'", "spec.code.guess", "/learning_outcomes/0/type"},
    {"'uri':'http://data.europa.eu/esco/skill/1',", "", "spec.skill.uri", "/learning_outcomes/0/skills/0"},
    {",'label':{'en':'wound care'}", "", "spec.skill.label", "/learning_outcomes/0/skills/0"},
    {"http://data.europa.eu", "ftp://data.europa.eu", "spec.url", "/learning_outcomes/0/skills/0/uri"},
    {"'specification':'1',", "", "spec.format.missing", ""},
    {"'specification':'1'", "'specification':'2'", "spec.format", "/specification"},
    {"'id':'wound-care',", "", "spec.id.missing", ""},
    {"'id':'wound-care'", "'id':'wound care'", "spec.id", "/id"},
    {"'id':'wound-care'", "'id':'../etc'", "spec.id", "/id"},
    {"'version':'1',", "", "spec.version.missing", ""},
    {"'version':'1'", "'version':'ä'", "spec.version", "/version"},
    {"'version':'1'", "'version':1", "spec.form.text", "/version"},
    {"'country':'DK',", "", "spec.missing", "/provider/country"},
    {"'country':'DK'", "'country':'Danmark'", "spec.code.guess", "/provider/country"},
    {"'name':{'en':'School','da':'Skole'},", "", "spec.missing", "/provider/name"},
    {"'vat':'DK12345678'", "'vat':'12345678'", "spec.vat", "/provider/vat"},
    {"'vat':'DK12345678'", "'vat':'SE123456789001'", "spec.identifier.country", "/provider/vat", true},
    {"'VATDK-12345678'", "'DK-12345678'", "spec.eidas", "/provider/eidas"},
    {"'https://school.example.org'", "'http://school.example.org'", "spec.url", "/provider/homepage"},
    {"'study@example.org'", "'study@example'", "spec.email", "/provider/email"},
    {"'homepage'", "'hompage'", "spec.member.guess", "/provider/hompage"},
    {"'fields'", "'xyzzyx'", "spec.member", "/xyzzyx"},
    {"'ects':2,'hours':56", "'ects':2,'hours':12", "spec.hours_per_ects", "/workload", true},
    {"'ects':2,'hours':56", "'ects':2,'hours':90", "spec.hours_per_ects", "/workload", true},
    {"'ects':2,'hours':56", "'ects':90", "spec.ects.unusual", "/workload/ects", true},
    {"'ects':2,'hours':56", "'hours':2000", "spec.hours.unusual", "/workload/hours", true},
    {"'ects':2,", "'ects':2.125,", "spec.ects", "/workload/ects"},
    {"'ects':2,", "'ects':0,", "spec.ects", "/workload/ects"},
    {"'ects':2,", "'ects':-2,", "spec.ects", "/workload/ects"},
    {"'ects':2,", "'ects':'2',", "spec.ects", "/workload/ects"},
    {"'ects':2,", "'ects':2e3,", "spec.ects", "/workload/ects"},
    {"'hours':56", "'hours':'P60M'", "spec.hours", "/workload/hours"},
    {"'workload':{'ects':2,'hours':56},", "", "spec.missing", "/workload"},
    {"'workload':{'ects':2,'hours':56}", "'workload':{}", "spec.missing", "/workload"},
    {"'workload':{'ects':2,'hours':56}", "'workload':2", "spec.form.object", "/workload"},
    {"'level':{'eqf':6,'basis':'declared'},", "", "spec.missing", "/level"},
    {"'eqf':6", "'eqf':9", "spec.code", "/level/eqf"},
    {",'basis':'declared'", "", "spec.level.basis", "/level/basis"},
    {"'basis':'declared'", "'basis':'guessed'", "spec.word", "/level/basis"},
    {"'basis':'declared'", "'basis':'declared','does_not_apply':{'en':'x'}", "spec.level.both", "/level"},
    {"'basis':'declared'", "'nqf':'c_c392e7a2','since':'2020-01-01'", "spec.level.authority", "/level/authority"},
    {"'basis':'declared'", "'nqf':'c_c392e7a2','authority':'Ofqual'", "spec.level.since", "/level/since", true},
    {"'assessment':[{'type':'portfolio','mode':'online'}],", "", "spec.missing", "/assessment"},
    {"{'type':'portfolio','mode':'online'}", "", "spec.list.empty", "/assessment"},
    {"'type':'portfolio',", "", "spec.assessment.what", "/assessment/0"},
    {"'portfolio'", "'written exam'", "spec.code.guess", "/assessment/0/type"},
    {"'assessment':[{'type':'portfolio','mode':'online'}]", "'assessment':{'type':'portfolio'}", "spec.form.list",
     "/assessment"},
    {"'participation':{'modes':['blended']},", "", "spec.missing", "/participation"},
    {"['blended']", "['blendet']", "spec.code.guess", "/participation/modes/0"},
    {"['blended']", "['blended','blended']", "spec.code.twice", "/participation/modes/1"},
    {"'modes':['blended']", "'modes':['blended'],'does_not_apply':{'en':'x'}", "spec.participation.both",
     "/participation"},
    {"'quality_assurance':[{'kind':'internal'}],", "", "spec.missing", "/quality_assurance"},
    {"{'kind':'internal'}", "{'title':{'en':'x'}}", "spec.quality.kind", "/quality_assurance/0"},
    {"'kind':'internal'", "'kind':'external','by':{'name':{'en':'Agency'}}", "spec.organisation.country",
     "/quality_assurance/0/by"},
    {"'kind':'internal'", "'kind':'external','by':{'country':'DK'}", "spec.organisation.name",
     "/quality_assurance/0/by"},
    {"'kind':'internal'", "'kind':'external'", "spec.quality.by", "/quality_assurance/0"},
    {"'kind':'internal'", "'kind':'programme','by':'provider'", "spec.quality.own", "/quality_assurance/0/by"},
    {"'kind':'internal'", "'kind':'intern'", "spec.word", "/quality_assurance/0/kind"},
    {"'kind':'internal'", "'kind':'internal','valid_from':'2026-02-30'", "spec.date",
     "/quality_assurance/0/valid_from"},
    {"'kind':'internal'", "'kind':'internal','valid_from':'14.10.2026'", "spec.date",
     "/quality_assurance/0/valid_from"},
    {"'kind':'internal'", "'kind':'internal','valid_from':'2027-01-01','valid_until':'2026-01-01'", "spec.date.order",
     "/quality_assurance/0/valid_until"},
    {"'kind':'internal'", "'kind':'internal','conditional':'no'", "spec.form.boolean",
     "/quality_assurance/0/conditional"},
    {"'kind':'internal'", "'kind':'internal','reference':'http://x.example.org'", "spec.url",
     "/quality_assurance/0/reference"},
    {"'identity-online'", "'online'", "spec.word", "/supervision"},
    {"['0913']", "['9913']", "spec.code.guess", "/fields/0"},
    {"'valid_months':24", "'valid_months':0", "spec.months", "/valid_months"},
    {"'valid_months':24", "'valid_months':1.5", "spec.months", "/valid_months"},
    {"'2028-12-31'", "'2028-12-32'", "spec.date", "/review_by"},
};

static void check_sentence(struct reading *r, const struct mr_finding *f, const char *language)
{
    const mr_language *l = mr_language_find(mr_str_of(language));
    assert_non_null(l);
    if (!mr_message_exists(l, mr_str_of(f->id))) fail_msg("%s has no sentence in %s", f->id, language);
    mr_str said = mr_finding_say(&r->arena, l, f);
    static const char *const holes[] = {"{value}", "{expected}", "{element}", "{why}", "{help}"};
    for (size_t i = 0; i < sizeof holes / sizeof *holes; i++)
        if (mr_str_find(said, mr_str_of(holes[i])) >= 0) fail_msg("%s: %.*s", f->id, MR_STR_ARG(said));
    assert_true(said.len > 20);
}

static void test_specification_read__names_each_fault(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading r;
        mr_arena texts;
        mr_arena_init(&texts, MR_MIB);
        assert_ok(read_text(&r, changed(&texts, cases[i].from, cases[i].to)), r.err);
        const struct mr_finding *f = find(&r, cases[i].id, cases[i].pointer);
        if (!f) {
            print_error("%s -> %s: no %s at %s, but\n", cases[i].from, cases[i].to, cases[i].id, cases[i].pointer);
            say_all(&r);
            fail();
        }
        assert_int_equal(f->warning, cases[i].warning);
        if (r.findings.faults != !cases[i].warning) {
            print_error("%s -> %s: %zu faults\n", cases[i].from, cases[i].to, r.findings.faults);
            say_all(&r);
            fail();
        }
        check_sentence(&r, f, "en");
        check_sentence(&r, f, "da");
        mr_arena_done(&r.arena);
        mr_arena_done(&texts);
    }
}

static void test_specification_read__tells_all_faults_at_once(void **state)
{
    struct reading r;
    assert_ok(read_text(&r, "{}"), r.err);
    static const char *const missing[] = {
        "/title", "/provider/country", "/provider/name", "/learning_outcomes", "/workload",
        "/level", "/assessment",       "/participation", "/quality_assurance"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (!find(&r, "spec.missing", missing[i])) fail_msg("%s is not missed", missing[i]);
    assert_non_null(find(&r, "spec.provider.missing", ""));
    assert_int_equal(r.findings.faults, 9 + 4);
    mr_arena_done(&r.arena);
}

static void test_specification_read__does_not_apply_with_a_reason_is_an_answer(void **state)
{
    struct reading r;
    mr_arena texts;
    mr_arena_init(&texts, MR_MIB);
    assert_ok(
        read_text(&r, changed(&texts, "{'eqf':6,'basis':'declared'}", "{'does_not_apply':{'en':'Not levelled.'}}")),
        r.err);
    assert_int_equal(r.findings.faults, 0);
    assert_false(mr_specification_is_qualification(&r.specification));
    mr_arena_done(&r.arena);
    assert_ok(read_text(&r, changed(&texts, "{'modes':['blended']}", "{'does_not_apply':{'en':'Validated.'}}")), r.err);
    assert_int_equal(r.findings.faults, 0);
    mr_arena_done(&r.arena);
    assert_ok(read_text(&r, changed(&texts, "{'ects':2,'hours':56}", "{'other':{'en':'Four evenings.'}}")), r.err);
    assert_int_equal(r.findings.faults, 0);
    mr_arena_done(&r.arena);
    mr_arena_done(&texts);
}

static void test_specification_read__decimals_are_exact(void **state)
{
    static const struct {
        const char *ects, *hours;
        int64_t hundredths, minutes;
    } numbers[] = {{"2.5", "75", 250, 4500},
                   {"2.10", "60.25", 210, 3615},
                   {"0.29", "7.5", 29, 450},
                   {"60.00", "1500", 6000, 90000}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct reading r;
        mr_arena texts;
        mr_arena_init(&texts, MR_MIB);
        mr_str workload = mr_arena_format(&texts, "'ects':%s,'hours':%s", numbers[i].ects, numbers[i].hours);
        assert_ok(read_text(&r, changed(&texts, "'ects':2,'hours':56", workload.ptr)), r.err);
        assert_int_equal(r.specification.ects_hundredths, numbers[i].hundredths);
        assert_int_equal(r.specification.workload_minutes, numbers[i].minutes);
        mr_arena_done(&r.arena);
        mr_arena_done(&texts);
    }
}

/* Found by fuzzing: skills of an outcome without a title were counted for the next one. */
static void test_specification_read__an_unusable_entry_leaves_nothing_behind(void **state)
{
    struct reading r;
    mr_arena texts;
    mr_arena_init(&texts, MR_MIB);
    const char *skill = "{'uri':'http://data.europa.eu/esco/skill/1','label':{'en':'x'}}";
    mr_str outcomes = mr_arena_format(
        &texts, "'learning_outcomes':[{'skills':[%s,%s,%s],'type':'skill'},{'title':{'en':'T'},'skills':[%s]},{", skill,
        skill, skill, skill);
    assert_ok(read_text(&r, changed(&texts, "'learning_outcomes':[{", outcomes.ptr)), r.err);
    assert_int_equal(r.findings.faults, 1);
    assert_int_equal(r.specification.outcome_count, 2);
    assert_int_equal(r.specification.outcomes[0].skill_count, 1);
    assert_null(r.specification.outcomes[0].type);
    mr_arena_done(&r.arena);
    mr_arena_done(&texts);
}

static void test_specification_read__several_awarding_bodies(void **state)
{
    struct reading r;
    mr_arena texts;
    mr_arena_init(&texts, MR_MIB);
    const char *text =
        changed(&texts, "'learning_outcomes'",
                "'awarding_bodies':['provider',{'name':{'en':'Other'},'country':'SE'}],'learning_outcomes'");
    assert_ok(read_text(&r, text), r.err);
    assert_int_equal(r.findings.faults, 0);
    assert_int_equal(r.specification.awarding_body_count, 2);
    assert_str(mr_texts_find(r.specification.awarding_bodies[0].name, MR_STR("en")), "School");
    assert_string_equal(r.specification.awarding_bodies[1].country->code, "SE");
    mr_arena_done(&r.arena);
    mr_arena_done(&texts);
}

static void test_specification_read__refuses_what_is_no_object(void **state)
{
    static const struct {
        const char *text;
        mr_code code;
    } texts[] = {
        {"", MR_E_JSON}, {"[]", MR_E_JSON}, {"{'id':'a',}", MR_E_JSON}, {"{'id':'a','id':'b'}", MR_E_JSON_DUPLICATE}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct reading r;
        assert_int_equal(read_text(&r, texts[i].text), texts[i].code);
        mr_arena_done(&r.arena);
    }
}

static void test_specification_read__examples_are_complete(void **state)
{
    static const char *const names[] = {"wound-care", "data-ethics", "circular-textiles"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        mr_arena a;
        mr_arena_init(&a, 16 * MR_MIB);
        struct mr_findings findings;
        mr_specification s;
        struct mr_err err = {0};
        mr_findings_init(&findings, &a);
        mr_str path = mr_arena_format(&a, MERIT_SOURCE_ROOT "/docs/examples/%s.json", names[i]);
        assert_ok(mr_specification_read(&a, test_read_file(&a, path.ptr), &s, &findings, &err), err);
        for (size_t j = 0; j < findings.count; j++)
            print_error("%s %s\n", findings.items[j].id, findings.items[j].pointer);
        assert_int_equal(findings.count, 0);
        mr_arena_done(&a);
    }
}

/* The first example of docs/specification.md is what it says it is, and every member that the reader takes is written about. */
static void test_specification_read__is_documented(void **state)
{
    static const char *const members[] = {"specification",
                                          "id",
                                          "version",
                                          "title",
                                          "description",
                                          "provider",
                                          "awarding_bodies",
                                          "learning_outcomes",
                                          "workload",
                                          "level",
                                          "assessment",
                                          "participation",
                                          "quality_assurance",
                                          "prerequisites",
                                          "supervision",
                                          "stackability",
                                          "further_information",
                                          "type",
                                          "setting",
                                          "fields",
                                          "languages",
                                          "schedule",
                                          "content",
                                          "purpose",
                                          "target_group",
                                          "price",
                                          "funding",
                                          "recognition_policy",
                                          "regulated_profession",
                                          "homepage",
                                          "review_by",
                                          "valid_months",
                                          "partial_qualification"};
    mr_arena a;
    mr_arena_init(&a, 16 * MR_MIB);
    struct mr_findings findings;
    mr_specification s;
    struct mr_err err = {0};
    mr_str document = test_read_file(&a, MERIT_SOURCE_ROOT "/docs/specification.md"), every = MR_STR("{");
    mr_str example = mr_str_from(document, (size_t)mr_str_find(document, MR_STR("```json")) + 7);
    example.len = (size_t)mr_str_find(example, MR_STR("```"));
    mr_findings_init(&findings, &a);
    assert_ok(mr_specification_read(&a, example, &s, &findings, &err), err);
    for (size_t i = 0; i < findings.count; i++) print_error("%s %s\n", findings.items[i].id, findings.items[i].pointer);
    assert_int_equal(findings.count, 0);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (mr_str_find(document, mr_arena_format(&a, "`%s`", members[i])) < 0)
            fail_msg("%s is not documented", members[i]);
        every = mr_arena_format(&a, "%.*s%s\"%s\":null", MR_STR_ARG(every), i ? "," : "", members[i]);
    }
    mr_findings_init(&findings, &a);
    every = mr_arena_format(&a, "%.*s}", MR_STR_ARG(every));
    assert_ok(mr_specification_read(&a, every, &s, &findings, &err), err);
    for (size_t i = 0; i < findings.count; i++) {
        if (mr_str_has_prefix(mr_str_of(findings.items[i].id), MR_STR("spec.member")))
            fail_msg("%s is no member", findings.items[i].pointer);
    }
    mr_arena_done(&a);
}

static void test_specification_read__memory_that_runs_out_is_an_error(void **state)
{
    size_t succeeded = 0;
    for (size_t limit = 0; limit < 200 * MR_KIB; limit += 997) {
        mr_arena texts, a;
        struct mr_findings findings;
        struct mr_err err = {0};
        mr_specification s;
        mr_arena_init(&texts, MR_MIB);
        mr_arena_init(&a, limit);
        mr_findings_init(&findings, &a);
        int code = mr_specification_read(&a, quoted(&texts, good), &s, &findings, &err);
        if (code != MR_OK && code != MR_E_NOMEM) fail_msg("limit %zu: %s", limit, mr_code_name((mr_code)code));
        succeeded += code == MR_OK && findings.faults == 0;
        mr_arena_done(&a);
        mr_arena_done(&texts);
    }
    assert_true(succeeded > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_specification_read__takes_a_whole_one),
        cmocka_unit_test(test_specification_read__names_each_fault),
        cmocka_unit_test(test_specification_read__tells_all_faults_at_once),
        cmocka_unit_test(test_specification_read__does_not_apply_with_a_reason_is_an_answer),
        cmocka_unit_test(test_specification_read__decimals_are_exact),
        cmocka_unit_test(test_specification_read__an_unusable_entry_leaves_nothing_behind),
        cmocka_unit_test(test_specification_read__several_awarding_bodies),
        cmocka_unit_test(test_specification_read__refuses_what_is_no_object),
        cmocka_unit_test(test_specification_read__examples_are_complete),
        cmocka_unit_test(test_specification_read__is_documented),
        cmocka_unit_test(test_specification_read__memory_that_runs_out_is_an_error),
    };
    return cmocka_run_group_tests_name("credential/specification_file", tests, NULL, NULL);
}
