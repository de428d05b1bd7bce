/* Learning Credentials as the Commission's issuer writes them, with single faults; and the metadata of their type. */
#include "testing.h"

#include "base/limits.h"
#include "credential/sd_jwt_vc.h"
#include "proof/jwk.h"

#define NOW INT64_C(1780315200000) /* 2026-06-01T12:00:00Z */

struct told {
    size_t unknown, faults, hidden;
};

static void tell(void *self, const char *message, mr_str claim)
{
    struct told *t = self;
    (void)claim;
    if (!strcmp(message, "vct.unknown"))
        t->unknown++;
    else if (!strcmp(message, "vct.hidden"))
        t->hidden++;
    else
        t->faults++;
}

static bool is_bound(mr_arena *a, const mr_sd_jwt *s)
{
    const struct mr_key_binding wanted = {MR_STR("x509_san_dns:verifier.example"), MR_STR("n-0S6_WzA2Mj"), NOW, 0};
    return s->key_binding.len == 0 || mr_sd_jwt_check_binding(a, s, &wanted, NULL) == MR_OK;
}

static bool is_valid(mr_arena *a, const mr_sd_jwt *s, mr_key *issuer)
{
    mr_view v;
    struct mr_err err = {0};
    if (mr_jws_verify(&s->jws, issuer, NULL) != MR_OK || !is_bound(a, s)) return false;
    assert_ok(mr_sd_jwt_vc_view(a, s->claims, mr_language_english(), &v, &err), err);
    return !v.dates_unreadable && v.valid_until != MR_TIME_NONE && NOW < v.valid_until;
}

/* In the words of the manifest. */
static const char *judge(mr_arena *a, mr_str token, mr_key *issuer)
{
    mr_sd_jwt s;
    struct mr_err err = {0};
    struct told told = {0};
    if (mr_sd_jwt_read(a, token, &s, &err) != MR_OK) return "invalid";
    bool valid = is_valid(a, &s, issuer);
    assert_ok(mr_vct_check(a, &s, tell, &told, &err), err);
    bool nothing = s.disclosure_count == 0 && told.hidden > 0;
    mr_sd_jwt_done(&s);
    if (!valid) return "invalid";
    if (told.unknown) return "signature valid; unknown type";
    if (told.faults) return "signature valid; type metadata broken";
    return nothing ? "valid (signature and binding); required claims not disclosed" : "valid";
}

static const mr_json *read_json(mr_arena *a, const char *folder, const char *name)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(a, test_read_file(a, test_path(a, folder, name)), NULL, &root, &err), err);
    return root;
}

static void test_eudi_learning__follows_the_cases(void **state)
{
    mr_arena a;
    MR_CLEANUP(mr_key_freep) mr_key *issuer = NULL;
    size_t passed = 0, count = 0;
    struct mr_err err = {0};
    mr_arena_init(&a, 64 * MR_MIB);
    const char *folder = test_suite(&a, "eudi-learning-credential");
    assert_ok(mr_jwk_read(read_json(&a, folder, "made/issuer-jwk.json"), &issuer, &err), err);
    MR_JSON_EACH (entry, read_json(&a, folder, "manifest.json")) {
        mr_str file = mr_json_get_str(entry, "file"), wanted = mr_json_get_str(entry, "verdict");
        const char *got = judge(&a, test_read_file(&a, test_path(&a, folder, mr_arena_cstr(&a, file))), issuer);
        bool good = mr_str_is(wanted, got);
        if (!good) print_error("%.*s: %s, wanted %.*s\n", MR_STR_ARG(file), got, MR_STR_ARG(wanted));
        count++, passed += good;
    }
    test_suite_count("eudi-learning-credential", passed, count, 0);
    assert_int_equal(passed, count);
    assert_true(count > 0);
    mr_arena_done(&a);
}

/* The same claims in the same order, each as mandatory and as disclosable as there. */
static void test_vct_write_metadata__agrees_with_the_commissions(void **state)
{
    mr_arena a;
    mr_buf out;
    const mr_json *ours, *claims;
    struct mr_err err = {0};
    uint32_t i = 0;
    mr_arena_init(&a, 64 * MR_MIB);
    mr_buf_init(&out, MR_MIB);
    const mr_json *theirs = read_json(&a, test_suite(&a, "eudi-learning-credential"), "vct-type-metadata.json");
    mr_vct_write_metadata(MR_VCT_IS_EU_LEARNING, &out);
    assert_ok(mr_json_parse(&a, mr_buf_str(&out), NULL, &ours, &err), err);
    claims = mr_json_get(ours, "claims");
    assert_str_eq(mr_json_get_str(ours, "vct"), mr_json_get_str(theirs, "vct"));
    assert_int_equal(mr_json_count(claims), mr_json_count(mr_json_get(theirs, "claims")));
    MR_JSON_EACH (wanted, mr_json_get(theirs, "claims")) {
        const mr_json *got = mr_json_at(claims, i++), *path = mr_json_get(got, "path"),
                      *wanted_path = mr_json_get(wanted, "path");
        printf("# %.*s\n", MR_STR_ARG(mr_json_str(mr_json_at(wanted_path, 0))));
        assert_int_equal(mr_json_count(path), mr_json_count(wanted_path));
        for (uint32_t n = 0; n < mr_json_count(path); n++) {
            assert_int_equal(mr_json_at(path, n)->type, mr_json_at(wanted_path, n)->type);
            assert_str_eq(mr_json_str(mr_json_at(path, n)), mr_json_str(mr_json_at(wanted_path, n)));
        }
        assert_int_equal(mr_json_get(got, "mandatory")->type, mr_json_get(wanted, "mandatory")->type);
        assert_str_eq(mr_json_get_str(got, "sd"), mr_json_get_str(wanted, "sd"));
    }
    mr_buf_done(&out);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eudi_learning__follows_the_cases),
        cmocka_unit_test(test_vct_write_metadata__agrees_with_the_commissions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
