#include "db/db.h"
#include "db/folder.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <cmocka.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define OK(call)                                                                                                       \
    ({                                                                                                                 \
        struct mr_err err_ = {0}, *err = &err_;                                                                        \
        int code_ = (call);                                                                                            \
        if (code_ != MR_OK) fail_msg("%s: %s (%s)", mr_code_name(code_), err->message, err->detail);                   \
    })

static mr_db *open_at(const char *path)
{
    mr_db *db = NULL;
    OK(mr_db_open(path, &db, err));
    return db;
}

/* One statement in a transaction of its own. */
static int run(mr_db *db, const char *sql, const mr_db_value *args, size_t count, struct mr_err *err)
{
    mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(db, true, &tx, err));
    int code = mr_db_run(tx, sql, args, count, NULL, err);
    if (code == MR_OK) return mr_db_commit(tx, err);
    mr_db_rollback(tx);
    return code;
}

static int64_t number(mr_db *db, const char *sql)
{
    mr_db_tx *tx = NULL;
    mr_db_cursor *c = NULL;
    bool row = false;
    OK(mr_db_begin(db, false, &tx, err));
    OK(mr_db_query(tx, sql, NULL, 0, &c, err));
    OK(mr_db_next(c, &row, err));
    assert_true(row);
    int64_t n = mr_db_int(c, 0);
    mr_db_cursor_close(c);
    mr_db_rollback(tx);
    return n;
}

static void text(mr_db *db, const char *sql, char *out, size_t size)
{
    mr_db_tx *tx = NULL;
    mr_db_cursor *c = NULL;
    bool row = false;
    OK(mr_db_begin(db, false, &tx, err));
    OK(mr_db_query(tx, sql, NULL, 0, &c, err));
    OK(mr_db_next(c, &row, err));
    assert_true(row);
    snprintf(out, size, "%.*s", MR_STR_ARG(mr_db_text(c, 0)));
    mr_db_cursor_close(c);
    mr_db_rollback(tx);
}

