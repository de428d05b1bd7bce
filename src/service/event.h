/* Telling other systems what happened: an event is kept in the transaction in which it happens, and sent to the organisation's webhooks in the background
 * (service/webhook_sending.c). */
#ifndef MR_SERVICE_EVENT_H
#define MR_SERVICE_EVENT_H

#include "service/service.h"

/* Keep an event for each webhook of the organisation, and of the one that it is a unit of, that wants to be told; without any, nothing is written.
 *   type       of service/events.def
 *   object_id  what it happened to
 *   data       members of a JSON object with what receivers get, without its braces: "\"status\":\"revoked\""; ids and codes only, no names and no addresses;
 *              may be empty. "id" (the object's) is put before them */
int mr_event(mr_service *s, mr_db_tx *tx, mr_str org_id, const char *type, mr_str object_id, mr_str data,
             struct mr_err *err) MR_MUST_CHECK;
/* Would mr_event keep anything? For what happens many times in one transaction: asked once, and mr_event called only then. */
int mr_event_is_wanted(mr_db_tx *tx, mr_str org_id, const char *type, bool *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
