/* RFC 3161 time-stamp tokens.
 *
 * Idea: a token is a CMS message (RFC 5652) with one signer over a TSTInfo. OpenSSL opens the CMS and checks its signature; everything that makes it a
 * time-stamp is checked here: that it covers our octets, who signed it (the certificate that the signed attribute ESSCertID names by its digest, so that no
 * other certificate for the same key can take its place), that this certificate may time-stamp, and its chain at the time stated. OpenSSL's own TS_VERIFY
 * cannot be used because it demands an anchor: here an unanchored signer is a result, trust is decided above.
 *
 * Order: structure, digest of the covered octets, signer, signature, purpose, chain. The first that fails is the error.
 * Sources: RFC 3161 sections 2.3, 2.4; RFC 5816; RFC 5035 (ESSCertIDv2); RFC 5652 sections 5.4, 11.1. */
#include "crypto/timestamp.h"

#include "base/limits.h"
#include "crypto/der.h"
#include "crypto/inside.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/ts.h>

MR_CRYPTO_CLEANUP(CMS_ContentInfo, cms, CMS_ContentInfo_free)
MR_CRYPTO_CLEANUP(TS_TST_INFO, info, TS_TST_INFO_free)
MR_CRYPTO_CLEANUP(TS_REQ, request, TS_REQ_free)
MR_CRYPTO_CLEANUP(TS_RESP, response, TS_RESP_free)
MR_CRYPTO_CLEANUP(TS_MSG_IMPRINT, imprint, TS_MSG_IMPRINT_free)
MR_CRYPTO_CLEANUP(X509_ALGOR, algor, X509_ALGOR_free)
MR_CRYPTO_CLEANUP(ASN1_INTEGER, integer, ASN1_INTEGER_free)

enum { HELD = sizeof((struct mr_timestamp){0}.held) / sizeof(mr_certificate *) };

static mr_str str_of_asn1(const ASN1_STRING *s)
{
    return mr_str_make((const char *)ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

static bool digest_of_nid(int nid, mr_digest_kind *ret)
{
    switch (nid) {
    case NID_sha256: *ret = MR_SHA256; return true;
    case NID_sha384: *ret = MR_SHA384; return true;
    case NID_sha512: *ret = MR_SHA512; return true;
    default: return false;
    }
}

/* ---- structure ---- */

static int read_cms(mr_str token, CMS_ContentInfo **ret, struct mr_err *err)
{
    const unsigned char *p = (const unsigned char *)token.ptr;
    if (token.len > MR_LIMIT_TIMESTAMP)
        return MR_FAIL(err, MR_E_LIMIT, "too large for a time-stamp token", MR_LIMIT_TIMESTAMP);
    MR_CLEANUP(cms_freep) CMS_ContentInfo *cms = token.len ? d2i_CMS_ContentInfo(NULL, &p, (long)token.len) : NULL;
    if (!cms) return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "not a time-stamp token: no CMS message");
    if (p != (const unsigned char *)token.ptr + token.len)
        return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "octets follow the time-stamp token");
    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed ||
        OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_id_smime_ct_TSTInfo)
        return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "not a time-stamp token: a CMS message about something else");
    *ret = cms;
    cms = NULL;
    return MR_OK;
}

static int read_info(CMS_ContentInfo *cms, TS_TST_INFO **ret, struct mr_err *err)
{
    ASN1_OCTET_STRING **content = CMS_get0_content(cms);
    if (!content || !*content) return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "the time-stamp token is empty");
    mr_str der = str_of_asn1(*content);
    const unsigned char *p = (const unsigned char *)der.ptr;
    MR_CLEANUP(info_freep) TS_TST_INFO *info = d2i_TS_TST_INFO(NULL, &p, (long)der.len);
    if (!info || p != (const unsigned char *)der.ptr + der.len || TS_TST_INFO_get_version(info) != 1)
        return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "the time-stamp token does not hold a TSTInfo of version 1");
    if (TS_TST_INFO_get_ext_by_critical(info, 1, -1) >= 0)
        return MR_OPENSSL_FAIL(err, MR_E_UNSUPPORTED, "the time-stamp has a critical extension that is not known");
    *ret = info;
    info = NULL;
    return MR_OK;
}

