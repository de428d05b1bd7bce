/* The cases of the W3C test suite of VC-JOSE-COSE 1.0: credentials and presentations as JWTs and SD-JWTs, issued and verified. COSE is not read.
 *
 * A case brings the key of the party that it is about. Who verifies a presentation knows the keys of all cases, because the credentials in it are others'. */
#include "testing.h"

#include "base/limits.h"
#include "credential/presentation.h"
#include "credential/vcdm.h"
#include "proof/jwk.h"
#include "rdf/published_contexts.h"

#define KEYS_MOST 8

/* vm-*.json: a verification method with its secret. */
struct known_key {
    mr_str id, kid, controller;
    mr_key *key;
};
struct bench {
    mr_arena memory; /* of the suite */
    mr_arena a;      /* of one case */
    mr_contexts *contexts;
    mr_env env;
    const char *folder;
    struct known_key keys[KEYS_MOST];
    size_t key_count;
    const struct known_key *only; /* the key of the case, while its own signature is verified */
};

static const mr_json *parse(mr_arena *a, mr_str text)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(a, text, NULL, &root, &err), err);
    return root;
}

static mr_str read_input(struct bench *b, mr_str name)
{
    return mr_str_trim(test_read_file(&b->a, mr_arena_format(&b->a, "%s/input/%.*s", b->folder, MR_STR_ARG(name)).ptr));
}

/* ---- keys ---- */

static struct known_key read_key(struct bench *b, mr_str name)
{
    struct mr_err err = {0};
    struct known_key k = {0};
    const mr_json *method = parse(
        &b->memory,
        test_read_file(&b->memory, mr_arena_format(&b->memory, "%s/input/%.*s", b->folder, MR_STR_ARG(name)).ptr));
    k.id = mr_json_get_str(method, "id");
    k.controller = mr_json_get_str(method, "controller");
    k.kid = mr_json_get_str(mr_json_get(method, "publicKeyJwk"), "kid");
    assert_ok(mr_jwk_read_private(mr_json_get(method, "secretKeyJwk"), &k.key, &err), err);
    return k;
}

static const struct known_key *key_of(struct bench *b, mr_str file)
{
    struct known_key k = read_key(b, file);
    for (size_t i = 0; i < b->key_count; i++) {
        if (!mr_str_eq(b->keys[i].id, k.id)) continue;
        mr_key_free(k.key);
        return &b->keys[i];
    }
    fail_msg("%.*s is none of the keys", MR_STR_ARG(file));
    return NULL;
}

/* By the id of the method, or by the kid of its JWK behind the controller's. */
static bool is_named(const struct known_key *k, mr_str method)
{
    return mr_str_eq(method, k->id) || (mr_str_has_prefix(method, k->controller) && mr_str_has_suffix(method, k->kid));
}

static int find_key(void *self, mr_arena *a, mr_str method, mr_relationship use, struct mr_method *ret,
                    struct mr_err *err)
{
    struct bench *b = self;
    (void)a, (void)use, (void)err;
    *ret = (struct mr_method){
        .expires = MR_TIME_NONE, .revoked = MR_TIME_NONE, .why = {.state = MR_FAILED, .id = "key.not_found"}};
    for (size_t i = 0; i < b->key_count; i++) {
        const struct known_key *k = &b->keys[i];
        if (!is_named(k, method) || (b->only && k != b->only)) continue;
        ret->key = mr_key_share(k->key);
        ret->id = k->id;
        ret->controller = k->controller;
        ret->why = (struct mr_step){.state = MR_PASSED, .id = "key.found"};
    }
    return MR_OK;
}

/* ---- issuing ---- */

static void count_told(void *self, const char *message, const mr_json *where, mr_str detail)
{
    (void)where;
    print_message("#   %s %.*s\n", message, MR_STR_ARG(detail));
    ++*(size_t *)self;
}

