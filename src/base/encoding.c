/* base64, base64url, hexadecimal, and base58btc and multibase on top of them.
 *
 * Idea: seals and page images are base64 inside JSON, often twice over, so these loops see every byte of a document
 * several times. Two forms of each: a plain one with tables, which alone decides what is right, and one for processors
 * with AVX2 that handles whole blocks of 24 bytes (32 characters). The fast decoder stops at the first block that holds
 * anything but letters of the alphabet and leaves it, and always the end of the text, to the plain one, so that
 * strictness and error positions have one home. MR_PLAIN_ENCODING leaves the fast forms out, for a test of the plain ones.
 *
 * The two alphabets differ in the characters for 62 and 63 only; both forms take these as a parameter.
 *
 * base58btc is no such mapping of groups but one large number written in another base; it is done with digits of 32 bits, five characters
 * at a time.
 * Sources: RFC 4648 sections 3.2 (padding), 3.3 (no foreign characters), 3.5 (zero tail bits), 4, 5 and 8; Controlled Identifiers 1.0
 * sections 2.4 (multibase) and 3.4 and 3.5 (base encoding and decoding). */
#include "base/encoding.h"

#include "base/cpu.h"
#include "base/limits.h"

#if defined(__x86_64__) && !defined(MR_PLAIN_ENCODING)
#include <immintrin.h>
#define MR_HAS_AVX2_PATH 1
#endif

enum { BAD = 0xFF };

struct alphabet {
    char letters[65];
    uint8_t values[256];
};

#define COMMON_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

#define BAD4 BAD, BAD, BAD, BAD
#define BAD16 BAD4, BAD4, BAD4, BAD4
#define BAD128 BAD16, BAD16, BAD16, BAD16, BAD16, BAD16, BAD16, BAD16
/* Values of the characters 0x20 to 0x7F; the arguments are those of "+", "-", "/" and "_". */
#define VALUES(plus, minus, slash, low_line)                                                                           \
    {                                                                                                                  \
        BAD16, BAD16, BAD4, BAD4, BAD, BAD, BAD, plus, BAD, minus, BAD, slash, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, \
            BAD4, BAD, BAD, BAD, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, \
            24, 25, BAD4, low_line, BAD, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44,   \
            45, 46, 47, 48, 49, 50, 51, BAD4, BAD, BAD128                                                              \
    }

static const struct alphabet standard = {COMMON_LETTERS "+/", VALUES(62, BAD, 63, BAD)};
static const struct alphabet url_safe = {COMMON_LETTERS "-_", VALUES(BAD, 62, BAD, 63)};

#ifdef MR_HAS_AVX2_PATH

/* Blocks of 24 bytes from `in` to 32 characters at `out`, as long as 28 bytes can be read; returns the bytes taken. */
__attribute__((target("avx2"))) static size_t encode_avx2(const struct alphabet *alphabet, const uint8_t *in,
                                                          size_t size, char *out)
{
    /* Each lane holds 12 bytes; every 3 of them (a b c) are spread as b a c b to sit under the four sextets. */
    const __m256i spread = _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 1, 0, 2, 1, 4, 3, 5, 4,
                                            7, 6, 8, 7, 10, 9, 11, 10);
    /* What to add to a sextet to get its letter, by class: 0 lower case, 1 to 10 digits, 11 and 12 the last two, 13 upper. */
    const char s62 = (char)(alphabet->letters[62] - 62), s63 = (char)(alphabet->letters[63] - 63);
    const __m256i shift = _mm256_setr_epi8('a' - 26, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, s62, s63, 'A', 0, 0,
                                           'a' - 26, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, s62, s63, 'A', 0, 0);
    size_t at = 0;
    for (; size - at >= 28; at += 24, out += 32) {
        __m128i low = _mm_loadu_si128((const __m128i *)(const void *)(in + at));
        __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(in + at + 12));
        __m256i v = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), spread);
        /* Multiplication as four different shifts at once: sextets 0 and 2 down, 1 and 3 up. */
        __m256i even =
            _mm256_mulhi_epu16(_mm256_and_si256(v, _mm256_set1_epi32(0x0FC0FC00)), _mm256_set1_epi32(0x04000040));
        __m256i odd =
            _mm256_mullo_epi16(_mm256_and_si256(v, _mm256_set1_epi32(0x003F03F0)), _mm256_set1_epi32(0x01000010));
        __m256i sextets = _mm256_or_si256(even, odd);
        __m256i class = _mm256_subs_epu8(sextets, _mm256_set1_epi8(51));
        __m256i upper = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), sextets);
        class = _mm256_or_si256(class, _mm256_and_si256(upper, _mm256_set1_epi8(13)));
        __m256i text = _mm256_add_epi8(_mm256_shuffle_epi8(shift, class), sextets);
        _mm256_storeu_si256((__m256i *)(void *)out, text);
    }
    return at;
}

