/* What OCSP responses (RFC 6960) and CRLs (RFC 5280 section 5) inside a sealed file say of a certificate.
 *
 * Idea: go through all evidence, pass over what is about other certificates, and check of the rest that it was signed by somebody entitled to say it.
 * OpenSSL reads the structures and checks signatures; who may sign is decided here: the issuer itself, or for OCSP a responder whose certificate
 * the issuer signed with the purpose id-kp-OCSPSigning (RFC 6960 4.2.2.2), valid when it answered. OpenSSL's OCSP_basic_verify cannot be used because it
 * demands an anchor.
 *
 * The issuer itself must have signed the certificate; that is checked here, whatever the caller's chain was.
 *
 * When several pieces speak of the certificate: revoked counts before all, then the newest; what cannot be accepted counts only when there is nothing
 * else. Not looked at: whether the responder's own certificate was revoked (id-pkix-ocsp-nocheck is taken for granted). */
#include "crypto/revocation.h"

#include "base/limits.h"
#include "crypto/der.h"
#include "crypto/inside.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

MR_CRYPTO_CLEANUP(X509_CRL, crl, X509_CRL_free)
MR_CRYPTO_CLEANUP(ASN1_INTEGER, integer, ASN1_INTEGER_free)
MR_CRYPTO_CLEANUP(ISSUING_DIST_POINT, scope, ISSUING_DIST_POINT_free)

#define OCSP_SIGNING MR_STR("\x2B\x06\x01\x05\x05\x07\x03\x09")

/* A BasicOCSPResponse: what OpenSSL reads of it, and the certificates that it carries, which OpenSSL would decode with their keys whether or not anybody wants
 * them. */
struct basic {
    OCSP_BASICRESP *response;
    mr_str certificates; /* DER, one after the other */
};

static void basic_done(struct basic *b)
{
    OCSP_BASICRESP_free(b->response);
}

struct question {
    mr_certificate *certificate, *issuer;
    mr_certificate *const *pool;
    size_t pool_count;
    int64_t at;
};

static int rank(mr_revocation_state s)
{
    static const int ranks[] = {[MR_REVOCATION_ABSENT] = 0,
                                [MR_REVOCATION_BAD] = 1,
                                [MR_REVOCATION_UNKNOWN] = 2,
                                [MR_REVOCATION_GOOD] = 2,
                                [MR_REVOCATION_REVOKED] = 3};
    return ranks[s];
}

static void consider(struct mr_revocation *best, const struct mr_revocation *found)
{
    int better = rank(found->state) - rank(best->state);
    if (better > 0 || (better == 0 && found->this_update > best->this_update)) *best = *found;
}

/* Who answered may not answer. */
static const char not_authorised[] = "the OCSP responder is not authorised by the certificate's issuer";
static const char not_for_ocsp[] = "the OCSP responder's certificate is not for OCSP (extendedKeyUsage)";
static const char not_valid[] = "the OCSP responder's certificate was not valid then";
static const char not_for_lists[] = "the certificate's issuer may not sign revocation lists (keyUsage)";
/* What was said is not what was signed. */
static const char wrong_response[] = "the OCSP response's signature is wrong";
static const char wrong_list[] = "the revocation list's signature is wrong";

static mr_revocation_fault fault_of(const char *why)
{
    if (why == not_authorised || why == not_for_ocsp || why == not_valid || why == not_for_lists)
        return MR_REVOCATION_FAULT_RESPONDER;
    return why == wrong_response || why == wrong_list ? MR_REVOCATION_FAULT_SIGNATURE : MR_REVOCATION_FAULT_OTHER;
}

static struct mr_revocation bad(const char *why)
{
    return (struct mr_revocation){MR_REVOCATION_BAD, MR_TIME_NONE, MR_TIME_NONE, MR_TIME_NONE, why, fault_of(why)};
}

static void consider_bad(struct mr_revocation *best, const char *why)
{
    const struct mr_revocation found = bad(why);
    consider(best, &found);
}

/* ---- OCSP ---- */

static bool same_octets(const ASN1_STRING *s, const void *bytes, size_t size)
{
    return s && (size_t)ASN1_STRING_length(s) == size && memcmp(ASN1_STRING_get0_data(s), bytes, size) == 0;
}

