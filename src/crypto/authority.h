/* A self-made test authority: a root and an e-seal certificate with organizationIdentifier, so that Merit seals within a minute on a fresh
 * machine. What it issues proves nothing to anyone, and says so: its names contain "TEST", and its certificates carry the policy
 * OID of the test authority (2.999.9790.22), by which every report recognises it. */
#ifndef MR_CRYPTO_AUTHORITY_H
#define MR_CRYPTO_AUTHORITY_H

#include "base/time.h"
#include "crypto/certificate.h"

struct mr_authority {
    mr_key *key;
    mr_certificate *certificate;
};
/* A new root: P-256, valid 20 years from `now`. */
int mr_authority_new(const mr_env *env, struct mr_authority *ret, struct mr_err *err) MR_MUST_CHECK;
void mr_authority_done(struct mr_authority *a);

struct mr_seal_subject {
    mr_str organisation, organisation_identifier /* EN 319 412-1 5.1.4: "VATDK-00000000" */, country /* alpha-2 */,
        common_name;
};
/* An e-seal certificate and key under it (EN 319 412-3): P-256 or RSA, keyUsage nonRepudiation, valid 5 years. */
int mr_authority_issue_seal(const struct mr_authority *a, const mr_env *env, const struct mr_seal_subject *subject,
                            mr_key_kind kind, struct mr_seal_key *ret, struct mr_err *err) MR_MUST_CHECK;
/* Is this certificate from a test authority of Merit's (its own policy OID, on it or on any of its issuers given)? */
bool mr_certificate_is_test(const mr_certificate *c);
/* The whole of a seal or authority as one PEM text: encrypted private key, certificate, issuers. Read back by mr_seal_key_read. */
int mr_seal_key_write(const struct mr_seal_key *s, mr_str password, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

#endif
