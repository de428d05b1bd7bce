/* The verify page: a file is dropped, chosen, pasted, or found behind a link; the answer is one sentence and why.
 *
 *   GET  /verify   the form
 *   GET  /verify/<achievement>/<mac>   the report about a credential that this installation keeps: the address printed on its certificate
 *   POST /verify   multipart/form-data with the fields `files` (several), `text`, `link`; the same as a plain form without files; or, for programs,
 *                  a body that is the file itself. With `Accept: application/json` the answer is the report of `merit verify --json`, one line each.
 *
 * Nothing is kept: files stay in the memory of the request. Each file gets its own memory and its own verdict, so that a hostile one among
 * twenty takes nothing from the others.
 *
 * A hostile document may hold texts of any length. Everything that is shown goes through `told`, which cuts it and takes it off the room that all
 * texts of one page share: however large the upload, the page is made. It also drops the marks that turn the direction of writing. Absent things are written as false and never left out, because Mustache
 * would look for them further up. */
#include "web/page.h"

#include "base/limits.h"
#include "service/verify_link.h"
#include "service/verifying.h"

#include <stdio.h>

#define ROOM (320 * MR_KIB) /* octets of a page's shown texts, all files together; HTML escapes may make six of one */
#define VALUE_MOST 4000     /* octets of one text */
#define NAME_MOST 120       /* of a file's name */
#define RAW_MOST (20 * MR_KIB)    /* of the document as it is, shown for one file alone */
#define RAW_VALUE_MOST 240        /* of one text in it: pictures are longer */
#define TYPED_MOST (64 * MR_KIB)  /* of the pasted text, given back with what was wrong */
#define PICTURE_MOST (512 * 1024) /* of the issuer's picture, base64 */

struct item {
    mr_str name; /* of the file; empty for pasted text */
    mr_str content;
};
struct request {
    struct item items[MR_LIMIT_VERIFY_FILES];
    size_t count;
    mr_str text, link;       /* as typed, to be kept */
    const char *wrong;       /* message of what is wrong; NULL when nothing is */
    const char *wrong_field; /* "files" or "link" */
    size_t room;
};

/* ---- what was sent ---- */

static bool is_type(const mr_page *p, const char *type)
{
    mr_str have = mr_http_header(p->request, "Content-Type"), first = MR_STR_EMPTY;
    mr_str_split(&have, ';', &first);
    return mr_str_eq_ascii_nocase(mr_str_trim(first), mr_str_of(type));
}

static void add_item(struct request *r, mr_str name, mr_str content)
{
    if (r->count == MR_LIMIT_VERIFY_FILES)
        r->wrong = "verify.wrong.too_many", r->wrong_field = "files";
    else
        r->items[r->count++] = (struct item){name, content};
}

/* A browser sends a file field without a choice as one empty part without a name. */
static int read_parts(const mr_page *p, struct request *r, struct mr_err *err)
{
    struct mr_http_part *parts;
    size_t count;
    MR_TRY(mr_http_parts(p->request, &parts, &count, err));
    for (size_t i = 0; i < count; i++) {
        const struct mr_http_part *part = &parts[i];
        bool text = mr_utf8_check(part->content) == part->content.len;
        if (mr_str_is(part->name, "files") && (part->file_name.len || part->content.len))
            add_item(r, part->file_name, part->content);
        else if (mr_str_is(part->name, "text") && text)
            r->text = part->content;
        else if (mr_str_is(part->name, "link") && text)
            r->link = mr_str_trim(part->content);
    }
    return MR_OK;
}

static int read_request(const mr_page *p, struct request *r, struct mr_err *err)
{
    if (is_type(p, "multipart/form-data")) {
        int code = read_parts(p, r, err);
        if (code == MR_E_LIMIT) {
            r->wrong = "verify.wrong.too_many", r->wrong_field = "files";
            return MR_OK;
        }
        return code;
    }
    if (is_type(p, "application/x-www-form-urlencoded")) {
        r->text = mr_http_form(p->request, "text");
        r->link = mr_str_trim(mr_http_form(p->request, "link"));
    } else if (p->request->body.len)
        add_item(r, MR_STR_EMPTY, p->request->body);
    return MR_OK;
}

