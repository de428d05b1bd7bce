/* Mail, codes on paper and webhooks as use cases, on an installation with demo data whose clock the tests move. What real servers and receivers make of them is
 * tested by tests/interop/mail.py and tests/browser/mail.mjs. */
#include "service/mail.h"
#include "testing_db.h"

#include "base/log.h"
#include "service/award.h"
#include "service/batch.h"
#include "service/claim.h"
#include "service/claim_code.h"
#include "service/demo.h"
#include "service/enrolment.h"
#include "service/event.h"
#include "service/installation.h"
#include "service/jobs.h"
#include "service/people.h"
#include "service/status.h"
#include "service/webhook.h"
#include "store/mail.h"
#include "store/webhook.h"
#include "text/placeholder.h"

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
    mr_str org, achievement, batch;
} w;

static int open_world(void **state)
{
    struct mr_err err = {0};
    bool made;
    struct mr_batch *batches;
    struct mr_claim_link *links;
    struct mr_published published;
    size_t count;
    const char *folder = test_temp_folder();
    clock_now = NOW;
    mr_log_set_level(MR_LOG_ERROR);
    mr_arena_init(&w.a, 256 << 20);
    assert_ok(mr_service_init(folder, &env, &made, &err), err);
    test_use_database(folder);
    const struct mr_service_config config = {.data_folder = folder,
                                             .public_url = "http://127.0.0.1:8400",
                                             .fetch_from = "http://127.0.0.1:9/",
                                             .env = &env,
                                             .database = true};
    assert_ok(mr_service_open(&config, &w.s, &err), err);
    assert_ok(mr_demo_load(w.s, &err), err);
    assert_ok(mr_catalogue_get(w.s, &w.a, MR_STR("wound-care-2026"), &published, &err), err);
    assert_ok(mr_batch_list(w.s, &mr_actor_operator, &w.a, published.id, MR_STR_EMPTY, 100, &batches, &count, &err),
              err);
    assert_ok(mr_batch_search(w.s, &mr_actor_operator, &w.a,
                              &(struct mr_achievement_query){.batch_id = batches[0].id, .limit = 1000}, &links, &count,
                              &err),
              err);
    w.org = published.org_id, w.batch = batches[0].id, w.achievement = links[0].achievement_id;
    return 0;
}
static int close_world(void **state)
{
    mr_service_close(w.s);
    mr_arena_done(&w.a);
    return 0;
}

static const struct mr_actor registrar_elsewhere = {
    .kind = MR_ACTOR_PERSON,
    .id = MR_STR_INIT("p"),
    .org_id = MR_STR_INIT("elsewhere"),
    .grants = (const struct mr_grant[]){{MR_STR_INIT("elsewhere"), (1u << MR_ROLE_COUNT) - 1}},
    .grant_count = 1};

static mr_db_tx *begin(void)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    assert_ok(mr_db_begin(mr_service_db(w.s), true, &tx, &err), err);
    return tx;
}
static void commit(mr_db_tx *tx)
{
    struct mr_err err = {0};
    assert_ok(mr_db_commit(tx, &err), err);
}

static mr_str queue(const char *template_name, const char *to, const char *data)
{
    struct mr_err err = {0};
    mr_str id;
    mr_db_tx *tx = begin();
    const struct mr_mail mail = {.template_name = template_name,
                                 .org_id = w.org,
                                 .to = mr_str_of(to),
                                 .language = MR_STR("da"),
                                 .object_id = w.achievement,
                                 .data = mr_str_of(data)};
    assert_ok(mr_mail_queue(w.s, tx, &w.a, &mail, &id, &err), err);
    commit(tx);
    return id;
}

static size_t count_of(const char *kind)
{
    struct mr_err err = {0};
    struct mr_queued_mail *list;
    size_t count, found = 0;
    assert_ok(
        mr_mail_list(w.s, &mr_actor_operator, &w.a, w.org, MR_MAIL_STATES, MR_STR_EMPTY, 200, &list, &count, &err),
        err);
    for (size_t i = 0; i < count; i++) found += mr_str_is(list[i].kind, kind);
    return found;
}

/* ---- texts ---- */

