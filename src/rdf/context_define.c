/* Term definitions (JSON-LD 1.1 API 4.2.2): each member of a local context becomes a definition, those it depends on first. */
#include "base/limits.h"
#include "rdf/context_inside.h"
#include "rdf/iri.h"

#include <stdlib.h>

enum state { NOT_YET, BEING_DEFINED, DEFINED };

/* The members of the local context, found by name; and how far each is. */
struct mr_defining {
    const mr_context_work *w;
    mr_context *c;
    bool protect; /* "@protected" of the whole */
    uint32_t mask, depth;
    struct member {
        const mr_json *name;
        uint8_t state;
    } * slots;
};

/* One definition that is being made. */
struct making {
    struct mr_defining *d;
    mr_str term;
    const mr_json *value; /* an object, or NULL */
    const mr_json *id;    /* what the term stands for, however it was written; NULL: not said */
    bool simple;
    mr_definition *made;
    mr_term *iri;
};

static uint32_t name_hash(mr_str name)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)(uintptr_t)&mr_rdf_type;
    for (size_t i = 0; i < name.len; i++) h = (h ^ (unsigned char)name.ptr[i]) * UINT64_C(0x100000001b3);
    return (uint32_t)(h ^ h >> 29);
}

static struct member *member_slot(const struct mr_defining *d, mr_str name)
{
    uint32_t i = name_hash(name) & d->mask;
    while (d->slots[i].name && !mr_str_eq(mr_json_text(d->slots[i].name), name)) i = (i + 1) & d->mask;
    return &d->slots[i];
}

static int fail(const struct making *m, const char *code)
{
    return MR_JSONLD_FAIL(m->d->w->err, code, m->term);
}

static const mr_json *entry(const struct making *m, mr_keyword k)
{
    return mr_json_find_member(m->value, mr_keyword_text(k));
}

static bool is_bool(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_TRUE) || mr_json_is(v, MR_JSON_FALSE);
}

static bool mode10(const struct making *m)
{
    return m->d->c->version == 10;
}

/* Tables write IRIs in full (tools/compile_contexts.c): what has a "://" there is neither a term nor a compact IRI. */
static bool is_full_iri(const struct making *m, mr_str value)
{
    return m->d->w->trusted && mr_str_find(value, MR_STR("://")) > 0;
}

static int expand(const struct making *m, mr_str value, mr_str *ret, mr_keyword *ret_keyword)
{
    if (is_full_iri(m, value)) {
        *ret = value, *ret_keyword = MR_KEYWORD_NONE;
        return MR_OK;
    }
    return mr_context_expand(m->d->w->a, m->d->c, m->d, value, true, false, ret, ret_keyword, m->d->w->err);
}

static bool is_blank(mr_str iri)
{
    return mr_str_has_prefix(iri, MR_STR("_:"));
}

static int set_iri(struct making *m, mr_str iri)
{
    m->iri = MR_NEW(m->d->w->a, mr_term);
    if (!m->iri) return MR_FAIL(m->d->w->err, MR_E_NOMEM, "a term definition", MR_NOWHERE);
    m->iri->kind = is_blank(iri) ? MR_TERM_BLANK : MR_TERM_IRI;
    m->iri->text = iri;
    m->iri->checked = mr_iri_is_well_formed(iri);
    m->made->iri = m->iri;
    return MR_OK;
}

/* Behind the first and before the last character, as the steps below ask. */
static bool has_inner_colon(mr_str term)
{
    return term.len > 2 && memchr(term.ptr + 1, ':', term.len - 2);
}
static bool has(mr_str term, char c)
{
    return mr_str_find_char(term, c) >= 0;
}

