/* What happens on one connection.
 *
 * Idea. A connection is a small state machine that the loop drives: head, body, worker, answer, and again. A socket is read only when the
 * present stage wants bytes, so a client that sends ahead fills its own kernel buffers and never our memory.
 *
 * Time. Each stage has a deadline on the wall, not one that starts anew with every byte: a request that trickles in is answered
 * 408. A body, and an answer that is being taken, may last longer than MR_LIMIT_HTTP_REQUEST_MS only as long as in each such
 * span MR_LIMIT_HTTP_BYTES_PER_S is kept up.
 *
 * Refusals. What cannot be understood has no known end, so after a refusal the connection is closed: left-over bytes are never read as a
 * request. Closing at once would send a reset, and the client might lose the answer while it is still sending; so our side is shut, and what
 * comes is read into one scratch buffer and dropped until the client closes, or the time is over. A body that is too large is refused from
 * its Content-Length, before any of it is read; memory stays flat whatever is sent.
 *
 * Invariants
 *  1. In the stage MR_WORKING the socket is not watched and only the worker touches the connection; head texts lie in c->arena.
 *  2. server->body_bytes is the sum of `counted` of all connections.
 *  3. After linger is set nothing that arrives is interpreted.
 *
 * Sources: RFC 9112 sections 2, 6, 9; RFC 9110 sections 10.1.1 and 15; mod_reqtimeout for the rule of time. */
#include "http/connection.h"
#include "http/proxy.h"

#include "base/limits.h"
#include "http/response.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { READ_SIZE = 65536, HEAD_READ_SIZE = 4096, HEAD_MEMORY = 128 * 1024 };

static void process(mr_connection *c);

/* ---- life ---- */

static void read_address(mr_connection *c, const struct sockaddr_storage *from)
{
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)from;
        uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff};
        memcpy(mapped + 12, &v4->sin_addr, 4);
        memcpy(&c->address, mapped, 16);
        c->loopback = mapped[12] == 127;
        inet_ntop(AF_INET, &v4->sin_addr, c->peer, sizeof c->peer);
    } else if (from->ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)from;
        c->address = v6->sin6_addr;
        c->loopback = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
        inet_ntop(AF_INET6, &v6->sin6_addr, c->peer, sizeof c->peer);
        if (IN6_IS_ADDR_V4MAPPED(&c->address)) {
            c->loopback = c->address.s6_addr[12] == 127;
            memmove(c->peer, c->peer + 7, strlen(c->peer + 7) + 1); /* "::ffff:" */
        } else {
            memset(c->address.s6_addr + 8, 0, 8);
        }
    }
}

static void watch(mr_connection *c, uint32_t events)
{
    if (events == c->watched) return;
    int operation = !events ? EPOLL_CTL_DEL : c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    struct epoll_event e = {.events = events, .data.ptr = c};
    epoll_ctl(c->server->epoll, operation, c->fd,
              &e); /* fails only for want of kernel memory: the deadline then ends the connection */
    c->watched = events;
}

static void enter(mr_connection *c, enum mr_connection_stage stage)
{
    c->stage = stage;
    c->since = c->server->now;
    c->marked = 0;
}

/* So many bytes have passed: enough for another span of time? */
static void grant_time(mr_connection *c, size_t passed)
{
    if (passed - c->marked < MR_LIMIT_HTTP_BYTES_PER_S * (size_t)c->server->config.request_ms / 1000) return;
    c->marked = passed;
    c->since = c->server->now;
}

mr_connection *mr_connection_new(struct mr_http_server *s, int fd, const struct sockaddr_storage *from)
{
    mr_connection *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->server = s;
    c->fd = fd;
    mr_buf_init(&c->in, MR_LIMIT_HTTP_HEADER_BYTES);
    mr_buf_init(&c->out, 2 * MR_LIMIT_HTTP_HEADER_BYTES);
    mr_arena_init(&c->arena, HEAD_MEMORY);
    read_address(c, from);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->next = s->connections;
    if (c->next) c->next->previous = c;
    s->connections = c;
    s->count++;
    enter(c, MR_READING_HEAD);
    watch(c, EPOLLIN);
    return c;
}

static void drop_body(mr_connection *c)
{
    c->server->body_bytes -= c->counted;
    c->counted = 0;
    mr_buf_done(&c->body);
}