static int check_imprint(TS_TST_INFO *info, const mr_str *covered, size_t count, struct mr_err *err)
{
    mr_digest digest;
    mr_digest_kind kind;
    TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
    if (!digest_of_nid(OBJ_obj2nid(TS_MSG_IMPRINT_get_algo(imprint)->algorithm), &kind))
        return MR_OPENSSL_FAIL(err, MR_E_UNSUPPORTED, "the time-stamp uses a weak or unknown digest");
    MR_TRY(mr_digest_make(kind, covered, count, &digest, err));
    if (!mr_str_eq(str_of_asn1(TS_MSG_IMPRINT_get_msg(imprint)), mr_digest_str(&digest)))
        return MR_OPENSSL_FAIL(err, MR_E_SIGNATURE, "the time-stamp covers something else");
    return MR_OK;
}

/* ---- signer ---- */

/* The certificates in the token, which the caller frees by mr_timestamp_done. A certificate that we cannot read is left out: it cannot be the signer's then. */
static int take_held(CMS_ContentInfo *cms, struct mr_timestamp *t, struct mr_err *err)
{
    STACK_OF(X509) *list = CMS_get1_certs(cms);
    int code = sk_X509_num(list) > HELD
                   ? MR_FAIL(err, MR_E_LIMIT, "too many certificates in the time-stamp token", HELD)
                   : MR_OK;
    for (int i = 0; i < sk_X509_num(list) && code == MR_OK; i++) {
        code = mr_certificate_of_x509(sk_X509_value(list, i), &t->held[t->held_count], err);
        if (code == MR_OK)
            t->held_count++;
        else if (code != MR_E_NOMEM) {
            mr_err_forget(err);
            code = MR_OK;
        }
    }
    sk_X509_pop_free(list, X509_free);
    return code;
}

static bool same_integer(const ASN1_INTEGER *a, mr_str octets)
{
    unsigned char *der = NULL;
    int size = i2d_ASN1_INTEGER(a, &der);
    mr_str in = mr_str_make((const char *)der, size > 0 ? (size_t)size : 0), value;
    bool same = size > 0 && mr_der_get(&in, MR_DER_INTEGER, &value) && mr_str_eq(value, octets);
    OPENSSL_free(der);
    return same;
}

static bool same_issuer(const X509_NAME *name, mr_str der)
{
    const unsigned char *text;
    size_t size;
    return X509_NAME_get0_der(name, &text, &size) == 1 && mr_str_eq(mr_str_make((const char *)text, size), der);
}

/* SignerIdentifier (RFC 5652 5.3): issuer and serial, or key identifier. */
static bool is_named_by_signer(CMS_SignerInfo *signer, const mr_certificate *c)
{
    ASN1_OCTET_STRING *key_id = NULL;
    X509_NAME *issuer = NULL;
    ASN1_INTEGER *serial = NULL;
    if (CMS_SignerInfo_get0_signer_id(signer, &key_id, &issuer, &serial) != 1) return false;
    if (key_id) return mr_str_eq(str_of_asn1(key_id), mr_certificate_subject_key_id(c));
    return issuer && serial && same_issuer(issuer, mr_certificate_issuer_der(c)) &&
           same_integer(serial, mr_certificate_serial(c));
}

/* A signed attribute's only value. */
static const ASN1_STRING *attribute_value(CMS_SignerInfo *signer, int nid, int type)
{
    int at = CMS_signed_get_attr_by_NID(signer, nid, -1);
    X509_ATTRIBUTE *attribute = at >= 0 ? CMS_signed_get_attr(signer, at) : NULL;
    if (!attribute || X509_ATTRIBUTE_count(attribute) != 1 || CMS_signed_get_attr_by_NID(signer, nid, at) >= 0)
        return NULL;
    return X509_ATTRIBUTE_get0_data(attribute, 0, type, NULL);
}

/* The digest by which ESSCertID names the certificate: SHA-1 in its first version, by definition (RFC 5035 section 5.4.1; a second certificate with
 * the same SHA-1 would have to hold the same key as well); SHA-256 by default in the second. */
