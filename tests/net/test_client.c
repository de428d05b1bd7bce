/* The guarded client against a small server of our own on the loopback address: what it fetches, and what it refuses without
 * ever connecting. */
#include "net/client.h"
#include "loopback.h"

#include <time.h>

static int fetch(mr_arena *a, const char *url, bool configured, size_t max, mr_str *ret, struct mr_err *err)
{
    struct mr_net_request request = {.url = mr_str_of(url),
                                     .configured = configured,
                                     .accept = "application/json",
                                     .max_answer = max,
                                     .timeout_ms = 3000};
    return mr_net_fetch(a, &request, ret, err);
}

static void test_client_fetch__brings_what_a_configured_address_answers(void **state)
{
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct peer p;
    struct mr_err err = {0};
    mr_str got;
    mr_arena_init(&a, 1 << 20);
    peer_open(&p, FINE);
    assert_ok(fetch(&a, with_port(&a, "http://127.0.0.1:%u/some/thing?x=1", p.port), true, 100, &got, &err), err);
    assert_str(got, "hello");
    assert_non_null(strstr(p.asked, "GET /some/thing?x=1 HTTP/1.1\r\n"));
    assert_non_null(strstr(p.asked, "Accept: application/json\r\n"));
    assert_null(strcasestr(p.asked, "cookie"));
    peer_close(&p);
}

static void test_client_fetch__posts_a_body_with_its_type(void **state)
{
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct peer p;
    struct mr_err err = {0};
    mr_str got;
    mr_arena_init(&a, 1 << 20);
    peer_open(&p, FINE);
    struct mr_net_request request = {.url = mr_str_of(with_port(&a, "http://127.0.0.1:%u/tsa", p.port)),
                                     .configured = true,
                                     .type = "application/timestamp-query",
                                     .body = MR_STR("a\0b"),
                                     .max_answer = 100,
                                     .timeout_ms = 3000};
    assert_ok(mr_net_fetch(&a, &request, &got, &err), err);
    assert_non_null(strstr(p.asked, "POST /tsa HTTP/1.1\r\n"));
    assert_non_null(strstr(p.asked, "Content-Type: application/timestamp-query\r\n"));
    assert_non_null(strstr(p.asked, "Content-Length: 3\r\n"));
    peer_close(&p);
}

/* RFC 6890 ranges, and other ways of writing them. Addresses nobody listens at would fail too, so each case that can names the port of a
 * server that counts its connections; the others are judged by libcurl's own word for a refused socket. */
static void test_client_fetch__never_connects_to_own_networks_for_strangers(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "https://127.0.0.1:%u/",       "https://127.1.2.3:%u/",   "https://localhost:%u/",
        "https://0.0.0.0:%u/",         "https://2130706433:%u/",  "https://0x7f.1:%u/",
        "https://0177.0.0.1:%u/",      "https://[::1]:%u/",       "https://[::ffff:127.0.0.1]:%u/",
        "https://[::ffff:7f00:1]:%u/", "https://[::]:%u/",        "https://10.0.0.1/",
        "https://172.16.0.1/",         "https://172.31.255.254/", "https://192.168.1.1/",
        "https://169.254.169.254/",    "https://100.64.0.1/",     "https://198.18.0.1/",
        "https://192.0.2.1/",          "https://224.0.0.1/",      "https://255.255.255.255/",
        "https://[fe80::1]/",          "https://[fc00::1]/",      "https://[fd12:3456::1]/",
        "https://[ff02::1]/",          "https://[2001:db8::1]/",  "https://[2002:7f00:1::]/",
        "https://[64:ff9b::7f00:1]/",  "https://[2001::1]/",
    };
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct peer p;
    mr_arena_init(&a, 1 << 20);
    peer_open(&p, FINE);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct mr_err err = {0};
        struct timespec from, to;
        mr_str got = MR_STR_EMPTY;
        clock_gettime(CLOCK_MONOTONIC, &from);
        int code = fetch(&a, with_port(&a, urls[i], p.port), false, 100, &got, &err);
        clock_gettime(CLOCK_MONOTONIC, &to);
        if (code != MR_E_NET) fail_msg("%s: %s", urls[i], mr_code_name((mr_code)code));
        if (to.tv_sec - from.tv_sec > 1) fail_msg("%s: something was tried for long", urls[i]);
        if (atomic_load(&p.connections)) fail_msg("%s: was connected to", urls[i]);
    }
    peer_close(&p);
}

