/* The API's ground: every action of a page has an end point, tokens see their own organisation and may what their scopes say, nothing is done twice, what was sent is
 * held against the table, and the page on which tokens are made. */
#include "office.h"

#include "json/json.h"
#include "service/api_answer.h"
#include "service/api_token.h"
#include "web/api_schema.h"

#include <pthread.h>

#define AARHUS "Aarhus School of Nursing (invented)"
#define WATERLAND "Hogeschool Waterland (verzonnen)"

struct world {
    struct office office;
    mr_arena a;
    char header[2][80]; /* "Bearer ..." of an Aarhus token with all scopes, and of one of Waterland */
    mr_str id[2];
};

static void make_token(struct world *w, const char *organisation, unsigned scopes, char header[80], mr_str *ret_id)
{
    struct mr_err err = {0};
    struct mr_api_token_holder *list;
    size_t count, i = 0;
    mr_service *s = w->office.site.service;
    mr_str token;
    assert_ok(mr_api_token_holders(s, &mr_actor_operator, &w->a, &list, &count, &err), err);
    while (i < count && !mr_str_is(list[i].name, organisation)) i++;
    assert_true(i < count);
    const struct mr_api_token_order order = {.org_id = list[i].id, .name = MR_STR("Test"), .scopes = scopes, .days = 1};
    assert_ok(mr_api_token_add(s, &mr_actor_operator, &w->a, &order, ret_id, &token, &err), err);
    snprintf(header, 80, "Bearer %.*s", MR_STR_ARG(token));
}

#define ALL_SCOPES (1u << MR_SCOPE_DESCRIBE | 1u << MR_SCOPE_AWARD | 1u << MR_SCOPE_MANAGE)

static int open_world(void **state)
{
    static struct world world;
    struct world *w = &world;
    office_open(&w->office);
    mr_arena_init(&w->a, 64 << 20);
    make_token(w, AARHUS, ALL_SCOPES, w->header[0], &w->id[0]);
    make_token(w, WATERLAND, ALL_SCOPES, w->header[1], &w->id[1]);
    *state = w;
    return 0;
}
static int close_world(void **state)
{
    struct world *w = *state;
    site_close(&w->office.site);
    mr_arena_done(&w->a);
    test_temp_remove();
    test_temp()->count = 0;
    return 0;
}

static struct site *ask(struct world *w, int who, mr_http_method method, const char *path, const char *key,
                        const char *body)
{
    struct site *s = &w->office.site;
    const char *type = body && *body == '{' ? "application/json" : "text/csv";
    site_ask(s, method, path,
             SITE_HEADER_LIST({"Authorization", w->header[who]}, {"Content-Type", type},
                              {key ? "Idempotency-Key" : NULL, key}),
             mr_str_of(body ? body : ""));
    return s;
}

/* A text member of the answer, in the world's arena. */
static const char *said(struct world *w, const char *pointer)
{
    struct mr_err err = {0};
    const mr_json *answer;
    mr_str copy = mr_arena_dup(&w->a, w->office.site.body);
    assert_ok(mr_json_parse(&w->a, copy, NULL, &answer, &err), err);
    const mr_json *value = mr_json_find(answer, mr_str_of(pointer));
    return value ? mr_arena_cstr(&w->a, mr_json_text(value)) : "";
}

/* ---- pages and end points ---- */

/* What people do on pages that no program needs to do, and why. */
static const struct {
    const char *page, *why;
} without_api[] = {
    {"/provider/leave", "a token has no session to leave"},
    {"/provider/integrations", "no token can make tokens"},
    {"/provider/integrations/lti", "platforms are registered by people who read what the platform shows"},
    {"/provider/integrations/lti/*/remove", "as they are registered"},
    {"/provider/integrations/tokens/*/revoke", "no token can revoke tokens; merit token does"},
};

