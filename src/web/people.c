/* The people of an organisation: members, their roles, invitations; and the page that an invitation's link leads to. Who comes in by the operator's link looks after the
 * first organisation, since it acts for none. */
#include "service/people.h"
#include "base/limits.h"
#include "web/session.h"

#define PEOPLE MR_STR("/provider/people")

int mr_web_people_org(mr_page *p, mr_str *ret, struct mr_err *err)
{
    struct mr_org_count *orgs;
    size_t count;
    *ret = p->actor->org_id;
    if (ret->len || p->actor->kind != MR_ACTOR_OPERATOR) return MR_OK;
    MR_TRY(mr_people_organisations(p->service, p->arena, p->actor, &orgs, &count, err));
    if (!count) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no organisation yet", MR_NOWHERE);
    *ret = orgs[0].id;
    return MR_OK;
}

/* ---- the list ---- */

static int put_members(mr_page *p, mr_str org_id, struct mr_err *err)
{
    struct mr_member *members;
    size_t count;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_people_members(p->service, p->arena, p->actor, org_id, &members, &count, err));
    mr_json_put_name(v, "members");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", members[i].person_id);
        mr_json_put_member(v, "name", members[i].name);
        mr_json_put_member(v, "email", members[i].email);
        mr_json_put_member(v, "roles", mr_web_say_roles(p, members[i].roles));
        mr_json_put_member(v, "since", mr_say_day(p->arena, p->language, members[i].since));
        mr_json_put_flag(v, "you", mr_str_eq(members[i].person_id, p->actor->id));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(v, "has_members", count > 0);
    mr_json_put_member(
        v, "count",
        MR_SAY(p->arena, p->language, "people.count", {"count", mr_say_count(p->arena, p->language, (int64_t)count)}));
    return MR_OK;
}

static int put_invitations(mr_page *p, mr_str org_id, struct mr_err *err)
{
    struct mr_invitation_row *rows;
    size_t count;
    unsigned roles;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_people_invitations(p->service, p->arena, p->actor, org_id, &rows, &count, err));
    mr_json_put_name(v, "invitations");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        MR_TRY(mr_people_read_roles(rows[i].roles, &roles, err));
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", rows[i].id);
        mr_json_put_member(v, "email", rows[i].email);
        mr_json_put_member(v, "roles", mr_web_say_roles(p, roles));
        mr_json_put_member(v, "until", mr_say_day(p->arena, p->language, rows[i].expires_at));
        mr_json_put_flag(v, "ended", rows[i].expires_at < mr_env_now(mr_service_env(p->service)));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(v, "has_invitations", count > 0);
    return MR_OK;
}

static int put_org_name(mr_page *p, mr_str org_id, struct mr_err *err)
{
    for (size_t i = 0; p->session && i < p->session->org_count; i++)
        if (mr_str_eq(p->session->orgs[i].id, org_id)) {
            mr_json_put_member(&p->view, "organisation", mr_page_call_organisation(p, &p->session->orgs[i]));
            return MR_OK;
        }
    if (p->actor->kind != MR_ACTOR_OPERATOR) return MR_OK;
    struct mr_org_count *orgs;
    size_t count;
    MR_TRY(mr_people_organisations(p->service, p->arena, p->actor, &orgs, &count, err));
    for (size_t i = 0; i < count; i++)
        if (mr_str_eq(orgs[i].id, org_id)) mr_json_put_member(&p->view, "organisation", orgs[i].name);
    return MR_OK;
}

/* What was sent and did not do; all NULL and empty at first. */
struct sent {
    const char *wrong; /* message */
    mr_str address;    /* the address that is wrong */
    mr_str emails;
    unsigned roles;
};

