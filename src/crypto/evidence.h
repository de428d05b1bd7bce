/* Getting revocation evidence and issuers' certificates: where a certificate says they are, what is asked there, and who asks. What comes back is judged by
 * crypto/revocation.h; this library has no network, so the asking is handed in. */
#ifndef MR_CRYPTO_EVIDENCE_H
#define MR_CRYPTO_EVIDENCE_H

#include "crypto/certificate.h"

/* Where a certificate says that something stands: http and https URLs, in its order.
 *   source  RFC 5280 sections 4.2.2.1 (id-ad-ocsp, id-ad-caIssuers) and 4.2.1.13 (cRLDistributionPoints, without those of other issuers or some reasons) */
typedef enum mr_certificate_place { MR_PLACE_OCSP, MR_PLACE_CRL, MR_PLACE_ISSUER } mr_certificate_place;
enum { MR_PLACES_MOST = 8 };
/* The texts are in `a`; at most MR_PLACES_MOST. A malformed extension names no place. Errors: MR_E_NOMEM. */
int mr_certificate_places(mr_arena *a, const mr_certificate *c, mr_certificate_place place, mr_str ret[MR_PLACES_MOST],
                          size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Does the responder's certificate say that nobody need ask about it (id-pkix-ocsp-nocheck, RFC 6960 4.2.2.2.1)? */
bool mr_certificate_is_unchecked(const mr_certificate *c);
/* Is it for answering about other certificates (id-kp-OCSPSigning)? */
bool mr_certificate_is_responder(const mr_certificate *c);

/* An OCSP request about one certificate, DER in `a`. Without a nonce: the answer is judged by its times, and is shared by all files of the seal.
 *   source  RFC 6960 section 4.1; the certificate is named by SHA-1, which every responder knows and which proves nothing here
 *   errors  MR_E_CRYPTO, MR_E_NOMEM */
int mr_ocsp_request(mr_arena *a, const mr_certificate *certificate, const mr_certificate *issuer, mr_str *ret,
                    struct mr_err *err) MR_MUST_CHECK;
/* The certificates that an OCSP response carries, at most `max`; the caller frees them. Those that cannot be read are left out; a text that is no
 * response carries none. Errors: MR_E_NOMEM. */
int mr_ocsp_certificates(mr_str response, mr_certificate **ret, size_t max, size_t *ret_count,
                         struct mr_err *err) MR_MUST_CHECK;
/* When an OCSP response or a CRL ends by its own word: the earliest nextUpdate in it; MR_TIME_NONE when it names none or is neither. */
int64_t mr_evidence_next_update(mr_str der);
/* The issuer's certificate in what stood at an MR_PLACE_ISSUER: one certificate as DER or PEM, or several as PKCS#7 (RFC 5280 4.2.2.1), of which the first that
 * bears the issuer's name counts; the caller frees it. Errors: MR_E_CERTIFICATE (there is no such certificate), MR_E_LIMIT, MR_E_NOMEM. */
int mr_issuer_read(mr_str octets, const mr_certificate *subject, mr_certificate **ret,
                   struct mr_err *err) MR_MUST_CHECK;

/* Who asks. Each function gets one thing, DER (issuer_certificate: as it came), in `a`, and judges nothing.
 *   errors  MR_E_NOT_FOUND (the certificate names no place), MR_E_NET (nobody answered; detail), MR_E_LIMIT, MR_E_NOMEM */
struct mr_evidence_source {
    int (*ocsp)(void *self, mr_arena *a, const mr_certificate *certificate, const mr_certificate *issuer, mr_str *ret,
                struct mr_err *err);
    int (*crl)(void *self, mr_arena *a, const mr_certificate *certificate, mr_str *ret, struct mr_err *err);
    int (*issuer_certificate)(void *self, mr_arena *a, const mr_certificate *certificate, mr_str *ret,
                              struct mr_err *err);
    void *self;
};

#endif
