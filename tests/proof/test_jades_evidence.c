/* Seals of level LT and LTA as they are made: whom they ask, what they carry, and that there is none when something is missing. */
#include "lasting.h"

/* ---- making ---- */

static void test_jades_seal__reaches_every_level(void **state)
{
    static const char *const names[] = {"sigTst", "xVals", "rVals", "arcTst"};
    static const unsigned counts[] = {[MR_JADES_T] = 1, [MR_JADES_LT] = 3, [MR_JADES_LTA] = 4};
    LASTING_OPEN(l, state);
    for (mr_jades_level level = MR_JADES_T; level <= MR_JADES_LTA; level++) {
        mr_str text = lasting_seal(l, level);
        sealing_verify(l->s, text);
        assert_int_equal(l->s->j.level, level);
        lasting_assert_elements(l, text, names, counts[level]);
        assert_null(l->s->j.remarks[0]);
    }
    sealing_assert_step("evidence", &l->s->j.revocation_evidence, MR_PASSED, "seal.revocation_evidence.passed");
    sealing_assert_step("archive", &l->s->j.archive_time, MR_PASSED, "seal.archive_time.passed");
    mr_certificate *clock = peer_certificate(l->s->peer, "tsa.pem");
    assert_true(l->s->j.lasts_until == mr_certificate_not_after(clock)); /* before the seal's own certificate ends */
    mr_certificate_free(clock);
}

static void test_jades_seal__stays_at_b_when_asked(void **state)
{
    LASTING_OPEN(l, state);
    sealing_verify(l->s, lasting_seal(l, MR_JADES_B));
    assert_int_equal(l->s->j.level, MR_JADES_B);
    assert_int_equal(l->stamps, 0);
    assert_true(l->s->j.lasts_until == mr_certificate_not_after(l->seal.certificate));
}

static void test_jades_seal__stamps_the_content(void **state)
{
    LASTING_OPEN(l, state);
    struct mr_jades_sealing how = {.seal = &l->seal,
                                   .now = l->s->now,
                                   .timestamp = lasting_stamp,
                                   .timestamp_self = l,
                                   .level = MR_JADES_LTA,
                                   .content_time = true,
                                   .evidence = &l->source};
    mr_buf_clear(&l->s->out);
    assert_ok(mr_jades_seal(&how, MR_STR(SEALING_PAYLOAD), l->s->a, &l->s->out, &l->s->err), l->s->err);
    sealing_verify(l->s, sealing_keep(l->s));
    sealing_assert_step("content", &l->s->j.content_time, MR_PASSED, "seal.content_time.passed");
    assert_int_equal(l->s->j.level, MR_JADES_LTA);
    assert_int_equal(l->stamps, 3);
}

static void test_jades_seal__gets_the_issuing_certificate(void **state)
{
    LASTING_OPEN(l, state);
    lasting_read_seal(l, false);
    sealing_verify(l->s, lasting_seal(l, MR_JADES_LTA));
    assert_int_equal(l->asked_issuers, 1);
    assert_int_equal(l->s->j.level, MR_JADES_LTA);
    assert_int_equal(l->s->j.chain.count, 2); /* its root is nowhere to be had: whoever trusts the issuer has it */
    l->no_issuer = true;
    assert_code(lasting_try_seal(l, MR_JADES_LTA), MR_E_CERTIFICATE, l->s->err);
    assert_int_equal(l->s->out.len, 0);
}

static void test_jades_seal__takes_lists_where_nobody_answers(void **state)
{
    LASTING_OPEN(l, state);
    l->no_ocsp = true;
    mr_str text = lasting_seal(l, MR_JADES_LTA);
    sealing_verify(l->s, text);
    assert_int_equal(l->s->j.level, MR_JADES_LTA);
    assert_true(mr_str_find(lasting_element(l, text, 2), MR_STR("ocspVals")) < 0);
}

static void test_jades_seal__stops_at_an_anchor(void **state)
{
    LASTING_OPEN(l, state);
    mr_certificate *anchors[] = {peer_certificate(l->s->peer, "sealca.pem"), peer_certificate(l->s->peer, "tsa.pem")};
    struct mr_jades_sealing how = {.seal = &l->seal,
                                   .now = l->s->now,
                                   .timestamp = lasting_stamp,
                                   .timestamp_self = l,
                                   .level = MR_JADES_LTA,
                                   .evidence = &l->source,
                                   .anchors = anchors,
                                   .anchor_count = 2};
    mr_buf_clear(&l->s->out);
    assert_ok(mr_jades_seal(&how, MR_STR(SEALING_PAYLOAD), l->s->a, &l->s->out, &l->s->err), l->s->err);
    assert_int_equal(l->asked_ocsp, 1);
    assert_int_equal(l->asked_lists, 0); /* nobody asks about an anchor */
    mr_str text = sealing_keep(l->s);
    sealing_verify_with(l->s, text, anchors, 2, l->s->now);
    assert_int_equal(l->s->j.level, MR_JADES_LTA);
    assert_true(l->s->j.timestamps_anchored);
    mr_jades_done(&l->s->j);
    for (size_t i = 0; i < 2; i++) mr_certificate_free(anchors[i]);
}

