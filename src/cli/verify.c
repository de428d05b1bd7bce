/* `merit verify`. */
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
    "and\n"
    "presentations of them; any of them baked into a PNG or SVG picture; Open Badges 2.0 and older, which need "
    "--online.\n"
    "Of a ZIP archive each file in it, with a verdict of its own; what is no credential in it spoils nothing.\n"
    "\n"
    "  --online          ask the network where the credential names a place: whether it was withdrawn, whose key it "
    "is\n"
    "                    (did:web); https and public addresses only. Without it nothing is asked, and the report says "
    "so\n"
    "  --audience TEXT   a presentation must be made for this verifier (aud, domain)\n"
    "  --nonce TEXT      and answer this question (nonce, challenge)\n"
    "  --recipient MAIL  a badge of version 2 or older must have been awarded to this e-mail address\n"
    "  --trust DIR       folder of those you trust (docs/trust.md): certificates (PEM) of those you let vouch for "
    "seals; lists\n"
    "                    (JSON) of issuers you know, [{\"id\": \"did:web:school.example\", \"name\": \"A school\"}]; "
    "trusted lists\n"
    "                    (merit trust import); accreditations that others signed, in its folder accreditations/, which "
    "count\n"
    "                    when their agency has \"accredits\": true in such a list (docs/accreditation.md). Also "
    "MERIT_TRUST.\n"
    "                    Without it, who vouches for a seal could not be checked, and the report says so\n"
    "\n"
    "Exit status: 0 genuine and current, 1 not genuine or no credential, 3 something could not be checked, 4 take "
    "care\n"
    "(expired, incomplete ...), 2 a wrong call or a file that cannot be read; with several files the worst of 1, 3, "
    "4.\n";

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
    if (mr_file_read(a, path, MR_LIMIT_VERIFY_UNPACKED, &file, &err) != MR_OK)
        return mr_cli_fail(&err, path, MR_STR_EMPTY);
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
    const char *lang = NULL, *folder = NULL, *audience = NULL, *nonce = NULL, *recipient = NULL;
    bool json = false, online = false, done;
    const mr_option options[] = {{"lang", &lang, NULL},          {"trust", &folder, NULL}, {"json", NULL, &json},
                                 {"audience", &audience, NULL},  {"nonce", &nonce, NULL},  {"online", NULL, &online},
                                 {"recipient", &recipient, NULL}};
    struct mr_err err = {0};
    int words, status = 0;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&all, MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, 7, verify_help, &words, &done)) return 2;
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
                                           .archives = true,
                                           .fetch = fetcher ? mr_net_fetcher_fetch(fetcher) : NULL,
                                           .audience = mr_str_of(audience),
                                           .nonce = mr_str_of(nonce),
                                           .recipient = mr_str_of(recipient)};
    if (mr_verifier_open(&verifying, &v, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    for (int i = 1; i <= words; i++) {
        mr_arena_reset(&a);
        if (i > 1 && !json) putchar('\n');
        status = worse(status, verify_file(v, argv[i], l, json, &a));
    }
    return status;
}