static const struct {
    mr_http_method method;
    const char *pattern;
    mr_action action;
} pages[] = {
#define MR_ROUTE(method, pattern, handler, access) {method, pattern, MR_MAY_##access},
#define MR_API(method, pattern, handler, access, takes, gives, summary)
#include "web/routes.def"
#undef MR_API
#undef MR_ROUTE
};

static bool is_exception(const char *page)
{
    for (size_t i = 0; i < sizeof without_api / sizeof *without_api; i++)
        if (strcmp(without_api[i].page, page) == 0) return true;
    return false;
}

static bool has_end_point(mr_action action)
{
    size_t count;
    const struct mr_api_route *routes = mr_api_routes(&count);
    for (size_t i = 0; i < count; i++)
        if (routes[i].action == action && routes[i].method != MR_GET) return true;
    return false;
}

/* A program shows the title of a problem to people: "Something went wrong" is true of none that has a code of its own. */
static void test_problem__has_a_title_for_every_code(void **state)
{
    static const char *const codes[] = {
#define MR_ERROR(name, code, http, status, text) code,
#include "base/errors.def"
#undef MR_ERROR
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        for (const mr_language *const *l = mr_languages(); *l; l++) {
            char id[80];
            snprintf(id, sizeof id, "error.%s", codes[i]);
            if (!mr_message_exists(*l, mr_str_of(id))) print_error("%s\n", id);
            assert_true(mr_message_exists(*l, mr_str_of(id)));
        }
}

static void test_api__does_all_that_pages_do(void **state)
{
    (void)state;
    size_t looked = 0;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (pages[i].method != MR_POST || strncmp(pages[i].pattern, "/provider", 9) != 0) continue;
        looked++;
        if (!is_exception(pages[i].pattern) && !has_end_point(pages[i].action))
            fail_msg("POST %s has no end point of the API that does the same (action %.*s)", pages[i].pattern,
                     MR_STR_ARG(mr_action_word(pages[i].action)));
    }
    assert_true(looked >= 8);
    for (size_t i = 0; i < sizeof without_api / sizeof *without_api; i++) {
        size_t k = 0;
        while (k < sizeof pages / sizeof *pages && strcmp(pages[k].pattern, without_api[i].page) != 0) k++;
        if (k == sizeof pages / sizeof *pages) fail_msg("no page %s any more", without_api[i].page);
    }
}

static void test_api__tables_fit_together(void **state)
{
    (void)state;
    size_t count;
    const struct mr_api_route *routes = mr_api_routes(&count);
    for (size_t i = 0; i < count; i++) {
        const struct mr_api_route *r = &routes[i];
        if (strncmp(r->pattern, "/api/v1/", 8) != 0) fail_msg("%s is not below /api/v1", r->pattern);
        if (strcmp(r->takes, "NONE") != 0 && !mr_api_row_find(r->takes)) fail_msg("%s takes %s?", r->pattern, r->takes);
        if (strcmp(r->gives, "NONE") != 0 && !mr_api_row_find(r->gives)) fail_msg("%s gives %s?", r->pattern, r->gives);
        if (r->action == MR_MAY_SIGNED_IN) fail_msg("%s: a token is never signed in", r->pattern);
    }
    for (const struct mr_api_row *r = mr_api_rows(); r->name || r->kind != MR_API_END; r++) {
        if (r->kind != MR_API_QUERY) continue;
        size_t k = 0;
        for (; k < count; k++) {
            char of[200];
            snprintf(of, sizeof of, "%s %s", mr_http_method_name(routes[k].method), routes[k].pattern);
            if (strcmp(of, r->of) == 0) break;
        }
        if (k == count) fail_msg("a field of no end point: %s", r->of);
    }
}

/* ---- who may what ---- */

