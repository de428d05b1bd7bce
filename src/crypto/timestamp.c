/* RFC 3161 time-stamp tokens.
 *
 * Idea: a token is a CMS message (RFC 5652) with one signer over a TSTInfo, read and verified by cms.c. What makes it a time-stamp is checked here: that
 * it covers our octets, who signed it (the certificate that the signed attribute ESSCertID names by its digest, so that no other certificate for the
 * same key can take its place), that this certificate may time-stamp, and its chain at the time stated. OpenSSL's own TS_VERIFY cannot be used because it
 * demands an anchor: here an unanchored signer is a result, trust is decided above.
 *
 * Order: structure, digest of the covered octets, signer, signature, purpose, chain. The first that fails is the error.
 * Sources: RFC 3161 sections 2.3, 2.4; RFC 5816; RFC 5035 (ESSCertIDv2); RFC 5652 sections 5.4, 11.1. */
#include "crypto/timestamp.h"

#include "base/limits.h"
#include "crypto/cms.h"
#include "crypto/der.h"
#include "crypto/inside.h"

#include <openssl/err.h>
#include <openssl/ts.h>

MR_CRYPTO_CLEANUP(TS_TST_INFO, info, TS_TST_INFO_free)
MR_CRYPTO_CLEANUP(TS_REQ, request, TS_REQ_free)
MR_CRYPTO_CLEANUP(TS_STATUS_INFO, status, TS_STATUS_INFO_free)
MR_CRYPTO_CLEANUP(TS_MSG_IMPRINT, imprint, TS_MSG_IMPRINT_free)
MR_CRYPTO_CLEANUP(X509_ALGOR, algor, X509_ALGOR_free)
MR_CRYPTO_CLEANUP(ASN1_INTEGER, integer, ASN1_INTEGER_free)

#define TST_INFO "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x04"
#define CONTENT_TYPE "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x03"
#define SIGNING_CERTIFICATE "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x0C"
#define SIGNING_CERTIFICATE_V2 "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x2F"

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

static int read_cms(mr_str token, struct mr_cms *ret, struct mr_err *err)
{
    struct mr_err found = {0};
    if (token.len > MR_LIMIT_TIMESTAMP)
        return MR_FAIL(err, MR_E_LIMIT, "too large for a time-stamp token", MR_LIMIT_TIMESTAMP);
    if (mr_cms_read(token, ret, &found) != MR_OK)
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "not a time-stamp token", "%s", found.message);
    if (!MR_DER_IS(ret->content_type, TST_INFO))
        return MR_FAIL(err, MR_E_FORMAT, "not a time-stamp token: a CMS message about something else", MR_NOWHERE);
    return MR_OK;
}

static int read_info(const struct mr_cms *cms, TS_TST_INFO **ret, struct mr_err *err)
{
    const unsigned char *p = (const unsigned char *)cms->content.ptr;
    MR_CLEANUP(info_freep) TS_TST_INFO *info = d2i_TS_TST_INFO(NULL, &p, (long)cms->content.len);
    if (!info || p != (const unsigned char *)cms->content.ptr + cms->content.len || TS_TST_INFO_get_version(info) != 1)
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

/* Most are known already: the tokens of a seal are of one or two authorities. */
static int hold(mr_str der, mr_certificate *const *pool, size_t pool_count, mr_certificate **ret, struct mr_err *err)
{
    for (size_t i = 0; i < pool_count; i++) {
        if (!mr_str_eq(mr_certificate_der(pool[i]), der)) continue;
        *ret = mr_certificate_share(pool[i]);
        return MR_OK;
    }
    return mr_certificate_read(der, ret, err);
}

/* The certificates in the token, which the caller frees by mr_timestamp_done. A certificate that we cannot read is left out: it cannot be the signer's then. */
static int take_held(const struct mr_cms *cms, mr_certificate *const *pool, size_t pool_count, struct mr_timestamp *t,
                     struct mr_err *err)
{
    mr_str list = cms->certificates, whole;
    uint8_t tag;
    for (size_t seen = 0; list.len; seen++) {
        if (!mr_der_next(&list, &tag, NULL, &whole))
            return MR_FAIL(err, MR_E_FORMAT, "the certificates in the time-stamp token cannot be read", MR_NOWHERE);
        if (seen == HELD) return MR_FAIL(err, MR_E_LIMIT, "too many certificates in the time-stamp token", HELD);
        int code = tag == MR_DER_SEQUENCE ? hold(whole, pool, pool_count, &t->held[t->held_count], err) : MR_E_FORMAT;
        if (code == MR_E_NOMEM) return code;
        if (code == MR_OK)
            t->held_count++;
        else
            mr_err_forget(err);
    }
    return MR_OK;
}

/* SignerIdentifier (RFC 5652 5.3): issuer and serial, or key identifier. */
static bool is_named_by_signer(const struct mr_cms *cms, const mr_certificate *c)
{
    if (cms->key_id.ptr) return mr_str_eq(cms->key_id, mr_certificate_subject_key_id(c));
    return mr_str_eq(cms->issuer, mr_certificate_issuer_der(c)) && mr_str_eq(cms->serial, mr_certificate_serial(c));
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
static bool attribute_fits(const struct mr_cms *cms, mr_str oid, bool first_version, const mr_certificate *c,
                           bool *ret_there)
{
    bool there;
    mr_str value, body, list, id;
    if (!mr_cms_attribute(cms, oid, &there, &value)) return false;
    if (!there) return true;
    *ret_there = true;
    return mr_der_get(&value, MR_DER_SEQUENCE, &body) && mr_der_get(&body, MR_DER_SEQUENCE, &list) &&
           mr_der_get(&list, MR_DER_SEQUENCE, &id) && identifier_fits(id, first_version, c);
}

static bool is_bound_to(const struct mr_cms *cms, const mr_certificate *c)
{
    bool there = false;
    return attribute_fits(cms, MR_STR(SIGNING_CERTIFICATE), true, c, &there) &&
           attribute_fits(cms, MR_STR(SIGNING_CERTIFICATE_V2), false, c, &there) && there;
}

static int find_signer(const struct mr_cms *cms, mr_certificate *const *list, size_t count, mr_certificate **ret,
                       bool *ret_named)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_named_by_signer(cms, list[i])) continue;
        *ret_named = true;
        if (!is_bound_to(cms, list[i])) continue;
        *ret = mr_certificate_share(list[i]);
        return MR_OK;
    }
    return MR_E_NOT_FOUND;
}

