/* One text in several languages. */
#ifndef MR_MODEL_TEXTS_H
#define MR_MODEL_TEXTS_H

#include "base/arena.h"

struct mr_localised {
    mr_str language; /* ISO 639-1, lower case */
    mr_str text;
};
typedef struct mr_texts {
    const struct mr_localised *items;
    size_t count;
} mr_texts;

static inline bool mr_texts_are_set(mr_texts t)
{
    return t.count > 0;
}
/* The text in this language, else in English, else the first; empty when there is none. ret_language (may be NULL) tells which. */
mr_str mr_texts_get(mr_texts t, mr_str language, mr_str *ret_language);
/* The text in exactly this language, or empty. */
mr_str mr_texts_find(mr_texts t, mr_str language);

#endif
