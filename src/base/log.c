/* A line is composed on the stack and handed over with one write(2), so that lines of threads and processes that share
 * standard error do not mix and no lock is needed. A line that would be too long is cut at a value, never in its form:
 * it stays one JSON object. */
#include "base/log.h"
#include "base/time.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096, CLOSING = 4 }; /* closing: quote, brace, line feed, and one to spare */

struct line {
    char text[LINE_MAX_BYTES];
    size_t len;
};

/* The one setting that is the process's own; set once at start. */
static atomic_int lowest_level = MR_LOG_INFO;

void mr_log_set_level(mr_log_level lowest)
{
    atomic_store(&lowest_level, (int)lowest);
}

/* What the line can still take before its closing. */
static size_t room(const struct line *l)
{
    size_t most = LINE_MAX_BYTES - CLOSING;
    return l->len < most ? most - l->len : 0;
}

static bool put(struct line *l, const char *bytes, size_t count)
{
    if (room(l) < count) return false;
    memcpy(l->text + l->len, bytes, count);
    l->len += count;
    return true;
}

/* One character of a JSON string at p; returns the octets taken, 0 when the line is full. */
static size_t put_character(struct line *l, mr_str rest)
{
    char escape[8];
    unsigned char c = (unsigned char)rest.ptr[0];
    if (c == '"' || c == '\\') return put(l, (char[]){'\\', (char)c}, 2) ? 1 : 0;
    if (c < 0x20 || c == 0x7F) {
        int length = snprintf(escape, sizeof escape, "\\u%04x", c);
        return put(l, escape, (size_t)length) ? 1 : 0;
    }
    if (c < 0x80) return put(l, rest.ptr, 1) ? 1 : 0;
    size_t length = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (rest.len < length || mr_utf8_check(mr_str_make(rest.ptr, length)) < length)
        return put(l, "\xEF\xBF\xBD", 3) ? 1 : 0; /* U+FFFD for what is not UTF-8 */
    return put(l, rest.ptr, length) ? length : 0;
}

static void put_string(struct line *l, const char *value)
{
    put(l, "\"", 1);
    for (mr_str rest = mr_str_of(value); rest.len;) {
        size_t taken = put_character(l, rest);
        if (taken == 0) break;
        rest = mr_str_from(rest, taken);
    }
    l->text[l->len++] = '"'; /* room is kept by CLOSING */
}

/* A pair that has no room for its key, quotes and a little of its value is left out. */
static void put_pair(struct line *l, const char *key, const char *value)
{
    if (room(l) < strlen(key) * 6 + 24) return;
    if (l->len > 1) put(l, ",", 1);
    put_string(l, key);
    put(l, ":", 1);
    if (value)
        put_string(l, value);
    else
        put(l, "null", 4);
}

static bool begin(struct line *l, mr_log_level level, const char *event)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    if ((int)level < atomic_load_explicit(&lowest_level, memory_order_relaxed)) return false;
    struct timespec now;
    char at[21];
    clock_gettime(CLOCK_REALTIME, &now);
    mr_time_write((int64_t)now.tv_sec * 1000, at);
    l->text[0] = '{';
    l->len = 1;
    put_pair(l, "at", at);
    put_pair(l, "level", names[level]);
    put_pair(l, "event", event);
    return true;
}

static void end(struct line *l)
{
    l->text[l->len++] = '}';
    l->text[l->len++] = '\n';
    /* Nothing can be done about a log that cannot be written. */
    ssize_t written = write(STDERR_FILENO, l->text, l->len);
    (void)written;
}

void mr_log(mr_log_level level, const char *event, ...)
{
    struct line l;
    if (!begin(&l, level, event)) return;
    va_list pairs;
    va_start(pairs, event);
    for (const char *key; (key = va_arg(pairs, const char *));) put_pair(&l, key, va_arg(pairs, const char *));
    va_end(pairs);
    end(&l);
}

void mr_log_err(mr_log_level level, const char *event, const struct mr_err *err)
{
    struct line l;
    char number[24];
    if (!begin(&l, level, event)) return;
    put_pair(&l, "code", mr_code_name(err->code));
    put_pair(&l, "message", err->message);
    if (err->detail[0]) put_pair(&l, "detail", err->detail);
    if (err->pointer[0]) put_pair(&l, "pointer", err->pointer);
    if (err->position != MR_NOWHERE) {
        snprintf(number, sizeof number, "%zu", err->position);
        put_pair(&l, "position", number);
    }
    put_pair(&l, "file", err->file);
    snprintf(number, sizeof number, "%d", err->line);
    put_pair(&l, "line", number);
    end(&l);
}
