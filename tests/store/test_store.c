/* Rows of every entity, kept and read again, and the rules that the schema itself keeps. */
#include "store/achievement.h"
#include "store/batch.h"
#include "store/organisation.h"
#include "store/schema.h"
#include "store/count.h"
#include "store/draft.h"
#include "store/enrolment.h"
#include "store/mail.h"
#include "store/numbers.h"
#include "store/sealing.h"
#include "store/specification.h"
#include "store/status.h"
#include "testing_db.h"

#include "base/id.h"
#include "base/time.h"

struct world {
    mr_arena a;
    mr_env env;
    mr_db *db;
    mr_db_tx *tx;
    mr_str org, specification, batch;
    int64_t rows; /* achievements added */
};

static struct world *world(void **state)
{
    return *state;
}

/* A database with a provider, a specification and a batch, in a transaction that writes. */
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
    assert_ok(mr_store_organisation_ensure(w->tx, &w->a, &w->env, MR_STR("aarhus"), MR_STR("Aarhus"), &w->org, &err),
              err);
    struct mr_specification_row s = {
        .org_id = w->org, .slug = MR_STR("wound-care"), .version = MR_STR("1"), .document = MR_STR("{}")};
    assert_ok(mr_store_specification_add(w->tx, &w->a, &w->env, &s, &w->specification, &err), err);
    struct mr_batch_row b = {.org_id = w->org,
                             .specification_id = w->specification,
                             .file_name = MR_STR("results.csv"),
                             .rows_read = 3,
                             .rows_ready = 2};
    assert_ok(mr_store_batch_add(w->tx, &w->a, &w->env, &b, MR_STR("name\nMette\n"), &w->batch, &err), err);
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

/* What fails takes the transaction with it on PostgreSQL, unless it stands in a savepoint. */
static void savepoint(struct world *w, const char *sql)
{
    struct mr_err err = {0};
    assert_ok(mr_db_run(w->tx, sql, NULL, 0, NULL, &err), err);
}

static void add_achievement(struct world *w, const char *key, int64_t until, char id[37], int expected)
{
    struct mr_err err = {0};
    mr_id_new(&w->env, id);
    struct mr_achievement_row r = {.id = mr_arena_dup(&w->a, mr_str_make(id, 36)),
                                   .org_id = w->org,
                                   .specification_id = w->specification,
                                   .batch_id = w->batch,
                                   .row_number = ++w->rows,
                                   .learner_key = mr_str_of(key),
                                   .learner_name = MR_STR("Søren Æbelø"),
                                   .learner_email = MR_STR("soren@example.org"),
                                   .awarded_on = MR_STR("2026-10-14"),
                                   .claim_until = until,
                                   .created_at = 5};
    savepoint(w, "SAVEPOINT failing");
    int code = mr_store_achievement_add(w->tx, &r, &err);
    test_assert_code(code, expected, &err, "mr_store_achievement_add", __FILE__, __LINE__);
    if (code != MR_OK) savepoint(w, "ROLLBACK TO failing");
}

static void test_store_migrate__may_run_again(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    mr_db_tx *tx = w->tx;
    w->tx = NULL;
    assert_ok(mr_db_commit(tx, &err), err);
    assert_ok(mr_store_migrate(w->db, &err), err);
}

static void test_store_organisation__is_made_once(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    mr_str again, other;
    assert_ok(mr_store_organisation_ensure(w->tx, &w->a, &w->env, MR_STR("aarhus"), MR_STR("X"), &again, &err), err);
    assert_ok(mr_store_organisation_ensure(w->tx, &w->a, &w->env, MR_STR("malmo"), MR_STR("Y"), &other, &err), err);
    assert_str_eq(again, w->org);
    assert_false(mr_str_eq(other, w->org));
}

static void test_store_specification__newest_version_is_found_by_slug(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_specification_row s = {.org_id = w->org,
                                     .slug = MR_STR("wound-care"),
                                     .version = MR_STR("2"),
                                     .document = MR_STR("{2}")},
                                found, *list;
    size_t count;
    mr_str id;
    test_env_set_time(&w->env, INT64_C(1760000001000));
    assert_ok(mr_store_specification_add(w->tx, &w->a, &w->env, &s, &id, &err), err);
    assert_ok(mr_store_specification_find(w->tx, &w->a, MR_STR("wound-care"), &found, &err), err);
    assert_str(found.version, "2");
    assert_ok(mr_store_specification_find(w->tx, &w->a, w->specification, &found, &err), err);
    assert_str(found.version, "1");
    const struct mr_specification_filter all = {.which = MR_SPECIFICATIONS_ALL, .limit = 10};
    assert_ok(mr_store_specification_list(w->tx, &w->a, &all, &list, &count, &err), err);
    assert_int_equal(count, 1);
    assert_str(list[0].version, "2");
    assert_ok(mr_store_specification_get(w->tx, &w->a, list[0].id, &found, &err), err);
    assert_str(found.document, "{2}");
    assert_ok(mr_store_specification_find(w->tx, &w->a, MR_STR("nothing"), &found, &err), err);
    assert_int_equal(found.id.len, 0);
}

static void test_store_specification__a_version_is_kept_once(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_specification_row s = {
        .org_id = w->org, .slug = MR_STR("wound-care"), .version = MR_STR("1"), .document = MR_STR("{}")};
    mr_str id;
    assert_code(mr_store_specification_add(w->tx, &w->a, &w->env, &s, &id, &err), MR_E_EXISTS, err);
}

