/* Expansion (JSON-LD 1.1 API 5.1.2): a document becomes a tree of nodes, values and lists whose terms are IRIs.
 *
 * The functions follow the steps of the algorithm and name them. What is different from its wording, not in effect: an object is not filled member by member and
 * judged at the end from its members, but gathered in a `struct object` that knows which keywords were seen (`seen`, a bit each);
 * a property that is written under two terms stays two entries (rdf/expanded.h).
 *
 * Safe mode adds errors where the algorithm drops something in silence: what is dropped is not signed. */
#include "base/limits.h"
#include "rdf/context_inside.h"
#include "rdf/iri.h"
#include "rdf/jsonld.h"

#include <stdlib.h>

struct expansion {
    mr_arena *a;
    mr_contexts *cs;
    const mr_json *root;
    struct mr_err *err;
    bool safe;
    uint32_t depth;
};

/* The property that a value belongs to. */
struct property {
    enum { PROPERTY_NONE, PROPERTY_GRAPH, PROPERTY_REVERSE, PROPERTY_TERM } kind;
    mr_str name;
    const mr_definition *definition; /* in the context of the node that has the property; may be NULL */
};
static const struct property no_property = {PROPERTY_NONE, MR_STR_INIT(""), NULL};
static const struct property graph_property = {PROPERTY_GRAPH, MR_STR_INIT("@graph"), NULL};
static const struct property reverse_property = {PROPERTY_REVERSE, MR_STR_INIT("@reverse"), NULL};

/* The same property, as another context has it: values written inside an object or a map belong to the context there. */
static struct property in_context(const struct property *p, const mr_context *c)
{
    struct property again = *p;
    if (p->kind == PROPERTY_TERM) again.definition = mr_context_find(c, p->name);
    return again;
}

/* What an element expands to. */
struct outcome {
    mr_expanded_items items;
    bool is_null, is_array;
};

/* An object that is being expanded. */
struct object {
    const mr_context *context, *type_context; /* type_context: before the type-scoped ones */
    const struct property *property;
    const mr_json *element;
    mr_expanded *node; /* all that has no place of its own below */
    uint32_t seen;     /* bit per mr_keyword that stands in the result */
    const mr_json *value, *value_type;
    mr_str language;
    mr_direction direction;
    struct outcome set, list;
    bool json; /* the input type is @json */
};

#define BIT(k) ((uint32_t)1 << MR_KEYWORD_##k)

static int expand_element(struct expansion *x, const mr_context *c, const struct property *property,
                          const mr_json *element, bool from_map, struct outcome *ret) MR_MUST_CHECK;

/* --- errors ---------------------------------------------------------------------------------------------------------- */

/* Say where; what was said of a context stays. */
static int at(struct expansion *x, const mr_json *node, int code)
{
    if (!x->err || code == MR_OK || x->err->pointer[0] || x->err->position != MR_NOWHERE) return code;
    x->err->position = node->position;
    if (node >= x->root && node < x->root + x->root->skip)
        mr_json_pointer(x->root, node, x->err->pointer, sizeof x->err->pointer);
    return code;
}

static int fail(struct expansion *x, const mr_json *node, const char *code)
{
    return at(x, node, MR_JSONLD_FAIL(x->err, code, mr_json_str(node)));
}

static int unsafe(struct expansion *x, const mr_json *node, const char *message, mr_str what)
{
    int code = MR_FAIL_DETAIL(x->err, MR_E_JSONLD_UNSAFE, message, "%.*s", (int)(what.len < 150 ? what.len : 150),
                              what.ptr ? what.ptr : "");
    return at(x, node, code);
}

static int no_memory(struct expansion *x, const mr_json *node)
{
    return at(x, node, MR_FAIL(x->err, MR_E_NOMEM, "an expanded document", MR_NOWHERE));
}

/* --- small parts ------------------------------------------------------------------------------------------------------ */

static mr_expanded *new_item(struct expansion *x, mr_expanded_kind kind, const mr_json *origin)
{
    mr_expanded *e = MR_NEW(x->a, mr_expanded);
    if (e) e->kind = (uint8_t)kind, e->origin = origin;
    return e;
}

static bool is_scalar(const mr_json *v)
{
    return v->type != MR_JSON_ARRAY && v->type != MR_JSON_OBJECT && v->type != MR_JSON_NULL;
}

/* The keyword that a member name is or is an alias of; quick for the names that are neither. */
static mr_keyword keyword_of(const mr_context *c, mr_str name)
{
    if (name.len && name.ptr[0] == '@') return mr_keyword_find(name);
    if (!(c->alias_lengths >> (name.len & 63) & 1)) return MR_KEYWORD_NONE;
    const mr_definition *d = mr_context_find(c, name);
    return d ? (mr_keyword)d->keyword : MR_KEYWORD_NONE;
}

/* An IRI that was expanded to, as a term: that of the definition where there is one. */
static const mr_term *term_of(struct expansion *x, const mr_context *c, mr_str written, mr_str iri)
{
    const mr_definition *d = mr_context_find(c, written);
    if (d && d->iri && d->iri->text.ptr == iri.ptr) return d->iri;
    mr_term *t = MR_NEW(x->a, mr_term);
    if (t) *t = (mr_term){.kind = mr_str_has_prefix(iri, MR_STR("_:")) ? MR_TERM_BLANK : MR_TERM_IRI, .text = iri};
    return t;
}

static bool is_reference(mr_str iri)
{
    return mr_iri_is_absolute(iri) || mr_str_has_prefix(iri, MR_STR("_:"));
}

