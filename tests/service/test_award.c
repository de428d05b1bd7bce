/* Awards on an installation of its own for each test: sign-off by one person and sealing by another, times, mail, one learner at a time, corrections, many statuses,
 * validation, endings, evidence, numbers. The clock stands still unless a test moves it. */
#include "service/award.h"
#include "service/award_setting.h"
#include "service/batch.h"
#include "service/claim.h"
#include "service/evidence_file.h"
#include "service/numbers.h"
#include "service/organisation.h"
#include "service/partner.h"
#include "service/renewal.h"
#include "service/status.h"
#include "service/validation.h"
#include "testing_db.h"

#include "store/achievement.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/log.h"

#define NOW INT64_C(1795132800000) /* 2026-11-20 */
#define EXAMPLE MERIT_SOURCE_ROOT "/docs/examples/wound-care.json"
#define HOUR_MS (MR_DAY_MS / 24)
#define TABLE "name,birth date,e-mail\nÅse Skovgård,1990-01-02,aase@example.org\nSukarno,,\n"

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
    mr_service *s;
    struct mr_published published;
    struct mr_grant grants[4];
    struct mr_actor assessor, registrar, both, stranger;
};

static mr_str with_months(mr_arena *a, mr_str text)
{
    mr_str head = MR_STR("\"version\":");
    ptrdiff_t at = mr_str_find(text, head);
    assert_true(at > 0);
    return mr_arena_format(a, "%.*s\"valid_months\": 12, %.*s", (int)at, text.ptr,
                           MR_STR_ARG(mr_str_from(text, (size_t)at)));
}

static struct mr_actor person(struct world *w, size_t i, const char *id, unsigned roles)
{
    w->grants[i] = (struct mr_grant){w->published.org_id, roles};
    return (struct mr_actor){.kind = MR_ACTOR_PERSON,
                             .id = mr_str_of(id),
                             .name = MR_STR("Karin Test"),
                             .org_id = w->published.org_id,
                             .grants = &w->grants[i],
                             .grant_count = 1};
}

/* The registrar and who is both, as rows. */
static void keep_people(struct world *w)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    const mr_db_value org = MR_DB_T("org", w->published.org_id);
    assert_ok(mr_db_begin(mr_service_db(w->s), true, &tx, &err), err);
    assert_ok(mr_db_run(tx,
                        "INSERT INTO person (id, email, name, language, totp_step, installation, created_at) VALUES "
                        "('p-registrar', 'r@example.org', 'Karin Test', 'en', 0, FALSE, 1), ('p-both', "
                        "'b@example.org', 'Karin Test', 'en', 0, FALSE, 1)",
                        NULL, 0, NULL, &err),
              err);
    assert_ok(mr_db_run(tx,
                        "INSERT INTO membership (person_id, org_id, role, since) VALUES ('p-registrar', $org, "
                        "'registrar', 1), ('p-both', $org, 'registrar', 1), ('p-both', $org, 'assessor', 1)",
                        MR_DB_ARGS(org), NULL, &err),
              err);
    assert_ok(mr_db_commit(tx, &err), err);
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
    const char *folder = test_temp_folder();
    struct mr_service_config config = {
        .data_folder = folder, .public_url = "http://127.0.0.1:8400", .env = &env, .database = true};
    assert_ok(mr_service_init(folder, &env, &made, &err), err);
    test_use_database(folder);
    assert_ok(mr_service_open(&config, &w->s, &err), err);
    mr_findings_init(&findings, &w->a);
    assert_ok(mr_catalogue_publish(w->s, &mr_actor_operator, &w->a, with_months(&w->a, test_read_file(&w->a, EXAMPLE)),
                                   &findings, &slug, &err),
              err);
    assert_ok(mr_catalogue_get(w->s, &w->a, slug, &w->published, &err), err);
    w->assessor = person(w, 0, "p-assessor", 1u << MR_ROLE_ASSESSOR);
    w->registrar = person(w, 1, "p-registrar", 1u << MR_ROLE_REGISTRAR);
    w->both = person(w, 2, "p-both", 1u << MR_ROLE_REGISTRAR | 1u << MR_ROLE_ASSESSOR);
    w->stranger = person(w, 3, "p-stranger", ~0u);
    keep_people(w); /* jobs ask who they are */
    w->grants[3].org_id = MR_STR("another-organisation");
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

static mr_str upload(struct world *w, const char *table)
{
    struct mr_err err = {0};
    mr_str id;
    const struct mr_upload upload = {
        .specification_id = w->published.id, .file_name = MR_STR("results.csv"), .content = mr_str_of(table)};
    assert_ok(mr_upload_add(w->s, &mr_actor_operator, &w->a, &upload, &id, &err), err);
    return id;
}

static mr_batch_state state_of(struct world *w, mr_str id)
{
    struct mr_err err = {0};
    struct mr_batch b;
    assert_ok(mr_batch_get(w->s, &mr_actor_operator, &w->a, id, &b, &err), err);
    return b.state;
}

static mr_str sealed(struct world *w, const char *table, bool mail)
{
    struct mr_err err = {0};
    mr_str id = upload(w, table);
    assert_ok(mr_batch_seal(w->s, &mr_actor_operator, id, mail, &err), err);
    mr_batch_wait(w->s);
    assert_int_equal(state_of(w, id), MR_BATCH_SEALED);
    return id;
}

static struct mr_claim_link *links_of(struct world *w, mr_str batch, size_t expected)
{
    struct mr_err err = {0};
    struct mr_claim_link *links;
    size_t count;
    assert_ok(mr_batch_search(w->s, &mr_actor_operator, &w->a,
                              &(struct mr_achievement_query){.batch_id = batch, .limit = 1000}, &links, &count, &err),
              err);
    assert_int_equal(count, expected);
    return links;
}

