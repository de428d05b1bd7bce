/* What is kept about people: service/personal_data.def as data, and how much of it is about one person. */
#ifndef MR_SERVICE_PERSONAL_DATA_H
#define MR_SERVICE_PERSONAL_DATA_H

#include "service/actor.h"
#include "service/service.h"

typedef enum mr_purpose {
#define MR_PURPOSE(name, word, whose, keeper, ground, erasure) MR_PURPOSE_##name,
#define MR_HOLDS(table, columns, purpose)
#define MR_HOLDS_NONE(table, columns)
#include "service/personal_data.def"
#undef MR_PURPOSE
#undef MR_HOLDS
#undef MR_HOLDS_NONE
    MR_PURPOSE_COUNT
} mr_purpose;
typedef enum mr_purpose_whose { MR_WHOSE_LEARNER, MR_WHOSE_MEMBER, MR_WHOSE_OTHER } mr_purpose_whose;
typedef enum mr_purpose_keeper { MR_KEEPER_HOST, MR_KEEPER_PROVIDER } mr_purpose_keeper;
typedef enum mr_purpose_ground { MR_GROUND_CONTRACT, MR_GROUND_TASK, MR_GROUND_INTEREST } mr_purpose_ground;
typedef enum mr_purpose_erasure { MR_ERASURE_REMOVED, MR_ERASURE_RESTRICTED, MR_ERASURE_KEPT } mr_purpose_erasure;
struct mr_purpose_row {
    const char *word; /* messages privacy.<word>.what, .why, .long */
    mr_purpose_whose whose;
    mr_purpose_keeper keeper;
    mr_purpose_ground ground;
    mr_purpose_erasure erasure;
};
extern const struct mr_purpose_row mr_purposes[MR_PURPOSE_COUNT];
/* Messages of a row: "privacy.ground.task" ... */
const char *mr_purpose_keeper_message(const struct mr_purpose_row *row);
const char *mr_purpose_ground_message(const struct mr_purpose_row *row);
const char *mr_purpose_erasure_message(const struct mr_purpose_row *row);

/* One line of the table about columns. */
struct mr_held {
    const char *table, *columns; /* names with blanks between them */
    mr_purpose purpose;          /* MR_PURPOSE_COUNT: nobody's values */
};
extern const struct mr_held mr_held[];
extern const size_t mr_held_count;

/* How many rows of each purpose are about this person. Of herself, or for the operator. Errors: MR_E_FORBIDDEN, MR_E_NOT_FOUND. */
int mr_personal_data_count(mr_service *s, const struct mr_actor *actor, mr_str person_id, int64_t ret[MR_PURPOSE_COUNT],
                           struct mr_err *err) MR_MUST_CHECK;
/* May the actor do with all that is about this person what she may? She herself, and the operator. Errors: MR_E_FORBIDDEN. */
int mr_personal_data_authorise(const struct mr_actor *actor, mr_str person_id, struct mr_err *err) MR_MUST_CHECK;

#endif
