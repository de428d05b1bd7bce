/* JSON-LD as Merit uses it: safe mode, places of errors, contexts that are made to harm, and what stays the same when contexts are remembered. The
 * algorithms themselves are held to the official suite (suite_jsonld.c). */
#include "rdf/jsonld.h"

#include "base/limits.h"
#include "rdf/nquads.h"
#include "testing.h"

#define MEMORY (256 * MR_MIB)

struct world {
    mr_arena a;
    mr_contexts *cs;
};

static struct world open_world(void)
{
    struct world w;
    struct mr_err err = {0};
    mr_arena_init(&w.a, MEMORY);
    assert_ok(mr_contexts_open(&w.cs, &err), err);
    return w;
}

static void close_world(struct world *w)
{
    mr_contexts_close(w->cs);
    mr_arena_done(&w->a);
}

static int to_rdf(struct world *w, mr_str text, bool safe, mr_dataset *ds, struct mr_err *err)
{
    const mr_json *root;
    mr_jsonld_options options = {.contexts = w->cs, .safe = safe};
    mr_dataset_init(ds, &w->a);
    MR_TRY(mr_json_parse(&w->a, text, NULL, &root, err));
    return mr_jsonld_to_rdf(root, &options, ds, err);
}

static mr_str nquads(struct world *w, const mr_dataset *ds)
{
    mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_nquads_write(ds, &out, &err), err);
    mr_str text = mr_arena_dup(&w->a, mr_buf_str(&out));
    mr_buf_done(&out);
    return text;
}

/* A term whose values are graphs. */
#define IN_GRAPH(value)                                                                                                \
    "{\"@context\":{\"g\":{\"@id\":\"http://a/g\",\"@type\":\"@id\",\"@container\":\"@graph\"}},\"g\":" value "}"

