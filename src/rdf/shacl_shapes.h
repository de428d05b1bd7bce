/* Compiled shapes, as the compiler leaves them for validation. Of use inside SHACL only.
 *
 * Terms of the shapes that are looked for in data are constants: each has a number, and validation finds the id of every one in the data once.
 * Shapes are numbered, too, each after those that it refers to, so that no shape can lead back to itself. */
#ifndef MR_RDF_SHACL_SHAPES_H
#define MR_RDF_SHACL_SHAPES_H

#include "rdf/index.h"
#include "rdf/shacl.h"
#include "rdf/shacl_literal.h"
#include "rdf/shacl_pattern.h"

typedef enum mr_path_kind {
    MR_PATH_PREDICATE,
    MR_PATH_INVERSE,
    MR_PATH_SEQUENCE,
    MR_PATH_ALTERNATIVE,
    MR_PATH_ZERO_OR_MORE,
    MR_PATH_ONE_OR_MORE,
    MR_PATH_ZERO_OR_ONE,
} mr_path_kind;

/* SHACL 2.3.1 */
typedef struct mr_shacl_path {
    uint8_t kind;                             /* mr_path_kind */
    uint32_t predicate;                       /* PREDICATE: constant */
    const mr_term *term;                      /* PREDICATE: its IRI */
    const struct mr_shacl_path *const *parts; /* SEQUENCE, ALTERNATIVE: two or more; the other kinds: one */
    uint32_t count;
} mr_shacl_path;

struct mr_shape;

typedef struct mr_constraint {
    uint8_t component; /* mr_shacl_component */
    uint8_t datatype;  /* DATATYPE: mr_datatype */
    uint8_t node_kind; /* NODE_KIND: bits 1 << mr_term_kind */
    const struct mr_shape *owner;
    const mr_term *parameter;    /* its value, as the shape has it */
    uint32_t constant;           /* CLASS, HAS_VALUE; EQUALS, DISJOINT, LESS_THAN*: predicate */
    int64_t number;              /* counts and lengths */
    const uint32_t *list;        /* IN, CLOSED (predicates that may stand): constants */
    const mr_term *const *terms; /* IN, LANGUAGE_IN: the members of the list; OR, AND, XONE: the shapes' nodes */
    uint32_t count;              /* of list, terms, shapes */
    const struct mr_shape *const *shapes; /* NOT, NODE, QUALIFIED_*: one; AND, OR, XONE */
    const struct mr_shape *const *others; /* QUALIFIED_*: sibling shapes, when they must be disjoint */
    uint32_t other_count;
    const mr_pattern *pattern;
} mr_constraint;

typedef struct mr_shape {
    uint32_t number;
    const mr_term *term;
    const mr_shacl_path *path; /* NULL: a node shape */
    bool deactivated;
    uint8_t height; /* shapes below it, on the longest way */
    bool is_shared; /* several shapes refer to it: what was found out about a node is remembered */
    mr_severity severity;
    const mr_term *severity_iri;
    const mr_term *const *messages;
    uint32_t message_count;
    const mr_constraint *constraints; /* in the order of their components */
    uint32_t constraint_count;
    const struct mr_shape *const *properties; /* sh:property */
    uint32_t property_count;
} mr_shape;

/* SHACL 2.1.3 */
typedef enum mr_target_kind {
    MR_TARGET_NODE,
    MR_TARGET_CLASS,
    MR_TARGET_SUBJECTS_OF,
    MR_TARGET_OBJECTS_OF
} mr_target_kind;

typedef struct mr_target {
    uint8_t kind; /* mr_target_kind */
    uint32_t constant;
    const mr_shape *shape; /* targets of one shape stand together */
} mr_target;

typedef struct mr_constant {
    const mr_term *term;
    uint64_t hash; /* mr_index_hash with the key of the shapes */
} mr_constant;

/* Constants that every validation needs. */
enum { MR_CONSTANT_TYPE, MR_CONSTANT_SUBCLASS_OF, MR_CONSTANTS_FIXED };

/* What the compiler leaves. */
struct mr_shapes {
    uint64_t key; /* of hashes, also for the index of the data */
    const mr_constant *constants;
    uint32_t constant_count;
    const mr_target *targets;
    uint32_t target_count;
    uint32_t shape_count;
};

/* The SHACL vocabulary; rdfs:subClassOf. */
#define MR_SH "http://www.w3.org/ns/shacl#"
extern const mr_term mr_rdfs_subclass_of;

/* The path as RDF: its IRI, or a new blank node with what belongs to it (SHACL 2.3.1). Errors: MR_E_NOMEM, MR_E_LIMIT. */
int mr_shacl_path_write(const mr_shacl_path *path, mr_dataset *ds, const mr_term **ret,
                        struct mr_err *err) MR_MUST_CHECK;

#endif
