#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "http/http.h"
#include "service/demo.h"
#include "service/seals.h"
#include "web/web.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "merit serve [--demo]: the server with its pages.\n\n"
    "  merit serve --demo                            try it: three invented providers, learners already awarded\n"
    "  merit serve --data /srv/merit --port 8400 --public-url https://credentials.example.org\n\n"
    "  --data DIR        data folder (./merit-data, or MERIT_DATA); made when there is none\n"
    "  --address ADDR    where to listen (127.0.0.1); put nginx or HAProxy in front of a public site\n"
    "  --port N          8400; 0 takes any free one\n"
    "  --public-url URL  how browsers reach it, for links\n"
    "  --timestamp URL   time-stamp authority (RFC 3161): seals at level T\n"
    "  --level LEVEL     level of the seals of European Digital Credentials: B, T, LT or LTA (what Europass asks "
    "for);\n"
    "                    docs/seals.md. A batch that cannot reach it is not sealed, and says why\n"
    "  --online          when a credential is verified, ask its issuer: status lists, did:web, keys on the web. "
    "Without\n"
    "                    it only what this installation publishes itself is asked, and the report says so\n"
    "  --fetch-from URL  links that begin so may be fetched for verifying although they are not public\n"
    "  --smtp URL        mail server: smtp://mail.example.org:587 (with STARTTLS) or smtps://mail.example.org; "
    "without\n"
    "                    one, mail waits (docs/mail.md). Password: MERIT_SMTP_PASSWORD, or the file smtp-password of "
    "the\n"
    "                    data folder\n"
    "  --smtp-user NAME  to sign in to it with\n"
    "  --smtp-ca FILE    authorities that vouch for it (PEM), instead of the system's\n"
    "  --mail-from ADDR  address that mail is sent from\n"
    "  --mail-return ADDR    where reports go of what could not be delivered; without it, the address above\n"
    "  --mail-reports PATH   mailbox that these reports arrive in: a file (mbox) or a Maildir\n"
    "  --mail-rate N     mails a minute, at most (300)\n"
    "  --demo            load demo data into an empty installation\n\n"
    "MERIT_SMTP, MERIT_SMTP_USER and MERIT_MAIL_FROM stand in for the options of these names.\n"
    "The link for the operator is printed at start and new each time. Ctrl-C stops it after running requests are "
    "done.\n";

static mr_http_server *running; /* for the signal handler: a process has one server */

static void stop(int signal)
{
    (void)signal;
    if (running) mr_http_stop(running);
}

