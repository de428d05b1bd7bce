/* Time-stamps: every token in the official files against the verdict known for it (OURS.tsv beside the files), then `openssl ts` as the authority that answers
 * our request, then one fault at a time. */
#include "pki.h"
#include "sealed.h"

#include <openssl/err.h>

#define TSA_EXTENSIONS                                                                                                 \
    "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\nauthorityKeyIdentifier="              \
    "keyid\nsubjectKeyIdentifier=hash\n"

/* ---- official files ---- */

struct expectation {
    mr_str file, sig_tst, arc_tst, ado_tst;
    uint32_t number;
};

/* A line of OURS.tsv: file form n parse crit time certref sig sigTst arcTst adoTst */
static bool read_line(mr_str line, struct expectation *ret)
{
    mr_str columns[11];
    uint64_t number;
    for (size_t i = 0; i < 11; i++)
        if (!mr_str_split(&line, '\t', &columns[i])) return false;
    if (!mr_str_to_u64(columns[2], &number)) return false;
    *ret = (struct expectation){columns[0], columns[8], columns[9], columns[10], (uint32_t)number};
    return true;
}

static mr_str wanted_of(const struct expectation *e, const char *kind)
{
    return strcmp(kind, "sigTst") == 0 ? e->sig_tst : strcmp(kind, "arcTst") == 0 ? e->arc_tst : e->ado_tst;
}

/* The column is "ok" when all tokens of the kind cover what they should, "bad" when one does not. */
static void check_signature_of(const char *path, const struct expectation *e, size_t *ret_good, size_t *ret_bad)
{
    static const char *const kinds[] = {"sigTst", "arcTst", "adoTst"};
    mr_arena a;
    struct sealed s;
    mr_arena_init(&a, 64 * 1024 * 1024);
    bool readable = sealed_read(&a, path, e->number, &s);
    for (size_t k = 0; readable && k < 3; k++) {
        size_t good = 0, bad = 0;
        for (size_t i = 0; i < s.token_count; i++) {
            if (strcmp(s.tokens[i].kind, kinds[k]) != 0) continue;
            struct mr_err err = {0};
            struct mr_timestamp t;
            int code = mr_timestamp_verify(s.tokens[i].der, s.tokens[i].covered, s.tokens[i].count, s.pool,
                                           s.pool_count, NULL, 0, &t, &err);
            if (code == MR_OK) {
                assert_int_equal(t.chain.state, MR_CHAIN_UNANCHORED);
                mr_timestamp_done(&t);
                good++;
            } else {
                assert_code(code, MR_E_SIGNATURE, err);
                bad++;
            }
        }
        mr_str wanted = wanted_of(e, kinds[k]);
        if ((mr_str_is(wanted, "ok") && bad) || (mr_str_is(wanted, "bad") && good + bad && !bad))
            fail_msg("%s %s: %zu good, %zu bad; wanted %.*s", path, kinds[k], good, bad, MR_STR_ARG(wanted));
        *ret_good += good;
        *ret_bad += bad;
    }
    if (readable) sealed_done(&s);
    mr_arena_done(&a);
}

static void test_timestamp_verify__agrees_with_the_vectors(void **state)
{
    struct peer *p = *state;
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM vectors are not here (MERIT_ELM)");
    mr_str table = test_read_file(&p->arena, test_path(&p->arena, elm, "jades-dss/OURS.tsv")), line;
    size_t good = 0, bad = 0;
    while (mr_str_split(&table, '\n', &line)) {
        struct expectation e;
        if (!read_line(line, &e)) continue;
        const char *path = mr_arena_format(&p->arena, "%s/jades-dss/%.*s", elm, MR_STR_ARG(e.file)).ptr;
        check_signature_of(path, &e, &good, &bad);
    }
    assert_true(good >= 14);
    assert_true(bad >= 4);
}

