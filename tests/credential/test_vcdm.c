/* The rules of the data model one by one: a document that breaks one, and what is told of it. */
#include "testing.h"

#include "base/limits.h"
#include "credential/vcdm.h"
#include "text/messages.h"

struct told {
    mr_arena *a;
    const mr_json *root;
    mr_str messages;
};

static void hear(void *self, const char *message, const mr_json *where, mr_str detail)
{
    struct told *t = self;
    char pointer[160];
    (void)detail;
    mr_json_pointer(t->root, where, pointer, sizeof pointer);
    assert_true(mr_message_exists(mr_language_english(), mr_str_of(message)));
    t->messages = mr_arena_format(t->a, "%.*s%s%s %s", MR_STR_ARG(t->messages), t->messages.len ? ", " : "",
                                  message + 5, pointer);
}

/* "issuer /issuer, type_unknown /type/1": the ids without "vcdm.", and where. Single quotes stand for double ones. */
static mr_str check(mr_arena *a, mr_contexts *contexts, const char *document)
{
    struct mr_err err = {0};
    struct told t = {.a = a, .messages = MR_STR("")};
    char *text = (char *)(uintptr_t)mr_arena_cstr(a, mr_str_of(document));
    for (char *p = text; *p; p++)
        if (*p == '\'') *p = '"';
    assert_ok(mr_json_parse(a, mr_str_of(text), NULL, &t.root, &err), err);
    assert_ok(mr_vcdm_check(a, contexts, t.root, hear, &t, &err), err);
    return t.messages;
}

#define V2 "'@context':['https://www.w3.org/ns/credentials/v2']"
#define V2_AND(more) "'@context':['https://www.w3.org/ns/credentials/v2'," more "]"
#define V1 "'@context':['https://www.w3.org/2018/credentials/v1']"
#define VC "'type':['VerifiableCredential'],'issuer':'did:example:i','credentialSubject':{'id':'did:example:s'}"
#define VC1 VC ",'issuanceDate':'2020-01-01T00:00:00Z'"
#define VP "'type':['VerifiablePresentation']"
#define TYPED "'type':'https://example.org/#T'"
#define DATES(from, until) "{" V2 "," VC ",'validFrom':'" from "','validUntil':'" until "'}"

