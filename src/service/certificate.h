/* The certificate on paper, as an installation hands it out: with the provider's branding, the sealed forms attached, and the address at which it is verified. */
#ifndef MR_SERVICE_CERTIFICATE_H
#define MR_SERVICE_CERTIFICATE_H

#include "service/claim.h"

/* The PDF of an accepted claim.
 *   stem    of the attached files' names, ASCII: "wound-care-2026-3f9a1c20"
 *   out     appended to
 *   errors  those of mr_pdf_write; MR_E_DB: the stored credential does not verify */
int mr_certificate_write(mr_service *s, mr_arena *a, const struct mr_claim *claim, mr_str stem, const mr_language *l,
                         mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

typedef enum mr_certificate_form { MR_CERTIFICATE_PDF, MR_CERTIFICATE_PICTURE } mr_certificate_form;
/* An invented certificate with the organisation's branding, marked as proof of nothing. Errors: as above, MR_E_NOT_FOUND. */
int mr_certificate_sample(mr_service *s, mr_arena *a, mr_str org_id, const mr_language *l, mr_certificate_form form,
                          mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

#endif
