/* The vectors of did:key, did:jwk and did:web. The documents of did:key's are in an older style, so it is the keys in them that are compared: kind and
 * octets, also of the kinds that Merit verifies nothing with, which must be told by name. */
#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "json/write.h"
#include "proof/controller.h"
#include "proof/jwk.h"

#define MEMORY (16 * MR_MIB)

static const mr_json *read_json(mr_arena *a, const char *path)
{
    struct mr_err err = {0};
    const mr_json *v = NULL;
    assert_ok(mr_json_parse(a, test_read_file(a, path), NULL, &v, &err), err);
    return v;
}

/* The method of our own document of a DID. */
static const mr_json *own_method(mr_arena *a, mr_str did)
{
    struct mr_err err = {0};
    const mr_json *v = NULL;
    mr_str text;
    assert_ok(mr_controller_resolve(a, did, NULL, &text, &err), err);
    assert_ok(mr_json_parse(a, text, NULL, &v, &err), err);
    return mr_json_at(mr_json_get(v, "verificationMethod"), 0);
}

static struct mr_method find(mr_arena *a, const mr_json *method, mr_relationship use)
{
    struct mr_resolver resolver = {NULL};
    struct mr_method m;
    struct mr_err err = {0};
    assert_ok(mr_controller_find(&resolver, a, mr_json_get_str(method, "id"), use, &m, &err), err);
    return m;
}

/* ---- did:key ---- */

/* What the vectors call a kind (type, or curve of a JWK), and what Merit calls it. */
static const struct kind {
    const char *theirs, *ours;
    bool handled;
} kinds[] = {
    {"Ed25519VerificationKey2018", "Ed25519", true},
    {"Ed25519", "Ed25519", true},
    {"P256Key2021", "P-256", true},
    {"P-256", "P-256", true},
    {"P-384", "P-384", true},
    {"RSA", "RSA", true},
    {"X25519KeyAgreementKey2019", "X25519", false},
    {"X25519", "X25519", false},
    {"EcdsaSecp256k1VerificationKey2019", "secp256k1", false},
    {"Bls12381G2Key2020", "BLS12-381 G2", false},
    {"BLS12381_G1", "BLS12-381 G1 and G2", false},
};

static const struct kind *kind_of(const mr_json *theirs)
{
    const mr_json *jwk = mr_json_get(theirs, "publicKeyJwk");
    mr_str name = mr_json_get_str(theirs, "type"), crv = mr_json_get_str(jwk, "crv");
    if (jwk) name = crv.len ? crv : mr_json_get_str(jwk, "kty");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (mr_str_is(name, kinds[i].theirs)) return &kinds[i];
    return NULL;
}

/* x of a JWK that Merit cannot read; that of BLS12-381 has G1, the first of two keys. */
static bool has_x(mr_arena *a, mr_str multikey, const mr_json *jwk)
{
    struct mr_err err = {0};
    mr_str x, octets = mr_str_from(multikey, 2);
    if (mr_base64url_read(a, mr_json_get_str(jwk, "x"), &x, &err) != MR_OK) return false;
    if (mr_str_is(mr_json_get_str(jwk, "crv"), "BLS12381_G1")) return x.len == 48 && mr_str_has_prefix(octets, x);
    return mr_str_eq(octets, x);
}

/* Whether the octets behind the prefix are those of the vector; a JWK that is read gives the whole Multikey. */
static bool has_octets(mr_arena *a, mr_str multikey, const mr_json *theirs)
{
    struct mr_err err = {0};
    const mr_json *jwk = mr_json_get(theirs, "publicKeyJwk");
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf again;
    mr_str octets;
    mr_buf_init(&again, MR_LIMIT_BASE58);
    if (!jwk)
        return mr_base58btc_read(a, mr_json_get_str(theirs, "publicKeyBase58"), &octets, &err) == MR_OK &&
               mr_str_eq(octets, mr_str_from(multikey, 2));
    if (mr_jwk_read(jwk, &key, &err) != MR_OK) return has_x(a, multikey, jwk);
    mr_key_put_multikey(key, &again);
    return mr_str_eq(mr_buf_str(&again), multikey);
}

static bool is_found(mr_arena *a, const mr_json *own, const struct kind *kind, mr_str did)
{
    bool agreement = kind->ours[0] == 'X';
    MR_CLEANUP(mr_buf_done) mr_buf again;
    struct mr_method m = find(a, own, agreement ? MR_KEY_AGREEMENT : MR_ASSERTION_METHOD);
    struct mr_method other = find(a, own, agreement ? MR_ASSERTION_METHOD : MR_KEY_AGREEMENT);
    bool good = mr_str_is(mr_str_of(other.why.id), "key.relationship");
    mr_buf_init(&again, MR_LIMIT_IDENTIFIER);
    if (kind->handled) {
        good = good && m.key;
        if (m.key) mr_did_key_put(m.key, &again);
        good = good && mr_str_eq(mr_buf_str(&again), did);
    } else {
        good =
            good && !m.key && mr_str_is(mr_str_of(m.why.id), "key.unknown_kind") && mr_str_is(m.why.detail, kind->ours);
    }
    mr_key_free(m.key);
    return good;
}

