/* Counts for operators: how much waits, how much was done. Cheap ones only, since they are asked for every few seconds. */
#ifndef MR_STORE_STANDING_H
#define MR_STORE_STANDING_H

#include "db/db.h"

enum { MR_STANDING_STATES = 8 };
struct mr_standing_count {
    mr_str state;
    int64_t count;
};
struct mr_standing_row {
    struct mr_standing_count jobs[MR_STANDING_STATES], mails[MR_STANDING_STATES];
    size_t job_states, mail_states;
    int64_t oldest_due_job; /* when it was due, ms; INT64_MAX: none is */
    int64_t achievements;   /* that have a place in a status list */
};
int mr_store_standing(mr_db_tx *tx, mr_arena *a, int64_t now, struct mr_standing_row *ret,
                      struct mr_err *err) MR_MUST_CHECK;

#endif