static const struct rule {
    const char *document, *told;
} rules[] = {
    /* what conforms */
    {"{" V2 "," VC "}", ""},
    {"{" V1 "," VC1 "}", ""},
    {"{" V2 "," VP "}", ""},
    {"{" V1 "," VP ",'verifiableCredential':['a.b.c']}", ""},
    /* what it is */
    {"[]", "object "},
    {"{'@context':'https://www.w3.org/ns/credentials/v2'," VC "}", "context /@context"},
    {"{'@context':[]," VC "}", "context /@context"},
    {"{'@context':['https://example.org','https://www.w3.org/ns/credentials/v2']," VC "}", "context /@context"},
    {"{" V2_AND("null") "," VC "}", "context_item /@context/1"},
    {"{" V2_AND("'https://example.org/unknown'") "," VC "}", "context_unknown /@context"},
    {"{" V2_AND("{'name':'https://example.org/n'}") "," VC "}", "term_redefined /@context"},
    {"{" V2 ",'type':[],'issuer':'did:example:i'}", "type_form /type"},
    {"{" V2 ",'type':['VerifiableCredential',7],'issuer':'did:example:i','credentialSubject':{'id':'did:example:s'}}",
     "type_form /type"},
    {"{" V2 ",'type':['VerifiableCredential','Strange'],'issuer':'did:example:i','credentialSubject':{'id':'did:e:s'}}",
     "type_unknown /type/1"},
    /* the meaning of its members */
    {"{" V2 "," VC ",'colour':'red'}", "term_unknown /colour"},
    {"{" V2_AND("{'@vocab':'https://example.org/'}") "," VC ",'colour':'red','did:x:y':1,'proof':{'type':'T'}}",
     "term_catch_all /colour"},
    {"{" V2_AND("{'colour':'https://example.org/colour'}") "," VC ",'colour':'red'}", ""},
    {"{" V2 ",'type':['VerifiableCredential'],'issuer':'did:example:i','credentialSubject':{'shoes':1}}",
     "term_unknown /credentialSubject/shoes"},
    {"{" V2 "," VC ",'evidence':{'id':'there'," TYPED "}}", "evidence_id /evidence/id"},
    {"{" V2 "," VC ",'evidence':{" TYPED ",'@list':[1]}}", "linked_data /evidence"},
    {"{" V2 "," VC ",'proof':{'type':'Old','strange':1}}", ""}, /* a proof is read by who verifies it */
    /* who */
    {"{" V2 ",'type':['VerifiableCredential'],'credentialSubject':{'id':'did:example:s'}}", "issuer_missing "},
    {"{" V2 ",'type':['VerifiableCredential'],'issuer':{'name':'N'},'credentialSubject':{'id':'did:example:s'}}",
     "issuer /issuer"},
    {"{" V2 ",'type':['VerifiableCredential'],'issuer':['did:e:i'],'credentialSubject':{'id':'did:example:s'}}",
     "issuer /issuer"},
    {"{" V2 ",'type':['VerifiableCredential'],'issuer':{'id':'did:e:i','name':7},'credentialSubject':{'id':'did:e:s'}}",
     "name /issuer/name"},
    {"{" V2 ",'type':['VerifiableCredential'],'issuer':'did:e:i','credentialSubject':[]}",
     "subject_missing /credentialSubject"},
    {"{" V2 ",'type':['VerifiableCredential'],'issuer':'did:e:i','credentialSubject':'did:e:s'}",
     "subject /credentialSubject"},
    {"{" V2 ",'type':['VerifiableCredential'],'issuer':'did:e:i','credentialSubject':[{'id':'did:e:s'},{}]}",
     "subject_empty /credentialSubject/1"},
    {"{" V2 ",'type':['VerifiableCredential'],'issuer':'did:e:i','credentialSubject':{'id':['did:e:s']}}",
     "subject_id /credentialSubject/id"},
    /* when */
    {DATES("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"), ""},
    {DATES("2020-01-01T02:00:00+02:00", "2020-01-01T00:00:00.5Z"), ""},
    {DATES("2020-01-02T00:00:00Z", "2020-01-01T00:00:00Z"), "validity_order /validUntil"},
    {DATES("2020-01-01T00:00:00", "2021-01-01T00:00:00Z"), "valid_from /validFrom"},
    {DATES("2020-01-01", "2020-02-30T00:00:00Z"), "valid_from /validFrom, valid_until /validUntil"},
    {"{" V2_AND("'https://www.w3.org/ns/credentials/undefined-terms/v2'") "," VC1 "}",
     "old_date /issuanceDate, term_catch_all /issuanceDate"},
    {"{" V2 "," VC ",'expirationDate':'2020-01-01T00:00:00Z'}",
     "old_date /expirationDate, term_unknown /expirationDate"},
    {"{" V1 "," VC "}", "issuance_date_missing "},
    {"{" V1 "," VC ",'issuanceDate':'2020'}", "issuance_date /issuanceDate"},
    {"{" V1 "," VC ",'issuanceDate':'2020-01-01T00:00:00'}", ""}, /* 1.1 asks for no zone */
    {"{" V1 "," VC1 ",'expirationDate':'soon'}", "expiration_date /expirationDate"},
    {"{" V1 "," VC1 ",'expirationDate':'2019-01-01T00:00:00Z'}", "validity_order /expirationDate"},
    /* texts */
    {"{" V2 "," VC ",'name':[]}", "name /name"},
    {"{" V2 "," VC ",'name':['one','two']}", "name /name/0, name /name/1"},
    {"{" V2 "," VC ",'description':{'@value':'x','@direction':'up'}}", "description /description"},
    {"{" V2 "," VC ",'description':[{'@value':'x','@language':'ar','@direction':'rtl'},{'@value':'y'}]}", ""},
    {"{" V2 "," VC ",'name':{'@language':'en'}}", "name /name"},
    /* objects with a type */
    {"{" V2 "," VC ",'credentialStatus':'https://example.org/1'}", "status_type /credentialStatus"},
    {"{" V2 "," VC ",'credentialStatus':[{" TYPED "},{'id':7," TYPED "}]}", "status_id /credentialStatus/1/id"},
    {"{" V1 "," VC1 ",'credentialStatus':{" TYPED "}}", "status_id /credentialStatus"}, /* 1.1 needs the id */
    {"{" V2 "," VC ",'credentialSchema':{" TYPED "}}", "schema_id /credentialSchema"},
    {"{" V2 "," VC ",'credentialSchema':{'id':'urn:s'}}", "schema_type /credentialSchema"},
    {"{" V2 "," VC ",'termsOfUse':{'id':'urn:t'}}", "terms_of_use_type /termsOfUse"},
    {"{" V2 "," VC ",'termsOfUse':{'id':null," TYPED "}}", "terms_of_use_id /termsOfUse/id"},
    {"{" V2 "," VC ",'evidence':[{'id':'urn:t'}]}", "evidence_type /evidence/0"},
    {"{" V2 "," VC ",'refreshService':{'id':'urn:t','type':[]}}", "refresh_type /refreshService"},
    {"{" V1 "," VC1 ",'refreshService':{" TYPED "}}", "refresh_id /refreshService"},
    {"{" V2 "," VC ",'renderMethod':{'id':'urn:t'}}", "render_type /renderMethod"},
    {"{" V2 "," VC ",'confidenceMethod':{'id':'urn:t'}}", "confidence_type /confidenceMethod"},
    {"{" V2 "," VC ",'proof':{'proofValue':'z'}}", "proof_type /proof"},
    /* related resources */
    {"{" V2 "," VC ",'relatedResource':[{'id':'https://example.org/a','digestSRI':'sha256-AAAA'},"
     "{'id':'https://example.org/b','digestMultibase':'uEiA'}]}",
     ""},
    {"{" V2 "," VC ",'relatedResource':{'digestSRI':'sha256-AAAA'}}", "related_id /relatedResource"},
    {"{" V2 "," VC ",'relatedResource':{'id':'https://example.org/a'}}", "related_digest /relatedResource"},
    {"{" V2 "," VC ",'relatedResource':{'id':'https://example.org/a','digestSRI':'md5-AAAA'}}",
     "related_digest /relatedResource"},
    {"{" V2 "," VC ",'relatedResource':[{'id':'urn:a','digestSRI':'sha256-A'},{'id':'urn:a','digestSRI':'sha256-B'}]}",
     "related_twice /relatedResource/1/id"},
    /* presentations */
    {"{" V2 "," VP ",'holder':{'id':'did:e:h'},'id':'urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008'}", ""},
    {"{" V2 "," VP ",'id':'9c9a36f8'}", "id /id"},
    {"{" V2 "," VP ",'holder':{}}", "holder /holder"},
    {"{" V2 "," VP ",'termsOfUse':{}}", "terms_of_use_type /termsOfUse"},
    {"{" V2 "," VP ",'verifiableCredential':[{" V1 "," VC1 "},{" V2 "," VC ",'colour':'red'}]}",
     "term_unknown /verifiableCredential/1/colour"},
    {"{" V2 "," VP ",'verifiableCredential':[null,'a.b.c']}",
     "presented /verifiableCredential/0, presented /verifiableCredential/1"},
    {"{" V2 "," VP ",'verifiableCredential':{" V2 "," VP "}}", "type /verifiableCredential/type"},
    {"{" V2 "," VP ",'verifiableCredential':{'@context':'https://www.w3.org/ns/credentials/v2','type':"
     "'EnvelopedVerifiableCredential','id':'data:application/vc+jwt,a.b.c'}}",
     ""},
    {"{" V2 "," VP ",'verifiableCredential':{" V2 ",'id':'data:application/vc+jwt,a.b.c'}}",
     "envelope_type /verifiableCredential"},
    {"{'type':'EnvelopedVerifiableCredential','id':'data:application/vc+jwt,a.b.c'}", "envelope_context "},
    {"{" V2 ",'type':'EnvelopedVerifiablePresentation','id':'urn:x','holder':'did:e:h'}",
     "envelope , envelope_other /holder"},
};

