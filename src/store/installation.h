/* What all nodes of one installation must agree on. */
#ifndef MR_STORE_INSTALLATION_H
#define MR_STORE_INSTALLATION_H

#include "db/db.h"

/* The value of this name, in `a`; empty: none yet. */
int mr_store_installation_find(mr_db_tx *tx, mr_arena *a, const char *name, mr_str *ret,
                               struct mr_err *err) MR_MUST_CHECK;
/* Nothing happens when there is a value of this name already. */
int mr_store_installation_add(mr_db_tx *tx, const char *name, mr_str value, struct mr_err *err) MR_MUST_CHECK;

#endif
