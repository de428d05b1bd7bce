#include "credential/picture.h"

#include "base/lazy.h"
#include "base/limits.h"

#include <cairo.h>
#include <stdlib.h>
#include <turbojpeg.h>
#include <zbar.h>

#define CAIRO_FUNCTIONS(F)                                                                                             \
    F(cairo_image_surface_create_from_png_stream)                                                                      \
    F(cairo_image_surface_create_for_data)                                                                             \
    F(cairo_image_surface_get_data)                                                                                    \
    F(cairo_image_surface_get_format)                                                                                  \
    F(cairo_image_surface_get_width)                                                                                   \
    F(cairo_image_surface_get_height)                                                                                  \
    F(cairo_image_surface_get_stride)                                                                                  \
    F(cairo_surface_write_to_png_stream)                                                                               \
    F(cairo_surface_status)                                                                                            \
    F(cairo_surface_destroy)
#define JPEG_FUNCTIONS(F)                                                                                              \
    F(tjInitDecompress) F(tjDecompressHeader3) F(tjDecompress2) F(tjGetScalingFactors) F(tjGetErrorCode) F(tjDestroy)
#define ZBAR_FUNCTIONS(F)                                                                                              \
    F(zbar_image_scanner_create)                                                                                       \
    F(zbar_image_scanner_destroy)                                                                                      \
    F(zbar_image_scanner_set_config)                                                                                   \
    F(zbar_image_create)                                                                                               \
    F(zbar_image_destroy)                                                                                              \
    F(zbar_image_set_format)                                                                                           \
    F(zbar_image_set_size)                                                                                             \
    F(zbar_image_set_data)                                                                                             \
    F(zbar_scan_image)                                                                                                 \
    F(zbar_image_first_symbol)                                                                                         \
    F(zbar_symbol_get_data)                                                                                            \
    F(zbar_symbol_get_data_length)
MR_LAZY_LIBRARY(cairo, "libcairo.so.2", CAIRO_FUNCTIONS)
MR_LAZY_LIBRARY(jpeg, "libturbojpeg.so.0", JPEG_FUNCTIONS)
MR_LAZY_LIBRARY(zbar, "libzbar.so.0", ZBAR_FUNCTIONS)

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { PIXEL = TJPF_BGRA };
#else
enum { PIXEL = TJPF_ARGB };
#endif

static int make_pixels(size_t width, size_t height, struct mr_pixels *ret, struct mr_err *err)
{
    *ret = (struct mr_pixels){width, height, calloc(height, width * 4)};
    return ret->octets ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
}

void mr_picture_done(struct mr_pixels *p)
{
    free(p->octets);
    *p = (struct mr_pixels){0};
}

/* ---- PNG ---- */

static cairo_status_t take_octets(void *self, unsigned char *data, unsigned length)
{
    mr_str *rest = self;
    if (rest->len < length) return CAIRO_STATUS_READ_ERROR;
    memcpy(data, rest->ptr, length);
    *rest = mr_str_from(*rest, length);
    return CAIRO_STATUS_SUCCESS;
}

static size_t u32(mr_str t, size_t at)
{
    const unsigned char *o = (const unsigned char *)t.ptr + at;
    return (size_t)o[0] << 24 | (size_t)o[1] << 16 | (size_t)o[2] << 8 | o[3];
}

static int keep_surface(cairo_surface_t *s, struct mr_pixels *ret, struct mr_err *err)
{
    cairo_status_t status = cairo_table.cairo_surface_status(s);
    if (status == CAIRO_STATUS_NO_MEMORY) return MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
    if (status != CAIRO_STATUS_SUCCESS) return MR_FAIL(err, MR_E_FORMAT, "picture.damaged", MR_NOWHERE);
    bool opaque = cairo_table.cairo_image_surface_get_format(s) == CAIRO_FORMAT_RGB24;
    size_t width = (size_t)cairo_table.cairo_image_surface_get_width(s),
           height = (size_t)cairo_table.cairo_image_surface_get_height(s),
           stride = (size_t)cairo_table.cairo_image_surface_get_stride(s);
    const unsigned char *from = cairo_table.cairo_image_surface_get_data(s);
    if (!opaque && cairo_table.cairo_image_surface_get_format(s) != CAIRO_FORMAT_ARGB32)
        return MR_FAIL(err, MR_E_FORMAT, "picture.damaged", MR_NOWHERE);
    MR_TRY(make_pixels(width, height, ret, err));
    for (size_t y = 0; y < height; y++) {
        memcpy(ret->octets + y * width * 4, from + y * stride, width * 4);
        uint32_t *row = (uint32_t *)(void *)(ret->octets + y * width * 4);
        for (size_t x = 0; opaque && x < width; x++) row[x] |= 0xFF000000u;
    }
    return MR_OK;
}

