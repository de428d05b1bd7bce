/* `merit verify` and `merit show`. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/verify.h"
#include "net/fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char verify_help[] =
    "merit verify FILE... [--online] [--json] [--lang LANG] [--trust DIR]: is a credential genuine, current and "
    "complete?\n\n"
    "  merit verify wound-care.jsonld\n"
    "  merit verify *.jsonld --json\n"
    "  merit verify wound-care.jsonld --trust anchors/ --lang da\n"
    "  merit verify - < credential.jwt\n\n"
    "European Digital Credentials, vc+jwt, SD-JWT VC, Open Badges and other credentials with a Data Integrity proof, "
    "and "
    "presentations\n"
    "of them.\n\n"
    "  --online          ask the network where the credential names a place: whether it was withdrawn, whose key it is "
    "(did:web);\n"
    "                    https and public addresses only. Without it nothing is asked, and the report says so\n"
    "  --audience TEXT   a presentation must be made for this verifier (aud, domain)\n"
    "  --nonce TEXT      and answer this question (nonce, challenge)\n\n"
    "--trust names a folder with the certificates (PEM) of those you let vouch for "
    "seals, and lists\n"
    "(JSON) of issuers you know: [{\"id\": \"did:web:school.example\", \"name\": \"A school\"}], and trusted lists "
    "(merit trust import). Also MERIT_TRUST. "
    "Without it, who\n"
    "vouches for a seal could not be checked, and the report says so.\n"
    "Exit status: 0 genuine and current, 1 not genuine or no credential, 3 something could not be checked, 4 take care "
    "(expired,\n"
    "incomplete ...), 2 a wrong call or a file that cannot be read; with several files the worst of 1, 3, 4.\n";

static void fetcher_cleanup(mr_net_fetcher **f)
{
    mr_net_fetcher_free(*f);
}

static void verifier_cleanup(mr_verifier **v)
{
    if (*v) mr_verifier_close(*v);
}

static bool colours(void)
{
    return isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
}

static int load_trust(mr_arena *a, const char *folder, mr_trust *trust, struct mr_err *err)
{
    const char *environment = getenv("MERIT_TRUST");
    if (!folder && environment && *environment) folder = environment;
    return folder ? mr_trust_load(a, folder, trust, err) : MR_OK;
}

/* Of several files the worst: 2 (unreadable) stands above all, then 1, 3, 4. */
static int worse(int a, int b)
{
    static const int rank[] = {[0] = 0, [1] = 3, [2] = 4, [3] = 2, [4] = 1};
    return rank[a] >= rank[b] ? a : b;
}

static int verify_file(mr_verifier *v, const char *path, const mr_language *l, bool json, mr_arena *a)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_report report;
    mr_str file;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (mr_file_read(a, path, MR_LIMIT_DOCUMENT, &file, &err) != MR_OK) return mr_cli_fail(&err, path, MR_STR_EMPTY);
    if (mr_verify(v, a, file, &report, &err) != MR_OK) return mr_cli_fail(&err, path, MR_STR_EMPTY);
    if (json) {
        mr_report_write_json(&report, l, mr_str_of(path), &out);
        mr_buf_putc(&out, '\n');
    } else
        mr_report_write_text(&report, l, mr_str_of(path), colours(), &out);
    return mr_cli_print(mr_buf_str(&out)) ? mr_verdict_exit(report.verdict) : 2;
}

