/* `merit accreditation`: what a quality agency writes down, signed; and what such a record says. */
#include "base/env.h"
#include "base/file.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/secret.h"
#include "cli/accreditation.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/accreditation_write.h"
#include "credential/specification_file.h"
#include "service/keys.h"
#include "service/status.h"

#include <stdio.h>

static const char help[] =
    "merit accreditation template|issue|check: signed records of who accredited whom, for what, until when.\n\n"
    "  merit accreditation template > record.json             a record to fill in\n"
    "  merit accreditation check record.json                  is it complete?\n"
    "  merit accreditation issue record.json --key agency --out accreditation.jwt\n"
    "  merit accreditation issue record.json --seal agency.p12 --out accreditation.jwt\n"
    "  merit accreditation check accreditation.jwt --trust trust/\n\n"
    "A record is signed by the agency that accredits. Put it at the address that credentials name (`reference`), or "
    "give it\n"
    "to those who verify: they lay it into the folder accreditations/ of their trust folder.\n\n"
    "  --key NAME    sign with this key (merit key new)\n"
    "  --seal FILE   sign with this e-seal, PKCS#12 or PEM; its identifier must be the \"eidas\" of \"by\"\n"
    "  --form FORM   vc+jwt (the default), data-integrity (with a key), jades (with a seal)\n"
    "  --out FILE    where the signed record goes\n"
    "  --status URL  folder in which you will publish the status lists: the record can then be withdrawn with `merit "
    "status`\n"
    "  --data DIR    data folder (./merit-data, or MERIT_DATA) with the keys\n"
    "  --trust DIR   check: whom you let accredit: in a *.json file there, [{\"id\": \"did:web:agency.example\", "
    "\"name\":\n"
    "                \"An agency\", \"accredits\": true}]. Also MERIT_TRUST\n"
    "  --online      check: ask the network for keys (did:web) and status lists\n"
    "  --lang LANG   language of messages\n\n"
    "docs/accreditation.md tells more. Exit status: 0 done, genuine, or complete; 1 faults, or not genuine; 3 "
    "something "
    "could not be\n"
    "checked; 2 a wrong call or a file that cannot be read.\n";

struct mr_accreditation_call {
    const char *key, *seal, *form, *out, *status, *data, *trust, *lang;
    bool online;
};

struct job {
    mr_arena a;
    const struct mr_accreditation_call *call;
    const mr_env *env;
    mr_service *service;
    struct mr_issuing_key key;
    struct mr_seal_key seal;
    mr_accreditation_file file;
    const char *at; /* what is at work, to be named when it fails */
    struct mr_err err;
};

static void job_done(struct job *j)
{
    mr_key_free(j->key.key);
    mr_seal_key_done(&j->seal);
    mr_service_close(j->service);
    mr_arena_done(&j->a);
}

/* ---- reading a record ---- */

int mr_cli_accreditation_faults(const char *path, const struct mr_findings *f, const mr_language *l, mr_arena *a,
                                FILE *file)
{
    fprintf(file, "%s", f->faults == 0 ? "" : "merit: the record is not complete:\n");
    for (size_t i = 0; i < f->count; i++) {
        const struct mr_finding *x = &f->items[i];
        mr_str say = mr_finding_say(a, l, x);
        fprintf(file, "%s ", x->warning ? "?" : "✗");
        mr_cli_put_visible(file, x->pointer[0] ? x->pointer : path);
        fputs("\n  ", file);
        mr_cli_put_visible(file, mr_arena_cstr(a, say));
        fputc('\n', file);
    }
    return f->faults ? 1 : 0;
}

static int read_record(struct job *j, const char *path)
{
    struct mr_findings findings;
    mr_str text = MR_STR_EMPTY;
    mr_findings_init(&findings, &j->a);
    if (mr_file_read(&j->a, path, MR_LIMIT_ACCREDITATION, &text, &j->err) != MR_OK)
        return mr_cli_fail(&j->err, path, MR_STR_EMPTY);
    if (mr_accreditation_file_read(&j->a, text, &j->file, &findings, &j->err) != MR_OK)
        return mr_cli_fail(&j->err, path, text);
    if (!findings.faults) return 0;
    return mr_cli_accreditation_faults(path, &findings, mr_options_language(j->call->lang), &j->a, stderr);
}

/* ---- signing ---- */

static int open_service(struct job *j)
{
    j->at = mr_options_data_folder(j->call->data);
    const struct mr_service_config config = {
        .data_folder = j->at, .public_url = "", .env = j->env, .database = j->call->status != NULL, .beside = true};
    return mr_service_open(&config, &j->service, &j->err);
}

static int open_key(struct job *j)
{
    struct mr_keys keys;
    if (!j->call->key) return MR_OK;
    j->at = j->call->key;
    MR_TRY(mr_keys_open(j->service, &j->a, &keys, &j->err));
    const struct mr_signing_key *found = mr_keys_find(&keys, mr_str_of(j->call->key));
    if (!found)
        return MR_FAIL(&j->err, MR_E_NOT_FOUND,
                       "there is no key of this name; `merit key list` shows those that are there", MR_NOWHERE);
    j->key = (struct mr_issuing_key){.issuer = found->did, .method = found->method, .kid = found->kid};
    return mr_keys_load(&keys, found, &j->key.key, &j->err);
}

