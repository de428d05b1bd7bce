/* The report in two forms: JSON for programs, and text for a terminal.
 *
 * Both say the same, in the same order: the verdict as a sentence, what was checked, what the credential says (learning outcomes first), and
 * what using the European elements does not mean (Recommendation 2022/C 243/02, Annex I, note 27). Checks that were not reached are left out.
 * The text is set in rows of columns, each wrapped on its own, at most WIDTH code points wide; states are told by a word and a sign, and by
 * colour only beside these. */
#include "credential/verify.h"

#include "base/limits.h"
#include "json/write.h"

#include <stdio.h>

/* ---- JSON ---- */

/* Names of files are octets; JSON is UTF-8 (RFC 8259 section 8.1). */
static void put_file_name(mr_json_writer *w, mr_str name)
{
    MR_CLEANUP(mr_buf_done) mr_buf visible;
    mr_buf_init(&visible, MR_MIB);
    if (mr_utf8_check(name) < name.len) {
        mr_buf_put_visible(&visible, name);
        name = mr_buf_str(&visible);
    }
    mr_json_put_member_if(w, "file", name);
}

static void put_time(mr_json_writer *w, const char *name, int64_t time)
{
    char text[21];
    if (time == MR_TIME_NONE) return;
    mr_time_write(time, text);
    mr_json_put_member_c(w, name, text);
}

static void put_date(mr_json_writer *w, const char *name, mr_date date)
{
    char text[11];
    if (!mr_date_is_set(date)) return;
    mr_date_write(date, text);
    mr_json_put_member_c(w, name, text);
}

static void put_check_members(mr_json_writer *w, const char *code, const struct mr_check *c)
{
    mr_json_put_member_c(w, "code", code);
    mr_json_put_member_c(w, "state", mr_state_name(c->state));
    mr_json_put_member(w, "text", c->text);
    mr_json_put_member_if(w, "detail", c->detail);
    mr_json_put_member_if(w, "source", c->source);
    put_time(w, "at", c->at);
}

