/* Libraries of devices and the tokens behind them: loading, finding, logging in, and what their codes mean. Only for pkcs11*.c. */
#ifndef MR_CRYPTO_PKCS11_MODULE_H
#define MR_CRYPTO_PKCS11_MODULE_H

#include "crypto/pkcs11_uri.h"

#include <p11-kit/pkcs11.h>

/* The functions of a device's library. */
typedef CK_FUNCTION_LIST mr_pkcs11_functions;

/* Load the library that the URI names, else `fallback`, else p11-kit's; started once and kept until the program ends. Errors: MR_E_LIBRARY, MR_E_NOMEM. */
int mr_pkcs11_module_load(const struct mr_pkcs11_uri *uri, mr_str fallback, mr_pkcs11_functions **ret,
                          struct mr_err *err) MR_MUST_CHECK;
/* The one token that fits. Errors: MR_E_NOT_FOUND (detail: those that are there), MR_E_KEY (several fit). */
int mr_pkcs11_find_slot(mr_pkcs11_functions *f, const struct mr_pkcs11_uri *uri, CK_SLOT_ID *ret,
                        struct mr_err *err) MR_MUST_CHECK;
/* Log in unless that is done or not asked for. A PIN that this token refused before is not given again. Errors: MR_E_PASSWORD, MR_E_STATE, MR_E_CRYPTO. */
int mr_pkcs11_log_in(mr_pkcs11_functions *f, CK_SLOT_ID slot, CK_SESSION_HANDLE session, mr_str pin, bool typed,
                     struct mr_err *err) MR_MUST_CHECK;
/* The PIN once more, for the signature that was begun (CKU_CONTEXT_SPECIFIC); it may be another than for logging in, so that it is refused here first. One
 * that was refused is not given again. */
CK_RV mr_pkcs11_confirm(mr_pkcs11_functions *f, CK_SLOT_ID slot, CK_SESSION_HANDLE session, mr_str pin);
/* MR_FAIL with what a code of the device means; `what` is for codes that say nothing to people. */
int mr_pkcs11_fail(CK_RV code, const char *what, struct mr_err *err);
/* Codes after which another session may do: the token was taken out or logged out, the session is gone. */
bool mr_pkcs11_is_lost(CK_RV code);

#endif
