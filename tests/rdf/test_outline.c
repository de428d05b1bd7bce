/* Outlines give what converting each document gives, whatever its texts, and are left aside where they would not. */
#include "rdf/outline.h"

#include "base/limits.h"
#include "rdf/nquads.h"
#include "testing.h"

#define CONTEXT                                                                                                        \
    "{\"@context\":{\"@vocab\":\"http://v/\",\"p\":\"http://p/"                                                        \
    "\",\"link\":{\"@type\":\"@id\"},\"word\":{\"@type\":\"@vocab\"},"                                                 \
    "\"day\":{\"@type\":\"http://v/date\"},\"texts\":{\"@container\":\"@language\"},\"data\":{\"@type\":\"@json\"},"   \
    "\"list\":{\"@container\":\"@list\"}},"

struct world {
    mr_arena a;
    mr_contexts *contexts;
    mr_outlines *outlines;
};

static void open_world(struct world *w)
{
    struct mr_err err = {0};
    mr_arena_init(&w->a, 256 * MR_MIB);
    assert_ok(mr_contexts_open(&w->contexts, &err), err);
    assert_ok(mr_outlines_open(&w->a, &w->outlines, &err), err);
}

static void close_world(struct world *w)
{
    mr_outlines_close(w->outlines);
    mr_contexts_close(w->contexts);
    mr_arena_done(&w->a);
}

/* What it gives: N-Quads, or the name of the error. *ret_filled: an outline was filled in. */
static mr_str convert(struct world *w, mr_outlines *outlines, const char *text, bool *ret_filled)
{
    struct mr_err err = {0};
    const mr_json *document;
    mr_dataset ds;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const mr_jsonld_options options = {.contexts = w->contexts, .safe = true};
    mr_buf_init(&out, MR_MIB);
    mr_dataset_init(&ds, &w->a);
    assert_ok(mr_json_parse(&w->a, mr_str_of(text), NULL, &document, &err), err);
    int code = outlines ? mr_outlines_to_rdf(outlines, document, &options, &ds, &err)
                        : mr_jsonld_to_rdf(document, &options, &ds, &err);
    if (code != MR_OK) return mr_arena_format(&w->a, "%s: %s", mr_code_name(code), err.message);
    *ret_filled = ds.count && !ds.quads[0].origin;
    assert_ok(mr_nquads_write(&ds, &out, &err), err);
    return mr_arena_dup(&w->a, mr_buf_str(&out));
}

