#include "credential/qr.h"

#include "base/lazy.h"

#include <qrencode.h>

#define QR_FUNCTIONS(F) F(QRcode_encodeData) F(QRcode_free)
MR_LAZY_LIBRARY(qr, "libqrencode.so.4", QR_FUNCTIONS)

#define QUIET 4 /* modules around the code */

static void code_cleanup(QRcode **c)
{
    if (*c) qr_table.QRcode_free(*c);
}

/* Runs of dark modules of one row, as rectangles. */
static void put_row(mr_buf *out, const QRcode *code, int y)
{
    const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
    for (int x = 0; x < code->width; x++) {
        int from = x;
        while (x < code->width && row[x] & 1) x++;
        if (x > from) mr_buf_format(out, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from, x - from);
    }
}

int mr_qr_put_svg(mr_buf *out, mr_str text, struct mr_err *err)
{
    MR_TRY(qr_load(err));
    MR_CLEANUP(code_cleanup) QRcode *code = NULL;
    if (text.len > 0 && text.len <= 600)
        code = qr_table.QRcode_encodeData((int)text.len, (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
    if (!code) return MR_FAIL(err, MR_E_LIMIT, "this text is too long for a QR code", MR_NOWHERE);
    int size = code->width + 2 * QUIET;
    mr_buf_format(out,
                  "<svg class=\"qr\" aria-hidden=\"true\" focusable=\"false\" viewBox=\"0 0 %d %d\" "
                  "shape-rendering=\"crispEdges\"><path fill=\"currentColor\" d=\"",
                  size, size);
    for (int y = 0; y < code->width; y++) put_row(out, code, y);
    mr_buf_puts(out, "\"/></svg>");
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "no room for a QR code", MR_NOWHERE) : MR_OK;
}
