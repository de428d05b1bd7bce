/* IRI compaction (JSON-LD 1.1 API 6.2), and the selection of a term by what it says about a value (4.4). */
#include "rdf/compact_inside.h"
#include "rdf/iri.h"

bool mr_expanded_is_graph(const mr_expanded *v)
{
    return v->kind == MR_EXPANDED_NODE && v->has_graph && !v->has_included && !v->node.type_count && !v->in_array &&
           !v->node.properties && !v->node.reverse;
}

/* ---- what a term for a value should be like ---- */

enum { MOST_CONTAINERS = 24, MOST_PREFERRED = 10 };

/* Containers and values in the order of preference (the variables of 6.2.2 step 4). */
struct wish {
    uint8_t containers[MOST_CONTAINERS];
    uint8_t container_count;
    mr_inverse_map map; /* type/language */
    mr_str value;       /* type/language value */
    mr_str preferred[MOST_PREFERRED];
    uint8_t preferred_count;
};

enum {
    SET = MR_CONTAINER_SET,
    INDEX = MR_CONTAINER_INDEX,
    GRAPH = MR_CONTAINER_GRAPH,
    ID = MR_CONTAINER_ID,
    TYPE = MR_CONTAINER_TYPE,
    LANGUAGE = MR_CONTAINER_LANGUAGE,
    LIST = MR_CONTAINER_LIST
};

static void want(struct wish *w, int container)
{
    w->containers[w->container_count++] = (uint8_t)container;
}

/* The container, then the same with @set. */
static void want_with_set(struct wish *w, int container)
{
    want(w, container);
    want(w, container | SET);
}

static void prefer(struct wish *w, mr_str value)
{
    w->preferred[w->preferred_count++] = value;
}

/* "language_direction" in lower case. */
static int language_key(mr_compaction *s, mr_str language, mr_direction direction, mr_str *ret)
{
    mr_str key = direction ? mr_arena_concat(s->a, (mr_str[]){language, MR_STR("_"), mr_direction_text(direction)}, 3)
                           : mr_arena_dup(s->a, language);
    if (!key.ptr) return MR_FAIL(s->err, MR_E_NOMEM, "no memory for a language", MR_NOWHERE);
    char *lower = (char *)(uintptr_t)key.ptr; /* ours: just made */
    for (size_t i = 0; i < key.len; i++)
        if (lower[i] >= 'A' && lower[i] <= 'Z') lower[i] = (char)(lower[i] + ('a' - 'A'));
    *ret = key;
    return MR_OK;
}

static mr_str datatype_of(const mr_expanded *v)
{
    return v->is_json ? MR_STR("@json") : v->value.type;
}

/* Step 4.7.4: language and type of one item of a list. */
static int item_of_list(mr_compaction *s, const mr_expanded *item, mr_str *ret_language, mr_str *ret_type)
{
    *ret_language = *ret_type = MR_STR("@none");
    if (item->kind != MR_EXPANDED_VALUE)
        *ret_type = MR_STR("@id");
    else if (item->direction || item->value.language.ptr)
        return language_key(s, item->value.language, (mr_direction)item->direction, ret_language);
    else if (datatype_of(item).ptr)
        *ret_type = datatype_of(item);
    else
        *ret_language = MR_STR("@null");
    return MR_OK;
}

/* Step 4.7: what holds for all items. */
static int wish_for_list(mr_compaction *s, const mr_expanded *list, struct wish *w)
{
    mr_str language = MR_STR_EMPTY, type = MR_STR_EMPTY, item_language, item_type;
    const mr_str none = MR_STR("@none");
    if (!list->has_index) want(w, LIST);
    for (const mr_expanded *item = list->list.first; item; item = item->next) {
        MR_TRY(item_of_list(s, item, &item_language, &item_type));
        if (!language.ptr)
            language = item_language;
        else if (!mr_str_eq(language, item_language) && item->kind == MR_EXPANDED_VALUE)
            language = none;
        if (!type.ptr)
            type = item_type;
        else if (!mr_str_eq(type, item_type))
            type = none;
        if (mr_str_eq(language, none) && mr_str_eq(type, none)) break;
    }
    bool typed = type.ptr && !mr_str_eq(type, none);
    w->map = typed ? MR_INVERSE_TYPE : MR_INVERSE_LANGUAGE;
    w->value = typed ? type : language.ptr ? language : none;
    return MR_OK;
}

