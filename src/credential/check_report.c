/* What was found, told to programs and to people. */
#include "credential/check.h"

#include "base/limits.h"
#include "credential/specification_file.h"
#include "json/write.h"

#define WIDTH 80 /* columns of a terminal */

const char *mr_checked_kind_name(mr_checked_kind k)
{
    static const char *const names[] = {
        "",           "specification", "unsealed", "sealed", "token", "opportunities", "accreditations",
        "credential", "presentation"};
    return names[k];
}

int mr_checked_exit(const mr_checked *c)
{
    return c->kind == MR_CHECKED_NOTHING ? 2 : !mr_checked_is_complete(c);
}

static bool is_credential(const mr_checked *c)
{
    return c->root && (c->kind == MR_CHECKED_UNSEALED || c->kind == MR_CHECKED_SEALED || c->kind == MR_CHECKED_TOKEN);
}

static mr_str severity_of(const struct mr_finding *f)
{
    return f->remark ? MR_STR("remark") : f->warning ? MR_STR("warning") : MR_STR("fault");
}

/* ---- sentences ---- */

static mr_str count(mr_arena *a, const mr_language *l, const char *what, size_t n)
{
    mr_str id = mr_arena_format(a, "check.%s", what);
    return MR_SAY(a, l, id.ptr, {"count", mr_say_count(a, l, (int64_t)n)});
}

/* "1 fault, 5 warnings, 3 remarks", without those that are none. */
static mr_str counts(const mr_checked *c, mr_arena *a, const mr_language *l)
{
    const struct {
        const char *what;
        size_t n;
    } all[] = {{"faults", c->findings.faults}, {"warnings", c->warnings}, {"remarks", c->remarks}};
    mr_str text = MR_STR_EMPTY;
    for (size_t i = 0; i < 3; i++) {
        if (all[i].n == 0) continue;
        const mr_str parts[] = {text, text.len ? MR_STR(", ") : MR_STR_EMPTY, count(a, l, all[i].what, all[i].n)};
        text = mr_arena_concat(a, parts, 3);
    }
    return text.len ? text : mr_message(l, "check.nothing_found");
}

static mr_str verdict(const mr_checked *c, mr_arena *a, const mr_language *l, mr_str file)
{
    bool complete = mr_checked_is_complete(c), specification = c->kind == MR_CHECKED_SPECIFICATION;
    if (c->kind == MR_CHECKED_NOTHING)
        return MR_SAY(a, l, "check.refused", {"file", file},
                      {"why", MR_SAY(a, l, c->refusal, {"value", mr_str_of(c->why.detail)})});
    if (specification)
        return MR_SAY(a, l, complete ? "check.specification.complete" : "check.specification.incomplete",
                      {"file", file});
    if (c->kind == MR_CHECKED_CREDENTIAL || c->kind == MR_CHECKED_PRESENTATION)
        return MR_SAY(a, l, complete ? "check.vc.complete" : "check.vc.incomplete", {"file", file});
    if (!is_credential(c))
        return MR_SAY(a, l, complete ? "check.data.complete" : "check.data.incomplete", {"file", file});
    if (c->partial && c->findings.faults == 0) return MR_SAY(a, l, "check.partial", {"file", file});
    return MR_SAY(a, l, complete ? "check.complete" : "check.incomplete", {"file", file});
}

/* “Wound care”: 14 of 16 elements are answered; 1 fault, 5 warnings. */
static mr_str sum(const mr_checked *c, mr_arena *a, const mr_language *l)
{
    mr_str all = counts(c, a, l);
    mr_str rest = is_credential(c) ? MR_SAY(a, l, "check.elements", {"count", mr_say_count(a, l, (int64_t)c->answered)},
                                            {"all", mr_say_count(a, l, MR_ELEMENT_COUNT)}, {"counts", all})
                                   : MR_SAY(a, l, "check.counts", {"counts", all});
    return c->title.len ? MR_SAY(a, l, "check.titled", {"title", c->title}, {"rest", rest}) : rest;
}