/* 12 */
static int set_type(struct making *m)
{
    const mr_json *type = entry(m, MR_KEYWORD_TYPE);
    mr_str iri;
    mr_keyword keyword;
    if (!type) return MR_OK;
    if (!mr_json_is(type, MR_JSON_STRING)) return fail(m, "invalid type mapping");
    MR_TRY(expand(m, mr_json_text(type), &iri, &keyword));
    switch (keyword) {
    case MR_KEYWORD_ID: m->made->coercion = MR_COERCE_ID; return MR_OK;
    case MR_KEYWORD_VOCAB: m->made->coercion = MR_COERCE_VOCAB; return MR_OK;
    case MR_KEYWORD_JSON:
        m->made->coercion = MR_COERCE_JSON;
        return mode10(m) ? fail(m, "invalid type mapping") : MR_OK;
    case MR_KEYWORD_NO_VALUE:
        m->made->coercion = MR_COERCE_NONE;
        return mode10(m) ? fail(m, "invalid type mapping") : MR_OK;
    case MR_KEYWORD_NONE: break;
    default: return fail(m, "invalid type mapping");
    }
    if (!iri.ptr || !mr_iri_is_well_formed(iri)) return fail(m, "invalid type mapping");
    mr_term *t = MR_NEW(m->d->w->a, mr_term);
    if (!t) return MR_FAIL(m->d->w->err, MR_E_NOMEM, "a term definition", MR_NOWHERE);
    *t = (mr_term){.kind = MR_TERM_IRI, .text = iri, .checked = true};
    m->made->coercion = MR_COERCE_DATATYPE;
    m->made->type = t;
    return MR_OK;
}

/* 13: "@reverse". *ret_ignore: it looks like a keyword, and nothing is defined. */
static int set_reverse(struct making *m, const mr_json *reverse, bool *ret_ignore)
{
    const mr_json *container = entry(m, MR_KEYWORD_CONTAINER);
    mr_str iri = mr_json_str(reverse);
    mr_keyword keyword;
    if (m->id || entry(m, MR_KEYWORD_NEST)) return fail(m, "invalid reverse property");
    if (!mr_json_is(reverse, MR_JSON_STRING)) return fail(m, "invalid IRI mapping");
    if (mr_keyword_find(iri) == MR_KEYWORD_NONE && mr_keyword_has_form(iri)) {
        *ret_ignore = true;
        return MR_OK;
    }
    MR_TRY(expand(m, iri, &iri, &keyword));
    if (keyword != MR_KEYWORD_NONE || !iri.ptr || !mr_iri_is_absolute(iri)) {
        if (!iri.ptr || !is_blank(iri)) return fail(m, "invalid IRI mapping");
    }
    if (container && !mr_json_is(container, MR_JSON_NULL)) {
        if (!mr_str_is(mr_json_str(container), "@set") && !mr_str_is(mr_json_str(container), "@index"))
            return fail(m, "invalid reverse property");
    }
    m->made->reverse = true;
    return set_iri(m, iri);
}

static bool ends_with_delimiter(mr_str iri)
{
    return iri.len && strchr(":/?#[]@", iri.ptr[iri.len - 1]) != NULL;
}

/* 14: "@id" that says something else than the term. */
static int set_id(struct making *m, bool *ret_ignore)
{
    mr_str iri = mr_json_str(m->id), again;
    mr_keyword keyword, again_keyword;
    if (mr_json_is(m->id, MR_JSON_NULL)) return MR_OK;
    if (!mr_json_is(m->id, MR_JSON_STRING)) return fail(m, "invalid IRI mapping");
    if (mr_keyword_find(iri) == MR_KEYWORD_NONE && mr_keyword_has_form(iri)) {
        *ret_ignore = true;
        return MR_OK;
    }
    MR_TRY(expand(m, iri, &iri, &keyword));
    if (keyword == MR_KEYWORD_CONTEXT) return fail(m, "invalid keyword alias");
    if (keyword == MR_KEYWORD_NONE && (!iri.ptr || (!is_blank(iri) && !mr_iri_is_absolute(iri))))
        return fail(m, "invalid IRI mapping");
    m->made->keyword = (uint8_t)keyword;
    if (has_inner_colon(m->term) || has(m->term, '/')) { /* 14.2.4: such a term must mean what it says */
        member_slot(m->d, m->term)->state = DEFINED;
        MR_TRY(expand(m, m->term, &again, &again_keyword));
        if (again_keyword != keyword || !mr_str_eq(again, iri)) return fail(m, "invalid IRI mapping");
    }
    if (keyword != MR_KEYWORD_NONE) return MR_OK;
    m->made->prefix =
        m->simple && !has(m->term, ':') && !has(m->term, '/') && (ends_with_delimiter(iri) || is_blank(iri));
    return set_iri(m, iri);
}