static void assert_nothing_open(const char *what, mr_str text)
{
    mr_str before, name, rest = text;
    if (mr_placeholder_next(&rest, &before, &name)) fail_msg("%s leaves {%.*s} open", what, MR_STR_ARG(name));
    if (mr_str_find(text, MR_STR("mail.")) >= 0) fail_msg("%s shows a message's name: %.*s", what, MR_STR_ARG(text));
    if (mr_str_find(text, MR_STR("{{")) >= 0) fail_msg("%s has a tag", what);
}

static void test_mail_text__every_kind_in_every_language(void **state)
{
    struct mr_err err = {0};
    size_t count;
    const struct mr_mail_kind *kinds = mr_mail_kinds(&count);
    static const char *const data[] = {
        "", "{}",
        "{\"learner\":\"<b>Ada & "
        "Co</b>\",\"title\":\"T\",\"link\":\"https://x.example/1\",\"until\":\"2030-06-30\",\"code\":\"123\","
        "\"count\":3,\"lang\":\"xx\",\"failed\":\"f\",\"reason\":\"r\",\"starts\":\"2030-01-02\",\"place\":\"p\","
        "\"inviter\":\"i\","
        "\"roles\":\"r\",\"name\":\"n\",\"what\":\"w\",\"device\":\"d\",\"at\":\"2030-01-02T03:04:05Z\",\"answer\":"
        "\"a\"}"};
    for (size_t k = 0; k < count; k++)
        for (const mr_language *const *l = mr_languages(); *l; l++)
            for (size_t d = 0; d < sizeof data / sizeof *data; d++) {
                struct mr_mail_text text;
                const struct mr_mail_source source = {
                    .kind = mr_str_of(kinds[k].name), .language = mr_language_tag(*l), .data = mr_str_of(data[d])};
                assert_ok(mr_mail_text_make(w.s, &w.a, &source, &text, &err), err);
                assert_nothing_open(kinds[k].name, text.subject);
                assert_nothing_open(kinds[k].name, text.text);
                assert_nothing_open(kinds[k].name, text.html);
                assert_true(text.subject.len > 0 && text.text.len > 40 && text.html.len > 200);
                assert_int_equal(mr_str_find(text.html, MR_STR("<b>")), -1);
                if (d == 2 && kinds[k].button[0])
                    assert_true(mr_str_find(text.text, MR_STR("https://x.example/1")) > 0);
            }
}

/* A registrar who is told of a learner is greeted by her own name; a mail to the learner has no other. */
static void test_mail_text__greets_whom_it_is_for(void **state)
{
    static const struct {
        const char *kind, *data, *greeting;
    } cases[] = {
        {"correction", "{\"name\":\"Regitze\",\"learner\":\"Sukarno\",\"title\":\"T\",\"right_name\":\"X\"}",
         "Dear Regitze,"},
        {"claim", "{\"learner\":\"Sukarno\",\"title\":\"T\"}", "Dear Sukarno,"},
    };
    struct mr_err err = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_mail_text text;
        const struct mr_mail_source source = {
            .kind = mr_str_of(cases[i].kind), .language = MR_STR("en"), .data = mr_str_of(cases[i].data)};
        assert_ok(mr_mail_text_make(w.s, &w.a, &source, &text, &err), err);
        if (!mr_str_has_prefix(text.text, mr_str_of(cases[i].greeting)))
            fail_msg("%s begins with: %.*s", cases[i].kind, MR_STR_ARG(text.text));
    }
}

static void test_mail_words__placeholders_are_checked(void **state)
{
    static const struct {
        const char *subject, *introduction;
        int code;
    } cases[] = {{"Hello {learner}", "{title} by {provider}, until {until}", MR_OK},
                 {"", "", MR_OK},
                 {"Hello", "", MR_E_USAGE},
                 {"", "Hello", MR_E_USAGE},
                 {"Hello {link}", "x", MR_E_FORMAT},
                 {"Hello", "{larner}", MR_E_FORMAT},
                 {"Hello\nBcc: x", "x", MR_E_FORMAT},
                 {"{ learner }", "{}", MR_OK}};
    struct mr_err err = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mr_mail_words words = {mr_str_of(cases[i].subject), mr_str_of(cases[i].introduction)};
        int code = mr_mail_words_check(mr_mail_kind_find(MR_STR("claim")), &words, &err);
        if (code != cases[i].code) fail_msg("%s / %s: %d", cases[i].subject, cases[i].introduction, code);
    }
    const struct mr_mail_words fine = {MR_STR("S"), MR_STR("I")};
    assert_int_equal(mr_mail_words_set(w.s, &mr_actor_operator, w.org, MR_STR("sign_in"), MR_STR("en"), &fine, &err),
                     MR_E_NOT_FOUND);
    assert_int_equal(mr_mail_words_set(w.s, &registrar_elsewhere, w.org, MR_STR("claim"), MR_STR("en"), &fine, &err),
                     MR_E_NOT_FOUND);
}

