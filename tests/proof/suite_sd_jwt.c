/* The examples printed in RFC 9901 and the cases of its reference implementation: issued tokens, presentations, key bindings, and what a verifier
 * must have in the end. From each the token is also presented by us, with the disclosures that the case shows, and issued anew. */
#include "testing.h"

#include "base/limits.h"
#include "json/write.h"
#include "proof/jwk.h"
#include "proof/sd_jwt.h"

#include <dirent.h>

#define MEMORY (128 * MR_MIB)

struct keys {
    mr_key *issuer, *holder;
};
struct one_case {
    mr_arena *a;
    const char *folder;
    const struct keys *keys;
    mr_sd_jwt issued, presented;
    mr_buf out;
    struct mr_err err;
    const char *fault; /* what went wrong first */
};

static bool need(struct one_case *c, bool good, const char *fault)
{
    if (!good && !c->fault) c->fault = fault;
    return good;
}

/* ---- files ---- */

static const mr_json *read_json(struct one_case *c, const char *name)
{
    struct stat st;
    const mr_json *root;
    const char *path = test_path(c->a, c->folder, name);
    if (stat(path, &st) != 0) return NULL;
    assert_ok(mr_json_parse(c->a, test_read_file(c->a, path), NULL, &root, &c->err), c->err);
    return root;
}

/* Examples out of a printed text are broken into lines. */
static mr_str without_line_feeds(mr_arena *a, mr_str text)
{
    mr_str joined = mr_arena_dup(a, text);
    char *to = (char *)(uintptr_t)joined.ptr;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\n') to[len++] = text.ptr[i];
    return mr_str_make(to, len);
}

/* NAME.txt is compact; NAME.json a JSON string that holds the JSON serialisation. */
static mr_str read_token(struct one_case *c, const char *name)
{
    struct stat st;
    const char *path = test_path(c->a, c->folder, mr_arena_format(c->a, "%s.txt", name).ptr);
    if (stat(path, &st) == 0) return without_line_feeds(c->a, test_read_file(c->a, path));
    return mr_json_str(read_json(c, mr_arena_format(c->a, "%s.json", name).ptr));
}

static mr_str canonical(struct one_case *c, const mr_json *v)
{
    mr_buf_clear(&c->out);
    assert_ok(mr_json_canonicalise(v, &c->out, &c->err), c->err);
    return mr_arena_dup(c->a, mr_buf_str(&c->out));
}

static bool is_same(struct one_case *c, const mr_json *a, const mr_json *b)
{
    return a && b && mr_str_eq(canonical(c, a), canonical(c, b));
}

/* ---- what the case says ---- */

/* The digests of the payload are those of the disclosures, and what is over are the decoys that the case names. */
static void check_issued(struct one_case *c)
{
    const mr_json *wanted = read_json(c, "user_claims.json");
    if (!need(c, mr_sd_jwt_read(c->a, read_token(c, "sd_jwt_issuance"), &c->issued, &c->err) == MR_OK, "not read"))
        return;
    need(c, mr_jws_verify(&c->issued.jws, c->keys->issuer, &c->err) == MR_OK, "signature");
    need(c, is_same(c, c->issued.payload, read_json(c, "sd_jwt_payload.json")), "payload");
    need(c, c->issued.hidden_count == mr_json_count(read_json(c, "decoy_digests.json")), "digests");
    MR_JSON_EACH_MEMBER (name, wanted) {
        need(c, is_same(c, mr_json_find_member(c->issued.claims, mr_json_text(name)), name + 1), "claims as issued");
    }
}

static void check_binding(struct one_case *c, const mr_json *wanted)
{
    int64_t issued = 0;
    mr_json_to_int64(mr_json_get(wanted, "iat"), &issued);
    struct mr_key_binding asked = {mr_json_get_str(wanted, "aud"), mr_json_get_str(wanted, "nonce"), issued * 1000,
                                   1000};
    need(c, mr_sd_jwt_check_binding(c->a, &c->presented, &asked, &c->err) == MR_OK, "key binding");
    asked.nonce = MR_STR("another");
    need(c, mr_sd_jwt_check_binding(c->a, &c->presented, &asked, &c->err) == MR_E_FORMAT, "another nonce");
}

