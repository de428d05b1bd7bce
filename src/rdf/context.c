/* Active contexts, where contexts come from, and what is remembered.
 *
 * What follows when a local context is applied to an active one depends on these two alone. Each active context therefore keeps a table of
 * steps: the key is the identity of the local context (a named document, a scoped context: where it stands; one written in a
 * document: the SHA-256 of its content) and how it is applied. A document of a known kind only walks these steps.
 *
 * Invariants:
 *   I1  An active context is not changed once it has been returned, but for its steps and its inverse.
 *   I2  Everything that an active context points to lives in the arena of the mr_contexts or in the arena of the named documents: local contexts
 *       of a document are copied before they are processed.
 *   I3  The arena is forgotten only in mr_contexts_begin. */
#include "base/limits.h"
#include "crypto/digest.h"
#include "rdf/builtin.h"
#include "rdf/context_inside.h"
#include "rdf/iri.h"

#include <stdlib.h>

struct initial {
    const mr_context *context;
    struct initial *next;
};
struct mr_contexts {
    mr_arena arena, documents, scratch;
    mr_named_context *named;
    struct initial *initial;
    size_t work; /* of the document: octets of contexts that were copied and read for it */
};

/* --- terms ---------------------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t word)
{
    __uint128_t product = (__uint128_t)(h ^ word) * UINT64_C(0xD6E8FEB86659FD93);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load(const char *from, size_t size)
{
    uint32_t half;
    uint64_t word;
    if (size == 4) {
        memcpy(&half, from, 4);
        return half;
    }
    memcpy(&word, from, 8);
    return word;
}

/* Keyed with an address that changes with every start, so that terms cannot be made to collide. Loads overlap instead of going octet by octet. */
static uint32_t term_hash(mr_str term)
{
    static const char place = 0;
    const char *p = term.ptr;
    uint64_t h = (uint64_t)(uintptr_t)&place ^ term.len * UINT64_C(0x9E3779B97F4A7C15);
    if (term.len >= 8) {
        for (size_t left = term.len; left > 8; left -= 8, p += 8) h = mix(h, load(p, 8));
        h = mix(h, load(term.ptr + term.len - 8, 8));
    } else if (term.len >= 4) {
        h = mix(h, load(p, 4) | load(p + term.len - 4, 4) << 32);
    } else if (term.len) {
        h = mix(h, (uint64_t)(uint8_t)p[0] | (uint64_t)(uint8_t)p[term.len / 2] << 8 |
                       (uint64_t)(uint8_t)p[term.len - 1] << 16);
    }
    return (uint32_t)(h ^ h >> 32);
}

/* The slot of a term: it holds its definition, or is free. */
static uint32_t slot_of(const mr_context *c, mr_str term, uint32_t hash)
{
    uint32_t i = hash & c->mask;
    while (c->slots[i] && (c->slots[i]->hash != hash || !mr_str_eq(c->slots[i]->term, term))) i = (i + 1) & c->mask;
    return i;
}

const mr_definition *mr_context_find(const mr_context *c, mr_str term)
{
    return c->slots ? c->slots[slot_of(c, term, term_hash(term))] : NULL;
}

int mr_context_copy(const mr_context_work *w, const mr_context *from, mr_context **ret)
{
    mr_context *c = mr_arena_alloc(w->a, sizeof *c);
    if (!c) return MR_FAIL(w->err, MR_E_NOMEM, "an active context", MR_NOWHERE);
    *c = *from;
    c->steps = NULL, c->inverse = NULL;
    if (from->slots) {
        size_t size = ((size_t)from->mask + 1) * sizeof *c->slots;
        c->slots = mr_arena_alloc(w->a, size);
        if (!c->slots) return MR_FAIL(w->err, MR_E_NOMEM, "an active context", MR_NOWHERE);
        memcpy(c->slots, from->slots, size);
    }
    *ret = c;
    return MR_OK;
}

static int grow(const mr_context_work *w, mr_context *c)
{
    const mr_definition **old = c->slots;
    uint32_t old_size = old ? c->mask + 1 : 0, size = old ? old_size * 2 : 32;
    c->slots = MR_NEW_ARRAY(w->a, const mr_definition *, size);
    if (!c->slots) return MR_FAIL(w->err, MR_E_NOMEM, "an active context", MR_NOWHERE);
    c->mask = size - 1;
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i]) c->slots[slot_of(c, old[i]->term, old[i]->hash)] = old[i];
    return MR_OK;
}

