/* IRI expansion (JSON-LD 1.1 API 5.2.2). The steps that are taken are few for a term that is known; the rest is for compact and relative IRIs. */
#include "rdf/context_inside.h"
#include "rdf/iri.h"

static int concat(mr_arena *a, mr_str first, mr_str second, mr_str *ret, struct mr_err *err)
{
    *ret = mr_arena_concat(a, (const mr_str[]){first, second}, 2);
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "an IRI", MR_NOWHERE);
}

/* 6: a compact IRI, or something that is an IRI already. *ret_done: one of them. */
static int expand_colon(mr_arena *a, const mr_context *c, struct mr_defining *defining, mr_str value, size_t colon,
                        mr_str *ret, bool *ret_done, struct mr_err *err)
{
    mr_str prefix = mr_str_make(value.ptr, colon), suffix = mr_str_from(value, colon + 1);
    *ret_done = true;
    *ret = value;
    if (mr_str_is(prefix, "_") || mr_str_has_prefix(suffix, MR_STR("//"))) return MR_OK; /* 6.2 */
    if (defining) MR_TRY(mr_context_define_term(defining, prefix));                      /* 6.3 */
    const mr_definition *d = mr_context_find(c, prefix);
    if (d && d->prefix && d->iri) return concat(a, d->iri->text, suffix, ret, err); /* 6.4 */
    *ret_done = mr_iri_is_absolute(value);                                          /* 6.5 */
    return MR_OK;
}

int mr_context_expand(mr_arena *a, const mr_context *c, struct mr_defining *defining, mr_str value, bool vocab,
                      bool document_relative, mr_str *ret, mr_keyword *ret_keyword, struct mr_err *err)
{
    bool done = false;
    *ret_keyword = mr_keyword_find(value); /* 1 */
    *ret = value;
    if (*ret_keyword != MR_KEYWORD_NONE) return MR_OK;
    if (mr_keyword_has_form(value)) { /* 2 */
        *ret = MR_STR_EMPTY;
        return MR_OK;
    }
    if (defining) MR_TRY(mr_context_define_term(defining, value)); /* 3 */
    const mr_definition *d = mr_context_find(c, value);
    if (d && d->keyword != MR_KEYWORD_NONE) { /* 4 */
        *ret_keyword = (mr_keyword)d->keyword;
        *ret = mr_keyword_text(*ret_keyword);
        return MR_OK;
    }
    if (vocab && d) { /* 5 */
        *ret = d->iri ? d->iri->text : MR_STR_EMPTY;
        return MR_OK;
    }
    const char *colon = value.len > 1 ? memchr(value.ptr + 1, ':', value.len - 1) : NULL;
    if (colon) MR_TRY(expand_colon(a, c, defining, value, (size_t)(colon - value.ptr), ret, &done, err));
    if (done) return MR_OK;
    if (vocab && c->vocab.ptr) return concat(a, c->vocab, value, ret, err);    /* 7 */
    if (document_relative) return mr_iri_resolve(a, c->base, value, ret, err); /* 8 */
    return MR_OK;
}

int mr_context_expand_iri(mr_arena *a, const mr_context *c, mr_str value, bool vocab, bool document_relative,
                          mr_str *ret, mr_keyword *ret_keyword, struct mr_err *err)
{
    return mr_context_expand(a, c, NULL, value, vocab, document_relative, ret, ret_keyword, err);
}
