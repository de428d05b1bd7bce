/* Is a credential still good? The provider decides, one entry of a status list keeps it, and all that is published is made from the entries: the lists of
 * credential/status.h, and for European Digital Credentials, which name no list, the issuer's list of withdrawn ids.
 *
 * active <-> suspended, and from either to revoked, which is final (a wallet or verifier may have acted on it). Reasons are kept and never published.
 *
 * An achievement that was sealed before there were lists has no entry: revoking it shows in the list of withdrawn ids only. */
#ifndef MR_SERVICE_STATUS_H
#define MR_SERVICE_STATUS_H

#include "credential/status.h"
#include "service/actor.h"
#include "service/service.h"

#define MR_STATUS_VALID_MS MR_DAY_MS /* of a signed list */

/* ---- places ---- */

/* Where the credentials of one achievement stand. */
struct mr_status_place {
    char achievement_id[37];
    mr_str list; /* base URL (struct mr_status_publishing) */
    uint64_t index;
};
/* Under what a place is found again when the same award is made anew after a stop: who reads the database cannot tell a name from it.
 *   learner_key  struct mr_result_row */
void mr_status_award_key(const mr_service *s, const mr_specification *specification, mr_str learner_key, char out[33]);
/* A place for each award, all of them or none: the one it has, or a new one at an index that nobody can foresee, with a new achievement id. Lists are opened as
 * needed. Durable when it returns, so before anything is sealed: a stop between leaves a place that nobody uses until the award is made again.
 *   base  URL of the folder of lists, without a slash at the end; empty: that of this server
 *   ret   `count` places, in `a` */
int mr_status_allocate(mr_service *s, mr_arena *a, const mr_specification *specification, mr_str base,
                       const mr_str *award_keys, size_t count, struct mr_status_place **ret,
                       struct mr_err *err) MR_MUST_CHECK;

/* ---- asking and deciding ---- */

/* "active", "suspended", "revoked" as the store writes them; what is none of them counts as revoked. */
mr_status mr_status_of_word(mr_str word);

struct mr_achievement_status {
    mr_str achievement_id;
    mr_status status;
    int64_t changed_at;         /* MR_TIME_NONE: never */
    mr_str reason, reason_code; /* of the newest change; may be empty */
    mr_str org_id;
    mr_str replaced_by;                         /* achievement id of what took its place; empty: nothing */
    bool is_listed;                             /* false: sealed before there were lists */
    mr_str learner, specification_id, batch_id; /* empty: it lives in files */
};
/* Action ACHIEVEMENT_READ, of the organisation that it belongs to.
 *   id      of the achievement or of its credential ("urn:credential:<id>")
 *   errors  MR_E_NOT_FOUND */
int mr_status_find(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                   struct mr_achievement_status *ret, struct mr_err *err) MR_MUST_CHECK;

/* What is to become of a credential, and why. Neither code nor reason is ever published. */
struct mr_status_order {
    mr_status to;
    mr_str code;   /* one of mr_status_reasons; empty: none */
    mr_str reason; /* at most MR_LIMIT_STATUS_REASON code points, naming nobody; may be empty */
    bool mail;     /* tell the learner, who has an address: templates "revoked", "suspended", "reinstated" */
};
/* The codes of reasons, ends with NULL; message "status.reason.<code>". */
extern const char *const mr_status_reasons[];
/* Change it (ACHIEVEMENT_STATUS); the same again changes nothing.
 *   errors  MR_E_NOT_FOUND; MR_E_STATE (revoked before); MR_E_LIMIT, MR_E_UTF8 (reason); MR_E_UNSUPPORTED (code) */
int mr_status_set(mr_service *s, const struct mr_actor *actor, mr_str id, const struct mr_status_order *order,
                  struct mr_err *err) MR_MUST_CHECK;
