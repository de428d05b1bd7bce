/* What a holder can show, of anything: no crash; what is listed can be shown, and what is shown can be listed again.
 *
 * An input is tried as a file and, because made-up digests fit nothing, as the insides of an SD-JWT: lines, the last as payload and the others as
 * disclosures; "$0" is the digest of the first line, and so on up to "$9". */
#include "base/encoding.h"
#include "base/limits.h"
#include "credential/disclose.h"
#include "crypto/digest.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINES = 10 };

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void list_again(mr_arena *a, mr_str shown)
{
    struct mr_err err = {0};
    struct mr_disclosable *items;
    size_t count;
    int code = mr_disclose_list(a, shown, mr_language_english(), &items, &count, &err);
    /* a document has a derived proof then, of which nothing can be shown apart */
    need(code == MR_OK || code == MR_E_NOMEM || (shown.len && shown.ptr[0] == '{'));
}

static void show(mr_arena *a, mr_str file, const struct mr_disclosing *d)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    int code = mr_disclose(a, file, d, &out, &err);
    if (code == MR_OK)
        list_again(a, mr_arena_dup(a, mr_buf_str(&out)));
    else
        need(err.code == (mr_code)code && err.message && code != MR_E_NOT_FOUND);
}

static void try_file(mr_str file)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const struct mr_disclosing all = {.all = true};
    struct mr_err err = {0};
    struct mr_disclosable *items;
    size_t count;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    int code = mr_disclose_list(&a, file, mr_language_english(), &items, &count, &err);
    if (code != MR_OK) {
        need(err.code == (mr_code)code && err.message);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        need(items[i].value.len <= MR_LIMIT_DISCLOSED_VALUE);
        need(mr_utf8_check(items[i].value) == items[i].value.len && mr_utf8_check(items[i].name) == items[i].name.len);
    }
    show(&a, file, &all);
    if (count == 0) return;
    const struct mr_disclosing one = {.show = &items[count - 1].pointer, .show_count = 1};
    show(&a, file, &one);
}

static void put_line(mr_str line, const char digests[LINES][43], size_t count, mr_buf *out)
{
    for (size_t i = 0; i < line.len; i++) {
        size_t number = i + 1 < line.len && line.ptr[i] == '$' ? (size_t)(line.ptr[i + 1] - '0') : LINES;
        if (number >= count) {
            mr_buf_putc(out, line.ptr[i]);
            continue;
        }
        mr_buf_put(out, mr_str_make(digests[number], 43));
        i++;
    }
}

static void put_digest(mr_str disclosure, char ret[43])
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    uint8_t digest[32];
    mr_buf_init(&text, MR_KIB);
    mr_sha256(disclosure, digest);
    mr_base64url_put(&text, mr_str_make((const char *)digest, sizeof digest));
    memcpy(ret, text.ptr, 43);
}

/* header.payload.signature~disclosure~ ... */
static void assemble(mr_str lines, mr_buf *out)
{
    MR_CLEANUP(mr_buf_done) mr_buf line, behind;
    char digests[LINES][43];
    size_t count = 0;
    mr_str one;
    mr_buf_init(&line, MR_MIB);
    mr_buf_init(&behind, MR_MIB);
    while (mr_str_split(&lines, '\n', &one)) {
        mr_buf_clear(&line);
        put_line(one, digests, count, &line);
        if (!lines.ptr || count == LINES) break;
        size_t before = behind.len;
        mr_base64url_put(&behind, mr_buf_str(&line));
        put_digest(mr_str_from(mr_buf_str(&behind), before), digests[count++]);
        mr_buf_putc(&behind, '~');
    }
    mr_buf_puts(out, "eyJhbGciOiJFUzI1NiIsInR5cCI6ImRjK3NkLWp3dCJ9.");
    mr_base64url_put(out, mr_buf_str(&line));
    mr_buf_puts(out, ".AAAA~");
    mr_buf_put(out, mr_buf_str(&behind));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_buf_done) mr_buf token;
    mr_str file = mr_str_make((const char *)data, size);
    mr_buf_init(&token, MR_LIMIT_DOCUMENT);
    try_file(file);
    assemble(file, &token);
    try_file(mr_buf_str(&token));
    return 0;
}
