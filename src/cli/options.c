#include "cli/options.h"

#include "base/limits.h"
#include "json/json.h"
#include "service/seal_reference.h"

#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static const mr_option *find(const mr_option *options, size_t count, mr_str name)
{
    for (size_t i = 0; i < count; i++)
        if (mr_str_is(name, options[i].name)) return &options[i];
    return NULL;
}

static bool keep(const mr_option *o, const char *value)
{
    size_t most = sizeof o->list->values / sizeof *o->list->values;
    if (!o->list) {
        *o->value = value;
        return true;
    }
    if (o->list->count == most) {
        fprintf(stderr, "merit: --%s may be given at most %zu times.\n", o->name, most);
        return false;
    }
    o->list->values[o->list->count++] = value;
    return true;
}

/* One argument that begins with "--". *at moves over a value that stands apart. */
static bool take_one(int argc, char **argv, int *at, const mr_option *options, size_t count)
{
    mr_str text = mr_str_of(argv[*at] + 2);
    ptrdiff_t sign = mr_str_find_char(text, '=');
    mr_str name = sign < 0 ? text : mr_str_make(text.ptr, (size_t)sign);
    const mr_option *o = find(options, count, name);
    if (!o) {
        fprintf(stderr, "merit: there is no option --%.*s here; --help shows what there is.\n", MR_STR_ARG(name));
        return false;
    }
    if (o->flag) {
        if (sign >= 0) fprintf(stderr, "merit: --%s takes no value.\n", o->name);
        *o->flag = true;
        return sign < 0;
    }
    if (sign >= 0) return keep(o, text.ptr + sign + 1);
    if (*at + 1 < argc) return keep(o, argv[++*at]);
    fprintf(stderr, "merit: --%s needs a value.\n", o->name);
    return false;
}

bool mr_options_take(int argc, char **argv, const mr_option *options, size_t count, const char *help, int *ret_words,
                     bool *ret_done)
{
    int words = 0;
    bool open = true;
    *ret_done = false;
    for (int i = 1; i < argc; i++) {
        if (open && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            fputs(help, stdout);
            *ret_done = true;
            return true;
        }
        if (open && strcmp(argv[i], "--") == 0)
            open = false;
        else if (open && strncmp(argv[i], "--", 2) == 0) {
            if (!take_one(argc, argv, &i, options, count)) return false;
        } else
            argv[++words] = argv[i];
    }
    *ret_words = words;
    return true;
}

const mr_language *mr_options_language(const char *given)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    if (given) {
        const mr_language *l = mr_language_find(mr_str_of(given));
        if (!l) fprintf(stderr, "merit: \"%s\" is not one of Merit's languages yet; English it is.\n", given);
        return l ? l : mr_language_english();
    }
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (!value || !*value) continue;
        mr_str rest = mr_str_of(value), tag;
        if (!mr_str_split(&rest, '_', &tag)) continue;
        const mr_language *l = mr_language_find(tag);
        return l ? l : mr_language_english();
    }
    return mr_language_english();
}

void mr_cli_put_visible(FILE *file, const char *text)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 64 * MR_KIB);
    mr_buf_put_visible(&b, mr_str_of(text));
    fwrite(b.ptr ? b.ptr : "", 1, b.len, file);
}

/* before, text and after, when there is a text. */
static void put_part(const char *before, const char *text, const char *after)
{
    if (!text || !*text) return;
    fputs(before, stderr);
    mr_cli_put_visible(stderr, text);
    fputs(after, stderr);
}

/* The detail, without a subject that was named before it. Is it a whole sentence? */
static bool put_detail(const char *detail, const char *subject)
{
    mr_str rest = mr_str_of(detail), name = mr_str_of(subject);
    if (name.len && mr_str_has_prefix(rest, name)) {
        mr_str after = mr_str_from(rest, name.len);
        if (after.len == 0 || mr_str_has_prefix(after, MR_STR(": "))) rest = after;
    }
    if (rest.len != mr_str_of(detail).len)
        put_part("", rest.ptr, "");
    else
        put_part(": ", detail, "");
    return mr_str_has_suffix(rest, MR_STR("."));
}

int mr_cli_fail(const struct mr_err *err, const char *subject, mr_str text)
{
    fputs("merit: ", stderr);
    put_part("", subject, ": ");
    fputs(err->message ? err->message : mr_code_text(err->code), stderr);
    bool ends = put_detail(err->detail, subject);
    put_part(" (at ", err->pointer, ")");
    if (err->position != MR_NOWHERE && text.len) {
        size_t line, column;
        mr_json_place(text, err->position, &line, &column);
        fprintf(stderr, " (line %zu, column %zu)", line, column);
        ends = false;
    }
    fputs(ends && !err->pointer[0] ? "\n" : ".\n", stderr);
    return mr_code_exit(err->code);
}

bool mr_cli_print(mr_str text)
{
    return (text.len == 0 || fwrite(text.ptr, 1, text.len, stdout) == text.len) && fflush(stdout) == 0;
}

const char *mr_options_data_folder(const char *given)
{
    const char *environment = getenv("MERIT_DATA");
    return given ? given : environment && *environment ? environment : "merit-data";
}

/* Empty without a terminal. */
static mr_str ask_on_terminal(mr_arena *a, const char *question)
{
    if (!isatty(STDIN_FILENO)) return MR_STR("");
    struct termios before, silent;
    if (tcgetattr(STDIN_FILENO, &before) != 0) return MR_STR("");
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    fprintf(stderr, "%s: ", question);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    char line[512];
    bool read = fgets(line, sizeof line, stdin) != NULL;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    mr_str password = read ? mr_arena_dup(a, mr_str_make(line, strcspn(line, "\r\n"))) : MR_STR("");
    explicit_bzero(line, sizeof line);
    return password;
}

mr_str mr_options_password(mr_arena *a, const char *question)
{
    const char *environment = getenv("MERIT_PASSWORD");
    /* A copy: callers wipe it, and the environment is read again for other keys. */
    return environment && *environment ? mr_arena_dup(a, mr_str_of(environment)) : ask_on_terminal(a, question);
}

/* MERIT_PIN was looked at before. */
static mr_str ask_secret(void *self, mr_arena *a, mr_seal_secret what)
{
    if (what == MR_SEAL_PIN) return ask_on_terminal(a, "PIN of the token");
    return mr_options_password(a, "Password of the seal");
}

int mr_options_seal(mr_arena *a, const char *reference, const char *certificates, struct mr_seal_key *ret,
                    struct mr_err *err)
{
    const struct mr_seal_opening o = {
        .reference = mr_str_of(reference), .certificates = mr_str_of(certificates), .ask = ask_secret};
    return mr_seal_open(&o, a, ret, err);
}
