/* The self-made test authority (see authority.h). Certificate profiles: RFC 5280 for the root, EN 319 412-3 for seals, as far as a test needs them.
 *
 * The policy OID is 2.999.9790.22, below the arc that ITU-T X.660 sets aside for examples: nobody who means it issues under it, and every reader
 * can take it (an arc of 128 bits below 2.25 is refused by some). It is the mark by which reports know a test seal; the word TEST in the names is
 * for people. */
#include "crypto/authority.h"

#include "base/limits.h"
#include "crypto/inside.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define TEST_POLICY_DER "\x88\x37\xCC\x3E\x16"
#define TEST_NAME "Merit TEST authority - proves nothing"

MR_CRYPTO_CLEANUP(X509, x509, X509_free)
MR_CRYPTO_CLEANUP(X509_EXTENSION, extension, X509_EXTENSION_free)
MR_CRYPTO_CLEANUP(ASN1_OCTET_STRING, octets, ASN1_OCTET_STRING_free)
MR_CRYPTO_CLEANUP(BIGNUM, number, BN_free)

enum { RSA_BITS = 3072, YEAR_DAYS = 365, EARLIER_SECONDS = 300 /* clocks differ */ };

bool mr_certificate_is_test(const mr_certificate *c)
{
    return mr_certificate_has_policy(c, MR_STR(TEST_POLICY_DER));
}

/* Raw UTF-8: OpenSSL would refuse names above the 64 characters of X.520, and universities have longer ones. */
static bool add_name(X509_NAME *name, int nid, int type, mr_str text)
{
    return X509_NAME_add_entry_by_NID(name, nid, type, (const unsigned char *)text.ptr, (int)text.len, -1, 0) == 1;
}

static bool set_serial(X509 *x, const mr_env *env)
{
    unsigned char octets[16];
    mr_env_random(env, octets, sizeof octets);
    octets[0] = (unsigned char)((octets[0] & 0x7F) | 0x40); /* positive and always 16 octets */
    MR_CLEANUP(number_freep) BIGNUM *number = BN_bin2bn(octets, sizeof octets, NULL);
    return number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));
}

static bool set_validity(X509 *x, const mr_env *env, int years)
{
    time_t now = (time_t)(mr_env_now(env) / 1000);
    return ASN1_TIME_set(X509_getm_notBefore(x), now - EARLIER_SECONDS) &&
           ASN1_TIME_adj(X509_getm_notAfter(x), now, years * YEAR_DAYS + years / 4, 0);
}

struct extension_text {
    int nid;
    const char *text;
};

/* certificatePolicies ::= SEQUENCE OF SEQUENCE { policyIdentifier } */
static bool add_test_policy(X509 *x)
{
    static const unsigned char der[] =
        "\x30\x09\x30\x07\x06\x05" TEST_POLICY_DER; /* lengths fit the 5 octets of the OID */
    MR_CLEANUP(octets_freep) ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
    if (!octets || ASN1_OCTET_STRING_set(octets, der, sizeof der - 1) != 1) return false;
    MR_CLEANUP(extension_freep)
    X509_EXTENSION *one = X509_EXTENSION_create_by_NID(NULL, NID_certificate_policies, 0, octets);
    return one && X509_add_ext(x, one, -1) == 1;
}

static bool add_extensions(X509 *x, X509 *issuer, const struct extension_text *list, size_t count)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
    for (size_t i = 0; i < count; i++) {
        MR_CLEANUP(extension_freep)
        X509_EXTENSION *one = X509V3_EXT_conf_nid(NULL, &context, list[i].nid, list[i].text);
        if (!one || X509_add_ext(x, one, -1) != 1) return false;
    }
    return add_test_policy(x);
}

static const struct extension_text root_extensions[] = {
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"},
    {NID_subject_key_identifier, "hash"},
};
static const struct extension_text seal_extensions[] = {
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature,nonRepudiation"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
};

static bool sign(X509 *x, const mr_key *signer)
{
    EVP_PKEY *pkey = mr_key_pkey(signer);
    const EVP_MD *digest = mr_key_get_kind(signer) == MR_KEY_ED25519 ? NULL : EVP_sha256();
    return pkey && X509_sign(x, pkey, digest) > 0;
}

static bool make_root(X509 *x, const mr_env *env, const mr_key *key)
{
    X509_NAME *name = X509_get_subject_name(x);
    EVP_PKEY *pkey = mr_key_pkey(key);
    return pkey && X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x, env) && set_validity(x, env, 20) &&
           add_name(name, NID_organizationName, V_ASN1_UTF8STRING, MR_STR("Merit TEST authority")) &&
           add_name(name, NID_commonName, V_ASN1_UTF8STRING, MR_STR(TEST_NAME)) && X509_set_issuer_name(x, name) == 1 &&
           X509_set_pubkey(x, pkey) == 1 &&
           add_extensions(x, x, root_extensions, sizeof root_extensions / sizeof *root_extensions) && sign(x, key);
}

