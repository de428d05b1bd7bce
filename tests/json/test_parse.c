#include "json/json.h"
#include "testing.h"

#include "base/limits.h"

#include <float.h>
#include <sys/mman.h>

#define MEMORY (64 * MR_MIB)

static mr_arena a;

static int setup(void **state)
{
    mr_arena_init(&a, MEMORY);
    return 0;
}

static int teardown(void **state)
{
    mr_arena_done(&a);
    return 0;
}

static const mr_json *parse_str(mr_str text)
{
    const mr_json *root = NULL;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(&a, text, NULL, &root, &err), err);
    return root;
}

static const mr_json *parse(const char *text)
{
    return parse_str(mr_str_of(text));
}

static const char sample[] = "{ \"name\" : \"Vand og energi\", \"credit\":2.50,\n\"tags\":[\"a\",[],{},null , "
                             "true,false],\"deep\":{\"x\":-1e-2}}\n";

static void test_json_parse__lays_nodes_out_in_document_order(void **state)
{
    static const struct {
        mr_json_type type;
        uint32_t len, skip;
        const char *at; /* what stands at the position */
    } wanted[] = {
        {MR_JSON_OBJECT, 4, 17, "{ \"name"}, {MR_JSON_STRING, 4, 1, "\"name"}, {MR_JSON_STRING, 14, 1, "\"Vand"},
        {MR_JSON_STRING, 6, 1, "\"credit"},  {MR_JSON_NUMBER, 4, 1, "2.50"},   {MR_JSON_STRING, 4, 1, "\"tags"},
        {MR_JSON_ARRAY, 6, 7, "[\"a\""},     {MR_JSON_STRING, 1, 1, "\"a"},    {MR_JSON_ARRAY, 0, 1, "[]"},
        {MR_JSON_OBJECT, 0, 1, "{}"},        {MR_JSON_NULL, 0, 1, "null"},     {MR_JSON_TRUE, 0, 1, "true"},
        {MR_JSON_FALSE, 0, 1, "false"},      {MR_JSON_STRING, 4, 1, "\"deep"}, {MR_JSON_OBJECT, 1, 3, "{\"x\""},
        {MR_JSON_STRING, 1, 1, "\"x"},       {MR_JSON_NUMBER, 5, 1, "-1e-2"},
    };
    const mr_json *root = parse(sample);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        print_message("# node %zu\n", i);
        assert_int_equal(root[i].type, wanted[i].type);
        assert_int_equal(root[i].len, wanted[i].len);
        assert_int_equal(root[i].skip, wanted[i].skip);
        assert_memory_equal(sample + root[i].position, wanted[i].at, strlen(wanted[i].at));
    }
}

static void test_json_parse__keeps_texts_in_the_input(void **state)
{
    const mr_json *root = parse(sample), *name = mr_json_get(root, "name");
    assert_ptr_equal(name->ptr, sample + name->position + 1);
    assert_str(mr_json_str(name), "Vand og energi");
}

static void test_json_parse__keeps_the_text_of_numbers(void **state)
{
    static const char *const cases[] = {"2.50",  "1E400", "12345678901234567890", "-0",    "0",        "1e+05",
                                        "-1e-9", "0.00",  "9007199254740993",     "1.0E0", "123456789"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str text = mr_arena_format(&a, "[%s]", cases[i]);
        assert_str(mr_json_text(parse_str(text) + 1), cases[i]);
        assert_str(mr_json_text(parse(cases[i])), cases[i]);
    }
}

static void test_json_parse__replaces_escapes(void **state)
{
    static const struct {
        const char *json;
        mr_str wanted;
    } cases[] = {
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", MR_STR_INIT("\"\\/\b\f\n\r\t")},
        {"\"\\u0000\"", MR_STR_INIT("\0")},
        {"\"a\\u00e6b\\u20ACc\\uD83D\\ude00d\"", MR_STR_INIT("a\xc3\xa6"
                                                             "b\xe2\x82\xac"
                                                             "c\xf0\x9f\x98\x80"
                                                             "d")},
        {"\"\\uDBFF\\uDFFF\"", MR_STR_INIT("\xf4\x8f\xbf\xbf")},
        {"\"\\uFFFF\"", MR_STR_INIT("\xef\xbf\xbf")},
        {"\"\xc3\xb8\\n\xe2\x82\xac\"", MR_STR_INIT("\xc3\xb8\n\xe2\x82\xac")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_str_eq(mr_json_str(parse(cases[i].json)), cases[i].wanted);
        mr_str wrapped = mr_arena_format(&a, "{%s:%s}", cases[i].json, cases[i].json);
        const mr_json *root = parse_str(wrapped);
        assert_str_eq(mr_json_text(root + 1), cases[i].wanted);
        assert_str_eq(mr_json_text(root + 2), cases[i].wanted);
    }
}

