/* Demo data: three invented providers with a specification each, one with learners already awarded. */
#ifndef MR_SERVICE_DEMO_H
#define MR_SERVICE_DEMO_H

#include "service/service.h"

/* Load it into an installation that has no specification yet; otherwise nothing happens. Errors: those of publishing and sealing. */
int mr_demo_load(mr_service *s, struct mr_err *err) MR_MUST_CHECK;

#endif
