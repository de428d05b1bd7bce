/* Data Integrity proofs: every cause has its own id, and a proof is put into a document's text without touching the rest. The official vectors are in
 * suite_data_integrity.c. */
#include "testing.h"

#include "base/encoding.h"
#include "proof/data_integrity_inside.h"

/* vc-di-eddsa and vc-di-ecdsa, test vectors */
#define ED "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
#define ED_KEY ED "#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
#define ED_SECRET "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
#define P256_KEY                                                                                                       \
    "did:key:zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP#zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP"
#define P256_SECRET "z42twTcNeSYcnqg1FLuSFs2bsGH3ZqbRHFmvS9XMsYhjxvHN"

#define NOW 1780000000000 /* 2026-05-28T20:26:40Z */
#define CREDENTIALS "\"https://www.w3.org/ns/credentials/v2\""
#define DOCUMENT                                                                                                       \
    "{\"@context\":[" CREDENTIALS "],\"type\":[\"VerifiableCredential\"],\"issuer\":\"" ED "\",\"name\":\"Data\","     \
    "\"credentialSubject\":{\"id\":\"urn:example:learner\"}}"
/* Of a kind that nobody knows. */
#define UNKNOWN_PROOF                                                                                                  \
    "{\"id\":\"urn:example:a\",\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"later-2030\",\"proofValue\":\"z1\"}"

struct world {
    mr_arena a;
    mr_contexts *contexts;
    mr_key *ed, *p256;
};

static mr_key *read_key(mr_arena *a, const char *multibase)
{
    mr_str octets;
    mr_key *key;
    struct mr_err err = {0};
    assert_ok(mr_multibase_read(a, mr_str_of(multibase), &octets, &err), err);
    assert_ok(mr_key_of_secret_multikey(octets, &key, &err), err);
    return key;
}

static int setup(void **state)
{
    static struct world w;
    struct mr_err err = {0};
    mr_arena_init(&w.a, MR_LIMIT_DOCUMENT_MEMORY);
    assert_ok(mr_contexts_open(&w.contexts, &err), err);
    w.ed = read_key(&w.a, ED_SECRET);
    w.p256 = read_key(&w.a, P256_SECRET);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    mr_key_free(w->ed);
    mr_key_free(w->p256);
    mr_contexts_close(w->contexts);
    mr_arena_done(&w->a);
    return 0;
}

static const mr_json *parse(struct world *w, mr_str text)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(&w->a, text, NULL, &root, &err), err);
    return root;
}

/* The text with the first `from` made `to`; from NULL: as it is. */
static mr_str edit(struct world *w, mr_str text, const char *from, const char *to)
{
    if (!from) return text;
    ptrdiff_t at = mr_str_find(text, mr_str_of(from));
    if (at < 0) fail_msg("%s is not in %.*s", from, MR_STR_ARG(text));
    mr_str parts[] = {mr_str_make(text.ptr, (size_t)at), mr_str_of(to), mr_str_from(text, (size_t)at + strlen(from))};
    return mr_arena_concat(&w->a, parts, 3);
}

static struct mr_proof_options usual(mr_cryptosuite suite)
{
    return (struct mr_proof_options){.suite = suite,
                                     .method = MR_STR(ED_KEY),
                                     .purpose = MR_ASSERTION_METHOD,
                                     .created = NOW,
                                     .expires = MR_TIME_NONE};
}

static mr_str sign(struct world *w, mr_str text, const struct mr_proof_options *options)
{
    mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_data_integrity_sign(&w->a, w->contexts, text, parse(w, text), w->ed, options, &out, &err), err);
    mr_str signed_text = mr_arena_dup(&w->a, mr_buf_str(&out));
    mr_buf_done(&out);
    return signed_text;
}

static mr_str sign_usual(struct world *w, mr_cryptosuite suite)
{
    struct mr_proof_options options = usual(suite);
    return sign(w, MR_STR(DOCUMENT), &options);
}

/* ---- verdicts ---- */

static void verify_with(struct world *w, mr_str text, const struct mr_key_source *keys,
                        const struct mr_proof_wanted *wanted, struct mr_data_integrity *ret)
{
    struct mr_err err = {0};
    assert_ok(mr_data_integrity_verify(&w->a, w->contexts, parse(w, text), keys, wanted, ret, &err), err);
}

static struct mr_step verdict_wanted(struct world *w, mr_str text, const struct mr_proof_wanted *wanted)
{
    struct mr_data_integrity d;
    struct mr_resolver resolver = {0};
    verify_with(w, text, &(struct mr_key_source){mr_controller_find, &resolver}, wanted, &d);
    struct mr_step step = d.step;
    mr_data_integrity_done(&d);
    return step;
}

static struct mr_step verdict(struct world *w, mr_str text)
{
    return verdict_wanted(w, text, &(struct mr_proof_wanted){.purpose = MR_ASSERTION_METHOD, .now = NOW});
}

static void assert_step(struct mr_step step, mr_state state, const char *id)
{
    if (step.state == state && step.id && strcmp(step.id, id) == 0) return;
    fail_msg("got %s %s (%.*s), wanted %s %s", mr_state_name(step.state), step.id, MR_STR_ARG(step.detail),
             mr_state_name(state), id);
}

/* A change of a signed text, and what is told of it. */
struct change {
    const char *from, *to;
    mr_state state;
    const char *id, *detail; /* detail NULL: not compared */
};

static void assert_changes(struct world *w, mr_str text, const struct change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct change *c = &changes[i];
        print_message("# %s -> %s\n", c->from ? c->from : "nothing", c->from ? c->to : "changed");
        struct mr_step step = verdict(w, edit(w, text, c->from, c->to));
        assert_step(step, c->state, c->id);
        if (c->detail) assert_str(step.detail, c->detail);
    }
}

