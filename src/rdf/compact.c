/* Compaction (JSON-LD 1.1 API section 6): the expanded form, written with the terms of a context. What comes out is put together as a draft, since
 * values find their places in maps, arrays and nested objects one by one. */
#include "rdf/compact_inside.h"
#include "rdf/draft.h"

#include "base/limits.h"

#include <stdlib.h>

/* ---- pieces ---- */

static int no_memory(mr_compaction *s)
{
    return MR_FAIL(s->err, MR_E_NOMEM, "no memory for the compacted form", MR_NOWHERE);
}

/* For makers of drafts: NULL is no memory. */
static int made(mr_compaction *s, mr_draft *d, mr_draft **ret)
{
    *ret = d;
    return d ? MR_OK : no_memory(s);
}

static int set(mr_compaction *s, mr_draft *object, mr_str name, mr_draft *value)
{
    return mr_draft_set(s->a, object, name, value, s->err);
}

static int add(mr_compaction *s, mr_draft *object, mr_str name, mr_draft *value, bool as_array)
{
    return mr_draft_add(s->a, object, name, value, as_array, s->err);
}

/* A member under the alias of a keyword. */
static int set_keyword(mr_compaction *s, const mr_context *c, mr_draft *object, mr_keyword k, mr_draft *value)
{
    mr_str alias;
    MR_TRY(mr_compact_keyword(s, c, k, &alias));
    return set(s, object, alias, value);
}

static int set_keyword_text(mr_compaction *s, const mr_context *c, mr_draft *object, mr_keyword k, mr_str text)
{
    return set_keyword(s, c, object, k, mr_draft_text(s->a, text));
}

/* An @id, which may be null. */
static int set_id(mr_compaction *s, const mr_context *c, mr_draft *object, mr_str id)
{
    static const mr_json null = {.type = MR_JSON_NULL, .skip = 1};
    mr_str compact;
    if (!id.ptr) return set_keyword(s, c, object, MR_KEYWORD_ID, mr_draft_read(s->a, &null));
    MR_TRY(mr_compact_id(s, c, id, &compact));
    return set_keyword_text(s, c, object, MR_KEYWORD_ID, compact);
}

/* The object that is a member, made when there is none; *ret NULL when the member is something else. */
static int object_at(mr_compaction *s, mr_draft *object, mr_str name, mr_draft **ret)
{
    *ret = mr_draft_find(object, name);
    if (mr_draft_is(*ret, MR_DRAFT_OBJECT)) return MR_OK;
    if (*ret) {
        *ret = NULL;
        return MR_OK;
    }
    MR_TRY(made(s, mr_draft_object(s->a), ret));
    return set(s, object, name, *ret);
}

static const mr_definition *definition_of(const mr_context *c, mr_str term)
{
    return term.ptr ? mr_context_find(c, term) : NULL;
}

static uint8_t container_of(const mr_context *c, mr_str term)
{
    const mr_definition *d = definition_of(c, term);
    return d ? d->container : 0;
}

/* ---- values (JSON-LD 1.1 API 6.3) ---- */

/* Has it @id, and nothing else but perhaps @index? */
static bool is_reference(const mr_expanded *v)
{
    return v->kind == MR_EXPANDED_NODE && v->has_id && !v->node.type_count && !v->in_array && !v->node.properties &&
           !v->node.reverse && !v->has_graph && !v->has_included;
}

/* Step 6; *ret NULL when it remains an object. */
static int compact_reference(mr_compaction *s, const mr_context *c, const mr_definition *d, const mr_expanded *v,
                             mr_draft **ret)
{
    mr_str text;
    *ret = NULL;
    if (!d || !v->node.id.ptr || (d->coercion != MR_COERCE_ID && d->coercion != MR_COERCE_VOCAB)) return MR_OK;
    if (d->coercion == MR_COERCE_ID)
        MR_TRY(mr_compact_id(s, c, v->node.id, &text));
    else
        MR_TRY(mr_compact_vocab(s, c, v->node.id, &text));
    return made(s, mr_draft_text(s->a, text), ret);
}

