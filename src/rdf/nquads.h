/* N-Quads (W3C RDF 1.1 N-Quads, Recommendation of 25 February 2014), read strictly, and written in the canonical form of RDFC-1.0 appendix A. */
#ifndef MR_RDF_NQUADS_H
#define MR_RDF_NQUADS_H

#include "base/buf.h"
#include "rdf/dataset.h"

/* Append the quads of a text to a dataset.
 *   text    borrowed: terms without escapes point into it; its blank node labels are its own: the same label in another text is another node
 *   errors  MR_E_FORMAT (position = byte offset of what cannot be), MR_E_UTF8, MR_E_LIMIT, MR_E_NOMEM */
int mr_nquads_parse(mr_dataset *ds, mr_str text, struct mr_err *err) MR_MUST_CHECK;

/* Write each quad on a line, in the order of the dataset; blank nodes as "_:b<number>".
 *   errors  MR_E_LIMIT (the buffer's maximum), MR_E_FORMAT (a term that N-Quads cannot write; position = number of the quad) */
int mr_nquads_write(const mr_dataset *ds, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

/* One term as N-Quads writes it; blank nodes as "_:" and `label`. The buffer fails when N-Quads cannot write the term. */
void mr_nquads_put_term(mr_buf *out, const mr_term *term, mr_str label);

/* The same in two steps, for many terms: octets that a term takes (a blank node 2, its "_:" alone), or 0 when N-Quads cannot write it (an IRI that is
 * relative or has characters of no IRI, a language tag that is none); and those octets, written to room that the caller has, returning their end. */
size_t mr_nquads_term_size(const mr_term *term);
char *mr_nquads_write_term(char *to, const mr_term *term);

#endif