#define COUNT(table) (sizeof(table) / sizeof *(table))
#define SUITE "\"cryptosuite\":\"eddsa-rdfc-2022\""
#define CREATED "\"created\":\"2026-05-28T20:26:40Z\""
#define PURPOSE "\"proofPurpose\":\"assertionMethod\""
#define TYPE "\"type\":\"DataIntegrityProof\""

static void test_data_integrity_verify__tells_each_cause_apart(void **state)
{
    static const struct change changes[] = {
        {NULL, NULL, MR_PASSED, "proof.passed", ""},
        {"\"Data\"", "\"Date\"", MR_FAILED, "seal.signature.changed", NULL},
        {CREATED, "\"created\":\"2026-05-28T20:26:39Z\"", MR_FAILED, "seal.signature.changed", NULL},
        {PURPOSE, PURPOSE ",\"nonce\":\"n\"", MR_FAILED, "seal.signature.changed", NULL},
        {SUITE, "\"cryptosuite\":\"eddsa-jcs-2022\"", MR_FAILED, "seal.signature.changed", NULL},
        /* form */
        {"\"proof\":{", "\"proof\":[],\"holder\":{", MR_FAILED, "proof.none", NULL},
        {"\"proof\":{", "\"proof\":5,\"holder\":{", MR_FAILED, "proof.form", "proof"},
        {"\"proof\":{", "\"proof\":[7],\"holder\":{", MR_FAILED, "proof.form", "proof"},
        {TYPE, "\"nonce\":\"n\"", MR_FAILED, "proof.form", "type"},
        {TYPE, "\"type\":[\"DataIntegrityProof\"]", MR_FAILED, "proof.form", "type"},
        {SUITE, "\"nonce\":\"n\"", MR_FAILED, "proof.form", "cryptosuite"},
        {"\"verificationMethod\"", "\"creator\"", MR_FAILED, "proof.form", "verificationMethod"},
        {"\"verificationMethod\":\"" ED_KEY "\"", "\"verificationMethod\":{\"id\":\"" ED_KEY "\"}", MR_FAILED,
         "proof.form", "verificationMethod"},
        {PURPOSE, "\"nonce\":\"n\"", MR_FAILED, "proof.form", "proofPurpose"},
        {"\"proofValue\"", "\"nonce\"", MR_FAILED, "proof.form", "proofValue"},
        {CREATED, "\"created\":\"yesterday\"", MR_FAILED, "proof.form", "created"},
        {CREATED, "\"created\":1780000000", MR_FAILED, "proof.form", "created"},
        {CREATED, "\"expires\":\"2026-13-28T20:26:40Z\"", MR_FAILED, "proof.form", "expires"},
        {CREATED, "\"domain\":true", MR_FAILED, "proof.form", "domain"},
        {CREATED, "\"domain\":[\"a\",5]", MR_FAILED, "proof.form", "domain"},
        {CREATED, "\"challenge\":[\"c\"]", MR_FAILED, "proof.form", "challenge"},
        {CREATED, "\"nonce\":1", MR_FAILED, "proof.form", "nonce"},
        {CREATED, "\"id\":{}", MR_FAILED, "proof.form", "id"},
        {CREATED, "\"previousProof\":5", MR_FAILED, "proof.form", "previousProof"},
        /* suites that are not verified */
        {SUITE, "\"cryptosuite\":\"later-2030\"", MR_UNCHECKED, "proof.unknown_suite", "later-2030"},
        {SUITE, "\"cryptosuite\":\"Ed25519Signature2020\"", MR_UNCHECKED, "proof.unknown_suite",
         "Ed25519Signature2020"},
        {SUITE, "\"cryptosuite\":\"bbs-2023\"", MR_UNCHECKED, "proof.bbs", "bbs-2023"},
        {TYPE, "\"type\":\"JsonWebSignature2020\"", MR_UNCHECKED, "proof.unknown_suite", "JsonWebSignature2020"},
        {TYPE, "\"type\":\"MerkleProof2019\"", MR_UNCHECKED, "proof.unknown_suite", "MerkleProof2019"},
        {TYPE, "\"type\":\"eddsa-rdfc-2022\"", MR_UNCHECKED, "proof.unknown_suite", "eddsa-rdfc-2022"},
        /* purpose, time */
        {PURPOSE, "\"proofPurpose\":\"authentication\"", MR_FAILED, "proof.purpose", "authentication"},
        {PURPOSE, "\"proofPurpose\":\"whatever\"", MR_FAILED, "proof.purpose", "whatever"},
        {CREATED, "\"created\":\"2026-05-28T20:31:41Z\"", MR_FAILED, "proof.created_to_come", NULL},
        {CREATED, "\"created\":\"2026-05-28T20:31:40Z\"", MR_FAILED, "seal.signature.changed", NULL},
        {CREATED, "\"expires\":\"2026-05-28T20:26:39Z\"", MR_FAILED, "proof.expired", NULL},
        {CREATED, "\"expires\":\"2026-05-28T20:26:40Z\"", MR_FAILED, "seal.signature.changed", NULL},
        /* the key */
        {"\"verificationMethod\":\"" ED_KEY, "\"verificationMethod\":\"did:example:1#2", MR_UNCHECKED,
         "key.unknown_method", NULL},
        {"\"verificationMethod\":\"" ED_KEY, "\"verificationMethod\":\"" ED "#other", MR_FAILED, "key.absent", NULL},
        {"\"verificationMethod\":\"" ED_KEY, "\"verificationMethod\":\"" P256_KEY, MR_FAILED, "proof.algorithm",
         "eddsa-rdfc-2022"},
        {SUITE, "\"cryptosuite\":\"ecdsa-rdfc-2019\"", MR_FAILED, "proof.algorithm", "ecdsa-rdfc-2019"},
        {SUITE, "\"cryptosuite\":\"ecdsa-sd-2023\"", MR_FAILED, "proof.algorithm", "ecdsa-sd-2023"},
        /* the value */
        {"\"proofValue\":\"z", "\"proofValue\":\"u", MR_FAILED, "proof.value", NULL},
        {"\"proofValue\":\"z", "\"proofValue\":\"z0", MR_FAILED, "proof.value", NULL},
        {"\"proofValue\":\"z", "\"proofValue\":\"z22", MR_FAILED, "proof.value", NULL},
        {"\"proofValue\":\"z", "\"proofValue\":\"z1", MR_FAILED, "proof.value", NULL},
        /* what no signature covers */
        {"\"name\":", "\"rank\":", MR_FAILED, "proof.dropped_term", "/rank"},
        {"\"id\":\"urn:example:learner\"", "\"id\":\"urn:example:learner\",\"grade\":1", MR_FAILED,
         "proof.dropped_term", "/credentialSubject/grade"},
        {PURPOSE, PURPOSE ",\"remark\":\"n\"", MR_FAILED, "proof.dropped_term", "/proof/remark"},
        {PURPOSE, PURPOSE ",\"@context\":{\"remark\":\"urn:example:remark\"},\"remark\":\"n\"", MR_FAILED,
         "proof.dropped_term", "/proof/remark"},
        {"\"@context\":[" CREDENTIALS "],", "", MR_FAILED, "proof.dropped_term", NULL},
        /* contexts */
        {CREDENTIALS, CREDENTIALS ",\"https://example.com/own/v1\"", MR_UNCHECKED, "proof.unknown_context",
         "https://example.com/own/v1"},
        {CREDENTIALS, CREDENTIALS ",{\"name\":\"urn:example:name\"}", MR_FAILED, "proof.linked_data", NULL},
        {CREDENTIALS, CREDENTIALS ",5", MR_FAILED, "proof.linked_data", NULL},
        /* chains */
        {CREATED, "\"previousProof\":\"urn:example:x\"", MR_FAILED, "proof.chain", "urn:example:x"},
        {CREATED, "\"id\":\"urn:example:x\",\"previousProof\":\"urn:example:x\"", MR_FAILED, "proof.chain",
         "urn:example:x"},
    };
    struct world *w = *state;
    assert_step(verdict(w, MR_STR(DOCUMENT)), MR_FAILED, "proof.none");
    assert_step(verdict(w, MR_STR("{}")), MR_FAILED, "proof.none");
    assert_changes(w, sign_usual(w, MR_EDDSA_RDFC_2022), changes, COUNT(changes));
}

