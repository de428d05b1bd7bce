/* Organisations as they are shown: who they are in law, their units, what they say in public about recognition and quality, and the assessors that they name. Consent of
 * other awarding bodies: service/partner.h. */
#ifndef MR_SERVICE_ORGANISATION_H
#define MR_SERVICE_ORGANISATION_H

#include "credential/organisation_file.h"
#include "service/actor.h"
#include "service/service.h"
#include "store/partner.h"
#include "store/statement.h"

/* How this organisation stands as "provider" in a specification file: a JSON object, {"name": {"en": "..."}} at least; empty when there is no such organisation.
 *   ret  in the arena */
int mr_organisation_as_provider(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str *ret,
                                struct mr_err *err) MR_MUST_CHECK;

/* What kinds there are, as stored and in the API ("university", "employer" ...), ending with NULL; of organisations, and of units within them. "provider": not said. */
extern const char *const mr_organisation_kinds[], *const mr_organisation_unit_kinds[];

struct mr_organisation_shown {
    mr_str id, slug, kind, parent_id;
    mr_str name;              /* as it was first called, in one language */
    mr_str profile;           /* JSON, as "provider" in specification files */
    mr_organisation identity; /* the same, read; has a name at least */
    int64_t closed_at;        /* MR_TIME_NONE: it is open */
};
/* What an organisation is called in this language, else in English, else as its profile begins; `name`, as it was first called, when the profile says nothing. */
mr_str mr_organisation_name_in(mr_arena *a, mr_str profile, mr_str name, mr_str language);
/* The short name in addresses that is made of a name: small ASCII letters, digits and hyphens, at most 60; "provider" when nothing is left. */
mr_str mr_organisation_slug(mr_arena *a, mr_str name);
/* The row id of the provider of this name; made, with a free slug, when there is none. */
int mr_organisation_ensure(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str name, mr_str *ret_id,
                           struct mr_err *err) MR_MUST_CHECK;
/* An organisation that has no profile yet is described as the specification file in `document` does; one whose profile has no eIDAS identifier has from now on the one that
 * stands there, so that no other organisation can take it. */
int mr_organisation_introduce(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str document,
                              struct mr_err *err) MR_MUST_CHECK;

/* In whose name? The identifier of the provider, or its name, chooses the seal (mr_service_issuer), so that nobody may state another's. */
struct mr_provider_doubt {
    const char *
        finding; /* "provider.other": it is not this organisation; "provider.taken": another of this installation is called so; NULL: there is no doubt */
    const char *pointer; /* "/eidas", "/name" */
    mr_str value;        /* which identifier or name */
};
/* Is what a specification says of its provider this organisation: its eIDAS identifier, when its profile has one, one of its names, and none that another organisation of this
 * installation has? Units and what they are units of may share all of it.
 *   ret  texts in `a` */
int mr_organisation_doubt(mr_db_tx *tx, mr_arena *a, mr_str org_id, const mr_organisation *provider,
                          struct mr_provider_doubt *ret, struct mr_err *err) MR_MUST_CHECK;
/* The same before something is published. Errors: MR_E_FORBIDDEN (pointer "/provider/eidas" or "/provider/name"; detail: the identifier or name). */
int mr_organisation_check_provider(mr_db_tx *tx, mr_arena *a, mr_str org_id, const mr_organisation *provider,
                                   struct mr_err *err) MR_MUST_CHECK;
/* Only the second half: has another organisation of this installation come to be called so? For what was published before. */
int mr_organisation_find_rival(mr_db_tx *tx, mr_arena *a, mr_str org_id, const mr_organisation *provider,
                               struct mr_provider_doubt *ret, struct mr_err *err) MR_MUST_CHECK;

/* The organisation that pages and the API are about: the one of this slug, else the one the actor acts for, else (for whoever runs the program) the first.
 *   errors  MR_E_NOT_FOUND: there is none, or it is not theirs */
int mr_organisation_open(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str slug,
                         struct mr_organisation_shown *ret, struct mr_err *err) MR_MUST_CHECK;
/* Any that is not closed, by slug or id. Public. Errors: MR_E_NOT_FOUND. */
int mr_organisation_find(mr_service *s, mr_arena *a, mr_str slug_or_id, struct mr_organisation_shown *ret,
                         struct mr_err *err) MR_MUST_CHECK;
