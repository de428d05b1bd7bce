#include "service/catalogue.h"

#include "service/installation.h"
#include "service/organisation.h"
#include "service/search.h"
#include "store/organisation.h"
#include "store/specification.h"

static int keep(mr_service *s, mr_arena *a, const mr_specification *spec, mr_str document, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_specification_row row = {.slug = spec->id, .version = spec->version, .document = document};
    mr_str name = mr_texts_get(spec->provider.name, mr_specification_primary_language(spec), NULL), id;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_organisation_ensure(s, tx, a, name, &row.org_id, err));
    MR_TRY(mr_organisation_introduce(tx, a, row.org_id, document, err));
    MR_TRY(mr_store_specification_add(tx, a, mr_service_env(s), &row, &id, err));
    MR_TRY(mr_search_update(s, tx, row.slug, err));
    mr_db_tx *done = tx;
    tx = NULL;
    return mr_db_commit(done, err);
}

int mr_catalogue_publish(mr_service *s, mr_arena *a, mr_str document, struct mr_findings *findings, mr_str *ret_slug,
                         struct mr_err *err)
{
    mr_specification spec;
    MR_TRY(mr_specification_read(a, document, &spec, findings, err));
    if (findings->faults) return MR_FAIL(err, MR_E_SPECIFICATION, "the specification has faults", MR_NOWHERE);
    MR_TRY(mr_service_check_sample(s, a, &spec, NULL, findings, err));
    if (findings->faults) return MR_FAIL(err, MR_E_SPECIFICATION, "its credentials would have faults", MR_NOWHERE);
    MR_TRY(keep(s, a, &spec, document, err));
    *ret_slug = spec.id;
    return MR_OK;
}

static int read_row(mr_arena *a, const struct mr_specification_row *row, struct mr_published *ret, struct mr_err *err)
{
    struct mr_findings findings;
    mr_findings_init(&findings, a);
    *ret = (struct mr_published){.id = row->id,
                                 .org_id = row->org_id,
                                 .slug = row->slug,
                                 .version = row->version,
                                 .document = row->document,
                                 .published_at = row->published_at,
                                 .awarded = row->awarded};
    return mr_specification_read(a, row->document, &ret->specification, &findings, err);
}

int mr_catalogue_list(mr_service *s, mr_arena *a, struct mr_published **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_specification_row *rows;
    size_t count;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_specification_list(tx, a, &rows, &count, err));
    struct mr_published *list = MR_NEW_ARRAY(a, struct mr_published, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) MR_TRY(read_row(a, &rows[i], &list[i], err));
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_catalogue_get(mr_service *s, mr_arena *a, mr_str slug_or_id, struct mr_published *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_specification_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_specification_find(tx, a, slug_or_id, &row, err));
    if (!row.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such specification", MR_NOWHERE);
    return read_row(a, &row, ret, err);
}

int mr_catalogue_versions(mr_service *s, mr_arena *a, mr_str slug, size_t most, struct mr_version **ret,
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