static void test_data_integrity_verify__jcs_holds_the_context_of_the_proof(void **state)
{
    static const char own[] = "\"@context\":[" CREDENTIALS "],\"type\":\"DataIntegrityProof\"";
    static const struct change changes[] = {
        {NULL, NULL, MR_PASSED, "proof.passed", ""},
        {"\"Data\"", "\"Date\"", MR_FAILED, "seal.signature.changed", NULL},
        {"[" CREDENTIALS "]", "[" CREDENTIALS ",\"https://example.com/own/v1\"]", MR_PASSED, "proof.passed", NULL},
        {"[" CREDENTIALS "]", CREDENTIALS, MR_PASSED, "proof.passed", NULL}, /* the same list of one */
        {"[" CREDENTIALS "]", "[\"https://example.com/own/v1\"," CREDENTIALS "]", MR_FAILED, "proof.context", NULL},
        {"[" CREDENTIALS "]", "[]", MR_FAILED, "proof.context", NULL},
        {"\"@context\":[" CREDENTIALS "],", "", MR_FAILED, "proof.context", NULL},
        {own, TYPE, MR_FAILED, "seal.signature.changed", NULL},
        {"\"Data\"", "1e400", MR_FAILED, "proof.form", NULL}, /* RFC 8785 has no form for it */
        {PURPOSE, PURPOSE ",\"nonce\":\"n\"", MR_FAILED, "seal.signature.changed", NULL},
        {PURPOSE, PURPOSE ",\"\":\"n\"", MR_FAILED, "seal.signature.changed", NULL},
        {"\"name\":", "\"\":0,\"name\":", MR_FAILED, "seal.signature.changed", NULL},
    };
    struct world *w = *state;
    assert_changes(w, sign_usual(w, MR_EDDSA_JCS_2022), changes, COUNT(changes));
}

static bool was_expanded(struct world *w, mr_str text)
{
    struct mr_data_integrity d;
    struct mr_resolver resolver = {0};
    verify_with(w, text, &(struct mr_key_source){mr_controller_find, &resolver},
                &(struct mr_proof_wanted){.purpose = MR_ASSERTION_METHOD, .now = NOW}, &d);
    bool expanded = d.is_expanded;
    mr_data_integrity_done(&d);
    return expanded;
}

/* Only RDFC-1.0 asks what terms mean, and only where it was asked. */
static void test_data_integrity_verify__tells_whether_all_terms_have_a_meaning(void **state)
{
    struct world *w = *state;
    mr_str text = sign_usual(w, MR_EDDSA_RDFC_2022);
    assert_true(was_expanded(w, text));
    assert_true(
        was_expanded(w, edit(w, text, "\"Data\"", "\"Date\""))); /* not what was signed, but it means something */
    assert_false(was_expanded(w, edit(w, text, "\"name\":", "\"no such term\":")));
    assert_false(was_expanded(w, edit(w, text, "assertionMethod", "authentication"))); /* not asked */
    assert_false(was_expanded(w, sign_usual(w, MR_EDDSA_JCS_2022)));
}

static void test_data_integrity_verify__takes_a_time_without_zone_for_utc(void **state)
{
    struct world *w = *state;
    mr_str text = edit(w, sign_usual(w, MR_EDDSA_JCS_2022), "20:26:40Z", "20:31:41");
    assert_step(verdict(w, text), MR_FAILED, "proof.created_to_come");
}

