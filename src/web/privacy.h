/* What the pages of the office show of restricted records. */
#ifndef MR_WEB_PRIVACY_H
#define MR_WEB_PRIVACY_H

#include "web/page.h"

/* The name as it is, or, where a list has none because the record is restricted, words that say so. */
mr_str mr_web_name_or_restricted(mr_page *p, mr_str name);
/* "restriction": what is known of it, on the page of an achievement; nothing when it is not restricted.
 *   ret_forgotten  its learner was forgotten: there is nobody to correct it for, or to hand a link to */
int mr_web_put_restriction(mr_page *p, mr_str achievement_id, bool *ret_forgotten, struct mr_err *err) MR_MUST_CHECK;

#endif
