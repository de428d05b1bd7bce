/* How a provider's certificates look: one row for each organisation that chose. */
#ifndef MR_STORE_BRANDING_H
#define MR_STORE_BRANDING_H

#include "db/db.h"

struct mr_branding_row {
    bool is_there;
    mr_str accent, line; /* "#0b5d4e"; empty: as Merit draws */
    mr_str signatory, role;
    mr_str logo, signature; /* PNG; empty: none */
    int64_t changed_at;
};
/* ret->is_there false when the organisation has none. */
int mr_store_branding_find(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_branding_row *ret,
                           struct mr_err *err) MR_MUST_CHECK;
int mr_store_branding_save(mr_db_tx *tx, mr_str org_id, const struct mr_branding_row *row,
                           struct mr_err *err) MR_MUST_CHECK;

#endif
