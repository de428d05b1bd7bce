/* N-Quads (W3C RDF 1.1 N-Quads, Recommendation of 25 February 2014), read strictly, and written in the canonical form of RDFC-1.0 appendix A. */
#ifndef MR_RDF_NQUADS_H
#define MR_RDF_NQUADS_H

#include "base/buf.h"
#include "rdf/dataset.h"

/* Append the quads of a text to a dataset.
 *   text    borrowed: terms without escapes point into it
 *   errors  MR_E_FORMAT (position = byte offset of what cannot be), MR_E_UTF8, MR_E_LIMIT, MR_E_NOMEM */
int mr_nquads_parse(mr_dataset *ds, mr_str text, struct mr_err *err) MR_MUST_CHECK;

/* Write each quad on a line, in the order of the dataset; blank nodes as "_:b<number>".
 *   errors  MR_E_LIMIT (the buffer's maximum), MR_E_FORMAT */
int mr_nquads_write(const mr_dataset *ds, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

/* One term as N-Quads writes it; blank nodes as "_:" and `label`. */
void mr_nquads_put_term(mr_buf *out, const mr_term *term, mr_str label);

#endif