static void test_store_batch__moves_only_from_the_state_it_is_in(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_batch_row b;
    bool moved;
    assert_ok(mr_store_batch_move(w->tx, w->batch, MR_STR("failed"), MR_STR("sealing"), &moved, &err), err);
    assert_false(moved);
    assert_ok(mr_store_batch_move(w->tx, w->batch, MR_STR("preview"), MR_STR("sealing"), &moved, &err), err);
    assert_true(moved);
    assert_ok(mr_store_batch_find(w->tx, &w->a, w->batch, &b, &err), err);
    assert_str(b.state, "sealing");
    assert_true(b.sealed_at == MR_TIME_NONE);
    assert_code(mr_store_batch_move(w->tx, w->batch, MR_STR("sealing"), MR_STR("lost"), &moved, &err), MR_E_STATE, err);
}

static void test_store_batch__table_is_kept_until_sealed_or_emptied(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_batch_row b;
    mr_str content;
    assert_ok(mr_store_batch_content(w->tx, &w->a, w->batch, &content, &err), err);
    assert_str(content, "name\nMette\n");
    assert_ok(mr_store_batch_finish(w->tx, w->batch, 9, MR_STR("net: row 2: no answer"), &err), err);
    assert_ok(mr_store_batch_find(w->tx, &w->a, w->batch, &b, &err), err);
    assert_str(b.state, "failed");
    assert_str(b.error, "net: row 2: no answer");
    assert_ok(mr_store_batch_content(w->tx, &w->a, w->batch, &content, &err), err);
    assert_int_equal(content.len, 11);
    assert_ok(mr_store_batch_finish(w->tx, w->batch, 9, MR_STR_EMPTY, &err), err);
    assert_ok(mr_store_batch_find(w->tx, &w->a, w->batch, &b, &err), err);
    assert_str(b.state, "sealed");
    assert_int_equal(b.sealed_at, 9);
    assert_int_equal(b.error.len, 0);
    assert_ok(mr_store_batch_content(w->tx, &w->a, w->batch, &content, &err), err);
    assert_int_equal(content.len, 0);
}

static void test_store_batch__discarded_keeps_the_row(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_batch_row b, *list;
    size_t count;
    mr_str content;
    assert_ok(mr_store_batch_set_ready_rows(w->tx, w->batch, 1, &err), err);
    assert_ok(mr_store_batch_set_sealed_rows(w->tx, w->batch, 1, &err), err);
    assert_ok(mr_store_batch_discard(w->tx, w->batch, &err), err);
    assert_ok(mr_store_batch_content(w->tx, &w->a, w->batch, &content, &err), err);
    assert_int_equal(content.len, 0);
    assert_ok(mr_store_batch_find(w->tx, &w->a, w->batch, &b, &err), err);
    assert_int_equal(b.rows_ready, 1);
    assert_int_equal(b.rows_sealed, 1);
    assert_ok(mr_store_batch_list(w->tx, &w->a, MR_STR("wound-care"), MR_STR_EMPTY, 2, &list, &count, &err), err);
    assert_int_equal(count, 1);
    assert_ok(mr_store_batch_list(w->tx, &w->a, MR_STR("wound-care"), w->batch, 2, &list, &count, &err), err);
    assert_int_equal(count, 0);
}

static void test_store_achievement__one_learner_has_one_specification_once(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    char id[37];
    mr_str on, batch;
    int64_t count;
    add_achievement(w, "key-1", 100, id, MR_OK);
    add_achievement(w, "key-2", 100, id, MR_OK);
    add_achievement(w, "key-1", 100, id, MR_E_EXISTS);
    assert_ok(mr_store_achievement_awarded_on(w->tx, &w->a, w->specification, MR_STR("key-1"), &on, &batch, &err), err);
    assert_str(on, "2026-10-14");
    assert_str_eq(batch, w->batch);
    assert_ok(mr_store_achievement_awarded_on(w->tx, &w->a, w->specification, MR_STR("key-3"), &on, NULL, &err), err);
    assert_int_equal(on.len, 0);
    assert_ok(mr_store_achievement_count(w->tx, w->batch, &count, &err), err);
    assert_int_equal(count, 2);
}

static void test_store_achievement__lists_page_by_page(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_achievement_row *rows;
    size_t count, seen = 0;
    int64_t after = 0;
    char id[37], key[16];
    for (int i = 0; i < 7; i++) {
        snprintf(key, sizeof key, "key-%d", i);
        add_achievement(w, key, 100, id, MR_OK);
    }
    for (;;) {
        assert_ok(mr_store_achievement_list(w->tx, &w->a, w->batch, after, 3, &rows, &count, &err), err);
        if (count == 0) break;
        for (size_t i = 0; i < count; i++) {
            assert_true(rows[i].row_number > after);
            after = rows[i].row_number;
        }
        seen += count;
    }
    assert_int_equal(seen, 7);
}

