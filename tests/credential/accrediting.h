/* Accreditations in tests: an invented agency that signs records, and credentials of an invented school that claim them. */
#ifndef TESTS_CREDENTIAL_ACCREDITING_H
#define TESTS_CREDENTIAL_ACCREDITING_H

#include "verifying.h"

#include "credential/accreditation_judge.h"
#include "credential/accreditation_write.h"

#define SCHOOL "School of Nursing (invented)"
#define AGENCY "Quality Agency (invented)"
#define DECISION "https://agency.example/decisions/1"
/* A record that covers everything below; apostrophes stand for quotation marks. */
#define RECORD                                                                                                         \
    "{'accreditation':'1','id':'" DECISION                                                                             \
    "','kind':'institution','title':{'en':'Institutional accreditation 2026'},'by':{'name':{'en':'" AGENCY             \
    "'},'country':'DK'},'organisations':[{'name':{'en':'" SCHOOL                                                       \
    "'},'country':'DK','vat':'DK12345678'}],'decision':'positive','issued':'2026-01-15','valid_from':'2026-02-01',"    \
    "'valid_until':'2026-12-31','limits':{'fields':['091'],'levels':['6'],'jurisdictions':['DK']}"                     \
    "}"

/* `text` with the first `from` in it as `to`; NULL: as it is. A `from` that is not there is a fault of the test. */
static inline mr_str edit(struct bench *b, mr_str text, const char *from, const char *to)
{
    mr_str old = from ? test_json(&b->arena, from) : MR_STR_EMPTY, new = from ? test_json(&b->arena, to) : MR_STR_EMPTY;
    if (!from) return text;
    if (mr_str_find(text, old) < 0) fail_msg("nothing to edit: %s", from);
    return replace(b, text, old.ptr, new.ptr);
}

/* Read and sign a record. key: of the agency. */
static inline mr_str sign_record(struct bench *b, mr_str text, mr_key *key, mr_str did, mr_accreditation_form form,
                                 int64_t now)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_accreditation_file file;
    struct mr_findings findings;
    struct mr_err err = {0};
    mr_findings_init(&findings, &b->arena);
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_accreditation_file_read(&b->arena, text, &file, &findings, &err), err);
    if (findings.faults) fail_msg("%s at %s", findings.items[0].id, findings.items[0].pointer);
    mr_str method = method_of(&b->arena, did);
    const struct mr_issuing_key issuing = {.key = key, .issuer = did, .method = method, .kid = method};
    const struct mr_accreditation_signing s = {.file = &file,
                                               .key = &issuing,
                                               .id = MR_STR("urn:credential:01890000-0000-7000-8000-0000000000aa"),
                                               .now = now};
    assert_ok(mr_accreditation_sign(&b->arena, &s, form, &out, &err), err);
    return mr_arena_dup(&b->arena, mr_buf_str(&out));
}

static inline mr_str signed_record(struct bench *b, const char *from, const char *to)
{
    return sign_record(b, edit(b, test_json(&b->arena, RECORD), from, to), b->other, b->other_did,
                       MR_ACCREDITATION_VC_JWT, TEST_NOW - MR_DAY_MS);
}

/* Verified; the form and the seal must be good, or the test tests nothing. */
static inline mr_report verify_good(struct bench *b, mr_str file, bool online)
{
    mr_report r = verify_with(b, file, online);
    for (int i = MR_CHECK_FORMAT; i <= MR_CHECK_SEAL; i++)
        if (r.checks[i].state != MR_PASSED)
            fail_msg("%s: %.*s; %.*s", mr_check_name((mr_check_code)i), MR_STR_ARG(r.checks[i].text),
                     MR_STR_ARG(r.checks[i].detail));
    return r;
}

/* What lies in the folder accreditations/ of the trust folder. */
static inline void put_records(struct bench *b, const mr_str *records, size_t count)
{
    struct mr_err err = {0};
    b->trust.records = MR_NEW_ARRAY(&b->arena, mr_accreditation_record, count + 1);
    b->trust.record_count = count;
    for (size_t i = 0; i < count; i++) {
        assert_ok(mr_accreditation_peek(&b->arena, records[i], &b->trust.records[i], &err), err);
        b->trust.records[i].name = MR_STR("record.jwt");
    }
}

