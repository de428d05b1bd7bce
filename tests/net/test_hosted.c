/* A hosted badge on a server of our own, asked for by the real client: that every way in which a site can answer is told for what it is. */
#include "credential/verify.h"
#include "net/fetch.h"

#include "base/limits.h"
#include "loopback.h"

#define NOW INT64_C(1791969120000)

struct route {
    const char *path, *status;
    mr_str body;
    const char *to; /* Location */
    bool silent;    /* never answers */
};
struct site {
    mr_arena a;
    mr_env env;
    int listener;
    unsigned short port;
    pthread_t thread;
    struct route routes[8];
    mr_net_fetcher *fetcher;
};

/* ---- the server ---- */

static void send_all(int fd, mr_str text)
{
    while (text.len) {
        ssize_t n = send(fd, text.ptr, text.len, MSG_NOSIGNAL);
        if (n <= 0) return;
        text = mr_str_from(text, (size_t)n);
    }
}

static const struct route *find_route(const struct site *s, const char *asked)
{
    for (size_t i = 0; i < 8 && s->routes[i].path; i++) {
        size_t size = strlen(s->routes[i].path);
        if (strncmp(asked + 4, s->routes[i].path, size) == 0 && asked[4 + size] == ' ') return &s->routes[i];
    }
    return NULL;
}

static void answer_route(const struct site *s, int fd)
{
    char asked[2048] = "", head[512];
    size_t len = 0;
    struct timeval wait = {.tv_sec = 5};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    while (!strstr(asked, "\r\n\r\n") && len + 1 < sizeof asked) {
        ssize_t n = recv(fd, asked + len, sizeof asked - 1 - len, 0);
        if (n <= 0) return;
        asked[len += (size_t)n] = '\0';
    }
    const struct route *r = find_route(s, asked);
    if (r && r->silent) {
        (void)!recv(fd, asked, sizeof asked, 0); /* until the other side gives up */
        return;
    }
    mr_str body = r ? r->body : MR_STR_EMPTY;
    snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n%s%s%s\r\n",
             r ? r->status : "404 Not Found", body.len, r && r->to ? "Location: " : "", r && r->to ? r->to : "",
             r && r->to ? "\r\n" : "");
    send_all(fd, mr_str_of(head));
    send_all(fd, body);
}

static void *serve_routes(void *self)
{
    struct site *s = self;
    for (;;) {
        int fd = accept(s->listener, NULL, NULL);
        if (fd < 0) return NULL;
        answer_route(s, fd);
        close(fd);
    }
}

/* ---- the badge ---- */

/* Apostrophes for quotation marks; @H is the server. */
static mr_str page(struct site *s, const char *text)
{
    mr_buf b;
    mr_buf_init(&b, MR_MIB);
    for (const char *c = text; *c; c++) {
        if (*c == '@' && c[1] == 'H') {
            mr_buf_format(&b, "http://127.0.0.1:%u", s->port);
            c++;
        } else
            mr_buf_putc(&b, *c == '\'' ? '"' : *c);
    }
    mr_str copy = mr_arena_dup(&s->a, mr_buf_str(&b));
    mr_buf_done(&b);
    return copy;
}

#define CONTEXT "'@context':'https://w3id.org/openbadges/v2'"

static mr_str badge_at(struct site *s, const char *path)
{
    return page(s, mr_arena_format(&s->a,
                                   "{" CONTEXT ",'type':'Assertion','id':'@H%s','recipient':{'type':'email',"
                                   "'hashed':false,'identity':'robin@learner.example'},'badge':'@H/class',"
                                   "'issuedOn':'2026-03-04T10:00:00Z','verification':{'type':'hosted'}}",
                                   path)
                       .ptr);
}

static int open_site(void **state)
{
    static struct site s;
    struct mr_err err = {0};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    s = (struct site){.env = test_env_fixed(NOW, 7)};
    mr_arena_init(&s.a, 256 * MR_MIB);
    s.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s.listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(s.listener, 8), 0);
    assert_int_equal(getsockname(s.listener, (struct sockaddr *)&at, &size), 0);
    s.port = ntohs(at.sin_port);
    s.routes[0] = (struct route){"/badge", "200 OK", badge_at(&s, "/badge"), NULL, false};
    s.routes[1] = (struct route){"/class", "200 OK",
                                 page(&s, "{" CONTEXT ",'type':'BadgeClass','id':'@H/class','name':'Wound care',"
                                          "'description':'Dresses wounds.','image':'@H/c.png','criteria':'@H/asked',"
                                          "'issuer':'@H/issuer'}"),
                                 NULL, false};
    s.routes[2] = (struct route){"/issuer", "200 OK",
                                 page(&s, "{" CONTEXT ",'type':'Issuer','id':'@H/issuer','name':'A school (invented)',"
                                          "'url':'@H/','email':'badges@school.example'}"),
                                 NULL, false};
    const struct mr_net_fetcher_options options = {.env = &s.env, .allow_private = page(&s, "@H/"), .timeout_ms = 400};
    assert_ok(mr_net_fetcher_new(&options, &s.fetcher, &err), err);
    assert_int_equal(pthread_create(&s.thread, NULL, serve_routes, &s), 0);
    *state = &s;
    return 0;
}