/* A number or text that one row tells; `id` is the only parameter. */
static mr_str told(struct world *w, const char *sql, mr_str id)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    assert_ok(mr_db_begin(mr_service_db(w->s), false, &tx, &err), err);
    assert_ok(mr_db_query(tx, sql, MR_DB_ARGS(MR_DB_T("id", id)), &c, &err), err);
    assert_ok(mr_db_next(c, &row, &err), err);
    return row ? mr_arena_dup(&w->a, mr_db_text(c, 0)) : MR_STR("none");
}

static mr_str sealed_form(struct world *w, mr_str achievement, const char *format)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_str sealed_bytes;
    assert_ok(mr_db_begin(mr_service_db(w->s), false, &tx, &err), err);
    assert_ok(mr_store_credential_find(tx, &w->a, achievement, mr_str_of(format), &sealed_bytes, &err), err);
    return sealed_bytes;
}

static int mails(struct world *w, mr_str achievement, const char *template_name)
{
    mr_str count =
        told(w,
             mr_arena_format(&w->a, "SELECT CAST(COUNT(*) AS TEXT) FROM mail WHERE object_id = $id AND template = '%s'",
                             template_name)
                 .ptr,
             achievement);
    return atoi(count.ptr);
}

static mr_status status_of(struct world *w, mr_str id)
{
    struct mr_err err = {0};
    struct mr_achievement_status now;
    assert_ok(mr_status_find(w->s, &mr_actor_operator, &w->a, id, &now, &err), err);
    return now.status;
}

static const struct mr_award_fields mette = {.name = MR_STR_INIT("Mette Krogh Poulsen"),
                                             .birth_date = MR_STR_INIT("1991-03-02"),
                                             .email = MR_STR_INIT("mette@example.org"),
                                             .grade = MR_STR_INIT("Passed")};

static struct mr_awarded award(struct world *w, const struct mr_award_fields *fields)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_awarded awarded;
    const struct mr_award_order order = {.specification = w->published.slug, .fields = *fields, .mail = true};
    mr_findings_init(&findings, &w->a);
    assert_ok(mr_award(w->s, &mr_actor_operator, &w->a, &order, &findings, &awarded, &err), err);
    return awarded;
}

/* ---- in which language ---- */

static void test_award__is_told_in_the_language_of_the_learner(void **state)
{
    struct world *w = *state;
    struct mr_award_fields fields = mette;
    const char *primary = mr_arena_cstr(&w->a, mr_specification_primary_language(&w->published.specification));
    assert_str(told(w, "SELECT language FROM mail WHERE object_id = $id", award(w, &fields).id), primary);
    const char *other = strcmp(primary, "en") == 0 ? "da" : "en";
    fields.name = MR_STR("Ana Invented"), fields.language = mr_str_of(other);
    assert_str(told(w, "SELECT language FROM mail WHERE object_id = $id", award(w, &fields).id), other);
    /* a language that Merit does not speak is kept, and the mail is in the description's */
    fields.name = MR_STR("Bo Invented"), fields.language = MR_STR("tlh");
    struct mr_awarded third = award(w, &fields);
    assert_str(told(w, "SELECT language FROM mail WHERE object_id = $id", third.id), primary);
    assert_true(mr_str_find(told(w, "SELECT source FROM achievement WHERE id = $id", third.id), MR_STR("tlh")) > 0);
}

/* ---- sign-off ---- */