static bool certificate_digest(mr_str algorithm, bool first_version, const mr_certificate *c, mr_digest *ret)
{
    mr_str der = mr_certificate_der(c), body, oid = MR_STR_EMPTY;
    unsigned size = 0;
    mr_digest_kind kind = MR_SHA256;
    if (first_version) {
        bool done = EVP_Digest(der.ptr, der.len, ret->bytes, &size, EVP_sha1(), NULL) == 1;
        ret->size = (uint8_t)size;
        return done;
    }
    if (algorithm.ptr) {
        body = algorithm;
        if (!mr_der_get(&body, MR_DER_OID, &oid)) return false;
        if (MR_DER_IS(oid, "\x60\x86\x48\x01\x65\x03\x04\x02\x02"))
            kind = MR_SHA384;
        else if (MR_DER_IS(oid, "\x60\x86\x48\x01\x65\x03\x04\x02\x03"))
            kind = MR_SHA512;
        else if (!MR_DER_IS(oid, "\x60\x86\x48\x01\x65\x03\x04\x02\x01"))
            return false;
    }
    return mr_digest_make(kind, &der, 1, ret, NULL) == MR_OK;
}

/* ESSCertIDv2 ::= SEQUENCE { hashAlgorithm DEFAULT sha256, certHash, IssuerSerial { names, serial } OPTIONAL }; the first version has no hashAlgorithm. */
static bool identifier_fits(mr_str id, bool first_version, const mr_certificate *c)
{
    mr_str algorithm = MR_STR_EMPTY, hash, issuer_serial, names, serial;
    mr_digest digest;
    if (!first_version && !mr_der_optional(&id, MR_DER_SEQUENCE, &algorithm)) return false;
    if (!mr_der_get(&id, MR_DER_OCTET_STRING, &hash) || !mr_der_optional(&id, MR_DER_SEQUENCE, &issuer_serial) ||
        id.len)
        return false;
    if (!certificate_digest(algorithm, first_version, c, &digest) || !mr_str_eq(hash, mr_digest_str(&digest)))
        return false;
    return !issuer_serial.ptr ||
           (mr_der_get(&issuer_serial, MR_DER_SEQUENCE, &names) &&
            mr_der_get(&issuer_serial, MR_DER_INTEGER, &serial) && mr_str_eq(serial, mr_certificate_serial(c)));
}

/* Does this attribute, when there, name the certificate? The first identifier is the signer's (RFC 5035 section 5.4). */
static bool attribute_fits(CMS_SignerInfo *signer, int nid, bool first_version, const mr_certificate *c,
                           bool *ret_there)
{
    if (CMS_signed_get_attr_by_NID(signer, nid, -1) < 0) return true;
    *ret_there = true;
    const ASN1_STRING *value = attribute_value(signer, nid, V_ASN1_SEQUENCE);
    if (!value) return false;
    mr_str in = str_of_asn1(value), body, list, id;
    return mr_der_get(&in, MR_DER_SEQUENCE, &body) && in.len == 0 && mr_der_get(&body, MR_DER_SEQUENCE, &list) &&
           mr_der_get(&list, MR_DER_SEQUENCE, &id) && identifier_fits(id, first_version, c);
}

static bool is_bound_to(CMS_SignerInfo *signer, const mr_certificate *c)
{
    bool there = false;
    return attribute_fits(signer, NID_id_smime_aa_signingCertificate, true, c, &there) &&
           attribute_fits(signer, NID_id_smime_aa_signingCertificateV2, false, c, &there) && there;
}

static int find_signer(CMS_SignerInfo *signer, mr_certificate *const *list, size_t count, mr_certificate **ret,
                       bool *ret_named)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_named_by_signer(signer, list[i])) continue;
        *ret_named = true;
        if (!is_bound_to(signer, list[i])) continue;
        *ret = mr_certificate_share(list[i]);
        return MR_OK;
    }
    return MR_E_NOT_FOUND;
}

