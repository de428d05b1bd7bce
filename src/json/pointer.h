/* Building JSON Pointers (RFC 6901). Private to the layer. */
#ifndef MR_JSON_POINTER_H
#define MR_JSON_POINTER_H

#include "json/json.h"

/* Append one reference token, escaped. Returns false when not all of it fitted: what does not fit is left out at a
 * whole character. `out` holds a C string before and after. */
bool mr_json_pointer_add(mr_str token, char *out, size_t size);
/* Pointer of a container that is still being read: `skip` of open containers is the index of the one around (parse.c,
 * I2). */
void mr_json_pointer_to_open(const mr_json *nodes, const mr_json *open, char *out, size_t size);
#define MR_JSON_NO_CONTAINER UINT32_MAX /* that index for the root */

#endif
