/* The adapter to cairo, pango and libqrencode.
 *
 * All three are loaded on first use. A picture is drawn in pixels, an SVG and a PDF in lines; a PDF has pages, and tags that tell a screen reader
 * what a piece is and in which order to read (cairo writes them; a piece outside of all tags is decoration). Type is set in absolute sizes with unhinted metrics, so that a sheet of other pixels breaks its lines at
 * the same places. Shrinking goes in steps of 4 %; a text that is too long at its smallest ends in an ellipsis, and the caller can know it.
 * Nothing here is for several threads at once; pango's default font map is one per thread. */
#include "credential/canvas.h"

#include "base/lazy.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdlib.h>

#define CAIRO_FUNCTIONS(F)                                                                                             \
    F(cairo_image_surface_create)                                                                                      \
    F(cairo_image_surface_get_data)                                                                                    \
    F(cairo_image_surface_get_stride)                                                                                  \
    F(cairo_surface_status)                                                                                            \
    F(cairo_surface_flush)                                                                                             \
    F(cairo_surface_mark_dirty)                                                                                        \
    F(cairo_surface_destroy)                                                                                           \
    F(cairo_create)                                                                                                    \
    F(cairo_status)                                                                                                    \
    F(cairo_destroy)                                                                                                   \
    F(cairo_save)                                                                                                      \
    F(cairo_restore)                                                                                                   \
    F(cairo_scale)                                                                                                     \
    F(cairo_translate)                                                                                                 \
    F(cairo_rotate)                                                                                                    \
    F(cairo_set_source_rgba)                                                                                           \
    F(cairo_set_line_width)                                                                                            \
    F(cairo_set_line_join)                                                                                             \
    F(cairo_set_line_cap)                                                                                              \
    F(cairo_set_antialias)                                                                                             \
    F(cairo_new_path)                                                                                                  \
    F(cairo_move_to)                                                                                                   \
    F(cairo_line_to)                                                                                                   \
    F(cairo_arc)                                                                                                       \
    F(cairo_rectangle)                                                                                                 \
    F(cairo_close_path)                                                                                                \
    F(cairo_stroke)                                                                                                    \
    F(cairo_fill)                                                                                                      \
    F(cairo_paint)                                                                                                     \
    F(cairo_font_options_create)                                                                                       \
    F(cairo_font_options_set_antialias)                                                                                \
    F(cairo_font_options_set_hint_style)                                                                               \
    F(cairo_font_options_set_hint_metrics)                                                                             \
    F(cairo_font_options_destroy)
#define PANGO_FUNCTIONS(F)                                                                                             \
    F(pango_layout_set_text)                                                                                           \
    F(pango_layout_set_width)                                                                                          \
    F(pango_layout_set_height)                                                                                         \
    F(pango_layout_set_wrap)                                                                                           \
    F(pango_layout_set_ellipsize)                                                                                      \
    F(pango_layout_set_alignment)                                                                                      \
    F(pango_layout_set_attributes)                                                                                     \
    F(pango_layout_set_font_description)                                                                               \
    F(pango_layout_set_line_spacing)                                                                                   \
    F(pango_layout_set_single_paragraph_mode)                                                                          \
    F(pango_layout_get_size)                                                                                           \
    F(pango_layout_get_line_count)                                                                                     \
    F(pango_layout_get_context)                                                                                        \
    F(pango_layout_context_changed)                                                                                    \
    F(pango_font_description_from_string)                                                                              \
    F(pango_font_description_set_absolute_size)                                                                        \
    F(pango_font_description_set_weight)                                                                               \
    F(pango_font_description_set_style)                                                                                \
    F(pango_font_description_free)                                                                                     \
    F(pango_attr_list_new)                                                                                             \
    F(pango_attr_list_insert)                                                                                          \
    F(pango_attr_list_unref)                                                                                           \
    F(pango_attr_letter_spacing_new)
