/* The frame of every page, and the public pages: routes, languages, headers, the closed door, specifications, files. */
#include "base/compression.h"
#include "site.h"

#define PAGE_MOST ((size_t)60 * 1024) /* without pictures */

static int open_site(void **state)
{
    static struct site site;
    site_open(&site, NULL);
    *state = &site;
    return 0;
}

static int close_site(void **state)
{
    site_close(*state);
    return 0;
}

static const struct {
    const char *path;
    int status;
} public_pages[] = {
    {"/", 200},
    {"/specifications", 200},
    {"/specifications/wound-care-2026", 200},
    {"/specifications/data-ethics-in-care", 200},
    {"/specifications/circular-textiles", 200},
    {"/specifications/nothing-of-this-name", 404},
    {"/specifications?q=wound&language=da", 200},
    {"/specifications?q=nothing-has-this-word", 200},
    {"/providers", 200},
    {"/providers/aarhus-school-of-nursing-invented", 200},
    {"/providers/nobody", 404},
    {"/opportunities/nothing", 404},
    {"/consent/nothing/nothing", 404},
    {"/verify", 200},
    {"/about/data", 200},
    {"/about/accessibility", 200},
    {"/provider", 403},
    {"/no/such/page", 404},
};

/* ---- every page ---- */

static void look_at_frame(struct site *s, const char *path, const char *lang)
{
    static const struct {
        const char *pattern;
        size_t wanted;
        const char *why;
    } rules[] = {
        {"<!doctype html>", 1, "it is HTML"},
        {"<title>[^<]+ · Merit</title>", 1, "it has a title"},
        {"<h1[ >]", 1, "one heading says what the page is"},
        {"<main class=\"wrap\" id=\"main\"", 1, "the skip link leads somewhere"},
        {"class=\"skip\" href=\"#main\"", 1, "there is a skip link"},
        {"<nav aria-label=\"[^\"]+\"", 1, "the navigation is named"},
        {" style=", 0, "no inline style (CSP)"},
        {"<style", 0, "no inline style (CSP)"},
        {"<script>", 0, "no inline script (CSP)"},
        {"<script [^>]*>[^<]", 0, "no inline script (CSP)"},
        {" on[a-z]+=\"", 0, "no inline handler (CSP)"},
        {"javascript:", 0, "no script in a link"},
        {"(src|href)=\"(https?:)?//[^\"]*\\.(css|js)", 0, "nothing is loaded from elsewhere"},
        {"class=\"trial\"", 1, "a trial says that it is one"},
        {"\\{\\{|\\}\\}", 0, "no tag of a template is left"},
        {"[>\" "
         "](frame|front|error|specifications?|catalogue|providers?|organisation|statement|opportunity|fields|verify|"
         "about|office|element|check|report|state|say)"
         "\\.[a-z_]+[a-z_0-9.]*[<\" ]",
         0, "no message is missing"},
        {"\\{[a-z_]+\\}", 0, "no placeholder of a message is left"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        size_t got = site_count(s, rules[i].pattern);
        if (got == rules[i].wanted) continue;
        print_error("%s (%s): %s\n  /%s/ stands %zu times, wanted %zu\n%.*s\n", path, lang, rules[i].why,
                    rules[i].pattern, got, rules[i].wanted, MR_STR_ARG(s->body));
        fail();
    }
    assert_int_equal(site_count(s, lang[0] == 'd' ? "<html lang=\"da\">" : "<html lang=\"en\">"), 1);
    assert_true(s->body.len < PAGE_MOST);
}

static void look_at_headers(const struct site *s)
{
    assert_str(site_header_of(s, "X-Content-Type-Options"), "nosniff");
    assert_str(site_header_of(s, "Referrer-Policy"), "no-referrer");
    assert_str(site_header_of(s, "Cross-Origin-Opener-Policy"), "same-origin");
    mr_str csp = site_header_of(s, "Content-Security-Policy");
    static const char *const rules[] = {"default-src 'none'",     "script-src 'self'", "style-src 'self'",
                                        "frame-ancestors 'none'", "base-uri 'none'",   "form-action 'self'"};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) assert_true(mr_str_find(csp, mr_str_of(rules[i])) >= 0);
    assert_true(mr_str_find(csp, MR_STR("unsafe")) < 0);
}