/* One of them in full: seven files sealed by the Commission's own software. */
static void test_timestamp_verify__accepts_all_of_the_samples(void **state)
{
    struct peer *p = *state;
    static const char *const files[] = {"samples/Sample-MC-Annex1-signed.jsonld",
                                        "samples-edc-repo/credential-jws-invalid.jsonld",
                                        "samples-edc-repo/json_sealed_test_output.json",
                                        "samples-edc-repo/json_to_seal-signed-jades-baseline-lta.json"};
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM samples are not here (MERIT_ELM)");
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        struct sealed s;
        assert_true(sealed_read(&p->arena, test_path(&p->arena, elm, files[f]), 0, &s));
        assert_true(s.token_count >= 2);
        for (size_t i = 0; i < s.token_count; i++) {
            struct mr_err err = {0};
            struct mr_timestamp t;
            assert_ok(mr_timestamp_verify(s.tokens[i].der, s.tokens[i].covered, s.tokens[i].count, s.pool, s.pool_count,
                                          NULL, 0, &t, &err),
                      err);
            /* the end of the chain taken as the anchor */
            mr_certificate *top = mr_certificate_share(t.chain.certificates[t.chain.count - 1]);
            mr_timestamp_done(&t);
            assert_ok(mr_timestamp_verify(s.tokens[i].der, s.tokens[i].covered, s.tokens[i].count, s.pool, s.pool_count,
                                          &top, 1, &t, &err),
                      err);
            assert_int_equal(t.chain.state, MR_CHAIN_ANCHORED);
            mr_timestamp_done(&t);
            mr_certificate_free(top);
        }
        sealed_done(&s);
    }
}

static void test_timestamp_verify__reads_time_and_signer_of_the_sample(void **state)
{
    struct peer *p = *state;
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM samples are not here (MERIT_ELM)");
    struct sealed s;
    struct mr_err err = {0};
    struct mr_timestamp t;
    assert_true(sealed_read(&p->arena, test_path(&p->arena, elm, "samples/Sample-MC-Annex1-signed.jsonld"), 0, &s));
    struct sealed_token *first = &s.tokens[0];
    assert_string_equal(first->kind, "adoTst");
    assert_ok(mr_timestamp_verify(first->der, first->covered, first->count, NULL, 0, NULL, 0, &t, &err), err);
    assert_true(t.time == INT64_C(1695815657000)); /* 2023-09-27T11:54:17Z */
    assert_str(mr_certificate_subject(t.authority)->common_name, "good-tsa");
    assert_int_equal(t.held_count, 2);
    assert_int_equal(t.chain.count, 2);
    mr_timestamp_done(&t);
    mr_str longer[] = {first->covered[0], MR_STR(" ")};
    assert_code(mr_timestamp_verify(first->der, longer, 2, NULL, 0, NULL, 0, &t, &err), MR_E_SIGNATURE, err);
    assert_string_equal(err.message, "the time-stamp covers something else");
    assert_code(mr_timestamp_verify(first->der, NULL, 0, NULL, 0, NULL, 0, &t, &err), MR_E_SIGNATURE, err);
    sealed_done(&s);
}

/* A fraction of a second, and ESSCertID in its first version. */
static void test_timestamp_verify__reads_fractions(void **state)
{
    struct peer *p = *state;
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM vectors are not here (MERIT_ELM)");
    struct sealed s;
    struct mr_err err = {0};
    struct mr_timestamp t;
    assert_true(sealed_read(&p->arena, test_path(&p->arena, elm, "jades-dss/jades-triple-LTA.json"), 0, &s));
    bool found = false;
    for (size_t i = 0; i < s.token_count; i++) {
        assert_ok(mr_timestamp_verify(s.tokens[i].der, s.tokens[i].covered, s.tokens[i].count, s.pool, s.pool_count,
                                      NULL, 0, &t, &err),
                  err);
        found |= t.time == INT64_C(1627680386694); /* 2021-07-30T21:26:26.694Z */
        mr_timestamp_done(&t);
    }
    assert_true(found);
    sealed_done(&s);
}

/* With one octet changed a token is refused, or says the same as before (parts that nobody signed). */
static void test_timestamp_verify__sees_every_altered_octet(void **state)
{
    struct peer *p = *state;
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM samples are not here (MERIT_ELM)");
    struct sealed s;
    size_t refused = 0;
    assert_true(sealed_read(&p->arena, test_path(&p->arena, elm, "samples/Sample-MC-Annex1-signed.jsonld"), 0, &s));
    const struct sealed_token *token = &s.tokens[1];
    struct mr_timestamp right;
    assert_int_equal(mr_timestamp_verify(token->der, token->covered, token->count, NULL, 0, NULL, 0, &right, NULL),
                     MR_OK);
    mr_str copy = mr_arena_dup(&p->arena, token->der);
    for (size_t at = 0; at < copy.len; at++) {
        struct mr_timestamp t;
        ((char *)copy.ptr)[at] ^= (char)(1 << at % 8);
        if (mr_timestamp_verify(copy, token->covered, token->count, NULL, 0, NULL, 0, &t, NULL) == MR_OK) {
            if (t.time != right.time ||
                memcmp(mr_certificate_sha256(t.authority), mr_certificate_sha256(right.authority), 32) != 0)
                fail_msg("octet %zu changes what the token says", at);
            mr_timestamp_done(&t);
        } else {
            refused++;
        }
        ((char *)copy.ptr)[at] ^= (char)(1 << at % 8);
    }
    assert_true(refused > copy.len / 2);
    for (size_t length = 0; length < copy.len; length += 7) {
        struct mr_timestamp t;
        assert_int_not_equal(mr_timestamp_verify(mr_str_make(copy.ptr, length), token->covered, token->count, NULL, 0,
                                                 NULL, 0, &t, NULL),
                             MR_OK);
    }
    assert_int_equal(ERR_peek_error(), 0);
    mr_timestamp_done(&right);
    sealed_done(&s);
}