static void test_store_achievement__is_claimed_once(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_achievement_row row;
    char id[37];
    bool moved;
    add_achievement(w, "key-1", 100, id, MR_OK);
    mr_str which = mr_str_make(id, 36);
    assert_ok(mr_store_achievement_find(w->tx, &w->a, which, &row, &err), err);
    assert_str(row.claim_state, "open");
    assert_true(row.claimed_at == MR_TIME_NONE);
    assert_ok(mr_store_achievement_claim(w->tx, which, MR_STR("accepted"), 42, &moved, &err), err);
    assert_true(moved);
    assert_ok(mr_store_achievement_claim(w->tx, which, MR_STR("declined"), 43, &moved, &err), err);
    assert_false(moved);
    assert_ok(mr_store_achievement_find(w->tx, &w->a, which, &row, &err), err);
    assert_str(row.claim_state, "accepted");
    assert_int_equal(row.claimed_at, 42);
    assert_str(row.learner_name, "Søren Æbelø");
}

static void test_store_credential__bytes_come_back_as_they_were(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    char id[37], bytes[256];
    mr_str got;
    for (int i = 0; i < 256; i++) bytes[i] = (char)i;
    add_achievement(w, "key-1", 100, id, MR_OK);
    mr_str which = mr_str_make(id, 36), sealed = mr_str_make(bytes, sizeof bytes);
    assert_ok(mr_store_credential_add(w->tx, which, w->org, MR_STR("elm"), sealed, 1, &err), err);
    savepoint(w, "SAVEPOINT failing");
    assert_code(mr_store_credential_add(w->tx, which, w->org, MR_STR("elm"), sealed, 1, &err), MR_E_EXISTS, err);
    savepoint(w, "ROLLBACK TO failing");
    assert_ok(mr_store_credential_find(w->tx, &w->a, which, MR_STR("elm"), &got, &err), err);
    assert_true(mr_str_eq(got, sealed));
    assert_ok(mr_store_credential_find(w->tx, &w->a, which, MR_STR("vc+jwt"), &got, &err), err);
    assert_int_equal(got.len, 0);
    mr_str old = MR_STR("eyJhbGciOiJFUzI1NiJ9.e30.AAAA"); /* a row from before bodies were compressed */
    assert_ok(
        mr_db_run(w->tx,
                  "INSERT INTO credential (achievement_id, org_id, format, content, created_at) VALUES ($id, $org, "
                  "'vc+jwt', $content, 1)",
                  MR_DB_ARGS(MR_DB_T("id", which), MR_DB_T("org", w->org), MR_DB_B("content", old)), NULL, &err),
        err);
    assert_ok(mr_store_credential_find(w->tx, &w->a, which, MR_STR("vc+jwt"), &got, &err), err);
    assert_str_eq(got, old);
    assert_ok(mr_store_credential_remove(w->tx, which, &err), err);
    assert_ok(mr_store_credential_find(w->tx, &w->a, which, MR_STR("elm"), &got, &err), err);
    assert_int_equal(got.len, 0);
}

static void test_store_credential__only_undecided_ones_run_out(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    static const struct {
        const char *key, *claim;
        int64_t until;
        bool kept;
    } cases[] = {{"over", NULL, 99, false},
                 {"at the end", NULL, 100, true},
                 {"in time", NULL, 101, true},
                 {"over, accepted", "accepted", 99, true}};
    char ids[4][37];
    bool moved;
    int64_t removed;
    for (size_t i = 0; i < 4; i++) {
        add_achievement(w, cases[i].key, cases[i].until, ids[i], MR_OK);
        mr_str id = mr_str_make(ids[i], 36);
        assert_ok(mr_store_credential_add(w->tx, id, w->org, MR_STR("elm"), MR_STR("x"), 1, &err), err);
        if (cases[i].claim)
            assert_ok(mr_store_achievement_claim(w->tx, id, mr_str_of(cases[i].claim), 1, &moved, &err), err);
    }
    assert_ok(mr_store_credential_remove_unclaimed(w->tx, 100, &removed, &err), err);
    assert_int_equal(removed, 1);
    for (size_t i = 0; i < 4; i++) {
        mr_str got;
        assert_ok(mr_store_credential_find(w->tx, &w->a, mr_str_make(ids[i], 36), MR_STR("elm"), &got, &err), err);
        if ((got.len > 0) != cases[i].kept) fail_msg("%s: %s", cases[i].key, got.len ? "kept" : "removed");
    }
}

/* ---- status ---- */

#define BASE "https://example.org/status"

static struct mr_status_entry_row take(struct world *w, int64_t size, const char *key)
{
    struct mr_err err = {0};
    struct mr_status_entry_row e;
    const struct mr_status_taking where = {
        .org_id = w->org, .issuer = MR_STR("aarhus"), .base = MR_STR(BASE), .size = size};
    assert_ok(mr_store_status_take(w->tx, &w->a, &w->env, &where, mr_str_of(key), &e, &err), err);
    return e;
}

static struct mr_status_list_row list_of(struct world *w, mr_str id)
{
    struct mr_err err = {0};
    struct mr_status_list_row l;
    assert_ok(mr_store_status_list_find(w->tx, &w->a, id, &l, &err), err);
    return l;
}

static void set_status(struct world *w, mr_str achievement_id, const char *from, const char *to, int64_t at)
{
    struct mr_err err = {0};
    const struct mr_status_change_row change = {.org_id = w->org,
                                                .issuer = MR_STR("aarhus"),
                                                .achievement_id = achievement_id,
                                                .from = mr_str_of(from),
                                                .to = mr_str_of(to),
                                                .reason = MR_STR("by mistake"),
                                                .changed_at = at};
    assert_ok(mr_store_status_change(w->tx, &w->env, &change, &err), err);
}

