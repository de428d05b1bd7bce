/* The official vectors of Data Integrity: every intermediate result octet by octet, the signatures of EdDSA, the verdicts of ECDSA, sets of proofs, and
 * what other people's software signed with the elder suites. */
#include "testing.h"

#include "../rdf/published_contexts.h"
#include "base/encoding.h"
#include "proof/data_integrity_inside.h"
#include "rdf/canon.h"
#include "rdf/jsonld.h"

#define NOW 1780000000000 /* 2026-05-28 */

struct suite {
    mr_arena a;
    mr_contexts *contexts;
    const char *folder;
};

/* The extra contexts that the vectors use: examples, and citizenship. */
static void add_context(struct suite *s, mr_str iri, mr_str text)
{
    struct mr_err err = {0};
    if (text.len && !mr_contexts_has(s->contexts, iri)) assert_ok(mr_contexts_add(s->contexts, iri, text, &err), err);
}

static int setup(void **state)
{
    static struct suite s;
    struct mr_err err = {0};
    mr_arena_init(&s.a, MR_LIMIT_DOCUMENT_MEMORY);
    assert_ok(mr_contexts_open(&s.contexts, &err), err);
    if (test_suites())
        MR_JSON_EACH (entry, published_index(&s.a)) {
            mr_str iri = mr_json_get_str(entry, "url");
            add_context(&s, iri, published_context(&s.a, iri));
        }
    *state = &s;
    return 0;
}

static int teardown(void **state)
{
    struct suite *s = *state;
    mr_contexts_close(s->contexts);
    mr_arena_done(&s->a);
    return 0;
}

static mr_str read_text(struct suite *s, const char *name)
{
    return test_read_file(&s->a, test_path(&s->a, s->folder, name));
}

static const mr_json *parse(struct suite *s, mr_str text)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(&s->a, text, NULL, &root, &err), err);
    return root;
}

static const mr_json *read_json(struct suite *s, const char *name)
{
    return parse(s, read_text(s, name));
}

/* The key of a file of keys; the vectors have two names for the secret part. */
static mr_key *read_key(struct suite *s, const mr_json *pair)
{
    mr_key *key;
    mr_str octets, text = mr_json_get_str(pair, "secretKeyMultibase");
    struct mr_err err = {0};
    if (!text.len) text = mr_json_get_str(pair, "privateKeyMultibase");
    assert_ok(mr_multibase_read(&s->a, text, &octets, &err), err);
    assert_ok(mr_key_of_secret_multikey(octets, &key, &err), err);
    return key;
}

/* ---- verdicts ---- */

/* One document that the network has. */
struct document {
    const char *url;
    mr_str text;
};

static int get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    const struct document *d = self;
    if (!d->url || !mr_str_is(url, d->url)) return MR_FAIL(err, MR_E_NET, "not on this network", MR_NOWHERE);
    *ret = d->text;
    return MR_OK;
}

static void verify(struct suite *s, const mr_json *document, struct document *network, mr_relationship purpose,
                   struct mr_data_integrity *ret)
{
    mr_fetch fetch = {.get = get, .self = network};
    struct mr_resolver resolver = {.fetch = network ? &fetch : NULL};
    struct mr_key_source keys = {mr_controller_find, &resolver};
    struct mr_proof_wanted wanted = {.purpose = purpose, .now = NOW};
    struct mr_err err = {0};
    assert_ok(mr_data_integrity_verify(&s->a, s->contexts, document, &keys, &wanted, ret, &err), err);
}

static struct mr_step verdict(struct suite *s, const mr_json *document)
{
    struct mr_data_integrity d;
    verify(s, document, NULL, MR_ASSERTION_METHOD, &d);
    struct mr_step step = d.step;
    mr_data_integrity_done(&d);
    return step;
}