/* A responder that may itself be revoked brings its own evidence. */
static void test_jades_seal__asks_about_the_responder(void **state)
{
    LASTING_OPEN(l, state);
    mr_certificate_free(pki_issue(l->s->peer, "ocsp", "Invented Responder", "sealca", LASTING_RESPONDER, ""));
    l->no_lists = false;
    sealing_verify(l->s,
                   lasting_seal(l, MR_JADES_LT)); /* names no list: OCSP cannot be used, the seal's own list can */
    assert_int_equal(l->s->j.level, MR_JADES_LT);
    mr_certificate_free(pki_issue(l->s->peer, "ocsp", "Invented Responder", "sealca",
                                  LASTING_RESPONDER "crlDistributionPoints=URI:http://crl.example/sealca.crl\n", ""));
    mr_str text = lasting_seal(l, MR_JADES_LT), evidence = lasting_element(l, text, 2);
    assert_true(mr_str_find(evidence, MR_STR("ocspVals")) > 0 && mr_str_find(evidence, MR_STR("crlVals")) > 0);
}

/* ---- never silently a lower level ---- */

static void test_jades_seal__says_what_is_missing(void **state)
{
    LASTING_OPEN(l, state);
    const struct {
        const char *what, *responder, *about, *options;
        bool no_ocsp;
        mr_code code;
        const char *says;
    } cases[] = {
        {"nobody answers", "ocsp", NULL, "-ndays 7", true, MR_E_NET, "does not answer"},
        {"another certificate", "ocsp", "other", "-ndays 7", false, MR_E_NET, "about another certificate"},
        {"not delegated", "other", NULL, "-ndays 7", false, MR_E_NET, "not for OCSP"},
        {"foreign responder", "tsa", NULL, "-ndays 7", false, MR_E_NET, "not authorised"},
        {"wrong signature", "ocsp", NULL, "-ndays 7 -badsig", false, MR_E_NET, "signature is wrong"},
        {"unknown", "ocsp", "seal", "-ndays 7", false, MR_E_NET, "does not know"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        l->responder = cases[i].responder;
        l->about = cases[i].about;
        l->options = cases[i].options;
        l->no_ocsp = cases[i].no_ocsp;
        l->no_lists = false;
        mr_certificate_free(pki_issue(l->s->peer, "seal", "Invented Seal", "sealca",
                                      PKI_SEAL "authorityInfoAccess=OCSP;URI:http://ocsp.example/\n", ""));
        lasting_know(l, "sealca", i == 5 ? "ocsp" : "seal", NULL);
        lasting_read_seal(l, true);
        int code = lasting_try_seal(l, MR_JADES_LTA);
        if (code != (int)cases[i].code ||
            (!strstr(l->s->err.detail, cases[i].says) && !strstr(l->s->err.message, cases[i].says)))
            fail_msg("%s: %d %s (%s)", cases[i].what, code, l->s->err.message, l->s->err.detail);
        assert_int_equal(l->s->out.len, 0);
    }
}

static void test_jades_seal__refuses_a_revoked_seal(void **state)
{
    LASTING_OPEN(l, state);
    lasting_know(l, "sealca", "seal", "260101120000Z");
    assert_code(lasting_try_seal(l, MR_JADES_LTA), MR_E_CERTIFICATE, l->s->err);
    assert_non_null(strstr(l->s->err.message, "revoked"));
    l->no_ocsp = true; /* the list knows, too */
    assert_code(lasting_try_seal(l, MR_JADES_LTA), MR_E_CERTIFICATE, l->s->err);
    assert_non_null(strstr(l->s->err.message, "revoked"));
}

static void test_jades_seal__refuses_without_a_place_to_ask(void **state)
{
    LASTING_OPEN(l, state);
    mr_certificate_free(pki_issue(l->s->peer, "seal", "Invented Seal", "sealca", PKI_SEAL, ""));
    lasting_read_seal(l, true);
    assert_code(lasting_try_seal(l, MR_JADES_LT), MR_E_CERTIFICATE, l->s->err);
    assert_non_null(strstr(l->s->err.message, "names no place"));
    assert_non_null(strstr(l->s->err.detail, "Invented Seal"));
}

static void test_jades_seal__needs_its_sources(void **state)
{
    LASTING_OPEN(l, state);
    struct mr_jades_sealing how = {.seal = &l->seal, .now = l->s->now, .level = MR_JADES_T};
    assert_code(mr_jades_seal(&how, MR_STR("{}"), l->s->a, &l->s->out, &l->s->err), MR_E_STATE, l->s->err);
    how.level = MR_JADES_LTA;
    how.timestamp = lasting_stamp;
    how.timestamp_self = l;
    assert_code(mr_jades_seal(&how, MR_STR("{}"), l->s->a, &l->s->out, &l->s->err), MR_E_STATE, l->s->err);
    how = (struct mr_jades_sealing){.seal = &l->seal, .now = l->s->now, .content_time = true};
    assert_code(mr_jades_seal(&how, MR_STR("{}"), l->s->a, &l->s->out, &l->s->err), MR_E_STATE, l->s->err);
    assert_int_equal(l->stamps, 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, lasting_setup, lasting_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_jades_seal__reaches_every_level),
        CASE(test_jades_seal__stays_at_b_when_asked),
        CASE(test_jades_seal__stamps_the_content),
        CASE(test_jades_seal__gets_the_issuing_certificate),
        CASE(test_jades_seal__takes_lists_where_nobody_answers),
        CASE(test_jades_seal__stops_at_an_anchor),
        CASE(test_jades_seal__asks_about_the_responder),
        CASE(test_jades_seal__says_what_is_missing),
        CASE(test_jades_seal__refuses_a_revoked_seal),
        CASE(test_jades_seal__refuses_without_a_place_to_ask),
        CASE(test_jades_seal__needs_its_sources),
    };
    return cmocka_run_group_tests_name("jades_evidence", tests, NULL, NULL);
}
