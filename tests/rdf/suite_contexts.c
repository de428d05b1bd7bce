/* Our tables of contexts (spec/context) against the published documents: definition by definition, whatever way each is spelled. */
#include "json/write.h"
#include "published_contexts.h"
#include "rdf/builtin.h"

#include "base/limits.h"

#define MEMORY (256 * MR_MIB)

/* Where prefixes are looked for: the object of the context itself, and the context that an array names before it. */
struct scope {
    const mr_json *object, *named;
};

/* A term definition (JSON-LD 1.1 section 9.15.1), as a string or as an object. */
struct definition {
    mr_str id, type, containers;
    const mr_json *context;
    bool is_prefix; /* written as a string that makes it one */
    uint32_t others;
};

static mr_arena memory;

static const mr_json *parse(mr_str text)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(&memory, text, NULL, &root, &err), err);
    return root;
}

static mr_str canonical(const mr_json *v)
{
    mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, MR_MIB);
    if (v) assert_ok(mr_json_canonicalise(v, &out, &err), err);
    mr_str copy = mr_arena_dup(&memory, mr_buf_str(&out));
    mr_buf_done(&out);
    return copy;
}

/* Can compact IRIs begin with a term of this value (JSON-LD 1.1 API 4.2.2 step 14.2.5)? */
static bool is_prefix(mr_str iri)
{
    return iri.len && strchr(":/?#[]@", iri.ptr[iri.len - 1]);
}

/* Compact IRIs in full. */
static mr_str expand(struct scope s, mr_str value)
{
    ptrdiff_t colon = mr_str_find_char(value, ':');
    mr_str rest = mr_str_from(value, (size_t)colon + 1);
    if (colon < 0 || mr_str_has_prefix(rest, MR_STR("//"))) return value;
    mr_str name = mr_str_make(value.ptr, (size_t)colon);
    const mr_json *prefix = mr_json_find_member(s.object, name);
    if (!prefix) prefix = mr_json_find_member(s.named, name);
    if (!mr_json_is(prefix, MR_JSON_STRING) || !is_prefix(mr_json_text(prefix))) return value;
    return mr_arena_concat(&memory, (mr_str[]){mr_json_text(prefix), rest}, 2);
}

static struct definition read_definition(struct scope s, const mr_json *v)
{
    struct definition d = {0};
    if (mr_json_is(v, MR_JSON_NULL)) return d;
    if (mr_json_is(v, MR_JSON_STRING)) {
        d.id = expand(s, mr_json_text(v));
        d.is_prefix = is_prefix(d.id);
        return d;
    }
    assert_true(mr_json_is(v, MR_JSON_OBJECT));
    d.id = expand(s, mr_json_get_str(v, "@id"));
    d.type = expand(s, mr_json_get_str(v, "@type"));
    d.context = mr_json_get(v, "@context");
    const mr_json *container = mr_json_get(v, "@container");
    d.containers = canonical(mr_json_count(container) == 1 ? mr_json_at(container, 0) : container);
    d.others = mr_json_count(v) - !!mr_json_get(v, "@id") - !!mr_json_get(v, "@type") - !!container - !!d.context;
    return d;
}

static bool same_context(const mr_json *ours, const mr_json *theirs, const char *path);

/* None of the documents uses other members of a definition: the first that does is a reason to compare those, too. */
static bool same_definition(struct scope our_scope, const mr_json *ours, struct scope their_scope,
                            const mr_json *theirs, const char *path)
{
    struct definition a = read_definition(our_scope, ours), b = read_definition(their_scope, theirs);
    if (a.others || b.others) return false;
    if (!mr_str_eq(a.id, b.id) || !mr_str_eq(a.type, b.type) || !mr_str_eq(a.containers, b.containers)) return false;
    if (a.is_prefix != b.is_prefix || !a.context != !b.context) return false;
    return !a.context || same_context(a.context, b.context, path);
}

static bool same_object(struct scope a, struct scope b, const char *path)
{
    bool same = mr_json_count(a.object) == mr_json_count(b.object);
    if (!same) print_error("%s: %u members, not %u\n", path, mr_json_count(a.object), mr_json_count(b.object));
    MR_JSON_EACH_MEMBER (name, b.object) {
        const mr_json *ours = mr_json_find_member(a.object, mr_json_text(name));
        const char *inner = mr_arena_format(&memory, "%s/%.*s", path, MR_STR_ARG(mr_json_text(name))).ptr;
        bool equal = ours && (name->ptr[0] == '@' ? mr_str_eq(canonical(ours), canonical(name + 1))
                                                  : same_definition(a, ours, b, name + 1, inner));
        if (!equal) print_error("%s: differs\n", inner);
        same &= equal;
    }
    return same;
}

