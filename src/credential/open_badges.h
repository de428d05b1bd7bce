/* Open Badges 3.0: the OpenBadgeCredential of an achievement, with every Annex I element.
 *
 * What Open Badges has a member for stands in that member; what it has none for, as ELM with absolute IRIs (open_badges_terms.h): the achievement of the
 * badge is ELM's specification, and the subject's hasClaim its LearningAchievement. Which element stands where: elements.def. */
#ifndef MR_CREDENTIAL_OPEN_BADGES_H
#define MR_CREDENTIAL_OPEN_BADGES_H

#include "credential/elm.h"
#include "credential/view.h"

#define MR_BADGE_CONTEXT_IRI "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
#define MR_BADGE_CONTEXT "[\"https://www.w3.org/ns/credentials/v2\",\"" MR_BADGE_CONTEXT_IRI "\"]"

/* The badge of a specification with holes for the learner: prepared once, then filled with mr_elm_fill (the page image is passed over).
 *   i        issuer_id is the issuer's identifier, and must be there; the certificate names it
 *   subject  DID of the learner; empty: the badge names her by name only
 *   ret      in `a`
 *   errors   as mr_elm_prepare
 *   source   Open Badges 3.0 appendix B; 1EdTech's schema ob_v3p0_achievementcredential */
int mr_open_badges_prepare(mr_arena *a, const struct mr_elm_issuing *i, mr_str subject, const mr_elm_template **ret,
                           struct mr_err *err) MR_MUST_CHECK;

/* What a badge says in ELM, taken into the view that was read from its own members. Changes nothing when it says nothing in ELM.
 *   errors  MR_E_NOMEM */
int mr_open_badges_view(mr_arena *a, const mr_json *document, const mr_language *l, mr_view *view,
                        struct mr_err *err) MR_MUST_CHECK;

#endif