/* Every fault has its exact place. `at`: the offset, or -1 for the end of the text. */
static void test_json_parse__says_where_the_fault_is(void **state)
{
    static const struct {
        mr_str text;
        int code;
        long at;
        const char *pointer;
    } cases[] = {
        {MR_STR_INIT(""), MR_E_JSON, 0, ""},
        {MR_STR_INIT(" \n"), MR_E_JSON, 2, ""},
        {MR_STR_INIT("{\"a\":1,}"), MR_E_JSON, 7, ""},
        {MR_STR_INIT("{\"a\":1 \"b\":2}"), MR_E_JSON, 7, ""},
        {MR_STR_INIT("{\"a\" 1}"), MR_E_JSON, 5, ""},
        {MR_STR_INIT("{a:1}"), MR_E_JSON, 1, ""},
        {MR_STR_INIT("[1,]"), MR_E_JSON, 3, ""},
        {MR_STR_INIT("[1 2]"), MR_E_JSON, 3, ""},
        {MR_STR_INIT("[1}"), MR_E_JSON, 2, ""},
        {MR_STR_INIT("[01]"), MR_E_JSON, 2, ""},
        {MR_STR_INIT("[-]"), MR_E_JSON, 2, ""},
        {MR_STR_INIT("[1.]"), MR_E_JSON, 3, ""},
        {MR_STR_INIT("[1e+]"), MR_E_JSON, 4, ""},
        {MR_STR_INIT("[+1]"), MR_E_JSON, 1, ""},
        {MR_STR_INIT("[nul]"), MR_E_JSON, 1, ""},
        {MR_STR_INIT("[truE]"), MR_E_JSON, 1, ""},
        {MR_STR_INIT("['a']"), MR_E_JSON, 1, ""},
        {MR_STR_INIT("{} {}"), MR_E_JSON, 3, ""},
        {MR_STR_INIT("[]]"), MR_E_JSON, 2, ""},
        {MR_STR_INIT("1 2"), MR_E_JSON, 2, ""},
        {MR_STR_INIT("\"a\\x\""), MR_E_JSON, 2, ""},
        {MR_STR_INIT("[\"a\\u12G4\"]"), MR_E_JSON, 3, ""},
        {MR_STR_INIT("[\"a\\ud800\"]"), MR_E_JSON, 3, ""},
        {MR_STR_INIT("[\"a\\ud800\\u0041\"]"), MR_E_JSON, 3, ""},
        {MR_STR_INIT("[\"a\\udc00\"]"), MR_E_JSON, 3, ""},
        {MR_STR_INIT("[\"a\tb\"]"), MR_E_JSON, 3, ""},
        {MR_STR_INIT("[\"a\0b\"]"), MR_E_JSON, 3, ""},
        {MR_STR_INIT("[\"a\xff\"]"), MR_E_UTF8, 3, ""},
        {MR_STR_INIT("[\"\xc3\xa6\xed\xa0\x80\"]"), MR_E_UTF8, 4, ""},
        {MR_STR_INIT("[\"\xf4\x90\x80\x80\"]"), MR_E_UTF8, 2, ""},
        {MR_STR_INIT("[\"\xe0\x9f\xbf\"]"), MR_E_UTF8, 2, ""},
        {MR_STR_INIT("[\"\xf0\x8f\xbf\xbf\"]"), MR_E_UTF8, 2, ""},
        {MR_STR_INIT("[\"\xe2\x82\"]"), MR_E_UTF8, 2, ""},
        {MR_STR_INIT("{\"a/b\":[0,{\"c\":tru}]}"), MR_E_JSON, 15, "/a~1b/1"},
        {MR_STR_INIT("{\"a\":[[],[1,[2,x]]]}"), MR_E_JSON, 15, "/a/1/1"},
        {MR_STR_INIT("\xef\xbb\xbf{}"), MR_E_JSON, 0, ""},
        {MR_STR_INIT("\xff\xfe{\0}\0"), MR_E_UTF8, 0, ""},
        {MR_STR_INIT("\0{\0}"), MR_E_UTF8, 0, ""},
        {MR_STR_INIT("{\0}\0"), MR_E_UTF8, 0, ""},
        {MR_STR_INIT("[\"abc]"), MR_E_JSON, -1, ""},
        {MR_STR_INIT("[[1]"), MR_E_JSON, -1, ""},
        {MR_STR_INIT("{\"a\":{\"b\":1}"), MR_E_JSON, -1, ""},
        {MR_STR_INIT("{\"a\":"), MR_E_JSON, -1, ""},
        {MR_STR_INIT("\""), MR_E_JSON, -1, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_json *root = NULL;
        struct mr_err err = {0};
        print_message("# %.*s\n", MR_STR_ARG(cases[i].text));
        assert_code(mr_json_parse(&a, cases[i].text, NULL, &root, &err), cases[i].code, err);
        assert_int_equal(err.position, cases[i].at < 0 ? cases[i].text.len : (size_t)cases[i].at);
        assert_string_equal(err.pointer, cases[i].pointer);
        assert_null(root);
        assert_int_equal(mr_json_parse(&a, cases[i].text, NULL, &root, NULL), cases[i].code);
    }
}

static void test_json_parse__says_what_is_missing(void **state)
{
    static const char *const cases[][2] = {
        {"[x]", "a value"},
        {"[1,]", "a value"},
        {"{\"a\":}", "a value"},
        {"[1 2]", "a comma or a closing bracket"},
        {"{\"a\" 1}", "a colon"},
        {"{\"a\":1,}", "a member name"},
        {"[-x]", "a digit"},
        {"[1", "the text ends too early"},
        {"[\"1", "the text ends inside a string"},
        {"\xef\xbb\xbf{}", "a byte order mark"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_json *root;
        struct mr_err err = {.pointer = "stale", .detail = "stale"};
        assert_code(mr_json_parse(&a, mr_str_of(cases[i][0]), NULL, &root, &err), MR_E_JSON, err);
        if (!mr_str_has_prefix(mr_str_of(err.message), mr_str_of(cases[i][1])))
            fail_msg("%s: %s", cases[i][0], err.message);
        assert_string_equal(err.pointer, "");
        assert_string_equal(err.detail, "");
    }
}

static void test_json_parse__refuses_every_truncation(void **state)
{
    size_t whole = sizeof sample - 2; /* without the line feed behind */
    for (size_t len = 0; len < whole; len++) {
        /* A page that must not be touched follows directly. */
        const mr_json *root;
        struct mr_err err = {0};
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        char *map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_ptr_not_equal(map, MAP_FAILED);
        assert_int_equal(mprotect(map + page, page, PROT_NONE), 0);
        char *text = map + page - len;
        memcpy(text, sample, len);
        assert_code(mr_json_parse(&a, mr_str_make(text, len), NULL, &root, &err), MR_E_JSON, err);
        if (err.position != len && sample[err.position] != 't' && sample[err.position] != 'f' &&
            sample[err.position] != 'n')
            fail_msg("cut at %zu: fault said to be at %zu", len, err.position);
        munmap(map, 2 * page);
    }
    parse_str(mr_str_make(sample, whole));
}

/* Strings of every length around the strides of the scanner, with one octet of interest at every place. */
static void test_json_parse__finds_what_is_special_at_every_place(void **state)
{
    static const struct {
        const char *octets;
        int code;
    } specials[] = {{"\x1f", MR_E_JSON}, {"\xff", MR_E_UTF8}, {"\\n", MR_OK}, {"\xc3\xa6", MR_OK}, {"\x7f", MR_OK}};
    char text[256];
    for (size_t len = 2; len < 150; len++) {
        for (size_t at = 0; at + 2 <= len; at++) {
            for (size_t s = 0; s < sizeof specials / sizeof *specials; s++) {
                const mr_json *root;
                struct mr_err err = {0};
                mr_arena_reset(&a);
                memset(text, 'x', sizeof text);
                text[0] = '[', text[1] = '"', text[len + 2] = '"', text[len + 3] = ']';
                memcpy(text + 2 + at, specials[s].octets, strlen(specials[s].octets));
                char *exact = mr_arena_alloc(&a, len + 4); /* its end is watched by AddressSanitizer */
                memcpy(exact, text, len + 4);
                int code = mr_json_parse(&a, mr_str_make(exact, len + 4), NULL, &root, &err);
                assert_code(code, specials[s].code, err);
                if (code)
                    assert_int_equal(err.position, 2 + at);
                else
                    assert_int_equal(root[1].len, len - (specials[s].octets[0] == '\\'));
            }
        }
    }
}

static void test_json_parse__refuses_a_name_that_stands_twice(void **state)
{
    static const struct {
        const char *text;
        size_t at;
        const char *pointer, *name;
    } cases[] = {
        {"{\"a\":1,\"a\":2}", 7, "/a", "a"},
        {"{\"a\":1,\"\\u0061\":2}", 7, "/a", "a"},
        {"{\"\\u0061\":1,\"a\":2}", 12, "/a", "a"},
        {"{\"\":1,\"b\":3,\"\":2}", 12, "/", ""},
        {"{\"x\":[{\"id\":1,\"type\":2,\"id\":1}]}", 23, "/x/0/id", "id"},
        {"{\"a\":{\"a\":{\"a\":1}},\"b\":1,\"c\":1,\"b\":1,\"c\":1}", 31, "/b", "b"},
        {"{\"\xc3\xa6/\":1,\"\\u00e6/\":2}", 9, "/\xc3\xa6~1", "\xc3\xa6/"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_json *root = NULL;
        struct mr_err err = {0};
        print_message("# %s\n", cases[i].text);
        assert_code(mr_json_parse(&a, mr_str_of(cases[i].text), NULL, &root, &err), MR_E_JSON_DUPLICATE, err);
        assert_int_equal(err.position, cases[i].at);
        assert_string_equal(err.pointer, cases[i].pointer);
        assert_string_equal(err.detail, cases[i].name);
        mr_json_options both = {.allow_duplicates = true};
        assert_ok(mr_json_parse(&a, mr_str_of(cases[i].text), &both, &root, &err), err);
    }
}

static void test_json_parse__accepts_names_that_only_look_alike(void **state)
{
    parse("{\"a\":1,\"A\":2,\"aa\":3,\"\":4,\"ab\":5,\"aab\":6,\"abb\":7,\"a\\u0000\":8}");
    parse("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":1}]}"); /* each object on its own */
    /* same length, first and last letter */
    parse("{\"a1z\":1,\"a2z\":2,\"a3z\":3,\"a4z\":4,\"a5z\":5}");
    /* e with acute: one code point, or two; I-JSON compares code points */
    parse("{\"\\u00e9\":1,\"e\\u0301\":2}");
}

/* {"n0":0,"n1":1,...} with names count - 1 and `twice` made equal. */
static mr_str object_of(size_t count, size_t twice)
{
    mr_buf b;
    mr_buf_init(&b, 16 * MR_MIB);
    mr_buf_putc(&b, '{');
    for (size_t i = 0; i < count; i++)
        mr_buf_format(&b, "%s\"n%zu\":%zu", i ? "," : "", i + 1 == count && twice < count ? twice : i, i);
    mr_buf_putc(&b, '}');
    mr_str text = mr_arena_dup(&a, mr_buf_str(&b));
    mr_buf_done(&b);
    return text;
}

static void test_json_parse__checks_the_names_of_objects_of_every_size(void **state)
{
    for (size_t count = 1; count < 70; count++) {
        assert_int_equal(mr_json_count(parse_str(object_of(count, SIZE_MAX))), count);
        for (size_t twice = 0; twice + 1 < count; twice++) {
            const mr_json *root;
            struct mr_err err = {0};
            mr_arena_reset(&a);
            mr_str text = object_of(count, twice);
            assert_code(mr_json_parse(&a, text, NULL, &root, &err), MR_E_JSON_DUPLICATE, err);
            mr_str last = mr_arena_format(&a, "\"n%zu\":%zu}", twice, count - 1);
            assert_int_equal(err.position, text.len - last.len);
        }
    }
}

/* Quadratic work would take minutes. */
static void test_json_parse__reads_an_object_of_a_hundred_thousand_names(void **state)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_int_equal(mr_json_count(parse_str(object_of(100000, SIZE_MAX))), 100000);
    assert_code(mr_json_parse(&a, object_of(100000, 5000), NULL, &root, &err), MR_E_JSON_DUPLICATE, err);
    assert_string_equal(err.detail, "n5000");
}

