/* Who is signed in: from the value of a cookie to an actor. Sessions are rows of the database, so that every node knows them; of the cookie only a digest is
 * kept. A session ends after 12 hours in which nothing was asked (MR_LIMIT_SESSION_IDLE_MS), after 30 days whatever happened (MR_LIMIT_SESSION_MS), and when somebody
 * signs out. Its value is new at each sign-in and whenever rights grow, and never one that a browser brought along. */
#ifndef MR_SERVICE_SESSION_H
#define MR_SERVICE_SESSION_H

#include "service/actor.h"
#include "service/service.h"
#include "store/session.h"

/* An organisation that a person may act for. */
struct mr_session_org {
    mr_str id, name;
    mr_str profile; /* in which its names in other languages are (mr_organisation_name_in); may be empty */
};
struct mr_session {
    struct mr_actor actor; /* a stranger's when nobody is signed in */
    mr_str id, language, email;
    bool fresh; /* signed in within the last quarter of an hour: sensitive things may be done */
    struct mr_session_org *orgs;
    size_t org_count;
};

/* The session of a cookie's value; a stranger's when it is none. Everything lives in `a`. Errors: MR_E_DB, MR_E_NOMEM. */
int mr_session_open(mr_service *s, mr_arena *a, mr_str token, struct mr_session *ret, struct mr_err *err) MR_MUST_CHECK;
/* Who a person is now, with the roles of this moment; a stranger when there is none with this id. In `a`. */
int mr_session_person_actor(mr_db_tx *tx, mr_arena *a, mr_str person_id, struct mr_actor *ret,
                            struct mr_err *err) MR_MUST_CHECK;
/* Start one.
 *   old_token  the cookie's value so far, whose session ends; may be empty
 *   ret_token  what the cookie shall hold */
int mr_session_start(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str agent, mr_str old_token,
                     char ret_token[33], struct mr_err *err) MR_MUST_CHECK;
/* End the session of this cookie. */
int mr_session_end(mr_service *s, mr_arena *a, mr_str token, struct mr_err *err) MR_MUST_CHECK;
/* End one of the actor's sessions by its id. */
int mr_session_end_one(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* End all of the actor's sessions but the present one; `but` empty: all of them. */
int mr_session_end_others(mr_service *s, const struct mr_actor *actor, mr_str but, struct mr_err *err) MR_MUST_CHECK;
/* The actor's sessions that live, the one seen last first. */
int mr_session_list(mr_service *s, mr_arena *a, const struct mr_actor *actor, struct mr_session_row **ret,
                    size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Act for another organisation from now on. Errors: MR_E_NOT_FOUND: they are nothing there. */
int mr_session_act_for(mr_service *s, const struct mr_session *session, mr_str org_id,
                       struct mr_err *err) MR_MUST_CHECK;
/* The family of browser and system that a User-Agent header tells: "Firefox, Linux"; in `a`. */
mr_str mr_session_agent(mr_arena *a, mr_str user_agent);
/* The digest under which a secret is kept; in `a`. */
mr_str mr_session_digest(mr_arena *a, mr_str secret);

#endif
