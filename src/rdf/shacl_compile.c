/* From a shapes graph to compiled shapes.
 *
 * The graph is indexed (rdf/index.h) in memory that goes when the compiler is done; what shapes need of it is copied, each term once. Only shapes
 * that a target leads to are compiled, so that faults elsewhere do no harm. Words of the vocabulary are found by a table from term id to word; those that
 * a shape uses make a set of bits, whose order is that of the components, and so is that of the constraints.
 *
 * Shapes are compiled depth first. One that is met again while it is being compiled is recursive, which SHACL leaves undefined (section 3.4.3) and
 * we refuse. */
#include "rdf/shacl_shapes.h"

#include "base/limits.h"

#include <stdio.h>

typedef enum word {
#define MR_SHACL_COMPONENT(name, local) WORD_##name,
#include "rdf/shacl_components.def"
#undef MR_SHACL_COMPONENT
    WORD_PATH,
    WORD_PROPERTY,
    WORD_DEACTIVATED,
    WORD_SEVERITY,
    WORD_MESSAGE,
    WORD_FLAGS,
    WORD_IGNORED_PROPERTIES,
    WORD_QUALIFIED_VALUE_SHAPE,
    WORD_QUALIFIED_DISJOINT,
    WORD_TARGET_NODE,
    WORD_TARGET_CLASS,
    WORD_TARGET_SUBJECTS_OF,
    WORD_TARGET_OBJECTS_OF,
    WORD_INVERSE_PATH,
    WORD_ALTERNATIVE_PATH,
    WORD_ZERO_OR_MORE_PATH,
    WORD_ONE_OR_MORE_PATH,
    WORD_ZERO_OR_ONE_PATH,
    WORD_NODE_SHAPE,
    WORD_PROPERTY_SHAPE,
    WORD_TYPE,
    WORD_FIRST,
    WORD_REST,
    WORD_NIL,
    WORD_CLASS_OF_CLASSES,
    WORD_SUBCLASS_OF,
    WORD_COUNT,
    WORD_NONE = WORD_COUNT
} word;
_Static_assert(WORD_COUNT < 64, "words make a set of 64 bits");

#define BIT(w) (UINT64_C(1) << (w))
#define TARGETS                                                                                                        \
    (BIT(WORD_TARGET_NODE) | BIT(WORD_TARGET_CLASS) | BIT(WORD_TARGET_SUBJECTS_OF) | BIT(WORD_TARGET_OBJECTS_OF))
#define COMPONENTS (BIT(WORD_PATH) - 1)

static const char *const component_names[] = {
#define MR_SHACL_COMPONENT(name, local) local,
#include "rdf/shacl_components.def"
#undef MR_SHACL_COMPONENT
};

const char *mr_shacl_component_name(mr_shacl_component c)
{
    return component_names[c];
}

/* IRIs of the words behind the components' parameters, whose names are those of the components with a small first letter. */
static const mr_str word_iris[] = {
    [WORD_PATH] = MR_STR_INIT(MR_SH "path"),
    [WORD_PROPERTY] = MR_STR_INIT(MR_SH "property"),
    [WORD_DEACTIVATED] = MR_STR_INIT(MR_SH "deactivated"),
    [WORD_SEVERITY] = MR_STR_INIT(MR_SH "severity"),
    [WORD_MESSAGE] = MR_STR_INIT(MR_SH "message"),
    [WORD_FLAGS] = MR_STR_INIT(MR_SH "flags"),
    [WORD_IGNORED_PROPERTIES] = MR_STR_INIT(MR_SH "ignoredProperties"),
    [WORD_QUALIFIED_VALUE_SHAPE] = MR_STR_INIT(MR_SH "qualifiedValueShape"),
    [WORD_QUALIFIED_DISJOINT] = MR_STR_INIT(MR_SH "qualifiedValueShapesDisjoint"),
    [WORD_TARGET_NODE] = MR_STR_INIT(MR_SH "targetNode"),
    [WORD_TARGET_CLASS] = MR_STR_INIT(MR_SH "targetClass"),
    [WORD_TARGET_SUBJECTS_OF] = MR_STR_INIT(MR_SH "targetSubjectsOf"),
    [WORD_TARGET_OBJECTS_OF] = MR_STR_INIT(MR_SH "targetObjectsOf"),
    [WORD_INVERSE_PATH] = MR_STR_INIT(MR_SH "inversePath"),
    [WORD_ALTERNATIVE_PATH] = MR_STR_INIT(MR_SH "alternativePath"),
    [WORD_ZERO_OR_MORE_PATH] = MR_STR_INIT(MR_SH "zeroOrMorePath"),
    [WORD_ONE_OR_MORE_PATH] = MR_STR_INIT(MR_SH "oneOrMorePath"),
    [WORD_ZERO_OR_ONE_PATH] = MR_STR_INIT(MR_SH "zeroOrOnePath"),
    [WORD_NODE_SHAPE] = MR_STR_INIT(MR_SH "NodeShape"),
    [WORD_PROPERTY_SHAPE] = MR_STR_INIT(MR_SH "PropertyShape"),
    [WORD_TYPE] = MR_STR_INIT(MR_RDF "type"),
    [WORD_FIRST] = MR_STR_INIT(MR_RDF "first"),
    [WORD_REST] = MR_STR_INIT(MR_RDF "rest"),
    [WORD_NIL] = MR_STR_INIT(MR_RDF "nil"),
    [WORD_CLASS_OF_CLASSES] = MR_STR_INIT(MR_RDFS "Class"),
    [WORD_SUBCLASS_OF] = MR_STR_INIT(MR_RDFS "subClassOf"),
};

