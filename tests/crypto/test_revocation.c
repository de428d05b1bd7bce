/* Evidence of revocation: the Commission's samples, then OCSP responses and lists that openssl makes for small authorities. */
#include "pki.h"
#include "sealed.h"

#include "crypto/revocation.h"

#include <openssl/err.h>

#define RESPONDER                                                                                                      \
    "keyUsage=digitalSignature\nextendedKeyUsage=OCSPSigning\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier="      \
    "keyid\n"

static struct mr_revocation ask(mr_certificate *certificate, mr_certificate *issuer, const mr_str *ocsp,
                                size_t ocsp_count, const mr_str *crls, size_t crl_count, mr_certificate *const *pool,
                                size_t pool_count)
{
    struct mr_err err = {0};
    struct mr_revocation r;
    assert_ok(mr_revocation_check(certificate, issuer, ocsp, ocsp_count, crls, crl_count, pool, pool_count,
                                  MR_TIME_NONE, &r, &err),
              err);
    assert_int_equal(ERR_peek_error(), 0);
    assert_int_equal(r.why != NULL, r.state == MR_REVOCATION_BAD);
    return r;
}

static void assert_state(const struct mr_revocation *r, mr_revocation_state wanted, const char *why)
{
    if (r->state != wanted || (why && !strstr(r->why, why)))
        fail_msg("state %d %s; wanted %d %s", r->state, r->why ? r->why : "", wanted, why ? why : "");
}

/* ---- official files ---- */

static void test_revocation_check__finds_the_sample_good(void **state)
{
    struct peer *p = *state;
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM samples are not here (MERIT_ELM)");
    struct sealed s;
    struct mr_err err = {0};
    struct mr_chain chain;
    assert_true(sealed_read(&p->arena, test_path(&p->arena, elm, "samples/Sample-MC-Annex1-signed.jsonld"), 0, &s));
    assert_ok(mr_chain_build(s.pool[0], s.pool, s.pool_count, NULL, 0, INT64_C(1695815657000), &chain, &err), err);
    mr_certificate *issuer = chain.certificates[1];
    struct mr_revocation r = ask(s.pool[0], issuer, s.ocsp, s.ocsp_count, s.crls, s.crl_count, s.pool, s.pool_count);
    assert_state(&r, MR_REVOCATION_GOOD, NULL);
    assert_true(r.this_update == INT64_C(1695815657000)); /* 2023-09-27T11:54:17Z */
    assert_true(r.next_update == INT64_C(1696420440000)); /* 2023-10-04T11:54:00Z */
    assert_true(r.revoked_at == MR_TIME_NONE);
    /* the responder's certificate comes from xVals: without it nothing can be accepted */
    r = ask(s.pool[0], issuer, s.ocsp, s.ocsp_count, NULL, 0, NULL, 0);
    assert_true(r.state == MR_REVOCATION_GOOD || r.state == MR_REVOCATION_BAD);
    /* and it is not valid at any time */
    assert_ok(mr_revocation_check(s.pool[0], issuer, s.ocsp, s.ocsp_count, NULL, 0, s.pool, s.pool_count,
                                  INT64_C(4102444800000), &r, &err),
              err);
    assert_state(&r, MR_REVOCATION_BAD, "not valid then");
    r = ask(issuer, issuer, s.ocsp, s.ocsp_count, s.crls, s.crl_count, s.pool, s.pool_count);
    assert_state(&r, MR_REVOCATION_ABSENT, NULL);
    sealed_done(&s);
}

