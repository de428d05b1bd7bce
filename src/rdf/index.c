/* Terms become ids by one hash table; edges are sorted by counting (once for each column, stable), which is linear whatever the data looks
 * like, and as quick as anything for the few hundred of a credential. */
#include "rdf/index.h"

#define SMALL_RANGE 16 /* up to so many edges a walk is quicker than halving */

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load(const char *p, size_t n)
{
    uint64_t word = 0;
    memcpy(&word, p, n);
    return word;
}

#define FIRST_SECRET UINT64_C(0x9E3779B97F4A7C15)
#define SECOND_SECRET UINT64_C(0xD1B54A32D192ED03)

static uint64_t hash_bytes(uint64_t key, const char *p, size_t len)
{
    uint64_t one = key ^ FIRST_SECRET, two = key ^ SECOND_SECRET;
    size_t left = len;
    for (; left > 32; left -= 32, p += 32) { /* two chains, so that products overlap */
        one = mix(load(p, 8) ^ key, load(p + 8, 8) ^ one);
        two = mix(load(p + 16, 8) ^ key, load(p + 24, 8) ^ two);
    }
    for (; left > 8; left -= 8, p += 8) one = mix(load(p, 8) ^ key, one ^ FIRST_SECRET);
    if (left) two = mix(load(p, left) ^ key, two ^ SECOND_SECRET);
    return mix(one ^ len, two ^ FIRST_SECRET);
}

/* Language tags are equal without regard to case. */
static uint64_t hash_language(uint64_t key, mr_str tag)
{
    uint64_t h = key ^ tag.len;
    for (size_t i = 0; i < tag.len; i++) {
        char c = tag.ptr[i];
        h = mix(h ^ (uint8_t)(c >= 'A' && c <= 'Z' ? c | 32 : c), FIRST_SECRET ^ key);
    }
    return h;
}

uint64_t mr_index_hash(uint64_t key, const mr_term *term)
{
    if (term->kind == MR_TERM_BLANK) return mix(key ^ term->number, SECOND_SECRET);
    uint64_t h = hash_bytes(key, term->text.ptr, term->text.len);
    if (term->kind == MR_TERM_IRI) return h;
    h = mix(h, hash_bytes(key, term->datatype.ptr, term->datatype.len) ^ SECOND_SECRET);
    return term->language.len ? h ^ hash_language(key, term->language) : h;
}

static bool make_slots(mr_index *ix, uint32_t size)
{
    ix->slots = mr_arena_alloc(ix->arena, size * sizeof *ix->slots);
    if (!ix->slots) return false;
    memset(ix->slots, 0xFF, size * sizeof *ix->slots);
    ix->mask = size - 1;
    return true;
}

int mr_index_init(mr_index *ix, mr_arena *a, const mr_dataset *ds, uint64_t key, struct mr_err *err)
{
    uint32_t size = 256; /* a graph has about as many terms as quads */
    while (size < 2 * ds->count) size *= 2;
    *ix = (mr_index){.arena = a, .key = key, .ds = ds, .term_capacity = size / 2};
    ix->terms = mr_arena_alloc(a, ix->term_capacity * sizeof *ix->terms);
    if (!ix->terms || !make_slots(ix, size)) return MR_FAIL(err, MR_E_NOMEM, "an index of a graph", MR_NOWHERE);
    return MR_OK;
}

/* The slot of a term, or the free one where it belongs. */
static struct mr_index_slot *find_slot(const mr_index *ix, const mr_term *term, uint64_t hash)
{
    uint32_t short_hash = (uint32_t)(hash >> 32), i = (uint32_t)hash & ix->mask;
    for (;; i = (i + 1) & ix->mask) {
        struct mr_index_slot *slot = &ix->slots[i];
        if (slot->id == MR_NO_ID) return slot;
        if (slot->hash == short_hash && mr_term_eq(ix->terms[slot->id], term)) return slot;
    }
}

static bool grow(mr_index *ix)
{
    uint32_t capacity = ix->term_capacity * 2;
    const mr_term **terms = mr_arena_alloc(ix->arena, capacity * sizeof *terms);
    if (!terms || !make_slots(ix, capacity * 2)) return false;
    memcpy(terms, ix->terms, ix->term_count * sizeof *terms);
    ix->terms = terms, ix->term_capacity = capacity;
    for (mr_id id = 0; id < ix->term_count; id++) {
        uint64_t hash = mr_index_hash(ix->key, terms[id]);
        *find_slot(ix, terms[id], hash) = (struct mr_index_slot){(uint32_t)(hash >> 32), id};
    }
    return true;
}

