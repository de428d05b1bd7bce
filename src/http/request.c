/* What handlers ask a request for: headers, fields of queries and forms, cookies. */
#include "http/http.h"

#include "http/hex.h"

mr_str mr_http_header(const mr_http_request *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (mr_str_eq_ascii_nocase(r->headers[i].name, mr_str_of(name))) return r->headers[i].value;
    return MR_STR_EMPTY;
}

/* URL Standard, application/x-www-form-urlencoded parsing: "+" is a blank, a "%" without two digits stands for itself. */
static char next_octet(mr_str raw, size_t *at)
{
    size_t i = (*at)++;
    char c = raw.ptr[i] == '+' ? ' ' : raw.ptr[i];
    if (c != '%' || i + 2 >= raw.len) return c;
    int high = mr_http_hex(raw.ptr[i + 1]), low = mr_http_hex(raw.ptr[i + 2]);
    if (high < 0 || low < 0) return c;
    *at += 2;
    return (char)(high * 16 + low);
}

/* Text that is not UTF-8, or holds a NUL, is taken as absent: nothing behind this border has to expect it. */
static mr_str decode(mr_arena *a, mr_str raw)
{
    char *out = mr_arena_alloc(a, raw.len + 1);
    if (!out) return MR_STR_EMPTY;
    size_t n = 0;
    for (size_t i = 0; i < raw.len;) out[n++] = next_octet(raw, &i);
    out[n] = '\0';
    if (memchr(out, 0, n) || mr_utf8_check(mr_str_make(out, n)) != n) return MR_STR_EMPTY;
    return mr_str_make(out, n);
}

/* Does the encoded text stand for `name`? Without memory: a body of nothing but encoded names must not use up the request's. */
static bool is_encoded(mr_str raw, mr_str name)
{
    size_t i = 0, n = 0;
    while (i < raw.len && n < name.len)
        if (next_octet(raw, &i) != name.ptr[n++]) return false;
    return i == raw.len && n == name.len;
}

static mr_str find_field(mr_arena *a, mr_str fields, const char *name)
{
    mr_str field;
    while (mr_str_split(&fields, '&', &field)) {
        if (field.len == 0) continue;
        ptrdiff_t sign = mr_str_find_char(field, '=');
        mr_str key = sign < 0 ? field : mr_str_make(field.ptr, (size_t)sign);
        if (is_encoded(key, mr_str_of(name)))
            return sign < 0 ? MR_STR_EMPTY : decode(a, mr_str_from(field, (size_t)sign + 1));
    }
    return MR_STR_EMPTY;
}

mr_str mr_http_query(const mr_http_request *r, const char *name)
{
    return find_field(r->arena, r->query, name);
}

mr_str mr_http_form(const mr_http_request *r, const char *name)
{
    mr_str rest = mr_http_header(r, "Content-Type"), type;
    if (!mr_str_split(&rest, ';', &type)) return MR_STR_EMPTY;
    if (!mr_str_eq_ascii_nocase(mr_str_trim(type), MR_STR("application/x-www-form-urlencoded"))) return MR_STR_EMPTY;
    return find_field(r->arena, r->body, name);
}

/* RFC 6265 4.2.1 and 5.4: pairs with "; " between them */
mr_str mr_http_cookie(const mr_http_request *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++) {
        if (!mr_str_eq_ascii_nocase(r->headers[i].name, MR_STR("cookie"))) continue;
        mr_str rest = r->headers[i].value, pair;
        while (mr_str_split(&rest, ';', &pair)) {
            pair = mr_str_trim(pair);
            ptrdiff_t sign = mr_str_find_char(pair, '=');
            if (sign < 0 || !mr_str_is(mr_str_make(pair.ptr, (size_t)sign), name)) continue;
            mr_str value = mr_str_from(pair, (size_t)sign + 1);
            if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
                value = mr_str_make(value.ptr + 1, value.len - 2);
            return value;
        }
    }
    return MR_STR_EMPTY;
}
