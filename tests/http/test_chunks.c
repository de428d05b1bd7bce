#include "testing.h"

#include "http/chunks.h"

enum { MORE = -1 };

/* Read in pieces of `step` bytes; the status, MORE when the body did not end. */
static int read_all(mr_str in, size_t step, mr_buf *body, size_t *ret_used)
{
    struct mr_http_chunks c = {0};
    *ret_used = 0;
    while (*ret_used < in.len) {
        mr_str piece = mr_str_make(in.ptr + *ret_used, in.len - *ret_used < step ? in.len - *ret_used : step);
        size_t used = 0;
        bool done = false;
        int status = mr_http_chunks_read(&c, piece, body, &used, &done);
        if (status) return status;
        *ret_used += used;
        if (done) return 0;
        assert_int_equal(used, piece.len);
    }
    return MORE;
}

static void test_chunks_read__takes_exactly_the_grammar(void **state)
{
    static const struct {
        const char *what;
        mr_str in;
        int expected;
        const char *body;
        size_t left;
    } cases[] = {
#define CASE(what, in, ...) {what, MR_STR_INIT(in), __VA_ARGS__}
        CASE("two chunks", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", 0, "hello world", 0),
        CASE("a request behind", "1\r\na\r\n0\r\n\r\nGET /", 0, "a", 5),
        CASE("empty body", "0\r\n\r\n", 0, "", 0),
        CASE("leading zeros", "00000001\r\na\r\n000\r\n\r\n", 0, "a", 0),
        CASE("capital digits", "A\r\n0123456789\r\n0\r\n\r\n", 0, "0123456789", 0),
        CASE("extension", "1;a=\"b\"\r\na\r\n0;x\r\n\r\n", 0, "a", 0),
        CASE("trailers", "1\r\na\r\n0\r\nA: b\r\nC: d\r\n\r\n", 0, "a", 0),
        CASE("line breaks inside", "4\r\n\r\n\r\n\r\n0\r\n\r\n", 0, "\r\n\r\n", 0),
        CASE("incomplete", "5\r\nhel", MORE, "hel", 0),
        CASE("no size", "\r\nhello", 400, "", 0),
        CASE("not a digit", "x\r\n", 400, "", 0),
        CASE("minus", "-1\r\na", 400, "", 0),
        CASE("plus", "+1\r\na", 400, "", 0),
        CASE("0x", "0x1\r\na", 400, "", 0),
        CASE("blank before", " 1\r\na", 400, "", 0),
        CASE("blank behind", "1 \r\na", 400, "", 0),
        CASE("nine digits", "000000001\r\na", 400, "", 0),
        CASE("bare LF after the size", "1\na", 400, "", 0),
        CASE("bare LF after the data", "1\r\na\n0\r\n\r\n", 400, "a", 0),
        CASE("data longer than said", "1\r\nab\r\n", 400, "a", 0),
        CASE("NUL in an extension", "1;\0\r\na", 400, "", 0),
        CASE("LF in an extension", "1;a\nb\r\na", 400, "", 0),
        CASE("CR alone in an extension", "1;a\rb\r\na", 400, "", 0),
        CASE("folded trailer", "0\r\nA: b\r\n c\r\n\r\n", 400, "", 0),
        CASE("more than the limit", "15\r\n", 413, "", 0),
        CASE("much more than the limit", "ffffffff\r\n", 413, "", 0),
        CASE("together more than the limit", "f\r\n0123456789abcde\r\n6\r\n", 413, "0123456789abcde", 0),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t step = 1; step < 50; step += 12) {
            mr_buf body;
            size_t used;
            mr_buf_init(&body, 20);
            int status = read_all(cases[i].in, step, &body, &used);
            if (status != cases[i].expected || !mr_str_is(mr_buf_str(&body), cases[i].body))
                fail_msg("%s in steps of %zu: status %d, body %.*s", cases[i].what, step, status,
                         MR_STR_ARG(mr_buf_str(&body)));
            if (status == 0 && used != cases[i].in.len - cases[i].left) fail_msg("%s: used %zu", cases[i].what, used);
            mr_buf_done(&body);
        }
}

static void test_chunks_read__extensions_and_trailers_end_somewhere(void **state)
{
    static const char *const starts[] = {"1;", "0\r\nA:"};
    for (size_t i = 0; i < 2; i++) {
        struct mr_http_chunks c = {0};
        mr_buf body;
        mr_buf_init(&body, 100);
        size_t used;
        bool done = false;
        assert_int_equal(mr_http_chunks_read(&c, mr_str_of(starts[i]), &body, &used, &done), 0);
        int status = 0, n = 0;
        while (status == 0 && n++ < 5000) status = mr_http_chunks_read(&c, MR_STR("x"), &body, &used, &done);
        assert_int_equal(status, 400);
        mr_buf_done(&body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunks_read__takes_exactly_the_grammar),
        cmocka_unit_test(test_chunks_read__extensions_and_trailers_end_somewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
