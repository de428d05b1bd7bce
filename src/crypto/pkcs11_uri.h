/* PKCS#11 URIs (RFC 7512): which key in which token. An operator writes them or copies them from the tools of the device:
 *
 *   pkcs11:token=Seal;object=our-seal?module-path=/usr/lib/softhsm/libsofthsm2.so
 *
 * They choose a library that is loaded into the program, so they are taken from the operator only, never from a document or the network. */
#ifndef MR_CRYPTO_PKCS11_URI_H
#define MR_CRYPTO_PKCS11_URI_H

#include "base/arena.h"
#include "base/err.h"

/* Values are decoded. ptr NULL: not named, anything fits. */
struct mr_pkcs11_uri {
    mr_str token, manufacturer, model, serial; /* of the token */
    mr_str object, id;                         /* CKA_LABEL and CKA_ID (octets) of the key */
    mr_str type;                               /* "private" and so on; what is sought is decided by who asks */
    mr_str slot;                               /* slot-id, decimal */
    mr_str module_path, module_name;           /* file of the device's library, or its name without "lib" and ".so" */
    mr_str pin_source /* file: URI or path */,
        pin_value; /* the latter stands where others may read it: not recommended */
};

/* Does this text want to be one? */
bool mr_pkcs11_uri_is(mr_str text);
/* Texts in `a`, with a NUL behind each. Errors: MR_E_FORMAT (position in the text), MR_E_UNSUPPORTED (an attribute that would narrow the choice and
 * is not handled: detail), MR_E_LIMIT, MR_E_NOMEM. */
int mr_pkcs11_uri_read(mr_arena *a, mr_str text, struct mr_pkcs11_uri *ret, struct mr_err *err) MR_MUST_CHECK;
/* The same URI to be shown to people: without the PIN, if one stands in it, and what follows it. ptr NULL when memory is short. */
mr_str mr_pkcs11_uri_show(mr_arena *a, mr_str text);

#endif
