/* Decimal text and binary64 (IEEE 754 double), both ways, exactly and without the C library's locale, in which "2.5"
 * may not be a number.
 *
 * Idea. What occurs in credentials (whole numbers, a few decimals) takes a short way whose exactness is evident;
 * everything else is done with whole numbers of up to 4160 bits, slowly and without any approximation:
 *   reading   digits * 10^e is a fraction of two such numbers; its binary quotient to 54 bits or more and whether
 *             anything is left over decide the rounding to nearest, ties to even;
 *   writing   the digits that tell a double from its neighbours are drawn one by one from the fraction (Steele and
 *             White 1990; Burger and Dybvig 1996, "Printing floating-point numbers quickly and accurately", figure 1).
 *             The result is the shortest, and of the shortest the nearest, which is what ECMA-262 Number::toString and
 *             so RFC 8785 want.
 *
 * Bounds. A double has at most 767 significant decimal digits, and the middle of two neighbours at most one more, so of
 * longer texts the first DIGITS_MOST are kept, and a 1 behind them when anything but zeroes follows. The largest
 * number: 10^1126 (3741 bits) moved by 55.
 *
 * Sources: RFC 8785 section 3.2.2.3; ECMA-262 (10th edition) section 7.1.12.1 and its note 2. */
#include "json/json.h"

#include "json/write.h"

#include <float.h>
#include <math.h>

/* ---- large whole numbers ---- */

enum { LIMBS = 130, DIGITS_MOST = 800 };
struct big {
    uint32_t limb[LIMBS]; /* least first */
    uint32_t len;         /* limbs in use; the last of them is not 0 */
};

static void big_set(struct big *b, uint64_t value)
{
    b->limb[0] = (uint32_t)value;
    b->limb[1] = (uint32_t)(value >> 32);
    b->len = b->limb[1] ? 2 : b->limb[0] ? 1 : 0;
}

/* b = b * factor + more */
static void big_scale(struct big *b, uint32_t factor, uint32_t more)
{
    uint64_t carry = more;
    for (uint32_t i = 0; i < b->len; i++) {
        carry += (uint64_t)b->limb[i] * factor;
        b->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) b->limb[b->len++] = (uint32_t)carry;
}

static void big_scale_10(struct big *b, uint32_t exponent)
{
    for (; exponent >= 9; exponent -= 9) big_scale(b, 1000000000u, 0);
    for (; exponent > 0; exponent--) big_scale(b, 10, 0);
}

static void big_shift_left(struct big *b, uint32_t bits)
{
    uint32_t words = bits / 32;
    if (b->len == 0) return;
    big_scale(b, 1u << bits % 32, 0);
    memmove(b->limb + words, b->limb, b->len * sizeof *b->limb);
    memset(b->limb, 0, words * sizeof *b->limb);
    b->len += words;
}

static void big_halve(struct big *b)
{
    for (uint32_t i = 0; i < b->len; i++) b->limb[i] = b->limb[i] >> 1 | (i + 1 < b->len ? b->limb[i + 1] << 31 : 0);
    if (b->len && b->limb[b->len - 1] == 0) b->len--;
}

static int big_compare(const struct big *a, const struct big *b)
{
    if (a->len != b->len) return a->len < b->len ? -1 : 1;
    for (uint32_t i = a->len; i-- > 0;)
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

/* a += b */
static void big_add(struct big *a, const struct big *b)
{
    uint64_t carry = 0;
    uint32_t len = a->len > b->len ? a->len : b->len;
    for (uint32_t i = 0; i < len; i++) {
        carry += (uint64_t)(i < a->len ? a->limb[i] : 0) + (i < b->len ? b->limb[i] : 0);
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    a->len = len;
    if (carry) a->limb[a->len++] = (uint32_t)carry;
}

/* a -= b, where a >= b */
static void big_subtract(struct big *a, const struct big *b)
{
    int64_t borrow = 0;
    for (uint32_t i = 0; i < a->len; i++) {
        borrow += (int64_t)a->limb[i] - (i < b->len ? b->limb[i] : 0);
        a->limb[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    while (a->len && a->limb[a->len - 1] == 0) a->len--;
}

static int32_t big_bits(const struct big *b)
{
    return b->len ? (int32_t)(32 * b->len) - __builtin_clz(b->limb[b->len - 1]) : 0;
}

/* ---- reading ---- */

struct decimal {
    uint8_t digits[DIGITS_MOST + 1]; /* 0 to 9; the first and last are not 0 */
    uint32_t count;
    int64_t point; /* the value is 0.d1d2d3... * 10^point */
    bool negative;
};

#define EXPONENT_MOST 10000000000 /* more than the digits of any text could make up for */

static int64_t read_exponent(const char *p, const char *end)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    int64_t value = 0;
    for (; p < end; p++)
        if (value < EXPONENT_MOST) value = value * 10 + (*p - '0');
    return negative ? -value : value;
}

/* The parts of a number's text, which is known to be one. */
static void read_decimal(mr_str text, struct decimal *d)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    bool behind_point = false, more = false;
    d->count = 0, d->point = 0, d->negative = *p == '-';
    for (p += d->negative; p < end && *p != 'e' && *p != 'E'; p++) {
        if (*p == '.') {
            behind_point = true;
            continue;
        }
        bool leading = *p == '0' && d->count == 0;
        if (behind_point ? leading : !leading) d->point += behind_point ? -1 : 1;
        if (leading) continue;
        if (d->count < DIGITS_MOST)
            d->digits[d->count++] = (uint8_t)(*p - '0');
        else
            more |= *p != '0';
    }
    if (p < end) d->point += read_exponent(p + 1, end);
    if (more) d->digits[d->count++] = 1;
    while (d->count && d->digits[d->count - 1] == 0) d->count--;
}

/* The first count digits, at most 19. */
static uint64_t leading_digits(const struct decimal *d, uint32_t count)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < count; i++) value = value * 10 + d->digits[i];
    return value;
}

