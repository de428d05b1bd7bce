#include "model/texts.h"

mr_str mr_texts_find(mr_texts t, mr_str language)
{
    for (size_t i = 0; i < t.count; i++) {
        if (mr_str_eq(t.items[i].language, language)) return t.items[i].text;
    }
    return MR_STR_EMPTY;
}

mr_str mr_texts_get(mr_texts t, mr_str language, mr_str *ret_language)
{
    const struct mr_localised *best = t.count > 0 ? &t.items[0] : NULL;
    for (size_t i = 0; i < t.count; i++) {
        const struct mr_localised *one = &t.items[i];
        if (mr_str_is(one->language, "en")) best = one;
        if (mr_str_eq(one->language, language)) {
            best = one;
            break;
        }
    }
    if (ret_language) *ret_language = best ? best->language : MR_STR_EMPTY;
    return best ? best->text : MR_STR_EMPTY;
}
