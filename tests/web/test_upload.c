/* Results on their way in, through the pages' handler: a workbook of 600 rows with 37 planted faults, written by somebody else's software; mapping pages that are
 * remembered; profiles; enrolments, by hand and by the public page, and their results. */
#include "office.h"

#include "base/file.h"
#include "service/catalogue.h"
#include "service/enrolment.h"
#include "service/mail.h"
#include "service/profile.h"
#include "service/upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

struct world {
    struct office office;
    mr_arena a;
};

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    office_open(&w->office);
    mr_arena_init(&w->a, 512 << 20);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    site_close(&w->office.site);
    mr_arena_done(&w->a);
    test_temp_remove();
    test_temp()->count = 0;
    free(w);
    return 0;
}

#define ACTOR (&mr_actor_operator)

static mr_str upload_with(struct world *w, mr_str content, mr_str profile, mr_code code)
{
    struct mr_err err = {0};
    mr_str id = MR_STR_EMPTY;
    const struct mr_upload upload = {.specification_id = MR_STR("wound-care-2026"),
                                     .file_name = MR_STR("results"),
                                     .content = content,
                                     .profile_id = profile};
    int got = mr_upload_add(w->office.site.service, ACTOR, &w->a, &upload, &id, &err);
    if (got != (int)code) fail_msg("%s: %s %s", mr_code_name((mr_code)got), err.message, err.detail);
    return id;
}

static struct mr_upload_view view(struct world *w, mr_str id)
{
    struct mr_err err = {0};
    struct mr_upload_view v;
    assert_ok(mr_upload_get(w->office.site.service, ACTOR, &w->a, id, &v, &err), err);
    return v;
}

static struct mr_upload_item *items(struct world *w, mr_str id, enum mr_upload_group group, size_t *ret_count)
{
    struct mr_err err = {0};
    struct mr_upload_item *list;
    assert_ok(mr_upload_rows(w->office.site.service, ACTOR, &w->a, id, group, 0, 1000, &list, ret_count, &err), err);
    return list;
}

static mr_str ids_of(struct world *w, const struct mr_upload_item *item)
{
    mr_str text = MR_STR_EMPTY;
    for (size_t i = 0; i < item->findings.count; i++)
        text = mr_arena_format(&w->a, "%.*s%s%s", MR_STR_ARG(text), i ? " " : "", item->findings.items[i].id);
    return text;
}

static mr_mapping with_scale(void)
{
    return (mr_mapping){.columns = {[MR_FIELD_GIVEN] = MR_STR("given name"),
                                    [MR_FIELD_FAMILY] = MR_STR("family name"),
                                    [MR_FIELD_BIRTH] = MR_STR("birth date"),
                                    [MR_FIELD_EMAIL] = MR_STR("e-mail"),
                                    [MR_FIELD_STUDENT] = MR_STR("student number"),
                                    [MR_FIELD_GRADE] = MR_STR("grade"),
                                    [MR_FIELD_DATE] = MR_STR("date"),
                                    [MR_FIELD_PLACE] = MR_STR("place"),
                                    [MR_FIELD_ECTS] = MR_STR("ects")},
                        .passed = {MR_STR("G"), MR_STR("VG")},
                        .not_passed = {MR_STR("U")},
                        .passed_count = 2,
                        .not_passed_count = 1};
}

/* ---- 600 rows, 37 faults ---- */

/* The file and the list of what must come back; false when openpyxl is not there. */
static bool write_workbook(struct world *w, mr_str *ret_book, mr_str *ret_expected)
{
    static const char *const pythons[] = {"/usr/bin/python3",
                                          "python3"}; /* the system's, where Debian's packages are, before another */
    char command[1024];
    mr_str book = mr_arena_format(&w->a, "%s/faulty.xlsx", w->office.site.folder);
    mr_str list = mr_arena_format(&w->a, "%s/faulty.tsv", w->office.site.folder);
    size_t i = 0;
    for (; i < 2; i++) {
        snprintf(command, sizeof command, "%s -c 'import openpyxl' 2>/dev/null", pythons[i]);
        if (system(command) == 0) break;
    }
    if (i == 2) return false;
    snprintf(command, sizeof command, "%s '%s/tests/web/faulty_workbook.py' '%s' '%s'", pythons[i], MERIT_SOURCE_ROOT,
             book.ptr, list.ptr);
    assert_int_equal(system(command), 0);
    *ret_book = test_read_file(&w->a, book.ptr);
    *ret_expected = test_read_file(&w->a, list.ptr);
    return true;
}