static int close_site(void **state)
{
    struct site *s = *state;
    mr_net_fetcher_free(s->fetcher);
    shutdown(s->listener, SHUT_RDWR);
    close(s->listener);
    pthread_join(s->thread, NULL);
    mr_arena_done(&s->a);
    return 0;
}

static mr_report verify(struct site *s, mr_str file)
{
    struct mr_err err = {0};
    mr_verifier *v = NULL;
    mr_report r;
    const struct mr_verifying verifying = {
        .env = &s->env, .language = mr_language_english(), .fetch = mr_net_fetcher_fetch(s->fetcher)};
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    assert_ok(mr_verify(v, &s->a, file, &r, &err), err);
    mr_verifier_close(v);
    return r;
}

static void assert_check(const mr_report *r, mr_check_code code, mr_state state, const char *id)
{
    const struct mr_check *c = &r->checks[code];
    mr_str wanted = mr_message(mr_language_english(), id);
    if (!c->claimed || c->state != state)
        fail_msg("%s is %s: %.*s (%.*s)", mr_check_name(code), mr_state_name(c->state), MR_STR_ARG(c->text),
                 MR_STR_ARG(c->detail));
    if (!memchr(wanted.ptr, '{', wanted.len)) assert_str_eq(c->text, wanted);
}

/* ---- what is told ---- */

static void test_verify__a_badge_that_is_there(void **state)
{
    struct site *s = *state;
    mr_report r = verify(s, badge_at(s, "/badge"));
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.hosted");
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.hosted");
    assert_str(r.view.title, "Wound care");
    assert_str(r.view.learner, "robin@learner.example");
}

static void test_verify__tells_every_answer_for_what_it_is(void **state)
{
    static const struct {
        struct route route;
        const char *id;
    } cases[] = {
        {{.silent = true}, "seal.hosted.slow"},
        {{.status = "302 Found", .to = "/badge"}, "seal.hosted.moves"},
        {{.status = "302 Found", .to = "http://127.0.0.1:1/"}, "seal.hosted.unreachable"}, /* not what is allowed */
        {{.status = "404 Not Found"}, "seal.hosted.missing"},
        {{.status = "503 Service Unavailable"}, "seal.hosted.refused"},
        {{.status = "200 OK", .body = MR_STR_INIT("<html><body>Log in</body></html>")}, "seal.hosted.page"},
        {{.status = "200 OK", .body = MR_STR_INIT("{\"cut")}, "seal.hosted.not_json"},
        {{.status = "200 OK"}, "seal.hosted.not_json"},
    };
    struct site *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        s->routes[0] = cases[i].route;
        s->routes[0].path = "/badge";
        test_env_set_time(&s->env, mr_env_now(&s->env) + 2 * MR_LIMIT_FETCH_AGE_MS); /* nothing is remembered */
        mr_report r = verify(s, badge_at(s, "/badge"));
        assert_check(&r, MR_CHECK_SEAL, MR_UNCHECKED, cases[i].id);
        assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
        assert_false(r.has_view);
    }
}

static void test_verify__an_answer_without_end(void **state)
{
    struct site *s = *state;
    char *large = malloc(MR_LIMIT_HOSTED + 1);
    assert_non_null(large);
    memset(large, ' ', MR_LIMIT_HOSTED + 1);
    s->routes[0].body = mr_str_make(large, MR_LIMIT_HOSTED + 1);
    mr_report r = verify(s, badge_at(s, "/badge"));
    assert_check(&r, MR_CHECK_SEAL, MR_UNCHECKED, "seal.hosted.too_large");
    free(large);
}

static void test_verify__a_badge_that_is_gone(void **state)
{
    struct site *s = *state;
    s->routes[0].status = "410 Gone";
    mr_report r = verify(s, badge_at(s, "/badge"));
    assert_check(&r, MR_CHECK_STATUS, MR_FAILED, "status.revoked");
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
}

static void test_verify__a_badge_that_has_moved(void **state)
{
    struct site *s = *state;
    s->routes[0] = (struct route){.path = "/badge", .status = "301 Moved Permanently", .to = "/moved"};
    s->routes[3] = (struct route){.path = "/moved", .status = "200 OK", .body = badge_at(s, "/badge")};
    mr_report r = verify(s, badge_at(s, "/badge"));
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.hosted");
    assert_true(r.remark_count == 1);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_site, close_site)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_verify__a_badge_that_is_there),  test(test_verify__tells_every_answer_for_what_it_is),
        test(test_verify__an_answer_without_end),  test(test_verify__a_badge_that_is_gone),
        test(test_verify__a_badge_that_has_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
