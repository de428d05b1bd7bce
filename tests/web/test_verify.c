/* The verify page: what it says of good, altered and hostile files, and that it keeps none of them. */
#include "site.h"

#include "http/http.h"
#include "json/json.h"

#include <pthread.h>

struct world {
    struct site site;
    mr_arena arena;        /* of the credential */
    struct mr_claim claim; /* somebody awarded in the demo data */
    mr_http_server *elsewhere;
    pthread_t thread;
};

/* Another site, from which credentials may be fetched. */
static void elsewhere(void *self, const mr_http_request *request, mr_http_response *response)
{
    struct world *w = self;
    if (mr_str_is(request->path, "/mine.jsonld"))
        mr_buf_put(mr_http_body(response), w->claim.elm);
    else
        mr_http_set_status(response, 404);
}

static void *serve_elsewhere(void *self)
{
    struct mr_err err = {0};
    int code = mr_http_run(((struct world *)self)->elsewhere, &err);
    return code == MR_OK ? NULL : self;
}

static char elsewhere_url[64];

static int open_world(void **state)
{
    static struct world w;
    struct mr_err err = {0};
    const struct mr_http_config config = {.address = "127.0.0.1", .handler = elsewhere, .self = &w};
    assert_ok(mr_http_open(&config, &w.elsewhere, &err), err);
    snprintf(elsewhere_url, sizeof elsewhere_url, "http://127.0.0.1:%u/", mr_http_port(w.elsewhere));
    site_open(&w.site, elsewhere_url);
    mr_arena_init(&w.arena, MR_LIMIT_HTTP_MEMORY);
    site_credential(&w.site, &w.arena, "wound-care-2026", &w.claim);
    assert_int_equal(pthread_create(&w.thread, NULL, serve_elsewhere, &w), 0);
    *state = &w;
    return 0;
}

static int close_world(void **state)
{
    struct world *w = *state;
    mr_http_stop(w->elsewhere);
    pthread_join(w->thread, NULL);
    mr_http_close(w->elsewhere);
    site_close(&w->site);
    mr_arena_done(&w->arena);
    return 0;
}

/* Send the form; files, text and link may be empty. */
static void send_form(struct site *s, const struct site_header *more, const char *const *names, const mr_str *files,
                      size_t count, const char *text, const char *link)
{
    struct site_header headers[SITE_HEADERS] = {{"Content-Type", SITE_FORM}};
    mr_buf form;
    mr_buf_init(&form, 64 * MR_MIB);
    if (count == 0) site_form_put(&form, "files", "", MR_STR_EMPTY); /* as browsers do */
    for (size_t i = 0; i < count; i++) site_form_put(&form, "files", names[i], files[i]);
    site_form_put(&form, "text", NULL, mr_str_of(text));
    site_form_put(&form, "link", NULL, mr_str_of(link));
    for (size_t i = 0; i + 1 < SITE_HEADERS && more[i].name; i++) headers[i + 1] = more[i];
    site_ask(s, MR_POST, "/verify", headers, site_form_end(&form));
    mr_buf_done(&form);
}

static void send_file(struct site *s, const char *name, mr_str content)
{
    send_form(s, SITE_NOTHING_MORE, &name, &content, 1, "", "");
}

static mr_str altered(mr_arena *a, mr_str document, const char *from, const char *to)
{
    mr_str copy = mr_arena_dup(a, document);
    ptrdiff_t at = mr_str_find(copy, mr_str_of(from));
    assert_true(at > 0);
    assert_int_equal(strlen(from), strlen(to));
    memcpy((char *)(uintptr_t)copy.ptr + at, to, strlen(to));
    return copy;
}

/* ---- credentials ---- */