static const char *wrong_link(const struct mr_err *err)
{
    if (err->code == MR_E_LIMIT) return "verify.wrong.link_large";
    if (err->code == MR_E_LIBRARY) return "verify.wrong.link_library";
    return "verify.wrong.link";
}

/* What stands in the text field and behind the link joins the files. */
static void gather(const mr_page *p, struct request *r)
{
    struct mr_err err = {0};
    mr_str fetched;
    mr_str pasted = mr_str_trim(r->text);
    if (pasted.len && !r->wrong) add_item(r, MR_STR_EMPTY, pasted);
    if (r->link.len && !r->wrong) {
        if (mr_service_fetch(p->service, p->arena, r->link, &fetched, &err) == MR_OK)
            add_item(r, r->link, fetched);
        else
            r->wrong = wrong_link(&err), r->wrong_field = "link";
    }
    if (!r->count && !r->wrong) r->wrong = "verify.wrong.nothing", r->wrong_field = "files";
}

/* ---- the form ---- */

static void put_bool(mr_page *p, const char *name, bool value)
{
    mr_json_put_name(&p->view, name);
    mr_json_put_bool(&p->view, value);
}

static mr_str problem(const mr_page *p, const struct request *r)
{
    return MR_SAY(p->arena, p->language, r->wrong,
                  {"most_files", mr_say_count(p->arena, p->language, MR_LIMIT_VERIFY_FILES)});
}

static void put_limits(mr_page *p)
{
    mr_json_put_member(&p->view, "most_files", mr_say_count(p->arena, p->language, MR_LIMIT_VERIFY_FILES));
    mr_json_put_member(&p->view, "most_size",
                       mr_say_count(p->arena, p->language, (int64_t)(MR_LIMIT_HTTP_BODY / MR_MIB)));
}

static void show_form(mr_page *p, const struct request *r)
{
    bool link = r && r->wrong && strcmp(r->wrong_field, "link") == 0;
    mr_page_begin(p, "verify.title", "verify");
    put_limits(p);
    put_bool(p, "wrong", r && r->wrong);
    put_bool(p, "wrong_files", r && r->wrong && !link);
    put_bool(p, "wrong_link", link);
    put_bool(p, "open", r && (link || r->text.len || r->link.len)); /* the fields below the file field */
    if (r && r->wrong) mr_json_put_member(&p->view, "problem", problem(p, r));
    mr_json_put_member(&p->view, "text", r && r->text.len <= TYPED_MOST ? r->text : MR_STR_EMPTY);
    mr_json_put_member(&p->view, "link", r && r->link.len <= TYPED_MOST ? r->link : MR_STR_EMPTY);
    if (r && r->wrong) mr_http_set_status(p->response, 422);
    if (r)
        mr_page_show_private(p, "verify");
    else
        mr_page_show(p, "verify");
}

void mr_web_verify_form(mr_page *p)
{
    show_form(p, NULL);
}

/* ---- texts that a stranger wrote ---- */

/* Octets of the mark at the start of s that turns the direction of the text around it (U+202A to U+202E, U+2066 to U+2069), or 0. */
static size_t turning(mr_str s)
{
    const unsigned char *c = (const unsigned char *)s.ptr;
    if (s.len < 3 || c[0] != 0xE2) return 0;
    bool overrides = c[1] == 0x80 && c[2] >= 0xAA && c[2] <= 0xAE;
    bool isolates = c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9;
    return overrides || isolates ? 3 : 0;
}

/* The text without such marks: one of them in a name would make our own sentence around it read otherwise. */
static mr_str straight(mr_arena *a, mr_str text)
{
    size_t at = 0, kept;
    while (at < text.len && !turning(mr_str_from(text, at))) at++;
    if (at == text.len) return text;
    char *copy = mr_arena_alloc(a, text.len);
    if (!copy) return mr_str_make(text.ptr, at); /* memory is short: what stands before the first mark */
    memcpy(copy, text.ptr, at);
    for (kept = at; at < text.len;) {
        size_t skip = turning(mr_str_from(text, at));
        if (!skip) copy[kept++] = text.ptr[at];
        at += skip ? skip : 1;
    }
    return mr_str_make(copy, kept);
}

