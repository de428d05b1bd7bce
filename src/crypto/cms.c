/* CMS signed messages. Signatures by the keys that key.c knows are checked there; the rare others (PSS, further curves) by OpenSSL. */
#include "crypto/cms.h"

#include "base/limits.h"
#include "crypto/der.h"
#include "crypto/inside.h"

#include <openssl/cms.h>
#include <openssl/err.h>

MR_CRYPTO_CLEANUP(CMS_ContentInfo, content, CMS_ContentInfo_free)
MR_CRYPTO_CLEANUP(X509_ALGOR, algor, X509_ALGOR_free)

#define SIGNED_DATA "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"
#define MESSAGE_DIGEST "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x04"

/* ---- reading ---- */

/* SignerIdentifier: IssuerAndSerialNumber, or [0] SubjectKeyIdentifier */
static bool read_signer_id(struct mr_cms *m, mr_str *in)
{
    mr_str both;
    if (!mr_der_optional(in, MR_DER_CONTEXT + 0, &m->key_id)) return false;
    if (m->key_id.ptr) return true;
    return mr_der_get(in, MR_DER_SEQUENCE, &both) && mr_der_get_whole(&both, MR_DER_SEQUENCE, &m->issuer) &&
           mr_der_get(&both, MR_DER_INTEGER, &m->serial) && both.len == 0;
}

/* SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, [0] signedAttrs, signatureAlgorithm, signature, [1] unsignedAttrs OPTIONAL } */
static bool read_signer(struct mr_cms *m, mr_str in)
{
    mr_str version, unsigned_attributes;
    return mr_der_get(&in, MR_DER_INTEGER, &version) && read_signer_id(m, &in) &&
           mr_der_get_whole(&in, MR_DER_SEQUENCE, &m->digest) &&
           mr_der_get_whole(&in, MR_DER_CONSTRUCTED + 0, &m->attributes) &&
           mr_der_get_whole(&in, MR_DER_SEQUENCE, &m->algorithm) &&
           mr_der_get(&in, MR_DER_OCTET_STRING, &m->signature) &&
           mr_der_optional(&in, MR_DER_CONSTRUCTED + 1, &unsigned_attributes) && in.len == 0;
}

/* EncapsulatedContentInfo ::= SEQUENCE { eContentType, [0] EXPLICIT OCTET STRING OPTIONAL } */
static bool read_content(struct mr_cms *m, mr_str in)
{
    mr_str explicit;
    return mr_der_get(&in, MR_DER_OID, &m->content_type) && mr_der_get(&in, MR_DER_CONSTRUCTED + 0, &explicit) &&
           in.len == 0 && mr_der_get(&explicit, MR_DER_OCTET_STRING, &m->content) && explicit.len == 0;
}

/* SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo, [0] certificates OPTIONAL, [1] crls OPTIONAL, signerInfos } */
static bool read_signed_data(struct mr_cms *m, mr_str in, mr_str *ret_signers)
{
    mr_str version, digests, content, lists;
    return mr_der_get(&in, MR_DER_INTEGER, &version) && mr_der_get(&in, MR_DER_SET, &digests) &&
           mr_der_get(&in, MR_DER_SEQUENCE, &content) && read_content(m, content) &&
           mr_der_optional(&in, MR_DER_CONSTRUCTED + 0, &m->certificates) &&
           mr_der_optional(&in, MR_DER_CONSTRUCTED + 1, &lists) && mr_der_get(&in, MR_DER_SET, ret_signers) &&
           in.len == 0;
}

int mr_cms_read(mr_str der, struct mr_cms *ret, struct mr_err *err)
{
    struct mr_cms m = {.whole = der};
    mr_str in = der, body, type, explicit, data, signers, signer;
    if (!mr_der_get(&in, MR_DER_SEQUENCE, &body) || !mr_der_get(&body, MR_DER_OID, &type))
        return MR_FAIL(err, MR_E_FORMAT, "no CMS message", MR_NOWHERE);
    if (in.len) return MR_FAIL(err, MR_E_FORMAT, "octets follow the CMS message", MR_NOWHERE);
    if (!MR_DER_IS(type, SIGNED_DATA) || !mr_der_get(&body, MR_DER_CONSTRUCTED + 0, &explicit) || body.len ||
        !mr_der_get(&explicit, MR_DER_SEQUENCE, &data) || explicit.len || !read_signed_data(&m, data, &signers))
        return MR_FAIL(err, MR_E_FORMAT, "not a CMS message with signed content", MR_NOWHERE);
    if (!mr_der_get(&signers, MR_DER_SEQUENCE, &signer) || signers.len)
        return MR_FAIL(err, MR_E_FORMAT, "not exactly one signer", MR_NOWHERE);
    if (!read_signer(&m, signer)) return MR_FAIL(err, MR_E_FORMAT, "a signer without signed attributes", MR_NOWHERE);
    *ret = m;
    return MR_OK;
}

/* Attribute ::= SEQUENCE { attrType, SET OF value } */
bool mr_cms_attribute(const struct mr_cms *m, mr_str oid, bool *ret_there, mr_str *ret_value)
{
    mr_str whole = m->attributes, list, attribute, type, values;
    *ret_there = false;
    *ret_value = MR_STR_EMPTY;
    if (!mr_der_get(&whole, MR_DER_CONSTRUCTED + 0, &list)) return false;
    while (list.len) {
        if (!mr_der_get(&list, MR_DER_SEQUENCE, &attribute) || !mr_der_get(&attribute, MR_DER_OID, &type)) return false;
        if (!mr_str_eq(type, oid)) continue;
        if (*ret_there) return false;
        *ret_there = true;
        if (!mr_der_get(&attribute, MR_DER_SET, &values) || attribute.len ||
            !mr_der_next(&values, NULL, NULL, ret_value) || values.len)
            return false;
    }
    return true;
}

