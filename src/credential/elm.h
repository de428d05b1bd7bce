/* European Digital Credentials: the ELM v3 document of an achievement (facts elm-edc section 2), and what makes one well-formed (sections 0.4, 1.7). */
#ifndef MR_CREDENTIAL_ELM_H
#define MR_CREDENTIAL_ELM_H

#include "base/buf.h"
#include "crypto/certificate.h"
#include "credential/mandate.h"
#include "json/json.h"
#include "model/achievement.h"

/* What ELM has no property for is said in notes that tell what they are about: Note.subject is a Concept (without a scheme) whose id is
 * MR_ELM_NOTE and one of these names. They stand in `additionalNote` of:
 *
 *   A.specifiedBy            workload                       another statement of workload than ECTS and hours
 *                            level-basis                    "declared by the provider", "referenced"
 *                            level-does-not-apply           why; then there is neither eqfLevel nor nqfLevel
 *                            nqf-inclusion                  by which authority, since when
 *                            cycle                          QF-EHEA cycle, as entered
 *                            participation-does-not-apply   why; then there is no mode
 *                            stackability, content, purpose, target-group, price, funding, schedule, recognition-policy,
 *                            regulated-profession, review-by
 *   A                        further-information
 *   A.provenBy               supervision                    as people say it: ELM's concepts do not tell online from on site
 *   A.awardedBy              place                          of awarding; a Location would need a country, which nobody stated
 *   Accreditation            conditional                    accredited with conditions; which, when they are said
 *                            withdrawn, suspended           in signed records: a day, or "day/day" (ISO 8601)
 *
 * Quality assurance: each is an Accreditation with the nearest of ELM's four types; which kind it is in truth is told by `additionalNote` with a
 * subject of MR_ELM_QUALITY and internal, external, programme, institution, label or register (mr_quality_kind), in the words of the
 * readers. A specification with a level (a Qualification) has them in A.specifiedBy.accreditation, one without in
 * A.awardedBy.awardingBody.accreditation of the first awarding body, because ELM knows no other place. Of an internal one the accreditingAgent is
 * the provider. `valid` is the first day, expiryDate the last; `reference` is landingPage (a URL) or identifier (a number). `decision` is a Concept
 * (without a scheme) whose id is MR_ELM_DECISION and positive, conditional or negative. An organisation is limited to by limitField and its kin.
 *
 * Supervision: idVerification is the official concept where there is one, else (supervised without identity check) MR_ELM_SUPERVISED.
 * Labels of these concepts: spec/elm/notes.def. */
#define MR_ELM_NOTE "urn:merit:note:"
#define MR_ELM_QUALITY "urn:merit:quality:"
#define MR_ELM_DECISION "urn:merit:decision:"
#define MR_ELM_SUPERVISED "urn:merit:supervision:supervised"

/* The issuer's id in a VC 2.0 is the name of the seal's certificate by its digest, "ni:///sha-256;<base64url>" (RFC 6920): it can be compared with
 * x5c, and claims nothing else. Who the issuer is stands in its eIDASIdentifier, as in a European Digital Credential. */
#define MR_ELM_ISSUER_ID "ni:///sha-256;"

#define MR_ELM_CONTEXT_IRI "http://data.europa.eu/snb/model/context/edc-ap"
#define MR_ELM_EDC_CONTEXT "[\"https://www.w3.org/2018/credentials/v1\",\"" MR_ELM_CONTEXT_IRI "\"]"
#define MR_ELM_VC2_CONTEXT                                                                                             \
    "[\"https://www.w3.org/ns/credentials/v2\",{"                                                                      \
    "\"Person\":\"http://data.europa.eu/snb/model/elm/Person\","                                                       \
    "\"Organisation\":\"http://data.europa.eu/snb/model/elm/Organisation\","                                           \
    "\"Evidence\":\"http://data.europa.eu/snb/model/elm/Evidence\","                                                   \
    "\"fullName\":{\"@id\":\"http://xmlns.com/foaf/0.1/fullName\",\"@container\":\"@language\"},"                      \
    "\"givenName\":{\"@id\":\"http://xmlns.com/foaf/0.1/givenName\",\"@container\":\"@language\"},"                    \
    "\"familyName\":{\"@id\":\"http://xmlns.com/foaf/0.1/familyName\",\"@container\":\"@language\"},"                  \
    "\"dateOfBirth\":{\"@id\":\"http://data.europa.eu/snb/model/elm/dateOfBirth\","                                    \
    "\"@type\":\"http://www.w3.org/2001/XMLSchema#dateTime\"},"                                                        \
    "\"legalName\":{\"@id\":\"http://www.w3.org/ns/regorg#legalName\",\"@container\":\"@language\"},"                  \
    "\"altLabel\":{\"@id\":\"http://www.w3.org/2004/02/skos/core#altLabel\",\"@container\":\"@language\"},"            \
    "\"evidenceStatement\":{\"@id\":\"http://data.europa.eu/snb/model/elm/evidenceStatement\"},"                       \
    "\"dcType\":{\"@id\":\"http://purl.org/dc/terms/type\",\"@type\":\"@id\",\"@context\":\"" MR_ELM_CONTEXT_IRI       \
    "\"},"                                                                                                             \
    "\"hasClaim\":{\"@id\":\"http://data.europa.eu/snb/model/elm/hasClaim\",\"@type\":\"@id\","                        \
    "\"@context\":\"" MR_ELM_CONTEXT_IRI "\"},"                                                                        \
    "\"location\":{\"@id\":\"http://data.europa.eu/snb/model/elm/location\",\"@type\":\"@id\","                        \
    "\"@context\":\"" MR_ELM_CONTEXT_IRI "\"},"                                                                        \
    "\"eIDASIdentifier\":{\"@id\":\"http://data.europa.eu/snb/model/elm/eidasLegalIdentifier\",\"@type\":\"@id\","     \
    "\"@context\":\"" MR_ELM_CONTEXT_IRI "\"}}]"

