#include "testing.h"

#include "base/time.h"
#include <time.h>

static void test_date_exists__knows_month_lengths_and_leap_years(void **state)
{
    static const struct {
        int y, m, d;
        bool exists;
    } cases[] = {{2026, 1, 31, true},  {2026, 4, 31, false}, {2026, 2, 29, false}, {2024, 2, 29, true},
                 {1900, 2, 29, false}, {2000, 2, 29, true},  {2026, 0, 1, false},  {2026, 13, 1, false},
                 {2026, 1, 0, false},  {0, 1, 1, false},     {1, 1, 1, true},      {9999, 12, 31, true},
                 {10000, 1, 1, false}, {-4, 2, 29, false},   {2026, 12, 32, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (mr_date_exists(cases[i].y, cases[i].m, cases[i].d) != cases[i].exists)
            fail_msg("%d-%d-%d", cases[i].y, cases[i].m, cases[i].d);
}

static void test_date_of_time__inverts_date_to_time_on_every_day(void **state)
{
    mr_date previous = {0};
    int64_t first = mr_date_to_time((mr_date){1, 1, 1}), last = mr_date_to_time((mr_date){9999, 12, 31});
    for (int64_t t = first; t <= last; t += MR_DAY_MS) {
        mr_date d = mr_date_of_time(t);
        if (!mr_date_exists(d.year, d.month, d.day) || mr_date_to_time(d) != t || mr_date_compare(previous, d) >= 0)
            fail_msg("%lld gives %d-%d-%d", (long long)t, d.year, d.month, d.day);
        previous = d;
    }
    assert_false(mr_date_is_set(mr_date_of_time(first - 1)));
    assert_false(mr_date_is_set(mr_date_of_time(last + MR_DAY_MS)));
    assert_false(mr_date_is_set(mr_date_of_time(MR_TIME_NONE)));
    assert_true(mr_date_to_time((mr_date){0}) == MR_TIME_NONE);
}

static void test_date_of_time__agrees_with_the_c_library(void **state)
{
    mr_env env = test_env_fixed(0, 1970);
    for (int i = 0; i < 100000; i++) {
        uint64_t r;
        mr_env_random(&env, &r, sizeof r);
        int64_t seconds = (int64_t)(r % UINT64_C(315537897599)) - INT64_C(62135596800);
        struct tm tm;
        time_t t = (time_t)seconds;
        gmtime_r(&t, &tm);
        char wanted[40], got[21];
        snprintf(wanted, sizeof wanted, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                 tm.tm_hour, tm.tm_min, tm.tm_sec);
        mr_time_write(seconds * 1000 + (int64_t)(r % 1000), got);
        assert_string_equal(got, wanted);
        int64_t back;
        struct mr_err err;
        assert_ok(mr_time_parse(mr_str_of(got), &back, &err), err);
        assert_true(back == seconds * 1000);
    }
}

static void test_date_parse__reads_what_registrars_write(void **state)
{
    static const char *const cases[] = {"2026-10-04", "04.10.2026", "4.10.2026",  "04/10/2026", "4/10/2026",
                                        "04-10-2026", "4-10-2026",  "2026/10/04", "2026/10/4"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err;
        mr_date d;
        char out[11];
        assert_ok(mr_date_parse(mr_str_of(cases[i]), &d, &err), err);
        mr_date_write(d, out);
        if (strcmp(out, "2026-10-04") != 0) fail_msg("'%s' gives %s", cases[i], out);
    }
}

static void test_date_parse__refuses_what_is_no_date(void **state)
{
    static const char *const cases[] = {
        "",           "2026",        "2026-10",     "2026-1-4",   "2026-02-30",  "31.4.2026",
        "10/14/2026", "2026-10-04 ", " 2026-10-04", "26-10-04",   "4.10.26",     "4.10/2026",
        "2026-10/04", "2026.10.04",  "0000-01-01",  "4..10.2026", "004.10.2026", "2026-10-04T00:00:00Z",
        "20261004",   "+2026-10-04", "2026-10-0a",  "tomorrow",   "45209"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err;
        mr_date d = {7, 7, 7};
        if (mr_date_parse(mr_str_of(cases[i]), &d, &err) != MR_E_TIME) fail_msg("'%s' was taken", cases[i]);
        assert_int_equal(d.year, 7);
    }
}

static void test_time_parse__reads_rfc_3339(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59.999Z", -1},
        {"1985-04-12T23:20:50.52Z", 482196050520},   /* RFC 3339 section 5.8 */
        {"1996-12-19T16:39:57-08:00", 851042397000}, /* the same */
        {"1996-12-20T00:39:57Z", 851042397000},
        {"1990-12-31T23:59:60Z", 662688000000}, /* a leap second counts as the next second */
        {"1990-12-31T15:59:60-08:00", 662688000000},
        {"1937-01-01T12:00:27.87+00:20", -1041337172130},
        {"2026-10-14t09:12:00z", 1791969120000},
        {"2026-10-14T09:12:00", 1791969120000}, /* xsd:dateTime without a zone */
        {"2026-10-14T11:12:00.0009999999999999999999+02:00", 1791969120000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err;
        int64_t ms = 0;
        assert_ok(mr_time_parse(mr_str_of(cases[i].text), &ms, &err), err);
        if (ms != cases[i].ms)
            fail_msg("'%s' gives %lld, not %lld", cases[i].text, (long long)ms, (long long)cases[i].ms);
    }
}

static void test_time_parse__refuses_what_is_no_time(void **state)
{
    static const char *const cases[] = {
        "",
        "2026-10-14",
        "2026-10-14T09:12Z",
        "2026-10-14 09:12:00Z",
        "2026-10-14T24:00:00Z",
        "2026-10-14T09:60:00Z",
        "2026-10-14T09:12:60Z",
        "2026-06-15T23:59:60Z",
        "2026-10-14T09:12:61Z",
        "2026-02-29T09:12:00Z",
        "2026-10-14T09:12:00.Z",
        "2026-10-14T09:12:00,5Z",
        "2026-10-14T09:12:00+2",
        "2026-10-14T09:12:00+0200",
        "2026-10-14T09:12:00+24:00",
        "2026-10-14T09:12:00+02:60",
        "2026-10-14T09:12:00ZZ",
        "2026-10-14T09:12:00Z ",
        "-2026-10-14T09:12:00Z",
        "12026-10-14T09:12:00Z",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err;
        int64_t ms = 7;
        if (mr_time_parse(mr_str_of(cases[i]), &ms, &err) != MR_E_TIME) fail_msg("'%s' was taken", cases[i]);
        assert_true(ms == 7);
    }
}

static void test_time_write__stays_within_the_years_it_can_write(void **state)
{
    char out[21];
    mr_time_write(-1, out);
    assert_string_equal(out, "1969-12-31T23:59:59Z");
    mr_time_write(INT64_MAX, out);
    assert_string_equal(out, "9999-12-31T23:59:59Z");
    mr_time_write(MR_TIME_NONE, out);
    assert_string_equal(out, "0001-01-01T00:00:00Z");
}

static void test_duration_parse__tells_hours_and_months(void **state)
{
    static const struct {
        const char *text;
        int64_t hours, months;
    } cases[] = {{"PT60H", 60, 0},
                 {"P1M", 0, 1},
                 {"P1Y2M3DT4H5M6S", 76, 14},
                 {"P2D", 48, 0},
                 {"PT90M", 1, 0},
                 {"PT59M", 0, 0},
                 {"PT59M60S", 1, 0},
                 {"PT3599.999S", 0, 0},
                 {"P10Y", 0, 120},
                 {"PT0S", 0, 0},
                 {"P1Y1DT1S", 24, 12},
                 {"PT125H30M", 125, 0},
                 {"P999999999D", INT64_C(23999999976), 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err;
        int64_t hours = -1, months = -1;
        assert_ok(mr_duration_parse(mr_str_of(cases[i].text), &hours, &months, &err), err);
        if (hours != cases[i].hours || months != cases[i].months)
            fail_msg("'%s' gives %lld hours, %lld months", cases[i].text, (long long)hours, (long long)months);
    }
}

static void test_duration_parse__refuses_other_forms(void **state)
{
    static const char *const cases[] = {
        "",      "P",     "PT",     "P1",    "60H",   "PT60",    "P1DT",         "PT1M1H", "P1M1Y", "P1S",
        "PT1Y",  "P1.5D", "PT1.5H", "-PT1H", "P-1D",  "PT1H ",   "P1W",          "PT.5S",  "PT5.S", "PT1H1H",
        "PTT1H", "P1D1D", "p1d",    "P1DT1", "PT1HT", "PT1H1M1", "P9999999999D", "P1H",    "P T1H"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err;
        int64_t hours, months;
        if (mr_duration_parse(mr_str_of(cases[i]), &hours, &months, &err) != MR_E_TIME)
            fail_msg("'%s' was taken", cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_date_exists__knows_month_lengths_and_leap_years),
        cmocka_unit_test(test_date_of_time__inverts_date_to_time_on_every_day),
        cmocka_unit_test(test_date_of_time__agrees_with_the_c_library),
        cmocka_unit_test(test_date_parse__reads_what_registrars_write),
        cmocka_unit_test(test_date_parse__refuses_what_is_no_date),
        cmocka_unit_test(test_time_parse__reads_rfc_3339),
        cmocka_unit_test(test_time_parse__refuses_what_is_no_time),
        cmocka_unit_test(test_time_write__stays_within_the_years_it_can_write),
        cmocka_unit_test(test_duration_parse__tells_hours_and_months),
        cmocka_unit_test(test_duration_parse__refuses_other_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
