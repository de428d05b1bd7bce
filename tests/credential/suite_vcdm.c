/* The cases of the W3C test suite of the VC Data Model 2.0: what conforms is not told of, what does not is told for the right reason. And the
 * examples beside the schemas of the data model. */
#include "testing.h"

#include "base/limits.h"
#include "credential/vcdm.h"
#include "json/write.h"
#include "rdf/published_contexts.h"

/* Each case that must fail, and every rule that it breaks. */
static const struct wanted {
    const char *file, *messages;
} failures[] = {
    {"credential-context-combo3-fail.json", "vcdm.context_item"},
    {"credential-context-combo4-fail.json", "vcdm.context_item"},
    {"credential-evidence-missing-type-fail.json", "vcdm.evidence_type"},
    {"credential-id-multi-fail.json", "vcdm.id"},
    {"credential-id-nonidentifier-fail.json", "vcdm.id"},
    {"credential-id-not-url-fail.json", "vcdm.id"},
    {"credential-issuer-no-url-fail.json", "vcdm.issuer"},
    {"credential-issuer-null-fail.json", "vcdm.issuer"},
    {"credential-missing-required-type-fail.json", "vcdm.type"},
    {"credential-no-context-fail-or-inject.json", "vcdm.context"},
    {"credential-no-issuer-fail.json", "vcdm.issuer_missing vcdm.subject_empty"},
    {"credential-no-subject-fail.json", "vcdm.subject_missing"},
    {"credential-no-type-fail.json", "vcdm.type"},
    {"credential-redef-type-fail.json", "vcdm.term_redefined"},
    {"credential-redef-type2-fail.json", "vcdm.term_redefined"},
    {"credential-refresh-no-type-fail.json", "vcdm.refresh_type"},
    {"credential-schema-no-id-fail.json", "vcdm.schema_id"},
    {"credential-schema-no-type-fail.json", "vcdm.schema_type"},
    {"credential-status-missing-type-fail.json", "vcdm.status_type"},
    {"credential-status-multiple-id-fail.json", "vcdm.status_id"},
    {"credential-status-nonurl-id-fail.json", "vcdm.status_id"},
    {"credential-status-type-nonurl-fail.json", "vcdm.status_type"},
    {"credential-subject-multiple-empty-fail.json", "vcdm.subject_empty"},
    {"credential-termsofuse-missing-type-fail.json", "vcdm.terms_of_use_type"},
    {"credential-type-unmapped-fail.json", "vcdm.type_unknown"},
    {"credential-validuntil-invalid-fail.json", "vcdm.valid_until"},
    {"credential-name-extra-prop-en-fail.json", "vcdm.name"},
    {"presentation-context-order-fail.json", "vcdm.context"},
    {"presentation-enveloped-vc-missing-type-fail.json", "vcdm.envelope_type"},
    {"presentation-holder-fail.json", "vcdm.holder"},
    {"presentation-holder-name-fail.json", "vcdm.holder"},
    {"presentation-missing-base-context-fail.json", "vcdm.context"},
    {"presentation-no-context-fail-or-inject.json", "vcdm.context"},
    {"presentation-no-type-fail.json", "vcdm.type"},
    {"presentation-vc-as-string-fail.json", "vcdm.presented"},
};

struct bench {
    mr_arena memory; /* of the suite */
    mr_arena a;      /* of one case */
    mr_contexts *contexts;
};

static void bench_open(struct bench *b)
{
    struct mr_err err = {0};
    mr_arena_init(&b->memory, 64 * MR_MIB);
    mr_arena_init(&b->a, MR_LIMIT_DOCUMENT_MEMORY);
    assert_ok(mr_contexts_open(&b->contexts, &err), err);
}

static void bench_close(struct bench *b)
{
    mr_contexts_close(b->contexts);
    mr_arena_done(&b->a);
    mr_arena_done(&b->memory);
}

static const mr_json *parse(mr_arena *a, mr_str text)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(a, text, NULL, &root, &err), err);
    return root;
}

/* The contexts of the examples, which only tests have; what is built in stays. */
static void add_example_contexts(struct bench *b)
{
    static const char *const iris[] = {"https://www.w3.org/ns/credentials/examples/v2",
                                       "https://www.w3.org/2018/credentials/examples/v1"};
    for (size_t i = 0; i < sizeof iris / sizeof *iris; i++) {
        struct mr_err err = {0};
        mr_str text = published_context(&b->memory, mr_str_of(iris[i]));
        assert_ok(mr_contexts_add(b->contexts, mr_str_of(iris[i]), text, &err), err);
    }
}

/* ---- the cases as the suite hands them in ---- */

static void put_party(mr_json_writer *w, const mr_json *party)
{
    mr_json_begin_object(w);
    if (!mr_json_get(party, "id")) mr_json_put_member_c(w, "id", "did:example:issuer");
    MR_JSON_EACH_MEMBER (name, party) {
        mr_json_put_name_str(w, mr_json_text(name));
        mr_json_put_value(w, name + 1);
    }
    mr_json_end_object(w);
}

