/* N-Quads: what the grammar of RDF 1.1 N-Quads allows and what it does not, with the place of each fault, and the canonical escapes. */
#include "rdf/nquads.h"
#include "base/limits.h"
#include "testing.h"

#define S "<http://e.eu/s> <http://e.eu/p> "

struct fixture {
    mr_arena a;
    mr_dataset ds;
    mr_buf out;
    struct mr_err err;
};

static void start(struct fixture *f)
{
    mr_arena_init(&f->a, 16 * MR_MIB);
    mr_dataset_init(&f->ds, &f->a);
    mr_buf_init(&f->out, MR_MIB);
    f->err = (struct mr_err){0};
}

static void finish(struct fixture *f)
{
    mr_buf_done(&f->out);
    mr_arena_done(&f->a);
}

/* Whatever is read, it is written like this. */
static void test_nquads__reads_what_the_grammar_allows(void **state)
{
    static const struct {
        const char *text, *written;
    } cases[] = {
        {"", ""},
        {"\n\r\n \t\n# nothing\n", ""},
        {S "<http://e.eu/o> .\n", S "<http://e.eu/o> .\n"},
        {S "<http://e.eu/o> . # behind", S "<http://e.eu/o> .\n"},
        {"<http://e.eu/s><http://e.eu/p><http://e.eu/o><http://e.eu/g>.", S "<http://e.eu/o> <http://e.eu/g> .\n"},
        {"\t" S "\t_:x\t_:g\t.\r\n", S "_:b0 _:b1 .\n"},
        {"_:x <http://e.eu/p> _:x.\r_:y <http://e.eu/p> _:x .",
         "_:b0 <http://e.eu/p> _:b0 .\n_:b1 <http://e.eu/p> _:b0 .\n"},
        {S "_:1.a-b.\n", S "_:b0 .\n"},
        {S "_:\xC3\xA9:_ .\n", S "_:b0 .\n"},
        {S "_:a\xC2\xB7\xF0\x90\x80\x80 .\n", S "_:b0 .\n"},
        {S "\"\" .\n", S "\"\" .\n"},
        {S "\"a\"^^<http://www.w3.org/2001/XMLSchema#string> .\n", S "\"a\" .\n"},
        {S "\"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n",
         S "\"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n"},
        {S "\"a\"@en .\n", S "\"a\"@en .\n"},
        {S "\"a\"@EN-gb-1x <http://e.eu/g> .\n", S "\"a\"@EN-gb-1x <http://e.eu/g> .\n"},
        {S "\"\\t\\b\\n\\r\\f\\\"\\'\\\\\" .\n", S "\"\\t\\b\\n\\r\\f\\\"'\\\\\" .\n"},
        {S "\"\\u0001\\u000B\\u001f\\u007F\\u0080\" .\n", S "\"\\u0001\\u000B\\u001F\\u007F\xC2\x80\" .\n"},
        {S "\"\\u0000\" .\n", S "\"\\u0000\" .\n"},
        {S "\"\\u00E9\\U0001F600\" .\n", S "\"\xC3\xA9\xF0\x9F\x98\x80\" .\n"},
        {S "\"\x01\x7F\t\" .\n", S "\"\\u0001\\u007F\\t\" .\n"},
        {S "\"0123456789abcdef\\u001Fxyz\\\"0123456789abcdefg\" .\n",
         S "\"0123456789abcdef\\u001Fxyz\\\"0123456789abcdefg\" .\n"},
        {S "<http://e.eu/\\u00e9> .\n", S "<http://e.eu/\xC3\xA9> .\n"},
        {S "<urn:a> .\n" S "<urn:a> .\n", S "<urn:a> .\n" S "<urn:a> .\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        start(&f);
        print_message("# case %zu\n", i);
        assert_ok(mr_nquads_parse(&f.ds, mr_str_of(cases[i].text), &f.err), f.err);
        assert_ok(mr_nquads_write(&f.ds, &f.out, &f.err), f.err);
        assert_str(mr_buf_str(&f.out), cases[i].written);
        finish(&f);
    }
}

/* ^ marks nothing: the number is the offset of the fault behind S, or in the text itself. */
static void test_nquads__refuses_what_it_does_not(void **state)
{
    enum { B = sizeof S - 1 };
    static const struct {
        const char *text;
        size_t position;
    } cases[] = {
        {"x", 0},
        {"<http://e.eu/s> .", 16},
        {"\xEF\xBB\xBF" S "<urn:a> .", 0},
        {"\"a\" <urn:p> <urn:o> .", 0},
        {"<urn:s> _:p <urn:o> .", 8},
        {"<urn:s> \"p\" <urn:o> .", 8},
        {"<s> <urn:p> <urn:o> .", 1},
        {"<> <urn:p> <urn:o> .", 1},
        {"<urn:a b> <urn:p> <urn:o> .", 6},
        {"<urn:a", 1},
        {"<urn:a\n> <urn:p> <urn:o> .", 6},
        {"<urn:\\u0020> <urn:p> <urn:o> .", 1},
        {"<urn:\\n> <urn:p> <urn:o> .", 5},
        {"<urn:{}> <urn:p> <urn:o> .", 5},
        {S, B},
        {S "<urn:a>", B + 7},
        {S "<urn:a>\n.", B + 7},
        {S "<urn:a> . " S, B + 10},
        {S "<urn:a> \"g\" .", B + 8},
        {S "<urn:a> <urn:g> <urn:h> .", B + 16},
        {S "\"a", B + 2},
        {S "\"a\n\" .", B + 2},
        {S "\"\\", B + 2},
        {S "\"\\x\" .", B + 1},
        {S "\"\\u12G4\" .", B + 5},
        {S "\"\\u123\" .", B + 3},
        {S "\"\\uD800\" .", B + 3},
        {S "\"\\U00110000\" .", B + 3},
        {S "\"a\"@ .", B + 4},
        {S "\"a\"@1 .", B + 4},
        {S "\"a\"@en- .", B + 6},
        {S "\"a\"@en_GB .", B + 6},
        {S "\"a\"^<urn:t> .", B + 3},
        {S "\"a\"^^t .", B + 5},
        {S "\"a\"^^<t> .", B + 6},
        {S "\"a\"^^_:t .", B + 5},
        {S "\"a\"^^<urn:t>@en .", B + 12},
        {S "_: .", B + 2},
        {S "_:-a .", B + 2},
        {S "_:.a .", B + 2},
        {S "_a .", B},
        {S "_:a\xC3\x97 .", B + 3},
        {"@prefix a: <urn:a> .", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        start(&f);
        print_message("# case %zu\n", i);
        assert_code(mr_nquads_parse(&f.ds, mr_str_of(cases[i].text), &f.err), MR_E_FORMAT, f.err);
        assert_int_equal(f.err.position, cases[i].position);
        finish(&f);
    }
}

static void test_nquads_parse__refuses_what_is_no_utf_8(void **state)
{
    struct fixture f;
    start(&f);
    assert_code(mr_nquads_parse(&f.ds, MR_STR(S "\"\xE9\" ."), &f.err), MR_E_UTF8, f.err);
    assert_int_equal(f.err.position, sizeof S);
    finish(&f);
}

static void test_nquads_parse__keeps_labels_of_two_texts_apart(void **state)
{
    struct fixture f;
    start(&f);
    assert_ok(mr_nquads_parse(&f.ds, MR_STR(S "_:a ."), &f.err), f.err);
    assert_ok(mr_nquads_parse(&f.ds, MR_STR(S "_:a ."), &f.err), f.err);
    assert_int_equal(f.ds.blank_count, 2);
    assert_str(f.ds.quads[0].object->text, "a");
    finish(&f);
}

static void test_nquads_write__refuses_terms_that_would_add_statements(void **state)
{
    static const struct {
        const char *lexical, *datatype, *language;
    } cases[] = {
        {"urn:a> .\n<urn:b", NULL, NULL},
        {"relative", NULL, NULL},
        {"", NULL, NULL},
        {"a", "urn:t> .\n<urn:b", NULL},
        {"a", "t", NULL},
        {"a", "", "en .\n<urn:b>"},
        {"a", "", "en-"},
        {"a", "", "1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        start(&f);
        const mr_term *iri = mr_term_iri(&f.a, MR_STR("urn:a")), *object;
        if (cases[i].datatype)
            object = mr_term_literal(&f.a, mr_str_of(cases[i].lexical), mr_str_of(cases[i].datatype),
                                     mr_str_of(cases[i].language));
        else
            object = mr_term_iri(&f.a, mr_str_of(cases[i].lexical));
        assert_ok(mr_dataset_add(&f.ds, iri, iri, iri, NULL, NULL, &f.err), f.err);
        assert_ok(mr_dataset_add(&f.ds, iri, iri, object, NULL, NULL, &f.err), f.err);
        assert_code(mr_nquads_write(&f.ds, &f.out, &f.err), MR_E_FORMAT, f.err);
        assert_int_equal(f.err.position, 1);
        finish(&f);
    }
}

static void test_nquads_write__keeps_to_the_maximum_of_the_buffer(void **state)
{
    struct fixture f;
    start(&f);
    mr_buf small;
    mr_buf_init(&small, 10);
    assert_ok(mr_nquads_parse(&f.ds, MR_STR(S "_:a ."), &f.err), f.err);
    assert_code(mr_nquads_write(&f.ds, &small, &f.err), MR_E_LIMIT, f.err);
    mr_buf_done(&small);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nquads__reads_what_the_grammar_allows),
        cmocka_unit_test(test_nquads__refuses_what_it_does_not),
        cmocka_unit_test(test_nquads_parse__refuses_what_is_no_utf_8),
        cmocka_unit_test(test_nquads_parse__keeps_labels_of_two_texts_apart),
        cmocka_unit_test(test_nquads_write__refuses_terms_that_would_add_statements),
        cmocka_unit_test(test_nquads_write__keeps_to_the_maximum_of_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
