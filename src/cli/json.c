/* `merit json`: JSON as seals cover it, for experts. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "json/write.h"

static const char help[] =
    "merit json canon FILE: the canonical form of a JSON document (RFC 8785), for experts.\n\n"
    "  merit json canon credential.jsonld\n"
    "  merit json canon - < credential.jsonld | sha256sum\n\n"
    "Members are sorted, numbers have their one form, there is no white space and no line feed at the end: the same\n"
    "content gives the same octets. Exit status: 0 written, 1 not JSON, 2 cannot be read.\n";

static int canon(const char *path)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    const mr_json *root;
    mr_str text;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, MR_LIMIT_RDF_TEXT);
    if (mr_file_read(&a, path, MR_LIMIT_DOCUMENT, &text, &err) != MR_OK) return mr_cli_fail(&err, path, MR_STR_EMPTY);
    if (mr_json_parse(&a, text, NULL, &root, &err) != MR_OK || mr_json_canonicalise(root, &out, &err) != MR_OK)
        return mr_cli_fail(&err, path, text);
    return mr_cli_print(mr_buf_str(&out)) ? 0 : 2;
}

int mr_cli_json(int argc, char **argv, const mr_env *env)
{
    (void)env;
    int words;
    bool done;
    if (!mr_options_take(argc, argv, NULL, 0, help, &words, &done)) return 2;
    if (done) return 0;
    if (words != 2 || strcmp(argv[1], "canon") != 0) {
        fputs(help, stderr);
        return 2;
    }
    return canon(argv[2]);
}