static void test_api_token__sees_its_own_organisation_only(void **state)
{
    struct world *w = *state;
    static const char *const theirs[] = {"/api/v1/specifications/wound-care-2026",
                                         "/api/v1/specifications/wound-care-2026/file",
                                         "/api/v1/specifications/wound-care-2026/batches"};
    ask(w, 0, MR_GET, "/api/v1/specifications/wound-care-2026/batches", NULL, NULL);
    const char *batch = mr_arena_format(&w->a, "/api/v1/batches/%s", said(w, "/items/0/id")).ptr;
    ask(w, 0, MR_GET, mr_arena_format(&w->a, "%s/achievements", batch).ptr, NULL, NULL);
    const char *achievement = mr_arena_format(&w->a, "/api/v1/achievements/%s", said(w, "/items/0/id")).ptr;
    assert_true(strlen(achievement) > 40);
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++) {
        assert_status(ask(w, 0, MR_GET, theirs[i], NULL, NULL), 200, theirs[i]);
        assert_status(ask(w, 1, MR_GET, theirs[i], NULL, NULL), 404, theirs[i]);
    }
    static const char *const of_batch[] = {"", "/rows", "/refused", "/sample", "/achievements"};
    for (size_t i = 0; i < sizeof of_batch / sizeof *of_batch; i++)
        assert_status(ask(w, 1, MR_GET, mr_arena_format(&w->a, "%s%s", batch, of_batch[i]).ptr, NULL, NULL), 404,
                      of_batch[i]);
    static const char *const of_achievement[] = {"", "/status", "/files/european"};
    for (size_t i = 0; i < sizeof of_achievement / sizeof *of_achievement; i++) {
        const char *path = mr_arena_format(&w->a, "%s%s", achievement, of_achievement[i]).ptr;
        assert_status(ask(w, 0, MR_GET, path, NULL, NULL), 200, path);
        assert_status(ask(w, 1, MR_GET, path, NULL, NULL), 404, path);
    }
    static const char *const acts[] = {"/seal", "/discard"};
    for (size_t i = 0; i < 2; i++)
        assert_status(ask(w, 1, MR_POST, mr_arena_format(&w->a, "%s%s", batch, acts[i]).ptr, NULL, ""), 404, acts[i]);
    assert_status(ask(w, 1, MR_POST, mr_arena_format(&w->a, "%s/status", achievement).ptr, NULL,
                      "{\"status\":\"revoked\",\"reason\":\"not mine\"}"),
                  404, "another's status");
    assert_status(ask(w, 1, MR_POST, theirs[2], NULL, "name\nA B\n"), 404, "another's results");
    ask(w, 0, MR_GET, mr_arena_format(&w->a, "%s/status", achievement).ptr, NULL, NULL);
    assert_string_equal(said(w, "/status"), "active");
    ask(w, 1, MR_GET, "/api/v1/specifications", NULL, NULL);
    assert_says_not(&w->office.site, "wound-care-2026");
    assert_says(&w->office.site, "circular-textiles");
}

