/* Messages in the reader's language.
 *
 * Idea. Each file of web/i18n is a language; tools/compile_messages.c makes a constant table of it while Merit is built (text/compiled.h). So nothing
 * is read at the start, any thread looks up without a lock, and what is not used costs nothing. What differs between languages beyond
 * words (the form of a date, the sign between thousands) is a message too, so a new language is one new file.
 *
 * Sources: RFC 9110 section 12.5.4; RFC 4647 section 3.4 (lookup); RFC 5646 section 2.1.1 (tags have no case). */
#include "text/messages.h"

#include "base/limits.h"
#include "text/compiled.h"
#include "text/placeholder.h"

#include <limits.h>

/* The text of an id, of a message that counts with all its forms; its address is NULL when there is none. */
static mr_str text_in(const mr_language *l, mr_str id)
{
    for (uint32_t i = (uint32_t)mr_compiled_hash(id) & l->mask; l->slots[i]; i = (i + 1) & l->mask) {
        const struct mr_compiled_message *m = &l->messages[l->slots[i] - 1];
        if (mr_str_eq(mr_str_make(l->texts + m->id, m->id_size), id))
            return mr_str_make(l->texts + m->text, m->text_size);
    }
    return MR_STR_EMPTY;
}

/* ---- languages ---- */

const mr_language *const *mr_languages(void)
{
    return mr_compiled_languages;
}

const mr_language *mr_language_english(void)
{
    return mr_languages()[0];
}

static const mr_language *find_in(const mr_language *const *list, mr_str tag)
{
    for (; *list; list++)
        if (mr_str_eq_ascii_nocase(tag, mr_str_of((*list)->tag))) return *list;
    return NULL;
}

static mr_str without_region(mr_str tag)
{
    size_t n = 0;
    while (n < tag.len && tag.ptr[n] != '-' && tag.ptr[n] != '_') n++;
    return mr_str_make(tag.ptr, n);
}

const mr_language *mr_language_find(mr_str tag)
{
    return find_in(mr_compiled_languages, without_region(tag));
}

const mr_language *mr_language_find_any(mr_str tag)
{
    const mr_language *l = find_in(mr_compiled_others, tag); /* en-XA is not English with a region */
    if (!l) l = mr_language_find(tag);
    return l ? l : find_in(mr_compiled_others, without_region(tag));
}

mr_str mr_language_tag(const mr_language *l)
{
    return mr_str_of(l->tag);
}

mr_str mr_language_own_name(const mr_language *l)
{
    return mr_message(l, "language.name");
}

/* RFC 9110 12.4.2: "q=" and 0 to 1 with up to three decimals, in thousandths; anything else counts as 0. */
static int read_weight(mr_str s)
{
    static const int places[] = {100, 10, 1};
    s = mr_str_trim(s);
    if (s.len < 3 || (s.ptr[0] != 'q' && s.ptr[0] != 'Q') || s.ptr[1] != '=') return 0;
    s = mr_str_trim(mr_str_from(s, 2));
    if (s.len == 0 || s.len > 5 || (s.ptr[0] != '0' && s.ptr[0] != '1') || (s.len > 1 && s.ptr[1] != '.')) return 0;
    int weight = (s.ptr[0] - '0') * 1000;
    for (size_t i = 2; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return 0;
        weight += (s.ptr[i] - '0') * places[i - 2];
    }
    return weight > 1000 ? 0 : weight;
}

const mr_language *mr_language_accept(mr_str header)
{
    const mr_language *best = mr_language_english();
    int best_weight = 0, ranges = 0;
    mr_str range, tag;
    while (ranges++ < MR_LIMIT_LANGUAGE_RANGES && mr_str_split(&header, ',', &range)) {
        if (!mr_str_split(&range, ';', &tag)) continue;
        int weight = range.ptr ? read_weight(range) : 1000;
        tag = mr_str_trim(tag);
        const mr_language *l = mr_str_is(tag, "*") ? mr_language_english() : mr_language_find(tag);
        if (l && weight > best_weight) {
            best = l;
            best_weight = weight;
        }
    }
    return best;
}

/* ---- texts ---- */

bool mr_message_exists(const mr_language *l, mr_str id)
{
    return text_in(l, id).ptr != NULL;
}

/* The number that is shown as "7", "1,284", "-3"; false when it is no whole number ("2.5", "many"). */
static bool read_count(mr_str shown, mr_str sign, unsigned long *ret)
{
    unsigned long n = 0;
    if (shown.len && shown.ptr[0] == '-') shown = mr_str_from(shown, 1);
    if (!shown.len) return false;
    while (shown.len) {
        bool digit = shown.ptr[0] >= '0' && shown.ptr[0] <= '9';
        if (!digit && !(sign.len && mr_str_has_prefix(shown, sign))) return false;
        if (digit) n = n * 10 + (unsigned long)(shown.ptr[0] - '0');
        shown = mr_str_from(shown, digit ? 1 : sign.len);
    }
    *ret = n;
    return true;
}

static mr_str form_for(const mr_language *l, mr_str forms, mr_str count)
{
    unsigned long n;
    unsigned which = read_count(count, mr_message(l, "count.separator"), &n) ? l->form(n) : UINT_MAX;
    mr_str form = forms;
    while (mr_str_split(&forms, '\0', &form) && which--) continue;
    return form;
}

