/* Records of accreditation: the file that an agency writes, the forms in which it is signed, and what is read back. */
#include "accrediting.h"

static void files_are_read_strictly(void **state)
{
    static const struct {
        const char *from, *to, *id, *pointer;
    } cases[] = {
        {"'accreditation':'1'", "'accreditation':'2'", "accreditation.file.form", "/accreditation"},
        {"'kind':'institution',", "", "spec.quality.kind", ""},
        {"'kind':'institution'", "'kind':'internal'", "accreditation.file.internal", "/kind"},
        {"'title':{'en':'Institutional accreditation 2026'},", "", "accreditation.file.title", ""},
        {",'vat':'DK12345678'", "", "accreditation.file.identifier", "/organisations/0"},
        {"'2026-12-31'", "'2025-12-31'", "spec.date.order", "/valid_until"},
        {"'issued'", "'suspended':{'until':'2026-03-01'},'issued'", "accreditation.file.suspended", "/suspended"},
        {"'fields':['091']", "'fields':['nursing']", "spec.code", "/limits/fields/0"},
        {"'limits'", "'limit'", "spec.member", "/limit"},
    };
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_accreditation_file file;
        struct mr_findings findings;
        struct mr_err err = {0};
        bool found = false;
        mr_findings_init(&findings, &b->arena);
        mr_str text = edit(b, test_json(&b->arena, RECORD), cases[i].from, cases[i].to);
        assert_ok(mr_accreditation_file_read(&b->arena, text, &file, &findings, &err), err);
        for (size_t k = 0; k < findings.count; k++)
            found = found || strncmp(findings.items[k].id, cases[i].id, strlen(cases[i].id)) == 0;
        if (!found || !findings.faults)
            fail_msg("%s: got %s at %s", cases[i].id, findings.count ? findings.items[0].id : "nothing",
                     findings.count ? findings.items[0].pointer : "");
    }
}

static void the_template_is_complete(void **state)
{
    struct bench *b = *state;
    mr_accreditation_file file;
    struct mr_findings findings;
    struct mr_err err = {0};
    mr_findings_init(&findings, &b->arena);
    assert_ok(mr_accreditation_file_read(&b->arena, mr_accreditation_file_template(), &file, &findings, &err), err);
    assert_int_equal(findings.faults, 0);
}

static void assert_record(const mr_accreditation *r)
{
    assert_str_eq(r->id, MR_STR(DECISION));
    assert_int_equal(r->kind, MR_QUALITY_INSTITUTION);
    assert_int_equal(r->decision, MR_DECISION_CONDITIONAL);
    assert_str_eq(mr_texts_find(r->conditions, MR_STR("en")), MR_STR("A new library."));
    assert_int_equal(r->organisation_count, 2);
    assert_true(mr_party_has_name(&r->organisations[0], MR_STR(SCHOOL)));
    assert_true(mr_party_has_name(&r->organisations[1], MR_STR("Second (invented)")));
    assert_str_eq(r->limits.fields.items[0], MR_STR("091"));
    assert_int_equal(r->limits.levels, 1u << 6);
    assert_str_eq(r->limits.jurisdictions.items[0], MR_STR("DNK"));
    assert_str_eq(r->limits.programmes[0].ids.items[0], MR_STR("urn:x:1"));
    assert_int_equal(mr_date_compare(r->valid_until, (mr_date){2026, 12, 31}), 0);
    assert_int_equal(mr_date_compare(r->withdrawn, (mr_date){2026, 6, 1}), 0);
    assert_int_equal(mr_date_compare(r->suspended_from, (mr_date){2026, 3, 1}), 0);
    assert_int_equal(mr_date_compare(r->suspended_until, (mr_date){2026, 3, 31}), 0);
    assert_str_eq(r->report, MR_STR("https://agency.example/report"));
}

static struct mr_accreditation_standing stand(struct bench *b, mr_str text, mr_accreditation_record *ret)
{
    struct mr_resolver resolver = {NULL};
    struct mr_err err = {0};
    struct mr_accreditation_standing s;
    const struct mr_accreditation_judging j = {
        .opening = {.contexts = b->contexts, .keys = {mr_controller_find, &resolver}, .now = TEST_NOW},
        .trust = &b->trust};
    assert_ok(mr_accreditation_stand(&b->arena, &j, text, ret, &s, &err), err);
    return s;
}

