/* Pixels of PNG and JPEG files that people give in: logos, signatures, photographs of certificates. Bounded in size and time; what is beside the pixels (places,
 * names of cameras, hidden texts) is gone after it. Decoded by cairo (libpng) and libturbojpeg, loaded on first use. */
#ifndef MR_CREDENTIAL_PICTURE_H
#define MR_CREDENTIAL_PICTURE_H

#include "credential/canvas.h"

/* Decode. A JPEG with more than MR_LIMIT_PICTURE_KEPT pixels is decoded smaller.
 *   ret     given to mr_picture_done
 *   errors  their message is the id of a sentence ("picture.*"): MR_E_UNSUPPORTED (neither PNG nor JPEG), MR_E_LIMIT (too many pixels), MR_E_FORMAT (damaged);
 *           MR_E_LIBRARY, MR_E_NOMEM */
int mr_picture_decode(mr_str file, struct mr_pixels *ret, struct mr_err *err) MR_MUST_CHECK;
void mr_picture_done(struct mr_pixels *p);
/* As large as it gets within a place, never larger than it is: each pixel the mean of those it stands for.
 *   ret     given to mr_picture_done
 *   errors  MR_E_NOMEM */
int mr_picture_shrink(const struct mr_pixels *p, size_t width, size_t height, struct mr_pixels *ret,
                      struct mr_err *err) MR_MUST_CHECK;
/* Errors: MR_E_LIBRARY, MR_E_NOMEM, MR_E_LIMIT (the buffer's maximum). */
int mr_picture_write_png(const struct mr_pixels *p, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

/* The text of the first QR code in it; empty when there is none that can be read.
 *   ret     in `a`; octets, whatever they are
 *   errors  those of mr_picture_decode; MR_E_LIBRARY (zbar) */
int mr_picture_read_code(mr_arena *a, mr_str file, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
