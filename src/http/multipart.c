/* multipart/form-data, as browsers and curl send it.
 *
 * Idea. A body is a sequence of parts between delimiters: CR LF "--" boundary, then CR LF, or "--" at the end. Every byte is looked at a
 * constant number of times, and contents are not copied: parts point into the body. Reading is strict where leniency would let two
 * readers see different parts: the first delimiter stands at the very start, the last one must be there, every part is form-data with
 * a name, header lines end with CR LF.
 *
 * File names come as people have them: UTF-8, with a quotation mark as \" or %22, from old browsers with a path before it. What is given out
 * is the last segment, never a path. `filename*` is passed over, as RFC 7578 4.2 forbids it.
 *
 * Sources: RFC 7578 section 4; RFC 2046 section 5.1; RFC 2183 section 2; HTML Standard, "Multipart form data". */
#include "http/http.h"

#include "base/limits.h"

enum { BOUNDARY_MAX = 70, PART_HEADERS_MAX = 16, PART_HEAD_MAX = 8192 };

/* ---- header parameters ---- */

static bool is_separator(char c)
{
    return c == ';' || c == ' ' || c == '\t';
}

/* Cut the next `name=value` or `name="value"` off *rest; values stay escaped. false at the end; *ret_wrong when it cannot be read. */
static bool next_parameter(mr_str *rest, mr_str *ret_name, mr_str *ret_value, bool *ret_wrong)
{
    while (rest->len && is_separator(rest->ptr[0])) *rest = mr_str_from(*rest, 1);
    if (rest->len == 0) return false;
    size_t n = 0;
    while (n < rest->len && rest->ptr[n] != '=' && !is_separator(rest->ptr[n])) n++;
    *ret_name = mr_str_make(rest->ptr, n);
    if (n == 0 || n == rest->len || rest->ptr[n] != '=') return *ret_wrong = true, false;
    *rest = mr_str_from(*rest, n + 1);
    bool quoted = rest->len && rest->ptr[0] == '"';
    if (quoted) *rest = mr_str_from(*rest, 1);
    for (n = 0; n < rest->len; n++) {
        if (!quoted && is_separator(rest->ptr[n])) break;
        if (quoted && rest->ptr[n] == '"') break;
        if (quoted && rest->ptr[n] == '\\' && n + 1 < rest->len && rest->ptr[n + 1] == '"') n++;
    }
    if (n > rest->len || (quoted && n == rest->len)) return *ret_wrong = true, false;
    *ret_value = mr_str_make(rest->ptr, n);
    *rest = mr_str_from(*rest, n + (quoted ? 1 : 0));
    if (rest->len && !is_separator(rest->ptr[0])) return *ret_wrong = true, false;
    return true;
}

/* RFC 2046 5.1.1: bchars */
static bool is_boundary(mr_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!plain && (!c || !strchr("'()+_,-./:=? ", c))) return false;
    }
    return s.len > 0 && s.len <= BOUNDARY_MAX && s.ptr[s.len - 1] != ' ';
}

static int find_boundary(mr_str content_type, mr_str *ret, struct mr_err *err)
{
    mr_str type, name, value;
    bool wrong = false, found = false;
    if (!mr_str_split(&content_type, ';', &type) ||
        !mr_str_eq_ascii_nocase(mr_str_trim(type), MR_STR("multipart/form-data")))
        return MR_FAIL(err, MR_E_FORMAT, "the body is no multipart/form-data", MR_NOWHERE);
    while (next_parameter(&content_type, &name, &value, &wrong)) {
        if (!mr_str_eq_ascii_nocase(name, MR_STR("boundary"))) continue;
        if (found) wrong = true;
        found = true;
        *ret = value;
    }
    if (wrong || !found || !is_boundary(*ret))
        return MR_FAIL(err, MR_E_FORMAT, "the boundary of the form is missing or malformed", MR_NOWHERE);
    return MR_OK;
}

/* ---- one part ---- */

