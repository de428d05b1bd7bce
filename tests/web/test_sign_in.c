/* The pages of signing in, against whoever wants to misuse them: planted cookies, other sites, other hosts, forged proxies, stale sign-ins, script in names. */
#include "people.h"

#include "base/file.h"
#include "service/organisation.h"
#include "web/session.h"

#define OURS "Aarhus School of Nursing (invented)"
#define SECRET "0123456789abcdef0123456789abcdef"

struct house {
    struct site site;
    mr_arena a;
};

static int open_house(void **state)
{
    static const char settings[] =
        "{\"proxy\": {\"secret\": \"" SECRET "\", \"label\": \"WAYF\", \"domains\": [\"example.org\"]}}";
    struct house *h = calloc(1, sizeof *h);
    struct mr_err err = {0};
    mr_arena_init(&h->a, 64 << 20);
    site_open(&h->site, NULL);
    mr_web_close(h->site.web);
    const char *path = mr_arena_format(&h->a, "%s/sign-in.json", h->site.folder).ptr;
    assert_ok(mr_file_write(path, mr_str_of(settings), 0600, true, &err), err);
    assert_ok(mr_web_open(h->site.service, &h->site.web, &err), err);
    person_add(&h->site, &h->a, "lucja@example.org", OURS, 1u << MR_ROLE_ADMINISTRATOR, false);
    *state = h;
    return 0;
}
static int close_house(void **state)
{
    struct house *h = *state;
    site_close(&h->site);
    mr_arena_done(&h->a);
    free(h);
    return 0;
}

static void test_sign_in__leads_within_the_site_only(void **state)
{
    struct house *h = *state;
    struct mr_err err = {0};
    static const struct {
        const char *to, *location;
    } cases[] = {
        {"/provider/people", "/provider/people"},
        {"/account", "/account"},
        {"", "/provider"},
        {"//evil.example", "/provider"},
        {"/%2Fevil.example", "/provider"},
        {"https://evil.example/", "/provider"},
        {"/\\evil.example", "/provider"},
        {"/a//evil.example", "/provider"},
        {"javascript:alert(1)", "/provider"},
        {"provider", "/provider"},
        {"/provider%0d%0aX-Evil:1", "/provider"},
        {"/@evil.example", "/provider"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str path;
        char body[200];
        assert_ok(mr_sign_in_link_make(h->site.service, &h->a, MR_STR("lucja@example.org"), &path, &err), err);
        snprintf(body, sizeof body, "to=%s", cases[i].to);
        site_ask(&h->site, MR_POST, path.ptr, SITE_HEADER("Content-Type", "application/x-www-form-urlencoded"),
                 mr_str_of(body));
        assert_status(&h->site, 303, cases[i].to);
        assert_str(site_header_of(&h->site, "Location"), cases[i].location);
    }
    site_get(&h->site, "/sign-in?to=//evil.example/%22%3E%3Cscript%3E", SITE_NOTHING_MORE);
    assert_says_not(&h->site, "value=\"//evil");
    assert_says_not(&h->site, "href=\"//evil"); /* the menu of languages keeps what was asked for, behind a "?" */
    assert_says_not(&h->site, "<script>");
}

static void test_sign_in__takes_no_planted_cookie(void **state)
{
    struct house *h = *state;
    struct mr_err err = {0};
    mr_str path;
    static const char planted[] = "merit_session=PLANTEDPLANTEDPLANTEDPLANTEDPLAN";
    assert_ok(mr_sign_in_link_make(h->site.service, &h->a, MR_STR("lucja@example.org"), &path, &err), err);
    site_ask(&h->site, MR_POST, path.ptr, SITE_HEADER("Cookie", planted), MR_STR_EMPTY);
    assert_status(&h->site, 303, "the link");
    assert_int_equal(site_cookie(&h->site, "merit_session").len, 32);
    mr_str cookie = site_header_of(&h->site, "Set-Cookie");
    assert_true(mr_str_find(cookie, MR_STR("; HttpOnly")) > 0 && mr_str_find(cookie, MR_STR("; SameSite=Lax")) > 0);
    site_get(&h->site, "/account", SITE_HEADER("Cookie", planted));
    assert_status(&h->site, 403, "the planted cookie opens nothing");
}

static void test_sign_in__is_not_done_for_other_sites(void **state)
{
    struct house *h = *state;
    struct mr_err err = {0};
    static const struct site_header foreign[][SITE_HEADERS] = {
        {{"Sec-Fetch-Site", "cross-site"}},
        {{"Sec-Fetch-Site", "same-site"}},
        {{"Origin", "https://evil.example"}},
    };
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        mr_str path;
        assert_ok(mr_sign_in_link_make(h->site.service, &h->a, MR_STR("lucja@example.org"), &path, &err), err);
        site_ask(&h->site, MR_POST, path.ptr, foreign[i], MR_STR_EMPTY);
        assert_status(&h->site, 403, "a form of another site");
        assert_int_equal(site_cookie(&h->site, "merit_session").len, 0);
    }
}

