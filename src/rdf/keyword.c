/* The keywords of JSON-LD, found by length and first letters: most names that are asked for begin with no "@". */
#include "rdf/context.h"

static const mr_str texts[MR_KEYWORD_COUNT] = {
    MR_STR_INIT(""),
#define MR_KEYWORD(name, text) MR_STR_INIT(text),
#include "rdf/keywords.def"
#undef MR_KEYWORD
};

/* The first keyword with this letter behind its "@"; the others follow it, for the table is in the order of the alphabet. */
static const uint8_t first_with[26] = {
    ['b' - 'a'] = MR_KEYWORD_BASE,     ['c' - 'a'] = MR_KEYWORD_CONTAINER, ['d' - 'a'] = MR_KEYWORD_DEFAULT,
    ['g' - 'a'] = MR_KEYWORD_GRAPH,    ['i' - 'a'] = MR_KEYWORD_ID,        ['j' - 'a'] = MR_KEYWORD_JSON,
    ['l' - 'a'] = MR_KEYWORD_LANGUAGE, ['n' - 'a'] = MR_KEYWORD_NEST,      ['p' - 'a'] = MR_KEYWORD_PREFIX,
    ['r' - 'a'] = MR_KEYWORD_REVERSE,  ['s' - 'a'] = MR_KEYWORD_SET,       ['t' - 'a'] = MR_KEYWORD_TYPE,
    ['v' - 'a'] = MR_KEYWORD_VALUE,
};

mr_keyword mr_keyword_find(mr_str text)
{
    if (text.len < 3 || text.ptr[0] != '@' || text.ptr[1] < 'a' || text.ptr[1] > 'z') return MR_KEYWORD_NONE;
    int k = first_with[text.ptr[1] - 'a'];
    for (; k && k < MR_KEYWORD_COUNT && texts[k].ptr[1] == text.ptr[1]; k++)
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
