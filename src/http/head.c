/* Reading a request head.
 *
 * Idea. One pass over lines that end with CR LF (mr_http_head_end has refused every other line end). The request line and the fields
 * are checked against the grammar of RFC 9112 with nothing of its leniency for old clients: no bare LF, no folded lines, no
 * blank before a colon, no control character in a value. Then come the few fields that decide where the request ends, since that is what
 * smuggling plays with: Content-Length once and digits only, Transfer-Encoding once and exactly `chunked`, never both, Host exactly once.
 *
 * The path is decoded here once and for all. What could mean two things after decoding is refused: an escaped slash or NUL, control
 * characters, dot segments, text that is not UTF-8, two slashes in front (a browser takes them for another host's address when they
 * come back in a Location). */
#include "http/head.h"

#include "base/limits.h"
#include "http/hex.h"

enum { TARGET_MAX = 8192 };

ptrdiff_t mr_http_head_end(mr_str bytes, size_t *scanned)
{
    size_t i = *scanned;
    while (i < bytes.len) {
        const char *lf = memchr(bytes.ptr + i, '\n', bytes.len - i);
        if (!lf) break;
        i = (size_t)(lf - bytes.ptr);
        if (i == 0 || bytes.ptr[i - 1] != '\r') return -1;
        if (i >= 3 && bytes.ptr[i - 2] == '\n') {
            *scanned = i + 1;
            return (ptrdiff_t)i + 1;
        }
        i++;
    }
    *scanned = bytes.len;
    return 0;
}

/* The next line without its CR LF. */
static mr_str take_line(mr_str *rest)
{
    const char *lf = memchr(rest->ptr, '\n', rest->len);
    size_t n = lf ? (size_t)(lf - rest->ptr) + 1 : rest->len;
    mr_str line = mr_str_make(rest->ptr, n >= 2 ? n - 2 : 0);
    *rest = mr_str_from(*rest, n);
    return line;
}

/* RFC 9110 5.6.2: tchar */
static bool is_token_char(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_token(mr_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_token_char((unsigned char)s.ptr[i])) return false;
    return s.len > 0;
}

/* RFC 9110 5.5: HTAB, SP, visible characters and obs-text */
static bool is_field_value(mr_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) return false;
    }
    return true;
}

/* ---- request line ---- */

