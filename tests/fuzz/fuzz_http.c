/* Reads any bytes as what a client may send: a request head, a chunked body, a form, fields of a query. Never a crash; an accepted
 * head keeps the promises of its header; a chunked body is the same however its bytes are cut; parts lie inside the body. */
#include "http/chunks.h"
#include "http/head.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds) abort();
}

static void read_head(mr_arena *a, mr_str in)
{
    struct mr_http_head head;
    size_t scanned = 0;
    ptrdiff_t end = mr_http_head_end(in, &scanned);
    if (end <= 0 || mr_http_head_parse(a, mr_str_make(in.ptr, (size_t)end), &head) != 0) return;
    expect(head.path.len > 0 && head.path.ptr[0] == '/' && strlen(head.path.ptr) == head.path.len);
    expect(mr_utf8_check(head.path) == head.path.len && mr_str_find(head.path, MR_STR("/../")) < 0);
    expect(!head.chunked || head.length == 0);
    mr_http_request r = {
        .path = head.path, .query = head.query, .headers = head.headers, .header_count = head.header_count, .arena = a};
    mr_str value = mr_http_query(&r, "a");
    expect(mr_utf8_check(value) == value.len);
    mr_http_cookie(&r, "a");
    for (size_t i = 0; i < head.header_count; i++) {
        mr_str v = head.headers[i].value;
        expect(head.headers[i].name.len > 0);
        expect(v.len == 0 ||
               (!memchr(v.ptr, '\n', v.len) && !memchr(v.ptr, '\r', v.len) && !memchr(v.ptr, '\0', v.len)));
    }
}

/* The status, or -1 when the body goes on. */
static int read_chunks(mr_str in, size_t step, mr_buf *body, size_t *ret_used)
{
    struct mr_http_chunks c = {0};
    *ret_used = 0;
    while (*ret_used < in.len) {
        size_t left = in.len - *ret_used, used = 0;
        bool done = false;
        int status =
            mr_http_chunks_read(&c, mr_str_make(in.ptr + *ret_used, left < step ? left : step), body, &used, &done);
        if (status) return status;
        *ret_used += used;
        if (done) return 0;
    }
    return -1;
}

static void compare_chunks(mr_str in)
{
    mr_buf whole, pieces;
    size_t used, used_pieces;
    mr_buf_init(&whole, 4096);
    mr_buf_init(&pieces, 4096);
    int status = read_chunks(in, SIZE_MAX, &whole, &used), other = read_chunks(in, 1, &pieces, &used_pieces);
    expect(status == other);
    if (status <= 0) expect(used == used_pieces && mr_str_eq(mr_buf_str(&whole), mr_buf_str(&pieces)));
    mr_buf_done(&whole);
    mr_buf_done(&pieces);
}

static void read_form(mr_arena *a, mr_str in)
{
    const struct mr_http_header type = {MR_STR("Content-Type"), MR_STR("multipart/form-data; boundary=b")};
    const mr_http_request r = {.body = in, .headers = &type, .header_count = 1, .arena = a};
    struct mr_http_part *parts = NULL;
    size_t count = 0;
    if (mr_http_parts(&r, &parts, &count, NULL) != MR_OK) return;
    expect(count <= 64);
    for (size_t i = 0; i < count; i++) {
        mr_str c = parts[i].content, f = parts[i].file_name;
        expect(c.len == 0 || (c.ptr >= in.ptr && c.ptr + c.len <= in.ptr + in.len));
        expect(mr_str_find(c, MR_STR("\r\n--b\r\n")) < 0);
        expect(mr_utf8_check(f) == f.len && mr_str_find_char(f, '/') < 0 && mr_str_find_char(f, '\\') < 0);
        expect(mr_utf8_check(parts[i].name) == parts[i].name.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mr_str in = mr_str_make((const char *)data, size);
    mr_arena a;
    mr_arena_init(&a, 16 << 20);
    read_head(&a, in);
    compare_chunks(in);
    read_form(&a, in);
    mr_arena_done(&a);
    return 0;
}
