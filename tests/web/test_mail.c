/* The pages and the API of mail, codes on paper and webhooks, asked without a network: what they hold back, what they refuse, and that pages and API do the same. */
#include "office.h"

#include "json/json.h"
#include "service/mail.h"

static struct office o;

static int open_all(void **state)
{
    mr_log_set_level(MR_LOG_ERROR + 1);
    office_open(&o);
    return 0;
}
static int close_all(void **state)
{
    site_close(&o.site);
    return 0;
}

/* Ask the API as the operator. body NULL: none. */
static const mr_json *ask(mr_http_method method, const char *path, const char *body, int status)
{
    struct mr_err err = {0};
    const mr_json *answer = NULL;
    mr_str link = mr_web_operator_path(o.site.web);
    static char bearer[80];
    snprintf(bearer, sizeof bearer, "Bearer %.*s", MR_STR_ARG(mr_str_from(link, strlen("/operator/"))));
    site_ask(&o.site, method, path, SITE_HEADER_LIST({"Authorization", bearer}), mr_str_of(body));
    assert_status(&o.site, status, path);
    if (status == 204) return NULL;
    assert_ok(mr_json_parse(&o.site.arena, o.site.body, NULL, &answer, &err), err);
    return answer;
}

static void post(const char *path, const char *fields)
{
    static char body[2000];
    snprintf(body, sizeof body, "form_token=%s&%s", o.form_token, fields);
    site_ask(&o.site, MR_POST, path,
             SITE_HEADER_LIST({"Cookie", o.cookie}, {"Content-Type", "application/x-www-form-urlencoded"}),
             mr_str_of(body));
}

static void test_pages__are_whole_in_both_languages(void **state)
{
    static const char *const paths[] = {"/provider/mail", "/provider/mail?state=refused", "/provider/mail/templates"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        office_get(&o, paths[i], "en");
        assert_private_page(&o.site, 200, paths[i]);
        office_get(&o, paths[i], "da");
        assert_private_page(&o.site, 200, paths[i]);
    }
    office_get(&o, "/provider/mail/templates/reminder/da", "en"); /* which shows placeholders on purpose */
    assert_status(&o.site, 200, "a provider's own words");
    assert_str(site_header_of(&o.site, "Cache-Control"), "no-store");
    assert_int_equal(site_count(&o.site, "\\{\\{|mail\\.[a-z]"), 0);
    office_get(&o, "/provider/mail/templates/sign_in/en", "en");
    assert_status(&o.site, 404, "words that nobody may change");
    office_get(&o, "/provider/mail/templates/claim/xx", "en");
    assert_status(&o.site, 404, "a language that Merit does not speak");
    office_get(&o, "/provider/mail/01234567-89ab-7def-8123-456789abcdef", "en");
    assert_status(&o.site, 404, "no such mail");
    site_get(&o.site, "/claim", SITE_NOTHING_MORE);
    assert_private_page(&o.site, 200, "/claim");
}

static void test_pages__strangers_are_kept_out(void **state)
{
    static const char *const paths[] = {"/provider/mail", "/provider/mail/templates", "/provider/webhooks",
                                        "/provider/mail/templates/claim/en"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        site_get(&o.site, paths[i], SITE_NOTHING_MORE);
        assert_status(&o.site, 403, paths[i]);
    }
    site_get(&o.site, "/api/v1/mail", SITE_NOTHING_MORE);
    assert_status(&o.site, 401, "the API without a token");
    site_ask(&o.site, MR_POST, "/provider/webhooks", SITE_HEADER_LIST({"Cookie", o.cookie}),
             MR_STR("url=https://x.example/"));
    assert_status(&o.site, 403, "a form without its token");
    site_get(&o.site, "/mail/stop/01234567-89ab-7def-8123-456789abcdef/x", SITE_NOTHING_MORE);
    assert_status(&o.site, 404, "a link that nobody made");
}

