/* Certificates: every one in the official files against OpenSSL's reader, then what openssl makes, then damage. */
#include "peer.h"
#include "sealed.h"

#include "crypto/authority.h"
#include "crypto/der.h"
#include "crypto/inside.h"

#include <dirent.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

/* ---- the reader of DER ---- */

static void test_der__refuses_what_is_not_der(void **state)
{
    (void)state;
    static const mr_str cases[] = {
        MR_STR_INIT(""),
        MR_STR_INIT("\x30"),
        MR_STR_INIT("\x30\x01"),                     /* longer than there is */
        MR_STR_INIT("\x30\x80\x00\x00"),             /* indefinite length */
        MR_STR_INIT("\x30\x81\x01\x00"),             /* length not shortest */
        MR_STR_INIT("\x30\x82\x00\x01\x00"),         /* leading zero in the length */
        MR_STR_INIT("\x30\x85\x00\x00\x00\x00\x01"), /* five octets of length */
        MR_STR_INIT("\x30\x84\xFF\xFF\xFF\xFF"),
        MR_STR_INIT("\x1F\x81\x01\x00"), /* high tag number */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str in = cases[i];
        if (mr_der_next(&in, NULL, NULL, NULL)) fail_msg("case %zu was read", i);
        assert_ptr_equal(in.ptr, cases[i].ptr);
    }
    static const mr_str integers[] = {MR_STR_INIT("\x02\x00"), MR_STR_INIT("\x02\x01\xFF"),
                                      MR_STR_INIT("\x02\x02\x00\x7F"), MR_STR_INIT("\x02\x03\x00\x80\x00")};
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        mr_str in = integers[i], value;
        if (mr_der_unsigned(&in, 1, &value)) fail_msg("integer %zu was read", i);
    }
}

static void test_der_time__reads_both_forms(void **state)
{
    (void)state;
    static const struct {
        mr_str der;
        int64_t wanted; /* MR_TIME_NONE: refused */
    } cases[] = {
        {MR_STR_INIT("\x17\x0D"
                     "700101000000Z"),
         0},
        {MR_STR_INIT("\x17\x0D"
                     "491231235959Z"),
         INT64_C(2524607999000)},
        {MR_STR_INIT("\x17\x0D"
                     "500101000000Z"),
         -INT64_C(631152000000)},
        {MR_STR_INIT("\x18\x0F"
                     "20500101000000Z"),
         INT64_C(2524608000000)},
        {MR_STR_INIT("\x18\x0F"
                     "99991231235959Z"),
         INT64_C(253402300799000)},
        {MR_STR_INIT("\x17\x0D"
                     "700229000000Z"),
         MR_TIME_NONE},
        {MR_STR_INIT("\x17\x0D"
                     "700101240000Z"),
         MR_TIME_NONE},
        {MR_STR_INIT("\x17\x0D"
                     "700101000060Z"),
         MR_TIME_NONE},
        {MR_STR_INIT("\x17\x0B"
                     "7001010000Z"),
         MR_TIME_NONE},
        {MR_STR_INIT("\x17\x0D"
                     "7001010000000"),
         MR_TIME_NONE},
        {MR_STR_INIT("\x18\x11"
                     "20500101000000.5Z"),
         MR_TIME_NONE},
        {MR_STR_INIT("\x16\x0D"
                     "700101000000Z"),
         MR_TIME_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str in = cases[i].der;
        int64_t got = MR_TIME_NONE;
        if (mr_der_time(&in, &got) != (cases[i].wanted != MR_TIME_NONE) || got != cases[i].wanted)
            fail_msg("case %zu: %lld", i, (long long)got);
    }
}

/* ---- official files ---- */

/* What OpenSSL reads from the same octets. */
static void assert_same_as_openssl(const mr_certificate *c)
{
    mr_str der = mr_certificate_der(c);
    const unsigned char *p = (const unsigned char *)der.ptr;
    X509 *x = d2i_X509(NULL, &p, (long)der.len);
    assert_non_null(x);
    assert_true(mr_time_of_asn1(X509_get0_notBefore(x)) == mr_certificate_not_before(c));
    assert_true(mr_time_of_asn1(X509_get0_notAfter(x)) == mr_certificate_not_after(c));
    assert_int_equal(X509_check_ca(x) == 1, mr_certificate_is_authority(c));
    assert_int_equal(X509_get_pathlen(x), mr_certificate_path_length(c));
    uint32_t usage = X509_get_key_usage(x), ours = mr_certificate_key_usage(c);
    static const uint32_t bits[] = {KU_DIGITAL_SIGNATURE, KU_NON_REPUDIATION, KU_KEY_ENCIPHERMENT, KU_DATA_ENCIPHERMENT,
                                    KU_KEY_AGREEMENT,     KU_KEY_CERT_SIGN,   KU_CRL_SIGN};
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) assert_int_equal(!!(usage & bits[i]), ours >> i & 1);
    unsigned char digest[32];
    unsigned size = 0;
    assert_int_equal(X509_digest(x, EVP_sha256(), digest, &size), 1);
    assert_memory_equal(digest, mr_certificate_sha256(c), 32);
    EVP_PKEY *key = mr_key_pkey(mr_certificate_key(c));
    assert_int_equal(EVP_PKEY_eq(key, X509_get0_pubkey(x)), 1);
    assert_int_equal(X509_check_purpose(x, X509_PURPOSE_TIMESTAMP_SIGN, 0) == 1, mr_certificate_may_timestamp(c));
    const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(x);
    mr_str ours_id = mr_certificate_subject_key_id(c);
    assert_int_equal(id ? ASN1_STRING_length(id) : 0, ours_id.len);
    if (id) assert_memory_equal(ASN1_STRING_get0_data(id), ours_id.ptr, ours_id.len);
    X509_free(x);
}

