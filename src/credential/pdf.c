/* The certificate on paper.
 *
 * Layout, in points. The first page: who awards what to whom, when, until when; learning outcomes; the table of the European elements, mandatory ones that are
 * not stated named among them; at its foot who signs, and how to check. What does not fit goes on on further pages, broken between lines.
 *
 * Tags. `open` and `shut` nest; where a page ends inside them they are shut, the page is turned, and the same are opened again: an element of cairo's must not
 * span pages. A row of the table that goes on is a row with the same heading. Lines, marks, page numbers and the words of a test seal across the page are
 * outside of all tags: they are decoration, and what they say is said in a tagged sentence, too.
 *
 * Notes: one for each tag that is opened, in that order (pdf_complete.h). */
#include "credential/pdf.h"

#include "base/limits.h"
#include "credential/emblem.h"
#include "credential/picture.h"
#include "credential/wording.h"

enum { INK = 0x16211D, MUTED = 0x48534E, WARN = 0x8A5300, NEST = 6, NOTES = 8192 };
#define WIDE 595.276
#define HIGH 841.89
#define LEFT 56.0
#define RIGHT (WIDE - LEFT)
#define MEASURE (RIGHT - LEFT)
#define TOP 48.0
#define FOOT_TOP 686.0 /* of the first page: who signs, and how to check */
#define BOTTOM 780.0   /* of the others */
#define CODE 86.0      /* width of the QR code */
#define LABEL 138.0    /* of the table's first column */
#define GUTTER 14.0

static const struct mr_pigment ink = {INK, 1}, muted = {MUTED, 1}, faint = {INK, .18};

struct tag {
    const char *name;
    struct mr_pdf_note note;
};
struct sheet {
    mr_arena *a;
    const struct mr_pdf_order *o;
    const mr_view *v;
    const mr_language *l;
    const struct mr_pdf_brand *brand;
    mr_canvas *c;
    double x, y;   /* where the next line goes */
    size_t page;   /* from 1 */
    size_t filled; /* lines on this page: the first of a page goes there, however high it is */
    struct tag nest[NEST];
    size_t depth;
    mr_str row; /* label of the table's row that is being written; empty: none */
    struct mr_pdf_note *notes;
    size_t note_count;
    struct mr_err fault; /* of what has no return value; the first one counts */
};

static struct mr_pigment accent(const struct sheet *s)
{
    return (struct mr_pigment){s->brand->accent, 1};
}

static mr_str say(const struct sheet *s, const char *id)
{
    return mr_message(s->l, id);
}

/* ---- tags ---- */

static void note(struct sheet *s, const struct mr_pdf_note *n)
{
    if (s->note_count == NOTES) {
        if (!s->fault.code)
            mr_err_set(&s->fault, MR_E_LIMIT, "the certificate is too long", MR_NOWHERE, __FILE__, __LINE__);
        return;
    }
    s->notes[s->note_count++] = *n;
}

static void begin(struct sheet *s, const struct tag *t)
{
    mr_canvas_tag_begin(s->c, t->name, "");
    note(s, &t->note);
}

static void open(struct sheet *s, const char *name, struct mr_pdf_note n)
{
    s->nest[s->depth] = (struct tag){name, n};
    begin(s, &s->nest[s->depth++]);
}

static void shut(struct sheet *s)
{
    mr_canvas_tag_end(s->c, s->nest[--s->depth].name);
}

#define NO_NOTE ((struct mr_pdf_note){0})

/* Of a text of the credential, where it is in another language than the page. */
static struct mr_pdf_note in_language(struct sheet *s, mr_str language)
{
    bool foreign = language.len && language.len < 16 && !mr_str_eq(language, mr_language_tag(s->l));
    return (struct mr_pdf_note){.language = foreign ? mr_arena_cstr(s->a, language) : NULL};
}

/* ---- pages ---- */

static void write_plain(struct sheet *s, mr_str text, double size, struct mr_pigment p, double x, double y,
                        double width, int align)
{
    struct mr_lettering l = {
        .text = text, .size = size, .min_size = size * .75, .width = width, .align = align, .pigment = p};
    mr_canvas_write(s->c, &l, x, y);
}

