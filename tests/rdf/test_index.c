/* The index of a graph against plain scans of the same graph. */
#include "rdf/index.h"
#include "base/limits.h"
#include "testing.h"

#define MEMORY (64 * MR_MIB)
#define KEY 12345

static mr_term iri(const char *text)
{
    return (mr_term){.kind = MR_TERM_IRI, .text = mr_str_of(text)};
}

static mr_term literal(const char *text, const char *datatype, const char *language)
{
    return (mr_term){.kind = MR_TERM_LITERAL,
                     .text = mr_str_of(text),
                     .datatype = mr_str_of(datatype),
                     .language = mr_str_of(language)};
}

static void test_index_hash__is_the_same_for_equal_terms(void **state)
{
    const mr_term terms[] = {
        iri("http://e/a"),
        iri("http://e/b"),
        iri(""),
        literal("a", "x", ""),
        literal("a", "y", ""),
        literal("b", "x", ""),
        literal("a", "x", "en"),
        literal("a", "x", "EN"),
        literal("a", "x", "da"),
        literal("http://e/a", "x", ""),
        {.kind = MR_TERM_BLANK, .number = 1},
        {.kind = MR_TERM_BLANK, .number = 2},
    };
    size_t count = sizeof terms / sizeof *terms;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            assert_int_equal(mr_index_hash(KEY, &terms[i]) == mr_index_hash(KEY, &terms[j]),
                             mr_term_eq(&terms[i], &terms[j]));
    assert_int_not_equal(mr_index_hash(KEY, &terms[0]), mr_index_hash(KEY + 1, &terms[0]));
}

/* Every octet counts, at every length. */
static void test_index_hash__takes_every_octet(void **state)
{
    char text[100];
    for (size_t len = 1; len < sizeof text; len++) {
        memset(text, 'a', sizeof text);
        mr_term t = {.kind = MR_TERM_IRI, .text = mr_str_make(text, len)};
        uint64_t plain = mr_index_hash(KEY, &t);
        for (size_t i = 0; i < len; i++) {
            text[i] = 'b';
            assert_int_not_equal(mr_index_hash(KEY, &t), plain);
            text[i] = 'a';
        }
        t.text.len--;
        assert_int_not_equal(mr_index_hash(KEY, &t), plain);
    }
}

/* Some thousand quads over few terms: many duplicates, many values, some in another graph. */
static mr_dataset random_graph(mr_arena *a, size_t count)
{
    mr_dataset ds;
    struct mr_err err = {0};
    mr_env env = test_env_fixed(0, 42);
    const mr_term *terms[60], *graph = mr_term_iri(a, MR_STR("http://e/graph"));
    mr_dataset_init(&ds, a);
    for (size_t i = 0; i < 60; i++) terms[i] = mr_term_iri(a, mr_arena_format(a, "http://e/%zu", i));
    for (size_t i = 0; i < count; i++) {
        uint8_t r[4];
        mr_env_random(&env, r, sizeof r);
        assert_ok(mr_dataset_add(&ds, terms[r[0] % 20], terms[20 + r[1] % 5], terms[r[2] % 60],
                                 r[3] < 20 ? graph : NULL, NULL, &err),
                  err);
    }
    return ds;
}

static bool has_quad(const mr_dataset *ds, const mr_term *s, const mr_term *p, const mr_term *o)
{
    for (size_t i = 0; i < ds->count; i++) {
        const mr_quad *q = &ds->quads[i];
        if (!q->graph && mr_term_eq(q->subject, s) && mr_term_eq(q->predicate, p) && mr_term_eq(q->object, o))
            return true;
    }
    return false;
}

static void check_triple(const mr_index *ix, mr_id s, mr_id p, mr_id o)
{
    bool wanted = has_quad(ix->ds, ix->terms[s], ix->terms[p], ix->terms[o]);
    uint32_t edge = mr_index_edge(ix, s, p, o);
    assert_int_equal(mr_ids_has(mr_index_objects(ix, s, p), o), wanted);
    assert_int_equal(mr_ids_has(mr_index_subjects(ix, o, p), s), wanted);
    assert_int_equal(edge != MR_NO_ID, wanted);
    if (wanted) assert_true(mr_term_eq(ix->ds->quads[ix->quads[edge]].object, ix->terms[o]));
}

static void test_index__answers_as_a_scan_does(void **state)
{
    mr_arena a;
    mr_index ix;
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    mr_dataset ds = random_graph(&a, 2000);
    assert_ok(mr_index_init(&ix, &a, &ds, KEY, &err), err);
    assert_ok(mr_index_add(&ix, &err), err);
    assert_ok(mr_index_sort(&ix, &err), err);
    assert_true(ix.edge_count < ds.count);
    for (mr_id s = 0; s < ix.term_count; s += 3)
        for (mr_id p = 0; p < ix.term_count; p += 2)
            for (mr_id o = 0; o < ix.term_count; o += 5) check_triple(&ix, s, p, o);
    for (uint32_t e = 1; e < ix.edge_count; e++)
        assert_false(ix.subjects[e] == ix.subjects[e - 1] && ix.predicates[e] == ix.predicates[e - 1] &&
                     ix.objects[e] <= ix.objects[e - 1]);
    assert_int_equal(mr_index_objects(&ix, MR_NO_ID, 0).count, 0);
    assert_int_equal(mr_index_subjects(&ix, 0, MR_NO_ID).count, 0);
    mr_arena_done(&a);
}

/* Terms beyond what the number of quads made likely. */
static void test_index_intern__grows(void **state)
{
    mr_arena a;
    mr_index ix;
    mr_dataset ds;
    mr_id id;
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    mr_dataset_init(&ds, &a);
    assert_ok(mr_index_init(&ix, &a, &ds, KEY, &err), err);
    for (size_t turn = 0; turn < 2; turn++)
        for (uint32_t i = 0; i < 5000; i++) {
            const mr_term *t = mr_term_iri(&a, mr_arena_format(&a, "http://e/%u", i));
            assert_ok(mr_index_intern(&ix, t, mr_index_hash(KEY, t), &id, &err), err);
            assert_int_equal(id, i);
        }
    mr_term other = iri("http://e/other");
    assert_int_equal(mr_index_find(&ix, &other, mr_index_hash(KEY, &other)), MR_NO_ID);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index_hash__is_the_same_for_equal_terms),
        cmocka_unit_test(test_index_hash__takes_every_octet),
        cmocka_unit_test(test_index__answers_as_a_scan_does),
        cmocka_unit_test(test_index_intern__grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