/* 15: a term that is a compact or an absolute IRI. */
static int set_from_colon(struct making *m, size_t colon)
{
    mr_str prefix = mr_str_make(m->term.ptr, colon), suffix = mr_str_from(m->term, colon + 1), iri = m->term;
    MR_TRY(mr_context_define_term(m->d, prefix));
    const mr_definition *d = mr_context_find(m->d->c, prefix);
    if (d && d->iri && !mr_str_has_prefix(suffix, MR_STR("//"))) {
        iri = mr_arena_concat(m->d->w->a, (const mr_str[]){d->iri->text, suffix}, 2);
        if (!iri.ptr) return MR_FAIL(m->d->w->err, MR_E_NOMEM, "a term definition", MR_NOWHERE);
    }
    return set_iri(m, iri);
}

/* 14 to 18: what the term stands for. */
static int set_mapping(struct making *m, bool *ret_ignore)
{
    mr_str iri;
    const char *colon = m->term.len > 1 ? memchr(m->term.ptr + 1, ':', m->term.len - 1) : NULL;
    if (m->id && !mr_str_eq(mr_json_str(m->id), m->term)) return set_id(m, ret_ignore);
    if (colon) return set_from_colon(m, (size_t)(colon - m->term.ptr));
    if (mr_str_is(m->term, "@type")) { /* 17 */
        m->made->keyword = MR_KEYWORD_TYPE;
        return MR_OK;
    }
    if (!m->d->c->vocab.ptr)
        return fail(m, "invalid IRI mapping"); /* 18; also 16, which expands the term, and not by its own definition */
    iri = mr_arena_concat(m->d->w->a, (const mr_str[]){m->d->c->vocab, m->term}, 2);
    if (!iri.ptr) return MR_FAIL(m->d->w->err, MR_E_NOMEM, "a term definition", MR_NOWHERE);
    if (has(m->term, '/') && !mr_iri_is_absolute(iri)) return fail(m, "invalid IRI mapping");
    return set_iri(m, iri);
}

static int container_bit(mr_str text)
{
    static const struct {
        mr_keyword keyword;
        int bit;
    } bits[] = {{MR_KEYWORD_GRAPH, MR_CONTAINER_GRAPH}, {MR_KEYWORD_ID, MR_CONTAINER_ID},
                {MR_KEYWORD_INDEX, MR_CONTAINER_INDEX}, {MR_KEYWORD_LANGUAGE, MR_CONTAINER_LANGUAGE},
                {MR_KEYWORD_LIST, MR_CONTAINER_LIST},   {MR_KEYWORD_SET, MR_CONTAINER_SET},
                {MR_KEYWORD_TYPE, MR_CONTAINER_TYPE}};
    mr_keyword k = mr_keyword_find(text);
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (bits[i].keyword == k) return bits[i].bit;
    return 0;
}

/* Which of them may stand together. */
static bool is_container(int set)
{
    int rest = set & ~MR_CONTAINER_SET;
    if (rest == MR_CONTAINER_LIST) return set == rest;
    if (rest & MR_CONTAINER_GRAPH)
        rest &= ~MR_CONTAINER_GRAPH;
    else if (rest == MR_CONTAINER_LANGUAGE || rest == MR_CONTAINER_TYPE)
        return true;
    return rest == 0 || rest == MR_CONTAINER_ID || rest == MR_CONTAINER_INDEX;
}