static void test_api_token__publishes_in_its_own_name_only(void **state)
{
    struct world *w = *state;
    mr_str file = test_read_file(&w->a, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json");
    assert_status(ask(w, 1, MR_POST, "/api/v1/specifications", NULL, file.ptr), 403, "another's name");
    assert_string_equal(said(w, "/code"), "another_provider");
    assert_status(ask(w, 0, MR_POST, "/api/v1/specifications", NULL, file.ptr), 409, "published before");
}

static void test_api_token__may_what_its_scopes_say(void **state)
{
    struct world *w = *state;
    size_t count, refused = 0;
    const struct mr_api_route *routes = mr_api_routes(&count);
    char keep[80];
    mr_str id;
    memcpy(keep, w->header[0], sizeof keep);
    make_token(w, AARHUS, 1u << MR_SCOPE_READ, w->header[0], &id);
    for (size_t i = 0; i < count; i++) {
        if (routes[i].action == MR_MAY_PUBLIC) continue;
        mr_str path = mr_arena_dup(&w->a, mr_str_of(routes[i].pattern));
        for (size_t k = 0; k < path.len; k++)
            if (path.ptr[k] == '*') ((char *)path.ptr)[k] = 'x';
        ask(w, 0, routes[i].method, path.ptr, NULL, NULL);
        bool reads = mr_action_scope(routes[i].action) == MR_SCOPE_READ;
        refused += w->office.site.response.status == 403;
        if (reads == (w->office.site.response.status == 403))
            fail_msg("%s %s with a token that may read: %d", mr_http_method_name(routes[i].method), routes[i].pattern,
                     w->office.site.response.status);
    }
    assert_true(refused >= 5);
    memcpy(w->header[0], keep, sizeof keep);
}

static void test_api_token__revoked_expired_or_invented_is_nobody(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    static const char *const invented[] = {"",
                                           "Bearer",
                                           "Bearer ",
                                           "Bearer merit_",
                                           "Basic bWVyaXQ6eA==",
                                           "Bearer merit_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    char keep[80];
    memcpy(keep, w->header[0], sizeof keep);
    assert_status(ask(w, 0, MR_GET, "/api/v1/me", NULL, NULL), 200, "a good token");
    for (size_t i = 0; i < sizeof invented / sizeof *invented; i++) {
        snprintf(w->header[0], sizeof w->header[0], "%s", invented[i]);
        assert_status(ask(w, 0, MR_GET, "/api/v1/me", NULL, NULL), 401, invented[i]);
        assert_str(site_header_of(&w->office.site, "WWW-Authenticate"), "Bearer");
    }
    memcpy(w->header[0], keep, sizeof keep);
    w->header[0][20] ^= 1;
    assert_status(ask(w, 0, MR_GET, "/api/v1/me", NULL, NULL), 401, "one bit more");
    memcpy(w->header[0], keep, sizeof keep);
    /* cookies do not count here, nor tokens on pages */
    site_get(&w->office.site, "/api/v1/me", SITE_HEADER("Cookie", w->office.cookie));
    assert_status(&w->office.site, 401, "a cookie");
    site_get(&w->office.site, "/provider", SITE_HEADER("Authorization", w->header[0]));
    assert_status(&w->office.site, 403, "a token on a page");
    mr_db_tx *tx = NULL;
    assert_ok(mr_db_begin(mr_service_db(w->office.site.service), true, &tx, &err), err);
    assert_ok(mr_db_run(tx, "UPDATE api_token SET expires_at = $now WHERE id = $id",
                        MR_DB_ARGS(MR_DB_I("now", mr_env_now(mr_env_system())), MR_DB_T("id", w->id[1])), NULL, &err),
              err);
    assert_ok(mr_db_commit(tx, &err), err);
    assert_status(ask(w, 1, MR_GET, "/api/v1/me", NULL, NULL), 401, "an expired token");
    assert_ok(mr_api_token_revoke(w->office.site.service, &mr_actor_operator, w->id[0], &err), err);
    assert_status(ask(w, 0, MR_GET, "/api/v1/me", NULL, NULL), 401, "a revoked token");
}

/* ---- nothing twice ---- */

#define BATCHES "/api/v1/specifications/wound-care-2026/batches"

static void test_api_answer__is_given_again_and_nothing_done(void **state)
{
    struct world *w = *state;
    assert_status(ask(w, 0, MR_POST, BATCHES, "key-1", "name\nA B\n"), 201, "the first time");
    const char *first = mr_arena_cstr(&w->a, w->office.site.body);
    assert_str(site_header_of(&w->office.site, "Idempotency-Replayed"), "");
    assert_status(ask(w, 0, MR_POST, BATCHES, "key-1", "name\nA B\n"), 201, "again");
    assert_str(w->office.site.body, first);
    assert_str(site_header_of(&w->office.site, "Idempotency-Replayed"), "true");
    assert_status(ask(w, 0, MR_POST, BATCHES, "key-1", "name\nC D\n"), 422, "another body");
    assert_string_equal(said(w, "/code"), "key_of_another");
    assert_status(ask(w, 0, MR_POST, BATCHES "?file=x.csv", "key-1", "name\nA B\n"), 422, "another address");
    assert_status(ask(w, 1, MR_POST, "/api/v1/specifications/circular-textiles/batches", "key-1", "name\nA B\n"), 201,
                  "another token's key");
    assert_status(ask(w, 0, MR_POST, BATCHES, "a key", "name\nA B\n"), 400, "a blank");
    ask(w, 0, MR_GET, BATCHES, NULL, NULL);
    assert_int_equal(site_count(&w->office.site, "\"id\":"), 2); /* the demo's, and one */
    /* a refusal is an answer, too */
    assert_status(ask(w, 0, MR_POST, BATCHES, "key-2", "name\n\"A B\n"), 400, "a bad table");
    assert_status(ask(w, 0, MR_POST, BATCHES, "key-2", "name\n\"A B\n"), 400, "a bad table again");
    assert_str(site_header_of(&w->office.site, "Idempotency-Replayed"), "true");
}

static mr_api_answer_found begin(mr_service *s, mr_arena *a, const char *key, const char *hash, const char *run)
{
    struct mr_err err = {0};
    mr_api_answer_found found;
    struct mr_api_answer answer = {
        .holder = MR_STR("t"), .key = mr_str_of(key), .request_hash = mr_str_of(hash), .server = mr_str_of(run)};
    assert_ok(mr_api_answer_begin(s, a, &answer, &found, &err), err);
    return found;
}

/* What a kill -9 between the work and its answer leaves is a key without one. */
static void test_api_answer__after_a_stop_says_that_it_cannot_know(void **state)
{
    struct world *w = *state;
    mr_service *s = w->office.site.service;
    assert_int_equal(begin(s, &w->a, "k", "h", "run 1"), MR_API_ANSWER_NEW);
    assert_int_equal(begin(s, &w->a, "k", "h", "run 1"), MR_API_ANSWER_RUNNING);
    assert_int_equal(begin(s, &w->a, "k", "h", "run 2"), MR_API_ANSWER_UNKNOWN);
    assert_int_equal(begin(s, &w->a, "k", "other", "run 2"), MR_API_ANSWER_OTHER);
    assert_int_equal(begin(s, &w->a, "k", "h", "run 2"), MR_API_ANSWER_UNKNOWN);
}

struct racer {
    struct world *w;
    int fresh;
};
static void *race(void *self)
{
    struct racer *r = self;
    mr_arena a;
    mr_arena_init(&a, 1 << 20);
    r->fresh = begin(r->w->office.site.service, &a, "race", "h", "run") == MR_API_ANSWER_NEW;
    mr_arena_done(&a);
    return NULL;
}

static void test_api_answer__one_of_many_at_once_does_the_work(void **state)
{
    enum { RACERS = 12 };
    struct racer racers[RACERS];
    pthread_t threads[RACERS];
    int fresh = 0;
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.w = *state};
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < RACERS; i++) pthread_join(threads[i], NULL), fresh += racers[i].fresh;
    assert_int_equal(fresh, 1);
}

