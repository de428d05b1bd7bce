/* The permission table and background work: what a job does for somebody is done only while they may still have it done, and what Merit does by itself it does as
 * Merit. Every kind of jobs.def must be in one of the two lists here. */
#include "service/on_behalf.h"
#include "testing_db.h"

#include "base/limits.h"
#include "base/log.h"
#include "service/api_token.h"
#include "service/batch.h"
#include "service/catalogue.h"
#include "service/jobs.h"
#include "service/people.h"
#include "service/sealing.h"
#include "service/session.h"
#include "service/status.h"
#include "service/upload.h"

#define NOW INT64_C(1795132800000) /* 2026-11-20 */
#define HOUR_MS (MR_DAY_MS / 24)
#define EXAMPLE MERIT_SOURCE_ROOT "/docs/examples/wound-care.json"
#define TABLE "name,birth date,e-mail\nÅse Skovgård,1990-01-02,aase@example.org\nSukarno,,sukarno@example.org\n"

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
    mr_str person, token; /* ids */
    mr_str batch;
};

/* With jobs, or beside a server that is not there: then jobs wait. */
static void open_service(struct world *w, bool with_jobs)
{
    struct mr_err err = {0};
    const struct mr_service_config config = {.data_folder = w->folder,
                                             .public_url = "http://127.0.0.1:8400",
                                             .env = &env,
                                             .database = true,
                                             .beside = !with_jobs};
    if (w->s) mr_service_close(w->s);
    assert_ok(mr_service_open(&config, &w->s, &err), err);
}

static int64_t number(struct world *w, const char *sql)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_err err = {0};
    bool row;
    assert_ok(mr_db_begin(mr_service_db(w->s), false, &tx, &err), err);
    assert_ok(mr_db_query(tx, sql, NULL, 0, &c, &err), err);
    assert_ok(mr_db_next(c, &row, &err), err);
    assert_true(row);
    return mr_db_int(c, 0);
}
static void run(struct world *w, const char *sql)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    assert_ok(mr_db_begin(mr_service_db(w->s), true, &tx, &err), err);
    assert_ok(mr_db_run(tx, sql, NULL, 0, NULL, &err), err);
    assert_ok(mr_db_commit(tx, &err), err);
}

static int set_up(void **state)
{
    struct mr_err err = {0};
    struct world *w = calloc(1, sizeof *w);
    struct mr_findings findings;
    mr_str slug, secret;
    bool made;
    clock_now = NOW;
    mr_arena_init(&w->a, 256 << 20);
    w->folder = test_temp_folder();
    assert_ok(mr_service_init(w->folder, &env, &made, &err), err);
    test_use_database(w->folder);
    open_service(w, false);
    mr_findings_init(&findings, &w->a);
    assert_ok(
        mr_catalogue_publish(w->s, &mr_actor_operator, &w->a, test_read_file(&w->a, EXAMPLE), &findings, &slug, &err),
        err);
    assert_ok(mr_catalogue_get(w->s, &w->a, slug, &w->published, &err), err);
    const struct mr_new_person registrar = {.email = MR_STR("registrar@example.org"),
                                            .name = MR_STR("Karin Test"),
                                            .language = MR_STR("en"),
                                            .org = w->published.org_id,
                                            .roles = 1u << MR_ROLE_REGISTRAR};
    assert_ok(mr_people_add(w->s, &w->a, &registrar, &w->person, &err), err);
    const struct mr_api_token_order token = {.org_id = w->published.org_id,
                                             .name = MR_STR("Student system (test)"),
                                             .scopes = 1u << MR_SCOPE_READ | 1u << MR_SCOPE_AWARD,
                                             .days = 30};
    assert_ok(mr_api_token_add(w->s, &mr_actor_operator, &w->a, &token, &w->token, &secret, &err), err);
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

static struct mr_actor actor_of(struct world *w, mr_str id)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_err err = {0};
    struct mr_actor actor;
    assert_ok(mr_db_begin(mr_service_db(w->s), false, &tx, &err), err);
    if (mr_str_eq(id, w->token))
        assert_ok(mr_api_token_load_actor(w->s, tx, &w->a, id, &actor, &err), err);
    else
        assert_ok(mr_session_person_actor(tx, &w->a, id, &actor, &err), err);
    return actor;
}

