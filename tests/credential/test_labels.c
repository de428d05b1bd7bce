/* The labels that Merit itself writes into credentials: there in every language, and only in those that the credential speaks. */
#include "sealed.h"

#include "credential/educredential.h"
#include "credential/elm_template.h"
#include "credential/issue.h"
#include "credential/specification_file.h"
#include "credential/view.h"
#include "proof/sd_jwt.h"

#include <strings.h>

/* 2026-11-20T12:00:00Z */
#define NOW INT64_C(1795176000000)

/* ---- the tables ---- */

/* A cell is filled, without blanks around it, and in the letters of its language: Greek ones begin with CE or CF, Cyrillic ones with D0 or D1. */
static void assert_row(const char *of, const char *const label[MR_LABEL_LANGUAGES])
{
    for (size_t i = 0; i < MR_LABEL_LANGUAGES; i++) {
        if (!label[i] || !mr_str_trim(mr_str_of(label[i])).len)
            fail_msg("%s: nothing in %s", of, mr_label_languages[i]);
        assert_str(mr_str_trim(mr_str_of(label[i])), label[i]);
    }
    assert_string_equal(mr_label_languages[4], "el");
    assert_string_equal(mr_label_languages[5], "bg");
    if (((unsigned char)label[4][0] & 0xfe) != 0xce) fail_msg("%s is not Greek", label[4]);
    if (((unsigned char)label[5][0] & 0xfe) != 0xd0) fail_msg("%s is not Bulgarian", label[5]);
}

static void test_labels__are_there_in_every_language(void **state)
{
    static const char *const terms[][MR_LABEL_LANGUAGES] = {
#define MR_EDUCREDENTIAL(list, term, code, ...) {__VA_ARGS__},
#include "credential/educredential.def"
#undef MR_EDUCREDENTIAL
    };
    for (enum mr_elm_label l = 0; l < MR_ELM_LABELS_; l++) assert_row(mr_elm_labels(l)[0], mr_elm_labels(l));
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) assert_row(terms[i][0], terms[i]);
}

