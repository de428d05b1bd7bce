/* Verifying in tests: an issuer with a did:key, a network of invented pages, badges made and signed, and what a report must say of them. */
#ifndef TESTS_CREDENTIAL_VERIFYING_H
#define TESTS_CREDENTIAL_VERIFYING_H

#include "sealed.h"

#include "credential/trust.h"
#include "credential/verify.h"
#include "proof/data_integrity.h"

#define V2 "https://www.w3.org/ns/credentials/v2"
#define OB "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

/* What stands at addresses, in this test's network. */
struct page {
    const char *url;
    mr_str body; /* ptr NULL: unreachable */
};
struct bench {
    mr_arena arena;
    mr_env env;
    mr_contexts *contexts;
    mr_key *key, *other; /* Ed25519 */
    mr_str did, other_did;
    struct page pages[8];
    mr_fetch fetch;
    size_t asked;  /* how often the network was */
    int64_t delay; /* that each answer takes, ms */
    struct mr_known_issuer known;
    mr_trust trust;
    mr_str audience, nonce; /* that a presentation must be for; empty: not asked for */
};

static inline int get_page(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret,
                           struct mr_err *err)
{
    struct bench *b = self;
    (void)accept;
    b->asked++;
    test_env_set_time(&b->env, mr_env_now(&b->env) + b->delay);
    for (size_t i = 0; i < 8 && b->pages[i].url; i++) {
        if (!mr_str_is(url, b->pages[i].url)) continue;
        if (!b->pages[i].body.ptr) break;
        if (b->pages[i].body.len > max) return MR_FAIL(err, MR_E_LIMIT, "too large", MR_NOWHERE);
        *ret = mr_arena_dup(a, b->pages[i].body);
        return MR_OK;
    }
    return MR_FAIL(err, MR_E_NET, "nobody answers", MR_NOWHERE);
}

static inline mr_str did_of(mr_arena *a, const mr_key *k)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 4 * MR_KIB);
    mr_did_key_put(k, &b);
    return mr_arena_dup(a, mr_buf_str(&b));
}

static inline mr_str method_of(mr_arena *a, mr_str did)
{
    mr_str key = mr_str_from(did, 8);
    return mr_arena_format(a, "%.*s#%.*s", MR_STR_ARG(did), MR_STR_ARG(key));
}

static inline int set_up(void **state)
{
    static struct bench b;
    struct mr_err err = {0};
    b = (struct bench){.fetch = {get_page, &b}};
    mr_arena_init(&b.arena, 256 * MR_MIB);
    b.env = test_env_fixed(TEST_NOW, 7);
    assert_ok(mr_contexts_open(&b.contexts, &err), err);
    assert_ok(mr_key_generate(MR_KEY_ED25519, 0, &b.key, &err), err);
    assert_ok(mr_key_generate(MR_KEY_ED25519, 0, &b.other, &err), err);
    b.did = did_of(&b.arena, b.key);
    b.other_did = did_of(&b.arena, b.other);
    b.known = (struct mr_known_issuer){.id = b.did, .name = MR_STR("School of Nursing (invented)")};
    b.trust = (mr_trust){.issuers = &b.known, .issuer_count = 1};
    *state = &b;
    return 0;
}

static inline int tear_down(void **state)
{
    struct bench *b = *state;
    mr_contexts_close(b->contexts);
    mr_key_free(b->key);
    mr_key_free(b->other);
    mr_arena_done(&b->arena);
    return 0;
}

/* ---- making ---- */

static inline mr_str badge(struct bench *b, mr_str issuer, const char *more)
{
    return test_json(
        &b->arena,
        mr_arena_format(&b->arena,
                        "{'@context':['" V2 "','" OB "'],'id':'urn:uuid:01890000-0000-7000-8000-000000000001',"
                        "'type':['VerifiableCredential','OpenBadgeCredential'],'name':'Wound care',"
                        "'issuer':{'id':'%.*s','type':['Profile'],'name':'School of Nursing (invented)'},"
                        "'validFrom':'2026-10-14T00:00:00Z','credentialSubject':{'type':['AchievementSubject'],"
                        "'achievement':{'id':'urn:uuid:01890000-0000-7000-8000-000000000002','type':['Achievement'],"
                        "'name':'Wound care','description':'Dresses wounds.','criteria':{'narrative':'An "
                        "examination.'},'achievementType':'Course'}}%s}",
                        MR_STR_ARG(issuer), more)
            .ptr);
}

