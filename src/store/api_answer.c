#include "store/api_answer.h"

int mr_store_api_answer_begin(mr_db_tx *tx, const struct mr_api_answer_row *row, struct mr_err *err)
{
    return mr_db_run(tx,
                     "INSERT INTO api_answer (holder, key, request_hash, server, begun_at) "
                     "VALUES ($holder, $key, $hash, $server, $at)",
                     MR_DB_ARGS(MR_DB_T("holder", row->holder), MR_DB_T("key", row->key),
                                MR_DB_T("hash", row->request_hash), MR_DB_T("server", row->server),
                                MR_DB_I("at", row->begun_at)),
                     NULL, err);
}

int mr_store_api_answer_find(mr_db_tx *tx, mr_arena *a, mr_str holder, mr_str key, struct mr_api_answer_row *ret,
                             struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_api_answer_row){0};
    MR_TRY(mr_db_query(tx,
                       "SELECT request_hash, server, begun_at, status, type, location, body FROM api_answer "
                       "WHERE holder = $holder AND key = $key",
                       MR_DB_ARGS(MR_DB_T("holder", holder), MR_DB_T("key", key)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row) return MR_OK;
    *ret = (struct mr_api_answer_row){
        .holder = holder,
        .key = key,
        .request_hash = mr_arena_dup(a, mr_db_text(c, 0)),
        .server = mr_arena_dup(a, mr_db_text(c, 1)),
        .begun_at = mr_db_int(c, 2),
        .status = mr_db_is_null(c, 3) ? 0 : mr_db_int(c, 3),
        .type = mr_arena_dup(a, mr_db_text(c, 4)),
        .location = mr_arena_dup(a, mr_db_text(c, 5)),
        .body = mr_arena_dup(a, mr_db_text(c, 6)),
    };
    return MR_OK;
}

int mr_store_api_answer_end(mr_db_tx *tx, const struct mr_api_answer_row *row, struct mr_err *err)
{
    const mr_db_value body = {.name = "body", .type = row->body.len ? MR_DB_BYTES : MR_DB_NULL, .text = row->body};
    return mr_db_run(tx,
                     "UPDATE api_answer SET status = $status, type = $type, location = $location, body = $body "
                     "WHERE holder = $holder AND key = $key",
                     MR_DB_ARGS(MR_DB_I("status", row->status), mr_db_text_or_null("type", row->type),
                                mr_db_text_or_null("location", row->location), body, MR_DB_T("holder", row->holder),
                                MR_DB_T("key", row->key)),
                     NULL, err);
}

int mr_store_api_answer_forget(mr_db_tx *tx, int64_t before, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM api_answer WHERE begun_at < $before", MR_DB_ARGS(MR_DB_I("before", before)), NULL,
                     err);
}
