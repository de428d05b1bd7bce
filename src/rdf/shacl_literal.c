/* Lexical spaces and order of the datatypes that shapes ask for.
 *
 * A scan is a place in a lexical form; the small readers move it and say whether they found what they look for. A lexical form is well-formed when
 * its reader ends where the text ends. Numbers are compared as decimal text, which is exact whatever their length; only beside a float or double are
 * they rounded, as SPARQL wants. */
#include "rdf/shacl_literal.h"

#include "base/limits.h"

#include <math.h>

enum form {
    FORM_ANY,
    FORM_BOOLEAN,
    FORM_DECIMAL,
    FORM_INTEGER,
    FORM_DOUBLE,
    FORM_DATE_TIME,
    FORM_DATE_TIME_STAMP,
    FORM_DATE,
    FORM_TIME,
    FORM_G_YEAR,
    FORM_G_YEAR_MONTH,
    FORM_G_MONTH_DAY,
    FORM_G_MONTH,
    FORM_G_DAY,
    FORM_DURATION,
    FORM_YEAR_MONTH_DURATION,
    FORM_DAY_TIME_DURATION,
    FORM_NORMALIZED,
    FORM_TOKEN,
    FORM_LANGUAGE,
    FORM_NMTOKEN,
    FORM_NAME,
    FORM_NC_NAME,
    FORM_BASE64,
    FORM_HEX,
    FORM_JSON,
    FORM_LANG_STRING
};

