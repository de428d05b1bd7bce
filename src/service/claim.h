/* A learner claims what was awarded: by a link that only this installation can make; no account.
 *
 * A link counts once. It may be opened as often as somebody likes (mail scanners fetch links) until a decision uses it up; after that it opens nothing but a kind page, except
 * in the browser that decided, which holds a pass for a day. A new link, mailed to the address of the award, opens what was accepted once more, in one browser.
 * Which links are good is said by the turn that is part of them: deciding, and opening a new link, ends a turn (achievement.claim_turn). Nobody needs to keep links.
 *
 * A link that was mailed to the learner's address proves that who opens it reads that address; those that the office and the API hand out, and codes on paper, prove
 * nothing of the kind. The two are told apart by what was signed. */
#ifndef MR_SERVICE_CLAIM_H
#define MR_SERVICE_CLAIM_H

#include "credential/status.h"
#include "service/service.h"

typedef enum mr_claim_state { MR_CLAIM_OPEN, MR_CLAIM_ACCEPTED, MR_CLAIM_DECLINED } mr_claim_state;
typedef enum mr_claim_door {
    MR_CLAIM_TO_DECIDE, /* the link is good, nobody has decided */
    MR_CLAIM_PASS,      /* this browser decided, or opened a new link */
    MR_CLAIM_NEW_LINK,  /* it was decided, and this link opens it once: mr_claim_enter */
    MR_CLAIM_USED       /* the link was used up; nothing else of this struct is filled but achievement_id */
} mr_claim_door;
struct mr_claim {
    mr_claim_door door;
    bool proves_email; /* who opened it reads `email` */
    mr_str achievement_id, org_id, learner, email;
    mr_claim_state state;
    int64_t turn;            /* of the links that are good now */
    int64_t until;           /* the end of the time to decide */
    int64_t claimed_at;      /* MR_TIME_NONE: undecided */
    mr_str elm, jwt;         /* sealed bytes; empty when declined, or removed by the learner */
    mr_str badge, wallet;    /* open-badges, dc+sd-jwt; also empty when it was sealed without */
    mr_str language;         /* in which the provider writes to her, a tag; empty: not said */
    mr_str specification_id; /* the version that was awarded */
    mr_status status;
    int64_t status_changed_at; /* MR_TIME_NONE: never */
};
/* What a browser holds that decided: text for a cookie. */
enum { MR_CLAIM_PASS_TEXT = 64 };
typedef char mr_claim_pass[MR_CLAIM_PASS_TEXT];

/*   pass    what the browser brought; may be empty
 *   errors  MR_E_NOT_FOUND (also for a wrong mac: nothing is revealed), MR_E_STATE: its time is over, undecided */
int mr_claim_open(mr_service *s, mr_arena *a, mr_str achievement_id, mr_str mac, mr_str pass, struct mr_claim *ret,
                  struct mr_err *err) MR_MUST_CHECK;
/* The same for who may look without a link; the caller has asked. */
int mr_claim_look(mr_service *s, mr_arena *a, mr_str achievement_id, struct mr_claim *ret,
                  struct mr_err *err) MR_MUST_CHECK;
/* The same, with `elm` alone of the sealed bytes: the others stay empty. */
int mr_claim_look_elm(mr_service *s, mr_arena *a, mr_str achievement_id, struct mr_claim *ret,
                      struct mr_err *err) MR_MUST_CHECK;
/* Decide. Declining removes the learner's copies (the sealed bytes); the provider keeps its own record.
 *   ret_pass  for the browser that decided; empty when it has one
 *   errors    MR_E_STATE: it was decided before, otherwise or elsewhere, or its time is over */
int mr_claim_accept(mr_service *s, mr_str achievement_id, mr_str mac, mr_str pass, mr_claim_pass ret_pass,
                    struct mr_err *err) MR_MUST_CHECK;
int mr_claim_decline(mr_service *s, mr_str achievement_id, mr_str mac, mr_str pass, mr_claim_pass ret_pass,
                     struct mr_err *err) MR_MUST_CHECK;
/* Use up a new link of what was decided. Errors: MR_E_NOT_FOUND, MR_E_STATE: it was used before. */
int mr_claim_enter(mr_service *s, mr_str achievement_id, mr_str mac, mr_claim_pass ret_pass,
                   struct mr_err *err) MR_MUST_CHECK;
/* Mail a new link to the address of the award, at most MR_LIMIT_CLAIM_LINKS_PER_HOUR an hour. Whoever asks learns the same whether or not there is an address and
 * something to open. Errors: MR_E_NOT_FOUND: the link was never one. */
int mr_claim_link_send(mr_service *s, mr_arena *a, mr_str achievement_id, mr_str mac, struct mr_err *err) MR_MUST_CHECK;
/* Remove the copies of those who did not decide in time; the provider keeps its own records. The service does this by itself every hour.
 *   ret_removed  sealed documents; may be NULL */
int mr_claim_remove_unclaimed(mr_service *s, int64_t *ret_removed, struct mr_err *err) MR_MUST_CHECK;

/* "/claim/<id>/<mac>" in the arena, for this turn of an achievement: to be handed out; and to be mailed to this address and no other. */
mr_str mr_claim_path(const mr_service *s, mr_arena *a, mr_str achievement_id, int64_t turn);
mr_str mr_claim_mail_path(const mr_service *s, mr_arena *a, mr_str achievement_id, int64_t turn, mr_str email);

#endif
