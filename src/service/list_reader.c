/* The parent's side of merit-trusted-list.
 *
 * The child gets the list on a socket, writes its answer to a pipe, has no environment and nobody else's files. The parent feeds and reads in one loop,
 * so that neither waits for the other, and ends the child after a while, whatever it does: its own limits should have ended it before. */
#include "service/list_reader.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/lote.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS (2 * 1000 * (int64_t)MR_LIMIT_TRUSTED_LIST_SECONDS)

struct child {
    pid_t pid;
    int in, out; /* ours; -1 when closed */
};

static void close_fd(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* ---- which program ---- */

static const char *beside(mr_arena *a, const char *folder, const char *name)
{
    const char *path = mr_arena_format(a, "%s/%s", folder, name).ptr;
    return path && access(path, X_OK) == 0 ? path : NULL;
}

/* Beside the running program: as installed, and as built. */
static const char *find_program(mr_arena *a)
{
    static const char *const places[] = {"merit-trusted-list", "../libexec/merit/merit-trusted-list",
                                         "../trusted_list/merit-trusted-list", "src/trusted_list/merit-trusted-list",
                                         "../../src/trusted_list/merit-trusted-list"};
    char self[PATH_MAX];
    const char *named = getenv("MERIT_TRUSTED_LIST");
    if (named && *named) return named;
    ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    if (size <= 0) return NULL;
    self[size] = '\0';
    char *end = strrchr(self, '/');
    if (!end) return NULL;
    *end = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *found = beside(a, self, places[i]);
        if (found) return found;
    }
    return NULL;
}

/* ---- starting and ending ---- */

static char *const *make_arguments(mr_arena *a, const char *program, const uint8_t (*signers)[32], size_t count)
{
    char **argv = MR_NEW_ARRAY(a, char *, 2 * count + 2);
    if (!argv) return NULL;
    argv[0] = (char *)(uintptr_t)mr_arena_cstr(a, mr_str_of(program));
    for (size_t i = 0; i < count; i++) {
        MR_CLEANUP(mr_buf_done) mr_buf hex;
        mr_buf_init(&hex, 128);
        mr_hex_put(&hex, mr_str_make((const char *)signers[i], 32));
        argv[2 * i + 1] = (char *)(uintptr_t)mr_arena_cstr(a, MR_STR("--signer"));
        argv[2 * i + 2] = (char *)(uintptr_t)mr_arena_cstr(a, mr_buf_str(&hex));
        if (!argv[2 * i + 1] || !argv[2 * i + 2]) return NULL;
    }
    return argv[0] ? argv : NULL;
}

static bool spawn(const char *program, char *const *argv, int in, int out, pid_t *ret)
{
    char *const empty[] = {NULL};
    posix_spawn_file_actions_t files;
    bool good = posix_spawn_file_actions_init(&files) == 0;
    if (!good) return false;
    good = posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO) == 0 &&
           posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO) == 0 &&
           posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
           posix_spawn(ret, program, &files, NULL, argv, empty) == 0;
    posix_spawn_file_actions_destroy(&files);
    return good;
}

static int start(mr_arena *a, const char *program, const uint8_t (*signers)[32], size_t count, struct child *ret,
                 struct mr_err *err)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    char *const *argv = make_arguments(a, program, signers, count);
    if (!argv) return MR_FAIL(err, MR_E_NOMEM, "no memory to read a trusted list", MR_NOWHERE);
    bool made = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) == 0 && pipe2(out, O_CLOEXEC) == 0;
    bool good = made && spawn(program, argv, in[1], out[1], &ret->pid);
    close_fd(&in[1]);
    close_fd(&out[1]);
    if (good) {
        ret->in = in[0];
        ret->out = out[0];
        fcntl(ret->in, F_SETFL, O_NONBLOCK);
        return MR_OK;
    }
    close_fd(&in[0]);
    close_fd(&out[0]);
    return MR_FAIL_DETAIL(err, MR_E_LIBRARY, "the program that reads trusted lists in XML cannot be started", "%s",
                          program);
}

static int finish(struct child *c)
{
    int status = -1;
    close_fd(&c->in);
    close_fd(&c->out);
    kill(c->pid, SIGKILL); /* it has said all it had to say, or too much */
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR) continue;
    return status;
}

/* ---- talking ---- */