/* An issuer refuses what breaks a rule, and what is only remarked upon. */
static bool may_be_issued(struct bench *b, const mr_json *document)
{
    size_t told = 0;
    struct mr_err err = {0};
    assert_ok(mr_vcdm_check(&b->a, b->contexts, document, count_told, &told, &err), err);
    return told == 0;
}

static mr_str sign(struct bench *b, const mr_json *document, mr_str text, const struct known_key *key, bool sd)
{
    static const char *const typs[2][2] = {{"vc+jwt", "vp+jwt"}, {"vc+sd-jwt", "vp+sd-jwt"}};
    static const mr_str subject[] = {MR_STR_INIT("/credentialSubject")}, holder[] = {MR_STR_INIT("/holder")};
    bool presentation = mr_vcdm_kind_of(document) == MR_VCDM_PRESENTATION;
    struct mr_err err = {0};
    mr_jose_signer signer;
    mr_buf out;
    const struct mr_jose_header header = {
        .typ = typs[sd][presentation], .cty = presentation ? "vp" : "vc", .kid = key->id};
    const struct mr_sd_frame frame = {.pointers = presentation ? holder : subject, .count = 1, .decoys = 1};
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_jose_signer_init(&signer, &b->a, key->key, &header, &err), err);
    if (sd)
        assert_ok(mr_sd_jwt_issue(&signer, document, &frame, &b->env, &b->a, &out, &err), err);
    else
        assert_ok(mr_jose_sign(&signer, text, &b->a, &out, &err), err);
    mr_str token = mr_arena_dup(&b->a, mr_buf_str(&out));
    mr_buf_done(&out);
    return token;
}

/* ---- verifying ---- */

static void first_fault(void *self, const char *message, const mr_json *where, mr_str detail)
{
    const char **first = self;
    (void)where, (void)detail;
    if (!*first && !mr_vcdm_is_remark(message)) *first = message;
}

/* The credentials in it, whosever they are. One of them is secured with COSE, which is told and no fault of what JOSE secures. */
static const char *verify_presented(struct bench *b, const struct mr_opening *o, const mr_json *document)
{
    mr_presentation p;
    struct mr_err err = {0};
    const char *why = NULL;
    b->only = NULL;
    assert_ok(mr_presentation_open(&b->a, o, document, &p, &err), err);
    for (size_t i = 0; i < p.count && !why; i++)
        if (p.credentials[i].step.state != MR_PASSED && strcmp(p.credentials[i].step.id, "presented.cose") != 0)
            why = p.credentials[i].step.id;
    mr_presentation_done(&p);
    return why;
}

/* Why it does not hold; NULL when it does. */
static const char *verify(struct bench *b, mr_str text, const struct known_key *key)
{
    struct mr_opening o = {.contexts = b->contexts, .keys = {find_key, b}, .now = b->env.now(b->env.self)};
    struct mr_err err = {0};
    mr_secured s;
    const char *why = NULL;
    b->only = key;
    if (mr_secured_open(&b->a, &o, text, &s, &err) != MR_OK) return "not secured";
    if (s.step.state != MR_PASSED || !s.payload)
        why = s.step.id ? s.step.id : "no step";
    else
        assert_ok(mr_vcdm_check(&b->a, b->contexts, s.payload, first_fault, &why, &err), err);
    if (!why && mr_vcdm_kind_of(s.payload) == MR_VCDM_PRESENTATION) why = verify_presented(b, &o, s.payload);
    mr_secured_done(&s);
    return why;
}

/* ---- cases ---- */

/* Why each must fail. */
static const struct wanted {
    int64_t number;
    const char *why;
} failures[] = {
    {5, "not issued"},      {9, "key.not_found"}, /* signed with another key than the case's */
    {10, "not secured"},    {11, "not secured"},   {12, "seal.signature.changed"}, {13, "token.typ"}, {14, "token.typ"},
    {15, "token.vc_claim"}, {16, "vcdm.envelope"}, {23, "seal.signature.changed"}, {24, "token.typ"}, {25, "token.typ"},
    {26, "token.typ"},
};

