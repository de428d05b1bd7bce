/* IRIs (RFC 3987) and their resolution (RFC 3986 section 5). */
#ifndef MR_RDF_IRI_H
#define MR_RDF_IRI_H

#include "base/arena.h"
#include "base/err.h"

/* Begins with a scheme and a colon. */
bool mr_iri_is_absolute(mr_str iri);
/* Absolute, with one "#" at most, and without the characters that no IRI has: controls, space, < > " { } | \ ^ ` (the IRIREF of N-Quads). */
bool mr_iri_is_well_formed(mr_str iri);
/* Resolve a reference against an absolute base; dots are removed (RFC 3986 5.2.2 to 5.2.4, 5.3).
 *   base    empty, or itself relative: the reference is returned as it is
 *   ret     may be the reference itself; else in `a`
 *   errors  MR_E_NOMEM */
int mr_iri_resolve(mr_arena *a, mr_str base, mr_str reference, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* The shortest reference that resolves to `iri` from `base`, for JSON-LD compaction (JSON-LD 1.1 API 6.3 step 11); `iri` itself when they share
 * neither scheme nor authority.
 *   errors  MR_E_NOMEM */
int mr_iri_relativise(mr_arena *a, mr_str base, mr_str iri, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