static void every_form_is_read_back(void **state)
{
    struct bench *b = *state;
    mr_str text =
        edit(b, test_json(&b->arena, RECORD), "'decision':'positive'",
             "'decision':'conditional','conditions':{'en':'A new library.'},'withdrawn':'2026-06-01',"
             "'suspended':{'from':'2026-03-01','until':'2026-03-31'},'report':'https://agency.example/report'");
    text = edit(b, text, "'vat':'DK12345678'}",
                "'vat':'DK12345678'},{'name':{'en':'Second (invented)'},'country':'SE',"
                "'ror':'https://ror.org/000000000'}");
    text = edit(b, text, "'fields'", "'programme':{'id':'urn:x:1','title':{'en':'Wound care'}},'fields'");
    trust_agency(b, true);
    for (int form = MR_ACCREDITATION_VC_JWT; form <= MR_ACCREDITATION_DATA_INTEGRITY; form++) {
        mr_accreditation_record r;
        mr_str record = sign_record(b, text, b->other, b->other_did, (mr_accreditation_form)form, TEST_NOW - MR_DAY_MS);
        struct mr_accreditation_standing s = stand(b, record, &r);
        if (s.step.state != MR_PASSED) fail_msg("form %d: %s %.*s", form, s.step.id, MR_STR_ARG(s.step.detail));
        assert_str_eq(s.voucher, MR_STR(AGENCY));
        assert_record(&r.accreditation);
    }
}

/* By a seal: it must be that of the agency, and a test seal vouches for nothing. */
static void a_seal_must_be_the_agencys(void **state)
{
    struct bench *b = *state;
    struct mr_authority authority;
    struct mr_seal_key seal;
    struct mr_err err = {0};
    mr_accreditation_file file;
    struct mr_findings findings;
    mr_findings_init(&findings, &b->arena);
    assert_ok(mr_authority_new(&b->env, &authority, &err), err);
    test_seal_new(&authority, &b->env, AGENCY, "VATDK-33333333", &seal);
    for (int own = 0; own < 2; own++) {
        mr_str text = edit(b, test_json(&b->arena, RECORD), "'" AGENCY "'},'country':'DK'",
                           own ? "'" AGENCY "'},'country':'DK','eidas':'VATDK-33333333'"
                               : "'" AGENCY "'},'country':'DK','eidas':'VATDK-44444444'");
        assert_ok(mr_accreditation_file_read(&b->arena, text, &file, &findings, &err), err);
        assert_int_equal(findings.faults, 0);
        for (int form = 0; form < 2; form++) {
            MR_CLEANUP(mr_buf_done) mr_buf out;
            mr_accreditation_record r;
            const struct mr_accreditation_signing s = {
                .file = &file, .seal = &seal, .id = MR_STR("urn:credential:1"), .now = TEST_NOW};
            mr_buf_init(&out, MR_MIB);
            int code = mr_accreditation_sign(&b->arena, &s, form ? MR_ACCREDITATION_JADES : MR_ACCREDITATION_VC_JWT,
                                             &out, &err);
            assert_int_equal(code, own ? MR_OK : MR_E_CERTIFICATE);
            if (!own) continue;
            struct mr_accreditation_standing standing = stand(b, mr_buf_str(&out), &r);
            assert_int_equal(standing.seal.step.state, MR_PASSED);
            assert_str_eq(standing.seal.signer, MR_STR("VATDK-33333333"));
            assert_null(mr_accreditation_signer_fault(&r, &standing.seal));
            assert_string_equal(standing.step.id, "accreditation.agency_test");
        }
    }
    mr_seal_key_done(&seal);
    mr_authority_done(&authority);
}

static void a_signer_in_anothers_name_is_found(void **state)
{
    struct bench *b = *state;
    mr_accreditation_record r;
    trust_agency(b, true);
    /* the payload names another issuer than the key stands for */
    mr_str good =
        sign_record(b, test_json(&b->arena, RECORD), b->other, b->other_did, MR_ACCREDITATION_DATA_INTEGRITY, TEST_NOW);
    struct mr_accreditation_standing s = stand(b, good, &r);
    assert_string_equal(s.step.id, "accreditation.stands");
    /* a trusted agency signs what another "agency" is said to have decided */
    const char *other_agent = "did:key:zSomebodyElse";
    const mr_json *payload = NULL;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(&b->arena, good, NULL, &payload, &err), err);
    mr_str text = edit(b, good, "'accreditingAgent':{'id':'",
                       mr_arena_format(&b->arena, "'accreditingAgent':{'id':'%s','alias':'", other_agent).ptr);
    ptrdiff_t proof = mr_str_find(text, MR_STR(",\"proof\""));
    assert_true(proof > 0);
    text = mr_arena_concat(&b->arena, (const mr_str[]){mr_str_make(text.ptr, (size_t)proof), MR_STR("}")}, 2);
    s = stand(b,
              sign(b, b->other, MR_ALG_EDDSA,
                   format(b, "{'alg':'EdDSA','typ':'vc+jwt','kid':'%.*s'}", method_of(&b->arena, b->other_did)), text),
              &r);
    assert_string_equal(s.step.id, "accreditation.other_agent");
    /* and a stranger signs with his own key what names the agency */
    s = stand(b,
              sign(b, b->key, MR_ALG_EDDSA,
                   format(b, "{'alg':'EdDSA','typ':'vc+jwt','kid':'%.*s'}", method_of(&b->arena, b->did)), text),
              &r);
    assert_string_equal(s.step.id, "accreditation.other_issuer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_read_strictly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_template_is_complete, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_form_is_read_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_seal_must_be_the_agencys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signer_in_anothers_name_is_found, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
