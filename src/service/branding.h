/* How a provider's certificates look (credential/pdf.h): a logo, two colours that stay legible, and who signs. */
#ifndef MR_SERVICE_BRANDING_H
#define MR_SERVICE_BRANDING_H

#include "credential/pdf.h"
#include "credential/specification_file.h"
#include "service/actor.h"
#include "service/service.h"
#include "store/branding.h"

typedef enum mr_branding_picture { MR_BRANDING_LOGO, MR_BRANDING_SIGNATURE } mr_branding_picture;

/* What the organisation chose; is_there false: nothing. Public: it is printed on every certificate. */
int mr_branding_get(mr_service *s, mr_arena *a, mr_str org_id, struct mr_branding_row *ret,
                    struct mr_err *err) MR_MUST_CHECK;
/* Keep colours and signatory; pictures stay. What is wrong are findings with the pointers "/accent", "/line", "/signatory", "/role", and nothing is kept then
 * (MR_E_SPECIFICATION): a colour that is none, headings with less contrast on white than 4.5 to 1, lines with less than 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11), texts that are
 * too long, a role without a name.
 *   errors  MR_E_FORBIDDEN */
int mr_branding_save(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                     const struct mr_branding_row *chosen, struct mr_findings *findings,
                     struct mr_err *err) MR_MUST_CHECK;
/* Keep a picture, made anew as PNG at most MR_LIMIT_LOGO_WIDE by MR_LIMIT_LOGO_HIGH; file empty: none any more.
 *   errors  those of mr_picture_decode; MR_E_LIMIT (the file is larger than MR_LIMIT_LOGO_FILE), MR_E_FORBIDDEN */
int mr_branding_set_picture(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                            mr_branding_picture which, mr_str file, struct mr_err *err) MR_MUST_CHECK;

/* As certificates are drawn with it; given to mr_branding_close. Of a unit that chose nothing: what its organisation chose. */
struct mr_branding {
    struct mr_pdf_brand brand; /* points into this */
    struct mr_pixels logo, signature;
};
int mr_branding_open(mr_service *s, mr_arena *a, mr_str org_id, struct mr_branding *ret,
                     struct mr_err *err) MR_MUST_CHECK;
void mr_branding_close(struct mr_branding *b);

#endif
