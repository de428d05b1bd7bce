/* JSON Web Keys: the thumbprints of the standards, private keys that pass for nothing else, sets. */
#include "testing.h"

#include "base/encoding.h"
#include "proof/jwk.h"

#define RSA_N                                                                                                          \
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj" \
    "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ" \
    "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK" \
    "nqDKgw"
#define OKP_X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define OKP_D "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"

static int setup(void **state)
{
    static mr_arena a;
    mr_arena_init(&a, 1 << 20);
    *state = &a;
    return 0;
}

static int teardown(void **state)
{
    mr_arena_done(*state);
    return 0;
}

static const mr_json *json_of(mr_arena *a, const char *text)
{
    struct mr_err err = {0};
    const mr_json *v = NULL;
    assert_ok(mr_json_parse(a, mr_str_of(text), NULL, &v, &err), err);
    return v;
}

static void test_jwk_thumbprint__is_that_of_the_standards(void **state)
{
    static const struct {
        const char *jwk, *thumbprint;
    } cases[] = {
        /* RFC 7638 section 3.1 */
        {"{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}",
         "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
        /* RFC 8037 A.3 */
        {"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" OKP_X "\"}", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        uint8_t digest[32];
        MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
        MR_CLEANUP(mr_buf_done) mr_buf text;
        mr_buf_init(&text, 100);
        assert_ok(mr_jwk_read(json_of(*state, cases[i].jwk), &key, &err), err);
        assert_ok(mr_jwk_thumbprint(key, digest, &err), err);
        mr_base64url_put(&text, mr_str_make((const char *)digest, 32));
        assert_str(mr_buf_str(&text), cases[i].thumbprint);
    }
}

static void test_jwk_read__takes_no_private_key_and_no_other_shape(void **state)
{
#define OKP "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" OKP_X "\""
    static const struct {
        const char *jwk;
        mr_code public, private;
    } cases[] = {
        {"{" OKP "}", MR_OK, MR_E_FORMAT},
        {"{" OKP ",\"d\":\"" OKP_D "\"}", MR_E_FORMAT, MR_OK},
        {"{" OKP ",\"d\":null}", MR_E_FORMAT, MR_E_FORMAT},
        {"{" OKP ",\"d\":\"\"}", MR_E_FORMAT, MR_E_FORMAT},
        {"{\"kty\":\"oct\",\"k\":\"AAAA\"}", MR_E_FORMAT, MR_E_UNSUPPORTED},
        {"{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"p\":\"AQAB\"}", MR_E_FORMAT, MR_E_UNSUPPORTED},
        {"{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" OKP_X "\"}", MR_E_UNSUPPORTED, MR_E_UNSUPPORTED},
        {"{\"kty\":[],\"crv\":\"Ed25519\",\"x\":\"" OKP_X "\"}", MR_E_FORMAT, MR_E_FORMAT},
        {"{}", MR_E_UNSUPPORTED, MR_E_UNSUPPORTED},
        {"[]", MR_E_FORMAT, MR_E_FORMAT},
        {"\"x\"", MR_E_FORMAT, MR_E_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        MR_CLEANUP(mr_key_freep) mr_key *public = NULL, *private = NULL;
        int code = mr_jwk_read(json_of(*state, cases[i].jwk), &public, &err);
        if (code != (int)cases[i].public) fail_msg("%s: %s", cases[i].jwk, mr_code_name((mr_code)code));
        code = mr_jwk_read_private(json_of(*state, cases[i].jwk), &private, &err);
        if (code != (int)cases[i].private) fail_msg("private %s: %s", cases[i].jwk, mr_code_name((mr_code)code));
        if (private) assert_true(mr_key_is_private(private));
    }
    struct mr_err err = {0};
    mr_key *key = NULL;
    assert_code(mr_jwk_read(NULL, &key, &err), MR_E_FORMAT, err);
}

static void test_jwks_find__never_chooses_between_two(void **state)
{
    static const struct {
        const char *set, *kid, *found;
    } cases[] = {
        {"{\"keys\":[{\"kid\":\"a\",\"x\":\"1\"},{\"kid\":\"b\",\"x\":\"2\"}]}", "b", "2"},
        {"{\"keys\":[{\"kid\":\"a\",\"x\":\"1\"},{\"kid\":\"b\",\"x\":\"2\"}]}", "c", ""},
        {"{\"keys\":[{\"kid\":\"a\",\"x\":\"1\"},{\"kid\":\"b\",\"x\":\"2\"}]}", "", ""},
        {"{\"keys\":[{\"kid\":\"a\",\"x\":\"1\"},{\"kid\":\"a\",\"x\":\"2\"}]}", "a", ""},
        {"{\"keys\":[{\"kid\":\"a\",\"x\":\"1\"}]}", "", "1"},
        {"{\"keys\":[{\"x\":\"1\"}]}", "a", ""},
        {"{\"keys\":[7,{\"kid\":7},{\"kid\":\"a\",\"x\":\"1\"}]}", "a", "1"},
        {"{\"keys\":[]}", "", ""},
        {"{\"keys\":{\"kid\":\"a\"}}", "a", ""},
        {"[]", "a", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_json *found = mr_jwks_find(json_of(*state, cases[i].set), mr_str_of(cases[i].kid));
        if (!mr_str_is(mr_json_get_str(found, "x"), cases[i].found)) fail_msg("%s %s", cases[i].set, cases[i].kid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jwk_thumbprint__is_that_of_the_standards),
        cmocka_unit_test(test_jwk_read__takes_no_private_key_and_no_other_shape),
        cmocka_unit_test(test_jwks_find__never_chooses_between_two),
    };
    return cmocka_run_group_tests_name("proof/jwk", tests, setup, teardown);
}
