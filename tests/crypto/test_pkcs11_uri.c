/* PKCS#11 URIs, with the examples of RFC 7512 section 3. */
#include "testing.h"

#include "crypto/pkcs11_uri.h"

static mr_arena arena;

static int setup(void **state)
{
    mr_arena_init(&arena, 1024 * 1024);
    return 0;
}
static int teardown(void **state)
{
    mr_arena_done(&arena);
    return 0;
}

/* NULL: not named. */
static void test_pkcs11_uri__reads_the_examples_of_the_standard(void **state)
{
    static const struct {
        const char *uri, *token, *object, *id, *serial, *module_path, *pin_source;
    } cases[] = {
        {"pkcs11:", NULL, NULL, NULL, NULL, NULL, NULL},
        {"pkcs11:object=my-pubkey;type=public", NULL, "my-pubkey", NULL, NULL, NULL, NULL},
        {"pkcs11:object=my-key;type=private?pin-source=file:/etc/token", NULL, "my-key", NULL, NULL, NULL,
         "file:/etc/token"},
        {"pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;object=my-"
         "certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial=?pin-source=file:/etc/token_pin",
         "The Software PKCS#11 Softtoken", "my-certificate", "\x69\x95\x3E\x5C\xF4\xBD\xEC\x91", "", NULL,
         "file:/etc/token_pin"},
        {"pkcs11:object=my-sign-key;type=private?module-path=/mnt/libmypkcs11.so.1", NULL, "my-sign-key", NULL, NULL,
         "/mnt/libmypkcs11.so.1", NULL},
        {"pkcs11:token=A%20name%20with%20a%20substring%20%25%3B;object=my-certificate;type=cert",
         "A name with a substring %;", "my-certificate", NULL, NULL, NULL, NULL},
        {"pkcs11:token=Name%20with%20a%20small%20A%20with%20acute:%20%C3%A1;object=my-certificate;type=cert",
         "Name with a small A with acute: \xC3\xA1", "my-certificate", NULL, NULL, NULL, NULL},
        {"PKCS11:token=a;;object=b", "a", "b", NULL, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        struct mr_pkcs11_uri u;
        assert_true(mr_pkcs11_uri_is(mr_str_of(cases[i].uri)));
        assert_ok(mr_pkcs11_uri_read(&arena, mr_str_of(cases[i].uri), &u, &err), err);
        const mr_str got[] = {u.token, u.object, u.id, u.serial, u.module_path, u.pin_source};
        const char *wanted[] = {cases[i].token,  cases[i].object,      cases[i].id,
                                cases[i].serial, cases[i].module_path, cases[i].pin_source};
        for (size_t n = 0; n < 6; n++) {
            assert_str(got[n], wanted[n]);
            assert_true((got[n].ptr == NULL) == (wanted[n] == NULL)); /* "serial=" asks for an empty one */
        }
    }
}

static void test_pkcs11_uri__refuses_what_would_choose_another_key(void **state)
{
    static const struct {
        const char *uri;
        mr_code code;
    } cases[] = {
        {"pkcs12:token=a", MR_E_FORMAT},
        {"pkcs11:tokn=a", MR_E_UNSUPPORTED},
        {"pkcs11:token=a?pin-sorce=b", MR_E_UNSUPPORTED},
        {"pkcs11:library-description=a", MR_E_UNSUPPORTED},
        {"pkcs11:token=a;token=b", MR_E_FORMAT},
        {"pkcs11:token", MR_E_FORMAT},
        {"pkcs11:=a", MR_E_FORMAT},
        {"pkcs11:token=%", MR_E_FORMAT},
        {"pkcs11:token=%4", MR_E_FORMAT},
        {"pkcs11:token=%4g", MR_E_FORMAT},
        {"pkcs11:token=%00", MR_E_FORMAT},
        {"pkcs11:object=%ff", MR_E_FORMAT},
        {"pkcs11:slot-id=x", MR_E_FORMAT},
        {"pkcs11:?module-name=../evil", MR_E_FORMAT},
        {"pkcs11:?module-name=a&module-path=/b", MR_E_FORMAT},
        {"pkcs11:?pin-value=1&pin-source=/b", MR_E_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        struct mr_pkcs11_uri u;
        int code = mr_pkcs11_uri_read(&arena, mr_str_of(cases[i].uri), &u, &err);
        if (code != (int)cases[i].code) fail_msg("%s: %s", cases[i].uri, mr_code_name((mr_code)code));
    }
}

static void test_pkcs11_uri__shows_no_pin(void **state)
{
    assert_str(mr_pkcs11_uri_show(&arena, MR_STR("pkcs11:token=a?pin-value=1234&module-path=/b")),
               "pkcs11:token=a?pin-value=...");
    assert_str(mr_pkcs11_uri_show(&arena, MR_STR("pkcs11:token=a")), "pkcs11:token=a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pkcs11_uri__reads_the_examples_of_the_standard),
        cmocka_unit_test(test_pkcs11_uri__refuses_what_would_choose_another_key),
        cmocka_unit_test(test_pkcs11_uri__shows_no_pin),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
