/* The schema of the database, embedded from sql/migrations. */
#ifndef MR_STORE_SCHEMA_H
#define MR_STORE_SCHEMA_H

#include "db/db.h"

/* Bring a database up to date. Errors: see mr_db_migrate. */
int mr_store_migrate(mr_db *db, struct mr_err *err) MR_MUST_CHECK;
/* How many migrations have been run; 0: none, and no table is there. Errors: MR_E_DB. */
int mr_store_version(mr_db_tx *tx, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;
/* The name of a migration of this program ("0004_office"), from 1; NULL: it has no such one. */
const char *mr_store_migration_name(int64_t version);

#endif
