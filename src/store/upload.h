/* Uploaded tables: how they were read, and their rows until the batch is sealed or discarded. */
#ifndef MR_STORE_UPLOAD_H
#define MR_STORE_UPLOAD_H

#include "db/db.h"

struct mr_upload_row {
    mr_str batch_id, org_id;
    mr_str columns, unused, sheets; /* JSON lists of names */
    mr_str sheet;                   /* that is read; empty: the table is no workbook */
    mr_str mapping;                 /* JSON */
    mr_str source;                  /* "names", "remembered", "profile", "chosen", "form" */
    bool needs_mapping, latin1;
    char separator;
};
/* Keep it, in place of what was kept for the batch before, whose rows are removed. */
int mr_store_upload_put(mr_db_tx *tx, const struct mr_upload_row *row, struct mr_err *err) MR_MUST_CHECK;
/* ret->batch_id empty when there is none. */
int mr_store_upload_find(mr_db_tx *tx, mr_arena *a, mr_str batch_id, struct mr_upload_row *ret,
                         struct mr_err *err) MR_MUST_CHECK;
/* Remove its rows and, with them, all that it said of anybody. */
int mr_store_upload_empty(mr_db_tx *tx, mr_str batch_id, struct mr_err *err) MR_MUST_CHECK;
/* Rows read and ready, once they are known. */
int mr_store_upload_set_counts(mr_db_tx *tx, mr_str batch_id, int64_t read, int64_t ready,
                               struct mr_err *err) MR_MUST_CHECK;

struct mr_upload_line {
    int64_t number, first_number;
    mr_str fate; /* "ready", "refused", "duplicate", "not_passed"; read: also "has_it" */
    mr_str learner_key, name, email;
    mr_str achievement, findings, cells; /* JSON; findings may be empty */
    mr_str enrolment_id;                 /* may be empty */
    mr_str had_on;                       /* read: when the learner of a "has_it" was awarded */
};
int mr_store_upload_add_line(mr_db_tx *tx, mr_str batch_id, mr_str org_id, const struct mr_upload_line *line,
                             struct mr_err *err) MR_MUST_CHECK;

enum mr_upload_group {
    MR_UPLOAD_ALL,
    MR_UPLOAD_READY,
    MR_UPLOAD_LEFT_OUT,
    MR_UPLOAD_REFUSED,
    MR_UPLOAD_DUPLICATE,
    MR_UPLOAD_HAS_IT,
    MR_UPLOAD_NOT_PASSED
};
/* Rows of a group as things stand `now`, behind row `after`, passing over `skip` of them, at most `limit`, in their order. */
int mr_store_upload_lines(mr_db_tx *tx, mr_arena *a, mr_str batch_id, int64_t now, enum mr_upload_group group,
                          int64_t after, int64_t skip, size_t limit, struct mr_upload_line **ret, size_t *ret_count,
                          struct mr_err *err) MR_MUST_CHECK;
/* How many rows each group has; MR_UPLOAD_ALL: together. */
int mr_store_upload_count(mr_db_tx *tx, mr_str batch_id, int64_t now, int64_t ret[MR_UPLOAD_NOT_PASSED + 1],
                          struct mr_err *err) MR_MUST_CHECK;
/* Rows whose learners are enrolled: state "completed" for those that are ready, "not_passed" for those. */
int mr_store_upload_settle_enrolments(mr_db_tx *tx, mr_str batch_id, int64_t now, struct mr_err *err) MR_MUST_CHECK;

#endif
