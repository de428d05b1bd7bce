/* Outlines of documents.
 *
 * Idea. Two documents of a batch are compared: where their texts differ is what varies. A copy of the document is converted with a mark in the place of each text
 * that varies, and where a mark comes out in the quads, there the text of any further document belongs. A document fits an outline when it has the same
 * members, numbers and words, and the same texts wherever none varies; it then costs one comparison and a copy of the quads.
 *
 * Why that is right. A text becomes a term only as a whole: a literal, or an IRI that is itself. The second is so for every text whose part before the first
 * colon is the same and behind which "//" stands or does not, as in the text that was marked (JSON-LD 1.1 API 5.2.2 step 6; a term that looks like an IRI is defined
 * as itself, 4.2.2 step 14); texts that begin otherwise are not taken. A text whose mark comes out nowhere, or within a longer term, means something else (a language, a type, JSON): no outline is
 * made. Nor where the outline, filled with the texts of the document that it was made of, would not give exactly the quads of that document.
 *
 * What varies is learnt: an outline that does not fit only because one more text varies is made anew, a few times at most. */
#include "rdf/outline.h"

#include "base/limits.h"
#include "rdf/iri.h"

#include <stdlib.h>

enum { OUTLINES = 4, LESSONS = 12 };
#define MARK "~outline-mark-"

enum { IS_VALUE, IS_NAME, VARIES };

/* A text of the document belongs in a place of a quad. */
struct use {
    uint32_t quad, node;
    uint8_t place; /* 0 subject, 1 predicate, 2 object, 3 graph */
};

struct outline {
    mr_arena arena;
    const mr_json *document; /* a copy; NULL: this outline is free */
    uint8_t *varies;         /* by node: IS_VALUE, IS_NAME, VARIES */
    mr_dataset ds;           /* with marks */
    struct use *uses;        /* NULL: nothing can be filled in, yet or ever */
    size_t use_count;
    unsigned lessons;
};

struct mr_outlines {
    struct outline list[OUTLINES];
};

int mr_outlines_open(mr_arena *a, mr_outlines **ret, struct mr_err *err)
{
    *ret = MR_NEW(a, mr_outlines);
    return *ret ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for outlines", MR_NOWHERE);
}

static void forget(struct outline *o)
{
    mr_arena_done(&o->arena);
    *o = (struct outline){0};
}

void mr_outlines_close(mr_outlines *o)
{
    for (size_t i = 0; o && i < OUTLINES; i++) forget(&o->list[i]);
}

/* ---- comparing ---- */

static bool has_same_text(const mr_json *a, const mr_json *b)
{
    return a->len == b->len && memcmp(a->ptr, b->ptr, a->len) == 0;
}

/* The same but for texts that are values, of which *ret_new is the number of those that were not known to vary. */
static bool has_same_form(const struct outline *o, const mr_json *document, size_t *ret_new)
{
    const mr_json *own = o->document;
    *ret_new = 0;
    if (own->skip != document->skip) return false;
    for (uint32_t i = 0; i < own->skip; i++) {
        const mr_json *a = &own[i], *b = &document[i];
        if (a->type != b->type || a->skip != b->skip) return false;
        if (a->type == MR_JSON_STRING || a->type == MR_JSON_NUMBER) {
            if (o->varies[i] == VARIES || has_same_text(a, b)) continue;
            if (a->type == MR_JSON_NUMBER || o->varies[i] == IS_NAME) return false;
            ++*ret_new;
        } else if (a->len != b->len) {
            return false;
        }
    }
    return true;
}

static mr_str beginning_of(mr_str iri)
{
    ptrdiff_t colon = mr_str_find_char(iri, ':');
    return mr_str_make(iri.ptr, colon < 0 ? 0 : (size_t)colon + 1);
}

static bool has_slashes(mr_str iri, size_t at)
{
    return mr_str_has_prefix(mr_str_from(iri, at), MR_STR("//"));
}

/* Does this text become itself, where the other one did? */
static bool is_such_an_iri(mr_str text, mr_str other)
{
    mr_str start = beginning_of(other);
    return start.len && !mr_str_is(start, "_:") && mr_str_has_prefix(text, start) &&
           has_slashes(text, start.len) == has_slashes(other, start.len) && mr_iri_is_well_formed(text);
}

