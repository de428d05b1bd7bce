/* Fetching for a verifier inside an installation: what the installation publishes itself it need not ask the network for. */
#ifndef MR_SERVICE_FETCHER_H
#define MR_SERVICE_FETCHER_H

#include "base/fetch.h"
#include "service/service.h"

struct mr_service_fetcher {
    mr_service *service;
    const mr_fetch *further; /* for everything else; NULL: MR_E_STATE, the network is off. Borrowed */
    int64_t until;           /* after this, nobody else is asked any more (MR_E_NET); 0: no such time */
};
/* A mr_fetch that answers URLs of the status lists of this installation (credential/status.h), signed as they are now, and of what it publishes about its
 * keys (service/keys.h), and passes on all other. An address under its own /status/ that is none of its lists is MR_E_NET, without asking anybody.
 *   f  lives as long as what is returned */
mr_fetch mr_service_fetcher_of(struct mr_service_fetcher *f);

#endif
