/* The claims of tokens as documents: what each form gives, and what two places that differ are refused for. */
#include "testing.h"

#include "base/limits.h"
#include "proof/vc_jwt.h"

#define V1 "\"@context\":[\"https://www.w3.org/2018/credentials/v1\"],\"type\":[\"VerifiableCredential\"]"
#define V2 "\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"type\":[\"VerifiableCredential\"]"
#define VP1 "\"@context\":[\"https://www.w3.org/2018/credentials/v1\"],\"type\":[\"VerifiablePresentation\"]"
#define VP2 "\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"type\":[\"VerifiablePresentation\"]"

static int read_claims(mr_arena *a, const char *typ, const char *claims, mr_str *ret_text, const mr_json **ret_document,
                       bool *ret_presentation, struct mr_err *err)
{
    const mr_json *root;
    struct mr_err e = {0};
    assert_ok(mr_json_parse(a, mr_str_of(claims), NULL, &root, &e), e);
    return mr_vc_jwt_document(a, mr_str_of(typ), mr_str_of(claims), root, ret_text, ret_document, ret_presentation,
                              err);
}

static const struct document_case {
    const char *typ, *claims, *document;
    bool presentation;
} documents[] = {
    /* VC-JOSE-COSE: the claims are the document */
    {"vc+jwt", "{" V2 ",\"issuer\":\"https://a.example\"}", "{" V2 ",\"issuer\":\"https://a.example\"}", false},
    {"VC+JWT", "{\"iss\":\"https://a.example\",\"iat\":1,\"exp\":2," V2 ",\"issuer\":{\"id\":\"https://a.example\"}}",
     "{" V2 ",\"issuer\":{\"id\":\"https://a.example\"}}", false},
    {"vc+jwt",
     "{" V2 ",\"id\":\"urn:x\",\"jti\":\"urn:x\",\"sub\":\"did:a\",\"credentialSubject\":[{\"id\":\"did:b\"},{\"id\":"
     "\"did:a\"}]}",
     "{" V2 ",\"id\":\"urn:x\",\"credentialSubject\":[{\"id\":\"did:b\"},{\"id\":\"did:a\"}]}", false},
    {"vc+jwt", "{" V2 ",\"nbf\":5,\"validFrom\":\"2020-01-01T00:00:00Z\"}",
     "{" V2 ",\"validFrom\":\"2020-01-01T00:00:00Z\"}", false}, /* of the token alone */
    {"vc+sd-jwt", "{" V2 ",\"cnf\":{\"jwk\":{}},\"n\":1.50}", "{" V2 ",\"n\":1.50}", false},
    {"vc+jwt", "{" V2 ",\"status\":{\"status_list\":{}}}", "{" V2 ",\"status\":{\"status_list\":{}}}", false},
    {"vp+jwt", "{" VP2 ",\"nonce\":\"n\",\"aud\":\"x\",\"holder\":\"did:a\",\"iss\":\"did:a\"}",
     "{" VP2 ",\"holder\":\"did:a\"}", true},
    /* VC Data Model 1.1: claims instead of members */
    {"JWT",
     "{\"iss\":\"did:i\",\"sub\":\"did:s\",\"jti\":\"urn:x\",\"nbf\":1262304000,\"exp\":1573029723,\"vc\":{" V1
     ",\"credentialSubject\":{\"degree\":1}}}",
     "{" V1 ",\"credentialSubject\":{\"id\":\"did:s\",\"degree\":1},\"id\":\"urn:x\",\"issuer\":\"did:i\","
     "\"issuanceDate\":\"2010-01-01T00:00:00Z\",\"expirationDate\":\"2019-11-06T08:42:03Z\"}",
     false},
    {"", "{\"iss\":\"did:i\",\"sub\":\"did:s\",\"vc\":{" V1 "}}",
     "{" V1 ",\"issuer\":\"did:i\",\"credentialSubject\":{\"id\":\"did:s\"}}", false},
    {"JWT",
     "{\"iss\":\"did:i\",\"vc\":{" V1
     ",\"issuer\":{\"name\":\"I\"},\"credentialSubject\":[{\"a\":1}]},\"sub\":\"did:s\"}",
     "{" V1 ",\"issuer\":{\"id\":\"did:i\",\"name\":\"I\"},\"credentialSubject\":[{\"id\":\"did:s\",\"a\":1}]}", false},
    /* the same, twice; a time of the document may have fractions */
    {"JWT",
     "{\"iss\":\"did:i\",\"sub\":\"did:s\",\"jti\":\"urn:x\",\"nbf\":1760489061,\"vc\":{" V1
     ",\"id\":\"urn:x\",\"issuer\":\"did:i\",\"issuanceDate\":\"2025-10-15T00:44:21.142Z\",\"credentialSubject\":{"
     "\"id\":\"did:s\"}}}",
     "{" V1
     ",\"id\":\"urn:x\",\"issuer\":\"did:i\",\"issuanceDate\":\"2025-10-15T00:44:21.142Z\",\"credentialSubject\":{"
     "\"id\":\"did:s\"}}",
     false},
    {"JWT", "{\"nbf\":1262304000.9,\"vc\":{" V2 "}}", "{" V2 ",\"validFrom\":\"2010-01-01T00:00:00Z\"}", false},
    {"JWT",
     "{\"iss\":\"did:h\",\"jti\":\"urn:p\",\"nbf\":9,\"sub\":\"x\",\"vp\":{" VP1
     ",\"verifiableCredential\":[\"a.b.c\"]}}",
     "{" VP1 ",\"verifiableCredential\":[\"a.b.c\"],\"id\":\"urn:p\",\"holder\":\"did:h\"}", true},
    /* Open Badges 3.0: beside the badge */
    {"JWT",
     "{" V2
     ",\"id\":\"urn:x\",\"issuer\":{\"id\":\"did:i\",\"type\":[\"Profile\"]},\"validFrom\":\"2010-01-01T00:00:00Z\","
     "\"credentialSubject\":{\"id\":\"did:s\"},\"iss\":\"did:i\",\"jti\":\"urn:x\",\"nbf\":1262304000,\"sub\":\"did:"
     "s\"}",
     "{" V2
     ",\"id\":\"urn:x\",\"issuer\":{\"id\":\"did:i\",\"type\":[\"Profile\"]},\"validFrom\":\"2010-01-01T00:00:00Z\","
     "\"credentialSubject\":{\"id\":\"did:s\"}}",
     false},
};