static void draw_test(struct sheet *s)
{
    struct mr_lettering words = {
        .text = say(s, "sheet.test"), .bold = true, .size = 92, .min_size = 40, .width = 640, .pigment = {WARN, .16}};
    mr_canvas_write_turned(s->c, &words, WIDE / 2, HIGH / 2 - 16, 52);
    words = (struct mr_lettering){.text = say(s, "sheet.test_why"),
                                  .bold = true,
                                  .size = 34,
                                  .min_size = 18,
                                  .width = 600,
                                  .pigment = {WARN, .16}};
    mr_canvas_write_turned(s->c, &words, WIDE / 2 + 60, HIGH / 2 + 36, 52);
}

static double bottom(const struct sheet *s)
{
    return s->page == 1 ? FOOT_TOP - 10 : BOTTOM;
}

static mr_str page_number(struct sheet *s)
{
    return MR_SAY(s->a, s->l, "certificate.page", {"number", mr_say_count(s->a, s->l, (int64_t)s->page)});
}

/* The head of a further page says whose it is: loose sheets get mixed up. */
static void begin_page(struct sheet *s)
{
    s->page++;
    s->filled = 0;
    s->y = TOP;
    if (s->o->is_test) draw_test(s);
    if (s->page == 1) return;
    mr_str whose = mr_wording_join(s->a, s->v->title, s->v->learner);
    write_plain(s, whose, 8.5, muted, LEFT, 34, MEASURE - 90, -1);
    write_plain(s, page_number(s), 8.5, muted, RIGHT - 84, 34, 84, 1);
    mr_canvas_line(s->c, LEFT, 50, RIGHT, 50, .6, (struct mr_pigment){s->brand->line, 1});
    s->y = 62;
}

static void write_foot(struct sheet *s);

/* Returns its height. */
static double write_row_label(struct sheet *s, mr_str label)
{
    struct mr_lettering l = {.text = label,
                             .bold = true,
                             .size = 8.8,
                             .min_size = 8.8,
                             .width = LABEL,
                             .height = 60,
                             .align = -1,
                             .pigment = ink};
    const struct tag heading = {"TH", {.scope = "Row"}};
    begin(s, &heading);
    double height = mr_canvas_write(s->c, &l, LEFT, s->y);
    mr_canvas_tag_end(s->c, heading.name);
    return height;
}

static void turn_page(struct sheet *s)
{
    for (size_t i = s->depth; i > 0; i--) mr_canvas_tag_end(s->c, s->nest[i - 1].name);
    if (s->page == 1) write_foot(s);
    if (s->page >= MR_LIMIT_PDF_PAGES && !s->fault.code)
        mr_err_set(&s->fault, MR_E_LIMIT, "the certificate has too many pages", MR_NOWHERE, __FILE__, __LINE__);
    mr_canvas_next_page(s->c);
    begin_page(s);
    for (size_t i = 0; i < s->depth; i++) {
        begin(s, &s->nest[i]);
        if (s->row.len && strcmp(s->nest[i].name, "TR") == 0)
            write_row_label(s, MR_SAY(s->a, s->l, "certificate.continued", {"label", s->row}));
    }
}

/* ---- text that flows ---- */

static void place_line(void *self, double height, double *ret_x, double *ret_y)
{
    struct sheet *s = self;
    if (s->y + height > bottom(s) && s->filled && !s->fault.code) turn_page(s);
    *ret_x = s->x;
    *ret_y = s->y;
    s->y += height;
    s->filled++;
}

/* One paragraph a line of the text, inside the tags that are open. */
static void flow(struct sheet *s, struct mr_lettering l, double x)
{
    mr_str text = l.text;
    while (mr_str_split(&text, '\n', &l.text)) {
        if (!mr_str_trim(l.text).len) continue;
        l.align = -1;
        s->x = x;
        mr_canvas_set(s->c, &l);
        mr_canvas_each_line(s->c, l.pigment, place_line, s);
    }
}

/* A tagged paragraph, and the room below it. */
static void paragraph(struct sheet *s, const char *tag, mr_str language, struct mr_lettering l, double after)
{
    if (!mr_str_trim(l.text).len) return;
    if (l.width <= 0) l.width = MEASURE;
    open(s, tag, in_language(s, language));
    flow(s, l, LEFT);
    shut(s);
    s->y += after;
}

/* Is there room for so much before the page ends? Else turn it: a heading does not stand alone at its foot. */
static void need(struct sheet *s, double height)
{
    if (s->y + height > bottom(s) && s->filled) turn_page(s);
}

static void heading(struct sheet *s, const char *id)
{
    need(s, 48);
    struct mr_lettering l = {.text = say(s, id), .bold = true, .size = 11, .width = MEASURE, .pigment = accent(s)};
    paragraph(s, "H2", MR_STR_EMPTY, l, 4);
}

