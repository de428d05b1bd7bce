/* The certificate: a sheet of paper with a border, a seal, and what the learner can do now.
 *
 * Layout. The sheet is 1000 units wide and 1414 high (A4). From the top: what it is; the provider "awards to" the name; the title; the
 * learning outcomes; the facts; the learner's own facts (awarded when and where, grade); at the foot the seal, where to verify, and its QR
 * code. Two rows of the sheet differ from learner to learner: NAME and AWARD. Their places do not depend on the learner, so everything else is
 * drawn and compressed once (page_png), and a certificate costs two small drawings.
 *
 * Size. A European Digital Credential carries the picture as base64, so it must stay small (MR_LIMIT_PAGE_IMAGE): 16 colours, ramps from
 * paper to ink, to the brand and to the warning of a test seal. Where that is too large, `grades` names fewer colours and then fewer pixels;
 * a certificate that does not fit is drawn again in the next grade.
 *
 * Long texts shrink, and what does not fit even then is cut: a text by an ellipsis, outcomes by "and 3 more". */
#include "credential/page_image.h"

#include "base/limits.h"
#include "credential/canvas.h"
#include "credential/emblem.h"
#include "credential/page_png.h"
#include "credential/wording.h"

#include <math.h>
#include <stdlib.h>

enum { PAPER = 0xFBFAF7, INK = 0x16211D, BRAND = 0x0B5D4E, WARN = 0x8A5300 };
#define WIDE 1000.0
#define HIGH 1414.0
#define LEFT 104.0
#define RIGHT (WIDE - LEFT)
#define MEASURE (RIGHT - LEFT)
#define HEAD_TOP 94.0
#define HEADING_HEIGHT 32.0
#define NAME_HEIGHT 118.0
#define AWARD_HEIGHT 74.0
#define FOOT_TOP 1190.0 /* the seal and the QR code stand below */
#define FOOT_BOTTOM 1336.0
#define COLUMN_GAP 48.0
#define COLUMN ((MEASURE - COLUMN_GAP) / 2)
#define BANDS 5 /* shared, NAME, shared, AWARD, shared */
#define MEMORY ((size_t)512 * 1024)

static const struct grade {
    size_t width, height;
    int ink, brand; /* steps of the ramps */
    bool watermark;
} grades[] = {{1000, 1414, 9, 4, true}, {1000, 1414, 9, 4, false}, {1000, 1414, 5, 3, false},
              {860, 1216, 5, 3, false}, {720, 1018, 4, 2, false},  {600, 848, 3, 1, false}};
#define GRADES (sizeof grades / sizeof *grades)

#define INKED(opacity) ((struct mr_pigment){INK, (opacity)})
#define BRANDED(opacity) ((struct mr_pigment){BRAND, (opacity)})
static const struct mr_pigment ink = {INK, 1}, muted = {INK, .72}, line = {INK, .16}, brand = {BRAND, 1};

#define OUTCOME_SMALLEST 13.5
#define OUTCOME_STEPS 18
struct outcomes_plan {
    double size, height;
    size_t count; /* shown; fewer than there are when the rest is only counted */
};

/* Where everything stands: tops, from the top of the sheet. */
struct plan {
    bool tight; /* smaller type above, so that all outcomes find room */
    double provider, awards, name, lead, title, heading, outcomes_top, facts, award;
    struct outcomes_plan outcomes;
};

/* A sheet in one grade: its shared bands, and canvases for the rows of a learner. */
struct sheet {
    bool ready;
    struct mr_png_palette palette;
    struct mr_png_band bands[BANDS];
    size_t rows[BANDS + 1];  /* first row of each band */
    mr_canvas *canvases[2];  /* NAME, AWARD */
    unsigned char *blank[2]; /* their pixels before anything is written */
};
struct mr_page_image {
    mr_arena memory;  /* for the life of the drawing */
    mr_arena scratch; /* for one certificate */
    const mr_specification *specification;
    const mr_language *language;
    mr_str own_language; /* in which the specification speaks */
    mr_str verify_url;
    bool is_test;
    struct sheet sheets[GRADES];
    struct plan plan;
    bool planned;
    size_t grade; /* the first to try */
};
struct fact {
    mr_str label, value;
};

