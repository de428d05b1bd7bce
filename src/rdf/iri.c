/* IRIs: split at the delimiters of RFC 3986 appendix B, resolved by section 5.2, and set together again. Nothing is decoded or normalised but dot
 * segments, since two spellings of an IRI are two IRIs in RDF. */
#include "rdf/iri.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* has_*: an empty authority or query is not the same as none. */
struct parts {
    mr_str scheme, authority, path, query, fragment;
    bool has_authority, has_query, has_fragment;
};

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Octets of the scheme, without its colon; 0 when there is none (RFC 3986 3.1). */
static size_t scheme_length(mr_str iri)
{
    if (!iri.len || !is_alpha(iri.ptr[0])) return 0;
    for (size_t i = 1; i < iri.len; i++) {
        char c = iri.ptr[i];
        if (c == ':') return i;
        if (!is_alpha(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return 0;
    }
    return 0;
}

bool mr_iri_is_absolute(mr_str iri)
{
    return scheme_length(iri) > 0;
}

/* What stands in no IRI: one bit an octet below 128, for controls, space, " < > \ ^ ` { | } */
static bool is_never(unsigned char c)
{
    static const uint32_t never[4] = {0xffffffff, 0x50000005, 0x50000000, 0x38000001};
    return c < 128 && (never[c >> 5] >> (c & 31) & 1);
}

#ifdef __SSE2__
static bool any_never16(const char *at)
{
    static const char marks[] = "\"<>\\^`{|}";
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)at), space = _mm_set1_epi8(' ');
    __m128i found = _mm_cmpeq_epi8(_mm_min_epu8(v, space), v);
    for (size_t i = 0; i < sizeof marks - 1; i++)
        found = _mm_or_si128(found, _mm_cmpeq_epi8(v, _mm_set1_epi8(marks[i])));
    return _mm_movemask_epi8(found) != 0;
}
#endif

bool mr_iri_is_well_formed(mr_str iri)
{
    size_t i = 0;
    if (!scheme_length(iri)) return false;
#ifdef __SSE2__
    for (; iri.len - i >= 16; i += 16)
        if (any_never16(iri.ptr + i)) return false;
#endif
    for (; i < iri.len; i++)
        if (is_never((unsigned char)iri.ptr[i])) return false;
    const char *hash = memchr(iri.ptr, '#', iri.len);
    return !hash || !memchr(hash + 1, '#', iri.len - (size_t)(hash + 1 - iri.ptr)); /* a fragment has none in it */
}

static size_t span_until(mr_str s, const char *stops)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] && strchr(stops, s.ptr[i])) return i;
    return s.len;
}

static struct parts split(mr_str iri)
{
    struct parts p = {0};
    if (!iri.len) return p; /* nor arithmetic on NULL */
    size_t scheme = scheme_length(iri);
    if (scheme) p.scheme = mr_str_make(iri.ptr, scheme), iri = mr_str_from(iri, scheme + 1);
    if (mr_str_has_prefix(iri, MR_STR("//"))) {
        iri = mr_str_from(iri, 2);
        p.has_authority = true;
        p.authority = mr_str_make(iri.ptr, span_until(iri, "/?#"));
        iri = mr_str_from(iri, p.authority.len);
    }
    p.path = mr_str_make(iri.ptr, span_until(iri, "?#"));
    iri = mr_str_from(iri, p.path.len);
    if (iri.len && iri.ptr[0] == '?') {
        p.has_query = true;
        iri = mr_str_from(iri, 1);
        p.query = mr_str_make(iri.ptr, span_until(iri, "#"));
        iri = mr_str_from(iri, p.query.len);
    }
    if (iri.len) p.has_fragment = true, p.fragment = mr_str_from(iri, 1);
    return p;
}

/* RFC 3986 5.2.4, in place; returns the new length. */
static size_t remove_dots(char *path, size_t len)
{
    size_t in = 0, out = 0;
    while (in < len) {
        mr_str rest = mr_str_make(path + in, len - in);
        if (mr_str_has_prefix(rest, MR_STR("../"))) {
            in += 3;
        } else if (mr_str_has_prefix(rest, MR_STR("./"))) {
            in += 2;
        } else if (mr_str_has_prefix(rest, MR_STR("/./"))) {
            in += 2;
        } else if (mr_str_is(rest, "/.")) {
            path[out++] = '/', in = len;
        } else if (mr_str_has_prefix(rest, MR_STR("/../")) || mr_str_is(rest, "/..")) {
            bool last = rest.len == 3;
            while (out > 0 && path[--out] != '/') {
            }
            if (last)
                path[out++] = '/', in = len;
            else
                in += 3;
        } else if (mr_str_is(rest, ".") || mr_str_is(rest, "..")) {
            in = len;
        } else {
            do path[out++] = path[in++];
            while (in < len && path[in] != '/');
        }
    }
    return out;
}

static char *put(char *at, mr_str s)
{
    if (s.len) memcpy(at, s.ptr, s.len);
    return at + s.len;
}

static char *put_c(char *at, char c)
{
    *at = c;
    return at + 1;
}