/* Names of 16 octets whose second half undoes the first in the hash of names.c, so that all of them meet in one slot
 * and the reader has to take its other way. `twice`: the last name is this one once more. */
static mr_str names_that_meet(size_t count, size_t twice)
{
    mr_buf b;
    mr_env env = test_env_fixed(0, 16);
    char chosen[16] = "";
    mr_buf_init(&b, MR_MIB);
    for (size_t found = 0; found < count;) {
        char name[17];
        mr_env_random(&env, name, 8);
        for (size_t i = 0; i < 8; i++) name[i] = (char)('a' + (name[i] & 15));
        uint64_t word, h;
        memcpy(&word, name, 8);
        h = (16 ^ word) * 0x9e3779b97f4a7c15u;
        h ^= h >> 32;
        word = h ^ 0x4a4a4a4a4a4a4a4au;
        memcpy(name + 8, &word, 8);
        bool plain = true;
        for (size_t i = 8; i < 16; i++) plain &= name[i] >= ' ' && name[i] != '"' && name[i] != '\\' && name[i] < 0x7f;
        if (!plain) continue;
        if (found == twice) memcpy(chosen, name, 16);
        bool again = found + 1 == count && twice < found;
        mr_buf_format(&b, "%c\"%.16s\":0", found ? ',' : '{', again ? chosen : name);
        found++;
    }
    mr_buf_putc(&b, '}');
    mr_str text = mr_arena_dup(&a, mr_buf_str(&b));
    mr_buf_done(&b);
    return text;
}

