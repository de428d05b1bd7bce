/* Opportunities as JSON: what forms and the API hand in. */
#ifndef MR_CREDENTIAL_OPPORTUNITY_FILE_H
#define MR_CREDENTIAL_OPPORTUNITY_FILE_H

#include "json/write.h"
#include "model/achievement.h"
#include "model/opportunity.h"

/* Read a JSON object: {"specification", "state", "start", "end", "apply_until", "time_zone", "mode", "place", "address", "languages", "price", "currency", "funding",
 * "seats", "url"}. specification, mode and languages are required; state is "draft" unless said, price a number with at most two decimals.
 *   text      borrowed for the life of `a`
 *   findings  gets every fault, with its pointer
 *   errors    MR_E_JSON and its kin, MR_E_NOMEM */
int mr_opportunity_read(mr_arena *a, mr_str text, mr_opportunity *ret, struct mr_findings *findings,
                        struct mr_err *err) MR_MUST_CHECK;
/* Write its members in the same form, into an object that the caller has begun. */
void mr_opportunity_write(const mr_opportunity *o, mr_json_writer *w);

#endif