static void test_verify__tells_who_awarded_what_to_whom(void **state)
{
    struct world *w = *state;
    struct site *s = &w->site;
    send_file(s, "mine.jsonld", w->claim.elm);
    assert_status(s, 200, "a good credential");
    assert_str(site_header_of(s, "Cache-Control"), "no-store");
    assert_says(s, "<title>Sealed with a test seal, which proves nothing · Merit</title>");
    assert_int_equal(site_count(s, "<section class=\"verdict unchecked\" role=\"status\">"), 1);
    assert_says(s, mr_arena_cstr(&s->arena, w->claim.learner));
    assert_says(s, "Aarhus School of Nursing (invented)");
    assert_says(s, "merit verify mine.jsonld");
    assert_says(s, "VATDK-00000000");
    assert_says(s, "Nothing you send here is kept");
    assert_says(s, "mean official validation or recognition");
    /* outcomes before the other elements; nothing mandatory is missing */
    assert_true(mr_str_find(s->body, MR_STR("Learning outcomes")) <
                mr_str_find(s->body, MR_STR("Identification of the learner")));
    assert_says_not(s, "</svg> Missing</span>");
    assert_int_equal(site_count(s, "<td><span class=\"state (passed|failed|unchecked|na)\">"), 9); /* one a check */
    assert_int_equal(site_count(s, "<td><span class=\"state failed\">"), 0);
    assert_int_equal(site_count(s, " style=|<script>| on[a-z]+=\""), 0);
    assert_int_equal(site_count(s, "<img class=\"certificate\" alt=\"[^\"]+\" src=\"data:image/png;base64,"), 1);
}

static void test_verify__speaks_danish(void **state)
{
    struct world *w = *state;
    struct site *s = &w->site;
    static const char *const name = "mit.jsonld";
    send_form(s, SITE_HEADER("Accept-Language", "da"), &name, &w->claim.elm, 1, "", "");
    assert_status(s, 200, "Danish");
    assert_says(s, "Forseglet med et testsegl");
    assert_says(s, "Læringsudbytte");
    assert_says(s, "Kunne ikke kontrolleres");
}

static void test_verify__shows_nothing_of_what_was_altered(void **state)
{
    struct world *w = *state;
    struct site *s = &w->site;
    send_file(s, "mine.jsonld", altered(&w->arena, w->claim.elm, "chronic wounds", "chronic sounds"));
    assert_status(s, 200, "altered");
    assert_says(s, "<title>Changed after sealing · Merit</title>");
    assert_int_equal(site_count(s, "<section class=\"verdict failed\" role=\"status\">"), 1);
    assert_int_equal(site_count(s, "<td><span class=\"state (passed|failed|unchecked|na)\">"), 2); /* format, seal */
    assert_says_not(s, mr_arena_cstr(&s->arena, w->claim.learner));
    assert_says_not(s, "chronic sounds");
    assert_says_not(s, "base64,");
    assert_says(s, "nothing else in the file can be believed");
}

static void test_verify__gives_the_reason_beside_the_verdict(void **state)
{
    struct world *w = *state;
    struct site *s = &w->site;
    send_file(s, "mine.jsonld", altered(&w->arena, w->claim.elm, "chronic wounds", "chronic sounds"));
    assert_int_equal(
        site_count(s,
                   "<h1>Changed after sealing</h1>[[:space:]]*<p>The content, or the seal on it, [^<]*Ask the learner"),
        1);
    send_file(s, "page.pdf", MR_STR("%PDF-1.7\n"));
    assert_int_equal(site_count(s, "<h1>[^<]*</h1>[[:space:]]*<p>This is a PDF: [^<]*Ask the learner"), 1);
}

/* A file's name, as any other text of a stranger, may not turn the direction of the sentence around it. */
static void test_verify__drops_marks_that_turn_the_text(void **state)
{
    struct world *w = *state;
    struct site *s = &w->site;
    send_file(s, "\u202amine\u202egpj\u2066æ\u2069\u200f.jsonld", w->claim.elm);
    assert_status(s, 200, "turned");
    assert_says(s, "minegpjæ\u200f.jsonld ·");
    assert_says_not(s, "\u202a");
    assert_says_not(s, "\u202e");
    assert_says_not(s, "\u2066");
    assert_says_not(s, "\u2069");
}

static void test_verify__reads_pasted_text(void **state)
{
    struct world *w = *state;
    struct site *s = &w->site;
    mr_str text = mr_arena_format(&w->arena, "\n  %.*s\n", MR_STR_ARG(w->claim.jwt));
    send_form(s, SITE_NOTHING_MORE, NULL, NULL, 0, text.ptr, "");
    assert_status(s, 200, "pasted token");
    assert_says(s, mr_arena_cstr(&s->arena, w->claim.learner));
    assert_says(s, "Pasted text");
}