static int decode_png(mr_str file, struct mr_pixels *ret, struct mr_err *err)
{
    MR_TRY(cairo_load(err));
    if (file.len < 33) return MR_FAIL(err, MR_E_FORMAT, "picture.damaged", MR_NOWHERE);
    size_t width = u32(file, 16), height = u32(file, 20);
    if (!width || !height) return MR_FAIL(err, MR_E_FORMAT, "picture.damaged", MR_NOWHERE);
    if (width > MR_LIMIT_PICTURE_KEPT / height) return MR_FAIL(err, MR_E_LIMIT, "picture.too_large", MR_NOWHERE);
    cairo_surface_t *s = cairo_table.cairo_image_surface_create_from_png_stream(take_octets, &file);
    int code = keep_surface(s, ret, err);
    cairo_table.cairo_surface_destroy(s);
    return code;
}

static cairo_status_t put_octets(void *self, const unsigned char *octets, unsigned length)
{
    mr_buf_put(self, mr_str_make((const char *)octets, length));
    return mr_buf_failed(self) ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

int mr_picture_write_png(const struct mr_pixels *p, mr_buf *out, struct mr_err *err)
{
    MR_TRY(cairo_load(err));
    cairo_surface_t *s = cairo_table.cairo_image_surface_create_for_data(p->octets, CAIRO_FORMAT_ARGB32, (int)p->width,
                                                                         (int)p->height, (int)p->width * 4);
    cairo_status_t status = cairo_table.cairo_surface_write_to_png_stream(s, put_octets, out);
    cairo_table.cairo_surface_destroy(s);
    if (status == CAIRO_STATUS_SUCCESS) return MR_OK;
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "picture.too_large", MR_NOWHERE)
                              : MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
}

/* ---- JPEG ---- */

/* The largest of the sizes that libjpeg decodes into by itself which keeps within the limit. */
static void choose_size(int width, int height, int *ret_width, int *ret_height)
{
    int count = 0;
    tjscalingfactor *all = jpeg_table.tjGetScalingFactors(&count);
    size_t best = 0;
    for (int i = 0; i < count; i++) {
        size_t w = (size_t)TJSCALED(width, all[i]), h = (size_t)TJSCALED(height, all[i]);
        if (all[i].num > all[i].denom || w * h > MR_LIMIT_PICTURE_KEPT || w * h <= best) continue;
        best = w * h;
        *ret_width = (int)w, *ret_height = (int)h;
    }
}

static int decode_opened(tjhandle j, mr_str file, struct mr_pixels *ret, struct mr_err *err)
{
    int width, height, sampling, colours, wide = 0, high = 0;
    const unsigned char *octets = (const unsigned char *)file.ptr;
    if (jpeg_table.tjDecompressHeader3(j, octets, file.len, &width, &height, &sampling, &colours) != 0 || width < 1 ||
        height < 1)
        return MR_FAIL(err, MR_E_FORMAT, "picture.damaged", MR_NOWHERE);
    if ((size_t)width > MR_LIMIT_PICTURE_PIXELS / (size_t)height)
        return MR_FAIL(err, MR_E_LIMIT, "picture.too_large", MR_NOWHERE);
    choose_size(width, height, &wide, &high);
    if (!wide || !high) return MR_FAIL(err, MR_E_LIMIT, "picture.too_large", MR_NOWHERE);
    MR_TRY(make_pixels((size_t)wide, (size_t)high, ret, err));
    /* TJFLAG_LIMITSCANS: a progressive picture may ask for its pixels to be gone over thousands of times */
    int failed =
        jpeg_table.tjDecompress2(j, octets, file.len, ret->octets, wide, wide * 4, high, PIXEL, TJFLAG_LIMITSCANS);
    if (!failed || jpeg_table.tjGetErrorCode(j) == TJERR_WARNING)
        return MR_OK; /* a warning: cut off, and the rest is grey */
    mr_picture_done(ret);
    return MR_FAIL(err, MR_E_FORMAT, "picture.damaged", MR_NOWHERE);
}