/* CertID: digests of the issuer's name and key, and the serial (RFC 6960 4.1.1). SHA-1 serves as a name here, not as a proof. */
static bool is_about(const OCSP_CERTID *id, const struct question *q)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    ASN1_OCTET_STRING *name_hash = NULL, *key_hash = NULL;
    ASN1_OBJECT *algorithm = NULL;
    ASN1_INTEGER *serial = NULL;
    if (OCSP_id_get0_info(&name_hash, &algorithm, &key_hash, &serial, (OCSP_CERTID *)id) != 1) return false;
    const EVP_MD *md = EVP_get_digestbyobj(algorithm);
    mr_str name = mr_certificate_subject_der(q->issuer), key = mr_certificate_key_bits(q->issuer);
    if (!md || EVP_Digest(name.ptr, name.len, digest, &size, md, NULL) != 1 || !same_octets(name_hash, digest, size))
        return false;
    if (EVP_Digest(key.ptr, key.len, digest, &size, md, NULL) != 1 || !same_octets(key_hash, digest, size))
        return false;
    unsigned char *der = NULL;
    int length = i2d_ASN1_INTEGER(serial, &der);
    mr_str in = mr_str_make((const char *)der, length > 0 ? (size_t)length : 0), value;
    bool same = mr_der_get(&in, MR_DER_INTEGER, &value) && mr_str_eq(value, mr_certificate_serial(q->certificate));
    OPENSSL_free(der);
    return same;
}

/* ResponderID: the signer's name, or SHA-1 of its key. */
static bool is_responder(const OCSP_BASICRESP *basic, const mr_certificate *c)
{
    const ASN1_OCTET_STRING *key_hash = NULL;
    const X509_NAME *name = NULL;
    if (OCSP_resp_get0_id(basic, &key_hash, &name) != 1) return false;
    if (key_hash) {
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        mr_str key = mr_certificate_key_bits(c);
        return EVP_Digest(key.ptr, key.len, digest, &size, EVP_sha1(), NULL) == 1 &&
               same_octets(key_hash, digest, size);
    }
    const unsigned char *text;
    size_t size;
    return X509_NAME_get0_der(name, &text, &size) == 1 &&
           mr_str_eq(mr_str_make((const char *)text, size), mr_certificate_subject_der(c));
}

static bool has_signed(const OCSP_BASICRESP *basic, const mr_certificate *c)
{
    EVP_PKEY *key = mr_key_pkey(mr_certificate_key(c));
    return key && ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), OCSP_resp_get0_tbs_sigalg(basic),
                                   OCSP_resp_get0_signature(basic), OCSP_resp_get0_respdata((OCSP_BASICRESP *)basic),
                                   key) == 1;
}

/* NULL when `c` may answer for the issuer, else why not. */
static const char *judge_responder(const struct question *q, const mr_certificate *c, int64_t produced)
{
    int64_t at = q->at == MR_TIME_NONE ? produced : q->at;
    if (mr_str_eq(mr_certificate_der(c), mr_certificate_der(q->issuer))) return NULL;
    if (!mr_certificate_names_issuer(c, q->issuer) || mr_certificate_check_signature(c, q->issuer, NULL) != MR_OK)
        return not_authorised;
    if (!mr_certificate_has_purpose(c, OCSP_SIGNING)) return not_for_ocsp;
    if (at < mr_certificate_not_before(c) || at > mr_certificate_not_after(c)) return not_valid;
    return NULL;
}

/* Is there anybody among the known who signed this and may? */
static const char *judge_list(const struct question *q, const OCSP_BASICRESP *basic, int64_t produced,
                              mr_certificate *const *list, size_t count, const char *why)
{
    for (size_t i = 0; i < count && why; i++) {
        if (!is_responder(basic, list[i])) continue;
        why = has_signed(basic, list[i]) ? judge_responder(q, list[i], produced) : wrong_response;
    }
    return why;
}

static const char *judge_carried(const struct question *q, const struct basic *b, int64_t produced, const char *why)
{
    mr_str rest = b->certificates, whole;
    for (int i = 0; rest.len && i < MR_LIMIT_CERTIFICATES && why; i++) {
        MR_CLEANUP(mr_certificate_freep) mr_certificate *c = NULL;
        if (!mr_der_next(&rest, NULL, NULL, &whole)) break;
        if (mr_certificate_read(whole, &c, NULL) == MR_OK) why = judge_list(q, b->response, produced, &c, 1, why);
    }
    return why;
}

