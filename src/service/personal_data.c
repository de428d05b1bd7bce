#include "service/personal_data.h"

#include "store/privacy.h"

const struct mr_purpose_row mr_purposes[MR_PURPOSE_COUNT] = {
#define MR_PURPOSE(name, word, whose, keeper, ground, erasure)                                                         \
    {word, MR_WHOSE_##whose, MR_KEEPER_##keeper, MR_GROUND_##ground, MR_ERASURE_##erasure},
#define MR_HOLDS(table, columns, purpose)
#define MR_HOLDS_NONE(table, columns)
#include "service/personal_data.def"
#undef MR_PURPOSE
#undef MR_HOLDS
#undef MR_HOLDS_NONE
};

const struct mr_held mr_held[] = {
#define MR_PURPOSE(name, word, whose, keeper, ground, erasure)
#define MR_HOLDS(table, columns, purpose) {table, columns, MR_PURPOSE_##purpose},
#define MR_HOLDS_NONE(table, columns) {table, columns, MR_PURPOSE_COUNT},
#include "service/personal_data.def"
#undef MR_PURPOSE
#undef MR_HOLDS
#undef MR_HOLDS_NONE
};
const size_t mr_held_count = sizeof mr_held / sizeof *mr_held;

const char *mr_purpose_keeper_message(const struct mr_purpose_row *row)
{
    return row->keeper == MR_KEEPER_HOST ? "privacy.keeper.host" : "privacy.keeper.provider";
}

const char *mr_purpose_ground_message(const struct mr_purpose_row *row)
{
    static const char *const messages[] = {"privacy.ground.contract", "privacy.ground.task", "privacy.ground.interest"};
    return messages[row->ground];
}

const char *mr_purpose_erasure_message(const struct mr_purpose_row *row)
{
    static const char *const messages[] = {"privacy.erasure.removed", "privacy.erasure.restricted",
                                           "privacy.erasure.kept"};
    return messages[row->erasure];
}

int mr_personal_data_authorise(const struct mr_actor *actor, mr_str person_id, struct mr_err *err)
{
    bool she = actor->kind == MR_ACTOR_PERSON && mr_str_eq(actor->id, person_id);
    if (she || actor->kind == MR_ACTOR_OPERATOR) return MR_OK;
    return MR_FAIL(err, MR_E_FORBIDDEN, "only she herself may", MR_NOWHERE);
}

int mr_personal_data_count(mr_service *s, const struct mr_actor *actor, mr_str person_id, int64_t ret[MR_PURPOSE_COUNT],
                           struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_personal_data_authorise(actor, person_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    for (size_t i = 0; i < MR_PURPOSE_COUNT; i++)
        MR_TRY(mr_store_privacy_count(tx, mr_purposes[i].word, person_id, &ret[i], err));
    return MR_OK;
}