int mr_context_put(const mr_context_work *w, mr_context *c, const mr_definition *d)
{
    if (!c->slots || c->count * 2 >= c->mask) MR_TRY(grow(w, c));
    ((mr_definition *)d)->hash = term_hash(d->term);
    uint32_t i = slot_of(c, d->term, d->hash);
    c->count += !c->slots[i];
    c->slots[i] = d;
    c->aliases |= (uint32_t)1 << d->keyword;
    if (d->keyword) c->alias_lengths |= (uint64_t)1 << (d->term.len & 63);
    c->has_protected |= d->is_protected;
    c->has_scopes |= d->context != NULL;
    return MR_OK;
}

/* What stands behind in the same run of slots is put anew, so that it is still found. */
void mr_context_remove(mr_context *c, mr_str term)
{
    if (!c->slots) return;
    uint32_t i = slot_of(c, term, term_hash(term));
    if (!c->slots[i]) return;
    c->slots[i] = NULL;
    c->count--;
    for (i = (i + 1) & c->mask; c->slots[i]; i = (i + 1) & c->mask) {
        const mr_definition *moved = c->slots[i];
        c->slots[i] = NULL;
        c->slots[slot_of(c, moved->term, moved->hash)] = moved;
    }
}

/* --- steps ---------------------------------------------------------------------------------------------------------- */

enum { STEP_OVERRIDE = 1, STEP_PROPAGATE = 2, STEP_OF_TYPE = 4, STEP_PREVIOUS = 8, STEP_NULL = 16 };

struct step_key {
    const void
        *place; /* of a local context that stays where it is, of a definition, of a named context; NULL: by content */
    uint64_t content[4];
    uint32_t flags;
};
struct step {
    struct step_key key;
    const mr_context *to;
};
struct mr_context_steps {
    struct step *slots;
    uint32_t mask, count;
};

static bool same_key(const struct step_key *x, const struct step_key *y)
{
    return x->place == y->place && x->flags == y->flags &&
           (x->place || memcmp(x->content, y->content, sizeof x->content) == 0);
}

static struct step *step_slot(const struct mr_context_steps *s, const struct step_key *key)
{
    uint64_t h = ((uint64_t)(uintptr_t)key->place ^ key->content[0]) * UINT64_C(0x9E3779B97F4A7C15);
    uint32_t i = (uint32_t)((h >> 32) + key->flags) & s->mask;
    while (s->slots[i].to && !same_key(&s->slots[i].key, key)) i = (i + 1) & s->mask;
    return &s->slots[i];
}

static const mr_context *step_find(const mr_context *c, const struct step_key *key)
{
    return c->steps ? step_slot(c->steps, key)->to : NULL;
}

/* A step that finds no memory is not remembered; the next try will tell. */
static void step_remember(mr_contexts *cs, const mr_context *c, const struct step_key *key, const mr_context *to)
{
    struct mr_context_steps *s = c->steps;
    if (!s || s->count * 2 >= s->mask) {
        struct mr_context_steps *larger = MR_NEW(&cs->arena, struct mr_context_steps);
        uint32_t size = s ? (s->mask + 1) * 2 : 8;
        if (!larger || !(larger->slots = MR_NEW_ARRAY(&cs->arena, struct step, size))) return;
        larger->mask = size - 1;
        for (uint32_t i = 0; s && i <= s->mask; i++)
            if (s->slots[i].to) *step_slot(larger, &s->slots[i].key) = s->slots[i];
        larger->count = s ? s->count : 0;
        ((mr_context *)c)->steps = s = larger;
    }
    *step_slot(s, key) = (struct step){*key, to};
    s->count++;
}