/* What plain JSON-LD drops without a word. */
static void test_jsonld_safe__refuses_what_would_not_be_signed(void **state)
{
    static const struct {
        const char *document, *message, *detail, *pointer;
    } cases[] = {
        {"{\"http://a/b\":\"c\",\"unknown\":1}", "a term without definition", "unknown", "/unknown"},
        {"{\"@context\":{\"gone\":null},\"http://a/b\":\"c\",\"gone\":1}", "a term without definition", "gone",
         "/gone"},
        {"{\"@type\":\"Thing\",\"http://a/b\":\"c\"}", "a type without definition", "Thing", "/@type"},
        {"{\"@type\":[\"http://a/T\",\"T\"],\"http://a/b\":\"c\"}", "a type without definition", "T", "/@type/1"},
        {"{\"@id\":\"relative\",\"http://a/b\":\"c\"}", "a relative identifier", "relative", "/@id"},
        {"{\"http://a/b\":{\"@id\":\"relative\"}}", "a relative identifier", "relative", "/http:~1~1a~1b/@id"},
        {"{\"@context\":{\"b\":{\"@id\":\"http://a/b\",\"@type\":\"@id\"}},\"b\":[\"http://x\",\"y\"]}",
         "a relative identifier", "y", "/b/1"},
        {"{\"http://a/b\":{\"@id\":\"@unheard\"}}", "an identifier that looks like a keyword", "@unheard",
         "/http:~1~1a~1b/@id"},
        {"{\"http://a/b\":{\"@list\":[1,[2]]}}", "an array within a list", "", "/http:~1~1a~1b/@list/1"},
        {"[\"alone\"]", "a value that belongs to nothing", "", "/0"},
        {"{\"http://a/b\":{\"@language\":\"en\"}}", "an object that says nothing", "", "/http:~1~1a~1b"},
        {"{\"@id\":\"http://a/b\"}", "an object that says nothing", "", ""},
        {"{\"http://a/b\":{\"@id\":\"http://a b/\"}}", "an identifier that is no IRI", "http://a b/", "/http:~1~1a~1b"},
        {"{\"http://a b/\":\"c\"}", "a property that is no IRI", "http://a b/", "/http:~1~1a b~1"},
        {"{\"_:b\":\"c\"}", "a property that is no IRI", "_:b", "/_:b"},
        {"{\"http://a/b\":{\"@value\":\"c\",\"@language\":\"not a tag\"}}", "a language tag that is none", "not a tag",
         "/http:~1~1a~1b"},
        {"{\"http://a/b\":{\"@value\":5,\"@direction\":\"rtl\"}}", "a base direction that RDF has no place for", "",
         "/http:~1~1a~1b"},
        {"{\"http://a/b\":{\"@value\":null,\"@type\":\"http://a/T\"}}", "a type or language of no value", "",
         "/http:~1~1a~1b"},
        {"{\"@id\":\"http://a/b\",\"@type\":[]}", "an identifier that nothing is said of", "http://a/b", ""},
        {"{\"@id\":\"http://a/b\",\"@graph\":[]}", "an identifier that nothing is said of", "http://a/b", ""},
        {"{\"@id\":\"http://a/b\",\"@graph\":{\"@id\":\"http://a/c\",\"@graph\":{\"http://a/d\":1}}}",
         "an identifier that nothing is said of", "http://a/b", ""},
        {"{\"@id\":\"http://a/b\",\"@included\":{\"http://a/d\":1}}", "an identifier that nothing is said of",
         "http://a/b", ""},
        {IN_GRAPH("\"http://a/c\""), "an identifier that nothing is said of", "http://a/c", "/g"},
        {IN_GRAPH("[{\"@id\":\"http://a/c\"}]"), "an identifier that nothing is said of", "http://a/c", "/g/0"},
        {IN_GRAPH("7"), "a value that belongs to nothing", "", "/g"},
        {IN_GRAPH("{\"@list\":[\"http://a/c\"]}"), "a value that belongs to nothing", "", "/g"},
        {"{\"@context\":{\"m\":{\"@id\":\"http://a/m\",\"@container\":\"@id\"}},\"m\":{\"http://a/b\":{\"@id\":"
         "\"http://a/c\",\"http://a/d\":1}}}",
         "a key that is not the identifier it stands for", "http://a/b", "/m/http:~1~1a~1b"},
    };
    struct world w = open_world();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_dataset ds;
        print_message("# %s\n", cases[i].document);
        assert_ok(to_rdf(&w, mr_str_of(cases[i].document), false, &ds, &err), err);
        assert_code(to_rdf(&w, mr_str_of(cases[i].document), true, &ds, &err), MR_E_JSONLD_UNSAFE, err);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.detail, cases[i].detail);
        assert_string_equal(err.pointer, cases[i].pointer);
        assert_true(err.position < strlen(cases[i].document));
    }
    close_world(&w);
}

static void test_jsonld__names_the_place_of_what_is_wrong(void **state)
{
    static const struct {
        const char *document, *message, *pointer;
    } cases[] = {
        {"{\"@context\":\"https://example.eu/unknown\",\"http://a/b\":1}", "loading remote context failed",
         "/@context"},
        {"{\"@context\":{\"a\":\"b:c\",\"b\":\"a:d\"}}", "cyclic IRI mapping", "/@context"},
        {"{\"@context\":[{\"@version\":1.1,\"@protected\":true,\"a\":\"http://a/\"},{\"a\":\"http://b/\"}]}",
         "protected term redefinition", "/@context"},
        {"{\"@context\":[{\"@version\":1.1,\"@protected\":true,\"a\":\"http://a/\"},null]}",
         "invalid context nullification", "/@context"},
        {"{\"http://a/b\":[{\"@value\":{}}]}", "invalid value object value", "/http:~1~1a~1b/0/@value"},
        {"{\"http://a/b\":{\"@id\":7}}", "invalid @id value", "/http:~1~1a~1b/@id"},
        {"{\"@type\":[\"http://a/T\",{}]}", "invalid type value", "/@type/1"},
        {"{\"http://a/b\":{\"@context\":17}}", "invalid local context", "/http:~1~1a~1b/@context"},
        {"{\"http://a/b\":{\"@value\":{},\"@type\":[\"http://a/T\",\"@json\"]}}", "invalid typed value",
         "/http:~1~1a~1b"},
        {"{\"@context\":{\"m\":{\"@id\":\"http://a/m\",\"@container\":\"@id\"}},\"m\":{\"http://a/b\":7}}",
         "invalid value object", "/m/http:~1~1a~1b"},
        {"{\"@context\":{\"m\":{\"@id\":\"http://a/m\",\"@container\":\"@type\"}},\"m\":{\"http://a/"
         "b\":{\"@list\":[]}}}",
         "invalid set or list object", "/m/http:~1~1a~1b"},
    };
    struct world w = open_world();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_dataset ds;
        print_message("# %s\n", cases[i].document);
        assert_code(to_rdf(&w, mr_str_of(cases[i].document), false, &ds, &err), MR_E_JSONLD, err);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.pointer, cases[i].pointer);
    }
    close_world(&w);
}