static const struct datatype {
    mr_str iri;
    enum form form;
    mr_str least, most;
} datatypes[] = {
    [MR_DATATYPE_OTHER] = {MR_STR_INIT(""), FORM_ANY, MR_STR_INIT(""), MR_STR_INIT("")},
#define MR_DATATYPE(name, iri, form, least, most)                                                                      \
    [MR_DATATYPE_##name] = {MR_STR_INIT(iri), FORM_##form, MR_STR_INIT(least), MR_STR_INIT(most)},
#include "rdf/shacl_datatypes.def"
#undef MR_DATATYPE
};

mr_datatype mr_datatype_find(mr_str iri)
{
    for (int d = 1; d < MR_DATATYPE_COUNT; d++)
        if (mr_str_eq(datatypes[d].iri, iri)) return (mr_datatype)d;
    return MR_DATATYPE_OTHER;
}

/* ---- scanning ---- */

struct scan {
    const char *at, *end;
};

static struct scan scan_of(mr_str s)
{
    return s.ptr ? (struct scan){s.ptr, s.ptr + s.len} : (struct scan){"", ""};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool take(struct scan *s, char c)
{
    if (s->at == s->end || *s->at != c) return false;
    s->at++;
    return true;
}

static bool take_either(struct scan *s, char a, char b)
{
    return take(s, a) || take(s, b);
}

/* All digits that follow. */
static mr_str take_digits(struct scan *s)
{
    const char *start = s->at;
    while (s->at < s->end && is_digit(*s->at)) s->at++;
    return mr_str_make(start, (size_t)(s->at - start));
}

/* A number of exactly two digits, from least to most. */
static bool take_two(struct scan *s, int least, int most, int *ret)
{
    if (s->end - s->at < 2 || !is_digit(s->at[0]) || !is_digit(s->at[1])) return false;
    *ret = (s->at[0] - '0') * 10 + (s->at[1] - '0');
    s->at += 2;
    return *ret >= least && *ret <= most;
}

/* ---- numbers ---- */

struct decimal {
    bool negative;
    mr_str whole;    /* without leading zeroes */
    mr_str fraction; /* without trailing zeroes */
};

static mr_str without_leading_zeroes(mr_str s)
{
    while (s.len && *s.ptr == '0') s = mr_str_from(s, 1);
    return s;
}

static mr_str without_trailing_zeroes(mr_str s)
{
    while (s.len && s.ptr[s.len - 1] == '0') s.len--;
    return s;
}

/* XML Schema 3.3.3: digits with one point at most, digits on one side of it at least. */
static bool take_decimal(struct scan *s, struct decimal *ret)
{
    bool negative = take(s, '-');
    if (!negative) take(s, '+');
    mr_str whole = take_digits(s), fraction = MR_STR_EMPTY;
    if (take(s, '.')) fraction = take_digits(s);
    if (whole.len + fraction.len == 0) return false;
    *ret = (struct decimal){negative, without_leading_zeroes(whole), without_trailing_zeroes(fraction)};
    return true;
}

/* Digits of a fraction, or of numbers of the same length. */
static int compare_magnitude(const struct decimal *a, const struct decimal *b)
{
    if (a->whole.len != b->whole.len) return a->whole.len < b->whole.len ? -1 : 1;
    int c = mr_str_compare(a->whole, b->whole);
    return c ? c : mr_str_compare(a->fraction, b->fraction);
}

static int compare_decimals(const struct decimal *a, const struct decimal *b)
{
    bool a_zero = a->whole.len + a->fraction.len == 0, b_zero = b->whole.len + b->fraction.len == 0;
    bool a_negative = a->negative && !a_zero, b_negative = b->negative && !b_zero;
    if (a_negative != b_negative) return a_negative ? -1 : 1;
    int c = compare_magnitude(a, b);
    return a_negative ? -c : c;
}

static bool is_decimal(mr_str text, struct decimal *ret)
{
    struct scan s = scan_of(text);
    return take_decimal(&s, ret) && s.at == s.end;
}

static bool is_integer(mr_str text, mr_str least, mr_str most)
{
    struct decimal value, bound;
    if (mr_str_find_char(text, '.') >= 0 || !is_decimal(text, &value)) return false;
    if (least.len && is_decimal(least, &bound) && compare_decimals(&value, &bound) < 0) return false;
    return !(most.len && is_decimal(most, &bound) && compare_decimals(&value, &bound) > 0);
}

static bool is_double(mr_str text)
{
    struct scan s = scan_of(text);
    struct decimal mantissa;
    if (mr_str_is(text, "NaN") || mr_str_is(text, "INF") || mr_str_is(text, "-INF") || mr_str_is(text, "+INF"))
        return true;
    if (!take_decimal(&s, &mantissa)) return false;
    if (take_either(&s, 'e', 'E')) {
        if (!take(&s, '-')) take(&s, '+');
        if (take_digits(&s).len == 0) return false;
    }
    return s.at == s.end;
}

/* The value of a well-formed number. JSON's reader does the rounding, so the number is written as JSON would: a digit on each side of the point,
 * no plus. False for a text too long to be meant. */
static bool to_double(mr_str text, double *ret)
{
    char json[1024];
    struct scan s = scan_of(text);
    struct decimal d;
    if (mr_str_is(text, "NaN")) return *ret = (double)NAN, true;
    if (mr_str_has_suffix(text, MR_STR("INF"))) return *ret = *text.ptr == '-' ? -HUGE_VAL : HUGE_VAL, true;
    if (text.len + 3 > sizeof json || !take_decimal(&s, &d)) return false;
    size_t len = 0;
    if (d.negative) json[len++] = '-';
    if (!d.whole.len) json[len++] = '0';
    memcpy(json + len, d.whole.ptr, d.whole.len), len += d.whole.len;
    json[len++] = '.';
    if (!d.fraction.len) json[len++] = '0';
    if (d.fraction.len) memcpy(json + len, d.fraction.ptr, d.fraction.len), len += d.fraction.len;
    memcpy(json + len, s.at, (size_t)(s.end - s.at)), len += (size_t)(s.end - s.at);
    mr_json number = {.ptr = json, .len = (uint32_t)len, .skip = 1, .type = MR_JSON_NUMBER};
    return mr_json_to_double(&number, ret);
}

/* ---- moments ---- */

struct moment {
    int64_t year;
    int month, day, hour, minute, second;
    mr_str fraction;    /* of a second, without trailing zeroes */
    bool has_zone, far; /* far: a year too large to reckon with */
    int zone;           /* minutes east of Greenwich */
};

/* Four digits or more; more only without a leading zero. */
static bool take_year(struct scan *s, struct moment *m)
{
    bool negative = take(s, '-');
    mr_str digits = take_digits(s);
    if (digits.len < 4 || (digits.len > 4 && *digits.ptr == '0')) return false;
    m->far = digits.len > 9;
    for (size_t i = 0; i < digits.len && !m->far; i++) m->year = m->year * 10 + (digits.ptr[i] - '0');
    if (negative) m->year = -m->year;
    return true;
}

static int days_in(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static bool take_month(struct scan *s, struct moment *m)
{
    return take_two(s, 1, 12, &m->month);
}

static bool take_day(struct scan *s, struct moment *m)
{
    return take_two(s, 1, 31, &m->day);
}

static bool take_date(struct scan *s, struct moment *m)
{
    return take_year(s, m) && take(s, '-') && take_month(s, m) && take(s, '-') && take_day(s, m) &&
           (m->day <= days_in(m->year, m->month) || (m->far && m->day <= days_in(2000, m->month)));
}

/* 24:00:00 is the end of the day (XML Schema 3.3.7 endOfDayFrag). */
static bool take_time(struct scan *s, struct moment *m)
{
    if (!take_two(s, 0, 24, &m->hour) || !take(s, ':') || !take_two(s, 0, 59, &m->minute) || !take(s, ':') ||
        !take_two(s, 0, 59, &m->second))
        return false;
    if (take(s, '.')) {
        mr_str fraction = take_digits(s);
        if (!fraction.len) return false;
        m->fraction = without_trailing_zeroes(fraction);
    }
    return m->hour < 24 || (m->minute == 0 && m->second == 0 && m->fraction.len == 0);
}

/* Nothing, Z, or an offset of up to 14 hours, and then the end of the text. */
static bool take_zone_and_end(struct scan *s, struct moment *m)
{
    int hours, minutes;
    if (s->at == s->end) return true;
    m->has_zone = true;
    if (take(s, 'Z')) return s->at == s->end;
    bool west = *s->at == '-';
    if (!take_either(s, '+', '-') || !take_two(s, 0, 14, &hours) || !take(s, ':') || !take_two(s, 0, 59, &minutes))
        return false;
    m->zone = (hours * 60 + minutes) * (west ? -1 : 1);
    return s->at == s->end && (hours < 14 || minutes == 0);
}

static bool read_moment(enum form form, mr_str text, struct moment *m)
{
    struct scan scan = scan_of(text), *s = &scan;
    bool ok = false;
    *m = (struct moment){.year = 0, .month = 1, .day = 1};
    switch (form) {
    case FORM_DATE_TIME:
    case FORM_DATE_TIME_STAMP: ok = take_date(s, m) && take(s, 'T') && take_time(s, m); break;
    case FORM_DATE: ok = take_date(s, m); break;
    case FORM_TIME: ok = take_time(s, m); break;
    case FORM_G_YEAR: ok = take_year(s, m); break;
    case FORM_G_YEAR_MONTH: ok = take_year(s, m) && take(s, '-') && take_month(s, m); break;
    case FORM_G_MONTH: ok = take(s, '-') && take(s, '-') && take_month(s, m); break;
    case FORM_G_DAY: ok = take(s, '-') && take(s, '-') && take(s, '-') && take_day(s, m); break;
    case FORM_G_MONTH_DAY:
        ok = take(s, '-') && take(s, '-') && take_month(s, m) && take(s, '-') && take_day(s, m) &&
             m->day <= days_in(2000, m->month);
        break;
    default: break;
    }
    return ok && take_zone_and_end(s, m) && (form != FORM_DATE_TIME_STAMP || m->has_zone);
}

/* Days since 1 March of the year 0, in the proleptic Gregorian calendar: the leap day is the last of such a year. */
static int64_t day_number(int64_t year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1, era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
}

static int64_t seconds_of(const struct moment *m)
{
    int64_t days = day_number(m->year, m->month, m->day);
    return days * 86400 + m->hour * 3600 + m->minute * 60 + m->second - (int64_t)m->zone * 60;
}

static mr_order order_of(int comparison)
{
    return comparison < 0 ? MR_ORDER_LESS : comparison > 0 ? MR_ORDER_GREATER : MR_ORDER_EQUAL;
}

static mr_order compare_moments(const struct moment *a, const struct moment *b)
{
    const int64_t widest_zone = 14 * 3600;
    if (a->far || b->far) return MR_ORDER_NONE;
    int64_t between = seconds_of(a) - seconds_of(b);
    if (a->has_zone != b->has_zone && between <= widest_zone && between >= -widest_zone) return MR_ORDER_NONE;
    if (between) return order_of(between < 0 ? -1 : 1);
    return order_of(mr_str_compare(a->fraction, b->fraction));
}

/* ---- durations ---- */

/* Parts "nY", "nM" ... in the order of `letters`; how many there were, or -1. A fraction only before S. */
static int take_parts(struct scan *s, const char *letters)
{
    int count = 0;
    while (s->at < s->end && is_digit(*s->at)) {
        take_digits(s);
        bool fraction = take(s, '.');
        if (fraction && take_digits(s).len == 0) return -1;
        const char *letter = s->at < s->end && *s->at ? strchr(letters, *s->at) : NULL;
        if (!letter || (fraction && *letter != 'S')) return -1;
        letters = letter + 1;
        s->at++, count++;
    }
    return count;
}

static bool is_duration(mr_str text, const char *date_letters, const char *time_letters)
{
    struct scan s = scan_of(text);
    take(&s, '-');
    if (!take(&s, 'P')) return false;
    int dates = take_parts(&s, date_letters), times = 0;
    if (dates < 0) return false;
    if (*time_letters && take(&s, 'T') && (times = take_parts(&s, time_letters)) <= 0) return false;
    return s.at == s.end && dates + times > 0;
}

/* ---- texts ---- */

static bool is_normalized(mr_str text, bool token)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\t' || c == '\n' || c == '\r') return false;
        if (token && c == ' ' && (i == 0 || i + 1 == text.len || text.ptr[i + 1] == ' ')) return false;
    }
    return true;
}

/* XML 1.0 names, in which all letters outside ASCII count as such. */
static bool is_name(mr_str text, bool any_start, bool colon)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool start = is_letter(c) || c == '_' || (colon && c == ':') || (c & 0x80);
        if (!start && ((i == 0 && !any_start) || !(is_digit(c) || c == '-' || c == '.'))) return false;
    }
    return text.len > 0;
}

