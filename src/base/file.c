/* Files.
 *
 * Writing whole or not at all: the content goes into a file without a name (O_TMPFILE) in the target's folder, which then
 * gets its name in one step, so that a crash leaves nothing. Where the name is taken already, or the file system knows no
 * nameless files, the content gets a hidden temporary name beside the target and is renamed over it. The mode is subject
 * to the umask, as with open(2). Devices and pipes are written straight: they must not be replaced. */
#include "base/file.h"
#include "base/env.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(int *fd)
{
    if (*fd >= 0) close(*fd);
}

static int fail_errno(struct mr_err *err, const char *message, const char *path)
{
    int number = errno;
    mr_code code = number == ENOENT || number == ENOTDIR  ? MR_E_NOT_FOUND
                   : number == ENOSPC || number == EDQUOT ? MR_E_FULL
                                                          : MR_E_IO;
    char text[64];
    return MR_FAIL_DETAIL(err, code, message, "%s: %s", path, strerror_r(number, text, sizeof text));
}

/* Reads until `size` bytes are there or the file ends; -1 with errno. */
static ssize_t read_full(int fd, char *out, size_t size)
{
    size_t got = 0;
    while (got < size) {
        ssize_t n = read(fd, out + got, size - got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        if (n == 0) break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

/* A pipe, or a file whose size is not known or not to be believed. */
static int read_stream(mr_arena *a, int fd, const char *path, size_t max, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, max < SIZE_MAX / 4 ? max + 1 : SIZE_MAX / 4);
    for (size_t piece = 16 * 1024;; piece *= piece < 1024 * 1024 ? 2 : 1) {
        if (piece > b.max - b.len) piece = b.max - b.len;
        char *at = mr_buf_reserve(&b, piece);
        if (!at) return MR_FAIL_DETAIL(err, MR_E_NOMEM, "no memory for a file", "%s", path);
        ssize_t n = read_full(fd, at, piece);
        if (n < 0) return fail_errno(err, "a file cannot be read", path);
        b.len += (size_t)n;
        if (b.len > max)
            return MR_FAIL_DETAIL(err, MR_E_LIMIT, "a file is larger than allowed", "%s: more than %zu bytes", path,
                                  max);
        if ((size_t)n < piece) break;
    }
    *ret = mr_arena_dup(a, mr_buf_str(&b));
    if (!ret->ptr) return MR_FAIL_DETAIL(err, MR_E_NOMEM, "no memory for a file", "%s", path);
    return MR_OK;
}

/* A regular file of a known size, read in one go; *ret_grown when it turned out longer. */
static int read_regular(mr_arena *a, int fd, const char *path, size_t size, mr_str *ret, bool *ret_grown,
                        struct mr_err *err)
{
    char *text = mr_arena_alloc(a, size + 1);
    if (!text) return MR_FAIL_DETAIL(err, MR_E_NOMEM, "no memory for a file", "%s", path);
    ssize_t n = read_full(fd, text, size + 1);
    if (n < 0) return fail_errno(err, "a file cannot be read", path);
    *ret_grown = (size_t)n > size;
    if (*ret_grown) return MR_OK;
    text[n] = '\0';
    *ret = mr_str_make(text, (size_t)n);
    return MR_OK;
}

int mr_file_read(mr_arena *a, const char *path, size_t max, mr_str *ret, struct mr_err *err)
{
    if (strcmp(path, "-") == 0) return read_stream(a, STDIN_FILENO, "standard input", max, ret, err);
    struct stat st;
    MR_CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) return fail_errno(err, "a file cannot be opened", path);
    if (S_ISDIR(st.st_mode)) return MR_FAIL_DETAIL(err, MR_E_IO, "a folder is not a file", "%s", path);
    if (S_ISREG(st.st_mode) && st.st_size > 0) {
        size_t size = (size_t)st.st_size;
        bool grown = false;
        if (size > max)
            return MR_FAIL_DETAIL(err, MR_E_LIMIT, "a file is larger than allowed", "%s: more than %zu bytes", path,
                                  max);
        MR_TRY(read_regular(a, fd, path, size, ret, &grown, err));
        if (!grown) return MR_OK;
        if (lseek(fd, 0, SEEK_SET) < 0) return fail_errno(err, "a file cannot be read", path);
    }
    return read_stream(a, fd, path, max, ret, err);
}

static bool write_full(int fd, mr_str content)
{
    while (content.len) {
        ssize_t n = write(fd, content.ptr, content.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        content = mr_str_from(content, (size_t)n);
    }
    return true;
}

/* "folder/" of path, "./" when it has none; false when it is too long. */
static bool folder_of(const char *path, char out[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    int n = slash ? snprintf(out, PATH_MAX, "%.*s/", (int)(slash - path), path) : snprintf(out, PATH_MAX, "./");
    return n > 0 && n < PATH_MAX;
}

/* A hidden name beside path that nobody else has. */
static bool temporary_name(const char *path, char out[PATH_MAX])
{
    char folder[PATH_MAX];
    uint64_t number;
    if (!folder_of(path, folder)) return false;
    mr_env_random(mr_env_system(), &number, sizeof number);
    int n = snprintf(out, PATH_MAX, "%s.merit-%016llx.tmp", folder, (unsigned long long)number);
    return n > 0 && n < PATH_MAX;
}

static bool fill(int fd, mr_str content, bool durable)
{
    return write_full(fd, content) && (!durable || fsync(fd) == 0);
}

/* Rename `name`, which we made, to path; on failure nothing of it stays. */
static bool move_over(const char *name, const char *path)
{
    if (rename(name, path) == 0) return true;
    int number = errno;
    unlink(name);
    errno = number;
    return false;
}

/* Give the nameless file its name. Errors with EXDEV or ENOENT mean that this system cannot (no /proc). */
static bool name_file(int fd, const char *path)
{
    char self[64], name[PATH_MAX];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    if (linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0) return true;
    if (errno != EEXIST) return false;
    if (!temporary_name(path, name)) {
        errno = ENAMETOOLONG;
        return false;
    }
    return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 && move_over(name, path);
}

/* 1 written, 0 failed (errno), -1 this file system has no nameless files. */
static int write_nameless(const char *path, mr_str content, int mode, bool durable)
{
    char folder[PATH_MAX];
    if (!folder_of(path, folder)) return -1;
    MR_CLEANUP(close_fd) int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    if (fd < 0) return errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL ? -1 : 0;
    if (!fill(fd, content, durable)) return 0;
    if (name_file(fd, path)) return 1;
    return access("/proc/self/fd", X_OK) == 0 ? 0 : -1;
}

static bool write_named(const char *path, mr_str content, int mode, bool durable)
{
    char name[PATH_MAX];
    if (!temporary_name(path, name)) {
        errno = ENAMETOOLONG;
        return false;
    }
    MR_CLEANUP(close_fd) int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) return false;
    if (fill(fd, content, durable)) return move_over(name, path);
    int number = errno;
    unlink(name);
    errno = number;
    return false;
}

static bool sync_folder(const char *path)
{
    char folder[PATH_MAX];
    if (!folder_of(path, folder)) return false;
    MR_CLEANUP(close_fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Some network file systems refuse to sync a folder; the file itself is safe. */
    return fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
}

static bool is_device(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static bool write_device(const char *path, mr_str content)
{
    MR_CLEANUP(close_fd) int fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd >= 0 && write_full(fd, content);
}

static bool write_whole(const char *path, mr_str content, int mode, bool durable)
{
    if (is_device(path)) return write_device(path, content);
    int done = write_nameless(path, content, mode, durable);
    if (done < 0) done = write_named(path, content, mode, durable);
    return done && (!durable || sync_folder(path));
}

/* Unlike reading, writing knows no "not found": a missing folder is an error like any other. */
static int fail_write(struct mr_err *err, const char *message, const char *path)
{
    if (errno == ENOSPC || errno == EDQUOT) return fail_errno(err, message, path);
    fail_errno(err, message, path);
    if (err) err->code = MR_E_IO;
    return MR_E_IO;
}

int mr_file_write(const char *path, mr_str content, int mode, bool durable, struct mr_err *err)
{
    if (!write_whole(path, content, mode, durable)) return fail_write(err, "a file cannot be written", path);
    return MR_OK;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int mr_file_make_folder(const char *path, struct mr_err *err)
{
    static const char message[] = "a folder cannot be made";
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof part) return MR_FAIL_DETAIL(err, MR_E_IO, message, "%.100s", path);
    if (is_folder(path)) return MR_OK;
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0') continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0777) < 0 && !is_folder(part)) return fail_write(err, message, part);
    }
    return MR_OK;
}

bool mr_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static void close_folder(DIR **d)
{
    if (*d) closedir(*d);
}

static void free_names(mr_str **names)
{
    free(*names);
}

static int by_name(const void *a, const void *b)
{
    return mr_str_compare(*(const mr_str *)a, *(const mr_str *)b);
}

static bool is_wanted(mr_str name, mr_str ending)
{
    return !mr_str_is(name, ".") && !mr_str_is(name, "..") && mr_str_has_suffix(name, ending);
}

int mr_file_list(mr_arena *a, const char *folder, const char *ending, size_t max, mr_str **ret_names, size_t *ret_count,
                 struct mr_err *err)
{
    MR_CLEANUP(close_folder) DIR *d = opendir(folder);
    MR_CLEANUP(free_names) mr_str *names = NULL;
    size_t count = 0, capacity = 0;
    if (!d) return fail_errno(err, "a folder cannot be read", folder);
    for (struct dirent *entry; (errno = 0, entry = readdir(d));) {
        mr_str name = mr_str_of(entry->d_name);
        if (!is_wanted(name, mr_str_of(ending))) continue;
        if (count == max)
            return MR_FAIL_DETAIL(err, MR_E_LIMIT, "a folder holds more files than allowed", "%s: more than %zu",
                                  folder, max);
        if (count == capacity) {
            mr_str *grown = reallocarray(names, capacity = capacity ? capacity * 2 : 64, sizeof *names);
            if (!grown) return MR_FAIL(err, MR_E_NOMEM, "no memory for a folder", MR_NOWHERE);
            names = grown;
        }
        names[count] = mr_arena_dup(a, name);
        if (!names[count++].ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a folder", MR_NOWHERE);
    }
    if (errno) return fail_errno(err, "a folder cannot be read", folder);
    mr_str *sorted = MR_NEW_ARRAY(a, mr_str, count);
    if (!sorted) return MR_FAIL(err, MR_E_NOMEM, "no memory for a folder", MR_NOWHERE);
    if (count) {
        memcpy(sorted, names, count * sizeof *names);
        qsort(sorted, count, sizeof *sorted, by_name);
    }
    *ret_names = sorted;
    *ret_count = count;
    return MR_OK;
}
