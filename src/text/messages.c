/* Messages in the reader's language.
 *
 * Idea. Each file of web/i18n is a language; its texts travel in the program. A language is read when it is first asked for a text (some
 * 80 microseconds for 70 KB), into a hash table from id to text that is never changed or freed again; so any thread may look up without a lock,
 * and what is not used costs nothing. What differs between languages beyond words (the form of a date, the sign between thousands) is
 * a message too, so a new language is one new file.
 *
 * Invariants
 *  1. `languages` is written once, by pthread_once; `table` of each once, under `reading`, and published with release order.
 *  2. The table is at most half full, so a search ends.
 *
 * Sources: RFC 9110 section 12.5.4; RFC 4647 section 3.4 (lookup); RFC 5646 section 2.1.1 (tags have no case). */
#include "text/messages.h"

#include "base/embedded.h"
#include "base/limits.h"
#include "text/placeholder.h"
#include "text/po.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

MR_EMBEDDED_DECLARE(text_i18n);

enum { MOST_LANGUAGES = 32, TAG_MAX = 8 };

struct table {
    const struct mr_po_entry *entries;
    uint16_t *slots; /* number of an entry, from 1; 0: free */
    size_t mask;     /* slots less one; a power of two less one */
};

struct mr_language {
    const struct mr_embedded *file;
    char tag[TAG_MAX];
    _Atomic(const struct table *) table; /* NULL until first used */
    mr_arena arena;
};

static mr_language languages[MOST_LANGUAGES];
static const mr_language *listed[MOST_LANGUAGES + 1]; /* English first, then by tag */
static pthread_once_t listing = PTHREAD_ONCE_INIT;
static pthread_mutex_t reading = PTHREAD_MUTEX_INITIALIZER;

/* ---- reading ---- */

static void list_languages(void)
{
    size_t n = 0, others = 1;
    for (size_t i = 0; i < text_i18n_count && n < MOST_LANGUAGES; i++) {
        const char *name = text_i18n[i].name, *dot = strchr(name, '.');
        if (!dot || strcmp(dot, ".po") != 0 || dot - name >= TAG_MAX) continue;
        mr_language *l = &languages[n++];
        l->file = &text_i18n[i];
        memcpy(l->tag, name, (size_t)(dot - name));
        mr_arena_init(&l->arena, MR_LIMIT_MESSAGES);
        if (strcmp(l->tag, "en") == 0)
            listed[0] = l;
        else
            listed[others++] = l;
    }
}

static uint64_t hash(mr_str s)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ s.len;
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        uint64_t w;
        memcpy(&w, s.ptr + i, 8);
        h = (h ^ w) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    uint64_t w = 0;
    if (s.len > i) memcpy(&w, s.ptr + i, s.len - i);
    h = (h ^ w) * 0xff51afd7ed558ccdu;
    return h ^ h >> 32;
}

/* The slot of an id: it holds its entry, or is free. */
static uint16_t *slot_of(const struct table *t, mr_str id)
{
    size_t i = (size_t)hash(id) & t->mask;
    while (t->slots[i] && !mr_str_eq(t->entries[t->slots[i] - 1].id, id)) i = (i + 1) & t->mask;
    return &t->slots[i];
}

/* The text of an id; its address is NULL when there is none. */
static mr_str text_in(const struct table *t, mr_str id)
{
    uint16_t n = *slot_of(t, id);
    return n ? t->entries[n - 1].text : MR_STR_EMPTY;
}

static const struct table *make_table(mr_language *l)
{
    static uint16_t no_slots[1];
    static const struct table empty = {NULL, no_slots, 0};
    struct mr_po po = {0};
    struct table *t = MR_NEW(&l->arena, struct table);
    mr_str source = mr_str_make((const char *)l->file->data, l->file->size);
    if (!t || mr_po_read(&l->arena, source, &po, NULL) != MR_OK)
        return &empty; /* a test reads every file: ids are shown */
    size_t size = 16;
    while (size < 2 * po.count) size *= 2;
    t->slots = po.count < UINT16_MAX ? MR_NEW_ARRAY(&l->arena, uint16_t, size) : NULL;
    if (!t->slots) return &empty;
    t->mask = size - 1;
    t->entries = po.entries;
    for (size_t i = 0; i < po.count; i++) *slot_of(t, po.entries[i].id) = (uint16_t)(i + 1);
    return t;
}