/* As much of a text as there is room for, and nothing in it that turns the page around. */
static mr_str told(mr_page *p, struct request *r, mr_str text, size_t most)
{
    size_t take = text.len < most ? text.len : most;
    if (take > r->room) take = r->room;
    r->room -= take;
    if (take == text.len) return straight(p->arena, text);
    while (take > 0 && ((unsigned char)text.ptr[take] & 0xC0) == 0x80) take--;
    return straight(p->arena, mr_arena_format(p->arena, "%.*s…", (int)take, text.ptr));
}

static void put(mr_page *p, struct request *r, const char *name, mr_str text)
{
    mr_json_put_name(&p->view, name);
    if (text.len)
        mr_json_put_str(&p->view, told(p, r, text, VALUE_MOST));
    else
        mr_json_put_bool(&p->view, false);
}

static mr_str message_of(const mr_page *p, const char *prefix, const char *code)
{
    char id[64];
    snprintf(id, sizeof id, "%s.%s", prefix, code);
    return mr_message(p->language, id);
}

/* ---- checks ---- */

static void put_state(mr_page *p, mr_state state)
{
    static const struct {
        const char *name, *word;
    } states[] = {[MR_PASSED] = {"passed", "verify.state.passed"},
                  [MR_FAILED] = {"failed", "verify.state.failed"},
                  [MR_UNCHECKED] = {"unchecked", "verify.state.unchecked"},
                  [MR_NOT_APPLICABLE] = {"na", "verify.state.na"}};
    mr_json_put_member_c(&p->view, "state", states[state].name);
    mr_json_put_member(&p->view, "word", mr_message(p->language, states[state].word));
    put_bool(p, "passed", state == MR_PASSED);
    put_bool(p, "failed", state == MR_FAILED);
    put_bool(p, "unchecked", state == MR_UNCHECKED);
    put_bool(p, "na", state == MR_NOT_APPLICABLE);
}

static void put_check(mr_page *p, struct request *r, mr_str label, const struct mr_check *c)
{
    bool timed = c->at != MR_TIME_NONE && c->at != 0;
    mr_json_put_member(&p->view, "label", label);
    put_state(p, c->state);
    put(p, r, "text", c->text);
    put(p, r, "detail", c->detail);
    put(p, r, "source", c->source);
    put(p, r, "at", timed ? mr_say_time(p->arena, p->language, c->at) : MR_STR_EMPTY);
}

static void put_seal_parts(mr_page *p, struct request *r, const mr_report *report)
{
    bool any = false;
    mr_json_put_name(&p->view, "parts");
    mr_json_begin_array(&p->view);
    for (int i = 0; i < MR_SEAL_CHECK_COUNT; i++) {
        if (!report->seal_checks[i].claimed) continue;
        any = true;
        mr_json_begin_object(&p->view);
        put_check(p, r, message_of(p, "check.seal", mr_seal_check_name((mr_seal_check)i)), &report->seal_checks[i]);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    put_bool(p, "has_parts", any);
}

static void put_checks(mr_page *p, struct request *r, const mr_report *report)
{
    mr_json_put_name(&p->view, "checks");
    mr_json_begin_array(&p->view);
    for (int i = 0; i < MR_CHECK_COUNT; i++) {
        if (!report->checks[i].claimed) continue;
        mr_json_begin_object(&p->view);
        put_check(p, r, message_of(p, "check", mr_check_name((mr_check_code)i)), &report->checks[i]);
        if (i == MR_CHECK_SEAL)
            put_seal_parts(p, r, report);
        else
            put_bool(p, "has_parts", false);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

/* ---- what the credential says ---- */

static void put_element(mr_page *p, struct request *r, const mr_view *v, mr_element e)
{
    const struct mr_element_info *info = mr_element_info(e);
    const struct mr_view_answer *answer = &v->answers[e];
    bool asked = info->mandatory && !v->not_annex;
    bool foreign =
        answer->language.len && answer->language.len < 16 && !mr_str_eq(answer->language, mr_language_tag(p->language));
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "label", message_of(p, "element", info->code));
    put_bool(p, "optional", !info->mandatory);
    put_bool(p, "missing", asked && !answer->answered);
    put_bool(p, "empty", !asked && !answer->answered);
    put(p, r, "tongue", foreign ? answer->language : MR_STR_EMPTY);
    mr_page_tell_language(p, answer->language);
    mr_json_put_name(&p->view, "values");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < answer->value_count; i++)
        mr_json_put_str(&p->view, told(p, r, answer->values[i], VALUE_MOST));
    mr_json_end_array(&p->view);
    mr_json_end_object(&p->view);
}

/* Learning outcomes first; then the order of Annex I. */
static void put_elements(mr_page *p, struct request *r, const mr_view *v)
{
    mr_json_put_name(&p->view, "elements");
    mr_json_begin_array(&p->view);
    put_element(p, r, v, MR_ELEMENT_OUTCOMES);
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++)
        if (e != MR_ELEMENT_OUTCOMES) put_element(p, r, v, e);
    mr_json_end_array(&p->view);
}

