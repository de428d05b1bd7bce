/* Local time in Europe. The values are those of the IANA time zone database, as Python's zoneinfo reads it. */
#include "base/zone.h"
#include "testing.h"

static const struct {
    const char *zone, *local;
    int64_t time;
    const char *back; /* NULL: the same */
} cases[] = {
    {"Europe/Copenhagen", "2026-06-01T09:00", INT64_C(1780297200000), NULL},
    {"Europe/Copenhagen", "2026-12-01T09:00", INT64_C(1796112000000), NULL},
    {"Europe/Helsinki", "2026-03-29T02:59", INT64_C(1774745940000), NULL},
    {"Europe/Helsinki", "2026-03-29T04:30", INT64_C(1774747800000), NULL},
    {"Europe/Lisbon", "2027-10-31T01:30", INT64_C(1824942600000), NULL},                   /* comes twice: the first */
    {"Europe/Copenhagen", "2026-10-25T02:30", INT64_C(1792888200000), NULL},               /* likewise */
    {"Europe/Copenhagen", "2026-03-29T02:30", INT64_C(1774747800000), "2026-03-29T03:30"}, /* is left out */
    {"Atlantic/Reykjavik", "2026-07-01T12:00", INT64_C(1782907200000), NULL},
    {"Atlantic/Azores", "2026-07-01T00:15", INT64_C(1782864900000), NULL},
    {"Europe/Athens", "2030-03-31T04:00", INT64_C(1901149200000), NULL},
    {"UTC", "2026-07-01T12:00", INT64_C(1782907200000), NULL},
};

static void test_zone__is_as_the_database_of_zones_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        const struct mr_zone *zone = mr_zone_find(mr_str_of(cases[i].zone));
        int64_t time;
        char back[17];
        assert_non_null(zone);
        assert_ok(mr_zone_parse(zone, mr_str_of(cases[i].local), &time, &err), err);
        if (time != cases[i].time)
            fail_msg("%s %s: %lld, wanted %lld", cases[i].zone, cases[i].local, (long long)time,
                     (long long)cases[i].time);
        mr_zone_write(zone, time, back);
        assert_string_equal(back, cases[i].back ? cases[i].back : cases[i].local);
    }
}

static void test_zone__refuses_what_is_no_time(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "2026-06-01",
                                        "2026-06-01 09:00",
                                        "2026-06-01T24:00",
                                        "2026-06-01T09:60",
                                        "2026-02-30T09:00",
                                        "2026-06-01T09:00Z",
                                        "2026-06-01Tab:cd"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct mr_err err = {0};
        int64_t time;
        if (mr_zone_parse(&mr_zones[0], mr_str_of(wrong[i]), &time, &err) != MR_E_TIME)
            fail_msg("%s was read", wrong[i]);
    }
    assert_null(mr_zone_find(MR_STR("Europe/Atlantis")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zone__is_as_the_database_of_zones_says),
        cmocka_unit_test(test_zone__refuses_what_is_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
