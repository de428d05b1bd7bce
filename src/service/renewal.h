/* Credentials that end: a list of those that soon do, and reminders to their learners. Renewing is awarding again (service/award.h, service/sealing.h): from
 * `renew_days` before the end on, a learner who holds it may be awarded it again, and the new achievement names the old one. */
#ifndef MR_SERVICE_RENEWAL_H
#define MR_SERVICE_RENEWAL_H

#include "service/actor.h"
#include "service/service.h"
#include "store/achievement.h"

struct mr_ending {
    mr_str achievement_id, learner, email, specification_id;
    int64_t expires_at;
};
/* Those of an organisation that end within so many days and are not renewed, soonest first, behind `after` (NULL: from now) (ACHIEVEMENT_READ). */
int mr_renewal_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, int64_t days,
                    const struct mr_ending *after, size_t limit, struct mr_ending **ret, size_t *ret_count,
                    struct mr_err *err) MR_MUST_CHECK;

#endif