/* The list in the sample is of the authority of its time-stamps. */
static void test_revocation_check__reads_the_list_of_the_sample(void **state)
{
    struct peer *p = *state;
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM samples are not here (MERIT_ELM)");
    struct sealed s;
    assert_true(sealed_read(&p->arena, test_path(&p->arena, elm, "samples/Sample-MC-Annex1-signed.jsonld"), 0, &s));
    mr_certificate *root = NULL, *clock = NULL;
    for (size_t i = 0; i < s.pool_count; i++) {
        if (mr_str_is(mr_certificate_subject(s.pool[i])->common_name, "root-ca")) root = s.pool[i];
        if (mr_str_is(mr_certificate_subject(s.pool[i])->common_name, "good-tsa")) clock = s.pool[i];
    }
    assert_non_null(root);
    struct mr_revocation r = ask(clock, root, s.ocsp, s.ocsp_count, s.crls, s.crl_count, NULL, 0);
    assert_state(&r, MR_REVOCATION_GOOD, NULL);
    sealed_done(&s);
}

static void test_revocation_check__sees_every_altered_octet(void **state)
{
    struct peer *p = *state;
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM samples are not here (MERIT_ELM)");
    struct sealed s;
    struct mr_err err = {0};
    struct mr_chain chain;
    assert_true(sealed_read(&p->arena, test_path(&p->arena, elm, "samples/Sample-MC-Annex1-signed.jsonld"), 0, &s));
    assert_ok(mr_chain_build(s.pool[0], s.pool, s.pool_count, NULL, 0, INT64_C(1695815657000), &chain, &err), err);
    mr_certificate *issuer = chain.certificates[1];
    assert_int_equal(s.ocsp_count, 1);
    mr_str copy = mr_arena_dup(&p->arena, s.ocsp[0]);
    size_t refused = 0;
    for (size_t at = 0; at < copy.len; at++) {
        ((char *)copy.ptr)[at] ^= (char)(1 << at % 8);
        struct mr_revocation r = ask(s.pool[0], issuer, &copy, 1, NULL, 0, s.pool, s.pool_count);
        if (r.state ==
            MR_REVOCATION_GOOD) /* parts that nobody signed, such as certificates that are in the pool as well */
            assert_true(r.this_update == INT64_C(1695815657000) && r.next_update == INT64_C(1696420440000));
        else
            refused++;
        assert_true(r.state != MR_REVOCATION_REVOKED && r.state != MR_REVOCATION_UNKNOWN);
        ((char *)copy.ptr)[at] ^= (char)(1 << at % 8);
    }
    assert_true(refused > 300);
    sealed_done(&s);
}

/* ---- openssl ---- */

struct realm {
    mr_certificate *root, *good, *gone, *responder;
};

static const char *serial_hex(struct peer *p, const mr_certificate *c)
{
    mr_buf hex;
    mr_buf_init(&hex, 200);
    mr_hex_put(&hex, mr_certificate_serial(c));
    mr_str text = mr_buf_str(&hex);
    while (mr_str_has_prefix(text, MR_STR("00"))) text = mr_str_from(text, 2);
    char *upper = (char *)mr_arena_dup(&p->arena, text).ptr;
    for (char *c2 = upper; *c2; c2++)
        if (*c2 >= 'a') *c2 = (char)(*c2 - 32);
    mr_buf_done(&hex);
    return upper;
}

static struct realm found(struct peer *p)
{
    struct realm r = {
        .root = pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, ""),
        .good = pki_issue(p, "good", "Good", "root", PKI_SEAL, ""),
        .gone = pki_issue(p, "gone", "Gone", "root", PKI_SEAL, ""),
        .responder = pki_issue(p, "responder", "Responder", "root", RESPONDER, ""),
    };
    peer_write(p, "index",
               mr_arena_format(&p->arena,
                               "V\t401231000000Z\t\t%s\tunknown\t/"
                               "CN=Good\nR\t401231000000Z\t260101120000Z,keyCompromise\t%s\tunknown\t/CN=Gone\n",
                               serial_hex(p, r.good), serial_hex(p, r.gone)));
    peer_write(p, "crl.cnf",
               MR_STR("[ca]\ndefault_ca=one\n[one]\ndatabase=index\ndefault_md=sha256\ndefault_crl_days=7\ncertificate="
                      "root.pem\nprivate_key=root.key\n"
                      "[scope]\nissuingDistributionPoint=critical,@point\n[point]\nonlyCA=TRUE\n[own]"
                      "\nissuingDistributionPoint=critical,@own_point\n"
                      "[own_point]\nfullname=URI:http://crl.example/"
                      "one.crl\n[some]\nissuingDistributionPoint=critical,@some_point\n[some_point]\n"
                      "onlysomereasons=keyCompromise\n[odd]\n1.2.3.4=critical,DER:0500\n[delta]\n2.5.29.27=critical,"
                      "DER:020101\n"));
    return r;
}