int mr_index_intern(mr_index *ix, const mr_term *term, uint64_t hash, mr_id *ret, struct mr_err *err)
{
    struct mr_index_slot *slot = find_slot(ix, term, hash);
    if (slot->id == MR_NO_ID) {
        if (ix->term_count == ix->term_capacity) {
            if (!grow(ix)) return MR_FAIL(err, MR_E_NOMEM, "an index of a graph", MR_NOWHERE);
            slot = find_slot(ix, term, hash);
        }
        *slot = (struct mr_index_slot){(uint32_t)(hash >> 32), ix->term_count};
        ix->terms[ix->term_count++] = term;
    }
    *ret = slot->id;
    return MR_OK;
}

mr_id mr_index_find(const mr_index *ix, const mr_term *term, uint64_t hash)
{
    return find_slot(ix, term, hash)->id;
}

/* The id of a term of a quad; the one of the quad before is likely to be the same. */
static int intern_next(mr_index *ix, const mr_term *term, mr_id before, mr_id *ret, struct mr_err *err)
{
    if (before != MR_NO_ID && mr_term_eq(ix->terms[before], term)) return *ret = before, MR_OK;
    return mr_index_intern(ix, term, mr_index_hash(ix->key, term), ret, err);
}

int mr_index_add(mr_index *ix, struct mr_err *err)
{
    const mr_dataset *ds = ix->ds;
    size_t columns = ds->count + 1;
    mr_id subject = MR_NO_ID, predicate = MR_NO_ID, object;
    ix->subjects = mr_arena_alloc(ix->arena, 4 * columns * sizeof(mr_id));
    if (!ix->subjects) return MR_FAIL(err, MR_E_NOMEM, "an index of a graph", MR_NOWHERE);
    ix->predicates = ix->subjects + columns, ix->objects = ix->predicates + columns, ix->quads = ix->objects + columns;
    for (size_t i = 0; i < ds->count; i++) {
        const mr_quad *q = &ds->quads[i];
        if (q->graph) continue;
        MR_TRY(intern_next(ix, q->subject, subject, &subject, err));
        MR_TRY(intern_next(ix, q->predicate, predicate, &predicate, err));
        MR_TRY(mr_index_intern(ix, q->object, mr_index_hash(ix->key, q->object), &object, err));
        uint32_t at = ix->edge_count++;
        ix->subjects[at] = subject, ix->predicates[at] = predicate, ix->objects[at] = object;
        ix->quads[at] = (uint32_t)i;
    }
    return MR_OK;
}

/* A stable counting sort of the positions `from` by a column, into `to`; leaves in starts[id] where the edges of an id begin. */
static void sort_by(const mr_index *ix, const mr_id *column, const uint32_t *from, uint32_t *to, uint32_t *starts)
{
    memset(starts, 0, (ix->term_count + 2) * sizeof *starts);
    for (uint32_t i = 0; i < ix->edge_count; i++) starts[column[i] + 2]++;
    for (uint32_t id = 0; id < ix->term_count; id++) starts[id + 2] += starts[id + 1];
    for (uint32_t i = 0; i < ix->edge_count; i++) {
        uint32_t at = from ? from[i] : i;
        to[starts[column[at] + 1]++] = at;
    }
}

/* Bring the columns into the order of `order`, leaving out edges that occur twice (the first one stays). */
static void gather(mr_index *ix, const uint32_t *order, uint32_t *columns, size_t stride)
{
    mr_id *s = columns, *p = s + stride, *o = p + stride;
    uint32_t *q = o + stride, count = 0;
    for (uint32_t i = 0; i < ix->edge_count; i++) {
        uint32_t at = order[i];
        if (count && s[count - 1] == ix->subjects[at] && p[count - 1] == ix->predicates[at] &&
            o[count - 1] == ix->objects[at])
            continue;
        s[count] = ix->subjects[at], p[count] = ix->predicates[at], o[count] = ix->objects[at];
        q[count++] = ix->quads[at];
    }
    ix->subjects = s, ix->predicates = p, ix->objects = o, ix->quads = q, ix->edge_count = count;
}