/* Bytes of v from `first` to `last`: all ones where they are. */
__attribute__((target("avx2"))) static inline __m256i in_range(__m256i v, char first, char last)
{
    return _mm256_and_si256(_mm256_cmpgt_epi8(v, _mm256_set1_epi8((char)(first - 1))),
                            _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(last + 1)), v));
}

__attribute__((target("avx2"))) static inline __m256i where(__m256i mask, char value)
{
    return _mm256_and_si256(mask, _mm256_set1_epi8(value));
}

/* Blocks of 32 characters to 24 bytes, up to the first block with a foreign character and not the last 48 characters
 * (28 bytes are written for 24); returns the characters taken. */
__attribute__((target("avx2"))) static size_t decode_avx2(const struct alphabet *alphabet, const char *in, size_t size,
                                                          uint8_t *out)
{
    const char c62 = alphabet->letters[62], c63 = alphabet->letters[63];
    const __m256i pack = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2, 1, 0, 6, 5, 4, 10,
                                          9, 8, 14, 13, 12, -1, -1, -1, -1);
    size_t at = 0;
    for (; size - at >= 48; at += 32, out += 24) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(in + at));
        __m256i upper = in_range(v, 'A', 'Z'), lower = in_range(v, 'a', 'z'), digit = in_range(v, '0', '9');
        __m256i is62 = _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c62)), is63 = _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c63));
        __m256i known =
            _mm256_or_si256(_mm256_or_si256(_mm256_or_si256(upper, lower), digit), _mm256_or_si256(is62, is63));
        if (_mm256_movemask_epi8(known) != -1) break;
        __m256i letters =
            _mm256_or_si256(_mm256_or_si256(where(upper, -'A'), where(lower, 26 - 'a')), where(digit, 52 - '0'));
        __m256i signs = _mm256_or_si256(where(is62, (char)(62 - c62)), where(is63, (char)(63 - c63)));
        __m256i sextets = _mm256_add_epi8(v, _mm256_or_si256(letters, signs));
        __m256i pairs = _mm256_maddubs_epi16(sextets, _mm256_set1_epi32(0x01400140)); /* 12 bits each */
        __m256i triples = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));    /* 24 bits each */
        __m256i bytes = _mm256_shuffle_epi8(triples, pack);
        _mm_storeu_si128((__m128i *)(void *)out, _mm256_castsi256_si128(bytes));
        _mm_storeu_si128((__m128i *)(void *)(out + 12), _mm256_extracti128_si256(bytes, 1));
    }
    return at;
}

#endif

/* Whole groups of three bytes, then the rest without padding; returns the end of what was written. */
static char *encode(const struct alphabet *alphabet, const uint8_t *in, size_t size, char *out)
{
    const char *letters = alphabet->letters;
    size_t at = 0;
#ifdef MR_HAS_AVX2_PATH
    if (size >= 32 && mr_cpu_has_avx2()) {
        at = encode_avx2(alphabet, in, size, out);
        out += at / 3 * 4;
    }
#endif
    for (; size - at >= 3; at += 3, out += 4) {
        uint32_t v = (uint32_t)in[at] << 16 | (uint32_t)in[at + 1] << 8 | in[at + 2];
        out[0] = letters[v >> 18];
        out[1] = letters[v >> 12 & 63];
        out[2] = letters[v >> 6 & 63];
        out[3] = letters[v & 63];
    }
    if (size > at) {
        uint32_t v = (uint32_t)in[at] << 16 | (size - at > 1 ? (uint32_t)in[at + 1] << 8 : 0);
        *out++ = letters[v >> 18];
        *out++ = letters[v >> 12 & 63];
        if (size - at > 1) *out++ = letters[v >> 6 & 63];
    }
    return out;
}

