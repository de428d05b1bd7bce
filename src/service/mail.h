/* Mail: queued in the transaction that gives the reason for it, sent in the background. */
#ifndef MR_SERVICE_MAIL_H
#define MR_SERVICE_MAIL_H

#include "service/service.h"

struct mr_mail {
    const char *template_name; /* of web/templates/mail/: "claim", "sign_in" ... */
    mr_str org_id;             /* for whom; empty: the installation itself */
    mr_str to;                 /* one address */
    mr_str language;           /* tag; the nearest that Merit speaks is taken */
    mr_str object_id;          /* the achievement, invitation ... that it is about; may be empty */
    mr_str data;               /* JSON object that the template is filled with */
    int64_t at;                /* not before; 0: now */
};
/* Errors: MR_E_FORMAT (the address cannot be one), MR_E_DB. */
int mr_mail_queue(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_mail *mail, mr_str *ret_id,
                  struct mr_err *err) MR_MUST_CHECK;

#endif
