/* The JSON-LD contexts that the program brings along, from the tables in spec/context. No context is ever fetched. */
#ifndef MR_RDF_BUILTIN_H
#define MR_RDF_BUILTIN_H

#include "base/str.h"

/* The JSON text of a built-in context document ({"@context": ...}); empty when there is none. Static. */
mr_str mr_builtin_context(mr_str iri);

/* Every IRI answered for, in the order of their bytes; ends with NULL. */
const char *const *mr_builtin_context_iris(void);

#endif
