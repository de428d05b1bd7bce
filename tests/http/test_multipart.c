#include "testing.h"

#include "http/http.h"

#include <time.h>

#define TYPE "multipart/form-data; boundary=AaB03x"
#define DISPOSITION "Content-Disposition: form-data; name="
#define LAST "\r\n--AaB03x--\r\n"

static int read_parts(mr_arena *a, mr_str type, mr_str body, struct mr_http_part **ret, size_t *ret_count)
{
    struct mr_http_header *h = MR_NEW(a, struct mr_http_header);
    mr_http_request *r = MR_NEW(a, mr_http_request);
    struct mr_err err = {0};
    *h = (struct mr_http_header){MR_STR("Content-Type"), type};
    *r = (mr_http_request){.body = body, .headers = h, .header_count = 1, .arena = a};
    return mr_http_parts(r, ret, ret_count, &err);
}

/* RFC 7578 4.2, 4.4 to 4.6 and 5.1.2; RFC 2388's AaB03x */
static void test_multipart_parts__reads_forms_as_the_standard_shows_them(void **state)
{
    static const mr_str body =
        MR_STR_INIT("--AaB03x\r\n"
                    "content-disposition: form-data; name=\"field1\"\r\n"
                    "content-type: text/plain;charset=UTF-8\r\n"
                    "content-transfer-encoding: 8bit\r\n"
                    "\r\n"
                    "Joe owes \xe2\x82\xac"
                    "100."
                    "\r\n--AaB03x\r\n"
                    "Content-Disposition: form-data; name=_charset_\r\n"
                    "\r\n"
                    "UTF-8"
                    "\r\n--AaB03x  \t\r\n"
                    "Content-Disposition: form-data; name=\"file\"; filename=\"r\xc3\xa9sultats.csv\"\r\n"
                    "Content-Type: text/csv\r\n"
                    "\r\n"
                    "a\0b\r\n--AaB03\r\n\r\n--AaB03xy\r\n"
                    "\r\n--AaB03x\r\n"
                    "Content-Disposition: form-data; name=\"empty\"; filename=\"\"\r\n"
                    "Content-Type: application/octet-stream\r\n"
                    "\r\n" LAST);
    static const struct {
        const char *name, *file_name, *type;
        mr_str content;
        bool is_file;
    } expected[] = {
        {"field1", "", "text/plain;charset=UTF-8", MR_STR_INIT("Joe owes €100."), false},
        {"_charset_", "", "text/plain", MR_STR_INIT("UTF-8"), false},
        {"file", "résultats.csv", "text/csv", MR_STR_INIT("a\0b\r\n--AaB03\r\n\r\n--AaB03xy\r\n"), true},
        {"empty", "", "application/octet-stream", MR_STR_INIT(""), true},
    };
    mr_arena a;
    struct mr_http_part *parts = NULL;
    size_t count = 0;
    mr_arena_init(&a, 1 << 20);
    assert_int_equal(read_parts(&a, MR_STR(TYPE), body, &parts, &count), MR_OK);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++)
        if (!mr_str_is(parts[i].name, expected[i].name) || !mr_str_is(parts[i].file_name, expected[i].file_name) ||
            !mr_str_is(parts[i].type, expected[i].type) || !mr_str_eq(parts[i].content, expected[i].content) ||
            parts[i].is_file != expected[i].is_file)
            fail_msg("part %zu: %.*s, %.*s, %.*s, %zu bytes", i, MR_STR_ARG(parts[i].name),
                     MR_STR_ARG(parts[i].file_name), MR_STR_ARG(parts[i].type), parts[i].content.len);
    mr_arena_done(&a);
}

