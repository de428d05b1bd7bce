/* A header of 512 octets for each file, its octets filled up to a multiple of 512, two empty headers at the end. Numbers are octal text; a size that does not
 * fit into eleven digits (8 GiB and more) is binary, marked by its first bit, as every tar understands it. */
#include "service/archive.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 512, NAME_MOST = 99, PATH_MOST = 4096, PIECE = 64 * 1024 };

struct header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
    char magic[6], version[2], user[32], group[32], device[16], prefix[155], unused[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is a block");

struct mr_archive {
    FILE *out;
    char path[PATH_MOST], partial[PATH_MOST];
};

static int fail_errno(struct mr_err *err, const char *message, const char *path)
{
    int number = errno;
    mr_code code = number == ENOENT ? MR_E_NOT_FOUND : MR_E_IO;
    if (number == ENOSPC || number == EDQUOT) message = "the disk is full";
    return MR_FAIL_DETAIL(err, code, message, "%s: %s", path, strerror(number));
}

static void file_cleanup(FILE **f)
{
    if (*f) fclose(*f);
}

/* Relative, UTF-8 without control characters, no part of it "." or "..". The same is asked when a file is put in: what was written can be read. */
static bool is_safe_name(const char *name)
{
    mr_str rest = mr_str_of(name), part;
    if (!rest.len || mr_utf8_check(rest) != rest.len) return false;
    for (size_t i = 0; i < rest.len; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 0x7F) return false;
    while (mr_str_split(&rest, '/', &part))
        if (!part.len || mr_str_is(part, ".") || mr_str_is(part, "..")) return false;
    return true;
}

/* ---- writing ---- */

int mr_archive_create(const char *path, mr_archive **ret, struct mr_err *err)
{
    mr_archive *w = calloc(1, sizeof *w);
    if (!w) return MR_FAIL(err, MR_E_NOMEM, "no memory for an archive", MR_NOWHERE);
    if (strlen(path) + 16 > sizeof w->path) {
        free(w);
        return MR_FAIL(err, MR_E_LIMIT, "the name of the file is too long", MR_NOWHERE);
    }
    strcpy(w->path, path);
    strcpy(w->partial, path);
    strcat(w->partial, ".partial");
    int fd = open(w->partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    w->out = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!w->out) {
        int code = fail_errno(err, "a file cannot be written", path);
        free(w);
        return code;
    }
    *ret = w;
    return MR_OK;
}

static void put_size(char out[12], uint64_t size)
{
    if (size < UINT64_C(1) << 33) {
        char digits[16];
        snprintf(digits, sizeof digits, "%011llo", (unsigned long long)size);
        memcpy(out, digits, 11);
        return;
    }
    memset(out, 0, 12);
    out[0] = (char)0x80;
    for (int i = 11; i > 3; i--, size >>= 8) out[i] = (char)size;
}

static unsigned sum_of(const struct header *h)
{
    struct header copy = *h;
    unsigned sum = 0;
    memset(copy.checksum, ' ', sizeof copy.checksum);
    for (size_t i = 0; i < sizeof copy; i++) sum += ((unsigned char *)&copy)[i];
    return sum;
}

static void fill_header(struct header *h, const char *name, uint64_t size)
{
    char sum[16];
    memset(h, 0, sizeof *h);
    memcpy(h->name, name, strlen(name));
    memcpy(h->mode, "0000600", 7);
    memcpy(h->uid, "0000000", 7);
    memcpy(h->gid, "0000000", 7);
    memcpy(h->mtime, "00000000000", 11);
    memcpy(h->magic, "ustar", 6);
    memcpy(h->version, "00", 2);
    h->type = '0';
    put_size(h->size, size);
    snprintf(sum, sizeof sum, "%06o", sum_of(h));
    memcpy(h->checksum, sum, 7);
    h->checksum[7] = ' ';
}

/* Exactly `size` octets, filled up to whole blocks. */
static int copy_in(mr_archive *w, FILE *in, const char *path, uint64_t size, struct mr_err *err)
{
    static const char zeros[BLOCK];
    char piece[PIECE];
    for (uint64_t left = size; left > 0;) {
        size_t n = fread(piece, 1, left < PIECE ? (size_t)left : PIECE, in);
        if (n == 0) return MR_FAIL_DETAIL(err, MR_E_IO, "a file became shorter while it was read", "%s", path);
        if (fwrite(piece, 1, n, w->out) != n) return fail_errno(err, "a file cannot be written", w->path);
        left -= n;
    }
    size_t rest = (BLOCK - size % BLOCK) % BLOCK;
    return fwrite(zeros, 1, rest, w->out) == rest ? MR_OK : fail_errno(err, "a file cannot be written", w->path);
}

int mr_archive_add(mr_archive *w, const char *name, const char *path, struct mr_err *err)
{
    MR_CLEANUP(file_cleanup) FILE *in = fopen(path, "rbe");
    struct header h;
    struct stat st;
    if (!in || fstat(fileno(in), &st) != 0) return fail_errno(err, "a file cannot be read", path);
    if (strlen(name) > NAME_MOST) return MR_FAIL_DETAIL(err, MR_E_LIMIT, "the name of a file is too long", "%s", name);
    if (!is_safe_name(name))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "a file has a name that no backup can hold; rename it", "%s", name);
    fill_header(&h, name, (uint64_t)st.st_size);
    if (fwrite(&h, 1, sizeof h, w->out) != sizeof h) return fail_errno(err, "a file cannot be written", w->path);
    return copy_in(w, in, path, (uint64_t)st.st_size, err);
}

