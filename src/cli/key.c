/* `merit key`: the signing keys of an installation. Functions of this file return the exit status and have said on standard error what was wrong. */
#include "base/encoding.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "proof/controller.h"
#include "proof/jwk.h"
#include "service/keys.h"

static const char help[] =
    "merit key new|list|rotate|export: keys that sign credentials under an identifier (DID).\n\n"
    "  merit key new main                               a P-256 key under the identifier that follows from it "
    "(did:key)\n"
    "  merit key new web --kind ed25519 --did did:web:example.org\n"
    "                                                   a key under an identifier that your web site vouches for\n"
    "  merit key list\n"
    "  merit key rotate web                             a new key takes its place; what the old one signed stays "
    "verifiable\n"
    "  merit key export web --as did-document > did.json\n\n"
    "Options:\n"
    "  --data DIR   the data folder; without it MERIT_DATA, or ./merit-data. `merit init` makes one\n"
    "  --kind KIND  ed25519, p256 or p384\n"
    "  --did DID    a did:web. Its document, to be published by you, lists the keys that it has had\n"
    "  --as FORM    jwk, jwks, multikey, did-document, jwt-vc-issuer or pem-public; private keys are never exported\n\n"
    "Keys lie in DIR/keys, encrypted with MERIT_PASSWORD, or with the password kept in DIR/password.\n"
    "Exit status: 0 done, 1 what was given is faulty, 2 not possible.\n";

struct wanted {
    const char *data, *kind, *did, *form;
};

struct job {
    mr_arena a;
    mr_service *service;
    struct mr_keys keys;
    struct mr_err err;
};

static void job_done(struct job *j)
{
    mr_service_close(j->service);
    mr_arena_done(&j->a);
}

/* What is true, and what to do about it. */
static int fail(const struct job *j, const char *subject)
{
    int status = mr_cli_fail(&j->err, subject, MR_STR_EMPTY);
    if (j->err.code == MR_E_EXISTS)
        fputs("merit: choose another name, or put a new key in its place with `merit key rotate`.\n", stderr);
    if (j->err.code == MR_E_NOT_FOUND) fputs("merit: `merit key list` shows the keys that there are.\n", stderr);
    return status;
}

/* ---- new, list, rotate ---- */

static bool read_kind(const char *name, mr_key_kind *ret)
{
    static const struct {
        const char *name;
        mr_key_kind kind;
    } kinds[] = {{"p256", MR_KEY_P256}, {"p384", MR_KEY_P384}, {"ed25519", MR_KEY_ED25519}};
    *ret = MR_KEY_P256;
    for (size_t i = 0; name && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(name, kinds[i].name) != 0) continue;
        *ret = kinds[i].kind;
        return true;
    }
    return !name;
}

static const char *kind_name(mr_key_kind kind)
{
    return kind == MR_KEY_ED25519 ? "Ed25519" : kind == MR_KEY_P256 ? "P-256" : "P-384";
}

/* What to do so that others find the key. */
static int say_next(struct job *j, const struct mr_signing_key *k)
{
    mr_str url;
    if (!mr_str_has_prefix(k->did, MR_STR("did:web:"))) return 0;
    if (mr_did_web_url(&j->a, k->did, &url, &j->err) != MR_OK) return fail(j, k->did.ptr);
    printf("Until its document is published, nobody can verify what it signs. It belongs at\n  %.*s\n"
           "and this writes it: merit key export %.*s --as did-document\n",
           MR_STR_ARG(url), MR_STR_ARG(k->name));
    return 0;
}

static int make(struct job *j, const char *name, const struct wanted *w)
{
    const struct mr_signing_key *k;
    mr_key_kind kind;
    if (!read_kind(w->kind, &kind)) {
        fputs("merit: --kind is ed25519, p256 or p384.\n", stderr);
        return 2;
    }
    if (mr_keys_new(&j->keys, mr_str_of(name), kind, mr_str_of(w->did), &k, &j->err) != MR_OK) return fail(j, name);
    printf("%.*s is ready: %s, %.*s\n", MR_STR_ARG(k->name), kind_name(k->kind), MR_STR_ARG(k->did));
    return say_next(j, k);
}

static int rotate(struct job *j, const char *name)
{
    const struct mr_signing_key *k;
    if (mr_keys_rotate(&j->keys, mr_str_of(name), &k, &j->err) != MR_OK) {
        int status = fail(j, name);
        if (j->err.code == MR_E_STATE)
            fputs("merit: make a key of another name instead, and tell those who rely on the identifier; or use a "
                  "did:web, "
                  "which stays when its key changes.\n",
                  stderr);
        return status;
    }
    printf("%.*s has a new key. The old one is kept, so that what it signed can still be verified.\n",
           MR_STR_ARG(k->name));
    return say_next(j, k);
}

static int list(const struct job *j)
{
    for (size_t i = 0; i < j->keys.count; i++) {
        const struct mr_signing_key *k = &j->keys.items[i];
        char created[21];
        mr_time_write(k->created, created);
        printf("%-16.*s %-8s %-8s %.10s  %.*s\n", MR_STR_ARG(k->name), mr_signing_key_is_current(k) ? "current" : "old",
               kind_name(k->kind), created, MR_STR_ARG(k->did));
    }
    if (j->keys.count == 0) puts("There are no signing keys yet. `merit key new NAME` makes one.");
    return 0;
}