/* Is a text in the file's `name` changed, the proof no longer holds? */
static void assert_refused_when_changed(struct suite *s, mr_str text)
{
    static const mr_str name = MR_STR_INIT("\"name\": \""), other = MR_STR_INIT("\"description\": \"");
    ptrdiff_t at = mr_str_find(text, name);
    at = at < 0 ? mr_str_find(text, other) : at;
    assert_true(at > 0);
    char *changed = (char *)mr_arena_dup(&s->a, text).ptr;
    changed[(size_t)at + 20]++;
    struct mr_step step = verdict(s, parse(s, mr_str_make(changed, text.len)));
    assert_int_equal(step.state, MR_FAILED);
    assert_string_equal(step.id, "seal.signature.changed");
}

/* ---- every intermediate result ---- */

struct vector {
    const char *folder, *ending, *unsigned_name, *keys;
    mr_cryptosuite suite;
    mr_digest_kind digest;
};

static mr_str transform(struct suite *s, const mr_json *value, mr_transformation transformation, mr_digest_kind kind)
{
    mr_buf out;
    mr_dataset ds;
    struct mr_err err = {0};
    mr_buf_init(&out, MR_LIMIT_RDF_TEXT);
    if (transformation == MR_JCS) {
        assert_ok(mr_json_canonicalise(value, &out, &err), err);
    } else {
        mr_jsonld_options options = {.contexts = s->contexts, .safe = true};
        mr_dataset_init(&ds, &s->a);
        assert_ok(mr_jsonld_to_rdf(value, &options, &ds, &err), err);
        assert_ok(mr_rdf_canonicalise(&s->a, &ds, &(mr_canon_options){.hash = kind}, &out, NULL, &err), err);
    }
    mr_str text = mr_arena_dup(&s->a, mr_buf_str(&out));
    mr_buf_done(&out);
    return text;
}

static mr_str hex(struct suite *s, mr_str octets)
{
    mr_buf out;
    mr_buf_init(&out, MR_KIB);
    mr_hex_put(&out, octets);
    mr_str text = mr_arena_dup(&s->a, mr_buf_str(&out));
    mr_buf_done(&out);
    return text;
}

static mr_str file_of(struct suite *s, const struct vector *v, const char *stem, const char *extension)
{
    const char *name = mr_arena_format(&s->a, "%s/%s%s.%s", v->folder, stem, v->ending, extension).ptr;
    return read_text(s, name);
}

/* The document and the options of its proof: canonical forms, their hashes, both together. */
static void assert_intermediate_results(struct suite *s, const struct vector *v, const mr_json *document)
{
    const mr_json *covered, *options, *context = mr_json_get(document, "@context");
    mr_digest hashes[2];
    struct mr_err err = {0};
    mr_transformation t = (mr_transformation)mr_suite_form_of(v->suite)->transformation;
    assert_ok(mr_proof_document(&s->a, document, NULL, 0, &covered, &err), err);
    assert_ok(mr_proof_configuration(&s->a, mr_json_get(document, "proof"), "proofValue", context, &options, &err),
              err);
    assert_str_eq(transform(s, options, t, v->digest), file_of(s, v, "proofCanon", "txt"));
    assert_str_eq(transform(s, covered, t, v->digest), file_of(s, v, "canonDoc", "txt"));
    assert_ok(mr_proof_hash(&s->a, s->contexts, NULL, options, t, v->digest, &hashes[0], &err), err);
    assert_ok(mr_proof_hash(&s->a, s->contexts, NULL, covered, t, v->digest, &hashes[1], &err), err);
    assert_str_eq(hex(s, mr_digest_str(&hashes[0])), file_of(s, v, "proofHash", "txt"));
    assert_str_eq(hex(s, mr_digest_str(&hashes[1])), file_of(s, v, "docHash", "txt"));
    mr_str both[] = {hex(s, mr_digest_str(&hashes[0])), hex(s, mr_digest_str(&hashes[1]))};
    assert_str_eq(mr_arena_concat(&s->a, both, 2), file_of(s, v, "combinedHash", "txt"));
}

/* ---- signing ---- */