/* ---- openssl ts ---- */

#define TSA_CONFIG                                                                                                     \
    "[tsa]\ndefault_tsa=one\n[one]\ndir=.\nserial=serial\ncrypto_device=builtin\nsigner_cert=tsa.pem\ncerts=root."     \
    "pem\n"                                                                                                            \
    "signer_key=tsa.key\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha1,sha256,sha384,sha512\n"            \
    "ess_cert_id_alg=sha256\ness_cert_id_chain=no\n"

struct tsa {
    mr_certificate *root, *signer;
};

static struct tsa open_tsa(struct peer *p, const char *extensions)
{
    struct tsa t;
    t.root = pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, "");
    t.signer = pki_issue(p, "tsa", "Clock", "root", extensions, "");
    peer_write(p, "ts.cnf", MR_STR(TSA_CONFIG));
    peer_write(p, "serial", MR_STR("01\n"));
    return t;
}

static void close_tsa(struct tsa *t)
{
    mr_certificate_free(t->root);
    mr_certificate_free(t->signer);
}

static mr_str ask(struct peer *p, mr_str text, mr_digest_kind kind, uint64_t seed)
{
    struct mr_err err = {0};
    mr_env env = test_env_fixed(0, seed);
    mr_digest digest;
    mr_str request;
    assert_ok(mr_digest_make(kind, &text, 1, &digest, &err), err);
    assert_ok(mr_timestamp_request(&p->arena, &env, &digest, &request, &err), err);
    peer_write(p, "request.der", request);
    return request;
}

static mr_str answer(struct peer *p)
{
    peer_do(p, "openssl ts -reply -config ts.cnf -queryfile request.der -out response.der");
    return peer_file(p, "response.der");
}

static void test_timestamp__asks_and_takes_the_answer(void **state)
{
    PEER_OR_SKIP(p, state);
    static const mr_digest_kind kinds[] = {MR_SHA256, MR_SHA384, MR_SHA512};
    struct tsa tsa = open_tsa(p, TSA_EXTENSIONS);
    int64_t before = mr_env_now(mr_env_system());
    for (size_t i = 0; i < 3; i++) {
        struct mr_err err = {0};
        struct mr_timestamp t;
        mr_str token, parts[] = {MR_STR("what is "), MR_STR("stamped")};
        mr_str request = ask(p, MR_STR("what is stamped"), kinds[i], 7);
        peer_do(p, "openssl ts -query -in request.der -text");
        peer_assert_said(p, "Certificate required: yes");
        mr_str response = answer(p);
        assert_ok(mr_timestamp_response(&p->arena, request, response, &token, &err), err);
        peer_write(p, "token.der", token);
        peer_write(p, "data", MR_STR("what is stamped"));
        peer_do(p, "openssl ts -verify -token_in -in token.der -data data -CAfile root.pem");
        assert_ok(mr_timestamp_verify(token, parts, 2, NULL, 0, &tsa.root, 1, &t, &err), err);
        assert_int_equal(t.chain.state, MR_CHAIN_ANCHORED);
        assert_true(t.time >= before / 1000 * 1000 && t.time < before + 600000);
        assert_memory_equal(mr_certificate_sha256(t.authority), mr_certificate_sha256(tsa.signer), 32);
        mr_timestamp_done(&t);
        mr_str trailing = mr_arena_concat(&p->arena, (mr_str[]){token, MR_STR("\0")}, 2);
        assert_code(mr_timestamp_verify(trailing, parts, 2, NULL, 0, NULL, 0, &t, &err), MR_E_FORMAT, err);
    }
    close_tsa(&tsa);
}

