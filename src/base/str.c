/* Text by value. The one loop that matters for speed is the UTF-8 check, since every byte that enters the program goes
 * through it: plain ASCII, most of any document, is skipped sixteen bytes at a time; the rest is decided octet by octet
 * with the table of RFC 3629 section 4. */
#include "base/str.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

int mr_str_compare(mr_str a, mr_str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

bool mr_str_eq_ascii_nocase(mr_str a, mr_str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower((unsigned char)a.ptr[i]) != lower((unsigned char)b.ptr[i])) return false;
    return true;
}

ptrdiff_t mr_str_find(mr_str s, mr_str needle)
{
    if (needle.len == 0) return 0;
    if (s.len < needle.len) return -1;
    const char *at = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return at ? at - s.ptr : -1;
}

ptrdiff_t mr_str_find_char(mr_str s, char c)
{
    const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return at ? at - s.ptr : -1;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static const mr_str no_break_space = MR_STR_INIT("\xC2\xA0");
static const mr_str byte_order_mark = MR_STR_INIT("\xEF\xBB\xBF");

mr_str mr_str_trim(mr_str s)
{
    while (s.len) {
        if (is_blank(s.ptr[0]))
            s = mr_str_from(s, 1);
        else if (mr_str_has_prefix(s, no_break_space))
            s = mr_str_from(s, no_break_space.len);
        else if (mr_str_has_prefix(s, byte_order_mark))
            s = mr_str_from(s, byte_order_mark.len);
        else
            break;
    }
    while (s.len) {
        if (is_blank(s.ptr[s.len - 1]))
            s.len--;
        else if (mr_str_has_suffix(s, no_break_space))
            s.len -= no_break_space.len;
        else if (mr_str_has_suffix(s, byte_order_mark))
            s.len -= byte_order_mark.len;
        else
            break;
    }
    return s;
}

bool mr_str_split(mr_str *rest, char separator, mr_str *ret_part)
{
    if (!rest->ptr) return false;
    ptrdiff_t at = mr_str_find_char(*rest, separator);
    if (at < 0) {
        *ret_part = *rest;
        *rest = MR_STR_EMPTY;
    } else {
        *ret_part = mr_str_make(rest->ptr, (size_t)at);
        *rest = mr_str_make(rest->ptr + at + 1, rest->len - (size_t)at - 1);
    }
    return true;
}

bool mr_str_to_u64(mr_str s, uint64_t *ret)
{
    uint64_t value = 0;
    if (s.len == 0) return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        if (__builtin_mul_overflow(value, (uint64_t)10, &value)) return false;
        if (__builtin_add_overflow(value, (uint64_t)(s.ptr[i] - '0'), &value)) return false;
    }
    *ret = value;
    return true;
}

/* Octets of ASCII at p, counted in whole blocks of 16 (8 without SSE2) and then one by one. */
static const unsigned char *skip_ascii(const unsigned char *p, const unsigned char *end)
{
#if defined(__SSE2__)
    for (; end - p >= 64; p += 64) {
        const __m128i *at = (const __m128i *)(const void *)p;
        __m128i all = _mm_or_si128(_mm_or_si128(_mm_loadu_si128(at), _mm_loadu_si128(at + 1)),
                                   _mm_or_si128(_mm_loadu_si128(at + 2), _mm_loadu_si128(at + 3)));
        if (_mm_movemask_epi8(all)) break;
    }
    for (; end - p >= 16; p += 16) {
        int high = _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)p));
        if (high) return p + __builtin_ctz((unsigned)high);
    }
#else
    for (; end - p >= 8; p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        if (word & UINT64_C(0x8080808080808080)) break;
    }
#endif
    while (p < end && *p < 0x80) p++;
    return p;
}

/* Octets of the sequence that begins at p (not ASCII), 0 when it is not well-formed. RFC 3629 section 4:
 *   UTF8-2 = %xC2-DF tail;  UTF8-3 = %xE0 %xA0-BF tail / %xE1-EC 2tail / %xED %x80-9F tail / %xEE-EF 2tail;
 *   UTF8-4 = %xF0 %x90-BF 2tail / %xF1-F3 3tail / %xF4 %x80-8F 2tail */
static size_t sequence_length(const unsigned char *p, size_t left)
{
    unsigned char lead = p[0];
    if (lead < 0xC2 || lead > 0xF4) return 0;
    size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (left < length) return 0;
    unsigned char low = 0x80, high = 0xBF;
    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    return length;
}

size_t mr_utf8_check(mr_str s)
{
    if (s.len == 0) return 0; /* an empty text may have no address */
    const unsigned char *start = (const unsigned char *)s.ptr, *p = start, *end = start + s.len;
    while (p < end) {
        p = skip_ascii(p, end);
        /* Text in other scripts comes in runs: stay here as long as it lasts. */
        while (p < end && *p >= 0x80) {
            size_t length = sequence_length(p, (size_t)(end - p));
            if (length == 0) return (size_t)(p - start);
            p += length;
        }
    }
    return s.len;
}

bool mr_utf8_is_plain(mr_str s, bool one_line)
{
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = (uint8_t)s.ptr[i];
        if ((c < 0x20 && !(c == '\n' && !one_line)) || c == 0x7F) return false;
        if (c == 0xC2 && i + 1 < s.len && (uint8_t)s.ptr[i + 1] < 0xA0) return false;
        if (c != 0xE2 || i + 2 >= s.len) continue;
        uint8_t d = (uint8_t)s.ptr[i + 1], e = (uint8_t)s.ptr[i + 2];
        if ((d == 0x80 && e >= 0xAA && e <= 0xAE) || (d == 0x81 && e >= 0xA6 && e <= 0xA9)) return false;
    }
    return true;
}

size_t mr_utf8_length(mr_str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++) count += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return count;
}

size_t mr_utf8_write(uint32_t code_point, char out[4])
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xE0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

/* A capital letter (Latin to U+00DE, Greek, Cyrillic) as the small one. Greek capitals are written without accents, so they are left out of the small ones, too. */
static uint32_t small_letter(uint32_t c)
{
    static const struct {
        uint16_t from, to;
    } greek[] = {{0x386, 0x3B1}, {0x388, 0x3B5}, {0x389, 0x3B7}, {0x38A, 0x3B9}, {0x38C, 0x3BF},
                 {0x38E, 0x3C5}, {0x38F, 0x3C9}, {0x3AC, 0x3B1}, {0x3AD, 0x3B5}, {0x3AE, 0x3B7},
                 {0x3AF, 0x3B9}, {0x3C2, 0x3C3}, {0x3CC, 0x3BF}, {0x3CD, 0x3C5}, {0x3CE, 0x3C9}};
    if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7))
        return c | 0x20; /* not the multiplication sign */
    if ((c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F)) return c + 0x20;
    if (c >= 0x400 && c <= 0x40F) return c + 0x50;
    for (size_t i = 0; i < sizeof greek / sizeof *greek; i++)
        if (greek[i].from == c) return greek[i].to;
    return c;
}

uint32_t mr_str_take_letter(mr_str *s)
{
    if (s->len == 0) return 0;
    uint32_t c = (unsigned char)s->ptr[0];
    bool is_two = c >= 0xC2 && c <= 0xDF && s->len > 1;
    if (is_two) c = (c & 0x1F) << 6 | ((unsigned char)s->ptr[1] & 0x3F);
    *s = mr_str_from(*s, is_two ? 2 : 1);
    return is_two || c < 0x80 ? small_letter(c) : c;
}