struct mr_status_step {
    mr_status status; /* from then on */
    int64_t at;       /* ms */
    mr_str reason;    /* may be empty */
};
/* What happened to it, newest first, at most MR_LIMIT_API_PAGE steps (ACHIEVEMENT_READ). */
int mr_status_history(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_status_step **ret,
                      size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Revoke it because another credential of this installation took its place. Both are told to the provider; what is published says only that it is revoked.
 *   successor  as id; must be known and not revoked
 *   errors     as above, for both; MR_E_USAGE (the same one) */
int mr_status_replace(mr_service *s, const struct mr_actor *actor, mr_str id, mr_str successor, mr_str reason,
                      struct mr_err *err) MR_MUST_CHECK;
/* The same inside a transaction, for use cases that have asked already: achievements that are in the database.
 *   successor      achievement id, or empty
 *   specification  of the achievement, for the mail and for those in no list
 *   ret_changed    false: it was so already */
int mr_status_change_in(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str achievement_id, mr_str successor,
                        const mr_specification *specification, const struct mr_status_order *order, bool *ret_changed,
                        struct mr_err *err) MR_MUST_CHECK;
int mr_status_check_order(const struct mr_status_order *order, struct mr_err *err) MR_MUST_CHECK;

/* ---- many at once ---- */

struct mr_status_many {
    size_t changed, unchanged; /* unchanged: they were so already, or withdrawn for good */
};
/* Those that were chosen, all in one transaction; each of an organisation where the actor may. Errors also: MR_E_LIMIT: more than MR_LIMIT_STATUS_MANY. */
int mr_status_set_many(mr_service *s, const struct mr_actor *actor, const mr_str *ids, size_t count,
                       const struct mr_status_order *order, struct mr_status_many *ret,
                       struct mr_err *err) MR_MUST_CHECK;
/* All of a batch, by a job. */
int mr_status_set_batch(mr_service *s, const struct mr_actor *actor, mr_str batch_id,
                        const struct mr_status_order *order, struct mr_err *err) MR_MUST_CHECK;

/* All achievements by id, after `after` (empty: from the start), at most `limit`; of each what a list shows: reason and the like are empty. For the operator and
 * administrators of the installation (INSTALLATION_READ). */
int mr_status_page(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str after, size_t limit,
                   struct mr_achievement_status **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

/* ---- publishing ---- */

struct mr_kept_list {
    mr_str id;
    mr_str base, url; /* of the folder of lists, and of this one: base URL of its forms */
    mr_str issuer;    /* name of the provider's seal (mr_service_issuer) */
    int64_t used;
};
int mr_status_lists(mr_service *s, mr_arena *a, struct mr_kept_list **ret, size_t *ret_count,
                    struct mr_err *err) MR_MUST_CHECK;
/* "revocation", "suspension", "token": the last part of a form's address; and back, false for anything else. */
const char *mr_status_form_name(mr_status_form form);
bool mr_status_form_find(mr_str name, mr_status_form *ret);
/* Sign a list as it is now.
 *   seal    NULL: the seal of that name in the data folder
 *   errors  MR_E_NOT_FOUND (list, issuer), those of signing */
int mr_status_write(mr_service *s, mr_arena *a, mr_str list_id, mr_status_form form, const struct mr_seal_key *seal,
                    mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/*   url  where it will be found, which it says of itself (mr_status_withdrawn_url) */
int mr_status_write_withdrawn(mr_service *s, mr_arena *a, mr_str issuer, mr_str url, const struct mr_seal_key *seal,
                              mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* The same for everybody who asks: signed once, and again after a change or half of its time. ret: in `a`. */
int mr_status_serve(mr_service *s, mr_arena *a, mr_str list_id, mr_status_form form, mr_str *ret,
                    struct mr_err *err) MR_MUST_CHECK;
int mr_status_serve_withdrawn(mr_service *s, mr_arena *a, mr_str issuer, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* "<public URL>/status": the folder of lists of this server; and "<base>/withdrawn/<issuer>". In the arena. */
mr_str mr_status_base(const mr_service *s, mr_arena *a);
mr_str mr_status_withdrawn_url(mr_arena *a, mr_str base, mr_str issuer);

#endif
