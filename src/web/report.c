/* From a report to what reports.html shows. Absent things are written as false and never left out, because Mustache would look for them further up. */
#include "web/report.h"

#include "base/limits.h"
#include "credential/wording.h"
#include "service/verify_link.h"
#include "service/verifying.h"

#include <stdio.h>

#define ROOM (320 * MR_KIB) /* octets of a page's shown texts, all files together; HTML escapes may make six of one */
#define VALUE_MOST 4000     /* octets of one text */
#define NAME_MOST 120       /* of a file's name */
#define RAW_MOST (14 * MR_KIB)    /* of the document as it is, shown for one file alone */
#define RAW_VALUE_MOST 240        /* of one text in it: pictures are longer */
#define PICTURE_MOST (512 * 1024) /* of the issuer's picture, base64 */

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
static mr_str told(mr_page *p, struct mr_reports *r, mr_str text, size_t most)
{
    size_t take = text.len < most ? text.len : most;
    if (take > r->room) take = r->room;
    r->room -= take;
    if (take == text.len) return straight(p->arena, text);
    while (take > 0 && ((unsigned char)text.ptr[take] & 0xC0) == 0x80) take--;
    return straight(p->arena, mr_arena_format(p->arena, "%.*s…", (int)take, text.ptr));
}

static void put(mr_page *p, struct mr_reports *r, const char *name, mr_str text)
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

static mr_state sign_of_verdict(mr_verdict verdict)
{
    if (verdict == MR_VERDICT_VALID) return MR_PASSED;
    return verdict == MR_VERDICT_INVALID ? MR_FAILED : MR_UNCHECKED;
}

void mr_web_put_state(mr_page *p, mr_state state)
{
    static const struct {
        const char *name, *word;
    } states[] = {[MR_PASSED] = {"passed", "verify.state.passed"},
                  [MR_FAILED] = {"failed", "verify.state.failed"},
                  [MR_UNCHECKED] = {"unchecked", "verify.state.unchecked"},
                  [MR_NOT_APPLICABLE] = {"na", "verify.state.na"}};
    mr_json_put_member_c(&p->view, "state", states[state].name);
    mr_json_put_member_c(&p->view, "state_code", mr_state_name(state));
    mr_json_put_member(&p->view, "word", mr_message(p->language, states[state].word));
    mr_json_put_flag(&p->view, "passed", state == MR_PASSED);
    mr_json_put_flag(&p->view, "failed", state == MR_FAILED);
    mr_json_put_flag(&p->view, "unchecked", state == MR_UNCHECKED);
    mr_json_put_flag(&p->view, "na", state == MR_NOT_APPLICABLE);
}

/* The stable name of what is told is the check's code and its state, "seal.passed": what the report of programs has, and /help/checks explains. */
static void put_check(mr_page *p, struct mr_reports *r, const char *prefix, const char *code, const struct mr_check *c)
{
    bool timed = c->at != MR_TIME_NONE && c->at != 0;
    mr_json_put_member_c(&p->view, "code", code);
    mr_json_put_member(&p->view, "label", message_of(p, prefix, code));
    mr_web_put_state(p, c->state);
    put(p, r, "text", c->text);
    put(p, r, "detail", c->detail);
    put(p, r, "source", c->source);
    put(p, r, "at", timed ? mr_say_time(p->arena, p->language, c->at) : MR_STR_EMPTY);
}

static void put_seal_parts(mr_page *p, struct mr_reports *r, const mr_report *report)
{
    bool any = false;
    mr_json_put_name(&p->view, "parts");
    mr_json_begin_array(&p->view);
    for (int i = 0; i < MR_SEAL_CHECK_COUNT; i++) {
        if (!report->seal_checks[i].claimed) continue;
        any = true;
        mr_json_begin_object(&p->view);
        put_check(p, r, "check.seal", mr_seal_check_name((mr_seal_check)i), &report->seal_checks[i]);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "has_parts", any);
}

