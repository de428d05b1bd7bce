/* The badge: a seal with a scalloped edge in the brand's colour, and on it in paper's colour what people want to know.
 *
 * Layout, in units of which the picture is 640 wide: the sign and the kind at the top; title, a line, and the awarding body in the middle, together as high
 * as they are and centred; the year at the foot. Everything keeps within the inner ring. Long texts shrink, and are cut when even the smallest type
 * does not fit.
 *
 * The PNG has 16 colours, a ramp from paper to the brand. */
#include "credential/badge_image.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/canvas.h"
#include "credential/emblem.h"
#include "credential/page_png.h"
#include "credential/sniff.h"
#include "credential/verify.h"
#include "credential/view_vc.h"

enum { PAPER = 0xFBFAF7, BRAND = 0x0B5D4E, WARN = 0x8A5300 };
enum { SIZE = 640, DOTS_PER_METRE = 5906, LEVEL = 9 };
#define MIDDLE 320.0
#define LOBES 28
#define LOBE_POINTS 12
#define POINTS (LOBES * LOBE_POINTS)
#define EDGE 304.0 /* of the seal, at the height of its lobes */
#define DEPTH 11.0 /* of the valleys between them */
#define RING 268.0
#define BLOCK_TOP 184.0 /* title, line and body stand between */
#define BLOCK_BOTTOM 484.0
#define TEST_TOP 550.0

static const struct mr_pigment paper = {PAPER, 1}, faint = {PAPER, .5}, soft = {PAPER, .86}, brand = {BRAND, 1};

/* ---- what it says ---- */

static int parse(mr_arena *a, const struct mr_bakable *b, const mr_json **ret, struct mr_err *err)
{
    mr_str rest = b->text, part = b->text;
    if (b->is_token) {
        mr_str_split(&rest, '.', &part);
        mr_str_split(&rest, '.', &part);
        MR_TRY(mr_base64url_read(a, part, &part, err));
    }
    MR_TRY(mr_json_parse(a, part, NULL, ret, err));
    const mr_json *wrapped = mr_json_get(*ret, "vc");
    if (b->is_token && mr_json_is(wrapped, MR_JSON_OBJECT)) *ret = wrapped;
    return MR_OK;
}

static void close_verifier(mr_verifier **v)
{
    if (*v) mr_verifier_close(*v);
}

static int ask_whether_test(mr_arena *a, mr_str text, const mr_env *env, const mr_language *l, bool *ret,
                            struct mr_err *err)
{
    MR_CLEANUP(close_verifier) mr_verifier *v = NULL;
    const mr_trust none = {0};
    const struct mr_verifying verifying = {.trust = &none, .env = env, .language = l};
    mr_report *report = MR_NEW(a, mr_report);
    if (!report) return MR_FAIL(err, MR_E_NOMEM, "no memory for a report", MR_NOWHERE);
    MR_TRY(mr_verifier_open(&verifying, &v, err));
    MR_TRY(mr_verify(v, a, text, report, err));
    *ret = report->test_seal;
    return MR_OK;
}

int mr_badge_words_read(mr_arena *a, const struct mr_bakable *credential, const mr_env *env, const mr_language *l,
                        struct mr_badge_words *ret, struct mr_err *err)
{
    bool is_test = false;
    const mr_json *document;
    mr_view *v = MR_NEW(a, mr_view);
    if (!v) return MR_FAIL(err, MR_E_NOMEM, "no memory to read a credential", MR_NOWHERE);
    MR_TRY(parse(a, credential, &document, err));
    MR_TRY(mr_sniffed_is_elm(document) ? mr_view_read(a, document, l, v, err)
                                       : mr_view_read_vc(a, document, l, v, err));
    if (mr_str_trim(v->title).len == 0) return MR_FAIL(err, MR_E_FORMAT, "bake.no_title", MR_NOWHERE);
    MR_TRY(ask_whether_test(a, credential->text, env, l, &is_test, err));
    *ret = (struct mr_badge_words){.kind = mr_message(l, v->not_annex ? "badge.kind_open" : "badge.kind"),
                                   .title = v->title,
                                   .body = v->awarding_body.len ? v->awarding_body : v->issuer};
    if (is_test) ret->test = mr_message(l, "sheet.test");
    if (mr_date_is_set(v->awarded_on)) ret->year = mr_arena_format(a, "%d", (int)v->awarded_on.year);
    return MR_OK;
}

/* ---- drawing ---- */

