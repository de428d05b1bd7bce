/* What our contexts do is what the published ones do: both are compiled and compared definition by definition, with all their scoped contexts; and
 * every document with a context among the official data is expanded and canonicalised with the one and with the other. */
#include "published_contexts.h"
#include "rdf/builtin.h"
#include "rdf/canon.h"
#include "rdf/jsonld.h"

#include "base/limits.h"

#define MEMORY (256 * MR_MIB)
#define MOST_DEPTH 8
#define MOST_TEXT (64 * MR_MIB)

/* Ours, and the published ones added under the same IRIs. Both have those that we do not bring along. */
struct world {
    mr_arena lasting, a;
    mr_contexts *ours, *theirs;
    size_t definitions, equal, refused, wrong;
};

static void add_context(mr_contexts *cs, mr_str iri, mr_str text)
{
    struct mr_err err = {0};
    assert_ok(mr_contexts_add(cs, iri, text, &err), err);
}

static void open_world(struct world *w)
{
    struct mr_err err = {0};
    *w = (struct world){0};
    mr_arena_init(&w->lasting, MEMORY);
    (void)test_suite(&w->lasting, "contexts/index.json");
    mr_arena_init(&w->a, MEMORY);
    assert_ok(mr_contexts_open(&w->ours, &err), err);
    assert_ok(mr_contexts_open(&w->theirs, &err), err);
    MR_JSON_EACH (entry, published_index(&w->lasting)) {
        mr_str iri = mr_json_get_str(entry, "url"), text = published_context(&w->lasting, iri);
        add_context(w->theirs, iri, text);
        if (!mr_builtin_context(iri).len) add_context(w->ours, iri, text);
    }
    add_context(w->theirs, MR_STR(EDC_CONTEXT), published_context(&w->lasting, MR_STR(EDC_CONTEXT)));
}

static void close_world(struct world *w)
{
    mr_contexts_close(w->ours);
    mr_contexts_close(w->theirs);
    mr_arena_done(&w->a);
    mr_arena_done(&w->lasting);
}

/* ---- definition by definition ---- */

static bool same_term(const mr_term *a, const mr_term *b)
{
    return a && b ? mr_term_eq(a, b) : a == b;
}

static bool same_definition(const mr_definition *a, const mr_definition *b)
{
    return a->keyword == b->keyword && a->coercion == b->coercion && a->container == b->container &&
           a->direction == b->direction && a->reverse == b->reverse && a->prefix == b->prefix &&
           a->is_protected == b->is_protected && a->has_language == b->has_language &&
           a->has_direction == b->has_direction && same_term(a->iri, b->iri) && same_term(a->type, b->type) &&
           mr_str_eq(a->language, b->language) && mr_str_eq(a->index, b->index) && mr_str_eq(a->nest, b->nest) &&
           !a->context == !b->context;
}

static bool same_context(struct world *w, const mr_context *ours, const mr_context *theirs, const mr_context *outer,
                         const char *path, int depth);

/* A scoped context, applied as that of a type and as that of a property. */
static bool same_scope(struct world *w, const mr_context *ours, const mr_context *theirs, const mr_definition *a,
                       const mr_definition *b, const char *path, int depth)
{
    bool same = true;
    for (int of_type = 0; of_type < 2; of_type++) {
        const mr_context *x = NULL, *y = NULL;
        struct mr_err one = {0}, other = {0};
        int code = mr_context_apply_scoped(w->ours, ours, a, of_type, &x, &one);
        same &= code == mr_context_apply_scoped(w->theirs, theirs, b, of_type, &y, &other);
        if (same && code == MR_OK) same &= same_context(w, x, y, ours, path, depth + 1);
    }
    return same;
}

/* outer: the context of ours that this one was applied to; what was defined there has been compared. */
static bool same_context(struct world *w, const mr_context *ours, const mr_context *theirs, const mr_context *outer,
                         const char *path, int depth)
{
    assert_true(depth < MOST_DEPTH);
    bool same = ours->count == theirs->count && mr_str_eq(ours->vocab, theirs->vocab) &&
                mr_str_eq(ours->language, theirs->language) && ours->direction == theirs->direction &&
                mr_str_eq(ours->base, theirs->base) && !ours->previous == !theirs->previous;
    if (!same) print_error("%s: another context\n", path);
    for (uint32_t i = 0; i <= ours->mask; i++) {
        const mr_definition *a = ours->slots ? ours->slots[i] : NULL, *b;
        if (!a || mr_context_find(outer, a->term) == a) continue;
        const char *inner = mr_arena_format(&w->a, "%s/%.*s", path, MR_STR_ARG(a->term)).ptr;
        b = mr_context_find(theirs, a->term);
        bool equal = b && same_definition(a, b) && (!a->context || same_scope(w, ours, theirs, a, b, inner, depth));
        w->definitions++;
        if (!equal) print_error("%s: another definition\n", inner);
        same &= equal;
    }
    return same;
}

static const mr_context *compile(struct world *w, mr_contexts *cs, const char *iri, const mr_context **ret_initial)
{
    const mr_json *local;
    const mr_context *applied;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(&w->a, mr_arena_format(&w->a, "\"%s\"", iri), NULL, &local, &err), err);
    assert_ok(mr_context_initial(cs, MR_STR_EMPTY, 11, ret_initial, &err), err);
    assert_ok(mr_context_apply(cs, *ret_initial, local, MR_STR_EMPTY, false, true, &applied, &err), err);
    return applied;
}

