/* What the files of this layer know of each other: the inside of keys, and OpenSSL's handles behind them. No other layer includes it. */
#ifndef MR_CRYPTO_INSIDE_H
#define MR_CRYPTO_INSIDE_H

#include "crypto/certificate.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdatomic.h>

/* Prepare OpenSSL once a process: no configuration file (it costs time and lets the surroundings change what is accepted), no
 * work at exit, no texts for its error numbers (we show our own; loading them is a million instructions, as much as checking a
 * signature). Every entry point that reaches OpenSSL's providers calls it first; cheap. */
void mr_openssl_start(void);
/* MR_FAIL after emptying this thread's OpenSSL error queue, so that nobody else finds our errors in it. */
#define MR_OPENSSL_FAIL(e, code, message) mr_openssl_fail((e), (code), (message), __FILE__, __LINE__)
int mr_openssl_fail(struct mr_err *e, mr_code code, const char *message, const char *file, int line);

/* For an error that turned out to be none; e may be NULL. */
static inline void mr_err_forget(struct mr_err *e)
{
    if (e) mr_err_clear(e);
}

/* The function that a cleanup attribute wants, for a type of OpenSSL. */
#define MR_CRYPTO_CLEANUP(type, name, function)                                                                        \
    static inline void name##_freep(type **p)                                                                          \
    {                                                                                                                  \
        function(*p);                                                                                                  \
    }

/* The ways of signing that JOSE and X.509 share. */
typedef enum mr_scheme_family { MR_SCHEME_ECDSA, MR_SCHEME_RSA, MR_SCHEME_RSA_PSS, MR_SCHEME_ED25519 } mr_scheme_family;
struct mr_scheme {
    mr_scheme_family family;
    mr_digest_kind digest; /* of RSA-PSS also in MGF1; its size is the salt's */
};

/* The private part of a key that lives elsewhere: in a token. */
struct mr_key_elsewhere {
    /* Sign the text, whose digest by the scheme is `digest`, too. out: a JOSE signature of exactly `size` octets. From several threads at once. */
    int (*sign)(void *self, struct mr_scheme scheme, mr_str text, const mr_digest *digest, uint8_t *out, size_t size,
                struct mr_err *err);
    void (*free)(void *self);
    void *self;
};

enum { MR_RSA_CONTEXTS = 12 }; /* sign or verify, PKCS#1 v1.5 or PSS, three digests */

struct mr_key {
    atomic_uint references;
    mr_key_kind kind;
    bool is_private;
    unsigned bits;
    void *ec;                                           /* EC_KEY of the P curves, NULL otherwise */
    _Atomic(EVP_PKEY *) pkey;                           /* RSA and other kinds from the start; else made on demand */
    _Atomic(EVP_PKEY_CTX *) rsa_ready[MR_RSA_CONTEXTS]; /* prepared contexts, copied for each use */
    uint8_t ed25519_public[32], ed25519_secret[64];     /* secret: seed and public key, as libsodium has it */
    struct mr_key_elsewhere elsewhere;                  /* sign NULL: the private part is here */
};

/* A zeroed key with one reference, or NULL. */
mr_key *mr_key_alloc(mr_key_kind kind, bool is_private);
/* Make a public key that nobody else has yet a private one whose operations happen elsewhere; `elsewhere.free` is called with the key's end. */
void mr_key_set_elsewhere(mr_key *k, struct mr_key_elsewhere elsewhere);
/* The same key as OpenSSL's handle (of a key elsewhere the public part); borrowed from k; NULL when memory is short. */
EVP_PKEY *mr_key_pkey(const mr_key *k);
/* Wrap OpenSSL's key. Takes over `pkey` only on success. A kind that Merit does not sign with becomes MR_KEY_OTHER.
 * Errors: MR_E_NOMEM, MR_E_CRYPTO. */
