/* The learner's page, from the link to the files she keeps. */
#include "office.h"
#include "service/verify_link.h"

struct claim {
    struct office office;
    mr_arena a;
    const char *path; /* "/claim/<id>/<mac>" of a fresh achievement */
    const char *id;
    char cookie[160]; /* of the browser that decided */
};

static int open_claim(void **state)
{
    struct mr_err err = {0};
    struct claim *c = calloc(1, sizeof *c);
    struct mr_claim_link *links;
    size_t count;
    mr_arena_init(&c->a, 64 << 20);
    office_open(&c->office);
    struct mr_service *service = c->office.site.service;
    const char *batch = office_upload(&c->office, &c->a,
                                      "given name,family name,birth date,e-mail,grade\n"
                                      "Åse,Skovgård,1990-01-02,aase@example.org,12\n");
    office_press(&c->office, mr_arena_format(&c->a, "%s/seal", batch).ptr);
    mr_batch_wait(service);
    mr_str id = mr_str_from(mr_str_of(batch), strlen("/provider/batches/"));
    assert_ok(mr_batch_search(service, &mr_actor_operator, &c->a,
                              &(struct mr_achievement_query){.batch_id = id, .limit = 1000}, &links, &count, &err),
              err);
    assert_int_equal(count, 1);
    c->id = mr_arena_cstr(&c->a, links[0].achievement_id);
    c->path = mr_arena_cstr(&c->a, mr_claim_path(service, &c->a, links[0].achievement_id, 0));
    *state = c;
    return 0;
}

static int close_claim(void **state)
{
    struct claim *c = *state;
    site_close(&c->office.site);
    test_temp_remove();
    test_temp()->count = 0;
    mr_arena_done(&c->a);
    free(c);
    return 0;
}

static const char *under(struct claim *c, const char *more)
{
    return mr_arena_format(&c->a, "%s%s", c->path, more).ptr;
}

static void get(struct claim *c, const char *more)
{
    site_get(&c->office.site, under(c, more), SITE_HEADER_LIST({"Accept-Language", "en"}, {"Cookie", c->cookie}));
}

/* As in another browser. */
static void get_elsewhere(struct claim *c, const char *more)
{
    site_get(&c->office.site, under(c, more), SITE_HEADER("Accept-Language", "en"));
}

static void post(struct claim *c, const char *more)
{
    struct site *s = &c->office.site;
    site_ask(s, MR_POST, under(c, more), SITE_HEADER_LIST({"Accept-Language", "en"}, {"Cookie", c->cookie}),
             MR_STR_EMPTY);
    mr_str rest = site_header_of(s, "Set-Cookie"), cookie;
    if (mr_str_has_prefix(rest, MR_STR("merit_claim=")) && mr_str_split(&rest, ';', &cookie))
        snprintf(c->cookie, sizeof c->cookie, "%.*s", MR_STR_ARG(cookie));
}

static void test_claim_page__unwraps_what_was_sealed(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    get(c, "");
    assert_private_page(s, 200, "the claim page");
    static const char *const said[] = {"Well done, Åse. This is yours.",
                                       "For aase@example.org",
                                       "Åse Skovgård",
                                       "Wound care with digital follow-up",
                                       "2 ECTS",
                                       "EQF 6",
                                       "2 January 1990",
                                       "Assess and stage chronic wounds",
                                       "My name is wrong",
                                       "You need no account",
                                       "Accept and keep it"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) assert_says(s, said[i]);
    assert_int_equal(site_count(s, "<form "), 1);
    assert_says(s, under(c, "/decline"));
    assert_says(s, "until");
    site_get(s, c->path, SITE_HEADER("Accept-Language", "da"));
    assert_private_page(s, 200, "the claim page in Danish");
    assert_says(s, "Godt gået, Åse. Det er dit.");
    assert_says(s, "Sårpleje med digital opfølgning");
}