static size_t check_file(const char *path)
{
    size_t count = 0;
    for (uint32_t number = 0; number < 3; number++) {
        mr_arena a;
        struct sealed s;
        mr_arena_init(&a, 64 * 1024 * 1024);
        if (sealed_read(&a, path, number, &s)) {
            for (size_t i = 0; i < s.pool_count; i++) assert_same_as_openssl(s.pool[i]);
            count += s.pool_count;
            sealed_done(&s);
        }
        mr_arena_done(&a);
    }
    return count;
}

static void test_certificate_read__agrees_with_openssl_on_official_files(void **state)
{
    struct peer *p = *state;
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM samples are not here (MERIT_ELM)");
    static const char *const folders[] = {"jades-dss", "samples", "samples-edc-repo"};
    size_t count = 0;
    for (size_t i = 0; i < 3; i++) {
        const char *folder = test_path(&p->arena, elm, folders[i]);
        DIR *d = opendir(folder);
        assert_non_null(d);
        for (struct dirent *e; (e = readdir(d));)
            if (strstr(e->d_name, ".json")) count += check_file(test_path(&p->arena, folder, e->d_name));
        closedir(d);
    }
    assert_true(count > 50);
}

static void test_certificate__shows_the_commissions_sample(void **state)
{
    struct peer *p = *state;
    const char *elm = test_elm(), *why = NULL;
    if (!elm) test_skip("the ELM samples are not here (MERIT_ELM)");
    struct sealed s;
    assert_true(sealed_read(&p->arena, test_path(&p->arena, elm, "samples/Sample-MC-Annex1-signed.jsonld"), 0, &s));
    const mr_certificate *c = s.pool[0];
    const struct mr_certificate_name *name = mr_certificate_subject(c);
    assert_str(name->common_name, "TEST SEAL");
    assert_str(name->organisation, "ORGANIZACION TEST");
    assert_str(name->organisation_identifier, "VATES-A00000000");
    assert_str(name->country, "ES");
    assert_str(name->given_name, "");
    assert_str(name->line,
               "L=BARCELONA,ST=BARCELONA,organizationIdentifier=VATES-A00000000,OU=Certificado Cualificado de Sello "
               "Electronico,O=ORGANIZACION TEST,CN=TEST SEAL,serialNumber=A00000000,C=ES");
    assert_str(mr_certificate_issuer(c)->common_name, "ANF AC Qualified Certificates for eSeal");
    assert_str_eq(mr_certificate_serial(c), MR_STR("\x03\x37\x8F\x4D\x56\x8B\x28\x9F\xB8\xED\x0C\x03"));
    assert_true(mr_certificate_may_seal(c, &why));
    struct mr_certificate_qc qc = mr_certificate_qc(c);
    assert_true(qc.compliance && qc.type_eseal && !qc.type_esign && !qc.type_web && !qc.sscd);
    assert_false(mr_certificate_is_test(c));
    mr_str digest;
    assert_int_equal(mr_base64url_read(&p->arena, mr_json_get_str(s.header, "x5t#S256"), &digest, NULL), MR_OK);
    assert_str_eq(mr_str_make((const char *)mr_certificate_sha256(c), 32), digest);
    mr_str parts[] = {s.protected, MR_STR("."), s.payload}, signature;
    struct mr_err err = {0};
    assert_int_equal(mr_base64url_read(&p->arena, s.signature, &signature, NULL), MR_OK);
    assert_ok(mr_key_verify(mr_certificate_key(c), MR_ALG_RS256, parts, 3, signature, &err), err);
    parts[2].len--;
    assert_code(mr_key_verify(mr_certificate_key(c), MR_ALG_RS256, parts, 3, signature, &err), MR_E_SIGNATURE, err);
    sealed_done(&s);
}

