/* Shapes held against data (SHACL sections 3 and 4).
 *
 * Idea. The data becomes an index (rdf/index.h) in which terms are numbers and the values of a property stand together; the constants of the
 * shapes are looked up in it once. From there on nothing compares texts but the constraints that are about texts.
 *
 * A shape is held against a node in one of two ways: for the report, where every constraint is checked and leaves its results; or to know
 * whether the node conforms, as sh:node, sh:or and their like ask, where the first failure ends it and nothing is kept but the answer, when
 * several shapes may ask for it. Shapes cannot be recursive (the compiler sees to that) and are no deeper than MR_LIMIT_SHACL_DEPTH.
 *
 * All that may take long is paid for from one budget (mr_walk_spend), so that no shapes and no data keep us for more than seconds. */
#include "rdf/shacl_walk.h"

#include "base/limits.h"

/* Answers "does this node conform to that shape?", by open addressing. */
struct memo {
    uint64_t *slots; /* (shape, node) * 2 + answer + 1; 0: free */
    uint32_t mask, count;
};

struct results {
    mr_shacl_result *ptr;
    size_t count, capacity, most;
};

struct validator {
    mr_arena *a;
    const mr_shapes *shapes;
    mr_index ix;
    mr_walk walk;
    mr_id *ids; /* of constants, by number; MR_NO_ID: not in the data */
    bool has_subclasses;
    bool **below; /* by constant: which ids are the class or below it; NULL: not asked for yet */
    struct memo memo;
    mr_matcher *matcher; /* NULL until a pattern is met */
    struct results found;
    bool in_detail; /* results are details of another: the first few will do */
    struct mr_err *err;
};

enum { MOST_DETAILS = 8 };

#define NO_MEMORY(v) MR_FAIL((v)->err, MR_E_NOMEM, "a validation", MR_NOWHERE)

/* A shape held against a focus node. */
struct check {
    struct validator *v;
    const mr_shape *shape;
    mr_id focus;
    mr_ids values; /* value nodes */
    bool report;   /* false: only `conforms` is wanted */
    bool conforms;
};

static int hold(struct validator *v, const mr_shape *shape, mr_id focus, bool report, bool *ret);

/* ---- results ---- */

static const mr_json *origin_of_edge(const struct validator *v, mr_id subject, mr_id predicate, mr_id object)
{
    uint32_t edge = mr_index_edge(&v->ix, subject, predicate, object);
    return edge == MR_NO_ID ? NULL : v->ix.ds->quads[v->ix.quads[edge]].origin;
}

/* Where in the document: the quad that gave the focus node this value, else any that has it, else the first about the focus node. */
static const mr_json *find_origin(const struct check *k, mr_id predicate, mr_id value)
{
    const mr_index *ix = &k->v->ix;
    const mr_json *origin = NULL;
    if (value != MR_NO_ID && predicate != MR_NO_ID) origin = origin_of_edge(k->v, k->focus, predicate, value);
    if (!origin && value != MR_NO_ID && ix->first_in[value] < ix->first_in[value + 1]) {
        uint32_t at = ix->first_in[value];
        origin = origin_of_edge(k->v, ix->in_subjects[at], ix->in_predicates[at], value);
    }
    if (!origin && ix->first[k->focus] < ix->first[k->focus + 1])
        origin = ix->ds->quads[ix->quads[ix->first[k->focus]]].origin;
    return origin;
}

static int add_result(struct validator *v, const mr_shacl_result *result)
{
    struct results *r = &v->found;
    if (r->count == r->most && v->in_detail) return MR_OK;
    if (r->count == r->most) return MR_FAIL(v->err, MR_E_LIMIT, "too many validation results", MR_NOWHERE);
    if (r->count == r->capacity) {
        size_t capacity = r->capacity ? 2 * r->capacity : 8;
        mr_shacl_result *more = mr_arena_alloc(v->a, capacity * sizeof *more);
        if (!more) return NO_MEMORY(v);
        if (r->count) memcpy(more, r->ptr, r->count * sizeof *more);
        r->ptr = more, r->capacity = capacity;
    }
    r->ptr[r->count++] = *result;
    return MR_OK;
}

/* What a value lacks that does not conform to the shape it should: its own results, which the report does not count. Those have no details in turn,
 * so that no node is looked at more than once more. */
