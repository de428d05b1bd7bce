/* `merit config`: what a server would be started with, and whether that would go well. */
#include "base/file.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/options.h"
#include "service/service.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char help[] =
    "merit config check|show|sample: the settings of a server.\n\n"
    "  merit config sample > merit.conf              a file with every setting, explained\n"
    "  merit config check --config merit.conf        would a server start with this? Opens what it names; changes "
    "nothing\n"
    "  merit config show --config merit.conf         what counts, and where it was said\n\n"
    "`check` ends with 0 when all is well, with 1 when something keeps a server from starting.\n\n";

struct checking {
    const mr_config *config;
    unsigned faults, warnings;
};

static void say(struct checking *k, bool fault, const char *sentence, const char *about)
{
    if (fault)
        k->faults++;
    else
        k->warnings++;
    printf("%s %s", fault ? "FAULT  " : "warning", sentence);
    if (about) {
        fputs(": ", stdout);
        mr_cli_put_visible(stdout, about);
    }
    putchar('\n');
}

static void check_folder(struct checking *k)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const char *data = mr_config_text(k->config, MR_SET_DATA);
    struct stat st;
    mr_arena_init(&a, 1 << 20);
    if (stat(data, &st) != 0) {
        say(k, false, "the data folder does not exist yet; `merit init` or the first start makes it", data);
        return;
    }
    if (!S_ISDIR(st.st_mode))
        say(k, true, "the data folder is a file", data);
    else if (access(data, R_OK | W_OK | X_OK) != 0)
        say(k, true, "the data folder cannot be written by this account", data);
    const char *const secrets[] = {"secret", "password", "authority.pem"};
    for (size_t i = 0; i < 3; i++) {
        const char *path = mr_arena_format(&a, "%s/%s", data, secrets[i]).ptr;
        if (stat(path, &st) == 0 && (st.st_mode & 077))
            say(k, false, "others can read this file; `chmod 600` mends it", path);
    }
    struct statvfs disk;
    if (statvfs(data, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize < UINT64_C(512) << 20)
        say(k, false, "less than 512 MB are free on the disk of the data folder", data);
}

static void check_address(struct checking *k)
{
    const char *url = mr_config_text(k->config, MR_SET_PUBLIC_URL),
               *address = mr_config_text(k->config, MR_SET_ADDRESS);
    bool loopback =
        strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 || strcmp(address, "localhost") == 0;
    if (mr_config_number(k->config, MR_SET_PORT) == 0 && !url)
        say(k, true, "with port 0 a public-url must be given: links would lead nowhere", NULL);
    if (!url && !loopback) say(k, true, "a server that others reach needs its public-url, for links", NULL);
    if (url && strncmp(url, "http://", 7) == 0 && !mr_str_has_prefix(mr_str_of(url), MR_STR("http://127.0.0.1")) &&
        !mr_str_has_prefix(mr_str_of(url), MR_STR("http://localhost")))
        say(k, false, "public-url is not https: passwords and links would travel in the open", url);
    if (url && url[strlen(url) - 1] == '/') say(k, true, "public-url must not end with a slash", url);
}

static void check_level(struct checking *k)
{
    const char *level = mr_config_text(k->config, MR_SET_LEVEL), *stamp = mr_config_text(k->config, MR_SET_TIMESTAMP);
    if (level && strcmp(level, "B") != 0 && !stamp)
        say(k, true, "levels T, LT and LTA need a time-stamp authority: set timestamp", level);
    if (level && strcmp(level, "B") == 0 && stamp)
        say(k, true, "a seal of level B carries no time-stamp: leave out timestamp, or set level to T", NULL);
}

/* A clock that is wrong makes seals that nobody believes. */
static void check_clock(struct checking *k, const mr_env *env)
{
    int64_t built = 0;
    if (mr_time_parse(MR_STR("2026-01-01T00:00:00Z"), &built, NULL) == MR_OK && mr_env_now(env) < built)
        say(k, true, "the clock of this machine is wrong: it stands before this program was written", NULL);
}

/* Opens the installation beside a running server: keys, trust, database. */
static void check_opens(struct checking *k, const mr_env *env)
{
    struct mr_err err = {0};
    mr_service *s = NULL;
    const char *data = mr_config_text(k->config, MR_SET_DATA);
    const struct mr_service_config config = {
        .data_folder = data, .public_url = "http://127.0.0.1", .env = env, .database = false};
    if (access(data, F_OK) != 0) return;
    int code = mr_service_open(&config, &s, &err);
    if (code == MR_E_NOT_FOUND)
        say(k, false, "the data folder is empty; `merit init` or the first start fills it", data);
    else if (code != MR_OK)
        say(k, true, err.message, err.detail[0] ? err.detail : data);
    mr_service_close(s);
}

static int check(const mr_config *c, const mr_env *env)
{
    struct checking k = {.config = c};
    check_folder(&k);
    check_address(&k);
    check_level(&k);
    check_clock(&k, env);
    check_opens(&k, env);
    if (k.faults)
        printf("%u to mend before a server can start.\n", k.faults);
    else
        printf(k.warnings ? "A server would start; look at the warnings.\n" : "All is well.\n");
    return k.faults ? 1 : 0;
}

int mr_cli_config(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_config_done) mr_config c = {0};
    int words;
    bool done;
    if (!mr_config_load(&c, argc, argv, help, &words, &done)) return 1;
    if (done) return 0;
    if (words == 1 && strcmp(argv[1], "check") == 0) return check(&c, env);
    if (words == 1 && strcmp(argv[1], "show") == 0) {
        mr_config_print(&c, stdout);
        return 0;
    }
    if (words == 1 && strcmp(argv[1], "sample") == 0) {
        mr_config_print_sample(stdout);
        return 0;
    }
    fputs(help, stderr);
    return 2;
}
