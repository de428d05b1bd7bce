/* Regular expressions of sh:pattern, by PCRE2, which is loaded on first use. SHACL 4.4.3 wants those of SPARQL's REGEX (XPath and XQuery functions 5.6);
 * the shapes of the European Learning Model also hold Java's, which PCRE2 understands.
 *
 * All memory comes from arenas: nothing has to be freed. */
#ifndef MR_RDF_SHACL_PATTERN_H
#define MR_RDF_SHACL_PATTERN_H

#include "base/arena.h"
#include "base/err.h"

typedef struct mr_pattern mr_pattern; /* compiled, immutable */

/*   flags   of "smixq" (XPath and XQuery functions 5.6.2)
 *   ret     in `a`
 *   errors  MR_E_FORMAT (detail: what PCRE2 says), MR_E_LIMIT, MR_E_NOMEM, MR_E_LIBRARY */
int mr_pattern_compile(mr_arena *a, mr_str text, mr_str flags, const mr_pattern **ret,
                       struct mr_err *err) MR_MUST_CHECK;

/* What matching works with; one for many matches in turn. */
typedef struct mr_matcher mr_matcher;
/*   errors  MR_E_NOMEM, MR_E_LIBRARY */
int mr_matcher_new(mr_arena *a, mr_matcher **ret, struct mr_err *err) MR_MUST_CHECK;
/* Does the pattern match somewhere in the text?
 *   work    budget, from which the length of the text and the trouble it makes are taken
 *   errors  MR_E_LIMIT (budget, or a text that this pattern takes too long for), MR_E_UTF8, MR_E_NOMEM */
int mr_pattern_match(mr_matcher *m, const mr_pattern *p, mr_str text, uint64_t *work, bool *ret,
                     struct mr_err *err) MR_MUST_CHECK;

#endif
