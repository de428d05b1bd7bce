/* "This is not my name": a learner asks the provider to correct what stands in her credential; registrars are told, correct and replace it or refuse, and she is told. */
#ifndef MR_SERVICE_CORRECTION_H
#define MR_SERVICE_CORRECTION_H

#include "service/actor.h"
#include "service/claim.h"
#include "store/correction.h"
#include "text/messages.h"

/* Ask, with a claim link that is good or a pass (service/claim.h).
 *   right_name  as it should stand
 *   remark      what else is to be said; may be empty
 *   errors      MR_E_NOT_FOUND, MR_E_STATE (the link is used up), MR_E_FORMAT (detail "name" or "remark": empty, too long, or as it is), MR_E_EXISTS: she has asked, and there is no answer yet */
int mr_correction_ask(mr_service *s, mr_arena *a, const mr_language *l, mr_str achievement_id, mr_str mac, mr_str pass,
                      mr_str right_name, mr_str remark, struct mr_err *err) MR_MUST_CHECK;
/* The newest of an achievement, for who holds its claim; ret->id empty when there is none. */
int mr_correction_asked(mr_service *s, mr_arena *a, mr_str achievement_id, struct mr_correction_row *ret,
                        struct mr_err *err) MR_MUST_CHECK;
/* Those that wait for an answer, oldest first; of one batch, or of all (batch_id empty). Action ACHIEVEMENT_READ. */
int mr_correction_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, mr_str batch_id,
                       size_t limit, struct mr_correction_row **ret, size_t *ret_count,
                       struct mr_err *err) MR_MUST_CHECK;
/* Refuse with a reason, which is mailed to the learner. Action ACHIEVEMENT_REPLACE. Errors: MR_E_NOT_FOUND, MR_E_FORMAT (no answer, or too long), MR_E_STATE: it is not open. */
int mr_correction_refuse(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_str answer,
                         struct mr_err *err) MR_MUST_CHECK;
/* What was asked for an achievement is done when it is replaced (service/award.c), in the same transaction; she is told by the mail about the new one. */
int mr_correction_done(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_str achievement_id,
                       struct mr_err *err) MR_MUST_CHECK;

#endif
