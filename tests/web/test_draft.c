/* The specifications' desk in pages and API: files become drafts, the form saves what was typed and loses nothing, and what is handed in is approved. */
#include "office.h"

#include "credential/annex.h"
#include "service/draft.h"
#include "web/draft_fields.h"

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

/* Send a form: fields as in an address, with the token before them. */
static void send_form(struct office *o, const char *path, const char *fields, const char *accept)
{
    MR_CLEANUP(mr_buf_done) mr_buf body;
    mr_buf_init(&body, 4 << 20);
    mr_buf_format(&body, "form_token=%s&%s", o->form_token, fields);
    site_ask(&o->site, MR_POST, path,
             SITE_HEADER_LIST({"Cookie", o->cookie}, {"Content-Type", "application/x-www-form-urlencoded"},
                              {"Accept", accept}),
             mr_buf_str(&body));
}

static void ask_api(struct office *o, mr_http_method method, const char *path, const char *body)
{
    static char bearer[80];
    mr_str token = mr_web_operator_path(o->site.web);
    snprintf(bearer, sizeof bearer, "Bearer %s", strrchr(token.ptr, '/') + 1);
    site_ask(&o->site, method, path, SITE_HEADER_LIST({"Authorization", bearer}, {"Content-Type", "application/json"}),
             mr_str_of(body));
}

/* Begin a draft; its address in `a`. */
static const char *begin(struct office *o, mr_arena *a)
{
    send_form(o, "/provider/specifications/new", "title=Care+of+feet&language=en", "text/html");
    assert_status(&o->site, 303, "a new draft");
    mr_str path = site_header_of(&o->site, "Location");
    assert_true(mr_str_has_suffix(path, MR_STR("/title")));
    return mr_arena_cstr(a, mr_str_make(path.ptr, path.len - strlen("/title")));
}

static const char *join(mr_arena *a, const char *path, const char *more)
{
    return mr_arena_format(a, "%s%s", path, more).ptr;
}

/* The mark of a member that the page of a section carries. */
static const char *mark_of(struct office *o, mr_arena *a, const char *section, const char *member)
{
    office_get(o, section, "en");
    assert_status(&o->site, 200, section);
    mr_str wanted = mr_arena_format(a, "name=\"base.%s\" value=\"", member);
    ptrdiff_t at = mr_str_find(o->site.body, wanted);
    assert_true(at > 0);
    mr_str rest = mr_str_from(o->site.body, (size_t)at + wanted.len), mark;
    mr_str_split(&rest, '"', &mark);
    return mr_arena_cstr(a, mark);
}

/* ---- files ---- */

static void test_draft_file__becomes_a_draft_with_its_faults(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 8 << 20);
    office_send(o, "/provider/specifications", "a.json",
                MR_STR("{\"specification\":\"1\",\"id\":\"x\",\"version\":\"1\",\"color\":\"red\",\"provider\":{"
                       "\"name\":{\"en\":\"A school\"}}}"));
    assert_status(&o->site, 303, "an incomplete file");
    const char *draft = mr_arena_cstr(&a, site_header_of(&o->site, "Location"));
    office_get(o, draft, "en");
    assert_private_page(&o->site, 200, "its draft");
    assert_says(&o->site, "0 of 9 mandatory elements are answered");
    assert_says(&o->site, "/outcomes?gaps=1#learning_outcomes");
    assert_says(&o->site, "/provider?gaps=1#provider");
    send_form(o, join(&a, draft, "/submit"), "", "text/html");
    assert_private_page(&o->site, 422, "handing it in");
    assert_says(&o->site, "It was not handed in");
    assert_says(&o->site, "name=\"member\" value=\"color\"");
    send_form(o, join(&a, draft, "/drop"), "member=color", "text/html");
    assert_status(&o->site, 303, "dropping a member");
    office_get(o, draft, "en");
    assert_says_not(&o->site, "value=\"color\"");
}