static void test_mail__a_test_is_queued_by_page_and_api(void **state)
{
    post("/provider/mail/test", "to=me%40example.org");
    assert_status(&o.site, 303, "a test");
    ask(MR_POST, "/api/v1/mail/test", "{\"to\":\"you@example.org\",\"kind\":\"claim\",\"language\":\"da\"}", 204);
    post("/provider/mail/test", "to=%3Cscript%3E%40");
    assert_status(&o.site, 422, "no address");
    assert_says(&o.site, "value=\"&lt;script&gt;@\"");
    assert_str(mr_json_get_str(ask(MR_POST, "/api/v1/mail/test", "{\"to\":\"x\"}", 400), "code"), "format");
    const mr_json *items = mr_json_get(ask(MR_GET, "/api/v1/mail?state=waiting", NULL, 200), "items");
    assert_int_equal(mr_json_count(items), 2);
    assert_str(mr_json_get_str(mr_json_at(items, 0), "to"), "you@example.org");
    assert_str(mr_json_get_str(mr_json_at(items, 0), "kind"), "claim");
    char path[120];
    snprintf(path, sizeof path, "/provider/mail/%.*s", MR_STR_ARG(mr_json_get_str(mr_json_at(items, 0), "id")));
    office_get(&o, path, "en");
    assert_private_page(&o.site, 200, "one mail");
    assert_says(&o.site, "you@example.org");
    ask(MR_GET, "/api/v1/mail?state=unheard", NULL, 400);
    assert_int_equal(mr_json_count(mr_json_get(ask(MR_GET, "/api/v1/mail?state=sent", NULL, 200), "items")), 0);
}

static void test_mail_words__by_page_and_api(void **state)
{
    static const char path[] = "/api/v1/mail/templates/claim/en";
    assert_true(mr_json_is(mr_json_get(ask(MR_GET, path, NULL, 200), "own"), MR_JSON_FALSE));
    ask(MR_PUT, path, "{\"subject\":\"For {learner}\",\"introduction\":\"I\"}", 204);
    assert_str(mr_json_get_str(ask(MR_GET, path, NULL, 200), "subject"), "For {learner}");
    assert_str(mr_json_get_str(ask(MR_PUT, path, "{\"subject\":\"{code}\",\"introduction\":\"I\"}", 400), "detail"),
               "code");
    post("/provider/mail/templates/claim/en", "do=save&subject=%7Bno%7D&introduction=%3Cb%3E");
    assert_status(&o.site, 422, "a placeholder that there is not");
    assert_says(&o.site, "{no}");
    assert_says(&o.site, "&lt;b&gt;");
    ask(MR_DELETE, path, NULL, 204);
    assert_true(mr_json_is(mr_json_get(ask(MR_GET, path, NULL, 200), "own"), MR_JSON_FALSE));
    ask(MR_PUT, "/api/v1/mail/reminders", "{\"remind\":false}", 204);
    assert_true(mr_json_is(mr_json_get(ask(MR_GET, "/api/v1/mail/reminders", NULL, 200), "remind"), MR_JSON_FALSE));
    post("/provider/mail/reminders", "remind=on");
    assert_true(mr_json_is(mr_json_get(ask(MR_GET, "/api/v1/mail/reminders", NULL, 200), "remind"), MR_JSON_TRUE));
}

