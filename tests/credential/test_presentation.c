/* What lies in a presentation: credentials in every form, and each that is not what it should be. */
#include "testing.h"

#include "base/limits.h"
#include "credential/presentation.h"
#include "json/write.h"

#define NOW INT64_C(1792055520000) /* 2026-10-14T09:12:00Z */
#define V2 "'@context':['https://www.w3.org/ns/credentials/v2']"
#define V1 "'@context':['https://www.w3.org/2018/credentials/v1']"

struct bench {
    mr_arena a;
    mr_contexts *contexts;
    mr_key *key;
    mr_str did, method; /* did:key of the key */
};

static struct bench *open_bench(void)
{
    struct bench *b = calloc(1, sizeof *b);
    struct mr_err err = {0};
    mr_buf did;
    assert_non_null(b);
    mr_arena_init(&b->a, MR_LIMIT_DOCUMENT_MEMORY);
    assert_ok(mr_contexts_open(&b->contexts, &err), err);
    assert_ok(mr_key_generate(MR_KEY_P256, 0, &b->key, &err), err);
    mr_buf_init(&did, MR_KIB);
    mr_did_key_put(b->key, &did);
    b->did = mr_arena_dup(&b->a, mr_buf_str(&did));
    b->method = mr_arena_format(&b->a, "%.*s#%.*s", MR_STR_ARG(b->did), MR_STR_ARG(mr_str_from(b->did, 8)));
    mr_buf_done(&did);
    return b;
}

static int setup(void **state)
{
    *state = open_bench();
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    mr_key_free(b->key);
    mr_contexts_close(b->contexts);
    mr_arena_done(&b->a);
    free(b);
    return 0;
}

/* Single quotes stand for double ones, ISSUER for the did. */
static mr_str json(struct bench *b, const char *text)
{
    mr_str rest = mr_str_of(text), all = MR_STR("");
    for (ptrdiff_t at; (at = mr_str_find(rest, MR_STR("ISSUER"))) >= 0; rest = mr_str_from(rest, (size_t)at + 6))
        all = mr_arena_concat(&b->a, (const mr_str[]){all, mr_str_make(rest.ptr, (size_t)at), b->did}, 3);
    all = mr_arena_concat(&b->a, (const mr_str[]){all, rest}, 2);
    char *out = (char *)(uintptr_t)all.ptr;
    for (size_t i = 0; i < all.len; i++)
        if (out[i] == '\'') out[i] = '"';
    return all;
}

static const mr_json *parse(struct bench *b, mr_str text)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(&b->a, text, NULL, &root, &err), err);
    return root;
}

static mr_str token(struct bench *b, const char *typ, const char *claims)
{
    struct mr_err err = {0};
    mr_jose_signer signer;
    mr_buf out;
    const struct mr_jose_header header = {.typ = typ, .kid = b->method};
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_jose_signer_init(&signer, &b->a, b->key, &header, &err), err);
    assert_ok(mr_jose_sign(&signer, json(b, claims), &b->a, &out, &err), err);
    mr_str text = mr_arena_dup(&b->a, mr_buf_str(&out));
    mr_buf_done(&out);
    return text;
}

static mr_str proven(struct bench *b, const char *document)
{
    struct mr_err err = {0};
    mr_buf out;
    mr_str text = json(b, document);
    const struct mr_proof_options options = {.suite = MR_ECDSA_RDFC_2019,
                                             .method = b->method,
                                             .purpose = MR_ASSERTION_METHOD,
                                             .created = NOW,
                                             .expires = MR_TIME_NONE};
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_data_integrity_sign(&b->a, b->contexts, text, parse(b, text), b->key, &options, &out, &err), err);
    mr_str signed_text = mr_arena_dup(&b->a, mr_buf_str(&out));
    mr_buf_done(&out);
    return signed_text;
}

static mr_str enveloped(struct bench *b, const char *media_type, mr_str data)
{
    return mr_arena_format(&b->a,
                           "{\"@context\":\"https://www.w3.org/ns/credentials/v2\",\"type\":"
                           "\"EnvelopedVerifiableCredential\",\"id\":\"data:application/%s,%.*s\"}",
                           media_type, MR_STR_ARG(data));
}

static mr_str quoted(struct bench *b, mr_str text)
{
    return mr_arena_format(&b->a, "\"%.*s\"", MR_STR_ARG(text));
}