/* ---- presentations ---- */

static void test_data_integrity_verify__compares_domain_and_challenge(void **state)
{
    struct world *w = *state;
    struct mr_proof_options options = usual(MR_EDDSA_RDFC_2022);
    options.purpose = MR_AUTHENTICATION;
    options.domain = MR_STR("https://verifier.example"), options.challenge = MR_STR("c-1");
    mr_str text = sign(w, MR_STR("{\"@context\":[" CREDENTIALS "],\"type\":[\"VerifiablePresentation\"]}"), &options);
    struct mr_proof_wanted wanted = {.purpose = MR_AUTHENTICATION, .now = NOW};
    assert_step(verdict_wanted(w, text, &wanted), MR_PASSED, "proof.passed");
    wanted.domain = options.domain, wanted.challenge = options.challenge;
    assert_step(verdict_wanted(w, text, &wanted), MR_PASSED, "proof.passed");
    wanted.domain = MR_STR("https://other.example");
    assert_step(verdict_wanted(w, text, &wanted), MR_FAILED, "proof.domain");
    wanted.domain = MR_STR_EMPTY, wanted.challenge = MR_STR("c-2");
    assert_step(verdict_wanted(w, text, &wanted), MR_FAILED, "proof.challenge");
    assert_step(verdict(w, text), MR_FAILED, "proof.purpose");
    /* Of a list any domain will do; none does not. */
    wanted.challenge = MR_STR_EMPTY, wanted.domain = MR_STR("https://b.example");
    mr_str list = edit(w, text, "\"https://verifier.example\"", "[\"https://a.example\",\"https://b.example\"]");
    assert_step(verdict_wanted(w, list, &wanted), MR_FAILED, "seal.signature.changed");
    mr_str none = edit(w, text, "\"domain\"", "\"nonce\"");
    assert_step(verdict_wanted(w, none, &wanted), MR_FAILED, "proof.domain");
}

/* ---- sets and chains ---- */

static mr_str add_proof(struct world *w, mr_str text, const char *id, const char *previous, int64_t expires)
{
    struct mr_proof_options options = usual(MR_EDDSA_RDFC_2022);
    options.id = mr_str_of(id), options.previous_proof = mr_str_of(previous), options.expires = expires;
    return sign(w, text, &options);
}

static void test_data_integrity__makes_and_verifies_chains(void **state)
{
    struct world *w = *state;
    mr_str one = add_proof(w, MR_STR(DOCUMENT), "urn:example:a", "", MR_TIME_NONE);
    mr_str two = add_proof(w, one, "urn:example:b", "urn:example:a", MR_TIME_NONE);
    mr_str three = add_proof(w, two, "urn:example:c", "urn:example:b", MR_TIME_NONE);
    assert_step(verdict(w, two), MR_PASSED, "proof.passed");
    assert_step(verdict(w, three), MR_PASSED, "proof.passed");
    /* What the second signed is the document with the first proof: without it, or with another, it does not hold. */
    static const struct change changes[] = {
        {"\"id\":\"urn:example:a\"", "\"id\":\"urn:example:d\"", MR_FAILED, "seal.signature.changed", NULL},
        {"\"previousProof\":\"urn:example:a\"", "\"nonce\":\"n\"", MR_FAILED, "seal.signature.changed", NULL},
        {"\"previousProof\":\"urn:example:a\"", "\"previousProof\":[\"urn:example:a\"]", MR_PASSED, "proof.passed",
         NULL},
        {"\"previousProof\":\"urn:example:a\"", "\"previousProof\":[\"urn:example:a\",\"urn:example:d\"]", MR_FAILED,
         "proof.chain", "urn:example:d"},
        {"\"previousProof\":\"urn:example:a\"", "\"previousProof\":[\"urn:example:a\",\"urn:example:a\"]", MR_FAILED,
         "proof.chain", "urn:example:a"},
        {"\"id\":\"urn:example:b\"", "\"id\":\"urn:example:a\"", MR_FAILED, "proof.chain", "urn:example:a"},
        {"\"id\":\"urn:example:a\"", "\"id\":\"urn:example:a\",\"previousProof\":\"urn:example:b\"", MR_FAILED,
         "proof.chain", NULL},
        {"\"Data\"", "\"Date\"", MR_FAILED, "seal.signature.changed", NULL},
    };
    assert_changes(w, two, changes, COUNT(changes));
}

/* A proof that holds by itself counts only if those that it builds on do. */
static void test_data_integrity_verify__a_chain_is_as_good_as_its_parts(void **state)
{
    struct world *w = *state;
    struct mr_data_integrity d;
    struct mr_resolver resolver = {0};
    struct mr_key_source keys = {mr_controller_find, &resolver};
    struct mr_proof_wanted wanted = {.purpose = MR_ASSERTION_METHOD, .now = NOW};
    mr_str expired = add_proof(w, MR_STR(DOCUMENT), "urn:example:a", "", NOW - 1000);
    verify_with(w, add_proof(w, expired, "urn:example:b", "urn:example:a", MR_TIME_NONE), &keys, &wanted, &d);
    assert_int_equal(d.count, 2);
    assert_step(d.proofs[0].step, MR_FAILED, "proof.expired");
    assert_step(d.proofs[1].step, MR_FAILED, "proof.chain");
    assert_step(d.step, MR_FAILED, "proof.expired");
    mr_data_integrity_done(&d);

    mr_str unknown = edit(w, MR_STR(DOCUMENT), "\"name\"", "\"proof\":" UNKNOWN_PROOF ",\"name\"");
    verify_with(w, add_proof(w, unknown, "urn:example:b", "urn:example:a", MR_TIME_NONE), &keys, &wanted, &d);
    assert_step(d.proofs[0].step, MR_UNCHECKED, "proof.unknown_suite");
    assert_step(d.proofs[1].step, MR_UNCHECKED, "proof.chain_unchecked");
    assert_step(d.step, MR_UNCHECKED, "proof.unknown_suite");
    mr_data_integrity_done(&d);
}

