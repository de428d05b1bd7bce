#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "service/people.h"
#include "service/sign_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char help[] =
    "merit init [--data DIR]: make a data folder.\n\n"
    "  merit init                     in ./merit-data, or where MERIT_DATA says\n"
    "  merit init --data /srv/merit --admin-email ada@example.org --admin-name \"Ada Holm\"\n\n"
    "The folder gets a self-made test authority, so that you can seal at once. What it seals "
    "proves nothing to anyone, and\n"
    "says so everywhere. To seal for real, add your e-seal with `merit seal add`; trust anchors (PEM) "
    "go into DIR/trust.\n"
    "Key files are encrypted with MERIT_PASSWORD, or with a password kept in DIR/password.\n\n"
    "  --admin-email EMAIL  first administrator of the installation; asked for on a terminal. With "
    "MERIT_ADMIN_PASSWORD that\n"
    "                       is the password, else a link is printed that signs in once\n"
    "  --admin-name NAME    and the name\n"
    "  --public-url URL     how browsers reach the server, for the printed link\n";

/* A line typed on the terminal; empty when there is none. */
static mr_str ask(mr_arena *a, const char *question)
{
    char line[256];
    if (!isatty(STDIN_FILENO)) return MR_STR_EMPTY;
    fputs(question, stdout);
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin)) return MR_STR_EMPTY;
    return mr_arena_dup(a, mr_str_trim(mr_str_of(line)));
}

static int make_administrator(mr_service *s, mr_arena *a, mr_str email, mr_str name, const char *url,
                              struct mr_err *err)
{
    const char *password = getenv("MERIT_ADMIN_PASSWORD");
    const struct mr_new_person p = {.email = email,
                                    .name = name.len ? name : email,
                                    .language = mr_language_tag(mr_options_language(NULL)),
                                    .password = mr_str_of(password ? password : ""),
                                    .installation = true};
    mr_str id, path;
    MR_TRY(mr_people_add(s, a, &p, &id, err));
    printf("%.*s administers this installation.\n", MR_STR_ARG(email));
    if (password) return MR_OK;
    MR_TRY(mr_sign_in_link_make(s, a, email, &path, err));
    mr_cli_put_link(mr_str_of(url ? url : ""), path);
    return MR_OK;
}

static int administrator(const char *data, const char *email, const char *name, const char *url, const mr_env *env,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_str address =
        email ? mr_str_of(email) : ask(&a, "E-mail address of the first administrator (empty: none for now): ");
    if (!address.len) return MR_OK;
    mr_str called = name ? mr_str_of(name) : ask(&a, "Name: ");
    mr_service *s;
    MR_TRY(mr_cli_open_people(data, url, env, &s, err));
    int code = make_administrator(s, &a, address, called, url, err);
    mr_service_close(s);
    return code;
}

int mr_cli_init(int argc, char **argv, const mr_env *env)
{
    const char *data = NULL, *email = NULL, *name = NULL, *url = NULL;
    const mr_option options[] = {
        {"data", &data, NULL}, {"admin-email", &email, NULL}, {"admin-name", &name, NULL}, {"public-url", &url, NULL}};
    struct mr_err err = {0};
    int words;
    bool done, made;
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &words, &done)) return 2;
    if (done) return 0;
    data = mr_options_data_folder(data);
    if (mr_service_init(data, env, &made, &err) != MR_OK) return mr_cli_fail(&err, data, MR_STR_EMPTY);
    if (made)
        printf("%s is ready. It seals with a test authority of its own: good for trying, proof of nothing.\n"
               "Next: merit issue SPECIFICATION RESULTS --out DIR --data %s\n",
               data, data);
    else
        printf("%s was there already; nothing was changed.\n", data);
    if ((made || email) && administrator(data, email, name, url, env, &err) != MR_OK)
        return mr_cli_fail(&err, email ? email : data, MR_STR_EMPTY);
    return 0;
}
