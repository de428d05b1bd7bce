#include "base/zone.h"

#include <stdio.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)

const struct mr_zone mr_zones[] = {
    {"Atlantic/Azores", -60, true},
    {"Atlantic/Canary", 0, true},
    {"Atlantic/Madeira", 0, true},
    {"Atlantic/Reykjavik", 0, false},
    {"Europe/Amsterdam", 60, true},
    {"Europe/Athens", 120, true},
    {"Europe/Berlin", 60, true},
    {"Europe/Bratislava", 60, true},
    {"Europe/Brussels", 60, true},
    {"Europe/Bucharest", 120, true},
    {"Europe/Budapest", 60, true},
    {"Europe/Copenhagen", 60, true},
    {"Europe/Dublin", 0, true},
    {"Europe/Helsinki", 120, true},
    {"Europe/Kyiv", 120, true},
    {"Europe/Lisbon", 0, true},
    {"Europe/Ljubljana", 60, true},
    {"Europe/London", 0, true},
    {"Europe/Luxembourg", 60, true},
    {"Europe/Madrid", 60, true},
    {"Europe/Malta", 60, true},
    {"Europe/Nicosia", 120, true},
    {"Europe/Oslo", 60, true},
    {"Europe/Paris", 60, true},
    {"Europe/Prague", 60, true},
    {"Europe/Riga", 120, true},
    {"Europe/Rome", 60, true},
    {"Europe/Sofia", 120, true},
    {"Europe/Stockholm", 60, true},
    {"Europe/Tallinn", 120, true},
    {"Europe/Vaduz", 60, true},
    {"Europe/Vienna", 60, true},
    {"Europe/Vilnius", 120, true},
    {"Europe/Warsaw", 60, true},
    {"Europe/Zagreb", 60, true},
    {"Europe/Zurich", 60, true},
    {"UTC", 0, false},
    {NULL, 0, false},
};

const struct mr_zone *mr_zone_find(mr_str name)
{
    for (const struct mr_zone *z = mr_zones; z->name; z++)
        if (mr_str_is(name, z->name)) return z;
    return NULL;
}

/* 01:00 UTC on the last Sunday of a month of 31 days. 1 January 1970 was a Thursday. */
static int64_t last_sunday(int year, int month)
{
    int64_t last = mr_date_to_time((mr_date){year, month, 31}), day = last / MR_DAY_MS;
    return last - (((day + 4) % 7 + 7) % 7) * MR_DAY_MS + HOUR_MS;
}

static int64_t offset_at(const struct mr_zone *zone, int64_t time)
{
    int64_t winter = zone->winter_minutes * MINUTE_MS;
    int year = mr_date_of_time(time).year;
    if (!zone->has_summer || year < 1996) return winter;
    return time >= last_sunday(year, 3) && time < last_sunday(year, 10) ? winter + HOUR_MS : winter;
}

static bool two_digits(const char *p, int most, int *ret)
{
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9') return false;
    *ret = (p[0] - '0') * 10 + (p[1] - '0');
    return *ret <= most;
}

int mr_zone_parse(const struct mr_zone *zone, mr_str text, int64_t *ret, struct mr_err *err)
{
    mr_date day;
    int hour, minute;
    bool has_seconds = text.len == 19 && text.ptr[16] == ':';
    if ((text.len != 16 && !has_seconds) || text.ptr[10] != 'T' || text.ptr[4] != '-' || text.ptr[13] != ':' ||
        !two_digits(text.ptr + 11, 23, &hour) || !two_digits(text.ptr + 14, 59, &minute))
        return MR_FAIL(err, MR_E_TIME, "this is no date and time", 0);
    MR_TRY(mr_date_parse(mr_str_make(text.ptr, 10), &day, err));
    int64_t wall = mr_date_to_time(day) + hour * HOUR_MS + minute * MINUTE_MS;
    int64_t summer = wall - (zone->winter_minutes * MINUTE_MS + HOUR_MS);
    bool is_summer = wall - offset_at(zone, summer) == summer;
    *ret = is_summer ? summer : wall - zone->winter_minutes * MINUTE_MS;
    return MR_OK;
}

void mr_zone_write(const struct mr_zone *zone, int64_t time, char out[17])
{
    char full[21];
    mr_time_write(time + offset_at(zone, time), full);
    snprintf(out, 17, "%.16s", full);
}
