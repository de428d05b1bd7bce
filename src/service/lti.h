/* Learning platforms (Moodle, Canvas, itslearning ...) lead learners and instructors here, and hand results over.
 *
 *   source  1EdTech LTI Core 1.3; Security Framework 1.0 (5.1 sign-in, 4.1 services); Names and Role Provisioning Services 2.0; Assignment and Grade Services 2.0
 *
 * Merit is the tool. A sign-in begins at the platform (mr_lti_begin) and comes back as an id_token (mr_lti_launch), which is believed when the platform's key signed
 * it, for this sign-in, once. Cookies play no part, because browsers withhold them in frames: `state` and `nonce` are kept here and used once. What a launch cannot
 * do: nobody awards by it. An instructor's results become a batch in preview, which a registrar looks at and seals. */
#ifndef MR_SERVICE_LTI_H
#define MR_SERVICE_LTI_H

#include "service/actor.h"
#include "service/service.h"

#define MR_LTI_LISTED 100 /* platforms in a list */

struct mr_lti_platform {
    mr_str id, org_id;
    mr_str name;        /* what people call it */
    mr_str issuer;      /* as its tokens say */
    mr_str client_id;   /* by which it knows Merit */
    mr_str auth_url;    /* where sign-ins are asked for */
    mr_str token_url;   /* where access tokens are given */
    mr_str jwks_url;    /* its keys */
    mr_str deployments; /* ids with line breaks between; empty: any */
};
/* Register one. Errors: MR_E_FORMAT (pointer: the member, "/auth_url"), MR_E_EXISTS, those of mr_authorise. */
int mr_lti_platform_add(mr_service *s, const struct mr_actor *actor, mr_arena *a,
                        const struct mr_lti_platform *platform, mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* Of an organisation; org_id empty: of all, for the operator. */
int mr_lti_platform_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id,
                         struct mr_lti_platform **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* And what hangs on it: links, and who came. Errors: MR_E_NOT_FOUND. */
int mr_lti_platform_remove(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;

/* What a platform sends to begin a sign-in. */
struct mr_lti_login {
    mr_str issuer, client_id, login_hint, message_hint, target; /* client_id and message_hint may be empty */
};
/* Begin: ret is where the browser goes on. Errors: MR_E_NOT_FOUND (no such platform), MR_E_FORMAT (login_hint is missing).
 *   source  Security Framework 5.1.1.1 and 5.1.1.2 */
int mr_lti_begin(mr_service *s, mr_arena *a, const struct mr_lti_login *login, mr_str *ret,
                 struct mr_err *err) MR_MUST_CHECK;

struct mr_lti_launch {
    mr_str platform_name, org_id, frame;       /* frame: origins that may show the page, for Content-Security-Policy */
    mr_str link_id, title, specification_slug; /* slug empty: nobody has said which */
    mr_str subject, name, email;               /* of the person; name and email may be empty */
    bool is_instructor, is_learner;
    bool has_results, has_members; /* the platform offers the services for them */
    mr_str session;                /* for the instructor's next steps; empty for others */
};
/* An id_token came back. Errors: MR_E_FORBIDDEN (not what was begun, not of this platform, not for us, too old; detail), MR_E_SIGNATURE, MR_E_NET (the
 * platform's keys), MR_E_FORMAT, MR_E_JSON.
 *   source  Security Framework 5.1.3; LTI Core 5.3, 5.4 */
int mr_lti_launch(mr_service *s, mr_arena *a, mr_str id_token, mr_str state, struct mr_lti_launch *ret,
                  struct mr_err *err) MR_MUST_CHECK;
/* What an instructor's page goes on with; is_instructor is true. Errors: MR_E_FORBIDDEN (it has ended). */
int mr_lti_resume(mr_service *s, mr_arena *a, mr_str session, struct mr_lti_launch *ret,
                  struct mr_err *err) MR_MUST_CHECK;
/* This place leads to that specification. Errors: MR_E_NOT_FOUND (also another organisation's). */
int mr_lti_link(mr_service *s, mr_arena *a, const struct mr_lti_launch *launch, mr_str slug,
                struct mr_err *err) MR_MUST_CHECK;

/* How far a learner is. */
struct mr_lti_standing {
    bool completed;
    mr_str claim_path; /* of what was awarded; empty: nothing was */
};
int mr_lti_standing(mr_service *s, mr_arena *a, const struct mr_lti_launch *launch, struct mr_lti_standing *ret,
                    struct mr_err *err) MR_MUST_CHECK;

struct mr_lti_taken {
    mr_str batch_id; /* empty: nobody has completed it */
    size_t members, results, completed;
    int64_t enrolled; /* members who had not been enrolled before */
};
/* Ask the platform for members and results, enrol the members (source "lti"), and upload those who have at least so much of the maximum as a table, in preview.
 *   percent  0 to 100
 *   errors   MR_E_STATE (not linked, or the platform offers no such service), MR_E_NET, MR_E_JSON, MR_E_FORMAT
 *   source   NRPS 2.0 section 2.4; AGS 2.0 section 3.3 */
int mr_lti_take_results(mr_service *s, mr_arena *a, const struct mr_lti_launch *launch, unsigned percent,
                        struct mr_lti_taken *ret, struct mr_err *err) MR_MUST_CHECK;

/* The public keys of this installation as a tool, a JSON Web Key Set; made when there is none. */
int mr_lti_write_keys(mr_service *s, mr_arena *a, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