static int choose_signer(CMS_SignerInfo *signer, struct mr_timestamp *t, mr_certificate *const *pool, size_t pool_count,
                         struct mr_err *err)
{
    bool named = false;
    if (find_signer(signer, t->held, t->held_count, &t->authority, &named) == MR_OK ||
        find_signer(signer, pool, pool_count, &t->authority, &named) == MR_OK)
        return MR_OK;
    if (named)
        return MR_OPENSSL_FAIL(err, MR_E_SIGNATURE,
                               "the time-stamp is not bound to its signer's certificate (ESSCertID)");
    return MR_OPENSSL_FAIL(err, MR_E_CERTIFICATE, "the certificate of the time-stamp's signer is not there");
}

/* ---- signature ---- */

static int check_attributes(CMS_SignerInfo *signer, struct mr_err *err)
{
    X509_ALGOR *digest = NULL, *signature = NULL;
    mr_digest_kind kind;
    const ASN1_STRING *type = attribute_value(signer, NID_pkcs9_contentType, V_ASN1_OBJECT);
    /* get0_data gives an ASN1_OBJECT for this type */
    if (!type || OBJ_obj2nid((const ASN1_OBJECT *)(const void *)type) != NID_id_smime_ct_TSTInfo)
        return MR_OPENSSL_FAIL(err, MR_E_FORMAT,
                               "the time-stamp's signed attributes are missing or about something else");
    CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, &signature);
    int nid = OBJ_obj2nid(signature->algorithm); /* rsaEncryption, id-ecPublicKey: the digest is the one beside it */
    bool whole = nid != NID_rsaEncryption && nid != NID_X9_62_id_ecPublicKey;
    if (!digest_of_nid(OBJ_obj2nid(digest->algorithm), &kind) || (whole && !mr_algorithm_is_strong(signature)))
        return MR_OPENSSL_FAIL(err, MR_E_UNSUPPORTED, "the time-stamp is signed with a weak or unknown digest");
    return MR_OK;
}

static int check_signature(CMS_ContentInfo *cms, CMS_SignerInfo *signer, const struct mr_timestamp *t,
                           struct mr_err *err)
{
    const mr_key *key = mr_certificate_key(t->authority);
    X509 *x = mr_certificate_x509(t->authority);
    if (!x) return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "the certificate of the time-stamp's signer cannot be used");
    if (mr_key_get_kind(key) == MR_KEY_RSA && mr_key_bits(key) < 2048)
        return MR_OPENSSL_FAIL(err, MR_E_CERTIFICATE, "the key of the time-stamp's signer is too short");
    CMS_SignerInfo_set1_signer_cert(signer, x);
    if (CMS_verify(cms, NULL, NULL, NULL, NULL, CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) != 1)
        return MR_OPENSSL_FAIL(err, MR_E_SIGNATURE, "the time-stamp's own signature is wrong");
    ERR_clear_error();
    return MR_OK;
}

static int check_authority(struct mr_timestamp *t, mr_certificate *const *pool, size_t pool_count,
                           mr_certificate *const *anchors, size_t anchor_count, struct mr_err *err)
{
    mr_certificate *all[HELD + MR_LIMIT_CERTIFICATES];
    size_t count = t->held_count;
    if (!mr_certificate_may_timestamp(t->authority))
        return MR_FAIL(err, MR_E_CERTIFICATE, "the signer's certificate is not for time-stamps (extendedKeyUsage)",
                       MR_NOWHERE);
    memcpy(all, t->held, sizeof t->held);
    for (size_t i = 0; i < pool_count && count < sizeof all / sizeof *all; i++) all[count++] = pool[i];
    MR_TRY(mr_chain_build(t->authority, all, count, anchors, anchor_count, t->time, &t->chain, err));
    if (t->chain.state == MR_CHAIN_BROKEN)
        return MR_FAIL_DETAIL(err, MR_E_CERTIFICATE, "the chain of the time-stamp's signer is broken", "%zu: %s",
                              t->chain.why_at, t->chain.why);
    return MR_OK;
}

