/* A palette PNG put together from horizontal bands, each compressed on its own: what all certificates of a specification share is
 * compressed once, and only the bands that name the learner are compressed again (W3C PNG third edition; RFC 1950, RFC 1951). */
#ifndef MR_CREDENTIAL_PAGE_PNG_H
#define MR_CREDENTIAL_PAGE_PNG_H

#include "base/buf.h"
#include "base/err.h"

/* Up to 16 colours, and the nearest of them for each of 32768 (5 bits a channel). */
struct mr_png_palette {
    uint32_t colours[16]; /* 0xRRGGBB */
    size_t count;
    uint8_t nearest[32768];
};
/* Fill `nearest` from `colours`. */
void mr_png_palette_init(struct mr_png_palette *p);

/* Rows of a picture, compressed: a piece of a raw deflate stream that refers to nothing before it. */
struct mr_png_band {
    mr_buf deflated;
    uint32_t adler; /* of the uncompressed octets */
    size_t size;    /* uncompressed octets */
};
/* Compress rows.
 *   pixels  32-bit 0xXXRRGGBB in the machine's order, `stride` octets a row
 *   last    ends the stream
 *   level   1 to 9, as zlib's
 *   ret     given to mr_png_band_done; its memory is used again when it already holds some
 *   errors  MR_E_LIBRARY, MR_E_NOMEM */
int mr_png_band_write(const struct mr_png_palette *p, const unsigned char *pixels, size_t stride, size_t width,
                      size_t rows, bool last, int level, struct mr_png_band *ret, struct mr_err *err) MR_MUST_CHECK;
void mr_png_band_done(struct mr_png_band *b);

/* The picture: signature, IHDR, PLTE, pHYs, IDAT, IEND.
 *   dots_per_metre  its resolution, for printing
 *   bands           in their order; together `height` rows, the last one written with `last` */
void mr_png_write(const struct mr_png_palette *p, size_t width, size_t height, unsigned dots_per_metre,
                  const struct mr_png_band *bands, size_t count, mr_buf *out);

#endif
