/* Engines differ in how a large table is read in little memory (SQLite's cursors do it, PostgreSQL gives whole results unless it is asked for portions of a
 * cursor of its own), and in how references are put off. */
#include "db/table.h"

#include "base/buf.h"
#include "base/limits.h"

#include <stdio.h>

enum { TABLES_MOST = 256 };

static bool is_postgresql(const mr_db_tx *tx)
{
    return mr_db_engine_of(tx) == MR_DB_POSTGRESQL;
}

/* Table, column, type; a row for each column. Virtual tables and their shadows (of full-text search) are told apart by pragma_table_list. */
static const char catalogue[] =
    "SELECT t.name, c.name, lower(c.type) FROM pragma_table_list t JOIN pragma_table_info(t.name) c "
    "WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2";

static bool type_of(mr_str word, mr_db_type *ret)
{
    static const struct {
        const char *word;
        mr_db_type type;
    } types[] = {{"text", MR_DB_TEXT},   {"bigint", MR_DB_INT}, {"integer", MR_DB_INT}, {"smallint", MR_DB_INT},
                 {"bytea", MR_DB_BYTES}, {"blob", MR_DB_BYTES}, {"boolean", MR_DB_BOOL}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (mr_str_is(word, types[i].word)) return *ret = types[i].type, true;
    return false;
}

/* Names of ours are small letters; others are quoted all the same, since "key" and "row" may mean something one day. */
static int write_statements(mr_arena *a, struct mr_db_table *t, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf select, insert, values;
    mr_buf_init(&select, 16 * MR_KIB);
    mr_buf_init(&insert, 16 * MR_KIB);
    mr_buf_init(&values, 16 * MR_KIB);
    mr_buf_puts(&select, "SELECT ");
    mr_buf_format(&insert, "INSERT INTO \"%.*s\" (", MR_STR_ARG(t->name));
    for (size_t i = 0; i < t->count; i++) {
        const char *comma = i ? ", " : "", *name = t->columns[i].name;
        mr_buf_format(&select, "%s\"%s\"", comma, name);
        mr_buf_format(&insert, "%s\"%s\"", comma, name);
        mr_buf_format(&values, "%s$%s", comma, name);
    }
    mr_buf_format(&select, " FROM \"%.*s\"", MR_STR_ARG(t->name));
    mr_buf_format(&insert, ") VALUES (%.*s)", (int)values.len, values.ptr);
    t->select = mr_arena_cstr(a, mr_buf_str(&select));
    t->insert = mr_arena_cstr(a, mr_buf_str(&insert));
    if (mr_buf_failed(&select) || mr_buf_failed(&insert) || !t->select || !t->insert)
        return MR_FAIL(err, MR_E_NOMEM, "no memory for a table", MR_NOWHERE);
    return MR_OK;
}

static int add_column(mr_arena *a, struct mr_db_table *t, const mr_db_cursor *c, struct mr_err *err)
{
    struct mr_db_column *column = &t->columns[t->count];
    if (t->count == MR_DB_COLUMNS_MOST)
        return MR_FAIL_DETAIL(err, MR_E_LIMIT, "a table has too many columns", "%.*s", MR_STR_ARG(t->name));
    column->name = mr_arena_cstr(a, mr_db_text(c, 1));
    if (!column->name) return MR_FAIL(err, MR_E_NOMEM, "no memory for a table", MR_NOWHERE);
    if (!type_of(mr_db_text(c, 2), &column->type))
        return MR_FAIL_DETAIL(err, MR_E_UNSUPPORTED, "a column has a type that both databases do not have",
                              "%.*s.%s: %.*s", MR_STR_ARG(t->name), column->name, MR_STR_ARG(mr_db_text(c, 2)));
    t->count++;
    return MR_OK;
}

int mr_db_tables(mr_db_tx *tx, mr_arena *a, struct mr_db_table **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_db_table *tables = MR_NEW_ARRAY(a, struct mr_db_table, TABLES_MOST);
    size_t count = 0;
    if (!tables) return MR_FAIL(err, MR_E_NOMEM, "no memory for the tables", MR_NOWHERE);
    MR_TRY(mr_db_query(tx, catalogue, NULL, 0, &c, err));
    for (;;) {
        bool row;
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        if (count == 0 || !mr_str_eq(tables[count - 1].name, mr_db_text(c, 0))) {
            if (count == TABLES_MOST) return MR_FAIL(err, MR_E_LIMIT, "there are too many tables", MR_NOWHERE);
            tables[count++].name = mr_arena_dup(a, mr_db_text(c, 0));
        }
        MR_TRY(add_column(a, &tables[count - 1], c, err));
    }
    for (size_t i = 0; i < count; i++) MR_TRY(write_statements(a, &tables[i], err));
    *ret = tables, *ret_count = count;
    return MR_OK;
}

/* ---- rows ---- */

static int give_rows(mr_db_cursor *c, const struct mr_db_table *t, mr_db_row *row, void *self, size_t *ret_given,
                     struct mr_err *err)
{
    mr_db_value values[MR_DB_COLUMNS_MOST];
    bool more;
    *ret_given = 0;
    for (;; ++*ret_given) {
        MR_TRY(mr_db_next(c, &more, err));
        if (!more) return MR_OK;
        for (size_t i = 0; i < t->count; i++) {
            mr_db_type type = mr_db_is_null(c, (int)i) ? MR_DB_NULL : t->columns[i].type;
            values[i] = (mr_db_value){.name = t->columns[i].name, .type = type};
            if (type == MR_DB_INT || type == MR_DB_BOOL) values[i].number = mr_db_int(c, (int)i);
            if (type == MR_DB_TEXT || type == MR_DB_BYTES) values[i].text = mr_db_text(c, (int)i);
        }
        MR_TRY(row(self, t, values, err));
    }
}

static int read_portions(mr_db_tx *tx, const struct mr_db_table *t, mr_db_row *row, void *self, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf declare;
    char fetch[128], close[128];
    mr_buf_init(&declare, 16 * MR_KIB);
    mr_buf_format(&declare, "DECLARE \"rows_%.*s\" NO SCROLL CURSOR FOR %s", MR_STR_ARG(t->name), t->select);
    mr_buf_putc(&declare, '\0');
    snprintf(fetch, sizeof fetch, "FETCH 200 FROM \"rows_%.*s\"", MR_STR_ARG(t->name));
    snprintf(close, sizeof close, "CLOSE \"rows_%.*s\"", MR_STR_ARG(t->name));
    MR_TRY(mr_db_run(tx, declare.ptr, NULL, 0, NULL, err));
    for (size_t given = 1; given > 0;) {
        MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
        MR_TRY(mr_db_query(tx, fetch, NULL, 0, &c, err));
        MR_TRY(give_rows(c, t, row, self, &given, err));
    }
    return mr_db_run(tx, close, NULL, 0, NULL, err);
}

int mr_db_table_read(mr_db_tx *tx, const struct mr_db_table *t, mr_db_row *row, void *self, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    size_t given;
    if (is_postgresql(tx)) return read_portions(tx, t, row, self, err);
    MR_TRY(mr_db_query(tx, t->select, NULL, 0, &c, err));
    return give_rows(c, t, row, self, &given, err);
}

int mr_db_table_add(mr_db_tx *tx, const struct mr_db_table *t, const mr_db_value *values, struct mr_err *err)
{
    return mr_db_run(tx, t->insert, values, t->count, NULL, err);
}

int mr_db_table_empty(mr_db_tx *tx, const struct mr_db_table *t, struct mr_err *err)
{
    char sql[128];
    snprintf(sql, sizeof sql, "DELETE FROM \"%.*s\"", MR_STR_ARG(t->name));
    return mr_db_run(tx, sql, NULL, 0, NULL, err);
}

/* ---- references ---- */

/* Each foreign key of the schema, as it is to be or as it was. */
static int alter_references(mr_db_tx *tx, const char *how, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(
        mr_db_query(tx,
                    "SELECT CAST(c.relname AS TEXT), CAST(k.conname AS TEXT) FROM pg_constraint k JOIN pg_class c ON "
                    "c.oid = k.conrelid JOIN pg_namespace n ON n.oid = k.connamespace "
                    "WHERE k.contype = 'f' AND n.nspname = current_schema()",
                    NULL, 0, &c, err));
    for (;;) {
        bool row;
        char sql[512];
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) return MR_OK;
        snprintf(sql, sizeof sql, "ALTER TABLE \"%.*s\" ALTER CONSTRAINT \"%.*s\" %s", MR_STR_ARG(mr_db_text(c, 0)),
                 MR_STR_ARG(mr_db_text(c, 1)), how);
        MR_TRY(mr_db_run(tx, sql, NULL, 0, NULL, err));
    }
}

