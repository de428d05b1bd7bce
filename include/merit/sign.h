/* Signing a credential that was written elsewhere: any document of the VC Data Model, as it is. */
#ifndef MERIT_SIGN_H
#define MERIT_SIGN_H

#include <merit/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How to sign. */
struct merit_signing {
    size_t size; /* sizeof(struct merit_signing) */
    const char *
        suite; /* "eddsa-rdfc-2022", "ecdsa-rdfc-2019", "eddsa-jcs-2022", "ecdsa-jcs-2019", "ecdsa-sd-2023" (Data Integrity), "vc+jwt"
                           (VC-JOSE-COSE), "dc+sd-jwt" (RFC 9901); NULL: the Data Integrity suite that suits the key */
    const char *
        method; /* verificationMethod or kid; NULL: did:key of the key; for vc+jwt and dc+sd-jwt with a seal: its certificates */
    const char *purpose;   /* "assertionMethod" (NULL), "authentication" ...; Data Integrity only */
    const char *domain;    /* Data Integrity only; may be NULL */
    const char *challenge; /* likewise */
    const char *const
        *pointers; /* JSON Pointers: ecdsa-sd-2023: what the holder must always show; dc+sd-jwt: what she may hide */
    size_t pointer_count;
    int64_t created; /* milliseconds since 1970; 0: now; Data Integrity only */
    int64_t expires; /* likewise; 0: does not expire */
};

/* Sign a document. The text stays as it is: Data Integrity adds the member `proof` (beside one that is there), the others put it into a token.
 *   json     one JSON object
 *   key      private
 *   ret      what to store and hand on; of ecdsa-sd-2023 and dc+sd-jwt for the holder alone, who shows parts of it (disclose.h)
 *   errors   MERIT_E_INPUT (no JSON; a context that is not built in; a term without a meaning, which no signature would cover: pointer), MERIT_E_KEY (no
 *            private part; does not suit the suite), MERIT_E_USAGE (no such suite), MERIT_E_NOT_FOUND (a pointer that points nowhere)
 *   source   W3C Data Integrity 1.0 sections 4.2 and 4.3; VC-JOSE-COSE section 3.1.1; RFC 9901 section 5 */
MERIT_API merit_code merit_sign(const merit_key *key, const char *json, size_t json_size,
                                const struct merit_signing *signing, char **ret, size_t *ret_size,
                                merit_error *err) MERIT_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