/* ---- the head ---- */

static void draw_sign(mr_canvas *c, double x, double y, double size, struct mr_pigment p)
{
    double scale = size / 30;
    mr_canvas_path(c, mr_emblem_scallops, MR_EMBLEM_SCALLOPS, true, x - 16 * scale, y - 15 * scale, scale, 1.8, p);
    mr_canvas_path(c, mr_emblem_letter, MR_EMBLEM_LETTER, false, x - 16 * scale, y - 15 * scale, scale, 2.4, p);
}

/* As large as it gets within a place, its left edge and its foot where they are told; a picture is told to those who listen. */
static void picture(struct sheet *s, const struct mr_pixels *p, double x, double foot, double width, double height,
                    mr_str alternative)
{
    double scale = width / p->width < height / p->height ? width / p->width : height / p->height;
    open(s, "Figure", (struct mr_pdf_note){.alternative = mr_arena_cstr(s->a, alternative)});
    int code = mr_canvas_picture(s->c, p, x, foot - p->height * scale, p->width * scale, p->height * scale,
                                 s->fault.code ? NULL : &s->fault);
    (void)code; /* kept in s->fault */
    shut(s);
}

static mr_str joined(struct sheet *s, const struct mr_view_answer *answer)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, MR_MIB);
    for (size_t i = 0; i < answer->value_count; i++) {
        if (i) mr_buf_puts(&b, "; ");
        mr_buf_put(&b, answer->values[i]);
    }
    return mr_arena_dup(s->a, mr_buf_str(&b));
}

static mr_str awarding_bodies(struct sheet *s)
{
    const struct mr_view_answer *bodies = &s->v->answers[MR_ELEMENT_AWARDING_BODY];
    if (bodies->answered && bodies->value_count) return joined(s, bodies);
    return s->v->awarding_body.len ? s->v->awarding_body : s->v->issuer;
}

static void write_kind(struct sheet *s)
{
    struct mr_lettering kind = {.text = say(s, s->v->not_annex && !s->o->is_sample ? "badge.kind_open" : "sheet.kind"),
                                .bold = true,
                                .size = 9.5,
                                .min_size = 7,
                                .width = MEASURE / 2,
                                .align = s->brand->logo ? 1 : -1,
                                .pigment = accent(s)};
    double high = s->brand->logo ? 46 : 18;
    if (s->brand->logo)
        picture(s, s->brand->logo, LEFT, TOP + high, 190, high,
                MR_SAY(s->a, s->l, "certificate.logo_alt", {"name", awarding_bodies(s)}));
    else
        draw_sign(s->c, LEFT + 9, TOP + 9, 18, accent(s));
    open(s, "P", NO_NOTE);
    mr_canvas_write(s->c, &kind, s->brand->logo ? LEFT + MEASURE / 2 : LEFT + 26, TOP + 3);
    shut(s);
    s->y = TOP + high + 10;
    mr_canvas_line(s->c, LEFT, s->y, RIGHT, s->y, 1.6, (struct mr_pigment){s->brand->line, 1});
    s->y += 16;
}

static void write_award(struct sheet *s)
{
    const mr_view *v = s->v;
    mr_str none = MR_STR_EMPTY;
    paragraph(
        s, "P", v->answers[MR_ELEMENT_AWARDING_BODY].language,
        (struct mr_lettering){.text = awarding_bodies(s), .serif = true, .bold = true, .size = 16, .pigment = ink}, 5);
    if (v->learner.len) {
        paragraph(s, "P", none, (struct mr_lettering){.text = say(s, "sheet.awards_to"), .size = 10, .pigment = muted},
                  1);
        paragraph(s, "P", none,
                  (struct mr_lettering){.text = v->learner, .serif = true, .size = 29, .leading = .92, .pigment = ink},
                  2);
        if (mr_date_is_set(v->birth_date))
            paragraph(s, "P", none,
                      (struct mr_lettering){.text = MR_SAY(s->a, s->l, "certificate.born",
                                                           {"date", mr_say_date(s->a, s->l, v->birth_date)}),
                                            .size = 9.5,
                                            .pigment = muted},
                      6);
        paragraph(s, "P", none, (struct mr_lettering){.text = say(s, "sheet.title_lead"), .size = 10, .pigment = muted},
                  1);
    }
    paragraph(s, "H1", v->answers[MR_ELEMENT_TITLE].language,
              (struct mr_lettering){
                  .text = v->title, .serif = true, .bold = true, .size = 20, .leading = .95, .pigment = accent(s)},
              6);
}

