/* What the files of compaction share. Private to the layer. */
#ifndef MR_RDF_COMPACT_INSIDE_H
#define MR_RDF_COMPACT_INSIDE_H

#include "rdf/inverse.h"
#include "rdf/jsonld.h"

/* One compaction: what all its steps need. */
typedef struct mr_compaction {
    mr_arena *a; /* of what is made */
    mr_contexts *cs;
    bool keep_arrays; /* compactArrays is false */
    uint32_t depth;   /* elements within elements */
    struct mr_err *err;
} mr_compaction;

/* A value for which a term is looked for is a graph object: @graph, and nothing but @id and @index beside it. */
bool mr_expanded_is_graph(const mr_expanded *v);

/* JSON-LD 1.1 API 6.2, for each way in which it is called. Errors: MR_E_JSONLD ("IRI confused with prefix"), MR_E_NOMEM. */
/* A property, with the value that it has: NULL for none; one with kind LIST and no items stands for an empty list.
 *   reverse  it points from the value to the node */
int mr_compact_property(mr_compaction *s, const mr_context *c, mr_str iri, const mr_expanded *value, bool reverse,
                        mr_str *ret) MR_MUST_CHECK;
/* A type, a datatype or whatever else the vocabulary mapping counts for. */
int mr_compact_vocab(mr_compaction *s, const mr_context *c, mr_str iri, mr_str *ret) MR_MUST_CHECK;
/* The IRI of a node: relative to the base. */
int mr_compact_id(mr_compaction *s, const mr_context *c, mr_str iri, mr_str *ret) MR_MUST_CHECK;
/* A keyword: its alias, if there is one. */
int mr_compact_keyword(mr_compaction *s, const mr_context *c, mr_keyword k, mr_str *ret) MR_MUST_CHECK;

#endif