/* 19 */
static int set_container(struct making *m)
{
    const mr_json *container = entry(m, MR_KEYWORD_CONTAINER);
    int set = 0, bit;
    if (!container) return MR_OK;
    if (mr_json_is(container, MR_JSON_STRING)) {
        if (!(set = container_bit(mr_json_text(container)))) return fail(m, "invalid container mapping");
        if (mode10(m) && (set & (MR_CONTAINER_GRAPH | MR_CONTAINER_ID | MR_CONTAINER_TYPE)))
            return fail(m, "invalid container mapping");
    } else if (mr_json_is(container, MR_JSON_ARRAY) && !mode10(m) && mr_json_count(container)) {
        MR_JSON_EACH (one, container) {
            if (!(bit = container_bit(mr_json_str(one)))) return fail(m, "invalid container mapping");
            set |= bit;
        }
    } else if (!(mr_json_is(container, MR_JSON_NULL) && m->made->reverse)) {
        return fail(m, "invalid container mapping");
    }
    if (!is_container(set)) return fail(m, "invalid container mapping");
    m->made->container = (uint8_t)set;
    if (!(set & MR_CONTAINER_TYPE)) return MR_OK;
    if (m->made->coercion == MR_COERCE_NOTHING) m->made->coercion = MR_COERCE_ID;
    return m->made->coercion == MR_COERCE_ID || m->made->coercion == MR_COERCE_VOCAB ? MR_OK
                                                                                     : fail(m, "invalid type mapping");
}

/* 20 */
static int set_index(struct making *m)
{
    const mr_json *index = entry(m, MR_KEYWORD_INDEX);
    mr_str iri;
    mr_keyword keyword;
    if (!index) return MR_OK;
    if (mode10(m) || !(m->made->container & MR_CONTAINER_INDEX) || !mr_json_is(index, MR_JSON_STRING))
        return fail(m, "invalid term definition");
    MR_TRY(expand(m, mr_json_text(index), &iri, &keyword));
    if (keyword != MR_KEYWORD_NONE || !iri.ptr || !mr_iri_is_absolute(iri)) return fail(m, "invalid term definition");
    m->made->index = mr_json_text(index);
    return MR_OK;
}

/* 21.3: it must be possible to apply the scoped context; what comes of it is forgotten. */
static int validate_scoped(struct making *m, const mr_json *context)
{
    const mr_context_work *w = m->d->w;
    mr_context_work trial = *w;
    const mr_context *unused;
    if (w->trusted) return MR_OK;
    if (w->depth >= MR_LIMIT_CONTEXT_NESTING) return fail(m, "context overflow");
    trial.a = mr_contexts_scratch(w->cs);
    trial.validating = true, trial.borrowed = false, trial.override = true, trial.propagate = true, trial.depth++;
    int code = mr_context_process(&trial, m->d->c, context, &unused);
    if (!w->validating) mr_arena_reset(trial.a);
    return code == MR_E_JSONLD ? fail(m, "invalid scoped context") : code;
}

/* 21 */
static int set_context(struct making *m)
{
    const mr_json *context = entry(m, MR_KEYWORD_CONTEXT);
    if (!context) return MR_OK;
    if (mode10(m)) return fail(m, "invalid term definition");
    MR_TRY(validate_scoped(m, context));
    m->made->context = context;
    m->made->context_base = m->d->w->base;
    return MR_OK;
}

/* 22, 23 */
static int set_language(struct making *m)
{
    const mr_json *language = entry(m, MR_KEYWORD_LANGUAGE), *direction = entry(m, MR_KEYWORD_DIRECTION);
    if (entry(m, MR_KEYWORD_TYPE)) return MR_OK;
    if (language) {
        if (!mr_json_is(language, MR_JSON_STRING) && !mr_json_is(language, MR_JSON_NULL))
            return fail(m, "invalid language mapping");
        m->made->has_language = true;
        m->made->language = mr_json_str(language);
    }
    if (direction) {
        mr_str d = mr_json_str(direction);
        if (!mr_json_is(direction, MR_JSON_NULL) && !mr_str_is(d, "ltr") && !mr_str_is(d, "rtl"))
            return fail(m, "invalid base direction");
        m->made->has_direction = true;
        m->made->direction = !d.len ? MR_DIRECTION_NULL : d.ptr[0] == 'l' ? MR_DIRECTION_LTR : MR_DIRECTION_RTL;
    }
    return MR_OK;
}