int mr_key_of_pkey(EVP_PKEY *pkey, bool is_private, mr_key **ret, struct mr_err *err) MR_MUST_CHECK;
/* Fill a private key of a P curve (its private number) or of Ed25519 (its seed); the public part follows. The octets are the caller's to wipe.
 * Errors: MR_E_FORMAT (length, range), MR_E_UNSUPPORTED (another kind), MR_E_NOMEM. */
int mr_key_set_secret(mr_key *k, mr_str octets, struct mr_err *err) MR_MUST_CHECK;
/* From a SubjectPublicKeyInfo, DER. Errors: MR_E_FORMAT, MR_E_NOMEM. */
int mr_key_of_public_der(mr_str spki, mr_key **ret, struct mr_err *err) MR_MUST_CHECK;
/* Like mr_key_verify, but by scheme, and ECDSA signatures are DER (as in X.509). The key's kind must fit the family, its curve need not fit the digest. */
int mr_key_verify_x509(mr_key *k, struct mr_scheme scheme, mr_str text, mr_str signature,
                       struct mr_err *err) MR_MUST_CHECK;

/* key_ec.c: the P curves. `bytes` of a coordinate: 32, 48, 66. */
size_t mr_ec_size(mr_key_kind kind);
int mr_ec_generate(mr_key *k, struct mr_err *err) MR_MUST_CHECK;
/* An uncompressed or compressed point (SEC 1 2.3.3); checked to lie on the curve. Errors: MR_E_FORMAT, MR_E_NOMEM. */
int mr_ec_set_public(mr_key *k, mr_str point, struct mr_err *err) MR_MUST_CHECK;
int mr_ec_of_pkey(mr_key *k, EVP_PKEY *pkey, struct mr_err *err) MR_MUST_CHECK;
EVP_PKEY *mr_ec_to_pkey(const mr_key *k);
/* The private number, as long as the curve's field, and the public point that follows from it. Errors: MR_E_FORMAT, MR_E_NOMEM. */
int mr_ec_set_secret(mr_key *k, mr_str secret, struct mr_err *err) MR_MUST_CHECK;
/* The uncompressed point, 1 + 2 * size octets, at most 133. */
bool mr_ec_point(const mr_key *k, uint8_t out[133]);
void mr_ec_free(mr_key *k);
/* r || s of 2 * size octets. */
int mr_ec_sign(mr_key *k, const mr_digest *digest, uint8_t *out, struct mr_err *err) MR_MUST_CHECK;
/* r and s: magnitudes. MR_E_SIGNATURE when wrong. */
int mr_ec_verify(mr_key *k, const mr_digest *digest, mr_str r, mr_str s, struct mr_err *err) MR_MUST_CHECK;

/* key_rsa.c */
int mr_rsa_generate(mr_key *k, unsigned bits, struct mr_err *err) MR_MUST_CHECK;
/* Big-endian magnitudes without leading zero octets. Errors: MR_E_FORMAT, MR_E_UNSUPPORTED (too large), MR_E_NOMEM. */
int mr_rsa_set_public(mr_key *k, mr_str n, mr_str e, struct mr_err *err) MR_MUST_CHECK;
/* RSAPublicKey, DER (RFC 8017 A.1.1). Errors as above. */
int mr_rsa_set_der(mr_key *k, mr_str der, struct mr_err *err) MR_MUST_CHECK;
/* n and e as magnitudes, in `a`. */
int mr_rsa_get_public(const mr_key *k, mr_arena *a, mr_str *ret_n, mr_str *ret_e, struct mr_err *err) MR_MUST_CHECK;
int mr_rsa_sign(mr_key *k, struct mr_scheme scheme, const mr_digest *digest, uint8_t *out, size_t size,
                struct mr_err *err) MR_MUST_CHECK;
int mr_rsa_verify(mr_key *k, struct mr_scheme scheme, const mr_digest *digest, mr_str signature,
                  struct mr_err *err) MR_MUST_CHECK;

