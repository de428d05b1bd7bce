/* Where a seal is: the one place that opens whatever a command, a setting or the data folder names as a seal.
 *
 *   our-seal.p12, our-seal.pem          a file with key and certificates (crypto/certificate.h)
 *   pkcs11:token=Seal;object=our-seal   a key in a token (crypto/pkcs11_uri.h)
 *   our-seal.json                       a note that names one of them:
 *                                       {"pkcs11": "pkcs11:...", "certificate": "chain.pem", "from": "2027-01-01"} or {"file": "our-seal.p12", ...}
 *
 * Names of files in a note are meant beside the note. */
#ifndef MR_SERVICE_SEAL_REFERENCE_H
#define MR_SERVICE_SEAL_REFERENCE_H

#include "base/time.h"
#include "crypto/certificate.h"

typedef enum mr_seal_secret { MR_SEAL_PASSWORD, MR_SEAL_PIN } mr_seal_secret;

struct mr_seal_opening {
    mr_str reference;
    mr_str certificates; /* file of certificates (PEM) to go with a key in a token; may be empty */
    mr_str password;     /* of a file; not needed for one that is not encrypted */
    /* Ask a person, when what is there does not do; the text in `a`, wiped by mr_seal_open, empty when nobody answers. NULL: nobody is asked. */
    mr_str (*ask)(void *self, mr_arena *a, mr_seal_secret what);
    void *self;
};
/* A token's PIN is looked for in the URI's pin-source (a file), then in MERIT_PIN, then asked for; its library in the URI, then in MERIT_PKCS11_MODULE, then
 * it is p11-kit's.
 *   ret     freed with mr_seal_key_done
 *   errors  MR_E_NOT_FOUND, MR_E_IO, MR_E_JSON, MR_E_FORMAT, and those of mr_seal_key_read and mr_pkcs11_open */
int mr_seal_open(const struct mr_seal_opening *o, mr_arena *a, struct mr_seal_key *ret,
                 struct mr_err *err) MR_MUST_CHECK;

/* A note; texts in `a`. */
struct mr_seal_note {
    mr_str pkcs11, file /* one of them */, certificate /* may be empty */;
    int64_t from; /* used from then on; MR_TIME_NONE: as soon as its certificate is valid */
};
/* path: of the note; file and certificate are returned as paths that can be opened. Errors: MR_E_NOT_FOUND, MR_E_IO, MR_E_JSON, MR_E_FORMAT, MR_E_TIME. */
int mr_seal_note_read(mr_arena *a, mr_str path, struct mr_seal_note *ret, struct mr_err *err) MR_MUST_CHECK;
/* "2027-01-01" or an instant. Errors: MR_E_TIME. */
int mr_seal_date_read(mr_str text, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
