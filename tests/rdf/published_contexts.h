/* The published contexts among the official data, for tests that hold ours against them. */
#ifndef MR_PUBLISHED_CONTEXTS_H
#define MR_PUBLISHED_CONTEXTS_H

#include "json/json.h"
#include "testing.h"

#define EDC_CONTEXT "http://data.europa.eu/snb/model/context/edc-ap"

/* The list of what there is: an array of objects with "url" and "file". */
static inline const mr_json *published_index(mr_arena *a)
{
    const mr_json *index;
    struct mr_err err = {0};
    mr_str text = test_read_file(a, test_path(a, test_suites(), "contexts/index.json"));
    assert_ok(mr_json_parse(a, text, NULL, &index, &err), err);
    return index;
}

/* The published text of a context, or nothing. */
static inline mr_str published_context(mr_arena *a, mr_str iri)
{
    if (mr_str_is(iri, EDC_CONTEXT))
        return test_read_file(a, test_path(a, test_elm(), "context/edc-ap-context.jsonld"));
    MR_JSON_EACH (entry, published_index(a)) {
        if (!mr_str_eq(mr_json_get_str(entry, "url"), iri)) continue;
        mr_str file = mr_json_get_str(entry, "file");
        return test_read_file(a, mr_arena_format(a, "%s/contexts/%.*s", test_suites(), MR_STR_ARG(file)).ptr);
    }
    return MR_STR_EMPTY;
}

#endif
