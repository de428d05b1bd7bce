/* embed: write files as a C table, so that they travel inside the program (src/base/embedded.h).
 *
 *   embed OUT.c SYMBOL FOLDER FILE...
 *
 * OUT.c defines `const struct mr_embedded SYMBOL[]`, sorted by name, and `SYMBOL_count`. A name is the path of the file below
 * FOLDER. Data are written as string literals, which both compilers read many times faster than lists of numbers, and which end
 * with the NUL that the table promises. The output depends on names and contents only, never on time or order of arguments.
 *
 * This runs on the build machine, before any layer exists: it uses the C library alone and ends with 1 at the first fault. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct input {
    char *path;       /* absolute */
    const char *name; /* inside `path` */
};

static _Noreturn void fail(const char *what, const char *where)
{
    fprintf(stderr, "embed: %s: %s\n", where, what);
    exit(1);
}

/* Inputs come relative to the build folder and the prefix absolute: both are resolved before they are compared. */
static char *resolve(const char *path)
{
    char *full = realpath(path, NULL);
    if (!full) fail(strerror(errno), path);
    return full;
}

static struct input input_of(const char *folder, const char *path)
{
    size_t n = strlen(folder);
    struct input in = {.path = resolve(path)};
    if (strncmp(in.path, folder, n) != 0 || in.path[n] != '/')
        fail("is not below the folder that names are taken from", path);
    in.name = in.path + n + 1;
    return in;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct input *)a)->name, ((const struct input *)b)->name);
}

/* Octal escapes always have three digits, so that a digit that follows cannot be taken for one of theirs. */
static void write_byte(FILE *out, int c)
{
    if (c == '\n')
        fputs("\\n", out);
    else if (c == '"' || c == '\\')
        fprintf(out, "\\%c", c);
    else if (c >= 0x20 && c < 0x7f && c != '?') /* no "??" is ever written: nothing can be read as a trigraph */
        putc(c, out);
    else
        fprintf(out, "\\%03o", (unsigned)c);
}

static void write_literal(FILE *out, const char *path, size_t *ret_size)
{
    FILE *in = fopen(path, "rb");
    if (!in) fail(strerror(errno), path);
    size_t size = 0;
    int c, column = 0;
    putc('"', out);
    while ((c = getc(in)) != EOF) {
        if (column >= 100) {
            fputs("\"\n    \"", out);
            column = 0;
        }
        write_byte(out, c);
        size++;
        column = c == '\n' ? 100 : column + 1;
    }
    putc('"', out);
    if (ferror(in)) fail("cannot be read", path);
    fclose(in);
    *ret_size = size;
}

static void write_table(FILE *out, const char *symbol, const struct input *inputs, size_t count)
{
    fputs("/* Written by tools/embed.c: change the files, not this text. */\n#include \"base/embedded.h\"\n\n", out);
    fprintf(out, "MR_EMBEDDED_DECLARE(%s);\n\nconst struct mr_embedded %s[] = {\n", symbol, symbol);
    for (size_t i = 0; i < count; i++) {
        size_t size;
        fputs("    {\"", out);
        for (const char *p = inputs[i].name; *p; p++) write_byte(out, (unsigned char)*p);
        fputs("\", (const unsigned char *)\n    ", out);
        write_literal(out, inputs[i].path, &size);
        fprintf(out, ",\n     %zu},\n", size);
    }
    fputs("    {0}, /* C knows no empty table */\n};\n\n", out);
    fprintf(out, "const size_t %s_count = %zu;\n", symbol, count);
}

static bool is_symbol(const char *s)
{
    if (!isalpha((unsigned char)*s) && *s != '_') return false;
    for (; *s; s++)
        if (!isalnum((unsigned char)*s) && *s != '_') return false;
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 4 || !is_symbol(argv[2])) {
        fputs("usage: embed OUT.c SYMBOL FOLDER FILE...\n", stderr);
        return 1;
    }
    char *folder = resolve(argv[3]);
    size_t count = (size_t)argc - 4;
    struct input *inputs = calloc(count + 1, sizeof *inputs);
    if (!inputs) fail("out of memory", "table");
    for (size_t i = 0; i < count; i++) inputs[i] = input_of(folder, argv[i + 4]);
    qsort(inputs, count, sizeof *inputs, by_name);
    for (size_t i = 1; i < count; i++)
        if (!strcmp(inputs[i].name, inputs[i - 1].name)) fail("is given twice", inputs[i].path);

    FILE *out = fopen(argv[1], "wb");
    if (!out) fail(strerror(errno), argv[1]);
    write_table(out, argv[2], inputs, count);
    if (fclose(out) != 0) {
        remove(argv[1]);
        fail(strerror(errno), argv[1]);
    }
    for (size_t i = 0; i < count; i++) free(inputs[i].path);
    free(inputs);
    free(folder);
    return 0;
}
