#include "proof/status_list.h"

#include "base/compression.h"
#include "base/encoding.h"
#include "base/limits.h"

enum {
    LEAST_ENTRIES = 131072
}; /* Bitstring Status List 1.0 section 2.2: 16 KiB of single bits, so that one holder is lost in the crowd */

/* Token Status List section 4.1 knows four widths; a statusSize of the W3C's lists may be any, and none above an octet is of use here. */
static bool is_width(mr_status_list_kind kind, unsigned width)
{
    return width >= 1 && width <= 8 && (kind != MR_TOKEN_STATUS_LIST || (width & (width - 1)) == 0);
}

/* ---- entries ---- */

/* Bit n of a list. Bitstring Status List 1.0 section 3.3: the left-most bit is the first. Token Status List section 4.1: the least significant bit is. */
static unsigned shift_of(mr_status_list_kind kind, uint64_t bit)
{
    unsigned in_octet = (unsigned)(bit & 7);
    return kind == MR_TOKEN_STATUS_LIST ? in_octet : 7 - in_octet;
}

/* Which bit of its value the `n`th bit of an entry is: read in the list's own order. */
static unsigned place_of(mr_status_list_kind kind, unsigned width, unsigned n)
{
    return kind == MR_TOKEN_STATUS_LIST ? n : width - 1 - n;
}

uint64_t mr_status_list_count(const mr_status_list *l)
{
    return l->width ? (uint64_t)l->octets.len * 8 / l->width : 0;
}

bool mr_status_list_get(const mr_status_list *l, uint64_t index, uint8_t *ret)
{
    unsigned value = 0;
    if (index >= mr_status_list_count(l)) return false;
    for (unsigned n = 0; n < l->width; n++) {
        uint64_t bit = index * l->width + n;
        unsigned set = (unsigned char)l->octets.ptr[bit / 8] >> shift_of(l->kind, bit) & 1;
        value |= set << place_of(l->kind, l->width, n);
    }
    *ret = (uint8_t)value;
    return true;
}

void mr_status_list_set(mr_status_list_kind kind, uint8_t width, uint8_t *octets, uint64_t index, uint8_t value)
{
    for (unsigned n = 0; n < width; n++) {
        uint64_t bit = index * width + n;
        unsigned mask = 1u << shift_of(kind, bit);
        bool set = value >> place_of(kind, width, n) & 1;
        octets[bit / 8] = (uint8_t)(set ? octets[bit / 8] | mask : octets[bit / 8] & ~mask);
    }
}

/* ---- text ---- */

static int check_length(const mr_status_list *l, struct mr_err *err)
{
    if (l->kind == MR_BITSTRING && mr_status_list_count(l) < LEAST_ENTRIES)
        return MR_FAIL(err, MR_E_LIMIT, "STATUS_LIST_LENGTH_ERROR", MR_NOWHERE);
    return MR_OK;
}

static int check_width(mr_status_list_kind kind, unsigned width, struct mr_err *err)
{
    return is_width(kind, width) ? MR_OK : MR_FAIL(err, MR_E_FORMAT, "no width that an entry may have", MR_NOWHERE);
}

/* The elders' drafts left the encoding open, and it was read in every way: either alphabet of RFC 4648, with and without padding, and with the "u" of
 * their successor (which is no mistake of reading: compressed text begins with 1F 8B or 78, never with "u"). */
static int decode_elder(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err)
{
    if (text.len && text.ptr[0] == 'u') text = mr_str_from(text, 1);
    for (int i = 0; i < 2 && text.len && text.ptr[text.len - 1] == '='; i++) text.len--;
    mr_str plain = mr_arena_dup(a, text);
    if (!plain.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a status list", MR_NOWHERE);
    char *c = (char *)(uintptr_t)plain.ptr;
    for (size_t i = 0; i < plain.len; i++) c[i] = (char)(c[i] == '+' ? '-' : c[i] == '/' ? '_' : c[i]);
    return mr_base64url_read(a, plain, ret, err);
}

static int decode(mr_arena *a, mr_status_list_kind kind, mr_str text, mr_str *ret, struct mr_err *err)
{
    if (kind == MR_TOKEN_STATUS_LIST) return mr_base64url_read(a, text, ret, err);
    if (kind != MR_BITSTRING) return decode_elder(a, text, ret, err);
    if (!text.len || text.ptr[0] != 'u') /* section 2.2: encodedList is multibase base64url, and no other base */
        return MR_FAIL(err, MR_E_UNSUPPORTED, "the list is not in multibase base64url", 0);
    return mr_base64url_read(a, mr_str_from(text, 1), ret, err);
}

/* What the standards ask for; in the elders, where the drafts and the lists that were made from them disagree, what the first octets say. */
static mr_compression compression_of(mr_status_list_kind kind, mr_str octets)
{
    if (kind == MR_BITSTRING) return MR_GZIP;
    if (kind == MR_TOKEN_STATUS_LIST) return MR_ZLIB;
    return mr_str_has_prefix(octets, MR_STR("\x1F\x8B")) ? MR_GZIP : MR_ZLIB;
}

int mr_status_list_read(mr_arena *a, mr_status_list_kind kind, uint8_t width, mr_str text, mr_status_list *ret,
                        struct mr_err *err)
{
    mr_status_list l = {kind, width, MR_STR_EMPTY};
    mr_str octets;
    MR_TRY(check_width(kind, width, err));
    MR_TRY(decode(a, kind, text, &octets, err));
    MR_TRY(mr_inflate(a, compression_of(kind, octets), octets, MR_LIMIT_STATUS_LIST, &l.octets, err));
    MR_TRY(check_length(&l, err));
    *ret = l;
    return MR_OK;
}

int mr_status_list_write(const mr_status_list *l, mr_buf *out, struct mr_err *err)
{
    bool zlib = l->kind == MR_TOKEN_STATUS_LIST || l->kind == MR_REVOCATION_LIST_2020;
    MR_CLEANUP(mr_buf_done) mr_buf compressed;
    mr_buf_init(&compressed, 2 * MR_LIMIT_STATUS_LIST); /* noise grows a little */
    MR_TRY(check_width(l->kind, l->width, err));
    MR_TRY(check_length(l, err));
    MR_TRY(mr_compress(zlib ? MR_ZLIB : MR_GZIP, l->octets, &compressed, err));
    if (l->kind == MR_BITSTRING) mr_buf_putc(out, 'u');
    mr_base64url_put(out, mr_buf_str(&compressed));
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "no room for the status list", MR_NOWHERE) : MR_OK;
}