static void test_vc_jwt_document__is_what_the_claims_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        const struct document_case *c = &documents[i];
        mr_str text;
        const mr_json *document;
        bool presentation;
        struct mr_err err = {0};
        mr_arena_init(&a, MR_MIB);
        print_message("# %s %s\n", c->typ, c->claims);
        assert_ok(read_claims(&a, c->typ, c->claims, &text, &document, &presentation, &err), err);
        assert_str(text, c->document);
        assert_int_equal(presentation, c->presentation);
        assert_true(mr_json_is(document, MR_JSON_OBJECT));
        assert_int_equal(document->position, 0);
    }
}

static const struct refused_case {
    const char *typ, *claims, *message;
} refused[] = {
    {"bad+typ", "{" V2 "}", "token.typ"},
    {"statuslist+jwt", "{}", "token.typ"},
    {"vc+jwt", "{" VP2 "}", "token.typ"},
    {"vp+jwt", "{" V2 "}", "token.typ"},
    {"vc+jwt", "{" V2 ",\"vc\":{}}", "token.vc_claim"},
    {"vc+jwt", "{\"vc\":{" V2 "}}", "token.vc_claim"},
    {"vp+jwt", "{" VP2 ",\"vp\":null}", "token.vc_claim"},
    {"vc+jwt", "{" V2 ",\"vp\":{" VP2 "}}", "token.vc_claim"},
    {"vc+jwt", "[]", "token.nothing"},
    {"vc+jwt", "{\"iss\":\"a\"}", "token.nothing"},
    {"JWT", "{\"iss\":\"a\"}", "token.nothing"},
    {"JWT", "{\"vc\":\"text\"}", "token.nothing"},
    {"JWT", "{\"vc\":{" V1 "},\"vp\":{" VP1 "}}", "token.nothing"},
    {"vc+jwt", "{" V2 ",\"iss\":\"https://a.example\",\"issuer\":\"https://b.example\"}", "token.issuer"},
    {"vc+jwt", "{" V2 ",\"iss\":7,\"issuer\":\"https://b.example\"}", "token.issuer"},
    {"JWT", "{\"iss\":\"did:a\",\"vc\":{" V1 ",\"issuer\":{\"id\":\"did:b\"}}}", "token.issuer"},
    {"JWT", "{\"iss\":\"did:a\",\"vp\":{" VP1 ",\"holder\":\"did:b\"}}", "token.issuer"},
    {"JWT", "{\"jti\":\"urn:a\",\"vc\":{" V1 ",\"id\":\"urn:b\"}}", "token.id"},
    {"vc+jwt", "{\"jti\":\"urn:a\"," V2 ",\"id\":\"urn:b\"}", "token.id"},
    {"JWT", "{\"sub\":\"did:a\",\"vc\":{" V1 ",\"credentialSubject\":{\"id\":\"did:b\"}}}", "token.subject"},
    {"JWT", "{\"sub\":\"did:a\",\"vc\":{" V1 ",\"credentialSubject\":\"did:a\"}}", "token.subject"},
    {"JWT", "{\"sub\":\"did:a\",\"vc\":{" V1 ",\"credentialSubject\":[{\"a\":1},{\"b\":1}]}}", "token.subject"},
    {"vc+jwt", "{\"sub\":\"did:a\"," V2 ",\"credentialSubject\":[{\"id\":\"did:b\"}]}", "token.subject"},
    {"JWT", "{\"nbf\":1262304001,\"vc\":{" V1 ",\"issuanceDate\":\"2010-01-01T00:00:00Z\"}}", "token.times"},
    {"JWT", "{\"nbf\":1262304000,\"vc\":{" V1 ",\"issuanceDate\":\"soon\"}}", "token.times"},
    {"JWT", "{\"exp\":1262304001," V2 ",\"validUntil\":\"2010-01-01T00:00:00Z\"}", "token.times"},
    {"vc+jwt", "{\"exp\":\"1262304001\"," V2 "}", "token.times"},
    {"vc+jwt", "{\"exp\":1e300," V2 "}", "token.times"},
};

