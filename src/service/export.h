/* Everything that is hers, in one archive (ZIP): every sealed file octet for octet, what came from elsewhere with its report, and all that is kept about her as JSON, with a README in her language that says how
 * to verify without this installation. */
#ifndef MR_SERVICE_EXPORT_H
#define MR_SERVICE_EXPORT_H

#include "service/personal_data.h"
#include "text/messages.h"

struct mr_export_order {
    mr_str person_id;
    const mr_language *language;
    size_t skip;  /* items of the wallet that other archives hold */
    size_t limit; /* items in this one */
    size_t most;  /* octets; what does not fit is told in the README, to be taken from its page. 0: no limit */
    /* Called after each file with what has been written so far, which it takes away; NULL: all of it stays in `out`. */
    int (*take)(void *self, mr_str written, struct mr_err *err);
    void *self;
};
struct mr_export_result {
    size_t items, left_out; /* in this archive; too large for it */
    int64_t all;            /* items of the wallet */
};
/* Write an archive. Of herself, or for the operator. It is noted in the audit log.
 *   out     appended to; emptied after each file when there is somebody who takes
 *   errors  MR_E_FORBIDDEN, MR_E_NOT_FOUND, MR_E_LIMIT, MR_E_LIBRARY */
int mr_export_write(mr_service *s, const struct mr_actor *actor, const struct mr_export_order *order, mr_buf *out,
                    struct mr_export_result *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