static int only_signer(CMS_ContentInfo *cms, CMS_SignerInfo **ret, struct mr_err *err)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    if (sk_CMS_SignerInfo_num(signers) != 1)
        return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "a time-stamp token has exactly one signer");
    *ret = sk_CMS_SignerInfo_value(signers, 0);
    return MR_OK;
}

static int verify(mr_str token, const mr_str *covered, size_t covered_count, mr_certificate *const *pool,
                  size_t pool_count, mr_certificate *const *anchors, size_t anchor_count, struct mr_timestamp *t,
                  struct mr_err *err)
{
    MR_CLEANUP(cms_freep) CMS_ContentInfo *cms = NULL;
    MR_CLEANUP(info_freep) TS_TST_INFO *info = NULL;
    CMS_SignerInfo *signer = NULL;
    MR_TRY(read_cms(token, &cms, err));
    MR_TRY(read_info(cms, &info, err));
    t->time = mr_time_of_asn1(TS_TST_INFO_get_time(info));
    if (t->time == MR_TIME_NONE) return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "the time-stamp's time is no time");
    MR_TRY(check_imprint(info, covered, covered_count, err));
    MR_TRY(only_signer(cms, &signer, err));
    MR_TRY(check_attributes(signer, err));
    MR_TRY(take_held(cms, t, err));
    MR_TRY(choose_signer(signer, t, pool, pool_count, err));
    MR_TRY(check_signature(cms, signer, t, err));
    return check_authority(t, pool, pool_count, anchors, anchor_count, err);
}

int mr_timestamp_verify(mr_str token, const mr_str *covered, size_t covered_count, mr_certificate *const *pool,
                        size_t pool_count, mr_certificate *const *anchors, size_t anchor_count,
                        struct mr_timestamp *ret, struct mr_err *err)
{
    struct mr_timestamp t = {0};
    mr_openssl_start();
    int code = verify(token, covered, covered_count, pool, pool_count, anchors, anchor_count, &t, err);
    if (code)
        mr_timestamp_done(&t);
    else
        *ret = t;
    return code;
}

void mr_timestamp_done(struct mr_timestamp *t)
{
    mr_certificate_free(t->authority);
    for (size_t i = 0; i < t->held_count; i++) mr_certificate_free(t->held[i]);
    *t = (struct mr_timestamp){0};
}

/* ---- asking for one ---- */

static int digest_nid(const mr_digest *digest)
{
    return digest->size == 64 ? NID_sha512 : digest->size == 48 ? NID_sha384 : NID_sha256;
}

static bool fill_imprint(TS_REQ *request, const mr_digest *digest)
{
    MR_CLEANUP(imprint_freep) TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    MR_CLEANUP(algor_freep) X509_ALGOR *algorithm = X509_ALGOR_new();
    return imprint && algorithm &&
           X509_ALGOR_set0(algorithm, OBJ_nid2obj(digest_nid(digest)), V_ASN1_NULL, NULL) == 1 &&
           TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
           TS_MSG_IMPRINT_set_msg(imprint, (unsigned char *)digest->bytes, digest->size) == 1 &&
           TS_REQ_set_msg_imprint(request, imprint) == 1;
}

static bool fill_request(TS_REQ *request, const mr_env *env, const mr_digest *digest)
{
    uint64_t random;
    mr_env_random(env, &random, sizeof random);
    MR_CLEANUP(integer_freep) ASN1_INTEGER *nonce = ASN1_INTEGER_new();
    return nonce && ASN1_INTEGER_set_uint64(nonce, random | 1) == 1 && TS_REQ_set_version(request, 1) == 1 &&
           fill_imprint(request, digest) && TS_REQ_set_nonce(request, nonce) == 1 &&
           TS_REQ_set_cert_req(request, 1) == 1;
}

int mr_timestamp_request(mr_arena *a, const mr_env *env, const mr_digest *digest, mr_str *ret, struct mr_err *err)
{
    unsigned char *der = NULL;
    mr_openssl_start();
    MR_CLEANUP(request_freep) TS_REQ *request = TS_REQ_new();
    int size = request && fill_request(request, env, digest) ? i2d_TS_REQ(request, &der) : -1;
    if (size < 0) return MR_OPENSSL_FAIL(err, MR_E_NOMEM, "not enough memory for a time-stamp request");
    mr_str copy = mr_arena_dup(a, mr_str_make((const char *)der, (size_t)size));
    OPENSSL_free(der);
    if (!copy.ptr) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a time-stamp request", MR_NOWHERE);
    *ret = copy;
    return MR_OK;
}

