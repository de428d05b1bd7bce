/* The fetcher with a memory against a server of our own: what is asked again and when, and that each way to fail is told. */
#include "net/fetch.h"

#include "base/limits.h"
#include "loopback.h"

struct fixture {
    mr_arena a;
    mr_env env;
    struct peer p;
    mr_net_fetcher *fetcher;
    struct mr_err err;
};

/* allowed: "%u" becomes the server's port. */
static void fixture_open(struct fixture *f, const char *answer, const char *allowed, long timeout_ms)
{
    *f = (struct fixture){.env = test_env_fixed(INT64_C(1750000000000), 1)};
    mr_arena_init(&f->a, 64 << 20);
    peer_open(&f->p, answer);
    struct mr_net_fetcher_options options = {&f->env, mr_str_of(with_port(&f->a, allowed, f->p.port)), timeout_ms};
    assert_ok(mr_net_fetcher_new(&options, &f->fetcher, &f->err), f->err);
}

static void fixture_close(struct fixture *f)
{
    mr_net_fetcher_free(f->fetcher);
    peer_close(&f->p);
    mr_arena_done(&f->a);
}

static int get(struct fixture *f, const char *url, size_t max, mr_str *ret)
{
    const mr_fetch *fetch = mr_net_fetcher_fetch(f->fetcher);
    mr_err_clear(&f->err);
    return fetch->get(fetch->self, &f->a, mr_str_of(with_port(&f->a, url, f->p.port)), "application/json", max, ret,
                      &f->err);
}

#define HERE "http://127.0.0.1:%u/"

/* HERE and a number behind it. */
static const char *numbered(struct fixture *f, int i)
{
    return mr_arena_format(&f->a, "%s%d", with_port(&f->a, HERE, f->p.port), i).ptr;
}

static int asked(struct fixture *f)
{
    return atomic_load(&f->p.connections);
}

static void later(struct fixture *f, int64_t ms)
{
    test_env_set_time(&f->env, mr_env_now(&f->env) + ms);
}

static void test_fetch__asks_once_until_the_answer_is_old(void **state)
{
    (void)state;
    struct fixture f;
    mr_str got;
    fixture_open(&f, FINE, HERE, 0);
    assert_ok(get(&f, HERE "a", 100, &got), f.err);
    assert_str(got, "hello");
    assert_non_null(strstr(f.p.asked, "Accept: application/json\r\n"));
    later(&f, MR_LIMIT_FETCH_AGE_MS - 1);
    assert_ok(get(&f, HERE "a", 100, &got), f.err);
    assert_str(got, "hello");
    assert_int_equal(asked(&f), 1);
    assert_code(get(&f, HERE "a", 4, &got), MR_E_LIMIT, f.err); /* remembered, and larger than this caller wants */
    assert_ok(get(&f, HERE "b", 100, &got), f.err);             /* another one */
    assert_int_equal(asked(&f), 2);
    later(&f, 1);
    assert_ok(get(&f, HERE "a", 100, &got), f.err);
    assert_int_equal(asked(&f), 3);
    later(&f, -10000); /* the clock is set back: what was fetched then is not trusted */
    assert_ok(get(&f, HERE "a", 100, &got), f.err);
    assert_int_equal(asked(&f), 4);
    fixture_close(&f);
}

static void test_fetch__remembers_a_refusal_for_a_short_time(void **state)
{
    (void)state;
    struct fixture f;
    mr_str got;
    fixture_open(&f, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", HERE, 0);
    for (int i = 0; i < 2; i++) {
        assert_code(get(&f, HERE, 100, &got), MR_E_NET, f.err);
        assert_string_equal(f.err.detail, "HTTP status 404");
        assert_int_equal(asked(&f), 1);
    }
    later(&f, MR_LIMIT_FETCH_FAILED_AGE_MS);
    f.p.answer = FINE;
    assert_ok(get(&f, HERE, 100, &got), f.err);
    assert_str(got, "hello");
    assert_int_equal(asked(&f), 2);
    fixture_close(&f);
}

static void test_fetch__asks_again_after_an_answer_that_was_too_large(void **state)
{
    (void)state;
    struct fixture f;
    mr_str got;
    fixture_open(&f, FINE, HERE, 0);
    assert_code(get(&f, HERE, 4, &got), MR_E_LIMIT, f.err);
    assert_string_equal(f.err.detail, "more than 4 octets");
    assert_ok(get(&f, HERE, 5, &got), f.err);
    fixture_close(&f);
}

static void test_fetch__goes_to_private_addresses_only_where_allowed(void **state)
{
    (void)state;
    static const char *const refused[] = {"https://127.0.0.1:%u/", "https://localhost:%u/", "https://[::1]:%u/"};
    struct fixture f;
    mr_str got;
    fixture_open(&f, FINE, "http://127.0.0.1:%u/open/", 0);
    assert_ok(get(&f, "http://127.0.0.1:%u/open/a", 100, &got), f.err);
    assert_int_equal(asked(&f), 1);
    assert_code(get(&f, "http://127.0.0.1:%u/a", 100, &got), MR_E_NET, f.err); /* http is for what is allowed */
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_code(get(&f, refused[i], 100, &got), MR_E_NET, f.err);
        assert_string_equal(f.err.detail, "not a public address");
    }
    assert_int_equal(asked(&f), 1);
    fixture_close(&f);
}

