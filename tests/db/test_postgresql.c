/* The PostgreSQL engine against a real server: what db.h promises, and what only a server can do to us. */
#include "testing_db.h"

#include <pthread.h>

static mr_db *open_at(const char *url)
{
    mr_db *db = NULL;
    struct mr_err err = {0};
    assert_ok(mr_db_open(url, &db, &err), err);
    return db;
}

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
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row = false;
    struct mr_err err = {0};
    assert_ok(mr_db_begin(db, false, &tx, &err), err);
    assert_ok(mr_db_query(tx, sql, NULL, 0, &c, &err), err);
    assert_ok(mr_db_next(c, &row, &err), err);
    assert_true(row);
    return mr_db_int(c, 0);
}

static void test_postgresql_run__values_come_back_as_they_went_in(void **state)
{
    (void)state;
    mr_db *db = open_at(test_postgresql());
    struct mr_err err = {0};
    assert_ok(run(db, "CREATE TABLE v (i BIGINT, t TEXT, b BYTEA, e TEXT, n TEXT, y BOOLEAN, z BYTEA)", NULL, 0, &err),
              err);
    mr_str bytes = mr_str_make("\0\xff'\0\\001", 8), name = MR_STR("Zoë \"O'Brien\" $x");
    assert_ok(run(db, "INSERT INTO v VALUES ($i, $t, $b, $e, $n, $y, $z)",
                  MR_DB_ARGS(MR_DB_I("i", INT64_MIN), MR_DB_B("b", bytes), MR_DB_T("t", name),
                             MR_DB_T("e", MR_STR_EMPTY), MR_DB_N("n"), MR_DB_IS("y", 7), MR_DB_B("z", MR_STR_EMPTY)),
                  &err),
              err);
    mr_db_tx *tx = NULL;
    mr_db_cursor *c = NULL;
    bool row = false;
    assert_ok(mr_db_begin(db, false, &tx, &err), err);
    assert_ok(mr_db_query(tx, "SELECT * FROM v WHERE t = $t AND $t = t AND y = TRUE AND t <> '$none' -- $none",
                          MR_DB_ARGS(MR_DB_T("t", name)), &c, &err),
              err);
    assert_ok(mr_db_next(c, &row, &err), err);
    assert_true(row);
    assert_true(mr_db_int(c, 0) == INT64_MIN);
    assert_str(mr_db_text(c, 0), "-9223372036854775808");
    assert_str_eq(mr_db_text(c, 1), name);
    assert_str_eq(mr_db_text(c, 2), bytes);
    assert_false(mr_db_is_null(c, 3));
    assert_int_equal(mr_db_text(c, 3).len, 0);
    assert_true(mr_db_is_null(c, 4));
    assert_int_equal(mr_db_int(c, 5), 1);
    assert_false(mr_db_is_null(c, 6));
    assert_ok(mr_db_next(c, &row, &err), err);
    assert_false(row);
    mr_db_rollback(tx);
    assert_code(mr_db_next(c, &row, &err), MR_E_STATE, err);
    mr_db_cursor_close(c);
    mr_db_close(db);
}

/* The server's sums and averages have types of their own; values given as numbers may stand where it wants truth values. */
static void test_postgresql_run__numbers_of_every_type(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        int64_t expected;
    } cases[] = {
        {"SELECT SUM(n) FROM (SELECT CAST(9000000000 AS BIGINT) AS n UNION ALL SELECT 1) x", INT64_C(9000000001)},
        {"SELECT SUM(n) FROM (SELECT CAST(-90000 AS BIGINT) AS n UNION ALL SELECT 0) x", -90000},
        {"SELECT SUM(n) FROM (SELECT CAST(70000000 AS BIGINT) AS n) x", 70000000},
        {"SELECT AVG(n) FROM (SELECT CAST(20 AS BIGINT) AS n UNION ALL SELECT 21) x", 20},
        {"SELECT CAST(2.9 AS DOUBLE PRECISION)", 2},
        {"SELECT COUNT(*) FROM (SELECT 1) x", 1},
        {"SELECT CAST(-3 AS SMALLINT)", -3},
        {"SELECT 1 = 1", 1},
        {"SELECT '42'", 42},
        {"SELECT CAST(NULL AS BIGINT)", 0},
    };
    mr_db *db = open_at(test_postgresql());
    struct mr_err err = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (number(db, cases[i].sql) != cases[i].expected)
            fail_msg("%s: %lld", cases[i].sql, (long long)number(db, cases[i].sql));
    assert_ok(run(db, "CREATE TABLE f (is_on BOOLEAN, at BIGINT, payload BYTEA)", NULL, 0, &err), err);
    for (int i = 0; i < 2; i++)
        assert_ok(run(db, "INSERT INTO f VALUES ($on, $at + 1000, $payload)",
                      MR_DB_ARGS(MR_DB_I("on", i), MR_DB_I("at", INT64_C(1800000000000)),
                                 MR_DB_T("payload", MR_STR("\\x41"))),
                      &err),
                  err);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM f WHERE is_on = TRUE"), 1);
    assert_int_equal(number(db, "SELECT MAX(at) - 1800000000000 FROM f"), 1000);
    assert_int_equal(number(db, "SELECT MAX(length(payload)) FROM f"), 4); /* as it was given, not as an escape */
    mr_db_close(db);
}

