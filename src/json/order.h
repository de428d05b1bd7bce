/* Names in the order of RFC 8785. Private to the layer. */
#ifndef MR_JSON_ORDER_H
#define MR_JSON_ORDER_H

#include "json/json.h"

/* Order of two UTF-8 texts by their UTF-16 code units: less, equal, greater than 0.
 *   source  RFC 8785 section 3.2.3 */
int mr_json_compare_names(mr_str a, mr_str b);

/* Sort name nodes, equal ones in the order they came in; n log n comparisons whatever the names are.
 *   spare  room for as many pointers; not read, and may be NULL up to MR_JSON_FEW_NAMES */
void mr_json_sort_names(const mr_json **names, const mr_json **spare, size_t count);
#define MR_JSON_FEW_NAMES 16

#endif