static inline mr_str prove_as(struct bench *b, mr_str text, mr_key *key, const struct mr_proof_options *options)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const mr_json *document = NULL;
    struct mr_err err = {0};
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_json_parse(&b->arena, text, NULL, &document, &err), err);
    assert_ok(mr_data_integrity_sign(&b->arena, b->contexts, text, document, key, options, &out, &err), err);
    return mr_arena_dup(&b->arena, mr_buf_str(&out));
}

static inline mr_str prove(struct bench *b, mr_str text, mr_key *key, mr_str method)
{
    const struct mr_proof_options options = {.suite = MR_EDDSA_RDFC_2022,
                                             .method = method,
                                             .purpose = MR_ASSERTION_METHOD,
                                             .created = TEST_NOW - 60000,
                                             .expires = MR_TIME_NONE};
    return prove_as(b, text, key, &options);
}

/* A token whose header and payload are as given, signed with this key as if it fitted. */
static inline mr_str sign(struct bench *b, mr_key *key, mr_alg alg, const char *header, mr_str payload)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_str signature;
    mr_buf_init(&out, MR_MIB);
    mr_base64url_put(&out, test_json(&b->arena, header));
    mr_buf_putc(&out, '.');
    mr_base64url_put(&out, payload);
    mr_str text = mr_buf_str(&out);
    assert_ok(mr_key_sign(key, alg, &text, 1, &b->arena, &signature, &err), err);
    mr_buf_putc(&out, '.');
    mr_base64url_put(&out, signature);
    return mr_arena_dup(&b->arena, mr_buf_str(&out));
}

static inline mr_str replace(struct bench *b, mr_str text, const char *from, const char *to)
{
    ptrdiff_t at = mr_str_find(text, mr_str_of(from));
    assert_true(at >= 0);
    mr_str parts[] = {mr_str_make(text.ptr, (size_t)at), mr_str_of(to), mr_str_from(text, (size_t)at + strlen(from))};
    return mr_arena_concat(&b->arena, parts, 3);
}

static inline const char *format(struct bench *b, const char *text, mr_str value)
{
    return mr_arena_format(&b->arena, text, MR_STR_ARG(value)).ptr;
}

/* ---- verifying ---- */

static inline mr_report verify_with(struct bench *b, mr_str file, bool online)
{
    struct mr_err err = {0};
    mr_verifier *v = NULL;
    mr_report r;
    const struct mr_verifying verifying = {.env = &b->env,
                                           .language = mr_language_english(),
                                           .trust = &b->trust,
                                           .fetch = online ? &b->fetch : NULL,
                                           .audience = b->audience,
                                           .nonce = b->nonce};
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    assert_ok(mr_verify(v, &b->arena, file, &r, &err), err);
    mr_verifier_close(v);
    assert_true(r.summary.len > 0);
    return r;
}

static inline void assert_check(const mr_report *r, mr_check_code code, mr_state state, const char *id)
{
    const struct mr_check *c = &r->checks[code];
    mr_str wanted = mr_message(mr_language_english(), id);
    if (!c->claimed || c->state != state)
        fail_msg("%s: got %s%s (%.*s; %.*s), wanted %s %s", mr_check_name(code), c->claimed ? "" : "unclaimed ",
                 mr_state_name(c->state), MR_STR_ARG(c->text), MR_STR_ARG(c->detail), mr_state_name(state), id);
    if (!memchr(wanted.ptr, '{', wanted.len)) assert_str_eq(c->text, wanted);
}

static inline void assert_seal(struct bench *b, mr_str file, bool online, mr_state state, const char *id)
{
    mr_report r = verify_with(b, file, online);
    assert_check(&r, MR_CHECK_SEAL, state, id);
    for (int i = MR_CHECK_SEAL + 1; i < MR_CHECK_COUNT; i++) assert_false(r.checks[i].claimed);
    assert_false(r.has_view);
    assert_int_equal(r.verdict, state == MR_FAILED ? MR_VERDICT_INVALID : MR_VERDICT_UNKNOWN);
}

#endif
