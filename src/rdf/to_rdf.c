/* Deserialisation to RDF (JSON-LD 1.1 API section 8): from the expanded tree straight to quads.
 *
 * The standard goes through a node map (section 7), which brings together what is said of one node. A dataset is a set of quads and needs no such
 * thing: a node that stands in two places gives quads in two places. Blank nodes get numbers instead of names.
 *
 * IRIs of definitions live in contexts, which may be forgotten before the dataset is: they are copied once each, through a small table that
 * may lose entries but never confuse them. */
#include "base/limits.h"
#include "rdf/iri.h"
#include "rdf/jsonld.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>

#define KNOWN 256 /* IRIs at hand; a power of two */

struct conversion {
    mr_dataset *ds;
    const mr_jsonld_options *options;
    const mr_json *root;
    struct mr_err *err;
    uint32_t depth;
    mr_str tag, own_tag; /* the last language tag as it was found, and as it is kept */
    struct known {
        const char *place;
        size_t len;
        const mr_term *term; /* NULL: not well-formed */
    } known[KNOWN];
};

static int emit_node(struct conversion *v, mr_expanded *node, const mr_term *graph,
                     const mr_term **ret_subject) MR_MUST_CHECK;

static int at(struct conversion *v, const mr_json *node, int code)
{
    if (!v->err || !node || v->err->pointer[0] || v->err->position != MR_NOWHERE) return code;
    v->err->position = node->position;
    if (node >= v->root && node < v->root + v->root->skip)
        mr_json_pointer(v->root, node, v->err->pointer, sizeof v->err->pointer);
    return code;
}

static int no_memory(struct conversion *v, const mr_json *node)
{
    return at(v, node, MR_FAIL(v->err, MR_E_NOMEM, "a dataset", MR_NOWHERE));
}

/* What is left out: an error in safe mode. */
static int leave_out(struct conversion *v, const mr_json *node, const char *why, mr_str what)
{
    if (!v->options->safe) return MR_OK;
    int code = MR_FAIL_DETAIL(v->err, MR_E_JSONLD_UNSAFE, why, "%.*s", (int)(what.len < 150 ? what.len : 150),
                              what.ptr ? what.ptr : "");
    return at(v, node, code);
}

static int add(struct conversion *v, const mr_term *s, const mr_term *p, const mr_term *o, const mr_term *g,
               const mr_json *origin)
{
    if (!s || !p || !o) return no_memory(v, origin);
    int code = mr_dataset_add(v->ds, s, p, o, g, origin, v->err);
    return code == MR_OK ? code : at(v, origin, code);
}

/* --- IRIs and blank nodes --------------------------------------------------------------------------------------------- */

/* An IRI of ours; *ret NULL when it is not well-formed. checked: known to be. */
static int own_iri(struct conversion *v, mr_str iri, bool checked, const mr_json *origin, const mr_term **ret)
{
    struct known *k = &v->known[((uintptr_t)iri.ptr >> 3 ^ (uintptr_t)iri.ptr >> 12) % KNOWN];
    if (k->place == iri.ptr && k->len == iri.len) {
        *ret = k->term;
        return MR_OK;
    }
    *k = (struct known){iri.ptr, iri.len, NULL};
    if (checked || mr_iri_is_well_formed(iri)) {
        mr_term *t = mr_arena_alloc(v->ds->arena, sizeof *t + iri.len);
        if (!t) return no_memory(v, origin);
        memcpy(t + 1, iri.ptr, iri.len);
        *t = (mr_term){.kind = MR_TERM_IRI, .checked = true, .text = {(const char *)(t + 1), iri.len}};
        k->term = t;
    }
    *ret = k->term;
    return MR_OK;
}

/* A resource by its IRI or "_:" label; *ret NULL when it is neither. */
static int resource(struct conversion *v, mr_str id, const mr_json *origin, const mr_term **ret)
{
    if (!mr_str_has_prefix(id, MR_STR("_:"))) return own_iri(v, id, false, origin, ret);
    *ret = mr_dataset_blank(v->ds, mr_str_from(id, 2));
    return *ret ? MR_OK : no_memory(v, origin);
}

/* --- literals (8.2.2) --------------------------------------------------------------------------------------------------- */

static const mr_str xsd_boolean = MR_STR_INIT(MR_XSD "boolean"), xsd_integer = MR_STR_INIT(MR_XSD "integer"),
                    xsd_double = MR_STR_INIT(MR_XSD "double"), rdf_json = MR_STR_INIT(MR_RDF "JSON");

/* The canonical form of xsd:double: "5.3E0". */
static mr_str double_text(mr_arena *a, double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.15E", value);
    char *e = strchr(text, 'E'), *end = e;
    long exponent = strtol(e + 1, NULL, 10);
    while (end[-1] == '0' && end[-2] != '.') end--;
    return mr_arena_format(a, "%.*sE%ld", (int)(end - text), text, exponent);
}