static void put_checks(mr_page *p, struct mr_reports *r, const mr_report *report)
{
    mr_json_put_name(&p->view, "checks");
    mr_json_begin_array(&p->view);
    for (int i = 0; i < MR_CHECK_COUNT; i++) {
        if (!report->checks[i].claimed) continue;
        mr_json_begin_object(&p->view);
        put_check(p, r, "check", mr_check_name((mr_check_code)i), &report->checks[i]);
        if (i == MR_CHECK_SEAL)
            put_seal_parts(p, r, report);
        else
            mr_json_put_flag(&p->view, "has_parts", false);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

/* ---- what the credential says ---- */

static void put_values(mr_page *p, struct mr_reports *r, const char *name, const struct mr_view_answer *answer)
{
    mr_json_put_name(&p->view, name);
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < answer->value_count; i++)
        mr_json_put_str(&p->view, told(p, r, answer->values[i], VALUE_MOST));
    mr_json_end_array(&p->view);
}

static void put_element(mr_page *p, struct mr_reports *r, const mr_view *v, mr_element e)
{
    const struct mr_element_info *info = mr_element_info(e);
    const struct mr_view_answer *answer = &v->answers[e];
    bool asked = info->mandatory && !v->not_annex;
    bool foreign =
        answer->language.len && answer->language.len < 16 && !mr_str_eq(answer->language, mr_language_tag(p->language));
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "label", message_of(p, "element", info->code));
    mr_json_put_flag(&p->view, "optional", !info->mandatory);
    mr_json_put_flag(&p->view, "missing", asked && !answer->answered);
    mr_json_put_flag(&p->view, "empty", !asked && !answer->answered);
    put(p, r, "tongue", foreign ? answer->language : MR_STR_EMPTY);
    mr_page_tell_language(p, answer->language);
    put_values(p, r, "values", answer);
    mr_json_end_object(&p->view);
}

/* Learning outcomes first; then the order of Annex I. */
static void put_elements(mr_page *p, struct mr_reports *r, const mr_view *v)
{
    mr_json_put_name(&p->view, "elements");
    mr_json_begin_array(&p->view);
    put_element(p, r, v, MR_ELEMENT_OUTCOMES);
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++)
        if (e != MR_ELEMENT_OUTCOMES) put_element(p, r, v, e);
    mr_json_end_array(&p->view);
}

static void put_facts(mr_page *p, struct mr_reports *r, const mr_view *v, const struct mr_check *quality)
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
        v->valid_until == MR_TIME_NONE ? MR_STR_EMPTY : mr_say_day(p->arena, p->language, v->valid_until));
    put(p, r, "credit", v->ects_awarded > 0 ? mr_wording_ects(p->arena, p->language, v->ects_awarded) : MR_STR_EMPTY);
    mr_json_put_flag(&p->view, "has_stacks", v->answers[MR_ELEMENT_STACKABILITY].value_count > 0);
    put_values(p, r, "stacks", &v->answers[MR_ELEMENT_STACKABILITY]);
    mr_json_put_flag(&p->view, "has_assured", v->answers[MR_ELEMENT_QUALITY].value_count > 0);
    put_values(p, r, "assured", &v->answers[MR_ELEMENT_QUALITY]);
    put(p, r, "accredited", quality->claimed ? quality->text : MR_STR_EMPTY);
    put(p, r, "regulated", v->regulated_profession);
}

static void put_picture(mr_page *p, const mr_view *v, bool alone)
{
    bool fits = alone && v->page_image.len && v->page_image.len <= PICTURE_MOST;
    mr_json_put_flag(&p->view, "has_picture", fits);
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

static void put_raw(mr_page *p, struct mr_reports *r, mr_arena *a, const mr_report *report, bool alone)
{
    const mr_json *document;
    mr_json_writer w;
    mr_buf text;
    mr_json_put_flag(&p->view, "has_raw", alone && report->has_view);
    if (!alone || !report->has_view) return;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &text, 2);
    if (mr_json_parse(a, report->document, NULL, &document, NULL) == MR_OK) write_shortened(document, a, &w);
    mr_json_put_name(&p->view, "raw");
    mr_json_put_str(&p->view, told(p, r, mr_buf_str(&text), RAW_MOST));
    mr_buf_done(&text);
}