static void put_facts(mr_page *p, struct request *r, const mr_view *v)
{
    const mr_concept *country = mr_concept_find(MR_SCHEME_COUNTRY, v->issuer_country);
    mr_str tag = mr_language_tag(p->language);
    put(p, r, "workload", v->workload);
    put(p, r, "level", v->level);
    put(p, r, "issuer", v->issuer);
    put(p, r, "identifier", v->issuer_identifier);
    put(p, r, "country", country ? mr_concept_label(country, tag) : v->issuer_country);
    put(p, r, "body", mr_str_eq(v->awarding_body, v->issuer) ? MR_STR_EMPTY : v->awarding_body);
    put(p, r, "valid_until",
        v->valid_until == MR_TIME_NONE ? MR_STR_EMPTY
                                       : mr_say_date(p->arena, p->language, mr_date_of_time(v->valid_until)));
}

static void put_picture(mr_page *p, const mr_view *v, bool alone)
{
    bool fits = alone && v->page_image.len && v->page_image.len <= PICTURE_MOST;
    put_bool(p, "has_picture", fits);
    if (!fits) return;
    mr_json_put_member(&p->view, "picture_type", v->page_image_type);
    mr_json_put_member(&p->view, "picture", v->page_image);
}

/* The document with long texts cut, so that a reader sees its form. Depth is what the parser allowed. */
static void write_shortened(const mr_json *v, mr_arena *a, mr_json_writer *w)
{
    if (mr_json_is(v, MR_JSON_OBJECT)) {
        mr_json_begin_object(w);
        MR_JSON_EACH_MEMBER (name, v) {
            mr_json_put_name_str(w, mr_json_text(name));
            write_shortened(name + 1, a, w);
        }
        mr_json_end_object(w);
    } else if (mr_json_is(v, MR_JSON_ARRAY)) {
        mr_json_begin_array(w);
        MR_JSON_EACH (element, v) write_shortened(element, a, w);
        mr_json_end_array(w);
    } else if (mr_json_is(v, MR_JSON_STRING) && v->len > RAW_VALUE_MOST) {
        size_t take = RAW_VALUE_MOST;
        while (take > 0 && ((unsigned char)v->ptr[take] & 0xC0) == 0x80) take--;
        mr_json_put_str(w, mr_arena_format(a, "%.*s… (%u)", (int)take, v->ptr, v->len));
    } else
        mr_json_put_value(w, v);
}

static void put_raw(mr_page *p, struct request *r, mr_arena *a, const mr_report *report, bool alone)
{
    const mr_json *document;
    mr_json_writer w;
    mr_buf text;
    put_bool(p, "has_raw", alone && report->has_view);
    if (!alone || !report->has_view) return;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &text, 2);
    if (mr_json_parse(a, report->document, NULL, &document, NULL) == MR_OK) write_shortened(document, a, &w);
    mr_json_put_name(&p->view, "raw");
    mr_json_put_str(&p->view, told(p, r, mr_buf_str(&text), RAW_MOST));
    mr_buf_done(&text);
}

