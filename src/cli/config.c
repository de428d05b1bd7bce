/* One table, four places. Every mistake is told at once, with the place where it stands: an operator at night mends them in one go. */
#include "cli/config.h"

#include "base/file.h"
#include "base/limits.h"
#include "cli/options.h"
#include "proof/jades.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>

enum type { TEXT, FOLDER, PATH, ADDRESS, PORT, URL, LEVEL, COUNT, FLAG, LOG, SECRET };

static const struct setting {
    const char *word;
    enum type type;
    const char *fallback, *help;
} settings[MR_SET_COUNT] = {
#define MR_SETTING(name, word, type, fallback, help) {word, type, fallback, help},
#include "cli/config.def"
#undef MR_SETTING
};

static const char *const type_words[] = {"TEXT", "DIR", "FILE", "ADDR", "N", "URL", "LEVEL", "N", "", "LEVEL", "TEXT"};

/* ---- values ---- */

static bool is_flag(mr_str v, bool *ret)
{
    *ret = mr_str_is(v, "yes") || mr_str_is(v, "true") || mr_str_is(v, "1");
    return *ret || mr_str_is(v, "no") || mr_str_is(v, "false") || mr_str_is(v, "0");
}

static bool is_address(mr_str v)
{
    char text[64];
    unsigned char out[16];
    if (v.len >= sizeof text) return false;
    memcpy(text, v.ptr, v.len);
    text[v.len] = '\0';
    return inet_pton(AF_INET, text, out) == 1 || inet_pton(AF_INET6, text, out) == 1 || strcmp(text, "localhost") == 0;
}

/* Addresses that people type here may be http and have a port or a path; only gross mistakes are told. */
static bool is_url(mr_str v)
{
    bool web = mr_str_has_prefix(v, MR_STR("http://")) || mr_str_has_prefix(v, MR_STR("https://"));
    return web && mr_str_find_char(v, ' ') < 0 && mr_str_find_char(v, '"') < 0 && v.len > 8;
}

/* NULL when it is a value of this type; else what one looks like. */
static const char *fault_of(enum type type, mr_str v)
{
    uint64_t n;
    bool flag;
    switch (type) {
    case ADDRESS: return is_address(v) ? NULL : "an address such as 127.0.0.1 or ::";
    case PORT: return mr_str_to_u64(v, &n) && n <= 65535 ? NULL : "a number from 0 to 65535";
    case COUNT: return mr_str_to_u64(v, &n) && n <= 1000000000 ? NULL : "a whole number";
    case URL: return is_url(v) ? NULL : "an address that begins with https:// or http://";
    case LEVEL: return mr_jades_level_find(v) != MR_JADES_NONE ? NULL : "one of B, T, LT, LTA";
    case FLAG: return is_flag(v, &flag) ? NULL : "yes or no";
    case LOG:
        return mr_str_is(v, "debug") || mr_str_is(v, "info") || mr_str_is(v, "warning") || mr_str_is(v, "error")
                   ? NULL
                   : "one of debug, info, warning, error";
    default: return v.len ? NULL : "something";
    }
}

static const char *const source_words[] = {"fallback", "file", "environment", "option"};

static bool set(mr_config *c, mr_setting s, const char *value, mr_setting_source source, const char *where)
{
    const char *expected = fault_of(settings[s].type, mr_str_of(value));
    if (expected) {
        fprintf(stderr, "merit: %s: \"%s\" must be %s; it says \"", where, settings[s].word, expected);
        mr_cli_put_visible(stderr, settings[s].type == SECRET ? "..." : value);
        fputs("\".\n", stderr);
        return false;
    }
    c->values[s] = value;
    c->sources[s] = source;
    return true;
}

static mr_setting find(mr_str word)
{
    mr_setting s = 0;
    while (s < MR_SET_COUNT && !mr_str_is(word, settings[s].word)) s++;
    return s;
}

/* ---- the three places ---- */

static bool take_line(mr_config *c, mr_str line, const char *where)
{
    line = mr_str_trim(line);
    if (line.len == 0 || line.ptr[0] == '#') return true;
    ptrdiff_t sign = mr_str_find_char(line, '=');
    if (sign < 0) {
        fprintf(stderr, "merit: %s: a line is \"name = value\"; \"=\" is missing.\n", where);
        return false;
    }
    mr_str word = mr_str_trim(mr_str_make(line.ptr, (size_t)sign));
    mr_setting s = find(word);
    if (s == MR_SET_COUNT) {
        fprintf(stderr, "merit: %s: there is no setting \"", where);
        mr_cli_put_visible(stderr, mr_arena_cstr(&c->arena, word));
        fputs("\"; `merit config sample` shows all.\n", stderr);
        return false;
    }
    const char *value = mr_arena_cstr(&c->arena, mr_str_trim(mr_str_from(line, (size_t)sign + 1)));
    return value && set(c, s, value, MR_FROM_FILE, where);
}

