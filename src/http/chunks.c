#include "http/chunks.h"

#include "http/hex.h"

enum { SIZE_LINE_MAX = 256, TRAILERS_MAX = 4096, SIZE_DIGITS_MAX = 8 };
enum { SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER_START, TRAILER, TRAILER_LF, END_LF };

static bool is_text(char c)
{
    return ((unsigned char)c >= 0x20 && c != 0x7f) || c == '\t';
}

static bool read_size(struct mr_http_chunks *c, char byte)
{
    int digit = mr_http_hex(byte);
    if (digit >= 0) {
        c->left = c->left * 16 + (uint64_t)digit;
        return ++c->digits <= SIZE_DIGITS_MAX;
    }
    if (c->digits == 0) return false;
    c->state = byte == '\r' ? SIZE_LF : EXTENSION;
    return byte == '\r' || byte == ';';
}

/* One byte that is no data; false when it may not stand here. */
static bool read_byte(struct mr_http_chunks *c, char byte, bool *ret_done)
{
    c->line++;
    switch (c->state) {
    case SIZE: return read_size(c, byte);
    case EXTENSION:
        if (byte == '\r') c->state = SIZE_LF;
        return (byte == '\r' || is_text(byte)) && c->line <= SIZE_LINE_MAX;
    case SIZE_LF:
        c->state = c->left > 0 ? DATA : TRAILER_START;
        c->line = 0;
        return byte == '\n';
    case DATA_CR: c->state = DATA_LF; return byte == '\r';
    case DATA_LF: *c = (struct mr_http_chunks){.state = SIZE}; return byte == '\n';
    case TRAILER_START:
        c->state = byte == '\r' ? END_LF : TRAILER;
        return byte == '\r' || (is_text(byte) && byte != ' ' && byte != '\t');
    case TRAILER:
        if (byte == '\r') c->state = TRAILER_LF;
        return (byte == '\r' || is_text(byte)) && c->line <= TRAILERS_MAX;
    case TRAILER_LF: c->state = TRAILER_START; return byte == '\n';
    default: *ret_done = byte == '\n'; return byte == '\n';
    }
}

int mr_http_chunks_read(struct mr_http_chunks *c, mr_str in, mr_buf *body, size_t *ret_used, bool *ret_done)
{
    size_t i = 0;
    *ret_done = false;
    while (i < in.len && !*ret_done) {
        if (c->state != DATA) {
            if (!read_byte(c, in.ptr[i++], ret_done)) return 400;
            if (c->state == DATA && c->left > body->max - body->len) return 413; /* before any of it is kept */
            continue;
        }
        size_t n = in.len - i < c->left ? in.len - i : (size_t)c->left;
        mr_buf_put(body, mr_str_make(in.ptr + i, n));
        if (mr_buf_failed(body)) return 413;
        i += n;
        c->left -= n;
        if (c->left == 0) c->state = DATA_CR;
    }
    *ret_used = i;
    return 0;
}