/* Not fmin and fmax, lround or round: they alone would bring libm into every start of the program. */
static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static uint32_t blend(uint32_t under, uint32_t over, double opacity)
{
    uint32_t out = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        double u = under >> shift & 255, o = over >> shift & 255;
        out = out << 8 | (uint32_t)(u + (o - u) * opacity + 0.5);
    }
    return out;
}

static void add_ramp(struct mr_png_palette *p, uint32_t to, int steps, double strongest)
{
    for (int i = 1; i <= steps; i++) p->colours[p->count++] = blend(PAPER, to, strongest * i / steps);
}

static void make_palette(struct mr_png_palette *p, const struct grade *g, bool is_test)
{
    p->count = 0;
    p->colours[p->count++] = PAPER;
    add_ramp(p, INK, g->ink, 1);
    add_ramp(p, BRAND, g->brand, 1);
    if (g->watermark) p->colours[p->count++] = blend(PAPER, BRAND, .05);
    if (is_test) add_ramp(p, WARN, 1, .2);
    mr_png_palette_init(p);
}

static mr_str own(const mr_page_image *p, mr_texts t)
{
    return mr_texts_get(t, p->own_language, NULL);
}

/* ---- the pieces of the sheet ---- */

/* Faint, behind everything, running off the sheet. */
static void draw_watermark(mr_canvas *c)
{
    const double scale = 23, x = 730 - 16 * scale, y = 560 - 15 * scale;
    mr_canvas_path(c, mr_emblem_scallops, MR_EMBLEM_SCALLOPS, true, x, y, scale, 1.5, BRANDED(.05));
    mr_canvas_path(c, mr_emblem_letter, MR_EMBLEM_LETTER, false, x, y, scale, 2.1, BRANDED(.05));
}

static void draw_seal(mr_canvas *c, double x, double y, double size)
{
    double scale = size / 30;
    mr_canvas_path(c, mr_emblem_scallops, MR_EMBLEM_SCALLOPS, true, x - 16 * scale, y - 15 * scale, scale, 1.8, brand);
    if (size > 60)
        mr_canvas_path(c, mr_emblem_scallops, MR_EMBLEM_SCALLOPS, true, x - 16 * scale * 1.13, y - 15 * scale * 1.13,
                       scale * 1.13, .35, BRANDED(.6));
    mr_canvas_path(c, mr_emblem_letter, MR_EMBLEM_LETTER, false, x - 16 * scale, y - 15 * scale, scale, 2.4, brand);
}

static void draw_frame(const mr_page_image *p, mr_canvas *c)
{
    mr_canvas_rectangle(c, 30, 30, WIDE - 60, HIGH - 60, 18, 1.5, INKED(.22));
    mr_canvas_rectangle(c, 40, 40, WIDE - 80, HIGH - 80, 13, 3, brand);
    mr_canvas_rectangle(c, 48, 48, WIDE - 96, HIGH - 96, 9, 1, BRANDED(.5));
    if (!p->is_test) return;
    struct mr_lettering words = {.text = mr_message(p->language, "sheet.test"),
                                 .bold = true,
                                 .size = 148,
                                 .min_size = 80,
                                 .width = 1120,
                                 .pigment = {WARN, .2}};
    mr_canvas_write_turned(c, &words, WIDE / 2, HIGH / 2 - 20, 52);
    words = (struct mr_lettering){.text = mr_message(p->language, "sheet.test_why"),
                                  .bold = true,
                                  .size = 56,
                                  .min_size = 30,
                                  .width = 1000,
                                  .pigment = {WARN, .2}};
    mr_canvas_write_turned(c, &words, WIDE / 2 + 100, HIGH / 2 + 58, 52);
}