static bool is_language(mr_str text)
{
    size_t run = 0;
    bool first = true;
    for (size_t i = 0; i <= text.len; i++) {
        char c = i < text.len ? text.ptr[i] : '-';
        if (c == '-') {
            if (run == 0 || run > 8) return false;
            run = 0, first = false;
        } else if (is_letter(c) || (is_digit(c) && !first)) {
            run++;
        } else {
            return false;
        }
    }
    return true;
}

static bool is_hex(mr_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!is_digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F')) return false;
    }
    return text.len % 2 == 0;
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* XML Schema 3.3.16: single spaces may stand between characters; what padding leaves over of the last character is zero. */
static bool is_base64(mr_str text)
{
    size_t count = 0, padding = 0;
    int last = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ') {
            if (i == 0 || i + 1 == text.len || text.ptr[i + 1] == ' ') return false;
        } else if (c == '=') {
            padding++;
        } else {
            if (padding || (last = base64_value(c)) < 0) return false;
            count++;
        }
    }
    if ((count + padding) % 4 || padding > 2) return false;
    return padding == 0 || (last & (padding == 1 ? 3 : 15)) == 0;
}

static bool is_json(mr_str text)
{
    static const mr_json_options options = {.allow_duplicates = true, .max_depth = MR_LIMIT_JSON_DEPTH_MOST};
    MR_CLEANUP(mr_arena_done) mr_arena scratch;
    const mr_json *value;
    mr_arena_init(&scratch, MR_LIMIT_DOCUMENT_MEMORY);
    return mr_json_parse(&scratch, text, &options, &value, NULL) == MR_OK;
}

