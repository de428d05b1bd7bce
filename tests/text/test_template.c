#include "testing.h"

#include "base/limits.h"
#include "text/template.h"

struct partials {
    mr_arena *arena;
    const char *const (*list)[2]; /* name, text; ends with NULL */
};

static const mr_template *find(void *self, mr_str name)
{
    const struct partials *p = self;
    const mr_template *t = NULL;
    for (size_t i = 0; p->list && p->list[i][0]; i++)
        if (mr_str_is(name, p->list[i][0]) && mr_template_parse(p->arena, mr_str_of(p->list[i][1]), &t, NULL) == MR_OK)
            return t;
    return NULL;
}

/* Parse and render; the code. */
static int render(mr_arena *a, const char *text, const char *view, const mr_language *l,
                  const char *const (*partials)[2], mr_str *ret, struct mr_err *err)
{
    const mr_json *v = NULL;
    const mr_template *t = NULL;
    struct partials p = {a, partials};
    mr_buf out;
    mr_buf_init(&out, 1 << 16);
    assert_ok(mr_json_parse(a, mr_str_of(view), NULL, &v, err), *err);
    int code = mr_template_parse(a, mr_str_of(text), &t, err);
    if (code == MR_OK) code = mr_template_render(t, v, l, find, &p, &out, err);
    *ret = mr_arena_dup(a, mr_buf_str(&out));
    mr_buf_done(&out);
    return code;
}

static void test_template_render__messages_in_the_readers_language(void **state)
{
    static const struct {
        const char *language, *text, *view, *expected;
    } cases[] = {
        {"en", "<p>{{@month.10}}</p>", "{}", "<p>October</p>"},
        {"da", "<p>{{@ month.10 }}</p>", "{}", "<p>oktober</p>"},
        {"da", "{{@date.format}}", "{\"day\": 14, \"month\": \"<b>\", \"year\": 2026}", "14. &lt;b&gt; 2026"},
        {"da", "{{#a}}{{@date.format}}{{/a}}", "{\"day\": 14, \"year\": 2026, \"a\": {\"month\": \"maj\"}}",
         "14. maj 2026"},
        {"da", "{{@date.format}}", "{\"day\": 14, \"month\": \"{year}\"}",
         "14. {year} "}, /* values are not read again */
        {"da", "{{@month.(n)}}", "{\"n\": 3}", "marts"},
        {"da", "{{@(what.kind).(what.n)}}", "{\"what\": {\"kind\": \"month\", \"n\": 5}}", "maj"},
        {"da", "{{@(id)}}", "{\"id\": \"month.1\"}", "januar"},
        {"da", "{{@(id)}}", "{}", ""},
        {"da", "{{@(id)}}", "{\"id\": \"<script>\"}", "&lt;script&gt;"}, /* an unknown id shows itself, escaped */
        {"en", "{{@no.such}}", "{}", "no.such"},
        {"en", "{{@(json)}}", "{\"json\": \"{\\\"a\\\": {}} {x {y} {\", \"y\": 1}",
         "{&quot;a&quot;: {}} {x 1 {"}, /* not every brace is a placeholder */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_arena a;
        struct mr_err err = {0};
        mr_str out;
        mr_arena_init(&a, 1 << 20);
        assert_ok(
            render(&a, cases[i].text, cases[i].view, mr_language_find(mr_str_of(cases[i].language)), NULL, &out, &err),
            err);
        if (!mr_str_is(out, cases[i].expected)) fail_msg("%s: %.*s", cases[i].text, MR_STR_ARG(out));
        mr_arena_done(&a);
    }
}