#define PANGOCAIRO_FUNCTIONS(F)                                                                                        \
    F(pango_cairo_create_layout) F(pango_cairo_show_layout) F(pango_cairo_context_set_font_options)
#define GOBJECT_FUNCTIONS(F) F(g_object_unref)
#define QR_FUNCTIONS(F) F(QRcode_encodeData) F(QRcode_free)
#define CAIRO_SVG_FUNCTIONS(F) F(cairo_svg_surface_create_for_stream) F(cairo_svg_surface_set_document_unit)
#define CAIRO_PDF_FUNCTIONS(F)                                                                                         \
    F(cairo_pdf_surface_create_for_stream)                                                                             \
    F(cairo_pdf_surface_set_metadata)                                                                                  \
    F(cairo_show_page)                                                                                                 \
    F(cairo_clip)                                                                                                      \
    F(cairo_surface_finish)                                                                                            \
    F(cairo_tag_begin)                                                                                                 \
    F(cairo_tag_end)                                                                                                   \
    F(cairo_image_surface_create_for_data)                                                                             \
    F(cairo_set_source_surface)
#define PANGO_LINE_FUNCTIONS(F)                                                                                        \
    F(pango_attr_font_features_new)                                                                                    \
    F(pango_layout_get_iter)                                                                                           \
    F(pango_layout_iter_get_baseline)                                                                                  \
    F(pango_layout_iter_get_line_extents)                                                                              \
    F(pango_layout_iter_get_line_readonly)                                                                             \
    F(pango_layout_iter_next_line)                                                                                     \
    F(pango_layout_iter_free)
#define PANGOCAIRO_LINE_FUNCTIONS(F) F(pango_cairo_show_layout_line) F(pango_cairo_layout_path)
MR_LAZY_LIBRARY(cairo, "libcairo.so.2", CAIRO_FUNCTIONS)
MR_LAZY_LIBRARY(cairo_pdf, "libcairo.so.2", CAIRO_PDF_FUNCTIONS)
MR_LAZY_LIBRARY(pango_line, "libpango-1.0.so.0", PANGO_LINE_FUNCTIONS)
MR_LAZY_LIBRARY(pangocairo_line, "libpangocairo-1.0.so.0", PANGOCAIRO_LINE_FUNCTIONS)
MR_LAZY_LIBRARY(cairo_svg, "libcairo.so.2", CAIRO_SVG_FUNCTIONS)
MR_LAZY_LIBRARY(pango, "libpango-1.0.so.0", PANGO_FUNCTIONS)
MR_LAZY_LIBRARY(pangocairo, "libpangocairo-1.0.so.0", PANGOCAIRO_FUNCTIONS)
MR_LAZY_LIBRARY(gobject, "libgobject-2.0.so.0", GOBJECT_FUNCTIONS)
MR_LAZY_LIBRARY(qr, "libqrencode.so.4", QR_FUNCTIONS)

#define SHRINK 0.96

struct mr_canvas {
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoLayout *layout, *lines;    /* lines: the text that is being placed line by line */
    PangoFontDescription *fonts[2]; /* sans, serif */
    double scale;                   /* pixels in a unit */
    bool document;                  /* a PDF: lines have no pixels to keep to */
};

static int load_libraries(struct mr_err *err)
{
    MR_TRY(cairo_load(err));
    MR_TRY(pango_load(err));
    MR_TRY(pangocairo_load(err));
    MR_TRY(cairo_pdf_load(err));
    MR_TRY(pango_line_load(err));
    MR_TRY(pangocairo_line_load(err));
    return gobject_load(err);
}

static void set_font_options(PangoLayout *layout)
{
    cairo_font_options_t *options = cairo_table.cairo_font_options_create();
    cairo_table.cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_table.cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
    cairo_table.cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pangocairo_table.pango_cairo_context_set_font_options(pango_table.pango_layout_get_context(layout), options);
    pango_table.pango_layout_context_changed(layout);
    cairo_table.cairo_font_options_destroy(options);
}

