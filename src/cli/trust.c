/* `merit trust`: trusted lists, and who is behind a key. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/trust_words.h"
#include "net/fetch.h"
#include "service/trust_import.h"

#include <stdlib.h>

static const char help[] =
    "merit trust COMMAND: whom to trust.\n\n"
    "  merit trust import eu-lotl.xml --signer oj.pem --trust trust/      keep trusted lists, checked\n"
    "  merit trust list --trust trust/                                    what is kept, how old it is, what is "
    "missing\n"
    "  merit trust check seal.pem --trust trust/                          who is behind it, who says so\n\n"
    "`merit trust COMMAND --help` tells more of each. docs/trust.md explains what a trusted list is.\n";

static const char import_help[] =
    "merit trust import FILE|URL... [--signer CERT.pem]... [--as NAME] [--trust DIR] [--online]: keep trusted lists, "
    "checked.\n\n"
    "  merit trust import https://ec.europa.eu/tools/lotl/eu-lotl.xml --signer oj-1.pem --signer oj-2.pem --online\n"
    "  merit trust import eu-lotl.xml SE-TL.xml fi-tl.xml --signer oj-1.pem\n"
    "  merit trust import providers.jwt --signer agency.pem --as \"Recognised providers\"\n\n"
    "Lists in XML (ETSI TS 119 612, such as the EU's list of lists) and in XML or JSON (ETSI TS 119 602).\n\n"
    "  --signer CERT.pem  certificates that may sign the list: for the EU's list of lists those of the Official "
    "Journal\n"
    "  --as NAME          what people know the list by, when it is one\n"
    "  --trust DIR        where to keep them; also MERIT_TRUST; else the folder trust of the data folder (MERIT_DATA)\n"
    "  --online           fetch URLs, and the lists that a list of lists names: https and public addresses only\n\n"
    "A list of lists brings the others with it: each is checked against the signers that it names. Pivots, by which "
    "its "
    "signers\n"
    "change, are fetched, or given as files. What cannot be fetched or is not signed as it must be is told and left "
    "out; "
    "what was\n"
    "there stays until its successor has been checked.\n"
    "Exit status: 0 all kept, 1 some or all were not, 2 a wrong call, or the folder cannot be written.\n";

static const char list_help[] =
    "merit trust list [--trust DIR] [--at DATE]: trust anchors, known issuers and trusted lists, how old they are and "
    "what is missing.\n\n"
    "  merit trust list --trust trust/\n\n"
    "Exit status: 0 all current, 1 a list is too old, missing or changed, 2 a wrong call or no such folder.\n";

static const char check_help[] =
    "merit trust check FILE.pem|DID|URL... [--at DATE] [--trust DIR] [--lang LANG]: who is behind a certificate or "
    "identifier, who says "
    "so, on that day.\n\n"
    "  merit trust check seal.pem --at 2026-03-01\n"
    "  merit trust check did:web:school.example\n\n"
    "In FILE.pem the certificate in question comes first; its issuers may follow. Without --at it is today.\n"
    "Exit status: 0 known, 1 not known or no longer, 3 it could not be decided, 2 a wrong call or nothing readable; of "
    "several the worst.\n";

static const char *trust_folder(mr_arena *a, const char *given)
{
    const char *environment = getenv("MERIT_TRUST");
    if (given) return given;
    if (environment && *environment) return environment;
    return mr_arena_format(a, "%s/trust", mr_options_data_folder(NULL)).ptr;
}

static void fetcher_cleanup(mr_net_fetcher **f)
{
    mr_net_fetcher_free(*f);
}

/* ---- import ---- */

static void tell(void *self, mr_str list, const char *outcome, mr_str why)
{
    MR_CLEANUP(mr_buf_done) mr_buf line;
    (void)self;
    mr_buf_init(&line, 64 * MR_KIB);
    mr_buf_put_visible(&line, list);
    mr_buf_format(&line, ": %s%s", outcome, why.len ? ": " : "");
    mr_buf_put_visible(&line, why);
    fprintf(stderr, "%.*s\n", MR_STR_ARG(mr_buf_str(&line)));
}

