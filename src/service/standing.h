/* How the installation stands, for those who run it. */
#ifndef MR_SERVICE_STANDING_H
#define MR_SERVICE_STANDING_H

#include "service/service.h"
#include "store/standing.h"

struct mr_service_counts {
    struct mr_standing_row rows;
    uint64_t disk_free; /* octets on the disk of the data folder, for this account */
};
/* Can it work? The database answers, the disk of the data folder has room. Errors: MR_E_DB, MR_E_IO; the sentence is for operators. */
int mr_service_ready(mr_service *s, struct mr_err *err) MR_MUST_CHECK;
int mr_service_standing(mr_service *s, mr_arena *a, struct mr_service_counts *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
