#include "credential/qr.h"
#include "base/encoding.h"
#include "base/lazy.h"
#include "base/limits.h"

#include <qrencode.h>

#define QR_FUNCTIONS(F) F(QRcode_encodeData) F(QRcode_free)
MR_LAZY_LIBRARY(qr, "libqrencode.so.4", QR_FUNCTIONS)

#define QUIET 4 /* modules of white around it (ISO/IEC 18004) */

static void put_svg(const QRcode *code, mr_buf *out)
{
    int size = code->width + 2 * QUIET;
    mr_buf_format(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
                  "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
                  size, size, size, size);
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            if (code->data[y * code->width + x] & 1) mr_buf_format(out, "M%d %dh1v1h-1z", x + QUIET, y + QUIET);
    mr_buf_puts(out, "\"/></svg>");
}

int mr_qr_picture(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf svg, link;
    mr_buf_init(&svg, MR_MIB);
    mr_buf_init(&link, 2 * MR_MIB);
    MR_TRY(qr_load(err));
    QRcode *code = qr_table.QRcode_encodeData((int)text.len, (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
    if (!code) return MR_FAIL(err, MR_E_LIMIT, "the text is too long for a QR code", MR_NOWHERE);
    put_svg(code, &svg);
    qr_table.QRcode_free(code);
    mr_buf_puts(&link, "data:image/svg+xml;base64,");
    mr_base64_put(&link, mr_buf_str(&svg));
    *ret = mr_arena_dup(a, mr_buf_str(&link));
    return mr_buf_failed(&link) || !ret->ptr ? MR_FAIL(err, MR_E_NOMEM, "no memory for a QR code", MR_NOWHERE) : MR_OK;
}