static void test_postgresql_run__broken_rules_have_their_codes(void **state)
{
    (void)state;
    mr_db *db = open_at(test_postgresql());
    struct mr_err none = {0};
    assert_ok(run(db, "CREATE TABLE p (id TEXT NOT NULL PRIMARY KEY, mail TEXT UNIQUE, age BIGINT CHECK (age >= 0))",
                  NULL, 0, &none),
              none);
    assert_ok(run(db, "CREATE TABLE c (p TEXT NOT NULL REFERENCES p (id))", NULL, 0, &none), none);
    assert_ok(run(db, "INSERT INTO p VALUES ('a', 'x', 1)", NULL, 0, &none), none);
    static const struct {
        const char *sql;
        mr_code expected;
    } cases[] = {
        {"INSERT INTO p VALUES ('a', 'y', 1)", MR_E_EXISTS},
        {"INSERT INTO p VALUES ('b', 'x', 1)", MR_E_EXISTS},
        {"INSERT INTO p VALUES ('b', 'y', -1)", MR_E_STATE},
        {"INSERT INTO p VALUES (NULL, 'y', 1)", MR_E_STATE},
        {"INSERT INTO c VALUES ('nobody')", MR_E_STATE},
        {"DELETE FROM absent", MR_E_DB},
        {"SELECT 1; SELECT 2", MR_E_DB},
        {"", MR_E_DB},
        {"SELECT $a", MR_E_DB},
        {"SELECT CAST('nobody' AS BIGINT)", MR_E_DB},
        {"SELECT $", MR_E_DB},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        int code = run(db, cases[i].sql, NULL, 0, &err);
        if (code != (int)cases[i].expected) fail_msg("%s: %s %s", cases[i].sql, mr_code_name(code), err.detail);
        if (strstr(cases[i].sql, "INTO c")) assert_null(strstr(err.detail, "nobody")); /* values stay out of errors */
    }
    struct mr_err err = {0};
    assert_code(run(db, "SELECT $a", MR_DB_ARGS(MR_DB_I("a", 1), MR_DB_I("b", 1)), &err), MR_E_DB, err);
    assert_string_equal(err.detail, "$b");
    assert_int_equal(number(db, "SELECT count(*) FROM p"), 1);
    mr_db_close(db);
}

static void test_postgresql_commit__after_an_error_nothing_is_kept(void **state)
{
    (void)state;
    mr_db *db = open_at(test_postgresql());
    struct mr_err err = {0};
    mr_db_tx *tx;
    assert_ok(run(db, "CREATE TABLE t (i BIGINT PRIMARY KEY)", NULL, 0, &err), err);
    assert_ok(mr_db_begin(db, true, &tx, &err), err);
    assert_ok(mr_db_run(tx, "INSERT INTO t VALUES (1)", NULL, 0, NULL, &err), err);
    assert_code(mr_db_run(tx, "INSERT INTO t VALUES (1)", NULL, 0, NULL, &err), MR_E_EXISTS, err);
    assert_code(mr_db_run(tx, "INSERT INTO t VALUES (2)", NULL, 0, NULL, &err), MR_E_DB, err);
    assert_code(mr_db_commit(tx, &err), MR_E_DB, err);
    assert_string_equal(err.message, "the transaction has been rolled back");
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
    assert_ok(mr_db_begin(db, true, &tx, &err), err);
    assert_ok(mr_db_try(tx, "INSERT INTO t VALUES (1)", NULL, 0, NULL, &err), err);
    assert_code(mr_db_try(tx, "INSERT INTO t VALUES (1)", NULL, 0, NULL, &err), MR_E_EXISTS, err);
    assert_ok(mr_db_commit(tx, &err), err); /* what was only tried does no harm */
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
    assert_ok(mr_db_begin(db, false, &tx, &err), err);
    assert_code(mr_db_run(tx, "INSERT INTO t VALUES (3)", NULL, 0, NULL, &err), MR_E_DB, err); /* it only reads */
    mr_db_rollback(tx);
    mr_db_close(db);
}

