/* Turtle (W3C RDF 1.1 Turtle) by serd, which is loaded on first use. */
#ifndef MR_RDF_TURTLE_H
#define MR_RDF_TURTLE_H

#include "base/buf.h"
#include "rdf/dataset.h"

/* Append the triples of a text to the default graph.
 *   text    borrowed for the call only; its blank node labels are its own
 *   base    of relative IRIs; may be empty
 *   errors  MR_E_FORMAT (position = how far serd had read, detail = what serd says), MR_E_UTF8, MR_E_LIBRARY, MR_E_LIMIT (also of brackets within
 *           brackets), MR_E_NOMEM, MR_E_UNSUPPORTED (what serd would misread: a backslash behind a quotation mark in a long string) */
int mr_turtle_parse(mr_dataset *ds, mr_str text, mr_str base, struct mr_err *err) MR_MUST_CHECK;

struct mr_turtle_prefix {
    const char *name; /* without colon */
    const char *iri;
};
/* Write the default graph with prefixes; triples of one subject that follow each other stand together.
 *   errors  MR_E_LIBRARY, MR_E_LIMIT, MR_E_NOMEM, MR_E_FORMAT (a quad of a named graph) */
int mr_turtle_write(const mr_dataset *ds, const struct mr_turtle_prefix *prefixes, size_t count, mr_buf *out,
                    struct mr_err *err) MR_MUST_CHECK;

#endif