static bool read_file(mr_config *c, const char *path)
{
    struct mr_err err = {0};
    mr_str text, line;
    bool right = true;
    if (mr_file_read(&c->arena, path, MR_LIMIT_CONFIG_FILE, &text, &err) != MR_OK) {
        mr_cli_fail(&err, path, MR_STR_EMPTY);
        return false;
    }
    c->file = path;
    for (size_t number = 1; mr_str_split(&text, '\n', &line); number++)
        right &= take_line(c, line, mr_arena_format(&c->arena, "%s line %zu", path, number).ptr);
    return right;
}

/* "public-url" is MERIT_PUBLIC_URL. */
static const char *environment_name(mr_arena *a, const char *word)
{
    mr_str name = mr_arena_format(a, "MERIT_%s", word);
    for (char *p = (char *)name.ptr; p && *p; p++) *p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
    return name.ptr;
}

static bool read_environment(mr_config *c)
{
    bool right = true;
    for (mr_setting s = 0; s < MR_SET_COUNT; s++) {
        const char *name = environment_name(&c->arena, settings[s].word), *value = name ? getenv(name) : NULL;
        if (value && *value) right &= set(c, s, value, MR_FROM_ENVIRONMENT, name);
    }
    return right;
}

static void print_help(const char *help)
{
    fputs(help, stdout);
    for (mr_setting s = 0; s < MR_SET_COUNT; s++) {
        if (settings[s].type == SECRET) continue;
        int width = printf("  --%s %s", settings[s].word, type_words[settings[s].type]);
        printf("%*s%s%s%s%s\n", width < 24 ? 24 - width : 1, "", settings[s].help, settings[s].fallback ? " (" : "",
               settings[s].fallback ? settings[s].fallback : "", settings[s].fallback ? ")" : "");
    }
    fputs("  --config FILE         settings in a file: `merit config sample` writes one\n\nEach can stand in the "
          "environment, too (--public-url is MERIT_PUBLIC_URL). What an option says counts before the\n"
          "environment, and that before the file.\n",
          stdout);
}

bool mr_config_load(mr_config *c, int argc, char **argv, const char *help, int *ret_words, bool *ret_done)
{
    mr_option options[MR_SET_COUNT + 1];
    const char *given[MR_SET_COUNT] = {0}, *file = getenv("MERIT_CONFIG");
    bool flags[MR_SET_COUNT] = {0}, right = true;
    *c = (mr_config){0};
    mr_arena_init(&c->arena, 4 * MR_LIMIT_CONFIG_FILE);
    size_t count = 0;
    for (mr_setting s = 0; s < MR_SET_COUNT; s++) {
        if (settings[s].type == SECRET) continue; /* everybody on the machine sees the words of a command */
        options[count++] = settings[s].type == FLAG ? (mr_option){settings[s].word, NULL, &flags[s], NULL}
                                                    : (mr_option){settings[s].word, &given[s], NULL, NULL};
    }
    options[count++] = (mr_option){"config", &file, NULL, NULL};
    if (!mr_options_take(argc, argv, options, count, "", ret_words, ret_done)) return false;
    if (*ret_done) {
        print_help(help);
        return true;
    }
    for (mr_setting s = 0; s < MR_SET_COUNT; s++) c->values[s] = settings[s].fallback;
    if (file && *file) right &= read_file(c, file);
    right &= read_environment(c);
    for (mr_setting s = 0; s < MR_SET_COUNT; s++) {
        if (flags[s]) given[s] = "yes";
        if (given[s]) right &= set(c, s, given[s], MR_FROM_OPTION, "the command");
    }
    return right;
}

void mr_config_done(mr_config *c)
{
    mr_arena_done(&c->arena);
}

const char *mr_config_text(const mr_config *c, mr_setting s)
{
    return c->values[s];
}

bool mr_config_flag(const mr_config *c, mr_setting s)
{
    bool on = false;
    return c->values[s] && is_flag(mr_str_of(c->values[s]), &on) && on;
}

uint64_t mr_config_number(const mr_config *c, mr_setting s)
{
    uint64_t n = 0;
    return c->values[s] && mr_str_to_u64(mr_str_of(c->values[s]), &n) ? n : 0;
}

void mr_config_print(const mr_config *c, FILE *to)
{
    for (mr_setting s = 0; s < MR_SET_COUNT; s++) {
        fprintf(to, "%-16s = ", settings[s].word);
        if (!c->values[s])
            fputs("-", to);
        else if (settings[s].type == SECRET)
            fputs("(set, not shown)", to);
        else
            mr_cli_put_visible(to, c->values[s]);
        fprintf(to, "   [%s]\n", c->values[s] ? source_words[c->sources[s]] : "not set");
    }
}

void mr_config_print_sample(FILE *to)
{
    fputs("# Settings of a Merit server. Every line is \"name = value\"; take away the \"#\" in front of what you want "
          "to "
          "set.\n# `merit config check --config FILE` says whether all is well.\n",
          to);
    for (mr_setting s = 0; s < MR_SET_COUNT; s++) {
        if (settings[s].type == FLAG && strcmp(settings[s].word, "demo") == 0) continue;
        fprintf(to, "\n# %s\n#%s = %s\n", settings[s].help, settings[s].word,
                settings[s].fallback ? settings[s].fallback : "");
    }
}
