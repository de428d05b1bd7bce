/* JSON as Merit signs and checks it: a strict reader (RFC 8259 with I-JSON's demands, RFC 7493: UTF-8, no duplicate
 * member names, no lone surrogates), exact positions and number text, and RFC 8785. A document is read in one pass into
 * one flat array of nodes in document order; texts without escapes point into the input, which must outlive the nodes.
 *
 * Layout: a container is followed by its children; an object's children are name, value, name, value. `skip` leads from
 * a node over all that it contains to the next one. */
#ifndef MR_JSON_JSON_H
#define MR_JSON_JSON_H

#include "base/arena.h"
#include "base/err.h"

typedef enum mr_json_type {
    MR_JSON_NULL,
    MR_JSON_FALSE,
    MR_JSON_TRUE,
    MR_JSON_NUMBER,
    MR_JSON_STRING,
    MR_JSON_ARRAY,
    MR_JSON_OBJECT,
} mr_json_type;

typedef struct mr_json {
    const char *ptr;   /* string: its text, unescaped; number: its text as it stands; others: where they begin */
    uint32_t len;      /* string, number: octets at ptr; array: elements; object: members */
    uint32_t skip;     /* nodes from here to the next sibling: 1 plus all that it contains */
    uint32_t position; /* byte offset of the value in the input */
    uint8_t type;      /* mr_json_type */
} mr_json;

typedef struct mr_json_options {
    uint32_t max_depth;    /* 0: MR_LIMIT_JSON_DEPTH; above MR_LIMIT_JSON_DEPTH_MOST: that */
    bool allow_duplicates; /* keep both members (only for tests of the grammar) */
} mr_json_options;

/* Read one JSON text; white space around it is allowed, anything else is not; a byte order mark is refused.
 *   text     borrowed; the nodes point into it
 *   options  NULL for the defaults
 *   ret      the root, in `a`: 24 bytes for each value and name, and the texts of strings that have escapes (16 more
 *            for each member of an object above 16 members; a text that does not end in a bracket is copied, too)
 *   errors   MR_E_JSON, MR_E_UTF8 (position = byte offset of the first octet that cannot be), MR_E_JSON_DUPLICATE
 *            (position and pointer of the second name, detail = the name), MR_E_LIMIT (depth; text of 4 GiB or more),
 *            MR_E_NOMEM. Otherwise the pointer is that of the innermost array or object that was being read.
 *   source   RFC 8259; RFC 7493 sections 2.1 and 2.3 (noncharacters are let through: they are legal in RFC 8259, and do
 *            no harm) */
int mr_json_parse(mr_arena *a, mr_str text, const mr_json_options *options, const mr_json **ret,
                  struct mr_err *err) MR_MUST_CHECK;

static inline bool mr_json_is(const mr_json *v, mr_json_type t)
{
    return v && v->type == (uint8_t)t;
}
/* Text of a string or number. */
static inline mr_str mr_json_text(const mr_json *v)
{
    return (mr_str){v->ptr, v->len};
}
/* Text of a string; empty when v is NULL or something else. */
static inline mr_str mr_json_str(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_STRING) ? mr_json_text(v) : MR_STR_EMPTY;
}
static inline uint32_t mr_json_count(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_ARRAY) || mr_json_is(v, MR_JSON_OBJECT) ? v->len : 0;
}

/* First child of a container of type t, and the end of its children; NULL when v is something else. For the loops. */
static inline const mr_json *mr_json_first_(const mr_json *v, mr_json_type t)
{
    return mr_json_is(v, t) ? v + 1 : NULL;
}
static inline const mr_json *mr_json_end_(const mr_json *v, mr_json_type t)
{
    return mr_json_is(v, t) ? v + v->skip : NULL;
}

/* for each element of an array (none when v is no array, or NULL); v is evaluated once */
#define MR_JSON_EACH(element, v)                                                                                       \
    for (const mr_json *element##_in_ = (v), *element = mr_json_first_(element##_in_, MR_JSON_ARRAY),                  \
                       *element##_end_ = mr_json_end_(element##_in_, MR_JSON_ARRAY);                                   \
         element != element##_end_; element += element->skip)
/* for each member of an object: `name` is its string node, name + 1 its value */
#define MR_JSON_EACH_MEMBER(name, v)                                                                                   \
    for (const mr_json *name##_in_ = (v), *name = mr_json_first_(name##_in_, MR_JSON_OBJECT),                          \
                       *name##_end_ = mr_json_end_(name##_in_, MR_JSON_OBJECT);                                        \
         name != name##_end_; name += 1 + name[1].skip)

/* Value of a member, or NULL (also when `object` is NULL or no object). */
const mr_json *mr_json_find_member(const mr_json *object, mr_str name);
static inline const mr_json *mr_json_get(const mr_json *object, const char *name)
{
    return mr_json_find_member(object, mr_str_of(name));
}
/* Element of an array, or NULL. */
const mr_json *mr_json_at(const mr_json *array, uint32_t index);
/* Text of a string member; empty when absent or something else. */
static inline mr_str mr_json_get_str(const mr_json *object, const char *name)
{
    return mr_json_str(mr_json_get(object, name));
}
/* A number that is an integer in the range of int64 ("2", "2.0" and "2e0" are); false otherwise. */
bool mr_json_to_int64(const mr_json *number, int64_t *ret);
/* The number as a double, nearest (RFC 8785's reading of it); false when it overflows or v is no number. */
bool mr_json_to_double(const mr_json *number, double *ret);
/* A NumericDate (RFC 7519 section 2) in milliseconds; false when it is no number, or not of the years 1 to 9999. */
bool mr_json_to_time(const mr_json *number, int64_t *ret);

/* Value at a JSON Pointer (RFC 6901), or NULL. */
const mr_json *mr_json_find(const mr_json *root, mr_str pointer);
/* The same, one step: the value that the first reference token of a pointer names, and the pointer moves behind that token. *pointer begins with a slash. */
const mr_json *mr_json_follow(const mr_json *from, mr_str *pointer);
/* Pointer of a node inside root, cut to fit `out`. */
void mr_json_pointer(const mr_json *root, const mr_json *node, char *out, size_t size);
/* Line and column (from 1, columns in code points) of a byte offset, for people. */
void mr_json_place(mr_str text, size_t position, size_t *ret_line, size_t *ret_column);

#endif