/* Points around the middle without libm, which this alone would bring into every start of the program: each is the last one turned by a
 * POINTS-th of a circle. A lobe is an arc, near enough a parabola. */
static void draw_seal(mr_canvas *c)
{
    const double cosine = 0.9998251609, sine = 0.0186988664; /* of a turn by 2 pi / 336 */
    double points[2 * POINTS], x = 0, y = -1;
    for (int i = 0; i < POINTS; i++) {
        double along = 2.0 * (i % LOBE_POINTS) / LOBE_POINTS - 1, radius = EDGE - DEPTH * along * along, turned;
        points[2 * i] = MIDDLE + radius * x;
        points[2 * i + 1] = MIDDLE + radius * y;
        turned = x * cosine - y * sine;
        y = x * sine + y * cosine;
        x = turned;
    }
    mr_canvas_path(c, points, POINTS, true, 0, 0, 1, 0, brand);
    mr_canvas_rectangle(c, MIDDLE - RING, MIDDLE - RING, 2 * RING, 2 * RING, RING, 2, faint);
    mr_canvas_rectangle(c, MIDDLE - RING + 7, MIDDLE - RING + 7, 2 * RING - 14, 2 * RING - 14, RING - 7, 1, faint);
}

static void draw_sign(mr_canvas *c, double x, double y, double size)
{
    double scale = size / 30;
    mr_canvas_path(c, mr_emblem_scallops, MR_EMBLEM_SCALLOPS, true, x - 16 * scale, y - 15 * scale, scale, 1.8, paper);
    mr_canvas_path(c, mr_emblem_letter, MR_EMBLEM_LETTER, false, x - 16 * scale, y - 15 * scale, scale, 2.4, paper);
}

static void write_centred(mr_canvas *c, struct mr_lettering *l, double y)
{
    mr_canvas_write(c, l, MIDDLE - l->width / 2, y);
}

/* Title, a short line, the awarding body. */
static void write_block(mr_canvas *c, const struct mr_badge_words *w)
{
    const double gap = 22;
    struct mr_lettering title = {.text = w->title,
                                 .serif = true,
                                 .bold = true,
                                 .size = 54,
                                 .min_size = 21,
                                 .leading = .95,
                                 .width = 424,
                                 .height = w->body.len ? 172 : 260,
                                 .pigment = paper},
                        body = {.text = w->body,
                                .size = 26,
                                .min_size = 16,
                                .leading = .95,
                                .width = 384,
                                .height = 84,
                                .pigment = soft};
    double title_height = mr_canvas_fit(c, &title, NULL, NULL),
           body_height = w->body.len ? 2 * gap + mr_canvas_fit(c, &body, NULL, NULL) : 0,
           y = BLOCK_TOP + (BLOCK_BOTTOM - BLOCK_TOP - title_height - body_height) / 2;
    write_centred(c, &title, y);
    if (!w->body.len) return;
    mr_canvas_line(c, MIDDLE - 44, y + title_height + gap, MIDDLE + 44, y + title_height + gap, 2, faint);
    write_centred(c, &body, y + title_height + 2 * gap);
}

/* Across the foot of the seal, so that nobody takes it for a real one. */
static void write_test(mr_canvas *c, mr_str test)
{
    struct mr_lettering l = {
        .text = test, .bold = true, .size = 27, .min_size = 14, .spacing = 2, .width = 280, .pigment = {WARN, 1}};
    double height = mr_canvas_fit(c, &l, NULL, NULL);
    mr_canvas_rectangle(c, MIDDLE - 160, TEST_TOP, 320, 50, 10, 0, paper);
    mr_canvas_rectangle(c, MIDDLE - 160, TEST_TOP, 320, 50, 10, 3, (struct mr_pigment){WARN, 1});
    write_centred(c, &l, TEST_TOP + (50 - height) / 2);
}

static void draw(mr_canvas *c, const struct mr_badge_words *w)
{
    struct mr_lettering
        kind =
            {.text = w->kind, .bold = true, .size = 19, .min_size = 12, .spacing = 2.4, .width = 330, .pigment = soft},
        year = {
            .text = w->year, .serif = true, .size = 31, .min_size = 18, .spacing = 2, .width = 220, .pigment = paper};
    draw_seal(c);
    draw_sign(c, MIDDLE, 110, 56);
    write_centred(c, &kind, 152);
    write_block(c, w);
    if (w->year.len) write_centred(c, &year, 498);
    if (w->test.len) write_test(c, w->test);
}