/* What is written within an object or a map is read with the context there, and not with that around it; and what is left out leaves out all of
 * it. */
static void test_jsonld__reads_values_where_they_stand(void **state)
{
    static const struct {
        const char *document, *quads;
    } cases[] = {
        {"{\"@context\":{\"p\":\"http://a/p\"},\"p\":{\"@context\":{\"p\":{\"@id\":\"http://a/p\",\"@type\":\"@id\"}},"
         "\"@set\":[\"http://a/b\"]}}",
         "_:b0 <http://a/p> <http://a/b> .\n"},
        {"{\"@context\":{\"p\":\"http://a/p\"},\"p\":{\"@context\":{\"p\":{\"@id\":\"http://a/p\",\"@type\":\"http://a/"
         "T\"}}"
         ",\"@list\":[\"1\"]}}",
         "_:b1 <" MR_RDF "first> \"1\"^^<http://a/T> .\n_:b1 <" MR_RDF "rest> <" MR_RDF
         "nil> .\n_:b0 <http://a/p> _:b1 .\n"},
        {"{\"@context\":{\"m\":{\"@id\":\"http://a/m\",\"@container\":\"@type\"},\"T\":{\"@id\":\"http://a/"
         "T\",\"@context\":{"
         "\"m\":{\"@id\":\"http://a/m\",\"@context\":{\"q\":\"http://a/q\"}}}}},\"m\":{\"T\":{\"q\":1}}}",
         "_:b1 <" MR_RDF "type> <http://a/T> .\n_:b1 <http://a/q> \"1\"^^<" MR_XSD
         "integer> .\n_:b0 <http://a/m> _:b1 .\n"},
        {"{\"@context\":{\"@vocab\":\"relative/\",\"p\":{}},\"p\":{\"http://a/q\":1},\"http://a/r\":1}",
         "_:b0 <http://a/r> \"1\"^^<" MR_XSD "integer> .\n"},
        {"{\"_:p\":{\"@list\":[1,{\"@id\":\"http://a/b\",\"http://a/q\":\"c\"}]}}",
         "<http://a/b> <http://a/q> \"c\" .\n"},
        {"{\"@id\":\"relative\",\"http://a/p\":{\"@list\":[1,{\"@id\":\"http://a/b\",\"http://a/q\":\"c\"}]}}",
         "<http://a/b> <http://a/q> \"c\" .\n"},
    };
    struct world w = open_world();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_dataset ds;
        print_message("# %s\n", cases[i].document);
        assert_ok(to_rdf(&w, mr_str_of(cases[i].document), false, &ds, &err), err);
        assert_str(nquads(&w, &ds), cases[i].quads);
    }
    close_world(&w);
}

/* A context that names itself, and two that name each other. */
static void test_contexts__refuse_to_go_in_circles(void **state)
{
    struct world w = open_world();
    struct mr_err err = {0};
    mr_dataset ds;
    assert_ok(
        mr_contexts_add(w.cs, MR_STR("https://a.example/"), MR_STR("{\"@context\":\"https://a.example/\"}"), &err),
        err);
    assert_ok(
        mr_contexts_add(w.cs, MR_STR("https://b.example/"), MR_STR("{\"@context\":[\"https://c.example/\"]}"), &err),
        err);
    assert_ok(
        mr_contexts_add(w.cs, MR_STR("https://c.example/"), MR_STR("{\"@context\":\"https://b.example/\"}"), &err),
        err);
    for (const char *c = "ab"; *c; c++) {
        mr_str text = mr_arena_format(&w.a, "{\"@context\":\"https://%c.example/\",\"http://a/b\":1}", *c);
        assert_code(to_rdf(&w, text, false, &ds, &err), MR_E_JSONLD, err);
        assert_string_equal(err.message, "context overflow");
        assert_string_equal(err.pointer, "/@context");
    }
    close_world(&w);
}