struct mr_elm_issuing {
    const mr_specification *specification;
    mr_certificate *
        certificate; /* the seal's: issuer identity is merged from it; NULL: a European Digital Credential as before sealing */
    int64_t now; /* issued, issuanceDate */
    const struct mr_mandate
        *mandate;     /* enclosed in a European Digital Credential that is sealed for others; NULL: none */
    mr_str issuer_id; /* VC 2.0: the issuer's DID or URL; empty: the name of the certificate (MR_ELM_ISSUER_ID) */
};
typedef enum mr_elm_kind { MR_ELM_NONE, MR_ELM_EDC, MR_ELM_VC2 } mr_elm_kind;

/* One specification's document with holes for what differs between learners: prepared once, filled for each. Immutable, for any number of threads.
 *   i       the specification and the certificate must outlive it; `now` is passed over
 *   kind    MR_ELM_EDC or MR_ELM_VC2
 *   ret     in `a`
 *   errors  MR_E_CERTIFICATE (names no organisation, country or organizationIdentifier), MR_E_NOMEM, MR_E_LIMIT (a document above MR_LIMIT_DOCUMENT) */
typedef struct mr_elm_template mr_elm_template;
int mr_elm_prepare(mr_arena *a, const struct mr_elm_issuing *i, mr_elm_kind kind, const mr_elm_template **ret,
                   struct mr_err *err) MR_MUST_CHECK;
/* The document of one achievement, compact JSON, appended to `out`.
 *   now         issued, issuanceDate; milliseconds
 *   page_image  PNG octets; only in a European Digital Credential
 *   errors      MR_E_NOMEM, MR_E_LIMIT (the buffer's maximum) */
int mr_elm_fill(const mr_elm_template *t, const mr_achievement *achievement, int64_t now, mr_str page_image,
                mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

/* The European Digital Credential (VC 1.1): compact JSON, appended to `out`, ready to be sealed.
 *   page_image  PNG octets for displayParameter; required (its shapes demand one)
 *   errors      MR_E_NOMEM, MR_E_LIMIT (the buffer's maximum), MR_E_CERTIFICATE (names no organisation, country or organizationIdentifier) */
int mr_elm_write_edc(const struct mr_elm_issuing *i, const mr_achievement *achievement, mr_str page_image, mr_buf *out,
                     struct mr_err *err) MR_MUST_CHECK;
/* The VC 2.0 with the same subject, without the page image: payload of a vc+jwt. Its @context is MR_ELM_VC2_CONTEXT: the VC 2.0 context protects
 * "description", so that the ELM context cannot stand beside it (JSON-LD 1.1 section 4.1.11); a context of our own names the few terms
 * of the outer nodes and lets the ELM context hold below them. */
int mr_elm_write_vc2(const struct mr_elm_issuing *i, const mr_achievement *achievement, mr_buf *out,
                     struct mr_err *err) MR_MUST_CHECK;

/* Is this a well-formed ELM credential? @context exactly the known IRIs in their order, the types, and no member whose name does not expand.
 * Errors: MR_E_FORMAT (pointer and detail tell where and what; message is a message id: "format.context", "format.types", "format.unknown_term" ...). */
int mr_elm_check_format(const mr_json *document, mr_elm_kind *ret, struct mr_err *err) MR_MUST_CHECK;

/* Told of one fault of form.
 *   message  as in the errors above
 *   at       the value that it is about
 *   what     the name that is not known, the foreign context ...; may be empty
 *   guess    the name that was probably meant; may be empty */
typedef void mr_elm_listener(void *self, const char *message, const mr_json *at, mr_str what, mr_str guess);
/* The same questions, but every fault is told, in document order. Returns what the document claims to be by its @context; MR_ELM_NONE when that is
 * not known, and then nothing behind it was asked. */
mr_elm_kind mr_elm_find_faults(const mr_json *document, mr_elm_listener *listener, void *self);
/* Does the ELM context define this name as texts by language? */
bool mr_elm_is_language_map(mr_str term);

#endif
