/* Places, decisions and published lists, on an installation of its own for each test. What is published is read with the readers of proof/. The clock
 * stands still unless a test moves it. */
#include "service/status.h"
#include "service/batch.h"
#include "service/claim.h"
#include "service/fetcher.h"
#include "testing_db.h"

#include "base/log.h"
#include "credential/verify.h"
#include "proof/status_list.h"
#include "crypto/authority.h"
#include "service/installation.h"
#include "service/seals.h"
#include "service/verifying.h"

#define NOW INT64_C(1795132800000) /* 2026-11-20 */
#define EXAMPLE MERIT_SOURCE_ROOT "/docs/examples/wound-care.json"
#define SITE "http://127.0.0.1:8400"
#define HOUR_MS (MR_DAY_MS / 24)

/* ---- a world ---- */

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
    const char *folder;
    mr_service *s;
    struct mr_published published;
};

static mr_service *open_folder(const char *folder, bool beside)
{
    struct mr_err err = {0};
    mr_service *s = NULL;
    struct mr_service_config config = {
        .data_folder = folder, .public_url = SITE, .env = &env, .database = true, .beside = beside};
    assert_ok(mr_service_open(&config, &s, &err), err);
    return s;
}

static int set_up(void **state)
{
    struct mr_err err = {0};
    struct world *w = calloc(1, sizeof *w);
    struct mr_findings findings;
    mr_str slug;
    bool made;
    clock_now = NOW;
    mr_arena_init(&w->a, 512 << 20);
    w->folder = test_temp_folder();
    assert_ok(mr_service_init(w->folder, &env, &made, &err), err);
    test_use_database(w->folder);
    w->s = open_folder(w->folder, false);
    mr_findings_init(&findings, &w->a);
    assert_ok(
        mr_catalogue_publish(w->s, &mr_actor_operator, &w->a, test_read_file(&w->a, EXAMPLE), &findings, &slug, &err),
        err);
    assert_ok(mr_catalogue_get(w->s, &w->a, slug, &w->published, &err), err);
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

/* Award a table and return its links. */
/* Upload as the operator. */
static int upload_table(mr_service *s, mr_arena *a, mr_str specification, mr_str name, mr_str table, mr_str *ret_id,
                        struct mr_err *err)
{
    const struct mr_upload upload = {.specification_id = specification, .file_name = name, .content = table};
    return mr_upload_add(s, &mr_actor_operator, a, &upload, ret_id, err);
}

static struct mr_claim_link *award(struct world *w, mr_str table, size_t expected)
{
    struct mr_err err = {0};
    struct mr_claim_link *links;
    mr_str id;
    size_t count;
    assert_ok(upload_table(w->s, &w->a, w->published.id, MR_STR("results.csv"), table, &id, &err), err);
    assert_ok(mr_batch_seal(w->s, &mr_actor_operator, id, false, &err), err);
    mr_batch_wait(w->s);
    assert_ok(mr_batch_search(w->s, &mr_actor_operator, &w->a,
                              &(struct mr_achievement_query){.batch_id = id, .limit = 1000}, &links, &count, &err),
              err);
    assert_int_equal(count, expected);
    return links;
}

static mr_str one_learner(struct world *w)
{
    return award(w, MR_STR("name\nMette Krogh Poulsen\n"), 1)[0].achievement_id;
}

static mr_str many(mr_arena *a, int count)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 1 << 20);
    mr_buf_puts(&b, "name\n");
    for (int i = 0; i < count; i++) mr_buf_format(&b, "Learner %d\n", i);
    return mr_arena_dup(a, mr_buf_str(&b));
}

static void run_sql(struct world *w, const char *sql)
{
    struct mr_err err = {0};
    mr_db_tx *tx;
    assert_ok(mr_db_begin(mr_service_db(w->s), true, &tx, &err), err);
    assert_ok(mr_db_run(tx, sql, NULL, 0, NULL, &err), err);
    assert_ok(mr_db_commit(tx, &err), err);
}

static int64_t number(struct world *w, const char *sql)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    assert_ok(mr_db_begin(mr_service_db(w->s), false, &tx, &err), err);
    assert_ok(mr_db_query(tx, sql, NULL, 0, &c, &err), err);
    assert_ok(mr_db_next(c, &row, &err), err);
    return mr_db_int(c, 0);
}

