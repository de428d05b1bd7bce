/* Rows of drafts: kept, changed upon the revision that was read, and removed with all that belongs to them. */
#include "store/draft.h"
#include "store/organisation.h"
#include "store/schema.h"
#include "testing_db.h"

#include "base/time.h"

struct world {
    mr_arena a;
    mr_env env;
    mr_db *db;
    mr_db_tx *tx;
    mr_str org, other, draft;
};

static mr_str add(struct world *w, mr_str org, const char *slug)
{
    struct mr_err err = {0};
    mr_str id;
    const struct mr_draft_row row = {
        .org_id = org, .slug = mr_str_of(slug), .languages = MR_STR("en da"), .document = MR_STR("{}")};
    assert_ok(mr_store_draft_add(w->tx, &w->a, &w->env, &row, &id, &err), err);
    return id;
}

static int set_up(void **state)
{
    struct mr_err err = {0};
    struct world *w = calloc(1, sizeof *w);
    mr_arena_init(&w->a, 64 << 20);
    w->env = test_env_fixed(INT64_C(1760000000000), 7);
    const char *path = mr_arena_format(&w->a, "%s/merit.db", test_temp_folder()).ptr;
    assert_ok(mr_db_open(test_database(path), &w->db, &err), err);
    assert_ok(mr_store_migrate(w->db, &err), err);
    assert_ok(mr_db_begin(w->db, true, &w->tx, &err), err);
    assert_ok(mr_store_organisation_first(w->tx, &w->a, &w->org, &err), err);
    assert_int_equal(w->org.len, 0);
    assert_ok(mr_store_organisation_ensure(w->tx, &w->a, &w->env, MR_STR("a"), MR_STR("A"), &w->org, &err), err);
    assert_ok(mr_store_organisation_ensure(w->tx, &w->a, &w->env, MR_STR("b"), MR_STR("B"), &w->other, &err), err);
    w->draft = add(w, w->org, "care");
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    mr_db_rollbackp(&w->tx);
    mr_db_close(w->db);
    test_temp_remove();
    test_temp()->count = 0;
    mr_arena_done(&w->a);
    free(w);
    return 0;
}

static struct mr_draft_row find(struct world *w, mr_str id)
{
    struct mr_err err = {0};
    struct mr_draft_row row;
    assert_ok(mr_store_draft_find(w->tx, &w->a, id, &row, &err), err);
    return row;
}

static void test_draft_row__is_changed_upon_its_revision_only(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_draft_row row = find(w, w->draft), stale = row;
    assert_str(row.state, "draft");
    assert_str(row.version, "");
    assert_int_equal(row.revision, 1);
    assert_true(row.submitted_at == MR_TIME_NONE);
    row.document = MR_STR("{\"id\":\"foot-care\"}"), row.slug = MR_STR("foot-care"), row.state = MR_STR("submitted");
    row.submitted_kind = MR_STR("person"), row.submitted_by = MR_STR("p1"), row.submitted_at = 5;
    assert_ok(mr_store_draft_change(w->tx, &w->env, &row, &err), err);
    assert_code(mr_store_draft_change(w->tx, &w->env, &stale, &err), MR_E_STATE, err);
    row = find(w, w->draft);
    assert_int_equal(row.revision, 2);
    assert_str(row.slug, "foot-care");
    assert_str(row.document, "{\"id\":\"foot-care\"}");
    assert_str(row.submitted_by, "p1");
    assert_int_equal(row.submitted_at, 5);
    row.state = MR_STR("lost");
    assert_code(mr_store_draft_change(w->tx, &w->env, &row, &err), MR_E_STATE, err);
}

static void test_draft_row__lists_are_an_organisations_own(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_draft_row *rows;
    size_t count;
    add(w, w->other, "theirs");
    assert_ok(mr_store_draft_list(w->tx, &w->a, &(struct mr_draft_filter){.org_id = w->org, .limit = 10}, &rows, &count,
                                  &err),
              err);
    assert_int_equal(count, 1);
    assert_str(rows[0].slug, "care");
    assert_ok(mr_store_draft_list(w->tx, &w->a, &(struct mr_draft_filter){.limit = 10}, &rows, &count, &err), err);
    assert_int_equal(count, 2);
    assert_ok(mr_store_draft_list(w->tx, &w->a, &(struct mr_draft_filter){.limit = 1}, &rows, &count, &err), err);
    assert_int_equal(count, 1);
}

static void test_draft_editors__are_told_apart(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    const struct mr_draft_row row = find(w, w->draft);
    const mr_str person = MR_STR("person"), by_operator = MR_STR("operator");
    bool other;
    assert_ok(mr_store_draft_has_other_editor(w->tx, row.id, person, MR_STR("p1"), &other, &err), err);
    assert_false(other);
    for (int i = 0; i < 2; i++) assert_ok(mr_store_draft_edited(w->tx, &w->env, &row, person, MR_STR("p1"), &err), err);
    assert_ok(mr_store_draft_has_other_editor(w->tx, row.id, person, MR_STR("p1"), &other, &err), err);
    assert_false(other);
    assert_ok(mr_store_draft_has_other_editor(w->tx, row.id, person, MR_STR("p2"), &other, &err), err);
    assert_true(other);
    assert_ok(mr_store_draft_edited(w->tx, &w->env, &row, by_operator, MR_STR_EMPTY, &err), err);
    assert_ok(mr_store_draft_has_other_editor(w->tx, row.id, person, MR_STR("p1"), &other, &err), err);
    assert_true(other);
}

static void test_draft_row__goes_with_all_that_belongs_to_it(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    const struct mr_draft_row row = find(w, w->draft);
    const struct mr_draft_comment_row comment = {.remark = MR_STR("Why 6?"), .kind = MR_STR("operator")};
    struct mr_draft_comment_row *list;
    size_t count;
    assert_ok(mr_store_draft_edited(w->tx, &w->env, &row, MR_STR("person"), MR_STR("p1"), &err), err);
    assert_ok(mr_store_draft_comment_add(w->tx, &w->env, &row, &comment, &err), err);
    assert_ok(mr_store_draft_comment_list(w->tx, &w->a, row.id, 10, &list, &count, &err), err);
    assert_int_equal(count, 1);
    assert_str(list[0].element, "");
    assert_str(list[0].remark, "Why 6?");
    assert_ok(mr_store_draft_remove(w->tx, row.id, &err), err);
    assert_str(find(w, w->draft).id, "");
    assert_ok(mr_store_draft_comment_list(w->tx, &w->a, row.id, 10, &list, &count, &err), err);
    assert_int_equal(count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_draft_row__is_changed_upon_its_revision_only),
        TEST(test_draft_row__lists_are_an_organisations_own),
        TEST(test_draft_editors__are_told_apart),
        TEST(test_draft_row__goes_with_all_that_belongs_to_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