static const char *judge_response(const struct question *q, const struct basic *b)
{
    int64_t produced = mr_time_of_asn1(OCSP_resp_get0_produced_at(b->response));
    if (produced == MR_TIME_NONE) return "the OCSP response has no time";
    if (!mr_algorithm_is_strong(OCSP_resp_get0_tbs_sigalg(b->response)))
        return "the OCSP response is signed with a weak or unknown digest";
    const char *why = "the certificate of the OCSP responder is not there";
    why = judge_list(q, b->response, produced, &q->issuer, 1, why);
    why = judge_carried(q, b, produced, why);
    return judge_list(q, b->response, produced, q->pool, q->pool_count, why);
}

static struct mr_revocation read_single(OCSP_SINGLERESP *single)
{
    ASN1_GENERALIZEDTIME *revoked = NULL, *this_update = NULL, *next_update = NULL;
    int status = OCSP_single_get0_status(single, NULL, &revoked, &this_update, &next_update);
    struct mr_revocation found = {.this_update = mr_time_of_asn1(this_update),
                                  .next_update = mr_time_of_asn1(next_update),
                                  .revoked_at = MR_TIME_NONE};
    found.state = status == V_OCSP_CERTSTATUS_GOOD      ? MR_REVOCATION_GOOD
                  : status == V_OCSP_CERTSTATUS_REVOKED ? MR_REVOCATION_REVOKED
                                                        : MR_REVOCATION_UNKNOWN;
    if (found.state == MR_REVOCATION_REVOKED) found.revoked_at = mr_time_of_asn1(revoked);
    return found;
}

static void use_basic(const struct question *q, const struct basic *b, struct mr_revocation *best)
{
    const char *why = NULL;
    bool judged = false;
    for (int i = 0; i < OCSP_resp_count(b->response); i++) {
        OCSP_SINGLERESP *single = OCSP_resp_get0(b->response, i);
        if (!is_about(OCSP_SINGLERESP_get0_id(single), q)) continue;
        if (!judged) why = judge_response(q, b);
        judged = true;
        struct mr_revocation found = read_single(single);
        if (why)
            consider_bad(best, why);
        else if (OCSP_SINGLERESP_get_ext_by_critical(single, 1, -1) >= 0)
            consider_bad(best, "the OCSP response has a critical extension that is not known");
        else
            consider(best, &found);
    }
}

/* OCSPResponse ::= SEQUENCE { ENUMERATED status, [0] EXPLICIT SEQUENCE { responseType, OCTET STRING response } OPTIONAL }. The BasicOCSPResponse in it, or the
 * text itself when it is one. */
static bool unwrap(mr_str der, mr_str *ret_body)
{
    mr_str in = der, body, status, explicit, bytes, type, octets;
    if (!mr_der_get(&in, MR_DER_SEQUENCE, &body) || in.len) return false;
    *ret_body = body;
    if (!body.len || (uint8_t)body.ptr[0] != MR_DER_ENUMERATED) return true;
    return mr_der_get(&body, MR_DER_ENUMERATED, &status) && mr_str_eq(status, mr_str_make("\0", 1)) &&
           mr_der_get(&body, MR_DER_CONSTRUCTED + 0, &explicit) && mr_der_get(&explicit, MR_DER_SEQUENCE, &bytes) &&
           mr_der_get(&bytes, MR_DER_OID, &type) && MR_DER_IS(type, "\x2B\x06\x01\x05\x05\x07\x30\x01\x01") &&
           mr_der_get(&bytes, MR_DER_OCTET_STRING, &octets) && mr_der_get(&octets, MR_DER_SEQUENCE, ret_body) &&
           octets.len == 0;
}

/* SEQUENCE { tbsResponseData, signatureAlgorithm, signature, [0] certs OPTIONAL }, without the last. */
static OCSP_BASICRESP *read_without_certificates(mr_str content)
{
    MR_CLEANUP(mr_buf_done) mr_buf der;
    mr_buf_init(&der, content.len + 8);
    mr_buf_putc(&der, (char)MR_DER_SEQUENCE);
    mr_buf_putc(&der, (char)0x84);
    for (int shift = 24; shift >= 0; shift -= 8) mr_buf_putc(&der, (char)(content.len >> shift));
    mr_buf_put(&der, content);
    const unsigned char *p = (const unsigned char *)der.ptr;
    return mr_buf_failed(&der) ? NULL : d2i_OCSP_BASICRESP(NULL, &p, (long)der.len);
}

