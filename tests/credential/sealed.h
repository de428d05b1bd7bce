/* Credentials for the tests of this folder: an invented learner, an invented school, a test authority of our own, and seals of both kinds. */
#ifndef TESTS_CREDENTIAL_SEALED_H
#define TESTS_CREDENTIAL_SEALED_H

#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/elm.h"
#include "crypto/authority.h"
#include "proof/jades.h"
#include "proof/jose.h"

/* 2026-10-14T09:12:00Z */
#define TEST_NOW INT64_C(1791969120000)
#define TEST_SCHOOL "Aarhus School of Nursing"
#define TEST_SCHOOL_ID "VATDK-00000000"

/* What a test may ask for other than the usual. Members that are NULL keep it. */
struct test_credential {
    bool vc2;
    const char *issuer, *issuer_id, *body, *country; /* country: ISO alpha-3 */
    const char *issued;                              /* xsd:dateTime */
    const char *more;                                /* members of the credential, each with a comma before it */
    const char *more_specification;                  /* the same, of A.specifiedBy */
    const char *eqf;                                 /* the eqfLevel member with its comma, or "" for none */
};

/* JSON with apostrophes for quotation marks, because it is to be read here. */
static inline mr_str test_json(mr_arena *a, const char *text)
{
    mr_str copy = mr_arena_dup(a, mr_str_of(text));
    assert_non_null(copy.ptr);
    char *c = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 0; i < copy.len; i++)
        if (c[i] == '\'') c[i] = '"';
    return copy;
}

static inline const char *test_or(const char *given, const char *usual)
{
    return given ? given : usual;
}

#define TEST_CONCEPT(id, label)                                                                                        \
    "{'id':'" id                                                                                                       \
    "','type':'Concept','inScheme':{'id':'urn:test:scheme','type':'ConceptScheme'},'prefLabel':{'en':'" label "'}}"
#define TEST_EQF_6 ",'eqfLevel':" TEST_CONCEPT("http://data.europa.eu/snb/eqf/6", "Level 6")

static inline const char *test_organisation(mr_arena *a, const char *id, const char *name, const char *country,
                                            const char *more)
{
    return mr_arena_format(a,
                           "{'id':'%s','type':'Organisation','legalName':{'en':'%s'},'location':[{'id':'urn:epass:"
                           "location:1','type':'Location',"
                           "'address':[{'id':'urn:epass:address:1','type':'Address','countryCode':{'id':"
                           "'http://publications.europa.eu/resource/authority/country/"
                           "%s','type':'Concept','prefLabel':{'en':'Somewhere'}}}]}]%s}",
                           id, name, country, more)
        .ptr;
}

static inline const char *test_specified_by(mr_arena *a, const struct test_credential *t)
{
    const char *agency = test_organisation(a, "urn:epass:org:3", TEST_SCHOOL, "DNK", "");
    return mr_arena_format(
               a,
               "{'id':'urn:epass:spec:1','type':'Qualification','title':{'en':'Wound care','da':'Sårpleje'},"
               "'learningOutcome':[{'id':'urn:epass:outcome:1','type':'LearningOutcome','title':{'en':['Assess and "
               "stage chronic wounds.']}},"
               "{'id':'urn:epass:outcome:2','type':'LearningOutcome','title':{'en':'Judge when to "
               "refer.','da':'Vurdere, hvornår der skal henvises.'}}],"
               "'creditPoint':{'id':'urn:epass:credit:1','type':'CreditPoint','framework':" TEST_CONCEPT(
                   "http://data.europa.eu/snb/education-credit/6fcec5c5af",
                   "European Credit Transfer System") ",'point':'2.5'},'volumeOfLearning':'PT56H'%s,"
                                                      "'mode':[" TEST_CONCEPT(
                                                          "http://data.europa.eu/snb/learning-assessment/e92d221e4d",
                                                          "Blended") "],"
                                                                     "'accreditation':{'id':'urn:epass:accreditation:1'"
                                                                     ",'type':'Accreditation',"
                                                                     "'title':{'en':'Internal review of 2026'},"
                                                                     "'dcType':" TEST_CONCEPT(
                                                                         "http://data.europa.eu/snb/accreditation/"
                                                                         "820101cba6",
                                                                         "Program Quality Assurance") ",'"
                                                                                                      "accreditingAgent"
                                                                                                      "':%s}%s}",
               test_or(t->eqf, TEST_EQF_6), agency, test_or(t->more_specification, ""))
        .ptr;
}

static inline const char *test_subject(mr_arena *a, const struct test_credential *t)
{
    const char *body = test_organisation(a, "urn:epass:org:2", test_or(t->body, TEST_SCHOOL), "DNK", "");
    return mr_arena_format(a,
                           "{'id':'urn:epass:person:1','type':'Person','givenName':{'en':'Mette "
                           "Krogh'},'familyName':{'en':'Poulsen'},"
                           "'fullName':{'en':'Mette Krogh Poulsen'},'dateOfBirth':'1991-03-02T00:00:00Z','hasClaim':"
                           "{'id':'urn:epass:achievement:1','type':'LearningAchievement','title':{'en':'Wound "
                           "care','da':'Sårpleje'},"
                           "'awardedBy':{'id':'urn:epass:awarding:1','type':'AwardingProcess','awardingBody':[%s],'"
                           "awardingDate':'2026-10-13T00:00:00Z'},"
                           "'provenBy':{'id':'urn:epass:assessment:1','type':'LearningAssessment','title':{'en':'"
                           "Practical examination'},"
                           "'grade':{'id':'urn:epass:note:1','type':'Note','noteLiteral':{'en':'Passed'}},"
                           "'specifiedBy':{'id':'urn:epass:assessmentspec:1','type':'LearningAssessmentSpecification','"
                           "title':{'en':'Practical examination'}}},"
                           "'specifiedBy':%s}}",
                           body, test_specified_by(a, t))
        .ptr;
}

