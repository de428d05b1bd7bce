#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "http/http.h"
#include "service/demo.h"
#include "service/people.h"
#include "service/seals.h"
#include "web/web.h"

#include <signal.h>
#include <stdio.h>

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
    "  --demo            load demo data into an empty installation, and people who work in it\n"
    "  --operator-link   print a link that lets in whoever runs the program, without an account; new at every start. "
    "With\n"
    "                    --demo it is printed as long as no administrator of your own is there\n\n"
    "Without these, people sign in at /sign-in; the first one is made by `merit init` or `merit user add`. Ctrl-C "
    "stops "
    "the\n"
    "server after running requests are done.\n";

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
    mr_jades_level level;
    bool demo, online, operator_link, has_people;
    struct mr_demo_person people[MR_DEMO_PEOPLE];
    mr_arena arena;
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
    mr_arena_done(&s->arena);
}

/* The operator's link is for trying out: an installation with people of its own opens for them alone, unless it is asked for. */
static int prepare_people(struct serving *s, struct mr_err *err)
{
    bool real;
    MR_TRY(mr_demo_has_real_administrator(s->service, &s->arena, &real, err));
    if (s->demo && !real) {
        MR_TRY(mr_demo_people(s->service, &s->arena, s->people, err));
        s->has_people = s->operator_link = true;
    }
    if (!s->operator_link) mr_web_close_operator_door(s->web);
    return MR_OK;
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
    MR_TRY(prepare_people(s, err));
    struct mr_http_config http = {.address = s->address,
                                  .port = port,
                                  .workers = 4,
                                  .handler = mr_web_handle,
                                  .self = s->web,
                                  .refuse = mr_web_refuse};
    return mr_http_open(&http, &s->server, err);
}

static void say_people(const struct serving *s, mr_str url)
{
    mr_str operator_path = mr_web_operator_path(s->web);
    if (operator_path.len)
        printf("  %.*s%.*s\n"
               "                                for the provider's office, without an account (this link is the key)\n",
               MR_STR_ARG(url), MR_STR_ARG(operator_path));
    if (!s->has_people) return;
    puts("\nOr as one of the invented people who work here; each link signs in once, within 15 minutes:\n");
    for (size_t i = 0; i < MR_DEMO_PEOPLE; i++)
        printf("  %-18s %s\n      %.*s%.*s\n", s->people[i].name, s->people[i].part, MR_STR_ARG(url),
               MR_STR_ARG(s->people[i].path));
}

static void say_where(const struct serving *s)
{
    mr_str url = mr_service_public_url(s->service);
    bool has_administrator = true;
    printf("\nMerit is running. Open in a browser:\n\n"
           "  %.*s/           what it is, and the published micro-credentials\n"
           "  %.*s/verify     verify a credential\n"
           "  %.*s/sign-in    for people who work here\n",
           MR_STR_ARG(url), MR_STR_ARG(url), MR_STR_ARG(url));
    say_people(s, url);
    putchar('\n');
    if (mr_people_has_administrator(s->service, &has_administrator, NULL) == MR_OK && !has_administrator)
        puts("Nobody administers it yet: merit user add EMAIL --name NAME --installation");
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
    const mr_option options[] = {{"data", &s.data, NULL},           {"address", &s.address, NULL},
                                 {"port", &s.port, NULL},           {"public-url", &s.public_url, NULL},
                                 {"timestamp", &s.timestamp, NULL}, {"fetch-from", &s.fetch_from, NULL},
                                 {"online", NULL, &s.online},       {"demo", NULL, &s.demo},
                                 {"level", &s.level_text, NULL},    {"operator-link", NULL, &s.operator_link}};
    struct mr_err err = {0};
    mr_arena_init(&s.arena, MR_LIMIT_DOCUMENT_MEMORY);
    uint64_t port;
    int words;
    bool done;
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &words, &done)) return 2;
    if (done) return 0;
    if (words || !mr_str_to_u64(mr_str_of(s.port), &port) || port > 65535 || (port == 0 && !s.public_url)) {
        fputs(help, stderr);
        return 2;
    }
    if (!read_level(&s)) return 2;
    s.data = mr_options_data_folder(s.data);
    on_signals();
    if (open_all(&s, (unsigned short)port, env, &err) != MR_OK) return mr_cli_fail(&err, s.data, MR_STR_EMPTY);
    running = s.server;
    say_where(&s);
    if (mr_http_run(s.server, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    fprintf(stderr, "Merit has stopped.\n");
    return 0;
}
