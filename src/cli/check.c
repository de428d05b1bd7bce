/* `merit check`: is this a complete European micro-credential? */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/check.h"

#include <stdio.h>

static const char help[] =
    "merit check FILE... [--lang LANG] [--json]: is this a complete European micro-credential?\n\n"
    "  merit check wound-care.jsonld\n"
    "  merit check from-another-system.jsonld --lang da\n"
    "  merit check *.jsonld --json\n"
    "  merit check - < credential.jwt\n\n"
    "FILE is a European Digital Credential, sealed, before sealing, or wrapped for upload; a vc+jwt or an SD-JWT; a "
    "specification file;\n"
    "or data about learning opportunities or accreditations (Turtle, N-Quads, JSON-LD). Everything that is missing or "
    "odd\n"
    "is told at once: ✗ faults, ? warnings, · remarks. Whether a seal holds is for `merit verify` to say.\n"
    "Exit status: 0 complete (warnings are no hindrance), 1 faults or hidden parts, 2 a wrong call or nothing that can "
    "be "
    "checked;\n"
    "of several files the highest.\n";

static void checker_cleanup(mr_checker **c)
{
    if (*c) mr_checker_close(*c);
}

static int check_file(mr_checker *c, const char *path, const mr_language *l, bool json, mr_arena *a)
{
    MR_CLEANUP(mr_arena_done) mr_arena said;  /* of its own: the other may be used up by what was checked */
    MR_CLEANUP(mr_buf_done) mr_buf out, name; /* names of files are octets; JSON is UTF-8 */
    struct mr_err err = {0};
    mr_checked checked;
    mr_str file;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_buf_init(&name, MR_MIB);
    mr_buf_put_visible(&name, mr_str_of(path));
    mr_arena_init(&said, MR_LIMIT_DOCUMENT);
    if (mr_file_read(a, path, MR_LIMIT_DOCUMENT, &file, &err) != MR_OK) return mr_cli_fail(&err, path, MR_STR_EMPTY);
    if (mr_check_file(c, a, file, l, &checked, &err) != MR_OK) return mr_cli_fail(&err, path, MR_STR_EMPTY), 2;
    if (json) {
        mr_checked_write_json(&checked, &said, l, mr_buf_str(&name), &out);
        mr_buf_putc(&out, '\n');
    } else
        mr_checked_write_text(&checked, &said, l, mr_buf_str(&name), &out);
    if (!mr_cli_print(mr_buf_str(&out))) return 2;
    return mr_checked_exit(&checked);
}

int mr_cli_check(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(checker_cleanup) mr_checker *c = NULL;
    const char *lang = NULL;
    bool json = false, done;
    const mr_option options[] = {{"lang", &lang, NULL}, {"json", NULL, &json}};
    struct mr_err err = {0};
    int words, status = 0;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, 2, help, &words, &done)) return 2;
    if (done) return 0;
    if (words == 0) {
        fputs(help, stderr);
        return 2;
    }
    const mr_language *l = mr_options_language(lang);
    if (mr_checker_open(env, &c, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    for (int i = 1; i <= words; i++) {
        mr_arena_reset(&a);
        if (i > 1 && !json) putchar('\n');
        int one = check_file(c, argv[i], l, json, &a);
        if (one > status) status = one;
    }
    return status;
}