static mr_status status(struct world *w, mr_str id)
{
    struct mr_err err = {0};
    struct mr_achievement_status now;
    assert_ok(mr_status_find(w->s, &mr_actor_operator, &w->a, id, &now, &err), err);
    return now.status;
}

static void set(struct world *w, mr_str id, mr_status to)
{
    struct mr_err err = {0};
    assert_ok(mr_status_set(w->s, &mr_actor_operator, id,
                            &(struct mr_status_order){.to = to, .reason = MR_STR("by mistake")}, &err),
              err);
}

/* ---- reading what is published ---- */

static const mr_json *payload_of(struct world *w, mr_str text)
{
    struct mr_err err = {0};
    mr_jws jws;
    const mr_json *payload;
    assert_ok(mr_jws_read(&w->a, text, &jws, &err), err);
    assert_true(jws.certificate_count >= 1);
    assert_ok(mr_jws_verify(&jws, mr_certificate_key(jws.certificates[0]), &err), err);
    assert_ok(mr_json_parse(&w->a, jws.payload, NULL, &payload, &err), err);
    mr_jws_done(&jws);
    return payload;
}

static int entry(struct world *w, mr_str text, mr_status_form form, uint64_t index)
{
    struct mr_err err = {0};
    mr_status_list list;
    uint8_t value = 99;
    const mr_json *payload = payload_of(w, text);
    bool token = form == MR_STATUS_FORM_TOKEN;
    mr_str bits = token ? mr_json_str(mr_json_get(mr_json_get(payload, "status_list"), "lst"))
                        : mr_json_str(mr_json_get(mr_json_get(payload, "credentialSubject"), "encodedList"));
    assert_true(bits.len > 0);
    assert_ok(mr_status_list_read(&w->a, token ? MR_TOKEN_STATUS_LIST : MR_BITSTRING, token ? 2 : 1, bits, &list, &err),
              err);
    assert_int_equal(mr_status_list_count(&list), MR_LIMIT_STATUS_INDEXES);
    assert_true(mr_status_list_get(&list, index, &value));
    return value;
}

static struct mr_kept_list only_list(struct world *w)
{
    struct mr_err err = {0};
    struct mr_kept_list *lists;
    size_t count;
    assert_ok(mr_status_lists(w->s, &w->a, &lists, &count, &err), err);
    assert_int_equal(count, 1);
    return lists[0];
}

static mr_str serve(struct world *w, mr_str list, mr_status_form form)
{
    struct mr_err err = {0};
    mr_str text;
    assert_ok(mr_status_serve(w->s, &w->a, list, form, &text, &err), err);
    return text;
}

static size_t withdrawn_count(struct world *w, mr_str *ret_first)
{
    struct mr_err err = {0};
    mr_str text, issuer = mr_service_issuer(&w->a, &w->published.specification);
    assert_ok(mr_status_serve_withdrawn(w->s, &w->a, issuer, &text, &err), err);
    const mr_json *payload = payload_of(w, text), *ids = mr_json_get(payload, "withdrawn");
    assert_str_eq(mr_json_str(mr_json_get(payload, "sub")),
                  mr_arena_format(&w->a, SITE "/status/withdrawn/%.*s", MR_STR_ARG(issuer)));
    *ret_first = mr_json_count(ids) ? mr_json_str(mr_json_at(ids, 0)) : MR_STR_EMPTY;
    return mr_json_count(ids);
}

/* ---- places ---- */

static void test_status_allocate__the_same_award_has_the_same_place(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_status_place *first, *again;
    const mr_str keys[] = {MR_STR("a"), MR_STR("b"), MR_STR("c")}, base = MR_STR("https://example.org/status");
    assert_ok(mr_status_allocate(w->s, &w->a, &w->published.specification, base, keys, 2, &first, &err), err);
    assert_ok(mr_status_allocate(w->s, &w->a, &w->published.specification, base, keys, 3, &again, &err), err);
    for (int i = 0; i < 2; i++) {
        assert_string_equal(first[i].achievement_id, again[i].achievement_id);
        assert_int_equal(first[i].index, again[i].index);
        assert_true(mr_str_has_prefix(first[i].list, MR_STR("https://example.org/status/")));
    }
    assert_int_equal(number(w, "SELECT COUNT(*) FROM status_entry"), 3);
    assert_int_equal(status(w, mr_str_of(again[2].achievement_id)), MR_STATUS_ACTIVE);
    set(w, mr_str_of(again[2].achievement_id), MR_STATUS_REVOKED); /* it lives in files, and can be withdrawn */
    assert_int_equal(status(w, mr_str_of(again[2].achievement_id)), MR_STATUS_REVOKED);
}