static void test_verify__reads_what_is_behind_a_link(void **state)
{
    struct world *w = *state;
    struct site *s = &w->site;
    mr_str link = mr_arena_format(&w->arena, "%smine.jsonld", elsewhere_url);
    send_form(s, SITE_NOTHING_MORE, NULL, NULL, 0, "", link.ptr);
    if (s->response.status == 422 && site_says(s, "a library for it is not installed"))
        test_skip("libcurl is not installed");
    assert_status(s, 200, "a link that may be followed");
    assert_says(s, mr_arena_cstr(&s->arena, w->claim.learner));
}

static void test_verify__refuses_links_kindly_and_keeps_what_was_typed(void **state)
{
    struct world *w = *state;
    struct site *s = &w->site;
    static const char *const links[] = {"http://example.org/a.jsonld",
                                        "https://127.0.0.1/a.jsonld",
                                        "https://[::1]/a.jsonld",
                                        "file:///etc/passwd",
                                        "https://10.0.0.1/",
                                        "gopher://example.org/",
                                        "javascript:alert(1)",
                                        "not a link \"><script>alert(1)</script>",
                                        "https://169.254.169.254/latest/"};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        send_form(s, SITE_NOTHING_MORE, NULL, NULL, 0, "", links[i]);
        assert_status(s, 422, links[i]);
        assert_says(s, "id=\"link\"");
        assert_int_equal(site_count(s, "aria-invalid=\"true\""), 1);
        assert_says_not(s, "<script>alert");
    }
    mr_str missing = mr_arena_format(&w->arena, "%snothing", elsewhere_url);
    send_form(s, SITE_NOTHING_MORE, NULL, NULL, 0, "", missing.ptr);
    assert_status(s, 422, "404 behind the link");
    assert_says(s, mr_arena_format(&s->arena, "value=\"%.*s\"", MR_STR_ARG(missing)).ptr);
    assert_says(s, "This says nothing about the credential");
}

/* ---- forms that are not whole ---- */

static void test_verify__asks_again_when_nothing_was_chosen(void **state)
{
    struct site *s = &((struct world *)*state)->site;
    send_form(s, SITE_NOTHING_MORE, NULL, NULL, 0, "", "");
    assert_status(s, 422, "nothing");
    assert_says(s, "There is nothing to check yet");
    assert_says(s, "role=\"alert\"");
    send_form(s, SITE_HEADER("Accept-Language", "da"), NULL, NULL, 0, " \n\t ", "  ");
    assert_status(s, 422, "blanks");
    assert_says(s, "Der er ikke noget at kontrollere endnu");
    site_ask(s, MR_POST, "/verify", SITE_NOTHING_MORE, MR_STR_EMPTY);
    assert_status(s, 422, "no body");
    site_ask(s, MR_POST, "/verify", SITE_HEADER("Content-Type", SITE_FORM), MR_STR("what?"));
    assert_status(s, 400, "a form that is none");
}

static void test_verify__takes_at_most_so_many_files_and_keeps_the_text(void **state)
{
    struct site *s = &((struct world *)*state)->site;
    const char *names[MR_LIMIT_VERIFY_FILES + 50];
    mr_str files[MR_LIMIT_VERIFY_FILES + 50];
    for (size_t i = 0; i < MR_LIMIT_VERIFY_FILES + 50; i++) names[i] = "a.json", files[i] = MR_STR("{}");
    static const size_t counts[] = {MR_LIMIT_VERIFY_FILES + 1, MR_LIMIT_VERIFY_FILES + 50};
    for (size_t i = 0; i < 2; i++) {
        send_form(s, SITE_NOTHING_MORE, names, files, counts[i], counts[i] < 30 ? "kept </textarea> text" : "", "");
        assert_status(s, 422, "too many");
        assert_says(s, "more than 20 files");
        if (counts[i] < 30) assert_says(s, "kept &lt;/textarea&gt; text");
    }
    char *much = malloc(7 * MR_MIB + 1); /* more than a page holds: said all the same, the text not given back */
    assert_non_null(much);
    memset(much, '<', 7 * MR_MIB);
    much[7 * MR_MIB] = '\0';
    send_form(s, SITE_NOTHING_MORE, names, files, MR_LIMIT_VERIFY_FILES + 1, much, "");
    assert_status(s, 422, "too many, with much text");
    send_form(s, SITE_NOTHING_MORE, names, files, 0, "", much);
    assert_status(s, 422, "a link of much text");
    free(much);
    send_form(s, SITE_NOTHING_MORE, names, files, MR_LIMIT_VERIFY_FILES, "", "");
    assert_status(s, 200, "as many as there may be");
    assert_int_equal(site_count(s, "<article "), MR_LIMIT_VERIFY_FILES);
}