static void test_api_status__tells_what_happened(void **state)
{
    struct world *w = *state;
    ask(w, 0, MR_GET, BATCHES, NULL, NULL);
    ask(w, 0, MR_GET, mr_arena_format(&w->a, "/api/v1/batches/%s/achievements", said(w, "/items/0/id")).ptr, NULL,
        NULL);
    const char *path = mr_arena_format(&w->a, "/api/v1/achievements/%s/status", said(w, "/items/0/id")).ptr;
    assert_status(ask(w, 0, MR_GET, path, NULL, NULL), 200, "before");
    assert_string_equal(said(w, "/status"), "active");
    assert_string_equal(said(w, "/history/0/status"), "");
    static const char *const steps[] = {"suspended", "active", "revoked"};
    for (size_t i = 0; i < 3; i++)
        assert_status(ask(w, 0, MR_POST, path, NULL,
                          mr_arena_format(&w->a, "{\"status\":\"%s\",\"reason\":\"step %zu\"}", steps[i], i).ptr),
                      200, steps[i]);
    for (size_t i = 0; i < 3; i++) {
        char pointer[32];
        snprintf(pointer, sizeof pointer, "/history/%zu/status", i);
        assert_string_equal(said(w, pointer), steps[2 - i]);
    }
    assert_string_equal(said(w, "/history/2/reason"), "step 0");
    assert_status(ask(w, 0, MR_POST, path, NULL, "{\"status\":\"active\",\"reason\":\"x\"}"), 409,
                  "revoked is for good");
}