/* ---- as PNG ---- */

static uint32_t blend(uint32_t under, uint32_t over, int part, int whole)
{
    uint32_t out = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        int u = (int)(under >> shift & 255), o = (int)(over >> shift & 255);
        out = out << 8 | (uint32_t)(u + (o - u) * part / whole);
    }
    return out;
}

static void make_palette(struct mr_png_palette *p, bool is_test)
{
    int steps = is_test ? 12 : 15;
    for (int i = 0; i <= steps; i++) p->colours[p->count++] = blend(PAPER, BRAND, i, steps);
    for (int i = 1; is_test && i <= 3; i++) p->colours[p->count++] = blend(PAPER, WARN, i, 3);
    mr_png_palette_init(p);
}

static int put_png(mr_canvas *c, bool is_test, mr_buf *out, struct mr_err *err)
{
    struct mr_png_palette palette = {.count = 0};
    MR_CLEANUP(mr_png_band_done) struct mr_png_band band = {.size = 0};
    size_t stride;
    const unsigned char *pixels = mr_canvas_pixels(c, &stride);
    make_palette(&palette, is_test);
    MR_TRY(mr_png_band_write(&palette, pixels, stride, SIZE, SIZE, true, LEVEL, &band, err));
    mr_png_write(&palette, SIZE, SIZE, DOTS_PER_METRE, &band, 1, out);
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_NOMEM, "no memory for a badge", MR_NOWHERE) : MR_OK;
}

static void close_canvas(mr_canvas **c)
{
    mr_canvas_close(*c);
}

static int draw_png(const struct mr_badge_words *w, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(close_canvas) mr_canvas *c = NULL;
    MR_TRY(mr_canvas_open(SIZE, SIZE, SIZE, PAPER, &c, err));
    draw(c, w);
    return put_png(c, w->test.len, out, err);
}

/* ---- as SVG ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* cairo writes eight decimals of a point, which nobody sees and everybody carries: two are kept. */
static void put_short(mr_str svg, mr_buf *out)
{
    size_t from = 0;
    for (size_t i = 0; i + 3 < svg.len; i++) {
        if (svg.ptr[i] != '.' || !is_digit(svg.ptr[i + 1]) || !is_digit(svg.ptr[i + 2])) continue;
        mr_buf_put(out, mr_str_make(svg.ptr + from, i + 3 - from));
        for (from = i + 3; from < svg.len && is_digit(svg.ptr[from]);) from++;
        i = from - 1;
    }
    mr_buf_put(out, mr_str_from(svg, from));
}

/* Outlines say nothing to those who listen: the words go into the first element as its title. */
static int put_titled(mr_str svg, const struct mr_badge_words *w, mr_buf *out, struct mr_err *err)
{
    ptrdiff_t start = mr_str_find(svg, MR_STR("<svg")),
              end = start < 0 ? -1 : mr_str_find_char(mr_str_from(svg, (size_t)start), '>');
    if (end < 0) return MR_FAIL(err, MR_E_LIBRARY, "cairo wrote no SVG picture", MR_NOWHERE);
    size_t at = (size_t)start + (size_t)end + 1;
    mr_buf_put(out, mr_str_make(svg.ptr, at));
    mr_buf_puts(out, "<title>");
    mr_buf_put_html(out, w->title);
    if (w->body.len) mr_buf_puts(out, ", ");
    mr_buf_put_html(out, w->body);
    mr_buf_puts(out, "</title>");
    put_short(mr_str_from(svg, at), out);
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_NOMEM, "no memory for a badge", MR_NOWHERE) : MR_OK;
}

static int draw_svg(const struct mr_badge_words *w, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf svg;
    mr_canvas *c = NULL;
    mr_buf_init(&svg, 4 * MR_MIB);
    MR_TRY(mr_canvas_open_svg(SIZE, SIZE, SIZE, PAPER, &svg, &c, err));
    draw(c, w);
    mr_canvas_close(c);
    if (mr_buf_failed(&svg)) return MR_FAIL(err, MR_E_NOMEM, "no memory for a badge", MR_NOWHERE);
    return put_titled(mr_buf_str(&svg), w, out, err);
}

int mr_badge_image_draw(const struct mr_badge_words *w, mr_picture_kind kind, mr_buf *out, struct mr_err *err)
{
    return kind == MR_PICTURE_SVG ? draw_svg(w, out, err) : draw_png(w, out, err);
}