static void find_starts(const mr_index *ix, const mr_id *column, uint32_t *starts)
{
    memset(starts, 0, (ix->term_count + 1) * sizeof *starts);
    for (uint32_t i = 0; i < ix->edge_count; i++) starts[column[i] + 1]++;
    for (uint32_t id = 0; id < ix->term_count; id++) starts[id + 1] += starts[id];
}

int mr_index_sort(mr_index *ix, struct mr_err *err)
{
    size_t n = (size_t)ix->edge_count + 1, terms = (size_t)ix->term_count + 2;
    uint32_t *one = mr_arena_alloc(ix->arena, n * sizeof *one);
    uint32_t *two = mr_arena_alloc(ix->arena, n * sizeof *two);
    uint32_t *columns = mr_arena_alloc(ix->arena, 6 * n * sizeof *columns);
    uint32_t *starts = mr_arena_alloc(ix->arena, 3 * terms * sizeof *starts);
    if (!one || !two || !columns || !starts) return MR_FAIL(err, MR_E_NOMEM, "an index of a graph", MR_NOWHERE);
    sort_by(ix, ix->objects, NULL, one, starts);
    sort_by(ix, ix->predicates, one, two, starts);
    sort_by(ix, ix->subjects, two, one, starts);
    gather(ix, one, columns, n);
    ix->first = starts + terms, ix->first_in = starts + 2 * terms;
    find_starts(ix, ix->subjects, ix->first);
    /* The edges are in the order of their subjects now: a stable sort by predicate and then by object is all that is missing. */
    sort_by(ix, ix->predicates, NULL, one, starts);
    sort_by(ix, ix->objects, one, two, starts);
    ix->in_predicates = columns + 4 * n, ix->in_subjects = columns + 5 * n;
    for (uint32_t i = 0; i < ix->edge_count; i++)
        ix->in_predicates[i] = ix->predicates[two[i]], ix->in_subjects[i] = ix->subjects[two[i]];
    find_starts(ix, ix->objects, ix->first_in);
    return MR_OK;
}

/* The first position from `from` to `to` whose id is not below `id`. */
static uint32_t lower_bound(const mr_id *ids, uint32_t from, uint32_t to, mr_id id)
{
    while (to - from > SMALL_RANGE) {
        uint32_t middle = from + (to - from) / 2;
        if (ids[middle] < id)
            from = middle + 1;
        else
            to = middle;
    }
    while (from < to && ids[from] < id) from++;
    return from;
}

static mr_ids range(const mr_id *predicates, const mr_id *ends, uint32_t from, uint32_t to, mr_id predicate)
{
    uint32_t start = lower_bound(predicates, from, to, predicate);
    if (start == to || predicates[start] != predicate) return (mr_ids){ends, 0};
    return (mr_ids){ends + start, lower_bound(predicates, start, to, predicate + 1) - start};
}

mr_ids mr_index_objects(const mr_index *ix, mr_id subject, mr_id predicate)
{
    if (subject == MR_NO_ID || predicate == MR_NO_ID) return (mr_ids){NULL, 0};
    return range(ix->predicates, ix->objects, ix->first[subject], ix->first[subject + 1], predicate);
}

mr_ids mr_index_subjects(const mr_index *ix, mr_id object, mr_id predicate)
{
    if (object == MR_NO_ID || predicate == MR_NO_ID) return (mr_ids){NULL, 0};
    return range(ix->in_predicates, ix->in_subjects, ix->first_in[object], ix->first_in[object + 1], predicate);
}

bool mr_ids_has(mr_ids ids, mr_id id)
{
    uint32_t at = lower_bound(ids.ptr, 0, ids.count, id);
    return at < ids.count && ids.ptr[at] == id;
}

uint32_t mr_index_edge(const mr_index *ix, mr_id subject, mr_id predicate, mr_id object)
{
    mr_ids ids = mr_index_objects(ix, subject, predicate);
    uint32_t at = lower_bound(ids.ptr, 0, ids.count, object);
    return at < ids.count && ids.ptr[at] == object ? (uint32_t)(ids.ptr - ix->objects) + at : MR_NO_ID;
}
