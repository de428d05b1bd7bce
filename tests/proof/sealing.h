/* What the tests of seals share: an invented provider with a seal of the self-made authority, a time-stamp authority made by the
 * openssl command, and short ways to seal, verify and take a step by its name. */
#ifndef MR_TESTS_PROOF_SEALING_H
#define MR_TESTS_PROOF_SEALING_H

#include "crypto/pki.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/authority.h"
#include "json/write.h"
#include "proof/jades.h"

#define SEALING_PAYLOAD "{\"id\":\"urn:credential:1\",\"name\":\"Zo\xC3\xAB \\\"Quote\\\" \\u0007 \xF0\x9F\x8E\x93\"}"

struct sealing {
    struct peer *peer; /* its arena and folder */
    mr_arena *a;
    mr_env env; /* the real clock */
    int64_t now;
    struct mr_authority authority;
    struct mr_seal_key seal;
    mr_buf out;
    struct mr_err err;
    mr_jades j; /* of the last sealing_verify */
};

static inline int sealing_setup(void **state)
{
    void *peer = NULL;
    struct sealing *s = calloc(1, sizeof *s);
    if (!s || peer_setup(&peer) != 0) return -1;
    s->peer = peer;
    s->a = &s->peer->arena;
    s->env = *mr_env_system();
    s->now = mr_env_now(&s->env);
    mr_buf_init(&s->out, MR_LIMIT_DOCUMENT);
    struct mr_seal_subject subject = {MR_STR("Invented University"), MR_STR("VATDK-00000000"), MR_STR("DK"),
                                      MR_STR("Invented seal")};
    if (mr_authority_new(&s->env, &s->authority, &s->err) != MR_OK ||
        mr_authority_issue_seal(&s->authority, &s->env, &subject, MR_KEY_P256, &s->seal, &s->err) != MR_OK)
        return -1;
    *state = s;
    return 0;
}

static inline int sealing_teardown(void **state)
{
    struct sealing *s = *state;
    void *peer = s->peer;
    mr_jades_done(&s->j);
    mr_buf_done(&s->out);
    mr_seal_key_done(&s->seal);
    mr_authority_done(&s->authority);
    free(s);
    return peer_teardown(&peer);
}

/* The text as a document in the arena. */
static inline mr_str sealing_keep(struct sealing *s)
{
    assert_false(mr_buf_failed(&s->out));
    mr_str copy = mr_arena_dup(s->a, mr_buf_str(&s->out));
    assert_non_null(copy.ptr);
    return copy;
}

static inline mr_str sealing_make(struct sealing *s, mr_timestamp_source *timestamp, mr_str payload)
{
    struct mr_jades_sealing how = {.seal = &s->seal, .now = s->now, .timestamp = timestamp, .timestamp_self = s};
    mr_buf_clear(&s->out);
    assert_ok(mr_jades_seal(&how, payload, s->a, &s->out, &s->err), s->err);
    return sealing_keep(s);
}

/* Verify into s->j; compact serialization when the text does not begin with a brace. */
static inline void sealing_verify_with(struct sealing *s, mr_str text, mr_certificate *const *anchors, size_t count,
                                       int64_t now)
{
    const mr_json *root = NULL;
    mr_jades_done(&s->j);
    if (text.len && text.ptr[0] == '{') assert_ok(mr_json_parse(s->a, text, NULL, &root, &s->err), s->err);
    assert_ok(mr_jades_verify(s->a, text, root, anchors, count, now, &s->j, &s->err), s->err);
}

static inline void sealing_verify(struct sealing *s, mr_str text)
{
    sealing_verify_with(s, text, NULL, 0, s->now);
}

static inline void sealing_assert_step(const char *name, const struct mr_step *got, mr_state state, const char *id)
{
    if (got->state == state && strcmp(got->id, id) == 0) return;
    fail_msg("%s: got %s %s (%.*s), wanted %s %s", name, mr_state_name(got->state), got->id, MR_STR_ARG(got->detail),
             mr_state_name(state), id);
}