/* SHA-256 over types, lengths and texts: what a context says, whatever document it stands in; relative references in it depend on the base. */
static int content_key(const mr_context_work *w, const mr_json *local, struct step_key *key)
{
    mr_arena *a = &w->cs->scratch;
    mr_str *parts = MR_NEW_ARRAY(a, mr_str, (size_t)local->skip * 2 + 1);
    struct head {
        uint32_t type, len;
    } *heads = MR_NEW_ARRAY(a, struct head, local->skip);
    mr_digest digest;
    size_t count = 0;
    if (!parts || !heads) return MR_FAIL(w->err, MR_E_NOMEM, "a local context", MR_NOWHERE);
    for (uint32_t i = 0; i < local->skip; i++) {
        heads[i] = (struct head){local[i].type, local[i].len};
        parts[count++] = mr_str_make((const char *)&heads[i], sizeof heads[i]);
        if (local[i].type == MR_JSON_STRING || local[i].type == MR_JSON_NUMBER)
            parts[count++] = mr_json_text(&local[i]);
    }
    parts[count++] = w->base;
    MR_TRY(mr_digest_make(MR_SHA256, parts, count, &digest, w->err));
    memcpy(key->content, digest.bytes, sizeof key->content);
    mr_arena_reset(a);
    return MR_OK;
}

/* A copy that stays (I2). */
static int keep_local(const mr_context_work *w, const mr_json *local, const mr_json **ret)
{
    mr_json *copy = mr_arena_alloc(w->a, local->skip * sizeof *copy);
    if (!copy) return MR_FAIL(w->err, MR_E_NOMEM, "a local context", MR_NOWHERE);
    memcpy(copy, local, local->skip * sizeof *copy);
    for (uint32_t i = 0; i < local->skip; i++) {
        if (copy[i].type != MR_JSON_STRING && copy[i].type != MR_JSON_NUMBER) continue;
        copy[i].ptr = mr_arena_dup(w->a, mr_json_text(&local[i])).ptr;
        if (!copy[i].ptr) return MR_FAIL(w->err, MR_E_NOMEM, "a local context", MR_NOWHERE);
    }
    *ret = copy;
    return MR_OK;
}

/* --- processing (JSON-LD 1.1 API 4.1.2) ------------------------------------------------------------------------------ */

/* 5.1: back to the initial context. */
static int nullify(const mr_context_work *w, const mr_context *c, const mr_context **ret)
{
    const mr_context *initial;
    mr_context *made;
    if (!w->override && c->has_protected)
        return MR_JSONLD_FAIL(w->err, "invalid context nullification", MR_STR("null"));
    MR_TRY(mr_context_initial(w->cs, c->original_base, c->version, &initial, w->err));
    if (w->propagate) {
        *ret = initial;
        return MR_OK;
    }
    MR_TRY(mr_context_copy(w, initial, &made));
    made->previous = c->previous ? c->previous : c;
    *ret = made;
    return MR_OK;
}

/* 5.2: by name, from the tables and never from the network. */
static int enter_named(const mr_context_work *w, const mr_context *c, mr_str iri, const mr_context **ret)
{
    const mr_named_context *named;
    struct mr_remote here = {iri, w->remote};
    mr_context_work inner = *w;
    for (const struct mr_remote *r = w->remote; w->validating && r; r = r->outer)
        if (mr_str_eq(r->iri, iri)) { /* 5.2.3 */
            *ret = c;
            return MR_OK;
        }
    if (w->depth >= MR_LIMIT_CONTEXT_NESTING) return MR_JSONLD_FAIL(w->err, "context overflow", iri);
    MR_TRY(mr_contexts_find(w->cs, iri, &named, w->err));
    if (!named) return MR_JSONLD_FAIL(w->err, MR_JSONLD_CONTEXT_UNKNOWN, iri);
    if (!named->context) return MR_JSONLD_FAIL(w->err, "invalid remote context", iri); /* 5.2.5 */
    inner.base = named->iri, inner.remote = &here, inner.depth++;
    inner.propagate = true, inner.borrowed = false, inner.trusted = named->trusted;
    return mr_context_process(&inner, c, named->context, ret);
}

static const mr_json *entry(const mr_json *o, mr_keyword k)
{
    return mr_json_find_member(o, mr_keyword_text(k));
}

static bool is_bool(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_TRUE) || mr_json_is(v, MR_JSON_FALSE);
}

