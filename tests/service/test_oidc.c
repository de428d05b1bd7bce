/* What an ID token must say (OpenID Connect Core 1.0 section 3.1.3.7), and for which addresses somebody elsewhere may speak. */
#include "service/oidc.h"
#include "testing.h"

#define NOW INT64_C(1795132800000) /* 1795132800 seconds */

static const struct mr_elsewhere_provider provider = {.issuer = {"https://login.example.org", 25},
                                                      .client_id = {"merit", 5}};

static void test_oidc_check_claims__takes_tokens_for_us_of_now_alone(void **state)
{
    (void)state;
    static const struct {
        const char *claims;
        bool good;
    } cases[] = {
#define HEAD "{\"iss\":\"https://login.example.org\",\"sub\":\"7\",\"nonce\":\"n-1\","
#define TIMES "\"iat\":1795132700,\"exp\":1795133000"
        {HEAD TIMES ",\"aud\":\"merit\"}", true},
        {HEAD TIMES ",\"aud\":[\"merit\"]}", true},
        {HEAD TIMES ",\"aud\":[\"merit\",\"other\"],\"azp\":\"merit\"}", true},
        {HEAD TIMES ",\"aud\":[\"merit\",\"other\"]}", false},
        {HEAD TIMES ",\"aud\":[\"merit\",\"other\"],\"azp\":\"other\"}", false},
        {HEAD TIMES ",\"aud\":\"other\"}", false},
        {HEAD TIMES ",\"aud\":[]}", false},
        {HEAD TIMES "}", false},
        {HEAD "\"iat\":1795132700,\"exp\":1795132000,\"aud\":\"merit\"}", false},
        {HEAD "\"iat\":1795139999,\"exp\":1795149999,\"aud\":\"merit\"}", false},
        {HEAD "\"iat\":1795132700,\"aud\":\"merit\"}", false},
        {HEAD "\"exp\":1795133000,\"aud\":\"merit\"}", false},
        {HEAD "\"iat\":1795132700,\"exp\":\"1795133000\",\"aud\":\"merit\"}", false},
        {HEAD "\"iat\":1795132700,\"exp\":9223372036854775807,\"aud\":\"merit\"}", false},
        {"{\"iss\":\"https://login.example.org/\",\"sub\":\"7\",\"nonce\":\"n-1\"," TIMES ",\"aud\":\"merit\"}", false},
        {"{\"sub\":\"7\",\"nonce\":\"n-1\"," TIMES ",\"aud\":\"merit\"}", false},
        {"{\"iss\":\"https://login.example.org\",\"sub\":\"7\",\"nonce\":\"n-2\"," TIMES ",\"aud\":\"merit\"}", false},
        {"{\"iss\":\"https://login.example.org\",\"sub\":\"7\"," TIMES ",\"aud\":\"merit\"}", false},
        {"{\"iss\":\"https://login.example.org\",\"sub\":\"\",\"nonce\":\"n-1\"," TIMES ",\"aud\":\"merit\"}", false},
        {HEAD "\"iat\":-9223372036854775808,\"exp\":-9223372036854775808,\"aud\":\"merit\"}", false},
        {HEAD "\"iat\":1795132700,\"exp\":9223372036854775,\"aud\":\"merit\"}", false},
        {"[]", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        struct mr_err err = {0};
        const mr_json *claims;
        mr_arena_init(&a, 1 << 20);
        assert_ok(mr_json_parse(&a, mr_str_of(cases[i].claims), NULL, &claims, &err), err);
        int code = mr_oidc_check_claims(claims, &provider, MR_STR("n-1"), NOW, &err);
        if (code != (cases[i].good ? MR_OK : MR_E_SIGNATURE)) fail_msg("%s: %d", cases[i].claims, code);
        assert_int_not_equal(mr_oidc_check_claims(claims, &provider, MR_STR_EMPTY, NOW, &err), MR_OK);
    }
}

static void test_elsewhere_trusts__domains_and_what_lies_below_them(void **state)
{
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    const mr_json *domains;
    mr_arena_init(&a, 1 << 20);
    assert_ok(mr_json_parse(&a, MR_STR("[\"example.org\",\"\",7]"), NULL, &domains, &err), err);
    static const struct {
        const char *email;
        bool trusted;
    } cases[] = {{"a@example.org", true},
                 {"a@EXAMPLE.org", true},
                 {"a@students.example.org", true},
                 {"a@badexample.org", false},
                 {"a@example.org.evil.example", false},
                 {"example.org", false},
                 {"@example.org", false},
                 {"a@evil.example@example.org", false},
                 {"", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (mr_elsewhere_trusts(domains, mr_str_of(cases[i].email)) != cases[i].trusted) fail_msg("%s", cases[i].email);
    assert_false(mr_elsewhere_trusts(NULL, MR_STR("a@example.org")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oidc_check_claims__takes_tokens_for_us_of_now_alone),
        cmocka_unit_test(test_elsewhere_trusts__domains_and_what_lies_below_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