static void write_head(const mr_page_image *p, mr_canvas *c)
{
    draw_seal(c, LEFT + 15, HEAD_TOP + 12, 30);
    struct mr_lettering kind = {.text = mr_message(p->language, "sheet.kind"),
                                .bold = true,
                                .size = 17,
                                .min_size = 12,
                                .spacing = 2.4,
                                .width = MEASURE - 48,
                                .align = -1,
                                .pigment = brand};
    mr_canvas_write(c, &kind, LEFT + 44, HEAD_TOP);
}

static struct mr_lettering provider_lettering(const mr_page_image *p, bool tight)
{
    return (struct mr_lettering){.text = own(p, p->specification->provider.name),
                                 .serif = true,
                                 .bold = true,
                                 .size = tight ? 26 : 33,
                                 .min_size = 19,
                                 .leading = .95,
                                 .width = MEASURE,
                                 .height = 88,
                                 .align = -1,
                                 .pigment = ink};
}

/* "awards to", "the micro-credential" */
static struct mr_lettering lead_lettering(const mr_page_image *p, const char *id, bool tight)
{
    return (struct mr_lettering){.text = mr_message(p->language, id),
                                 .size = tight ? 19 : 22,
                                 .min_size = 15,
                                 .width = MEASURE,
                                 .align = -1,
                                 .pigment = muted};
}

static struct mr_lettering name_lettering(mr_str name)
{
    return (struct mr_lettering){.text = name,
                                 .serif = true,
                                 .size = 66,
                                 .min_size = 24,
                                 .leading = .92,
                                 .width = MEASURE,
                                 .height = NAME_HEIGHT,
                                 .align = -1,
                                 .pigment = ink};
}

static struct mr_lettering title_lettering(const mr_page_image *p, bool tight)
{
    return (struct mr_lettering){.text = own(p, p->specification->title),
                                 .serif = true,
                                 .bold = true,
                                 .size = tight ? 29 : 40,
                                 .min_size = 19,
                                 .leading = .95,
                                 .width = MEASURE,
                                 .height = tight ? 84 : 142,
                                 .align = -1,
                                 .pigment = brand};
}

static void write_name(mr_canvas *c, mr_str name, double y)
{
    struct mr_lettering l = name_lettering(name);
    double height = mr_canvas_fit(c, &l, NULL, NULL);
    mr_canvas_write(c, &l, LEFT, y + (NAME_HEIGHT - height) / 2);
}

/* ---- learning outcomes ---- */

static struct mr_lettering outcome_lettering(const mr_page_image *p, size_t i, double size)
{
    const struct mr_learning_outcome *o = &p->specification->outcomes[i];
    return (struct mr_lettering){.text = own(p, o->title),
                                 .size = size,
                                 .min_size = size,
                                 .width = MEASURE - 26,
                                 .height = size * 6,
                                 .align = -1,
                                 .pigment = ink};
}

/* How many outcomes fit into `room` in this size of type, and the height they take. */
static size_t count_fitting(const mr_page_image *p, mr_canvas *c, double size, double room, double *ret_height)
{
    size_t count = 0;
    double used = 0, gap = size * .42;
    for (; count < p->specification->outcome_count; count++) {
        struct mr_lettering l = outcome_lettering(p, count, size);
        double height = mr_canvas_fit(c, &l, NULL, NULL) + (count ? gap : 0);
        if (used + height > room) break;
        used += height;
    }
    *ret_height = used;
    return count;
}

static double outcome_size(int step)
{
    return OUTCOME_SMALLEST + .5 * step;
}

