/* Background work: rows that are taken once, survive a stop, are tried again, and given up. */
#include "service/jobs.h"
#include "testing_db.h"

#include "base/log.h"
#include "base/file.h"
#include "base/time.h"
#include "service/demo.h"
#include "store/job.h"
#include "store/schema.h"

#include <pthread.h>

#define NOW INT64_C(1795132800000)

struct world {
    mr_arena a;
    mr_env env;
    mr_db *db;
};

static int set_up(void **state)
{
    struct mr_err err = {0};
    struct world *w = calloc(1, sizeof *w);
    mr_arena_init(&w->a, 64 << 20);
    w->env = test_env_fixed(NOW, 7);
    assert_ok(mr_db_open(test_database(mr_arena_format(&w->a, "%s/merit.db", test_temp_folder()).ptr), &w->db, &err),
              err);
    assert_ok(mr_store_migrate(w->db, &err), err);
    *state = w;
    return 0;
}
static int tear_down(void **state)
{
    struct world *w = *state;
    mr_db_close(w->db);
    test_temp_remove();
    test_temp()->count = 0;
    mr_arena_done(&w->a);
    free(w);
    return 0;
}

static mr_db_tx *begin(struct world *w)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    assert_ok(mr_db_begin(w->db, true, &tx, &err), err);
    return tx;
}
static void commit(mr_db_tx *tx)
{
    struct mr_err err = {0};
    assert_ok(mr_db_commit(tx, &err), err);
}

static mr_str add(struct world *w, const char *kind, const char *key, int64_t at)
{
    struct mr_err err = {0};
    mr_str id;
    mr_db_tx *tx = begin(w);
    const struct mr_job_row row = {
        .kind = mr_str_of(kind), .key = mr_str_of(key), .object_id = MR_STR("object"), .run_at = at};
    assert_ok(mr_store_job_add(tx, &w->a, &w->env, &row, &id, &err), err);
    commit(tx);
    return id;
}

static struct mr_job_row take(struct world *w, const char *node, int64_t now)
{
    struct mr_err err = {0};
    struct mr_job_row row;
    mr_db_tx *tx = begin(w);
    assert_ok(mr_store_job_take(tx, &w->a, mr_str_of(node), now, now + 60000, &row, &err), err);
    commit(tx);
    return row;
}

static void test_job__is_taken_once_and_by_another_when_its_node_is_lost(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    bool ours;
    mr_str id = add(w, "a", "", NOW);
    assert_int_equal(take(w, "one", NOW - 1).id.len, 0); /* not due */
    struct mr_job_row row = take(w, "one", NOW);
    assert_str(row.id, id.ptr);
    assert_int_equal(row.attempts, 1);
    assert_int_equal(take(w, "two", NOW).id.len, 0);
    mr_db_tx *tx = begin(w);
    assert_ok(mr_store_job_beat(tx, id, MR_STR("one"), NOW + 90000, 3, 10, &ours, &err), err);
    assert_true(ours);
    commit(tx);
    assert_int_equal(take(w, "two", NOW + 60001).id.len, 0); /* the beat made the lease longer */
    row = take(w, "two", NOW + 90001);
    assert_str(row.id, id.ptr);
    assert_int_equal(row.attempts, 2);
    assert_int_equal(row.done_steps, 3);
    tx = begin(w);
    assert_ok(mr_store_job_beat(tx, id, MR_STR("one"), NOW + 200000, 4, 10, &ours, &err), err);
    assert_false(ours);
    assert_ok(mr_store_job_end(tx, id, MR_STR("one"), "done", NOW, MR_STR_EMPTY, &err), err); /* not his any more */
    assert_ok(mr_store_job_find(tx, &w->a, MR_STR("a"), MR_STR("object"), &row, &err), err);
    assert_str(row.state, "running");
    commit(tx);
}

static void test_job__key_is_free_again_once_it_ended(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str id = add(w, "a", "only", NOW), again = add(w, "a", "only", NOW);
    assert_true(mr_str_eq(id, again));
    take(w, "one", NOW);
    assert_true(mr_str_eq(id, add(w, "a", "only", NOW)));
    mr_db_tx *tx = begin(w);
    assert_ok(mr_store_job_end(tx, id, MR_STR("one"), "done", NOW, MR_STR_EMPTY, &err), err);
    commit(tx);
    assert_false(mr_str_eq(id, add(w, "a", "only", NOW)));
}