static void test_client_fetch__speaks_only_https_with_strangers(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://127.0.0.1:%u/",
                                       "http://example.org/",
                                       "HTTP://192.0.2.1/",
                                       "ftp://127.0.0.1:%u/",
                                       "file:///etc/hosts",
                                       "gopher://127.0.0.1:%u/",
                                       "dict://127.0.0.1:%u/",
                                       "smb://127.0.0.1/x",
                                       "data:text/plain,x",
                                       "https://",
                                       "https:///x",
                                       "127.0.0.1:%u",
                                       "",
                                       "javascript:alert(1)"};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct peer p;
    mr_arena_init(&a, 1 << 20);
    peer_open(&p, FINE);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct mr_err err = {0};
        mr_str got = MR_STR_EMPTY;
        int code = fetch(&a, with_port(&a, urls[i], p.port), false, 100, &got, &err);
        if (code != MR_E_NET) fail_msg("\"%s\": %s", urls[i], mr_code_name((mr_code)code));
        if (atomic_load(&p.connections)) fail_msg("\"%s\" was connected to", urls[i]);
    }
    peer_close(&p);
}

/* What is signed itself may come over http; where from is judged all the same. */
static void test_client_fetch__guards_plain_addresses_like_all_others(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://127.0.0.1:9/", "http://10.0.0.1/", "http://[::1]:9/",
                                       "http://localhost:9/"};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    mr_str got;
    mr_arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct mr_net_request request = {
            .url = mr_str_of(urls[i]), .plain = true, .max_answer = 100, .timeout_ms = 2000};
        assert_code(mr_net_fetch(&a, &request, &got, &err), MR_E_NET, err);
        assert_string_equal(err.detail, "not a public address");
    }
}

static void test_client_fetch__reads_no_files_even_when_configured(void **state)
{
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    mr_str got;
    mr_arena_init(&a, 1 << 20);
    assert_code(fetch(&a, "file:///etc/hosts", true, 1 << 16, &got, &err), MR_E_NET, err);
}

static void test_client_fetch__stops_at_the_size_allowed(void **state)
{
    (void)state;
    static const char head[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct peer p;
    struct mr_err err = {0};
    mr_str got;
    char *answer = malloc(sizeof head + 200000);
    assert_non_null(answer);
    memcpy(answer, head, sizeof head - 1);
    memset(answer + sizeof head - 1, 'x', 200000);
    answer[sizeof head - 1 + 200000] = '\0';
    mr_arena_init(&a, 1 << 20);
    peer_open(&p, answer);
    const char *url = with_port(&a, "http://127.0.0.1:%u/", p.port);
    assert_code(fetch(&a, url, true, 199999, &got, &err), MR_E_LIMIT, err);
    assert_ok(fetch(&a, url, true, 200000, &got, &err), err);
    assert_int_equal(got.len, 200000);
    peer_close(&p);
    free(answer);
}

static void test_client_fetch__follows_no_redirection(void **state)
{
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct peer target, p;
    struct mr_err err = {0};
    mr_str got;
    mr_arena_init(&a, 1 << 20);
    peer_open(&target, FINE);
    const char *answer = with_port(
        &a, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%u/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        target.port);
    peer_open(&p, answer);
    assert_code(fetch(&a, with_port(&a, "http://127.0.0.1:%u/", p.port), true, 100, &got, &err), MR_E_NET, err);
    assert_non_null(strstr(err.detail, "302"));
    assert_int_equal(atomic_load(&target.connections), 0);
    peer_close(&p);
    peer_close(&target);
}

static void test_client_fetch__takes_nothing_but_200_for_an_answer(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
        "HTTP/1.1 500 Oh\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
        "HTTP/1.1 206 Partial\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\ncut",
        "no HTTP at all",
        "",
    };
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct peer p;
        struct mr_err err = {0};
        mr_str got;
        peer_open(&p, answers[i]);
        int code = fetch(&a, with_port(&a, "http://127.0.0.1:%u/", p.port), true, 100, &got, &err);
        peer_close(&p);
        if (code != MR_E_NET) fail_msg("%s\n: %s", answers[i], mr_code_name((mr_code)code));
    }
}