static int check_status(TS_RESP *response, struct mr_err *err)
{
    TS_STATUS_INFO *info = TS_RESP_get_status_info(response);
    const STACK_OF(ASN1_UTF8STRING) *texts = TS_STATUS_INFO_get0_text(info);
    int64_t status = -1;
    if (ASN1_INTEGER_get_int64(&status, TS_STATUS_INFO_get0_status(info)) == 1 && (status == 0 || status == 1))
        return MR_OK;
    mr_str words = sk_ASN1_UTF8STRING_num(texts) > 0 ? str_of_asn1(sk_ASN1_UTF8STRING_value(texts, 0)) : MR_STR_EMPTY;
    if (mr_utf8_check(words) != words.len) words = MR_STR_EMPTY;
    ERR_clear_error();
    return MR_FAIL_DETAIL(err, MR_E_NET, "the time-stamp authority refused", "status %d %.*s", (int)status,
                          MR_STR_ARG(words));
}

static int compare_with_request(TS_REQ *request, TS_TST_INFO *info, struct mr_err *err)
{
    TS_MSG_IMPRINT *asked = TS_REQ_get_msg_imprint(request), *given = TS_TST_INFO_get_msg_imprint(info);
    const ASN1_INTEGER *nonce = TS_REQ_get_nonce(request), *echo = TS_TST_INFO_get_nonce(info);
    if (OBJ_cmp(TS_MSG_IMPRINT_get_algo(asked)->algorithm, TS_MSG_IMPRINT_get_algo(given)->algorithm) != 0 ||
        ASN1_OCTET_STRING_cmp(TS_MSG_IMPRINT_get_msg(asked), TS_MSG_IMPRINT_get_msg(given)) != 0)
        return MR_OPENSSL_FAIL(err, MR_E_SIGNATURE, "the time-stamp that came back covers something else");
    if (nonce && (!echo || ASN1_INTEGER_cmp(nonce, echo) != 0))
        return MR_OPENSSL_FAIL(err, MR_E_SIGNATURE, "the time-stamp that came back answers another request (nonce)");
    return MR_OK;
}

int mr_timestamp_response(mr_arena *a, mr_str request, mr_str response, mr_str *ret_token, struct mr_err *err)
{
    const unsigned char *p = (const unsigned char *)request.ptr, *q = (const unsigned char *)response.ptr;
    mr_openssl_start();
    if (response.len > MR_LIMIT_TIMESTAMP)
        return MR_FAIL(err, MR_E_LIMIT, "too large for a time-stamp", MR_LIMIT_TIMESTAMP);
    MR_CLEANUP(request_freep) TS_REQ *asked = d2i_TS_REQ(NULL, &p, (long)request.len);
    MR_CLEANUP(response_freep) TS_RESP *answer = response.len ? d2i_TS_RESP(NULL, &q, (long)response.len) : NULL;
    if (!asked) return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "not a time-stamp request");
    if (!answer || q != (const unsigned char *)response.ptr + response.len)
        return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "not a time-stamp response");
    MR_TRY(check_status(answer, err));
    if (!TS_RESP_get_tst_info(answer))
        return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "the time-stamp response holds no token");
    MR_TRY(compare_with_request(asked, TS_RESP_get_tst_info(answer), err));
    /* TimeStampResp ::= SEQUENCE { PKIStatusInfo, TimeStampToken }: the token's octets as they came, behind the status. */
    mr_str in = response, body, status;
    if (!mr_der_get(&in, MR_DER_SEQUENCE, &body) || !mr_der_get(&body, MR_DER_SEQUENCE, &status))
        return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "the time-stamp response is not DER");
    mr_str token = mr_arena_dup(a, body);
    if (!token.ptr) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a time-stamp", MR_NOWHERE);
    *ret_token = token;
    return MR_OK;
}
