/* People of an organisation who are told something by mail, each in their own language. */
#ifndef MR_SERVICE_RECIPIENTS_H
#define MR_SERVICE_RECIPIENTS_H

#include "db/db.h"
#include "service/actor.h"

enum { MR_RECIPIENTS_MOST = 20 };
struct mr_recipients {
    struct mr_recipient {
        mr_str person_id, name, email;
        mr_str language; /* tag; may be empty */
    } list[MR_RECIPIENTS_MOST];
    size_t count;
};
/* Add a person of the installation, once; an id that is nobody's (the operator, a program) adds nothing. Texts in `a`. */
int mr_recipients_add(mr_db_tx *tx, mr_arena *a, mr_str person_id, struct mr_recipients *to,
                      struct mr_err *err) MR_MUST_CHECK;
/* Add who has this role in the organisation; of a unit where nobody has it, who has it in the organisation above. At most MR_RECIPIENTS_MOST in all. */
int mr_recipients_add_role(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_role role, struct mr_recipients *to,
                           struct mr_err *err) MR_MUST_CHECK;

#endif
