#include "base/zip.h"

#include "base/compression.h"
#include "base/limits.h"

enum { LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50, VERSION = 20, UTF8_NAMES = 1 << 11 };
enum { STORED = 0, DEFLATED = 8 };

static void put16(mr_buf *b, uint32_t n)
{
    mr_buf_putc(b, (char)(n & 0xFF));
    mr_buf_putc(b, (char)(n >> 8 & 0xFF));
}

static void put32(mr_buf *b, uint32_t n)
{
    put16(b, n & 0xFFFF);
    put16(b, n >> 16);
}

/* MS-DOS date and time, in UTC, whose second is two seconds long (4.4.6). Before 1980 there is none. */
static uint32_t dos_time(int64_t now)
{
    mr_date day = mr_date_of_time(now);
    if (day.year < 1980 || day.year > 2107) return (uint32_t)1 << 21 | 1 << 16;
    int64_t second = now / 1000 % 86400;
    uint32_t date = (uint32_t)(day.year - 1980) << 9 | (uint32_t)day.month << 5 | (uint32_t)day.day;
    return date << 16 | (uint32_t)(second / 3600) << 11 | (uint32_t)(second / 60 % 60) << 5 |
           (uint32_t)(second % 60 / 2);
}

void mr_zip_init(mr_zip *z, mr_buf *out, int64_t now)
{
    *z = (mr_zip){.out = out, .dos_time = dos_time(now)};
    mr_buf_init(&z->directory, 16 * MR_MIB);
}

void mr_zip_done(mr_zip *z)
{
    mr_buf_done(&z->directory);
}

void mr_zip_taken(mr_zip *z, size_t size)
{
    z->taken += size;
}

struct entry {
    mr_str name;
    uint32_t method, crc, packed, size;
};

/* What the header of a file and its line in the directory have in common (4.3.7, 4.3.12). */
static void put_entry(const mr_zip *z, mr_buf *b, const struct entry *e)
{
    put16(b, VERSION);
    put16(b, UTF8_NAMES);
    put16(b, e->method);
    put32(b, z->dos_time);
    put32(b, e->crc);
    put32(b, e->packed);
    put32(b, e->size);
    put16(b, (uint32_t)e->name.len);
    put16(b, 0);
}

static void put_directory(mr_zip *z, const struct entry *e, uint32_t at)
{
    put32(&z->directory, CENTRAL);
    put16(&z->directory, 3 << 8 | VERSION); /* made on UNIX, so that the mode below counts */
    put_entry(z, &z->directory, e);
    put16(&z->directory, 0);
    put16(&z->directory, 0);
    put16(&z->directory, 0);
    put32(&z->directory, (uint32_t)0100600 << 16);
    put32(&z->directory, at);
    mr_buf_put(&z->directory, e->name);
}

int mr_zip_add(mr_zip *z, mr_str name, mr_str content, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf packed;
    uint32_t adler;
    uint64_t at = z->taken + z->out->len;
    mr_buf_init(&packed, content.len + content.len / 8 + 64 * MR_KIB);
    if (name.len > UINT16_MAX || z->count == UINT16_MAX || at + content.len + 64 * MR_KIB > UINT32_MAX)
        return MR_FAIL(err, MR_E_LIMIT, "the archive is full", MR_NOWHERE);
    MR_TRY(mr_deflate_part(content, true, 6, &packed, &adler, err));
    bool smaller = packed.len < content.len;
    mr_str body = smaller ? mr_buf_str(&packed) : content;
    const struct entry e = {.name = name,
                            .method = smaller ? DEFLATED : STORED,
                            .crc = mr_crc32(content),
                            .packed = (uint32_t)body.len,
                            .size = (uint32_t)content.len};
    put32(z->out, LOCAL);
    put_entry(z, z->out, &e);
    mr_buf_put(z->out, name);
    mr_buf_put(z->out, body);
    put_directory(z, &e, (uint32_t)at);
    z->count++;
    if (mr_buf_failed(z->out) || mr_buf_failed(&z->directory))
        return MR_FAIL(err, MR_E_LIMIT, "the archive is too large", MR_NOWHERE);
    return MR_OK;
}

int mr_zip_end(mr_zip *z, struct mr_err *err)
{
    uint64_t at = z->taken + z->out->len;
    if (at + z->directory.len > UINT32_MAX) return MR_FAIL(err, MR_E_LIMIT, "the archive is too large", MR_NOWHERE);
    mr_buf_put(z->out, mr_buf_str(&z->directory));
    put32(z->out, END);
    put16(z->out, 0);
    put16(z->out, 0);
    put16(z->out, (uint32_t)z->count);
    put16(z->out, (uint32_t)z->count);
    put32(z->out, (uint32_t)z->directory.len);
    put32(z->out, (uint32_t)at);
    put16(z->out, 0);
    return mr_buf_failed(z->out) ? MR_FAIL(err, MR_E_LIMIT, "the archive is too large", MR_NOWHERE) : MR_OK;
}
