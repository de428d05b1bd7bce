/* "Do not use this any more": a learner asks a provider to restrict the record of an award (General Data Protection Regulation, Article 18). It counts at once, registrars are told by mail and see it, and
 * only she, or the provider with an answer to her, lifts it. What is restricted is kept, shows its name on the page of the achievement alone, and brings her no reminders. */
#ifndef MR_SERVICE_RESTRICTION_H
#define MR_SERVICE_RESTRICTION_H

#include "service/actor.h"
#include "service/service.h"
#include "store/privacy.h"
#include "text/messages.h"

/* What providers keep of what was awarded to her, with titles in this language. Of herself alone. */
struct mr_kept_award {
    struct mr_privacy_award row;
    mr_str title, title_language, provider;
    bool is_closed; /* the provider gave up */
};
int mr_restriction_awards(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_language *l, size_t limit,
                          struct mr_kept_award **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* One of them. Errors: MR_E_NOT_FOUND. */
int mr_restriction_award(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_language *l,
                         mr_str achievement_id, struct mr_kept_award *ret, struct mr_err *err) MR_MUST_CHECK;
/* Errors: MR_E_NOT_FOUND, MR_E_FORMAT (remark too long), MR_E_EXISTS (it is restricted). */
int mr_restriction_ask(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_language *l,
                       mr_str achievement_id, mr_str remark, struct mr_err *err) MR_MUST_CHECK;
/* She herself. Errors: MR_E_NOT_FOUND, MR_E_STATE: it is not, or for another reason. */
int mr_restriction_end(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id,
                       struct mr_err *err) MR_MUST_CHECK;

/* In the office. Action ACHIEVEMENT_READ; those that were asked for, the oldest first. */
int mr_restriction_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, size_t limit,
                        struct mr_restriction_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Of one achievement; ret->since MR_TIME_NONE: it is not restricted. */
int mr_restriction_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id,
                       struct mr_restriction_row *ret, struct mr_err *err) MR_MUST_CHECK;
/* Lift it; the answer is mailed to her before anything is used again. Action ACHIEVEMENT_REPLACE. Errors: MR_E_NOT_FOUND, MR_E_FORMAT (no answer, or too long), MR_E_STATE. */
int mr_restriction_lift(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id, mr_str answer,
                        struct mr_err *err) MR_MUST_CHECK;

#endif