static void test_batch_seal__needs_an_assessor_and_another_person(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str id = upload(w, TABLE);
    assert_code(mr_batch_seal(w->s, &w->registrar, id, false, &err), MR_E_STATE, err);
    assert_string_equal(err.detail, "unsigned");
    assert_code(mr_batch_sign(w->s, &w->registrar, id, &err), MR_E_FORBIDDEN, err);
    assert_code(mr_batch_sign(w->s, &w->stranger, id, &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_batch_sign(w->s, &w->both, id, &err), err);
    assert_code(mr_batch_sign(w->s, &w->assessor, id, &err), MR_E_STATE, err);
    assert_code(mr_batch_seal(w->s, &w->both, id, false, &err), MR_E_FORBIDDEN, err);
    assert_string_equal(err.detail, "same_person");
    assert_code(mr_batch_seal(w->s, &w->assessor, id, false, &err), MR_E_FORBIDDEN, err);
    assert_int_equal(state_of(w, id), MR_BATCH_PREVIEW);
    assert_ok(mr_batch_seal(w->s, &w->registrar, id, false, &err), err);
    mr_batch_wait(w->s);
    assert_int_equal(state_of(w, id), MR_BATCH_SEALED);
    assert_str(told(w, "SELECT signed_by || '/' || sealed_by FROM batch WHERE id = $id", id), "p-both/p-registrar");
}

static void test_batch_seal__by_one_person_where_the_provider_allows_it(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_award_setting setting;
    mr_str id = upload(w, TABLE);
    assert_code(mr_batch_seal(w->s, &w->both, id, false, &err), MR_E_STATE, err);
    assert_ok(mr_award_setting_get(w->s, &w->both, w->published.org_id, &setting, &err), err);
    setting.same_person = true;
    assert_code(mr_award_setting_save(w->s, &w->both, w->published.org_id, &setting, &err), MR_E_FORBIDDEN, err);
    assert_ok(mr_award_setting_save(w->s, &mr_actor_operator, w->published.org_id, &setting, &err), err);
    assert_ok(mr_batch_seal(w->s, &w->both, id, false, &err), err);
    mr_batch_wait(w->s);
    assert_str(told(w, "SELECT signed_by || '/' || signed_name FROM batch WHERE id = $id", id), "p-both/Karin Test");
    assert_int_equal(state_of(w, id), MR_BATCH_SEALED);
}

static void test_batch_unsign__is_for_who_signed(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str id = upload(w, TABLE);
    assert_ok(mr_batch_sign(w->s, &w->assessor, id, &err), err);
    assert_code(mr_batch_set_supervision(w->s, &w->registrar, id, MR_SUPERVISION_SUPERVISED, &err), MR_E_STATE, err);
    assert_code(mr_batch_unsign(w->s, &w->both, id, &err), MR_E_FORBIDDEN, err);
    assert_ok(mr_batch_unsign(w->s, &w->assessor, id, &err), err);
    assert_ok(mr_batch_set_supervision(w->s, &w->registrar, id, MR_SUPERVISION_IDENTITY_ON_SITE, &err), err);
    assert_code(mr_batch_seal(w->s, &w->registrar, id, false, &err), MR_E_STATE, err);
    assert_ok(mr_batch_seal(w->s, &mr_actor_operator, id, false, &err), err);
    mr_batch_wait(w->s);
    mr_str source = told(w, "SELECT source FROM achievement WHERE batch_id = $id", id);
    assert_true(mr_str_find(source, MR_STR("\"supervision\":\"identity-on-site\"")) > 0);
}

/* ---- at a time ---- */

static void test_batch_schedule__seals_then_and_not_before(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str id = upload(w, TABLE), zone = MR_STR("Europe/Copenhagen");
    assert_ok(mr_batch_sign(w->s, &w->assessor, id, &err), err);
    assert_code(mr_batch_schedule(w->s, &w->registrar, id, NOW, zone, true, &err), MR_E_TIME, err);
    assert_ok(mr_batch_schedule(w->s, &w->registrar, id, NOW + 4 * HOUR_MS, zone, true, &err), err);
    assert_ok(mr_batch_schedule(w->s, &w->registrar, id, NOW + 2 * HOUR_MS, zone, true, &err),
              err); /* earlier, after all */
    mr_batch_wait(w->s);
    assert_int_equal(state_of(w, id), MR_BATCH_PREVIEW);
    clock_now = NOW + 2 * HOUR_MS;
    mr_batch_wait(w->s);
    assert_int_equal(state_of(w, id), MR_BATCH_SEALED);
    clock_now = NOW + 4 * HOUR_MS; /* the job of the first time finds nothing to do */
    mr_batch_wait(w->s);
    assert_int_equal(mails(w, links_of(w, id, 2)[0].achievement_id, "claim"), 1);
}

static void test_batch_unschedule__stops_it(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str id = upload(w, TABLE);
    assert_ok(mr_batch_schedule(w->s, &mr_actor_operator, id, NOW + HOUR_MS, MR_STR("UTC"), false, &err), err);
    assert_ok(mr_batch_unschedule(w->s, &mr_actor_operator, id, &err), err);
    clock_now = NOW + 2 * HOUR_MS;
    mr_batch_wait(w->s);
    assert_int_equal(state_of(w, id), MR_BATCH_PREVIEW);
    assert_ok(mr_batch_seal(w->s, &mr_actor_operator, id, false, &err), err);
    mr_batch_wait(w->s);
    assert_int_equal(state_of(w, id), MR_BATCH_SEALED);
}

/* ---- mail and counters ---- */

static void test_batch_mail__goes_to_each_address_once(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_batch_counts counts;
    mr_str id = sealed(w, TABLE, false);
    struct mr_claim_link *links = links_of(w, id, 2);
    assert_int_equal(mails(w, links[0].achievement_id, "claim"), 0);
    for (int i = 0; i < 2; i++) {
        assert_ok(mr_batch_mail(w->s, &w->registrar, id, &err), err);
        mr_batch_wait(w->s);
    }
    assert_int_equal(mails(w, links[0].achievement_id, "claim"), 1);
    assert_int_equal(mails(w, links[1].achievement_id, "claim"), 0); /* has no address */
    mr_str data = told(w, "SELECT data FROM mail WHERE object_id = $id", links[0].achievement_id);
    /* hers alone: what is mailed proves the address, what the office sees does not */
    assert_true(mr_str_find(data, links[0].url) < 0);
    assert_true(mr_str_find(data, mr_claim_mail_path(w->s, &w->a, links[0].achievement_id, 0, links[0].email)) > 0);
    assert_true(mr_str_find(data, MR_STR("\"learner\":\"Åse Skovgård\"")) > 0);
    assert_ok(mr_batch_count(w->s, &w->assessor, id, &counts, &err), err);
    assert_int_equal(counts.sealed, 2);
    assert_int_equal(counts.with_address, 1);
    assert_int_equal(counts.mailed, 0); /* queued is not sent */
    assert_int_equal(counts.undecided, 2);
    assert_code(mr_batch_count(w->s, &w->stranger, id, &counts, &err), MR_E_NOT_FOUND, err);
    sealed(w, "name,e-mail\nÍris Þórsdóttir,iris@example.org\n", true);
    assert_str(told(w, "SELECT CAST(COUNT(*) AS TEXT) FROM mail WHERE template = 'claim' AND $id = $id", MR_STR("x")),
               "2");
}

static void test_batch_search__finds_names_in_pages(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_claim_link *links;
    size_t count;
    mr_str id = sealed(w, "name\nÅse Skovgård\nŁukasz Żółć\nΜαρία Παπαδοπούλου\nBo 100%\n", false);
    static const struct {
        const char *name;
        size_t count;
    } cases[] = {{"åse", 1}, {"ÅSE", 1}, {"żółć", 1}, {"ΜΑΡ", 1}, {"%", 1}, {"_", 0}, {"o", 2}, {"", 4}, {"nobody", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mr_achievement_query query = {.batch_id = id, .name = mr_str_of(cases[i].name), .limit = 10};
        assert_ok(mr_batch_search(w->s, &w->assessor, &w->a, &query, &links, &count, &err), err);
        if (count != cases[i].count) fail_msg("%s: %zu, wanted %zu", cases[i].name, count, cases[i].count);
    }
    struct mr_achievement_query query = {.batch_id = id, .limit = 3};
    assert_ok(mr_batch_search(w->s, &w->assessor, &w->a, &query, &links, &count, &err), err);
    query.after = links[2].place;
    assert_ok(mr_batch_search(w->s, &w->assessor, &w->a, &query, &links, &count, &err), err);
    assert_int_equal(count, 1);
    assert_str(links[0].learner, "Bo 100%");
}

/* ---- one learner ---- */

static void test_award__is_there_once_and_durable(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_awarded first = award(w, &mette), again;
    const struct mr_award_order order = {.specification = w->published.slug, .fields = mette};
    mr_findings_init(&findings, &w->a);
    assert_int_equal(status_of(w, first.id), MR_STATUS_ACTIVE);
    assert_int_equal(mails(w, first.id, "claim"), 1);
    assert_str(told(w, "SELECT CAST(COUNT(*) AS TEXT) FROM credential WHERE achievement_id = $id", first.id), "4");
    assert_code(mr_award(w->s, &mr_actor_operator, &w->a, &order, &findings, &again, &err), MR_E_EXISTS, err);
    assert_str(first.id, err.detail);
    assert_int_equal(findings.count, 0);
    mr_str batch = upload(w, "name,birth date,e-mail\nMette Krogh Poulsen,1991-03-02,mette@example.org\n");
    assert_code(mr_batch_seal(w->s, &mr_actor_operator, batch, false, &err), MR_E_STATE, err); /* she has it */
}

static void test_award__tells_all_that_is_wrong_and_seals_nothing(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_awarded awarded;
    const struct mr_award_order order = {.specification = w->published.slug,
                                         .fields = {.birth_date = MR_STR("31/02/1990"),
                                                    .email = MR_STR("tomasz@example"),
                                                    .date = MR_STR("2031-01-01")}};
    mr_findings_init(&findings, &w->a);
    assert_code(mr_award(w->s, &mr_actor_operator, &w->a, &order, &findings, &awarded, &err), MR_E_FORMAT, err);
    assert_int_equal(findings.faults, 4); /* and the name */
    const struct mr_award_order nothing = {.specification = w->published.slug};
    assert_code(mr_award(w->s, &mr_actor_operator, &w->a, &nothing, &findings, &awarded, &err), MR_E_FORMAT, err);
    assert_str(told(w, "SELECT CAST(COUNT(*) AS TEXT) FROM achievement WHERE $id = $id", MR_STR("x")), "0");
}

static void test_award__waits_for_sign_off_of_persons(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_awarded awarded;
    const struct mr_award_order order = {.specification = w->published.slug, .fields = mette};
    mr_str batch;
    mr_findings_init(&findings, &w->a);
    assert_code(mr_award(w->s, &w->both, &w->a, &order, &findings, &awarded, &err), MR_E_FORBIDDEN, err);
    assert_code(mr_award(w->s, &w->assessor, &w->a, &order, &findings, &awarded, &err), MR_E_FORBIDDEN, err);
    assert_code(mr_award(w->s, &w->stranger, &w->a, &order, &findings, &awarded, &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_award_hand_in(w->s, &w->registrar, &w->a, &order, MR_STR("By hand"), &findings, &batch, &err), err);
    assert_ok(mr_batch_sign(w->s, &w->assessor, batch, &err), err);
    assert_ok(mr_batch_seal(w->s, &w->registrar, batch, false, &err), err);
    mr_batch_wait(w->s);
    assert_str(links_of(w, batch, 1)[0].learner, "Mette Krogh Poulsen");
    struct mr_actor token = {.kind = MR_ACTOR_TOKEN,
                             .id = MR_STR("t"),
                             .grants = &w->grants[1],
                             .grant_count = 1,
                             .scopes = 1u << MR_SCOPE_AWARD};
    struct mr_award_order other = order;
    other.fields.name = MR_STR("Íris Þórsdóttir");
    assert_ok(mr_award(w->s, &token, &w->a, &other, &findings, &awarded, &err), err);
}

/* ---- corrections ---- */

static void test_award_replace__seals_anew_and_withdraws_the_old(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_awarded old = award(w, &mette), new, third;
    struct mr_award_fields right = mette;
    struct mr_achievement_status now;
    mr_findings_init(&findings, &w->a);
    right.grade = MR_STR("12"); /* the same learner, another grade */
    assert_code(mr_award_replace(w->s, &w->assessor, &w->a, old.id, &right, MR_STR("why"), &findings, &new, &err),
                MR_E_FORBIDDEN, err);
    assert_ok(mr_award_replace(w->s, &w->registrar, &w->a, old.id, &right, MR_STR("a grade"), &findings, &new, &err),
              err);
    assert_ok(mr_status_find(w->s, &w->registrar, &w->a, old.id, &now, &err), err);
    assert_int_equal(now.status, MR_STATUS_REVOKED);
    assert_true(mr_str_eq(now.replaced_by, new.id));
    assert_str(now.reason_code, "wrong_data");
    assert_int_equal(status_of(w, new.id), MR_STATUS_ACTIVE);
    assert_int_equal(mails(w, new.id, "replaced"), 1);
    assert_code(mr_award_replace(w->s, &w->registrar, &w->a, old.id, &right, MR_STR("again"), &findings, &third, &err),
                MR_E_STATE, err);
    right.name = MR_STR("Mette Krogh-Poulsen"); /* a wrong name, once more */
    assert_ok(mr_award_replace(w->s, &w->registrar, &w->a, new.id, &right, MR_STR("a name"), &findings, &third, &err),
              err);
    struct mr_award_record record;
    assert_ok(mr_award_find(w->s, &w->registrar, &w->a, third.id, &record, &err), err);
    assert_str(record.fields.name, "Mette Krogh-Poulsen");
    assert_str(record.fields.grade, "12");
    assert_true(mr_str_eq(record.replaces, new.id));
    assert_code(mr_award_find(w->s, &w->stranger, &w->a, third.id, &record, &err), MR_E_NOT_FOUND, err);
}

static void test_award_replace__does_not_take_what_another_holds(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_award_fields other = mette;
    struct mr_awarded new;
    mr_findings_init(&findings, &w->a);
    award(w, &mette);
    other.name = MR_STR("Mette Krog Poulsen");
    struct mr_awarded wrong = award(w, &other);
    assert_code(mr_award_replace(w->s, &w->registrar, &w->a, wrong.id, &mette, MR_STR("a name"), &findings, &new, &err),
                MR_E_EXISTS, err);
    assert_int_equal(status_of(w, wrong.id), MR_STATUS_ACTIVE);
}

/* ---- many ---- */

static void test_status_set_many__all_or_none(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_status_many result;
    mr_str batch = sealed(w, TABLE, false);
    struct mr_claim_link *links = links_of(w, batch, 2);
    mr_str ids[] = {links[0].achievement_id, links[1].achievement_id, MR_STR("01900000-0000-7000-8000-000000000000")};
    struct mr_status_order order = {
        .to = MR_STATUS_SUSPENDED, .code = MR_STR("review"), .reason = MR_STR("under appeal"), .mail = true};
    assert_code(mr_status_set_many(w->s, &w->registrar, ids, 3, &order, &result, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_status_set_many(w->s, &w->stranger, ids, 2, &order, &result, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_status_set_many(w->s, &w->assessor, ids, 2, &order, &result, &err), MR_E_FORBIDDEN, err);
    assert_int_equal(status_of(w, ids[0]), MR_STATUS_ACTIVE);
    order.code = MR_STR("no such code");
    assert_code(mr_status_set_many(w->s, &w->registrar, ids, 2, &order, &result, &err), MR_E_UNSUPPORTED, err);
    order.code = MR_STR("review");
    assert_ok(mr_status_set_many(w->s, &w->registrar, ids, 2, &order, &result, &err), err);
    assert_int_equal(result.changed, 2);
    assert_int_equal(mails(w, ids[0], "suspended"), 1);
    assert_int_equal(mails(w, ids[1], "suspended"), 0);
    assert_ok(mr_status_set_many(w->s, &w->registrar, ids, 2, &order, &result, &err), err);
    assert_int_equal(result.unchanged, 2);
    assert_int_equal(mails(w, ids[0], "suspended"), 1);
}

static void test_status_set_batch__goes_through_all_of_it(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_batch_counts counts;
    MR_CLEANUP(mr_buf_done) mr_buf table;
    mr_buf_init(&table, 1 << 20);
    mr_buf_puts(&table, "name,e-mail\n");
    for (int i = 0; i < 450; i++) mr_buf_format(&table, "Learner %d,l%d@example.org\n", i, i);
    mr_str batch = sealed(w, mr_arena_dup(&w->a, mr_buf_str(&table)).ptr, false);
    struct mr_status_order order = {.to = MR_STATUS_REVOKED, .code = MR_STR("not_entitled"), .reason = MR_STR("x")};
    assert_ok(mr_status_set(w->s, &w->registrar, links_of(w, batch, 450)[7].achievement_id, &order, &err), err);
    order.to = MR_STATUS_SUSPENDED, order.mail = true;
    assert_code(mr_status_set_batch(w->s, &w->stranger, batch, &order, &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_status_set_batch(w->s, &w->registrar, batch, &order, &err), err);
    mr_batch_wait(w->s);
    assert_ok(mr_batch_count(w->s, &w->registrar, batch, &counts, &err), err);
    assert_int_equal(counts.suspended, 449);
    assert_int_equal(counts.revoked, 1);
    assert_str(
        told(w, "SELECT CAST(COUNT(*) AS TEXT) FROM mail WHERE template = 'suspended' AND $id = $id", MR_STR("x")),
        "449");
    order.to = MR_STATUS_ACTIVE;
    assert_ok(mr_status_set_batch(w->s, &w->registrar, batch, &order, &err), err);
    mr_batch_wait(w->s);
    assert_ok(mr_batch_count(w->s, &w->registrar, batch, &counts, &err), err);
    assert_int_equal(counts.suspended, 0);
}

/* ---- endings ---- */

static void test_renewal__reminds_once_each_and_awards_again_near_the_end(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_ending *list;
    size_t count;
    struct mr_awarded first = award(w, &mette), second;
    const struct mr_award_order order = {.specification = w->published.slug, .fields = mette};
    int64_t end = INT64_C(1826755199000); /* 2027-11-20T23:59:59Z: a year after 20 November 2026 */
    mr_findings_init(&findings, &w->a);
    assert_ok(mr_renewal_list(w->s, &w->assessor, &w->a, w->published.org_id, 365, NULL, 10, &list, &count, &err), err);
    assert_int_equal(count, 0); /* the end of that day is a little further off */
    clock_now = end - 91 * MR_DAY_MS;
    mr_batch_wait(w->s);
    assert_int_equal(mails(w, first.id, "renewal"), 0);
    assert_code(mr_award(w->s, &mr_actor_operator, &w->a, &order, &findings, &second, &err), MR_E_EXISTS, err);
    static const struct {
        int days, mails;
    } steps[] = {{89, 1}, {88, 1}, {29, 2}, {6, 3}, {1, 3}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        clock_now = end - steps[i].days * MR_DAY_MS;
        mr_batch_wait(w->s);
        if (mails(w, first.id, "renewal") != steps[i].mails) fail_msg("%d days before", steps[i].days);
    }
    assert_ok(mr_renewal_list(w->s, &w->assessor, &w->a, w->published.org_id, 30, NULL, 10, &list, &count, &err), err);
    assert_int_equal(count, 1);
    assert_true(mr_str_eq(list[0].achievement_id, first.id));
    assert_ok(mr_award(w->s, &mr_actor_operator, &w->a, &order, &findings, &second, &err), err);
    assert_true(mr_str_eq(second.renews, first.id));
    assert_code(mr_award(w->s, &mr_actor_operator, &w->a, &order, &findings, &second, &err), MR_E_EXISTS, err);
    assert_ok(mr_renewal_list(w->s, &w->assessor, &w->a, w->published.org_id, 30, NULL, 10, &list, &count, &err), err);
    assert_int_equal(count, 0);
}

static void test_batch_seal__renews_from_a_file(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str first = links_of(w, sealed(w, TABLE, false), 2)[0].achievement_id;
    assert_code(mr_batch_seal(w->s, &mr_actor_operator, upload(w, TABLE), false, &err), MR_E_STATE, err);
    clock_now = NOW + 300 * MR_DAY_MS;
    mr_str again = links_of(w, sealed(w, TABLE, false), 2)[0].achievement_id;
    struct mr_award_record record;
    assert_ok(mr_award_find(w->s, &w->registrar, &w->a, again, &record, &err), err);
    assert_true(mr_str_eq(record.renews, first));
}

/* ---- validation, evidence, settings, numbers ---- */

static void test_validation__leads_to_an_achievement_that_says_so(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_awarded awarded;
    struct mr_validation v;
    mr_str id, refused;
    mr_findings_init(&findings, &w->a);
    assert_code(
        mr_validation_open(w->s, &w->registrar, &w->a, w->published.slug, &mette, MR_STR(" "), &findings, &id, &err),
        MR_E_USAGE, err);
    assert_ok(mr_validation_open(w->s, &w->registrar, &w->a, w->published.slug, &mette, MR_STR("Ten years in a clinic"),
                                 &findings, &id, &err),
              err);
    assert_code(mr_validation_award(w->s, &w->registrar, &w->a, id, true, &awarded, &err), MR_E_STATE, err);
    assert_code(mr_validation_decide(w->s, &w->registrar, id, true, MR_STR("x"), MR_STR("x"), &err), MR_E_FORBIDDEN,
                err);
    assert_code(mr_validation_decide(w->s, &w->both, id, true, MR_STR("x"), MR_STR(""), &err), MR_E_USAGE, err);
    assert_ok(
        mr_validation_decide(w->s, &w->both, id, true, MR_STR("Karin Test, head of school"), MR_STR("Shown"), &err),
        err);
    assert_code(mr_validation_award(w->s, &w->both, &w->a, id, true, &awarded, &err), MR_E_FORBIDDEN, err);
    assert_ok(mr_validation_award(w->s, &w->registrar, &w->a, id, true, &awarded, &err), err);
    assert_code(mr_validation_award(w->s, &w->registrar, &w->a, id, true, &awarded, &err), MR_E_STATE, err);
    mr_str elm = sealed_form(w, awarded.id, "elm"), jwt = sealed_form(w, awarded.id, "vc+jwt"), part;
    assert_true(elm.len > 1000);
    mr_str_split(&jwt, '.', &part);
    mr_str_split(&jwt, '.', &part);
    mr_str payload;
    assert_ok(mr_base64url_read(&w->a, part, &payload, &err), err);
    assert_true(mr_str_find(payload, MR_STR("Validated without a course")) > 0);
    assert_true(mr_str_find(payload, MR_STR("learning-assessment/blended")) < 0);

    struct mr_award_fields other = mette;
    other.name = MR_STR("Ana");
    assert_ok(mr_validation_open(w->s, &w->registrar, &w->a, w->published.slug, &other, MR_STR("A course elsewhere"),
                                 &findings, &refused, &err),
              err);
    assert_ok(mr_validation_decide(w->s, &w->assessor, refused, false, MR_STR("Karin"), MR_STR("Not shown"), &err),
              err);
    assert_code(mr_validation_decide(w->s, &w->assessor, refused, true, MR_STR("Karin"), MR_STR("Shown"), &err),
                MR_E_STATE, err);
    assert_code(mr_validation_award(w->s, &w->registrar, &w->a, refused, true, &awarded, &err), MR_E_STATE, err);
    assert_ok(mr_validation_find(w->s, &w->assessor, &w->a, refused, &v, &err), err);
    assert_str(v.row.state, "refused");
    assert_str(v.row.reasons, "Not shown");
    assert_code(mr_validation_find(w->s, &w->stranger, &w->a, refused, &v, &err), MR_E_NOT_FOUND, err);
}

static void test_evidence__is_kept_for_people_with_a_role(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_evidence_file_row file, *files;
    mr_str batch = upload(w, TABLE), id, content;
    size_t count;
    assert_code(
        mr_evidence_file_add(w->s, &w->stranger, &w->a, MR_EVIDENCE_BATCH, batch, MR_STR("a"), MR_STR("x"), &id, &err),
        MR_E_NOT_FOUND, err);
    assert_code(
        mr_evidence_file_add(w->s, &w->registrar, &w->a, MR_EVIDENCE_BATCH, batch, MR_STR("a"), MR_STR(""), &id, &err),
        MR_E_USAGE, err);
    mr_str big = {mr_arena_alloc(&w->a, MR_LIMIT_EVIDENCE_FILE + 1), MR_LIMIT_EVIDENCE_FILE + 1};
    memset((void *)big.ptr, 'x', big.len);
    assert_code(mr_evidence_file_add(w->s, &w->registrar, &w->a, MR_EVIDENCE_BATCH, batch, MR_STR("a"), big, &id, &err),
                MR_E_LIMIT, err);
    assert_ok(mr_evidence_file_add(w->s, &w->registrar, &w->a, MR_EVIDENCE_BATCH, batch, MR_STR("bedømmelse.html"),
                                   MR_STR("abc"), &id, &err),
              err);
    assert_ok(mr_evidence_file_list(w->s, &w->assessor, &w->a, MR_EVIDENCE_BATCH, batch, &files, &count, &err), err);
    assert_int_equal(count, 1);
    assert_str(files[0].type, "text/plain; charset=utf-8");
    assert_str(files[0].sha256,
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); /* FIPS 180-4, "abc" */
    assert_ok(mr_evidence_file_get(w->s, &w->assessor, &w->a, id, &file, &content, &err), err);
    assert_str(content, "abc");
    assert_code(mr_evidence_file_get(w->s, &w->stranger, &w->a, id, &file, &content, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_evidence_file_remove(w->s, &w->stranger, &w->a, id, &file, &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_evidence_file_remove(w->s, &w->registrar, &w->a, id, &file, &err), err);
    assert_code(mr_evidence_file_get(w->s, &w->assessor, &w->a, id, &file, &content, &err), MR_E_NOT_FOUND, err);
}

static void test_evidence_type__is_told_by_the_bytes(void **state)
{
    (void)state;
    static const struct {
        mr_str content;
        const char *type;
    } cases[] = {
        {MR_STR_INIT("%PDF-1.7 x"), "application/pdf"},
        {MR_STR_INIT("\x89PNG\r\n\x1a\nxx"), "image/png"},
        {MR_STR_INIT("\xff\xd8\xff\xe0xx"), "image/jpeg"},
        {MR_STR_INIT("<html><script>alert(1)</script>"), "text/plain; charset=utf-8"},
        {MR_STR_INIT("<svg xmlns='http://www.w3.org/2000/svg'/>"), "text/plain; charset=utf-8"},
        {MR_STR_INIT("\x00\x00\x00\x20"
                     "ftypisom0000"),
         "video/mp4"},
        {MR_STR_INIT("\xc3\x28 no text"), "application/octet-stream"},
        {MR_STR_INIT("a\0b"), "application/octet-stream"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(mr_evidence_type(cases[i].content), cases[i].type);
}

static void test_award_setting__chooses_forms_and_days(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_award_setting setting;
    assert_ok(mr_award_setting_get(w->s, &w->assessor, w->published.org_id, &setting, &err), err);
    assert_true(setting.page_image);
    setting.page_image = false, setting.formats = MR_FORMAT_ELM | MR_FORMAT_OPEN_BADGES;
    struct mr_awarded with_image = award(w, &mette);
    assert_ok(mr_award_setting_save(w->s, &mr_actor_operator, w->published.org_id, &setting, &err), err);
    struct mr_award_fields other = mette;
    other.name = MR_STR("Sukarti");
    struct mr_awarded plain = award(w, &other);
    const char *forms = "SELECT CAST(COUNT(*) AS TEXT) FROM credential WHERE achievement_id = $id";
    const char *size =
        "SELECT CAST(LENGTH(content) AS TEXT) FROM credential WHERE achievement_id = $id AND format = 'elm'";
    assert_str(told(w, forms, with_image.id), "4");
    assert_str(told(w, forms, plain.id), "2");
    assert_true(atoi(told(w, size, plain.id).ptr) * 2 < atoi(told(w, size, with_image.id).ptr));
    setting.remind_days[0] = 7, setting.remind_days[1] = 30;
    assert_code(mr_award_setting_save(w->s, &mr_actor_operator, w->published.org_id, &setting, &err), MR_E_LIMIT, err);
    setting.formats = MR_FORMAT_OPEN_BADGES;
    assert_code(mr_award_setting_save(w->s, &mr_actor_operator, w->published.org_id, &setting, &err), MR_E_UNSUPPORTED,
                err);
}

static void test_numbers__count_what_became_of_it(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_numbers numbers;
    const struct mr_status_order order = {.to = MR_STATUS_REVOKED, .reason = MR_STR("x")};
    mr_str batch = sealed(w, "name,date\nA B,2026-10-01\nC D,2026-11-01\nE F,2026-11-02\n", false);
    assert_ok(mr_status_set(w->s, &w->registrar, links_of(w, batch, 3)[1].achievement_id, &order, &err), err);
    assert_ok(mr_numbers_get(w->s, &w->assessor, &w->a, w->published.slug, &numbers, &err), err);
    assert_int_equal(numbers.total.awarded, 3);
    assert_int_equal(numbers.total.undecided, 3);
    assert_int_equal(numbers.count, 2);
    assert_str(numbers.rows[0].month, "2026-10");
    assert_int_equal(numbers.rows[1].awarded, 2);
    assert_int_equal(numbers.rows[1].revoked, 1);
    assert_int_equal(numbers.claim_percent, 0);
    assert_false(numbers.has_enrolments);
    assert_code(mr_numbers_get(w->s, &w->stranger, &w->a, w->published.slug, &numbers, &err), MR_E_NOT_FOUND, err);
}

/* ---- partners ---- */

#define GUILD "{\"name\":{\"en\":\"Guild of Bakers (invented)\"},\"country\":\"IE\",\"eidas\":\"VATIE-7654321X\"}"

/* Publish a version that names the guild, with its consent; returns the request. */
static mr_str publish_together(struct world *w)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str request, slug, guild, text = test_read_file(&w->a, EXAMPLE), head = MR_STR("\"version\": \"");
    ptrdiff_t at = mr_str_find(text, head);
    mr_db_tx *tx = NULL;
    assert_true(at > 0);
    text = mr_arena_format(&w->a, "%.*s\"awarding_bodies\": [\"provider\", " GUILD "], %.*sx%.*s", (int)at, text.ptr,
                           MR_STR_ARG(head), MR_STR_ARG(mr_str_from(text, (size_t)at + head.len)));
    mr_findings_init(&findings, &w->a);
    assert_ok(mr_db_begin(mr_service_db(w->s), true, &tx, &err), err);
    assert_ok(mr_organisation_ensure(w->s, tx, &w->a, MR_STR("Guild of Bakers (invented)"), &guild, &err), err);
    assert_ok(mr_db_commit(tx, &err), err);
    assert_ok(
        mr_organisation_save(w->s, &w->a, &mr_actor_operator, guild, MR_STR("other"), MR_STR(GUILD), &findings, &err),
        err);
    assert_code(mr_catalogue_publish(w->s, &mr_actor_operator, &w->a, text, &findings, &slug, &err), MR_E_SPECIFICATION,
                err);
    assert_string_equal(findings.items[0].id, "partner.no_consent");
    mr_findings_init(&findings, &w->a);
    clock_now += 1000; /* the newest version is the one that was published last */
    const struct mr_partner_order order = {.org_id = w->published.org_id,
                                           .specification = MR_STR("wound-care-2026"),
                                           .partner = MR_STR("guild-of-bakers-invented")};
    assert_ok(mr_partner_ask(w->s, &w->a, &mr_actor_operator, &order, &findings, &request, &err), err);
    assert_ok(mr_partner_answer(w->s, &w->a, &mr_actor_operator, request, true, &err), err);
    assert_ok(mr_catalogue_publish(w->s, &mr_actor_operator, &w->a, text, &findings, &slug, &err), err);
    assert_ok(mr_catalogue_get(w->s, &w->a, slug, &w->published, &err), err);
    return request;
}

static void test_award__names_nobody_who_has_withdrawn_consent(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_awarded awarded;
    mr_str request = publish_together(w);
    const struct mr_award_order order = {
        .specification = w->published.slug,
        .fields = {.name = MR_STR("Ída Þórsdóttir"), .birth_date = MR_STR("1990-01-02"), .date = MR_STR("2026-11-19")}};
    mr_str before = upload(w, "name\nEiríkur Jónsson\n"), waiting = upload(w, TABLE);
    assert_ok(mr_batch_seal(w->s, &mr_actor_operator, before, false, &err), err);
    mr_batch_wait(w->s);
    assert_int_equal(state_of(w, before), MR_BATCH_SEALED);
    assert_ok(mr_partner_withdraw(w->s, &w->a, &mr_actor_operator, request, &err), err);
    mr_findings_init(&findings, &w->a);
    assert_code(mr_batch_seal(w->s, &mr_actor_operator, waiting, false, &err), MR_E_SPECIFICATION, err);
    assert_string_equal(err.detail, "Guild of Bakers (invented)");
    assert_int_equal(state_of(w, waiting), MR_BATCH_PREVIEW);
    assert_ok(mr_upload_check(w->s, &mr_actor_operator, &w->a, waiting, &findings, &err), err);
    assert_string_equal(findings.items[0].id, "partner.no_consent");
    mr_findings_init(&findings, &w->a);
    assert_code(mr_award(w->s, &mr_actor_operator, &w->a, &order, &findings, &awarded, &err), MR_E_SPECIFICATION, err);
    assert_int_equal(findings.count, 1);
    assert_string_equal(findings.items[0].id, "partner.no_consent");
    assert_int_equal(state_of(w, before), MR_BATCH_SEALED); /* what was awarded stays */
}

/* Consent that ends while a batch waits for its time stops it then. */
static void test_award__consent_is_asked_when_the_time_has_come(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_batch batch;
    mr_str request = publish_together(w);
    mr_str waiting = upload(w, TABLE);
    assert_ok(mr_batch_schedule(w->s, &mr_actor_operator, waiting, clock_now + HOUR_MS, MR_STR("UTC"), false, &err),
              err);
    assert_ok(mr_partner_withdraw(w->s, &w->a, &mr_actor_operator, request, &err), err);
    clock_now += 2 * HOUR_MS;
    mr_batch_wait(w->s);
    assert_ok(mr_batch_get(w->s, &mr_actor_operator, &w->a, waiting, &batch, &err), err);
    assert_int_equal(batch.state, MR_BATCH_FAILED);
    assert_true(mr_str_find(batch.error, MR_STR("Guild of Bakers (invented)")) > 0);
}

int main(void)
{
    mr_log_set_level(MR_LOG_ERROR);
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_award__is_told_in_the_language_of_the_learner),
        T(test_batch_seal__needs_an_assessor_and_another_person),
        T(test_batch_seal__by_one_person_where_the_provider_allows_it),
        T(test_batch_unsign__is_for_who_signed),
        T(test_batch_schedule__seals_then_and_not_before),
        T(test_batch_unschedule__stops_it),
        T(test_batch_mail__goes_to_each_address_once),
        T(test_batch_search__finds_names_in_pages),
        T(test_award__is_there_once_and_durable),
        T(test_award__tells_all_that_is_wrong_and_seals_nothing),
        T(test_award__waits_for_sign_off_of_persons),
        T(test_award__names_nobody_who_has_withdrawn_consent),
        T(test_award__consent_is_asked_when_the_time_has_come),
        T(test_award_replace__seals_anew_and_withdraws_the_old),
        T(test_award_replace__does_not_take_what_another_holds),
        T(test_status_set_many__all_or_none),
        T(test_status_set_batch__goes_through_all_of_it),
        T(test_renewal__reminds_once_each_and_awards_again_near_the_end),
        T(test_batch_seal__renews_from_a_file),
        T(test_validation__leads_to_an_achievement_that_says_so),
        T(test_evidence__is_kept_for_people_with_a_role),
        cmocka_unit_test(test_evidence_type__is_told_by_the_bytes),
        T(test_award_setting__chooses_forms_and_days),
        T(test_numbers__count_what_became_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
