/* The least that an HTTP server does: libevent's evhttp, one thread, answers held in memory.
 *
 *   bench_evhttp      prints its port on loopback, serves /SIZE with SIZE octets of text, and ends when its input does */
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/socket.h>

enum { MOST = 1 << 20 };
static char text[MOST];

static void answer(struct evhttp_request *request, void *unused)
{
    unsigned long size = strtoul(evhttp_request_get_uri(request) + 1, NULL, 10);
    struct evbuffer *out = evbuffer_new();
    (void)unused;
    if (!out || size > MOST) abort();
    evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", "text/html; charset=utf-8");
    evbuffer_add(out, text, size);
    evhttp_send_reply(request, HTTP_OK, "OK", out);
    evbuffer_free(out);
}

static void stop(evutil_socket_t input, short what, void *base)
{
    char c;
    (void)what;
    if (read(input, &c, 1) <= 0) event_base_loopbreak(base);
}

int main(void)
{
    struct sockaddr_in where = {0};
    socklen_t size = sizeof where;
    struct event_config *config = event_config_new();
    if (!config) return 1;
    event_config_avoid_method(config,
                              "epoll"); /* epoll takes no file as input; with a few connections poll is as quick */
    struct event_base *base = event_base_new_with_config(config);
    struct evhttp *http = base ? evhttp_new(base) : NULL;
    struct evhttp_bound_socket *bound = http ? evhttp_bind_socket_with_handle(http, "127.0.0.1", 0) : NULL;
    if (!bound || getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&where, &size)) return 1;
    memset(text, 'x', sizeof text);
    evhttp_set_gencb(http, answer, NULL);
    struct event *ending = event_new(base, STDIN_FILENO, EV_READ | EV_PERSIST, stop, base);
    if (!ending || event_add(ending, NULL)) return 1;
    printf("%d\n", ntohs(where.sin_port));
    fflush(stdout);
    event_base_dispatch(base);
    event_free(ending);
    evhttp_free(http);
    event_base_free(base);
    event_config_free(config);
    return 0;
}
