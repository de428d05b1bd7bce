/* compile_messages: write all languages as one C table (src/text/compiled.h), so that the program starts without reading .po files.
 *
 *   compile_messages OUT.c SYMBOL FOLDER FILE...      (called by tools/embed_folder)
 *
 * The tag of a language is the name of its file: "da.po"; FOLDER/languages.txt says which are offered. SYMBOL is that of tools/embed.c and has no meaning
 * here. The pseudo-language en-XA is made of English: long and accented, to see whether pages hold it. The output depends on names and contents only. A file that translators' tools would not read, or an id that is there twice, ends the build.
 *
 * This runs on the build machine, with the reader that the tests try (src/text/po.c). */
#include "base/limits.h"
#include "text/compiled.h"
#include "text/placeholder.h"
#include "text/po.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static _Noreturn void fail(const char *what, const char *where)
{
    fprintf(stderr, "compile_messages: %s: %s\n", where, what);
    exit(1);
}

static mr_str read_file(mr_arena *a, const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = mr_arena_alloc(a, MR_LIMIT_MESSAGES / 4);
    if (!in || !text) fail(strerror(errno), path);
    size_t size = fread(text, 1, MR_LIMIT_MESSAGES / 4, in);
    if (ferror(in) || !feof(in)) fail("cannot be read, or is too long", path);
    fclose(in);
    return mr_str_make(text, size);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const char *tag_of(mr_arena *a, const char *path)
{
    mr_str name = mr_str_of(name_of(path)), tag = mr_arena_dup(a, mr_str_make(name.ptr, name.len - strlen(".po")));
    for (size_t i = 0; i < tag.len; i++)
        if (tag.ptr[i] < 'a' || tag.ptr[i] > 'z' || tag.len > 3) fail("is no tag of a language", path);
    return tag.ptr;
}

/* English is what others fall back to: it stands first. */
static int by_tag(const void *a, const void *b)
{
    const char *x = name_of(*(char *const *)a), *y = name_of(*(char *const *)b);
    int english = (strcmp(y, "en.po") == 0) - (strcmp(x, "en.po") == 0);
    return english ? english : strcmp(x, y);
}

/* Octal escapes always have three digits, and no question mark is written, so that nothing is read as a trigraph. */
static void write_text(FILE *out, mr_str s)
{
    fputs("\n    \"", out);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c >= 0x20 && c < 0x7f && c != '?')
            putc(c, out);
        else
            fprintf(out, "\\%03o", (unsigned)c);
    }
    putc('"', out);
}

static void write_messages(FILE *out, const char *tag, const struct mr_po *po)
{
    uint32_t at = 0;
    fprintf(out, "static const char texts_%s[] =", tag);
    for (size_t i = 0; i < po->count; i++) {
        write_text(out, po->entries[i].id);
        write_text(out, po->entries[i].text);
    }
    fprintf(out, "\n    \"\";\n\nstatic const struct mr_compiled_message messages_%s[] = {\n", tag);
    for (size_t i = 0; i < po->count; i++) {
        uint32_t id = (uint32_t)po->entries[i].id.len, text = (uint32_t)po->entries[i].text.len;
        fprintf(out, "    {%u, %u, %u, %u},\n", at, id, at + id, text);
        at += id + text;
    }
    fputs("    {0}, /* C knows no empty table */\n};\n\n", out);
}

/* The number of slots. */
static uint32_t write_slots(FILE *out, const char *tag, const struct mr_po *po, const char *path)
{
    uint32_t size = 16;
    if (po->count >= UINT16_MAX) fail("has too many messages", path);
    while (size < 2 * po->count) size *= 2;
    uint16_t *slots = calloc(size, sizeof *slots);
    if (!slots) fail("out of memory", path);
    fprintf(out, "static const uint16_t slots_%s[] = {", tag);
    for (size_t i = 0; i < po->count; i++) {
        mr_str id = po->entries[i].id;
        uint32_t k = (uint32_t)mr_compiled_hash(id) & (size - 1);
        for (; slots[k]; k = (k + 1) & (size - 1))
            if (mr_str_eq(po->entries[slots[k] - 1].id, id)) fail("has an id twice", path);
        slots[k] = (uint16_t)(i + 1);
    }
    for (uint32_t k = 0; k < size; k++) fprintf(out, "%s%u,", k % 16 ? " " : "\n    ", slots[k]);
    fputs("\n};\n\n", out);
    free(slots);
    return size;
}

/* Which languages are offered, by web/i18n/languages.txt: lines "da complete". Whoever is not named there is not a language of Merit. */
static char state_of(mr_str list, const char *tag, const char *path)
{
    mr_str line, word;
    while (mr_str_split(&list, '\n', &line)) {
        if (line.len == 0 || line.ptr[0] == '#') continue;
        if (!mr_str_split(&line, ' ', &word) || !mr_str_is(word, tag)) continue;
        line = mr_str_trim(line);
        if (mr_str_is(line, "complete") || mr_str_is(line, "offered") || mr_str_is(line, "begun")) return line.ptr[0];
        fail("its state in languages.txt is none of complete, offered, begun", path);
    }
    fail("is not named in languages.txt", path);
}

static struct mr_po read_po(mr_arena *a, const char *path)
{
    struct mr_po po;
    struct mr_err err = {0};
    if (mr_po_read(a, read_file(a, path), &po, &err) != MR_OK) {
        fprintf(stderr, "compile_messages: at octet %zu\n", err.position);
        fail(err.message, path);
    }
    return po;
}