static void test_sqlite_open__settings_are_those_promised(void **state)
{
    struct folder *f = *state;
    mr_db *db = open_at(f->database);
    static const struct {
        const char *pragma;
        int64_t expected;
    } cases[] = {{"PRAGMA synchronous", 2},    {"PRAGMA foreign_keys", 1},     {"PRAGMA secure_delete", 1},
                 {"PRAGMA trusted_schema", 0}, {"PRAGMA busy_timeout", 10000}, {"PRAGMA query_only", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t found = number(db, cases[i].pragma);
        if (found != cases[i].expected) fail_msg("%s: %lld", cases[i].pragma, (long long)found);
    }
    char mode[16];
    text(db, "PRAGMA journal_mode", mode, sizeof mode);
    assert_string_equal(mode, "wal");
    struct stat st;
    assert_int_equal(stat(f->database, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    mr_db_close(db);
}

static void test_sqlite_open__refuses_a_folder_and_a_photograph(void **state)
{
    struct folder *f = *state;
    mr_db *db = NULL;
    struct mr_err err = {0};
    assert_int_equal(mr_db_open(f->path, &db, &err), MR_E_DB);
    FILE *out = fopen(f->database, "wb");
    for (int i = 0; i < 5000; i++) fputs("\x89PNG", out);
    fclose(out);
    assert_int_equal(mr_db_open(f->database, &db, &err), MR_E_DB);
    assert_string_equal(err.message, "the file is damaged or no database");
    assert_null(db);
}

static void test_sqlite_run__refuses_double_quoted_text_extensions_and_two_statements(void **state)
{
    mr_db *db = open_at(":memory:");
    static const char *const cases[] = {
        "SELECT \"no column\"", "SELECT load_extension('x')", "SELECT 1; SELECT 2", "", "SELECT $a", "NOT SQL"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        if (run(db, cases[i], NULL, 0, &err) != MR_E_DB) fail_msg("%s was accepted", cases[i]);
    }
    struct mr_err err = {0};
    assert_int_equal(run(db, "SELECT $a", MR_DB_ARGS(MR_DB_I("a", 1), MR_DB_I("b", 1)), &err), MR_E_DB);
    assert_string_equal(err.detail, "$b");
    mr_db_close(db);
}

static void test_sqlite_run__values_come_back_as_they_went_in(void **state)
{
    mr_db *db = open_at(":memory:");
    OK(run(db, "CREATE TABLE v (i BIGINT, t TEXT, b BYTEA, e TEXT, n TEXT, y BOOLEAN, z BYTEA)", NULL, 0, err));
    mr_str bytes = mr_str_make("\0\xff'\0", 4), name = MR_STR("Zoë \"O'Brien\"");
    OK(run(db, "INSERT INTO v VALUES ($i, $t, $b, $e, $n, $y, $z)",
           MR_DB_ARGS(MR_DB_I("i", INT64_MIN), MR_DB_B("b", bytes), MR_DB_T("t", name), MR_DB_T("e", MR_STR_EMPTY),
                      MR_DB_N("n"), {.name = "y", .type = MR_DB_BOOL, .number = 7}, MR_DB_B("z", MR_STR_EMPTY)),
           err));
    mr_db_tx *tx = NULL;
    mr_db_cursor *c = NULL;
    bool row = false;
    OK(mr_db_begin(db, false, &tx, err));
    /* one parameter in two places */
    OK(mr_db_query(tx, "SELECT * FROM v WHERE t = $t AND $t = t AND y = TRUE", MR_DB_ARGS(MR_DB_T("t", name)), &c,
                   err));
    OK(mr_db_next(c, &row, err));
    assert_true(row);
    assert_true(mr_db_int(c, 0) == INT64_MIN);
    assert_true(mr_str_eq(mr_db_text(c, 1), name));
    assert_true(mr_str_eq(mr_db_text(c, 2), bytes));
    assert_false(mr_db_is_null(c, 3));
    assert_int_equal(mr_db_text(c, 3).len, 0);
    assert_true(mr_db_is_null(c, 4));
    assert_int_equal(mr_db_int(c, 5), 1);
    assert_false(mr_db_is_null(c, 6));
    OK(mr_db_next(c, &row, err));
    assert_false(row);
    mr_db_cursor_close(c);
    mr_db_rollback(tx);
    mr_db_close(db);
}

static void test_sqlite_run__broken_rules_have_their_codes(void **state)
{
    struct folder *f = *state;
    mr_db *db = open_at(f->database);
    OK(run(db, "CREATE TABLE p (id TEXT NOT NULL PRIMARY KEY, mail TEXT UNIQUE, age BIGINT CHECK (age >= 0))", NULL, 0,
           err));
    OK(run(db, "CREATE TABLE c (p TEXT NOT NULL REFERENCES p (id))", NULL, 0, err));
    OK(run(db, "INSERT INTO p VALUES ('a', 'x', 1)", NULL, 0, err));
    static const struct {
        const char *sql;
        mr_code expected;
    } cases[] = {
        {"INSERT INTO p VALUES ('a', 'y', 1)", MR_E_EXISTS}, {"INSERT INTO p VALUES ('b', 'x', 1)", MR_E_EXISTS},
        {"INSERT INTO p VALUES ('b', 'y', -1)", MR_E_STATE}, {"INSERT INTO p VALUES (NULL, 'y', 1)", MR_E_STATE},
        {"INSERT INTO c VALUES ('nobody')", MR_E_STATE},     {"DELETE FROM absent", MR_E_DB},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        int code = run(db, cases[i].sql, NULL, 0, &err);
        if (code != (int)cases[i].expected) fail_msg("%s: %s", cases[i].sql, mr_code_name(code));
        assert_null(strstr(err.detail, "nobody")); /* values stay out of errors */
    }
    assert_int_equal(number(db, "SELECT count(*) FROM p"), 1);
    mr_db_close(db);
}

static void test_sqlite_run__counts_changed_rows(void **state)
{
    mr_db *db = open_at(":memory:");
    mr_db_tx *tx = NULL;
    int64_t changed = -1;
    OK(mr_db_begin(db, true, &tx, err));
    OK(mr_db_run(tx, "CREATE TABLE t (i BIGINT)", NULL, 0, NULL, err));
    for (int i = 0; i < 5; i++)
        OK(mr_db_run(tx, "INSERT INTO t VALUES ($i) RETURNING i", MR_DB_ARGS(MR_DB_I("i", i)), &changed, err));
    assert_int_equal(changed, 1);
    OK(mr_db_run(tx, "UPDATE t SET i = i + 1 WHERE i >= $from", MR_DB_ARGS(MR_DB_I("from", 2)), &changed, err));
    assert_int_equal(changed, 3);
    OK(mr_db_run(tx, "UPDATE t SET i = 0 WHERE i > 100", NULL, 0, &changed, err));
    assert_int_equal(changed, 0);
    OK(mr_db_commit(tx, err));
    mr_db_close(db);
}

static void test_sqlite_query__one_text_in_two_cursors_and_in_one_buffer(void **state)
{
    mr_db *db = open_at(":memory:");
    mr_db_tx *tx = NULL;
    static const char sql[] = "SELECT $a * 10 + value FROM (SELECT 1 AS value UNION ALL SELECT 2) ORDER BY 1";
    mr_db_cursor *outer = NULL, *inner = NULL;
    bool row = false;
    int64_t sum = 0;
    OK(mr_db_begin(db, false, &tx, err));
    OK(mr_db_query(tx, sql, MR_DB_ARGS(MR_DB_I("a", 1)), &outer, err));
    for (OK(mr_db_next(outer, &row, err)); row; OK(mr_db_next(outer, &row, err))) {
        bool more = false;
        OK(mr_db_query(tx, sql, MR_DB_ARGS(MR_DB_I("a", 2)), &inner, err));
        for (OK(mr_db_next(inner, &more, err)); more; OK(mr_db_next(inner, &more, err)))
            sum += mr_db_int(inner, 0) * mr_db_int(outer, 0);
        mr_db_cursor_close(inner);
    }
    mr_db_cursor_close(outer);
    assert_int_equal(sum, (21 + 22) * (11 + 12));

    char buffer[32]; /* one address, other texts */
    for (int i = 0; i < 3; i++) {
        snprintf(buffer, sizeof buffer, "SELECT %d", i);
        OK(mr_db_query(tx, buffer, NULL, 0, &outer, err));
        OK(mr_db_next(outer, &row, err));
        assert_int_equal(mr_db_int(outer, 0), i);
        mr_db_cursor_close(outer);
    }
    mr_db_rollback(tx);
    mr_db_close(db);
}

static void test_sqlite_cursor__ends_with_its_transaction(void **state)
{
    mr_db *db = open_at(":memory:");
    mr_db_tx *tx = NULL;
    mr_db_cursor *c = NULL;
    bool row = false;
    struct mr_err err = {0};
    assert_int_equal(mr_db_begin(db, false, &tx, &err), MR_OK);
    assert_int_equal(mr_db_query(tx, "SELECT 1 UNION SELECT 2", NULL, 0, &c, &err), MR_OK);
    assert_int_equal(mr_db_next(c, &row, &err), MR_OK);
    assert_int_equal(mr_db_commit(tx, &err), MR_OK);
    assert_int_equal(mr_db_next(c, &row, &err), MR_E_STATE);
    mr_db_cursor_closep(&c);
    assert_null(c);
    mr_db_close(db);
}

static void test_sqlite_rollback__leaves_nothing(void **state)
{
    struct folder *f = *state;
    mr_db *db = open_at(f->database);
    OK(run(db, "CREATE TABLE t (i BIGINT)", NULL, 0, err));
    {
        MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
        OK(mr_db_begin(db, true, &tx, err));
        OK(mr_db_run(tx, "INSERT INTO t VALUES (1)", NULL, 0, NULL, err));
    }
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
    mr_db_tx *reading = NULL;
    struct mr_err err = {0};
    assert_int_equal(mr_db_begin(db, false, &reading, &err), MR_OK);
    assert_int_equal(mr_db_run(reading, "INSERT INTO t VALUES (1)", NULL, 0, NULL, &err),
                     MR_E_DB); /* it said it would only read */
    mr_db_rollback(reading);
    mr_db_close(db);
}

static void test_sqlite_begin__readers_see_one_moment_while_a_writer_works(void **state)
{
    struct folder *f = *state;
    mr_db *db = open_at(f->database);
    OK(run(db, "CREATE TABLE t (i BIGINT)", NULL, 0, err));
    mr_db_tx *reader = NULL;
    mr_db_cursor *c = NULL;
    bool row = false;
    static const char count[] = "SELECT count(*) FROM t";
    OK(mr_db_begin(db, false, &reader, err));
    for (int i = 0; i < 2; i++) {
        OK(mr_db_query(reader, count, NULL, 0, &c, err));
        OK(mr_db_next(c, &row, err));
        assert_int_equal(mr_db_int(c, 0), 0);
        mr_db_cursor_close(c);
        OK(run(db, "INSERT INTO t VALUES (1)", NULL, 0, err));
    }
    mr_db_rollback(reader);
    assert_int_equal(number(db, count), 2);
    mr_db_close(db);
}

/* ---- many threads ---- */

enum { THREADS = 4, ROUNDS = 100 };

struct worker {
    mr_db *db;
    int64_t id;
    struct mr_err err;
    bool torn; /* saw half of a transaction */
};

static int transfer(struct worker *w, int64_t round)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(w->db, true, &tx, &w->err));
    MR_TRY(mr_db_run(tx, "INSERT INTO log (worker, round) VALUES ($w, $r)",
                     MR_DB_ARGS(MR_DB_I("w", w->id), MR_DB_I("r", round)), NULL, &w->err));
    MR_TRY(mr_db_run(tx, "UPDATE total SET n = n + 1", NULL, 0, NULL, &w->err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, &w->err);
}

static int look(struct worker *w)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_begin(w->db, false, &tx, &w->err));
    MR_TRY(mr_db_query(tx, "SELECT (SELECT n FROM total) = (SELECT count(*) FROM log)", NULL, 0, &c, &w->err));
    bool row = false;
    MR_TRY(mr_db_next(c, &row, &w->err));
    if (mr_db_int(c, 0) != 1) w->torn = true;
    return MR_OK;
}