static void test_data_integrity_verify__tells_what_the_proofs_say(void **state)
{
    struct world *w = *state;
    struct mr_data_integrity d;
    struct mr_resolver resolver = {0};
    struct mr_proof_wanted wanted = {.purpose = MR_ASSERTION_METHOD, .now = NOW};
    struct mr_proof_options options = usual(MR_EDDSA_JCS_2022);
    options.id = MR_STR("urn:example:a"), options.domain = MR_STR("d"), options.challenge = MR_STR("c");
    options.nonce = MR_STR("n"), options.expires = NOW + 60000;
    mr_str text = sign(w, sign_usual(w, MR_EDDSA_RDFC_2022), &options);
    verify_with(w, text, &(struct mr_key_source){mr_controller_find, &resolver}, &wanted, &d);
    const struct mr_proof *p = &d.proofs[1];
    assert_int_equal(d.count, 2);
    assert_step(d.step, MR_PASSED, "proof.passed");
    assert_int_equal(d.proofs[0].suite, MR_EDDSA_RDFC_2022);
    assert_int_equal(d.proofs[0].expires, MR_TIME_NONE);
    assert_int_equal(p->suite, MR_EDDSA_JCS_2022);
    assert_str(p->suite_name, "eddsa-jcs-2022");
    assert_str(p->id, "urn:example:a");
    assert_str(p->method, ED_KEY);
    assert_str(p->domain, "d");
    assert_str(p->challenge, "c");
    assert_int_equal(p->created, NOW);
    assert_int_equal(p->expires, NOW + 60000);
    assert_str(p->key.controller, ED);
    mr_data_integrity_done(&d);
}

/* Ed25519 signatures are always the same, so these documents are. */
static void test_data_integrity_sign__outlines_change_nothing(void **state)
{
    static const char *const learners[] = {"urn:example:learner", "urn:example:anna", "did:example:eva",
                                           "urn:example:z\",\"type\":\"Person", "urn:example:last"};
    struct world *w = *state;
    mr_outlines *outlines;
    struct mr_err err = {0};
    assert_ok(mr_outlines_open(&w->a, &outlines, &err), err);
    for (size_t i = 0; i < 40; i++) {
        struct mr_proof_options options = usual(MR_EDDSA_RDFC_2022);
        mr_str text = edit(w, MR_STR(DOCUMENT), "urn:example:learner", learners[i % 5]);
        if (i % 5 == 3) text = edit(w, text, "\"type\":\"Person", "\"description\":\"A person");
        options.created -= (int64_t)(i / 4) * 1000;
        mr_str alone = sign(w, text, &options);
        options.outlines = outlines;
        assert_str_eq(sign(w, text, &options), alone);
        assert_step(verdict(w, alone), MR_PASSED, "proof.passed");
    }
    mr_outlines_close(outlines);
}

static void test_data_integrity_verify__accepts_only_so_many_proofs(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str text = MR_STR(DOCUMENT);
    mr_buf out;
    struct mr_proof_options options = usual(MR_EDDSA_JCS_2022);
    for (size_t i = 0; i < MR_LIMIT_PROOFS; i++) text = sign(w, text, &options);
    assert_step(verdict(w, text), MR_PASSED, "proof.passed");
    mr_buf_init(&out, MR_MIB);
    assert_code(mr_data_integrity_sign(&w->a, w->contexts, text, parse(w, text), w->ed, &options, &out, &err),
                MR_E_LIMIT, err);
    assert_int_equal(out.len, 0);
    mr_buf_done(&out);
    assert_step(verdict(w, edit(w, text, "\"proof\":[", "\"proof\":[{},")), MR_UNCHECKED, "proof.limit");
}

/* A graph whose canonical form would take for ever is left, and said so. */
static void test_data_integrity_verify__leaves_graphs_made_to_be_slow(void **state)
{
    struct world *w = *state;
    mr_buf b;
    mr_buf_init(&b, MR_MIB);
    mr_buf_puts(&b, "{\"@context\":{\"@vocab\":\"urn:v:\",\"p\":{\"@type\":\"@id\"}},\"@graph\":[");
    for (unsigned i = 0; i < 14; i++) { /* everyone knows everyone */
        mr_buf_format(&b, "%s{\"@id\":\"_:b%u\",\"p\":[", i ? "," : "", i);
        for (unsigned j = 0; j < 14; j++) mr_buf_format(&b, "%s\"_:b%u\"", j ? "," : "", j);
        mr_buf_puts(&b, "]}");
    }
    mr_buf_puts(&b, "],\"proof\":{" TYPE ",\"https://w3id.org/security#x\":\"y\"," SUITE
                    ",\"verificationMethod\":\"" ED_KEY "\"," PURPOSE
                    ",\"proofValue\":\"z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ij"
                    "x4K1FBTQsCZahKZme\"}}");
    assert_step(verdict(w, mr_buf_str(&b)), MR_UNCHECKED, "proof.limit");
    mr_buf_done(&b);
}

/* ---- keys ---- */

struct aged {
    int64_t expires, revoked;
};

static int find_aged(void *self, mr_arena *a, mr_str method, mr_relationship use, struct mr_method *ret,
                     struct mr_err *err)
{
    struct aged *aged = self;
    struct mr_resolver resolver = {0};
    MR_TRY(mr_controller_find(&resolver, a, method, use, ret, err));
    ret->expires = aged->expires, ret->revoked = aged->revoked;
    return MR_OK;
}