static void test_upload__of_600_rows_gives_back_exactly_the_37_faults(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str book, expected, line;
    const mr_mapping mapping = with_scale();
    if (!write_workbook(w, &book, &expected)) skip();
    mr_str id = upload_with(w, book, MR_STR_EMPTY, MR_OK);
    assert_ok(mr_upload_map(w->office.site.service, ACTOR, &w->a, id, &mapping, MR_STR_EMPTY, true, &err), err);
    struct mr_upload_view v = view(w, id);
    assert_str(v.sheet, "Results");
    assert_int_equal(v.counts[MR_UPLOAD_ALL], 600);
    size_t count, i = 0;
    struct mr_upload_item *left = items(w, id, MR_UPLOAD_LEFT_OUT, &count);
    while (mr_str_split(&expected, '\n', &line) && line.len) {
        if (i == count) fail_msg("nothing more is left out before %.*s", MR_STR_ARG(line));
        mr_str got = mr_arena_format(&w->a, "%lld\t%s\t%.*s", (long long)left[i].number,
                                     mr_upload_fate_word(left[i].fate), MR_STR_ARG(ids_of(w, &left[i])));
        if (!mr_str_eq(got, line)) fail_msg("wanted %.*s\ngot    %.*s", MR_STR_ARG(line), MR_STR_ARG(got));
        i++;
    }
    assert_int_equal(i, 37);
    assert_int_equal(count, 37);
    assert_int_equal(v.counts[MR_UPLOAD_READY], 563);
    for (size_t k = 0; k < count; k++) /* and each says why, in words */
        assert_true(mr_upload_reason(&w->a, mr_language_find(MR_STR("da")), &left[k]).len > 10);
}

static void test_upload__rows_left_out_come_back_as_a_workbook_and_are_read_again(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_str book, expected;
    const mr_mapping mapping = with_scale();
    mr_buf_init(&out, 8 << 20);
    if (!write_workbook(w, &book, &expected)) skip();
    mr_str id = upload_with(w, book, MR_STR_EMPTY, MR_OK);
    assert_ok(mr_upload_map(w->office.site.service, ACTOR, &w->a, id, &mapping, MR_STR_EMPTY, true, &err), err);
    assert_ok(
        mr_upload_write_left_out(w->office.site.service, ACTOR, &w->a, id, mr_language_english(), true, &out, &err),
        err);
    /* The same mapping is remembered, though the header has one column more; what was wrong as a cell (merged, a formula) is not any more. */
    mr_str again = upload_with(w, mr_buf_str(&out), MR_STR_EMPTY, MR_OK);
    struct mr_upload_view v = view(w, again);
    assert_str(v.source, "remembered");
    assert_int_equal(v.counts[MR_UPLOAD_ALL], 37);
    assert_int_equal(v.counts[MR_UPLOAD_HAS_IT], 1);
    assert_int_equal(v.counts[MR_UPLOAD_NOT_PASSED], 1);
    assert_true(v.counts[MR_UPLOAD_REFUSED] >= 31);
    assert_int_equal(v.unused_count, 0);
}

static void test_upload__the_good_rows_are_sealed(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_claim_link *links;
    struct mr_batch b;
    size_t count;
    mr_str book, expected;
    const mr_mapping mapping = with_scale();
    if (!write_workbook(w, &book, &expected)) skip();
    mr_str id = upload_with(w, book, MR_STR_EMPTY, MR_OK);
    assert_ok(mr_upload_map(w->office.site.service, ACTOR, &w->a, id, &mapping, MR_STR_EMPTY, false, &err), err);
    assert_ok(mr_batch_seal(w->office.site.service, &mr_actor_operator, id, false, &err), err);
    mr_batch_wait(w->office.site.service);
    assert_ok(mr_batch_get(w->office.site.service, &mr_actor_operator, &w->a, id, &b, &err), err);
    assert_int_equal(b.state, MR_BATCH_SEALED);
    assert_int_equal(b.rows_sealed, 563);
    assert_ok(mr_batch_search(w->office.site.service, &mr_actor_operator, &w->a,
                              &(struct mr_achievement_query){.batch_id = id, .limit = 1000}, &links, &count, &err),
              err);
    assert_int_equal(count, 563);
}

/* ---- mapping ---- */

