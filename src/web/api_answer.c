#include "web/api_answer.h"

#include "base/log.h"
#include "http/response.h"
#include "service/api_answer.h"
#include "web/api.h"

/* All that makes two requests the same: method, address, type and body. */
static mr_str hash_of(mr_page *p)
{
    const mr_http_request *r = p->request;
    const mr_str parts[] = {
        mr_str_of(mr_http_method_name(r->method)), MR_STR("\n"), r->path, MR_STR("\n"), r->query, MR_STR("\n"),
        mr_http_header(r, "Content-Type"),         MR_STR("\n"), r->body};
    return mr_api_answer_hash(p->arena, parts, sizeof parts / sizeof *parts);
}

/* Visible ASCII, as clients make them (a UUID, as a rule). */
static bool is_key(mr_str key)
{
    for (size_t i = 0; i < key.len; i++)
        if (key.ptr[i] <= ' ' || key.ptr[i] > '~') return false;
    return key.len <= MR_API_ANSWER_KEY;
}

static void replay(mr_page *p, const struct mr_api_answer *answer)
{
    if (!answer->type.len && answer->status != 204) {
        mr_api_problem(p, 409, MR_STR("answered_before"), "");
        return;
    }
    mr_http_set_status(p->response, (int)answer->status);
    if (answer->type.len) mr_http_set_header(p->response, "Content-Type", answer->type);
    if (answer->location.len) mr_http_set_header(p->response, "Location", answer->location);
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
    mr_http_set_header(p->response, "Idempotency-Replayed", MR_STR("true"));
    mr_buf_put(mr_http_body(p->response), answer->body);
}

static mr_str answered(const mr_http_response *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (mr_str_eq_ascii_nocase(mr_str_of(r->headers[i].name), mr_str_of(name))) return r->headers[i].value;
    return MR_STR_EMPTY;
}

/* When this cannot be written down the answer is given all the same; a repetition is told that it cannot be known. */
static void keep(mr_page *p, struct mr_api_answer *answer)
{
    struct mr_err err = {0};
    answer->status = p->response->status;
    answer->location = answered(p->response, "Location");
    if (!p->is_secret) answer->type = answered(p->response, "Content-Type");
    if (!p->is_secret) answer->body = mr_buf_str(mr_http_body(p->response));
    if (mr_api_answer_end(p->service, answer, &err) != MR_OK) mr_log_err(MR_LOG_ERROR, "api.answer", &err);
}

void mr_api_answer_run(mr_page *p, mr_web_handler *handler, mr_str run)
{
    struct mr_err err = {0};
    mr_api_answer_found found;
    struct mr_api_answer answer = {.key = mr_http_header(p->request, "Idempotency-Key"), .server = run};
    if (!answer.key.len) {
        handler(p);
        return;
    }
    if (!is_key(answer.key)) {
        mr_api_problem(p, 400, MR_STR("idempotency_key"), "");
        return;
    }
    answer.holder = p->actor->id.len ? p->actor->id : mr_str_of(mr_actor_word(p->actor));
    answer.request_hash = hash_of(p);
    if (mr_api_answer_begin(p->service, p->arena, &answer, &found, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    switch (found) {
    case MR_API_ANSWER_NEW:
        handler(p);
        keep(p, &answer);
        break;
    case MR_API_ANSWER_KNOWN: replay(p, &answer); break;
    case MR_API_ANSWER_OTHER: mr_api_problem(p, 422, MR_STR("key_of_another"), ""); break;
    case MR_API_ANSWER_RUNNING:
        mr_http_set_header(p->response, "Retry-After", MR_STR("2"));
        mr_api_problem(p, 409, MR_STR("running"), "");
        break;
    case MR_API_ANSWER_UNKNOWN: mr_api_problem(p, 409, MR_STR("unknown_outcome"), ""); break;
    }
}
