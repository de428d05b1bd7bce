/* Walking over a graph: what a property path leads to, and sets of nodes to remember where one has been. Of use inside SHACL only. */
#ifndef MR_RDF_SHACL_WALK_H
#define MR_RDF_SHACL_WALK_H

#include "rdf/shacl_shapes.h"

/* Ids in the order in which they came, each once. */
typedef struct mr_id_set {
    mr_id *ids;
    uint32_t count, capacity;
    uint32_t *marks; /* by id: the generation in which it is a member */
    uint32_t generation;
} mr_id_set;

enum { MR_WALK_SETS = 4 * 32 + 8 }; /* sets in use at once: a shape holds one or two, a path two a level */

typedef struct mr_walk {
    mr_arena *a;
    const mr_index *ix;
    const mr_id *ids; /* of the constants, by number */
    uint64_t work;    /* what may still be done: nodes, edges, comparisons */
    mr_id_set *sets[MR_WALK_SETS];
    uint32_t used; /* sets in use: a stack */
    struct mr_err *err;
} mr_walk;

/* Take from the work that is left. Errors: MR_E_LIMIT. */
int mr_walk_spend(mr_walk *w, uint64_t units) MR_MUST_CHECK;
/* An empty set, until mr_walk_leave. Errors: MR_E_NOMEM, MR_E_LIMIT. */
int mr_walk_take(mr_walk *w, mr_id_set **ret) MR_MUST_CHECK;
/* Give back the newest set. (After an error that is not needed.) */
void mr_walk_leave(mr_walk *w);
int mr_walk_add(mr_walk *w, mr_id_set *set, mr_id id) MR_MUST_CHECK;
int mr_walk_add_all(mr_walk *w, mr_id_set *set, mr_ids ids) MR_MUST_CHECK;
static inline bool mr_id_set_has(const mr_id_set *set, mr_id id)
{
    return set->marks[id] == set->generation;
}

/* What a path leads to from a node (SHACL 2.3.1, the mapping to SPARQL 1.1 section 9), each node once.
 *   set     empty; used when the nodes do not stand together in the index
 *   ret     in the index or in the set */
int mr_walk_path(mr_walk *w, const mr_shacl_path *path, mr_id from, mr_id_set *set, mr_ids *ret) MR_MUST_CHECK;

#endif