static struct outcomes_plan plan_outcomes(const mr_page_image *p, mr_canvas *c, double room)
{
    struct outcomes_plan plan;
    size_t wanted = p->specification->outcome_count;
    int fitting = 0, too_large = OUTCOME_STEPS + 1; /* steps above the smallest: bisected */
    while (too_large - fitting > 1) {
        int middle = (fitting + too_large) / 2;
        if (count_fitting(p, c, outcome_size(middle), room, &plan.height) == wanted)
            fitting = middle;
        else
            too_large = middle;
    }
    plan.size = outcome_size(fitting);
    plan.count = count_fitting(p, c, plan.size, room, &plan.height);
    if (plan.count == wanted) return plan;
    plan.count = count_fitting(p, c, plan.size, room - plan.size * 2, &plan.height);
    plan.height += plan.size * 2;
    return plan;
}

static void write_heading(mr_canvas *c, mr_str text, double x, double y)
{
    struct mr_lettering l = {
        .text = text, .bold = true, .size = 16.5, .min_size = 12, .width = MEASURE, .align = -1, .pigment = brand};
    mr_canvas_write(c, &l, x, y);
}

static void write_outcomes(mr_page_image *p, mr_canvas *c, const struct outcomes_plan *plan, double y)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct mr_lettering l = outcome_lettering(p, i, plan->size);
        mr_canvas_disc(c, LEFT + 6, y + plan->size * .70, plan->size * .16, brand);
        y += mr_canvas_write(c, &l, LEFT + 26, y) + plan->size * .42;
    }
    size_t rest = p->specification->outcome_count - plan->count;
    if (rest == 0) return;
    mr_str count = mr_say_count(&p->memory, p->language, (int64_t)rest);
    struct mr_lettering more = {.text = MR_SAY(&p->memory, p->language, "sheet.and_more", {"count", count}),
                                .italic = true,
                                .size = plan->size,
                                .min_size = 10,
                                .width = MEASURE - 26,
                                .align = -1,
                                .pigment = muted};
    mr_canvas_write(c, &more, LEFT + 26, y);
}

/* ---- facts: a label above a value, two in a row ---- */

static double write_fact(mr_canvas *c, const struct fact *f, double x, double y, double width)
{
    struct mr_lettering label = {
        .text = f->label, .size = 16, .min_size = 12, .width = width, .align = -1, .pigment = muted};
    double taken = mr_canvas_write(c, &label, x, y) + 1;
    struct mr_lettering value = {
        .text = f->value, .size = 20.5, .min_size = 13.5, .width = width, .height = 50, .align = -1, .pigment = ink};
    return taken + mr_canvas_write(c, &value, x, y + taken);
}

static double fact_height(mr_canvas *c, const struct fact *f)
{
    struct mr_lettering label = {.text = f->label, .size = 16, .min_size = 12, .width = COLUMN, .align = -1};
    struct mr_lettering value = {
        .text = f->value, .size = 20.5, .min_size = 13.5, .width = COLUMN, .height = 50, .align = -1};
    return mr_canvas_fit(c, &label, NULL, NULL) + 1 + mr_canvas_fit(c, &value, NULL, NULL);
}

#define FACT_GAP 13.0
static double facts_height(mr_canvas *c, const struct fact *facts, size_t count)
{
    double height = 0;
    for (size_t i = 0; i < count; i += 2) {
        double left = fact_height(c, &facts[i]), right = i + 1 < count ? fact_height(c, &facts[i + 1]) : 0;
        height += larger(left, right) + FACT_GAP;
    }
    return height;
}

static void write_facts(mr_canvas *c, const struct fact *facts, size_t count, double y)
{
    for (size_t i = 0; i < count; i += 2) {
        double left = write_fact(c, &facts[i], LEFT, y, COLUMN);
        double right = i + 1 < count ? write_fact(c, &facts[i + 1], LEFT + COLUMN + COLUMN_GAP, y, COLUMN) : 0;
        y += larger(left, right) + FACT_GAP;
    }
}

static mr_str say_level(mr_page_image *p)
{
    const mr_specification *s = p->specification;
    mr_str level = s->eqf ? mr_wording_eqf(&p->memory, p->language, mr_str_of(s->eqf->code)) : MR_STR_EMPTY;
    if (s->nqf) level = mr_wording_join(&p->memory, level, mr_concept_label(s->nqf, p->own_language));
    if (level.len == 0) level = own(p, s->level_reason);
    return mr_wording_join(&p->memory, level, own(p, s->cycle));
}

