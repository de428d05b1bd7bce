/* The check `quality`: claims held against signed records. Among the cases are the four defects of the Commission's viewer (it compared the agency with the
 * awarding body, swallowed failures of achievements, passed a missing level, and believed the credential's own claim). */
#include "accrediting.h"

#define USUAL ACHIEVEMENT("1", SPECIFICATION(CLAIM), BODY)

struct quality_case {
    const char *what, *record_from, *record_to, *from, *to;
    mr_state state;
    const char *id;
};

static void run(struct bench *b, const struct quality_case *c)
{
    mr_str record = signed_record(b, c->record_from, c->record_to);
    mr_str payload = edit(b, credential_of(b, USUAL, ""), c->from, c->to);
    trust_agency(b, true);
    put_records(b, &record, 1);
    mr_report r = verify_good(b, signed_credential(b, payload), false);
    const struct mr_check *q = &r.checks[MR_CHECK_QUALITY];
    if (!q->claimed || q->state != c->state || !q->text.len)
        fail_msg("%s: %s, %.*s; %.*s", c->what, mr_state_name(q->state), MR_STR_ARG(q->text), MR_STR_ARG(q->detail));
    /* the beginning of the sentence tells which it is: up to its first parameter, or a part behind it */
    mr_str wanted = mr_message(mr_language_english(), c->id);
    ptrdiff_t end = mr_str_find_char(wanted, '}');
    mr_str part = end < 0 ? wanted : mr_str_from(wanted, (size_t)end + 1);
    ptrdiff_t next = mr_str_find_char(part, '{');
    if (next >= 0) part.len = (size_t)next;
    if (mr_str_find(q->text, part) < 0) fail_msg("%s: not %s: %.*s", c->what, c->id, MR_STR_ARG(q->text));
    mr_verdict verdict = c->state == MR_UNCHECKED ? MR_VERDICT_UNKNOWN : r.verdict;
    assert_int_equal(r.verdict, verdict);
}

