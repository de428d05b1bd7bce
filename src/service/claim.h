/* A learner claims what was awarded: by a link that only this installation can make; no account. */
#ifndef MR_SERVICE_CLAIM_H
#define MR_SERVICE_CLAIM_H

#include "credential/status.h"
#include "service/service.h"

typedef enum mr_claim_state { MR_CLAIM_OPEN, MR_CLAIM_ACCEPTED, MR_CLAIM_DECLINED } mr_claim_state;
struct mr_claim {
    mr_str achievement_id, org_id, learner, email;
    mr_claim_state state;
    int64_t until; /* the end of the time to decide */
    int64_t claimed_at;
    mr_str elm, jwt;         /* sealed bytes; empty when declined */
    mr_str badge, wallet;    /* open-badges, dc+sd-jwt; also empty when it was sealed without */
    mr_str language;         /* in which the provider writes to her, a tag; empty: not said */
    mr_str specification_id; /* the version that was awarded */
    mr_status status;
    int64_t status_changed_at; /* MR_TIME_NONE: never */
};
/* Errors: MR_E_NOT_FOUND (also for a wrong mac: nothing is revealed). A link whose time is over, undecided, is MR_E_STATE. */
int mr_claim_open(mr_service *s, mr_arena *a, mr_str achievement_id, mr_str mac, struct mr_claim *ret,
                  struct mr_err *err) MR_MUST_CHECK;
int mr_claim_accept(mr_service *s, mr_str achievement_id, mr_str mac, struct mr_err *err) MR_MUST_CHECK;
/* Removes the learner's copies (the sealed bytes); the provider keeps its own record. Errors also: MR_E_STATE when accepted already. */
int mr_claim_decline(mr_service *s, mr_str achievement_id, mr_str mac, struct mr_err *err) MR_MUST_CHECK;
/* Remove the copies of those who did not decide in time; the provider keeps its own records. The service does this by itself every hour.
 *   ret_removed  sealed documents; may be NULL */
int mr_claim_remove_unclaimed(mr_service *s, int64_t *ret_removed, struct mr_err *err) MR_MUST_CHECK;
/* "/claim/<id>/<mac>" in the arena. */
mr_str mr_claim_path(const mr_service *s, mr_arena *a, mr_str achievement_id);

#endif