static void test_json_parse__finds_names_twice_among_those_that_meet_in_the_table(void **state)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_int_equal(mr_json_count(parse_str(names_that_meet(600, SIZE_MAX))), 600);
    static const size_t places[] = {0, 1, 300, 598};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        mr_str text = names_that_meet(600, places[i]);
        assert_code(mr_json_parse(&a, text, NULL, &root, &err), MR_E_JSON_DUPLICATE, err);
        assert_int_equal(err.position, text.len - strlen("\"1234567890123456\":0}"));
    }
}

static mr_str nested(size_t depth, const char *open, const char *close)
{
    mr_buf b;
    mr_buf_init(&b, MR_MIB);
    for (size_t i = 0; i < depth; i++) mr_buf_puts(&b, open);
    mr_buf_puts(&b, "1");
    for (size_t i = 0; i < depth; i++) mr_buf_puts(&b, close);
    mr_str text = mr_arena_dup(&a, mr_buf_str(&b));
    mr_buf_done(&b);
    return text;
}

static void test_json_parse__keeps_the_depth_limit(void **state)
{
    const mr_json *root;
    struct mr_err err = {0};
    parse_str(nested(MR_LIMIT_JSON_DEPTH, "[", "]"));
    parse_str(nested(MR_LIMIT_JSON_DEPTH, "{\"a\":", "}"));
    assert_code(mr_json_parse(&a, nested(MR_LIMIT_JSON_DEPTH + 1, "[", "]"), NULL, &root, &err), MR_E_LIMIT, err);
    assert_int_equal(err.position, MR_LIMIT_JSON_DEPTH);
    mr_json_options two = {.max_depth = 2}, most = {.max_depth = UINT32_MAX};
    assert_ok(mr_json_parse(&a, MR_STR("[[],[]]"), &two, &root, &err), err);
    assert_code(mr_json_parse(&a, MR_STR("[[],[0,{}]]"), &two, &root, &err), MR_E_LIMIT, err);
    assert_int_equal(err.position, 7);
    assert_string_equal(err.pointer, "/1");
    assert_ok(mr_json_parse(&a, nested(MR_LIMIT_JSON_DEPTH_MOST, "[", "]"), &most, &root, &err), err);
    mr_str deeper = nested(MR_LIMIT_JSON_DEPTH_MOST + 1, "{\"a\":", "}");
    assert_code(mr_json_parse(&a, deeper, &most, &root, &err), MR_E_LIMIT, err);
    assert_int_equal(strlen(err.pointer), sizeof err.pointer - 1); /* cut, not overrun */
}