static int open_seal(struct job *j)
{
    mr_str file, password;
    if (!j->call->seal) return MR_OK;
    j->at = j->call->seal;
    MR_TRY(mr_file_read(&j->a, j->call->seal, MR_LIMIT_KEY_FILE, &file, &j->err));
    int code = mr_seal_key_read(file, MR_STR(""), &j->seal, &j->err);
    if (code != MR_E_PASSWORD) return code;
    password = mr_options_password(&j->a, "Password of the seal");
    code = mr_seal_key_read(file, password, &j->seal, &j->err);
    mr_secret_wipe((void *)(uintptr_t)password.ptr, password.len);
    return code;
}

/* A place in a status list, as credentials have it: the agency is the provider of what it signs. */
static int take_place(struct job *j, struct mr_accreditation_signing *s)
{
    const mr_specification by = {.id = MR_STR("accreditations"),
                                 .version = MR_STR("1"),
                                 .title = j->file.quality.title,
                                 .provider = j->file.quality.by};
    struct mr_status_place *place = NULL;
    mr_str id = j->file.id.len ? j->file.id : s->id, base = mr_str_of(j->call->status), key;
    char award[33];
    if (!base.len) return MR_OK;
    while (base.len && base.ptr[base.len - 1] == '/') base.len--;
    mr_status_award_key(j->service, &by, id, award);
    key = mr_str_of(award);
    MR_TRY(mr_status_allocate(j->service, &j->a, &by, base, &key, 1, &place, &j->err));
    s->status_list = place->list;
    s->status_index = place->index;
    s->id = mr_arena_format(&j->a, "urn:credential:%s", place->achievement_id);
    return MR_OK;
}

static bool read_form(const char *name, mr_accreditation_form *ret)
{
    static const char *const names[] = {"vc+jwt", "data-integrity", "jades"};
    *ret = MR_ACCREDITATION_VC_JWT;
    for (int i = 0; name && i < 3; i++)
        if (strcmp(name, names[i]) == 0) return *ret = (mr_accreditation_form)i, true;
    return !name;
}

static int sign(struct job *j)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_accreditation_form form;
    char id[37];
    mr_buf_init(&out, 4 * MR_LIMIT_ACCREDITATION);
    if (!read_form(j->call->form, &form))
        return MR_FAIL(&j->err, MR_E_USAGE, "--form is vc+jwt, data-integrity or jades", MR_NOWHERE);
    if (j->call->key || j->call->status) MR_TRY(open_service(j));
    MR_TRY(open_key(j));
    MR_TRY(open_seal(j));
    mr_id_new(j->env, id);
    struct mr_accreditation_signing s = {.file = &j->file,
                                         .key = j->call->key ? &j->key : NULL,
                                         .seal = j->call->seal ? &j->seal : NULL,
                                         .id = mr_arena_format(&j->a, "urn:credential:%s", id),
                                         .now = mr_env_now(j->env)};
    MR_TRY(take_place(j, &s));
    MR_TRY(mr_accreditation_sign(&j->a, &s, form, &out, &j->err));
    j->at = j->call->out;
    return mr_file_write(j->call->out, mr_buf_str(&out), 0644, false, &j->err);
}

static int issue(const char *path, const struct mr_accreditation_call *call, const mr_env *env)
{
    MR_CLEANUP(job_done) struct job j = {.call = call, .env = env, .at = path};
    mr_arena_init(&j.a, MR_LIMIT_DOCUMENT_MEMORY);
    if (!call->key == !call->seal || !call->out) {
        fputs("merit: name --out FILE, and one of --key NAME and --seal FILE.\n", stderr);
        return 2;
    }
    int status = read_record(&j, path);
    if (status) return status;
    if (sign(&j) != MR_OK) return mr_cli_fail(&j.err, j.at, MR_STR_EMPTY);
    if (j.seal.is_test) fputs("It has a test seal, which proves nothing to anyone.\n", stderr);
    printf("%s: signed.\n", call->out);
    return 0;
}

/* ---- the command ---- */

int mr_cli_accreditation(int argc, char **argv, const mr_env *env)
{
    struct mr_accreditation_call call = {0};
    const mr_option options[] = {
        {"key", &call.key, NULL},     {"seal", &call.seal, NULL},     {"form", &call.form, NULL},
        {"out", &call.out, NULL},     {"status", &call.status, NULL}, {"data", &call.data, NULL},
        {"trust", &call.trust, NULL}, {"lang", &call.lang, NULL},     {"online", NULL, &call.online}};
    int words;
    bool done;
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &words, &done)) return 2;
    if (done) return 0;
    if (words == 1 && strcmp(argv[1], "template") == 0) return mr_cli_print(mr_accreditation_file_template()) ? 0 : 2;
    if (words == 2 && strcmp(argv[1], "issue") == 0) return issue(argv[2], &call, env);
    if (words == 2 && strcmp(argv[1], "check") == 0)
        return mr_cli_accreditation_check(argv[2], call.trust, call.lang, call.online, env);
    bool known = words > 0 &&
                 (strcmp(argv[1], "template") == 0 || strcmp(argv[1], "issue") == 0 || strcmp(argv[1], "check") == 0);
    if (known && strcmp(argv[1], "template") != 0)
        fprintf(stderr, "merit: accreditation %s takes one file.\n\n", argv[1]);
    else if (words > 0 && !known)
        fprintf(stderr, "merit: there is no command \"accreditation %s\".\n\n", argv[1]);
    fputs(help, stderr);
    return 2;
}
