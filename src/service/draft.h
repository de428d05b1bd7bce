/* Describing a micro-credential: drafts of specification files, edited element by element, handed in, looked at by a second person, published. What is published never
 * changes; a change is a new version, which begins as a draft again.
 *
 *   draft --submit--> submitted --approve--> published
 *     ^                   |
 *     +---return----------+          draft <--archive, restore--> archived
 *
 * Whoever approves is neither the person who handed it in nor the only one who has changed it. An operator is nobody's colleague and may do both: it is recorded as the
 * operator's, and everybody can read that. */
#ifndef MR_SERVICE_DRAFT_H
#define MR_SERVICE_DRAFT_H

#include "credential/specification_file.h"
#include "service/actor.h"
#include "service/catalogue.h"
#include "service/draft_document.h"
#include "store/draft.h"

typedef enum mr_draft_state {
    MR_DRAFT_OPEN,
    MR_DRAFT_SUBMITTED,
    MR_DRAFT_PUBLISHED,
    MR_DRAFT_ARCHIVED,
    MR_DRAFT_STATES
} mr_draft_state;
/* "draft", "submitted", "published", "archived", as stored and in the API. */
mr_str mr_draft_state_word(mr_draft_state state);

/* Who did something, and when. */
struct mr_draft_deed {
    mr_str kind, id; /* mr_actor_word; id empty for the operator and the system */
    int64_t at;      /* MR_TIME_NONE: nobody has */
};
struct mr_draft {
    mr_str id, org_id;
    mr_str slug, version; /* as the document says; empty while it does not */
    mr_str languages;     /* codes with blanks between; the first is the primary one */
    mr_str document;      /* JSON text */
    const mr_json *root;  /* the same, read */
    mr_draft_state state;
    int64_t revision;
    mr_str based_on;         /* row id of the version that it began with; empty: none */
    mr_str specification_id; /* what it became */
    struct mr_draft_deed submitted, decided;
    mr_str reason; /* why it was sent back; empty: it was not */
    int64_t created_at, updated_at;
};