static int add_details(struct validator *v, const mr_shape *shape, mr_id value, mr_shacl_result *result)
{
    struct results outer = v->found;
    bool conforms;
    if (v->in_detail) return MR_OK;
    v->found = (struct results){.most = MOST_DETAILS}, v->in_detail = true;
    int code = hold(v, shape, value, true, &conforms);
    result->details = v->found.ptr, result->detail_count = v->found.count;
    v->found = outer, v->in_detail = false;
    return code;
}

/* The constraint does not hold (SHACL 3.6.2).
 *   predicate  of sh:closed: the one that should not be; else MR_NO_ID
 *   value      MR_NO_ID: none */
static int fail_with(struct check *k, const mr_constraint *c, mr_id predicate, mr_id value, int64_t count)
{
    const mr_shape *s = k->shape;
    const mr_term *const *terms = k->v->ix.terms;
    k->conforms = false;
    if (!k->report) return MR_OK;
    mr_shacl_result r = {
        .focus = terms[k->focus],
        .value = value == MR_NO_ID ? NULL : terms[value],
        .shape = s->term,
        .severity_iri = s->severity_iri,
        .severity = s->severity,
        .component = (mr_shacl_component)c->component,
        .parameter = c->parameter,
        .count = count,
        .message = s->message_count ? s->messages[0]->text : MR_STR_EMPTY,
        .constraint = c,
    };
    if (predicate != MR_NO_ID)
        r.path = terms[predicate];
    else if (s->path && s->path->kind == MR_PATH_PREDICATE)
        r.path = s->path->term, predicate = k->v->ids[s->path->predicate];
    else
        r.complex_path = s->path;
    r.origin = find_origin(k, predicate, value);
    if (c->component == MR_SHACL_NODE) MR_TRY(add_details(k->v, c->shapes[0], value, &r));
    return add_result(k->v, &r);
}

static int fail(struct check *k, const mr_constraint *c, mr_id value)
{
    return fail_with(k, c, MR_NO_ID, value, 0);
}

static bool is_decided(const struct check *k)
{
    return !k->report && !k->conforms;
}

/* ---- classes ---- */

/* Ids that are this class or below it by rdfs:subClassOf. */
static int find_below(struct validator *v, uint32_t constant, bool **ret)
{
    mr_id_set *set;
    mr_id class = v->ids[constant], subclass_of = v->ids[MR_CONSTANT_SUBCLASS_OF];
    if (!v->below[constant]) {
        bool *below = MR_NEW_ARRAY(v->a, bool, (size_t)v->ix.term_count + 1);
        if (!below) return NO_MEMORY(v);
        MR_TRY(mr_walk_spend(&v->walk, v->ix.term_count / 64 + 1));
        MR_TRY(mr_walk_take(&v->walk, &set));
        MR_TRY(mr_walk_add(&v->walk, set, class));
        for (uint32_t i = 0; i < set->count; i++)
            MR_TRY(mr_walk_add_all(&v->walk, set, mr_index_subjects(&v->ix, set->ids[i], subclass_of)));
        for (uint32_t i = 0; i < set->count; i++) below[set->ids[i]] = true;
        mr_walk_leave(&v->walk);
        v->below[constant] = below;
    }
    *ret = v->below[constant];
    return MR_OK;
}

/* Is the node a SHACL instance of the class (SHACL 1.5)? */
static int has_class(struct validator *v, uint32_t constant, mr_id node, bool *ret)
{
    bool *below = NULL;
    mr_id class = v->ids[constant];
    mr_ids types = mr_index_objects(&v->ix, node, v->ids[MR_CONSTANT_TYPE]);
    *ret = class != MR_NO_ID && mr_ids_has(types, class);
    if (*ret || class == MR_NO_ID || !v->has_subclasses) return MR_OK;
    MR_TRY(find_below(v, constant, &below));
    MR_TRY(mr_walk_spend(&v->walk, types.count));
    for (uint32_t i = 0; i < types.count && !*ret; i++) *ret = below[types.ptr[i]];
    return MR_OK;
}

/* ---- constraints on each value (SHACL 4.1 to 4.4, 4.6, 4.7.1, 4.8.3) ---- */

