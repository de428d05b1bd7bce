/* The test authority: what it makes is read by openssl, holds to its profile, and says that it is a test. */
#include "pki.h"

#include "crypto/authority.h"

#include <openssl/err.h>

#define NOW INT64_C(1790000000000) /* 2026-09-21T14:13:20Z */

static const struct mr_seal_subject subject = {
    .organisation = MR_STR_INIT("Århus Kunst- og Håndværkerhøjskole for videregående uddannelser og efteruddannelse"),
    .organisation_identifier = MR_STR_INIT("VATDK-00000000"),
    .country = MR_STR_INIT("DK"),
    .common_name = MR_STR_INIT("Kunsthøjskolen"),
};

struct pair {
    struct mr_authority authority;
    struct mr_seal_key seal;
};

static struct pair make(mr_key_kind kind, uint64_t seed)
{
    struct mr_err err = {0};
    struct pair pair = {0};
    mr_env env = test_env_fixed(NOW, seed);
    assert_ok(mr_authority_new(&env, &pair.authority, &err), err);
    assert_ok(mr_authority_issue_seal(&pair.authority, &env, &subject, kind, &pair.seal, &err), err);
    assert_int_equal(ERR_peek_error(), 0);
    return pair;
}

static void done(struct pair *pair)
{
    mr_seal_key_done(&pair->seal);
    mr_authority_done(&pair->authority);
}

static void write_certificate(struct peer *p, const char *name, const mr_certificate *c)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf pem;
    mr_buf_init(&pem, 65536);
    assert_ok(mr_certificate_write_pem(c, &pem, &err), err);
    peer_write(p, name, mr_buf_str(&pem));
}

static void test_authority_issue_seal__holds_to_its_profile(void **state)
{
    (void)state;
    static const mr_key_kind kinds[] = {MR_KEY_P256, MR_KEY_RSA};
    for (size_t i = 0; i < 2; i++) {
        struct pair pair = make(kinds[i], 1);
        const char *why = NULL;
        const mr_certificate *c = pair.seal.certificate;
        const struct mr_certificate_name *name = mr_certificate_subject(c);
        assert_str_eq(name->organisation, subject.organisation);
        assert_str(name->organisation_identifier, "VATDK-00000000");
        assert_str(name->country, "DK");
        assert_str(name->common_name, "Kunsthøjskolen (TEST)");
        assert_true(mr_str_find(mr_certificate_issuer(c)->line, MR_STR("TEST")) >= 0);
        assert_true(mr_certificate_may_seal(c, &why));
        assert_false(mr_certificate_is_authority(c));
        assert_true(mr_certificate_is_authority(pair.authority.certificate));
        assert_true(mr_certificate_is_self_issued(pair.authority.certificate));
        assert_true(mr_certificate_is_test(c) && mr_certificate_is_test(pair.authority.certificate) &&
                    pair.seal.is_test);
        assert_false(mr_certificate_qc(c).compliance);
        assert_true(mr_certificate_not_before(c) == NOW - 300000);
        assert_int_equal((mr_certificate_not_after(c) - NOW) / MR_DAY_MS, 5 * 365 + 1);
        assert_int_equal((mr_certificate_not_after(pair.authority.certificate) - NOW) / MR_DAY_MS, 20 * 365 + 5);
        assert_int_equal(mr_certificate_serial(c).len, 16);
        assert_int_equal(mr_key_get_kind(pair.seal.key), kinds[i]);
        assert_true(mr_key_is_private(pair.seal.key));
        done(&pair);
    }
}

static void test_authority_issue_seal__gives_a_chain_that_holds(void **state)
{
    (void)state;
    struct pair pair = make(MR_KEY_P256, 2), other = make(MR_KEY_P256, 3);
    struct mr_err err = {0};
    struct mr_chain chain;
    assert_ok(mr_chain_build(pair.seal.certificate, pair.seal.issuers, pair.seal.issuer_count,
                             &pair.authority.certificate, 1, NOW, &chain, &err),
              err);
    assert_int_equal(chain.state, MR_CHAIN_ANCHORED);
    assert_int_equal(chain.count, 2);
    /* another test authority has the same name and another key */
    assert_ok(mr_chain_build(pair.seal.certificate, NULL, 0, &other.authority.certificate, 1, NOW, &chain, &err), err);
    assert_int_equal(chain.state, MR_CHAIN_UNANCHORED);
    done(&other);
    done(&pair);
}

