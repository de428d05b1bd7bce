/* One interface for SQL databases: SQLite (src/db/sqlite.c) and PostgreSQL (src/db/postgresql.c), each library loaded on first use. Statements use
 * parameters by name ($name): a value list of name and value.
 * One mr_db serves many threads: each call takes a connection from a small pool; a transaction holds its connection. */
#ifndef MR_DB_DB_H
#define MR_DB_DB_H

#include "base/arena.h"
#include "base/err.h"

typedef struct mr_db mr_db;
typedef struct mr_db_tx mr_db_tx; /* a transaction; every statement runs in one */

/* where: a file that is made (mode 0600) when absent, ":memory:" (one connection: a thread must not begin twice), or the address of a PostgreSQL
 * database as libpq has it ("postgresql://user@host/name", "postgresql:///name?host=/var/run/postgresql").
 * SQLite's settings: WAL, synchronous=FULL, foreign_keys, secure_delete, trusted_schema off, double-quoted strings off.
 * Errors: MR_E_DB, MR_E_UNAVAILABLE (the server does not answer), MR_E_LIBRARY. */
int mr_db_open(const char *where, mr_db **ret, struct mr_err *err) MR_MUST_CHECK;
/* Is this the address of a PostgreSQL database, not the name of a file? */
bool mr_db_is_url(mr_str where);
void mr_db_close(mr_db *db);

/* Begin a transaction. One that `writes` is the only one that does, in this process and all others that use the database: what it has read stays
 * true until its end. It waits up to 10 s for that (MR_LIMIT_DB_WAIT_MS). One that does not write sees one moment of the database and
 * is refused when it tries to change something. Used by one thread at a time. After an error a transaction can only be rolled back
 * (docs/decisions/0012-one-writer-at-a-time.md). Errors: MR_E_DB, MR_E_UNAVAILABLE. */
int mr_db_begin(mr_db *db, bool writes, mr_db_tx **ret, struct mr_err *err) MR_MUST_CHECK;
/* The end: durable when it returns MR_OK. tx is gone in either case, and so are the rows of cursors still open (which are closed as
 * ever). Errors: MR_E_STATE (a deferred constraint), MR_E_DB. */
int mr_db_commit(mr_db_tx *tx, struct mr_err *err) MR_MUST_CHECK;
void mr_db_rollback(mr_db_tx *tx);
void mr_db_rollbackp(mr_db_tx **tx); /* for MR_CLEANUP; set the variable to NULL after commit */

/* Do `work` in a transaction that writes and is durable when this returns MR_OK. Pieces of work that several threads bring at the same moment share one transaction, each
 * in a savepoint of its own, so that the disk is waited for once: many times faster than a transaction each. `work` is done by any thread; it must neither wait for other
 * threads nor begin a transaction. What it returns is returned, and unless that is MR_OK nothing of it is kept. Errors also: MR_E_DB, MR_E_UNAVAILABLE. */
typedef int mr_db_work(mr_db_tx *tx, void *self, struct mr_err *err);
int mr_db_together(mr_db *db, mr_db_work *work, void *self, struct mr_err *err) MR_MUST_CHECK;

/* Write one moment of an SQLite database into a new file, while others go on reading and writing. Errors: MR_E_DB; MR_E_UNSUPPORTED for PostgreSQL. */
int mr_db_copy(mr_db *db, const char *path, struct mr_err *err) MR_MUST_CHECK;
/* Let nothing lie about of what was removed. SQLite overwrites what it removes, but its log has it until it is written into the file and cut off, and where rows were moved within
 * the file, copies of them stay in the gaps of pages until the file is written anew; so both is done. PostgreSQL does the like by itself when it vacuums.
 *   most      octets: a larger file is not written anew here, which takes memory and time, while nobody writes; 0: however large it is (temporary files hold a copy then)
 *   ret_done  false: somebody is in the way just now, or the file is larger; only its log was cut off, if that */
int mr_db_tidy(mr_db *db, size_t most, bool *ret_done, struct mr_err *err) MR_MUST_CHECK;

