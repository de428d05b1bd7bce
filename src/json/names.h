/* The names of an object: their order (RFC 8785), and whether one stands twice (RFC 7493 section 2.3). Private to the
 * layer. */
#ifndef MR_JSON_NAMES_H
#define MR_JSON_NAMES_H

#include "json/json.h"

#define MR_JSON_FEW_NAMES 16 /* up to here no memory is needed */

/* Order of two UTF-8 texts by their UTF-16 code units: less, equal, greater than 0.
 *   source  RFC 8785 section 3.2.3 */
int mr_json_compare_names(mr_str a, mr_str b);

/* Sort name nodes, equal ones in the order they came in; n log n comparisons whatever the names are.
 *   spare  room for as many pointers; may be NULL up to MR_JSON_FEW_NAMES */
void mr_json_sort_names(const mr_json **names, const mr_json **spare, size_t count);

/* Octets of memory that mr_json_find_twice needs for so many names. */
size_t mr_json_names_room(uint32_t count);
/* The first name, in document order, that stood before in the same object; NULL when all are different. n log n
 * comparisons at worst, n as a rule.
 *   first  the first of `count` names, each followed by its value; the object itself need not be complete
 *   room   mr_json_names_room octets, aligned for pointers; NULL up to MR_JSON_FEW_NAMES */
const mr_json *mr_json_find_twice(const mr_json *first, uint32_t count, void *room);

#endif