static void test_postgresql_query__one_buffer_with_other_texts_and_many_texts(void **state)
{
    (void)state;
    mr_db *db = open_at(test_postgresql());
    struct mr_err err = {0};
    mr_db_tx *tx;
    char buffer[64];
    assert_ok(mr_db_begin(db, true, &tx, &err), err);
    for (int i = 0; i < 1500; i++) { /* more than are kept */
        mr_db_cursor *c;
        bool row;
        snprintf(buffer, sizeof buffer, "SELECT $a + %d", i);
        assert_ok(mr_db_query(tx, buffer, MR_DB_ARGS(MR_DB_I("a", 1)), &c, &err), err);
        assert_ok(mr_db_next(c, &row, &err), err);
        assert_int_equal(mr_db_int(c, 0), i + 1);
        mr_db_cursor_close(c);
    }
    assert_ok(mr_db_commit(tx, &err), err);
    assert_true(number(db, "SELECT count(*) FROM pg_prepared_statements") <= 512);
    mr_db_close(db);
}

/* ---- several at once ---- */

enum { THREADS = 8, ROUNDS = 25 };

struct worker {
    mr_db *db;
    int64_t id;
    struct mr_err err;
};

/* Reads, then writes what follows from it: wrong as soon as two do it side by side. */
static int count_up(mr_db_tx *tx, void *self, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    (void)self;
    MR_TRY(mr_db_query(tx, "SELECT COALESCE(MAX(i), 0) FROM t", NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    return mr_db_run(tx, "INSERT INTO t VALUES ($i)", MR_DB_ARGS(MR_DB_I("i", mr_db_int(c, 0) + 1)), NULL, err);
}

static void *count_alone(void *self)
{
    struct worker *w = self;
    for (int i = 0; i < ROUNDS; i++) {
        mr_db_tx *tx;
        if (mr_db_begin(w->db, true, &tx, &w->err) != MR_OK) break;
        if (count_up(tx, NULL, &w->err) != MR_OK) return mr_db_rollback(tx), NULL;
        if (mr_db_commit(tx, &w->err) != MR_OK) break;
    }
    return NULL;
}

static void *count_together(void *self)
{
    struct worker *w = self;
    for (int i = 0; i < ROUNDS; i++)
        if (mr_db_together(w->db, count_up, NULL, &w->err) != MR_OK) break;
    return NULL;
}

/* Two nodes: two pools. */
static void test_postgresql_begin__writers_of_all_nodes_take_turns(void **state)
{
    (void)state;
    const char *url = test_postgresql();
    mr_db *nodes[2] = {open_at(url), open_at(url)};
    struct mr_err err = {0};
    pthread_t threads[THREADS];
    struct worker workers[THREADS] = {0};
    assert_ok(run(nodes[0], "CREATE TABLE t (i BIGINT PRIMARY KEY)", NULL, 0, &err), err);
    for (int i = 0; i < THREADS; i++) {
        workers[i].db = nodes[i % 2];
        pthread_create(&threads[i], NULL, i % 4 < 2 ? count_alone : count_together, &workers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        if (workers[i].err.code) fail_msg("%s (%s)", workers[i].err.message, workers[i].err.detail);
    }
    assert_int_equal(number(nodes[1], "SELECT count(*) FROM t"), THREADS * ROUNDS);
    for (int i = 0; i < 2; i++) mr_db_close(nodes[i]);
}

static void test_postgresql_begin__readers_see_one_moment_while_a_writer_works(void **state)
{
    (void)state;
    mr_db *db = open_at(test_postgresql());
    struct mr_err err = {0};
    mr_db_tx *reader, *writer;
    mr_db_cursor *c;
    bool row;
    assert_ok(run(db, "CREATE TABLE t (i BIGINT)", NULL, 0, &err), err);
    assert_ok(mr_db_begin(db, true, &writer, &err), err);
    assert_ok(mr_db_run(writer, "INSERT INTO t VALUES (1)", NULL, 0, NULL, &err), err);
    assert_ok(mr_db_begin(db, false, &reader, &err), err);
    for (int i = 0; i < 2; i++) {
        assert_ok(mr_db_query(reader, "SELECT count(*) FROM t", NULL, 0, &c, &err), err);
        assert_ok(mr_db_next(c, &row, &err), err);
        assert_int_equal(mr_db_int(c, 0), 0);
        mr_db_cursor_close(c);
        if (i == 0) assert_ok(mr_db_commit(writer, &err), err);
    }
    mr_db_rollback(reader);
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
    mr_db_close(db);
}

/* ---- a server that goes away ---- */

static void test_postgresql_server__lost_and_back(void **state)
{
    (void)state;
    mr_db *db = open_at(test_postgresql());
    struct mr_err err = {0};
    mr_db_tx *tx, *idle;
    assert_ok(run(db, "CREATE TABLE t (i BIGINT)", NULL, 0, &err), err);
    assert_ok(mr_db_begin(db, false, &idle, &err), err); /* a second connection, idle when the server goes */
    assert_ok(mr_db_begin(db, true, &tx, &err), err);
    mr_db_rollback(idle);
    assert_ok(mr_db_run(tx, "INSERT INTO t VALUES (1)", NULL, 0, NULL, &err), err);
    test_postgresql_stop();
    assert_code(mr_db_commit(tx, &err), MR_E_UNAVAILABLE, err);
    for (int i = 0; i < 3; i++) assert_code(mr_db_begin(db, i % 2, &tx, &err), MR_E_UNAVAILABLE, err);
    assert_string_equal(err.message, "the database server does not answer");
    test_postgresql_start();
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
    assert_ok(run(db, "INSERT INTO t VALUES ($i)", MR_DB_ARGS(MR_DB_I("i", 5)), &err), err);
    assert_int_equal(number(db, "SELECT MAX(i) FROM t"), 5);
    mr_db_close(db);
}

static void test_postgresql_open__nobody_there(void **state)
{
    (void)state;
    mr_db *db;
    struct mr_err err = {0};
    assert_code(mr_db_open("postgresql:///none?host=/nowhere", &db, &err), MR_E_UNAVAILABLE, err);
}

/* ---- migrations ---- */

static void *migrate(void *self)
{
    static const struct mr_db_migration scripts[] = {
        {"0001_start", "CREATE TABLE a (id TEXT NOT NULL PRIMARY KEY); -- a comment; with a semicolon, it's one\n"
                       "INSERT INTO a VALUES ('x;''y$1');\n/* another; one */ CREATE INDEX a_id ON a (id);"},
        {"0002_more", "CREATE TABLE b (n BIGINT NOT NULL);\nINSERT INTO b VALUES (1);"},
    };
    struct worker *w = self;
    if (mr_db_migrate(w->db, scripts, 2, &w->err) != MR_OK) return w;
    return NULL;
}

static void test_postgresql_migrate__two_nodes_at_once_run_each_script_once(void **state)
{
    (void)state;
    const char *url = test_postgresql();
    pthread_t threads[4];
    struct worker workers[4] = {0};
    for (int i = 0; i < 4; i++) {
        workers[i].db = open_at(url);
        pthread_create(&threads[i], NULL, migrate, &workers[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        if (workers[i].err.code) fail_msg("%s (%s)", workers[i].err.message, workers[i].err.detail);
    }
    assert_int_equal(number(workers[0].db, "SELECT COUNT(*) FROM b"), 1);
    assert_int_equal(number(workers[0].db, "SELECT COUNT(*) FROM a WHERE id = 'x;''y$1'"), 1);
    for (int i = 0; i < 4; i++) mr_db_close(workers[i].db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_postgresql_run__values_come_back_as_they_went_in),
        cmocka_unit_test(test_postgresql_run__numbers_of_every_type),
        cmocka_unit_test(test_postgresql_run__broken_rules_have_their_codes),
        cmocka_unit_test(test_postgresql_commit__after_an_error_nothing_is_kept),
        cmocka_unit_test(test_postgresql_query__one_buffer_with_other_texts_and_many_texts),
        cmocka_unit_test(test_postgresql_begin__writers_of_all_nodes_take_turns),
        cmocka_unit_test(test_postgresql_begin__readers_see_one_moment_while_a_writer_works),
        cmocka_unit_test(test_postgresql_server__lost_and_back),
        cmocka_unit_test(test_postgresql_open__nobody_there),
        cmocka_unit_test(test_postgresql_migrate__two_nodes_at_once_run_each_script_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