/* 5.5 */
static int check_version(const mr_context_work *w, const mr_context *c, const mr_json *local)
{
    const mr_json *version = entry(local, MR_KEYWORD_VERSION);
    double number;
    if (!version) return MR_OK;
    if (!mr_json_is(version, MR_JSON_NUMBER) || !mr_json_to_double(version, &number) || number != 1.1)
        return MR_JSONLD_FAIL(w->err, "invalid @version value", mr_json_str(version));
    return c->version == 10 ? MR_JSONLD_FAIL(w->err, "processing mode conflict", MR_STR("@version")) : MR_OK;
}

/* 5.6: what an imported context says, but where this one says it otherwise. */
static int merge_import(const mr_context_work *w, const mr_context *c, const mr_json *local, const mr_json **ret)
{
    const mr_json *import = entry(local, MR_KEYWORD_IMPORT);
    const mr_named_context *named;
    mr_str iri = mr_json_str(import);
    size_t count = 1;
    if (!import) {
        *ret = local;
        return MR_OK;
    }
    if (c->version == 10) return MR_JSONLD_FAIL(w->err, "invalid context entry", MR_STR("@import"));
    if (!mr_json_is(import, MR_JSON_STRING)) return MR_JSONLD_FAIL(w->err, "invalid @import value", MR_STR("@import"));
    MR_TRY(mr_iri_resolve(w->a, w->base, iri, &iri, w->err));
    MR_TRY(mr_contexts_find(w->cs, iri, &named, w->err));
    if (!named) return MR_JSONLD_FAIL(w->err, MR_JSONLD_CONTEXT_UNKNOWN, iri);
    if (!mr_json_is(named->context, MR_JSON_OBJECT)) return MR_JSONLD_FAIL(w->err, "invalid remote context", iri);
    if (entry(named->context, MR_KEYWORD_IMPORT)) return MR_JSONLD_FAIL(w->err, "invalid context entry", iri);
    mr_json *merged = mr_arena_alloc(w->a, ((size_t)local->skip + named->context->skip) * sizeof *merged);
    if (!merged) return MR_FAIL(w->err, MR_E_NOMEM, "an imported context", MR_NOWHERE);
    merged[0] = *local;
    MR_JSON_EACH_MEMBER (name, named->context) {
        if (mr_json_find_member(local, mr_json_text(name))) continue;
        memcpy(merged + count, name, (1 + name[1].skip) * sizeof *merged);
        count += 1 + name[1].skip, merged[0].len++;
    }
    memcpy(merged + count, local + 1, (local->skip - 1) * sizeof *merged);
    merged[0].skip = (uint32_t)count + local->skip - 1;
    *ret = merged;
    return MR_OK;
}

/* 5.7 */
static int set_base(const mr_context_work *w, mr_context *c, const mr_json *local)
{
    const mr_json *base = entry(local, MR_KEYWORD_BASE);
    if (!base || w->remote) return MR_OK;
    if (mr_json_is(base, MR_JSON_NULL)) {
        c->base = MR_STR_EMPTY;
        return MR_OK;
    }
    mr_str iri = mr_json_str(base);
    if (!mr_json_is(base, MR_JSON_STRING)) return MR_JSONLD_FAIL(w->err, "invalid base IRI", iri);
    if (!mr_iri_is_absolute(iri)) {
        if (!c->base.ptr) return MR_JSONLD_FAIL(w->err, "invalid base IRI", iri);
        MR_TRY(mr_iri_resolve(w->a, c->base, iri, &iri, w->err));
    }
    c->base = iri;
    return MR_OK;
}

/* 5.8 */
static int set_vocab(const mr_context_work *w, mr_context *c, const mr_json *local)
{
    const mr_json *vocab = entry(local, MR_KEYWORD_VOCAB);
    mr_str iri = mr_json_str(vocab);
    mr_keyword keyword;
    if (!vocab) return MR_OK;
    if (mr_json_is(vocab, MR_JSON_NULL)) {
        c->vocab = MR_STR_EMPTY;
        return MR_OK;
    }
    bool blank = mr_str_has_prefix(iri, MR_STR("_:"));
    if (!mr_json_is(vocab, MR_JSON_STRING) || (c->version == 10 && !blank && !mr_iri_is_absolute(iri)))
        return MR_JSONLD_FAIL(w->err, "invalid vocab mapping", iri);
    MR_TRY(mr_context_expand_iri(w->a, c, iri, true, true, &iri, &keyword, w->err));
    if (keyword != MR_KEYWORD_NONE || !iri.ptr)
        return MR_JSONLD_FAIL(w->err, "invalid vocab mapping", mr_json_str(vocab));
    c->vocab = iri;
    return MR_OK;
}