static void test_draft_file__that_cannot_be_read_is_told_with_its_place(void **state)
{
    struct office *o = *state;
    static const struct {
        const char *file, *text, *said;
    } cases[] = {
        {NULL, "", "No file was chosen"},
        {"a.json", "{\"id\": \"x\",\n \"version\" 1}", "Line 2, column"},
        {"a.json", "{\"id\": \"x\", \"id\": \"y\"}", "stands twice"},
        {"a.json", "\xFF\xFE{", "not UTF-8"},
        {"a.json", "[1,2]", "JSON"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        office_send(o, "/provider/specifications", cases[i].file, mr_str_of(cases[i].text));
        assert_private_page(&o->site, 422, cases[i].text);
        assert_says(&o->site, cases[i].said);
        assert_says(&o->site, "role=\"alert\"");
    }
}

static void test_draft_file__good_one_is_published_after_approval(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 8 << 20);
    mr_str text = test_read_file(&a, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json"),
           old = MR_STR("\"wound-care-2026\"");
    ptrdiff_t at = mr_str_find(text, old);
    assert_true(at > 0);
    mr_str fresh = mr_arena_format(&a, "%.*s\"wound-care-2027\"%.*s", (int)at, text.ptr,
                                   MR_STR_ARG(mr_str_from(text, (size_t)at + old.len)));
    office_send(o, "/provider/specifications", "w.json", fresh);
    assert_status(&o->site, 303, "a good file");
    const char *draft = mr_arena_cstr(&a, site_header_of(&o->site, "Location"));
    office_get(o, draft, "en");
    assert_says(&o->site, "9 of 9 mandatory elements are answered");
    send_form(o, join(&a, draft, "/approve"), "", "text/html");
    assert_private_page(&o->site, 422, "approving what was not handed in");
    send_form(o, join(&a, draft, "/submit"), "", "text/html");
    assert_status(&o->site, 303, "handing in");
    office_get(o, "/provider/specifications", "en");
    assert_private_page(&o->site, 200, "the list");
    assert_says(&o->site, "Waits for you");
    office_get(o, draft, "en");
    assert_private_page(&o->site, 200, "what waits");
    assert_says(&o->site, "Approve and publish");
    send_form(o, join(&a, draft, "/return"), "reason=+", "text/html");
    assert_status(&o->site, 303, "an operator who takes back what the operator has handed in needs no reason");
    send_form(o, join(&a, draft, "/submit"), "", "text/html");
    send_form(o, join(&a, draft, "/approve"), "", "text/html");
    assert_status(&o->site, 303, "approving");
    assert_str(site_header_of(&o->site, "Location"), "/provider?published=wound-care-2027");
    office_get(o, "/provider?published=wound-care-2027", "en");
    assert_private_page(&o->site, 200, "after publishing");
    assert_says(&o->site, "Published. Everybody can read it now");
    office_get(o, draft, "en");
    assert_private_page(&o->site, 200, "the record");
    assert_says(&o->site, "the operator,");
    site_get(&o->site, "/specifications/wound-care-2027", SITE_NOTHING_MORE);
    assert_status(&o->site, 200, "the public page");
}

/* ---- the form ---- */

static void test_draft_form__every_page_is_small_and_whole(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 8 << 20);
    send_form(o, "/provider/specifications/wound-care-2026/version", "", "text/html");
    assert_status(&o->site, 303, "a new version");
    const char *draft = mr_arena_cstr(&a, site_header_of(&o->site, "Location"));
    static const char *const more[] = {"sv", "nl", "de", "fr"};
    for (size_t i = 0; i < 4; i++) {
        send_form(o, join(&a, draft, "/languages"), mr_arena_format(&a, "op=add&language=%s", more[i]).ptr,
                  "text/html");
        assert_status(&o->site, 303, more[i]);
    }
    static const char *const tongues[] = {"en", "da"};
    for (size_t i = 0; mr_draft_section_at(i); i++)
        for (size_t l = 0; l < 2; l++) {
            const char *path = mr_arena_format(&a, "%s/%s", draft, mr_draft_section_at(i)->name).ptr;
            office_get(o, path, tongues[l]);
            assert_private_page(&o->site, 200, path);
            assert_int_equal(site_count(&o->site, "draft\\.(help|example|field|form)\\."), 0);
            assert_int_equal(site_count(&o->site, ">false<|value=\"false\""), 0);
        }
}

static void test_draft_form__asks_every_member_of_specification_files(void **state)
{
    (void)state;
    for (size_t i = 0; mr_draft_member_at(i); i++) {
        mr_str member = mr_str_of(mr_draft_member_at(i));
        if (!mr_str_is(member, "specification") && !mr_draft_section_of(member, NULL))
            fail_msg("no page asks for %.*s", MR_STR_ARG(member));
    }
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++)
        if (mr_element_info(e)->source == MR_ELEMENT_SPECIFICATION)
            assert_non_null(mr_draft_section_of(mr_draft_member_of(mr_element_info(e)->code), NULL));
}

