#include "cli/shacl_text.h"

#include "base/limits.h"
#include "rdf/nquads.h"

#include <stdio.h>
#include <stdlib.h>

enum { EXPECTED_MOST = 4 }; /* of what would have been right, told in one line */

/* What is wrong, by component; "$" stands for the parameter, "#" for how many there are. */
static const char *const phrases[] = {
    [MR_SHACL_CLASS] = "is not of class $",
    [MR_SHACL_DATATYPE] = "is not of datatype $, or not well-formed",
    [MR_SHACL_NODE_KIND] = "is not of kind $",
    [MR_SHACL_MIN_COUNT] = "has too few values: #, and at least $ are needed",
    [MR_SHACL_MAX_COUNT] = "has too many values: #, and at most $ are allowed",
    [MR_SHACL_MIN_EXCLUSIVE] = "is not greater than $",
    [MR_SHACL_MIN_INCLUSIVE] = "is less than $, or cannot be compared with it",
    [MR_SHACL_MAX_EXCLUSIVE] = "is not less than $",
    [MR_SHACL_MAX_INCLUSIVE] = "is greater than $, or cannot be compared with it",
    [MR_SHACL_MIN_LENGTH] = "is shorter than $ characters",
    [MR_SHACL_MAX_LENGTH] = "is longer than $ characters",
    [MR_SHACL_PATTERN] = "does not match the pattern $",
    [MR_SHACL_LANGUAGE_IN] = "is in none of the languages allowed",
    [MR_SHACL_UNIQUE_LANG] = "has more than one value in a language",
    [MR_SHACL_EQUALS] = "is not on both sides, here and at $",
    [MR_SHACL_DISJOINT] = "stands at $, too",
    [MR_SHACL_LESS_THAN] = "is not less than every value of $",
    [MR_SHACL_LESS_THAN_OR_EQUALS] = "is greater than a value of $, or cannot be compared with it",
    [MR_SHACL_NOT] = "is of the shape $, which it must not be",
    [MR_SHACL_AND] = "is not of all the shapes required",
    [MR_SHACL_OR] = "is of none of the shapes allowed",
    [MR_SHACL_XONE] = "is of none, or more than one, of shapes of which it must be of one",
    [MR_SHACL_NODE] = "is not of the shape $",
    [MR_SHACL_QUALIFIED_MIN_COUNT] = "has fewer than $ values of the shape required",
    [MR_SHACL_QUALIFIED_MAX_COUNT] = "has more than $ values of the shape",
    [MR_SHACL_CLOSED] = "is of a property that is not allowed here",
    [MR_SHACL_HAS_VALUE] = "lacks the value $",
    [MR_SHACL_IN] = "is not one of the values allowed",
};
_Static_assert(sizeof phrases / sizeof *phrases == MR_SHACL_COMPONENT_COUNT, "every component has its words");

static const char *const severities[] = {
    [MR_SEVERITY_VIOLATION] = "Violation", [MR_SEVERITY_WARNING] = "Warning", [MR_SEVERITY_INFO] = "Info"};

/* What a report is written with; line and line_at move forward only, for results come in the order of the document. */
struct writing {
    mr_buf *out;
    mr_buf term;
    const mr_json *root;
    mr_str text;
    size_t line, line_at;
};

/* As N-Quads has it, in one line, and not all of a long one. */
static void put_term(struct writing *w, const mr_term *term)
{
    char label[24];
    snprintf(label, sizeof label, "b%u", (unsigned)term->number);
    mr_buf_clear(&w->term);
    mr_nquads_put_term(&w->term, term, term->text.len ? term->text : mr_str_of(label));
    mr_str s = mr_buf_str(&w->term);
    bool cut = s.len > MR_LIMIT_FINDING_VALUE;
    if (cut)
        for (s.len = MR_LIMIT_FINDING_VALUE; s.len && ((unsigned char)s.ptr[s.len] & 0xC0) == 0x80;) s.len--;
    mr_buf_put_visible(w->out, s);
    if (cut) mr_buf_puts(w->out, "...");
}

static void put_parameter(struct writing *w, const mr_term *term)
{
    if (term->kind == MR_TERM_LITERAL)
        mr_buf_put_visible(w->out, term->text);
    else
        put_term(w, term);
}