static void test_status_award_key__belongs_to_learner_version_and_installation(void **state)
{
    struct world *w = *state;
    char one[33], other[33];
    mr_specification changed = w->published.specification;
    mr_status_award_key(w->s, &w->published.specification, MR_STR("key-1"), one);
    mr_status_award_key(w->s, &w->published.specification, MR_STR("key-1"), other);
    assert_string_equal(one, other);
    mr_status_award_key(w->s, &w->published.specification, MR_STR("key-2"), other);
    assert_string_not_equal(one, other);
    changed.version = MR_STR("another");
    mr_status_award_key(w->s, &changed, MR_STR("key-1"), other);
    assert_string_not_equal(one, other);
    w->s->secret[0] ^= 1;
    mr_status_award_key(w->s, &w->published.specification, MR_STR("key-1"), other);
    assert_string_not_equal(one, other);
}

static void test_batch_seal__lists_are_opened_in_the_middle_of_a_batch(void **state)
{
    struct world *w = *state;
    w->s->status_size = 16;
    award(w, many(&w->a, 45), 45);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM status_list"), 6);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM status_list WHERE state = 'full'"), 5);
    assert_int_equal(number(w, "SELECT SUM(used) FROM status_list"), 45);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM achievement n JOIN status_entry e ON e.achievement_id = n.id"),
                     45);
}

/* Places that were taken before a stop are found again: none is wasted, no id is used twice. */
static void test_batch_seal__takes_up_the_places_of_a_stop(void **state)
{
    struct world *w = *state;
    award(w, many(&w->a, 5), 5);
    run_sql(w, "DELETE FROM credential");
    run_sql(w, "DELETE FROM achievement"); /* as if it had stopped after the places were taken */
    award(w, many(&w->a, 5), 5);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM status_entry"), 5);
    assert_int_equal(number(w, "SELECT SUM(used) FROM status_list"), 5);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM achievement n JOIN status_entry e ON e.achievement_id = n.id"), 5);
}

/* ---- deciding ---- */

static void test_status_set__revoked_is_final(void **state)
{
    struct world *w = *state;
    static const struct {
        mr_status from, to;
        mr_code code;
    } steps[] = {
        {MR_STATUS_ACTIVE, MR_STATUS_ACTIVE, MR_OK},       {MR_STATUS_ACTIVE, MR_STATUS_SUSPENDED, MR_OK},
        {MR_STATUS_SUSPENDED, MR_STATUS_SUSPENDED, MR_OK}, {MR_STATUS_SUSPENDED, MR_STATUS_ACTIVE, MR_OK},
        {MR_STATUS_ACTIVE, MR_STATUS_REVOKED, MR_OK},      {MR_STATUS_REVOKED, MR_STATUS_REVOKED, MR_OK},
        {MR_STATUS_REVOKED, MR_STATUS_ACTIVE, MR_E_STATE}, {MR_STATUS_REVOKED, MR_STATUS_SUSPENDED, MR_E_STATE},
    };
    mr_str id = one_learner(w);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct mr_err err = {0};
        assert_int_equal(status(w, id), steps[i].from);
        assert_code(mr_status_set(w->s, &mr_actor_operator, id,
                                  &(struct mr_status_order){.to = steps[i].to, .reason = MR_STR("why")}, &err),
                    steps[i].code, err);
        if (steps[i].code == MR_E_STATE) assert_true(strstr(err.message, "withdrawn for good") != NULL);
    }
    assert_int_equal(number(w, "SELECT COUNT(*) FROM status_change"), 3); /* nothing is said of what changed nothing */
}

