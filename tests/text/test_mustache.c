/* The cases of the Mustache specification's core modules. */
#include "testing.h"

#include "text/template.h"

struct partials {
    mr_arena *arena;
    const mr_json *list;
};

static const mr_template *find(void *self, mr_str name)
{
    const struct partials *p = self;
    const mr_json *text = mr_json_find_member(p->list, name);
    const mr_template *t = NULL;
    return text && mr_template_parse(p->arena, mr_json_str(text), &t, NULL) == MR_OK ? t : NULL;
}

static bool passes(mr_arena *a, const mr_json *c)
{
    struct partials p = {a, mr_json_get(c, "partials")};
    struct mr_err err = {0};
    const mr_template *t = NULL;
    mr_buf out;
    mr_buf_init(&out, 1 << 16);
    int code = mr_template_parse(a, mr_json_get_str(c, "template"), &t, &err);
    if (code == MR_OK)
        code = mr_template_render(t, mr_json_get(c, "data"), mr_language_english(), find, &p, &out, &err);
    mr_str expected = mr_json_get_str(c, "expected");
    bool good = code == MR_OK && mr_str_eq(mr_buf_str(&out), expected);
    if (!good)
        print_error("%.*s\n  template: %.*s\n  wanted: %.*s\n  got: %.*s%s\n", MR_STR_ARG(mr_json_get_str(c, "name")),
                    MR_STR_ARG(mr_json_get_str(c, "template")), MR_STR_ARG(expected), MR_STR_ARG(mr_buf_str(&out)),
                    code ? err.message : "");
    mr_buf_done(&out);
    return good;
}

static void run_module(const char *suite, const char *file_name)
{
    mr_arena a;
    struct mr_err err = {0};
    const mr_json *file = NULL;
    size_t count = 0, failed = 0;
    mr_arena_init(&a, 1 << 24);
    mr_str text = test_read_file(&a, test_suite(&a, file_name));
    assert_ok(mr_json_parse(&a, text, NULL, &file, &err), err);
    MR_JSON_EACH (c, mr_json_get(file, "tests")) {
        count++;
        failed += !passes(&a, c);
    }
    test_suite_count(suite, count - failed, count, 0);
    assert_true(count > 0);
    assert_int_equal(failed, 0);
    mr_arena_done(&a);
}

#define MODULE(name)                                                                                                   \
    static void test_mustache_##name##__follows_the_specification(void **state)                                        \
    {                                                                                                                  \
        run_module("mustache " #name, "mustache/" #name ".json");                                                      \
    }
MODULE(comments)
MODULE(delimiters)
MODULE(interpolation)
MODULE(inverted)
MODULE(partials)
MODULE(sections)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mustache_comments__follows_the_specification),
        cmocka_unit_test(test_mustache_delimiters__follows_the_specification),
        cmocka_unit_test(test_mustache_interpolation__follows_the_specification),
        cmocka_unit_test(test_mustache_inverted__follows_the_specification),
        cmocka_unit_test(test_mustache_partials__follows_the_specification),
        cmocka_unit_test(test_mustache_sections__follows_the_specification),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