/* ---- the outbox ---- */

static void test_mail__waits_without_a_server_and_belongs_to_its_organisation(void **state)
{
    struct mr_err err = {0};
    struct mr_queued_mail m, *list;
    size_t count;
    mr_str id = queue("claim", "ada@example.org", "{}");
    mr_jobs_wait(w.s);
    assert_ok(mr_mail_get(w.s, &mr_actor_operator, &w.a, id, &m, &err), err);
    assert_int_equal(m.state, MR_MAIL_WAITING);
    assert_int_equal(m.attempts, 0);
    assert_int_equal(mr_mail_get(w.s, &registrar_elsewhere, &w.a, id, &m, &err), MR_E_NOT_FOUND);
    assert_int_equal(mr_mail_again(w.s, &registrar_elsewhere, id, MR_STR_EMPTY, &err), MR_E_NOT_FOUND);
    assert_int_equal(
        mr_mail_list(w.s, &registrar_elsewhere, &w.a, w.org, MR_MAIL_STATES, MR_STR_EMPTY, 9, &list, &count, &err),
        MR_E_NOT_FOUND);
    assert_int_equal(mr_mail_again(w.s, &mr_actor_operator, id, MR_STR("no address"), &err), MR_E_FORMAT);
    mr_db_tx *tx = begin();
    const struct mr_mail bad = {.template_name = "claim", .to = MR_STR("a@example.org\r\nBcc: b@example.org")};
    assert_int_equal(mr_mail_queue(w.s, tx, &w.a, &bad, NULL, &err), MR_E_FORMAT);
    mr_db_rollbackp(&tx);
}

static void settle(mr_str id, const char *to)
{
    struct mr_err err = {0};
    struct mr_mail_row row;
    mr_db_tx *tx = begin();
    assert_ok(mr_store_mail_find(tx, &w.a, id, &row, &err), err);
    const struct mr_mail_outcome outcome = {.state = to, .now = clock_now, .next_at = clock_now};
    assert_ok(mr_store_mail_settle(tx, &row, &outcome, &err), err);
    commit(tx);
}

static void test_mail__what_was_sent_is_made_anew_for_the_next_sending(void **state)
{
    struct mr_err err = {0};
    struct mr_mail_row row;
    bool returned;
    mr_str id = queue("claim", "ada@example.org", "{\"link\":\"old\"}");
    settle(id, "sent");
    assert_ok(mr_mail_again(w.s, &mr_actor_operator, id, MR_STR("new@example.org"), &err), err);
    mr_db_tx *tx = begin();
    assert_ok(mr_store_mail_find(tx, &w.a, id, &row, &err), err);
    assert_str(row.recipient, "new@example.org");
    assert_str(row.state, "waiting");
    assert_int_equal(row.round, 1);
    assert_true(mr_str_find(row.data, w.achievement) > 0);
    assert_ok(mr_store_mail_return(tx, id, 0, MR_STR("late"), &returned, &err), err);
    assert_false(returned); /* a report about the first sending, and the second waits */
    commit(tx);
    mr_str other = queue("sign_in", "ada@example.org", "{\"link\":\"secret\"}");
    settle(other, "sent");
    assert_int_equal(mr_mail_again(w.s, &mr_actor_operator, other, MR_STR_EMPTY, &err), MR_E_STATE);
}

static void wait_days(int64_t days)
{
    __atomic_add_fetch(&clock_now, days * MR_DAY_MS, __ATOMIC_RELAXED);
    mr_jobs_wait(w.s);
}

