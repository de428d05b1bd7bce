#include "store/installation.h"

int mr_store_installation_find(mr_db_tx *tx, mr_arena *a, const char *name, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT value FROM installation WHERE name = $name",
                       MR_DB_ARGS(MR_DB_T("name", mr_str_of(name))), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    return MR_OK;
}

int mr_store_installation_add(mr_db_tx *tx, const char *name, mr_str value, struct mr_err *err)
{
    return mr_db_run(tx, "INSERT INTO installation (name, value) VALUES ($name, $value) ON CONFLICT (name) DO NOTHING",
                     MR_DB_ARGS(MR_DB_T("name", mr_str_of(name)), MR_DB_T("value", value)), NULL, err);
}
