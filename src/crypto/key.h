/* Keys and signatures in the forms of JOSE (RFC 7518, RFC 8037): ES256 signatures are r||s, EdDSA is Ed25519 by libsodium (loaded on first use),
 * the rest is OpenSSL. A mr_key is a handle: shared, counted, safe to use from several threads at once. */
#ifndef MR_CRYPTO_KEY_H
#define MR_CRYPTO_KEY_H

#include "base/buf.h"
#include "base/env.h"
#include "crypto/digest.h"

typedef struct mr_key mr_key;

/* Signature algorithms (RFC 7518 section 3.1, RFC 8037). Those that are not here are not accepted anywhere. */
typedef enum mr_alg {
    MR_ALG_NONE,
    MR_ALG_ES256,
    MR_ALG_ES384,
    MR_ALG_ES512,
    MR_ALG_RS256,
    MR_ALG_RS384,
    MR_ALG_RS512,
    MR_ALG_PS256,
    MR_ALG_PS384,
    MR_ALG_PS512,
    MR_ALG_EDDSA,
} mr_alg;

/* "ES256" and so on; MR_ALG_NONE for anything else ("none", HS256, ...). */
mr_alg mr_alg_find(mr_str jose_name);
const char *mr_alg_name(mr_alg alg);

/* MR_KEY_OTHER: found in certificates only (other curves, Ed448, ...). It may vouch for other certificates, but fits no algorithm. */
typedef enum mr_key_kind {
    MR_KEY_P256,
    MR_KEY_P384,
    MR_KEY_P521,
    MR_KEY_RSA,
    MR_KEY_ED25519,
    MR_KEY_OTHER
} mr_key_kind;

/* Make a private key; rsa_bits only for RSA (2048 to 8192). Errors: MR_E_CRYPTO, MR_E_LIBRARY. */
int mr_key_generate(mr_key_kind kind, unsigned rsa_bits, mr_key **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_key_free(mr_key *k); /* wipes; NULL is fine */
mr_key *mr_key_share(mr_key *k);
void mr_key_freep(mr_key **k); /* for MR_CLEANUP */
mr_key_kind mr_key_get_kind(const mr_key *k);
bool mr_key_is_private(const mr_key *k);   /* it signs, here or elsewhere */
bool mr_key_is_elsewhere(const mr_key *k); /* its private part is in a token (crypto/pkcs11.h), and never here */
unsigned mr_key_bits(const mr_key *k);
/* The algorithm that Merit signs with under this key: ES256, ES384, ES512, RS256, EdDSA; MR_ALG_NONE for MR_KEY_OTHER. */
mr_alg mr_key_default_alg(const mr_key *k);
/* Whether alg fits the kind (ES256 only P-256 and so on) and RSA has 2048 to 8192 bits. */
bool mr_key_fits(const mr_key *k, mr_alg alg);

/* Sign the parts one after the other. ret: the JOSE signature in `a`. Errors: MR_E_KEY (no private part, or alg does not fit), MR_E_CRYPTO; of a key
 * in a token also what pkcs11.h says.
 * source RFC 7518 sections 3.3 to 3.5, RFC 8037 section 3.1 */
int mr_key_sign(mr_key *k, mr_alg alg, const mr_str *parts, size_t count, mr_arena *a, mr_str *ret,
                struct mr_err *err) MR_MUST_CHECK;
/* MR_OK when the signature is good; MR_E_SIGNATURE when it is not (also of wrong length); MR_E_KEY when alg does not fit. */
int mr_key_verify(mr_key *k, mr_alg alg, const mr_str *parts, size_t count, mr_str signature,
                  struct mr_err *err) MR_MUST_CHECK;

/* Private key files: PKCS#8 PEM, encrypted with a password (PBES2: scrypt, AES-256-CBC), or plain PEM on reading.
 * password empty: not encrypted. Errors: MR_E_PASSWORD (missing or wrong), MR_E_FORMAT, MR_E_UNSUPPORTED (kind). */
int mr_key_read_pem(mr_str pem, mr_str password, mr_key **ret, struct mr_err *err) MR_MUST_CHECK;
int mr_key_write_pem(const mr_key *k, mr_str password, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* A public key as PEM: SubjectPublicKeyInfo ("PUBLIC KEY") or PKCS#1 ("RSA PUBLIC KEY"). Errors: MR_E_FORMAT, MR_E_UNSUPPORTED, MR_E_NOMEM. */
int mr_key_read_public_pem(mr_str pem, mr_key **ret, struct mr_err *err) MR_MUST_CHECK;
/* Public key as JWK text (RFC 7517; members in the order of RFC 7638) and back; private members are refused on reading.
 * x, y, n, e are base64url. */
int mr_key_write_jwk(const mr_key *k, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* From JWK members already read: kty, crv, x, y, n, e (empty when absent). Errors: MR_E_FORMAT, MR_E_UNSUPPORTED. */
struct mr_jwk {
    mr_str kty, crv, x, y, n, e;
};
int mr_key_of_jwk(const struct mr_jwk *jwk, mr_key **ret, struct mr_err *err) MR_MUST_CHECK;
/* From the members of a private JWK; `d` is base64url. EC and OKP only (RFC 7518 section 6.2.2, RFC 8037 section 2). The public members must fit. */
int mr_key_of_private_jwk(const struct mr_jwk *jwk, mr_str d, mr_key **ret, struct mr_err *err) MR_MUST_CHECK;
/* Multikey (Controlled Identifiers 1.0 section 2.2.2): the multicodec prefix and the key's octets, before multibase. Ed25519, P-256, P-384, P-521 (EC
 * keys as compressed points), RSA (PKCS#1). Errors: MR_E_FORMAT, MR_E_UNSUPPORTED (detail: "secp256k1", "X25519", "BLS12-381 G2" ...). */
int mr_key_of_multikey(mr_str octets, mr_key **ret, struct mr_err *err) MR_MUST_CHECK;
/* The kind of a public Multikey by its prefix, also one that is not handled: "P-256", "X25519" ...; NULL when it is not known. Static. */
const char *mr_multikey_kind(mr_str octets);
/* Appended; the buffer fails for MR_KEY_OTHER. */
void mr_key_put_multikey(const mr_key *k, mr_buf *out);
/* A private one, of Ed25519, P-256 or P-384. */
int mr_key_of_secret_multikey(mr_str octets, mr_key **ret, struct mr_err *err) MR_MUST_CHECK;
/* SubjectPublicKeyInfo, DER, in `a`. */
int mr_key_write_public_der(const mr_key *k, mr_arena *a, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
