/* Looking at many octets at once: 16 with SSE2 (every x86-64 has it), 32 with AVX2 where the machine turns out to have
 * it (long texts only), 8 in a plain register elsewhere. Private to the layer. No function reads an octet outside
 * [from, end): the last few octets of a text are looked at one by one, or by a load that overlaps octets already seen.
 *
 * Octets of interest inside a JSON string (RFC 8259 section 7): '"', '\', control characters below 0x20; for a reader
 * also those from 0x80 on, whose UTF-8 it must check. As signed numbers the last two kinds are one: less than 0x20. */
#ifndef MR_JSON_SCAN_H
#define MR_JSON_SCAN_H

#include "base/str.h"

#ifdef __SSE2__
#include <emmintrin.h>

/* Bit i is set when octet i is special: for a reader (wide) or for a writer, which trusts its UTF-8. */
static inline uint32_t mr_json_special16(__m128i v, bool wide)
{
    __m128i low = _mm_set1_epi8(0x1f);
    __m128i control = wide ? _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)) : _mm_cmpeq_epi8(_mm_min_epu8(v, low), v);
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"')), backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control));
}
#endif

static inline bool mr_json_is_special(char c, bool wide)
{
    uint8_t o = (uint8_t)c;
    return o == '"' || o == '\\' || o < 0x20 || (wide && o >= 0x80);
}

/* Octets of value `octet` in the word become 0x80, others mostly 0; only the lowest mark is exact. */
static inline uint64_t mr_json_mark_(uint64_t word, uint8_t octet)
{
    uint64_t ones = 0x0101010101010101u, x = word ^ (ones * octet);
    return (x - ones) & ~x & (ones << 7);
}

/* The first special octet, or end. */
static inline const char *mr_json_scan(const char *from, const char *end, bool wide)
{
#ifdef __SSE2__
    for (; end - from >= 16; from += 16) {
        uint32_t mask = mr_json_special16(_mm_loadu_si128((const __m128i *)(const void *)from), wide);
        if (mask) return from + __builtin_ctz(mask);
    }
#else
    for (; end - from >= 8; from += 8) {
        uint64_t word, ones = 0x0101010101010101u;
        memcpy(&word, from, sizeof word);
        uint64_t control = (word - ones * 0x20) & ~word & (ones << 7);
        uint64_t mask =
            control | mr_json_mark_(word, '"') | mr_json_mark_(word, '\\') | (wide ? word & (ones << 7) : 0);
        if (mask) break; /* which one: below, so that the order of octets in a word does not matter */
    }
#endif
    while (from < end && !mr_json_is_special(*from, wide)) from++;
    return from;
}

/* The same for a reader, meant for texts of some hundred octets and more (a page image); chosen for the machine. */
const char *mr_json_scan_long(const char *from, const char *end);

/* Over white space in steps of 16 octets, for indented texts: the first octet that is none, or one with no step left.
 * */
static inline const char *mr_json_scan_space(const char *from, const char *end)
{
#ifdef __SSE2__
    for (; end - from >= 16; from += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)from);
        __m128i space = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
        space = _mm_or_si128(space, _mm_cmpeq_epi8(v, _mm_set1_epi8('\t')));
        space = _mm_or_si128(space, _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
        uint32_t other = ~(uint32_t)_mm_movemask_epi8(space) & 0xffff;
        if (other) return from + __builtin_ctz(other);
    }
#else
    (void)end;
#endif
    return from;
}

#ifdef __SSE2__
/* `len` (less than 16) octets from `from`, zeroes behind them. */
static inline __m128i mr_json_load_short(const char *from, size_t len)
{
    uint64_t low = 0, high = 0;
    if (len >= 8) {
        memcpy(&low, from, 8);
        memcpy(&high, from + len - 8, 8);
        high = len == 8 ? 0 : high >> (8 * (16 - len));
    } else if (len >= 4) {
        uint32_t first, last;
        memcpy(&first, from, 4);
        memcpy(&last, from + len - 4, 4);
        low = (uint64_t)first | (uint64_t)last << (8 * (len - 4));
    } else if (len > 0) {
        low = (uint64_t)(uint8_t)from[0] | (uint64_t)(uint8_t)from[len / 2] << (8 * (len / 2)) |
              (uint64_t)(uint8_t)from[len - 1] << (8 * (len - 1));
    }
    return _mm_set_epi64x((long long)high, (long long)low);
}
#endif

/* Copy up to the first octet that needs an escape; returns how many were copied, len when none does.
 * `to` must have room for len + 16 octets (what is behind the copied ones is undefined). */
static inline size_t mr_json_copy_plain(char *to, const char *from, size_t len)
{
#ifdef __SSE2__
    size_t at = 0;
    for (; len - at >= 16; at += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(from + at));
        _mm_storeu_si128((__m128i *)(void *)(to + at), v);
        uint32_t mask = mr_json_special16(v, false);
        if (mask) return at + (size_t)__builtin_ctz(mask);
    }
    __m128i v = mr_json_load_short(from + at, len - at);
    _mm_storeu_si128((__m128i *)(void *)(to + at), v);
    uint32_t mask = mr_json_special16(v, false) & ((1u << (len - at)) - 1);
    return mask ? at + (size_t)__builtin_ctz(mask) : len;
#else
    size_t plain = (size_t)(mr_json_scan(from, from + len, false) - from);
    memcpy(to, from, plain);
    return plain;
#endif
}

#endif
