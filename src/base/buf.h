/* A growing byte buffer with a maximum set where it is made. Failure sticks: a writer puts piece after piece and asks once
 * at the end whether all of them fitted (mr_buf_failed). */
#ifndef MR_BASE_BUF_H
#define MR_BASE_BUF_H

#include "base/arena.h"

typedef struct mr_buf {
    char *ptr;
    size_t len, cap, max;
    bool failed;
} mr_buf;

/* max: most bytes it may ever hold; beyond it the buffer fails and keeps what it had. */
void mr_buf_init(mr_buf *b, size_t max);
void mr_buf_done(mr_buf *b);
/* Like mr_buf_done, after wiping the bytes: for secrets. A buffer that grew has left copies behind: reserve all the room first. */
void mr_buf_wipe(mr_buf *b);
static inline void mr_buf_clear(mr_buf *b)
{
    b->len = 0, b->failed = false;
}
static inline bool mr_buf_failed(const mr_buf *b)
{
    return b->failed;
}
static inline mr_str mr_buf_str(const mr_buf *b)
{
    return (mr_str){b->ptr, b->len};
}

/* Room for `more` bytes behind the end (not counted in len yet); NULL and failed beyond max. */
char *mr_buf_reserve(mr_buf *b, size_t more);
static inline void mr_buf_put(mr_buf *b, mr_str s)
{
    if (s.len == 0) return;
    char *at = b->cap - b->len >= s.len && b->ptr ? b->ptr + b->len : mr_buf_reserve(b, s.len);
    if (at) memcpy(at, s.ptr, s.len), b->len += s.len;
}
static inline void mr_buf_putc(mr_buf *b, char c)
{
    char *at = b->len < b->cap ? b->ptr + b->len : mr_buf_reserve(b, 1);
    if (at) *at = c, b->len++;
}
static inline void mr_buf_puts(mr_buf *b, const char *c)
{
    mr_buf_put(b, mr_str_of(c));
}
void mr_buf_format(mr_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text safe inside HTML elements and double-quoted attributes: & < > " ' escaped. */
void mr_buf_put_html(mr_buf *b, mr_str s);
/* One line of text safe on a terminal, whoever wrote it: control characters (C0, DEL, C1), line breaks, marks that turn the direction of
 * writing (Unicode Bidi_Control but LRM, RLM, ALM) and octets that are no UTF-8 become "?". */
void mr_buf_put_visible(mr_buf *b, mr_str s);

#endif