/* A scoped context may name the context it stands in: it is entered when it is used, not when it is defined. */
static void test_contexts__let_scopes_name_their_own_context(void **state)
{
    struct world w = open_world();
    struct mr_err err = {0};
    mr_dataset ds;
    assert_ok(
        mr_contexts_add(w.cs, MR_STR("https://a.example/"),
                        MR_STR("{\"@context\":{\"@version\":1.1,\"p\":{\"@id\":\"http://a/p\",\"@context\":\"https://"
                               "a.example/\"},\"q\":\"http://a/q\"}}"),
                        &err),
        err);
    assert_ok(
        to_rdf(&w, MR_STR("{\"@context\":\"https://a.example/\",\"p\":{\"p\":{\"p\":{\"q\":1}}}}"), true, &ds, &err),
        err);
    assert_int_equal(ds.count, 4);
    close_world(&w);
}

/* The context of a property may say protected terms anew, and what says them may be a context of its own name: a vc+jwt of ours is made so. */
static void test_contexts__of_properties_replace_protected_terms_by_name(void **state)
{
    struct world w = open_world();
    struct mr_err err = {0};
    mr_dataset ds;
    assert_ok(
        mr_contexts_add(w.cs, MR_STR("https://b.example/"), MR_STR("{\"@context\":{\"q\":\"http://b/q\"}}"), &err),
        err);
    assert_ok(
        to_rdf(&w,
               MR_STR("{\"@context\":[{\"@version\":1.1,\"@protected\":true,\"q\":\"http://a/q\"},{\"p\":{\"@id\":"
                      "\"http://a/p\",\"@context\":\"https://b.example/\"}}],\"p\":{\"q\":1}}"),
               true, &ds, &err),
        err);
    assert_int_equal(ds.count, 2);
    assert_true(mr_str_is(ds.quads[0].predicate->text, "http://b/q") ||
                mr_str_is(ds.quads[1].predicate->text, "http://b/q"));
    assert_code(
        to_rdf(&w,
               MR_STR("{\"@context\":[{\"@version\":1.1,\"@protected\":true,\"q\":\"http://a/q\"},\"https://b.example/"
                      "\"],\"q\":1}"),
               true, &ds, &err),
        MR_E_JSONLD, err);
    close_world(&w);
}

/* A protected term may be said again as it was: in another order of members, and in another document, unless it depends on where that stands. The contexts
 * of credentials repeat each other so. */
static void test_contexts__let_protected_terms_be_repeated(void **state)
{
    static const struct {
        const char *contexts;
        int code;
    } cases[] = {
        {"\"https://www.w3.org/ns/credentials/v2\",\"https://w3id.org/security/data-integrity/v2\"", MR_OK},
        {"\"https://w3id.org/security/data-integrity/v2\",\"https://www.w3.org/ns/credentials/v2\"", MR_OK},
        {"\"https://www.w3.org/ns/credentials/v2\",\"https://www.w3.org/ns/credentials/status/v1\"", MR_OK},
        {"\"https://www.w3.org/ns/credentials/v2\",\"https://w3id.org/security/data-integrity/v1\"", MR_E_JSONLD},
        {"\"https://a.example/\",\"https://b.example/\"", MR_OK},
        {"\"https://c.example/\",\"https://d.example/\"", MR_E_JSONLD},
    };
    static const struct {
        const char *iri, *scoped;
    } named[] = {
        {"https://a.example/", "https://empty.example/"},
        {"https://b.example/", "https://empty.example/"},
        {"https://c.example/", "empty"},
        {"https://d.example/", "empty"},
    };
    struct world w = open_world();
    struct mr_err err = {0};
    mr_dataset ds;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        mr_str text = mr_arena_format(&w.a,
                                      "{\"@context\":{\"p\":{\"@id\":\"http://a/p\",\"@protected\":true,"
                                      "\"@context\":\"%s\"}}}",
                                      named[i].scoped);
        assert_ok(mr_contexts_add(w.cs, mr_str_of(named[i].iri), text, &err), err);
    }
    const char *const empty[] = {"https://empty.example/", "https://c.example/empty", "https://d.example/empty"};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        assert_ok(mr_contexts_add(w.cs, mr_str_of(empty[i]), MR_STR("{\"@context\":{}}"), &err), err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("# %s\n", cases[i].contexts);
        mr_str text = mr_arena_format(&w.a, "{\"@context\":[%s],\"http://a/b\":1}", cases[i].contexts);
        int code = to_rdf(&w, text, true, &ds, &err);
        assert_int_equal(code, cases[i].code);
        if (code != MR_OK) assert_string_equal(err.message, "protected term redefinition");
    }
    close_world(&w);
}