/* Whom wrong attempts count for: of IPv6 the network that one customer has, and nobody when a proxy that is not believed speaks for all. */
static void test_visitor__counts_as_the_network_of_a_customer(void **state)
{
    struct house *h = *state;
    static const char *const cases[][2] = {{"192.0.2.7", "192.0.2.7"},
                                           {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
                                           {"2001:db8:1:2:ffff::1", "2001:db8:1:2::"},
                                           {"127.0.0.1", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_http_request request = {.path = MR_STR("/"), .peer = mr_str_of(cases[i][0]), .arena = &h->a};
        mr_page p = {.web = h->site.web, .request = &request, .arena = &h->a};
        assert_str(mr_web_visitor(&p).address, cases[i][1]);
    }
}

static void test_sign_in__answers_alike_whoever_is_asked_for(void **state)
{
    struct house *h = *state;
    static const char *const forms[] = {"/sign-in/password", "/sign-in/link"};
    static const char *const people[] = {"lucja@example.org", "nobody@example.org"};
    for (size_t f = 0; f < 2; f++) {
        mr_str pages[2];
        for (size_t i = 0; i < 2; i++) {
            char fields[120];
            snprintf(fields, sizeof fields, "email=%s&password=wrong%%20wrong%%20wrong", people[i]);
            person_send(&h->site, NULL, forms[f], fields);
            /* but for the address itself and the challenge, which is new each time */
            MR_CLEANUP(mr_buf_done) mr_buf page;
            mr_str rest = h->site.body, line;
            mr_buf_init(&page, 1 << 20);
            mr_buf_format(&page, "%d ", h->site.response.status);
            while (mr_str_split(&rest, '\n', &line))
                if (mr_str_find(line, MR_STR("data-challenge")) < 0 && mr_str_find(line, mr_str_of(people[i])) < 0)
                    mr_buf_put(&page, line);
            pages[i] = mr_arena_dup(&h->a, mr_buf_str(&page));
        }
        assert_str(pages[0], pages[1].ptr);
    }
}

static void test_sign_in__link_is_used_by_its_button_and_never_by_looking(void **state)
{
    struct house *h = *state;
    struct mr_err err = {0};
    mr_str path;
    assert_ok(mr_sign_in_link_make(h->site.service, &h->a, MR_STR("lucja@example.org"), &path, &err), err);
    for (int i = 0; i < 3; i++) {
        site_get(&h->site, path.ptr, SITE_NOTHING_MORE);
        assert_status(&h->site, 200, "a program that looks through mail");
        assert_int_equal(site_cookie(&h->site, "merit_session").len, 0);
        assert_str(site_header_of(&h->site, "Cache-Control"), "no-store");
        assert_str(site_header_of(&h->site, "Referrer-Policy"), "no-referrer");
    }
    site_ask(&h->site, MR_POST, path.ptr, SITE_NOTHING_MORE, MR_STR_EMPTY);
    assert_status(&h->site, 303, "the button");
    site_ask(&h->site, MR_POST, path.ptr, SITE_NOTHING_MORE, MR_STR_EMPTY);
    assert_status(&h->site, 410, "the button again");
}

static void test_sign_in__mails_the_address_of_the_site_whatever_the_host(void **state)
{
    struct house *h = *state;
    struct mr_err err = {0};
    site_ask(&h->site, MR_POST, "/sign-in/link",
             SITE_HEADER_LIST({"Content-Type", "application/x-www-form-urlencoded"}, {"Host", "evil.example"},
                              {"X-Forwarded-Host", "evil.example"}),
             MR_STR("email=lucja@example.org"));
    assert_status(&h->site, 200, "asked for a link");
    mr_db_tx *tx;
    assert_ok(mr_db_begin(mr_service_db(h->site.service), false, &tx, &err), err);
    {
        MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
        bool row;
        assert_ok(mr_db_query(tx, "SELECT data FROM mail WHERE template = 'sign_in'", NULL, 0, &c, &err), err);
        assert_ok(mr_db_next(c, &row, &err), err);
        assert_true(row);
        assert_true(mr_str_find(mr_db_text(c, 0), MR_STR("http://127.0.0.1:8400/sign-in/link/")) > 0);
        assert_true(mr_str_find(mr_db_text(c, 0), MR_STR("evil")) < 0);
    }
    mr_db_rollback(tx);
}

static void test_federation__is_believed_from_the_proxy_alone(void **state)
{
    struct house *h = *state;
    static const struct {
        const char *secret, *mail;
        int status;
    } cases[] = {
        {"", "lucja@example.org", 403},
        {"0123456789abcdef0123456789abcdeX", "lucja@example.org", 403},
        {"0123456789abcdef", "lucja@example.org", 403},
        {SECRET, "lucja@elsewhere.example", 422}, /* not a domain that is trusted: nobody */
        {SECRET, "lucja@evilexample.org", 422},
        {SECRET, "lucja@example.org", 303},
        {SECRET, "", 303}, /* known by its principal name from now on */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        site_get(&h->site, "/sign-in/federation",
                 SITE_HEADER_LIST({"X-Merit-Proxy-Secret", cases[i].secret},
                                  {"X-Merit-Principal-Name", "lz@example.org"}, {"X-Merit-Mail", cases[i].mail},
                                  {"X-Merit-Home-Organization", "example.org"}));
        assert_status(&h->site, cases[i].status, cases[i].secret);
        assert_int_equal(site_cookie(&h->site, "merit_session").len, cases[i].status == 303 ? 32 : 0);
    }
    /* such headers are nothing anywhere else */
    site_get(&h->site, "/account",
             SITE_HEADER_LIST({"X-Merit-Proxy-Secret", SECRET}, {"X-Merit-Principal-Name", "lz@example.org"}));
    assert_status(&h->site, 403, "the account");
}

static void test_account__asks_for_a_fresh_sign_in(void **state)
{
    struct house *h = *state;
    struct mr_err err = {0};
    struct visitor v;
    mr_db_tx *tx;
    static const char *const posts[] = {"/account/password",       "/account/passkeys",
                                        "/account/second-step",    "/account/second-step/remove",
                                        "/account/recovery-codes", "/provider/people"};
    person_enter(&h->site, "lucja@example.org", &v);
    site_get(&h->site, "/account/password", SITE_HEADER("Cookie", v.cookie));
    assert_status(&h->site, 200, "fresh");
    assert_ok(mr_db_begin(mr_service_db(h->site.service), true, &tx, &err), err);
    assert_ok(mr_db_run(tx, "UPDATE session SET fresh_at = fresh_at - 900001", NULL, 0, NULL, &err), err);
    assert_ok(mr_db_commit(tx, &err), err);
    for (size_t i = 0; i < sizeof posts / sizeof *posts; i++) {
        person_send(&h->site, &v, posts[i], "password=fire%20graa%20katte&emails=x@example.org&role.designer=1");
        assert_status(&h->site, 303, posts[i]);
        assert_true(mr_str_has_prefix(site_header_of(&h->site, "Location"), MR_STR("/sign-in?again=1&to=/")));
    }
    site_get(&h->site, "/account", SITE_HEADER("Cookie", v.cookie));
    assert_status(&h->site, 200, "looking is free");
}

static void test_account__calls_organisations_in_the_language_of_the_reader(void **state)
{
    struct house *h = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct visitor v;
    mr_str id;
    assert_ok(mr_people_add_organisation(h->site.service, &h->a, &mr_actor_operator, MR_STR("First house"),
                                         MR_STR("boss@example.org"), MR_STR("en"), &id, &err),
              err);
    person_add(&h->site, &h->a, "two@example.org", "First house", 1u << MR_ROLE_ADMINISTRATOR, false);
    person_enter(&h->site, "two@example.org", &v);
    mr_findings_init(&findings, &h->a);
    mr_str profile = MR_STR("{\"name\":{\"en\":\"First house\",\"da\":\"Første hus\"},\"country\":\"DK\"}");
    assert_ok(mr_organisation_save(h->site.service, &h->a, &mr_actor_operator, id, MR_STR("university"), profile,
                                   &findings, &err),
              err);
    static const char *const cases[][2] = {
        {"da", "Første hus"}, {"en", "First house"}, {"sv", "First house"} /* in none of hers: English */};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        site_get(&h->site, mr_arena_format(&h->a, "/account?lang=%s", cases[i][0]).ptr,
                 SITE_HEADER("Cookie", v.cookie));
        assert_status(&h->site, 200, cases[i][0]);
        assert_says(&h->site, mr_arena_format(&h->a, "<small>%s</small></a>", cases[i][1]).ptr);
        assert_int_equal(site_count(&h->site, i ? "Første hus" : "First house"), 0);
    }
}

static void test_people__show_script_as_text(void **state)
{
    struct house *h = *state;
    struct visitor v;
    person_enter(&h->site, "lucja@example.org", &v);
    person_send(&h->site, &v, "/account", "name=%3Cscript%3Ealert(1)%3C/script%3E&language=en");
    assert_status(&h->site, 303, "a name");
    static const char *const pages[] = {"/account", "/provider/people", "/provider"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        site_get(&h->site, pages[i], SITE_HEADER("Cookie", v.cookie));
        assert_status(&h->site, 200, pages[i]);
        assert_says_not(&h->site, "<script>alert");
        assert_says(&h->site, "&lt;script&gt;alert(1)");
    }
    static const char *const names[] = {"name=A%0D%0ABcc:+b&language=en", "name=A%E2%80%AEb&language=en"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) { /* lines, and text that is turned round */
        person_send(&h->site, &v, "/account", names[i]);
        assert_true(h->site.response.status == 422 || h->site.response.status == 400);
    }
    person_send(&h->site, &v, "/provider/people", "emails=%3Cscript%3Ealert(1)%3C/script%3E&role.designer=1");
    assert_status(&h->site, 422, "no address");
    assert_says_not(&h->site, "<script>alert");
}

static void call(struct house *h, mr_http_method method, const char *path, const char *body, int status)
{
    mr_str bearer = mr_arena_format(
        &h->a, "Bearer %.*s", MR_STR_ARG(mr_str_from(mr_web_operator_path(h->site.web), sizeof "/operator/" - 1)));
    site_ask(&h->site, method, path, SITE_HEADER("Authorization", bearer.ptr), mr_str_of(body));
    assert_status(&h->site, status, path);
}
/* A text member of the first item of an answer. */
static const char *first(struct house *h, const char *member)
{
    struct mr_err err = {0};
    const mr_json *root;
    assert_ok(mr_json_parse(&h->a, mr_arena_dup(&h->a, h->site.body), NULL, &root, &err), err);
    return mr_arena_cstr(&h->a, mr_json_get_str(mr_json_at(mr_json_get(root, "items"), 0), member));
}

/* The id of the item with this address: two that were made within a millisecond stand in either order. */
static const char *id_of(struct house *h, const char *email)
{
    struct mr_err err = {0};
    const mr_json *root;
    assert_ok(mr_json_parse(&h->a, mr_arena_dup(&h->a, h->site.body), NULL, &root, &err), err);
    MR_JSON_EACH (item, mr_json_get(root, "items"))
        if (mr_str_is(mr_json_get_str(item, "email"), email)) return mr_arena_cstr(&h->a, mr_json_get_str(item, "id"));
    fail_msg("nobody has the address %s", email);
    return NULL;
}

static void test_api__does_with_members_what_the_pages_do(void **state)
{
    struct house *h = *state;
    char path[120];
    call(h, MR_GET, "/api/v1/installation/organisations", "", 200);
    assert_string_equal(first(h, "name"), OURS);
    const char *org = first(h, "id");
    call(h, MR_GET, "/api/v1/members", "", 200);
    assert_says(&h->site, "\"roles\":[\"administrator\"]");
    const char *person = first(h, "id");
    snprintf(path, sizeof path, "/api/v1/members/%s", person);
    call(h, MR_PUT, path, "{\"roles\":[\"designer\"]}", 409); /* the last administrator */
    call(h, MR_DELETE, path, "", 409);
    call(h, MR_PUT, path, "{\"roles\":[\"king\"]}", 400);
    call(h, MR_PUT, path, "{\"roles\":[\"administrator\",\"auditor\"]}", 204);
    call(h, MR_PUT, "/api/v1/members/x", "{\"roles\":[\"auditor\"]}", 404);
    call(h, MR_POST, "/api/v1/invitations",
         "{\"emails\":[\"a@example.org\",\"b@example.org\"],\"roles\":[\"assessor\"]}", 201);
    assert_says(&h->site, "b@example.org");
    const char *invitation = id_of(h, "a@example.org");
    call(h, MR_POST, "/api/v1/invitations", "{\"emails\":[\"no address\"],\"roles\":[\"assessor\"]}", 400);
    call(h, MR_POST, "/api/v1/invitations", "{\"emails\":[\"c@example.org\"]}", 400);
    snprintf(path, sizeof path, "/api/v1/invitations/%s/again", invitation);
    call(h, MR_POST, path, "", 204);
    snprintf(path, sizeof path, "/api/v1/invitations/%s", invitation);
    call(h, MR_DELETE, path, "", 204);
    call(h, MR_DELETE, path, "", 409);
    call(h, MR_GET, "/api/v1/invitations", "", 200);
    assert_says_not(&h->site, "a@example.org");
    call(h, MR_POST, "/api/v1/installation/organisations", "{\"name\":\"Østskolen\",\"email\":\"rektor@example.org\"}",
         201);
    call(h, MR_POST, "/api/v1/installation/organisations", "{\"name\":\"Østskolen\",\"email\":\"rektor@example.org\"}",
         409);
    snprintf(path, sizeof path, "/api/v1/installation/organisations/%s/invite", org);
    call(h, MR_POST, path, "{\"email\":\"vice@example.org\"}", 204);
    call(h, MR_POST, path, "{\"email\":\"vice\"}", 400);
}

static void test_operator__has_no_door_once_it_is_closed(void **state)
{
    struct house *h = *state;
    mr_str path = mr_arena_dup(&h->a, mr_web_operator_path(h->site.web));
    mr_str token = mr_str_from(path, sizeof "/operator/" - 1);
    site_get(&h->site, path.ptr, SITE_NOTHING_MORE);
    assert_status(&h->site, 303, "the link at first");
    mr_str cookie = mr_arena_format(&h->a, "merit_operator=%.*s", MR_STR_ARG(site_cookie(&h->site, "merit_operator")));
    mr_str bearer = mr_arena_format(&h->a, "Bearer %.*s", MR_STR_ARG(token));
    mr_web_close_operator_door(h->site.web);
    site_get(&h->site, path.ptr, SITE_NOTHING_MORE);
    assert_status(&h->site, 404, "the link");
    site_get(&h->site, "/provider", SITE_HEADER("Cookie", cookie.ptr));
    assert_status(&h->site, 403, "the cookie");
    site_get(&h->site, "/api/v1/me", SITE_HEADER("Authorization", bearer.ptr));
    assert_status(&h->site, 401, "the token");
    site_get(&h->site, "/operator/", SITE_NOTHING_MORE);
    assert_status(&h->site, 404, "an empty token");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sign_in__leads_within_the_site_only),
        cmocka_unit_test(test_sign_in__takes_no_planted_cookie),
        cmocka_unit_test(test_sign_in__is_not_done_for_other_sites),
        cmocka_unit_test(test_visitor__counts_as_the_network_of_a_customer),
        cmocka_unit_test(test_sign_in__answers_alike_whoever_is_asked_for),
        cmocka_unit_test(test_sign_in__link_is_used_by_its_button_and_never_by_looking),
        cmocka_unit_test(test_sign_in__mails_the_address_of_the_site_whatever_the_host),
        cmocka_unit_test(test_federation__is_believed_from_the_proxy_alone),
        cmocka_unit_test(test_account__asks_for_a_fresh_sign_in),
        cmocka_unit_test(test_account__calls_organisations_in_the_language_of_the_reader),
        cmocka_unit_test(test_people__show_script_as_text),
        cmocka_unit_test(test_api__does_with_members_what_the_pages_do),
        cmocka_unit_test(test_operator__has_no_door_once_it_is_closed),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
