/* `merit user`: people and their roles, for whoever runs the program on the machine. */
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "service/erasure.h"
#include "service/export.h"
#include "service/people.h"
#include "service/sign_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "merit user add|list|reset|roles|export|erase: people who sign in, and what they may do.\n\n"
    "  merit user add EMAIL --name NAME [--roles LIST] [--org NAME] [--installation]\n"
    "                                an account at once; without MERIT_USER_PASSWORD a link that signs in once is "
    "printed\n"
    "  merit user list               everybody, with their roles\n"
    "  merit user reset EMAIL        for somebody who cannot get in: takes password, passkeys, second step and "
    "sessions\n"
    "                                away, and prints a link that signs in once, within 15 minutes\n"
    "  merit user roles EMAIL --roles LIST [--org NAME] [--installation yes|no]\n"
    "                                these roles and no others\n"
    "  merit user export EMAIL FILE  everything that is this person's, in one archive (ZIP), as she could take it "
    "herself\n"
    "  merit user erase EMAIL [--yes]\n"
    "                                end the account, for somebody who cannot get in and whose identity you have "
    "checked;\n"
    "                                without --yes only what would go and what would stay is told\n\n"
    "  --roles LIST     designer,assessor,registrar,approver,reviewer,auditor,administrator; \"\" for none\n"
    "  --org NAME       name or id of the organisation; without it the first one\n"
    "  --installation   may add organisations and their first administrators\n"
    "  --public-url URL how browsers reach the server, for the printed link\n"
    "  --data DIR       the data folder; without it MERIT_DATA, or ./merit-data\n\n"
    "EMAIL may be the id of the account, too.\n"
    "Exit status: 0 done, 1 an address, role or password cannot be so, 2 not possible.\n";

struct user {
    const char *data, *name, *roles, *org, *installation, *url, *lang;
    bool yes;
    mr_arena arena;
    mr_service *service;
};
static void user_done(struct user *u)
{
    mr_service_close(u->service);
    mr_arena_done(&u->arena);
}

int mr_cli_open_people(const char *data, const char *url, const mr_env *env, mr_service **ret, struct mr_err *err)
{
    const struct mr_service_config config = {
        .data_folder = data, .public_url = url ? url : "", .env = env, .database = true, .beside = true};
    return mr_service_open(&config, ret, err);
}

void mr_cli_put_link(mr_str url, mr_str path)
{
    printf("%s  %.*s%.*s\nIt signs in once, within 15 minutes. Send it to nobody else.\n",
           url.len ? "" : "Behind the address of your server:\n", MR_STR_ARG(url), MR_STR_ARG(path));
}

static int add(struct user *u, const char *email, struct mr_err *err)
{
    const char *password = getenv("MERIT_USER_PASSWORD");
    struct mr_new_person p = {.email = mr_str_of(email),
                              .name = mr_str_of(u->name ? u->name : email),
                              .language = mr_language_tag(mr_options_language(u->lang)),
                              .password = mr_str_of(password ? password : ""),
                              .org = mr_str_of(u->org ? u->org : ""),
                              .installation = u->installation != NULL};
    mr_str id, path;
    MR_TRY(mr_people_read_roles(mr_str_of(u->roles ? u->roles : ""), &p.roles, err));
    MR_TRY(mr_people_add(u->service, &u->arena, &p, &id, err));
    printf("%s has an account.\n", email);
    if (password) return MR_OK;
    MR_TRY(mr_sign_in_link_make(u->service, &u->arena, p.email, &path, err));
    mr_cli_put_link(mr_str_of(u->url), path);
    return MR_OK;
}

static int list(struct user *u, struct mr_err *err)
{
    struct mr_person_row *people, person;
    struct mr_membership_row *rows;
    size_t count, roles;
    MR_TRY(mr_people_list(u->service, &u->arena, 10000, &people, &count, err));
    for (size_t i = 0; i < count; i++) {
        mr_cli_put_visible(stdout, people[i].email.ptr);
        fputs("  ", stdout);
        mr_cli_put_visible(stdout, people[i].name.ptr);
        puts(people[i].installation ? "  (installation)" : "");
        MR_TRY(mr_people_roles_of(u->service, &u->arena, people[i].email, &person, &rows, &roles, err));
        for (size_t k = 0; k < roles; k++) {
            printf("    %-14.*s ", MR_STR_ARG(rows[k].role));
            mr_cli_put_visible(stdout, rows[k].org_name.ptr);
            putchar('\n');
        }
    }
    if (!count) puts("Nobody yet. The first one: merit user add EMAIL --name NAME --installation");
    return MR_OK;
}

static int reset(struct user *u, const char *email, struct mr_err *err)
{
    mr_str path;
    MR_TRY(mr_people_reset(u->service, &u->arena, mr_str_of(email), &path, err));
    printf("%s is signed out everywhere; password, passkeys and second step are gone.\n", email);
    mr_cli_put_link(mr_str_of(u->url), path);
    return MR_OK;
}

static int roles(struct user *u, const char *email, struct mr_err *err)
{
    unsigned wanted = 0;
    bool yes = u->installation && strcmp(u->installation, "no") != 0;
    MR_TRY(mr_people_read_roles(mr_str_of(u->roles ? u->roles : ""), &wanted, err));
    mr_str org = mr_str_of(u->org ? u->org : "");
    if (u->roles || u->installation)
        MR_TRY(mr_people_change(u->service, &u->arena, mr_str_of(email), org, u->roles != NULL, wanted,
                                u->installation ? &yes : NULL, err));
    struct mr_person_row person;
    struct mr_membership_row *rows;
    size_t count;
    MR_TRY(mr_people_roles_of(u->service, &u->arena, mr_str_of(email), &person, &rows, &count, err));
    if (person.installation) puts("administers the installation");
    for (size_t k = 0; k < count; k++) {
        printf("%-14.*s ", MR_STR_ARG(rows[k].role));
        mr_cli_put_visible(stdout, rows[k].org_name.ptr);
        putchar('\n');
    }
    return MR_OK;
}

