/* What a credential says: reading it once more after verification, and telling it.
 *
 * Verification shows nothing of a document without a seal that holds (verify.c, invariant 2). Here an unsealed one is read all the same, because people
 * have such files and want to know what is in them; that nothing seals it is the first thing that is said, before any of its own words. */
#include "credential/said.h"

#include "base/limits.h"
#include "credential/sd_jwt_vc.h"
#include "credential/sniff.h"
#include "credential/view_vc.h"
#include "json/write.h"

/* ---- reading ---- */

static int read_view(mr_arena *a, const mr_language *l, const mr_json *document, mr_view *ret, struct mr_err *err)
{
    if (mr_json_get(document, "vct")) return mr_sd_jwt_vc_view(a, document, l, ret, err);
    return mr_sniffed_is_elm(document) ? mr_view_read(a, document, l, ret, err)
                                       : mr_view_read_vc(a, document, l, ret, err);
}

/* The document of a file that is nothing but JSON, out of the wrapper for upload. */
static int read_unsealed(mr_arena *a, const mr_language *l, mr_str file, mr_said *ret, struct mr_err *err)
{
    mr_str text = MR_STR_EMPTY;
    const mr_json *root;
    struct mr_err e = {0};
    if (mr_sniff(file, &text) != MR_SNIFFED_JSON) return MR_OK;
    int code = mr_json_parse(a, text, NULL, &root, &e);
    if (code == MR_E_NOMEM) return *err = e, code;
    const mr_json *wrapped = code ? NULL : mr_json_get(root, "credential");
    if (code) return MR_OK;
    ret->document = mr_json_is(wrapped, MR_JSON_OBJECT) ? wrapped : root;
    code = read_view(a, l, ret->document, &ret->view, &e);
    if (code == MR_E_NOMEM) return *err = e, code;
    ret->any = code == MR_OK;
    return MR_OK;
}

int mr_said_read(mr_verifier *v, mr_arena *a, const mr_language *l, mr_str file, mr_said *ret, struct mr_err *err)
{
    *ret = (mr_said){0};
    MR_TRY(mr_verify(v, a, file, &ret->report, err));
    if (ret->report.unsealed) return read_unsealed(a, l, file, ret, err);
    if (!ret->report.has_view) return MR_OK;
    MR_TRY(mr_json_parse(a, ret->report.document, NULL, &ret->document, err));
    ret->view = ret->report.view;
    ret->any = ret->sealed = true;
    return MR_OK;
}

/* ---- telling ---- */

static mr_str label_of(mr_arena *a, const mr_language *l, mr_element e, const char *suffix)
{
    return mr_message_str(l, mr_arena_format(a, "element.%s%s", mr_element_info(e)->code, suffix));
}

/* Learning outcomes first, then the order of Annex I. */
static mr_element element_at(size_t place)
{
    if (place == 0) return MR_ELEMENT_OUTCOMES;
    return (mr_element)(place <= MR_ELEMENT_OUTCOMES ? place - 1 : place);
}

static bool is_gap(const mr_view *v, mr_element e)
{
    return mr_element_info(e)->mandatory && !v->answers[e].answered;
}

static size_t count_gaps(const mr_view *v)
{
    size_t count = 0;
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) count += is_gap(v, e);
    return count;
}

/* Parts of an SD-JWT may be kept back by its holder. */
static bool may_be_hidden(const mr_said *s)
{
    const struct mr_check *c = &s->report.checks[MR_CHECK_COMPLETENESS];
    return s->sealed && c->claimed && c->state == MR_UNCHECKED;
}

static const char *heading_of_gaps(const mr_said *s, const mr_view *v)
{
    return may_be_hidden(s) ? "show.gaps_hidden" : v->not_annex ? "show.gaps_other" : "show.gaps";
}

/* ---- text ---- */

/* A text of the document, each of its lines indented. */
static void put_lines(mr_str text, const char *indent, mr_buf *out)
{
    mr_str line;
    while (mr_str_split(&text, '\n', &line)) {
        mr_buf_puts(out, indent);
        mr_buf_put_visible(out, line);
        mr_buf_putc(out, '\n');
    }
}

static void put_answers(const mr_view *v, mr_arena *a, const mr_language *l, mr_buf *out)
{
    for (size_t k = 0; k < MR_ELEMENT_COUNT; k++) {
        const struct mr_view_answer *answer = &v->answers[element_at(k)];
        if (!answer->answered) continue;
        mr_buf_put(out, label_of(a, l, element_at(k), ""));
        mr_buf_putc(out, '\n');
        for (size_t i = 0; i < answer->value_count; i++) put_lines(answer->values[i], "  ", out);
    }
}

