#include "service/catalogue.h"

#include "base/limits.h"
#include "base/time.h"
#include "json/write.h"
#include "service/audit.h"
#include "service/event.h"
#include "service/installation.h"
#include "service/organisation.h"
#include "service/partner.h"
#include "service/search.h"
#include "store/organisation.h"
#include "store/specification.h"

/* Whose it will be: the organisation that they act for; an operator who acts for none publishes for the one that the file names. */
static int find_owner(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor,
                      const mr_specification *spec, mr_str *ret_org_id, struct mr_err *err)
{
    mr_str name = mr_texts_get(spec->provider.name, mr_specification_primary_language(spec), NULL);
    *ret_org_id = actor->org_id;
    if (!actor->org_id.len) MR_TRY(mr_organisation_ensure(s, tx, a, name, ret_org_id, err));
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_EDIT, *ret_org_id, err));
    return mr_organisation_check_provider(tx, a, *ret_org_id, &spec->provider, err);
}

int mr_catalogue_tell(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_specification_row *row, mr_str id,
                      struct mr_err *err)
{
    mr_json_writer w;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, 16 * MR_KIB);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "slug", row->slug);
    mr_json_put_member(&w, "version", row->version);
    mr_json_end_object(&w);
    mr_str object = mr_arena_dup(a, mr_buf_str(&text));
    if (object.len < 2) return MR_FAIL(err, MR_E_NOMEM, "no memory for an event", MR_NOWHERE);
    mr_str members = mr_str_make(object.ptr + 1, object.len - 2);
    return mr_event(s, tx, row->org_id, "specification.published", id, members, err);
}

static int keep(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_specification *spec, mr_str document,
                struct mr_findings *findings, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_specification_row row = {.slug = spec->id, .version = spec->version, .document = document}, older;
    mr_str id;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(find_owner(s, tx, a, actor, spec, &row.org_id, err));
    MR_TRY(mr_store_specification_find(tx, a, spec->id, &older, err));
    if (older.id.len && !mr_str_eq(older.org_id, row.org_id))
        return MR_FAIL(err, MR_E_EXISTS, "another organisation has a specification of this id", MR_NOWHERE);
    MR_TRY(mr_partner_check(tx, a, row.org_id, spec, findings, err));
    if (findings->faults) return MR_FAIL(err, MR_E_SPECIFICATION, "an awarding body has not consented", MR_NOWHERE);
    MR_TRY(mr_store_specification_add(tx, a, mr_service_env(s), &row, &id, err));
    MR_TRY(mr_organisation_introduce(tx, a, row.org_id, document, err));
    MR_TRY(mr_search_update(s, tx, row.slug, err));
    MR_TRY(mr_catalogue_tell(s, tx, a, &row, id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_SPECIFICATION_EDIT, row.org_id, id, MR_STR("published"), err));
    mr_db_tx *done = tx;
    tx = NULL;
    return mr_db_commit(done, err);
}

int mr_catalogue_publish(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str document,
                         struct mr_findings *findings, mr_str *ret_slug, struct mr_err *err)
{
    mr_specification spec;
    MR_TRY(mr_specification_read(a, document, &spec, findings, err));
    if (findings->faults) return MR_FAIL(err, MR_E_SPECIFICATION, "the specification has faults", MR_NOWHERE);
    MR_TRY(mr_service_check_sample(s, a, &spec, NULL, findings, err));
    if (findings->faults) return MR_FAIL(err, MR_E_SPECIFICATION, "its credentials would have faults", MR_NOWHERE);
    MR_TRY(keep(s, actor, a, &spec, document, findings, err));
    *ret_slug = spec.id;
    return MR_OK;
}

static int read_row(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_specification_row *row,
                    struct mr_published *ret, struct mr_err *err)
{
    const struct mr_kept_specification *kept;
    MR_TRY(mr_kept_specification_get(&s->kept, tx, a, row->id, &kept, err));
    *ret = (struct mr_published){.id = row->id,
                                 .org_id = row->org_id,
                                 .slug = row->slug,
                                 .version = row->version,
                                 .document = kept->document,
                                 .specification = kept->specification,
                                 .published_at = row->published_at,
                                 .awarded = row->awarded,
                                 .archived_at = row->archived_at};
    return MR_OK;
}

static int read_rows(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_specification_row *rows, size_t count,
                     struct mr_published **ret, size_t *ret_count, struct mr_err *err)
{
    struct mr_published *list = mr_arena_alloc(a, count * sizeof *list); /* each is set below */
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) MR_TRY(read_row(s, tx, a, &rows[i], &list[i], err));
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_catalogue_list(mr_service *s, mr_arena *a, const struct mr_specification_filter *filter,
                      struct mr_published **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_specification_row *rows;
    size_t count;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_specification_list(tx, a, filter, &rows, &count, err));
    return read_rows(s, tx, a, rows, count, ret, ret_count, err);
}

int mr_catalogue_list_own(mr_service *s, const struct mr_actor *actor, mr_arena *a,
                          const struct mr_specification_filter *filter, struct mr_published **ret, size_t *ret_count,
                          struct mr_err *err)
{
    struct mr_specification_filter own = *filter;
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_READ, actor->org_id, err));
    own.org_id = actor->org_id;
    return mr_catalogue_list(s, a, &own, ret, ret_count, err);
}

int mr_catalogue_count_own(mr_service *s, const struct mr_actor *actor, struct mr_own_counts *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_READ, actor->org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_specification_count(tx, actor->org_id, &ret->published, &ret->awarded, err);
}

int mr_catalogue_versions(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str slug,
                          struct mr_published **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_specification_row *rows;
    size_t count;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_specification_versions(tx, a, slug, MR_LIMIT_VERSIONS, &rows, &count, err));
    if (!count) return MR_FAIL(err, MR_E_NOT_FOUND, "no such specification", MR_NOWHERE);
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_READ, rows[0].org_id, err));
    return read_rows(s, tx, a, rows, count, ret, ret_count, err);
}

int mr_catalogue_archive(mr_service *s, const struct mr_actor *actor, mr_str slug, bool archived, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_specification_row row;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT);
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_specification_find(tx, &a, slug, &row, err));
    if (!row.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such specification", MR_NOWHERE);
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_ARCHIVE, row.org_id, err));
    int64_t at = archived ? mr_env_now(mr_service_env(s)) : MR_TIME_NONE;
    MR_TRY(mr_store_specification_archive(tx, row.slug, at, err));
    MR_TRY(mr_search_update(s, tx, row.slug, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_SPECIFICATION_ARCHIVE, row.org_id, row.id,
                    archived ? MR_STR("archive") : MR_STR("restore"), err));
    mr_db_tx *done = tx;
    tx = NULL;
    return mr_db_commit(done, err);
}

int mr_catalogue_get(mr_service *s, mr_arena *a, mr_str slug_or_id, struct mr_published *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_specification_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_specification_find(tx, a, slug_or_id, &row, err));
    if (!row.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such specification", MR_NOWHERE);
    return read_row(s, tx, a, &row, ret, err);
}

int mr_catalogue_public_versions(mr_service *s, mr_arena *a, mr_str slug, size_t most, struct mr_version **ret,
                                 size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_specification_row *rows;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_specification_versions(tx, a, slug, most, &rows, ret_count, err));
    *ret = MR_NEW_ARRAY(a, struct mr_version, *ret_count);
    if (!*ret) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < *ret_count; i++)
        (*ret)[i] = (struct mr_version){rows[i].id, rows[i].version, rows[i].published_at};
    return MR_OK;
}
