/* Accounts elsewhere that people may sign in with: providers of OpenID Connect, and a federation behind a proxy that speaks SAML. The operator names them in the file
 * sign-in.json of the data folder (docs/sign-in.md):
 *
 *   {"providers": [{"id": "uni", "label": "University of Example", "issuer": "https://login.example.org", "client_id": "...", "client_secret": "...",
 *                   "domains": ["example.org"]}],
 *    "proxy": {"secret": "...", "label": "WAYF", "domains": ["example.org"]}}
 *
 * An account elsewhere is tied to a person here by its address only when whoever vouches for it is trusted for the address's domain. */
#ifndef MR_SERVICE_ELSEWHERE_H
#define MR_SERVICE_ELSEWHERE_H

#include "json/json.h"
#include "service/service.h"

#include <pthread.h>

struct mr_elsewhere_provider {
    mr_str id; /* in addresses: small letters, digits, hyphens */
    mr_str label, issuer, client_id, client_secret;
    const mr_json *domains;
    /* what the provider told of itself, until when; under the lock */
    mr_arena kept;
    const mr_json *metadata, *keys;
    int64_t until;
};
struct mr_elsewhere {
    mr_arena arena; /* which holds this struct and what the file says */
    pthread_mutex_t lock;
    struct mr_elsewhere_provider *providers;
    size_t provider_count;
    mr_str proxy_secret, proxy_label; /* secret empty: there is no proxy */
    const mr_json *proxy_domains;
};

/* Read DIR/sign-in.json; without the file nothing is offered. Errors: MR_E_FORMAT and MR_E_JSON (detail: the file or member), MR_E_IO, MR_E_NOMEM. */
int mr_elsewhere_open(mr_service *s, struct mr_elsewhere **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_elsewhere_close(struct mr_elsewhere *e);
/* NULL when there is none of this id. */
struct mr_elsewhere_provider *mr_elsewhere_find(struct mr_elsewhere *e, mr_str id);
/* Is the address in one of these domains (or below one)? */
bool mr_elsewhere_trusts(const mr_json *domains, mr_str email);

/* What the proxy says in headers; the secret shows that it is the proxy. */
struct mr_federated_headers {
    mr_str secret, principal, mail, home; /* eduPersonPrincipalName, mail, schacHomeOrganization */
};
struct mr_federated {
    mr_str issuer, subject, email; /* email: empty when its domain is not trusted */
};
/* False: not from the proxy, or no principal name. */
bool mr_elsewhere_federated(mr_arena *a, const struct mr_elsewhere *e, const struct mr_federated_headers *h,
                            struct mr_federated *ret);

#endif
