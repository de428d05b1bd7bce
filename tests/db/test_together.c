/* Work that is durable together, on both engines. */
#include "testing_db.h"

#include <pthread.h>

static mr_db *open_at(const char *where)
{
    mr_db *db = NULL;
    struct mr_err err = {0};
    mr_db_tx *tx;
    assert_ok(mr_db_open(where, &db, &err), err);
    assert_ok(mr_db_begin(db, true, &tx, &err), err);
    assert_ok(mr_db_run(tx, "CREATE TABLE t (i BIGINT PRIMARY KEY)", NULL, 0, NULL, &err), err);
    assert_ok(mr_db_commit(tx, &err), err);
    return db;
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
    return mr_db_int(c, 0);
}

enum { THREADS = 32, ROUNDS = 20 };

struct worker {
    mr_db *db;
    int64_t next;
    int lost, refused; /* lost: said to be kept, or not to be, and the other is true */
};

static int put(mr_db_tx *tx, void *self, struct mr_err *err)
{
    struct worker *w = self;
    MR_TRY(mr_db_run(tx, "INSERT INTO t VALUES ($i)", MR_DB_ARGS(MR_DB_I("i", w->next)), NULL, err));
    if (w->next % 5 == 1) return MR_FAIL(err, MR_E_FORBIDDEN, "every fifth changes its mind", MR_NOWHERE);
    if (w->next % 5 == 2) /* and every fifth breaks a rule */
        return mr_db_run(tx, "INSERT INTO t VALUES ($i)", MR_DB_ARGS(MR_DB_I("i", w->next)), NULL, err);
    return MR_OK;
}

static void *work(void *self)
{
    struct worker *w = self;
    for (int i = 0; i < ROUNDS; i++, w->next++) {
        static const int expected[] = {MR_OK, MR_E_FORBIDDEN, MR_E_EXISTS, MR_OK, MR_OK};
        struct mr_err err = {0};
        int code = mr_db_together(w->db, put, w, &err);
        w->lost += code != expected[w->next % 5] || (code != MR_OK && err.code != (mr_code)code);
        w->refused += code != MR_OK;
    }
    return NULL;
}

static void check(const char *where)
{
    mr_db *db = open_at(where);
    pthread_t threads[THREADS];
    struct worker workers[THREADS] = {0};
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.db = db, .next = 1000 * i};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(workers[i].lost, 0);
        assert_int_equal(workers[i].refused, ROUNDS * 2 / 5);
    }
    assert_int_equal(number(db, "SELECT count(*) FROM t"), THREADS * ROUNDS * 3 / 5);
    assert_int_equal(number(db, "SELECT count(*) FROM t WHERE i % 5 IN (1, 2)"), 0);
    mr_db_close(db);
}

static void test_together__each_piece_has_its_own_fate_on_sqlite(void **state)
{
    (void)state;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/t.db", test_temp_folder());
    check(path);
}

static void test_together__each_piece_has_its_own_fate_on_postgresql(void **state)
{
    (void)state;
    check(test_postgresql());
}

/* ---- one commit for all ---- */

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool inside, open;
    int came;
};
struct visitor {
    mr_db *db;
    struct gate *gate;
    int64_t id;
    struct mr_err err;
};

static int wait_inside(mr_db_tx *tx, void *self, struct mr_err *err)
{
    struct visitor *v = self;
    pthread_mutex_lock(&v->gate->lock);
    v->gate->inside = true;
    pthread_cond_broadcast(&v->gate->changed);
    while (!v->gate->open) pthread_cond_wait(&v->gate->changed, &v->gate->lock);
    pthread_mutex_unlock(&v->gate->lock);
    return mr_db_run(tx, "INSERT INTO t VALUES (-1)", NULL, 0, NULL, err);
}

static int put_one(mr_db_tx *tx, void *self, struct mr_err *err)
{
    struct visitor *v = self;
    return mr_db_run(tx, "INSERT INTO t VALUES ($i)", MR_DB_ARGS(MR_DB_I("i", v->id)), NULL, err);
}

static void *first_visit(void *self)
{
    struct visitor *v = self;
    return mr_db_together(v->db, wait_inside, v, &v->err) == MR_OK ? NULL : v;
}

static void *visit(void *self)
{
    struct visitor *v = self;
    pthread_mutex_lock(&v->gate->lock);
    v->gate->came++;
    pthread_cond_broadcast(&v->gate->changed);
    pthread_mutex_unlock(&v->gate->lock);
    return mr_db_together(v->db, put_one, v, &v->err) == MR_OK ? NULL : v;
}

static off_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : 0;
}

/* While the first is held up, many come; all of them then fit into few commits, which the log of SQLite shows: each commit writes at least the page of the
 * table anew. */