static void test_status_set__takes_the_id_of_the_credential(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_achievement_status now;
    mr_str id = one_learner(w), urn = mr_arena_format(&w->a, "urn:credential:%.*s", MR_STR_ARG(id));
    clock_now += HOUR_MS;
    assert_ok(mr_status_set(w->s, &mr_actor_operator, urn,
                            &(struct mr_status_order){.to = MR_STATUS_SUSPENDED, .reason = MR_STR("under appeal")},
                            &err),
              err);
    assert_ok(mr_status_find(w->s, &mr_actor_operator, &w->a, urn, &now, &err), err);
    assert_str_eq(now.achievement_id, id);
    assert_str(now.reason, "under appeal");
    assert_str(now.learner, "Mette Krogh Poulsen");
    assert_int_equal(now.changed_at, NOW + HOUR_MS);
    assert_true(now.is_listed);
}

static void test_status_set__refuses(void **state)
{
    struct world *w = *state;
    static char long_reason[MR_LIMIT_STATUS_REASON * 2 + 3];
    mr_str id = one_learner(w);
    for (int i = 0; i <= MR_LIMIT_STATUS_REASON; i++) memcpy(long_reason + i * 2, "æ", 2);
    const struct {
        mr_str id, reason;
        mr_code code;
    } cases[] = {
        {MR_STR("01900000-0000-7000-8000-000000000000"), MR_STR(""), MR_E_NOT_FOUND},
        {MR_STR(""), MR_STR(""), MR_E_NOT_FOUND},
        {MR_STR("urn:credential:"), MR_STR(""), MR_E_NOT_FOUND},
        {MR_STR("' OR 1=1 --"), MR_STR(""), MR_E_NOT_FOUND},
        {id, mr_str_of(long_reason), MR_E_LIMIT},
        {id, MR_STR("\xff"), MR_E_UTF8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        assert_code(mr_status_set(w->s, &mr_actor_operator, cases[i].id,
                                  &(struct mr_status_order){.to = MR_STATUS_REVOKED, .reason = cases[i].reason}, &err),
                    cases[i].code, err);
    }
    assert_int_equal(status(w, id), MR_STATUS_ACTIVE);
    long_reason[MR_LIMIT_STATUS_REASON * 2] = '\0';
    struct mr_err err = {0};
    assert_ok(mr_status_set(w->s, &mr_actor_operator, id,
                            &(struct mr_status_order){.to = MR_STATUS_SUSPENDED, .reason = mr_str_of(long_reason)},
                            &err),
              err);
}

/* An achievement from before there were lists. */
static void test_status_replace__names_the_successor(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_claim_link *links = award(w, MR_STR("name\nMette Krogh Poulsen\nSukarno\n"), 2);
    mr_str old = links[0].achievement_id, new = links[1].achievement_id;
    struct mr_achievement_status found, *page;
    size_t count;
    assert_code(mr_status_replace(w->s, &mr_actor_operator, old, old, MR_STR_EMPTY, &err), MR_E_USAGE, err);
    assert_code(mr_status_replace(w->s, &mr_actor_operator, old, MR_STR("01900000-0000-7000-8000-000000000000"),
                                  MR_STR_EMPTY, &err),
                MR_E_NOT_FOUND, err);
    mr_str urn = mr_arena_format(&w->a, "urn:credential:%.*s", MR_STR_ARG(new));
    assert_ok(mr_status_replace(w->s, &mr_actor_operator, old, urn, MR_STR("a wrong name"), &err), err);
    assert_ok(mr_status_find(w->s, &mr_actor_operator, &w->a, old, &found, &err), err);
    assert_int_equal(found.status, MR_STATUS_REVOKED);
    assert_str_eq(found.replaced_by, new);
    assert_str(found.reason, "a wrong name");
    assert_ok(mr_status_find(w->s, &mr_actor_operator, &w->a, new, &found, &err), err);
    assert_int_equal(found.status, MR_STATUS_ACTIVE);
    assert_int_equal(found.replaced_by.len, 0);
    assert_ok(mr_status_page(w->s, &mr_actor_operator, &w->a, MR_STR_EMPTY, 10, &page, &count, &err), err);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++)
        assert_str_eq(page[i].replaced_by, mr_str_eq(page[i].achievement_id, old) ? new : MR_STR_EMPTY);
    assert_code(mr_status_replace(w->s, &mr_actor_operator, new, old, MR_STR_EMPTY, &err), MR_E_STATE,
                err); /* what is withdrawn itself */
    assert_code(mr_status_set(w->s, &mr_actor_operator, old,
                              &(struct mr_status_order){.to = MR_STATUS_ACTIVE, .reason = MR_STR_EMPTY}, &err),
                MR_E_STATE, err);
}

