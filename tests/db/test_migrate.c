#include "db/db.h"
#include "db/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <sys/wait.h>

static const struct mr_db_migration scripts[] = {
    {"0001_start", "CREATE TABLE a (id TEXT NOT NULL PRIMARY KEY); -- a comment; with a semicolon, it's one\n"
                   "INSERT INTO a VALUES ('x;''y');\n/* another; one */ CREATE INDEX a_id ON a (id);\n-- the end"},
    {"0002_more", "CREATE TABLE b (n BIGINT NOT NULL);\nINSERT INTO b VALUES (1);"},
    {"0003_last", "UPDATE b SET n = n + 1"},
};

static int64_t number(mr_db *db, const char *sql)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row = false;
    struct mr_err err = {0};
    if (mr_db_begin(db, false, &tx, &err) || mr_db_query(tx, sql, NULL, 0, &c, &err) || mr_db_next(c, &row, &err) ||
        !row)
        return -1;
    return mr_db_int(c, 0);
}

static mr_db *open_at(const char *path)
{
    mr_db *db = NULL;
    struct mr_err err = {0};
    if (mr_db_open(path, &db, &err) != MR_OK) fail_msg("%s (%s)", err.message, err.detail);
    return db;
}

static void migrate(mr_db *db, size_t count)
{
    struct mr_err err = {0};
    if (mr_db_migrate(db, scripts, count, &err) != MR_OK) fail_msg("%s (%s)", err.message, err.detail);
}

static void test_migrate__runs_each_script_once(void **state)
{
    struct folder *f = *state;
    for (int i = 0; i < 2; i++) { /* the second time in a new process's place: opened again */
        mr_db *db = open_at(f->database);
        if (i == 0) {
            migrate(db, 2);
            assert_int_equal(number(db, "SELECT n FROM b"), 1);
        }
        migrate(db, 3);
        migrate(db, 3);
        assert_int_equal(number(db, "SELECT n FROM b"), 2);
        assert_int_equal(number(db, "SELECT count(*) FROM schema_version"), 3);
        assert_int_equal(number(db, "SELECT count(*) FROM a WHERE id = 'x;''y'"), 1);
        mr_db_close(db);
    }
}

static void test_migrate__refuses_a_newer_database_and_a_strange_one(void **state)
{
    struct folder *f = *state;
    mr_db *db = open_at(f->database);
    struct mr_err err = {0};
    migrate(db, 3);
    assert_int_equal(mr_db_migrate(db, scripts, 2, &err), MR_E_STATE);
    assert_string_equal(err.message, "the database is newer than this program");
    static const struct mr_db_migration others[] = {
        {"0001_start", "SELECT 1"}, {"0002_other", "SELECT 1"}, {"0003_last", "SELECT 1"}};
    assert_int_equal(mr_db_migrate(db, others, 3, &err), MR_E_STATE);
    assert_string_equal(err.message, "the database was made by another program");
    mr_db_close(db);
}

static void test_migrate__a_failing_script_leaves_nothing(void **state)
{
    struct folder *f = *state;
    mr_db *db = open_at(f->database);
    struct mr_err err = {0};
    const struct mr_db_migration failing[] = {
        scripts[0],
        {"0002_half", "CREATE TABLE half (n BIGINT); INSERT INTO half VALUES (1); INSERT INTO absent VALUES (1);"}};
    assert_int_equal(mr_db_migrate(db, failing, 2, &err), MR_E_DB);
    assert_non_null(strstr(err.detail, "0002_half"));
    assert_int_equal(number(db, "SELECT count(*) FROM a"), 1);
    assert_int_equal(number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"), 0);
    assert_int_equal(number(db, "SELECT MAX(version) FROM schema_version"), 1);
    migrate(db, 3); /* mended, it goes on */
    mr_db_close(db);
}

static void test_migrate__several_processes_at_once_run_each_script_once(void **state)
{
    struct folder *f = *state;
    pid_t children[4];
    for (int i = 0; i < 4; i++)
        if ((children[i] = fork()) == 0) {
            mr_db *db = NULL;
            struct mr_err err = {0};
            _exit(mr_db_open(f->database, &db, &err) || mr_db_migrate(db, scripts, 3, &err));
        }
    for (int i = 0; i < 4; i++) {
        int status = 0;
        waitpid(children[i], &status, 0);
        assert_int_equal(status, 0);
    }
    mr_db *db = open_at(f->database);
    assert_int_equal(number(db, "SELECT n FROM b"), 2);
    mr_db_close(db);
}

int main(void)
{
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_migrate__runs_each_script_once),
        WITH_FOLDER(test_migrate__refuses_a_newer_database_and_a_strange_one),
        WITH_FOLDER(test_migrate__a_failing_script_leaves_nothing),
        WITH_FOLDER(test_migrate__several_processes_at_once_run_each_script_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
