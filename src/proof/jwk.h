/* Keys as JSON (RFC 7517), sets of them, and their thumbprints (RFC 7638). */
#ifndef MR_PROOF_JWK_H
#define MR_PROOF_JWK_H

#include "crypto/key.h"
#include "json/json.h"

/* A public key. Private or symmetric members are refused. Errors: MR_E_FORMAT, MR_E_UNSUPPORTED (detail: kty or crv). */
int mr_jwk_read(const mr_json *jwk, mr_key **ret, struct mr_err *err) MR_MUST_CHECK;
/* A private key (EC, OKP). */
int mr_jwk_read_private(const mr_json *jwk, mr_key **ret, struct mr_err *err) MR_MUST_CHECK;
/* SHA-256 over the members that RFC 7638 section 3.2 names. Errors: MR_E_NOMEM. */
int mr_jwk_thumbprint(const mr_key *k, uint8_t ret[32], struct mr_err *err) MR_MUST_CHECK;
/* The key of a set ({"keys": [...]}) with this kid; kid empty: the only one of the set. NULL when there is none, or more than one. */
const mr_json *mr_jwks_find(const mr_json *set, mr_str kid);

#endif
