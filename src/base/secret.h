/* Secrets in memory. */
#ifndef MR_BASE_SECRET_H
#define MR_BASE_SECRET_H

#include "base/str.h"

/* Compare in constant time for texts of one length; the length itself is no secret. */
bool mr_secret_eq(mr_str a, mr_str b);
/* Overwrite so that the compiler keeps it. NULL is fine. */
void mr_secret_wipe(void *p, size_t size);

#endif
