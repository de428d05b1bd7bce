#include "testing.h"

#include "base/id.h"
#include "base/limits.h"
#include "credential/elm.h"
#include "credential/issue.h"
#include "credential/specification_file.h"
#include "crypto/authority.h"

/* 2026-11-20T12:00:00Z */
#define NOW INT64_C(1795176000000)

struct world {
    mr_arena arena;
    mr_env env;
    struct mr_authority authority;
    struct mr_seal_key seal;
    mr_specification specification;
    struct mr_issuing issuing;
    mr_issuer *issuer;
    mr_buf out;
    struct mr_err err;
};

static void open_world(struct world *w)
{
    memset(w, 0, sizeof *w);
    mr_arena_init(&w->arena, 64 * MR_MIB);
    mr_buf_init(&w->out, 16 * MR_MIB);
    w->env = test_env_fixed(NOW, 3);
    assert_ok(mr_authority_new(&w->env, &w->authority, &w->err), w->err);
    const struct mr_seal_subject subject = {.organisation = MR_STR("Aarhus School of Nursing (invented)"),
                                            .organisation_identifier = MR_STR("VATDK-00000000"),
                                            .country = MR_STR("DK"),
                                            .common_name = MR_STR("TEST seal")};
    assert_ok(mr_authority_issue_seal(&w->authority, &w->env, &subject, MR_KEY_P256, &w->seal, &w->err), w->err);
    struct mr_findings findings;
    mr_findings_init(&findings, &w->arena);
    mr_str text = test_read_file(&w->arena, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json");
    assert_ok(mr_specification_read(&w->arena, text, &w->specification, &findings, &w->err), w->err);
    w->issuing = (struct mr_issuing){.specification = &w->specification,
                                     .seal = &w->seal,
                                     .env = &w->env,
                                     .verify_url = MR_STR("https://merit.example.org/verify")};
}

static void close_world(struct world *w)
{
    mr_issuer_close(w->issuer);
    mr_seal_key_done(&w->seal);
    mr_authority_done(&w->authority);
    mr_buf_done(&w->out);
    mr_arena_done(&w->arena);
}

static mr_achievement an_achievement(void)
{
    return (mr_achievement){.learner = {.full_name = MR_STR("Íris Þórsdóttir"), .birth_date = {1990, 2, 28}},
                            .awarded_on = {2026, 10, 14}};
}

static void test_format_find__names_and_endings(void **state)
{
    assert_int_equal(mr_format_find(MR_STR("elm")), MR_FORMAT_ELM);
    assert_int_equal(mr_format_find(MR_STR("vc+jwt")), MR_FORMAT_VC_JWT);
    assert_int_equal(mr_format_find(MR_STR("pdf")), 0);
    assert_string_equal(mr_format_ending(MR_FORMAT_ELM), ".jsonld");
    assert_string_equal(mr_format_ending(MR_FORMAT_VC_JWT), ".jwt");
}

static void test_issue__elm_carries_a_good_jades_seal(void **state)
{
    struct world w;
    open_world(&w);
    mr_achievement x = an_achievement();
    const mr_json *root, *document;
    mr_elm_kind kind;
    mr_jades j;
    assert_ok(mr_issuer_open(&w.issuing, &w.issuer, &w.err), w.err);
    assert_ok(mr_issue(w.issuer, &x, MR_FORMAT_ELM, &w.out, &w.err), w.err);
    assert_true(mr_id_is_uuid(mr_str_of(x.id)));
    assert_ok(mr_json_parse(&w.arena, mr_buf_str(&w.out), NULL, &root, &w.err), w.err);
    assert_ok(mr_jades_verify(&w.arena, mr_buf_str(&w.out), root, &w.authority.certificate, 1, NOW, &j, &w.err), w.err);
    assert_int_equal(j.signature.state, MR_PASSED);
    assert_int_equal(j.chain.state, MR_CHAIN_ANCHORED);
    assert_ok(mr_json_parse(&w.arena, j.payload, NULL, &document, &w.err), w.err);
    assert_ok(mr_elm_check_format(document, &kind, &w.err), w.err);
    assert_int_equal(kind, MR_ELM_EDC);
    mr_str image = mr_json_str(
        mr_json_find(document, MR_STR("/displayParameter/individualDisplay/0/displayDetail/0/image/content")));
    assert_true(mr_str_has_prefix(image, MR_STR("iVBORw0KGgo"))); /* a blank page, PNG */
    mr_jades_done(&j);
    close_world(&w);
}

static void test_issue__vc_jwt_verifies_with_its_certificate(void **state)
{
    struct world w;
    open_world(&w);
    mr_achievement x = an_achievement();
    const mr_json *document;
    mr_elm_kind kind;
    mr_jws j;
    assert_ok(mr_issuer_open(&w.issuing, &w.issuer, &w.err), w.err);
    assert_ok(mr_issue(w.issuer, &x, MR_FORMAT_VC_JWT, &w.out, &w.err), w.err);
    assert_ok(mr_jws_read(&w.arena, mr_buf_str(&w.out), &j, &w.err), w.err);
    assert_str(j.typ, "vc+jwt");
    assert_int_equal(j.alg, MR_ALG_ES256);
    assert_true(j.certificate_count >= 1);
    assert_ok(mr_jws_verify(&j, mr_certificate_key(j.certificates[0]), &w.err), w.err);
    assert_ok(mr_json_parse(&w.arena, j.payload, NULL, &document, &w.err), w.err);
    assert_ok(mr_elm_check_format(document, &kind, &w.err), w.err);
    assert_int_equal(kind, MR_ELM_VC2);
    mr_jws_done(&j);
    close_world(&w);
}

static void test_issue__both_formats_are_one_achievement(void **state)
{
    struct world w;
    open_world(&w);
    mr_achievement x = an_achievement(), y = an_achievement();
    char id[37];
    assert_ok(mr_issuer_open(&w.issuing, &w.issuer, &w.err), w.err);
    assert_ok(mr_issue(w.issuer, &x, MR_FORMAT_ELM, &w.out, &w.err), w.err);
    memcpy(id, x.id, sizeof id);
    assert_ok(mr_issue(w.issuer, &x, MR_FORMAT_VC_JWT, &w.out, &w.err), w.err);
    assert_string_equal(x.id, id);
    assert_ok(mr_issue(w.issuer, &y, MR_FORMAT_VC_JWT, &w.out, &w.err), w.err);
    assert_string_not_equal(y.id, id);
    close_world(&w);
}

static void test_issue__draws_the_page_when_asked(void **state)
{
    struct world w;
    open_world(&w);
    mr_achievement x = an_achievement();
    w.issuing.page_image = true;
    assert_ok(mr_issuer_open(&w.issuing, &w.issuer, &w.err), w.err);
    int code = mr_issue(w.issuer, &x, MR_FORMAT_ELM, &w.out, &w.err);
    if (code == MR_E_LIBRARY) {
        close_world(&w);
        test_skip("cairo and pango are not installed");
    }
    assert_ok(code, w.err);
    assert_true(w.out.len > 20 * MR_KIB);
    close_world(&w);
}

static void test_issuer_open__refuses_a_seal_that_is_not_valid_now(void **state)
{
    static const int64_t times[] = {NOW - 3650 * MR_DAY_MS, NOW + 3650 * MR_DAY_MS};
    for (size_t i = 0; i < 2; i++) {
        struct world w;
        open_world(&w);
        test_env_set_time(&w.env, times[i]);
        assert_int_equal(mr_issuer_open(&w.issuing, &w.issuer, &w.err), MR_E_CERTIFICATE);
        close_world(&w);
    }
}

static void test_issue__refuses_once_the_seal_has_expired(void **state)
{
    struct world w;
    open_world(&w);
    mr_achievement x = an_achievement();
    assert_ok(mr_issuer_open(&w.issuing, &w.issuer, &w.err), w.err);
    test_env_set_time(&w.env, NOW + 3650 * MR_DAY_MS);
    assert_int_equal(mr_issue(w.issuer, &x, MR_FORMAT_VC_JWT, &w.out, &w.err), MR_E_CERTIFICATE);
    assert_int_equal(mr_issue(w.issuer, &x, MR_FORMAT_ELM, &w.out, &w.err), MR_E_CERTIFICATE);
    assert_int_equal(w.out.len, 0);
    close_world(&w);
}

static void test_issuer_open__refuses_an_authority_for_a_seal(void **state)
{
    struct world w;
    open_world(&w);
    struct mr_seal_key root = {.key = w.authority.key, .certificate = w.authority.certificate};
    w.issuing.seal = &root;
    assert_int_equal(mr_issuer_open(&w.issuing, &w.issuer, &w.err), MR_E_CERTIFICATE);
    close_world(&w);
}

static void test_issuer_open__refuses_an_incomplete_specification(void **state)
{
    struct world w;
    open_world(&w);
    w.specification.outcome_count = 0;
    assert_int_equal(mr_issuer_open(&w.issuing, &w.issuer, &w.err), MR_E_SPECIFICATION);
    assert_string_equal(w.err.detail, "learning_outcomes");
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format_find__names_and_endings),
        cmocka_unit_test(test_issue__elm_carries_a_good_jades_seal),
        cmocka_unit_test(test_issue__vc_jwt_verifies_with_its_certificate),
        cmocka_unit_test(test_issue__both_formats_are_one_achievement),
        cmocka_unit_test(test_issue__draws_the_page_when_asked),
        cmocka_unit_test(test_issuer_open__refuses_a_seal_that_is_not_valid_now),
        cmocka_unit_test(test_issue__refuses_once_the_seal_has_expired),
        cmocka_unit_test(test_issuer_open__refuses_an_authority_for_a_seal),
        cmocka_unit_test(test_issuer_open__refuses_an_incomplete_specification),
    };
    return cmocka_run_group_tests_name("credential/issue", tests, NULL, NULL);
}
