/* A graph in numbers: every distinct term of a dataset's default graph gets a small id, quads become edges between ids, sorted both ways.
 * What SHACL walks through, and what it compares: equal terms have equal ids.
 *
 * Use: init; add what else must have an id (`mr_index_intern`); `mr_index_add`; `mr_index_sort`. After that it is read only. */
#ifndef MR_RDF_INDEX_H
#define MR_RDF_INDEX_H

#include "rdf/dataset.h"

/* The number of a term, from 0 on. */
typedef uint32_t mr_id;
#define MR_NO_ID UINT32_MAX

struct mr_index_slot {
    uint32_t hash;
    mr_id id; /* MR_NO_ID: free */
};

typedef struct mr_index {
    mr_arena *arena;
    uint64_t key; /* of the hashes; not to be guessed by who writes the data */
    const mr_dataset *ds;
    const mr_term **terms; /* by id */
    uint32_t term_count, term_capacity;
    struct mr_index_slot *slots; /* open addressing, at most half of them taken */
    uint32_t mask;
    /* Edges by subject, predicate, object; without duplicates. first[id] to first[id + 1] are those of a subject. */
    uint32_t edge_count, edge_capacity;
    uint32_t *first;
    mr_id *subjects, *predicates, *objects;
    uint32_t *quads; /* the quad in ds that an edge comes from */
    /* The same by object, predicate, subject. */
    uint32_t *first_in;
    mr_id *in_predicates, *in_subjects;
} mr_index;

/* Ids that stand together, in ascending order, none twice. */
typedef struct mr_ids {
    const mr_id *ptr;
    uint32_t count;
} mr_ids;

/* Hash of a term under a key: equal terms (mr_term_eq) have equal hashes. A keyed hash of 128-bit products, which takes 16 octets a step:
 * credentials carry images of 100 KB as literals. */
uint64_t mr_index_hash(uint64_t key, const mr_term *term);

/*   ds      borrowed, unchanged
 *   errors  MR_E_NOMEM */
int mr_index_init(mr_index *ix, mr_arena *a, const mr_dataset *ds, uint64_t key, struct mr_err *err) MR_MUST_CHECK;
/* The id of a term, a new one when it has none yet.
 *   errors  MR_E_NOMEM */
int mr_index_intern(mr_index *ix, const mr_term *term, uint64_t hash, mr_id *ret, struct mr_err *err) MR_MUST_CHECK;
/* Take in the default graph. Errors: MR_E_NOMEM. */
int mr_index_add(mr_index *ix, struct mr_err *err) MR_MUST_CHECK;
/* Sort the edges, in time linear in their number. Errors: MR_E_NOMEM. */
int mr_index_sort(mr_index *ix, struct mr_err *err) MR_MUST_CHECK;

/* The id of a term, or MR_NO_ID. hash: mr_index_hash with the key of the index. */
mr_id mr_index_find(const mr_index *ix, const mr_term *term, uint64_t hash);
/* Objects of (subject, predicate, *), subjects of (*, predicate, object); nothing for MR_NO_ID. */
mr_ids mr_index_objects(const mr_index *ix, mr_id subject, mr_id predicate);
mr_ids mr_index_subjects(const mr_index *ix, mr_id object, mr_id predicate);
/* The edge (its place in the columns), or MR_NO_ID. */
uint32_t mr_index_edge(const mr_index *ix, mr_id subject, mr_id predicate, mr_id object);
/* Is the id among these? */
bool mr_ids_has(mr_ids ids, mr_id id);

#endif