static void test_upload__asks_once_which_column_is_which(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    const mr_str table = MR_STR("Wer;Wann;Mail-Adresse 1\nKjær-Test, Søren;14.05.1990;soren@example.org\n");
    mr_str id = upload_with(w, table, MR_STR_EMPTY, MR_OK);
    struct mr_upload_view v = view(w, id);
    assert_true(v.needs_mapping);
    assert_int_equal(v.counts[MR_UPLOAD_ALL], 0);
    const mr_mapping nothing = {.columns = {[MR_FIELD_EMAIL] = MR_STR("Mail-Adresse 1")}};
    assert_code(mr_upload_map(w->office.site.service, ACTOR, &w->a, id, &nothing, MR_STR_EMPTY, true, &err), MR_E_CSV,
                err);
    const mr_mapping mapping = {.columns = {[MR_FIELD_NAME] = MR_STR("Wer"), [MR_FIELD_BIRTH] = MR_STR("Wann")},
                                .constants = {[MR_FIELD_PLACE] = MR_STR("Lund")},
                                .names = MR_NAMES_FAMILY_FIRST};
    assert_ok(mr_upload_map(w->office.site.service, ACTOR, &w->a, id, &mapping, MR_STR_EMPTY, true, &err), err);
    v = view(w, id);
    assert_int_equal(v.counts[MR_UPLOAD_READY], 1);
    size_t count;
    assert_str(items(w, id, MR_UPLOAD_READY, &count)[0].name, "Søren Kjær-Test");
    v = view(w, upload_with(w, table, MR_STR_EMPTY, MR_OK));
    assert_str(v.source, "remembered");
    assert_int_equal(v.counts[MR_UPLOAD_READY], 1);
}

static void test_profile__reads_tables_of_student_systems(void **state)
{
    static const struct {
        const char *name;
        const char *ready[2];
        const char *not_passed, *unknown;
    } cases[] = {
        {"ladok", {"Elin Åström-Test", "Maja Lind-Test"}, "Nils Öberg-Test", "Åsa Berg-Test"},
        {"stads", {"Søren Ærø-Test", "Ida Østergård-Test"}, "Bo Lund-Test", "Eva Krag-Test"},
        {"osiris", {"Anouk de Vries-Test", "Sanne Jansen-Test"}, "Jan Bakker-Test", "Tom Visser-Test"},
    };
    struct world *w = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_str org_id, profile;
        size_t count;
        mr_str path = mr_arena_format(&w->a, "%s/docs/examples/profiles/%s", MERIT_SOURCE_ROOT, cases[i].name);
        mr_str document = test_read_file(&w->a, mr_arena_format(&w->a, "%s.json", path.ptr).ptr);
        mr_str table = test_read_file(&w->a, mr_arena_format(&w->a, "%s.csv", path.ptr).ptr);
        assert_ok(mr_profile_organisation(w->office.site.service, ACTOR, &w->a, &org_id, &err), err);
        assert_ok(mr_profile_save(w->office.site.service, ACTOR, &w->a, org_id, document, &profile, &err), err);
        mr_str id = upload_with(w, table, profile, MR_OK);
        struct mr_upload_item *ready = items(w, id, MR_UPLOAD_READY, &count);
        assert_int_equal(count, 2);
        assert_str(ready[0].name, cases[i].ready[0]);
        assert_str(ready[1].name, cases[i].ready[1]);
        struct mr_upload_item *others = items(w, id, MR_UPLOAD_NOT_PASSED, &count);
        assert_int_equal(count, 1);
        assert_str(others[0].name, cases[i].not_passed);
        others = items(w, id, MR_UPLOAD_REFUSED, &count);
        assert_int_equal(count, 1);
        assert_str(others[0].name, cases[i].unknown);
        assert_string_equal(others[0].findings.items[0].id, "result.grade.unknown");
    }
}

static void send_form(struct world *w, const char *path, const char *fields)
{
    mr_str body = mr_arena_format(&w->a, "form_token=%s&%s", w->office.form_token, fields);
    site_ask(&w->office.site, MR_POST, path,
             SITE_HEADER_LIST({"Cookie", w->office.cookie}, {"Content-Type", "application/x-www-form-urlencoded"}),
             body);
}