static void check_presented(struct one_case *c)
{
    const mr_json *binding = read_json(c, "kb_jwt_payload.json");
    if (!need(c, mr_sd_jwt_read(c->a, read_token(c, "sd_jwt_presentation"), &c->presented, &c->err) == MR_OK,
              "not read"))
        return;
    need(c, mr_jws_verify(&c->presented.jws, c->keys->issuer, &c->err) == MR_OK, "signature");
    need(c, is_same(c, c->presented.claims, read_json(c, "verified_contents.json")), "processed claims");
    need(c, (c->presented.key_binding.len > 0) == (binding != NULL), "key binding");
    if (binding) check_binding(c, binding);
}

/* ---- the same by us ---- */

static mr_str pointer_to(struct one_case *c, const mr_json *node)
{
    char pointer[512];
    mr_json_pointer(c->issued.claims, node, pointer, sizeof pointer);
    return mr_arena_dup(c->a, mr_str_of(pointer));
}

static void show(struct one_case *c, const mr_str *pointers, size_t count, mr_key *holder, mr_sd_jwt *ret)
{
    const struct mr_sd_presentation p = {
        .show = pointers, .show_count = count, .holder = holder, .audience = MR_STR("a")};
    mr_buf_clear(&c->out);
    assert_ok(mr_sd_jwt_present(&c->issued, &p, c->a, &c->out, &c->err), c->err);
    assert_ok(mr_sd_jwt_read(c->a, mr_arena_dup(c->a, mr_buf_str(&c->out)), ret, &c->err), c->err);
}

static bool has_disclosure(const mr_sd_jwt *s, mr_str disclosure)
{
    for (size_t i = 0; i < s->disclosure_count; i++) {
        if (mr_str_eq(s->disclosures[i], disclosure)) return true;
    }
    return false;
}

static bool are_all_in(const mr_sd_jwt *some, const mr_sd_jwt *all)
{
    for (size_t i = 0; i < some->disclosure_count; i++) {
        if (!has_disclosure(all, some->disclosures[i])) return false;
    }
    return true;
}

/* How many disclosures a value needs; ret_shown: is each of them shown in the case's presentation? */
static size_t count_needed(struct one_case *c, const mr_json *node, bool *ret_shown)
{
    mr_sd_jwt alone;
    mr_str pointer = pointer_to(c, node);
    show(c, &pointer, 1, NULL, &alone);
    size_t count = alone.disclosure_count;
    *ret_shown = are_all_in(&alone, &c->presented);
    mr_sd_jwt_done(&alone);
    return count;
}

/* Pointers of what is disclosable, and of what the presentation shows. */
struct pointers {
    mr_str disclosable[256], shown[1024];
    size_t disclosable_count, shown_count;
};

static void collect(struct one_case *c, const mr_json *container, size_t needed, struct pointers *ret);

static void collect_one(struct one_case *c, const mr_json *node, size_t needed_above, struct pointers *ret)
{
    bool shown;
    size_t needed = count_needed(c, node, &shown);
    assert_true(ret->disclosable_count < 256 && ret->shown_count < 1024);
    if (needed > needed_above) ret->disclosable[ret->disclosable_count++] = pointer_to(c, node);
    if (shown) ret->shown[ret->shown_count++] = pointer_to(c, node);
    collect(c, node, needed, ret);
}

static void collect(struct one_case *c, const mr_json *container, size_t needed, struct pointers *ret)
{
    MR_JSON_EACH (element, container) collect_one(c, element, needed, ret);
    MR_JSON_EACH_MEMBER (name, container) collect_one(c, name + 1, needed, ret);
}

static void present_again(struct one_case *c, const struct pointers *p)
{
    mr_sd_jwt ours;
    const struct mr_key_binding asked = {.audience = MR_STR("a")};
    bool bound = c->presented.key_binding.len > 0;
    show(c, p->shown, p->shown_count, bound ? c->keys->holder : NULL, &ours);
    need(c, are_all_in(&ours, &c->presented) && are_all_in(&c->presented, &ours), "our presentation");
    if (bound) need(c, mr_sd_jwt_check_binding(c->a, &ours, &asked, &c->err) == MR_OK, "our key binding");
    mr_sd_jwt_done(&ours);
}