/* A remembered context must not be taken for another: same text but for one letter, same text in another place, other base. */
static void test_contexts__remember_by_content(void **state)
{
    static const char *const documents[][2] = {
        {"{\"@context\":{\"t\":\"http://a/1\"},\"t\":1}", "http://a/1"},
        {"{\"@context\":{\"t\":\"http://a/2\"},\"t\":1}", "http://a/2"},
        {"{\"@context\":{\"t\":{\"@id\":\"http://a/1\"}},\"t\":1}", "http://a/1"},
        {"{\"@context\":[{\"t\":\"http://a/2\"},{\"t\":\"http://a/1\"}],\"t\":1}", "http://a/1"},
        {"{\"@context\":[{\"t\":\"http://a/1\"},{\"t\":\"http://a/2\"}],\"t\":1}", "http://a/2"},
        {"{\"@context\":[{\"t\":\"http://a/1\"},null,{\"s\":\"http://a/2\"}],\"s\":1,\"t\":1}", "http://a/2"},
    };
    struct world w = open_world();
    struct mr_err err = {0};
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
            mr_dataset ds;
            assert_ok(to_rdf(&w, mr_str_of(documents[i][0]), false, &ds, &err), err);
            assert_int_equal(ds.count, 1);
            assert_str(ds.quads[0].predicate->text, documents[i][1]);
        }
    close_world(&w);
}

/* What a document compiled is forgotten in time; datasets do not need it. */
static void test_contexts__forget_before_they_are_full(void **state)
{
    struct world w = open_world();
    struct mr_err err = {0};
    mr_dataset first, ds;
    mr_arena other;
    mr_arena_init(&other, MEMORY);
    assert_ok(
        to_rdf(&w,
               MR_STR("{\"@context\":{\"t\":{\"@id\":\"http://a/first\",\"@type\":\"http://a/type\"},\"s\":{\"@id\":"
                      "\"http://a/second\",\"@language\":\"en-GB\"}},\"t\":\"1\",\"s\":\"2\"}"),
               true, &first, &err),
        err);
    for (int i = 0; i < 40000; i++) {
        const mr_json *root;
        mr_jsonld_options options = {.contexts = w.cs};
        mr_arena_reset(&other);
        mr_dataset_init(&ds, &other);
        mr_str text = mr_arena_format(&other, "{\"@context\":{\"t%d\":\"http://a/%d\"},\"t%d\":1}", i, i, i);
        assert_ok(mr_json_parse(&other, text, NULL, &root, &err), err);
        assert_ok(mr_jsonld_to_rdf(root, &options, &ds, &err), err);
        assert_int_equal(ds.count, 1);
    }
    assert_true(mr_contexts_arena(w.cs)->used < MR_LIMIT_CONTEXT_MEMORY);
    assert_str(nquads(&w, &first),
               "_:b0 <http://a/first> \"1\"^^<http://a/type> .\n_:b0 <http://a/second> \"2\"@en-GB .\n");
    mr_arena_done(&other);
    close_world(&w);
}