/* Its driver names itself as the issuer where none is named, and puts dates in place of the words for them. */
static mr_str prepare(mr_arena *a, const mr_json *document)
{
    mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_MIB);
    mr_json_writer_init(&w, &out, 0);
    mr_json_begin_object(&w);
    if (!mr_json_get(document, "issuer")) mr_json_put_member_c(&w, "issuer", "did:example:issuer");
    MR_JSON_EACH_MEMBER (name, document) {
        mr_json_put_name_str(&w, mr_json_text(name));
        if (mr_str_is(mr_json_text(name), "issuer") && mr_json_is(name + 1, MR_JSON_OBJECT))
            put_party(&w, name + 1);
        else if (mr_str_is(mr_json_str(name + 1), "PAST DATE"))
            mr_json_put_cstr(&w, "2020-02-26T01:21:51Z");
        else if (mr_str_is(mr_json_str(name + 1), "FUTURE DATE"))
            mr_json_put_cstr(&w, "3020-02-26T01:21:51Z");
        else
            mr_json_put_value(&w, name + 1);
    }
    mr_json_end_object(&w);
    mr_str text = mr_arena_dup(a, mr_buf_str(&out));
    mr_buf_done(&out);
    return text;
}

/* ---- what is told ---- */

struct told {
    mr_arena *a;
    mr_str messages;
};

static void hear(void *self, const char *message, const mr_json *where, mr_str detail)
{
    struct told *t = self;
    assert_non_null(where);
    assert_true(mr_utf8_check(detail) == detail.len);
    t->messages = mr_arena_format(t->a, "%.*s%s%s", MR_STR_ARG(t->messages), t->messages.len ? " " : "", message);
}

static mr_str check(struct bench *b, const mr_json *document)
{
    struct told t = {&b->a, MR_STR("")};
    struct mr_err err = {0};
    assert_ok(mr_vcdm_check(&b->a, b->contexts, document, hear, &t, &err), err);
    return t.messages;
}

static const char *wanted_of(mr_str file)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (mr_str_has_suffix(file, mr_str_of(failures[i].file))) return failures[i].messages;
    return "";
}

static bool passes(struct bench *b, const char *folder, const mr_json *entry)
{
    mr_str file = mr_json_get_str(entry, "file");
    const char *wanted = wanted_of(file);
    const mr_json *document = parse(&b->a, test_read_file(&b->a, test_path(&b->a, folder, mr_arena_cstr(&b->a, file))));
    if (mr_str_is(mr_json_get_str(entry, "kind"), "credential") &&
        !mr_str_has_suffix(file, MR_STR("/credential-no-issuer-fail.json")))
        document = parse(&b->a, prepare(&b->a, document));
    bool must_fail = mr_str_has_prefix(mr_json_get_str(entry, "expect"), MR_STR("fail"));
    mr_str told = check(b, document);
    if (must_fail == (wanted[0] != '\0') && mr_str_is(told, wanted)) return true;
    print_error("%.*s: %.*s, wanted: %s\n", MR_STR_ARG(file), MR_STR_ARG(told), wanted);
    return false;
}

static void test_vcdm_check__follows_the_suite(void **state)
{
    (void)state;
    struct bench b;
    size_t count = 0, passed = 0;
    bench_open(&b);
    const char *folder = test_suite(&b.memory, "vcdm-2.0");
    add_example_contexts(&b);
    const mr_json *manifest =
        parse(&b.memory, test_read_file(&b.memory, test_path(&b.memory, folder, "manifest.json")));
    MR_JSON_EACH (entry, manifest) {
        mr_arena_reset(&b.a);
        count++, passed += passes(&b, folder, entry);
    }
    test_suite_count("vcdm-2.0", passed, count, 0);
    assert_int_equal(passed, count);
    assert_true(count > 0);
    bench_close(&b);
}

/* Printed beside the schemas of 1.1, and since then in the words of 2.0. */
static void test_vcdm_check__finds_nothing_in_the_examples(void **state)
{
    (void)state;
    struct bench b;
    struct mr_err err = {0};
    size_t count = 0, passed = 0;
    static const char *const folders[] = {"vcdm-1.1-schema/verifiable-credential",
                                          "vcdm-1.1-schema/verifiable-presentation"};
    bench_open(&b);
    for (size_t i = 0; i < 2; i++) {
        mr_str *names;
        size_t names_count;
        const char *folder = test_suite(&b.memory, folders[i]);
        if (i == 0) add_example_contexts(&b);
        assert_ok(mr_file_list(&b.memory, folder, ".json", 100, &names, &names_count, &err), err);
        for (size_t n = 0; n < names_count; n++) {
            if (!mr_str_has_prefix(names[n], MR_STR("example"))) continue;
            mr_arena_reset(&b.a);
            mr_str told = check(&b, parse(&b.a, test_read_file(&b.a, test_path(&b.a, folder, names[n].ptr))));
            if (told.len) print_error("%s: %.*s\n", names[n].ptr, MR_STR_ARG(told));
            count++, passed += told.len == 0;
        }
    }
    test_suite_count("vcdm examples", passed, count, 0);
    assert_int_equal(passed, count);
    assert_true(count > 0);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vcdm_check__follows_the_suite),
        cmocka_unit_test(test_vcdm_check__finds_nothing_in_the_examples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