static const char *const method_names[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"};

const char *mr_http_method_name(mr_http_method method)
{
    return method_names[method];
}

static int read_method(mr_str s, mr_http_method *ret)
{
    for (size_t i = 0; i < sizeof method_names / sizeof *method_names; i++)
        if (mr_str_is(s, method_names[i])) {
            *ret = (mr_http_method)i;
            return 0;
        }
    return is_token(s) ? 501 : 400;
}

static int read_version(mr_str s, bool *ret_newer)
{
    if (s.len != 8 || !mr_str_has_prefix(s, MR_STR("HTTP/")) || s.ptr[6] != '.') return 400;
    if (s.ptr[5] < '0' || s.ptr[5] > '9' || s.ptr[7] < '0' || s.ptr[7] > '9') return 400;
    if (s.ptr[5] != '1') return 505;
    *ret_newer = s.ptr[7] != '0'; /* RFC 9110 2.5: a higher minor version is answered as the highest that we speak */
    return 0;
}

static bool has_dot_segment(mr_str path)
{
    mr_str segment;
    while (mr_str_split(&path, '/', &segment))
        if (mr_str_is(segment, ".") || mr_str_is(segment, "..")) return true;
    return false;
}

/* Decode a path that begins with a slash. */
static int read_path(mr_arena *a, mr_str raw, mr_str *ret)
{
    char *out = mr_arena_alloc(a, raw.len + 1);
    if (!out) return 503;
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        int c = (unsigned char)raw.ptr[i];
        if (c == '%') {
            int high = i + 2 < raw.len ? mr_http_hex(raw.ptr[i + 1]) : -1,
                low = i + 2 < raw.len ? mr_http_hex(raw.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) return 400;
            c = high * 16 + low;
            if (c == '/') return 400;
            i += 2;
        }
        if (c < 0x20 || c == 0x7f || c == '\\') return 400;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    mr_str path = mr_str_make(out, n);
    if (mr_utf8_check(path) != n || has_dot_segment(path) || mr_str_has_prefix(path, MR_STR("//"))) return 400;
    *ret = path;
    return 0;
}

/* RFC 9112 3.2: origin-form, or absolute-form, whose authority is kept to be compared with Host. */
static int read_target(mr_arena *a, mr_str target, struct mr_http_head *ret, mr_str *ret_authority)
{
    if (target.len > TARGET_MAX) return 414;
    for (size_t i = 0; i < target.len; i++)
        if (target.ptr[i] <= 0x20 || target.ptr[i] >= 0x7f || target.ptr[i] == '#')
            return 400; /* also all non-ASCII: char is signed or >= 0x80 */
    for (int i = 0; i < 2; i++) {
        mr_str scheme = mr_str_of(i ? "https://" : "http://");
        if (!mr_str_has_prefix(target, scheme)) continue;
        target = mr_str_from(target, scheme.len);
        size_t end = 0;
        while (end < target.len && target.ptr[end] != '/' && target.ptr[end] != '?') end++;
        *ret_authority = mr_str_make(target.ptr, end);
        target = mr_str_from(target, end);
        if (ret_authority->len == 0) return 400;
        if (target.len == 0 || target.ptr[0] == '?') { /* RFC 3986 6.2.3: an empty path is "/" */
            ret->path = MR_STR("/");
            ret->query = mr_str_from(target, 1);
            return 0;
        }
        break;
    }
    if (target.len == 0 || target.ptr[0] != '/') return 400;
    ptrdiff_t mark = mr_str_find_char(target, '?');
    ret->query = mark < 0 ? MR_STR_EMPTY : mr_str_from(target, (size_t)mark + 1);
    return read_path(a, mark < 0 ? target : mr_str_make(target.ptr, (size_t)mark), &ret->path);
}

/* RFC 9112 3: method SP request-target SP HTTP-version */
static int read_request_line(mr_arena *a, mr_str line, struct mr_http_head *ret, mr_str *ret_authority, bool *ret_newer)
{
    mr_str method, target;
    if (!is_field_value(line)) return 400;
    if (!mr_str_split(&line, ' ', &method) || !line.ptr || !mr_str_split(&line, ' ', &target) || !line.ptr) return 400;
    int status = read_version(line, ret_newer);
    if (status == 0) status = read_method(method, &ret->method);
    return status ? status : read_target(a, target, ret, ret_authority);
}

/* ---- fields ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* RFC 9112 5: field-name ":" OWS field-value OWS */
static int read_field(mr_str line, struct mr_http_header *ret)
{
    ptrdiff_t colon = mr_str_find_char(line, ':');
    if (colon < 0) return 400;
    mr_str name = mr_str_make(line.ptr, (size_t)colon), value = mr_str_from(line, (size_t)colon + 1);
    while (value.len && is_blank(value.ptr[0])) value = mr_str_from(value, 1);
    while (value.len && is_blank(value.ptr[value.len - 1])) value.len--;
    if (!is_token(name) || !is_field_value(value))
        return 400; /* a folded line begins with a blank, which no token has */
    *ret = (struct mr_http_header){name, value};
    return 0;
}

static int read_fields(mr_arena *a, mr_str rest, struct mr_http_head *ret)
{
    size_t lines = 0;
    for (size_t i = 0; i < rest.len; i++) lines += rest.ptr[i] == '\n';
    bool too_many = lines > MR_LIMIT_HTTP_HEADERS + 1;
    ret->headers =
        MR_NEW_ARRAY(a, struct mr_http_header, lines < MR_LIMIT_HTTP_HEADERS ? lines : MR_LIMIT_HTTP_HEADERS);
    if (!ret->headers) return 503;
    while (ret->header_count < MR_LIMIT_HTTP_HEADERS) {
        mr_str line = take_line(&rest);
        if (line.len == 0) break;
        int status = read_field(line, &ret->headers[ret->header_count]);
        if (status) return status;
        ret->header_count++;
    }
    return too_many ? 400 : 0;
}

/* The value of a field that may stand once; false when it stands more often. */
static bool find_once(const struct mr_http_head *h, const char *name, mr_str *ret, bool *ret_found)
{
    *ret_found = false;
    for (size_t i = 0; i < h->header_count; i++) {
        if (!mr_str_eq_ascii_nocase(h->headers[i].name, mr_str_of(name))) continue;
        if (*ret_found) return false;
        *ret_found = true;
        *ret = h->headers[i].value;
    }
    return true;
}

/* RFC 9110 7.2 and RFC 3986 3.2.2, loosely: what can stand in uri-host [ ":" port ] */
static bool is_authority(mr_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_token_char((unsigned char)s.ptr[i]) && !strchr(":[](),;=", s.ptr[i])) return false;
    return s.len > 0 && s.len <= 300;
}

