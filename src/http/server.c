/* The server: a listening socket, one event loop, and workers.
 *
 * Idea. The loop (epoll, the thread that calls mr_http_run) does everything on sockets and nothing that takes long; a whole request goes through a
 * queue to a worker, which calls the handler (SQL, signing, drawing) and leaves the answer in the connection; an eventfd
 * wakes the loop to send it. So a slow client costs no thread, and a slow handler no other client.
 *
 * Guards. How requests are read and refused stands in head.c, chunks.c and connection.c. Here connections are counted: in total and per
 * address. When there is no room, the connection that has waited longest without a request gives way; when all are at work, the
 * newcomer is told so (503), as long as a small reserve lasts.
 *
 * Why not a library's HTTP server: libevent's evhttp, tried first, shows its user a request only when it has read it whole, and in a reading of
 * its own: folded lines, bare line feeds and NULs cannot be seen any more, a time for the whole request cannot be set,
 * and a body that is too large ends the connection before the answer has arrived. See docs/decisions.
 *
 * Invariants
 *  1. A connection is in at most one of: the queue of jobs, a worker, the list of those done. Meanwhile its socket stays in the epoll set, until it reports something:
 *     then it is taken out and nothing else is touched.
 *  2. Connections are freed by the loop only, and within one turn of it before new ones are taken, so no event of that turn points at a
 *     connection that is gone.
 *
 * Sources: epoll(7), eventfd(2), signal-safety(7). */
#include "http/connection.h"

#include "base/limits.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 250, EVENTS = 64, MOST_WORKERS = 64, RESERVE = 64, KEPT_ARENA = 1 << 20 };

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- opening and closing ---- */

static struct mr_http_config with_defaults(const struct mr_http_config *given)
{
    struct mr_http_config c = *given;
    if (c.workers == 0) c.workers = 2;
    if (c.workers > MOST_WORKERS) c.workers = MOST_WORKERS;
    if (c.max_body == 0) c.max_body = MR_LIMIT_HTTP_BODY;
    if (c.connections == 0) c.connections = MR_LIMIT_HTTP_CONNECTIONS;
    if (c.per_address == 0) c.per_address = MR_LIMIT_HTTP_PER_ADDRESS;
    if (c.request_ms == 0) c.request_ms = MR_LIMIT_HTTP_REQUEST_MS;
    return c;
}

static int try_listen(const struct addrinfo *at)
{
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static unsigned short port_of(int fd)
{
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof bound;
    getsockname(fd, (struct sockaddr *)&bound, &size);
    return ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                             : ((struct sockaddr_in *)&bound)->sin_port);
}

/* Handed over: whoever holds it, too, keeps it listening when we stop. */
static void take_listener(struct mr_http_server *s)
{
    s->listener = s->config.listener;
    fcntl(s->listener, F_SETFL, fcntl(s->listener, F_GETFL) | O_NONBLOCK);
    fcntl(s->listener, F_SETFD, FD_CLOEXEC);
    s->port = port_of(s->listener);
}

static int open_listener(struct mr_http_server *s, struct mr_err *err)
{
    if (s->config.listener) {
        take_listener(s);
        return MR_OK;
    }
    const char *address = s->config.address ? s->config.address : "127.0.0.1";
    char port[8];
    snprintf(port, sizeof port, "%u", s->config.port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *found = NULL;
    int rc = getaddrinfo(address, port, &hints, &found);
    if (rc != 0) return MR_FAIL_DETAIL(err, MR_E_NET, "no such address", "%s: %s", address, gai_strerror(rc));
    s->listener = try_listen(found);
    int error = errno;
    freeaddrinfo(found);
    if (s->listener < 0)
        return MR_FAIL_DETAIL(err, MR_E_NET, "the address cannot be listened on", "%s port %s: %s", address, port,
                              strerror(error));
    s->port = port_of(s->listener);
    return MR_OK;
}

static int open_loop(struct mr_http_server *s, struct mr_err *err)
{
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    s->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &s->wake};
    if (s->epoll < 0 || s->wake < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->wake, &e) != 0)
        return MR_FAIL_DETAIL(err, MR_E_NET, "the event loop cannot be made", "%s", strerror(errno));
    return MR_OK;
}