/* Digits and power of ten are both exact doubles, so one operation rounds right. */
static bool read_short(const struct decimal *d, double *ret)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    int64_t exponent = d->point - d->count;
    if (FLT_EVAL_METHOD != 0 || d->count > 15 || exponent < -22 || exponent > 22) return false;
    double value = (double)leading_digits(d, d->count);
    *ret = exponent < 0 ? value / powers[-exponent] : value * powers[exponent];
    return true;
}

/* num / den to a whole number below 2^56; num keeps what is left over. */
static uint64_t divide(struct big *num, struct big *den)
{
    uint64_t quotient = 0;
    big_shift_left(den, 55);
    for (int i = 0; i < 56; i++) {
        quotient <<= 1;
        if (big_compare(num, den) >= 0) {
            big_subtract(num, den);
            quotient |= 1;
        }
        big_halve(den);
    }
    return quotient;
}

/* -324 <= point <= 309 */
static double read_exactly(const struct decimal *d)
{
    struct big num, den;
    big_set(&num, 0);
    big_set(&den, 1);
    for (uint32_t i = 0; i < d->count; i++) big_scale(&num, 10, d->digits[i]);
    int32_t exponent = (int32_t)d->point - (int32_t)d->count;
    if (exponent < 0)
        big_scale_10(&den, (uint32_t)-exponent);
    else
        big_scale_10(&num, (uint32_t)exponent);

    /* quotient = num * 2^shift / den has 54 or 55 bits; fewer near the smallest double, whose last bit is 2^-1074 */
    int32_t shift = 54 - (big_bits(&num) - big_bits(&den));
    if (shift > 1075) shift = 1075;
    if (shift < 0)
        big_shift_left(&den, (uint32_t)-shift);
    else
        big_shift_left(&num, (uint32_t)shift);
    uint64_t quotient = divide(&num, &den);
    int32_t drop = quotient ? 64 - __builtin_clzll(quotient) - 53 : 0;
    if (drop < shift - 1074) drop = shift - 1074;
    uint64_t half = 1ull << (drop - 1), rest = quotient & (2 * half - 1);
    quotient >>= drop;
    if (rest > half || (rest == half && (num.len > 0 || (quotient & 1)))) quotient++;
    return ldexp((double)quotient, drop - shift);
}

bool mr_json_to_double(const mr_json *number, double *ret)
{
    if (!mr_json_is(number, MR_JSON_NUMBER)) return false;
    struct decimal d;
    double value = 0;
    read_decimal(mr_json_text(number), &d);
    if (d.count && d.point > DBL_MAX_10_EXP + 1) return false;
    if (d.count && d.point >= -324 && !read_short(&d, &value)) value = read_exactly(&d);
    if (isinf(value)) return false;
    *ret = d.negative ? -value : value;
    return true;
}

bool mr_json_to_time(const mr_json *number, int64_t *ret)
{
    double seconds;
    if (!mr_json_to_double(number, &seconds) || seconds < -62135596800.0 || seconds >= 253402300800.0) return false;
    *ret = (int64_t)floor(seconds * 1000);
    return true;
}

bool mr_json_to_int64(const mr_json *number, int64_t *ret)
{
    if (!mr_json_is(number, MR_JSON_NUMBER)) return false;
    struct decimal d;
    read_decimal(mr_json_text(number), &d);
    if (d.count == 0) return *ret = 0, true;
    if (d.point > 19 || d.point < d.count) return false; /* too large, or a digit other than 0 behind the point */
    uint64_t value = leading_digits(&d, d.count);
    for (int64_t i = d.count; i < d.point; i++) value *= 10; /* below 10^19, which 64 bits hold */
    if (value > (uint64_t)INT64_MAX + d.negative) return false;
    *ret = (int64_t)(d.negative ? 0 - value : value);
    return true;
}

/* ---- writing ---- */

/* Numerator, denominator, and the distances to the middle of the next lower and higher double, all over the same
 * denominator. */
struct span {
    struct big value, one, below, above;
    bool even; /* the middles themselves round to this double */
};