/* Does the datatype of a value match the type mapping of the term? */
static bool has_mapped_type(const mr_definition *d, const mr_expanded *v)
{
    if (!d) return false;
    if (v->is_json) return d->coercion == MR_COERCE_JSON;
    if (!v->value.type.ptr) return false;
    switch ((mr_coercion)d->coercion) {
    case MR_COERCE_DATATYPE: return mr_str_eq(d->type->text, v->value.type);
    case MR_COERCE_ID: return mr_str_is(v->value.type, "@id");
    case MR_COERCE_VOCAB: return mr_str_is(v->value.type, "@vocab");
    default: return false;
    }
}

/* Step 10: language and direction are those that the term gives. */
static bool has_mapped_language(const mr_context *c, const mr_definition *d, const mr_expanded *v)
{
    mr_str language = d && d->has_language ? d->language : c->language;
    uint8_t direction = d && d->has_direction ? d->direction : c->direction;
    bool same = language.ptr ? v->value.language.ptr && mr_str_eq_ascii_nocase(language, v->value.language)
                             : !v->value.language.ptr;
    return same && direction == v->direction;
}

/* Steps 7 to 10: may the value stand without its object? */
static bool is_plain(const mr_context *c, const mr_definition *d, const mr_expanded *v)
{
    if (has_mapped_type(d, v)) return true;
    if ((d && d->coercion == MR_COERCE_NONE) || v->is_json || v->value.type.ptr) return false;
    if (v->has_index && !(d && d->container & MR_CONTAINER_INDEX)) return false;
    return !mr_json_is(v->value.value, MR_JSON_STRING) || has_mapped_language(c, d, v);
}

/* A value object as an object, as steps 12.2 and 12.6 of 6.1 make it. */
static int compact_value_object(mr_compaction *s, const mr_context *c, mr_str active, const mr_expanded *v,
                                mr_draft **ret)
{
    mr_str type;
    MR_TRY(made(s, mr_draft_object(s->a), ret));
    if (v->is_json || v->value.type.ptr) {
        if (v->is_json)
            MR_TRY(mr_compact_keyword(s, c, MR_KEYWORD_JSON, &type));
        else
            MR_TRY(mr_compact_vocab(s, c, v->value.type, &type));
        MR_TRY(set_keyword_text(s, c, *ret, MR_KEYWORD_TYPE, type));
    }
    if (v->direction)
        MR_TRY(set_keyword_text(s, c, *ret, MR_KEYWORD_DIRECTION, mr_direction_text((mr_direction)v->direction)));
    if (v->has_index && !(container_of(c, active) & MR_CONTAINER_INDEX))
        MR_TRY(set_keyword_text(s, c, *ret, MR_KEYWORD_INDEX, v->index));
    if (v->value.language.ptr) MR_TRY(set_keyword_text(s, c, *ret, MR_KEYWORD_LANGUAGE, v->value.language));
    return set_keyword(s, c, *ret, MR_KEYWORD_VALUE, mr_draft_read(s->a, v->value.value));
}

/* ---- elements (6.1.2) ---- */

static int compact_element(mr_compaction *s, const mr_context *c, mr_str active, mr_expanded *v, mr_draft **ret);

/* Step 3. */
static int compact_items(mr_compaction *s, const mr_context *c, mr_str active, const mr_expanded_items *items,
                         mr_draft **ret)
{
    mr_draft *array, *one;
    MR_TRY(made(s, mr_draft_array(s->a), &array));
    for (mr_expanded *v = items->first; v; v = v->next) {
        MR_TRY(compact_element(s, c, active, v, &one));
        if (!mr_draft_is_null(one)) mr_draft_append(array, one);
    }
    bool keep = array->count != 1 || s->keep_arrays || mr_str_is(active, "@graph") || mr_str_is(active, "@set") ||
                container_of(c, active) & (MR_CONTAINER_LIST | MR_CONTAINER_SET);
    *ret = keep ? array : array->array.first;
    return MR_OK;
}

/* Where the values of one property go: into the result, or an object nested in it. */
struct place {
    const mr_context *context;
    mr_str term; /* item active property */
    mr_draft *into;
    uint8_t container;
    bool as_array;
};