struct mr_draft_start {
    mr_str org_id;    /* empty: that of the actor; of the operator: the first there is */
    mr_str title;     /* in the first language */
    mr_str languages; /* codes with blanks between */
    mr_str provider;  /* legal name, asked for only where no organisation is known (mr_draft_needs_provider) */
};
/* Must a new draft name its provider, because the installation knows none yet? */
int mr_draft_needs_provider(mr_service *s, const struct mr_actor *actor, bool *ret, struct mr_err *err) MR_MUST_CHECK;
/* Begin one. Errors: MR_E_USAGE (pointer: "/title", "/languages" or "/provider"), and those of mr_authorise as everywhere below. */
int mr_draft_new(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_draft_start *start,
                 mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* Begin with a specification file; it may lack answers and have faults, but must be a JSON object. Errors: MR_E_JSON and its kin, MR_E_LIMIT, MR_E_USAGE (no provider). */
int mr_draft_upload(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str document, mr_str *ret_id,
                    struct mr_err *err) MR_MUST_CHECK;
/* Begin with a copy of a draft (by id), or of a published specification (by slug or row id), under another identifier. */
int mr_draft_copy(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str source, mr_str *ret_id,
                  struct mr_err *err) MR_MUST_CHECK;
/* Begin the next version of a published specification; when somebody has begun it already, that draft. */
int mr_draft_new_version(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str slug, mr_str *ret_id,
                         struct mr_err *err) MR_MUST_CHECK;

/* Errors: MR_E_NOT_FOUND. */
int mr_draft_open(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_draft *ret,
                  struct mr_err *err) MR_MUST_CHECK;
/* Of the organisation that they act for (the operator: of all), whatever the filter says of it, last changed first. */
int mr_draft_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_draft_filter *filter,
                  struct mr_draft **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* How many of them there are, as the actor sees them. */
int mr_draft_count(mr_service *s, const struct mr_actor *actor, struct mr_draft_counts *ret,
                   struct mr_err *err) MR_MUST_CHECK;

/* A member that two people have changed; what is kept is theirs. */
struct mr_draft_conflict {
    mr_str member;
    const mr_json *theirs; /* NULL: they have removed it */
};
/* Save members. One that somebody else has changed since `base`, to something else, is a conflict: then nothing is saved, and the caller shows both.
 *   conflicts  filled with at most `count`; *ret_conflicts how many
 *   ret        the draft as it is afterwards
 *   errors     MR_E_STATE: it is handed in, published or archived; MR_E_USAGE: no member of specification files (removing one is allowed); MR_E_LIMIT */
int mr_draft_save(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                  const struct mr_draft_change *changes, size_t count, struct mr_draft_conflict *conflicts,
                  size_t *ret_conflicts, struct mr_draft *ret, struct mr_err *err) MR_MUST_CHECK;
/* Say of the provider what its profile says now (service/organisation.h), in place of what the draft says. Errors: MR_E_STATE as above; MR_E_NOT_FOUND: it belongs to no organisation. */
int mr_draft_take_provider(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                           struct mr_err *err) MR_MUST_CHECK;
/* Describe it in one language more, in one less, or in this one first.
 *   errors  MR_E_USAGE (no such language), MR_E_STATE (detail "texts": there are texts in it; "last": it is the only one; else as above) */
typedef enum mr_draft_language {
    MR_DRAFT_LANGUAGE_ADD,
    MR_DRAFT_LANGUAGE_REMOVE,
    MR_DRAFT_LANGUAGE_FIRST
} mr_draft_language;
int mr_draft_set_language(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_draft_language what,
                          mr_str language, struct mr_err *err) MR_MUST_CHECK;

/* What is in the way of publishing it: faults of the file, an identifier or version that is taken and, when there is no other fault and `sample` is asked for, what its credentials would have
 * against the official shapes. */
int mr_draft_check(mr_service *s, mr_arena *a, const struct mr_draft *draft, bool sample, mr_specification *ret,
                   struct mr_findings *findings, struct mr_err *err) MR_MUST_CHECK;

/* Hand it in. Errors: MR_E_SPECIFICATION with findings, MR_E_STATE. */
int mr_draft_submit(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_findings *findings,
                    struct mr_err *err) MR_MUST_CHECK;
/* Send it back with reasons, or take it back oneself. Errors: MR_E_STATE, MR_E_USAGE (no reason). */
int mr_draft_return(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_str reason,
                    struct mr_err *err) MR_MUST_CHECK;
/* Why this actor may not approve it, though others might. */
typedef enum mr_draft_bar { MR_DRAFT_FREE, MR_DRAFT_OWN, MR_DRAFT_ONLY_EDITOR } mr_draft_bar;
int mr_draft_find_bar(mr_service *s, const struct mr_actor *actor, const struct mr_draft *draft, mr_draft_bar *ret,
                      struct mr_err *err) MR_MUST_CHECK;
/* Approve, which publishes. Errors: MR_E_FORBIDDEN (detail "own" or "only_editor"), MR_E_SPECIFICATION with findings, MR_E_STATE. */
int mr_draft_approve(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_findings *findings,
                     mr_str *ret_slug, struct mr_err *err) MR_MUST_CHECK;

struct mr_draft_comment {
    mr_str element, remark; /* element: a member of the file; empty: about the whole */
    struct mr_draft_deed by;
};
/* Errors: MR_E_USAGE (nothing said, no such element), MR_E_LIMIT (MR_LIMIT_DRAFT_COMMENTS). */
int mr_draft_comment(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_str element, mr_str remark,
                     struct mr_err *err) MR_MUST_CHECK;
int mr_draft_comments(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                      struct mr_draft_comment **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

/* Put it away, or take it up again. Errors: MR_E_STATE. */
int mr_draft_archive(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, bool archived,
                     struct mr_err *err) MR_MUST_CHECK;
/* Remove a draft that was never published. Errors: MR_E_STATE. */
int mr_draft_delete(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                    struct mr_err *err) MR_MUST_CHECK;

#endif
