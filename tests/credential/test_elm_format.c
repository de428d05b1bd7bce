#include "testing.h"

#include "base/limits.h"
#include "credential/elm.h"

struct reading {
    mr_arena arena;
    mr_elm_kind kind;
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

static int check(struct reading *r, mr_str text)
{
    const mr_json *document;
    r->err = (struct mr_err){0};
    r->kind = MR_ELM_NONE;
    assert_ok(mr_json_parse(&r->arena, text, NULL, &document, &r->err), r->err);
    return mr_elm_check_format(document, &r->kind, &r->err);
}

#define V1 "'https://www.w3.org/2018/credentials/v1'"
#define EDC "'http://data.europa.eu/snb/model/context/edc-ap'"
#define TYPES "'type':['VerifiableCredential','EuropeanDigitalCredential']"
#define HEAD "{'@context':[" V1 "," EDC "]," TYPES

static const struct {
    const char *document, *message, *pointer; /* message NULL: an EDC */
} cases[] = {
    {HEAD "}", NULL, NULL},
    {HEAD ",'issuer':{'type':'Organisation','legalName':{'en':'X','da':'Y'}},'validFrom':'2026-01-01T00:00:00Z'}", NULL,
     NULL},
    {HEAD ",'credentialSubject':{'type':'Person','hasClaim':[{'elm:title':'compact'},{'http://example.org/x':1}]}}",
     NULL, NULL},
    {HEAD ",'credentialSubject':{'givenName':{'@value':'Ana','@language':'en'}}}", NULL, NULL},
    {HEAD ",'proof':{'anything':1}}", NULL, NULL},
    {"[]", "format.object", ""},
    {"{" TYPES "}", "format.context", ""},
    {"{'@context':" EDC "," TYPES "}", "format.context", "/@context"},
    {"{'@context':[" EDC "," V1 "]," TYPES "}", "format.context", "/@context"},
    {"{'@context':[" V1 "]," TYPES "}", "format.context", "/@context"},
    {"{'@context':[" V1 "," EDC ",'https://example.org/more']," TYPES "}", "format.context", "/@context"},
    {"{'@context':[" V1 "," EDC ",{'title':'http://example.org/other'}]," TYPES "}", "format.context", "/@context"},
    {"{'@context':{'@vocab':'http://data.europa.eu/snb/model/elm/'}," TYPES "}", "format.context", "/@context"},
    {"{'@context':[" V1 "," EDC "]}", "format.types", ""},
    {"{'@context':[" V1 "," EDC "],'type':'VerifiableCredential'}", "format.types", "/type"},
    {"{'@context':[" V1 "," EDC "],'type':['VerifiableCredential','EuropeanDigitalPresentation']}", "format.types",
     "/type"},
    {HEAD ",'Title':{'en':'x'}}", "format.unknown_term", "/Title"},
    {HEAD ",'credentialStatus2':'x'}", "format.unknown_term", "/credentialStatus2"},
    {HEAD ",'credentialSubject':{'issuer':'x'}}", "format.unknown_term",
     "/credentialSubject/issuer"}, /* only in a credential */
    {HEAD ",'credentialSubject':{'hasClaim':[{'titel':{'da':'x'}}]}}", "format.unknown_term",
     "/credentialSubject/hasClaim/0/titel"},
    {HEAD ",'credentialSubject':{'type':'Persona'}}", "format.unknown_type", "/credentialSubject/type"},
    {HEAD ",'credentialSubject':{'type':['Person','title']}}", "format.unknown_type", "/credentialSubject/type/1"},
    {HEAD ",'credentialSubject':{'type':7}}", "format.unknown_type", "/credentialSubject/type"},
    {HEAD ",'credentialSubject':{'@context':[],'type':'Person'}}", "format.unknown_term",
     "/credentialSubject/@context"},
    {HEAD ",'credentialSubject':{'Person':'x'}}", "format.unknown_term", "/credentialSubject/Person"},
    {HEAD ",'credentialSubject':{'bad:title':'x'}}", "format.unknown_term", "/credentialSubject/bad:title"},
};

static void test_elm_check_format__pins_context_types_and_terms(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading r;
        mr_arena_init(&r.arena, MR_MIB);
        int code = check(&r, quoted(&r.arena, cases[i].document));
        if (code != (cases[i].message ? MR_E_FORMAT : MR_OK))
            fail_msg("%s: %s %s %s", cases[i].document, mr_code_name((mr_code)code), r.err.message, r.err.pointer);
        if (cases[i].message &&
            (strcmp(r.err.message, cases[i].message) != 0 || strcmp(r.err.pointer, cases[i].pointer) != 0))
            fail_msg("%s: %s at %s", cases[i].document, r.err.message, r.err.pointer);
        if (!cases[i].message) assert_int_equal(r.kind, MR_ELM_EDC);
        mr_arena_done(&r.arena);
    }
}

