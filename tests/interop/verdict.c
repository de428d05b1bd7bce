/* Verify one file as `merit verify --online --json` does, with a network of files in place of the real one, and print the report.
 *
 *   verdict FILE TRUST NETWORK [SECONDS]
 *
 * TRUST is a folder as `merit verify --trust` takes it, or "-". NETWORK is a folder with index.json, {"https://...": "file beside it"}; or "-": no network. What is
 * not in it does not answer. SECONDS (Unix time): the day on which it is verified; without it now. */
#include "base/file.h"
#include "base/limits.h"
#include "credential/verify.h"

#include <stdio.h>
#include <stdlib.h>

struct network {
    const char *folder;
    const mr_json *index;
};

static int get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    const struct network *n = self;
    (void)accept;
    MR_JSON_EACH_MEMBER (name, n->index) {
        if (!mr_str_eq(mr_json_text(name), url)) continue;
        mr_str path = mr_arena_format(a, "%s/%.*s", n->folder, MR_STR_ARG(mr_json_str(name + 1)));
        return mr_file_read(a, path.ptr, max, ret, err);
    }
    return MR_FAIL(err, MR_E_NET, "nobody answers at this address", MR_NOWHERE);
}

static int64_t fixed_time(void *self)
{
    return *(int64_t *)self;
}

static int open_network(struct network *n, mr_arena *a, const char *folder, struct mr_err *err)
{
    mr_str text, path = mr_arena_format(a, "%s/index.json", folder);
    n->folder = folder;
    MR_TRY(mr_file_read(a, path.ptr, MR_LIMIT_DOCUMENT, &text, err));
    return mr_json_parse(a, text, NULL, &n->index, err);
}

static int verify(mr_arena *a, char **argv, const mr_env *env, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    MR_CLEANUP(mr_trust_done) mr_trust trust = {0};
    struct network network;
    mr_fetch fetch = {get, &network};
    mr_report report;
    mr_verifier *v = NULL;
    mr_str file;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    bool online = strcmp(argv[3], "-") != 0;
    if (strcmp(argv[2], "-") != 0) MR_TRY(mr_trust_load(a, argv[2], &trust, err));
    if (online) MR_TRY(open_network(&network, a, argv[3], err));
    MR_TRY(mr_file_read(a, argv[1], MR_LIMIT_DOCUMENT, &file, err));
    const mr_language *l = mr_language_english();
    const struct mr_verifying verifying = {.trust = &trust, .env = env, .language = l, .fetch = online ? &fetch : NULL};
    MR_TRY(mr_verifier_open(&verifying, &v, err));
    int code = mr_verify(v, a, file, &report, err);
    if (code == MR_OK) mr_report_write_json(&report, l, mr_str_of(argv[1]), &out);
    if (code == MR_OK) printf("%.*s\n", MR_STR_ARG(mr_buf_str(&out)));
    mr_verifier_close(v);
    return code;
}

int main(int argc, char **argv)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 2 * MR_LIMIT_DOCUMENT_MEMORY);
    if (argc != 4 && argc != 5) return 2;
    int64_t at = argc == 5 ? strtoll(argv[4], NULL, 10) * 1000 : 0;
    const mr_env fixed = {.now = fixed_time, .random = mr_env_system()->random, .self = &at};
    if (verify(&a, argv, argc == 5 ? &fixed : mr_env_system(), &err) == MR_OK) return 0;
    fprintf(stderr, "verdict: %s (%s)\n", err.message, err.detail);
    return 1;
}
