/* Whatever is read can be written and read again, to the same values; the canonical form is its own canonical form;
 * every node is found at its pointer; every fault has a place inside the text. */
#include "base/limits.h"
#include "json/write.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_POINTERS 200 /* nodes looked up, so that large inputs do not take minutes */

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void check_same(const mr_json *a, const mr_json *b)
{
    need(a->skip == b->skip);
    for (uint32_t i = 0; i < a->skip; i++) {
        need(a[i].type == b[i].type && a[i].len == b[i].len && a[i].skip == b[i].skip);
        bool text = a[i].type == MR_JSON_STRING || a[i].type == MR_JSON_NUMBER;
        need(!text || mr_str_eq(mr_json_text(&a[i]), mr_json_text(&b[i])));
    }
}

static void check_writing(mr_arena *a, const mr_json *root, uint8_t indent)
{
    mr_buf out;
    mr_json_writer w;
    const mr_json *again;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &out, indent);
    mr_json_put_value(&w, root);
    need(!mr_buf_failed(&out));
    need(mr_json_parse(a, mr_buf_str(&out), NULL, &again, NULL) == MR_OK);
    check_same(root, again);
    mr_buf_done(&out);
}

static void check_canonical(mr_arena *a, const mr_json *root, const mr_json_options *options)
{
    mr_buf first, second;
    struct mr_err err;
    const mr_json *again;
    mr_buf_init(&first, MR_LIMIT_DOCUMENT);
    mr_buf_init(&second, MR_LIMIT_DOCUMENT);
    if (mr_json_canonicalise(root, &first, &err) == MR_OK) {
        need(mr_json_parse(a, mr_buf_str(&first), options, &again, NULL) == MR_OK);
        need(mr_json_canonicalise(again, &second, NULL) == MR_OK);
        need(mr_str_eq(mr_buf_str(&first), mr_buf_str(&second)));
    } else {
        need(err.code == MR_E_JSON);
    }
    mr_buf_done(&first);
    mr_buf_done(&second);
}

static void check_number(const mr_json *v)
{
    int64_t whole;
    double value;
    bool is_whole = mr_json_to_int64(v, &whole);
    if (mr_json_to_double(v, &value)) {
        need(isfinite(value));
        need(!is_whole || value == (double)whole);
    } else {
        need(!is_whole);
    }
}

static void check_pointer(const mr_json *root, const mr_json *node)
{
    char pointer[8192];
    mr_json_pointer(root, node, pointer, sizeof pointer);
    size_t len = strlen(pointer);
    if (len > sizeof pointer / 2) return; /* perhaps cut */
    const mr_json *found = mr_json_find(root, mr_str_make(pointer, len));
    need(found == node || found == node + 1); /* the pointer of a name is that of its value */
}

/* Pointers are C strings, in which such names cannot stand. */
static bool any_nul_in_names(const mr_json *v)
{
    for (uint32_t i = 0; i < v->skip; i++)
        if (v[i].type == MR_JSON_STRING && v[i].len && memchr(v[i].ptr, 0, v[i].len)) return true;
    return false;
}

static void check_nodes(const mr_json *root)
{
    bool nul = any_nul_in_names(root);
    for (uint32_t i = 0; i < root->skip && i < MOST_POINTERS; i++) {
        if (!nul) check_pointer(root, root + i);
        if (root[i].type == MR_JSON_NUMBER) check_number(root + i);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const mr_json_options lenient = {.allow_duplicates = true, .max_depth = 300};
    mr_arena a;
    struct mr_err err;
    const mr_json *root, *other;
    mr_str text = mr_str_make((const char *)data, size);
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_json_parse(&a, text, NULL, &root, &err) == MR_OK) {
        need(mr_utf8_check(text) == size);
        check_nodes(root);
        check_writing(&a, root, 0);
        check_writing(&a, root, 2);
        check_canonical(&a, root, NULL);
    } else {
        size_t line, column;
        need(err.code != MR_OK && err.position <= size);
        mr_json_place(text, err.position, &line, &column);
        need(line >= 1 && column >= 1);
        need(memchr(err.pointer, 0, sizeof err.pointer) && memchr(err.detail, 0, sizeof err.detail));
    }
    if (mr_json_parse(&a, text, &lenient, &other, &err) == MR_OK) check_canonical(&a, other, &lenient);
    mr_arena_done(&a);
    return 0;
}