static bool has_datatype(const mr_constraint *c, const mr_term *value)
{
    return value->kind == MR_TERM_LITERAL && mr_str_eq(value->datatype, c->parameter->text) &&
           mr_literal_is_well_formed(value, (mr_datatype)c->datatype);
}

static bool is_in_range(const mr_constraint *c, const mr_term *value)
{
    mr_order order = mr_literal_compare(value, c->parameter);
    switch (c->component) {
    case MR_SHACL_MIN_EXCLUSIVE: return order == MR_ORDER_GREATER;
    case MR_SHACL_MIN_INCLUSIVE: return order == MR_ORDER_GREATER || order == MR_ORDER_EQUAL;
    case MR_SHACL_MAX_EXCLUSIVE: return order == MR_ORDER_LESS;
    default: return order == MR_ORDER_LESS || order == MR_ORDER_EQUAL;
    }
}

/* In code points, of IRIs too; blank nodes have no length (SHACL 4.4.1). */
static bool has_length(const mr_constraint *c, const mr_term *value)
{
    if (value->kind == MR_TERM_BLANK) return false;
    int64_t length = (int64_t)mr_utf8_length(value->text);
    return c->component == MR_SHACL_MIN_LENGTH ? length >= c->number : length <= c->number;
}

/* SPARQL 1.1 17.4.3.2: basic filtering of RFC 4647. */
static bool language_matches(mr_str tag, mr_str range)
{
    if (!tag.len) return false;
    if (mr_str_is(range, "*")) return true;
    return tag.len >= range.len && mr_str_eq_ascii_nocase(mr_str_make(tag.ptr, range.len), range) &&
           (tag.len == range.len || tag.ptr[range.len] == '-');
}

static bool is_in_language(const mr_constraint *c, const mr_term *value)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (language_matches(value->language, c->terms[i]->text)) return true;
    return false;
}

static bool is_in_list(const struct validator *v, const mr_constraint *c, mr_id value)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (v->ids[c->list[i]] == value) return true;
    return false;
}

static int matches(struct validator *v, const mr_constraint *c, const mr_term *value, bool *ret)
{
    *ret = false;
    if (value->kind == MR_TERM_BLANK) return MR_OK;
    if (!v->matcher) MR_TRY(mr_matcher_new(v->a, &v->matcher, v->err));
    return mr_pattern_match(v->matcher, c->pattern, value->text, &v->walk.work, ret, v->err);
}

/* SHACL 4.6 and 4.7.1. Shapes are tried only until the answer is known. */
static int is_logical(struct validator *v, const mr_constraint *c, mr_id node, bool *ret)
{
    uint32_t yes = 0, no = 0, most_yes = c->component == MR_SHACL_XONE ? 1 : 0;
    bool all = c->component == MR_SHACL_AND;
    for (uint32_t i = 0; i < c->count && (all ? no == 0 : yes <= most_yes); i++) {
        bool conforms;
        MR_TRY(hold(v, c->shapes[i], node, false, &conforms));
        yes += conforms, no += !conforms;
    }
    *ret = all ? no == 0 : c->component == MR_SHACL_NOT ? yes == 0 : yes == 1;
    return MR_OK;
}

/* Reading texts is work, too: some hundred octets are a unit. */
static int spend_on_text(struct validator *v, const mr_term *value)
{
    return mr_walk_spend(&v->walk, value->text.len / 256);
}

static int holds_for(struct validator *v, const mr_constraint *c, mr_id id, bool *ret)
{
    const mr_term *value = v->ix.terms[id];
    MR_TRY(spend_on_text(v, value));
    switch (c->component) {
    case MR_SHACL_CLASS: return has_class(v, c->constant, id, ret);
    case MR_SHACL_DATATYPE: *ret = has_datatype(c, value); return MR_OK;
    case MR_SHACL_NODE_KIND: *ret = (c->node_kind >> value->kind & 1) != 0; return MR_OK;
    case MR_SHACL_MIN_EXCLUSIVE:
    case MR_SHACL_MIN_INCLUSIVE:
    case MR_SHACL_MAX_EXCLUSIVE:
    case MR_SHACL_MAX_INCLUSIVE: *ret = is_in_range(c, value); return MR_OK;
    case MR_SHACL_MIN_LENGTH:
    case MR_SHACL_MAX_LENGTH: *ret = has_length(c, value); return MR_OK;
    case MR_SHACL_PATTERN: return matches(v, c, value, ret);
    case MR_SHACL_LANGUAGE_IN: *ret = is_in_language(c, value); return MR_OK;
    case MR_SHACL_IN: *ret = is_in_list(v, c, id); return MR_OK;
    default: return is_logical(v, c, id, ret);
    }
}