static inline bool sealing_has_remark(const mr_jades *j, const char *id)
{
    for (size_t i = 0; i < MR_JADES_REMARKS && j->remarks[i]; i++)
        if (strcmp(j->remarks[i], id) == 0) return true;
    return false;
}

/* ---- a time-stamp authority ---- */

#define SEALING_TSA                                                                                                    \
    "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\nauthorityKeyIdentifier=keyid\n"       \
    "subjectKeyIdentifier=hash\n"
#define SEALING_TSA_CONFIG                                                                                             \
    "[tsa]\ndefault_tsa=one\n[one]\ndir=.\nserial=serial\ncrypto_device=builtin\nsigner_cert=tsa.pem\n"                \
    "certs=tsaroot.pem\nsigner_key=tsa.key\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\n"            \
    "ess_cert_id_alg=sha256\ness_cert_id_chain=no\n"

static inline void sealing_open_tsa(struct sealing *s)
{
    mr_certificate_free(pki_issue(s->peer, "tsaroot", "Clock Root", NULL, PKI_AUTHORITY, ""));
    mr_certificate_free(pki_issue(s->peer, "tsa", "Invented Clock", "tsaroot", SEALING_TSA, ""));
    peer_write(s->peer, "ts.cnf", MR_STR(SEALING_TSA_CONFIG));
    peer_write(s->peer, "serial", MR_STR("01\n"));
}

/* mr_timestamp_source: a request to `openssl ts -reply`. self: struct sealing. */
static inline int sealing_stamp(void *self, mr_arena *a, const mr_digest *digest, mr_str *ret_token, struct mr_err *err)
{
    struct sealing *s = self;
    mr_str request;
    MR_TRY(mr_timestamp_request(a, &s->env, digest, &request, err));
    peer_write(s->peer, "request.der", request);
    peer_do(s->peer, "openssl ts -reply -config ts.cnf -queryfile request.der -out response.der");
    return mr_timestamp_response(a, request, peer_file(s->peer, "response.der"), ret_token, err);
}

/* A token over a text, DER. */
static inline mr_str sealing_token(struct sealing *s, const mr_str *parts, size_t count)
{
    mr_digest digest;
    mr_str token = MR_STR_EMPTY;
    assert_ok(mr_digest_make(MR_SHA256, parts, count, &digest, &s->err), s->err);
    assert_ok(sealing_stamp(s, s->a, &digest, &token, &s->err), s->err);
    return token;
}

/* {"NAME":{"tstTokens":[{"val":...}]}} as an element of etsiU. */
static inline mr_str sealing_element(struct sealing *s, const char *json)
{
    mr_buf_clear(&s->out);
    mr_base64url_put(&s->out, mr_str_of(json));
    return sealing_keep(s);
}

static inline mr_str sealing_base64(struct sealing *s, mr_str der)
{
    mr_buf_clear(&s->out);
    mr_base64_put(&s->out, der);
    return sealing_keep(s);
}

/* The document with an unprotected header put in front of its signature. */
static inline mr_str sealing_add_header(struct sealing *s, mr_str document, const char *header)
{
    static const mr_str mark = MR_STR_INIT("\",\"signature\":\"");
    ptrdiff_t at = mr_str_find(document, mark);
    assert_true(at > 0);
    mr_str copy = mr_arena_format(s->a, "%.*s\",\"header\":%s,%.*s", (int)at, document.ptr, header,
                                  (int)(document.len - (size_t)at - 2), document.ptr + at + 2);
    assert_non_null(copy.ptr);
    return copy;
}

/* Text of a string member of the first signature. */
static inline mr_str sealing_part(struct sealing *s, mr_str document, const char *pointer)
{
    const mr_json *root = NULL;
    assert_ok(mr_json_parse(s->a, document, NULL, &root, &s->err), s->err);
    const mr_json *v = mr_json_find(root, mr_str_of(pointer));
    assert_true(mr_json_is(v, MR_JSON_STRING));
    return mr_json_text(v);
}

#endif