const mr_term mr_rdfs_subclass_of = {.kind = MR_TERM_IRI, .text = MR_STR_INIT(MR_RDFS "subClassOf")};

static const mr_term severity_violation = {.kind = MR_TERM_IRI, .text = MR_STR_INIT(MR_SH "Violation")};

struct compiler {
    mr_arena *a;       /* of the shapes */
    mr_arena *scratch; /* goes at the end */
    mr_index ix;
    uint8_t *word_of;       /* by term id */
    mr_id ids[WORD_COUNT];  /* by word; MR_NO_ID: the graph does not use it */
    mr_shape **shape_of;    /* by term id */
    bool *open;             /* by term id: being compiled */
    const mr_term **copies; /* by term id */
    uint32_t *constant_of;  /* by term id: number + 1 */
    mr_constant *constants;
    uint32_t constant_count;
    mr_target *targets;
    uint32_t target_count;
    uint64_t work; /* list members and parts of paths still allowed */
    mr_shapes *shapes;
    struct mr_err *err;
};

#define NO_MEMORY(c) MR_FAIL((c)->err, MR_E_NOMEM, "compiled shapes", MR_NOWHERE)

static const char *word_name(word w, char buffer[48])
{
    if (w >= WORD_PATH) return strchr(word_iris[w].ptr, '#') + 1;
    snprintf(buffer, 48, "%s", component_names[w]);
    buffer[0] = (char)(buffer[0] | 32);
    return buffer;
}

/* "message", with "<shape> sh:parameter" as detail. */
static int ill_formed(struct compiler *c, mr_id shape, word w, const char *message)
{
    char buffer[48];
    const mr_term *t = c->ix.terms[shape];
    return MR_FAIL_DETAIL(c->err, MR_E_FORMAT, message, "%s%.*s sh:%s", t->kind == MR_TERM_BLANK ? "_:" : "",
                          (int)(t->text.len < 140 ? t->text.len : 140), t->text.ptr ? t->text.ptr : "",
                          word_name(w, buffer));
}

static int spend(struct compiler *c, uint64_t units)
{
    if (c->work < units) return MR_FAIL(c->err, MR_E_LIMIT, "shapes with too long lists or paths", MR_NOWHERE);
    c->work -= units;
    return MR_OK;
}

static mr_ids objects(const struct compiler *c, mr_id subject, word w)
{
    return mr_index_objects(&c->ix, subject, c->ids[w]);
}

/* ---- terms ---- */

static int copy_text(struct compiler *c, mr_str *text)
{
    if (text->len == 0) return *text = MR_STR_EMPTY, MR_OK;
    *text = mr_arena_dup(c->a, *text);
    return text->ptr ? MR_OK : NO_MEMORY(c);
}

static int copy_term(struct compiler *c, mr_id id, const mr_term **ret)
{
    if (!c->copies[id]) {
        mr_term *t = MR_NEW(c->a, mr_term);
        if (!t) return NO_MEMORY(c);
        *t = *c->ix.terms[id];
        MR_TRY(copy_text(c, &t->text));
        MR_TRY(copy_text(c, &t->datatype));
        MR_TRY(copy_text(c, &t->language));
        c->copies[id] = t;
    }
    *ret = c->copies[id];
    return MR_OK;
}

static void add_constant(struct compiler *c, const mr_term *term)
{
    c->constants[c->constant_count++] = (mr_constant){term, mr_index_hash(c->shapes->key, term)};
}

/* The number of the constant that a term is. */
static int constant(struct compiler *c, mr_id id, uint32_t *ret)
{
    const mr_term *copy;
    if (!c->constant_of[id]) {
        MR_TRY(copy_term(c, id, &copy));
        add_constant(c, copy);
        c->constant_of[id] = c->constant_count;
    }
    *ret = c->constant_of[id] - 1;
    return MR_OK;
}

static bool is_kind(const struct compiler *c, mr_id id, mr_term_kind kind)
{
    return c->ix.terms[id]->kind == (uint8_t)kind;
}

static int iri_constant(struct compiler *c, mr_id shape, word w, mr_id id, uint32_t *ret)
{
    if (!is_kind(c, id, MR_TERM_IRI)) return ill_formed(c, shape, w, "a parameter that must be an IRI");
    return constant(c, id, ret);
}

/* The one value, or MR_NO_ID when there is none. */
static int at_most_one(struct compiler *c, mr_id shape, word w, mr_id *ret)
{
    mr_ids found = objects(c, shape, w);
    if (found.count > 1) return ill_formed(c, shape, w, "a parameter that a shape can have only once");
    *ret = found.count ? found.ptr[0] : MR_NO_ID;
    return MR_OK;
}

