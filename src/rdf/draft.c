/* Members stand in a list, in the order in which they came. An object with many of them (a map by index or language may have thousands) also has
 * a hash table, keyed with where it stands, so that names cannot be made to collide. */
#include "rdf/draft.h"

#include "base/limits.h"
#include "base/set.h"

enum { FEW_MEMBERS = 8 };

static mr_draft *make(mr_arena *a, mr_draft_kind kind)
{
    mr_draft *d = MR_NEW(a, mr_draft);
    if (d) d->kind = (uint8_t)kind;
    return d;
}

mr_draft *mr_draft_text(mr_arena *a, mr_str text)
{
    mr_draft *d = make(a, MR_DRAFT_TEXT);
    if (d) d->text = text;
    return d;
}

mr_draft *mr_draft_read(mr_arena *a, const mr_json *value)
{
    mr_draft *d = make(a, MR_DRAFT_READ);
    if (d) d->read = value;
    return d;
}

mr_draft *mr_draft_array(mr_arena *a)
{
    return make(a, MR_DRAFT_ARRAY);
}

mr_draft *mr_draft_object(mr_arena *a)
{
    return make(a, MR_DRAFT_OBJECT);
}

bool mr_draft_is_null(const mr_draft *d)
{
    return d->kind == MR_DRAFT_READ && mr_json_is(d->read, MR_JSON_NULL);
}

void mr_draft_append(mr_draft *array, mr_draft *element)
{
    element->next = NULL;
    if (array->array.last)
        array->array.last->next = element;
    else
        array->array.first = element;
    array->array.last = element;
    array->count++;
}

/* ---- members ---- */

static mr_draft_member **slot_of(const mr_draft *object, mr_str name)
{
    uint8_t key[16] = {0};
    mr_draft_member **slots = object->object.slots;
    memcpy(key, &slots, sizeof slots);
    uint32_t i = (uint32_t)mr_siphash(key, name) & object->object.mask;
    while (slots[i] && !mr_str_eq(slots[i]->name, name)) i = (i + 1) & object->object.mask;
    return &slots[i];
}

static mr_draft_member *find(const mr_draft *object, mr_str name)
{
    if (object->object.slots) return *slot_of(object, name);
    for (mr_draft_member *m = object->object.first; m; m = m->next)
        if (mr_str_eq(m->name, name)) return m;
    return NULL;
}

mr_draft *mr_draft_find(const mr_draft *object, mr_str name)
{
    if (!mr_draft_is(object, MR_DRAFT_OBJECT)) return NULL;
    mr_draft_member *m = find(object, name);
    return m ? m->value : NULL;
}

/* A table with room for the next members, when the old one is half full. */
static bool make_room(mr_arena *a, mr_draft *object)
{
    uint32_t listed = object->object.listed;
    if (listed < FEW_MEMBERS || (object->object.slots && listed < object->object.mask / 2)) return true;
    uint32_t size = object->object.slots ? (object->object.mask + 1) * 2 : FEW_MEMBERS * 4;
    object->object.slots = size ? MR_NEW_ARRAY(a, mr_draft_member *, size) : NULL;
    if (!object->object.slots) return false;
    object->object.mask = size - 1;
    for (mr_draft_member *m = object->object.first; m; m = m->next) *slot_of(object, m->name) = m;
    return true;
}

static mr_draft_member *add_member(mr_arena *a, mr_draft *object, mr_str name)
{
    mr_draft_member *m = make_room(a, object) ? MR_NEW(a, mr_draft_member) : NULL;
    if (!m) return NULL;
    m->name = name;
    if (object->object.slots) *slot_of(object, name) = m;
    if (object->object.last)
        object->object.last->next = m;
    else
        object->object.first = m;
    object->object.last = m;
    object->object.listed++;
    return m;
}

int mr_draft_set(mr_arena *a, mr_draft *object, mr_str name, mr_draft *value, struct mr_err *err)
{
    mr_draft_member *m = find(object, name);
    if (!m) m = add_member(a, object, name);
    if (!m || !value) return MR_FAIL(err, MR_E_NOMEM, "no memory for a member", MR_NOWHERE);
    if (!m->value) object->count++;
    m->value = value;
    return MR_OK;
}

mr_draft *mr_draft_take(mr_draft *object, mr_str name)
{
    mr_draft_member *m = mr_draft_is(object, MR_DRAFT_OBJECT) ? find(object, name) : NULL;
    mr_draft *value = m ? m->value : NULL;
    if (!value) return NULL;
    m->value = NULL;
    object->count--;
    return value;
}

/* A JSON literal that is an array stands for one. */
static bool is_read_array(const mr_draft *d)
{
    return d->kind == MR_DRAFT_READ && mr_json_is(d->read, MR_JSON_ARRAY);
}

/* The member as an array, made of what it has. */
static int array_of(mr_arena *a, mr_draft *object, mr_str name, mr_draft **ret, struct mr_err *err)
{
    mr_draft *old = mr_draft_find(object, name);
    *ret = old;
    if (mr_draft_is(old, MR_DRAFT_ARRAY)) return MR_OK;
    *ret = mr_draft_array(a);
    if (*ret && old) mr_draft_append(*ret, old);
    return mr_draft_set(a, object, name, *ret, err);
}

int mr_draft_add(mr_arena *a, mr_draft *object, mr_str name, mr_draft *value, bool as_array, struct mr_err *err)
{
    mr_draft *array, *next;
    if (!value) return MR_FAIL(err, MR_E_NOMEM, "no memory for a value", MR_NOWHERE);
    if (as_array && is_read_array(value) && !mr_draft_find(object, name))
        return mr_draft_set(a, object, name, value, err);
    if (as_array) MR_TRY(array_of(a, object, name, &array, err));
    if (value->kind == MR_DRAFT_ARRAY) {
        for (mr_draft *d = value->array.first; d; d = next) {
            next = d->next;
            MR_TRY(mr_draft_add(a, object, name, d, as_array, err));
        }
        return MR_OK;
    }
    if (!mr_draft_find(object, name)) return mr_draft_set(a, object, name, value, err);
    MR_TRY(array_of(a, object, name, &array, err));
    mr_draft_append(array, value);
    return MR_OK;
}

/* ---- writing ---- */

static int write_array(const mr_draft *d, mr_json_writer *w, struct mr_err *err)
{
    mr_json_begin_array(w);
    for (const mr_draft *e = d->array.first; e; e = e->next) MR_TRY(mr_draft_write(e, w, err));
    mr_json_end_array(w);
    return MR_OK;
}

static int write_object(const mr_draft *d, mr_json_writer *w, struct mr_err *err)
{
    mr_json_begin_object(w);
    for (const mr_draft_member *m = d->object.first; m; m = m->next) {
        if (!m->value) continue;
        mr_json_put_name_str(w, m->name);
        MR_TRY(mr_draft_write(m->value, w, err));
    }
    mr_json_end_object(w);
    return MR_OK;
}

int mr_draft_write(const mr_draft *d, mr_json_writer *w, struct mr_err *err)
{
    if (w->depth >= MR_LIMIT_JSON_DEPTH) return MR_FAIL(err, MR_E_LIMIT, "nested too deeply", MR_NOWHERE);
    switch ((mr_draft_kind)d->kind) {
    case MR_DRAFT_TEXT: mr_json_put_str(w, d->text); break;
    case MR_DRAFT_READ: mr_json_put_value(w, d->read); break;
    case MR_DRAFT_ARRAY: return write_array(d, w, err);
    case MR_DRAFT_OBJECT: return write_object(d, w, err);
    }
    return MR_OK;
}