/* ---- what the header promises ---- */

bool mr_literal_is_well_formed(const mr_term *literal, mr_datatype datatype)
{
    const struct datatype *d = &datatypes[datatype];
    mr_str text = literal->text;
    struct decimal decimal;
    struct moment moment;
    switch (d->form) {
    case FORM_ANY: return true;
    case FORM_BOOLEAN:
        return mr_str_is(text, "true") || mr_str_is(text, "false") || mr_str_is(text, "1") || mr_str_is(text, "0");
    case FORM_DECIMAL: return is_decimal(text, &decimal);
    case FORM_INTEGER: return is_integer(text, d->least, d->most);
    case FORM_DOUBLE: return is_double(text);
    case FORM_DURATION: return is_duration(text, "YMD", "HMS");
    case FORM_YEAR_MONTH_DURATION: return is_duration(text, "YM", "");
    case FORM_DAY_TIME_DURATION: return is_duration(text, "D", "HMS");
    case FORM_NORMALIZED: return is_normalized(text, false);
    case FORM_TOKEN: return is_normalized(text, true);
    case FORM_LANGUAGE: return is_language(text);
    case FORM_NMTOKEN: return is_name(text, true, true);
    case FORM_NAME: return is_name(text, false, true);
    case FORM_NC_NAME: return is_name(text, false, false);
    case FORM_BASE64: return is_base64(text);
    case FORM_HEX: return is_hex(text);
    case FORM_JSON: return is_json(text);
    case FORM_LANG_STRING: return literal->language.len > 0;
    default: return read_moment(d->form, text, &moment);
    }
}