static void on_signals(void)
{
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

struct serving {
    const char *data, *address, *port, *public_url, *timestamp, *fetch_from, *level_text;
    const char *smtp, *smtp_user, *smtp_ca, *mail_from, *mail_return, *mail_reports, *mail_rate_text;
    mr_jades_level level;
    bool demo, online;
    mr_service *service;
    mr_web *web;
    mr_http_server *server;
};
static void serving_done(struct serving *s)
{
    running = NULL;
    if (s->server) mr_http_close(s->server);
    if (s->web) mr_web_close(s->web);
    mr_service_close(s->service);
}

/* What an option says, else the environment. */
static const char *or_environment(const char *given, const char *name)
{
    const char *value = given ? given : getenv(name);
    return value && *value ? value : NULL;
}

static struct mr_mail_config mail_of(const struct serving *s)
{
    uint64_t rate = 0;
    if (s->mail_rate_text) mr_str_to_u64(mr_str_of(s->mail_rate_text), &rate);
    return (struct mr_mail_config){.smtp_url = or_environment(s->smtp, "MERIT_SMTP"),
                                   .user = or_environment(s->smtp_user, "MERIT_SMTP_USER"),
                                   .password = or_environment(NULL, "MERIT_SMTP_PASSWORD"),
                                   .authorities = s->smtp_ca,
                                   .from = or_environment(s->mail_from, "MERIT_MAIL_FROM"),
                                   .back = s->mail_return,
                                   .reports = s->mail_reports,
                                   .per_minute = (int64_t)rate};
}

static bool check_mail_rate(const struct serving *s)
{
    uint64_t rate;
    if (!s->mail_rate_text) return true;
    if (mr_str_to_u64(mr_str_of(s->mail_rate_text), &rate) && rate > 0 && rate <= 100000) return true;
    fputs("merit: --mail-rate wants a number of mails a minute, 1 to 100000.\n", stderr);
    return false;
}

/* The service must be opened before the server listens, and needs the port for its links: with port 0 a public URL must be given. */
static int open_all(struct serving *s, unsigned short port, const mr_env *env, struct mr_err *err)
{
    char url[128];
    bool made;
    snprintf(url, sizeof url, "http://%s:%u", s->address, port);
    MR_TRY(mr_service_init(s->data, env, &made, err));
    struct mr_service_config config = {.data_folder = s->data,
                                       .public_url = s->public_url ? s->public_url : url,
                                       .timestamp_url = s->timestamp,
                                       .level = s->level,
                                       .fetch_from = s->fetch_from,
                                       .mail = mail_of(s),
                                       .env = env,
                                       .online = s->online,
                                       .database = true};
    MR_TRY(mr_service_open(&config, &s->service, err));
    MR_TRY(mr_seals_warn(s->service, err));
    if (s->demo) {
        fprintf(stderr, "Preparing demo data ...\n");
        MR_TRY(mr_demo_load(s->service, err));
    }
    MR_TRY(mr_web_open(s->service, &s->web, err));
    struct mr_http_config http = {.address = s->address,
                                  .port = port,
                                  .workers = 4,
                                  .handler = mr_web_handle,
                                  .self = s->web,
                                  .refuse = mr_web_refuse};
    return mr_http_open(&http, &s->server, err);
}

static void say_where(const struct serving *s)
{
    mr_str url = mr_service_public_url(s->service), operator_path = mr_web_operator_path(s->web);
    printf("\nMerit is running. Open in a browser:\n\n"
           "  %.*s/           what it is, and the published micro-credentials\n"
           "  %.*s/verify     verify a credential\n"
           "  %.*s%.*s\n"
           "                                for the provider's office: upload results, seal, hand over (this link is "
           "the key)\n\n",
           MR_STR_ARG(url), MR_STR_ARG(url), MR_STR_ARG(url), MR_STR_ARG(operator_path));
    if (mr_service_is_trial(s->service))
        printf("This is a trial: its seal is a test seal and proves nothing to anyone.\n");
    printf("Ctrl-C stops it. Data: %s\n", s->data);
    fflush(stdout);
}

/* Never silently a lower level than was asked for. */
static bool read_level(struct serving *s)
{
    if (!s->level_text) return true;
    s->level = mr_jades_level_find(mr_str_of(s->level_text));
    if (s->level == MR_JADES_NONE)
        fputs("merit: no such level of a seal. Known: B, T, LT, LTA.\n", stderr);
    else if (s->level > MR_JADES_B && !s->timestamp)
        fputs("merit: levels T, LT and LTA need a time-stamp authority: name it with --timestamp URL.\n", stderr);
    else if (s->level == MR_JADES_B && s->timestamp)
        fputs("merit: a seal of level B carries no time-stamp: leave out --timestamp, or ask for --level T.\n", stderr);
    else
        return true;
    return false;
}

int mr_cli_serve(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(serving_done) struct serving s = {.address = "127.0.0.1", .port = "8400"};
    const mr_option options[] = {{"data", &s.data, NULL},
                                 {"address", &s.address, NULL},
                                 {"port", &s.port, NULL},
                                 {"public-url", &s.public_url, NULL},
                                 {"timestamp", &s.timestamp, NULL},
                                 {"fetch-from", &s.fetch_from, NULL},
                                 {"online", NULL, &s.online},
                                 {"demo", NULL, &s.demo},
                                 {"level", &s.level_text, NULL},
                                 {"smtp", &s.smtp, NULL},
                                 {"smtp-user", &s.smtp_user, NULL},
                                 {"smtp-ca", &s.smtp_ca, NULL},
                                 {"mail-from", &s.mail_from, NULL},
                                 {"mail-return", &s.mail_return, NULL},
                                 {"mail-reports", &s.mail_reports, NULL},
                                 {"mail-rate", &s.mail_rate_text, NULL}};
    struct mr_err err = {0};
    uint64_t port;
    int words;
    bool done;
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &words, &done)) return 2;
    if (done) return 0;
    if (words || !mr_str_to_u64(mr_str_of(s.port), &port) || port > 65535 || (port == 0 && !s.public_url)) {
        fputs(help, stderr);
        return 2;
    }
    if (!read_level(&s) || !check_mail_rate(&s)) return 2;
    s.data = mr_options_data_folder(s.data);
    on_signals();
    if (open_all(&s, (unsigned short)port, env, &err) != MR_OK) return mr_cli_fail(&err, s.data, MR_STR_EMPTY);
    running = s.server;
    say_where(&s);
    if (mr_http_run(s.server, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    fprintf(stderr, "Merit has stopped.\n");
    return 0;
}