static const struct {
    const char *members, *message, *pointer;
} vc2_cases[] = {
    {"", NULL, NULL},
    {",'name':'x','validFrom':'2026-01-01T00:00:00Z','credentialStatus':{'type':'BitstringStatusListEntry','"
     "statusListIndex':'1'}",
     NULL, NULL},
    {",'credentialSubject':{'type':'Person','hasClaim':[{'type':'LearningAchievement','title':{'en':'x'},'specifiedBy':"
     "{'eqfLevel':{}}}]}",
     NULL, NULL},
    {",'issued':'2026-01-01T00:00:00Z'", "format.unknown_term", "/issued"},
    {",'displayParameter':{}", "format.unknown_term", "/displayParameter"},
    {",'credentialSubject':{'type':'Person','nationalID':{}}", "format.unknown_term", "/credentialSubject/nationalID"},
    {",'credentialSubject':{'type':'Concept'}", "format.unknown_type", "/credentialSubject/type"},
    {",'issuer':{'type':'Organisation','homepage':{}}", "format.unknown_term", "/issuer/homepage"},
};

static void test_elm_check_format__knows_terms_of_a_vc2_by_place(void **state)
{
    for (size_t i = 0; i < sizeof vc2_cases / sizeof *vc2_cases; i++) {
        struct reading r;
        mr_arena_init(&r.arena, MR_MIB);
        mr_str members = quoted(&r.arena, vc2_cases[i].members);
        int code = check(&r, mr_arena_format(&r.arena, "{\"@context\":%s,\"type\":[\"VerifiableCredential\"]%.*s}",
                                             MR_ELM_VC2_CONTEXT, MR_STR_ARG(members)));
        if (code != (vc2_cases[i].message ? MR_E_FORMAT : MR_OK))
            fail_msg("%s: %s %s", vc2_cases[i].members, r.err.message, r.err.pointer);
        if (vc2_cases[i].message) {
            assert_string_equal(r.err.message, vc2_cases[i].message);
            assert_string_equal(r.err.pointer, vc2_cases[i].pointer);
        } else {
            assert_int_equal(r.kind, MR_ELM_VC2);
        }
        mr_arena_done(&r.arena);
    }
}

/* The credential in a file: sealed, wrapped for upload, or bare. */
static mr_str credential_in(mr_arena *a, const char *folder, const char *name)
{
    mr_str text = test_read_file(a, test_path(a, folder, name));
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(a, text, NULL, &root, &err), err);
    return mr_json_get(root, "payload") ? mr_json_get_str(root, "payload") : text;
}

static const struct {
    const char *name, *message, *detail;
} samples[] = {
    {"samples/Sample-MC-Annex1-signed.jsonld", NULL, NULL},
    {"samples/Sample-MC-Annex1-unsigned.jsonld", NULL, NULL},
    {"samples/Sample-CertOfPart-unsigned.jsonld", NULL, NULL},
    {"minimal/edc-minimal.jsonld", NULL, NULL},
    {"minimal/edc-annex1.jsonld", NULL, NULL},
    {"samples/credential-sample.jsonld", "format.unknown_term",
     "eIDAS\xCE\x99"
     "dentifier"}, /* a Greek iota */
    {"samples-edc-repo/credential-jws-invalid.jsonld", "format.context", NULL},
    {"samples-edc-repo/json_sealed_test_output.json", "format.context", NULL}, /* a presentation of 2022 */
};

static void test_elm_check_format__judges_the_official_samples(void **state)
{
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM samples are not here (MERIT_ELM)");
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct reading r;
        mr_arena_init(&r.arena, 64 * MR_MIB);
        int code = check(&r, credential_in(&r.arena, elm, samples[i].name));
        if (code != (samples[i].message ? MR_E_FORMAT : MR_OK))
            fail_msg("%s: %s %s %s", samples[i].name, r.err.message, r.err.pointer, r.err.detail);
        if (samples[i].message && strcmp(r.err.message, samples[i].message) != 0)
            fail_msg("%s: %s %s %s", samples[i].name, r.err.message, r.err.pointer, r.err.detail);
        if (samples[i].detail) assert_string_equal(r.err.detail, samples[i].detail);
        mr_arena_done(&r.arena);
    }
}

