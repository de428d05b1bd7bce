/* IRIs: the examples of RFC 3986 section 5.4, and the way back. */
#include "rdf/iri.h"
#include "base/limits.h"
#include "testing.h"

static void test_iri_resolve__gives_the_examples_of_rfc_3986(void **state)
{
    static const char *const cases[][2] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {"..g", "http://a/b/c/..g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
    };
    mr_arena a;
    struct mr_err err = {0};
    mr_arena_init(&a, MR_MIB);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str got;
        assert_ok(mr_iri_resolve(&a, MR_STR("http://a/b/c/d;p?q"), mr_str_of(cases[i][0]), &got, &err), err);
        assert_str(got, cases[i][1]);
    }
    mr_arena_done(&a);
}

static void test_iri_relativise__leads_back(void **state)
{
    static const char *const cases[][2] = {
        {"http://a/b/c/d;p?q", "d;p?q"}, {"http://a/b/c/g", "g"},        {"http://a/b/g#x", "../g#x"},
        {"http://a/b/c/", "./"},         {"http://a/b/c/d;p?q#s", "#s"}, {"https://a/b", "https://a/b"},
        {"http://a/b/c/x:y", "./x:y"},
    };
    mr_arena a;
    struct mr_err err = {0};
    mr_arena_init(&a, MR_MIB);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str got, back;
        assert_ok(mr_iri_relativise(&a, MR_STR("http://a/b/c/d;p?q"), mr_str_of(cases[i][0]), &got, &err), err);
        assert_ok(mr_iri_resolve(&a, MR_STR("http://a/b/c/d;p?q"), got, &back, &err), err);
        assert_str(back, cases[i][0]);
    }
    mr_arena_done(&a);
}

static void test_iri_is_well_formed__knows_what_no_iri_has(void **state)
{
    assert_true(mr_iri_is_well_formed(MR_STR("http://data.europa.eu/snb/eqf/6")));
    assert_true(mr_iri_is_well_formed(MR_STR("urn:uuid:1")));
    assert_true(mr_iri_is_well_formed(MR_STR("http://example.eu/\xC3\xA9")));
    assert_false(mr_iri_is_well_formed(MR_STR("no-scheme")));
    assert_false(mr_iri_is_well_formed(MR_STR("1a:b")));
    assert_false(mr_iri_is_well_formed(MR_STR("http://a b")));
    assert_false(mr_iri_is_well_formed(MR_STR("http://a/<b>")));
    assert_false(mr_iri_is_well_formed(MR_STR("http://a/{b}")));
    assert_false(mr_iri_is_well_formed(MR_STR("http://a/\\")));
    assert_false(mr_iri_is_well_formed(MR_STR("http://a/^`|")));
    assert_true(mr_iri_is_well_formed(MR_STR("http://a#b")));
    assert_false(mr_iri_is_well_formed(MR_STR("http://a#b#")));
    static const char never[] = "\x01\x1f \"<>\\^`{|}";
    char iri[] = "http://example.eu/a/long/one/with/40/octets";
    for (size_t at = 8; at < sizeof iri - 1; at++) {
        char was = iri[at];
        for (const char *c = never; *c; c++) {
            iri[at] = *c;
            assert_false(mr_iri_is_well_formed(mr_str_of(iri)));
        }
        iri[at] = was;
        assert_true(mr_iri_is_well_formed(mr_str_of(iri)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_iri_resolve__gives_the_examples_of_rfc_3986),
        cmocka_unit_test(test_iri_relativise__leads_back),
        cmocka_unit_test(test_iri_is_well_formed__knows_what_no_iri_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