/* ---- what is ordered, and whether it was done ---- */

static void upload(struct world *w, bool signed_off)
{
    struct mr_err err = {0};
    const struct mr_upload upload = {
        .specification_id = w->published.id, .file_name = MR_STR("results.csv"), .content = MR_STR(TABLE)};
    assert_ok(mr_upload_add(w->s, &mr_actor_operator, &w->a, &upload, &w->batch, &err), err);
    if (signed_off) assert_ok(mr_batch_sign(w->s, &mr_actor_operator, w->batch, &err), err);
}
static void seal_first(struct world *w)
{
    struct mr_err err = {0};
    upload(w, false);
    assert_ok(mr_batch_seal(w->s, &mr_actor_operator, w->batch, false, &err), err);
    open_service(w, true);
    mr_jobs_wait(w->s);
    open_service(w, false);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM batch WHERE state = 'sealed'"), 1);
}

static void order_sealing(struct world *w, const struct mr_actor *by)
{
    struct mr_err err = {0};
    upload(w, true);
    assert_ok(mr_batch_schedule(w->s, by, w->batch, NOW + HOUR_MS, MR_STR("UTC"), false, &err), err);
}
static void order_mail(struct world *w, const struct mr_actor *by)
{
    struct mr_err err = {0};
    seal_first(w);
    assert_ok(mr_batch_mail(w->s, by, w->batch, &err), err);
}
static void order_status(struct world *w, const struct mr_actor *by)
{
    struct mr_err err = {0};
    const struct mr_status_order order = {.to = MR_STATUS_SUSPENDED, .reason = MR_STR("x")};
    seal_first(w);
    assert_ok(mr_status_set_batch(w->s, by, w->batch, &order, &err), err);
}

static const struct work {
    const char *kind;
    mr_action action;
    void (*order)(struct world *w, const struct mr_actor *by);
    const char *done; /* how much of it was */
} for_somebody[] = {
    {"batch.seal", MR_MAY_BATCH_SEAL, order_sealing, "SELECT COUNT(*) FROM achievement"},
    {"batch.mail", MR_MAY_MAIL_SEND, order_mail, "SELECT COUNT(*) FROM mail WHERE template = 'claim'"},
    {"batch.status", MR_MAY_ACHIEVEMENT_STATUS, order_status,
     "SELECT COUNT(*) FROM achievement WHERE status = 'suspended'"},
};
#define WORKS (sizeof for_somebody / sizeof *for_somebody)

static const char *const of_merit[] = {"house.keep",   "audit.checkpoint", "mail.send",
                                       "mail.reports", "mail.remind",      "webhook.deliver",
                                       "award.remind", "enrolment.forget", "retention.forget"};

static void test_jobs__each_is_for_somebody_or_of_merit(void **state)
{
    static const char *const kinds[] = {
#define MR_JOB(word, handler, attempts, every_ms) word,
#include "service/jobs.def"
#undef MR_JOB
    };
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int found = 0;
        for (size_t k = 0; k < WORKS; k++) found += strcmp(kinds[i], for_somebody[k].kind) == 0;
        for (size_t k = 0; k < sizeof of_merit / sizeof *of_merit; k++) found += strcmp(kinds[i], of_merit[k]) == 0;
        if (found != 1) fail_msg("%s: does it act for somebody, or for Merit? Say so here, and test it", kinds[i]);
    }
}

/* ---- what may happen meanwhile ---- */