static void set_pigment(mr_canvas *c, struct mr_pigment p)
{
    cairo_table.cairo_set_source_rgba(c->cr, (p.rgb >> 16 & 255) / 255.0, (p.rgb >> 8 & 255) / 255.0,
                                      (p.rgb & 255) / 255.0, p.opacity);
}

/* On the surface, which is c's already. */
static int open_canvas(mr_canvas *c, uint32_t paper, struct mr_err *err)
{
    if (cairo_table.cairo_surface_status(c->surface) != CAIRO_STATUS_SUCCESS)
        return MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
    c->cr = cairo_table.cairo_create(c->surface);
    if (cairo_table.cairo_status(c->cr) != CAIRO_STATUS_SUCCESS)
        return MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
    if (!c->document) {
        set_pigment(c, (struct mr_pigment){paper, 1});
        cairo_table.cairo_paint(c->cr);
    }
    cairo_table.cairo_scale(c->cr, c->scale, c->scale);
    c->layout = pangocairo_table.pango_cairo_create_layout(c->cr);
    c->lines = pangocairo_table.pango_cairo_create_layout(c->cr);
    c->fonts[0] = pango_table.pango_font_description_from_string("Noto Sans, DejaVu Sans, sans-serif");
    c->fonts[1] = pango_table.pango_font_description_from_string("Noto Serif, DejaVu Serif, serif");
    if (!c->layout || !c->lines || !c->fonts[0] || !c->fonts[1])
        return MR_FAIL(err, MR_E_NOMEM, "no memory for type", MR_NOWHERE);
    set_font_options(c->layout);
    set_font_options(c->lines);
    return MR_OK;
}

static mr_canvas *new_canvas(double scale)
{
    mr_canvas *c = calloc(1, sizeof *c);
    if (c) c->scale = scale;
    return c;
}

static int finish_opening(mr_canvas *c, uint32_t paper, mr_canvas **ret, struct mr_err *err)
{
    int code = open_canvas(c, paper, err);
    if (code) {
        mr_canvas_close(c);
        return code;
    }
    *ret = c;
    return MR_OK;
}

int mr_canvas_open(size_t width, size_t height, double units_wide, uint32_t paper, mr_canvas **ret, struct mr_err *err)
{
    MR_TRY(load_libraries(err));
    mr_canvas *c = new_canvas((double)width / units_wide);
    if (!c) return MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
    c->surface = cairo_table.cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    return finish_opening(c, paper, ret, err);
}

static cairo_status_t put_octets(void *self, const unsigned char *octets, unsigned length)
{
    mr_buf_put(self, mr_str_make((const char *)octets, length));
    return mr_buf_failed(self) ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

int mr_canvas_open_svg(size_t width, size_t height, double units_wide, uint32_t paper, mr_buf *out, mr_canvas **ret,
                       struct mr_err *err)
{
    MR_TRY(load_libraries(err));
    MR_TRY(cairo_svg_load(err));
    mr_canvas *c = new_canvas((double)width / units_wide);
    if (!c) return MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
    c->surface = cairo_svg_table.cairo_svg_surface_create_for_stream(put_octets, out, (double)width, (double)height);
    cairo_svg_table.cairo_svg_surface_set_document_unit(c->surface, CAIRO_SVG_UNIT_PX);
    return finish_opening(c, paper, ret, err);
}

/* ---- documents of pages ---- */

static void set_metadata(mr_canvas *c, const struct mr_canvas_document *d)
{
    char at[21];
    mr_time_write(d->made_at, at);
    const struct {
        cairo_pdf_metadata_t which;
        const char *text;
    } all[] = {{CAIRO_PDF_METADATA_TITLE, d->title},     {CAIRO_PDF_METADATA_AUTHOR, d->author},
               {CAIRO_PDF_METADATA_SUBJECT, d->subject}, {CAIRO_PDF_METADATA_CREATOR, "Merit"},
               {CAIRO_PDF_METADATA_CREATE_DATE, at},     {CAIRO_PDF_METADATA_MOD_DATE, at}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].text && *all[i].text)
            cairo_pdf_table.cairo_pdf_surface_set_metadata(c->surface, all[i].which, all[i].text);
}

