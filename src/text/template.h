/* Pages as Mustache templates (the core of the specification: interpolation, sections, inverted sections, partials, comments, delimiters; no lambdas),
 * escaping HTML by default. A view is a JSON document: a page can be tested, and served to programs, without its HTML.
 *
 *   {{name}} {{a.b}} {{.}}    a value of the view, escaped; {{{name}}} and {{&name}} are not: only for markup that Merit has made itself
 *   {{#name}}..{{/name}}      when the value is true, with it as context; for each element of a list. Not true: absent, null, false, the
 *   {{^name}}..{{/name}}      empty text, 0, the empty list (as in mustache.js; an empty object is true)
 *   {{>name}}                 another template
 *   {{@id}}                   beyond Mustache: the message `id` in the reader's language, its {placeholders} looked up in the view, everything escaped;
 *                           the view's `count` chooses among plural forms
 *   {{@(name)}} {{@a.(b).c}}  the same, with values of the view in the id; nothing when the id is then empty
 *
 * Templates are embedded (web/templates/NAME.html) and parsed at first use. */
#ifndef MR_TEXT_TEMPLATE_H
#define MR_TEXT_TEMPLATE_H

#include "json/json.h"
#include "text/messages.h"

typedef struct mr_template mr_template; /* parsed; immutable; borrowed text */

/* Parse.
 *   text    borrowed; must live as long as the template
 *   ret     in `a`
 *   errors  MR_E_FORMAT (position: where the tag stands), MR_E_NOMEM */
int mr_template_parse(mr_arena *a, mr_str text, const mr_template **ret, struct mr_err *err) MR_MUST_CHECK;
/* Finds a partial by name, or NULL (renders as nothing). */
typedef const mr_template *mr_template_finder(void *self, mr_str name);
/* Render behind what `out` holds.
 *   finder  may be NULL: no partials
 *   errors  MR_E_LIMIT (nesting, work, size of out) */
int mr_template_render(const mr_template *t, const mr_json *view, const mr_language *l, mr_template_finder *finder,
                       void *self, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* The same as plain text: nothing is escaped. */
int mr_template_render_plain(const mr_template *t, const mr_json *view, const mr_language *l,
                             mr_template_finder *finder, void *self, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* An embedded template by name ("verify"), partials by the same names. Errors also: MR_E_NOT_FOUND. */
int mr_page_render(mr_str name, const mr_json *view, const mr_language *l, mr_buf *out,
                   struct mr_err *err) MR_MUST_CHECK;
/* The same of web/templates/mail/NAME.html, or NAME.txt as plain text. */
int mr_mail_template_render(mr_str name, bool plain, const mr_json *view, const mr_language *l, mr_buf *out,
                            struct mr_err *err) MR_MUST_CHECK;

#endif
