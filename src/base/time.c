/* Dates and times of the proleptic Gregorian calendar, years 1 to 9999. Days are counted as in an era of 400 years
 * (146,097 days) that starts on 1 March, so that the leap day is the last of its year and month lengths follow one
 * linear formula; no table and no loop. Sources: RFC 3339 section 5.6, W3C XML Schema 1.1 part 2 sections 3.3.6 and 3.3.7. */
#include "base/time.h"

enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468 };

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool mr_date_exists(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
    return day <= days[month - 1] + (month == 2 && is_leap(year));
}

int mr_date_compare(mr_date a, mr_date b)
{
    if (a.year != b.year) return a.year < b.year ? -1 : 1;
    if (a.month != b.month) return a.month < b.month ? -1 : 1;
    return (a.day > b.day) - (a.day < b.day);
}

/* Days from 1970-01-01; year >= 0. */
static int64_t days_of(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

int64_t mr_date_to_time(mr_date d)
{
    return mr_date_is_set(d) ? days_of(d.year, d.month, d.day) * MR_DAY_MS : MR_TIME_NONE;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* The instants that have a date here: 0001-01-01T00:00:00Z up to the last millisecond of 9999. */
#define FIRST_TIME (-INT64_C(62135596800000))
#define LAST_TIME INT64_C(253402300799999)

mr_date mr_date_of_time(int64_t time)
{
    if (time < FIRST_TIME || time > LAST_TIME) return (mr_date){0};
    int64_t z = floor_div(time, MR_DAY_MS) + DAYS_TO_1970; /* >= 0 in this range */
    int era = (int)(z / DAYS_PER_ERA), day_of_era = (int)(z % DAYS_PER_ERA);
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (mr_date){era * 400 + year_of_era + (month <= 2), month, day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

/* Exactly `count` digits at *at. */
static bool digits(mr_str s, size_t *at, size_t count, int *ret)
{
    int value = 0;
    if (s.len - *at < count) return false;
    for (size_t i = 0; i < count; i++) {
        char c = s.ptr[*at + i];
        if (c < '0' || c > '9') return false;
        value = value * 10 + (c - '0');
    }
    *at += count;
    *ret = value;
    return true;
}

static bool character(mr_str s, size_t *at, char c)
{
    if (*at >= s.len || s.ptr[*at] != c) return false;
    ++*at;
    return true;
}

/* One or two digits: people write 4.7.2026. */
static bool short_number(mr_str s, size_t *at, int *ret)
{
    return digits(s, at, 2, ret) || digits(s, at, 1, ret);
}

static bool year_first(mr_str s, mr_date *d)
{
    size_t at = 0;
    if (!digits(s, &at, 4, &d->year) || at >= s.len) return false;
    char separator = s.ptr[at++];
    if (separator == '-') {
        if (!digits(s, &at, 2, &d->month) || !character(s, &at, '-') || !digits(s, &at, 2, &d->day)) return false;
    } else if (separator == '/') {
        if (!short_number(s, &at, &d->month) || !character(s, &at, '/') || !short_number(s, &at, &d->day)) return false;
    } else {
        return false;
    }
    return at == s.len;
}

static bool day_first(mr_str s, mr_date *d)
{
    size_t at = 0;
    if (!short_number(s, &at, &d->day) || at >= s.len) return false;
    char separator = s.ptr[at++];
    if (separator != '.' && separator != '/' && separator != '-') return false;
    return short_number(s, &at, &d->month) && character(s, &at, separator) && digits(s, &at, 4, &d->year) &&
           at == s.len;
}

int mr_date_parse(mr_str s, mr_date *ret, struct mr_err *err)
{
    mr_date d = {0};
    if (!year_first(s, &d) && !day_first(s, &d))
        return MR_FAIL(err, MR_E_TIME, "a date is written 2026-10-14 or 14.10.2026", 0);
    if (!mr_date_exists(d.year, d.month, d.day)) return MR_FAIL(err, MR_E_TIME, "the calendar has no such day", 0);
    *ret = d;
    return MR_OK;
}

/* `value` (not negative) in exactly `count` digits. */
static char *put_digits(char *at, int count, int64_t value)
{
    for (int i = count; i-- > 0; value /= 10) at[i] = (char)('0' + value % 10);
    return at + count;
}

void mr_date_write(mr_date d, char out[11])
{
    char *at = put_digits(out, 4, d.year);
    *at++ = '-';
    at = put_digits(at, 2, d.month);
    *at++ = '-';
    *put_digits(at, 2, d.day) = '\0';
}

/* A fraction of a second, cut to milliseconds; at least one digit behind the point. */
static bool fraction(mr_str s, size_t *at, int *ret_ms)
{
    int scale = 100;
    *ret_ms = 0;
    if (!character(s, at, '.')) return true;
    size_t start = *at;
    for (; *at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9'; ++*at, scale /= 10)
        *ret_ms += (s.ptr[*at] - '0') * scale;
    return *at > start;
}

/* "Z", "+02:00", or nothing; minutes east of UTC. */
static bool zone(mr_str s, size_t *at, int *ret_minutes)
{
    int hours, minutes;
    *ret_minutes = 0;
    if (*at == s.len || character(s, at, 'Z') || character(s, at, 'z')) return true;
    int sign = character(s, at, '+') ? 1 : character(s, at, '-') ? -1 : 0;
    if (!sign || !digits(s, at, 2, &hours) || !character(s, at, ':') || !digits(s, at, 2, &minutes)) return false;
    if (hours > 23 || minutes > 59) return false;
    *ret_minutes = sign * (hours * 60 + minutes);
    return true;
}

int mr_time_parse(mr_str s, int64_t *ret, struct mr_err *err)
{
    static const char form[] = "a time is written 2026-10-14T09:12:00Z";
    mr_date d;
    int hour, minute, second, ms, offset;
    size_t at = 0;
    if (!digits(s, &at, 4, &d.year) || !character(s, &at, '-') || !digits(s, &at, 2, &d.month) ||
        !character(s, &at, '-') || !digits(s, &at, 2, &d.day) || !(character(s, &at, 'T') || character(s, &at, 't')) ||
        !digits(s, &at, 2, &hour) || !character(s, &at, ':') || !digits(s, &at, 2, &minute) ||
        !character(s, &at, ':') || !digits(s, &at, 2, &second) || !fraction(s, &at, &ms) || !zone(s, &at, &offset) ||
        at != s.len)
        return MR_FAIL(err, MR_E_TIME, form, at);
    if (!mr_date_exists(d.year, d.month, d.day)) return MR_FAIL(err, MR_E_TIME, "the calendar has no such day", 0);
    if (hour > 23 || minute > 59 || second > 60) return MR_FAIL(err, MR_E_TIME, "the day has no such time", 0);
    int64_t time = mr_date_to_time(d) + ((hour * 60 + minute - offset) * INT64_C(60) + second) * 1000 + ms;
    /* RFC 3339 section 5.7: second 60 is only in a leap second, which ends a month in UTC; it counts as the next second. */
    if (second == 60 && ((time - ms) % MR_DAY_MS != 0 || mr_date_of_time(time).day != 1))
        return MR_FAIL(err, MR_E_TIME, "the day has no such time", 0);
    *ret = time;
    return MR_OK;
}

void mr_time_write(int64_t time, char out[21])
{
    if (time < FIRST_TIME) time = FIRST_TIME;
    if (time > LAST_TIME) time = LAST_TIME;
    int64_t second = floor_div(time, 1000) - floor_div(time, MR_DAY_MS) * 86400;
    mr_date_write(mr_date_of_time(time), out);
    char *at = out + 10;
    *at++ = 'T';
    at = put_digits(at, 2, second / 3600);
    *at++ = ':';
    at = put_digits(at, 2, second / 60 % 60);
    *at++ = ':';
    at = put_digits(at, 2, second % 60);
    *at++ = 'Z';
    *at = '\0';
}

/* The letters of a duration in the order in which they must come, the three of the date before the three of the time. */
static const char duration_letters[] = "YMDHMS";

/* Digits and a letter of duration_letters[*from .. to - 1]; *from moves behind it. Only seconds have a fraction, which
 * counts for nothing here. */
static bool duration_part(mr_str s, size_t *at, size_t *from, size_t to, int64_t numbers[6])
{
    int64_t value = 0;
    int ms;
    size_t start = *at;
    for (; *at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9' && *at - start < 10; ++*at)
        value = value * 10 + (s.ptr[*at] - '0');
    if (*at == start || *at - start > 9) return false;
    bool fractional = *at < s.len && s.ptr[*at] == '.';
    if (!fraction(s, at, &ms) || *at >= s.len) return false;
    while (*from < to && duration_letters[*from] != s.ptr[*at]) ++*from;
    if (*from == to || (fractional && s.ptr[*at] != 'S')) return false;
    numbers[(*from)++] = value;
    ++*at;
    return true;
}

/* "P" [date parts] ["T" time parts], with at least one part, and one behind a "T". */
static bool duration(mr_str s, size_t *at, int64_t numbers[6])
{
    size_t from = 0;
    if (!character(s, at, 'P') || *at == s.len) return false;
    while (*at < s.len && s.ptr[*at] != 'T')
        if (!duration_part(s, at, &from, 3, numbers)) return false;
    if (*at == s.len) return true;
    ++*at;
    from = 3;
    do
        if (!duration_part(s, at, &from, 6, numbers)) return false;
    while (*at < s.len);
    return true;
}

int mr_duration_parse(mr_str s, int64_t *ret_hours, int64_t *ret_months, struct mr_err *err)
{
    int64_t n[6] = {0};
    size_t at = 0;
    if (!duration(s, &at, n)) return MR_FAIL(err, MR_E_TIME, "a duration is written PT60H or P1Y2M3DT4H5M6S", at);
    *ret_hours = n[2] * 24 + n[3] + (n[4] * 60 + n[5]) / 3600;
    *ret_months = n[0] * 12 + n[1];
    return MR_OK;
}
