/* Local time in Europe, for dates and times that people set ("seal on 1 June at 09:00"). Its zones share one rule for summer time, which needs no tables: from the last
 * Sunday of March to the last Sunday of October, each at 01:00 UTC (Directive 2000/84/EC, articles 2 and 3, which Iceland does not follow). */
#ifndef MR_BASE_ZONE_H
#define MR_BASE_ZONE_H

#include "base/time.h"

struct mr_zone {
    const char *name;   /* of the IANA database, "Europe/Copenhagen" */
    int winter_minutes; /* ahead of UTC; one hour more in summer */
    bool has_summer;
};
/* All of them, by name; ends with name NULL. */
extern const struct mr_zone mr_zones[];
/* NULL when Merit does not know it. */
const struct mr_zone *mr_zone_find(mr_str name);
/* "2026-06-01T09:00", as browsers send it, in this zone, to milliseconds UTC. A time that summer time leaves out is read an hour later; of one that comes twice the
 * first is meant. Errors: MR_E_TIME. */
int mr_zone_parse(const struct mr_zone *zone, mr_str text, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;
/* And back, to the minute: 16 characters and NUL. */
void mr_zone_write(const struct mr_zone *zone, int64_t time, char out[17]);

#endif
