/* The verify page: a file is dropped, chosen, pasted, or found behind a link; the answer is one sentence and why.
 *
 *   GET  /verify   the form
 *   GET  /verify/<achievement>/<mac>   the report about a credential that this installation keeps: the address printed on its certificate
 *   GET  /verify/<achievement>/<mac>/file/<form>   the credential itself, and (report) what programs read
 *   POST /verify   multipart/form-data with the fields `files` (several), `text`, `link`; the same as a plain form without files; or, for programs,
 *                  a body that is the file itself. With `Accept: application/json` the answer is the report of `merit verify --json`, one line each.
 *
 * Nothing is kept: files stay in the memory of the request. Each file gets its own memory and its own verdict, so that a hostile one among
 * twenty takes nothing from the others.
 * How a report is shown: web/report.h. */
#include "web/report.h"

#include "base/limits.h"
#include "service/verify_link.h"
#include "web/credential_file.h"

#define TYPED_MOST (64 * MR_KIB) /* of the pasted text, given back with what was wrong */

struct request {
    struct mr_reported items[MR_LIMIT_VERIFY_FILES];
    size_t count;
    mr_str text, link;       /* as typed, to be kept */
    const char *wrong;       /* message of what is wrong; NULL when nothing is */
    const char *wrong_field; /* "files", "text" or "link" */
};

/* ---- what was sent ---- */

static bool is_type(const mr_page *p, const char *type)
{
    mr_str have = mr_http_header(p->request, "Content-Type"), first = MR_STR_EMPTY;
    mr_str_split(&have, ';', &first);
    return mr_str_eq_ascii_nocase(mr_str_trim(first), mr_str_of(type));
}

static void add_item(struct request *r, struct mr_reported file)
{
    if (r->count == MR_LIMIT_VERIFY_FILES)
        r->wrong = "verify.wrong.too_many", r->wrong_field = "files";
    else
        r->items[r->count++] = file;
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
            add_item(r, (struct mr_reported){.name = part->file_name, .content = part->content});
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
        add_item(r, (struct mr_reported){.content = p->request->body});
    return MR_OK;
}

static const char *wrong_link(const struct mr_err *err)
{
    if (err->code == MR_E_LIMIT) return "verify.wrong.link_large";
    if (err->code == MR_E_LIBRARY) return "verify.wrong.link_library";
    return "verify.wrong.link";
}

/* The credential at a permanent address of this installation. elm_alone: its other forms are not asked for. Errors: those of mr_verify_link_open. */
static int find_kept(mr_page *p, mr_str id, mr_str mac, bool elm_alone, struct mr_claim *claim, struct mr_reported *ret,
                     struct mr_err *err)
{
    MR_TRY((elm_alone ? mr_verify_link_open_elm : mr_verify_link_open)(p->service, p->arena, id, mac, claim, err));
    *ret = (struct mr_reported){.name = MR_STR("credential.jsonld"),
                                .content = claim->elm,
                                .at = mr_verify_path(p->service, p->arena, id),
                                .has_jwt = claim->jwt.len > 0,
                                .has_badge = claim->badge.len > 0};
    return MR_OK;
}

static const char *follow(mr_page *p, struct request *r, mr_str link)
{
    struct mr_err err = {0};
    struct mr_reported kept;
    struct mr_claim claim;
    mr_str fetched, id, mac;
    if (mr_verify_link_read(p->service, link, &id, &mac)) {
        if (find_kept(p, id, mac, false, &claim, &kept, &err) != MR_OK) return "verify.none.text";
        add_item(r, kept);
        return NULL;
    }
    if (mr_service_fetch(p->service, p->arena, link, &fetched, &err) != MR_OK) return wrong_link(&err);
    add_item(r, (struct mr_reported){.name = link, .content = fetched});
    return NULL;
}

/* A QR code says an address: pasted, it is as good as in the field for links. */
static bool is_address(mr_str text)
{
    bool begins = mr_str_has_prefix(text, MR_STR("https://")) || mr_str_has_prefix(text, MR_STR("http://"));
    for (size_t i = 0; i < text.len && begins; i++) begins = (unsigned char)text.ptr[i] > ' ';
    return begins;
}

/* An archive counts for as many files as are looked at in it. */
static size_t count_all(const struct request *r)
{
    size_t all = 0;
    for (size_t i = 0; i < r->count; i++) all += mr_verify_count(r->items[i].content);
    return all;
}

/* What stands in the text field and behind the link joins the files. */
static void gather(mr_page *p, struct request *r)
{
    mr_str pasted = mr_str_trim(r->text), link = r->link;
    if (is_address(pasted) && !link.len)
        link = pasted;
    else if (pasted.len && !r->wrong)
        add_item(r, (struct mr_reported){.content = pasted});
    if (link.len && !r->wrong) {
        const char *wrong = follow(p, r, link);
        if (wrong) r->wrong = wrong, r->wrong_field = r->link.len ? "link" : "text";
    }
    if (!r->count && !r->wrong) r->wrong = "verify.wrong.nothing", r->wrong_field = "files";
    if (count_all(r) > MR_LIMIT_VERIFY_BURST && !r->wrong) r->wrong = "verify.wrong.archives", r->wrong_field = "files";
}

/* ---- the form ---- */

static mr_str problem(const mr_page *p, const struct request *r)
{
    return MR_SAY(p->arena, p->language, r->wrong,
                  {"most_files", mr_say_count(p->arena, p->language, MR_LIMIT_VERIFY_FILES)},
                  {"most", mr_say_count(p->arena, p->language, MR_LIMIT_VERIFY_BURST)});
}

