/* The order of names in a list, as readers of a language look for them: "Österreich" stands with O in German and behind Z in Swedish. */
#ifndef MR_TEXT_COLLATE_H
#define MR_TEXT_COLLATE_H

#include "text/messages.h"

struct mr_named {
    mr_str name;
    const void *what; /* whose name it is; the caller's */
};

/* Sort by name, in place; equal names stay in no particular order. By the language's rules of CLDR when ICU is installed, which is opened on first use; by
 * bytes where it is not.
 *   source  Unicode Technical Standard 10, with CLDR's tailoring */
void mr_collate(const mr_language *l, struct mr_named *names, size_t count);

#endif
