/* A whole site in a temporary folder, asked without a network: what the tests of pages share.
 *
 *   struct site s;
 *   site_open(&s, NULL);                                  the demo data, awarded learners included
 *   site_get(&s, "/verify", SITE_HEADER("Accept-Language", "da"));
 *   assert_int_equal(s.response.status, 200);
 *   site_close(&s);
 *
 * An answer and everything in it lives until the next question. */
#ifndef MR_WEB_SITE_H
#define MR_WEB_SITE_H

#include "testing_db.h"

#include "base/limits.h"
#include "http/response.h"
#include "service/batch.h"
#include "service/claim.h"
#include "service/demo.h"
#include "web/web.h"

#include <regex.h>

struct site {
    const char *folder;
    const char *peer; /* address of who asks; NULL: this machine */
    mr_service *service;
    mr_web *web;
    mr_arena arena; /* of the question that was asked last */
    mr_http_response response;
    mr_str body; /* of the answer */
    bool asked;
};

/* Headers of a question: up to eight, the rest NULL. */
struct site_header {
    const char *name, *value;
};
#define SITE_HEADERS 8
#define SITE_HEADER(...) ((const struct site_header[SITE_HEADERS]){{__VA_ARGS__}})
#define SITE_HEADER_LIST(...) ((const struct site_header[SITE_HEADERS]){__VA_ARGS__})
#define SITE_NOTHING_MORE ((const struct site_header[SITE_HEADERS]){{NULL, NULL}})

/* fetch_from: beginning of links that may be fetched, or NULL. */
static inline void site_open(struct site *s, const char *fetch_from)
{
    struct mr_err err = {0};
    bool made;
    *s = (struct site){.folder = test_temp_folder()};
    assert_ok(mr_service_init(s->folder, mr_env_system(), &made, &err), err);
    test_use_database(s->folder);
    const struct mr_service_config config = {.data_folder = s->folder,
                                             .public_url = "http://127.0.0.1:8400",
                                             .fetch_from = fetch_from,
                                             .env = test_env_in_order(),
                                             .database = true};
    assert_ok(mr_service_open(&config, &s->service, &err), err);
    assert_ok(mr_demo_load(s->service, &err), err);
    assert_ok(mr_web_open(s->service, &s->web, &err), err);
    mr_arena_init(&s->arena, MR_LIMIT_HTTP_MEMORY);
}

static inline void site_forget(struct site *s)
{
    if (s->asked) mr_http_response_done(&s->response);
    mr_arena_done(&s->arena);
    mr_arena_init(&s->arena, MR_LIMIT_HTTP_MEMORY);
    s->asked = false;
}

static inline void site_close(struct site *s)
{
    site_forget(s);
    mr_arena_done(&s->arena);
    mr_web_close(s->web);
    mr_service_close(s->service);
}

/* path: with its query; body and header values must outlive the question. */
static inline void site_ask(struct site *s, mr_http_method method, const char *path, const struct site_header *headers,
                            mr_str body)
{
    struct mr_http_header list[SITE_HEADERS];
    mr_str rest = mr_str_of(path), before;
    site_forget(s);
    mr_str_split(&rest, '?', &before);
    mr_http_request request = {.method = method,
                               .path = mr_arena_dup(&s->arena, before),
                               .query = rest.ptr ? mr_arena_dup(&s->arena, rest) : MR_STR_EMPTY,
                               .body = body,
                               .headers = list,
                               .peer = mr_str_of(s->peer ? s->peer : "127.0.0.1"),
                               .arena = &s->arena};
    for (size_t i = 0; i < SITE_HEADERS && headers[i].name; i++)
        list[request.header_count++] = (struct mr_http_header){mr_str_of(headers[i].name), mr_str_of(headers[i].value)};
    mr_http_response_init(&s->response, &s->arena);
    s->asked = true;
    mr_web_handle(s->web, &request, &s->response);
    assert_false(mr_http_response_is_wrong(&s->response));
    s->body = mr_buf_str(&s->response.body);
}

static inline void site_get(struct site *s, const char *path, const struct site_header *headers)
{
    site_ask(s, MR_GET, path, headers, MR_STR_EMPTY);
}