void mr_connection_free(mr_connection *c)
{
    assert(c->stage != MR_WORKING);
    watch(c, 0);
    close(c->fd);
    if (c->next) c->next->previous = c->previous;
    if (c->previous)
        c->previous->next = c->next;
    else
        c->server->connections = c->next;
    c->server->count--;
    drop_body(c);
    mr_buf_done(&c->in);
    mr_buf_done(&c->out);
    mr_buf_done(&c->out_body);
    mr_arena_done(&c->arena);
    free(c);
}

/* ---- answering ---- */

/* The last answer was sent. Closing with unread bytes would reset the connection: see above. */
static void finish(mr_connection *c)
{
    if (!c->linger) {
        mr_connection_free(c);
        return;
    }
    shutdown(c->fd, SHUT_WR);
    drop_body(c);
    mr_buf_done(&c->in);
    enter(c, MR_LINGERING);
    watch(c, EPOLLIN);
}

static void next_request(mr_connection *c)
{
    drop_body(c);
    mr_buf_done(&c->out_body);
    mr_buf_clear(&c->out);
    mr_arena_reset(&c->arena);
    c->sent = c->scanned = 0;
    c->skipped = false;
    c->answered = true;
    c->head = (struct mr_http_head){0};
    enter(c, MR_READING_HEAD);
    watch(c, EPOLLIN);
    if (c->in.len > 0) process(c); /* the client did not wait for the answer */
}

static struct iovec part_from(const mr_buf *b, size_t skip)
{
    return skip >= b->len ? (struct iovec){0} : (struct iovec){b->ptr + skip, b->len - skip};
}

static void send_answer(mr_connection *c)
{
    size_t total = c->out.len + c->out_body.len;
    while (c->sent < total) {
        struct iovec parts[2] = {part_from(&c->out, c->sent),
                                 part_from(&c->out_body, c->sent > c->out.len ? c->sent - c->out.len : 0)};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        ssize_t n = sendmsg(c->fd, &message, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            watch(c, EPOLLOUT);
            return;
        }
        if (n <= 0) {
            mr_connection_free(c);
            return;
        }
        c->sent += (size_t)n;
        grant_time(c, c->sent);
    }
    if (c->close || atomic_load(&c->server->stopping))
        finish(c);
    else
        next_request(c);
}

/* The answer of `r` becomes the connection's. Runs in workers too. */
static void take_answer(mr_connection *c, mr_http_response *r)
{
    if (atomic_load(&c->server->stopping)) c->close = true;
    mr_buf_clear(&c->out);
    mr_http_response_write_head(r, c->close, (int64_t)time(NULL), &c->out);
    if (c->head.method != MR_HEAD && mr_http_response_has_body(r)) {
        c->out_body = r->body;
        mr_buf_init(&r->body, 0);
    }
    if (mr_buf_failed(&c->out)) { /* no memory, or headers beyond all reason: nothing can be said any more */
        mr_buf_clear(&c->out);
        mr_buf_done(&c->out_body);
        c->close = true;
    }
    mr_http_response_done(r);
}

static void fill_refusal(mr_connection *c, int status, mr_arena *arena, mr_http_response *r)
{
    const struct mr_http_config *config = &c->server->config;
    const char *language = "";
    for (size_t i = 0; i < c->head.header_count; i++)
        if (mr_str_eq_ascii_nocase(c->head.headers[i].name, MR_STR("accept-language")))
            language = mr_arena_cstr(arena, c->head.headers[i].value);
    mr_http_response_init(r, arena);
    r->status = status;
    if (config->refuse) config->refuse(config->self, status, language ? language : "", r);
    if (!config->refuse || mr_http_response_is_wrong(r)) {
        mr_http_response_done(r);
        mr_http_response_init(r, arena);
        r->status = status;
        mr_buf_format(&r->body, "%d %s\n", status, mr_http_reason(status));
    }
}

void mr_connection_refuse(mr_connection *c, int status)
{
    mr_http_response r;
    mr_arena_reset(&c->server->arena);
    fill_refusal(c, status, &c->server->arena, &r);
    c->close = c->linger = true;
    take_answer(c, &r);
    drop_body(c);
    enter(c, MR_WRITING);
    send_answer(c);
}