static void test_client_fetch__gives_up_in_time(void **state)
{
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct peer p;
    struct mr_err err = {0};
    struct timespec from, to;
    mr_str got;
    mr_arena_init(&a, 1 << 20);
    peer_open(&p, NULL);
    struct mr_net_request request = {.url = mr_str_of(with_port(&a, "http://127.0.0.1:%u/", p.port)),
                                     .configured = true,
                                     .max_answer = 100,
                                     .timeout_ms = 200};
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_code(mr_net_fetch(&a, &request, &got, &err), MR_E_NET, err);
    clock_gettime(CLOCK_MONOTONIC, &to);
    assert_true(to.tv_sec - from.tv_sec <= 3);
    peer_close(&p);
}

static void test_client_fetch__minds_no_proxy_of_the_environment(void **state)
{
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct peer proxy, p;
    struct mr_err err = {0};
    mr_str got;
    mr_arena_init(&a, 1 << 20);
    peer_open(&proxy, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nproxy");
    peer_open(&p, FINE);
    setenv("http_proxy", with_port(&a, "http://127.0.0.1:%u", proxy.port), 1);
    setenv("ALL_PROXY", with_port(&a, "http://127.0.0.1:%u", proxy.port), 1);
    int code = fetch(&a, with_port(&a, "http://127.0.0.1:%u/", p.port), true, 100, &got, &err);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    assert_ok(code, err);
    assert_str(got, "hello");
    assert_int_equal(atomic_load(&proxy.connections), 0);
    peer_close(&p);
    peer_close(&proxy);
}

static void test_client_fetch__shows_an_access_token_to_whom_it_is_meant_for(void **state)
{
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct peer p;
    struct mr_err err = {0};
    mr_str got, next = MR_STR("x");
    mr_arena_init(&a, 1 << 20);
    peer_open(&p, FINE);
    struct mr_net_request request = {.url = mr_str_of(with_port(&a, "http://127.0.0.1:%u/members", p.port)),
                                     .configured = true,
                                     .bearer = MR_STR("ey.tok-en_1"),
                                     .ret_next = &next,
                                     .max_answer = 100,
                                     .timeout_ms = 3000};
    assert_ok(mr_net_fetch(&a, &request, &got, &err), err);
    assert_non_null(strstr(p.asked, "Authorization: Bearer ey.tok-en_1\r\n"));
    assert_int_equal(next.len, 0);
    peer_close(&p);
    request.bearer = MR_STR("a\r\nX-Other: b");
    assert_code(mr_net_fetch(&a, &request, &got, &err), MR_E_NET, err);
}

static void test_client_next_link__is_the_first_of_that_relation(void **state)
{
    (void)state;
    static const struct {
        const char *value, *url;
    } cases[] = {
        {"<https://a.example/2>; rel=\"next\"", "https://a.example/2"},
        {"<https://a.example/2>;rel=next", "https://a.example/2"},
        {"<https://a.example/1>; rel=\"prev\", <https://a.example/3>; rel=\"next\"", "https://a.example/3"},
        {"<https://a.example/2>; title=\"rel=next\"; rel=\"last\"", ""},
        {"<https://a.example/2>; REL=\"first NEXT\"", "https://a.example/2"},
        {"<https://a.example/2>; rel=\"last\"; rel=\"next\"", ""},
        {"<https://a.example/?a=1,2>; rel=\"next\"", "https://a.example/?a=1,2"},
        {"<>; rel=\"next\"", ""},
        {"<https://a.example/2", ""},
        {"https://a.example/2; rel=next", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(mr_net_next_link(mr_str_of(cases[i].value)), cases[i].url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_client_fetch__brings_what_a_configured_address_answers),
        cmocka_unit_test(test_client_fetch__posts_a_body_with_its_type),
        cmocka_unit_test(test_client_fetch__never_connects_to_own_networks_for_strangers),
        cmocka_unit_test(test_client_fetch__speaks_only_https_with_strangers),
        cmocka_unit_test(test_client_fetch__guards_plain_addresses_like_all_others),
        cmocka_unit_test(test_client_fetch__reads_no_files_even_when_configured),
        cmocka_unit_test(test_client_fetch__stops_at_the_size_allowed),
        cmocka_unit_test(test_client_fetch__follows_no_redirection),
        cmocka_unit_test(test_client_fetch__takes_nothing_but_200_for_an_answer),
        cmocka_unit_test(test_client_fetch__gives_up_in_time),
        cmocka_unit_test(test_client_fetch__minds_no_proxy_of_the_environment),
        cmocka_unit_test(test_client_fetch__shows_an_access_token_to_whom_it_is_meant_for),
        cmocka_unit_test(test_client_next_link__is_the_first_of_that_relation),
    };
    return cmocka_run_group_tests_name("net/client", tests, NULL, NULL);
}