static void read_ocsp(mr_str der, struct basic *ret)
{
    mr_str body, rest, data, algorithm, signature, explicit;
    *ret = (struct basic){.response = NULL};
    if (der.len > INT32_MAX || !unwrap(der, &body)) return;
    rest = body;
    if (!mr_der_get(&rest, MR_DER_SEQUENCE, &data) || !mr_der_get(&rest, MR_DER_SEQUENCE, &algorithm) ||
        !mr_der_get(&rest, MR_DER_BIT_STRING, &signature))
        return;
    ret->response = read_without_certificates(mr_str_make(body.ptr, body.len - rest.len));
    if (mr_der_get(&rest, MR_DER_CONSTRUCTED + 0, &explicit))
        (void)mr_der_get(&explicit, MR_DER_SEQUENCE, &ret->certificates);
}

/* ---- CRL ---- */

/* Does the certificate name one of these distribution points as its own? */
static bool is_own_point(X509 *x, DIST_POINT_NAME *name)
{
    STACK_OF(DIST_POINT) *points = X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);
    bool found = false;
    for (int i = 0; i < sk_DIST_POINT_num(points) && !found && name->type == 0; i++) {
        const DIST_POINT *point = sk_DIST_POINT_value(points, i);
        const GENERAL_NAMES *own =
            point->distpoint && point->distpoint->type == 0 ? point->distpoint->name.fullname : NULL;
        for (int j = 0; j < sk_GENERAL_NAME_num(own) && !found; j++)
            for (int k = 0; k < sk_GENERAL_NAME_num(name->name.fullname) && !found; k++)
                found =
                    GENERAL_NAME_cmp(sk_GENERAL_NAME_value(own, j), sk_GENERAL_NAME_value(name->name.fullname, k)) == 0;
    }
    sk_DIST_POINT_pop_free(points, DIST_POINT_free);
    return found;
}

/* Does its silence about the certificate mean that it is good? Only when the list covers it and all reasons (RFC 5280 5.2.5, 6.3.3). */
static bool covers(X509_CRL *crl, const struct question *q)
{
    int critical = -1;
    MR_CLEANUP(scope_freep)
    ISSUING_DIST_POINT *scope = X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, &critical, NULL);
    if (!scope) return critical == -1; /* -1: there is none */
    if (scope->onlysomereasons || scope->indirectCRL > 0 || scope->onlyattr > 0) return false;
    bool authority = mr_certificate_is_authority(q->certificate);
    if ((scope->onlyuser > 0 && authority) || (scope->onlyCA > 0 && !authority)) return false;
    X509 *x = mr_certificate_x509(q->certificate);
    return !scope->distpoint || (x && is_own_point(x, scope->distpoint));
}

static bool has_unknown_critical(X509_CRL *crl)
{
    for (int i = 0; i < X509_CRL_get_ext_count(crl); i++) {
        X509_EXTENSION *one = X509_CRL_get_ext(crl, i);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(one));
        if (X509_EXTENSION_get_critical(one) && nid != NID_issuing_distribution_point &&
            nid != NID_authority_key_identifier)
            return true;
    }
    return false;
}

static const char *judge_crl(X509_CRL *crl, const struct question *q)
{
    const X509_ALGOR *algorithm = NULL;
    EVP_PKEY *key = mr_key_pkey(mr_certificate_key(q->issuer));
    X509_CRL_get0_signature(crl, NULL, &algorithm);
    if (!(mr_certificate_key_usage(q->issuer) & MR_USE_CRL_SIGN)) return not_for_lists;
    if (!mr_algorithm_is_strong(algorithm)) return "the revocation list is signed with a weak or unknown digest";
    if (!key || X509_CRL_verify(crl, key) != 1) return wrong_list;
    /* A delta list (critical deltaCRLIndicator) lands here too: alone it says little. */
    return has_unknown_critical(crl) ? "the revocation list has a critical extension that is not known" : NULL;
}