/* Steps 12.8.2 and 12.8.3. */
static int find_nest(mr_compaction *s, const mr_context *c, const mr_definition *d, mr_draft *result, mr_draft **ret)
{
    *ret = result;
    if (!d || !d->nest.len) return MR_OK;
    const mr_definition *nest = mr_context_find(c, d->nest);
    if (!mr_str_is(d->nest, "@nest") && !(nest && nest->keyword == MR_KEYWORD_NEST))
        return MR_FAIL_DETAIL(s->err, MR_E_JSONLD, "invalid @nest value", "%.*s", MR_STR_ARG(d->nest));
    MR_TRY(object_at(s, result, d->nest, ret));
    return *ret ? MR_OK : MR_FAIL_DETAIL(s->err, MR_E_JSONLD, "invalid @nest value", "%.*s", MR_STR_ARG(d->nest));
}

/* Steps 12.8.1 to 12.8.5. */
static int find_place(mr_compaction *s, const mr_context *c, mr_str iri, const mr_expanded *item, bool reverse,
                      mr_draft *result, struct place *ret)
{
    ret->context = c;
    MR_TRY(mr_compact_property(s, c, iri, item, reverse, &ret->term));
    const mr_definition *d = mr_context_find(c, ret->term);
    MR_TRY(find_nest(s, c, d, result, &ret->into));
    ret->container = d ? d->container : 0;
    ret->as_array = s->keep_arrays || ret->container & MR_CONTAINER_SET || mr_str_is(ret->term, "@graph") ||
                    mr_str_is(ret->term, "@list");
    return MR_OK;
}

/* Step 12.8.7. */
static int put_list(mr_compaction *s, const struct place *p, const mr_expanded *list, mr_draft *compact)
{
    mr_draft *array = compact, *object;
    if (!mr_draft_is(compact, MR_DRAFT_ARRAY)) {
        MR_TRY(made(s, mr_draft_array(s->a), &array));
        mr_draft_append(array, compact);
    }
    if (p->container & MR_CONTAINER_LIST) return set(s, p->into, p->term, array);
    MR_TRY(made(s, mr_draft_object(s->a), &object));
    MR_TRY(set_keyword(s, p->context, object, MR_KEYWORD_LIST, array));
    if (list->has_index) MR_TRY(set_keyword_text(s, p->context, object, MR_KEYWORD_INDEX, list->index));
    return add(s, p->into, p->term, object, p->as_array);
}

/* Add a value to a map: the object that is the property's value. Without one (a list stands there), beside what is there. */
static int put_in_map(mr_compaction *s, const struct place *p, mr_str key, mr_draft *compact)
{
    mr_draft *map;
    MR_TRY(object_at(s, p->into, p->term, &map));
    if (!map) return add(s, p->into, p->term, compact, p->as_array);
    if (!key.ptr) MR_TRY(mr_compact_keyword(s, p->context, MR_KEYWORD_NO_VALUE, &key));
    return add(s, map, key, compact, p->as_array);
}

/* Step 12.8.8.4. */
static int put_graph_object(mr_compaction *s, const struct place *p, const mr_expanded *graph, mr_draft *compact)
{
    mr_draft *object;
    MR_TRY(made(s, mr_draft_object(s->a), &object));
    MR_TRY(set_keyword(s, p->context, object, MR_KEYWORD_GRAPH, compact));
    if (graph->has_id) MR_TRY(set_id(s, p->context, object, graph->node.id));
    if (graph->has_index) MR_TRY(set_keyword_text(s, p->context, object, MR_KEYWORD_INDEX, graph->index));
    return add(s, p->into, p->term, object, p->as_array);
}

