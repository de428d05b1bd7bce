/* Links over HTTP: what the form says when something is wrong, what a recipient is sent, and what nobody is. */
#include "office.h"
#include "people.h"

#include "service/organisation.h"
#include "service/share.h"

struct house {
    struct site site;
    mr_arena a;
    struct visitor mette, other;
    mr_str person, other_person;
    mr_str item; /* of Mette's */
    mr_str learner;
};

static int open_house(void **state)
{
    struct house *h = calloc(1, sizeof *h);
    struct mr_err err = {0};
    struct mr_claim claim;
    mr_claim_pass pass;
    site_open(&h->site, NULL);
    mr_arena_init(&h->a, 64 << 20);
    mr_service *s = h->site.service;
    h->person = person_add(&h->site, &h->a, "mette@example.org", "", 0, false);
    h->other_person = person_add(&h->site, &h->a, "other@example.org", "", 0, false);
    site_credential(&h->site, &h->a, "wound-care-2026", &claim);
    mr_str path = mr_claim_path(s, &h->a, claim.achievement_id, claim.turn), mac = MR_STR_EMPTY;
    while (mr_str_split(&path, '/', &mac)) {
    }
    assert_ok(mr_claim_accept(s, claim.achievement_id, mac, MR_STR_EMPTY, pass, &err), err);
    assert_ok(mr_wallet_keep(s, &h->a, mr_language_english(), h->person, claim.achievement_id, &h->item, &err), err);
    h->learner = claim.learner;
    person_enter(&h->site, "mette@example.org", &h->mette);
    person_enter(&h->site, "other@example.org", &h->other);
    *state = h;
    return 0;
}

static int close_house(void **state)
{
    struct house *h = *state;
    site_close(&h->site);
    test_temp_remove();
    test_temp()->count = 0;
    mr_arena_done(&h->a);
    free(h);
    return 0;
}

static void get(struct house *h, const struct visitor *v, const char *path)
{
    site_get(&h->site, path, SITE_HEADER_LIST({"Accept-Language", "en"}, {v ? "Cookie" : NULL, v ? v->cookie : NULL}));
}

/* Send the form for the item with these fields behind. */
static void send(struct house *h, const struct visitor *v, const char *what, const char *fields)
{
    person_send(
        &h->site, v, "/wallet/share",
        mr_arena_format(&h->a, "do=%s&item=%.*s%s%s", what, MR_STR_ARG(h->item), *fields ? "&" : "", fields).ptr);
}

/* Make a link; its own page, and the address that is given away. */
static const char *make(struct house *h, const char *fields, const char **ret_shared)
{
    struct site *s = &h->site;
    send(h, &h->mette, "make", fields);
    assert_status(s, 303, "a link is made");
    mr_str at = mr_arena_dup(&h->a, site_header_of(s, "Location")), page, id = MR_STR_EMPTY;
    mr_str_split(&at, '?', &page);
    mr_str rest = page;
    while (mr_str_split(&rest, '/', &id)) {
    }
    *ret_shared = mr_arena_cstr(&h->a, mr_share_path(s->service, &h->a, id));
    return mr_arena_cstr(&h->a, page);
}