static const struct table *table_of(const mr_language *l)
{
    mr_language *own = (mr_language *)l; /* const for users; filled on first use */
    const struct table *t = atomic_load_explicit(&own->table, memory_order_acquire);
    if (__builtin_expect(t != NULL, 1)) return t;
    pthread_mutex_lock(&reading);
    t = atomic_load_explicit(&own->table, memory_order_relaxed);
    if (!t) {
        t = make_table(own);
        atomic_store_explicit(&own->table, t, memory_order_release);
    }
    pthread_mutex_unlock(&reading);
    return t;
}

/* ---- languages ---- */

const mr_language *const *mr_languages(void)
{
    pthread_once(&listing, list_languages);
    return listed;
}

const mr_language *mr_language_english(void)
{
    return mr_languages()[0];
}

const mr_language *mr_language_find(mr_str tag)
{
    size_t n = 0;
    while (n < tag.len && tag.ptr[n] != '-' && tag.ptr[n] != '_') n++;
    for (const mr_language *const *l = mr_languages(); *l; l++)
        if (mr_str_eq_ascii_nocase(mr_str_make(tag.ptr, n), mr_str_of((*l)->tag))) return *l;
    return NULL;
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
    return text_in(table_of(l), id).ptr != NULL;
}

mr_str mr_message_str(const mr_language *l, mr_str id)
{
    mr_str text = text_in(table_of(l), id);
    if (!text.ptr && l != mr_language_english()) text = text_in(table_of(mr_language_english()), id);
    return text.ptr ? text : id;
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

/* Twice the same walk: to measure, and to write. out NULL: measure. */
static size_t fill(mr_str text, const struct mr_arg *args, size_t count, char *out)
{
    size_t n = 0;
    mr_str before, name;
#define PUT(s)                                                                                                         \
    do {                                                                                                               \
        mr_str put_ = (s);                                                                                             \
        if (out && put_.len) memcpy(out + n, put_.ptr, put_.len);                                                      \
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
    mr_str text = mr_message(l, id);
    size_t n = fill(text, args, count, NULL);
    char *out = mr_arena_alloc(a, n + 1);
    if (!out) return MR_STR_EMPTY;
    fill(text, args, count, out);
    out[n] = '\0';
    return mr_str_make(out, n);
}

/* ---- dates and numbers ---- */

mr_str mr_say_date(mr_arena *a, const mr_language *l, mr_date date)
{
    if (!mr_date_is_set(date)) return MR_STR_EMPTY;
    char month[16];
    snprintf(month, sizeof month, "month.%d", date.month);
    return MR_SAY(a, l, "date.format", {"day", mr_arena_format(a, "%d", date.day)}, {"month", mr_message(l, month)},
                  {"year", mr_arena_format(a, "%d", date.year)});
}

mr_str mr_say_time(mr_arena *a, const mr_language *l, int64_t time)
{
    if (time == MR_TIME_NONE) return MR_STR_EMPTY;
    int64_t minutes = ((time % MR_DAY_MS + MR_DAY_MS) % MR_DAY_MS) / 60000;
    mr_str clock = MR_SAY(a, l, "time.clock", {"hour", mr_arena_format(a, "%02d", (int)(minutes / 60))},
                          {"minute", mr_arena_format(a, "%02d", (int)(minutes % 60))});
    return MR_SAY(a, l, "time.format", {"date", mr_say_date(a, l, mr_date_of_time(time))}, {"time", clock});
}

mr_str mr_say_count(mr_arena *a, const mr_language *l, int64_t count)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)count), start = count < 0;
    mr_str sign = mr_message(l, "count.separator");
    char *out = mr_arena_alloc(a, (size_t)n + 7 * sign.len + 1);
    if (!out) return MR_STR_EMPTY;
    size_t len = 0;
    for (int i = 0; i < n; i++) {
        if (i > start && (n - i) % 3 == 0) {
            memcpy(out + len, sign.ptr, sign.len);
            len += sign.len;
        }
        out[len++] = digits[i];
    }
    out[len] = '\0';
    return mr_str_make(out, len);
}