static void test_authority__is_read_by_openssl(void **state)
{
    PEER_OR_SKIP(p, state);
    struct pair pair = make(MR_KEY_P256, 4);
    write_certificate(p, "root.pem", pair.authority.certificate);
    write_certificate(p, "seal.pem", pair.seal.certificate);
    peer_do(p, "openssl verify -x509_strict -attime 1790000000 -CAfile root.pem seal.pem");
    peer_do(p, "openssl x509 -in seal.pem -noout -text -nameopt utf8,sep_comma_plus_space");
    static const char *const said[] = {"organizationIdentifier=VATDK-00000000",
                                       "Digital Signature, Non Repudiation",
                                       "CA:FALSE",
                                       "Policy: 2.999.9790.22",
                                       "X509v3 Authority Key Identifier",
                                       "X509v3 Subject Key Identifier",
                                       "Sep 21 14:08:20 2026 GMT",
                                       "ecdsa-with-SHA256",
                                       "Version: 3"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) peer_assert_said(p, said[i]);
    peer_do(p, "openssl x509 -in root.pem -noout -text");
    static const char *const of_root[] = {"CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "proves nothing"};
    for (size_t i = 0; i < sizeof of_root / sizeof *of_root; i++) peer_assert_said(p, of_root[i]);
    done(&pair);
}

static void test_authority_issue_seal__refuses_names_that_are_none(void **state)
{
    (void)state;
    struct mr_err err = {0};
    struct mr_authority a;
    mr_env env = test_env_fixed(NOW, 5);
    assert_ok(mr_authority_new(&env, &a, &err), err);
    struct mr_seal_subject wrong[7];
    for (size_t i = 0; i < 7; i++) wrong[i] = subject;
    wrong[0].country = MR_STR("dk");
    wrong[1].country = MR_STR("DNK");
    wrong[2].organisation = MR_STR_EMPTY;
    wrong[3].common_name = MR_STR("a\nb");
    wrong[4].organisation_identifier = MR_STR("\xFF");
    wrong[5].country = MR_STR_EMPTY;
    wrong[6].organisation = MR_STR("a\0b");
    for (size_t i = 0; i < 7; i++) {
        struct mr_seal_key seal = {0};
        assert_code(mr_authority_issue_seal(&a, &env, &wrong[i], MR_KEY_P256, &seal, &err), MR_E_USAGE, err);
        assert_null(seal.key);
    }
    struct mr_seal_key seal = {0};
    assert_code(mr_authority_issue_seal(&a, &env, &subject, MR_KEY_OTHER, &seal, &err), MR_E_KEY, err);
    mr_authority_done(&a);
}

/* A common name that says TEST is left as it is. */
static void test_authority_issue_seal__marks_names_once(void **state)
{
    (void)state;
    struct mr_err err = {0};
    struct mr_authority a;
    struct mr_seal_key seal;
    struct mr_seal_subject marked = subject;
    mr_env env = test_env_fixed(NOW, 6);
    marked.common_name = MR_STR("TEST of Aarhus");
    assert_ok(mr_authority_new(&env, &a, &err), err);
    assert_ok(mr_authority_issue_seal(&a, &env, &marked, MR_KEY_P256, &seal, &err), err);
    assert_str(mr_certificate_subject(seal.certificate)->common_name, "TEST of Aarhus");
    mr_seal_key_done(&seal);
    mr_authority_done(&a);
}

static void test_seal_key_write__reads_back(void **state)
{
    PEER_OR_SKIP(p, state);
    struct mr_err err = {0};
    struct pair pair = make(MR_KEY_P256, 7);
    for (size_t i = 0; i < 2; i++) {
        mr_str password = i ? MR_STR("p\xC3\xA5ss word") : MR_STR_EMPTY, text = MR_STR("t"), signature;
        struct mr_seal_key again;
        MR_CLEANUP(mr_buf_wipe) mr_buf pem;
        mr_buf_init(&pem, 65536);
        assert_ok(mr_seal_key_write(&pair.seal, password, &pem, &err), err);
        assert_ok(mr_seal_key_read(mr_buf_str(&pem), password, &again, &err), err);
        assert_memory_equal(mr_certificate_sha256(again.certificate), mr_certificate_sha256(pair.seal.certificate), 32);
        assert_int_equal(again.issuer_count, 1);
        mr_certificate *chain[MR_SEAL_CHAIN_MOST];
        assert_int_equal(mr_seal_key_chain(&again, chain), 1); /* the authority is self-issued */
        assert_ptr_equal(chain[0], again.certificate);
        assert_true(again.is_test);
        assert_ok(mr_key_sign(again.key, MR_ALG_ES256, &text, 1, &p->arena, &signature, &err), err);
        assert_ok(mr_key_verify(mr_certificate_key(pair.seal.certificate), MR_ALG_ES256, &text, 1, signature, &err),
                  err);
        mr_seal_key_done(&again);
        peer_write(p, "seal.pem", mr_buf_str(&pem));
        peer_do(p, "openssl pkey -in seal.pem -passin \"pass:p\303\245ss word\" -noout -text");
        if (i == 0) continue;
        assert_code(mr_seal_key_read(mr_buf_str(&pem), MR_STR("wrong"), &again, &err), MR_E_PASSWORD, err);
        assert_code(mr_seal_key_read(mr_buf_str(&pem), MR_STR_EMPTY, &again, &err), MR_E_PASSWORD, err);
    }
    /* the authority itself is kept in the same form */
    struct mr_seal_key root = {.key = pair.authority.key, .certificate = pair.authority.certificate}, again;
    MR_CLEANUP(mr_buf_wipe) mr_buf pem;
    mr_buf_init(&pem, 65536);
    assert_ok(mr_seal_key_write(&root, MR_STR("x"), &pem, &err), err);
    assert_ok(mr_seal_key_read(mr_buf_str(&pem), MR_STR("x"), &again, &err), err);
    assert_true(again.is_test && again.issuer_count == 0 && mr_certificate_is_authority(again.certificate));
    mr_seal_key_done(&again);
    mr_certificate *none[MR_SEAL_CHAIN_MOST];
    assert_int_equal(mr_seal_key_chain(&(struct mr_seal_key){.key = pair.seal.key}, none), 0);
    done(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_authority_issue_seal__holds_to_its_profile),
        cmocka_unit_test(test_authority_issue_seal__gives_a_chain_that_holds),
        cmocka_unit_test(test_authority__is_read_by_openssl),
        cmocka_unit_test(test_authority_issue_seal__refuses_names_that_are_none),
        cmocka_unit_test(test_authority_issue_seal__marks_names_once),
        cmocka_unit_test(test_seal_key_write__reads_back),
    };
    return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