/* 24, 25 */
static int set_nest_and_prefix(struct making *m)
{
    const mr_json *nest = entry(m, MR_KEYWORD_NEST), *prefix = entry(m, MR_KEYWORD_PREFIX);
    if (nest) {
        mr_keyword k = mr_keyword_find(mr_json_str(nest));
        if (mode10(m)) return fail(m, "invalid term definition");
        if (!mr_json_is(nest, MR_JSON_STRING) || (k != MR_KEYWORD_NONE && k != MR_KEYWORD_NEST))
            return fail(m, "invalid @nest value");
        m->made->nest = mr_json_text(nest);
    }
    if (prefix) {
        if (mode10(m) || has(m->term, ':') || has(m->term, '/')) return fail(m, "invalid term definition");
        if (!is_bool(prefix)) return fail(m, "invalid @prefix value");
        m->made->prefix = mr_json_is(prefix, MR_JSON_TRUE);
        if (m->made->prefix && m->made->keyword != MR_KEYWORD_NONE) return fail(m, "invalid term definition");
    }
    return MR_OK;
}

/* 26 */
static int check_entries(struct making *m)
{
    MR_JSON_EACH_MEMBER (name, m->value) {
        switch (mr_keyword_find(mr_json_text(name))) {
        case MR_KEYWORD_ID:
        case MR_KEYWORD_REVERSE:
        case MR_KEYWORD_CONTAINER:
        case MR_KEYWORD_CONTEXT:
        case MR_KEYWORD_DIRECTION:
        case MR_KEYWORD_INDEX:
        case MR_KEYWORD_LANGUAGE:
        case MR_KEYWORD_NEST:
        case MR_KEYWORD_PREFIX:
        case MR_KEYWORD_PROTECTED:
        case MR_KEYWORD_TYPE: break;
        default: return fail(m, "invalid term definition");
        }
    }
    return MR_OK;
}

static bool same_iri(const mr_term *a, const mr_term *b)
{
    return a == b || (a && b && mr_str_eq(a->text, b->text));
}

static int compare_names(const void *a, const void *b)
{
    return mr_str_compare(mr_json_text(*(const mr_json *const *)a), mr_json_text(*(const mr_json *const *)b));
}

/* The members of an object by name; NULL: no memory. */
static const mr_json **sort_members(const mr_context_work *w, const mr_json *object)
{
    const mr_json **members = MR_NEW_ARRAY(w->a, const mr_json *, (size_t)object->len + 1);
    uint32_t count = 0;
    if (!members) return NULL;
    MR_JSON_EACH_MEMBER (name, object) members[count++] = name;
    qsort(members, count, sizeof *members, compare_names);
    return members;
}

static int same_json(const mr_context_work *w, const mr_json *a, const mr_json *b, bool *ret) MR_MUST_CHECK;

static int same_members(const mr_context_work *w, const mr_json *a, const mr_json *b, bool *ret)
{
    const mr_json **x = sort_members(w, a), **y = sort_members(w, b);
    if (!x || !y) return MR_FAIL(w->err, MR_E_NOMEM, "a term definition", MR_NOWHERE);
    for (uint32_t i = 0; *ret && i < a->len; i++) {
        *ret = mr_str_eq(mr_json_text(x[i]), mr_json_text(y[i]));
        if (*ret) MR_TRY(same_json(w, x[i] + 1, y[i] + 1, ret));
    }
    return MR_OK;
}

/* Members of objects have no order: published contexts repeat each other's definitions in orders of their own. */
static int same_json(const mr_context_work *w, const mr_json *a, const mr_json *b, bool *ret)
{
    *ret = a == b;
    if (a == b || !a || !b) return MR_OK;
    if (a->type != b->type || a->skip != b->skip) return MR_OK;
    *ret = true;
    if (a->type == MR_JSON_OBJECT) return a->len == b->len ? same_members(w, a, b, ret) : (*ret = false, MR_OK);
    if (a->type == MR_JSON_STRING || a->type == MR_JSON_NUMBER) *ret = mr_str_eq(mr_json_text(a), mr_json_text(b));
    const mr_json *other = b + 1;
    MR_JSON_EACH (one, a) {
        *ret = *ret && other < b + b->skip;
        if (!*ret) return MR_OK;
        MR_TRY(same_json(w, one, other, ret));
        other += other->skip;
    }
    return MR_OK;
}

