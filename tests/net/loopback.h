/* A server of our own on the loopback address, for tests of what asks others. */
#ifndef MR_TESTS_NET_LOOPBACK_H
#define MR_TESTS_NET_LOOPBACK_H

#include "testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

/* A server that gives every connection the same answer and remembers what it was asked. */
struct peer {
    int listener;
    unsigned short port;
    pthread_t thread;
    atomic_int connections;
    const char *answer; /* NULL: never answers */
    char asked[4096];
};

static inline void answer_one(struct peer *p, int fd)
{
    size_t len = 0;
    struct timeval wait = {.tv_sec = 5};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    while (len + 1 < sizeof p->asked) {
        ssize_t n = recv(fd, p->asked + len, sizeof p->asked - 1 - len, 0);
        if (n <= 0) break;
        len += (size_t)n;
        p->asked[len] = '\0';
        const char *body = strstr(p->asked, "\r\n\r\n"), *length = strcasestr(p->asked, "content-length:");
        size_t more = length ? strtoul(length + 15, NULL, 10) : 0;
        if (body && p->answer && len >= (size_t)(body + 4 - p->asked) + more) break;
    }
    if (!p->answer) return;
    for (size_t sent = 0, all = strlen(p->answer); sent < all;) {
        ssize_t n = send(fd, p->answer + sent, all - sent, MSG_NOSIGNAL);
        if (n <= 0) break;
        sent += (size_t)n;
    }
}

static inline void *serve(void *self)
{
    struct peer *p = self;
    for (;;) {
        int fd = accept(p->listener, NULL, NULL);
        if (fd < 0) return NULL;
        atomic_fetch_add(&p->connections, 1);
        answer_one(p, fd);
        close(fd);
    }
}

static inline void peer_open(struct peer *p, const char *answer)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    memset(p, 0, sizeof *p);
    p->answer = answer;
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(p->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(p->listener, 8), 0);
    assert_int_equal(getsockname(p->listener, (struct sockaddr *)&at, &size), 0);
    p->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&p->thread, NULL, serve, p), 0);
}

static inline void peer_close(struct peer *p)
{
    shutdown(p->listener, SHUT_RDWR);
    close(p->listener);
    pthread_join(p->thread, NULL);
}

/* "%u" in the text becomes the port. */
static inline const char *with_port(mr_arena *a, const char *text, unsigned short port)
{
    const char *at = strstr(text, "%u");
    if (!at) return text;
    return mr_arena_format(a, "%.*s%u%s", (int)(at - text), text, port, at + 2).ptr;
}

#define FINE "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"

#endif