static bool key_passes(mr_arena *a, mr_str did, const mr_json *document)
{
    struct mr_err err = {0};
    const mr_json *theirs = mr_json_at(mr_json_get(document, "verificationMethod"), 0), *own = own_method(a, did);
    const struct kind *kind = kind_of(theirs);
    mr_str multikey;
    if (!kind || mr_multibase_read(a, mr_json_get_str(own, "publicKeyMultibase"), &multikey, &err) != MR_OK)
        return false;
    const char *name = mr_multikey_kind(multikey);
    return name && strcmp(name, kind->ours) == 0 && has_octets(a, multikey, theirs) && is_found(a, own, kind, did);
}

static void walk_keys(mr_arena *a, const mr_json *documents, size_t *passed, size_t *count)
{
    MR_JSON_EACH_MEMBER (did, documents) {
        const mr_json *document = mr_json_get(did + 1, "didDocument");
        bool good = key_passes(a, mr_json_text(did), document ? document : did + 1);
        if (!good) print_error("%.*s does not become its key\n", MR_STR_ARG(mr_json_text(did)));
        *passed += good;
        ++*count;
    }
}

static void test_controller__agrees_with_the_vectors_of_did_key(void **state)
{
    static const char *const files[] = {"bls12381.json",       "rsa.json",   "secp256k1.json", "nist-curves.json",
                                        "ed25519-x25519.json", "x25519.json"};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    size_t passed = 0, count = 0;
    (void)state;
    mr_arena_init(&a, MEMORY);
    const char *folder = test_suite(&a, "did-key");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const mr_json *root = read_json(&a, test_path(&a, folder, files[i]));
        const mr_json *nested = mr_json_get(root, "didDocument"); /* x25519.json has all documents in one member */
        walk_keys(&a, nested ? nested : root, &passed, &count);
    }
    test_suite_count("did-key", passed, count, 0);
    assert_int_equal(passed, count);
}

/* ---- did:jwk ---- */

static bool is_same_json(const mr_json *x, const mr_json *y)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf first, second;
    mr_buf_init(&first, MR_MIB);
    mr_buf_init(&second, MR_MIB);
    assert_ok(mr_json_canonicalise(x, &first, &err), err);
    assert_ok(mr_json_canonicalise(y, &second, &err), err);
    return mr_str_eq(mr_buf_str(&first), mr_buf_str(&second));
}

static bool jwk_passes(mr_arena *a, const mr_json *entry)
{
    const mr_json *jwk = mr_json_get(entry, "jwk"), *own = own_method(a, mr_json_get_str(entry, "did"));
    bool agreement = mr_str_is(mr_json_get_str(jwk, "use"), "enc");
    MR_CLEANUP(mr_buf_done) mr_buf again;
    mr_buf_init(&again, MR_LIMIT_IDENTIFIER);
    struct mr_method m = find(a, own, MR_ASSERTION_METHOD);
    bool good = is_same_json(jwk, mr_json_get(own, "publicKeyJwk"));
    if (agreement) {
        good = good && !m.key && mr_str_is(mr_str_of(m.why.id), "key.relationship");
    } else {
        good = good && m.key;
        if (m.key) mr_did_jwk_put(m.key, &again);
        good = good && mr_str_eq(mr_buf_str(&again), mr_json_get_str(entry, "did"));
    }
    mr_key_free(m.key);
    return good;
}

static void test_controller__agrees_with_the_vectors_of_did_jwk(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    size_t passed = 0, count = 0;
    (void)state;
    mr_arena_init(&a, MEMORY);
    MR_JSON_EACH (entry, read_json(&a, test_suite(&a, "did-jwk/vectors.json"))) {
        bool good = jwk_passes(&a, entry);
        if (!good) print_error("%.*s does not become its key\n", MR_STR_ARG(mr_json_get_str(entry, "did")));
        passed += good;
        count++;
    }
    test_suite_count("did-jwk", passed, count, 0);
    assert_int_equal(passed, count);
}

/* ---- did:web ---- */

static void test_controller__agrees_with_the_vectors_of_did_web(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    size_t passed = 0, count = 0;
    (void)state;
    mr_arena_init(&a, MEMORY);
    MR_JSON_EACH (entry, read_json(&a, test_suite(&a, "did-web/vectors.json"))) {
        struct mr_err err = {0};
        mr_str did = mr_json_get_str(entry, "did"), url = MR_STR_EMPTY;
        bool good = mr_did_web_url(&a, did, &url, &err) == MR_OK && mr_str_eq(url, mr_json_get_str(entry, "url"));
        if (!good) print_error("%.*s became %.*s\n", MR_STR_ARG(did), MR_STR_ARG(url));
        passed += good;
        count++;
    }
    test_suite_count("did-web", passed, count, 0);
    assert_int_equal(passed, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_controller__agrees_with_the_vectors_of_did_key),
        cmocka_unit_test(test_controller__agrees_with_the_vectors_of_did_jwk),
        cmocka_unit_test(test_controller__agrees_with_the_vectors_of_did_web),
    };
    return cmocka_run_group_tests_name("suites/identifiers", tests, NULL, NULL);
}
