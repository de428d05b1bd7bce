#include "crypto/der.h"

#include "base/time.h"

/* Length octets behind the tag (X.690 8.1.3): definite and shortest form. */
static bool read_length(mr_str in, size_t *ret_header, size_t *ret_length)
{
    const uint8_t *p = (const uint8_t *)in.ptr;
    if (in.len < 2) return false;
    size_t header = 2, length = p[1];
    if (length & 0x80) {
        size_t octets = length & 0x7F;
        if (octets == 0 || octets > 4 || in.len < 2 + octets || p[2] == 0) return false;
        length = 0;
        for (size_t i = 0; i < octets; i++) length = length << 8 | p[2 + i];
        if (length < 0x80) return false;
        header += octets;
    }
    if (length > in.len - header) return false;
    *ret_header = header;
    *ret_length = length;
    return true;
}

bool mr_der_next(mr_str *in, uint8_t *ret_tag, mr_str *ret_value, mr_str *ret_whole)
{
    size_t header, length;
    if (!read_length(*in, &header, &length)) return false;
    uint8_t tag = (uint8_t)in->ptr[0];
    if ((tag & 0x1F) == 0x1F) return false;
    if (ret_tag) *ret_tag = tag;
    if (ret_value) *ret_value = mr_str_make(in->ptr + header, length);
    if (ret_whole) *ret_whole = mr_str_make(in->ptr, header + length);
    *in = mr_str_from(*in, header + length);
    return true;
}

bool mr_der_get(mr_str *in, uint8_t tag, mr_str *ret_value)
{
    if (in->len == 0 || (uint8_t)in->ptr[0] != tag) return false;
    return mr_der_next(in, NULL, ret_value, NULL);
}

bool mr_der_get_whole(mr_str *in, uint8_t tag, mr_str *ret_whole)
{
    if (in->len == 0 || (uint8_t)in->ptr[0] != tag) return false;
    return mr_der_next(in, NULL, NULL, ret_whole);
}

bool mr_der_optional(mr_str *in, uint8_t tag, mr_str *ret_value)
{
    *ret_value = MR_STR_EMPTY;
    if (in->len == 0 || (uint8_t)in->ptr[0] != tag) return true;
    return mr_der_next(in, NULL, ret_value, NULL);
}

bool mr_der_unsigned(mr_str *in, size_t max, mr_str *ret_magnitude)
{
    mr_str rest = *in, value;
    if (!mr_der_get(&rest, MR_DER_INTEGER, &value) || value.len == 0) return false;
    const uint8_t *p = (const uint8_t *)value.ptr;
    if (p[0] & 0x80) return false;
    if (p[0] == 0 && value.len > 1) {
        if (!(p[1] & 0x80)) return false;
        value = mr_str_from(value, 1);
    }
    if (value.len > max) return false;
    *ret_magnitude = value;
    *in = rest;
    return true;
}

bool mr_der_boolean(mr_str *in, bool *ret)
{
    mr_str rest = *in, value;
    if (!mr_der_get(&rest, MR_DER_BOOLEAN, &value) || value.len != 1) return false;
    uint8_t octet = (uint8_t)value.ptr[0];
    if (octet != 0 && octet != 0xFF) return false;
    *ret = octet != 0;
    *in = rest;
    return true;
}

bool mr_der_bits(mr_str *in, mr_str *ret_octets)
{
    mr_str rest = *in, value;
    if (!mr_der_get(&rest, MR_DER_BIT_STRING, &value) || value.len == 0 || value.ptr[0] != 0) return false;
    *ret_octets = mr_str_from(value, 1);
    *in = rest;
    return true;
}

static bool two_digits(const char *p, int *ret)
{
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9') return false;
    *ret = (p[0] - '0') * 10 + p[1] - '0';
    return true;
}

static bool read_time(mr_str text, int century, int64_t *ret)
{
    int part[6] = {0}; /* year in its century, month, day, hour, minute, second */
    if (text.len != 13 || text.ptr[12] != 'Z') return false;
    for (int i = 0; i < 6; i++)
        if (!two_digits(text.ptr + 2 * i, &part[i])) return false;
    if (century < 0) century = part[0] < 50 ? 20 : 19;
    mr_date day = {century * 100 + part[0], part[1], part[2]};
    if (!mr_date_exists(day.year, day.month, day.day) || part[3] > 23 || part[4] > 59 || part[5] > 59) return false;
    *ret = mr_date_to_time(day) + ((part[3] * 60 + part[4]) * 60 + part[5]) * INT64_C(1000);
    return true;
}

bool mr_der_time(mr_str *in, int64_t *ret)
{
    mr_str rest = *in, text;
    uint8_t tag;
    int century = -1;
    if (!mr_der_next(&rest, &tag, &text, NULL)) return false;
    if (tag == MR_DER_GENERALIZED_TIME) {
        if (text.len != 15 || !two_digits(text.ptr, &century)) return false;
        text = mr_str_from(text, 2);
    } else if (tag != MR_DER_UTC_TIME) {
        return false;
    }
    if (!read_time(text, century, ret)) return false;
    *in = rest;
    return true;
}