/* What a page shows and sends back unchanged is the document, and no change. */
static void test_draft_form__sent_back_untouched_changes_nothing(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    mr_arena_init(&a, 32 << 20);
    send_form(o, "/provider/specifications/wound-care-2026/version", "", "text/html");
    const char *draft = mr_arena_cstr(&a, site_header_of(&o->site, "Location"));
    for (size_t i = 0; mr_draft_section_at(i); i++) {
        const char *path = mr_arena_format(&a, "%s/%s", draft, mr_draft_section_at(i)->name).ptr;
        MR_CLEANUP(mr_buf_done) mr_buf fields;
        mr_buf_init(&fields, 1 << 20);
        office_get(o, path, "en");
        mr_str page = mr_arena_dup(&a, o->site.body);
        static const char pattern[] = "<input [^>]*name=\"([^\"]+)\"[^>]*value=\"([^\"]*)\"[^>]*>|<textarea "
                                      "[^>]*name=\"([^\"]+)\"[^>]*>\n([^<]*)<|"
                                      "<select [^>]*name=\"([^\"]+)\"|<option value=\"([^\"]*)\" selected>";
        regex_t regex;
        regmatch_t m[7];
        mr_str select = MR_STR_EMPTY;
        assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED), 0);
        for (const char *at = page.ptr; regexec(&regex, at, 7, m, 0) == 0; at += m[0].rm_eo) {
            mr_str whole = mr_str_make(at + m[0].rm_so, (size_t)(m[0].rm_eo - m[0].rm_so)), name, value = MR_STR_EMPTY;
#define GROUP(n) mr_str_make(at + m[n].rm_so, (size_t)(m[n].rm_eo - m[n].rm_so))
            if (m[5].rm_so >= 0) {
                select = GROUP(5);
                continue;
            }
            if (m[6].rm_so >= 0)
                name = select, value = GROUP(6);
            else if (m[1].rm_so >= 0)
                name = GROUP(1), value = GROUP(2);
            else
                name = GROUP(3), value = GROUP(4);
            bool ticks = mr_str_find(whole, MR_STR("type=\"checkbox\"")) >= 0 ||
                         mr_str_find(whole, MR_STR("type=\"radio\"")) >= 0;
            if (ticks && mr_str_find(whole, MR_STR(" checked")) < 0) continue;
            if (mr_str_is(name, "form_token")) continue;
            mr_buf_format(&fields, "%.*s=", MR_STR_ARG(name));
            for (size_t c = 0; c < value.len; c++) mr_buf_format(&fields, "%%%02X", (unsigned char)value.ptr[c]);
            mr_buf_putc(&fields, '&');
        }
        regfree(&regex);
        mr_buf_puts(&fields, "op=save");
        mr_buf_putc(&fields, '\0');
        send_form(o, path, fields.ptr, "text/html");
        assert_status(&o->site, 303, path);
        struct mr_draft d;
        assert_ok(mr_draft_open(o->site.service, &mr_actor_operator, &a, mr_str_of(strrchr(draft, '/') + 1), &d, &err),
                  err);
        if (d.revision != 1) fail_msg("%s changed the document:\n%.*s\n%s", path, MR_STR_ARG(d.document), fields.ptr);
    }
}