int mr_cli_verify(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a, all;
    MR_CLEANUP(mr_trust_done) mr_trust trust = {0};
    MR_CLEANUP(verifier_cleanup) mr_verifier *v = NULL;
    MR_CLEANUP(fetcher_cleanup) mr_net_fetcher *fetcher = NULL;
    const char *lang = NULL, *folder = NULL, *audience = NULL, *nonce = NULL;
    bool json = false, online = false, done;
    const mr_option options[] = {{"lang", &lang, NULL},         {"trust", &folder, NULL}, {"json", NULL, &json},
                                 {"audience", &audience, NULL}, {"nonce", &nonce, NULL},  {"online", NULL, &online}};
    struct mr_err err = {0};
    int words, status = 0;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&all, MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, 6, verify_help, &words, &done)) return 2;
    if (done) return 0;
    if (words == 0) {
        fputs(verify_help, stderr);
        return 2;
    }
    const mr_language *l = mr_options_language(lang);
    if (load_trust(&all, folder, &trust, &err) != MR_OK) {
        (void)!mr_cli_fail(&err, folder, MR_STR_EMPTY);
        return 2; /* never 1, which speaks of the credential */
    }
    if (online && mr_net_fetcher_new(NULL, &fetcher, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    const struct mr_verifying verifying = {.trust = &trust,
                                           .env = env,
                                           .language = l,
                                           .fetch = fetcher ? mr_net_fetcher_fetch(fetcher) : NULL,
                                           .audience = mr_str_of(audience),
                                           .nonce = mr_str_of(nonce)};
    if (mr_verifier_open(&verifying, &v, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    for (int i = 1; i <= words; i++) {
        mr_arena_reset(&a);
        if (i > 1 && !json) putchar('\n');
        status = worse(status, verify_file(v, argv[i], l, json, &a));
    }
    return status;
}

static const char show_help[] =
    "merit show FILE [--lang LANG]: what a credential says, learning outcomes first.\n\n"
    "  merit show wound-care.jsonld --lang da\n\n"
    "It shows what an intact seal covers, and nothing else; `merit verify` tells what was checked.\n"
    "Exit status: 0 shown, 1 no credential or its seal is not intact, 2 cannot be read.\n";

/* A text of the document, each of its lines indented. */
static void show_lines(mr_str text, mr_buf *out)
{
    mr_str line;
    while (mr_str_split(&text, '\n', &line)) {
        mr_buf_puts(out, "  ");
        mr_buf_put_visible(out, line);
        mr_buf_putc(out, '\n');
    }
}

static void show(const mr_report *r, const mr_language *l, mr_arena *a, mr_buf *out)
{
    mr_buf_put_visible(out, r->story);
    mr_buf_puts(out, "\n\n");
    for (size_t k = 0; k < MR_ELEMENT_COUNT; k++) {
        /* learning outcomes first, then Annex I order */
        size_t e = k == 0 ? MR_ELEMENT_OUTCOMES : k <= MR_ELEMENT_OUTCOMES ? k - 1 : k;
        const struct mr_view_answer *answer = &r->view.answers[e];
        mr_str label = mr_message_str(l, mr_arena_format(a, "element.%s", mr_element_info((mr_element)e)->code));
        if (!answer->answered) continue;
        mr_buf_put(out, label);
        mr_buf_putc(out, '\n');
        for (size_t i = 0; i < answer->value_count; i++) show_lines(answer->values[i], out);
    }
    mr_buf_putc(out, '\n');
    mr_buf_put(out, mr_message(l, "report.note"));
    mr_buf_putc(out, '\n');
}

int mr_cli_show(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(verifier_cleanup) mr_verifier *v = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const char *lang = NULL;
    const mr_option options[] = {{"lang", &lang, NULL}};
    const mr_trust none = {0};
    struct mr_err err = {0};
    mr_report report;
    mr_str file;
    int words;
    bool done;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (!mr_options_take(argc, argv, options, 1, show_help, &words, &done)) return 2;
    if (done) return 0;
    if (words != 1) {
        fputs(show_help, stderr);
        return 2;
    }
    const mr_language *l = mr_options_language(lang);
    const struct mr_verifying verifying = {.trust = &none, .env = env, .language = l};
    if (mr_file_read(&a, argv[1], MR_LIMIT_DOCUMENT, &file, &err) != MR_OK)
        return mr_cli_fail(&err, argv[1], MR_STR_EMPTY);
    if (mr_verifier_open(&verifying, &v, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    if (mr_verify(v, &a, file, &report, &err) != MR_OK) return mr_cli_fail(&err, argv[1], MR_STR_EMPTY);
    if (!report.has_view) {
        mr_report_write_text(&report, l, mr_str_of(argv[1]), colours(), &out);
        mr_cli_print(mr_buf_str(&out));
        return 1;
    }
    show(&report, l, &a, &out);
    return mr_cli_print(mr_buf_str(&out)) ? 0 : 2;
}