/* The value of an "@id": relative to the document. ret->ptr NULL: it looks like a keyword, and means nothing. */
static int expand_id(struct expansion *x, const mr_context *c, const mr_json *value, bool vocab, mr_str *ret)
{
    mr_keyword keyword;
    MR_TRY(at(x, value, mr_context_expand_iri(x->a, c, mr_json_text(value), vocab, true, ret, &keyword, x->err)));
    if (keyword != MR_KEYWORD_NONE && !vocab) *ret = mr_json_text(value);
    if (x->safe && !ret->ptr) return unsafe(x, value, "an identifier that looks like a keyword", mr_json_text(value));
    if (x->safe && !is_reference(*ret)) return unsafe(x, value, MR_JSONLD_ID_RELATIVE, mr_json_text(value));
    return MR_OK;
}

/* --- values (5.3.2) --------------------------------------------------------------------------------------------------- */

static int expand_value(struct expansion *x, const mr_context *c, const mr_definition *d, const mr_json *value,
                        mr_expanded **ret)
{
    mr_coercion coercion = d ? (mr_coercion)d->coercion : MR_COERCE_NOTHING;
    bool text = mr_json_is(value, MR_JSON_STRING), reference = coercion == MR_COERCE_ID || coercion == MR_COERCE_VOCAB;
    mr_expanded *e = new_item(x, reference && text ? MR_EXPANDED_NODE : MR_EXPANDED_VALUE, value);
    if (!e) return no_memory(x, value);
    *ret = e;
    if (e->kind == MR_EXPANDED_NODE) { /* 1, 2 */
        e->has_id = true;
        return expand_id(x, c, value, coercion == MR_COERCE_VOCAB, &e->node.id);
    }
    e->value.value = value;
    if (coercion == MR_COERCE_DATATYPE) { /* 4 */
        e->value.type = d->type->text;
        e->value.datatype = d->type;
    } else if (text) { /* 5 */
        e->value.language = d && d->has_language ? d->language : c->language;
        e->direction = d && d->has_direction ? d->direction : c->direction;
    }
    return MR_OK;
}

/* --- lists and graphs -------------------------------------------------------------------------------------------------- */

/* Make a list object of an outcome, unless it is one. */
static int wrap_list(struct expansion *x, const mr_json *origin, struct outcome *o)
{
    if (!o->is_array && o->items.first && o->items.first->kind == MR_EXPANDED_LIST) return MR_OK;
    mr_expanded *list = new_item(x, MR_EXPANDED_LIST, origin);
    if (!list) return no_memory(x, origin);
    list->list = o->items;
    *o = (struct outcome){0};
    mr_expanded_append(&o->items, list);
    return MR_OK;
}

/* Nothing but @graph, and perhaps @id and @index. */
static bool is_graph(const mr_expanded *e)
{
    return e->kind == MR_EXPANDED_NODE && e->has_graph && !e->node.type_count && !e->node.properties &&
           !e->node.reverse && !e->has_included;
}

static int wrap_graph(struct expansion *x, mr_expanded *e, mr_expanded **ret)
{
    mr_expanded *g = new_item(x, MR_EXPANDED_NODE, e->origin);
    if (!g) return no_memory(x, e->origin);
    g->has_graph = true;
    mr_expanded_append(&g->node.graph, e);
    *ret = g;
    return MR_OK;
}

/* Put `wrap` around every item. */
static int wrap_graphs(struct expansion *x, struct outcome *o)
{
    mr_expanded_items wrapped = {0};
    for (mr_expanded *e = o->items.first, *next; e; e = next) {
        mr_expanded *g;
        next = e->next;
        MR_TRY(wrap_graph(x, e, &g));
        mr_expanded_append(&wrapped, g);
    }
    o->items = wrapped;
    return MR_OK;
}

static int add_property(struct expansion *x, mr_expanded_property **first, mr_expanded_property **last,
                        const mr_term *iri, const mr_expanded_items *values, const mr_json *name)
{
    mr_expanded_property *p = MR_NEW(x->a, mr_expanded_property);
    if (!p || !iri) return no_memory(x, name);
    *p = (mr_expanded_property){.iri = iri, .values = *values, .name = name};
    if (*last)
        (*last)->next = p;
    else
        *first = p;
    *last = p;
    return MR_OK;
}

/* --- arrays ----------------------------------------------------------------------------------------------------------- */

static int expand_array(struct expansion *x, const mr_context *c, const struct property *property,
                        const mr_json *element, bool from_map, struct outcome *ret)
{
    bool list = property->definition && (property->definition->container & MR_CONTAINER_LIST);
    *ret = (struct outcome){.is_array = true};
    MR_JSON_EACH (one, element) {
        struct outcome o;
        MR_TRY(expand_element(x, c, property, one, from_map, &o));
        if (list && o.is_array) MR_TRY(wrap_list(x, one, &o)); /* 5.2.2 */
        mr_expanded_append_all(&ret->items, &o.items);
    }
    return MR_OK;
}

/* --- @type ------------------------------------------------------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b)
{
    return mr_str_compare(*(const mr_str *)a, *(const mr_str *)b);
}

static int compare_names(const void *a, const void *b)
{
    return mr_str_compare(mr_json_text(*(const mr_json *const *)a), mr_json_text(*(const mr_json *const *)b));
}

static int apply_type(struct expansion *x, struct object *o, mr_str type)
{
    const mr_definition *d = mr_context_find(o->type_context, type);
    if (!d || !d->context) return MR_OK;
    return mr_context_apply_scoped(x->cs, o->context, d, true, &o->context, x->err);
}

/* 11: the types of one member, in the order of their code points. */
static int apply_types(struct expansion *x, struct object *o, const mr_json *value)
{
    if (mr_json_is(value, MR_JSON_STRING)) return at(x, value, apply_type(x, o, mr_json_text(value)));
    uint32_t count = mr_json_count(value), used = 0;
    if (!mr_json_is(value, MR_JSON_ARRAY) || !count) return MR_OK;
    mr_str few[8], *types = count <= 8 ? few : MR_NEW_ARRAY(x->a, mr_str, count);
    if (!types) return no_memory(x, value);
    MR_JSON_EACH (one, value) {
        if (mr_json_is(one, MR_JSON_STRING)) types[used++] = mr_json_text(one);
    }
    if (used > 1) qsort(types, used, sizeof *types, compare_texts);
    for (uint32_t i = 0; i < used; i++) MR_TRY(at(x, value, apply_type(x, o, types[i])));
    return MR_OK;
}