static mr_str label_of(mr_arena *a, const mr_language *l, const struct mr_finding *f)
{
    static const char *const rooms[] = {"element", "field"};
    for (size_t i = 0; i < 2 && f->element[0]; i++) {
        mr_str id = mr_arena_format(a, "%s.%s", rooms[i], f->element);
        if (mr_message_exists(mr_language_english(), id)) return mr_message_str(l, id);
    }
    return MR_STR_EMPTY;
}

/* Where a file stopped making sense: "line 2, column 14: a comma is missing"; empty when that is not known. */
static mr_str broken_at(const mr_checked *c, mr_arena *a, const mr_language *l)
{
    size_t line, column;
    if (c->kind != MR_CHECKED_NOTHING || c->why.code == MR_OK || c->why.position == MR_NOWHERE) return MR_STR_EMPTY;
    if (c->why.position > c->document.len) return MR_STR_EMPTY;
    mr_json_place(c->document, c->why.position, &line, &column);
    mr_str place = MR_SAY(a, l, "check.broken_at", {"line", mr_arena_format(a, "%zu", line)},
                          {"column", mr_arena_format(a, "%zu", column)});
    if (l != mr_language_english()) return place; /* the readers of JSON and RDF speak English only */
    return mr_arena_format(a, "%.*s: %s%s%s", MR_STR_ARG(place), c->why.message, c->why.detail[0] ? ": " : "",
                           c->why.detail);
}

/* ---- for programs ---- */

static void put_place(mr_json_writer *w, const mr_checked *c, const struct mr_finding *f)
{
    size_t line, column;
    mr_json_put_member_c(w, "pointer", f->pointer);
    if (!c->root || !f->pointer[0] || f->position >= c->document.len) return;
    mr_json_place(c->document, f->position, &line, &column);
    mr_json_put_number(w, "line", (int64_t)line);
    mr_json_put_number(w, "column", (int64_t)column);
}

static void put_finding(mr_json_writer *w, const mr_checked *c, const struct mr_finding *f, mr_arena *a,
                        const mr_language *l)
{
    mr_json_begin_object(w);
    mr_json_put_member(w, "severity", severity_of(f));
    mr_json_put_name(w, "element");
    if (f->element[0])
        mr_json_put_cstr(w, f->element);
    else
        mr_json_put_null(w);
    mr_json_put_member_c(w, "code", f->id);
    put_place(w, c, f);
    if (f->value.len) mr_json_put_member(w, "value", f->value);
    if (f->expected.len) mr_json_put_member(w, "expected", f->expected);
    mr_json_put_member(w, "text", mr_finding_say(a, l, f));
    mr_json_end_object(w);
}

static void put_counts(mr_json_writer *w, const mr_checked *c)
{
    if (is_credential(c)) {
        mr_json_put_name(w, "elements");
        mr_json_begin_object(w);
        mr_json_put_number(w, "answered", (int64_t)c->answered);
        mr_json_put_number(w, "of", (int64_t)MR_ELEMENT_COUNT);
        mr_json_end_object(w);
    }
    mr_json_put_number(w, "faults", (int64_t)c->findings.faults);
    mr_json_put_number(w, "warnings", (int64_t)c->warnings);
    mr_json_put_number(w, "remarks", (int64_t)c->remarks);
}

