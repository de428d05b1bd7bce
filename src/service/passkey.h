/* Passkeys (Web Authentication Level 2): what a browser's authenticator answered, checked by libfido2, which is loaded on first use. Attestation is not asked
 * for ("none"): who made a key does not matter here. */
#ifndef MR_SERVICE_PASSKEY_H
#define MR_SERVICE_PASSKEY_H

#include "base/arena.h"
#include "base/err.h"

/* A passkey as it is kept. */
struct mr_passkey {
    mr_str id;         /* octets of the credential's id */
    mr_str public_key; /* the key in the form of libfido2 for its algorithm */
    int64_t algorithm; /* COSE: -7 ES256, -257 RS256, -8 EdDSA */
    int64_t counter;   /* of signatures; 0: it has none */
    bool verified;     /* it had checked who holds it (PIN, finger, face) */
};

/* What a browser must have been asked and where. */
struct mr_passkey_wanted {
    mr_str rp_id;     /* host of the site */
    mr_str origin;    /* "https://host[:port]" */
    mr_str challenge; /* as base64url, the way it stands in clientDataJSON */
};

/* A new passkey (section 7.1): type, challenge, origin, rpIdHash, the flags UP, UV and AT, a key whose algorithm is known.
 *   client_data  clientDataJSON, octets, whose members the caller has read into `told`
 *   auth_data    authenticator data, octets (getAuthenticatorData())
 *   ret          in `a`
 *   errors       MR_E_SIGNATURE (the message says what does not fit), MR_E_FORMAT, MR_E_UNSUPPORTED, MR_E_LIBRARY */
int mr_passkey_register(mr_arena *a, const struct mr_passkey_wanted *wanted, mr_str auth_data, struct mr_passkey *ret,
                        struct mr_err *err) MR_MUST_CHECK;
/* An assertion (section 7.2) by a passkey that is kept: rpIdHash, UP and UV, signature over authData and clientDataJSON, counter (one that went back
 * tells of a copy).
 *   ret_counter  the new one
 *   errors       MR_E_SIGNATURE (the message says what does not fit), MR_E_FORMAT, MR_E_LIBRARY */
int mr_passkey_verify(mr_arena *a, const struct mr_passkey_wanted *wanted, const struct mr_passkey *kept,
                      mr_str client_data, mr_str auth_data, mr_str signature, int64_t *ret_counter,
                      struct mr_err *err) MR_MUST_CHECK;

#endif
