/* Revocation evidence that a sealed file carries: OCSP responses (RFC 6960) and CRLs (RFC 5280 section 5). */
#ifndef MR_CRYPTO_REVOCATION_H
#define MR_CRYPTO_REVOCATION_H

#include "crypto/certificate.h"

typedef enum mr_revocation_state {
    MR_REVOCATION_ABSENT, /* no evidence here speaks of this certificate */
    MR_REVOCATION_GOOD,
    MR_REVOCATION_REVOKED, /* `revoked_at` */
    MR_REVOCATION_UNKNOWN, /* the responder does not know it */
    MR_REVOCATION_BAD,     /* evidence is there, but its signature or responder cannot be accepted: `why` */
} mr_revocation_state;
/* What is wrong with evidence that cannot be accepted. */
typedef enum mr_revocation_fault {
    MR_REVOCATION_FAULT_NONE,
    MR_REVOCATION_FAULT_RESPONDER, /* who answered may not answer for the issuer */
    MR_REVOCATION_FAULT_SIGNATURE, /* its signature is wrong: it was altered, or somebody else made it */
    MR_REVOCATION_FAULT_OTHER,
} mr_revocation_fault;
struct mr_revocation {
    mr_revocation_state state;
    int64_t this_update, next_update, revoked_at; /* milliseconds or MR_TIME_NONE */
    const char *why;
    mr_revocation_fault fault; /* of MR_REVOCATION_BAD */
};

/* What the evidence says of `certificate`, whose issuer is `issuer`. Responses about other certificates are passed over (a file may hold
 * several: they are selected by serial and issuer).
 *   ocsp   OCSPResponse or BasicOCSPResponse, DER, each
 *   crls   CertificateList, DER, each
 *   pool   for delegated responders (id-kp-OCSPSigning)
 *   at     the time at which the responder's certificate must be valid; MR_TIME_NONE: at each response's own time
 *   errors MR_E_CRYPTO, MR_E_NOMEM */
int mr_revocation_check(mr_certificate *certificate, mr_certificate *issuer, const mr_str *ocsp, size_t ocsp_count,
                        const mr_str *crls, size_t crl_count, mr_certificate *const *pool, size_t pool_count,
                        int64_t at, struct mr_revocation *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
