/* Documents of JSON-LD with their contexts inside. An error has a place within the text or none; the expanded form is its own expanded form; what is
 * accepted for signing says the same as it does without that care; what is canonical can be read again; what is compacted is JSON, and with an
 * empty context means the same. */
#include "base/limits.h"
#include "rdf/canon.h"
#include "rdf/jsonld.h"
#include "rdf/nquads.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE "http://example.eu/folder/document?query"

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

/* One input: everything about it in one arena. */
struct input {
    mr_arena *a;
    const mr_json *root;
    size_t size;
    mr_jsonld_options options;
};

static bool is_ok(const struct input *in, int code, const struct mr_err *err)
{
    if (code == MR_OK) return true;
    need(err->code == (mr_code)code && err->message);
    need(err->position == MR_NOWHERE || err->position <= in->size);
    need(memchr(err->pointer, 0, sizeof err->pointer) && memchr(err->detail, 0, sizeof err->detail));
    return false;
}

/* ---- expansion ---- */

/* What the standard drops from a graph that is written as one, but not from the values of a term with a graph container. */
static bool any_floating(const mr_expanded_items *graph)
{
    for (const mr_expanded *v = graph->first; v; v = v->next)
        if (v->kind != MR_EXPANDED_NODE || !(v->node.type_count || v->in_array || v->node.properties ||
                                             v->node.reverse || v->has_graph || v->has_included || v->has_index))
            return true;
    return false;
}

static bool any_unstable(const mr_expanded_items *items);

static bool any_unstable_value(const mr_expanded_property *first)
{
    for (const mr_expanded_property *p = first; p; p = p->next)
        if (any_unstable(&p->values)) return true;
    return false;
}

/* Is there anything that the standard itself does not keep when it is expanded again? Such is also an identifier that looked like a keyword: it is null, and
 * null is no identifier to read. */
static bool any_unstable(const mr_expanded_items *items)
{
    for (const mr_expanded *v = items->first; v; v = v->next) {
        if (v->kind == MR_EXPANDED_LIST && any_unstable(&v->list)) return true;
        if (v->kind != MR_EXPANDED_NODE) continue;
        if ((v->has_id && !v->node.id.ptr) || any_floating(&v->node.graph)) return true;
        if (any_unstable(&v->node.graph) || any_unstable(&v->node.included)) return true;
        if (any_unstable_value(v->node.properties) || any_unstable_value(v->node.reverse)) return true;
    }
    return false;
}

static bool write_expanded(mr_arena *a, const mr_expanded_items *items, mr_buf *out)
{
    struct mr_err err;
    mr_json_writer w;
    mr_json_writer_init(&w, out, 0);
    int code = mr_expanded_write(a, items, &w, &err);
    need(code == MR_OK || code == MR_E_LIMIT || code == MR_E_NOMEM);
    return code == MR_OK;
}

static void check_idempotence(const struct input *in, mr_str text)
{
    mr_buf again;
    struct mr_err err;
    const mr_json *root;
    mr_expanded_items items;
    mr_jsonld_options options = in->options;
    options.base = MR_STR_EMPTY; /* what is relative now stays so */
    mr_buf_init(&again, MR_LIMIT_DOCUMENT);
    need(mr_json_parse(in->a, text, NULL, &root, &err) == MR_OK);
    int code = mr_jsonld_expand(in->a, root, &options, &items, &err);
    need(code == MR_OK || code == MR_E_LIMIT || code == MR_E_NOMEM);
    if (code == MR_OK && write_expanded(in->a, &items, &again)) need(mr_str_eq(text, mr_buf_str(&again)));
    mr_buf_done(&again);
}

static void check_expansion(const struct input *in)
{
    mr_buf text;
    struct mr_err err;
    mr_expanded_items items;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    if (is_ok(in, mr_jsonld_expand(in->a, in->root, &in->options, &items, &err), &err) && !any_unstable(&items) &&
        write_expanded(in->a, &items, &text))
        check_idempotence(in, mr_buf_str(&text));
    mr_buf_done(&text);
}

/* ---- RDF ---- */

