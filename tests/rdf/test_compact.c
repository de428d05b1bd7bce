/* Compaction where the official suite does not reach: references that would not lead back, choice between prefixes, maps whose place is taken, many
 * members, depth. */
#include "rdf/jsonld.h"
#include "testing.h"

#include "base/limits.h"

#define BASE "http://e.eu/folder/document"

struct fixture {
    mr_arena a;
    mr_jsonld_options options;
    mr_buf out;
    struct mr_err err;
};

static void start(struct fixture *f)
{
    *f = (struct fixture){.options = {.base = MR_STR(BASE)}};
    mr_arena_init(&f->a, 16 * MR_MIB);
    mr_buf_init(&f->out, MR_MIB);
    assert_ok(mr_contexts_open(&f->options.contexts, &f->err), f->err);
}

static void finish(struct fixture *f)
{
    mr_contexts_close(f->options.contexts);
    mr_buf_done(&f->out);
    mr_arena_done(&f->a);
}

static const mr_json *parse(struct fixture *f, mr_str text)
{
    const mr_json *root = NULL;
    assert_ok(mr_json_parse(&f->a, text, &(mr_json_options){.max_depth = 1000}, &root, &f->err), f->err);
    return root;
}

static int compact(struct fixture *f, mr_str document, const char *context)
{
    mr_json_writer w;
    const mr_json *root = parse(f, document), *local = parse(f, mr_str_of(context));
    mr_buf_clear(&f->out);
    mr_json_writer_init(&w, &f->out, 0);
    return mr_jsonld_compact(&f->a, root, local, &f->options, &w, &f->err);
}

