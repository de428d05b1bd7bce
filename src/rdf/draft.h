/* A JSON value that is still being put together: members can be found, extended and taken out again, which a writer cannot do. Lives in an
 * arena; a value stands in one place only. */
#ifndef MR_RDF_DRAFT_H
#define MR_RDF_DRAFT_H

#include "json/write.h"

typedef enum mr_draft_kind { MR_DRAFT_TEXT, MR_DRAFT_READ, MR_DRAFT_ARRAY, MR_DRAFT_OBJECT } mr_draft_kind;

typedef struct mr_draft mr_draft;

typedef struct mr_draft_member {
    mr_str name;
    mr_draft *value; /* NULL: taken out */
    struct mr_draft_member *next;
} mr_draft_member;

struct mr_draft {
    uint8_t kind;   /* mr_draft_kind */
    uint32_t count; /* array: elements; object: members that are not taken out */
    mr_draft *next; /* in its array */
    union {
        mr_str text;         /* a string */
        const mr_json *read; /* a value of a document, borrowed */
        struct {
            mr_draft *first, *last;
        } array;
        struct {
            mr_draft_member *first, *last;
            mr_draft_member **slots; /* open addressing, once there are many; else NULL */
            uint32_t mask, listed;   /* slots - 1; members with those taken out */
        } object;
    };
};

/* NULL when memory is short. */
mr_draft *mr_draft_text(mr_arena *a, mr_str text);
mr_draft *mr_draft_read(mr_arena *a, const mr_json *value);
mr_draft *mr_draft_array(mr_arena *a);
mr_draft *mr_draft_object(mr_arena *a);

/* A null of a document. */
bool mr_draft_is_null(const mr_draft *d);
static inline bool mr_draft_is(const mr_draft *d, mr_draft_kind kind)
{
    return d && d->kind == (uint8_t)kind;
}

/* Put an element, which stands nowhere else, at the end. */
void mr_draft_append(mr_draft *array, mr_draft *element);
/* The value of a member, or NULL (also when `object` is no object). */
mr_draft *mr_draft_find(const mr_draft *object, mr_str name);
/* Put a member, in the place of one of the same name.
 *   errors  MR_E_NOMEM */
int mr_draft_set(mr_arena *a, mr_draft *object, mr_str name, mr_draft *value, struct mr_err *err) MR_MUST_CHECK;
/* The value of a member, which is no longer in the object; or NULL. */
mr_draft *mr_draft_take(mr_draft *object, mr_str name);
/* Add one value, or those of an array, to what a member has already; several become an array.
 *   as_array  it is an array in any case
 *   errors    MR_E_NOMEM
 *   source    JSON-LD 1.1 API, "add value" */
int mr_draft_add(mr_arena *a, mr_draft *object, mr_str name, mr_draft *value, bool as_array,
                 struct mr_err *err) MR_MUST_CHECK;

/*   errors  MR_E_LIMIT (nested deeper than a writer goes) */
int mr_draft_write(const mr_draft *d, mr_json_writer *w, struct mr_err *err) MR_MUST_CHECK;

#endif