static void test_mapping_page__shows_columns_and_keeps_what_was_chosen(void **state)
{
    struct world *w = *state;
    struct office *o = &w->office;
    office_send(o, OFFICE_RESULTS, "who.csv", MR_STR("Wer,Note X\n\"Kjær-Test, Søren\",G\n<b>Bo</b>,U\n"));
    assert_status(&o->site, 303, "an upload nobody can tell the columns of");
    const char *batch = mr_arena_cstr(&w->a, site_header_of(&o->site, "Location"));
    office_get(o, batch, "en");
    assert_status(&o->site, 303, "it is asked first");
    mr_str page = mr_arena_format(&w->a, "%s/mapping", batch);
    office_get(o, page.ptr, "en");
    assert_private_page(&o->site, 200, "the mapping page");
    assert_says(&o->site, "Kjær-Test, Søren");
    assert_says(&o->site, "&lt;b&gt;Bo&lt;/b&gt;");
    send_form(w, page.ptr, "column_grade=Note+X&dates=day-first&names=as-written");
    assert_private_page(&o->site, 422, "no name was chosen");
    assert_says(&o->site, "No column holds the learners");
    assert_says(&o->site, "<option value=\"Note X\" selected>");
    send_form(
        w, page.ptr,
        "column_name=Wer&column_grade=Note+X&dates=day-first&names=family-first&passed=G&not_passed=U&remember=1");
    assert_status(&o->site, 303, "a mapping");
    office_get(o, batch, "da");
    assert_private_page(&o->site, 200, "the preview");
    assert_says(&o->site, "Søren Kjær-Test");
    assert_says(&o->site, "Karakteren “U” er ikke bestået.");
    assert_says(&o->site, "Kolonnerne blev læst, som I har sagt.");
}

static void test_profiles_page__keeps_what_was_typed(void **state)
{
    struct world *w = *state;
    struct office *o = &w->office;
    office_get(o, "/provider/profiles", "en");
    assert_private_page(&o->site, 200, "profiles");
    assert_says(&o->site, "Ladok");
    send_form(w, "/provider/profiles", "document=%7B%22name%22%3A%22X%22%2C%22dates%22%3A%22never%22%7D");
    assert_private_page(&o->site, 422, "a profile with a fault");
    assert_says(&o->site, "day-first, month-first, digits");
    assert_says(&o->site, "&quot;never&quot;");
    send_form(w, "/provider/profiles", "document=%7B%22name%22%3A%22Mine%22%7D");
    assert_status(&o->site, 303, "a profile");
    office_get(o, "/provider/profiles", "en");
    assert_says(&o->site, ">Mine</a>");
}

static void test_enrolment_pages__lead_from_the_public_page_to_a_batch(void **state)
{
    struct world *w = *state;
    struct office *o = &w->office;
    office_get(o, "/provider/enrolments", "en");
    assert_private_page(&o->site, 200, "enrolments");
    office_get(o, "/enrol/wound-care-2026", "en");
    assert_status(&o->site, 404, "a page that is not open");
    send_form(w, "/provider/enrolments/wound-care-2026/page", "open=1&seats=many&keep=12");
    assert_private_page(&o->site, 422, "seats that are no number");
    send_form(w, "/provider/enrolments/wound-care-2026/page", "open=1&seats=2&keep=12");
    assert_status(&o->site, 303, "the page is open");
    site_get(&o->site, "/enrol/wound-care-2026", SITE_HEADER("Accept-Language", "en"));
    assert_private_page(&o->site, 200, "the public page");
    assert_says(&o->site, "2 seats are left.");
    send_form(w, "/enrol/wound-care-2026", "given_name=Ana&family_name=Test&email=ana");
    assert_private_page(&o->site, 422, "without having read");
    send_form(w, "/enrol/wound-care-2026", "given_name=Ana&family_name=Test&email=ana&agree=1");
    assert_private_page(&o->site, 422, "an address that is none");
    assert_says(&o->site, "value=\"Ana\"");
    send_form(w, "/enrol/wound-care-2026", "given_name=Ana&family_name=Test&email=ana%40example.org&agree=1");
    assert_private_page(&o->site, 200, "enrolled");
    assert_says(&o->site, "You are enrolled.");
    send_form(w, "/enrol/wound-care-2026", "given_name=Ana&family_name=Test&email=ana%40example.org&agree=1");
    assert_says(&o->site, "You were enrolled already.");
    office_get(o, "/provider/enrolments", "da");
    assert_says(
        &o->site,
        "<td data-label=\"Beskrivelse\"><a href=\"/provider/enrolments?specification=wound-care-2026\">Sårpleje");
    assert_says_not(&o->site, ">wound-care-2026<");
    office_get(o, "/provider/enrolments?specification=wound-care-2026", "da");
    assert_private_page(&o->site, 200, "enrolments of one");
    assert_says_not(&o->site, "data-label=\"Beskrivelse\"");
    ptrdiff_t at = mr_str_find(o->site.body, MR_STR("name=\"rows\" value=\""));
    assert_true(at > 0);
    mr_str id = mr_arena_dup(&w->a, mr_str_make(o->site.body.ptr + at + strlen("name=\"rows\" value=\""), 36));
    send_form(
        w, "/provider/enrolments/wound-care-2026/results",
        mr_arena_format(&w->a, "rows=%s&passed_%s=yes&grade_%s=Fine&on_%s=31.02.2026", id.ptr, id.ptr, id.ptr, id.ptr)
            .ptr);
    assert_private_page(&o->site, 422, "a day that is none");
    assert_says(&o->site, "value=\"31.02.2026\"");
    send_form(
        w, "/provider/enrolments/wound-care-2026/results",
        mr_arena_format(&w->a, "rows=%s&passed_%s=yes&grade_%s=Fine&on_%s=&hand_in=1", id.ptr, id.ptr, id.ptr, id.ptr)
            .ptr);
    assert_status(&o->site, 303, "handed in");
    office_get(o, mr_arena_cstr(&w->a, site_header_of(&o->site, "Location")), "en");
    assert_private_page(&o->site, 200, "a batch of it");
    assert_says(&o->site, "Ana Test");
}

