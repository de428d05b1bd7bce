/* Where evidence about a certificate stands, and what is asked there. OpenSSL reads the extensions and writes the request. */
#include "crypto/evidence.h"

#include "base/limits.h"
#include "crypto/inside.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>

MR_CRYPTO_CLEANUP(AUTHORITY_INFO_ACCESS, access, AUTHORITY_INFO_ACCESS_free)
MR_CRYPTO_CLEANUP(CRL_DIST_POINTS, points, CRL_DIST_POINTS_free)
MR_CRYPTO_CLEANUP(OCSP_REQUEST, request, OCSP_REQUEST_free)
MR_CRYPTO_CLEANUP(OCSP_RESPONSE, response, OCSP_RESPONSE_free)
MR_CRYPTO_CLEANUP(OCSP_BASICRESP, basic, OCSP_BASICRESP_free)
MR_CRYPTO_CLEANUP(PKCS7, pkcs7, PKCS7_free)
MR_CRYPTO_CLEANUP(X509_CRL, crl, X509_CRL_free)

#define OCSP_SIGNING MR_STR("\x2B\x06\x01\x05\x05\x07\x03\x09")

/* ---- places ---- */

struct places {
    mr_arena *a;
    mr_str *list;
    size_t count;
};

static bool is_web(mr_str url)
{
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.ptr[i] <= 0x20 || (unsigned char)url.ptr[i] >= 0x7F) return false;
    return mr_str_has_prefix(url, MR_STR("http://")) || mr_str_has_prefix(url, MR_STR("https://"));
}

/* False when memory is short. Other names than web addresses (ldap) are passed over. */
static bool add_name(struct places *p, const GENERAL_NAME *name)
{
    if (name->type != GEN_URI || p->count == MR_PLACES_MOST) return true;
    mr_str url = mr_str_make((const char *)ASN1_STRING_get0_data(name->d.ia5), (size_t)ASN1_STRING_length(name->d.ia5));
    if (!is_web(url)) return true;
    mr_str copy = mr_arena_dup(p->a, url);
    if (!copy.ptr) return false;
    p->list[p->count++] = copy;
    return true;
}

static bool add_access(struct places *p, X509 *x, int method)
{
    MR_CLEANUP(access_freep) AUTHORITY_INFO_ACCESS *list = X509_get_ext_d2i(x, NID_info_access, NULL, NULL);
    bool fine = true;
    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(list) && fine; i++) {
        const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(list, i);
        if (OBJ_obj2nid(one->method) == method) fine = add_name(p, one->location);
    }
    return fine;
}

static bool add_points(struct places *p, X509 *x)
{
    MR_CLEANUP(points_freep) CRL_DIST_POINTS *list = X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);
    bool fine = true;
    for (int i = 0; i < sk_DIST_POINT_num(list) && fine; i++) {
        const DIST_POINT *point = sk_DIST_POINT_value(list, i);
        if (point->CRLissuer || point->reasons || !point->distpoint || point->distpoint->type != 0) continue;
        const GENERAL_NAMES *names = point->distpoint->name.fullname;
        for (int k = 0; k < sk_GENERAL_NAME_num(names) && fine; k++)
            fine = add_name(p, sk_GENERAL_NAME_value(names, k));
    }
    return fine;
}

int mr_certificate_places(mr_arena *a, const mr_certificate *c, mr_certificate_place place, mr_str ret[MR_PLACES_MOST],
                          size_t *ret_count, struct mr_err *err)
{
    struct places p = {.a = a, .list = ret};
    bool fine = true;
    mr_openssl_start();
    X509 *x = mr_certificate_x509(c);
    if (x && place == MR_PLACE_CRL)
        fine = add_points(&p, x);
    else if (x)
        fine = add_access(&p, x, place == MR_PLACE_OCSP ? NID_ad_OCSP : NID_ad_ca_issuers);
    ERR_clear_error();
    if (!fine) return MR_FAIL(err, MR_E_NOMEM, "no memory for the addresses in a certificate", MR_NOWHERE);
    *ret_count = p.count;
    return MR_OK;
}

bool mr_certificate_is_unchecked(const mr_certificate *c)
{
    X509 *x = mr_certificate_x509(c);
    return x && X509_get_ext_by_NID(x, NID_id_pkix_OCSP_noCheck, -1) >= 0;
}

bool mr_certificate_is_responder(const mr_certificate *c)
{
    return mr_certificate_has_purpose(c, OCSP_SIGNING);
}

/* ---- OCSP ---- */

int mr_ocsp_request(mr_arena *a, const mr_certificate *certificate, const mr_certificate *issuer, mr_str *ret,
                    struct mr_err *err)
{
    unsigned char *der = NULL;
    mr_openssl_start();
    X509 *x = mr_certificate_x509(certificate), *above = mr_certificate_x509(issuer);
    MR_CLEANUP(request_freep) OCSP_REQUEST *request = OCSP_REQUEST_new();
    OCSP_CERTID *id = x && above ? OCSP_cert_to_id(EVP_sha1(), x, above) : NULL;
    if (!request || !id || !OCSP_request_add0_id(request, id)) {
        OCSP_CERTID_free(id);
        return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "no question about this certificate can be made");
    }
    int size = i2d_OCSP_REQUEST(request, &der);
    mr_str copy = size > 0 ? mr_arena_dup(a, mr_str_make((const char *)der, (size_t)size)) : MR_STR_EMPTY;
    OPENSSL_free(der);
    if (!copy.ptr) return MR_OPENSSL_FAIL(err, MR_E_NOMEM, "no memory for a question about a certificate");
    *ret = copy;
    return MR_OK;
}