static mr_str say_assessments(mr_page_image *p)
{
    const mr_specification *s = p->specification;
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; i < s->assessment_count; i++) {
        const struct mr_assessment *t = &s->assessments[i];
        mr_str name = mr_texts_are_set(t->title) ? own(p, t->title)
                      : t->type                  ? mr_concept_label(t->type, p->own_language)
                                                 : MR_STR_EMPTY;
        all = mr_wording_join(&p->memory, all, name);
    }
    return all;
}

static mr_str say_modes(mr_page_image *p)
{
    const mr_specification *s = p->specification;
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; i < s->mode_count; i++)
        all = mr_wording_join(&p->memory, all, mr_concept_label(s->modes[i], p->own_language));
    return all.len ? all : own(p, s->participation_reason);
}

static mr_str say_awarding_bodies(mr_page_image *p)
{
    const mr_specification *s = p->specification;
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; i < s->awarding_body_count; i++)
        all = mr_wording_join(&p->memory, all, own(p, s->awarding_bodies[i].name));
    return all;
}

static mr_str say_quality(mr_page_image *p)
{
    const mr_specification *s = p->specification;
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; i < s->quality_count; i++) {
        const struct mr_quality *q = &s->quality[i];
        all = mr_wording_join(&p->memory, all,
                              mr_texts_are_set(q->title) ? own(p, q->title) : mr_wording_quality(p->language, q->kind));
    }
    return all;
}

static void add_fact(mr_page_image *p, struct fact *facts, size_t *count, const char *label, mr_str value)
{
    if (value.len) facts[(*count)++] = (struct fact){mr_message(p->language, label), value};
}

#define FACTS_MAX 6
static size_t collect_facts(mr_page_image *p, struct fact facts[FACTS_MAX])
{
    const mr_specification *s = p->specification;
    size_t count = 0;
    mr_str workload = mr_wording_workload(&p->memory, p->language, s->ects_hundredths, s->workload_minutes);
    add_fact(p, facts, &count, "sheet.workload", mr_wording_join(&p->memory, workload, own(p, s->workload_other)));
    add_fact(p, facts, &count, "sheet.level", say_level(p));
    add_fact(p, facts, &count, "sheet.assessed_by", say_assessments(p));
    add_fact(p, facts, &count, "sheet.participation", say_modes(p));
    add_fact(p, facts, &count, "sheet.awarding_body", say_awarding_bodies(p));
    add_fact(p, facts, &count, "sheet.quality", say_quality(p));
    return count;
}

/* ---- the learner's own ---- */

static void write_award(mr_page_image *p, mr_canvas *c, const mr_achievement *achievement, double y)
{
    mr_arena *a = &p->scratch;
    mr_str when = mr_wording_join(a, mr_say_date(a, p->language, achievement->awarded_on), achievement->place);
    struct fact facts[3] = {{mr_message(p->language, "sheet.awarded"), when}};
    size_t count = 1;
    if (achievement->grade.len)
        facts[count++] = (struct fact){mr_message(p->language, "sheet.grade"), achievement->grade};
    if (achievement->ects_awarded)
        facts[count++] = (struct fact){mr_message(p->language, "sheet.credit"),
                                       mr_wording_ects(a, p->language, achievement->ects_awarded)};
    write_fact(c, &facts[0], LEFT, y, COLUMN);
    double width = count > 2 ? (COLUMN - 24) / 2 : COLUMN, x = LEFT + COLUMN + COLUMN_GAP;
    for (size_t i = 1; i < count; i++, x += width + 24) write_fact(c, &facts[i], x, y, width);
}

/* ---- the foot ---- */