/* When, and until when: seen by whoever reads nothing else. */
static void write_dates(struct sheet *s)
{
    const mr_view *v = s->v;
    mr_str until = v->valid_until == MR_TIME_NONE ? say(s, "certificate.no_end")
                                                  : MR_SAY(s->a, s->l, "certificate.valid_until",
                                                           {"date", mr_say_day(s->a, s->l, v->valid_until)});
    if (mr_date_is_set(v->awarded_on))
        paragraph(s, "P", MR_STR_EMPTY,
                  (struct mr_lettering){.text = MR_SAY(s->a, s->l, "certificate.awarded",
                                                       {"date", mr_say_date(s->a, s->l, v->awarded_on)}),
                                        .size = 10.5,
                                        .pigment = ink},
                  1);
    paragraph(s, "P", MR_STR_EMPTY, (struct mr_lettering){.text = until, .bold = true, .size = 10.5, .pigment = ink},
              3);
    if (v->on_behalf_of.len)
        paragraph(s, "P", MR_STR_EMPTY,
                  (struct mr_lettering){
                      .text = MR_SAY(s->a, s->l, "story.on_behalf", {"issuer", v->issuer}, {"body", v->on_behalf_of}),
                      .size = 9.5,
                      .pigment = muted},
                  3);
    if (s->o->is_test)
        paragraph(s, "P", MR_STR_EMPTY,
                  (struct mr_lettering){.text = say(s, s->o->is_sample ? "certificate.sample" : "certificate.test"),
                                        .bold = true,
                                        .size = 9.5,
                                        .pigment = {WARN, 1}},
                  3);
    s->y += 8;
}

/* ---- learning outcomes ---- */

static void write_outcomes(struct sheet *s)
{
    const struct mr_view_answer *outcomes = &s->v->answers[MR_ELEMENT_OUTCOMES];
    if (!outcomes->answered) return;
    heading(s, "element.learning_outcomes");
    open(s, "L", in_language(s, outcomes->language));
    for (size_t i = 0; i < outcomes->value_count; i++) {
        if (!mr_str_trim(outcomes->values[i]).len) continue;
        need(s, 13);
        open(s, "LI", NO_NOTE);
        open(s, "LBody", NO_NOTE);
        mr_canvas_disc(s->c, LEFT + 4, s->y + 6.6, 1.6, (struct mr_pigment){s->brand->line, 1});
        flow(s, (struct mr_lettering){.text = outcomes->values[i], .size = 9.6, .width = MEASURE - 14, .pigment = ink},
             LEFT + 14);
        shut(s);
        shut(s);
        s->y += 2.5;
    }
    shut(s);
    s->y += 8;
}

/* ---- the table ---- */

static mr_str label_of(struct sheet *s, mr_element e, const char *suffix)
{
    return mr_message_str(s->l, mr_arena_format(s->a, "element.%s%s", mr_element_info(e)->code, suffix));
}

static bool is_missing(const mr_view *v, mr_element e)
{
    return !v->not_annex && mr_element_info(e)->mandatory && !v->answers[e].answered;
}

/* What the head and the list have said already is not said again. */
static bool has_row(const mr_view *v, mr_element e)
{
    bool above = e == MR_ELEMENT_LEARNER || e == MR_ELEMENT_TITLE || e == MR_ELEMENT_OUTCOMES ||
                 e == MR_ELEMENT_AWARDING_BODY || (e == MR_ELEMENT_DATE && v->answers[e].value_count <= 1);
    return is_missing(v, e) || (v->answers[e].answered && !above);
}

static void write_value(struct sheet *s, mr_str text, bool italic)
{
    flow(s,
         (struct mr_lettering){.text = text,
                               .italic = italic,
                               .size = 8.8,
                               .width = MEASURE - LABEL - GUTTER,
                               .pigment = italic ? muted : ink},
         LEFT + LABEL + GUTTER);
}

