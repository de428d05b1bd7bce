/* `merit spec check` and `merit results template`: before anything is issued. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/results.h"
#include "credential/specification_file.h"
#include "json/write.h"

#include <stdio.h>

static const char spec_help[] =
    "merit spec check FILE... [--lang LANG] [--json]: is this a complete description of a micro-credential?\n\n"
    "  merit spec check wound-care.json\n"
    "  merit spec check wound-care.json --lang da\n\n"
    "All faults are shown at once: which of the European elements, what is wrong, why it matters, what to write.\n"
    "docs/specification.md documents the file; `merit vocab` explains its short codes. Exit status: 0 complete, 1 "
    "faults.\n";

static void write_json(const char *path, const struct mr_findings *f, const mr_language *l, mr_arena *a, mr_buf *out)
{
    MR_CLEANUP(mr_buf_done) mr_buf name; /* octets; JSON is UTF-8 */
    mr_json_writer w;
    mr_buf_init(&name, MR_MIB);
    mr_buf_put_visible(&name, mr_str_of(path));
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "file", mr_buf_str(&name));
    mr_json_put_flag(&w, "complete", f->faults == 0);
    mr_json_put_name(&w, "findings");
    mr_json_begin_array(&w);
    for (size_t i = 0; i < f->count; i++) {
        mr_json_begin_object(&w);
        mr_json_put_member_c(&w, "element", f->items[i].element);
        mr_json_put_member_c(&w, "code", f->items[i].id);
        mr_json_put_member_c(&w, "pointer", f->items[i].pointer);
        mr_json_put_flag(&w, "warning", f->items[i].warning);
        mr_json_put_member(&w, "text", mr_finding_say(a, l, &f->items[i]));
        mr_json_end_object(&w);
    }
    mr_json_end_array(&w);
    mr_json_end_object(&w);
    mr_buf_putc(out, '\n');
}

static void write_text(const char *path, const mr_specification *s, const struct mr_findings *f, const mr_language *l,
                       mr_arena *a, mr_buf *out)
{
    char count[24];
    snprintf(count, sizeof count, "%zu", f->faults);
    if (f->faults == 0)
        mr_buf_put_visible(out, MR_SAY(a, l, "spec.complete", {"file", mr_str_of(path)},
                                       {"title", mr_texts_get(s->title, mr_language_tag(l), NULL)}));
    else
        mr_buf_put_visible(out, MR_SAY(a, l, f->faults == 1 ? "spec.fault" : "spec.faults", {"file", mr_str_of(path)},
                                       {"count", mr_str_of(count)}));
    mr_buf_putc(out, '\n');
    for (size_t i = 0; i < f->count; i++) {
        const struct mr_finding *x = &f->items[i];
        mr_buf_format(out, "\n%s ", x->warning ? "?" : "✗");
        mr_buf_put_visible(out, mr_str_of(x->pointer[0] ? x->pointer : "/"));
        mr_buf_puts(out, "\n  ");
        mr_buf_put_visible(out, mr_finding_say(a, l, x));
        mr_buf_putc(out, '\n');
    }
}

static int check(const char *path, const mr_language *l, bool json)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_specification s = {0};
    mr_str text;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_findings_init(&findings, &a);
    if (mr_file_read(&a, path, MR_LIMIT_DOCUMENT, &text, &err) != MR_OK) return mr_cli_fail(&err, path, MR_STR_EMPTY);
    if (mr_specification_read(&a, text, &s, &findings, &err) != MR_OK) return mr_cli_fail(&err, path, text);
    if (json)
        write_json(path, &findings, l, &a, &out);
    else
        write_text(path, &s, &findings, l, &a, &out);
    if (!mr_cli_print(mr_buf_str(&out))) return 2;
    return findings.faults ? 1 : 0;
}

int mr_cli_spec(int argc, char **argv, const mr_env *env)
{
    (void)env;
    const char *lang = NULL;
    bool json = false, done;
    const mr_option options[] = {{"lang", &lang, NULL}, {"json", NULL, &json}};
    int words, worst = 0;
    if (!mr_options_take(argc, argv, options, 2, spec_help, &words, &done)) return 2;
    if (done) return 0;
    if (words < 2 || strcmp(argv[1], "check") != 0) {
        fputs(spec_help, stderr);
        return 2;
    }
    const mr_language *l = mr_options_language(lang);
    for (int i = 2; i <= words; i++) {
        int status = check(argv[i], l, json);
        if (status > worst) worst = status;
    }
    return worst;
}

static const char results_help[] =
    "merit results template: a sample table of results, to fill in with a spreadsheet.\n\n"
    "  merit results template > results.csv\n\n"
    "One row for each learner. Required: name (or given name and family name). docs/results.md explains the columns.\n";

int mr_cli_results(int argc, char **argv, const mr_env *env)
{
    (void)env;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    int words;
    bool done;
    mr_buf_init(&out, MR_MIB);
    if (!mr_options_take(argc, argv, NULL, 0, results_help, &words, &done)) return 2;
    if (done) return 0;
    if (words != 1 || strcmp(argv[1], "template") != 0) {
        fputs(results_help, stderr);
        return 2;
    }
    mr_results_write_template(&out);
    return mr_cli_print(mr_buf_str(&out)) ? 0 : 2;
}