static void *work(void *self)
{
    struct worker *w = self;
    for (int64_t i = 0; i < ROUNDS; i++)
        if (transfer(w, i) != MR_OK || look(w) != MR_OK) break;
    return NULL;
}

static void write_together(const char *path)
{
    mr_db *db = open_at(path);
    OK(run(db, "CREATE TABLE log (worker BIGINT, round BIGINT, PRIMARY KEY (worker, round))", NULL, 0, err));
    OK(run(db, "CREATE TABLE total (n BIGINT)", NULL, 0, err));
    OK(run(db, "INSERT INTO total VALUES (0)", NULL, 0, err));
    pthread_t threads[THREADS];
    struct worker workers[THREADS] = {0};
    for (int i = 0; i < THREADS; i++) {
        workers[i].db = db;
        workers[i].id = i;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        if (workers[i].err.code) fail_msg("worker %d: %s (%s)", i, workers[i].err.message, workers[i].err.detail);
        assert_false(workers[i].torn);
    }
    assert_int_equal(number(db, "SELECT n FROM total"), THREADS * ROUNDS);
    assert_int_equal(number(db, "SELECT count(*) FROM log"), THREADS * ROUNDS);
    mr_db_close(db);
}

static void test_sqlite_threads__write_together_on_disk(void **state)
{
    struct folder *f = *state;
    write_together(f->database);
}

