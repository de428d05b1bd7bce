/* compile_messages: write all languages as one C table (src/text/compiled.h), so that the program starts without reading .po files.
 *
 *   compile_messages OUT.c SYMBOL FOLDER FILE...      (called by tools/embed_folder)
 *
 * The tag of a language is the name of its file: "da.po". SYMBOL and FOLDER are those of tools/embed.c and have no meaning here. The output depends on
 * names and contents only. A file that translators' tools would not read, or an id that is there twice, ends the build.
 *
 * This runs on the build machine, with the reader that the tests try (src/text/po.c). */
#include "base/limits.h"
#include "text/compiled.h"
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

static void write_language(FILE *out, const char *path)
{
    mr_arena a;
    struct mr_po po;
    struct mr_err err = {0};
    char tag[8] = {0};
    size_t length = strlen(name_of(path)) - strlen(".po");
    if (length >= sizeof tag) fail("is no tag of a language", path);
    memcpy(tag, name_of(path), length);
    for (size_t i = 0; i < length; i++)
        if (tag[i] < 'a' || tag[i] > 'z') fail("is no tag of a language", path);
    mr_arena_init(&a, MR_LIMIT_MESSAGES);
    if (mr_po_read(&a, read_file(&a, path), &po, &err) != MR_OK) {
        fprintf(stderr, "compile_messages: at octet %zu\n", err.position);
        fail(err.message, path);
    }
    write_messages(out, tag, &po);
    uint32_t slots = write_slots(out, tag, &po, path);
    fprintf(out, "static const struct mr_language language_%s = {\"%s\", texts_%s, messages_%s, slots_%s, %u};\n\n",
            tag, tag, tag, tag, tag, slots - 1);
    mr_arena_done(&a);
}

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
    for (size_t i = 0; i < count; i++) write_language(out, paths[i]);
    fputs("const struct mr_language *const mr_compiled_languages[] = {\n", out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "    &language_%.*s,\n", (int)(strlen(name_of(paths[i])) - 3), name_of(paths[i]));
    fputs("    NULL};\n", out);
    if (fclose(out) != 0) {
        remove(argv[1]);
        fail(strerror(errno), argv[1]);
    }
    return 0;
}
