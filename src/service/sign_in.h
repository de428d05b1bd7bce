/* Signing in: by password and a second step, by a mailed link, by a passkey, by an account elsewhere. Whoever asks learns the same, in about the same time, whether an
 * account exists or not. Wrong attempts make the next one wait, for the account and for the network address, longer each time and never for good
 * (MR_LIMIT_LOCK_MS); a mailed link and a passkey stay open to the owner meanwhile. */
#ifndef MR_SERVICE_SIGN_IN_H
#define MR_SERVICE_SIGN_IN_H

#include "service/session.h"
#include "store/person.h"

/* Who stands at the door. */
struct mr_visitor {
    mr_str address;   /* network address; empty: unknown, and not counted */
    mr_str agent;     /* family of the browser (mr_session_agent) */
    mr_str old_token; /* the session cookie that the browser brought, which ends; may be empty */
};

typedef enum mr_sign_in_state {
    MR_SIGN_IN_DONE,  /* token: of the session */
    MR_SIGN_IN_MAIL,  /* token: of the second step; a code was mailed */
    MR_SIGN_IN_APP,   /* token: of the second step; a code of the authenticator app, or a recovery code */
    MR_SIGN_IN_WRONG, /* address, password, code or passkey */
    MR_SIGN_IN_WAIT,  /* too many wrong ones; wait_ms */
    MR_SIGN_IN_OVER,  /* the link, or the second step, was used or has ended */
    MR_SIGN_IN_NOBODY /* an account elsewhere that belongs to nobody here */
} mr_sign_in_state;
struct mr_sign_in {
    mr_sign_in_state state;
    char token[33];
    int64_t wait_ms;
};

/* An address as accounts have it: without blanks around it, in small letters; in `a`. */
mr_str mr_sign_in_email(mr_arena *a, mr_str typed);

/* The outcome is in ret->state; errors are what could not be done at all: MR_E_DB, MR_E_NOMEM, MR_E_LIBRARY. The same for the functions below. */
int mr_sign_in_password(mr_service *s, mr_arena *a, const struct mr_visitor *v, mr_str email, mr_str password,
                        struct mr_sign_in *ret, struct mr_err *err) MR_MUST_CHECK;
/* The second step: a code from the app, from the mail, or a recovery code. */
int mr_sign_in_second(mr_service *s, mr_arena *a, const struct mr_visitor *v, mr_str step_token, mr_str code,
                      struct mr_sign_in *ret, struct mr_err *err) MR_MUST_CHECK;
/* Which second step is this? MR_SIGN_IN_MAIL, _APP or _OVER. */
int mr_sign_in_second_kind(mr_service *s, mr_arena *a, mr_str step_token, mr_sign_in_state *ret,
                           struct mr_err *err) MR_MUST_CHECK;

/* Mail a link that signs in once, within 15 minutes, to any address of an account; nothing is mailed to addresses without an account, nor more than five an hour, and nobody learns which.
 *   recovery  the mail says that it helps with a forgotten password
 *   to        where the link leads afterwards, a path of this site; may be empty */
int mr_sign_in_link_send(mr_service *s, mr_arena *a, const struct mr_visitor *v, mr_str email, bool recovery, mr_str to,
                         struct mr_err *err) MR_MUST_CHECK;
/* Make such a link for this person, to be printed by the operator. ret: a path, in `a`. Errors also: MR_E_NOT_FOUND. */
int mr_sign_in_link_make(mr_service *s, mr_arena *a, mr_str email, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* Is the link still good? Nothing is used up. */
int mr_sign_in_link_check(mr_service *s, mr_arena *a, mr_str token, bool *ret_good, struct mr_err *err) MR_MUST_CHECK;
/* Use it; whoever has an authenticator app is asked for its code as well. */
int mr_sign_in_link(mr_service *s, mr_arena *a, const struct mr_visitor *v, mr_str token, struct mr_sign_in *ret,
                    struct mr_err *err) MR_MUST_CHECK;

/* What a browser hands over of a passkey; octets. */
struct mr_passkey_answer {
    mr_str id, client_data, auth_data, signature; /* signature: empty when a passkey is added */
};
/* A challenge for one answer within ten minutes, as text; nothing has to be stored for it.
 *   purpose  "sign_in", or "add" and for whom: a challenge for one is none for another
 *   ret      in `a`; its octets are the challenge */
int mr_sign_in_challenge(mr_service *s, mr_arena *a, mr_str purpose, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* clientDataJSON: its type, its origin, and a challenge of ours for this purpose, which is used up. Errors: MR_E_SIGNATURE, MR_E_FORMAT, MR_E_STATE (used
 * already), MR_E_DB. source: Web Authentication Level 2, sections 7.1 steps 5 to 9 and 7.2 steps 9 to 12 */
int mr_sign_in_client_data(mr_service *s, mr_arena *a, const char *type, mr_str purpose, mr_str client_data,
                           struct mr_err *err) MR_MUST_CHECK;
/* The host that passkeys belong to, and the origin; in `a`. */
mr_str mr_sign_in_rp_id(mr_service *s, mr_arena *a);
mr_str mr_sign_in_origin(mr_service *s, mr_arena *a);
int mr_sign_in_passkey(mr_service *s, mr_arena *a, const struct mr_visitor *v, const struct mr_passkey_answer *answer,
                       struct mr_sign_in *ret, struct mr_err *err) MR_MUST_CHECK;

/* An account elsewhere, vouched for by whoever asked there (service/oidc.h, the proxy of a federation).
 *   email  may tie the account to a person here; empty: it may not, because who vouches is not trusted for its domain */
int mr_sign_in_elsewhere(mr_service *s, mr_arena *a, const struct mr_visitor *v, mr_str issuer, mr_str subject,
                         mr_str email, struct mr_sign_in *ret, struct mr_err *err) MR_MUST_CHECK;

/* The end of a way in of another file, which has proved who stands at the door (service/keep.h): signed in, or asked for the code of the authenticator app.
 *   how  for the audit log: "sign_in.link" */
int mr_sign_in_proved(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_visitor *v,
                      const struct mr_person_row *person, const char *how, struct mr_sign_in *ret,
                      struct mr_err *err) MR_MUST_CHECK;
/* May one more link be mailed because of this person (MR_LIMIT_LINKS_PER_HOUR)? It is counted. */
int mr_sign_in_may_mail(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str person_id, bool *ret,
                        struct mr_err *err) MR_MUST_CHECK;

/* The secret of a person's authenticator app, 20 octets: made from the installation's secret, so that a copy of the database opens nothing. */
void mr_sign_in_app_secret(mr_service *s, mr_arena *a, mr_str person_id, mr_str salt, char ret[20]);
/* Tell a person by mail what happened to the account: what is "device", "password", "passkey", "second_step", "address", "merged" (messages "new_sign_in.*"). */
int mr_sign_in_notify(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str person_id, const char *what, mr_str device,
                      struct mr_err *err) MR_MUST_CHECK;

#endif
