/* The addresses of an account: add one by a mailed link, join another account, choose which one we write to. */
#include "service/person_email.h"
#include "web/office.h"
#include "web/session.h"

#define HERE MR_STR("/account/addresses")

/* wrong: message, or NULL; sent: whom a link was just mailed to, or empty. */
static void show(mr_page *p, const char *wrong, mr_str sent)
{
    struct mr_err err = {0};
    mr_json_writer *v = &p->view;
    struct mr_person_email *list;
    size_t count;
    if (!mr_web_has_account(p)) return;
    if (mr_person_email_list(p->service, p->arena, p->actor, &list, &count, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "address.title", "");
    mr_json_put_name(v, "addresses");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "email", list[i].email);
        mr_json_put_member(v, "since", mr_say_day(p->arena, p->language, list[i].proved_at));
        mr_json_put_flag(&p->view, "is_main", mr_str_eq(list[i].email, p->session->email));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_member(v, "sent", sent);
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_json_put_member(v, "wrong", mr_message(p->language, wrong));
        mr_json_put_member(v, "typed", mr_http_form(p->request, "email"));
    }
    mr_page_show_private(p, "addresses");
}

void mr_web_person_emails(mr_page *p)
{
    show(p, NULL, MR_STR_EMPTY);
}

void mr_web_person_email_ask(mr_page *p)
{
    struct mr_err err = {0};
    mr_str email = mr_http_form(p->request, "email");
    if (!mr_web_has_account(p) || !mr_web_is_fresh(p, HERE)) return;
    int code = mr_person_email_ask(p->service, p->arena, p->actor, email, &err);
    if (code == MR_OK)
        show(p, NULL, mr_str_trim(email));
    else if (code == MR_E_FORMAT)
        show(p, "address.wrong", MR_STR_EMPTY);
    else
        mr_page_fail(p, &err);
}

static void back(mr_page *p, int code, const struct mr_err *err)
{
    if (code == MR_OK)
        mr_http_redirect(p->response, HERE);
    else
        mr_page_fail(p, err);
}

void mr_web_person_email_choose(mr_page *p)
{
    struct mr_err err = {0};
    if (mr_web_has_account(p) && mr_web_is_fresh(p, HERE))
        back(p, mr_person_email_choose(p->service, p->arena, p->actor, mr_http_form(p->request, "email"), &err), &err);
}

void mr_web_person_email_remove(mr_page *p)
{
    struct mr_err err = {0};
    if (!mr_web_has_account(p) || !mr_web_is_fresh(p, HERE)) return;
    int code = mr_person_email_remove(p->service, p->arena, p->actor, mr_http_form(p->request, "email"), &err);
    if (code == MR_E_STATE)
        show(p, "address.main_stays", MR_STR_EMPTY);
    else
        back(p, code, &err);
}

/* ---- the link ---- */

static void show_link(mr_page *p, const struct mr_person_email_link *link)
{
    static const char *const names[] = {
        [MR_PERSON_EMAIL_ADD] = "add",         [MR_PERSON_EMAIL_MERGE] = "merge",     [MR_PERSON_EMAIL_HERS] = "hers",
        [MR_PERSON_EMAIL_BLOCKED] = "blocked", [MR_PERSON_EMAIL_GUARDED] = "guarded", [MR_PERSON_EMAIL_OVER] = "over"};
    mr_page_begin(p, "address.link.title", "");
    if (link->outcome == MR_PERSON_EMAIL_OVER) mr_http_set_status(p->response, 410);
    mr_json_put_flag(&p->view, names[link->outcome], true);
    mr_json_put_member(&p->view, "token", p->part[0]);
    mr_json_put_member(&p->view, "email", link->email);
    mr_json_put_member(&p->view, "mine", p->session->email);
    mr_json_put_member(&p->view, "items", mr_office_count(p, "wallet.count", link->items));
    mr_page_show_private(p, "address_link");
}

void mr_web_person_email_link(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_person_email_link link;
    if (!mr_web_has_account(p)) return;
    if (mr_person_email_look(p->service, p->arena, p->actor, p->part[0], &link, &err) == MR_OK)
        show_link(p, &link);
    else
        mr_page_fail(p, &err);
}

void mr_web_person_email_confirm(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_person_email_link link;
    if (!mr_web_has_account(p)) return;
    if (mr_person_email_confirm(p->service, p->arena, p->actor, p->part[0], &link, &err) != MR_OK)
        mr_page_fail(p, &err);
    else if (link.outcome >= MR_PERSON_EMAIL_BLOCKED)
        show_link(p, &link);
    else
        mr_http_redirect(p->response, MR_STR("/wallet"));
}