static void leave(struct realm *r)
{
    mr_certificate *all[] = {r->root, r->good, r->gone, r->responder};
    for (size_t i = 0; i < 4; i++) mr_certificate_free(all[i]);
}

/* An OCSP response about a certificate's file, without a network. */
static mr_str respond(struct peer *p, const char *about, const char *signer, const char *options)
{
    peer_do(p, mr_arena_format(&p->arena,
                               "openssl ocsp -issuer root.pem -cert %s.pem -reqout request.der -no_nonce && openssl "
                               "ocsp -index index -CA root.pem "
                               "-rsigner %s.pem -rkey %s.key -reqin request.der -respout response.der -ndays 7 %s",
                               about, signer, signer, options)
                   .ptr);
    return peer_file(p, "response.der");
}

static mr_str list(struct peer *p, const char *options)
{
    peer_do(
        p,
        mr_arena_format(
            &p->arena,
            "openssl ca -config crl.cnf -gencrl -out crl.pem %s && openssl crl -in crl.pem -outform DER -out crl.der",
            options)
            .ptr);
    return peer_file(p, "crl.der");
}

static void test_revocation_check__reads_ocsp_of_every_state(void **state)
{
    PEER_OR_SKIP(p, state);
    static const char *const signers[] = {"root", "responder"};
    static const char *const options[] = {"", "-resp_key_id", "-resp_no_certs", "-rmd sha512"};
    struct realm r = found(p);
    mr_certificate *stranger = pki_issue(p, "stranger", "Stranger", "root", PKI_SEAL, "");
    for (size_t i = 0; i < 8; i++) {
        const char *signer = signers[i / 4], *option = options[i % 4];
        mr_str good = respond(p, "good", signer, option), gone = respond(p, "gone", signer, option),
               strange = respond(p, "stranger", signer, option);
        struct mr_revocation a = ask(r.good, r.root, &good, 1, NULL, 0, &r.responder, 1);
        assert_state(&a, MR_REVOCATION_GOOD, NULL);
        assert_true(a.next_update - a.this_update == 7 * MR_DAY_MS);
        a = ask(r.gone, r.root, &gone, 1, NULL, 0, &r.responder, 1);
        assert_state(&a, MR_REVOCATION_REVOKED, NULL);
        assert_true(a.revoked_at == INT64_C(1767268800000)); /* 2026-01-01T12:00:00Z */
        a = ask(stranger, r.root, &strange, 1, NULL, 0, &r.responder, 1);
        assert_state(&a, MR_REVOCATION_UNKNOWN, NULL);
        a = ask(r.gone, r.root, &good, 1, NULL, 0, &r.responder, 1);
        assert_state(&a, MR_REVOCATION_ABSENT, NULL);
        mr_str all[] = {strange, gone, good};
        a = ask(r.good, r.root, all, 3, NULL, 0, &r.responder, 1);
        assert_state(&a, MR_REVOCATION_GOOD, NULL);
        a = ask(r.gone, r.root, all, 3, NULL, 0, &r.responder, 1);
        assert_state(&a, MR_REVOCATION_REVOKED, NULL);
    }
    mr_certificate_free(stranger);
    leave(&r);
}

