/* Credentials of every mechanism but JAdES, from their octets to the report: the good ones, and each way of being wrong with its own check and sentence. */
#include "verifying.h"

#include "credential/issue.h"
#include "credential/results.h"
#include "credential/specification_file.h"
#include "credential/status.h"
#include "json/write.h"
#include "proof/sd_jwt.h"

static void a_badge_of_a_known_issuer_is_told_whole(void **state)
{
    struct bench *b = *state;
    mr_report r = verify_with(b, prove(b, badge(b, b->did, ""), b->key, method_of(&b->arena, b->did)), false);
    assert_check(&r, MR_CHECK_FORMAT, MR_PASSED, "format.passed_other");
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.passed_claimed");
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
    assert_check(&r, MR_CHECK_TRUST, MR_PASSED, "trust.known");
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.none");
    assert_check(&r, MR_CHECK_DATES, MR_PASSED, "dates.no_end");
    assert_check(&r, MR_CHECK_COMPLETENESS, MR_NOT_APPLICABLE, "completeness.other");
    assert_string_equal(r.format_code, "data-integrity");
    assert_true(mr_str_find(r.format, MR_STR("eddsa-rdfc-2022")) > 0);
    assert_str_eq(r.view.title, MR_STR("Wound care"));
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
}

static void an_issuer_that_is_not_known_is_not_trusted(void **state)
{
    struct bench *b = *state;
    mr_report r =
        verify_with(b, prove(b, badge(b, b->other_did, ""), b->other, method_of(&b->arena, b->other_did)), false);
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
    assert_check(&r, MR_CHECK_TRUST, MR_UNCHECKED, "trust.identifier");
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
}

static void a_key_of_somebody_else_is_not_the_issuers(void **state)
{
    struct bench *b = *state;
    mr_report r = verify_with(b, prove(b, badge(b, b->did, ""), b->other, method_of(&b->arena, b->other_did)), false);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.passed_claimed");
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.other_identifier");
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
}

/* ---- each fault its own sentence ---- */

static void changed_proofs_are_refused(void **state)
{
    struct bench *b = *state;
    mr_str file = prove(b, badge(b, b->did, ""), b->key, method_of(&b->arena, b->did));
    assert_seal(b, replace(b, file, "Dresses wounds", "Addresses wounds"), false, MR_FAILED, "seal.signature.changed");
    assert_seal(b,
                replace(b, file, "\"name\":\"Wound care\",\"description\"",
                        "\"name\":\"Wound care\",\"nickname\":\"x\",\"description\""),
                false, MR_FAILED, "proof.dropped_term");
    assert_seal(b, replace(b, file, "assertionMethod", "authentication"), false, MR_FAILED, "proof.purpose");
    assert_seal(b, replace(b, file, "eddsa-rdfc-2022", "bbs-2023"), false, MR_UNCHECKED, "proof.bbs");
    assert_seal(b, replace(b, file, "eddsa-rdfc-2022", "ecdsa-rdfc-2019"), false, MR_FAILED, "proof.algorithm");
}

/* What no proof expanded is expanded for its form. */
static void terms_without_a_meaning_are_found_under_every_proof(void **state)
{
    struct bench *b = *state;
    const struct mr_proof_options jcs = {.suite = MR_EDDSA_JCS_2022,
                                         .method = method_of(&b->arena, b->did),
                                         .purpose = MR_ASSERTION_METHOD,
                                         .created = TEST_NOW - 60000,
                                         .expires = MR_TIME_NONE};
    mr_str good = badge(b, b->did, ""), odd = replace(b, good, "\"name\":\"Wound care\",\"description\"",
                                                      "\"name\":\"Wound care\",\"nickname\":\"x\",\"description\"");
    mr_report r = verify_with(b, prove_as(b, good, b->key, &jcs), false);
    assert_check(&r, MR_CHECK_FORMAT, MR_PASSED, "format.passed_other");
    r = verify_with(b, prove_as(b, odd, b->key, &jcs), false);
    assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, "vcdm.term_unknown");
}