static void test_share_form__says_what_is_wrong_and_keeps_what_was_typed(void **state)
{
    struct house *h = *state;
    struct site *s = &h->site;
    get(h, &h->mette, mr_arena_format(&h->a, "/wallet/share?item=%.*s", MR_STR_ARG(h->item)).ptr);
    assert_private_page(s, 200, "the form");
    assert_says(s, "For whom is it?");
    person_send(s, &h->mette, "/wallet/share", "do=form");
    assert_private_page(s, 422, "nothing is chosen");
    assert_says(s, "Nothing is chosen yet");
    send(h, &h->mette, "preview", "label=+&days=90");
    assert_private_page(s, 422, "no name");
    assert_says(s, "The link needs a name");
    assert_int_equal(site_count(s, "value=\"90\" checked"), 1);
    send(h, &h->mette, "make", "label=%3Cb%3EWard%3C%2Fb%3E&until=2019-01-01");
    assert_private_page(s, 422, "a day that is over");
    assert_says(s, "from today until 2 years from now");
    assert_says(s, "&lt;b&gt;Ward&lt;/b&gt;");
    assert_says_not(s, "<b>Ward");
    assert_says(s, "2019-01-01");
    for (const char *const *day = (const char *const[]){"yesterday", "2026-02-31", "9999-12-31", NULL}; *day; day++) {
        send(h, &h->mette, "make", mr_arena_format(&h->a, "label=A&until=%s", *day).ptr);
        assert_private_page(s, 422, *day);
    }
    MR_CLEANUP(mr_buf_done) mr_buf many;
    mr_buf_init(&many, 1 << 16);
    for (int i = 0; i < MR_LIMIT_SHARE_ITEMS; i++) mr_buf_format(&many, "&item=%.*s", MR_STR_ARG(h->item));
    mr_buf_format(&many, "&form_token=%s&do=form&item=%.*s", h->mette.form_token, MR_STR_ARG(h->item));
    site_ask(s, MR_POST, "/wallet/share",
             SITE_HEADER_LIST({"Content-Type", "application/x-www-form-urlencoded"}, {"Cookie", h->mette.cookie},
                              {"Accept-Language", "en"}),
             mr_buf_str(&many));
    assert_private_page(s, 422, "too many");
    assert_says(s, "at most 20 credentials");
}

static void test_share_form__reaches_nothing_of_another(void **state)
{
    struct house *h = *state;
    struct site *s = &h->site;
    const char *shared, *page = make(h, "label=Ward", &shared);
    get(h, &h->other, mr_arena_format(&h->a, "/wallet/share?item=%.*s", MR_STR_ARG(h->item)).ptr);
    assert_status(s, 404, "another's item");
    for (const char *const *what = (const char *const[]){"form", "preview", "make", NULL}; *what; what++) {
        send(h, &h->other, *what, "label=Mine");
        assert_status(s, 404, *what);
    }
    get(h, &h->other, page);
    assert_status(s, 404, "another's link");
    person_send(s, &h->other, mr_arena_format(&h->a, "%s/stop", page).ptr, "");
    assert_status(s, 404, "stopping another's");
    person_send(s, &h->other, mr_arena_format(&h->a, "%s/end", page).ptr, "days=7");
    assert_status(s, 404, "another's end");
    struct visitor bare = h->mette;
    bare.form_token[0] = '\0';
    person_send(s, &bare, mr_arena_format(&h->a, "%s/stop", page).ptr, "");
    assert_status(s, 403, "without the form's token");
    get(h, NULL, page);
    assert_status(s, 403, "a stranger");
    get(h, &h->other, "/wallet/shares");
    assert_says_not(s, "Ward");
    get(h, &h->other, shared); /* but whoever has the link may read it */
    assert_private_page(s, 200, "the link");
}

static void test_shared__tells_the_recipient_and_is_kept_by_nobody(void **state)
{
    struct house *h = *state;
    struct site *s = &h->site;
    const char *shared, *page = make(h, "label=Ward+4&days=7", &shared);
    site_ask(s, MR_HEAD, shared, SITE_NOTHING_MORE, MR_STR_EMPTY);
    assert_status(s, 200, "asked about");
    get(h, &h->mette, page);
    assert_private_page(s, 200, "her page of it");
    assert_says(s, "Not opened yet");
    get(h, NULL, shared);
    assert_private_page(s, 200, "the link");
    assert_str(site_header_of(s, "Referrer-Policy"), "no-referrer");
    assert_str(site_header_of(s, "X-Robots-Tag"), "noindex, nofollow");
    assert_says(s, "shares a credential with you");
    assert_says(s, "Ward 4");
    assert_says(s, "Nothing is noted about you or your device");
    get(h, NULL, mr_arena_format(&h->a, "%s/file/1/european", shared).ptr);
    assert_status(s, 200, "the sealed file");
    assert_str(site_header_of(s, "Cache-Control"), "no-store");
    for (const char *const *file = (const char *const[]){"0/european", "2/european", "1/shown", "1/nothing",
                                                         "99999999999999999999/european", NULL};
         *file; file++) {
        get(h, NULL, mr_arena_format(&h->a, "%s/file/%s", shared, *file).ptr);
        assert_status(s, 404, *file);
    }
    get(h, &h->mette, page);
    assert_says(s, "Opened once");
    for (size_t i = 0; i < 3; i++) {
        static const char *const wrong[] = {
            "/shared/01a22a65-7e0a-7f3f-9bdf-1a3df4e3d22d/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/shared/nothing/nothing",
            "/shared/%27/x"};
        get(h, NULL, wrong[i]);
        assert_status(s, 404, wrong[i]);
    }
    person_send(s, &h->mette, mr_arena_format(&h->a, "%s/stop", page).ptr, "");
    assert_status(s, 303, "stopped");
    for (const char *const *more = (const char *const[]){"", "?credential=1", "/file/1/european", NULL}; *more;
         more++) {
        get(h, NULL, mr_arena_format(&h->a, "%s%s", shared, *more).ptr);
        assert_private_page(s, 410, "a link that is over");
        assert_says(s, "This link is over");
        assert_says_not(s, "Ward 4");
        assert_says_not(s, "Wound");
        assert_says_not(s, mr_arena_cstr(&h->a, h->learner));
    }
}