static void test_together__those_who_come_meanwhile_share_a_commit(void **state)
{
    (void)state;
    char path[PATH_MAX], log[PATH_MAX + 8];
    snprintf(path, sizeof path, "%s/t.db", test_temp_folder());
    snprintf(log, sizeof log, "%s-wal", path);
    mr_db *db = open_at(path);
    struct gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct visitor first = {.db = db, .gate = &gate}, visitors[THREADS];
    pthread_t leader, threads[THREADS];
    off_t before = size_of(log);
    pthread_create(&leader, NULL, first_visit, &first);
    pthread_mutex_lock(&gate.lock);
    while (!gate.inside) pthread_cond_wait(&gate.changed, &gate.lock);
    pthread_mutex_unlock(&gate.lock);
    for (int i = 0; i < THREADS; i++) {
        visitors[i] = (struct visitor){.db = db, .gate = &gate, .id = i};
        pthread_create(&threads[i], NULL, visit, &visitors[i]);
    }
    pthread_mutex_lock(&gate.lock);
    while (gate.came < THREADS) pthread_cond_wait(&gate.changed, &gate.lock);
    gate.open = true;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
    pthread_join(leader, NULL);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    assert_int_equal(number(db, "SELECT count(*) FROM t"), THREADS + 1);
    off_t commits = (size_of(log) - before) / 4096; /* one page and its header of 24 octets */
    if (commits >= THREADS) fail_msg("%lld pages for %d pieces", (long long)commits, THREADS + 1);
    mr_db_close(db);
}

/* ---- a full disk ---- */

struct filler {
    mr_db *db;
    int64_t id;
    int kept, refused, wrong;
};

static int put_large(mr_db_tx *tx, void *self, struct mr_err *err)
{
    static const char large[20000];
    struct filler *f = self;
    MR_TRY(mr_db_run(tx, "INSERT INTO t VALUES ($i)", MR_DB_ARGS(MR_DB_I("i", f->id)), NULL, err));
    return mr_db_run(tx, "INSERT INTO large VALUES ($i, $b)",
                     MR_DB_ARGS(MR_DB_I("i", f->id), MR_DB_B("b", mr_str_make(large, sizeof large))), NULL, err);
}

static void *fill(void *self)
{
    struct filler *f = self;
    for (int i = 0; i < 40; i++, f->id++) {
        struct mr_err err = {0};
        int code = mr_db_together(f->db, put_large, f, &err);
        f->kept += code == MR_OK;
        f->refused += code == MR_E_FULL || code == MR_E_DB;
        f->wrong += code != MR_OK && code != MR_E_FULL && code != MR_E_DB;
    }
    return NULL;
}

static void run(mr_db *db, const char *sql)
{
    mr_db_tx *tx;
    struct mr_err err = {0};
    assert_ok(mr_db_begin(db, true, &tx, &err), err);
    assert_ok(mr_db_run(tx, sql, NULL, 0, NULL, &err), err);
    assert_ok(mr_db_commit(tx, &err), err);
}

/* What was said to be kept is kept, and nothing else; with room again it goes on by itself. */
static void test_together__a_full_disk_loses_nothing_that_was_confirmed(void **state)
{
    (void)state;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/t.db", test_temp_folder());
    mr_db *db = open_at(path);
    pthread_t threads[8];
    struct filler fillers[8];
    int kept = 0, refused = 0;
    run(db, "CREATE TABLE large (i BIGINT, b BYTEA)");
    run(db, "PRAGMA max_page_count = 500"); /* 2 MB: a quarter of what comes */
    for (int i = 0; i < 8; i++) {
        fillers[i] = (struct filler){.db = db, .id = 1000 * i};
        pthread_create(&threads[i], NULL, fill, &fillers[i]);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        kept += fillers[i].kept, refused += fillers[i].refused;
        assert_int_equal(fillers[i].wrong, 0);
    }
    assert_true(kept > 0 && refused > 0);
    assert_int_equal(number(db, "SELECT count(*) FROM t"), kept);
    assert_int_equal(number(db, "SELECT count(*) FROM large"), kept);
    struct filler late = {.db = db, .id = 900000};
    struct mr_err err = {0};
    assert_code(mr_db_together(db, put_large, &late, &err), MR_E_FULL, err);
    assert_string_equal(err.message, "the disk is full");
    run(db, "PRAGMA max_page_count = 100000");
    assert_ok(mr_db_together(db, put_large, &late, &err), err);
    assert_int_equal(number(db, "SELECT count(*) FROM large"), kept + 1);
    mr_db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_together__each_piece_has_its_own_fate_on_sqlite),
        cmocka_unit_test(test_together__each_piece_has_its_own_fate_on_postgresql),
        cmocka_unit_test(test_together__those_who_come_meanwhile_share_a_commit),
        cmocka_unit_test(test_together__a_full_disk_loses_nothing_that_was_confirmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
