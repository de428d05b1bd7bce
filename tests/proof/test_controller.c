/* Whose key is it: documents that are fetched (from a table here), and identifiers that hold their key. What the standards' own vectors say is in
 * suite_identifiers.c. */
#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "proof/controller.h"
#include "proof/jwk.h"

/* vc-di-eddsa and vc-di-ecdsa, test vectors; RFC 8037 A.2 */
#define ED "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
#define P256 "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP"
#define K256 "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"
#define OKP_JWK "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
#define OKP58 "FVen3X669xLzsi6N2V91DoiyzHzg1uAgqiT8jZ9nS96Z"

/* ---- a network of two tables ---- */

struct web {
    const char *url, *answer; /* NULL: the error below */
    mr_code code;
    size_t asked;
};

static int web_get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    assert_non_null(strstr(accept, "application/json"));
    for (struct web *w = self; w->url; w++) {
        if (!mr_str_is(url, w->url)) continue;
        w->asked++;
        if (!w->answer) return MR_FAIL_DETAIL(err, w->code, "it failed", "as the test wants");
        *ret = mr_arena_dup(a, mr_str_of(w->answer));
        return ret->len <= max ? MR_OK : MR_FAIL(err, MR_E_LIMIT, "larger than allowed", MR_NOWHERE);
    }
    return MR_FAIL_DETAIL(err, MR_E_NET, "the other side answered with an error", "HTTP status 404");
}

static int setup(void **state)
{
    static mr_arena a;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    *state = &a;
    return 0;
}

static int teardown(void **state)
{
    mr_arena_done(*state);
    return 0;
}

static struct mr_method find(mr_arena *a, const mr_fetch *fetch, mr_str method, mr_relationship use)
{
    struct mr_resolver resolver = {fetch};
    struct mr_method m;
    struct mr_err err = {0};
    assert_ok(mr_controller_find(&resolver, a, method, use, &m, &err), err);
    assert_int_equal(m.key != NULL, m.why.state == MR_PASSED);
    return m;
}

/* What becomes of looking for `method` in this answer of its address. */
static void assert_found_in(mr_arena *a, const char *url, const char *document, const char *method, mr_relationship use,
                            const char *id, const char *detail)
{
    struct web web[] = {{url, document}, {NULL}};
    mr_fetch fetch = {web_get, web};
    struct mr_method m = find(a, &fetch, mr_str_of(method), use);
    mr_key_free(m.key);
    if (!mr_str_is(mr_str_of(m.why.id), id) || (detail && mr_str_find(m.why.detail, mr_str_of(detail)) < 0))
        fail_msg("%s\n  %s %s: %s (%.*s), wanted %s (%s)", document, method, mr_relationship_name(use), m.why.id,
                 MR_STR_ARG(m.why.detail), id, detail ? detail : "");
}

#define WEB "did:web:example.org"
#define WEB_URL "https://example.org/.well-known/did.json"
#define METHOD(id, key)                                                                                                \
    "{\"id\":\"" id "\",\"type\":\"Multikey\",\"controller\":\"" WEB "\",\"publicKeyMultibase\":\"" key "\"}"
#define DOCUMENT(methods, uses) "{\"id\":\"" WEB "\",\"verificationMethod\":[" methods "]" uses "}"
#define ASSERTION(entries) ",\"assertionMethod\":[" entries "]"

