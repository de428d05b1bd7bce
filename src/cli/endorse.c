/* `merit endorse`: an organisation speaks for a badge, for what it is awarded for, or for its issuer. */
#include "base/file.h"
#include "base/id.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/endorsement.h"
#include "credential/verify.h"
#include "service/keys.h"

#include <stdio.h>

static const char help[] =
    "merit endorse FILE --comment TEXT: speak for a credential of somebody else, under your own seal.\n\n"
    "  merit endorse badge.json --key hospital --comment \"We employ people who can do this.\"\n"
    "  merit endorse badge.json --key hospital --of issuer --comment \"We have taught with them since 2019.\"\n\n"
    "FILE is a credential with an intact seal, usually an Open Badge. What is written is an endorsement: a credential "
    "of\n"
    "its own (Open Badges 3.0, EndorsementCredential), which anybody can verify with `merit verify`.\n\n"
    "  --of WHAT         achievement (what it is awarded for, to anybody: the default where FILE names one),\n"
    "                    credential (this one, of this learner) or issuer\n"
    "  --comment TEXT    what you have to say of it\n"
    "  --key NAME        the key that seals it (merit key new), of Ed25519 or P-256; not needed when there is only "
    "one\n"
    "  --name TEXT       your name, as people shall read it\n"
    "  --out FILE        write it there; otherwise to standard output\n"
    "  --data DIR        data folder (./merit-data, or MERIT_DATA)\n"
    "  --lang LANG       language of messages\n\n"
    "Exit status: 0 done, 1 there is nothing in it that can be endorsed, 2 a wrong call or a file that cannot be "
    "read.\n";

struct endorse {
    const char *of, *comment, *key_name, *name, *out, *data, *lang;
    const char *at; /* what is at work, to be named when it fails */
    const mr_language *l;
    const mr_env *env;
    mr_arena arena;
    mr_service *service;
    mr_verifier *verifier;
    mr_contexts *contexts;
    mr_key *key;
    const struct mr_signing_key *known;
    mr_str title; /* of what is endorsed */
};
static void endorse_done(struct endorse *c)
{
    if (c->verifier) mr_verifier_close(c->verifier);
    mr_contexts_close(c->contexts);
    mr_key_free(c->key);
    mr_service_close(c->service);
    mr_arena_done(&c->arena);
}

static int open_key(struct endorse *c, struct mr_err *err)
{
    const struct mr_service_config config = {.data_folder = mr_options_data_folder(c->data),
                                             .public_url = "",
                                             .env = c->env,
                                             .database = false,
                                             .beside = true};
    struct mr_keys keys;
    c->at = config.data_folder;
    MR_TRY(mr_service_open(&config, &c->service, err));
    MR_TRY(mr_keys_open(c->service, &c->arena, &keys, err));
    c->at = c->key_name;
    c->known = mr_keys_find(&keys, mr_str_of(c->key_name));
    if (!c->known)
        return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND,
                              "there is no key of this name; `merit key list` shows those that are there", "%s",
                              c->key_name ? c->key_name : "");
    MR_TRY(mr_keys_load(&keys, c->known, &c->key, err));
    if (!mr_cryptosuite_of_key(c->key))
        return MR_FAIL(err, MR_E_UNSUPPORTED,
                       "no cryptosuite signs with this kind of key; take one of Ed25519 or P-256", MR_NOWHERE);
    return MR_OK;
}

/* The credential as it was sealed: what was changed since is not endorsed. */
static int read_credential(struct endorse *c, const char *path, const mr_json **ret, struct mr_err *err)
{
    static const mr_trust nobody;
    const struct mr_verifying how = {.trust = &nobody, .env = c->env, .language = c->l};
    mr_report *report = MR_NEW(&c->arena, mr_report);
    mr_str file;
    c->at = path;
    if (!report) return MR_FAIL(err, MR_E_NOMEM, "no memory for a report", MR_NOWHERE);
    MR_TRY(mr_file_read(&c->arena, path, MR_LIMIT_DOCUMENT, &file, err));
    MR_TRY(mr_verifier_open(&how, &c->verifier, err));
    MR_TRY(mr_verify(c->verifier, &c->arena, file, report, err));
    if (!report->has_view) return MR_FAIL(err, MR_E_NOT_FOUND, "it is no credential with an intact seal", MR_NOWHERE);
    c->title = report->view.title;
    return mr_json_parse(&c->arena, report->document, NULL, ret, err);
}

