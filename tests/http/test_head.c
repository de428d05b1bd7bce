#include "testing.h"

#include "base/limits.h"
#include "http/head.h"

#define HOST "Host: example.org\r\n"
#define END "\r\n"

static int parse(mr_arena *a, mr_str bytes, struct mr_http_head *ret)
{
    size_t scanned = 0;
    ptrdiff_t end = mr_http_head_end(bytes, &scanned);
    if (end < 0) return 400;
    if (end == 0) return -1; /* incomplete */
    return mr_http_head_parse(a, mr_str_make(bytes.ptr, (size_t)end), ret);
}

/* Every probe that another server was seen to take, and what the grammar forbids. */
static void test_head_parse__refuses_what_can_be_read_in_two_ways(void **state)
{
    static const struct {
        const char *what;
        mr_str bytes;
        int expected;
    } cases[] = {
#define CASE(what, text, status) {what, MR_STR_INIT(text), status}
        CASE("plain", "GET / HTTP/1.1\r\n" HOST END, 0),
        CASE("two different Content-Length",
             "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 6\r\n" END, 400),
        CASE("twice the same Content-Length",
             "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\ncontent-length: 5\r\n" END, 400),
        CASE("list of Content-Length", "POST / HTTP/1.1\r\n" HOST "Content-Length: 5, 5\r\n" END, 400),
        CASE("Content-Length with chunked",
             "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" END, 400),
        CASE("xchunked", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n" END, 400),
        CASE("gzip, chunked", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n" END, 400),
        CASE("chunked twice",
             "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" END, 400),
        CASE("chunked, chunked", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, chunked\r\n" END, 400),
        CASE("empty Transfer-Encoding", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n" END, 400),
        CASE("chunked with vertical tab", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: \vchunked\r\n" END, 400),
        CASE("chunked in HTTP/1.0", "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n" END, 400),
        CASE("chunked in capitals", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: CHUNKED\r\n" END, 0),
        CASE("Content-Length +5", "POST / HTTP/1.1\r\n" HOST "Content-Length: +5\r\n" END, 400),
        CASE("Content-Length -5", "POST / HTTP/1.1\r\n" HOST "Content-Length: -5\r\n" END, 400),
        CASE("Content-Length 0x5", "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n" END, 400),
        CASE("Content-Length empty", "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n" END, 400),
        CASE("Content-Length 5 5", "POST / HTTP/1.1\r\n" HOST "Content-Length: 5 5\r\n" END, 400),
        CASE("Content-Length beyond 64 bits", "POST / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551621\r\n" END,
             400),
        CASE("no Host", "GET / HTTP/1.1\r\n" END, 400),
        CASE("no Host in HTTP/1.0", "GET / HTTP/1.0\r\n" END, 0),
        CASE("two Hosts", "GET / HTTP/1.1\r\n" HOST "host: example.org\r\n" END, 400),
        CASE("empty Host", "GET / HTTP/1.1\r\nHost:\r\n" END, 400),
        CASE("Host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\n" END, 400),
        CASE("Host with a slash", "GET / HTTP/1.1\r\nHost: a/b\r\n" END, 400),
        CASE("Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n" END, 400),
        CASE("Host is an IPv6 address", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n" END, 0),
        CASE("absolute target", "GET http://example.org/ HTTP/1.1\r\n" HOST END, 0),
        CASE("absolute target without path", "GET http://example.org?a=b HTTP/1.1\r\n" HOST END, 0),
        CASE("absolute target of another host", "GET http://example.com/ HTTP/1.1\r\n" HOST END, 400),
        CASE("absolute target without host", "GET http:/// HTTP/1.1\r\n" HOST END, 400),
        CASE("asterisk", "GET * HTTP/1.1\r\n" HOST END, 400),
        CASE("bare LF after the request line", "GET / HTTP/1.1\n" HOST END, 400),
        CASE("bare LF after a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
        CASE("bare LF inside a value", "GET / HTTP/1.1\r\n" HOST "A: b\nTransfer-Encoding: chunked\r\n" END, 400),
        CASE("bare CR inside a value", "GET / HTTP/1.1\r\n" HOST "A: b\rc\r\n" END, 400),
        CASE("NUL inside a value", "GET / HTTP/1.1\r\n" HOST "A: b\0c\r\n" END, 400),
        CASE("NUL inside a name", "GET / HTTP/1.1\r\n" HOST "A\0: b\r\n" END, 400),
        CASE("NUL in the request line", "GET /\0 HTTP/1.1\r\n" HOST END, 400),
        CASE("DEL inside a value", "GET / HTTP/1.1\r\n" HOST "A: b\x7f\r\n" END, 400),
        CASE("folded line", "GET / HTTP/1.1\r\n" HOST "A: b\r\n c\r\n" END, 400),
        CASE("folded line with tab", "GET / HTTP/1.1\r\n" HOST "A: b\r\n\tc: d\r\n" END, 400),
        CASE("first line folded", "GET / HTTP/1.1\r\n " HOST END, 400),
        CASE("blank before the colon", "POST / HTTP/1.1\r\n" HOST "Content-Length : 5\r\n" END, 400),
        CASE("tab before the colon", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding\t: chunked\r\n" END, 400),
        CASE("no colon", "GET / HTTP/1.1\r\n" HOST "nonsense\r\n" END, 400),
        CASE("no name", "GET / HTTP/1.1\r\n" HOST ": b\r\n" END, 400),
        CASE("name with an umlaut", "GET / HTTP/1.1\r\n" HOST "\xc3\xa4: b\r\n" END, 400),
        CASE("value with an umlaut", "GET / HTTP/1.1\r\n" HOST "A: \xc3\xa4\r\n" END, 0),
        CASE("TRACE", "TRACE / HTTP/1.1\r\n" HOST END, 501),
        CASE("small letters", "get / HTTP/1.1\r\n" HOST END, 501),
        CASE("method with a slash", "G/T / HTTP/1.1\r\n" HOST END, 400),
        CASE("no version", "GET /\r\n" HOST END, 400),
        CASE("two blanks", "GET  / HTTP/1.1\r\n" HOST END, 400),
        CASE("blank at the end", "GET / HTTP/1.1 \r\n" HOST END, 400),
        CASE("tab between", "GET\t/ HTTP/1.1\r\n" HOST END, 400),
        CASE("HTTP/2.0", "GET / HTTP/2.0\r\n" HOST END, 505),
        CASE("HTTP/1.2", "GET / HTTP/1.2\r\n" HOST END, 0),
        CASE("HTTP/11", "GET / HTTP/11\r\n" HOST END, 400),
        CASE("http/1.1", "GET / http/1.1\r\n" HOST END, 400),
        CASE("fragment", "GET /a#b HTTP/1.1\r\n" HOST END, 400),
        CASE("raw umlaut in the target", "GET /\xc3\xa4 HTTP/1.1\r\n" HOST END, 400),
        CASE("expectation unknown", "POST / HTTP/1.1\r\n" HOST "Expect: miracle\r\n" END, 417),
        CASE("expectation known", "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nExpect: 100-Continue\r\n" END, 0),
        CASE("an empty head", "\r\n\r\n", 400),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_arena a;
        struct mr_http_head head;
        mr_arena_init(&a, 1 << 20);
        int status = parse(&a, cases[i].bytes, &head);
        if (status != cases[i].expected) fail_msg("%s: expected %d, got %d", cases[i].what, cases[i].expected, status);
        mr_arena_done(&a);
    }
}

static void test_head_parse__decodes_the_path_once(void **state)
{
    static const struct {
        const char *target, *path, *query; /* path NULL: 400 */
    } cases[] = {
        {"/", "/", ""},
        {"/a/b?c=%2F&d", "/a/b", "c=%2F&d"},
        {"/a%20b", "/a b", ""},
        {"/%C3%A6bleskiver", "/æbleskiver", ""},
        {"/a%3Fb?", "/a?b", ""},
        {"/a%2541", "/a%41", ""},
        {"/a//b", "/a//b", ""},
        {"/a?b?c", "/a", "b?c"},
        {"http://h/x?y", "/x", "y"},
        {"http://h", "/", ""},
        {"http://h?y", "/", "y"},
        {"/..", NULL, NULL},
        {"/../etc/passwd", NULL, NULL},
        {"/a/../b", NULL, NULL},
        {"/a/./b", NULL, NULL},
        {"/a/%2e%2E/b", NULL, NULL},
        {"/a%2fb", NULL, NULL},
        {"/a%00b", NULL, NULL},
        {"/a%0d%0aSet-Cookie:x", NULL, NULL},
        {"/a%5c..%5cb", NULL, NULL},
        {"/a\\b", NULL, NULL},
        {"/a%", NULL, NULL},
        {"/a%4", NULL, NULL},
        {"/a%zz", NULL, NULL},
        {"/a%ff", NULL, NULL},
        {"/%c0%ae%c0%ae/", NULL, NULL},
        {"//example.com/", NULL, NULL},
        {"a", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_arena a;
        struct mr_http_head head;
        mr_arena_init(&a, 1 << 20);
        int status = parse(&a, mr_arena_format(&a, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", cases[i].target), &head);
        if (status != (cases[i].path ? 0 : 400)) fail_msg("%s: %d", cases[i].target, status);
        if (cases[i].path && (!mr_str_is(head.path, cases[i].path) || !mr_str_is(head.query, cases[i].query)))
            fail_msg("%s: path %.*s, query %.*s", cases[i].target, MR_STR_ARG(head.path), MR_STR_ARG(head.query));
        mr_arena_done(&a);
    }
}

static void test_head_parse__limits_headers_and_target(void **state)
{
    for (int extra = 0; extra < 2; extra++) {
        mr_arena a;
        mr_buf b;
        struct mr_http_head head;
        mr_arena_init(&a, 1 << 20);
        mr_buf_init(&b, 1 << 20);
        mr_buf_puts(&b, "GET / HTTP/1.1\r\nHost: h\r\n");
        for (int i = 1; i < MR_LIMIT_HTTP_HEADERS + extra; i++) mr_buf_format(&b, "A%d: b\r\n", i);
        mr_buf_puts(&b, "\r\n");
        assert_int_equal(parse(&a, mr_buf_str(&b), &head), extra ? 400 : 0);
        assert_int_equal(head.header_count, MR_LIMIT_HTTP_HEADERS);

        mr_buf_clear(&b);
        mr_buf_puts(&b, "GET /");
        for (int i = 1; i < 8192 + extra; i++) mr_buf_putc(&b, 'x');
        mr_buf_puts(&b, " HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_int_equal(parse(&a, mr_buf_str(&b), &head), extra ? 414 : 0);
        mr_buf_done(&b);
        mr_arena_done(&a);
    }
}

static void test_head_parse__reads_what_follows_from_the_fields(void **state)
{
    mr_arena a;
    struct mr_http_head head;
    mr_arena_init(&a, 1 << 20);
    assert_int_equal(
        parse(
            &a,
            MR_STR("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 007\r\nX:\t a b \t\r\nConnection: a, Close\r\n\r\n"),
            &head),
        0);
    assert_int_equal(head.method, MR_PUT);
    for (mr_http_method m = MR_GET; m <= MR_PATCH; m++) {
        mr_str line = mr_arena_format(&a, "%s /x HTTP/1.1\r\nHost: h\r\n\r\n", mr_http_method_name(m));
        struct mr_http_head other;
        assert_int_equal(parse(&a, line, &other), 0);
        assert_int_equal(other.method, m);
    }
    assert_int_equal(head.length, 7);
    assert_false(head.keep_alive);
    assert_false(head.waits);
    assert_int_equal(head.header_count, 4);
    assert_true(mr_str_is(head.headers[2].value, "a b"));
    assert_int_equal(
        parse(&a, MR_STR("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"),
              &head),
        0);
    assert_true(head.chunked && head.waits && head.keep_alive);
    assert_int_equal(parse(&a, MR_STR("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), &head), 0);
    assert_false(head.keep_alive);
    /* a refusal still knows the language */
    assert_int_equal(parse(&a, MR_STR("BREW / HTTP/1.1\r\nAccept-Language: da\r\n\r\n"), &head), 501);
    assert_int_equal(head.header_count, 1);
    mr_arena_done(&a);
}

static void test_head_end__is_found_however_the_bytes_are_cut(void **state)
{
    static const char text[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\nrest\n";
    size_t scanned = 0;
    for (size_t n = 0; n < 27; n++) assert_int_equal(mr_http_head_end(mr_str_make(text, n), &scanned), 0);
    assert_int_equal(mr_http_head_end(mr_str_make(text, 27), &scanned), 27);
    scanned = 0;
    assert_int_equal(mr_http_head_end(MR_STR(text), &scanned), 27);
}

/* Whatever the bytes, an accepted head holds what it promises; the sanitizers watch the rest. */
static void test_head_parse__keeps_its_promises_on_damaged_heads(void **state)
{
    static const char seed[] = "POST /a%20b/c?d=e HTTP/1.1\r\nHost: example.org:80\r\nContent-Length: 12\r\nX-Y: z, "
                               "z\r\nExpect: 100-continue\r\n\r\n";
    uint64_t random = 88172645463325252u;
    size_t accepted = 0;
    for (int round = 0; round < 100000; round++) {
        char text[sizeof seed];
        memcpy(text, seed, sizeof seed);
        for (int i = 0; i < 1 + round % 3; i++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            static const char palette[] = "\r\n :\t%/.?0a\0\xc3";
            text[random % (sizeof seed - 1)] =
                random >> 60 ? palette[(random >> 32) % (sizeof palette - 1)] : (char)(random >> 40);
        }
        mr_arena a;
        struct mr_http_head head;
        mr_arena_init(&a, 1 << 20);
        if (parse(&a, mr_str_make(text, sizeof seed - 1), &head) == 0) {
            accepted++;
            assert_true(head.path.len > 0 && head.path.ptr[0] == '/' && strlen(head.path.ptr) == head.path.len);
            assert_true(mr_utf8_check(head.path) == head.path.len && mr_str_find(head.path, MR_STR("/../")) < 0);
            for (size_t i = 0; i < head.header_count; i++) {
                assert_true(head.headers[i].name.len > 0);
                assert_null(memchr(head.headers[i].value.ptr, '\n', head.headers[i].value.len));
                assert_null(memchr(head.headers[i].value.ptr, '\0', head.headers[i].value.len));
            }
        }
        mr_arena_done(&a);
    }
    assert_true(accepted > 1000 && accepted < 90000); /* the damage is neither harmless nor deadly throughout */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head_parse__refuses_what_can_be_read_in_two_ways),
        cmocka_unit_test(test_head_parse__decodes_the_path_once),
        cmocka_unit_test(test_head_parse__limits_headers_and_target),
        cmocka_unit_test(test_head_parse__reads_what_follows_from_the_fields),
        cmocka_unit_test(test_head_end__is_found_however_the_bytes_are_cut),
        cmocka_unit_test(test_head_parse__keeps_its_promises_on_damaged_heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