/* The credential's JSON. */
static inline mr_str test_credential_write(mr_arena *a, const struct test_credential *t)
{
    const char *issued = test_or(t->issued, "2026-10-14T09:12:00Z"), *country = test_or(t->country, "DNK");
    const char *identifier =
        mr_arena_format(
            a,
            ",'eIDASIdentifier':{'id':'urn:certificateIdentifier:1','type':'LegalIdentifier','notation':'%s','spatial':"
            "{'id':'http://publications.europa.eu/resource/authority/country/%s','type':'Concept'}}",
            test_or(t->issuer_id, TEST_SCHOOL_ID), country)
            .ptr;
    const char *head = t->vc2 ? "'@context':" MR_ELM_VC2_CONTEXT ",'type':['VerifiableCredential']"
                              : "'@context':" MR_ELM_EDC_CONTEXT
                                ",'type':['VerifiableCredential','EuropeanDigitalCredential']";
    const char *dates =
        t->vc2 ? mr_arena_format(a, "'validFrom':'%s'", issued).ptr
               : mr_arena_format(a, "'issuanceDate':'%s','issued':'%s','validFrom':'%s'", issued, issued, issued).ptr;
    const char *text =
        mr_arena_format(a,
                        "{%s,'id':'urn:credential:01890000-0000-7000-8000-000000000001',"
                        "%s,'issuer':%s,'credentialSubject':%s%s}",
                        head, dates,
                        test_organisation(a, "urn:epass:org:1", test_or(t->issuer, TEST_SCHOOL), country, identifier),
                        test_subject(a, t), test_or(t->more, ""))
            .ptr;
    return test_json(a, text);
}

/* A school's seal under an authority. */
static inline void test_seal_new(const struct mr_authority *authority, const mr_env *env, const char *organisation,
                                 const char *identifier, struct mr_seal_key *ret)
{
    struct mr_err err = {0};
    struct mr_seal_subject subject = {mr_str_of(organisation), mr_str_of(identifier), MR_STR("DK"),
                                      MR_STR("TEST seal")};
    assert_ok(mr_authority_issue_seal(authority, env, &subject, MR_KEY_P256, ret, &err), err);
}

/* Seal at a time; the sealed text is in the arena. */
static inline mr_str test_seal_jades(mr_arena *a, const struct mr_seal_key *seal, int64_t now, mr_str payload)
{
    struct mr_err err = {0};
    struct mr_jades_sealing sealing = {.seal = seal, .now = now};
    mr_buf out;
    mr_buf_init(&out, 8 * 1024 * 1024);
    assert_ok(mr_jades_seal(&sealing, payload, a, &out, &err), err);
    mr_str sealed = mr_arena_dup(a, mr_buf_str(&out));
    mr_buf_done(&out);
    return sealed;
}

/* chain_count 0: only the public key in the header. */
static inline mr_str test_sign_token(mr_arena *a, mr_key *key, mr_certificate *const *chain, size_t chain_count,
                                     const char *typ, mr_str payload)
{
    const struct mr_jose_header header = {
        .typ = typ, .cty = "vc", .chain = chain, .chain_count = chain_count, .jwk = chain_count == 0};
    struct mr_err err = {0};
    mr_jose_signer signer;
    mr_buf out;
    mr_buf_init(&out, 8 * 1024 * 1024);
    assert_ok(mr_jose_signer_init(&signer, a, key, &header, &err), err);
    assert_ok(mr_jose_sign(&signer, payload, a, &out, &err), err);
    mr_str token = mr_arena_dup(a, mr_buf_str(&out));
    mr_buf_done(&out);
    return token;
}

/* A token with a protected header of the caller's, whose x5c is added: for times that our own sealing refuses. */
static inline mr_str test_sign_header(mr_arena *a, const struct mr_seal_key *seal, const char *header, mr_str payload)
{
    struct mr_err err = {0};
    mr_buf head, out;
    mr_str signature;
    mr_buf_init(&head, MR_MIB);
    mr_buf_init(&out, 8 * MR_MIB);
    mr_buf_puts(&head, header);
    mr_buf_puts(&head, ",\"x5c\":[\"");
    mr_base64_put(&head, mr_certificate_der(seal->certificate));
    mr_buf_puts(&head, "\"]}");
    mr_base64url_put(&out, mr_buf_str(&head));
    mr_buf_putc(&out, '.');
    mr_base64url_put(&out, payload);
    mr_str part = mr_buf_str(&out);
    assert_ok(mr_key_sign(seal->key, MR_ALG_ES256, &part, 1, a, &signature, &err), err);
    mr_buf_putc(&out, '.');
    mr_base64url_put(&out, signature);
    mr_str token = mr_arena_dup(a, mr_buf_str(&out));
    mr_buf_done(&head);
    mr_buf_done(&out);
    return token;
}

#endif
