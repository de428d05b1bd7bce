/* N-Quads of one document begin alike: the same subject on ten lines, the same vocabulary in every predicate. A sort that compares whole lines
 * reads those beginnings log n times. Here a range of lines that are known to be equal up to some depth is taken at a time: what more they all have
 * in common is skipped, the next eight octets of each become a number, and the range is sorted by that number; lines that are still equal make a
 * new range. So each octet is looked at a few times at most, and comparisons are those of integers. Ranges wait on a stack of their own.
 *
 * Ranges of a few lines are sorted by insertion, behind what they have in common.
 *
 * After caching multikey quicksort (Bentley and Sedgewick 1997; Ng and Kakehi 2007), with a merge sort for the numbers, since nobody can
 * choose lines that make it slow. */
#include "rdf/lines.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

struct mr_line_range {
    mr_line *lines;
    size_t count;
    uint32_t depth; /* octets in which all are equal */
};

enum { KEY = 8, FEW = 8 };

bool mr_line_sorter_init(mr_line_sorter *s, mr_arena *a, size_t most)
{
    size_t size;
    /* ranges that wait do not overlap and have two lines at least */
    s->ranges = __builtin_mul_overflow(most / 2 + 1, sizeof *s->ranges, &size) ? NULL : mr_arena_alloc(a, size);
    s->spare = __builtin_mul_overflow(most, sizeof *s->spare, &size) ? NULL : mr_arena_alloc(a, size);
    return s->ranges && s->spare;
}

bool mr_line_eq(const mr_line *a, const mr_line *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static uint64_t load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Octets in which a and b are equal, from `at` on, at most `end`. */
static uint32_t common(const char *a, const char *b, uint32_t at, uint32_t end)
{
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(a + at));
        __m128i y = _mm_loadu_si128((const __m128i *)(const void *)(b + at));
        unsigned equal = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, y));
        if (equal != 0xFFFF) return at + (uint32_t)__builtin_ctz(~equal);
    }
#endif
    for (; end - at >= 8 && load(a + at) == load(b + at);) at += 8;
    while (at < end && a[at] == b[at]) at++;
    return at;
}

static uint32_t common_depth(const mr_line *lines, size_t count, uint32_t depth)
{
    uint32_t end = lines[0].length;
    for (size_t i = 1; i < count && end > depth; i++) {
        uint32_t shorter = end < lines[i].length ? end : lines[i].length;
        end = common(lines[0].text, lines[i].text, depth, shorter);
    }
    return end;
}

/* The next eight octets as a number that orders like them; a line that ends sooner is filled with zeros. */
static uint64_t key_at(const mr_line *l, uint32_t depth)
{
    uint64_t word = 0;
    if (l->length - depth >= KEY)
        word = load(l->text + depth);
    else
        memcpy(&word, l->text + depth, l->length - depth);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static void sort_run(mr_line *lines, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        mr_line moved = lines[i];
        size_t at = i;
        for (; at && lines[at - 1].key > moved.key; at--) lines[at] = lines[at - 1];
        lines[at] = moved;
    }
}

static void merge(const mr_line *a, const mr_line *middle, const mr_line *end, mr_line *to)
{
    const mr_line *b = middle;
    while (a < middle && b < end) *to++ = b->key < a->key ? *b++ : *a++;
    while (a < middle) *to++ = *a++;
    while (b < end) *to++ = *b++;
}

/* Merge sort by key: runs of a few lines by insertion, then passes to and fro between the lines and the spare room. */
static void sort_by_key(mr_line *lines, mr_line *spare, size_t count)
{
    mr_line *from = lines, *to = spare;
    for (size_t i = 0; i < count; i += FEW) sort_run(lines + i, count - i < FEW ? count - i : FEW);
    for (size_t width = FEW; width < count; width *= 2) {
        for (size_t i = 0; i < count; i += 2 * width) {
            size_t middle = count - i < width ? count : i + width, end = count - i < 2 * width ? count : i + 2 * width;
            merge(from + i, from + middle, from + end, to + i);
        }
        mr_line *swap = from;
        from = to, to = swap;
    }
    if (from != lines) memcpy(lines, from, count * sizeof *lines);
}

static bool is_sorted(const mr_line *lines, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (lines[i - 1].key > lines[i].key) return false;
    return true;
}

/* Is a before b? Both have the first `depth` octets in common. */
static bool is_before(const mr_line *a, const mr_line *b, uint32_t depth)
{
    uint32_t shorter = a->length < b->length ? a->length : b->length;
    uint32_t at = common(a->text, b->text, depth, shorter);
    return at < shorter && (unsigned char)a->text[at] < (unsigned char)b->text[at];
}

/* For ranges so small that keys do not pay (measured: 6 % of canonicalising a credential). */
static void sort_few(mr_line *lines, size_t count, uint32_t depth)
{
    for (size_t i = 1; i < count; i++) {
        mr_line moved = lines[i];
        size_t at = i;
        for (; at && is_before(&moved, &lines[at - 1], depth); at--) lines[at] = lines[at - 1];
        lines[at] = moved;
    }
}

/* Put the parts of a range whose lines have equal keys on the stack; returns its new height. */
static size_t push_equals(mr_line_sorter *s, size_t height, mr_line *lines, size_t count, uint32_t depth)
{
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && lines[end].key == lines[i].key;) end++;
        if (end - i < 2 || lines[i].length - depth <= KEY) continue; /* the whole line was in the key */
        s->ranges[height++] = (struct mr_line_range){lines + i, end - i, depth + KEY};
    }
    return height;
}

void mr_lines_sort(mr_line_sorter *s, mr_line *lines, size_t count)
{
    size_t height = 0;
    if (count > 1) s->ranges[height++] = (struct mr_line_range){lines, count, 0};
    while (height) {
        struct mr_line_range r = s->ranges[--height];
        if (r.count <= FEW) {
            sort_few(r.lines, r.count, r.depth);
            continue;
        }
        uint32_t depth = common_depth(r.lines, r.count, r.depth);
        if (depth == r.lines[0].length) continue; /* all are equal */
        for (size_t i = 0; i < r.count; i++) r.lines[i].key = key_at(&r.lines[i], depth);
        if (!is_sorted(r.lines, r.count)) sort_by_key(r.lines, s->spare, r.count);
        height = push_equals(s, height, r.lines, r.count, depth);
    }
}
