/* What the pages about shares show alike. */
#ifndef MR_WEB_SHARE_H
#define MR_WEB_SHARE_H

#include "service/share.h"
#include "web/page.h"

/* What a recipient sees: "reports" as shared_reports.html shows them, "heading", and "files": for each credential the forms that are handed out. Begins the page.
 *   title   message of the page's title
 *   person  who shares
 *   at      the address below which the files lie, "/shared/<id>/<mac>"; empty in a preview: they are named and lead nowhere
 *   only    the number of the one that is shown alone, from 1; 0: all, of which a page of several tells the verdicts and leads to the rest ("brief") */
struct mr_web_shared {
    const char *title, *section;
    mr_str person, at;
    const struct mr_share_shown *shown;
    size_t count, only;
};
int mr_web_put_shared(mr_page *p, const struct mr_web_shared *shared, struct mr_err *err) MR_MUST_CHECK;

/* A day as a form sends it: a date that was typed, else so many days from now; no date when neither can be read. */
mr_date mr_web_share_day(mr_page *p);
/* "days": the choices of how long, one of them chosen; "until": what was typed. */
void mr_web_put_share_days(mr_page *p);
/* The answer to an error of the use cases: the message of what is wrong with a form, filled; empty when it is none of those. */
mr_str mr_web_share_wrong(mr_page *p, const struct mr_err *err);

#endif
