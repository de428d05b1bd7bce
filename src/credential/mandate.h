/* The document by which an awarding body mandates another party to seal for it, enclosed in European Digital Credentials as the European Commission's issuer does
 * it: as embeddedEvidence of the evidence of type Mandate. */
#ifndef MR_CREDENTIAL_MANDATE_H
#define MR_CREDENTIAL_MANDATE_H

#include "json/json.h"

typedef enum mr_mandate_kind { MR_MANDATE_NONE, MR_MANDATE_PDF, MR_MANDATE_PNG, MR_MANDATE_JPEG } mr_mandate_kind;
const char *mr_mandate_kind_code(mr_mandate_kind k);   /* in MR_SCHEME_FILE_TYPE: "pdf", "png", "jpeg"; "" for none */
const char *mr_mandate_kind_ending(mr_mandate_kind k); /* ".pdf" ...; "" for none */

struct mr_mandate {
    mr_mandate_kind kind;
    mr_str content; /* the octets of a document to be enclosed; of one that is read out of a credential, base64 */
    mr_str name;    /* for people; of one that was read, whatever its writer chose, or empty */
    size_t size;    /* octets */
};
/* Take a file as a mandate.
 *   octets, path  borrowed for the life of `ret`; its name is the last part of the path
 *   errors        MR_E_FORMAT (not PDF, PNG or JPEG), MR_E_LIMIT (above MR_LIMIT_MANDATE) */
int mr_mandate_take(mr_str octets, mr_str path, struct mr_mandate *ret, struct mr_err *err) MR_MUST_CHECK;
/* The document in the evidence of type Mandate; kind MR_MANDATE_NONE when there is none, or one that does not begin like what can be enclosed. */
struct mr_mandate mr_mandate_find(const mr_json *document, mr_str language);
/* Its octets. They are as their writer made them, who may be anybody: save them, do not show them. Errors: MR_E_ENCODING, MR_E_FORMAT, MR_E_NOMEM. */
int mr_mandate_decode(mr_arena *a, const struct mr_mandate *m, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
