/* JSON-LD contexts (JSON-LD 1.1 API section 4): term definitions, active contexts, and where they come from.
 *
 * Contexts are never fetched. They come from the built-in table (spec/context) and from what the program adds. An active context is a
 * table of terms, compiled once: what follows when a local context is applied to an active one is remembered, under the identity of a named
 * context or the content hash of one written in the document, so that a document of a known kind is expanded without processing any
 * context at all. Active contexts are immutable and live until mr_contexts_begin finds that too much was remembered. */
#ifndef MR_RDF_CONTEXT_H
#define MR_RDF_CONTEXT_H

#include "rdf/dataset.h"

/* The standard's error code for a context that is not built in and was not added; nothing is ever fetched. */
#define MR_JSONLD_CONTEXT_UNKNOWN "loading remote context failed"

/* JSON-LD 1.1 section 1.7. */
typedef enum mr_keyword {
    MR_KEYWORD_NONE,
#define MR_KEYWORD(name, text) MR_KEYWORD_##name,
#include "rdf/keywords.def"
#undef MR_KEYWORD
    MR_KEYWORD_COUNT
} mr_keyword;
mr_keyword mr_keyword_find(mr_str text);
mr_str mr_keyword_text(mr_keyword k);
/* "@" and ASCII letters: reserved for keywords to come (JSON-LD 1.1 API 4.1.2 step 5 and 4.2.2 step 5). */
bool mr_keyword_has_form(mr_str text);

/* @container of a term: a set of these. */
enum mr_container {
    MR_CONTAINER_GRAPH = 1,
    MR_CONTAINER_ID = 2,
    MR_CONTAINER_INDEX = 4,
    MR_CONTAINER_LANGUAGE = 8,
    MR_CONTAINER_LIST = 16,
    MR_CONTAINER_SET = 32,
    MR_CONTAINER_TYPE = 64,
};

typedef enum mr_direction { MR_DIRECTION_NULL, MR_DIRECTION_LTR, MR_DIRECTION_RTL } mr_direction;
mr_str mr_direction_text(mr_direction d); /* "ltr", "rtl"; empty for NULL */

/* What values of a term are taken for. */
typedef enum mr_coercion {
    MR_COERCE_NOTHING, /* no @type */
    MR_COERCE_ID,
    MR_COERCE_VOCAB,
    MR_COERCE_JSON,
    MR_COERCE_NONE, /* "@none" */
    MR_COERCE_DATATYPE,
} mr_coercion;

/* A term definition. Immutable; shared by all active contexts that have it. */
typedef struct mr_definition {
    mr_str term;
    uint32_t hash;     /* of the term */
    uint8_t keyword;   /* mr_keyword that the term is an alias of, or NONE */
    uint8_t coercion;  /* mr_coercion */
    uint8_t container; /* set of mr_container; 0: none */
    uint8_t direction; /* mr_direction, when has_direction */
    bool reverse, prefix, is_protected, has_language, has_direction;
    bool trusted; /* of a built-in context */
    const mr_term
        *iri; /* IRI mapping: IRI, or blank node label (kind MR_TERM_BLANK); NULL for a keyword and for "@id": null */
    const mr_term *type;    /* MR_COERCE_DATATYPE: the datatype IRI; else NULL */
    mr_str language;        /* when has_language; ptr NULL: "@language": null */
    mr_str index;           /* @index of an index map, as written; empty: none */
    mr_str nest;            /* @nest; empty: none */
    const mr_json *context; /* its scoped context, not yet applied; NULL when there is none (JSON null is a context) */
    mr_str context_base;    /* of relative IRIs in it */
} mr_definition;

/* An active context. */
typedef struct mr_context {
    const mr_definition **
        slots; /* open addressing by hash; NULL: free. A term mapped to null has a definition with neither iri nor keyword */
    uint32_t mask, count;              /* slots - 1; definitions */
    mr_str base;                       /* current base IRI; ptr NULL: none */
    mr_str vocab;                      /* vocabulary mapping; ptr NULL: none ("" is one) */
    mr_str language;                   /* default language; ptr NULL: none */
    uint8_t direction;                 /* mr_direction */
    bool has_protected;                /* some definition is protected */
    const struct mr_context *previous; /* to go back to when a node object begins; NULL: none */
    mr_str original_base;              /* the base of the document */
    uint8_t version;                   /* 10 or 11: processing mode */
    uint32_t aliases;                  /* bit per mr_keyword: some term is an alias of it */
    uint64_t alias_lengths;            /* bit per length, modulo 64, of these terms: most names are told apart by it */
    bool has_scopes;                   /* some definition has a scoped context */
    struct mr_context_steps *steps;    /* what follows from it, filled on demand */
    struct mr_inverse *inverse;        /* of compaction, made on demand */
} mr_context;

