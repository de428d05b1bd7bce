#include "service/profile.h"

#include "base/embedded.h"
#include "base/limits.h"
#include "service/audit.h"
#include "service/installation.h"
#include "store/mapping.h"
#include "store/organisation.h"

MR_EMBEDDED_DECLARE(mr_profile_files);

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

int mr_profile_organisation(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str *ret_org_id,
                            struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    *ret_org_id = actor->org_id;
    if (ret_org_id->len) return MR_OK;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_organisation_first(tx, a, ret_org_id, err));
    return ret_org_id->len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "there is no organisation yet", MR_NOWHERE);
}

/* Whoever edits profiles, and whoever uploads results and so chooses among them. */
static int authorise_reading(const struct mr_actor *actor, mr_str org_id, struct mr_err *err)
{
    if (mr_authorise(actor, MR_MAY_PROFILE_EDIT, org_id, NULL) == MR_OK) return MR_OK;
    return mr_authorise(actor, MR_MAY_RESULT_READ, org_id, err);
}

static struct mr_profile profile_of(const struct mr_mapping_row *row)
{
    return (struct mr_profile){.id = row->id,
                               .org_id = row->org_id,
                               .name = row->name,
                               .document = row->document,
                               .changed_at = row->changed_at};
}

int mr_profile_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, struct mr_profile **ret,
                    size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mapping_row *rows;
    size_t count;
    MR_TRY(authorise_reading(actor, org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_mapping_list(tx, a, org_id, &rows, &count, err));
    struct mr_profile *list = MR_NEW_ARRAY(a, struct mr_profile, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) list[i] = profile_of(&rows[i]);
    *ret = list, *ret_count = count;
    return MR_OK;
}

static int find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_mapping_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_mapping_find(tx, a, id, ret, err));
    return ret->id.len && ret->name.len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "no such profile", MR_NOWHERE);
}

int mr_profile_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_profile *ret,
                   struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mapping_row row;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find(tx, a, id, &row, err));
    MR_TRY(authorise_reading(actor, row.org_id, err));
    *ret = profile_of(&row);
    return MR_OK;
}

int mr_profile_save(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, mr_str document,
                    mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_mapping mapping;
    MR_TRY(mr_authorise(actor, MR_MAY_PROFILE_EDIT, org_id, err));
    MR_TRY(mr_mapping_parse(a, document, &mapping, err));
    if (!mapping.name.len) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the profile has no name", "%s", "name");
    const struct mr_mapping_row row = {.org_id = org_id, .name = mapping.name, .document = document};
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_mapping_put(tx, a, s->env, &row, ret_id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_PROFILE_EDIT, org_id, *ret_id, MR_STR("saved"), err));
    return commit(&tx, err);
}

int mr_profile_remove(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mapping_row row;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(find(tx, a, id, &row, err));
    MR_TRY(mr_authorise(actor, MR_MAY_PROFILE_EDIT, row.org_id, err));
    MR_TRY(mr_store_mapping_remove(tx, id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_PROFILE_EDIT, row.org_id, id, MR_STR("removed"), err));
    return commit(&tx, err);
}

size_t mr_profile_examples(mr_str out[MR_PROFILE_EXAMPLES])
{
    size_t count = mr_profile_files_count < MR_PROFILE_EXAMPLES ? mr_profile_files_count : MR_PROFILE_EXAMPLES;
    for (size_t i = 0; i < count; i++)
        out[i] = mr_str_make((const char *)mr_profile_files[i].data, mr_profile_files[i].size);
    return count;
}
