/* Contexts as tools/compile_contexts.c lays them out while Merit is built: one block of text, and places in it. There are hardly any addresses,
 * so the loader has nothing to set right, and what is not read is not even paged in. */
#ifndef MR_RDF_BUILTIN_TABLE_H
#define MR_RDF_BUILTIN_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct mr_builtin_entry {
    uint32_t iri, iri_size, text, text_size; /* places in mr_builtin_pool */
};

/* In the order of the bytes of their IRIs. */
extern const struct mr_builtin_entry mr_builtin_entries[];
extern const size_t mr_builtin_count;
extern const char *const mr_builtin_pool;
extern const char *const mr_builtin_iris[]; /* ends with NULL */

#endif
