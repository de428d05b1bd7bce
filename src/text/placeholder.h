/* Placeholders in messages: "{" name "}", where a name is of small letters, digits, "_" and ".". Other braces stand for themselves, so that a
 * message can show JSON. */
#ifndef MR_TEXT_PLACEHOLDER_H
#define MR_TEXT_PLACEHOLDER_H

#include "base/str.h"

static inline size_t mr_placeholder_length(mr_str s)
{
    size_t n = 1;
    while (n < s.len && ((s.ptr[n] >= 'a' && s.ptr[n] <= 'z') || (s.ptr[n] >= '0' && s.ptr[n] <= '9') ||
                         s.ptr[n] == '_' || s.ptr[n] == '.'))
        n++;
    return n > 1 && n < s.len && s.ptr[n] == '}' ? n + 1 : 0;
}

/* Cut the text before the next placeholder off *rest, and the placeholder's name; false when there is none. */
static inline bool mr_placeholder_next(mr_str *rest, mr_str *ret_before, mr_str *ret_name)
{
    mr_str s = *rest;
    for (size_t i = 0; i < s.len; i++) {
        const char *open = memchr(s.ptr + i, '{', s.len - i);
        if (!open) return false;
        i = (size_t)(open - s.ptr);
        size_t n = mr_placeholder_length(mr_str_from(s, i));
        if (n == 0) continue;
        *ret_before = mr_str_make(s.ptr, i);
        *ret_name = mr_str_make(open + 1, n - 2);
        *rest = mr_str_from(s, i + n);
        return true;
    }
    return false;
}

#endif