static void test_sqlite_threads__write_together_in_memory(void **state)
{
    write_together(":memory:");
}

/* ---- several processes ---- */

static _Noreturn void insert_as_process(const char *path, int64_t process)
{
    mr_db *db = NULL;
    struct mr_err err = {0};
    if (mr_db_open(path, &db, &err) != MR_OK) _exit(2);
    if (run(db, "CREATE TABLE IF NOT EXISTS t (p BIGINT, i BIGINT)", NULL, 0, &err) != MR_OK) _exit(3);
    for (int64_t i = 0; i < 25; i++)
        if (run(db, "INSERT INTO t VALUES ($p, $i)", MR_DB_ARGS(MR_DB_I("p", process), MR_DB_I("i", i)), &err) != MR_OK)
            _exit(4);
    mr_db_close(db);
    _exit(0);
}

static void test_sqlite_processes__open_a_new_file_at_once_and_write(void **state)
{
    struct folder *f = *state;
    pid_t children[4];
    for (int i = 0; i < 4; i++)
        if ((children[i] = fork()) == 0) insert_as_process(f->database, i);
    for (int i = 0; i < 4; i++) {
        int status = 0;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        if (status != 0) fail_msg("process %d ended with %d", i, WEXITSTATUS(status));
    }
    mr_db *db = open_at(f->database);
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 100);
    mr_db_close(db);
}

