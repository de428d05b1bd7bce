/* RFC 3161 time-stamp tokens: ask for one, and check one against the octets it covers. */
#ifndef MR_CRYPTO_TIMESTAMP_H
#define MR_CRYPTO_TIMESTAMP_H

#include "crypto/certificate.h"

struct mr_timestamp {
    int64_t time;              /* genTime, milliseconds */
    mr_certificate *authority; /* who signed it; the caller frees */
    struct mr_chain
        chain; /* of the authority's certificate at genTime; borrows from `authority`, `held`, pool and anchors */
    mr_certificate *held[16]; /* the certificates that the token carries; the caller frees (mr_timestamp_done) */
    size_t held_count;
};

/* Check a token: CMS signature, ESSCertID(V2), id-kp-timeStamping alone and critical, digest of the covered octets (SHA-256 or stronger), signer's chain at genTime.
 *   token    DER of a CMS ContentInfo (not a TimeStampResp), no trailing octets
 *   covered  the parts whose digest is the message imprint
 *   errors   MR_E_FORMAT (no token), MR_E_SIGNATURE (covers something else, or its signature is wrong; message tells which),
 *            MR_E_CERTIFICATE (signer not allowed to time-stamp, or its chain is broken at genTime), MR_E_UNSUPPORTED (weak digest), MR_E_LIMIT, MR_E_NOMEM
 *   source   RFC 3161 sections 2.4.2 and 2.3, RFC 5816 */
int mr_timestamp_verify(mr_str token, const mr_str *covered, size_t covered_count, mr_certificate *const *pool,
                        size_t pool_count, mr_certificate *const *anchors, size_t anchor_count,
                        struct mr_timestamp *ret, struct mr_err *err) MR_MUST_CHECK;
void mr_timestamp_done(struct mr_timestamp *t);

/* A request for a token over this digest (SHA-256), DER, with certReq set and a nonce. */
int mr_timestamp_request(mr_arena *a, const mr_env *env, const mr_digest *digest, mr_str *ret,
                         struct mr_err *err) MR_MUST_CHECK;
/* The token inside a response, DER, after checking its status, digest and nonce against the request. Errors: MR_E_NET (refused by the
 * authority; detail: its words), MR_E_FORMAT, MR_E_SIGNATURE. */
int mr_timestamp_response(mr_arena *a, mr_str request, mr_str response, mr_str *ret_token,
                          struct mr_err *err) MR_MUST_CHECK;

#endif