static void test_store_status_take__an_award_has_one_place(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_status_entry_row first = take(w, 64, "award-1"), again = take(w, 64, "award-1"),
                               other = take(w, 64, "award-2"), found;
    assert_true(mr_id_is_uuid(first.achievement_id));
    assert_str_eq(first.list, mr_arena_format(&w->a, BASE "/%.*s", MR_STR_ARG(first.list_id)));
    assert_str(first.issuer, "aarhus");
    assert_str(first.state, "active");
    assert_in_range(first.index, 0, 63);
    assert_str_eq(again.achievement_id, first.achievement_id);
    assert_int_equal(again.index, first.index);
    assert_false(mr_str_eq(other.achievement_id, first.achievement_id));
    assert_int_not_equal(other.index, first.index);
    assert_int_equal(list_of(w, first.list_id).used, 2);
    assert_ok(mr_store_status_find(w->tx, &w->a, first.achievement_id, &found, &err), err);
    assert_int_equal(found.index, first.index);
    assert_ok(mr_store_status_find(w->tx, &w->a, MR_STR("nobody"), &found, &err), err);
    assert_int_equal(found.list_id.len, 0);
}

static void test_store_status_take__a_list_is_full_at_half_and_the_next_is_opened(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_status_entry_row e[20];
    struct mr_status_list_row *lists;
    size_t count;
    char key[16];
    for (int i = 0; i < 20; i++) {
        snprintf(key, sizeof key, "award-%d", i);
        e[i] = take(w, 16, key);
        assert_int_equal(mr_str_eq(e[i].list_id, e[i / 8 * 8].list_id), true);
        if (i >= 8) assert_false(mr_str_eq(e[i].list_id, e[i - 8].list_id));
    }
    assert_ok(mr_store_status_list_all(w->tx, &w->a, &lists, &count, &err), err);
    assert_int_equal(count, 3);
    assert_int_equal(lists[0].used + lists[1].used + lists[2].used, 20);
}

/* A list belongs to one issuer, one provider and one address. */
static void test_store_status_take__others_get_lists_of_their_own(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_status_entry_row first = take(w, 64, "award-1"), e;
    const struct mr_status_taking others[] = {
        {w->org, MR_STR("odense"), MR_STR(BASE), 64},
        {w->org, MR_STR("aarhus"), MR_STR("https://example.com/status"), 64},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        mr_str key = mr_arena_format(&w->a, "other-%zu", i);
        assert_ok(mr_store_status_take(w->tx, &w->a, &w->env, &others[i], key, &e, &err), err);
        assert_false(mr_str_eq(e.list_id, first.list_id));
    }
}

/* Neighbours in time are no neighbours in the list: of 400 awards hardly one stands behind the one before it. */
static void test_store_status_take__places_cannot_be_foreseen(void **state)
{
    struct world *w = world(state);
    int64_t last = -2, steps = 0, low = 0;
    char key[16];
    for (int i = 0; i < 400; i++) {
        snprintf(key, sizeof key, "award-%d", i);
        int64_t index = take(w, 131072, key).index;
        steps += index == last + 1 || index == last - 1;
        low += index < 65536;
        last = index;
    }
    assert_in_range(steps, 0, 4);
    assert_in_range(low, 140, 260); /* both halves are used; six deviations wide */
}

static void test_store_status_change__shows_in_entry_list_and_achievement(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_status_entry_row e = take(w, 64, "award-1"), found;
    struct mr_status_change_row last;
    struct mr_achievement_row row;
    uint8_t octets[64] = {0}, short_octets[1] = {0};
    char id[37];
    add_achievement(w, "key-1", 100, id, MR_OK);
    mr_db_value args[] = {MR_DB_T("new", e.achievement_id), MR_DB_T("old", mr_str_of(id))};
    assert_ok(mr_db_run(w->tx, "UPDATE achievement SET id = $new WHERE id = $old", args, 2, NULL, &err), err);
    assert_ok(mr_store_status_list_read(w->tx, e.list_id, octets, 64, &err), err);
    for (int i = 0; i < 64; i++) assert_int_equal(octets[i], 0);

    set_status(w, e.achievement_id, "active", "suspended", 1000);
    assert_ok(mr_store_status_list_read(w->tx, e.list_id, octets, 64, &err), err);
    for (int i = 0; i < 64; i++) assert_int_equal(octets[i], i == e.index ? 2 : 0);
    assert_int_equal(list_of(w, e.list_id).changes, 1);
    assert_ok(mr_store_status_list_read(w->tx, e.list_id, short_octets, (size_t)(e.index > 0), &err), err);

    set_status(w, e.achievement_id, "suspended", "revoked", 2000);
    assert_ok(mr_store_status_list_read(w->tx, e.list_id, octets, 64, &err), err);
    assert_int_equal(octets[e.index], 1);
    assert_int_equal(list_of(w, e.list_id).changes, 2);
    assert_ok(mr_store_status_find(w->tx, &w->a, e.achievement_id, &found, &err), err);
    assert_str(found.state, "revoked");
    assert_int_equal(found.changed_at, 2000);
    assert_ok(mr_store_achievement_find(w->tx, &w->a, e.achievement_id, &row, &err), err);
    assert_str(row.status, "revoked");
    assert_int_equal(row.status_changed_at, 2000);
    assert_ok(mr_store_status_last_change(w->tx, &w->a, e.achievement_id, &last, &err), err);
    assert_str(last.from, "suspended");
    assert_str(last.to, "revoked");
    assert_str(last.reason, "by mistake");
}