static void test_status_set__tells_of_what_is_in_no_list(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_achievement_status now;
    mr_str id = one_learner(w), first;
    run_sql(w, "DELETE FROM status_entry");
    assert_ok(mr_status_find(w->s, &mr_actor_operator, &w->a, id, &now, &err), err);
    assert_false(now.is_listed);
    assert_int_equal(now.status, MR_STATUS_ACTIVE);
    set(w, id, MR_STATUS_REVOKED);
    assert_int_equal(status(w, id), MR_STATUS_REVOKED);
    assert_int_equal(withdrawn_count(w, &first), 1);
    assert_str_eq(first, mr_arena_format(&w->a, "urn:credential:%.*s", MR_STR_ARG(id)));
}

static void test_status_set__is_seen_by_learner_and_office(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_claim claim;
    struct mr_claim_link *links = award(w, MR_STR("name\nMette Krogh Poulsen\n"), 1);
    mr_str mac = mr_str_from(links[0].url, links[0].url.len - 32);
    set(w, links[0].achievement_id, MR_STATUS_SUSPENDED);
    assert_ok(mr_claim_open(w->s, &w->a, links[0].achievement_id, mac, MR_STR_EMPTY, &claim, &err), err);
    assert_int_equal(claim.status, MR_STATUS_SUSPENDED);
    assert_int_equal(claim.status_changed_at, NOW);
    links[0].status = claim.status;
    assert_str(mr_claim_link_state(w->s, mr_language_english(), &links[0]), "Suspended");
}

/* ---- publishing ---- */

static void test_status_serve__one_change_shows_in_every_form(void **state)
{
    struct world *w = *state;
    mr_str id = one_learner(w), first;
    struct mr_kept_list list = only_list(w);
    uint64_t index = (uint64_t)number(w, "SELECT idx FROM status_entry");
    assert_str_eq(list.url, mr_arena_format(&w->a, SITE "/status/%.*s", MR_STR_ARG(list.id)));
    static const struct {
        mr_status status;
        int revocation, suspension, token;
        size_t withdrawn;
    } steps[] = {{MR_STATUS_ACTIVE, 0, 0, 0, 0},
                 {MR_STATUS_SUSPENDED, 0, 1, 2, 0},
                 {MR_STATUS_ACTIVE, 0, 0, 0, 0},
                 {MR_STATUS_REVOKED, 1, 0, 1, 1}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        set(w, id, steps[i].status);
        assert_int_equal(entry(w, serve(w, list.id, MR_STATUS_FORM_REVOCATION), MR_STATUS_FORM_REVOCATION, index),
                         steps[i].revocation);
        assert_int_equal(entry(w, serve(w, list.id, MR_STATUS_FORM_SUSPENSION), MR_STATUS_FORM_SUSPENSION, index),
                         steps[i].suspension);
        assert_int_equal(entry(w, serve(w, list.id, MR_STATUS_FORM_TOKEN), MR_STATUS_FORM_TOKEN, index),
                         steps[i].token);
        assert_int_equal(withdrawn_count(w, &first), steps[i].withdrawn);
    }
}

static void test_status_serve__is_signed_once_until_something_changes(void **state)
{
    struct world *w = *state;
    mr_str id = one_learner(w), list = only_list(w).id;
    mr_str first = serve(w, list, MR_STATUS_FORM_TOKEN);
    clock_now += 12 * HOUR_MS - 1;
    assert_true(mr_str_eq(serve(w, list, MR_STATUS_FORM_TOKEN), first));
    serve(w, list, MR_STATUS_FORM_REVOCATION);
    assert_true(mr_str_eq(serve(w, list, MR_STATUS_FORM_TOKEN), first));
    clock_now += 1; /* half of its day is over */
    mr_str second = serve(w, list, MR_STATUS_FORM_TOKEN);
    assert_false(mr_str_eq(second, first));
    set(w, id, MR_STATUS_SUSPENDED);
    assert_false(mr_str_eq(serve(w, list, MR_STATUS_FORM_TOKEN), second));
}

