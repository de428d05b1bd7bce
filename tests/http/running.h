/* A server in a thread of its own, and the other side of its sockets. */
#ifndef MR_TESTS_HTTP_RUNNING_H
#define MR_TESTS_HTTP_RUNNING_H

#include "testing.h"

#include "http/http.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>

struct running {
    mr_http_server *server;
    pthread_t thread;
    int code;
    atomic_int calls;     /* of the handler */
    sem_t entered, leave; /* of "/slow" */
};

static inline double running_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* "/echo" gives back method, path and body; "/slow" waits for the test; "/form" lists the parts of a form. */
static inline void running_handle(void *self, const mr_http_request *r, mr_http_response *response)
{
    struct running *t = self;
    mr_buf *out = mr_http_body(response);
    atomic_fetch_add(&t->calls, 1);
    if (mr_str_is(r->path, "/slow")) {
        sem_post(&t->entered);
        sem_wait(&t->leave);
    } else if (mr_str_is(r->path, "/wrong")) {
        mr_http_set_header(response, "X-Name", MR_STR("a\r\nSet-Cookie: b=c"));
    } else if (mr_str_is(r->path, "/moved")) {
        mr_http_redirect(response, MR_STR("/echo"));
    } else if (mr_str_is(r->path, "/nothing")) {
        mr_http_set_status(response, 204);
        mr_buf_puts(out, "never sent");
    } else if (mr_str_is(r->path, "/large")) {
        while (out->len < 16 << 20) mr_buf_puts(out, "0123456789abcdef");
    } else if (mr_str_is(r->path, "/form")) {
        struct mr_http_part *parts = NULL;
        size_t count = 0;
        struct mr_err err = {0};
        if (mr_http_parts(r, &parts, &count, &err) != MR_OK) mr_http_set_status(response, 400);
        for (size_t i = 0; i < count; i++)
            mr_buf_format(out, "%.*s|%.*s|%.*s|%zu\n", MR_STR_ARG(parts[i].name), MR_STR_ARG(parts[i].file_name),
                          MR_STR_ARG(parts[i].type), parts[i].content.len);
        return;
    }
    if (mr_str_is(r->path, "/echo")) {
        mr_buf_format(out, "%d %.*s ", (int)r->method, MR_STR_ARG(r->path));
        mr_buf_put(out, r->body);
    }
}

static inline void running_refuse(void *self, int status, const char *accept_language, mr_http_response *response)
{
    mr_http_set_type(response, "text/html; charset=utf-8");
    mr_buf_format(mr_http_body(response), "<p>refused %d %s", status, accept_language);
}

static inline void *running_serve(void *self)
{
    struct running *t = self;
    t->code = mr_http_run(t->server, NULL);
    return NULL;
}

static inline void running_start_with(struct running *t, struct mr_http_config config)
{
    struct mr_err err = {0};
    memset(t, 0, sizeof *t);
    sem_init(&t->entered, 0, 0);
    sem_init(&t->leave, 0, 0);
    config.address = config.address ? config.address : "127.0.0.1";
    config.handler = running_handle;
    config.refuse = running_refuse;
    config.self = t;
    if (mr_http_open(&config, &t->server, &err) != MR_OK) fail_msg("%s: %s", err.message, err.detail);
    assert_int_equal(pthread_create(&t->thread, NULL, running_serve, t), 0);
}

static inline void running_start(struct running *t)
{
    running_start_with(t, (struct mr_http_config){0});
}

static inline void running_join(struct running *t)
{
    pthread_join(t->thread, NULL);
    assert_int_equal(t->code, MR_OK);
    mr_http_close(t->server);
    sem_destroy(&t->entered);
    sem_destroy(&t->leave);
}

static inline void running_stop(struct running *t)
{
    mr_http_stop(t->server);
    running_join(t);
}

/* ---- the client ---- */

static inline int client_connect(const struct running *t)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(mr_http_port(t->server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

/* All of it; false when the other side is gone. */
static inline bool client_send(int fd, mr_str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = mr_str_from(bytes, (size_t)n);
    }
    return true;
}

/* What comes until `enough` bytes, the end, or ten seconds without a byte. *ret_closed: the other side ended. NUL-terminated. */
static inline size_t client_receive(int fd, char *out, size_t size, size_t enough, bool *ret_closed)
{
    size_t len = 0;
    *ret_closed = false;
    while (len < enough && len + 1 < size) {
        struct pollfd p = {fd, POLLIN, 0};
        if (poll(&p, 1, 10000) <= 0) break;
        ssize_t n = recv(fd, out + len, size - 1 - len, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            *ret_closed = true;
            break;
        }
        len += (size_t)n;
    }
    out[len] = '\0';
    return len;
}

/* One whole answer on a connection that may stay open; its status, 0 when there was none. */
static inline int client_answer(int fd, char *out, size_t size)
{
    size_t len = 0;
    bool closed = false;
    char *end = NULL;
    out[0] = '\0';
    while (!end && !closed && len + 1 < size) {
        len += client_receive(fd, out + len, size - len, 1, &closed);
        end = strstr(out, "\r\n\r\n");
        if (len == 0) return 0;
    }
    const char *length = strstr(out, "Content-Length: ");
    size_t whole = end ? (size_t)(end + 4 - out) + (length ? strtoul(length + 16, NULL, 10) : 0) : 0;
    while (!closed && len < whole && len + 1 < size)
        len += client_receive(fd, out + len, size - len, whole - len, &closed);
    int status = 0;
    sscanf(out, "HTTP/1.1 %d", &status);
    return status;
}

/* Send bytes on a new connection; the status, the answer, and whether the server then closed. */
static inline int client_ask(const struct running *t, mr_str bytes, char *out, size_t size, bool *ret_closed)
{
    int fd = client_connect(t);
    assert_true(fd >= 0);
    client_send(fd, bytes);
    int status = client_answer(fd, out, size);
    if (ret_closed) {
        char more[64];
        struct pollfd p = {fd, POLLIN, 0};
        *ret_closed = poll(&p, 1, 50) > 0 && recv(fd, more, sizeof more, 0) == 0;
    }
    close(fd);
    return status;
}

#endif