/* SHA-256 of every certificate in the files. */
static int read_signers(mr_arena *a, const mr_option_list *files, uint8_t (*ret)[32], size_t *ret_count)
{
    for (size_t i = 0; i < files->count; i++) {
        mr_str pem;
        mr_certificate **found;
        size_t count = 0;
        struct mr_err err = {0};
        if (mr_file_read(a, files->values[i], MR_LIMIT_KEY_FILE, &pem, &err) != MR_OK ||
            mr_certificates_read_pem(a, pem, &found, &count, &err) != MR_OK)
            return mr_cli_fail(&err, files->values[i], MR_STR_EMPTY);
        if (count == 0) fprintf(stderr, "merit: %s holds no certificate (PEM).\n", files->values[i]);
        for (size_t k = 0; k < count; k++) {
            if (*ret_count < MR_LIMIT_CERTIFICATES) memcpy(ret[(*ret_count)++], mr_certificate_sha256(found[k]), 32);
            mr_certificate_free(found[k]);
        }
        if (count == 0) return 2;
    }
    return 0;
}

static int run_import(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(fetcher_cleanup) mr_net_fetcher *fetcher = NULL;
    const char *as = NULL, *folder = NULL;
    bool online = false, done;
    mr_option_list signers = {.count = 0};
    const mr_option options[] = {
        {"signer", .list = &signers}, {"as", .value = &as}, {"trust", .value = &folder}, {"online", .flag = &online}};
    uint8_t digests[MR_LIMIT_CERTIFICATES][32];
    struct mr_trust_imported done_with;
    struct mr_err err = {0};
    int words;
    mr_arena_init(&a, 64 * MR_MIB);
    if (!mr_options_take(argc, argv, options, 4, import_help, &words, &done)) return 2;
    if (done) return 0;
    if (words == 0) {
        fputs(import_help, stderr);
        return 2;
    }
    const struct mr_net_fetcher_options net = {.env = env, .timeout_ms = 60000};
    if (online && mr_net_fetcher_new(&net, &fetcher, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    struct mr_trust_import import = {.folder = trust_folder(&a, folder),
                                     .env = env,
                                     .fetch = fetcher ? mr_net_fetcher_fetch(fetcher) : NULL,
                                     .signers = (const uint8_t(*)[32])digests,
                                     .given_name = mr_str_of(as),
                                     .tell = tell};
    int status = read_signers(&a, &signers, digests, &import.signer_count);
    if (status) return 2;
    if (mr_trust_import(&import, (const char *const *)(argv + 1), (size_t)words, &done_with, &err) != MR_OK) {
        mr_cli_fail(&err, NULL, MR_STR_EMPTY);
        return 2;
    }
    printf("%zu list%s kept in %s", done_with.kept, done_with.kept == 1 ? "" : "s", import.folder);
    if (done_with.failed) printf(", %zu not", done_with.failed);
    puts(done_with.failed && done_with.kept ? ". What was kept is used; `merit trust list` shows what is missing."
                                            : ".");
    return done_with.failed ? 1 : 0;
}

/* ---- list ---- */

static void put_day(mr_buf *out, int64_t time)
{
    char text[21] = "unknown    ";
    if (time != MR_TIME_NONE) mr_time_write(time, text);
    mr_buf_put(out, mr_str_make(text, 10));
}

static bool put_list(mr_arena *a, const struct mr_trust_list *l, int64_t now, mr_buf *out)
{
    bool old = l->next_update != MR_TIME_NONE && now > l->next_update;
    mr_buf_put_visible(out, mr_trust_name_list(a, mr_language_english(), l));
    mr_buf_format(out, "\n  no. %lld, issued ", (long long)l->sequence);
    put_day(out, l->issued);
    mr_buf_puts(out, ", next update ");
    put_day(out, l->next_update);
    if (old) mr_buf_format(out, " (TOO OLD by %lld days)", (long long)((now - l->next_update) / MR_DAY_MS));
    mr_buf_puts(out, ", fetched ");
    put_day(out, l->imported);
    mr_buf_format(out, "\n  %lld services, %lld certificates", (long long)l->services, (long long)l->certificates);
    if (l->unusable) mr_buf_format(out, ", %lld services without a certificate or identifier", (long long)l->unusable);
    if (l->faults) mr_buf_format(out, ", %lld faults of form", (long long)l->faults);
    mr_buf_puts(out, "\n  from ");
    mr_buf_put_visible(out, l->source);
    mr_buf_putc(out, '\n');
    MR_JSON_EACH (failure, l->failures) {
        mr_buf_puts(out, "  failed: ");
        mr_buf_put_visible(out, mr_json_get_str(failure, "territory"));
        mr_buf_puts(out, ": ");
        mr_buf_put_visible(out, mr_json_get_str(failure, "why"));
        mr_buf_putc(out, '\n');
    }
    return !old;
}

/* Lists that were changed are noticed here too, whichever line it is. */
static bool is_whole(const mr_trust_cache *c, const struct mr_trust_list *l)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const mr_json *all;
    struct mr_err ignored;
    mr_arena_init(&a, 512 * MR_MIB);
    return mr_trust_cache_read(c, &a, l, &all, &ignored) == MR_OK;
}

static bool put_lists(mr_arena *a, const mr_trust *t, int64_t now, mr_buf *out)
{
    bool good = true;
    size_t named, missing = mr_trust_missing(t->lists, &named);
    if (t->lists_why.len) {
        mr_buf_put_visible(out, t->lists_why);
        mr_buf_puts(out, ".\n");
        return false;
    }
    for (size_t i = 0; t->lists && i < t->lists->count; i++) {
        good &= put_list(a, &t->lists->lists[i], now, out);
        if (is_whole(t->lists, &t->lists->lists[i])) continue;
        mr_buf_puts(out, "  CHANGED after it was fetched: it is not used. Import it again.\n");
        good = false;
    }
    if (named)
        mr_buf_format(out, "Of %zu lists that a list of lists names, %zu are here%s\n", named, named - missing,
                      missing ? "; about the others nothing can be decided." : ".");
    return good && missing == 0;
}

static int read_day(const char *text, const mr_env *env, int64_t *ret)
{
    struct mr_err err = {0};
    mr_date day;
    *ret = mr_env_now(env);
    if (!text) return 0;
    if (mr_date_parse(mr_str_of(text), &day, &err) == MR_OK) {
        *ret = mr_date_to_time(day) + MR_DAY_MS - 1000; /* the end of that day */
        return 0;
    }
    if (mr_time_parse(mr_str_of(text), ret, &err) == MR_OK) return 0;
    fprintf(stderr, "merit: --at %s: write a day, 2026-03-01, or a time, 2026-03-01T09:12:00Z.\n", text);
    return 2;
}

static void trust_cleanup(mr_trust *t)
{
    mr_trust_done(t);
}

static int run_list(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    MR_CLEANUP(trust_cleanup) mr_trust t = {0};
    const char *folder = NULL, *day = NULL;
    const mr_option options[] = {{"trust", .value = &folder}, {"at", .value = &day}};
    struct mr_err err = {0};
    int64_t now;
    int words;
    bool done;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (!mr_options_take(argc, argv, options, 2, list_help, &words, &done)) return 2;
    if (done) return 0;
    if (words) fputs(list_help, stderr);
    if (words || read_day(day, env, &now)) return 2;
    folder = trust_folder(&a, folder);
    if (mr_trust_load(&a, folder, &t, &err) != MR_OK) {
        mr_cli_fail(&err, folder, MR_STR_EMPTY);
        return 2;
    }
    size_t lists = t.lists ? t.lists->count : 0;
    mr_buf_format(&out, "%zu trust anchor%s, %zu known issuer%s, %zu trusted list%s\n", t.count,
                  t.count == 1 ? "" : "s", t.issuer_count, t.issuer_count == 1 ? "" : "s", lists,
                  lists == 1 ? "" : "s");
    bool good = put_lists(&a, &t, now, &out);
    return !mr_cli_print(mr_buf_str(&out)) ? 2 : good ? 0 : 1;
}

/* ---- check ---- */

static bool is_identifier(const char *word)
{
    mr_str s = mr_str_of(word);
    return mr_str_has_prefix(s, MR_STR("did:")) || mr_str_has_prefix(s, MR_STR("https://")) ||
           mr_str_has_prefix(s, MR_STR("http://"));
}

static int ask_file(const mr_trust *t, mr_arena *a, const char *path, int64_t at, struct mr_trust_answer *x,
                    mr_str *ret_subject, struct mr_err *err)
{
    mr_str pem;
    mr_certificate **found;
    size_t count = 0;
    MR_TRY(mr_file_read(a, path, MR_LIMIT_KEY_FILE, &pem, err));
    MR_TRY(mr_certificates_read_pem(a, pem, &found, &count, err));
    if (count == 0) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "there is no certificate (PEM)", "%s", path);
    int code = mr_trust_standing(t, a, found[0], found + 1, count - 1, at, x, err);
    *ret_subject = mr_arena_dup(a, mr_certificate_subject(found[0])->line);
    for (size_t i = 0; i < count; i++) mr_certificate_free(found[i]);
    return code;
}

