/* The provider's office: who may come in, uploading, and a batch from preview to links. */
#include "office.h"
#include "service/installation.h"

#include "crypto/authority.h"
#include "service/actor.h"
#include "service/seals.h"

static int open_office(void **state)
{
    static struct office office;
    office_open(&office);
    *state = &office;
    return 0;
}

static int close_office(void **state)
{
    struct office *o = *state;
    site_close(&o->site);
    test_temp_remove();
    test_temp()->count = 0;
    return 0;
}

/* ---- the door ---- */

static const struct {
    mr_http_method method;
    const char *pattern;
    mr_action access;
} routes[] = {
#define MR_ROUTE(method, pattern, handler, access) {method, pattern, MR_MAY_##access},
#define MR_API(method, pattern, handler, access, takes, gives, summary)
#include "web/routes.def"
#undef MR_API
#undef MR_ROUTE
};

/* The pattern as a path: stars become "x". */
static const char *path_of(mr_arena *a, const char *pattern)
{
    mr_str path = mr_arena_dup(a, mr_str_of(pattern));
    char *text = (char *)path.ptr;
    for (size_t i = 0; i < path.len; i++)
        if (text[i] == '*') text[i] = 'x';
    return text;
}

static void test_office_door__is_closed_without_the_link(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    size_t closed = 0;
    static const char *const cookies[] = {"", "merit_operator=", "merit_operator=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    mr_arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (routes[i].access == MR_MAY_PUBLIC) continue;
        for (size_t k = 0; k < 3; k++) {
            site_ask(&o->site, routes[i].method, path_of(&a, routes[i].pattern), SITE_HEADER("Cookie", cookies[k]),
                     MR_STR_EMPTY);
            assert_status(&o->site, 403, routes[i].pattern);
            bool own = routes[i].access == MR_MAY_SIGNED_IN && strncmp(routes[i].pattern, "/provider", 9) != 0;
            assert_says(&o->site, own ? "Sign in first" : "This part is for the provider");
        }
        closed++;
    }
    assert_true(closed >= 14);
    /* everything below /provider is the operator's */
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strcmp(routes[i].pattern, "/provider") == 0 || strncmp(routes[i].pattern, "/provider/", 10) == 0)
            assert_true(routes[i].access != MR_MAY_PUBLIC);
}

static void test_office_door__forms_need_their_token(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    static const char *const bodies[] = {"", "form_token=", "form_token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    mr_arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (routes[i].access == MR_MAY_PUBLIC || routes[i].method != MR_POST) continue;
        for (size_t k = 0; k < 3; k++) {
            site_ask(&o->site, MR_POST, path_of(&a, routes[i].pattern),
                     SITE_HEADER_LIST({"Cookie", o->cookie}, {"Content-Type", "application/x-www-form-urlencoded"}),
                     mr_str_of(bodies[k]));
            assert_status(&o->site, 403, routes[i].pattern);
            assert_says(&o->site, "form_token");
        }
    }
}

static void test_office_door__wrong_link_is_no_page_and_leaving_closes(void **state)
{
    struct office *o = *state;
    char path[64];
    snprintf(path, sizeof path, "%.*s", MR_STR_ARG(mr_web_operator_path(o->site.web)));
    path[strlen(path) - 1] ^= 1;
    site_get(&o->site, path, SITE_NOTHING_MORE);
    assert_status(&o->site, 404, "a wrong link");
    assert_int_equal(site_header_of(&o->site, "Set-Cookie").len, 0);
    office_press(o, "/provider/leave");
    assert_status(&o->site, 303, "leaving");
    assert_true(mr_str_find(site_header_of(&o->site, "Set-Cookie"), MR_STR("merit_operator=;")) == 0);
    assert_true(mr_str_find(site_header_of(&o->site, "Set-Cookie"), MR_STR("Max-Age=0")) > 0);
}

static void test_office_page__lists_what_is_published(void **state)
{
    struct office *o = *state;
    office_get(o, "/provider", "en");
    assert_private_page(&o->site, 200, "the office");
    assert_says(&o->site, "Wound care with digital follow-up");
    assert_says(&o->site, "Awarded to 12 learners.");
    assert_says(&o->site, "Awarded to nobody yet.");
    assert_says(&o->site, "wound-care.csv");
    office_get(o, "/provider", "da");
    assert_private_page(&o->site, 200, "the office in Danish");
    assert_says(&o->site, "Tildelt til 12 lærende.");
}