static void test_webhooks__by_api(void **state)
{
    char path[200];
    const mr_json *made =
        ask(MR_POST, "/api/v1/webhooks",
            "{\"url\":\"https://hooks.example.org/m\",\"events\":[\"batch.sealed\",\"achievement.status\"]}", 201);
    assert_true(mr_str_has_prefix(mr_json_get_str(made, "secret"), MR_STR("whsec_")));
    mr_str id = mr_json_get_str(made, "id");
    snprintf(path, sizeof path, "/api/v1/webhooks/%.*s", MR_STR_ARG(id));
    const mr_json *now = ask(MR_GET, path, NULL, 200);
    assert_int_equal(mr_json_get_str(now, "secret").len, 0);
    assert_int_equal(mr_json_count(mr_json_get(now, "events")), 2);
    ask(MR_PUT, path, "{\"url\":\"https://hooks.example.org/n\",\"events\":[\"batch.sealed\"]}", 204);
    const mr_json *wrong = ask(MR_PUT, path, "{\"url\":\"http://10.0.0.1/\",\"events\":[\"batch.sealed\"]}", 400);
    assert_str(mr_json_get_str(wrong, "pointer"), "/url");
    strcat(path, "/state");
    ask(MR_PUT, path, "{\"state\":\"paused\"}", 204);
    ask(MR_PUT, path, "{\"state\":\"disabled\"}", 400);
    *strrchr(path, '/') = '\0';
    assert_str(mr_json_get_str(ask(MR_GET, path, NULL, 200), "state"), "paused");
    strcat(path, "/test");
    ask(MR_POST, path, NULL, 204);
    *strrchr(path, '/') = '\0';
    strcat(path, "/deliveries");
    const mr_json *items = mr_json_get(ask(MR_GET, path, NULL, 200), "items");
    assert_int_equal(mr_json_count(items), 1);
    assert_str(mr_json_get_str(mr_json_at(items, 0), "type"), "test");
    *strrchr(path, '/') = '\0';
    ask(MR_DELETE, path, NULL, 204);
    ask(MR_GET, path, NULL, 404);
    assert_int_equal(mr_json_count(mr_json_get(ask(MR_GET, "/api/v1/webhooks", NULL, 200), "items")), 0);
}

static void test_codes__by_api_open_the_claim(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    struct mr_published published;
    struct mr_batch *batches;
    size_t count;
    char path[200], body[100];
    mr_arena_init(&a, 64 << 20);
    assert_ok(mr_catalogue_get(o.site.service, &a, MR_STR("wound-care-2026"), &published, &err), err);
    assert_ok(
        mr_batch_list(o.site.service, &mr_actor_operator, &a, published.id, MR_STR_EMPTY, 100, &batches, &count, &err),
        err);
    snprintf(path, sizeof path, "/api/v1/batches/%.*s/codes", MR_STR_ARG(batches[0].id));
    const mr_json *items = mr_json_get(ask(MR_POST, path, "{\"everybody\":true}", 200), "items");
    assert_true(mr_json_count(items) > 0);
    mr_str code = mr_json_get_str(mr_json_at(items, 0), "code");
    assert_int_equal(code.len, 19);
    snprintf(body, sizeof body, "code=%.*s", MR_STR_ARG(code));
    site_ask(&o.site, MR_POST, "/claim", SITE_HEADER_LIST({"Content-Type", "application/x-www-form-urlencoded"}),
             mr_str_of(body));
    assert_status(&o.site, 303, "a code");
    assert_true(mr_str_has_prefix(site_header_of(&o.site, "Location"), MR_STR("/claim/")));
    snprintf(body, sizeof body, "code=%%3Cscript%%3E");
    site_ask(&o.site, MR_POST, "/claim", SITE_HEADER_LIST({"Content-Type", "application/x-www-form-urlencoded"}),
             mr_str_of(body));
    assert_private_page(&o.site, 422, "no code");
    assert_says(&o.site, "&lt;script&gt;");
    ask(MR_POST, "/api/v1/batches/01234567-89ab-7def-8123-456789abcdef/codes", "{}", 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages__are_whole_in_both_languages),
        cmocka_unit_test(test_pages__strangers_are_kept_out),
        cmocka_unit_test(test_mail__a_test_is_queued_by_page_and_api),
        cmocka_unit_test(test_mail_words__by_page_and_api),
        cmocka_unit_test(test_webhooks__by_api),
        cmocka_unit_test(test_codes__by_api_open_the_claim),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