static OCSP_BASICRESP *read_basic(mr_str der)
{
    const unsigned char *p = (const unsigned char *)der.ptr;
    MR_CLEANUP(response_freep) OCSP_RESPONSE *outer = der.len ? d2i_OCSP_RESPONSE(NULL, &p, (long)der.len) : NULL;
    return outer && OCSP_response_status(outer) == OCSP_RESPONSE_STATUS_SUCCESSFUL ? OCSP_response_get1_basic(outer)
                                                                                   : NULL;
}

int mr_ocsp_certificates(mr_str response, mr_certificate **ret, size_t max, size_t *ret_count, struct mr_err *err)
{
    int code = MR_OK;
    size_t count = 0;
    mr_openssl_start();
    MR_CLEANUP(basic_freep) OCSP_BASICRESP *basic = read_basic(response);
    const STACK_OF(X509) *list = basic ? OCSP_resp_get0_certs(basic) : NULL;
    for (int i = 0; i < sk_X509_num(list) && count < max && code == MR_OK; i++) {
        code = mr_certificate_of_x509(sk_X509_value(list, i), &ret[count], err);
        if (code == MR_OK) {
            count++;
        } else if (code != MR_E_NOMEM) {
            mr_err_forget(err);
            code = MR_OK;
        }
    }
    ERR_clear_error();
    while (code != MR_OK && count) mr_certificate_free(ret[--count]);
    *ret_count = count;
    return code;
}

static int64_t response_end(OCSP_BASICRESP *basic)
{
    int64_t end = MR_TIME_NONE;
    for (int i = 0; i < OCSP_resp_count(basic); i++) {
        ASN1_GENERALIZEDTIME *next = NULL;
        OCSP_single_get0_status(OCSP_resp_get0(basic, i), NULL, NULL, NULL, &next);
        int64_t at = next ? mr_time_of_asn1(next) : MR_TIME_NONE;
        if (at != MR_TIME_NONE && (end == MR_TIME_NONE || at < end)) end = at;
    }
    return end;
}

int64_t mr_evidence_next_update(mr_str der)
{
    const unsigned char *p = (const unsigned char *)der.ptr;
    int64_t end = MR_TIME_NONE;
    mr_openssl_start();
    MR_CLEANUP(basic_freep) OCSP_BASICRESP *basic = read_basic(der);
    MR_CLEANUP(crl_freep) X509_CRL *crl = !basic && der.len ? d2i_X509_CRL(NULL, &p, (long)der.len) : NULL;
    if (basic) end = response_end(basic);
    if (crl && X509_CRL_get0_nextUpdate(crl)) end = mr_time_of_asn1(X509_CRL_get0_nextUpdate(crl));
    ERR_clear_error();
    return end;
}

/* ---- the issuer's certificate ---- */

/* Takes `c` over: into *ret when it bears the issuer's name. */
static bool take_if_issuer(mr_certificate *c, const mr_certificate *subject, mr_certificate **ret)
{
    if (mr_certificate_names_issuer(subject, c)) {
        *ret = c;
        return true;
    }
    mr_certificate_free(c);
    return false;
}

static bool find_in_pkcs7(mr_str octets, const mr_certificate *subject, mr_certificate **ret)
{
    const unsigned char *p = (const unsigned char *)octets.ptr;
    MR_CLEANUP(pkcs7_freep) PKCS7 *bag = d2i_PKCS7(NULL, &p, (long)octets.len);
    if (!bag || !PKCS7_type_is_signed(bag) || !bag->d.sign) return false;
    const STACK_OF(X509) *list = bag->d.sign->cert;
    for (int i = 0; i < sk_X509_num(list) && i < MR_LIMIT_CERTIFICATES; i++) {
        mr_certificate *c = NULL;
        if (mr_certificate_of_x509(sk_X509_value(list, i), &c, NULL) == MR_OK && take_if_issuer(c, subject, ret))
            return true;
    }
    return false;
}

static bool find_in_pem(mr_str octets, const mr_certificate *subject, mr_certificate **ret)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_certificate **list = NULL;
    size_t count = 0;
    bool found = false;
    mr_arena_init(&a, MR_MIB);
    if (mr_certificates_read_pem(&a, octets, &list, &count, NULL) != MR_OK) return false;
    for (size_t i = 0; i < count; i++) {
        if (found)
            mr_certificate_free(list[i]);
        else
            found = take_if_issuer(list[i], subject, ret);
    }
    return found;
}

int mr_issuer_read(mr_str octets, const mr_certificate *subject, mr_certificate **ret, struct mr_err *err)
{
    mr_certificate *c = NULL;
    mr_openssl_start();
    if (octets.len > MR_LIMIT_CERTIFICATE)
        return MR_FAIL(err, MR_E_LIMIT, "too large for an issuer's certificate", MR_LIMIT_CERTIFICATE);
    bool found = octets.len && ((mr_certificate_read(octets, &c, NULL) == MR_OK && take_if_issuer(c, subject, ret)) ||
                                find_in_pem(octets, subject, ret) || find_in_pkcs7(octets, subject, ret));
    ERR_clear_error();
    return found ? MR_OK
                 : MR_FAIL(err, MR_E_CERTIFICATE,
                           "there is no certificate of the issuer at the place that is named for it", MR_NOWHERE);
}