static void test_pages_public__have_a_whole_frame_in_both_languages(void **state)
{
    struct site *s = *state;
    static const char *const languages[] = {"en", "da"};
    for (size_t i = 0; i < sizeof public_pages / sizeof *public_pages; i++) {
        for (size_t l = 0; l < 2; l++) {
            site_get(s, public_pages[i].path, SITE_HEADER("Accept-Language", languages[l]));
            assert_status(s, public_pages[i].status, public_pages[i].path);
            look_at_frame(s, public_pages[i].path, languages[l]);
            look_at_headers(s);
        }
    }
}

static void test_pages_navigation__marks_where_one_is(void **state)
{
    struct site *s = *state;
    site_get(s, "/verify", SITE_NOTHING_MORE);
    assert_int_equal(site_count(s, "aria-current="), 1);
    assert_int_equal(site_count(s, "href=\"/verify\" aria-current=\"true\""), 1);
    site_get(s, "/specifications/wound-care-2026", SITE_NOTHING_MORE);
    assert_int_equal(site_count(s, "href=\"/specifications\" aria-current=\"true\""), 1);
    site_get(s, "/", SITE_NOTHING_MORE);
    assert_int_equal(site_count(s, "aria-current="), 0);
}

static void test_pages_routes__refuse_what_is_not_there(void **state)
{
    struct site *s = *state;
    static const struct {
        mr_http_method method;
        const char *path;
        int status;
    } cases[] = {
        {MR_POST, "/", 405},
        {MR_PUT, "/verify", 405},
        {MR_DELETE, "/specifications/wound-care-2026", 405},
        {MR_POST, "/about/data", 405},
        {MR_HEAD, "/", 200},
        {MR_GET, "//", 404},
        {MR_GET, "/specifications/", 404},
        {MR_GET, "/specifications/wound-care-2026/", 404},
        {MR_GET, "/specifications/wound-care-2026/file/more", 404},
        {MR_GET, "/static/merit.css.map", 404},
        {MR_GET, "/static/", 404},
        {MR_GET, "/static/../merit.css", 404},
        {MR_GET, "/claim/none/none", 404},
        {MR_GET, "/operator/not-the-token", 404},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        site_ask(s, cases[i].method, cases[i].path, SITE_NOTHING_MORE, MR_STR_EMPTY);
        assert_status(s, cases[i].status, cases[i].path);
    }
}

static void test_pages_error__does_not_echo_the_address_as_markup(void **state)
{
    struct site *s = *state;
    site_get(s, "/<script>alert(1)</script>", SITE_NOTHING_MORE);
    assert_status(s, 404, "hostile address");
    assert_says_not(s, "<script>alert");
    site_get(s, "/specifications/\"><img src=x>", SITE_NOTHING_MORE);
    assert_status(s, 404, "hostile name");
    assert_says_not(s, "<img");
}

/* ---- language ---- */