static void put_endorsements(mr_page *p, struct request *r, const mr_report *report)
{
    put_bool(p, "has_endorsements", report->endorsement_count > 0);
    mr_json_put_name(&p->view, "endorsements");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < report->endorsement_count; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "text", told(p, r, report->endorsements[i].text, VALUE_MOST));
        mr_json_put_member(&p->view, "why", told(p, r, report->endorsements[i].why, VALUE_MOST));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

static void put_remarks(mr_page *p, struct request *r, const mr_report *report)
{
    put_bool(p, "has_remarks", report->remark_count > 0);
    mr_json_put_name(&p->view, "remarks");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < report->remark_count; i++)
        mr_json_put_str(&p->view, told(p, r, report->remarks[i], VALUE_MOST));
    mr_json_end_array(&p->view);
}

/* ---- the report ---- */

/* A readable file that is no credential is told as such, without the sign of a failure: nothing was claimed. */
static mr_state sign_of(const mr_report *report)
{
    if (!report->is_credential) return MR_NOT_APPLICABLE;
    if (report->verdict == MR_VERDICT_VALID) return MR_PASSED;
    return report->verdict == MR_VERDICT_INVALID ? MR_FAILED : MR_UNCHECKED;
}

/* The name as one may type it after `merit verify`; a stand-in when it would have to be quoted. */
static mr_str name_to_type(mr_str name)
{
    bool plain = name.len > 0 && name.len < 80 && name.ptr[0] != '-';
    for (size_t i = 0; i < name.len && plain; i++) {
        char c = name.ptr[i];
        plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                c == '_';
    }
    return plain ? name : MR_STR("credential.jsonld");
}

static mr_str name_to_show(const mr_page *p, const struct item *item)
{
    return item->name.len ? item->name : mr_message(p->language, "verify.pasted");
}

/* Where no story can be told, the verdict stands beside its reason: what failed, and what to do. */
static mr_str reason(const mr_report *report)
{
    for (int i = 0; i < MR_CHECK_COUNT && !report->story.len; i++)
        if (report->checks[i].claimed && report->checks[i].state == MR_FAILED) return report->checks[i].text;
    return MR_STR_EMPTY;
}

static void put_report(mr_page *p, struct request *r, mr_arena *a, size_t index, const mr_report *report)
{
    const struct item *item = &r->items[index];
    bool alone = r->count == 1;
    mr_json_begin_object(&p->view);
    mr_json_put_name(&p->view, "number");
    mr_json_put_int(&p->view, (int64_t)index + 1);
    mr_json_put_member_c(&p->view, "h", alone ? "1" : "2");
    mr_json_put_member_c(&p->view, "sub", alone ? "2" : "3");
    put_bool(p, "alone", alone);
    mr_json_put_member(&p->view, "name", told(p, r, name_to_show(p, item), NAME_MOST));
    mr_json_put_member(&p->view, "to_type", name_to_type(item->name));
    put_bool(p, "hosted", report->hosted);
    put_bool(p, "has_mandate", report->has_view && report->view.mandate.kind != MR_MANDATE_NONE);
    put_state(p, sign_of(report));
    put(p, r, "summary", report->summary);
    put(p, r, "story", report->story);
    put(p, r, "because", reason(report));
    put(p, r, "format", report->format);
    put(p, r, "checked_at", mr_say_time(p->arena, p->language, report->checked_at));
    put_bool(p, "test_seal", report->test_seal);
    put_bool(p, "believed_no_more", report->is_credential && !report->has_view);
    put_checks(p, r, report);
    put_remarks(p, r, report);
    put_endorsements(p, r, report);
    put_bool(p, "has_view", report->has_view);
    if (report->has_view) {
        put_elements(p, r, &report->view);
        put_facts(p, r, &report->view);
        put_picture(p, &report->view, alone);
    }
    put_raw(p, r, a, report, alone);
    mr_json_end_object(&p->view);
}

/* ---- several files, pages and programs ---- */

