/* Token buckets: how many at once, how fast they fill, who shares one, and who is pushed out. */
#include "testing.h"
#include "web/rate.h"

#include "base/limits.h"

static const struct mr_rate_policy policy = {"test", 5, 60}; /* five at once, one a second */

struct world {
    mr_arena a;
    mr_rates *rates;
};
static int set_up(void **state)
{
    static struct world w;
    static mr_env env;
    mr_arena_init(&w.a, 4 << 20);
    env = test_env_fixed(0, 3);
    w.rates = mr_rates_new(&w.a, &env);
    *state = &w;
    return w.rates ? 0 : -1;
}
static int tear_down(void **state)
{
    struct world *w = *state;
    mr_rates_done(w->rates);
    mr_arena_done(&w->a);
    return 0;
}

static int taken(struct world *w, const char *who, int64_t now, int tries)
{
    struct mr_rate_left left;
    int count = 0;
    for (int i = 0; i < tries; i++) count += mr_rates_take(w->rates, &policy, mr_str_of(who), now, &left);
    return count;
}

static void test_rates__allow_a_burst_and_then_what_comes_back(void **state)
{
    struct world *w = *state;
    static const struct {
        int64_t at; /* ms */
        int tries, allowed;
    } steps[] = {{1000, 9, 5},   {1999, 9, 0},
                 {2000, 9, 1},   {4500, 9, 2},
                 {5000, 9, 1},   {4000, 9, 0} /* the clock jumps back */,
                 {900000, 9, 5}, {INT64_C(4102444800000), 9, 5}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int got = taken(w, "a", steps[i].at, steps[i].tries);
        if (got != steps[i].allowed) fail_msg("step %zu: %d allowed, wanted %d", i, got, steps[i].allowed);
    }
}

static void test_rates__tell_what_is_left_and_how_long_to_wait(void **state)
{
    struct world *w = *state;
    struct mr_rate_left left;
    for (int i = 4; i >= 0; i--) {
        assert_true(mr_rates_take(w->rates, &policy, MR_STR("b"), 0, &left));
        assert_int_equal(left.remaining, i);
        assert_int_equal(left.wait_s, 0);
    }
    assert_false(mr_rates_take(w->rates, &policy, MR_STR("b"), 100, &left));
    assert_int_equal(left.remaining, 0);
    assert_int_equal(left.wait_s, 1);
}

static void test_rates__count_callers_and_policies_apart(void **state)
{
    struct world *w = *state;
    static const struct mr_rate_policy other = {"other", 5, 60};
    struct mr_rate_left left;
    assert_int_equal(taken(w, "c", 0, 9), 5);
    assert_int_equal(taken(w, "d", 0, 9), 5);
    assert_true(mr_rates_take(w->rates, &other, MR_STR("c"), 0, &left));
}

/* More callers than there is room for: nobody is refused for what another did, and those who ask most are not forgotten by a flood of strangers in between. */
static void test_rates__hold_a_flood_of_callers(void **state)
{
    struct world *w = *state;
    char who[24];
    int wrong = 0;
    for (int i = 0; i < 10 * MR_LIMIT_RATE_KEPT; i++) {
        snprintf(who, sizeof who, "caller %d", i);
        wrong += taken(w, who, i, 1) != 1;
    }
    assert_int_equal(wrong, 0);
}

static void test_rate_address__is_a_network_of_one_customer(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *address, *as;
    } cases[] = {
        {"192.0.2.7", "192.0.2.7"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
        {"2001:db8:1:2:ffff::1", "2001:db8:1:2::"},
        {"::ffff:192.0.2.7", "::ffff:192.0.2.7"},
        {"nonsense", "nonsense"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(mr_rate_address(&w->a, mr_str_of(cases[i].address)), cases[i].as);
    assert_true(mr_rate_is_loopback(MR_STR("127.0.0.1")) && mr_rate_is_loopback(MR_STR("::1")));
    assert_false(mr_rate_is_loopback(MR_STR("128.0.0.1")) || mr_rate_is_loopback(MR_STR("")));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_rates__allow_a_burst_and_then_what_comes_back), T(test_rates__tell_what_is_left_and_how_long_to_wait),
        T(test_rates__count_callers_and_policies_apart),       T(test_rates__hold_a_flood_of_callers),
        T(test_rate_address__is_a_network_of_one_customer),
    };
    return cmocka_run_group_tests_name("web/rate", tests, NULL, NULL);
}
