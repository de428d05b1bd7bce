/* Compact JWS: the RFCs' own examples, then what must be refused, then our own tokens, which nobody may change. */
#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/authority.h"
#include "json/write.h"
#include "proof/jose.h"

struct fixture {
    mr_arena a;
    mr_buf out;
    struct mr_err err;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f) return -1;
    mr_arena_init(&f->a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&f->out, MR_LIMIT_DOCUMENT);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    mr_buf_done(&f->out);
    mr_arena_done(&f->a);
    free(f);
    return 0;
}

/* ---- known answers ---- */

/* RFC 7515 A.3 and A.4, RFC 8037 A.4: token and public key as printed there. */
#define ES256_TOKEN                                                                                                    \
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnV" \
    "lfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define ES256_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define ES256_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"

static const struct known {
    const char *name, *token, *payload;
    mr_alg alg;
    struct mr_jwk key;
} known[] = {
    {"RFC 7515 A.3",
     ES256_TOKEN,
     "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
     MR_ALG_ES256,
     {.kty = MR_STR_INIT("EC"), .crv = MR_STR_INIT("P-256"), .x = MR_STR_INIT(ES256_X), .y = MR_STR_INIT(ES256_Y)}},
    {"RFC 7515 A.4",
     "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0"
     "aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
     "Payload",
     MR_ALG_ES512,
     {.kty = MR_STR_INIT("EC"),
      .crv = MR_STR_INIT("P-521"),
      .x = MR_STR_INIT("AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk"),
      .y = MR_STR_INIT("ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2")}},
    {"RFC 8037 A.4",
     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-"
     "09PGcvMg3AIbQR6dWbhijcNR4ki4i"
     "ylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
     "Example of Ed25519 signing",
     MR_ALG_EDDSA,
     {.kty = MR_STR_INIT("OKP"),
      .crv = MR_STR_INIT("Ed25519"),
      .x = MR_STR_INIT("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")}},
};

static void test_jws_verify__agrees_with_the_standards(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct known *k = &known[i];
        MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
        mr_jws j;
        printf("# %s\n", k->name);
        assert_ok(mr_key_of_jwk(&k->key, &key, &f->err), f->err);
        assert_ok(mr_jws_read(&f->a, mr_str_of(k->token), &j, &f->err), f->err);
        assert_str(j.payload, k->payload);
        assert_int_equal(j.alg, k->alg);
        assert_ok(mr_jws_verify(&j, key, &f->err), f->err);
        mr_jws_done(&j);
    }
}

/* Every character replaced by its neighbour, so that also the unused bits at the ends are tried. */
static void test_jws_verify__refuses_every_changed_character(void **state)
{
    struct fixture *f = *state;
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    char token[] = ES256_TOKEN;
    assert_ok(mr_key_of_jwk(&known[0].key, &key, &f->err), f->err);
    for (size_t i = 0; i + 1 < sizeof token; i++) {
        char old = token[i];
        mr_jws j;
        token[i] = old == '.' ? 'A' : (char)(old == 'z' ? 'a' : old + 1);
        int code = mr_jws_read(&f->a, mr_str_make(token, sizeof token - 1), &j, &f->err);
        if (code == MR_OK) {
            code = mr_jws_verify(&j, key, &f->err);
            mr_jws_done(&j);
        }
        if (code == MR_OK) fail_msg("character %zu may be changed from %c to %c", i, old, token[i]);
        token[i] = old;
    }
}

/* ---- what must be refused ---- */

static mr_str token_of(struct fixture *f, const char *header, const char *rest)
{
    mr_buf_clear(&f->out);
    mr_base64url_put(&f->out, mr_str_of(header));
    mr_buf_puts(&f->out, rest);
    mr_str token = mr_arena_dup(&f->a, mr_buf_str(&f->out));
    assert_non_null(token.ptr);
    return token;
}

