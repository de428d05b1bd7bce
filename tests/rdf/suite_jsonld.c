/* The official JSON-LD 1.1 suites: expand, toRdf, compact. Each case is told by its id; with MERIT_CASE in the environment only ids that contain
 * it are run, and what was got and wanted is printed.
 *
 * Contexts that a case names are files of the suite, added under the IRIs they would have on the web. Cases of JSON-LD 1.0 are skipped. */
#include "rdf/canon.h"
#include "rdf/iri.h"
#include "rdf/jsonld.h"
#include "rdf/nquads.h"
#include "testing.h"

#include "base/limits.h"

#define BASE "https://w3c.github.io/json-ld-api/tests/"
#define MEMORY (96 * MR_MIB)

/* What runs, and the outcome so far. */
struct suite {
    const char *name, *folder, *only; /* only: MERIT_CASE, or NULL */
    unsigned passed, failed, skipped;
};

/* One case, its files and how it is to be processed. */
struct test_case {
    mr_arena *arena;
    const char *folder;
    const mr_json *entry;
    const mr_json *input;
    mr_str input_iri;
    mr_jsonld_options options;
    bool bad_context; /* a context that the case names is no context document */
    mr_buf got;
};

/* ---- JSON-LD object comparison, as the suite's introduction defines it ---- */

static bool same_value(const mr_json *a, const mr_json *b, bool ordered);

static bool same_object(const mr_json *a, const mr_json *b)
{
    if (a->len != b->len) return false;
    MR_JSON_EACH_MEMBER (name, a) {
        mr_str key = mr_json_text(name);
        const mr_json *other = mr_json_find_member(b, key);
        if (!other) return false;
        bool tag = mr_str_is(key, "@language") && name[1].type == MR_JSON_STRING && other->type == MR_JSON_STRING;
        if (tag ? !mr_str_eq_ascii_nocase(mr_json_text(name + 1), mr_json_text(other))
                : !same_value(name + 1, other, mr_str_is(key, "@list")))
            return false;
    }
    return true;
}

static bool same_ordered(const mr_json *a, const mr_json *b)
{
    const mr_json *other = b + 1;
    MR_JSON_EACH (element, a) {
        if (!same_value(element, other, false)) return false;
        other += other->skip;
    }
    return true;
}

/* Each element has one of its own in the other. */
static bool same_unordered(const mr_json *a, const mr_json *b)
{
    bool taken[4096] = {false};
    assert_true(b->len <= sizeof taken);
    MR_JSON_EACH (element, a) {
        uint32_t i = 0, found = UINT32_MAX;
        MR_JSON_EACH (other, b) {
            if (found == UINT32_MAX && !taken[i] && same_value(element, other, false)) found = i;
            i++;
        }
        if (found == UINT32_MAX) return false;
        taken[found] = true;
    }
    return true;
}

static bool same_number(const mr_json *a, const mr_json *b)
{
    double x, y;
    if (mr_json_to_double(a, &x) && mr_json_to_double(b, &y)) return x == y;
    return mr_str_eq(mr_json_text(a), mr_json_text(b));
}

static bool same_value(const mr_json *a, const mr_json *b, bool ordered)
{
    if (a->type != b->type) return false;
    switch ((mr_json_type)a->type) {
    case MR_JSON_OBJECT: return same_object(a, b);
    case MR_JSON_ARRAY: return a->len == b->len && (ordered ? same_ordered(a, b) : same_unordered(a, b));
    case MR_JSON_NUMBER: return same_number(a, b);
    case MR_JSON_STRING: return mr_str_eq(mr_json_text(a), mr_json_text(b));
    default: return true;
    }
}

/* ---- files of the suite ---- */

static mr_str read_file(const struct test_case *t, mr_str name)
{
    return test_read_file(t->arena, mr_arena_format(t->arena, "%s/%.*s", t->folder, MR_STR_ARG(name)).ptr);
}

static const mr_json *read_json(const struct test_case *t, mr_str name)
{
    struct mr_err err = {0};
    const mr_json *root = NULL;
    assert_ok(mr_json_parse(t->arena, read_file(t, name), NULL, &root, &err), err);
    return root;
}