static int64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Give it more of the list; closes the socket behind the last octet, or when nobody listens any more. */
static void feed(struct child *c, mr_str *rest)
{
    ssize_t put = rest->len ? send(c->in, rest->ptr, rest->len, MSG_NOSIGNAL) : 0;
    if (put > 0) *rest = mr_str_from(*rest, (size_t)put);
    bool wait = put < 0 && (errno == EAGAIN || errno == EINTR);
    if (!wait && (put < 0 || rest->len == 0)) close_fd(&c->in);
}

/* False at the end of its answer. */
static bool take(struct child *c, mr_buf *out)
{
    char *at = mr_buf_reserve(out, 64 * MR_KIB);
    if (!at) return false;
    ssize_t got = read(c->out, at, 64 * MR_KIB);
    if (got < 0 && errno == EINTR) return true;
    if (got <= 0) return false;
    out->len += (size_t)got;
    return true;
}

/* False: it took too long. */
static bool talk(struct child *c, mr_str text, mr_buf *out)
{
    int64_t until = clock_ms() + PATIENCE_MS;
    for (;;) {
        struct pollfd fds[2] = {{.fd = c->out, .events = POLLIN}, {.fd = c->in, .events = POLLOUT}};
        int64_t left = until - clock_ms();
        int ready = left > 0 ? poll(fds, 2, (int)left) : 0;
        if (ready == 0) return false;
        if (ready < 0) continue; /* EINTR; the clock ends it */
        if (c->in >= 0 && fds[1].revents) feed(c, &text);
        if (fds[0].revents && !take(c, out)) return true;
    }
}

static int read_answer(mr_arena *a, mr_str answer, const mr_json **ret, struct mr_err *err)
{
    mr_str copy = mr_arena_dup(a, answer);
    if (!copy.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a trusted list", MR_NOWHERE);
    MR_TRY(mr_json_parse(a, copy, NULL, ret, err));
    mr_str refusal = mr_json_get_str(*ret, "error");
    if (!refusal.len) return MR_OK;
    bool limit = mr_str_is(mr_json_get_str(*ret, "code"), "limit");
    return MR_FAIL_DETAIL(err, limit ? MR_E_LIMIT : MR_E_FORMAT, "this is no trusted list that can be read",
                          "%.*s %.*s", MR_STR_ARG(refusal), MR_STR_ARG(mr_json_get_str(*ret, "detail")));
}

static int read_xml(mr_arena *a, const char *program, mr_str text, const uint8_t (*signers)[32], size_t signer_count,
                    const mr_json **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct child c = {.in = -1, .out = -1};
    mr_buf_init(&out, 2 * MR_LIMIT_TRUSTED_LIST + MR_MIB);
    if (!program) program = find_program(a);
    if (!program)
        return MR_FAIL_DETAIL(err, MR_E_LIBRARY, "the program that reads trusted lists in XML is not installed",
                              "merit-trusted-list");
    MR_TRY(start(a, program, signers, signer_count, &c, err));
    bool in_time = talk(&c, text, &out);
    finish(&c);
    if (!in_time || out.len == 0 || out.ptr[out.len - 1] != '\n')
        return MR_FAIL(err, MR_E_LIMIT,
                       "reading the list took more time or memory than a trusted list needs; it is not "
                       "used",
                       MR_NOWHERE);
    return read_answer(a, mr_buf_str(&out), ret, err);
}

static int read_json(mr_arena *a, mr_str text, const uint8_t (*signers)[32], size_t signer_count, const mr_env *env,
                     const mr_json **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, 2 * MR_LIMIT_TRUSTED_LIST);
    MR_TRY(mr_lote_read(a, text, signers, signer_count, mr_env_now(env), &out, err));
    return read_answer(a, mr_buf_str(&out), ret, err);
}

int mr_list_read(mr_arena *a, const char *program, mr_str text, const uint8_t (*signers)[32], size_t signer_count,
                 const mr_env *env, const mr_json **ret, struct mr_err *err)
{
    if (text.len > MR_LIMIT_TRUSTED_LIST)
        return MR_FAIL(err, MR_E_LIMIT, "larger than a trusted list may be", MR_NOWHERE);
    if (signer_count > MR_LIMIT_CERTIFICATES) signer_count = MR_LIMIT_CERTIFICATES;
    return mr_lote_is(text) ? read_json(a, text, signers, signer_count, env, ret, err)
                            : read_xml(a, program, text, signers, signer_count, ret, err);
}