/* A seal of another organisation than those of the demo, made almost five years ago: its time is five years. */
static void test_office_page__tells_of_a_seal_that_ends_soon(void **state)
{
    struct office *o = *state;
    struct mr_err err = {0};
    struct mr_authority authority;
    struct mr_seal_key seal;
    mr_str file;
    mr_env before = test_env_fixed(mr_env_now(mr_env_system()) - (5 * 365 - 30) * MR_DAY_MS, 5);
    const struct mr_seal_subject subject = {MR_STR("Invented <Ending> School"), MR_STR("VATDK-55555555"), MR_STR("DK"),
                                            MR_STR("Invented seal")};
    office_get(o, "/provider", "en");
    assert_true(mr_str_find(o->site.body, MR_STR("no other follows on")) < 0);
    assert_ok(mr_authority_new(&before, &authority, &err), err);
    assert_ok(mr_authority_issue_seal(&authority, &before, &subject, MR_KEY_P256, &seal, &err), err);
    const struct mr_seal_adding adding = {.seal = &seal, .from = MR_TIME_NONE};
    assert_ok(mr_seals_add(o->site.service, &o->site.arena, &adding, &file, &err), err);
    mr_seal_key_done(&seal);
    mr_authority_done(&authority);
    office_get(o, "/provider", "en");
    assert_says(&o->site, "The seal of Invented &lt;Ending&gt; School ends on");
    office_get(o, "/provider", "da");
    assert_says(&o->site, "intet andet tager over");
}

static void test_office_page__teaches_when_nothing_is_published(void **state)
{
    (void)state;
    static struct office empty;
    struct mr_err err = {0};
    bool made;
    empty.site = (struct site){.folder = test_temp_folder()};
    assert_ok(mr_service_init(empty.site.folder, mr_env_system(), &made, &err), err);
    test_use_database(empty.site.folder);
    const struct mr_service_config config = {.data_folder = empty.site.folder,
                                             .public_url = "https://merit.example.org",
                                             .env = mr_env_system(),
                                             .database = true};
    assert_ok(mr_service_open(&config, &empty.site.service, &err), err);
    assert_ok(mr_web_open(empty.site.service, &empty.site.web, &err), err);
    mr_arena_init(&empty.site.arena, MR_LIMIT_HTTP_MEMORY);
    office_enter(&empty);
    assert_private_page(&empty.site, 200, "an empty office");
    assert_says(&empty.site, "Nothing is published yet.");
    assert_says(&empty.site, "<a class=\"button\" href=\"/provider/specifications/new\">");
    /* a site on https sends its cookies over nothing else */
    site_get(&empty.site, mr_web_operator_path(empty.site.web).ptr, SITE_NOTHING_MORE);
    assert_true(mr_str_find(site_header_of(&empty.site, "Set-Cookie"), MR_STR("; Secure")) > 0);
    site_close(&empty.site);
}

/* ---- uploading ---- */