static void add_contexts(struct test_case *t, const mr_json *v, mr_str base, unsigned depth);

/* A context by its IRI, relative to that of the document which names it, when the suite has it. */
static void add_context(struct test_case *t, mr_str reference, mr_str base, unsigned depth)
{
    mr_str iri;
    struct mr_err err = {0};
    assert_ok(mr_iri_resolve(t->arena, base, reference, &iri, &err), err);
    if (!mr_str_has_prefix(iri, MR_STR(BASE)) || mr_contexts_has(t->options.contexts, iri)) return;
    mr_str name = mr_str_from(iri, strlen(BASE));
    const char *path = mr_arena_format(t->arena, "%s/%.*s", t->folder, MR_STR_ARG(name)).ptr;
    if (!mr_file_exists(path)) return;
    int code = mr_contexts_add(t->options.contexts, iri, test_read_file(t->arena, path), &err);
    if (code == MR_OK)
        add_contexts(t, read_json(t, name), iri, depth + 1);
    else if (code == MR_E_FORMAT)
        t->bad_context = true;
    else
        assert_ok(code, err);
}

/* Those that a document names anywhere in "@context" or "@import", and those that they name. */
static void add_contexts(struct test_case *t, const mr_json *v, mr_str base, unsigned depth)
{
    assert_true(depth < MR_LIMIT_CONTEXT_NESTING);
    MR_JSON_EACH (element, v) add_contexts(t, element, base, depth);
    MR_JSON_EACH_MEMBER (name, v) {
        bool context = mr_str_is(mr_json_text(name), "@context"), import = mr_str_is(mr_json_text(name), "@import");
        if ((context || import) && name[1].type == MR_JSON_STRING) add_context(t, mr_json_text(name + 1), base, depth);
        if (context)
            MR_JSON_EACH (element, name + 1)
                if (element->type == MR_JSON_STRING) add_context(t, mr_json_text(element), base, depth);
        add_contexts(t, name + 1, base, depth);
    }
}

/* ---- a case ---- */

static bool has_type(const struct test_case *t, const char *type)
{
    MR_JSON_EACH (element, mr_json_get(t->entry, "@type"))
        if (mr_str_is(mr_json_str(element), type)) return true;
    return false;
}

static mr_rdf_direction direction_option(mr_str text)
{
    return mr_str_is(text, "i18n-datatype")      ? MR_RDF_DIRECTION_I18N_DATATYPE
           : mr_str_is(text, "compound-literal") ? MR_RDF_DIRECTION_COMPOUND_LITERAL
                                                 : MR_RDF_DIRECTION_DROP;
}

static void read_options(struct test_case *t)
{
    const mr_json *option = mr_json_get(t->entry, "option");
    mr_str base = mr_json_get_str(option, "base"), expand_context = mr_json_get_str(option, "expandContext");
    t->options.base = base.len ? base : t->input_iri;
    t->options.mode10 = mr_str_is(mr_json_get_str(option, "processingMode"), "json-ld-1.0");
    t->options.keep_arrays = mr_json_is(mr_json_get(option, "compactArrays"), MR_JSON_FALSE);
    t->options.rdf_direction = direction_option(mr_json_get_str(option, "rdfDirection"));
    if (expand_context.len) {
        t->options.expand_context = read_json(t, expand_context);
        add_contexts(t, t->options.expand_context, t->input_iri, 0);
    }
}

static void open_case(struct test_case *t)
{
    struct mr_err err = {0};
    mr_str input = mr_json_get_str(t->entry, "input");
    mr_buf_init(&t->got, MR_LIMIT_DOCUMENT);
    assert_ok(mr_contexts_open(&t->options.contexts, &err), err);
    t->input_iri = mr_arena_concat(t->arena, (mr_str[]){MR_STR(BASE), input}, 2);
    t->input = read_json(t, input);
    read_options(t);
    add_contexts(t, t->input, t->input_iri, 0);
}

static void close_case(struct test_case *t)
{
    mr_buf_done(&t->got);
    mr_contexts_close(t->options.contexts);
}

/* How a suite runs a case: fills t->got, and compares it. ret_why: when it is not as wanted. */
struct procedure {
    int (*run)(struct test_case *t, struct mr_err *err);
    bool (*is_as_wanted)(struct test_case *t, mr_str wanted, const char **ret_why);
};

