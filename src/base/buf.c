#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { FIRST_CAPACITY = 256 };

void mr_buf_init(mr_buf *b, size_t max)
{
    *b = (mr_buf){.max = max};
}

void mr_buf_done(mr_buf *b)
{
    free(b->ptr);
    *b = (mr_buf){.max = b->max};
}

void mr_buf_wipe(mr_buf *b)
{
    if (b->ptr) explicit_bzero(b->ptr, b->cap);
    mr_buf_done(b);
}

static char *fail(mr_buf *b)
{
    b->failed = true;
    return NULL;
}

char *mr_buf_reserve(mr_buf *b, size_t more)
{
    size_t needed;
    if (b->failed || __builtin_add_overflow(b->len, more, &needed) || needed > b->max) return fail(b);
    if (b->ptr && needed <= b->cap) return b->ptr + b->len;
    size_t capacity = b->cap < FIRST_CAPACITY / 2 ? (size_t)FIRST_CAPACITY : b->cap * 2; /* cap <= max < SIZE_MAX / 2 */
    if (capacity < needed) capacity = needed;
    if (capacity > b->max) capacity = b->max;
    char *grown = realloc(b->ptr, capacity ? capacity : 1);
    if (!grown) return fail(b);
    b->ptr = grown;
    b->cap = capacity;
    return grown + b->len;
}

void mr_buf_format(mr_buf *b, const char *format, ...)
{
    char small[256];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(small, sizeof small, format, arguments);
    va_end(arguments);
    if (length < 0) {
        fail(b);
    } else if ((size_t)length < sizeof small) {
        mr_buf_put(b, (mr_str){small, (size_t)length});
    } else {
        /* vsnprintf ends with a NUL, which needs room but is not part of the text. */
        char *at = mr_buf_reserve(b, (size_t)length + 1);
        if (!at) return;
        va_start(arguments, format);
        vsnprintf(at, (size_t)length + 1, format, arguments);
        va_end(arguments);
        b->len += (size_t)length;
    }
}

/* What stands for a character that next_special finds. */
static mr_str html_entity(char c)
{
    switch (c) {
    case '&': return MR_STR("&amp;");
    case '<': return MR_STR("&lt;");
    case '>': return MR_STR("&gt;");
    case '"': return MR_STR("&quot;");
    case '\'': return MR_STR("&#39;");
    default: return MR_STR_EMPTY;
    }
}

/* Offset of the next character at or behind `at` that must be escaped, or s.len. */
static size_t next_special(mr_str s, size_t at)
{
#if defined(__SSE2__)
    const __m128i amp = _mm_set1_epi8('&'), less = _mm_set1_epi8('<'), more = _mm_set1_epi8('>'),
                  quote = _mm_set1_epi8('"'), apostrophe = _mm_set1_epi8('\'');
    for (; s.len - at >= 16; at += 16) {
        __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(s.ptr + at));
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(text, amp), _mm_cmpeq_epi8(text, less)),
                                   _mm_or_si128(_mm_cmpeq_epi8(text, more), _mm_cmpeq_epi8(text, quote)));
        int mask = _mm_movemask_epi8(_mm_or_si128(hit, _mm_cmpeq_epi8(text, apostrophe)));
        if (mask) return at + (size_t)__builtin_ctz((unsigned)mask);
    }
#endif
    static const bool special[256] = {['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true};
    while (at < s.len && !special[(uint8_t)s.ptr[at]]) at++;
    return at;
}

void mr_buf_put_html(mr_buf *b, mr_str s)
{
    for (size_t at = 0; at < s.len;) {
        size_t special = next_special(s, at);
        mr_buf_put(b, mr_str_make(s.ptr + at, special - at));
        if (special < s.len) mr_buf_put(b, html_entity(s.ptr[special]));
        at = special + 1;
    }
}

/* Octets of the character at the start of s that must not be shown, or 0. s is not empty. */
static size_t unseen(mr_str s)
{
    const unsigned char *c = (const unsigned char *)s.ptr;
    if (c[0] < 32 || c[0] == 127) return 1;
    if (s.len >= 2 && c[0] == 0xC2 && c[1] < 0xA0) return 2; /* C1 */
    if (s.len < 3 || c[0] != 0xE2) return 0;
    bool separates = c[1] == 0x80 && c[2] >= 0xA8 && c[2] <= 0xAE; /* U+2028, U+2029, U+202A to U+202E */
    bool isolates = c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9;  /* U+2066 to U+2069 */
    return separates || isolates ? 3 : 0;
}

void mr_buf_put_visible(mr_buf *b, mr_str s)
{
    while (s.len) {
        size_t good = mr_utf8_check(s), bad = good < s.len;
        for (size_t at = 0; at < good;) {
            size_t skip = unseen(mr_str_make(s.ptr + at, good - at));
            mr_buf_putc(b, skip ? '?' : s.ptr[at]);
            at += skip ? skip : 1;
        }
        if (bad) mr_buf_putc(b, '?');
        s = mr_str_from(s, good + bad);
    }
}