/* Step 12.8.8. */
static int put_graph(mr_compaction *s, const struct place *p, const mr_expanded *graph, mr_draft *compact)
{
    bool simple = !graph->has_id;
    mr_str key = MR_STR_EMPTY;
    if (!(p->container & MR_CONTAINER_GRAPH)) return put_graph_object(s, p, graph, compact);
    if (p->container & MR_CONTAINER_ID) {
        if (graph->node.id.ptr) MR_TRY(mr_compact_id(s, p->context, graph->node.id, &key));
        return put_in_map(s, p, key, compact);
    }
    if (!simple) return put_graph_object(s, p, graph, compact);
    if (p->container & MR_CONTAINER_INDEX) {
        if (graph->has_index) key = graph->index;
        return put_in_map(s, p, key, compact);
    }
    if (mr_draft_is(compact, MR_DRAFT_ARRAY) &&
        compact->count > 1) { /* step 12.8.8.3.1: they would be graphs of their own */
        mr_draft *object;
        MR_TRY(made(s, mr_draft_object(s->a), &object));
        MR_TRY(set_keyword(s, p->context, object, MR_KEYWORD_INCLUDED, compact));
        compact = object;
    }
    return add(s, p->into, p->term, compact, p->as_array);
}

/* Take the first value of a member out of an object, when it is a text; the others stay (12.8.9.6 and 12.8.9.8). */
static int take_first_text(mr_compaction *s, mr_draft *object, mr_str name, mr_str *ret)
{
    mr_draft *value = mr_draft_find(object, name);
    mr_draft *first = mr_draft_is(value, MR_DRAFT_ARRAY) ? value->array.first : value;
    *ret = MR_STR_EMPTY;
    if (mr_draft_is(first, MR_DRAFT_TEXT))
        *ret = first->text;
    else if (mr_draft_is(first, MR_DRAFT_READ) && first->read->type == MR_JSON_STRING)
        *ret = mr_json_text(first->read);
    if (!ret->ptr) return MR_OK;
    mr_draft_take(object, name);
    if (first == value) return MR_OK;
    mr_draft *rest = first->next;
    if (!rest) return MR_OK;
    value->array.first = rest;
    value->count--;
    return add(s, object, name, value, false);
}

/* The key that says which node it is, or of which type: for maps by @id and @type. */
static int key_of_node(mr_compaction *s, const struct place *p, mr_expanded *item, mr_draft **compact, mr_str *ret)
{
    mr_str alias, id;
    bool by_id = p->container & MR_CONTAINER_ID;
    MR_TRY(mr_compact_keyword(s, p->context, by_id ? MR_KEYWORD_ID : MR_KEYWORD_TYPE, &alias));
    MR_TRY(take_first_text(s, *compact, alias, ret));
    if (by_id) return MR_OK;
    MR_TRY(mr_compact_keyword(s, p->context, MR_KEYWORD_ID, &id));
    if (!mr_draft_is(*compact, MR_DRAFT_OBJECT) || (*compact)->count != 1 || !mr_draft_find(*compact, id)) return MR_OK;
    mr_expanded reference = {.kind = MR_EXPANDED_NODE, .has_id = true, .origin = item->origin}; /* step 12.8.9.8.4 */
    reference.node.id = item->node.id;
    return compact_element(s, p->context, p->term, &reference, compact);
}

/* Steps 12.8.9.5 and 12.8.9.6: the @index, or the property that is one. */
static int key_of_index(mr_compaction *s, const struct place *p, const mr_expanded *item, mr_draft *compact,
                        mr_str *ret)
{
    mr_str iri, name;
    mr_keyword keyword;
    const mr_definition *d = mr_context_find(p->context, p->term);
    if (!d || !d->index.len || mr_str_is(d->index, "@index")) {
        *ret = item->has_index ? item->index : MR_STR_EMPTY;
        return MR_OK;
    }
    MR_TRY(mr_context_expand_iri(s->a, p->context, d->index, true, false, &iri, &keyword, s->err));
    if (!iri.ptr) {
        *ret = MR_STR_EMPTY;
        return MR_OK;
    }
    name = d->index; /* the values may have another term than the property alone */
    if (!mr_draft_find(compact, name)) MR_TRY(mr_compact_vocab(s, p->context, iri, &name));
    return take_first_text(s, compact, name, ret);
}