static void nothing(struct world *w)
{
    (void)w;
}
static void other_role(struct world *w)
{
    struct mr_err err = {0};
    assert_ok(mr_people_set_roles(w->s, &w->a, &mr_actor_operator, w->published.org_id, w->person,
                                  1u << MR_ROLE_AUDITOR | 1u << MR_ROLE_DESIGNER | 1u << MR_ROLE_ADMINISTRATOR, &err),
              err);
}
static void no_role(struct world *w)
{
    struct mr_err err = {0};
    assert_ok(mr_people_set_roles(w->s, &w->a, &mr_actor_operator, w->published.org_id, w->person, 0, &err), err);
}
static void closed(struct world *w)
{
    run(w, "UPDATE organisation SET closed_at = 1");
}
static void revoked(struct world *w)
{
    struct mr_err err = {0};
    assert_ok(mr_api_token_revoke(w->s, &mr_actor_operator, w->token, &err), err);
}
static void over(struct world *w)
{
    run(w, "UPDATE api_token SET expires_at = 1");
}
static void other_scopes(struct world *w)
{
    run(w, "UPDATE api_token SET scopes = 'read manage describe sign'");
}

enum who { REGISTRAR, PROGRAM, OPERATOR };
static const struct turn {
    const char *what;
    enum who by;
    void (*happens)(struct world *w);
    const char *detail; /* in the audit log; NULL: it is done */
} turns[] = {
    {"nothing happened", REGISTRAR, nothing, NULL},
    {"nothing happened to a program", PROGRAM, nothing, NULL},
    {"nothing happened to the operator", OPERATOR, nothing, NULL},
    {"another role instead", REGISTRAR, other_role, "refused: role"},
    {"no role any more", REGISTRAR, no_role, "refused: role"},
    {"the organisation was closed", REGISTRAR, closed, "refused: closed"},
    {"the token was revoked", PROGRAM, revoked, "refused: role"},
    {"the token is over", PROGRAM, over, "refused: role"},
    {"the token may other things", PROGRAM, other_scopes, "refused: role"},
    {"the organisation was closed to a program", PROGRAM, closed, "refused: closed"},
    {"the organisation was closed to the operator", OPERATOR, closed, "refused: closed"},
};

static void try_turn(struct world *w, const struct work *work, const struct turn *turn)
{
    struct mr_actor by = mr_actor_operator;
    if (turn->by != OPERATOR) by = actor_of(w, turn->by == PROGRAM ? w->token : w->person);
    work->order(w, &by);
    assert_int_equal(number(w, work->done), 0);
    turn->happens(w);
    clock_now = NOW + 2 * HOUR_MS;
    open_service(w, true);
    mr_jobs_wait(w->s);
    open_service(w, false);
    int64_t done = number(w, work->done);
    if (done != (turn->detail ? 0 : 2)) fail_msg("%s, %s: %lld done", work->kind, turn->what, (long long)done);
    int64_t waiting = number(
        w, mr_arena_format(&w->a, "SELECT COUNT(*) FROM job WHERE kind = '%s' AND state <> 'done'", work->kind).ptr);
    if (waiting) fail_msg("%s, %s: the job was not ended", work->kind, turn->what);
    if (!turn->detail) return;
    int64_t told =
        number(w, mr_arena_format(&w->a,
                                  "SELECT COUNT(*) FROM audit WHERE actor_kind = 'system' AND object_id = "
                                  "'%.*s' AND action = '%.*s' AND detail = '%s'",
                                  MR_STR_ARG(w->batch), MR_STR_ARG(mr_action_word(work->action)), turn->detail)
                      .ptr);
    if (told != 1) fail_msg("%s, %s: the audit log says so %lld times", work->kind, turn->what, (long long)told);
}

static void test_jobs__do_nothing_for_those_who_no_longer_may(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORKS; i++)
        for (size_t k = 0; k < sizeof turns / sizeof *turns; k++) {
            struct world *w;
            if (i > 0 && k % 3) continue; /* the first through all of it, the others through one of each sort */
            set_up((void **)&w);
            try_turn(w, &for_somebody[i], &turns[k]);
            tear_down((void **)&w);
        }
}

