/* `merit show`: what a credential says. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/said.h"

#include <stdio.h>

static const char help[] =
    "merit show FILE [--lang LANG] [--json]: what a credential says, learning outcomes first, and what it does not "
    "say.\n\n"
    "  merit show wound-care.jsonld --lang da\n"
    "  merit show badge-of-another-system.json\n"
    "  merit show - --json < credential.jwt\n\n"
    "  --mandate OUT   save the mandate that is enclosed in a credential sealed on behalf of another\n\n"
    "Every form that merit verify reads is told in the same way: the European elements that it answers, then those "
    "that it\n"
    "does not, each with what that means for you. Of a learner record each part is told on its own.\n"
    "The first line is what verification came to. A document that nothing seals is shown, and the first line says so; "
    "what a\n"
    "broken seal covers is not shown, because it may be anything. `merit verify` tells what was checked.\n"
    "Exit status: 0 shown, 1 no credential or its seal is not intact, 2 cannot be read.\n";

static void verifier_cleanup(mr_verifier **v)
{
    if (*v) mr_verifier_close(*v);
}

/* 1: there is none. */
static int save_mandate(const mr_report *r, const mr_language *l, mr_arena *a, const char *path)
{
    struct mr_err err = {0};
    mr_str octets;
    if (!r->has_view || r->view.mandate.kind == MR_MANDATE_NONE) {
        fprintf(stderr, "%.*s\n", MR_STR_ARG(mr_message(l, "show.mandate_none")));
        return 1;
    }
    if (mr_mandate_decode(a, &r->view.mandate, &octets, &err) != MR_OK ||
        mr_file_write(path, octets, 0644, false, &err) != MR_OK)
        return mr_cli_fail(&err, path, MR_STR_EMPTY);
    mr_str said = MR_SAY(a, l, "show.mandate_saved", {"file", mr_str_of(path)});
    fprintf(stderr, "\n%.*s\n", MR_STR_ARG(said));
    return 0;
}

static int show(mr_verifier *v, const char *path, const mr_language *l, bool json, const char *mandate, mr_arena *a)
{
    MR_CLEANUP(mr_buf_done) mr_buf out, name; /* names of files are octets; JSON is UTF-8 */
    struct mr_err err = {0};
    mr_said said;
    mr_str file;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_buf_init(&name, MR_MIB);
    mr_buf_put_visible(&name, mr_str_of(path));
    if (mr_file_read(a, path, MR_LIMIT_DOCUMENT, &file, &err) != MR_OK) return mr_cli_fail(&err, path, MR_STR_EMPTY);
    if (mr_said_read(v, a, l, file, &said, &err) != MR_OK) return mr_cli_fail(&err, path, MR_STR_EMPTY);
    if (said.any && json)
        mr_said_write_json(&said, a, l, mr_buf_str(&name), &out);
    else if (said.any)
        mr_said_write_text(&said, a, l, &out);
    else if (json)
        mr_report_write_json(&said.report, l, mr_str_of(path), &out);
    else
        mr_report_write_text(&said.report, l, mr_str_of(path), false, &out);
    if (json) mr_buf_putc(&out, '\n');
    if (!mr_cli_print(mr_buf_str(&out))) return 2;
    if (!said.any) return 1;
    return mandate ? save_mandate(&said.report, l, a, mandate) : 0;
}

int mr_cli_show(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(verifier_cleanup) mr_verifier *v = NULL;
    const char *lang = NULL, *mandate = NULL;
    bool json = false, done;
    const mr_option options[] = {{"lang", &lang, NULL}, {"mandate", &mandate, NULL}, {"json", NULL, &json}};
    const mr_trust none = {0};
    struct mr_err err = {0};
    int words;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, 3, help, &words, &done)) return 2;
    if (done) return 0;
    if (words != 1) {
        fputs(help, stderr);
        return 2;
    }
    const mr_language *l = mr_options_language(lang);
    const struct mr_verifying verifying = {.trust = &none, .env = env, .language = l};
    if (mr_verifier_open(&verifying, &v, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    return show(v, argv[1], l, json, mandate, &a);
}
