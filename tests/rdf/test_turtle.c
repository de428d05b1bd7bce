/* Turtle: what serd reads comes out as N-Quads; faults have a place; what is written is read again. */
#include "rdf/turtle.h"
#include "base/limits.h"
#include "rdf/nquads.h"
#include "testing.h"

#define XSD "http://www.w3.org/2001/XMLSchema#"
#define P "@prefix e: <http://e.eu/> . "

struct fixture {
    mr_arena a;
    mr_dataset ds;
    mr_buf out;
    struct mr_err err;
};

static void start(struct fixture *f)
{
    mr_arena_init(&f->a, 64 * MR_MIB);
    mr_dataset_init(&f->ds, &f->a);
    mr_buf_init(&f->out, 16 * MR_MIB);
    f->err = (struct mr_err){0};
}

static void finish(struct fixture *f)
{
    mr_buf_done(&f->out);
    mr_arena_done(&f->a);
}

static void test_turtle_parse__gives_the_triples(void **state)
{
    static const struct {
        const char *text, *base, *written;
    } cases[] = {
        {"", "", ""},
        {P "e:s e:p e:o, 1 ; a true .", "",
         "<http://e.eu/s> <http://e.eu/p> <http://e.eu/o> .\n<http://e.eu/s> <http://e.eu/p> \"1\"^^<" XSD
         "integer> .\n"
         "<http://e.eu/s> <" MR_RDF "type> \"true\"^^<" XSD "boolean> .\n"},
        {"<s> <#p> <../o> .", "http://e.eu/a/b", "<http://e.eu/a/s> <http://e.eu/a/b#p> <http://e.eu/o> .\n"},
        {"@base <http://e.eu/a/> . @prefix x: <n#> . <s> x:p <> .", "http://other.eu/",
         "<http://e.eu/a/s> <http://e.eu/a/n#p> <http://e.eu/a/> .\n"},
        {"PREFIX e: <http://e.eu/> BASE <http://b.eu/> <s> e:p <o> .", "",
         "<http://b.eu/s> <http://e.eu/p> <http://b.eu/o> .\n"},
        {P "e:s e:p \"a\\nb\"@en-GB, '''x\"y''' .", "",
         "<http://e.eu/s> <http://e.eu/p> \"a\\nb\"@en-GB .\n<http://e.eu/s> <http://e.eu/p> \"x\\\"y\" .\n"},
        {P "_:b1 e:p [ e:q _:b1 ] .", "", "_:b0 <http://e.eu/p> _:b1 .\n_:b1 <http://e.eu/q> _:b0 .\n"},
        {"<urn:s> <urn:p> \"\"\"a\"b\"\"\\n\"c\"\"\" .", "", "<urn:s> <urn:p> \"a\\\"b\\\"\\\"\\n\\\"c\" .\n"},
        {P "e:s e:p \"1\"^^e:t, 1.5 .", "",
         "<http://e.eu/s> <http://e.eu/p> \"1\"^^<http://e.eu/t> .\n<http://e.eu/s> <http://e.eu/p> \"1.5\"^^<" XSD
         "decimal> .\n"},
        {P "e:s e:p ( e:a ) .", "",
         "<http://e.eu/s> <http://e.eu/p> _:b0 .\n_:b0 <" MR_RDF "first> <http://e.eu/a> .\n_:b0 <" MR_RDF
         "rest> <" MR_RDF "nil> .\n"},
        {"<urn:a> <urn:b> <urn:\\u00e9> .", "", "<urn:a> <urn:b> <urn:\xC3\xA9> .\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        start(&f);
        print_message("# case %zu\n", i);
        assert_ok(mr_turtle_parse(&f.ds, mr_str_of(cases[i].text), mr_str_of(cases[i].base), &f.err), f.err);
        assert_ok(mr_nquads_write(&f.ds, &f.out, &f.err), f.err);
        assert_str(mr_buf_str(&f.out), cases[i].written);
        finish(&f);
    }
}

static void test_turtle_parse__refuses_with_a_place(void **state)
{
    static const struct {
        const char *text;
        mr_code code;
        size_t from, to;
    } cases[] = {
        {P "e:s e:p x:o .", MR_E_FORMAT, 28, 41},
        {P "\ne:s e:p e:o .\ne:s e:p .\ne:s e:p e:o .", MR_E_FORMAT, 43, 54},
        {"<s> <urn:p> <urn:o> .", MR_E_FORMAT, 0, 21},
        {"<urn:s> <urn:p> <urn:a b> .", MR_E_FORMAT, 16, 26},
        {"<urn:s> <urn:p> \"a", MR_E_FORMAT, 16, 18},
        {"<urn:s> <urn:p> 'a\n' .", MR_E_FORMAT, 16, 20},
        {"\"s\" <urn:p> <urn:o> .", MR_E_FORMAT, 0, 4},
        {"<urn:s> <urn:p> <urn:o>", MR_E_FORMAT, 22, 23},
        {"<urn:s> <urn:p> \"\xE9\" .", MR_E_UTF8, 17, 17},
        {"<urn:s> <urn:p> \"\"\"a\"\\n\"\"\" .", MR_E_UNSUPPORTED, 21, 21},
        {"<urn:s> <urn:p> \"a\"@en- .", MR_E_FORMAT, 16, 25},
        {"_:b1 <urn:p> _:B1 .", MR_E_FORMAT, 13, 13},
        {"_:B1 <urn:p> _:b1 .", MR_E_FORMAT, 13, 13},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        start(&f);
        assert_code(mr_turtle_parse(&f.ds, mr_str_of(cases[i].text), MR_STR_EMPTY, &f.err), cases[i].code, f.err);
        print_message("# case %zu: %s: %s\n", i, f.err.message, f.err.detail);
        assert_in_range(f.err.position, cases[i].from, cases[i].to);
        finish(&f);
    }
    struct fixture f;
    start(&f);
    assert_code(mr_turtle_parse(&f.ds, mr_str_make("<urn:s>\0", 8), MR_STR_EMPTY, &f.err), MR_E_FORMAT, f.err);
    assert_int_equal(f.err.position, 7);
    finish(&f);
}

static void test_turtle_parse__takes_nothing_after_the_first_fault(void **state)
{
    struct fixture f;
    start(&f);
    assert_code(mr_turtle_parse(&f.ds, MR_STR(P "e:s e:p e:o .\ne:s x:p e:o .\ne:s e:p e:o ."), MR_STR_EMPTY, &f.err),
                MR_E_FORMAT, f.err);
    assert_int_equal(f.ds.count, 1);
    finish(&f);
}

static void test_turtle_parse__keeps_blank_nodes_of_two_texts_apart(void **state)
{
    struct fixture f;
    start(&f);
    for (int i = 0; i < 2; i++)
        assert_ok(mr_turtle_parse(&f.ds, MR_STR("<urn:s> <urn:p> [], _:x ."), MR_STR_EMPTY, &f.err), f.err);
    assert_int_equal(f.ds.blank_count, 4);
    finish(&f);
}

static void test_turtle_parse__refuses_deep_brackets(void **state)
{
    static const char *const beginnings[] = {
        "", "<urn:s> <urn:p> \"]]]]\", ']]]' , \"\"\"\"]]]]\\\"\"\"\", <urn:]]]> # ]]]\n , "};
    static const char *const brackets[] = {"[ <urn:p> ", "( "};
    for (size_t i = 0; i < 2; i++)
        for (size_t b = 0; b < 2; b++) {
            struct fixture f;
            start(&f);
            mr_buf_puts(&f.out, beginnings[i]);
            for (int n = 0; n < 100000; n++) mr_buf_puts(&f.out, brackets[b]);
            assert_code(mr_turtle_parse(&f.ds, mr_buf_str(&f.out), MR_STR_EMPTY, &f.err), MR_E_LIMIT, f.err);
            finish(&f);
        }
}

static void test_turtle_write__is_read_again(void **state)
{
    static const char *const texts[] = {
        "<urn:s> <http://e.eu/p> <http://e.eu/o> .\n<urn:s> <http://e.eu/p> \"x\" .\n",
        "<urn:s> <urn:p> \"a\\n\\\"b\\\\\\t\\u0001\"@en .\n",
        "<urn:s> <urn:p> \"\\\"\\\"\\\"\" .\n",
        "<urn:s> <urn:p> \"a\\\"\" .\n",
        "<urn:s> <urn:p> \"\\n\\\"\" .\n",
        "<urn:s> <urn:p> \"\\\\\" .\n",
        "<urn:s> <urn:p> \"-1.50\"^^<" XSD "decimal> .\n",
        "<urn:s> <urn:p> \"false\"^^<" XSD "boolean> .\n",
        "<urn:s> <urn:p> \"1\"^^<" XSD "integer> .\n",
        "<urn:s> <urn:p> \"abc . <urn:x>\"^^<" XSD "integer> .\n",
        "<urn:s> <urn:p> \"\"^^<" XSD "boolean> .\n",
        "<urn:s> <urn:p> \"1.\"^^<" XSD "decimal> .\n",
        "<urn:s> <urn:p> \"x.y\"^^<" XSD "decimal> .\n",
        "<http://e.eu/a/b> <http://e.eu/> <http://e.eu/-.> .\n",
        "_:b0 <urn:p> _:b1 .\n_:b1 <urn:p> _:b0 .\n",
    };
    static const struct mr_turtle_prefix prefixes[] = {{"e", "http://e.eu/"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fixture f, g;
        start(&f);
        start(&g);
        assert_ok(mr_nquads_parse(&f.ds, mr_str_of(texts[i]), &f.err), f.err);
        assert_ok(mr_turtle_write(&f.ds, prefixes, 1, &f.out, &f.err), f.err);
        assert_ok(mr_turtle_parse(&g.ds, mr_buf_str(&f.out), MR_STR_EMPTY, &g.err), g.err);
        assert_ok(mr_nquads_write(&g.ds, &g.out, &g.err), g.err);
        assert_str(mr_buf_str(&g.out), texts[i]);
        finish(&f);
        finish(&g);
    }
}

static void test_turtle_write__refuses_named_graphs(void **state)
{
    struct fixture f;
    start(&f);
    assert_ok(mr_nquads_parse(&f.ds, MR_STR("<urn:s> <urn:p> <urn:o> <urn:g> ."), &f.err), f.err);
    assert_code(mr_turtle_write(&f.ds, NULL, 0, &f.out, &f.err), MR_E_FORMAT, f.err);
    finish(&f);
}

static void test_turtle_parse__reads_the_shapes_of_elm(void **state)
{
    struct fixture f;
    mr_str *names;
    size_t count;
    if (!test_elm()) test_skip("the ELM model is not here (MERIT_ELM)");
    start(&f);
    const char *folder = test_path(&f.a, test_elm(), "shacl");
    assert_ok(mr_file_list(&f.a, folder, ".ttl", 100, &names, &count, &f.err), f.err);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        mr_str text = test_read_file(&f.a, test_path(&f.a, folder, names[i].ptr));
        assert_ok(mr_turtle_parse(&f.ds, text, MR_STR_EMPTY, &f.err), f.err);
    }
    printf("# %zu files, %zu triples\n", count, f.ds.count);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turtle_parse__gives_the_triples),
        cmocka_unit_test(test_turtle_parse__refuses_with_a_place),
        cmocka_unit_test(test_turtle_parse__takes_nothing_after_the_first_fault),
        cmocka_unit_test(test_turtle_parse__keeps_blank_nodes_of_two_texts_apart),
        cmocka_unit_test(test_turtle_parse__refuses_deep_brackets),
        cmocka_unit_test(test_turtle_write__is_read_again),
        cmocka_unit_test(test_turtle_write__refuses_named_graphs),
        cmocka_unit_test(test_turtle_parse__reads_the_shapes_of_elm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