/* The school is known, and the agency as one that may accredit. */
static inline void trust_agency(struct bench *b, bool accredits)
{
    struct mr_known_issuer *known = MR_NEW_ARRAY(&b->arena, struct mr_known_issuer, 4);
    known[0] = (struct mr_known_issuer){.id = b->did, .name = MR_STR(SCHOOL)};
    known[1] = (struct mr_known_issuer){.id = b->other_did, .name = MR_STR(AGENCY), .accredits = accredits};
    b->trust = (mr_trust){.issuers = known, .issuer_count = 2};
}

/* ---- credentials ---- */

#define COUNTRY(code)                                                                                                  \
    "'location':[{'id':'urn:epass:location:" code "','type':'Location','address':[{'id':'urn:epass:address:" code      \
    "','type':'Address','countryCode':{'id':'http://publications.europa.eu/resource/authority/country/" code           \
    "','type':'Concept'}}]}]"
#define PARTY(id, name, more)                                                                                          \
    "{'id':'" id "','type':'Organisation','legalName':{'en':'" name "'}," COUNTRY("DNK") more "}"
#define VAT(number)                                                                                                    \
    ",'vatIdentifier':[{'id':'urn:epass:vat:" number "','type':'LegalIdentifier','notation':'" number                  \
    "','spatial':{'id':'http://publications.europa.eu/resource/authority/country/DNK','type':'Concept'}}]"
#define CLAIM                                                                                                          \
    "{'id':'urn:epass:accreditation:1','type':'Accreditation','title':{'en':'Institutional accreditation'},'dcType':"  \
    "{'id':'http://data.europa.eu/snb/accreditation/bb4618238e','type':'Concept'},'accreditingAgent':" PARTY(          \
        "urn:epass:org:agency", AGENCY, "") ",'landingPage':[{'id':'urn:epass:page:1','type':'WebResource','"          \
                                            "contentURL':'" DECISION "'}]}"
#define SPECIFICATION(accreditation)                                                                                   \
    "{'id':'urn:epass:spec:1','type':'Qualification','title':{'en':'Wound care'},'thematicArea':[{'id':'"              \
    "http://data.europa.eu/snb/isced-f/0913','type':'Concept'}],'eqfLevel':{'id':'http://data.europa.eu/snb/eqf/6','"  \
    "type':'Concept'},'accreditation':[" accreditation "]}"
#define ACHIEVEMENT(number, specification, bodies)                                                                     \
    "{'id':'urn:epass:achievement:" number "','type':'LearningAchievement','title':{'en':'Wound care'},'awardedBy':{'" \
    "id':'urn:epass:awarding:" number "','type':'AwardingProcess','awardingDate':'2026-10-13T00:00:00Z','"             \
    "awardingBody':[" bodies "]},'specifiedBy':" specification "}"
#define BODY PARTY("urn:epass:org:body", SCHOOL, VAT("DK12345678"))

/* Signed by the school, with these achievements and further members ("" or ",'x':1"). */
static inline mr_str credential_of(struct bench *b, const char *achievements, const char *more)
{
    const char *text =
        mr_arena_format(&b->arena,
                        "{'@context':" MR_ELM_VC2_CONTEXT
                        ",'id':'urn:credential:01890000-0000-7000-8000-000000000001','type':['VerifiableCredential'],"
                        "'validFrom':'2026-10-14T09:12:00Z','issuer':{'id':'%.*s','type':'Organisation','legalName':{"
                        "'en':'" SCHOOL
                        "'}," COUNTRY("DNK") "},'credentialSubject':{'id':"
                                             "'urn:epass:person:1','type':'Person','fullName':{'en':'Mette Krogh "
                                             "Poulsen'},'hasClaim':[%s]}"
                                             "%s}",
                        MR_STR_ARG(b->did), achievements, more)
            .ptr;
    return test_json(&b->arena, text);
}

static inline mr_str signed_credential(struct bench *b, mr_str payload)
{
    mr_str method = method_of(&b->arena, b->did);
    return sign(b, b->key, MR_ALG_EDDSA, format(b, "{'alg':'EdDSA','typ':'vc+jwt','kid':'%.*s'}", method), payload);
}

#endif