/* A mistaken award may be made anew: it is another achievement, with a place of its own. */
static void test_store_status_change__a_revoked_award_gives_its_key_back(void **state)
{
    struct world *w = world(state);
    struct mr_status_entry_row first = take(w, 64, "award-1");
    set_status(w, first.achievement_id, "active", "suspended", 1);
    assert_str_eq(take(w, 64, "award-1").achievement_id, first.achievement_id);
    set_status(w, first.achievement_id, "suspended", "revoked", 2);
    struct mr_status_entry_row again = take(w, 64, "award-1");
    assert_false(mr_str_eq(again.achievement_id, first.achievement_id));
    assert_int_not_equal(again.index, first.index);
}

static void test_store_status_revoked__tells_of_those_in_no_list_too(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_status_entry_row e = take(w, 64, "award-1"), suspended = take(w, 64, "award-2");
    struct mr_achievement_row row;
    char id[37];
    mr_str *ids;
    size_t count;
    int64_t counted;
    add_achievement(w, "key-1", 100, id, MR_OK);
    assert_ok(mr_store_achievement_find(w->tx, &w->a, mr_str_of(id), &row, &err), err);
    assert_str(row.status, "active");
    assert_true(row.status_changed_at == MR_TIME_NONE);
    set_status(w, e.achievement_id, "active", "revoked", 1);
    set_status(w, suspended.achievement_id, "active", "suspended", 2);
    test_env_set_time(&w->env, INT64_C(1760000001000)); /* in one millisecond ids have no order */
    set_status(w, mr_str_of(id), "active", "revoked", 3);
    assert_ok(mr_store_status_revoked(w->tx, &w->a, MR_STR("aarhus"), &ids, &count, &err), err);
    assert_int_equal(count, 2);
    assert_str_eq(ids[0], e.achievement_id);
    assert_str(ids[1], id);
    assert_ok(mr_store_status_revoked_count(w->tx, MR_STR("aarhus"), &counted, &err), err);
    assert_int_equal(counted, 2);
    assert_ok(mr_store_status_revoked_count(w->tx, MR_STR("odense"), &counted, &err), err);
    assert_int_equal(counted, 0);
}

static void test_store_status_page__holds_everybody_once(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_status_row *rows;
    size_t count, seen = 0, listed = 0;
    mr_str after = MR_STR("");
    char id[37], key[16];
    for (int i = 0; i < 5; i++) {
        snprintf(key, sizeof key, "key-%d", i);
        add_achievement(w, key, 100, id, MR_OK);
        take(w, 64, key);
    }
    for (;;) {
        assert_ok(mr_store_status_page(w->tx, &w->a, after, 3, &rows, &count, &err), err);
        if (count == 0) break;
        for (size_t i = 0; i < count; i++) {
            assert_true(mr_str_compare(after, rows[i].achievement_id) < 0);
            after = rows[i].achievement_id;
            listed += rows[i].is_listed;
            assert_int_equal(rows[i].learner_name.len > 0, !rows[i].is_listed);
        }
        seen += count;
    }
    assert_int_equal(seen, 10);
    assert_int_equal(listed, 5);
}

/* ---- page by page ---- */

/* How a kind of rows is added and turned over. `after`: id of the last one that was seen, empty at first. */
struct paged {
    const char *name;
    void (*add)(struct world *w, int number);
    size_t (*page)(struct world *w, mr_str after, mr_str ids[4]);
};
enum { PAGED = 26, PAGE = 4 };

static void add_batch(struct world *w, int number)
{
    struct mr_err err = {0};
    mr_str id;
    const struct mr_batch_row b = {
        .org_id = w->org, .specification_id = w->specification, .file_name = MR_STR("a.csv")};
    (void)number;
    assert_ok(mr_store_batch_add(w->tx, &w->a, &w->env, &b, MR_STR("x"), &id, &err), err);
}

static size_t page_of_batches(struct world *w, mr_str after, mr_str ids[PAGE])
{
    struct mr_err err = {0};
    struct mr_batch_row *rows;
    size_t count;
    assert_ok(mr_store_batch_list(w->tx, &w->a, MR_STR("wound-care"), after, PAGE, &rows, &count, &err), err);
    for (size_t i = 0; i < count; i++) ids[i] = rows[i].id;
    return count;
}

static void add_specification(struct world *w, int number)
{
    struct mr_err err = {0};
    mr_str id;
    const struct mr_specification_row s = {.org_id = w->org,
                                           .slug = mr_arena_format(&w->a, "paged-%d", (int)(number + 100 * ++w->rows)),
                                           .version = MR_STR("1"),
                                           .document = MR_STR("{}")};
    assert_ok(mr_store_specification_add(w->tx, &w->a, &w->env, &s, &id, &err), err);
}

static size_t page_of_specifications(struct world *w, const struct mr_specification_filter *filter, mr_str ids[PAGE])
{
    struct mr_err err = {0};
    struct mr_specification_row *rows;
    size_t count;
    assert_ok(mr_store_specification_list(w->tx, &w->a, filter, &rows, &count, &err), err);
    for (size_t i = 0; i < count; i++) ids[i] = rows[i].id;
    return count;
}