static void test_share__shows_no_part_that_was_unticked(void **state)
{
    struct house *h = *state;
    struct site *s = &h->site;
    const char *shared;
    const char *name = mr_arena_cstr(&h->a, h->learner);
    make(h, "label=Ward&of.0=1", &shared); /* nothing is ticked */
    get(h, NULL, shared);
    assert_private_page(s, 200, "the link");
    assert_says_not(s, name);
    assert_says_not(s, "Łucja"); /* nor the name of the account */
    assert_says(s, "A credential is shared with you");
    for (const char *const *form =
             (const char *const[]){"european", "certificate", "jwt", "badge", "badge.png", "wallet", "original", NULL};
         *form; form++) {
        get(h, NULL, mr_arena_format(&h->a, "%s/file/1/%s", shared, *form).ptr);
        assert_status(s, 404, *form);
    }
    get(h, NULL, mr_arena_format(&h->a, "%s/file/1/shown", shared).ptr);
    assert_status(s, 200, "what is shown");
    make(h, "label=Whole", &shared);
    get(h, NULL, shared);
    assert_says(s, name);
    assert_says(s, "Łucja");
}

/* LinkedIn finds the provider's name and picture by the number of its page; without, by name. */
static void test_share__fills_in_the_form_for_profiles(void **state)
{
    struct house *h = *state;
    struct site *s = &h->site;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_organisation_shown provider;
    const char *shared, *page = make(h, "label=Ward", &shared);
    get(h, &h->mette, page);
    assert_says(s, "&amp;organizationName=");
    assert_says(s, "&amp;certUrl=http%3A%2F%2F127.0.0.1%3A8400%2Fshared%2F");
    assert_says_not(s, "certId=");
    assert_ok(mr_organisation_find(s->service, &h->a, MR_STR("aarhus-school-of-nursing-invented"), &provider, &err),
              err);
    mr_str rest = mr_str_from(provider.profile, 1);
    for (int good = 0; good < 2; good++) {
        mr_findings_init(&findings, &h->a);
        mr_str profile =
            mr_arena_format(&h->a, "{\"linkedin\":\"%s\",%.*s", good ? "12345678" : "our-school", MR_STR_ARG(rest));
        int code = mr_organisation_save(s->service, &h->a, &mr_actor_operator, provider.id, provider.kind, profile,
                                        &findings, &err);
        assert_int_equal(code, good ? MR_OK : MR_E_SPECIFICATION);
    }
    get(h, &h->mette, page);
    assert_says(s, "&amp;organizationId=12345678");
    assert_says_not(s, "organizationName=");
}

/* ---- many ---- */

enum { MANY = 30 };

static mr_str copy_id(struct house *h, int n)
{
    return mr_arena_format(&h->a, "01a22a65-7e0a-7f3f-9bdf-1a3df4e3d2%02x", (unsigned)n);
}

