/* Endorsements in badges: the good one is told, each way of being wrong is, too, and the verdict never changes. */
#include "verifying.h"

#include "base/id.h"
#include "credential/endorsement.h"
#include "proof/jose.h"

#define ACHIEVEMENT "urn:uuid:01890000-0000-7000-8000-000000000002"
#define BADGE "urn:uuid:01890000-0000-7000-8000-000000000001"

static mr_str write_endorsement(struct bench *b, const char *subject, mr_str issuer)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const struct mr_endorsing e = {.id = "01890000-0000-7000-8000-000000000009",
                                   .subject = mr_str_of(subject),
                                   .title = MR_STR("Wound care"),
                                   .issuer = issuer,
                                   .name = MR_STR("Hospital (invented)"),
                                   .comment = MR_STR("We employ \"them\"."),
                                   .now = TEST_NOW - 1000};
    mr_buf_init(&out, MR_MIB);
    mr_endorsement_write(&e, &out);
    return mr_arena_dup(&b->arena, mr_buf_str(&out));
}

static mr_str endorse(struct bench *b, const char *subject)
{
    return prove(b, write_endorsement(b, subject, b->other_did), b->other, method_of(&b->arena, b->other_did));
}

/* A badge of the school, sealed with these endorsements in it. at: behind which member they stand. */
static mr_str badge_with(struct bench *b, const char *at, mr_str endorsement)
{
    mr_str plain = badge(b, b->did, "");
    const char *member = mr_arena_format(&b->arena, "%s,\"endorsement\":[%.*s]", at, MR_STR_ARG(endorsement)).ptr;
    return prove(b, replace(b, plain, at, member), b->key, method_of(&b->arena, b->did));
}

#define IN_ACHIEVEMENT "\"achievementType\":\"Course\""
#define IN_BADGE "\"validFrom\":\"2026-10-14T00:00:00Z\""
#define IN_ISSUER "\"name\":\"School of Nursing (invented)\""

static mr_report verify_endorsed(struct bench *b, const char *at, mr_str endorsement, mr_state state, const char *id)
{
    mr_report r = verify_with(b, badge_with(b, at, endorsement), false);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.passed_claimed");
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN); /* as without any */
    assert_int_equal(r.endorsement_count, 1);
    const struct mr_endorsement *e = &r.endorsements[0].endorsement;
    if (e->step.state != state || strcmp(e->step.id, id) != 0)
        fail_msg("%s %s (%.*s), wanted %s", mr_state_name(e->step.state), e->step.id, MR_STR_ARG(e->step.detail), id);
    assert_true(r.endorsements[0].text.len > 0);
    assert_int_equal(r.endorsements[0].why.len > 0, state != MR_PASSED);
    return r;
}

static void what_holds_is_told_with_who_and_what(void **state)
{
    struct bench *b = *state;
    mr_report r = verify_endorsed(b, IN_ACHIEVEMENT, endorse(b, ACHIEVEMENT), MR_PASSED, "endorsement.passed");
    assert_int_equal(r.endorsements[0].endorsement.of, MR_ENDORSED_ACHIEVEMENT);
    assert_str(r.endorsements[0].endorsement.by, "Hospital (invented)");
    assert_str_eq(r.endorsements[0].endorsement.id, b->other_did);
    assert_true(mr_str_find(r.endorsements[0].text, MR_STR("We employ \"them\".")) > 0);
    assert_true(mr_str_find(r.endorsements[0].text, MR_STR("was not checked")) > 0);
    r = verify_endorsed(b, IN_BADGE, endorse(b, BADGE), MR_PASSED, "endorsement.passed");
    assert_int_equal(r.endorsements[0].endorsement.of, MR_ENDORSED_CREDENTIAL);
    r = verify_endorsed(b, IN_ISSUER, endorse(b, b->did.ptr), MR_PASSED, "endorsement.passed");
    assert_int_equal(r.endorsements[0].endorsement.of, MR_ENDORSED_ISSUER);
}

static void each_fault_is_found(void **state)
{
    struct bench *b = *state;
    mr_str good = endorse(b, ACHIEVEMENT), method = method_of(&b->arena, b->other_did);
    verify_endorsed(b, IN_ACHIEVEMENT, replace(b, good, "We employ", "We avoid!"), MR_FAILED, "seal.signature.changed");
    verify_endorsed(b, IN_ACHIEVEMENT, endorse(b, "urn:uuid:01890000-0000-7000-8000-000000000003"), MR_FAILED,
                    "endorsement.other_subject");
    verify_endorsed(b, IN_BADGE, good, MR_FAILED, "endorsement.other_subject");
    mr_str foreign = write_endorsement(b, ACHIEVEMENT, b->did); /* in the name of the school, by another */
    verify_endorsed(b, IN_ACHIEVEMENT, prove(b, foreign, b->other, method), MR_FAILED, "endorsement.other_key");
    mr_str past = replace(b, write_endorsement(b, ACHIEVEMENT, b->other_did), "\"validFrom\"",
                          "\"validUntil\":\"2026-01-01T00:00:00Z\",\"validFrom\"");
    verify_endorsed(b, IN_ACHIEVEMENT, prove(b, past, b->other, method), MR_FAILED, "endorsement.expired");
    verify_endorsed(b, IN_ACHIEVEMENT, replace(b, good, "eddsa-rdfc-2022", "bbs-2023"), MR_UNCHECKED, "proof.bbs");
    verify_endorsed(b, IN_ACHIEVEMENT, write_endorsement(b, ACHIEVEMENT, b->other_did), MR_FAILED, "endorsement.form");
    verify_endorsed(b, IN_ACHIEVEMENT, prove(b, badge(b, b->other_did, ""), b->other, method), MR_FAILED,
                    "endorsement.form");
}

