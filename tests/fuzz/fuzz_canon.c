/* The canonical form does not depend on the order of quads, on the numbers of blank nodes, or on quads that stand there twice; and its map renames
 * the nodes to distinct identifiers. The input is a graph: a seed for the shuffling, then four octets a quad.
 *
 * With blank nodes as graph names, RDFC-1.0 itself does not promise the first: Hash Related Blank Node (4.7) tells where the other node stands
 * in a quad, but then no longer where the node itself does. `_:x p _:a _:b . _:y p _:b _:a .` with something else said of x is the
 * smallest case; other implementations depend on the order there, too. So only the rest is checked of such graphs. */
#include "base/limits.h"
#include "rdf/canon.h"
#include "rdf/nquads.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_QUADS 60
#define NODES 10

static const mr_term iris[] = {{.kind = MR_TERM_IRI, .text = MR_STR_INIT("urn:a")},
                               {.kind = MR_TERM_IRI, .text = MR_STR_INIT("urn:b")}};
static const mr_term literal = {
    .kind = MR_TERM_LITERAL, .text = MR_STR_INIT("\"\n"), .datatype = MR_STR_INIT(MR_XSD "string")};

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static const mr_term *resource(const mr_term *const *nodes, uint8_t octet)
{
    return octet % 16 < NODES ? nodes[octet % 16] : &iris[octet % 2];
}

/* The quads with the nodes given, in the order of the input; `twice`: each of them once more. */
static void make(mr_dataset *ds, const mr_term *const *nodes, const uint8_t *data, size_t count, bool twice)
{
    for (size_t i = 0; i < count * (twice ? 2 : 1); i++) {
        const uint8_t *q = data + i % count * 4;
        const mr_term *object = q[2] % 32 == 31 ? &literal : resource(nodes, q[2]);
        const mr_term *graph = q[3] % 4 ? NULL : resource(nodes, q[3] / 4);
        need(mr_dataset_add(ds, resource(nodes, q[0]), &iris[q[1] % 2], object, graph, NULL, NULL) == MR_OK);
    }
}

static bool has_blank_graph(const mr_dataset *ds)
{
    for (size_t i = 0; i < ds->count; i++)
        if (ds->quads[i].graph && ds->quads[i].graph->kind == MR_TERM_BLANK) return true;
    return false;
}

static void shuffle(mr_dataset *ds, uint8_t seed)
{
    uint32_t state = seed;
    for (size_t i = ds->count; i > 1; i--) {
        state = state * 1664525 + 1013904223;
        size_t other = (state >> 8) % i;
        mr_quad swap = ds->quads[i - 1];
        ds->quads[i - 1] = ds->quads[other], ds->quads[other] = swap;
    }
}

static void check_map(const mr_dataset *ds, const mr_str *map)
{
    for (uint32_t i = 0; i < ds->blank_count; i++)
        for (uint32_t j = 0; j < i; j++) need(!map[i].len || !mr_str_eq(map[i], map[j]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mr_arena a;
    mr_dataset one, other;
    mr_buf first, second;
    const mr_term *nodes[NODES], *renumbered[NODES];
    const mr_str *map;
    mr_canon_options options = {.budget = 3000};
    size_t count = size < 5 ? 0 : (size - 1) / 4;
    if (!count) return 0;
    if (count > MOST_QUADS) count = MOST_QUADS;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&first, MR_MIB);
    mr_buf_init(&second, MR_MIB);
    mr_dataset_init(&one, &a);
    mr_dataset_init(&other, &a);
    for (size_t i = 0; i < NODES; i++) {
        need((nodes[i] = mr_dataset_new_blank(&one)) != NULL);
        need((renumbered[(i * 3 + data[0]) % NODES] = mr_dataset_new_blank(&other)) != NULL);
    }
    make(&one, nodes, data + 1, count, false);
    make(&other, renumbered, data + 1, count, data[0] % 2);
    shuffle(&other, data[0]);
    int code = mr_rdf_canonicalise(&a, &one, &options, &first, &map, NULL);
    need(code == MR_OK || code == MR_E_LIMIT);
    if (code == MR_OK) check_map(&one, map);
    if (code == MR_OK && mr_rdf_canonicalise(&a, &other, &options, &second, NULL, NULL) == MR_OK)
        need(has_blank_graph(&one) || mr_str_eq(mr_buf_str(&first), mr_buf_str(&second)));
    mr_buf_done(&first);
    mr_buf_done(&second);
    mr_arena_done(&a);
    return 0;
}