static void show(mr_page *p, const struct sent *sent)
{
    struct mr_err err = {0};
    mr_str org_id = MR_STR_EMPTY;
    mr_json_writer *v = &p->view;
    mr_page_begin(p, "people.title", "provider.people");
    int code = mr_web_people_org(p, &org_id, &err);
    if (code == MR_OK) code = put_org_name(p, org_id, &err);
    if (code == MR_OK) code = put_members(p, org_id, &err);
    if (code == MR_OK) code = put_invitations(p, org_id, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_flag(v, "may_edit", mr_actor_may(p->actor, MR_MAY_MEMBER_EDIT));
    mr_web_put_roles(p, "roles", sent->roles);
    mr_json_put_member(v, "emails", sent->emails);
    if (sent->wrong) {
        mr_http_set_status(p->response, 422);
        mr_json_put_member(v, "wrong", MR_SAY(p->arena, p->language, sent->wrong, {"address", sent->address}));
        mr_json_put_flag(v, "wrong_roles", strcmp(sent->wrong, "people.wrong.roles") == 0);
        mr_json_put_flag(v, "wrong_emails", strcmp(sent->wrong, "people.wrong.roles") != 0);
    }
    mr_str invited = mr_http_query(p->request, "invited");
    uint64_t n;
    if (mr_str_to_u64(invited, &n) && n <= MR_LIMIT_INVITED_AT_ONCE)
        mr_json_put_member(v, "invited", MR_SAY(p->arena, p->language, "people.invited", {"count", invited}));
    mr_page_show_private(p, "people");
}

void mr_web_people(mr_page *p)
{
    show(p, &(struct sent){0});
}

void mr_web_people_invite(mr_page *p)
{
    struct mr_err err = {0};
    struct sent sent = {.emails = mr_http_form(p->request, "emails"), .roles = mr_web_read_roles(p)};
    mr_str org_id;
    size_t count;
    if (!mr_web_is_fresh(p, PEOPLE)) return;
    int code = mr_web_people_org(p, &org_id, &err);
    if (code == MR_OK)
        code = mr_people_invite(p->service, p->arena, p->actor, org_id, sent.emails, sent.roles,
                                mr_language_tag(p->language), &count, &err);
    if (code == MR_OK) {
        mr_http_redirect(p->response, mr_arena_format(p->arena, "/provider/people?invited=%zu", count));
    } else if (code == MR_E_FORMAT || code == MR_E_LIMIT) {
        sent.address = mr_arena_dup(p->arena, mr_str_of(err.detail));
        sent.wrong = code == MR_E_LIMIT                  ? "people.wrong.many"
                     : mr_str_is(sent.address, "emails") ? "people.wrong.emails"
                     : mr_str_is(sent.address, "roles")  ? "people.wrong.roles"
                                                         : "people.wrong.address";
        show(p, &sent);
    } else
        mr_page_fail(p, &err);
}

/* ---- one person ---- */

static int find_member(mr_page *p, mr_str *ret_org, struct mr_member *ret, struct mr_err *err)
{
    struct mr_member *members;
    size_t count;
    MR_TRY(mr_web_people_org(p, ret_org, err));
    MR_TRY(mr_people_members(p->service, p->arena, p->actor, *ret_org, &members, &count, err));
    for (size_t i = 0; i < count; i++)
        if (mr_str_eq(members[i].person_id, p->part[0])) {
            *ret = members[i];
            return MR_OK;
        }
    return MR_FAIL(err, MR_E_NOT_FOUND, "nobody of this organisation", MR_NOWHERE);
}

static void show_person(mr_page *p, const char *wrong, unsigned chosen)
{
    struct mr_err err = {0};
    struct mr_member member = {0};
    mr_str org_id;
    if (find_member(p, &org_id, &member, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin_titled(p, member.name, "provider.people");
    mr_json_put_member(&p->view, "id", member.person_id);
    mr_json_put_member(&p->view, "name", member.name);
    mr_json_put_member(&p->view, "email", member.email);
    mr_web_put_roles(p, "roles", wrong ? chosen : member.roles);
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_page_say(p, "wrong", wrong);
    }
    mr_page_show_private(p, "person");
}

void mr_web_person(mr_page *p)
{
    show_person(p, NULL, 0);
}

static void set_roles(mr_page *p, unsigned roles)
{
    struct mr_err err = {0};
    mr_str org_id;
    int code = mr_web_people_org(p, &org_id, &err);
    if (code == MR_OK) code = mr_people_set_roles(p->service, p->arena, p->actor, org_id, p->part[0], roles, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, PEOPLE);
    else if (code == MR_E_STATE)
        show_person(p, "people.wrong.last", roles);
    else
        mr_page_fail(p, &err);
}

void mr_web_person_change(mr_page *p)
{
    unsigned roles = mr_web_read_roles(p);
    if (!mr_web_is_fresh(p, PEOPLE)) return;
    if (roles)
        set_roles(p, roles);
    else
        show_person(p, "people.wrong.roles", 0);
}

void mr_web_person_remove(mr_page *p)
{
    if (mr_web_is_fresh(p, PEOPLE)) set_roles(p, 0);
}

/* ---- invitations ---- */

static void answer(mr_page *p, int code, const struct mr_err *err)
{
    if (code == MR_OK || code == MR_E_STATE) /* accepted meanwhile: the page tells */
        mr_http_redirect(p->response, PEOPLE);
    else
        mr_page_fail(p, err);
}

void mr_web_invitation_again(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_people_invite_again(p->service, p->arena, p->actor, p->part[0], &err);
    answer(p, code, &err);
}

void mr_web_invitation_withdraw(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_people_withdraw(p->service, p->arena, p->actor, p->part[0], &err);
    answer(p, code, &err);
}

/* ---- the other side: whoever was invited ---- */

static void show_invitation(mr_page *p, const char *wrong, bool at_name, mr_str name)
{
    struct mr_err err = {0};
    struct mr_invited invited;
    if (mr_people_invitation_open(p->service, p->arena, p->part[0], &invited, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, invited.id.len ? "invitation.title" : "invitation.over.title", "");
    if (!invited.id.len) {
        mr_http_set_status(p->response, 410);
        mr_page_show_private(p, "invitation_over");
        return;
    }
    mr_json_put_member(&p->view, "organisation", invited.organisation);
    mr_json_put_member(&p->view, "email", invited.email);
    mr_json_put_member(&p->view, "name", name);
    mr_json_put_flag(&p->view, "known", invited.known);
    mr_json_put_name(&p->view, "roles");
    mr_json_begin_array(&p->view);
    for (mr_role r = 0; r < MR_ROLE_COUNT; r++) {
        if (!(invited.roles & 1u << r)) continue;
        mr_str id = mr_arena_format(p->arena, "role.%.*s", MR_STR_ARG(mr_role_word(r)));
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "name", mr_message_str(p->language, id));
        mr_json_put_member(&p->view, "text",
                           mr_message_str(p->language, mr_arena_format(p->arena, "%.*s.text", MR_STR_ARG(id))));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_page_say(p, "wrong", wrong);
        mr_json_put_flag(&p->view, at_name ? "wrong_name" : "wrong_password", true);
    }
    mr_page_show_private(p, "invitation");
}

void mr_web_invitation(mr_page *p)
{
    show_invitation(p, NULL, false, MR_STR_EMPTY);
}

void mr_web_invitation_accept(mr_page *p)
{
    struct mr_err err = {0};
    char token[33];
    mr_str name = mr_http_form(p->request, "name");
    const struct mr_visitor v = mr_web_visitor(p);
    if (!mr_web_is_from_here(p)) return;
    int code = mr_people_accept(p->service, p->arena, p->part[0], name, mr_language_tag(p->language),
                                mr_http_form(p->request, "password"), v.agent, v.old_token, token, &err);
    if (code == MR_E_FORMAT) {
        bool at_name = strcmp(err.detail, "name") == 0;
        show_invitation(p, at_name ? "account.wrong.name" : mr_arena_format(p->arena, "password.%s", err.detail).ptr,
                        at_name, name);
    } else if (code == MR_E_STATE) {
        show_invitation(p, NULL, false, MR_STR_EMPTY);
    } else if (code != MR_OK) {
        mr_page_fail(p, &err);
    } else if (token[0]) {
        mr_web_session_set(p, token);
        mr_http_redirect(p->response, MR_STR("/account"));
    } else {
        /* Rights have grown: whoever is signed in gets a new session by signing in again. */
        mr_http_redirect(p->response, MR_STR("/sign-in?to=/provider"));
    }
}
