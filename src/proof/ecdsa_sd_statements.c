/* The statements of a document, and which of them a part of it makes.
 *
 * A part is converted on its own, as a verifier will do who sees no more. Each of its quads is then looked up among those of the whole: both come from
 * the same node of the document (mr_quad.origin and mr_ecdsa_sd_part.source), so there is little to compare, and a blank node of the part becomes that of
 * the whole which stands in its place. What is found is found for certain: terms are compared, and no blank node stands for two. What is not found tells
 * that the part means something else than it did in the document: an element of an RDF list has other neighbours, a value without its "@language" is
 * another one. Such a part can be shown to nobody, and is refused.
 *
 * Sources: W3C Data Integrity ECDSA Cryptosuites 1.0 section 3.4; JSON-LD text direction as in the other suites ("i18n-datatype"). */
#include "proof/ecdsa_sd_inside.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/hmac.h"
#include "rdf/canon.h"
#include "rdf/jsonld.h"
#include "rdf/lines.h"
#include "rdf/nquads.h"

#include <stdlib.h>

static int no_memory(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOMEM, "the statements of a document", MR_NOWHERE);
}

int mr_ecdsa_sd_read(mr_arena *a, mr_contexts *contexts, const mr_json *document, struct mr_ecdsa_sd_statements *ret,
                     struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf canonical; /* only the identifiers are of use: the labels come before the order */
    mr_jsonld_options options = {.contexts = contexts, .safe = true, .rdf_direction = MR_RDF_DIRECTION_I18N_DATATYPE};
    *ret = (struct mr_ecdsa_sd_statements){0};
    mr_buf_init(&canonical, MR_LIMIT_RDF_TEXT);
    mr_dataset_init(&ret->dataset, a);
    MR_TRY(mr_jsonld_to_rdf(document, &options, &ret->dataset, err));
    return mr_rdf_canonicalise(a, &ret->dataset, NULL, &canonical, &ret->canonical, err);
}

/* ---- labels ---- */

static int begin_labels(mr_arena *a, struct mr_ecdsa_sd_statements *s, struct mr_err *err)
{
    s->labels = MR_NEW_ARRAY(a, mr_str, s->dataset.blank_count);
    s->hmacs = MR_NEW_ARRAY(a, mr_str, s->dataset.blank_count);
    return s->labels && s->hmacs ? MR_OK : no_memory(err);
}

/* "u" and base64url of the HMAC, which is the caller's memory. */
static int set_label(mr_arena *a, struct mr_ecdsa_sd_statements *s, uint32_t blank, mr_str hmac, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, 64);
    mr_multibase_put(&text, 'u', hmac);
    s->hmacs[blank] = hmac;
    s->labels[blank] = mr_buf_failed(&text) ? MR_STR_EMPTY : mr_arena_dup(a, mr_buf_str(&text));
    return s->labels[blank].ptr ? MR_OK : no_memory(err);
}

int mr_ecdsa_sd_label(mr_arena *a, struct mr_ecdsa_sd_statements *s, mr_str hmac_key, struct mr_err *err)
{
    MR_TRY(begin_labels(a, s, err));
    for (uint32_t blank = 0; blank < s->dataset.blank_count; blank++) {
        if (!s->canonical[blank].len) continue;
        uint8_t *hmac = mr_arena_alloc(a, MR_ECDSA_SD_HMAC);
        if (!hmac) return no_memory(err);
        mr_hmac_sha256(hmac_key, s->canonical[blank], hmac); /* 3.4.4 step 1.2.1: of the identifier without "_:" */
        MR_TRY(set_label(a, s, blank, mr_str_make((const char *)hmac, MR_ECDSA_SD_HMAC), err));
    }
    return MR_OK;
}

static int compare_labels(const void *a, const void *b)
{
    const struct mr_ecdsa_sd_label *const *x = a, *const *y = b;
    return mr_str_compare((*x)->hmac, (*y)->hmac);
}

