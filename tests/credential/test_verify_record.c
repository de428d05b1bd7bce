/* Learner records: each credential in one with its own verdict, and what does not hold is neither shown nor lets the record pass. */
#include "baking.h"
#include "verifying.h"

#include "base/limits.h"
#include "credential/said.h"

#define CLR "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"

/* Of the issuer, with these credentials and one achievement of its own, which comes after a part of one of them. */
static mr_str record_of(struct bench *b, mr_str credentials)
{
    mr_str head = test_json(
        &b->arena,
        format(b,
               "{'@context':['" V2 "','" CLR "','" OB "'],'id':'urn:uuid:01890000-0000-7000-8000-0000000000f1','type':"
               "['VerifiableCredential','ClrCredential'],'name':'Record (invented)','issuer':{'id':'%.*s','type':["
               "'Profile'],'name':'School of Nursing (invented)'},'validFrom':'2026-10-14T00:00:00Z',"
               "'credentialSubject':{'id':'urn:uuid:01890000-0000-7000-8000-0000000000aa','type':['ClrSubject'],"
               "'achievement':[{'id':'urn:uuid:01890000-0000-7000-8000-0000000000f2','type':['Achievement'],'name':"
               "'First aid','description':'Helps.','criteria':{'narrative':'A day.'}}],'association':[{'type':"
               "'Association','associationType':'precedes','sourceId':'urn:uuid:01890000-0000-7000-8000-0000000000f2',"
               "'targetId':'urn:uuid:01890000-0000-7000-8000-000000000002'}],'verifiableCredential':[",
               b->did));
    return mr_arena_concat(&b->arena, (const mr_str[]){head, credentials, MR_STR("]}}")}, 3);
}

static mr_str proved(struct bench *b, mr_str text)
{
    return prove(b, text, b->key, method_of(&b->arena, b->did));
}

/* One that holds, one that was changed after it was sealed, one without a seal. */
static mr_str mixed_record(struct bench *b)
{
    mr_str good = proved(b, badge(b, b->did, "")),
           changed = replace(b, proved(b, badge(b, b->did, "")), "Dresses wounds", "Heals everything"),
           bare = badge(b, b->did, "");
    return mr_arena_concat(&b->arena, (const mr_str[]){good, MR_STR(","), changed, MR_STR(","), bare}, 5);
}

static bool remarks_say(const mr_report *r, const char *id)
{
    mr_str sentence = mr_message(mr_language_english(), id);
    sentence = mr_str_make(sentence.ptr, (size_t)mr_str_find_char(sentence, '{'));
    for (size_t i = 0; i < r->remark_count; i++)
        if (mr_str_find(r->remarks[i], sentence) >= 0) return true;
    return false;
}

static void every_credential_has_its_own_verdict(void **state)
{
    struct bench *b = *state;
    mr_report r = verify_with(b, proved(b, record_of(b, mixed_record(b))), false);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.passed_claimed");
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
    assert_int_equal(r.content_count, 3);
    assert_int_equal(r.content_failures, 1);
    assert_true(r.contents[0].sealed && r.contents[1].sealed && !r.contents[2].sealed);
    assert_int_equal(r.contents[0].verdict, MR_VERDICT_UNKNOWN); /* it names no status list */
    assert_int_equal(r.contents[1].verdict, MR_VERDICT_INVALID);
    assert_str_eq(r.contents[1].summary, mr_message(mr_language_english(), "summary.changed"));
    assert_str(r.contents[0].title, "Wound care");
    assert_true(remarks_say(&r, "record.failed") && remarks_say(&r, "record.held") &&
                remarks_say(&r, "record.unsealed_count"));
    assert_false(remarks_say(&r, "record.unchecked"));
}

static void what_does_not_hold_is_not_shown(void **state)
{
    struct bench *b = *state;
    mr_report r = verify_with(b, proved(b, record_of(b, mixed_record(b))), false);
    assert_int_equal(r.view.part_count, 4);
    assert_int_equal(r.view.part_credentials, 3);
    assert_false(r.view.parts[0].withheld || r.view.parts[2].withheld || r.view.parts[3].withheld);
    assert_true(r.view.parts[1].withheld);
    assert_str(r.view.parts[3].title, "First aid");
    assert_str(r.view.parts[3].issuer, "School of Nursing (invented)");
}

/* With all else in order it would be "genuine and current". */
static void a_failure_inside_makes_it_one_to_take_care_with(void **state)
{
    struct bench *b = *state;
    mr_report r = verify_with(b, proved(b, record_of(b, mixed_record(b))), false);
    r.checks[MR_CHECK_STATUS].state = MR_PASSED;
    assert_int_equal(mr_report_verdict(&r), MR_VERDICT_CAUTION);
    r.content_failures = 0;
    assert_int_equal(mr_report_verdict(&r), MR_VERDICT_VALID);
}

/* A credential that was put into another's record is no more genuine for it. */
static void a_key_of_somebody_else_inside_is_found_out(void **state)
{
    struct bench *b = *state;
    mr_str forged = prove(b, badge(b, b->did, ""), b->other, method_of(&b->arena, b->other_did));
    mr_report r = verify_with(b, proved(b, record_of(b, forged)), false);
    assert_int_equal(r.content_failures, 1);
    assert_str_eq(r.contents[0].summary, mr_message(mr_language_english(), "summary.other_issuer"));
}