static int check_values(struct check *k, const mr_constraint *c)
{
    bool holds;
    MR_TRY(mr_walk_spend(&k->v->walk, (uint64_t)k->values.count * (c->count / 16 + 1)));
    for (uint32_t i = 0; i < k->values.count && !is_decided(k); i++) {
        MR_TRY(holds_for(k->v, c, k->values.ptr[i], &holds));
        if (!holds) MR_TRY(fail(k, c, k->values.ptr[i]));
    }
    return MR_OK;
}

/* ---- constraints on all values together ---- */

/* SHACL 4.4.5: one result for each language that occurs twice. */
static int check_unique_lang(struct check *k, const mr_constraint *c)
{
    const mr_term *const *terms = k->v->ix.terms;
    for (uint32_t i = 0; i < k->values.count && !is_decided(k); i++) {
        mr_str language = terms[k->values.ptr[i]]->language;
        uint32_t before = 0, after = 0;
        if (!language.len) continue;
        MR_TRY(mr_walk_spend(&k->v->walk, k->values.count));
        for (uint32_t j = 0; j < k->values.count; j++) {
            if (j == i || !mr_str_eq_ascii_nocase(terms[k->values.ptr[j]]->language, language)) continue;
            before += j<i, after += j> i;
        }
        if (!before && after) MR_TRY(fail(k, c, MR_NO_ID));
    }
    return MR_OK;
}

static int fail_unless(struct check *k, const mr_constraint *c, mr_ids ids, const mr_id_set *set, bool member)
{
    for (uint32_t i = 0; i < ids.count; i++)
        if (mr_id_set_has(set, ids.ptr[i]) != member) MR_TRY(fail(k, c, ids.ptr[i]));
    return MR_OK;
}

/* SHACL 4.5.1 and 4.5.2 */
static int check_equals_disjoint(struct check *k, const mr_constraint *c)
{
    mr_walk *w = &k->v->walk;
    mr_id_set *set;
    mr_ids others = mr_index_objects(&k->v->ix, k->focus, k->v->ids[c->constant]);
    bool equals = c->component == MR_SHACL_EQUALS;
    MR_TRY(mr_walk_spend(w, k->values.count));
    MR_TRY(mr_walk_take(w, &set));
    MR_TRY(mr_walk_add_all(w, set, others));
    MR_TRY(fail_unless(k, c, k->values, set, equals));
    mr_walk_leave(w);
    if (!equals) return MR_OK;
    MR_TRY(mr_walk_take(w, &set));
    MR_TRY(mr_walk_add_all(w, set, k->values));
    MR_TRY(fail_unless(k, c, others, set, true));
    mr_walk_leave(w);
    return MR_OK;
}

/* SHACL 4.5.3 and 4.5.4: a result for each pair that is not in order, or cannot be compared. */
static int check_less_than(struct check *k, const mr_constraint *c)
{
    mr_ids others = mr_index_objects(&k->v->ix, k->focus, k->v->ids[c->constant]);
    MR_TRY(mr_walk_spend(&k->v->walk, (uint64_t)k->values.count * others.count));
    for (uint32_t i = 0; i < k->values.count; i++)
        for (uint32_t j = 0; j < others.count && !is_decided(k); j++) {
            mr_order order = mr_literal_compare(k->v->ix.terms[k->values.ptr[i]], k->v->ix.terms[others.ptr[j]]);
            bool equal_is_fine = c->component == MR_SHACL_LESS_THAN_OR_EQUALS;
            if (order == MR_ORDER_LESS || (equal_is_fine && order == MR_ORDER_EQUAL)) continue;
            MR_TRY(fail(k, c, k->values.ptr[i]));
        }
    return MR_OK;
}