static const struct header_case {
    const char *header;
    mr_code code;
} headers[] = {
    {"{\"alg\":\"ES256\"}", MR_OK},
    {"{\"alg\":\"ES256\",\"typ\":\"vc+jwt\",\"cty\":\"vc\",\"kid\":\"a\",\"unknown\":[1]}", MR_OK},
    {"{\"alg\":\"ES256\",\"b64\":true,\"crit\":[\"b64\"]}", MR_OK},
    {"{\"alg\":\"none\"}", MR_E_UNSUPPORTED},
    {"{\"alg\":\"None\"}", MR_E_UNSUPPORTED},
    {"{\"alg\":\"HS256\"}", MR_E_UNSUPPORTED},
    {"{\"alg\":\"ES256K\"}", MR_E_UNSUPPORTED},
    {"{\"alg\":\"\"}", MR_E_UNSUPPORTED},
    {"{\"alg\":256}", MR_E_FORMAT},
    {"{}", MR_E_FORMAT},
    {"[]", MR_E_FORMAT},
    {"\"ES256\"", MR_E_FORMAT},
    {"", MR_E_JSON},
    {"{\"alg\":\"ES256\"", MR_E_JSON},
    {"{\"alg\":\"ES256\",\"alg\":\"ES256\"}", MR_E_JSON_DUPLICATE},
    {"{\"alg\":\"ES256\",\"al\\u0067\":\"none\"}", MR_E_JSON_DUPLICATE},
    {"{\"alg\":\"ES256\",\"crit\":[\"b64\"]}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"crit\":[]}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"crit\":\"b64\"}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"crit\":[1]}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"exp\":1,\"crit\":[\"exp\"]}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"crit\":[\"alg\"]}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"b64\":true,\"crit\":[\"b64\",\"b64\"]}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"b64\":true}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"b64\":false}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"b64\":false,\"crit\":[\"b64\"]}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"typ\":1}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"kid\":42}", MR_OK},
    {"{\"alg\":\"ES256\",\"x5c\":[]}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"x5c\":\"AAAA\"}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"x5c\":[1]}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"x5c\":[\"AA\"]}", MR_E_ENCODING},
    {"{\"alg\":\"ES256\",\"x5c\":[\"AAAA\"]}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"jwk\":\"\"}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}", MR_E_FORMAT},
    {"{\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" ES256_X "\",\"y\":\"" ES256_Y "\"}}",
     MR_OK},
    {"{\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" ES256_X "\",\"y\":\"" ES256_Y
     "\",\"d\":\"AA\"}}",
     MR_E_FORMAT},
};

static void test_jws_read__judges_headers(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        mr_jws j;
        int code = mr_jws_read(&f->a, token_of(f, headers[i].header, ".e30.AAAA"), &j, &f->err);
        if (code != (int)headers[i].code)
            fail_msg("%s: got %s, wanted %s", headers[i].header, mr_code_name((mr_code)code),
                     mr_code_name(headers[i].code));
        if (code == MR_OK) mr_jws_done(&j);
    }
}

static void test_jws_read__refuses_other_forms(void **state)
{
    static const struct {
        const char *token;
        mr_code code;
    } cases[] = {
        {"", MR_E_FORMAT},
        {"..", MR_E_JSON},
        {"eyJhbGciOiJFUzI1NiJ9", MR_E_FORMAT},
        {"eyJhbGciOiJFUzI1NiJ9.e30", MR_E_FORMAT},
        {"eyJhbGciOiJFUzI1NiJ9.e30.AAAA.AAAA", MR_E_FORMAT},
        {"eyJhbGciOiJFUzI1NiJ9.e30.AAAA.", MR_E_FORMAT},
        {"eyJhbGciOiJFUzI1NiJ9.e30=.AAAA", MR_E_ENCODING},
        {"eyJhbGciOiJFUzI1NiJ9.e3 .AAAA", MR_E_ENCODING},
        {"eyJhbGciOiJFUzI1NiJ9.e30.AA+A", MR_E_ENCODING},
        {"eyJhbGciOiJFUzI1NiJ9.e30.AAAAA", MR_E_ENCODING},
        {"eyJhbGciOiJFUzI1NiJ9.e30.AB", MR_E_ENCODING},
        {"eyJhbGciOiJFUzI1NiJ9.e30.AAAA\n", MR_E_ENCODING},
        {" eyJhbGciOiJFUzI1NiJ9.e30.AAAA", MR_E_ENCODING},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_jws j;
        int code = mr_jws_read(&f->a, mr_str_of(cases[i].token), &j, &f->err);
        if (code != (int)cases[i].code)
            fail_msg("%s: got %s, wanted %s", cases[i].token, mr_code_name((mr_code)code), mr_code_name(cases[i].code));
    }
}

