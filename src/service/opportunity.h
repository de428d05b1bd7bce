/* Opportunities: when, where and in which language a published specification can be taken. */
#ifndef MR_SERVICE_OPPORTUNITY_H
#define MR_SERVICE_OPPORTUNITY_H

#include "credential/opportunity_file.h"
#include "service/actor.h"
#include "service/service.h"

struct mr_offered {
    mr_str id, org_id;
    mr_opportunity opportunity;
    int64_t revision; /* grows with every change */
};

/* Keep a new one, of a specification of the organisation that the actor acts for (whoever runs the program: of any).
 *   document  JSON (credential/opportunity_file.h); faults are findings, and nothing is kept then (MR_E_SPECIFICATION)
 *   errors    MR_E_NOT_FOUND: no such specification, or another's; MR_E_FORBIDDEN */
int mr_opportunity_add(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str document,
                       struct mr_findings *findings, mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* Say something else of it. Its specification stays.
 *   revision  as it was read; -1: whatever it is now
 *   errors    those, and MR_E_STATE: somebody else has changed it since */
int mr_opportunity_set(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str id, int64_t revision,
                       mr_str document, struct mr_findings *findings, struct mr_err *err) MR_MUST_CHECK;
/* For those of the organisation, in any state. Errors: MR_E_NOT_FOUND. */
int mr_opportunity_get(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str id, struct mr_offered *ret,
                       struct mr_err *err) MR_MUST_CHECK;
/* Those of one organisation, the newest first, behind the one with the id `after`. slug: of one specification; empty: all. */
int mr_opportunity_list(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, mr_str slug,
                        mr_str after, size_t most, struct mr_offered **ret, size_t *ret_count,
                        struct mr_err *err) MR_MUST_CHECK;

/* For everybody: one that is no draft; and the open and full ones of a specification or (slug empty) of a provider that have not begun, the soonest first.
 * Errors: MR_E_NOT_FOUND. */
int mr_opportunity_find(mr_service *s, mr_arena *a, mr_str id, struct mr_offered *ret,
                        struct mr_err *err) MR_MUST_CHECK;
int mr_opportunity_upcoming(mr_service *s, mr_arena *a, mr_str org_id, mr_str slug, size_t most,
                            struct mr_offered **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* The same as mr_opportunity_find within a transaction, drafts, too. */
int mr_opportunity_find_in(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_offered *ret,
                           struct mr_err *err) MR_MUST_CHECK;
/* Can somebody enrol in it today? */
bool mr_opportunity_is_open(const mr_service *s, const mr_opportunity *o);

#endif