/* Step 12.8.9. */
static int put_by_key(mr_compaction *s, const struct place *p, mr_expanded *item, mr_draft *compact)
{
    mr_str key = MR_STR_EMPTY;
    if (p->container & MR_CONTAINER_LANGUAGE) {
        if (item->kind == MR_EXPANDED_VALUE) {
            MR_TRY(made(s, mr_draft_read(s->a, item->value.value), &compact));
            key = item->value.language;
        }
    } else if (p->container & MR_CONTAINER_INDEX) {
        MR_TRY(key_of_index(s, p, item, compact, &key));
    } else {
        MR_TRY(key_of_node(s, p, item, &compact, &key));
    }
    return put_in_map(s, p, key, compact);
}

/* Steps 12.8.6 to 12.8.10. */
static int put_item(mr_compaction *s, const struct place *p, mr_expanded *item)
{
    enum { KEYED = MR_CONTAINER_LANGUAGE | MR_CONTAINER_INDEX | MR_CONTAINER_ID | MR_CONTAINER_TYPE };
    mr_draft *compact;
    bool list = item->kind == MR_EXPANDED_LIST, graph = !list && mr_expanded_is_graph(item);
    if (list || graph)
        MR_TRY(compact_items(s, p->context, p->term, list ? &item->list : &item->node.graph, &compact));
    else
        MR_TRY(compact_element(s, p->context, p->term, item, &compact));
    if (list) return put_list(s, p, item, compact);
    if (graph) return put_graph(s, p, item, compact);
    if (p->container & KEYED && !(p->container & MR_CONTAINER_GRAPH)) return put_by_key(s, p, item, compact);
    return add(s, p->into, p->term, compact, p->as_array);
}

/* Steps 12.7 and 12.8, for a property or a keyword with elements. */
static int compact_property(mr_compaction *s, const mr_context *c, mr_str iri, const mr_expanded_items *items,
                            bool reverse, mr_draft *result)
{
    struct place p;
    mr_draft *empty;
    if (!items->first) {
        MR_TRY(find_place(s, c, iri, NULL, reverse, result, &p));
        MR_TRY(made(s, mr_draft_array(s->a), &empty));
        return add(s, p.into, p.term, empty, true);
    }
    for (mr_expanded *item = items->first; item; item = item->next) {
        MR_TRY(find_place(s, c, iri, item, reverse, result, &p));
        MR_TRY(put_item(s, &p, item));
    }
    return MR_OK;
}

static int compact_properties(mr_compaction *s, const mr_context *c, const mr_expanded_property *first, bool reverse,
                              mr_draft *result)
{
    for (const mr_expanded_property *p = first; p; p = p->next)
        MR_TRY(compact_property(s, c, p->iri->text, &p->values, reverse, result));
    return MR_OK;
}

/* ---- node objects ---- */

/* Step 5: an active context of a type ends where a node object begins. */
static const mr_context *leave_type(const mr_context *c, const mr_expanded *v)
{
    if (!c->previous || v->kind == MR_EXPANDED_VALUE || (is_reference(v) && !v->has_index)) return c;
    return c->previous;
}

static int compare_texts(const void *a, const void *b)
{
    return mr_str_compare(*(const mr_str *)a, *(const mr_str *)b);
}

static int compact_types(mr_compaction *s, const mr_context *c, const mr_expanded *v, mr_str **ret)
{
    uint32_t count = v->node.type_count;
    *ret = MR_NEW_ARRAY(s->a, mr_str, (size_t)count + 1);
    if (!*ret) return no_memory(s);
    for (uint32_t i = 0; i < count; i++) MR_TRY(mr_compact_vocab(s, c, v->node.types[i]->text, &(*ret)[i]));
    return MR_OK;
}

/* Step 11: the contexts of the types, in code point order of their terms in the active context. */
static int enter_types(mr_compaction *s, const mr_context *outer, const mr_expanded *v, const mr_context **c)
{
    mr_str *terms;
    if (!v->node.type_count) return MR_OK;
    MR_TRY(compact_types(s, *c, v, &terms));
    qsort(terms, v->node.type_count, sizeof *terms, compare_texts);
    for (uint32_t i = 0; i < v->node.type_count; i++) {
        const mr_definition *d = mr_context_find(outer, terms[i]);
        if (d && d->context) MR_TRY(mr_context_apply_scoped(s->cs, *c, d, true, c, s->err));
    }
    return MR_OK;
}