/* 11: all members that expand to @type, in the order of their names; nearly always there is one. */
static int apply_type_scopes(struct expansion *x, struct object *o)
{
    const mr_json *few[4], **names = few;
    uint32_t count = 0;
    if (!o->context->has_scopes) return MR_OK;
    MR_JSON_EACH_MEMBER (name, o->element) {
        if (keyword_of(o->type_context, mr_json_text(name)) != MR_KEYWORD_TYPE) continue;
        if (count == 4 && names == few) {
            names = MR_NEW_ARRAY(x->a, const mr_json *, mr_json_count(o->element));
            if (!names) return no_memory(x, o->element);
            memcpy(names, few, sizeof few);
        }
        names[count++] = name;
    }
    if (count > 1) qsort(names, count, sizeof *names, compare_names);
    for (uint32_t i = 0; i < count; i++) MR_TRY(apply_types(x, o, names[i] + 1));
    return MR_OK;
}

/* 13.4.4 */
static int expand_types(struct expansion *x, struct object *o, const mr_json *value)
{
    mr_expanded *n = o->node;
    uint32_t more = mr_json_is(value, MR_JSON_ARRAY) ? mr_json_count(value) : 1, count = n->node.type_count;
    const mr_term **types = MR_NEW_ARRAY(x->a, const mr_term *, (size_t)count + more + 1);
    const mr_json **origins = MR_NEW_ARRAY(x->a, const mr_json *, (size_t)count + more + 1), *one = value;
    if (!types || !origins) return no_memory(x, value);
    if (count) {
        memcpy(types, n->node.types, count * sizeof *types);
        memcpy(origins, n->node.type_origins, count * sizeof *origins);
    }
    if (mr_json_is(value, MR_JSON_ARRAY)) one = value + 1;
    for (uint32_t i = 0; i < more; i++, one += one->skip) {
        mr_str iri;
        mr_keyword keyword;
        if (!mr_json_is(one, MR_JSON_STRING)) return fail(x, one, "invalid type value");
        MR_TRY(at(x, one,
                  mr_context_expand_iri(x->a, o->type_context, mr_json_text(one), true, true, &iri, &keyword, x->err)));
        if (x->safe && (!iri.ptr || (keyword == MR_KEYWORD_NONE && !is_reference(iri))))
            return unsafe(x, one, MR_JSONLD_TYPE_UNDEFINED, mr_json_text(one));
        if (!iri.ptr) continue;
        if (!(types[count] = term_of(x, o->type_context, mr_json_text(one), iri))) return no_memory(x, one);
        origins[count++] = one;
    }
    n->in_array |= mr_json_is(value, MR_JSON_ARRAY);
    if (!count && !n->in_array) o->seen &= ~BIT(TYPE); /* what looks like a keyword says nothing */
    n->node.types = types, n->node.type_origins = origins, n->node.type_count = count;
    o->value_type = mr_json_is(value, MR_JSON_ARRAY) ? (more == 1 ? value + 1 : NULL) : value;
    return MR_OK;
}

/* 12: is the last value of the first member that expands to @type "@json"? */
static int find_input_type(struct expansion *x, struct object *o)
{
    const mr_json *first = NULL, *last = NULL;
    mr_str iri;
    mr_keyword keyword = MR_KEYWORD_NONE;
    MR_JSON_EACH_MEMBER (name, o->element) {
        if (keyword_of(o->context, mr_json_text(name)) != MR_KEYWORD_TYPE) continue;
        if (!first || mr_str_compare(mr_json_text(name), mr_json_text(first)) < 0) first = name;
    }
    if (!first) return MR_OK;
    last = first + 1;
    if (mr_json_is(last, MR_JSON_ARRAY)) {
        if (!mr_json_count(last)) return MR_OK;
        last = mr_json_at(last, mr_json_count(last) - 1);
    }
    if (!mr_json_is(last, MR_JSON_STRING)) return MR_OK;
    MR_TRY(
        at(x, last, mr_context_expand_iri(x->a, o->context, mr_json_text(last), true, false, &iri, &keyword, x->err)));
    o->json = keyword == MR_KEYWORD_JSON;
    return MR_OK;
}

/* --- keywords (13.4) ---------------------------------------------------------------------------------------------------- */

static int expand_graph(struct expansion *x, struct object *o, const mr_json *value)
{
    struct outcome g;
    MR_TRY(expand_element(x, o->context, &graph_property, value, false, &g));
    o->node->has_graph = true;
    mr_expanded_append_all(&o->node->node.graph, &g.items);
    return MR_OK;
}

static int expand_included(struct expansion *x, struct object *o, const mr_json *value)
{
    struct outcome i;
    MR_TRY(expand_element(x, o->context, &no_property, value, false, &i));
    if (i.is_null || (!i.is_array && !i.items.first)) return fail(x, value, "invalid @included value");
    for (const mr_expanded *e = i.items.first; e; e = e->next)
        if (e->kind != MR_EXPANDED_NODE) return fail(x, value, "invalid @included value");
    o->node->has_included = true;
    mr_expanded_append_all(&o->node->node.included, &i.items);
    return MR_OK;
}

