/* The official cases of RDF Dataset Canonicalization, and the canonical forms of the Commission's samples. */
#include "rdf/canon.h"
#include "base/limits.h"
#include "json/json.h"
#include "rdf/nquads.h"
#include "testing.h"

#define MEMORY (128 * MR_MIB)

/* One entry of the manifest: its files are read, its kind says what is compared. */
struct entry {
    mr_str id, type, hash;
    mr_str input, wanted;
};

static struct entry read_entry(mr_arena *a, const char *folder, const mr_json *v)
{
    struct entry e = {.id = mr_json_get_str(v, "id"), .type = mr_json_get_str(v, "type")};
    mr_str action = mr_json_get_str(v, "action"), result = mr_json_get_str(v, "result");
    e.hash = mr_json_get_str(v, "hashAlgorithm");
    e.input = test_read_file(a, test_path(a, folder, mr_arena_cstr(a, action)));
    if (result.len) e.wanted = test_read_file(a, test_path(a, folder, mr_arena_cstr(a, result)));
    return e;
}

/* The map of labels to identifiers is as the file says. */
static bool map_agrees(mr_arena *a, const mr_dataset *ds, const mr_str *map, mr_str wanted)
{
    const mr_json *root;
    struct mr_err err = {0};
    uint32_t count = 0;
    assert_ok(mr_json_parse(a, wanted, NULL, &root, &err), err);
    for (size_t i = 0; i < ds->count; i++) {
        const mr_term *terms[] = {ds->quads[i].subject, ds->quads[i].object, ds->quads[i].graph};
        for (size_t t = 0; t < 3; t++) {
            if (!terms[t] || terms[t]->kind != MR_TERM_BLANK) continue;
            mr_str id = mr_json_str(mr_json_find_member(root, terms[t]->text));
            if (id.len && mr_str_eq(id, map[terms[t]->number])) continue;
            print_error("  %.*s became %.*s, wanted %.*s\n", MR_STR_ARG(terms[t]->text),
                        MR_STR_ARG(map[terms[t]->number]), MR_STR_ARG(id));
            return false;
        }
    }
    for (uint32_t n = 0; n < ds->blank_count; n++) count += map[n].len > 0;
    return count == mr_json_count(root);
}

static bool passes(mr_arena *a, const struct entry *e)
{
    mr_dataset ds;
    mr_buf out;
    const mr_str *map;
    struct mr_err err = {0};
    mr_canon_options options = {.hash = mr_str_is(e->hash, "SHA384") ? MR_SHA384 : MR_SHA256};
    mr_dataset_init(&ds, a);
    mr_buf_init(&out, 16 * MR_MIB);
    assert_ok(mr_nquads_parse(&ds, e->input, &err), err);
    int code = mr_rdf_canonicalise(a, &ds, &options, &out, &map, &err);
    bool good = false;
    if (mr_str_is(e->type, "rdfc:RDFC10NegativeEvalTest"))
        good = code == MR_E_LIMIT;
    else if (mr_str_is(e->type, "rdfc:RDFC10EvalTest"))
        good = code == MR_OK && mr_str_eq(mr_buf_str(&out), e->wanted);
    else if (mr_str_is(e->type, "rdfc:RDFC10MapTest"))
        good = code == MR_OK && map_agrees(a, &ds, map, e->wanted);
    if (!good)
        print_error("%.*s: %s\n%.*s", MR_STR_ARG(e->id), mr_code_name((mr_code)code), MR_STR_ARG(mr_buf_str(&out)));
    mr_buf_done(&out);
    return good;
}

static void test_rdf_canonicalise__follows_the_suite(void **state)
{
    mr_arena a, memory;
    const mr_json *root;
    size_t count = 0, passed = 0;
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    const char *folder = test_suite(&a, "rdf-canon");
    mr_arena_init(&memory, MEMORY);
    assert_ok(mr_json_parse(&a, test_read_file(&a, test_path(&a, folder, "manifest.jsonld")), NULL, &root, &err), err);
    MR_JSON_EACH (v, mr_json_get(root, "entries")) {
        mr_arena_reset(&memory);
        struct entry e = read_entry(&memory, folder, v);
        count++, passed += passes(&memory, &e);
    }
    test_suite_count("rdf-canon", passed, count, 0);
    assert_int_equal(passed, count);
    assert_true(count > 0);
    mr_arena_done(&a);
    mr_arena_done(&memory);
}

static void test_rdf_canonicalise__leaves_canonical_samples_as_they_are(void **state)
{
    mr_arena a;
    mr_str *names;
    size_t count;
    struct mr_err err = {0};
    if (!test_elm()) test_skip("the ELM model is not here (MERIT_ELM)");
    mr_arena_init(&a, MEMORY);
    const char *folder = test_path(&a, test_elm(), "expected");
    assert_ok(mr_file_list(&a, folder, ".nq", 100, &names, &count, &err), err);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        mr_dataset ds;
        mr_buf out;
        mr_str text = test_read_file(&a, test_path(&a, folder, names[i].ptr));
        print_message("# %s\n", names[i].ptr);
        mr_dataset_init(&ds, &a);
        mr_buf_init(&out, MR_MIB);
        assert_ok(mr_nquads_parse(&ds, text, &err), err);
        assert_ok(mr_rdf_canonicalise(&a, &ds, NULL, &out, NULL, &err), err);
        assert_str_eq(mr_buf_str(&out), text);
        mr_buf_done(&out);
    }
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rdf_canonicalise__follows_the_suite),
        cmocka_unit_test(test_rdf_canonicalise__leaves_canonical_samples_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
