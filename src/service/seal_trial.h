/* Sealing a sample for real and reading it as any verifier would: what `merit seal test` shows. Nothing of it is kept. */
#ifndef MR_SERVICE_SEAL_TRIAL_H
#define MR_SERVICE_SEAL_TRIAL_H

#include "credential/verify.h"
#include "crypto/certificate.h"

struct mr_seal_trial {
    const struct mr_seal_key *seal;
    const mr_specification *specification; /* NULL: an example, awarded by whom the certificate names */
    const mr_trust *trust;                 /* may be empty */
    const mr_env *env;
    const mr_language *language;
};
/* A European Digital Credential of an invented learner.
 *   ret     texts in `a`
 *   errors  those of mr_issuer_open and mr_issue: it cannot seal */
int mr_seal_try(const struct mr_seal_trial *t, mr_arena *a, mr_report *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
