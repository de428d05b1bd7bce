#include "web/api.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/time.h"
#include "credential/specification_file.h"
#include "web/api_schema.h"

/* What is asked for again may be asked for with its tag; nobody but the caller may keep it. */
static void give(mr_page *p, int status, const char *type, mr_str content)
{
    bool read = status == 200 && p->request->method != MR_POST;
    mr_http_set_status(p->response, status);
    mr_http_set_type(p->response, type);
    mr_http_set_header(p->response, "Cache-Control", read ? MR_STR("private, no-cache") : MR_STR("no-store"));
    mr_http_set_header(p->response, "Vary", MR_STR("Authorization, Accept-Language"));
    mr_buf_clear(mr_http_body(p->response));
    if (read)
        mr_page_answer_tagged(p, content);
    else
        mr_buf_put(mr_http_body(p->response), content);
}

static void send(mr_page *p, int status, const char *type)
{
    mr_json_end_object(&p->view);
    bool failed = mr_buf_failed(&p->view_out);
    give(p, failed ? 500 : status, type, failed ? MR_STR_EMPTY : mr_buf_str(&p->view_out));
}

void mr_api_begin(mr_page *p)
{
    mr_buf_clear(&p->view_out);
    mr_json_writer_init(&p->view, &p->view_out, 0);
    mr_json_begin_object(&p->view);
}

void mr_api_show(mr_page *p, int status)
{
    send(p, status, "application/json");
}

void mr_api_show_made(mr_page *p, mr_str location)
{
    mr_http_set_header(p->response, "Location", location);
    send(p, 201, "application/json");
}

void mr_api_give(mr_page *p, const char *content_type, mr_str content)
{
    give(p, 200, content_type, content);
}

void mr_api_done(mr_page *p)
{
    mr_http_set_status(p->response, 204);
}

void mr_api_answer(mr_page *p, int code, const struct mr_err *err)
{
    if (code == MR_OK)
        mr_api_done(p);
    else
        mr_api_fail(p, err);
}

static void begin_problem(mr_page *p, int status, mr_str code, const char *detail)
{
    mr_str id = mr_arena_format(p->arena, "error.%.*s", MR_STR_ARG(code));
    if (!mr_message_exists(mr_language_english(), id)) id = MR_STR("error.other");
    mr_api_begin(p);
    mr_json_put_member_c(&p->view, "type", "about:blank");
    mr_json_put_member(&p->view, "title", mr_message_str(p->language, id));
    mr_json_put_number(&p->view, "status", status);
    mr_json_put_member(&p->view, "code", code);
    if (*detail) mr_json_put_member_c(&p->view, "detail", detail);
}

void mr_api_problem(mr_page *p, int status, mr_str code, const char *detail)
{
    begin_problem(p, status, code, detail);
    if (status == 401) mr_http_set_header(p->response, "WWW-Authenticate", MR_STR("Bearer"));
    send(p, status, "application/problem+json");
}

static void begin_failure(mr_page *p, const struct mr_err *err)
{
    int status = mr_code_http(err->code);
    if (status >= 500) mr_log_err(MR_LOG_ERROR, "api.failed", err);
    begin_problem(p, status, mr_str_of(mr_code_name(err->code)), status < 500 ? err->detail : "");
    if (err->position != MR_NOWHERE) {
        mr_json_put_number(&p->view, "position", (int64_t)err->position);
    }
    if (err->pointer[0]) mr_json_put_member_c(&p->view, "pointer", err->pointer);
}

void mr_api_fail(mr_page *p, const struct mr_err *err)
{
    begin_failure(p, err);
    send(p, mr_code_http(err->code), "application/problem+json");
}

void mr_api_fail_findings(mr_page *p, const struct mr_err *err, const struct mr_findings *findings)
{
    mr_json_writer *v = &p->view;
    begin_failure(p, err);
    mr_json_put_name(v, "findings");
    mr_json_begin_array(v);
    for (size_t i = 0; i < findings->count; i++) {
        const struct mr_finding *f = &findings->items[i];
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "element", f->element);
        mr_json_put_member_c(v, "code", f->id);
        mr_json_put_member(v, "text", mr_finding_say(p->arena, p->language, f));
        mr_json_put_member_c(v, "pointer", f->pointer);
        mr_json_put_flag(v, "warning", f->warning);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    send(p, mr_code_http(err->code), "application/problem+json");
}