/* Step 4.8. */
static void wish_for_graph(const mr_expanded *graph, struct wish *w)
{
    if (graph->has_index) want_with_set(w, GRAPH | INDEX);
    if (graph->has_id) want_with_set(w, GRAPH | ID);
    want_with_set(w, GRAPH);
    want(w, SET);
    if (!graph->has_index) want_with_set(w, GRAPH | INDEX);
    if (!graph->has_id) want_with_set(w, GRAPH | ID);
    want_with_set(w, INDEX);
    w->map = MR_INVERSE_TYPE;
    w->value = MR_STR("@id");
}

/* Step 4.9.1. */
static int wish_for_value(mr_compaction *s, const mr_expanded *v, struct wish *w)
{
    if ((v->direction || v->value.language.ptr) && !v->has_index) {
        MR_TRY(language_key(s, v->value.language, (mr_direction)v->direction, &w->value));
        want_with_set(w, LANGUAGE);
    } else if (datatype_of(v).ptr) {
        w->map = MR_INVERSE_TYPE;
        w->value = datatype_of(v);
    }
    want(w, SET);
    return MR_OK;
}

/* Step 4.9.2; also of no value at all. */
static void wish_for_node(struct wish *w)
{
    w->map = MR_INVERSE_TYPE;
    w->value = MR_STR("@id");
    want_with_set(w, ID);
    want_with_set(w, TYPE);
    want(w, SET);
}

static bool is_bare_value(const mr_expanded *v)
{
    return v && v->kind == MR_EXPANDED_VALUE && !v->has_index && !v->direction && !v->is_json && !v->value.type.ptr &&
           !v->value.language.ptr;
}

/* Steps 4.3 to 4.13. */
static int wish_for(mr_compaction *s, const mr_context *c, const mr_expanded *v, bool reverse, struct wish *w)
{
    bool graph = v && mr_expanded_is_graph(v);
    *w = (struct wish){.map = MR_INVERSE_LANGUAGE, .value = MR_STR("@null")};
    if (v && v->has_index && !graph) want_with_set(w, INDEX); /* step 4.5 */
    if (reverse) {                                            /* step 4.6 */
        w->map = MR_INVERSE_TYPE;
        w->value = MR_STR("@reverse");
        want(w, SET);
    } else if (v && v->kind == MR_EXPANDED_LIST) {
        MR_TRY(wish_for_list(s, v, w));
    } else if (graph) {
        wish_for_graph(v, w);
    } else if (v && v->kind == MR_EXPANDED_VALUE) {
        MR_TRY(wish_for_value(s, v, w));
    } else {
        wish_for_node(w);
    }
    want(w, 0);                                                           /* step 4.10 */
    if (c->version > 10 && !(v && v->has_index)) want_with_set(w, INDEX); /* step 4.11 */
    if (c->version > 10 && is_bare_value(v)) want_with_set(w, LANGUAGE);  /* step 4.12 */
    return MR_OK;
}

/* Step 4.16: is the @id of the value itself compacted to a term? */
static int names_a_term(mr_compaction *s, const mr_context *c, mr_str id, bool *ret)
{
    mr_str compact;
    MR_TRY(mr_compact_vocab(s, c, id, &compact));
    const mr_definition *d = mr_context_find(c, compact);
    *ret = d && d->iri && mr_str_eq(d->iri->text, id);
    return MR_OK;
}

/* Step 4.19: a direction alone is better than nothing. */
static void prefer_directions(struct wish *w)
{
    for (uint8_t i = 0, count = w->preferred_count; i < count; i++) {
        ptrdiff_t at = mr_str_find_char(w->preferred[i], '_');
        if (at >= 0) prefer(w, mr_str_from(w->preferred[i], (size_t)at));
    }
}

