/* The operator's work on the database of a data folder: bring it up to date, look whether it is whole, copy it, put it back, move it to another engine. None of it needs a
 * running server, and only a backup may be made beside one. Every function opens the folder itself. */
#ifndef MR_SERVICE_DATABASE_H
#define MR_SERVICE_DATABASE_H

#include "base/env.h"
#include "db/db.h"

/* What a table holds, the same for the same rows on every engine and in every order. */
struct mr_database_table {
    mr_str name;
    int64_t rows;
    uint8_t digest[32]; /* SHA-256 over the sum of the rows' SHA-256 */
};
struct mr_database_summary {
    struct mr_database_table *tables;
    size_t count;
};

/* Run the migrations that are missing. *ret_from, *ret_to: the version before and after. Errors: MR_E_STATE (a server works on the folder; or the database is newer than this
 * program), MR_E_DB, MR_E_NOT_FOUND (no data folder), MR_E_UNAVAILABLE. */
int mr_database_upgrade(const char *data_folder, const char *url, int64_t *ret_from, int64_t *ret_to,
                        struct mr_err *err) MR_MUST_CHECK;

struct mr_database_findings {
    struct mr_database_summary summary;
    mr_str fault;                    /* of the engine, in its words; empty: none */
    int64_t bodies, packed, stored;  /* sealed credentials; those stored compressed; octets that all take */
    int64_t damaged;                 /* bodies that do not come back */
    mr_str first_damaged, first_why; /* achievement and format of one */
    /* the audit log (service/audit.h): checkpoints that agree, the lines that they cover, and those that none covers yet */
    int64_t checkpoints, lines, lines_since;
    mr_str lines_changed; /* where it did more than grow; empty: nowhere */
};
/* Read everything. All in the arena. Errors as for the upgrade, which this does not do. */
int mr_database_check(mr_arena *a, const char *data_folder, const char *url, struct mr_database_findings *ret,
                      struct mr_err *err) MR_MUST_CHECK;

/* Fill the catalogue's search again from the published specifications, in one transaction; also beside a running server. ret_listed: how many are listed.
 * Errors: MR_E_STATE (the database is not up to date), and those of mr_service_open. */
int mr_database_reindex(const char *data_folder, const char *url, const mr_env *env, size_t *ret_listed,
                        struct mr_err *err) MR_MUST_CHECK;

/* Write an SQLite database anew, so that nothing of what was removed is left in it (mr_db_tidy); also beside a running server, whose writing waits meanwhile. *ret_done false:
 * somebody was in the way. Nothing to do for PostgreSQL. */
int mr_database_tidy(mr_arena *a, const char *data_folder, const char *url, bool *ret_done,
                     struct mr_err *err) MR_MUST_CHECK;

/* Write the database and all that the folder holds beside it (secret, seals, keys, trust ...) into one file, as of one moment, while a server may be working. Beside
 * `file` room for another copy of the database is needed while it is made. Errors: MR_E_IO, MR_E_DB. */
int mr_database_backup(mr_arena *a, const char *data_folder, const char *url, const char *file,
                       struct mr_err *err) MR_MUST_CHECK;
/* Make a data folder of a backup. data_folder must be empty or not there; it is there whole or not at all. Errors: MR_E_EXISTS (it is not empty), MR_E_FORMAT (no backup), MR_E_IO. */
int mr_database_restore(const char *file, const char *data_folder, struct mr_err *err) MR_MUST_CHECK;

/* Copy every row into another database, compare both, and let the data folder use that one from then on. All in one transaction: a move that was stopped is begun again, and
 * one that was done is found done.
 *   to           address of a PostgreSQL database, or "sqlite": merit.db in the folder
 *   ret_summary  what was moved, in the arena
 *   errors       MR_E_STATE (a server works on the folder; the target holds something else), MR_E_USAGE (there already), MR_E_DB (a difference was found: nothing is kept) */
int mr_database_move(mr_arena *a, const char *data_folder, const char *url, const char *to,
                     struct mr_database_summary *ret_summary, struct mr_err *err) MR_MUST_CHECK;

#endif
