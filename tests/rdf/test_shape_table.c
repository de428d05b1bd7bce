#include "rdf/shape_table.h"

#include "rdf/nquads.h"
#include "testing.h"

#include "base/limits.h"

#define MEMORY (64 * MR_MIB)
#define HEAD "prefix e http://e/\n"
#define S "<http://e/S>"
#define P(name) " <http://www.w3.org/ns/shacl#" name "> "
#define INTEGER(n) "\"" n "\"^^<http://www.w3.org/2001/XMLSchema#integer>"
#define YES "\"true\"^^<http://www.w3.org/2001/XMLSchema#boolean>"
#define FIRST " <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> "
#define REST " <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> "
#define NIL "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>"

static void test_shape_table_parse__makes_a_graph(void **state)
{
    static const struct {
        const char *table, *quads;
    } cases[] = {
        {"e:S", ""},
        {"\n# why\n\ne:S target e:C closed\n", S P("targetClass") "<http://e/C> .\n" S P("closed") YES " .\n"},
        {"<http://x/y#z> class e:C", "<http://x/y#z>" P("class") "<http://e/C> .\n"},
        {"e:S\n  e:p 0..*", S P("property") "_:b0 .\n_:b0" P("path") "<http://e/p> .\n"},
        {"e:S\n  e:p  1..1  datatype e:d uniqueLang",
         S P("property") "_:b0 .\n_:b0" P("path") "<http://e/p> .\n_:b0" P("minCount") INTEGER("1") " .\n_:b0" P(
             "maxCount") INTEGER("1") " .\n_:b0" P("datatype") "<http://e/d> .\n_:b0" P("uniqueLang") YES " .\n"},
        {"e:TShape\n  - e:p 0..*",
         "<http://e/TShape>" P("property") "<http://e/T-e_p> .\n<http://e/T-e_p>" P("path") "<http://e/p> .\n"},
        {"e:S\n  =e:q e:p 0..1", S P("property") "<http://e/q> .\n<http://e/q>" P(
                                     "path") "<http://e/p> .\n<http://e/q>" P("maxCount") INTEGER("1") " .\n"},
        {"e:S\n  =e:q", S P("property") "<http://e/q> .\n"},
        {"e:S nodeKind IRI maxInclusive 100 node e:n hasValue e:v disjoint e:d deactivated",
         S P("nodeKind") "<http://www.w3.org/ns/shacl#IRI> .\n" S P("maxInclusive")
             INTEGER("100") " .\n" S P("node") "<http://e/n> .\n" S P("hasValue") "<http://e/v> .\n" S P(
                 "disjoint") "<http://e/d> .\n" S P("deactivated") YES " .\n"},
        {"pattern any  ^[a b](c) #d\ne:S pattern any", S P("pattern") "\"^[a b](c) #d\" .\n"},
        {"e:S in (e:a e:b)", S P("in") "_:b0 .\n_:b0" FIRST "<http://e/a> .\n_:b0" REST "_:b1 .\n_:b1" FIRST
                                       "<http://e/b> .\n_:b1" REST NIL " .\n"},
        {"e:S ignoredProperties ()", S P("ignoredProperties") NIL " .\n"},
        {"e:S or [class e:a] [class e:b]",
         S P("or") "_:b1 .\n_:b1" FIRST
                   "_:b0 .\n_:b0" P("class") "<http://e/a> .\n_:b1" REST "_:b3 .\n_:b3" FIRST
                                             "_:b2 .\n_:b2" P("class") "<http://e/b> .\n_:b3" REST NIL " .\n"},
        {"e:S and [and [closed]]",
         S P("and") "_:b1 .\n_:b1" FIRST "_:b0 .\n_:b0" P("and") "_:b3 .\n_:b3" FIRST "_:b2 .\n_:b2" P("closed") YES
         " .\n_:b3" REST NIL " .\n_:b1" REST NIL " .\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_arena a;
        mr_dataset ds;
        mr_buf out;
        struct mr_err err = {0};
        mr_arena_init(&a, MEMORY);
        mr_dataset_init(&ds, &a);
        mr_buf_init(&out, MR_MIB);
        print_message("# case %zu\n", i);
        assert_ok(mr_shape_table_parse(&ds, mr_arena_format(&a, HEAD "%s", cases[i].table), &err), err);
        assert_ok(mr_nquads_write(&ds, &out, &err), err);
        assert_str(mr_buf_str(&out), cases[i].quads);
        mr_buf_done(&out);
        mr_arena_done(&a);
    }
}

static void test_shape_table_parse__refuses_with_a_place(void **state)
{
    static const struct {
        const char *table;
        size_t position; /* behind HEAD */
    } cases[] = {
        {"f:S", 0},
        {"S", 0},
        {"<http://e/S", 0},
        {"<>", 0},
        {"  e:p 0..*", 2},
        {"  ", 2},
        {"e:S colour e:red", 4},
        {"e:S class", 9},
        {"e:S class )", 10},
        {"e:S nodeKind", 12},
        {"e:S maxInclusive many", 17},
        {"e:S maxInclusive -1", 17},
        {"e:S maxInclusive", 16},
        {"e:S pattern none", 12},
        {"e:S in e:a", 7},
        {"e:S in (e:a", 11},
        {"e:S in (", 8},
        {"e:S or", 6},
        {"e:S or class", 7},
        {"e:S or [class e:a", 17},
        {"e:S or [class e:a [", 18},
        {"e:S class e:a ]", 14},
        {"e:S\n  e:p", 9},
        {"e:S\n  e:p 0..2", 10},
        {"e:S\n  e:p 0..1x", 10},
        {"e:S\n  -", 7},
        {"e:S\n  - 0..1", 8},
        {"e:S\n  =", 7},
        {"e:S\n  =f:q", 7},
        {"prefix", 6},
        {"prefix f", 7},
        {"pattern f ", 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_arena a;
        mr_dataset ds;
        struct mr_err err = {0};
        mr_arena_init(&a, MEMORY);
        mr_dataset_init(&ds, &a);
        print_message("# case %zu\n", i);
        mr_str text = mr_arena_format(&a, HEAD "%s", cases[i].table);
        assert_code(mr_shape_table_parse(&ds, text, &err), MR_E_FORMAT, err);
        assert_int_equal(err.position, sizeof HEAD - 1 + cases[i].position);
        mr_arena_done(&a);
    }
}

/* Whatever a table says, reading it ends: every table of ours cut short at every octet, and with every octet replaced by a bracket. */
static void test_shape_table_parse__survives_broken_tables(void **state)
{
    static const char table[] = HEAD "pattern x ^y$\ne:SShape target e:C closed ignoredProperties (e:a e:b)\n"
                                     "  - e:p 1..* or [class e:A] [and [pattern x] [node e:n nodeKind IRI]]\n"
                                     "  =e:q e:r 0..1 maxInclusive 100 in (e:s <http://t>)\n  e:u 0..* uniqueLang\n";
    static const char put[] = "[]()<>-= \n:.";
    for (size_t i = 0; i < sizeof table; i++) {
        for (size_t k = 0; k < sizeof put; k++) {
            mr_arena a;
            mr_dataset ds;
            struct mr_err err = {0};
            mr_arena_init(&a, MEMORY);
            mr_dataset_init(&ds, &a);
            mr_str text = mr_arena_dup(&a, mr_str_make(table, put[k] ? sizeof table - 1 : i));
            if (put[k] && i < text.len) ((char *)text.ptr)[i] = put[k];
            int code = mr_shape_table_parse(&ds, text, &err);
            assert_true(code == MR_OK || code == MR_E_FORMAT);
            if (code) assert_true(err.position <= text.len);
            mr_arena_done(&a);
        }
    }
}

static void test_shape_table_parse__has_limits(void **state)
{
    mr_arena a;
    mr_dataset ds;
    mr_buf deep;
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    mr_dataset_init(&ds, &a);
    mr_buf_init(&deep, MR_MIB);
    mr_buf_puts(&deep, HEAD "e:S");
    for (int i = 0; i < 10000; i++) mr_buf_puts(&deep, " or [");
    assert_code(mr_shape_table_parse(&ds, mr_buf_str(&deep), &err), MR_E_LIMIT, err);
    mr_buf_clear(&deep);
    for (int i = 0; i < 33; i++) mr_buf_format(&deep, "prefix p%d http://e/\n", i);
    assert_code(mr_shape_table_parse(&ds, mr_buf_str(&deep), &err), MR_E_FORMAT, err);
    mr_buf_done(&deep);
    mr_arena_done(&a);
    mr_arena_init(&a, 16 * MR_KIB);
    mr_dataset_init(&ds, &a);
    assert_code(mr_shape_table_read(&ds, MR_STR("edc-generic-full"), &err), MR_E_NOMEM, err);
    mr_arena_done(&a);
}

static void test_shape_table_read__has_all_that_are_named(void **state)
{
    mr_arena a;
    mr_dataset ds;
    mr_str *files;
    size_t count, named = 0;
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    for (const char *const *name = mr_shape_table_names(); *name; name++, named++) {
        mr_dataset_init(&ds, &a);
        if (named) assert_true(strcmp(name[-1], *name) < 0);
        assert_ok(mr_shape_table_read(&ds, mr_str_of(*name), &err), err);
        assert_true(ds.count > 5);
    }
    assert_ok(mr_file_list(&a, MERIT_SOURCE_ROOT "/spec/shapes", ".shapes", 100, &files, &count, &err), err);
    assert_int_equal(named, count);
    assert_code(mr_shape_table_read(&ds, MR_STR("edc"), &err), MR_E_NOT_FOUND, err);
    assert_code(mr_shape_table_read(&ds, MR_STR_EMPTY, &err), MR_E_NOT_FOUND, err);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shape_table_parse__makes_a_graph),
        cmocka_unit_test(test_shape_table_parse__refuses_with_a_place),
        cmocka_unit_test(test_shape_table_parse__survives_broken_tables),
        cmocka_unit_test(test_shape_table_parse__has_limits),
        cmocka_unit_test(test_shape_table_read__has_all_that_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