static void issue_again(struct one_case *c, const struct pointers *p)
{
    mr_sd_jwt ours;
    mr_jose_signer signer;
    const mr_env env = {.now = NULL, .random = mr_env_system()->random, .self = mr_env_system()->self};
    const struct mr_jose_header header = {.typ = "example+sd-jwt"};
    const struct mr_sd_frame frame = {p->disclosable, p->disclosable_count, 0};
    assert_ok(mr_jose_signer_init(&signer, c->a, c->keys->issuer, &header, &c->err), c->err);
    mr_buf_clear(&c->out);
    assert_ok(mr_sd_jwt_issue(&signer, c->issued.claims, &frame, &env, c->a, &c->out, &c->err), c->err);
    assert_ok(mr_sd_jwt_read(c->a, mr_arena_dup(c->a, mr_buf_str(&c->out)), &ours, &c->err), c->err);
    need(c, is_same(c, ours.claims, c->issued.claims), "our claims");
    need(c, ours.disclosure_count == c->issued.disclosure_count, "our disclosures");
    mr_sd_jwt_done(&ours);
}

/* ---- all cases ---- */

static bool passes(mr_arena *a, const char *folder, const struct keys *keys)
{
    static struct pointers pointers;
    static struct one_case c;
    c = (struct one_case){.a = a, .folder = folder, .keys = keys};
    mr_buf_init(&c.out, 16 * MR_MIB);
    check_issued(&c);
    check_presented(&c);
    if (!c.fault) {
        pointers.disclosable_count = pointers.shown_count = 0;
        collect(&c, c.issued.claims, 0, &pointers);
        present_again(&c, &pointers);
        issue_again(&c, &pointers);
    }
    if (c.fault) print_error("%s: %s (%s %s)\n", folder, c.fault, c.err.message ? c.err.message : "", c.err.detail);
    mr_sd_jwt_done(&c.issued);
    mr_sd_jwt_done(&c.presented);
    mr_buf_done(&c.out);
    return !c.fault;
}

static void read_keys(mr_arena *a, const char *folder, struct keys *ret)
{
    const mr_json *root, *keys;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(a, test_read_file(a, test_path(a, folder, "settings.json")), NULL, &root, &err), err);
    keys = mr_json_get(root, "key_settings");
    assert_ok(mr_jwk_read_private(mr_json_at(mr_json_get(keys, "issuer_keys"), 0), &ret->issuer, &err), err);
    assert_ok(mr_jwk_read_private(mr_json_get(keys, "holder_key"), &ret->holder, &err), err);
}

static void walk(const char *parent, const struct keys *keys, size_t *passed, size_t *count)
{
    mr_arena a, memory;
    struct stat st;
    struct dirent *entry;
    DIR *folder = opendir(parent);
    assert_non_null(folder);
    mr_arena_init(&a, MR_MIB);
    mr_arena_init(&memory, MEMORY);
    while ((entry = readdir(folder))) {
        const char *path = test_path(&a, parent, entry->d_name);
        if (stat(test_path(&a, path, "verified_contents.json"), &st) != 0) continue;
        mr_arena_reset(&memory);
        ++*count;
        *passed += passes(&memory, path, keys);
    }
    closedir(folder);
    mr_arena_done(&memory);
    mr_arena_done(&a);
}

static void test_sd_jwt__follows_the_suite(void **state)
{
    static const char *const parts[] = {"rfc9901", "testcases", "sd-jwt-vc", "sd-jwt-vcld-oid4vp"};
    mr_arena a;
    struct keys keys = {0};
    size_t count = 0, passed = 0;
    mr_arena_init(&a, MR_MIB);
    const char *folder = test_suite(&a, "sd-jwt");
    read_keys(&a, folder, &keys);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        walk(test_path(&a, folder, parts[i]), &keys, &passed, &count);
    test_suite_count("sd-jwt", passed, count, 0);
    mr_key_free(keys.issuer);
    mr_key_free(keys.holder);
    mr_arena_done(&a);
    assert_int_equal(passed, count);
    assert_true(count > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sd_jwt__follows_the_suite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
