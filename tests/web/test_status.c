/* The status of credentials: the lists that anybody may read, withdrawing and suspending in the office, and what the verify page then says; what an installation
 * publishes about its keys. */
#include "office.h"

#include "base/encoding.h"
#include "service/installation.h"
#include "service/keys.h"
#include "service/status.h"

struct status {
    struct office office;
    mr_arena a;
    const char *path;  /* of the form for one achievement */
    const char *batch; /* of its batch */
    struct mr_claim_link link;
};

static int open_status(void **state)
{
    struct mr_err err = {0};
    struct status *t = calloc(1, sizeof *t);
    struct mr_claim_link *links;
    size_t count;
    mr_arena_init(&t->a, 64 << 20);
    office_open(&t->office);
    struct mr_service *service = t->office.site.service;
    t->batch = office_upload(&t->office, &t->a, "name,e-mail\nÅse Skovgård,aase@example.org\n");
    office_press(&t->office, mr_arena_format(&t->a, "%s/seal", t->batch).ptr);
    mr_batch_wait(service);
    mr_str id = mr_str_from(mr_str_of(t->batch), strlen("/provider/batches/"));
    assert_ok(mr_batch_search(service, &mr_actor_operator, &t->a,
                              &(struct mr_achievement_query){.batch_id = id, .limit = 1000}, &links, &count, &err),
              err);
    assert_int_equal(count, 1);
    t->link = links[0];
    t->path = mr_arena_format(&t->a, "/provider/achievements/%.*s/status", MR_STR_ARG(links[0].achievement_id)).ptr;
    *state = t;
    return 0;
}

static int close_status(void **state)
{
    struct status *t = *state;
    site_close(&t->office.site);
    test_temp_remove();
    test_temp()->count = 0;
    mr_arena_done(&t->a);
    free(t);
    return 0;
}

/* fields: as in a form's body, after the token. */
static void send(struct status *t, const char *fields)
{
    mr_str body = mr_arena_format(&t->a, "form_token=%s%s", t->office.form_token, fields);
    site_ask(&t->office.site, MR_POST, t->path,
             SITE_HEADER_LIST({"Cookie", t->office.cookie}, {"Content-Type", "application/x-www-form-urlencoded"}),
             body);
}

static mr_status status_now(struct status *t)
{
    struct mr_err err = {0};
    struct mr_achievement_status now;
    assert_ok(mr_status_find(t->office.site.service, &mr_actor_operator, &t->a, t->link.achievement_id, &now, &err),
              err);
    return now.status;
}

/* ---- the office ---- */

static void test_status_form__asks_what_and_why(void **state)
{
    struct status *t = *state;
    struct site *s = &t->office.site;
    office_get(&t->office, t->batch, "en");
    assert_says(s, t->path);
    assert_says(s, "Withdraw or suspend: Åse Skovgård");
    office_get(&t->office, t->path, "en");
    assert_private_page(s, 200, "the form");
    static const char *const said[] = {"The credential of Åse Skovgård", "It counts", "Suspend it",
                                       "Withdraw it for good", "Name nobody"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) assert_says(s, said[i]);
    assert_says_not(s, "Let it count again");
    assert_says_not(s, "before there were status lists");
    office_get(&t->office, t->path, "da");
    assert_private_page(s, 200, "the form in Danish");
    assert_says(s, "Beviset til Åse Skovgård");
}

