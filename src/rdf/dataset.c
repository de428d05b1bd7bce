/* Terms and datasets. Quads stand in one array that doubles; labels of blank nodes are found by a hash table of their own, since only some
 * documents have any. */
#include "rdf/dataset.h"

#include "base/limits.h"
#include "base/set.h"

#define IRI(name)                                                                                                      \
    {                                                                                                                  \
        .kind = MR_TERM_IRI, .checked = true, .text = MR_STR_INIT(name)                                                \
    }
const mr_term mr_rdf_type = IRI(MR_RDF "type"), mr_rdf_first = IRI(MR_RDF "first"), mr_rdf_rest = IRI(MR_RDF "rest"),
              mr_rdf_nil = IRI(MR_RDF "nil");

/* Open addressing; at most half of the slots are taken. */
struct mr_dataset_labels {
    const mr_term **slots;
    uint32_t mask, count;
};

void mr_dataset_init(mr_dataset *ds, mr_arena *a)
{
    *ds = (mr_dataset){.arena = a};
}

static mr_term *new_term(mr_arena *a, mr_term_kind kind, mr_str text)
{
    mr_term *t = mr_arena_alloc(a, sizeof *t);
    if (t) *t = (mr_term){.kind = (uint8_t)kind, .text = text};
    return t;
}

const mr_term *mr_term_iri(mr_arena *a, mr_str iri)
{
    return new_term(a, MR_TERM_IRI, iri);
}

const mr_term *mr_term_literal(mr_arena *a, mr_str lexical, mr_str datatype, mr_str language)
{
    mr_term *t = new_term(a, MR_TERM_LITERAL, lexical);
    if (!t) return NULL;
    t->language = language;
    t->checked = language.len || !datatype.len;
    t->datatype = language.len ? MR_STR(MR_RDF "langString") : datatype.len ? datatype : MR_STR(MR_XSD "string");
    return t;
}

const mr_term *mr_dataset_new_blank(mr_dataset *ds)
{
    mr_term *t = new_term(ds->arena, MR_TERM_BLANK, MR_STR_EMPTY);
    if (t) t->number = ds->blank_count++;
    return t;
}

/* Keyed with where the table stands, which nobody outside can know: labels cannot be made to collide. */
static const mr_term **label_slot(const struct mr_dataset_labels *l, mr_str label)
{
    uint8_t key[16] = {0};
    memcpy(key, &l, sizeof l);
    uint32_t i = (uint32_t)mr_siphash(key, label) & l->mask;
    while (l->slots[i] && !mr_str_eq(l->slots[i]->text, label)) i = (i + 1) & l->mask;
    return &l->slots[i];
}

static bool grow_labels(mr_dataset *ds)
{
    struct mr_dataset_labels *old = ds->labels, *l = MR_NEW(ds->arena, struct mr_dataset_labels);
    uint32_t size = old ? (old->mask + 1) * 2 : 64;
    if (!l || !(l->slots = MR_NEW_ARRAY(ds->arena, const mr_term *, size))) return false;
    l->mask = size - 1;
    for (uint32_t i = 0; old && i <= old->mask; i++)
        if (old->slots[i]) *label_slot(l, old->slots[i]->text) = old->slots[i];
    l->count = old ? old->count : 0;
    ds->labels = l;
    return true;
}

const mr_term *mr_dataset_blank(mr_dataset *ds, mr_str label)
{
    if ((!ds->labels || ds->labels->count >= ds->labels->mask / 2) && !grow_labels(ds)) return NULL;
    const mr_term **slot = label_slot(ds->labels, label);
    if (*slot) return *slot;
    mr_str copy = mr_arena_dup(ds->arena, label);
    mr_term *t = copy.ptr ? new_term(ds->arena, MR_TERM_BLANK, copy) : NULL;
    if (!t) return NULL;
    t->number = ds->blank_count++;
    ds->labels->count++;
    return *slot = t;
}

bool mr_term_eq(const mr_term *a, const mr_term *b)
{
    if (a == b) return true;
    if (a->kind != b->kind) return false;
    if (a->kind == MR_TERM_BLANK) return a->number == b->number;
    if (!mr_str_eq(a->text, b->text)) return false;
    return a->kind == MR_TERM_IRI ||
           (mr_str_eq(a->datatype, b->datatype) && mr_str_eq_ascii_nocase(a->language, b->language));
}

static bool grow_quads(mr_dataset *ds)
{
    size_t capacity = ds->capacity ? ds->capacity * 2 : 128;
    mr_quad *quads = mr_arena_alloc(ds->arena, capacity * sizeof *quads);
    if (!quads) return false;
    if (ds->count) memcpy(quads, ds->quads, ds->count * sizeof *quads);
    ds->quads = quads, ds->capacity = capacity;
    return true;
}

int mr_dataset_add(mr_dataset *ds, const mr_term *subject, const mr_term *predicate, const mr_term *object,
                   const mr_term *graph, const mr_json *origin, struct mr_err *err)
{
    if (ds->count >= MR_LIMIT_QUADS) return MR_FAIL(err, MR_E_LIMIT, "too many quads", MR_NOWHERE);
    if (ds->count == ds->capacity && !grow_quads(ds)) return MR_FAIL(err, MR_E_NOMEM, "a dataset", MR_NOWHERE);
    ds->quads[ds->count++] = (mr_quad){subject, predicate, object, graph, origin};
    return MR_OK;
}