static void test_claim_page__wrong_link_reveals_nothing(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    size_t length = strlen(c->path);
    char wrong[160];
    static const char *const more[] = {"",          "/decline",    "/certificate", "/file/european",
                                       "/file/jwt", "/file/badge", "/file/wallet"};
    mr_str absent = MR_STR("01900000-0000-7000-8000-000000000000");
    site_get(s, mr_claim_path(s->service, &c->a, absent, 0).ptr, SITE_NOTHING_MORE);
    assert_status(s, 404, "nothing behind a right mac");
    mr_str like_nothing = mr_arena_dup(&c->a, s->body);
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        snprintf(wrong, sizeof wrong, "%s%s", c->path, more[i]);
        wrong[length - 1] = wrong[length - 1] == 'A' ? 'B' : 'A';
        site_get(s, wrong, SITE_NOTHING_MORE);
        assert_status(s, 404, wrong);
        if (i == 0) assert_int_equal(s->body.len, like_nothing.len);
        assert_says_not(s, "Skovg");
        assert_str(site_header_of(s, "Cache-Control"), "no-store");
    }
    snprintf(wrong, sizeof wrong, "%s/accept", c->path);
    wrong[length - 1] = wrong[length - 1] == 'A' ? 'B' : 'A';
    site_ask(s, MR_POST, wrong, SITE_NOTHING_MORE, MR_STR_EMPTY);
    assert_status(s, 404, "accepting by a wrong link");
    get(c, "");
    assert_says(s, "Accept and keep it");
}

static void test_claim_page__shows_the_certificate_as_sealed(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    get(c, "/certificate");
    assert_status(s, 200, "the picture");
    assert_str(site_header_of(s, "Content-Type"), "image/png");
    assert_str(site_header_of(s, "Cache-Control"), "no-store");
    assert_true(mr_str_has_prefix(s->body, MR_STR("\x89PNG\r\n\x1A\n")));
}

static void look_at_file(struct claim *c, const char *name, const char *type, const char *ending, mr_str sealed)
{
    struct site *s = &c->office.site;
    get(c, mr_arena_format(&c->a, "/file/%s", name).ptr);
    assert_status(s, 200, name);
    assert_str(site_header_of(s, "Content-Type"), type);
    assert_true(mr_str_eq(s->body, sealed));
    mr_str place = site_header_of(s, "Content-Disposition");
    assert_true(mr_str_has_prefix(place, MR_STR("attachment; filename=\"wound-care-2026-")));
    assert_true(mr_str_has_suffix(place, mr_arena_format(&c->a, "%s\"", ending)));
    for (size_t i = 0; i < place.len; i++) assert_in_range((unsigned char)place.ptr[i], 0x20, 0x7E);
}

static void test_claim_accept__gives_the_files(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    struct mr_err err = {0};
    struct mr_claim claim;
    get(c, "/file/european");
    assert_status(s, 404, "a file before accepting");
    post(c, "/accept");
    assert_status(s, 303, "accepting");
    assert_str(site_header_of(s, "Location"), c->path);
    get(c, "");
    assert_private_page(s, 200, "the page after accepting");
    assert_says(s, "It is yours, Åse.");
    assert_says(s, "/file/european");
    assert_says(s, "/file/jwt");
    assert_says(s, "href=\"/verify\"");
    assert_ok(mr_claim_look(s->service, &c->a, mr_str_of(c->id), &claim, &err), err);
    look_at_file(c, "european", "application/jose+json", ".jsonld", claim.elm);
    look_at_file(c, "jwt", "application/vc+jwt", ".jwt", claim.jwt);
    look_at_file(c, "badge", "application/vc", ".badge.json", claim.badge);
    look_at_file(c, "wallet", "application/dc+sd-jwt", ".sd-jwt", claim.wallet);
    get(c, "/file/pdf");
    assert_status(s, 404, "a file of no kind");
    post(c, "/accept"); /* the form sent twice */
    assert_status(s, 303, "accepting again");
    get(c, "/decline");
    assert_status(s, 303, "declining what was accepted");
    post(c, "/decline");
    assert_status(s, 303, "declining what was accepted");
    get(c, "");
    assert_says(s, "It is yours");
}

static void test_claim_page__a_used_link_reveals_nothing_elsewhere(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    post(c, "/accept");
    mr_str cookie = site_header_of(s, "Set-Cookie");
    char path[80];
    snprintf(path, sizeof path, "; Path=/claim/%s;", c->id);
    assert_true(mr_str_find(cookie, MR_STR("; HttpOnly")) > 0 && mr_str_find(cookie, MR_STR("; Max-Age=86400")) > 0);
    assert_true(mr_str_find(cookie, mr_str_of(path)) > 0);
    static const char *const pages[] = {"", "/name", "/keep"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        get_elsewhere(c, pages[i]);
        assert_private_page(s, 410, pages[i]);
        assert_says(s, "This link has been used.");
        assert_says_not(s, "Skovg");
        assert_says_not(s, "Wound care");
        assert_says_not(s, "aase@");
    }
    static const char *const files[] = {"/certificate", "/file/european", "/file/jwt"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        get_elsewhere(c, files[i]);
        assert_status(s, 404, files[i]);
    }
    site_ask(s, MR_POST, under(c, "/again"), SITE_HEADER("Accept-Language", "en"), MR_STR_EMPTY);
    assert_private_page(s, 200, "asking for a new link");
    assert_says(s, "Look into your mail.");
    assert_says_not(s, "aase@");
}