static bool judge(struct test_case *t, const struct procedure *p, mr_arena *a)
{
    struct mr_err err = {0};
    const char *why = "not as expected", *id = mr_arena_cstr(a, mr_json_get_str(t->entry, "@id"));
    mr_str wanted = mr_json_get_str(t->entry, "expectErrorCode"), expect = mr_json_get_str(t->entry, "expect");
    int code = p->run(t, &err);
    if (has_type(t, "jld:NegativeEvaluationTest")) {
        bool same = code == MR_E_JSONLD && mr_str_is(wanted, err.message);
        if (same || (t->bad_context && mr_str_is(wanted, "invalid remote context"))) return true;
        print_error("%s: wanted the error '%.*s', got %s '%s' (%s)\n", id, MR_STR_ARG(wanted),
                    mr_code_name((mr_code)code), code ? err.message : "", code ? err.detail : "");
        return false;
    }
    if (code != MR_OK) {
        print_error("%s: %s '%s' (%s) at %zd %s [%s:%d]\n", id, mr_code_name((mr_code)code), err.message, err.detail,
                    (ssize_t)err.position, err.pointer, err.file, err.line);
        return false;
    }
    if (has_type(t, "jld:PositiveSyntaxTest") || p->is_as_wanted(t, expect, &why)) return true;
    print_error("%s: %s\n", id, why);
    return false;
}

static void show(const struct test_case *t)
{
    static const char *const files[] = {"input", "context", "expect"};
    printf("# %.*s: %.*s\n", MR_STR_ARG(mr_json_get_str(t->entry, "@id")),
           MR_STR_ARG(mr_json_get_str(t->entry, "purpose")));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        mr_str name = mr_json_get_str(t->entry, files[i]);
        if (name.len) printf("--- %s\n%.*s\n", files[i], MR_STR_ARG(read_file(t, name)));
    }
    printf("--- got\n%.*s\n", MR_STR_ARG(mr_buf_str(&t->got)));
}

static void run_case(struct suite *s, const mr_json *entry, const struct procedure *p)
{
    mr_arena a;
    mr_str id = mr_json_get_str(entry, "@id");
    if (s->only && mr_str_find(id, mr_str_of(s->only)) < 0) return;
    if (mr_str_is(mr_json_get_str(mr_json_get(entry, "option"), "specVersion"), "json-ld-1.0")) {
        printf("# skipped: %.*s (JSON-LD 1.0)\n", MR_STR_ARG(id));
        s->skipped++;
        return;
    }
    mr_arena_init(&a, MEMORY);
    struct test_case t = {.arena = &a, .folder = s->folder, .entry = entry};
    open_case(&t);
    judge(&t, p, &a) ? s->passed++ : s->failed++;
    if (s->only) show(&t);
    close_case(&t);
    mr_arena_done(&a);
}

static void run_suite(const char *name, const char *manifest, const struct procedure *p)
{
    mr_arena a;
    const mr_json *root;
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    mr_str text = test_read_file(&a, test_suite(&a, manifest));
    struct suite s = {.name = name, .folder = test_suite(&a, "json-ld-api"), .only = getenv("MERIT_CASE")};
    assert_ok(mr_json_parse(&a, text, NULL, &root, &err), err);
    MR_JSON_EACH (entry, mr_json_get(root, "sequence")) run_case(&s, entry, p);
    test_suite_count(mr_arena_format(&a, "json-ld %s", name).ptr, s.passed, s.passed + s.failed, s.skipped);
    assert_int_equal(s.failed, 0);
    assert_true(s.only || s.passed > 0);
    mr_arena_done(&a);
}

/* ---- expand ---- */

static int run_expand(struct test_case *t, struct mr_err *err)
{
    mr_json_writer w;
    mr_expanded_items items;
    MR_TRY(mr_jsonld_expand(t->arena, t->input, &t->options, &items, err));
    mr_json_writer_init(&w, &t->got, 2);
    return mr_expanded_write(t->arena, &items, &w, err);
}