static void test_revocation_check__refuses_responders_without_right(void **state)
{
    PEER_OR_SKIP(p, state);
    struct realm r = found(p);
    mr_str response = respond(p, "gone", "good", ""); /* issued by the same authority, not for OCSP */
    struct mr_revocation a = ask(r.gone, r.root, &response, 1, NULL, 0, NULL, 0);
    assert_state(&a, MR_REVOCATION_BAD, "not for OCSP");
    mr_certificate *other = pki_issue(p, "other", "Other", NULL, PKI_AUTHORITY, "");
    mr_certificate *foreign = pki_issue(p, "foreign", "Foreign", "other", RESPONDER, "");
    response = respond(p, "gone", "foreign", "");
    a = ask(r.gone, r.root, &response, 1, NULL, 0, &other, 1);
    assert_state(&a, MR_REVOCATION_BAD, "not authorised");
    response = respond(p, "gone", "responder", "-resp_no_certs");
    a = ask(r.gone, r.root, &response, 1, NULL, 0, NULL, 0);
    assert_state(&a, MR_REVOCATION_BAD, "is not there");
    response = respond(p, "gone", "responder", "-badsig");
    a = ask(r.gone, r.root, &response, 1, NULL, 0, NULL, 0);
    assert_state(&a, MR_REVOCATION_BAD, "signature is wrong");
    response = respond(p, "gone", "responder", "-rmd sha1");
    a = ask(r.gone, r.root, &response, 1, NULL, 0, NULL, 0);
    assert_state(&a, MR_REVOCATION_BAD, "weak");
    /* a bad piece beside a good one does no harm */
    mr_str both[] = {response, respond(p, "gone", "responder", "")};
    a = ask(r.gone, r.root, both, 2, NULL, 0, NULL, 0);
    assert_state(&a, MR_REVOCATION_REVOKED, NULL);
    mr_certificate *old = pki_issue(p, "old", "Old responder", "root", RESPONDER, "-days -1");
    response = respond(p, "good", "old", "");
    a = ask(r.good, r.root, &response, 1, NULL, 0, NULL, 0);
    assert_state(&a, MR_REVOCATION_BAD, "not valid then");
    mr_certificate *all[] = {other, foreign, old};
    for (size_t i = 0; i < 3; i++) mr_certificate_free(all[i]);
    leave(&r);
}

static void test_revocation_check__reads_lists(void **state)
{
    PEER_OR_SKIP(p, state);
    struct realm r = found(p);
    mr_str crl = list(p, "");
    struct mr_revocation a = ask(r.good, r.root, NULL, 0, &crl, 1, NULL, 0);
    assert_state(&a, MR_REVOCATION_GOOD, NULL);
    assert_true(a.next_update - a.this_update == 7 * MR_DAY_MS);
    a = ask(r.gone, r.root, NULL, 0, &crl, 1, NULL, 0);
    assert_state(&a, MR_REVOCATION_REVOKED, NULL);
    assert_true(a.revoked_at == INT64_C(1767268800000));
    mr_str good = respond(p, "good", "root", "");
    a = ask(r.gone, r.root, &good, 1, &crl, 1, NULL, 0);
    assert_state(&a, MR_REVOCATION_REVOKED, NULL);
    mr_str copy = mr_arena_dup(&p->arena, crl);
    for (size_t at = 0; at < copy.len; at++) {
        ((char *)copy.ptr)[at] ^= 1;
        a = ask(r.gone, r.root, NULL, 0, &copy, 1, NULL, 0);
        assert_true(a.state == MR_REVOCATION_BAD || a.state == MR_REVOCATION_ABSENT);
        ((char *)copy.ptr)[at] ^= 1;
    }
    leave(&r);
}

