/* Verifying inside an installation: with its trust anchors, its clock, and what it knows of its own credentials without asking the network. */
#ifndef MR_SERVICE_VERIFYING_H
#define MR_SERVICE_VERIFYING_H

#include "credential/verify.h"
#include "service/fetcher.h"

struct mr_service_verifying {
    struct mr_verifying verifying; /* for mr_verifier_open */
    struct mr_service_fetcher fetcher;
    mr_fetch fetch;
    mr_trust trust; /* the operator's, and where the lists of the installation's own seals stand */
};
/* Others are asked when the installation is online, for at most MR_LIMIT_FETCH_REQUEST_MS from now.
 *   a        holds what is new in `ret`, which points into itself: it must stay where it is, as long as the verifier is open
 *   errors   MR_E_NOMEM, MR_E_IO, MR_E_LIMIT (seals) */
int mr_service_verifying_init(mr_service *s, mr_arena *a, const mr_language *language, struct mr_service_verifying *ret,
                              struct mr_err *err) MR_MUST_CHECK;
/* A verifier for one request, which finds compiled what earlier requests needed; close it with its counterpart.
 *   errors   MR_E_NOMEM */
int mr_service_verifier_open(mr_service *s, const struct mr_service_verifying *how, mr_verifier **ret,
                             struct mr_err *err) MR_MUST_CHECK;
void mr_service_verifier_close(mr_service *s, mr_verifier *v);

#endif