static void test_status_form__says_what_is_missing(void **state)
{
    struct status *t = *state;
    struct site *s = &t->office.site;
    static char long_reason[700] = "&to=suspended&reason=";
    memset(long_reason + strlen(long_reason), 'x', 501);
    const struct {
        const char *fields, *says;
    } cases[] = {{"", "Nothing was chosen."},
                 {"&reason=because", "Nothing was chosen."},
                 {"&to=gone&reason=because", "Nothing was chosen."},
                 {"&to=suspended", "Write why"},
                 {"&to=suspended&reason=+%20+", "Write why"},
                 {"&to=suspended&confirmed=yes", "Write why"},
                 {long_reason, "at most 500 characters"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        send(t, cases[i].fields);
        assert_private_page(s, 422, cases[i].fields);
        assert_says(s, cases[i].says);
        assert_int_equal(status_now(t), MR_STATUS_ACTIVE);
    }
    send(t, "&to=gone&reason=%3Cb%3Ebecause");
    assert_says(s, "value=\"&lt;b&gt;because\""); /* what was written is not lost */
}

static void test_status_change__asks_once_more(void **state)
{
    struct status *t = *state;
    struct site *s = &t->office.site;
    send(t, "&to=revoked&reason=awarded+by+mistake");
    assert_private_page(s, 200, "the question");
    assert_says(s, "Withdraw the credential of Åse Skovgård for good?");
    assert_says(s, "Why: awarded by mistake");
    assert_says(s, "This cannot be taken back.");
    assert_int_equal(status_now(t), MR_STATUS_ACTIVE); /* asking changes nothing */
    send(t, "&to=revoked&reason=awarded+by+mistake&confirmed=yes");
    assert_status(s, 303, "withdrawing");
    assert_str(site_header_of(s, "Location"), t->path);
    assert_int_equal(status_now(t), MR_STATUS_REVOKED);
    office_get(&t->office, t->path, "en");
    assert_private_page(s, 200, "what was withdrawn");
    assert_says(s, "Withdrawn for good on");
    assert_says(s, "Why: awarded by mistake");
    assert_int_equal(site_count(s, "<form "), 1);  /* the way out */
    send(t, "&to=active&reason=no&confirmed=yes"); /* a form that was left open */
    assert_status(s, 303, "taking it back");
    assert_int_equal(status_now(t), MR_STATUS_REVOKED);
    office_get(&t->office, t->batch, "en");
    assert_private_page(s, 200, "the batch");
    assert_says(s, "Withdrawn");
    assert_says(s, "When and why");
}

static void test_status_change__suspends_and_lets_count_again(void **state)
{
    struct status *t = *state;
    struct site *s = &t->office.site;
    send(t, "&to=suspended&reason=under+appeal&confirmed=yes");
    assert_status(s, 303, "suspending");
    assert_int_equal(status_now(t), MR_STATUS_SUSPENDED);
    office_get(&t->office, t->path, "en");
    assert_says(s, "Suspended since");
    assert_says(s, "Let it count again");
    assert_says_not(s, "Suspend it");
    send(t, "&to=active&reason=the+appeal+was+right");
    assert_private_page(s, 200, "the question");
    assert_says(s, "Let the credential of Åse Skovgård count again?");
    send(t, "&to=active&reason=the+appeal+was+right&confirmed=yes");
    assert_int_equal(status_now(t), MR_STATUS_ACTIVE);
}

static void test_status_form__is_of_achievements_that_are_here(void **state)
{
    struct status *t = *state;
    struct site *s = &t->office.site;
    static const char *const ids[] = {"01900000-0000-7000-8000-000000000000", "x"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        t->path = mr_arena_format(&t->a, "/provider/achievements/%s/status", ids[i]).ptr;
        office_get(&t->office, t->path, "en");
        assert_private_page(s, 404, ids[i]);
        send(t, "&to=revoked&reason=x");
        assert_status(s, 404, ids[i]);
        send(t, "&to=revoked&reason=x&confirmed=yes");
        assert_status(s, 404, ids[i]);
    }
}

/* ---- the learner ---- */

static void test_claim_page__says_that_it_was_withdrawn(void **state)
{
    struct status *t = *state;
    struct site *s = &t->office.site;
    mr_str path = mr_claim_path(s->service, &t->a, t->link.achievement_id, 0);
    send(t, "&to=suspended&reason=a+secret&confirmed=yes");
    site_get(s, path.ptr, SITE_HEADER("Accept-Language", "en"));
    assert_private_page(s, 200, "a suspended claim");
    assert_says(s, "This credential is suspended since");
    assert_says(s, "Well done");
    assert_says_not(s, "a secret");
    send(t, "&to=revoked&reason=a+secret&confirmed=yes");
    site_get(s, path.ptr, SITE_HEADER("Accept-Language", "en"));
    assert_private_page(s, 200, "a withdrawn claim");
    assert_says(s, "This credential was withdrawn on");
    assert_says_not(s, "Well done"); /* the heading is its title then */
    assert_says(s, "credentials@nursing.example.org");
    assert_says_not(s, "a secret");
}

/* ---- the verify page ---- */

static struct mr_claim awarded(struct status *t)
{
    struct mr_err err = {0};
    struct mr_claim claim;
    mr_str path = mr_claim_path(t->office.site.service, &t->a, t->link.achievement_id, 0), part, mac = MR_STR_EMPTY;
    while (mr_str_split(&path, '/', &part)) mac = part;
    assert_ok(mr_claim_open(t->office.site.service, &t->a, t->link.achievement_id, mac, MR_STR_EMPTY, &claim, &err),
              err);
    return claim;
}

static void drop(struct status *t, mr_str file)
{
    MR_CLEANUP(mr_buf_done) mr_buf form;
    mr_buf_init(&form, 32 << 20);
    site_form_put(&form, "files", "mine", file);
    site_ask(&t->office.site, MR_POST, "/verify",
             SITE_HEADER_LIST({"Accept-Language", "en"}, {"Content-Type", SITE_FORM}), site_form_end(&form));
    assert_status(&t->office.site, 200, "the report");
}

static void test_verify_page__asks_the_lists_of_this_installation(void **state)
{
    struct status *t = *state;
    struct site *s = &t->office.site;
    struct mr_claim claim = awarded(t);
    const mr_str forms[] = {claim.elm, claim.jwt};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        drop(t, forms[i]);
        assert_says(s, "Not withdrawn and not suspended");
        assert_says(s, "It is sealed with a test seal"); /* where to ask is not whom to trust */
    }
    send(t, "&to=revoked&reason=a+secret&confirmed=yes");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        drop(t, forms[i]);
        assert_says(s, "<title>Withdrawn by its issuer");
        assert_says(s, "The issuer has withdrawn it.");
        assert_says(s, "It is sealed with a test seal");
        assert_says_not(s, "a secret");
    }
}

