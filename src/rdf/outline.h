/* Documents of one outline: alike but for some texts, as those of a batch are. What became of one of them in RDF is what becomes of the next, with other
 * texts in it, and nothing is expanded a second time. */
#ifndef MR_RDF_OUTLINE_H
#define MR_RDF_OUTLINE_H

#include "rdf/jsonld.h"

/* What is remembered of the documents seen so far: a few outlines. Of one thread. */
typedef struct mr_outlines mr_outlines;

/* Lies in `a`, but what it remembers. Errors: MR_E_NOMEM */
int mr_outlines_open(mr_arena *a, mr_outlines **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_outlines_close(mr_outlines *o); /* NULL: nothing */

/* mr_jsonld_to_rdf, whose quads these are, in the same order, with blank nodes of the same numbers; their origin is NULL where an outline was at hand.
 *   o        with the same options at every call
 *   ret      its terms live until the next call
 *   errors   as mr_jsonld_to_rdf */
int mr_outlines_to_rdf(mr_outlines *o, const mr_json *document, const mr_jsonld_options *options, mr_dataset *ret,
                       struct mr_err *err) MR_MUST_CHECK;

#endif