/* The value of a header of the answer; empty when it has none. */
static inline mr_str site_header_of(const struct site *s, const char *name)
{
    for (size_t i = 0; i < s->response.header_count; i++)
        if (mr_str_eq_ascii_nocase(mr_str_of(s->response.headers[i].name), mr_str_of(name)))
            return s->response.headers[i].value;
    return MR_STR_EMPTY;
}

static inline void site_assert_status(const struct site *s, int status, const char *what, const char *file, int line)
{
    if (s->response.status == status) return;
    print_error("%s\n  got status %d, wanted %d\n%.*s\n", what, s->response.status, status,
                (int)(s->body.len < 2000 ? s->body.len : 2000), s->body.ptr);
    _fail(file, line);
}
#define assert_status(site, status, what) site_assert_status((site), (status), (what), __FILE__, __LINE__)

static inline bool site_says(const struct site *s, const char *text)
{
    return mr_str_find(s->body, mr_str_of(text)) >= 0;
}
static inline void site_assert_says(const struct site *s, const char *text, bool wanted, const char *file, int line)
{
    if (site_says(s, text) == wanted) return;
    print_error("the page should %ssay \"%s\"\n%.*s\n", wanted ? "" : "not ", text, (int)s->body.len, s->body.ptr);
    _fail(file, line);
}
#define assert_says(site, text) site_assert_says((site), (text), true, __FILE__, __LINE__)
#define assert_says_not(site, text) site_assert_says((site), (text), false, __FILE__, __LINE__)

/* How often an extended regular expression is found in the answer; without the newline's special part. */
static inline size_t site_count(struct site *s, const char *pattern)
{
    regex_t regex;
    regmatch_t match;
    size_t count = 0;
    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_ICASE), 0);
    const char *at = mr_arena_cstr(&s->arena, s->body);
    while (at && *at && regexec(&regex, at, 1, &match, 0) == 0) {
        count++;
        at += match.rm_eo > 0 ? match.rm_eo : 1;
    }
    regfree(&regex);
    return count;
}

/* A multipart form in the making. */
#define SITE_BOUNDARY "----frontier7MA4YWxkTrZu0gW"
#define SITE_FORM "multipart/form-data; boundary=" SITE_BOUNDARY
static inline void site_form_put(mr_buf *form, const char *name, const char *file_name, mr_str content)
{
    mr_buf_format(form, "--" SITE_BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"", name);
    if (file_name) mr_buf_format(form, "; filename=\"%s\"\r\nContent-Type: application/octet-stream", file_name);
    mr_buf_puts(form, "\r\n\r\n");
    mr_buf_put(form, content);
    mr_buf_puts(form, "\r\n");
}
static inline mr_str site_form_end(mr_buf *form)
{
    mr_buf_puts(form, "--" SITE_BOUNDARY "--\r\n");
    assert_false(mr_buf_failed(form));
    return mr_buf_str(form);
}

/* A credential of the demo data: the sealed document, its token, and whose it is. */
static inline void site_credential(struct site *s, mr_arena *a, const char *specification, struct mr_claim *ret)
{
    struct mr_err err = {0};
    struct mr_published published;
    struct mr_batch *batches;
    struct mr_claim_link *links;
    size_t count;
    assert_ok(mr_catalogue_get(s->service, a, mr_str_of(specification), &published, &err), err);
    assert_ok(mr_batch_list(s->service, &mr_actor_operator, a, published.id, MR_STR_EMPTY, 100, &batches, &count, &err),
              err);
    assert_true(count > 0);
    assert_ok(mr_batch_search(s->service, &mr_actor_operator, a,
                              &(struct mr_achievement_query){.batch_id = batches[0].id, .limit = 1000}, &links, &count,
                              &err),
              err);
    assert_true(count > 0);
    mr_str path = mr_claim_path(s->service, a, links[0].achievement_id, 0), part, mac = MR_STR_EMPTY;
    while (mr_str_split(&path, '/', &part)) mac = part;
    assert_ok(mr_claim_open(s->service, a, links[0].achievement_id, mac, MR_STR_EMPTY, ret, &err), err);
    assert_true(ret->elm.len > 0);
}

#endif
