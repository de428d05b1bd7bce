/* Prior learning validated without a course: what a learner claims to have learned, the evidence for it (service/evidence_file.h), an assessor's decision with its
 * reasons. Accepted, it leads to an ordinary achievement whose participation does not apply and says why; refused, the record stays. */
#ifndef MR_SERVICE_VALIDATION_H
#define MR_SERVICE_VALIDATION_H

#include "service/award.h"
#include "store/validation.h"

struct mr_validation {
    struct mr_validation_row row;
    struct mr_award_fields learner;
};
/* Open a validation (VALIDATION_EDIT).
 *   findings  what is wrong with the learner's fields; then MR_E_FORMAT
 *   errors    MR_E_USAGE: no claim; MR_E_LIMIT: it is too long */
int mr_validation_open(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification,
                       const struct mr_award_fields *learner, mr_str claim, struct mr_findings *findings,
                       mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* VALIDATION_READ */
int mr_validation_find(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_validation *ret,
                       struct mr_err *err) MR_MUST_CHECK;
/* Newest first, of the newest version of a specification and all before it; behind id `before` (empty: from the newest). */
int mr_validation_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification, mr_str before,
                       size_t limit, struct mr_validation_row **ret, size_t *ret_count,
                       struct mr_err *err) MR_MUST_CHECK;
/* Decide it (VALIDATION_DECIDE), with reasons and the assessor's name and function as they shall stand in the record. Errors: MR_E_STATE: decided before;
 * MR_E_USAGE: no reasons or no name; MR_E_LIMIT. */
int mr_validation_decide(mr_service *s, const struct mr_actor *actor, mr_str id, bool accept, mr_str assessor,
                         mr_str reasons, struct mr_err *err) MR_MUST_CHECK;
/* Award an accepted one (ACHIEVEMENT_AWARD), by another person than who decided unless the provider allows both (service/award_setting.h). Errors: MR_E_STATE: not accepted, awarded
 * before, or restricted; MR_E_FORBIDDEN (detail "same_person"); those of mr_award. */
int mr_validation_award(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, bool mail,
                        struct mr_awarded *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
