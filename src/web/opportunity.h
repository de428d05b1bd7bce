/* How opportunities are told to people: shared by the pages that show some. */
#ifndef MR_WEB_OPPORTUNITY_H
#define MR_WEB_OPPORTUNITY_H

#include "service/opportunity.h"
#include "web/page.h"

/* Put a member `name`: [{"id", "title", "when", "apply", "place", "mode", "languages", "price", "seats", "state", "passed"|"unchecked"|"failed"|"na", "open", "enrol"}], each
 * absent fact false; and a flag "has_NAME". title: of its specification; asked for each, so only where several specifications are listed (titled). */
void mr_web_put_opportunities(mr_page *p, const char *name, const struct mr_offered *list, size_t count, bool titled);

#endif
