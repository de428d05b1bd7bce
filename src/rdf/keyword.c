/* The keywords of JSON-LD, found by length and first letters: most names that are asked for begin with no "@". */
#include "rdf/context.h"

static const mr_str texts[MR_KEYWORD_COUNT] = {
    MR_STR_INIT(""),
#define MR_KEYWORD(name, text) MR_STR_INIT(text),
#include "rdf/keywords.def"
#undef MR_KEYWORD
};

mr_keyword mr_keyword_find(mr_str text)
{
    if (text.len < 3 || text.ptr[0] != '@') return MR_KEYWORD_NONE;
    for (int k = 1; k < MR_KEYWORD_COUNT; k++)
        if (mr_str_eq(texts[k], text)) return (mr_keyword)k;
    return MR_KEYWORD_NONE;
}

mr_str mr_keyword_text(mr_keyword k)
{
    return texts[k];
}

bool mr_keyword_has_form(mr_str text)
{
    if (text.len < 2 || text.ptr[0] != '@') return false;
    for (size_t i = 1; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) return false;
    }
    return true;
}

mr_str mr_direction_text(mr_direction d)
{
    return d == MR_DIRECTION_LTR ? MR_STR("ltr") : d == MR_DIRECTION_RTL ? MR_STR("rtl") : MR_STR_EMPTY;
}
