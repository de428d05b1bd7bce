/* bench_page_image: certificates drawn by Merit, and the same amount of drawing by cairo and pango alone: a sheet of the same size with as many texts, written as PNG by cairo.
 *
 *   bench_page_image NAME SPECIFICATION   prints "NAME OURS PEER", and the size of the largest of ours in octets */
#include "base/file.h"
#include "base/limits.h"
#include "bench.h"
#include "credential/page_image.h"
#include "credential/specification_file.h"

#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>

#define NAMES 8
static const char *const names[NAMES] = {"Mette Krogh Poulsen", "Søren Ægidius Þórsson", "Łucja Wójcik",
                                         "Ελένη Παπαδοπούλου",  "Иванка Димитрова",      "Sukarno",
                                         "Zoë van der Berg",    "José Ñíguez Ibáñez"};

static cairo_status_t count(void *self, const unsigned char *data, unsigned length)
{
    (void)data;
    *(size_t *)self += length;
    return CAIRO_STATUS_SUCCESS;
}

static void say(cairo_t *cr, const char *font, const char *text, double x, double y, double width)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *d = pango_font_description_from_string(font);
    pango_layout_set_font_description(layout, d);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_text(layout, text, -1);
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
    pango_font_description_free(d);
    g_object_unref(layout);
}

/* Title, name, provider, outcomes and facts of this specification, a border, and a QR code's worth of squares. */
static size_t draw_bare(const mr_specification *s, const char *name, mr_arena *a)
{
    size_t size = 0;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1000, 1414);
    cairo_t *cr = cairo_create(surface);
    mr_str language = mr_specification_primary_language(s);
    cairo_set_source_rgb(cr, .98, .98, .97);
    cairo_paint(cr);
    cairo_set_source_rgb(cr, .09, .13, .11);
    cairo_rectangle(cr, 40, 40, 920, 1334);
    cairo_stroke(cr);
    say(cr, "Noto Sans 14px", "Micro-credential", 104, 94, 792);
    say(cr, "Noto Serif 22px", mr_arena_cstr(a, mr_texts_get(s->provider.name, language, NULL)), 104, 140, 792);
    say(cr, "Noto Serif 64px", name, 104, 200, 792);
    say(cr, "Noto Serif 34px", mr_arena_cstr(a, mr_texts_get(s->title, language, NULL)), 104, 330, 792);
    for (size_t i = 0; i < s->outcome_count; i++)
        say(cr, "Noto Sans 18px", mr_arena_cstr(a, mr_texts_get(s->outcomes[i].title, language, NULL)), 124,
            460 + 44.0 * (double)i, 772);
    static const char *const facts[] = {
        "Workload",      "2.5 ECTS", "Level",   "EQF 6",      "Assessment", "Practical examination",
        "Participation", "Blended",  "Awarded", "2026-11-20", "Grade",      "Passed"};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        say(cr, "Noto Sans 16px", facts[i], i % 2 ? 520 : 104, 860 + 26.0 * (double)(i / 2), 372);
    for (int i = 0; i < 29 * 29; i += 2) cairo_rectangle(cr, 760 + 4 * (i % 29), 1200 + 4 * (i / 29), 4, 4);
    cairo_fill(cr);
    cairo_destroy(cr);
    cairo_surface_write_to_png_stream(surface, count, &size);
    cairo_surface_destroy(surface);
    return size;
}

struct input {
    mr_arena arena; /* for one bare page */
    const mr_specification *specification;
    mr_page_image *drawing;
    mr_buf out;
    size_t largest;
};

static void bare(void *self, size_t turn)
{
    struct input *in = self;
    mr_arena_reset(&in->arena);
    BENCH_NEED(draw_bare(in->specification, names[turn % NAMES], &in->arena) > 0);
}

static void ours(void *self, size_t turn)
{
    struct input *in = self;
    struct mr_err err = {0};
    mr_achievement achievement = {.learner.full_name = mr_str_of(names[turn % NAMES]), .grade = MR_STR("Passed")};
    BENCH_NEED(mr_date_parse(MR_STR("2026-11-20"), &achievement.awarded_on, &err) == MR_OK);
    mr_buf_clear(&in->out);
    BENCH_NEED(mr_page_image_draw(in->drawing, &achievement, &in->out, &err) == MR_OK);
    if (in->out.len > in->largest) in->largest = in->out.len;
}

int main(int argc, char **argv)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_arena a;
    mr_str text;
    mr_specification s;
    struct input in = {.specification = &s};
    BENCH_NEED(argc == 3);
    mr_arena_init(&a, 64 * MR_MIB);
    mr_arena_init(&in.arena, MR_MIB);
    mr_buf_init(&in.out, MR_MIB);
    mr_findings_init(&findings, &a);
    BENCH_NEED(mr_file_read(&a, argv[2], MR_MIB, &text, &err) == MR_OK);
    BENCH_NEED(mr_specification_read(&a, text, &s, &findings, &err) == MR_OK);
    BENCH_NEED(mr_page_image_open(&s, mr_language_english(), MR_STR("https://credentials.example.org/verify"), false,
                                  &in.drawing, &err) == MR_OK);
    bench_pair(argv[1], ours, bare, &in, 1);
    printf("%zu\n", in.largest);
    mr_page_image_close(in.drawing);
    mr_buf_done(&in.out);
    mr_arena_done(&in.arena);
    mr_arena_done(&a);
    return 0;
}
