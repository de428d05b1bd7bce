/* What the files about mail share. */
#ifndef MR_SERVICE_MAIL_INSIDE_H
#define MR_SERVICE_MAIL_INSIDE_H

#include "service/installation.h"
#include "service/mail_text.h"

/* What a mail of this kind for this organisation is made from, but its data: the organisation's name, address and own words. */
int mr_mail_source_of(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str kind, mr_str language,
                      struct mr_mail_source *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
