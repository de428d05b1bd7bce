/* Pages as Mustache templates (interpolation, sections, inverted sections, partials, comments; no delimiter changes, no lambdas), escaping
 * HTML by default. A view is a JSON document: a page can be tested, and served to programs, without its HTML.
 * Beyond Mustache: {{@id}} is a message in the reader's language, its {placeholders} looked up in the view and everything escaped.
 * Templates are embedded (web/templates/NAME.html) and parsed at first use. */
#ifndef MR_TEXT_TEMPLATE_H
#define MR_TEXT_TEMPLATE_H

#include "json/json.h"
#include "text/messages.h"

typedef struct mr_template mr_template; /* parsed; immutable; borrowed text */

/* Parse. Errors: MR_E_FORMAT (position: where the tag stands). */
int mr_template_parse(mr_arena *a, mr_str text, const mr_template **ret, struct mr_err *err) MR_MUST_CHECK;
/* Finds a partial by name, or NULL (renders as nothing). */
typedef const mr_template *mr_template_finder(void *self, mr_str name);
/* Render into `out`. Errors: MR_E_LIMIT (nesting; size of out). */
int mr_template_render(const mr_template *t, const mr_json *view, const mr_language *l, mr_template_finder *finder,
                       void *self, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* An embedded template by name ("verify"), partials by the same names. Errors also: MR_E_NOT_FOUND. */
int mr_page_render(mr_str name, const mr_json *view, const mr_language *l, mr_buf *out,
                   struct mr_err *err) MR_MUST_CHECK;

#endif
