/* QR codes as SVG, for pages and paper: libqrencode, loaded on first use. */
#ifndef MR_CREDENTIAL_QR_H
#define MR_CREDENTIAL_QR_H

#include "base/buf.h"
#include "base/err.h"

/* Put an <svg> element: dark squares in currentColor on nothing, with the quiet zone of ISO/IEC 18004 around them; error correction M. Size and name are the page's to give:
 * it is hidden from readers of the screen, so write the text beside it.
 *   text    at most 600 octets
 *   errors  MR_E_LIBRARY, MR_E_LIMIT (too long) */
int mr_qr_put_svg(mr_buf *out, mr_str text, struct mr_err *err) MR_MUST_CHECK;

#endif