/* The definition of a term, or NULL. */
const mr_definition *mr_context_find(const mr_context *c, mr_str term);
/* Is the definition neither an IRI nor a keyword ("term": null)? */
static inline bool mr_definition_is_null(const mr_definition *d)
{
    return !d->iri && d->keyword == MR_KEYWORD_NONE;
}

/* Where contexts come from, and the cache of what was compiled. One per thread. */
typedef struct mr_contexts mr_contexts;
int mr_contexts_open(mr_contexts **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_contexts_close(mr_contexts *cs);
void mr_contexts_closep(mr_contexts **cs); /* for MR_CLEANUP */
/* Add a context document ({"@context": ...}; without one it is refused when it is named); it stands before a built-in one of the same IRI. The
 * text is copied.
 *   errors  MR_E_JSON ..., MR_E_EXISTS, MR_E_LIMIT, MR_E_NOMEM */
int mr_contexts_add(mr_contexts *cs, mr_str iri, mr_str json, struct mr_err *err) MR_MUST_CHECK;
/* A new document: what was compiled for others is forgotten if it has grown too large; the documents that were added stay. Expansion,
 * deserialisation and compaction begin with it: what expansion returns is good until the next of them. */
void mr_contexts_begin(mr_contexts *cs);
/* The arena of what is compiled. */
mr_arena *mr_contexts_arena(mr_contexts *cs);
/* Is there a context of this IRI? */
bool mr_contexts_has(mr_contexts *cs, mr_str iri);
/* Every IRI that the built-in table answers for, ends with NULL. */
const char *const *mr_contexts_builtin(void);

/* The initial context of a document. base may be empty; version 11 (or 10 for the processing mode of JSON-LD 1.0).
 *   errors  MR_E_NOMEM */
int mr_context_initial(mr_contexts *cs, mr_str base, uint8_t version, const mr_context **ret,
                       struct mr_err *err) MR_MUST_CHECK;

/* Apply a local context (JSON-LD 1.1 API section 4.1.2).
 *   local      of a document: borrowed for the call only
 *   base       of relative context IRIs
 *   override   protected definitions may be replaced (property-scoped contexts, and after null)
 *   propagate  false: of a type; an "@propagate" in the context prevails
 *   errors     MR_E_JSONLD with the standard's error code as message ("protected term redefinition"), detail = term or IRI, position and pointer set by the
 *              caller; MR_E_LIMIT, MR_E_NOMEM */
int mr_context_apply(mr_contexts *cs, const mr_context *active, const mr_json *local, mr_str base, bool override,
                     bool propagate, const mr_context **ret, struct mr_err *err) MR_MUST_CHECK;
/* The scoped context of a definition applied; remembered for this active context and definition. `definition` must have one.
 *   of_type  true: type-scoped (does not propagate); false: property-scoped (overrides protection) */
int mr_context_apply_scoped(mr_contexts *cs, const mr_context *active, const mr_definition *definition, bool of_type,
                            const mr_context **ret, struct mr_err *err) MR_MUST_CHECK;

/* Expand an IRI, term or compact IRI with an active context (JSON-LD 1.1 API section 5.2.2).
 *   vocab              terms and the vocabulary mapping count
 *   document_relative  resolved against the base
 *   ret                in `a`, or of the context or the value itself; ptr NULL: null
 *   ret_keyword        MR_KEYWORD_NONE, or the keyword that it is
 *   errors             MR_E_NOMEM */
int mr_context_expand_iri(mr_arena *a, const mr_context *c, mr_str value, bool vocab, bool document_relative,
                          mr_str *ret, mr_keyword *ret_keyword, struct mr_err *err) MR_MUST_CHECK;

#endif