static void test_controller_find__takes_exactly_what_a_document_says(void **state)
{
    static const struct {
        const char *document, *method;
        mr_relationship use;
        const char *id, *detail;
    } cases[] = {
#define A MR_ASSERTION_METHOD
#define K WEB "#k"
        /* referenced, absolute and relative; embedded; a single one without brackets */
        {DOCUMENT(METHOD(K, ED), ASSERTION("\"" K "\"")), K, A, "key.found", NULL},
        {DOCUMENT(METHOD("#k", ED), ASSERTION("\"" K "\"")), K, A, "key.found", NULL},
        {DOCUMENT(METHOD(K, ED), ASSERTION("\"#k\"")), K, A, "key.found", NULL},
        {DOCUMENT("", ASSERTION(METHOD("#k", P256))), K, A, "key.found", NULL},
        {DOCUMENT(METHOD("#j", P256) "," METHOD("#k", ED), ASSERTION("\"#j\",\"#k\"")), K, A, "key.found", NULL},
        {"{\"id\":\"" WEB "\",\"verificationMethod\":" METHOD("#k", ED) ",\"assertionMethod\":\"#k\"}", K, A,
         "key.found", NULL},
        /* it is there, for something else */
        {DOCUMENT(METHOD(K, ED), ASSERTION("\"" K "\"")), K, MR_AUTHENTICATION, "key.relationship", K},
        {DOCUMENT(METHOD(K, ED), ""), K, A, "key.relationship", NULL},
        {DOCUMENT("", ",\"authentication\":[" METHOD(K, ED) "]"), K, A, "key.relationship", NULL},
        {DOCUMENT("", ",\"authentication\":[" METHOD(K, ED) "]" ASSERTION("\"#k\"")), K, A, "key.relationship", NULL},
        {DOCUMENT(METHOD(K, ED), ",\"assertionmethod\":[\"" K "\"]"), K, A, "key.relationship", NULL},
        /* it is not there */
        {DOCUMENT(METHOD(K, ED), ASSERTION("\"#k\"")), WEB "#j", A, "key.absent", WEB "#j"},
        {DOCUMENT(METHOD(K, ED), ASSERTION("\"#k\"")), WEB "#", A, "key.absent", NULL},
        {DOCUMENT(METHOD(K, ED), ASSERTION("\"#k\"")), WEB, A, "key.absent", "names no key"},
        {DOCUMENT("", ASSERTION("\"#k\"")), K, A, "key.absent", NULL},
        {DOCUMENT(METHOD("k", ED), ASSERTION("\"k\"")), K, A, "key.absent", NULL},
        {"{\"id\":\"" WEB "\"}", K, A, "key.absent", NULL},
        {DOCUMENT("7,null,[]", ASSERTION("7,null,[]")), K, A, "key.absent", NULL},
        /* somebody else's */
        {"{\"id\":\"did:web:example.com\"}", K, A, "key.other_id", "did:web:example.com"},
        {"{}", K, A, "key.other_id", NULL},
        {"{\"id\":7}", K, A, "key.other_id", NULL},
        {DOCUMENT(
             "{\"id\":\"#k\",\"type\":\"Multikey\",\"controller\":\"did:web:evil.example\",\"publicKeyMultibase\":\"" ED
             "\"}",
             ASSERTION("\"#k\"")),
         K, A, "key.controller", "did:web:evil.example"},
        {DOCUMENT("{\"id\":\"#k\",\"type\":\"Multikey\",\"publicKeyMultibase\":\"" ED "\"}", ASSERTION("\"#k\"")), K, A,
         "key.document", "controller"},
        /* twice, but the same key */
        {DOCUMENT(METHOD(K, ED), ASSERTION(METHOD(K, ED))), K, A, "key.found", NULL},
        /* twice, so that nobody knows which */
        {DOCUMENT(METHOD(K, ED) "," METHOD("#k", P256), ASSERTION("\"#k\"")), K, A, "key.document", "more than once"},
        {DOCUMENT(METHOD(K, ED), ASSERTION(METHOD("#k", P256))), K, A, "key.document", "more than once"},
        /* no document */
        {"", K, A, "key.document", NULL},
        {"[]", K, A, "key.document", "object"},
        {"<html>", K, A, "key.document", NULL},
        {"{\"id\":\"" WEB "\",\"id\":\"" WEB "\"}", K, A, "key.document", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_found_in(*state, WEB_URL, cases[i].document, cases[i].method, cases[i].use, cases[i].id,
                        cases[i].detail);
}

static void test_controller_find__reads_every_type_of_method(void **state)
{
#define KEY(members) DOCUMENT("{\"id\":\"#k\",\"controller\":\"" WEB "\"," members "}", ASSERTION("\"#k\""))
    static const struct {
        const char *document, *id, *detail;
    } cases[] = {
        {KEY("\"type\":\"Multikey\",\"publicKeyMultibase\":\"" ED "\""), "key.found", NULL},
        {KEY("\"type\":\"JsonWebKey\",\"publicKeyJwk\":" OKP_JWK), "key.found", NULL},
        {KEY("\"type\":\"JsonWebKey2020\",\"publicKeyJwk\":" OKP_JWK), "key.found", NULL},
        {KEY("\"type\":\"Ed25519VerificationKey2020\",\"publicKeyMultibase\":\"" ED "\""), "key.found", NULL},
        {KEY("\"type\":\"Ed25519VerificationKey2018\",\"publicKeyBase58\":\"" OKP58 "\""), "key.found", NULL},
        {KEY("\"type\":\"Ed25519VerificationKey2018\",\"publicKeyMultibase\":\"" ED "\""), "key.found", NULL},
        {KEY("\"type\":\"Ed25519VerificationKey2018\",\"publicKeyJwk\":" OKP_JWK), "key.found", NULL},
        /* kinds that are known and not handled, or not known */
        {KEY("\"type\":\"Multikey\",\"publicKeyMultibase\":\"" K256 "\""), "key.unknown_kind", "secp256k1"},
        {KEY("\"type\":\"EcdsaSecp256k1VerificationKey2019\",\"publicKeyBase58\":\"" OKP58 "\""), "key.unknown_kind",
         "EcdsaSecp256k1VerificationKey2019"},
        {KEY("\"type\":\"JsonWebKey\",\"publicKeyJwk\":{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"AA\",\"y\":"
             "\"AA\"}"),
         "key.unknown_kind", "secp256k1"},
        {KEY("\"type\":\"Multikey\",\"publicKeyMultibase\":\"f00\""), "key.unknown_kind", NULL},
        /* malformed */
        {KEY("\"publicKeyMultibase\":\"" ED "\""), "key.document", "type"},
        {KEY("\"type\":[\"Multikey\"],\"publicKeyMultibase\":\"" ED "\""), "key.document", "type"},
        {KEY("\"type\":\"Multikey\""), "key.document", "without the key"},
        {KEY("\"type\":\"Multikey\",\"publicKeyJwk\":" OKP_JWK), "key.document", "without the key"},
        {KEY("\"type\":\"Multikey\",\"publicKeyMultibase\":7"), "key.unknown_kind", NULL},
        {KEY("\"type\":\"Multikey\",\"publicKeyMultibase\":\"z6MkrJVn0\""), "key.document", NULL},
        {KEY("\"type\":\"Multikey\",\"publicKeyMultibase\":\"z2NcF9\""), "key.document", NULL},
        {KEY("\"type\":\"Multikey\",\"publicKeyMultibase\":\"" ED "\",\"publicKeyJwk\":" OKP_JWK), "key.document",
         "more than one"},
        {KEY("\"type\":\"Ed25519VerificationKey2020\",\"publicKeyMultibase\":\"" P256 "\""), "key.document", "kind"},
        {KEY("\"type\":\"Ed25519VerificationKey2018\",\"publicKeyBase58\":\"" ED "\""), "key.document", NULL},
        {KEY("\"type\":\"JsonWebKey\",\"publicKeyJwk\":\"x\""), "key.document", NULL},
        {KEY("\"type\":\"JsonWebKey\",\"publicKeyJwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\",\"d\":"
             "\"AA\"}"),
         "key.document", "private"},
        {KEY("\"type\":\"Multikey\",\"publicKeyMultibase\":\"" ED "\",\"expires\":\"soon\""), "key.document", "time"},
        {KEY("\"type\":\"Multikey\",\"publicKeyMultibase\":\"" ED "\",\"revoked\":false"), "key.document", "time"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_found_in(*state, WEB_URL, cases[i].document, WEB "#k", MR_ASSERTION_METHOD, cases[i].id,
                        cases[i].detail);
}

static void test_controller_find__reads_documents_at_https_addresses(void **state)
{
#define ISSUER "https://example.edu/issuers/1"
#define ISSUER_DOCUMENT(id)                                                                                            \
    "{\"id\":\"" id "\",\"assertionMethod\":[{\"id\":\"" ISSUER "#k\",\"type\":\"Multikey\",\"controller\":\"" ISSUER  \
    "\",\"publicKeyMultibase\":\"" ED "\"}]}"
    assert_found_in(*state, ISSUER, ISSUER_DOCUMENT(ISSUER), ISSUER "#k", MR_ASSERTION_METHOD, "key.found", NULL);
    assert_found_in(*state, ISSUER, ISSUER_DOCUMENT("https://example.edu/issuers/2"), ISSUER "#k", MR_ASSERTION_METHOD,
                    "key.other_id", "issuers/2");
    assert_found_in(*state, ISSUER, ISSUER_DOCUMENT(ISSUER), ISSUER, MR_ASSERTION_METHOD, "key.absent", NULL);
}

static void test_controller_find__says_what_it_was_about(void **state)
{
    struct web web[] = {{WEB_URL, DOCUMENT(METHOD("#k", ED), ASSERTION("\"#k\""))}, {NULL}};
    mr_fetch fetch = {web_get, web};
    struct mr_method m = find(*state, &fetch, MR_STR(WEB "#k"), MR_ASSERTION_METHOD);
    assert_str(m.id, WEB "#k");
    assert_str(m.controller, WEB);
    assert_true(m.fetched);
    mr_key_free(m.key);
    m = find(*state, NULL, MR_STR("did:key:" ED "#" ED), MR_ASSERTION_METHOD);
    assert_str(m.controller, "did:key:" ED);
    assert_false(m.fetched);
    assert_true(m.expires == MR_TIME_NONE && m.revoked == MR_TIME_NONE);
    mr_key_free(m.key);
    m = find(*state, NULL, MR_STR(WEB "#k"), MR_ASSERTION_METHOD);
    assert_string_equal(m.why.id, "key.not_asked");
    assert_int_equal(m.why.state, MR_UNCHECKED);
    assert_str(m.why.detail, WEB_URL);
    assert_str(m.controller, WEB);
}

static void test_controller_find__tells_apart_how_fetching_failed(void **state)
{
    struct web web[] = {{WEB_URL, NULL, MR_E_NET}, {ISSUER, NULL, MR_E_LIMIT}, {NULL}};
    mr_fetch fetch = {web_get, web};
    static const struct {
        const char *method, *detail;
    } cases[] = {
        {WEB "#k", WEB_URL ": as the test wants"},
        {ISSUER "#k", ISSUER ": as the test wants"},
        {"did:web:example.net#k", "https://example.net/.well-known/did.json: HTTP status 404"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_method m = find(*state, &fetch, mr_str_of(cases[i].method), MR_ASSERTION_METHOD);
        assert_string_equal(m.why.id, "key.unreachable");
        assert_int_equal(m.why.state, MR_UNCHECKED);
        assert_str(m.why.detail, cases[i].detail);
        assert_false(m.fetched);
    }
    web[0].code = MR_E_STATE; /* the network is off for this one */
    struct mr_method m = find(*state, &fetch, MR_STR(WEB "#k"), MR_ASSERTION_METHOD);
    assert_string_equal(m.why.id, "key.not_asked");
    assert_str(m.why.detail, WEB_URL);
}

static void test_controller_find__judges_identifiers_without_a_network(void **state)
{
#define JWK_DID                                                                                                        \
    "did:jwk:eyJrdHkiOiJPS1AiLCJjcnYiOiJFZDI1NTE5IiwieCI6IjExcVlBWUt4Q3JmVlNfN1R5V1FIT2c3aGN2UGFwaU1scndJYWFQY0hVUm8i"
    static const struct {
        const char *method;
        mr_relationship use;
        const char *id, *detail;
    } cases[] = {
        {"did:key:" ED "#" ED, A, "key.found", NULL},
        {"did:key:" P256 "#" P256, MR_CAPABILITY_DELEGATION, "key.found", NULL},
        {"did:key:" ED "#" ED, MR_KEY_AGREEMENT, "key.relationship", NULL},
        {"did:key:" ED "#" P256, A, "key.absent", NULL},
        {"did:key:" ED, A, "key.absent", NULL},
        {"did:key:" K256 "#" K256, A, "key.unknown_kind", "secp256k1"},
        {"did:key:z2#z2", A, "key.unknown_kind", NULL},
        {"did:key:z2NcF9#z2NcF9", A, "key.document", NULL},
        {"did:key:z#z", A, "key.unknown_kind", NULL},
        {"did:key:#", A, "key.document", NULL},
        {"did:key:z0#z0", A, "key.document", NULL},
        {"did:key:uAAA#uAAA", A, "key.document", NULL},
        {"did:key:1.1:" ED "#" ED, A, "key.document", NULL},
        {JWK_DID "fQ#0", A, "key.found", NULL},
        {JWK_DID "fQ#0", MR_KEY_AGREEMENT, "key.found", NULL},
        {JWK_DID "fQ#1", A, "key.absent", NULL},
        {JWK_DID "LCJ1c2UiOiJzaWcifQ#0", A, "key.found", NULL},
        {JWK_DID "LCJ1c2UiOiJzaWcifQ#0", MR_KEY_AGREEMENT, "key.relationship", NULL},
        {JWK_DID "LCJ1c2UiOiJlbmMifQ#0", A, "key.relationship", NULL},
        {JWK_DID "LCJkIjoiQUFBQSJ9#0", A, "key.document", "private"},
        {JWK_DID "#0", A, "key.document", NULL},
        {"did:jwk:#0", A, "key.document", NULL},
        {"did:jwk:W10#0", A, "key.document", NULL},
        {"did:jwk:%%%#0", A, "key.document", NULL},
        {"did:ebsi:zhSw5rPXkcHjvquwnVcTzzB#k", A, "key.unknown_method", "did:ebsi"},
        {"did:KEY:" ED "#" ED, A, "key.unknown_method", NULL},
        {"urn:uuid:1#k", A, "key.unknown_method", "urn"},
        {"http://example.org/1#k", A, "key.unknown_method", "http"},
        {"did:web:example.org/path#k", A, "key.document", NULL},
        {"did:web:example.org?versionId=1#k", A, "key.document", NULL},
        {"did:web:10.0.0.1#k", A, "key.document", NULL},
        {"did:web:#k", A, "key.document", NULL},
        {"did:", A, "key.document", NULL},
        {"https://#k", A, "key.document", NULL},
        {"https://example.org/a b#k", A, "key.document", NULL},
        {"#k", A, "key.document", NULL},
        {"k", A, "key.document", NULL},
        {"", A, "key.document", NULL},
        {"\xff\xfe:x#k", A, "key.unknown_method", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_method m = find(*state, NULL, mr_str_of(cases[i].method), cases[i].use);
        mr_key_free(m.key);
        if (!mr_str_is(mr_str_of(m.why.id), cases[i].id) ||
            (cases[i].detail && mr_str_find(m.why.detail, mr_str_of(cases[i].detail)) < 0))
            fail_msg("%s %s: %s (%.*s)", cases[i].method, mr_relationship_name(cases[i].use), m.why.id,
                     MR_STR_ARG(m.why.detail));
    }
}

static void test_controller_find__has_limits(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    struct mr_err err;
    mr_buf_init(&b, 1 << 20);
    mr_buf_puts(&b, "{\"id\":\"" WEB "\",\"verificationMethod\":[");
    for (size_t i = 0; i < MR_LIMIT_CONTROLLER_KEYS; i++) mr_buf_puts(&b, "{\"id\":\"#x\"},");
    mr_buf_puts(&b, METHOD("#k", ED) "]" ASSERTION("\"#k\"") "}");
    mr_buf_putc(&b, '\0');
    assert_found_in(*state, WEB_URL, b.ptr, WEB "#k", MR_ASSERTION_METHOD, "key.document", "more keys");

    char *name = mr_arena_alloc(*state, MR_LIMIT_IDENTIFIER + 1);
    memset(name, 'z', MR_LIMIT_IDENTIFIER + 1);
    memcpy(name, "did:key:", 8);
    mr_str id = mr_str_make(name, MR_LIMIT_IDENTIFIER + 1), text;
    struct mr_method m = find(*state, NULL, id, MR_ASSERTION_METHOD);
    assert_string_equal(m.why.id, "key.document");
    assert_code(mr_controller_resolve(*state, id, NULL, &text, &err), MR_E_FORMAT, err);
    id.len = MR_LIMIT_BASE58 + 100;
    m = find(*state, NULL, id, MR_ASSERTION_METHOD);
    assert_string_equal(m.why.id, "key.document");
}

static void test_method_state__judges_by_the_clock(void **state)
{
    static const struct {
        const char *members;
        const char *id;
    } cases[] = {
        {"", "key.found"},
        {",\"expires\":\"2026-01-01T00:00:00Z\"", "key.found"},
        {",\"expires\":\"2025-06-01T00:00:00Z\"", "key.expired"},
        {",\"revoked\":\"2025-06-01T00:00:00Z\"", "key.revoked"},
        {",\"revoked\":\"2026-01-01T00:00:00Z\"", "key.found"},
        {",\"expires\":\"2024-06-01T00:00:00Z\",\"revoked\":\"2024-06-01T00:00:00Z\"", "key.revoked"},
    };
    const int64_t now = INT64_C(1748736000000); /* 2025-06-01T00:00:00Z */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str text = mr_arena_format(*state,
                                      "{\"id\":\"" WEB "\",\"assertionMethod\":[{\"id\":\"#k\",\"type\":\"Multikey\","
                                      "\"controller\":\"" WEB "\",\"publicKeyMultibase\":\"" ED "\"%s}]}",
                                      cases[i].members);
        struct web web[] = {{WEB_URL, text.ptr}, {NULL}};
        mr_fetch fetch = {web_get, web};
        struct mr_method m = find(*state, &fetch, MR_STR(WEB "#k"), MR_ASSERTION_METHOD);
        struct mr_step step = mr_method_state(&m, now);
        if (strcmp(step.id, cases[i].id) != 0) fail_msg("%s: %s", cases[i].members, step.id);
        assert_int_equal(step.state, i == 0 || !strcmp(step.id, "key.found") ? MR_PASSED : MR_FAILED);
        mr_key_free(m.key);
    }
    struct mr_method none = find(*state, NULL, MR_STR("did:x:y#z"), MR_ASSERTION_METHOD);
    assert_string_equal(mr_method_state(&none, now).id, "key.unknown_method");
}

static void test_controller_resolve__gives_the_document_or_an_error(void **state)
{
    struct web web[] = {{WEB_URL, DOCUMENT("", "")}, {ISSUER, "{\"id\":\"x\"}"}, {NULL}};
    mr_fetch fetch = {web_get, web};
    static const struct {
        const char *id;
        bool online;
        mr_code code;
        const char *document;
    } cases[] = {
        {WEB, true, MR_OK, DOCUMENT("", "")},
        {WEB, false, MR_E_STATE, NULL},
        {ISSUER, true, MR_E_FORMAT, NULL},
        {"did:web:example.net", true, MR_E_NET, NULL},
        {"did:example:1", true, MR_E_UNSUPPORTED, NULL},
        {"did:key:z2", true, MR_E_UNSUPPORTED, NULL},
        {"did:key:0", true, MR_E_FORMAT, NULL},
        {"example", true, MR_E_FORMAT, NULL},
        {"did:key:" ED, false, MR_OK,
         "{\"@context\":[\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/multikey/"
         "v1\"],\"id\":\"did:key:" ED "\",\"verificationMethod\":[{\"id\":\"did:key:" ED "#" ED
         "\",\"type\":\"Multikey\",\"controller\":\"did:key:" ED "\",\"publicKeyMultibase\":\"" ED
         "\"}],\"assertionMethod\":[\"did:key:" ED "#" ED "\"],\"authentication\":[\"did:key:" ED "#" ED
         "\"],\"capabilityInvocation\":[\"did:key:" ED "#" ED "\"],\"capabilityDelegation\":[\"did:key:" ED "#" ED
         "\"]}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_str text = MR_STR_EMPTY;
        int code = mr_controller_resolve(*state, mr_str_of(cases[i].id), cases[i].online ? &fetch : NULL, &text, &err);
        if (code != (int)cases[i].code) fail_msg("%s: %s", cases[i].id, mr_code_name((mr_code)code));
        if (code == MR_OK) assert_str(text, cases[i].document);
    }
}

static void test_did_put__is_found_again(void **state)
{
    for (mr_key_kind kind = MR_KEY_P256; kind < MR_KEY_OTHER; kind++) {
        for (int form = 0; form < 2; form++) {
            struct mr_err err = {0};
            MR_CLEANUP(mr_key_freep) mr_key *made = NULL;
            MR_CLEANUP(mr_buf_done) mr_buf did;
            uint8_t first[32], second[32];
            mr_buf_init(&did, MR_LIMIT_IDENTIFIER);
            assert_ok(mr_key_generate(kind, 2048, &made, &err), err);
            form ? mr_did_jwk_put(made, &did) : mr_did_key_put(made, &did);
            mr_str fragment = form ? MR_STR("0") : mr_arena_dup(*state, mr_str_from(mr_buf_str(&did), 8));
            mr_buf_putc(&did, '#'), mr_buf_put(&did, fragment);
            struct mr_method m = find(*state, NULL, mr_buf_str(&did), MR_ASSERTION_METHOD);
            assert_string_equal(m.why.id, "key.found");
            assert_ok(mr_jwk_thumbprint(made, first, &err), err);
            assert_ok(mr_jwk_thumbprint(m.key, second, &err), err);
            assert_memory_equal(first, second, 32);
            mr_key_free(m.key);
        }
    }
}

static void test_did_web_url__takes_names_and_nothing_else(void **state)
{
    static const struct {
        const char *did, *url;
    } cases[] = {
        {"did:web:example.org", "https://example.org/.well-known/did.json"},
        {"did:web:example.org:a:b", "https://example.org/a/b/did.json"},
        {"did:web:example.org%3A8443", "https://example.org:8443/.well-known/did.json"},
        {"did:web:example.org%3a8443:a", "https://example.org:8443/a/did.json"},
        {"did:web:localhost", "https://localhost/.well-known/did.json"},
        {"did:web:xn--bcher-kva.example", "https://xn--bcher-kva.example/.well-known/did.json"},
        {"did:web:example.org:%C3%A6", "https://example.org/%C3%A6/did.json"},
        {"did:web:", NULL},
        {"did:web::a", NULL},
        {"did:web:example.org:", NULL},
        {"did:web:example.org::a", NULL},
        {"did:web:example.org:..", NULL},
        {"did:web:example.org:.:a", NULL},
        {"did:web:example.org:a/b", NULL},
        {"did:web:example.org:%2", NULL},
        {"did:web:example.org:%zz", NULL},
        {"did:web:example.org%3A", NULL},
        {"did:web:example.org%3A0", NULL},
        {"did:web:example.org%3A65536", NULL},
        {"did:web:example.org%3A80%3A80", NULL},
        {"did:web:example.org%2Fa", NULL},
        {"did:web:example.org@evil.example", NULL},
        {"did:web:user%40evil.example", NULL},
        {"did:web:127.0.0.1", NULL},
        {"did:web:2130706433", NULL},
        {"did:web:0x7f000001", NULL},
        {"did:web:[::1]", NULL},
        {"did:web:example..org", NULL},
        {"did:web:-example.org", NULL},
        {"did:web:example-.org", NULL},
        {"did:web:ex ample.org", NULL},
        {"did:web:example.org#k", NULL},
        {"did:web:example.org?x", NULL},
        {"did:key:example.org", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_str url = MR_STR_EMPTY;
        int code = mr_did_web_url(*state, mr_str_of(cases[i].did), &url, &err);
        if (code != (cases[i].url ? MR_OK : MR_E_FORMAT)) fail_msg("%s: %s", cases[i].did, mr_code_name((mr_code)code));
        if (cases[i].url) assert_str(url, cases[i].url);
    }
    struct mr_err err;
    mr_str url;
    assert_code(mr_did_web_url(*state, MR_STR("did:web:example.org:a\0b"), &url, &err), MR_E_FORMAT, err);
}

#define ISS "https://example.com/tenant"
#define ISS_URL "https://example.com/.well-known/jwt-vc-issuer/tenant"

static void test_jwt_vc_issuer_find__follows_the_metadata(void **state)
{
#define SET(members) "{\"keys\":[{\"kid\":\"1\"," members "},{\"kid\":\"2\",\"kty\":\"EC\",\"crv\":\"secp256k1\"}]}"
#define GOOD SET("\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"")
#define META(members) "{\"issuer\":\"" ISS "\"" members "}"
    static const struct {
        const char *metadata, *kid, *id;
    } cases[] = {
        {META(",\"jwks\":" GOOD), "1", "key.found"},
        {META(",\"jwks_uri\":\"https://example.com/keys\""), "1", "key.found"},
        {META(",\"jwks\":" GOOD), "3", "key.absent"},
        {META(",\"jwks\":" GOOD), "", "key.absent"}, /* there are two */
        {META(",\"jwks\":" GOOD), "2", "key.unknown_kind"},
        {META(",\"jwks\":" SET("\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"")), "1", "key.document"},
        {META(",\"jwks\":" SET("\"use\":\"enc\",\"kty\":\"OKP\"")), "1", "key.relationship"},
        {META(",\"jwks\":" SET("\"kty\":\"oct\",\"k\":\"AA\"")), "1", "key.document"},
        {META(""), "1", "key.document"},
        {META(",\"jwks\":" GOOD ",\"jwks_uri\":\"https://example.com/keys\""), "1", "key.document"},
        {META(",\"jwks\":[]"), "1", "key.document"},
        {META(",\"jwks\":{}"), "1", "key.absent"},
        {META(",\"jwks_uri\":\"http://example.com/keys\""), "1", "key.document"},
        {META(",\"jwks_uri\":7"), "1", "key.document"},
        {META(",\"jwks_uri\":\"https://example.com/none\""), "1", "key.unreachable"},
        {META(",\"jwks_uri\":\"https://example.com/html\""), "1", "key.document"},
        {"{\"issuer\":\"https://example.com\",\"jwks\":" GOOD "}", "1", "key.other_id"},
        {"{\"jwks\":" GOOD "}", "1", "key.other_id"},
        {"nothing", "1", "key.document"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct web web[] = {{ISS_URL, cases[i].metadata},
                            {"https://example.com/keys", GOOD},
                            {"https://example.com/html", "<html>"},
                            {NULL}};
        mr_fetch fetch = {web_get, web};
        struct mr_method m;
        struct mr_err err = {0};
        assert_ok(mr_jwt_vc_issuer_find(*state, MR_STR(ISS), mr_str_of(cases[i].kid), &fetch, &m, &err), err);
        if (strcmp(m.why.id, cases[i].id) != 0 || (m.key != NULL) != (m.why.state == MR_PASSED))
            fail_msg("%s %s: %s (%.*s)", cases[i].metadata, cases[i].kid, m.why.id, MR_STR_ARG(m.why.detail));
        assert_str(m.controller, ISS);
        if (i == 0) assert_str(m.id, ISS "#1");
        mr_key_free(m.key);
    }
}

static void test_jwt_vc_issuer_find__knows_where_to_look(void **state)
{
    static const struct {
        const char *iss, *asked; /* NULL: nowhere */
    } cases[] = {
        {"https://example.com", "https://example.com/.well-known/jwt-vc-issuer"},
        {"https://example.com/", "https://example.com/.well-known/jwt-vc-issuer"},
        {"https://example.com:8443/a/b/", "https://example.com:8443/.well-known/jwt-vc-issuer/a/b"},
        {"http://example.com", NULL},
        {"https://", NULL},
        {"https:///a", NULL},
        {"https://user@example.com", NULL},
        {"https://example.com?x", NULL},
        {"https://example.com#x", NULL},
        {"https://example.com/a b", NULL},
        {"did:web:example.com", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_method m;
        struct mr_err err = {0};
        assert_ok(mr_jwt_vc_issuer_find(*state, mr_str_of(cases[i].iss), MR_STR("1"), NULL, &m, &err), err);
        assert_string_equal(m.why.id, cases[i].asked ? "key.not_asked" : "key.document");
        if (cases[i].asked) assert_str(m.why.detail, cases[i].asked);
    }
}

static void test_relationship_find__knows_exactly_its_names(void **state)
{
    (void)state;
    for (mr_relationship r = 0; r < MR_RELATIONSHIP_COUNT; r++)
        assert_int_equal(mr_relationship_find(mr_str_of(mr_relationship_name(r))), r);
    assert_int_equal(mr_relationship_find(MR_STR("AssertionMethod")), MR_RELATIONSHIP_COUNT);
    assert_int_equal(mr_relationship_find(MR_STR("")), MR_RELATIONSHIP_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_controller_find__takes_exactly_what_a_document_says),
        cmocka_unit_test(test_controller_find__reads_every_type_of_method),
        cmocka_unit_test(test_controller_find__reads_documents_at_https_addresses),
        cmocka_unit_test(test_controller_find__says_what_it_was_about),
        cmocka_unit_test(test_controller_find__tells_apart_how_fetching_failed),
        cmocka_unit_test(test_controller_find__judges_identifiers_without_a_network),
        cmocka_unit_test(test_controller_find__has_limits),
        cmocka_unit_test(test_method_state__judges_by_the_clock),
        cmocka_unit_test(test_controller_resolve__gives_the_document_or_an_error),
        cmocka_unit_test(test_did_put__is_found_again),
        cmocka_unit_test(test_did_web_url__takes_names_and_nothing_else),
        cmocka_unit_test(test_jwt_vc_issuer_find__follows_the_metadata),
        cmocka_unit_test(test_jwt_vc_issuer_find__knows_where_to_look),
        cmocka_unit_test(test_relationship_find__knows_exactly_its_names),
    };
    return cmocka_run_group_tests_name("proof/controller", tests, setup, teardown);
}
