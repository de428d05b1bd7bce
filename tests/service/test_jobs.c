/* Background work: rows that are taken once, survive a stop, are tried again, and given up. */
#include "service/jobs.h"
#include "testing_db.h"

#include "base/log.h"
#include "store/job.h"
#include "store/schema.h"

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
        cmocka_unit_test_setup_teardown(test_jobs__unknown_kind_fails_and_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
