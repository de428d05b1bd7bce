/* db.h over the engines: which one a database is, and from then on its table of functions. */
#include "db/engine.h"

#include <stdlib.h>

bool mr_db_is_url(mr_str where)
{
    return mr_str_has_prefix(where, MR_STR("postgresql://")) || mr_str_has_prefix(where, MR_STR("postgres://"));
}

int mr_db_open(const char *where, mr_db **ret, struct mr_err *err)
{
    mr_db *db;
    MR_TRY(mr_db_is_url(mr_str_of(where)) ? mr_db_postgresql_open(where, &db, err)
                                          : mr_db_sqlite_open(where, &db, err));
    mr_db_queue_init(&db->queue);
    *ret = db;
    return MR_OK;
}

void mr_db_close(mr_db *db)
{
    if (!db) return;
    mr_db_queue_done(&db->queue);
    db->functions->close(db);
}

int mr_db_begin(mr_db *db, bool writes, mr_db_tx **ret, struct mr_err *err)
{
    return db->functions->begin(db, writes, ret, err);
}

int mr_db_commit(mr_db_tx *tx, struct mr_err *err)
{
    return tx->functions->commit(tx, err);
}

void mr_db_rollback(mr_db_tx *tx)
{
    if (tx) tx->functions->rollback(tx);
}

void mr_db_rollbackp(mr_db_tx **tx)
{
    mr_db_rollback(*tx);
    *tx = NULL;
}

int mr_db_copy(mr_db *db, const char *path, struct mr_err *err)
{
    return db->functions->copy(db, path, err);
}

int mr_db_tidy(mr_db *db, size_t most, bool *ret_done, struct mr_err *err)
{
    *ret_done = true;
    return db->functions->tidy ? db->functions->tidy(db, most, ret_done, err) : MR_OK;
}

mr_db_engine mr_db_engine_of(const mr_db_tx *tx)
{
    return tx->functions->engine;
}

int mr_db_run(mr_db_tx *tx, const char *sql, const mr_db_value *args, size_t count, int64_t *ret_changed,
              struct mr_err *err)
{
    return tx->functions->run(tx, sql, args, count, ret_changed, err);
}

int mr_db_try(mr_db_tx *tx, const char *sql, const mr_db_value *args, size_t count, int64_t *ret_changed,
              struct mr_err *err)
{
    MR_TRY(mr_db_run(tx, "SAVEPOINT trying", NULL, 0, NULL, err));
    int code = mr_db_run(tx, sql, args, count, ret_changed, err);
    if (code != MR_OK) MR_TRY(mr_db_run(tx, "ROLLBACK TO trying", NULL, 0, NULL, err));
    struct mr_err late = {0};
    int ended = mr_db_run(tx, "RELEASE trying", NULL, 0, NULL, &late);
    if (ended == MR_OK || code != MR_OK) return code;
    if (err) *err = late;
    return ended;
}

int mr_db_query(mr_db_tx *tx, const char *sql, const mr_db_value *args, size_t count, mr_db_cursor **ret,
                struct mr_err *err)
{
    return tx->functions->query(tx, sql, args, count, ret, err);
}

int mr_db_next(mr_db_cursor *c, bool *ret_row, struct mr_err *err)
{
    return c->functions->next(c, ret_row, err);
}

int64_t mr_db_int(const mr_db_cursor *c, int column)
{
    return c->functions->number(c, column);
}

mr_str mr_db_text(const mr_db_cursor *c, int column)
{
    return c->functions->text(c, column);
}

bool mr_db_is_null(const mr_db_cursor *c, int column)
{
    return c->functions->is_null(c, column);
}

void mr_db_cursor_close(mr_db_cursor *c)
{
    if (c) c->functions->cursor_close(c);
}

void mr_db_cursor_closep(mr_db_cursor **c)
{
    mr_db_cursor_close(*c);
    *c = NULL;
}