int mr_archive_finish(mr_archive *w, struct mr_err *err)
{
    static const char end[2 * BLOCK];
    bool good = fwrite(end, 1, sizeof end, w->out) == sizeof end && fflush(w->out) == 0 && fsync(fileno(w->out)) == 0;
    if (!good) return fail_errno(err, "a file cannot be written", w->path);
    bool closed = fclose(w->out) == 0;
    w->out = NULL;
    if (!closed || rename(w->partial, w->path) != 0) return fail_errno(err, "a file cannot be written", w->path);
    return MR_OK;
}

void mr_archive_closep(mr_archive **at)
{
    mr_archive *w = *at;
    if (!w) return;
    if (w->out) {
        fclose(w->out);
        unlink(w->partial);
    }
    free(w);
    *at = NULL;
}

/* ---- reading ---- */

static bool read_octal(const char *text, size_t size, uint64_t *ret)
{
    uint64_t n = 0;
    size_t i = 0;
    while (i < size && text[i] == ' ') i++;
    size_t from = i;
    for (; i < size && text[i] >= '0' && text[i] <= '7'; i++) n = n << 3 | (uint64_t)(text[i] - '0');
    *ret = n;
    return i > from;
}

static bool read_size(const char text[12], uint64_t *ret)
{
    if (!((unsigned char)text[0] & 0x80)) return read_octal(text, 12, ret);
    *ret = 0;
    for (int i = 4; i < 12; i++) *ret = *ret << 8 | (unsigned char)text[i];
    return *ret <= (uint64_t)1 << 50;
}

static int copy_out(FILE *in, FILE *out, const char *archive, const char *path, uint64_t size, struct mr_err *err)
{
    char piece[PIECE];
    uint64_t whole = (size + BLOCK - 1) / BLOCK * BLOCK, wanted = size;
    for (uint64_t left = whole; left > 0;) {
        size_t n = fread(piece, 1, left < PIECE ? (size_t)left : PIECE, in);
        if (n == 0) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the archive is cut off", "%s", archive);
        size_t keep = wanted < n ? (size_t)wanted : n;
        if (fwrite(piece, 1, keep, out) != keep) return fail_errno(err, "a file cannot be written", path);
        wanted -= keep;
        left -= n;
    }
    if (fflush(out) != 0 || fsync(fileno(out)) != 0) return fail_errno(err, "a file cannot be written", path);
    return MR_OK;
}

static int make_parents(char *path, size_t from, struct mr_err *err)
{
    for (char *at = strchr(path + from, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        int failed = mkdir(path, 0700) != 0 && errno != EEXIST;
        if (failed) return fail_errno(err, "a folder cannot be made", path);
        *at = '/';
    }
    return MR_OK;
}

static int extract_one(FILE *in, const struct header *h, const char *archive, const char *folder, struct mr_err *err)
{
    char path[PATH_MOST], name[NAME_MOST + 2];
    struct stat st;
    uint64_t size;
    memcpy(name, h->name, sizeof h->name);
    name[sizeof h->name] = '\0';
    if (!read_size(h->size, &size) || h->prefix[0] || h->type != '0' || !is_safe_name(name))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the archive holds something that no backup does", "%s", archive);
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (n < 0 || (size_t)n >= sizeof path) return MR_FAIL(err, MR_E_LIMIT, "a name is too long", MR_NOWHERE);
    /* before anything is written: what is announced and not there would fill the disk for nothing */
    off_t at = ftello(in);
    bool is_file =
        at >= 0 && fstat(fileno(in), &st) == 0 && S_ISREG(st.st_mode); /* or a pipe, whose end nobody knows */
    if (is_file && (st.st_size < at || size > (uint64_t)(st.st_size - at)))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the archive is cut off", "%s", archive);
    MR_TRY(make_parents(path, strlen(folder) + 1, err));
    if (lstat(path, &st) == 0) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the archive holds one name twice", "%s", name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    MR_CLEANUP(file_cleanup) FILE *out = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!out) return fail_errno(err, "a file cannot be written", path);
    return copy_out(in, out, archive, path, size, err);
}

int mr_archive_extract(const char *path, const char *folder, struct mr_err *err)
{
    MR_CLEANUP(file_cleanup) FILE *in = fopen(path, "rbe");
    struct header h;
    if (!in) return fail_errno(err, "a file cannot be read", path);
    for (;;) {
        static const struct header empty;
        uint64_t sum;
        if (fread(&h, 1, sizeof h, in) != sizeof h)
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the archive is cut off", "%s", path);
        if (memcmp(&h, &empty, sizeof h) == 0) return MR_OK;
        if (memcmp(h.magic, "ustar", 5) != 0 || !read_octal(h.checksum, sizeof h.checksum, &sum) || sum != sum_of(&h))
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this is no archive, or a damaged one", "%s", path);
        MR_TRY(extract_one(in, &h, path, folder, err));
    }
}