static void put_limits(mr_page *p)
{
    mr_json_put_member(&p->view, "most_files", mr_say_count(p->arena, p->language, MR_LIMIT_VERIFY_FILES));
    mr_json_put_member(&p->view, "most_size",
                       mr_say_count(p->arena, p->language, (int64_t)(MR_LIMIT_HTTP_BODY / MR_MIB)));
}

static void show_form(mr_page *p, const struct request *r)
{
    bool link = r && r->wrong && strcmp(r->wrong_field, "link") == 0,
         text = r && r->wrong && strcmp(r->wrong_field, "text") == 0;
    mr_page_begin(p, "verify.title", "verify");
    put_limits(p);
    mr_json_put_flag(&p->view, "wrong", r && r->wrong);
    mr_json_put_flag(&p->view, "wrong_files", r && r->wrong && !link && !text);
    mr_json_put_flag(&p->view, "wrong_text", text);
    mr_json_put_flag(&p->view, "wrong_link", link);
    mr_json_put_flag(&p->view, "open", r && (link || r->text.len || r->link.len)); /* the fields below the file field */
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

/* ---- the answer, for people and for programs ---- */

static void begin_answer(mr_page *p, const struct mr_reports *reports, const mr_report *first)
{
    const struct request *r = reports->self;
    if (r->count == 1)
        mr_page_begin_titled(p, first->summary, "verify");
    else
        mr_page_begin(p, "verify.several_title", "verify");
    put_limits(p);
    mr_json_put_flag(&p->view, "wrong", r->wrong != NULL);
    if (r->wrong) mr_json_put_member(&p->view, "problem", problem(p, r));
}

struct programs {
    mr_page *p;
    const struct request *r;
};

static int write_json(void *self, mr_arena *a, size_t index, const mr_report *report, struct mr_err *err)
{
    const struct programs *x = self;
    mr_buf *out = mr_http_body(x->p->response);
    (void)a, (void)err;
    mr_report_write_json(report, x->p->language, x->r->items[index].name, out);
    mr_buf_putc(out, '\n');
    return MR_OK;
}

static void answer_program(mr_page *p, const struct request *r)
{
    struct mr_err err = {0};
    struct programs x = {p, r};
    if (mr_web_verify_each(p, r->items, r->count, write_json, &x, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_http_set_type(p->response, r->count == 1 ? "application/json" : "application/x-ndjson");
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
}

static void answer(mr_page *p, struct request *r)
{
    struct mr_err err = {0};
    struct mr_reports reports = {.files = r->items, .count = r->count, .begin = begin_answer, .self = r};
    if (mr_web_put_reports(p, &reports, &err) == MR_OK)
        mr_page_show_private(p, "verification");
    else
        mr_page_fail(p, &err);
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
    struct request r = {0};
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
    if (!mr_page_take_rate(p, count_all(&r) - 1)) return; /* the first was counted with the request */
    if (program)
        answer_program(p, &r);
    else
        answer(p, &r);
}

/* Not accepted, removed by the learner, or no such address: nothing is told apart, and nothing is said against what somebody has in hand. */
static void show_none(mr_page *p)
{
    mr_page_begin(p, "verify.none.title", "verify");
    mr_http_set_status(p->response, 404);
    mr_page_show_private(p, "verify_none");
}

/* Another server that follows the address wants the credential itself (RFC 9110 section 12.5.1). */
static bool wants_credential(const mr_page *p)
{
    mr_str accept = mr_http_header(p->request, "Accept");
    bool named =
        mr_str_find(accept, MR_STR("application/vc")) >= 0 || mr_str_find(accept, MR_STR("application/jose")) >= 0;
    return named && mr_str_find(accept, MR_STR("text/html")) < 0;
}

/* What is kept behind the address of this page; false: answered, that there is nothing. */
static bool open_kept(mr_page *p, bool elm_alone, struct mr_claim *claim, struct mr_reported *ret)
{
    struct mr_err err = {0};
    int code = find_kept(p, p->part[0], p->part[1], elm_alone, claim, ret, &err);
    if (code == MR_OK) return true;
    if (code != MR_E_NOT_FOUND)
        mr_page_fail(p, &err);
    else if (wants_json(p) || wants_credential(p))
        mr_page_not_found(p);
    else
        show_none(p);
    return false;
}

void mr_web_verify_stored(mr_page *p)
{
    struct request r = {.count = 1};
    struct mr_claim claim;
    if (!open_kept(p, wants_credential(p) || wants_json(p), &claim, &r.items[0])) return;
    if (wants_credential(p))
        mr_page_download(p, "application/jose+json", r.items[0].name, r.items[0].content);
    else if (wants_json(p))
        answer_program(p, &r);
    else
        answer(p, &r);
}

/* Its forms, for whoever has the address, and the report for programs. Not the form for wallets: that is the learner's to hold. */
void mr_web_verify_file(mr_page *p)
{
    struct request r = {.count = 1};
    struct mr_claim claim;
    bool report = mr_str_is(p->part[2], "report");
    if (!open_kept(p, report || mr_str_is(p->part[2], "european"), &claim, &r.items[0])) return;
    if (report) {
        mr_http_set_header(p->response, "Content-Disposition", MR_STR("attachment; filename=\"report.json\""));
        answer_program(p, &r);
        return;
    }
    claim.wallet = MR_STR_EMPTY;
    mr_web_credential_file(p, &claim, p->part[2]);
}