static int write_foot(mr_page_image *p, mr_canvas *c, struct mr_err *err)
{
    double width = 0, middle = LEFT + 150;
    mr_canvas_line(c, LEFT, FOOT_TOP - 13.5, RIGHT, FOOT_TOP - 13.5, 1, line);
    draw_seal(c, LEFT + 58, FOOT_TOP + 74, 112);
    MR_TRY(mr_canvas_qr(c, p->verify_url, 148, RIGHT, FOOT_BOTTOM, ink, &width, err));
    double room = RIGHT - (width > 0 ? width + 28 : 0) - middle, y = FOOT_TOP + 18;
    struct mr_lettering verify = {.text = mr_message(p->language, "sheet.verify"),
                                  .size = 16,
                                  .min_size = 12,
                                  .width = room,
                                  .align = -1,
                                  .pigment = muted};
    if (p->verify_url.len) {
        y += mr_canvas_write(c, &verify, middle, y) + 1;
        struct mr_lettering url = {.text = p->verify_url,
                                   .bold = true,
                                   .size = 19,
                                   .min_size = 11,
                                   .width = room,
                                   .height = 46,
                                   .align = -1,
                                   .pigment = brand};
        y += mr_canvas_write(c, &url, middle, y) + 9;
    }
    struct mr_lettering why = {.text = mr_message(p->language, "sheet.proof"),
                               .size = 14.5,
                               .min_size = 10,
                               .width = room,
                               .height = FOOT_BOTTOM - y,
                               .align = -1,
                               .pigment = muted};
    mr_canvas_write(c, &why, middle, y);
    return MR_OK;
}

/* ---- putting the sheet together ---- */

static double height_of(mr_canvas *c, struct mr_lettering l)
{
    return mr_canvas_fit(c, &l, NULL, NULL);
}

/* air: what is over, to be spread between the parts */
static void place_all(const mr_page_image *p, mr_canvas *c, double air, struct plan *s)
{
    s->provider = HEAD_TOP + (s->tight ? 44 : 66) + smaller(air * .22, 44);
    s->awards = s->provider + height_of(c, provider_lettering(p, s->tight)) + 3;
    s->name = floor(s->awards + height_of(c, lead_lettering(p, "sheet.awards_to", s->tight)) + smaller(air * .06, 12));
    s->lead = s->name + NAME_HEIGHT + 4 + smaller(air * .1, 22);
    s->title = s->lead + height_of(c, lead_lettering(p, "sheet.title_lead", s->tight)) + 3;
    s->heading = s->title + height_of(c, title_lettering(p, s->tight)) + (s->tight ? 18 : 26) + smaller(air * .24, 46);
    s->outcomes_top = s->heading + HEADING_HEIGHT;
}

static void plan_sheet(const mr_page_image *p, mr_canvas *c, const struct fact *facts, size_t fact_count,
                       struct plan *s)
{
    s->award = FOOT_TOP - 26 - AWARD_HEIGHT;
    s->facts = floor(s->award - facts_height(c, facts, fact_count)) + .5;
    double floor_y = s->facts - 18 - 18, room;
    for (int tight = 0; tight < 2; tight++) {
        s->tight = tight;
        place_all(p, c, 0, s);
        room = floor_y - s->outcomes_top;
        s->outcomes = plan_outcomes(p, c, room);
        if (s->outcomes.count == p->specification->outcome_count && s->outcomes.size >= 16) break;
    }
    place_all(p, c, larger(room - s->outcomes.height, 0), s);
}