/* Documents one after the other, and which of them are filled in ('f') and which are converted ('c'). */
static void test_outline__gives_what_converting_gives(void **state)
{
    static const struct {
        const char *what, *documents[8], *filled;
    } cases[] = {
        {"texts",
         {CONTEXT "\"name\":\"Ana\"}", CONTEXT "\"name\":\"Eva\"}", CONTEXT "\"name\":\"\"}",
          CONTEXT "\"name\":\"a \\\"b\\\" \\n ~ \\u00e9 @id _:b http://x/\"}"},
         "ccff"},
        {"two that vary by and by",
         {CONTEXT "\"name\":\"A\",\"rest\":\"x\"}", CONTEXT "\"name\":\"B\",\"rest\":\"x\"}",
          CONTEXT "\"name\":\"C\",\"rest\":\"y\"}", CONTEXT "\"name\":\"A\",\"rest\":\"z\"}"},
         "cccf"},
        {"the same text in two places",
         {CONTEXT "\"@id\":\"urn:a:1\",\"link\":\"urn:a:1\"}", CONTEXT "\"@id\":\"urn:a:2\",\"link\":\"urn:a:2\"}",
          CONTEXT "\"@id\":\"urn:a:3\",\"link\":\"urn:a:4\"}"},
         "ccf"},
        {"what is an IRI only by its beginning",
         {CONTEXT "\"link\":\"urn:a:1\"}", CONTEXT "\"link\":\"urn:a:2\"}", CONTEXT "\"link\":\"p:x\"}",
          CONTEXT "\"link\":\"_:x\"}", CONTEXT "\"link\":\"relative\"}", CONTEXT "\"link\":\"urn:no iri\"}",
          CONTEXT "\"link\":\"urn://x\"}", CONTEXT "\"link\":\"urn:x\"}"},
         "cccccccf"},
        {"compact IRIs never",
         {CONTEXT "\"link\":\"p:1\"}", CONTEXT "\"link\":\"p:2\"}", CONTEXT "\"link\":\"p:3\"}",
          CONTEXT "\"link\":\"p://3\"}"},
         "cccc"},
        {"words of a vocabulary never",
         {CONTEXT "\"word\":\"day\"}", CONTEXT "\"word\":\"link\"}", CONTEXT "\"word\":\"other\"}"},
         "ccc"},
        {"types never", {CONTEXT "\"@type\":\"A\"}", CONTEXT "\"@type\":\"B\"}", CONTEXT "\"@type\":\"C\"}"}, "ccc"},
        {"JSON never",
         {CONTEXT "\"data\":{\"a\":\"1\"}}", CONTEXT "\"data\":{\"a\":\"2\"}}", CONTEXT "\"data\":{\"a\":\"3\"}}"},
         "ccc"},
        {"languages never",
         {CONTEXT "\"name\":{\"@value\":\"a\",\"@language\":\"en\"}}",
          CONTEXT "\"name\":{\"@value\":\"a\",\"@language\":\"da\"}}",
          CONTEXT "\"name\":{\"@value\":\"a\",\"@language\":\"sv\"}}"},
         "ccc"},
        {"names of members never",
         {CONTEXT "\"texts\":{\"en\":\"a\"}}", CONTEXT "\"texts\":{\"da\":\"a\"}}",
          CONTEXT "\"texts\":{\"da\":\"b\"}}"},
         "ccc"},
        {"numbers and words make another outline",
         {CONTEXT "\"n\":1,\"x\":\"a\"}", CONTEXT "\"n\":1,\"x\":\"b\"}", CONTEXT "\"n\":2,\"x\":\"c\"}",
          CONTEXT "\"n\":1,\"x\":\"d\"}", CONTEXT "\"n\":2,\"x\":\"e\"}", CONTEXT "\"n\":2,\"x\":\"f\"}",
          CONTEXT "\"n\":true,\"x\":\"f\"}"},
         "cccfcfc"},
        {"datatypes, lists, blank nodes",
         {CONTEXT "\"day\":\"1\",\"list\":[\"a\",{\"in\":\"b\"}]}",
          CONTEXT "\"day\":\"2\",\"list\":[\"c\",{\"in\":\"d\"}]}",
          CONTEXT "\"day\":\"3\",\"list\":[\"e\",{\"in\":\"f\"}]}", CONTEXT "\"day\":\"3\",\"list\":[\"e\"]}"},
         "ccfc"},
        {"the mark of an outline",
         {CONTEXT "\"x\":\"~outline-mark-1~\",\"y\":\"a\"}", CONTEXT "\"x\":\"~outline-mark-1~\",\"y\":\"b\"}",
          CONTEXT "\"x\":\"~outline-mark-1~\",\"y\":\"c\"}"},
         "ccc"},
        {"what a signature would not cover",
         {CONTEXT "\"@id\":\"urn:a:1\",\"x\":\"a\"}", CONTEXT "\"@id\":\"urn:a:2\",\"x\":\"b\"}",
          CONTEXT "\"@id\":\"a\",\"x\":\"c\"}", CONTEXT "\"@id\":\"urn:a:3\",\"x\":\"d\"}"},
         "cccf"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world w;
        open_world(&w);
        for (size_t k = 0; cases[i].filled[k]; k++) {
            bool filled = false, unused;
            mr_str got = convert(&w, w.outlines, cases[i].documents[k], &filled);
            mr_str want = convert(&w, NULL, cases[i].documents[k], &unused);
            if (!mr_str_eq(got, want) || filled != (cases[i].filled[k] == 'f'))
                fail_msg("%s, document %zu, filled in: %d\n%.*s\nwanted\n%.*s", cases[i].what, k + 1, filled,
                         MR_STR_ARG(got), MR_STR_ARG(want));
        }
        close_world(&w);
    }
}

/* More kinds of documents than are remembered: all are converted, and none is mistaken for another. */
static void test_outline__many_kinds(void **state)
{
    struct world w;
    (void)state;
    open_world(&w);
    for (int i = 0; i < 200; i++) {
        bool filled = false, unused;
        mr_str text = mr_arena_format(&w.a, CONTEXT "\"m%d\":\"text %d\"}", i % 9, i);
        mr_str got = convert(&w, w.outlines, text.ptr, &filled), want = convert(&w, NULL, text.ptr, &unused);
        if (!mr_str_eq(got, want)) fail_msg("%.*s\nwanted\n%.*s", MR_STR_ARG(got), MR_STR_ARG(want));
        assert_int_equal(filled, i % 9 < 4 && i >= 18);
    }
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outline__gives_what_converting_gives),
        cmocka_unit_test(test_outline__many_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
