/* Bringing a schema up to date: the same for every engine.
 *
 * Each script runs in one transaction together with its line in schema_version, under the writer's lock, so that two processes that
 * start at once do not both run it, and a script that fails leaves nothing. Released scripts never change: the name of an applied
 * script must be the one we have under its number. */
#include "db/db.h"

#include "base/limits.h"
#include "db/parameters.h"

/* Where a statement ends: at the first semicolon outside quotes and comments, or at the end of the text. */
static size_t statement_end(mr_str sql)
{
    for (size_t i = 0, end; i<sql.len; i = end> i ? end : i + 1) {
        if (sql.ptr[i] == ';') return i;
        end = mr_db_skip_quoted(sql, i);
    }
    return sql.len;
}

/* Nothing but blanks and comments: engines differ in what they say to that. */
static bool is_empty_statement(mr_str sql)
{
    for (;;) {
        sql = mr_str_trim(sql);
        const char *close = mr_str_has_prefix(sql, MR_STR("--"))   ? "\n"
                            : mr_str_has_prefix(sql, MR_STR("/*")) ? "*/"
                                                                   : NULL;
        if (!close) return sql.len == 0;
        ptrdiff_t n = mr_str_find(sql, mr_str_of(close));
        if (n < 0) return true;
        sql = mr_str_from(sql, (size_t)n + strlen(close));
    }
}

static int run_script(mr_db_tx *tx, mr_str sql, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_LIMIT_DB_SCRIPT);
    while (sql.len > 0) {
        size_t end = statement_end(sql);
        mr_str statement = mr_str_make(sql.ptr, end);
        sql = mr_str_from(sql, end + 1);
        if (is_empty_statement(statement)) continue;
        const char *text = mr_arena_cstr(&a, statement);
        if (!text) return MR_FAIL(err, MR_E_NOMEM, "a migration is too large", MR_NOWHERE);
        MR_TRY(mr_db_run(tx, text, NULL, 0, NULL, err));
    }
    return MR_OK;
}

/* *ret_applied tells whether the script with this number has run. */
static int look_up(mr_db_tx *tx, int64_t version, const char *name, bool *ret_applied, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT name FROM schema_version WHERE version = $version",
                       MR_DB_ARGS(MR_DB_I("version", version)), &c, err));
    bool row = false;
    MR_TRY(mr_db_next(c, &row, err));
    if (row && !mr_str_is(mr_db_text(c, 0), name))
        return MR_FAIL_DETAIL(err, MR_E_STATE, "the database was made by another program", "%s is not %.*s", name,
                              MR_STR_ARG(mr_db_text(c, 0)));
    *ret_applied = row;
    return MR_OK;
}

static int newest(mr_db_tx *tx, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT COALESCE(MAX(version), 0) FROM schema_version", NULL, 0, &c, err));
    bool row = false;
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

static int prepare_table(mr_db *db, size_t count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(db, true, &tx, err));
    MR_TRY(mr_db_run(
        tx, "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)", NULL,
        0, NULL, err));
    int64_t version = 0;
    MR_TRY(newest(tx, &version, err));
    if (version > (int64_t)count)
        return MR_FAIL_DETAIL(err, MR_E_STATE, "the database is newer than this program", "version %lld, known %zu",
                              (long long)version, count);
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

static int apply(mr_db *db, int64_t version, const struct mr_db_migration *m, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(db, true, &tx, err));
    bool applied = false;
    MR_TRY(look_up(tx, version, m->name, &applied, err));
    if (applied) return MR_OK;
    struct mr_err cause = {0};
    int code = run_script(tx, mr_str_of(m->sql), &cause);
    if (code != MR_OK)
        return MR_FAIL_DETAIL(err, MR_E_DB, "a migration failed", "%s: %s: %s", m->name, cause.message, cause.detail);
    MR_TRY(mr_db_run(tx, "INSERT INTO schema_version (version, name) VALUES ($version, $name)",
                     MR_DB_ARGS(MR_DB_I("version", version), MR_DB_T("name", mr_str_of(m->name))), NULL, err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_db_migrate(mr_db *db, const struct mr_db_migration *migrations, size_t count, struct mr_err *err)
{
    MR_TRY(prepare_table(db, count, err));
    for (size_t i = 0; i < count; i++) MR_TRY(apply(db, (int64_t)i + 1, &migrations[i], err));
    return MR_OK;
}