static void test_data_integrity_verify__asks_whether_the_key_may_still_be_used(void **state)
{
    static const struct {
        struct aged aged;
        mr_state state;
        const char *id;
    } cases[] = {
        {{MR_TIME_NONE, MR_TIME_NONE}, MR_PASSED, "proof.passed"},
        {{NOW + 1000, NOW + 1000}, MR_PASSED, "proof.passed"},
        {{NOW - 1000, MR_TIME_NONE}, MR_FAILED, "key.expired"},
        {{MR_TIME_NONE, NOW - 1000}, MR_FAILED, "key.revoked"},
    };
    struct world *w = *state;
    struct mr_proof_wanted wanted = {.purpose = MR_ASSERTION_METHOD, .now = NOW};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mr_data_integrity d;
        struct aged aged = cases[i].aged;
        verify_with(w, sign_usual(w, MR_EDDSA_RDFC_2022), &(struct mr_key_source){find_aged, &aged}, &wanted, &d);
        assert_step(d.step, cases[i].state, cases[i].id);
        mr_data_integrity_done(&d);
    }
}

static int find_nothing(void *self, mr_arena *a, mr_str method, mr_relationship use, struct mr_method *ret,
                        struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOMEM, "as the test wants", MR_NOWHERE);
}

static void test_data_integrity_verify__hands_on_what_is_nobodys_fault(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_data_integrity d;
    struct mr_key_source keys = {find_nothing, NULL};
    struct mr_proof_wanted wanted = {.purpose = MR_ASSERTION_METHOD, .now = NOW};
    const mr_json *root = parse(w, sign_usual(w, MR_EDDSA_RDFC_2022));
    assert_code(mr_data_integrity_verify(&w->a, w->contexts, root, &keys, &wanted, &d, &err), MR_E_NOMEM, err);
    assert_int_equal(d.count, 0);
}

/* With too little memory there is an error and no verdict: a good proof is never refused for want of room. */
static void test_data_integrity__short_memory_is_an_error(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_resolver resolver = {0};
    struct mr_key_source keys = {mr_controller_find, &resolver};
    struct mr_proof_wanted wanted = {.purpose = MR_ASSERTION_METHOD, .now = NOW};
    struct mr_proof_options options = usual(MR_EDDSA_RDFC_2022);
    mr_str text = add_proof(w, add_proof(w, sign_usual(w, MR_EDDSA_JCS_2022), "urn:example:a", "", MR_TIME_NONE),
                            "urn:example:b", "urn:example:a", MR_TIME_NONE);
    const mr_json *root = parse(w, text);
    size_t short_ones = 0;
    for (size_t limit = 0; limit <= 256 * MR_KIB; limit += 512) {
        mr_arena a;
        mr_buf out;
        struct mr_data_integrity d;
        mr_arena_init(&a, limit);
        mr_buf_init(&out, MR_MIB);
        int code = mr_data_integrity_verify(&a, w->contexts, root, &keys, &wanted, &d, &err);
        if (code == MR_OK) assert_step(d.step, MR_PASSED, "proof.passed");
        if (code != MR_OK) assert_int_equal(code, MR_E_NOMEM);
        short_ones += code == MR_E_NOMEM;
        mr_data_integrity_done(&d);
        mr_arena_reset(&a);
        code = mr_data_integrity_sign(&a, w->contexts, text, root, w->ed, &options, &out, &err);
        assert_true(code == MR_OK || (code == MR_E_NOMEM && out.len == 0));
        mr_buf_done(&out);
        mr_arena_done(&a);
    }
    assert_true(short_ones > 0 && short_ones < 256 * MR_KIB / 512);
}

/* ---- Ed25519Signature2018 ---- */

static void put_jws(struct world *w, const char *header, const mr_json *options, const mr_json *document, mr_buf *out)
{
    mr_digest hashes[2];
    mr_str signature;
    struct mr_err err = {0};
    size_t start = out->len;
    mr_base64url_put(out, mr_str_of(header));
    mr_str encoded = mr_arena_dup(&w->a, mr_str_from(mr_buf_str(out), start));
    assert_ok(mr_proof_hash(&w->a, w->contexts, NULL, options, MR_RDFC, MR_SHA256, &hashes[0], &err), err);
    assert_ok(mr_proof_hash(&w->a, w->contexts, NULL, document, MR_RDFC, MR_SHA256, &hashes[1], &err), err);
    mr_str parts[] = {encoded, MR_STR("."), mr_digest_str(&hashes[0]), mr_digest_str(&hashes[1])};
    assert_ok(mr_key_sign(w->ed, MR_ALG_EDDSA, parts, 4, &w->a, &signature, &err), err);
    mr_buf_puts(out, "..");
    mr_base64url_put(out, signature);
}

/* A document signed as that suite does, with this JWS header. */
static mr_str sign_2018(struct world *w, const char *header)
{
    static const char members[] = "\"type\":\"Ed25519Signature2018\",\"created\":\"2020-01-01T00:00:00Z\","
                                  "\"proofPurpose\":\"assertionMethod\",\"verificationMethod\":\"" ED_KEY "\"";
    static const char document[] = "{\"@context\":[\"https://www.w3.org/2018/credentials/v1\"],\"type\":["
                                   "\"VerifiableCredential\"],\"issuer\":\"" ED "\"";
    mr_buf out;
    mr_str options = mr_arena_format(&w->a, "{\"@context\":\"https://w3id.org/security/v2\",%s}", members);
    mr_str covered = mr_arena_format(&w->a, "%s}", document);
    mr_buf_init(&out, MR_MIB);
    mr_buf_format(&out, "%s,\"proof\":{%s,\"jws\":\"", document, members);
    put_jws(w, header, parse(w, options), parse(w, covered), &out);
    mr_buf_puts(&out, "\"}}");
    mr_str text = mr_arena_dup(&w->a, mr_buf_str(&out));
    mr_buf_done(&out);
    return text;
}