/* 5.9, 5.10, 5.11 */
static int set_language(const mr_context_work *w, mr_context *c, const mr_json *local)
{
    const mr_json *language = entry(local, MR_KEYWORD_LANGUAGE), *direction = entry(local, MR_KEYWORD_DIRECTION);
    const mr_json *propagate = entry(local, MR_KEYWORD_PROPAGATE), *protect = entry(local, MR_KEYWORD_PROTECTED);
    if (language && !mr_json_is(language, MR_JSON_NULL) && !mr_json_is(language, MR_JSON_STRING))
        return MR_JSONLD_FAIL(w->err, "invalid default language", MR_STR("@language"));
    if (language) c->language = mr_json_is(language, MR_JSON_NULL) ? MR_STR_EMPTY : mr_json_text(language);
    if ((direction || propagate) && c->version == 10)
        return MR_JSONLD_FAIL(w->err, "invalid context entry", direction ? MR_STR("@direction") : MR_STR("@propagate"));
    if (direction) {
        mr_str d = mr_json_str(direction);
        if (!mr_json_is(direction, MR_JSON_NULL) && !mr_str_is(d, "ltr") && !mr_str_is(d, "rtl"))
            return MR_JSONLD_FAIL(w->err, "invalid base direction", d);
        c->direction = !d.len ? MR_DIRECTION_NULL : d.ptr[0] == 'l' ? MR_DIRECTION_LTR : MR_DIRECTION_RTL;
    }
    if (propagate && !is_bool(propagate))
        return MR_JSONLD_FAIL(w->err, "invalid @propagate value", mr_json_str(propagate));
    if (protect && !is_bool(protect)) return MR_JSONLD_FAIL(w->err, "invalid @protected value", mr_json_str(protect));
    return MR_OK;
}

/* Each context that is applied costs a copy of all terms, and a walk over its own: many scoped contexts in one local context cost the square of its
 * size, although nothing of it is kept. */
static int count_work(const mr_context_work *w, const mr_context *active, const mr_json *local)
{
    size_t terms = active->slots ? (size_t)active->mask + 1 : 0;
    w->cs->work += terms * sizeof *active->slots + (size_t)local->skip * sizeof *local;
    return w->cs->work <= MR_LIMIT_CONTEXT_WORK ? MR_OK
                                                : MR_FAIL(w->err, MR_E_LIMIT, "contexts that ask too much", MR_NOWHERE);
}

static int process_object(const mr_context_work *w, const mr_context *active, const mr_json *local,
                          const mr_context **ret)
{
    mr_context *c;
    MR_TRY(count_work(w, active, local));
    MR_TRY(check_version(w, active, local));
    MR_TRY(merge_import(w, active, local, &local));
    MR_TRY(mr_context_copy(w, active, &c));
    MR_TRY(set_base(w, c, local));
    MR_TRY(set_vocab(w, c, local));
    MR_TRY(set_language(w, c, local));
    MR_TRY(mr_context_define(w, c, local));
    *ret = c;
    return MR_OK;
}

static int process_item(const mr_context_work *w, const mr_context *c, const mr_json *item, const mr_context **ret)
{
    if (mr_json_is(item, MR_JSON_NULL)) return nullify(w, c, ret);
    if (mr_json_is(item, MR_JSON_STRING)) {
        mr_str iri;
        MR_TRY(mr_iri_resolve(w->a, w->base, mr_json_text(item), &iri, w->err));
        return enter_named(w, c, iri, ret);
    }
    if (!mr_json_is(item, MR_JSON_OBJECT)) return MR_JSONLD_FAIL(w->err, "invalid local context", mr_json_str(item));
    if (w->borrowed) MR_TRY(keep_local(w, item, &item));
    return process_object(w, c, item, ret);
}

