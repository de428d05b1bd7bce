/* What the files of context processing share. Private to the layer. */
#ifndef MR_RDF_CONTEXT_INSIDE_H
#define MR_RDF_CONTEXT_INSIDE_H

#include "rdf/context.h"

/* A context document that somebody may name. */
typedef struct mr_named_context {
    mr_str iri;
    const mr_json *context; /* the value of its "@context"; NULL: it has none */
    bool trusted;           /* built in: its scoped contexts were validated when Merit was built */
    struct mr_named_context *next;
} mr_named_context;

/* How a local context is applied: what the algorithm hands down (JSON-LD 1.1 API 4.1.2). */
typedef struct mr_context_work {
    mr_contexts *cs;
    mr_arena *a; /* of what is made */
    mr_str base; /* of relative context IRIs */
    const struct mr_remote {
        mr_str iri;
        const struct mr_remote *outer;
    } * remote; /* the contexts by whose names this one was reached */
    uint32_t depth;
    bool override, propagate;
    bool validating; /* a scoped context is tried out: nothing is remembered, and no named context entered twice */
    bool borrowed;   /* the local context is part of a document: it is copied before anything points into it */
    bool trusted;    /* scoped contexts need no validation */
    struct mr_err *err;
} mr_context_work;

/* An active context that is being made: a copy of another, to get terms of its own. */
int mr_context_copy(const mr_context_work *w, const mr_context *from, mr_context **ret) MR_MUST_CHECK;
/* Put a definition, in the place of one of the same term. */
int mr_context_put(const mr_context_work *w, mr_context *c, const mr_definition *d) MR_MUST_CHECK;
void mr_context_remove(mr_context *c, mr_str term);

/* The named context of an IRI, read at its first use; *ret NULL when there is none. */
int mr_contexts_find(mr_contexts *cs, mr_str iri, const mr_named_context **ret, struct mr_err *err) MR_MUST_CHECK;
/* For what is forgotten at once. */
mr_arena *mr_contexts_scratch(mr_contexts *cs);

/* Apply a local context, or each of an array (4.1.2). */
int mr_context_process(const mr_context_work *w, const mr_context *active, const mr_json *local,
                       const mr_context **ret) MR_MUST_CHECK;
/* Create the term definitions of a local context (4.1.2 step 5.13), in a context that is being made. */
int mr_context_define(const mr_context_work *w, mr_context *c, const mr_json *local) MR_MUST_CHECK;

/* IRI expansion with the local context that is being defined, whose terms are defined first when the value needs them (5.2.2 with "local context" and
 * "defined"). defining NULL: without. */
struct mr_defining;
int mr_context_expand(mr_arena *a, const mr_context *c, struct mr_defining *defining, mr_str value, bool vocab,
                      bool document_relative, mr_str *ret, mr_keyword *ret_keyword, struct mr_err *err) MR_MUST_CHECK;
/* Define a term of the local context unless that is done; nothing when it has no such term. */
int mr_context_define_term(struct mr_defining *defining, mr_str term) MR_MUST_CHECK;

/* MR_E_JSONLD with the standard's error code, and the term or IRI it is about. */
#define MR_JSONLD_FAIL(err, code, what)                                                                                \
    MR_FAIL_DETAIL((err), MR_E_JSONLD, (code), "%.*s", (int)((what).len < 150 ? (what).len : 150),                     \
                   (what).ptr ? (what).ptr : "")

#endif