static int take_value(struct expansion *x, struct object *o, const mr_json *value)
{
    MR_TRY(find_input_type(x, o));
    if (o->json && o->context->version == 10) return fail(x, value, "invalid value object value");
    if (!o->json && !is_scalar(value) && !mr_json_is(value, MR_JSON_NULL))
        return fail(x, value, "invalid value object value");
    o->value = value;
    return MR_OK;
}

static int take_direction(struct expansion *x, struct object *o, const mr_json *value)
{
    mr_str d = mr_json_str(value);
    if (!mr_str_is(d, "ltr") && !mr_str_is(d, "rtl")) return fail(x, value, "invalid base direction");
    o->direction = d.ptr[0] == 'l' ? MR_DIRECTION_LTR : MR_DIRECTION_RTL;
    return MR_OK;
}

/* 13.4.13: what a node expanded under @reverse has as properties are reverse ones, and the other way round. */
static int expand_reverse(struct expansion *x, struct object *o, const mr_json *value)
{
    struct outcome r;
    mr_expanded *n = o->node;
    if (!mr_json_is(value, MR_JSON_OBJECT)) return fail(x, value, "invalid @reverse value");
    MR_TRY(expand_element(x, o->context, &reverse_property, value, false, &r));
    for (mr_expanded *e = r.items.first; e; e = e->next) {
        if (e->kind != MR_EXPANDED_NODE) return fail(x, value, "invalid @reverse value");
        for (mr_expanded_property *p = e->node.reverse; p; p = p->next)
            MR_TRY(add_property(x, &n->node.properties, &n->node.last_property, p->iri, &p->values, p->name));
        for (mr_expanded_property *p = e->node.properties; p; p = p->next) {
            for (const mr_expanded *v = p->values.first; v; v = v->next)
                if (v->kind != MR_EXPANDED_NODE) return fail(x, v->origin, "invalid reverse property value");
            MR_TRY(add_property(x, &n->node.reverse, &n->node.last_reverse, p->iri, &p->values, p->name));
        }
    }
    return MR_OK;
}

/* An @id, @language, @index must be a text. */
static int need_text(struct expansion *x, const mr_json *value, const char *code)
{
    return mr_json_is(value, MR_JSON_STRING) ? MR_OK : fail(x, value, code);
}

/* An array within "@list", under a term that is no list container: the steps make one list of it, other readers a list of lists. Nothing that is read
 * in two ways is signed. */
static int check_nested_list(struct expansion *x, const struct property *property, const mr_json *value)
{
    if (!x->safe || (property->definition && (property->definition->container & MR_CONTAINER_LIST))) return MR_OK;
    MR_JSON_EACH (one, value) {
        if (mr_json_is(one, MR_JSON_ARRAY)) return unsafe(x, one, "an array within a list", MR_STR_EMPTY);
    }
    return MR_OK;
}

static int expand_keyword(struct expansion *x, struct object *o, mr_keyword k, const mr_json *name)
{
    const uint32_t in_result = BIT(ID) | BIT(TYPE) | BIT(GRAPH) | BIT(INCLUDED) | BIT(VALUE) | BIT(LANGUAGE) |
                               BIT(DIRECTION) | BIT(INDEX) | BIT(LIST) | BIT(SET);
    const mr_json *value = name + 1;
    const struct property inner = in_context(o->property, o->context);
    bool mode10 = o->context->version == 10;
    if (o->property->kind == PROPERTY_REVERSE) return fail(x, name, "invalid reverse property map"); /* 13.4.1 */
    if ((o->seen >> k & 1) && (mode10 || (k != MR_KEYWORD_TYPE && k != MR_KEYWORD_INCLUDED)))
        return fail(x, name, "colliding keywords"); /* 13.4.2 */
    if (mode10 && (k == MR_KEYWORD_INCLUDED || k == MR_KEYWORD_DIRECTION)) return MR_OK;
    if (k == MR_KEYWORD_LIST && (o->property->kind == PROPERTY_NONE || o->property->kind == PROPERTY_GRAPH))
        return x->safe ? unsafe(x, name, "a list that belongs to nothing", mr_json_text(name)) : MR_OK;
    o->seen |= (uint32_t)1 << k & in_result;
    switch (k) {
    case MR_KEYWORD_ID:
        MR_TRY(need_text(x, value, "invalid @id value"));
        o->node->has_id = true;
        return expand_id(x, o->context, value, false, &o->node->node.id);
    case MR_KEYWORD_TYPE: return expand_types(x, o, value);
    case MR_KEYWORD_GRAPH: return expand_graph(x, o, value);
    case MR_KEYWORD_INCLUDED: return expand_included(x, o, value);
    case MR_KEYWORD_VALUE: return take_value(x, o, value);
    case MR_KEYWORD_LANGUAGE:
        o->language = mr_json_str(value);
        return need_text(x, value, "invalid language-tagged string");
    case MR_KEYWORD_DIRECTION: return take_direction(x, o, value);
    case MR_KEYWORD_INDEX:
        o->node->has_index = true;
        o->node->index = mr_json_str(value);
        return need_text(x, value, "invalid @index value");
    case MR_KEYWORD_LIST:
        MR_TRY(check_nested_list(x, &inner, value));
        return expand_element(x, o->context, &inner, value, false, &o->list);
    case MR_KEYWORD_SET: return expand_element(x, o->context, &inner, value, false, &o->set);
    case MR_KEYWORD_REVERSE: return expand_reverse(x, o, value);
    default: return x->safe ? unsafe(x, name, "a keyword that has no meaning here", mr_json_text(name)) : MR_OK;
    }
}