/* A document with one more member, at the credential or in its subject. */
static bool knows(const char *context, const char *types, bool below, mr_str name)
{
    struct reading r;
    mr_arena_init(&r.arena, MR_MIB);
    const char *open = below ? ",\"credentialSubject\":{\"hasClaim\":{" : ",", *close = below ? "}}" : "";
    mr_str text = mr_arena_format(&r.arena, "{\"@context\":%s,\"type\":%s%s\"%.*s\":{\"en\":\"x\"}%s}", context, types,
                                  open, MR_STR_ARG(name), close);
    int code = check(&r, text);
    bool named =
        strcmp(r.err.message ? r.err.message : "", "format.unknown_term") == 0 && mr_str_is(name, r.err.detail);
    mr_arena_done(&r.arena);
    return code == MR_OK || !named;
}

static const mr_json *read_context(mr_arena *a, const char *path)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(a, test_read_file(a, path), NULL, &root, &err), err);
    return mr_json_get(root, "@context");
}

#define EDC_TYPES "[\"VerifiableCredential\",\"EuropeanDigitalCredential\"]"

/* Every property of the official context is known, and nothing is that it lacks. */
static void test_elm_check_format__terms_are_those_of_the_context(void **state)
{
    static const char *const none[] = {"issuer",   "name",     "titel",      "Title",     "evidences",
                                       "eqflevel", "EQFLevel", "nationalId", "ISCEDFCode"};
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM context is not here (MERIT_ELM)");
    mr_arena a;
    size_t count = 0;
    mr_arena_init(&a, 16 * MR_MIB);
    const mr_json *context = read_context(&a, test_path(&a, elm, "context/edc-ap-context.jsonld"));
    MR_JSON_EACH_MEMBER (name, context) {
        bool property = mr_json_is(name + 1, MR_JSON_OBJECT);
        count++;
        if (knows(MR_ELM_EDC_CONTEXT, EDC_TYPES, true, mr_json_text(name)) != property)
            fail_msg("%.*s is wrong in an EDC", MR_STR_ARG(mr_json_text(name)));
        if (knows(MR_ELM_VC2_CONTEXT, "[\"VerifiableCredential\"]", true, mr_json_text(name)) != property)
            fail_msg("%.*s is wrong in a VC 2.0", MR_STR_ARG(mr_json_text(name)));
    }
    assert_int_equal(count, 250);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        if (strcmp(none[i], "name") != 0 && knows(MR_ELM_EDC_CONTEXT, EDC_TYPES, true, mr_str_of(none[i])))
            fail_msg("%s", none[i]);
    }
    mr_arena_done(&a);
}

static void check_credential_terms(mr_arena *a, const char *path, const char *context, const char *types)
{
    const mr_json *scoped = mr_json_get(mr_json_get(read_context(a, path), "VerifiableCredential"), "@context");
    size_t count = 0;
    MR_JSON_EACH_MEMBER (name, scoped) {
        mr_str term = mr_json_text(name);
        if (term.ptr[0] == '@' || mr_str_is(term, "id") || mr_str_is(term, "type")) continue;
        if (mr_json_is(name + 1, MR_JSON_STRING) && mr_str_has_suffix(mr_json_text(name + 1), MR_STR("#")))
            continue; /* a prefix */
        count++;
        if (!knows(context, types, false, term)) fail_msg("%.*s is not known", MR_STR_ARG(term));
    }
    assert_true(count >= 12);
}

static void test_elm_check_format__knows_the_terms_of_credentials(void **state)
{
    const char *elm = test_elm(), *suites = test_suites();
    if (!elm || !suites) test_skip("the contexts are not here (MERIT_ELM, MERIT_SUITES)");
    mr_arena a;
    mr_arena_init(&a, 16 * MR_MIB);
    check_credential_terms(&a, test_path(&a, elm, "context/credentials-v1.jsonld"), MR_ELM_EDC_CONTEXT, EDC_TYPES);
    check_credential_terms(&a, test_path(&a, suites, "contexts/www.w3.org_ns_credentials_v2.jsonld"),
                           MR_ELM_VC2_CONTEXT, "[\"VerifiableCredential\"]");
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elm_check_format__pins_context_types_and_terms),
        cmocka_unit_test(test_elm_check_format__knows_terms_of_a_vc2_by_place),
        cmocka_unit_test(test_elm_check_format__judges_the_official_samples),
        cmocka_unit_test(test_elm_check_format__terms_are_those_of_the_context),
        cmocka_unit_test(test_elm_check_format__knows_the_terms_of_credentials),
    };
    return cmocka_run_group_tests_name("credential/elm_format", tests, NULL, NULL);
}
