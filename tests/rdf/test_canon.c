/* Canonicalisation beyond the official cases: duplicates, options, maps, and graphs made to be slow. */
#include "rdf/canon.h"
#include "base/limits.h"
#include "rdf/lines.h"
#include "rdf/nquads.h"
#include "testing.h"

#include <time.h>

struct fixture {
    mr_arena a;
    mr_dataset ds;
    mr_buf out;
    struct mr_err err;
};

static void start(struct fixture *f, const char *text)
{
    mr_arena_init(&f->a, 256 * MR_MIB);
    mr_dataset_init(&f->ds, &f->a);
    mr_buf_init(&f->out, 64 * MR_MIB);
    f->err = (struct mr_err){0};
    assert_ok(mr_nquads_parse(&f->ds, mr_str_of(text), &f->err), f->err);
}

static void finish(struct fixture *f)
{
    mr_buf_done(&f->out);
    mr_arena_done(&f->a);
}

static void test_canonicalise__gives_the_same_text_for_the_same_graph(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"", ""},
        {"<urn:s> <urn:p> \"b\" .\n<urn:s> <urn:p> \"a\" .\n<urn:s> <urn:p> \"b\" .\n",
         "<urn:s> <urn:p> \"a\" .\n<urn:s> <urn:p> \"b\" .\n"},
        {"_:x <urn:p> <urn:o> .\n_:x <urn:p> <urn:o> .\n_:x <urn:p> <urn:o> .\n", "_:c14n0 <urn:p> <urn:o> .\n"},
        /* twice the same quad counts once: without that, x and y would have different hashes and other numbers */
        {"_:x <urn:p> _:y .\n_:x <urn:p> _:y .\n_:y <urn:p> _:x .\n",
         "_:c14n0 <urn:p> _:c14n1 .\n_:c14n1 <urn:p> _:c14n0 .\n"},
        {"_:x <urn:p> _:x .\n", "_:c14n0 <urn:p> _:c14n0 .\n"},
        {"_:x <urn:p> _:x _:x .\n_:x <urn:p> _:x _:x .\n", "_:c14n0 <urn:p> _:c14n0 _:c14n0 .\n"},
        {"<urn:s> <urn:p> <urn:o> <urn:g> .\n<urn:s> <urn:p> <urn:o> .\n",
         "<urn:s> <urn:p> <urn:o> .\n<urn:s> <urn:p> <urn:o> <urn:g> .\n"},
        /* code points, not UTF-16 units: U+FFFD stands before U+1F600 */
        {"<urn:s> <urn:p> \"\\U0001F600\" .\n<urn:s> <urn:p> \"\\uFFFD\" .\n",
         "<urn:s> <urn:p> \"\xEF\xBF\xBD\" .\n<urn:s> <urn:p> \"\xF0\x9F\x98\x80\" .\n"},
        {"_:a <urn:p> _:b .\n_:b <urn:q> <urn:o> .\n_:c <urn:p> _:d .\n_:d <urn:q> <urn:o> .\n",
         "_:c14n0 <urn:q> <urn:o> .\n_:c14n1 <urn:p> _:c14n0 .\n_:c14n2 <urn:q> <urn:o> .\n_:c14n3 <urn:p> _:c14n2 "
         ".\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        start(&f, cases[i].text);
        print_message("# case %zu\n", i);
        assert_ok(mr_rdf_canonicalise(&f.a, &f.ds, NULL, &f.out, NULL, &f.err), f.err);
        assert_str(mr_buf_str(&f.out), cases[i].wanted);
        finish(&f);
    }
}

static void test_canonicalise__maps_every_node_that_stands_in_a_quad(void **state)
{
    struct fixture f;
    const mr_str *map;
    start(&f, "<urn:s> <urn:p> _:a .\n");
    const mr_term *alone = mr_dataset_new_blank(&f.ds);
    assert_ok(mr_rdf_canonicalise(&f.a, &f.ds, NULL, &f.out, &map, &f.err), f.err);
    assert_str(map[f.ds.quads[0].object->number], "c14n0");
    assert_int_equal(map[alone->number].len, 0);
    finish(&f);
}