static void test_verify_page__sees_a_suspension_in_the_token(void **state)
{
    struct status *t = *state;
    struct site *s = &t->office.site;
    struct mr_claim claim = awarded(t);
    send(t, "&to=suspended&reason=under+appeal&confirmed=yes");
    drop(t, claim.jwt);
    assert_says(s, "The issuer has suspended it");
    send(t, "&to=active&reason=it+was+right&confirmed=yes");
    drop(t, claim.jwt);
    assert_says(s, "Not withdrawn and not suspended");
}

static void put_part(mr_buf *out, const char *json)
{
    mr_base64url_put(out, mr_str_of(json));
    mr_buf_putc(out, '.');
}

/* The network is off: where the key stands is not asked, and that is not a failure of the other side. */
static void test_verify_page__says_that_it_asked_nobody_else(void **state)
{
    struct status *t = *state;
    MR_CLEANUP(mr_buf_done) mr_buf token;
    mr_buf_init(&token, MR_MIB);
    put_part(&token, "{\"alg\":\"EdDSA\",\"typ\":\"vc+jwt\",\"kid\":\"did:web:school.example#k\"}");
    put_part(&token, "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"type\":[\"VerifiableCredential\"],"
                     "\"issuer\":\"did:web:school.example\",\"credentialSubject\":{\"id\":\"urn:a:b\"}}");
    mr_base64url_put(&token, MR_STR("0123456789012345678901234567890123456789012345678901234567890123"));
    drop(t, mr_buf_str(&token));
    assert_says(&t->office.site, "The key of the issuer stands on the web, and nothing was fetched");
    assert_says_not(&t->office.site, "could not be reached");
}

/* ---- everybody ---- */

static const char *list_path(struct status *t, const char *form)
{
    struct mr_err err = {0};
    struct mr_kept_list *lists;
    size_t count;
    assert_ok(mr_status_lists(t->office.site.service, &t->a, &lists, &count, &err), err);
    assert_true(count >= 1);
    return mr_arena_format(&t->a, "/status/%.*s/%s", MR_STR_ARG(lists[0].id), form).ptr;
}

static void test_status_lists__are_for_everybody(void **state)
{
    struct status *t = *state;
    struct site *s = &t->office.site;
    const struct {
        const char *path, *type;
    } lists[] = {{list_path(t, "revocation"), "application/vc+jwt"},
                 {list_path(t, "suspension"), "application/vc+jwt"},
                 {list_path(t, "token"), "application/statuslist+jwt"},
                 {"/status/withdrawn/vatdk-00000000", "application/jwt"}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        site_get(s, lists[i].path, SITE_NOTHING_MORE);
        assert_status(s, 200, lists[i].path);
        assert_str(site_header_of(s, "Content-Type"), lists[i].type);
        assert_str(site_header_of(s, "Access-Control-Allow-Origin"), "*");
        assert_str(site_header_of(s, "Cross-Origin-Resource-Policy"), "cross-origin");
        assert_str(site_header_of(s, "Cache-Control"), "public, max-age=300");
        assert_str(site_header_of(s, "Set-Cookie"), "");
        assert_int_equal(site_count(s, "^[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+$"), 1);
        mr_str tag = mr_arena_dup(&t->a, site_header_of(s, "ETag")), before = mr_arena_dup(&t->a, s->body);
        site_get(s, lists[i].path, SITE_HEADER("If-None-Match", tag.ptr));
        assert_status(s, 304, lists[i].path);
        assert_int_equal(s->body.len, 0);
        send(t, i % 2 ? "&to=active&reason=x&confirmed=yes" : "&to=suspended&reason=x&confirmed=yes");
        if (i == 3) send(t, "&to=revoked&reason=x&confirmed=yes"); /* suspension is not for that list */
        site_get(s, lists[i].path, SITE_HEADER("If-None-Match", tag.ptr));
        assert_status(s, 200, "after a change");
        assert_false(mr_str_eq(s->body, before));
    }
}