/* ---- what is a person's ---- */

static void file_cleanup(FILE **f)
{
    if (*f) fclose(*f);
}

static int put_piece(void *self, mr_str written, struct mr_err *err)
{
    if (fwrite(written.ptr, 1, written.len, self) == written.len) return MR_OK;
    return MR_FAIL(err, MR_E_IO, "the archive cannot be written", MR_NOWHERE);
}

static int export_person(struct user *u, const char *who, const char *path, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf piece;
    struct mr_export_result result;
    mr_str id;
    mr_buf_init(&piece, MR_LIMIT_PDF + MR_LIMIT_DOCUMENT);
    MR_TRY(mr_erasure_find(u->service, &u->arena, mr_str_of(who), &id, err));
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    MR_CLEANUP(file_cleanup) FILE *out = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!out) return MR_FAIL_DETAIL(err, MR_E_IO, "this file cannot be made anew", "%s: %s", path, strerror(errno));
    const struct mr_export_order order = {.person_id = id,
                                          .language = mr_options_language(u->lang),
                                          .limit = MR_LIMIT_WALLET_ITEMS,
                                          .take = put_piece,
                                          .self = out};
    MR_TRY(mr_export_write(u->service, &mr_actor_operator, &order, &piece, &result, err));
    if (fflush(out) != 0 || fsync(fd) != 0) return MR_FAIL(err, MR_E_IO, "the archive cannot be written", MR_NOWHERE);
    printf("%s: %zu items of the wallet, and all that is kept about the account.\n", path, result.items);
    return MR_OK;
}

static void put_erasure(const struct mr_erasure *e, bool done)
{
    printf("%s: the account, %lld addresses, %lld items of the wallet, %lld collections, ways in, addresses in mail.\n",
           done ? "Gone" : "Would go", (long long)e->addresses, (long long)e->items, (long long)e->collections);
    if (e->claims)
        printf("%s: %lld claims of prior learning that nobody has decided.\n", done ? "Gone" : "Would go",
               (long long)e->claims);
    for (size_t i = 0; i < e->keeper_count; i++) {
        const struct mr_privacy_keeper *k = &e->keepers[i];
        printf(
            "%s: restricted %lld records, %lld decisions on prior learning and %lld enrolments, waiting to be sealed "
            "%lld results, of ",
            done ? "Stay" : "Would stay", (long long)k->records, (long long)k->decisions, (long long)k->enrolments,
            (long long)k->waiting);
        mr_cli_put_visible(stdout, e->keepers[i].name.ptr);
        putchar('\n');
    }
    puts("Backups that were made before still hold all of it (docs/privacy.md).");
}

static int erase_person(struct user *u, const char *who, struct mr_err *err)
{
    struct mr_erasure e;
    mr_str id;
    MR_TRY(mr_erasure_find(u->service, &u->arena, mr_str_of(who), &id, err));
    MR_TRY(u->yes ? mr_erasure_do(u->service, &mr_actor_operator, &u->arena, id, &e, err)
                  : mr_erasure_look(u->service, &mr_actor_operator, &u->arena, id, &e, err));
    put_erasure(&e, u->yes);
    if (!u->yes) puts("Nothing was done. To do it: the same with --yes");
    return MR_OK;
}

static bool is_call(int words, char **argv)
{
    if (words == 1) return strcmp(argv[1], "list") == 0;
    if (words == 3) return strcmp(argv[1], "export") == 0;
    return words == 2 && (strcmp(argv[1], "add") == 0 || strcmp(argv[1], "reset") == 0 ||
                          strcmp(argv[1], "roles") == 0 || strcmp(argv[1], "erase") == 0);
}

static int run(struct user *u, char **argv, const mr_env *env, struct mr_err *err)
{
    u->data = mr_options_data_folder(u->data);
    MR_TRY(mr_cli_open_people(u->data, u->url, env, &u->service, err));
    if (strcmp(argv[1], "add") == 0) return add(u, argv[2], err);
    if (strcmp(argv[1], "list") == 0) return list(u, err);
    if (strcmp(argv[1], "reset") == 0) return reset(u, argv[2], err);
    if (strcmp(argv[1], "export") == 0) return export_person(u, argv[2], argv[3], err);
    if (strcmp(argv[1], "erase") == 0) return erase_person(u, argv[2], err);
    return roles(u, argv[2], err);
}

int mr_cli_user(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(user_done) struct user u = {0};
    bool installation = false, done, is_add = argc > 1 && strcmp(argv[1], "add") == 0;
    const mr_option options[] = {
        {"data", &u.data, NULL},      {"name", &u.name, NULL},
        {"roles", &u.roles, NULL},    {"org", &u.org, NULL},
        {"public-url", &u.url, NULL}, {"lang", &u.lang, NULL},
        {"yes", NULL, &u.yes},        {"installation", is_add ? NULL : &u.installation, is_add ? &installation : NULL}};
    struct mr_err err = {0};
    int words;
    mr_arena_init(&u.arena, MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &words, &done)) return 2;
    if (done) return 0;
    if (!is_call(words, argv)) {
        fputs(help, stderr);
        return 2;
    }
    if (installation) u.installation = "yes";
    if (run(&u, argv, env, &err) == MR_OK) return 0;
    bool about_folder = err.code == MR_E_IO || err.code == MR_E_DB || !u.service;
    return mr_cli_fail(&err, about_folder ? u.data : NULL, MR_STR_EMPTY);
}
