/* JSON-LD 1.1 (W3C JSON-LD 1.1 Processing Algorithms and API, Recommendation of 16 July 2020): expansion, compaction, deserialisation to RDF. */
#ifndef MR_RDF_JSONLD_H
#define MR_RDF_JSONLD_H

#include "rdf/expanded.h"

/* What safe mode says most often (MR_E_JSONLD_UNSAFE), for those who say it in other words. */
#define MR_JSONLD_TERM_UNDEFINED "a term without definition"
#define MR_JSONLD_TYPE_UNDEFINED "a type without definition"
#define MR_JSONLD_ID_RELATIVE "a relative identifier"

/* What becomes of base direction in RDF (JSON-LD 1.1 API 9.3 rdfDirection). */
typedef enum mr_rdf_direction {
    MR_RDF_DIRECTION_DROP,
    MR_RDF_DIRECTION_I18N_DATATYPE,
    MR_RDF_DIRECTION_COMPOUND_LITERAL
} mr_rdf_direction;

typedef struct mr_jsonld_options {
    mr_contexts *contexts; /* needed */
    mr_str base;           /* IRI of the document; empty: none */
    const mr_json
        *expand_context; /* applied before the document's own; NULL: none. {"@context": ...} or a context itself */
    bool
        safe; /* for signing and verifying: what plain JSON-LD drops or lets pass (a term without definition, a relative IRI as type or
                  subject, a value that vanishes) is an error, MR_E_JSONLD_UNSAFE, with its JSON Pointer */
    bool mode10; /* processing mode json-ld-1.0 */
    mr_rdf_direction rdf_direction;
    bool keep_arrays; /* compaction: compactArrays is false */
} mr_jsonld_options;

/*   document  borrowed; the result points into it
 *   ret       in `a`
 *   errors    MR_E_JSONLD (message = the standard's error code, "invalid @id value"; position, pointer and detail say where), MR_E_JSONLD_UNSAFE (safe mode),
 *             MR_E_LIMIT, MR_E_NOMEM
 *   source    JSON-LD 1.1 API section 5.1 */
int mr_jsonld_expand(mr_arena *a, const mr_json *document, const mr_jsonld_options *options, mr_expanded_items *ret,
                     struct mr_err *err) MR_MUST_CHECK;

/* Expand and deserialise to RDF, into an initialised dataset whose arena is used for all of it.
 *   source    JSON-LD 1.1 API section 8.1 */
int mr_jsonld_to_rdf(const mr_json *document, const mr_jsonld_options *options, mr_dataset *ret,
                     struct mr_err *err) MR_MUST_CHECK;

/* Compact a document, whatever its form, with a context, and write it as JSON.
 *   context   {"@context": ...}, or a context itself
 *   source    JSON-LD 1.1 API sections 6 and 9.2 (compact) */
int mr_jsonld_compact(mr_arena *a, const mr_json *document, const mr_json *context, const mr_jsonld_options *options,
                      mr_json_writer *w, struct mr_err *err) MR_MUST_CHECK;

#endif