/* ---- what is sent ---- */

static void test_api_schema__finds_all_that_is_wrong_at_once(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *schema, *json, *findings; /* "pointer message", sorted as they come, with ";" behind each */
    } cases[] = {
        {"StatusChange", "{\"status\":\"active\",\"reason\":\"x\"}", ""},
        {"StatusChange", "{\"status\":\"gone\",\"reason\":\"x\"}", "/status api.wrong.word;"},
        {"StatusChange", "{\"status\":1}", "/status api.wrong.word;/reason api.wrong.missing;"},
        {"StatusChange", "{\"status\":\"active\",\"reason\":\"x\",\"reasn\":1}", "/reasn api.wrong.unknown;"},
        {"Finding", "{\"element\":\"\",\"text\":null,\"pointer\":\"\",\"warning\":\"no\"}",
         "/text api.wrong.type;/warning api.wrong.type;"},
        {"Problem",
         "{\"type\":\"\",\"title\":\"\",\"status\":1.5,\"code\":\"\",\"findings\":[{\"element\":\"\",\"text\":\"\","
         "\"pointer\":\"\",\"warning\":true},{\"x\":1},7]}",
         "/status api.wrong.type;/findings/1/x api.wrong.unknown;/findings/1/element "
         "api.wrong.missing;/findings/1/text "
         "api.wrong.missing;/findings/1/pointer api.wrong.missing;/findings/1/warning api.wrong.missing;/findings/2 "
         "api.wrong.object;"},
        {"Specification",
         "{\"id\":\"a\",\"version\":\"1\",\"title\":{\"en\":1},\"provider\":{\"en\":\"x\"},\"published_at\":"
         "\"yesterday\","
         "\"awarded\":0,\"page\":\"https://x\"}",
         "/title api.wrong.type;/published_at api.wrong.type;"},
        {"PreviewRow",
         "{\"number\":1,\"fate\":\"ready\",\"name\":\"\",\"email\":\"no\",\"awarded_on\":\"12.10.2026\","
         "\"findings\":{}}",
         "/email api.wrong.type;/awarded_on api.wrong.type;/findings api.wrong.list;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        struct mr_findings findings;
        const mr_json *json;
        mr_str got = MR_STR("");
        mr_findings_init(&findings, &w->a);
        assert_ok(mr_json_parse(&w->a, mr_str_of(cases[i].json), NULL, &json, &err), err);
        mr_api_schema_check(mr_api_row_find(cases[i].schema), json, &findings);
        for (size_t k = 0; k < findings.count; k++)
            got =
                mr_arena_format(&w->a, "%.*s%s %s;", MR_STR_ARG(got), findings.items[k].pointer, findings.items[k].id);
        if (!mr_str_is(got, cases[i].findings))
            fail_msg("%s\n got %s\nwant %s", cases[i].json, got.ptr, cases[i].findings);
    }
}

static void test_api_body__is_refused_with_pointers(void **state)
{
    struct world *w = *state;
    ask(w, 0, MR_POST, "/api/v1/achievements/x/status", NULL, "{\"status\":\"gone\",\"why\":\"x\"}");
    assert_status(&w->office.site, 400, "a wrong body");
    assert_string_equal(said(w, "/findings/0/pointer"), "/status");
    assert_string_equal(said(w, "/findings/0/text"), "This must be one of: active, suspended, revoked.");
    assert_string_equal(said(w, "/findings/1/pointer"), "/why");
    assert_status(ask(w, 0, MR_POST, "/api/v1/achievements/x/status", NULL, "{\"status\":"), 400, "no JSON");
    assert_string_equal(said(w, "/code"), "json");
    assert_status(ask(w, 0, MR_POST, "/api/v1/achievements/x/status", NULL, "[]"), 400, "no object");
}