/* Room for the text of `bytes` bytes, NULL when the buffer is too small for it. */
static char *room_for(mr_buf *b, size_t bytes)
{
    if (bytes > SIZE_MAX / 8) {
        b->failed = true;
        return NULL;
    }
    return mr_buf_reserve(b, (bytes + 2) / 3 * 4);
}

void mr_base64url_put(mr_buf *b, mr_str bytes)
{
    char *at = bytes.len <= SIZE_MAX / 8 ? mr_buf_reserve(b, mr_base64url_size(bytes.len)) : NULL;
    if (at)
        b->len += (size_t)(encode(&url_safe, (const uint8_t *)bytes.ptr, bytes.len, at) - at);
    else
        b->failed = true;
}

void mr_base64_put(mr_buf *b, mr_str bytes)
{
    char *at = room_for(b, bytes.len);
    if (!at) return;
    char *end = encode(&standard, (const uint8_t *)bytes.ptr, bytes.len, at);
    while ((end - at) % 4) *end++ = '=';
    b->len += (size_t)(end - at);
}

/* Offset of the first of `count` characters that is not in the alphabet. */
static size_t first_foreign(const struct alphabet *alphabet, const char *text, size_t count)
{
    size_t i = 0;
    while (i < count && alphabet->values[(uint8_t)text[i]] != BAD) i++;
    return i;
}

/* The last 2 or 3 characters of a text: 1 or 2 bytes and tail bits, which must be zero. */
static int decode_rest(const struct alphabet *alphabet, mr_str text, size_t at, uint8_t *out, struct mr_err *err)
{
    const uint8_t *values = alphabet->values;
    uint32_t v = 0;
    size_t rest = text.len - at;
    size_t foreign = at + first_foreign(alphabet, text.ptr + at, rest);
    if (foreign < text.len) return MR_FAIL(err, MR_E_ENCODING, "a character outside the base64 alphabet", foreign);
    if (rest == 1) return MR_FAIL(err, MR_E_ENCODING, "base64 text ends within a byte", at);
    for (size_t i = 0; i < rest; i++) v |= (uint32_t)values[(uint8_t)text.ptr[at + i]] << (18 - 6 * i);
    if (v & (rest == 2 ? 0xFFFFu : 0xFFu))
        return MR_FAIL(err, MR_E_ENCODING, "base64 text has tail bits that are not zero", text.len - 1);
    out[0] = (uint8_t)(v >> 16);
    if (rest == 3) out[1] = (uint8_t)(v >> 8);
    return MR_OK;
}

/* Text without padding into out[text.len * 3 / 4]. */
static int decode(const struct alphabet *alphabet, mr_str text, uint8_t *out, struct mr_err *err)
{
    const uint8_t *values = alphabet->values;
    size_t at = 0;
#ifdef MR_HAS_AVX2_PATH
    if (text.len >= 48 && mr_cpu_has_avx2()) {
        at = decode_avx2(alphabet, text.ptr, text.len, out);
        out += at / 4 * 3;
    }
#endif
    for (; text.len - at >= 4; at += 4, out += 3) {
        const uint8_t *c = (const uint8_t *)text.ptr + at;
        uint32_t v0 = values[c[0]], v1 = values[c[1]], v2 = values[c[2]], v3 = values[c[3]];
        if ((v0 | v1 | v2 | v3) & 0x80)
            return MR_FAIL(err, MR_E_ENCODING, "a character outside the base64 alphabet",
                           at + first_foreign(alphabet, text.ptr + at, 4));
        uint32_t v = v0 << 18 | v1 << 12 | v2 << 6 | v3;
        out[0] = (uint8_t)(v >> 16);
        out[1] = (uint8_t)(v >> 8);
        out[2] = (uint8_t)v;
    }
    return at == text.len ? MR_OK : decode_rest(alphabet, text, at, out, err);
}