static int draw_shared(mr_page_image *p, mr_canvas *c, const struct grade *g, struct mr_err *err)
{
    struct fact facts[FACTS_MAX];
    size_t fact_count = collect_facts(p, facts);
    const struct plan *s = &p->plan;
    if (!p->planned) plan_sheet(p, c, facts, fact_count, &p->plan);
    p->planned = true;
    if (g->watermark && !p->is_test) draw_watermark(c);
    draw_frame(p, c);
    write_head(p, c);
    struct mr_lettering provider = provider_lettering(p, s->tight), title = title_lettering(p, s->tight);
    struct mr_lettering awards = lead_lettering(p, "sheet.awards_to", s->tight),
                        lead = lead_lettering(p, "sheet.title_lead", s->tight);
    mr_canvas_write(c, &provider, LEFT, s->provider);
    mr_canvas_write(c, &awards, LEFT, s->awards);
    mr_canvas_write(c, &lead, LEFT, s->lead);
    mr_canvas_write(c, &title, LEFT, s->title);
    write_heading(c, mr_message(p->language, "sheet.outcomes"), LEFT, s->heading);
    write_outcomes(p, c, &s->outcomes, s->outcomes_top);
    mr_canvas_line(c, LEFT, s->facts - 18, RIGHT, s->facts - 18, 1, line);
    write_facts(c, facts, fact_count, s->facts);
    return write_foot(p, c, err);
}

static size_t to_row(const struct grade *g, double y)
{
    return (size_t)(y * (double)g->width / WIDE + 0.5);
}

/* A canvas of its own for rows that differ from learner to learner, beginning with what is there already. */
static int keep_rows(struct sheet *sheet, const struct grade *g, int which, size_t row, size_t rows,
                     const unsigned char *pixels, size_t stride, struct mr_err *err)
{
    mr_canvas **c = &sheet->canvases[which];
    size_t own_stride = 0;
    MR_TRY(mr_canvas_open(g->width, rows, WIDE, PAPER, c, err));
    mr_canvas_shift(*c, 0, -(double)row * WIDE / (double)g->width);
    mr_canvas_pixels(*c, &own_stride);
    sheet->blank[which] = malloc(rows * own_stride);
    if (!sheet->blank[which]) return MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
    for (size_t i = 0; i < rows; i++)
        memcpy(sheet->blank[which] + i * own_stride, pixels + (row + i) * stride, g->width * 4);
    return MR_OK;
}

static int cut_sheet(struct sheet *sheet, const struct grade *g, mr_canvas *whole, const struct plan *plan,
                     struct mr_err *err)
{
    size_t stride = 0;
    unsigned char *pixels = mr_canvas_pixels(whole, &stride);
    const size_t cuts[BANDS + 1] = {0,
                                    to_row(g, plan->name),
                                    to_row(g, plan->name + NAME_HEIGHT),
                                    to_row(g, plan->award),
                                    to_row(g, plan->award + AWARD_HEIGHT),
                                    g->height};
    memcpy(sheet->rows, cuts, sizeof cuts);
    for (int band = 0; band < BANDS; band++) {
        size_t rows = cuts[band + 1] - cuts[band];
        if (band % 2)
            MR_TRY(keep_rows(sheet, g, band / 2, cuts[band], rows, pixels, stride, err));
        else
            MR_TRY(mr_png_band_write(&sheet->palette, pixels + cuts[band] * stride, stride, g->width, rows,
                                     band == BANDS - 1, 9, &sheet->bands[band], err));
    }
    return MR_OK;
}

static void drop_sheet(struct sheet *sheet)
{
    for (int i = 0; i < BANDS; i++) mr_png_band_done(&sheet->bands[i]);
    for (int i = 0; i < 2; i++) {
        mr_canvas_close(sheet->canvases[i]);
        free(sheet->blank[i]);
    }
    *sheet = (struct sheet){0};
}

static int make_sheet(mr_page_image *p, size_t grade, struct mr_err *err)
{
    struct sheet *sheet = &p->sheets[grade];
    const struct grade *g = &grades[grade];
    mr_canvas *whole = NULL;
    if (sheet->ready) return MR_OK;
    make_palette(&sheet->palette, g, p->is_test);
    MR_TRY(mr_canvas_open(g->width, g->height, WIDE, PAPER, &whole, err));
    int code = draw_shared(p, whole, g, err);
    if (!code) code = cut_sheet(sheet, g, whole, &p->plan, err);
    mr_canvas_close(whole);
    sheet->ready = code == MR_OK;
    if (code) drop_sheet(sheet);
    return code;
}