/* Does a context name others relative to where it stands? */
static bool is_relative(const mr_json *context)
{
    if (mr_json_is(context, MR_JSON_STRING)) return !mr_iri_is_absolute(mr_json_text(context));
    MR_JSON_EACH (one, context)
        if (is_relative(one)) return true;
    MR_JSON_EACH_MEMBER (name, context) {
        bool import = mr_str_is(mr_json_text(name), "@import");
        const mr_json *inner = import ? name + 1 : mr_json_get(name + 1, "@context");
        if (is_relative(inner)) return true;
    }
    return false;
}

/* The scoped contexts; where they stand counts only when they depend on it. */
static int same_context(const mr_context_work *w, const mr_definition *a, const mr_definition *b, bool *ret)
{
    MR_TRY(same_json(w, a->context, b->context, ret));
    *ret = *ret && (mr_str_eq(a->context_base, b->context_base) || !is_relative(a->context));
    return MR_OK;
}

/* All but the protection and the scoped context. */
static bool same_definition(const mr_definition *a, const mr_definition *b)
{
    return a->keyword == b->keyword && a->coercion == b->coercion && a->container == b->container &&
           a->reverse == b->reverse && a->prefix == b->prefix && a->has_language == b->has_language &&
           a->has_direction == b->has_direction && a->direction == b->direction && same_iri(a->iri, b->iri) &&
           same_iri(a->type, b->type) && (a->language.ptr == NULL) == (b->language.ptr == NULL) &&
           mr_str_eq(a->language, b->language) && mr_str_eq(a->index, b->index) && mr_str_eq(a->nest, b->nest);
}

/* 27, 28: a protected definition stays, and may only be said again. */
static int put(struct making *m)
{
    const mr_context_work *w = m->d->w;
    const mr_definition *previous = mr_context_find(m->d->c, m->term);
    bool same = false;
    if (!previous || !previous->is_protected || w->override) return mr_context_put(w, m->d->c, m->made);
    if (same_definition(previous, m->made)) MR_TRY(same_context(w, previous, m->made, &same));
    return same ? MR_OK : fail(m, "protected term redefinition");
}

/* 4, 5: terms that are keywords. *ret_ignore: looks like one, and nothing is defined. */
static int check_term(const struct making *m, const mr_json *value, bool *ret_ignore)
{
    mr_keyword k = mr_keyword_find(m->term);
    if (!m->term.len) return fail(m, "invalid term definition");
    if (k == MR_KEYWORD_TYPE) {
        if (mode10(m) || !mr_json_is(value, MR_JSON_OBJECT) || !mr_json_count(value))
            return fail(m, "keyword redefinition");
        MR_JSON_EACH_MEMBER (name, value) {
            mr_keyword e = mr_keyword_find(mr_json_text(name));
            if (e == MR_KEYWORD_CONTAINER ? !mr_str_is(mr_json_str(name + 1), "@set") : e != MR_KEYWORD_PROTECTED)
                return fail(m, "keyword redefinition");
        }
        return MR_OK;
    }
    if (k != MR_KEYWORD_NONE) return fail(m, "keyword redefinition");
    *ret_ignore = mr_keyword_has_form(m->term);
    return MR_OK;
}

/* 7, 8, 9: the three ways to write a definition. */
static int take_value(struct making *m, const mr_json *value)
{
    m->simple = mr_json_is(value, MR_JSON_STRING);
    if (mr_json_is(value, MR_JSON_NULL) || m->simple) {
        m->id = value;
    } else if (mr_json_is(value, MR_JSON_OBJECT)) {
        m->value = value;
        m->id = entry(m, MR_KEYWORD_ID);
    } else {
        return fail(m, "invalid term definition");
    }
    return MR_OK;
}