static void test_status_lists__that_are_not_there(void **state)
{
    struct status *t = *state;
    static const char *const paths[] = {"/status/01900000-0000-7000-8000-000000000000/token",
                                        "/status/x/revocation",
                                        "/status/withdrawn/nobody",
                                        "/status/withdrawn/..",
                                        "/status",
                                        "/status/x/other"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        site_get(&t->office.site, paths[i], SITE_NOTHING_MORE);
        assert_status(&t->office.site, 404, paths[i]);
    }
}

/* ---- keys and types ---- */

static void test_published_keys__stand_at_their_addresses(void **state)
{
    struct status *t = *state;
    struct site *s = &t->office.site;
    struct mr_err err = {0};
    struct mr_keys keys;
    const struct mr_signing_key *key;
    static const struct {
        const char *path, *says; /* NULL: nothing is there */
    } cases[] = {{"/.well-known/did.json", "did:web:school.example\""},
                 {"/.well-known/jwt-vc-issuer", "\"https://school.example\""},
                 {"/nursing/did.json", "did:web:school.example:nursing\""},
                 {"/.well-known/jwt-vc-issuer/nursing", "\"https://school.example/nursing\""},
                 {"/other/did.json", NULL},
                 {"/nursing/other/did.json", NULL},
                 {"/.well-known/jwt-vc-issuer/other", NULL}};
    s->service->public_url = MR_STR("https://school.example");
    site_get(s, cases[0].path, SITE_NOTHING_MORE);
    assert_status(s, 404, "before there is a key");
    assert_ok(mr_keys_open(s->service, &t->a, &keys, &err), err);
    assert_ok(mr_keys_new(&keys, MR_STR("school"), MR_KEY_P256, MR_STR("did:web:school.example"), &key, &err), err);
    assert_ok(mr_keys_new(&keys, MR_STR("part"), MR_KEY_P256, MR_STR("did:web:school.example:nursing"), &key, &err),
              err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        site_get(s, cases[i].path, SITE_NOTHING_MORE);
        assert_status(s, cases[i].says ? 200 : 404, cases[i].path);
        if (!cases[i].says) continue;
        assert_str(site_header_of(s, "Content-Type"), "application/json");
        assert_str(site_header_of(s, "Access-Control-Allow-Origin"), "*");
        assert_str(site_header_of(s, "Cache-Control"), "public, max-age=300");
        assert_says(s, cases[i].says);
        assert_says_not(s, "\"d\":"); /* the private part of a JWK */
    }
}

static void test_type_metadata__is_for_everybody(void **state)
{
    struct status *t = *state;
    struct site *s = &t->office.site;
    site_get(s, "/types/micro-credential", SITE_NOTHING_MORE);
    assert_status(s, 200, "the type");
    assert_str(site_header_of(s, "Content-Type"), "application/json");
    assert_says(s, "\"vct\":\"urn:merit:micro-credential:1\"");
    assert_says(s, "\"locale\":\"da\"");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_status, close_status)
    const struct CMUnitTest tests[] = {
        T(test_status_form__asks_what_and_why),
        T(test_status_form__says_what_is_missing),
        T(test_status_change__asks_once_more),
        T(test_status_change__suspends_and_lets_count_again),
        T(test_status_form__is_of_achievements_that_are_here),
        T(test_claim_page__says_that_it_was_withdrawn),
        T(test_verify_page__asks_the_lists_of_this_installation),
        T(test_verify_page__sees_a_suspension_in_the_token),
        T(test_verify_page__says_that_it_asked_nobody_else),
        T(test_status_lists__are_for_everybody),
        T(test_status_lists__that_are_not_there),
        T(test_published_keys__stand_at_their_addresses),
        T(test_type_metadata__is_for_everybody),
    };
    mr_log_set_level(MR_LOG_ERROR + 1);
    return cmocka_run_group_tests_name("web/status", tests, NULL, NULL);
}
