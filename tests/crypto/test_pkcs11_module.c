/* What devices do that SoftHSM does not: count wrong PINs, lock, ask for the PIN by themselves or for every signature, go away, and sign with another key. */
#include "fake_device.h"
#include "pki.h"

#include "base/limits.h"
#include "crypto/authority.h"
#include "crypto/inside.h"
#include "crypto/pkcs11.h"

#include <dlfcn.h>

static mr_arena arena;
static struct fake_device *device;
static struct mr_authority authority;
static struct mr_seal_key seal;

static int sign_as_told(const void *octets, size_t size, void *out)
{
    mr_digest digest = {.size = (uint8_t)size};
    memcpy(digest.bytes, octets, size);
    return mr_ec_sign(seal.key, &digest, out, NULL);
}

static int sign_nonsense(const void *octets, size_t size, void *out)
{
    memset(out, 1, 64);
    return 0;
}

static const char *module(void)
{
    return getenv("MERIT_FAKE_DEVICE");
}

static int setup(void **state)
{
    const struct mr_seal_subject subject = {MR_STR("Invented"), MR_STR("VATDK-00000000"), MR_STR("DK"), MR_STR("x")};
    mr_arena_init(&arena, 4 * MR_MIB);
    if (!module()) return 0;
    void *handle = dlopen(module(), RTLD_NOW | RTLD_LOCAL);
    device = handle ? dlsym(handle, "fake_device") : NULL;
    if (!device || mr_authority_new(mr_env_system(), &authority, NULL) != MR_OK) return -1;
    return mr_authority_issue_seal(&authority, mr_env_system(), &subject, MR_KEY_P256, &seal, NULL);
}

static int teardown(void **state)
{
    mr_seal_key_done(&seal);
    mr_authority_done(&authority);
    mr_arena_done(&arena);
    return 0;
}

#define DEVICE_OR_SKIP()                                                                                               \
    if (!device) test_skip("no MERIT_FAKE_DEVICE")

/* As new; pin: another for each test, for refused ones are remembered. */
static void reset(const char *pin)
{
    static uint8_t point[2 + 65] = {0x04, 65};
    uint8_t whole[133];
    assert_true(mr_ec_point(seal.key, whole));
    memcpy(point + 2, whole, 65);
    mr_str der = mr_certificate_der(seal.certificate);
    *device = (struct fake_device){.pin = pin,
                                   .point = point,
                                   .point_size = sizeof point,
                                   .certificate = der.ptr,
                                   .certificate_size = der.len,
                                   .sign = sign_as_told};
}

static int open_with(const char *pin, bool typed, struct mr_seal_key *ret, struct mr_err *err)
{
    const struct mr_pkcs11_opening o = {.uri = mr_arena_format(&arena, "pkcs11:token=Fake?module-path=%s", module()),
                                        .pin = mr_str_of(pin),
                                        .pin_typed = typed};
    return mr_pkcs11_open(&o, ret, err);
}

static int sign_text(struct mr_seal_key *s, struct mr_err *err)
{
    mr_str text = MR_STR("text"), signature;
    return mr_key_sign(s->key, MR_ALG_ES256, &text, 1, &arena, &signature, err);
}

static void test_pkcs11_module__gives_a_wrong_pin_once(void **state)
{
    struct mr_err err = {0};
    struct mr_seal_key s;
    DEVICE_OR_SKIP();
    reset("1111");
    for (int i = 0; i < 3; i++) {
        assert_code(open_with("2222", false, &s, &err), MR_E_PASSWORD, err);
        assert_int_equal(device->logins, 1);
        if (i == 0) assert_non_null(strstr(err.detail, "few tries"));
        if (i > 0) assert_non_null(strstr(err.message, "refused this PIN before"));
    }
    assert_code(open_with("3333", false, &s, &err), MR_E_PASSWORD, err); /* another one is given */
    assert_int_equal(device->logins, 2);
    assert_non_null(strstr(err.detail, "one more wrong PIN"));
    assert_int_equal(device->opened, device->closed);
}

