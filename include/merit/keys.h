/* Keys: to sign with, to seal with (then certificates belong to them), to prove with that one is the holder. */
#ifndef MERIT_KEYS_H
#define MERIT_KEYS_H

#include <merit/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A key, and the certificates that were read with it. It never changes: several threads may use one at once. */
typedef struct merit_key merit_key;

/* Make a private key.
 *   kind    "Ed25519", "P-256", "P-384", "P-521" (names of RFC 7518 section 6.2.1.1 and RFC 8037 section 2)
 *   errors  MERIT_E_USAGE (another kind), MERIT_E_SYSTEM (libsodium is not there, for Ed25519) */
MERIT_API merit_code merit_key_new(const char *kind, merit_key **ret, merit_error *err) MERIT_MUST_CHECK;

/* Read a key: PEM (PKCS#8, perhaps encrypted, with or without certificates), PKCS#12, or a JWK (RFC 7517; public, or private of kind EC and OKP).
 *   password  NULL or empty: none
 *   errors    MERIT_E_PASSWORD, MERIT_E_INPUT, MERIT_E_KEY (key and certificate do not belong together), MERIT_E_UNSUPPORTED (kind of key) */
MERIT_API merit_code merit_key_read(const void *octets, size_t size, const char *password, merit_key **ret,
                                    merit_error *err) MERIT_MUST_CHECK;

/* A seal to try things out with, of a test authority made on the spot. What it seals proves nothing to anyone, and every report says so.
 *   organisation  who seals: its legal name
 *   identifier    EN 319 412-1 section 5.1.4: "VATDK-00000000"
 *   country       ISO 3166-1 alpha-2: "DK" */
MERIT_API merit_code merit_key_new_test_seal(const char *organisation, const char *identifier, const char *country,
                                             merit_key **ret, merit_error *err) MERIT_MUST_CHECK;

/* Wipes it. */
MERIT_API void merit_key_free(merit_key *key);

/* Has it a private part; do certificates belong to it, so that it can seal? */
MERIT_API bool merit_key_is_private(const merit_key *key);
MERIT_API bool merit_key_is_seal(const merit_key *key);

/* The private key as PEM (PKCS#8), with its certificates behind it; encrypted unless the password is NULL or empty. merit_key_read reads it back.
 *   errors  MERIT_E_KEY (no private part) */
MERIT_API merit_code merit_key_write_pem(const merit_key *key, const char *password, char **ret,
                                         merit_error *err) MERIT_MUST_CHECK;
/* The public key as JWK, members in the order of RFC 7638. */
MERIT_API merit_code merit_key_write_jwk(const merit_key *key, char **ret, merit_error *err) MERIT_MUST_CHECK;
/* The public key as an identifier that holds it.
 *   method  "did:key" or "did:jwk" */
MERIT_API merit_code merit_key_write_did(const merit_key *key, const char *method, char **ret,
                                         merit_error *err) MERIT_MUST_CHECK;
/* The verification method that proofs under such an identifier name: "did:key:z6Mk...#z6Mk...", "did:jwk:ey...#0". */
MERIT_API merit_code merit_key_write_method(const merit_key *key, const char *method, char **ret,
                                            merit_error *err) MERIT_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
