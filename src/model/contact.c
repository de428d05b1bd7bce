#include "model/contact.h"

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (uint8_t)c >= 0x80;
}

/* Labels of letters, digits and inner hyphens, with dots between them; at least `least` of them. */
static bool is_host(mr_str s, size_t least)
{
    mr_str label;
    size_t count = 0;
    if (s.len == 0 || s.len > 253) return false;
    while (mr_str_split(&s, '.', &label)) {
        if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-') return false;
        for (size_t i = 0; i < label.len; i++) {
            if (!is_alnum(label.ptr[i]) && label.ptr[i] != '-') return false;
        }
        count++;
    }
    return count >= least;
}

bool mr_contact_is_email(mr_str s)
{
    ptrdiff_t at = mr_str_find_char(s, '@');
    if (at < 1 || at > 64 || s.len > 254) return false;
    mr_str local = {s.ptr, (size_t)at};
    for (size_t i = 0; i < local.len; i++) {
        char c = local.ptr[i];
        if (c == '.') {
            if (i == 0 || i + 1 == local.len || local.ptr[i + 1] == '.') return false;
        } else if (!is_alnum(c) && !strchr("!#$%&'*+-/=?^_`{|}~", c)) {
            return false;
        }
        if (c == '\0') return false;
    }
    return is_host(mr_str_from(s, (size_t)at + 1), 2);
}

bool mr_contact_is_url(mr_str s, bool plain_too)
{
    size_t scheme = mr_str_has_prefix(s, MR_STR("https://"))               ? 8
                    : plain_too && mr_str_has_prefix(s, MR_STR("http://")) ? 7
                                                                           : 0;
    if (scheme == 0 || s.len > 2000) return false;
    for (size_t i = scheme; i < s.len; i++) {
        if ((uint8_t)s.ptr[i] <= ' ' || s.ptr[i] == 0x7F || strchr("<>\"\\^`{|}", s.ptr[i])) return false;
    }
    mr_str host = mr_str_from(s, scheme);
    for (size_t i = 0; i < host.len; i++) {
        if (strchr("/?#:", host.ptr[i])) host.len = i;
    }
    return is_host(host, mr_str_is(host, "localhost") ? 1 : 2);
}