/* ---- the API ---- */

static void ask_api(struct world *w, mr_http_method method, const char *path, const char *body, int status)
{
    mr_str bearer = mr_arena_format(&w->a, "Bearer %s", strrchr(mr_web_operator_path(w->office.site.web).ptr, '/') + 1);
    site_ask(&w->office.site, method, path, SITE_HEADER_LIST({"Authorization", bearer.ptr}, {"Accept-Language", "en"}),
             mr_str_of(body));
    assert_status(&w->office.site, status, path);
}

/* Text of a string member of the answer. */
static mr_str said(struct world *w, const char *pointer)
{
    const mr_json *root;
    struct mr_err err = {0};
    if (mr_json_parse(&w->a, mr_arena_dup(&w->a, w->office.site.body), NULL, &root, &err) != MR_OK)
        fail_msg("no JSON: %.*s", MR_STR_ARG(w->office.site.body));
    const mr_json *found = mr_json_find(root, mr_str_of(pointer));
    if (!found) fail_msg("%s is not in %.*s", pointer, MR_STR_ARG(w->office.site.body));
    return mr_json_text(found);
}

static void test_api__does_what_the_pages_do(void **state)
{
    struct world *w = *state;
    ask_api(w, MR_POST, "/api/v1/specifications/wound-care-2026/batches?file=x.csv",
            "Wer,Note X\nAna Test,G\nBo Test,U\n", 201);
    mr_str id = said(w, "/id");
    const char *path = mr_arena_format(&w->a, "/api/v1/batches/%.*s", MR_STR_ARG(id)).ptr;
    ask_api(w, MR_GET, mr_arena_format(&w->a, "%s/upload", path).ptr, "", 200);
    assert_says(&w->office.site, "\"needs_mapping\":true");
    ask_api(w, MR_PUT, mr_arena_format(&w->a, "%s/mapping", path).ptr, "{\"columns\":{\"nom\":\"Wer\"}}", 400);
    assert_str(said(w, "/pointer"), "/columns/nom");
    ask_api(
        w, MR_PUT, mr_arena_format(&w->a, "%s/mapping?remember=true", path).ptr,
        "{\"columns\":{\"name\":\"Wer\",\"grade\":\"Note X\"},\"grades\":{\"passed\":[\"G\"],\"not_passed\":[\"U\"]}}",
        200);
    assert_str(said(w, "/ready"), "1");
    assert_str(said(w, "/not_passed"), "1");
    ask_api(w, MR_GET, mr_arena_format(&w->a, "%s/rows?fate=not_passed", path).ptr, "", 200);
    assert_str(said(w, "/items/0/name"), "Bo Test");
    assert_str(said(w, "/items/0/reason"), "The grade “U” is not a pass.");
    ask_api(w, MR_POST, "/api/v1/profiles", "{\"name\":\"Mine\",\"columns\":{\"name\":\"Wer\"}}", 201);
    mr_str profile = said(w, "/id");
    ask_api(w, MR_GET, "/api/v1/profiles", "", 200);
    assert_str(said(w, "/items/0/name"), "Mine");
    ask_api(w, MR_DELETE, mr_arena_format(&w->a, "/api/v1/profiles/%.*s", MR_STR_ARG(profile)).ptr, "", 204);
    ask_api(w, MR_POST, "/api/v1/enrolments",
            "{\"specification\":\"wound-care-2026\",\"name\":\"Ana\",\"email\":\"no\"}", 400);
    assert_str(said(w, "/findings/0/element"), "email");
    const char *ana = "{\"specification\":\"wound-care-2026\",\"name\":\"Ana\",\"email\":\"ana@example.org\"}";
    ask_api(w, MR_POST, "/api/v1/enrolments", ana, 201);
    mr_str enrolment = said(w, "/id");
    ask_api(w, MR_POST, "/api/v1/enrolments", ana, 409);
    ask_api(w, MR_PUT, mr_arena_format(&w->a, "/api/v1/enrolments/%.*s", MR_STR_ARG(enrolment)).ptr,
            "{\"passed\":true,\"grade\":\"Fine\"}", 200);
    assert_str(said(w, "/grade"), "Fine");
    ask_api(w, MR_POST, "/api/v1/specifications/wound-care-2026/enrolments/hand-in", "", 201);
    assert_true(said(w, "/batch").len == 36);
    ask_api(w, MR_PUT, "/api/v1/specifications/wound-care-2026/enrolments/page", "{\"open\":true,\"seats\":-7}", 400);
    ask_api(w, MR_PUT, "/api/v1/specifications/wound-care-2026/enrolments/page", "{\"open\":true}", 204);
    site_get(&w->office.site, "/enrol/wound-care-2026", SITE_NOTHING_MORE);
    assert_status(&w->office.site, 200, "the public page");
}