/* 10, 11, 12: a number is an integer, or is written as a double. */
static int number_literal(struct conversion *v, const mr_json *value, mr_str *text, mr_str *datatype)
{
    int64_t whole;
    double number;
    bool as_double = mr_str_eq(*datatype, xsd_double);
    if (!as_double && value->len <= 15 && mr_json_to_int64(value, &whole)) {
        *text = mr_arena_format(v->ds->arena, "%lld", (long long)whole);
    } else if (!mr_json_to_double(value, &number)) {
        return at(v, value, MR_FAIL(v->err, MR_E_JSONLD, "a number that no double can hold", MR_NOWHERE));
    } else if (as_double || number != floor(number) || fabs(number) >= 1e21) {
        *text = double_text(v->ds->arena, number);
        if (!datatype->len) *datatype = xsd_double;
    } else {
        *text = mr_arena_format(v->ds->arena, "%.0f", number == 0 ? 0.0 : number);
    }
    if (!datatype->len) *datatype = xsd_integer;
    return text->ptr ? MR_OK : no_memory(v, value);
}

/* 6: JSON as a literal, in its canonical form. */
static int json_literal(struct conversion *v, const mr_json *value, mr_str *text)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    MR_TRY(at(v, value, mr_json_canonicalise(value, &out, v->err)));
    *text = mr_arena_dup(v->ds->arena, mr_buf_str(&out));
    return text->ptr ? MR_OK : no_memory(v, value);
}

/* A language tag as RFC 5646 shapes them: letters, then letters and digits, eight at most between hyphens. */
static bool is_language(mr_str tag)
{
    size_t run = 0;
    bool first = true;
    for (size_t i = 0; i < tag.len; i++) {
        char c = tag.ptr[i];
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z', digit = c >= '0' && c <= '9';
        if (c == '-') {
            if (!run) return false;
            run = 0, first = false;
        } else if (!(letter || (digit && !first)) || ++run > 8) {
            return false;
        }
    }
    return run > 0;
}

/* A tag may come from a definition, which may be forgotten before the dataset is. */
static int own_language(struct conversion *v, const mr_json *origin, mr_str *tag)
{
    if (!tag->len) return MR_OK;
    if (v->tag.ptr != tag->ptr || v->tag.len != tag->len) v->tag = *tag, v->own_tag = mr_arena_dup(v->ds->arena, *tag);
    *tag = v->own_tag;
    return tag->ptr ? MR_OK : no_memory(v, origin);
}

static mr_str lower(mr_arena *a, mr_str text)
{
    mr_str copy = mr_arena_dup(a, text);
    for (size_t i = 0; copy.ptr && i < copy.len; i++)
        if (copy.ptr[i] >= 'A' && copy.ptr[i] <= 'Z') ((char *)copy.ptr)[i] |= 0x20;
    return copy;
}

/* 13.2: a blank node that holds text, language and direction. */
static int compound_literal(struct conversion *v, const mr_expanded *e, const mr_term *text, const mr_term *graph,
                            const mr_term **ret)
{
    mr_arena *a = v->ds->arena;
    const mr_term *node = mr_dataset_new_blank(v->ds);
    MR_TRY(add(v, node, mr_term_iri(a, MR_STR(MR_RDF "value")), text, graph, e->origin));
    if (e->value.language.len)
        MR_TRY(add(v, node, mr_term_iri(a, MR_STR(MR_RDF "language")),
                   mr_term_literal(a, lower(a, e->value.language), MR_STR_EMPTY, MR_STR_EMPTY), graph, e->origin));
    mr_str direction = mr_direction_text((mr_direction)e->direction);
    MR_TRY(add(v, node, mr_term_iri(a, MR_STR(MR_RDF "direction")),
               mr_term_literal(a, direction, MR_STR_EMPTY, MR_STR_EMPTY), graph, e->origin));
    *ret = node;
    return MR_OK;
}

/* 13: a text with a base direction. */
static int directed_literal(struct conversion *v, const mr_expanded *e, mr_str text, const mr_term *graph,
                            const mr_term **ret)
{
    mr_arena *a = v->ds->arena;
    if (v->options->rdf_direction == MR_RDF_DIRECTION_COMPOUND_LITERAL)
        return compound_literal(v, e, mr_term_literal(a, text, MR_STR_EMPTY, MR_STR_EMPTY), graph, ret);
    mr_str language = lower(a, e->value.language), direction = mr_direction_text((mr_direction)e->direction);
    mr_str datatype = mr_arena_concat(
        a, (const mr_str[]){MR_STR("https://www.w3.org/ns/i18n#"), language, MR_STR("_"), direction}, 4);
    *ret = mr_term_literal(a, text, datatype, MR_STR_EMPTY);
    return *ret && datatype.ptr ? MR_OK : no_memory(v, e->origin);
}