static void test_claim_page__before_it_is_accepted_its_address_to_verify_says_kindly_that_nothing_is_there(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    const char *at = mr_arena_cstr(&c->a, mr_verify_path(s->service, &c->a, mr_str_of(c->id)));
    site_get(s, at, SITE_NOTHING_MORE);
    assert_private_page(s, 404, "not accepted");
    assert_says(s, "There is no credential at this address");
    assert_says_not(s, "Skovg");
    post(c, "/accept");
    site_get(s, at, SITE_NOTHING_MORE);
    assert_status(s, 200, "accepted");
    assert_says(s, "Skovg");
}

static void test_claim_page__a_new_link_opens_by_a_button(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    post(c, "/accept");
    c->cookie[0] = '\0';
    c->path = mr_arena_cstr(&c->a, mr_claim_path(s->service, &c->a, mr_str_of(c->id), 1));
    for (int i = 0; i < 2; i++) {
        get(c, "");
        assert_private_page(s, 200, "a new link");
        assert_says(s, "Your new link works.");
        assert_says_not(s, "Skovg");
    }
    get(c, "/file/european");
    assert_status(s, 404, "a file before the button");
    post(c, "/open");
    assert_status(s, 303, "the button");
    get(c, "");
    assert_says(s, "It is yours, Åse.");
    get_elsewhere(c, "");
    assert_private_page(s, 410, "the new link elsewhere");
}

static void test_claim_keep__is_refused_from_another_site(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    post(c, "/accept");
    site_ask(s, MR_POST, under(c, "/keep"),
             SITE_HEADER_LIST({"Cookie", c->cookie}, {"Sec-Fetch-Site", "cross-site"}, {"Accept-Language", "en"}),
             MR_STR_EMPTY);
    assert_status(s, 403, "keeping, sent by another site");
    post(c, "/keep"); /* a link of the office proves no address */
    assert_status(s, 303, "keeping");
    assert_str(site_header_of(s, "Location"), under(c, "/keep"));
    get(c, "/keep");
    assert_private_page(s, 200, "asking for an address");
    assert_says(s, "Where shall we send your link?");
}

static void test_claim_name__tells_what_is_wrong_and_keeps_what_was_typed(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    get(c, "/name");
    assert_private_page(s, 200, "asking for the right name");
    assert_says(s, "credentials@nursing.example.org");
    static const struct {
        const char *form;
        int status;
    } cases[] = {{"name=&remark=%3Cb%3E", 422},
                 {"name=%C3%85se+Skovg%C3%A5rd&remark=", 422},
                 {"name=%C3%85se+Skovgaard&remark=", 303}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        site_ask(s, MR_POST, under(c, "/name"),
                 SITE_HEADER_LIST({"Accept-Language", "en"}, {"Content-Type", "application/x-www-form-urlencoded"}),
                 mr_str_of(cases[i].form));
        assert_status(s, cases[i].status, cases[i].form);
        if (i == 0) assert_says(s, "&lt;b&gt;");
    }
    get(c, "");
    assert_says(s, "you asked for the name “Åse Skovgaard”");
}

static void test_claim_decline__asks_again_and_then_keeps_nothing(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    get(c, "/decline");
    assert_private_page(s, 200, "asking again");
    assert_says(s, "Do you want to decline it?");
    assert_says(s, "keeps its own record");
    get(c, "");
    assert_says(s, "Accept and keep it"); /* looking at the question decides nothing */
    post(c, "/decline");
    assert_status(s, 303, "declining");
    get(c, "");
    assert_private_page(s, 200, "the page after declining");
    assert_says(s, "You declined, and your copy is gone.");
    assert_says_not(s, "Skovg");
    static const char *const gone[] = {"/certificate", "/file/european", "/file/jwt"};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
        get(c, gone[i]);
        assert_status(s, 404, gone[i]);
    }
    post(c, "/accept");
    assert_status(s, 303, "accepting what was declined");
    get(c, "");
    assert_says(s, "You declined");
}

