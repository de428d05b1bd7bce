/* European Digital Credentials: the ELM v3 document of an achievement (facts elm-edc section 2), and what makes one well-formed (sections 0.4, 1.7). */
#ifndef MR_CREDENTIAL_ELM_H
#define MR_CREDENTIAL_ELM_H

#include "base/buf.h"
#include "crypto/certificate.h"
#include "json/json.h"
#include "model/achievement.h"

struct mr_elm_issuing {
    const mr_specification *specification;
    mr_certificate *certificate;  /* the seal's: issuer identity is merged from it */
    int64_t now;                  /* issued, issuanceDate */
};
/* The European Digital Credential (VC 1.1): compact JSON, ready to be sealed.
 *   page_image  PNG octets for displayParameter; required (its shapes demand one)
 *   errors      MR_E_NOMEM, MR_E_LIMIT */
int mr_elm_write_edc(const struct mr_elm_issuing *i, const mr_achievement *achievement, mr_str page_image, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* The VC 2.0 with the same subject, without the page image: payload of a vc+jwt. */
int mr_elm_write_vc2(const struct mr_elm_issuing *i, const mr_achievement *achievement, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

typedef enum mr_elm_kind { MR_ELM_NONE, MR_ELM_EDC, MR_ELM_VC2 } mr_elm_kind;
/* Is this a well-formed ELM credential? @context exactly the known IRIs in their order, the types, and no member whose name does not expand.
 * Errors: MR_E_FORMAT (pointer and detail tell where and what; message is a message id: "format.context", "format.types", "format.unknown_term" ...). */
int mr_elm_check_format(const mr_json *document, mr_elm_kind *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
