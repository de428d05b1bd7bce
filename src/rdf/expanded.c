/* The expanded form: entries of one property brought together, and written as JSON. */
#include "rdf/expanded.h"

#include "base/limits.h"

#include <stdlib.h>

/* ---- properties in order ---- */

struct entry {
    mr_expanded_property *property;
    uint32_t place; /* in the document, so that sorting is stable */
};

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = mr_str_compare(x->property->iri->text, y->property->iri->text);
    return order ? order : x->place < y->place ? -1 : x->place > y->place;
}

/* The entries by name, those of one name as they stand in the document. */
static int sort(mr_arena *a, mr_expanded_property *first, struct entry **ret, uint32_t *ret_count, struct mr_err *err)
{
    uint32_t count = 0;
    for (const mr_expanded_property *p = first; p; p = p->next) count++;
    struct entry *entries = MR_NEW_ARRAY(a, struct entry, count ? count : 1);
    if (!entries) return MR_FAIL(err, MR_E_NOMEM, "no memory to order properties", MR_NOWHERE);
    count = 0;
    for (mr_expanded_property *p = first; p; p = p->next) entries[count] = (struct entry){p, count}, count++;
    qsort(entries, count, sizeof *entries, compare_entries);
    *ret = entries;
    *ret_count = count;
    return MR_OK;
}

static bool is_sorted(const mr_expanded_property *p)
{
    for (; p && p->next; p = p->next)
        if (mr_str_compare(p->iri->text, p->next->iri->text) >= 0) return false;
    return true;
}

static int merge(mr_arena *a, mr_expanded_property **first, mr_expanded_property **last, struct mr_err *err)
{
    struct entry *entries;
    uint32_t count;
    if (is_sorted(*first)) return MR_OK;
    MR_TRY(sort(a, *first, &entries, &count, err));
    mr_expanded_property *at = *first = entries[0].property;
    for (uint32_t i = 1; i < count; i++) {
        mr_expanded_property *p = entries[i].property;
        if (mr_str_eq(at->iri->text, p->iri->text))
            mr_expanded_append_all(&at->values, &p->values);
        else
            at = at->next = p;
    }
    at->next = NULL;
    *last = at;
    return MR_OK;
}

int mr_expanded_merge(mr_arena *a, mr_expanded *node, struct mr_err *err)
{
    MR_TRY(merge(a, &node->node.properties, &node->node.last_property, err));
    return merge(a, &node->node.reverse, &node->node.last_reverse, err);
}

/* ---- as JSON (JSON-LD 1.1 API section 5.1) ---- */

/* What writing needs everywhere. */
struct writing {
    mr_arena *arena;
    mr_json_writer *w;
    struct mr_err *err;
};

static int write_items(const struct writing *s, const mr_expanded_items *items);

/* The writer nests no deeper, nor would the reader take it. */
static int check_depth(const struct writing *s, const mr_json *origin)
{
    if (s->w->depth < MR_LIMIT_JSON_DEPTH) return MR_OK;
    return MR_FAIL(s->err, MR_E_LIMIT, "nested too deeply", origin ? origin->position : MR_NOWHERE);
}

static void write_value(const struct writing *s, const mr_expanded *v)
{
    if (v->direction) mr_json_put_member(s->w, "@direction", mr_direction_text(v->direction));
    if (v->has_index) mr_json_put_member(s->w, "@index", v->index);
    if (v->value.language.ptr) mr_json_put_member(s->w, "@language", v->value.language);
    if (v->is_json)
        mr_json_put_member_c(s->w, "@type", "@json");
    else if (v->value.type.ptr)
        mr_json_put_member(s->w, "@type", v->value.type);
    mr_json_put_name(s->w, "@value");
    mr_json_put_value(s->w, v->value.value);
}

static int write_list(const struct writing *s, const mr_expanded *v)
{
    if (v->has_index) mr_json_put_member(s->w, "@index", v->index);
    mr_json_put_name(s->w, "@list");
    return write_items(s, &v->list);
}