mr_str mr_message_counting(const mr_language *l, mr_str id, mr_str count)
{
    mr_str text = text_in(l, id);
    if (!text.ptr && l != mr_language_english()) text = text_in(l = mr_language_english(), id);
    if (!text.ptr) return id;
    return memchr(text.ptr, '\0', text.len) ? form_for(l, text, count) : text;
}

mr_str mr_message_str(const mr_language *l, mr_str id)
{
    return mr_message_counting(l, id, MR_STR_EMPTY);
}

mr_str mr_message(const mr_language *l, const char *id)
{
    return mr_message_str(l, mr_str_of(id));
}

static const struct mr_arg *find_arg(const struct mr_arg *args, size_t count, mr_str name)
{
    for (size_t i = 0; i < count; i++)
        if (mr_str_is(name, args[i].name)) return &args[i];
    return NULL;
}

/* What fits into `size` octets at out; the length of all of it. */
static size_t fill(mr_str text, const struct mr_arg *args, size_t count, char *out, size_t size)
{
    size_t n = 0;
    mr_str before, name;
#define PUT(s)                                                                                                         \
    do {                                                                                                               \
        mr_str put_ = (s);                                                                                             \
        if (put_.len && n <= size && put_.len <= size - n) memcpy(out + n, put_.ptr, put_.len);                        \
        n += put_.len;                                                                                                 \
    } while (0)
    while (mr_placeholder_next(&text, &before, &name)) {
        const struct mr_arg *arg = find_arg(args, count, name);
        PUT(before);
        PUT(arg ? arg->value : mr_str_make(name.ptr - 1, name.len + 2)); /* an unfilled one is shown as it stands */
    }
    PUT(text);
#undef PUT
    return n;
}

mr_str mr_say(mr_arena *a, const mr_language *l, const char *id, const struct mr_arg *args, size_t count)
{
    char space[256]; /* enough for most: then one walk does */
    const struct mr_arg *number = find_arg(args, count, MR_STR("count"));
    mr_str text = mr_message_counting(l, mr_str_of(id), number ? number->value : MR_STR_EMPTY);
    size_t n = fill(text, args, count, space, sizeof space);
    char *out = mr_arena_alloc(a, n + 1);
    if (!out) return MR_STR_EMPTY;
    if (n <= sizeof space)
        memcpy(out, space, n);
    else
        fill(text, args, count, out, n);
    out[n] = '\0';
    return mr_str_make(out, n);
}

/* ---- dates and numbers ---- */

/* The digits of a number, at least `least`, at the end of `space`. */
static mr_str digits_of(int number, int least, char space[12])
{
    int at = 12;
    unsigned left = number < 0 ? 0u - (unsigned)number : (unsigned)number;
    do space[--at] = (char)('0' + left % 10);
    while ((left /= 10) != 0 || 12 - at < least);
    if (number < 0) space[--at] = '-';
    return mr_str_make(space + at, (size_t)(12 - at));
}

mr_str mr_say_date(mr_arena *a, const mr_language *l, mr_date date)
{
    if (!mr_date_is_set(date)) return MR_STR_EMPTY;
    char id[18] = "month.", day[12], month[12], year[12];
    mr_str number = digits_of(date.month, 1, month);
    memcpy(id + 6, number.ptr, number.len);
    return MR_SAY(a, l, "date.format", {"day", digits_of(date.day, 1, day)},
                  {"month", mr_message_str(l, mr_str_make(id, 6 + number.len))},
                  {"year", digits_of(date.year, 1, year)});
}

mr_str mr_say_day(mr_arena *a, const mr_language *l, int64_t time)
{
    return mr_say_date(a, l, mr_date_of_time(time));
}

mr_str mr_say_time(mr_arena *a, const mr_language *l, int64_t time)
{
    if (time == MR_TIME_NONE) return MR_STR_EMPTY;
    int minutes = (int)(((time % MR_DAY_MS + MR_DAY_MS) % MR_DAY_MS) / 60000);
    char hour[12], minute[12];
    mr_str clock = MR_SAY(a, l, "time.clock", {"hour", digits_of(minutes / 60, 2, hour)},
                          {"minute", digits_of(minutes % 60, 2, minute)});
    return MR_SAY(a, l, "time.format", {"date", mr_say_date(a, l, mr_date_of_time(time))}, {"time", clock});
}

mr_str mr_say_count(mr_arena *a, const mr_language *l, int64_t count)
{
    char digits[24];
    int at = (int)sizeof digits, start = count < 0;
    uint64_t left = start ? 0 - (uint64_t)count : (uint64_t)count;
    do digits[--at] = (char)('0' + left % 10);
    while ((left /= 10) != 0);
    if (start) digits[--at] = '-';
    int n = (int)sizeof digits - at;
    mr_str sign = mr_message(l, "count.separator");
    char *out = mr_arena_alloc(a, (size_t)n + 7 * sign.len + 1);
    if (!out) return MR_STR_EMPTY;
    size_t len = 0;
    for (int i = 0; i < n; i++) {
        if (i > start && (n - i) % 3 == 0) {
            memcpy(out + len, sign.ptr, sign.len);
            len += sign.len;
        }
        out[len++] = digits[at + i];
    }
    out[len] = '\0';
    return mr_str_make(out, len);
}