static void test_labels__in_which_languages(void **state)
{
    static const struct {
        const char *title[3], *labels;
    } cases[] = {{{"en"}, "en"},    {{"da"}, "en da"},          {{"nl", "sv"}, "en sv nl"}, {{"fr"}, "en"},
                 {{"el"}, "en el"}, {{"bg", "el"}, "en el bg"}, {{"da", "en"}, "en da"},    {{NULL}, "en"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_localised items[3];
        size_t count = 0;
        char said[32] = "";
        for (; count < 3 && cases[i].title[count]; count++)
            items[count] = (struct mr_localised){mr_str_of(cases[i].title[count]), MR_STR("x")};
        unsigned bits = mr_elm_label_languages((mr_texts){items, count});
        for (size_t k = 0; k < MR_LABEL_LANGUAGES; k++)
            if (bits & 1u << k) strcat(strcat(said, *said ? " " : ""), mr_label_languages[k]);
        assert_string_equal(said, cases[i].labels);
    }
}

/* ---- sealed ---- */

struct world {
    mr_arena arena;
    mr_env env;
    struct mr_authority authority;
    struct mr_seal_key seal;
    mr_specification specification;
    mr_issuer *issuer;
    mr_buf out;
    struct mr_err err;
};

/* For @ stands a text, in which * is a number of its own: everything that Merit has labels for is answered. */
static const char specification[] =
    "{'specification':'1','id':'x','version':'1','title':@,'description':@,"
    "'provider':{'name':@,'country':'GR','eidas':'VATEL-000000000','homepage':'https://school.example.org/'},"
    "'learning_outcomes':[{'title':@,'type':'skill','reuse':'cross-sector'},{'title':@,'type':'knowledge'}],"
    "'workload':{'ects':2,'hours':56,'other':@},'level':{'eqf':6,'basis':'declared','cycle':@},"
    "'assessment':[{'type':'practical-assessment','mode':'presential','grading':@},{'type':'written-examination'}],"
    "'participation':{'modes':['blended','online']},"
    "'quality_assurance':[{'kind':'internal','title':@},"
    "{'kind':'institution','title':@,'by':{'name':@,'country':'GR'},'conditional':true,'valid_until':'2028-12-31'}],"
    "'prerequisites':@,'supervision':'identity-online','stackability':@,'further_information':@,'type':'course',"
    "'setting':'formal','fields':['0913'],'languages':['el','bg'],'schedule':'part-time-light','content':@,'purpose':@,"
    "'target_group':@,'price':@,'funding':@,'recognition_policy':@,'regulated_profession':@,'review_by':'2028-12-31'}";

static mr_str fill_in(mr_arena *a, const char *text)
{
    mr_buf b;
    unsigned number = 0;
    mr_buf_init(&b, MR_MIB);
    for (const char *c = specification; *c; c++) {
        if (*c != '@') mr_buf_putc(&b, *c);
        number += *c == '@';
        for (const char *t = text; *c == '@' && *t; t++) {
            if (*t == '*')
                mr_buf_format(&b, "%u", number);
            else
                mr_buf_putc(&b, *t);
        }
    }
    mr_str filled = mr_arena_dup(a, mr_buf_str(&b));
    mr_buf_done(&b);
    return test_json(a, filled.ptr);
}

static void open_world(struct world *w, const char *text)
{
    memset(w, 0, sizeof *w);
    mr_arena_init(&w->arena, 64 * MR_MIB);
    mr_buf_init(&w->out, 16 * MR_MIB);
    w->env = test_env_fixed(NOW, 3);
    assert_ok(mr_authority_new(&w->env, &w->authority, &w->err), w->err);
    const struct mr_seal_subject subject = {.organisation = MR_STR("Σχολή (επινοημένη)"),
                                            .organisation_identifier = MR_STR("VATEL-000000000"),
                                            .country = MR_STR("GR"),
                                            .common_name = MR_STR("TEST")};
    assert_ok(mr_authority_issue_seal(&w->authority, &w->env, &subject, MR_KEY_P256, &w->seal, &w->err), w->err);
    struct mr_findings findings;
    mr_findings_init(&findings, &w->arena);
    assert_ok(mr_specification_read(&w->arena, fill_in(&w->arena, text), &w->specification, &findings, &w->err),
              w->err);
    assert_int_equal(findings.faults, 0);
    const struct mr_issuing issuing = {.specification = &w->specification,
                                       .seal = &w->seal,
                                       .env = &w->env,
                                       .verify_url = MR_STR("https://merit.example.org/verify")};
    assert_ok(mr_issuer_open(&issuing, &w->issuer, &w->err), w->err);
}

static void close_world(struct world *w)
{
    mr_issuer_close(w->issuer);
    mr_seal_key_done(&w->seal);
    mr_authority_done(&w->authority);
    mr_buf_done(&w->out);
    mr_arena_done(&w->arena);
}

/* What a sealed file says, all of it: the text behind the seal, of an SD-JWT with every disclosure. */
static mr_str payload_of(struct world *w, mr_format format, mr_str sealed)
{
    const mr_json *root;
    mr_sd_jwt sd;
    mr_jades jades;
    mr_jws jws;
    mr_str text = sealed;
    switch (format) {
    case MR_FORMAT_ELM:
        assert_ok(mr_json_parse(&w->arena, sealed, NULL, &root, &w->err), w->err);
        assert_ok(mr_jades_verify(&w->arena, sealed, root, &w->authority.certificate, 1, NOW, &jades, &w->err), w->err);
        assert_int_equal(jades.signature.state, MR_PASSED);
        text = mr_arena_dup(&w->arena, jades.payload);
        mr_jades_done(&jades);
        break;
    case MR_FORMAT_VC_JWT:
    case MR_FORMAT_OPEN_BADGES_JWT:
        assert_ok(mr_jws_read(&w->arena, sealed, &jws, &w->err), w->err);
        text = mr_arena_dup(&w->arena, jws.payload);
        mr_jws_done(&jws);
        break;
    case MR_FORMAT_VC_SD_JWT:
    case MR_FORMAT_DC_SD_JWT:
    case MR_FORMAT_EU_LEARNING:
        assert_ok(mr_sd_jwt_read(&w->arena, sealed, &sd, &w->err), w->err);
        text = mr_arena_dup(&w->arena, sd.claims_text);
        mr_sd_jwt_done(&sd);
        break;
    default: break; /* a Data Integrity proof stands in what it signs */
    }
    return text;
}

static mr_str seal(struct world *w, mr_format format)
{
    mr_achievement x = {.learner = {.full_name = MR_STR("Ζωή Ξένου"), .birth_date = {1990, 2, 28}},
                        .awarded_on = {2026, 10, 14},
                        .place = MR_STR("Σόφια")};
    mr_buf_clear(&w->out);
    assert_ok(mr_issue(w->issuer, &x, format, &w->out, &w->err), w->err);
    return payload_of(w, format, mr_arena_dup(&w->arena, mr_buf_str(&w->out)));
}

/* Is it a word of ours in English: a label of notes.def, or of a vocabulary? */
static bool is_english_of_ours(mr_str text)
{
    for (enum mr_elm_label l = 0; l < MR_ELM_LABELS_; l++)
        if (mr_str_is(text, mr_elm_labels(l)[0])) return true;
    for (mr_scheme_code s = 0; s < MR_SCHEME_COUNT_; s++) {
        const mr_scheme *scheme = mr_scheme_get(s);
        for (size_t i = 0; i < scheme->count; i++) {
            const mr_concept *c = &scheme->concepts[i];
            if (mr_str_is(text, c->label[0]) && strcasecmp(c->label[0], c->code) != 0)
                return true; /* "PNG" is no word */
        }
    }
    return false;
}

/* Is there a value in this language, in an array of expanded values (JSON-LD 1.1 section 4.2.4)? */
static bool has_value_in(const mr_json *array, const char *language)
{
    MR_JSON_EACH (item, array) {
        if (mr_str_is(mr_json_get_str(item, "@language"), language)) return true;
    }
    return false;
}

/* Where a word of ours stands in English, it stands in `language` beside it. */
static void assert_translated(const char *format, const char *language, const mr_json *node)
{
    if (mr_json_is(node, MR_JSON_STRING) && is_english_of_ours(mr_json_str(node)))
        fail_msg("%s: \"%.*s\"", format, MR_STR_ARG(mr_json_str(node)));
    if (mr_json_is(node, MR_JSON_ARRAY)) {
        if (has_value_in(node, language)) return;
        MR_JSON_EACH (item, node) assert_translated(format, language, item);
    }
    if (!mr_json_is(node, MR_JSON_OBJECT)) return;
    MR_JSON_EACH_MEMBER (name, node) {
        if (mr_str_is(mr_json_text(name), "en")) {
            if (!mr_json_get(node, language)) fail_msg("%s: English alone at %zu", format, (size_t)name->position);
        } else if (!mr_str_is(mr_json_text(name), "type")) { /* a class of ELM is no label */
            assert_translated(format, language, name + 1);
        }
    }
}

static void test_labels__stand_in_the_language_of_the_credential(void **state)
{
    static const struct {
        const char *language, *text, *passed;
    } cases[] = {{"el", "{'el':'Κείμενο *'}", "Επιτυχία"},
                 {"bg", "{'bg':'Текст *'}", "Успешно"},
                 {"da", "{'da':'Tekst *'}", "Bestået"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world w;
        open_world(&w, cases[i].text);
        for (size_t f = 0; mr_format_at(f); f++) {
            const char *format = mr_format_name(mr_format_at(f));
            const mr_json *root;
            mr_str text = seal(&w, mr_format_at(f));
            assert_ok(mr_json_parse(&w.arena, text, NULL, &root, &w.err), w.err);
            assert_translated(format, cases[i].language, root);
            if (mr_str_find(text, mr_str_of(cases[i].passed)) < 0) fail_msg("%s: no %s", format, cases[i].passed);
        }
        close_world(&w);
    }
}

static void test_labels__passed_is_told_in_the_language_of_the_reader(void **state)
{
    static const char *const readers[][2] = {
        {"el", "Επιτυχία"}, {"bg", "Успешно"}, {"da", "Bestået"}, {"en", "Passed"}};
    struct world w;
    open_world(&w, "{'el':'Κείμενο *'}");
    const mr_json *root;
    assert_ok(mr_json_parse(&w.arena, seal(&w, MR_FORMAT_ELM), NULL, &root, &w.err), w.err);
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        mr_view v;
        assert_ok(mr_view_read(&w.arena, root, mr_language_find(mr_str_of(readers[i][0])), &v, &w.err), w.err);
        assert_str(v.answers[MR_ELEMENT_GRADE].values[0], readers[i][1]);
        assert_str(v.answers[MR_ELEMENT_GRADE].language, readers[i][0]);
    }
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels__are_there_in_every_language),
        cmocka_unit_test(test_labels__in_which_languages),
        cmocka_unit_test(test_labels__stand_in_the_language_of_the_credential),
        cmocka_unit_test(test_labels__passed_is_told_in_the_language_of_the_reader),
    };
    return cmocka_run_group_tests_name("credential/labels", tests, NULL, NULL);
}
