/* People, invitations, sessions and signing in, over a real database with a clock that the test holds. */
#include "service/people.h"
#include "testing_db.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/key.h"
#include "crypto/one_time_code.h"
#include "service/account.h"
#include "service/demo.h"
#include "service/oidc.h"
#include "service/password_rules.h"
#include "service/sign_in.h"

#include <pthread.h>

#define PASSWORD MR_STR("fire graa katte sover")
#define MINUTE 60000

static int64_t clock_now;
static int64_t tell(void *self)
{
    (void)self;
    return clock_now;
}
static void chance(void *self, void *out, size_t size)
{
    (void)self;
    mr_env_random(mr_env_system(), out, size);
}

struct world {
    mr_arena a;
    mr_env env;
    mr_service *s;
    mr_str org, other; /* two organisations */
    struct mr_visitor v;
};

static int set_up(void **state)
{
    struct mr_err err = {0};
    struct world *w = calloc(1, sizeof *w);
    bool made;
    clock_now = INT64_C(1795132800000);
    mr_arena_init(&w->a, 256 << 20);
    w->env = (mr_env){.now = tell, .random = chance};
    const char *folder = test_temp_folder();
    assert_ok(mr_service_init(folder, &w->env, &made, &err), err);
    test_use_database(folder);
    const struct mr_service_config config = {
        .data_folder = folder, .public_url = "https://merit.example.org", .env = &w->env, .database = true};
    assert_ok(mr_service_open(&config, &w->s, &err), err);
    assert_ok(mr_people_add_organisation(w->s, &w->a, &mr_actor_operator, MR_STR("Nordskolen"),
                                         MR_STR("first@example.org"), MR_STR("en"), &w->org, &err),
              err);
    assert_ok(mr_people_add_organisation(w->s, &w->a, &mr_actor_operator, MR_STR("Sydskolen"),
                                         MR_STR("second@example.org"), MR_STR("en"), &w->other, &err),
              err);
    w->v = (struct mr_visitor){.address = MR_STR("192.0.2.1"), .agent = MR_STR("Firefox, Linux")};
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

/* The member of the newest mail to somebody; empty: there is none. */
static mr_str mailed(struct world *w, const char *to, const char *template_name, const char *member)
{
    struct mr_err err = {0};
    mr_db_tx *tx;
    mr_str found = MR_STR_EMPTY;
    assert_ok(mr_db_begin(mr_service_db(w->s), false, &tx, &err), err);
    {
        MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
        bool row;
        assert_ok(
            mr_db_query(tx, "SELECT data FROM mail WHERE recipient = $to AND template = $t ORDER BY id DESC LIMIT 1",
                        MR_DB_ARGS(MR_DB_T("to", mr_str_of(to)), MR_DB_T("t", mr_str_of(template_name))), &c, &err),
            err);
        assert_ok(mr_db_next(c, &row, &err), err);
        if (row) {
            const mr_json *data;
            assert_ok(mr_json_parse(&w->a, mr_arena_dup(&w->a, mr_db_text(c, 0)), NULL, &data, &err), err);
            found = mr_json_get_str(data, member);
        }
    }
    mr_db_rollback(tx);
    clock_now++; /* what is mailed from now on is newer */
    return found;
}
static int64_t count_mails(struct world *w, const char *to)
{
    struct mr_err err = {0};
    mr_db_tx *tx;
    int64_t n;
    assert_ok(mr_db_begin(mr_service_db(w->s), false, &tx, &err), err);
    {
        MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
        bool row;
        assert_ok(mr_db_query(tx, "SELECT COUNT(*) FROM mail WHERE recipient = $to",
                              MR_DB_ARGS(MR_DB_T("to", mr_str_of(to))), &c, &err),
                  err);
        assert_ok(mr_db_next(c, &row, &err), err);
        n = mr_db_int(c, 0);
    }
    mr_db_rollback(tx);
    return n;
}
static mr_str last_part(mr_str url)
{
    mr_str part, last = MR_STR_EMPTY;
    while (mr_str_split(&url, '/', &part)) last = part;
    return last;
}

static mr_str add(struct world *w, const char *email, unsigned roles, mr_str password)
{
    struct mr_err err = {0};
    mr_str id;
    const struct mr_new_person p = {.email = mr_str_of(email),
                                    .name = MR_STR("Sólrún"),
                                    .language = MR_STR("en"),
                                    .org = w->org,
                                    .roles = roles,
                                    .password = password};
    assert_ok(mr_people_add(w->s, &w->a, &p, &id, &err), err);
    return id;
}

static struct mr_sign_in try_password(struct world *w, const char *email, mr_str password)
{
    struct mr_err err = {0};
    struct mr_sign_in r;
    assert_ok(mr_sign_in_password(w->s, &w->a, &w->v, mr_str_of(email), password, &r, &err), err);
    return r;
}
static struct mr_sign_in try_second(struct world *w, const char *token, mr_str code)
{
    struct mr_err err = {0};
    struct mr_sign_in r;
    assert_ok(mr_sign_in_second(w->s, &w->a, &w->v, mr_str_of(token), code, &r, &err), err);
    return r;
}
static struct mr_sign_in try_link(struct world *w, mr_str token)
{
    struct mr_err err = {0};
    struct mr_sign_in r;
    assert_ok(mr_sign_in_link(w->s, &w->a, &w->v, token, &r, &err), err);
    return r;
}
static struct mr_session open_session(struct world *w, const char *token)
{
    struct mr_err err = {0};
    struct mr_session session;
    assert_ok(mr_session_open(w->s, &w->a, mr_str_of(token), &session, &err), err);
    return session;
}
/* Signed in by the operator's kind of link. */
static struct mr_sign_in enter(struct world *w, const char *email)
{
    struct mr_err err = {0};
    mr_str path;
    assert_ok(mr_sign_in_link_make(w->s, &w->a, mr_str_of(email), &path, &err), err);
    struct mr_sign_in r = try_link(w, last_part(path));
    assert_int_equal(r.state, MR_SIGN_IN_DONE);
    return r;
}

/* ---- passwords ---- */

static void test_password_fault__refuses_short_common_and_own_ones(void **state)
{
    (void)state;
    static const struct {
        const char *password, *fault;
    } cases[] = {
        {"short", "short"},
        {"elleve tegn", "short"},
        {"ååååååååååå", "short"},
        {"password1234", "common"},
        {"PassWord1234", "common"},
        {"aaaaaaaaaaaaaa", "common"},
        {"abcdefghijklmnop", "common"},
        {"sigrid@example.org", "own"},
        {"SIGRID@example.org", "own"},
        {"sigrid astrup kro", "own"},
        {"fire graa katte sover", NULL},
        {"correcthorsebatterystaple", "common"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got =
            mr_password_fault(mr_str_of(cases[i].password), MR_STR("sigrid@example.org"), MR_STR("Sigrid Astrup Kro"));
        if ((got == NULL) != (cases[i].fault == NULL) || (got && strcmp(got, cases[i].fault) != 0))
            fail_msg("%s: got %s, wanted %s", cases[i].password, got ? got : "-",
                     cases[i].fault ? cases[i].fault : "-");
    }
}

static void test_sign_in__needs_password_and_mailed_code(void **state)
{
    struct world *w = *state;
    add(w, "solrun@example.org", 1u << MR_ROLE_REGISTRAR, PASSWORD);
    assert_int_equal(try_password(w, "solrun@example.org", MR_STR("another password")).state, MR_SIGN_IN_WRONG);
    struct mr_sign_in step = try_password(w, " Solrun@Example.org ", PASSWORD);
    assert_int_equal(step.state, MR_SIGN_IN_MAIL);
    assert_int_equal(open_session(w, step.token).actor.kind, MR_ACTOR_STRANGER); /* a second step is no session */
    mr_str code = mailed(w, "solrun@example.org", "sign_in_code", "code");
    assert_int_equal(code.len, 6);
    assert_int_equal(try_second(w, step.token, MR_STR("12345")).state, MR_SIGN_IN_WRONG);
    struct mr_sign_in in = try_second(w, step.token, code);
    assert_int_equal(in.state, MR_SIGN_IN_DONE);
    struct mr_session session = open_session(w, in.token);
    assert_int_equal(session.actor.kind, MR_ACTOR_PERSON);
    assert_str(session.actor.org_id, w->org.ptr);
    assert_true(session.fresh);
    assert_true(mr_actor_may(&session.actor, MR_MAY_BATCH_SEAL));
    assert_false(mr_actor_may(&session.actor, MR_MAY_MEMBER_EDIT));
    assert_int_equal(try_second(w, step.token, code).state, MR_SIGN_IN_OVER); /* once */
}

static void test_sign_in__second_step_ends_after_five_tries_and_in_time(void **state)
{
    struct world *w = *state;
    add(w, "solrun@example.org", 1, PASSWORD);
    struct mr_sign_in step = try_password(w, "solrun@example.org", PASSWORD);
    mr_str code = mailed(w, "solrun@example.org", "sign_in_code", "code");
    for (int i = 0; i < MR_LIMIT_SECOND_STEP_TRIES; i++)
        assert_int_equal(try_second(w, step.token, MR_STR("x")).state, MR_SIGN_IN_WRONG);
    assert_int_equal(try_second(w, step.token, code).state, MR_SIGN_IN_OVER);
    clock_now += MR_LIMIT_LOCK_MS;
    step = try_password(w, "solrun@example.org", PASSWORD);
    code = mailed(w, "solrun@example.org", "sign_in_code", "code");
    clock_now += MR_LIMIT_SIGN_IN_LINK_MS + 1;
    assert_int_equal(try_second(w, step.token, code).state, MR_SIGN_IN_OVER);
}

static void test_sign_in__answers_alike_for_nobody(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    add(w, "solrun@example.org", 1, PASSWORD);
    for (int i = 0; i < 12; i++) {
        struct mr_sign_in somebody = try_password(w, "solrun@example.org", MR_STR("wrong wrong wrong"));
        struct mr_sign_in nobody = try_password(w, "nobody@example.org", MR_STR("wrong wrong wrong"));
        assert_int_equal(somebody.state, nobody.state);
        assert_int_equal(somebody.wait_ms, nobody.wait_ms);
        assert_string_equal(somebody.token, nobody.token);
    }
    assert_ok(mr_sign_in_link_send(w->s, &w->a, &w->v, MR_STR("nobody@example.org"), false, MR_STR_EMPTY, &err), err);
    assert_int_equal(count_mails(w, "nobody@example.org"), 0);
}

static void test_sign_in__waits_longer_each_time_and_never_for_good(void **state)
{
    struct world *w = *state;
    int64_t longest = 0, before = 0;
    add(w, "solrun@example.org", 1, PASSWORD);
    for (int i = 0; i < 40; i++) {
        w->v.address = mr_arena_format(&w->a, "192.0.2.%d", i); /* the account waits, wherever it is asked from */
        struct mr_sign_in r = try_password(w, "solrun@example.org", MR_STR("wrong wrong wrong"));
        if (i < MR_LIMIT_LOCK_FREE_ACCOUNT) assert_int_equal(r.state, MR_SIGN_IN_WRONG);
        r = try_password(w, "solrun@example.org", PASSWORD);
        if (r.state != MR_SIGN_IN_WAIT) {
            assert_true(i < MR_LIMIT_LOCK_FREE_ACCOUNT);
            continue;
        }
        assert_true(r.wait_ms >= before); /* the right password waits, too */
        before = r.wait_ms;
        longest = r.wait_ms > longest ? r.wait_ms : longest;
        clock_now += r.wait_ms;
    }
    assert_int_equal(longest, MR_LIMIT_LOCK_MS);
    assert_int_equal(try_password(w, "solrun@example.org", PASSWORD).state, MR_SIGN_IN_MAIL);
    enter(w, "solrun@example.org"); /* a link works meanwhile, and clears the account */
}

static void test_sign_in__makes_an_address_wait(void **state)
{
    struct world *w = *state;
    add(w, "solrun@example.org", 1, PASSWORD);
    for (int i = 0; i <= MR_LIMIT_LOCK_FREE_ADDRESS; i++)
        try_password(w, mr_arena_format(&w->a, "guess%d@example.org", i).ptr, MR_STR("wrong wrong wrong"));
    assert_int_equal(try_password(w, "solrun@example.org", PASSWORD).state, MR_SIGN_IN_WAIT);
    w->v.address = MR_STR("192.0.2.77");
    assert_int_equal(try_password(w, "solrun@example.org", PASSWORD).state, MR_SIGN_IN_MAIL);
}

/* ---- links ---- */

static void test_link__signs_in_once_and_in_time(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    bool good;
    add(w, "solrun@example.org", 1, MR_STR_EMPTY);
    assert_ok(mr_sign_in_link_send(w->s, &w->a, &w->v, MR_STR("SOLRUN@example.org"), false, MR_STR("/provider"), &err),
              err);
    mr_str link = mailed(w, "solrun@example.org", "sign_in", "link");
    assert_true(mr_str_has_prefix(link, MR_STR("https://merit.example.org/sign-in/link/")));
    mr_str rest = last_part(mr_str_make(link.ptr, (size_t)mr_str_find_char(link, '?')));
    assert_ok(mr_sign_in_link_check(w->s, &w->a, rest, &good, &err), err);
    assert_true(good);
    assert_int_equal(try_link(w, rest).state, MR_SIGN_IN_DONE);
    assert_int_equal(try_link(w, rest).state, MR_SIGN_IN_OVER);
    assert_int_equal(try_link(w, MR_STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).state, MR_SIGN_IN_OVER);
    assert_ok(mr_sign_in_link_send(w->s, &w->a, &w->v, MR_STR("solrun@example.org"), true, MR_STR_EMPTY, &err), err);
    link = last_part(mailed(w, "solrun@example.org", "recovery", "link"));
    clock_now += MR_LIMIT_SIGN_IN_LINK_MS + 1;
    assert_int_equal(try_link(w, link).state, MR_SIGN_IN_OVER);
}

static void test_link__is_mailed_five_times_an_hour(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    add(w, "solrun@example.org", 1, MR_STR_EMPTY);
    for (int i = 0; i < 9; i++)
        assert_ok(mr_sign_in_link_send(w->s, &w->a, &w->v, MR_STR("solrun@example.org"), false, MR_STR_EMPTY, &err),
                  err);
    assert_int_equal(count_mails(w, "solrun@example.org"), MR_LIMIT_LINKS_PER_HOUR);
    clock_now += 61 * MINUTE;
    assert_ok(mr_sign_in_link_send(w->s, &w->a, &w->v, MR_STR("solrun@example.org"), false, MR_STR_EMPTY, &err), err);
    assert_int_equal(count_mails(w, "solrun@example.org"), MR_LIMIT_LINKS_PER_HOUR + 1);
}

/* ---- sessions ---- */

static void test_session__ends_by_idleness_and_age(void **state)
{
    struct world *w = *state;
    add(w, "solrun@example.org", 1, MR_STR_EMPTY);
    struct mr_sign_in in = enter(w, "solrun@example.org");
    assert_true(open_session(w, in.token).fresh);
    clock_now += MR_LIMIT_SESSION_FRESH_MS;
    assert_false(open_session(w, in.token).fresh);
    for (int64_t lived = 0; lived < MR_LIMIT_SESSION_MS - MR_LIMIT_SESSION_IDLE_MS; lived += 11 * 60 * MINUTE) {
        assert_int_equal(open_session(w, in.token).actor.kind, MR_ACTOR_PERSON);
        clock_now += 11 * 60 * MINUTE;
    }
    assert_int_equal(open_session(w, in.token).actor.kind, MR_ACTOR_PERSON);
    clock_now += 11 * 60 * MINUTE;
    assert_int_equal(open_session(w, in.token).actor.kind, MR_ACTOR_STRANGER); /* thirty days */
    in = enter(w, "solrun@example.org");
    clock_now += MR_LIMIT_SESSION_IDLE_MS + 1;
    assert_int_equal(open_session(w, in.token).actor.kind, MR_ACTOR_STRANGER);
}

/* A session of a wrong year is none; one of the last hour holds, but is not fresh for longer. */
static void test_session__does_not_last_longer_when_the_clock_goes_back(void **state)
{
    struct world *w = *state;
    add(w, "solrun@example.org", 1, MR_STR_EMPTY);
    clock_now += 365 * INT64_C(86400000);
    struct mr_sign_in in = enter(w, "solrun@example.org");
    assert_int_equal(open_session(w, in.token).actor.kind, MR_ACTOR_PERSON);
    clock_now -= 3600000;
    assert_int_equal(open_session(w, in.token).actor.kind, MR_ACTOR_PERSON);
    assert_false(open_session(w, in.token).fresh);
    clock_now -= 365 * INT64_C(86400000);
    assert_int_equal(open_session(w, in.token).actor.kind, MR_ACTOR_STRANGER);
}

/* A day too late for an hour, then right again: what was good is good, and what the wrong clock made neither lasts nor makes anybody wait. */
static void test_clock__a_day_ahead_for_an_hour_does_no_harm(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_invited invited;
    const int64_t ahead = 25 * INT64_C(3600000);
    char session_before[33], session_ahead[33];
    mr_str link_before, link_ahead;
    size_t sent;
    /* without jobs: those that forget rest after such a jump (test_jobs.c) */
    const struct mr_service_config config = {.data_folder = test_temp()->names[0],
                                             .public_url = "https://merit.example.org",
                                             .env = &w->env,
                                             .database = true,
                                             .beside = true};
    mr_service_close(w->s);
    assert_ok(mr_service_open(&config, &w->s, &err), err);
    add(w, "solrun@example.org", 1u << MR_ROLE_ADMINISTRATOR, PASSWORD);
    snprintf(session_before, sizeof session_before, "%s", enter(w, "solrun@example.org").token);
    assert_ok(mr_sign_in_link_make(w->s, &w->a, MR_STR("solrun@example.org"), &link_before, &err), err);
    assert_ok(mr_people_invite(w->s, &w->a, &mr_actor_operator, w->org, MR_STR("before@example.org"), 1, MR_STR("en"),
                               &sent, &err),
              err);
    mr_str invited_before = last_part(mailed(w, "before@example.org", "invitation", "link"));

    clock_now += ahead;
    assert_int_equal(open_session(w, session_before).actor.kind, MR_ACTOR_STRANGER);
    bool good = true;
    assert_ok(mr_sign_in_link_check(w->s, &w->a, last_part(link_before), &good, &err), err);
    assert_false(good);
    snprintf(session_ahead, sizeof session_ahead, "%s", enter(w, "solrun@example.org").token);
    assert_ok(mr_sign_in_link_make(w->s, &w->a, MR_STR("solrun@example.org"), &link_ahead, &err), err);
    for (int i = 0; i < MR_LIMIT_LOCK_FREE_ACCOUNT; i++) {
        struct mr_sign_in r = try_password(w, "solrun@example.org", MR_STR("wrong wrong wrong"));
        clock_now += r.wait_ms;
    }
    try_password(w, "solrun@example.org", MR_STR("wrong wrong wrong")); /* now she waits */
    assert_int_equal(try_password(w, "solrun@example.org", PASSWORD).state, MR_SIGN_IN_WAIT);
    for (int i = 0; i < 6; i++) /* all that may be mailed in an hour */
        assert_ok(mr_sign_in_link_send(w->s, &w->a, &w->v, MR_STR("solrun@example.org"), false, MR_STR_EMPTY, &err),
                  err);
    clock_now += 20 * INT64_C(86400000);
    assert_ok(mr_people_invite(w->s, &w->a, &mr_actor_operator, w->org, MR_STR("ahead@example.org"), 1, MR_STR("en"),
                               &sent, &err),
              err);
    mr_str invited_ahead = last_part(mailed(w, "ahead@example.org", "invitation", "link"));

    clock_now = INT64_C(1795132800000) + MINUTE; /* right again */
    assert_int_equal(open_session(w, session_before).actor.kind, MR_ACTOR_PERSON);
    assert_int_equal(open_session(w, session_ahead).actor.kind, MR_ACTOR_STRANGER);
    assert_int_equal(try_password(w, "solrun@example.org", PASSWORD).state, MR_SIGN_IN_MAIL);
    assert_ok(mr_sign_in_link_check(w->s, &w->a, last_part(link_ahead), &good, &err), err);
    assert_false(good);
    assert_int_equal(try_link(w, last_part(link_ahead)).state, MR_SIGN_IN_OVER);
    assert_int_equal(try_link(w, last_part(link_before)).state, MR_SIGN_IN_DONE);
    assert_ok(mr_people_invitation_open(w->s, &w->a, invited_ahead, &invited, &err), err);
    assert_int_equal(invited.id.len, 0);
    assert_ok(mr_people_invitation_open(w->s, &w->a, invited_before, &invited, &err), err);
    assert_true(invited.id.len > 0);
}

static void test_session__is_new_at_each_sign_in_and_never_brought_along(void **state)
{
    struct world *w = *state;
    add(w, "solrun@example.org", 1, MR_STR_EMPTY);
    w->v.old_token = MR_STR("PLANTEDPLANTEDPLANTEDPLANTEDPLAN");
    struct mr_sign_in first = enter(w, "solrun@example.org");
    assert_string_not_equal(first.token, w->v.old_token.ptr);
    assert_int_equal(open_session(w, w->v.old_token.ptr).actor.kind, MR_ACTOR_STRANGER);
    w->v.old_token = mr_str_of(first.token);
    struct mr_sign_in second = enter(w, "solrun@example.org");
    assert_string_not_equal(first.token, second.token);
    assert_int_equal(open_session(w, first.token).actor.kind, MR_ACTOR_STRANGER); /* the old one ended */
    assert_int_equal(open_session(w, second.token).actor.kind, MR_ACTOR_PERSON);
}

static void test_session__keeps_no_secret_in_the_database(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_db_tx *tx;
    add(w, "solrun@example.org", 1, MR_STR_EMPTY);
    struct mr_sign_in in = enter(w, "solrun@example.org");
    assert_ok(mr_db_begin(mr_service_db(w->s), false, &tx, &err), err);
    {
        MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
        bool row;
        assert_ok(mr_db_query(tx, "SELECT token_hash, id FROM session", NULL, 0, &c, &err), err);
        assert_ok(mr_db_next(c, &row, &err), err);
        assert_true(row);
        assert_true(mr_str_find(mr_db_text(c, 0), mr_str_of(in.token)) < 0);
        assert_true(mr_str_find(mr_db_text(c, 1), mr_str_of(in.token)) < 0);
    }
    mr_db_rollback(tx);
}

static void test_session__signs_out_here_and_everywhere(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_session_row *rows;
    size_t count;
    add(w, "solrun@example.org", 1, MR_STR_EMPTY);
    struct mr_sign_in one = enter(w, "solrun@example.org"), two = enter(w, "solrun@example.org"),
                      three = enter(w, "solrun@example.org");
    struct mr_session s = open_session(w, two.token);
    assert_ok(mr_session_list(w->s, &w->a, &s.actor, &rows, &count, &err), err);
    assert_int_equal(count, 3);
    assert_ok(mr_session_end(w->s, &w->a, mr_str_of(one.token), &err), err);
    assert_int_equal(open_session(w, one.token).actor.kind, MR_ACTOR_STRANGER);
    assert_ok(mr_session_end_others(w->s, &s.actor, s.id, &err), err);
    assert_int_equal(open_session(w, three.token).actor.kind, MR_ACTOR_STRANGER);
    assert_int_equal(open_session(w, two.token).actor.kind, MR_ACTOR_PERSON);
    assert_ok(mr_session_end_others(w->s, &s.actor, MR_STR_EMPTY, &err), err);
    assert_int_equal(open_session(w, two.token).actor.kind, MR_ACTOR_STRANGER);
}

static void test_session__holds_in_units_and_acts_for_one(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_db_tx *tx;
    mr_str unit;
    add(w, "solrun@example.org", 1u << MR_ROLE_DESIGNER, MR_STR_EMPTY);
    assert_ok(mr_people_add_organisation(w->s, &w->a, &mr_actor_operator, MR_STR("Nordskolens Institut"),
                                         MR_STR("third@example.org"), MR_STR("en"), &unit, &err),
              err);
    assert_ok(mr_db_begin(mr_service_db(w->s), true, &tx, &err), err);
    assert_ok(mr_db_run(tx, "UPDATE organisation SET parent_id = $above WHERE id = $id",
                        MR_DB_ARGS(MR_DB_T("above", w->org), MR_DB_T("id", unit)), NULL, &err),
              err);
    assert_ok(mr_db_commit(tx, &err), err);
    struct mr_sign_in in = enter(w, "solrun@example.org");
    struct mr_session s = open_session(w, in.token);
    assert_int_equal(s.org_count, 2);
    assert_int_equal(mr_authorise(&s.actor, MR_MAY_SPECIFICATION_EDIT, unit, NULL), MR_OK);
    assert_int_equal(mr_authorise(&s.actor, MR_MAY_SPECIFICATION_EDIT, w->other, NULL), MR_E_NOT_FOUND);
    assert_ok(mr_session_act_for(w->s, &s, unit, &err), err);
    assert_str(open_session(w, in.token).actor.org_id, unit.ptr);
    assert_int_equal(mr_session_act_for(w->s, &s, w->other, &err), MR_E_NOT_FOUND);
}

/* ---- the second step by app ---- */

static void test_account__app_counts_each_code_once_and_recovery_codes_once(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_account_app app;
    mr_str codes[MR_LIMIT_RECOVERY_CODES];
    char secret[20], code[7];
    add(w, "solrun@example.org", 1, PASSWORD);
    struct mr_sign_in in = enter(w, "solrun@example.org");
    struct mr_session s = open_session(w, in.token);
    assert_ok(mr_account_app_begin(w->s, &w->a, &s, &app, &err), err);
    assert_true(mr_str_has_prefix(app.uri, MR_STR("otpauth://totp/Merit:solrun@example.org?secret=")));
    mr_sign_in_app_secret(w->s, &w->a, s.actor.id, app.salt, secret);
    mr_one_time_code(mr_str_make(secret, 20), mr_one_time_step(clock_now), 6, code);
    assert_int_equal(mr_account_app_confirm(w->s, &w->a, &s, app.salt, MR_STR("x"), codes, &err), MR_E_FORMAT);
    assert_int_equal(mr_account_app_confirm(w->s, &w->a, &s, MR_STR("a.b"), mr_str_of(code), codes, &err), MR_E_STATE);
    assert_ok(mr_account_app_confirm(w->s, &w->a, &s, app.salt, mr_str_of(code), codes, &err), err);
    struct mr_sign_in step = try_password(w, "solrun@example.org", PASSWORD);
    assert_int_equal(step.state, MR_SIGN_IN_APP);
    assert_int_equal(try_second(w, step.token, mr_str_of(code)).state, MR_SIGN_IN_WRONG); /* it turned the app on */
    clock_now += 30000;
    mr_one_time_code(mr_str_make(secret, 20), mr_one_time_step(clock_now), 6, code);
    assert_int_equal(try_second(w, step.token, mr_str_of(code)).state, MR_SIGN_IN_DONE);
    step = try_password(w, "solrun@example.org", PASSWORD);
    assert_int_equal(try_second(w, step.token, mr_str_of(code)).state, MR_SIGN_IN_WRONG); /* once */
    assert_int_equal(try_second(w, step.token, codes[3]).state, MR_SIGN_IN_DONE);
    step = try_password(w, "solrun@example.org", PASSWORD);
    assert_int_equal(try_second(w, step.token, codes[3]).state, MR_SIGN_IN_WRONG);
    mr_str path; /* a link alone does not go round the app */
    assert_ok(mr_sign_in_link_make(w->s, &w->a, MR_STR("solrun@example.org"), &path, &err), err);
    assert_int_equal(try_link(w, last_part(path)).state, MR_SIGN_IN_APP);
}

static void test_account__new_password_ends_other_sessions_and_is_told(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    add(w, "solrun@example.org", 1, MR_STR_EMPTY);
    struct mr_sign_in other = enter(w, "solrun@example.org"), in = enter(w, "solrun@example.org");
    struct mr_session s = open_session(w, in.token);
    assert_int_equal(mr_account_set_password(w->s, &w->a, &s, MR_STR("password1234"), &err), MR_E_FORMAT);
    assert_string_equal(err.detail, "common");
    assert_ok(mr_account_set_password(w->s, &w->a, &s, PASSWORD, &err), err);
    assert_int_equal(open_session(w, other.token).actor.kind, MR_ACTOR_STRANGER);
    assert_int_equal(open_session(w, in.token).actor.kind, MR_ACTOR_PERSON);
    assert_str(mailed(w, "solrun@example.org", "new_sign_in", "what"), "The password was changed.");
    w->v.agent = MR_STR("Chrome, Android");
    enter(w, "solrun@example.org");
    assert_str(mailed(w, "solrun@example.org", "new_sign_in", "device"), "Chrome, Android");
}

/* ---- accounts elsewhere ---- */

/* What began at one provider is no answer of another, and counts once. */
static void test_oidc_end__belongs_to_the_provider_that_was_asked(void **state)
{
    struct world *w = *state;
    struct mr_elsewhere e = {0};
    const struct mr_elsewhere_provider one = {.id = MR_STR_INIT("one"),
                                              .issuer = MR_STR_INIT("https://one.example.org")};
    static const struct {
        const char *state, *kept, *message;
    } cases[] = {
        {"s-1", "two.s-1", "this browser did not ask for this"}, {"s-1", "s-1", "this browser did not ask for this"},
        {"s-1", "", "this browser did not ask for this"},        {"", "", "this browser did not ask for this"},
        {"", "one.", "this browser did not ask for this"},       {"s-1", "one.s-1", "the provider refused"},
        {"s-1", "one.s-1", "this answer was used already"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        struct mr_oidc_person who;
        const struct mr_oidc_return back = {
            .state = mr_str_of(cases[i].state), .kept = mr_str_of(cases[i].kept), .error = MR_STR("access_denied")};
        assert_int_equal(mr_oidc_end(w->s, &w->a, &e, &one, &back, &who, &err), MR_E_FORBIDDEN);
        assert_string_equal(err.message, cases[i].message);
    }
}

/* ---- passkeys: an authenticator made of a key of ours ---- */

struct authenticator {
    mr_key *key;
    mr_str id;
    uint32_t counter;
};

static mr_str client_data(struct world *w, const char *type, mr_str challenge, const char *origin)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, 4096);
    mr_base64url_put(&text, challenge);
    return mr_arena_format(&w->a, "{\"type\":\"%s\",\"challenge\":\"%.*s\",\"origin\":\"%s\",\"crossOrigin\":false}",
                           type, MR_STR_ARG(mr_buf_str(&text)), origin);
}

static mr_str auth_data(struct world *w, const struct authenticator *k, const char *rp_id, unsigned flags,
                        bool with_key)
{
    MR_CLEANUP(mr_buf_done) mr_buf d;
    uint8_t hash[32];
    mr_buf_init(&d, 4096);
    mr_sha256(mr_str_of(rp_id), hash);
    mr_buf_put(&d, mr_str_make((char *)hash, 32));
    mr_buf_putc(&d, (char)(flags | (with_key ? 0x40 : 0)));
    for (int i = 3; i >= 0; i--) mr_buf_putc(&d, (char)(k->counter >> (8 * i)));
    if (with_key) { /* AAGUID, id, COSE key (RFC 9053 section 7.1.1): EC2, ES256, P-256, x, y */
        MR_CLEANUP(mr_buf_done) mr_buf jwk;
        const mr_json *json;
        mr_str x, y;
        struct mr_err err = {0};
        mr_buf_init(&jwk, 4096);
        assert_ok(mr_key_write_jwk(k->key, &jwk, &err), err);
        assert_ok(mr_json_parse(&w->a, mr_arena_dup(&w->a, mr_buf_str(&jwk)), NULL, &json, &err), err);
        assert_ok(mr_base64url_read(&w->a, mr_json_get_str(json, "x"), &x, &err), err);
        assert_ok(mr_base64url_read(&w->a, mr_json_get_str(json, "y"), &y, &err), err);
        mr_buf_put(&d, mr_str_make("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16));
        mr_buf_putc(&d, 0);
        mr_buf_putc(&d, (char)k->id.len);
        mr_buf_put(&d, k->id);
        mr_buf_put(&d, mr_str_make("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", 10));
        mr_buf_put(&d, x);
        mr_buf_put(&d, mr_str_make("\x22\x58\x20", 3));
        mr_buf_put(&d, y);
    }
    return mr_arena_dup(&w->a, mr_buf_str(&d));
}

/* DER of r and s. */
static mr_str der(struct world *w, mr_str rs)
{
    MR_CLEANUP(mr_buf_done) mr_buf d;
    mr_buf_init(&d, 256);
    for (int part = 0; part < 2; part++) {
        mr_str n = mr_str_make(rs.ptr + part * 32, 32);
        while (n.len > 1 && !n.ptr[0]) n = mr_str_from(n, 1);
        bool pad = n.ptr[0] & 0x80;
        mr_buf_putc(&d, 2);
        mr_buf_putc(&d, (char)(n.len + pad));
        if (pad) mr_buf_putc(&d, 0);
        mr_buf_put(&d, n);
    }
    mr_str body = mr_arena_dup(&w->a, mr_buf_str(&d));
    mr_buf_clear(&d);
    mr_buf_putc(&d, 0x30);
    mr_buf_putc(&d, (char)body.len);
    mr_buf_put(&d, body);
    return mr_arena_dup(&w->a, mr_buf_str(&d));
}

static struct mr_passkey_answer assertion(struct world *w, struct authenticator *k, mr_str challenge,
                                          const char *origin, const char *rp_id, unsigned flags)
{
    struct mr_err err = {0};
    uint8_t hash[32];
    mr_str rs;
    struct mr_passkey_answer answer = {.id = k->id, .client_data = client_data(w, "webauthn.get", challenge, origin)};
    answer.auth_data = auth_data(w, k, rp_id, flags, false);
    mr_sha256(answer.client_data, hash);
    const mr_str parts[] = {answer.auth_data, mr_str_make((char *)hash, 32)};
    assert_ok(mr_key_sign(k->key, MR_ALG_ES256, parts, 2, &w->a, &rs, &err), err);
    answer.signature = der(w, rs);
    return answer;
}

#define ORIGIN "https://merit.example.org"
#define RP_ID "merit.example.org"

static mr_str challenge_for(struct world *w, mr_str purpose)
{
    struct mr_err err = {0};
    mr_str challenge;
    assert_ok(mr_sign_in_challenge(w->s, &w->a, purpose, &challenge, &err), err);
    return challenge;
}

static struct mr_sign_in try_passkey(struct world *w, const struct mr_passkey_answer *answer)
{
    struct mr_err err = {0};
    struct mr_sign_in r;
    assert_ok(mr_sign_in_passkey(w->s, &w->a, &w->v, answer, &r, &err), err);
    return r;
}

static struct authenticator register_passkey(struct world *w, const struct mr_session *s)
{
    struct mr_err err = {0};
    struct authenticator k = {.id = MR_STR("an id of twenty octs"), .counter = 1};
    assert_ok(mr_key_generate(MR_KEY_P256, 0, &k.key, &err), err);
    mr_str purpose = mr_arena_format(&w->a, "add %.*s", MR_STR_ARG(s->actor.id));
    struct mr_passkey_answer answer = {.id = k.id,
                                       .client_data =
                                           client_data(w, "webauthn.create", challenge_for(w, purpose), ORIGIN),
                                       .auth_data = auth_data(w, &k, RP_ID, 5, true)};
    assert_ok(mr_account_passkey_add(w->s, &w->a, s, MR_STR("laptop"), MR_STR("Firefox"), &answer, &err), err);
    assert_int_equal(mr_account_passkey_add(w->s, &w->a, s, MR_STR("again"), MR_STR("Firefox"), &answer, &err),
                     MR_E_STATE); /* the challenge was used */
    return k;
}

/* Challenges that somebody thought of, with times beyond any clock. */
static void test_client_data__takes_no_invented_challenge(void **state)
{
    struct world *w = *state;
    static const char *const times[] = {"0", "9223372036854775807", "9223372036854775808", "18446744073709551615"};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct mr_err err = {0};
        mr_str text = mr_arena_format(&w->a, "%s.AAAA.BBBB", times[i]);
        mr_str told = client_data(w, "webauthn.get", text, "https://merit.example.org");
        assert_code(mr_sign_in_client_data(w->s, &w->a, "webauthn.get", MR_STR("sign_in"), told, &err), MR_E_SIGNATURE,
                    err);
    }
}

static void test_passkey__signs_in_and_refuses_whatever_does_not_fit(void **state)
{
    struct world *w = *state;
    const mr_str purpose = MR_STR("sign_in");
    add(w, "solrun@example.org", 1, MR_STR_EMPTY);
    struct mr_session s = open_session(w, enter(w, "solrun@example.org").token);
    struct authenticator k = register_passkey(w, &s);
    k.counter = 2;
    struct mr_passkey_answer good = assertion(w, &k, challenge_for(w, purpose), ORIGIN, RP_ID, 5);
    assert_int_equal(try_passkey(w, &good).state, MR_SIGN_IN_DONE);
    assert_int_equal(try_passkey(w, &good).state, MR_SIGN_IN_WRONG); /* replayed */
    const struct {
        const char *what;
        struct mr_passkey_answer answer;
    } cases[] = {
        {"counter went back", assertion(w, &k, challenge_for(w, purpose), ORIGIN, RP_ID, 5)},
        {"another origin",
         (k.counter = 3, assertion(w, &k, challenge_for(w, purpose), "https://merit.example.com", RP_ID, 5))},
        {"another rp", assertion(w, &k, challenge_for(w, purpose), ORIGIN, "example.org", 5)},
        {"nobody verified", assertion(w, &k, challenge_for(w, purpose), ORIGIN, RP_ID, 1)},
        {"nobody present", assertion(w, &k, challenge_for(w, purpose), ORIGIN, RP_ID, 4)},
        {"a challenge for adding", assertion(w, &k, challenge_for(w, MR_STR("add x")), ORIGIN, RP_ID, 5)},
        {"a challenge not ours", assertion(w, &k, MR_STR("1795132800000.a.b"), ORIGIN, RP_ID, 5)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (try_passkey(w, &cases[i].answer).state != MR_SIGN_IN_WRONG) fail_msg("%s was taken", cases[i].what);
    struct mr_passkey_answer altered = assertion(w, &k, challenge_for(w, purpose), ORIGIN, RP_ID, 5);
    ((char *)(uintptr_t)altered.signature.ptr)[altered.signature.len - 1] ^= 1;
    assert_int_equal(try_passkey(w, &altered).state, MR_SIGN_IN_WRONG);
    mr_str late = challenge_for(w, purpose);
    clock_now += 11 * MINUTE;
    struct mr_passkey_answer slow = assertion(w, &k, late, ORIGIN, RP_ID, 5);
    assert_int_equal(try_passkey(w, &slow).state, MR_SIGN_IN_WRONG);
    struct mr_passkey_answer right = assertion(w, &k, challenge_for(w, purpose), ORIGIN, RP_ID, 5);
    assert_int_equal(try_passkey(w, &right).state, MR_SIGN_IN_DONE); /* and the owner still comes in */
    mr_key_free(k.key);
}

/* ---- invitations and members ---- */

static void test_people__invites_accepts_once_and_keeps_an_administrator(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_invitation_row *rows;
    struct mr_member *members;
    size_t count;
    char session[33];
    mr_str token = last_part(mailed(w, "first@example.org", "invitation", "link"));
    assert_int_equal(mr_people_accept(w->s, &w->a, token, MR_STR(" "), MR_STR("da"), MR_STR_EMPTY, w->v.agent,
                                      MR_STR_EMPTY, session, &err),
                     MR_E_FORMAT);
    assert_ok(mr_people_accept(w->s, &w->a, token, MR_STR("Þóra"), MR_STR("da"), MR_STR_EMPTY, w->v.agent, MR_STR_EMPTY,
                               session, &err),
              err);
    struct mr_session thora = open_session(w, session);
    assert_true(mr_actor_may(&thora.actor, MR_MAY_MEMBER_EDIT));
    assert_int_equal(mr_people_accept(w->s, &w->a, token, MR_STR("Again"), MR_STR("da"), MR_STR_EMPTY, w->v.agent,
                                      MR_STR_EMPTY, session, &err),
                     MR_E_STATE);
    assert_ok(mr_people_invite(w->s, &w->a, &thora.actor, w->org, MR_STR("Bo@example.org;\nada@example.org"),
                               1u << MR_ROLE_ASSESSOR, MR_STR("da"), &count, &err),
              err);
    assert_int_equal(count, 2);
    assert_str(mailed(w, "bo@example.org", "invitation", "roles"), "Bedømmer");
    assert_int_equal(mr_people_invite(w->s, &w->a, &thora.actor, w->org, MR_STR("bo@example.org, no-address"),
                                      1u << MR_ROLE_ASSESSOR, MR_STR("da"), &count, &err),
                     MR_E_FORMAT);
    assert_ok(mr_people_invitations(w->s, &w->a, &thora.actor, w->org, &rows, &count, &err), err);
    assert_int_equal(count, 2); /* nobody of the wrong list was invited */
    const struct mr_invitation_row *bo = &rows[mr_str_is(rows[0].email, "bo@example.org") ? 0 : 1];
    /* another's invitation, organisation and member are none */
    assert_int_equal(
        mr_people_invite(w->s, &w->a, &thora.actor, w->other, MR_STR("x@example.org"), 1, MR_STR("en"), &count, &err),
        MR_E_NOT_FOUND);
    struct mr_invitation_row *theirs;
    assert_ok(mr_people_invitations(w->s, &w->a, &mr_actor_operator, w->other, &theirs, &count, &err), err);
    assert_int_equal(mr_people_withdraw(w->s, &w->a, &thora.actor, theirs[0].id, &err), MR_E_NOT_FOUND);
    assert_int_equal(mr_people_invite_again(w->s, &w->a, &thora.actor, theirs[0].id, &err), MR_E_NOT_FOUND);
    /* mailed again: the old link ends */
    token = last_part(mailed(w, "bo@example.org", "invitation", "link"));
    assert_ok(mr_people_invite_again(w->s, &w->a, &thora.actor, bo->id, &err), err);
    struct mr_invited invited;
    assert_ok(mr_people_invitation_open(w->s, &w->a, token, &invited, &err), err);
    assert_int_equal(invited.id.len, 0);
    token = last_part(mailed(w, "bo@example.org", "invitation", "link"));
    clock_now += MR_LIMIT_INVITATION_MS + 1;
    assert_ok(mr_people_invitation_open(w->s, &w->a, token, &invited, &err), err);
    assert_int_equal(invited.id.len, 0);
    /* never without an administrator */
    assert_ok(mr_people_members(w->s, &w->a, &mr_actor_operator, w->org, &members, &count, &err), err);
    assert_int_equal(count, 1);
    assert_int_equal(
        mr_people_set_roles(w->s, &w->a, &thora.actor, w->org, thora.actor.id, 1u << MR_ROLE_DESIGNER, &err),
        MR_E_STATE);
    assert_int_equal(mr_people_set_roles(w->s, &w->a, &thora.actor, w->org, thora.actor.id, 0, &err), MR_E_STATE);
    mr_str ada = add(w, "ada@example.org", 1u << MR_ROLE_ADMINISTRATOR, MR_STR_EMPTY);
    assert_ok(mr_people_set_roles(w->s, &w->a, &thora.actor, w->org, thora.actor.id, 1u << MR_ROLE_DESIGNER, &err),
              err);
    thora = open_session(w, enter(w, "first@example.org").token);
    assert_false(mr_actor_may(&thora.actor, MR_MAY_MEMBER_EDIT));
    assert_int_equal(mr_people_set_roles(w->s, &w->a, &thora.actor, w->org, ada, 0, &err), MR_E_FORBIDDEN);
}

static void test_people__known_address_joins_without_a_session(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    char session[33];
    mr_str id = add(w, "second@example.org", 1u << MR_ROLE_DESIGNER, PASSWORD);
    mr_str token = last_part(mailed(w, "second@example.org", "invitation", "link"));
    assert_ok(mr_people_accept(w->s, &w->a, token, MR_STR("Mallory"), MR_STR("en"), MR_STR("another password of hers"),
                               w->v.agent, MR_STR_EMPTY, session, &err),
              err);
    assert_string_equal(session, "");
    assert_int_equal(try_password(w, "second@example.org", PASSWORD).state, MR_SIGN_IN_MAIL); /* nothing was changed */
    struct mr_session s = open_session(w, enter(w, "second@example.org").token);
    assert_str(s.actor.id, id.ptr);
    assert_int_equal(mr_authorise(&s.actor, MR_MAY_MEMBER_EDIT, w->other, NULL), MR_OK);
}

/* ---- two administrators at once ---- */

struct removal {
    mr_service *s;
    struct mr_actor actor;
    mr_str org, whom;
    pthread_barrier_t *together;
    int code;
    struct mr_err err;
};
static void *take_away(void *self)
{
    struct removal *r = self;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 16 << 20);
    pthread_barrier_wait(r->together);
    r->code = mr_people_set_roles(r->s, &a, &r->actor, r->org, r->whom, 0, &r->err);
    return NULL;
}

static struct mr_actor administrator(struct world *w, const char *email, struct mr_grant *grant)
{
    struct mr_err err = {0};
    mr_str id;
    const struct mr_new_person p = {.email = mr_str_of(email),
                                    .name = MR_STR("Admin Test"),
                                    .language = MR_STR("en"),
                                    .org = w->org,
                                    .roles = 1u << MR_ROLE_ADMINISTRATOR};
    assert_ok(mr_people_add(w->s, &w->a, &p, &id, &err), err);
    *grant = (struct mr_grant){w->org, 1u << MR_ROLE_ADMINISTRATOR};
    return (struct mr_actor){.kind = MR_ACTOR_PERSON, .id = id, .org_id = w->org, .grants = grant, .grant_count = 1};
}

/* Each removes the other in the same moment, over connections of two nodes: one of them stays, and the other call is refused. */
static void test_people__two_administrators_who_remove_each_other_leave_one(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_grant grants[2];
    mr_service *node;
    const struct mr_service_config config = {.data_folder = test_temp()->names[0],
                                             .public_url = "https://merit.example.org",
                                             .env = &w->env,
                                             .database = true,
                                             .beside = true};
    assert_ok(mr_service_open(&config, &node, &err), err);
    const struct mr_actor both[2] = {administrator(w, "one@example.org", &grants[0]),
                                     administrator(w, "two@example.org", &grants[1])};
    for (int turn = 0; turn < 20; turn++) {
        pthread_barrier_t together;
        pthread_t threads[2];
        struct removal r[2];
        pthread_barrier_init(&together, NULL, 2);
        for (int i = 0; i < 2; i++) {
            r[i] = (struct removal){i ? node : w->s, both[i], w->org, both[!i].id, &together, MR_OK, {0}};
            assert_int_equal(pthread_create(&threads[i], NULL, take_away, &r[i]), 0);
        }
        for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
        pthread_barrier_destroy(&together);
        int gone = r[0].code == MR_OK ? 1 : 0; /* who was removed */
        if (r[gone ? 0 : 1].code != MR_OK || r[gone].code != MR_E_STATE)
            fail_msg("turn %d: %d (%s) and %d (%s)", turn, r[0].code, r[0].err.message, r[1].code, r[1].err.message);
        struct mr_member *members;
        size_t count;
        assert_ok(mr_people_members(w->s, &w->a, &mr_actor_operator, w->org, &members, &count, &err), err);
        assert_int_equal(count, 1);
        assert_str(members[0].person_id, mr_arena_cstr(&w->a, both[!gone].id));
        assert_ok(mr_people_change(w->s, &w->a, gone ? MR_STR("two@example.org") : MR_STR("one@example.org"), w->org,
                                   true, 1u << MR_ROLE_ADMINISTRATOR, NULL, &err),
                  err);
    }
    mr_service_close(node);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_password_fault__refuses_short_common_and_own_ones),
        TEST(test_sign_in__needs_password_and_mailed_code),
        TEST(test_sign_in__second_step_ends_after_five_tries_and_in_time),
        TEST(test_sign_in__answers_alike_for_nobody),
        TEST(test_sign_in__waits_longer_each_time_and_never_for_good),
        TEST(test_sign_in__makes_an_address_wait),
        TEST(test_link__signs_in_once_and_in_time),
        TEST(test_link__is_mailed_five_times_an_hour),
        TEST(test_session__ends_by_idleness_and_age),
        TEST(test_session__does_not_last_longer_when_the_clock_goes_back),
        TEST(test_clock__a_day_ahead_for_an_hour_does_no_harm),
        TEST(test_session__is_new_at_each_sign_in_and_never_brought_along),
        TEST(test_session__keeps_no_secret_in_the_database),
        TEST(test_session__signs_out_here_and_everywhere),
        TEST(test_session__holds_in_units_and_acts_for_one),
        TEST(test_account__app_counts_each_code_once_and_recovery_codes_once),
        TEST(test_account__new_password_ends_other_sessions_and_is_told),
        TEST(test_oidc_end__belongs_to_the_provider_that_was_asked),
        TEST(test_client_data__takes_no_invented_challenge),
        TEST(test_passkey__signs_in_and_refuses_whatever_does_not_fit),
        TEST(test_people__invites_accepts_once_and_keeps_an_administrator),
        TEST(test_people__known_address_joins_without_a_session),
        TEST(test_people__two_administrators_who_remove_each_other_leave_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