/* The key of an item; place and content stay empty when it is not to be remembered. */
static int item_key(const mr_context_work *w, const mr_json *item, struct step_key *key)
{
    *key = (struct step_key){.flags = (w->override ? STEP_OVERRIDE : 0) | (w->propagate ? STEP_PROPAGATE : 0)};
    if (mr_json_is(item, MR_JSON_NULL)) {
        key->flags |= STEP_NULL;
        key->place = w->cs;
    } else if (w->borrowed) {
        return content_key(w, item, key);
    } else {
        key->place = item;
    }
    return MR_OK;
}

static int remembered_item(const mr_context_work *w, const mr_context *c, const mr_json *item, const mr_context **ret)
{
    struct step_key key;
    if (w->validating) return process_item(w, c, item, ret);
    MR_TRY(item_key(w, item, &key));
    if ((*ret = step_find(c, &key))) return MR_OK;
    MR_TRY(process_item(w, c, item, ret));
    step_remember(w->cs, c, &key, *ret);
    return MR_OK;
}

/* 3: something to go back to. */
static int with_previous(const mr_context_work *w, const mr_context *active, const mr_context **ret)
{
    struct step_key key = {.place = w->cs, .flags = STEP_PREVIOUS};
    mr_context *c;
    if (!w->validating && (*ret = step_find(active, &key))) return MR_OK;
    MR_TRY(mr_context_copy(w, active, &c));
    c->previous = active;
    if (!w->validating) step_remember(w->cs, active, &key, c);
    *ret = c;
    return MR_OK;
}

int mr_context_process(const mr_context_work *work, const mr_context *active, const mr_json *local,
                       const mr_context **ret)
{
    mr_context_work w = *work;
    const mr_context *result = active;
    const mr_json *propagate = mr_json_is(local, MR_JSON_OBJECT) ? entry(local, MR_KEYWORD_PROPAGATE) : NULL;
    if (is_bool(propagate)) w.propagate = mr_json_is(propagate, MR_JSON_TRUE);
    if (!w.propagate && !active->previous) MR_TRY(with_previous(&w, active, &result));
    if (mr_json_is(local, MR_JSON_ARRAY)) {
        MR_JSON_EACH (item, local) MR_TRY(remembered_item(&w, result, item, &result));
    } else {
        MR_TRY(remembered_item(&w, result, local, &result));
    }
    *ret = result;
    return MR_OK;
}

int mr_context_apply(mr_contexts *cs, const mr_context *active, const mr_json *local, mr_str base, bool override,
                     bool propagate, const mr_context **ret, struct mr_err *err)
{
    mr_context_work w = {.cs = cs,
                         .a = &cs->arena,
                         .base = base,
                         .override = override,
                         .propagate = propagate,
                         .borrowed = true,
                         .err = err};
    return mr_context_process(&w, active, local, ret);
}

int mr_context_apply_scoped(mr_contexts *cs, const mr_context *active, const mr_definition *definition, bool of_type,
                            const mr_context **ret, struct mr_err *err)
{
    struct step_key key = {.place = definition, .flags = of_type ? STEP_OF_TYPE : 0};
    mr_context_work w = {.cs = cs,
                         .a = &cs->arena,
                         .base = definition->context_base,
                         .override = !of_type,
                         .propagate = !of_type,
                         .trusted = definition->trusted,
                         .err = err};
    if ((*ret = step_find(active, &key))) return MR_OK;
    MR_TRY(mr_context_process(&w, active, definition->context, ret));
    step_remember(cs, active, &key, *ret);
    return MR_OK;
}

/* --- where contexts come from ---------------------------------------------------------------------------------------- */

int mr_contexts_open(mr_contexts **ret, struct mr_err *err)
{
    mr_contexts *cs = calloc(1, sizeof *cs);
    if (!cs) return MR_FAIL(err, MR_E_NOMEM, "contexts", MR_NOWHERE);
    mr_arena_init(&cs->arena, MR_LIMIT_CONTEXT_MEMORY);
    mr_arena_init(&cs->documents, MR_LIMIT_CONTEXT_MEMORY);
    mr_arena_init(&cs->scratch, MR_LIMIT_CONTEXT_MEMORY);
    *ret = cs;
    return MR_OK;
}