/* Two blank nodes with one label would become one node. */
static int check_distinct(mr_arena *a, const struct mr_ecdsa_sd_value *v, struct mr_err *err)
{
    const struct mr_ecdsa_sd_label **sorted =
        mr_arena_zalloc(a, v->label_count, sizeof(const struct mr_ecdsa_sd_label *));
    if (!sorted) return no_memory(err);
    for (size_t i = 0; i < v->label_count; i++) sorted[i] = &v->labels[i];
    if (v->label_count) qsort(sorted, v->label_count, sizeof *sorted, compare_labels);
    for (size_t i = 1; i < v->label_count; i++)
        if (mr_str_eq(sorted[i - 1]->hmac, sorted[i]->hmac))
            return MR_FAIL(err, MR_E_FORMAT, "one label for two blank nodes", MR_NOWHERE);
    return MR_OK;
}

/* The labels by number: every number below the count of blank nodes once, and no other. */
static int order_labels(mr_arena *a, const struct mr_ecdsa_sd_value *v, size_t blank_count, mr_str **ret,
                        struct mr_err *err)
{
    mr_str *by_number = MR_NEW_ARRAY(a, mr_str, blank_count);
    if (!by_number) return no_memory(err);
    if (v->label_count != blank_count)
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "labels do not fit the blank nodes", "%zu labels, %zu blank nodes",
                              v->label_count, blank_count);
    for (size_t i = 0; i < v->label_count; i++) {
        uint64_t number = v->labels[i].number;
        if (number >= blank_count || by_number[number].ptr)
            return MR_FAIL(err, MR_E_FORMAT, "a label for no blank node, or two for one", MR_NOWHERE);
        by_number[number] = v->labels[i].hmac;
    }
    *ret = by_number;
    return MR_OK;
}

uint64_t mr_ecdsa_sd_number(mr_str canonical)
{
    uint64_t number = 0;
    return mr_str_to_u64(mr_str_from(canonical, 4), &number) ? number : UINT64_MAX;
}

int mr_ecdsa_sd_relabel(mr_arena *a, struct mr_ecdsa_sd_statements *s, const struct mr_ecdsa_sd_value *v,
                        struct mr_err *err)
{
    size_t count = 0;
    mr_str *by_number = NULL;
    for (uint32_t blank = 0; blank < s->dataset.blank_count; blank++) count += s->canonical[blank].len > 0;
    MR_TRY(begin_labels(a, s, err));
    MR_TRY(order_labels(a, v, count, &by_number, err));
    MR_TRY(check_distinct(a, v, err));
    for (uint32_t blank = 0; blank < s->dataset.blank_count; blank++)
        if (s->canonical[blank].len)
            MR_TRY(set_label(a, s, blank, by_number[mr_ecdsa_sd_number(s->canonical[blank])], err));
    return MR_OK;
}

/* ---- lines ---- */

static void put_term(const struct mr_ecdsa_sd_statements *s, const mr_term *term, mr_buf *out)
{
    mr_nquads_put_term(out, term, term->kind == MR_TERM_BLANK ? s->labels[term->number] : MR_STR_EMPTY);
    mr_buf_putc(out, ' ');
}

static void put_line(const struct mr_ecdsa_sd_statements *s, const mr_quad *q, mr_buf *out)
{
    put_term(s, q->subject, out);
    put_term(s, q->predicate, out);
    put_term(s, q->object, out);
    if (q->graph) put_term(s, q->graph, out);
    mr_buf_puts(out, ".\n");
}

/* Every quad as a line, in one text. */
static int write_lines(mr_arena *a, const struct mr_ecdsa_sd_statements *s, mr_line *lines, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const mr_dataset *ds = &s->dataset;
    mr_buf_init(&out, MR_LIMIT_RDF_TEXT);
    for (size_t i = 0; i < ds->count; i++) {
        size_t start = out.len;
        put_line(s, &ds->quads[i], &out);
        lines[i] = (mr_line){.length = (uint32_t)(out.len - start), .number = (uint32_t)i};
    }
    if (mr_buf_failed(&out)) return MR_FAIL(err, MR_E_LIMIT, "statements longer than allowed", MR_NOWHERE);
    mr_str text = mr_arena_dup(a, mr_buf_str(&out));
    if (!text.ptr) return no_memory(err);
    for (size_t i = 0, at = 0; i < ds->count; at += lines[i++].length) lines[i].text = text.ptr + at;
    return MR_OK;
}

