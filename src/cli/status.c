/* `merit status`: withdraw or suspend a credential, see which are, and write the signed lists as files for a web server. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "crypto/pkcs11_uri.h"
#include "service/status.h"

#include <stdio.h>

static const char help[] =
    "merit status: are credentials still good? Withdraw or suspend them, and publish that.\n\n"
    "  merit status set urn:credential:0197... revoked --reason \"awarded by mistake\"\n"
    "  merit status set urn:credential:0197... revoked --replaced-by urn:credential:0198...\n"
    "  merit status set urn:credential:0197... suspended\n"
    "  merit status set urn:credential:0197... active\n"
    "  merit status list\n"
    "  merit status list --out status --seal our-seal.p12\n\n"
    "  set ID STATE      revoked (withdrawn for good: it cannot be taken back), suspended, or active again.\n"
    "                    ID stands in issued.csv and in the credential\n"
    "  list              each credential with its state\n"
    "  --replaced-by ID  with revoked: the credential that took its place. Both are shown to you; what is published\n"
    "                    says only that it is withdrawn\n"
    "  --reason TEXT     why; kept here, never published. Name nobody in it\n"
    "  --out DIR         write the signed lists as files, to be put where `merit issue --status URL` said. They\n"
    "                    are good for one day: write them anew each day, and after each change\n"
    "  --seal SEAL       the e-seal of the organisation that issued them, when it is not in the data folder: a file or "
    "a\n"
    "                    pkcs11: URI, as for `merit issue`; with --certificate FILE when the token holds none\n"
    "  --data DIR        data folder (./merit-data, or MERIT_DATA)\n"
    "  --lang LANG       language of messages\n\n"
    "A running server (`merit serve`) publishes its own lists, and shows what is set here at once.\n"
    "Exit status: 0 done, 2 not possible (no such credential, withdrawn for good, a file that cannot be written) or a "
    "wrong call.\n";

#define PAGE 500 /* achievements in memory at a time */

struct status {
    const char *reason, *successor, *data, *out, *seal_file, *certificate_file, *lang;
    const mr_language *l;
    const char *at; /* what is at work, to be named when it fails; NULL: the error names it itself */
    mr_arena arena; /* for the whole run */
    mr_service *service;
    struct mr_seal_key own;
    const struct mr_seal_key *seal; /* NULL: those of the data folder */
};
static void status_done(struct status *s)
{
    mr_service_close(s->service);
    mr_seal_key_done(&s->own);
    mr_arena_done(&s->arena);
}

static int open_service(struct status *s, const mr_env *env, struct mr_err *err)
{
    const struct mr_service_config config = {
        .data_folder = mr_options_data_folder(s->data), .public_url = "", .env = env, .database = true, .beside = true};
    return mr_service_open(&config, &s->service, err);
}

static bool status_find(const char *word, mr_status *ret)
{
    for (mr_status s = MR_STATUS_ACTIVE; s <= MR_STATUS_REVOKED; s++) {
        if (strcmp(word, mr_status_name(s)) != 0) continue;
        *ret = s;
        return true;
    }
    return false;
}

static void put_message(const struct status *s, const char *id)
{
    mr_str text = mr_message(s->l, id);
    printf("%.*s\n", MR_STR_ARG(text));
}

static int set(struct status *s, const char *id, const char *word, struct mr_err *err)
{
    static const char *const said[] = {"status.set.active", "status.set.suspended", "status.set.revoked"};
    struct mr_achievement_status now;
    mr_status to;
    s->at = word;
    if (!status_find(word, &to))
        return MR_FAIL_DETAIL(err, MR_E_USAGE, "no such state", "write revoked, suspended or active");
    if (s->successor && to != MR_STATUS_REVOKED)
        return MR_FAIL_DETAIL(err, MR_E_USAGE, "only what is withdrawn can be replaced",
                              "--replaced-by goes with revoked");
    s->at = id;
    const struct mr_status_order order = {.to = to, .reason = mr_str_of(s->reason)};
    if (s->successor)
        MR_TRY(mr_status_replace(s->service, &mr_actor_operator, mr_str_of(id), mr_str_of(s->successor),
                                 mr_str_of(s->reason), err));
    else
        MR_TRY(mr_status_set(s->service, &mr_actor_operator, mr_str_of(id), &order, err));
    MR_TRY(mr_status_find(s->service, &mr_actor_operator, &s->arena, mr_str_of(id), &now, err));
    put_message(s, said[now.status]);
    if (!now.is_listed) put_message(s, "status.set.not_listed");
    if (!now.batch_id.len) put_message(s, "status.set.write");
    return MR_OK;
}

/* ---- list ---- */

static void put_row(struct status *s, mr_arena *a, const struct mr_achievement_status *row, mr_buf *out)
{
    char since[21] = "-";
    if (row->changed_at != MR_TIME_NONE) mr_time_write(row->changed_at, since);
    mr_buf_format(out, "%-9s  %-20s  urn:credential:%.*s", mr_status_name(row->status), since,
                  MR_STR_ARG(row->achievement_id));
    if (row->learner.len) mr_buf_puts(out, "  "), mr_buf_put_visible(out, row->learner);
    if (row->replaced_by.len) {
        mr_str id = mr_arena_format(a, "urn:credential:%.*s", MR_STR_ARG(row->replaced_by));
        mr_str said = MR_SAY(a, s->l, "status.replaced_by", {"id", id});
        mr_buf_put_visible(out, mr_arena_format(a, "  (%.*s)", MR_STR_ARG(said)));
    }
    if (!row->is_listed)
        mr_buf_put_visible(out, mr_arena_format(a, "  (%.*s)", MR_STR_ARG(mr_message(s->l, "status.not_listed"))));
    mr_buf_putc(out, '\n');
}

