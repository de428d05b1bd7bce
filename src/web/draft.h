/* What the pages of drafts share. */
#ifndef MR_WEB_DRAFT_H
#define MR_WEB_DRAFT_H

#include "service/draft.h"
#include "web/draft_fields.h"
#include "web/page.h"

/* The draft that the first star of the address names; answers with what is wrong, and false, when there is none for them. */
bool mr_web_draft_open(mr_page *p, struct mr_draft *ret);
/* "/provider/drafts/<id>" with `more` behind it, in the arena. */
mr_str mr_web_draft_path(mr_page *p, mr_str id, const char *more);
/* A place in a list of drafts as its address says it ("MS.ID"); the start for anything else. */
struct mr_draft_place mr_web_draft_place(mr_str after);
/* Put "draft_title" and "draft_lang" of a draft: its title in the best language for the reader, or words for one without. */
void mr_web_draft_put_title(mr_page *p, const struct mr_draft *draft);
/* Its title, as for pages' titles. */
mr_str mr_web_draft_title(mr_page *p, const struct mr_draft *draft, mr_str *ret_language);
/* Put "state" and the flag of its look: "unchecked", "na", "passed". */
void mr_web_draft_put_state(mr_page *p, mr_draft_state state);
/* Put `member`: {"who", "when"}, or false when nobody has. */
void mr_web_draft_put_deed(mr_page *p, const char *member, mr_str org_id, const struct mr_draft_deed *deed);
/* Show the page of a draft. fault: a sentence that is told on top, with status 422; empty: none. findings: of handing in or approving, or NULL; told there as well. */
void mr_web_draft_show(mr_page *p, const struct mr_draft *draft, mr_str fault, const struct mr_findings *findings);
/* The address of the place where a finding is mended, in the arena. */
mr_str mr_web_draft_gap_path(mr_page *p, mr_str draft_id, const struct mr_finding *f);

#endif