/* xsd:boolean; false when the shape has no such parameter. */
static int read_boolean(struct compiler *c, mr_id shape, word w, bool *ret)
{
    mr_id id = MR_NO_ID;
    MR_TRY(at_most_one(c, shape, w, &id));
    *ret = false;
    if (id == MR_NO_ID) return MR_OK;
    const mr_term *t = c->ix.terms[id];
    bool known = t->kind == MR_TERM_LITERAL && mr_datatype_find(t->datatype) == MR_DATATYPE_BOOLEAN;
    if (!known || !mr_literal_is_well_formed(t, MR_DATATYPE_BOOLEAN))
        return ill_formed(c, shape, w, "a parameter that must be true or false");
    *ret = mr_str_is(t->text, "true") || mr_str_is(t->text, "1");
    return MR_OK;
}

static int read_count(struct compiler *c, mr_id shape, word w, mr_id id, int64_t *ret)
{
    const mr_term *t = c->ix.terms[id];
    uint64_t value;
    mr_str digits = t->text;
    if (mr_str_has_prefix(digits, MR_STR("+"))) digits = mr_str_from(digits, 1);
    bool known = t->kind == MR_TERM_LITERAL && mr_datatype_find(t->datatype) == MR_DATATYPE_INTEGER;
    if (!known || !mr_str_to_u64(digits, &value) || value > INT64_MAX)
        return ill_formed(c, shape, w, "a parameter that must be a whole number");
    *ret = (int64_t)value;
    return MR_OK;
}

/* The members of an RDF list (SHACL 1.5: one rdf:first and one rdf:rest at every node, and an end). */
static int read_list(struct compiler *c, mr_id shape, word w, mr_id head, mr_ids *ret)
{
    uint32_t count = 0, capacity = 16;
    mr_id *members = mr_arena_alloc(c->scratch, capacity * sizeof *members);
    for (mr_id at = head; members && at != c->ids[WORD_NIL]; count++) {
        mr_ids first = objects(c, at, WORD_FIRST), rest = objects(c, at, WORD_REST);
        if (first.count != 1 || rest.count != 1) return ill_formed(c, shape, w, "a list that is not well-formed");
        if (count >= MR_LIMIT_SHACL_LIST) return MR_FAIL(c->err, MR_E_LIMIT, "a list without end", MR_NOWHERE);
        MR_TRY(spend(c, 1));
        if (count == capacity) {
            mr_id *more = mr_arena_alloc(c->scratch, 2 * capacity * sizeof *more);
            if (more) memcpy(more, members, count * sizeof *more);
            members = more, capacity *= 2;
        }
        if (members) members[count] = first.ptr[0];
        at = rest.ptr[0];
    }
    if (!members) return NO_MEMORY(c);
    *ret = (mr_ids){members, count};
    return MR_OK;
}

/* ---- paths (SHACL 2.3.1) ---- */

static int compile_path(struct compiler *c, mr_id shape, mr_id node, uint32_t depth, const mr_shacl_path **ret);

static int compile_parts(struct compiler *c, mr_id shape, mr_ids nodes, uint32_t depth, mr_shacl_path *path)
{
    const mr_shacl_path **parts = MR_NEW_ARRAY(c->a, const mr_shacl_path *, nodes.count);
    if (!parts) return NO_MEMORY(c);
    for (uint32_t i = 0; i < nodes.count; i++) MR_TRY(compile_path(c, shape, nodes.ptr[i], depth + 1, &parts[i]));
    path->parts = parts, path->count = nodes.count;
    return MR_OK;
}

/* The one of the five words of paths that a node has. */
static int path_word(struct compiler *c, mr_id shape, mr_id node, word *ret, mr_id *ret_value)
{
    *ret = WORD_NONE;
    for (word w = WORD_INVERSE_PATH; w <= WORD_ZERO_OR_ONE_PATH; w++) {
        mr_ids found = objects(c, node, w);
        if (found.count == 0) continue;
        if (found.count > 1 || *ret != WORD_NONE) return ill_formed(c, shape, w, "a path that can be read in two ways");
        *ret = w, *ret_value = found.ptr[0];
    }
    return *ret == WORD_NONE ? ill_formed(c, shape, WORD_PATH, "a path that is none") : MR_OK;
}

static uint8_t path_kind(word w)
{
    switch (w) {
    case WORD_INVERSE_PATH: return MR_PATH_INVERSE;
    case WORD_ALTERNATIVE_PATH: return MR_PATH_ALTERNATIVE;
    case WORD_ZERO_OR_MORE_PATH: return MR_PATH_ZERO_OR_MORE;
    case WORD_ONE_OR_MORE_PATH: return MR_PATH_ONE_OR_MORE;
    default: return MR_PATH_ZERO_OR_ONE;
    }
}

static int compile_path(struct compiler *c, mr_id shape, mr_id node, uint32_t depth, const mr_shacl_path **ret)
{
    mr_id value = node;
    word w = WORD_INVERSE_PATH;
    mr_ids nodes = {&value, 1};
    if (depth > MR_LIMIT_SHACL_DEPTH) return MR_FAIL(c->err, MR_E_LIMIT, "a path without end", MR_NOWHERE);
    MR_TRY(spend(c, 1));
    mr_shacl_path *path = MR_NEW(c->a, mr_shacl_path);
    if (!path) return NO_MEMORY(c);
    *ret = path;
    if (is_kind(c, node, MR_TERM_IRI)) {
        path->kind = MR_PATH_PREDICATE, path->count = 1;
        MR_TRY(copy_term(c, node, &path->term));
        return constant(c, node, &path->predicate);
    }
    if (objects(c, node, WORD_FIRST).count) { /* a list is a sequence, whatever else the node says */
        path->kind = MR_PATH_SEQUENCE;
        MR_TRY(read_list(c, shape, WORD_PATH, node, &nodes));
    } else {
        MR_TRY(path_word(c, shape, node, &w, &value));
        path->kind = path_kind(w);
        if (w == WORD_ALTERNATIVE_PATH) MR_TRY(read_list(c, shape, w, value, &nodes));
    }
    if (nodes.count < 2 && (path->kind == MR_PATH_SEQUENCE || path->kind == MR_PATH_ALTERNATIVE))
        return ill_formed(c, shape, WORD_PATH, "a path of less than two parts");
    return compile_parts(c, shape, nodes, depth, path);
}