int mr_canvas_open_pdf(double width, double height, const struct mr_canvas_document *d, mr_buf *out, mr_canvas **ret,
                       struct mr_err *err)
{
    MR_TRY(load_libraries(err));
    mr_canvas *c = new_canvas(1);
    if (!c) return MR_FAIL(err, MR_E_NOMEM, "no memory for a document", MR_NOWHERE);
    c->document = true;
    c->surface = cairo_pdf_table.cairo_pdf_surface_create_for_stream(put_octets, out, width, height);
    set_metadata(c, d);
    return finish_opening(c, 0, ret, err);
}

void mr_canvas_next_page(mr_canvas *c)
{
    if (c->document) {
        cairo_pdf_table.cairo_show_page(c->cr);
        return;
    }
    /* a picture has one page: what is drawn from now on falls outside of it */
    cairo_table.cairo_rectangle(c->cr, 0, 0, 0, 0);
    cairo_pdf_table.cairo_clip(c->cr);
}

int mr_canvas_finish(mr_canvas *c, struct mr_err *err)
{
    if (c->document) cairo_pdf_table.cairo_show_page(c->cr);
    cairo_status_t status = cairo_table.cairo_status(c->cr);
    if (c->document) cairo_pdf_table.cairo_surface_finish(c->surface);
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_table.cairo_surface_status(c->surface);
    if (status == CAIRO_STATUS_SUCCESS) return MR_OK;
    if (status == CAIRO_STATUS_WRITE_ERROR)
        return MR_FAIL(err, MR_E_LIMIT, "the document is larger than allowed", MR_NOWHERE);
    return MR_FAIL_DETAIL(err, MR_E_NOMEM, "the document could not be drawn", "cairo: %d", (int)status);
}

void mr_canvas_tag_begin(mr_canvas *c, const char *name, const char *attributes)
{
    if (c->document) cairo_pdf_table.cairo_tag_begin(c->cr, name, attributes);
}

void mr_canvas_tag_end(mr_canvas *c, const char *name)
{
    if (c->document) cairo_pdf_table.cairo_tag_end(c->cr, name);
}

void mr_canvas_close(mr_canvas *c)
{
    if (!c) return;
    for (int i = 0; i < 2; i++)
        if (c->fonts[i]) pango_table.pango_font_description_free(c->fonts[i]);
    if (c->layout) gobject_table.g_object_unref(c->layout);
    if (c->lines) gobject_table.g_object_unref(c->lines);
    if (c->cr) cairo_table.cairo_destroy(c->cr);
    if (c->surface) cairo_table.cairo_surface_destroy(c->surface);
    free(c);
}

static void set_text(mr_canvas *c, const struct mr_lettering *l)
{
    pango_table.pango_layout_set_text(c->layout, l->text.ptr ? l->text.ptr : "", (int)l->text.len);
    pango_table.pango_layout_set_single_paragraph_mode(c->layout, TRUE);
    pango_table.pango_layout_set_wrap(c->layout, PANGO_WRAP_WORD_CHAR);
    pango_table.pango_layout_set_alignment(c->layout, l->align < 0   ? PANGO_ALIGN_LEFT
                                                      : l->align > 0 ? PANGO_ALIGN_RIGHT
                                                                     : PANGO_ALIGN_CENTER);
    pango_table.pango_layout_set_line_spacing(c->layout, (float)(l->leading > 0 ? l->leading : 1));
    PangoAttrList *attributes = pango_table.pango_attr_list_new();
    if (l->spacing > 0)
        pango_table.pango_attr_list_insert(attributes,
                                           pango_table.pango_attr_letter_spacing_new((int)(l->spacing * PANGO_SCALE)));
    if (c->document) /* a ligature is one sign to those who search or listen */
        pango_table.pango_attr_list_insert(attributes,
                                           pango_line_table.pango_attr_font_features_new("liga=0, clig=0, dlig=0"));
    pango_table.pango_layout_set_attributes(c->layout, attributes);
    pango_table.pango_attr_list_unref(attributes);
}

