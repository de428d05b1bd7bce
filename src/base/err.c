#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name, *text;
    int http, exit;
} codes[] = {
    {"ok", "Nothing is wrong.", 200, 0},
#define MR_ERROR(name, code, http, exit, text) {code, text, http, exit},
#include "base/errors.def"
#undef MR_ERROR
};

static size_t known(mr_code code)
{
    size_t index = (size_t)code;
    return index < sizeof codes / sizeof *codes ? index : MR_E_USAGE;
}

const char *mr_code_name(mr_code code)
{
    return codes[known(code)].name;
}
const char *mr_code_text(mr_code code)
{
    return codes[known(code)].text;
}
int mr_code_http(mr_code code)
{
    return codes[known(code)].http;
}
int mr_code_exit(mr_code code)
{
    return codes[known(code)].exit;
}

void mr_err_clear(struct mr_err *e)
{
    e->code = MR_OK;
    e->message = "";
    e->position = MR_NOWHERE;
    e->pointer[0] = e->detail[0] = '\0';
    e->file = "";
    e->line = 0;
}

int mr_err_set(struct mr_err *e, mr_code code, const char *message, size_t position, const char *file, int line)
{
    if (e) {
        mr_err_clear(e);
        e->code = code;
        e->message = message;
        e->position = position;
        e->file = file;
        e->line = line;
    }
    return code;
}

/* A detail that was cut must not end in half a character. */
static void drop_half_character(char *text, size_t length)
{
    size_t start = length;
    while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xC0) start--;
    if (mr_utf8_check(mr_str_make(text + start, length - start)) < length - start) text[start] = '\0';
}

/* Octets that others gave us may be no text at all, and a report must be. */
static void make_utf8(char *text)
{
    size_t length = strlen(text), at;
    drop_half_character(text, length);
    length = strlen(text);
    while ((at = mr_utf8_check(mr_str_make(text, length))) < length) text[at] = '?';
}

int mr_err_detail(struct mr_err *e, mr_code code, const char *message, const char *file, int line, const char *format,
                  ...)
{
    if (!e) return code;
    /* The caller may pass e->detail as an argument: format first, into a place of its own. */
    char detail[sizeof e->detail];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    if (length < 0) detail[0] = '\0';
    make_utf8(detail);
    mr_err_set(e, code, message, MR_NOWHERE, file, line);
    memcpy(e->detail, detail, sizeof detail);
    return code;
}
