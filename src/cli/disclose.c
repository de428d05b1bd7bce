/* `merit disclose`: the learner shows what she wants to show. */
#include "base/file.h"
#include "base/limits.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/disclose.h"
#include "proof/jwk.h"

#include <stdio.h>

static const char help[] =
    "merit disclose FILE [--show POINTER...] [--all] [--out FILE]: show a part of a credential, and no more.\n\n"
    "  merit disclose mine.sd-jwt                            what there is to show\n"
    "  merit disclose mine.sd-jwt --show /name /learning_outcomes --out for-the-hospital.sd-jwt\n"
    "  merit disclose mine.sd-jwt --show /name --holder-key my-key.jwk --audience https://hospital.example --nonce "
    "7f3a90\n"
    "  merit disclose badge.json --show /credentialSubject/achievement/name\n\n"
    "FILE is an SD-JWT, or a credential with an ecdsa-sd-2023 base proof, as its issuer gave it to you: keep it for "
    "yourself, and\n"
    "hand on what this command writes. Every other credential is shown whole or not at all.\n\n"
    "  --show POINTER...    JSON Pointers of what is shown; what stands above them comes along\n"
    "  --all                show everything\n"
    "  --holder-key FILE    your key (JWK or PEM), when the credential is bound to one: proves that you are its "
    "holder,\n"
    "  --audience A         to this party, that asks for it,\n"
    "  --nonce N            under the number that it gave you for this once\n"
    "  --out FILE           write it there (only you can read it); otherwise to standard output\n"
    "  --lang LANG          language of the list\n\n"
    "Exit status: 0 done, 1 it cannot be shown in parts, or there is no such part, 2 a wrong call or a file that "
    "cannot be read.\n";

/* ---- what there is to show ---- */

static void put_item(const struct mr_disclosable *d, mr_buf *out)
{
    mr_buf_puts(out, "  ");
    mr_buf_put_visible(out, d->name);
    mr_buf_puts(out, ": ");
    mr_buf_put_visible(out, d->value);
    mr_buf_puts(out, "\n      ");
    mr_buf_put_visible(out, d->pointer);
    mr_buf_putc(out, '\n');
}

static void put_items(const struct mr_disclosable *items, size_t count, bool always, mr_str heading, mr_buf *out)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (items[i].always != always) continue;
        if (!any) {
            if (out->len) mr_buf_putc(out, '\n');
            mr_buf_put(out, heading);
            mr_buf_putc(out, '\n');
        }
        any = true;
        put_item(&items[i], out);
    }
}

static int list(mr_arena *a, mr_str file, const mr_language *l, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_disclosable *items;
    size_t count;
    mr_buf_init(&out, 4 * MR_LIMIT_DOCUMENT);
    MR_TRY(mr_disclose_list(a, file, l, &items, &count, err));
    put_items(items, count, false, mr_message(l, "disclose.choice"), &out);
    put_items(items, count, true, mr_message(l, "disclose.always"), &out);
    if (out.len == 0) mr_buf_put(&out, mr_message(l, "disclose.nothing")), mr_buf_putc(&out, '\n');
    return mr_cli_print(mr_buf_str(&out)) ? MR_OK : MR_FAIL(err, MR_E_IO, "the list could not be written", MR_NOWHERE);
}

/* ---- showing it ---- */

struct call {
    const char *file, *holder_key, *audience, *nonce, *out, *lang;
    mr_option_list shown;
    bool all;
};

static int read_jwk(mr_arena *a, mr_str text, mr_key **ret, struct mr_err *err)
{
    const mr_json *jwk;
    MR_TRY(mr_json_parse(a, text, NULL, &jwk, err));
    return mr_jwk_read_private(jwk, ret, err);
}

static int read_holder_key(mr_arena *a, const char *path, mr_key **ret, struct mr_err *err)
{
    mr_str text;
    MR_TRY(mr_file_read(a, path, MR_LIMIT_KEY_FILE, &text, err));
    if (mr_str_has_prefix(mr_str_trim(text), MR_STR("{"))) return read_jwk(a, text, ret, err);
    int code = mr_key_read_pem(text, MR_STR(""), ret, err);
    if (code != MR_E_PASSWORD) return code;
    mr_str password = mr_options_password(a, "Password of your key");
    code = mr_key_read_pem(text, password, ret, err);
    mr_secret_wipe((void *)password.ptr, password.len);
    return code;
}