static void test_pages_language__is_the_readers(void **state)
{
    struct site *s = *state;
    static const struct {
        const char *path;
        struct site_header headers[SITE_HEADERS];
        const char *wanted;
        bool sets_cookie;
    } cases[] = {
        {"/verify", {{NULL}}, "en", false},
        {"/verify", {{"Accept-Language", "da"}}, "da", false},
        {"/verify", {{"Accept-Language", "fi, da-DK;q=0.8, en;q=0.5"}}, "da", false},
        {"/verify", {{"Accept-Language", "xx;q=1;;, *"}}, "en", false},
        {"/verify?lang=da", {{"Accept-Language", "en"}}, "da", true},
        {"/verify?lang=zz", {{"Accept-Language", "da"}}, "da", false},
        {"/verify?lang=%00", {{"Accept-Language", "da"}}, "da", false},
        {"/verify", {{"Accept-Language", "en"}, {"Cookie", "merit_language=da"}}, "da", false},
        {"/verify", {{"Accept-Language", "da"}, {"Cookie", "merit_language=<b>"}}, "da", false},
        {"/verify?lang=en", {{"Cookie", "merit_language=da"}}, "en", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        site_get(s, cases[i].path, cases[i].headers);
        assert_status(s, 200, cases[i].path);
        assert_str(site_header_of(s, "Content-Language"), cases[i].wanted);
        assert_int_equal(site_header_of(s, "Set-Cookie").len > 0, cases[i].sets_cookie);
        const char *other = cases[i].wanted[0] == 'd' ? "href=\"?lang=en\"" : "href=\"?lang=da\"";
        assert_says(s, other);
    }
    site_get(s, "/?lang=da", SITE_NOTHING_MORE);
    mr_str cookie = site_header_of(s, "Set-Cookie");
    assert_true(mr_str_has_prefix(cookie, MR_STR("merit_language=da;")));
    assert_true(mr_str_find(cookie, MR_STR("SameSite=Lax")) >= 0);
}

/* ---- the closed door ---- */

static void enter(struct site *s, char cookie[256])
{
    mr_str path = mr_web_operator_path(s->web);
    char copy[128], *semicolon;
    snprintf(copy, sizeof copy, "%.*s", MR_STR_ARG(path));
    site_get(s, copy, SITE_NOTHING_MORE);
    assert_status(s, 303, "the operator's link");
    mr_str set = site_header_of(s, "Set-Cookie");
    assert_true(mr_str_find(set, MR_STR("HttpOnly")) >= 0);
    assert_true(mr_str_find(set, MR_STR("SameSite=Lax")) >= 0);
    snprintf(cookie, 256, "%.*s", MR_STR_ARG(set));
    semicolon = strchr(cookie, ';');
    assert_non_null(semicolon);
    *semicolon = 0;
}

static void test_pages_office__opens_by_the_printed_link_only(void **state)
{
    struct site *s = *state;
    char cookie[256];
    site_get(s, "/provider", SITE_NOTHING_MORE);
    assert_status(s, 403, "without a session");
    assert_int_equal(site_count(s, "<form"), 0);
    site_get(s, "/provider", SITE_HEADER("Cookie", "merit_operator="));
    assert_status(s, 403, "an empty session");
    site_get(s, "/provider", SITE_HEADER("Cookie", "merit_operator=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    assert_status(s, 403, "an invented session");
    enter(s, cookie);
    site_get(s, "/provider", SITE_HEADER("Cookie", cookie));
    assert_status(s, 200, "with the session");
    assert_str(site_header_of(s, "Cache-Control"), "no-store");
    look_at_frame(s, "/provider", "en");
}

static void test_pages_office__does_nothing_without_the_form_token(void **state)
{
    struct site *s = *state;
    char cookie[256];
    struct mr_published *list;
    size_t before, after;
    struct mr_err err = {0};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 64 * MR_MIB);
    mr_str document = test_read_file(&a, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json");
    char *text = strdup(mr_arena_cstr(&a, document));
    memcpy(strstr(text, "wound-care-2026"), "wound-care-2099", 15);
    enter(s, cookie);
    assert_ok(mr_catalogue_list(s->service, &a, &(struct mr_specification_filter){.limit = 100}, &list, &before, &err),
              err);
    static const char *const tokens[] = {NULL, "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        mr_buf form;
        mr_buf_init(&form, MR_MIB);
        if (tokens[i]) site_form_put(&form, "form_token", NULL, mr_str_of(tokens[i]));
        site_form_put(&form, "file", "new.json", mr_str_of(text));
        site_ask(s, MR_POST, "/provider/specifications",
                 SITE_HEADER_LIST({"Cookie", cookie}, {"Content-Type", SITE_FORM}), site_form_end(&form));
        assert_status(s, 403, "no form token");
        mr_buf_done(&form);
    }
    assert_ok(mr_catalogue_list(s->service, &a, &(struct mr_specification_filter){.limit = 100}, &list, &after, &err),
              err);
    assert_int_equal(before, after);
    free(text);
}

/* ---- what pages fetch ---- */

static void test_pages_static__is_kept_until_it_changes(void **state)
{
    struct site *s = *state;
    static const struct {
        const char *path, *type;
    } files[] = {{"/static/merit.css", "text/css; charset=utf-8"},
                 {"/static/merit.js", "text/javascript; charset=utf-8"},
                 {"/static/favicon.svg", "image/svg+xml"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char tag[64];
        site_get(s, files[i].path, SITE_NOTHING_MORE);
        assert_status(s, 200, files[i].path);
        assert_true(s->body.len > 100);
        assert_str(site_header_of(s, "Content-Type"), files[i].type);
        snprintf(tag, sizeof tag, "%.*s", MR_STR_ARG(site_header_of(s, "ETag")));
        assert_true(tag[0] == '"');
        site_get(s, files[i].path, SITE_HEADER("If-None-Match", tag));
        assert_status(s, 304, files[i].path);
        assert_int_equal(s->body.len, 0);
        site_get(s, files[i].path, SITE_HEADER("If-None-Match", "\"0123456789abcdef\""));
        assert_status(s, 200, files[i].path);
    }
}

static void test_pages_static__is_compressed_for_who_takes_it(void **state)
{
    struct site *s = *state;
    struct mr_err err = {0};
    static const char *const yes[] = {"gzip", "br, gzip;q=0.5, *;q=0", "deflate,gzip ; level=1"};
    static const char *const no[] = {"", "br", "gzip;q=0", "gzip;q=0.000, br", "xgzip"};
    mr_str text, whole;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 4 * MR_MIB);
    site_get(s, "/static/merit.css", SITE_NOTHING_MORE);
    assert_str(site_header_of(s, "Vary"), "Accept-Encoding");
    whole = mr_arena_dup(&a, s->body);
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        site_get(s, "/static/merit.css", SITE_HEADER("Accept-Encoding", yes[i]));
        assert_str(site_header_of(s, "Content-Encoding"), "gzip");
        assert_true(s->body.len < whole.len / 2);
        assert_ok(mr_inflate(&a, MR_GZIP, s->body, MR_MIB, &text, &err), err);
        assert_true(mr_str_eq(text, whole));
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        site_get(s, "/static/merit.css", SITE_HEADER("Accept-Encoding", no[i]));
        assert_int_equal(site_header_of(s, "Content-Encoding").len, 0);
        assert_true(mr_str_eq(s->body, whole));
    }
}

/* ---- specifications ---- */

static void test_pages_specification__says_outcomes_first_and_every_element(void **state)
{
    struct site *s = *state;
    site_get(s, "/specifications/wound-care-2026", SITE_NOTHING_MORE);
    ptrdiff_t outcome = mr_str_find(s->body, MR_STR("Assess and stage chronic wounds"));
    ptrdiff_t table = mr_str_find(s->body, MR_STR("<table"));
    assert_true(outcome > 0 && outcome < table);
    assert_int_equal(site_count(s, "Given for each learner"), 3); /* learner, date, grade */
    static const char *const wanted[] = {
        "Identification of the learner", "Title of the micro-credential", "Country", "Awarding body", "Date of issuing",
        "Learning outcomes", "Notional workload", "Level", "Type of assessment", "Form of participation",
        "Type of quality assurance", "Prerequisites", "Supervision", "Grade", "stackability", "Further information",
        /* answers */
        "2 ECTS, 56 hours", "EQF 6, declared by the provider", "Practical examination at the bedside", "Blended",
        "Internal quality assurance", "valid from 15 January 2026 to 31 December 2028", "Authorisation as a nurse.",
        "DKK 4,200", "Danish, English", "Nursing is a regulated profession",
        "does not by itself mean official validation or recognition"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) assert_says(s, wanted[i]);
    site_get(s, "/specifications/wound-care-2026", SITE_HEADER("Accept-Language", "da"));
    assert_says(s, "Vurdere og stadieinddele kroniske sår");
    assert_says(s, "(praktisk prøve, fysisk fremmøde)"); /* behind a word a mode begins small */
    assert_says(s, "Blandet (fremmøde og online)");
    assert_int_equal(site_count(s, "Gives for hver lærende"), 3);
    assert_says_not(s, "Assess and stage chronic wounds");
    assert_says_not(s, "class=\"notice\"");
}

static void test_pages_specification__names_the_language_that_is_not_the_readers(void **state)
{
    struct site *s = *state;
    site_get(s, "/specifications/data-ethics-in-care", SITE_HEADER("Accept-Language", "da"));
    assert_status(s, 200, "Swedish and English only");
    assert_says(s, "<span lang=\"en\">Ethics in data-driven care</span>");
    assert_int_equal(site_count(s, "på engelsk"), 1);
    site_get(s, "/specifications/data-ethics-in-care", SITE_NOTHING_MORE);
    assert_says(s, "<span>Ethics in data-driven care</span>");
}

static void test_pages_specification__gives_its_file_unchanged(void **state)
{
    struct site *s = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_MIB);
    mr_str file = test_read_file(&a, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json");
    site_get(s, "/specifications/wound-care-2026/file", SITE_NOTHING_MORE);
    assert_status(s, 200, "the file");
    assert_str_eq(s->body, file);
    assert_str(site_header_of(s, "Content-Type"), "application/json");
    assert_str(site_header_of(s, "Content-Disposition"), "attachment; filename=\"wound-care-2026.json\"");
}

static void test_pages_list__counts_and_leads_to_each(void **state)
{
    struct site *s = *state;
    site_get(s, "/specifications", SITE_NOTHING_MORE);
    assert_says(s, "3 micro-credentials, each described the same way.");
    assert_int_equal(site_count(s, "<li class=\"card\">"), 3);
    assert_says(s, "href=\"/specifications/circular-textiles\"");
    site_get(s, "/", SITE_NOTHING_MORE);
    assert_says(s, "href=\"/specifications/circular-textiles\"");
    assert_int_equal(site_count(s, "<a class=\"button\""), 1); /* one primary button */
}

static void test_pages_refusals__of_the_server_are_pages(void **state)
{
    struct site *s = *state;
    static const int statuses[] = {400, 408, 413, 414, 417, 431, 500, 501, 503, 505};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        site_forget(s);
        mr_http_response_init(&s->response, &s->arena);
        s->asked = true;
        mr_web_refuse(s->web, statuses[i], i % 2 ? "da" : NULL, &s->response);
        s->body = mr_buf_str(&s->response.body);
        assert_false(mr_http_response_is_wrong(&s->response));
        assert_status(s, statuses[i], "refused");
        look_at_frame(s, "refused", i % 2 ? "da" : "en");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages_public__have_a_whole_frame_in_both_languages),
        cmocka_unit_test(test_pages_navigation__marks_where_one_is),
        cmocka_unit_test(test_pages_routes__refuse_what_is_not_there),
        cmocka_unit_test(test_pages_error__does_not_echo_the_address_as_markup),
        cmocka_unit_test(test_pages_language__is_the_readers),
        cmocka_unit_test(test_pages_office__opens_by_the_printed_link_only),
        cmocka_unit_test(test_pages_office__does_nothing_without_the_form_token),
        cmocka_unit_test(test_pages_static__is_kept_until_it_changes),
        cmocka_unit_test(test_pages_static__is_compressed_for_who_takes_it),
        cmocka_unit_test(test_pages_specification__says_outcomes_first_and_every_element),
        cmocka_unit_test(test_pages_specification__names_the_language_that_is_not_the_readers),
        cmocka_unit_test(test_pages_specification__gives_its_file_unchanged),
        cmocka_unit_test(test_pages_list__counts_and_leads_to_each),
        cmocka_unit_test(test_pages_refusals__of_the_server_are_pages),
    };
    return cmocka_run_group_tests(tests, open_site, close_site);
}
