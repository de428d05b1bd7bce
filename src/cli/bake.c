/* `merit bake` and `merit unbake`: badges into pictures and out of them. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/badge_image.h"

#include <stdio.h>

static const char bake_help[] =
    "merit bake [PICTURE] CREDENTIAL --out FILE [--replace] [--lang LANG]: put a badge into a picture.\n\n"
    "  merit bake our-badge.png anna.json --out anna.png     into your own picture, PNG or SVG\n"
    "  merit bake anna.json --out anna.png                   into one that Merit draws: what it is called, who\n"
    "                                                        awarded it, the year (.png or .svg)\n"
    "  merit verify anna.png\n\n"
    "The picture looks as before; the whole credential travels inside, and `merit verify`, the verify page and other "
    "readers "
    "of\n"
    "Open Badges find it there. CREDENTIAL is a sealed Open Badge or other credential (.json with its proof, .jwt).\n"
    "Send the picture as a file: programs that shrink or convert pictures drop what is inside.\n\n"
    "  --out FILE     write the picture there\n"
    "  --replace      put it in the place of a badge that is in the picture already\n"
    "  --lang LANG    language of the words on a drawn picture\n\n"
    "An SVG that could act or call elsewhere (scripts, links, style sheets of other places) is refused.\n"
    "Exit status: 0 written, 1 the picture or the credential cannot be used, 2 a wrong call or a file that cannot be "
    "read.\n";

static const char unbake_help[] =
    "merit unbake PICTURE [--out FILE]: take the badge out of a picture, as it stands there.\n\n"
    "  merit unbake anna.png\n"
    "  merit unbake anna.png --out anna.json\n\n"
    "PICTURE is a PNG or SVG with an Open Badge of any version. What comes out is JSON, a token, or the address of a "
    "badge "
    "that\n"
    "lies with its issuer. Nothing is verified: `merit verify` takes the picture itself.\n"
    "Exit status: 0 done, 1 nothing is baked in, or the picture is damaged, 2 a wrong call or a file that cannot be "
    "read.\n";

/* An error whose message is the id of a sentence is told with it. */
static int fail(const struct mr_err *err, const char *file, const mr_language *l)
{
    const char *id = err->message;
    if (!id || !mr_message_exists(mr_language_english(), mr_str_of(id))) return mr_cli_fail(err, file, MR_STR_EMPTY);
    mr_str sentence = mr_message(l, id);
    fputs("merit: ", stderr);
    mr_cli_put_visible(stderr, file);
    fprintf(stderr, ": %.*s", MR_STR_ARG(sentence));
    if (err->detail[0]) {
        fputs(" (", stderr);
        mr_cli_put_visible(stderr, err->detail);
        fputs(")", stderr);
    }
    fputs("\n", stderr);
    return err->code == MR_E_EXISTS || err->code == MR_E_UNSUPPORTED || err->code == MR_E_LIMIT
               ? 1
               : mr_code_exit(err->code);
}

static mr_picture_kind kind_of_name(const char *name)
{
    mr_str path = mr_str_of(name);
    if (path.len < 4) return MR_PICTURE_NONE;
    mr_str ending = mr_str_from(path, path.len - 4);
    if (mr_str_eq_ascii_nocase(ending, MR_STR(".png"))) return MR_PICTURE_PNG;
    return mr_str_eq_ascii_nocase(ending, MR_STR(".svg")) ? MR_PICTURE_SVG : MR_PICTURE_NONE;
}

/* ---- bake ---- */

struct baking {
    const char *picture, *credential, *out, *lang;
    const mr_language *language;
    bool replace;
};

static int draw(mr_arena *a, const struct baking *b, const struct mr_bakable *credential, const mr_env *env,
                mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf picture;
    struct mr_badge_words words;
    mr_buf_init(&picture, 4 * MR_MIB);
    MR_TRY(mr_badge_words_read(a, credential, env, b->language, &words, err));
    MR_TRY(mr_badge_image_draw(&words, kind_of_name(b->out), &picture, err));
    *ret = mr_arena_dup(a, mr_buf_str(&picture));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
}