static void tokens_are_refused_each_for_its_fault(void **state)
{
    struct bench *b = *state;
    mr_str method = method_of(&b->arena, b->did), payload = badge(b, b->did, "");
    const char *good = format(b, "{'alg':'EdDSA','typ':'vc+jwt','kid':'%.*s'}", method);
    mr_report r = verify_with(b, sign(b, b->key, MR_ALG_EDDSA, good, payload), false);
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
    /* another's key under the right id */
    assert_seal(b, sign(b, b->other, MR_ALG_EDDSA, good, payload), false, MR_FAILED, "seal.signature.changed");
    /* algorithms that are none, or another's */
    const char *none[] = {"none", "HS256", "ES256K"};
    for (size_t i = 0; i < 3; i++) {
        const char *header =
            mr_arena_format(&b->arena, "{'alg':'%s','typ':'vc+jwt','kid':'%.*s'}", none[i], MR_STR_ARG(method)).ptr;
        r = verify_with(b, sign(b, b->key, MR_ALG_EDDSA, header, payload), false);
        assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, "format.algorithm");
    }
    assert_seal(
        b, sign(b, b->key, MR_ALG_EDDSA, format(b, "{'alg':'ES256','typ':'vc+jwt','kid':'%.*s'}", method), payload),
        false, MR_FAILED, "token.algorithm");
    /* a key that the token brings along */
    MR_CLEANUP(mr_buf_done) mr_buf jwk;
    struct mr_err err = {0};
    mr_buf_init(&jwk, MR_KIB);
    assert_ok(mr_key_write_jwk(b->other, &jwk, &err), err);
    const char *embedded = mr_arena_format(&b->arena, "{'alg':'EdDSA','typ':'vc+jwt','kid':'%.*s','jwk':%.*s}",
                                           MR_STR_ARG(method), MR_STR_ARG(mr_buf_str(&jwk)))
                               .ptr;
    assert_seal(b, sign(b, b->other, MR_ALG_EDDSA, embedded, payload), false, MR_FAILED, "key.embedded");
    r = verify_with(
        b,
        sign(b, b->other, MR_ALG_EDDSA,
             mr_arena_format(&b->arena, "{'alg':'EdDSA','typ':'vc+jwt','jwk':%.*s}", MR_STR_ARG(mr_buf_str(&jwk))).ptr,
             payload),
        false);
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED,
                 "key.embedded"); /* the issuer's identifier is a key, and this is another */
    /* a kid that leads elsewhere */
    r = verify_with(b,
                    sign(b, b->other, MR_ALG_EDDSA,
                         format(b, "{'alg':'EdDSA','typ':'vc+jwt','kid':'%.*s'}", method_of(&b->arena, b->other_did)),
                         payload),
                    false);
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.other_identifier");
    /* what a vc+jwt may not say */
    assert_seal(b, sign(b, b->key, MR_ALG_EDDSA, good, replace(b, payload, "{\"@context\"", "{\"vc\":{},\"@context\"")),
                false, MR_FAILED, "token.vc_claim");
    assert_seal(b,
                sign(b, b->key, MR_ALG_EDDSA, good,
                     replace(b, payload, "{\"@context\"", "{\"iss\":\"did:key:zAnother\",\"@context\"")),
                false, MR_FAILED, "token.issuer");
}

/* ---- the network ---- */

static mr_str did_document(struct bench *b, const char *id, bool asserts)
{
    mr_str key = mr_str_from(b->key ? b->did : b->did, 8);
    return test_json(
        &b->arena,
        mr_arena_format(
            &b->arena,
            "{'@context':['https://www.w3.org/ns/did/v1'],'id':'%s','verificationMethod':[{'id':'%s#k','type':"
            "'Multikey','controller':'%s','publicKeyMultibase':'%.*s'}],'%s':['%s#k']}",
            id, id, id, MR_STR_ARG(key), asserts ? "assertionMethod" : "authentication", id)
            .ptr);
}

static void a_did_on_the_web_is_asked_only_when_it_may_be(void **state)
{
    struct bench *b = *state;
    mr_str did = MR_STR("did:web:school.example"),
           file = prove(b, badge(b, did, ""), b->key, MR_STR("did:web:school.example#k"));
    assert_seal(b, file, false, MR_UNCHECKED, "key.not_asked");
    assert_seal(b, file, true, MR_UNCHECKED, "key.unreachable");
    b->pages[0] =
        (struct page){"https://school.example/.well-known/did.json", did_document(b, "did:web:school.example", true)};
    mr_report r = verify_with(b, file, true);
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
    b->pages[0].body = did_document(b, "did:web:school.example", false);
    assert_seal(b, file, true, MR_FAILED, "key.relationship");
    b->pages[0].body = did_document(b, "did:web:other.example", true);
    assert_seal(b, file, true, MR_FAILED, "key.other_id");
    b->pages[0].body = MR_STR("<html>");
    assert_seal(b, file, true, MR_FAILED, "key.document");
}