static int read_base64(mr_arena *a, const struct alphabet *alphabet, mr_str text, mr_str *ret, struct mr_err *err)
{
    size_t size = text.len / 4 * 3 + text.len % 4 * 3 / 4;
    char *out = mr_arena_alloc(a, size + 1);
    if (!out) return MR_FAIL(err, MR_E_NOMEM, "no memory for decoded bytes", MR_NOWHERE);
    MR_TRY(decode(alphabet, text, (uint8_t *)out, err));
    out[size] = '\0';
    *ret = mr_str_make(out, size);
    return MR_OK;
}

int mr_base64url_read(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err)
{
    return read_base64(a, &url_safe, text, ret, err);
}

int mr_base64_read(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err)
{
    mr_str bare = text;
    while (bare.len && text.len - bare.len < 2 && bare.ptr[bare.len - 1] == '=') bare.len--;
    size_t padding = text.len - bare.len;
    if (text.len % 4 != 0 || (padding && bare.len % 4 != 4 - padding)) {
        size_t foreign = first_foreign(&standard, bare.ptr, bare.len);
        if (foreign < bare.len) return MR_FAIL(err, MR_E_ENCODING, "a character outside the base64 alphabet", foreign);
        return MR_FAIL(err, MR_E_ENCODING, "base64 text without its right padding", bare.len);
    }
    return read_base64(a, &standard, bare, ret, err);
}

void mr_hex_put(mr_buf *b, mr_str bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *at = bytes.len <= SIZE_MAX / 8 ? mr_buf_reserve(b, bytes.len * 2) : NULL;
    if (!at) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        *at++ = digits[(uint8_t)bytes.ptr[i] >> 4];
        *at++ = digits[(uint8_t)bytes.ptr[i] & 15];
    }
    b->len += bytes.len * 2;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int mr_hex_read(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err)
{
    char *out = mr_arena_alloc(a, text.len / 2 + 1);
    if (!out) return MR_FAIL(err, MR_E_NOMEM, "no memory for decoded bytes", MR_NOWHERE);
    for (size_t i = 0; i < text.len; i++)
        if (hex_value(text.ptr[i]) < 0)
            return MR_FAIL(err, MR_E_ENCODING, "a character that is no hexadecimal digit", i);
    if (text.len % 2) return MR_FAIL(err, MR_E_ENCODING, "hexadecimal text ends within a byte", text.len - 1);
    for (size_t i = 0; i < text.len; i += 2)
        out[i / 2] = (char)(hex_value(text.ptr[i]) << 4 | hex_value(text.ptr[i + 1]));
    out[text.len / 2] = '\0';
    *ret = mr_str_make(out, text.len / 2);
    return MR_OK;
}

/* ---- base58btc ---- */

