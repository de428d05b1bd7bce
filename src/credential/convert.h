/* Writing a re-description in the formats that `merit convert` offers. Everything goes through the model: a format more is one row of the table in
 * convert.c. None of them is sealed. */
#ifndef MR_CREDENTIAL_CONVERT_H
#define MR_CREDENTIAL_CONVERT_H

#include "base/buf.h"
#include "base/env.h"
#include "credential/redescribe.h"

typedef struct mr_converting {
    const char *name;      /* "specification", "results", "elm" */
    const char *about;     /* one line of English, for --help */
    bool of_specification; /* has the answers of a specification: its gaps count, and what was left out is told */
    bool of_learner;       /* has a learner and a date: they are asked for */
    int (*write)(mr_arena *a, mr_redescription *r, const mr_env *env, mr_buf *out, struct mr_err *err);
} mr_converting;

/* By name, or NULL; and all of them, NULL beyond the last. */
const mr_converting *mr_converting_find(mr_str name);
const mr_converting *mr_converting_at(size_t index);
/* How many gaps the format has: those that keep it from being complete. */
size_t mr_converting_gaps(const mr_converting *c, const mr_redescription *r);
/* Does this gap count for the format? */
bool mr_converting_asks(const mr_converting *c, const struct mr_finding *gap);

#endif
