/* The certificate as a picture: the page image inside a European Digital Credential. Drawn with cairo and pango (loaded on first use), PNG,
 * at most MR_LIMIT_PAGE_IMAGE. */
#ifndef MR_CREDENTIAL_PAGE_IMAGE_H
#define MR_CREDENTIAL_PAGE_IMAGE_H

#include "base/buf.h"
#include "model/achievement.h"
#include "text/messages.h"

/* A drawing of one specification's certificates; not for several threads at once. What all learners share is drawn once. */
typedef struct mr_page_image mr_page_image;
/*   verify_url  put into the QR code and below it; e.g. "https://.../verify"
 *   is_test     the words TEST SEAL stand across it
 *   errors      MR_E_LIBRARY, MR_E_NOMEM */
int mr_page_image_open(const mr_specification *s, const mr_language *l, mr_str verify_url, bool is_test,
                       mr_page_image **ret, struct mr_err *err) MR_MUST_CHECK;
int mr_page_image_draw(mr_page_image *p, const mr_achievement *achievement, mr_buf *out,
                       struct mr_err *err) MR_MUST_CHECK;
void mr_page_image_close(mr_page_image *p);

#endif