static bool is_number(enum form form)
{
    return form == FORM_DECIMAL || form == FORM_INTEGER || form == FORM_DOUBLE;
}

/* SPARQL 17.3, operand data types: a decimal beside a float becomes a float, either beside a double a double. */
static mr_order compare_numbers(const mr_term *a, mr_datatype a_type, const mr_term *b, mr_datatype b_type)
{
    struct decimal x, y;
    double p, q;
    if (datatypes[a_type].form != FORM_DOUBLE && datatypes[b_type].form != FORM_DOUBLE)
        return is_decimal(a->text, &x) && is_decimal(b->text, &y) ? order_of(compare_decimals(&x, &y)) : MR_ORDER_NONE;
    if (!to_double(a->text, &p) || !to_double(b->text, &q) || isnan(p) || isnan(q)) return MR_ORDER_NONE;
    bool both = a_type != MR_DATATYPE_DOUBLE && b_type != MR_DATATYPE_DOUBLE;
    if (both || a_type == MR_DATATYPE_FLOAT) p = (double)(float)p;
    if (both || b_type == MR_DATATYPE_FLOAT) q = (double)(float)q;
    return order_of(p < q ? -1 : p > q);
}

static bool is_true(mr_str text)
{
    return mr_str_is(text, "true") || mr_str_is(text, "1");
}

mr_order mr_literal_compare(const mr_term *a, const mr_term *b)
{
    if (a->kind != MR_TERM_LITERAL || b->kind != MR_TERM_LITERAL) return MR_ORDER_NONE;
    mr_datatype a_type = mr_datatype_find(a->datatype), b_type = mr_datatype_find(b->datatype);
    enum form a_form = datatypes[a_type].form, b_form = datatypes[b_type].form;
    struct moment x, y;
    if (!mr_literal_is_well_formed(a, a_type) || !mr_literal_is_well_formed(b, b_type)) return MR_ORDER_NONE;
    if (is_number(a_form) && is_number(b_form)) return compare_numbers(a, a_type, b, b_type);
    if (a_form == FORM_DATE_TIME_STAMP) a_form = FORM_DATE_TIME; /* derived from it */
    if (b_form == FORM_DATE_TIME_STAMP) b_form = FORM_DATE_TIME;
    if (a_form != b_form) return MR_ORDER_NONE;
    if (a_form == FORM_BOOLEAN) return order_of((int)is_true(a->text) - (int)is_true(b->text));
    if (a_form == FORM_DATE_TIME || a_form == FORM_DATE || a_form == FORM_TIME)
        return read_moment(a_form, a->text, &x) && read_moment(a_form, b->text, &y) ? compare_moments(&x, &y)
                                                                                    : MR_ORDER_NONE;
    if (a_type == MR_DATATYPE_STRING && b_type == MR_DATATYPE_STRING) return order_of(mr_str_compare(a->text, b->text));
    return MR_ORDER_NONE;
}