static void test_reminders__come_after_a_week_and_a_month_and_can_be_stopped(void **state)
{
    struct mr_err err = {0};
    settle(queue("claim", "ada@example.org", "{}"), "sent");
    wait_days(6);
    assert_int_equal(count_of("reminder"), 0);
    wait_days(2);
    assert_int_equal(count_of("reminder"), 1);
    wait_days(8);
    assert_int_equal(count_of("reminder"), 1); /* the second comes after a month */
    wait_days(16);
    assert_int_equal(count_of("reminder"), 2);
    wait_days(8);
    assert_int_equal(count_of("reminder"), 2);
    mr_str path = mr_mail_stop_path(w.s, &w.a, queue("claim", "Ada@Example.org", "{}")), part, id = {0}, mac = {0};
    while (mr_str_split(&path, '/', &part)) id = mac, mac = part;
    assert_int_equal(mr_mail_stop(w.s, id, MR_STR("x"), &err), MR_E_NOT_FOUND);
    assert_ok(mr_mail_stop(w.s, id, mac, &err), err);
    assert_int_equal(queue("reminder", "ada@example.org", "{}").len, 0);
    assert_int_equal(queue("claim", "ada@example.org", "{}").len, 36);
    assert_int_equal(queue("reminder", "bo@example.org", "{}").len, 36);
}

static void test_reminders__not_where_the_provider_wants_none(void **state)
{
    struct mr_err err = {0};
    size_t before = count_of("reminder");
    assert_ok(mr_mail_set_reminds(w.s, &mr_actor_operator, w.org, false, &err), err);
    settle(queue("claim", "cy@example.org", "{}"), "sent");
    wait_days(70);
    assert_int_equal(count_of("reminder"), before);
    assert_ok(mr_mail_set_reminds(w.s, &mr_actor_operator, w.org, true, &err), err);
    wait_days(1);
    assert_int_equal(count_of("reminder"), before + 1);
    wait_days(10); /* the second, after a month and more */
    wait_days(10);
    assert_int_equal(count_of("reminder"), before + 2);
    wait_days(182 - 91 - 6); /* the week before the end */
    assert_int_equal(count_of("reminder"), before + 3);
    wait_days(7);
    assert_int_equal(count_of("reminder"), before + 3);
}

/* ---- codes ---- */

static void test_claim_code__is_forgiving_and_sees_every_slip_of_the_hand(void **state)
{
    char code[MR_CLAIM_CODE + 1], typed[MR_CLAIM_CODE + 1], again[MR_CLAIM_CODE + 1];
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (int round = 0; round < 20; round++) {
        mr_claim_code_make(&env, code);
        assert_int_equal(strspn(code, alphabet), MR_CLAIM_CODE);
        assert_true(mr_claim_code_read(mr_claim_code_show(&w.a, code), again));
        assert_string_equal(again, code);
        for (size_t i = 0; i < MR_CLAIM_CODE; i++) {
            for (const char *c = alphabet; *c; c++) {
                memcpy(typed, code, sizeof typed);
                typed[i] = *c;
                assert_true(mr_claim_code_read(mr_str_of(typed), again) == (*c == code[i]));
            }
            for (size_t k = i + 1; k < MR_CLAIM_CODE; k++) {
                memcpy(typed, code, sizeof typed);
                typed[i] = code[k], typed[k] = code[i];
                assert_true(mr_claim_code_read(mr_str_of(typed), again) == (code[k] == code[i]));
            }
        }
    }
    memset(code, '0', MR_CLAIM_CODE); /* whose sum is 0 */
    assert_true(mr_claim_code_read(MR_STR("oooo-0000 OOOO\t0000"), again));
    assert_string_equal(again, code);
    static const char *const bad[] = {
        "", "0000", "00000000000000000", "000000000000000U", "0000000000000000\0", "æ000000000000000"};
    for (size_t i = 0; i < 4; i++) assert_false(mr_claim_code_read(mr_str_of(bad[i]), again));
    assert_false(mr_claim_code_read(mr_str_make("000000000000000\0", 16), again));
    assert_false(mr_claim_code_read(mr_str_of(bad[5]), again));
}

