/* Texts with long stretches of base64 in them, such as sealed documents, in a form that compresses well: the stretches are decoded, again and again where
 * there is base64 inside base64 (a picture in a document in a token). Nothing is understood or lost: the text comes back octet for octet. */
#ifndef MR_STORE_FOLD_H
#define MR_STORE_FOLD_H

#include "base/buf.h"
#include "base/err.h"

/* Append the folded form. Errors: MR_E_LIMIT (the buffer's maximum), MR_E_NOMEM. */
int mr_fold(mr_str text, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* Append the text that was folded. Errors: MR_E_FORMAT (nothing that mr_fold writes), MR_E_LIMIT (the buffer's maximum). */
int mr_unfold(mr_str folded, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

#endif