int mr_ecdsa_sd_sort(mr_arena *a, struct mr_ecdsa_sd_statements *s, struct mr_err *err)
{
    mr_line_sorter sorter;
    size_t quads = s->dataset.count;
    mr_line *lines = MR_NEW_ARRAY(a, mr_line, quads);
    s->lines = MR_NEW_ARRAY(a, mr_str, quads);
    s->line_of = MR_NEW_ARRAY(a, uint32_t, quads);
    if (!lines || !s->lines || !s->line_of || !mr_line_sorter_init(&sorter, a, quads)) return no_memory(err);
    MR_TRY(write_lines(a, s, lines, err));
    mr_lines_sort(&sorter, lines, quads);
    s->count = 0;
    for (size_t i = 0; i < quads; i++) {
        if (!i || !mr_line_eq(&lines[i - 1], &lines[i]))
            s->lines[s->count++] = mr_str_make(lines[i].text, lines[i].length);
        s->line_of[lines[i].number] = (uint32_t)s->count - 1;
    }
    return MR_OK;
}

/* ---- parts ---- */

/* A quad of the whole under the node that it comes from. */
struct place {
    const mr_json *origin;
    uint32_t quad;
};

/* Looking up the quads of a part. Both datasets are made in the order of the document: of the quads of one origin, those before a found one are not looked
 * at again. */
struct match {
    const struct mr_ecdsa_sd_statements *whole;
    const mr_dataset *part;
    struct place *places; /* ordered by origin, then by quad */
    uint32_t *next;       /* by the first place of an origin: where to go on, counted from it */
    uint32_t *to_whole;   /* by blank node of the part, and back: number + 1; 0 for none yet */
    uint32_t *to_part;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->origin != y->origin) return (uintptr_t)x->origin < (uintptr_t)y->origin ? -1 : 1;
    return x->quad < y->quad ? -1 : x->quad > y->quad;
}

static int match_init(struct match *m, mr_arena *a, const struct mr_ecdsa_sd_statements *whole, const mr_dataset *part,
                      struct mr_err *err)
{
    const mr_dataset *ds = &whole->dataset;
    *m = (struct match){.whole = whole, .part = part};
    m->places = MR_NEW_ARRAY(a, struct place, ds->count);
    m->next = MR_NEW_ARRAY(a, uint32_t, ds->count);
    m->to_whole = MR_NEW_ARRAY(a, uint32_t, part->blank_count);
    m->to_part = MR_NEW_ARRAY(a, uint32_t, ds->blank_count);
    if (!m->places || !m->next || !m->to_whole || !m->to_part) return no_memory(err);
    for (size_t i = 0; i < ds->count; i++) m->places[i] = (struct place){ds->quads[i].origin, (uint32_t)i};
    if (ds->count) qsort(m->places, ds->count, sizeof *m->places, compare_places);
    return MR_OK;
}

/* The first place of an origin, or where it would be. */
static size_t first_place(const struct match *m, const mr_json *origin)
{
    size_t low = 0, high = m->whole->dataset.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uintptr_t)m->places[middle].origin < (uintptr_t)origin)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Can the term of the part be that of the whole? */
static bool may_be(const struct match *m, const mr_term *part, const mr_term *whole)
{
    if (!part || !whole) return part == whole;
    if (part->kind != MR_TERM_BLANK || whole->kind != MR_TERM_BLANK) return mr_term_eq(part, whole);
    uint32_t to = m->to_whole[part->number], back = m->to_part[whole->number];
    return (!to && !back) || (to == whole->number + 1 && back == part->number + 1);
}

static bool quad_may_be(const struct match *m, const mr_quad *part, const mr_quad *whole)
{
    return may_be(m, part->subject, whole->subject) && mr_term_eq(part->predicate, whole->predicate) &&
           may_be(m, part->object, whole->object) && may_be(m, part->graph, whole->graph);
}