static void test_claim_codes__lead_to_the_claim_until_made_anew(void **state)
{
    struct mr_err err = {0};
    struct mr_claim_slip *first, *second;
    size_t count, again;
    bool more;
    mr_str path;
    clock_now = NOW;
    assert_int_equal(
        mr_claim_codes_make(w.s, &registrar_elsewhere, &w.a, w.batch, true, 0, &first, &count, &more, &err),
        MR_E_NOT_FOUND);
    assert_ok(mr_claim_codes_make(w.s, &mr_actor_operator, &w.a, w.batch, true, 0, &first, &count, &more, &err), err);
    assert_true(count > 2 && !more);
    assert_ok(mr_claim_code_open(w.s, &w.a, first[0].code, MR_STR("10.0.0.1"), &path, &err), err);
    assert_true(mr_str_eq(path, mr_claim_path(w.s, &w.a, first[0].achievement_id, 0)));
    assert_ok(mr_claim_codes_make(w.s, &mr_actor_operator, &w.a, w.batch, true, first[0].row_number, &second, &again,
                                  &more, &err),
              err);
    assert_int_equal(again, count - 1); /* only those behind the first */
    assert_ok(mr_claim_code_open(w.s, &w.a, first[0].code, MR_STR("10.0.0.1"), &path, &err), err);
    assert_int_equal(mr_claim_code_open(w.s, &w.a, first[1].code, MR_STR("10.0.0.1"), &path, &err), MR_E_NOT_FOUND);
    assert_ok(mr_claim_code_open(w.s, &w.a, second[0].code, MR_STR("10.0.0.1"), &path, &err), err);
    clock_now = first[0].until + 1;
    assert_int_equal(mr_claim_code_open(w.s, &w.a, first[0].code, MR_STR("10.0.0.1"), &path, &err), MR_E_STATE);
    clock_now = NOW;
    char wrong[MR_CLAIM_CODE + 1];
    for (int i = 0; i < MR_LIMIT_CLAIM_TRIES; i++) {
        mr_claim_code_make(&env, wrong);
        assert_int_equal(mr_claim_code_open(w.s, &w.a, mr_str_of(wrong), MR_STR("10.0.0.2"), &path, &err),
                         MR_E_NOT_FOUND);
    }
    assert_int_equal(mr_claim_code_open(w.s, &w.a, first[0].code, MR_STR("10.0.0.2"), &path, &err), MR_E_LIMIT);
    assert_ok(mr_claim_code_open(w.s, &w.a, first[0].code, MR_STR("10.0.0.3"), &path, &err), err);
    clock_now = NOW + MR_LIMIT_CLAIM_TRIES_MS;
    assert_ok(mr_claim_code_open(w.s, &w.a, first[0].code, MR_STR("10.0.0.2"), &path, &err), err);
    clock_now = NOW;
}

/* ---- webhooks ---- */