/* A list that does not cover the certificate says nothing by its silence; what it lists counts all the same. */
static void test_revocation_check__respects_the_scope_of_a_list(void **state)
{
    PEER_OR_SKIP(p, state);
    static const struct {
        const char *options;
        mr_revocation_state good, gone;
    } cases[] = {
        {"-crlexts scope", MR_REVOCATION_ABSENT, MR_REVOCATION_REVOKED},
        {"-crlexts own", MR_REVOCATION_ABSENT, MR_REVOCATION_REVOKED},
        {"-crlexts some", MR_REVOCATION_ABSENT, MR_REVOCATION_REVOKED},
        {"-crlexts odd", MR_REVOCATION_BAD, MR_REVOCATION_BAD},
        {"-crlexts delta", MR_REVOCATION_BAD, MR_REVOCATION_BAD},
        {"-md sha1", MR_REVOCATION_BAD, MR_REVOCATION_BAD},
    };
    struct realm r = found(p);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str crl = list(p, cases[i].options);
        struct mr_revocation a = ask(r.good, r.root, NULL, 0, &crl, 1, NULL, 0);
        assert_state(&a, cases[i].good, NULL);
        a = ask(r.gone, r.root, NULL, 0, &crl, 1, NULL, 0);
        assert_state(&a, cases[i].gone, NULL);
    }
    mr_certificate *own =
        pki_issue(p, "own", "Own", "root", PKI_SEAL "crlDistributionPoints=URI:http://crl.example/one.crl\n", "");
    mr_str crl = list(p, "-crlexts own");
    struct mr_revocation a = ask(own, r.root, NULL, 0, &crl, 1, NULL, 0);
    assert_state(&a, MR_REVOCATION_GOOD, NULL);
    mr_certificate_free(own);
    leave(&r);
}

static void test_revocation_check__refuses_lists_of_others(void **state)
{
    PEER_OR_SKIP(p, state);
    struct realm r = found(p);
    peer_do(p, "mv root.key kept.key && mv root.pem kept.pem");
    mr_certificate *namesake = pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, "");
    mr_str crl = list(p, "");
    struct mr_revocation a = ask(r.gone, r.root, NULL, 0, &crl, 1, NULL, 0);
    assert_state(&a, MR_REVOCATION_BAD, "signature is wrong");
    mr_certificate_free(namesake);
    peer_do(p, "mv kept.key root.key");
    /* an authority that may not sign lists */
    mr_certificate *mute =
        pki_issue(p, "root", "Root", NULL,
                  "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\nsubjectKeyIdentifier=hash\n", "");
    peer_do(p, "mv root.pem mute.pem && mv kept.pem root.pem");
    crl = list(p, "");
    a = ask(r.gone, mute, NULL, 0, &crl, 1, NULL, 0);
    assert_state(&a, MR_REVOCATION_BAD, "may not sign revocation lists");
    mr_certificate_free(mute);
    leave(&r);
}

static void test_revocation_check__passes_over_what_is_no_evidence(void **state)
{
    PEER_OR_SKIP(p, state);
    struct realm r = found(p);
    mr_str junk[] = {MR_STR_EMPTY, MR_STR("\x30\x00"), MR_STR("hello"),
                     MR_STR("\x30\x03\x0A\x01\x06") /* "unauthorized" */};
    struct mr_revocation a = ask(r.good, r.root, junk, 4, junk, 4, NULL, 0);
    assert_state(&a, MR_REVOCATION_ABSENT, NULL);
    assert_true(a.this_update == MR_TIME_NONE && a.next_update == MR_TIME_NONE);
    leave(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_revocation_check__finds_the_sample_good),
        cmocka_unit_test(test_revocation_check__reads_the_list_of_the_sample),
        cmocka_unit_test(test_revocation_check__sees_every_altered_octet),
        cmocka_unit_test(test_revocation_check__reads_ocsp_of_every_state),
        cmocka_unit_test(test_revocation_check__refuses_responders_without_right),
        cmocka_unit_test(test_revocation_check__reads_lists),
        cmocka_unit_test(test_revocation_check__respects_the_scope_of_a_list),
        cmocka_unit_test(test_revocation_check__refuses_lists_of_others),
        cmocka_unit_test(test_revocation_check__passes_over_what_is_no_evidence),
    };
    return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