/* A presentation of the holder's with this one item; its step. */
static struct mr_step present(struct bench *b, const char *context, mr_str item)
{
    struct mr_resolver resolver = {0};
    const struct mr_opening o = {
        .contexts = b->contexts, .keys = {mr_controller_find, &resolver}, .now = NOW, .nonce = MR_STR("of another")};
    mr_presentation p;
    struct mr_err err = {0};
    mr_str text = mr_arena_format(
        &b->a, "{%.*s,\"type\":[\"VerifiablePresentation\"],\"holder\":\"%.*s\",\"verifiableCredential\":[%.*s]}",
        MR_STR_ARG(json(b, context)), MR_STR_ARG(b->did), MR_STR_ARG(item));
    assert_ok(mr_presentation_open(&b->a, &o, parse(b, text), &p, &err), err);
    assert_int_equal(p.count, 1);
    struct mr_step step = p.credentials[0].step;
    mr_presentation_done(&p);
    return step;
}

static void assert_step(struct mr_step step, mr_state state, const char *id)
{
    if (step.state != state || (id && (!step.id || strcmp(step.id, id) != 0)))
        fail_msg("%s %s (%.*s), wanted %s %s", mr_state_name(step.state), step.id ? step.id : "",
                 MR_STR_ARG(step.detail), mr_state_name(state), id ? id : "");
}

#define VC V2 ",'type':['VerifiableCredential'],'issuer':'ISSUER','credentialSubject':{'id':'did:example:s'}"
#define VC1                                                                                                            \
    V1 ",'type':['VerifiableCredential'],'issuer':'ISSUER','issuanceDate':'2020-01-01T00:00:00Z','credentialSubject':" \
       "{'id':'did:example:s'}"

static void test_presentation_open__takes_credentials_in_every_form(void **state)
{
    struct bench *b = *state;
    assert_step(present(b, V2, enveloped(b, "vc+jwt", token(b, "vc+jwt", "{" VC "}"))), MR_PASSED, NULL);
    assert_step(present(b, V2, enveloped(b, "vc+jwt;charset=utf-8", token(b, "vc+jwt", "{" VC "}"))), MR_PASSED, NULL);
    assert_step(present(b, V2, proven(b, "{" VC "}")), MR_PASSED, NULL);
    assert_step(present(b, V1, quoted(b, token(b, "JWT", "{'iss':'ISSUER','nbf':1577836800,'vc':{" VC1 "}}"))),
                MR_PASSED, NULL);
    assert_step(present(b, V2, json(b, "{" VC "}")), MR_NOT_APPLICABLE, "presented.self_asserted");
}

static const struct refused_case {
    const char *media_type, *typ, *claims, *id;
} refused[] = {
    {"vc+sd-jwt", "vc+jwt", "{" VC "}", "presented.media_type"},
    {"vc+jwt", "vp+jwt", "{" V2 ",'type':['VerifiablePresentation'],'holder':'ISSUER'}", "presented.media_type"},
    {"vp+jwt", "vp+jwt", "{" V2 ",'type':['VerifiablePresentation'],'holder':'ISSUER'}", "presented.not_credential"},
    {"vc+jwt", "vc+jwt", "{" VC ",'colour':'red'}", "vcdm.term_unknown"},
    {"vc+jwt", "vc+jwt", "{" VC ",'vc':{}}", "token.vc_claim"},
    {"vc+jwt", "vc+jwt", "{" VC ",'iss':'did:example:other'}", "token.issuer"},
    {"vc+jwt", "vc+jwt", "{" VC ",'validFrom':'soon'}", "vcdm.valid_from"},
};

static void test_presentation_open__refuses_each_for_its_fault(void **state)
{
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        print_message("# %s %s\n", refused[i].id, refused[i].claims);
        mr_str item = enveloped(b, refused[i].media_type, token(b, refused[i].typ, refused[i].claims));
        assert_step(present(b, V2, item), MR_FAILED, refused[i].id);
    }
}