/* The rule of plural forms is C already, and the reader has seen that it is nothing else. */
static void write_rule(FILE *out, const char *name, const struct mr_po *po, const char *path)
{
    unsigned forms;
    mr_str expression;
    struct mr_err err = {0};
    if (mr_po_plural_rule(po->header, &forms, &expression, &err) != MR_OK) fail(err.message, path);
    for (size_t i = 0; i < po->count; i++)
        if (po->entries[i].forms && po->entries[i].forms != forms) {
            fprintf(stderr, "compile_messages: %.*s\n", MR_STR_ARG(po->entries[i].id));
            fail("a message has not as many forms as Plural-Forms says", path);
        }
    fprintf(out, "static unsigned form_%s(unsigned long n)\n{\n    (void)n;\n    return (unsigned)(%.*s);\n}\n\n", name,
            MR_STR_ARG(expression));
}

/* `name` is the tag with letters only. */
static void write_language(FILE *out, const char *tag, const char *name, const struct mr_po *po, const char *path)
{
    write_messages(out, name, po);
    uint32_t slots = write_slots(out, name, po, path);
    write_rule(out, name, po, path);
    fprintf(out,
            "static const struct mr_language language_%s = {\"%s\", form_%s, texts_%s, messages_%s, slots_%s, %u};\n\n",
            name, tag, name, name, name, name, slots - 1);
}

/* ---- the pseudo-language ---- */

/* One letter with an accent for each plain one, so that what did not come out of these files is seen at once. Vowels stand twice: a text is then about
 * 40 % longer than in English, as German and Finnish are. Placeholders stay, and what stands between backquotes, which is to be typed. */
static mr_str pseudo(mr_arena *a, mr_str text)
{
    static const char *const accents[] = {"á", "ƀ", "ç", "ð", "é", "ƒ", "ĝ", "ĥ", "í", "ĵ", "ķ", "ļ", "m",
                                          "ñ", "ó", "þ", "q", "ŕ", "š", "ţ", "ú", "v", "ŵ", "x", "ý", "ž"};
    char *out = mr_arena_alloc(a, text.len * 4 + 1);
    size_t n = 0;
    bool typed = false;
    if (!out) fail("out of memory", "en-XA");
    for (size_t i = 0; i < text.len; i++) {
        size_t placeholder = text.ptr[i] == '{' ? mr_placeholder_length(mr_str_from(text, i)) : 0;
        if (text.ptr[i] == '`') typed = !typed;
        if (placeholder || typed || text.ptr[i] < 'a' || text.ptr[i] > 'z') {
            size_t size = placeholder ? placeholder : 1;
            memcpy(out + n, text.ptr + i, size);
            n += size, i += size - 1;
            continue;
        }
        for (int twice = strchr("aeiouy", text.ptr[i]) ? 2 : 1; twice > 0; twice--) {
            const char *accent = accents[text.ptr[i] - 'a'];
            memcpy(out + n, accent, strlen(accent));
            n += strlen(accent);
        }
    }
    return mr_str_make(out, n);
}

static void write_pseudo(FILE *out, const struct mr_po *english, mr_arena *a, const char *path)
{
    struct mr_po po = *english;
    po.entries = MR_NEW_ARRAY(a, struct mr_po_entry, po.count);
    if (!po.entries) fail("out of memory", path);
    for (size_t i = 0; i < po.count; i++) {
        po.entries[i] = english->entries[i];
        po.entries[i].text = pseudo(a, po.entries[i].text);
    }
    write_language(out, "en-XA", "enXA", &po, path);
}

static void write_list(FILE *out, const char *symbol, const char *const *names, size_t count)
{
    fprintf(out, "const struct mr_language *const %s[] = {\n", symbol);
    for (size_t i = 0; i < count; i++) fprintf(out, "    &language_%s,\n", names[i]);
    fputs("    NULL};\n", out);
}

enum { MOST_LANGUAGES = 64 };

int main(int argc, char **argv)
{
    if (argc < 5) {
        fputs("usage: compile_messages OUT.c SYMBOL FOLDER FILE...\n", stderr);
        return 1;
    }
    char **paths = argv + 4;
    size_t count = (size_t)argc - 4;
    qsort(paths, count, sizeof *paths, by_tag);
    if (strcmp(name_of(paths[0]), "en.po") != 0) fail("is not among the files", "en.po");
    FILE *out = fopen(argv[1], "wb");
    if (!out) fail(strerror(errno), argv[1]);
    fputs("/* Written by tools/compile_messages.c: change the .po files, not this text. */\n#include "
          "\"text/compiled.h\"\n\n",
          out);
    mr_arena memory;
    mr_arena_init(&memory, (count + 4) * MR_LIMIT_MESSAGES);
    mr_str states = read_file(&memory, mr_arena_format(&memory, "%s/languages.txt", argv[3]).ptr);
    const char *offered[MOST_LANGUAGES], *others[MOST_LANGUAGES];
    size_t offered_count = 0, other_count = 0;
    if (count >= MOST_LANGUAGES) fail("there are too many languages", argv[3]);
    for (size_t i = 0; i < count; i++) {
        const char *tag = tag_of(&memory, paths[i]);
        struct mr_po po = read_po(&memory, paths[i]);
        write_language(out, tag, tag, &po, paths[i]);
        if (state_of(states, tag, paths[i]) == 'b')
            others[other_count++] = tag;
        else
            offered[offered_count++] = tag;
        if (i > 0) continue;
        write_pseudo(out, &po, &memory, paths[i]);
        others[other_count++] = "enXA";
    }
    write_list(out, "mr_compiled_languages", offered, offered_count);
    write_list(out, "mr_compiled_others", others, other_count);
    mr_arena_done(&memory);
    if (fclose(out) != 0) {
        remove(argv[1]);
        fail(strerror(errno), argv[1]);
    }
    return 0;
}
