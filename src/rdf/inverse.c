/* The nested maps of the standard (IRI, container, kind of map, value: term) are one hash table here, keyed by all four. An entry that is there
 * is never replaced, and terms come shortest first, so that the best one wins.
 *
 * Prefixes stand in a sorted array. Those that an IRI begins with all sort at or before it, and each is a beginning of the ones behind it up to there:
 * a chain from the last one that is not greater, laid once with a stack. */
#include "rdf/inverse.h"

#include "base/set.h"

#include <stdlib.h>

struct entry {
    mr_str var, value;
    const mr_definition *term;
    uint8_t container, map;
};

struct mr_inverse {
    struct entry *entries;
    uint32_t *slots; /* number of an entry plus 1; 0: free */
    uint32_t mask, count;
    mr_inverse_prefix *prefixes; /* by IRI, ascending; those of one IRI by term, the best one last */
    uint32_t prefix_count;
};

enum { PRESENT = MR_INVERSE_ANY + 1 }; /* the map of an entry that says that var has any term */

/* ---- the table ---- */

/* Keyed with where the table stands, so that a document cannot make keys collide. */
mr_inverse_key mr_inverse_key_of(const mr_inverse *inverse, mr_str text)
{
    uint8_t key[16] = {0};
    memcpy(key, &inverse->slots, sizeof inverse->slots);
    return (mr_inverse_key){text, mr_siphash(key, text)};
}

static uint32_t *slot_of(const mr_inverse *v, const mr_inverse_key *var, uint8_t container, uint8_t map,
                         const mr_inverse_key *value)
{
    uint64_t hash = var->hash ^ (value->hash << 21 | value->hash >> 43) ^ (uint64_t)container << 8 ^ map;
    uint32_t i = (uint32_t)(hash ^ hash >> 32) & v->mask;
    for (; v->slots[i]; i = (i + 1) & v->mask) {
        const struct entry *e = &v->entries[v->slots[i] - 1];
        if (e->container == container && e->map == map && mr_str_eq(e->var, var->text) &&
            mr_str_eq(e->value, value->text))
            break;
    }
    return &v->slots[i];
}

static void add(mr_inverse *v, const mr_inverse_key *var, const mr_definition *d, uint8_t map, mr_str text)
{
    mr_inverse_key value = mr_inverse_key_of(v, text);
    uint8_t container = map == PRESENT ? 0 : d->container;
    uint32_t *slot = slot_of(v, var, container, map, &value);
    if (*slot) return;
    v->entries[v->count] = (struct entry){var->text, text, d, container, map};
    *slot = ++v->count;
}

bool mr_inverse_has(const mr_inverse *inverse, const mr_inverse_key *var)
{
    mr_inverse_key nothing = mr_inverse_key_of(inverse, MR_STR_EMPTY);
    return *slot_of(inverse, var, 0, PRESENT, &nothing) != 0;
}

const mr_definition *mr_inverse_find(const mr_inverse *inverse, const mr_inverse_key *var, uint8_t container,
                                     mr_inverse_map map, const mr_inverse_key *value)
{
    uint32_t at = *slot_of(inverse, var, container, (uint8_t)map, value);
    return at ? inverse->entries[at - 1].term : NULL;
}

/* ---- making it (JSON-LD 1.1 API 4.3) ---- */

/* What is needed while one is made. */
struct making {
    mr_arena *a;
    const mr_context *context;
    mr_inverse *inverse;
    mr_str default_language;
    bool failed; /* memory was short */
};

/* "language_direction" in lower case; either may be empty. */
static mr_str language_key(struct making *m, mr_str language, mr_direction direction)
{
    mr_str text = direction ? mr_arena_concat(m->a, (mr_str[]){language, MR_STR("_"), mr_direction_text(direction)}, 3)
                            : mr_arena_dup(m->a, language);
    if (!text.ptr) {
        m->failed = true;
        return MR_STR_EMPTY;
    }
    char *lower = (char *)text.ptr; /* ours: just made */
    for (size_t i = 0; i < text.len; i++)
        if (lower[i] >= 'A' && lower[i] <= 'Z') lower[i] = (char)(lower[i] + ('a' - 'A'));
    return text;
}

/* Steps 3.12 and 3.13.2 to 3.15: the type mapping, or what language and direction mapping come to. */
static mr_str type_key(const mr_definition *d)
{
    switch ((mr_coercion)d->coercion) {
    case MR_COERCE_ID: return MR_STR("@id");
    case MR_COERCE_VOCAB: return MR_STR("@vocab");
    case MR_COERCE_JSON: return MR_STR("@json");
    case MR_COERCE_DATATYPE: return d->type->text;
    default: return MR_STR("@none");
    }
}

static mr_str mapped_language_key(struct making *m, const mr_definition *d)
{
    bool has_language = d->has_language && d->language.ptr, has_direction = d->has_direction && d->direction;
    if (has_language || has_direction)
        return language_key(m, has_language ? d->language : MR_STR_EMPTY,
                            has_direction ? (mr_direction)d->direction : MR_DIRECTION_NULL);
    return d->has_language ? MR_STR("@null") : MR_STR("@none");
}