/* A list of Merit's as its issuer publishes it, with one entry set. */
static mr_str list_of(struct bench *b, mr_status_form form, size_t index, uint8_t value, int64_t now)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    uint8_t *statuses = mr_arena_zalloc(&b->arena, 131072, 1);
    statuses[index] = value;
    const struct mr_status_publishing p = {.base = MR_STR("https://lists.example/1"),
                                           .statuses = statuses,
                                           .count = 131072,
                                           .issuer = b->did,
                                           .now = now,
                                           .valid_for_ms = MR_DAY_MS};
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_status_publish(&b->arena, &p, form, b->key, NULL, 0, method_of(&b->arena, b->did), &out, &err), err);
    return mr_arena_dup(&b->arena, mr_buf_str(&out));
}

static void a_withdrawn_badge_is_found_out(void **state)
{
    struct bench *b = *state;
    MR_CLEANUP(mr_buf_done) mr_buf entries;
    mr_json_writer w;
    mr_buf_init(&entries, 4 * MR_KIB);
    mr_json_writer_init(&w, &entries, 0);
    mr_status_put_entries(&w, MR_STR("https://lists.example/1"), 4711);
    const char *more = format(b, ",\"credentialStatus\":%.*s", mr_buf_str(&entries));
    mr_str file = prove(b, badge(b, b->did, more), b->key, method_of(&b->arena, b->did));
    mr_report r = verify_with(b, file, false);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.not_asked");
    r = verify_with(b, file, true);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.unreachable");
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
    struct page *revocation = &b->pages[0], *suspension = &b->pages[1];
    *revocation =
        (struct page){"https://lists.example/1/revocation", list_of(b, MR_STATUS_FORM_REVOCATION, 4711, 0, TEST_NOW)};
    *suspension =
        (struct page){"https://lists.example/1/suspension", list_of(b, MR_STATUS_FORM_SUSPENSION, 4711, 0, TEST_NOW)};
    r = verify_with(b, file, true);
    assert_check(&r, MR_CHECK_STATUS, MR_PASSED, "status.active");
    assert_int_equal(r.verdict, MR_VERDICT_VALID);
    suspension->body = list_of(b, MR_STATUS_FORM_SUSPENSION, 4711, 2, TEST_NOW);
    r = verify_with(b, file, true);
    assert_check(&r, MR_CHECK_STATUS, MR_FAILED, "status.suspended");
    assert_int_equal(r.verdict, MR_VERDICT_CAUTION);
    revocation->body = list_of(b, MR_STATUS_FORM_REVOCATION, 4711, 1, TEST_NOW);
    r = verify_with(b, file, true);
    assert_check(&r, MR_CHECK_STATUS, MR_FAILED, "status.revoked");
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    revocation->body = list_of(b, MR_STATUS_FORM_REVOCATION, 4711, 0, TEST_NOW - 3 * MR_DAY_MS);
    suspension->body = list_of(b, MR_STATUS_FORM_SUSPENSION, 4711, 0, TEST_NOW);
    r = verify_with(b, file, true);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.list_expired");
}

/* ---- one achievement, every form, one story ---- */

struct achievement {
    mr_specification specification;
    struct mr_authority authority;
    struct mr_seal_key seal;
    mr_issuer *issuer;
};

static void open_issuer(struct bench *b, struct achievement *x)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str text;
    mr_findings_init(&findings, &b->arena);
    text = test_read_file(&b->arena, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json");
    assert_ok(mr_specification_read(&b->arena, text, &x->specification, &findings, &err), err);
    assert_int_equal(findings.faults, 0);
    assert_ok(mr_authority_new(&b->env, &x->authority, &err), err);
    mr_str name = mr_texts_find(x->specification.awarding_bodies[0].name, MR_STR("en"));
    test_seal_new(&x->authority, &b->env, mr_arena_dup(&b->arena, name).ptr, TEST_SCHOOL_ID, &x->seal);
    const struct mr_issuing issuing = {
        .specification = &x->specification, .seal = &x->seal, .env = &b->env, .mandate = true, .holder = b->key};
    assert_ok(mr_issuer_open(&issuing, &x->issuer, &err), err);
}