static void test_canonicalise__appends_to_the_buffer(void **state)
{
    struct fixture f;
    start(&f, "<urn:s> <urn:p> <urn:o> .\n");
    mr_buf_puts(&f.out, "before ");
    assert_ok(mr_rdf_canonicalise(&f.a, &f.ds, NULL, &f.out, NULL, &f.err), f.err);
    assert_str(mr_buf_str(&f.out), "before <urn:s> <urn:p> <urn:o> .\n");
    finish(&f);
}

static void test_canonical_digest__is_that_of_the_text(void **state)
{
    static const mr_digest_kind kinds[] = {MR_SHA256, MR_SHA384};
    for (size_t i = 0; i < 2; i++) {
        struct fixture f;
        mr_canon_options options = {.hash = kinds[i]};
        mr_digest got, wanted;
        start(&f, "_:x <urn:p> _:y .\n_:y <urn:p> _:x .\n_:x <urn:p> _:y .\n<urn:s> <urn:p> \"o\" .\n");
        assert_ok(mr_rdf_canonicalise(&f.a, &f.ds, &options, &f.out, NULL, &f.err), f.err);
        assert_ok(mr_rdf_canonical_digest(&f.a, &f.ds, &options, &got, &f.err), f.err);
        mr_str text = mr_buf_str(&f.out);
        assert_ok(mr_digest_make(kinds[i], &text, 1, &wanted, &f.err), f.err);
        assert_str_eq(mr_digest_str(&got), mr_digest_str(&wanted));
        finish(&f);
    }
    struct fixture f;
    mr_canon_options options = {.hash = MR_SHA512};
    mr_digest digest;
    start(&f, "");
    assert_code(mr_rdf_canonical_digest(&f.a, &f.ds, &options, &digest, &f.err), MR_E_USAGE, f.err);
    finish(&f);
}

static void test_canonicalise__refuses_quads_that_are_none(void **state)
{
    struct fixture f;
    start(&f, "<urn:s> <urn:p> \"literal\" .\n<urn:s> <urn:p> _:b .\n");
    const mr_term *iri = f.ds.quads[0].subject, *literal = f.ds.quads[0].object, *blank = f.ds.quads[1].object;
    const mr_term *bad = mr_term_iri(&f.a, MR_STR("urn:a> .\n<urn:b"));
    const mr_quad cases[] = {
        {literal, iri, iri, NULL}, {iri, literal, iri, NULL}, {iri, blank, iri, NULL}, {iri, iri, iri, literal},
        {bad, iri, iri, NULL},     {iri, bad, iri, NULL},     {iri, iri, bad, NULL},   {iri, iri, iri, bad},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        f.ds.quads[1] = cases[i];
        assert_code(mr_rdf_canonicalise(&f.a, &f.ds, NULL, &f.out, NULL, &f.err), MR_E_FORMAT, f.err);
        assert_int_equal(f.err.position, 1);
    }
    finish(&f);
}

static void test_canonicalise__keeps_to_the_maximum_of_the_buffer_and_the_arena(void **state)
{
    struct fixture f;
    mr_buf small;
    mr_arena narrow;
    start(&f, "_:x <urn:p> _:y .\n_:y <urn:p> _:x .\n");
    mr_buf_init(&small, 10);
    assert_code(mr_rdf_canonicalise(&f.a, &f.ds, NULL, &small, NULL, &f.err), MR_E_LIMIT, f.err);
    mr_buf_done(&small);
    for (size_t limit = 0;; limit += 16) {
        mr_arena_init(&narrow, limit);
        mr_buf_clear(&f.out);
        int code = mr_rdf_canonicalise(&narrow, &f.ds, NULL, &f.out, NULL, &f.err);
        mr_arena_done(&narrow);
        if (code == MR_OK) break;
        assert_int_equal(code, MR_E_NOMEM);
    }
    finish(&f);
}