static struct mr_proof_options options_of(const mr_json *proof)
{
    struct mr_err err = {0};
    struct mr_proof_options o = {.suite = mr_cryptosuite_find(mr_json_get_str(proof, "cryptosuite")),
                                 .id = mr_json_get_str(proof, "id"),
                                 .method = mr_json_get_str(proof, "verificationMethod"),
                                 .purpose = mr_relationship_find(mr_json_get_str(proof, "proofPurpose")),
                                 .expires = MR_TIME_NONE};
    assert_ok(mr_time_parse(mr_json_get_str(proof, "created"), &o.created, &err), err);
    return o;
}

/* The document with a proof like `proof`, parsed. */
static const mr_json *sign(struct suite *s, mr_str text, mr_key *key, const mr_json *proof, mr_str *ret_text)
{
    mr_buf out;
    struct mr_err err = {0};
    struct mr_proof_options options = options_of(proof);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    assert_ok(mr_data_integrity_sign(&s->a, s->contexts, text, parse(s, text), key, &options, &out, &err), err);
    *ret_text = mr_arena_dup(&s->a, mr_buf_str(&out));
    mr_buf_done(&out);
    return parse(s, *ret_text);
}

static bool is_deterministic(const mr_key *key)
{
    return mr_key_get_kind(key) == MR_KEY_ED25519;
}

static mr_str canonical(struct suite *s, const mr_json *value)
{
    return transform(s, value, MR_JCS, MR_SHA256);
}

/* Ours is the vector's, or, for ECDSA, like it with another good signature. */
static void assert_signs_alike(struct suite *s, const struct vector *v, const mr_json *document)
{
    mr_str text;
    mr_key *key = read_key(s, read_json(s, v->keys));
    const mr_json *ours = sign(s, read_text(s, v->unsigned_name), key, mr_json_get(document, "proof"), &text);
    if (is_deterministic(key))
        assert_str_eq(canonical(s, ours), canonical(s, document));
    else
        assert_int_equal(verdict(s, ours).state, MR_PASSED);
    assert_refused_when_changed(s, text);
    mr_key_free(key);
}

static void follow_vector(struct suite *s, const struct vector *v)
{
    print_message("# %s\n", v->folder);
    mr_str text = file_of(s, v, "signed", "json");
    const mr_json *document = parse(s, text);
    assert_intermediate_results(s, v, document);
    struct mr_step step = verdict(s, document);
    assert_int_equal(step.state, MR_PASSED);
    assert_refused_when_changed(s, text);
    if (!mr_suite_form_of(v->suite)->read_only) assert_signs_alike(s, v, document);
}

static void test_data_integrity__follows_the_vectors_of_eddsa(void **state)
{
    static const struct vector vectors[] = {
        {"eddsa-rdfc-2022", "DataInt", "unsigned.json", "keyPair.json", MR_EDDSA_RDFC_2022, MR_SHA256},
        {"eddsa-jcs-2022", "JCS", "unsigned.json", "keyPair.json", MR_EDDSA_JCS_2022, MR_SHA256},
        {"Ed25519Signature2020", "EdSig", "", "", MR_ED25519_SIGNATURE_2020, MR_SHA256},
    };
    struct suite *s = *state;
    mr_str text;
    s->folder = test_suite(&s->a, "vc-di-eddsa");
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) follow_vector(s, &vectors[i]);

    /* A set of two proofs, the second added to the first. */
    s->folder = test_path(&s->a, s->folder, "proof-set-chain");
    const mr_json *pairs = read_json(s, "multiKeyPairs.json");
    mr_key *first = read_key(s, mr_json_get(pairs, "keyPair1")), *second = read_key(s, mr_json_get(pairs, "keyPair2"));
    const mr_json *one = sign(s, read_text(s, "unsigned.json"), first, read_json(s, "proofSetConfig1.json"), &text);
    const mr_json *two = sign(s, text, second, read_json(s, "proofSetConfig2.json"), &text);
    assert_str_eq(canonical(s, one), canonical(s, read_json(s, "signedProofSet1.json")));
    assert_str_eq(canonical(s, two), canonical(s, read_json(s, "signedProofSet2.json")));
    assert_int_equal(verdict(s, one).state, MR_PASSED);
    assert_int_equal(verdict(s, two).state, MR_PASSED);
    assert_refused_when_changed(s, read_text(s, "signedProofSet2.json"));
    mr_key_free(first);
    mr_key_free(second);
    test_suite_count("vc-di-eddsa", 4, 4, 0); /* each was asserted */
}