static int find_subject(struct endorse *c, const mr_json *document, mr_str *ret, struct mr_err *err)
{
    mr_endorsed of = MR_ENDORSED_CREDENTIAL;
    if (!c->of && mr_endorsed_id(document, MR_ENDORSED_ACHIEVEMENT).len) of = MR_ENDORSED_ACHIEVEMENT;
    for (int k = 0; c->of && k < MR_ENDORSED_KINDS; k++)
        if (strcmp(c->of, mr_endorsed_name((mr_endorsed)k)) == 0) of = (mr_endorsed)k;
    *ret = mr_endorsed_id(document, of);
    if (ret->len == 0)
        return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "nothing of that kind in it has an id of its own", "%s",
                              mr_endorsed_name(of));
    return MR_OK;
}

static int sign(struct endorse *c, mr_str subject, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_endorsing e = {.subject = subject,
                             .title = c->title,
                             .issuer = c->known->did,
                             .name = mr_str_of(c->name),
                             .comment = mr_str_of(c->comment),
                             .now = mr_env_now(c->env)};
    const struct mr_proof_options options = {.suite = mr_cryptosuite_of_key(c->key),
                                             .method = c->known->method,
                                             .purpose = MR_ASSERTION_METHOD,
                                             .created = e.now,
                                             .expires = MR_TIME_NONE};
    const mr_json *document = NULL;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    mr_id_new(c->env, e.id);
    mr_endorsement_write(&e, &text);
    MR_TRY(mr_json_parse(&c->arena, mr_buf_str(&text), NULL, &document, err));
    MR_TRY(mr_contexts_open(&c->contexts, err));
    return mr_data_integrity_sign(&c->arena, c->contexts, mr_buf_str(&text), document, c->key, &options, out, err);
}

static int endorse(struct endorse *c, const char *path, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const mr_json *document = NULL;
    mr_str subject = MR_STR_EMPTY;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    MR_TRY(read_credential(c, path, &document, err));
    MR_TRY(find_subject(c, document, &subject, err));
    MR_TRY(open_key(c, err));
    MR_TRY(sign(c, subject, &out, err));
    c->at = c->out;
    if (c->out) return mr_file_write(c->out, mr_buf_str(&out), 0644, false, err);
    mr_buf_putc(&out, '\n');
    return mr_cli_print(mr_buf_str(&out)) ? MR_OK : MR_FAIL(err, MR_E_IO, "it could not be written", MR_NOWHERE);
}

static bool is_call_right(const struct endorse *c)
{
    mr_str comment = mr_str_trim(mr_str_of(c->comment));
    bool known = !c->of;
    for (int k = 0; !known && k < MR_ENDORSED_KINDS; k++) known = strcmp(c->of, mr_endorsed_name((mr_endorsed)k)) == 0;
    if (!known) fputs("merit: --of is achievement, credential or issuer.\n", stderr);
    if (comment.len == 0) fputs("merit: say with --comment why you endorse it.\n", stderr);
    if (mr_utf8_check(comment) < comment.len || mr_utf8_check(mr_str_of(c->name)) < mr_str_of(c->name).len) {
        fputs("merit: --comment and --name must be UTF-8.\n", stderr);
        return false;
    }
    return known && comment.len > 0;
}

int mr_cli_endorse(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(endorse_done) struct endorse c = {.env = env};
    const mr_option options[] = {{"of", &c.of, NULL},     {"comment", &c.comment, NULL}, {"key", &c.key_name, NULL},
                                 {"name", &c.name, NULL}, {"out", &c.out, NULL},         {"data", &c.data, NULL},
                                 {"lang", &c.lang, NULL}};
    struct mr_err err = {0};
    int words;
    bool done;
    mr_arena_init(&c.arena, 2 * MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &words, &done)) return 2;
    if (done) return 0;
    if (words != 1) {
        fputs(help, stderr);
        return 2;
    }
    c.l = mr_options_language(c.lang);
    if (!is_call_right(&c)) return 2;
    if (endorse(&c, argv[1], &err) == MR_OK) return 0;
    mr_cli_fail(&err, c.at, MR_STR_EMPTY);
    return err.code == MR_E_NOT_FOUND ? 1 : mr_code_exit(err.code);
}
