/* A QR code as a picture for a page. */
#ifndef MR_CREDENTIAL_QR_H
#define MR_CREDENTIAL_QR_H

#include "base/arena.h"
#include "base/err.h"

/* "data:image/svg+xml;base64,..." of a text, black on white with the quiet zone that readers need; in `a`. Errors: MR_E_LIBRARY (libqrencode), MR_E_NOMEM, MR_E_LIMIT (too
 * long for a code). */
int mr_qr_picture(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