static size_t page_of_newest_specifications(struct world *w, mr_str after, mr_str ids[PAGE])
{
    const struct mr_specification_filter f = {.org_id = w->org, .newest_first = true, .after = after, .limit = PAGE};
    return page_of_specifications(w, &f, ids);
}

static size_t page_of_oldest_specifications(struct world *w, mr_str after, mr_str ids[PAGE])
{
    const struct mr_specification_filter f = {.which = MR_SPECIFICATIONS_ALL, .after = after, .limit = PAGE};
    return page_of_specifications(w, &f, ids);
}

static void add_draft(struct world *w, int number)
{
    struct mr_err err = {0};
    mr_str id;
    const struct mr_draft_row d = {.org_id = w->org, .languages = MR_STR("en"), .document = MR_STR("{}")};
    (void)number;
    assert_ok(mr_store_draft_add(w->tx, &w->a, &w->env, &d, &id, &err), err);
}

static size_t page_of_drafts(struct world *w, mr_str after, mr_str ids[PAGE])
{
    struct mr_err err = {0};
    struct mr_draft_row *rows, last;
    size_t count;
    struct mr_draft_filter f = {.org_id = w->org, .state = MR_STR("draft"), .limit = PAGE};
    if (after.len) {
        assert_ok(mr_store_draft_find(w->tx, &w->a, after, &last, &err), err);
        f.after = (struct mr_draft_place){last.updated_at, last.id};
    }
    assert_ok(mr_store_draft_list(w->tx, &w->a, &f, &rows, &count, &err), err);
    for (size_t i = 0; i < count; i++) ids[i] = rows[i].id;
    return count;
}

static void add_enrolment(struct world *w, int number)
{
    struct mr_err err = {0};
    mr_str id;
    number = (int)++w->rows; /* nobody is enrolled twice */
    const struct mr_enrolment_row e = {.org_id = w->org,
                                       .specification_slug = MR_STR("wound-care"),
                                       .learner_key = mr_arena_format(&w->a, "learner-%d", number),
                                       .full_name = MR_STR("Alva Invented"),
                                       .state = MR_STR("enrolled"),
                                       .source = MR_STR("hand")};
    assert_ok(mr_store_enrolment_add(w->tx, &w->a, &w->env, &e, &id, &err), err);
}

static size_t page_of_enrolments(struct world *w, const struct mr_enrolment_filter *filter, mr_str ids[PAGE])
{
    struct mr_err err = {0};
    struct mr_enrolment_row *rows;
    size_t count;
    assert_ok(mr_store_enrolment_list(w->tx, &w->a, filter, PAGE, &rows, &count, &err), err);
    for (size_t i = 0; i < count; i++) ids[i] = rows[i].id;
    return count;
}

static size_t page_of_all_enrolments(struct world *w, mr_str after, mr_str ids[PAGE])
{
    return page_of_enrolments(w, &(struct mr_enrolment_filter){.org_id = w->org, .after = after}, ids);
}

static size_t page_of_one_state(struct world *w, mr_str after, mr_str ids[PAGE])
{
    const struct mr_enrolment_filter f = {w->org, MR_STR_EMPTY, MR_STR("enrolled"), after};
    return page_of_enrolments(w, &f, ids);
}

static size_t page_of_one_specification(struct world *w, mr_str after, mr_str ids[PAGE])
{
    const struct mr_enrolment_filter f = {w->org, MR_STR("wound-care"), MR_STR_EMPTY, after};
    return page_of_enrolments(w, &f, ids);
}

static size_t page_of_both(struct world *w, mr_str after, mr_str ids[PAGE])
{
    const struct mr_enrolment_filter f = {w->org, MR_STR("wound-care"), MR_STR("enrolled"), after};
    return page_of_enrolments(w, &f, ids);
}

static void add_mail(struct world *w, int number)
{
    struct mr_err err = {0};
    const struct mr_mail_row m = {.org_id = w->org,
                                  .template_name = MR_STR("test"),
                                  .language = MR_STR("en"),
                                  .recipient = MR_STR("alva@example.org"),
                                  .data = MR_STR("{}")};
    (void)number;
    assert_ok(mr_store_mail_add(w->tx, &w->a, &w->env, &m, NULL, &err), err);
}

static size_t page_of_mails(struct world *w, const struct mr_mail_filter *filter, mr_str ids[PAGE])
{
    struct mr_err err = {0};
    struct mr_mail_row *rows;
    size_t count;
    assert_ok(mr_store_mail_list(w->tx, &w->a, filter, PAGE, &rows, &count, &err), err);
    for (size_t i = 0; i < count; i++) ids[i] = rows[i].id;
    return count;
}

static size_t page_of_own_mails(struct world *w, mr_str after, mr_str ids[PAGE])
{
    return page_of_mails(w, &(struct mr_mail_filter){.org_id = w->org, .after = after}, ids);
}

static size_t page_of_waiting_mails(struct world *w, mr_str after, mr_str ids[PAGE])
{
    return page_of_mails(w, &(struct mr_mail_filter){.state = MR_STR("waiting"), .after = after}, ids);
}

