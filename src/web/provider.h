/* How a provider is told to people: shared by its page and those of its specifications. */
#ifndef MR_WEB_PROVIDER_H
#define MR_WEB_PROVIDER_H

#include "service/organisation.h"
#include "web/page.h"

/* "/providers/<slug>", in the request's arena. */
mr_str mr_web_provider_path(mr_page *p, mr_str slug);
/* Put "recognition" and "quality": what holds today, {"text", "tongue", "version", "from", "url"}, or false. */
int mr_web_put_statements(mr_page *p, mr_str org_id, struct mr_err *err) MR_MUST_CHECK;
/* The organisation that the page is about: that which a form or the address names, else the actor's own. False after it has answered. */
bool mr_web_open_organisation(mr_page *p, struct mr_organisation_shown *ret);
/* Put "closed_since", a day, or false. */
void mr_web_put_closed(mr_page *p, const struct mr_organisation_shown *o);

#endif
