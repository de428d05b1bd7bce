/* What became of a specification's achievements, counted: by version and by month of awarding. */
#ifndef MR_STORE_NUMBERS_H
#define MR_STORE_NUMBERS_H

#include "db/db.h"

struct mr_numbers_row {
    mr_str version; /* of the specification */
    mr_str month;   /* "2026-11" */
    int64_t awarded, mailed, claimed, declined, undecided, expired, suspended, revoked;
};
/* One row for each version and month in which something was awarded, oldest month first. `slug`: of the specification, all its versions.
 *   now  what had ended by then is expired */
int mr_store_numbers_list(mr_db_tx *tx, mr_arena *a, mr_str slug, int64_t now, size_t limit,
                          struct mr_numbers_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

#endif
