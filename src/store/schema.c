#include "store/schema.h"
#include "base/embedded.h"

MR_EMBEDDED_DECLARE(mr_migrations_embedded);

int mr_store_migrate(mr_db *db, struct mr_err *err)
{
    struct mr_db_migration list[64];
    size_t count = mr_migrations_embedded_count < 64 ? mr_migrations_embedded_count : 64;
    for (size_t i = 0; i < count; i++)
        list[i] =
            (struct mr_db_migration){mr_migrations_embedded[i].name, (const char *)mr_migrations_embedded[i].data};
    return mr_db_migrate(db, list, count, err);
}