static void put_phrase(struct writing *w, const mr_shacl_result *r)
{
    for (const char *c = phrases[r->component]; *c; c++) {
        if (*c == '#')
            mr_buf_format(w->out, "%lld", (long long)r->count);
        else if (*c != '$')
            mr_buf_putc(w->out, *c);
        else if (r->parameter)
            put_parameter(w, r->parameter);
        else
            mr_buf_puts(w->out, "what is expected");
    }
}

/* Where a component allows several things, which; what shape a value is not of says little, and the first fault that it finds there more. */
static void put_more(struct writing *w, const mr_shacl_result *r)
{
    const mr_term *expected[EXPECTED_MOST];
    bool is_list = r->component == MR_SHACL_OR || r->component == MR_SHACL_XONE || r->component == MR_SHACL_IN ||
                   r->component == MR_SHACL_LANGUAGE_IN;
    size_t count = is_list ? mr_shacl_expected(r, expected, EXPECTED_MOST) : 0;
    for (size_t i = 0; i < count && i < EXPECTED_MOST; i++) {
        mr_buf_puts(w->out, i ? ", " : ", such as ");
        put_parameter(w, expected[i]);
    }
    if (!r->detail_count) return;
    mr_buf_puts(w->out, r->details->path ? ": its " : ": it");
    if (r->details->path) put_term(w, r->details->path);
    mr_buf_putc(w->out, ' ');
    put_phrase(w, r->details);
}

static void put_place(struct writing *w, const mr_json *origin)
{
    char pointer[256];
    if (!origin || !w->root) return;
    mr_json_pointer(w->root, origin, pointer, sizeof pointer);
    for (; w->line_at < origin->position && w->line_at < w->text.len; w->line_at++)
        w->line += w->text.ptr[w->line_at] == '\n';
    mr_buf_puts(w->out, " (at ");
    mr_buf_put_visible(w->out, mr_str_of(*pointer ? pointer : "the root"));
    mr_buf_format(w->out, ", line %zu)", w->line);
}

static void put_result(struct writing *w, const mr_shacl_result *r)
{
    mr_buf_format(w->out, "%s: ", severities[r->severity]);
    put_term(w, r->focus);
    if (r->path) {
        mr_buf_puts(w->out, ", path ");
        put_term(w, r->path);
    } else if (r->complex_path)
        mr_buf_puts(w->out, ", path of several steps");
    if (r->value) {
        mr_buf_puts(w->out, ", value ");
        put_term(w, r->value);
    }
    mr_buf_puts(w->out, ": ");
    put_phrase(w, r);
    put_more(w, r);
    put_place(w, r->origin);
    if (r->message.len) {
        mr_buf_puts(w->out, ": ");
        mr_buf_put_visible(w->out, r->message);
    }
    mr_buf_putc(w->out, '\n');
}

static int by_place(const void *a, const void *b)
{
    const mr_shacl_result *x = *(const mr_shacl_result *const *)a, *y = *(const mr_shacl_result *const *)b;
    size_t at = x->origin ? x->origin->position : 0, other = y->origin ? y->origin->position : 0;
    if (at != other) return at < other ? -1 : 1;
    return x < y ? -1 : x > y; /* both stand in the array of the report */
}

int mr_shacl_text_write(mr_arena *a, const mr_shacl_report *report, const mr_json *root, mr_str text, mr_buf *out,
                        struct mr_err *err)
{
    struct writing w = {.out = out, .root = root, .text = text, .line = 1};
    const mr_shacl_result **order = MR_NEW_ARRAY(a, const mr_shacl_result *, report->count);
    if (!order) return MR_FAIL(err, MR_E_NOMEM, "no memory for the report", MR_NOWHERE);
    for (size_t i = 0; i < report->count; i++) order[i] = &report->results[i];
    if (report->count) qsort(order, report->count, sizeof *order, by_place);
    mr_buf_init(&w.term, MR_LIMIT_RDF_TEXT);
    for (size_t i = 0; i < report->count; i++) put_result(&w, order[i]);
    mr_buf_done(&w.term);
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the report is too long", MR_NOWHERE) : MR_OK;
}