/* "--show /a /b": words behind the file are pointers, too. */
static int gather(mr_arena *a, const struct call *c, char **words, int word_count, struct mr_disclosing *ret,
                  struct mr_err *err)
{
    size_t count = c->shown.count + (size_t)word_count;
    mr_str *show = MR_NEW_ARRAY(a, mr_str, count);
    if (!show) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list of pointers", MR_NOWHERE);
    for (size_t i = 0; i < count; i++)
        show[i] = mr_str_of(i < c->shown.count ? c->shown.values[i] : words[i - c->shown.count]);
    ret->show = show;
    ret->show_count = count;
    return MR_OK;
}

static int write_out(const char *path, mr_buf *shown, struct mr_err *err)
{
    if (path) return mr_file_write(path, mr_buf_str(shown), 0600, false, err);
    if (shown->len && shown->ptr[shown->len - 1] != '\n') mr_buf_putc(shown, '\n');
    return mr_cli_print(mr_buf_str(shown)) ? MR_OK : MR_FAIL(err, MR_E_IO, "it could not be written", MR_NOWHERE);
}

static int show(mr_arena *a, mr_str file, const struct call *c, char **words, int word_count, mr_key *holder,
                const mr_env *env, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf shown;
    struct mr_disclosing d = {
        .all = c->all, .audience = mr_str_of(c->audience), .nonce = mr_str_of(c->nonce), .now = mr_env_now(env)};
    mr_buf_init(&shown, 2 * MR_LIMIT_DOCUMENT);
    MR_TRY(gather(a, c, words, word_count, &d, err));
    d.holder = holder;
    MR_TRY(mr_disclose(a, file, &d, &shown, err));
    return write_out(c->out, &shown, err);
}

/* ---- the command ---- */

static bool is_call_right(const struct call *c, bool shows)
{
    bool asked = c->audience || c->nonce;
    if (!shows && (c->holder_key || asked || c->out)) {
        fputs("merit: say with --show what is shown, or --all.\n", stderr);
        return false;
    }
    if (c->holder_key ? !(c->audience && c->nonce) : asked) {
        fputs("merit: --holder-key, --audience and --nonce go together.\n", stderr);
        return false;
    }
    return true;
}

/* An error's message may be the id of a sentence ("sd_jwt.form"). */
static int fail(const struct mr_err *err, const char *file, const mr_language *l)
{
    int status = err->code == MR_E_NOT_FOUND ? 1 : mr_code_exit(err->code);
    if (!err->message || !mr_message_exists(mr_language_english(), mr_str_of(err->message))) {
        mr_cli_fail(err, file, MR_STR_EMPTY);
        if (err->code == MR_E_NOT_FOUND)
            fputs("merit: `merit disclose FILE` alone lists what can be shown, with the pointer of each.\n", stderr);
        return status;
    }
    mr_str say = mr_message(l, err->message);
    fputs("merit: ", stderr);
    mr_cli_put_visible(stderr, file);
    fprintf(stderr, ": %.*s\n", MR_STR_ARG(say));
    return status;
}

int mr_cli_disclose(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_key_freep) mr_key *holder = NULL;
    struct call c = {0};
    const mr_option options[] = {
        {"show", NULL, NULL, &c.shown},  {"all", NULL, &c.all, NULL}, {"holder-key", &c.holder_key, NULL},
        {"audience", &c.audience, NULL}, {"nonce", &c.nonce, NULL},   {"out", &c.out, NULL},
        {"lang", &c.lang, NULL}};
    struct mr_err err = {0};
    mr_str file;
    int words;
    bool done;
    mr_arena_init(&a, 2 * MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &words, &done)) return 2;
    if (done) return 0;
    if (words == 0) {
        fputs(help, stderr);
        return 2;
    }
    const mr_language *l = mr_options_language(c.lang);
    bool shows = c.all || c.shown.count > 0 || words > 1;
    if (!is_call_right(&c, shows)) return 2;
    if (mr_file_read(&a, argv[1], MR_LIMIT_DOCUMENT, &file, &err) != MR_OK)
        return mr_cli_fail(&err, argv[1], MR_STR_EMPTY);
    if (c.holder_key && read_holder_key(&a, c.holder_key, &holder, &err) != MR_OK)
        return mr_cli_fail(&err, c.holder_key, MR_STR_EMPTY);
    int code = shows ? show(&a, file, &c, argv + 2, words - 1, holder, env, &err) : list(&a, file, l, &err);
    return code == MR_OK ? 0 : fail(&err, argv[1], l);
}