static void a_changed_record_tells_nothing(void **state)
{
    struct bench *b = *state;
    mr_str file = replace(b, proved(b, record_of(b, mixed_record(b))), "First aid", "Last aid");
    assert_seal(b, file, false, MR_FAILED, "seal.signature.changed");
}

/* Of an issuer that has to be asked for its key, with lists of its own. */
static mr_str far_badge(struct bench *b, int number)
{
    const char *lists = mr_arena_format(&b->arena,
                                        ",'credentialStatus':[{'type':'BitstringStatusListEntry','statusPurpose':"
                                        "'revocation','statusListIndex':'1','statusListCredential':"
                                        "'https://lists.example/%d'},{'type':'BitstringStatusListEntry',"
                                        "'statusPurpose':'suspension','statusListIndex':'1','statusListCredential':"
                                        "'https://lists.example/s%d'}]",
                                        number, number)
                            .ptr;
    mr_str did = mr_arena_format(&b->arena, "did:web:school%d.example", number);
    if (number % 2)
        return prove(b, badge(b, did, lists), b->key, mr_arena_format(&b->arena, "%.*s#k", MR_STR_ARG(did)));
    return proved(b, badge(b, b->did, lists));
}

/* However much lies in each other: one file, one budget. */
static void what_lies_in_it_shares_what_may_be_asked(void **state)
{
    struct bench *b = *state;
    mr_str all = far_badge(b, 0);
    for (int i = 1; i < 16; i++)
        all = mr_arena_concat(&b->arena, (const mr_str[]){all, MR_STR(","), far_badge(b, i)}, 3);
    mr_str record = proved(b, record_of(b, all));
    mr_str files[] = {record, png_with(&b->arena, badge_chunk(&b->arena, "openbadgecredential", record.ptr))};
    for (size_t i = 0; i < 2; i++) {
        b->asked = 0, b->delay = 0;
        mr_report r = verify_with(b, files[i], true);
        assert_int_equal(r.content_count, 16);
        assert_int_equal(b->asked, MR_LIMIT_VERIFY_FETCHES);
        for (size_t k = 0; k < 16; k++) assert_int_equal(r.contents[k].verdict, MR_VERDICT_UNKNOWN);
        b->asked = 0, b->delay = MR_LIMIT_VERIFY_MS / 4 + 1;
        r = verify_with(b, files[i], true);
        assert_int_equal(b->asked, 4);
        assert_int_not_equal(r.verdict, MR_VERDICT_VALID);
        test_env_set_time(&b->env, TEST_NOW);
    }
}

static void records_in_records_are_not_opened(void **state)
{
    struct bench *b = *state;
    mr_str inner = proved(b, record_of(b, mixed_record(b)));
    mr_report r = verify_with(b, proved(b, record_of(b, inner)), false);
    assert_int_equal(r.content_count, 1);
    assert_true(r.contents[0].sealed);
    assert_int_equal(r.content_failures, 0);
}

static void a_record_of_too_many_is_told_in_part(void **state)
{
    struct bench *b = *state;
    mr_str one = badge(b, b->did, ""), all = one;
    for (int i = 1; i < MR_LIMIT_PRESENTED + 6; i++)
        all = mr_arena_concat(&b->arena, (const mr_str[]){all, MR_STR(","), one}, 3);
    mr_report r = verify_with(b, proved(b, record_of(b, all)), false);
    assert_int_equal(r.content_count, MR_LIMIT_PRESENTED);
    assert_int_equal(r.view.part_count, MR_LIMIT_PRESENTED);
    assert_true(r.view.parts_over >= 6);
    assert_true(remarks_say(&r, "record.over"));
}

static void the_report_tells_them_in_both_forms(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct bench *b = *state;
    struct mr_err err = {0};
    const mr_json *root;
    mr_report r = verify_with(b, proved(b, record_of(b, mixed_record(b))), false);
    mr_buf_init(&out, MR_MIB);
    mr_report_write_text(&r, mr_language_english(), MR_STR("f"), false, &out);
    assert_true(mr_str_find(mr_buf_str(&out), mr_message(mr_language_english(), "report.contents")) > 0);
    mr_buf_clear(&out);
    mr_report_write_json(&r, mr_language_english(), MR_STR("f"), &out);
    assert_ok(mr_json_parse(&b->arena, mr_buf_str(&out), NULL, &root, &err), err);
    assert_str(mr_json_str(mr_json_find(root, MR_STR("/contents/1/verdict"))), "invalid");
    assert_null(mr_json_find(root, MR_STR("/contents/2/verdict")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_credential_has_its_own_verdict, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_hold_is_not_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_inside_makes_it_one_to_take_care_with, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_of_somebody_else_inside_is_found_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_changed_record_tells_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_lies_in_it_shares_what_may_be_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_in_records_are_not_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_of_too_many_is_told_in_part, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_report_tells_them_in_both_forms, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