static void test_draft_form__saves_lists_and_moves_their_items(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 8 << 20);
    const char *draft = begin(o, &a), *page = join(&a, draft, "/outcomes");
    send_form(o, page,
              "base.learning_outcomes=-&learning_outcomes.count=3&learning_outcomes.0.title.en=First&learning_outcomes."
              "1.title.en=&"
              "learning_outcomes.2.title.en=Second&learning_outcomes.2.skills.count=1&learning_outcomes.2.skills.0.uri="
              "https%3A%2F%2Fa.example&"
              "op=add+learning_outcomes",
              "text/html");
    assert_status(&o->site, 303, "adding");
    assert_true(mr_str_has_suffix(site_header_of(&o->site, "Location"),
                                  MR_STR("?add=learning_outcomes#add.learning_outcomes")));
    office_get(o, join(&a, page, "?add=learning_outcomes"), "en");
    assert_private_page(&o->site, 200, "one more");
    assert_says(&o->site, "name=\"learning_outcomes.count\" value=\"3\"");
    assert_says(&o->site, "name=\"learning_outcomes.1.title.en\" lang=\"en\" value=\"Second\"");
    assert_says(&o->site, "name=\"learning_outcomes.1.skills.0.uri\" value=\"https://a.example\"");
    const char *mark = mark_of(o, &a, page, "learning_outcomes");
    send_form(o, page,
              mr_arena_format(&a,
                              "base.learning_outcomes=%s&learning_outcomes.count=2&learning_outcomes.0.title.en=First&"
                              "learning_outcomes.1.title.en=Second&op=up+learning_outcomes+1",
                              mark)
                  .ptr,
              "text/html");
    assert_status(&o->site, 303, "moving up");
    office_get(o, page, "en");
    assert_says(&o->site, "name=\"learning_outcomes.0.title.en\" lang=\"en\" value=\"Second\"");
    mark = mark_of(o, &a, page, "learning_outcomes");
    send_form(o, page,
              mr_arena_format(&a,
                              "base.learning_outcomes=%s&learning_outcomes.count=2&learning_outcomes.0.title.en=Second&"
                              "learning_outcomes.1.title.en=First&op=remove+learning_outcomes+0",
                              mark)
                  .ptr,
              "text/html");
    office_get(o, page, "en");
    assert_says(&o->site, "name=\"learning_outcomes.0.title.en\" lang=\"en\" value=\"First\"");
    assert_says_not(&o->site, "value=\"Second\"");
}

static void test_draft_form__folded_items_stay(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf fields;
    mr_arena_init(&a, 8 << 20);
    mr_buf_init(&fields, 1 << 20);
    const char *draft = begin(o, &a), *page = join(&a, draft, "/quality");
    mr_buf_puts(&fields, "base.quality_assurance=-&quality_assurance.count=9&op=save");
    for (int i = 0; i < 9; i++)
        mr_buf_format(&fields, "&quality_assurance.%d.kind=internal&quality_assurance.%d.title.en=Review+%d", i, i, i);
    mr_buf_putc(&fields, '\0');
    send_form(o, page, fields.ptr, "text/html");
    assert_status(&o->site, 303, "nine");
    const char *mark = mark_of(o, &a, page, "quality_assurance");
    assert_private_page(&o->site, 200, "nine entries on one page");
    assert_true(site_count(&o->site, "\\.keep\" value=\"1\"") >= 5);
    mr_buf_clear(&fields);
    mr_buf_format(&fields, "base.quality_assurance=%s&quality_assurance.count=9&op=open+quality_assurance+7", mark);
    for (int i = 1; i < 9; i++) mr_buf_format(&fields, "&quality_assurance.%d.keep=1", i);
    mr_buf_puts(&fields, "&quality_assurance.0.kind=internal&quality_assurance.0.title.en=Changed");
    mr_buf_putc(&fields, '\0');
    send_form(o, page, fields.ptr, "text/html");
    assert_status(&o->site, 303, "opening the eighth");
    office_get(o, join(&a, page, "?open=quality_assurance.7"), "en");
    assert_private_page(&o->site, 200, "with the eighth open");
    assert_says(&o->site, "name=\"quality_assurance.7.title.en\" lang=\"en\" value=\"Review 7\"");
    assert_says(&o->site, "No. 1: Changed");
    assert_says(&o->site, "No. 9: Review 8");
}