/* Every row that was there at first is seen once, and none twice, while a new one comes between any two pages. */
static void turn_all(struct world *w, const struct paged *kind)
{
    mr_str ids[PAGE], after = MR_STR_EMPTY, first[4 * PAGED], seen[8 * PAGED];
    size_t count = 0, there = 0, n;
    int64_t at = INT64_C(1760000000000);
    for (int i = 0; i < PAGED; i++) {
        test_env_set_time(&w->env, at += i % 3); /* some within the same millisecond */
        kind->add(w, i);
    }
    while ((n = kind->page(w, after, ids)) > 0) {
        for (size_t i = 0; i < n; i++) {
            assert_true(there < sizeof first / sizeof *first);
            first[there++] = ids[i];
            after = ids[i];
        }
    }
    assert_true(there >= PAGED);
    after = MR_STR_EMPTY;
    for (int added = PAGED; (n = kind->page(w, after, ids)) > 0 && added < 3 * PAGED; added++) {
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < count; k++)
                if (mr_str_eq(seen[k], ids[i])) fail_msg("%s: shown twice", kind->name);
            assert_true(count < sizeof seen / sizeof *seen);
            seen[count++] = ids[i];
        }
        after = ids[n - 1];
        test_env_set_time(&w->env, at += 2);
        if (added < PAGED + 8) kind->add(w, added);
    }
    for (size_t i = 0; i < there; i++) {
        size_t k = 0;
        while (k < count && !mr_str_eq(seen[k], first[i])) k++;
        if (k == count) fail_msg("%s: %.*s was not shown", kind->name, MR_STR_ARG(first[i]));
    }
}

static void test_store_paging__shows_every_row_once_while_rows_are_added(void **state)
{
    static const struct paged kinds[] = {
        {"batches", add_batch, page_of_batches},
        {"specifications, newest first", add_specification, page_of_newest_specifications},
        {"drafts", add_draft, page_of_drafts},
        {"enrolments", add_enrolment, page_of_all_enrolments},
        {"mails", add_mail, page_of_own_mails},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) turn_all(world(state), &kinds[i]);
}

static void test_store_paging__so_does_every_filter(void **state)
{
    static const struct paged kinds[] = {
        {"specifications, oldest first", add_specification, page_of_oldest_specifications},
        {"enrolments in a state", add_enrolment, page_of_one_state},
        {"mails that wait", add_mail, page_of_waiting_mails},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) turn_all(world(state), &kinds[i]);
}

static void test_store_paging__enrolments_of_a_specification(void **state)
{
    static const struct paged kind = {"enrolments of a specification", add_enrolment, page_of_one_specification};
    turn_all(world(state), &kind);
}

static void test_store_paging__enrolments_of_a_specification_in_a_state(void **state)
{
    static const struct paged kind = {"enrolments of both", add_enrolment, page_of_both};
    turn_all(world(state), &kind);
}

/* ---- counts ---- */

static void assert_counted(struct world *w, int line)
{
    struct mr_err err = {0};
    const char *wrong;
    assert_ok(mr_count_check(w->tx, &wrong, &err), err);
    if (wrong) fail_msg("line %d: %s is wrong", line, wrong);
}

static void settle(struct world *w, mr_str id, const char *outcome)
{
    struct mr_err err = {0};
    struct mr_mail_row row;
    assert_ok(mr_store_mail_find(w->tx, &w->a, id, &row, &err), err);
    assert_ok(mr_store_mail_settle(w->tx, &row, &(struct mr_mail_outcome){.state = outcome, .now = 7}, &err), err);
    assert_counted(w, __LINE__);
}

static struct mr_batch_counts counts_of(struct world *w)
{
    struct mr_err err = {0};
    struct mr_batch_counts c;
    assert_counted(w, __LINE__);
    assert_ok(mr_store_sealing_count(w->tx, w->batch, 50, &c, &err), err);
    return c;
}