static int status_of(const struct mr_trust_answer *x)
{
    return x->state == MR_TRUST_KNOWN ? 0 : x->state == MR_TRUST_UNDECIDED ? 3 : 1;
}

static int check_word(const mr_trust *t, mr_arena *a, const mr_language *l, const char *word, int64_t at, int64_t now,
                      mr_buf *out)
{
    struct mr_trust_answer x;
    struct mr_err err = {0};
    mr_str subject = mr_str_of(word);
    int code = is_identifier(word) ? mr_trust_judge_identifier(t, a, subject, at, now, &x, &err)
                                   : ask_file(t, a, word, at, &x, &subject, &err);
    if (code != MR_OK) {
        mr_cli_fail(&err, word, MR_STR_EMPTY);
        return 2;
    }
    mr_buf_put_visible(out, subject);
    mr_buf_puts(out, "\n  ");
    mr_buf_put_visible(out, mr_trust_say(a, l, &x, subject));
    mr_buf_putc(out, '\n');
    mr_str details = mr_trust_describe(a, &x, MR_STR("")); /* for experts: "; service ..., status ..." */
    if (details.len) {
        mr_buf_format(out, "  %s; seal %s", mr_trust_state_name(x.state), mr_standing_name(x.standing));
        mr_buf_put_visible(out, details);
        mr_buf_putc(out, '\n');
    }
    return status_of(&x);
}