/* The organisation's list of assessors is offered where an assessment is described; what was typed there counts more. */
static void test_draft_form__takes_an_assessor_that_the_organisation_names(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 8 << 20);
    const char *draft = begin(o, &a), *page = join(&a, draft, "/assessment");
    send_form(o, "/provider/organisation/assessors",
              "tongues=en&name_en=Guild+of+Wound+Nurses&country=IE&homepage=https%3A%2F%2Fguild.example.org",
              "text/html");
    assert_status(&o->site, 303, "an assessor");
    const char *mark = mark_of(o, &a, page, "assessment");
    mr_str option = MR_STR("name=\"assessment.0.assessor.known\""), rest, id;
    ptrdiff_t at = mr_str_find(o->site.body, option);
    assert_true(at > 0);
    rest = mr_str_from(o->site.body, (size_t)at);
    at = mr_str_find(rest, MR_STR("\">Guild of Wound Nurses"));
    assert_true(at > 36);
    id = mr_arena_dup(&a, mr_str_make(rest.ptr + at - 36, 36));
    static const struct {
        const char *typed, *said;
    } cases[] = {
        {"", "Guild of Wound Nurses"},
        {"&assessment.0.assessor.name.en=Guild+of+Wound+Nurses",
         "Guild of Wound Nurses"}, /* the rest was emptied by hand: typed, so it stays */
        {"&assessment.0.assessor.name.en=Another+body&assessment.0.assessor.country=FR", "Another body"},
        {"&assessment.0.assessor.name.en=Another+body&assessment.0.assessor.country=FR",
         "Guild of Wound Nurses"}, /* as it stood */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str fields = mr_arena_format(&a,
                                        "base.assessment=%s&assessment.count=1&op=save&assessment.0.type=portfolio"
                                        "&assessment.0.assessor.known=%.*s%s",
                                        mark, MR_STR_ARG(id), cases[i].typed);
        send_form(o, page, fields.ptr, "text/html");
        assert_status(&o->site, 303, cases[i].said);
        mark = mark_of(o, &a, page, "assessment");
        assert_says(
            &o->site,
            mr_arena_format(&a, "name=\"assessment.0.assessor.name.en\" lang=\"en\" value=\"%s\"", cases[i].said).ptr);
        assert_int_equal(site_count(&o->site, "https://guild.example.org"), i == 0 || i == 3);
    }
}

static void test_draft_form__searches_vocabularies_without_scripts(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 8 << 20);
    const char *draft = begin(o, &a), *page = join(&a, draft, "/offer");
    send_form(o, page,
              "base.fields=-&base.prerequisites=-&prerequisites.en=Kept&search.fields=SYGEPLEJE&op=search+fields",
              "text/html");
    assert_status(&o->site, 303, "searching");
    mr_str path = site_header_of(&o->site, "Location"), before;
    assert_true(mr_str_has_suffix(path, MR_STR("?search=fields&q=SYGEPLEJE&open=fields#fields")));
    mr_str_split(&path, '#', &before);
    office_get(o, mr_arena_cstr(&a, before), "en");
    assert_private_page(&o->site, 200, "what was found");
    assert_says(&o->site, "name=\"fields.0913\" value=\"1\">");
    assert_says(&o->site, "Kept</textarea>");
    send_form(o, page, "base.fields=-&fields.0913=1&op=save", "text/html");
    office_get(o, page, "en");
    assert_says(&o->site, "name=\"fields.0913\" value=\"1\" checked>");
    office_get(o, "/provider/vocabularies/isced-f?q=nursing", "en");
    assert_status(&o->site, 200, "for scripts");
    assert_says(&o->site, "{\"code\":\"0913\"");
    /* "ΝΟΣΗΛΕΥΤΙΚΗ" without its accent, "Сестрински": in the language of whoever asks */
    office_get(o, "/provider/vocabularies/isced-f?q=%CE%9D%CE%9F%CE%A3%CE%97%CE%9B%CE%95%CE%A5%CE%A4%CE%99%CE%9A%CE%97",
               "el");
    assert_says(&o->site, "{\"code\":\"0913\"");
    office_get(o, "/provider/vocabularies/isced-f?q=%D0%A1%D0%B5%D1%81%D1%82%D1%80%D0%B8%D0%BD%D1%81%D0%BA%D0%B8",
               "bg");
    assert_says(&o->site, "{\"code\":\"0913\"");
    office_get(o, "/provider/vocabularies/nothing?q=nursing", "en");
    assert_status(&o->site, 404, "no such vocabulary");
}