/* ---- filling in ---- */

static const mr_term **place_of(mr_quad *q, uint8_t place)
{
    const mr_term **const places[] = {&q->subject, &q->predicate, &q->object, &q->graph};
    return places[place];
}

/* The quads with the texts of this document, which has the form of the outline. *ret_done false: one of them cannot stand there, or no memory. */
static void fill(const struct outline *o, const mr_json *document, mr_dataset *ret, bool *ret_done)
{
    size_t count = o->ds.count;
    const mr_json *at = NULL;
    mr_term *term = NULL;
    mr_quad *quads = mr_arena_alloc(ret->arena, count * sizeof *quads);
    *ret_done = false;
    if (!quads) return;
    memcpy(quads, o->ds.quads, count * sizeof *quads);
    for (size_t i = 0; i < o->use_count; i++) {
        const struct use *use = &o->uses[i];
        const mr_json *value = &document[use->node];
        const mr_term **place = place_of(&quads[use->quad], use->place);
        if (value != at) { /* uses of one text follow each other */
            mr_str own = mr_json_text(&o->document[use->node]);
            if ((*place)->kind == MR_TERM_IRI && !is_such_an_iri(mr_json_text(value), own)) return;
            if (!(term = mr_arena_alloc(ret->arena, sizeof *term))) return;
            *term = **place;
            term->text = mr_json_text(value);
            at = value;
        } else if ((*place)->kind != term->kind || !mr_str_eq((*place)->datatype, term->datatype)) {
            return;
        }
        *place = term;
    }
    mr_arena *a = ret->arena;
    *ret =
        (mr_dataset){.arena = a, .quads = quads, .count = count, .capacity = count, .blank_count = o->ds.blank_count};
    *ret_done = true;
}

/* ---- learning ---- */

static void mark_names(const mr_json *document, uint8_t *varies)
{
    for (uint32_t i = 0; i < document->skip; i++)
        MR_JSON_EACH_MEMBER (name, &document[i]) varies[name - document] = IS_NAME;
}

/* The document with all its texts in this arena; behind those that vary stands a mark when `marked`. */
static mr_json *copy(mr_arena *a, const mr_json *document, const uint8_t *varies, bool marked)
{
    mr_json *nodes = mr_arena_alloc(a, document->skip * sizeof *nodes);
    if (!nodes) return NULL;
    memcpy(nodes, document, document->skip * sizeof *nodes);
    for (uint32_t i = 0; i < document->skip; i++) {
        mr_str text = mr_json_text(&nodes[i]);
        if (nodes[i].type != MR_JSON_STRING && nodes[i].type != MR_JSON_NUMBER) continue;
        bool with_mark = marked && varies[i] == VARIES;
        text = with_mark ? mr_arena_format(a, "%.*s" MARK "%u~", MR_STR_ARG(text), i) : mr_arena_dup(a, text);
        if (!text.ptr) return NULL;
        nodes[i].ptr = text.ptr, nodes[i].len = (uint32_t)text.len;
    }
    return nodes;
}

static bool has_mark(mr_str text)
{
    return mr_str_find(text, MR_STR(MARK)) >= 0;
}

/* Whose mark is this text? NULL: nobody's. */
static const mr_json *node_of(const mr_json *marked, const uint8_t *varies, mr_str text)
{
    for (uint32_t i = 0; i < marked->skip; i++)
        if (varies[i] == VARIES && mr_str_eq(mr_json_text(&marked[i]), text)) return &marked[i];
    return NULL;
}

static int by_node(const void *a, const void *b)
{
    const struct use *x = a, *y = b;
    return (x->node > y->node) - (x->node < y->node);
}