/* ---- a page is small, however long the table ---- */

static void test_upload__of_100000_rows_is_paged(void **state)
{
    struct world *w = *state;
    MR_CLEANUP(mr_buf_done) mr_buf table;
    mr_buf_init(&table, 32 << 20);
    mr_buf_puts(&table, "name,birth date,e-mail,date\n");
    for (int i = 0; i < MR_LIMIT_UPLOAD_ROWS; i++)
        mr_buf_format(&table, "Learner %d,19%02d-01-01,learner%d@example.org,%s\n", i, 10 + i % 90, i,
                      i % 3 ? "2026-06-01" : "2099-06-01");
    mr_str id = upload_with(w, mr_buf_str(&table), MR_STR_EMPTY, MR_OK);
    struct mr_upload_view v = view(w, id);
    assert_int_equal(v.counts[MR_UPLOAD_ALL], MR_LIMIT_UPLOAD_ROWS);
    assert_int_equal(v.counts[MR_UPLOAD_REFUSED], (MR_LIMIT_UPLOAD_ROWS + 2) / 3);
    mr_str path = mr_arena_format(&w->a, "/provider/batches/%.*s?look=800&ready=1600", MR_STR_ARG(id));
    office_get(&w->office, path.ptr, "da");
    assert_int_equal(w->office.site.response.status, 200);
    assert_true(w->office.site.body.len < 60 * MR_KIB);
    assert_true(mr_str_find(w->office.site.body, MR_STR("Learner ")) > 0);
}

/* ---- enrolments ---- */

static mr_enrolment_joined join(struct world *w, const char *given, const char *email, mr_code code)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_enrolment_joined done = MR_ENROLMENT_FULL;
    const struct mr_enrolment_new x = {.given_name = mr_str_of(given),
                                       .family_name = MR_STR("Joiner-Test"),
                                       .email = mr_str_of(email),
                                       .language = MR_STR("da")};
    mr_findings_init(&findings, &w->a);
    int got = mr_enrolment_join(w->office.site.service, &w->a, MR_STR("wound-care-2026"), &x, &findings, &done, &err);
    if (got != (int)code) fail_msg("%s: %s", mr_code_name((mr_code)got), err.message);
    return done;
}

