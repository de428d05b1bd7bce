/* Names of an object.
 *
 * Most objects have few names, mostly of different length or with different ends: these make a key, keys go into a set
 * of 64 bits, and only when a bit is taken are names compared. Objects of more than 16 names take a hash table. A
 * hostile document may choose names that meet in it (the hash has no secret, because a reader gives the same answer for
 * the same text); when the table takes more steps than chance would, the names are sorted instead. */
#include "json/names.h"

/* ---- order ---- */

/* The first octet at which a and b differ, or `len`. */
static size_t first_difference(const char *a, const char *b, size_t len)
{
    size_t i = 0;
    for (uint64_t x, y; len - i >= 8; i += 8) {
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        if (x != y) break;
    }
    while (i < len && a[i] == b[i]) i++;
    return i;
}

int mr_json_compare_names(mr_str a, mr_str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len, i = first_difference(a.ptr, b.ptr, shorter);
    if (i == shorter) return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
    /* UTF-8 orders by code point. UTF-16 differs in one thing: a code point above U+FFFF (first octet from F0) begins
     * with a surrogate, D800 to DBFF, and so stands before U+E000 to U+FFFF (first octets EE and EF). */
    uint8_t x = (uint8_t)a.ptr[i], y = (uint8_t)b.ptr[i];
    if (x >= 0xf0 && (y == 0xee || y == 0xef)) return -1;
    if (y >= 0xf0 && (x == 0xee || x == 0xef)) return 1;
    return x < y ? -1 : 1;
}

static bool is_after(const mr_json *a, const mr_json *b)
{
    return mr_json_compare_names(mr_json_text(a), mr_json_text(b)) > 0;
}

static void insertion_sort(const mr_json **names, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const mr_json *name = names[i];
        size_t at = i;
        for (; at > 0 && is_after(names[at - 1], name); at--) names[at] = names[at - 1];
        names[at] = name;
    }
}

static void merge(const mr_json **from, const mr_json **to, size_t start, size_t middle, size_t end)
{
    size_t left = start, right = middle;
    for (size_t i = start; i < end; i++) {
        bool take_right = left == middle || (right < end && is_after(from[left], from[right]));
        to[i] = take_right ? from[right++] : from[left++];
    }
}

void mr_json_sort_names(const mr_json **names, const mr_json **spare, size_t count)
{
    for (size_t start = 0; start < count; start += MR_JSON_FEW_NAMES)
        insertion_sort(names + start, count - start < MR_JSON_FEW_NAMES ? count - start : MR_JSON_FEW_NAMES);
    const mr_json **from = names, **to = spare;
    for (size_t width = MR_JSON_FEW_NAMES; width < count; width *= 2) {
        for (size_t start = 0; start < count; start += 2 * width) {
            size_t middle = start + width < count ? start + width : count;
            size_t end = middle + width < count ? middle + width : count;
            merge(from, to, start, middle, end);
        }
        const mr_json **swap = from;
        from = to, to = swap;
    }
    if (from != names) memcpy(names, from, count * sizeof *names);
}

/* ---- twice ---- */

static bool is_same(const mr_json *a, const mr_json *b)
{
    return mr_str_eq(mr_json_text(a), mr_json_text(b));
}

static const mr_json *next_name(const mr_json *name)
{
    return name + 1 + name[1].skip;
}

/* `name` stands among the `count` names before it. */
static bool is_among(const mr_json *name, const uint32_t *keys, const mr_json *const *names, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (keys[i] == keys[count] && is_same(names[i], name)) return true;
    return false;
}

static const mr_json *find_twice_of_few(const mr_json *name, uint32_t count)
{
    uint32_t keys[MR_JSON_FEW_NAMES];
    const mr_json *names[MR_JSON_FEW_NAMES];
    uint64_t seen = 0;
    for (uint32_t i = 0; i < count; i++, name = next_name(name)) {
        uint32_t len = name->len;
        uint32_t key = len ? len << 16 | (uint32_t)(uint8_t)name->ptr[0] << 8 | (uint8_t)name->ptr[len - 1] : 0;
        uint64_t bit = 1ull << ((key * 0x9e3779b1u) >> 26);
        keys[i] = key, names[i] = name;
        if (seen & bit && is_among(name, keys, names, i)) return name;
        seen |= bit;
    }
    return NULL;
}

static uint32_t hash(mr_str text)
{
    uint64_t h = text.len, word;
    for (; text.len >= 8; text.ptr += 8, text.len -= 8) {
        memcpy(&word, text.ptr, 8);
        h = (h ^ word) * 0x9e3779b97f4a7c15u;
        h ^= h >> 32;
    }
    word = 0;
    memcpy(&word, text.ptr, text.len);
    h = (h ^ word) * 0x9e3779b97f4a7c15u;
    h = (h ^ h >> 32) * 0x9e3779b97f4a7c15u; /* once more, or the last octets reach only the highest bits */
    return (uint32_t)(h >> 32);
}

/* At least two slots a name, so that chains are short. */
static uint32_t slots_for(uint32_t count)
{
    return 1u << (33 - __builtin_clz(count - 1));
}

/* Whether the table settled it; *ret_twice is the answer. */
static bool find_twice_by_table(const mr_json *first, uint32_t count, uint32_t *slots, const mr_json **ret_twice)
{
    uint32_t mask = slots_for(count) - 1;
    uint64_t steps = 8 * (uint64_t)count;
    memset(slots, 0,
           ((size_t)mask + 1) * sizeof *slots); /* a slot is 1 more than the distance from `first`; 0 is free */
    const mr_json *name = first;
    for (uint32_t i = 0; i < count; i++, name = next_name(name)) {
        uint32_t at = hash(mr_json_text(name)) & mask;
        for (; slots[at]; at = (at + 1) & mask) {
            if (is_same(first + (slots[at] - 1), name)) return *ret_twice = name, true;
            if (steps-- == 0) return false;
        }
        slots[at] = (uint32_t)(name - first) + 1;
    }
    return *ret_twice = NULL, true;
}

static const mr_json *find_twice_by_order(const mr_json *name, uint32_t count, const mr_json **names)
{
    const mr_json *twice = NULL;
    for (uint32_t i = 0; i < count; i++, name = next_name(name)) names[i] = name;
    mr_json_sort_names(names, names + count, count);
    for (uint32_t i = 1; i < count; i++) /* equal names keep their order: the second of a pair is the later one */
        if (is_same(names[i - 1], names[i]) && (!twice || names[i] < twice)) twice = names[i];
    return twice;
}

size_t mr_json_names_room(uint32_t count)
{
    size_t table = count > MR_JSON_FEW_NAMES ? slots_for(count) * sizeof(uint32_t) : 0;
    size_t order = count > MR_JSON_FEW_NAMES ? 2 * (size_t)count * sizeof(mr_json *) : 0;
    return table > order ? table : order;
}

const mr_json *mr_json_find_twice(const mr_json *first, uint32_t count, void *room)
{
    const mr_json *twice;
    if (count <= MR_JSON_FEW_NAMES) return find_twice_of_few(first, count);
    return find_twice_by_table(first, count, room, &twice) ? twice : find_twice_by_order(first, count, room);
}
