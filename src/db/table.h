/* Whole tables, whatever they hold: for backup, moving and checking. */
#ifndef MR_DB_TABLE_H
#define MR_DB_TABLE_H

#include "db/db.h"

enum { MR_DB_COLUMNS_MOST = 64 };

struct mr_db_column {
    const char *name;
    mr_db_type type; /* MR_DB_INT, MR_DB_TEXT, MR_DB_BYTES or MR_DB_BOOL */
};
struct mr_db_table {
    mr_str name;
    struct mr_db_column columns[MR_DB_COLUMNS_MOST]; /* sorted by name */
    size_t count;
    const char *select, *insert; /* statements over all columns */
};

/* The tables of an SQLite database, sorted by name, in the arena; without those of full-text search, which are derived. What is said of them holds for every
 * database that the same migrations have made.
 * Errors: MR_E_DB, MR_E_LIMIT (more columns than MR_DB_COLUMNS_MOST), MR_E_UNSUPPORTED (a column of another type), MR_E_NOMEM. */
int mr_db_tables(mr_db_tx *tx, mr_arena *a, struct mr_db_table **ret, size_t *ret_count,
                 struct mr_err *err) MR_MUST_CHECK;

/* Called for each row; values in the order of the columns, named by them, borrowed until it returns. */
typedef int mr_db_row(void *self, const struct mr_db_table *t, const mr_db_value *values, struct mr_err *err);
/* Every row of a table, in no order, in little memory. What `row` fails with is returned. */
int mr_db_table_read(mr_db_tx *tx, const struct mr_db_table *t, mr_db_row *row, void *self,
                     struct mr_err *err) MR_MUST_CHECK;
int mr_db_table_add(mr_db_tx *tx, const struct mr_db_table *t, const mr_db_value *values,
                    struct mr_err *err) MR_MUST_CHECK;
int mr_db_table_empty(mr_db_tx *tx, const struct mr_db_table *t, struct mr_err *err) MR_MUST_CHECK;

/* Rows may refer to rows that come later, until mr_db_references_check, which finds those that never came (MR_E_STATE). Both in the same transaction. */
int mr_db_references_defer(mr_db_tx *tx, struct mr_err *err) MR_MUST_CHECK;
int mr_db_references_check(mr_db_tx *tx, struct mr_err *err) MR_MUST_CHECK;

/* Is what lies on the disk in order, as far as the engine can tell? *ret_fault: its own words, in the arena; empty: it is. */
int mr_db_check(mr_db_tx *tx, mr_arena *a, mr_str *ret_fault, struct mr_err *err) MR_MUST_CHECK;

#endif
