/* A local context, applied to the initial one. An error has a place within the text or none; applied once more it gives the same; a document that is
 * expanded and compacted with it gives JSON, or an error of JSON-LD. */
#include "base/limits.h"
#include "rdf/jsonld.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Something for each kind of definition. */
static const char document[] =
    "{\"@id\":\"http://example.eu/"
    "1\",\"@type\":[\"Type\",\"t\"],\"a\":\"x\",\"b\":[1,true,\"y\"],\"c\":{\"en\":\"z\",\"@none\":\"w\"},"
    "\"d\":{\"@id\":\"e:1\",\"a\":{\"@list\":[\"q\",[\"r\"]]}},\"e\":{\"@value\":\"v\",\"@language\":\"da\"},"
    "\"f\":{\"@graph\":[{\"a\":\"g\"}]},\"n\":{\"a\":\"nested\"},\"e:f\":{\"i\":{\"@id\":\"j\",\"@type\":\"Type\"}},"
    "\"@reverse\":{\"r\":{\"@id\":\"k\"}},\"http://example.eu/ns#p\":[{\"@value\":{\"a\":[1]},\"@type\":\"@json\"}]}";

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void check_error(int code, const struct mr_err *err, size_t size)
{
    if (code == MR_OK) return;
    need(err->code == (mr_code)code && err->message);
    need(err->position == MR_NOWHERE || err->position <= size);
}

static void check_applying(mr_contexts *cs, const mr_json *local, size_t size)
{
    struct mr_err err;
    const mr_context *initial, *once, *twice;
    mr_contexts_begin(cs);
    if (mr_context_initial(cs, MR_STR("http://example.eu/"), 11, &initial, &err) != MR_OK) return;
    int code = mr_context_apply(cs, initial, local, MR_STR("http://example.eu/"), false, true, &once, &err);
    check_error(code, &err, size);
    int again = mr_context_apply(cs, initial, local, MR_STR("http://example.eu/"), false, true, &twice, &err);
    need(code == again);
    if (code == MR_OK) need(once->count == twice->count && mr_str_eq(once->vocab, twice->vocab));
}

static void check_expanding(mr_arena *a, const mr_json *root, const mr_jsonld_options *options)
{
    mr_buf out;
    mr_json_writer w;
    struct mr_err err;
    const mr_json *again;
    mr_expanded_items items;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &out, 0);
    if (mr_jsonld_expand(a, root, options, &items, &err) == MR_OK && mr_expanded_write(a, &items, &w, &err) == MR_OK)
        need(mr_json_parse(a, mr_buf_str(&out), NULL, &again, NULL) == MR_OK);
    mr_buf_done(&out);
}

static void check_compacting(mr_arena *a, const mr_json *root, const mr_json *local, const mr_jsonld_options *options)
{
    mr_buf out;
    mr_json_writer w;
    struct mr_err err;
    const mr_json *again;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &out, 0);
    if (mr_jsonld_compact(a, root, local, options, &w, &err) == MR_OK) {
        int code = mr_json_parse(a, mr_buf_str(&out), NULL, &again, &err);
        need(code == MR_OK || code == MR_E_LIMIT);
    }
    mr_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mr_arena a;
    struct mr_err err;
    const mr_json *local, *root;
    mr_jsonld_options options = {.base = MR_STR("http://example.eu/")};
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_json_parse(&a, mr_str_make((const char *)data, size), NULL, &local, &err) == MR_OK &&
        mr_contexts_open(&options.contexts, &err) == MR_OK) {
        need(mr_json_parse(&a, MR_STR(document), NULL, &root, &err) == MR_OK);
        check_applying(options.contexts, local, size);
        options.expand_context = local;
        check_expanding(&a, root, &options);
        check_compacting(&a, root, local, &options);
        mr_contexts_close(options.contexts);
    }
    mr_arena_done(&a);
    return 0;
}