/* --- maps (13.7, 13.8) ---------------------------------------------------------------------------------------------------- */

static int expand_language_map(struct expansion *x, const mr_context *c, const mr_definition *d, const mr_json *map,
                               struct outcome *ret)
{
    mr_direction direction = (mr_direction)(d->has_direction ? d->direction : c->direction);
    ret->is_array = true;
    MR_JSON_EACH_MEMBER (language, map) {
        const mr_json *one = language + 1, *end = one + one->skip;
        bool none = keyword_of(c, mr_json_text(language)) == MR_KEYWORD_NO_VALUE;
        if (mr_json_is(one, MR_JSON_ARRAY)) one++;
        for (; one != end; one += one->skip) {
            if (mr_json_is(one, MR_JSON_NULL)) continue;
            if (!mr_json_is(one, MR_JSON_STRING)) return fail(x, one, "invalid language map value");
            mr_expanded *e = new_item(x, MR_EXPANDED_VALUE, one);
            if (!e) return no_memory(x, one);
            e->value.value = one;
            if (!none) e->value.language = mr_json_text(language);
            e->direction = (uint8_t)direction;
            mr_expanded_append(&ret->items, e);
        }
    }
    return MR_OK;
}

/* One entry of an index, id or type map, and what its key says of every item. */
struct map_entry {
    const mr_context *context; /* for the values */
    const mr_definition *definition;
    const mr_json *key;
    mr_str key_iri; /* expanded as a term */
    bool none;
};

static int put_index_property(struct expansion *x, const mr_context *c, const struct map_entry *m, mr_expanded *e)
{
    mr_str index = m->definition->index, iri;
    mr_keyword keyword;
    mr_expanded *value;
    mr_expanded_property *p = MR_NEW(x->a, mr_expanded_property);
    if (e->kind != MR_EXPANDED_NODE) return fail(x, m->key, "invalid value object");
    MR_TRY(expand_value(x, c, mr_context_find(c, index), m->key, &value));
    MR_TRY(at(x, m->key, mr_context_expand_iri(x->a, c, index, true, false, &iri, &keyword, x->err)));
    if (!p || !(p->iri = term_of(x, c, index, iri))) return no_memory(x, m->key);
    mr_expanded_append(&p->values, value);
    p->name = m->key;
    p->next = e->node.properties;
    e->node.properties = p;
    if (!p->next) e->node.last_property = p;
    return MR_OK;
}

static int put_map_type(struct expansion *x, const struct map_entry *m, mr_expanded *e)
{
    uint32_t count = e->node.type_count;
    const mr_term **types = MR_NEW_ARRAY(x->a, const mr_term *, (size_t)count + 1);
    const mr_json **origins = MR_NEW_ARRAY(x->a, const mr_json *, (size_t)count + 1);
    if (!types || !origins) return no_memory(x, m->key);
    if (!(types[0] = term_of(x, m->context, mr_json_text(m->key), m->key_iri))) return no_memory(x, m->key);
    origins[0] = m->key;
    if (count) {
        memcpy(types + 1, e->node.types, count * sizeof *types);
        memcpy(origins + 1, e->node.type_origins, count * sizeof *origins);
    }
    e->node.types = types, e->node.type_origins = origins, e->node.type_count = count + 1;
    return MR_OK;
}

/* What the node says of itself prevails. */
static int put_map_id(struct expansion *x, const mr_context *c, const struct map_entry *m, mr_expanded *e)
{
    mr_str id;
    if (e->has_id && !x->safe) return MR_OK;
    MR_TRY(expand_id(x, c, m->key, false, &id));
    if (e->has_id && !mr_str_eq(id, e->node.id))
        return unsafe(x, m->key, "a key that is not the identifier it stands for", mr_json_text(m->key));
    e->has_id = true, e->node.id = id;
    return MR_OK;
}

/* 13.8.3.7 */
static int put_key(struct expansion *x, const mr_context *c, const struct map_entry *m, mr_expanded *e)
{
    uint8_t container = m->definition->container;
    if (m->none) return MR_OK;
    if ((container & MR_CONTAINER_INDEX) && m->definition->index.len && !mr_str_is(m->definition->index, "@index"))
        return put_index_property(x, c, m, e);
    if ((container & MR_CONTAINER_INDEX) && !e->has_index) e->has_index = true, e->index = mr_json_text(m->key);
    if (!(container & (MR_CONTAINER_ID | MR_CONTAINER_TYPE))) return MR_OK;
    if (e->kind != MR_EXPANDED_NODE)
        return fail(x, m->key, e->kind == MR_EXPANDED_VALUE ? "invalid value object" : "invalid set or list object");
    return container & MR_CONTAINER_ID ? put_map_id(x, c, m, e) : put_map_type(x, m, e);
}

