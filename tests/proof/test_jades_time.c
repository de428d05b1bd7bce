/* What a verifier finds in evidence that lies, is about something else, or stands in unusual places: each has a sentence of its own. */
#include "lasting.h"

/* A seal of level T with this element behind its time-stamp. */
static mr_str with_element(struct lasting *l, mr_str sealed, const char *json)
{
    mr_str element = sealing_element(l->s, json), first = sealing_part(l->s, sealed, "/signatures/0/header/etsiU/0");
    ptrdiff_t at = mr_str_find(sealed, first);
    assert_true(at > 0);
    size_t end = (size_t)at + first.len;
    return mr_arena_format(l->s->a, "%.*s\",\"%.*s%.*s", (int)end, sealed.ptr, MR_STR_ARG(element),
                           (int)(sealed.len - end), sealed.ptr + end);
}

static mr_str ocsp_now(struct lasting *l)
{
    mr_certificate *ca = peer_certificate(l->s->peer, "sealca.pem");
    mr_str der = MR_STR_EMPTY;
    assert_ok(lasting_ocsp(l, l->s->a, l->seal.certificate, ca, &der, &l->s->err), l->s->err);
    mr_certificate_free(ca);
    return sealing_base64(l->s, der);
}

static void test_jades_verify__has_a_sentence_for_every_fault_of_evidence(void **state)
{
    LASTING_OPEN(l, state);
    const struct {
        const char *what, *responder, *about, *options;
        mr_state state;
        const char *id;
        const char *revoked;
        int days; /* later */
    } cases[] = {
        {"good", "ocsp", NULL, "-ndays 7", MR_PASSED, "seal.revocation_evidence.passed", NULL, 0},
        {"another certificate", "ocsp", "other", "-ndays 7", MR_UNCHECKED, "seal.revocation_evidence.absent", NULL, 0},
        {"not delegated", "other", NULL, "-ndays 7", MR_UNCHECKED, "seal.revocation_evidence.responder", NULL, 0},
        {"foreign", "tsa", NULL, "-ndays 7", MR_UNCHECKED, "seal.revocation_evidence.responder", NULL, 0},
        {"wrong signature", "ocsp", NULL, "-ndays 7 -badsig", MR_UNCHECKED, "seal.revocation_evidence.changed", NULL,
         0},
        {"not known", "ocsp", NULL, "-ndays 7", MR_UNCHECKED, "seal.revocation_evidence.unusable", "", 0},
        {"too old", "ocsp", NULL, "-ndays 7", MR_UNCHECKED, "seal.revocation_evidence.stale", NULL, 20},
        {"revoked", "ocsp", NULL, "-ndays 7", MR_FAILED, "seal.revocation_evidence.revoked", "260101120000Z", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool unknown = cases[i].revoked && !*cases[i].revoked;
        lasting_know(l, "sealca", unknown ? "ocsp" : "seal", unknown ? NULL : cases[i].revoked);
        l->responder = cases[i].responder;
        l->about = cases[i].about;
        l->options = cases[i].options;
        mr_str sealed = lasting_seal(l, MR_JADES_B), evidence = ocsp_now(l);
        const char *json =
            mr_arena_format(l->s->a, "{\"rVals\":{\"ocspVals\":[{\"val\":\"%.*s\"}]}}", MR_STR_ARG(evidence)).ptr;
        mr_str element = sealing_element(l->s, json);
        const char *header = mr_arena_format(l->s->a, "{\"etsiU\":[\"%.*s\"]}", MR_STR_ARG(element)).ptr;
        sealing_verify_with(l->s, sealing_add_header(l->s, sealed, header), NULL, 0,
                            l->s->now + cases[i].days * MR_DAY_MS);
        sealing_assert_step(cases[i].what, &l->s->j.revocation_evidence, cases[i].state, cases[i].id);
        assert_int_equal(l->s->j.level, MR_JADES_B);
    }
}

/* tstVD and anyValData count like xVals and rVals (TS 119 182-1 5.3.5). */
static void test_jades_verify__finds_evidence_wherever_it_may_stand(void **state)
{
    static const char *const names[] = {"anyValData", "tstVD"};
    LASTING_OPEN(l, state);
    mr_str whole = lasting_seal(l, MR_JADES_LT);
    mr_str certificates = lasting_element(l, whole, 1), evidence = lasting_element(l, whole, 2);
    for (size_t i = 0; i < 2; i++) { /* of other seals: it is about certificates, not about files */
        const char *json = mr_arena_format(l->s->a, "{\"%s\":{%.*s,%.*s}}", names[i], (int)certificates.len - 2,
                                           certificates.ptr + 1, (int)evidence.len - 2, evidence.ptr + 1)
                               .ptr;
        sealing_verify(l->s, with_element(l, lasting_seal(l, MR_JADES_T), json));
        sealing_assert_step(names[i], &l->s->j.revocation_evidence, MR_PASSED, "seal.revocation_evidence.passed");
        assert_int_equal(l->s->j.level, MR_JADES_LT);
    }
}

/* An archive time-stamp is over this file and all that stands before it. */
static void test_jades_verify__refuses_an_archive_of_something_else(void **state)
{
    LASTING_OPEN(l, state);
    mr_str one = lasting_seal(l, MR_JADES_LTA), archive = lasting_element(l, one, 3);
    sealing_verify(l->s, with_element(l, lasting_seal(l, MR_JADES_T), mr_arena_dup(l->s->a, archive).ptr));
    sealing_assert_step("of another seal", &l->s->j.archive_time, MR_FAILED, "seal.time.changed");
    sealing_verify(l->s, with_element(l, one, "{\"anyValData\":{}}"));
    sealing_assert_step("something put in between", &l->s->j.archive_time, MR_FAILED, "seal.time.changed");
    assert_true(l->s->j.level < MR_JADES_LTA);
}

/* RSA of 2048 bits ages before the certificate does. */
static void test_jades_verify__tells_how_long_a_seal_lasts(void **state)
{
    LASTING_OPEN(l, state);
    peer_do(l->s->peer, "rm tsa.key && openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out tsa.key");
    mr_certificate_free(pki_issue(l->s->peer, "tsa", "Clock with a short key", "tsaroot",
                                  SEALING_TSA LASTING_CLOCK_LIST, "-days 7000"));
    sealing_verify(l->s, lasting_seal(l, MR_JADES_LTA));
    assert_int_equal(l->s->j.level, MR_JADES_LTA);
    assert_true(l->s->j.lasts_until == MR_LIMIT_SHORT_RSA_UNTIL);
    char day[21];
    mr_time_write(l->s->j.lasts_until, day);
    assert_string_equal(day, "2030-12-31T23:59:59Z");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, lasting_setup, lasting_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_jades_verify__has_a_sentence_for_every_fault_of_evidence),
        CASE(test_jades_verify__finds_evidence_wherever_it_may_stand),
        CASE(test_jades_verify__refuses_an_archive_of_something_else),
        CASE(test_jades_verify__tells_how_long_a_seal_lasts),
    };
    return cmocka_run_group_tests_name("jades_time", tests, NULL, NULL);
}
