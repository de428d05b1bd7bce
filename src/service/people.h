/* The people of an organisation: members and their roles, invitations; and for administrators of the installation, organisations with their first
 * administrator. An organisation always keeps an administrator of its own, unless it is a unit, whose administrators may be those above it. */
#ifndef MR_SERVICE_PEOPLE_H
#define MR_SERVICE_PEOPLE_H

#include "service/session.h"
#include "store/membership.h"
#include "store/person.h"

#define MR_ROLES_ALL ((1u << MR_ROLE_COUNT) - 1)

struct mr_member {
    mr_str person_id, name, email;
    unsigned roles; /* bit 1 << role */
    int64_t since;
};
/* Members of an organisation, by name. Errors: those of mr_authorise for MEMBER_READ, MR_E_DB. */
int mr_people_members(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, struct mr_member **ret,
                      size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* What the people of these ids are called, in `a`: for members of the organisation alone, and of its members alone (those above it among them); else empty.
 *   ids  as in the audit log; empty ones are nobody's */
int mr_people_names(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, const mr_str *ids,
                    size_t count, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* Roles as words with a comma between them, and back (unknown words: MR_E_FORMAT, detail: the word). */
mr_str mr_people_write_roles(mr_arena *a, unsigned roles);
int mr_people_read_roles(mr_str words, unsigned *ret, struct mr_err *err) MR_MUST_CHECK;
/* Give a member these roles and no others; none: they are a member no more. Whoever loses a role stays signed in and loses it at once.
 * Errors: MR_E_STATE (the last administrator), MR_E_NOT_FOUND (no member), those of mr_authorise for MEMBER_EDIT. */
int mr_people_set_roles(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, mr_str person_id,
                        unsigned roles, struct mr_err *err) MR_MUST_CHECK;

/* Invite: a link for each address, mailed, good once and for 14 days. One that is pending for the address is replaced.
 *   emails     addresses with blanks, commas, semicolons or line breaks between them
 *   language   of the mail
 *   ret_count  how many were invited
 *   errors     MR_E_FORMAT (detail: the address that cannot be one, or "emails", "roles" when none is given; nobody was invited), MR_E_LIMIT, and those of
 *              mr_authorise for MEMBER_EDIT */
int mr_people_invite(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, mr_str emails,
                     unsigned roles, mr_str language, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Invitations that are open, the oldest first. */
int mr_people_invitations(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                          struct mr_invitation_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Mail it again with a new link, or take it back. Errors: MR_E_NOT_FOUND, MR_E_STATE (it is open no more), those of mr_authorise. */
int mr_people_invite_again(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str id,
                           struct mr_err *err) MR_MUST_CHECK;
int mr_people_withdraw(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str id,
                       struct mr_err *err) MR_MUST_CHECK;

/* What an invitation's link leads to. */
struct mr_invited {
    mr_str id, org_id, organisation, email;
    unsigned roles;
    bool known; /* the address has an account here */
};
/* ret->id empty: there is no such invitation, or it was used, taken back, or has ended. */
int mr_people_invitation_open(mr_service *s, mr_arena *a, mr_str token, struct mr_invited *ret,
                              struct mr_err *err) MR_MUST_CHECK;
/* Accept it. Whoever has no account gets one; the link was mailed to the address, so that it is verified.
 *   name, language, password  of a new account; password may be empty (a mailed link or a passkey signs in). Of a known one they are passed over
 *   ret_token  a session for a new account; empty for a known one, which signs in as ever
 *   errors     MR_E_FORMAT (detail "name", or the password's fault), MR_E_STATE (it is open no more) */
int mr_people_accept(mr_service *s, mr_arena *a, mr_str token, mr_str name, mr_str language, mr_str password,
                     mr_str agent, mr_str old_token, char ret_token[33], struct mr_err *err) MR_MUST_CHECK;

/* ---- the installation ---- */

/* Organisations with how many people they have. Errors: those of mr_authorise for INSTALLATION_READ. */
int mr_people_organisations(mr_service *s, mr_arena *a, const struct mr_actor *actor, struct mr_org_count **ret,
                            size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Add an organisation and invite its first administrator. Errors: MR_E_FORMAT (detail "name" or "email"), MR_E_EXISTS (another has the name), those of mr_authorise
 * for ORGANISATION_ADD. */
int mr_people_add_organisation(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str name, mr_str email,
                               mr_str language, mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* Invite an administrator to an organisation that is there. */
int mr_people_invite_administrator(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                                   mr_str email, mr_str language, struct mr_err *err) MR_MUST_CHECK;
/* A person, made by whoever runs the program: with an account at once.
 *   org       name or id of the organisation that the roles are in; empty: the first one, or none when there are no roles
 *   password  may be empty
 *   errors    MR_E_EXISTS (the address), MR_E_FORMAT, MR_E_NOT_FOUND (the organisation) */
struct mr_new_person {
    mr_str email, name, language, password, org;
    unsigned roles;
    bool installation;
};
int mr_people_add(mr_service *s, mr_arena *a, const struct mr_new_person *person, mr_str *ret_id,
                  struct mr_err *err) MR_MUST_CHECK;
/* Everybody, at most `most`. */
int mr_people_list(mr_service *s, mr_arena *a, size_t most, struct mr_person_row **ret, size_t *ret_count,
                   struct mr_err *err) MR_MUST_CHECK;
/* What somebody is where. Errors: MR_E_NOT_FOUND. */
int mr_people_roles_of(mr_service *s, mr_arena *a, mr_str email, struct mr_person_row *ret_person,
                       struct mr_membership_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Set them (with_roles), and whether they administer the installation (NULL: as it is). Errors: MR_E_NOT_FOUND, MR_E_STATE. */
int mr_people_change(mr_service *s, mr_arena *a, mr_str email, mr_str org, bool with_roles, unsigned roles,
                     const bool *installation, struct mr_err *err) MR_MUST_CHECK;
/* Take away password, passkeys, second step and sessions of an account whose owner cannot get in, or whose device is lost. ret: the path of a link that signs in, in `a`. */
int mr_people_reset(mr_service *s, mr_arena *a, mr_str email, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* Has the installation an administrator? */
int mr_people_has_administrator(mr_service *s, bool *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