static int choose_signer(const struct mr_cms *cms, struct mr_timestamp *t, mr_certificate *const *pool,
                         size_t pool_count, struct mr_err *err)
{
    bool named = false;
    if (find_signer(cms, t->held, t->held_count, &t->authority, &named) == MR_OK ||
        find_signer(cms, pool, pool_count, &t->authority, &named) == MR_OK)
        return MR_OK;
    if (named)
        return MR_OPENSSL_FAIL(err, MR_E_SIGNATURE,
                               "the time-stamp is not bound to its signer's certificate (ESSCertID)");
    return MR_OPENSSL_FAIL(err, MR_E_CERTIFICATE, "the certificate of the time-stamp's signer is not there");
}

/* ---- signature ---- */

static int check_content_type(const struct mr_cms *cms, struct mr_err *err)
{
    bool there;
    mr_str value, type;
    if (mr_cms_attribute(cms, MR_STR(CONTENT_TYPE), &there, &value) && there && mr_der_get(&value, MR_DER_OID, &type) &&
        MR_DER_IS(type, TST_INFO))
        return MR_OK;
    return MR_FAIL(err, MR_E_FORMAT, "the time-stamp's signed attributes are missing or about something else",
                   MR_NOWHERE);
}

static int check_signature(const struct mr_cms *cms, const struct mr_timestamp *t, struct mr_err *err)
{
    const mr_key *key = mr_certificate_key(t->authority);
    struct mr_err found = {0};
    if (mr_key_get_kind(key) == MR_KEY_RSA && mr_key_bits(key) < 2048)
        return MR_OPENSSL_FAIL(err, MR_E_CERTIFICATE, "the key of the time-stamp's signer is too short");
    int code = mr_cms_verify(cms, t->authority, &found);
    if (code == MR_E_UNSUPPORTED)
        return MR_FAIL(err, code, "the time-stamp is signed with a weak or unknown digest", MR_NOWHERE);
    if (code == MR_E_SIGNATURE || code == MR_E_FORMAT)
        return MR_FAIL_DETAIL(err, MR_E_SIGNATURE, "the time-stamp's own signature is wrong", "%s", found.message);
    if (code != MR_OK && err) *err = found;
    return code;
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

static int verify(mr_str token, const mr_str *covered, size_t covered_count, mr_certificate *const *pool,
                  size_t pool_count, mr_certificate *const *anchors, size_t anchor_count, struct mr_timestamp *t,
                  struct mr_err *err)
{
    MR_CLEANUP(info_freep) TS_TST_INFO *info = NULL;
    struct mr_cms cms;
    MR_TRY(read_cms(token, &cms, err));
    MR_TRY(read_info(&cms, &info, err));
    t->time = mr_time_of_asn1(TS_TST_INFO_get_time(info));
    if (t->time == MR_TIME_NONE) return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "the time-stamp's time is no time");
    MR_TRY(check_imprint(info, covered, covered_count, err));
    MR_TRY(check_content_type(&cms, err));
    MR_TRY(take_held(&cms, pool, pool_count, t, err));
    MR_TRY(choose_signer(&cms, t, pool, pool_count, err));
    MR_TRY(check_signature(&cms, t, err));
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

static int check_status(mr_str der, struct mr_err *err)
{
    const unsigned char *p = (const unsigned char *)der.ptr;
    MR_CLEANUP(status_freep) TS_STATUS_INFO *info = d2i_TS_STATUS_INFO(NULL, &p, (long)der.len);
    if (!info) return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "not a time-stamp response");
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

/* TimeStampResp ::= SEQUENCE { PKIStatusInfo, TimeStampToken OPTIONAL } */
int mr_timestamp_response(mr_arena *a, mr_str request, mr_str response, mr_str *ret_token, struct mr_err *err)
{
    const unsigned char *p = (const unsigned char *)request.ptr;
    mr_str in = response, body, status;
    struct mr_cms cms;
    mr_openssl_start();
    if (response.len > MR_LIMIT_TIMESTAMP)
        return MR_FAIL(err, MR_E_LIMIT, "too large for a time-stamp", MR_LIMIT_TIMESTAMP);
    MR_CLEANUP(request_freep) TS_REQ *asked = d2i_TS_REQ(NULL, &p, (long)request.len);
    MR_CLEANUP(info_freep) TS_TST_INFO *info = NULL;
    if (!asked) return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "not a time-stamp request");
    if (!mr_der_get(&in, MR_DER_SEQUENCE, &body) || in.len || !mr_der_get_whole(&body, MR_DER_SEQUENCE, &status))
        return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "not a time-stamp response");
    MR_TRY(check_status(status, err));
    if (!body.len) return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "the time-stamp response holds no token");
    MR_TRY(read_cms(body, &cms, err));
    MR_TRY(read_info(&cms, &info, err));
    MR_TRY(compare_with_request(asked, info, err));
    mr_str token = mr_arena_dup(a, body);
    if (!token.ptr) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a time-stamp", MR_NOWHERE);
    *ret_token = token;
    return MR_OK;
}
