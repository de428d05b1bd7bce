#include "store/schema.h"
#include "base/embedded.h"
#include "store/search.h"
#include "store/validation.h"

MR_EMBEDDED_DECLARE(mr_migrations_embedded);

/* What is made by the program: the index for searching, of which each engine has its own, and what SQL alone cannot read. */
static int make_derived(mr_db *db, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(db, true, &tx, err));
    MR_TRY(mr_store_validation_fill_addresses(tx, err));
    MR_TRY(mr_store_search_prepare(tx, err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_store_migrate(mr_db *db, struct mr_err *err)
{
    struct mr_db_migration list[64];
    size_t count = mr_migrations_embedded_count < 64 ? mr_migrations_embedded_count : 64;
    for (size_t i = 0; i < count; i++)
        list[i] =
            (struct mr_db_migration){mr_migrations_embedded[i].name, (const char *)mr_migrations_embedded[i].data};
    MR_TRY(mr_db_migrate(db, list, count, err));
    return make_derived(db, err);
}

static int has_table(mr_db_tx *tx, bool *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    const char *sql = mr_db_engine_of(tx) == MR_DB_POSTGRESQL
                          ? "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND "
                            "table_name = 'schema_version'"
                          : "SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'";
    MR_TRY(mr_db_query(tx, sql, NULL, 0, &c, err));
    return mr_db_next(c, ret, err);
}

int mr_store_version(mr_db_tx *tx, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = 0;
    MR_TRY(has_table(tx, &row, err));
    if (!row) return MR_OK;
    MR_TRY(mr_db_query(tx, "SELECT MAX(version) FROM schema_version", NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

const char *mr_store_migration_name(int64_t version)
{
    return version >= 1 && (size_t)version <= mr_migrations_embedded_count ? mr_migrations_embedded[version - 1].name
                                                                           : NULL;
}