static void test_vcdm_check__tells_each_rule_that_is_broken(void **state)
{
    (void)state;
    mr_contexts *contexts;
    struct mr_err err = {0};
    assert_ok(mr_contexts_open(&contexts, &err), err);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        mr_arena_init(&a, 16 * MR_MIB);
        print_message("# %s\n", rules[i].document);
        assert_str(check(&a, contexts, rules[i].document), rules[i].told);
    }
    mr_contexts_close(contexts);
}

static void test_vcdm_check__asks_for_no_meaning_without_contexts(void **state)
{
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_MIB);
    assert_str(check(&a, NULL, "{" V2 "," VC ",'colour':'red'}"), "");
}

static void test_vcdm_check__looks_at_so_many_resources(void **state)
{
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 16 * MR_MIB);
    mr_str all = MR_STR("{" V2 "," VC ",'relatedResource':[");
    for (int i = 0; i <= MR_LIMIT_RELATED_RESOURCES; i++)
        all = mr_arena_format(&a, "%.*s%s{'id':'urn:x:%d','digestSRI':'sha256-A'}", MR_STR_ARG(all), i ? "," : "", i);
    all = mr_arena_format(&a, "%.*s]}", MR_STR_ARG(all));
    assert_str(check(&a, NULL, all.ptr), "related_many /relatedResource/64");
}

