/* What requests with an Idempotency-Key came to. */
#ifndef MR_STORE_API_ANSWER_H
#define MR_STORE_API_ANSWER_H

#include "base/env.h"
#include "db/db.h"

struct mr_api_answer_row {
    mr_str holder;       /* id of the token whose key it is, or "operator" */
    mr_str key;          /* as the client chose it */
    mr_str request_hash; /* of method, address, type and body */
    mr_str server;       /* the run of the server that took it */
    int64_t begun_at;    /* ms */
    int64_t status;      /* of HTTP; 0: not answered (yet) */
    mr_str type, location, body;
};
/* Take the key for this request. Errors: MR_E_EXISTS when it was taken. */
int mr_store_api_answer_begin(mr_db_tx *tx, const struct mr_api_answer_row *row, struct mr_err *err) MR_MUST_CHECK;
/* ret->key empty when it was not taken. */
int mr_store_api_answer_find(mr_db_tx *tx, mr_arena *a, mr_str holder, mr_str key, struct mr_api_answer_row *ret,
                             struct mr_err *err) MR_MUST_CHECK;
/* Write down status, type, location and body. */
int mr_store_api_answer_end(mr_db_tx *tx, const struct mr_api_answer_row *row, struct mr_err *err) MR_MUST_CHECK;
/* Forget those that were begun before. */
int mr_store_api_answer_forget(mr_db_tx *tx, int64_t before, struct mr_err *err) MR_MUST_CHECK;

#endif