static void test_presentation_open__refuses_what_is_no_secured_credential(void **state)
{
    struct bench *b = *state;
    mr_str good = token(b, "vc+jwt", "{" VC "}"), cut = mr_str_make(good.ptr, good.len - 4);
    assert_step(present(b, V2, enveloped(b, "vc+jwt", cut)), MR_FAILED, NULL);
    assert_step(present(b, V2, enveloped(b, "vc+jwt", MR_STR("not a token"))), MR_FAILED, "presented.unreadable");
    assert_step(present(b, V2, enveloped(b, "vc+jwt;base64", MR_STR("===="))), MR_FAILED, "presented.unreadable");
    assert_step(present(b, V2, enveloped(b, "vc+jwt", MR_STR("%7"))), MR_FAILED, "presented.unreadable");
    assert_step(present(b, V2, enveloped(b, "vc+cose;base64", MR_STR("0oRY"))), MR_UNCHECKED, "presented.cose");
    assert_step(present(b, V2, json(b, "{'type':'EnvelopedVerifiableCredential','id':'urn:x'}")), MR_FAILED,
                "vcdm.envelope");
    assert_step(present(b, V2, json(b, "{'type':'Thing'}")), MR_FAILED, "presented.not_credential");
    assert_step(present(b, V2, json(b, "null")), MR_FAILED, "presented.not_credential");
    assert_step(
        present(b, V2,
                json(b, "{" V2 ",'type':'VerifiableCredential','issuer':'did:e:i','credentialSubject':{'a':1}}")),
        MR_FAILED, "presented.unsecured");
    assert_step(present(b, V2, json(b, "{" V2 ",'type':'VerifiableCredential','issuer':'ISSUER'}")), MR_FAILED,
                "vcdm.subject_missing");
    mr_str changed = proven(b, "{" VC "}");
    ((char *)(uintptr_t)changed.ptr)[mr_str_find(changed, MR_STR("example:s")) + 8] = 't';
    assert_step(present(b, V2, changed), MR_FAILED, "seal.signature.changed");
}

static void test_presentation_open__keeps_to_its_limits(void **state)
{
    struct bench *b = *state;
    const struct mr_opening o = {.contexts = b->contexts, .now = NOW};
    mr_presentation p;
    struct mr_err err = {0};
    mr_str items = MR_STR("null");
    for (int i = 0; i < MR_LIMIT_PRESENTED; i++) items = mr_arena_format(&b->a, "%.*s,null", MR_STR_ARG(items));
    mr_str text =
        mr_arena_format(&b->a, "{'type':'VerifiablePresentation','verifiableCredential':[%.*s]}", MR_STR_ARG(items));
    assert_code(mr_presentation_open(&b->a, &o, parse(b, json(b, text.ptr)), &p, &err), MR_E_LIMIT, err);
    assert_code(mr_presentation_open(&b->a, &o, parse(b, MR_STR("{}")), &p, &err), MR_E_FORMAT, err);
    assert_ok(mr_presentation_open(&b->a, &o, parse(b, json(b, "{'type':'VerifiablePresentation'}")), &p, &err), err);
    assert_int_equal(p.count, 0);
    mr_presentation_done(&p);
}

/* ---- envelopes ---- */

static const struct envelope_case {
    const char *id, *type, *text;
    mr_code code;
} envelopes[] = {
    {"data:application/vc+jwt,a.b.c", "vc+jwt", "a.b.c", MR_OK},
    {"DATA:Application/vc+sd-jwt,a.b.c%7Ed%7e", "vc+sd-jwt", "a.b.c~d~", MR_OK},
    {"data:application/vp+jwt;charset=utf-8;base64,YS5iLmM=", "vp+jwt", "a.b.c", MR_OK},
    {"data:application/vc+jwt", NULL, NULL, MR_E_FORMAT},
    {"data:text/plain,a", NULL, NULL, MR_E_FORMAT},
    {"data:,", NULL, NULL, MR_E_FORMAT},
    {"https://example.org/a,b", NULL, NULL, MR_E_FORMAT},
    {"", NULL, NULL, MR_E_FORMAT},
    {"data:application/vc+jwt,%", NULL, NULL, MR_E_ENCODING},
    {"data:application/vc+jwt,%4", NULL, NULL, MR_E_ENCODING},
    {"data:application/vc+jwt,%4x", NULL, NULL, MR_E_ENCODING},
    {"data:application/vc+jwt;base64,*", NULL, NULL, MR_E_ENCODING},
};

static void test_envelope_read__takes_data_urls_apart(void **state)
{
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof envelopes / sizeof *envelopes; i++) {
        mr_str type, text;
        struct mr_err err = {0};
        print_message("# %s\n", envelopes[i].id);
        const mr_json *envelope = parse(b, mr_arena_format(&b->a, "{\"id\":\"%s\"}", envelopes[i].id));
        assert_code(mr_envelope_read(&b->a, envelope, &type, &text, &err), envelopes[i].code, err);
        if (envelopes[i].code != MR_OK) continue;
        assert_str(type, envelopes[i].type);
        assert_str(text, envelopes[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_presentation_open__takes_credentials_in_every_form, setup, teardown),
        cmocka_unit_test_setup_teardown(test_presentation_open__refuses_each_for_its_fault, setup, teardown),
        cmocka_unit_test_setup_teardown(test_presentation_open__refuses_what_is_no_secured_credential, setup, teardown),
        cmocka_unit_test_setup_teardown(test_presentation_open__keeps_to_its_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_envelope_read__takes_data_urls_apart, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