static void test_enrolment__seats_are_counted_and_nobody_is_enrolled_twice(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    join(w, "Ana", "ana@example.org", MR_E_NOT_FOUND); /* the page is not open */
    assert_ok(mr_enrolment_page_set(w->office.site.service, ACTOR, &w->a, MR_STR("wound-care-2026"), MR_STR_EMPTY, true,
                                    2, 12, &err),
              err);
    assert_int_equal(join(w, "Ana", "ana@example.org", MR_OK), MR_ENROLMENT_JOINED);
    assert_int_equal(join(w, "ana", "ana@example.org", MR_OK), MR_ENROLMENT_THERE);
    join(w, "Bo", "bo", MR_E_FORMAT);
    join(w, "Bo", "", MR_E_FORMAT);
    assert_int_equal(join(w, "Bo", "bo@example.org", MR_OK), MR_ENROLMENT_JOINED);
    assert_int_equal(join(w, "Cleo", "cleo@example.org", MR_OK), MR_ENROLMENT_FULL);
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    assert_ok(mr_db_begin(mr_service_db(w->office.site.service), false, &tx, &err), err);
    assert_ok(
        mr_db_query(tx, "SELECT COUNT(*), MIN(language) FROM mail WHERE template = 'enrolled'", NULL, 0, &c, &err),
        err);
    assert_ok(mr_db_next(c, &row, &err), err);
    assert_int_equal(mr_db_int(c, 0), 2);
    assert_str(mr_db_text(c, 1), "da");
}

static void test_enrolment__results_become_a_batch_and_states_follow(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_enrolment_file file;
    struct mr_findings findings;
    mr_enrolment *list;
    size_t count;
    int64_t not_passed = 0, counts[5];
    mr_str org_id, batch;
    const mr_str slug = MR_STR("wound-care-2026");
    mr_findings_init(&findings, &w->a);
    assert_ok(mr_enrolment_add_file(
                  w->office.site.service, ACTOR, &w->a, slug,
                  MR_STR("name,e-mail,student number\nAna Test,ana@example.org,s1\nBo Test,bo@example.org,s2\n"
                         "Cleo Test,cleo,s3\nAna Test,ana@example.org,s1\n"),
                  mr_language_english(), &file, &err),
              err);
    assert_int_equal(file.added, 2);
    assert_int_equal(file.left_out, 2);
    assert_string_equal(file.refused[0].findings.items[0].id, "result.email");
    assert_true(file.refused[1].is_there);
    /* Both come back as they were, with the reason; mended, the table can be given in again. */
    mr_str back = file.refused_table;
    assert_true(mr_str_find(back, MR_STR("name,e-mail,student number,reason\r\nCleo Test,cleo,s3,")) > 0);
    assert_true(mr_str_find(back, MR_STR("\nAna Test,ana@example.org,s1,")) > 0);
    assert_true(mr_str_find(back, MR_STR("Bo Test")) < 0);
    assert_ok(mr_profile_organisation(w->office.site.service, ACTOR, &w->a, &org_id, &err), err);
    assert_ok(mr_enrolment_list(w->office.site.service, ACTOR, &w->a, org_id, slug, MR_STR_EMPTY, MR_STR_EMPTY, 10,
                                &list, &count, &err),
              err);
    assert_int_equal(count, 2);
    assert_code(mr_enrolment_hand_in(w->office.site.service, ACTOR, &w->a, slug, &batch, &not_passed, &err), MR_E_STATE,
                err);
    assert_code(mr_enrolment_set_result(w->office.site.service, ACTOR, &w->a, list[0].id, MR_STR("G"), 1,
                                        MR_STR("31.02.2026"), &findings, &err),
                MR_E_FORMAT, err);
    assert_ok(mr_enrolment_set_result(w->office.site.service, ACTOR, &w->a, list[0].id, MR_STR("G"), 1,
                                      MR_STR("12.06.2026"), &findings, &err),
              err);
    assert_ok(mr_enrolment_set_result(w->office.site.service, ACTOR, &w->a, list[1].id, MR_STR("U"), 0, MR_STR_EMPTY,
                                      &findings, &err),
              err);
    assert_ok(mr_enrolment_hand_in(w->office.site.service, ACTOR, &w->a, slug, &batch, &not_passed, &err), err);
    assert_int_equal(not_passed, 1);
    struct mr_upload_view v = view(w, batch);
    assert_int_equal(v.counts[MR_UPLOAD_READY], 1);
    assert_str(v.source, "form");
    assert_ok(mr_batch_seal(w->office.site.service, &mr_actor_operator, batch, false, &err), err);
    mr_batch_wait(w->office.site.service);
    assert_ok(mr_enrolment_count(w->office.site.service, ACTOR, org_id, slug, counts, &err), err);
    assert_int_equal(counts[2], 1); /* completed */
    assert_int_equal(counts[4], 1); /* not passed */
}