static void write_row(struct sheet *s, mr_element e)
{
    const struct mr_view_answer *answer = &s->v->answers[e];
    mr_str label = label_of(s, e, "");
    need(s, 28); /* a label of two lines */
    size_t page = s->page;
    double top = s->y;
    open(s, "TR", NO_NOTE);
    double height = write_row_label(s, label);
    s->row = label;
    open(s, "TD", is_missing(s->v, e) ? NO_NOTE : in_language(s, answer->language));
    if (is_missing(s->v, e))
        write_value(s, MR_SAY(s->a, s->l, "certificate.not_stated", {"gap", label_of(s, e, ".gap")}), true);
    for (size_t i = 0; i < answer->value_count; i++) write_value(s, answer->values[i], false);
    shut(s);
    shut(s);
    s->row = MR_STR_EMPTY;
    if (s->page == page && s->y < top + height) s->y = top + height;
    s->y += 2.5;
    mr_canvas_line(s->c, LEFT, s->y, RIGHT, s->y, .4, faint);
    s->y += 2.5;
}

static void write_elements(struct sheet *s)
{
    bool any = false;
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) any = any || has_row(s->v, e);
    if (any) {
        heading(s, "certificate.elements");
        open(s, "Table", NO_NOTE);
        for (int mandatory = 1; mandatory >= 0; mandatory--)
            for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++)
                if (has_row(s->v, e) && mr_element_info(e)->mandatory == (mandatory == 1)) write_row(s, e);
        shut(s);
        s->y += 5;
    }
    paragraph(s, "P", MR_STR_EMPTY, (struct mr_lettering){.text = say(s, "report.note"), .size = 8.8, .pigment = muted},
              6);
}

/* ---- the foot of the first page ---- */

/* Who signs; returns where the rest of the foot begins. */
static double write_signatory(struct sheet *s, double y)
{
    const struct mr_pdf_brand *b = s->brand;
    const double width = 136, rule = y + 62;
    if (!b->signatory.len) return LEFT;
    if (b->signature)
        picture(s, b->signature, LEFT, rule - 3, width, 50,
                MR_SAY(s->a, s->l, "certificate.signature_alt", {"name", b->signatory}));
    mr_canvas_line(s->c, LEFT, rule, LEFT + width, rule, .6, (struct mr_pigment){b->line, 1});
    open(s, "P", NO_NOTE);
    struct mr_lettering l = {.text = b->signatory,
                             .bold = true,
                             .size = 9,
                             .min_size = 6.5,
                             .width = width,
                             .height = 24,
                             .align = -1,
                             .pigment = ink};
    double at = rule + 4;
    at += mr_canvas_write(s->c, &l, LEFT, at) + 1;
    shut(s);
    if (b->role.len) {
        open(s, "P", NO_NOTE);
        l.text = b->role, l.bold = false, l.size = 8.2, l.pigment = muted;
        mr_canvas_write(s->c, &l, LEFT, at);
        shut(s);
    }
    return LEFT + width + 20;
}

static double write_check(struct sheet *s, const char *tag, mr_str text, bool bold, double x, double y, double width,
                          double foot)
{
    struct mr_lettering l = {.text = text,
                             .bold = bold,
                             .size = bold ? 10 : 8.4,
                             .min_size = 5.5,
                             .width = width,
                             .height = foot - y,
                             .align = -1,
                             .pigment = bold ? accent(s) : ink};
    open(s, tag, NO_NOTE);
    double height = mr_canvas_write(s->c, &l, x, y);
    shut(s);
    return y + height + 3;
}

static void write_code(struct sheet *s, double foot)
{
    double width;
    mr_str alternative = MR_SAY(s->a, s->l, "certificate.code_alt", {"link", s->o->verify_link});
    open(s, "Figure", (struct mr_pdf_note){.alternative = mr_arena_cstr(s->a, alternative)});
    int code = mr_canvas_qr(s->c, s->o->verify_link, CODE, RIGHT, foot, ink, &width, s->fault.code ? NULL : &s->fault);
    (void)code; /* kept in s->fault */
    shut(s);
}

/* An apostrophe or backslash would end the address in cairo's attributes; addresses have neither unless somebody plays. */
static bool is_linkable(mr_str link)
{
    for (size_t i = 0; i < link.len; i++)
        if (link.ptr[i] == '\'' || link.ptr[i] == '\\' || (unsigned char)link.ptr[i] <= ' ') return false;
    return mr_str_has_prefix(link, MR_STR("https://")) || mr_str_has_prefix(link, MR_STR("http://"));
}