/* What was refused is not lost: somebody who may goes on with it. */
static void test_jobs__what_was_refused_waits_for_somebody_who_may(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    const struct mr_new_person other = {.email = MR_STR("other@example.org"),
                                        .name = MR_STR("Other Test"),
                                        .language = MR_STR("en"),
                                        .org = w->published.org_id,
                                        .roles = 1u << MR_ROLE_REGISTRAR | 1u << MR_ROLE_ADMINISTRATOR};
    mr_str id;
    assert_ok(mr_people_add(w->s, &w->a, &other, &id, &err), err);
    try_turn(w, &for_somebody[0], &turns[4]);
    assert_int_equal(
        number(w, "SELECT COUNT(*) FROM batch WHERE state = 'preview' AND seal_at IS NULL AND sealed_by IS NULL"), 1);
    /* the administrator was told, and not who left */
    assert_int_equal(
        number(w, "SELECT COUNT(*) FROM mail WHERE template = 'batch_failed' AND recipient = 'other@example.org'"), 1);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM mail WHERE recipient = 'registrar@example.org'"), 0);
    struct mr_actor by = actor_of(w, id);
    assert_ok(mr_batch_seal(w->s, &by, w->batch, false, &err), err);
    open_service(w, true);
    mr_jobs_wait(w->s);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM achievement"), 2);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM batch WHERE state = 'sealed'"), 1);
}

/* Stopped in the middle of sealing, and the role was taken away before the server came back. */
static void test_jobs__a_batch_that_was_being_sealed_has_failed_and_can_be_taken_up(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_actor by = actor_of(w, w->person);
    struct mr_batch batch;
    upload(w, true);
    assert_ok(mr_batch_seal(w->s, &by, w->batch, false, &err), err);
    no_role(w);
    open_service(w, true);
    mr_jobs_wait(w->s);
    assert_ok(mr_batch_get(w->s, &mr_actor_operator, &w->a, w->batch, &batch, &err), err);
    assert_int_equal(batch.state, MR_BATCH_FAILED);
    assert_true(mr_str_has_prefix(batch.error, MR_STR("role:"))); /* the page has a sentence for it */
    assert_int_equal(number(w, "SELECT COUNT(*) FROM achievement"), 0);
    assert_ok(mr_batch_seal(w->s, &mr_actor_operator, w->batch, false, &err), err);
    mr_jobs_wait(w->s);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM achievement"), 2);
}

/* Whatever a job writes into the audit log, it writes as Merit. */
static void test_jobs__act_as_the_system(void **state)
{
    struct world *w = *state;
    struct mr_actor by = actor_of(w, w->person);
    char before[64];
    order_sealing(w, &by);
    snprintf(before, sizeof before, "%lld",
             (long long)number(w, "SELECT COUNT(*) FROM audit WHERE actor_kind <> 'system'"));
    clock_now = NOW + 2 * HOUR_MS;
    open_service(w, true); /* every repeated kind has its turn, too */
    mr_jobs_wait(w->s);
    open_service(w, false);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM achievement"), 2);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM audit WHERE actor_kind <> 'system'"), atoll(before));
    assert_true(number(w, "SELECT COUNT(*) FROM audit WHERE actor_kind = 'system'") > 0);
    for (size_t i = 0; i < sizeof of_merit / sizeof *of_merit; i++) {
        int64_t had = number(
            w, mr_arena_format(&w->a, "SELECT COUNT(*) FROM job WHERE kind = '%s' AND attempts > 0", of_merit[i]).ptr);
        if (!had) fail_msg("%s had no turn", of_merit[i]);
    }
}

/* A program of a unit that was closed is a stranger, as its people are. */
static void test_token__of_a_closed_organisation_is_none(void **state)
{
    struct world *w = *state;
    assert_int_equal(actor_of(w, w->token).kind, MR_ACTOR_TOKEN);
    closed(w);
    assert_int_equal(actor_of(w, w->token).kind, MR_ACTOR_STRANGER);
}

int main(void)
{
    mr_log_set_level(MR_LOG_ERROR);
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jobs__each_is_for_somebody_or_of_merit),
        cmocka_unit_test(test_jobs__do_nothing_for_those_who_no_longer_may),
        T(test_jobs__what_was_refused_waits_for_somebody_who_may),
        T(test_jobs__a_batch_that_was_being_sealed_has_failed_and_can_be_taken_up),
        T(test_jobs__act_as_the_system),
        T(test_token__of_a_closed_organisation_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
