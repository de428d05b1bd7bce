/* The wallet: what a learner keeps, whoever awarded it. What is hers is asked by her person id, in every function: another's item is MR_E_NOT_FOUND, and nothing of it is
 * revealed. All act on the actor alone: MR_E_FORBIDDEN for anybody but a person. The operator, providers and tokens reach nothing here. */
#ifndef MR_SERVICE_WALLET_H
#define MR_SERVICE_WALLET_H

#include "credential/issue.h"
#include "credential/verify.h"
#include "service/actor.h"
#include "service/service.h"
#include "store/wallet.h"

/* ---- looking ---- */

/* Items, as many as fit, the newest award first (of a collection: in its order).
 *   query  its person_id is not looked at; `search` as typed
 *   ret_all  how many there are without skip and limit; may be NULL */
int mr_wallet_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_wallet_query *query,
                   struct mr_wallet_item_row **ret, size_t *ret_count, int64_t *ret_all,
                   struct mr_err *err) MR_MUST_CHECK;
/* DESIGN section 5 rule 2: credit that was awarded here by whoever is entitled to is summed; hours stand beside it and are never converted; what comes from elsewhere
 * and what could not be relied on are counted apart. */
int mr_wallet_totals(mr_service *s, const struct mr_actor *actor, struct mr_wallet_totals *ret,
                     struct mr_err *err) MR_MUST_CHECK;
/* One item and its sealed documents. */
struct mr_wallet_file {
    mr_format format; /* of a kept one; of one from elsewhere not said */
    mr_str content;   /* octet for octet */
};
enum { MR_WALLET_FILES = 4 };
struct mr_wallet_item {
    struct mr_wallet_item_row row;
    struct mr_wallet_file files
        [MR_WALLET_FILES]; /* of a kept one the European Digital Credential first; of one from elsewhere the file itself */
    size_t file_count;
    mr_str report; /* of one from elsewhere: the report of the day it was added, JSON (credential/verify.h) */
};
/* Errors: MR_E_NOT_FOUND. */
int mr_wallet_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_wallet_item *ret,
                  struct mr_err *err) MR_MUST_CHECK;
/* Verify an item now, as anybody would. `file`: of mr_wallet_get. */
int mr_wallet_verify(mr_service *s, mr_arena *a, const mr_language *l, mr_str file, mr_report *ret,
                     struct mr_err *err) MR_MUST_CHECK;

/* ---- taking in and giving up ---- */

/* Keep what was awarded and accepted (service/claim.h asks whether she may), for a person. When this person keeps it already, that item is told.
 *   ret_id  of the item, in `a`
 *   errors  MR_E_STATE (it is not accepted, or its copies are gone), MR_E_EXISTS (somebody else keeps it), MR_E_LIMIT */
int mr_wallet_keep(mr_service *s, mr_arena *a, const mr_language *l, mr_str person_id, mr_str achievement_id,
                   mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* Verify a file and keep it together with the report, whatever the verdict. A file that is in the wallet already is told.
 *   name    of the file: the title of what does not say any
 *   errors  MR_E_FORMAT (detail: the summary of the report: it is no credential), MR_E_LIMIT (full, or too long) */
int mr_wallet_import(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_language *l, mr_str name,
                     mr_str file, mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* Remove an item for good: with it its copies of the sealed documents, its places in collections, its shares. The provider keeps its own record of an award.
 * Errors: MR_E_NOT_FOUND. */
int mr_wallet_remove(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;

/* What was awarded to her proved addresses and is not in any wallet. */
struct mr_wallet_offered {
    mr_str achievement_id, title, title_language, provider, email, awarded_on;
};
int mr_wallet_offers(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_language *l,
                     struct mr_wallet_offered **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Take one of these: what was accepted is kept; of what was not, the page on which she decides. ret_path: of this site, in `a`.
 * Errors: MR_E_NOT_FOUND: it is none of them; those of mr_wallet_keep. */
int mr_wallet_offer_take(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_language *l,
                         mr_str achievement_id, mr_str *ret_path, struct mr_err *err) MR_MUST_CHECK;
/* Her item of an achievement; empty when she does not keep it, and for whoever is no person. */
int mr_wallet_find_kept(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id, mr_str *ret_id,
                        struct mr_err *err) MR_MUST_CHECK;

/* ---- collections ---- */

/* Hers, by name; one of them. Errors: MR_E_NOT_FOUND. */
int mr_collection_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, struct mr_collection_row **ret,
                       size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
int mr_collection_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                      struct mr_collection_row *ret, struct mr_err *err) MR_MUST_CHECK;
/* Errors: MR_E_FORMAT (the name is empty or too long), MR_E_LIMIT. */
int mr_collection_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str name, mr_str *ret_id,
                      struct mr_err *err) MR_MUST_CHECK;
int mr_collection_rename(mr_service *s, const struct mr_actor *actor, mr_str id, mr_str name,
                         struct mr_err *err) MR_MUST_CHECK;
/* The set goes, what is in it stays in the wallet. */
int mr_collection_remove(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* Put an item in, take it out, or move it by one place. */
typedef enum mr_collection_change {
    MR_COLLECTION_PUT,
    MR_COLLECTION_TAKE,
    MR_COLLECTION_UP,
    MR_COLLECTION_DOWN
} mr_collection_change;
int mr_collection_change_item(mr_service *s, const struct mr_actor *actor, mr_str id, mr_str item_id,
                              mr_collection_change change, struct mr_err *err) MR_MUST_CHECK;

#endif