/* Step 12.2. */
static int put_types(mr_compaction *s, const mr_context *c, const mr_context *outer, const mr_expanded *v,
                     mr_draft *result)
{
    mr_str *terms, alias;
    mr_draft *array, *one;
    if (!v->node.type_count && !v->in_array) return MR_OK;
    MR_TRY(compact_types(s, outer, v, &terms));
    MR_TRY(made(s, mr_draft_array(s->a), &array));
    for (uint32_t i = 0; i < v->node.type_count; i++) {
        MR_TRY(made(s, mr_draft_text(s->a, terms[i]), &one));
        mr_draft_append(array, one);
    }
    MR_TRY(mr_compact_keyword(s, c, MR_KEYWORD_TYPE, &alias));
    bool as_array = s->keep_arrays || (c->version > 10 && container_of(c, alias) & MR_CONTAINER_SET);
    return add(s, result, alias, array, as_array || !array->count);
}

/* Step 12.3: properties that are terms for the other direction stand among the others, the rest under @reverse. */
static int put_reverse(mr_compaction *s, const mr_context *c, mr_expanded_property *reverse, mr_draft *result)
{
    mr_draft *object;
    const mr_context *inside = c->previous ? c->previous : c; /* step 5 of the inner call */
    if (!reverse) return MR_OK;
    MR_TRY(made(s, mr_draft_object(s->a), &object));
    MR_TRY(compact_properties(s, inside, reverse, true, object));
    for (mr_draft_member *m = object->object.first; m; m = m->next) {
        const mr_definition *d = mr_context_find(c, m->name);
        if (!m->value || !d || !d->reverse) continue;
        mr_draft *value = mr_draft_take(object, m->name);
        MR_TRY(add(s, result, m->name, value, s->keep_arrays || d->container & MR_CONTAINER_SET));
    }
    return object->count ? set_keyword(s, c, result, MR_KEYWORD_REVERSE, object) : MR_OK;
}

/* Steps 9 to 12.
 *   outer  type-scoped context
 *   c      the active context, with that of the property */
static int compact_node(mr_compaction *s, const mr_context *outer, const mr_context *c, mr_str active, mr_expanded *v,
                        mr_draft **ret)
{
    MR_TRY(mr_expanded_merge(s->a, v, s->err));
    MR_TRY(made(s, mr_draft_object(s->a), ret));
    MR_TRY(enter_types(s, outer, v, &c));
    if (v->has_id) MR_TRY(set_id(s, c, *ret, v->node.id));
    MR_TRY(put_types(s, c, outer, v, *ret));
    if (v->has_index && !(container_of(c, active) & MR_CONTAINER_INDEX))
        MR_TRY(set_keyword_text(s, c, *ret, MR_KEYWORD_INDEX, v->index));
    MR_TRY(put_reverse(s, c, v->node.reverse, *ret));
    if (v->has_graph) MR_TRY(compact_property(s, c, MR_STR("@graph"), &v->node.graph, false, *ret));
    if (v->has_included) MR_TRY(compact_property(s, c, MR_STR("@included"), &v->node.included, false, *ret));
    return compact_properties(s, c, v->node.properties, false, *ret);
}

/* Step 12 for a list object that no term takes up. */
static int compact_list_object(mr_compaction *s, const mr_context *c, mr_str active, const mr_expanded *v,
                               mr_draft **ret)
{
    MR_TRY(made(s, mr_draft_object(s->a), ret));
    if (v->has_index && !(container_of(c, active) & MR_CONTAINER_INDEX))
        MR_TRY(set_keyword_text(s, c, *ret, MR_KEYWORD_INDEX, v->index));
    return compact_property(s, c, MR_STR("@list"), &v->list, false, *ret);
}

static int compact_list(mr_compaction *s, const mr_context *c, mr_str active, const mr_expanded *v, mr_draft **ret)
{
    if (container_of(c, active) & MR_CONTAINER_LIST) return compact_items(s, c, active, &v->list, ret); /* step 8 */
    return compact_list_object(s, c, active, v, ret);
}

