#include "base/limits.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/supervisor.h"
#include "http/http.h"
#include "service/demo.h"
#include "service/people.h"
#include "service/seals.h"
#include "web/web.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>

static const char help[] =
    "merit serve [--demo]: the server with its pages.\n\n"
    "  merit serve --demo                            try it: three invented providers, learners already awarded\n"
    "  merit serve --data /srv/merit --port 8400 --public-url https://credentials.example.org\n"
    "  merit serve --config /etc/merit/merit.conf\n\n"
    "People sign in at /sign-in; the first one is made by `merit init` or `merit user add`. Ctrl-C stops the server "
    "after "
    "running requests\nare done.\n\n";

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

/* What a large upload or a batch took goes back to the system when it is freed. The C library would rather keep it: an arena for each thread, and from the first
 * large block on, others as large in the heap, where one small block above keeps all of it. */
static void give_memory_back(void)
{
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 2 * MR_MIB);
    mallopt(M_TRIM_THRESHOLD, 4 * MR_MIB);
}

struct serving {
    mr_config config;
    int listener; /* handed over; 0: none */
    mr_jades_level level;
    bool operator_link, has_people;
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
    mr_config_done(&s->config);
    mr_arena_done(&s->arena);
}

static struct mr_mail_config mail_of(const mr_config *c)
{
    return (struct mr_mail_config){.smtp_url = mr_config_text(c, MR_SET_SMTP),
                                   .user = mr_config_text(c, MR_SET_SMTP_USER),
                                   .password = mr_config_text(c, MR_SET_SMTP_PASSWORD),
                                   .authorities = mr_config_text(c, MR_SET_SMTP_CA),
                                   .from = mr_config_text(c, MR_SET_MAIL_FROM),
                                   .back = mr_config_text(c, MR_SET_MAIL_RETURN),
                                   .reports = mr_config_text(c, MR_SET_MAIL_REPORTS),
                                   .per_minute = (int64_t)mr_config_number(c, MR_SET_MAIL_RATE)};
}

static int open_service(struct serving *s, const char *public_url, const mr_env *env, struct mr_err *err)
{
    const mr_config *c = &s->config;
    const struct mr_service_config config = {.data_folder = mr_config_text(c, MR_SET_DATA),
                                             .public_url = public_url,
                                             .timestamp_url = mr_config_text(c, MR_SET_TIMESTAMP),
                                             .level = s->level,
                                             .fetch_from = mr_config_text(c, MR_SET_FETCH_FROM),
                                             .env = env,
                                             .online = mr_config_flag(c, MR_SET_ONLINE),
                                             .database = true,
                                             .database_url = mr_config_text(c, MR_SET_DATABASE),
                                             .mail = mail_of(c),
                                             .seal_threads = (unsigned)mr_config_number(c, MR_SET_SEAL_THREADS)};
    bool made;
    MR_TRY(mr_service_init(config.data_folder, env, &made, err));
    MR_TRY(mr_service_open(&config, &s->service, err));
    MR_TRY(mr_seals_warn(s->service, err));
    if (!mr_config_flag(c, MR_SET_DEMO)) return MR_OK;
    fprintf(stderr, "Preparing demo data ...\n");
    return mr_demo_load(s->service, err);
}

/* The operator's link is for trying out: an installation with people of its own opens for them alone, unless it is asked for. */
static int prepare_people(struct serving *s, struct mr_err *err)
{
    bool real;
    s->operator_link = mr_config_flag(&s->config, MR_SET_OPERATOR_LINK);
    MR_TRY(mr_demo_has_real_administrator(s->service, &s->arena, &real, err));
    if (mr_config_flag(&s->config, MR_SET_DEMO) && !real) {
        int code = mr_demo_people(s->service, &s->arena, s->people, err);
        if (code != MR_OK && code != MR_E_NOT_FOUND)
            return code; /* not found: the installation has organisations of its own */
        s->has_people = code == MR_OK;
        s->operator_link = true;
    }
    if (!s->operator_link) mr_web_close_operator_door(s->web);
    return MR_OK;
}

/* The service must be opened before the server listens, and needs the port for its links: with port 0 a public URL must be given. */
static int open_all(struct serving *s, const mr_env *env, struct mr_err *err)
{
    const mr_config *c = &s->config;
    const char *address = mr_config_text(c, MR_SET_ADDRESS), *public_url = mr_config_text(c, MR_SET_PUBLIC_URL);
    unsigned short port = (unsigned short)mr_config_number(c, MR_SET_PORT);
    char url[128];
    snprintf(url, sizeof url, "http://%s:%u", address, port);
    MR_TRY(open_service(s, public_url ? public_url : url, env, err));
    MR_TRY(mr_web_open(s->service, &s->web, err));
    MR_TRY(prepare_people(s, err));
    mr_web_log_requests(s->web, mr_config_flag(c, MR_SET_LOG_REQUESTS));
    struct mr_http_config http = {.address = address,
                                  .port = port,
                                  .listener = s->listener,
                                  .proxies = mr_config_text(c, MR_SET_PROXIES),
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
    printf("Ctrl-C stops it. Data: %s\n", mr_config_text(&s->config, MR_SET_DATA));
    fflush(stdout);
}

/* Never silently a lower level than was asked for. */
static bool read_level(struct serving *s)
{
    const char *text = mr_config_text(&s->config, MR_SET_LEVEL);
    bool has_authority = mr_config_text(&s->config, MR_SET_TIMESTAMP) != NULL;
    if (!text) return true;
    s->level = mr_jades_level_find(mr_str_of(text));
    if (s->level > MR_JADES_B && !has_authority)
        fputs("merit: levels T, LT and LTA need a time-stamp authority: name it with --timestamp URL.\n", stderr);
    else if (s->level == MR_JADES_B && has_authority)
        fputs("merit: a seal of level B carries no time-stamp: leave out --timestamp, or ask for --level T.\n", stderr);
    else
        return true;
    return false;
}

static void set_log_level(const mr_config *c)
{
    static const char *const words[] = {"debug", "info", "warning", "error"};
    for (int i = 0; i < 4; i++)
        if (strcmp(mr_config_text(c, MR_SET_LOG_LEVEL), words[i]) == 0) mr_log_set_level((mr_log_level)i);
}

int mr_cli_serve(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(serving_done) struct serving s = {.listener = mr_supervisor_listener()};
    struct mr_err err = {0};
    int words;
    bool done;
    mr_arena_init(&s.arena, MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_config_load(&s.config, argc, argv, help, &words, &done)) return 2;
    if (done) return 0;
    if (words || (mr_config_number(&s.config, MR_SET_PORT) == 0 && !mr_config_text(&s.config, MR_SET_PUBLIC_URL))) {
        fputs(help, stderr);
        return 2;
    }
    if (!read_level(&s)) return 2;
    set_log_level(&s.config);
    on_signals();
    give_memory_back();
    if (open_all(&s, env, &err) != MR_OK)
        return mr_cli_fail(&err, mr_config_text(&s.config, MR_SET_DATA), MR_STR_EMPTY);
    running = s.server;
    say_where(&s);
    mr_supervisor_tell("READY=1");
    if (mr_http_run(s.server, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    mr_supervisor_tell("STOPPING=1");
    fprintf(stderr, "Merit has stopped.\n");
    return 0;
}