static void test_json_parse__stays_inside_the_arena_limit(void **state)
{
    const mr_json *root;
    struct mr_err err = {0};
    mr_arena small;
    mr_arena_init(&small, 64 * MR_KIB);
    mr_str text = object_of(10000, SIZE_MAX);
    assert_code(mr_json_parse(&small, text, NULL, &root, &err), MR_E_NOMEM, err);
    mr_arena_done(&small);
    /* commas in strings are no values, though room may first be asked for them */
    mr_buf b;
    mr_buf_init(&b, MR_MIB);
    mr_buf_puts(&b, "[1,\"\\\"");
    for (int i = 0; i < 50000; i++) mr_buf_puts(&b, ",:[{");
    mr_buf_puts(&b, "\\\\\",2]");
    mr_arena_init(&small, 400 * MR_KIB);
    assert_ok(mr_json_parse(&small, mr_buf_str(&b), NULL, &root, &err), err);
    assert_int_equal(root->skip, 4);
    mr_arena_done(&small);
    mr_buf_done(&b);
}

static void test_json_parse__allows_white_space_everywhere(void **state)
{
    const mr_json *root = parse("\r\n\t { \"a\" : [ 1 , { } , [ ] ] , \"b\" : null } \n\n");
    assert_int_equal(root->skip, 8);
    assert_int_equal(mr_json_count(mr_json_get(root, "a")), 3);
    assert_true(mr_json_is(mr_json_get(root, "b"), MR_JSON_NULL));
}