static bool is_same_json(struct test_case *t, mr_str wanted, const char **ret_why)
{
    struct mr_err err = {0};
    const mr_json *got = NULL;
    if (mr_json_parse(t->arena, mr_buf_str(&t->got), NULL, &got, &err) == MR_OK)
        return same_value(got, read_json(t, wanted), false);
    *ret_why = "the output is no JSON";
    return false;
}

static void test_jsonld_expand__follows_the_suite(void **state)
{
    run_suite("expand", "json-ld-api/expand-manifest.jsonld", &(struct procedure){run_expand, is_same_json});
}

/* ---- toRdf ---- */

static int run_to_rdf(struct test_case *t, struct mr_err *err)
{
    mr_dataset ds;
    mr_dataset_init(&ds, t->arena);
    MR_TRY(mr_jsonld_to_rdf(t->input, &t->options, &ds, err));
    return mr_rdf_canonicalise(t->arena, &ds, NULL, &t->got, NULL, err);
}

/* Datasets are isomorphic when their canonical forms are the same. */
static bool is_isomorphic(struct test_case *t, mr_str wanted, const char **ret_why)
{
    mr_buf canonical;
    mr_dataset ds;
    struct mr_err err = {0};
    mr_buf_init(&canonical, MR_LIMIT_DOCUMENT);
    mr_dataset_init(&ds, t->arena);
    int code = mr_nquads_parse(&ds, read_file(t, wanted), &err);
    if (code == MR_OK) code = mr_rdf_canonicalise(t->arena, &ds, NULL, &canonical, NULL, &err);
    if (code != MR_OK)
        *ret_why = mr_arena_format(t->arena, "the expectation: %s at %zd", err.message, err.position).ptr;
    bool same = code == MR_OK && mr_str_eq(mr_buf_str(&canonical), mr_buf_str(&t->got));
    mr_buf_done(&canonical);
    return same;
}

static void test_jsonld_to_rdf__follows_the_suite(void **state)
{
    run_suite("toRdf", "json-ld-api/toRdf-manifest.jsonld", &(struct procedure){run_to_rdf, is_isomorphic});
}

/* ---- compact ---- */

static int run_compact(struct test_case *t, struct mr_err *err)
{
    mr_json_writer w;
    const mr_json *context = read_json(t, mr_json_get_str(t->entry, "context"));
    mr_json_writer_init(&w, &t->got, 2);
    return mr_jsonld_compact(t->arena, t->input, context, &t->options, &w, err);
}

static int expand_again(struct test_case *t, mr_str text, mr_str *ret)
{
    mr_buf out;
    mr_json_writer w;
    struct mr_err err = {0};
    mr_expanded_items items;
    const mr_json *root;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &out, 0);
    int code = mr_json_parse(t->arena, text, NULL, &root, &err);
    if (code == MR_OK) code = mr_jsonld_expand(t->arena, root, &t->options, &items, &err);
    if (code == MR_OK) code = mr_expanded_write(t->arena, &items, &w, &err);
    if (code == MR_OK) *ret = mr_arena_dup(t->arena, mr_buf_str(&out));
    mr_buf_done(&out);
    return code;
}

/* Also expanded again: the order of a list shows only there. */
static bool is_same_compact(struct test_case *t, mr_str wanted, const char **ret_why)
{
    mr_str got, other;
    struct mr_err err = {0};
    const mr_json *a, *b;
    if (!is_same_json(t, wanted, ret_why)) return false;
    *ret_why = "not as expected when expanded again";
    if (expand_again(t, mr_buf_str(&t->got), &got) || expand_again(t, read_file(t, wanted), &other)) return false;
    return mr_json_parse(t->arena, got, NULL, &a, &err) == MR_OK &&
           mr_json_parse(t->arena, other, NULL, &b, &err) == MR_OK && same_value(a, b, false);
}

static void test_jsonld_compact__follows_the_suite(void **state)
{
    run_suite("compact", "json-ld-api/compact-manifest.jsonld", &(struct procedure){run_compact, is_same_compact});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jsonld_expand__follows_the_suite),
        cmocka_unit_test(test_jsonld_to_rdf__follows_the_suite),
        cmocka_unit_test(test_jsonld_compact__follows_the_suite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