int mr_authority_new(const mr_env *env, struct mr_authority *ret, struct mr_err *err)
{
    mr_openssl_start();
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_TRY(mr_key_generate(MR_KEY_P256, 0, &key, err));
    MR_CLEANUP(x509_freep) X509 *x = X509_new();
    if (!x || !make_root(x, env, key)) return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "the test authority could not be made");
    MR_TRY(mr_certificate_of_x509(x, &ret->certificate, err));
    ret->key = key;
    key = NULL;
    ERR_clear_error();
    return MR_OK;
}

void mr_authority_done(struct mr_authority *a)
{
    mr_key_free(a->key);
    mr_certificate_free(a->certificate);
    *a = (struct mr_authority){0};
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

static int check_text(mr_str text, const char *what, struct mr_err *err)
{
    if (text.len == 0 || mr_utf8_check(text) != text.len || mr_utf8_length(text) > MR_LIMIT_NAME)
        return MR_FAIL_DETAIL(err, MR_E_USAGE, "a name in the seal is missing, too long or not UTF-8", "%s", what);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F)
            return MR_FAIL_DETAIL(err, MR_E_USAGE, "a name in the seal holds control characters", "%s", what);
    return MR_OK;
}

static int check_subject(const struct mr_seal_subject *s, struct mr_err *err)
{
    MR_TRY(check_text(s->organisation, "organisation", err));
    MR_TRY(check_text(s->organisation_identifier, "organisation_identifier", err));
    MR_TRY(check_text(s->common_name, "common_name", err));
    if (s->country.len != 2 || !is_letter(s->country.ptr[0]) || !is_letter(s->country.ptr[1]))
        return MR_FAIL(err, MR_E_USAGE, "the seal's country is not two capital letters (ISO 3166-1)", MR_NOWHERE);
    return MR_OK;
}

/* "Name (TEST)", so that nobody takes it for real where only the name is shown. */
static mr_str marked_name(mr_str name, char *out, size_t size)
{
    if (mr_str_find(name, MR_STR("TEST")) >= 0 || name.len + sizeof " (TEST)" > size) return name;
    memcpy(out, name.ptr, name.len);
    memcpy(out + name.len, " (TEST)", sizeof " (TEST)" - 1);
    return mr_str_make(out, name.len + sizeof " (TEST)" - 1);
}

static bool make_seal(X509 *x, const mr_env *env, const struct mr_authority *a, const struct mr_seal_subject *s,
                      const mr_key *key)
{
    char common_name[4 * MR_LIMIT_NAME + 16];
    X509 *root = mr_certificate_x509(a->certificate);
    X509_NAME *name = X509_get_subject_name(x);
    EVP_PKEY *pkey = mr_key_pkey(key);
    /* EN 319 412-3 4.2.1: countryName, organizationName, organizationIdentifier, commonName */
    return root && pkey && X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x, env) && set_validity(x, env, 5) &&
           add_name(name, NID_countryName, V_ASN1_PRINTABLESTRING, s->country) &&
           add_name(name, NID_organizationName, V_ASN1_UTF8STRING, s->organisation) &&
           add_name(name, NID_organizationIdentifier, V_ASN1_UTF8STRING, s->organisation_identifier) &&
           add_name(name, NID_commonName, V_ASN1_UTF8STRING,
                    marked_name(s->common_name, common_name, sizeof common_name)) &&
           X509_set_issuer_name(x, X509_get_subject_name(root)) == 1 && X509_set_pubkey(x, pkey) == 1 &&
           add_extensions(x, root, seal_extensions, sizeof seal_extensions / sizeof *seal_extensions) &&
           sign(x, a->key);
}

int mr_authority_issue_seal(const struct mr_authority *a, const mr_env *env, const struct mr_seal_subject *subject,
                            mr_key_kind kind, struct mr_seal_key *ret, struct mr_err *err)
{
    mr_openssl_start();
    MR_TRY(check_subject(subject, err));
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_TRY(mr_key_generate(kind, RSA_BITS, &key, err));
    MR_CLEANUP(x509_freep) X509 *x = X509_new();
    if (!x || !make_seal(x, env, a, subject, key))
        return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "the test seal could not be made");
    struct mr_seal_key seal = {.issuer_count = 1, .is_test = true};
    MR_TRY(mr_certificate_of_x509(x, &seal.certificate, err));
    seal.issuers[0] = mr_certificate_share(a->certificate);
    seal.key = key;
    key = NULL;
    *ret = seal;
    ERR_clear_error();
    return MR_OK;
}