static void test_json_access__loops_nest(void **state)
{
    const mr_json *root = parse("{\"a\":[1,[2,3],{\"x\":4}],\"b\":5,\"c\":{\"d\":[6]}}");
    size_t members = 0, elements = 0, inner = 0;
    MR_JSON_EACH_MEMBER (name, root) {
        members++;
        MR_JSON_EACH (element, name + 1) {
            elements++;
            MR_JSON_EACH (number, element) inner++;
            MR_JSON_EACH_MEMBER (member, element) inner++;
        }
    }
    assert_int_equal(members, 3);
    assert_int_equal(elements, 3);
    assert_int_equal(inner, 3);
    MR_JSON_EACH (none, NULL) fail();
    MR_JSON_EACH_MEMBER (none, NULL) fail();
    MR_JSON_EACH (none, root) fail();
    MR_JSON_EACH (none, mr_json_get(root, "b")) fail();
}

static void test_json_access__finds_members_and_elements(void **state)
{
    const mr_json *root = parse("{\"id\":\"x\",\"idx\":[10,[],12],\"n\":{\"id\":\"inner\"},\"\":0}");
    assert_str(mr_json_get_str(root, "id"), "x");
    assert_str(mr_json_get_str(mr_json_get(root, "n"), "id"), "inner");
    assert_str(mr_json_text(mr_json_at(mr_json_get(root, "idx"), 2)), "12");
    assert_non_null(mr_json_find_member(root, MR_STR_EMPTY));
    assert_null(mr_json_at(mr_json_get(root, "idx"), 3));
    assert_null(mr_json_at(root, 0));
    assert_null(mr_json_at(NULL, 0));
    assert_null(mr_json_get(root, "i"));
    assert_null(mr_json_get(NULL, "id"));
    assert_null(mr_json_get(mr_json_get(root, "idx"), "id"));
    assert_int_equal(mr_json_get_str(root, "idx").len, 0);
    assert_int_equal(mr_json_get_str(root, "missing").len, 0);
}

