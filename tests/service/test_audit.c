/* The audit log only grows, and shows it; who may read it. */
#include "service/audit.h"
#include "testing_db.h"

#include "service/jobs.h"

#define NOW INT64_C(1795132800000)

static int64_t clock_now;
static int64_t still(void *self)
{
    (void)self;
    return clock_now;
}
static void system_random(void *self, void *out, size_t size)
{
    (void)self;
    mr_env_random(mr_env_system(), out, size);
}
static const mr_env env = {still, system_random, NULL};

struct world {
    mr_arena a;
    mr_service *s;
};

static int set_up(void **state)
{
    struct mr_err err = {0};
    struct world *w = calloc(1, sizeof *w);
    bool made;
    clock_now = NOW;
    mr_arena_init(&w->a, 64 << 20);
    const char *folder = test_temp_folder();
    assert_ok(mr_service_init(folder, &env, &made, &err), err);
    test_use_database(folder);
    /* no jobs of its own: the test says when */
    const struct mr_service_config config = {
        .data_folder = folder, .public_url = "http://127.0.0.1:1", .env = &env, .database = true, .beside = true};
    assert_ok(mr_service_open(&config, &w->s, &err), err);
    *state = w;
    return 0;
}
static int tear_down(void **state)
{
    struct world *w = *state;
    mr_service_close(w->s);
    test_temp_remove();
    test_temp()->count = 0;
    mr_arena_done(&w->a);
    free(w);
    return 0;
}

static void run(struct world *w, const char *sql)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    assert_ok(mr_db_begin(mr_service_db(w->s), true, &tx, &err), err);
    assert_ok(mr_db_run(tx, sql, NULL, 0, NULL, &err), err);
    assert_ok(mr_db_commit(tx, &err), err);
}

static void add(struct world *w, const char *org, const char *object, int count)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    assert_ok(mr_db_begin(mr_service_db(w->s), true, &tx, &err), err);
    for (int i = 0; i < count; i++) {
        clock_now += 1000;
        assert_ok(mr_audit(w->s, tx, &mr_actor_system, MR_MAY_BATCH_SEAL, mr_str_of(org), mr_str_of(object),
                           MR_STR("=rows"), &err),
                  err);
    }
    assert_ok(mr_db_commit(tx, &err), err);
}

static void checkpoint(struct world *w)
{
    struct mr_err err = {0};
    struct mr_job job = {.arena = &w->a};
    assert_ok(mr_job_audit_checkpoint(w->s, &job, &err), err);
}

static mr_code check(struct world *w, int64_t *checkpoints, int64_t *rows, int64_t *since)
{
    struct mr_err err = {0};
    return mr_audit_check(w->s, checkpoints, rows, since, &err);
}

static void test_audit__shows_when_rows_were_touched(void **state)
{
    struct world *w = *state;
    int64_t checkpoints, rows, since;
    run(w,
        "INSERT INTO organisation (id, slug, name, created_at) VALUES ('org-a', 'a', 'A', 1), ('org-b', 'b', 'B', 1)");
    add(w, "org-a", "first", 700); /* more than one piece */
    checkpoint(w);
    add(w, "org-b", "second", 390);
    checkpoint(w);
    add(w, "org-b", "third", 10);
    assert_int_equal(check(w, &checkpoints, &rows, &since), MR_OK);
    assert_int_equal(checkpoints, 2);
    assert_int_equal(rows + since, 1100);
    assert_int_equal(since, 10);
    static const char *const touch[][2] = {
        {"UPDATE audit SET detail = '=row' WHERE id = (SELECT MIN(id) FROM audit)",
         "UPDATE audit SET detail = '=rows' WHERE id = (SELECT MIN(id) FROM audit)"},
        {"UPDATE audit SET at = at + 1 WHERE id = (SELECT MIN(id) FROM audit)",
         "UPDATE audit SET at = at - 1 WHERE id = (SELECT MIN(id) FROM audit)"},
        {"UPDATE audit SET actor_id = 'x' WHERE id = (SELECT MIN(id) FROM audit)",
         "UPDATE audit SET actor_id = NULL WHERE id = (SELECT MIN(id) FROM audit)"},
        {"UPDATE audit_checkpoint SET row_count = row_count + 1",
         "UPDATE audit_checkpoint SET row_count = row_count - 1"},
        {"INSERT INTO audit (id, at, actor_kind, action) VALUES ('00000000-0000-7000-8000-000000000000', 1, 'system', "
         "'x')",
         "DELETE FROM audit WHERE at = 1"},
        {"DELETE FROM audit WHERE id = (SELECT MIN(id) FROM audit)", NULL},
    };
    for (size_t i = 0; i < sizeof touch / sizeof *touch; i++) {
        run(w, touch[i][0]);
        if (check(w, &checkpoints, &rows, &since) != MR_E_SIGNATURE) fail_msg("not seen: %s", touch[i][0]);
        if (!touch[i][1]) break;
        run(w, touch[i][1]);
        assert_int_equal(check(w, &checkpoints, &rows, &since), MR_OK);
    }
}

