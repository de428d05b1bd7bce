/* Batches: uploads of results on their way to being sealed. */
#ifndef MR_STORE_BATCH_H
#define MR_STORE_BATCH_H

#include "base/env.h"
#include "db/db.h"

struct mr_batch_row {
    mr_str id, org_id, specification_id, state, file_name, error;
    int64_t rows_read, rows_ready, rows_sealed, created_at, sealed_at; /* sealed_at MR_TIME_NONE when it is not */
};
/* Keep a new batch in state "preview"; fills ret_id. */
int mr_store_batch_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_batch_row *row, mr_str content,
                       mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. */
int mr_store_batch_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_batch_row *ret,
                        struct mr_err *err) MR_MUST_CHECK;
/* The uploaded table; empty when it was emptied. */
int mr_store_batch_content(mr_db_tx *tx, mr_arena *a, mr_str id, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* Of one specification (all its versions), the newest first, those older than `before` (an id; empty: from the newest), at most `limit`. */
int mr_store_batch_list(mr_db_tx *tx, mr_arena *a, mr_str slug, mr_str before, size_t limit, struct mr_batch_row **ret,
                        size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Those of an organisation (empty: of all) that wait for somebody, in preview or stopped, the newest first, at most `limit`. */
int mr_store_batch_waiting(mr_db_tx *tx, mr_arena *a, mr_str org_id, size_t limit, struct mr_batch_row **ret,
                           size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* From one state to another; *ret_moved false when it was not in `from`. */
int mr_store_batch_move(mr_db_tx *tx, mr_str id, mr_str from, mr_str to, bool *ret_moved,
                        struct mr_err *err) MR_MUST_CHECK;
int mr_store_batch_set_sealed_rows(mr_db_tx *tx, mr_str id, int64_t rows, struct mr_err *err) MR_MUST_CHECK;
int mr_store_batch_set_ready_rows(mr_db_tx *tx, mr_str id, int64_t rows, struct mr_err *err) MR_MUST_CHECK;
/* Throw it away: table, rows and evidence are kept no longer. */
int mr_store_batch_discard(mr_db_tx *tx, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* Those that have waited since before that time, in preview or stopped, and are not to be sealed at a later one; at most `limit`. */
int mr_store_batch_over(mr_db_tx *tx, mr_arena *a, int64_t before, size_t limit, struct mr_batch_row **ret,
                        size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* The end of a batch: sealed (error empty) or failed; empties the table once sealed. */
int mr_store_batch_finish(mr_db_tx *tx, mr_str id, int64_t now, mr_str error, struct mr_err *err) MR_MUST_CHECK;

#endif
