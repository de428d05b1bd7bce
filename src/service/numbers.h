/* The numbers of a specification: what became of what was awarded, by version and by month, for its provider. Nothing is hidden: these are its own. */
#ifndef MR_SERVICE_NUMBERS_H
#define MR_SERVICE_NUMBERS_H

#include "service/actor.h"
#include "service/catalogue.h"
#include "store/numbers.h"
#include "text/messages.h"

enum { MR_NUMBERS_MOST = 1200 }; /* rows: versions times months */
struct mr_numbers {
    struct mr_numbers_row total; /* version and month empty */
    struct mr_numbers_row *rows; /* oldest month first */
    size_t count;
    bool has_enrolments; /* somebody was enrolled: the two below mean something */
    int64_t enrolled, completed; /* whoever took part, whatever came of it; and who completed it */
    int claim_percent;           /* accepted, of those awarded, rounded; -1: nothing was awarded */
};
/* Action NUMBERS_READ. slug: of the specification, all its versions. */
int mr_numbers_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str slug, struct mr_numbers *ret,
                   struct mr_err *err) MR_MUST_CHECK;
/* The rows as CSV in this language, with a byte order mark. */
void mr_numbers_write(const struct mr_numbers *numbers, const mr_language *l, mr_buf *out);

#endif
