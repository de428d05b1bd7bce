/* The schema of the database, embedded from sql/migrations. */
#ifndef MR_STORE_SCHEMA_H
#define MR_STORE_SCHEMA_H

#include "db/db.h"

/* Bring a database up to date. Errors: see mr_db_migrate. */
int mr_store_migrate(mr_db *db, struct mr_err *err) MR_MUST_CHECK;

#endif