void mr_contexts_close(mr_contexts *cs)
{
    if (!cs) return;
    mr_arena_done(&cs->arena);
    mr_arena_done(&cs->documents);
    mr_arena_done(&cs->scratch);
    free(cs);
}

void mr_contexts_closep(mr_contexts **cs)
{
    mr_contexts_close(*cs);
    *cs = NULL;
}

void mr_contexts_begin(mr_contexts *cs)
{
    cs->work = 0;
    if (cs->arena.used <= MR_LIMIT_CONTEXT_MEMORY / 2) return;
    mr_arena_reset(&cs->arena);
    cs->initial = NULL;
}

mr_arena *mr_contexts_arena(mr_contexts *cs)
{
    return &cs->arena;
}

mr_arena *mr_contexts_scratch(mr_contexts *cs)
{
    return &cs->scratch;
}

/* iri and json stay where they are. */
static int add_document(mr_contexts *cs, mr_str iri, mr_str json, bool trusted, const mr_named_context **ret,
                        struct mr_err *err)
{
    const mr_json *root;
    mr_named_context *named;
    MR_TRY(mr_json_parse(&cs->documents, json, NULL, &root, err));
    const mr_json *context = entry(root, MR_KEYWORD_CONTEXT);
    if (!(named = MR_NEW(&cs->documents, mr_named_context))) return MR_FAIL(err, MR_E_NOMEM, "a context", MR_NOWHERE);
    *named = (mr_named_context){iri, context, trusted, cs->named};
    cs->named = named;
    *ret = named;
    return MR_OK;
}

static const mr_named_context *find_added(const mr_contexts *cs, mr_str iri)
{
    const mr_named_context *n = cs->named;
    while (n && !mr_str_eq(n->iri, iri)) n = n->next;
    return n;
}

int mr_contexts_find(mr_contexts *cs, mr_str iri, const mr_named_context **ret, struct mr_err *err)
{
    if ((*ret = find_added(cs, iri))) return MR_OK;
    mr_str text = mr_builtin_context(iri);
    if (!text.len) return MR_OK;
    iri = mr_arena_dup(&cs->documents, iri);
    if (!iri.ptr) return MR_FAIL(err, MR_E_NOMEM, "a context", MR_NOWHERE);
    return add_document(cs, iri, text, true, ret, err);
}

int mr_contexts_add(mr_contexts *cs, mr_str iri, mr_str json, struct mr_err *err)
{
    const mr_named_context *named;
    if (json.len > MR_LIMIT_CONTEXT)
        return MR_FAIL(err, MR_E_LIMIT, "the context document is too large", MR_LIMIT_CONTEXT);
    if (find_added(cs, iri))
        return MR_FAIL_DETAIL(err, MR_E_EXISTS, "there is a context of this IRI", "%.*s", MR_STR_ARG(iri));
    iri = mr_arena_dup(&cs->documents, iri), json = mr_arena_dup(&cs->documents, json);
    if (!iri.ptr || !json.ptr) return MR_FAIL(err, MR_E_NOMEM, "a context", MR_NOWHERE);
    return add_document(cs, iri, json, false, &named, err);
}

bool mr_contexts_has(mr_contexts *cs, mr_str iri)
{
    return find_added(cs, iri) || mr_builtin_context(iri).len;
}

const char *const *mr_contexts_builtin(void)
{
    return mr_builtin_context_iris();
}

int mr_context_initial(mr_contexts *cs, mr_str base, uint8_t version, const mr_context **ret, struct mr_err *err)
{
    for (struct initial *i = cs->initial; i; i = i->next)
        if (i->context->version == version && mr_str_eq(i->context->original_base, base)) {
            *ret = i->context;
            return MR_OK;
        }
    struct initial *made = MR_NEW(&cs->arena, struct initial);
    mr_context *c = MR_NEW(&cs->arena, mr_context);
    mr_str kept = base.len ? mr_arena_dup(&cs->arena, base) : MR_STR_EMPTY;
    if (!made || !c || (base.len && !kept.ptr)) return MR_FAIL(err, MR_E_NOMEM, "an initial context", MR_NOWHERE);
    *c = (mr_context){.base = kept, .original_base = kept, .version = version};
    *made = (struct initial){c, cs->initial};
    cs->initial = made;
    *ret = c;
    return MR_OK;
}
