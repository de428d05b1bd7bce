/* Parameters by name ($name), as our SQL has them, for an engine that knows them by number ($1). */
#ifndef MR_DB_PARAMETERS_H
#define MR_DB_PARAMETERS_H

#include "base/buf.h"
#include "base/err.h"

enum { MR_DB_PARAMETERS_MOST = 64 };

struct mr_db_parameters {
    mr_str names[MR_DB_PARAMETERS_MOST]; /* without "$", borrowed from the text; the first is number 1 */
    size_t count;
};

/* Write `sql` with numbers for names; a name that stands several times keeps its number. Quoted text, quoted names and comments stay as they are.
 * Errors: MR_E_DB (more than MR_DB_PARAMETERS_MOST, a "$" without a name), MR_E_LIMIT (the buffer is too small). */
int mr_db_parameters_rewrite(mr_str sql, mr_buf *out, struct mr_db_parameters *ret, struct mr_err *err) MR_MUST_CHECK;
/* Where quoted text, a quoted name or a comment that begins at `at` ends, behind its last character; `at` itself when none begins there. */
size_t mr_db_skip_quoted(mr_str sql, size_t at);

#endif