/* The canonical N-Quads; ret->ptr NULL when there are none. */
static bool canonical(const struct input *in, const mr_json *root, bool safe, mr_str *ret)
{
    mr_buf out;
    mr_dataset ds;
    struct mr_err err;
    mr_jsonld_options options = in->options;
    options.safe = safe;
    *ret = MR_STR_EMPTY;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_dataset_init(&ds, in->a);
    bool ok = is_ok(in, mr_jsonld_to_rdf(root, &options, &ds, &err), &err);
    if (ok) {
        int code = mr_rdf_canonicalise(in->a, &ds, NULL, &out, NULL, &err);
        need(code == MR_OK || code == MR_E_LIMIT || code == MR_E_NOMEM);
        if (code == MR_OK) *ret = mr_arena_dup(in->a, mr_buf_str(&out));
    }
    mr_buf_done(&out);
    return ok;
}

static void check_nquads(const struct input *in, mr_str text)
{
    mr_buf again;
    mr_dataset ds;
    struct mr_err err;
    mr_buf_init(&again, MR_LIMIT_DOCUMENT);
    mr_dataset_init(&ds, in->a);
    int code = mr_nquads_parse(&ds, text, &err);
    need(code == MR_OK || code == MR_E_NOMEM);
    if (code == MR_OK && mr_rdf_canonicalise(in->a, &ds, NULL, &again, NULL, &err) == MR_OK)
        need(mr_str_eq(text, mr_buf_str(&again)));
    mr_buf_done(&again);
}

/* ---- compaction ---- */

/* The compacted form, read again; NULL when there is none. */
static const mr_json *compact(const struct input *in, const mr_json *context)
{
    mr_buf out;
    mr_json_writer w;
    struct mr_err err;
    const mr_json *root = NULL;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &out, 0);
    if (is_ok(in, mr_jsonld_compact(in->a, in->root, context, &in->options, &w, &err), &err)) {
        mr_str text = mr_arena_dup(in->a, mr_buf_str(&out));
        int code = text.ptr ? mr_json_parse(in->a, text, NULL, &root, &err) : MR_E_NOMEM;
        need(code == MR_OK || code == MR_E_NOMEM || code == MR_E_LIMIT);
        if (code != MR_OK) root = NULL;
    }
    mr_buf_done(&out);
    return root;
}

/* A lone graph without a name: compacted, it cannot be told from a document that is written as a graph. */
static bool is_lone_graph(const struct input *in)
{
    struct mr_err err;
    mr_expanded_items items;
    if (mr_jsonld_expand(in->a, in->root, &in->options, &items, &err) != MR_OK || items.count != 1) return false;
    const mr_expanded *v = items.first;
    return v->kind == MR_EXPANDED_NODE && v->has_graph && !v->has_id && !v->node.type_count && !v->node.properties &&
           !v->node.reverse && !v->has_included;
}

static void check_compaction(const struct input *in, mr_str safe_text)
{
    struct mr_err err;
    mr_str text;
    const mr_json *empty, *own = mr_json_get(in->root, "@context");
    if (own) (void)compact(in, own);
    if (mr_json_parse(in->a, MR_STR("{}"), NULL, &empty, &err) != MR_OK) return;
    const mr_json *root = compact(in, empty);
    if (!root || !safe_text.ptr || is_lone_graph(in)) return;
    if (canonical(&(struct input){in->a, root, SIZE_MAX, in->options}, root, false, &text) && text.ptr)
        need(mr_str_eq(text, safe_text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mr_arena a;
    struct mr_err err;
    mr_str plain, safe;
    struct input in = {.a = &a, .size = size, .options = {.base = MR_STR(BASE)}};
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_json_parse(&a, mr_str_make((const char *)data, size), NULL, &in.root, &err) == MR_OK &&
        mr_contexts_open(&in.options.contexts, &err) == MR_OK) {
        check_expansion(&in);
        bool plain_ok = canonical(&in, in.root, false, &plain), safe_ok = canonical(&in, in.root, true, &safe);
        need(plain_ok || !safe_ok);
        if (plain.ptr && safe.ptr) need(mr_str_eq(plain, safe));
        if (plain.ptr) check_nquads(&in, plain);
        check_compaction(&in, safe);
        mr_contexts_close(in.options.contexts);
    }
    mr_arena_done(&a);
    return 0;
}
