/* `merit token`: the API tokens of an installation, for whoever runs it. */
#include "base/time.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "service/api_token.h"

static const char help[] =
    "merit token add|list|revoke: programs that work for an organisation through the API.\n\n"
    "  merit token add \"Student system\" --scope award --days 365\n"
    "                                    prints the token, this once\n"
    "  merit token list                  each token: for whom, what it may do, until when, when it was last used\n"
    "  merit token revoke 0197...        at once and for good\n\n"
    "Options:\n"
    "  --org NAME     the organisation that it works for: its name, short name or id. Needed when there are several\n"
    "  --scope WORDS  what it may do: describe, award, manage, with commas between them. Reading it always may\n"
    "  --days N       so many days it is good (365; at most 730)\n"
    "  --data DIR     data folder (./merit-data, or MERIT_DATA)\n\n"
    "A running server takes note at once. What programs can do is on its page /api, and in docs/api.md.\n"
    "Exit status: 0 done, 2 not possible or a wrong call.\n";

struct token {
    const char *org, *scope, *days, *data;
    mr_arena arena;
    mr_service *service;
};
static void token_done(struct token *t)
{
    mr_service_close(t->service);
    mr_arena_done(&t->arena);
}

static int open_service(struct token *t, const mr_env *env, struct mr_err *err)
{
    const struct mr_service_config config = {
        .data_folder = mr_options_data_folder(t->data), .public_url = "", .env = env, .database = true, .beside = true};
    return mr_service_open(&config, &t->service, err);
}

static bool is_meant(const struct mr_api_token_holder *h, const char *org)
{
    return !org || mr_str_is(h->id, org) || mr_str_is(h->slug, org) || mr_str_is(h->name, org);
}

/* The organisation of --org, or the only one there is. */
static int find_organisation(struct token *t, mr_str *ret_id, struct mr_err *err)
{
    struct mr_api_token_holder *list;
    size_t count, found = 0;
    MR_TRY(mr_api_token_holders(t->service, &mr_actor_operator, &t->arena, &list, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (!is_meant(&list[i], t->org)) continue;
        *ret_id = list[i].id;
        found++;
    }
    if (found == 1) return MR_OK;
    if (!count) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no organisation yet", MR_NOWHERE);
    fputs("merit: name one of these with --org:\n", stderr);
    for (size_t i = 0; i < count; i++) {
        fputs("  ", stderr);
        mr_cli_put_visible(stderr, mr_arena_cstr(&t->arena, list[i].name));
        fputc('\n', stderr);
    }
    return MR_FAIL_DETAIL(err, MR_E_USAGE, "which organisation?", "%s", t->org ? t->org : "there are several");
}

static int add(struct token *t, const char *name, struct mr_err *err)
{
    struct mr_api_token_order order = {.name = mr_str_of(name), .days = 365};
    uint64_t days = 365;
    mr_str id, token;
    if (!mr_scopes_read(mr_str_of(t->scope), &order.scopes))
        return MR_FAIL_DETAIL(err, MR_E_USAGE, "no such scope", "write describe, award or manage");
    if (t->days && (!mr_str_to_u64(mr_str_of(t->days), &days) || days < 1 || days > MR_API_TOKEN_DAYS_MOST))
        return MR_FAIL_DETAIL(err, MR_E_USAGE, "no such time", "--days is a number from 1 to %d",
                              MR_API_TOKEN_DAYS_MOST);
    order.days = (int64_t)days;
    MR_TRY(find_organisation(t, &order.org_id, err));
    MR_TRY(mr_api_token_add(t->service, &mr_actor_operator, &t->arena, &order, &id, &token, err));
    printf("%.*s\n", MR_STR_ARG(token));
    fprintf(stderr, "Keep it like a password: it is printed this once. To revoke it: merit token revoke %.*s\n",
            MR_STR_ARG(id));
    return MR_OK;
}

static void print_day(int64_t time, const char *otherwise)
{
    char text[21];
    if (time == MR_TIME_NONE)
        printf("  %-10s", otherwise);
    else {
        mr_time_write(time, text);
        printf("  %.10s", text);
    }
}

static void print_token(struct token *t, const struct mr_api_token *token)
{
    bool over = token->expires_at != MR_TIME_NONE && token->expires_at <= mr_env_now(mr_service_env(t->service));
    const char *state = token->revoked_at != MR_TIME_NONE ? "revoked" : over ? "expired" : "in use";
    printf("%.*s  %-7s", MR_STR_ARG(token->id), state);
    print_day(token->last_used_at, "never used");
    print_day(token->expires_at, "no end");
    for (mr_scope s = MR_SCOPE_READ; s <= MR_SCOPE_MANAGE; s++)
        if (token->scopes & 1u << s) printf("%s%s", s == MR_SCOPE_READ ? "  " : ",", mr_scope_word(s));
    printf("  ");
    mr_cli_put_visible(stdout, mr_arena_cstr(&t->arena, token->name));
    printf(" (");
    mr_cli_put_visible(stdout, mr_arena_cstr(&t->arena, token->organisation));
    printf(")\n");
}

static int list(struct token *t, struct mr_err *err)
{
    struct mr_api_token *tokens;
    size_t count;
    mr_str org_id = MR_STR_EMPTY;
    if (t->org) MR_TRY(find_organisation(t, &org_id, err));
    MR_TRY(mr_api_token_list(t->service, &mr_actor_operator, &t->arena, org_id, &tokens, &count, err));
    for (size_t i = 0; i < count; i++) print_token(t, &tokens[i]);
    if (!count) fputs("There is no token yet. Make one with `merit token add NAME`.\n", stderr);
    return MR_OK;
}

static int act(struct token *t, int words, char **argv, struct mr_err *err)
{
    if (strcmp(argv[1], "add") == 0 && words == 2) return add(t, argv[2], err);
    if (strcmp(argv[1], "list") == 0 && words == 1) return list(t, err);
    return mr_api_token_revoke(t->service, &mr_actor_operator, mr_str_of(argv[2]), err);
}

static bool is_call(int words, char **argv)
{
    if (words == 1) return strcmp(argv[1], "list") == 0;
    return words == 2 && (strcmp(argv[1], "add") == 0 || strcmp(argv[1], "revoke") == 0);
}

int mr_cli_token(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(token_done) struct token t = {0};
    struct mr_err err = {0};
    int words;
    bool done;
    mr_arena_init(&t.arena, 16 * 1024 * 1024);
    const mr_option options[] = {
        {"org", &t.org, NULL}, {"scope", &t.scope, NULL}, {"days", &t.days, NULL}, {"data", &t.data, NULL}};
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &words, &done)) return 2;
    if (done) return 0;
    if (!is_call(words, argv)) {
        fputs(help, stderr);
        return 2;
    }
    int code = open_service(&t, env, &err);
    if (code == MR_OK) code = act(&t, words, argv, &err);
    if (code == MR_OK) return 0;
    int status = mr_cli_fail(&err, argv[words], MR_STR_EMPTY);
    return status == 1 ? 2 : status;
}