/* More lists than are kept: each is still right. */
static void test_status_serve__keeps_a_few_of_many(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_kept_list *lists;
    size_t count;
    w->s->status_size = 2; /* a list for each award */
    struct mr_status_place *places;
    mr_str keys[MR_LIMIT_STATUS_KEPT / 2];
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) keys[i] = mr_arena_format(&w->a, "award-%zu", i);
    one_learner(w); /* makes the seal */
    assert_ok(mr_status_allocate(w->s, &w->a, &w->published.specification, MR_STR_EMPTY, keys,
                                 sizeof keys / sizeof *keys, &places, &err),
              err);
    assert_ok(mr_status_lists(w->s, &w->a, &lists, &count, &err), err);
    assert_int_equal(count, MR_LIMIT_STATUS_KEPT / 2 + 1);
    for (size_t i = 0; i < count; i++)
        for (mr_status_form f = MR_STATUS_FORM_REVOCATION; f <= MR_STATUS_FORM_TOKEN; f++) {
            const mr_json *payload = payload_of(w, serve(w, lists[i].id, f));
            mr_str url = mr_arena_format(&w->a, "%.*s/%s", MR_STR_ARG(lists[i].url), mr_status_form_name(f));
            assert_str_eq(mr_json_str(mr_json_get(payload, f == MR_STATUS_FORM_TOKEN ? "sub" : "id")), url);
        }
}

static void test_status_serve__knows_its_own_lists_only(void **state)
{
    struct world *w = *state;
    static const char *const lists[] = {"01900000-0000-7000-8000-000000000000", "", "x", "../merit.db"};
    static const char *const issuers[] = {"nobody", "", "../authority", "vatdk-00000000.pem", "VATDK-00000000"};
    mr_str text;
    one_learner(w);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct mr_err err = {0};
        assert_code(mr_status_serve(w->s, &w->a, mr_str_of(lists[i]), MR_STATUS_FORM_TOKEN, &text, &err),
                    MR_E_NOT_FOUND, err);
    }
    for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++) {
        struct mr_err err = {0};
        assert_code(mr_status_serve_withdrawn(w->s, &w->a, mr_str_of(issuers[i]), &text, &err), MR_E_NOT_FOUND, err);
    }
}

/* The command line changes something while the server runs. */
static void test_status_serve__sees_what_others_changed(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str id = one_learner(w), list = only_list(w).id;
    uint64_t index = (uint64_t)number(w, "SELECT idx FROM status_entry");
    assert_int_equal(entry(w, serve(w, list, MR_STATUS_FORM_TOKEN), MR_STATUS_FORM_TOKEN, index), 0);
    mr_service *other = open_folder(w->folder, true);
    assert_ok(mr_status_set(other, &mr_actor_operator, id,
                            &(struct mr_status_order){.to = MR_STATUS_REVOKED, .reason = MR_STR_EMPTY}, &err),
              err);
    mr_service_close(other);
    assert_int_equal(entry(w, serve(w, list, MR_STATUS_FORM_TOKEN), MR_STATUS_FORM_TOKEN, index), 1);
}

/* ---- fetching ---- */

static int count_calls(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret,
                       struct mr_err *err)
{
    (void)a, (void)url, (void)accept, (void)max, (void)err;
    ++*(int *)self;
    *ret = MR_STR("from elsewhere");
    return MR_OK;
}