static _Noreturn void commit_for_ever(const char *path, int out)
{
    mr_db *db = NULL;
    struct mr_err err = {0};
    if (mr_db_open(path, &db, &err) != MR_OK) _exit(2);
    for (int64_t i = 0;; i++) {
        mr_db_tx *tx = NULL;
        if (mr_db_begin(db, true, &tx, &err) != MR_OK) _exit(3);
        for (int half = 0; half < 2; half++)
            if (mr_db_run(tx, "INSERT INTO t (i, half) VALUES ($i, $half)",
                          MR_DB_ARGS(MR_DB_I("i", i), MR_DB_I("half", half)), NULL, &err) != MR_OK)
                _exit(4);
        if (mr_db_commit(tx, &err) != MR_OK) _exit(5);
        if (write(out, &i, sizeof i) != sizeof i) _exit(6); /* acknowledged */
    }
}

static void test_sqlite_commit__survives_a_kill(void **state)
{
    struct folder *f = *state;
    mr_db *db = open_at(f->database);
    OK(run(db, "CREATE TABLE t (i BIGINT, half BIGINT)", NULL, 0, err));
    mr_db_close(db);
    for (int round = 1; round <= 3; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            commit_for_ever(f->database, ends[1]);
        }
        close(ends[1]);
        int64_t acknowledged = -1, i;
        while (acknowledged < 20 * round && read(ends[0], &i, sizeof i) == sizeof i) acknowledged = i;
        assert_int_equal(kill(child, SIGKILL), 0);
        while (read(ends[0], &i, sizeof i) == sizeof i)
            acknowledged = i; /* what was in the pipe was acknowledged as well */
        close(ends[0]);
        int status = 0;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        db = open_at(f->database);
        int64_t rows = number(db, "SELECT count(*) FROM t");
        assert_int_equal(rows % 2, 0); /* no half transaction */
        assert_true(rows / 2 >= acknowledged + 1);
        assert_int_equal(number(db, "SELECT count(DISTINCT i) FROM t"), rows / 2);
        char answer[16];
        text(db, "PRAGMA integrity_check", answer, sizeof answer);
        assert_string_equal(answer, "ok");
        OK(run(db, "DELETE FROM t", NULL, 0, err));
        mr_db_close(db);
    }
}

int main(void)
{
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_sqlite_open__settings_are_those_promised),
        WITH_FOLDER(test_sqlite_open__refuses_a_folder_and_a_photograph),
        cmocka_unit_test(test_sqlite_run__refuses_double_quoted_text_extensions_and_two_statements),
        cmocka_unit_test(test_sqlite_run__values_come_back_as_they_went_in),
        WITH_FOLDER(test_sqlite_run__broken_rules_have_their_codes),
        cmocka_unit_test(test_sqlite_run__counts_changed_rows),
        cmocka_unit_test(test_sqlite_query__one_text_in_two_cursors_and_in_one_buffer),
        cmocka_unit_test(test_sqlite_cursor__ends_with_its_transaction),
        WITH_FOLDER(test_sqlite_rollback__leaves_nothing),
        WITH_FOLDER(test_sqlite_begin__readers_see_one_moment_while_a_writer_works),
        WITH_FOLDER(test_sqlite_threads__write_together_on_disk),
        cmocka_unit_test(test_sqlite_threads__write_together_in_memory),
        WITH_FOLDER(test_sqlite_processes__open_a_new_file_at_once_and_write),
        WITH_FOLDER(test_sqlite_commit__survives_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