static void test_pkcs11_module__leaves_the_last_try_to_a_person(void **state)
{
    struct mr_err err = {0};
    struct mr_seal_key s;
    DEVICE_OR_SKIP();
    reset("1112");
    device->flags = CKF_USER_PIN_FINAL_TRY;
    assert_code(open_with("1112", false, &s, &err), MR_E_STATE, err);
    assert_int_equal(device->logins, 0);
    assert_ok(open_with("1112", true, &s, &err), err);
    assert_int_equal(device->logins, 1);
    mr_seal_key_done(&s);
    reset("1112");
    device->flags = CKF_USER_PIN_LOCKED;
    assert_code(open_with("1112", true, &s, &err), MR_E_STATE, err);
    assert_non_null(strstr(err.message, "locked"));
    assert_int_equal(device->logins, 0);
}

static void test_pkcs11_module__lets_the_device_ask(void **state)
{
    struct mr_err err = {0};
    struct mr_seal_key s;
    DEVICE_OR_SKIP();
    reset("1113");
    device->flags = CKF_PROTECTED_AUTHENTICATION_PATH;
    assert_ok(open_with("", false, &s, &err), err);
    assert_int_equal(device->pin_was_null, 1);
    assert_ok(sign_text(&s, &err), err);
    mr_seal_key_done(&s);
}

static void test_pkcs11_module__gives_the_pin_for_each_signature_when_asked(void **state)
{
    struct mr_err err = {0};
    struct mr_seal_key s;
    DEVICE_OR_SKIP();
    reset("1114");
    device->asks_always = CK_TRUE;
    assert_ok(open_with("1114", false, &s, &err), err);
    assert_ok(sign_text(&s, &err), err);
    assert_ok(sign_text(&s, &err), err);
    assert_int_equal(device->context_logins, 2);
    assert_int_equal(device->logins, 1);
    device->refuses_context = 1;
    for (int i = 0; i < 3; i++) assert_code(sign_text(&s, &err), MR_E_PASSWORD, err);
    assert_int_equal(device->context_logins, 3); /* once */
    mr_seal_key_done(&s);
    assert_int_equal(device->opened, device->closed);
}

static void test_pkcs11_module__tries_once_more_when_it_was_away(void **state)
{
    struct mr_err err = {0};
    struct mr_seal_key s;
    DEVICE_OR_SKIP();
    reset("1115");
    assert_ok(open_with("1115", false, &s, &err), err);
    device->gone = 1;
    assert_ok(sign_text(&s, &err), err);
    assert_int_equal(device->opened, 2);
    assert_int_equal(device->logins, 2);
    device->gone = 2;
    assert_code(sign_text(&s, &err), MR_E_STATE, err);
    assert_non_null(strstr(err.message, "taken out"));
    assert_ok(sign_text(&s, &err), err); /* and it is there again */
    mr_seal_key_done(&s);
    assert_int_equal(device->opened, device->closed);
}

static void test_pkcs11_module__gives_no_signature_away_that_does_not_fit(void **state)
{
    struct mr_err err = {0};
    struct mr_seal_key s;
    DEVICE_OR_SKIP();
    reset("1116");
    device->sign = sign_nonsense;
    assert_ok(open_with("1116", false, &s, &err), err);
    assert_code(sign_text(&s, &err), MR_E_KEY, err);
    mr_seal_key_done(&s);
}

static void test_pkcs11_module__takes_the_public_half_from_the_certificate(void **state)
{
    struct mr_err err = {0};
    struct mr_seal_key s;
    DEVICE_OR_SKIP();
    reset("1117");
    device->point = NULL;
    assert_ok(open_with("1117", false, &s, &err), err);
    assert_ok(sign_text(&s, &err), err);
    mr_seal_key_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pkcs11_module__gives_a_wrong_pin_once),
        cmocka_unit_test(test_pkcs11_module__leaves_the_last_try_to_a_person),
        cmocka_unit_test(test_pkcs11_module__lets_the_device_ask),
        cmocka_unit_test(test_pkcs11_module__gives_the_pin_for_each_signature_when_asked),
        cmocka_unit_test(test_pkcs11_module__tries_once_more_when_it_was_away),
        cmocka_unit_test(test_pkcs11_module__gives_no_signature_away_that_does_not_fit),
        cmocka_unit_test(test_pkcs11_module__takes_the_public_half_from_the_certificate),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