/* The same of one that was closed, too. */
int mr_organisation_find_ever(mr_service *s, mr_arena *a, mr_str slug_or_id, struct mr_organisation_shown *ret,
                              struct mr_err *err) MR_MUST_CHECK;
/* Those with something in the catalogue, by name, behind the one with the slug `after`. Public. */
int mr_organisation_publishers(mr_service *s, mr_arena *a, mr_str after, size_t most,
                               struct mr_organisation_shown **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Its units; public ones only those that are not closed. */
int mr_organisation_units(mr_service *s, mr_arena *a, mr_str org_id, bool closed_too,
                          struct mr_organisation_shown **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

/* Keep who it is. profile: JSON, as "provider" in specification files; faults are findings, among them "provider.taken", and nothing is kept then (MR_E_SPECIFICATION).
 *   errors  MR_E_NOT_FOUND, MR_E_FORBIDDEN, MR_E_USAGE (no such kind) */
int mr_organisation_save(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, mr_str kind,
                         mr_str profile, struct mr_findings *findings, struct mr_err *err) MR_MUST_CHECK;
/* A new unit within it, likewise; what is not said in the profile (country, identifiers) is taken from the organisation. */
int mr_organisation_add_unit(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, mr_str kind,
                             mr_str profile, struct mr_findings *findings, mr_str *ret_slug,
                             struct mr_err *err) MR_MUST_CHECK;
/* Close a unit, or open it again: what it published stays. */
int mr_organisation_close_unit(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str slug, bool closed,
                               struct mr_err *err) MR_MUST_CHECK;

/* A statement in public: "recognition" or "quality". */
struct mr_statement {
    mr_str kind, version;
    mr_date valid_from;
    mr_texts texts;
    mr_str url;
    int64_t published_at;
};
/* Publish a new version. texts: JSON, by language. Faults are findings (pointers "/text/en", "/version", "/valid_from", "/url"). Errors also: MR_E_EXISTS. */
struct mr_statement_order {
    mr_str kind, version, valid_from, texts, url;
};
int mr_organisation_publish_statement(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                                      const struct mr_statement_order *order, struct mr_findings *findings,
                                      struct mr_err *err) MR_MUST_CHECK;
/* All versions of both kinds, the newest first. Public. */
int mr_organisation_statements(mr_service *s, mr_arena *a, mr_str org_id, struct mr_statement **ret, size_t *ret_count,
                               struct mr_err *err) MR_MUST_CHECK;
/* The one of this kind that holds today; NULL when there is none. */
const struct mr_statement *mr_statement_now(const mr_service *s, const struct mr_statement *list, size_t count,
                                            const char *kind);

/* Assessors outside that it may name in its specifications. profile: JSON, as "assessor" there. */
int mr_organisation_add_assessor(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                                 mr_str profile, struct mr_findings *findings, mr_str *ret_id,
                                 struct mr_err *err) MR_MUST_CHECK;
int mr_organisation_remove_assessor(mr_service *s, const struct mr_actor *actor, mr_str org_id, mr_str id,
                                    struct mr_err *err) MR_MUST_CHECK;
int mr_organisation_assessors(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                              struct mr_assessor_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

/* Close the whole organisation with its units (ORGANISATION_EDIT), or open it again (ORGANISATION_ADD: for administrators of the installation; units stay closed). While it is closed
 * nobody but the operator acts for it: nothing is awarded, nobody enrols, and what it offers is in the catalogue no more; what was awarded verifies, pages that credentials point at
 * stay, learners keep what is theirs, and the installation keeps the provider's records as long as the provider has said.
 * Errors: MR_E_NOT_FOUND (units have mr_organisation_close_unit), MR_E_STATE: it is so already. */
int mr_organisation_close(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, bool closed,
                          struct mr_err *err) MR_MUST_CHECK;
/* Errors: MR_E_FORBIDDEN (detail "closed"): it is closed, and nothing is awarded in its name. */
int mr_organisation_check_open(mr_service *s, mr_str org_id, struct mr_err *err) MR_MUST_CHECK;

#endif
