/* Shares: a link by which a learner shows something of her wallet to one recipient, until a day, with her name for them (the label). Nobody but the holder of a link reaches what it shows, and a link
 * says when it was opened: the time, and nothing of whoever opened it. She stops it at any time; she alone makes, changes and sees her links.
 *
 * The address is made by the installation's secret from the id of the share, so that it can be shown again and nothing secret is stored. An address that this installation never made is
 * MR_E_NOT_FOUND; one whose share is over, stopped, or gone with the account or the credential is MR_E_STATE, and of neither is anything told. */
#ifndef MR_SERVICE_SHARE_H
#define MR_SERVICE_SHARE_H

#include "credential/disclose.h"
#include "service/wallet.h"
#include "store/share.h"

/* ---- what is shown ---- */

/* One credential of the wallet, whole or in parts. */
struct mr_share_part {
    mr_str item_id;
    bool in_part;
    const mr_str *pointers; /* in part: those of mr_share_choices that are shown beside what always is */
    size_t pointer_count;
};
/* What of an item can be shown in part, in its order (credential/disclose.h): of the form for wallets, or of a file from elsewhere that has such parts.
 *   ret_count  0: it is shown whole or not at all */
int mr_share_choices(mr_arena *a, const mr_language *l, const struct mr_wallet_item *item, struct mr_disclosable **ret,
                     size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* An item as a recipient gets it. */
struct mr_share_shown {
    struct mr_wallet_item item; /* in part: nothing of it may be shown but `content` */
    bool in_part;
    mr_str content; /* what is verified; empty: its copies are gone */
};
/* Errors: MR_E_NOT_FOUND (none of hers), MR_E_FORMAT (detail "parts": it has no such parts). */
int mr_share_show(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_share_part *part,
                  struct mr_share_shown *ret, struct mr_err *err) MR_MUST_CHECK;

/* ---- hers ---- */

typedef enum mr_share_state { MR_SHARE_OPEN, MR_SHARE_EXPIRED, MR_SHARE_STOPPED } mr_share_state;
struct mr_share {
    struct mr_share_row row;
    mr_share_state state;
    struct mr_share_item_row *items;
    size_t item_count;
    int64_t *
        openings; /* mr_share_get: the newest first, as far as they are kept (MR_LIMIT_SHARE_OPENINGS, MR_LIMIT_SHARE_KEPT_MS) */
    size_t opening_count;
};
struct mr_share_order {
    mr_str label;
    mr_date last_day; /* the link is good until this day is over (UTC) */
    const struct mr_share_part *parts;
    size_t count;
};
/* Would mr_share_add take it? Errors: MR_E_FORMAT and MR_E_LIMIT with the detail "label", "until", "items" or "parts"; MR_E_NOT_FOUND: an item is not hers. */
int mr_share_check(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_share_order *order,
                   struct mr_err *err) MR_MUST_CHECK;
/* Errors: those of mr_share_check; MR_E_LIMIT with the detail "shares": she has too many that are not over. */
int mr_share_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_share_order *order,
                 mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* Hers, the newest first. ret_all: how many there are. */
int mr_share_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, size_t skip, size_t limit,
                  struct mr_share **ret, size_t *ret_count, int64_t *ret_all, struct mr_err *err) MR_MUST_CHECK;
/* Errors: MR_E_NOT_FOUND. */
int mr_share_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_share *ret,
                 struct mr_err *err) MR_MUST_CHECK;
/* Good until this day is over, also when it was over or stopped before. Errors: MR_E_NOT_FOUND, MR_E_FORMAT ("until"). */
int mr_share_extend(mr_service *s, const struct mr_actor *actor, mr_str id, mr_date last_day,
                    struct mr_err *err) MR_MUST_CHECK;
/* At once. Errors: MR_E_NOT_FOUND. */
int mr_share_stop(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* "/shared/<id>/<mac>" in the arena. */
mr_str mr_share_path(const mr_service *s, mr_arena *a, mr_str id);

/* ---- the recipient's ---- */

struct mr_share_opened {
    mr_str id, person, label; /* who shares, and her name for the recipient */
    int64_t until;
    bool own; /* she looks at it herself: not an opening */
    struct mr_share_shown *shown;
    size_t count;
};
/* Open it, and note that it was opened, once within MR_LIMIT_SHARE_OPENING_MS.
 *   note    false: it is asked for, and nobody reads it (HEAD, a preview)
 *   errors  MR_E_NOT_FOUND: there never was such a link; MR_E_STATE: it is over */
int mr_share_open(mr_service *s, const struct mr_actor *reader, mr_arena *a, mr_str id, mr_str mac, bool note,
                  struct mr_share_opened *ret, struct mr_err *err) MR_MUST_CHECK;

/* Remove what was over, and openings, from longer ago than MR_LIMIT_SHARE_KEPT_MS. The service does this by itself every hour. */
int mr_share_forget(mr_service *s, int64_t *ret_removed, struct mr_err *err) MR_MUST_CHECK;

#endif