/* One node with one property; the context is left out of what is wanted. */
static const struct test_case {
    const char *document, *context, *wanted;
} cases[] = {
    {"[]", "null", "{}"},
    {"[]", "{}", "{}"},
    {"{\"http://e.eu/p\":1}", "null", "{\"http://e.eu/p\":1}"},
    {"[{\"http://e.eu/p\":1},{\"http://e.eu/p\":2}]", "{}",
     "{\"@graph\":[{\"http://e.eu/p\":1},{\"http://e.eu/p\":2}]}"},
    /* references lead back to the IRI, or are not taken */
    {"{\"@id\":\"http://e.eu/folder/x\",\"http://e.eu/p\":1}", "{}", "{\"@id\":\"x\",\"http://e.eu/p\":1}"},
    {"{\"@id\":\"http://e.eu/folder/../x\",\"http://e.eu/p\":1}", "{}",
     "{\"@id\":\"http://e.eu/folder/../x\",\"http://e.eu/p\":1}"},
    {"{\"@id\":\"http://e.eu?x\",\"http://e.eu/p\":1}", "{}", "{\"@id\":\"http://e.eu?x\",\"http://e.eu/p\":1}"},
    {"{\"@id\":\"http://e.eu/folder/a:b\",\"http://e.eu/p\":1}", "{}", "{\"@id\":\"./a:b\",\"http://e.eu/p\":1}"},
    {"{\"@id\":\"http://e.eu/folder/a://b\",\"http://e.eu/p\":1}", "{}",
     "{\"@id\":\"http://e.eu/folder/a://b\",\"http://e.eu/p\":1}"},
    {"{\"@id\":\"http://e.eu/folder/@type\",\"http://e.eu/p\":1}", "{}", "{\"@id\":\"./@type\",\"http://e.eu/p\":1}"},
    {"{\"@id\":\"_:b\",\"http://e.eu/p\":1}", "{}", "{\"@id\":\"_:b\",\"http://e.eu/p\":1}"},
    /* the shortest compact IRI, then the least; not one that is a term which says something about values */
    {"{\"http://e.eu/x/y\":1}", "{\"a\":\"http://e.eu/\",\"ab\":\"http://e.eu/x/\"}", "{\"ab:y\":1}"},
    {"{\"http://e.eu/x/y\":1}", "{\"a\":\"http://e.eu/\",\"abcd\":\"http://e.eu/x/\"}", "{\"a:x/y\":1}"},
    {"{\"http://e.eu/y\":1}", "{\"c\":\"http://e.eu/\",\"bb\":\"http://e.eu/\",\"b\":\"http://e.eu/\"}", "{\"b:y\":1}"},
    {"{\"http://e.eu/y\":1}", "{\"b\":\"http://e.eu/\",\"c\":\"http://e.eu/\",\"b:y\":{\"@type\":\"@id\"}}",
     "{\"c:y\":1}"},
    {"{\"http://e.eu/\":1}", "{\"b\":\"http://e.eu/\"}", "{\"b\":1}"},
    /* null is a JSON literal, not nothing; an array is one literal */
    {"{\"http://e.eu/p\":{\"@value\":null,\"@type\":\"@json\"}}",
     "{\"j\":{\"@id\":\"http://e.eu/p\",\"@type\":\"@json\"}}", "{\"j\":null}"},
    {"{\"http://e.eu/p\":{\"@value\":[],\"@type\":\"@json\"}}",
     "{\"j\":{\"@id\":\"http://e.eu/p\",\"@type\":\"@json\"}}", "{\"j\":[]}"},
    {"{\"http://e.eu/p\":{\"@value\":[[1]],\"@type\":\"@json\"}}",
     "{\"j\":{\"@id\":\"http://e.eu/p\",\"@type\":\"@json\"}}", "{\"j\":[[1]]}"},
    /* an index that is no text gives no key */
    {"{\"http://e.eu/p\":{\"http://e.eu/k\":1}}",
     "{\"p\":{\"@id\":\"http://e.eu/p\",\"@container\":\"@index\",\"@index\":\"http://e.eu/k\"}}",
     "{\"p\":{\"@none\":{\"http://e.eu/k\":1}}}"},
    {"{\"http://e.eu/p\":{\"http://e.eu/k\":[\"a\",\"b\",\"c\"]}}",
     "{\"p\":{\"@id\":\"http://e.eu/p\",\"@container\":\"@index\",\"@index\":\"http://e.eu/k\"}}",
     "{\"p\":{\"a\":{\"http://e.eu/k\":[\"b\",\"c\"]}}}"},
    /* a node within a typed one: the scope of its type is that of the term in the context around both (6.1.2 step 11) */
    {"{\"@type\":\"http://e.eu/T\",\"http://e.eu/p\":{\"@type\":\"http://e.eu/G\",\"http://e.eu/q\":1}}",
     "{\"p\":\"http://e.eu/p\",\"T\":{\"@id\":\"http://e.eu/T\",\"@context\":{\"g\":\"http://e.eu/G\"}},"
     "\"Geo\":{\"@id\":\"http://e.eu/G\",\"@context\":{\"q\":\"http://e.eu/q\"}}}",
     "{\"@type\":\"T\",\"p\":{\"@type\":\"g\",\"q\":1}}"},
    /* language tags are told apart without case, directions too */
    {"{\"http://e.eu/p\":{\"@value\":\"x\",\"@language\":\"EN-gb\"}}",
     "{\"p\":{\"@id\":\"http://e.eu/p\",\"@language\":\"en-GB\"}}", "{\"p\":\"x\"}"},
    {"{\"http://e.eu/p\":{\"@value\":\"x\",\"@direction\":\"rtl\"}}",
     "{\"p\":{\"@id\":\"http://e.eu/p\",\"@language\":\"en\"},\"q\":{\"@id\":\"http://e.eu/"
     "p\",\"@direction\":\"rtl\"}}",
     "{\"q\":\"x\"}"},
};

/* What was got, without its context. */
static mr_str without_context(struct fixture *f)
{
    mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_MIB);
    mr_json_writer_init(&w, &out, 0);
    mr_json_begin_object(&w);
    MR_JSON_EACH_MEMBER (name, parse(f, mr_arena_dup(&f->a, mr_buf_str(&f->out)))) {
        if (mr_str_is(mr_json_text(name), "@context")) continue;
        mr_json_put_name_str(&w, mr_json_text(name));
        mr_json_put_value(&w, name + 1);
    }
    mr_json_end_object(&w);
    mr_str text = mr_arena_dup(&f->a, mr_buf_str(&out));
    mr_buf_done(&out);
    return text;
}

static void test_jsonld_compact__gives_what_leads_back(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        start(&f);
        print_message("# %s with %s\n", cases[i].document, cases[i].context);
        assert_ok(compact(&f, mr_str_of(cases[i].document), cases[i].context), f.err);
        assert_str(without_context(&f), cases[i].wanted);
        finish(&f);
    }
}