/* RFC 9112 3.2: exactly one Host; RFC 9112 3.2.2: an absolute target prevails, here they must agree. */
static int check_host(const struct mr_http_head *h, mr_str authority, bool newer)
{
    mr_str host = MR_STR_EMPTY;
    bool found;
    if (!find_once(h, "host", &host, &found)) return 400;
    if (!found) return newer ? 400 : 0;
    if (!is_authority(host)) return 400;
    return authority.len && !mr_str_eq_ascii_nocase(authority, host) ? 400 : 0;
}

/* RFC 9112 6.1 to 6.3 */
static int read_framing(struct mr_http_head *h, bool newer)
{
    mr_str length = MR_STR_EMPTY, coding = MR_STR_EMPTY;
    bool has_length, has_coding;
    if (!find_once(h, "content-length", &length, &has_length) ||
        !find_once(h, "transfer-encoding", &coding, &has_coding))
        return 400;
    if (has_coding) {
        if (has_length || !newer) return 400;
        if (!mr_str_eq_ascii_nocase(coding, MR_STR("chunked"))) return 400;
        h->chunked = true;
    } else if (has_length && (length.len > 18 || !mr_str_to_u64(length, &h->length))) {
        return 400;
    }
    return 0;
}

static int read_expectation(struct mr_http_head *h, bool newer)
{
    mr_str expect = MR_STR_EMPTY;
    bool found;
    if (!find_once(h, "expect", &expect, &found)) return 400;
    if (!found || !newer) return 0; /* RFC 9110 10.1.1: ignored from HTTP/1.0 */
    if (!mr_str_eq_ascii_nocase(expect, MR_STR("100-continue"))) return 417;
    h->waits = h->chunked || h->length > 0;
    return 0;
}

/* RFC 9112 9.3: HTTP/1.0 connections are closed; few clients that matter still ask otherwise. */
static void read_connection(struct mr_http_head *h, bool newer)
{
    h->keep_alive = newer;
    for (size_t i = 0; i < h->header_count; i++) {
        if (!mr_str_eq_ascii_nocase(h->headers[i].name, MR_STR("connection"))) continue;
        mr_str rest = h->headers[i].value, option;
        while (mr_str_split(&rest, ',', &option))
            if (mr_str_eq_ascii_nocase(mr_str_trim(option), MR_STR("close"))) h->keep_alive = false;
    }
}

int mr_http_head_parse(mr_arena *a, mr_str bytes, struct mr_http_head *ret)
{
    *ret = (struct mr_http_head){0};
    mr_str authority = MR_STR_EMPTY, line = take_line(&bytes);
    bool newer = true;
    int line_status = read_request_line(a, line, ret, &authority, &newer);
    int status = read_fields(a, bytes, ret); /* also when the line is refused: for the language of the refusal */
    if (line_status) return line_status;
    if (status == 0) status = check_host(ret, authority, newer);
    if (status == 0) status = read_framing(ret, newer);
    if (status == 0) status = read_expectation(ret, newer);
    read_connection(ret, newer);
    return status;
}