static void test_verify__gives_each_file_its_own_verdict(void **state)
{
    struct world *w = *state;
    struct site *s = &w->site;
    static const char *const names[] = {"one.jsonld", "two.jsonld", "<b>three.png"};
    const mr_str files[] = {w->claim.elm, altered(&w->arena, w->claim.elm, "chronic wounds", "chronic sounds"),
                            MR_STR("\x89PNG\r\n\x1a\n....")};
    send_form(s, SITE_NOTHING_MORE, names, files, 3, "", "");
    assert_status(s, 200, "three");
    assert_says(s, "<h1>3 files checked</h1>");
    assert_int_equal(site_count(s, "href=\"#report-[123]\""), 3);
    assert_int_equal(site_count(s, "id=\"report-[123]\""), 3);
    assert_int_equal(site_count(s, "<section class=\"verdict unchecked\">"), 1);
    assert_int_equal(site_count(s, "<section class=\"verdict failed\">"), 1);
    assert_int_equal(site_count(s, "<section class=\"verdict na\">"), 1);
    assert_says(s, "&lt;b&gt;three.png");
    assert_int_equal(site_count(s, "<h1[ >]"), 1);
    /* what the page tells of all of them is still right at the end */
    send_form(s, SITE_HEADER("Accept-Language", "nl"), names, files, 3, "", "");
    assert_says(s, "Sommige teksten op deze pagina zijn in het Engels, omdat");
}

static void test_verify__counts_the_files_of_an_address(void **state)
{
    struct site *s = &((struct world *)*state)->site;
    const char *names[MR_LIMIT_VERIFY_FILES];
    mr_str files[MR_LIMIT_VERIFY_FILES];
    for (size_t i = 0; i < MR_LIMIT_VERIFY_FILES; i++) names[i] = "a.json", files[i] = MR_STR("{}");
    s->peer = "2001:db8:1:2::7";
    for (size_t sent = 0; sent + MR_LIMIT_VERIFY_FILES <= MR_LIMIT_VERIFY_BURST; sent += MR_LIMIT_VERIFY_FILES) {
        send_form(s, SITE_NOTHING_MORE, names, files, MR_LIMIT_VERIFY_FILES, "", "");
        assert_status(s, 200, "within");
    }
    s->peer = "2001:db8:1:2:ffff::8"; /* the same line of the same customer */
    send_form(s, SITE_NOTHING_MORE, names, files, MR_LIMIT_VERIFY_FILES, "", "");
    assert_status(s, 429, "too many");
    uint64_t wait = 0;
    assert_true(mr_str_to_u64(site_header_of(s, "Retry-After"), &wait) && wait > 0 && wait <= 60);
    assert_says(s, "That says nothing about what you sent");
    assert_says_not(s, "<article ");
    for (int i = 0; i < 60 && (i == 0 || s->response.status != 429); i++) /* one a second comes back meanwhile */
        site_get(s, "/verify/01990000-0000-7000-8000-000000000000/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", SITE_NOTHING_MORE);
    assert_status(s, 429, "permanent addresses are verified, too");
    site_get(s, "/verify", SITE_NOTHING_MORE);
    assert_status(s, 200, "the form is no verification");
    s->peer = "2001:db8:1:3::7";
    send_form(s, SITE_NOTHING_MORE, names, files, MR_LIMIT_VERIFY_FILES, "", "");
    assert_status(s, 200, "somebody else");
    s->peer = NULL;
}

/* ---- hostile files ---- */

static mr_str repeated(mr_arena *a, const char *piece, size_t count)
{
    size_t n = strlen(piece);
    char *text = mr_arena_alloc(a, n * count + 1);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++) memcpy(text + i * n, piece, n);
    text[n * count] = 0;
    return mr_str_make(text, n * count);
}