/* ---- export ---- */

static int put_pem(struct job *j, const struct mr_signing_key *k, mr_buf *out)
{
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    const mr_json *jwk;
    mr_str der;
    mr_buf_init(&text, MR_LIMIT_KEY_FILE);
    MR_TRY(mr_json_parse(&j->a, k->jwk, NULL, &jwk, &j->err));
    MR_TRY(mr_jwk_read(jwk, &key, &j->err));
    MR_TRY(mr_key_write_public_der(key, &j->a, &der, &j->err));
    mr_base64_put(&text, der);
    mr_buf_puts(out, "-----BEGIN PUBLIC KEY-----\n");
    for (size_t at = 0; at < text.len; at += 64) /* RFC 7468 section 2 */
        mr_buf_format(out, "%.64s\n", mr_arena_cstr(&j->a, mr_str_from(mr_buf_str(&text), at)));
    mr_buf_puts(out, "-----END PUBLIC KEY-----\n");
    return MR_OK;
}

static int put_jwk(struct job *j, const struct mr_signing_key *k, mr_buf *out)
{
    (void)j;
    mr_signing_key_put_jwk(k, out);
    mr_buf_putc(out, '\n');
    return MR_OK;
}

static int put_multikey(struct job *j, const struct mr_signing_key *k, mr_buf *out)
{
    (void)j;
    mr_buf_put(out, k->multibase);
    mr_buf_putc(out, '\n');
    return MR_OK;
}

static int put_jwks(struct job *j, const struct mr_signing_key *k, mr_buf *out)
{
    mr_str text;
    MR_TRY(mr_keys_jwks(&j->keys, k->name, &text, &j->err));
    mr_buf_put(out, text);
    return MR_OK;
}

static int put_document(struct job *j, const struct mr_signing_key *k, mr_buf *out)
{
    mr_str text;
    MR_TRY(mr_keys_did_document(&j->keys, k->did, &text, &j->err));
    mr_buf_put(out, text);
    return MR_OK;
}

static int put_metadata(struct job *j, const struct mr_signing_key *k, mr_buf *out)
{
    mr_str text;
    MR_TRY(mr_keys_jwt_vc_issuer(&j->keys, k->did, &text, &j->err));
    mr_buf_put(out, text);
    return MR_OK;
}

static const struct form {
    const char *name;
    int (*put)(struct job *j, const struct mr_signing_key *k, mr_buf *out);
} forms[] = {
    {"jwk", put_jwk},
    {"jwks", put_jwks},
    {"multikey", put_multikey},
    {"did-document", put_document},
    {"jwt-vc-issuer", put_metadata},
    {"pem-public", put_pem},
};

static int export(struct job *j, const char *name, const char *form)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const struct mr_signing_key *k = mr_keys_find(&j->keys, mr_str_of(name));
    mr_buf_init(&out, MR_MIB);
    for (size_t i = 0; k && form && i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(form, forms[i].name) != 0) continue;
        if (forms[i].put(j, k, &out) != MR_OK) return fail(j, name);
        return !mr_buf_failed(&out) && mr_cli_print(mr_buf_str(&out)) ? 0 : 2;
    }
    if (!k) {
        j->err = (struct mr_err){
            .code = MR_E_NOT_FOUND, .message = "there is no current key of this name", .position = MR_NOWHERE};
        return fail(j, name);
    }
    fputs("merit: --as is jwk, jwks, multikey, did-document, jwt-vc-issuer or pem-public.\n", stderr);
    return 2;
}

/* ---- the command ---- */

static int run(int words, char **argv, const struct wanted *w, const mr_env *env)
{
    MR_CLEANUP(job_done) struct job j = {0};
    const char *data = mr_options_data_folder(w->data), *verb = argv[1], *name = words > 1 ? argv[2] : NULL;
    bool changes = strcmp(verb, "new") == 0 || strcmp(verb, "rotate") == 0; /* which the audit log tells of */
    struct mr_service_config config = {.data_folder = data,
                                       .public_url = "",
                                       .env = env,
                                       .database = changes && mr_service_has_database(data),
                                       .beside = true};
    mr_arena_init(&j.a, 64 * MR_MIB);
    if (mr_service_open(&config, &j.service, &j.err) != MR_OK ||
        mr_keys_open(j.service, &j.a, &j.keys, &j.err) != MR_OK)
        return fail(&j, data);
    if (!name) return list(&j);
    if (strcmp(verb, "new") == 0) return make(&j, name, w);
    return strcmp(verb, "rotate") == 0 ? rotate(&j, name) : export(&j, name, w->form);
}

static bool is_call(int words, char **argv)
{
    static const char *const verbs[] = {"new", "rotate", "export"};
    if (words == 1) return strcmp(argv[1], "list") == 0;
    for (size_t i = 0; words == 2 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(argv[1], verbs[i]) == 0) return true;
    return false;
}

int mr_cli_key(int argc, char **argv, const mr_env *env)
{
    struct wanted w = {0};
    const mr_option options[] = {
        {"data", &w.data, NULL}, {"kind", &w.kind, NULL}, {"did", &w.did, NULL}, {"as", &w.form, NULL}};
    int words;
    bool done;
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &words, &done)) return 2;
    if (done) return 0;
    if (!is_call(words, argv)) {
        fputs(help, stderr);
        return 2;
    }
    return run(words, argv, &w, env);
}