/* ---- constraints ---- */

static int compile_shape(struct compiler *c, mr_id id, uint32_t depth, const mr_shape **ret);

/* A shape on its way, and how deep it lies. */
struct reading {
    mr_id id;
    uint32_t depth;
    mr_shape *shape;
};

static int compile_child(struct compiler *c, struct reading *r, mr_id id, const mr_shape **ret)
{
    MR_TRY(compile_shape(c, id, r->depth + 1, ret));
    if ((*ret)->height >= r->shape->height) r->shape->height = (uint8_t)((*ret)->height + 1);
    return MR_OK;
}

static int compile_children(struct compiler *c, struct reading *r, mr_ids ids, const mr_shape *const **ret)
{
    const mr_shape **shapes = MR_NEW_ARRAY(c->a, const mr_shape *, ids.count);
    if (!shapes) return NO_MEMORY(c);
    for (uint32_t i = 0; i < ids.count; i++) MR_TRY(compile_child(c, r, ids.ptr[i], &shapes[i]));
    *ret = shapes;
    return MR_OK;
}

static int copy_terms(struct compiler *c, mr_ids ids, const mr_term *const **ret)
{
    const mr_term **terms = MR_NEW_ARRAY(c->a, const mr_term *, ids.count);
    if (!terms) return NO_MEMORY(c);
    for (uint32_t i = 0; i < ids.count; i++) MR_TRY(copy_term(c, ids.ptr[i], &terms[i]));
    *ret = terms;
    return MR_OK;
}

static int constants_of(struct compiler *c, mr_ids ids, uint32_t *list)
{
    for (uint32_t i = 0; i < ids.count; i++) MR_TRY(constant(c, ids.ptr[i], &list[i]));
    return MR_OK;
}