int mr_db_references_defer(mr_db_tx *tx, struct mr_err *err)
{
    if (!is_postgresql(tx)) return mr_db_run(tx, "PRAGMA defer_foreign_keys = ON", NULL, 0, NULL, err);
    return alter_references(tx, "DEFERRABLE INITIALLY DEFERRED", err);
}

static int check_sqlite_references(mr_db_tx *tx, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "PRAGMA foreign_key_check", NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_STATE, "a row refers to another that is not there", "%.*s to %.*s",
                          MR_STR_ARG(mr_db_text(c, 0)), MR_STR_ARG(mr_db_text(c, 2)));
}

int mr_db_references_check(mr_db_tx *tx, struct mr_err *err)
{
    if (!is_postgresql(tx)) return check_sqlite_references(tx, err);
    MR_TRY(mr_db_run(tx, "SET CONSTRAINTS ALL IMMEDIATE", NULL, 0, NULL, err));
    return alter_references(tx, "NOT DEFERRABLE", err);
}

int mr_db_check(mr_db_tx *tx, mr_arena *a, mr_str *ret_fault, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret_fault = MR_STR_EMPTY;
    if (is_postgresql(tx)) return MR_OK; /* its server watches over its files; references always hold there */
    MR_TRY(mr_db_query(tx, "PRAGMA integrity_check(1)", NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row && !mr_str_is(mr_db_text(c, 0), "ok")) *ret_fault = mr_arena_dup(a, mr_db_text(c, 0));
    struct mr_err fault = {0};
    if (ret_fault->len || check_sqlite_references(tx, &fault) == MR_OK) return MR_OK;
    if (fault.code != MR_E_STATE) return MR_FAIL_DETAIL(err, fault.code, fault.message, "%s", fault.detail);
    *ret_fault = mr_arena_format(a, "%s: %s", fault.message, fault.detail);
    return MR_OK;
}
