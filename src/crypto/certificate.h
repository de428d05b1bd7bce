/* X.509 certificates, as far as seals need them (RFC 5280, EN 319 412-1 to -5), and their chains at a given time. */
#ifndef MR_CRYPTO_CERTIFICATE_H
#define MR_CRYPTO_CERTIFICATE_H

#include "base/time.h"
#include "crypto/key.h"

typedef struct mr_certificate mr_certificate; /* shared, counted, immutable */

/* One certificate, DER, no trailing octets. Errors: MR_E_FORMAT, MR_E_LIMIT, MR_E_CERTIFICATE (key of an unknown kind). */
int mr_certificate_read(mr_str der, mr_certificate **ret, struct mr_err *err) MR_MUST_CHECK;
mr_certificate *mr_certificate_share(mr_certificate *c);
void mr_certificate_free(mr_certificate *c);
void mr_certificate_freep(mr_certificate **c);
/* All certificates of a PEM text, in its order (other PEM blocks are passed over). Array in `a`; the handles are the caller's to free. */
int mr_certificates_read_pem(mr_arena *a, mr_str pem, mr_certificate ***ret, size_t *ret_count,
                             struct mr_err *err) MR_MUST_CHECK;
int mr_certificate_write_pem(const mr_certificate *c, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

/* The octets as read; owned by the certificate, like all texts below. */
mr_str mr_certificate_der(const mr_certificate *c);
mr_key *mr_certificate_key(const mr_certificate *c); /* public key; borrowed */
/* Names: UTF-8, owned by the certificate; empty when absent. The first value of a repeated attribute. */
struct mr_certificate_name {
    mr_str common_name, organisation, organisation_identifier /* 2.5.4.97 */, country /* ISO 3166-1 alpha-2 */,
        given_name, surname;
    mr_str line; /* the whole name in RFC 2253 form, for experts */
};
const struct mr_certificate_name *mr_certificate_subject(const mr_certificate *c);
const struct mr_certificate_name *mr_certificate_issuer(const mr_certificate *c);
int64_t mr_certificate_not_before(const mr_certificate *c); /* milliseconds */
int64_t mr_certificate_not_after(const mr_certificate *c);
mr_str mr_certificate_serial(const mr_certificate *c);     /* big-endian octets as encoded */
mr_str mr_certificate_issuer_der(const mr_certificate *c); /* Name, DER; for the IssuerSerial of kid */
mr_str mr_certificate_subject_der(const mr_certificate *c);
const uint8_t *mr_certificate_sha256(const mr_certificate *c);
/* SHA-1 of a certificate's DER: only to compare with what old signatures name beside something stronger. Errors: MR_E_CRYPTO. */
int mr_certificate_sha1(mr_str der, uint8_t out[20], struct mr_err *err) MR_MUST_CHECK;
bool mr_certificate_is_authority(const mr_certificate *c); /* basicConstraints cA */
bool mr_certificate_is_self_issued(const mr_certificate *c);
/* May this certificate seal documents? keyUsage absent, or digitalSignature or nonRepudiation (EN 319 412-2 4.3.2); extendedKeyUsage
 * absent or not limited to TLS, code signing or the like. *ret_why: constant text when not. */
bool mr_certificate_may_seal(const mr_certificate *c, const char **ret_why);
/* QcStatements (EN 319 412-5), for experts. */
struct mr_certificate_qc {
    bool compliance, sscd, type_esign, type_eseal, type_web;
};
struct mr_certificate_qc mr_certificate_qc(const mr_certificate *c);

/* What lists of trusted parties ask of a certificate. `oid`: content octets of an object identifier.
 * keyUsage bits in the order of RFC 5280 4.2.1.3, bit 0 (digitalSignature) lowest; all set when the extension is absent. */
unsigned mr_certificate_key_usage(const mr_certificate *c);
bool mr_certificate_has_purpose(const mr_certificate *c, mr_str oid); /* extendedKeyUsage names it */
bool mr_certificate_has_policy(const mr_certificate *c, mr_str oid);  /* certificatePolicies names it */
bool mr_certificate_has_subject_attribute(const mr_certificate *c, mr_str oid);

/* A chain from a certificate up: by names, key identifiers and signatures, out of `pool`, until an anchor or a self-issued certificate or no issuer is found.
 * It tells what was found; nothing here is trust unless `anchored`. */
typedef enum mr_chain_state {
    MR_CHAIN_ANCHORED,   /* ends in one of the anchors; every signature, date, CA flag and path length fits at `at` */
    MR_CHAIN_UNANCHORED, /* all that is there fits, but no anchor was reached: trust is open */
    MR_CHAIN_BROKEN, /* a certificate is expired or not yet valid at `at`, not allowed to issue, or its signature is wrong: `why` */
} mr_chain_state;
struct mr_chain {
    mr_chain_state state;
    mr_certificate *certificates[8]; /* borrowed from leaf, pool or anchors; MR_LIMIT_CHAIN */
    size_t count;
    const char *why; /* constant text for experts, when broken */
    size_t why_at;   /* index of the certificate that breaks it */
    bool expired;    /* broken, and what was met first is that this certificate had expired at `at` */
};
/*   pool, anchors  borrowed; anchors may be empty, and need not be self-signed
 *   at             the time at which everything must fit, in milliseconds
 *   errors         MR_E_CRYPTO, MR_E_NOMEM; a broken chain is a result
 *   source         RFC 5280 section 6.1 as far as seals need it (no policies, no name constraints beyond OpenSSL's) */
int mr_chain_build(mr_certificate *leaf, mr_certificate *const *pool, size_t pool_count, mr_certificate *const *anchors,
                   size_t anchor_count, int64_t at, struct mr_chain *ret, struct mr_err *err) MR_MUST_CHECK;

/* A seal's private key with its certificates, as PKCS#12 (RFC 7292) or PEM (certificates and a private key in one text).
 * Old PKCS#12 files (RC2, triple DES) are read when OpenSSL's legacy provider is installed.
 * Errors: MR_E_PASSWORD, MR_E_FORMAT, MR_E_KEY (key and certificate do not belong together, none, or several keys), MR_E_LIMIT, MR_E_UNSUPPORTED (a kind of
 * key that cannot seal; RC4; no MAC), MR_E_LIBRARY (no legacy provider). */
struct mr_seal_key {
    mr_key *key;
    mr_certificate *certificate; /* the seal's */
    mr_certificate *issuers[8];  /* its issuing certificate first, as far as the file holds them */
    size_t issuer_count;
    bool is_test; /* issued by a self-made test authority (see authority.h) */
};
int mr_seal_key_read(mr_str file, mr_str password, struct mr_seal_key *ret, struct mr_err *err) MR_MUST_CHECK;
void mr_seal_key_done(struct mr_seal_key *s);
/* The certificates that a signature carries: the seal's, if there is one, and its issuers without a self-issued one, which a verifier has or does not trust
 * (HAIP 1.0 section 6.1.1). Returns how many; they are borrowed. */
enum { MR_SEAL_CHAIN_MOST = 8 }; /* the seal's own and its issuers: as many as readers take (MR_LIMIT_CHAIN) */
size_t mr_seal_key_chain(const struct mr_seal_key *s, mr_certificate *ret[MR_SEAL_CHAIN_MOST]);

#endif
