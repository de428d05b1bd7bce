/* PKCS#11 URIs: a path of attributes with ";" between them, and after "?" a query with "&" (RFC 7512 section 2.3).
 *
 * An attribute that is not known would, if passed over, let other keys fit than the writer meant: it is refused. Of the query only vendors' attributes
 * ("x-...") are passed over, which choose nothing. */
#include "crypto/pkcs11_uri.h"

#include "base/limits.h"

#include <stddef.h>

#define PREFIX MR_STR("pkcs11:")

static const struct attribute {
    const char *name;
    size_t at; /* of the member */
} path_attributes[] =
    {
        {"token", offsetof(struct mr_pkcs11_uri, token)},
        {"manufacturer", offsetof(struct mr_pkcs11_uri, manufacturer)},
        {"model", offsetof(struct mr_pkcs11_uri, model)},
        {"serial", offsetof(struct mr_pkcs11_uri, serial)},
        {"object", offsetof(struct mr_pkcs11_uri, object)},
        {"id", offsetof(struct mr_pkcs11_uri, id)},
        {"type", offsetof(struct mr_pkcs11_uri, type)},
        {"slot-id", offsetof(struct mr_pkcs11_uri, slot)},
},
  query_attributes[] = {
      {"module-path", offsetof(struct mr_pkcs11_uri, module_path)},
      {"module-name", offsetof(struct mr_pkcs11_uri, module_name)},
      {"pin-source", offsetof(struct mr_pkcs11_uri, pin_source)},
      {"pin-value", offsetof(struct mr_pkcs11_uri, pin_value)},
};

bool mr_pkcs11_uri_is(mr_str text)
{
    return text.len >= PREFIX.len && mr_str_eq_ascii_nocase(mr_str_make(text.ptr, PREFIX.len), PREFIX);
}

static int digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* pct-encoded (RFC 3986 2.1). binary: octets of any value, as in CKA_ID; else a text of UTF-8 without control characters. */
static int decode(mr_arena *a, mr_str text, bool binary, size_t position, mr_str *ret, struct mr_err *err)
{
    char *out = mr_arena_alloc(a, text.len + 1);
    size_t len = 0;
    if (!out) return MR_FAIL(err, MR_E_NOMEM, "no memory for a PKCS#11 URI", MR_NOWHERE);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '%') {
            int high = text.len - i > 2 ? digit(text.ptr[i + 1]) : -1;
            int low = text.len - i > 2 ? digit(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return MR_FAIL(err, MR_E_FORMAT, "% in a PKCS#11 URI is followed by two hexadecimal digits",
                               position + i);
            c = (unsigned char)(high * 16 + low);
            i += 2;
        }
        if (!binary && (c < 0x20 || c == 0x7f))
            return MR_FAIL(err, MR_E_FORMAT, "a control character in a PKCS#11 URI", position + i);
        out[len++] = (char)c;
    }
    out[len] = '\0';
    *ret = mr_str_make(out, len);
    if (!binary && mr_utf8_check(*ret) < len)
        return MR_FAIL(err, MR_E_FORMAT, "a value in a PKCS#11 URI is not UTF-8", position);
    return MR_OK;
}

/* One "name=value". start: of the whole text, for positions. */
static int take(mr_arena *a, mr_str part, const char *start, const struct attribute *known, size_t count, bool query,
                struct mr_pkcs11_uri *ret, struct mr_err *err)
{
    size_t position = (size_t)(part.ptr - start), i = 0;
    ptrdiff_t sign = mr_str_find_char(part, '=');
    if (sign < 1) return MR_FAIL(err, MR_E_FORMAT, "an attribute of a PKCS#11 URI is written name=value", position);
    mr_str name = mr_str_make(part.ptr, (size_t)sign), value = mr_str_from(part, (size_t)sign + 1);
    if (query && mr_str_has_prefix(name, MR_STR("x-"))) return MR_OK;
    while (i < count && !mr_str_is(name, known[i].name)) i++;
    if (i == count)
        return MR_FAIL_DETAIL(err, MR_E_UNSUPPORTED, "an attribute of a PKCS#11 URI that Merit does not know", "%.*s",
                              MR_STR_ARG(name));
    mr_str *member = (mr_str *)(void *)((char *)ret + known[i].at);
    if (member->ptr)
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "an attribute stands twice in a PKCS#11 URI", "%.*s", MR_STR_ARG(name));
    return decode(a, value, member == &ret->id, position + (size_t)sign + 1, member, err);
}

static int take_all(mr_arena *a, mr_str list, const char *start, bool query, struct mr_pkcs11_uri *ret,
                    struct mr_err *err)
{
    mr_str part;
    while (mr_str_split(&list, query ? '&' : ';', &part)) {
        if (part.len == 0) continue;
        if (query)
            MR_TRY(take(a, part, start, query_attributes, sizeof query_attributes / sizeof *query_attributes, true, ret,
                        err));
        else
            MR_TRY(take(a, part, start, path_attributes, sizeof path_attributes / sizeof *path_attributes, false, ret,
                        err));
    }
    return MR_OK;
}

static int check(const struct mr_pkcs11_uri *u, struct mr_err *err)
{
    uint64_t number;
    if (u->slot.ptr && !mr_str_to_u64(u->slot, &number))
        return MR_FAIL(err, MR_E_FORMAT, "slot-id in a PKCS#11 URI is a number", MR_NOWHERE);
    if (u->module_name.ptr && (u->module_name.len == 0 || mr_str_find_char(u->module_name, '/') >= 0))
        return MR_FAIL(err, MR_E_FORMAT, "module-name in a PKCS#11 URI is a name; module-path takes a file",
                       MR_NOWHERE);
    if (u->module_name.ptr && u->module_path.ptr)
        return MR_FAIL(err, MR_E_FORMAT, "module-name and module-path do not stand in one PKCS#11 URI", MR_NOWHERE);
    if (u->pin_source.ptr && u->pin_value.ptr)
        return MR_FAIL(err, MR_E_FORMAT, "pin-source and pin-value do not stand in one PKCS#11 URI", MR_NOWHERE);
    return MR_OK;
}

int mr_pkcs11_uri_read(mr_arena *a, mr_str text, struct mr_pkcs11_uri *ret, struct mr_err *err)
{
    struct mr_pkcs11_uri u = {0};
    if (!mr_pkcs11_uri_is(text)) return MR_FAIL(err, MR_E_FORMAT, "a PKCS#11 URI begins with pkcs11:", 0);
    if (text.len > MR_LIMIT_PKCS11_URI)
        return MR_FAIL(err, MR_E_LIMIT, "a PKCS#11 URI is not so long", MR_LIMIT_PKCS11_URI);
    mr_str path = mr_str_from(text, PREFIX.len);
    ptrdiff_t mark = mr_str_find_char(path, '?');
    mr_str query = mark < 0 ? MR_STR_EMPTY : mr_str_from(path, (size_t)mark + 1);
    if (mark >= 0) path.len = (size_t)mark;
    MR_TRY(take_all(a, path, text.ptr, false, &u, err));
    MR_TRY(take_all(a, query, text.ptr, true, &u, err));
    MR_TRY(check(&u, err));
    *ret = u;
    return MR_OK;
}

mr_str mr_pkcs11_uri_show(mr_arena *a, mr_str text)
{
    const mr_str secret = MR_STR("pin-value=");
    ptrdiff_t at = mr_str_find(text, secret);
    if (at < 0) return mr_arena_dup(a, text);
    const mr_str parts[] = {mr_str_make(text.ptr, (size_t)at + secret.len), MR_STR("...")};
    return mr_arena_concat(a, parts, 2);
}
