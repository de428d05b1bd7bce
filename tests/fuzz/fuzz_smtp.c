/* Any octets as all that a mail server ever says, over a real connection on this machine: never a crash, an end is always reached, a message counts as accepted only when
 * the server could have said so, and what is kept of its words is a text that steers no terminal. */
#include "net/smtp.h"

#include "base/limits.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth) abort();
}

static int listener = -1;
static char url[40];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char words[16 * 1024]; /* of the server, under the lock: a client may be gone before its server has spoken */
static size_t word_count;

/* Everything at once, as a hostile server may; then nothing, until the client goes. */
static void *serve(void *self)
{
    (void)self;
    for (;;) {
        static char said[sizeof words];
        char heard[4096];
        int peer = accept(listener, NULL, NULL);
        if (peer < 0) continue;
        pthread_mutex_lock(&lock);
        size_t count = word_count;
        memcpy(said, words, count);
        pthread_mutex_unlock(&lock);
        if (count && send(peer, said, count, MSG_NOSIGNAL) < 0) {
        }
        shutdown(peer, SHUT_WR);
        while (recv(peer, heard, sizeof heard, 0) > 0) {
        }
        close(peer);
    }
    return NULL;
}

static void start(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    pthread_t thread;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require(bind(listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(listener, 16) == 0);
    require(getsockname(listener, (struct sockaddr *)&at, &len) == 0);
    snprintf(url, sizeof url, "smtp://127.0.0.1:%u", ntohs(at.sin_port));
    require(pthread_create(&thread, NULL, serve, NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mr_smtp_answer answer = {0};
    struct mr_err err;
    mr_smtp *smtp;
    if (listener < 0) start();
    if (size > sizeof words) return 0; /* what a socket takes without waiting */
    pthread_mutex_lock(&lock);
    if (size) memcpy(words, data, size);
    word_count = size;
    pthread_mutex_unlock(&lock);
    const struct mr_smtp_server server = {
        .url = mr_str_of(url), .name = MR_STR_INIT("merit.example.org"), .timeout_ms = 500};
    require(mr_smtp_open(&server, &smtp, &err) == MR_OK);
    for (int i = 0; i < 2; i++) { /* the second one needs SMTPUTF8 */
        mr_str to = i ? MR_STR("\xC3\xA5se@example.org") : MR_STR("ase@example.org");
        require(mr_smtp_send(smtp, MR_STR("merit@example.org"), to, MR_STR("Subject: x\r\n\r\nx\r\n"), &answer, &err) ==
                MR_OK);
        size_t len = strnlen(answer.text, sizeof answer.text);
        require(len < sizeof answer.text && mr_utf8_check(mr_str_make(answer.text, len)) == len);
        for (size_t k = 0; k < len; k++) require((unsigned char)answer.text[k] >= ' ' && answer.text[k] != 0x7F);
        if (answer.fate == MR_SMTP_ACCEPTED)
            require(mr_str_find(mr_str_make((const char *)data, size), MR_STR("354")) >= 0);
    }
    mr_smtp_close(smtp);
    return 0;
}
