/* bench_pdf: the certificate on paper by Merit, and the same page by cairo and pango alone: the same texts in the same type, the QR code module by module, no tags, no
 * language, and the sealed file behind it.
 *
 *   bench_pdf NAME SEALED_FILE   prints "NAME OURS PEER", and the size of ours in octets */
#include "base/file.h"
#include "base/limits.h"
#include "bench.h"
#include "credential/pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>

#define LINK                                                                                                           \
    "https://credentials.example.org/verify/019ab5ad-1111-7222-8333-1234567890ab/AbCdEfGhIjKlMnOpQrStUvWxYz012345"
#define LEFT 56.0
#define MEASURE 483.0

struct input {
    mr_arena arena; /* for one certificate */
    mr_report report;
    mr_str sealed;
    mr_buf out;
};

/* ---- bare ---- */

static cairo_status_t put(void *self, const unsigned char *data, unsigned length)
{
    mr_buf_put(self, mr_str_make((const char *)data, length));
    return CAIRO_STATUS_SUCCESS;
}

/* Returns where the next text goes; turns the page before one that has no room. */
static double say(cairo_t *cr, PangoLayout *layout, const char *font, mr_str text, double x, double y, double width)
{
    PangoFontDescription *d = pango_font_description_from_string(font);
    int wide, high;
    pango_layout_set_font_description(layout, d);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_text(layout, text.ptr ? text.ptr : "", (int)text.len);
    pango_layout_get_size(layout, &wide, &high);
    if (y + (double)high / PANGO_SCALE > 780) {
        cairo_show_page(cr);
        y = 62;
    }
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
    pango_font_description_free(d);
    return y + (double)high / PANGO_SCALE + 3;
}

static void draw_code(cairo_t *cr)
{
    QRcode *code = QRcode_encodeData((int)strlen(LINK), (const unsigned char *)LINK, 0, QR_ECLEVEL_M);
    BENCH_NEED(code != NULL);
    double module = 86.0 / code->width;
    for (int row = 0; row < code->width; row++)
        for (int column = 0; column < code->width; column++)
            if (code->data[row * code->width + column] & 1)
                cairo_rectangle(cr, 453 + column * module, 706 + row * module, module, module);
    cairo_fill(cr);
    QRcode_free(code);
}

static void bare(void *self, size_t turn)
{
    struct input *in = self;
    const mr_view *v = &in->report.view;
    (void)turn;
    mr_buf_clear(&in->out);
    mr_arena_reset(&in->arena);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(put, &in->out, 595.276, 841.89);
    cairo_t *cr = cairo_create(surface);
    PangoLayout *l = pango_cairo_create_layout(cr);
    cairo_set_source_rgb(cr, .09, .13, .11);
    double y = say(cr, l, "Noto Sans bold 9.5px", MR_STR("MICRO-CREDENTIAL"), LEFT + 26, 51, MEASURE);
    y = say(cr, l, "Noto Serif bold 16px", v->issuer, LEFT, y, MEASURE);
    y = say(cr, l, "Noto Sans 10px", MR_STR("awards to"), LEFT, y, MEASURE);
    y = say(cr, l, "Noto Serif 29px", v->learner, LEFT, y, MEASURE);
    y = say(cr, l, "Noto Sans 9.5px", MR_STR("Born 31 January 1990"), LEFT, y, MEASURE);
    y = say(cr, l, "Noto Serif bold 20px", v->title, LEFT, y, MEASURE);
    y = say(cr, l, "Noto Sans 10.5px", MR_STR("Awarded on 14 October 2026"), LEFT, y, MEASURE);
    y = say(cr, l, "Noto Sans bold 10.5px", MR_STR("Valid without an end date"), LEFT, y, MEASURE);
    for (size_t i = 0; i < v->answers[MR_ELEMENT_OUTCOMES].value_count; i++)
        y = say(cr, l, "Noto Sans 9.6px", v->answers[MR_ELEMENT_OUTCOMES].values[i], LEFT + 14, y, MEASURE - 14);
    for (mr_element e = MR_ELEMENT_WORKLOAD; e < MR_ELEMENT_COUNT; e++) {
        mr_str label =
            mr_message_str(mr_language_english(), mr_arena_format(&in->arena, "element.%s", mr_element_info(e)->code));
        if (v->answers[e].value_count) say(cr, l, "Noto Sans bold 8.8px", label, LEFT, y, 138);
        for (size_t i = 0; i < v->answers[e].value_count; i++)
            y = say(cr, l, "Noto Sans 8.8px", v->answers[e].values[i], LEFT + 152, y, MEASURE - 152);
    }
    say(cr, l, "Noto Sans 8.4px",
        MR_STR("Scan the code, or open " LINK ": the page tells whether the credential is genuine, unchanged and "
               "current. This paper alone proves nothing, because "
               "anybody can print one; what counts is the sealed credential."),
        LEFT, 705, 380);
    draw_code(cr);
    cairo_show_page(cr);
    g_object_unref(l);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    mr_buf_put(&in->out, in->sealed);
    BENCH_NEED(!mr_buf_failed(&in->out));
}

/* ---- ours ---- */

static void ours(void *self, size_t turn)
{
    struct input *in = self;
    struct mr_err err = {0};
    (void)turn;
    mr_buf_clear(&in->out);
    mr_arena_reset(&in->arena);
    const struct mr_pdf_file file = {.name = "credential.jsonld",
                                     .type = "application/jose+json",
                                     .content = in->sealed,
                                     .description = "The sealed credential"};
    const struct mr_pdf_order order = {.view = &in->report.view,
                                       .language = mr_language_english(),
                                       .verify_link = MR_STR(LINK),
                                       .verify_page = MR_STR("https://credentials.example.org/verify"),
                                       .files = &file,
                                       .file_count = 1};
    BENCH_NEED(mr_pdf_write(&in->arena, &order, &in->out, &err) == MR_OK);
}

int main(int argc, char **argv)
{
    static struct input in;
    struct mr_err err = {0};
    const mr_trust none = {0};
    const struct mr_verifying how = {.trust = &none, .env = mr_env_system(), .language = mr_language_english()};
    mr_verifier *v;
    mr_arena a;
    BENCH_NEED(argc == 3);
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&in.arena, 16 * MR_MIB);
    mr_buf_init(&in.out, MR_LIMIT_PDF);
    BENCH_NEED(mr_file_read(&a, argv[2], MR_LIMIT_DOCUMENT, &in.sealed, &err) == MR_OK);
    BENCH_NEED(mr_verifier_open(&how, &v, &err) == MR_OK);
    BENCH_NEED(mr_verify(v, &a, in.sealed, &in.report, &err) == MR_OK && in.report.has_view);
    bench_pair(argv[1], ours, bare, &in, 1);
    ours(&in, 0);
    printf("%zu\n", in.out.len);
    mr_verifier_close(v);
    mr_buf_done(&in.out);
    mr_arena_done(&in.arena);
    mr_arena_done(&a);
    return 0;
}