static void set_size(mr_canvas *c, const struct mr_lettering *l, double size)
{
    PangoFontDescription *font = c->fonts[l->serif];
    pango_table.pango_font_description_set_weight(font, l->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_table.pango_font_description_set_style(font, l->italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_table.pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_table.pango_layout_set_font_description(c->layout, font);
    pango_table.pango_layout_set_width(c->layout, l->width > 0 ? (int)(l->width * PANGO_SCALE) : -1);
    pango_table.pango_layout_set_ellipsize(c->layout, PANGO_ELLIPSIZE_NONE);
    pango_table.pango_layout_set_height(c->layout, -1);
}

static double layout_height(mr_canvas *c)
{
    int width = 0, height = 0;
    pango_table.pango_layout_get_size(c->layout, &width, &height);
    return (double)height / PANGO_SCALE;
}

static bool fits(mr_canvas *c, const struct mr_lettering *l)
{
    return l->height > 0 ? layout_height(c) <= l->height : pango_table.pango_layout_get_line_count(c->layout) <= 1;
}

/* Leaves the layout ready to be shown. */
static double fit(mr_canvas *c, const struct mr_lettering *l, double *ret_size, bool *ret_cut)
{
    double size = l->size;
    set_text(c, l);
    set_size(c, l, size);
    bool fitting = l->width <= 0 || fits(c, l);
    while (!fitting && size > l->min_size) {
        size = size * SHRINK > l->min_size ? size * SHRINK : l->min_size;
        set_size(c, l, size);
        fitting = fits(c, l);
    }
    if (!fitting) {
        pango_table.pango_layout_set_ellipsize(c->layout, PANGO_ELLIPSIZE_END);
        pango_table.pango_layout_set_height(c->layout, l->height > 0 ? (int)(l->height * PANGO_SCALE) : -1);
    }
    if (ret_size) *ret_size = size;
    if (ret_cut) *ret_cut = !fitting;
    return layout_height(c);
}

double mr_canvas_fit(mr_canvas *c, const struct mr_lettering *l, double *ret_size, bool *ret_cut)
{
    return fit(c, l, ret_size, ret_cut);
}

double mr_canvas_write(mr_canvas *c, const struct mr_lettering *l, double x, double y)
{
    double height = fit(c, l, NULL, NULL);
    set_pigment(c, l->pigment);
    cairo_table.cairo_move_to(c->cr, x, y);
    pangocairo_table.pango_cairo_show_layout(c->cr, c->layout);
    cairo_table.cairo_new_path(c->cr);
    return height;
}

void mr_canvas_write_turned(mr_canvas *c, const struct mr_lettering *l, double x, double y, double degrees)
{
    double height = fit(c, l, NULL, NULL);
    cairo_table.cairo_save(c->cr);
    cairo_table.cairo_translate(c->cr, x, y);
    cairo_table.cairo_rotate(c->cr, -degrees * M_PI / 180);
    cairo_table.cairo_move_to(c->cr, -l->width / 2, -height / 2);
    set_pigment(c, l->pigment);
    if (c->document) { /* outlines: it stands across other text, into which a reader of text would mix it */
        pangocairo_line_table.pango_cairo_layout_path(c->cr, c->layout);
        cairo_table.cairo_fill(c->cr);
    } else
        pangocairo_table.pango_cairo_show_layout(c->cr, c->layout);
    cairo_table.cairo_new_path(c->cr);
    cairo_table.cairo_restore(c->cr);
}

static void ink_path(mr_canvas *c, double thickness, struct mr_pigment p)
{
    set_pigment(c, p);
    if (thickness > 0) {
        cairo_table.cairo_set_line_width(c->cr, thickness);
        cairo_table.cairo_stroke(c->cr);
    } else
        cairo_table.cairo_fill(c->cr);
}

void mr_canvas_line(mr_canvas *c, double x1, double y1, double x2, double y2, double thickness, struct mr_pigment p)
{
    cairo_table.cairo_move_to(c->cr, x1, y1);
    cairo_table.cairo_line_to(c->cr, x2, y2);
    ink_path(c, thickness, p);
}

void mr_canvas_rectangle(mr_canvas *c, double x, double y, double width, double height, double radius, double thickness,
                         struct mr_pigment p)
{
    double right = x + width, bottom = y + height;
    cairo_table.cairo_new_path(c->cr);
    cairo_table.cairo_arc(c->cr, right - radius, y + radius, radius, -M_PI / 2, 0);
    cairo_table.cairo_arc(c->cr, right - radius, bottom - radius, radius, 0, M_PI / 2);
    cairo_table.cairo_arc(c->cr, x + radius, bottom - radius, radius, M_PI / 2, M_PI);
    cairo_table.cairo_arc(c->cr, x + radius, y + radius, radius, M_PI, 3 * M_PI / 2);
    cairo_table.cairo_close_path(c->cr);
    ink_path(c, thickness, p);
}

void mr_canvas_disc(mr_canvas *c, double x, double y, double radius, struct mr_pigment p)
{
    cairo_table.cairo_new_path(c->cr);
    cairo_table.cairo_arc(c->cr, x, y, radius, 0, 2 * M_PI);
    ink_path(c, 0, p);
}

void mr_canvas_path(mr_canvas *c, const double *points, size_t count, bool closed, double x, double y, double scale,
                    double thickness, struct mr_pigment p)
{
    cairo_table.cairo_save(c->cr);
    cairo_table.cairo_translate(c->cr, x, y);
    cairo_table.cairo_scale(c->cr, scale, scale);
    cairo_table.cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_table.cairo_set_line_cap(c->cr, CAIRO_LINE_CAP_ROUND);
    for (size_t i = 0; i < count; i++)
        (i ? cairo_table.cairo_line_to : cairo_table.cairo_move_to)(c->cr, points[2 * i], points[2 * i + 1]);
    if (closed) cairo_table.cairo_close_path(c->cr);
    ink_path(c, thickness, p);
    cairo_table.cairo_restore(c->cr);
}

static void draw_modules(mr_canvas *c, const QRcode *code, double module, double x, double y, struct mr_pigment p)
{
    cairo_table.cairo_set_antialias(c->cr, CAIRO_ANTIALIAS_NONE);
    for (int row = 0; row < code->width; row++)
        for (int column = 0, run; column < code->width;
             column += run + 1) { /* dark modules side by side are one piece */
            for (run = 0; column + run < code->width && code->data[row * code->width + column + run] & 1; run++)
                continue;
            if (run) cairo_table.cairo_rectangle(c->cr, x + column * module, y + row * module, run * module, module);
        }
    ink_path(c, 0, p);
    cairo_table.cairo_set_antialias(c->cr, CAIRO_ANTIALIAS_DEFAULT);
}

int mr_canvas_qr(mr_canvas *c, mr_str text, double size, double x, double y, struct mr_pigment p, double *ret_width,
                 struct mr_err *err)
{
    MR_TRY(qr_load(err));
    *ret_width = 0;
    if (text.len == 0 || text.len > 600) return MR_OK;
    QRcode *code = qr_table.QRcode_encodeData((int)text.len, (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
    if (!code) return MR_OK;
    double pixels = floor(size * c->scale / code->width);
    if (c->document) {
        draw_modules(c, code, size / code->width, x - size, y - size, p);
        *ret_width = size;
    } else if (pixels >= 2) {
        double module = pixels / c->scale, width = module * code->width;
        /* on whole pixels, for sharp edges; floor is inlined, while round would bring libm into every start */
        double left = floor((x - width) * c->scale + 0.5) / c->scale,
               top = floor((y - width) * c->scale + 0.5) / c->scale;
        draw_modules(c, code, module, left, top, p);
        *ret_width = width;
    }
    qr_table.QRcode_free(code);
    return MR_OK;
}

unsigned char *mr_canvas_pixels(mr_canvas *c, size_t *ret_stride)
{
    cairo_table.cairo_surface_flush(c->surface);
    *ret_stride = (size_t)cairo_table.cairo_image_surface_get_stride(c->surface);
    return cairo_table.cairo_image_surface_get_data(c->surface);
}

void mr_canvas_touched(mr_canvas *c)
{
    cairo_table.cairo_surface_mark_dirty(c->surface);
}

void mr_canvas_shift(mr_canvas *c, double x, double y)
{
    cairo_table.cairo_translate(c->cr, x, y);
}

/* ---- text that flows, and pictures ---- */

/* What is set next goes into the other layout. */
static void turn_layouts(mr_canvas *c)
{
    PangoLayout *kept = c->layout;
    c->layout = c->lines;
    c->lines = kept;
}

double mr_canvas_set(mr_canvas *c, const struct mr_lettering *l)
{
    turn_layouts(c);
    set_text(c, l);
    set_size(c, l, l->size);
    double height = layout_height(c);
    turn_layouts(c);
    return height;
}

void mr_canvas_each_line(mr_canvas *c, struct mr_pigment p, mr_canvas_place *place, void *self)
{
    PangoLayoutIter *i = pango_line_table.pango_layout_get_iter(c->lines);
    bool more = i != NULL;
    while (more) {
        PangoRectangle box;
        double x = 0, y = 0;
        pango_line_table.pango_layout_iter_get_line_extents(i, NULL, &box);
        double above = (double)(pango_line_table.pango_layout_iter_get_baseline(i) - box.y) / PANGO_SCALE;
        place(self, (double)box.height / PANGO_SCALE, &x, &y);
        set_pigment(c, p);
        cairo_table.cairo_move_to(c->cr, x + (double)box.x / PANGO_SCALE, y + above);
        pangocairo_line_table.pango_cairo_show_layout_line(c->cr,
                                                           pango_line_table.pango_layout_iter_get_line_readonly(i));
        cairo_table.cairo_new_path(c->cr);
        more = pango_line_table.pango_layout_iter_next_line(i);
    }
    if (i) pango_line_table.pango_layout_iter_free(i);
}

int mr_canvas_picture(mr_canvas *c, const struct mr_pixels *pixels, double x, double y, double width, double height,
                      struct mr_err *err)
{
    cairo_surface_t *picture = cairo_pdf_table.cairo_image_surface_create_for_data(
        pixels->octets, CAIRO_FORMAT_ARGB32, (int)pixels->width, (int)pixels->height, (int)pixels->width * 4);
    bool made = cairo_table.cairo_surface_status(picture) == CAIRO_STATUS_SUCCESS;
    if (made) {
        cairo_table.cairo_save(c->cr);
        cairo_table.cairo_translate(c->cr, x, y);
        cairo_table.cairo_scale(c->cr, width / pixels->width, height / pixels->height);
        cairo_pdf_table.cairo_set_source_surface(c->cr, picture, 0, 0);
        cairo_table.cairo_paint(c->cr);
        cairo_table.cairo_restore(c->cr);
    }
    cairo_table.cairo_surface_destroy(picture);
    return made ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
}
