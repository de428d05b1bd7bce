/* Holding shapes against data that are parsed already, operations in a second of the processor:
 *
 *   bench_shacl DATA.nq SHAPES.ttl...
 *
 * "elm" is validation with shapes compiled once, "compile" compiles them each time; "results" is how many results there are. */
#include "bench.h"
#include "base/file.h"
#include "base/limits.h"
#include "rdf/nquads.h"
#include "rdf/shacl.h"
#include "rdf/turtle.h"

struct input {
    mr_dataset data, graph;
    const mr_shapes *shapes; /* NULL: compile */
    mr_arena memory;         /* of one operation */
    size_t results;
};

static void work(void *self, size_t turn)
{
    struct input *in = self;
    const mr_shapes *shapes = in->shapes;
    mr_shacl_report report;
    (void)turn;
    mr_arena_reset(&in->memory);
    if (!shapes) BENCH_NEED(mr_shapes_compile(&in->memory, &in->graph, &shapes, NULL) == MR_OK);
    BENCH_NEED(mr_shacl_validate(&in->memory, shapes, &in->data, 0, &report, NULL) == MR_OK);
    BENCH_NEED(report.count == in->results);
}

int main(int argc, char **argv)
{
    static struct input in;
    mr_arena memory;
    mr_str text;
    mr_shacl_report report;
    BENCH_NEED(argc >= 3);
    mr_arena_init(&memory, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&in.memory, MR_LIMIT_DOCUMENT_MEMORY);
    mr_dataset_init(&in.data, &memory);
    mr_dataset_init(&in.graph, &memory);
    BENCH_NEED(mr_file_read(&memory, argv[1], MR_LIMIT_DOCUMENT, &text, NULL) == MR_OK);
    BENCH_NEED(mr_nquads_parse(&in.data, text, NULL) == MR_OK);
    for (int i = 2; i < argc; i++) {
        BENCH_NEED(mr_file_read(&memory, argv[i], MR_LIMIT_DOCUMENT, &text, NULL) == MR_OK);
        BENCH_NEED(mr_turtle_parse(&in.graph, text, mr_str_of("http://shapes.example/"), NULL) == MR_OK);
    }
    BENCH_NEED(mr_shapes_compile(&memory, &in.graph, &in.shapes, NULL) == MR_OK);
    BENCH_NEED(mr_shacl_validate(&memory, in.shapes, &in.data, 0, &report, NULL) == MR_OK);
    in.results = report.count;
    fprintf(stderr, "%zu quads, %zu quads of shapes, %zu results\n", in.data.count, in.graph.count, in.results);
    printf("results %zu\n", in.results);
    bench_alone("elm", work, &in, 1);
    in.shapes = NULL;
    bench_alone("compile", work, &in, 1);
    mr_arena_done(&in.memory);
    mr_arena_done(&memory);
    return 0;
}