/* Steps 4.14 to 4.19. */
static int set_preferred(mr_compaction *s, const mr_context *c, const mr_expanded *v, struct wish *w)
{
    bool reverse = mr_str_is(w->value, "@reverse"), has_id = v && v->kind == MR_EXPANDED_NODE && v->node.id.ptr;
    if (reverse) prefer(w, w->value);
    if ((reverse || mr_str_is(w->value, "@id")) && w->map == MR_INVERSE_TYPE && has_id) {
        bool term;
        MR_TRY(names_a_term(s, c, v->node.id, &term));
        prefer(w, term ? MR_STR("@vocab") : MR_STR("@id"));
        prefer(w, term ? MR_STR("@id") : MR_STR("@vocab"));
        prefer(w, MR_STR("@none"));
    } else {
        prefer(w, w->value);
        prefer(w, MR_STR("@none"));
        if (v && v->kind == MR_EXPANDED_LIST && !v->list.count && !reverse) w->map = MR_INVERSE_ANY;
    }
    prefer(w, MR_STR("@any"));
    prefer_directions(w);
    return MR_OK;
}

/* 4.4.2. */
static const mr_definition *select_term(const mr_inverse *inverse, const mr_inverse_key *var, const struct wish *w)
{
    mr_inverse_key values[MOST_PREFERRED];
    for (uint8_t i = 0; i < w->preferred_count; i++) values[i] = mr_inverse_key_of(inverse, w->preferred[i]);
    for (uint8_t i = 0; i < w->container_count; i++)
        for (uint8_t j = 0; j < w->preferred_count; j++) {
            const mr_definition *d = mr_inverse_find(inverse, var, w->containers[i], w->map, &values[j]);
            if (d) return d;
        }
    return NULL;
}

/* ---- without a term ---- */

/* What is compacted, and what counts. */
struct subject {
    const mr_context *context;
    const mr_inverse *inverse;
    mr_str iri;
    bool vocab, has_value;
};

/* Shorter, or the same length and less in code point order. */
static bool is_better(mr_str candidate, mr_str than)
{
    if (!than.ptr) return true;
    return candidate.len < than.len || (candidate.len == than.len && mr_str_compare(candidate, than) < 0);
}

/* Step 7.3: a term of the same name must not say something else, nor anything about values. */
static bool is_usable(const struct subject *x, mr_str candidate)
{
    const mr_definition *d = mr_context_find(x->context, candidate);
    return !d || (d->iri && mr_str_eq(d->iri->text, x->iri) && !x->has_value);
}

/* Steps 6 to 8; ret->ptr NULL when there is none. */
static int compact_with_prefix(mr_compaction *s, const struct subject *x, mr_str *ret)
{
    *ret = MR_STR_EMPTY;
    const mr_inverse_prefix *next;
    for (const mr_inverse_prefix *p = mr_inverse_prefixes(x->inverse, x->iri); p; p = next) {
        next = p->next;
        if (p->iri.len == x->iri.len) continue;
        size_t length = p->term->term.len + 1 + x->iri.len - p->iri.len;
        if (ret->ptr && length > ret->len) continue;
        mr_str candidate =
            mr_arena_concat(s->a, (mr_str[]){p->term->term, MR_STR(":"), mr_str_from(x->iri, p->iri.len)}, 3);
        if (!candidate.ptr) return MR_FAIL(s->err, MR_E_NOMEM, "no memory for a compact IRI", MR_NOWHERE);
        if (!is_better(candidate, *ret) || !is_usable(x, candidate)) continue;
        *ret = candidate;
        next = p->shorter; /* other terms of the same IRI are worse */
    }
    return MR_OK;
}

