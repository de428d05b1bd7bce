/* Publishing specifications and finding them. */
#ifndef MR_SERVICE_CATALOGUE_H
#define MR_SERVICE_CATALOGUE_H

#include "credential/specification_file.h"
#include "service/service.h"

struct mr_published {
    mr_str id, org_id; /* row ids */
    mr_str slug, version;
    mr_specification specification;
    mr_str document; /* the specification file as it was published */
    int64_t published_at;
    int64_t awarded; /* achievements so far */
};
/* Publish a specification file. Faults are findings, those of the file and, when it has none, those that its credentials would have against the official
 * shapes; nothing is kept then. A published version is not replaced: MR_E_EXISTS. */
int mr_catalogue_publish(mr_service *s, mr_arena *a, mr_str document, struct mr_findings *findings, mr_str *ret_slug,
                         struct mr_err *err) MR_MUST_CHECK;
/* All, newest version of each, by title of publication order; in the arena. */
int mr_catalogue_list(mr_service *s, mr_arena *a, struct mr_published **ret, size_t *ret_count,
                      struct mr_err *err) MR_MUST_CHECK;
/* Newest version by slug, or by row id. Errors: MR_E_NOT_FOUND. */
int mr_catalogue_get(mr_service *s, mr_arena *a, mr_str slug_or_id, struct mr_published *ret,
                     struct mr_err *err) MR_MUST_CHECK;
/* Versions of one, the newest first; at most `most`. */
struct mr_version {
    mr_str id, version;
    int64_t published_at;
};
int mr_catalogue_versions(mr_service *s, mr_arena *a, mr_str slug, size_t most, struct mr_version **ret,
                          size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

#endif