static void test_json_access__reads_whole_numbers(void **state)
{
    static const struct {
        const char *text;
        bool whole;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"0.0e99999999999999999999", true, 0},
        {"2", true, 2},
        {"2.0", true, 2},
        {"2e0", true, 2},
        {"2.5", false, 0},
        {"25e-1", false, 0},
        {"250e-1", true, 25},
        {"0.00025e6", true, 250},
        {"1e18", true, 1000000000000000000},
        {"1e19", false, 0},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"-9223372036854775808", true, INT64_MIN},
        {"-9223372036854775809", false, 0},
        {"18446744073709551616", false, 0},
        {"99999999999999999999", false, 0},
        {"922337203685477580.7e1", true, INT64_MAX},
        {"1e-1", false, 0},
        {"1e400", false, 0},
        {"1e99999999999999999999", false, 0},
        {"1e-99999999999999999999", false, 0},
        {"\"2\"", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t value = 0;
        print_message("# %s\n", cases[i].text);
        assert_int_equal(mr_json_to_int64(parse(cases[i].text), &value), cases[i].whole);
        assert_true(value == cases[i].value);
    }
    int64_t value;
    assert_false(mr_json_to_int64(NULL, &value));
}

static void test_json_access__reads_doubles_to_the_nearest(void **state)
{
    static const struct {
        const char *text;
        bool inside;
        double value;
    } cases[] = {
        {"2.50", true, 2.5},
        {"-0", true, -0.0},
        {"0.1", true, 0.1},
        {"1e22", true, 1e22},
        {"1e23", true, 1e23},
        {"9007199254740993", true, 9007199254740992.0},                          /* a tie: to even */
        {"9007199254740993.000000000000000000000001", true, 9007199254740994.0}, /* just above it */
        {"9007199254740995", true, 9007199254740996.0},
        {"1.7976931348623157e308", true, DBL_MAX},
        {"1.7976931348623158e308", true, DBL_MAX},
        {"1.7976931348623159e308", false, 0},
        {"1e309", false, 0},
        {"1E400", false, 0},
        {"1e99999999999999999999", false, 0},
        {"5e-324", true, 0x1p-1074},
        {"2.4703282292062327208828439643411e-324", true, 0},         /* a little less than half of the smallest */
        {"2.4703282292062327208828439643412e-324", true, 0x1p-1074}, /* a little more */
        {"2.2250738585072011e-308", true, 0x0.fffffffffffffp-1022},
        {"2.2250738585072014e-308", true, DBL_MIN},
        {"1e-400", true, 0},
        {"1e-99999999999999999999", true, 0},
        {"true", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = 0;
        print_message("# %s\n", cases[i].text);
        assert_int_equal(mr_json_to_double(parse(cases[i].text), &value), cases[i].inside);
        assert_memory_equal(&value, &cases[i].value, sizeof value);
    }
}

static void test_json_access__tells_line_and_column(void **state)
{
    mr_str text = MR_STR("{\n  \"\xc3\xa6\xe2\x82\xac\": x\n}");
    static const size_t cases[][3] = {{0, 1, 1},   {1, 1, 2},  {2, 2, 1},  {12, 2, 8},
                                      {14, 2, 10}, {15, 3, 1}, {16, 3, 2}, {999, 3, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t line, column;
        mr_json_place(text, cases[i][0], &line, &column);
        assert_int_equal(line, cases[i][1]);
        assert_int_equal(column, cases[i][2]);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_json_parse__lays_nodes_out_in_document_order),
        T(test_json_parse__keeps_texts_in_the_input),
        T(test_json_parse__keeps_the_text_of_numbers),
        T(test_json_parse__replaces_escapes),
        T(test_json_parse__says_where_the_fault_is),
        T(test_json_parse__says_what_is_missing),
        T(test_json_parse__refuses_every_truncation),
        T(test_json_parse__finds_what_is_special_at_every_place),
        T(test_json_parse__refuses_a_name_that_stands_twice),
        T(test_json_parse__accepts_names_that_only_look_alike),
        T(test_json_parse__checks_the_names_of_objects_of_every_size),
        T(test_json_parse__reads_an_object_of_a_hundred_thousand_names),
        T(test_json_parse__finds_names_twice_among_those_that_meet_in_the_table),
        T(test_json_parse__keeps_the_depth_limit),
        T(test_json_parse__stays_inside_the_arena_limit),
        T(test_json_parse__allows_white_space_everywhere),
        T(test_json_access__loops_nest),
        T(test_json_access__finds_members_and_elements),
        T(test_json_access__reads_whole_numbers),
        T(test_json_access__reads_doubles_to_the_nearest),
        T(test_json_access__tells_line_and_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