/* Each of these is refused, or done in time that grows with its size. */
static void test_jsonld__bears_documents_made_to_harm(void **state)
{
    struct world w = open_world();
    struct mr_err err = {0};
    mr_dataset ds;
    mr_buf b;
    mr_buf_init(&b, 64 * MR_MIB);
    mr_buf_puts(&b, "{\"http://a/b\":["); /* a million nodes */
    for (int i = 0; i < 1000000; i++) mr_buf_puts(&b, i ? ",{}" : "{}");
    mr_buf_puts(&b, "]}");
    int code = to_rdf(&w, mr_buf_str(&b), true, &ds, &err);
    assert_true(code == MR_E_LIMIT || code == MR_E_NOMEM);
    assert_true(err.position < b.len && err.pointer[0]);

    mr_arena_reset(&w.a);
    mr_buf_clear(&b);
    mr_buf_puts(&b,
                "{\"@context\":{\"t\":{\"@id\":\"http://a/t\",\"@container\":\"@language\"}},\"t\":{"); /* languages */
    for (int i = 0; i < 10000; i++) mr_buf_format(&b, "%s\"aa-x%d\":\"x\"", i ? "," : "", i);
    mr_buf_puts(&b, "}}");
    assert_ok(to_rdf(&w, mr_buf_str(&b), true, &ds, &err), err);
    assert_int_equal(ds.count, 10000);

    mr_arena_reset(&w.a);
    mr_buf_clear(&b);
    mr_buf_puts(&b, "{\"@context\":{"); /* terms that build on each other */
    for (int i = 0; i < 1000; i++) mr_buf_format(&b, "\"t%d\":\"t%d:x\",", i, i + 1);
    mr_buf_puts(&b, "\"t1000\":\"http://a/\"},\"t0\":1}");
    assert_code(to_rdf(&w, mr_buf_str(&b), true, &ds, &err), MR_E_JSONLD, err);
    assert_string_equal(err.message, "context overflow");

    mr_arena_reset(&w.a);
    mr_buf_clear(&b);
    mr_buf_puts(&b, "{\"@context\":{\"@version\":1.1"); /* many terms with scopes: each is tried on a copy of all */
    for (int i = 0; i < 20000; i++)
        mr_buf_format(&b, ",\"t%d\":{\"@id\":\"http://a/%d\",\"@context\":{\"s\":\"http://a/s\"}}", i, i);
    mr_buf_puts(&b, "},\"t0\":1}");
    assert_code(to_rdf(&w, mr_buf_str(&b), true, &ds, &err), MR_E_LIMIT, err);
    assert_string_equal(err.pointer, "/@context");

    mr_arena_reset(&w.a);
    mr_buf_clear(&b);
    mr_buf_puts(&b, "{\"@context\":{\"S\":{\"@id\":\"http://a/S\",\"@context\":{}}"); /* aliases of @type, last first */
    for (int i = 0; i < 100000; i++) mr_buf_format(&b, ",\"t%06d\":\"@type\"", i);
    mr_buf_puts(&b, "},\"http://a/b\":1");
    for (int i = 100000; i-- > 0;) mr_buf_format(&b, ",\"t%06d\":[]", i);
    mr_buf_puts(&b, "}");
    assert_ok(to_rdf(&w, mr_buf_str(&b), true, &ds, &err), err);
    assert_int_equal(ds.count, 1);
    assert_ok(to_rdf(&w, MR_STR("{\"http://a/b\":1}"), true, &ds, &err), err); /* and others are served as before */
    mr_buf_done(&b);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jsonld_safe__refuses_what_would_not_be_signed),
        cmocka_unit_test(test_jsonld__names_the_place_of_what_is_wrong),
        cmocka_unit_test(test_jsonld__reads_values_where_they_stand),
        cmocka_unit_test(test_contexts__refuse_to_go_in_circles),
        cmocka_unit_test(test_contexts__let_scopes_name_their_own_context),
        cmocka_unit_test(test_contexts__of_properties_replace_protected_terms_by_name),
        cmocka_unit_test(test_contexts__let_protected_terms_be_repeated),
        cmocka_unit_test(test_contexts__remember_by_content),
        cmocka_unit_test(test_contexts__forget_before_they_are_full),
        cmocka_unit_test(test_jsonld__bears_documents_made_to_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