static void test_api_list__comes_in_parts_without_gaps(void **state)
{
    struct world *w = *state;
    char seen[64] = "";
    const char *after = "";
    for (int i = 0; i < 3; i++) ask(w, 0, MR_POST, BATCHES, NULL, "name\nA B\nC D\nE F\nG H\n\xC3\x98 J\n");
    const char *batch = said(w, "/id");
    for (int parts = 0; parts < 6; parts++) {
        const char *path =
            mr_arena_format(&w->a, "/api/v1/batches/%s/rows?limit=2%s%s", batch, *after ? "&after=" : "", after).ptr;
        assert_status(ask(w, 0, MR_GET, path, NULL, NULL), 200, path);
        for (int k = 0; k < 2; k++) {
            char pointer[32];
            snprintf(pointer, sizeof pointer, "/items/%d/number", k);
            strcat(strcat(seen, said(w, pointer)), " ");
        }
        after = said(w, "/next");
        if (!*after) break;
    }
    assert_string_equal(seen, "2 3 4 5 6  ");
    size_t batches = 0;
    for (after = "";;) {
        const char *path = mr_arena_format(&w->a, BATCHES "?limit=1%s%s", *after ? "&after=" : "", after).ptr;
        assert_status(ask(w, 0, MR_GET, path, NULL, NULL), 200, path);
        batches += site_count(&w->office.site, "\"id\":");
        after = said(w, "/next");
        if (!*after) break;
    }
    assert_int_equal(batches, 4);
    static const char *const wrong[] = {"?limit=0", "?limit=201", "?limit=x", "?after=*", "?after=_w"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_status(ask(w, 0, MR_GET, mr_arena_format(&w->a, BATCHES "%s", wrong[i]).ptr, NULL, NULL), 400, wrong[i]);
        assert_string_equal(said(w, "/code"), "paging");
    }
}

/* ---- the pages ---- */

static void post(struct world *w, const char *path, const char *fields)
{
    const char *body = mr_arena_format(&w->a, "form_token=%s%s", w->office.form_token, fields).ptr;
    site_ask(&w->office.site, MR_POST, path,
             SITE_HEADER_LIST({"Cookie", w->office.cookie}, {"Content-Type", "application/x-www-form-urlencoded"}),
             mr_str_of(body));
}

static void test_integrations_page__shows_a_token_once_and_revokes_it(void **state)
{
    struct world *w = *state;
    struct site *s = &w->office.site;
    struct mr_err err = {0};
    struct mr_api_token_holder *list;
    size_t count;
    assert_ok(mr_api_token_holders(s->service, &mr_actor_operator, &w->a, &list, &count, &err), err);
    office_get(&w->office, "/provider/integrations", "en");
    assert_private_page(s, 200, "integrations");
    office_get(&w->office, "/provider/integrations", "da");
    assert_private_page(s, 200, "integrations in Danish");
    post(w, "/provider/integrations", "&name=++&days=30&scope_award=yes");
    assert_private_page(s, 422, "nothing was typed");
    assert_says(s, "Write what the token is for.");
    assert_says(s, "Choose the organisation that the token works for.");
    assert_says(s, "name=\"scope_award\" value=\"yes\" checked");
    post(w, "/provider/integrations",
         mr_arena_format(&w->a, "&name=Studie%%3Csystem%%3E&days=30&scope_award=yes&organisation=%.*s",
                         MR_STR_ARG(list[0].id))
             .ptr);
    assert_private_page(s, 200, "a token");
    ptrdiff_t at = mr_str_find(s->body, MR_STR("id=\"token\">merit_"));
    assert_true(at > 0);
    char header[80];
    snprintf(header, sizeof header, "Bearer %.49s", s->body.ptr + at + strlen("id=\"token\">"));
    const char *token = mr_arena_cstr(&w->a, mr_str_of(header + 7));
    office_get(&w->office, "/provider/integrations", "en");
    assert_says(s, "Studie&lt;system&gt;");
    assert_says_not(s, token);
    ptrdiff_t link = mr_str_find(s->body, MR_STR("/provider/integrations/tokens/"));
    const char *path = mr_arena_format(&w->a, "%.*s", 30 + 36 + 7, s->body.ptr + link).ptr;
    site_get(s, "/api/v1/me", SITE_HEADER("Authorization", header));
    assert_status(s, 200, "the new token");
    office_get(&w->office, path, "en");
    assert_private_page(s, 200, "the question");
    post(w, path, "");
    assert_status(s, 303, "revoking");
    site_get(s, "/api/v1/me", SITE_HEADER("Authorization", header));
    assert_status(s, 401, "the revoked token");
    office_get(&w->office, "/provider/integrations", "en");
    assert_says(s, "revoked");
    post(w, "/provider/integrations/tokens/x/revoke", "");
    assert_status(s, 404, "no such token");
}