/* 3 to 5: the datatype that the value names. *ret_ok false: it is no IRI, and the value is left out. */
static int own_datatype(struct conversion *v, const mr_expanded *e, mr_str *ret, bool *ret_ok)
{
    const mr_term *t;
    *ret = MR_STR_EMPTY, *ret_ok = true;
    if (!e->value.type.ptr) return MR_OK;
    bool checked = e->value.datatype && e->value.datatype->checked;
    MR_TRY(own_iri(v, e->value.type, checked, e->origin, &t));
    *ret_ok = t != NULL;
    if (t) *ret = t->text;
    return t ? MR_OK : leave_out(v, e->origin, "a datatype that is no IRI", e->value.type);
}

static int emit_literal(struct conversion *v, const mr_expanded *e, const mr_term *graph, const mr_term **ret)
{
    const mr_json *value = e->value.value;
    mr_str text = mr_json_str(value), datatype, language = e->value.language;
    bool ok,
        directed = e->direction && value->type == MR_JSON_STRING && v->options->rdf_direction != MR_RDF_DIRECTION_DROP;
    *ret = NULL;
    MR_TRY(own_datatype(v, e, &datatype, &ok));
    if (!ok) return MR_OK;
    if (e->direction && !directed) MR_TRY(leave_out(v, e->origin, "a base direction that RDF has no place for", text));
    if (language.ptr && !is_language(language)) return leave_out(v, e->origin, "a language tag that is none", language);
    if (e->is_json) {
        datatype = rdf_json;
        MR_TRY(json_literal(v, value, &text));
    } else if (value->type == MR_JSON_TRUE || value->type == MR_JSON_FALSE) {
        text = value->type == MR_JSON_TRUE ? MR_STR("true") : MR_STR("false");
        if (!datatype.len) datatype = xsd_boolean;
    } else if (value->type == MR_JSON_NUMBER) {
        MR_TRY(number_literal(v, value, &text, &datatype));
    } else if (directed) {
        return directed_literal(v, e, text, graph, ret);
    }
    MR_TRY(own_language(v, e->origin, &language));
    mr_term *literal = (mr_term *)mr_term_literal(v->ds->arena, text, datatype, language);
    if (!literal) return no_memory(v, e->origin);
    literal->checked = true; /* the datatype: by own_datatype, or it is one of ours */
    *ret = literal;
    return MR_OK;
}

/* --- lists (8.2.1), nodes ------------------------------------------------------------------------------------------------- */

static int emit_list(struct conversion *v, const mr_expanded *list, const mr_term *graph,
                     const mr_term **ret) MR_MUST_CHECK;

/* What a value is as the object of a quad; *ret NULL: it is left out. */
static int emit_object(struct conversion *v, mr_expanded *e, const mr_term *graph, const mr_term **ret)
{
    int code;
    if (v->depth >= MR_LIMIT_JSON_DEPTH_MOST)
        return at(v, e->origin, MR_FAIL(v->err, MR_E_LIMIT, "nested too deeply", MR_NOWHERE));
    v->depth++;
    if (e->kind == MR_EXPANDED_VALUE)
        code = emit_literal(v, e, graph, ret);
    else if (e->kind == MR_EXPANDED_LIST)
        code = emit_list(v, e, graph, ret);
    else
        code = emit_node(v, e, graph, ret);
    v->depth--;
    return code;
}

static int emit_list(struct conversion *v, const mr_expanded *list, const mr_term *graph, const mr_term **ret)
{
    const mr_term *cell = NULL, *object;
    *ret = &mr_rdf_nil;
    for (mr_expanded *e = list->list.first; e; e = e->next) {
        const mr_term *next = mr_dataset_new_blank(v->ds);
        if (cell)
            MR_TRY(add(v, cell, &mr_rdf_rest, next, graph, e->origin));
        else
            *ret = next;
        cell = next;
        MR_TRY(emit_object(v, e, graph, &object));
        if (object) MR_TRY(add(v, cell, &mr_rdf_first, object, graph, e->origin));
    }
    return cell ? add(v, cell, &mr_rdf_rest, &mr_rdf_nil, graph, list->origin) : MR_OK;
}

static int emit_types(struct conversion *v, const mr_expanded *n, const mr_term *subject, const mr_term *graph)
{
    for (uint32_t i = 0; i < n->node.type_count; i++) {
        const mr_term *type = n->node.types[i], *own;
        const mr_json *origin = n->node.type_origins[i];
        if (type->kind == MR_TERM_IRI)
            MR_TRY(own_iri(v, type->text, type->checked, origin, &own));
        else
            MR_TRY(resource(v, type->text, origin, &own));
        if (!own) MR_TRY(leave_out(v, origin, "a type that is no IRI", type->text));
        if (own && subject) MR_TRY(add(v, subject, &mr_rdf_type, own, graph, origin));
    }
    return MR_OK;
}

