/* What in an SVG picture could act, or call elsewhere: scripts, handlers of events, foreign elements, addresses of other places. Merit hands on no picture
 * that has any of it.
 *
 * Names and attributes are as expat gives them with namespaces: "namespace LF local name", or the local name alone. */
#ifndef MR_CREDENTIAL_SVG_ACTIVE_H
#define MR_CREDENTIAL_SVG_ACTIVE_H

#include "base/str.h"

/* The message id of what is wrong with an element or one of its attributes: "svg.script", "svg.event", "svg.foreign", "svg.elsewhere", "svg.animation";
 * NULL when there is nothing.
 *   attributes  name, value, name, value ..., NULL
 *   ret_what    the name of the element or attribute; borrowed */
const char *mr_svg_active_element(const char *name, const char *const *attributes, const char **ret_what);
/* The same of a style sheet: "svg.elsewhere" or "svg.style". */
const char *mr_svg_active_style(mr_str css);
/* Of a processing instruction: "svg.stylesheet". */
const char *mr_svg_active_instruction(const char *target);
/* Is it the element `style` of SVG, whose text is a style sheet? */
bool mr_svg_is_style(const char *name);
/* The local name. */
const char *mr_svg_local(const char *name);

#define MR_SVG_NAMESPACE "http://www.w3.org/2000/svg"

#endif