static void test_timestamp_response__refuses_answers_to_other_requests(void **state)
{
    PEER_OR_SKIP(p, state);
    struct mr_err err = {0};
    mr_str token;
    struct tsa tsa = open_tsa(p, TSA_EXTENSIONS);
    mr_str request = ask(p, MR_STR("one"), MR_SHA256, 1);
    mr_str response = answer(p);
    assert_ok(mr_timestamp_response(&p->arena, request, response, &token, &err), err);
    mr_str other = ask(p, MR_STR("two"), MR_SHA256, 1), again = ask(p, MR_STR("one"), MR_SHA256, 2);
    assert_code(mr_timestamp_response(&p->arena, other, response, &token, &err), MR_E_SIGNATURE, err);
    assert_code(mr_timestamp_response(&p->arena, again, response, &token, &err), MR_E_SIGNATURE, err);
    assert_true(strstr(err.message, "nonce") != NULL);
    assert_code(mr_timestamp_response(&p->arena, request, MR_STR("not DER"), &token, &err), MR_E_FORMAT, err);
    assert_code(mr_timestamp_response(&p->arena, request, MR_STR_EMPTY, &token, &err), MR_E_FORMAT, err);
    assert_code(mr_timestamp_response(&p->arena, MR_STR("x"), response, &token, &err), MR_E_FORMAT, err);
    for (size_t length = 0; length < response.len; length += 11)
        assert_int_not_equal(mr_timestamp_response(&p->arena, request, mr_str_make(response.ptr, length), &token, &err),
                             MR_OK);
    close_tsa(&tsa);
}

static void test_timestamp_response__passes_a_refusal_on(void **state)
{
    PEER_OR_SKIP(p, state);
    struct mr_err err = {0};
    mr_str token;
    struct tsa tsa = open_tsa(p, TSA_EXTENSIONS);
    peer_do(p, "sed -i s/sha256,sha384,// ts.cnf"); /* the authority accepts other digests only */
    mr_str request = ask(p, MR_STR("one"), MR_SHA256, 1);
    assert_code(mr_timestamp_response(&p->arena, request, answer(p), &token, &err), MR_E_NET, err);
    assert_true(strstr(err.detail, "status 2") != NULL);
    close_tsa(&tsa);
}

/* A token over "text" whose authority or settings have a fault. */
static int verify_faulty(struct peer *p, const char *extensions, const char *sed, mr_certificate *const *pool,
                         size_t pool_count, struct mr_err *err)
{
    struct mr_timestamp t;
    mr_str token, text = MR_STR("text");
    struct tsa tsa = open_tsa(p, extensions);
    if (sed) peer_do(p, mr_arena_format(&p->arena, "sed -i %s ts.cnf", sed).ptr);
    mr_str request = ask(p, text, MR_SHA256, 3);
    assert_ok(mr_timestamp_response(&p->arena, request, answer(p), &token, err), *err);
    int code = mr_timestamp_verify(token, &text, 1, pool, pool_count, &tsa.root, 1, &t, err);
    if (code == MR_OK) mr_timestamp_done(&t);
    close_tsa(&tsa);
    return code;
}

static void test_timestamp_verify__refuses_weak_digests(void **state)
{
    PEER_OR_SKIP(p, state);
    struct mr_err err = {0};
    assert_code(verify_faulty(p, TSA_EXTENSIONS, "s/signer_digest=sha256/signer_digest=sha1/", NULL, 0, &err),
                MR_E_UNSUPPORTED, err);
    assert_ok(verify_faulty(p, TSA_EXTENSIONS, "s/signer_digest=sha256/signer_digest=sha512/", NULL, 0, &err), err);
    assert_ok(verify_faulty(p, TSA_EXTENSIONS, "s/ess_cert_id_alg=sha256/ess_cert_id_alg=sha384/", NULL, 0, &err), err);
    assert_ok(verify_faulty(p, TSA_EXTENSIONS, "s/ess_cert_id_alg=sha256/ess_cert_id_alg=sha1/", NULL, 0, &err), err);
    assert_ok(verify_faulty(p, TSA_EXTENSIONS, "s/ess_cert_id_chain=no/ess_cert_id_chain=yes/", NULL, 0, &err), err);
    struct tsa tsa = open_tsa(p, TSA_EXTENSIONS);
    struct mr_timestamp t;
    mr_str text = MR_STR("text");
    peer_write(p, "data", text);
    peer_do(p, "openssl ts -query -data data -sha1 -cert -out request.der && openssl ts -reply -config ts.cnf "
               "-queryfile request.der -token_out "
               "-out token.der");
    assert_code(mr_timestamp_verify(peer_file(p, "token.der"), &text, 1, NULL, 0, NULL, 0, &t, &err), MR_E_UNSUPPORTED,
                err);
    close_tsa(&tsa);
}

