/* The inside of checking a document. Only for check*.c. */
#ifndef MR_CREDENTIAL_CHECK_INSIDE_H
#define MR_CREDENTIAL_CHECK_INSIDE_H

#include "base/limits.h"
#include "credential/check.h"
#include "credential/each.h"
#include "credential/elm.h"
#include "proof/sd_jwt.h"
#include "rdf/iri.h"
#include "rdf/jsonld.h"
#include "rdf/nquads.h"
#include "rdf/shacl.h"
#include "rdf/turtle.h"

/* Sets of official shapes, as bits. */
enum mr_shape_set {
    MR_SHAPES_GENERIC = 1,
    MR_SHAPES_ACCREDITED = 2,
    MR_SHAPES_CONVERTED = 4,
    MR_SHAPES_DIPLOMA_SUPPLEMENT = 8,
    MR_SHAPES_MANDATE = 16,
    MR_SHAPES_OPPORTUNITIES = 32,
    MR_SHAPES_ACCREDITATIONS = 64,
};
enum { MR_CHECK_SHAPE_SETS = 18 }; /* every union of the four profiles with the generic shapes, and two more */

struct mr_checker {
    const mr_env *env;
    mr_contexts *contexts; /* opened when the first document needs them */
    mr_arena arena;        /* of the compiled shapes; the checker itself lies in it */
    struct {
        unsigned sets;
        const mr_shapes *shapes;
    } compiled[MR_CHECK_SHAPE_SETS];
    size_t compiled_count;
};

/* One document being checked. */
struct mr_checking {
    mr_checker *checker;
    mr_arena *arena;
    const mr_language *language;
    mr_checked *result;
    const mr_json *root;     /* of the file: what pointers start from */
    const mr_json *document; /* the credential: root, or its member `credential` */
    mr_elm_kind kind;
    bool sealed;
    bool nomem;
    unsigned told, guesses; /* so far: both are limited, because each may look at the whole document or list */
    const struct mr_check_node *nodes; /* objects by id, sorted, once somebody asked */
    size_t node_count;
};

/* A finding about a value of the document. severity: see below. id, element: static. The element is found by the place when it is NULL. Returns it to be
 * completed. */
typedef enum mr_check_severity { MR_CHECK_IS_FAULT, MR_CHECK_IS_WARNING, MR_CHECK_IS_REMARK } mr_check_severity;
struct mr_finding *mr_check_add(struct mr_checking *c, mr_check_severity severity, const char *element, const char *id,
                                const mr_json *at, mr_str value);
/* The same in two steps, for a finding that needs more than its place: where it is, whom it speaks of; then, with its id, it is put. A finding that was
 * put before is not put again. */
struct mr_finding mr_check_describe(struct mr_checking *c, const mr_json *at);
struct mr_finding *mr_check_put(struct mr_checking *c, mr_check_severity severity, const struct mr_finding *described,
                                mr_str value);
/* One more that is only counted: of warnings and remarks nothing is. Returns a finding that is forgotten. */
struct mr_finding *mr_check_count(struct mr_checking *c, mr_check_severity severity);
/* The Annex I element that a place of a credential belongs to; "" when none. */
const char *mr_check_element_of(mr_str pointer);

/* The innermost object around a value (itself when it is one), and the member name under which the value stands in it; NULL for the root. */
const mr_json *mr_check_object_around(const mr_json *root, const mr_json *value, const mr_json **ret_name);
/* {node}: the message id of what an object is ("check.node.Person", "check.member.issuer"), else a name as written; in `a`. */
mr_str mr_check_name_node(struct mr_checking *c, const mr_json *object);
/* {member}: the message id of a term, else the term. */
mr_str mr_check_name_member(struct mr_checking *c, mr_str term);

/* Every question, each in its file. Findings are put; memory that runs short is noted in c->nomem. */
int mr_check_shapes(struct mr_checking *c, struct mr_err *err) MR_MUST_CHECK;
void mr_check_values(struct mr_checking *c);
void mr_check_concepts(struct mr_checking *c);
void mr_check_texts(struct mr_checking *c);
/* The list that a property of this object takes its concepts from, or NULL; and the message id of a list's name. */
const mr_scheme *mr_check_list_of(mr_str member, const mr_json *owner);
mr_str mr_check_list_name(struct mr_checking *c, const mr_scheme *s);
/* The sets of shapes that data ask for by the classes in them; 0: none of ours. */
unsigned mr_check_sets_of_data(const mr_dataset *data);
/* Data that are no JSON credential, against these shapes. */
int mr_check_dataset(struct mr_checking *c, const mr_dataset *data, unsigned sets, struct mr_err *err) MR_MUST_CHECK;
/* An SD-JWT VC; c->root and c->document are its claims. Findings are not put in order. */
int mr_check_sd_jwt_vc(struct mr_checking *c, const mr_sd_jwt *s, struct mr_err *err) MR_MUST_CHECK;
/* Did reading JSON-LD end at a context that is neither built in nor the document's own? `detail` names it. */
static inline bool mr_check_names_unknown_context(const struct mr_err *e)
{
    return e->code == MR_E_JSONLD && mr_str_is(mr_str_of(e->message), MR_JSONLD_CONTEXT_UNKNOWN);
}
int mr_check_contexts(mr_checker *c, struct mr_err *err) MR_MUST_CHECK;

/* Was something said already of the value at this pointer, or within it, by a finding whose id begins so? */
bool mr_check_is_told(const struct mr_checking *c, const char *id, mr_str pointer);

/* May another guess be made at what was meant? */
static inline bool mr_check_may_guess(struct mr_checking *c)
{
    return c->guesses++ < MR_LIMIT_CHECK_GUESSES;
}

/* The text of a string, of {"@value"}, or of the first of a list. */
mr_str mr_check_text(const mr_json *v);
/* The id of a node, or the string that refers to one. */
mr_str mr_check_id(const mr_json *node);

#endif