/* SHACL 4.7.3: does the value conform to the shape, and to none of the siblings? */
static int is_qualified(struct validator *v, const mr_constraint *c, mr_id value, bool *ret)
{
    MR_TRY(hold(v, c->shapes[0], value, false, ret));
    for (uint32_t i = 0; i < c->other_count && *ret; i++) {
        bool conforms;
        MR_TRY(hold(v, c->others[i], value, false, &conforms));
        *ret = !conforms;
    }
    return MR_OK;
}

static int check_qualified(struct check *k, const mr_constraint *c)
{
    int64_t count = 0;
    for (uint32_t i = 0; i < k->values.count; i++) {
        bool qualified;
        MR_TRY(is_qualified(k->v, c, k->values.ptr[i], &qualified));
        count += qualified;
    }
    bool fine = c->component == MR_SHACL_QUALIFIED_MIN_COUNT ? count >= c->number : count <= c->number;
    return fine ? MR_OK : fail_with(k, c, MR_NO_ID, MR_NO_ID, count);
}

static int check_count(struct check *k, const mr_constraint *c)
{
    int64_t count = k->values.count;
    bool fine = c->component == MR_SHACL_MIN_COUNT ? count >= c->number : count <= c->number;
    return fine ? MR_OK : fail_with(k, c, MR_NO_ID, MR_NO_ID, count);
}

/* SHACL 4.8.1: a result for each value of each property that should not be there. */
static int check_closed(struct check *k, const mr_constraint *c)
{
    const mr_index *ix = &k->v->ix;
    mr_id_set *may;
    MR_TRY(mr_walk_spend(&k->v->walk, c->count + 1));
    MR_TRY(mr_walk_take(&k->v->walk, &may));
    for (uint32_t i = 0; i < c->count; i++)
        if (k->v->ids[c->list[i]] != MR_NO_ID) MR_TRY(mr_walk_add(&k->v->walk, may, k->v->ids[c->list[i]]));
    for (uint32_t i = 0; i < k->values.count && !is_decided(k); i++) {
        mr_id node = k->values.ptr[i];
        MR_TRY(mr_walk_spend(&k->v->walk, ix->first[node + 1] - ix->first[node]));
        for (uint32_t e = ix->first[node]; e < ix->first[node + 1]; e++)
            if (!mr_id_set_has(may, ix->predicates[e])) MR_TRY(fail_with(k, c, ix->predicates[e], ix->objects[e], 0));
    }
    mr_walk_leave(&k->v->walk);
    return MR_OK;
}

static int check_has_value(struct check *k, const mr_constraint *c)
{
    mr_id wanted = k->v->ids[c->constant];
    MR_TRY(mr_walk_spend(&k->v->walk, k->values.count));
    for (uint32_t i = 0; i < k->values.count; i++)
        if (k->values.ptr[i] == wanted) return MR_OK;
    return fail(k, c, MR_NO_ID);
}

static int check_constraint(struct check *k, const mr_constraint *c)
{
    switch (c->component) {
    case MR_SHACL_MIN_COUNT:
    case MR_SHACL_MAX_COUNT: return check_count(k, c);
    case MR_SHACL_UNIQUE_LANG: return check_unique_lang(k, c);
    case MR_SHACL_EQUALS:
    case MR_SHACL_DISJOINT: return check_equals_disjoint(k, c);
    case MR_SHACL_LESS_THAN:
    case MR_SHACL_LESS_THAN_OR_EQUALS: return check_less_than(k, c);
    case MR_SHACL_QUALIFIED_MIN_COUNT:
    case MR_SHACL_QUALIFIED_MAX_COUNT: return check_qualified(k, c);
    case MR_SHACL_CLOSED: return check_closed(k, c);
    case MR_SHACL_HAS_VALUE: return check_has_value(k, c);
    default: return k->values.count ? check_values(k, c) : MR_OK;
    }
}

/* ---- shapes ---- */