static int expand_map_entry(struct expansion *x, const mr_context *c, const struct property *property,
                            const mr_json *key, struct outcome *ret)
{
    const mr_definition *d = property->definition;
    struct map_entry m = {.context = c, .definition = d, .key = key};
    struct outcome o;
    mr_keyword keyword;
    if ((d->container & (MR_CONTAINER_ID | MR_CONTAINER_TYPE)) && c->previous) m.context = c->previous;
    const mr_definition *scope =
        d->container & MR_CONTAINER_TYPE ? mr_context_find(m.context, mr_json_text(key)) : NULL;
    if (scope && scope->context)
        MR_TRY(at(x, key, mr_context_apply_scoped(x->cs, m.context, scope, true, &m.context, x->err)));
    MR_TRY(at(x, key, mr_context_expand_iri(x->a, c, mr_json_text(key), true, false, &m.key_iri, &keyword, x->err)));
    m.none = keyword == MR_KEYWORD_NO_VALUE;
    const struct property inner = in_context(property, m.context);
    MR_TRY(expand_element(x, m.context, &inner, key + 1, true, &o));
    for (mr_expanded *e = o.items.first, *next; e; e = next) {
        next = e->next;
        if ((d->container & MR_CONTAINER_GRAPH) && !is_graph(e)) MR_TRY(wrap_graph(x, e, &e));
        MR_TRY(put_key(x, c, &m, e));
        mr_expanded_append(&ret->items, e);
    }
    return MR_OK;
}

static int expand_map(struct expansion *x, const mr_context *c, const struct property *property, const mr_json *map,
                      struct outcome *ret)
{
    ret->is_array = true;
    MR_JSON_EACH_MEMBER (key, map) MR_TRY(expand_map_entry(x, c, property, key, ret));
    return MR_OK;
}

/* --- members ---------------------------------------------------------------------------------------------------------------- */

static int expand_json_literal(struct expansion *x, const mr_json *value, struct outcome *ret)
{
    mr_expanded *e = new_item(x, MR_EXPANDED_VALUE, value);
    if (!e) return no_memory(x, value);
    e->value.value = value;
    e->is_json = true;
    mr_expanded_append(&ret->items, e);
    return MR_OK;
}

/* 13.5 to 13.12 */
static int expand_values(struct expansion *x, const mr_context *c, const struct property *property,
                         const mr_json *value, struct outcome *ret)
{
    const mr_definition *d = property->definition;
    uint8_t container = d ? d->container : 0;
    bool map = mr_json_is(value, MR_JSON_OBJECT);
    *ret = (struct outcome){0};
    if (d && d->coercion == MR_COERCE_JSON)
        MR_TRY(expand_json_literal(x, value, ret));
    else if (map && (container & MR_CONTAINER_LANGUAGE))
        MR_TRY(expand_language_map(x, c, d, value, ret));
    else if (map && (container & (MR_CONTAINER_INDEX | MR_CONTAINER_ID | MR_CONTAINER_TYPE)))
        MR_TRY(expand_map(x, c, property, value, ret));
    else
        MR_TRY(expand_element(x, c, property, value, false, ret));
    if (ret->is_null) return MR_OK;
    if (container & MR_CONTAINER_LIST) MR_TRY(wrap_list(x, value, ret));
    if ((container & MR_CONTAINER_GRAPH) && !(container & (MR_CONTAINER_ID | MR_CONTAINER_INDEX)))
        return wrap_graphs(x, ret);
    return MR_OK;
}

/* 13.13, 13.14 */
static int put_values(struct expansion *x, struct object *o, const mr_term *iri, const struct property *property,
                      const mr_json *name, const struct outcome *values)
{
    mr_expanded *n = o->node;
    if (!property->definition || !property->definition->reverse)
        return add_property(x, &n->node.properties, &n->node.last_property, iri, &values->items, name);
    for (const mr_expanded *v = values->items.first; v; v = v->next)
        if (v->kind != MR_EXPANDED_NODE) return fail(x, name + 1, "invalid reverse property value");
    return add_property(x, &n->node.reverse, &n->node.last_reverse, iri, &values->items, name);
}

/* 13.2, 13.3: what a member name stands for. *ret_iri NULL: nothing. */
static int expand_name(struct expansion *x, const mr_context *c, const mr_json *name, struct property *property,
                       const mr_term **ret_iri, mr_keyword *ret_keyword)
{
    mr_str iri, text = mr_json_text(name);
    *ret_iri = NULL, *ret_keyword = mr_keyword_find(text);
    bool plain = *ret_keyword == MR_KEYWORD_NONE; /* a keyword is one whatever the context says */
    *property = (struct property){PROPERTY_TERM, text, plain ? mr_context_find(c, text) : NULL};
    if (!plain) return MR_OK;
    const mr_term *defined = property->definition ? property->definition->iri : NULL;
    if (defined && (defined->checked || mr_str_find_char(defined->text, ':') >= 0)) {
        *ret_iri = defined;
        return MR_OK;
    }
    MR_TRY(at(x, name, mr_context_expand_iri(x->a, c, property->name, true, false, &iri, ret_keyword, x->err)));
    if (*ret_keyword != MR_KEYWORD_NONE || !iri.ptr || mr_str_find_char(iri, ':') < 0) return MR_OK;
    *ret_iri = term_of(x, c, property->name, iri);
    return *ret_iri ? MR_OK : no_memory(x, name);
}

static int expand_members(struct expansion *x, struct object *o, const mr_json *element);

/* 14: members that were put together under a term of @nest. */
static int expand_nest(struct expansion *x, struct object *o, const struct property *property, const mr_json *value)
{
    const mr_context *outer = o->context;
    const mr_json *one = value, *end = value + value->skip;
    if (property->definition && property->definition->context)
        MR_TRY(
            at(x, value, mr_context_apply_scoped(x->cs, o->context, property->definition, false, &o->context, x->err)));
    if (mr_json_is(value, MR_JSON_ARRAY)) one++;
    for (; one != end; one += one->skip) {
        if (!mr_json_is(one, MR_JSON_OBJECT)) return fail(x, one, "invalid @nest value");
        MR_JSON_EACH_MEMBER (name, one) {
            if (keyword_of(o->context, mr_json_text(name)) == MR_KEYWORD_VALUE)
                return fail(x, one, "invalid @nest value");
        }
        MR_TRY(expand_members(x, o, one));
    }
    o->context = outer;
    return MR_OK;
}