static void test_service_fetcher__answers_for_its_own_lists_without_asking(void **state)
{
    struct world *w = *state;
    int calls = 0;
    const mr_fetch further = {count_calls, &calls};
    struct mr_service_fetcher with = {.service = w->s, .further = &further}, without = {.service = w->s};
    mr_fetch fetch = mr_service_fetcher_of(&with), off = mr_service_fetcher_of(&without);
    one_learner(w);
    struct mr_kept_list list = only_list(w);
    mr_str issuer = mr_service_issuer(&w->a, &w->published.specification);
    const struct {
        mr_str url;
        bool own;
        mr_code code, code_off;
    } cases[] = {
        {mr_arena_format(&w->a, "%.*s/token", MR_STR_ARG(list.url)), true, MR_OK, MR_OK},
        {mr_arena_format(&w->a, "%.*s/revocation", MR_STR_ARG(list.url)), true, MR_OK, MR_OK},
        {mr_status_withdrawn_url(&w->a, MR_STR(SITE "/status"), issuer), true, MR_OK, MR_OK},
        {mr_arena_format(&w->a, "%.*s/other", MR_STR_ARG(list.url)), true, MR_E_NET, MR_E_NET},
        {list.url, true, MR_E_NET, MR_E_NET},
        {MR_STR(SITE "/status/withdrawn/nobody"), true, MR_E_NET, MR_E_NET},
        {MR_STR(SITE "/status/"), true, MR_E_NET, MR_E_NET},
        {mr_arena_format(&w->a, "https://example.com/status/%.*s/token", MR_STR_ARG(list.id)), false, MR_OK,
         MR_E_STATE},
        {MR_STR(SITE "/statuses"), false, MR_OK, MR_E_STATE},
        {MR_STR(""), false, MR_OK, MR_E_STATE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_str text;
        int before = calls;
        assert_code(fetch.get(fetch.self, &w->a, cases[i].url, NULL, MR_MIB, &text, &err), cases[i].code, err);
        assert_int_equal(calls - before, cases[i].own ? 0 : 1);
        assert_code(off.get(off.self, &w->a, cases[i].url, NULL, MR_MIB, &text, &err), cases[i].code_off, err);
        if (cases[i].code_off == MR_OK)
            assert_code(off.get(off.self, &w->a, cases[i].url, NULL, 10, &text, &err), MR_E_LIMIT, err);
    }
}

/* The server moved; credentials name the old address for ever. */
static void test_service_fetcher__knows_lists_by_the_address_they_were_opened_under(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str text;
    one_learner(w);
    mr_str url = mr_arena_format(&w->a, "%.*s/token", MR_STR_ARG(only_list(w).url));
    w->s->public_url = MR_STR("https://credentials.example.org");
    struct mr_service_fetcher f = {.service = w->s};
    mr_fetch fetch = mr_service_fetcher_of(&f);
    assert_ok(fetch.get(fetch.self, &w->a, url, NULL, MR_MIB, &text, &err), err);
    award(w, MR_STR("name\nSukarno\n"), 1);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM status_list"), 2);
}

/* From the office to a verifier: what was sealed says where to ask, and the answer follows each change. */
static void test_status__reaches_a_verifier(void **state)
{
    struct world *w = *state;
    static const struct {
        mr_status status;
        mr_state wanted;
    } steps[] = {{MR_STATUS_ACTIVE, MR_PASSED},
                 {MR_STATUS_SUSPENDED, MR_FAILED},
                 {MR_STATUS_ACTIVE, MR_PASSED},
                 {MR_STATUS_REVOKED, MR_FAILED}};
    struct mr_claim_link *links = award(w, MR_STR("name\nMette Krogh Poulsen\n"), 1);
    struct mr_service_fetcher f = {.service = w->s};
    const mr_fetch fetch = mr_service_fetcher_of(&f);
    const struct mr_verifying verifying = {
        .trust = mr_service_trust(w->s), .env = &env, .language = mr_language_english(), .fetch = &fetch};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct mr_err err = {0};
        struct mr_claim claim;
        mr_verifier *v;
        mr_report report;
        set(w, links[0].achievement_id, steps[i].status);
        assert_ok(mr_claim_open(w->s, &w->a, links[0].achievement_id, mr_str_from(links[0].url, links[0].url.len - 32),
                                MR_STR_EMPTY, &claim, &err),
                  err);
        assert_ok(mr_verifier_open(&verifying, &v, &err), err);
        assert_ok(mr_verify(v, &w->a, claim.jwt, &report, &err), err);
        const struct mr_check *check = &report.checks[MR_CHECK_STATUS];
        if (check->state != steps[i].wanted)
            fail_msg("step %zu: %s: %.*s", i, mr_state_name(check->state), MR_STR_ARG(check->detail));
        mr_verifier_close(v);
    }
}