static void test_template_render__truth_is_that_of_mustache_js(void **state)
{
    static const char *const cases[][2] = {{"null", "no"},   {"false", "no"}, {"\"\"", "no"},   {"0", "no"},
                                           {"-0.0", "no"},   {"[]", "no"},    {"true", "yes"},  {"\" \"", "yes"},
                                           {"\"0\"", "yes"}, {"1", "yes"},    {"0.001", "yes"}, {"{}", "yes"},
                                           {"[0]", "yes"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_arena a;
        struct mr_err err = {0};
        mr_str out;
        mr_arena_init(&a, 1 << 20);
        mr_str view = mr_arena_format(&a, "{\"v\": %s}", cases[i][0]);
        assert_ok(render(&a, "{{#v}}yes{{/v}}{{^v}}no{{/v}}", view.ptr, mr_language_english(), NULL, &out, &err), err);
        if (!mr_str_is(out, cases[i][1])) fail_msg("%s: %.*s", cases[i][0], MR_STR_ARG(out));
        mr_arena_done(&a);
    }
}

static void test_template_render__numbers_as_they_stand_and_every_value_escaped(void **state)
{
    mr_arena a;
    struct mr_err err = {0};
    mr_str out;
    mr_arena_init(&a, 1 << 20);
    assert_ok(
        render(&a, "{{a}} {{b}} {{c}} [{{d}}{{e}}{{f}}] <a title=\"{{g}}\">",
               "{\"a\": 2.50, \"b\": 1E400, \"c\": true, \"d\": null, \"e\": [1], \"f\": {}, \"g\": \"\\\"'<&>\"}",
               mr_language_english(), NULL, &out, &err),
        err);
    assert_str(out, "2.50 1E400 true [] <a title=\"&quot;&#39;&lt;&amp;&gt;\">");
    mr_arena_done(&a);
}

static void test_template_parse__says_where_a_tag_is_wrong(void **state)
{
    static const struct {
        const char *text;
        size_t position;
    } cases[] = {
        {"abc {{", 4},
        {"abc {{x", 4},
        {"{{}}", 0},
        {"a{{ }}", 1},
        {"{{#a}}", 6},
        {"x{{/a}}", 1},
        {"{{#a}}{{/b}}", 6},
        {"{{{a}}", 0},
        {"{{=a=}}", 0},
        {"{{=a b c=}}", 0},
        {"{{= =}}", 0},
        {"{{@(a}}", 0},
        {"{{@()}}", 0},
        {"{{#a}}{{^b}}{{/a}}{{/b}}", 12},
        {"{{! never closed", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_arena a;
        struct mr_err err = {0};
        const mr_template *t = NULL;
        mr_arena_init(&a, 1 << 20);
        int code = mr_template_parse(&a, mr_str_of(cases[i].text), &t, &err);
        if (code != MR_E_FORMAT || err.position != cases[i].position)
            fail_msg("%s: %s at %zu", cases[i].text, code ? mr_code_name(code) : "accepted", err.position);
        mr_arena_done(&a);
    }
}

static void test_template_render__ends_whatever_includes_itself(void **state)
{
    static const char *const once[][2] = {{"a", "x{{>a}}"}, {NULL, NULL}};
    static const char *const twice[][2] = {{"a", "{{>a}}{{>a}}"}, {NULL, NULL}};
    static const char *const indented[][2] = {{"a", "        {{>a}}\n"}, {NULL, NULL}};
    static const char *const shrinking[][2] = {{"a", "{{#n}}{{#next}}{{>a}}{{/next}}{{/n}}{{>a}}"}, {NULL, NULL}};
    static const char *const(*const cases[])[2] = {once, twice, indented, shrinking};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_arena a;
        struct mr_err err = {0};
        mr_str out;
        mr_arena_init(&a, 1 << 24);
        assert_code(
            render(&a, "{{>a}}", "{\"n\": 1, \"next\": [1, 2, 3]}", mr_language_english(), cases[i], &out, &err),
            MR_E_LIMIT, err);
        mr_arena_done(&a);
    }
}

static void test_template_render__stops_at_the_buffers_limit_and_at_depth(void **state)
{
    mr_arena a;
    struct mr_err err = {0};
    mr_str out;
    mr_buf b;
    mr_arena_init(&a, 1 << 24);
    mr_buf_init(&b, 1 << 20);
    mr_buf_puts(&b, "{\"l\": [0");
    for (int i = 0; i < 5000; i++) mr_buf_puts(&b, ",1");
    mr_buf_puts(&b, "]}");
    mr_buf_putc(&b, '\0');
    assert_code(render(&a, "{{#l}}sixteen letters.{{/l}}", b.ptr, mr_language_english(), NULL, &out, &err), MR_E_LIMIT,
                err);
    mr_buf_clear(&b);
    for (int i = 0; i < MR_LIMIT_TEMPLATE_DEPTH + 1; i++) mr_buf_puts(&b, "{{#a}}");
    mr_buf_putc(&b, '\0');
    assert_code(render(&a, b.ptr, "{}", mr_language_english(), NULL, &out, &err), MR_E_FORMAT, err);
    mr_buf_clear(&b);
    for (int i = 0; i < MR_LIMIT_TEMPLATE_DEPTH; i++) mr_buf_puts(&b, "{{#a}}");
    for (int i = 0; i < MR_LIMIT_TEMPLATE_DEPTH; i++) mr_buf_puts(&b, "{{/a}}");
    mr_buf_putc(&b, '\0');
    assert_code(render(&a, b.ptr, "{\"a\": 1}", mr_language_english(), NULL, &out, &err), MR_E_LIMIT, err);
    mr_buf_done(&b);
    mr_arena_done(&a);
}

static void test_page_render__knows_its_templates(void **state)
{
    mr_arena a;
    struct mr_err err = {0};
    const mr_json *view = NULL;
    mr_buf out;
    mr_arena_init(&a, 1 << 20);
    mr_buf_init(&out, MR_LIMIT_PAGE);
    assert_ok(
        mr_json_parse(&a, MR_STR("{\"lang\": \"da\", \"title\": \"<Fejl>\", \"text\": \"x\"}"), NULL, &view, &err),
        err);
    for (int i = 0; i < 2; i++) { /* parsed, then found */
        mr_buf_clear(&out);
        assert_ok(mr_page_render(MR_STR("error"), view, mr_language_find(MR_STR("da")), &out, &err), err);
        assert_true(mr_str_find(mr_buf_str(&out), MR_STR("<html lang=\"da\">")) >= 0); /* of a partial */
        assert_true(mr_str_find(mr_buf_str(&out), MR_STR("&lt;Fejl&gt;")) >= 0);
        assert_true(mr_str_find(mr_buf_str(&out), MR_STR("{{")) < 0);
    }
    assert_code(mr_page_render(MR_STR("no such page"), view, mr_language_english(), &out, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_page_render(MR_STR("../i18n/en"), view, mr_language_english(), &out, &err), MR_E_NOT_FOUND, err);
    mr_buf_done(&out);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_template_render__messages_in_the_readers_language),
        cmocka_unit_test(test_template_render__truth_is_that_of_mustache_js),
        cmocka_unit_test(test_template_render__numbers_as_they_stand_and_every_value_escaped),
        cmocka_unit_test(test_template_parse__says_where_a_tag_is_wrong),
        cmocka_unit_test(test_template_render__ends_whatever_includes_itself),
        cmocka_unit_test(test_template_render__stops_at_the_buffers_limit_and_at_depth),
        cmocka_unit_test(test_page_render__knows_its_templates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