static void test_builtin_contexts__compile_to_the_published_ones(void **state)
{
    struct world w;
    size_t count = 0;
    if (!test_elm()) test_skip("the model is not here (MERIT_ELM)");
    open_world(&w);
    for (const char *const *iri = mr_builtin_context_iris(); *iri; iri++, count++) {
        const mr_context *none, *other;
        mr_arena_reset(&w.a);
        const mr_context *ours = compile(&w, w.ours, *iri, &none), *theirs = compile(&w, w.theirs, *iri, &other);
        w.wrong += !same_context(&w, ours, theirs, none, *iri, 0);
    }
    printf("# %zu contexts, %zu definitions\n", count, w.definitions);
    assert_int_equal(w.wrong, 0);
    assert_true(w.definitions > 1000);
    close_world(&w);
}

/* ---- document by document ---- */

/* The expanded form, and behind it the canonical N-Quads; or the error. */
static int process(struct world *w, mr_contexts *cs, const mr_json *document, mr_buf *out, struct mr_err *err)
{
    mr_jsonld_options options = {.contexts = cs, .base = MR_STR("https://base.example/")};
    mr_expanded_items items;
    mr_dataset ds;
    mr_json_writer writer;
    MR_TRY(mr_jsonld_expand(&w->a, document, &options, &items, err));
    mr_json_writer_init(&writer, out, 0);
    MR_TRY(mr_expanded_write(&w->a, &items, &writer, err));
    mr_dataset_init(&ds, &w->a);
    MR_TRY(mr_jsonld_to_rdf(document, &options, &ds, err));
    return mr_rdf_canonicalise(&w->a, &ds, NULL, out, NULL, err);
}

static void compare_document(struct world *w, const mr_json *document, const char *path)
{
    mr_buf ours, theirs;
    struct mr_err one = {0}, other = {0};
    mr_buf_init(&ours, MOST_TEXT);
    mr_buf_init(&theirs, MOST_TEXT);
    int a = process(w, w->ours, document, &ours, &one), b = process(w, w->theirs, document, &theirs, &other);
    if (a == b && mr_str_eq(mr_buf_str(&ours), mr_buf_str(&theirs))) {
        *(a == MR_OK ? &w->equal : &w->refused) += 1;
    } else {
        w->wrong++;
        print_error("%s: %s and %s\n", path, mr_code_name((mr_code)a), mr_code_name((mr_code)b));
    }
    mr_buf_done(&ours);
    mr_buf_done(&theirs);
}

/* Every outermost object that names contexts: some files hold a document in something else. */
static void compare_value(struct world *w, const mr_json *v, const char *path, int depth)
{
    if (mr_json_get(v, "@context")) {
        compare_document(w, v, path);
        return;
    }
    if (depth > 16) return;
    MR_JSON_EACH (element, v) compare_value(w, element, path, depth + 1);
    MR_JSON_EACH_MEMBER (name, v) compare_value(w, name + 1, path, depth + 1);
}

/* nftw tells its caller nothing of ours. */
static struct world *world;

static int compare_file(const char *path, const struct stat *st, int type, struct FTW *where)
{
    const mr_json *root;
    struct mr_err err = {0};
    bool is_json =
        mr_str_has_suffix(mr_str_of(path), MR_STR(".json")) || mr_str_has_suffix(mr_str_of(path), MR_STR(".jsonld"));
    (void)st, (void)where;
    if (type != FTW_F || !is_json) return 0;
    mr_arena_reset(&world->a);
    mr_str text = test_read_file(&world->a, path);
    if (mr_json_parse(&world->a, text, NULL, &root, &err) != MR_OK) return 0;
    mr_str payload = mr_json_get_str(root, "payload"); /* of a sealed ELM file, where b64 is false */
    if (payload.len && payload.ptr[0] == '{' && mr_json_parse(&world->a, payload, NULL, &root, &err) != MR_OK) return 0;
    compare_value(world, root, path, 0);
    return 0;
}

static void compare_folder(struct world *w, const char *parent, const char *name)
{
    size_t equal = w->equal, refused = w->refused;
    const char *folder = test_path(&w->lasting, parent, name);
    if (access(folder, F_OK) != 0) return; /* not every suite needs to be here */
    world = w;
    nftw(folder, compare_file, 16, FTW_PHYS);
    printf("# %s: %zu equal, %zu refused by both\n", name, w->equal - equal, w->refused - refused);
    assert_true(w->equal > equal);
}

static void test_documents__expand_alike(void **state)
{
    static const char *const suites[] = {
        "clr20-1edtech-validator",
        "dcc-vc-test-fixtures",
        "ebsi-accreditation",
        "edubadges",
        "ob30-1edtech-validator",
        "statuslist-legacy",
        "vc-di-ecdsa",
        "vc-di-eddsa",
        "vc11-ed25519",
        "vcdm-2.0",
    };
    struct world w;
    if (!test_elm()) test_skip("the model is not here (MERIT_ELM)");
    open_world(&w);
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) compare_folder(&w, test_suites(), suites[i]);
    compare_folder(&w, test_elm(), "samples");
    compare_folder(&w, test_elm(), "samples-edc-repo");
    compare_folder(&w, test_elm(), "minimal");
    printf("# %zu documents equal, %zu refused by both\n", w.equal, w.refused);
    assert_int_equal(w.wrong, 0);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builtin_contexts__compile_to_the_published_ones),
        cmocka_unit_test(test_documents__expand_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