static void test_office_upload__tells_what_is_wrong_with_a_table(void **state)
{
    struct office *o = *state;
    static const struct {
        const char *file;
        mr_str table;
        const char *said;
    } cases[] = {
        {NULL, MR_STR_INIT(""), "No file was chosen"},
        {"a.csv", MR_STR_INIT(""), "The file is empty"},
        {"a.csv", MR_STR_INIT("\n\n"), "The file is empty"},
        {"a.csv", MR_STR_INIT("name,grade\n"), "a header but no rows"},
        {"a.csv", MR_STR_INIT("\xFF\xFEn\0a\0"), "UTF-16"},
        {"a.xlsx", MR_STR_INIT("PK\x03\x04..."), "This workbook is damaged"},
        {"a.pdf", MR_STR_INIT("%PDF-1.7 ..."), "another kind of file"},
        {"a.png", MR_STR_INIT("\x89PNG\r\n"), "another kind of file"},
        {"a.csv", MR_STR_INIT("name,grade\nA\0B,7\n"), "another kind of file"},
        {"a.xls", MR_STR_INIT("\xD0\xCF\x11\xE0..."), "This is an old workbook"},
        {"a.csv", MR_STR_INIT("name,grade\nA,7\n\"B,7\nC,7\n"), "A quotation mark is opened and never closed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        office_send(o, OFFICE_RESULTS, cases[i].file, cases[i].table);
        assert_private_page(&o->site, 422, cases[i].said);
        assert_says(&o->site, cases[i].said);
        assert_says(&o->site, "role=\"alert\"");
        assert_says(&o->site, "Nothing was kept.");
        assert_says_not(&o->site, "cannot be read as CSV"); /* the sentence for what nobody foresaw */
    }
    office_get(o, "/provider/specifications/wound-care-2026", "en");
    assert_private_page(&o->site, 200, "the page of the specification");
    assert_int_equal(site_count(&o->site, "href=\"/provider/batches/"), 1); /* that of the demo */
    office_send(o, "/provider/specifications/nothing/results", "a.csv", MR_STR("name\nA\n"));
    assert_status(&o->site, 404, "results of nothing");
    office_get(o, OFFICE_RESULTS, "en"); /* the address of the answer, loaded anew */
    assert_status(&o->site, 303, "the address of the form");
}

static void test_office_template__can_be_uploaded(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    office_get(o, "/provider/template", "en");
    assert_status(&o->site, 200, "the sample");
    assert_str(site_header_of(&o->site, "Content-Type"), "text/csv; charset=utf-8");
    const char *table = mr_arena_cstr(&a, o->site.body);
    const char *batch = office_upload(o, &a, table);
    office_get(o, batch, "en");
    assert_private_page(&o->site, 200, "the sample's preview");
    assert_says(&o->site, "Every row is in order.");
    assert_says_not(&o->site, "Refused");
}

/* ---- a batch ---- */

static void test_office_batch__shows_rows_that_need_a_look_first(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    const char *batch =
        office_upload(o, &a,
                      "name;birth date;e-mail;cost centre\nIngrid Skovgaard;1990-01-02;ingrid@example.org;7\n"
                      "Nils \xC5g\xE5rd;31/02/1990;nils@example.org;7\n"
                      "Ingrid Skovgaard;02.01.1990;ingrid@example.org;7\n"
                      "Mette Krogh Poulsen;1991-03-02;mette@example.org;7\n");
    office_get(o, batch, "en");
    struct site *s = &o->site;
    assert_private_page(s, 200, "the preview");
    static const char *const said[] = {"4 rows read. 1 is ready to be sealed.",
                                       "3 rows are left out: 1 refused, 1 duplicate, 1 who has it already.",
                                       "read as Windows-1252",
                                       "Nils Ågård",
                                       "31/02/1990",
                                       "The same person stands in row 2. Row 2 is used.",
                                       "Awarded on 14 October 2026 already.",
                                       "passed over: cost centre",
                                       "Sealing cannot be undone.",
                                       ">Seal 1 credential</button>",
                                       "Show 1 row"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) assert_says(s, said[i]);
    assert_true(mr_str_find(s->body, MR_STR("Rows that need a look")) <
                mr_str_find(s->body, MR_STR("Rows that are ready")));
    assert_int_equal(site_count(s, "class=\"button\""), 1);
    office_get(o, batch, "da");
    assert_private_page(s, 200, "the preview in Danish");
    assert_says(s, "4 rækker læst. 1 er klar til at blive forseglet.");
    office_get(o, mr_arena_format(&a, "%s/sample", batch).ptr, "en");
    assert_status(s, 200, "the picture");
    assert_true(mr_str_has_prefix(s->body, MR_STR("\x89PNG")));
    office_get(o, mr_arena_format(&a, "%s/refused", batch).ptr, "en");
    assert_status(s, 200, "the rows left out");
    assert_str(site_header_of(s, "Content-Disposition"), "attachment; filename=\"left-out.csv\"");
    assert_int_equal(site_count(s, "\r\n"), 4);
}

static void test_office_batch__large_tables_come_in_pages(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf table;
    mr_arena_init(&a, 4 << 20);
    mr_buf_init(&table, 4 << 20);
    mr_buf_puts(&table, "name,e-mail\n");
    for (int i = 0; i < 600; i++)
        mr_buf_format(&table, "A Learner of Æbelø with a Name that is rather Long %d,learner-%d@example%s\n", i, i,
                      i % 3 ? ".org" : "");
    mr_buf_putc(&table, '\0');
    const char *batch = office_upload(o, &a, table.ptr);
    office_get(o, batch, "da");
    assert_private_page(&o->site, 200, "600 rows");
    assert_says(&o->site, "600 rækker læst. 400 er klar til at blive forseglet.");
    assert_int_equal(site_count(&o->site, "<tr>"), 2 + 2 * MR_LIMIT_OFFICE_ROWS);
    assert_says_not(&o->site, "<details open>");
    static const struct {
        const char *query;
        size_t rows;
    } cases[] = {{"?look=5", 40}, {"?look=6", 40},   {"?look=0", 40},
                 {"?look=x", 40}, {"?ready=10", 40}, {"?ready=99999999999999999999", 40}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        office_get(o, mr_arena_format(&a, "%s%s", batch, cases[i].query).ptr, "en");
        assert_private_page(&o->site, 200, cases[i].query);
        assert_int_equal(site_count(&o->site, "<tr>"), 2 + 40 + cases[i].rows);
    }
    office_get(o, mr_arena_format(&a, "%s?ready=10", batch).ptr, "en");
    assert_says(&o->site, "<details open>");
    assert_says(&o->site, "Page 10 of 10");
    assert_says(&o->site, "rather Long 599");
}

static void test_office_batch__offers_no_seal_when_nothing_is_ready(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    static const struct {
        const char *table, *said;
    } cases[] = {{"name,e-mail\nA,nowhere\n", "mend the table, and upload it again"},
                 {"name,birth date,e-mail\nMette Krogh Poulsen,1991-03-02,mette@example.org\n",
                  "everybody in this table has it already"}};
    for (size_t i = 0; i < 2; i++) {
        const char *batch = office_upload(o, &a, cases[i].table);
        office_get(o, batch, "en");
        assert_private_page(&o->site, 200, cases[i].said);
        assert_says(&o->site, "1 row read. None can be sealed yet.");
        assert_says(&o->site, cases[i].said);
        assert_says_not(&o->site, "/seal\"");
        office_press(o, mr_arena_format(&a, "%s/seal", batch).ptr); /* pressed all the same */
        assert_status(&o->site, 303, "sealing nothing");
        office_get(o, batch, "en");
        assert_says(&o->site, "None can be sealed yet.");
    }
}

static void test_office_batch__is_sealed_and_handed_over(void **state)
{
    struct office *o = *state;
    struct site *s = &o->site;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    const char *batch = office_upload(o, &a, "name,e-mail\nÍris Þórsdóttir,iris2@example.org\nŁukasz Żółć,\n");
    office_press(o, mr_arena_format(&a, "%s/seal", batch).ptr);
    assert_status(s, 303, "sealing");
    assert_str(site_header_of(s, "Location"), batch);
    office_get(o, mr_arena_format(&a, "%s/progress", batch).ptr, "en");
    assert_status(s, 200, "progress");
    assert_str(site_header_of(s, "Content-Type"), "application/json");
    assert_int_equal(
        site_count(s, "^\\{\"done\":[012],\"total\":2,\"text\":\"[012] of 2 sealed\",\"finished\":(true|false)\\}$"),
        1);
    mr_batch_wait(s->service);
    office_get(o, mr_arena_format(&a, "%s/progress", batch).ptr, "da");
    assert_str(s->body, "{\"done\":2,\"total\":2,\"text\":\"2 af 2 forseglet\",\"finished\":true}");
    office_get(o, batch, "en");
    assert_private_page(s, 200, "the links");
    assert_says(s, "2 credentials are sealed.");
    assert_says(s, "Íris Þórsdóttir");
    assert_int_equal(site_count(s, "<a class=\"break\" id=\"link-[12]\" href=\"http://127.0.0.1:8400/claim/"), 2);
    assert_int_equal(site_count(s, "data-copy=\"link-[12]\""), 2);
    office_get(o, mr_arena_format(&a, "%s/links", batch).ptr, "en");
    assert_status(s, 200, "the table of links");
    assert_int_equal(site_count(s, "\r\n"), 3);
    static const char *const gone[] = {"/sample", "/refused"};
    for (size_t i = 0; i < 2; i++) {
        office_get(o, mr_arena_format(&a, "%s%s", batch, gone[i]).ptr, "en");
        assert_status(s, 409, gone[i]);
    }
    office_press(o, mr_arena_format(&a, "%s/discard", batch).ptr); /* too late, and harmless */
    assert_status(s, 303, "discarding what is sealed");
    office_get(o, batch, "en");
    assert_says(s, "2 credentials are sealed.");
}

static void test_office_batch__while_sealing_waits_without_scripts(void **state)
{
    struct office *o = *state;
    struct site *s = &o->site;
    struct mr_err err = {0};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_db_tx *tx;
    mr_arena_init(&a, 1 << 20);
    const char *batch = office_upload(o, &a, "name\nA B\n");
    /* as it stands in the middle */
    assert_ok(mr_db_begin(mr_service_db(s->service), true, &tx, &err), err);
    assert_ok(mr_db_run(tx, "UPDATE batch SET state = 'sealing', rows_ready = 56, rows_sealed = 38 WHERE id = $id",
                        MR_DB_ARGS(MR_DB_T("id", mr_str_of(batch + strlen("/provider/batches/")))), NULL, &err),
              err);
    assert_ok(mr_db_commit(tx, &err), err);
    office_get(o, batch, "en");
    assert_private_page(s, 200, "sealing");
    assert_says(s, "Sealing 56 credentials");
    assert_says(s, "38 of 56 sealed");
    assert_says(s, "<progress max=\"56\" value=\"38\"");
    assert_says(s, "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>");
    assert_says(s, mr_arena_format(&a, "data-progress-url=\"%s/progress\"", batch).ptr);
    assert_says(s, "you may close this page");
    office_get(o, "/provider", "en");
    assert_says_not(s, "http-equiv");
}

static void test_office_batch__tells_why_sealing_stopped_and_goes_on(void **state)
{
    struct office *o = *state;
    struct site *s = &o->site;
    struct mr_err err = {0};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str *names;
    size_t count;
    mr_arena_init(&a, 1 << 20);
    const char *seals = mr_arena_format(&a, "%s/seals", s->folder).ptr;
    assert_ok(mr_file_list(&a, seals, ".pem", 10, &names, &count, &err), err);
    assert_true(count > 0);
    const char *file = mr_arena_format(&a, "%s/%.*s", seals, MR_STR_ARG(names[0])).ptr;
    mr_str seal = test_read_file(&a, file);
    const char *batch = office_upload(o, &a, "name\nA B\n");
    assert_ok(mr_file_write(file, MR_STR("no key"), 0600, false, &err), err);
    office_press(o, mr_arena_format(&a, "%s/seal", batch).ptr);
    mr_batch_wait(s->service);
    office_get(o, batch, "en");
    assert_private_page(s, 200, "a batch that stopped");
    assert_says(s, "Sealing has stopped");
    assert_says(s, "Go on sealing");
    assert_ok(mr_file_write(file, seal, 0600, false, &err), err);
    office_press(o, mr_arena_format(&a, "%s/seal", batch).ptr);
    mr_batch_wait(s->service);
    office_get(o, batch, "en");
    assert_says(s, "1 credential is sealed.");
}

static void test_office_batch__tells_what_official_rule_its_credentials_would_break(void **state)
{
    struct office *o = *state;
    struct mr_err err = {0};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_published published;
    mr_db_tx *tx;
    mr_arena_init(&a, 4 << 20);
    const char *batch = office_upload(o, &a, "name\nC D\n");
    assert_ok(mr_catalogue_get(o->site.service, &a, MR_STR("wound-care-2026"), &published, &err), err);
    mr_str head = MR_STR("\"learning_outcomes\": ["), good = published.document;
    ptrdiff_t at = mr_str_find(good, head);
    assert_true(at > 0);
    mr_str unfit =
        MR_STR("{\"title\":{\"en\":\"Assess\",\"da\":\"Vurdere\"},\"skills\":[{\"uri\":\"http://data.europa.eu/snb/"
               "eqf/6\",\"label\":{\"en\":\"Bachelor\"}}]},");
    mr_str parts[] = {mr_str_make(good.ptr, (size_t)at + head.len), unfit, mr_str_from(good, (size_t)at + head.len)};
    for (int round = 0; round < 2; round++) { /* the second puts back what was there */
        assert_ok(mr_db_begin(mr_service_db(o->site.service), true, &tx, &err), err);
        assert_ok(mr_db_run(tx, "UPDATE specification SET document = $document WHERE id = $id",
                            MR_DB_ARGS(MR_DB_B("document", round == 0 ? mr_arena_concat(&a, parts, 3) : good),
                                       MR_DB_T("id", published.id)),
                            NULL, &err),
                  err);
        assert_ok(mr_db_commit(tx, &err), err);
        mr_kept_specifications_forget(&o->site.service->kept);
        if (round > 0) break;
        office_press(o, mr_arena_format(&a, "%s/seal", batch).ptr);
        assert_private_page(&o->site, 422, "a batch whose credentials would break a rule");
        assert_says_not(&o->site, "Seal 1 credential"); /* it would be refused again */
        assert_says(&o->site, "Nothing was sealed, and nothing is lost");
        assert_says(&o->site, "there are two texts in the same language");
    }
    office_press(o, mr_arena_format(&a, "%s/discard", batch).ptr);
}

static void test_office_batch__can_be_discarded(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    const char *batch = office_upload(o, &a, "name\nA B\n");
    office_press(o, mr_arena_format(&a, "%s/discard", batch).ptr);
    assert_status(&o->site, 303, "discarding");
    office_get(o, batch, "en");
    assert_private_page(&o->site, 200, "what was discarded");
    assert_says(&o->site, "This upload was discarded.");
    assert_says_not(&o->site, "/seal\"");
    static const char *const nowhere[] = {"/provider/batches/x", "/provider/batches/x/progress",
                                          "/provider/batches/x/links", "/provider/batches/x/sample",
                                          "/provider/batches/x/refused"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        office_get(o, nowhere[i], "en");
        assert_status(&o->site, 404, nowhere[i]);
    }
}

/* ---- the audit log ---- */

static void test_office_audit__says_what_was_done_in_words(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    office_upload(o, &a, "name,email,awarding_date\nAnna,anna@example.org,2026-11-18\n");
    office_get(o, "/provider/audit?action=result.enter", "da");
    assert_status(&o->site, 200, "the audit log"); /* codes stand in it, as values of the filter */
    assert_says(&o->site, "<option value=\"result.enter\" selected>Resultater indtastet</option>");
    assert_says(&o->site, "<td data-label=\"Handling\">Resultater indtastet</td>");
    office_get(o, "/provider/audit/file.csv?action=result.enter", "da"); /* for programs: the code */
    assert_says(&o->site, "result.enter");
    assert_says_not(&o->site, "Resultater");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_office, close_office)
    const struct CMUnitTest tests[] = {
        T(test_office_door__is_closed_without_the_link),
        T(test_office_door__forms_need_their_token),
        T(test_office_door__wrong_link_is_no_page_and_leaving_closes),
        T(test_office_page__lists_what_is_published),
        T(test_office_page__tells_of_a_seal_that_ends_soon),
        cmocka_unit_test(test_office_page__teaches_when_nothing_is_published),
        T(test_office_upload__tells_what_is_wrong_with_a_table),
        T(test_office_template__can_be_uploaded),
        T(test_office_batch__shows_rows_that_need_a_look_first),
        T(test_office_batch__large_tables_come_in_pages),
        T(test_office_batch__offers_no_seal_when_nothing_is_ready),
        T(test_office_batch__is_sealed_and_handed_over),
        T(test_office_batch__while_sealing_waits_without_scripts),
        T(test_office_batch__tells_why_sealing_stopped_and_goes_on),
        T(test_office_batch__tells_what_official_rule_its_credentials_would_break),
        T(test_office_batch__can_be_discarded),
        T(test_office_audit__says_what_was_done_in_words),
    };
    mr_log_set_level(MR_LOG_ERROR + 1);
    return cmocka_run_group_tests_name("web/office", tests, NULL, NULL);
}
