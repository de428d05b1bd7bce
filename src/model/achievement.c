#include "model/achievement.h"

#include "base/limits.h"

void mr_findings_init(struct mr_findings *f, mr_arena *a)
{
    *f = (struct mr_findings){.arena = a};
}

/* At most MR_LIMIT_FINDING_VALUE octets, whole characters, nothing that moves a terminal's cursor. */
static mr_str presentable(mr_arena *a, mr_str value)
{
    size_t len = value.len;
    if (len > MR_LIMIT_FINDING_VALUE) {
        len = MR_LIMIT_FINDING_VALUE;
        while (len > 0 && ((uint8_t)value.ptr[len] & 0xC0) == 0x80) len--;
    }
    char *out = mr_arena_alloc(a, 3 * len + 1);
    if (!out) return MR_STR_EMPTY;
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)value.ptr[i];
        bool is_c1 = c == 0xC2 && i + 1 < len && (uint8_t)value.ptr[i + 1] < 0xA0;
        if (c >= 0x20 && c != 0x7F && !is_c1) {
            out[n++] = (char)c;
            continue;
        }
        memcpy(out + n, "\xEF\xBF\xBD", 3);
        n += 3;
        i += is_c1;
    }
    out[n] = '\0';
    return mr_str_make(out, n);
}

static bool make_room(struct mr_findings *f)
{
    if (f->count < f->capacity) return true;
    if (f->capacity >= MR_LIMIT_FINDINGS) return false;
    size_t capacity = f->capacity ? 4 * f->capacity : 4;
    if (capacity > MR_LIMIT_FINDINGS) capacity = MR_LIMIT_FINDINGS;
    struct mr_finding *items = MR_NEW_ARRAY(f->arena, struct mr_finding, capacity);
    if (!items) return false;
    if (f->count > 0) memcpy(items, f->items, f->count * sizeof *items);
    f->items = items;
    f->capacity = capacity;
    return true;
}

static struct mr_finding *add(struct mr_findings *f, const char *element, const char *id, mr_str value, bool warning)
{
    if (!warning) f->faults++;
    struct mr_finding *found = make_room(f) ? &f->items[f->count++] : &f->spare;
    *found = (struct mr_finding){.element = element, .id = id, .warning = warning};
    found->value = presentable(f->arena, value);
    return found;
}

struct mr_finding *mr_findings_add(struct mr_findings *f, const char *element, const char *id, mr_str value)
{
    return add(f, element, id, value, false);
}

struct mr_finding *mr_findings_warn(struct mr_findings *f, const char *element, const char *id, mr_str value)
{
    return add(f, element, id, value, true);
}

static mr_date add_months(mr_date day, int months)
{
    int month = day.month - 1 + months;
    mr_date d = {day.year + month / 12, month % 12 + 1, day.day};
    while (d.day > 28 && !mr_date_exists(d.year, d.month, d.day)) d.day--;
    return d;
}

int64_t mr_achievement_valid_until(const mr_achievement *a, const mr_specification *s, int64_t now)
{
    mr_date awarded = mr_date_is_set(a->awarded_on) ? a->awarded_on : mr_date_of_time(now);
    if (s->valid_months <= 0) return MR_TIME_NONE;
    return mr_date_to_time(add_months(awarded, s->valid_months)) + MR_DAY_MS - 1000;
}
