/* How a provider awards: one row for each organisation that does not keep to the defaults. */
#ifndef MR_STORE_AWARD_SETTING_H
#define MR_STORE_AWARD_SETTING_H

#include "db/db.h"

struct mr_award_setting_row {
    bool is_there;
    bool same_person, page_image;
    mr_str formats, remind_days; /* lists with commas: names of formats, days */
    int64_t renew_days;
};
/* ret->is_there false when the organisation has none. */
int mr_store_award_setting_find(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_award_setting_row *ret,
                                struct mr_err *err) MR_MUST_CHECK;
int mr_store_award_setting_save(mr_db_tx *tx, mr_str org_id, const struct mr_award_setting_row *row,
                                struct mr_err *err) MR_MUST_CHECK;

#endif
