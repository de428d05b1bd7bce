/* For administrators of the installation: its organisations, adding one with its first administrator. What they do inside an organisation needs a role there. */
#include "base/limits.h"
#include "service/organisation.h"
#include "service/people.h"
#include "web/session.h"

#define INSTALLATION MR_STR("/installation")

/* ids: of the form's fields that were typed. */
static void show(mr_page *p, const char *wrong, mr_str name, mr_str email)
{
    struct mr_err err = {0};
    struct mr_org_count *orgs;
    size_t count;
    mr_json_writer *v = &p->view;
    mr_page_begin(p, "installation.title", "provider.installation");
    if (mr_people_organisations(p->service, p->arena, p->actor, &orgs, &count, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_name(v, "organisations");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", orgs[i].id);
        mr_json_put_member(v, "name", orgs[i].name);
        mr_json_put_member(v, "within", orgs[i].parent_name);
        mr_json_put_member(v, "since", mr_say_day(p->arena, p->language, orgs[i].created_at));
        mr_json_put_member(v, "people", mr_say_count(p->arena, p->language, orgs[i].people));
        mr_json_put_flag(v, "nobody", orgs[i].people == 0);
        mr_json_put_flag(v, "unit", orgs[i].parent_name.len > 0);
        mr_json_put_member(v, "closed",
                           orgs[i].closed_at == MR_TIME_NONE
                               ? MR_STR_EMPTY
                               : MR_SAY(p->arena, p->language, "installation.closed",
                                        {"date", mr_say_day(p->arena, p->language, orgs[i].closed_at)}));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(v, "has_organisations", count > 0);
    mr_json_put_member(v, "name", name);
    mr_json_put_member(v, "email", email);
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_page_say(p, "wrong", wrong);
        mr_json_put_flag(v, strcmp(wrong, "installation.wrong.email") == 0 ? "wrong_email" : "wrong_name", true);
    }
    mr_json_put_flag(v, "opened", mr_http_query(p->request, "opened").len > 0);
    mr_json_put_flag(v, "added", mr_http_query(p->request, "added").len > 0);
    mr_page_show_private(p, "installation");
}

void mr_web_installation(mr_page *p)
{
    show(p, NULL, MR_STR_EMPTY, MR_STR_EMPTY);
}

void mr_web_installation_add(mr_page *p)
{
    struct mr_err err = {0};
    mr_str name = mr_http_form(p->request, "name"), email = mr_http_form(p->request, "email"), id;
    if (!mr_web_is_fresh(p, INSTALLATION)) return;
    int code = mr_people_add_organisation(p->service, p->arena, p->actor, name, email, mr_language_tag(p->language),
                                          &id, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, MR_STR("/installation?added=1"));
    else if (code == MR_E_EXISTS)
        show(p, "installation.wrong.exists", name, email);
    else if (code == MR_E_FORMAT)
        show(p, strcmp(err.detail, "name") == 0 ? "installation.wrong.name" : "installation.wrong.email", name, email);
    else
        mr_page_fail(p, &err);
}

/* It was closed, perhaps by mistake: its people have their access again. */
void mr_web_installation_open(mr_page *p)
{
    struct mr_err err = {0};
    if (!mr_web_is_fresh(p, INSTALLATION)) return;
    int code = mr_organisation_close(p->service, p->arena, p->actor, p->part[0], false, &err);
    if (code == MR_OK || code == MR_E_STATE)
        mr_http_redirect(p->response, MR_STR("/installation?opened=1"));
    else
        mr_page_fail(p, &err);
}

void mr_web_installation_invite(mr_page *p)
{
    struct mr_err err = {0};
    if (!mr_web_is_fresh(p, INSTALLATION)) return;
    int code = mr_people_invite_administrator(p->service, p->arena, p->actor, p->part[0],
                                              mr_http_form(p->request, "email"), mr_language_tag(p->language), &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, MR_STR("/installation?added=1"));
    else if (code == MR_E_FORMAT)
        show(p, "installation.wrong.email", MR_STR_EMPTY, MR_STR_EMPTY);
    else
        mr_page_fail(p, &err);
}
