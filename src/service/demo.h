/* Demo data, for trying Merit: everything and everybody in it is invented. */
#ifndef MR_SERVICE_DEMO_H
#define MR_SERVICE_DEMO_H

#include "service/service.h"

#define MR_DEMO_PEOPLE 5

/* Load three specifications of invented providers, one with awarded learners, into an installation that has none. */
int mr_demo_load(mr_service *s, struct mr_err *err) MR_MUST_CHECK;

struct mr_demo_person {
    const char *name, *part; /* what they are, in English, for the terminal */
    mr_str path;             /* signs in once */
};
/* Five invented people with addresses at example.org, made when they are not there, and a link for each, in `a`. */
int mr_demo_people(mr_service *s, mr_arena *a, struct mr_demo_person ret[MR_DEMO_PEOPLE],
                   struct mr_err *err) MR_MUST_CHECK;
/* Does somebody administer the installation who is not one of them? */
int mr_demo_has_real_administrator(mr_service *s, mr_arena *a, bool *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
