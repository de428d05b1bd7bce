#include "base/unzip.h"

#include "base/lazy.h"
#include "base/limits.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#define ARCHIVE_FUNCTIONS(F)                                                                                           \
    F(archive_read_new)                                                                                                \
    F(archive_read_support_format_zip_seekable)                                                                        \
    F(archive_read_open_memory)                                                                                        \
    F(archive_read_next_header)                                                                                        \
    F(archive_entry_filetype)                                                                                          \
    F(archive_entry_pathname)                                                                                          \
    F(archive_entry_pathname_utf8)                                                                                     \
    F(archive_read_data)                                                                                               \
    F(archive_read_free)
MR_LAZY_LIBRARY(archive, "libarchive.so.13", ARCHIVE_FUNCTIONS)

/* ---- the list of entries ---- */

#define END_SIZE 22   /* end of central directory record, without its comment */
#define ENTRY_SIZE 46 /* of that directory, without name, extra field and comment */
#define LOCAL_SIZE 30 /* header before an entry's data, likewise */

static uint32_t little(mr_str s, size_t at, size_t octets)
{
    uint32_t value = 0;
    for (size_t i = 0; i < octets && at + i < s.len; i++) value |= (uint32_t)(uint8_t)s.ptr[at + i] << (8 * i);
    return value;
}

static ptrdiff_t find_end(mr_str s)
{
    if (s.len < END_SIZE) return -1;
    size_t first = s.len > 65535 + END_SIZE ? s.len - 65535 - END_SIZE : 0;
    for (size_t at = s.len - END_SIZE + 1; at-- > first;)
        if (memcmp(s.ptr + at, "PK\5\6", 4) == 0) return (ptrdiff_t)at;
    return -1;
}

bool mr_unzip_is(mr_str s)
{
    return mr_str_has_prefix(s, MR_STR("PK\3\4")) || mr_str_has_prefix(s, MR_STR("PK\5\6"));
}

size_t mr_unzip_count(mr_str s)
{
    ptrdiff_t end = mr_unzip_is(s) ? find_end(s) : -1;
    return end < 0 ? 0 : little(s, (size_t)end + 10, 2);
}

struct span {
    uint64_t from, to;
};

static int compare_spans(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

#define DAMAGED(err) MR_FAIL(err, MR_E_FORMAT, "the archive is damaged", MR_NOWHERE)

/* One entry at *at, which moves behind it. */
static int take_entry(mr_str s, size_t *at, struct span *ret, uint64_t *unpacked, struct mr_err *err)
{
    if (s.len - *at < ENTRY_SIZE || memcmp(s.ptr + *at, "PK\1\2", 4) != 0) return DAMAGED(err);
    uint32_t packed = little(s, *at + 20, 4), plain = little(s, *at + 24, 4), offset = little(s, *at + 42, 4);
    size_t name = little(s, *at + 28, 2), more = name + little(s, *at + 30, 2) + little(s, *at + 32, 2);
    if (little(s, *at + 8, 2) & 1)
        return MR_FAIL(err, MR_E_UNSUPPORTED, "the archive is protected with a password", MR_NOWHERE);
    if (packed == UINT32_MAX || offset == UINT32_MAX || plain == UINT32_MAX) /* ZIP64: for files beyond our limits */
        return MR_FAIL(err, MR_E_LIMIT, "the archive is larger than allowed", MR_NOWHERE);
    *ret = (struct span){offset, (uint64_t)offset + LOCAL_SIZE + name + packed};
    *unpacked += plain;
    if (ret->to > s.len) return DAMAGED(err);
    *at += ENTRY_SIZE + more;
    return MR_OK;
}

int mr_unzip_check(mr_str s, uint64_t most, struct mr_err *err)
{
    struct span spans[MR_LIMIT_ZIP_ENTRIES];
    uint64_t unpacked = 0;
    ptrdiff_t end = find_end(s);
    if (end < 0) return DAMAGED(err);
    size_t count = little(s, (size_t)end + 10, 2), at = little(s, (size_t)end + 16, 4);
    if (count > MR_LIMIT_ZIP_ENTRIES)
        return MR_FAIL(err, MR_E_LIMIT, "the archive has more parts than allowed", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        if (at >= (size_t)end) return DAMAGED(err);
        MR_TRY(take_entry(s, &at, &spans[i], &unpacked, err));
    }
    if (unpacked > most) return MR_FAIL(err, MR_E_LIMIT, "the archive unpacks to more than allowed", MR_NOWHERE);
    qsort(spans, count, sizeof *spans, compare_spans);
    for (size_t i = 1; i < count; i++)
        if (spans[i].from < spans[i - 1].to) return DAMAGED(err);
    return MR_OK;
}

/* ---- files ---- */

int mr_unzip_open(mr_unzip *u, mr_str content, uint64_t most, struct mr_err *err)
{
    MR_TRY(archive_load(err));
    mr_unzip_close(u);
    *u = (mr_unzip){.most = (uint64_t)content.len * 250 + MR_MIB};
    if (u->most > most) u->most = most;
    struct archive *a = u->archive = archive_table.archive_read_new();
    if (!a) return MR_FAIL(err, MR_E_NOMEM, "no memory to read an archive", MR_NOWHERE);
    if (archive_table.archive_read_support_format_zip_seekable(a) != ARCHIVE_OK ||
        archive_table.archive_read_open_memory(a, content.ptr, content.len) != ARCHIVE_OK)
        return DAMAGED(err);
    return MR_OK;
}

/* In UTF-8 whatever the locale is; octets of another code page as they stand. */
static mr_str name_of(struct archive_entry *entry)
{
    const char *name = archive_table.archive_entry_pathname_utf8(entry);
    if (!name) name = archive_table.archive_entry_pathname(entry);
    return mr_str_of(name ? name : "?");
}

int mr_unzip_next(mr_unzip *u, mr_str *ret_name, struct mr_err *err)
{
    struct archive_entry *entry;
    *ret_name = (mr_str){0};
    while (u->entries++ < MR_LIMIT_ZIP_ENTRIES) {
        int code = archive_table.archive_read_next_header(u->archive, &entry);
        if (code == ARCHIVE_EOF) return MR_OK;
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return DAMAGED(err);
        if (archive_table.archive_entry_filetype(entry) == AE_IFDIR) continue;
        *ret_name = name_of(entry);
        return MR_OK;
    }
    return MR_OK;
}

int mr_unzip_read(mr_unzip *u, void *out, size_t size, size_t *ret_size, struct mr_err *err)
{
    la_ssize_t n = archive_table.archive_read_data(u->archive, out, size);
    if (n < 0) return DAMAGED(err);
    u->taken += (uint64_t)n;
    if (u->taken > u->most) return MR_FAIL(err, MR_E_LIMIT, "the archive unpacks to more than allowed", MR_NOWHERE);
    *ret_size = (size_t)n;
    return MR_OK;
}

void mr_unzip_close(mr_unzip *u)
{
    if (u->archive) archive_table.archive_read_free(u->archive);
    u->archive = NULL;
}