static ASN1_INTEGER *serial_of(const mr_certificate *c)
{
    mr_str octets = mr_certificate_serial(c); /* content of an INTEGER */
    const unsigned char *p;
    MR_CLEANUP(mr_buf_done) mr_buf der;
    mr_buf_init(&der, 256);
    if (octets.len > 100) return NULL;
    mr_buf_putc(&der, (char)MR_DER_INTEGER);
    mr_buf_putc(&der, (char)octets.len);
    mr_buf_put(&der, octets);
    p = (const unsigned char *)der.ptr;
    return mr_buf_failed(&der) ? NULL : d2i_ASN1_INTEGER(NULL, &p, (long)der.len);
}

static void use_crl(const struct question *q, X509_CRL *crl, struct mr_revocation *best)
{
    const unsigned char *name = NULL;
    size_t size = 0;
    X509_REVOKED *entry = NULL;
    MR_CLEANUP(integer_freep) ASN1_INTEGER *serial = serial_of(q->certificate);
    if (X509_NAME_get0_der(X509_CRL_get_issuer(crl), &name, &size) != 1 ||
        !mr_str_eq(mr_str_make((const char *)name, size), mr_certificate_issuer_der(q->certificate)))
        return;
    const char *why = serial ? judge_crl(crl, q) : "the certificate cannot be looked up";
    if (why) {
        consider_bad(best, why);
        return;
    }
    struct mr_revocation found = {MR_REVOCATION_GOOD,
                                  mr_time_of_asn1(X509_CRL_get0_lastUpdate(crl)),
                                  mr_time_of_asn1(X509_CRL_get0_nextUpdate(crl)),
                                  MR_TIME_NONE,
                                  NULL,
                                  MR_REVOCATION_FAULT_NONE};
    int listed = X509_CRL_get0_by_serial(crl, &entry, serial);
    if (listed == 1) {
        found.state = MR_REVOCATION_REVOKED;
        found.revoked_at = mr_time_of_asn1(X509_REVOKED_get0_revocationDate(entry));
    } else if (!covers(crl, q)) {
        return;
    }
    if (listed == 0 || listed == 1) consider(best, &found); /* 2: an entry that takes a hold back */
}

/* What was found is the issuer's word only if that issuer signed the certificate: a chain may have broken at a namesake, whose signature nobody looked at. */
static int confirm_issuer(const struct question *q, struct mr_revocation *best, struct mr_err *err)
{
    struct mr_err found = {0};
    if (best->state == MR_REVOCATION_ABSENT || best->state == MR_REVOCATION_BAD) return MR_OK;
    int code = mr_certificate_check_signature(q->certificate, q->issuer, &found);
    if (code != MR_OK && code != MR_E_SIGNATURE && code != MR_E_UNSUPPORTED) {
        if (err) *err = found;
        return code;
    }
    if (code != MR_OK) *best = bad("the issuer so named did not sign the certificate");
    return MR_OK;
}

int mr_revocation_check(mr_certificate *certificate, mr_certificate *issuer, const mr_str *ocsp, size_t ocsp_count,
                        const mr_str *crls, size_t crl_count, mr_certificate *const *pool, size_t pool_count,
                        int64_t at, struct mr_revocation *ret, struct mr_err *err)
{
    struct question q = {certificate, issuer, pool, pool_count, at};
    struct mr_revocation best = {MR_REVOCATION_ABSENT, MR_TIME_NONE, MR_TIME_NONE,
                                 MR_TIME_NONE,         NULL,         MR_REVOCATION_FAULT_NONE};
    mr_openssl_start();
    for (size_t i = 0; i < ocsp_count; i++) {
        MR_CLEANUP(basic_done) struct basic basic;
        read_ocsp(ocsp[i], &basic);
        if (basic.response) use_basic(&q, &basic, &best);
    }
    for (size_t i = 0; i < crl_count; i++) {
        const unsigned char *p = (const unsigned char *)crls[i].ptr;
        MR_CLEANUP(crl_freep) X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)crls[i].len);
        if (crl) use_crl(&q, crl, &best);
    }
    int code = confirm_issuer(&q, &best, err);
    ERR_clear_error();
    if (code == MR_OK) *ret = best;
    return code;
}
