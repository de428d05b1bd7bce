/* One connection and the server as the two halves of the loop see them: connection.c (what happens on a connection) and server.c (which connections
 * there are, and the threads). Everything here belongs to the loop's thread unless said otherwise. */
#ifndef MR_HTTP_CONNECTION_H
#define MR_HTTP_CONNECTION_H

#include "http/chunks.h"
#include "http/head.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

enum mr_connection_stage {
    MR_READING_HEAD, /* also: waiting for a request */
    MR_READING_BODY,
    MR_READING_CHUNKS,
    MR_WORKING, /* a worker has it; the loop keeps its hands off */
    MR_WRITING,
    MR_LINGERING, /* answered for the last time; what still comes is thrown away */
};

typedef struct mr_connection {
    struct mr_http_server *server;
    struct mr_connection *previous, *next; /* all connections */
    struct mr_connection *queued;          /* next of the jobs, or of those done */
    int fd;
    uint32_t watched; /* epoll events; 0: not in the set */
    enum mr_connection_stage stage;
    int64_t since;  /* when the stage's clock started, ms; a body's clock is its request's, until `marked` moves */
    size_t marked;  /* bytes of body or answer that had passed at `since` */
    mr_buf in;      /* bytes received and not yet understood */
    size_t scanned; /* of `in`: looked at for the end of the head */
    bool skipped;   /* an empty line before the request */
    mr_arena arena; /* the head */
    struct mr_http_head head;
    mr_buf body;
    size_t counted; /* of body, in server->body_bytes */
    struct mr_http_chunks chunks;
    mr_buf out, out_body;    /* the answer */
    size_t sent;             /* of out and out_body together */
    bool close, linger;      /* after the answer */
    bool answered;           /* a request on it was answered before */
    struct in6_addr address; /* as far as addresses are counted: IPv4 mapped, IPv6 cut to /64 */
    bool loopback;
    char peer[INET6_ADDRSTRLEN];
} mr_connection;

struct mr_http_server {
    struct mr_http_config config; /* without zeros */
    bool counts_loopback;
    int listener, epoll, wake; /* wake: an eventfd that workers and mr_http_stop write to */
    unsigned short port;
    char proxies[512];
    bool accepting;
    int64_t last_head; /* ms: when a new connection must have said something; INT64_MAX while the server runs */
    int64_t last_body; /* ms: when the last body must have arrived; likewise */
    atomic_bool stopping;
    int64_t now;     /* monotonic ms, of this turn of the loop */
    int64_t checked; /* when deadlines were looked at */
    mr_connection *connections;
    size_t count;
    size_t body_bytes; /* held by all connections */
    mr_arena arena;    /* of one refusal */
    pthread_mutex_t lock;
    pthread_cond_t work;
    mr_connection *jobs, **jobs_end, *done; /* under the lock */
    bool quit;                              /* under the lock: workers leave */
};

/* Take over an accepted socket; NULL when memory is short (the socket is then the caller's). */
mr_connection *mr_connection_new(struct mr_http_server *s, int fd, const struct sockaddr_storage *from);
void mr_connection_free(mr_connection *c);
/* The socket is ready. May free c, and never another one. */
void mr_connection_ready(mr_connection *c);
/* Is its time over? Then it is answered or freed. */
void mr_connection_check_time(mr_connection *c);
/* Answer with a status and close; before or instead of a request. */
void mr_connection_refuse(mr_connection *c, int status);
/* Waiting for a request of which nothing has come. */
static inline bool mr_connection_is_idle(const mr_connection *c)
{
    return c->stage == MR_READING_HEAD && c->in.len == 0;
}
/* In a worker: call the handler and make the answer ready in c. */
void mr_connection_work(mr_connection *c, mr_arena *arena);
/* Back in the loop: send it. May free c. */
void mr_connection_answer(mr_connection *c);

/* Hand a whole request to the workers (server.c). */
void mr_http_server_submit(struct mr_http_server *s, mr_connection *c);

#endif
