/* What the pages of opportunities show and do of their enrolment pages. */
#ifndef MR_WEB_ENROLMENT_H
#define MR_WEB_ENROLMENT_H

#include "web/page.h"

/* Can somebody enrol at "/enrol/<key>" now? */
bool mr_web_enrolment_is_open(mr_page *p, mr_str key);
/* Put "enrolment": the page of an opportunity with its form, for who may look at enrolments; else false.
 *   slug   of its specification; id: of the opportunity, empty: a new one
 *   wrong  what was typed cannot be, and is shown again */
void mr_web_put_enrolment_page(mr_page *p, mr_str slug, mr_str id, bool wrong);
/* Save what the form says of it (mr_enrolment_page_set). *ret_wrong: a number is out of range, and nothing is saved. */
int mr_web_enrolment_save_page(mr_page *p, mr_str slug, mr_str id, bool *ret_wrong, struct mr_err *err) MR_MUST_CHECK;

#endif