static const char *wanted_of(int64_t number)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].number == number) return failures[i].why;
    return NULL;
}

/* What was issued is verified at once. */
static const char *issue(struct bench *b, mr_str text, const struct known_key *key, bool sd)
{
    const mr_json *document = parse(&b->a, text);
    if (!may_be_issued(b, document)) return "not issued";
    struct mr_opening o = {.contexts = b->contexts, .keys = {find_key, b}, .now = b->env.now(b->env.self)};
    struct mr_err err = {0};
    mr_secured s;
    b->only = key;
    assert_ok(mr_secured_open(&b->a, &o, sign(b, document, text, key, sd), &s, &err), err);
    const char *why = s.step.state == MR_PASSED && s.payload ? NULL : s.step.id;
    mr_secured_done(&s);
    return why;
}

static bool passes(struct bench *b, const mr_json *entry)
{
    int64_t number = 0;
    mr_json_to_int64(mr_json_get(entry, "number"), &number);
    const struct known_key *key = key_of(b, mr_json_get_str(entry, "key_file"));
    mr_str text = read_input(b, mr_json_get_str(entry, "input_file"));
    bool sd = mr_str_is(mr_json_get_str(entry, "suite"), "SDJWT"),
         issued = mr_str_is(mr_json_get_str(entry, "fn"), "issue");
    const char *why = issued ? issue(b, text, key, sd) : verify(b, text, key), *wanted = wanted_of(number);
    bool must_fail = mr_str_is(mr_json_get_str(entry, "expected_result"), "failure");
    if (must_fail == (wanted != NULL) && strcmp(why ? why : "", wanted ? wanted : "") == 0) return true;
    print_error("%.*s: %s, wanted: %s\n", MR_STR_ARG(mr_json_get_str(entry, "name")), why ? why : "holds",
                wanted ? wanted : "holds");
    return false;
}

static void bench_open(struct bench *b)
{
    static const char *const files[] = {"vm-p256.json", "vm-p384.json", "vm-p521.json", "vm-ed25519.json",
                                        "vm-did-ed25519.json"};
    static const char examples[] = "https://www.w3.org/ns/credentials/examples/v2";
    struct mr_err err = {0};
    *b = (struct bench){.env = test_env_fixed(INT64_C(1734300000000), 1)}; /* 2024-12-15 */
    mr_arena_init(&b->memory, 64 * MR_MIB);
    mr_arena_init(&b->a, MR_LIMIT_DOCUMENT_MEMORY);
    b->folder = test_suite(&b->memory, "vc-jose-cose");
    assert_ok(mr_contexts_open(&b->contexts, &err), err);
    assert_ok(
        mr_contexts_add(b->contexts, mr_str_of(examples), published_context(&b->memory, mr_str_of(examples)), &err),
        err);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        b->keys[b->key_count++] = read_key(b, mr_str_of(files[i]));
}

static void bench_close(struct bench *b)
{
    for (size_t i = 0; i < b->key_count; i++) mr_key_free(b->keys[i].key);
    mr_contexts_close(b->contexts);
    mr_arena_done(&b->a);
    mr_arena_done(&b->memory);
}

static void test_secured_open__follows_the_suite(void **state)
{
    (void)state;
    struct bench b;
    size_t count = 0, passed = 0, skipped = 0;
    bench_open(&b);
    const mr_json *manifest =
        parse(&b.memory, test_read_file(&b.memory, test_path(&b.memory, b.folder, "manifest.json")));
    MR_JSON_EACH (entry, manifest) {
        mr_arena_reset(&b.a);
        if (mr_str_is(mr_json_get_str(entry, "suite"), "COSE"))
            skipped++; /* Merit reads no COSE: nobody who awards micro-credentials writes it */
        else
            count++, passed += passes(&b, entry);
    }
    test_suite_count("vc-jose-cose", passed, count, skipped);
    assert_int_equal(passed, count);
    assert_true(count > 0);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_secured_open__follows_the_suite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