static void test_store_count__follows_achievements_and_their_mail(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    char ids[4][37];
    bool done;
    mr_str mail;
    struct mr_mail_counts mails;
    struct mr_numbers_row *numbers;
    size_t count;
    for (int i = 0; i < 4; i++)
        add_achievement(w, mr_arena_format(&w->a, "key-%d", i).ptr, i == 3 ? 10 : 100, ids[i], MR_OK);
    assert_int_equal(counts_of(w).sealed, 4);
    assert_int_equal(counts_of(w).with_address, 4);
    assert_int_equal(counts_of(w).over, 1);
    assert_int_equal(counts_of(w).undecided, 3);
    assert_ok(mr_store_achievement_claim(w->tx, mr_str_of(ids[0]), MR_STR("accepted"), 5, &done, &err), err);
    assert_ok(mr_store_achievement_claim(w->tx, mr_str_of(ids[0]), MR_STR("declined"), 5, &done, &err), err);
    assert_false(done);
    assert_ok(mr_store_achievement_claim(w->tx, mr_str_of(ids[1]), MR_STR("declined"), 5, &done, &err), err);
    assert_int_equal(counts_of(w).claimed, 1);
    assert_int_equal(counts_of(w).declined, 1);
    struct mr_status_change_row change = {.org_id = w->org,
                                          .issuer = MR_STR("aarhus"),
                                          .achievement_id = mr_str_of(ids[2]),
                                          .from = MR_STR("active"),
                                          .to = MR_STR("suspended"),
                                          .reason = MR_STR("a mistake"),
                                          .changed_at = 6};
    assert_ok(mr_store_status_change(w->tx, &w->env, &change, &err), err);
    assert_int_equal(counts_of(w).suspended, 1);
    change.from = MR_STR("suspended"), change.to = MR_STR("revoked");
    assert_ok(mr_store_status_change(w->tx, &w->env, &change, &err), err);
    assert_int_equal(counts_of(w).suspended, 0);
    assert_int_equal(counts_of(w).revoked, 1);

    const struct mr_mail_row m = {.org_id = w->org,
                                  .template_name = MR_STR("claim"),
                                  .language = MR_STR("en"),
                                  .recipient = MR_STR("soren@example.org"),
                                  .object_id = mr_str_of(ids[0]),
                                  .data = MR_STR("{}")};
    assert_ok(mr_store_mail_add(w->tx, &w->a, &w->env, &m, &mail, &err), err);
    assert_int_equal(counts_of(w).mailed, 0);
    settle(w, mail, "waiting");
    settle(w, mail, "sent");
    assert_int_equal(counts_of(w).mailed, 1);
    assert_ok(mr_store_mail_return(w->tx, mail, 0, MR_STR("no such mailbox"), &done, &err), err);
    assert_int_equal(counts_of(w).mailed, 0);
    assert_ok(mr_store_mail_again(w->tx, mail, MR_STR("alva@example.org"), MR_STR("{}"), 8, &err), err);
    settle(w, mail, "sent");
    assert_int_equal(counts_of(w).mailed, 1);
    assert_ok(mr_store_mail_counts(w->tx, w->org, &mails, &err), err);
    assert_int_equal(mails.sent, 1);
    assert_int_equal(mails.returned, 0);

    assert_ok(mr_store_numbers_list(w->tx, &w->a, MR_STR("wound-care"), 50, 10, &numbers, &count, &err), err);
    assert_int_equal(count, 1);
    assert_str(numbers[0].month, "2026-10");
    assert_int_equal(numbers[0].awarded, 4);
    assert_int_equal(numbers[0].mailed, 1);
    assert_int_equal(numbers[0].undecided, 2);
}

static void test_store_count__follows_enrolments(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    mr_str ids[PAGE];
    int64_t counts[5], removed;
    for (int i = 0; i < 4; i++) add_enrolment(w, i);
    assert_int_equal(page_of_all_enrolments(w, MR_STR_EMPTY, ids), 4);
    assert_ok(mr_store_enrolment_set_state(w->tx, ids[0], MR_STR("withdrawn"), 5, &err), err);
    assert_ok(mr_store_enrolment_set_state(w->tx, ids[1], MR_STR("completed"), 5, &err), err);
    assert_ok(mr_store_enrolment_forget(w->tx, INT64_MAX / 2, &removed, &err), err);
    assert_counted(w, __LINE__);
    assert_ok(mr_store_enrolment_count(w->tx, w->org, MR_STR_EMPTY, counts, &err), err);
    assert_int_equal(counts[1], 2);
    assert_int_equal(counts[2], 1);
    assert_int_equal(counts[3], 1);
    assert_ok(mr_store_enrolment_count(w->tx, w->org, MR_STR("another"), counts, &err), err);
    assert_int_equal(counts[1], 0);
}

static void test_store_count__is_found_out_when_wrong(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    const char *wrong;
    add_mail(w, 0);
    assert_ok(mr_db_run(w->tx, "UPDATE mail_count SET mails = mails + 1", NULL, 0, NULL, &err), err);
    assert_ok(mr_count_check(w->tx, &wrong, &err), err);
    assert_string_equal(wrong, "mail_count");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_store_migrate__may_run_again),
        T(test_store_organisation__is_made_once),
        T(test_store_specification__newest_version_is_found_by_slug),
        T(test_store_specification__a_version_is_kept_once),
        T(test_store_batch__moves_only_from_the_state_it_is_in),
        T(test_store_batch__table_is_kept_until_sealed_or_emptied),
        T(test_store_batch__discarded_keeps_the_row),
        T(test_store_achievement__one_learner_has_one_specification_once),
        T(test_store_achievement__lists_page_by_page),
        T(test_store_achievement__is_claimed_once),
        T(test_store_credential__bytes_come_back_as_they_were),
        T(test_store_credential__only_undecided_ones_run_out),
        T(test_store_status_take__an_award_has_one_place),
        T(test_store_status_take__a_list_is_full_at_half_and_the_next_is_opened),
        T(test_store_status_take__others_get_lists_of_their_own),
        T(test_store_status_take__places_cannot_be_foreseen),
        T(test_store_status_change__shows_in_entry_list_and_achievement),
        T(test_store_status_change__a_revoked_award_gives_its_key_back),
        T(test_store_status_revoked__tells_of_those_in_no_list_too),
        T(test_store_status_page__holds_everybody_once),
        T(test_store_paging__shows_every_row_once_while_rows_are_added),
        T(test_store_paging__so_does_every_filter),
        T(test_store_paging__enrolments_of_a_specification),
        T(test_store_paging__enrolments_of_a_specification_in_a_state),
        T(test_store_count__follows_achievements_and_their_mail),
        T(test_store_count__follows_enrolments),
        T(test_store_count__is_found_out_when_wrong),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
