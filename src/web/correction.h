/* What learners ask to be corrected, on the pages of the office. */
#ifndef MR_WEB_CORRECTION_H
#define MR_WEB_CORRECTION_H

#include "web/page.h"

/* Put "corrections": those of a batch (empty: of all) that wait; "has_corrections". */
int mr_web_put_corrections(mr_page *p, mr_str org_id, mr_str batch_id, struct mr_err *err) MR_MUST_CHECK;
/* Put "correction": the one that waits for an achievement, when there is one. wrong: message of what is wrong with the answer, or NULL. */
int mr_web_put_correction(mr_page *p, mr_str achievement_id, const char *wrong, struct mr_err *err) MR_MUST_CHECK;

#endif
