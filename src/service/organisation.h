/* Organisations: providers, their units, assessor bodies, partners. */
#ifndef MR_SERVICE_ORGANISATION_H
#define MR_SERVICE_ORGANISATION_H

#include "service/service.h"

/* How this organisation stands as "provider" in a specification file: a JSON object, {"name": {"en": "..."}} at least; empty when there is no such organisation.
 *   ret  in the arena */
int mr_organisation_as_provider(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str *ret,
                                struct mr_err *err) MR_MUST_CHECK;

#endif