/* The form is anybody's: whoever writes another's address into it under ever new names does not fill her mailbox. */
static void test_enrolment__mails_one_address_some_times_a_day(void **state)
{
    struct world *w = *state;
    struct office *o = &w->office;
    struct mr_err err = {0};
    int64_t before[MR_MAIL_STATES], after[MR_MAIL_STATES];
    struct mr_published published;
    mr_service *s = o->site.service;
    assert_ok(mr_catalogue_get(s, &w->a, MR_STR("wound-care-2026"), &published, &err), err);
    send_form(w, "/provider/enrolments/wound-care-2026/page", "open=1&seats=&keep=12");
    assert_status(&o->site, 303, "the page is open");
    assert_ok(mr_mail_counts(s, ACTOR, published.org_id, before, &err), err);
    for (int i = 0; i < 15; i++) {
        char form[120];
        snprintf(form, sizeof form, "given_name=Name%c&family_name=Test&email=%s%%40example.org&agree=1", 'A' + i,
                 i % 2 ? "Victim" : "victim");
        send_form(w, "/enrol/wound-care-2026", form);
        assert_says(&o->site, "You are enrolled.");
    }
    assert_ok(mr_mail_counts(s, ACTOR, published.org_id, after, &err), err);
    assert_int_equal(after[MR_MAIL_WAITING] - before[MR_MAIL_WAITING], 10);
}

static void test_enrolment__of_another_organisation_is_not_there(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_upload_view v;
    mr_str id;
    const struct mr_grant grant = {.org_id = MR_STR("another"), .roles = 0x7f};
    const struct mr_actor stranger = {
        .kind = MR_ACTOR_PERSON, .id = MR_STR("p"), .org_id = MR_STR("another"), .grants = &grant, .grant_count = 1};
    const struct mr_enrolment_new x = {.specification = MR_STR("wound-care-2026"), .full_name = MR_STR("Ana Test")};
    mr_findings_init(&findings, &w->a);
    assert_code(mr_enrolment_add(w->office.site.service, &stranger, &w->a, &x, "hand", &findings, &id, &err),
                MR_E_NOT_FOUND, err);
    assert_ok(mr_enrolment_add(w->office.site.service, ACTOR, &w->a, &x, "hand", &findings, &id, &err), err);
    assert_code(mr_enrolment_move(w->office.site.service, &stranger, &w->a, id, MR_STR("withdrawn"), &err),
                MR_E_NOT_FOUND, err);
    mr_str batch = upload_with(w, MR_STR("name\nAna Test\n"), MR_STR_EMPTY, MR_OK);
    assert_code(mr_upload_get(w->office.site.service, &stranger, &w->a, batch, &v, &err), MR_E_NOT_FOUND, err);
    const mr_mapping mapping = {.columns = {[MR_FIELD_NAME] = MR_STR("name")}};
    assert_code(mr_upload_map(w->office.site.service, &stranger, &w->a, batch, &mapping, MR_STR_EMPTY, true, &err),
                MR_E_NOT_FOUND, err);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_upload__of_600_rows_gives_back_exactly_the_37_faults),
        TEST(test_upload__rows_left_out_come_back_as_a_workbook_and_are_read_again),
        TEST(test_upload__the_good_rows_are_sealed),
        TEST(test_upload__asks_once_which_column_is_which),
        TEST(test_mapping_page__shows_columns_and_keeps_what_was_chosen),
        TEST(test_profiles_page__keeps_what_was_typed),
        TEST(test_enrolment_pages__lead_from_the_public_page_to_a_batch),
        TEST(test_api__does_what_the_pages_do),
        TEST(test_profile__reads_tables_of_student_systems),
        TEST(test_upload__of_100000_rows_is_paged),
        TEST(test_enrolment__seats_are_counted_and_nobody_is_enrolled_twice),
        TEST(test_enrolment__results_become_a_batch_and_states_follow),
        TEST(test_enrolment__mails_one_address_some_times_a_day),
        TEST(test_enrolment__of_another_organisation_is_not_there),
    };
    return cmocka_run_group_tests_name("upload", tests, NULL, NULL);
}