const mr_json *mr_api_body(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = NULL;
    int code = mr_json_parse(p->arena, p->request->body, NULL, &body, &err);
    if (code == MR_OK && !mr_json_is(body, MR_JSON_OBJECT))
        code = MR_FAIL(&err, MR_E_FORMAT, "the body is no JSON object", MR_NOWHERE);
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return NULL;
    }
    const struct mr_api_row *schema = p->takes ? mr_api_row_find(p->takes) : NULL;
    struct mr_findings findings;
    mr_findings_init(&findings, p->arena);
    if (schema && schema->kind == MR_API_SCHEMA) mr_api_schema_check(schema, body, &findings);
    if (!findings.faults) return body;
    (void)MR_FAIL(&err, MR_E_FORMAT, "the body is not as described", MR_NOWHERE);
    mr_api_fail_findings(p, &err, &findings);
    return NULL;
}

bool mr_api_paging(mr_page *p, struct mr_api_paging *ret)
{
    struct mr_err err = {0};
    uint64_t limit = 50;
    mr_str asked = mr_http_query(p->request, "limit"), after = mr_http_query(p->request, "after");
    *ret = (struct mr_api_paging){0};
    bool wrong = asked.len && (!mr_str_to_u64(asked, &limit) || limit < 1 || limit > MR_LIMIT_API_PAGE);
    if (!wrong && after.len) wrong = mr_base64url_read(p->arena, after, &ret->after, &err) != MR_OK;
    if (!wrong && mr_utf8_check(ret->after) != ret->after.len) wrong = true;
    ret->limit = (size_t)limit;
    if (wrong) mr_api_problem(p, 400, MR_STR("paging"), "");
    return !wrong;
}

void mr_api_put_next(mr_page *p, mr_str key)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, MR_KIB);
    mr_base64url_put(&text, key);
    mr_json_put_member(&p->view, "next", mr_buf_str(&text));
}

bool mr_api_may(mr_page *p, mr_action action, mr_str org_id)
{
    struct mr_err err = {0};
    if (mr_authorise(p->actor, action, org_id, &err) == MR_OK) return true;
    mr_api_fail(p, &err);
    return false;
}

void mr_api_put_time(mr_page *p, const char *member, int64_t at)
{
    char text[32];
    if (at == MR_TIME_NONE) return;
    mr_time_write(at, text);
    mr_json_put_member_c(&p->view, member, text);
}

void mr_api_put_texts(mr_page *p, const char *member, mr_texts texts)
{
    if (!mr_texts_are_set(texts)) return;
    mr_json_put_name(&p->view, member);
    mr_json_begin_object(&p->view);
    for (size_t i = 0; i < texts.count; i++) {
        mr_json_put_name_str(&p->view, texts.items[i].language);
        mr_json_put_str(&p->view, texts.items[i].text);
    }
    mr_json_end_object(&p->view);
}

size_t mr_api_limit(const mr_page *p, size_t usual, size_t most)
{
    uint64_t limit;
    if (!mr_str_to_u64(mr_http_query(p->request, "limit"), &limit) || limit == 0) return usual;
    return limit < most ? (size_t)limit : most;
}

void mr_api_made(mr_page *p, mr_str id)
{
    mr_api_begin(p);
    mr_json_put_member(&p->view, "id", id);
    mr_api_show(p, 201);
}

void mr_api_me(mr_page *p)
{
    mr_json_writer *v = &p->view;
    mr_api_begin(p);
    mr_json_put_member_c(v, "kind", mr_actor_word(p->actor));
    if (p->actor->org_id.len) mr_json_put_member(v, "organisation", p->actor->org_id);
    mr_json_put_name(v, "actions");
    mr_json_begin_array(v);
    for (mr_action a = MR_MAY_SIGNED_IN + 1; a < MR_MAY_COUNT; a++)
        if (mr_actor_may(p->actor, a)) mr_json_put_str(v, mr_action_word(a));
    mr_json_end_array(v);
    mr_api_show(p, 200);
}
