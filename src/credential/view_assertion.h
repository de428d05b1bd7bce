/* What a badge of Open Badges 2.0 or older says, for people. */
#ifndef MR_CREDENTIAL_VIEW_ASSERTION_H
#define MR_CREDENTIAL_VIEW_ASSERTION_H

#include "credential/view.h"

/* All upgraded (assertion.h); badge and issuer are NULL when they could not be had, and then nothing is said of them. */
struct mr_view_assertion {
    const mr_json *assertion, *badge, *issuer;
};
/* As mr_view_read. Answers come from the members of the badge and from known extensions, those of edubadges before all (study load, credit, level,
 * learning outcome, language). A badge is measured against Annex I only when it calls itself a micro-credential (achievementType). */
void mr_view_read_assertion(mr_arena *a, const struct mr_view_assertion *parts, const mr_language *l, mr_view *ret);

#endif
