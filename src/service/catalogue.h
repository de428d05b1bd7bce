/* Publishing specifications and finding them. */
#ifndef MR_SERVICE_CATALOGUE_H
#define MR_SERVICE_CATALOGUE_H

#include "credential/specification_file.h"
#include "service/actor.h"
#include "service/service.h"
#include "store/specification.h"

struct mr_published {
    mr_str id, org_id; /* row ids */
    mr_str slug, version;
    mr_specification specification;
    mr_str document; /* the specification file as it was published */
    int64_t published_at;
    int64_t awarded;     /* achievements so far */
    int64_t archived_at; /* MR_TIME_NONE: it is offered */
};
/* Publish a specification file, for the organisation that the actor acts for; without one (the operator) for the one that the file names as its provider. Faults are findings, those of the file and, when it has none, those that its credentials would have against the official
 * shapes; nothing is kept then. A published version is not replaced: MR_E_EXISTS; so it is when the id is another organisation's. MR_E_FORBIDDEN with a pointer: the file names
 * another provider (mr_organisation_check_provider). An awarding body that has not consented is a finding, too (mr_partner_check). */
int mr_catalogue_publish(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str document,
                         struct mr_findings *findings, mr_str *ret_slug, struct mr_err *err) MR_MUST_CHECK;
/* Tell webhooks of a version that was published, in the transaction that keeps it: event "specification.published".
 *   row  with org_id, slug and version
 *   id   of its row */
int mr_catalogue_tell(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_specification_row *row, mr_str id,
                      struct mr_err *err) MR_MUST_CHECK;
/* The newest version of each, as the filter says; in the arena. */
int mr_catalogue_list(mr_service *s, mr_arena *a, const struct mr_specification_filter *filter,
                      struct mr_published **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Newest version by slug, or by row id. Errors: MR_E_NOT_FOUND. */
int mr_catalogue_get(mr_service *s, mr_arena *a, mr_str slug_or_id, struct mr_published *ret,
                     struct mr_err *err) MR_MUST_CHECK;
/* Those of the organisation that they act for (the operator: of all), whatever the filter says of it. Action SPECIFICATION_READ. */
int mr_catalogue_list_own(mr_service *s, const struct mr_actor *actor, mr_arena *a,
                          const struct mr_specification_filter *filter, struct mr_published **ret, size_t *ret_count,
                          struct mr_err *err) MR_MUST_CHECK;
/* Of the same: how many are offered, and how often any version of them was awarded. */
struct mr_own_counts {
    int64_t published, awarded;
};
int mr_catalogue_count_own(mr_service *s, const struct mr_actor *actor, struct mr_own_counts *ret,
                           struct mr_err *err) MR_MUST_CHECK;
/* Every version of one, the newest first. Errors: MR_E_NOT_FOUND. */
int mr_catalogue_versions(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str slug,
                          struct mr_published **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Offer it no longer in the catalogue, or again; its page and what was awarded stay. Errors: MR_E_NOT_FOUND. */
int mr_catalogue_archive(mr_service *s, const struct mr_actor *actor, mr_str slug, bool archived,
                         struct mr_err *err) MR_MUST_CHECK;
/* Versions of one as everybody sees them, the newest first; at most `most`. */
struct mr_version {
    mr_str id, version;
    int64_t published_at;
};
int mr_catalogue_public_versions(mr_service *s, mr_arena *a, mr_str slug, size_t most, struct mr_version **ret,
                                 size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

#endif