static void test_jws_read__tells_where_the_encoding_is_wrong(void **state)
{
    struct fixture *f = *state;
    mr_jws j;
    assert_code(mr_jws_read(&f->a, MR_STR("eyJhbGciOiJFUzI1NiJ9.e3!0.AAAA"), &j, &f->err), MR_E_ENCODING, f->err);
    assert_int_equal(f->err.position, 23);
}

static void test_jws_read__shortens_media_types(void **state)
{
    struct fixture *f = *state;
    mr_jws j;
    mr_str token =
        token_of(f, "{\"alg\":\"ES256\",\"typ\":\"Application/vc+jwt\",\"cty\":\"application/a/b\"}", ".e30.AAAA");
    assert_ok(mr_jws_read(&f->a, token, &j, &f->err), f->err);
    assert_str(j.typ, "vc+jwt");
    assert_str(j.cty, "application/a/b");
    mr_jws_done(&j);
}

/* ---- our own tokens ---- */

static void sign_and_verify(struct fixture *f, mr_key_kind kind, const char *alg)
{
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_CLEANUP(mr_key_freep) mr_key *other = NULL;
    mr_jose_signer s;
    mr_jws j;
    static const mr_str payload = MR_STR_INIT("{\"name\":\"Zo\xC3\xAB\"}");
    static const struct mr_jose_header header = {
        .typ = "vc+jwt", .cty = "vc", .kid = MR_STR_INIT("did:web:example.eu#1"), .jwk = true};
    assert_ok(mr_key_generate(kind, 2048, &key, &f->err), f->err);
    assert_ok(mr_key_generate(kind, 2048, &other, &f->err), f->err);
    assert_ok(mr_jose_signer_init(&s, &f->a, key, &header, &f->err), f->err);
    mr_buf_clear(&f->out);
    mr_buf_puts(&f->out, "before ");
    assert_ok(mr_jose_sign(&s, payload, &f->a, &f->out, &f->err), f->err);
    mr_str token = mr_str_from(mr_buf_str(&f->out), 7);
    assert_ok(mr_jws_read(&f->a, token, &j, &f->err), f->err);
    assert_str_eq(j.payload, payload);
    assert_str(j.typ, "vc+jwt");
    assert_str(j.cty, "vc");
    assert_str(j.kid, "did:web:example.eu#1");
    assert_str(mr_json_get_str(j.header, "alg"), alg);
    assert_non_null(j.jwk);
    assert_ok(mr_jws_verify(&j, j.jwk, &f->err), f->err);
    assert_ok(mr_jws_verify(&j, key, &f->err), f->err);
    assert_code(mr_jws_verify(&j, other, &f->err), MR_E_SIGNATURE, f->err);
    mr_jws_done(&j);
}

static void test_jose_sign__every_kind_of_key(void **state)
{
    struct fixture *f = *state;
    sign_and_verify(f, MR_KEY_P256, "ES256");
    sign_and_verify(f, MR_KEY_P384, "ES384");
    sign_and_verify(f, MR_KEY_ED25519, "EdDSA");
    sign_and_verify(f, MR_KEY_RSA, "RS256");
}

static void test_jws_verify__refuses_a_key_of_another_kind(void **state)
{
    struct fixture *f = *state;
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    mr_jws j;
    assert_ok(mr_key_generate(MR_KEY_RSA, 2048, &key, &f->err), f->err);
    assert_ok(mr_jws_read(&f->a, MR_STR(ES256_TOKEN), &j, &f->err), f->err);
    assert_code(mr_jws_verify(&j, key, &f->err), MR_E_KEY, f->err);
    mr_jws_done(&j);
}