/* openssl itself refuses to sign with most of these, so the certificate is exchanged behind its back. */
static void test_timestamp_verify__demands_a_time_stamping_certificate(void **state)
{
    PEER_OR_SKIP(p, state);
    static const char *const wrong[] = {
        "keyUsage=digitalSignature\nextendedKeyUsage=timeStamping\n",                          /* not critical */
        "keyUsage=digitalSignature\nextendedKeyUsage=critical,timeStamping,emailProtection\n", /* not alone */
        "keyUsage=digitalSignature\n",
        "keyUsage=keyCertSign\nextendedKeyUsage=critical,timeStamping\n",
        "extendedKeyUsage=critical,serverAuth\n",
    };
    peer_do(p, "rm -f tsa.key root.key");
    struct tsa tsa = open_tsa(p, TSA_EXTENSIONS);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct mr_err err = {0};
        struct mr_timestamp t;
        mr_str text = MR_STR("text");
        mr_certificate *other = pki_issue(p, "tsa", "Clock", "root", wrong[i], "");
        peer_write(p, "data", text);
        /* cms makes the same structure without looking at purposes; -cades adds ESSCertIDv2 */
        peer_do(p, "openssl ts -query -data data -sha256 -no_nonce -out request.der");
        close_tsa(&tsa);
        tsa = open_tsa(p, TSA_EXTENSIONS);
        peer_do(p, "openssl ts -reply -config ts.cnf -queryfile request.der -token_out -out token.der && openssl cms "
                   "-verify -inform DER -in "
                   "token.der -noverify -certfile tsa.pem -out info.der");
        mr_str pem;
        MR_CLEANUP(mr_buf_done) mr_buf text_of_other;
        mr_buf_init(&text_of_other, 65536);
        assert_ok(mr_certificate_write_pem(other, &text_of_other, &err), err);
        pem = mr_buf_str(&text_of_other);
        peer_write(p, "other.pem", pem);
        peer_do(p, "openssl cms -sign -binary -nodetach -cades -md sha256 -econtent_type id-smime-ct-TSTInfo -signer "
                   "other.pem -inkey tsa.key -in "
                   "info.der -outform DER -out token.der");
        assert_code(mr_timestamp_verify(peer_file(p, "token.der"), &text, 1, NULL, 0, &tsa.root, 1, &t, &err),
                    MR_E_CERTIFICATE, err);
        peer_do(p, "openssl cms -sign -binary -nodetach -cades -md sha256 -econtent_type id-smime-ct-TSTInfo -signer "
                   "tsa.pem -inkey tsa.key -in "
                   "info.der -outform DER -out token.der");
        assert_ok(mr_timestamp_verify(peer_file(p, "token.der"), &text, 1, NULL, 0, &tsa.root, 1, &t, &err), err);
        mr_timestamp_done(&t);
        /* without the signed attribute that names the certificate */
        peer_do(p, "openssl cms -sign -binary -nodetach -md sha256 -econtent_type id-smime-ct-TSTInfo -signer tsa.pem "
                   "-inkey tsa.key -in info.der "
                   "-outform DER -out token.der");
        assert_code(mr_timestamp_verify(peer_file(p, "token.der"), &text, 1, NULL, 0, &tsa.root, 1, &t, &err),
                    MR_E_SIGNATURE, err);
        /* two signers */
        peer_do(p, "openssl cms -sign -binary -nodetach -cades -md sha256 -econtent_type id-smime-ct-TSTInfo -signer "
                   "tsa.pem -inkey tsa.key -signer "
                   "other.pem -inkey tsa.key -in info.der -outform DER -out token.der");
        assert_code(mr_timestamp_verify(peer_file(p, "token.der"), &text, 1, NULL, 0, &tsa.root, 1, &t, &err),
                    MR_E_FORMAT, err);
        /* another type of content */
        peer_do(p, "openssl cms -sign -binary -nodetach -cades -md sha256 -signer tsa.pem -inkey tsa.key -in info.der "
                   "-outform DER -out token.der");
        assert_code(mr_timestamp_verify(peer_file(p, "token.der"), &text, 1, NULL, 0, &tsa.root, 1, &t, &err),
                    MR_E_FORMAT, err);
        mr_certificate_free(other);
    }
    close_tsa(&tsa);
}