static void test_job__node_that_starts_again_takes_up_what_it_had(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str id = add(w, "a", "", NOW);
    take(w, "one", NOW);
    mr_db_tx *tx = begin(w);
    assert_ok(mr_store_job_release(tx, MR_STR("two"), &err), err);
    commit(tx);
    assert_int_equal(take(w, "two", NOW).id.len, 0);
    tx = begin(w);
    assert_ok(mr_store_job_release(tx, MR_STR("one"), &err), err);
    commit(tx);
    assert_str(take(w, "one", NOW).id, id.ptr);
}

static void run(mr_db *db, const char *sql)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    assert_ok(mr_db_begin(db, true, &tx, &err), err);
    assert_ok(mr_db_run(tx, sql, NULL, 0, NULL, &err), err);
    commit(tx);
}
static int64_t number(mr_db *db, const char *sql)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    mr_db_cursor *c = NULL;
    bool row;
    assert_ok(mr_db_begin(db, false, &tx, &err), err);
    assert_ok(mr_db_query(tx, sql, NULL, 0, &c, &err), err);
    assert_ok(mr_db_next(c, &row, &err), err);
    assert_true(row);
    int64_t n = mr_db_int(c, 0);
    mr_db_cursor_close(c);
    mr_db_rollback(tx);
    return n;
}

/* Given by a clock that was a year ahead: another node does not wait for that year to end; the node itself is still at it. */
static void test_job__lease_of_a_wrong_clock_is_none(void **state)
{
    struct world *w = *state;
    mr_str id = add(w, "a", "", NOW);
    assert_str(take(w, "one", NOW + 365 * MR_DAY_MS).id, id.ptr);
    assert_int_equal(take(w, "one", NOW).id.len, 0);
    assert_str(take(w, "two", NOW).id, id.ptr);
    assert_int_equal(take(w, "one", NOW).id.len, 0); /* and now it is two's, for a minute */
}

/* The clock of a running service. */
static int64_t clock_ahead; /* of the system's, ms; under its lock, since threads read it */
static pthread_mutex_t clock_lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t jumping_now(void *self)
{
    (void)self;
    pthread_mutex_lock(&clock_lock);
    int64_t now = mr_env_now(mr_env_system()) + clock_ahead;
    pthread_mutex_unlock(&clock_lock);
    return now;
}
static void jumping_random(void *self, void *out, size_t size)
{
    (void)self;
    mr_env_random(mr_env_system(), out, size);
}
static void jump(mr_service *s, int64_t to)
{
    pthread_mutex_lock(&clock_lock);
    clock_ahead = to;
    pthread_mutex_unlock(&clock_lock);
    mr_jobs_wait(s);
    mr_jobs_wait(s); /* who was looking while the clock was set has looked again */
}

#define FORGETTING "SELECT run_at FROM job WHERE key = 'house.keep'"
#define SENDING "SELECT run_at FROM job WHERE key = 'mail.send'"
#define CREDENTIALS "SELECT COUNT(*) FROM credential"

/* Forward by a year: what is due is done, what forgets rests. Back: nothing waits for that year. */
static void test_jobs__live_through_a_clock_that_jumps(void **state)
{
    struct mr_err err = {0};
    bool made;
    mr_service *s = NULL;
    const char *folder = test_temp_folder();
    const mr_env env = {jumping_now, jumping_random, NULL, mr_env_system()->uptime};
    (void)state;
    clock_ahead = 0;
    mr_log_set_level(MR_LOG_ERROR + 1);
    assert_ok(mr_service_init(folder, &env, &made, &err), err);
    test_use_database(folder);
    struct mr_service_config config = {
        .data_folder = folder, .public_url = "http://127.0.0.1:1", .env = &env, .database = true};
    assert_ok(mr_service_open(&config, &s, &err), err);
    assert_ok(mr_demo_load(s, &err), err);
    mr_jobs_wait(s);
    mr_db *db = mr_service_db(s);
    int64_t kept = number(db, CREDENTIALS), year = 365 * MR_DAY_MS;
    assert_true(kept > 0);
    run(db, "INSERT INTO mail (id, org_id, template, language, recipient, state, attempts, next_at, created_at) SELECT "
            "'m', MIN(id), 'claim', 'en', 'x@example.org', 'waiting', 3, 1, 1 FROM organisation");
    jump(s, year);
    assert_true(number(db, SENDING) > jumping_now(NULL) - 60000);
    assert_true(number(db, FORGETTING) > jumping_now(NULL)); /* it had its turn */
    assert_int_equal(number(db, CREDENTIALS), kept);         /* and removed nothing, though nobody claimed in time */
    run(db, "UPDATE mail SET next_at = (SELECT run_at FROM job WHERE key = 'house.keep') WHERE id = 'm'");
    jump(s, 0);
    assert_true(number(db, SENDING) < jumping_now(NULL) + 70000);
    assert_true(number(db, FORGETTING) < jumping_now(NULL) + 3700000);
    assert_true(number(db, "SELECT next_at FROM mail WHERE id = 'm'") <= jumping_now(NULL));
    jump(s, -3600000);
    assert_true(number(db, SENDING) < jumping_now(NULL) + 70000);
    mr_service_close(s);
    /* started while the clock was wrong, and again when it was right */
    clock_ahead = year;
    assert_ok(mr_service_open(&config, &s, &err), err);
    mr_jobs_wait(s);
    assert_int_equal(number(mr_service_db(s), CREDENTIALS), kept);
    mr_service_close(s);
    clock_ahead = 0;
    assert_ok(mr_service_open(&config, &s, &err), err);
    mr_jobs_wait(s);
    assert_true(number(mr_service_db(s), SENDING) < jumping_now(NULL) + 70000);
    assert_int_equal(number(mr_service_db(s), CREDENTIALS), kept);
    mr_service_close(s);
    /* A year in which it was at work is believed. */
    clock_ahead = year;
    assert_ok(mr_service_open(&config, &s, &err), err);
    mr_jobs_wait(s);
    mr_service_close(s);
    assert_ok(mr_service_open(&config, &s, &err), err);
    run(mr_service_db(s), "UPDATE job SET run_at = 1 WHERE key = 'house.keep'");
    mr_jobs_wait(s);
    assert_int_equal(number(mr_service_db(s), CREDENTIALS), 0);
    mr_service_close(s);
}

