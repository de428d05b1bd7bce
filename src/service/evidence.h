/* Asking over the network for what makes seals last: time-stamps, the status of certificates, issuers' certificates. */
#ifndef MR_SERVICE_EVIDENCE_H
#define MR_SERVICE_EVIDENCE_H

#include "base/env.h"
#include "crypto/evidence.h"
#include "proof/jades.h"

struct mr_evidence_client_options {
    const mr_env *env;
    mr_str timestamp_url; /* of a time-stamp authority (RFC 3161 over HTTP), as the operator gave it; may be empty */
    mr_str
        fetch_from; /* beginning of addresses that certificates may name although they are not public; may be empty */
};
typedef struct mr_evidence_client mr_evidence_client; /* safe to use from several threads */

/* Addresses stand in certificates: http is allowed for them, since what comes is signed, but only public addresses are connected to. Evidence and issuers'
 * certificates are remembered (MR_LIMIT_EVIDENCE_SHARED_MS, never beyond their own end), so that a batch asks once about its seal; time-stamps never are.
 *   options  copied
 *   errors   MR_E_NOMEM */
int mr_evidence_client_new(const struct mr_evidence_client_options *options, mr_evidence_client **ret,
                           struct mr_err *err) MR_MUST_CHECK;
void mr_evidence_client_free(mr_evidence_client *c); /* NULL is fine */
/* Lives as long as `c`. */
const struct mr_evidence_source *mr_evidence_client_source(const mr_evidence_client *c);
/* mr_timestamp_source, or NULL when no authority is named; its self is `c`. */
mr_timestamp_source *mr_evidence_client_timestamp(const mr_evidence_client *c);

#endif