static mr_report issue_and_verify(struct bench *b, struct achievement *x, mr_format f)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_achievement a = {.id = "01890000-0000-7000-8000-000000000001",
                        .learner = {.full_name = MR_STR("Mette Krogh Poulsen"),
                                    .given_name = MR_STR("Mette Krogh"),
                                    .family_name = MR_STR("Poulsen"),
                                    .birth_date = {1991, 3, 2}},
                        .awarded_on = {2026, 10, 13},
                        .grade = MR_STR("Passed")};
    mr_buf_init(&out, 4 * MR_MIB);
    assert_ok(mr_issue(x->issuer, &a, f, &out, &err), err);
    return verify_with(b, mr_arena_dup(&b->arena, mr_buf_str(&out)), false);
}

/* The same checks in the same order with the same sentences, whatever secures it; only who is behind a bare identifier differs. */
static void every_form_tells_the_same_story(void **state)
{
    struct bench *b = *state;
    struct achievement x = {0};
    static const mr_check_code same[] = {MR_CHECK_STATUS, MR_CHECK_DATES, MR_CHECK_HOLDER, MR_CHECK_QUALITY};
    open_issuer(b, &x);
    mr_report elm = issue_and_verify(b, &x, MR_FORMAT_ELM);
    for (size_t i = 1; i < MR_FORMAT_COUNT; i++) {
        mr_format f = mr_format_at(i);
        mr_report r = issue_and_verify(b, &x, f);
        for (int c = 0; c < MR_CHECK_COUNT; c++)
            if (!r.checks[c].claimed)
                fail_msg("%s: %s is not claimed: %.*s", mr_format_name(f), mr_check_name((mr_check_code)c),
                         MR_STR_ARG(r.checks[MR_CHECK_FORMAT].text));
        assert_int_equal(r.checks[MR_CHECK_SEAL].state, MR_PASSED);
        if (r.checks[MR_CHECK_ISSUER].state != MR_PASSED)
            fail_msg("%s: %.*s", mr_format_name(f), MR_STR_ARG(r.checks[MR_CHECK_ISSUER].text));
        if (f != MR_FORMAT_DATA_INTEGRITY && f != MR_FORMAT_OPEN_BADGES && f != MR_FORMAT_OPEN_BADGES_JWT)
            assert_str_eq(r.checks[MR_CHECK_TRUST].text, elm.checks[MR_CHECK_TRUST].text);
        for (size_t k = 0; k < sizeof same / sizeof *same; k++) {
            /* The Learning Credential has no birth date, must have an end, and knows no kinds of quality assurance. */
            if (f == MR_FORMAT_EU_LEARNING && same[k] != MR_CHECK_STATUS) continue;
            if (!mr_str_eq(r.checks[same[k]].text, elm.checks[same[k]].text))
                fail_msg("%s: %s says \"%.*s\", not \"%.*s\"", mr_format_name(f), mr_check_name(same[k]),
                         MR_STR_ARG(r.checks[same[k]].text), MR_STR_ARG(elm.checks[same[k]].text));
        }
        if (f != MR_FORMAT_EU_LEARNING) assert_int_equal(r.checks[MR_CHECK_COMPLETENESS].state, MR_PASSED);
        assert_str_eq(r.view.title, elm.view.title);
        assert_str_eq(r.view.learner, elm.view.learner);
        assert_int_equal(r.verdict, elm.verdict);
    }
    mr_issuer_close(x.issuer);
    mr_seal_key_done(&x.seal);
    mr_authority_done(&x.authority);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_badge_of_a_known_issuer_is_told_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_issuer_that_is_not_known_is_not_trusted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_of_somebody_else_is_not_the_issuers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changed_proofs_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(terms_without_a_meaning_are_found_under_every_proof, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tokens_are_refused_each_for_its_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_did_on_the_web_is_asked_only_when_it_may_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_withdrawn_badge_is_found_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_form_tells_the_same_story, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