/* key_ed25519.c */
int mr_ed25519_generate(mr_key *k, struct mr_err *err) MR_MUST_CHECK;
int mr_ed25519_set_seed(mr_key *k, const uint8_t seed[32], struct mr_err *err) MR_MUST_CHECK;
/* 32 octets, else MR_E_FORMAT. */
int mr_ed25519_set_public(mr_key *k, mr_str octets, struct mr_err *err) MR_MUST_CHECK;
int mr_ed25519_sign(mr_key *k, const mr_str *parts, size_t count, uint8_t out[64], struct mr_err *err) MR_MUST_CHECK;
int mr_ed25519_verify(mr_key *k, const mr_str *parts, size_t count, mr_str signature, struct mr_err *err) MR_MUST_CHECK;

/* seal_key.c: a seal of a private key and certificates in any order: finds the key's own and its issuers, and shares what it keeps.
 * Errors: MR_E_KEY (none belongs to the key), MR_E_NOMEM. */
int mr_seal_key_assemble(mr_key *key, mr_certificate *const *certificates, size_t count, struct mr_seal_key *ret,
                         struct mr_err *err) MR_MUST_CHECK;

/* key_text.c: one PEM block that holds a private key. name: "PRIVATE KEY", ...; header: RFC 1421 lines, "" mostly. data is wiped by the caller.
 * MR_E_NOT_FOUND when the name is no private key's. */
int mr_key_of_pem_block(const char *name, char *header, mr_str data, mr_str password, mr_key **ret,
                        struct mr_err *err) MR_MUST_CHECK;

/* certificate.c: OpenSSL's view of a certificate, made on demand; borrowed; NULL when OpenSSL cannot read it. */
X509 *mr_certificate_x509(const mr_certificate *c);
/* The same from OpenSSL's; x stays the caller's. */
int mr_certificate_of_x509(X509 *x, mr_certificate **ret, struct mr_err *err) MR_MUST_CHECK;
mr_str mr_certificate_key_bits(const mr_certificate *c);       /* content of subjectPublicKey, for key hashes of OCSP */
mr_str mr_certificate_subject_key_id(const mr_certificate *c); /* keyIdentifier or empty */
mr_str mr_certificate_authority_key_id(const mr_certificate *c);
/* Bits of mr_certificate_key_usage. */
enum {
    MR_USE_DIGITAL_SIGNATURE = 1 << 0,
    MR_USE_NON_REPUDIATION = 1 << 1,
    MR_USE_KEY_CERT_SIGN = 1 << 5,
    MR_USE_CRL_SIGN = 1 << 6,
};
int mr_certificate_path_length(const mr_certificate *c); /* -1: no limit */
bool mr_certificate_is_version1(const mr_certificate *c);
bool mr_certificate_has_unknown_critical(const mr_certificate *c);
bool mr_certificate_has_name_constraints(const mr_certificate *c);
/* extendedKeyUsage critical with id-kp-timeStamping alone, keyUsage for signatures only (RFC 3161 2.3). */
bool mr_certificate_may_timestamp(const mr_certificate *c);
/* Did `issuer`'s key sign it? MR_OK; MR_E_SIGNATURE when not; MR_E_UNSUPPORTED when the digest is SHA-1, MD5 or unknown, or the key too short. */
int mr_certificate_check_signature(const mr_certificate *c, const mr_certificate *issuer,
                                   struct mr_err *err) MR_MUST_CHECK;
/* The scheme of an AlgorithmIdentifier (DER), when it is one that key.c verifies and strong enough. */
bool mr_scheme_of_algorithm(mr_str algorithm, struct mr_scheme *ret);
/* Whether a signature algorithm's digest is SHA-256 or stronger (AlgorithmIdentifier; RSASSA-PSS by its parameters). */
bool mr_algorithm_is_strong(const X509_ALGOR *algorithm);
/* Whether `issuer`'s name and key identifier are those that `c` names. */
bool mr_certificate_names_issuer(const mr_certificate *c, const mr_certificate *issuer);
/* Milliseconds; MR_TIME_NONE when it is no time. Fractions of seconds are kept to the millisecond. */
int64_t mr_time_of_asn1(const ASN1_STRING *t);

#endif