static void test_timestamp_verify__judges_the_chain_at_its_time(void **state)
{
    PEER_OR_SKIP(p, state);
    struct mr_err err = {0};
    struct mr_timestamp t;
    mr_str text = MR_STR("text");
    struct tsa tsa = open_tsa(p, TSA_EXTENSIONS);
    peer_write(p, "data", text);
    peer_do(p, "openssl ts -query -data data -sha256 -out request.der && openssl ts -reply -config ts.cnf -queryfile "
               "request.der -token_out -out "
               "token.der");
    mr_str token = peer_file(p, "token.der"); /* holds no certificates: certReq was not set */
    assert_code(mr_timestamp_verify(token, &text, 1, NULL, 0, &tsa.root, 1, &t, &err), MR_E_CERTIFICATE, err);
    assert_ok(mr_timestamp_verify(token, &text, 1, &tsa.signer, 1, NULL, 0, &t, &err), err);
    assert_int_equal(t.held_count, 0);
    assert_int_equal(t.chain.state, MR_CHAIN_UNANCHORED);
    mr_timestamp_done(&t);
    /* the same signer renewed: same name, same key, another serial */
    mr_certificate *renewed = pki_issue(p, "tsa", "Clock", "root", TSA_EXTENSIONS, "-days 3");
    assert_code(mr_timestamp_verify(token, &text, 1, &renewed, 1, &tsa.root, 1, &t, &err), MR_E_CERTIFICATE, err);
    mr_certificate_free(renewed);
    /* signed with a certificate that had already ended */
    peer_do(p, "cp tsa.pem kept.pem");
    mr_certificate *ended = pki_issue(p, "tsa", "Clock", "root", TSA_EXTENSIONS, "-days -1");
    peer_do(p, "openssl ts -reply -config ts.cnf -queryfile request.der -token_out -out token.der");
    assert_code(mr_timestamp_verify(peer_file(p, "token.der"), &text, 1, &ended, 1, &tsa.root, 1, &t, &err),
                MR_E_CERTIFICATE, err);
    assert_true(strstr(err.detail, "expired") != NULL);
    mr_certificate_free(ended);
    close_tsa(&tsa);
}

static void test_timestamp_verify__refuses_what_is_no_token(void **state)
{
    struct peer *p = *state;
    struct mr_err err = {0};
    struct mr_timestamp t;
    mr_str text = MR_STR("x"), huge = mr_str_make(mr_arena_zalloc(&p->arena, 1, 200000), 200000);
    assert_code(mr_timestamp_verify(MR_STR_EMPTY, &text, 1, NULL, 0, NULL, 0, &t, &err), MR_E_FORMAT, err);
    assert_code(mr_timestamp_verify(MR_STR("\x30\x00"), &text, 1, NULL, 0, NULL, 0, &t, &err), MR_E_FORMAT, err);
    assert_code(mr_timestamp_verify(MR_STR("hello"), &text, 1, NULL, 0, NULL, 0, &t, &err), MR_E_FORMAT, err);
    assert_code(mr_timestamp_verify(huge, &text, 1, NULL, 0, NULL, 0, &t, &err), MR_E_LIMIT, err);
    assert_int_equal(ERR_peek_error(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timestamp_verify__agrees_with_the_vectors),
        cmocka_unit_test(test_timestamp_verify__accepts_all_of_the_samples),
        cmocka_unit_test(test_timestamp_verify__reads_time_and_signer_of_the_sample),
        cmocka_unit_test(test_timestamp_verify__reads_fractions),
        cmocka_unit_test(test_timestamp_verify__sees_every_altered_octet),
        cmocka_unit_test(test_timestamp__asks_and_takes_the_answer),
        cmocka_unit_test(test_timestamp_response__refuses_answers_to_other_requests),
        cmocka_unit_test(test_timestamp_response__passes_a_refusal_on),
        cmocka_unit_test(test_timestamp_verify__refuses_weak_digests),
        cmocka_unit_test(test_timestamp_verify__demands_a_time_stamping_certificate),
        cmocka_unit_test(test_timestamp_verify__judges_the_chain_at_its_time),
        cmocka_unit_test(test_timestamp_verify__refuses_what_is_no_token),
    };
    return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
