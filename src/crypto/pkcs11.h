/* Seals whose private key lives in a token and never leaves it: a hardware security module, a smart card, a key stick, or SoftHSM for trying. Merit speaks
 * PKCS#11 (Cryptoki 2.20 to 2.40) with the library that comes with the device, which is loaded on first use and stays.
 *
 * A key from here is a mr_key like any other. It signs in the token from several threads at once, each with a session of its own; when the token was
 * away, it is sought, opened and used once more. A wrong PIN is given to a token once only: it counts, and locks itself. */
#ifndef MR_CRYPTO_PKCS11_H
#define MR_CRYPTO_PKCS11_H

#include "crypto/certificate.h"
#include "crypto/pkcs11_uri.h"

struct mr_pkcs11_opening {
    mr_str uri; /* RFC 7512; "object" or "id" may be left out when the token holds one private key */
    mr_str
        default_module; /* file of a library, for a URI that names none; empty: p11-kit's, which knows those that the system has set up */
    mr_str pin;     /* copied; empty: there is none, or the device has keys of its own to type it */
    bool pin_typed; /* just now by a person: may then also be the last try that the token allows */
    mr_certificate *const *certificates; /* beside those of the token */
    size_t certificate_count;
};
/* The seal: its key in the token, its certificate and those of its issuers from the token and from those given.
 *   ret     freed with mr_seal_key_done, which closes its sessions
 *   errors  MR_E_LIBRARY (the device's library is not there), MR_E_NOT_FOUND (token or key), MR_E_KEY (several fit; it may not or cannot sign; of a kind
 *           that cannot seal), MR_E_CERTIFICATE (none for this key), MR_E_PASSWORD (PIN missing, wrong, refused before), MR_E_STATE (PIN locked,
 *           expired, or its last try; the token was taken out), MR_E_CRYPTO (detail: the device's own code), and those of mr_pkcs11_uri_read
 *   source  PKCS #11 Cryptographic Token Interface Base Specification 2.40 */
int mr_pkcs11_open(const struct mr_pkcs11_opening *o, struct mr_seal_key *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