static void test_claim_page__says_kindly_that_time_is_over(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    struct mr_err err = {0};
    mr_db_tx *tx;
    assert_ok(mr_db_begin(mr_service_db(s->service), true, &tx, &err), err);
    assert_ok(mr_db_run(tx, "UPDATE achievement SET claim_until = 1 WHERE id = $id",
                        MR_DB_ARGS(MR_DB_T("id", mr_str_of(c->id))), NULL, &err),
              err);
    assert_ok(mr_db_commit(tx, &err), err);
    static const char *const more[] = {"", "/decline", "/certificate", "/file/european"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        get(c, more[i]);
        assert_private_page(s, 410, more[i]);
        assert_says(s, "The time to decide is over.");
        assert_says_not(s, "Skovg");
    }
    post(c, "/accept");
    assert_status(s, 303, "accepting too late");
    get(c, "");
    assert_status(s, 410, "the page after accepting too late");
}

static void test_claim_page__a_stored_document_that_was_changed_is_not_shown(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    struct mr_err err = {0};
    mr_db_tx *tx;
    assert_ok(mr_db_begin(mr_service_db(s->service), true, &tx, &err), err);
    assert_ok(
        mr_db_run(tx, "UPDATE credential SET content = $content WHERE achievement_id = $id AND format = 'elm'",
                  MR_DB_ARGS(MR_DB_B("content", MR_STR("{\"payload\":\"e30\"}")), MR_DB_T("id", mr_str_of(c->id))),
                  NULL, &err),
        err);
    assert_ok(mr_db_commit(tx, &err), err);
    get(c, "");
    assert_private_page(s, 500, "a changed document");
    get(c, "/certificate");
    assert_status(s, 500, "the picture of a changed document");
}

static void test_claim_page__names_are_text_and_nothing_else(void **state)
{
    struct claim *c = *state;
    struct site *s = &c->office.site;
    struct mr_err err = {0};
    struct mr_claim_link *links;
    size_t count;
    const char *batch =
        office_upload(&c->office, &c->a,
                      "name,e-mail,grade\n\"<script>alert('{{title}}')</script> & \"\"Co\"\"\",x@example.org,<b>\n");
    office_get(&c->office, batch, "en");
    assert_status(s, 200, "the preview");
    assert_says(s, "&lt;script&gt;alert(");
    office_press(&c->office, mr_arena_format(&c->a, "%s/seal", batch).ptr);
    mr_batch_wait(s->service);
    mr_str id = mr_str_from(mr_str_of(batch), strlen("/provider/batches/"));
    assert_ok(mr_batch_search(s->service, &mr_actor_operator, &c->a,
                              &(struct mr_achievement_query){.batch_id = id, .limit = 1000}, &links, &count, &err),
              err);
    assert_int_equal(count, 1);
    site_get(s, mr_arena_cstr(&c->a, mr_claim_path(s->service, &c->a, links[0].achievement_id, 0)), SITE_NOTHING_MORE);
    assert_status(s, 200, "the claim page");
    assert_says(s, "&lt;script&gt;alert(");
    assert_int_equal(site_count(s, "<script>|<b>"), 0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_claim, close_claim)
    const struct CMUnitTest tests[] = {
        T(test_claim_page__unwraps_what_was_sealed),
        T(test_claim_page__wrong_link_reveals_nothing),
        T(test_claim_page__shows_the_certificate_as_sealed),
        T(test_claim_accept__gives_the_files),
        T(test_claim_page__a_used_link_reveals_nothing_elsewhere),
        T(test_claim_page__before_it_is_accepted_its_address_to_verify_says_kindly_that_nothing_is_there),
        T(test_claim_page__a_new_link_opens_by_a_button),
        T(test_claim_keep__is_refused_from_another_site),
        T(test_claim_name__tells_what_is_wrong_and_keeps_what_was_typed),
        T(test_claim_decline__asks_again_and_then_keeps_nothing),
        T(test_claim_page__says_kindly_that_time_is_over),
        T(test_claim_page__a_stored_document_that_was_changed_is_not_shown),
        T(test_claim_page__names_are_text_and_nothing_else),
    };
    mr_log_set_level(MR_LOG_ERROR + 1);
    return cmocka_run_group_tests_name("web/claim", tests, NULL, NULL);
}
