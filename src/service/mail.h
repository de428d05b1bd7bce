/* Mail: queued in the transaction that gives the reason for it, sent in the background (service/mail_sending.c), looked after in the office. */
#ifndef MR_SERVICE_MAIL_H
#define MR_SERVICE_MAIL_H

#include "service/actor.h"
#include "service/mail_text.h"
#include "service/service.h"

struct mr_mail {
    const char *
        template_name; /* of web/templates/mail/: "claim", "sign_in" ... (service/mail_kinds.def tells what each shows) */
    mr_str org_id;     /* for whom; empty: the installation itself */
    mr_str to;         /* one address */
    mr_str language;   /* tag; the nearest that Merit speaks is taken */
    mr_str object_id; /* the achievement, invitation ... that it is about; may be empty */
    mr_str data;      /* JSON object that the template is filled with */
    int64_t at;       /* not before; 0: now */
};
/* A mail of a kind that its recipient has stopped (reminders) is not queued, and *ret_id empty. Errors: MR_E_FORMAT (the address cannot be one), MR_E_DB. */
int mr_mail_queue(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_mail *mail, mr_str *ret_id,
                  struct mr_err *err) MR_MUST_CHECK;
/* JSON for a mail to the learner of an achievement: learner, title, provider, provider_email, link, until.
 *   achievement_id  must be there
 *   l               NULL: the language in which the provider writes to her (mr_maker_mail_language)
 *   to              whom it is for: only a link to the address of the award proves that who opens it reads that address (service/claim.h)
 *   ret             in `a`
 *   ret_language    the tag of the language that was taken; may be NULL */
int mr_mail_about_achievement(mr_service *s, mr_arena *a, mr_str achievement_id, const mr_language *l, mr_str to,
                              mr_str *ret, mr_str *ret_language, struct mr_err *err) MR_MUST_CHECK;

/* ---- in the office ---- */

typedef enum mr_mail_state {
    MR_MAIL_WAITING,
    MR_MAIL_SENT,
    MR_MAIL_REFUSED,  /* the server will not take it */
    MR_MAIL_RETURNED, /* it was taken, and a report says that it did not arrive */
    MR_MAIL_GIVEN_UP, /* put off again and again, or no longer worth sending */
    MR_MAIL_STATES
} mr_mail_state;
/* "waiting" ..., MR_MAIL_STATES when there is none. */
const char *mr_mail_state_word(mr_mail_state state);
mr_mail_state mr_mail_state_find(mr_str word);

struct mr_queued_mail {
    mr_str id, org_id, kind, language, to, object_id;
    mr_mail_state state;
    int64_t attempts, created_at, sent_at, next_at;
    int64_t answer_code; /* of the server; 0: none */
    mr_str answer;       /* what it, or a report, said last; may be empty */
    bool can_be_sent;    /* again: its contents are kept or can be made anew */
};
/* Newest first, those older than `after` (an id; empty: from the newest).
 *   org_id  empty: of the whole installation
 *   state   MR_MAIL_STATES: any */
int mr_mail_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, mr_mail_state state,
                 mr_str after, size_t limit, struct mr_queued_mail **ret, size_t *ret_count,
                 struct mr_err *err) MR_MUST_CHECK;
int mr_mail_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_queued_mail *ret,
                struct mr_err *err) MR_MUST_CHECK;
int mr_mail_counts(mr_service *s, const struct mr_actor *actor, mr_str org_id, int64_t ret[MR_MAIL_STATES],
                   struct mr_err *err) MR_MUST_CHECK;
/* Send it again, at once.
 *   to      another address, or empty: the same
 *   errors  MR_E_NOT_FOUND, MR_E_FORMAT (address), MR_E_STATE (its contents are kept no longer: make it anew where it came from) */
int mr_mail_again(mr_service *s, const struct mr_actor *actor, mr_str id, mr_str to, struct mr_err *err) MR_MUST_CHECK;

/* Is there a way to send at all, and does it work? */
struct mr_mail_way_now {
    bool is_configured;
    mr_str from;           /* address that Merit sends from */
    mr_str trouble;        /* what was said when the server was last asked in vain; empty: nothing is wrong */
    int64_t trouble_since; /* MR_TIME_NONE: nothing is wrong */
};
int mr_mail_way(mr_service *s, mr_arena *a, struct mr_mail_way_now *ret, struct mr_err *err) MR_MUST_CHECK;

/* ---- a provider's own ---- */

/* The organisation that pages and the API of an actor are about: the one they act for, else the first there is (an operator, who belongs to none). */
int mr_mail_org(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str *ret,
                struct mr_err *err) MR_MUST_CHECK;
/* A provider's own words, empty when it has none; and write them (both empty: back to Merit's). Errors: MR_E_NOT_FOUND (kind, or one that nobody may change), and those of
 * mr_mail_words_check. */
int mr_mail_words_find(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, mr_str kind,
                       mr_str language, struct mr_mail_words *ret, struct mr_err *err) MR_MUST_CHECK;
int mr_mail_words_set(mr_service *s, const struct mr_actor *actor, mr_str org_id, mr_str kind, mr_str language,
                      const struct mr_mail_words *words, struct mr_err *err) MR_MUST_CHECK;
/* How a mail would look with these words (empty: those in force) and invented data. */
int mr_mail_preview(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, mr_str kind,
                    mr_str language, const struct mr_mail_words *words, struct mr_mail_text *ret,
                    struct mr_err *err) MR_MUST_CHECK;
/* Queue such a mail to oneself. Errors also: MR_E_FORMAT (address). */
int mr_mail_test(mr_service *s, const struct mr_actor *actor, mr_str org_id, mr_str kind, mr_str language, mr_str to,
                 struct mr_err *err) MR_MUST_CHECK;
/* Are learners reminded of what they have not decided on? */
int mr_mail_reminds(mr_service *s, const struct mr_actor *actor, mr_str org_id, bool *ret,
                    struct mr_err *err) MR_MUST_CHECK;
int mr_mail_set_reminds(mr_service *s, const struct mr_actor *actor, mr_str org_id, bool remind,
                        struct mr_err *err) MR_MUST_CHECK;

/* ---- for recipients ---- */

/* "/mail/stop/<id>/<mac>" in the arena: the page on which the recipient of this mail stops reminders. */
mr_str mr_mail_stop_path(const mr_service *s, mr_arena *a, mr_str id);
/* Errors: MR_E_NOT_FOUND (also for a wrong mac). is: changes nothing, only tells that the link is right. */
int mr_mail_stop_is(mr_service *s, mr_str id, mr_str mac, struct mr_err *err) MR_MUST_CHECK;
int mr_mail_stop(mr_service *s, mr_str id, mr_str mac, struct mr_err *err) MR_MUST_CHECK;

#endif