static void test_vc_jwt_document__refuses_what_contradicts_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        mr_str text;
        const mr_json *document;
        bool presentation;
        struct mr_err err = {0};
        mr_arena_init(&a, MR_MIB);
        print_message("# %s %s\n", refused[i].typ, refused[i].claims);
        assert_code(read_claims(&a, refused[i].typ, refused[i].claims, &text, &document, &presentation, &err),
                    MR_E_FORMAT, err);
        assert_string_equal(err.message, refused[i].message);
    }
}

/* Nothing is written, and read, a second time. */
static void test_vc_jwt_document__is_the_claims_where_they_are_nothing_else(void **state)
{
    static const char claims[] = " {" V2 " ,\"n\": 1.50}\n", mixed[] = "{\"iat\":1, " V2 "}";
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str text;
    const mr_json *root, *document;
    bool presentation;
    struct mr_err err = {0};
    mr_arena_init(&a, MR_MIB);
    assert_ok(mr_json_parse(&a, mr_str_of(claims), NULL, &root, &err), err);
    assert_ok(mr_vc_jwt_document(&a, MR_STR("vc+jwt"), mr_str_of(claims), root, &text, &document, &presentation, &err),
              err);
    assert_ptr_equal(document, root);
    assert_str(text, "{" V2 " ,\"n\": 1.50}");
    assert_ok(mr_json_parse(&a, mr_str_of(mixed), NULL, &root, &err), err);
    assert_ok(mr_vc_jwt_document(&a, MR_STR("vc+jwt"), mr_str_of(mixed), root, &text, &document, &presentation, &err),
              err);
    assert_ptr_not_equal(document, root);
    assert_null(mr_json_get(document, "iat"));
    assert_str(text, "{" V2 "}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vc_jwt_document__is_what_the_claims_say),
        cmocka_unit_test(test_vc_jwt_document__refuses_what_contradicts_itself),
        cmocka_unit_test(test_vc_jwt_document__is_the_claims_where_they_are_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