void mr_connection_answer(mr_connection *c)
{
    drop_body(c);
    if (c->in.len > 0) c->linger = true; /* only matters when it closes */
    enter(c, MR_WRITING);
    send_answer(c);
}

/* ---- the worker's part ---- */

static mr_str forwarded_for(const struct mr_http_head *head)
{
    const mr_http_request r = {.headers = head->headers, .header_count = head->header_count};
    return mr_http_header(&r, "X-Forwarded-For");
}

void mr_connection_work(mr_connection *c, mr_arena *arena)
{
    const struct mr_http_config *config = &c->server->config;
    const mr_http_request request = {
        .method = c->head.method,
        .path = c->head.path,
        .query = c->head.query,
        .body = mr_buf_str(&c->body),
        .headers = c->head.headers,
        .header_count = c->head.header_count,
        .peer = mr_http_proxy_client(mr_str_of(config->proxies), mr_str_of(c->peer), forwarded_for(&c->head)),
        .arena = arena,
    };
    mr_http_response r;
    mr_http_response_init(&r, arena);
    config->handler(config->self, &request, &r);
    if (mr_http_response_is_wrong(&r)) {
        mr_http_response_done(&r);
        fill_refusal(c, 500, arena, &r);
    }
    if (!c->head.keep_alive) c->close = true;
    take_answer(c, &r);
}

/* ---- reading ---- */

static void submit(mr_connection *c)
{
    c->stage =
        MR_WORKING; /* still watched: taking it out and putting it in again would cost two system calls a request */
    mr_http_server_submit(c->server, c);
}

static void remove_front(mr_buf *b, size_t n)
{
    if (n < b->len) memmove(b->ptr, b->ptr + n, b->len - n);
    b->len -= n;
}

/* Count what the body holds now; false when all bodies together hold too much. */
static bool count_body(mr_connection *c)
{
    c->server->body_bytes += c->body.len - c->counted;
    c->counted = c->body.len;
    grant_time(c, c->body.len);
    return c->server->body_bytes <= MR_LIMIT_HTTP_BODIES;
}

/* `in` may hold a part of the body, and requests behind it. */
static void process_body(mr_connection *c)
{
    size_t missing = (size_t)c->head.length - c->body.len;
    size_t n = c->in.len < missing ? c->in.len : missing;
    if (n > 0) {
        mr_buf_put(&c->body, mr_str_make(c->in.ptr, n));
        remove_front(&c->in, n);
    }
    if (mr_buf_failed(&c->body) || !count_body(c))
        mr_connection_refuse(c, 503);
    else if (c->body.len == c->head.length)
        submit(c);
}

static void process_chunks(mr_connection *c)
{
    size_t used = 0;
    bool done = false;
    int status = mr_http_chunks_read(&c->chunks, mr_buf_str(&c->in), &c->body, &used, &done);
    if (status == 0 && !count_body(c)) status = 503;
    if (status) {
        mr_connection_refuse(c, status);
        return;
    }
    remove_front(&c->in, used);
    if (done) submit(c);
}

static void begin_body(mr_connection *c)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (!c->head.chunked && c->head.length > c->server->config.max_body) {
        mr_connection_refuse(c, 413);
        return;
    }
    /* RFC 9110 10.1.1; the socket has sent all that came before, so these few bytes fit */
    if (c->head.waits && c->in.len == 0 && send(c->fd, go_on, sizeof go_on - 1, MSG_NOSIGNAL) != sizeof go_on - 1) {
        mr_connection_free(c);
        return;
    }
    mr_buf_init(&c->body, c->server->config.max_body);
    c->chunks = (struct mr_http_chunks){0};
    c->stage = c->head.chunked ? MR_READING_CHUNKS : MR_READING_BODY; /* the clock runs on */
    process(c);
}

/* RFC 9112 2.2: one empty line before a request is passed over. */
static void skip_empty_line(mr_connection *c)
{
    if (c->skipped || c->in.len < 2 || memcmp(c->in.ptr, "\r\n", 2) != 0) return;
    c->skipped = true;
    c->scanned = 0;
    remove_front(&c->in, 2);
}