static const char base58_letters[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
enum { BASE58_GROUP = 5, BASE58_GROUP_VALUES = 58 * 58 * 58 * 58 * 58 }; /* the most that stay below 2^32 */

/* A number of many digits, the lowest first, in a base of at most 2^32. */
struct number {
    uint32_t digits[MR_LIMIT_BASE58 / BASE58_GROUP + 2];
    size_t count;
};

/* number = number * factor + summand; both below 2^32, the sum of the products stays below 2^64. */
static void number_shift(struct number *n, uint64_t base, uint64_t factor, uint64_t summand)
{
    uint64_t carry = summand;
    for (size_t i = 0; i < n->count; i++) {
        carry += n->digits[i] * factor;
        n->digits[i] = (uint32_t)(carry % base);
        carry /= base;
    }
    for (; carry; carry /= base) n->digits[n->count++] = (uint32_t)(carry % base);
}

static size_t count_leading(mr_str s, char c)
{
    size_t n = 0;
    while (n < s.len && s.ptr[n] == c) n++;
    return n;
}

/* The digits of base 58^5 as text, without zeros in front. */
static void put_base58_digits(mr_buf *b, const struct number *n)
{
    bool begun = false;
    for (size_t i = n->count; i-- > 0;) {
        for (uint32_t rest = n->digits[i], scale = BASE58_GROUP_VALUES / 58; scale; rest %= scale, scale /= 58) {
            uint32_t digit = rest / scale;
            begun = begun || digit;
            if (begun) mr_buf_putc(b, base58_letters[digit]);
        }
    }
}

void mr_base58btc_put(mr_buf *b, mr_str bytes)
{
    struct number n = {.count = 0};
    size_t zeros = count_leading(bytes, '\0'), start = b->len;
    if (bytes.len > MR_LIMIT_BASE58 / 11 * 8) { /* 8 octets take at most 11 characters: what is written can be read */
        b->failed = true;
        return;
    }
    for (size_t at = zeros; at < bytes.len;) {
        uint64_t value = 0, scale = 1;
        for (; at < bytes.len && scale < (uint64_t)1 << 32; at++, scale <<= 8)
            value = value << 8 | (uint8_t)bytes.ptr[at];
        number_shift(&n, BASE58_GROUP_VALUES, scale, value);
    }
    for (size_t i = 0; i < zeros; i++) mr_buf_putc(b, base58_letters[0]);
    put_base58_digits(b, &n);
    if (b->failed) b->len = start;
}

/* The number that the text stands for, in base 2^32. */
static int read_base58_digits(mr_str text, struct number *ret, struct mr_err *err)
{
    for (size_t at = 0; at < text.len;) {
        uint64_t value = 0, scale = 1;
        for (; at < text.len && scale < BASE58_GROUP_VALUES; at++, scale *= 58) {
            const char *letter = memchr(base58_letters, text.ptr[at], 58);
            if (!letter) return MR_FAIL(err, MR_E_ENCODING, "a character outside the base58 alphabet", at);
            value = value * 58 + (uint64_t)(letter - base58_letters);
        }
        number_shift(ret, (uint64_t)1 << 32, scale, value);
    }
    return MR_OK;
}

int mr_base58btc_read(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err)
{
    struct number n = {.count = 0};
    size_t zeros = count_leading(text, base58_letters[0]), size = zeros;
    if (text.len > MR_LIMIT_BASE58) return MR_FAIL(err, MR_E_LIMIT, "base58 text longer than allowed", MR_LIMIT_BASE58);
    MR_TRY(read_base58_digits(text, &n, err));
    char *out = mr_arena_alloc(a, zeros + n.count * 4 + 1);
    if (!out) return MR_FAIL(err, MR_E_NOMEM, "no memory for decoded bytes", MR_NOWHERE);
    memset(out, 0, zeros);
    for (size_t i = n.count * 4; i-- > 0;) {
        uint8_t octet = (uint8_t)(n.digits[i / 4] >> i % 4 * 8);
        if (octet || size > zeros) out[size++] = (char)octet;
    }
    out[size] = '\0';
    *ret = mr_str_make(out, size);
    return MR_OK;
}

void mr_multibase_put(mr_buf *b, char base, mr_str bytes)
{
    mr_buf_putc(b, base);
    if (base == 'z')
        mr_base58btc_put(b, bytes);
    else if (base == 'u')
        mr_base64url_put(b, bytes);
    else
        b->failed = true;
}

int mr_multibase_read(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err)
{
    char base = text.len ? text.ptr[0] : '\0';
    mr_str rest = mr_str_from(text, 1);
    if (base != 'z' && base != 'u')
        return MR_FAIL(err, MR_E_UNSUPPORTED, "not a multibase text of base58btc or base64url", 0);
    int code = base == 'z' ? mr_base58btc_read(a, rest, ret, err) : mr_base64url_read(a, rest, ret, err);
    if (code != MR_OK && err && err->position != MR_NOWHERE) err->position++;
    return code;
}

void mr_percent_put(mr_buf *b, mr_str text)
{
    static const char digits[] = "0123456789ABCDEF";
    const mr_str plain = MR_STR("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (mr_str_find_char(plain, (char)c) >= 0)
            mr_buf_putc(b, (char)c);
        else
            mr_buf_put(b, mr_str_make((const char[]){'%', digits[c >> 4], digits[c & 15]}, 3));
    }
}
