/* Evidence: files about a batch, an achievement or a validation that the provider keeps for itself. They are never part of a credential; their hash is recorded, so that
 * one that is shown later can be told from another. */
#ifndef MR_SERVICE_EVIDENCE_FILE_H
#define MR_SERVICE_EVIDENCE_FILE_H

#include "service/actor.h"
#include "service/service.h"
#include "store/evidence_file.h"

typedef enum mr_evidence_object {
    MR_EVIDENCE_BATCH,
    MR_EVIDENCE_ACHIEVEMENT,
    MR_EVIDENCE_VALIDATION
} mr_evidence_object;
/* What a file is by its first bytes, whatever it calls itself: a media type that browsers do not run; "application/octet-stream" for what is not known. */
const char *mr_evidence_type(mr_str content);
/* Keep a file (RESULT_ENTER, of a validation VALIDATION_EDIT).
 *   errors  MR_E_NOT_FOUND: no such object; MR_E_LIMIT: larger than MR_LIMIT_EVIDENCE_FILE, or more than MR_LIMIT_EVIDENCE_FILES; MR_E_USAGE: empty */
int mr_evidence_file_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_evidence_object kind,
                         mr_str object_id, mr_str name, mr_str content, mr_str *ret_id,
                         struct mr_err *err) MR_MUST_CHECK;
/* RESULT_READ for batches, ACHIEVEMENT_READ for achievements, VALIDATION_READ for validations. */
int mr_evidence_file_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_evidence_object kind,
                          mr_str object_id, struct mr_evidence_file_row **ret, size_t *ret_count,
                          struct mr_err *err) MR_MUST_CHECK;
/* The same for one file; the audit log tells who opened it. */
int mr_evidence_file_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                         struct mr_evidence_file_row *ret, mr_str *ret_content, struct mr_err *err) MR_MUST_CHECK;
/* As adding. ret: what it was about. */
int mr_evidence_file_remove(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                            struct mr_evidence_file_row *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