/* From the tests of the reference libraries of Standard Webhooks. */
static void test_webhook_sign__known_answer(void **state)
{
    struct mr_err err = {0};
    mr_str signature;
    assert_ok(mr_webhook_sign(&w.a, MR_STR("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                              MR_STR("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330, MR_STR("{\"test\": 2432232314}"),
                              &signature, &err),
              err);
    assert_str(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

static void test_webhook__its_address_and_events_are_checked(void **state)
{
    static const struct {
        const char *url, *events, *contact, *pointer;
    } cases[] = {{"http://hooks.example.org/", "batch.sealed", "", "/url"},
                 {"https://hooks.example.org/\r\nX: y", "batch.sealed", "", "/url"},
                 {"ftp://hooks.example.org/", "batch.sealed", "", "/url"},
                 {"http://127.0.0.1:9@evil.example/", "batch.sealed", "", "/url"},
                 {"https://hooks.example.org/", "", "", "/events"},
                 {"https://hooks.example.org/", "batch.sealed no.such", "", "/events"},
                 {"https://hooks.example.org/", "batch.sealed", "nobody", "/contact"}};
    struct mr_err err = {0};
    mr_str id, secret;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mr_webhook hook = {.url = mr_str_of(cases[i].url),
                                        .events = mr_str_of(cases[i].events),
                                        .contact = mr_str_of(cases[i].contact)};
        int code = mr_webhook_add(w.s, &mr_actor_operator, &w.a, w.org, &hook, &id, &secret, &err);
        if (code != MR_E_FORMAT || strcmp(err.pointer, cases[i].pointer) != 0)
            fail_msg("%s, %s: %d %s", cases[i].url, cases[i].events, code, err.pointer);
    }
}

static mr_str happen(const char *type)
{
    struct mr_err err = {0};
    mr_db_tx *tx = begin();
    assert_ok(mr_event(w.s, tx, w.org, type, w.achievement, MR_STR("\"n\":1"), &err), err);
    commit(tx);
    return w.achievement;
}

static mr_str a_person(const char *email, const char *language, unsigned roles)
{
    struct mr_err err = {0};
    mr_str id;
    const struct mr_new_person person = {.email = mr_str_of(email),
                                         .name = MR_STR("Mette Test"),
                                         .language = mr_str_of(language),
                                         .password = MR_STR("a long invented sentence 7"),
                                         .org = w.org,
                                         .roles = roles};
    assert_ok(mr_people_add(w.s, &w.a, &person, &id, &err), err);
    return id;
}

static struct mr_queued_mail mail_to(const char *kind, const char *to)
{
    struct mr_err err = {0};
    struct mr_queued_mail *list;
    size_t count;
    assert_ok(
        mr_mail_list(w.s, &mr_actor_operator, &w.a, w.org, MR_MAIL_STATES, MR_STR_EMPTY, 200, &list, &count, &err),
        err);
    for (size_t i = 0; i < count; i++)
        if (mr_str_is(list[i].kind, kind) && mr_str_is(list[i].to, to)) return list[i];
    fail_msg("no mail %s to %s", kind, to);
    return (struct mr_queued_mail){0};
}

/* The receiver is not there (nothing listens on port 9): three days in vain, then it is switched off, its events wait, and somebody is told. */
static void test_webhook__is_switched_off_after_three_days_and_its_events_wait(void **state)
{
    struct mr_err err = {0};
    struct mr_webhook now;
    struct mr_delivery *list;
    size_t count;
    mr_str id, secret, secret2;
    const struct mr_webhook hook = {.url = MR_STR("http://127.0.0.1:9/hook"),
                                    .events = MR_STR("achievement.awarded batch.sealed"),
                                    .contact = MR_STR("ops@example.org")};
    a_person("admin@example.org", "da", 1u << MR_ROLE_ADMINISTRATOR);
    assert_ok(mr_webhook_add(w.s, &mr_actor_operator, &w.a, w.org, &hook, &id, &secret, &err), err);
    assert_int_equal(mr_webhook_get(w.s, &registrar_elsewhere, &w.a, id, &now, &err), MR_E_NOT_FOUND);
    happen("achievement.awarded");
    happen("achievement.claimed"); /* not wanted */
    mr_jobs_wait(w.s);
    assert_ok(mr_webhook_deliveries(w.s, &mr_actor_operator, &w.a, id, MR_STR_EMPTY, 50, &list, &count, &err), err);
    assert_int_equal(count, 1);
    assert_str(list[0].type, "achievement.awarded");
    assert_int_equal(list[0].state, MR_DELIVERY_WAITS);
    assert_int_equal(list[0].attempts, 1);
    assert_int_equal(list[0].next_at, clock_now + 60000);
    for (int i = 0; i < 10; i++)
        wait_days(0), __atomic_add_fetch(&clock_now, 12 * 3600000, __ATOMIC_RELAXED), mr_jobs_wait(w.s);
    assert_ok(mr_webhook_get(w.s, &mr_actor_operator, &w.a, id, &now, &err), err);
    assert_int_equal(now.state, MR_WEBHOOK_DISABLED);
    assert_int_equal(count_of("webhook_disabled"), 2);
    assert_str(mail_to("webhook_disabled", "admin@example.org").language, "da");
    mail_to("webhook_disabled", "ops@example.org");
    happen("batch.sealed");
    mr_jobs_wait(w.s);
    assert_ok(mr_webhook_deliveries(w.s, &mr_actor_operator, &w.a, id, MR_STR_EMPTY, 50, &list, &count, &err), err);
    assert_int_equal(count, 2);
    assert_int_equal(list[0].attempts, 0); /* it waits */
    assert_ok(mr_webhook_new_secret(w.s, &mr_actor_operator, &w.a, id, &secret2, &err), err);
    assert_false(mr_str_eq(secret, secret2));
    assert_ok(mr_webhook_set_state(w.s, &mr_actor_operator, id, MR_WEBHOOK_ACTIVE, &err), err);
    mr_jobs_wait(w.s);
    assert_ok(mr_webhook_deliveries(w.s, &mr_actor_operator, &w.a, id, MR_STR_EMPTY, 50, &list, &count, &err), err);
    assert_true(list[0].attempts + list[1].attempts >
                0); /* tried again at once; the first to fail puts the other off */
    assert_ok(mr_webhook_remove(w.s, &mr_actor_operator, id, &err), err);
    assert_int_equal(mr_webhook_get(w.s, &mr_actor_operator, &w.a, id, &now, &err), MR_E_NOT_FOUND);
}

static mr_str seal_as(const struct mr_actor *actor, const char *name, mr_str table)
{
    struct mr_err err = {0};
    struct mr_batch b;
    mr_str id;
    const struct mr_upload upload = {
        .specification_id = MR_STR("wound-care-2026"), .file_name = mr_str_of(name), .content = table};
    assert_ok(mr_upload_add(w.s, &mr_actor_operator, &w.a, &upload, &id, &err), err);
    assert_ok(mr_batch_sign(w.s, &mr_actor_operator, id, &err), err);
    assert_ok(mr_batch_seal(w.s, actor, id, false, &err), err);
    mr_batch_wait(w.s);
    assert_ok(mr_batch_get(w.s, &mr_actor_operator, &w.a, id, &b, &err), err);
    assert_int_equal(b.state, MR_BATCH_SEALED);
    return id;
}

/* What one thing that happens puts on its way, with its data. */
static void assert_event(const char *type, mr_str object_id, const char *data)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    mr_db_tx *tx = begin();
    assert_ok(mr_db_query(tx, "SELECT payload FROM event WHERE type = $type AND object_id = $id",
                          MR_DB_ARGS(MR_DB_T("type", mr_str_of(type)), MR_DB_T("id", object_id)), &c, &err),
              err);
    assert_ok(mr_db_next(c, &row, &err), err);
    if (!row) fail_msg("no event %s", type);
    if (mr_str_find(mr_db_text(c, 0), mr_str_of(data)) < 0)
        fail_msg("%s: %.*s, wanted %s", type, MR_STR_ARG(mr_db_text(c, 0)), data);
    mr_db_cursor_closep(&c);
    c = NULL;
    mr_db_rollback(tx);
}

static void test_events__are_told_in_the_transaction_of_what_happened(void **state)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_published published;
    struct mr_claim_link *links;
    struct mr_awarded awarded;
    mr_str id, secret, slug, enrolment;
    size_t count;
    const struct mr_webhook hook = {
        .url = MR_STR("http://127.0.0.1:9/hook"),
        .events = MR_STR("achievement.awarded batch.sealed achievement.status specification.published "
                         "enrolment.created achievement.claimed achievement.declined")};
    assert_ok(mr_webhook_add(w.s, &mr_actor_operator, &w.a, w.org, &hook, &id, &secret, &err), err);
    mr_str batch = seal_as(&mr_actor_operator, "results.csv", MR_STR("name\nNew Learner\nOther Learner\n"));
    assert_event("batch.sealed", batch, "\"sealed\":2");
    assert_ok(mr_batch_search(w.s, &mr_actor_operator, &w.a,
                              &(struct mr_achievement_query){.batch_id = batch, .limit = 1000}, &links, &count, &err),
              err);
    for (size_t i = 0; i < 2; i++) assert_event("achievement.awarded", links[i].achievement_id, batch.ptr);
    const struct mr_status_order order = {.to = MR_STATUS_SUSPENDED, .reason = MR_STR("kept inside")};
    assert_ok(mr_status_set(w.s, &mr_actor_operator, links[0].achievement_id, &order, &err), err);
    assert_event("achievement.status", links[0].achievement_id, "\"status\":\"suspended\"}");
    mr_findings_init(&findings, &w.a);
    const struct mr_award_order award = {.specification = MR_STR("wound-care-2026"),
                                         .fields = {.name = MR_STR("Third Learner")}};
    assert_ok(mr_award(w.s, &mr_actor_operator, &w.a, &award, &findings, &awarded, &err), err);
    assert_event("achievement.awarded", awarded.id, "\"specification\":");
    const struct mr_enrolment_new learner = {.specification = MR_STR("wound-care-2026"),
                                             .full_name = MR_STR("Fourth Learner")};
    assert_ok(mr_enrolment_add(w.s, &mr_actor_operator, &w.a, &learner, "hand", &findings, &enrolment, &err), err);
    assert_event("enrolment.created", enrolment, "\"state\":\"enrolled\",\"source\":\"hand\"");
    mr_str document = test_read_file(&w.a, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json"),
           old = MR_STR("2026.1\"");
    ptrdiff_t at = mr_str_find(document, old);
    document = mr_arena_format(&w.a, "%.*s2026.2\"%.*s", (int)at, document.ptr,
                               MR_STR_ARG(mr_str_from(document, (size_t)at + old.len)));
    __atomic_add_fetch(&clock_now, 1000, __ATOMIC_RELAXED);
    assert_ok(mr_catalogue_publish(w.s, &mr_actor_operator, &w.a, document, &findings, &slug, &err), err);
    assert_ok(mr_catalogue_get(w.s, &w.a, slug, &published, &err), err);
    assert_event("specification.published", published.id, "\"slug\":\"wound-care-2026\",\"version\":\"2026.2\"");
}

/* Many rows go through several threads: in the order of the table, all of them, once; and who had them sealed is told. */
static void test_batch__tells_who_sealed_it_when_it_is_done(void **state)
{
    enum { ROWS = 200 };
    struct mr_err err = {0};
    struct mr_claim_link *links;
    size_t count;
    MR_CLEANUP(mr_buf_done) mr_buf table;
    const struct mr_grant grant = {w.org, 1u << MR_ROLE_REGISTRAR};
    const struct mr_actor registrar = {.kind = MR_ACTOR_PERSON,
                                       .id = a_person("mette@example.org", "da", grant.roles),
                                       .org_id = w.org,
                                       .grants = &grant,
                                       .grant_count = 1};
    w.s->seal_threads = 4;
    mr_buf_init(&table, MR_MIB);
    mr_buf_puts(&table, "name\n");
    for (int i = 0; i < ROWS; i++) mr_buf_put(&table, mr_arena_format(&w.a, "Learner %03d\n", i));
    mr_str id = seal_as(&registrar, "two-hundred.csv", mr_buf_str(&table));
    assert_ok(mr_batch_search(w.s, &mr_actor_operator, &w.a,
                              &(struct mr_achievement_query){.batch_id = id, .limit = 1000}, &links, &count, &err),
              err);
    assert_int_equal(count, ROWS);
    for (int i = 0; i < ROWS; i++) {
        assert_str(links[i].learner, mr_arena_format(&w.a, "Learner %03d", i).ptr);
        assert_int_equal(links[i].place.row_number, i + 2);
    }
    struct mr_queued_mail mail = mail_to("batch_done", "mette@example.org");
    assert_str(mail.language, "da");
    assert_str(mail.object_id, id.ptr);
    assert_int_equal(count_of("batch_done"), 1);
    assert_int_equal(mr_batch_get(w.s, &registrar_elsewhere, &w.a, id, &(struct mr_batch){0}, &err), MR_E_NOT_FOUND);
}

int main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(test_mail_text__every_kind_in_every_language),
        WITH_WORLD(test_mail_text__greets_whom_it_is_for),
        WITH_WORLD(test_mail_words__placeholders_are_checked),
        WITH_WORLD(test_mail__waits_without_a_server_and_belongs_to_its_organisation),
        WITH_WORLD(test_mail__what_was_sent_is_made_anew_for_the_next_sending),
        WITH_WORLD(test_reminders__come_after_a_week_and_a_month_and_can_be_stopped),
        WITH_WORLD(test_reminders__not_where_the_provider_wants_none),
        WITH_WORLD(test_claim_code__is_forgiving_and_sees_every_slip_of_the_hand),
        WITH_WORLD(test_claim_codes__lead_to_the_claim_until_made_anew),
        WITH_WORLD(test_webhook_sign__known_answer),
        WITH_WORLD(test_webhook__its_address_and_events_are_checked),
        WITH_WORLD(test_webhook__is_switched_off_after_three_days_and_its_events_wait),
        WITH_WORLD(test_events__are_told_in_the_transaction_of_what_happened),
        WITH_WORLD(test_batch__tells_who_sealed_it_when_it_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