/* Put forward by a year and back, put back by an hour, and another node whose clock is behind: the log goes on, and proves itself. */
static void test_audit__only_grows_when_clocks_jump(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_audit_row *rows;
    int64_t checkpoints, count, since;
    size_t found;
    static const int64_t jumps[] = {0, 365 * MR_DAY_MS, -365 * MR_DAY_MS, -3600000, 500, -10000};
    run(w, "INSERT INTO organisation (id, slug, name, created_at) VALUES ('org-a', 'a', 'A', 1)");
    for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
        clock_now += jumps[i];
        add(w, "org-a", i % 2 ? "odd" : "even", 3);
        checkpoint(w);
        add(w, "org-a", "late", 2);
        assert_int_equal(check(w, &checkpoints, &count, &since), MR_OK);
        assert_int_equal(checkpoints, i + 1);
        assert_int_equal(since, 2);
    }
    assert_int_equal(count + since, 30);
    const struct mr_audit_filter all = {0};
    assert_ok(mr_audit_list(w->s, &mr_actor_operator, &w->a, &all, MR_STR_EMPTY, 2, &rows, &found, &err), err);
    assert_str(rows[0].object_id, "late"); /* the newest is what was done last */
    assert_int_equal(rows[0].at, clock_now);
    run(w, "UPDATE audit SET at = at + 1 WHERE object_id = 'odd'");
    assert_int_equal(check(w, &checkpoints, &count, &since), MR_E_SIGNATURE);
}

static void test_audit_list__keeps_organisations_apart(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_audit_row *rows;
    size_t count;
    run(w,
        "INSERT INTO organisation (id, slug, name, created_at) VALUES ('org-a', 'a', 'A', 1), ('org-b', 'b', 'B', 1)");
    add(w, "org-a", "one", 3);
    add(w, "org-b", "two", 2);
    const struct mr_grant grants[] = {{MR_STR("org-a"), 1u << MR_ROLE_AUDITOR}};
    const struct mr_grant other[] = {{MR_STR("org-a"), 1u << MR_ROLE_DESIGNER}};
    const struct mr_actor auditor = {.kind = MR_ACTOR_PERSON, .grants = grants, .grant_count = 1};
    const struct mr_actor designer = {.kind = MR_ACTOR_PERSON, .grants = other, .grant_count = 1};
    struct mr_audit_filter filter = {.org_id = MR_STR("org-a")};
    assert_ok(mr_audit_list(w->s, &auditor, &w->a, &filter, MR_STR_EMPTY, 10, &rows, &count, &err), err);
    assert_int_equal(count, 3);
    assert_code(mr_audit_list(w->s, &designer, &w->a, &filter, MR_STR_EMPTY, 10, &rows, &count, &err), MR_E_FORBIDDEN,
                err);
    filter.org_id = MR_STR("org-b");
    assert_code(mr_audit_list(w->s, &auditor, &w->a, &filter, MR_STR_EMPTY, 10, &rows, &count, &err), MR_E_NOT_FOUND,
                err);
    filter.org_id = MR_STR_EMPTY;
    assert_code(mr_audit_list(w->s, &auditor, &w->a, &filter, MR_STR_EMPTY, 10, &rows, &count, &err), MR_E_NOT_FOUND,
                err);
    assert_ok(mr_audit_list(w->s, &mr_actor_operator, &w->a, &filter, MR_STR_EMPTY, 4, &rows, &count, &err), err);
    assert_int_equal(count, 4);
    assert_ok(mr_audit_list(w->s, &mr_actor_operator, &w->a, &filter, rows[3].id, 4, &rows, &count, &err), err);
    assert_int_equal(count, 1);
    filter = (struct mr_audit_filter){.org_id = MR_STR("org-a"), .object_id = MR_STR("two")};
    assert_ok(mr_audit_list(w->s, &auditor, &w->a, &filter, MR_STR_EMPTY, 10, &rows, &count, &err), err);
    assert_int_equal(count, 0);
    filter = (struct mr_audit_filter){.org_id = MR_STR("org-a"), .from = NOW + 2000, .until = NOW + 3000};
    assert_ok(mr_audit_list(w->s, &auditor, &w->a, &filter, MR_STR_EMPTY, 10, &rows, &count, &err), err);
    assert_int_equal(count, 1);
}

static void test_audit_export__guards_cells_and_is_itself_written_down(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    bool more;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, 1 << 20);
    run(w, "INSERT INTO organisation (id, slug, name, created_at) VALUES ('org-a', 'a', 'A', 1)");
    add(w, "org-a", "one", 2);
    const struct mr_audit_filter filter = {.org_id = MR_STR("org-a")};
    assert_ok(mr_audit_export(w->s, &mr_actor_operator, &filter, MR_AUDIT_CSV, &out, &more, &err), err);
    assert_false(more);
    assert_true(mr_str_find(mr_buf_str(&out), MR_STR(",'=rows,")) > 0); /* no formula */
    mr_buf_clear(&out);
    assert_ok(mr_audit_export(w->s, &mr_actor_operator, &filter, MR_AUDIT_JSON_LINES, &out, &more, &err), err);
    assert_true(mr_str_find(mr_buf_str(&out), MR_STR("\"action\":\"audit.read\"")) > 0);
    assert_true(mr_str_find(mr_buf_str(&out), MR_STR("\"detail\":\"rows=2\"")) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_audit__shows_when_rows_were_touched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_audit__only_grows_when_clocks_jump, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_audit_list__keeps_organisations_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_audit_export__guards_cells_and_is_itself_written_down, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
