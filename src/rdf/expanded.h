/* The expanded form of a JSON-LD document (JSON-LD 1.1 API section 5.1) as a tree of structs: what expansion makes, toRdf and compaction read,
 * and mr_expanded_write shows as JSON. Texts point into the document, into contexts or into the arena of the expansion. */
#ifndef MR_RDF_EXPANDED_H
#define MR_RDF_EXPANDED_H

#include "json/write.h"
#include "rdf/context.h"

typedef enum mr_expanded_kind { MR_EXPANDED_NODE, MR_EXPANDED_VALUE, MR_EXPANDED_LIST } mr_expanded_kind;

typedef struct mr_expanded mr_expanded;

/* A sequence in document order. */
typedef struct mr_expanded_items {
    mr_expanded *first, *last;
    uint32_t count;
} mr_expanded_items;

/* One property of a node object. A property may stand in several entries (written under different terms): whoever needs them as one calls
 * mr_expanded_merge first. */
typedef struct mr_expanded_property {
    const mr_term *iri; /* IRI or blank node (kind MR_TERM_BLANK); text with "_:" */
    mr_expanded_items values;
    const mr_json *name; /* the member name it was written under; NULL when made */
    struct mr_expanded_property *next;
} mr_expanded_property;

struct mr_expanded {
    uint8_t kind;      /* mr_expanded_kind */
    bool has_index;    /* @index */
    bool has_graph;    /* node: @graph */
    bool has_id;       /* node: @id (id.ptr NULL: null) */
    bool is_json;      /* value: @type is @json */
    uint8_t direction; /* value: mr_direction */
    bool has_included; /* node: @included */
    bool in_array;     /* node: @type was written as an array */
    mr_str index;
    mr_expanded *next;     /* in its sequence */
    const mr_json *origin; /* the value of the document that it was made from */
    union {
        struct {
            mr_str id;
            const mr_term *const *types; /* @type, expanded, in document order */
            const mr_json *const *type_origins;
            uint32_t type_count;
            mr_expanded_property *properties, *last_property;
            mr_expanded_property *reverse, *last_reverse;
            mr_expanded_items graph, included;
        } node;
        struct {
            const mr_json *value;    /* scalar, or anything when is_json */
            mr_str type;             /* @type; ptr NULL: none */
            const mr_term *datatype; /* the same as a term, when it came with the definition; else NULL */
            mr_str language;         /* @language; ptr NULL: none */
        } value;
        mr_expanded_items list;
    };
};

static inline void mr_expanded_append(mr_expanded_items *items, mr_expanded *item)
{
    item->next = NULL;
    if (items->last)
        items->last->next = item;
    else
        items->first = item;
    items->last = item;
    items->count++;
}
/* All of `more`, which is used up. */
static inline void mr_expanded_append_all(mr_expanded_items *items, const mr_expanded_items *more)
{
    if (!more->first) return;
    if (items->last)
        items->last->next = more->first;
    else
        items->first = more->first;
    items->last = more->last;
    items->count += more->count;
}

/* Bring entries of one property together, ordered by IRI, in this node only. */
int mr_expanded_merge(mr_arena *a, mr_expanded *node, struct mr_err *err) MR_MUST_CHECK;

/* The expanded document as JSON: an array. Properties in code point order, keywords first.
 *   errors  MR_E_NOMEM, MR_E_LIMIT */
int mr_expanded_write(mr_arena *a, const mr_expanded_items *items, mr_json_writer *w, struct mr_err *err) MR_MUST_CHECK;

#endif