/* 11 */
static int set_protected(struct making *m)
{
    const mr_json *protect = entry(m, MR_KEYWORD_PROTECTED);
    m->made->is_protected = m->d->protect;
    if (!protect) return MR_OK;
    if (mode10(m)) return fail(m, "invalid term definition");
    if (!is_bool(protect)) return fail(m, "invalid @protected value");
    m->made->is_protected = mr_json_is(protect, MR_JSON_TRUE);
    return MR_OK;
}

static int make(struct making *m, const mr_json *value)
{
    bool ignore = false;
    MR_TRY(check_term(m, value, &ignore));
    if (ignore) return MR_OK;
    MR_TRY(take_value(m, value));
    MR_TRY(set_protected(m));
    MR_TRY(set_type(m));
    const mr_json *reverse = entry(m, MR_KEYWORD_REVERSE);
    MR_TRY(reverse ? set_reverse(m, reverse, &ignore) : set_mapping(m, &ignore));
    if (ignore) return MR_OK;
    MR_TRY(set_container(m));
    MR_TRY(set_index(m));
    MR_TRY(set_context(m));
    MR_TRY(set_language(m));
    MR_TRY(set_nest_and_prefix(m));
    MR_TRY(check_entries(m));
    return put(m);
}

/* 1, 2, 6: one member; a term that needs itself is refused. */
static int define_member(struct mr_defining *d, struct member *member)
{
    const mr_context_work *w = d->w;
    struct making m = {.d = d, .term = mr_json_text(member->name)};
    if (member->state == DEFINED) return MR_OK;
    if (member->state == BEING_DEFINED) return fail(&m, "cyclic IRI mapping");
    if (d->depth >= MR_LIMIT_CONTEXT_NESTING) return fail(&m, "context overflow");
    member->state = BEING_DEFINED;
    m.made = MR_NEW(w->a, mr_definition);
    if (!m.made) return MR_FAIL(w->err, MR_E_NOMEM, "a term definition", MR_NOWHERE);
    m.made->term = m.term;
    m.made->trusted = w->trusted;
    const mr_definition *previous = mr_context_find(d->c, m.term);
    if (previous && (!previous->is_protected || w->override)) mr_context_remove(d->c, m.term);
    d->depth++;
    MR_TRY(make(&m, member->name + 1));
    d->depth--;
    member->state = DEFINED;
    return MR_OK;
}

int mr_context_define_term(struct mr_defining *d, mr_str term)
{
    struct member *member = member_slot(d, term);
    return member->name ? define_member(d, member) : MR_OK;
}

/* Not terms (4.1.2 step 5.13). */
static bool is_setting(mr_str name)
{
    switch (mr_keyword_find(name)) {
    case MR_KEYWORD_BASE:
    case MR_KEYWORD_DIRECTION:
    case MR_KEYWORD_IMPORT:
    case MR_KEYWORD_LANGUAGE:
    case MR_KEYWORD_PROPAGATE:
    case MR_KEYWORD_PROTECTED:
    case MR_KEYWORD_VERSION:
    case MR_KEYWORD_VOCAB: return true;
    default: return false;
    }
}

int mr_context_define(const mr_context_work *w, mr_context *c, const mr_json *local)
{
    struct mr_defining d = {.w = w, .c = c, .mask = 15};
    d.protect = mr_json_is(mr_json_find_member(local, mr_keyword_text(MR_KEYWORD_PROTECTED)), MR_JSON_TRUE);
    while (d.mask < mr_json_count(local) * 2) d.mask = d.mask * 2 + 1;
    d.slots = MR_NEW_ARRAY(w->a, struct member, (size_t)d.mask + 1);
    if (!d.slots) return MR_FAIL(w->err, MR_E_NOMEM, "a local context", MR_NOWHERE);
    MR_JSON_EACH_MEMBER (name, local) {
        if (!is_setting(mr_json_text(name))) member_slot(&d, mr_json_text(name))->name = name;
    }
    MR_JSON_EACH_MEMBER (name, local) {
        if (!is_setting(mr_json_text(name))) MR_TRY(define_member(&d, member_slot(&d, mr_json_text(name))));
    }
    return MR_OK;
}