/* Steps 3.4 to 3.16 for one term. */
static void add_term(struct making *m, const mr_definition *d)
{
    mr_inverse *v = m->inverse;
    mr_str text = d->keyword ? mr_keyword_text((mr_keyword)d->keyword) : d->iri->text;
    mr_inverse_key var = mr_inverse_key_of(v, text);
    add(v, &var, d, PRESENT, MR_STR_EMPTY);
    add(v, &var, d, MR_INVERSE_ANY, MR_STR("@none"));
    if (d->reverse) { /* step 3.10 */
        add(v, &var, d, MR_INVERSE_TYPE, MR_STR("@reverse"));
    } else if (d->coercion == MR_COERCE_NONE) { /* step 3.11 */
        add(v, &var, d, MR_INVERSE_LANGUAGE, MR_STR("@any"));
        add(v, &var, d, MR_INVERSE_TYPE, MR_STR("@any"));
    } else if (d->coercion != MR_COERCE_NOTHING) { /* step 3.12 */
        add(v, &var, d, MR_INVERSE_TYPE, type_key(d));
    } else if (d->has_language || d->has_direction) { /* steps 3.13 to 3.15 */
        add(v, &var, d, MR_INVERSE_LANGUAGE, mapped_language_key(m, d));
    } else { /* step 3.16 */
        add(v, &var, d, MR_INVERSE_LANGUAGE, m->default_language);
        add(v, &var, d, MR_INVERSE_LANGUAGE, MR_STR("@none"));
        add(v, &var, d, MR_INVERSE_TYPE, MR_STR("@none"));
    }
}

/* Step 3: the shortest term first, then in code point order. */
static int compare_terms(const mr_definition *a, const mr_definition *b)
{
    if (a->term.len != b->term.len) return a->term.len < b->term.len ? -1 : 1;
    return mr_str_compare(a->term, b->term);
}

static int compare_definitions(const void *a, const void *b)
{
    return compare_terms(*(const mr_definition *const *)a, *(const mr_definition *const *)b);
}

/* Terms that are mapped to something. */
static const mr_definition **list_terms(struct making *m, uint32_t *ret_count)
{
    const mr_context *c = m->context;
    uint32_t count = 0;
    const mr_definition **terms = MR_NEW_ARRAY(m->a, const mr_definition *, (size_t)c->count + 1);
    *ret_count = 0;
    if (!terms) return NULL;
    for (uint32_t i = 0; c->slots && i <= c->mask; i++) {
        const mr_definition *d = c->slots[i];
        if (d && (d->iri || d->keyword)) terms[count++] = d;
    }
    qsort(terms, count, sizeof *terms, compare_definitions);
    *ret_count = count;
    return terms;
}

/* ---- prefixes ---- */

static int compare_prefixes(const void *a, const void *b)
{
    const mr_inverse_prefix *x = a, *y = b;
    int order = mr_str_compare(x->iri, y->iri);
    return order ? order : compare_terms(y->term, x->term);
}

static void chain_prefixes(mr_inverse *v)
{
    const mr_inverse_prefix *top = NULL;
    for (uint32_t i = 0; i < v->prefix_count; i++) {
        mr_inverse_prefix *p = &v->prefixes[i];
        while (top && !mr_str_has_prefix(p->iri, top->iri)) top = top->next;
        p->next = top;
        p->shorter = top && top->iri.len == p->iri.len ? top->shorter : top;
        top = p;
    }
}

static void list_prefixes(struct making *m, const mr_definition *const *terms, uint32_t count)
{
    mr_inverse *v = m->inverse;
    v->prefixes = MR_NEW_ARRAY(m->a, mr_inverse_prefix, (size_t)count + 1);
    if (!v->prefixes) {
        m->failed = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        if (terms[i]->prefix && terms[i]->iri)
            v->prefixes[v->prefix_count++] = (mr_inverse_prefix){.term = terms[i], .iri = terms[i]->iri->text};
    qsort(v->prefixes, v->prefix_count, sizeof *v->prefixes, compare_prefixes);
    chain_prefixes(v);
}

const mr_inverse_prefix *mr_inverse_prefixes(const mr_inverse *inverse, mr_str iri)
{
    uint32_t low = 0, high = inverse->prefix_count; /* those before low are not greater, those from high on are */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (mr_str_compare(inverse->prefixes[middle].iri, iri) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    const mr_inverse_prefix *p = low ? &inverse->prefixes[low - 1] : NULL;
    while (p && !mr_str_has_prefix(iri, p->iri)) p = p->shorter;
    return p;
}

/* ---- */

/* Step 2. */
static mr_str default_language(struct making *m)
{
    const mr_context *c = m->context;
    if (!c->language.ptr && !c->direction) return MR_STR("@none");
    return language_key(m, c->language.ptr ? c->language : MR_STR("@none"), (mr_direction)c->direction);
}

static mr_inverse *make(mr_arena *a, const mr_context *c)
{
    enum { MOST_ENTRIES = 5 }; /* of one term */
    uint32_t count, slots = 16;
    mr_inverse *v = MR_NEW(a, mr_inverse);
    struct making m = {.a = a, .context = c, .inverse = v};
    const mr_definition **terms = v ? list_terms(&m, &count) : NULL;
    if (!terms) return NULL;
    while (slots / 2 < (size_t)count * MOST_ENTRIES) slots *= 2;
    v->mask = slots - 1;
    v->slots = MR_NEW_ARRAY(a, uint32_t, slots);
    v->entries = MR_NEW_ARRAY(a, struct entry, (size_t)count * MOST_ENTRIES + 1);
    if (!v->slots || !v->entries) return NULL;
    m.default_language = default_language(&m);
    for (uint32_t i = 0; i < count && !m.failed; i++) add_term(&m, terms[i]);
    list_prefixes(&m, terms, count);
    return m.failed ? NULL : v;
}

int mr_inverse_get(mr_contexts *cs, const mr_context *c, const mr_inverse **ret, struct mr_err *err)
{
    if (!c->inverse) {
        mr_inverse *made = make(mr_contexts_arena(cs), c);
        if (!made) return MR_FAIL(err, MR_E_NOMEM, "no memory for the inverse of a context", MR_NOWHERE);
        ((mr_context *)(uintptr_t)c)->inverse = made; /* what is remembered of a context does not change it */
    }
    *ret = c->inverse;
    return MR_OK;
}