static void test_verify__answers_hostile_files_with_a_reason(void **state)
{
    struct site *s = &((struct world *)*state)->site;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 128 * MR_MIB);
    const struct {
        const char *what;
        mr_str content;
    } cases[] = {
        {"empty", MR_STR_EMPTY},
        {"a picture", MR_STR("\xff\xd8\xff\xe0 JFIF")},
        {"a PDF", MR_STR("%PDF-1.7\n%\xe2\xe3")},
        {"a ZIP", MR_STR("PK\x03\x04....")},
        {"a page", MR_STR("<!doctype html><script>alert(1)</script>")},
        {"no UTF-8", MR_STR("{\"a\": \"\xc3\x28\"}")},
        {"NULs", mr_str_make("{\0\0\0}", 5)},
        {"cut off", MR_STR("{\"payload\": \"{\\\"type\\\"")},
        {"deep", repeated(&a, "[", 200000)},
        {"wide", repeated(&a, "[],", 200000)},
        {"long", repeated(&a, "x", 4000000)},
        {"duplicate", MR_STR("{\"payload\": \"a\", \"payload\": \"b\", \"signatures\": []}")},
        {"markup in JSON", MR_STR("{\"payload\": \"<script>alert(1)</script>\", \"signatures\": [{\"protected\": "
                                  "\"<script>alert(1)</script>\", \"signature\": \"AA\"}]}")},
        {"a token of nothing", MR_STR("e30.e30.")},
        {"a token without algorithm", MR_STR("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        send_file(s, "<script>alert(1).json", cases[i].content);
        assert_status(s, 200, cases[i].what);
        assert_says_not(s, "<script>alert");
        assert_int_equal(site_count(s, "<h1[ >]"), 1);
        assert_int_equal(site_count(s, "<section class=\"verdict (failed|na)\""), 1);
        assert_true(s->body.len < MR_MIB);
    }
}

/* A credential may hold as much text as its provider likes; the page about it may not. */
static void test_verify__cuts_what_would_not_fit_a_page(void **state)
{
    struct world *w = *state;
    struct site *s = &w->site;
    struct mr_err err = {0};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_findings findings;
    struct mr_claim claim;
    mr_str slug, batch, text, long_text;
    mr_buf document;
    mr_arena_init(&a, 128 * MR_MIB);
    mr_buf_init(&document, 16 * MR_MIB);
    long_text = repeated(&a, "&lt;'æ'", 1200);
    text = test_read_file(&a, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json");
    ptrdiff_t at =
        mr_str_find(text, MR_STR("\"learning_outcomes\": [")) + (ptrdiff_t)strlen("\"learning_outcomes\": [");
    mr_buf_put(&document, mr_str_make(text.ptr, (size_t)at));
    for (int i = 0; i < 90; i++)
        mr_buf_format(&document, "{\"title\": {\"en\": \"%.*s\", \"da\": \"%.*s\"}, \"type\": \"skill\"},", 600,
                      long_text.ptr, 600, long_text.ptr);
    mr_buf_put(&document, mr_str_from(text, (size_t)at));
    mr_str longer = mr_arena_dup(&a, mr_buf_str(&document));
    memcpy(strstr((char *)(uintptr_t)longer.ptr, "wound-care-2026"), "wound-care-long", 15);
    mr_buf_done(&document);
    mr_findings_init(&findings, &a);
    assert_ok(mr_catalogue_publish(s->service, &mr_actor_operator, &a, longer, &findings, &slug, &err), err);
    struct mr_published published;
    assert_ok(mr_catalogue_get(s->service, &a, slug, &published, &err), err);
    const struct mr_upload upload = {
        .specification_id = published.id,
        .file_name = MR_STR("one.csv"),
        .content = MR_STR("name,birth date,e-mail\nMette Krogh Poulsen,1991-03-02,mette@example.org\n")};
    assert_ok(mr_upload_add(s->service, &mr_actor_operator, &a, &upload, &batch, &err), err);
    assert_ok(mr_batch_seal(s->service, &mr_actor_operator, batch, false, &err), err);
    mr_batch_wait(s->service);
    site_credential(s, &a, "wound-care-long", &claim);

    const char *names[MR_LIMIT_VERIFY_FILES];
    mr_str files[MR_LIMIT_VERIFY_FILES];
    for (size_t i = 0; i < MR_LIMIT_VERIFY_FILES; i++) names[i] = "long.jsonld", files[i] = claim.elm;
    send_form(s, SITE_NOTHING_MORE, names, files, MR_LIMIT_VERIFY_FILES, "", "");
    assert_status(s, 200, "twenty long ones");
    assert_int_equal(site_count(s, "<article "), MR_LIMIT_VERIFY_FILES);
    assert_true(s->body.len < MR_LIMIT_PAGE);
    assert_int_equal(mr_utf8_check(s->body), s->body.len);
    send_file(s, "long.jsonld", claim.elm);
    assert_status(s, 200, "one long one");
    assert_says(s, "Mette Krogh Poulsen");
}

static void test_verify__writes_nothing_to_the_disk(void **state)
{
    struct site *s = &((struct world *)*state)->site;
    static const char marker[] = "b5c1f3a09e7d4c62";
    char command[PATH_MAX + 128];
    mr_str text = MR_STR(
        "{\"payload\": \"b5c1f3a09e7d4c62\", \"signatures\": [{\"protected\": \"e30\", \"signature\": \"AA\"}]}");
    send_file(s, "b5c1f3a09e7d4c62.json", text);
    assert_status(s, 200, "marked");
    assert_says(s, marker); /* its name is shown, so the search below looks for the right thing */
    snprintf(command, sizeof command, "test -s '%s/merit.db' && ! grep -rq %s '%s'", s->folder, marker, s->folder);
    assert_int_equal(system(command), 0);
}

/* ---- programs ---- */

static void test_verify__reports_in_json_to_programs(void **state)
{
    struct world *w = *state;
    struct site *s = &w->site;
    struct mr_err err = {0};
    const mr_json *report;
    static const char *const names[] = {"one.jsonld", "two.txt"};
    const mr_str files[] = {w->claim.elm, MR_STR("hello")};
    send_form(s, SITE_HEADER("Accept", "application/json"), names, files, 2, "", "");
    assert_status(s, 200, "two");
    assert_str(site_header_of(s, "Content-Type"), "application/x-ndjson");
    mr_str rest = s->body, line;
    static const char *const verdicts[] = {"unknown", "invalid"};
    for (size_t i = 0; i < 2; i++) {
        assert_true(mr_str_split(&rest, '\n', &line));
        assert_ok(mr_json_parse(&s->arena, line, NULL, &report, &err), err);
        assert_str(mr_json_get_str(report, "file"), names[i]);
        assert_str(mr_json_get_str(report, "verdict"), verdicts[i]);
    }
    /* a body that is the file itself */
    site_ask(s, MR_POST, "/verify",
             SITE_HEADER_LIST({"Accept", "application/json"}, {"Content-Type", "application/octet-stream"}),
             w->claim.elm);
    assert_status(s, 200, "raw body");
    assert_str(site_header_of(s, "Content-Type"), "application/json");
    assert_ok(mr_json_parse(&s->arena, s->body, NULL, &report, &err), err);
    assert_str(mr_json_get_str(report, "verdict"), "unknown");
    assert_str(mr_json_get_str(mr_json_get(report, "credential"), "learner"),
               mr_arena_cstr(&s->arena, w->claim.learner));
    send_form(s, SITE_HEADER("Accept", "application/json"), NULL, NULL, 0, "", "");
    assert_status(s, 422, "nothing");
    assert_ok(mr_json_parse(&s->arena, s->body, NULL, &report, &err), err);
    assert_str(mr_json_get_str(report, "error"), "verify.wrong.nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify__tells_who_awarded_what_to_whom),
        cmocka_unit_test(test_verify__speaks_danish),
        cmocka_unit_test(test_verify__shows_nothing_of_what_was_altered),
        cmocka_unit_test(test_verify__gives_the_reason_beside_the_verdict),
        cmocka_unit_test(test_verify__drops_marks_that_turn_the_text),
        cmocka_unit_test(test_verify__reads_pasted_text),
        cmocka_unit_test(test_verify__reads_what_is_behind_a_link),
        cmocka_unit_test(test_verify__refuses_links_kindly_and_keeps_what_was_typed),
        cmocka_unit_test(test_verify__asks_again_when_nothing_was_chosen),
        cmocka_unit_test(test_verify__takes_at_most_so_many_files_and_keeps_the_text),
        cmocka_unit_test(test_verify__gives_each_file_its_own_verdict),
        cmocka_unit_test(test_verify__counts_the_files_of_an_address),
        cmocka_unit_test(test_verify__answers_hostile_files_with_a_reason),
        cmocka_unit_test(test_verify__cuts_what_would_not_fit_a_page),
        cmocka_unit_test(test_verify__writes_nothing_to_the_disk),
        cmocka_unit_test(test_verify__reports_in_json_to_programs),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