static void put_endorsements(mr_page *p, struct mr_reports *r, const mr_report *report)
{
    mr_json_put_flag(&p->view, "has_endorsements", report->endorsement_count > 0);
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

/* Of a learner record or an archive: each credential in it, with its own verdict. */
static void put_contents(mr_page *p, struct mr_reports *r, const mr_report *report)
{
    mr_json_put_flag(&p->view, "has_contents", report->content_count > 0);
    mr_page_say(p, "contents_heading", mr_report_contents_heading(report));
    mr_json_put_name(&p->view, "contents");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < report->content_count; i++) {
        const struct mr_contained *c = &report->contents[i];
        mr_json_begin_object(&p->view);
        mr_web_put_state(p, c->judged ? sign_of_verdict(c->verdict) : MR_NOT_APPLICABLE);
        mr_json_put_member_c(&p->view, "verdict", c->judged ? mr_verdict_name(c->verdict) : "");
        put(p, r, "file", c->file);
        put(p, r, "title", c->title);
        put(p, r, "issuer", c->issuer);
        put(p, r, "summary", c->summary);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

static void put_remarks(mr_page *p, struct mr_reports *r, const mr_report *report)
{
    mr_json_put_flag(&p->view, "has_remarks", report->remark_count > 0);
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
    return report->is_credential ? sign_of_verdict(report->verdict) : MR_NOT_APPLICABLE;
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

static mr_str name_to_show(const mr_page *p, const struct mr_reports *r, const struct mr_reported *item,
                           const mr_report *report)
{
    if (item->name.len) return item->name;
    if (!r->within) return mr_message(p->language, "verify.pasted");
    return report->has_view && report->view.title.len ? report->view.title
                                                      : mr_message(p->language, "share.credential");
}

/* The address at which it can be verified again, and the forms that are given there. */
static void put_kept(mr_page *p, const struct mr_reported *item, bool alone)
{
    bool kept = alone && item->at.len;
    mr_json_put_flag(&p->view, "kept", kept);
    mr_json_put_member(&p->view, "kept_at", kept ? item->at : MR_STR_EMPTY);
    mr_json_put_flag(&p->view, "has_jwt", kept && item->has_jwt);
    mr_json_put_flag(&p->view, "has_badge", kept && item->has_badge);
}

/* Where no story can be told, the verdict stands beside its reason: what failed, and what to do. */
static mr_str reason(const mr_report *report)
{
    for (int i = 0; i < MR_CHECK_COUNT && !report->story.len; i++)
        if (report->checks[i].claimed && report->checks[i].state == MR_FAILED) return report->checks[i].text;
    return MR_STR_EMPTY;
}

static void put_report(mr_page *p, struct mr_reports *r, mr_arena *a, size_t index, const mr_report *report)
{
    const struct mr_reported *item = &r->files[index];
    bool alone = r->count == 1 && !r->within;
    r->names_learner |= report->has_view && report->view.learner.len;
    mr_json_begin_object(&p->view);
    mr_json_put_number(&p->view, "number", (int64_t)index + 1);
    mr_json_put_member_c(&p->view, "h", alone ? "1" : "2");
    mr_json_put_member_c(&p->view, "sub", alone ? "2" : "3");
    mr_json_put_flag(&p->view, "alone", alone);
    mr_json_put_flag(&p->view, "unfolded", r->within && r->count == 1);
    mr_json_put_member(&p->view, "name", told(p, r, name_to_show(p, r, item, report), NAME_MOST));
    mr_json_put_member(&p->view, "to_type", name_to_type(item->name));
    mr_json_put_member_c(&p->view, "verdict", mr_verdict_name(report->verdict));
    mr_json_put_member(&p->view, "site", mr_service_public_url(p->service));
    mr_json_put_flag(&p->view, "hosted", report->hosted);
    mr_json_put_flag(&p->view, "has_mandate", report->has_view && report->view.mandate.kind != MR_MANDATE_NONE);
    mr_web_put_state(p, sign_of(report));
    put(p, r, "summary", report->summary);
    put(p, r, "story", report->story);
    put(p, r, "because", reason(report));
    put(p, r, "format", report->format);
    put(p, r, "checked_at", mr_say_time(p->arena, p->language, report->checked_at));
    mr_json_put_flag(&p->view, "test_seal", report->test_seal);
    mr_json_put_flag(&p->view, "believed_no_more", report->is_credential && !report->has_view && !report->is_archive);
    put_checks(p, r, report);
    put_remarks(p, r, report);
    put_contents(p, r, report);
    put_endorsements(p, r, report);
    mr_json_put_flag(&p->view, "has_view", report->has_view);
    if (report->has_view) {
        put_elements(p, r, &report->view);
        put_facts(p, r, &report->view, &report->checks[MR_CHECK_QUALITY]);
        put_picture(p, &report->view, alone);
    }
    put_raw(p, r, a, report, alone);
    put_kept(p, item, alone);
    mr_json_end_object(&p->view);
}

/* ---- verifying, file by file ---- */

static int verify_each(mr_page *p, mr_verifier *v, const struct mr_reported *files, size_t count, mr_report_told *tell,
                       void *self, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_report report;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    for (size_t i = 0; i < count; i++) {
        mr_arena_reset(&a);
        MR_TRY(mr_verify(v, &a, files[i].content, &report, err));
        MR_TRY(mr_verify_link_follow(p->service, v, &a, p->language, &report, err));
        MR_TRY(tell(self, &a, i, &report, err));
    }
    return MR_OK;
}

int mr_web_verify_each(mr_page *p, const struct mr_reported *files, size_t count, mr_report_told *tell, void *self,
                       struct mr_err *err)
{
    mr_verifier *v;
    struct mr_service_verifying how;
    MR_TRY(mr_service_verifying_init(p->service, p->arena, p->language, &how, err));
    how.verifying.archives = true;
    MR_TRY(mr_service_verifier_open(p->service, &how, &v, err));
    int code = verify_each(p, v, files, count, tell, self, err);
    mr_service_verifier_close(p->service, v);
    return code;
}

struct putting {
    mr_page *p;
    struct mr_reports *r;
    int64_t signs[MR_NOT_APPLICABLE + 1]; /* how many files got each */
};

/* Of several files, in a line: how many are good, how many want a look. */
static void put_counts(const struct putting *x)
{
    mr_page *p = x->p;
    mr_json_put_member(&p->view, "good", mr_say_count(p->arena, p->language, x->signs[MR_PASSED]));
    mr_json_put_member(&p->view, "look", mr_say_count(p->arena, p->language, x->signs[MR_UNCHECKED]));
    mr_json_put_member(&p->view, "bad",
                       mr_say_count(p->arena, p->language, x->signs[MR_FAILED] + x->signs[MR_NOT_APPLICABLE]));
}

static int put_one(void *self, mr_arena *a, size_t index, const mr_report *report, struct mr_err *err)
{
    struct putting *x = self;
    (void)err;
    if (index == 0) {
        x->r->begin(x->p, x->r, report);
        mr_json_put_flag(&x->p->view, "several", x->r->count > 1);
        mr_json_put_member(&x->p->view, "count", mr_say_count(x->p->arena, x->p->language, (int64_t)x->r->count));
        mr_json_put_name(&x->p->view, "reports");
        mr_json_begin_array(&x->p->view);
    }
    put_report(x->p, x->r, a, index, report);
    x->signs[sign_of(report)]++;
    return MR_OK;
}

int mr_web_put_reports(mr_page *p, struct mr_reports *r, struct mr_err *err)
{
    struct putting x = {.p = p, .r = r};
    if (r->room == 0) r->room = ROOM;
    MR_TRY(mr_web_verify_each(p, r->files, r->count, put_one, &x, err));
    mr_json_end_array(&p->view);
    put_counts(&x);
    return MR_OK;
}
