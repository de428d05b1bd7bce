/* What asking and publishing share: names in lists. */
#ifndef MR_CREDENTIAL_STATUS_INSIDE_H
#define MR_CREDENTIAL_STATUS_INSIDE_H

#include "crypto/certificate.h"

#define MR_STATUS_LIST_TOKEN_TYPE "statuslist+jwt"
#define MR_STATUS_WITHDRAWN_TYPE "withdrawn+jwt"

/* The name of a party of which only a certificate is known (MR_ELM_ISSUER_ID). Appended. */
void mr_status_put_certificate_name(const mr_certificate *c, mr_buf *out);

#endif
