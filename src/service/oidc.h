/* OpenID Connect: the authorization code flow of a confidential client, with PKCE, state and nonce. source: OpenID Connect Core 1.0 section 3.1, Discovery 1.0
 * section 4, RFC 7636, RFC 9207 */
#ifndef MR_SERVICE_OIDC_H
#define MR_SERVICE_OIDC_H

#include "service/elsewhere.h"

/* Begin: where the browser goes, and what a cookie of it holds until it is back: of whom was asked, and the state. Nonce and code verifier are made from the
 * state and the installation's secret, so that nothing has to be stored. In `a`. Errors: MR_E_NET (the provider does not answer), MR_E_FORMAT (what it says of itself
 * cannot be used). */
int mr_oidc_begin(mr_service *s, mr_arena *a, struct mr_elsewhere *e, const struct mr_elsewhere_provider *provider,
                  mr_str *ret_url, mr_str *ret_kept, struct mr_err *err) MR_MUST_CHECK;

/* What came back in the address, and what the browser's cookie holds. */
struct mr_oidc_return {
    mr_str state, kept, code, error, issuer;
};
struct mr_oidc_person {
    mr_str issuer, subject;
    mr_str email; /* verified, and of a domain that the provider is trusted for; else empty */
};
/* Exchange the code and check the ID token: signature (RS256 or ES256) by a key of the provider, iss, aud, azp, exp, nonce.
 *   errors  MR_E_FORBIDDEN (refused there, or a state that is not this browser's or was used), MR_E_SIGNATURE and MR_E_FORMAT (the token), MR_E_NET, MR_E_DB */
int mr_oidc_end(mr_service *s, mr_arena *a, struct mr_elsewhere *e, const struct mr_elsewhere_provider *provider,
                const struct mr_oidc_return *back, struct mr_oidc_person *ret, struct mr_err *err) MR_MUST_CHECK;

/* The checks of mr_oidc_end on an ID token's claims; for tests, too. Errors: MR_E_SIGNATURE (the message says what does not fit). */
int mr_oidc_check_claims(const mr_json *claims, const struct mr_elsewhere_provider *provider, mr_str nonce, int64_t now,
                         struct mr_err *err) MR_MUST_CHECK;

#endif
