#include "credential/page_png.h"

#include "base/compression.h"

#define BAND_MAX (8 * 1024 * 1024)

static unsigned distance(uint32_t colour, int r, int g, int b)
{
    int dr = (int)(colour >> 16 & 255) - r, dg = (int)(colour >> 8 & 255) - g, db = (int)(colour & 255) - b;
    return (unsigned)(3 * dr * dr + 4 * dg * dg + 2 * db * db);
}

void mr_png_palette_init(struct mr_png_palette *p)
{
    for (int i = 0; i < 32768; i++) {
        int r = (i >> 10) * 255 / 31, g = (i >> 5 & 31) * 255 / 31, b = (i & 31) * 255 / 31;
        unsigned best = ~0u;
        for (size_t c = 0; c < p->count; c++) {
            unsigned d = distance(p->colours[c], r, g, b);
            if (d < best) best = d, p->nearest[i] = (uint8_t)c;
        }
    }
}

static unsigned depth_of(const struct mr_png_palette *p)
{
    return p->count <= 2 ? 1 : p->count <= 4 ? 2 : 4;
}

static void put_row(const struct mr_png_palette *p, const uint32_t *pixels, size_t width, uint8_t *out)
{
    unsigned depth = depth_of(p), filled = 0, bits = 0;
    uint32_t last_colour = 0;
    uint8_t last_index = p->nearest[0];
    *out++ = 0; /* filter "None": best for indexed colour (PNG 12.7) */
    for (size_t x = 0; x < width; x++) {
        uint32_t colour = pixels[x] & 0xFFFFFF;
        if (colour != last_colour) {
            last_colour = colour;
            last_index = p->nearest[(colour >> 9 & 0x7C00) | (colour >> 6 & 0x3E0) | (colour >> 3 & 0x1F)];
        }
        bits = bits << depth | last_index;
        filled += depth;
        if (filled == 8) *out++ = (uint8_t)bits, filled = 0, bits = 0;
    }
    if (filled) *out = (uint8_t)(bits << (8 - filled));
}

int mr_png_band_write(const struct mr_png_palette *p, const unsigned char *pixels, size_t stride, size_t width,
                      size_t rows, bool last, int level, struct mr_png_band *ret, struct mr_err *err)
{
    size_t row_size = 1 + (width * depth_of(p) + 7) / 8;
    mr_buf octets MR_CLEANUP(mr_buf_done);
    mr_buf_init(&octets, BAND_MAX);
    uint8_t *out = (uint8_t *)mr_buf_reserve(&octets, rows * row_size);
    if (!out) return MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
    for (size_t y = 0; y < rows; y++)
        put_row(p, (const uint32_t *)(const void *)(pixels + y * stride), width, out + y * row_size);
    if (ret->deflated.max == 0) mr_buf_init(&ret->deflated, BAND_MAX);
    mr_buf_clear(&ret->deflated);
    ret->size = rows * row_size;
    return mr_deflate_part(mr_str_make(octets.ptr, ret->size), last, level, &ret->deflated, &ret->adler, err);
}

void mr_png_band_done(struct mr_png_band *b)
{
    if (b->deflated.max) mr_buf_done(&b->deflated);
    *b = (struct mr_png_band){0};
}

static void put_u32(mr_buf *out, uint32_t n)
{
    char octets[4] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};
    mr_buf_put(out, mr_str_make(octets, 4));
}

/* A chunk is its size, its type and content, and a check sum of both: PNG 5.3. */
static size_t chunk_open(mr_buf *out, const char *type)
{
    put_u32(out, 0);
    mr_buf_puts(out, type);
    return out->len;
}

static void chunk_close(mr_buf *out, size_t start)
{
    if (mr_buf_failed(out)) return;
    uint32_t size = (uint32_t)(out->len - start);
    for (int i = 0; i < 4; i++) out->ptr[start - 8 + (size_t)i] = (char)(size >> (24 - 8 * i));
    put_u32(out, mr_crc32(mr_str_make(out->ptr + start - 4, size + 4)));
}

static void put_header(const struct mr_png_palette *p, size_t width, size_t height, unsigned dots_per_metre,
                       mr_buf *out)
{
    mr_buf_put(out, MR_STR("\x89PNG\r\n\x1a\n"));
    size_t chunk = chunk_open(out, "IHDR");
    put_u32(out, (uint32_t)width);
    put_u32(out, (uint32_t)height);
    mr_buf_putc(out, (char)depth_of(p));
    mr_buf_put(out, MR_STR("\3\0\0\0")); /* indexed colour; deflate; adaptive filters; not interlaced */
    chunk_close(out, chunk);
    chunk = chunk_open(out, "PLTE");
    for (size_t i = 0; i < p->count; i++) {
        char rgb[3] = {(char)(p->colours[i] >> 16), (char)(p->colours[i] >> 8), (char)p->colours[i]};
        mr_buf_put(out, mr_str_make(rgb, 3));
    }
    chunk_close(out, chunk);
    chunk = chunk_open(out, "pHYs");
    put_u32(out, dots_per_metre);
    put_u32(out, dots_per_metre);
    mr_buf_putc(out, 1);
    chunk_close(out, chunk);
}

void mr_png_write(const struct mr_png_palette *p, size_t width, size_t height, unsigned dots_per_metre,
                  const struct mr_png_band *bands, size_t count, mr_buf *out)
{
    put_header(p, width, height, dots_per_metre, out);
    size_t chunk = chunk_open(out, "IDAT");
    mr_buf_put(out, MR_STR("\x78\xDA")); /* RFC 1950 2.2: deflate, 32 KiB window, slowest */
    uint32_t adler = 1;
    for (size_t i = 0; i < count; i++) {
        mr_buf_put(out, mr_buf_str(&bands[i].deflated));
        adler = mr_adler32_join(adler, bands[i].adler, bands[i].size);
    }
    put_u32(out, adler);
    chunk_close(out, chunk);
    chunk_close(out, chunk_open(out, "IEND"));
}
