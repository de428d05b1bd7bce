/* Paths are followed with sets of nodes, not with single ones: a step goes from all that were reached to all that can be reached from them, so that
 * a closure (sh:zeroOrMorePath) takes every edge once, however many ways lead to a node. Which nodes a set has is told by marks with a number that
 * counts up whenever the set is emptied: emptying costs nothing. */
#include "rdf/shacl_walk.h"

#include "base/limits.h"

_Static_assert(MR_WALK_SETS >= 4 * MR_LIMIT_SHACL_DEPTH + 8, "the deepest path in the deepest shape has its sets");

int mr_walk_spend(mr_walk *w, uint64_t units)
{
    if (w->work < units) return MR_FAIL(w->err, MR_E_LIMIT, "shapes that take too much work on this data", MR_NOWHERE);
    w->work -= units;
    return MR_OK;
}

static mr_id_set *new_set(mr_walk *w)
{
    mr_id_set *set = MR_NEW(w->a, mr_id_set);
    if (!set) return NULL;
    set->marks = MR_NEW_ARRAY(w->a, uint32_t, (size_t)w->ix->term_count + 1);
    return set->marks ? set : NULL;
}

static void clear(const mr_walk *w, mr_id_set *set)
{
    set->count = 0;
    if (++set->generation == 0) { /* after four thousand million sets the marks of the first would count again */
        memset(set->marks, 0, w->ix->term_count * sizeof *set->marks);
        set->generation = 1;
    }
}

int mr_walk_take(mr_walk *w, mr_id_set **ret)
{
    if (w->used == MR_WALK_SETS) return MR_FAIL(w->err, MR_E_LIMIT, "paths nested too deep", MR_NOWHERE);
    mr_id_set **set = &w->sets[w->used];
    if (!*set && !(*set = new_set(w))) return MR_FAIL(w->err, MR_E_NOMEM, "a walk over a graph", MR_NOWHERE);
    w->used++;
    clear(w, *set);
    *ret = *set;
    return MR_OK;
}

void mr_walk_leave(mr_walk *w)
{
    w->used--;
}

int mr_walk_add(mr_walk *w, mr_id_set *set, mr_id id)
{
    if (mr_id_set_has(set, id)) return MR_OK;
    if (set->count == set->capacity) {
        uint32_t capacity = set->capacity ? 2 * set->capacity : 64;
        mr_id *ids = mr_arena_alloc(w->a, capacity * sizeof *ids);
        if (!ids) return MR_FAIL(w->err, MR_E_NOMEM, "a walk over a graph", MR_NOWHERE);
        if (set->count) memcpy(ids, set->ids, set->count * sizeof *ids);
        set->ids = ids, set->capacity = capacity; /* the old room stays as it was: who walks over it may go on */
    }
    set->marks[id] = set->generation;
    set->ids[set->count++] = id;
    return MR_OK;
}

int mr_walk_add_all(mr_walk *w, mr_id_set *set, mr_ids ids)
{
    MR_TRY(mr_walk_spend(w, ids.count + 1));
    for (uint32_t i = 0; i < ids.count; i++) MR_TRY(mr_walk_add(w, set, ids.ptr[i]));
    return MR_OK;
}

static mr_ids neighbours(const mr_walk *w, mr_id node, uint32_t predicate, bool inverse)
{
    return inverse ? mr_index_subjects(w->ix, node, w->ids[predicate])
                   : mr_index_objects(w->ix, node, w->ids[predicate]);
}

static int follow(mr_walk *w, const mr_shacl_path *path, bool inverse, mr_ids from, mr_id_set *to);

/* The parts one after the other; backwards for the inverse of a sequence. */
static int follow_sequence(mr_walk *w, const mr_shacl_path *path, bool inverse, mr_ids from, mr_id_set *to)
{
    mr_id_set *sets[2];
    MR_TRY(mr_walk_take(w, &sets[0]));
    MR_TRY(mr_walk_take(w, &sets[1]));
    for (uint32_t i = 0; i < path->count; i++) {
        const mr_shacl_path *part = path->parts[inverse ? path->count - 1 - i : i];
        mr_id_set *reached = i + 1 == path->count ? to : sets[i % 2];
        if (reached != to) clear(w, reached);
        MR_TRY(follow(w, part, inverse, from, reached));
        from = (mr_ids){reached->ids, reached->count};
    }
    mr_walk_leave(w);
    mr_walk_leave(w);
    return MR_OK;
}

/* From `from` on by any number of steps, one of them at least when `more`. */
static int follow_closure(mr_walk *w, const mr_shacl_path *path, bool inverse, bool more, mr_ids from, mr_id_set *to)
{
    mr_id_set *reached;
    uint32_t done = 0;
    MR_TRY(mr_walk_take(w, &reached));
    if (more)
        MR_TRY(follow(w, path->parts[0], inverse, from, reached));
    else
        MR_TRY(mr_walk_add_all(w, reached, from));
    while (done < reached->count) {
        mr_ids fresh = {reached->ids + done, reached->count - done};
        done = reached->count;
        MR_TRY(follow(w, path->parts[0], inverse, fresh, reached));
    }
    MR_TRY(mr_walk_add_all(w, to, (mr_ids){reached->ids, reached->count}));
    mr_walk_leave(w);
    return MR_OK;
}

static int follow(mr_walk *w, const mr_shacl_path *path, bool inverse, mr_ids from, mr_id_set *to)
{
    MR_TRY(mr_walk_spend(w, 1));
    switch ((mr_path_kind)path->kind) {
    case MR_PATH_PREDICATE:
        for (uint32_t i = 0; i < from.count; i++)
            MR_TRY(mr_walk_add_all(w, to, neighbours(w, from.ptr[i], path->predicate, inverse)));
        return MR_OK;
    case MR_PATH_INVERSE: return follow(w, path->parts[0], !inverse, from, to);
    case MR_PATH_SEQUENCE: return follow_sequence(w, path, inverse, from, to);
    case MR_PATH_ALTERNATIVE:
        for (uint32_t i = 0; i < path->count; i++) MR_TRY(follow(w, path->parts[i], inverse, from, to));
        return MR_OK;
    case MR_PATH_ZERO_OR_MORE: return follow_closure(w, path, inverse, false, from, to);
    case MR_PATH_ONE_OR_MORE: return follow_closure(w, path, inverse, true, from, to);
    case MR_PATH_ZERO_OR_ONE: MR_TRY(mr_walk_add_all(w, to, from)); return follow(w, path->parts[0], inverse, from, to);
    }
    return MR_OK;
}

int mr_walk_path(mr_walk *w, const mr_shacl_path *path, mr_id from, mr_id_set *set, mr_ids *ret)
{
    bool inverse = path->kind == MR_PATH_INVERSE;
    const mr_shacl_path *step = inverse ? path->parts[0] : path;
    if (step->kind == MR_PATH_PREDICATE) {
        *ret = neighbours(w, from, step->predicate, inverse);
        return mr_walk_spend(w, 1 + ret->count);
    }
    MR_TRY(follow(w, path, false, (mr_ids){&from, 1}, set));
    *ret = (mr_ids){set->ids, set->count};
    return MR_OK;
}
