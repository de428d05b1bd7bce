/* JSON-LD lets every property hold one thing or a list of things: walking both alike, so that no reader asks which it is. */
#ifndef MR_CREDENTIAL_EACH_H
#define MR_CREDENTIAL_EACH_H

#include "json/json.h"

/* The first of one thing or a list of things; NULL when there is none. */
static inline const mr_json *mr_each_first(const mr_json *v)
{
    if (!mr_json_is(v, MR_JSON_ARRAY)) return v;
    return v->len ? v + 1 : NULL;
}
/* The one behind `item`, or NULL. */
static inline const mr_json *mr_each_next(const mr_json *v, const mr_json *item)
{
    const mr_json *next = item + item->skip;
    return mr_json_is(v, MR_JSON_ARRAY) && next != v + v->skip ? next : NULL;
}
#define MR_EACH(item, value)                                                                                           \
    for (const mr_json *item##_all_ = (value), *item = mr_each_first(item##_all_); item;                               \
         item = mr_each_next(item##_all_, item))

/* A member of the first of one thing or several. */
static inline const mr_json *mr_each_get(const mr_json *object, const char *name)
{
    return mr_json_get(mr_each_first(object), name);
}
/* Is one of them this text? */
static inline bool mr_each_has_text(const mr_json *v, mr_str text)
{
    MR_EACH(item, v)
    {
        if (mr_json_is(item, MR_JSON_STRING) && mr_str_eq(mr_json_text(item), text)) return true;
    }
    return false;
}
static inline bool mr_each_has(const mr_json *v, const char *word)
{
    return mr_each_has_text(v, mr_str_of(word));
}
/* Is it a list, of nothing but texts? */
static inline bool mr_each_is_texts(const mr_json *v)
{
    MR_JSON_EACH (element, v) {
        if (!mr_json_is(element, MR_JSON_STRING)) return false;
    }
    return mr_json_is(v, MR_JSON_ARRAY);
}

#endif