static int decode_jpeg(mr_str file, struct mr_pixels *ret, struct mr_err *err)
{
    MR_TRY(jpeg_load(err));
    tjhandle j = jpeg_table.tjInitDecompress();
    if (!j) return MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
    int code = decode_opened(j, file, ret, err);
    jpeg_table.tjDestroy(j);
    return code;
}

int mr_picture_decode(mr_str file, struct mr_pixels *ret, struct mr_err *err)
{
    *ret = (struct mr_pixels){0};
    if (mr_str_has_prefix(file, MR_STR("\x89PNG\r\n\x1a\n"))) return decode_png(file, ret, err);
    if (mr_str_has_prefix(file, MR_STR("\xff\xd8\xff"))) return decode_jpeg(file, ret, err);
    return MR_FAIL(err, MR_E_UNSUPPORTED, "picture.kind", MR_NOWHERE);
}

/* ---- smaller ---- */

static void mean(const struct mr_pixels *p, size_t left, size_t right, size_t top, size_t bottom, unsigned char *ret)
{
    uint64_t sums[4] = {0}, count = (right - left) * (bottom - top);
    for (size_t y = top; y < bottom; y++)
        for (size_t x = left; x < right; x++)
            for (int i = 0; i < 4; i++) sums[i] += p->octets[(y * p->width + x) * 4 + (size_t)i];
    for (int i = 0; i < 4; i++) ret[i] = (unsigned char)((sums[i] + count / 2) / count);
}

int mr_picture_shrink(const struct mr_pixels *p, size_t width, size_t height, struct mr_pixels *ret, struct mr_err *err)
{
    size_t wide = p->width, high = p->height;
    if (wide > width) high = high * width / wide, wide = width;
    if (high > height) wide = wide * height / high, high = height;
    wide += wide == 0, high += high == 0;
    MR_TRY(make_pixels(wide, high, ret, err));
    for (size_t y = 0; y < high; y++)
        for (size_t x = 0; x < wide; x++)
            mean(p, x * p->width / wide, (x + 1) * p->width / wide, y * p->height / high, (y + 1) * p->height / high,
                 ret->octets + (y * wide + x) * 4);
    return MR_OK;
}

/* ---- QR codes ---- */

/* Grey on white: zbar's "Y800". */
static unsigned char *make_grey(const struct mr_pixels *p)
{
    unsigned char *grey = malloc(p->width * p->height);
    for (size_t i = 0; grey && i < p->width * p->height; i++) {
        uint32_t c;
        memcpy(&c, p->octets + i * 4, 4);
        uint32_t light = ((c >> 16 & 255) * 77 + (c >> 8 & 255) * 150 + (c & 255) * 29) >> 8;
        grey[i] = (unsigned char)(light + 255 - (c >> 24));
    }
    return grey;
}

static void scan(mr_arena *a, zbar_image_scanner_t *scanner, const struct mr_pixels *p, const unsigned char *grey,
                 mr_str *ret)
{
    zbar_image_t *image = zbar_table.zbar_image_create();
    if (!image) return;
    zbar_table.zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_table.zbar_image_set_size(image, (unsigned)p->width, (unsigned)p->height);
    zbar_table.zbar_image_set_data(image, grey, p->width * p->height, NULL);
    if (zbar_table.zbar_scan_image(scanner, image) > 0) {
        const zbar_symbol_t *symbol = zbar_table.zbar_image_first_symbol(image);
        if (symbol)
            *ret = mr_arena_dup(a, mr_str_make(zbar_table.zbar_symbol_get_data(symbol),
                                               zbar_table.zbar_symbol_get_data_length(symbol)));
    }
    zbar_table.zbar_image_destroy(image);
}

int mr_picture_read_code(mr_arena *a, mr_str file, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_picture_done) struct mr_pixels p = {0};
    *ret = MR_STR_EMPTY;
    MR_TRY(zbar_load(err));
    MR_TRY(mr_picture_decode(file, &p, err));
    unsigned char *grey = make_grey(&p);
    zbar_image_scanner_t *scanner = grey ? zbar_table.zbar_image_scanner_create() : NULL;
    if (scanner) {
        /* QR codes alone: the less of a decoder a stranger's picture can reach, the better */
        zbar_table.zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
        zbar_table.zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
        scan(a, scanner, &p, grey, ret);
        zbar_table.zbar_image_scanner_destroy(scanner);
    }
    free(grey);
    return scanner ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
}
