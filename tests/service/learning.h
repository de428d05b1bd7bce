/* An installation with demo data whose clock the tests move, learners who hold claims, and the mail that was queued for them: what the tests of claims and wallets share. */
#ifndef MR_TESTS_SERVICE_LEARNING_H
#define MR_TESTS_SERVICE_LEARNING_H

#include "testing_db.h"

#include "base/log.h"
#include "json/json.h"
#include "service/batch.h"
#include "service/correction.h"
#include "service/demo.h"
#include "service/installation.h"
#include "service/keep.h"
#include "service/mail.h"
#include "service/people.h"
#include "service/person_email.h"
#include "service/status.h"
#include "service/wallet.h"
#include "store/mail.h"

#define NOW INT64_C(1795132800000)

static int64_t clock_now = NOW;
static int64_t still(void *self)
{
    (void)self;
    return __atomic_load_n(&clock_now, __ATOMIC_RELAXED);
}
static void system_random(void *self, void *out, size_t size)
{
    (void)self;
    mr_env_random(mr_env_system(), out, size);
}
static const mr_env env = {still, system_random, NULL};

static struct world {
    mr_arena a;
    mr_service *s;
    mr_str org;
    struct mr_claim_link *links; /* of the demo's first batch; each learner has an address of her own */
    size_t count;
} w;

static int open_world(void **state)
{
    struct mr_err err = {0};
    bool made;
    struct mr_batch *batches;
    struct mr_published published;
    const char *folder = test_temp_folder();
    size_t count;
    clock_now = NOW;
    mr_log_set_level(MR_LOG_ERROR);
    mr_arena_init(&w.a, 256 << 20);
    assert_ok(mr_service_init(folder, &env, &made, &err), err);
    test_use_database(folder);
    const struct mr_service_config config = {
        .data_folder = folder, .public_url = "http://127.0.0.1:8400", .env = &env, .database = true};
    assert_ok(mr_service_open(&config, &w.s, &err), err);
    assert_ok(mr_demo_load(w.s, &err), err);
    assert_ok(mr_catalogue_get(w.s, &w.a, MR_STR("wound-care-2026"), &published, &err), err);
    assert_ok(mr_batch_list(w.s, &mr_actor_operator, &w.a, published.id, MR_STR_EMPTY, 10, &batches, &count, &err),
              err);
    const struct mr_achievement_query all = {.batch_id = batches[0].id, .limit = 1000};
    assert_ok(mr_batch_search(w.s, &mr_actor_operator, &w.a, &all, &w.links, &w.count, &err), err);
    w.org = published.org_id;
    assert_true(w.count >= 3);
    return 0;
}
static int close_world(void **state)
{
    mr_service_close(w.s);
    mr_arena_done(&w.a);
    return 0;
}

static inline void run(const char *sql)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    assert_ok(mr_db_begin(mr_service_db(w.s), true, &tx, &err), err);
    assert_ok(mr_db_run(tx, sql, NULL, 0, NULL, &err), err);
    assert_ok(mr_db_commit(tx, &err), err);
}

static inline int64_t number(const char *sql)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    mr_db_cursor *c = NULL;
    bool row;
    assert_ok(mr_db_begin(mr_service_db(w.s), false, &tx, &err), err);
    assert_ok(mr_db_query(tx, sql, NULL, 0, &c, &err), err);
    assert_ok(mr_db_next(c, &row, &err), err);
    int64_t n = row ? mr_db_int(c, 0) : -1;
    mr_db_cursor_close(c);
    mr_db_rollback(tx);
    return n;
}

/* The path of the link in the newest mail of this kind to this address (empty: to anybody); empty when there is none. */
static inline mr_str mailed(const char *kind, mr_str to)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    mr_db_cursor *c = NULL;
    mr_str link = MR_STR_EMPTY;
    bool row;
    assert_ok(mr_db_begin(mr_service_db(w.s), false, &tx, &err), err);
    assert_ok(mr_db_query(tx, "SELECT data, recipient FROM mail WHERE template = $kind ORDER BY created_at, id",
                          MR_DB_ARGS(MR_DB_T("kind", mr_str_of(kind))), &c, &err),
              err);
    for (;;) {
        const mr_json *data;
        assert_ok(mr_db_next(c, &row, &err), err);
        if (!row) break;
        if (to.len && !mr_str_eq(mr_db_text(c, 1), to)) continue;
        assert_ok(mr_json_parse(&w.a, mr_arena_dup(&w.a, mr_db_text(c, 0)), NULL, &data, &err), err);
        link = mr_str_from(mr_json_get_str(data, "link"), strlen("http://127.0.0.1:8400"));
    }
    mr_db_cursor_close(c);
    mr_db_rollback(tx);
    return link;
}

static inline mr_str last_part(mr_str path)
{
    mr_str part = MR_STR_EMPTY;
    while (mr_str_split(&path, '/', &part)) {
    }
    return part;
}

/* A claim link of learner i as mailed, or as the office hands it out: its mac, for the turn that is good now. */
static inline mr_str mac_of(size_t i, bool mailed_to_her)
{
    struct mr_err err = {0};
    struct mr_claim claim;
    mr_str id = w.links[i].achievement_id;
    assert_ok(mr_claim_look(w.s, &w.a, id, &claim, &err), err);
    return last_part(mailed_to_her ? mr_claim_mail_path(w.s, &w.a, id, claim.turn, claim.email)
                                   : mr_claim_path(w.s, &w.a, id, claim.turn));
}

static const struct mr_visitor visitor = {.agent = MR_STR_INIT("Firefox, Linux")};

/* The actor of a person who just signed in. */
static inline struct mr_actor actor_of(const struct mr_sign_in *r)
{
    struct mr_err err = {0};
    struct mr_session session;
    assert_int_equal(r->state, MR_SIGN_IN_DONE);
    assert_ok(mr_session_open(w.s, &w.a, mr_str_of(r->token), &session, &err), err);
    assert_int_equal(session.actor.kind, MR_ACTOR_PERSON);
    return session.actor;
}

/* Learner i accepts by the link that was mailed to her, and keeps it in a new account. */
static inline struct mr_actor keep_as_new(size_t i, mr_str *ret_item)
{
    struct mr_err err = {0};
    struct mr_sign_in r = {0};
    static mr_claim_pass passes[8];
    mr_str id = w.links[i].achievement_id, mac = mac_of(i, true);
    assert_ok(mr_claim_accept(w.s, id, mac, MR_STR_EMPTY, passes[i], &err), err);
    const struct mr_keep what = {id, mac, mr_str_of(passes[i])};
    assert_ok(mr_keep_new(w.s, &w.a, mr_language_english(), &visitor, &what, &r, ret_item, &err), err);
    return actor_of(&r);
}

#endif
