/* A SHACL report in words, for people at a terminal. */
#ifndef MR_CLI_SHACL_TEXT_H
#define MR_CLI_SHACL_TEXT_H

#include "base/buf.h"
#include "rdf/shacl.h"

/* One line a result, in the order of the document: severity, focus node, path, value, what was expected, JSON Pointer and line.
 *   root, text  the document that the data come from; NULL and empty when they do not come from JSON-LD
 *   errors      MR_E_NOMEM, MR_E_LIMIT (the buffer's maximum) */
int mr_shacl_text_write(mr_arena *a, const mr_shacl_report *report, const mr_json *root, mr_str text, mr_buf *out,
                        struct mr_err *err) MR_MUST_CHECK;

#endif