static void test_api_page__names_every_end_point(void **state)
{
    struct world *w = *state;
    struct site *s = &w->office.site;
    size_t count;
    const struct mr_api_route *routes = mr_api_routes(&count);
    for (int i = 0; i < 2; i++) {
        site_get(s, "/api", SITE_HEADER("Accept-Language", i ? "da" : "en"));
        assert_status(s, 200, "the index");
        assert_true(s->body.len < 60 * 1024);
        mr_str index = mr_arena_dup(&w->a, s->body);
        for (size_t k = 0; k < count; k++) {
            mr_str rest = mr_str_of(routes[k].pattern), group = MR_STR_EMPTY;
            MR_CLEANUP(mr_buf_done) mr_buf escaped;
            for (int part = 0; part < 4; part++) mr_str_split(&rest, '/', &group);
            mr_str path = mr_arena_format(&w->a, "/about/api/%.*s", MR_STR_ARG(group));
            assert_true(mr_str_find(index, path) > 0);
            site_get(s, path.ptr, SITE_HEADER("Accept-Language", i ? "da" : "en"));
            assert_status(s, 200, path.ptr);
            assert_true(s->body.len < 60 * 1024);
            assert_int_equal(site_count(s, "\\{\\{"), 0);
            mr_buf_init(&escaped, MR_KIB);
            mr_buf_put_html(&escaped, mr_str_of(routes[k].summary));
            mr_buf_putc(&escaped, '\0');
            assert_says(s, escaped.ptr);
        }
    }
    site_get(s, "/about/api/nothing", SITE_NOTHING_MORE);
    assert_status(s, 404, "no such group");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_problem__has_a_title_for_every_code),
        cmocka_unit_test(test_api__does_all_that_pages_do),
        cmocka_unit_test(test_api__tables_fit_together),
        T(test_api_token__sees_its_own_organisation_only),
        T(test_api_token__publishes_in_its_own_name_only),
        T(test_api_token__may_what_its_scopes_say),
        T(test_api_token__revoked_expired_or_invented_is_nobody),
        T(test_api_answer__is_given_again_and_nothing_done),
        T(test_api_answer__after_a_stop_says_that_it_cannot_know),
        T(test_api_answer__one_of_many_at_once_does_the_work),
        T(test_api_status__tells_what_happened),
        T(test_api_schema__finds_all_that_is_wrong_at_once),
        T(test_api_body__is_refused_with_pointers),
        T(test_api_list__comes_in_parts_without_gaps),
        T(test_integrations_page__shows_a_token_once_and_revokes_it),
        T(test_api_page__names_every_end_point),
    };
    mr_log_set_level(MR_LOG_ERROR + 1);
    return cmocka_run_group_tests_name("web/api", tests, NULL, NULL);
}