int mr_http_open(const struct mr_http_config *config, mr_http_server **ret, struct mr_err *err)
{
    assert(config->handler);
    mr_http_server *s = calloc(1, sizeof *s);
    if (!s) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a server", MR_NOWHERE);
    s->config = with_defaults(config);
    s->counts_loopback = config->per_address != 0;
    s->listener = s->epoll = s->wake = -1;
    s->last_body = s->last_head = INT64_MAX;
    s->jobs_end = &s->jobs;
    mr_arena_init(&s->arena, MR_LIMIT_HTTP_MEMORY);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->work, NULL);
    int code = open_listener(s, err);
    if (code == MR_OK) code = open_loop(s, err);
    if (code != MR_OK) {
        mr_http_close(s);
        return code;
    }
    s->config.address = NULL; /* the caller's */
    if (config->proxies) snprintf(s->proxies, sizeof s->proxies, "%s", config->proxies);
    s->config.proxies = s->proxies;
    *ret = s;
    return MR_OK;
}

void mr_http_close(mr_http_server *s)
{
    if (!s) return;
    while (s->connections) mr_connection_free(s->connections);
    int fds[] = {s->listener, s->epoll, s->wake};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0) close(fds[i]);
    pthread_cond_destroy(&s->work);
    pthread_mutex_destroy(&s->lock);
    mr_arena_done(&s->arena);
    free(s);
}

unsigned short mr_http_port(const mr_http_server *s)
{
    return s->port;
}

/* An eventfd counts; only a full counter can refuse, and then the loop is awake anyway. */
static void wake(struct mr_http_server *s)
{
    uint64_t one = 1;
    ssize_t n = write(s->wake, &one, sizeof one);
    (void)n;
}

/* signal-safety(7): an atomic store and write(2) are all that happens here. */
void mr_http_stop(mr_http_server *s)
{
    int error = errno;
    atomic_store(&s->stopping, true);
    wake(s);
    errno = error;
}

/* ---- workers ---- */

void mr_http_server_submit(struct mr_http_server *s, mr_connection *c)
{
    pthread_mutex_lock(&s->lock);
    c->queued = NULL;
    *s->jobs_end = c;
    s->jobs_end = &c->queued;
    pthread_mutex_unlock(&s->lock);
    pthread_cond_signal(&s->work); /* when the lock is free: otherwise a worker wakes only to wait for it */
}

static mr_connection *take_job(struct mr_http_server *s)
{
    pthread_mutex_lock(&s->lock);
    while (!s->jobs && !s->quit) pthread_cond_wait(&s->work, &s->lock);
    mr_connection *c = s->jobs;
    if (c) s->jobs = c->queued;
    if (!s->jobs) s->jobs_end = &s->jobs;
    pthread_mutex_unlock(&s->lock);
    return c;
}

static void put_done(struct mr_http_server *s, mr_connection *c)
{
    pthread_mutex_lock(&s->lock);
    bool first = !s->done;
    c->queued = s->done;
    s->done = c;
    pthread_mutex_unlock(&s->lock);
    if (first) wake(s);
}

static void *work(void *self)
{
    struct mr_http_server *s = self;
    mr_arena arena;
    mr_arena_init(&arena, MR_LIMIT_HTTP_MEMORY);
    for (mr_connection *c; (c = take_job(s));) {
        mr_connection_work(c, &arena);
        if (arena.used > KEPT_ARENA)
            mr_arena_done(&arena);
        else
            mr_arena_reset(&arena);
        put_done(s, c);
    }
    mr_arena_done(&arena);
    return NULL;
}

static void end_workers(struct mr_http_server *s, pthread_t *threads, size_t count)
{
    pthread_mutex_lock(&s->lock);
    s->quit = true;
    pthread_cond_broadcast(&s->work);
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

/* Signals are for the thread that runs the loop. */
static int start_workers(struct mr_http_server *s, pthread_t *threads, struct mr_err *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    size_t started = 0;
    while (started < s->config.workers && pthread_create(&threads[started], NULL, work, s) == 0) started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started == s->config.workers) return MR_OK;
    end_workers(s, threads, started);
    return MR_FAIL(err, MR_E_NET, "the worker threads cannot be started", MR_NOWHERE);
}

/* ---- taking connections ---- */

static void set_accepting(struct mr_http_server *s, bool on)
{
    if (s->accepting == on || s->listener < 0) return;
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &s->listener};
    if (epoll_ctl(s->epoll, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, s->listener, &e) == 0) s->accepting = on;
}

static bool is_same_address(const mr_connection *a, const mr_connection *b)
{
    return memcmp(&a->address, &b->address, sizeof a->address) == 0;
}

