/* SHACL Core (W3C Shapes Constraint Language, Recommendation of 20 July 2017): shapes are compiled once and then held against data.
 * No SHACL-SPARQL; owl:imports is never followed: the caller compiles the union. */
#ifndef MR_RDF_SHACL_H
#define MR_RDF_SHACL_H

#include "rdf/dataset.h"

typedef struct mr_shapes mr_shapes; /* compiled, immutable, may be used by several threads */

/* Compile the shapes of a graph (its default graph): those that a target leads to. What is wrong elsewhere is passed over.
 *   shapes  borrowed while compiling; what is kept is copied into `a`
 *   ret     lives as long as `a`
 *   errors  MR_E_FORMAT (ill-formed shapes: detail names shape and parameter), MR_E_UNSUPPORTED (recursive shapes: detail names one), MR_E_LIMIT,
 *           MR_E_NOMEM, MR_E_LIBRARY (sh:pattern needs PCRE2)
 *   source  SHACL sections 2 to 4 */
int mr_shapes_compile(mr_arena *a, const mr_dataset *shapes, const mr_shapes **ret, struct mr_err *err) MR_MUST_CHECK;

/* The constraint components of SHACL Core, in the order of its section 4. */
typedef enum mr_shacl_component {
#define MR_SHACL_COMPONENT(name, local) MR_SHACL_##name,
#include "rdf/shacl_components.def"
#undef MR_SHACL_COMPONENT
    MR_SHACL_COMPONENT_COUNT
} mr_shacl_component;
/* "MinCount" ...: the local name of the component's IRI without "ConstraintComponent". */
const char *mr_shacl_component_name(mr_shacl_component c);

typedef enum mr_severity { MR_SEVERITY_VIOLATION, MR_SEVERITY_WARNING, MR_SEVERITY_INFO } mr_severity;

/* One validation result (SHACL section 3.6.2). Terms are those of the data, or of the compiled shapes. */
typedef struct mr_shacl_result {
    const mr_term *focus;                     /* sh:focusNode */
    const mr_term *path;                      /* sh:resultPath when it is a single predicate; NULL otherwise */
    const struct mr_shacl_path *complex_path; /* the path when it is not */
    const mr_term *value;                     /* sh:value, or NULL */
    const mr_term *shape;                     /* sh:sourceShape */
    const mr_term *severity_iri;              /* sh:resultSeverity: also those of one's own */
    mr_severity severity;                     /* an IRI of one's own counts as violation */
    mr_shacl_component component;             /* sh:sourceConstraintComponent */
    const mr_term
        *parameter; /* what was expected: the value of the component's (first) parameter, as the shape has it */
    int64_t count;  /* MIN_COUNT, MAX_COUNT, QUALIFIED_*: how many there are; else 0 */
    mr_str message; /* sh:message of the shape, the first if there are several; or empty */
    const mr_json
        *origin; /* of the value, else of a quad about the focus node: place in the JSON-LD document; or NULL */
    const struct mr_shacl_result *details; /* NODE: what the value lacks; the first few, not counted as results */
    size_t detail_count;
    const struct mr_constraint *constraint; /* of the compiled shapes: for mr_shacl_expected and the report */
} mr_shacl_result;

typedef struct mr_shacl_report {
    bool conforms; /* no result at all (section 3.4: of whatever severity) */
    const mr_shacl_result *results;
    size_t count;
} mr_shacl_report;

/* Validate the default graph of a dataset. Blank nodes of the shapes are never those of the data.
 *   data    borrowed; duplicates count once
 *   most    most results kept; 0: MR_LIMIT_SHACL_RESULTS; with more, MR_E_LIMIT
 *   ret     in `a`, pointing into data and shapes
 *   errors  MR_E_LIMIT (results; the work that paths, patterns and nested shapes make), MR_E_NOMEM */
int mr_shacl_validate(mr_arena *a, const mr_shapes *shapes, const mr_dataset *data, size_t most, mr_shacl_report *ret,
                      struct mr_err *err) MR_MUST_CHECK;

/* What would have been right, for a sentence: of IN and LANGUAGE_IN the members of the list; of OR and XONE the classes, datatypes, kinds
 * of node and values that the alternatives ask for; of NODE and AND those that the shapes do; else the component's parameter.
 *   out     each once; `most` of them at most
 *   return  how many they are */
size_t mr_shacl_expected(const mr_shacl_result *result, const mr_term **out, size_t most);

/* Append the report as RDF (SHACL section 3.6) to a dataset. Blank nodes of data and shapes become new ones of the dataset, one for each.
 *   errors  MR_E_LIMIT, MR_E_NOMEM */
int mr_shacl_write_report(const mr_shacl_report *report, mr_dataset *ds, struct mr_err *err) MR_MUST_CHECK;

#endif