static uint64_t *memo_slot(const struct memo *m, uint64_t question)
{
    uint32_t i = (uint32_t)((question * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & m->mask;
    while (m->slots[i] && (m->slots[i] - 1) >> 1 != question) i = (i + 1) & m->mask;
    return &m->slots[i];
}

static bool grow_memo(struct validator *v)
{
    struct memo old = v->memo, new = {.mask = old.slots ? 2 * old.mask + 1 : 127, .count = old.count};
    new.slots = MR_NEW_ARRAY(v->a, uint64_t, (size_t) new.mask + 1);
    if (!new.slots) return false;
    for (uint32_t i = 0; old.slots && i <= old.mask; i++)
        if (old.slots[i]) *memo_slot(&new, (old.slots[i] - 1) >> 1) = old.slots[i];
    v->memo = new;
    return true;
}

static int remember(struct validator *v, uint64_t question, bool answer)
{
    if ((!v->memo.slots || v->memo.count > v->memo.mask / 2) && !grow_memo(v)) return NO_MEMORY(v);
    *memo_slot(&v->memo, question) = (question << 1 | answer) + 1;
    v->memo.count++;
    return MR_OK;
}

/* SHACL 4.7.2: sh:property of the shape, each value node in turn being the focus node. */
static int check_properties(struct check *k)
{
    const mr_shape *s = k->shape;
    MR_TRY(mr_walk_spend(&k->v->walk, (uint64_t)k->values.count * s->property_count));
    for (uint32_t i = 0; i < k->values.count; i++)
        for (uint32_t j = 0; j < s->property_count && !is_decided(k); j++) {
            bool conforms;
            MR_TRY(hold(k->v, s->properties[j], k->values.ptr[i], k->report, &conforms));
            k->conforms &= conforms;
        }
    return MR_OK;
}

static int check_shape(struct check *k)
{
    for (uint32_t i = 0; i < k->shape->constraint_count && !is_decided(k); i++)
        MR_TRY(check_constraint(k, &k->shape->constraints[i]));
    return is_decided(k) || !k->shape->property_count ? MR_OK : check_properties(k);
}

static int check_focus(struct check *k)
{
    mr_walk *w = &k->v->walk;
    const mr_shacl_path *path = k->shape->path;
    mr_id_set *set = NULL;
    bool simple = !path || path->kind == MR_PATH_PREDICATE;
    k->values = (mr_ids){&k->focus, 1};
    if (!simple) MR_TRY(mr_walk_take(w, &set));
    if (path) MR_TRY(mr_walk_path(w, path, k->focus, set, &k->values));
    MR_TRY(check_shape(k));
    if (!simple) mr_walk_leave(w);
    return MR_OK;
}

/* Validate a focus node against a shape (SHACL 3.4).
 *   report  true: results are added; false: nothing but the answer is wanted (conformance checking, 3.4.2) */
static int hold(struct validator *v, const mr_shape *shape, mr_id focus, bool report, bool *ret)
{
    uint64_t question = (uint64_t)shape->number << 32 | focus;
    bool remembers = !report && shape->is_shared;
    if (shape->deactivated) return *ret = true, MR_OK;
    if (remembers && v->memo.slots) {
        uint64_t known = *memo_slot(&v->memo, question);
        if (known) return *ret = (known - 1) & 1, MR_OK;
    }
    struct check k = {.v = v, .shape = shape, .focus = focus, .report = report, .conforms = true};
    MR_TRY(mr_walk_spend(&v->walk, 1));
    MR_TRY(check_focus(&k));
    *ret = k.conforms;
    return remembers ? remember(v, question, k.conforms) : MR_OK;
}

/* ---- targets (SHACL 2.1.3) ---- */

static int add_instances(struct validator *v, mr_id class, mr_id_set *focus)
{
    mr_id_set *classes;
    mr_id type = v->ids[MR_CONSTANT_TYPE], subclass_of = v->ids[MR_CONSTANT_SUBCLASS_OF];
    if (!v->has_subclasses) return mr_walk_add_all(&v->walk, focus, mr_index_subjects(&v->ix, class, type));
    MR_TRY(mr_walk_take(&v->walk, &classes));
    MR_TRY(mr_walk_add(&v->walk, classes, class));
    for (uint32_t i = 0; i < classes->count; i++) {
        MR_TRY(mr_walk_add_all(&v->walk, classes, mr_index_subjects(&v->ix, classes->ids[i], subclass_of)));
        MR_TRY(mr_walk_add_all(&v->walk, focus, mr_index_subjects(&v->ix, classes->ids[i], type)));
    }
    mr_walk_leave(&v->walk);
    return MR_OK;
}

/* Those who have the predicate, or stand behind it. */
static int add_ends(struct validator *v, mr_id predicate, bool objects, mr_id_set *focus)
{
    MR_TRY(mr_walk_spend(&v->walk, v->ix.edge_count / 16 + 1)); /* a quick look at each */
    for (uint32_t e = 0; e < v->ix.edge_count; e++)
        if (v->ix.predicates[e] == predicate)
            MR_TRY(mr_walk_add(&v->walk, focus, objects ? v->ix.objects[e] : v->ix.subjects[e]));
    return MR_OK;
}

static int add_focus_nodes(struct validator *v, const mr_target *target, mr_id_set *focus)
{
    mr_id id = v->ids[target->constant];
    if (id == MR_NO_ID) return MR_OK;
    switch ((mr_target_kind)target->kind) {
    case MR_TARGET_NODE: return mr_walk_add(&v->walk, focus, id);
    case MR_TARGET_CLASS: return add_instances(v, id, focus);
    default: return add_ends(v, id, target->kind == MR_TARGET_OBJECTS_OF, focus);
    }
}

/* One shape and all its targets, the first at `at`; returns where the next shape's begin. */
static int check_target(struct validator *v, uint32_t at, uint32_t *ret_next)
{
    const mr_target *targets = v->shapes->targets;
    const mr_shape *shape = targets[at].shape;
    mr_id_set *focus;
    bool conforms;
    MR_TRY(mr_walk_take(&v->walk, &focus));
    for (; at < v->shapes->target_count && targets[at].shape == shape; at++)
        MR_TRY(add_focus_nodes(v, &targets[at], focus));
    for (uint32_t i = 0; i < focus->count; i++) MR_TRY(hold(v, shape, focus->ids[i], true, &conforms));
    mr_walk_leave(&v->walk);
    *ret_next = at;
    return MR_OK;
}

/* ---- the whole ---- */

/* Targets that are nodes are focus nodes even where the data knows nothing of them. */
static int intern_targets(struct validator *v)
{
    for (uint32_t i = 0; i < v->shapes->target_count; i++) {
        const mr_target *t = &v->shapes->targets[i];
        const mr_constant *c = &v->shapes->constants[t->constant];
        mr_id id;
        if (t->kind == MR_TARGET_NODE && c->term->kind != MR_TERM_BLANK)
            MR_TRY(mr_index_intern(&v->ix, c->term, c->hash, &id, v->err));
    }
    return MR_OK;
}

static int find_constants(struct validator *v)
{
    uint32_t count = v->shapes->constant_count;
    v->ids = mr_arena_alloc(v->a, count * sizeof *v->ids);
    v->below = MR_NEW_ARRAY(v->a, bool *, count);
    if (!v->ids || !v->below) return NO_MEMORY(v);
    for (uint32_t i = 0; i < count; i++) {
        const mr_constant *c = &v->shapes->constants[i];
        v->ids[i] = c->term->kind == MR_TERM_BLANK ? MR_NO_ID : mr_index_find(&v->ix, c->term, c->hash);
    }
    v->has_subclasses = v->ids[MR_CONSTANT_SUBCLASS_OF] != MR_NO_ID;
    return MR_OK;
}

static int prepare(struct validator *v, const mr_dataset *data)
{
    MR_TRY(mr_index_init(&v->ix, v->a, data, v->shapes->key, v->err));
    MR_TRY(mr_index_add(&v->ix, v->err));
    MR_TRY(intern_targets(v));
    MR_TRY(mr_index_sort(&v->ix, v->err));
    MR_TRY(find_constants(v));
    v->walk = (mr_walk){.a = v->a, .ix = &v->ix, .ids = v->ids, .work = MR_LIMIT_SHACL_WORK, .err = v->err};
    return MR_OK;
}

int mr_shacl_validate(mr_arena *a, const mr_shapes *shapes, const mr_dataset *data, size_t most, mr_shacl_report *ret,
                      struct mr_err *err)
{
    struct validator v = {.a = a, .shapes = shapes, .err = err};
    v.found.most = most ? most : MR_LIMIT_SHACL_RESULTS;
    MR_TRY(prepare(&v, data));
    for (uint32_t at = 0; at < shapes->target_count;) MR_TRY(check_target(&v, at, &at));
    *ret = (mr_shacl_report){.conforms = v.found.count == 0, .results = v.found.ptr, .count = v.found.count};
    return MR_OK;
}
