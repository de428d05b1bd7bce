/* From the cookie to the actor, and what the pages about signing in share. The cookie holds a random value whose digest is a row of the database (service/session.h). It
 * is HttpOnly and SameSite=Lax; over https its name begins with "__Host-", so that no other host of the domain can plant one. */
#ifndef MR_WEB_SESSION_H
#define MR_WEB_SESSION_H

#include "service/sign_in.h"
#include "web/page.h"

/* Find out who asks for a page: a person, the operator, or a stranger; fills p->actor, p->session and p->form_token. */
void mr_web_session_find(mr_page *p);
/* The value of the cookie that came; may be empty. */
mr_str mr_web_session_token(const mr_page *p);
void mr_web_session_set(mr_page *p, const char *token);
void mr_web_session_clear(mr_page *p);
/* Who stands at the door. */
struct mr_visitor mr_web_visitor(mr_page *p);
/* A path of this site that a form or link asked to go to afterwards: letters, digits and "/-_." alone, one slash in front; anything else is empty, so that
 * no link leads people from here to a stranger's site. */
mr_str mr_web_path_within(mr_str path);
/* Did the form come from a page of this site, as far as the browser tells? For forms of strangers, who have no form token. When not: it has answered. */
bool mr_web_is_from_here(mr_page *p);
/* Has whoever is signed in an account? Only people have one; whoever came in by the operator's link has not. When not: it has answered. */
bool mr_web_has_account(mr_page *p);
/* Is the sign-in fresh? When not: it has answered with the way to the sign-in page, and back to `path`. The operator's is always. */
bool mr_web_is_fresh(mr_page *p, mr_str path);
/* The end of a way in: signed in and on to `to` (empty: the first page that is theirs), or on to the second step, or the page that says that a link is over; false: it was wrong,
 * and the form it came from has to say so. */
bool mr_web_sign_in_go_on(mr_page *p, const struct mr_sign_in *r, mr_str to);
/* What a browser hands over of a passkey, from the fields that merit.js fills; false: they cannot be read. */
bool mr_web_read_passkey(mr_page *p, struct mr_passkey_answer *ret);
/* Put octets as a member, as base64url. */
void mr_web_put_base64url(mr_page *p, const char *member, mr_str octets);
/* The organisation that pages and end points about people are for: the one acted for; for the operator, who acts for none, the first. Errors: MR_E_NOT_FOUND. */
int mr_web_people_org(mr_page *p, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* Roles with their explanation, as an array member: [{"role", "name", "text", "checked"}]. */
void mr_web_put_roles(mr_page *p, const char *member, unsigned checked);
/* Their names, one after the other. */
mr_str mr_web_say_roles(mr_page *p, unsigned roles);
/* Those that a form chose: its fields "role.designer" and so on. */
unsigned mr_web_read_roles(mr_page *p);

#endif
