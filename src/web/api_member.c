/* Members, invitations and the organisations of the installation, for programs. */
#include "service/organisation.h"
#include "service/people.h"
#include "web/api.h"
#include "web/session.h"

static void put_roles(mr_page *p, unsigned roles)
{
    mr_json_put_name(&p->view, "roles");
    mr_json_begin_array(&p->view);
    for (mr_role r = 0; r < MR_ROLE_COUNT; r++)
        if (roles & 1u << r) mr_json_put_str(&p->view, mr_role_word(r));
    mr_json_end_array(&p->view);
}

static int read_roles(const mr_json *body, unsigned *ret, struct mr_err *err)
{
    *ret = 0;
    MR_JSON_EACH (word, mr_json_get(body, "roles")) {
        mr_role role = mr_role_find(mr_json_str(word));
        if (role == MR_ROLE_COUNT)
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "there is no such role", "%.*s", MR_STR_ARG(mr_json_str(word)));
        *ret |= 1u << role;
    }
    return MR_OK;
}

void mr_api_members(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_member *members = NULL;
    size_t count = 0;
    mr_str org_id;
    int code = mr_web_people_org(p, &org_id, &err);
    if (code == MR_OK) code = mr_people_members(p->service, p->arena, p->actor, org_id, &members, &count, &err);
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "id", members[i].person_id);
        mr_json_put_member(&p->view, "name", members[i].name);
        mr_json_put_member(&p->view, "email", members[i].email);
        put_roles(p, members[i].roles);
        mr_api_put_time(p, "since", members[i].since);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_api_show(p, 200);
}

static void set_roles(mr_page *p, unsigned roles)
{
    struct mr_err err = {0};
    mr_str org_id;
    int code = mr_web_people_org(p, &org_id, &err);
    if (code == MR_OK) code = mr_people_set_roles(p->service, p->arena, p->actor, org_id, p->part[0], roles, &err);
    if (code == MR_OK)
        mr_api_done(p);
    else
        mr_api_fail(p, &err);
}

void mr_api_member_change(mr_page *p)
{
    struct mr_err err = {0};
    unsigned roles;
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    if (read_roles(body, &roles, &err) != MR_OK)
        mr_api_fail(p, &err);
    else
        set_roles(p, roles);
}

void mr_api_member_remove(mr_page *p)
{
    set_roles(p, 0);
}

static void show_invitations(mr_page *p, mr_str org_id, int status)
{
    struct mr_err err = {0};
    struct mr_invitation_row *rows;
    size_t count;
    unsigned roles = 0;
    if (mr_people_invitations(p->service, p->arena, p->actor, org_id, &rows, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        if (mr_people_read_roles(rows[i].roles, &roles, &err) != MR_OK) continue;
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "id", rows[i].id);
        mr_json_put_member(&p->view, "email", rows[i].email);
        put_roles(p, roles);
        mr_api_put_time(p, "created", rows[i].created_at);
        mr_api_put_time(p, "expires", rows[i].expires_at);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_api_show(p, status);
}

void mr_api_invitations(mr_page *p)
{
    struct mr_err err = {0};
    mr_str org_id;
    if (mr_web_people_org(p, &org_id, &err) != MR_OK)
        mr_api_fail(p, &err);
    else
        show_invitations(p, org_id, 200);
}

void mr_api_invite(mr_page *p)
{
    struct mr_err err = {0};
    unsigned roles;
    mr_str org_id, emails = MR_STR_EMPTY;
    size_t count;
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    MR_JSON_EACH (email, mr_json_get(body, "emails"))
        emails = mr_arena_format(p->arena, "%.*s %.*s", MR_STR_ARG(emails), MR_STR_ARG(mr_json_str(email)));
    int code = read_roles(body, &roles, &err);
    if (code == MR_OK) code = mr_web_people_org(p, &org_id, &err);
    if (code == MR_OK)
        code = mr_people_invite(p->service, p->arena, p->actor, org_id, emails, roles,
                                mr_json_get_str(body, "language"), &count, &err);
    if (code == MR_OK)
        show_invitations(p, org_id, 201);
    else
        mr_api_fail(p, &err);
}

void mr_api_invitation_again(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_people_invite_again(p->service, p->arena, p->actor, p->part[0], &err);
    mr_api_answer(p, code, &err);
}

void mr_api_invitation_withdraw(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_people_withdraw(p->service, p->arena, p->actor, p->part[0], &err);
    mr_api_answer(p, code, &err);
}

/* ---- the installation ---- */

void mr_api_installation(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_org_count *orgs;
    size_t count;
    if (mr_people_organisations(p->service, p->arena, p->actor, &orgs, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "id", orgs[i].id);
        mr_json_put_member(&p->view, "name", orgs[i].name);
        mr_json_put_member(&p->view, "kind", orgs[i].kind);
        mr_json_put_number(&p->view, "people", orgs[i].people);
        if (orgs[i].closed_at != MR_TIME_NONE) mr_api_put_time(p, "closed_at", orgs[i].closed_at);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_api_show(p, 200);
}

void mr_api_installation_add(mr_page *p)
{
    struct mr_err err = {0};
    mr_str id;
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    mr_str name = mr_json_get_str(body, "name");
    if (mr_people_add_organisation(p->service, p->arena, p->actor, name, mr_json_get_str(body, "email"),
                                   mr_json_get_str(body, "language"), &id, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_member(&p->view, "id", id);
    mr_json_put_member(&p->view, "name", name);
    mr_api_show(p, 201);
}

void mr_api_installation_close(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    bool closed = mr_json_is(mr_json_get(body, "closed"), MR_JSON_TRUE);
    mr_api_answer(p, mr_organisation_close(p->service, p->arena, p->actor, p->part[0], closed, &err), &err);
}

void mr_api_installation_invite(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    int code = mr_people_invite_administrator(p->service, p->arena, p->actor, p->part[0],
                                              mr_json_get_str(body, "email"), mr_json_get_str(body, "language"), &err);
    mr_api_answer(p, code, &err);
}