static void test_draft_form__markup_in_every_field_is_text(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 16 << 20);
    const char *draft = begin(o, &a);
    static const struct {
        const char *section, *fields;
    } cases[] = {
        {"/title",
         "base.title=*&title.en=X&base.description=-&description.en=X&base.id=*&id=X&base.version=*&version=X"},
        {"/provider", "base.provider=*&provider.name.en=X&provider.country=X&provider.vat=X&provider.homepage=X"},
        {"/outcomes",
         "base.learning_outcomes=-&learning_outcomes.count=1&learning_outcomes.0.title.en=X&learning_outcomes.0.type=X&"
         "learning_outcomes.0.skills.count=1&learning_outcomes.0.skills.0.uri=X"},
        {"/workload", "base.workload=-&workload.ects=X&workload.hours=X&base.level=-&level.eqf=X&level.basis=X&level."
                      "nqf=X&level.cycle.en=X"},
        {"/assessment", "base.assessment=-&assessment.count=1&assessment.0.type=X&assessment.0.title.en=X&base."
                        "supervision=-&supervision=X"},
        {"/quality", "base.quality_assurance=-&quality_assurance.count=1&quality_assurance.0.kind=X&quality_assurance."
                     "0.valid_from=X&quality_assurance.0.by.name.en=X"},
        {"/offer", "base.type=-&type=X&base.setting=-&setting=X&base.schedule=-&schedule=X&base.prerequisites=-&"
                   "prerequisites.en=X"},
        {"/further", "base.price=-&price.en=X&base.homepage=-&homepage=X&base.review_by=-&review_by=X&base.valid_"
                     "months=-&valid_months=X"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MR_CLEANUP(mr_buf_done) mr_buf fields;
        const char *page = join(&a, draft, cases[i].section);
        mr_buf_init(&fields, 1 << 16);
        for (const char *c = cases[i].fields; *c; c++) {
            if (*c == 'X' && (c[1] == '&' || !c[1]))
                mr_buf_puts(&fields, "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E");
            else if (*c == '*') { /* the mark of the page */
                const char *start = c;
                while (start > cases[i].fields && start[-1] != '&') start--;
                mr_str member = mr_str_make(start + strlen("base."), (size_t)(c - start) - strlen("base.") - 1);
                mr_buf_puts(&fields, mark_of(o, &a, page, mr_arena_cstr(&a, member)));
            } else
                mr_buf_putc(&fields, *c);
        }
        mr_buf_puts(&fields, "&op=save");
        mr_buf_putc(&fields, '\0');
        send_form(o, page, fields.ptr, "text/html");
        assert_status(&o->site, 303, cases[i].section);
        static const char *const shown[] = {"", "?gaps=1"};
        for (size_t k = 0; k < 2; k++) {
            office_get(o, join(&a, page, shown[k]), "en");
            assert_private_page(&o->site, 200, cases[i].section);
            assert_int_equal(site_count(&o->site, "<script>alert"), 0);
            assert_true(site_count(&o->site, "&lt;script&gt;alert") > 0);
        }
    }
    static const char *const others[] = {"", "/preview", "/preview/page"};
    for (size_t i = 0; i < 3; i++) {
        office_get(o, join(&a, draft, others[i]), "en");
        assert_private_page(&o->site, 200, others[i]);
        assert_int_equal(site_count(&o->site, "<script>alert"), 0);
    }
    office_get(o, "/provider/specifications", "en");
    assert_int_equal(site_count(&o->site, "<script>alert"), 0);
    office_get(o, join(&a, draft, "/file"), "en");
    assert_str(site_header_of(&o->site, "Content-Disposition"), "attachment; filename=\"specification.json\"");
}

static void test_draft_form__shows_both_when_two_people_met(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 8 << 20);
    const char *draft = begin(o, &a), *page = join(&a, draft, "/further");
    send_form(o, page, "base.price=-&base.purpose=-&price.en=10+EUR&op=save", "text/html");
    assert_status(&o->site, 303, "the first");
    send_form(o, page, "base.price=-&base.purpose=-&price.en=20+EUR&purpose.en=A+need&op=next", "text/html");
    assert_private_page(&o->site, 409, "the second");
    assert_says(&o->site, "Nothing is lost");
    assert_says(&o->site, "20 EUR</textarea>");
    assert_says(&o->site, "10 EUR");
    assert_says(&o->site, "A need</textarea>");
    const char *at = strstr(mr_arena_cstr(&a, o->site.body), "name=\"base.price\" value=\"") +
                     strlen("name=\"base.price\" value=\"");
    send_form(o, page,
              mr_arena_format(&a, "base.price=%.16s&base.purpose=-&price.en=20+EUR&purpose.en=A+need&op=save", at).ptr,
              "text/html");
    assert_status(&o->site, 303, "once more, having seen both");
    /* the same, for a page that saves itself */
    send_form(o, page, "base.price=-&price.en=30+EUR&op=save", "application/json");
    assert_status(&o->site, 409, "autosave");
    assert_says(&o->site, "\"detail\":\"conflict\"");
    send_form(o, page, mr_arena_format(&a, "base.content=-&content.en=Dressings&op=save").ptr, "application/json");
    assert_status(&o->site, 200, "autosave");
    assert_says(&o->site, "\"saved\":\"Saved on ");
    assert_says(&o->site, "\"marks\":{\"content\":\"");
}