static void test_canonicalise__spends_the_budget_it_is_given(void **state)
{
    struct fixture f;
    mr_canon_options options = {.budget = 3};
    start(&f, "_:x <urn:p> _:y .\n_:y <urn:p> _:x .\n");
    assert_code(mr_rdf_canonicalise(&f.a, &f.ds, &options, &f.out, NULL, &f.err), MR_E_LIMIT, f.err);
    assert_int_equal(f.out.len, 0);
    options.budget = 100;
    assert_ok(mr_rdf_canonicalise(&f.a, &f.ds, &options, &f.out, NULL, &f.err), f.err);
    finish(&f);
}

/* Graphs of n blank nodes that are, or look, alike. */

static void add(struct fixture *f, const mr_term *const *nodes, size_t s, size_t o)
{
    static const mr_term p = {.kind = MR_TERM_IRI, .text = MR_STR_INIT("http://example.eu/p")};
    assert_ok(mr_dataset_add(&f->ds, nodes[s], &p, nodes[o], NULL, NULL, &f->err), f->err);
}

static void clique(struct fixture *f, const mr_term *const *nodes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (i != j) add(f, nodes, i, j);
}

static void chain(struct fixture *f, const mr_term *const *nodes, size_t n)
{
    for (size_t i = 1; i < n; i++) add(f, nodes, i - 1, i);
}

static void ring(struct fixture *f, const mr_term *const *nodes, size_t n)
{
    chain(f, nodes, n);
    add(f, nodes, n - 1, 0);
}

static void star(struct fixture *f, const mr_term *const *nodes, size_t n)
{
    for (size_t i = 1; i < n; i++) add(f, nodes, 0, i);
}

static void two_stars(struct fixture *f, const mr_term *const *nodes, size_t n)
{
    for (size_t i = 2; i < n; i++) add(f, nodes, i % 2, i);
}

/* Every node points at every second one: many related nodes for each, and few hashes. */
static void bipartite(struct fixture *f, const mr_term *const *nodes, size_t n)
{
    for (size_t i = 0; i < n / 2; i++)
        for (size_t j = n / 2; j < n; j++) add(f, nodes, i, j);
}

/* Each node has a number, so that all first degree hashes differ. */
static void numbered_chain(struct fixture *f, const mr_term *const *nodes, size_t n)
{
    chain(f, nodes, n);
    for (size_t i = 0; i < n; i++) {
        mr_str number = mr_arena_format(&f->a, "%zu", i);
        const mr_term *literal = mr_term_literal(&f->a, number, MR_STR_EMPTY, MR_STR_EMPTY);
        assert_ok(mr_dataset_add(&f->ds, nodes[i], &mr_rdf_first, literal, NULL, NULL, &f->err), f->err);
    }
}

static int64_t cpu_ms(void)
{
    return (int64_t)clock() * 1000 / CLOCKS_PER_SEC;
}

