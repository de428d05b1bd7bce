/* Keys in tokens, with SoftHSM as the device and openssl as the maker of keys and certificates, and the judge of signatures. */
#include "token.h"

#include "base/limits.h"
#include "crypto/inside.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <pthread.h>
#include <time.h>

#define TEXT MR_STR("what is sealed")

/* One token for the whole program: seals of three kinds under one authority, and what goes wrong. */
static struct peer *world;

static void make_key(const char *name, const char *options)
{
    peer_do(world, mr_arena_format(&world->arena, "openssl genpkey %s -out %s.key", options, name).ptr);
}

static void make_seal(const char *name, const char *options, const char *id)
{
    make_key(name, options);
    mr_certificate_free(pki_issue(world, name, name, "root", PKI_SEAL, ""));
    token_put_key(world, "Merit", name, id);
    token_put_certificate(world, "Merit", name, id);
}

static int setup(void **state)
{
    void *peer = NULL;
    if (peer_setup(&peer) != 0) return -1;
    world = peer;
    if (!token_module()) return 0;
    token_new(world, "Merit");
    token_new(world, "Other");
    mr_certificate_free(pki_issue(world, "root", "root", NULL, PKI_AUTHORITY, ""));
    make_seal("p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "01");
    make_seal("p384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "02");
    make_seal("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "03");
    make_seal("ed", "-algorithm ED25519", "04");
    token_put_certificate(world, "Merit", "root", "0f");
    make_key("twin", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    token_put_key(world, "Merit", "twin", "10");
    make_key("twin", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    token_put_key(world, "Merit", "twin", "11");
    make_key("bare", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    mr_certificate_free(pki_issue(world, "bare", "bare", "root", PKI_SEAL, ""));
    token_put_key(world, "Other", "bare", "20"); /* its certificate is a file */
    return 0;
}

static int teardown(void **state)
{
    void *peer = world;
    return peer_teardown(&peer);
}

static int open_with(const char *token, const char *object, const char *pin, struct mr_seal_key *ret,
                     struct mr_err *err)
{
    const struct mr_pkcs11_opening o = {.uri = token_uri(world, token, object), .pin = mr_str_of(pin)};
    return mr_pkcs11_open(&o, ret, err);
}

/* openssl's word on a signature; ECDSA is made DER for it. */
static void assert_peer_verifies(const struct mr_seal_key *s, const char *name, mr_alg alg, mr_str signature)
{
    struct mr_err err = {0};
    mr_str text = TEXT;
    assert_ok(mr_key_verify(mr_certificate_key(s->certificate), alg, &text, 1, signature, &err), err);
    if (mr_key_get_kind(s->key) != MR_KEY_RSA) return;
    peer_write(world, "text", TEXT);
    peer_write(world, "signature", signature);
    const char *pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest";
    peer_do(world, mr_arena_format(&world->arena,
                                   "openssl x509 -in %s.pem -pubkey -noout >public.pem && openssl dgst -sha%s -verify "
                                   "public.pem %s -signature signature text",
                                   name, mr_alg_name(alg) + 2, alg >= MR_ALG_PS256 ? pss : "")
                       .ptr);
}

static void test_pkcs11__signs_in_the_token(void **state)
{
    static const struct {
        const char *name;
        mr_key_kind kind;
        mr_alg algs[6];
    } cases[] = {
        {"p256", MR_KEY_P256, {MR_ALG_ES256}},
        {"p384", MR_KEY_P384, {MR_ALG_ES384}},
        {"rsa", MR_KEY_RSA, {MR_ALG_RS256, MR_ALG_RS384, MR_ALG_RS512, MR_ALG_PS256, MR_ALG_PS384, MR_ALG_PS512}},
        {"ed", MR_KEY_ED25519, {MR_ALG_EDDSA}},
    };
    TOKEN_OR_SKIP();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        struct mr_seal_key s;
        assert_ok(open_with("Merit", cases[i].name, TOKEN_PIN, &s, &err), err);
        assert_int_equal(mr_key_get_kind(s.key), cases[i].kind);
        assert_true(mr_key_is_private(s.key) && mr_key_is_elsewhere(s.key));
        assert_str(mr_certificate_subject(s.certificate)->common_name, cases[i].name);
        assert_int_equal(s.issuer_count, 1);
        for (size_t n = 0; n < 6 && cases[i].algs[n]; n++) {
            mr_str signature, parts[] = {MR_STR("what is "), MR_STR("sealed")};
            assert_ok(mr_key_sign(s.key, cases[i].algs[n], parts, 2, &world->arena, &signature, &err), err);
            assert_peer_verifies(&s, cases[i].name, cases[i].algs[n], signature);
        }
        mr_seal_key_done(&s);
    }
}

static void test_pkcs11__the_private_key_is_never_here(void **state)
{
    struct mr_err err = {0};
    struct mr_seal_key s;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_KEY_FILE);
    TOKEN_OR_SKIP();
    assert_ok(open_with("Merit", "ed", TOKEN_PIN, &s, &err), err);
    assert_code(mr_key_write_pem(s.key, MR_STR("x"), &out, &err), MR_E_KEY, err);
    assert_int_equal(out.len, 0);
    assert_non_null(mr_key_pkey(s.key)); /* the public part */
    assert_ok(mr_key_write_jwk(s.key, &out, &err), err);
    mr_seal_key_done(&s);
}

static void test_pkcs11__says_what_is_wrong(void **state)
{
    static const struct {
        const char *token, *object, *pin;
        mr_code code;
        const char *said;
    } cases[] = {
        {"Merit", "nobody", TOKEN_PIN, MR_E_NOT_FOUND, "no such private key"},
        {"Nowhere", "p256", TOKEN_PIN, MR_E_NOT_FOUND, "no such token"},
        {"Merit", "twin", TOKEN_PIN, MR_E_KEY, "several private keys"},
        {"Merit", NULL, TOKEN_PIN, MR_E_KEY, "several private keys"},
        {"Merit", "p256", "", MR_E_PASSWORD, "asks for its PIN"},
        {"Merit", "p256", "0000", MR_E_PASSWORD, "PIN of the token is wrong"},
        {"Merit", "p256", "0000", MR_E_PASSWORD, "refused this PIN before"},
        {"Other", "bare", TOKEN_PIN, MR_E_CERTIFICATE, "certificate"},
    };
    TOKEN_OR_SKIP();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        struct mr_seal_key s;
        int code = open_with(cases[i].token, cases[i].object, cases[i].pin, &s, &err);
        if (code != (int)cases[i].code || !strstr(err.message, cases[i].said))
            fail_msg("case %zu: %s: %s (%s)", i, mr_code_name((mr_code)code), err.message, err.detail);
    }
}

static void test_pkcs11__says_which_library_is_missing(void **state)
{
    static const char *const cases[] = {"pkcs11:object=a?module-path=/nowhere/libdevice.so",
                                        "pkcs11:object=a?module-name=no-such-device",
                                        "pkcs11:object=a?module-path=libc.so.6"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        struct mr_seal_key s;
        const struct mr_pkcs11_opening o = {.uri = mr_str_of(cases[i])};
        assert_code(mr_pkcs11_open(&o, &s, &err), MR_E_LIBRARY, err);
        assert_non_null(strstr(cases[i], err.detail));
    }
}

static void test_pkcs11__takes_certificates_from_a_file(void **state)
{
    struct mr_err err = {0};
    struct mr_seal_key s;
    mr_str text = TEXT, signature;
    TOKEN_OR_SKIP();
    mr_certificate *given[] = {peer_certificate(world, "bare.pem"), peer_certificate(world, "root.pem")};
    mr_certificate *wrong[] = {peer_certificate(world, "p256.pem")};
    struct mr_pkcs11_opening o = {.uri = token_uri(world, "Other", NULL), /* the only key there */
                                  .pin = MR_STR(TOKEN_PIN),
                                  .certificates = given,
                                  .certificate_count = 2};
    assert_ok(mr_pkcs11_open(&o, &s, &err), err);
    assert_int_equal(s.issuer_count, 1);
    assert_ok(mr_key_sign(s.key, MR_ALG_ES256, &text, 1, &world->arena, &signature, &err), err);
    mr_seal_key_done(&s);
    o.certificates = wrong, o.certificate_count = 1;
    assert_code(mr_pkcs11_open(&o, &s, &err), MR_E_CERTIFICATE, err);
    for (size_t i = 0; i < 2; i++) mr_certificate_free(given[i]);
    mr_certificate_free(wrong[0]);
}

/* The same functions that the key uses. */
static CK_FUNCTION_LIST *functions(void)
{
    CK_C_GetFunctionList list;
    CK_FUNCTION_LIST *f = NULL;
    void *handle = dlopen(token_module(), RTLD_NOW | RTLD_LOCAL);
    assert_non_null(handle);
    *(void **)(void *)&list = dlsym(handle, "C_GetFunctionList");
    assert_int_equal(list(&f), CKR_OK);
    return f;
}

static void end_all_sessions(void)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    CK_FUNCTION_LIST *f = functions();
    assert_int_equal(f->C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
    for (CK_ULONG i = 0; i < count; i++) f->C_CloseAllSessions(slots[i]);
}

static void test_pkcs11__goes_on_after_the_token_was_away(void **state)
{
    struct mr_err err = {0};
    struct mr_seal_key s;
    mr_str text = TEXT, signature;
    TOKEN_OR_SKIP();
    assert_ok(open_with("Merit", "p256", TOKEN_PIN, &s, &err), err);
    for (int i = 0; i < 3; i++) {
        end_all_sessions();
        assert_ok(mr_key_sign(s.key, MR_ALG_ES256, &text, 1, &world->arena, &signature, &err), err);
    }
    mr_seal_key_done(&s);
}

/* ---- threads ---- */

enum { THREADS = 6, EACH = 60 };

struct work {
    mr_key *key;
    size_t good;
};

static void *sign_many(void *argument)
{
    struct work *w = argument;
    mr_arena a;
    mr_arena_init(&a, 1024 * 1024);
    for (int i = 0; i < EACH; i++) {
        mr_str text = mr_arena_format(&a, "text %d", i), signature;
        w->good += mr_key_sign(w->key, MR_ALG_ES256, &text, 1, &a, &signature, NULL) == MR_OK;
    }
    mr_arena_done(&a);
    return NULL;
}

static void test_pkcs11__signs_from_several_threads(void **state)
{
    struct mr_err err = {0};
    struct mr_seal_key s;
    pthread_t threads[THREADS];
    struct work work[THREADS];
    TOKEN_OR_SKIP();
    assert_ok(open_with("Merit", "p256", TOKEN_PIN, &s, &err), err);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < THREADS; i++) {
            work[i] = (struct work){.key = s.key};
            assert_int_equal(pthread_create(&threads[i], NULL, sign_many, &work[i]), 0);
        }
        for (size_t i = 0; i < THREADS; i++) {
            pthread_join(threads[i], NULL);
            assert_int_equal(work[i].good, EACH);
        }
        end_all_sessions(); /* between, so that all begin anew at once; SoftHSM 2.6.1 crashes when it is done meanwhile */
    }
    mr_seal_key_done(&s);
}

/* Not judged: told. */
static void test_pkcs11__rate(void **state)
{
    static const char *const names[] = {"p256", "rsa", "ed"};
    TOKEN_OR_SKIP();
    for (size_t i = 0; i < 3; i++) {
        struct mr_err err = {0};
        struct mr_seal_key s;
        struct timespec from, to;
        mr_str text = TEXT, signature;
        assert_ok(open_with("Merit", names[i], TOKEN_PIN, &s, &err), err);
        clock_gettime(CLOCK_MONOTONIC, &from);
        for (int n = 0; n < 100; n++)
            assert_ok(mr_key_sign(s.key, mr_key_default_alg(s.key), &text, 1, &world->arena, &signature, &err), err);
        clock_gettime(CLOCK_MONOTONIC, &to);
        double us = ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / 1e3 / 100;
        printf("# %s: %.0f us for a signature, looked at\n", names[i], us);
        mr_seal_key_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pkcs11__signs_in_the_token),
        cmocka_unit_test(test_pkcs11__the_private_key_is_never_here),
        cmocka_unit_test(test_pkcs11__says_what_is_wrong),
        cmocka_unit_test(test_pkcs11__says_which_library_is_missing),
        cmocka_unit_test(test_pkcs11__takes_certificates_from_a_file),
        cmocka_unit_test(test_pkcs11__goes_on_after_the_token_was_away),
        cmocka_unit_test(test_pkcs11__signs_from_several_threads),
        cmocka_unit_test(test_pkcs11__rate),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