/* ---- verifying ---- */

static bool digest_of(mr_str algorithm, mr_digest_kind *ret)
{
    mr_str body, oid;
    if (!mr_der_get(&algorithm, MR_DER_SEQUENCE, &body) || !mr_der_get(&body, MR_DER_OID, &oid)) return false;
    if (MR_DER_IS(oid, "\x60\x86\x48\x01\x65\x03\x04\x02\x01"))
        *ret = MR_SHA256;
    else if (MR_DER_IS(oid, "\x60\x86\x48\x01\x65\x03\x04\x02\x02"))
        *ret = MR_SHA384;
    else if (MR_DER_IS(oid, "\x60\x86\x48\x01\x65\x03\x04\x02\x03"))
        *ret = MR_SHA512;
    else
        return false;
    return true;
}

/* rsaEncryption, id-ecPublicKey: the digest is the one that stands beside it (RFC 5754 sections 3.2 and 3.3). */
static bool scheme_of(const struct mr_cms *m, mr_digest_kind digest, struct mr_scheme *ret)
{
    mr_str in = m->algorithm, body, oid;
    if (!mr_der_get(&in, MR_DER_SEQUENCE, &body) || !mr_der_get(&body, MR_DER_OID, &oid)) return false;
    if (MR_DER_IS(oid, "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01")) {
        *ret = (struct mr_scheme){MR_SCHEME_RSA, digest};
        return true;
    }
    if (MR_DER_IS(oid, "\x2A\x86\x48\xCE\x3D\x02\x01")) {
        *ret = (struct mr_scheme){MR_SCHEME_ECDSA, digest};
        return true;
    }
    return mr_scheme_of_algorithm(m->algorithm, ret);
}

static int check_digest(const struct mr_cms *m, mr_digest_kind kind, struct mr_err *err)
{
    mr_digest digest;
    mr_str value, named;
    bool there;
    if (!mr_cms_attribute(m, MR_STR(MESSAGE_DIGEST), &there, &value) || !there ||
        !mr_der_get(&value, MR_DER_OCTET_STRING, &named))
        return MR_FAIL(err, MR_E_FORMAT, "the signed attributes name no digest", MR_NOWHERE);
    MR_TRY(mr_digest_make(kind, &m->content, 1, &digest, err));
    if (mr_str_eq(named, mr_digest_str(&digest))) return MR_OK;
    return MR_FAIL(err, MR_E_SIGNATURE, "the content is not the one that was signed", MR_NOWHERE);
}

static bool is_strong(mr_str algorithm)
{
    const unsigned char *p = (const unsigned char *)algorithm.ptr;
    MR_CLEANUP(algor_freep) X509_ALGOR *read = d2i_X509_ALGOR(NULL, &p, (long)algorithm.len);
    return read && mr_algorithm_is_strong(read);
}

static int verify_by_openssl(const struct mr_cms *m, const mr_certificate *signer, struct mr_err *err)
{
    const unsigned char *p = (const unsigned char *)m->whole.ptr;
    MR_CLEANUP(content_freep) CMS_ContentInfo *cms = NULL;
    X509 *x = mr_certificate_x509(signer);
    if (!is_strong(m->algorithm)) return MR_OPENSSL_FAIL(err, MR_E_UNSUPPORTED, "signed with a weak or unknown digest");
    cms = d2i_CMS_ContentInfo(NULL, &p, (long)m->whole.len);
    if (!cms || !x) return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "OpenSSL cannot read the CMS message or its signer");
    CMS_SignerInfo_set1_signer_cert(sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0), x);
    if (CMS_verify(cms, NULL, NULL, NULL, NULL, CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) != 1)
        return MR_OPENSSL_FAIL(err, MR_E_SIGNATURE, "the signature is wrong");
    return MR_OK;
}

/* What is signed is the attributes as a SET OF, not with the tag that they bear in the message (RFC 5652 section 5.4). */
static int verify_attributes(const struct mr_cms *m, mr_key *key, struct mr_scheme scheme, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf set;
    mr_buf_init(&set, MR_LIMIT_TIMESTAMP);
    mr_buf_putc(&set, (char)MR_DER_SET);
    mr_buf_put(&set, mr_str_from(m->attributes, 1));
    if (mr_buf_failed(&set)) return MR_FAIL(err, MR_E_NOMEM, "no memory for signed attributes", MR_NOWHERE);
    return mr_key_verify_x509(key, scheme, mr_buf_str(&set), m->signature, err);
}

int mr_cms_verify(const struct mr_cms *m, const mr_certificate *signer, struct mr_err *err)
{
    mr_key *key = mr_certificate_key(signer);
    mr_digest_kind digest;
    struct mr_scheme scheme;
    mr_openssl_start();
    if (!digest_of(m->digest, &digest))
        return MR_FAIL(err, MR_E_UNSUPPORTED, "signed with a weak or unknown digest", MR_NOWHERE);
    MR_TRY(check_digest(m, digest, err));
    if (mr_key_get_kind(key) == MR_KEY_OTHER || !scheme_of(m, digest, &scheme))
        return verify_by_openssl(m, signer, err);
    return verify_attributes(m, key, scheme, err);
}
