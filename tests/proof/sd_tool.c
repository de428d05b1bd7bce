/* ecdsa-sd-2023 on files, for software that is not ours (tests/interop/data_integrity_sd.py).
 *
 *   sd_tool [--context IRI FILE]... sign SECRET METHOD DOCUMENT POINTERS    a base proof by the secret Multikey; created now
 *   sd_tool [--context IRI FILE]... derive DOCUMENT POINTERS
 *   sd_tool [--context IRI FILE]... verify DOCUMENT                         prints the state of the whole, and its message id
 *
 * POINTERS is a file with a JSON array of JSON Pointers. A document goes to the standard output. The status is 0 when all went well, 1 when a proof does not
 * hold, 2 when something could not be done. */
#include "base/encoding.h"
#include "base/env.h"
#include "base/file.h"
#include "base/limits.h"
#include "proof/ecdsa_sd.h"

#include <stdio.h>

struct tool {
    mr_arena a;
    mr_contexts *contexts;
    mr_buf out;
    struct mr_err err;
};

static int read_text(struct tool *t, const char *path, mr_str *ret)
{
    return mr_file_read(&t->a, path, MR_LIMIT_DOCUMENT, ret, &t->err);
}

static int read_json(struct tool *t, const char *path, mr_str *ret_text, const mr_json **ret)
{
    MR_TRY(read_text(t, path, ret_text));
    return mr_json_parse(&t->a, *ret_text, NULL, ret, &t->err);
}

static int read_pointers(struct tool *t, const char *path, mr_str **ret, size_t *ret_count)
{
    mr_str text;
    const mr_json *array = NULL;
    MR_TRY(read_json(t, path, &text, &array));
    *ret_count = 0;
    *ret = MR_NEW_ARRAY(&t->a, mr_str, mr_json_count(array));
    if (!*ret) return MR_FAIL(&t->err, MR_E_NOMEM, "pointers", MR_NOWHERE);
    MR_JSON_EACH (one, array) (*ret)[(*ret_count)++] = mr_json_str(one);
    return MR_OK;
}

static int sign(struct tool *t, char **argument)
{
    mr_str secret, text, *pointers;
    size_t count;
    const mr_json *document = NULL;
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    struct mr_proof_options options = {.method = mr_str_of(argument[1]),
                                       .purpose = MR_ASSERTION_METHOD,
                                       .created = mr_env_now(mr_env_system()),
                                       .expires = MR_TIME_NONE};
    MR_TRY(mr_multibase_read(&t->a, mr_str_of(argument[0]), &secret, &t->err));
    MR_TRY(mr_key_of_secret_multikey(secret, &key, &t->err));
    MR_TRY(read_json(t, argument[2], &text, &document));
    MR_TRY(read_pointers(t, argument[3], &pointers, &count));
    return mr_ecdsa_sd_sign(&t->a, t->contexts, text, document, key, pointers, count, &options, &t->out, &t->err);
}

static int derive(struct tool *t, char **argument)
{
    mr_str text, *pointers;
    size_t count;
    const mr_json *document = NULL;
    MR_TRY(read_json(t, argument[0], &text, &document));
    MR_TRY(read_pointers(t, argument[1], &pointers, &count));
    return mr_ecdsa_sd_derive(&t->a, t->contexts, document, pointers, count, &t->out, &t->err);
}

static int verify(struct tool *t, char **argument)
{
    mr_str text;
    const mr_json *document = NULL;
    struct mr_resolver resolver = {NULL};
    struct mr_key_source keys = {mr_controller_find, &resolver};
    struct mr_proof_wanted wanted = {.purpose = MR_ASSERTION_METHOD, .now = mr_env_now(mr_env_system())};
    struct mr_data_integrity proofs;
    MR_TRY(read_json(t, argument[0], &text, &document));
    MR_TRY(mr_data_integrity_verify(&t->a, t->contexts, document, &keys, &wanted, &proofs, &t->err));
    const struct mr_step *step = proofs.count ? &proofs.proofs[0].step : &proofs.step;
    mr_buf_format(&t->out, "%s %s %.*s\n", mr_state_name(proofs.step.state), step->id, MR_STR_ARG(step->detail));
    bool passed = proofs.step.state == MR_PASSED;
    mr_data_integrity_done(&proofs);
    return passed ? MR_OK : MR_E_SIGNATURE;
}

static int add_context(struct tool *t, char **argument)
{
    mr_str text;
    MR_TRY(read_text(t, argument[1], &text));
    return mr_contexts_add(t->contexts, mr_str_of(argument[0]), text, &t->err);
}

static int run(struct tool *t, int count, char **argument)
{
    static const struct command {
        const char *name;
        int count;
        int (*run)(struct tool *t, char **argument);
    } commands[] = {{"sign", 4, sign}, {"derive", 2, derive}, {"verify", 1, verify}};
    for (; count >= 3 && !strcmp(argument[0], "--context"); count -= 3, argument += 3)
        MR_TRY(add_context(t, argument + 1));
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (count == commands[i].count + 1 && !strcmp(argument[0], commands[i].name))
            return commands[i].run(t, argument + 1);
    return MR_FAIL(&t->err, MR_E_USAGE, "sign, derive or verify; see the head of the source", MR_NOWHERE);
}

int main(int argc, char **argv)
{
    struct tool t = {0};
    mr_arena_init(&t.a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&t.out, MR_LIMIT_DOCUMENT);
    int code = mr_contexts_open(&t.contexts, &t.err);
    if (code == MR_OK) code = run(&t, argc - 1, argv + 1);
    fwrite(t.out.ptr, 1, t.out.len, stdout);
    if (code != MR_OK && t.err.message)
        fprintf(stderr, "%s: %s %s %s\n", mr_code_name((mr_code)code), t.err.message, t.err.detail, t.err.pointer);
    mr_contexts_close(t.contexts);
    mr_buf_done(&t.out);
    mr_arena_done(&t.a);
    return code == MR_OK ? 0 : code == MR_E_SIGNATURE ? 1 : 2;
}
