/* Mail about drafts, in the transaction of its reason and in the language of each reader: to those who approve when one waits for them, to who handed it in when it was
 * decided. Only for service/draft_decision.c. */
#ifndef MR_SERVICE_DRAFT_MAIL_H
#define MR_SERVICE_DRAFT_MAIL_H

#include "service/draft_inside.h"

/* It was handed in: to the approvers of the organisation, or, when a unit has none, of what it is a unit of; never to the actor, and at most MR_LIMIT_DRAFT_MAILS. */
int mr_draft_mail_waiting(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor,
                          const struct mr_draft_row *row, struct mr_err *err) MR_MUST_CHECK;
/* It was decided: to the person who handed it in, unless that is the actor.
 *   template_name  "approved" or "sent_back" */
int mr_draft_mail_decided(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor,
                          const struct mr_draft_row *row, const char *template_name, struct mr_err *err) MR_MUST_CHECK;

#endif