static void test_multipart_parts__names_come_as_people_have_them(void **state)
{
    static const struct {
        const char *disposition, *name, *file_name; /* name NULL: refused */
    } cases[] = {
        {"form-data; name=\"a\"; filename=\"b \\\"c\\\".txt\"", "a", "b \"c\".txt"},
        {"form-data; name=\"a\"; filename=\"b %22c%22.txt\"", "a", "b \"c\".txt"},
        {"form-data; name=\"a\"; filename=\"C:\\Users\\Zoe\\b.txt\"", "a", "b.txt"},
        {"form-data; name=\"a\"; filename=\"../../etc/passwd\"", "a", "passwd"},
        {"form-data; name=\"a\"; filename=\"x; name=\"", "a", "x; name="},
        {"form-data; name=\"a\"; filename*=UTF-8''evil.txt", "a", ""},
        {"form-data; NAME=a; FileName=b", "a", "b"},
        {"FORM-DATA;name=\"\"", "", ""},
        {"form-data", NULL, NULL},
        {"form-data; filename=\"a\"", NULL, NULL},
        {"form-data; name=\"a", NULL, NULL},
        {"form-data; name=\"a\\\"", NULL, NULL},
        {"form-data; name=\"a\"b", NULL, NULL},
        {"form-data; name", NULL, NULL},
        {"form-data; name=\"a\"; name=\"b\"", NULL, NULL},
        {"form-data; name=\"a\"; filename=\"b\"; filename=\"c\"", NULL, NULL},
        {"form-data; name=\"a\"; filename=\"b\x01\"", NULL, NULL},
        {"form-data; name=\"a\"; filename=\"b\xff\"", NULL, NULL},
        {"attachment; name=\"a\"", NULL, NULL},
        {"form-data; =b; name=\"a\"", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_arena a;
        struct mr_http_part *parts = NULL;
        size_t count = 0;
        mr_arena_init(&a, 1 << 20);
        mr_str body = mr_arena_format(&a, "--AaB03x\r\nContent-Disposition: %s\r\n\r\nx" LAST, cases[i].disposition);
        int code = read_parts(&a, MR_STR(TYPE), body, &parts, &count);
        if (code != (cases[i].name ? MR_OK : MR_E_FORMAT)) fail_msg("%s: %s", cases[i].disposition, mr_code_name(code));
        if (code == MR_OK &&
            (!mr_str_is(parts[0].name, cases[i].name) || !mr_str_is(parts[0].file_name, cases[i].file_name)))
            fail_msg("%s: %.*s, %.*s", cases[i].disposition, MR_STR_ARG(parts[0].name), MR_STR_ARG(parts[0].file_name));
        mr_arena_done(&a);
    }
}

static void test_multipart_parts__refuses_malformed_forms(void **state)
{
    static const struct {
        const char *what, *type;
        mr_str body;
    } cases[] = {
#define CASE(what, type, body) {what, type, MR_STR_INIT(body)}
        CASE("another type", "text/plain", ""),
        CASE("another multipart", "multipart/mixed; boundary=AaB03x", "--AaB03x--"),
        CASE("no boundary", "multipart/form-data", "----"),
        CASE("empty boundary", "multipart/form-data; boundary=\"\"", "----\r\n"),
        CASE("two boundaries", TYPE "; boundary=b", "--AaB03x--\r\n"),
        CASE("boundary with a star", "multipart/form-data; boundary=a*b", "--a*b--\r\n"),
        CASE("boundary of 71",
             "multipart/form-data; boundary=01234567890123456789012345678901234567890123456789012345678901234567890",
             "--01234567890123456789012345678901234567890123456789012345678901234567890--\r\n"),
        CASE("empty body", TYPE, ""),
        CASE("preamble", TYPE, "hello\r\n--AaB03x--\r\n"),
        CASE("another boundary", TYPE, "--BbB03x--\r\n"),
        CASE("no end", TYPE, "--AaB03x\r\n" DISPOSITION "a\r\n\r\nx"),
        CASE("no end of the delimiter", TYPE, "--AaB03x\r\n" DISPOSITION "a\r\n\r\nx\r\n--AaB03x"),
        CASE("bare LF", TYPE, "--AaB03x\n" DISPOSITION "a\n\nx\n--AaB03x--\n"),
        CASE("no disposition", TYPE, "--AaB03x\r\nContent-Type: text/plain\r\n\r\nx" LAST),
        CASE("no header at all", TYPE, "--AaB03x\r\n\r\nx" LAST),
        CASE("two dispositions", TYPE, "--AaB03x\r\n" DISPOSITION "a\r\n" DISPOSITION "b\r\n\r\nx" LAST),
        CASE("base64", TYPE, "--AaB03x\r\n" DISPOSITION "a\r\nContent-Transfer-Encoding: base64\r\n\r\neA==" LAST),
        CASE("header without colon", TYPE, "--AaB03x\r\n" DISPOSITION "a\r\nhello\r\n\r\nx" LAST),
        CASE("header with bare LF", TYPE, "--AaB03x\r\n" DISPOSITION "a\nX: y\r\n\r\nx" LAST),
        CASE("head does not end", TYPE, "--AaB03x\r\n" DISPOSITION "a" LAST),
        CASE("17 headers", TYPE,
             "--AaB03x\r\n" DISPOSITION "a\r\n1:\r\n2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n7:\r\n8:\r\n9:\r\n0:\r\n1:\r\n2:"
             "\r\n3:\r\n4:\r\n5:\r\n6:\r\n\r\nx" LAST),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_arena a;
        struct mr_http_part *parts = NULL;
        size_t count = 0;
        mr_arena_init(&a, 1 << 20);
        int code = read_parts(&a, mr_str_of(cases[i].type), cases[i].body, &parts, &count);
        if (code != MR_E_FORMAT)
            fail_msg("%s: %s, %zu parts", cases[i].what, code ? mr_code_name(code) : "accepted", count);
        mr_arena_done(&a);
    }
}

static void test_multipart_parts__an_empty_form_and_a_quoted_boundary(void **state)
{
    mr_arena a;
    struct mr_http_part *parts = NULL;
    size_t count = 9;
    mr_arena_init(&a, 1 << 20);
    assert_int_equal(read_parts(&a, MR_STR("Multipart/Form-Data; charset=utf-8; Boundary=\"a b:c\""),
                                MR_STR("--a b:c--"), &parts, &count),
                     MR_OK);
    assert_int_equal(count, 0);
    /* neither line break nor content before the next delimiter */
    assert_int_equal(read_parts(&a, MR_STR(TYPE), MR_STR("--AaB03x\r\n" DISPOSITION "a\r\n\r\n--AaB03x--\r\nepilogue"),
                                &parts, &count),
                     MR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(parts[0].content.len, 0);
    mr_arena_done(&a);
}

static void test_multipart_parts__sixty_four_and_no_more(void **state)
{
    for (int n = 64; n <= 65; n++) {
        mr_arena a;
        mr_buf b;
        struct mr_http_part *parts = NULL;
        size_t count = 0;
        mr_arena_init(&a, 1 << 20);
        mr_buf_init(&b, 1 << 20);
        for (int i = 0; i < n; i++)
            mr_buf_format(&b, "%s--AaB03x\r\n" DISPOSITION "\"f%d\"\r\n\r\n%d", i ? "\r\n" : "", i, i);
        mr_buf_puts(&b, LAST);
        assert_int_equal(read_parts(&a, MR_STR(TYPE), mr_buf_str(&b), &parts, &count), n == 64 ? MR_OK : MR_E_LIMIT);
        if (n == 64) assert_true(count == 64 && mr_str_is(parts[63].content, "63"));
        mr_buf_done(&b);
        mr_arena_done(&a);
    }
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 8 MB of lines that are almost the delimiter. */
static void test_multipart_parts__stays_linear_on_hostile_content(void **state)
{
    static const char *const lines[] = {"\r\n--AaB03", "\r\n--AaB03x-", "\r\n", "\r", "\r\n--AaB03x \t \tz", "\r\n-"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        mr_arena a;
        mr_buf b;
        struct mr_http_part *parts = NULL;
        size_t count = 0;
        mr_arena_init(&a, 1 << 20);
        mr_buf_init(&b, 9 << 20);
        mr_buf_puts(&b, "--AaB03x\r\n" DISPOSITION "a\r\n\r\n");
        while (b.len < 8 << 20) mr_buf_puts(&b, lines[i]);
        mr_buf_puts(&b, LAST);
        double start = seconds();
        assert_int_equal(read_parts(&a, MR_STR(TYPE), mr_buf_str(&b), &parts, &count), MR_OK);
        assert_int_equal(count, 1);
        assert_true(parts[0].content.len >= (8 << 20) - 100);
        assert_true(seconds() - start < 2); /* takes some 20 ms; squared it would be hours */
        mr_buf_done(&b);
        mr_arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_multipart_parts__reads_forms_as_the_standard_shows_them),
        cmocka_unit_test(test_multipart_parts__names_come_as_people_have_them),
        cmocka_unit_test(test_multipart_parts__refuses_malformed_forms),
        cmocka_unit_test(test_multipart_parts__an_empty_form_and_a_quoted_boundary),
        cmocka_unit_test(test_multipart_parts__sixty_four_and_no_more),
        cmocka_unit_test(test_multipart_parts__stays_linear_on_hostile_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
