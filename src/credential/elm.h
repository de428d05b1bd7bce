/* European Digital Credentials: the ELM v3 document of an achievement (facts elm-edc section 2), and what makes one well-formed (sections 0.4, 1.7). */
#ifndef MR_CREDENTIAL_ELM_H
#define MR_CREDENTIAL_ELM_H

#include "base/buf.h"
#include "crypto/certificate.h"
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
 *   Accreditation            conditional                    accredited with conditions
 *
 * Quality assurance: each is an Accreditation with the nearest of ELM's four types; which kind it is in truth is told by `additionalNote` with a
 * subject of MR_ELM_QUALITY and internal, external, programme, institution, label or register (mr_quality_kind), in the words of the
 * readers. A specification with a level (a Qualification) has them in A.specifiedBy.accreditation, one without in
 * A.awardedBy.awardingBody.accreditation of the first awarding body, because ELM knows no other place. Of an internal one the accreditingAgent is
 * the provider.
 *
 * Supervision: idVerification is the official concept where there is one, else (supervised without identity check) MR_ELM_SUPERVISED.
 * Labels of these concepts: spec/elm/notes.def. */
#define MR_ELM_NOTE "urn:merit:note:"
#define MR_ELM_QUALITY "urn:merit:quality:"
#define MR_ELM_SUPERVISED "urn:merit:supervision:supervised"

/* The issuer's id in a VC 2.0 is the name of the seal's certificate by its digest, "ni:///sha-256;<base64url>" (RFC 6920): it can be compared with
 * x5c, and claims nothing else. Who the issuer is stands in its eIDASIdentifier, as in a European Digital Credential. */
#define MR_ELM_ISSUER_ID "ni:///sha-256;"

struct mr_elm_issuing {
    const mr_specification *specification;
    mr_certificate *certificate;  /* the seal's: issuer identity is merged from it */
    int64_t now;                  /* issued, issuanceDate */
};
/* The European Digital Credential (VC 1.1): compact JSON, appended to `out`, ready to be sealed.
 *   page_image  PNG octets for displayParameter; required (its shapes demand one)
 *   errors      MR_E_NOMEM, MR_E_LIMIT (the buffer's maximum), MR_E_CERTIFICATE (names no organisation, country or organizationIdentifier) */
int mr_elm_write_edc(const struct mr_elm_issuing *i, const mr_achievement *achievement, mr_str page_image, mr_buf *out,
                     struct mr_err *err) MR_MUST_CHECK;
/* The VC 2.0 with the same subject, without the page image: payload of a vc+jwt. */
int mr_elm_write_vc2(const struct mr_elm_issuing *i, const mr_achievement *achievement, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

typedef enum mr_elm_kind { MR_ELM_NONE, MR_ELM_EDC, MR_ELM_VC2 } mr_elm_kind;
/* Is this a well-formed ELM credential? @context exactly the known IRIs in their order, the types, and no member whose name does not expand.
 * Errors: MR_E_FORMAT (pointer and detail tell where and what; message is a message id: "format.context", "format.types", "format.unknown_term" ...). */
int mr_elm_check_format(const mr_json *document, mr_elm_kind *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
