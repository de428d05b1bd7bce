/* Pictures in tests: PNG chunks put together by hand, with a check sum of their own. */
#ifndef TESTS_CREDENTIAL_BAKING_H
#define TESTS_CREDENTIAL_BAKING_H

#include "testing.h"

#include "base/limits.h"
#include "credential/baked.h"

#define PNG_SIGNATURE "\x89PNG\r\n\x1a\n"
/* One grey pixel: its IHDR and IDAT. */
#define PNG_PIXEL "\0\0\0\1\0\0\0\1\10\0\0\0\0"
#define PNG_DATA "\x78\x9c\x63\x68\0\0\0\x82\0\x81"

/* PNG annex D, bit by bit. */
static inline uint32_t crc_of(mr_str s)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < s.len; i++) {
        crc ^= (unsigned char)s.ptr[i];
        for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (0xEDB88320u & (0 - (crc & 1)));
    }
    return ~crc;
}

static inline mr_str u32_of(mr_arena *a, uint32_t n)
{
    char octets[4] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};
    return mr_arena_dup(a, mr_str_make(octets, 4));
}

static inline mr_str chunk(mr_arena *a, const char *type, mr_str content)
{
    mr_str body = mr_arena_concat(a, (const mr_str[]){mr_str_of(type), content}, 2);
    return mr_arena_concat(a, (const mr_str[]){u32_of(a, (uint32_t)content.len), body, u32_of(a, crc_of(body))}, 3);
}

/* A text chunk: keyword NUL rest. */
static inline mr_str text_chunk(mr_arena *a, const char *type, const char *keyword, mr_str rest)
{
    mr_str content = mr_arena_concat(a, (const mr_str[]){mr_str_of(keyword), mr_str_make("", 1), rest}, 3);
    return chunk(a, type, content);
}

static inline mr_str badge_chunk(mr_arena *a, const char *keyword, const char *text)
{
    return text_chunk(a, "iTXt", keyword, mr_arena_concat(a, (const mr_str[]){MR_STR("\0\0\0\0"), mr_str_of(text)}, 2));
}

/* A whole picture of one pixel, with what is given between its data and its end. */
static inline mr_str png_with(mr_arena *a, mr_str between)
{
    return mr_arena_concat(a,
                           (const mr_str[]){MR_STR(PNG_SIGNATURE), chunk(a, "IHDR", MR_STR(PNG_PIXEL)),
                                            chunk(a, "IDAT", MR_STR(PNG_DATA)), between, chunk(a, "IEND", MR_STR(""))},
                           5);
}

#define SVG_HEAD "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">"
#define SVG_PLAIN SVG_HEAD "<circle r=\"4\"/></svg>"
#define OB3_SVG "https://purl.imsglobal.org/ob/v3p0"

#endif