/* \" and %22 stand for a quotation mark. Errors when the text is not UTF-8 or holds control characters. */
static int unescape(mr_arena *a, mr_str raw, mr_str *ret, struct mr_err *err)
{
    char *out = mr_arena_alloc(a, raw.len + 1);
    if (!out) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a form", MR_NOWHERE);
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (c == '\\' && i + 1 < raw.len && raw.ptr[i + 1] == '"')
            c = raw.ptr[++i];
        else if (mr_str_has_prefix(mr_str_from(raw, i), MR_STR("%22")))
            c = '"', i += 2;
        if ((unsigned char)c < 0x20 || c == 0x7f)
            return MR_FAIL(err, MR_E_FORMAT, "a name in the form holds a control character", MR_NOWHERE);
        out[n++] = c;
    }
    out[n] = '\0';
    *ret = mr_str_make(out, n);
    if (mr_utf8_check(*ret) != n) return MR_FAIL(err, MR_E_FORMAT, "a name in the form is not UTF-8", MR_NOWHERE);
    return MR_OK;
}

static mr_str last_segment(mr_str path)
{
    size_t n = path.len;
    while (n > 0 && path.ptr[n - 1] != '/' && path.ptr[n - 1] != '\\') n--;
    return mr_str_from(path, n);
}

/* RFC 7578 4.2: form-data; name="..."; filename="..." */
static int read_disposition(mr_arena *a, mr_str value, struct mr_http_part *ret, struct mr_err *err)
{
    mr_str kind, name, text;
    bool wrong = false, named = false;
    if (!mr_str_split(&value, ';', &kind) || !mr_str_eq_ascii_nocase(mr_str_trim(kind), MR_STR("form-data")))
        return MR_FAIL(err, MR_E_FORMAT, "a part of the form is no form-data", MR_NOWHERE);
    while (next_parameter(&value, &name, &text, &wrong)) {
        if (mr_str_eq_ascii_nocase(name, MR_STR("name"))) {
            if (named) wrong = true;
            named = true;
            MR_TRY(unescape(a, text, &ret->name, err));
        } else if (mr_str_eq_ascii_nocase(name, MR_STR("filename"))) {
            if (ret->is_file) wrong = true;
            ret->is_file = true;
            MR_TRY(unescape(a, text, &ret->file_name, err));
            ret->file_name = last_segment(ret->file_name);
        }
    }
    if (wrong || !named)
        return MR_FAIL(err, MR_E_FORMAT, "a part of the form has no name that can be read", MR_NOWHERE);
    return MR_OK;
}

/* RFC 7578 4.7: senders no longer encode; a part that says it is encoded would be read wrongly. */
static bool is_plain_encoding(mr_str v)
{
    return mr_str_eq_ascii_nocase(v, MR_STR("binary")) || mr_str_eq_ascii_nocase(v, MR_STR("8bit")) ||
           mr_str_eq_ascii_nocase(v, MR_STR("7bit"));
}

static int read_part_field(mr_arena *a, mr_str line, struct mr_http_part *ret, bool *ret_disposed, struct mr_err *err)
{
    ptrdiff_t colon = mr_str_find_char(line, ':');
    if (colon <= 0 || memchr(line.ptr, '\r', line.len) || memchr(line.ptr, '\n', line.len))
        return MR_FAIL(err, MR_E_FORMAT, "a part of the form has a malformed header", MR_NOWHERE);
    mr_str name = mr_str_make(line.ptr, (size_t)colon), value = mr_str_trim(mr_str_from(line, (size_t)colon + 1));
    if (mr_str_eq_ascii_nocase(name, MR_STR("content-disposition"))) {
        if (*ret_disposed) return MR_FAIL(err, MR_E_FORMAT, "a part of the form has two names", MR_NOWHERE);
        *ret_disposed = true;
        return read_disposition(a, value, ret, err);
    }
    if (mr_str_eq_ascii_nocase(name, MR_STR("content-type"))) ret->type = value;
    if (mr_str_eq_ascii_nocase(name, MR_STR("content-transfer-encoding")) && !is_plain_encoding(value))
        return MR_FAIL(err, MR_E_FORMAT, "a part of the form has an encoding that is not used in forms", MR_NOWHERE);
    return MR_OK;
}

/* The first place of a needle that begins with CR and has no other one: what was compared in vain is never compared again, so
 * this is linear. (memmem is as well, but not under the sanitizers.) */
static ptrdiff_t find(mr_str s, mr_str needle)
{
    for (size_t i = 0; i + needle.len <= s.len; i++) {
        const char *at = memchr(s.ptr + i, '\r', s.len - i - needle.len + 1);
        if (!at) return -1;
        i = (size_t)(at - s.ptr);
        if (memcmp(at, needle.ptr, needle.len) == 0) return (ptrdiff_t)i;
    }
    return -1;
}