static void test_jose_sign__carries_the_chain(void **state)
{
    struct fixture *f = *state;
    mr_env env = test_env_fixed(1800000000000, 7);
    struct mr_authority authority;
    struct mr_seal_key seal;
    struct mr_seal_subject subject = {MR_STR("Invented University"), MR_STR("VATDK-00000000"), MR_STR("DK"),
                                      MR_STR("Seal")};
    mr_jose_signer s;
    mr_jws j;
    assert_ok(mr_authority_new(&env, &authority, &f->err), f->err);
    assert_ok(mr_authority_issue_seal(&authority, &env, &subject, MR_KEY_P256, &seal, &f->err), f->err);
    mr_certificate *chain[] = {seal.certificate, authority.certificate};
    const struct mr_jose_header header = {.typ = "vc+jwt", .cty = "vc", .chain = chain, .chain_count = 2};
    assert_code(mr_jose_signer_init(&s, &f->a, authority.key, &header, &f->err), MR_E_KEY, f->err);
    assert_ok(mr_jose_signer_init(&s, &f->a, seal.key, &header, &f->err), f->err);
    mr_buf_clear(&f->out);
    assert_ok(mr_jose_sign(&s, MR_STR("{}"), &f->a, &f->out, &f->err), f->err);
    assert_ok(mr_jws_read(&f->a, mr_buf_str(&f->out), &j, &f->err), f->err);
    assert_int_equal(j.certificate_count, 2);
    assert_null(j.jwk);
    assert_str_eq(mr_certificate_der(j.certificates[0]), mr_certificate_der(seal.certificate));
    assert_str_eq(mr_certificate_der(j.certificates[1]), mr_certificate_der(authority.certificate));
    assert_ok(mr_jws_verify(&j, mr_certificate_key(j.certificates[0]), &f->err), f->err);
    mr_jws_done(&j);
    mr_seal_key_done(&seal);
    mr_authority_done(&authority);
}

static void test_jose_sign__leaves_the_buffer_as_it_was_when_it_fails(void **state)
{
    struct fixture *f = *state;
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf small;
    mr_jose_signer s;
    assert_ok(mr_key_generate(MR_KEY_P256, 0, &key, &f->err), f->err);
    assert_ok(mr_jose_signer_init(&s, &f->a, key, &(struct mr_jose_header){.typ = "vc+jwt", .jwk = true}, &f->err),
              f->err);
    mr_buf_init(&small, 200);
    mr_buf_puts(&small, "kept");
    assert_code(
        mr_jose_sign(&s, MR_STR("{\"much\":\"too long for the room that is left here\"}"), &f->a, &small, &f->err),
        MR_E_LIMIT, f->err);
    assert_str(mr_buf_str(&small), "kept");
}

static void test_jose_signer_init__refuses_a_public_key(void **state)
{
    struct fixture *f = *state;
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    mr_jose_signer s;
    assert_ok(mr_key_of_jwk(&known[0].key, &key, &f->err), f->err);
    assert_code(mr_jose_signer_init(&s, &f->a, key, &(struct mr_jose_header){.typ = "vc+jwt"}, &f->err), MR_E_KEY,
                f->err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_jws_verify__agrees_with_the_standards, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jws_verify__refuses_every_changed_character, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jws_verify__refuses_a_key_of_another_kind, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jws_read__judges_headers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jws_read__refuses_other_forms, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jws_read__tells_where_the_encoding_is_wrong, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jws_read__shortens_media_types, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jose_sign__every_kind_of_key, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jose_sign__carries_the_chain, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jose_sign__leaves_the_buffer_as_it_was_when_it_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jose_signer_init__refuses_a_public_key, setup, teardown),
    };
    return cmocka_run_group_tests_name("jose", tests, NULL, NULL);
}
