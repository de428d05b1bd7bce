/* What an SD-JWT discloses, listed: every place that was marked, with the value that stands there, also when a part of it was shown only. */
#include "testing.h"

#include "base/limits.h"
#include "proof/sd_jwt.h"

#define MOST 8

struct fixture {
    mr_arena a;
    mr_buf out;
    struct mr_err err;
    mr_env env;
    mr_key *issuer;
    mr_jose_signer signer;
};

static int setup(void **state)
{
    static struct fixture f;
    const struct mr_jose_header header = {.typ = "dc+sd-jwt", .kid = MR_STR("key-1")};
    mr_arena_init(&f.a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&f.out, MR_LIMIT_DOCUMENT);
    f.env = test_env_fixed(INT64_C(1792055520000), 1);
    assert_ok(mr_key_generate(MR_KEY_P256, 0, &f.issuer, &f.err), f.err);
    assert_ok(mr_jose_signer_init(&f.signer, &f.a, f.issuer, &header, &f.err), f.err);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    mr_key_free(f->issuer);
    mr_buf_done(&f->out);
    mr_arena_done(&f->a);
    return 0;
}

static size_t count_pointers(const char *const *pointers, mr_str ret[MOST])
{
    size_t count = 0;
    for (; count < MOST && pointers[count]; count++) ret[count] = mr_str_of(pointers[count]);
    return count;
}

static mr_sd_jwt issue(struct fixture *f, const char *claims, const char *const *marked, unsigned decoys)
{
    mr_str pointers[MOST];
    const struct mr_sd_frame frame = {
        .pointers = pointers, .count = count_pointers(marked, pointers), .decoys = decoys};
    const mr_json *root;
    mr_sd_jwt token;
    mr_buf_clear(&f->out);
    assert_ok(mr_json_parse(&f->a, mr_str_of(claims), NULL, &root, &f->err), f->err);
    assert_ok(mr_sd_jwt_issue(&f->signer, root, &frame, &f->env, &f->a, &f->out, &f->err), f->err);
    assert_ok(mr_sd_jwt_read(&f->a, mr_arena_dup(&f->a, mr_buf_str(&f->out)), &token, &f->err), f->err);
    return token;
}

/* Each wanted pointer once, with the value of the claims; nothing else; parents first. */
static void assert_lists(struct fixture *f, const mr_sd_jwt *token, const char *const *wanted)
{
    struct mr_sd_disclosable *items;
    size_t count, wanted_count = 0;
    assert_ok(mr_sd_jwt_list(&f->a, token, &items, &count, &f->err), f->err);
    for (; wanted[wanted_count]; wanted_count++) {
        size_t found = 0;
        for (size_t i = 0; i < count; i++) found += mr_str_is(items[i].pointer, wanted[wanted_count]);
        if (found != 1) fail_msg("%s is listed %zu times", wanted[wanted_count], found);
    }
    assert_int_equal(count, wanted_count);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(items[i].value, mr_json_find(token->claims, items[i].pointer));
        for (size_t k = i + 1; k < count; k++) {
            mr_str parent = items[k].pointer, child = items[i].pointer;
            assert_false(child.len > parent.len && child.ptr[parent.len] == '/' && mr_str_has_prefix(child, parent));
        }
    }
}

static const struct {
    const char *claims, *marked[MOST + 1];
    unsigned decoys;
} cases[] = {
    {"{\"a\":1}", {NULL}, 0},
    {"{\"a\":1,\"b\":2}", {"/b", NULL}, 0},
    {"{\"a\":1,\"b\":2}", {"/a", "/b", NULL}, 5},
    {"{\"a\":{\"b\":{\"c\":1}}}", {"/a", "/a/b", "/a/b/c", NULL}, 0},
    {"{\"a\":{\"b\":{\"c\":1}}}", {"/a/b/c", NULL}, 2},
    {"{\"l\":[1,2,3]}", {"/l/0", "/l/2", NULL}, 3},
    {"{\"l\":[[1,{\"x\":2}],3]}", {"/l", "/l/0", "/l/0/1", "/l/0/1/x", NULL}, 0},
    {"{\"a/b\":1,\"c~d\":2,\"\":3}", {"/a~1b", "/c~0d", "/", NULL}, 0},
    {"{\"z\":[],\"y\":{},\"x\":null}", {"/z", "/y", "/x", NULL}, 0},
};

static void test_sd_jwt_list__names_what_was_marked(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_sd_jwt token = issue(*state, cases[i].claims, cases[i].marked, cases[i].decoys);
        assert_lists(*state, &token, cases[i].marked);
        mr_sd_jwt_done(&token);
    }
}

/* Elements that are hidden do not count: the places are those of what is left. */
static void test_sd_jwt_list__names_the_places_of_what_is_left(void **state)
{
    static const char *const marked[] = {"/l/0", "/l/1", "/l/2", "/n", NULL}, *const left[] = {"/l/0", "/l/1", NULL};
    struct fixture *f = *state;
    mr_sd_jwt token = issue(f, "{\"l\":[\"a\",\"b\",\"c\"],\"n\":1}", marked, 1), shown;
    const mr_str show[] = {MR_STR("/l/1"), MR_STR("/l/2")};
    const struct mr_sd_presentation some = {.show = show, .show_count = 2};
    mr_buf_clear(&f->out);
    assert_ok(mr_sd_jwt_present(&token, &some, &f->a, &f->out, &f->err), f->err);
    assert_ok(mr_sd_jwt_read(&f->a, mr_arena_dup(&f->a, mr_buf_str(&f->out)), &shown, &f->err), f->err);
    assert_lists(f, &shown, left);
    assert_str_eq(mr_json_str(mr_json_find(shown.claims, MR_STR("/l/0"))), MR_STR("b"));
    mr_sd_jwt_done(&token);
    mr_sd_jwt_done(&shown);
}

/* A memory that is too small is told, wherever it ends. */
static void test_sd_jwt_list__tells_when_memory_is_short(void **state)
{
    struct fixture *f = *state;
    mr_sd_jwt token = issue(f, cases[6].claims, cases[6].marked, 0);
    int code = MR_E_NOMEM;
    for (size_t limit = 16; code != MR_OK; limit *= 2) {
        mr_arena a;
        struct mr_sd_disclosable *items;
        size_t count;
        mr_arena_init(&a, limit);
        code = mr_sd_jwt_list(&a, &token, &items, &count, &f->err);
        assert_true(code == MR_OK || code == MR_E_NOMEM);
        mr_arena_done(&a);
        assert_true(limit < MR_MIB);
    }
    mr_sd_jwt_done(&token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sd_jwt_list__names_what_was_marked),
        cmocka_unit_test(test_sd_jwt_list__names_the_places_of_what_is_left),
        cmocka_unit_test(test_sd_jwt_list__tells_when_memory_is_short),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
