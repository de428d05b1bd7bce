/* The inverse of an active context: which terms stand for an IRI, by what they say about its values (JSON-LD 1.1 API sections 4.3 and 4.4); and
 * which terms may be prefixes of it. Made once for each active context that something is compacted with, and as immutable as that. */
#ifndef MR_RDF_INVERSE_H
#define MR_RDF_INVERSE_H

#include "rdf/context.h"

typedef struct mr_inverse mr_inverse;

/* In which map of a container's entry a value is looked for. */
typedef enum mr_inverse_map { MR_INVERSE_LANGUAGE, MR_INVERSE_TYPE, MR_INVERSE_ANY } mr_inverse_map;

/* The inverse of `c`, made at the first call.
 *   errors  MR_E_NOMEM */
int mr_inverse_get(mr_contexts *cs, const mr_context *c, const mr_inverse **ret, struct mr_err *err) MR_MUST_CHECK;

/* An IRI ("_:" and label for a blank node) or keyword with its hash, which is the same for all look-ups. */
typedef struct mr_inverse_key {
    mr_str text;
    uint64_t hash;
} mr_inverse_key;
mr_inverse_key mr_inverse_key_of(const mr_inverse *inverse, mr_str text);

/* Has it any term? */
bool mr_inverse_has(const mr_inverse *inverse, const mr_inverse_key *var);
/* The term for these, or NULL.
 *   container  a set of mr_container, exactly; 0: none
 *   value      type, language, "@none" ... */
const mr_definition *mr_inverse_find(const mr_inverse *inverse, const mr_inverse_key *var, uint8_t container,
                                     mr_inverse_map map, const mr_inverse_key *value);

/* A term that can be a prefix. */
typedef struct mr_inverse_prefix {
    const mr_definition *term;
    mr_str iri;
    const struct mr_inverse_prefix *next;    /* the next whose IRI is the same or a beginning of this one */
    const struct mr_inverse_prefix *shorter; /* the next whose IRI is a true beginning */
} mr_inverse_prefix;
/* The prefixes that `iri` begins with or is: the longest first; of one IRI, the shortest term first, then in code point order. NULL: none. */
const mr_inverse_prefix *mr_inverse_prefixes(const mr_inverse *inverse, mr_str iri);

#endif
