/* Import profiles: named mappings (credential/mapping.h) of an organisation, for tables as student systems export them. */
#ifndef MR_SERVICE_PROFILE_H
#define MR_SERVICE_PROFILE_H

#include "credential/mapping.h"
#include "service/actor.h"
#include "service/service.h"

struct mr_profile {
    mr_str id, org_id, name;
    mr_str document; /* JSON, as it is edited */
    int64_t changed_at;
};
/* The organisation that somebody works for: the one that they act for now, else (the operator) the only or first one. Errors: MR_E_NOT_FOUND: there is none yet. */
int mr_profile_organisation(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str *ret_org_id,
                            struct mr_err *err) MR_MUST_CHECK;
/* Those of an organisation, by name. */
int mr_profile_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, struct mr_profile **ret,
                    size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
int mr_profile_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_profile *ret,
                   struct mr_err *err) MR_MUST_CHECK;
/* Keep one under the name that its document tells; another of that name is replaced.
 *   errors  those of mr_mapping_parse; MR_E_FORMAT also when it has no name */
int mr_profile_save(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, mr_str document,
                    mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
int mr_profile_remove(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                      struct mr_err *err) MR_MUST_CHECK;
/* Profiles that come with Merit, to begin with: documents in the style of Ladok, STADS and OSIRIS. */
#define MR_PROFILE_EXAMPLES 8
size_t mr_profile_examples(mr_str out[MR_PROFILE_EXAMPLES]);

#endif
