/* Hand messages to a mail server, as tests/interop/mail.py asks, and print what became of each.
 *
 *   smtp_tool URL TIMEOUT-MS AUTHORITIES USER PASSWORD FROM TO...      "-" for none of it
 *
 * All messages go in one session. One line for each: fate, code, wants_utf8, text. */
#include "base/env.h"
#include "net/internet_message.h"
#include "net/smtp.h"

#include <stdio.h>
#include <stdlib.h>

static mr_str word(const char *text)
{
    return strcmp(text, "-") == 0 ? MR_STR_EMPTY : mr_str_of(text);
}

static int send_one(mr_smtp *smtp, const char *from, const char *to, int number)
{
    static const char *const fates[] = {"accepted", "refused", "later", "no_server"};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_smtp_answer answer;
    struct mr_err err = {0};
    mr_str recipient;
    mr_arena_init(&a, 1 << 20);
    mr_buf_init(&text, 1 << 20);
    int code = mr_smtp_ascii_address(&a, mr_str_of(to), &recipient, &err);
    const struct mr_internet_message m = {
        .from_name = MR_STR("Århus \"Sygepleje\" skole"),
        .from = mr_str_of(from),
        .to = recipient,
        .subject = MR_STR("Dit bevis: sårpleje i hjemmet, for begyndere og øvede, på dansk og på engelsk"),
        .text = MR_STR("Kære Åse\n\n.\n..to\nFrom here on\n"
                       "en lang linje, som er langt længere end de seksoghalvfjerds tegn, som en linje må have på vej "
                       "gennem nettet ="
                       "\ntrailing \n"),
        .html = MR_STR("<p>Kære Åse</p>\n.\n"),
        .message_id = mr_arena_format(&a, "number-%d@example.org", number),
        .language = MR_STR("da"),
        .unsubscribe = MR_STR("https://merit.example.org/mail/stop/1/2"),
        .date = INT64_C(1795132800000)};
    if (code == MR_OK) code = mr_internet_message_write(&m, &text, &err);
    if (code == MR_OK) code = mr_smtp_send(smtp, mr_str_of(from), recipient, mr_buf_str(&text), &answer, &err);
    if (code != MR_OK) {
        printf("error %s %s\n", mr_code_name(err.code), err.message);
        return 1;
    }
    printf("%s %d %d %s\n", fates[answer.fate], answer.code, answer.wants_utf8, answer.text);
    return 0;
}

int main(int argc, char **argv)
{
    struct mr_err err = {0};
    mr_smtp *smtp;
    if (argc < 8) return 2;
    const struct mr_smtp_server server = {.url = mr_str_of(argv[1]),
                                          .timeout_ms = atol(argv[2]),
                                          .authorities = word(argv[3]),
                                          .user = word(argv[4]),
                                          .password = word(argv[5]),
                                          .name = MR_STR("merit.example.org")};
    if (mr_smtp_open(&server, &smtp, &err) != MR_OK) {
        printf("error %s %s\n", mr_code_name(err.code), err.message);
        return 1;
    }
    int status = 0;
    for (int i = 7; i < argc; i++) status |= send_one(smtp, argv[6], argv[i], i - 6);
    mr_smtp_close(smtp);
    return status;
}