static int read_node_kind(struct compiler *c, struct reading *r, mr_id value, mr_constraint *k)
{
    static const struct {
        const char *name;
        uint8_t bits;
    } kinds[] = {
        {MR_SH "IRI", 1 << MR_TERM_IRI},
        {MR_SH "BlankNode", 1 << MR_TERM_BLANK},
        {MR_SH "Literal", 1 << MR_TERM_LITERAL},
        {MR_SH "BlankNodeOrIRI", 1 << MR_TERM_BLANK | 1 << MR_TERM_IRI},
        {MR_SH "BlankNodeOrLiteral", 1 << MR_TERM_BLANK | 1 << MR_TERM_LITERAL},
        {MR_SH "IRIOrLiteral", 1 << MR_TERM_IRI | 1 << MR_TERM_LITERAL},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (mr_str_is(c->ix.terms[value]->text, kinds[i].name)) return k->node_kind = kinds[i].bits, MR_OK;
    return ill_formed(c, r->id, WORD_NODE_KIND, "a kind of node that is none");
}

static int read_pattern(struct compiler *c, struct reading *r, mr_id value, mr_constraint *k)
{
    mr_id flags = MR_NO_ID;
    MR_TRY(at_most_one(c, r->id, WORD_FLAGS, &flags));
    if (!is_kind(c, value, MR_TERM_LITERAL) || (flags != MR_NO_ID && !is_kind(c, flags, MR_TERM_LITERAL)))
        return ill_formed(c, r->id, WORD_PATTERN, "a pattern that is no text");
    return mr_pattern_compile(c->a, c->ix.terms[value]->text,
                              flags == MR_NO_ID ? MR_STR_EMPTY : c->ix.terms[flags]->text, &k->pattern, c->err);
}

static int read_language_in(struct compiler *c, struct reading *r, mr_id value, mr_constraint *k)
{
    mr_ids list;
    MR_TRY(read_list(c, r->id, WORD_LANGUAGE_IN, value, &list));
    for (uint32_t i = 0; i < list.count; i++)
        if (!is_kind(c, list.ptr[i], MR_TERM_LITERAL))
            return ill_formed(c, r->id, WORD_LANGUAGE_IN, "a language that is no text");
    k->count = list.count;
    return copy_terms(c, list, &k->terms);
}

static int read_in(struct compiler *c, struct reading *r, mr_id value, mr_constraint *k)
{
    mr_ids list;
    MR_TRY(read_list(c, r->id, WORD_IN, value, &list));
    uint32_t *members = MR_NEW_ARRAY(c->a, uint32_t, list.count);
    if (!members) return NO_MEMORY(c);
    k->list = members, k->count = list.count;
    MR_TRY(constants_of(c, list, members));
    return copy_terms(c, list, &k->terms);
}

static int read_shape_list(struct compiler *c, struct reading *r, word w, mr_id value, mr_constraint *k)
{
    mr_ids list;
    MR_TRY(read_list(c, r->id, w, value, &list));
    k->count = list.count;
    MR_TRY(copy_terms(c, list, &k->terms));
    return compile_children(c, r, list, &k->shapes);
}

/* SHACL 4.8.1: what may stand are the predicates of the shape's properties, and those it says to ignore. */
static int read_closed(struct compiler *c, struct reading *r, mr_constraint *k)
{
    mr_id head = MR_NO_ID;
    mr_ids ignored = {NULL, 0}, properties = objects(c, r->id, WORD_PROPERTY);
    MR_TRY(at_most_one(c, r->id, WORD_IGNORED_PROPERTIES, &head));
    if (head != MR_NO_ID) MR_TRY(read_list(c, r->id, WORD_IGNORED_PROPERTIES, head, &ignored));
    uint32_t *list = MR_NEW_ARRAY(c->a, uint32_t, (size_t)properties.count + ignored.count);
    if (!list) return NO_MEMORY(c);
    MR_TRY(constants_of(c, ignored, list));
    k->list = list, k->count = ignored.count;
    for (uint32_t i = 0; i < properties.count; i++) {
        mr_ids path = objects(c, properties.ptr[i], WORD_PATH);
        if (path.count == 1 && is_kind(c, path.ptr[0], MR_TERM_IRI))
            MR_TRY(constant(c, path.ptr[0], &list[k->count++]));
    }
    return MR_OK;
}

/* SHACL 4.7.3, sibling shapes: the qualified value shapes of all properties of the shapes that have this property, but its own. */
static int read_siblings(struct compiler *c, struct reading *r, mr_id own, mr_constraint *k)
{
    mr_ids parents = mr_index_subjects(&c->ix, r->id, c->ids[WORD_PROPERTY]);
    uint32_t most = 0, count = 0;
    for (uint32_t i = 0; i < parents.count; i++) most += objects(c, parents.ptr[i], WORD_PROPERTY).count;
    mr_id *ids = mr_arena_alloc(c->scratch, (most + 1) * sizeof *ids);
    if (!ids) return NO_MEMORY(c);
    for (uint32_t i = 0; i < parents.count; i++) {
        mr_ids properties = objects(c, parents.ptr[i], WORD_PROPERTY);
        MR_TRY(spend(c, properties.count));
        for (uint32_t j = 0; j < properties.count; j++) {
            mr_ids qualified = objects(c, properties.ptr[j], WORD_QUALIFIED_VALUE_SHAPE);
            if (qualified.count == 1 && qualified.ptr[0] != own) ids[count++] = qualified.ptr[0];
        }
    }
    k->other_count = count;
    return compile_children(c, r, (mr_ids){ids, count}, &k->others);
}

static int read_qualified(struct compiler *c, struct reading *r, mr_constraint *k)
{
    mr_id qualified = MR_NO_ID;
    bool disjoint;
    MR_TRY(at_most_one(c, r->id, WORD_QUALIFIED_VALUE_SHAPE, &qualified));
    MR_TRY(read_boolean(c, r->id, WORD_QUALIFIED_DISJOINT, &disjoint));
    if (qualified == MR_NO_ID) return MR_OK; /* a component without all its parameters says nothing (SHACL 2.1.1) */
    if (!r->shape->path)
        return ill_formed(c, r->id, WORD_QUALIFIED_VALUE_SHAPE, "a parameter that node shapes cannot have");
    MR_TRY(compile_children(c, r, (mr_ids){&qualified, 1}, &k->shapes));
    k->count = 1;
    return disjoint ? read_siblings(c, r, qualified, k) : MR_OK;
}

static int read_parameter(struct compiler *c, struct reading *r, word w, mr_id value, mr_constraint *k)
{
    switch (w) {
    case WORD_CLASS:
    case WORD_EQUALS:
    case WORD_DISJOINT:
    case WORD_LESS_THAN:
    case WORD_LESS_THAN_OR_EQUALS: return iri_constant(c, r->id, w, value, &k->constant);
    case WORD_DATATYPE:
        k->datatype = (uint8_t)mr_datatype_find(c->ix.terms[value]->text);
        return is_kind(c, value, MR_TERM_IRI) ? MR_OK : ill_formed(c, r->id, w, "a datatype that is no IRI");
    case WORD_NODE_KIND: return read_node_kind(c, r, value, k);
    case WORD_MIN_COUNT:
    case WORD_MAX_COUNT:
    case WORD_MIN_LENGTH:
    case WORD_MAX_LENGTH: return read_count(c, r->id, w, value, &k->number);
    case WORD_MIN_EXCLUSIVE:
    case WORD_MIN_INCLUSIVE:
    case WORD_MAX_EXCLUSIVE:
    case WORD_MAX_INCLUSIVE:
        return is_kind(c, value, MR_TERM_LITERAL) ? MR_OK : ill_formed(c, r->id, w, "a bound that is no literal");
    case WORD_PATTERN: return read_pattern(c, r, value, k);
    case WORD_LANGUAGE_IN: return read_language_in(c, r, value, k);
    case WORD_HAS_VALUE: return constant(c, value, &k->constant);
    case WORD_IN: return read_in(c, r, value, k);
    case WORD_NOT:
    case WORD_NODE: k->count = 1; return compile_children(c, r, (mr_ids){&value, 1}, &k->shapes);
    case WORD_AND:
    case WORD_OR:
    case WORD_XONE: return read_shape_list(c, r, w, value, k);
    case WORD_QUALIFIED_MIN_COUNT:
    case WORD_QUALIFIED_MAX_COUNT: MR_TRY(read_count(c, r->id, w, value, &k->number)); return read_qualified(c, r, k);
    case WORD_CLOSED: return read_closed(c, r, k);
    default: return MR_OK;
    }
}

/* SHACL section 4: parameters of which a shape has one at most, and those that node shapes have no use for. */
#define ONLY_ONCE                                                                                                      \
    (BIT(WORD_DATATYPE) | BIT(WORD_NODE_KIND) | BIT(WORD_MIN_COUNT) | BIT(WORD_MAX_COUNT) | BIT(WORD_MIN_EXCLUSIVE) |  \
     BIT(WORD_MIN_INCLUSIVE) | BIT(WORD_MAX_EXCLUSIVE) | BIT(WORD_MAX_INCLUSIVE) | BIT(WORD_MIN_LENGTH) |              \
     BIT(WORD_MAX_LENGTH) | BIT(WORD_LANGUAGE_IN) | BIT(WORD_UNIQUE_LANG) | BIT(WORD_QUALIFIED_MIN_COUNT) |            \
     BIT(WORD_QUALIFIED_MAX_COUNT) | BIT(WORD_CLOSED) | BIT(WORD_IN))
#define ONLY_OF_PROPERTIES                                                                                             \
    (BIT(WORD_MIN_COUNT) | BIT(WORD_MAX_COUNT) | BIT(WORD_UNIQUE_LANG) | BIT(WORD_LESS_THAN) |                         \
     BIT(WORD_LESS_THAN_OR_EQUALS))

/* The constraints of one component. */
static int compile_component(struct compiler *c, struct reading *r, word w, mr_constraint *all, uint32_t *count)
{
    mr_ids values = objects(c, r->id, w);
    bool wanted = true;
    if (values.count > 1 && (BIT(w) & ONLY_ONCE))
        return ill_formed(c, r->id, w, "a parameter that a shape can have only once");
    if (!r->shape->path && (BIT(w) & ONLY_OF_PROPERTIES))
        return ill_formed(c, r->id, w, "a parameter that node shapes cannot have");
    if (w == WORD_CLOSED || w == WORD_UNIQUE_LANG) MR_TRY(read_boolean(c, r->id, w, &wanted));
    for (uint32_t i = 0; wanted && i < values.count; i++) {
        mr_constraint *k = &all[*count];
        k->component = (uint8_t)w, k->owner = r->shape;
        MR_TRY(copy_term(c, values.ptr[i], &k->parameter));
        MR_TRY(read_parameter(c, r, w, values.ptr[i], k));
        bool without_shape = (w == WORD_QUALIFIED_MIN_COUNT || w == WORD_QUALIFIED_MAX_COUNT) && !k->shapes;
        if (!without_shape) ++*count;
    }
    return MR_OK;
}

/* The words that a node uses, and how many parameters of components. */
static uint64_t words_of(const struct compiler *c, mr_id id, uint32_t *ret_parameters)
{
    uint64_t words = 0;
    *ret_parameters = 0;
    for (uint32_t i = c->ix.first[id]; i < c->ix.first[id + 1]; i++) {
        uint64_t bit = BIT(c->word_of[c->ix.predicates[i]]);
        words |= bit;
        *ret_parameters += (bit & COMPONENTS) != 0;
    }
    return words;
}

static int compile_constraints(struct compiler *c, struct reading *r, uint64_t words, uint32_t most)
{
    uint32_t count = 0;
    mr_constraint *all = MR_NEW_ARRAY(c->a, mr_constraint, most);
    if (!all) return NO_MEMORY(c);
    for (words &= COMPONENTS; words; words &= words - 1)
        MR_TRY(compile_component(c, r, (word)__builtin_ctzll(words), all, &count));
    r->shape->constraints = all, r->shape->constraint_count = count;
    return MR_OK;
}

/* ---- shapes ---- */

static int read_severity(struct compiler *c, struct reading *r)
{
    mr_id id = MR_NO_ID;
    MR_TRY(at_most_one(c, r->id, WORD_SEVERITY, &id));
    r->shape->severity_iri = &severity_violation;
    if (id == MR_NO_ID) return MR_OK;
    if (!is_kind(c, id, MR_TERM_IRI)) return ill_formed(c, r->id, WORD_SEVERITY, "a severity that is no IRI");
    mr_str iri = c->ix.terms[id]->text;
    r->shape->severity = mr_str_is(iri, MR_SH "Warning") ? MR_SEVERITY_WARNING
                         : mr_str_is(iri, MR_SH "Info")  ? MR_SEVERITY_INFO
                                                         : MR_SEVERITY_VIOLATION;
    return copy_term(c, id, &r->shape->severity_iri);
}

static int read_path(struct compiler *c, struct reading *r, uint64_t words)
{
    mr_id path = MR_NO_ID;
    if (!(words & BIT(WORD_PATH))) return MR_OK;
    MR_TRY(at_most_one(c, r->id, WORD_PATH, &path));
    return compile_path(c, r->id, path, 0, &r->shape->path);
}

static int read_properties(struct compiler *c, struct reading *r)
{
    mr_ids properties = objects(c, r->id, WORD_PROPERTY);
    for (uint32_t i = 0; i < properties.count; i++)
        if (objects(c, properties.ptr[i], WORD_PATH).count != 1)
            return ill_formed(c, r->id, WORD_PROPERTY, "a property that has no path, or several");
    r->shape->property_count = properties.count;
    return compile_children(c, r, properties, &r->shape->properties);
}

/* What a shape says of itself, then what it refers to. */
static int fill_shape(struct compiler *c, struct reading *r)
{
    uint32_t parameters;
    uint64_t words = words_of(c, r->id, &parameters);
    MR_TRY(copy_term(c, r->id, &r->shape->term));
    if (words & BIT(WORD_DEACTIVATED)) MR_TRY(read_boolean(c, r->id, WORD_DEACTIVATED, &r->shape->deactivated));
    if (r->shape->deactivated) return MR_OK;
    MR_TRY(read_path(c, r, words));
    MR_TRY(read_severity(c, r));
    if (words & BIT(WORD_MESSAGE)) {
        mr_ids messages = objects(c, r->id, WORD_MESSAGE);
        r->shape->message_count = messages.count;
        MR_TRY(copy_terms(c, messages, &r->shape->messages));
    }
    if (parameters) MR_TRY(compile_constraints(c, r, words, parameters));
    return words & BIT(WORD_PROPERTY) ? read_properties(c, r) : MR_OK;
}

static int recursive(struct compiler *c, mr_id id)
{
    mr_str name = c->ix.terms[id]->text;
    return MR_FAIL_DETAIL(c->err, MR_E_UNSUPPORTED, "a shape that refers to itself", "%.*s",
                          (int)(name.len < 180 ? name.len : 180), name.ptr ? name.ptr : "");
}

static int compile_shape(struct compiler *c, mr_id id, uint32_t depth, const mr_shape **ret)
{
    mr_shape *shape = c->shape_of[id];
    if (c->open[id]) return recursive(c, id);
    if (depth + (shape ? shape->height : 0) > MR_LIMIT_SHACL_DEPTH)
        return MR_FAIL(c->err, MR_E_LIMIT, "shapes nested too deep", MR_NOWHERE);
    if (shape) return shape->is_shared = true, *ret = shape, MR_OK;
    shape = MR_NEW(c->a, mr_shape);
    if (!shape) return NO_MEMORY(c);
    struct reading r = {id, depth, shape};
    c->shape_of[id] = shape, c->open[id] = true;
    MR_TRY(fill_shape(c, &r));
    c->open[id] = false;
    shape->number = c->shapes->shape_count++;
    *ret = shape;
    return MR_OK;
}

/* ---- targets ---- */

/* Mark the SHACL instances of a class: of rdf:type, and of rdfs:subClassOf any number of times (SHACL 1.5). */
static int mark_instances(struct compiler *c, mr_id class, bool *marks)
{
    uint32_t count = 0;
    mr_id *queue = mr_arena_alloc(c->scratch, ((size_t)c->ix.term_count + 1) * sizeof *queue);
    bool *seen = MR_NEW_ARRAY(c->scratch, bool, (size_t)c->ix.term_count + 1);
    if (!queue || !seen) return NO_MEMORY(c);
    if (class != MR_NO_ID) queue[count++] = class, seen[class] = true;
    for (uint32_t at = 0; at < count; at++) {
        mr_ids instances = mr_index_subjects(&c->ix, queue[at], c->ids[WORD_TYPE]);
        mr_ids below = mr_index_subjects(&c->ix, queue[at], c->ids[WORD_SUBCLASS_OF]);
        for (uint32_t i = 0; i < instances.count; i++) marks[instances.ptr[i]] = true;
        for (uint32_t i = 0; i < below.count; i++)
            if (!seen[below.ptr[i]]) queue[count++] = below.ptr[i], seen[below.ptr[i]] = true;
    }
    return MR_OK;
}

/* Does another shape refer to this node as a shape? */
static bool is_referred_to(const struct compiler *c, mr_id id)
{
    static const word references[] = {WORD_PROPERTY, WORD_NODE, WORD_NOT, WORD_QUALIFIED_VALUE_SHAPE};
    for (size_t i = 0; i < sizeof references / sizeof *references; i++)
        if (mr_index_subjects(&c->ix, id, c->ids[references[i]]).count) return true;
    return false;
}

static int add_target(struct compiler *c, mr_target_kind kind, mr_id value, const mr_shape *shape)
{
    uint32_t number;
    MR_TRY(constant(c, value, &number));
    c->targets[c->target_count++] = (mr_target){(uint8_t)kind, number, shape};
    return MR_OK;
}

static int add_targets(struct compiler *c, mr_id id, bool implicit)
{
    const mr_shape *shape;
    MR_TRY(compile_shape(c, id, 0, &shape));
    if (shape->deactivated) return MR_OK;
    for (int kind = MR_TARGET_NODE; kind <= MR_TARGET_OBJECTS_OF; kind++) {
        mr_ids values = objects(c, id, (word)(WORD_TARGET_NODE + kind));
        for (uint32_t i = 0; i < values.count; i++) MR_TRY(add_target(c, (mr_target_kind)kind, values.ptr[i], shape));
    }
    return implicit ? add_target(c, MR_TARGET_CLASS, id, shape) : MR_OK;
}

/* SHACL 2.1.3.1 to 2.1.3.5: every shape with a target; a shape that is a class as well has itself as one. */
static int compile_targets(struct compiler *c)
{
    bool *classes = MR_NEW_ARRAY(c->scratch, bool, (size_t)c->ix.term_count + 1);
    bool *shapes = MR_NEW_ARRAY(c->scratch, bool, (size_t)c->ix.term_count + 1);
    if (!classes || !shapes) return NO_MEMORY(c);
    MR_TRY(mark_instances(c, c->ids[WORD_CLASS_OF_CLASSES], classes));
    MR_TRY(mark_instances(c, c->ids[WORD_NODE_SHAPE], shapes));
    MR_TRY(mark_instances(c, c->ids[WORD_PROPERTY_SHAPE], shapes));
    for (mr_id id = 0; id < c->ix.term_count; id++) {
        uint32_t parameters;
        if (c->ix.first[id] == c->ix.first[id + 1]) continue;
        uint64_t words = words_of(c, id, &parameters);
        bool is_shape = shapes[id] || parameters || (words & BIT(WORD_PROPERTY));
        bool implicit = classes[id] && is_kind(c, id, MR_TERM_IRI) && (is_shape || is_referred_to(c, id));
        if (implicit || (words & TARGETS)) MR_TRY(add_targets(c, id, implicit));
    }
    return MR_OK;
}

/* ---- the whole ---- */

static int find_words(struct compiler *c)
{
    char iri[96], name[48];
    c->word_of = mr_arena_alloc(c->scratch, (size_t)c->ix.term_count + 1);
    if (!c->word_of) return NO_MEMORY(c);
    memset(c->word_of, WORD_NONE, c->ix.term_count);
    for (word w = 0; w < WORD_COUNT; w++) {
        mr_term t = {.kind = MR_TERM_IRI, .text = word_iris[w]};
        if (w < WORD_PATH) t.text = mr_str_make(iri, (size_t)snprintf(iri, sizeof iri, MR_SH "%s", word_name(w, name)));
        c->ids[w] = mr_index_find(&c->ix, &t, mr_index_hash(c->ix.key, &t));
        if (c->ids[w] != MR_NO_ID) c->word_of[c->ids[w]] = (uint8_t)w;
    }
    return MR_OK;
}

static int prepare(struct compiler *c)
{
    size_t terms = (size_t)c->ix.term_count + 1;
    c->shape_of = MR_NEW_ARRAY(c->scratch, mr_shape *, terms);
    c->open = MR_NEW_ARRAY(c->scratch, bool, terms);
    c->copies = MR_NEW_ARRAY(c->scratch, const mr_term *, terms);
    c->constant_of = MR_NEW_ARRAY(c->scratch, uint32_t, terms);
    c->constants = mr_arena_alloc(c->scratch, (terms + MR_CONSTANTS_FIXED) * sizeof *c->constants);
    c->targets = mr_arena_alloc(c->scratch, ((size_t)c->ix.edge_count + terms) * sizeof *c->targets);
    if (!c->shape_of || !c->open || !c->copies || !c->constant_of || !c->constants || !c->targets) return NO_MEMORY(c);
    add_constant(c, &mr_rdf_type);         /* MR_CONSTANT_TYPE */
    add_constant(c, &mr_rdfs_subclass_of); /* MR_CONSTANT_SUBCLASS_OF */
    return find_words(c);
}

static int keep(struct compiler *c)
{
    mr_constant *constants = mr_arena_alloc(c->a, c->constant_count * sizeof *constants);
    mr_target *targets = mr_arena_alloc(c->a, c->target_count * sizeof *targets);
    if (!constants || !targets) return NO_MEMORY(c);
    memcpy(constants, c->constants, c->constant_count * sizeof *constants);
    if (c->target_count) memcpy(targets, c->targets, c->target_count * sizeof *targets);
    c->shapes->constants = constants, c->shapes->constant_count = c->constant_count;
    c->shapes->targets = targets, c->shapes->target_count = c->target_count;
    return MR_OK;
}

static int compile(struct compiler *c, const mr_dataset *shapes)
{
    if (!c->shapes) return NO_MEMORY(c);
    /* Where the shapes stand is what nobody outside can know. */
    c->shapes->key = (uint64_t)(uintptr_t)c->shapes * UINT64_C(0x9E3779B97F4A7C15);
    MR_TRY(mr_index_init(&c->ix, c->scratch, shapes, c->shapes->key, c->err));
    MR_TRY(mr_index_add(&c->ix, c->err));
    MR_TRY(mr_index_sort(&c->ix, c->err));
    MR_TRY(prepare(c));
    MR_TRY(compile_targets(c));
    return keep(c);
}

int mr_shapes_compile(mr_arena *a, const mr_dataset *shapes, const mr_shapes **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena scratch;
    mr_arena_init(&scratch, MR_LIMIT_DOCUMENT_MEMORY);
    struct compiler c = {.a = a, .scratch = &scratch, .work = MR_LIMIT_SHACL_WORK, .err = err};
    c.shapes = MR_NEW(a, mr_shapes);
    MR_TRY(compile(&c, shapes));
    *ret = c.shapes;
    return MR_OK;
}