/* Step 9. */
static int check_confusion(mr_compaction *s, const struct subject *x)
{
    ptrdiff_t colon = mr_str_find_char(x->iri, ':');
    if (colon < 0 || mr_str_has_prefix(mr_str_from(x->iri, (size_t)colon + 1), MR_STR("//"))) return MR_OK;
    const mr_definition *d = mr_context_find(x->context, mr_str_make(x->iri.ptr, (size_t)colon));
    if (!d || !d->prefix) return MR_OK;
    return MR_FAIL_DETAIL(s->err, MR_E_JSONLD, "IRI confused with prefix", "%.*s",
                          (int)(x->iri.len < 150 ? x->iri.len : 150), x->iri.ptr);
}

/* Step 10: the shortest reference that leads back to the IRI. Without one the IRI itself, as where dots in it would be lost, or where the reference
 * would be read as a compact IRI. */
static int relativise(mr_compaction *s, const struct subject *x, mr_str *ret)
{
    mr_str reference, again;
    mr_keyword keyword;
    *ret = x->iri;
    if (!x->context->base.len || mr_str_has_prefix(x->iri, MR_STR("_:"))) return MR_OK;
    MR_TRY(mr_iri_relativise(s->a, x->context->base, x->iri, &reference, s->err));
    if (mr_keyword_has_form(reference)) reference = mr_arena_concat(s->a, (mr_str[]){MR_STR("./"), reference}, 2);
    if (!reference.ptr) return MR_FAIL(s->err, MR_E_NOMEM, "no memory for an IRI", MR_NOWHERE);
    MR_TRY(mr_context_expand_iri(s->a, x->context, reference, false, true, &again, &keyword, s->err));
    if (mr_str_eq(again, x->iri)) *ret = reference;
    return MR_OK;
}

/* Steps 5 to 11. */
static int compact_without_term(mr_compaction *s, const struct subject *x, mr_str *ret)
{
    mr_str vocab = x->context->vocab;
    if (x->vocab && vocab.ptr && x->iri.len > vocab.len && mr_str_has_prefix(x->iri, vocab)) {
        *ret = mr_str_from(x->iri, vocab.len);
        if (!mr_context_find(x->context, *ret)) return MR_OK;
    }
    MR_TRY(compact_with_prefix(s, x, ret));
    if (ret->ptr) return MR_OK;
    MR_TRY(check_confusion(s, x));
    *ret = x->iri;
    return x->vocab ? MR_OK : relativise(s, x, ret);
}

/* ---- */

int mr_compact_property(mr_compaction *s, const mr_context *c, mr_str iri, const mr_expanded *value, bool reverse,
                        mr_str *ret)
{
    struct subject x = {.context = c, .iri = iri, .vocab = true, .has_value = value != NULL};
    MR_TRY(mr_inverse_get(s->cs, c, &x.inverse, s->err));
    mr_inverse_key var = mr_inverse_key_of(x.inverse, iri);
    if (mr_inverse_has(x.inverse, &var)) {
        struct wish w;
        MR_TRY(wish_for(s, c, value, reverse, &w));
        MR_TRY(set_preferred(s, c, value, &w));
        const mr_definition *d = select_term(x.inverse, &var, &w);
        if (d) {
            *ret = d->term;
            return MR_OK;
        }
    }
    return compact_without_term(s, &x, ret);
}

int mr_compact_vocab(mr_compaction *s, const mr_context *c, mr_str iri, mr_str *ret)
{
    return mr_compact_property(s, c, iri, NULL, false, ret);
}

int mr_compact_id(mr_compaction *s, const mr_context *c, mr_str iri, mr_str *ret)
{
    struct subject x = {.context = c, .iri = iri};
    MR_TRY(mr_inverse_get(s->cs, c, &x.inverse, s->err));
    return compact_without_term(s, &x, ret);
}

int mr_compact_keyword(mr_compaction *s, const mr_context *c, mr_keyword k, mr_str *ret)
{
    *ret = mr_keyword_text(k);
    if (!(c->aliases >> k & 1)) return MR_OK;
    return mr_compact_vocab(s, c, *ret, ret);
}