/* 13: *ret_nest: it is nested, and its turn comes later. */
static int expand_member(struct expansion *x, struct object *o, const mr_json *name, bool nests, bool *ret_nest)
{
    struct property property;
    struct outcome values;
    const mr_term *iri;
    mr_keyword keyword;
    if (mr_str_is(mr_json_text(name), "@context")) return MR_OK;
    MR_TRY(expand_name(x, o->context, name, &property, &iri, &keyword));
    if (nests) return keyword == MR_KEYWORD_NEST ? expand_nest(x, o, &property, name + 1) : MR_OK;
    *ret_nest |= keyword == MR_KEYWORD_NEST;
    if (keyword == MR_KEYWORD_NEST) return MR_OK;
    if (keyword != MR_KEYWORD_NONE) return expand_keyword(x, o, keyword, name);
    if (!iri) return x->safe ? unsafe(x, name, MR_JSONLD_TERM_UNDEFINED, mr_json_text(name)) : MR_OK;
    MR_TRY(expand_values(x, o->context, &property, name + 1, &values));
    return values.is_null ? MR_OK : put_values(x, o, iri, &property, name, &values);
}

static int expand_members(struct expansion *x, struct object *o, const mr_json *element)
{
    bool nest = false, unused;
    if (x->depth >= MR_LIMIT_JSON_DEPTH_MOST)
        return at(x, element, MR_FAIL(x->err, MR_E_LIMIT, "nested too deeply", MR_NOWHERE));
    x->depth++;
    MR_JSON_EACH_MEMBER (name, element) MR_TRY(expand_member(x, o, name, false, &nest));
    if (nest)
        MR_JSON_EACH_MEMBER (name, element) MR_TRY(expand_member(x, o, name, true, &unused));
    x->depth--;
    return MR_OK;
}

/* --- objects ------------------------------------------------------------------------------------------------------------------ */

/* 15: a value object. */
static int finish_value(struct expansion *x, struct object *o, struct outcome *ret)
{
    const uint32_t allowed = BIT(DIRECTION) | BIT(INDEX) | BIT(LANGUAGE) | BIT(TYPE) | BIT(VALUE);
    bool typed = o->seen & BIT(TYPE), tagged = o->seen & (BIT(LANGUAGE) | BIT(DIRECTION));
    mr_expanded *n = o->node, *e;
    if ((o->seen & ~allowed) || (typed && tagged) || n->node.properties || n->node.reverse)
        return fail(x, o->element, "invalid value object");
    bool json = typed && o->json && n->node.type_count == 1 && !n->in_array;
    bool empty =
        mr_json_is(o->value, MR_JSON_NULL) || (mr_json_is(o->value, MR_JSON_ARRAY) && !mr_json_count(o->value));
    if (!json && empty) { /* 15.3 */
        ret->is_null = true;
        return x->safe && (typed || tagged) ? unsafe(x, o->element, "a type or language of no value", MR_STR_EMPTY)
                                            : MR_OK;
    }
    if (!json && (o->seen & BIT(LANGUAGE)) && !mr_json_is(o->value, MR_JSON_STRING))
        return fail(x, o->value, "invalid language-tagged value");
    if (typed && !json &&
        (n->node.type_count != 1 || n->in_array || !o->value_type || n->node.types[0]->kind != MR_TERM_IRI ||
         !mr_iri_is_well_formed(n->node.types[0]->text)))
        return fail(x, o->element, "invalid typed value");
    if (!(e = new_item(x, MR_EXPANDED_VALUE, o->element))) return no_memory(x, o->element);
    e->has_index = n->has_index, e->index = n->index;
    e->value.value = o->value;
    e->is_json = json;
    if (typed && !json) e->value.type = n->node.types[0]->text, e->value.datatype = n->node.types[0];
    if (o->seen & BIT(LANGUAGE)) e->value.language = o->language;
    e->direction = (uint8_t)o->direction;
    mr_expanded_append(&ret->items, e);
    return MR_OK;
}

/* 17: a set or a list object. */
static int finish_container(struct expansion *x, struct object *o, struct outcome *ret)
{
    const uint32_t only = (o->seen & BIT(SET)) ? BIT(SET) | BIT(INDEX) : BIT(LIST) | BIT(INDEX);
    mr_expanded *n = o->node;
    if ((o->seen & ~only) || n->node.properties || n->node.reverse)
        return fail(x, o->element, "invalid set or list object");
    if (o->seen & BIT(SET)) {
        *ret = o->set;
        return MR_OK;
    }
    mr_expanded *list = new_item(x, MR_EXPANDED_LIST, o->element);
    if (!list) return no_memory(x, o->element);
    list->list = o->list.items;
    list->has_index = n->has_index, list->index = n->index;
    mr_expanded_append(&ret->items, list);
    return MR_OK;
}

/* 19: is it a node that says nothing where nobody refers to it? */
static bool says_nothing(const struct object *o)
{
    const mr_expanded *n = o->node;
    return !n->node.properties && !n->node.reverse && (o->seen & ~(BIT(ID) | BIT(LANGUAGE) | BIT(DIRECTION))) == 0;
}