/* A value that is left out: what is said of nodes in it stays. */
static int emit_inside(struct conversion *v, mr_expanded *e, const mr_term *graph)
{
    const mr_term *unused;
    if (e->kind == MR_EXPANDED_NODE) return emit_object(v, e, graph, &unused);
    if (e->kind == MR_EXPANDED_LIST)
        for (mr_expanded *one = e->list.first; one; one = one->next) MR_TRY(emit_inside(v, one, graph));
    return MR_OK;
}

/* subject NULL, or a predicate that cannot be one: the values are left out. */
static int emit_property(struct conversion *v, const mr_expanded_property *p, const mr_term *subject,
                         const mr_term *graph, bool reverse)
{
    const mr_term *predicate = NULL, *object;
    if (p->iri->kind == MR_TERM_IRI) MR_TRY(own_iri(v, p->iri->text, p->iri->checked, p->name, &predicate));
    if (!predicate) MR_TRY(leave_out(v, p->name, "a property that is no IRI", p->iri->text));
    for (mr_expanded *e = p->values.first; e; e = e->next) {
        if (!predicate || !subject) {
            MR_TRY(emit_inside(v, e, graph));
            continue;
        }
        MR_TRY(emit_object(v, e, graph, &object));
        if (object) MR_TRY(add(v, reverse ? object : subject, predicate, reverse ? subject : object, graph, e->origin));
    }
    return MR_OK;
}

static bool has_values(const mr_expanded_property *p)
{
    while (p && !p->values.first) p = p->next;
    return p != NULL;
}

/* Are there quads about the node? */
static bool says_something(const mr_expanded *n)
{
    return n->node.type_count || has_values(n->node.properties) || has_values(n->node.reverse);
}

/* Are there quads in the graph itself, not only in graphs that are named in it? */
static bool any_says_something(const mr_expanded_items *nodes)
{
    for (const mr_expanded *e = nodes->first; e; e = e->next)
        if (e->kind == MR_EXPANDED_NODE && (says_something(e) || any_says_something(&e->node.included))) return true;
    return false;
}

/* What stands in a graph and is the value of nothing. A literal there, or the identifier of a node that nothing is said of, leaves no trace. */
static int emit_nodes(struct conversion *v, const mr_expanded_items *items, const mr_term *graph)
{
    for (mr_expanded *e = items->first; e; e = e->next) {
        if (e->kind != MR_EXPANDED_NODE)
            MR_TRY(leave_out(v, e->origin, "a value that belongs to nothing", MR_STR_EMPTY));
        else if (e->has_id && !says_something(e) && !any_says_something(&e->node.graph))
            MR_TRY(leave_out(v, e->origin, "an identifier that nothing is said of", e->node.id));
        MR_TRY(emit_inside(v, e, graph));
    }
    return MR_OK;
}

static int emit_node(struct conversion *v, mr_expanded *n, const mr_term *graph, const mr_term **ret_subject)
{
    const mr_term *subject = NULL; /* of an "@id" that means nothing */
    if (n->has_id && !n->node.id.ptr) {
        MR_TRY(leave_out(v, n->origin, "an identifier that is no IRI", n->node.id));
    } else if (n->has_id) {
        MR_TRY(resource(v, n->node.id, n->origin, &subject));
        if (!subject) MR_TRY(leave_out(v, n->origin, "an identifier that is no IRI", n->node.id));
    } else if (!(subject = mr_dataset_new_blank(v->ds))) {
        return no_memory(v, n->origin);
    }
    *ret_subject = subject;
    MR_TRY(emit_types(v, n, subject, graph));
    for (const mr_expanded_property *p = n->node.properties; p; p = p->next)
        MR_TRY(emit_property(v, p, subject, graph, false));
    for (const mr_expanded_property *p = n->node.reverse; p; p = p->next)
        MR_TRY(emit_property(v, p, subject, graph, true));
    if (n->has_graph && subject) MR_TRY(emit_nodes(v, &n->node.graph, subject));
    return emit_nodes(v, &n->node.included, graph);
}

int mr_jsonld_to_rdf(const mr_json *document, const mr_jsonld_options *options, mr_dataset *ret, struct mr_err *err)
{
    struct conversion v = {.ds = ret, .options = options, .root = document, .err = err};
    mr_expanded_items items;
    MR_TRY(mr_jsonld_expand(ret->arena, document, options, &items, err));
    return emit_nodes(&v, &items, NULL);
}