static void put_gaps(const mr_said *s, const mr_view *v, mr_arena *a, const mr_language *l, mr_buf *out)
{
    if (count_gaps(v) == 0) return;
    mr_buf_putc(out, '\n');
    mr_buf_put(out, mr_message(l, heading_of_gaps(s, v)));
    mr_buf_putc(out, '\n');
    for (size_t k = 0; k < MR_ELEMENT_COUNT; k++) {
        if (!is_gap(v, element_at(k))) continue;
        mr_buf_puts(out, "  ");
        mr_buf_put(out, label_of(a, l, element_at(k), ""));
        mr_buf_puts(out, ": ");
        mr_buf_put(out, label_of(a, l, element_at(k), ".gap"));
        mr_buf_putc(out, '\n');
    }
}

static void put_part(const mr_said *s, const mr_view *part, size_t number, mr_arena *a, const mr_language *l,
                     mr_buf *out)
{
    mr_str title = part->title.len ? part->title : mr_message(l, "show.part_untitled");
    mr_str heading = MR_SAY(a, l, "show.part", {"number", mr_say_count(a, l, (int64_t)number)},
                            {"total", mr_say_count(a, l, (int64_t)s->view.part_count)}, {"title", title});
    mr_buf_puts(out, "\n== ");
    mr_buf_put_visible(out, heading);
    mr_buf_puts(out, " ==\n");
    if (part->withheld) {
        mr_buf_put(out, mr_message(l, "show.part_withheld"));
        mr_buf_putc(out, '\n');
        return;
    }
    put_answers(part, a, l, out);
    put_gaps(s, part, a, l, out);
}

void mr_said_write_text(const mr_said *s, mr_arena *a, const mr_language *l, mr_buf *out)
{
    mr_buf_put_visible(out, s->sealed ? s->report.summary : mr_message(l, "show.unsealed"));
    mr_buf_putc(out, '\n');
    if (s->sealed && s->report.story.len) {
        mr_buf_put_visible(out, s->report.story);
        mr_buf_putc(out, '\n');
    }
    mr_buf_putc(out, '\n');
    put_answers(&s->view, a, l, out);
    if (s->view.part_count == 0) put_gaps(s, &s->view, a, l, out);
    for (size_t i = 0; i < s->view.part_count; i++) put_part(s, &s->view.parts[i], i + 1, a, l, out);
    mr_buf_putc(out, '\n');
    mr_buf_put(out, mr_message(l, "report.note"));
    mr_buf_putc(out, '\n');
}

/* ---- JSON ---- */

static void put_view_members(const mr_view *v, mr_arena *a, const mr_language *l, mr_json_writer *w)
{
    mr_json_put_member_if(w, "id", v->id);
    mr_json_put_member_if(w, "title", v->title);
    mr_json_put_member_if(w, "issuer", v->issuer);
    mr_json_put_member_if(w, "learner", v->learner);
    mr_json_put_name(w, "micro_credential"); /* does it call itself one? */
    mr_json_put_bool(w, !v->not_annex);
    mr_json_put_name(w, "elements");
    mr_view_write_elements(v, l, w);
    mr_json_put_name(w, "not_stated");
    mr_json_begin_array(w);
    for (size_t k = 0; k < MR_ELEMENT_COUNT; k++) {
        if (!is_gap(v, element_at(k))) continue;
        mr_json_begin_object(w);
        mr_json_put_member_c(w, "code", mr_element_info(element_at(k))->code);
        mr_json_put_member(w, "label", label_of(a, l, element_at(k), ""));
        mr_json_put_member(w, "meaning", label_of(a, l, element_at(k), ".gap"));
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
}

static void put_parts(const mr_view *v, mr_arena *a, const mr_language *l, mr_json_writer *w)
{
    mr_json_put_name(w, "parts");
    mr_json_begin_array(w);
    for (size_t i = 0; i < v->part_count; i++) {
        const mr_view *part = &v->parts[i];
        mr_json_begin_object(w);
        mr_json_put_flag(w, "withheld", part->withheld);
        if (part->withheld)
            mr_json_put_member_if(w, "title", part->title);
        else
            put_view_members(part, a, l, w);
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
}

void mr_said_write_json(const mr_said *s, mr_arena *a, const mr_language *l, mr_str file_name, mr_buf *out)
{
    mr_json_writer w;
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    mr_json_put_member_if(&w, "file", file_name);
    mr_json_put_flag(&w, "sealed", s->sealed);
    mr_json_put_member_c(&w, "verdict", mr_verdict_name(s->report.verdict));
    mr_json_put_member(&w, "summary", s->sealed ? s->report.summary : mr_message(l, "show.unsealed"));
    mr_json_put_member(&w, "format", s->report.format);
    mr_json_put_name(&w, "credential");
    mr_json_begin_object(&w);
    put_view_members(&s->view, a, l, &w);
    if (s->view.part_count) put_parts(&s->view, a, l, &w);
    mr_json_end_object(&w);
    mr_json_put_member(&w, "note", mr_message(l, "report.note"));
    mr_json_end_object(&w);
}