static void test_draft_form__closed_draft_keeps_what_was_typed(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 8 << 20);
    send_form(o, "/provider/specifications/data-ethics-in-care/version", "", "text/html");
    const char *draft = mr_arena_cstr(&a, site_header_of(&o->site, "Location"));
    send_form(o, join(&a, draft, "/submit"), "", "text/html");
    assert_status(&o->site, 303, "handing in");
    send_form(o, join(&a, draft, "/further"), "base.price=-&price.en=Typed+meanwhile&op=save", "text/html");
    assert_private_page(&o->site, 422, "saving what is handed in");
    assert_says(&o->site, "Typed meanwhile</textarea>");
    assert_says(&o->site, "<fieldset disabled>");
}

/* ---- the list, remarks, copies ---- */

static void test_drafts__are_filtered_archived_and_deleted(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 8 << 20);
    const char *draft = begin(o, &a);
    office_get(o, "/provider/specifications?q=FEET", "en");
    assert_private_page(&o->site, 200, "a search");
    assert_says(&o->site, "Care of feet");
    assert_says_not(&o->site, "Wound care");
    office_get(o, "/provider/specifications?q=nothing+of+it", "en");
    assert_says(&o->site, "Nothing here fits that");
    send_form(o, join(&a, draft, "/archive"), "op=archive", "text/html");
    office_get(o, "/provider/specifications", "en");
    assert_says_not(&o->site, "Care of feet");
    office_get(o, "/provider/specifications?show=archived", "da");
    assert_private_page(&o->site, 200, "what is put away");
    assert_says(&o->site, "Care of feet");
    send_form(o, join(&a, draft, "/copy"), "", "text/html");
    assert_status(&o->site, 303, "a copy");
    send_form(o, join(&a, draft, "/delete"), "", "text/html");
    assert_private_page(&o->site, 200, "asked again");
    assert_says(&o->site, "name=\"sure\"");
    send_form(o, join(&a, draft, "/delete"), "sure=1", "text/html");
    assert_status(&o->site, 303, "deleted");
    office_get(o, draft, "en");
    assert_status(&o->site, 404, "a deleted draft");
    send_form(o, "/provider/specifications/data-ethics-in-care/archive", "op=archive", "text/html");
    site_get(&o->site, "/specifications", SITE_HEADER("Accept-Language", "en"));
    assert_says_not(&o->site, "/specifications/data-ethics-in-care");
    site_get(&o->site, "/specifications/data-ethics-in-care", SITE_HEADER("Accept-Language", "en"));
    assert_status(&o->site, 200, "its page stays");
}

static void test_draft_remarks__stand_at_their_field(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 8 << 20);
    const char *draft = begin(o, &a);
    send_form(o, join(&a, draft, "/remarks"), "element=level&remark=Why+%3Cb%3E6%3C%2Fb%3E%3F", "text/html");
    assert_status(&o->site, 303, "a remark");
    static const char *const places[] = {"", "/workload"};
    for (size_t i = 0; i < 2; i++) {
        office_get(o, join(&a, draft, places[i]), "en");
        assert_private_page(&o->site, 200, places[i]);
        assert_says(&o->site, "Why &lt;b&gt;6&lt;/b&gt;?");
    }
    office_get(o, join(&a, draft, "/title"), "en");
    assert_says_not(&o->site, "Why");
    send_form(o, join(&a, draft, "/remarks"), "element=&remark=", "text/html");
    assert_private_page(&o->site, 422, "an empty remark");
}

/* ---- programs ---- */

