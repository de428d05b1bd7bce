#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "model/vocabulary.h"

#include <stdio.h>

static const char help[] = "merit vocab [LIST [WORD]] [--lang LANG]: the short codes that specifications use.\n\n"
                           "  merit vocab                    which lists there are\n"
                           "  merit vocab assessment         all codes of one list, with labels\n"
                           "  merit vocab isced-f nursing    those whose code or label has the word\n"
                           "  merit vocab mode --lang da     labels in Danish\n";

static void put_padded(mr_buf *b, mr_str s, size_t width)
{
    mr_buf_put(b, s);
    for (size_t n = mr_utf8_length(s); n < width; n++) mr_buf_putc(b, ' ');
}

static void list_schemes(mr_buf *out)
{
    for (int i = 0; i < MR_SCHEME_COUNT_; i++) {
        const mr_scheme *s = mr_scheme_get((mr_scheme_code)i);
        put_padded(out, mr_str_of(s->name), 20);
        mr_buf_format(out, " %5zu  %s\n", s->count, s->about);
    }
}

static bool has_word(mr_str text, mr_str word)
{
    for (size_t i = 0; i + word.len <= text.len; i++)
        if (mr_str_eq_ascii_nocase(mr_str_make(text.ptr + i, word.len), word)) return true;
    return false;
}

static size_t list_concepts(mr_buf *out, const mr_scheme *s, mr_str word, mr_str language)
{
    size_t shown = 0, width = 2;
    for (size_t i = 0; i < s->count; i++)
        if (strlen(s->concepts[i].code) > width) width = strlen(s->concepts[i].code);
    for (size_t i = 0; i < s->count; i++) {
        const mr_concept *c = &s->concepts[i];
        mr_str label = mr_concept_label(c, language);
        if (word.len && !has_word(label, word) && !has_word(mr_str_of(c->code), word)) continue;
        put_padded(out, mr_str_of(c->code), width + 2);
        mr_buf_put(out, label);
        mr_buf_putc(out, '\n');
        shown++;
    }
    return shown;
}

int mr_cli_vocab(int argc, char **argv, const mr_env *env)
{
    (void)env;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const char *lang = NULL;
    const mr_option options[] = {{"lang", &lang, NULL}};
    int words;
    bool done;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (!mr_options_take(argc, argv, options, 1, help, &words, &done)) return 2;
    if (done) return 0;
    if (words > 2) {
        fputs(help, stderr);
        return 2;
    }
    if (words == 0) {
        list_schemes(&out);
        return mr_cli_print(mr_buf_str(&out)) ? 0 : 2;
    }
    const mr_scheme *s = mr_scheme_find(mr_str_of(argv[1]));
    if (!s) {
        fprintf(stderr, "merit: there is no list \"%s\". `merit vocab` names them.\n", argv[1]);
        return 2;
    }
    mr_str language = mr_language_tag(mr_options_language(lang));
    if (list_concepts(&out, s, words == 2 ? mr_str_of(argv[2]) : MR_STR(""), language) == 0) {
        fprintf(stderr, "merit: nothing in \"%s\" has \"%s\" in its code or label.\n", s->name, argv[2]);
        return 1;
    }
    return mr_cli_print(mr_buf_str(&out)) ? 0 : 2;
}