static void test_data_integrity_verify__holds_the_elder_suite_to_one_header(void **state)
{
    static const struct {
        const char *header;
        mr_state state;
        const char *id;
    } cases[] = {
        {"{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[\"b64\"]}", MR_PASSED, "proof.passed"},
        {"{\"crit\":[\"b64\"],\"b64\":false,\"alg\":\"EdDSA\"}", MR_PASSED, "proof.passed"},
        {"{\"alg\":\"EdDSA\",\"b64\":true,\"crit\":[\"b64\"]}", MR_FAILED, "proof.value"},
        {"{\"alg\":\"EdDSA\",\"b64\":false}", MR_FAILED, "proof.value"},
        {"{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[]}", MR_FAILED, "proof.value"},
        {"{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[\"b64\",\"b64\"]}", MR_FAILED, "proof.value"},
        {"{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":\"b64\"}", MR_FAILED, "proof.value"},
        {"{\"alg\":\"none\",\"b64\":false,\"crit\":[\"b64\"]}", MR_FAILED, "proof.value"},
        {"{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"x\"}", MR_FAILED, "proof.value"},
        {"[]", MR_FAILED, "proof.value"},
        {"EdDSA", MR_FAILED, "proof.value"},
    };
    static const struct change changes[] = {
        {"2020-01-01", "2020-01-02", MR_FAILED, "seal.signature.changed", NULL},
        {"\"issuer\":\"did", "\"issuer\":\"dad", MR_FAILED, "seal.signature.changed", NULL},
        {"..", ".", MR_FAILED, "proof.value", NULL},
        {"..", "..A", MR_FAILED, "proof.value", NULL},
        {"..", ".e30.", MR_FAILED, "proof.value", NULL},
        {"\"jws\"", "\"proofValue\"", MR_FAILED, "proof.form", "jws"},
    };
    struct world *w = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("# %s\n", cases[i].header);
        assert_step(verdict(w, sign_2018(w, cases[i].header)), cases[i].state, cases[i].id);
    }
    assert_changes(w, sign_2018(w, cases[0].header), changes, COUNT(changes));
}

/* ---- signing ---- */

static void test_data_integrity_sign__leaves_the_text_as_it_is(void **state)
{
#define PLAIN "{\"@context\":[" CREDENTIALS "], \"type\":[\"VerifiableCredential\"],\n \"issuer\":\"" ED "\""
    static const struct {
        const char *text, *before, *after; /* of the proofs */
    } cases[] = {
        {PLAIN "}", PLAIN ",\"proof\":{", "}}"},
        {PLAIN "\n}\n ", PLAIN "\n,\"proof\":{", "}}\n "},
        {PLAIN " , \"proof\" : [ ] , \"name\":\"N\"}", PLAIN " , \"proof\" : [ {", "}] , \"name\":\"N\"}"},
        {PLAIN ",\"proof\":[]}", PLAIN ",\"proof\":[{", "}]}"},
        {PLAIN ",\"proof\":" UNKNOWN_PROOF "}", PLAIN ",\"proof\":[" UNKNOWN_PROOF ",{", "}]}"},
        {PLAIN ",\"proof\": " UNKNOWN_PROOF " }", PLAIN ",\"proof\": [" UNKNOWN_PROOF ",{", "}] }"},
        {PLAIN ",\"proof\":[" UNKNOWN_PROOF "\n], \"name\":\"N]\"}", PLAIN ",\"proof\":[" UNKNOWN_PROOF "\n,{",
         "}], \"name\":\"N]\"}"},
    };
    struct world *w = *state;
    struct mr_proof_options options = usual(MR_EDDSA_RDFC_2022);
    for (size_t i = 0; i < COUNT(cases); i++) {
        mr_str text = sign(w, mr_str_of(cases[i].text), &options), after = mr_str_of(cases[i].after);
        if (!mr_str_has_prefix(text, mr_str_of(cases[i].before)) || !mr_str_has_suffix(text, after))
            fail_msg("%s became %.*s", cases[i].text, MR_STR_ARG(text));
        const mr_json *proofs[MR_LIMIT_PROOFS + 1];
        size_t count = mr_proofs_list(parse(w, text), proofs, MR_LIMIT_PROOFS);
        assert_str(mr_json_get_str(proofs[count - 1], "cryptosuite"), "eddsa-rdfc-2022");
        struct mr_step step = verdict(w, text);
        assert_step(step, count == 1 ? MR_PASSED : MR_UNCHECKED, count == 1 ? "proof.passed" : "proof.unknown_suite");
    }
}

