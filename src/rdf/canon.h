/* RDF Dataset Canonicalization (W3C RDFC-1.0, Recommendation of 21 May 2024): the same graph, the same octets. */
#ifndef MR_RDF_CANON_H
#define MR_RDF_CANON_H

#include "base/buf.h"
#include "crypto/digest.h"
#include "rdf/dataset.h"

typedef struct mr_canon_options {
    mr_digest_kind hash; /* MR_SHA256 (0) or MR_SHA384 */
    uint32_t budget;     /* most calls of Hash N-Degree Quads and permutations tried; 0: MR_LIMIT_CANON_WORK */
} mr_canon_options;

/* Canonicalise a dataset and write it as canonical N-Quads.
 *   ds       borrowed, unchanged; duplicates count once
 *   options  NULL for the defaults
 *   out      appended to: lines sorted by code point, each ending with a line feed
 *   ret_map  NULL, or: for each blank node number its canonical identifier without "_:" ("c14n0"), ds->blank_count of them, in `a`; empty for one
 *            that stands in no quad
 *   errors   MR_E_LIMIT (work budget: a graph made to be slow), MR_E_NOMEM, MR_E_FORMAT (a term that N-Quads cannot write)
 *   source   RDFC-1.0 section 4.4 */
int mr_rdf_canonicalise(mr_arena *a, const mr_dataset *ds, const mr_canon_options *options, mr_buf *out,
                        const mr_str **ret_map, struct mr_err *err) MR_MUST_CHECK;

/* The digest of the canonical form, which is not kept. */
int mr_rdf_canonical_digest(mr_arena *a, const mr_dataset *ds, const mr_canon_options *options, mr_digest *ret,
                            struct mr_err *err) MR_MUST_CHECK;

#endif