static void put_seal_checks(mr_json_writer *w, const mr_report *r)
{
    mr_json_put_name(w, "checks");
    mr_json_begin_array(w);
    for (int i = 0; i < MR_SEAL_CHECK_COUNT; i++) {
        if (!r->seal_checks[i].claimed) continue;
        mr_json_begin_object(w);
        put_check_members(w, mr_seal_check_name((mr_seal_check)i), &r->seal_checks[i]);
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
}

static void put_checks(mr_json_writer *w, const mr_report *r)
{
    mr_json_put_name(w, "checks");
    mr_json_begin_array(w);
    for (int i = 0; i < MR_CHECK_COUNT; i++) {
        if (!r->checks[i].claimed) continue;
        mr_json_begin_object(w);
        put_check_members(w, mr_check_name((mr_check_code)i), &r->checks[i]);
        if (i == MR_CHECK_SEAL) put_seal_checks(w, r);
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
}

static void put_credential(mr_json_writer *w, const mr_report *r, const mr_language *l)
{
    const mr_view *v = &r->view;
    mr_json_put_name(w, "credential");
    mr_json_begin_object(w);
    mr_json_put_member_if(w, "id", v->id);
    mr_json_put_member_if(w, "title", v->title);
    mr_json_put_member_if(w, "issuer", v->issuer);
    mr_json_put_member_if(w, "issuer_identifier", v->issuer_identifier);
    mr_json_put_member_if(w, "issuer_country", v->issuer_country);
    mr_json_put_member_if(w, "awarding_body", v->awarding_body);
    mr_json_put_member_if(w, "on_behalf_of", v->on_behalf_of);
    mr_json_put_member_if(w, "learner", v->learner);
    put_date(w, "birth_date", v->birth_date);
    put_date(w, "awarded_on", v->awarded_on);
    put_time(w, "issued", v->issued);
    put_time(w, "valid_from", v->valid_from);
    put_time(w, "valid_until", v->valid_until);
    mr_json_put_member_if(w, "workload", v->workload);
    mr_json_put_member_if(w, "level", v->level);
    mr_json_put_name(w, "missing");
    mr_json_begin_array(w);
    for (size_t i = 0; i < r->missing_count; i++) mr_json_put_cstr(w, mr_element_info((mr_element)r->missing[i])->code);
    mr_json_end_array(w);
    mr_json_put_name(w, "elements");
    mr_view_write_elements(v, l, w);
    mr_json_end_object(w);
}

static void put_endorsements(mr_json_writer *w, const mr_report *r)
{
    mr_json_put_name(w, "endorsements");
    mr_json_begin_array(w);
    for (size_t i = 0; i < r->endorsement_count; i++) {
        const struct mr_told_endorsement *e = &r->endorsements[i];
        mr_json_begin_object(w);
        mr_json_put_member_c(w, "of", mr_endorsed_name(e->endorsement.of));
        mr_json_put_member_c(w, "state", mr_state_name(e->endorsement.step.state));
        mr_json_put_member(w, "text", e->text);
        mr_json_put_member_if(w, "why", e->why);
        mr_json_put_member_if(w, "detail", e->endorsement.step.detail);
        mr_json_put_member_if(w, "by", e->endorsement.by);
        mr_json_put_member_if(w, "id", e->endorsement.id);
        mr_json_put_member_if(w, "comment", e->endorsement.comment);
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
}

static void put_contents(mr_json_writer *w, const mr_report *r)
{
    mr_json_put_name(w, "contents");
    mr_json_begin_array(w);
    for (size_t i = 0; i < r->content_count; i++) {
        const struct mr_contained *c = &r->contents[i];
        mr_json_begin_object(w);
        mr_json_put_member_if(w, "file", c->file);
        mr_json_put_member_if(w, "title", c->title);
        mr_json_put_member_if(w, "issuer", c->issuer);
        mr_json_put_flag(w, "sealed", c->sealed);
        if (c->judged) mr_json_put_member_c(w, "verdict", mr_verdict_name(c->verdict));
        mr_json_put_member(w, "summary", c->summary);
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
}

void mr_report_write_json(const mr_report *r, const mr_language *l, mr_str file_name, mr_buf *out)
{
    mr_json_writer w;
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    put_file_name(&w, file_name);
    mr_json_put_member_c(&w, "verdict", mr_verdict_name(r->verdict));
    mr_json_put_member(&w, "summary", r->summary);
    mr_json_put_member_if(&w, "story", r->story);
    mr_json_put_member(&w, "format", r->format);
    mr_json_put_member_if(&w, "format_code", mr_str_of(r->format_code));
    mr_json_put_flag(&w, "test_seal", r->test_seal);
    put_time(&w, "checked_at", r->checked_at);
    put_checks(&w, r);
    if (r->remark_count) {
        mr_json_put_name(&w, "remarks");
        mr_json_begin_array(&w);
        for (size_t i = 0; i < r->remark_count; i++) mr_json_put_str(&w, r->remarks[i]);
        mr_json_end_array(&w);
    }
    if (r->endorsement_count) put_endorsements(&w, r);
    if (r->content_count) put_contents(&w, r);
    if (r->has_view) {
        put_credential(&w, r, l);
        mr_json_put_member(&w, "note", mr_message(l, "report.note"));
    }
    mr_json_end_object(&w);
}

/* ---- text: rows of wrapped columns ---- */

#define WIDTH 100
#define BOLD "\033[1m"
#define FAINT "\033[2m"

struct column {
    mr_str text;
    size_t indent, width; /* where it begins, and how wide it may get, in code points */
    const char *colour;   /* ANSI sequence or NULL */
};

static size_t octets_of(mr_str s, size_t code_points)
{
    size_t i = 0;
    while (i < s.len && code_points--) {
        i++;
        while (i < s.len && ((unsigned char)s.ptr[i] & 0xC0) == 0x80) i++;
    }
    return i;
}

/* Cut the next line off a text: at the last blank that fits, or through a word longer than the line. */
static mr_str next_line(mr_str *rest, size_t width)
{
    if (rest->len == 0) return *rest;
    size_t limit = octets_of(*rest, width), cut = limit;
    ptrdiff_t feed = mr_str_find_char(mr_str_make(rest->ptr, limit), '\n');
    if (feed >= 0)
        cut = (size_t)feed;
    else if (limit < rest->len && rest->ptr[limit] != ' ') {
        while (cut > 0 && rest->ptr[cut - 1] != ' ') cut--;
        if (cut == 0) cut = limit;
    }
    mr_str line = mr_str_make(rest->ptr, cut);
    *rest = mr_str_from(*rest, cut + (feed >= 0));
    while (line.len && line.ptr[line.len - 1] == ' ') line.len--;
    while (rest->len && rest->ptr[0] == ' ') *rest = mr_str_from(*rest, 1);
    return line;
}

static void put_blanks(mr_buf *out, size_t count)
{
    while (count--) mr_buf_putc(out, ' ');
}

static void put_row(mr_buf *out, struct column *columns, size_t count)
{
    for (bool more = true; more;) {
        size_t at = 0;
        more = false;
        for (size_t i = 0; i < count; i++) {
            mr_str line = next_line(&columns[i].text, columns[i].width);
            more |= columns[i].text.len > 0;
            if (line.len == 0) continue;
            put_blanks(out, columns[i].indent - at);
            if (columns[i].colour) mr_buf_puts(out, columns[i].colour);
            mr_buf_put_visible(out, line);
            if (columns[i].colour) mr_buf_puts(out, "\033[0m");
            at = columns[i].indent + mr_utf8_length(line);
        }
        mr_buf_putc(out, '\n');
    }
}

static void put_paragraph(mr_buf *out, mr_str text, size_t indent, const char *colour)
{
    struct column c = {text, indent, WIDTH - indent, colour};
    if (text.len) put_row(out, &c, 1);
}

/* ---- text: the parts ---- */

/* What a stranger wrote has no line breaks of its own where the report speaks: they would let it write lines of the report. */
static void put_told(mr_buf *out, mr_str text, size_t indent, const char *colour)
{
    mr_buf line;
    mr_buf_init(&line, out->max);
    mr_buf_put_visible(&line, text);
    put_paragraph(out, mr_buf_str(&line), indent, colour);
    mr_buf_done(&line);
}

struct look {
    const char *sign, *id, *colour;
};
static const struct look states[] = {[MR_UNCHECKED] = {"?", "state.unchecked", "\033[33m"},
                                     [MR_PASSED] = {"\xE2\x9C\x93", "state.passed", "\033[32m"},
                                     [MR_FAILED] = {"\xE2\x9C\x97", "state.failed", "\033[31m"},
                                     [MR_NOT_APPLICABLE] = {"\xE2\x80\x93", "state.not_applicable", "\033[2m"}};
static const struct look verdict_looks[] = {[MR_VERDICT_VALID] = {"\xE2\x9C\x93", "", "\033[1;32m"},
                                            [MR_VERDICT_INVALID] = {"\xE2\x9C\x97", "", "\033[1;31m"},
                                            [MR_VERDICT_UNKNOWN] = {"?", "", "\033[1;33m"},
                                            [MR_VERDICT_CAUTION] = {"!", "", "\033[1;33m"}};

struct printing {
    mr_buf *out;
    const mr_language *language;
    bool colour;
    size_t name_width;
};

static mr_str label(const struct printing *p, const char *prefix, const char *code)
{
    char id[64];
    snprintf(id, sizeof id, "%s.%s", prefix, code);
    return mr_message(p->language, id);
}

static void widen(size_t *width, mr_str text)
{
    size_t n = mr_utf8_length(text);
    if (n > *width) *width = n;
}

static void measure(struct printing *p)
{
    for (int i = 0; i < MR_CHECK_COUNT; i++) widen(&p->name_width, label(p, "check", mr_check_name((mr_check_code)i)));
    for (int i = 0; i < MR_SEAL_CHECK_COUNT; i++)
        widen(&p->name_width, label(p, "check.seal", mr_seal_check_name((mr_seal_check)i)));
    if (p->name_width > 28) p->name_width = 28;
}

static void put_check(const struct printing *p, mr_str name, const struct mr_check *c, size_t indent)
{
    const struct look *look = &states[c->state];
    size_t text_at = 4 + p->name_width + 4;
    mr_buf said;
    mr_buf_init(&said, p->out->max);
    mr_str word = mr_message(p->language, look->id);
    if (c->state != MR_UNCHECKED || mr_str_find(c->text, word) < 0) {
        mr_buf_put(&said, word);
        mr_buf_puts(&said, ": ");
    }
    mr_buf_put_visible(&said, c->text);
    struct column columns[] = {{mr_str_of(look->sign), 2, 1, p->colour ? look->colour : NULL},
                               {name, 4 + indent, p->name_width, NULL},
                               {mr_buf_str(&said), text_at, WIDTH - text_at, NULL}};
    put_row(p->out, columns, sizeof columns / sizeof *columns);
    if (c->state != MR_PASSED) put_told(p->out, c->detail, text_at, p->colour ? FAINT : NULL);
    mr_buf_done(&said);
}

static void put_heading(const struct printing *p, const char *id)
{
    mr_buf_putc(p->out, '\n');
    put_paragraph(p->out, mr_message(p->language, id), 0, p->colour ? BOLD : NULL);
}

static void put_text_checks(const struct printing *p, const mr_report *r)
{
    put_heading(p, "report.checks");
    for (int i = 0; i < MR_CHECK_COUNT; i++) {
        if (!r->checks[i].claimed) continue;
        put_check(p, label(p, "check", mr_check_name((mr_check_code)i)), &r->checks[i], 0);
        for (int s = 0; i == MR_CHECK_SEAL && s < MR_SEAL_CHECK_COUNT; s++)
            if (r->seal_checks[s].claimed && !mr_str_eq(r->seal_checks[s].text, r->checks[i].text))
                put_check(p, label(p, "check.seal", mr_seal_check_name((mr_seal_check)s)), &r->seal_checks[s], 2);
    }
    for (size_t i = 0; i < r->remark_count; i++) put_paragraph(p->out, r->remarks[i], 4, NULL);
}

static void put_text_endorsements(const struct printing *p, const mr_report *r)
{
    if (!r->endorsement_count) return;
    put_heading(p, "report.endorsements");
    for (size_t i = 0; i < r->endorsement_count; i++) {
        put_told(p->out, r->endorsements[i].text, 2, NULL);
        put_told(p->out, r->endorsements[i].why, 4, p->colour ? FAINT : NULL);
    }
}

#define LABEL_WIDTH 32
static void put_element(const struct printing *p, const mr_view *v, mr_element e)
{
    const struct mr_element_info *info = mr_element_info(e);
    const struct mr_view_answer *a = &v->answers[e];
    if (!a->answered && (!info->mandatory || v->not_annex)) return;
    mr_str none = mr_message(p->language, "report.not_answered");
    for (size_t i = 0; i < (a->value_count ? a->value_count : 1); i++) {
        struct column columns[] = {{i == 0 ? label(p, "element", info->code) : MR_STR_EMPTY, 2, LABEL_WIDTH, NULL},
                                   {a->answered ? a->values[i] : none, LABEL_WIDTH + 4, WIDTH - LABEL_WIDTH - 4,
                                    !a->answered && p->colour ? "\033[33m" : NULL}};
        put_row(p->out, columns, 2);
    }
}

static void put_elements(const struct printing *p, const mr_view *v)
{
    put_heading(p, "report.says");
    put_element(p, v, MR_ELEMENT_OUTCOMES);
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++)
        if (e != MR_ELEMENT_OUTCOMES) put_element(p, v, e);
    mr_buf_putc(p->out, '\n');
    put_paragraph(p->out, mr_message(p->language, "report.note"), 0, NULL);
}

const char *mr_report_contents_heading(const mr_report *r)
{
    return r->content_count && r->contents[0].file.len ? "archive.contents" : "report.contents";
}

/* A learner record or an archive: each credential in it, with its own verdict. */
static void put_text_contents(const struct printing *p, const mr_report *r)
{
    static const struct look unsealed = {"\xE2\x80\x93", "", "\033[2m"};
    if (r->content_count == 0) return;
    put_heading(p, mr_report_contents_heading(r));
    for (size_t i = 0; i < r->content_count; i++) {
        const struct mr_contained *c = &r->contents[i];
        const struct look *look = c->judged ? &verdict_looks[c->verdict] : &unsealed;
        struct column columns[] = {{mr_str_of(look->sign), 2, 1, p->colour ? look->colour : NULL},
                                   {c->file.len ? c->file : c->title, 4, LABEL_WIDTH, NULL},
                                   {c->summary, LABEL_WIDTH + 6, WIDTH - LABEL_WIDTH - 6, NULL}};
        put_row(p->out, columns, sizeof columns / sizeof *columns);
    }
}

void mr_report_write_text(const mr_report *r, const mr_language *l, mr_str file_name, bool colour, mr_buf *out)
{
    struct printing p = {.out = out, .language = l, .colour = colour};
    const struct look *look = &verdict_looks[r->verdict];
    measure(&p);
    put_told(out, file_name, 0, colour ? FAINT : NULL);
    struct column verdict[] = {{mr_str_of(look->sign), 0, 1, colour ? look->colour : NULL},
                               {r->summary, 2, WIDTH - 2, colour ? BOLD : NULL}};
    put_row(out, verdict, 2);
    put_told(out, r->story, 2, NULL);
    put_text_checks(&p, r);
    put_text_endorsements(&p, r);
    put_text_contents(&p, r);
    if (r->has_view) put_elements(&p, &r->view);
}