static size_t shared_size(const struct sheet *sheet)
{
    return sheet->bands[0].deflated.len + sheet->bands[2].deflated.len + sheet->bands[4].deflated.len;
}

int mr_page_image_open(const mr_specification *s, const mr_language *l, mr_str verify_url, bool is_test,
                       mr_page_image **ret, struct mr_err *err)
{
    mr_page_image *p = calloc(1, sizeof *p);
    if (!p) return MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
    mr_arena_init(&p->memory, MEMORY);
    mr_arena_init(&p->scratch, MEMORY);
    p->specification = s;
    p->own_language = mr_specification_primary_language(s);
    p->language = l ? l : mr_language_find(p->own_language);
    if (!p->language) p->language = mr_language_english();
    p->verify_url = mr_arena_dup(&p->memory, verify_url);
    p->is_test = is_test;
    p->grade = is_test ? 1 : 0; /* no watermark under the words of a test seal */
    int code = make_sheet(p, p->grade, err);
    /* Where the shared part alone leaves little for the learner, begin with the next grade. */
    while (!code && shared_size(&p->sheets[p->grade]) + 7 * MR_KIB > MR_LIMIT_PAGE_IMAGE && p->grade + 1 < GRADES) {
        drop_sheet(&p->sheets[p->grade]);
        code = make_sheet(p, ++p->grade, err);
    }
    if (code) {
        mr_page_image_close(p);
        return code;
    }
    *ret = p;
    return MR_OK;
}

static int draw_rows(mr_page_image *p, size_t grade, int which, const mr_achievement *achievement, struct mr_err *err)
{
    struct sheet *sheet = &p->sheets[grade];
    const struct grade *g = &grades[grade];
    mr_canvas *c = sheet->canvases[which];
    int band = 2 * which + 1;
    size_t stride = 0, rows = sheet->rows[band + 1] - sheet->rows[band];
    unsigned char *pixels = mr_canvas_pixels(c, &stride);
    memcpy(pixels, sheet->blank[which], rows * stride);
    mr_canvas_touched(c);
    double top = (double)sheet->rows[band] * WIDE / (double)g->width;
    if (which == 0)
        write_name(c, achievement->learner.full_name, top);
    else
        write_award(p, c, achievement, top);
    pixels = mr_canvas_pixels(c, &stride);
    return mr_png_band_write(&sheet->palette, pixels, stride, g->width, rows, false, 6, &sheet->bands[band], err);
}

static int draw_in_grade(mr_page_image *p, size_t grade, const mr_achievement *achievement, mr_buf *out,
                         struct mr_err *err)
{
    MR_TRY(make_sheet(p, grade, err));
    MR_TRY(draw_rows(p, grade, 0, achievement, err));
    MR_TRY(draw_rows(p, grade, 1, achievement, err));
    const struct grade *g = &grades[grade];
    struct sheet *sheet = &p->sheets[grade];
    mr_png_write(&sheet->palette, g->width, g->height, (unsigned)((double)g->width / .210), sheet->bands, BANDS, out);
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the picture does not fit its place", MR_NOWHERE) : MR_OK;
}

int mr_page_image_draw(mr_page_image *p, const mr_achievement *achievement, mr_buf *out, struct mr_err *err)
{
    size_t start = out->len;
    mr_arena_reset(&p->scratch);
    for (size_t grade = p->grade; grade < GRADES; grade++) {
        MR_TRY(draw_in_grade(p, grade, achievement, out, err));
        if (out->len - start <= MR_LIMIT_PAGE_IMAGE) return MR_OK;
        out->len = start;
    }
    return MR_FAIL(err, MR_E_LIMIT, "the certificate has too much in it for a small picture", MR_NOWHERE);
}

void mr_page_image_close(mr_page_image *p)
{
    if (!p) return;
    for (size_t i = 0; i < GRADES; i++) drop_sheet(&p->sheets[i]);
    mr_arena_done(&p->memory);
    mr_arena_done(&p->scratch);
    free(p);
}
