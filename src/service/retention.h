/* How long what is kept is kept: the installation's own periods, and those that a provider sets. A job forgets every hour what is over (docs/privacy.md). */
#ifndef MR_SERVICE_RETENTION_H
#define MR_SERVICE_RETENTION_H

#include "service/actor.h"
#include "service/service.h"
#include "store/privacy.h"

/* A provider's periods; without any of its own everything is kept as long as the organisation is here. Action ORGANISATION_READ. */
int mr_retention_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id,
                     struct mr_retention_row *ret, struct mr_err *err) MR_MUST_CHECK;
/* Action ORGANISATION_EDIT. Errors: MR_E_FORMAT (detail "record_months", "evidence_months", "enrolment_months": not 0 to MR_LIMIT_RETENTION_MONTHS; "contact": too long). */
int mr_retention_set(mr_service *s, const struct mr_actor *actor, mr_str org_id, const struct mr_retention_row *row,
                     struct mr_err *err) MR_MUST_CHECK;
/* Forget what is over, now. The service does this by itself every hour. */
int mr_retention_forget(mr_service *s, struct mr_err *err) MR_MUST_CHECK;

#endif