/* ret_subject: the file that an error is about. */
static int bake(mr_arena *a, const struct baking *b, const mr_env *env, const char **ret_subject, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_bakable credential;
    mr_str text, picture;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT + 2 * MR_LIMIT_BAKED_TEXT);
    *ret_subject = b->credential;
    MR_TRY(mr_file_read(a, b->credential, MR_LIMIT_DOCUMENT, &text, err));
    MR_TRY(mr_bakable_read(a, text, &credential, err));
    if (b->picture) {
        *ret_subject = b->picture;
        MR_TRY(mr_file_read(a, b->picture, MR_LIMIT_DOCUMENT, &picture, err));
    } else
        MR_TRY(draw(a, b, &credential, env, &picture, err));
    MR_TRY(mr_baked_write(a, picture, &credential, b->replace, &out, err));
    *ret_subject = b->out;
    MR_TRY(mr_file_write(b->out, mr_buf_str(&out), 0644, false, err));
    if (!credential.is_badge) {
        mr_str note = mr_message(b->language, "bake.not_a_badge");
        fprintf(stderr, "merit: %.*s\n", MR_STR_ARG(note));
    }
    return MR_OK;
}

static bool is_call_right(const struct baking *b, int words)
{
    if (words < 1 || words > 2) {
        fputs(bake_help, stderr);
        return false;
    }
    if (!b->out) {
        fputs("merit: say with --out where the picture shall go.\n", stderr);
        return false;
    }
    if (words == 1 && kind_of_name(b->out) == MR_PICTURE_NONE) {
        fputs("merit: Merit draws PNG and SVG pictures: let the name behind --out end with .png or .svg.\n", stderr);
        return false;
    }
    return true;
}

int mr_cli_bake(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct baking b = {0};
    const mr_option options[] = {{"out", &b.out, NULL}, {"lang", &b.lang, NULL}, {"replace", NULL, &b.replace}};
    struct mr_err err = {0};
    const char *subject = NULL;
    int words;
    bool done;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, 3, bake_help, &words, &done)) return 2;
    if (done) return 0;
    if (!is_call_right(&b, words)) return 2;
    b.picture = words == 2 ? argv[1] : NULL;
    b.credential = argv[words];
    b.language = mr_options_language(b.lang);
    return bake(&a, &b, env, &subject, &err) == MR_OK ? 0 : fail(&err, subject, b.language);
}

/* ---- unbake ---- */

static int unbake(mr_arena *a, const char *path, const char *out, const mr_language *l, struct mr_err *err)
{
    mr_baked baked;
    mr_str picture;
    MR_TRY(mr_file_read(a, path, MR_LIMIT_DOCUMENT, &picture, err));
    MR_TRY(mr_baked_read(a, picture, &baked, err));
    if (baked.count == 0) return MR_FAIL(err, MR_E_FORMAT, "bake.nothing", MR_NOWHERE);
    if (baked.differ) {
        mr_str warning = mr_message(l, "picture.differ");
        fprintf(stderr, "merit: %.*s\n", MR_STR_ARG(warning));
    }
    if (out) return mr_file_write(out, baked.text, 0600, false, err);
    bool written = mr_cli_print(baked.text) && mr_cli_print(MR_STR("\n"));
    return written ? MR_OK : MR_FAIL(err, MR_E_IO, "it could not be written", MR_NOWHERE);
}

int mr_cli_unbake(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const char *out = NULL, *lang = NULL;
    const mr_option options[] = {{"out", &out, NULL}, {"lang", &lang, NULL}};
    struct mr_err err = {0};
    int words;
    bool done;
    (void)env;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, 2, unbake_help, &words, &done)) return 2;
    if (done) return 0;
    if (words != 1) {
        fputs(unbake_help, stderr);
        return 2;
    }
    const mr_language *l = mr_options_language(lang);
    return unbake(&a, argv[1], out, l, &err) == MR_OK ? 0 : fail(&err, argv[1], l);
}
