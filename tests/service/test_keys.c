/* Signing keys of a data folder: made, found, replaced, published; and files that are not what the index says. */
#include "service/keys.h"
#include "testing_db.h"

#include "proof/controller.h"
#include "proof/jwk.h"

#define NOW INT64_C(1795132800000) /* 2026-11-20 */

struct world {
    mr_arena a;
    mr_env env;
    const char *folder;
    mr_service *s;
    struct mr_keys keys;
    struct mr_err err;
};

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    bool made;
    mr_arena_init(&w->a, 64 << 20);
    w->env = test_env_fixed(NOW, 7);
    w->folder = test_temp_folder();
    assert_ok(mr_service_init(w->folder, &w->env, &made, &w->err), w->err);
    test_use_database(w->folder);
    struct mr_service_config config = {.data_folder = w->folder, .public_url = "", .env = &w->env};
    assert_ok(mr_service_open(&config, &w->s, &w->err), w->err);
    assert_ok(mr_keys_open(w->s, &w->a, &w->keys, &w->err), w->err);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    mr_service_close(w->s);
    mr_arena_done(&w->a);
    free(w);
    return 0;
}

static const struct mr_signing_key *make(struct world *w, const char *name, mr_key_kind kind, const char *did)
{
    const struct mr_signing_key *k = NULL;
    assert_ok(mr_keys_new(&w->keys, mr_str_of(name), kind, mr_str_of(did), &k, &w->err), w->err);
    return k;
}

/* A network in which one text stands at one address. */
struct page {
    mr_str url, text;
};

static int page_get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret,
                    struct mr_err *err)
{
    const struct page *p = self;
    (void)accept;
    if (!mr_str_eq(url, p->url)) return MR_FAIL(err, MR_E_NET, "not there", MR_NOWHERE);
    assert_true(p->text.len <= max);
    *ret = mr_arena_dup(a, p->text);
    return MR_OK;
}

/* What was signed with the private key verifies with the key that the identifier leads to, in this world of one page. */
static void assert_leads_to(struct world *w, const struct mr_signing_key *k, mr_key *private, struct page *page,
                            mr_str method)
{
    mr_fetch fetch = {page_get, page};
    struct mr_resolver resolver = {page ? &fetch : NULL};
    struct mr_method m;
    mr_str text = MR_STR("text"), signature;
    mr_alg alg = mr_key_default_alg(private);
    assert_ok(mr_controller_find(&resolver, &w->a, method, MR_ASSERTION_METHOD, &m, &w->err), w->err);
    assert_string_equal(m.why.id, "key.found");
    assert_str_eq(m.controller, k->did);
    assert_ok(mr_key_sign(private, alg, &text, 1, &w->a, &signature, &w->err), w->err);
    assert_ok(mr_key_verify(m.key, alg, &text, 1, signature, &w->err), w->err);
    mr_key_free(m.key);
}

static void test_keys_new__makes_a_key_that_its_identifier_leads_to(void **state)
{
    static const mr_key_kind kinds[] = {MR_KEY_ED25519, MR_KEY_P256, MR_KEY_P384};
    static const char *const names[] = {"ed", "p-256", "3"};
    struct world *w = *state;
    assert_int_equal(w->keys.count, 0);
    for (size_t i = 0; i < 3; i++) {
        MR_CLEANUP(mr_key_freep) mr_key *private = NULL;
        const struct mr_signing_key *k = make(w, names[i], kinds[i], "");
        assert_int_equal(k->kind, kinds[i]);
        assert_true(mr_str_has_prefix(k->did, MR_STR("did:key:z")));
        assert_str_eq(k->kid, k->method);
        assert_true(k->created == NOW && mr_signing_key_is_current(k));
        assert_ok(mr_keys_load(&w->keys, k, &private, &w->err), w->err);
        assert_leads_to(w, k, private, NULL, k->method);
    }
    struct mr_keys again; /* the same after reading */
    assert_ok(mr_keys_open(w->s, &w->a, &again, &w->err), w->err);
    assert_int_equal(again.count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct mr_signing_key *k = mr_keys_find(&again, mr_str_of(names[i]));
        assert_non_null(k);
        assert_str_eq(k->method, w->keys.items[i].method);
        assert_str_eq(k->jwk, w->keys.items[i].jwk);
        assert_true(k->created == NOW && mr_signing_key_is_current(k));
    }
    assert_null(mr_keys_find(&again, MR_STR("other")));
    assert_null(mr_keys_find(&again, MR_STR(""))); /* there are three */
}

