/* What the files about webhooks share. */
#ifndef MR_SERVICE_WEBHOOK_INSIDE_H
#define MR_SERVICE_WEBHOOK_INSIDE_H

#include "service/installation.h"
#include "store/webhook.h"

/* "whsec_" and base64 of 24 octets that only this installation can make. */
int mr_webhook_secret(mr_service *s, mr_arena *a, const struct mr_webhook_row *row, mr_str *ret,
                      struct mr_err *err) MR_MUST_CHECK;
/* Keep an event, without any delivery. */
int mr_event_add(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str org_id, const char *type, mr_str object_id,
                 mr_str data, mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;

#endif