static void no_more_are_opened_than_may_be(void **state)
{
    struct bench *b = *state;
    mr_str one = endorse(b, ACHIEVEMENT), all = one;
    for (size_t i = 1; i < MR_LIMIT_ENDORSEMENTS + 3; i++)
        all = mr_arena_concat(&b->arena, (const mr_str[]){all, MR_STR(","), one}, 3);
    mr_report r = verify_with(b, badge_with(b, IN_ACHIEVEMENT, all), false);
    assert_int_equal(r.endorsement_count, MR_LIMIT_ENDORSEMENTS);
    assert_int_equal(r.remark_count, 1);
    assert_true(mr_str_has_prefix(r.remarks[0], MR_STR("3 more")));
}

/* Open Badges 3.0 section 8.2.4: endorsementJwt; the context of 3.0.3 has no such term, so it is asked outside of a badge that is sealed. */
static void tokens_are_endorsements_too(void **state)
{
    struct bench *b = *state;
    struct mr_err err = {0};
    struct mr_endorsement found[MR_LIMIT_ENDORSEMENTS];
    const mr_json *document;
    size_t count, more;
    const char *header = format(b, "{'alg':'EdDSA','typ':'vc+jwt','kid':'%.*s'}", method_of(&b->arena, b->other_did));
    mr_str text = replace(b, write_endorsement(b, ACHIEVEMENT, b->other_did), ",\"proof\":[]", ""),
           token = sign(b, b->other, MR_ALG_EDDSA, header, text),
           whole = mr_arena_format(&b->arena,
                                   "{\"credentialSubject\":{\"achievement\":{\"id\":\"" ACHIEVEMENT
                                   "\",\"endorsementJwt\":[\"%.*s\",\"not.a.token\",7]}}}",
                                   MR_STR_ARG(token));
    const struct mr_opening o = {
        .contexts = b->contexts, .keys = {mr_controller_find, &(struct mr_resolver){.fetch = NULL}}, .now = TEST_NOW};
    assert_ok(mr_json_parse(&b->arena, whole, NULL, &document, &err), err);
    assert_ok(mr_endorsements_open(&b->arena, &o, document, found, &count, &more, &err), err);
    assert_int_equal(count, 3);
    assert_string_equal(found[0].step.id, "endorsement.passed");
    assert_str(found[0].comment, "We employ \"them\".");
    assert_string_equal(found[1].step.id, "endorsement.form");
    assert_int_equal(found[2].step.state, MR_FAILED);
}

static void one_alone_is_a_credential_of_its_own(void **state)
{
    struct bench *b = *state;
    mr_report r = verify_with(b, endorse(b, ACHIEVEMENT), false);
    assert_check(&r, MR_CHECK_FORMAT, MR_PASSED, "format.passed_other");
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
    assert_check(&r, MR_CHECK_COMPLETENESS, MR_NOT_APPLICABLE, "completeness.other");
    assert_true(mr_str_find(r.format, mr_message(mr_language_english(), "format.name.endorsement")) == 0);
    assert_true(r.view.is_endorsement);
    assert_str(r.view.title, "Endorsement: Wound care");
    assert_int_equal(r.view.learner.len, 0);
    const struct mr_view_answer *further = &r.view.answers[MR_ELEMENT_FURTHER];
    assert_int_equal(further->value_count, 2);
    assert_str(further->values[0], "Endorsed: " ACHIEVEMENT);
    assert_str(further->values[1], "Endorsement: We employ \"them\".");
}

static void only_what_others_can_mean_has_an_id(void **state)
{
    struct bench *b = *state;
    struct mr_err err = {0};
    const mr_json *document;
    assert_ok(mr_json_parse(&b->arena, badge(b, b->did, ""), NULL, &document, &err), err);
    assert_str(mr_endorsed_id(document, MR_ENDORSED_CREDENTIAL), BADGE);
    assert_str(mr_endorsed_id(document, MR_ENDORSED_ACHIEVEMENT), ACHIEVEMENT);
    assert_str_eq(mr_endorsed_id(document, MR_ENDORSED_ISSUER), b->did);
    assert_ok(mr_json_parse(&b->arena, MR_STR("{\"issuer\":{\"id\":\"urn:epass:org:issuer\"}}"), NULL, &document, &err),
              err);
    for (int k = 0; k < MR_ENDORSED_KINDS; k++) assert_int_equal(mr_endorsed_id(document, (mr_endorsed)k).len, 0);
}

#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_holds_is_told_with_who_and_what), T(each_fault_is_found),
        T(no_more_are_opened_than_may_be),       T(tokens_are_endorsements_too),
        T(one_alone_is_a_credential_of_its_own), T(only_what_others_can_mean_has_an_id),
    };
    return cmocka_run_group_tests_name("credential/endorsement", tests, NULL, NULL);
}