static int write_elements(const struct writing *s, const mr_expanded_items *items);

static int write_items(const struct writing *s, const mr_expanded_items *items)
{
    MR_TRY(check_depth(s, items->first ? items->first->origin : NULL));
    mr_json_begin_array(s->w);
    MR_TRY(write_elements(s, items));
    mr_json_end_array(s->w);
    return MR_OK;
}

/* Entries of one property become one member. */
static int write_properties(const struct writing *s, mr_expanded_property *first)
{
    struct entry *entries;
    uint32_t count;
    MR_TRY(sort(s->arena, first, &entries, &count, s->err));
    for (uint32_t i = 0, end; i < count; i = end) {
        mr_str iri = entries[i].property->iri->text;
        mr_json_put_name_str(s->w, iri);
        MR_TRY(check_depth(s, NULL));
        mr_json_begin_array(s->w);
        for (end = i; end < count && mr_str_eq(iri, entries[end].property->iri->text); end++)
            MR_TRY(write_elements(s, &entries[end].property->values));
        mr_json_end_array(s->w);
    }
    return MR_OK;
}

static int write_types(const struct writing *s, const mr_expanded *v)
{
    mr_json_put_name(s->w, "@type");
    MR_TRY(check_depth(s, v->origin));
    mr_json_begin_array(s->w);
    for (uint32_t i = 0; i < v->node.type_count; i++) mr_json_put_str(s->w, v->node.types[i]->text);
    mr_json_end_array(s->w);
    return MR_OK;
}

static int write_member(const struct writing *s, const char *name, const mr_expanded_items *items)
{
    mr_json_put_name(s->w, name);
    return write_items(s, items);
}

static int write_reverse(const struct writing *s, const mr_expanded *v)
{
    mr_json_put_name(s->w, "@reverse");
    MR_TRY(check_depth(s, v->origin));
    mr_json_begin_object(s->w);
    MR_TRY(write_properties(s, v->node.reverse));
    mr_json_end_object(s->w);
    return MR_OK;
}

static int write_node(const struct writing *s, const mr_expanded *v)
{
    if (v->has_graph) MR_TRY(write_member(s, "@graph", &v->node.graph));
    if (v->has_id) {
        mr_json_put_name(s->w, "@id");
        v->node.id.ptr ? mr_json_put_str(s->w, v->node.id) : mr_json_put_null(s->w);
    }
    if (v->has_included) MR_TRY(write_member(s, "@included", &v->node.included));
    if (v->has_index) mr_json_put_member(s->w, "@index", v->index);
    if (v->node.reverse) MR_TRY(write_reverse(s, v));
    if (v->node.type_count || v->in_array) MR_TRY(write_types(s, v));
    return v->node.properties ? write_properties(s, v->node.properties) : MR_OK;
}

static int write_one(const struct writing *s, const mr_expanded *v)
{
    int code = MR_OK;
    MR_TRY(check_depth(s, v->origin));
    mr_json_begin_object(s->w);
    switch ((mr_expanded_kind)v->kind) {
    case MR_EXPANDED_NODE: code = write_node(s, v); break;
    case MR_EXPANDED_VALUE: write_value(s, v); break;
    case MR_EXPANDED_LIST: code = write_list(s, v); break;
    }
    if (code == MR_OK) mr_json_end_object(s->w);
    return code;
}

static int write_elements(const struct writing *s, const mr_expanded_items *items)
{
    for (const mr_expanded *v = items->first; v; v = v->next) MR_TRY(write_one(s, v));
    return MR_OK;
}

int mr_expanded_write(mr_arena *a, const mr_expanded_items *items, mr_json_writer *w, struct mr_err *err)
{
    const struct writing s = {a, w, err};
    MR_TRY(write_items(&s, items));
    return mr_buf_failed(w->out) ? MR_FAIL(err, MR_E_LIMIT, "longer than allowed", MR_NOWHERE) : MR_OK;
}