static int run_check(int argc, char **argv, const mr_env *env)
{
    static const int rank[] = {[0] = 0, [1] = 2, [2] = 3, [3] = 1};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    MR_CLEANUP(trust_cleanup) mr_trust t = {0};
    const char *folder = NULL, *day = NULL, *lang = NULL;
    const mr_option options[] = {{"trust", .value = &folder}, {"at", .value = &day}, {"lang", .value = &lang}};
    struct mr_err err = {0};
    int64_t at;
    int words, worst = 0;
    bool done;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (!mr_options_take(argc, argv, options, 3, check_help, &words, &done)) return 2;
    if (done) return 0;
    if (words == 0 || read_day(day, env, &at)) {
        if (words == 0) fputs(check_help, stderr);
        return 2;
    }
    folder = trust_folder(&a, folder);
    if (mr_trust_load(&a, folder, &t, &err) != MR_OK) {
        mr_cli_fail(&err, folder, MR_STR_EMPTY);
        return 2;
    }
    for (int i = 1; i <= words; i++) {
        int status = check_word(&t, &a, mr_options_language(lang), argv[i], at, mr_env_now(env), &out);
        if (rank[status] > rank[worst]) worst = status;
    }
    return mr_cli_print(mr_buf_str(&out)) ? worst : 2;
}

int mr_cli_trust(int argc, char **argv, const mr_env *env)
{
    static const struct {
        const char *name;
        mr_cli_command *run;
    } words[] = {{"import", run_import}, {"list", run_list}, {"check", run_check}};
    for (size_t i = 0; argc > 1 && i < sizeof words / sizeof *words; i++)
        if (strcmp(argv[1], words[i].name) == 0) return words[i].run(argc - 1, argv + 1, env);
    bool asked = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    if (argc > 1 && !asked) fprintf(stderr, "merit: there is no command \"trust %s\".\n\n", argv[1]);
    fputs(help, asked ? stdout : stderr);
    return asked ? 0 : 2;
}