/* Header lines up to the empty one; *rest is left at the content. */
static int read_part_head(mr_arena *a, mr_str *rest, struct mr_http_part *ret, struct mr_err *err)
{
    bool disposed = false;
    size_t used = 0;
    ret->type = MR_STR("text/plain"); /* RFC 7578 4.4 */
    for (int i = 0; i <= PART_HEADERS_MAX; i++) {
        mr_str window = mr_str_make(rest->ptr, rest->len < PART_HEAD_MAX ? rest->len : PART_HEAD_MAX);
        ptrdiff_t end = find(window, MR_STR("\r\n"));
        if (end < 0 || (used += (size_t)end) > PART_HEAD_MAX) break;
        mr_str line = mr_str_make(rest->ptr, (size_t)end);
        *rest = mr_str_from(*rest, (size_t)end + 2);
        if (line.len == 0) {
            if (disposed) return MR_OK;
            break;
        }
        MR_TRY(read_part_field(a, line, ret, &disposed, err));
    }
    return MR_FAIL(err, MR_E_FORMAT, "a part of the form has no complete header", MR_NOWHERE);
}

/* ---- all parts ---- */

/* After "--boundary": blanks, then CR LF (another part follows) or "--" first (the end). false when it is no delimiter at all. */
static bool read_delimiter_end(mr_str after, size_t *ret_length, bool *ret_last)
{
    size_t n = 0;
    *ret_last = mr_str_has_prefix(after, MR_STR("--"));
    if (*ret_last) n = 2;
    while (n < after.len && (after.ptr[n] == ' ' || after.ptr[n] == '\t')) n++;
    if (*ret_last && n == after.len) return *ret_length = n, true;
    if (!mr_str_has_prefix(mr_str_from(after, n), MR_STR("\r\n"))) return false;
    *ret_length = n + 2;
    return true;
}

/* Content up to the next delimiter; *rest is left behind it. */
static int read_content(mr_str *rest, mr_str delimiter, mr_str *ret, bool *ret_last, struct mr_err *err)
{
    mr_str seen = *rest;
    for (;;) {
        ptrdiff_t at = find(seen, delimiter);
        if (at < 0) return MR_FAIL(err, MR_E_FORMAT, "the form ends in the middle", MR_NOWHERE);
        mr_str after = mr_str_from(seen, (size_t)at + delimiter.len);
        size_t length;
        if (read_delimiter_end(after, &length, ret_last)) {
            *ret = mr_str_make(rest->ptr, (size_t)(seen.ptr + at - rest->ptr));
            *rest = mr_str_from(after, length);
            return MR_OK;
        }
        seen = after;
    }
}

int mr_http_parts(const mr_http_request *r, struct mr_http_part **ret, size_t *ret_count, struct mr_err *err)
{
    mr_str boundary = MR_STR_EMPTY, rest = r->body;
    MR_TRY(find_boundary(mr_http_header(r, "Content-Type"), &boundary, err));
    mr_str delimiter = mr_arena_concat(r->arena, (const mr_str[]){MR_STR("\r\n--"), boundary}, 2);
    struct mr_http_part *parts = MR_NEW_ARRAY(r->arena, struct mr_http_part, MR_LIMIT_HTTP_PARTS);
    if (!delimiter.ptr || !parts) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a form", MR_NOWHERE);
    size_t count = 0, length;
    bool last = false;
    mr_str first = mr_str_from(delimiter, 2);
    if (!mr_str_has_prefix(rest, first) || !read_delimiter_end(mr_str_from(rest, first.len), &length, &last))
        return MR_FAIL(err, MR_E_FORMAT, "the form does not begin with its boundary", 0);
    rest = mr_str_from(rest, first.len + length);
    while (!last) {
        if (count == MR_LIMIT_HTTP_PARTS) return MR_FAIL(err, MR_E_LIMIT, "the form has too many parts", MR_NOWHERE);
        MR_TRY(read_part_head(r->arena, &rest, &parts[count], err));
        rest = mr_str_make(rest.ptr - 2,
                           rest.len + 2); /* an empty content has no line break of its own before the delimiter */
        mr_str content = MR_STR_EMPTY;
        MR_TRY(read_content(&rest, delimiter, &content, &last, err));
        parts[count++].content = mr_str_from(content, 2);
    }
    *ret = parts;
    *ret_count = count;
    return MR_OK;
}