static void begin_answer(mr_page *p, const struct request *r, const mr_report *first)
{
    if (r->count == 1)
        mr_page_begin_titled(p, first->summary, "verify");
    else
        mr_page_begin(p, "verify.several_title", "verify");
    put_limits(p);
    put_bool(p, "several", r->count > 1);
    mr_json_put_member(&p->view, "count", mr_say_count(p->arena, p->language, (int64_t)r->count));
    put_bool(p, "wrong", r->wrong != NULL);
    if (r->wrong) mr_json_put_member(&p->view, "problem", problem(p, r));
    mr_json_put_name(&p->view, "reports");
    mr_json_begin_array(&p->view);
}

static int verify_each(mr_page *p, struct request *r, mr_verifier *v, bool program, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_report report;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    for (size_t i = 0; i < r->count; i++) {
        mr_arena_reset(&a);
        MR_TRY(mr_verify(v, &a, r->items[i].content, &report, err));
        MR_TRY(mr_verify_link_follow(p->service, v, &a, p->language, &report, err));
        if (program) {
            mr_report_write_json(&report, p->language, r->items[i].name, mr_http_body(p->response));
            mr_buf_putc(mr_http_body(p->response), '\n');
            continue;
        }
        if (i == 0) begin_answer(p, r, &report);
        put_report(p, r, &a, i, &report);
    }
    return MR_OK;
}

static void answer(mr_page *p, struct request *r, bool program)
{
    struct mr_err err = {0};
    mr_verifier *v;
    struct mr_service_verifying how;
    int code = mr_service_verifying_init(p->service, p->arena, p->language, &how, &err);
    if (code == MR_OK) code = mr_verifier_open(&how.verifying, &v, &err);
    if (code == MR_OK) {
        code = verify_each(p, r, v, program, &err);
        mr_verifier_close(v);
    }
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    if (program) {
        mr_http_set_type(p->response, r->count == 1 ? "application/json" : "application/x-ndjson");
        mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
        return;
    }
    mr_json_end_array(&p->view);
    mr_page_show_private(p, "verification");
}

static void refuse_program(mr_page *p, const struct request *r)
{
    mr_json_writer w;
    mr_http_set_status(p->response, 422);
    mr_http_set_type(p->response, "application/json");
    mr_json_writer_init(&w, mr_http_body(p->response), 0);
    mr_json_begin_object(&w);
    mr_json_put_member_c(&w, "error", r->wrong);
    mr_json_put_member(&w, "text", problem(p, r));
    mr_json_end_object(&w);
    mr_buf_putc(mr_http_body(p->response), '\n');
}

static bool wants_json(const mr_page *p)
{
    mr_str accept = mr_http_header(p->request, "Accept");
    return mr_str_find(accept, MR_STR("application/json")) >= 0 && mr_str_find(accept, MR_STR("text/html")) < 0;
}

void mr_web_verify(mr_page *p)
{
    struct mr_err err = {0};
    struct request r = {.room = ROOM};
    bool program = wants_json(p);
    if (read_request(p, &r, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    gather(p, &r);
    if (r.wrong && (!r.count || strcmp(r.wrong_field, "files") == 0 || program)) {
        if (program)
            refuse_program(p, &r);
        else
            show_form(p, &r);
        return;
    }
    answer(p, &r, program);
}

/* Not accepted, removed by the learner, or no such address: nothing is told apart, and nothing is said against what somebody has in hand. */
static void show_none(mr_page *p)
{
    mr_page_begin(p, "verify.none.title", "verify");
    mr_http_set_status(p->response, 404);
    mr_page_show_private(p, "verify_none");
}

void mr_web_verify_stored(mr_page *p)
{
    struct mr_err err = {0};
    struct request r = {.room = ROOM};
    mr_str sealed;
    int code = mr_verify_link_open(p->service, p->arena, p->part[0], p->part[1], &sealed, &err);
    if (code == MR_OK) {
        add_item(&r, MR_STR("credential.jsonld"), sealed);
        answer(p, &r, wants_json(p));
    } else if (code == MR_E_NOT_FOUND)
        wants_json(p) ? mr_page_not_found(p) : show_none(p);
    else
        mr_page_fail(p, &err);
}
