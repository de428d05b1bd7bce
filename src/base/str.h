/* Text by value: a pointer and a length, never NUL-terminated by promise. UTF-8 is checked where text
 * enters the program and trusted inside it. */
#ifndef MR_BASE_STR_H
#define MR_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct mr_str {
    const char *ptr;
    size_t len;
} mr_str;

/* A literal as mr_str; also usable in static initialisers. */
#define MR_STR(literal) ((mr_str){(literal), sizeof(literal) - 1})
#define MR_STR_INIT(literal)                                                                                           \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }
#define MR_STR_EMPTY ((mr_str){NULL, 0})
/* For printf: "%.*s", MR_STR_ARG(s) */
#define MR_STR_ARG(s) (int)(s).len, (s).ptr

static inline mr_str mr_str_of(const char *c)
{
    return (mr_str){c, c ? strlen(c) : 0};
}
static inline mr_str mr_str_make(const char *ptr, size_t len)
{
    return (mr_str){ptr, len};
}
static inline bool mr_str_eq(mr_str a, mr_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool mr_str_is(mr_str a, const char *b)
{
    return mr_str_eq(a, mr_str_of(b));
}
static inline bool mr_str_has_prefix(mr_str s, mr_str p)
{
    return s.len >= p.len && memcmp(s.ptr, p.ptr, p.len) == 0;
}
static inline bool mr_str_has_suffix(mr_str s, mr_str p)
{
    return s.len >= p.len && memcmp(s.ptr + s.len - p.len, p.ptr, p.len) == 0;
}
static inline mr_str mr_str_from(mr_str s, size_t at)
{
    return at >= s.len ? (mr_str){s.ptr + s.len, 0} : (mr_str){s.ptr + at, s.len - at};
}

/* Byte order, shorter first when one is a prefix: less, equal, greater than 0. */
int mr_str_compare(mr_str a, mr_str b);
/* Equality of ASCII letters without case; other bytes exact. */
bool mr_str_eq_ascii_nocase(mr_str a, mr_str b);
/* Offset of the first occurrence, or -1. */
ptrdiff_t mr_str_find(mr_str s, mr_str needle);
ptrdiff_t mr_str_find_char(mr_str s, char c);
/* Without leading and trailing ASCII white space (also U+00A0 and U+FEFF, which spreadsheets leave). */
mr_str mr_str_trim(mr_str s);
/* Cut the part before `separator` off `rest`; returns that part and moves `rest` behind the separator.
 * Returns false when `rest` is used up (rest->ptr NULL). An empty last part is returned. */
bool mr_str_split(mr_str *rest, char separator, mr_str *ret_part);
/* Decimal integer without sign, blanks or overflow; whole text. */
bool mr_str_to_u64(mr_str s, uint64_t *ret);

/* Offset of the first octet that is not well-formed UTF-8 (RFC 3629: no overlong form, no surrogate,
 * at most U+10FFFF), or s.len when all of it is. */
size_t mr_utf8_check(mr_str s);
/* Number of code points of well-formed UTF-8. */
size_t mr_utf8_length(mr_str s);
/* Does it read as it is written? False when it has control characters (a line feed is none unless one_line), or one of the marks that turn the direction of text
 * and let it be seen other than it is kept (U+202A to U+202E, U+2066 to U+2069). `s` is well-formed UTF-8. */
bool mr_utf8_is_plain(mr_str s, bool one_line);
/* Write one code point as UTF-8 (1 to 4 octets); returns the number of octets. */
size_t mr_utf8_write(uint32_t code_point, char out[4]);
/* Takes the next letter off a text, in the form in which letters are compared where no ICU is: small (Latin to U+00FF, Greek, Cyrillic), Greek without its accents. What is
 * longer than two bytes of UTF-8 comes byte by byte. 0 at the end. */
uint32_t mr_str_take_letter(mr_str *s);

#endif