static void write_foot(struct sheet *s)
{
    size_t depth = s->depth; /* what is open on the page is shut already */
    const double foot = HIGH - 50;
    double y = FOOT_TOP + 8, right = RIGHT;
    mr_str link = s->o->verify_link, page = s->o->verify_page;
    mr_canvas_line(s->c, LEFT, FOOT_TOP, RIGHT, FOOT_TOP, .6, (struct mr_pigment){s->brand->line, 1});
    double x = write_signatory(s, y);
    if (link.len) right -= CODE + 18;
    y = write_check(s, "H2", say(s, "certificate.check"), true, x, y, right - x, foot);
    if (link.len) {
        bool linked = is_linkable(link);
        if (linked) {
            struct tag t = {"Link", {0}};
            mr_canvas_tag_begin(s->c, "Link", mr_arena_format(s->a, "uri='%.*s'", MR_STR_ARG(link)).ptr);
            note(s, &t.note);
        }
        y = write_check(s, "P", MR_SAY(s->a, s->l, "certificate.check_link", {"link", link}), false, x, y, right - x,
                        foot - 34);
        if (linked) mr_canvas_tag_end(s->c, "Link");
    }
    write_check(s, "P",
                page.len ? MR_SAY(s->a, s->l, "certificate.check_file", {"page", page})
                         : say(s, "certificate.check_nowhere"),
                false, x, y, right - x, foot);
    if (link.len) write_code(s, foot);
    s->depth = depth;
}

/* ---- all of it ---- */

static int draw(struct sheet *s, struct mr_err *err)
{
    begin_page(s);
    write_kind(s);
    write_award(s);
    write_dates(s);
    write_outcomes(s);
    write_elements(s);
    if (s->page == 1) write_foot(s);
    MR_TRY(mr_canvas_finish(s->c, err));
    if (s->fault.code && err) *err = s->fault;
    return s->fault.code;
}

/* The day that stands in the file: of the credential, so that the same one always gives the same file. */
static int64_t day_of(const mr_view *v)
{
    if (v->issued != MR_TIME_NONE) return v->issued;
    if (v->valid_from != MR_TIME_NONE) return v->valid_from;
    return mr_date_is_set(v->awarded_on) ? mr_date_to_time(v->awarded_on) : 0;
}

static const struct mr_pdf_brand own = {.accent = MR_PDF_ACCENT, .line = MR_PDF_LINE};

static int begin_sheet(mr_arena *a, const struct mr_pdf_order *o, struct sheet *ret, struct mr_err *err)
{
    *ret = (struct sheet){.a = a, .o = o, .v = o->view, .l = o->language, .brand = o->brand ? o->brand : &own};
    ret->notes = MR_NEW_ARRAY(a, struct mr_pdf_note, NOTES);
    return ret->notes ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a certificate", MR_NOWHERE);
}

int mr_pdf_draw_page(mr_arena *a, const struct mr_pdf_order *o, size_t width, mr_buf *out, struct mr_err *err)
{
    struct sheet s;
    size_t height = width * 1414 / 1000, stride = 0;
    MR_TRY(begin_sheet(a, o, &s, err));
    MR_TRY(mr_canvas_open(width, height, WIDE, 0xFFFFFF, &s.c, err));
    int code = draw(&s, err);
    struct mr_pixels pixels = {width, height, mr_canvas_pixels(s.c, &stride)};
    for (size_t i = 0; i < width * height; i++) ((uint32_t *)(void *)pixels.octets)[i] |= 0xFF000000u;
    if (!code) code = mr_picture_write_png(&pixels, out, err);
    mr_canvas_close(s.c);
    return code;
}

int mr_pdf_write(mr_arena *a, const struct mr_pdf_order *o, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf drawn;
    struct sheet s;
    mr_buf_init(&drawn, MR_LIMIT_PDF);
    MR_TRY(begin_sheet(a, o, &s, err));
    const struct mr_canvas_document document = {
        .title = mr_arena_cstr(a, mr_wording_join(a, o->view->title, o->view->learner)),
        .author = mr_arena_cstr(a, awarding_bodies(&s)),
        .subject = mr_arena_cstr(a, say(&s, "certificate.subject")),
        .made_at = day_of(o->view)};
    MR_TRY(mr_canvas_open_pdf(WIDE, HIGH, &document, &drawn, &s.c, err));
    int code = draw(&s, err);
    mr_canvas_close(s.c);
    if (code) return code;
    const struct mr_pdf_completion completion = {.language = mr_arena_cstr(a, mr_language_tag(o->language)),
                                                 .notes = s.notes,
                                                 .note_count = s.note_count,
                                                 .files = o->files,
                                                 .file_count = o->file_count};
    return mr_pdf_complete(mr_buf_str(&drawn), &completion, out, err);
}