static void test_fetch__allows_nothing_without_options(void **state)
{
    (void)state;
    struct fixture f;
    mr_str got;
    fixture_open(&f, FINE, HERE, 0);
    mr_net_fetcher_free(f.fetcher);
    assert_ok(mr_net_fetcher_new(NULL, &f.fetcher, &f.err), f.err);
    assert_code(get(&f, "https://127.0.0.1:%u/", 100, &got), MR_E_NET, f.err);
    assert_string_equal(f.err.detail, "not a public address");
    assert_int_equal(asked(&f), 0);
    fixture_close(&f);
}

static void test_fetch__follows_no_redirection_to_a_private_address(void **state)
{
    (void)state;
    struct fixture f;
    struct peer target;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str got;
    mr_arena_init(&a, 1 << 16);
    peer_open(&target, FINE);
    fixture_open(&f,
                 with_port(&a,
                           "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%u/\r\nContent-Length: 0\r\n"
                           "Connection: close\r\n\r\n",
                           target.port),
                 HERE, 0);
    assert_code(get(&f, HERE, 100, &got), MR_E_NET, f.err);
    struct mr_fetch_failure why = mr_fetch_explain(&f.err);
    assert_int_equal(why.status, 302);
    assert_str(why.moved_to, with_port(&a, "http://127.0.0.1:%u/", target.port));
    assert_int_equal(atomic_load(&target.connections), 0);
    fixture_close(&f);
    peer_close(&target);
}

static void test_fetch__gives_up_on_a_slow_one(void **state)
{
    (void)state;
    struct fixture f;
    mr_str got;
    fixture_open(&f, NULL, HERE, 200);
    assert_code(get(&f, HERE, 100, &got), MR_E_NET, f.err);
    assert_true(f.err.detail[0]);
    assert_code(get(&f, HERE, 100, &got), MR_E_NET, f.err); /* and does not wait for it twice */
    assert_int_equal(asked(&f), 1);
    fixture_close(&f);
}

static void test_fetch__remembers_a_bounded_number(void **state)
{
    (void)state;
    struct fixture f;
    mr_str got;
    fixture_open(&f, FINE, HERE, 0);
    for (int i = 0; i <= MR_LIMIT_FETCH_KEPT; i++) { /* one more than there are places: the first goes */
        later(&f, 1);
        assert_ok(get(&f, numbered(&f, i), 100, &got), f.err);
    }
    int before = asked(&f);
    assert_ok(get(&f, HERE "1", 100, &got), f.err);
    assert_int_equal(asked(&f), before);
    assert_ok(get(&f, HERE "0", 100, &got), f.err);
    assert_int_equal(asked(&f), before + 1);
    fixture_close(&f);
}

static void test_fetch__remembers_bounded_octets(void **state)
{
    (void)state;
    static const char head[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    const size_t quarter = MR_LIMIT_FETCH_KEPT_OCTETS / 4, large = quarter - 1000, most = quarter + 1000;
    struct fixture f;
    mr_str got;
    char *answer = malloc(sizeof head + most);
    assert_non_null(answer);
    memcpy(answer, head, sizeof head - 1);
    memset(answer + sizeof head - 1, 'x', most);
    answer[sizeof head - 1 + most] = '\0';
    fixture_open(&f, answer, HERE, 0);
    for (int i = 0; i < 2; i++) { /* too large to be kept */
        mr_arena_reset(&f.a);
        assert_ok(get(&f, HERE "0", most, &got), f.err);
    }
    assert_int_equal(asked(&f), 2);
    answer[sizeof head - 1 + large] = '\0';
    for (int i = 1; i <= 5; i++) { /* a fifth that does not fit beside four */
        later(&f, 1);
        mr_arena_reset(&f.a);
        assert_ok(get(&f, numbered(&f, i), most, &got), f.err);
    }
    int before = asked(&f);
    mr_arena_reset(&f.a);
    assert_ok(get(&f, HERE "5", most, &got), f.err);
    assert_int_equal(got.len, large);
    assert_int_equal(asked(&f), before);
    mr_arena_reset(&f.a);
    assert_ok(get(&f, HERE "1", most, &got), f.err);
    assert_int_equal(asked(&f), before + 1);
    fixture_close(&f);
    free(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fetch__asks_once_until_the_answer_is_old),
        cmocka_unit_test(test_fetch__remembers_a_refusal_for_a_short_time),
        cmocka_unit_test(test_fetch__asks_again_after_an_answer_that_was_too_large),
        cmocka_unit_test(test_fetch__goes_to_private_addresses_only_where_allowed),
        cmocka_unit_test(test_fetch__allows_nothing_without_options),
        cmocka_unit_test(test_fetch__follows_no_redirection_to_a_private_address),
        cmocka_unit_test(test_fetch__gives_up_on_a_slow_one),
        cmocka_unit_test(test_fetch__remembers_a_bounded_number),
        cmocka_unit_test(test_fetch__remembers_bounded_octets),
    };
    return cmocka_run_group_tests_name("net/fetch", tests, NULL, NULL);
}
