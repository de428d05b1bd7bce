/* `merit seal list`: the seals of the data folder, and whose turn it is. */
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "service/seals.h"

static const char help[] =
    "merit seal list [--data DIR] [--lang LANG]: the seals of the data folder, and whose turn it is.\n\n"
    "  merit seal list\n\n"
    "Of the seals of an organisation, the newest whose certificate is valid and whose day has come is in use; it also\n"
    "seals the lists that tell what was withdrawn. What an older seal made stays verifiable.\n"
    "  --data DIR   the data folder; without it MERIT_DATA, or ./merit-data\n"
    "Exit status: 0 listed, 4 one of them ends within 60 days and no other follows on, or cannot be read; 2 not "
    "possible.\n";

static void put_row(const mr_language *l, mr_arena *a, const struct mr_kept_seal *k, mr_buf *out)
{
    static const char *const turns[] = {[MR_SEAL_CURRENT] = "seal_list.current",
                                        [MR_SEAL_NEXT] = "seal_list.next",
                                        [MR_SEAL_OLDER] = "seal_list.older",
                                        [MR_SEAL_EXPIRED] = "seal_list.expired",
                                        [MR_SEAL_UNREADABLE] = "seal_list.unreadable"};
    char from[11] = "-", until[11] = "-";
    mr_str turn = mr_message(l, turns[k->turn]);
    mr_str place = mr_message(l, k->is_test    ? "seal_list.test"
                                 : k->in_token ? "seal_list.in_token"
                                               : "seal_list.in_file");
    if (k->turn != MR_SEAL_UNREADABLE) {
        mr_date_write(mr_date_of_time(k->from), from);
        mr_date_write(mr_date_of_time(k->until), until);
    }
    mr_buf_format(out, "  %-10.*s  %-10s  %-10s  %-9.*s  %.*s\n", MR_STR_ARG(turn), from, until, MR_STR_ARG(place),
                  MR_STR_ARG(k->file));
    mr_str more = k->ends_soon ? MR_SAY(a, l, "seal_list.ends_soon", {"until", mr_str_of(until)}) : k->why;
    if (more.len) mr_buf_puts(out, "              "), mr_buf_put_visible(out, more), mr_buf_putc(out, '\n');
}

static bool put_all(const mr_language *l, mr_arena *a, const struct mr_kept_seal *list, size_t count, mr_buf *out)
{
    bool warned = false;
    if (count == 0) mr_buf_put(out, mr_message(l, "seal_list.none")), mr_buf_putc(out, '\n');
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !mr_str_eq(list[i].issuer, list[i - 1].issuer)) {
            mr_buf_put(out, list[i].issuer);
            if (list[i].owner.len) mr_buf_puts(out, "  "), mr_buf_put_visible(out, list[i].owner);
            mr_buf_putc(out, '\n');
        }
        put_row(l, a, &list[i], out);
        warned |= list[i].ends_soon || list[i].turn == MR_SEAL_UNREADABLE;
    }
    return warned;
}

static void service_cleanup(mr_service **s)
{
    mr_service_close(*s);
}

int mr_cli_seal_list(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    MR_CLEANUP(service_cleanup) mr_service *service = NULL;
    const char *data = NULL, *lang = NULL;
    const mr_option options[] = {{"data", &data, NULL}, {"lang", &lang, NULL}};
    struct mr_err err = {0};
    struct mr_kept_seal *list;
    size_t count;
    int words;
    bool done;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (!mr_options_take(argc, argv, options, 2, help, &words, &done)) return 2;
    if (done) return 0;
    if (words) return fputs(help, stderr), 2;
    const mr_language *l = mr_options_language(lang);
    const struct mr_service_config config = {
        .data_folder = mr_options_data_folder(data), .public_url = "", .env = env, .beside = true};
    if (mr_service_open(&config, &service, &err) != MR_OK || mr_seals_list(service, &a, &list, &count, &err) != MR_OK)
        return mr_cli_fail(&err, config.data_folder, MR_STR_EMPTY);
    bool warned = put_all(l, &a, list, count, &out);
    if (!mr_cli_print(mr_buf_str(&out))) return 2;
    return warned ? 4 : 0;
}