/* A node with another secret would make links that no other knows. */
static void test_service__refuses_the_database_of_another_secret(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    bool made;
    mr_service *s = NULL;
    const char *mine = test_temp_folder(), *other = test_temp_folder();
    const mr_env *env = mr_env_system();
    assert_ok(mr_service_init(mine, env, &made, &err), err);
    assert_ok(mr_service_init(other, env, &made, &err), err);
    test_use_database(mine);
    struct mr_service_config config = {
        .data_folder = mine, .public_url = "http://127.0.0.1:1", .env = env, .database = true};
    assert_ok(mr_service_open(&config, &s, &err), err);
    mr_service_close(s);
    const char *name = test_on_postgresql() ? "database" : "merit.db";
    mr_str from = mr_arena_format(&w->a, "%s/%s", mine, name), to = mr_arena_format(&w->a, "%s/%s", other, name);
    assert_ok(mr_file_write(to.ptr, test_read_file(&w->a, from.ptr), 0600, false, &err), err);
    config.data_folder = other;
    assert_code(mr_service_open(&config, &s, &err), MR_E_STATE, err);
    assert_non_null(strstr(err.message, "`secret`"));
    mr_err_clear(&err);
    config.data_folder = mine;
    assert_ok(mr_service_open(&config, &s, &err), err);
    mr_service_close(s);
}

/* With a service around it: an unknown kind fails for good and says so, and keeps nothing from working. */
static void test_jobs__unknown_kind_fails_and_is_told(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    bool made;
    mr_service *s = NULL;
    struct mr_job_progress progress;
    const char *folder = test_temp_folder();
    mr_log_set_level(MR_LOG_ERROR + 1);
    assert_ok(mr_service_init(folder, mr_env_system(), &made, &err), err);
    test_use_database(folder);
    struct mr_service_config config = {
        .data_folder = folder, .public_url = "http://127.0.0.1:1", .env = mr_env_system(), .database = true};
    assert_ok(mr_service_open(&config, &s, &err), err);
    mr_db_tx *tx = NULL;
    assert_ok(mr_db_begin(mr_service_db(s), true, &tx, &err), err);
    const struct mr_job_order order = {.kind = "no.such", .object_id = MR_STR("x")};
    assert_ok(mr_job_add(s, tx, &order, &err), err);
    commit(tx);
    mr_jobs_wait(s);
    assert_ok(mr_job_progress(s, &w->a, "no.such", MR_STR("x"), &progress, &err), err);
    assert_int_equal(progress.state, MR_JOB_FAILED);
    assert_true(mr_str_has_prefix(progress.error, MR_STR("unsupported")));
    assert_ok(mr_job_progress(s, &w->a, "house.keep", MR_STR("x"), &progress, &err), err);
    assert_int_equal(progress.state, MR_JOB_NONE);
    mr_service_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_job__is_taken_once_and_by_another_when_its_node_is_lost, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_job__key_is_free_again_once_it_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_job__node_that_starts_again_takes_up_what_it_had, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_job__lease_of_a_wrong_clock_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_jobs__live_through_a_clock_that_jumps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_service__refuses_the_database_of_another_secret, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_jobs__unknown_kind_fails_and_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