static const struct kind_case {
    const char *document;
    mr_vcdm_version version;
    mr_vcdm_kind kind;
} kinds[] = {
    {"{" V2 "," VC "}", MR_VCDM_2, MR_VCDM_CREDENTIAL},
    {"{" V1 "," VP "}", MR_VCDM_1, MR_VCDM_PRESENTATION},
    {"{'@context':'https://www.w3.org/ns/credentials/v2','type':'EnvelopedVerifiableCredential'}", MR_VCDM_2,
     MR_VCDM_ENVELOPED_CREDENTIAL},
    {"{'type':['EnvelopedVerifiablePresentation']}", MR_VCDM_NONE, MR_VCDM_ENVELOPED_PRESENTATION},
    {"{'@context':['https://example.org'],'type':'Thing'}", MR_VCDM_NONE, MR_VCDM_NOTHING},
    {"7", MR_VCDM_NONE, MR_VCDM_NOTHING},
};

static void test_vcdm_kind_of__is_what_the_types_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        struct mr_err err = {0};
        const mr_json *root;
        mr_arena_init(&a, MR_MIB);
        char *text = (char *)(uintptr_t)mr_arena_cstr(&a, mr_str_of(kinds[i].document));
        for (char *p = text; *p; p++)
            if (*p == '\'') *p = '"';
        assert_ok(mr_json_parse(&a, mr_str_of(text), NULL, &root, &err), err);
        assert_int_equal(mr_vcdm_version_of(root), kinds[i].version);
        assert_int_equal(mr_vcdm_kind_of(root), kinds[i].kind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vcdm_check__tells_each_rule_that_is_broken),
        cmocka_unit_test(test_vcdm_check__asks_for_no_meaning_without_contexts),
        cmocka_unit_test(test_vcdm_check__looks_at_so_many_resources),
        cmocka_unit_test(test_vcdm_kind_of__is_what_the_types_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