/* RFC 3986 5.3; the path is first + second, with dots removed. */
static int join(mr_arena *a, const struct parts *p, mr_str first, mr_str second, bool dots, mr_str *ret,
                struct mr_err *err)
{
    size_t room = p->scheme.len + p->authority.len + first.len + second.len + p->query.len + p->fragment.len + 8;
    char *text = mr_arena_alloc(a, room), *at = text;
    if (!text) return MR_FAIL(err, MR_E_NOMEM, "an IRI", MR_NOWHERE);
    if (p->scheme.len) at = put_c(put(at, p->scheme), ':');
    if (p->has_authority) at = put(put(at, MR_STR("//")), p->authority);
    char *path = at;
    at = put(put(at, first), second);
    if (dots) at = path + remove_dots(path, (size_t)(at - path));
    if (p->has_query) at = put(put_c(at, '?'), p->query);
    if (p->has_fragment) at = put(put_c(at, '#'), p->fragment);
    *ret = mr_str_make(text, (size_t)(at - text));
    return MR_OK;
}

int mr_iri_resolve(mr_arena *a, mr_str base, mr_str reference, mr_str *ret, struct mr_err *err)
{
    struct parts b = split(base), r = split(reference);
    mr_str before = MR_STR_EMPTY;
    if (!b.scheme.len) {
        *ret = reference;
        return MR_OK;
    }
    if (r.scheme.len) return join(a, &r, r.path, MR_STR_EMPTY, true, ret, err);
    r.scheme = b.scheme;
    if (r.has_authority) return join(a, &r, r.path, MR_STR_EMPTY, true, ret, err);
    r.has_authority = b.has_authority, r.authority = b.authority;
    if (!r.path.len) {
        if (!r.has_query) r.has_query = b.has_query, r.query = b.query;
        return join(a, &r, b.path, MR_STR_EMPTY, false, ret, err);
    }
    if (r.path.ptr[0] == '/') return join(a, &r, r.path, MR_STR_EMPTY, true, ret, err);
    if (b.has_authority && !b.path.len) return join(a, &r, MR_STR("/"), r.path, true, ret, err);
    for (size_t i = b.path.len; i > 0 && !before.len; i--)
        if (b.path.ptr[i - 1] == '/') before = mr_str_make(b.path.ptr, i);
    return join(a, &r, before, r.path, true, ret, err);
}

/* The part of `path` behind `base_path`'s last common segment, with "../" for what is left of the base. */
static int relative_path(mr_arena *a, mr_str base_path, mr_str path, mr_str *ret, struct mr_err *err)
{
    size_t common = 0, ups = 0;
    for (size_t i = 0; i < base_path.len && i < path.len && base_path.ptr[i] == path.ptr[i]; i++)
        if (path.ptr[i] == '/') common = i + 1;
    for (size_t i = common; i < base_path.len; i++) ups += base_path.ptr[i] == '/';
    char *text = mr_arena_alloc(a, ups * 3 + path.len - common + 2), *at = text;
    if (!text) return MR_FAIL(err, MR_E_NOMEM, "an IRI", MR_NOWHERE);
    mr_str rest = mr_str_from(path, common);
    /* "./" keeps an empty reference, or one with a colon in its first segment, from meaning something else */
    for (size_t i = 0; i < ups; i++) at = put(at, MR_STR("../"));
    if (!ups && (!rest.len || rest.ptr[span_until(rest, ":/") == rest.len ? 0 : span_until(rest, ":/")] == ':'))
        at = put(at, MR_STR("./"));
    at = put(at, rest);
    *ret = mr_str_make(text, (size_t)(at - text));
    return MR_OK;
}

int mr_iri_relativise(mr_arena *a, mr_str base, mr_str iri, mr_str *ret, struct mr_err *err)
{
    struct parts b = split(base), i = split(iri), tail = {0};
    mr_str path = MR_STR_EMPTY;
    *ret = iri;
    if (!b.scheme.len || !mr_str_eq(b.scheme, i.scheme) || b.has_authority != i.has_authority ||
        !mr_str_eq(b.authority, i.authority))
        return MR_OK;
    bool same_path = mr_str_eq(b.path, i.path), same_query = b.has_query == i.has_query && mr_str_eq(b.query, i.query);
    if (i.path.len && i.path.ptr[0] != '/') return MR_OK; /* "urn:a:b" has no segments to count */
    tail.has_fragment = i.has_fragment, tail.fragment = i.fragment;
    if (same_path && same_query && i.has_fragment) return join(a, &tail, path, MR_STR_EMPTY, false, ret, err);
    tail.has_query = i.has_query, tail.query = i.query;
    if (same_path && i.has_query) return join(a, &tail, path, MR_STR_EMPTY, false, ret, err);
    if (same_path) {
        size_t last = 0; /* the last segment leads to itself */
        for (size_t at = 0; at < i.path.len; at++)
            if (i.path.ptr[at] == '/') last = at + 1;
        path = mr_str_from(i.path, last);
        if (path.len) return join(a, &tail, path, MR_STR_EMPTY, false, ret, err);
    }
    MR_TRY(relative_path(a, b.path, i.path, &path, err));
    return join(a, &tail, path, MR_STR_EMPTY, false, ret, err);
}
