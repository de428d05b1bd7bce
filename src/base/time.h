/* Instants as int64_t milliseconds since 1970 (UTC), days as calendar dates without a zone. A birth date is a date and never
 * an instant: the published sample's "1999-10-01T22:00:00Z" for 2 October shows why. */
#ifndef MR_BASE_TIME_H
#define MR_BASE_TIME_H

#include "base/arena.h"
#include "base/err.h"

typedef struct mr_date {
    int year, month, day; /* year 1 to 9999; month 1 to 12; day 1 to 31; all 0: no date */
} mr_date;

/* No instant; the instant of a date that is not set. */
#define MR_TIME_NONE INT64_MIN
#define MR_DAY_MS ((int64_t)86400000)

static inline bool mr_date_is_set(mr_date d)
{
    return d.year != 0;
}
bool mr_date_exists(int year, int month, int day);
int mr_date_compare(mr_date a, mr_date b);
/* Midnight UTC at the start of the day. */
int64_t mr_date_to_time(mr_date d);
/* The UTC day of an instant; no date (all 0) outside the years 1 to 9999. */
mr_date mr_date_of_time(int64_t time);
/* "2026-10-14"; also reads the forms that registrars' spreadsheets hold: "14.10.2026", "14/10/2026", "14-10-2026" (day first;
 * a month-first reading is never guessed) and "2026/10/14". Errors: MR_E_TIME. */
int mr_date_parse(mr_str s, mr_date *ret, struct mr_err *err) MR_MUST_CHECK;
/* "2026-10-14" */
void mr_date_write(mr_date d, char out[11]);

/* RFC 3339 date-time, with "Z" or an offset; fractions to the millisecond. An xsd:dateTime without a zone is read as UTC.
 * Errors: MR_E_TIME. */
int mr_time_parse(mr_str s, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;
/* "2026-10-14T09:12:00Z" (whole seconds); the first or last second there is outside the years 1 to 9999. */
void mr_time_write(int64_t time, char out[21]);

/* xsd:duration in its usual forms "PT60H", "P1M", "P1Y2M3DT4H5M6S"; errors: MR_E_TIME. ret_hours: the hours of the time and day part
 * (a day is 24 hours), rounded down; ret_months: the years and months part. */
int mr_duration_parse(mr_str s, int64_t *ret_hours, int64_t *ret_months, struct mr_err *err) MR_MUST_CHECK;

#endif