/* As many more, "Copy 00" the newest. */
static void fill_wallet(struct house *h)
{
    struct mr_err err = {0};
    struct mr_wallet_item item;
    mr_str id;
    mr_db_tx *tx;
    mr_service *s = h->site.service;
    const struct mr_actor mette = {.kind = MR_ACTOR_PERSON, .id = h->person};
    assert_ok(mr_wallet_get(s, &mette, &h->a, h->item, &item, &err), err);
    mr_str wallet = MR_STR_EMPTY; /* the form that can be shown in parts */
    for (size_t i = 0; i < item.file_count; i++)
        if (mr_str_find_char(item.files[i].content, '~') > 0) wallet = item.files[i].content;
    assert_true(wallet.len > 0);
    assert_ok(mr_wallet_import(s, &mette, &h->a, mr_language_english(), MR_STR("a"), wallet, &id, &err), err);
    assert_ok(mr_db_begin(mr_service_db(s), true, &tx, &err), err);
    for (int n = 0; n < MANY; n++)
        assert_ok(
            mr_db_run(tx,
                      "INSERT INTO wallet_item (id, person_id, format, content, digest, report, verdict, "
                      "checked_at, title, issuer, learner, awarded_on, ects, minutes, counts, search, added_at) "
                      "SELECT $new, person_id, format, content, $digest, report, verdict, checked_at, $title, "
                      "issuer, learner, $on, ects, minutes, counts, $search, added_at FROM wallet_item WHERE id "
                      "= $id",
                      MR_DB_ARGS(MR_DB_T("new", copy_id(h, n)),
                                 MR_DB_T("digest", mr_arena_format(&h->a, "digest %d", n)),
                                 MR_DB_T("title", mr_arena_format(&h->a, "Copy %02d", n)),
                                 MR_DB_T("search", mr_arena_format(&h->a, "copy %02d", n)),
                                 MR_DB_T("on", mr_arena_format(&h->a, "2027-%02d-%02d", 12 - n / 28, 28 - n % 28)),
                                 MR_DB_T("id", id)),
                      NULL, &err),
            err);
    assert_ok(mr_db_commit(tx, &err), err);
}

static const char *ticked(struct house *h, int n)
{
    return mr_arena_format(&h->a, "name=\"item\" value=\"%.*s\" checked", MR_STR_ARG(copy_id(h, n))).ptr;
}

/* Through searches and pages, without a script. */
static void test_share_choice__keeps_what_was_chosen(void **state)
{
    struct house *h = *state;
    struct site *s = &h->site;
    fill_wallet(h);
    get(h, &h->mette, "/wallet/share");
    assert_private_page(s, 200, "the choice");
    assert_says(s, "Copy 00");
    assert_says_not(s, "Copy 29");
    assert_says(s, "name=\"go\" value=\"24\"");
    const char *chosen =
        mr_arena_format(&h->a, "item=%.*s&item=%.*s", MR_STR_ARG(copy_id(h, 0)), MR_STR_ARG(copy_id(h, 7))).ptr;
    person_send(s, &h->mette, "/wallet/share", mr_arena_format(&h->a, "%s&go=24", chosen).ptr);
    assert_private_page(s, 200, "the next page");
    assert_says(s, "Copy 29");
    assert_says(s, "Chosen so far");
    assert_says(s, ticked(h, 0));
    assert_says(s, ticked(h, 7));
    assert_says_not(s, "Copy 01");
    assert_says(s, "name=\"go\" value=\"0\"");
    person_send(s, &h->mette, "/wallet/share",
                mr_arena_format(&h->a, "%s&item=%.*s&do=choose&q=copy+1", chosen, MR_STR_ARG(copy_id(h, 29))).ptr);
    assert_private_page(s, 200, "a search");
    for (int n = 0; n < 30; n += 29) assert_says(s, ticked(h, n));
    assert_says(s, ticked(h, 7));
    assert_says(s, "Copy 12");
    assert_says_not(s, "Copy 22");
    /* what is somebody else's is nobody's here */
    person_send(s, &h->other, "/wallet/share", mr_arena_format(&h->a, "%s&do=choose", chosen).ptr);
    assert_private_page(s, 200, "another's choice");
    assert_says_not(s, "Copy 00");
    person_send(s, &h->mette, "/wallet/share", mr_arena_format(&h->a, "%s&do=form", chosen).ptr);
    assert_private_page(s, 200, "the form");
    assert_says(s, "Copy 07");
}

static void assert_small(struct site *s, const char *what)
{
    if (s->body.len > 60 * 1024) fail_msg("%s: %zu octets", what, s->body.len);
}

