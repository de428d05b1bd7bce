/* `merit seal add`: keep a seal in the data folder. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/specification_file.h"
#include "crypto/pkcs11_uri.h"
#include "service/seal_reference.h"
#include "service/seals.h"

static const char help[] =
    "merit seal add SEAL [--from DATE]: keep a seal in the data folder, beside those that are there.\n\n"
    "  merit seal add our-seal.p12\n"
    "  merit seal add our-next-seal.p12 --from 2027-01-01\n"
    "  merit seal add 'pkcs11:token=Seal;object=our-seal?module-path=/usr/lib/softhsm/libsofthsm2.so'\n\n"
    "Credentials are sealed with the newest whose certificate is valid and whose day has come: so the next seal can be "
    "added\n"
    "long before it is needed. Older ones are kept. A key of a file is written into the data folder, encrypted as its "
    "other\n"
    "keys are; a key in a token stays there, and only its place and its certificates are written.\n"
    "  --from DATE            not before this day (2027-01-01)\n"
    "  --certificate FILE     certificates (PEM) for a key in a token that does not hold them\n"
    "  --specification FILE   seal for the provider of this specification; without it for whom the certificate names\n"
    "  --data DIR             the data folder; without it MERIT_DATA, or ./merit-data\n"
    "The password of the file comes from MERIT_PASSWORD or is asked for, the PIN of a token from MERIT_PIN or is asked "
    "for.\n"
    "Exit status: 0 added, 1 the seal cannot be used, 2 not possible.\n";

struct adding {
    const char *from, *certificate, *specification, *data, *lang;
    const char *at;
    mr_arena a;
    mr_service *service;
    struct mr_seal_key seal;
};
static void adding_done(struct adding *w)
{
    mr_service_close(w->service);
    mr_seal_key_done(&w->seal);
    mr_arena_done(&w->a);
}

static int read_issuer(struct adding *w, mr_str *ret, struct mr_err *err)
{
    mr_str text;
    mr_specification specification;
    struct mr_findings findings;
    if (!w->specification) return MR_OK;
    w->at = w->specification;
    mr_findings_init(&findings, &w->a);
    MR_TRY(mr_file_read(&w->a, w->specification, MR_LIMIT_DOCUMENT, &text, err));
    MR_TRY(mr_specification_read(&w->a, text, &specification, &findings, err));
    if (findings.faults)
        return MR_FAIL(err, MR_E_SPECIFICATION, "the specification has faults; `merit spec check` shows them",
                       MR_NOWHERE);
    *ret = mr_service_issuer(&w->a, &specification);
    return MR_OK;
}

static int add(struct adding *w, const char *reference, const mr_env *env, mr_str *ret_file, struct mr_err *err)
{
    struct mr_seal_adding adding = {.seal = &w->seal, .from = MR_TIME_NONE};
    const struct mr_service_config config = {.data_folder = mr_options_data_folder(w->data),
                                             .public_url = "",
                                             .env = env,
                                             .database = mr_service_has_database(mr_options_data_folder(w->data)),
                                             .beside = true,
                                             .own_password = true};
    w->at = w->from;
    if (w->from) MR_TRY(mr_seal_date_read(mr_str_of(w->from), &adding.from, err));
    MR_TRY(read_issuer(w, &adding.issuer, err));
    w->at = config.data_folder;
    MR_TRY(mr_service_open(&config, &w->service, err));
    w->at = mr_pkcs11_uri_show(&w->a, mr_str_of(reference)).ptr;
    MR_TRY(mr_options_seal(&w->a, reference, w->certificate, &w->seal, err));
    if (mr_pkcs11_uri_is(mr_str_of(reference))) adding.pkcs11 = mr_str_of(reference);
    return mr_seals_add(w->service, &w->a, &adding, ret_file, err);
}

static const struct mr_kept_seal *find_added(struct adding *w, mr_str file, struct mr_err *err)
{
    struct mr_kept_seal *list;
    size_t count;
    if (mr_seals_list(w->service, &w->a, &list, &count, err) != MR_OK) return NULL;
    for (size_t i = 0; i < count; i++)
        if (mr_str_has_prefix(list[i].file, file)) return &list[i];
    return NULL;
}

static void tell(struct adding *w, const mr_language *l, mr_str file)
{
    const struct mr_kept_seal *k = find_added(w, file, NULL);
    if (!k) return;
    const char *id = k->turn == MR_SEAL_NEXT      ? "seal_add.added"
                     : k->turn == MR_SEAL_CURRENT ? "seal_add.now"
                                                  : "seal_add.behind";
    mr_str from = mr_say_day(&w->a, l, k->from), until = mr_say_day(&w->a, l, k->until);
    mr_str said = MR_SAY(&w->a, l, id, {"file", k->file}, {"from", from}, {"until", until});
    mr_cli_put_visible(stdout, said.ptr);
    putchar('\n');
}

int mr_cli_seal_add(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(adding_done) struct adding w = {0};
    const mr_option options[] = {{"from", &w.from, NULL},
                                 {"certificate", &w.certificate, NULL},
                                 {"specification", &w.specification, NULL},
                                 {"data", &w.data, NULL},
                                 {"lang", &w.lang, NULL}};
    struct mr_err err = {0};
    mr_str file;
    int words;
    bool done;
    mr_arena_init(&w.a, MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, 5, help, &words, &done)) return 2;
    if (done) return 0;
    if (words != 1) return fputs(help, stderr), 2;
    if (add(&w, argv[1], env, &file, &err) != MR_OK) return mr_cli_fail(&err, w.at, MR_STR_EMPTY);
    tell(&w, mr_options_language(w.lang), file);
    return 0;
}
