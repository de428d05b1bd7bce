/* Reading delivery reports: what a mail server further on says of a message that it could not deliver (RFC 3464), in a mailbox as mail programs keep it. */
#ifndef MR_NET_DELIVERY_REPORT_H
#define MR_NET_DELIVERY_REPORT_H

#include "base/arena.h"
#include "base/err.h"

typedef enum mr_delivery_outcome {
    MR_DELIVERY_UNKNOWN, /* this is no delivery report, or it says nothing final */
    MR_DELIVERY_FAILED,
    MR_DELIVERY_DELAYED,
    MR_DELIVERY_DONE /* delivered, relayed or expanded */
} mr_delivery_outcome;

struct mr_delivery_report {
    mr_delivery_outcome outcome;
    mr_str message_id; /* of the message that it is about, without angle brackets; empty: not told */
    mr_str recipient;  /* Final-Recipient, else Original-Recipient, without "rfc822;"; may be empty */
    mr_str status;     /* "5.1.1"; may be empty */
    mr_str answer;     /* Diagnostic-Code without its type; may be empty */
};
/* Read one message.
 *   ret      texts point into the message or lie in the arena; of several recipients the first that failed, else the first
 *   errors   MR_E_NOMEM. A message that is no report, however broken, is MR_DELIVERY_UNKNOWN: anybody may write to the mailbox
 *   source   RFC 3464 section 2; RFC 6522 (multipart/report); RFC 6533 (message/global-delivery-status) */
int mr_delivery_report_read(mr_arena *a, mr_str message, struct mr_delivery_report *ret,
                            struct mr_err *err) MR_MUST_CHECK;

/* Cut the next message off a mailbox in mbox form (RFC 4155): messages begin at lines "From ". False at the end.
 *   whole  true: there is more behind it, or the mailbox ends with an empty line; false: it may still be being written */
bool mr_mbox_next(mr_str *rest, mr_str *ret_message, bool *ret_whole);

#endif
