/* `merit convert`: a credential taken apart and written in another form. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/convert.h"
#include "credential/said.h"
#include "credential/specification_file.h"
#include "credential/view_vc.h"

#include <stdio.h>

static const char help[] =
    "merit convert FILE --to FORMAT [--part NUMBER] [--out FILE] [--lang LANG]: describe a credential again, in "
    "another form.\n\n"
    "  merit convert badge.json --to specification > course.json\n"
    "  merit convert badge.json --to results > results.csv\n"
    "  merit convert badge.json --to elm > for-upload.json\n"
    "  merit convert record.json --part 2 --to specification > second.json\n\n"
    "FORMAT is one of:\n"
    "  specification  a specification file, for merit spec check and merit issue\n"
    "  results        a row of results (CSV) for the same\n"
    "  elm            an unsealed European Digital Credential, as the Commission's issuer takes it for upload\n\n"
    "FILE is anything that merit show shows. Nothing is invented: what the source does not say is named on standard "
    "error, with\n"
    "what to fill in. What comes out is a re-description and is not sealed; the source remains the proof.\n"
    "A learner record has several parts; merit show numbers them, and --part chooses one.\n"
    "Exit status: 0 complete, 4 with gaps, 1 no credential, or one that cannot be converted, 2 a wrong call or a file "
    "that cannot\n"
    "be read or written.\n";

static void verifier_cleanup(mr_verifier **v)
{
    if (*v) mr_verifier_close(*v);
}

/* Gaps first, each with what to fill in; then what was left out. */
static void tell(const mr_converting *c, const mr_redescription *r, mr_arena *a, const mr_language *l)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < r->gaps.count; i++) {
            const struct mr_finding *f = &r->gaps.items[i];
            bool asks = mr_converting_asks(c, f);
            if (asks != (round == 0) || (!asks && !(f->warning && c->of_specification))) continue;
            mr_buf_puts(&out, asks ? "✗ " : f->remark ? "· " : "? ");
            mr_buf_put_visible(&out, mr_finding_say(a, l, f));
            mr_buf_putc(&out, '\n');
        }
    }
    if (out.len) fwrite(out.ptr, 1, out.len, stderr);
}

static int refuse(const mr_said *said, const char *path, const mr_language *l)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_report_write_text(&said->report, l, mr_str_of(path), false, &out);
    fwrite(out.ptr, 1, out.len, stderr);
    return 1;
}

/* A sentence for what cannot be converted; the error's own words for the rest. */
static int cannot(const struct mr_err *err, const char *path, const mr_language *l)
{
    if (!err->message || !mr_message_exists(mr_language_english(), mr_str_of(err->message)))
        return mr_cli_fail(err, path, MR_STR_EMPTY), 2;
    mr_cli_put_visible(stderr, path);
    fprintf(stderr, ": %.*s\n", MR_STR_ARG(mr_message(l, err->message)));
    return 1;
}

/* mode: who may read it; a learner is nobody else's business. */
static int write_out(const char *path, mr_str text, int mode)
{
    struct mr_err err = {0};
    if (!path) return mr_cli_print(text) ? 0 : 2;
    if (mr_file_write(path, text, mode, false, &err) != MR_OK) return mr_cli_fail(&err, path, MR_STR_EMPTY), 2;
    return 0;
}

/* What is asked for. */
struct wish {
    const char *to; /* file; NULL: standard output */
    uint64_t part;  /* of a record, from 1; 0: the whole */
    const mr_converting *format;
};

/* The whole, or a part of a record whose own seal, if it has one, holds. */
static int redescribe(mr_arena *a, const mr_said *said, uint64_t part, mr_redescription *ret, struct mr_err *err)
{
    const mr_json *document, *achievement;
    size_t index = (size_t)part - 1;
    if (part == 0) return mr_redescribe(a, said->document, ret, err);
    if (part > said->view.part_count || !mr_record_part(said->document, index, &document, &achievement))
        return MR_FAIL(err, MR_E_FORMAT, "convert.no_part", MR_NOWHERE);
    if (said->view.parts[index].withheld) return MR_FAIL(err, MR_E_FORMAT, "show.part_withheld", MR_NOWHERE);
    return mr_redescribe_achievement(a, document, achievement, ret, err);
}

static int convert(mr_verifier *v, const char *path, const struct wish *wish, const mr_env *env, const mr_language *l,
                   mr_arena *a)
{
    const mr_converting *c = wish->format;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_redescription r;
    mr_said said;
    mr_str file;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (mr_file_read(a, path, MR_LIMIT_DOCUMENT, &file, &err) != MR_OK) return mr_cli_fail(&err, path, MR_STR_EMPTY);
    if (mr_said_read(v, a, l, file, &said, &err) != MR_OK) return mr_cli_fail(&err, path, MR_STR_EMPTY);
    if (!said.any) return refuse(&said, path, l);
    if (redescribe(a, &said, wish->part, &r, &err) != MR_OK) return cannot(&err, path, l);
    r.unsealed = !said.sealed;
    if (c->write(a, &r, env, &out, &err) != MR_OK) return cannot(&err, path, l);
    if (mr_buf_failed(&out) || write_out(wish->to, mr_buf_str(&out), c->of_learner ? 0600 : 0644) != 0) return 2;
    fprintf(stderr, "%.*s\n", MR_STR_ARG(mr_message(l, said.sealed ? "convert.done" : "convert.done_unsealed")));
    tell(c, &r, a, l);
    return mr_converting_gaps(c, &r) ? 4 : 0;
}

/* What is wrong with a call that names one file. */
static void put_fault(const char *to, const void *format, const char *part)
{
    if (!to)
        fputs("merit: say what it shall become: --to specification, --to results or --to elm.\n", stderr);
    else if (!format)
        fprintf(stderr, "merit: --to %s: it can become a specification, results or elm.\n", to);
    else
        fprintf(stderr, "merit: --part %s: parts are numbered from 1; `merit show` numbers them.\n", part);
}

int mr_cli_convert(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(verifier_cleanup) mr_verifier *v = NULL;
    const char *lang = NULL, *to = NULL, *out = NULL, *part = NULL;
    const mr_option options[] = {{"lang", &lang, NULL}, {"to", &to, NULL}, {"out", &out, NULL}, {"part", &part, NULL}};
    struct wish wish = {0};
    const mr_trust none = {0};
    struct mr_err err = {0};
    int words;
    bool done;
    mr_arena_init(&a, 2 * MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, 4, help, &words, &done)) return 2;
    if (done) return 0;
    wish.format = mr_converting_find(mr_str_of(to));
    wish.to = out;
    bool numbered = !part || (mr_str_to_u64(mr_str_of(part), &wish.part) && wish.part > 0);
    if (words != 1 || !wish.format || !numbered) {
        if (words == 1)
            put_fault(to, wish.format, part);
        else
            fputs(help, stderr);
        return 2;
    }
    const mr_language *l = mr_options_language(lang);
    const struct mr_verifying verifying = {.trust = &none, .env = env, .language = l};
    if (mr_verifier_open(&verifying, &v, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    return convert(v, argv[1], &wish, env, l, &a);
}