/* ---- the openssl command ---- */

#define MAKE                                                                                                           \
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out c.pem -days 30 -utf8 "

static void test_certificate_may_seal__looks_at_purposes(void **state)
{
    PEER_OR_SKIP(p, state);
    static const struct {
        const char *extensions;
        bool may;
    } cases[] = {
        {"", true},
        {"-addext keyUsage=critical,digitalSignature", true},
        {"-addext keyUsage=nonRepudiation", true},
        {"-addext keyUsage=keyCertSign,cRLSign", false},
        {"-addext keyUsage=keyEncipherment", false},
        {"-addext extendedKeyUsage=serverAuth", false},
        {"-addext extendedKeyUsage=serverAuth,clientAuth", false},
        {"-addext extendedKeyUsage=codeSigning", false},
        {"-addext extendedKeyUsage=critical,timeStamping", false},
        {"-addext extendedKeyUsage=OCSPSigning", false},
        {"-addext extendedKeyUsage=msSmartcardLogin", false},
        {"-addext extendedKeyUsage=clientAuth,emailProtection", true},
        {"-addext extendedKeyUsage=anyExtendedKeyUsage", true},
        {"-addext extendedKeyUsage=1.3.6.1.5.5.7.3.36", true}, /* RFC 9336 document signing */
        {"-addext extendedKeyUsage=1.3.6.1.4.1.311.10.3.12", true},
        {"-addext keyUsage=keyAgreement -addext extendedKeyUsage=emailProtection", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = NULL;
        peer_do(p, mr_arena_format(&p->arena, MAKE "-subj /CN=x %s", cases[i].extensions).ptr);
        mr_certificate *c = peer_certificate(p, "c.pem");
        if (mr_certificate_may_seal(c, &why) != cases[i].may)
            fail_msg("%s: %s", cases[i].extensions, why ? why : "accepted");
        assert_int_equal(why != NULL, !cases[i].may);
        mr_certificate_free(c);
    }
}

static void test_certificate_subject__reads_every_kind_of_name(void **state)
{
    PEER_OR_SKIP(p, state);
    peer_write(p, "c.cnf",
               MR_STR("[req]\ndistinguished_name=dn\nprompt=no\nstring_mask=MASK:0x2002\n[dn]\nC=DK\nO=Århus Kunst, "
                      "Håndværk & Søn\n"
                      "organizationIdentifier=NTRDK-12345678\nCN=Ελληνικό\nGN=Ana\nSN=Test\n"));
    peer_do(p, MAKE "-config c.cnf");
    mr_certificate *c = peer_certificate(p, "c.pem");
    const struct mr_certificate_name *name = mr_certificate_subject(c);
    assert_str(name->country, "DK");
    assert_str(name->organisation, "Århus Kunst, Håndværk & Søn");
    assert_str(name->organisation_identifier, "NTRDK-12345678");
    assert_str(name->common_name, "Ελληνικό");
    assert_str(name->given_name, "Ana");
    assert_str(name->surname, "Test");
    assert_true(mr_certificate_is_self_issued(c));
    assert_ptr_equal(mr_certificate_subject(c), name);
    assert_str(name->line,
               "SN=Test,GN=Ana,CN=Ελληνικό,organizationIdentifier=NTRDK-12345678,O=Århus Kunst\\, Håndværk & Søn,C=DK");
    mr_certificate_free(c);
    peer_write(
        p, "c.cnf",
        MR_STR("[req]\ndistinguished_name=dn\nprompt=no\nstring_mask=MASK:0x0800\n[dn]\nO=Søn\n")); /* BMPString */
    peer_do(p, MAKE "-config c.cnf");
    c = peer_certificate(p, "c.pem");
    assert_str(mr_certificate_subject(c)->organisation, "Søn");
    assert_str(mr_certificate_subject(c)->common_name, "");
    mr_certificate_free(c);
}

static void test_certificate_read__takes_keys_of_other_kinds(void **state)
{
    PEER_OR_SKIP(p, state);
    static const struct {
        const char *key;
        mr_key_kind kind;
    } cases[] = {
        {"ec -pkeyopt ec_paramgen_curve:P-521", MR_KEY_P521},
        {"rsa:2048", MR_KEY_RSA},
        {"ed25519", MR_KEY_ED25519},
        {"ed448", MR_KEY_OTHER},
        {"ec -pkeyopt ec_paramgen_curve:brainpoolP256r1", MR_KEY_OTHER},
        {"rsa-pss -pkeyopt rsa_keygen_bits:2048", MR_KEY_OTHER},
        {"ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit", MR_KEY_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        peer_do(p, mr_arena_format(&p->arena, "openssl req -x509 -newkey %s -nodes -keyout k -out c.pem -subj /CN=x",
                                   cases[i].key)
                       .ptr);
        mr_certificate *c = peer_certificate(p, "c.pem");
        mr_key *key = mr_certificate_key(c);
        assert_int_equal(mr_key_get_kind(key), cases[i].kind);
        assert_ok(mr_certificate_check_signature(c, c, &err), err);
        for (mr_alg alg = MR_ALG_ES256; cases[i].kind == MR_KEY_OTHER && alg <= MR_ALG_EDDSA; alg++)
            assert_false(mr_key_fits(key, alg));
        mr_certificate_free(c);
    }
}

/* A weak digest is refused even where the signature is right. */
static void test_certificate_check_signature__refuses_weak_digests(void **state)
{
    PEER_OR_SKIP(p, state);
    static const struct {
        const char *options;
        mr_code code;
    } cases[] = {
        {"-newkey rsa:2048 -sha256", MR_OK},
        {"-newkey rsa:2048 -sha1", MR_E_UNSUPPORTED},
        {"-newkey rsa:2048 -md5", MR_E_UNSUPPORTED},
        {"-newkey rsa:2048 -sha224", MR_E_UNSUPPORTED},
        {"-newkey rsa:1024 -sha256", MR_E_UNSUPPORTED},
        {"-newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha1", MR_E_UNSUPPORTED},
        {"-newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha512", MR_OK},
        {"-newkey ec -pkeyopt ec_paramgen_curve:prime192v1 -sha256", MR_E_UNSUPPORTED},
        {"-newkey rsa:2048 -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32", MR_OK},
        {"-newkey rsa:2048 -sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:10", MR_OK},
        {"-newkey rsa:2048 -sha1 -sigopt rsa_padding_mode:pss", MR_E_UNSUPPORTED},
        {"-newkey rsa:2048 -sha3-256", MR_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        peer_do(p, mr_arena_format(&p->arena, "openssl req -x509 %s -nodes -keyout k -out c.pem -subj /CN=x",
                                   cases[i].options)
                       .ptr);
        mr_certificate *c = peer_certificate(p, "c.pem");
        if (mr_certificate_check_signature(c, c, &err) != (int)cases[i].code)
            fail_msg("%s: %s", cases[i].options, mr_code_name(err.code));
        mr_certificate_free(c);
    }
}

static void test_certificates_read_pem__takes_all_in_order(void **state)
{
    PEER_OR_SKIP(p, state);
    struct mr_err err = {0};
    mr_certificate **list = NULL;
    size_t count = 99;
    peer_do(p, MAKE "-subj /CN=one && cp c.pem all.pem && echo chatter >> all.pem && cat key.pem >> all.pem");
    peer_do(p, MAKE "-subj /CN=two && cat c.pem >> all.pem");
    mr_str text = peer_file(p, "all.pem");
    assert_ok(mr_certificates_read_pem(&p->arena, text, &list, &count, &err), err);
    assert_int_equal(count, 2);
    assert_str(mr_certificate_subject(list[0])->common_name, "one");
    assert_str(mr_certificate_subject(list[1])->common_name, "two");
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, 65536);
    assert_ok(mr_certificate_write_pem(list[1], &out, &err), err);
    assert_str_eq(mr_buf_str(&out), peer_file(p, "c.pem"));
    mr_certificate_free(list[0]);
    mr_certificate_free(list[1]);
    assert_ok(mr_certificates_read_pem(&p->arena, MR_STR("no certificate here"), &list, &count, &err), err);
    assert_int_equal(count, 0);
    mr_str cut = mr_str_make(text.ptr, text.len - 40); /* in the middle of the last block */
    assert_code(mr_certificates_read_pem(&p->arena, cut, &list, &count, &err), MR_E_FORMAT, err);
    assert_code(mr_certificates_read_pem(&p->arena,
                                         MR_STR("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"),
                                         &list, &count, &err),
                MR_E_FORMAT, err);
    assert_int_equal(ERR_peek_error(), 0);
}

/* ---- damage ---- */

/* With one octet changed a certificate is refused, or its signature does not fit any more. */
static void test_certificate_read__sees_every_altered_octet(void **state)
{
    PEER_OR_SKIP(p, state);
    peer_do(p, MAKE "-subj /C=DK/O=x/CN=y -addext keyUsage=critical,keyCertSign -addext certificatePolicies=1.2.3");
    mr_certificate *whole = peer_certificate(p, "c.pem");
    mr_str der = mr_certificate_der(whole);
    char *copy = mr_arena_alloc(&p->arena, der.len);
    for (size_t at = 0; at < der.len; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            MR_CLEANUP(mr_certificate_freep) mr_certificate *c = NULL;
            memcpy(copy, der.ptr, der.len);
            copy[at] = (char)(copy[at] ^ 1 << bit);
            int code = mr_certificate_read(mr_str_make(copy, der.len), &c, NULL);
            if (code == MR_OK && mr_certificate_check_signature(c, whole, NULL) == MR_OK)
                fail_msg("octet %zu bit %u", at, bit);
        }
    }
    for (size_t length = 0; length < der.len; length++) {
        mr_certificate *c = NULL;
        assert_int_not_equal(mr_certificate_read(mr_str_make(der.ptr, length), &c, NULL), MR_OK);
    }
    assert_int_equal(ERR_peek_error(), 0);
    mr_certificate_free(whole);
}

static void test_certificate_read__refuses_trailing_octets_and_size(void **state)
{
    PEER_OR_SKIP(p, state);
    struct mr_err err = {0};
    mr_certificate *c = NULL;
    peer_do(p, MAKE "-subj /CN=y");
    mr_certificate *whole = peer_certificate(p, "c.pem");
    mr_str longer = mr_arena_concat(&p->arena, (mr_str[]){mr_certificate_der(whole), MR_STR("\0")}, 2);
    assert_code(mr_certificate_read(longer, &c, &err), MR_E_FORMAT, err);
    assert_code(mr_certificate_read(MR_STR_EMPTY, &c, &err), MR_E_FORMAT, err);
    mr_str huge = mr_str_make(mr_arena_zalloc(&p->arena, 1, 70000), 70000);
    assert_code(mr_certificate_read(huge, &c, &err), MR_E_LIMIT, err);
    assert_null(c);
    mr_certificate_free(whole);
}

static void test_certificate_share__counts(void **state)
{
    PEER_OR_SKIP(p, state);
    peer_do(p, MAKE "-subj /CN=y");
    mr_certificate *c = peer_certificate(p, "c.pem"), *same = mr_certificate_share(c);
    assert_ptr_equal(c, same);
    mr_certificate_freep(&c);
    assert_null(c);
    assert_str(mr_certificate_subject(same)->common_name, "y");
    mr_certificate_free(same);
    mr_certificate_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_der__refuses_what_is_not_der),
        cmocka_unit_test(test_der_time__reads_both_forms),
        cmocka_unit_test(test_certificate_read__agrees_with_openssl_on_official_files),
        cmocka_unit_test(test_certificate__shows_the_commissions_sample),
        cmocka_unit_test(test_certificate_may_seal__looks_at_purposes),
        cmocka_unit_test(test_certificate_subject__reads_every_kind_of_name),
        cmocka_unit_test(test_certificate_read__takes_keys_of_other_kinds),
        cmocka_unit_test(test_certificate_check_signature__refuses_weak_digests),
        cmocka_unit_test(test_certificates_read_pem__takes_all_in_order),
        cmocka_unit_test(test_certificate_read__sees_every_altered_octet),
        cmocka_unit_test(test_certificate_read__refuses_trailing_octets_and_size),
        cmocka_unit_test(test_certificate_share__counts),
    };
    return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