/* The newest of the organisation's seals makes the lists: what an older one sealed is withdrawn by it, and a verifier takes it. */
static void test_status__a_newer_seal_withdraws_what_an_older_one_sealed(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_seal_key root, newer;
    struct mr_service_fetcher f = {.service = w->s};
    struct mr_claim claim;
    mr_str file, read;
    mr_verifier *v;
    mr_report report;
    struct mr_claim_link *links = award(w, MR_STR("name\nMette Krogh Poulsen\n"), 1);
    const mr_fetch fetch = mr_service_fetcher_of(&f);
    const struct mr_verifying verifying = {
        .trust = mr_service_trust(w->s), .env = &env, .language = mr_language_english(), .fetch = &fetch};
    clock_now += 2 * MR_DAY_MS; /* lists are made anew */
    mr_str password = mr_str_trim(test_read_file(&w->a, test_path(&w->a, w->folder, "password")));
    read = test_read_file(&w->a, test_path(&w->a, w->folder, "authority.pem"));
    assert_ok(mr_seal_key_read(read, password, &root, &err), err);
    const struct mr_authority authority = {.key = root.key, .certificate = root.certificate};
    struct mr_kept_seal *seals;
    size_t count;
    assert_ok(mr_seals_list(w->s, &w->a, &seals, &count, &err), err);
    assert_int_equal(count, 1);
    const struct mr_seal_subject subject = {seals[0].owner, seals[0].identifier, MR_STR("DK"), MR_STR("The next seal")};
    assert_ok(mr_authority_issue_seal(&authority, &env, &subject, MR_KEY_P256, &newer, &err), err);
    const struct mr_seal_adding adding = {.seal = &newer, .issuer = seals[0].issuer, .from = MR_TIME_NONE};
    assert_ok(mr_seals_add(w->s, &w->a, &adding, &file, &err), err);
    clock_now += 3600000;
    set(w, links[0].achievement_id, MR_STATUS_REVOKED);
    assert_ok(mr_claim_open(w->s, &w->a, links[0].achievement_id, mr_str_from(links[0].url, links[0].url.len - 32),
                            MR_STR_EMPTY, &claim, &err),
              err);
    const mr_str forms[] = {claim.jwt, claim.elm};
    for (size_t i = 0; i < 2; i++) {
        struct mr_service_verifying with;
        assert_ok(mr_service_verifying_init(w->s, &w->a, mr_language_english(), &with, &err), err);
        assert_ok(mr_verifier_open(i ? &with.verifying : &verifying, &v, &err), err);
        assert_ok(mr_verify(v, &w->a, forms[i], &report, &err), err);
        const struct mr_check *check = &report.checks[MR_CHECK_STATUS];
        if (check->state != MR_FAILED || report.checks[MR_CHECK_SEAL].state != MR_PASSED)
            fail_msg("form %zu: %s: %.*s: %.*s", i, mr_state_name(check->state), MR_STR_ARG(check->text),
                     MR_STR_ARG(check->detail));
        mr_verifier_close(v);
    }
    mr_seal_key_done(&newer);
    mr_seal_key_done(&root);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_status_allocate__the_same_award_has_the_same_place),
        T(test_status_award_key__belongs_to_learner_version_and_installation),
        T(test_batch_seal__lists_are_opened_in_the_middle_of_a_batch),
        T(test_batch_seal__takes_up_the_places_of_a_stop),
        T(test_status_set__revoked_is_final),
        T(test_status_set__takes_the_id_of_the_credential),
        T(test_status_set__refuses),
        T(test_status_replace__names_the_successor),
        T(test_status_set__tells_of_what_is_in_no_list),
        T(test_status_set__is_seen_by_learner_and_office),
        T(test_status_serve__one_change_shows_in_every_form),
        T(test_status_serve__is_signed_once_until_something_changes),
        T(test_status_serve__keeps_a_few_of_many),
        T(test_status_serve__knows_its_own_lists_only),
        T(test_status_serve__sees_what_others_changed),
        T(test_service_fetcher__answers_for_its_own_lists_without_asking),
        T(test_service_fetcher__knows_lists_by_the_address_they_were_opened_under),
        T(test_status__reaches_a_verifier),
        T(test_status__a_newer_seal_withdraws_what_an_older_one_sealed),
    };
    mr_log_set_level(MR_LOG_ERROR);
    return cmocka_run_group_tests_name("service/status", tests, NULL, NULL);
}
