/* Who vouches for a seal: trust anchors, from a folder of PEM files. Without anchors trust is open ("could not be checked"), never given. */
#ifndef MR_CREDENTIAL_TRUST_H
#define MR_CREDENTIAL_TRUST_H

#include "crypto/certificate.h"

typedef struct mr_trust {
    mr_certificate **anchors;
    size_t count;
} mr_trust;

/* Every certificate in every *.pem file of the folder. Errors: MR_E_NOT_FOUND, MR_E_FORMAT (detail: the file), MR_E_LIMIT. */
int mr_trust_load(mr_arena *a, const char *folder, mr_trust *ret, struct mr_err *err) MR_MUST_CHECK;
void mr_trust_done(mr_trust *t);

#endif
