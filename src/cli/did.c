/* `merit did`: what an identifier stands for, for experts. */
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "json/write.h"
#include "net/fetch.h"
#include "proof/controller.h"

static const char help[] = "merit did resolve ID [--online]: the document of an identifier, for experts.\n\n"
                           "  merit did resolve did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2\n"
                           "  merit did resolve did:web:example.org --online\n\n"
                           "ID is a did:key or did:jwk, which hold their key; or a did:web or an https address, whose "
                           "document is fetched: only "
                           "with\n"
                           "--online, over https, from a public address. Exit status: 0 printed, 1 no such identifier "
                           "or no document of it, 2 it "
                           "could\n"
                           "not be asked.\n";

static int print_document(mr_arena *a, mr_str text, const char *id)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    const mr_json *document;
    mr_json_writer w;
    mr_buf_init(&out, MR_LIMIT_RDF_TEXT);
    if (mr_json_parse(a, text, NULL, &document, &err) != MR_OK) return mr_cli_fail(&err, id, text);
    mr_json_writer_init(&w, &out, 2);
    mr_json_put_value(&w, document);
    mr_buf_putc(&out, '\n');
    return !mr_buf_failed(&out) && mr_cli_print(mr_buf_str(&out)) ? 0 : 2;
}

static int fail(const struct mr_err *err, const char *id)
{
    int status = mr_cli_fail(err, id, MR_STR_EMPTY);
    if (err->code == MR_E_STATE)
        fputs("merit: nothing is fetched unless you say so: add --online, or keep a copy of the document yourself.\n",
              stderr);
    return status;
}

static int resolve(const char *id, bool online, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_net_fetcher_options options = {.env = env};
    struct mr_err err = {0};
    mr_net_fetcher *fetcher = NULL;
    mr_str text;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    int code = online ? mr_net_fetcher_new(&options, &fetcher, &err) : MR_OK;
    if (code == MR_OK)
        code = mr_controller_resolve(&a, mr_str_of(id), fetcher ? mr_net_fetcher_fetch(fetcher) : NULL, &text, &err);
    int status = code == MR_OK ? print_document(&a, text, id) : fail(&err, id);
    mr_net_fetcher_free(fetcher);
    return status;
}

int mr_cli_did(int argc, char **argv, const mr_env *env)
{
    bool online = false, done;
    const mr_option options[] = {{"online", NULL, &online}};
    int words;
    if (!mr_options_take(argc, argv, options, 1, help, &words, &done)) return 2;
    if (done) return 0;
    if (words != 2 || strcmp(argv[1], "resolve") != 0) {
        fputs(help, stderr);
        return 2;
    }
    return resolve(argv[2], online, env);
}