/* As many as one link may have: each page stays small, and what was unticked goes along. */
static void test_share_preview__of_many_stays_small(void **state)
{
    struct house *h = *state;
    struct site *s = &h->site;
    MR_CLEANUP(mr_buf_done) mr_buf all;
    fill_wallet(h);
    mr_buf_init(&all, 1 << 16);
    mr_buf_puts(&all, "label=Ward&of.3=1&ticked.3=0+2");
    for (int n = 0; n < MR_LIMIT_SHARE_ITEMS; n++) mr_buf_format(&all, "&item=%.*s", MR_STR_ARG(copy_id(h, n)));
    const char *form = mr_arena_cstr(&h->a, mr_buf_str(&all));
    person_send(s, &h->mette, "/wallet/share", mr_arena_format(&h->a, "%s&do=form", form).ptr);
    assert_private_page(s, 200, "the form");
    assert_small(s, "the form");
    assert_int_equal(site_count(s, "name=\"part."), 0);
    assert_says(s, "name=\"ticked.3\" value=\"");
    person_send(s, &h->mette, "/wallet/share", mr_arena_format(&h->a, "%s&open=3", form).ptr);
    assert_private_page(s, 200, "one opened");
    assert_small(s, "one opened");
    assert_true(site_count(s, "name=\"part.3.") > 3);
    assert_int_equal(site_count(s, "name=\"part."), site_count(s, "name=\"part.3."));
    person_send(s, &h->mette, "/wallet/share", mr_arena_format(&h->a, "%s&do=preview", form).ptr);
    assert_private_page(s, 200, "the preview");
    assert_small(s, "the preview");
    assert_int_equal(site_count(s, "data-verdict="), MR_LIMIT_SHARE_ITEMS);
    assert_int_equal(site_count(s, "name=\"of."), 1);
    person_send(s, &h->mette, "/wallet/share", mr_arena_format(&h->a, "%s&only=5", form).ptr);
    assert_private_page(s, 200, "one of the preview");
    assert_small(s, "one of the preview");
    assert_int_equal(site_count(s, "data-verdict="), 1);
    assert_says(s, "All that is shared");
    assert_int_equal(site_count(s, "name=\"item\""), MR_LIMIT_SHARE_ITEMS);
    person_send(s, &h->mette, "/wallet/share", mr_arena_format(&h->a, "%s&do=make", form).ptr);
    assert_status(s, 303, "made");
}

/* What only looks ahead, or draws a preview, is no opening. */
static void test_shared__counts_what_a_browser_shows(void **state)
{
    struct house *h = *state;
    struct site *s = &h->site;
    const char *shared, *page = make(h, "label=Ward", &shared);
    static const struct {
        const char *mode, *dest, *name, *value;
        bool counted;
    } cases[] = {{"navigate", "document", "Sec-Purpose", "prefetch;prerender", false},
                 {"navigate", "document", "Purpose", "prefetch", false},
                 {"navigate", "document", "X-Purpose", "preview", false},
                 {"navigate", "document", "X-Moz", "prefetch", false},
                 {"no-cors", "empty", NULL, NULL, false},
                 {"cors", "empty", NULL, NULL, false},
                 {"navigate", "iframe", NULL, NULL, false},
                 {"navigate", "document", NULL, NULL, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        site_get(s, shared,
                 SITE_HEADER_LIST({"Accept-Language", "en"}, {"Sec-Fetch-Mode", cases[i].mode},
                                  {"Sec-Fetch-Dest", cases[i].dest}, {cases[i].name, cases[i].value}));
        assert_private_page(s, 200, "the link");
        get(h, &h->mette, page);
        assert_says(s, cases[i].counted ? "Opened once" : "Not opened yet");
    }
    assert_says(s, "are not counted, unless they work like a browser");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
    const struct CMUnitTest tests[] = {
        T(test_share_form__says_what_is_wrong_and_keeps_what_was_typed),
        T(test_share_form__reaches_nothing_of_another),
        T(test_shared__tells_the_recipient_and_is_kept_by_nobody),
        T(test_share__shows_no_part_that_was_unticked),
        T(test_share_choice__keeps_what_was_chosen),
        T(test_share_preview__of_many_stays_small),
        T(test_shared__counts_what_a_browser_shows),
        T(test_share__fills_in_the_form_for_profiles),
    };
    return cmocka_run_group_tests_name("web/share", tests, NULL, NULL);
}