static void test_data_integrity_sign__refuses_what_it_cannot_sign(void **state)
{
    static const struct {
        const char *text;
        mr_cryptosuite suite;
        const char *previous, *method;
        mr_code code;
    } cases[] = {
        {"[]", MR_EDDSA_RDFC_2022, "", ED_KEY, MR_E_FORMAT},
        {DOCUMENT, MR_EDDSA_RDFC_2022, "", "", MR_E_FORMAT},
        {DOCUMENT, MR_EDDSA_RDFC_2022, "urn:example:a", ED_KEY, MR_E_FORMAT},
        {"{\"@context\":[" CREDENTIALS "],\"proof\":5}", MR_EDDSA_RDFC_2022, "", ED_KEY, MR_E_FORMAT},
        {"{\"@context\":[" CREDENTIALS "],\"proof\":[5]}", MR_EDDSA_RDFC_2022, "", ED_KEY, MR_E_FORMAT},
        {DOCUMENT, MR_SUITE_NONE, "", ED_KEY, MR_E_UNSUPPORTED},
        {DOCUMENT, MR_ED25519_SIGNATURE_2020, "", ED_KEY, MR_E_UNSUPPORTED},
        {DOCUMENT, MR_ED25519_SIGNATURE_2018, "", ED_KEY, MR_E_UNSUPPORTED},
        {DOCUMENT, MR_ECDSA_SD_2023, "", ED_KEY, MR_E_UNSUPPORTED},
        {DOCUMENT, MR_BBS_2023, "", ED_KEY, MR_E_UNSUPPORTED},
        {DOCUMENT, MR_ECDSA_RDFC_2019, "", ED_KEY, MR_E_KEY},
        {DOCUMENT, MR_ECDSA_JCS_2019, "", ED_KEY, MR_E_KEY},
        {"{\"@context\":\"https://example.com/own/v1\"}", MR_EDDSA_RDFC_2022, "", ED_KEY, MR_E_JSONLD},
        {"{\"@context\":[" CREDENTIALS "],\"rank\":1}", MR_EDDSA_RDFC_2022, "", ED_KEY, MR_E_JSONLD_UNSAFE},
        {"{\"rank\":1e999}", MR_EDDSA_JCS_2022, "", ED_KEY, MR_E_JSON},
    };
    struct world *w = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        mr_buf out;
        struct mr_err err = {0};
        struct mr_proof_options options = usual(cases[i].suite);
        mr_str text = mr_str_of(cases[i].text);
        options.previous_proof = mr_str_of(cases[i].previous), options.method = mr_str_of(cases[i].method);
        mr_buf_init(&out, MR_MIB);
        mr_buf_puts(&out, "kept");
        print_message("# %s, %s\n", cases[i].text, mr_cryptosuite_name(cases[i].suite));
        assert_code(mr_data_integrity_sign(&w->a, w->contexts, text, parse(w, text), w->ed, &options, &out, &err),
                    cases[i].code, err);
        assert_str(mr_buf_str(&out), "kept");
        mr_buf_done(&out);
    }
}

static void test_data_integrity_sign__keeps_room_in_its_limits(void **state)
{
    struct world *w = *state;
    mr_buf out;
    struct mr_err err = {0};
    struct mr_proof_options options = usual(MR_EDDSA_RDFC_2022);
    mr_buf_init(&out, sizeof DOCUMENT + 100);
    assert_code(mr_data_integrity_sign(&w->a, w->contexts, MR_STR(DOCUMENT), parse(w, MR_STR(DOCUMENT)), w->ed,
                                       &options, &out, &err),
                MR_E_LIMIT, err);
    assert_int_equal(out.len, 0);
    mr_buf_done(&out);
}

/* ---- names ---- */

static void test_cryptosuite__is_found_by_name_and_by_key(void **state)
{
    struct world *w = *state;
    for (int s = MR_SUITE_NONE + 1; s <= MR_BBS_2023; s++)
        assert_int_equal(mr_cryptosuite_find(mr_str_of(mr_cryptosuite_name((mr_cryptosuite)s))), s);
    assert_int_equal(mr_cryptosuite_find(MR_STR("eddsa-rdfc-2023")), MR_SUITE_NONE);
    assert_int_equal(mr_cryptosuite_find(MR_STR_EMPTY), MR_SUITE_NONE);
    assert_int_equal(mr_cryptosuite_of_key(w->ed), MR_EDDSA_RDFC_2022);
    assert_int_equal(mr_cryptosuite_of_key(w->p256), MR_ECDSA_RDFC_2019);
}

static void test_data_integrity_is__looks_for_proofs(void **state)
{
    static const struct {
        const char *text;
        bool is;
    } cases[] = {{"{\"proof\":{}}", true},      {"{\"proof\":[{},{}]}", true}, {"{\"proof\":[]}", false},
                 {"{\"proof\":[{},1]}", false}, {"{\"proof\":\"x\"}", false},  {"{}", false},
                 {"[{\"proof\":{}}]", false}};
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(mr_data_integrity_is(parse(*state, mr_str_of(cases[i].text))), cases[i].is);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data_integrity_verify__tells_each_cause_apart),
        cmocka_unit_test(test_data_integrity_verify__jcs_holds_the_context_of_the_proof),
        cmocka_unit_test(test_data_integrity_verify__tells_whether_all_terms_have_a_meaning),
        cmocka_unit_test(test_data_integrity_verify__takes_a_time_without_zone_for_utc),
        cmocka_unit_test(test_data_integrity_verify__compares_domain_and_challenge),
        cmocka_unit_test(test_data_integrity__makes_and_verifies_chains),
        cmocka_unit_test(test_data_integrity_verify__a_chain_is_as_good_as_its_parts),
        cmocka_unit_test(test_data_integrity_verify__tells_what_the_proofs_say),
        cmocka_unit_test(test_data_integrity_sign__outlines_change_nothing),
        cmocka_unit_test(test_data_integrity_verify__accepts_only_so_many_proofs),
        cmocka_unit_test(test_data_integrity_verify__leaves_graphs_made_to_be_slow),
        cmocka_unit_test(test_data_integrity_verify__asks_whether_the_key_may_still_be_used),
        cmocka_unit_test(test_data_integrity_verify__hands_on_what_is_nobodys_fault),
        cmocka_unit_test(test_data_integrity__short_memory_is_an_error),
        cmocka_unit_test(test_data_integrity_verify__holds_the_elder_suite_to_one_header),
        cmocka_unit_test(test_data_integrity_sign__leaves_the_text_as_it_is),
        cmocka_unit_test(test_data_integrity_sign__refuses_what_it_cannot_sign),
        cmocka_unit_test(test_data_integrity_sign__keeps_room_in_its_limits),
        cmocka_unit_test(test_cryptosuite__is_found_by_name_and_by_key),
        cmocka_unit_test(test_data_integrity_is__looks_for_proofs),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