/* Where the marks are. False: one of them is nowhere, or means something else than itself. */
static bool find_uses(struct outline *o, const mr_json *marked)
{
    size_t count = 0, most = 4 * o->ds.count;
    struct use *uses = mr_arena_alloc(&o->arena, most * sizeof *uses);
    bool *found = MR_NEW_ARRAY(&o->arena, bool, marked->skip);
    if (!uses || !found) return false;
    for (size_t q = 0; q < o->ds.count; q++) {
        o->ds.quads[q].origin = NULL;
        for (uint8_t place = 0; place < 4; place++) {
            const mr_term *t = *place_of(&o->ds.quads[q], place);
            if (!t || t->kind == MR_TERM_BLANK) continue;
            if (has_mark(t->datatype) || has_mark(t->language)) return false;
            if (!has_mark(t->text)) continue;
            const mr_json *node = node_of(marked, o->varies, t->text);
            if (!node) return false;
            found[node - marked] = true;
            uses[count++] = (struct use){(uint32_t)q, (uint32_t)(node - marked), place};
        }
    }
    for (uint32_t i = 0; i < marked->skip; i++)
        if (o->varies[i] == VARIES && !found[i]) return false;
    qsort(uses, count, sizeof *uses, by_node);
    o->uses = uses, o->use_count = count;
    return true;
}

static bool has_same_quads(const mr_dataset *a, const mr_dataset *b)
{
    if (a->count != b->count || a->blank_count != b->blank_count) return false;
    for (size_t q = 0; q < a->count; q++)
        for (uint8_t place = 0; place < 4; place++) {
            const mr_term *x = *place_of(&a->quads[q], place), *y = *place_of(&b->quads[q], place);
            if (!x != !y) return false;
            if (!x) continue;
            if (x->kind != y->kind || x->number != y->number || !mr_str_eq(x->text, y->text) ||
                !mr_str_eq(x->datatype, y->datatype) || !mr_str_eq(x->language, y->language))
                return false;
        }
    return true;
}

/* Make ready to be filled in, when that is possible. */
static void prepare(struct outline *o, const mr_json *document, const mr_jsonld_options *options,
                    const mr_dataset *true_quads)
{
    struct mr_err ignored = {0};
    mr_dataset filled = {.arena = &o->arena};
    bool done = false;
    mr_json *marked = copy(&o->arena, o->document, o->varies, true);
    mr_dataset_init(&o->ds, &o->arena);
    if (!marked || mr_jsonld_to_rdf(marked, options, &o->ds, &ignored) != MR_OK || !find_uses(o, marked)) return;
    fill(o, document, &filled, &done);
    if (!done || !has_same_quads(&filled, true_quads)) o->uses = NULL;
}

/* Begin an outline, which knows of nothing that varies. */
static void begin(struct outline *o, const mr_json *document)
{
    mr_arena_init(&o->arena, MR_LIMIT_DOCUMENT_MEMORY);
    o->varies = MR_NEW_ARRAY(&o->arena, uint8_t, document->skip);
    if (o->varies) mark_names(document, o->varies);
    o->document = o->varies ? copy(&o->arena, document, o->varies, false) : NULL;
    if (!o->document) forget(o);
}

/* The same outline, with more that varies: wherever this document has another text. */
static void learn(struct outline *o, const mr_json *document, const mr_jsonld_options *options, const mr_dataset *quads)
{
    struct outline next = {.lessons = o->lessons + 1};
    begin(&next, document);
    for (uint32_t i = 0; next.document && i < document->skip; i++)
        if (o->varies[i] == VARIES ||
            (document[i].type == MR_JSON_STRING && !has_same_text(&o->document[i], &document[i])))
            next.varies[i] = VARIES;
    forget(o);
    *o = next;
    if (o->document) prepare(o, document, options, quads);
}

int mr_outlines_to_rdf(mr_outlines *outlines, const mr_json *document, const mr_jsonld_options *options,
                       mr_dataset *ret, struct mr_err *err)
{
    struct outline *like = NULL, *free_one = NULL;
    size_t unknown = 0;
    for (size_t i = 0; i < OUTLINES && !like; i++) {
        struct outline *o = &outlines->list[i];
        if (!o->document)
            free_one = o;
        else if (has_same_form(o, document, &unknown))
            like = o;
    }
    bool done = false;
    if (like && !unknown && like->uses) fill(like, document, ret, &done);
    if (done) return MR_OK;
    MR_TRY(mr_jsonld_to_rdf(document, options, ret, err));
    if (like && unknown && like->lessons < LESSONS)
        learn(like, document, options, ret);
    else if (!like && free_one)
        begin(free_one, document);
    return MR_OK;
}
