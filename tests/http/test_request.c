#include "testing.h"

#include "http/http.h"
#include "http/response.h"

static mr_arena arena;

static int make_arena(void **state)
{
    mr_arena_init(&arena, 1 << 20);
    return 0;
}

static int drop_arena(void **state)
{
    mr_arena_done(&arena);
    return 0;
}

static void test_request_query__decodes_fields(void **state)
{
    const mr_http_request r = {
        .query = MR_STR_INIT("a=1&b=x+y%26z&c=%C3%A6&d&e=&f=100%&g=%4&h=%ff&i=%00&%6a=k&a=2&&l=a=b"), .arena = &arena};
    static const char *const cases[][2] = {{"a", "1"}, {"b", "x y&z"}, {"c", "æ"},   {"d", ""},
                                           {"e", ""},  {"f", "100%"},  {"g", "%4"},  {"h", ""},
                                           {"i", ""},  {"j", "k"},     {"l", "a=b"}, {"zz", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str found = mr_http_query(&r, cases[i][0]);
        if (!mr_str_is(found, cases[i][1])) fail_msg("%s: %.*s", cases[i][0], MR_STR_ARG(found));
    }
}

/* A body of nothing but encoded names must not use up the memory that the answer needs. */
static void test_request_query__takes_no_memory_for_names(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf query;
    MR_CLEANUP(mr_arena_done) mr_arena small;
    mr_arena_init(&small, 4096);
    mr_buf_init(&query, 1 << 20);
    for (int i = 0; i < 10000; i++) mr_buf_puts(&query, "%41long+name=1&");
    mr_buf_puts(&query, "w%61nted=yes");
    const mr_http_request r = {.query = mr_buf_str(&query), .arena = &small};
    assert_true(mr_str_is(mr_http_query(&r, "wanted"), "yes"));
    assert_true(mr_str_is(mr_http_query(&r, "Along name"), "1"));
    assert_true(mr_str_is(mr_http_query(&r, "Along nam"), ""));
}

static void test_request_form__needs_its_type(void **state)
{
    struct mr_http_header h = {MR_STR_INIT("CONTENT-TYPE"),
                               MR_STR_INIT("application/x-www-form-urlencoded; charset=UTF-8")};
    mr_http_request r = {.body = MR_STR_INIT("a=b%0d%0ac"), .headers = &h, .header_count = 1, .arena = &arena};
    assert_true(mr_str_is(mr_http_form(&r, "a"), "b\r\nc"));
    h.value = MR_STR("text/plain");
    assert_true(mr_str_is(mr_http_form(&r, "a"), ""));
    r.header_count = 0;
    assert_true(mr_str_is(mr_http_form(&r, "a"), ""));
}

static void test_request_cookie__finds_by_exact_name(void **state)
{
    const struct mr_http_header h[] = {{MR_STR_INIT("Cookie"), MR_STR_INIT("a=1; session=\"x=y\"; sessionx=no;b=2")},
                                       {MR_STR_INIT("cookie"), MR_STR_INIT("c=3")}};
    const mr_http_request r = {.headers = h, .header_count = 2, .arena = &arena};
    static const char *const cases[][2] = {{"a", "1"}, {"session", "x=y"}, {"b", "2"},
                                           {"c", "3"}, {"Session", ""},    {"x", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str found = mr_http_cookie(&r, cases[i][0]);
        if (!mr_str_is(found, cases[i][1])) fail_msg("%s: %.*s", cases[i][0], MR_STR_ARG(found));
    }
}

static void test_response_set_header__replaces_but_adds_cookies(void **state)
{
    mr_http_response r;
    mr_buf out;
    mr_http_response_init(&r, &arena);
    mr_buf_init(&out, 4096);
    mr_http_set_type(&r, "text/html");
    mr_http_set_header(&r, "content-type", MR_STR("text/css"));
    mr_http_set_header(&r, "Set-Cookie", MR_STR("a=1"));
    mr_http_set_header(&r, "Set-Cookie", MR_STR("b=2"));
    mr_buf_puts(mr_http_body(&r), "hello");
    assert_false(mr_http_response_is_wrong(&r));
    mr_http_response_write_head(&r, true, 784111777, &out);
    mr_buf_putc(&out, '\0');
    assert_string_equal(
        out.ptr,
        "HTTP/1.1 200 OK\r\ncontent-type: text/css\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 5\r\n"
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\n\r\n"); /* the date of RFC 9110 5.6.7 */
    mr_buf_done(&out);
    mr_http_response_done(&r);
}

static void test_response_set_header__notes_mistakes(void **state)
{
    static const struct {
        const char *name;
        mr_str value;
    } cases[] = {
        {"Location", MR_STR_INIT("/a\r\nSet-Cookie: b")},
        {"Location", MR_STR_INIT("a\nb")},
        {"Location", MR_STR_INIT("a\0b")},
        {"X Y", MR_STR_INIT("a")},
        {"", MR_STR_INIT("a")},
        {"content-length", MR_STR_INIT("5")},
        {"Transfer-Encoding", MR_STR_INIT("chunked")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_http_response r;
        mr_http_response_init(&r, &arena);
        mr_http_set_header(&r, cases[i].name, cases[i].value);
        if (!mr_http_response_is_wrong(&r)) fail_msg("%s: %.*s", cases[i].name, MR_STR_ARG(cases[i].value));
        mr_http_response_done(&r);
    }
}

int main(void)
{
#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, drop_arena)
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_request_query__decodes_fields),
        WITH_ARENA(test_request_query__takes_no_memory_for_names),
        WITH_ARENA(test_request_form__needs_its_type),
        WITH_ARENA(test_request_cookie__finds_by_exact_name),
        WITH_ARENA(test_response_set_header__replaces_but_adds_cookies),
        WITH_ARENA(test_response_set_header__notes_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
