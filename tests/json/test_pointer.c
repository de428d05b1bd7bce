#include "json/json.h"
#include "testing.h"

#include "base/limits.h"

static const mr_json *parse(mr_arena *a, const char *text)
{
    const mr_json *root = NULL;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(a, mr_str_of(text), NULL, &root, &err), err);
    return root;
}

/* The example of RFC 6901 section 5. */
static const char rfc[] =
    "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,"
    "\" \":7,\"m~n\":8}";

static void test_json_find__follows_the_examples_of_rfc_6901(void **state)
{
    static const char *const cases[][2] = {
        {"/foo/0", "bar"}, {"/", "0"},     {"/a~1b", "1"}, {"/c%d", "2"}, {"/e^f", "3"},
        {"/g|h", "4"},     {"/i\\j", "5"}, {"/k\"l", "6"}, {"/ ", "7"},   {"/m~0n", "8"},
    };
    mr_arena a;
    mr_arena_init(&a, MR_MIB);
    const mr_json *root = parse(&a, rfc);
    assert_ptr_equal(mr_json_find(root, MR_STR_EMPTY), root);
    assert_int_equal(mr_json_count(mr_json_find(root, MR_STR("/foo"))), 2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_json *found = mr_json_find(root, mr_str_of(cases[i][0]));
        print_message("# %s\n", cases[i][0]);
        assert_non_null(found);
        assert_str(mr_json_text(found), cases[i][1]);
    }
    mr_arena_done(&a);
}

static void test_json_find__tells_tilde_escapes_apart(void **state)
{
    mr_arena a;
    mr_arena_init(&a, MR_MIB);
    const mr_json *root = parse(&a, "{\"~1\":\"tilde one\",\"/\":\"slash\",\"~\":\"tilde\",\"~0\":\"tilde zero\"}");
    assert_str(mr_json_str(mr_json_find(root, MR_STR("/~01"))), "tilde one");
    assert_str(mr_json_str(mr_json_find(root, MR_STR("/~1"))), "slash");
    assert_str(mr_json_str(mr_json_find(root, MR_STR("/~0"))), "tilde");
    assert_str(mr_json_str(mr_json_find(root, MR_STR("/~00"))), "tilde zero");
    mr_arena_done(&a);
}

static void test_json_find__finds_nothing_where_nothing_is(void **state)
{
    static const char *const cases[] = {"foo",
                                        "/foo/2",
                                        "/foo/-",
                                        "/foo/00",
                                        "/foo/01",
                                        "/foo/+1",
                                        "/foo/",
                                        "/foo/0/",
                                        "/bar",
                                        "/m~n",
                                        "/m~",
                                        "/m~2n",
                                        "/foo/0/x",
                                        "/foo/x",
                                        "//",
                                        "/foo//0",
                                        "/foo/4294967296",
                                        "/foo/0x0",
                                        "/foo/18446744073709551616"};
    mr_arena a;
    mr_arena_init(&a, MR_MIB);
    const mr_json *root = parse(&a, rfc);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("# %s\n", cases[i]);
        assert_null(mr_json_find(root, mr_str_of(cases[i])));
    }
    assert_null(mr_json_find(NULL, MR_STR("/a")));
    assert_null(mr_json_find(NULL, MR_STR_EMPTY));
    mr_arena_done(&a);
}

static void test_json_pointer__leads_back_to_every_node(void **state)
{
    mr_arena a;
    char pointer[200];
    mr_arena_init(&a, MR_MIB);
    const mr_json *root = parse(&a, "{\"a/b\":[1,{\"m~n\":[[],2,{\"\":3}]}],\"~1\":{\"x\":{}},\"\xc3\xb8\":null}");
    for (uint32_t i = 0; i < root->skip; i++) {
        mr_json_pointer(root, root + i, pointer, sizeof pointer);
        const mr_json *found = mr_json_find(root, mr_str_of(pointer));
        print_message("# node %u: %s\n", i, pointer);
        assert_true(found == root + i || found == root + i + 1); /* of a name: its value */
    }
    mr_json_pointer(root, mr_json_find(root, MR_STR("/a~1b/1/m~0n/2/")), pointer, sizeof pointer);
    assert_string_equal(pointer, "/a~1b/1/m~0n/2/");
    mr_json_pointer(root, root + root->skip, pointer, sizeof pointer);
    assert_string_equal(pointer, "");
    mr_json_pointer(root, NULL, pointer, sizeof pointer);
    assert_string_equal(pointer, "");
    mr_arena_done(&a);
}

static void test_json_pointer__is_cut_at_a_whole_character(void **state)
{
    mr_arena a;
    mr_arena_init(&a, MR_MIB);
    const mr_json *root = parse(&a, "{\"ab\xe2\x82\xac~c\":[7]}"), *node = root + 3;
    static const char *const cuts[] = {"",
                                       "/",
                                       "/a",
                                       "/ab",
                                       "/ab",
                                       "/ab",
                                       "/ab\xe2\x82\xac",
                                       "/ab\xe2\x82\xac",
                                       "/ab\xe2\x82\xac~0",
                                       "/ab\xe2\x82\xac~0c"};
    for (size_t size = 1; size <= sizeof cuts / sizeof *cuts; size++) {
        char *out = mr_arena_alloc(&a, size); /* its end is watched by AddressSanitizer */
        mr_json_pointer(root, node, out, size);
        assert_string_equal(out, cuts[size - 1]);
    }
    mr_json_pointer(root, node, NULL, 0);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_find__follows_the_examples_of_rfc_6901),
        cmocka_unit_test(test_json_find__tells_tilde_escapes_apart),
        cmocka_unit_test(test_json_find__finds_nothing_where_nothing_is),
        cmocka_unit_test(test_json_pointer__leads_back_to_every_node),
        cmocka_unit_test(test_json_pointer__is_cut_at_a_whole_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