static void span_of(uint64_t fraction, int32_t exponent, struct span *s)
{
    bool narrow_below =
        fraction == 1ull << 52 && exponent > -1074; /* at a power of two the lower neighbour is nearer */
    s->even = !(fraction & 1);
    big_set(&s->value, fraction << (1 + narrow_below));
    big_set(&s->one, 2ull << narrow_below);
    big_set(&s->below, 1);
    if (exponent >= 0) {
        big_shift_left(&s->value, (uint32_t)exponent);
        big_shift_left(&s->below, (uint32_t)exponent);
    } else {
        big_shift_left(&s->one, (uint32_t)-exponent);
    }
    s->above = s->below;
    if (narrow_below) big_shift_left(&s->above, 1);
}

/* value + above reaches past `one` */
static bool reaches_one(const struct span *s)
{
    struct big sum = s->value;
    big_add(&sum, &s->above);
    int order = big_compare(&sum, &s->one);
    return order > 0 || (order == 0 && s->even);
}

/* Scale so that value / one = 0.d1d2... and return the power of ten taken out. */
static int32_t scale(struct span *s)
{
    /* log10 of the highest power of two in it: right, or a little too low, and never too high. */
    int32_t bits = big_bits(&s->value) - big_bits(&s->one);
    int32_t point = (int32_t)ceil(bits * 0.30102999566398120 - 1e-10);
    if (point >= 0) {
        big_scale_10(&s->one, (uint32_t)point);
    } else {
        big_scale_10(&s->value, (uint32_t)-point);
        big_scale_10(&s->below, (uint32_t)-point);
        big_scale_10(&s->above, (uint32_t)-point);
    }
    for (; reaches_one(s); point++) big_scale(&s->one, 10, 0);
    return point;
}

static int take_digit(struct span *s)
{
    int digit = 0;
    big_scale(&s->value, 10, 0);
    big_scale(&s->below, 10, 0);
    big_scale(&s->above, 10, 0);
    for (; big_compare(&s->value, &s->one) >= 0; digit++) big_subtract(&s->value, &s->one);
    return digit;
}

/* Last digit: up or down to the nearer one, and to the even one from the middle. */
static int round_digit(struct span *s, int digit, bool low, bool high)
{
    if (!high) return digit;
    if (!low) return digit + 1;
    big_shift_left(&s->value, 1);
    int order = big_compare(&s->value, &s->one);
    return digit + (order > 0 || (order == 0 && (digit & 1)));
}

/* The shortest digits (1 to 17) of a positive double; value = 0.d1d2... * 10^*ret_point. */
static int32_t shortest_digits(double value, char digits[17], int32_t *ret_point)
{
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    uint64_t fraction = word & ((1ull << 52) - 1);
    int32_t exponent = (int32_t)(word >> 52 & 0x7ff);
    struct span s;
    span_of(exponent ? fraction | 1ull << 52 : fraction, exponent ? exponent - 1075 : -1074, &s);
    *ret_point = scale(&s);
    for (int32_t count = 0;;) {
        int digit = take_digit(&s), order = big_compare(&s.value, &s.below);
        bool low = order < 0 || (order == 0 && s.even), high = reaches_one(&s);
        if (low || high) digit = round_digit(&s, digit, low, high);
        digits[count++] = (char)('0' + digit);
        if (low || high) return count;
    }
}

static char *put_zeroes(char *to, int32_t count)
{
    for (; count > 0; count--) *to++ = '0';
    return to;
}

static char *put_digits(char *to, const char *digits, int32_t count)
{
    memcpy(to, digits, (size_t)count);
    return to + count;
}

static char *put_whole(char *to, uint64_t value)
{
    char digits[20];
    int32_t at = sizeof digits;
    do digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    return put_digits(to, digits + at, (int32_t)sizeof digits - at);
}

/* ECMA-262 7.1.12.1 steps 5 to 10; k digits, n the place of the point. */
static char *put_decimal(char *to, const char *digits, int32_t k, int32_t n)
{
    if (k <= n && n <= 21) return put_zeroes(put_digits(to, digits, k), n - k);
    if (0 < n && n <= 21) {
        to = put_digits(to, digits, n);
        *to++ = '.';
        return put_digits(to, digits + n, k - n);
    }
    if (-6 < n && n <= 0) {
        to = put_zeroes(put_digits(to, "0.", 2), -n);
        return put_digits(to, digits, k);
    }
    *to++ = *digits;
    if (k > 1) *to++ = '.', to = put_digits(to, digits + 1, k - 1);
    *to++ = 'e';
    *to++ = n - 1 < 0 ? '-' : '+';
    return put_whole(to, (uint64_t)(n - 1 < 0 ? 1 - n : n - 1));
}

size_t mr_json_number_write(double value, char out[32])
{
    char *to = out;
    if (value < 0) *to++ = '-', value = -value; /* -0 is written as 0 (step 2) */
    if (value < 9007199254740992.0 && value == (double)(uint64_t)value)
        return (size_t)(put_whole(to, (uint64_t)value) - out);
    char digits[17];
    int32_t point, count = shortest_digits(value, digits, &point);
    return (size_t)(put_decimal(to, digits, count, point) - out);
}