/* For the named exceptions to one SQL text: full-text search and the locking of jobs. */
typedef enum mr_db_engine { MR_DB_SQLITE, MR_DB_POSTGRESQL } mr_db_engine;
mr_db_engine mr_db_engine_of(const mr_db_tx *tx);

typedef enum mr_db_type { MR_DB_NULL, MR_DB_INT, MR_DB_TEXT, MR_DB_BYTES, MR_DB_BOOL } mr_db_type;
typedef struct mr_db_value {
    const char *name; /* of the parameter, without "$"; NULL in results */
    mr_db_type type;
    int64_t number;
    mr_str text;
} mr_db_value;
#define MR_DB_T(n, s)                                                                                                  \
    {                                                                                                                  \
        .name = (n), .type = MR_DB_TEXT, .text = (s)                                                                   \
    }
#define MR_DB_B(n, s)                                                                                                  \
    {                                                                                                                  \
        .name = (n), .type = MR_DB_BYTES, .text = (s)                                                                  \
    }
#define MR_DB_I(n, i)                                                                                                  \
    {                                                                                                                  \
        .name = (n), .type = MR_DB_INT, .number = (i)                                                                  \
    }
#define MR_DB_IS(n, b)                                                                                                 \
    {                                                                                                                  \
        .name = (n), .type = MR_DB_BOOL, .number = (b)                                                                 \
    }
#define MR_DB_N(n)                                                                                                     \
    {                                                                                                                  \
        .name = (n), .type = MR_DB_NULL                                                                                \
    }

/* An empty text is stored as NULL. */
static inline mr_db_value mr_db_text_or_null(const char *name, mr_str s)
{
    return (mr_db_value){.name = name, .type = s.len ? MR_DB_TEXT : MR_DB_NULL, .text = s};
}

/* Run a statement; prepared statements are kept by the address of their text, so give literals. Every
 * parameter of the text needs an argument and every argument a parameter, which may stand several times. ret_changed may be NULL.
 * Errors: MR_E_EXISTS (a unique or primary key), MR_E_STATE (another constraint), MR_E_DB. */
int mr_db_run(mr_db_tx *tx, const char *sql, const mr_db_value *args, size_t count, int64_t *ret_changed,
              struct mr_err *err) MR_MUST_CHECK;
/* As mr_db_run, in a savepoint: after an error the transaction goes on as it was before. For what may fail and is no reason to give up. */
int mr_db_try(mr_db_tx *tx, const char *sql, const mr_db_value *args, size_t count, int64_t *ret_changed,
              struct mr_err *err) MR_MUST_CHECK;
#define MR_DB_ARGS(...)                                                                                                \
    (const mr_db_value[]){__VA_ARGS__}, sizeof((const mr_db_value[]){__VA_ARGS__}) / sizeof(mr_db_value)

/* Rows one by one; columns from 0; texts and bytes live until the next call on the cursor. */
typedef struct mr_db_cursor mr_db_cursor;
int mr_db_query(mr_db_tx *tx, const char *sql, const mr_db_value *args, size_t count, mr_db_cursor **ret,
                struct mr_err *err) MR_MUST_CHECK;
/* ret_row false at the end. */
int mr_db_next(mr_db_cursor *c, bool *ret_row, struct mr_err *err) MR_MUST_CHECK;
int64_t mr_db_int(const mr_db_cursor *c, int column);
mr_str mr_db_text(const mr_db_cursor *c, int column);
bool mr_db_is_null(const mr_db_cursor *c, int column);
void mr_db_cursor_close(mr_db_cursor *c);
void mr_db_cursor_closep(mr_db_cursor **c);

/* Bring the schema up to date: numbered scripts, each once, each in one transaction, recorded in schema_version.
 * Errors: MR_E_DB (detail: the script), MR_E_STATE when the database is newer than this program. */
struct mr_db_migration {
    const char *name; /* "0001_start" */
    const char *sql;  /* statements separated by semicolons; no triggers */
};
int mr_db_migrate(mr_db *db, const struct mr_db_migration *migrations, size_t count, struct mr_err *err) MR_MUST_CHECK;

#endif
