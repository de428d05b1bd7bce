/* Baked pictures of others: 1EdTech's validators, Mozilla's bakery, Badgr. Each is read, what comes out is what is known to be in it, and of those with a token
 * its signature proves that not an octet was lost. Pictures without a badge have none, and can be baked. */
#include "testing.h"

#include "base/limits.h"
#include "credential/baked.h"
#include "credential/verify.h"

#define TEST_NOW INT64_C(1796000000000)

static const struct known {
    const char *file;
    size_t count;
    mr_baked_standard standard;
    size_t size;      /* octets of what is baked */
    const char *text; /* how it begins */
    bool is_signed;
} ob30[] =
    {
        {"simple-jwt.png", 1, MR_BAKED_OB3, 2263, "eyJhbGciOiJSUzI1NiIs", true},
        {"simple-jwt_v1.png", 1, MR_BAKED_OB3, 2549, "eyJhbGciOiJSUzI1NiIs", true},
        {"simple-jwt.svg", 1, MR_BAKED_OB3, 2263, "eyJhbGciOiJSUzI1NiIs", true},
        {"simple-jwt_v1.svg", 1, MR_BAKED_OB3, 2549, "eyJhbGciOiJSUzI1NiIs", true},
},
  ob20[] = {
      {"1edtech-validator/simple-badge.png", 1, MR_BAKED_OB2, 431,
       "{\"@context\":\"https://w3id.org/openbadges/v2\",\"type\":\"Assertion\"", false},
      {"badgr-backpack/baked_image.png", 1, MR_BAKED_OB2, 205, "{\"uid\":\"123abc\"", false},
      {"mozilla-bakery/baked.svg", 1, MR_BAKED_OB2, 39, "{\"verify\":{\"url\":\"http://example.org\"}}", false},
      {"mozilla-bakery/bad-json.svg", 1, MR_BAKED_OB2, 37, "{verify:{\"url\":\"http://example.org\"}}", false},
      {"mozilla-bakery/unbaked.png", 0, MR_BAKED_OB3, 0, "", false},
      {"mozilla-bakery/unbaked.svg", 0, MR_BAKED_OB3, 0, "", false},
      {"badgr-backpack/unbaked_image.png", 0, MR_BAKED_OB3, 0, "", false},
      {"badgr-backpack/test_badgeclass.svg", 0, MR_BAKED_OB3, 0, "", false},
      {"badgr-backpack/hacked-svg-with-embedded-script-tags.svg", 0, MR_BAKED_OB3, 0, "", false},
      {"1edtech-validator/assets/beths-robot-badge.png", 0, MR_BAKED_OB3, 0, "", false},
      {"1edtech-validator/assets/robotics-badge.png", 0, MR_BAKED_OB3, 0, "", false},
      {"validator-core/public_domain_heart.png", 0, MR_BAKED_OB3, 0, "", false},
};

static bool seal_holds(mr_arena *a, mr_str picture)
{
    const mr_trust none = {0};
    const mr_env env = test_env_fixed(TEST_NOW, 1);
    const struct mr_verifying verifying = {.trust = &none, .env = &env, .language = mr_language_english()};
    mr_verifier *v = NULL;
    mr_report r;
    struct mr_err err = {0};
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    assert_ok(mr_verify(v, a, picture, &r, &err), err);
    mr_verifier_close(v);
    return r.checks[MR_CHECK_SEAL].claimed && r.checks[MR_CHECK_SEAL].state == MR_PASSED;
}

#define BADGE "{\"type\":\"Assertion\",\"id\":\"https://badges.example/1\"}"

/* Baked by us, it is read again, and the rest is as before: without what was put in, the file is the old one. */
static bool can_be_baked(mr_arena *a, mr_str picture, bool active)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_bakable badge;
    mr_baked b;
    struct mr_err err = {0};
    mr_buf_init(&out, 16 * MR_MIB);
    assert_ok(mr_bakable_read(a, MR_STR(BADGE), &badge, &err), err);
    int code = mr_baked_write(a, picture, &badge, false, &out, &err);
    if (active) return code == MR_E_UNSUPPORTED && strcmp(err.message, "svg.script") == 0;
    return code == MR_OK && mr_baked_read(a, mr_buf_str(&out), &b, &err) == MR_OK && mr_str_is(b.text, BADGE);
}

static bool passes(mr_arena *a, const char *folder, const struct known *k)
{
    mr_baked b = {0};
    struct mr_err err = {0};
    mr_str picture = test_read_file(a, test_path(a, folder, k->file));
    bool read = mr_baked_read(a, picture, &b, &err) == MR_OK && b.count == k->count && b.standard == k->standard &&
                b.text.len == k->size && (!k->size || mr_str_has_prefix(b.text, mr_str_of(k->text))) && !b.differ &&
                !b.cut_off;
    bool whole =
        k->is_signed ? seal_holds(a, picture) : k->count || can_be_baked(a, picture, strstr(k->file, "hacked") != NULL);
    if (!read || !whole)
        print_error("%s: %s, %zu baked, %zu octets, %s\n", k->file, err.message ? err.message : "read", b.count,
                    b.text.len, whole ? "whole" : "not whole");
    return read && whole;
}

static void walk(const char *name, const char *suite, const struct known *known, size_t count)
{
    mr_arena a;
    size_t passed = 0;
    mr_arena_init(&a, 256 * MR_MIB);
    const char *folder = test_suite(&a, suite);
    for (size_t i = 0; i < count; i++) passed += passes(&a, folder, &known[i]);
    test_suite_count(name, passed, count, 0);
    assert_int_equal(passed, count);
    mr_arena_done(&a);
}

static void test_baked__pictures_of_version_3(void **state)
{
    (void)state;
    walk("ob30 baked", "ob30-1edtech-validator", ob30, sizeof ob30 / sizeof *ob30);
}

static void test_baked__pictures_of_version_2(void **state)
{
    (void)state;
    walk("ob20 baked", "ob20", ob20, sizeof ob20 / sizeof *ob20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_baked__pictures_of_version_3),
        cmocka_unit_test(test_baked__pictures_of_version_2),
    };
    return cmocka_run_group_tests_name("credential/suite_baked", tests, NULL, NULL);
}
