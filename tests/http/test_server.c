#include "http/running.h"

#include "base/limits.h"

#define HOST "Host: example.org\r\n"

static char answer[1 << 16];

static void test_server__answers_and_keeps_the_connection(void **state)
{
    struct running t;
    running_start(&t);
    int fd = client_connect(&t);
    client_send(fd, MR_STR("GET /echo?a=b HTTP/1.1\r\n" HOST "\r\n"));
    assert_int_equal(client_answer(fd, answer, sizeof answer), 200);
    assert_non_null(strstr(answer, "\r\n\r\n0 /echo "));
    assert_non_null(strstr(answer, "Content-Type: text/plain; charset=utf-8\r\n"));
    assert_non_null(strstr(answer, "\r\nDate: "));
    assert_null(strstr(answer, "Connection: close"));
    client_send(fd, MR_STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello"));
    assert_int_equal(client_answer(fd, answer, sizeof answer), 200);
    assert_non_null(strstr(answer, "\r\n\r\n2 /echo hello"));
    client_send(fd, MR_STR("PUT /echo HTTP/1.1\r\n" HOST
                           "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
    assert_int_equal(client_answer(fd, answer, sizeof answer), 200);
    assert_non_null(strstr(answer, "\r\n\r\n3 /echo abc"));
    assert_non_null(strstr(answer, "Connection: close"));
    assert_int_equal(recv(fd, answer, sizeof answer, 0), 0);
    close(fd);
    running_stop(&t);
}

static void test_server__answers_each_of_several_requests_sent_at_once(void **state)
{
    struct running t;
    bool closed;
    running_start(&t);
    int fd = client_connect(&t);
    client_send(fd, MR_STR("\r\nPOST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\none"
                           "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n\r\n"
                           "GET /moved HTTP/1.1\r\n" HOST "\r\n"
                           "DELETE /echo HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"));
    client_receive(fd, answer, sizeof answer, SIZE_MAX, &closed);
    assert_true(closed);
    const char *at = answer;
    static const char *const expected[] = {"2 /echo one", "2 /echo two",
                                           "HTTP/1.1 303 See Other\r\nLocation: /echo\r\n", "4 /echo "};
    for (size_t i = 0; i < 4; i++) {
        at = strstr(at, expected[i]);
        if (!at) fail_msg("%s is missing or out of order", expected[i]);
    }
    close(fd);
    running_stop(&t);
}

static void test_server__leaves_out_bodies_where_none_belongs(void **state)
{
    struct running t;
    bool closed;
    running_start(&t);
    int fd = client_connect(&t);
    client_send(fd, MR_STR("HEAD /echo HTTP/1.1\r\n" HOST "\r\n"
                           "GET /nothing HTTP/1.1\r\n" HOST "\r\n"
                           "HEAD /echo HTTP/1.1\r\n" HOST "Content-Length: x\r\n\r\n"));
    client_receive(fd, answer, sizeof answer, SIZE_MAX, &closed);
    assert_true(closed);
    assert_non_null(strstr(answer, "Content-Length: 8\r\n")); /* "1 /echo " */
    assert_null(strstr(answer, "1 /echo "));
    assert_non_null(strstr(answer, "HTTP/1.1 204 No Content\r\nDate: "));
    assert_null(strstr(answer, "never sent"));
    assert_non_null(strstr(answer, "HTTP/1.1 400 Bad Request\r\n"));
    assert_null(strstr(answer, "<p>"));
    close(fd);
    running_stop(&t);
}

/* One answer, a closed connection, and nothing of what follows taken for a request. */
static void test_server__refuses_hostile_requests_once_and_closes(void **state)
{
#define SMUGGLED "GET /echo HTTP/1.1\r\n" HOST "\r\n"
    static const struct {
        const char *what;
        mr_str bytes;
        int expected;
    } cases[] = {
#define CASE(what, text, status) {what, MR_STR_INIT(text SMUGGLED), status}
        CASE("two different Content-Length",
             "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\nContent-Length: 6\r\n\r\n", 400),
        CASE("Content-Length with chunked",
             "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        CASE("xchunked", "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
        CASE("Content-Length +5", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\nhello", 400),
        CASE("bad chunk size", "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        CASE("huge chunk size", "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", 413),
        CASE("enormous chunk size",
             "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 400),
        CASE("missing Host", "GET /echo HTTP/1.1\r\n\r\n", 400),
        CASE("two Hosts", "GET /echo HTTP/1.1\r\n" HOST HOST "\r\n", 400),
        CASE("bare LF", "GET /echo HTTP/1.1\n" HOST "\n", 400),
        CASE("folded line", "GET /echo HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n", 400),
        CASE("NUL in a header", "GET /echo HTTP/1.1\r\n" HOST "A: b\0c\r\n\r\n", 400),
        CASE("blank before the colon", "POST /echo HTTP/1.1\r\n" HOST "Content-Length : 5\r\n\r\nhello", 400),
        CASE("TRACE", "TRACE /echo HTTP/1.1\r\n" HOST "\r\n", 501),
        CASE("dot segments", "GET /../echo HTTP/1.1\r\n" HOST "\r\n", 400),
        CASE("two empty lines first", "\r\n\r\nGET /echo HTTP/1.1\r\n" HOST "\r\n", 400),
        CASE("a TLS greeting", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        CASE("too large", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 12582913\r\n\r\n", 413),
        CASE("an unknown expectation", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1\r\nExpect: x\r\n\r\n", 417),
        CASE("HTTP/3", "GET /echo HTTP/3.0\r\n" HOST "\r\n", 505),
#undef CASE
    };
    struct running t;
    running_start(&t);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool closed;
        int status = client_ask(&t, cases[i].bytes, answer, sizeof answer, &closed);
        if (status != cases[i].expected || !closed || !strstr(answer, "Connection: close\r\n"))
            fail_msg("%s: expected %d, got %d, %s", cases[i].what, cases[i].expected, status,
                     closed ? "closed" : "open");
        if (!strstr(answer, "<p>refused")) fail_msg("%s: no page", cases[i].what);
    }
    assert_int_equal(atomic_load(&t.calls), 0);
    assert_int_equal(client_ask(&t, MR_STR("GET /echo HTTP/1.1\r\n" HOST "\r\n"), answer, sizeof answer, NULL), 200);
    running_stop(&t);
}

static void test_server__limits_the_head(void **state)
{
    struct running t;
    mr_buf b;
    bool closed;
    running_start(&t);
    mr_buf_init(&b, 1 << 20);
    mr_buf_puts(&b, "GET /echo HTTP/1.1\r\n" HOST "A: ");
    while (b.len < 200000) mr_buf_putc(&b, 'a');
    mr_buf_puts(&b, "\r\n\r\n");
    assert_int_equal(client_ask(&t, mr_buf_str(&b), answer, sizeof answer, &closed), 431);
    assert_true(closed);
    mr_buf_clear(&b);
    mr_buf_puts(&b, "GET /echo HTTP/1.1\r\n" HOST "Accept-Language: da\r\n");
    for (int i = 0; i < 2000; i++) mr_buf_puts(&b, "A: b\r\n");
    mr_buf_puts(&b, "\r\n");
    assert_int_equal(client_ask(&t, mr_buf_str(&b), answer, sizeof answer, &closed), 400);
    assert_true(closed);
    assert_non_null(strstr(answer, "<p>refused 400 da")); /* in the reader's language, as far as it was read */
    mr_buf_done(&b);
    assert_int_equal(atomic_load(&t.calls), 0);
    running_stop(&t);
}

static void test_server__a_handlers_mistake_is_a_500(void **state)
{
    struct running t;
    running_start(&t);
    assert_int_equal(client_ask(&t, MR_STR("GET /wrong HTTP/1.1\r\n" HOST "Accept-Language: sv\r\n\r\n"), answer,
                                sizeof answer, NULL),
                     500);
    assert_non_null(strstr(answer, "<p>refused 500 sv"));
    assert_null(strstr(answer, "b=c"));
    running_stop(&t);
}

static void test_server__goes_on_with_a_body_that_waits(void **state)
{
    struct running t;
    bool closed;
    running_start(&t);
    int fd = client_connect(&t);
    client_send(fd, MR_STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
    client_receive(fd, answer, sizeof answer, 25, &closed);
    assert_string_equal(answer, "HTTP/1.1 100 Continue\r\n\r\n");
    client_send(fd, MR_STR("hello"));
    assert_int_equal(client_answer(fd, answer, sizeof answer), 200);
    assert_non_null(strstr(answer, "2 /echo hello"));
    close(fd);
    /* too large: refused before it is sent */
    assert_int_equal(
        client_ask(&t,
                   MR_STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n"),
                   answer, sizeof answer, NULL),
        413);
    running_stop(&t);
}

/* ---- many and slow ones ---- */

struct client {
    const struct running *t;
    int number, good;
};

static void *ask_often(void *self)
{
    struct client *c = self;
    int fd = client_connect(c->t);
    for (int i = 0; i < 50 && fd >= 0; i++) {
        char text[256], expected[64], *out = malloc(4096);
        int n = snprintf(expected, sizeof expected, "client %d asks %d", c->number, i);
        snprintf(text, sizeof text, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: %d\r\n\r\n%s", n, expected);
        if (client_send(fd, mr_str_of(text)) && client_answer(fd, out, 4096) == 200 && strstr(out, expected)) c->good++;
        free(out);
    }
    close(fd);
    return NULL;
}

static void test_server__serves_64_clients_at_once(void **state)
{
    enum { CLIENTS = 64 };
    struct running t;
    pthread_t threads[CLIENTS];
    struct client clients[CLIENTS];
    running_start_with(&t, (struct mr_http_config){.workers = 4});
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){&t, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &clients[i]), 0);
    }
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(threads[i], NULL);
        if (clients[i].good != 50) fail_msg("client %d: %d of 50 answers", i, clients[i].good);
    }
    assert_int_equal(atomic_load(&t.calls), CLIENTS * 50);
    running_stop(&t);
}

/* A byte every now and then does not buy time; a head and a body alike. */
static void test_server__ends_requests_that_trickle_in(void **state)
{
    static const char *const starts[] = {
        "GET /echo HTTP/1.1\r\nHost: h\r\nX-Slow: ", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n",
        "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n3e8\r\n"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct running t;
        bool closed = false;
        running_start_with(&t, (struct mr_http_config){.request_ms = 600});
        int fd = client_connect(&t);
        double start = running_seconds();
        client_send(fd, mr_str_of(starts[i]));
        struct pollfd p = {fd, POLLIN, 0};
        int sent = 0;
        while (poll(&p, 1, 40) == 0 && sent++ < 200) client_send(fd, MR_STR("x")); /* the wait between two bytes */
        double took = running_seconds() - start;
        int status = client_answer(fd, answer, sizeof answer);
        if (status != 408 || took < 0.5 || took > 3) fail_msg("case %zu: %d after %.2f s", i, status, took);
        client_receive(fd, answer, sizeof answer, 1, &closed);
        assert_true(closed);
        close(fd);
        assert_int_equal(atomic_load(&t.calls), 0);
        running_stop(&t);
    }
}

static void test_server__closes_silent_connections(void **state)
{
    struct running t;
    bool closed = false;
    running_start_with(&t, (struct mr_http_config){.request_ms = 300});
    int fd = client_connect(&t);
    assert_int_equal(client_receive(fd, answer, sizeof answer, 1, &closed), 0);
    assert_true(closed);
    close(fd);
    /* also one that asks and does not take its answer */
    fd = client_connect(&t);
    int small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    client_send(fd, MR_STR("GET /large HTTP/1.1\r\n" HOST "\r\n"));
    double start = running_seconds();
    mr_http_stop(t.server); /* it ends when the last connection has */
    running_join(&t);
    assert_true(running_seconds() - start < 60);
    close(fd);
}

static void test_server__others_are_served_while_one_is_slow(void **state)
{
    struct running t;
    running_start_with(&t, (struct mr_http_config){.workers = 2});
    int slow = client_connect(&t), half = client_connect(&t);
    client_send(slow, MR_STR("GET /slow HTTP/1.1\r\n" HOST "\r\n"));
    client_send(half, MR_STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhe"));
    sem_wait(&t.entered);
    for (int i = 0; i < 10; i++)
        assert_int_equal(client_ask(&t, MR_STR("GET /echo HTTP/1.1\r\n" HOST "\r\n"), answer, sizeof answer, NULL),
                         200);
    sem_post(&t.leave);
    assert_int_equal(client_answer(slow, answer, sizeof answer), 200);
    client_send(half, MR_STR("llo"));
    assert_int_equal(client_answer(half, answer, sizeof answer), 200);
    assert_non_null(strstr(answer, "2 /echo hello"));
    close(slow);
    close(half);
    running_stop(&t);
}

static void test_server__survives_clients_that_leave_early(void **state)
{
    struct running t;
    running_start_with(&t, (struct mr_http_config){.workers = 1});
    static const char *const texts[] = {"",
                                        "G",
                                        "GET /echo HTTP/1.1\r\nHo",
                                        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhe",
                                        "GET /large HTTP/1.1\r\n" HOST "\r\n",
                                        "GET /echo HTTP/1.1\r\n" HOST "\r\n"};
    for (int round = 0; round < 5; round++)
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            int fd = client_connect(&t);
            client_send(fd, mr_str_of(texts[i]));
            struct linger reset = {1, 0};
            if (round % 2) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
            close(fd);
        }
    int fd = client_connect(&t);
    client_send(fd, MR_STR("GET /slow HTTP/1.1\r\n" HOST "\r\n"));
    sem_wait(&t.entered);
    close(fd); /* while the worker is at it */
    sem_post(&t.leave);
    assert_int_equal(client_ask(&t, MR_STR("GET /echo HTTP/1.1\r\n" HOST "\r\n"), answer, sizeof answer, NULL), 200);
    /* our half closed is no leaving: the answer is still wanted */
    fd = client_connect(&t);
    client_send(fd, MR_STR("GET /echo HTTP/1.1\r\n" HOST "\r\n"));
    shutdown(fd, SHUT_WR);
    assert_int_equal(client_answer(fd, answer, sizeof answer), 200);
    close(fd);
    running_stop(&t);
}

static void test_server__counts_connections_of_an_address(void **state)
{
    struct running t;
    running_start_with(&t, (struct mr_http_config){.per_address = 4});
    int busy[4];
    for (int i = 0; i < 4; i++) {
        busy[i] = client_connect(&t);
        client_send(busy[i],
                    MR_STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
        assert_int_equal(client_answer(busy[i], answer, sizeof answer), 100);
    }
    /* all at work: the fifth is told so */
    int fifth = client_connect(&t);
    assert_int_equal(client_answer(fifth, answer, sizeof answer), 503);
    close(fifth);
    for (int i = 0; i < 4; i++) {
        client_send(busy[i], MR_STR("llo"));
        assert_int_equal(client_answer(busy[i], answer, sizeof answer), 200);
    }
    /* now they idle: the longest idle one gives way */
    assert_int_equal(client_ask(&t, MR_STR("GET /echo HTTP/1.1\r\n" HOST "\r\n"), answer, sizeof answer, NULL), 200);
    for (int i = 0; i < 4; i++) close(busy[i]);
    running_stop(&t);
}

static void test_server__idle_connections_give_way_when_all_are_taken(void **state)
{
    struct running t;
    running_start_with(&t, (struct mr_http_config){.connections = 8});
    int idle[8];
    for (int i = 0; i < 8; i++) {
        idle[i] = client_connect(&t);
        client_send(idle[i], MR_STR("GET /echo HTTP/1.1\r\n" HOST "\r\n"));
        assert_int_equal(client_answer(idle[i], answer, sizeof answer), 200);
    }
    int more = client_connect(&t);
    client_send(more, MR_STR("GET /echo HTTP/1.1\r\n" HOST "\r\n"));
    assert_int_equal(client_answer(more, answer, sizeof answer), 200);
    bool closed = false;
    client_receive(idle[0], answer, sizeof answer, 1, &closed);
    assert_true(closed); /* the one that waited longest */
    client_send(idle[7], MR_STR("GET /echo HTTP/1.1\r\n" HOST "\r\n"));
    assert_int_equal(client_answer(idle[7], answer, sizeof answer), 200);
    for (int i = 0; i < 8; i++) close(idle[i]);
    close(more);
    running_stop(&t);
}

/* ---- large ones ---- */

/* Resident memory of this process, in KiB. */
static long resident(void)
{
    long pages = 0;
    FILE *in = fopen("/proc/self/statm", "r");
    if (!in || fscanf(in, "%*d %ld", &pages) != 1) fail_msg("statm cannot be read");
    fclose(in);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* A client that sends all before it listens still gets its answer, and memory stays flat. */
static void test_server__refuses_large_uploads_readably_in_flat_memory(void **state)
{
    static const char *const heads[] = {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 20971520\r\n\r\n",
                                        "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1400000\r\n"};
    static char block[1 << 16];
    struct running t;
    running_start(&t);
    client_ask(&t, MR_STR("GET /echo HTTP/1.1\r\n" HOST "\r\n"), answer, sizeof answer, NULL);
    long before = resident();
    for (size_t i = 0; i < 2; i++) {
        int fd = client_connect(&t);
        assert_true(client_send(fd, mr_str_of(heads[i])));
        for (size_t sent = 0; sent < 20 << 20; sent += sizeof block)
            if (!client_send(fd, mr_str_make(block, sizeof block)))
                fail_msg("the connection was reset after %zu bytes", sent);
        assert_int_equal(client_answer(fd, answer, sizeof answer), 413);
        assert_non_null(strstr(answer, "<p>refused 413"));
        close(fd);
    }
    long grown = resident() - before;
    if (grown > 2048) fail_msg("memory grew by %ld KiB", grown);
    assert_int_equal(atomic_load(&t.calls), 1);
    running_stop(&t);
}

static void test_server__takes_a_body_up_to_the_limit_and_sends_large_ones(void **state)
{
    struct running t;
    running_start_with(&t, (struct mr_http_config){.max_body = 1 << 20});
    char *large = malloc(17 << 20);
    int n = sprintf(large, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: %d\r\n\r\n", 1 << 20);
    for (size_t i = 0; i < 1 << 20; i++) large[(size_t)n + i] = (char)('a' + i % 26);
    int fd = client_connect(&t);
    char *out = malloc(17 << 20);
    assert_true(client_send(fd, mr_str_make(large, (size_t)n + (1 << 20))));
    assert_int_equal(client_answer(fd, out, 17 << 20), 200);
    assert_memory_equal(strstr(out, "\r\n\r\n") + 4 + strlen("2 /echo "), large + n, 1 << 20);
    client_send(fd, MR_STR("GET /large HTTP/1.1\r\n" HOST "\r\n"));
    assert_int_equal(client_answer(fd, out, 17 << 20), 200);
    const char *body = strstr(out, "\r\n\r\n") + 4;
    for (size_t i = 0; i < 16 << 20; i += 16) assert_memory_equal(body + i, "0123456789abcdef", 16);
    close(fd);
    free(large);
    free(out);
    running_stop(&t);
}

/* Bodies of all requests together have a limit as well: the one that goes beyond it is told to come back. */
static void test_server__limits_all_bodies_together(void **state)
{
    static char block[1 << 20];
    struct running t;
    running_start_with(&t, (struct mr_http_config){.max_body = 100 * MR_MIB});
    int first = client_connect(&t), second = client_connect(&t);
    mr_str head = MR_STR("POST /moved HTTP/1.1\r\n" HOST "Content-Length: 73400320\r\n\r\n"); /* 70 MiB */
    client_send(first, head);
    for (int i = 0; i < 69; i++) assert_true(client_send(first, mr_str_make(block, sizeof block)));
    client_send(second, head);
    for (int i = 0; i < 70; i++) assert_true(client_send(second, mr_str_make(block, sizeof block)));
    assert_int_equal(client_answer(second, answer, sizeof answer), 503);
    assert_true(client_send(first, mr_str_make(block, sizeof block)));
    assert_int_equal(client_answer(first, answer, sizeof answer), 303);
    /* and what it held is free again */
    close(second);
    assert_int_equal(client_ask(&t, MR_STR("GET /echo HTTP/1.1\r\n" HOST "\r\n"), answer, sizeof answer, NULL), 200);
    close(first);
    running_stop(&t);
}

/* ---- stopping ---- */

static void test_server_stop__finishes_what_runs_and_takes_nothing_new(void **state)
{
    struct running t;
    running_start(&t);
    int fresh = client_connect(&t), idle = client_connect(&t), slow = client_connect(&t), half = client_connect(&t);
    client_send(idle, MR_STR("GET /echo HTTP/1.1\r\n" HOST "\r\n"));
    assert_int_equal(client_answer(idle, answer, sizeof answer), 200);
    client_send(half, MR_STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
    assert_int_equal(client_answer(half, answer, sizeof answer), 100);
    client_send(slow, MR_STR("GET /slow HTTP/1.1\r\n" HOST "\r\n"));
    sem_wait(&t.entered);
    mr_http_stop(t.server);
    bool closed = false;
    client_receive(idle, answer, sizeof answer, 1, &closed);
    assert_true(closed);
    assert_true(client_connect(&t) < 0);
    client_send(fresh, MR_STR("GET /echo HTTP/1.1\r\n" HOST "\r\n")); /* was taken before */
    assert_int_equal(client_answer(fresh, answer, sizeof answer), 200);
    client_send(half, MR_STR("hello")); /* was being received: may still arrive */
    assert_int_equal(client_answer(half, answer, sizeof answer), 200);
    sem_post(&t.leave);
    assert_int_equal(client_answer(slow, answer, sizeof answer), 200);
    assert_non_null(strstr(answer, "Connection: close"));
    running_join(&t);
    close(fresh);
    close(idle);
    close(slow);
    close(half);
}

static void test_server_stop__before_it_runs(void **state)
{
    const struct mr_http_config config = {.address = "127.0.0.1", .handler = running_handle};
    mr_http_server *s = NULL;
    assert_int_equal(mr_http_open(&config, &s, NULL), MR_OK);
    mr_http_stop(s);
    assert_int_equal(mr_http_run(s, NULL), MR_OK);
    mr_http_close(s);
}

static void test_server_open__names_what_is_wrong(void **state)
{
    struct running t;
    struct mr_err err = {0};
    mr_http_server *s = NULL;
    running_start(&t);
    struct mr_http_config config = {.address = "127.0.0.1", .port = mr_http_port(t.server), .handler = running_handle};
    assert_int_equal(mr_http_open(&config, &s, &err), MR_E_NET);
    assert_non_null(strstr(err.detail, "Address already in use"));
    config = (struct mr_http_config){.address = "127.0.0.300", .handler = running_handle};
    assert_int_equal(mr_http_open(&config, &s, &err), MR_E_NET);
    assert_non_null(strstr(err.detail, "127.0.0.300"));
    assert_null(s);
    running_stop(&t);
}

/* ---- a client of other people's ---- */

static void test_server__understands_curl(void **state)
{
    if (system("curl --version >/dev/null 2>&1") != 0) test_skip("curl is not here");
    struct running t;
    char folder[] = "/tmp/merit-http-XXXXXX", command[1024], out[512] = "";
    assert_non_null(mkdtemp(folder));
    running_start(&t);
    /* a binary file with a name that needs care, a large one that is refused, a text field */
    snprintf(command, sizeof command,
             "cd %s && head -c 300000 /dev/zero >'r\xc3\xa9sultats \"a\".csv' && head -c 30000000 /dev/zero >large && "
             "curl -s -F 'title=\xc3\x86"
             "bler' -F 'file=@\"r\xc3\xa9sultats \\\"a\\\".csv\";type=text/csv' http://127.0.0.1:%d/form && "
             "curl -s -o refusal -w '%%{http_code} ' -F file=@large http://127.0.0.1:%d/form && cat refusal && "
             "curl -s -o refusal -w ' %%{http_code}' -H 'Expect:' -F file=@large http://127.0.0.1:%d/form; rm -f large "
             "refusal r*.csv",
             folder, mr_http_port(t.server), mr_http_port(t.server), mr_http_port(t.server));
    FILE *p = popen(command, "r");
    size_t n = fread(out, 1, sizeof out - 1, p);
    out[n] = '\0';
    pclose(p);
    rmdir(folder);
    assert_string_equal(
        out, "title||text/plain|6\nfile|r\xc3\xa9sultats \"a\".csv|text/csv|300000\n413 <p>refused 413  413");
    running_stop(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_server__answers_and_keeps_the_connection),
        cmocka_unit_test(test_server__answers_each_of_several_requests_sent_at_once),
        cmocka_unit_test(test_server__leaves_out_bodies_where_none_belongs),
        cmocka_unit_test(test_server__refuses_hostile_requests_once_and_closes),
        cmocka_unit_test(test_server__limits_the_head),
        cmocka_unit_test(test_server__a_handlers_mistake_is_a_500),
        cmocka_unit_test(test_server__goes_on_with_a_body_that_waits),
        cmocka_unit_test(test_server__serves_64_clients_at_once),
        cmocka_unit_test(test_server__ends_requests_that_trickle_in),
        cmocka_unit_test(test_server__closes_silent_connections),
        cmocka_unit_test(test_server__others_are_served_while_one_is_slow),
        cmocka_unit_test(test_server__survives_clients_that_leave_early),
        cmocka_unit_test(test_server__counts_connections_of_an_address),
        cmocka_unit_test(test_server__idle_connections_give_way_when_all_are_taken),
        cmocka_unit_test(test_server__refuses_large_uploads_readably_in_flat_memory),
        cmocka_unit_test(test_server__takes_a_body_up_to_the_limit_and_sends_large_ones),
        cmocka_unit_test(test_server__limits_all_bodies_together),
        cmocka_unit_test(test_server_stop__finishes_what_runs_and_takes_nothing_new),
        cmocka_unit_test(test_server_stop__before_it_runs),
        cmocka_unit_test(test_server_open__names_what_is_wrong),
        cmocka_unit_test(test_server__understands_curl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
