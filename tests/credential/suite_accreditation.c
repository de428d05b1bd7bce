/* EBSI's schemas with their examples and signed attestations, and accreditations of other makers (suite ebsi-accreditation). What nobody asserts is read only:
 * it must come apart without harm, and is counted as skipped. */
#include "testing.h"

#include "base/limits.h"
#include "credential/accreditation_chain.h"
#include "proof/jose.h"
#include "proof/jwk.h"

/* 2023-06-01T00:00:00Z: when the chain of the suite was in force */
#define THEN INT64_C(1685577600000)

struct bench {
    mr_arena memory, a;
    mr_contexts *contexts;
    const char *folder;
    size_t passed, count, skipped;
};

static const mr_json *read_json(struct bench *b, const char *file)
{
    struct mr_err err = {0};
    const mr_json *root = NULL;
    assert_ok(mr_json_parse(&b->a, test_read_file(&b->a, test_path(&b->a, b->folder, file)), NULL, &root, &err), err);
    return root;
}

static void tally(struct bench *b, const char *id, bool good, const char *got)
{
    b->count++;
    b->passed += good;
    if (!good) printf("# %s: %s\n", id, got ? got : "accepted");
}

/* ---- signed attestations ---- */

static void check_token(struct bench *b, const char *id, const char *file)
{
    char key_file[PATH_MAX];
    mr_jws jws;
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    struct mr_err err = {0};
    snprintf(key_file, sizeof key_file, "%.*sjwk.json", (int)strlen(file) - 3, file);
    int code = mr_jwk_read(read_json(b, key_file), &key, &err);
    mr_str token = mr_str_trim(test_read_file(&b->a, test_path(&b->a, b->folder, file)));
    if (code == MR_E_UNSUPPORTED) { /* secp256k1: not among our kinds of keys */
        printf("# %s: not supported: %s\n", id, err.detail);
        assert_int_equal(mr_jws_read(&b->a, token, &jws, &err), MR_E_UNSUPPORTED);
        b->skipped++;
        return;
    }
    assert_ok(code, err);
    assert_ok(mr_jws_read(&b->a, token, &jws, &err), err);
    tally(b, id, mr_jws_verify(&jws, key, &err) == MR_OK, "the signature does not hold");
    mr_jws_done(&jws);
}

/* ---- the chain of 2023, signed with keys that are not here ---- */

static int get_file(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret,
                    struct mr_err *err)
{
    struct bench *b = self;
    size_t at = url.len;
    (void)accept;
    while (at > 0 && url.ptr[at - 1] != '/') at--;
    const char *path = mr_arena_format(a, "%s/walt-chain/%.*s", b->folder, (int)(url.len - at), url.ptr + at).ptr;
    return mr_file_read(a, path, max, ret, err) == MR_OK ? MR_OK : MR_FAIL(err, MR_E_NET, "nobody answers", MR_NOWHERE);
}

static void climb(struct bench *b, const char *id, const char *file)
{
    struct mr_resolver resolver = {NULL};
    const mr_fetch fetch = {get_file, b};
    const mr_json *document = read_json(b, file);
    struct mr_accreditation_chain chain;
    struct mr_err err = {0};
    const struct mr_climbing climbing = {
        .opening = {.contexts = b->contexts, .keys = {mr_controller_find, &resolver}, .fetch = &fetch, .now = THEN},
        .at = THEN,
        .place = MR_STR("NLD")};
    assert_ok(mr_accreditation_chain_follow(&b->a, &climbing, document, &chain, &err), err);
    printf("# %s: %s, not decided\n", id, chain.step.id);
    assert_int_equal(chain.step.state, MR_UNCHECKED); /* neither a pass without a key, nor a fault */
    b->skipped++;
}

/* ---- one case ---- */

static void run(struct bench *b, const mr_json *c)
{
    const char *id = mr_arena_cstr(&b->a, mr_json_get_str(c, "id")),
               *file = mr_arena_cstr(&b->a, mr_json_get_str(c, "file"));
    mr_str verdict = mr_json_get_str(c, "verdict");
    bool policy = strncmp(id, "schema-policy/", 14) == 0;
    if (mr_str_has_suffix(mr_str_of(file), MR_STR(".jwt"))) {
        check_token(b, id, file);
        return;
    }
    if (strstr(id, "chain/") == id && mr_str_find(verdict, MR_STR("pass")) >= 0) {
        climb(b, id, file);
        return;
    }
    const mr_json *document = read_json(b, file);
    const char *fault = mr_accreditation_form_fault(document);
    if (mr_str_has_prefix(verdict, MR_STR("valid against")))
        tally(b, id, !fault, fault);
    else if (mr_str_is(verdict, "schema invalid"))
        tally(b, id, fault && strcmp(fault, "credentialSubject.reservedAttributeId") == 0, fault);
    else if (policy && mr_str_is(verdict, "pass"))
        tally(b, id, !fault || strcmp(fault, "credentialSchema") != 0, fault);
    else if (policy && mr_str_find(verdict, MR_STR("no credentialSchema")) >= 0)
        tally(b, id, fault && strcmp(fault, "credentialSchema") == 0, fault);
    else {
        (void)mr_accreditation_names_policy(document);
        b->skipped++;
    }
}

static void ebsi_accreditation(void **state)
{
    static struct bench b;
    struct mr_err err = {0};
    const mr_json *cases = NULL;
    (void)state;
    b = (struct bench){0};
    mr_arena_init(&b.memory, 64 * MR_MIB);
    mr_arena_init(&b.a, 64 * MR_MIB);
    b.folder = test_suite(&b.memory, "ebsi-accreditation");
    assert_ok(mr_contexts_open(&b.contexts, &err), err);
    mr_str manifest = test_read_file(&b.memory, test_path(&b.memory, b.folder, "manifest.json"));
    assert_ok(mr_json_parse(&b.memory, manifest, NULL, &cases, &err), err);
    MR_JSON_EACH (c, cases) {
        mr_arena_reset(&b.a);
        run(&b, c);
    }
    test_suite_count("ebsi-accreditation", b.passed, b.count, b.skipped);
    assert_int_equal(b.passed, b.count);
    assert_int_equal(b.count + b.skipped, mr_json_count(cases));
    assert_true(b.count >= 13);
    mr_contexts_close(b.contexts);
    mr_arena_done(&b.a);
    mr_arena_done(&b.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ebsi_accreditation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
