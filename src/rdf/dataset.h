/* RDF terms, quads and datasets (RDF 1.1 Concepts and Abstract Syntax, sections 3 and 4): what JSON-LD becomes, what is canonicalised and
 * signed, what shapes are checked against.
 *
 * A dataset lives in one arena and only grows. Terms are immutable; the same pointer means the same term, but one term may stand at
 * several pointers (finding them all would cost more than it saves): compare with mr_term_eq. Blank nodes are numbered from 0. */
#ifndef MR_RDF_DATASET_H
#define MR_RDF_DATASET_H

#include "base/arena.h"
#include "base/err.h"
#include "json/json.h"

#define MR_XSD "http://www.w3.org/2001/XMLSchema#"
#define MR_RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define MR_RDFS "http://www.w3.org/2000/01/rdf-schema#"

typedef enum mr_term_kind { MR_TERM_IRI, MR_TERM_BLANK, MR_TERM_LITERAL } mr_term_kind;

typedef struct mr_term {
    uint8_t kind;    /* mr_term_kind */
    bool checked;    /* IRI, datatype: known to be well-formed; false says nothing */
    uint32_t number; /* blank node: its number in the dataset, below blank_count */
    mr_str text; /* IRI; blank node: the label it was read with, without "_:", or empty; literal: the lexical form */
    mr_str datatype; /* literal: IRI, never empty */
    mr_str language; /* literal of rdf:langString: the tag as written; else empty */
} mr_term;

typedef struct mr_quad {
    const mr_term *subject, *predicate, *object;
    const mr_term *graph; /* NULL: the default graph */
    const mr_json
        *origin; /* borrowed: the value of a JSON-LD document that it comes from; NULL when it comes from elsewhere */
} mr_quad;

typedef struct mr_dataset {
    mr_arena *arena;
    mr_quad *quads;
    size_t count, capacity;
    uint32_t blank_count;
    struct mr_dataset_labels *labels; /* of blank nodes that have one; NULL when there is none */
} mr_dataset;

/* An empty dataset in `a`. Duplicates are kept until somebody counts (mr_rdf_canonicalise drops them, as does the index of SHACL). */
void mr_dataset_init(mr_dataset *ds, mr_arena *a);

/* Terms: NULL when memory is short. Texts are borrowed and must live as long as the arena. */
const mr_term *mr_term_iri(mr_arena *a, mr_str iri);
/* language empty: a literal of `datatype` (empty: xsd:string); else of rdf:langString. */
const mr_term *mr_term_literal(mr_arena *a, mr_str lexical, mr_str datatype, mr_str language);
/* A new blank node without label. */
const mr_term *mr_dataset_new_blank(mr_dataset *ds);
/* The blank node with this label (without "_:"), made at its first use; the label is copied. */
const mr_term *mr_dataset_blank(mr_dataset *ds, mr_str label);

/* RDF 1.1 Concepts 3.2 to 3.4: equality of terms; language tags without regard to case. Blank nodes of one dataset only. */
bool mr_term_eq(const mr_term *a, const mr_term *b);

/*   graph   NULL: the default graph
 *   origin  may be NULL
 *   errors  MR_E_NOMEM */
int mr_dataset_add(mr_dataset *ds, const mr_term *subject, const mr_term *predicate, const mr_term *object,
                   const mr_term *graph, const mr_json *origin, struct mr_err *err) MR_MUST_CHECK;

/* Terms that everybody needs. */
extern const mr_term mr_rdf_type, mr_rdf_first, mr_rdf_rest, mr_rdf_nil;

#endif