static int compact_value(mr_compaction *s, const mr_context *c, mr_str active, const mr_expanded *v, mr_draft **ret)
{
    if (is_plain(c, definition_of(c, active), v)) return made(s, mr_draft_read(s->a, v->value.value), ret);
    return compact_value_object(s, c, active, v, ret);
}

/* Steps 5 to 12. */
static int compact_map(mr_compaction *s, const mr_context *c, mr_str active, mr_expanded *v, mr_draft **ret)
{
    const mr_context *outer = c;
    const mr_definition *d = definition_of(outer, active); /* the term was selected there */
    c = leave_type(c, v);
    if (d && d->context) MR_TRY(mr_context_apply_scoped(s->cs, c, d, false, &c, s->err)); /* step 6 */
    switch ((mr_expanded_kind)v->kind) {
    case MR_EXPANDED_VALUE: return compact_value(s, c, active, v, ret);
    case MR_EXPANDED_LIST: return compact_list(s, c, active, v, ret);
    case MR_EXPANDED_NODE: break;
    }
    if (is_reference(v)) {
        MR_TRY(compact_reference(s, c, definition_of(c, active), v, ret));
        if (*ret) return MR_OK;
    }
    return compact_node(s, outer, c, active, v, ret);
}

static int compact_element(mr_compaction *s, const mr_context *c, mr_str active, mr_expanded *v, mr_draft **ret)
{
    if (++s->depth > MR_LIMIT_RDF_DEPTH)
        return MR_FAIL(s->err, MR_E_LIMIT, "nested too deeply", v->origin ? v->origin->position : MR_NOWHERE);
    int code = compact_map(s, c, active, v, ret);
    s->depth--;
    return code;
}

/* ---- documents (9.2, compact) ---- */

/* Steps 9.1 and 9.2 */
static int as_object(mr_compaction *s, const mr_context *c, mr_draft *compact, mr_draft **ret)
{
    *ret = compact;
    if (!mr_draft_is(compact, MR_DRAFT_ARRAY)) return MR_OK;
    MR_TRY(made(s, mr_draft_object(s->a), ret));
    return compact->count ? set_keyword(s, c, *ret, MR_KEYWORD_GRAPH, compact) : MR_OK;
}

static bool is_empty_context(const mr_json *context)
{
    return mr_json_is(context, MR_JSON_NULL) ||
           ((mr_json_is(context, MR_JSON_OBJECT) || mr_json_is(context, MR_JSON_ARRAY)) && !context->len);
}

/* The result with its context first. */
static int write(mr_compaction *s, const mr_json *context, const mr_draft *result, mr_json_writer *w)
{
    mr_draft *whole;
    MR_TRY(made(s, mr_draft_object(s->a), &whole));
    if (!is_empty_context(context)) MR_TRY(set(s, whole, MR_STR("@context"), mr_draft_read(s->a, context)));
    for (const mr_draft_member *m = result->object.first; m; m = m->next)
        if (m->value) MR_TRY(set(s, whole, m->name, m->value));
    MR_TRY(mr_draft_write(whole, w, s->err));
    return mr_buf_failed(w->out) ? MR_FAIL(s->err, MR_E_LIMIT, "longer than allowed", MR_NOWHERE) : MR_OK;
}

int mr_jsonld_compact(mr_arena *a, const mr_json *document, const mr_json *context, const mr_jsonld_options *options,
                      mr_json_writer *w, struct mr_err *err)
{
    mr_compaction s = {.a = a, .cs = options->contexts, .keep_arrays = options->keep_arrays, .err = err};
    mr_expanded_items items;
    const mr_context *c;
    mr_draft *compact, *result;
    const mr_json *inner = mr_json_get(context, "@context");
    if (inner) context = inner;
    MR_TRY(mr_jsonld_expand(a, document, options, &items, err));
    MR_TRY(mr_context_initial(s.cs, options->base, options->mode10 ? 10 : 11, &c, err));
    MR_TRY(mr_context_apply(s.cs, c, context, options->base, false, true, &c, err));
    MR_TRY(compact_items(&s, c, MR_STR_EMPTY, &items, &compact));
    MR_TRY(as_object(&s, c, compact, &result));
    return write(&s, context, result, w);
}