/* Of the others, the one that has waited longest without a request; or NULL. */
static mr_connection *longest_idle(const mr_connection *newcomer, bool of_same_address)
{
    mr_connection *found = NULL;
    for (mr_connection *c = newcomer->server->connections; c; c = c->next)
        if (c != newcomer && mr_connection_is_idle(c) && (!of_same_address || is_same_address(c, newcomer)) &&
            (!found || c->since <= found->since))
            found = c;
    return found;
}

static size_t count_of_address(const struct mr_http_server *s, const mr_connection *like)
{
    size_t n = 0;
    for (const mr_connection *c = s->connections; c; c = c->next) n += is_same_address(c, like);
    return n;
}

/* Make room for a new connection, at an idle one's cost; false when all are at work. */
static bool make_room(struct mr_http_server *s, const mr_connection *c)
{
    bool counted = !c->loopback || s->counts_loopback;
    for (int same = 0; same < 2; same++) {
        bool full = same ? counted && count_of_address(s, c) > s->config.per_address : s->count > s->config.connections;
        if (!full) continue;
        mr_connection *idle = longest_idle(c, same);
        if (!idle) return false;
        mr_connection_free(idle);
    }
    return true;
}

static void take_connection(struct mr_http_server *s, int fd, const struct sockaddr_storage *from)
{
    mr_connection *c = s->count < s->config.connections + RESERVE ? mr_connection_new(s, fd, from) : NULL;
    if (!c)
        close(fd);
    else if (!make_room(s, c))
        mr_connection_refuse(c, 503);
}

static void accept_some(struct mr_http_server *s)
{
    for (int i = 0; i < EVENTS; i++) {
        struct sockaddr_storage from = {0};
        socklen_t size = sizeof from;
        int fd = accept4(s->listener, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            take_connection(s, fd, &from);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            set_accepting(s, false); /* until the next tick: else the loop would spin */
            return;
        }
    }
}

/* ---- the loop ---- */

static void answer_done(struct mr_http_server *s)
{
    uint64_t times;
    ssize_t n = read(s->wake, &times, sizeof times);
    (void)n;
    pthread_mutex_lock(&s->lock);
    mr_connection *c = s->done;
    s->done = NULL;
    pthread_mutex_unlock(&s->lock);
    for (mr_connection *next; c; c = next) {
        next = c->queued;
        mr_connection_answer(c);
    }
}

static void check_times(struct mr_http_server *s)
{
    if (s->now - s->checked < TICK_MS) return;
    s->checked = s->now;
    for (mr_connection *c = s->connections, *next; c; c = next) {
        next = c->next;
        mr_connection_check_time(c);
    }
    if (!atomic_load(&s->stopping)) set_accepting(s, true);
}

/* Once: no new connections, and those that rest between two requests are closed. One that was taken and has not said anything yet is about to: it was promised
 * an answer when it was taken. */
static void begin_stop(struct mr_http_server *s)
{
    if (s->last_body != INT64_MAX) return;
    s->last_body = s->now + MR_LIMIT_HTTP_STOP_MS;
    s->last_head = s->now + MR_LIMIT_HTTP_STOP_HEAD_MS;
    set_accepting(s, false);
    close(s->listener);
    s->listener = -1;
    for (mr_connection *c = s->connections, *next; c; c = next) {
        next = c->next;
        if (c->answered && mr_connection_is_idle(c)) mr_connection_free(c);
    }
}

static void turn(struct mr_http_server *s)
{
    struct epoll_event events[EVENTS];
    bool waits = s->count > 0 || !s->accepting;
    int n = epoll_wait(s->epoll, events, EVENTS, waits ? TICK_MS : -1);
    s->now = monotonic_ms();
    bool woken = false, knocked = false;
    for (int i = 0; i < n; i++) {
        void *what = events[i].data.ptr;
        if (what == &s->wake)
            woken = true;
        else if (what == &s->listener)
            knocked = true;
        else
            mr_connection_ready(what);
    }
    if (woken) answer_done(s);
    if (atomic_load(&s->stopping))
        begin_stop(s);
    else if (knocked)
        accept_some(s); /* last: it may close idle ones, of which an event was pending */
    check_times(s);
}

int mr_http_run(mr_http_server *s, struct mr_err *err)
{
    pthread_t threads[MOST_WORKERS];
    MR_TRY(start_workers(s, threads, err));
    s->now = monotonic_ms();
    set_accepting(s, true);
    while (!atomic_load(&s->stopping) || s->last_body == INT64_MAX || s->count > 0) turn(s);
    end_workers(s, threads, s->config.workers);
    return MR_OK;
}