static void test_keys_new__keeps_private_keys_encrypted_and_to_the_owner(void **state)
{
    struct world *w = *state;
    const struct mr_signing_key *k = make(w, "main", MR_KEY_P256, "");
    struct stat st;
    mr_str path = mr_arena_format(&w->a, "%s/keys/%.*s", w->folder, MR_STR_ARG(k->file));
    assert_int_equal(stat(path.ptr, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_true(mr_str_find(test_read_file(&w->a, path.ptr), MR_STR("ENCRYPTED PRIVATE KEY")) >= 0);
    mr_str index = test_read_file(&w->a, mr_arena_format(&w->a, "%s/keys/index.json", w->folder).ptr);
    assert_true(mr_str_find(index, MR_STR("\"d\"")) < 0);
    assert_ptr_equal(mr_keys_find(&w->keys, MR_STR("")), k); /* the only one */
}

static void test_keys_rotate__keeps_verifiable_what_the_old_key_signed(void **state)
{
    struct world *w = *state;
    MR_CLEANUP(mr_key_freep) mr_key *first = NULL, *second = NULL;
    const struct mr_signing_key *k = make(w, "web", MR_KEY_ED25519, "did:web:example.org:edu");
    struct page page = {.url = MR_STR("https://example.org/edu/did.json")};
    assert_ok(mr_keys_load(&w->keys, k, &first, &w->err), w->err);
    test_env_set_time(&w->env, NOW + 1000);
    assert_ok(mr_keys_rotate(&w->keys, MR_STR("web"), &k, &w->err), w->err);
    assert_ok(mr_keys_load(&w->keys, k, &second, &w->err), w->err);
    const struct mr_signing_key *old = &w->keys.items[0];
    assert_int_equal(w->keys.count, 2);
    assert_ptr_equal(mr_keys_find(&w->keys, MR_STR("web")), k);
    assert_true(old->replaced == NOW + 1000 && k->created == NOW + 1000);
    assert_int_equal(k->kind, MR_KEY_ED25519);
    assert_str_eq(k->did, old->did);
    assert_ok(mr_keys_publish(&w->keys, page.url, &page.text, &w->err), w->err);
    assert_leads_to(w, k, second, &page, k->method);
    assert_leads_to(w, k, second, &page, k->kid);
    assert_leads_to(w, old, first, &page, old->method);
    assert_leads_to(w, old, first, &page, old->kid);
    assert_ok(mr_keys_rotate(&w->keys, MR_STR("web"), &k, &w->err),
              w->err); /* and once more: a file of its own again */
    assert_int_equal(w->keys.count, 3);
    MR_CLEANUP(mr_key_freep) mr_key *again = NULL;
    assert_ok(mr_keys_load(&w->keys, &w->keys.items[0], &again, &w->err), w->err);
}

static void test_keys_rotate__refuses_what_cannot_change(void **state)
{
    struct world *w = *state;
    const struct mr_signing_key *k = NULL;
    make(w, "main", MR_KEY_P256, "");
    assert_code(mr_keys_rotate(&w->keys, MR_STR("main"), &k, &w->err), MR_E_STATE, w->err);
    assert_code(mr_keys_rotate(&w->keys, MR_STR("none"), &k, &w->err), MR_E_NOT_FOUND, w->err);
    assert_code(mr_keys_rotate(&w->keys, MR_STR(""), &k, &w->err), MR_E_NOT_FOUND, w->err);
    assert_int_equal(w->keys.count, 1);
}

static void test_keys_new__refuses_names_and_identifiers_that_are_none(void **state)
{
    static const struct {
        const char *name;
        mr_key_kind kind;
        const char *did;
        mr_code code;
    } cases[] = {
        {"", MR_KEY_P256, "", MR_E_FORMAT},
        {"Main", MR_KEY_P256, "", MR_E_FORMAT},
        {"-x", MR_KEY_P256, "", MR_E_FORMAT},
        {"../x", MR_KEY_P256, "", MR_E_FORMAT},
        {"a.2", MR_KEY_P256, "", MR_E_FORMAT},
        {"0123456789012345678901234567890123456789012345678901234567890123x", MR_KEY_P256, "", MR_E_FORMAT},
        {"x", MR_KEY_RSA, "", MR_E_UNSUPPORTED},
        {"x", MR_KEY_P521, "", MR_E_UNSUPPORTED},
        {"x", MR_KEY_P256, "did:key:z6Mk", MR_E_UNSUPPORTED},
        {"x", MR_KEY_P256, "https://example.org", MR_E_UNSUPPORTED},
        {"x", MR_KEY_P256, "did:web:127.0.0.1", MR_E_FORMAT},
        {"x", MR_KEY_P256, "did:web:", MR_E_FORMAT},
        {"there", MR_KEY_P256, "", MR_E_EXISTS},
    };
    struct world *w = *state;
    make(w, "there", MR_KEY_P256, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mr_signing_key *k = NULL;
        int code = mr_keys_new(&w->keys, mr_str_of(cases[i].name), cases[i].kind, mr_str_of(cases[i].did), &k, &w->err);
        if (code != (int)cases[i].code) fail_msg("%s %s: %s", cases[i].name, cases[i].did, mr_code_name((mr_code)code));
        assert_int_equal(w->keys.count, 1);
    }
}

static void test_keys_publish__answers_at_exactly_two_addresses_of_an_identifier(void **state)
{
    static const struct {
        const char *url, *has; /* NULL: nothing */
    } cases[] = {
        {"https://example.org/.well-known/did.json", "\"id\": \"did:web:example.org\""},
        {"https://example.org/.well-known/jwt-vc-issuer", "\"issuer\": \"https://example.org\""},
        {"https://example.org:8443/a/did.json", "\"id\": \"did:web:example.org%3A8443:a\""},
        {"https://example.org:8443/.well-known/jwt-vc-issuer/a", "\"issuer\": \"https://example.org:8443/a\""},
        {"https://example.org/did.json", NULL},
        {"https://example.org/a/did.json", NULL},
        {"http://example.org/.well-known/did.json", NULL},
        {"https://example.com/.well-known/did.json", NULL},
        {"", NULL},
    };
    struct world *w = *state;
    make(w, "main", MR_KEY_P256, "");
    make(w, "one", MR_KEY_P256, "did:web:example.org");
    make(w, "two", MR_KEY_P384, "did:web:example.org%3A8443:a");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str text = MR_STR("x");
        assert_ok(mr_keys_publish(&w->keys, mr_str_of(cases[i].url), &text, &w->err), w->err);
        if (cases[i].has ? mr_str_find(text, mr_str_of(cases[i].has)) < 0 : text.len != 0)
            fail_msg("%s: %.*s", cases[i].url, MR_STR_ARG(text));
    }
}

static void test_keys_jwt_vc_issuer__is_found_by_a_verifier(void **state)
{
    struct world *w = *state;
    const struct mr_signing_key *k = make(w, "web", MR_KEY_P256, "did:web:example.org:edu");
    struct page page = {.url = MR_STR("https://example.org/.well-known/jwt-vc-issuer/edu")};
    mr_fetch fetch = {page_get, &page};
    struct mr_method m;
    assert_ok(mr_keys_publish(&w->keys, page.url, &page.text, &w->err), w->err);
    assert_ok(mr_jwt_vc_issuer_find(&w->a, MR_STR("https://example.org/edu"), k->kid, &fetch, &m, &w->err), w->err);
    assert_string_equal(m.why.id, "key.found");
    mr_key_free(m.key);
    mr_str text;
    make(w, "main", MR_KEY_P256, "");
    const struct mr_signing_key *plain = mr_keys_find(&w->keys, MR_STR("main"));
    assert_code(mr_keys_jwt_vc_issuer(&w->keys, plain->did, &text, &w->err), MR_E_UNSUPPORTED, w->err);
    assert_ok(mr_keys_did_document(&w->keys, plain->did, &text, &w->err), w->err);
    assert_code(mr_keys_did_document(&w->keys, MR_STR("did:web:example.net"), &text, &w->err), MR_E_NOT_FOUND, w->err);
    assert_code(mr_keys_did_document(&w->keys, MR_STR("did:key:z6Mk"), &text, &w->err), MR_E_NOT_FOUND, w->err);
    assert_code(mr_keys_jwks(&w->keys, MR_STR("none"), &text, &w->err), MR_E_NOT_FOUND, w->err);
}

static void test_keys_jwks__has_every_key_of_the_name_and_no_private_part(void **state)
{
    struct world *w = *state;
    const struct mr_signing_key *k = make(w, "web", MR_KEY_P256, "did:web:example.org");
    const mr_json *set;
    mr_str text, old = k->kid;
    make(w, "other", MR_KEY_P256, "did:web:example.org");
    assert_ok(mr_keys_rotate(&w->keys, MR_STR("web"), &k, &w->err), w->err);
    assert_ok(mr_keys_jwks(&w->keys, MR_STR("web"), &text, &w->err), w->err);
    assert_ok(mr_json_parse(&w->a, text, NULL, &set, &w->err), w->err);
    assert_int_equal(mr_json_count(mr_json_get(set, "keys")), 2);
    MR_CLEANUP(mr_key_freep) mr_key *read = NULL;
    assert_non_null(mr_jwks_find(set, old));
    assert_ok(mr_jwk_read(mr_jwks_find(set, k->kid), &read, &w->err), w->err); /* refuses private members */
}

static void put_file(struct world *w, const char *name, const char *text)
{
    mr_str path = mr_arena_format(&w->a, "%s/keys/%s", w->folder, name);
    assert_ok(mr_file_write(path.ptr, mr_str_of(text), 0600, false, &w->err), w->err);
}

static void test_keys_open__refuses_an_index_that_is_none(void **state)
{
#define JWK "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
#define ENTRY(name, file, created, jwk)                                                                                \
    "{\"keys\":[{\"name\":\"" name "\",\"did\":\"did:web:example.org\",\"file\":\"" file "\",\"created\":\"" created   \
    "\",\"jwk\":" jwk "}]}"
    static const struct {
        const char *index;
        mr_code code;
    } cases[] = {
        {ENTRY("a", "a.pem", "2026-01-01T00:00:00Z", JWK), MR_OK},
        {"{\"keys\":[]}", MR_OK},
        {"", MR_E_JSON},
        {"[]", MR_E_FORMAT},
        {"{\"keys\":{}}", MR_E_FORMAT},
        {"{\"keys\":[7]}", MR_E_FORMAT},
        {ENTRY("A", "a.pem", "2026-01-01T00:00:00Z", JWK), MR_E_FORMAT},
        {ENTRY("a", "../a.pem", "2026-01-01T00:00:00Z", JWK), MR_E_FORMAT},
        {ENTRY("a", "", "2026-01-01T00:00:00Z", JWK), MR_E_FORMAT},
        {ENTRY("a", "a.pem", "yesterday", JWK), MR_E_FORMAT},
        {ENTRY("a", "a.pem", "2026-01-01T00:00:00Z", "{}"), MR_E_UNSUPPORTED},
        {ENTRY("a", "a.pem", "2026-01-01T00:00:00Z", "{\"kty\":\"RSA\",\"n\":\"3w\",\"e\":\"AQAB\"}"), MR_E_FORMAT},
    };
    struct world *w = *state;
    make(w, "main", MR_KEY_P256, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_keys keys;
        put_file(w, "index.json", cases[i].index);
        int code = mr_keys_open(w->s, &w->a, &keys, &w->err);
        if (code != (int)cases[i].code) fail_msg("%s: %s", cases[i].index, mr_code_name((mr_code)code));
    }
}

static void test_keys_load__refuses_another_key_in_the_file(void **state)
{
    struct world *w = *state;
    const struct mr_signing_key *k = make(w, "main", MR_KEY_P256, "");
    mr_key *key = NULL;
    make(w, "other", MR_KEY_P256, "");
    mr_str other = test_read_file(&w->a, mr_arena_format(&w->a, "%s/keys/other.pem", w->folder).ptr);
    put_file(w, "main.pem", other.ptr);
    k = mr_keys_find(&w->keys, MR_STR("main"));
    assert_code(mr_keys_load(&w->keys, k, &key, &w->err), MR_E_FORMAT, w->err);
    put_file(w, "main.pem", "no key");
    assert_code(mr_keys_load(&w->keys, k, &key, &w->err), MR_E_FORMAT, w->err);
    remove(mr_arena_format(&w->a, "%s/keys/main.pem", w->folder).ptr);
    assert_code(mr_keys_load(&w->keys, k, &key, &w->err), MR_E_NOT_FOUND, w->err);
    assert_null(key);
}

static void test_keys_new__reads_anew_what_another_process_made(void **state)
{
    struct world *w = *state;
    struct mr_keys early;
    const struct mr_signing_key *k;
    assert_ok(mr_keys_open(w->s, &w->a, &early, &w->err), w->err);
    make(w, "main", MR_KEY_P256, "");
    assert_int_equal(early.count, 0);
    assert_code(mr_keys_new(&early, MR_STR("main"), MR_KEY_P256, MR_STR(""), &k, &w->err), MR_E_EXISTS, w->err);
    assert_ok(mr_keys_new(&early, MR_STR("second"), MR_KEY_P256, MR_STR(""), &k, &w->err), w->err);
    assert_int_equal(early.count, 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_keys_new__makes_a_key_that_its_identifier_leads_to),
        TEST(test_keys_new__keeps_private_keys_encrypted_and_to_the_owner),
        TEST(test_keys_rotate__keeps_verifiable_what_the_old_key_signed),
        TEST(test_keys_rotate__refuses_what_cannot_change),
        TEST(test_keys_new__refuses_names_and_identifiers_that_are_none),
        TEST(test_keys_publish__answers_at_exactly_two_addresses_of_an_identifier),
        TEST(test_keys_jwt_vc_issuer__is_found_by_a_verifier),
        TEST(test_keys_jwks__has_every_key_of_the_name_and_no_private_part),
        TEST(test_keys_open__refuses_an_index_that_is_none),
        TEST(test_keys_load__refuses_another_key_in_the_file),
        TEST(test_keys_new__reads_anew_what_another_process_made),
    };
    return cmocka_run_group_tests_name("service/keys", tests, NULL, NULL);
}