static void test_jsonld_compact__keeps_the_context_as_given(void **state)
{
    struct fixture f;
    start(&f);
    assert_ok(compact(&f, MR_STR("{\"http://e.eu/p\":1}"), "{\"@context\":[{\"p\":\"http://e.eu/p\"}],\"more\":1}"),
              f.err);
    assert_str(mr_buf_str(&f.out), "{\"@context\":[{\"p\":\"http://e.eu/p\"}],\"p\":1}");
    finish(&f);
}

/* Lists take the place in which the map of the same term would stand: the value is still there, though not under its index. */
static void test_jsonld_compact__puts_a_value_beside_a_list(void **state)
{
    struct fixture f;
    start(&f);
    mr_str document = MR_STR("{\"http://e.eu/p\":[{\"@list\":[1]},{\"@list\":[2]},{\"@value\":3,\"@index\":\"i\"}]}");
    assert_ok(compact(&f, document, "{\"p\":{\"@id\":\"http://e.eu/p\",\"@container\":\"@index\"}}"), f.err);
    assert_str(without_context(&f), "{\"p\":[{\"@list\":[1]},{\"@list\":[2]},3]}");
    finish(&f);
}

static void test_jsonld_compact__finds_one_of_many_members(void **state)
{
    enum { MANY = 3000 };
    struct fixture f;
    mr_buf text;
    start(&f);
    mr_buf_init(&text, MR_MIB);
    mr_buf_puts(&text, "{\"http://e.eu/p\":[");
    for (int i = 0; i < 2 * MANY; i++)
        mr_buf_format(&text, "%s{\"@value\":%d,\"@index\":\"i%d\"}", i ? "," : "", i, i % MANY);
    mr_buf_puts(&text, "]}");
    assert_ok(compact(&f, mr_buf_str(&text), "{\"p\":{\"@id\":\"http://e.eu/p\",\"@container\":\"@index\"}}"), f.err);
    const mr_json *map = mr_json_get(parse(&f, mr_buf_str(&f.out)), "p");
    assert_int_equal(mr_json_count(map), MANY);
    MR_JSON_EACH_MEMBER (name, map) assert_int_equal(mr_json_count(name + 1), 2);
    mr_buf_done(&text);
    finish(&f);
}

static void test_jsonld_compact__refuses_what_is_too_deep(void **state)
{
    struct fixture f;
    mr_buf text;
    start(&f);
    mr_buf_init(&text, MR_MIB);
    for (int i = 0; i < 500; i++) mr_buf_puts(&text, "{\"http://e.eu/p\":");
    mr_buf_puts(&text, "1");
    for (int i = 0; i < 500; i++) mr_buf_puts(&text, "}");
    assert_code(compact(&f, mr_buf_str(&text), "{}"), MR_E_LIMIT, f.err);
    mr_buf_done(&text);
    finish(&f);
}

/* However little memory there is, the answer is an error. */
static void test_jsonld_compact__tells_when_memory_is_short(void **state)
{
    static const char document[] =
        "{\"@id\":\"http://e.eu/folder/1\",\"@type\":\"http://e.eu/T\",\"http://e.eu/p\":["
        "{\"@list\":[1,{\"@id\":\"http://e.eu/2\"}]},{\"@value\":\"x\",\"@language\":\"da\"}]}";
    int code = MR_E_NOMEM;
    for (size_t limit = 0; code != MR_OK; limit += 512) {
        struct fixture f;
        start(&f);
        const mr_json *root = parse(&f, mr_str_of(document)), *local = parse(&f, MR_STR("{\"e\":\"http://e.eu/\"}"));
        mr_json_writer w;
        mr_arena little;
        mr_arena_init(&little, limit);
        mr_json_writer_init(&w, &f.out, 0);
        code = mr_jsonld_compact(&little, root, local, &f.options, &w, &f.err);
        if (code != MR_OK) assert_int_equal(code, MR_E_NOMEM);
        assert_true(limit < MR_MIB);
        mr_arena_done(&little);
        finish(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jsonld_compact__gives_what_leads_back),
        cmocka_unit_test(test_jsonld_compact__keeps_the_context_as_given),
        cmocka_unit_test(test_jsonld_compact__puts_a_value_beside_a_list),
        cmocka_unit_test(test_jsonld_compact__finds_one_of_many_members),
        cmocka_unit_test(test_jsonld_compact__refuses_what_is_too_deep),
        cmocka_unit_test(test_jsonld_compact__tells_when_memory_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