static bool same_context(const mr_json *ours, const mr_json *theirs, const char *path)
{
    struct scope a = {ours, NULL}, b = {theirs, NULL};
    bool same = ours->type == theirs->type;
    if (!same) return false;
    if (mr_json_is(ours, MR_JSON_OBJECT)) return same_object(a, b, path);
    if (!mr_json_is(ours, MR_JSON_ARRAY)) return mr_str_eq(canonical(ours), canonical(theirs));
    if (mr_json_count(ours) != mr_json_count(theirs)) return false;
    for (uint32_t i = 0; i < mr_json_count(ours); i++) {
        a.object = mr_json_at(ours, i), b.object = mr_json_at(theirs, i);
        if (mr_json_is(a.object, MR_JSON_OBJECT) && mr_json_is(b.object, MR_JSON_OBJECT)) {
            same &= same_object(a, b, path);
            continue;
        }
        same &= mr_str_eq(canonical(a.object), canonical(b.object));
        mr_str named = mr_builtin_context(mr_json_str(a.object));
        if (named.len) a.named = b.named = mr_json_get(parse(named), "@context");
    }
    return same;
}

static bool same_document(mr_str ours, mr_str theirs, const char *path)
{
    const mr_json *a = parse(ours), *b = parse(theirs);
    assert_int_equal(mr_json_count(a), 1);
    assert_int_equal(mr_json_count(b), 1);
    return same_context(mr_json_get(a, "@context"), mr_json_get(b, "@context"), path);
}

static void test_builtin_context__is_what_was_published(void **state)
{
    size_t count = 0, wrong = 0, absent = 0;
    if (!test_elm()) test_skip("the model is not here (MERIT_ELM)");
    mr_arena_init(&memory, MEMORY);
    (void)test_suite(&memory, "contexts/index.json");
    for (const char *const *iri = mr_builtin_context_iris(); *iri; iri++, count++) {
        mr_str theirs = published_context(&memory, mr_str_of(*iri)), ours = mr_builtin_context(mr_str_of(*iri));
        absent += !theirs.len;
        if (!theirs.len || (ours.len && same_document(ours, theirs, *iri))) continue;
        wrong++;
        print_error("%s: is not the same\n", *iri);
    }
    test_suite_count("contexts", count - absent - wrong, count - absent, absent);
    assert_int_equal(wrong, 0);
    assert_int_equal(count, 24);
    mr_arena_done(&memory);
}

/* The comparison above must be able to fail. */
static void test_same_document__sees_differences(void **state)
{
    static const struct {
        const char *ours, *theirs;
        bool same;
    } cases[] = {
        {"{\"a\":\"http://a/b\"}", "{\"a\":{\"@id\":\"http://a/b\"}}", true},
        {"{\"a\":\"http://a/b\",\"p\":\"http://a/\"}", "{\"p\":\"http://a/\",\"a\":\"p:b\"}", true},
        {"{\"a\":\"http://ab\",\"p\":\"http://a\"}", "{\"p\":\"http://a\",\"a\":\"p:b\"}", false},
        {"{\"a\":\"http://a/\"}", "{\"a\":{\"@id\":\"http://a/\"}}", false},
        {"{\"a\":\"http://a/b\"}", "{\"a\":\"http://a/c\"}", false},
        {"{\"a\":\"http://a/b\"}", "{\"a\":\"http://a/b\",\"c\":\"http://a/c\"}", false},
        {"{\"a\":\"http://a/b\",\"@protected\":true}", "{\"a\":\"http://a/b\"}", false},
        {"{\"a\":{\"@id\":\"x:y\",\"@type\":\"@id\"}}", "{\"a\":{\"@id\":\"x:y\",\"@type\":\"@vocab\"}}", false},
        {"{\"a\":{\"@id\":\"x:y\",\"@container\":\"@set\"}}", "{\"a\":{\"@id\":\"x:y\",\"@container\":[\"@set\"]}}",
         true},
        {"{\"a\":{\"@id\":\"x:y\",\"@container\":\"@set\"}}", "{\"a\":{\"@id\":\"x:y\",\"@container\":\"@list\"}}",
         false},
        {"{\"a\":{\"@id\":\"x:y\",\"@context\":null}}", "{\"a\":{\"@id\":\"x:y\"}}", false},
        {"{\"a\":{\"@id\":\"x:y\",\"@context\":{\"b\":\"x:z\"}}}",
         "{\"a\":{\"@id\":\"x:y\",\"@context\":{\"b\":\"x:b\"}}}", false},
        {"[\"http://a/b\",{\"b\":\"x:z\"}]", "[{\"b\":\"x:z\"},\"http://a/b\"]", false},
        {"{\"a\":null}", "{\"a\":null}", true},
    };
    mr_arena_init(&memory, MEMORY);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("# %s and %s\n", cases[i].ours, cases[i].theirs);
        mr_str ours = mr_arena_format(&memory, "{\"@context\":%s}", cases[i].ours);
        mr_str theirs = mr_arena_format(&memory, "{\"@context\":%s}", cases[i].theirs);
        assert_int_equal(same_document(ours, theirs, ""), cases[i].same);
    }
    mr_arena_done(&memory);
}

static void test_builtin_context__finds_no_other(void **state)
{
    static const char *const unknown[] = {"", "https://www.w3.org/ns/credentials/v",
                                          "https://www.w3.org/ns/credentials/v2/", "z"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_int_equal(mr_builtin_context(mr_str_of(unknown[i])).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builtin_context__is_what_was_published),
        cmocka_unit_test(test_same_document__sees_differences),
        cmocka_unit_test(test_builtin_context__finds_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