static void limits_are_compared_with_what_was_awarded(void **state)
{
    static const struct quality_case cases[] = {
        {"covered", NULL, NULL, NULL, NULL, MR_PASSED, "quality.passed"},
        {"with conditions", "'decision':'positive'", "'decision':'conditional','conditions':{'en':'A new library.'}",
         NULL, NULL, MR_PASSED, "quality.passed_conditions"},
        {"conditions unsaid", "'decision':'positive'", "'decision':'conditional'", NULL, NULL, MR_PASSED,
         "quality.passed_conditions"},
        {"negative", "'positive'", "'negative'", NULL, NULL, MR_FAILED, "quality.outside.decision"},
        {"the last day", "'2026-12-31'", "'2026-10-13'", NULL, NULL, MR_PASSED, "quality.passed"},
        {"the day after", "'2026-12-31'", "'2026-10-12'", NULL, NULL, MR_FAILED, "quality.outside.expired"},
        {"the first day", "'2026-02-01'", "'2026-10-13'", NULL, NULL, MR_PASSED, "quality.passed"},
        {"the day before", "'2026-02-01'", "'2026-10-14'", NULL, NULL, MR_FAILED, "quality.outside.early"},
        {"withdrawn before", "'issued'", "'withdrawn':'2026-10-13','issued'", NULL, NULL, MR_FAILED,
         "quality.outside.withdrawn"},
        {"withdrawn after", "'issued'", "'withdrawn':'2026-10-14','issued'", NULL, NULL, MR_PASSED, "quality.passed"},
        {"suspended", "'issued'", "'suspended':{'from':'2026-10-01','until':'2026-10-13'},'issued'", NULL, NULL,
         MR_FAILED, "quality.outside.suspended"},
        {"suspended before", "'issued'", "'suspended':{'from':'2026-10-01','until':'2026-10-12'},'issued'", NULL, NULL,
         MR_PASSED, "quality.passed"},
        {"field", "'091'", "'0915'", NULL, NULL, MR_FAILED, "quality.outside.field"},
        {"field not said", NULL, NULL, "'thematicArea'", "'educationSubject'", MR_UNCHECKED, "quality.undecided.field"},
        {"level", "'levels':['6']", "'levels':['7']", NULL, NULL, MR_FAILED, "quality.outside.level"},
        {"no level: not passed (defect 3)", NULL, NULL, "eqf/6'", "eqf/none'", MR_UNCHECKED, "quality.undecided.level"},
        {"jurisdiction", "'jurisdictions':['DK']", "'jurisdictions':['SE']", NULL, NULL, MR_FAILED,
         "quality.outside.jurisdiction"},
        {"no type of its own", "'jurisdictions'", "'types':['generic'],'jurisdictions'", NULL, NULL, MR_UNCHECKED,
         "quality.undecided.type"},
        {"programme", "'fields'", "'programme':{'id':'urn:x:1','title':{'en':'Other'}},'fields'", NULL, NULL,
         MR_UNCHECKED, "quality.undecided.programme"},
        {"programme by title", "'fields'", "'programme':{'title':{'en':'Other'}},'fields'", NULL, NULL, MR_FAILED,
         "quality.outside.programme"},
        {"the same programme", "'fields'", "'programme':{'title':{'en':'Wound care'}},'fields'", NULL, NULL, MR_PASSED,
         "quality.passed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) run(*state, &cases[i]);
}

/* Defect 1: the organisation of the record is held against the awarding body; the agency must not be mistaken for it. */
static void an_agency_is_not_the_organisation(void **state)
{
    static const struct quality_case cases[] = {
        {"another body of the same agency", "'vat':'DK12345678'", "'vat':'DK87654321'", NULL, NULL, MR_UNCHECKED,
         "quality.not_asked"},
        {"the agency accredits itself", "'name':{'en':'" SCHOOL "'},'country':'DK','vat':'DK12345678'",
         "'name':{'en':'" AGENCY "'},'country':'DK','vat':'DK55555555'", NULL, NULL, MR_UNCHECKED, "quality.not_asked"},
    };
    /* (there is a record of the decision that is named, for another: that is outside) */
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct quality_case c = cases[i];
        c.state = MR_FAILED;
        c.id = "quality.outside.organisation";
        run(b, &c);
        c.from = "'contentURL':'" DECISION "'", c.to = "'contentURL':'https://agency.example/other'";
        c.state = MR_UNCHECKED, c.id = "quality.not_asked";
        run(b, &c);
    }
}

/* Defect 2: of two achievements the failing one is told, wherever it stands. */
static void a_failure_is_not_swallowed(void **state)
{
#define FIELD_0613 "{'id':'http://data.europa.eu/snb/isced-f/0613','type':'Concept'}"
    struct bench *b = *state;
    mr_str record = signed_record(b, NULL, NULL);
    static const char other[] = ACHIEVEMENT(
        "2",
        "{'id':'urn:epass:spec:2','type':'Qualification','title':{'en':'Coding'},'thematicArea':[" FIELD_0613
        "],'eqfLevel':{'id':'http://data.europa.eu/snb/eqf/6','type':'Concept'},'accreditation':[" CLAIM "]}",
        BODY);
    static const char *const orders[][2] = {{USUAL, other}, {other, USUAL}};
    trust_agency(b, true);
    put_records(b, &record, 1);
    for (size_t i = 0; i < 2; i++) {
        const char *both = mr_arena_format(&b->arena, "%s,%s", orders[i][0], orders[i][1]).ptr;
        mr_report r = verify_good(b, signed_credential(b, credential_of(b, both, "")), false);
        assert_check(&r, MR_CHECK_QUALITY, MR_FAILED, "quality.outside.field");
        assert_true(mr_str_find(r.checks[MR_CHECK_QUALITY].text, MR_STR("Coding")) > 0);
    }
    /* inside the other */
    mr_str nested =
        edit(b, credential_of(b, USUAL, ""), "'awardedBy':{'id':'urn:epass:awarding:1'",
             mr_arena_format(&b->arena, "'hasPart':[%s],'awardedBy':{'id':'urn:epass:awarding:1'", other).ptr);
    mr_report r = verify_good(b, signed_credential(b, nested), false);
    assert_check(&r, MR_CHECK_QUALITY, MR_FAILED, "quality.outside.field");
    /* one without a claim beside one that has it */
    const char *silent = mr_arena_format(&b->arena, "%s,%s", USUAL,
                                         ACHIEVEMENT("3",
                                                     "{'id':'urn:epass:spec:3','type':'Qualification','title':{'en'"
                                                     ":'Extra'}}",
                                                     BODY))
                             .ptr;
    r = verify_good(b, signed_credential(b, credential_of(b, silent, "")), false);
    assert_check(&r, MR_CHECK_QUALITY, MR_UNCHECKED, "quality.unclaimed");
}

/* Several bodies: each. */
static void every_awarding_body_is_asked(void **state)
{
#define SECOND PARTY("urn:epass:org:second", "Second School (invented)", VAT("DK22222222"))
    struct bench *b = *state;
    mr_str records[] = {signed_record(b, NULL, NULL),
                        signed_record(b, "{'name':{'en':'" SCHOOL "'},'country':'DK','vat':'DK12345678'}",
                                      "{'name':{'en':'" SCHOOL "'},'country':'DK','vat':'DK12345678'},{'name':{'en':'"
                                      "Second School (invented)'},'country':'DK','vat':'DK22222222'}")};
    mr_str file = signed_credential(b, credential_of(b, ACHIEVEMENT("1", SPECIFICATION(CLAIM), BODY "," SECOND), ""));
    trust_agency(b, true);
    put_records(b, records, 1);
    mr_report r = verify_good(b, file, false);
    assert_int_equal(r.checks[MR_CHECK_QUALITY].state, MR_FAILED);
    assert_true(mr_str_find(r.checks[MR_CHECK_QUALITY].text, MR_STR("Second School")) > 0);
    put_records(b, records + 1, 1);
    r = verify_good(b, file, false);
    assert_check(&r, MR_CHECK_QUALITY, MR_PASSED, "quality.passed");
}

/* Defect 4: what the credential says of itself proves nothing, nor does a record that somebody else signed. */
static void only_the_agencys_own_record_counts(void **state)
{
    struct bench *b = *state;
    mr_str file = signed_credential(b, credential_of(b, USUAL, "")), good = signed_record(b, NULL, NULL), text;
    mr_report r;
    trust_agency(b, true);
    r = verify_good(b, file, false);
    assert_check(&r, MR_CHECK_QUALITY, MR_UNCHECKED, "quality.not_asked");
    r = verify_good(b, file, true);
    assert_check(&r, MR_CHECK_QUALITY, MR_UNCHECKED, "quality.no_record");
    /* signed by the school itself */
    text = sign_record(b, test_json(&b->arena, RECORD), b->key, b->did, MR_ACCREDITATION_VC_JWT, TEST_NOW);
    put_records(b, &text, 1);
    r = verify_good(b, file, false);
    assert_check(&r, MR_CHECK_QUALITY, MR_UNCHECKED, "accreditation.agency_unknown");
    /* the agency is not trusted to accredit */
    trust_agency(b, false);
    put_records(b, &good, 1);
    r = verify_good(b, file, false);
    assert_check(&r, MR_CHECK_QUALITY, MR_UNCHECKED, "accreditation.agency_unknown");
    /* changed after it was signed */
    trust_agency(b, true);
    text = edit(
        b,
        sign_record(b, test_json(&b->arena, RECORD), b->other, b->other_did, MR_ACCREDITATION_DATA_INTEGRITY, TEST_NOW),
        "'expiryDate':'2026-12-31", "'expiryDate':'2036-12-31");
    put_records(b, &text, 1);
    r = verify_good(b, file, false);
    assert_check(&r, MR_CHECK_QUALITY, MR_UNCHECKED, "accreditation.seal");
    /* another party's name as agent, under the agency's signature: the credential's issuer is not the agent */
    text = edit(b, test_json(&b->arena, RECORD), NULL, NULL);
    put_records(b, &good, 1);
    r = verify_good(b, file, false);
    assert_check(&r, MR_CHECK_QUALITY, MR_PASSED, "quality.passed");
}

/* Whoever writes the register numbers of an accredited school beside his own name does not get its accreditation. */
static void an_impostor_does_not_take_over_an_accreditation(void **state)
{
    struct bench *b = *state;
    mr_str record = signed_record(b, NULL, NULL);
    mr_str payload = edit(b, credential_of(b, USUAL, ""), "'en':'" SCHOOL "'", "'en':'Impostor','da':'" SCHOOL "'");
    trust_agency(b, true);
    ((struct mr_known_issuer *)b->trust.issuers)[0].name = MR_STR("Impostor");
    put_records(b, &record, 1);
    mr_report r = verify_good(b, signed_credential(b, payload), false);
    assert_check(&r, MR_CHECK_QUALITY, MR_UNCHECKED, "quality.undecided.organisation");
    /* and by its identifier the record may name the school itself */
    record = signed_record(b, "'vat':'DK12345678'", mr_arena_format(&b->arena, "'did':'%.*s'", MR_STR_ARG(b->did)).ptr);
    put_records(b, &record, 1);
    r = verify_good(b, signed_credential(b, payload), false);
    assert_check(&r, MR_CHECK_QUALITY, MR_PASSED, "quality.passed");
}

static void a_record_is_asked_for_where_the_claim_says(void **state)
{
    struct bench *b = *state;
    mr_str record = signed_record(b, NULL, NULL), plain = signed_credential(b, credential_of(b, USUAL, ""));
    trust_agency(b, true);
    /* at the address that the claim names */
    b->pages[0] = (struct page){DECISION, record};
    mr_report r = verify_good(b, plain, true);
    assert_check(&r, MR_CHECK_QUALITY, MR_PASSED, "quality.passed");
    assert_str_eq(r.checks[MR_CHECK_QUALITY].source, mr_message(mr_language_english(), "source.network"));
    /* once for many achievements: a verification may ask for so much only */
    const char *several = USUAL;
    for (int i = 0; i < 20; i++)
        several =
            mr_arena_format(&b->arena, "%s," ACHIEVEMENT("%d", SPECIFICATION(CLAIM), BODY), several, 100 + i, 100 + i)
                .ptr;
    b->asked = 0;
    r = verify_good(b, signed_credential(b, credential_of(b, several, "")), true);
    assert_check(&r, MR_CHECK_QUALITY, MR_PASSED, "quality.passed");
    assert_int_equal(b->asked, 1);
    b->pages[0] = (struct page){DECISION, MR_STR("<!DOCTYPE html><p>Our decision")};
    r = verify_good(b, plain, true);
    assert_check(&r, MR_CHECK_QUALITY, MR_UNCHECKED, "quality.no_record");
    b->pages[0] = (struct page){0};
}

/* A European Digital Credential with the record inside, sealed with a certificate of the school's or of another's. */
static mr_report verify_sealed(struct bench *b, mr_str record, const char *owner, const char *identifier)
{
    MR_CLEANUP(mr_buf_done) mr_buf content;
    struct mr_authority authority;
    struct mr_seal_key seal;
    struct mr_err err = {0};
    mr_buf_init(&content, MR_MIB);
    mr_base64_put(&content, record);
    const char *evidence =
        mr_arena_format(&b->arena,
                        ",'issued':'2026-10-14T09:12:00Z','issuanceDate':'2026-10-14T09:12:00Z','evidence':[{'id':"
                        "'urn:epass:evidence:1','type':'Evidence','embeddedEvidence':[{'id':'urn:epass:media:1','type':"
                        "'MediaObject','content':'%.*s'}]}]",
                        MR_STR_ARG(mr_buf_str(&content)))
            .ptr;
    mr_str payload = credential_of(b, USUAL, evidence);
    payload = edit(b, payload, MR_ELM_VC2_CONTEXT ",", MR_ELM_EDC_CONTEXT ",");
    payload = edit(b, payload, "['VerifiableCredential']", "['VerifiableCredential','EuropeanDigitalCredential']");
    payload = edit(b, payload, "'issuer':{",
                   mr_arena_format(&b->arena,
                                   "'issuer':{'eIDASIdentifier':{'id':'urn:epass:eidas','type':'LegalIdentifier',"
                                   "'notation':'%s','spatial':{'id':'http://publications.europa.eu/resource/authority/"
                                   "country/DNK','type':'Concept'}},",
                                   identifier)
                       .ptr);
    payload = edit(b, payload, "'legalName':{'en':'" SCHOOL "'}",
                   mr_arena_format(&b->arena, "'legalName':{'en':'%s','da':'" SCHOOL "'}", owner).ptr);
    assert_ok(mr_authority_new(&b->env, &authority, &err), err);
    test_seal_new(&authority, &b->env, owner, identifier, &seal);
    mr_report r = verify_good(b, test_seal_jades(&b->arena, &seal, TEST_NOW, payload), false);
    mr_seal_key_done(&seal);
    mr_authority_done(&authority);
    return r;
}

static void a_record_may_lie_in_the_credential(void **state)
{
    struct bench *b = *state;
    mr_str record = signed_record(b, NULL, NULL);
    trust_agency(b, true);
    mr_report r = verify_sealed(b, record, SCHOOL, "VATDK-12345678");
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.passed");
    assert_check(&r, MR_CHECK_QUALITY, MR_PASSED, "quality.passed");
    /* an old copy does not survive a newer record of the decision */
    mr_str newer =
        sign_record(b, edit(b, test_json(&b->arena, RECORD), "'issued'", "'withdrawn':'2026-06-01','issued'"), b->other,
                    b->other_did, MR_ACCREDITATION_VC_JWT, TEST_NOW);
    put_records(b, &newer, 1);
    r = verify_sealed(b, record, SCHOOL, "VATDK-12345678");
    assert_check(&r, MR_CHECK_QUALITY, MR_FAILED, "quality.outside.withdrawn");
    /* the seal's identifier counts, not what the document says of its awarding body */
    b->trust.record_count = 0;
    r = verify_sealed(b, record, "Impostor", "VATDK-99999999");
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.no_mandate");
    assert_check(&r, MR_CHECK_QUALITY, MR_FAILED, "quality.outside.organisation");
}

static void what_others_said_is_named_and_not_judged(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *kind, *id;
    } cases[] = {{"internal", "quality.internal"}, {"external", "quality.reviewed"}, {"label", "quality.reviewed"}};
    trust_agency(b, true);
    for (size_t i = 0; i < 3; i++) {
        const char *agent = i == 0 ? SCHOOL : AGENCY;
        const char *note = mr_arena_format(&b->arena,
                                           "'additionalNote':[{'id':'urn:epass:note:1','type':'Note','subject':{'id':'"
                                           "urn:merit:quality:%s','type':'Concept'},'noteLiteral':{'en':'X'}}],"
                                           "'accreditingAgent':{'id':'urn:epass:org:agency','type':'Organisation',"
                                           "'legalName':{'en':'%s'}",
                                           cases[i].kind, agent)
                               .ptr;
        mr_str payload = edit(
            b, credential_of(b, USUAL, ""),
            "'accreditingAgent':{'id':'urn:epass:org:agency','type':'Organisation','legalName':{'en':'" AGENCY "'}",
            note);
        mr_report r = verify_good(b, signed_credential(b, payload), false);
        assert_check(&r, MR_CHECK_QUALITY, MR_NOT_APPLICABLE, cases[i].id);
        assert_false(r.verdict == MR_VERDICT_CAUTION);
    }
    mr_report r = verify_good(
        b, signed_credential(b, edit(b, credential_of(b, USUAL, ""), ",'accreditation':[" CLAIM "]", "")), false);
    assert_check(&r, MR_CHECK_QUALITY, MR_NOT_APPLICABLE, "quality.none");
}

/* Hostile: many claims, many references. It ends in time, and what was not looked at is no pass. */
static void more_than_is_looked_at_could_not_be_checked(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf claims;
    struct bench *b = *state;
    mr_str record = signed_record(b, NULL, NULL);
    mr_buf_init(&claims, MR_MIB);
    for (int i = 0; i < 100; i++) mr_buf_puts(&claims, i ? "," CLAIM : CLAIM);
    trust_agency(b, true);
    put_records(b, &record, 1);
    mr_str payload = edit(b, credential_of(b, USUAL, ""), CLAIM, mr_arena_cstr(&b->arena, mr_buf_str(&claims)));
    mr_report r = verify_good(b, signed_credential(b, payload), false);
    assert_check(&r, MR_CHECK_QUALITY, MR_UNCHECKED, "quality.too_many");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(limits_are_compared_with_what_was_awarded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_agency_is_not_the_organisation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_is_not_swallowed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_awarding_body_is_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_the_agencys_own_record_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_impostor_does_not_take_over_an_accreditation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_is_asked_for_where_the_claim_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_may_lie_in_the_credential, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_others_said_is_named_and_not_judged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_than_is_looked_at_could_not_be_checked, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