void mr_checked_write_json(const mr_checked *c, mr_arena *a, const mr_language *l, mr_str file_name, mr_buf *out)
{
    mr_json_writer w;
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "file", file_name);
    mr_json_put_name(&w, "kind");
    if (c->kind == MR_CHECKED_NOTHING)
        mr_json_put_null(&w);
    else
        mr_json_put_cstr(&w, mr_checked_kind_name(c->kind));
    mr_json_put_flag(&w, "complete", mr_checked_is_complete(c));
    if (c->title.len) mr_json_put_member(&w, "title", c->title);
    mr_json_put_member(&w, "summary", verdict(c, a, l, file_name));
    if (c->kind == MR_CHECKED_NOTHING) mr_json_put_member_c(&w, "code", c->refusal);
    mr_str broken = broken_at(c, a, l);
    if (broken.len) mr_json_put_member(&w, "detail", broken);
    put_counts(&w, c);
    mr_json_put_name(&w, "findings");
    mr_json_begin_array(&w);
    for (size_t i = 0; i < c->findings.count; i++) put_finding(&w, c, &c->findings.items[i], a, l);
    mr_json_end_array(&w);
    mr_json_end_object(&w);
}

/* ---- for people ---- */

/* Words of a text in lines of the terminal's width, the first behind `lead`, the others behind as many blanks as `indent`. */
static void put_wrapped(mr_buf *out, const char *lead, size_t indent, mr_str text)
{
    size_t column = mr_utf8_length(mr_str_of(lead)), start = column;
    mr_str word;
    mr_buf_puts(out, lead);
    while (mr_str_split(&text, ' ', &word)) {
        size_t wide = mr_utf8_length(word);
        if (column > start && column + 1 + wide > WIDTH) {
            mr_buf_putc(out, '\n');
            for (column = 0; column < indent; column++) mr_buf_putc(out, ' ');
            start = indent;
        } else if (column > start)
            mr_buf_putc(out, ' '), column++;
        mr_buf_put_visible(out, word);
        column += wide;
    }
    mr_buf_putc(out, '\n');
}

static void write_place(const mr_checked *c, mr_arena *a, const mr_language *l, const struct mr_finding *f, mr_buf *out)
{
    size_t line, column;
    if (!f->pointer[0]) return;
    mr_str place = mr_str_of(f->pointer);
    if (c->root && f->position < c->document.len) {
        mr_json_place(c->document, f->position, &line, &column);
        place = MR_SAY(a, l, "check.place", {"pointer", place}, {"line", mr_arena_format(a, "%zu", line)},
                       {"column", mr_arena_format(a, "%zu", column)});
    }
    put_wrapped(out, "  ", 2, place);
}

static void write_finding(const mr_checked *c, mr_arena *a, const mr_language *l, const struct mr_finding *f,
                          mr_buf *out)
{
    mr_str label = label_of(a, l, f), said = mr_finding_say(a, l, f);
    if (label.len && !mr_str_has_prefix(said, label))
        said = mr_arena_concat(a, (const mr_str[]){label, MR_STR(": "), said}, 3);
    mr_buf_putc(out, '\n');
    put_wrapped(out, f->remark ? "· " : f->warning ? "? " : "✗ ", 2, said);
    write_place(c, a, l, f, out);
}

void mr_checked_write_text(const mr_checked *c, mr_arena *a, const mr_language *l, mr_str file_name, mr_buf *out)
{
    size_t told = c->findings.count, all = c->findings.faults + c->warnings + c->remarks;
    put_wrapped(out, "", 0, verdict(c, a, l, file_name));
    mr_str broken = broken_at(c, a, l);
    if (broken.len) put_wrapped(out, "  ", 2, broken);
    if (c->kind == MR_CHECKED_NOTHING) return;
    if (all > 0 || c->title.len) put_wrapped(out, "", 0, sum(c, a, l));
    for (size_t i = 0; i < told; i++) write_finding(c, a, l, &c->findings.items[i], out);
    if (all > told) {
        mr_buf_putc(out, '\n');
        put_wrapped(out, "", 0, MR_SAY(a, l, "check.more", {"count", mr_say_count(a, l, (int64_t)(all - told))}));
    }
    if (c->kind != MR_CHECKED_SEALED && c->kind != MR_CHECKED_TOKEN) return;
    mr_buf_putc(out, '\n');
    put_wrapped(out, "", 0, mr_message(l, "check.seal_not_checked"));
}
