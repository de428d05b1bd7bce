/* The European Learning Model's samples, from JSON-LD to canonical N-Quads, beside what other processors made of them. */
#include "rdf/canon.h"
#include "rdf/jsonld.h"
#include "testing.h"

#include "base/limits.h"

#define MEMORY (64 * MR_MIB)

/* The document, or that inside a seal whose payload stands in plain text, or inside what is uploaded to be sealed. */
static const mr_json *read_document(mr_arena *a, const char *path)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(a, test_read_file(a, path), NULL, &root, &err), err);
    mr_str payload = mr_json_get_str(root, "payload");
    if (payload.len) assert_ok(mr_json_parse(a, payload, NULL, &root, &err), err);
    const mr_json *uploaded = mr_json_get(root, "credential");
    return uploaded ? uploaded : root;
}

static bool agrees(mr_arena *a, mr_contexts *contexts, const char *path, mr_str wanted)
{
    mr_dataset ds;
    mr_buf out;
    struct mr_err err = {0};
    mr_jsonld_options options = {.contexts = contexts};
    mr_dataset_init(&ds, a);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    assert_ok(mr_jsonld_to_rdf(read_document(a, path), &options, &ds, &err), err);
    assert_ok(mr_rdf_canonicalise(a, &ds, NULL, &out, NULL, &err), err);
    bool same = mr_str_eq(mr_buf_str(&out), wanted);
    if (!same) print_error("%s: got %zu octets, wanted %zu\n", path, out.len, wanted.len);
    mr_buf_done(&out);
    return same;
}

/* samples/NAME.jsonld or samples/NAME.json of expected/NAME.nq. */
static const char *sample_of(mr_arena *a, mr_str name)
{
    int stem = (int)name.len - 3;
    const char *path = mr_arena_format(a, "%s/samples/%.*s.jsonld", test_elm(), stem, name.ptr).ptr;
    return access(path, R_OK) == 0 ? path : mr_arena_format(a, "%s/samples/%.*s.json", test_elm(), stem, name.ptr).ptr;
}

static void test_rdf_canonicalise__gives_the_canonical_form_of_the_samples(void **state)
{
    mr_arena names, a;
    mr_contexts *contexts;
    mr_str *name;
    size_t count, passed = 0;
    struct mr_err err = {0};
    if (!test_elm()) test_skip("the learning model is not here (MERIT_ELM)");
    mr_arena_init(&names, MEMORY);
    mr_arena_init(&a, MEMORY);
    assert_ok(mr_contexts_open(&contexts, &err), err);
    const char *folder = test_path(&names, test_elm(), "expected");
    assert_ok(mr_file_list(&names, folder, ".nq", 100, &name, &count, &err), err);
    for (size_t i = 0; i < count; i++) {
        mr_arena_reset(&a);
        mr_str wanted = test_read_file(&a, test_path(&a, folder, name[i].ptr));
        passed += agrees(&a, contexts, sample_of(&a, name[i]), wanted);
    }
    test_suite_count("elm canonical", passed, count, 0);
    assert_int_equal(passed, count);
    assert_true(count > 0);
    mr_contexts_close(contexts);
    mr_arena_done(&a);
    mr_arena_done(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rdf_canonicalise__gives_the_canonical_form_of_the_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