static void test_canonicalise__ends_soon_on_graphs_made_to_be_slow(void **state)
{
    static const struct {
        const char *name;
        void (*make)(struct fixture *f, const mr_term *const *nodes, size_t n);
        size_t n;
        mr_code wanted;
    } cases[] = {
        {"clique of 4", clique, 4, MR_OK},
        {"clique of 12", clique, 12, MR_E_LIMIT},
        {"clique of 300", clique, 300, MR_E_LIMIT},
        {"chain of 100", chain, 100, MR_OK},
        {"chain of 50000", chain, 50000, MR_E_LIMIT},
        {"ring of 100", ring, 100, MR_OK},
        {"ring of 50000", ring, 50000, MR_E_LIMIT},
        {"star of 20000", star, 20000, MR_OK},
        {"star of 100000", star, 100000, MR_E_LIMIT},
        {"two stars of 50000", two_stars, 100000, MR_E_LIMIT},
        {"bipartite of 400", bipartite, 400, MR_E_LIMIT},
        {"numbered chain of 50000", numbered_chain, 50000, MR_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        mr_str text = MR_STR_EMPTY;
        start(&f, "");
        const mr_term **nodes = MR_NEW_ARRAY(&f.a, const mr_term *, cases[i].n);
        for (size_t n = 0; n < cases[i].n; n++) assert_non_null(nodes[n] = mr_dataset_new_blank(&f.ds));
        cases[i].make(&f, nodes, cases[i].n);
        int64_t before = cpu_ms();
        assert_code(mr_rdf_canonicalise(&f.a, &f.ds, NULL, &f.out, NULL, &f.err), cases[i].wanted, f.err);
        int64_t took = cpu_ms() - before;
        printf("# %s: %s after %d ms\n", cases[i].name, mr_code_name(cases[i].wanted), (int)took);
        assert_true(took < 5000); /* a sanitizer's machine is slow; without bounds it would be years */
        text = mr_buf_str(&f.out);
        assert_true((text.len > 0) == (cases[i].wanted == MR_OK));
        finish(&f);
    }
}

static int compare_lines(const void *a, const void *b)
{
    const mr_line *x = a, *y = b;
    return mr_str_compare(mr_str_make(x->text, x->length), mr_str_make(y->text, y->length));
}

/* Lines over two letters, with long common beginnings and many equals; against qsort. */
static void test_lines_sort__orders_by_octets(void **state)
{
    mr_env env = test_env_fixed(0, 1);
    mr_arena a;
    mr_arena_init(&a, 64 * MR_MIB);
    for (size_t round = 0; round < 300; round++) {
        size_t count = round % 70, most = round % 5 ? 40 : 3;
        mr_line *lines = MR_NEW_ARRAY(&a, mr_line, count), *wanted = MR_NEW_ARRAY(&a, mr_line, count);
        mr_line_sorter sorter;
        assert_true(mr_line_sorter_init(&sorter, &a, count));
        for (size_t i = 0; i < count; i++) {
            uint8_t bits[8];
            mr_env_random(&env, bits, sizeof bits);
            size_t length = bits[0] % most, same = bits[1] % 2 ? length : 0;
            char *text = mr_arena_alloc(&a, length + 1);
            for (size_t at = 0; at < length; at++) text[at] = at < same ? 'x' : bits[at % 8] % 16 ? 'y' : '\xC3';
            text[length] = '\n';
            lines[i] = wanted[i] = (mr_line){.text = text, .length = (uint32_t)length + 1, .number = (uint32_t)i};
        }
        mr_lines_sort(&sorter, lines, count);
        qsort(wanted, count, sizeof *wanted, compare_lines);
        for (size_t i = 0; i < count; i++) assert_true(mr_line_eq(&lines[i], &wanted[i]));
        mr_arena_reset(&a);
    }
    mr_arena_done(&a);
}

/* Line i begins like all later ones: each range is only one line smaller than the one before. */
static void test_lines_sort__takes_a_staircase(void **state)
{
    enum { STEPS = 3000 };
    mr_arena a;
    mr_line_sorter sorter;
    mr_arena_init(&a, 64 * MR_MIB);
    mr_line *lines = MR_NEW_ARRAY(&a, mr_line, STEPS);
    assert_true(mr_line_sorter_init(&sorter, &a, STEPS));
    for (size_t i = 0; i < STEPS; i++) {
        char *text = mr_arena_alloc(&a, 8 * i + 2);
        memset(text, 'a', 8 * i), text[8 * i] = 'b', text[8 * i + 1] = '\n';
        lines[(i * 1009) % STEPS] = (mr_line){.text = text, .length = (uint32_t)(8 * i + 2), .number = (uint32_t)i};
    }
    mr_lines_sort(&sorter, lines, STEPS);
    for (size_t i = 0; i < STEPS; i++) assert_int_equal(lines[i].number, STEPS - 1 - i);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonicalise__gives_the_same_text_for_the_same_graph),
        cmocka_unit_test(test_canonicalise__maps_every_node_that_stands_in_a_quad),
        cmocka_unit_test(test_canonicalise__appends_to_the_buffer),
        cmocka_unit_test(test_canonical_digest__is_that_of_the_text),
        cmocka_unit_test(test_canonicalise__refuses_quads_that_are_none),
        cmocka_unit_test(test_canonicalise__keeps_to_the_maximum_of_the_buffer_and_the_arena),
        cmocka_unit_test(test_canonicalise__spends_the_budget_it_is_given),
        cmocka_unit_test(test_canonicalise__ends_soon_on_graphs_made_to_be_slow),
        cmocka_unit_test(test_lines_sort__orders_by_octets),
        cmocka_unit_test(test_lines_sort__takes_a_staircase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