static void test_draft_api__goes_the_whole_way(void **state)
{
    struct office *o = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const mr_json *answer;
    struct mr_err err = {0};
    mr_arena_init(&a, 32 << 20);
    mr_str file = test_read_file(&a, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json");
    ask_api(o, MR_POST, "/api/v1/drafts", mr_arena_format(&a, "{\"document\":%.*s}", MR_STR_ARG(file)).ptr);
    assert_status(&o->site, 201, "a draft");
    assert_ok(mr_json_parse(&a, mr_arena_dup(&a, o->site.body), NULL, &answer, &err), err);
    const char *path = mr_arena_format(&a, "/api/v1/drafts/%.*s", MR_STR_ARG(mr_json_get_str(answer, "id"))).ptr;
    ask_api(o, MR_POST, join(&a, path, "/submit"), "");
    assert_status(&o->site, 400, "a version that is published");
    assert_says(&o->site, "\"pointer\":\"/version\"");
    ask_api(o, MR_GET, join(&a, path, "/elements/id"), "");
    assert_says(&o->site, "{\"value\":\"wound-care-2026\",\"base\":\"");
    ask_api(o, MR_PUT, join(&a, path, "/elements/id"), "{\"value\":\"by-api\",\"base\":\"0000000000000000\"}");
    assert_status(&o->site, 409, "upon another value");
    ask_api(o, MR_PUT, join(&a, path, "/elements/id"), "{\"value\":\"by-api\"}");
    assert_status(&o->site, 200, "an element");
    ask_api(o, MR_PUT, join(&a, path, "/elements/colour"), "{\"value\":1}");
    assert_status(&o->site, 400, "no member of files");
    ask_api(o, MR_GET, join(&a, path, "/findings"), "");
    assert_says(&o->site, "{\"items\":[]}");
    for (size_t i = 0; i < MR_FORMAT_COUNT; i++) {
        ask_api(o, MR_GET, mr_arena_format(&a, "%s/samples/%s", path, mr_format_name(mr_format_at(i))).ptr, "");
        assert_status(&o->site, 200, mr_format_name(mr_format_at(i)));
    }
    ask_api(o, MR_GET, join(&a, path, "/samples/nothing"), "");
    assert_status(&o->site, 404, "no such format");
    ask_api(o, MR_POST, join(&a, path, "/languages"), "{\"language\":\"sv\",\"change\":\"add\"}");
    assert_says(&o->site, "\"languages\":\"en da sv\"");
    ask_api(o, MR_POST, join(&a, path, "/remarks"), "{\"element\":\"level\",\"remark\":\"Why 6?\"}");
    assert_status(&o->site, 204, "a remark");
    ask_api(o, MR_GET, join(&a, path, "/remarks"), "");
    assert_says(&o->site, "\"remark\":\"Why 6?\",\"by\":\"operator\"");
    ask_api(o, MR_POST, join(&a, path, "/submit"), "");
    assert_says(&o->site, "\"state\":\"submitted\"");
    ask_api(o, MR_POST, join(&a, path, "/approve"), "");
    assert_says(&o->site, "\"state\":\"published\"");
    ask_api(o, MR_DELETE, path, "");
    assert_status(&o->site, 409, "what is published");
    ask_api(o, MR_POST, "/api/v1/specifications/by-api/version", "");
    assert_says(&o->site, "\"version\":\"2026.2\"");
    ask_api(o, MR_GET, "/api/v1/specifications/by-api/versions", "");
    assert_says(&o->site, "\"version\":\"2026.1\"");
    ask_api(o, MR_POST, "/api/v1/specifications/by-api/archive", "{\"archived\":true}");
    assert_status(&o->site, 204, "archived");
    ask_api(o, MR_GET, "/api/v1/drafts?state=published", "");
    assert_says(&o->site, "\"slug\":\"by-api\"");
    ask_api(o, MR_GET, "/api/v1/drafts/nothing", "");
    assert_status(&o->site, 404, "no such draft");
    ask_api(o, MR_GET, "/api/v1/vocabularies/mode?q=blended", "");
    assert_says(&o->site, "\"code\":\"blended\"");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_office, close_office)
    const struct CMUnitTest tests[] = {
        T(test_draft_file__becomes_a_draft_with_its_faults),
        T(test_draft_file__that_cannot_be_read_is_told_with_its_place),
        T(test_draft_file__good_one_is_published_after_approval),
        T(test_draft_form__every_page_is_small_and_whole),
        cmocka_unit_test(test_draft_form__asks_every_member_of_specification_files),
        T(test_draft_form__sent_back_untouched_changes_nothing),
        T(test_draft_form__saves_lists_and_moves_their_items),
        T(test_draft_form__folded_items_stay),
        T(test_draft_form__takes_an_assessor_that_the_organisation_names),
        T(test_draft_form__searches_vocabularies_without_scripts),
        T(test_draft_form__markup_in_every_field_is_text),
        T(test_draft_form__shows_both_when_two_people_met),
        T(test_draft_form__closed_draft_keeps_what_was_typed),
        T(test_drafts__are_filtered_archived_and_deleted),
        T(test_draft_remarks__stand_at_their_field),
        T(test_draft_api__goes_the_whole_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