static void test_data_integrity__follows_the_vectors_of_ecdsa(void **state)
{
    static const struct vector vectors[] = {
        {"ecdsa-rdfc-2019-p256", "ECDSAP256", "unsigned.json", "p256KeyPair.json", MR_ECDSA_RDFC_2019, MR_SHA256},
        {"ecdsa-rdfc-2019-p256/employ", "ECDSAP256", "employmentAuth.json", "p256KeyPair.json", MR_ECDSA_RDFC_2019,
         MR_SHA256},
        {"ecdsa-rdfc-2019-p384", "ECDSAP384", "unsigned.json", "p384KeyPair.json", MR_ECDSA_RDFC_2019, MR_SHA384},
        {"ecdsa-jcs-2019-p256", "JCSECDSAP256", "unsigned.json", "p256KeyPair.json", MR_ECDSA_JCS_2019, MR_SHA256},
        {"ecdsa-jcs-2019-p384", "JCSECDSAP384", "unsigned.json", "p384KeyPair.json", MR_ECDSA_JCS_2019, MR_SHA384},
    };
    const size_t count = sizeof vectors / sizeof *vectors;
    struct suite *s = *state;
    s->folder = test_suite(&s->a, "vc-di-ecdsa");
    for (size_t i = 0; i < count; i++) follow_vector(s, &vectors[i]);
    test_suite_count("vc-di-ecdsa", count, count, 0); /* each was asserted */
}

/* ---- elder suites ---- */

/* What the manifest says of a file, and whether we say so, too. */
static bool agrees(mr_str said, const struct mr_step *step)
{
    if (mr_str_is(said, "invalid")) return step->state == MR_FAILED && !strcmp(step->id, "seal.signature.changed");
    if (mr_str_is(said, "unsigned input")) return step->state == MR_FAILED && !strcmp(step->id, "proof.none");
    return mr_str_has_prefix(said, MR_STR("valid")) && step->state == MR_PASSED;
}

static void test_data_integrity__agrees_about_ed25519_of_other_software(void **state)
{
    struct suite *s = *state;
    size_t count = 0, passed = 0, skipped = 0;
    s->folder = test_suite(&s->a, "vc11-ed25519");
    add_context(s, MR_STR("https://www.w3.org/ns/odrl.jsonld"), read_text(s, "contexts/www.w3.org_ns_odrl.jsonld"));
    struct document issuer = {"https://example.com/issuer/123",
                              read_text(s, "spruce-ssi/lds-ed25519-2020-issuer0.jsonld")};
    MR_JSON_EACH (entry, read_json(s, "manifest.json")) {
        struct mr_data_integrity d;
        mr_str said = mr_json_get_str(entry, "verdict"), file = mr_json_get_str(entry, "file");
        const mr_json *document = read_json(s, mr_arena_cstr(&s->a, file));
        bool is_shown = mr_json_get(document, "holder") != NULL;
        verify(s, document, &issuer, is_shown ? MR_AUTHENTICATION : MR_ASSERTION_METHOD, &d);
        bool is_asserted = !mr_str_has_prefix(said, MR_STR("example")), good = agrees(said, &d.step);
        if (!good)
            print_message("# %.*s: wanted %.*s, got %s (%s %.*s)\n", MR_STR_ARG(file), MR_STR_ARG(said),
                          mr_state_name(d.step.state), d.step.id, MR_STR_ARG(d.step.detail));
        skipped += !is_asserted, count += is_asserted, passed += is_asserted && good;
        mr_data_integrity_done(&d);
    }
    test_suite_count("vc11-ed25519", passed, count, skipped);
    assert_int_equal(passed, count);
    assert_true(count > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data_integrity__follows_the_vectors_of_eddsa),
        cmocka_unit_test(test_data_integrity__follows_the_vectors_of_ecdsa),
        cmocka_unit_test(test_data_integrity__agrees_about_ed25519_of_other_software),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