static int finish_object(struct expansion *x, struct object *o, struct outcome *ret)
{
    bool free_floating = o->property->kind == PROPERTY_NONE || o->property->kind == PROPERTY_GRAPH;
    *ret = (struct outcome){0};
    if (o->seen & BIT(VALUE)) {
        MR_TRY(finish_value(x, o, ret));
        if (free_floating) *ret = (struct outcome){.is_null = true};
        return free_floating && x->safe ? unsafe(x, o->element, "a value that belongs to nothing", MR_STR_EMPTY)
                                        : MR_OK;
    }
    if (o->seen & (BIT(SET) | BIT(LIST))) {
        MR_TRY(finish_container(x, o, ret));
        if (free_floating && (o->seen & BIT(LIST))) *ret = (struct outcome){.is_null = true};
        return MR_OK;
    }
    bool only_language = o->seen == BIT(LANGUAGE) && !o->node->node.properties && !o->node->node.reverse;
    if (only_language || (free_floating && says_nothing(o))) {
        if (x->safe) return unsafe(x, o->element, "an object that says nothing", MR_STR_EMPTY);
        ret->is_null = true;
        return MR_OK;
    }
    if (x->safe && o->seen & (BIT(LANGUAGE) | BIT(DIRECTION)))
        return unsafe(x, o->element, "a language or direction of no text", MR_STR_EMPTY);
    mr_expanded_append(&ret->items, o->node);
    return MR_OK;
}

/* 7: back to the context around a type-scoped one, but for a value and a mere reference. */
static const mr_context *back(const mr_context *c, const mr_json *element, bool from_map)
{
    if (!c->previous || from_map) return c;
    MR_JSON_EACH_MEMBER (name, element) {
        mr_keyword k = keyword_of(c, mr_json_text(name));
        if (k == MR_KEYWORD_VALUE || (k == MR_KEYWORD_ID && mr_json_count(element) == 1)) return c;
    }
    return c->previous;
}

static int expand_object(struct expansion *x, const mr_context *c, const struct property *property,
                         const mr_json *element, bool from_map, struct outcome *ret)
{
    struct object o = {.property = property, .element = element};
    const mr_json *local = NULL;
    o.context = back(c, element, from_map);
    if (property->definition && property->definition->context) /* 8 */
        MR_TRY(
            at(x, element, mr_context_apply_scoped(x->cs, o.context, property->definition, false, &o.context, x->err)));
    MR_JSON_EACH_MEMBER (name, element) {
        if (name->len == 8 && memcmp(name->ptr, "@context", 8) == 0) local = name + 1;
    }
    if (local) /* 9 */
        MR_TRY(
            at(x, local,
               mr_context_apply(x->cs, o.context, local, o.context->original_base, false, true, &o.context, x->err)));
    o.type_context = o.context; /* 10 */
    MR_TRY(apply_type_scopes(x, &o));
    if (!(o.node = new_item(x, MR_EXPANDED_NODE, element))) return no_memory(x, element);
    MR_TRY(expand_members(x, &o, element));
    return finish_object(x, &o, ret);
}

/* 4 */
static int expand_scalar(struct expansion *x, const mr_context *c, const struct property *property,
                         const mr_json *element, struct outcome *ret)
{
    const mr_definition *d = property->definition;
    mr_expanded *value;
    *ret = (struct outcome){0};
    if (property->kind == PROPERTY_NONE || property->kind == PROPERTY_GRAPH) {
        ret->is_null = true;
        return x->safe ? unsafe(x, element, "a value that belongs to nothing", MR_STR_EMPTY) : MR_OK;
    }
    if (d && d->context) {
        MR_TRY(at(x, element, mr_context_apply_scoped(x->cs, c, d, false, &c, x->err)));
        d = mr_context_find(c, property->name);
    }
    MR_TRY(expand_value(x, c, d, element, &value));
    mr_expanded_append(&ret->items, value);
    return MR_OK;
}

static int expand_element(struct expansion *x, const mr_context *c, const struct property *property,
                          const mr_json *element, bool from_map, struct outcome *ret)
{
    int code;
    if (x->depth >= MR_LIMIT_JSON_DEPTH_MOST)
        return at(x, element, MR_FAIL(x->err, MR_E_LIMIT, "nested too deeply", MR_NOWHERE));
    x->depth++;
    switch (element->type) {
    case MR_JSON_NULL: *ret = (struct outcome){.is_null = true}, code = MR_OK; break; /* 1 */
    case MR_JSON_ARRAY: code = expand_array(x, c, property, element, from_map, ret); break;
    case MR_JSON_OBJECT: code = expand_object(x, c, property, element, from_map, ret); break;
    default: code = expand_scalar(x, c, property, element, ret);
    }
    x->depth--;
    return code;
}

/* --- the whole ------------------------------------------------------------------------------------------------------------------ */

/* {"@context": ...}, or a context itself. */
static const mr_json *inner_context(const mr_json *context)
{
    const mr_json *inner = mr_json_get(context, "@context");
    return inner ? inner : context;
}

/* Nothing but @graph: the graph is the document. */
static bool is_only_graph(const mr_expanded *e)
{
    return is_graph(e) && !e->has_id && !e->has_index;
}

int mr_jsonld_expand(mr_arena *a, const mr_json *document, const mr_jsonld_options *options, mr_expanded_items *ret,
                     struct mr_err *err)
{
    struct expansion x = {.a = a, .cs = options->contexts, .root = document, .err = err, .safe = options->safe};
    const mr_context *c;
    struct outcome o;
    mr_contexts_begin(x.cs);
    MR_TRY(mr_context_initial(x.cs, options->base, options->mode10 ? 10 : 11, &c, err));
    if (options->expand_context)
        MR_TRY(
            mr_context_apply(x.cs, c, inner_context(options->expand_context), c->original_base, false, true, &c, err));
    MR_TRY(expand_element(&x, c, &no_property, document, false, &o));
    if (o.items.count == 1 && !o.is_array && is_only_graph(o.items.first)) o.items = o.items.first->node.graph;
    *ret = o.items;
    return MR_OK;
}
