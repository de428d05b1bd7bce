#include "base/compression.h"

#include "base/lazy.h"

#include <limits.h>
#include <zlib.h>

#define ZLIB_FUNCTIONS(F)                                                                                              \
    F(deflateInit2_)                                                                                                   \
    F(deflate)                                                                                                         \
    F(deflateEnd) F(inflateInit2_) F(inflate) F(inflateEnd) F(adler32) F(adler32_combine) F(crc32)
MR_LAZY_LIBRARY(zlib, "libz.so.1", ZLIB_FUNCTIONS)

/* zlib's windowBits: the window of 32 KiB, with the wrapping told by what is added. */
enum { WINDOW = 15, GZIP = WINDOW + 16, ZLIB = WINDOW, RAW = -WINDOW };
enum { MOST_MEMORY = 9, PIECE = 16384 };

static int bits_of(mr_compression kind)
{
    return kind == MR_GZIP ? GZIP : ZLIB;
}

static void deflate_end(z_stream *z)
{
    zlib_table.deflateEnd(z);
}

static void inflate_end(z_stream *z)
{
    zlib_table.inflateEnd(z);
}

static int set_input(z_stream *z, mr_str text, struct mr_err *err)
{
    if (text.len > UINT_MAX) return MR_FAIL(err, MR_E_LIMIT, "larger than zlib takes at once", MR_NOWHERE);
    z->next_in = (Bytef *)(uintptr_t)text.ptr;
    z->avail_in = (uInt)text.len;
    return MR_OK;
}

/* ---- deflate ---- */

/* Room for the next piece; the last ones of a buffer may be small. */
static bool make_room(z_stream *z, mr_buf *out)
{
    size_t left = out->max - out->len, piece = left < PIECE ? left : PIECE;
    char *room = piece ? mr_buf_reserve(out, piece) : NULL;
    z->next_out = (Bytef *)room, z->avail_out = (uInt)piece;
    return room != NULL;
}

static int deflate_pieces(z_stream *z, int flush, mr_buf *out, struct mr_err *err)
{
    do {
        if (!make_room(z, out)) return MR_FAIL(err, MR_E_LIMIT, "no room for what is compressed", MR_NOWHERE);
        uInt room = z->avail_out;
        if (zlib_table.deflate(z, flush) == Z_STREAM_ERROR)
            return MR_FAIL(err, MR_E_NOMEM, "no memory to compress with", MR_NOWHERE);
        out->len += room - z->avail_out;
    } while (z->avail_out == 0); /* zlib's own sign that there is more */
    return MR_OK;
}

static int deflate_all(mr_str text, int bits, int level, int flush, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(deflate_end) z_stream z = {0};
    size_t start = out->len;
    if (zlib_table.deflateInit2_(&z, level, Z_DEFLATED, bits, MOST_MEMORY, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                                 (int)sizeof z) != Z_OK)
        return MR_FAIL(err, MR_E_NOMEM, "no memory to compress with", MR_NOWHERE);
    MR_TRY(set_input(&z, text, err));
    int code = deflate_pieces(&z, flush, out, err);
    if (code != MR_OK) out->len = start;
    return code;
}

int mr_compress(mr_compression kind, mr_str text, mr_buf *out, struct mr_err *err)
{
    MR_TRY(zlib_load(err));
    return deflate_all(text, bits_of(kind), Z_BEST_COMPRESSION, Z_FINISH, out, err);
}

int mr_deflate_part(mr_str text, bool last, int level, mr_buf *out, uint32_t *ret_adler, struct mr_err *err)
{
    MR_TRY(zlib_load(err));
    /* A full flush ends on an octet and forgets the window (RFC 1951 3.2.4). */
    MR_TRY(deflate_all(text, RAW, level, last ? Z_FINISH : Z_FULL_FLUSH, out, err));
    *ret_adler = (uint32_t)zlib_table.adler32(1, (const Bytef *)text.ptr, (uInt)text.len);
    return MR_OK;
}

int mr_check_sums_load(struct mr_err *err)
{
    return zlib_load(err);
}

uint32_t mr_adler32_join(uint32_t first, uint32_t second, size_t second_size)
{
    return (uint32_t)zlib_table.adler32_combine(first, second, (z_off_t)second_size);
}

uint32_t mr_crc32(mr_str text)
{
    return (uint32_t)zlib_table.crc32(0, (const Bytef *)text.ptr, (uInt)text.len);
}

/* ---- inflate ---- */

/* Where inflated octets go: into `room` of max + 1 octets (zlib never stands before a full buffer then), or, when that is NULL, nowhere: they are only
 * counted. */
struct sink {
    char *room;
    size_t max, len;
};

static int why_not(int result, const z_stream *z, struct mr_err *err)
{
    if (result == Z_MEM_ERROR) return MR_FAIL(err, MR_E_NOMEM, "no memory to inflate with", MR_NOWHERE);
    if (result == Z_OK || result == Z_BUF_ERROR)
        return MR_FAIL(err, MR_E_FORMAT, "the compressed text ends too early", MR_NOWHERE);
    return MR_FAIL(err, MR_E_FORMAT, "not well-formed compressed text", z->total_in);
}

static int inflate_all(mr_str compressed, int bits, struct sink *sink, struct mr_err *err)
{
    char window[PIECE];
    int result = Z_OK;
    MR_CLEANUP(inflate_end) z_stream z = {0};
    if (zlib_table.inflateInit2_(&z, bits, ZLIB_VERSION, (int)sizeof z) != Z_OK)
        return MR_FAIL(err, MR_E_NOMEM, "no memory to inflate with", MR_NOWHERE);
    MR_TRY(set_input(&z, compressed, err));
    while (result == Z_OK) {
        size_t room = sink->room && sink->max - sink->len < sizeof window ? sink->max - sink->len + 1 : sizeof window;
        z.next_out = (Bytef *)(sink->room ? sink->room + sink->len : window), z.avail_out = (uInt)room;
        result = zlib_table.inflate(&z, Z_NO_FLUSH);
        sink->len += room - z.avail_out;
        if (sink->len > sink->max)
            return MR_FAIL(err, MR_E_LIMIT, "the inflated text is larger than allowed", MR_NOWHERE);
    }
    if (result != Z_STREAM_END) return why_not(result, &z, err);
    if (z.avail_in) return MR_FAIL(err, MR_E_FORMAT, "something stands behind the compressed text", z.total_in);
    return MR_OK;
}

/* Twice: first to learn the size, which nothing that can be believed tells (RFC 1952 2.3.1 has it modulo 2^32, RFC 1950 not at all), then into memory of just
 * that size. A bomb is found out while it has taken none. */
int mr_inflate(mr_arena *a, mr_compression kind, mr_str compressed, size_t max, mr_str *ret, struct mr_err *err)
{
    struct sink counted = {NULL, max, 0};
    MR_TRY(zlib_load(err));
    MR_TRY(inflate_all(compressed, bits_of(kind), &counted, err));
    struct sink kept = {mr_arena_alloc(a, counted.len + 1), counted.len, 0};
    if (!kept.room) return MR_FAIL(err, MR_E_NOMEM, "no memory for the inflated text", MR_NOWHERE);
    MR_TRY(inflate_all(compressed, bits_of(kind), &kept, err));
    *ret = mr_str_make(kept.room, kept.len);
    return MR_OK;
}