static int list(struct status *s, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    char after[37] = "";
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    for (;;) {
        struct mr_achievement_status *rows;
        size_t count;
        mr_arena_reset(&a);
        mr_buf_clear(&out);
        MR_TRY(mr_status_page(s->service, &mr_actor_operator, &a, mr_str_of(after), PAGE, &rows, &count, err));
        if (count == 0) return MR_OK;
        for (size_t i = 0; i < count; i++) put_row(s, &a, &rows[i], &out);
        if (!mr_cli_print(mr_buf_str(&out))) return MR_FAIL(err, MR_E_IO, "the list could not be written", MR_NOWHERE);
        snprintf(after, sizeof after, "%.*s", MR_STR_ARG(rows[count - 1].achievement_id));
    }
}

/* ---- writing lists ---- */

static int open_seal(struct status *s, struct mr_err *err)
{
    if (!s->seal_file) return MR_OK;
    s->at = mr_pkcs11_uri_show(&s->arena, mr_str_of(s->seal_file)).ptr;
    s->seal = &s->own;
    return mr_options_seal(&s->arena, s->seal_file, s->certificate_file, &s->own, err);
}

static int write_list(struct status *s, mr_arena *a, const struct mr_kept_list *l, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const char *folder = mr_arena_format(a, "%s/%.*s", s->out, MR_STR_ARG(l->id)).ptr;
    mr_buf_init(&out, MR_LIMIT_STATUS_DOCUMENT);
    MR_TRY(mr_file_make_folder(folder, err));
    for (mr_status_form f = MR_STATUS_FORM_REVOCATION; f <= MR_STATUS_FORM_TOKEN; f++) {
        mr_buf_clear(&out);
        MR_TRY(mr_status_write(s->service, a, l->id, f, s->seal, &out, err));
        const char *path = mr_arena_format(a, "%s/%s", folder, mr_status_form_name(f)).ptr;
        MR_TRY(mr_file_write(path, mr_buf_str(&out), 0644, true, err));
    }
    return MR_OK;
}

static int write_withdrawn(struct status *s, mr_arena *a, mr_str base, mr_str issuer, struct mr_err *err)
{
    mr_str url = mr_status_withdrawn_url(a, base, issuer);
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_STATUS_DOCUMENT);
    MR_TRY(mr_file_make_folder(mr_arena_format(a, "%s/withdrawn", s->out).ptr, err));
    MR_TRY(mr_status_write_withdrawn(s->service, a, issuer, url, s->seal, &out, err));
    return mr_file_write(mr_arena_format(a, "%s/withdrawn/%.*s", s->out, MR_STR_ARG(issuer)).ptr, mr_buf_str(&out),
                         0644, true, err);
}

static int write_lists(struct status *s, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_kept_list *lists;
    size_t count;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    MR_TRY(open_seal(s, err));
    s->at = NULL;
    MR_TRY(mr_file_make_folder(s->out, err));
    MR_TRY(mr_status_lists(s->service, &s->arena, &lists, &count, err));
    for (size_t i = 0; i < count; i++) {
        mr_arena_reset(&a);
        MR_TRY(write_list(s, &a, &lists[i], err));
        MR_TRY(write_withdrawn(s, &a, lists[i].base, lists[i].issuer, err));
        printf("%s/%.*s  ->  %.*s\n", s->out, MR_STR_ARG(lists[i].id), MR_STR_ARG(lists[i].url));
    }
    put_message(s, count ? "status.written" : "status.no_lists");
    return MR_OK;
}

static bool is_call(int words, char **argv)
{
    if (words < 1) return false;
    return strcmp(argv[1], "set") == 0 ? words == 3 : strcmp(argv[1], "list") == 0 && words == 1;
}

static int run(struct status *s, char **argv, const mr_env *env, struct mr_err *err)
{
    s->at = mr_options_data_folder(s->data);
    MR_TRY(open_service(s, env, err));
    if (strcmp(argv[1], "set") == 0) return set(s, argv[2], argv[3], err);
    return s->out ? write_lists(s, err) : list(s, err);
}

int mr_cli_status(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(status_done) struct status s = {0};
    const mr_option options[] = {
        {"reason", &s.reason, NULL},
        {"replaced-by", &s.successor, NULL},
        {"data", &s.data, NULL},
        {"out", &s.out, NULL},
        {"seal", &s.seal_file, NULL},
        {"lang", &s.lang, NULL},
        {"certificate", &s.certificate_file, NULL},
    };
    struct mr_err err = {0};
    int words;
    bool done;
    mr_arena_init(&s.arena, MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &words, &done)) return 2;
    if (done) return 0;
    if (!is_call(words, argv)) {
        fputs(help, stderr);
        return 2;
    }
    s.l = mr_options_language(s.lang);
    if (run(&s, argv, env, &err) == MR_OK) return 0;
    return mr_cli_fail(&err, s.at, MR_STR_EMPTY);
}
