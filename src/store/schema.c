#include "store/schema.h"
#include "base/embedded.h"
#include "store/search.h"

MR_EMBEDDED_DECLARE(mr_migrations_embedded);

/* Tables that are made by the program, since each engine has its own. */
static int make_derived(mr_db *db, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(db, true, &tx, err));
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
