/* Building an answer. */
#include "http/response.h"

#include "base/limits.h"

#include <stdio.h>
#include <time.h>

void mr_http_response_init(mr_http_response *r, mr_arena *a)
{
    *r = (mr_http_response){.status = 200, .arena = a};
    mr_buf_init(&r->body, MR_LIMIT_HTTP_RESPONSE);
}

void mr_http_response_done(mr_http_response *r)
{
    mr_buf_done(&r->body);
}

bool mr_http_response_is_wrong(const mr_http_response *r)
{
    return r->wrong || mr_buf_failed(&r->body);
}

int mr_http_status(const mr_http_response *r)
{
    return r->status;
}

void mr_http_set_status(mr_http_response *r, int status)
{
    r->status = status;
    if (status < 200 || status > 599) r->wrong = true;
}

static bool is_name(mr_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
        if (!plain) return false;
    }
    return s.len > 0;
}

static bool is_value(mr_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (((unsigned char)s.ptr[i] < 0x20 && s.ptr[i] != '\t') || s.ptr[i] == 0x7f) return false;
    return true;
}

/* Where the answer ends and how the connection goes on is the server's own business. */
static bool is_reserved(mr_str name)
{
    static const char *const names[] = {"Content-Length", "Transfer-Encoding", "Connection", "Date"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (mr_str_eq_ascii_nocase(name, mr_str_of(names[i]))) return true;
    return false;
}

void mr_http_set_header(mr_http_response *r, const char *name, mr_str value)
{
    mr_str n = mr_str_of(name), copy = mr_arena_dup(r->arena, value);
    if (!is_name(n) || is_reserved(n) || !is_value(value) || !copy.ptr) {
        r->wrong = true;
        return;
    }
    size_t at = r->header_count;
    if (!mr_str_eq_ascii_nocase(n, MR_STR("Set-Cookie")))
        for (size_t i = 0; i < r->header_count; i++)
            if (mr_str_eq_ascii_nocase(mr_str_of(r->headers[i].name), n)) at = i;
    if (at == MR_RESPONSE_HEADERS) {
        r->wrong = true;
        return;
    }
    r->headers[at].name = name;
    r->headers[at].value = copy;
    if (at == r->header_count) r->header_count++;
}

mr_buf *mr_http_body(mr_http_response *r)
{
    return &r->body;
}

void mr_http_set_type(mr_http_response *r, const char *content_type)
{
    mr_http_set_header(r, "Content-Type", mr_str_of(content_type));
}

void mr_http_redirect(mr_http_response *r, mr_str location)
{
    mr_http_set_status(r, 303);
    mr_http_set_header(r, "Location", location);
}

bool mr_http_response_has_body(const mr_http_response *r)
{
    return r->status != 204 && r->status != 304;
}

/* RFC 9110 section 15; an unknown status needs no phrase (RFC 9112 4). */
const char *mr_http_reason(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {507, "Insufficient Storage"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (phrases[i].status == status) return phrases[i].phrase;
    return "";
}

/* RFC 9110 5.6.7: IMF-fixdate; not strftime, whose names of days follow the locale. */
static void write_date(int64_t seconds, mr_buf *out)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t t = (time_t)seconds;
    struct tm tm;
    if (!gmtime_r(&t, &tm)) return;
    mr_buf_format(out, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n", days + tm.tm_wday * 3, tm.tm_mday,
                  months + tm.tm_mon * 3, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void mr_http_response_write_head(const mr_http_response *r, bool close, int64_t seconds, mr_buf *out)
{
    bool typed = false;
    mr_buf_format(out, "HTTP/1.1 %d %s\r\n", r->status, mr_http_reason(r->status));
    for (size_t i = 0; i < r->header_count; i++) {
        mr_buf_puts(out, r->headers[i].name);
        mr_buf_put(out, MR_STR(": "));
        mr_buf_put(out, r->headers[i].value);
        mr_buf_put(out, MR_STR("\r\n"));
        typed |= mr_str_eq_ascii_nocase(mr_str_of(r->headers[i].name), MR_STR("Content-Type"));
    }
    if (mr_http_response_has_body(r)) {
        if (!typed) mr_buf_put(out, MR_STR("Content-Type: text/plain; charset=utf-8\r\n"));
        mr_buf_format(out, "Content-Length: %zu\r\n", r->body.len);
    }
    write_date(seconds, out);
    if (close) mr_buf_put(out, MR_STR("Connection: close\r\n"));
    mr_buf_put(out, MR_STR("\r\n"));
}