static void process_head(mr_connection *c)
{
    skip_empty_line(c);
    if (c->in.len == 0) return;
    char first = c->in.ptr[0];
    if (!(first >= 'A' && first <= 'Z') && first != '\r') { /* also a TLS greeting, at once and not after a wait */
        mr_connection_refuse(c, 400);
        return;
    }
    ptrdiff_t size = mr_http_head_end(mr_buf_str(&c->in), &c->scanned);
    if (size <= 0) {
        if (size < 0 || c->in.len >= MR_LIMIT_HTTP_HEADER_BYTES) mr_connection_refuse(c, size < 0 ? 400 : 431);
        return;
    }
    mr_str text = mr_arena_dup(&c->arena, mr_str_make(c->in.ptr, (size_t)size));
    remove_front(&c->in, (size_t)size);
    int status = text.ptr ? mr_http_head_parse(&c->arena, text, &c->head) : 503;
    if (status)
        mr_connection_refuse(c, status);
    else
        begin_body(c);
}

static void process(mr_connection *c)
{
    switch (c->stage) {
    case MR_READING_HEAD: process_head(c); break;
    case MR_READING_BODY: process_body(c); break;
    case MR_READING_CHUNKS: process_chunks(c); break;
    default: break;
    }
}

/* Where bytes go and how many are wanted. */
static char *room(mr_connection *c, size_t *ret_size)
{
    size_t size = HEAD_READ_SIZE, missing;
    mr_buf *b = &c->in;
    if (c->stage == MR_READING_BODY) {
        b = &c->body;
        missing = (size_t)c->head.length - c->body.len;
        size = missing < READ_SIZE ? missing : READ_SIZE;
    } else if (size > b->max - b->len) {
        size = b->max - b->len;
    }
    *ret_size = size;
    return mr_buf_reserve(b, size);
}

static bool is_passing(int error)
{
    return error == EINTR || error == EAGAIN || error == EWOULDBLOCK;
}

static void receive(mr_connection *c)
{
    size_t size;
    char *at = room(c, &size);
    if (!at) {
        mr_connection_refuse(c, 503);
        return;
    }
    ssize_t n = recv(c->fd, at, size, 0);
    if (n < 0 && is_passing(errno)) return;
    if (n <= 0) { /* the other side is gone, and an incomplete request with it */
        mr_connection_free(c);
        return;
    }
    if (mr_connection_is_idle(c)) c->since = c->server->now; /* the request's clock */
    if (c->stage == MR_READING_BODY)
        c->body.len += (size_t)n;
    else
        c->in.len += (size_t)n;
    process(c);
}

/* A few reads a turn, so that one that sends without end does not hold up the others. */
static void discard(mr_connection *c)
{
    char scratch[READ_SIZE];
    for (int i = 0; i < 4; i++) {
        ssize_t n = recv(c->fd, scratch, sizeof scratch, 0);
        if (n > 0) continue;
        if (n < 0 && is_passing(errno)) return;
        mr_connection_free(c);
        return;
    }
}

void mr_connection_ready(mr_connection *c)
{
    switch (c->stage) {
    case MR_READING_HEAD:
    case MR_READING_BODY:
    case MR_READING_CHUNKS: receive(c); break;
    case MR_WRITING: send_answer(c); break;
    case MR_LINGERING: discard(c); break;
    case MR_WORKING: watch(c, 0); break; /* it sends more, or is closed: that would be reported again and again */
    }
}

/* ---- time ---- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t deadline(const mr_connection *c)
{
    int64_t request = c->server->config.request_ms, stop = c->server->last_body;
    switch (c->stage) {
    case MR_READING_HEAD:
        if (c->in.len) return least(c->since + least(MR_LIMIT_HTTP_HEAD_MS, request), stop);
        return least(c->since + least(MR_LIMIT_HTTP_IDLE_MS, request), c->server->last_head);
    case MR_READING_BODY:
    case MR_READING_CHUNKS: return least(c->since + request, stop);
    case MR_WRITING: return c->since + request;
    case MR_LINGERING: return least(c->since + least(MR_LIMIT_HTTP_LINGER_MS, request), stop);
    case MR_WORKING: break;
    }
    return INT64_MAX;
}

void mr_connection_check_time(mr_connection *c)
{
    if (c->server->now < deadline(c)) return;
    bool asked =
        c->stage == MR_READING_BODY || c->stage == MR_READING_CHUNKS || (c->stage == MR_READING_HEAD && c->in.len > 0);
    if (asked)
        mr_connection_refuse(c, 408);
    else
        mr_connection_free(c);
}