static void bind(struct match *m, const mr_term *part, const mr_term *whole)
{
    if (!part || part->kind != MR_TERM_BLANK) return;
    m->to_whole[part->number] = whole->number + 1;
    m->to_part[whole->number] = part->number + 1;
}

/* The quad of the whole that this one of the part is; false when there is none. */
static bool find_quad(struct match *m, const mr_quad *q, const mr_json *origin, uint32_t *ret)
{
    size_t first = first_place(m, origin), count = m->whole->dataset.count;
    for (size_t i = first + (first < count ? m->next[first] : 0); i < count && m->places[i].origin == origin; i++) {
        const mr_quad *candidate = &m->whole->dataset.quads[m->places[i].quad];
        if (!quad_may_be(m, q, candidate)) continue;
        bind(m, q->subject, candidate->subject);
        bind(m, q->object, candidate->object);
        bind(m, q->graph, candidate->graph);
        m->next[first] = (uint32_t)(i + 1 - first);
        *ret = m->places[i].quad;
        return quad_may_be(m, q, candidate); /* two of its terms may have become one node */
    }
    return false;
}

static const mr_json *source_of(const struct mr_ecdsa_sd_part *part, const mr_json *origin)
{
    if (!origin || origin < part->root || origin >= part->root + part->root->skip) return origin;
    return part->source[origin - part->root];
}

/* The place in the document of what cannot be shown by itself. */
static int refuse_part(const struct mr_ecdsa_sd_part *part, const mr_json *origin, struct mr_err *err)
{
    int code = MR_FAIL(err, MR_E_FORMAT, "a part that means something else on its own", MR_NOWHERE);
    if (err) mr_json_pointer(part->source[0], origin, err->pointer, sizeof err->pointer);
    return code;
}

/* The labels of the whole for the blank nodes of the part. */
static int take_labels(mr_arena *a, const struct match *m, struct mr_ecdsa_sd_statements *part, struct mr_err *err)
{
    MR_TRY(begin_labels(a, part, err));
    for (uint32_t blank = 0; blank < part->dataset.blank_count; blank++) {
        if (!m->to_whole[blank]) continue;
        part->labels[blank] = m->whole->labels[m->to_whole[blank] - 1];
        part->hmacs[blank] = m->whole->hmacs[m->to_whole[blank] - 1];
    }
    return MR_OK;
}

int mr_ecdsa_sd_group(mr_arena *a, mr_contexts *contexts, const struct mr_ecdsa_sd_statements *whole,
                      const struct mr_ecdsa_sd_part *part, bool **ret_in, struct mr_ecdsa_sd_statements *ret_part,
                      struct mr_err *err)
{
    struct match m;
    struct mr_ecdsa_sd_statements own = {0};
    bool *in = MR_NEW_ARRAY(a, bool, whole->count);
    if (!in) return no_memory(err);
    if (part->root) MR_TRY(mr_ecdsa_sd_read(a, contexts, part->root, &own, err));
    MR_TRY(match_init(&m, a, whole, &own.dataset, err));
    for (size_t i = 0; i < own.dataset.count; i++) {
        const mr_quad *q = &own.dataset.quads[i];
        const mr_json *origin = source_of(part, q->origin);
        uint32_t found;
        if (!find_quad(&m, q, origin, &found)) return refuse_part(part, origin, err);
        in[whole->line_of[found]] = true;
    }
    if (ret_part) {
        MR_TRY(take_labels(a, &m, &own, err));
        *ret_part = own;
    }
    *ret_in = in;
    return MR_OK;
}

int mr_ecdsa_sd_hash(mr_arena *a, const struct mr_ecdsa_sd_statements *s, const bool *mandatory, mr_digest *ret,
                     struct mr_err *err)
{
    size_t count = 0;
    mr_str *lines = MR_NEW_ARRAY(a, mr_str, s->count);
    if (!lines) return no_memory(err);
    for (size_t i = 0; i < s->count; i++)
        if (mandatory[i]) lines[count++] = s->lines[i];
    return mr_digest_make(MR_SHA256, lines, count, ret, err);
}
